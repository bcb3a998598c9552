# %% [markdown]
# # Learning from examples: from guessing to learning
#
# {{badges}}
#
# **Question.** How can a program learn to name an expression, when nobody knows the rule?
#
# **After this chapter you can**
#
# 1. say what a model is, and hold its answers against a baseline,
# 2. tell remembering from learning,
# 3. write loss, gradient and an epoch of training in NumPy, and choose a learning rate,
# 4. tell underfitting from overfitting by two curves, and say what regularization does,
# 5. say why there are three sets of faces, and count the luck in a score.
#
# **You need** chapter 03; NumPy's axes and masks; $e$ to a power, logarithms; no calculus.
# **Time:** about 85 minutes; the cells run in about half a minute. **Data:** the faces the banner names, and
# records of FER-2013. **Source:** section 4.1 of the thesis.

# %% tags=["bootstrap"]

# %%
from fer_utils import course

course.setup()

# %% [markdown]
# ## A game
#
# A face goes in, one of seven words comes out. Try to write the rule for *happiness* in Python: which pixels have to
# be how bright? Nobody can. But faces whose word is known can stand in for the rule.

# %%
import numpy as np

from fer_utils import EMOTIONS, load_faces

faces = load_faces()
images, labels = faces.train.images, faces.train.labels.astype(int)
public_labels = faces.public.labels.astype(int)
print(f"{len(labels):,} faces to learn from, {len(public_labels):,} to be tried on")

# %%
from fer_utils.course.chapter_04 import figures

course.show(*figures.game(images, labels, faces.public.images[0]))

# %% [markdown]
# Each face on the left is an **example**; its word is its **label**. The seven words are the **classes**. Whatever
# turns a face into a class is a **model**; what the model gets of a face, here its pixels, are its **features**. To
# find a model by examples is **training**, and to let it answer afterwards is **inference**.
#
# The examples for training are the **training set**. The face on the right belongs to **PublicTest**, the set that
# models are tried on. A third set, **PrivateTest**, stays closed until the end.

# %% [markdown]
# ## The baseline
#
# The simplest model does not look: it always answers with the most frequent word of the training set. A score that
# any model worth the name has to beat is a **baseline**; this one is ours. **Accuracy** is the share of answers that
# are right.

# %%
happiness = int(np.bincount(labels).argmax())
always = np.full(len(public_labels), happiness)
baseline = float(np.mean(always == public_labels))
course.say(f"Always **{EMOTIONS[happiness]}**: {100 * baseline:.1f} % of PublicTest are right.")

# %% [markdown]
# Better than the 14 % of a die with seven sides, and worthless: it finds no angry face. Two scores for each class
# show it. **Recall** is the share of a class's faces that are found. **Precision** is the share of a class's answers
# that are right; a word that is never said counts as 0.

# %%
def recall_and_precision(answers, truths, c):
    found = np.sum((answers == c) & (truths == c))
    return found / np.sum(truths == c), found / max(np.sum(answers == c), 1)

for c in (happiness, EMOTIONS.index("anger")):
    recall, precision = recall_and_precision(always, public_labels, c)
    print(f"{EMOTIONS[c]:10} recall {recall:.2f}, precision {precision:.2f}")
assert round(100 / 7) == 14  # the die

# %% [markdown]
# F1 puts precision $P$ and recall $R$ into one number, $2RP/(R+P)$, which is small when one of them is. **Macro F1**
# is the mean of the seven F1: each class counts the same, however rare. Scikit-learn [1], a library of models, has
# it.

# %%
from sklearn.metrics import f1_score

macro = f1_score(public_labels, always, average="macro", zero_division=0)
assert np.isclose(macro, 2 * baseline / (1 + baseline) / 7)  # one class with a recall of 1, six with F1 of 0
print(f"accuracy {baseline:.3f}, macro F1 {macro:.3f}")

# %% [markdown]
# Accuracy hides what is never found; macro F1 shows it.

# %% [markdown]
# ## Faces that can be compared
#
# A lamp switched on changes every pixel of a photograph, and no expression. So we prepare the faces: shrink each to
# 24 by 24 pixels, each the mean of four, subtract its mean brightness, and divide by its contrast, the standard
# deviation of its pixels. What all faces share says nothing about the class either, so the average training face is
# subtracted too.

# %%
from fer_utils.course.chapter_04 import softmax_regression as ours

train_rows, public_rows = ours.rows(images), ours.rows(faces.public.images)
average = train_rows.mean(axis=0)
x, public_x = ours.features(train_rows, average), ours.features(public_rows, average)
course.show(*figures.prepared(images[0], train_rows[0], average, x[0]))

# %% [markdown]
# On the right is what this face has of its own: orange where it is brighter than the average, violet where darker.
# The average is that of the training set alone: PublicTest plays the faces that we have not met yet.

# %%
assert np.allclose(train_rows[0].mean(), 0, atol=1e-4) and np.allclose(train_rows[0].std(), 1, atol=1e-4)
assert np.allclose(x[:, :-1].mean(axis=0), 0, atol=1e-3) and (x[:, -1] == 1).all()
print(f"x {x.shape}: for each face {24 * 24} pixels in a row, and a 1 at the end")

# %% [markdown]
# The 1 will be of use soon.
#
# ## Remembering: the nearest neighbour
#
# A model without training keeps all examples, looks for the face most similar to the new one, and answers with that
# one's label [2].
#
# ### Exercise 1: the nearest neighbour
#
# The function gets one `face`, a row of numbers, the rows `x` of the faces it knows, and their `labels`. It returns
# the label of the nearest row: the one with the smallest sum of squared differences.

# %% tags=["exercise"]
def nearest_label(face, x, labels):
    ...

# %% tags=["solution"]
def nearest_label(face, x, labels):
    distances = ((x - face) ** 2).sum(axis=1)
    return labels[distances.argmin()]

# %% tags=["check"]
from fer_utils.course.chapter_04 import checks

checks.check_nearest_label(nearest_label)

# %% [markdown]
# Your function goes to work at once. (While an exercise is open, `yours` lets the course's own function stand in.)
# Give it the numbers 0, 1, 2 ... as labels, and it tells *which* face is nearest. Of FER-2013 it remembers only the
# first 5,000 faces, to be quick.

# %%
from fer_utils.course.checks import yours

nearest_label = yours(nearest_label, ours.nearest_label)
known, known_labels = x[:5000], labels[:5000]
places = [nearest_label(face, known, np.arange(len(known))) for face in public_x[:7]]
course.show(*figures.pairs(faces.public.images[:7], images[places], public_labels[:7], labels[places]))

# %% [markdown]
# Below each new face is its nearest neighbour. The two are often alike in hair, in glasses, in the turn of the
# head; the expression is often another.
#
# ### Failure gallery: praise for remembering
#
# The mistake is to ask about faces that it remembers.

# %%
def accuracy_of(some_x, truths):
    answers = [nearest_label(face, known, known_labels) for face in some_x]
    return float(np.mean(np.array(answers) == truths))

remembered = accuracy_of(known[:300], known_labels[:300])
new = accuracy_of(public_x[:300], public_labels[:300])
assert remembered > 0.98 and new < remembered - 0.4  # the symptom: brilliant on the faces it has seen
course.say(f"On 300 faces that it remembers: {100 * remembered:.0f} %. On 300 new ones: {100 * new:.0f} %.")

# %% [markdown]
# The nearest neighbour of a remembered face is the face itself, so it cannot err there. (Except where a face has a
# **twin**, a duplicate as in chapter 03, and the twin has another label.) The first number says that it has a memory,
# as any list has. To be right on faces that were not in the training is to **generalize**, and nothing else counts as
# having learned.

# %% [markdown]
# ## A model of seven pictures
#
# Instead, keep seven pictures, one for each class. Every pixel of such a picture is a **weight**: how
# much brightness at this place speaks for the class or, below zero, against it. Lay the picture on a face, multiply
# pixel by pixel, and add up. The sum is the **score** of the class, and the largest score gives the answer. Such a
# model is called *linear*.
#
# As a first guess, take for each class the average of its faces. NumPy's `@` multiplies every face by every picture
# and adds up. Here is happiness, on the happy face that fits it best.

# %%
guess = np.array([x[labels == c].mean(axis=0) for c in range(7)]).T  # one column for each class
fits = np.where(labels == happiness, x @ guess[:, happiness], -np.inf)
happy = x[fits.argmax()]  # the happy face that fits best
course.show(*figures.one_score(happy, guess[:, happiness], EMOTIONS[happiness]))
score, last = happy @ guess[:, happiness], guess[-1, happiness]
course.say(f"The pixels give {score - last:.1f}; the 1 at the end adds {last:.1f}: a score of {score:.1f}.")

# %% [markdown]
# Where face and picture agree, both orange or both violet, the score grows; where they disagree, it falls. Now all of
# PublicTest:

# %%
scores = public_x @ guess
print(f"{public_x.shape} @ {guess.shape} -> {scores.shape}: seven scores for each face")
assert np.isclose(scores[0, 3], sum(public_x[0] * guess[:, 3]), atol=1e-3)
course.say(f"The guess gets {100 * ours.accuracy(guess, public_x, public_labels):.1f} % of PublicTest right; the "
           f"baseline got {100 * baseline:.1f} %.")

# %% [markdown]
# Better numbers are needed. Those that training sets are a model's **parameters**. Ours are the weights of the pixels
# and, in the last row of `guess`, one **bias** for each class: the weight of the 1. The bias is added whatever the
# face looks like, so it can say that a class is frequent.

# %%
parameters = guess.size
assert parameters == (24 * 24 + 1) * 7
print(f"{parameters:,} parameters")

# %% [markdown]
# ## From scores to shares
#
# **Softmax** turns seven scores into seven shares of certainty. It takes $e$ to the power of each score, which is
# never below zero, and divides by the sum. The shares are called **probabilities**, although nothing promises that a
# share of 0.8 is right eight times in ten.

# %%
from fer_utils.course.chapter_04.softmax_regression import shares

quiet = guess / (x @ guess).std()  # smaller scores, in the same order
course.show(*figures.scores_and_shares(happy @ quiet))
assert np.isclose(shares(happy @ quiet).sum(), 1, atol=1e-5)
assert (happy @ quiet).argmax() == (happy @ guess).argmax()

# %% [markdown]
# The order stays, and the shares add up to one. (The scores were divided by their spread first, or one word would get
# nearly everything.) A linear model with softmax is called *softmax regression*, or logistic regression.
#
# ## How wrong? The loss
#
# To improve a model we need one number that says how wrong it is: the **loss**. Accuracy will not do: change a weight
# a little, and hardly any answer flips, so accuracy shows no direction. Look at the share $p$ of the *right* word
# instead. Our loss is $-\log p$, with the natural logarithm, and is called **cross-entropy**.

# %%
p = shares(happy @ quiet)[happiness]  # this face's share of its own word
print(f"share {p:.3f}, loss {-np.log(p):.2f}")
course.show(*figures.loss_of_a_share(p))

# %% [markdown]
# Full certainty of the right word costs nothing, a share of one seventh 1.95, and near zero the price soars:
# certainty in a wrong answer is punished most.
#
# ### Exercise 2: the loss of many faces
#
# Write the mean loss. `p` holds seven shares for each face, a row a face; `labels` the numbers of the right words.

# %% tags=["exercise"]
def mean_loss(p, labels):
    ...

# %% tags=["solution"]
def mean_loss(p, labels):
    of_truth = p[np.arange(len(labels)), labels]
    return -np.log(of_truth).mean()

# %% tags=["check"]
checks.check_mean_loss(mean_loss)

# %% [markdown]
# Now the guess has a price, and so has knowing nothing.

# %%
mean_loss = yours(mean_loss, ours.cross_entropy)
equal = mean_loss(np.full((len(labels), 7), 1 / 7), labels)
assert np.isclose(equal, np.log(7)) and round(np.log(7), 2) == 1.95
course.say(f"Equal shares: {equal:.2f}. The guess, kept quiet: {mean_loss(shares(x @ quiet), labels):.2f}.")

# %% [markdown]
# ## Downhill with one number
#
# Which parameters make the loss small? Begin with a single number. Multiply all scores of the quiet guess by a
# *volume*: 1 leaves them, 0 gives equal shares, a large one certainty. The loss by volume can be drawn. (Here and
# below, the first 1,400 faces of FER-2013 will do.)

# %%
told = x[:1400] @ quiet  # the scores of the first 1,400 faces

def loss_at(volumes):
    return np.array([mean_loss(shares(v * told), labels[:1400]) for v in np.atleast_1d(volumes)])

def slope_at(volume):
    return (loss_at(volume + 0.001)[0] - loss_at(volume - 0.001)[0]) / 0.002

course.show(*figures.slope(loss_at, at=0.1))

# %% [markdown]
# A valley. The orange line has the **slope** of the curve at the dot: how much the loss changes when the volume grows
# by a little. It is below zero there: more volume, less loss. So the bottom can be found blindly: feel the slope,
# take a step against it, repeat. This is **gradient descent**. Each **step** is the slope times a number that we
# choose, the **learning rate**.

# %%
course.show(*figures.descents(loss_at, slope_at, rates=(0.05, 0.4, 3)))

# %% [markdown]
# Too small, and twelve steps do not reach the bottom. Too large, and they jump to and fro over it. With a rate
# between the two the steps grow shorter by themselves, since the slope flattens.
#
# **Predict, then move.** Which is the largest learning rate that still ends at the bottom? What do more steps do for
# the smallest one?

# %%
figures.explore_rate(loss_at, slope_at)

# %% [markdown] tags=["answer"]
# 2, if you give it more steps: they swing from side to side and close in. At 2.5 they jump between two places for
# ever. The smallest rate creeps nearer with every step.

# %%
slow, good, wild = (slope_at(figures.descent(slope_at, rate)[-1]) for rate in (0.05, 0.4, 3))
assert abs(good) < 0.01 < abs(slow) < abs(wild)  # at the bottom the slope is zero
swinging, jumping = (figures.descent(slope_at, rate, steps=40) for rate in (2, 2.5))
assert abs(slope_at(swinging[-1])) < 0.01 and np.isclose(jumping[-1], jumping[-3]) and abs(slope_at(jumping[-1])) > 0.1
print(f"slope after the last step: {slow:.3f}, {good:.3f}, {wild:.3f}")

# %% [markdown]
# ## Downhill with 4,039 numbers
#
# Every parameter has its own slope; all together are the **gradient**. One can be found by trying: change a weight a
# little, compute the loss again.

# %%
zeros, little = np.zeros((577, 7)), np.zeros((577, 7))
little[300, happiness] = 0.00001
before, after = (mean_loss(shares(x[:1400] @ w), labels[:1400]) for w in (zeros, little))
tried = (after - before) / 0.00001
print(f"slope along one weight: {tried:.5f}")

# %% [markdown]
# Trying all 4,039 would take 4,039 computations of the loss for a single step. Calculus gives all slopes at once. The
# *error* of a class on a face is its share minus the truth, which is 1 for the label and 0 for the others. The slope
# along a weight is that error times the pixel under the weight; over many faces, the mean:
#
# $$\text{gradient} = \frac{1}{n}\; x^T (\text{shares} - \text{truth})$$
#
# Here `x.T` turns rows into columns, so that the product adds up over the faces. Why so: if fear got too large a
# share, its error is positive. Bright pixels of this face then have a positive slope, and the step against it lowers
# their weights.

# %% [markdown]
# ### Exercise 3: the gradient
#
# Write it for `weights` of shape `(d, 7)`, faces `x` of shape `(n, d)`, and `labels`. It has the shape of `weights`.
# The `shares` from above may be used; it takes rows of scores. Write the truth as an array like the shares.

# %% tags=["exercise"]
def gradient(weights, x, labels):
    ...

# %% tags=["solution"]
def gradient(weights, x, labels):
    truth = np.eye(7)[labels]  # a row for each face: 1 at its label, else 0
    errors = shares(x @ weights) - truth
    return x.T @ errors / len(labels)

# %% tags=["check"]
checks.check_gradient(gradient)

# %% [markdown]
# **Think first.** What pictures will the first step paint, from weights of zero: the gradient, its sign turned? (It
# agrees with the slope found by trying.)

# %%
gradient = yours(gradient, ours.gradient)
assert np.isclose(gradient(zeros, x[:1400], labels[:1400])[300, happiness], tried, rtol=0.02)
first_step = -gradient(zeros, x, labels)
course.show(*figures.weight_pictures(first_step))

# %% [markdown]
# Faces. Nobody told the gradient what a face is. With equal shares, every face enters each picture with one seventh,
# and since the average face was subtracted, these parts cancel. What is left for a class is the average of its faces,
# times how frequent the class is: the average faces of chapter 03, less what all have in common.

# %%
frequency = np.bincount(labels, minlength=7) / len(labels)
assert np.allclose(first_step[:-1], frequency * guess[:-1], atol=1e-3)
assert np.allclose(first_step[-1], frequency - 1 / 7, atol=1e-5)  # and the bias learns how frequent a class is

# %% [markdown]
# ## Epochs and batches
#
# A gradient over all faces takes a look at every face for a single step. So training uses a few faces at a time, a
# **batch** [3]: many rough steps get further than a few exact ones. One pass through all training faces, batch by
# batch, is an **epoch**. The faces come in a new random order each time. Random numbers start from a **seed**: the
# same seed gives the same result.
#
# ### Exercise 4: one epoch
#
# Go once through the faces in the given `order`, an array of their numbers, `batch_size` at a time, the last batch
# perhaps smaller. For each batch take a step with your `gradient`. Return the new weights; leave those handed over as
# they are.

# %% tags=["exercise"]
def one_epoch(weights, x, labels, order, rate, batch_size):
    ...

# %% tags=["solution"]
def one_epoch(weights, x, labels, order, rate, batch_size):
    for start in range(0, len(order), batch_size):
        batch = order[start:start + batch_size]
        weights = weights - rate * gradient(weights, x[batch], labels[batch])
    return weights

# %% tags=["check"]
checks.check_one_epoch(one_epoch)

# %% [markdown]
# With it, training is a loop. It starts from zeros and keeps the weights after every epoch.

# %%
one_epoch = yours(one_epoch, ours.one_epoch)

def train(x, labels, rate, epochs, seed=0):
    rng, weights = np.random.default_rng(seed), np.zeros((x.shape[1], 7), "float32")
    history = [weights]
    for _ in range(epochs):
        weights = one_epoch(weights, x, labels, rng.permutation(len(labels)), rate, batch_size=64)
        history.append(weights)
    return history

# %% [markdown]
# Three learning rates, by your own functions:

# %%
losses = {}
with np.errstate(all="ignore"):  # a loss may become infinite: that is a result
    for rate in (0.0001, 0.01, 1):
        losses[rate] = [mean_loss(shares(x @ w), labels) for w in train(x, labels, rate, epochs=5)]
course.show(*figures.losses_by_epoch(losses))

# %% [markdown]
# All three begin at the loss of equal shares. The smallest rate crawls along that line, the middle one falls, the
# largest is thrown off the scale.

# %%
assert losses[0.01][-1] < losses[0.0001][-1] < np.log(7)
assert max(losses[1]) > 2 * np.log(7)
exact = zeros
for _ in range(5):  # five steps with the gradient of all faces: as many passes as five epochs
    exact = exact - 0.01 * gradient(exact, x, labels)
assert mean_loss(shares(x @ exact), labels) > losses[0.01][-1]
print({rate: f"{values[-1]:.2f}" for rate, values in losses.items()})

# %% [markdown]
# ### Failure gallery: pixels as they come
#
# The same training at the same rate, on pixels from 0 to 255, neither scaled nor centred:

# %%
raw = np.hstack([images[:1400, ::2, ::2].reshape(-1, 24 * 24), np.ones((1400, 1))])
with np.errstate(all="ignore"):
    raw_losses = [mean_loss(shares(raw @ w), labels[:1400]) for w in train(raw, labels[:1400], 0.01, epochs=3)]
print([f"{loss:.2f}" for loss in raw_losses])
assert not min(raw_losses[1:]) < np.log(7)  # the symptom: worse than equal shares after every epoch

# %% [markdown]
# Inputs a hundred times larger make steeper slopes, and steps that overshoot; `inf` means a right word with a share
# of zero. When a loss jumps, look first at the scale of the inputs and at the learning rate.

# %% [markdown]
# ## Watch it learn
#
# Now twenty epochs at the good rate: the weights as pictures, and the curves of loss and accuracy.

# %%
history = train(x, labels, rate=0.01, epochs=20)
watched = figures.Watched(history, x, labels, public_x, public_labels)
course.show(*figures.watch(watched, epoch=2))

# %% [markdown]
# Above, the pictures after two epochs; below, both curves up to there. **Predict, then move.** After twenty
# epochs, will the pictures look more like faces, or less? Press play.

# %%
figures.explore_epochs(watched)

# %% [markdown] tags=["answer"]
# Less. The averages turn into caricatures, which dwell on what tells one class from another. They grow grainy: the
# longer it trains, the more it uses single pixels that happened to help on the training faces. The curves drift
# apart.

# %%
course.show(*figures.weight_pictures(history[1], history[5], history[20], titles=["epoch 1", "epoch 5", "epoch 20"]))
likeness = [np.mean([np.corrcoef(w[:-1, c], guess[:-1, c])[0, 1] for c in range(7)]) for w in history[2::18]]
assert likeness[1] < likeness[0]  # from the averages
learned, trained_on = watched.public_accuracy[-1], watched.accuracy[-1]
assert learned > baseline + 0.05 and trained_on > learned
learned_macro = f1_score(public_labels, (public_x @ history[-1]).argmax(axis=1), average="macro", zero_division=0)
assert learned_macro > 3 * macro
course.say(f"After twenty epochs {100 * trained_on:.1f} % of the training faces are right, and "
           f"{100 * learned:.1f} % of PublicTest, with a macro F1 of {learned_macro:.3f}. The baseline had "
           f"{100 * baseline:.1f} % and {macro:.3f}. Since epoch 5, training faces gained "
           f"{100 * (trained_on - watched.accuracy[5]):.1f} points, PublicTest "
           f"{100 * (learned - watched.public_accuracy[5]):.1f}.")

# %% [markdown]
# By both scores it beats the baseline on faces that it has never seen. A gap alone is no reason to stop. While
# PublicTest rises, there is something to learn even in the grain; once it falls, there is not.
#
# The next pictures were learned from the 28,709 training faces of FER-2013 at full size. Each is a sum over
# thousands, from which no face can be got back.

# %%
from fer_utils.course.chapter_04.examples import recorded_pictures
from fer_utils.evaluation.results import recorded_experiment

course.show(*figures.weight_pictures(recorded_pictures()))
recorded = recorded_experiment("weight-pictures")
photographs = recorded_experiment("examples")["measured"]
smooth, unsmoothed = recorded["measured"]["public"], photographs["worlds"]["photographs"]["photographs"]
course.say(f"These pictures were kept smooth on purpose, to be read. The model gets {100 * smooth:.1f} % of PublicTest "
           f"right; hardly smoothed, at 24 by 24 pixels, {100 * unsmoothed:.1f} %.")

# %% [markdown]
# Surprise wants an open, dark oval for a mouth; happiness dark corners, bright teeth and chin. Disgust, the rarest
# class, stays unreadable. (*Regularization*, see below, keeps the pictures smooth.)

# %%
pictures = recorded_pictures().astype(float)  # rows from the top, columns from the left
surprise, smile = pictures[5], pictures[3]
assert surprise[37:44, 20:28].max() < 0  # the open mouth is to be dark
assert smile[30:35, 12:17].max() < 0 < smile[38:42, 20:28].min()  # a corner dark, teeth and chin bright

# %% [markdown]
# Drawings are easier. One program drew them all, at the same place, and each label is right, because it came first.
# In photographs people turn, and those who label them disagree (chapter 03).

# %%
same = photographs["worlds"]
assert same["drawings"]["drawings"] > same["photographs"]["photographs"] + 0.2
course.say("The same model, recorded, trained until it no longer changes, which takes more than twenty epochs: "
           f"{100 * same['drawings']['drawings']:.0f} % on drawings, "
           f"{100 * same['photographs']['photographs']:.0f} % on photographs, each learned from its own kind.")

# %% [markdown]
# ## Underfitting and overfitting
#
# Train much longer, on 200 faces only.

# %%
few = train(x[:200], labels[:200], rate=0.05, epochs=150)
gap = figures.Watched(few, x[:200], labels[:200], public_x, public_labels)
course.show(*figures.gap(gap, 200))

# %% [markdown]
# The training loss falls, until nearly every training face is right. The PublicTest accuracy hardly moves after some
# 50 epochs, and the loss has turned upwards: right answers stay about as many, wrong ones grow more certain. (The
# jumps at the start come from the large learning rate.) The model fits accidents of these 200 faces. This is
# **overfitting**; its mark is the gap between the two curves.

# %%
assert gap.accuracy[-1] > 0.95 and gap.public_accuracy[-1] < gap.accuracy[-1] - 0.3
assert gap.public_loss[-1] > min(gap.public_loss) + 0.02
assert abs(np.mean(gap.public_accuracy[50:100]) - np.mean(gap.public_accuracy[100:])) < 0.02
wrong = [p.max(axis=1)[p.argmax(axis=1) != public_labels].mean()
         for p in (shares(public_x @ few[epoch]) for epoch in (50, 150))]
assert wrong[1] > wrong[0] + 0.05  # the mean share of a wrong answer

# %% [markdown]
# Three models learned from 100 to 28,709 photographs, five times each: the nearest neighbour, softmax regression, and
# a small *network*: two linear models in a row (more at the end). Bands, hardly wider than the lines, show the
# spread.

# %%
from fer_utils.evaluation.results import dataset_facts, load_run
from fer_utils.networks import DEFAULT_NETWORK

counts = dataset_facts()["counts"]["public"]
floor, course_network = counts["happiness"] / sum(counts.values()), load_run(DEFAULT_NETWORK)["public_accuracy"]
course.show(*figures.curves(photographs["curves"], floor, course_network))

# %% [markdown]
# With 100 faces, all three are below always answering happiness.
#
# The nearest neighbour gains with more faces, in the end also because some have a twin in Training, whose label it
# copies. The line with diamonds leaves these out.
#
# Softmax regression begins like a memory: with 100 faces its 4,039 parameters fit every one. With more, the upper
# line falls, as seven pictures cannot suit all, and PublicTest will hardly do better than the training faces. Not
# even to read those well is **underfitting**.
#
# The small network keeps a wide gap to the end: it overfits even then.

# %%
def mean_of(model, key, size=28_709):
    return np.mean([scores[key] for scores in photographs["curves"][model][str(size)]])

for model in photographs["curves"]:
    on_all = ", ".join(f"{key} {100 * mean_of(model, key):.1f} %" for key in ("train", "public", "alone"))
    print(f"{model:18} with 28,709 faces: {on_all}")
    assert mean_of(model, "public", 100) < floor
assert mean_of("softmax regression", "train", 100) == 1
assert mean_of("softmax regression", "train") - mean_of("softmax regression", "public") < 0.05
assert mean_of("small network", "train") - mean_of("small network", "public") > 0.2

# %% [markdown]
# The last column, `alone`, is PublicTest without twins. There the three differ by less than the luck of so many faces
# (see "A seed and its luck"). What is missing is better features: the dotted line far above is the network of this
# course, which sees the same photographs. (Its line counts twins.)

# %%
alone = [mean_of(model, "alone") for model in photographs["curves"]]
luck_of_faces = np.sqrt(2 * np.mean(alone) * (1 - np.mean(alone)) / photographs["alone"])  # of a difference
assert max(alone) - min(alone) < 2 * luck_of_faces and course_network > max(alone) + 0.3

# %% [markdown]
# ## Regularization
#
# When there are no more faces, add to the loss a price on large weights, half of a *strength* times the sum of their
# squares [4]. This is **regularization**. The slope of the price along a weight is the strength times the weight, so
# every step also shrinks each weight a little.
#
# Scikit-learn's `LogisticRegression` minimizes this sum. Does it end where your gradient leads?

# %%
some, some_labels, strength = x[:1400], labels[:1400], 1.0
weights = np.zeros((577, 7))
for step in range(400):
    weights = weights - 0.03 * (gradient(weights, some, some_labels) + strength * weights)

# %%
from sklearn.linear_model import LogisticRegression

library = LogisticRegression(C=1 / (strength * len(some)), fit_intercept=False, max_iter=1000)
library.fit(some, some_labels)
assert np.allclose(library.coef_.T, weights, atol=1e-3)
print(f"largest difference between the two: {np.abs(library.coef_.T - weights).max():.6f}")

# %% [markdown]
# The same 4,039 numbers. (Our 1 already serves as bias, or *intercept*.) What does the strength do to the pictures?

# %%
strengths = (0.0001, 0.001, 0.01, 0.1, 1.0, 10.0)
fitted = {s: ours.fit(some, some_labels, s) for s in strengths}  # by the library, as above
course.show(*figures.weight_pictures(fitted[0.001], fitted[0.1], fitted[10.0],
                                     titles=["strength 0.001", "strength 0.1", "strength 10"]))

# %% [markdown]
# With little, weights grainier than after twenty epochs; with much, smooth averages. What is it worth on new faces?
# Here are the means of five draws of 1,000 photographs, beside all 28,709.

# %%
grain = [np.abs(np.diff(w[:-1], axis=0)).mean() / w[:-1].std() for w in (fitted[0.001], history[20], fitted[10.0])]
assert grain[0] > grain[1] > grain[2]  # the mean difference between neighbouring pixels, by their spread

from fer_utils.course.chapter_04 import examples

means = examples.by_strength(photographs["strengths"])
course.say(examples.strength_table(means))

# %% [markdown]
# With 1,000, the lines go from overfitting to underfitting; PublicTest is best in between. With all there is little
# left to overfit, and large strengths only cost.

# %%
few_faces, all_faces = ({s: scores["public"] for s, scores in by_strength.items()} for by_strength in means.values())
assert few_faces[0.1] > max(few_faces[0.001], few_faces[10.0]) + 0.03
assert abs(all_faces[0.001] - all_faces[0.1]) < 0.01 and all_faces[0.1] > all_faces[10.0] + 0.05

# %% [markdown]
# ## Three sets, and why three
#
# No gradient finds the strength, since a strength of zero always has the lowest training loss. It is a
# **hyperparameter**, as are learning rate, batch size and the number of epochs. They are chosen by trying, on a
# second set, the **validation set** (the thesis's word, section 4.1); ours is PublicTest.
#
# Take the best of the six strengths for the faces here.

# %%
on_public = {s: ours.accuracy(w, public_x, public_labels) for s, w in fitted.items()}
best, second = sorted(on_public, key=on_public.get, reverse=True)[:2]
print({s: f"{100 * accuracy:.1f} %" for s, accuracy in on_public.items()}, "best:", best)
lead, share = on_public[best] - on_public[second], on_public[best]
assert lead < 2 * np.sqrt(share * (1 - share) / len(public_labels))  # the luck of faces, see the next section

# %% [markdown]
# Grain is no fault in itself. On the bundled drawings even small details tell the classes apart, and grainy weights
# win; on 1,000 photographs 0.1 was best. Here the best two are closer than the luck of faces: either would do.
#
# The best of many is partly lucky (chapter 03 chose among networks that guess), so PublicTest tends to flatter it:
# among six similar candidates little, among hundreds much. A fair number needs faces that took part in nothing: the
# **test set**, here PrivateTest. It is opened once, to report.

# %%
private_x = ours.features(ours.rows(faces.private.images), average)
reported = ours.accuracy(fitted[best], private_x, faces.private.labels)
course.say(f"Strength {best:g}, chosen on PublicTest ({100 * on_public[best]:.1f} %): "
           f"**{100 * reported:.1f} % on PrivateTest.**")

# %% [markdown]
# ## A seed and its luck
#
# Train the same model five times. Only the seed differs, and with it the order of the faces.

# %%
seeds = [ours.accuracy(train(x, labels, 0.01, epochs=5, seed=seed)[-1], public_x, public_labels) for seed in range(5)]
assert max(seeds) > min(seeds)
course.show(*figures.luck(seeds, len(public_labels), baseline))

# %% [markdown]
# Everything decided before training but the seed, that is faces, model and hyperparameters, is its **recipe**. One
# recipe gave five results: the spread of the circles is the **luck of seeds**. The bar is the **luck of faces**:
# PublicTest is a sample, and the accuracy on all faces of its kind lies within the bar nineteen times in twenty. A
# difference between models means something only where it is larger than both (chapter 12). Below, `error` is the
# *standard error* of a share $p$ of $n$ faces, $\sqrt{p(1-p)/n}$: how far chance usually moves it. The bar is twice it
# to either side.

# %%
error = np.sqrt(np.mean(seeds) * (1 - np.mean(seeds)) / len(public_labels))
assert np.mean(seeds) - baseline > 4 * error  # that it beats the baseline is not luck
course.say(f"Seeds: from {100 * min(seeds):.1f} to {100 * max(seeds):.1f} %. Faces: ± {200 * error:.1f} points.")

# %% [markdown]
# ## Where generalizing ends
#
# What about faces from another source? Softmax regression learned from drawings and from photographs, and each was
# tried on both.

# %%
from fer_utils.data import load_schematic
from fer_utils.text import percent, table

kinds, drawn = ("drawings", "photographs"), load_schematic("public").public.labels
floors = {"drawings": np.mean(drawn == happiness), "photographs": floor}
rows = same | {"nothing: always happiness": floors}
course.say(table(["learned from", *(f"tried on {kind}" for kind in kinds)],
                 [[name, *(percent(row[kind]) for kind in kinds)] for name, row in rows.items()], "lrr"))

# %% [markdown]
# Each clearly beats the baseline in its own world only. A score speaks for faces like those of its test, and for no
# others (chapter 08).

# %%
luck_of_drawings = np.sqrt(floors["drawings"] * (1 - floors["drawings"]) / len(drawn))
assert abs(same["photographs"]["drawings"] - floors["drawings"]) < 2 * luck_of_drawings
assert same["drawings"]["photographs"] < floor - 0.03

# %% [markdown]
# ## From here to networks
#
# You built one **layer**: weights and biases that turn numbers into numbers. A **network** is several layers,
# one after the other, with a function between them that is not a straight line, such as: everything below zero
# becomes zero. The small one above has two. Loss, batches and epochs stay; the gradient runs back through more layers
# [5].

# %%
first_layer, second_layer = (24 * 24 + 1) * 64, (64 + 1) * 7
print(f"{first_layer + second_layer:,} parameters in the small network, {parameters:,} in softmax regression")

# %% [markdown]
# A network cannot start from zeros, since the pictures of its first layer would all get the same
# gradient; it starts from small random numbers, its **initial weights**, which the seed decides too. **Augmentation**
# shows a face a little turned or shifted each time, so that there is more to learn from (chapter 06). A
# **convolution** slides one small weight picture over the whole face (chapter 07). Several models that answer
# together are an **ensemble**.
#
# Three trainings on photographs: A is softmax regression on all 28,709, B the small network on 1,000, C the same on
# all.

# %%
course.show(*figures.three_trainings(list(photographs["by_epoch"].values())))

# %% [markdown]
# **Judge.** Which of them underfits, which overfits, and what would you change in each?

# %% [markdown] tags=["rubric"]
# - It judges by the gap between the curves *and* by the height of the training curve.
# - A underfits: both curves are low and close. Other features or a larger model would help.
# - B overfits most: training reaches the top, PublicTest stays far below. More faces, augmentation, regularization.
# - C overfits too, but less: training climbs while PublicTest does not. Stop earlier, or regularize.
# - It ranks no models by a point or two on one seed.

# %% [markdown]
# ## Quiz
#
# The last question goes back to chapter 03.

# %%
course.quiz("04_learning_from_examples")
course.open_checks()

# %% [markdown]
# ## What you take away
#
# 1. *Model and baseline:* a model turns features into a class, and has to beat the most frequent word, in accuracy and
#    in macro F1.
# 2. *Remembering and learning:* a list is perfect on what it holds; only new faces show what was learned.
# 3. *Loss, gradient, epoch:* the loss is the price of the right word's share; its gradient is error times
#    pixel; steps go against it, batch by batch.
# 4. *Two curves:* both low is underfitting, far apart is overfitting; more faces or a price on large weights bring them
#    together.
# 5. *Three sets and luck:* learn, choose, report; believe no difference smaller than the luck of seeds and faces.
#
# **Go further.** Average each weight picture with its mirror image and score it again. When might that help?

# %% [markdown] tags=["references"]
# ## References
#
# 1. F. Pedregosa and others, *Scikit-learn: machine learning in Python*, Journal of Machine Learning Research 12, 2011,
#    [arXiv:1201.0490](https://arxiv.org/abs/1201.0490).
# 2. T. Cover, P. Hart, *Nearest neighbor pattern classification*, IEEE Transactions on Information Theory 13, 1967,
#    [doi:10.1109/TIT.1967.1053964](https://doi.org/10.1109/TIT.1967.1053964).
# 3. H. Robbins, S. Monro, *A stochastic approximation method*, Annals of Mathematical Statistics 22, 1951,
#    [doi:10.1214/aoms/1177729586](https://doi.org/10.1214/aoms/1177729586).
# 4. A. E. Hoerl, R. W. Kennard, *Ridge regression: biased estimation for nonorthogonal problems*, Technometrics 12,
#    1970, [doi:10.1080/00401706.1970.10488634](https://doi.org/10.1080/00401706.1970.10488634).
# 5. D. E. Rumelhart, G. E. Hinton, R. J. Williams, *Learning representations by back-propagating errors*, Nature 323,
#    1986, [doi:10.1038/323533a0](https://doi.org/10.1038/323533a0).
# 6. S. Zima, bachelor's thesis, Brno University of Technology, 2024. Section 4.1.

# %% [markdown] tags=["references"]
# ## Glossary
#
# {{glossary}}
#
# {{previous_next}}
