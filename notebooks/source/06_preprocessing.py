# %% [markdown]
# # Preprocessing: what a face needs before a network sees it
#
# {{badges}}
#
# **Question.** Between a photograph and a network stand a dozen customary steps. Which of them does a face need, and
# how can one tell?
#
# **After this chapter you can**
#
# 1. say what scaling does to learning, and recognize faces that were scaled twice,
# 2. say what cropping, standardizing and aligning were measured to do, and what cannot be told,
# 3. show what goes wrong when a step uses the test faces,
# 4. write an augmentation layer, and tell from two accuracies whether it helps or harms,
# 5. weigh rare classes, and say what that buys and costs.
#
# **You need** chapters 03 and 04. **Time:** about 65 minutes; the cells run in about a minute. **Data:** the banner's
# faces; recorded trials on FER-2013. **Source:** sections 3.6.1, 4.2 and 5.1 of the thesis.

# %% tags=["bootstrap"]

# %%
from fer_utils import course

course.setup()

# %% [markdown]
# Every course on networks begins with a list: scale the pixels, standardize, crop and align, turn labels into vectors,
# augment, balance. The list is seldom tested. We take the steps one by one, and ask each time what would be missing
# without it. The networks are built with **Keras**, a library that chapter 07 introduces; here they are only used.

# %%
import keras
import numpy as np

from fer_utils import EMOTIONS, load_faces, load_network
from fer_utils.networks.weights import network_for

faces = load_faces(splits=("train", "public"))
images, labels = faces.train
net = load_network(network_for(faces))
print(images.shape, images.dtype, images.min(), images.max())

# %% [markdown]
# <details><summary>In the thesis</summary>
#
# The thesis names resizing, normalization, augmentation and splitting (section 3.6.1), plans normalization, one-hot
# encoding and augmentation (4.2), and in the end repeats the gray channel three times, divides by 255, encodes the
# labels, augments and weighs the classes (5.1). Its steps are all in this chapter.
#
# </details>

# %% [markdown]
# ## Normalization
#
# Pixels go from 0 to 255. Nearly every program divides them by 255, so that they lie between 0 and 1. (*Batch
# normalization*, in chapter 07, is another thing.) Nothing is added to the picture and nothing taken away. Why bother?
#
# Chapter 04's softmax regression shows it best. It was trained on the same faces, with the same steps, at seven
# {{learning rates}}; only the scale of the pixels differs.

# %%
from fer_utils.course.chapter_06 import figures
from fer_utils.evaluation.results import dataset_facts, recorded_experiment

scaling = recorded_experiment("scaling")
course.show(*figures.scaling_curves(scaling))

# %% [markdown]
# Look at where each line is at its best. (The broken line is always saying happiness.) Scale and learning rate belong
# together: a parameter's gradient is the error times the pixel that it is multiplied by. With pixels up to 255 a step
# that would be modest for small pixels overshoots.

# %%
from fer_utils.text import percent

best = {}
for way in ("divided by 255", "not divided"):
    means = {float(rate): np.mean([run["public_accuracy"] for run in runs])
             for rate, runs in scaling["measured"][way].items()}
    best[way] = max(means, key=means.get)
    edge = " (the largest tried)" if best[way] == max(means) else ""
    course.say(f"{way}: best at a rate of {best[way]:g}{edge}, with {percent(means[best[way]])}.")
assert best["divided by 255"] > 10 * best["not divided"]

# %% [markdown]
# So dividing by 255 does not make faces easier. It brings them to the scale for which the customary learning rates and
# first parameters are made. Where a network scales again inside, even that is not needed, as the next section measures.
#
# The price is memory: as fractions, pixels take four bytes each instead of one.

# %%
from fer_utils.data.preprocessing import normalize

small = normalize(images[:500])
assert small.dtype == "float32" and 0 <= small.min() and small.max() <= 1
assert small.nbytes == 4 * images[:500].nbytes
whole = 28_709 * 48 * 48 / 2**20
course.say(f"FER-2013's Training takes {whole:.0f} MB as bytes, {4 * whole:.0f} MB as fractions.")

# %% [markdown]
# Therefore the networks of this course take raw bytes and divide inside: then nobody can forget the step, and nobody
# has to repeat it. Chapter 04's **layer** had weights and biases. From here on any step of a network is called so: a
# function from a batch of arrays to another batch of arrays, mostly with parameters of its own. Here are the first
# layers of the network in use.

# %%
print([layer.name for layer in net.layers[:3]])
assert net.layers[1].name == "scale"

# %% [markdown]
# ### Failure gallery: a face divided twice
#
# The price of a hidden step is that somebody does it again. Divide first, and let the network divide once more.
#
# **Predict.** What will the faces look like to the network, and what will it answer?

# %%
some, truth = faces.public.images[:100, ..., None].astype("float32"), faces.public.labels[:100]
right_way, twice = (net.predict(pixels, batch_size=100, verbose=0) for pixels in (some, some / 255))
assert right_way.argmax(axis=1).std() > 0 and len(set(twice.argmax(axis=1))) == 1
assert np.ptp(twice, axis=0).max() < 0.1
course.say(f"{percent((right_way.argmax(1) == truth).mean(), 0)} right; divided twice "
           f"{percent((twice.argmax(1) == truth).mean(), 0)}. Each face gets **{EMOTIONS[twice[0].argmax()]}**, with "
           f"{percent(twice.max(axis=1).min(), 0)} to {percent(twice.max(axis=1).max(), 0)} of the belief.")

# %% [markdown]
# The brightest pixel is now 1/255: every face is a black picture, and all black pictures look alike. That is the
# symptom to remember: *nearly the same answer to every face*, and no error anywhere. It is why `normalize` and the
# course's own functions refuse what is not made of bytes.

# %%
try:
    normalize(small)
except ValueError as error:
    print(f"refused: {error}")

# %% [markdown]
# ## Cropping, standardizing, aligning
#
# To **standardize** is to subtract a mean and to divide by a standard deviation: of each pixel's place over all
# training faces, or of each face by itself. **Histogram equalization** spreads the gray levels of a face evenly.
# Cropping keeps the middle and enlarges it.

# %%
face = images[int((labels == EMOTIONS.index("happiness")).argmax())]
course.show(*figures.prepared(face, images))

# %% [markdown]
# Each picture is drawn from its own darkest to its own brightest value, so what you see is what changed besides scale.
# All look like improvements to somebody. Here is the trial: a small network, trained from random parameters on faces
# prepared in each way, three {{seeds}} each.

# %%
trial = recorded_experiment("preprocessing")
learned, read = ({way: [run[part] for run in runs] for way, runs in trial["measured"].items()}
                 for part in ("training_accuracy", "public_accuracy"))
course.show(*figures.dots(read, f"{trial['faces']:,} faces of FER-2013, {trial['epochs']} epochs"))

# %% [markdown]
# The dots of one row differ by luck alone. A difference between rows counts only where it is larger than the luck of
# the seeds and of PublicTest's faces together, corrected for the five that are tried (chapter 12); the table says so.

# %%
from fer_utils.course.chapter_06 import trials

course.say(trials.differences_table(learned, read, "divided by 255"))

# %% [markdown]
# What can be told? With three seeds, nothing. The middle of the face, enlarged, comes out highest, equalized faces
# lowest, although they were learned by heart most readily: hints, to be tried again with more seeds. The two ways of
# standardizing lie below, too, so no gain shows from a step that evens out light or contrast. That pixels need not be
# divided by 255 is no wonder: this network brings its numbers to one scale after its first step, by *batch
# normalization* (chapter 07).

# %%
found = {way: row["told"] for way, row in trials.against(read, "divided by 255").items()}
assert set(found.values()) == {"cannot be told"} and len(found) == 5
assert sorted(read, key=lambda way: np.mean(read[way]))[::5] == ["histogram equalized", "middle 36 pixels"]
assert max(learned, key=lambda way: np.mean(learned[way])) == "histogram equalized"
assert all(np.mean(read[way]) < np.mean(read["divided by 255"]) for way in read if "standardized" in way)

# %% [markdown]
# It is a small network, with few faces and few epochs. A large one, shown all faces for long, may answer otherwise;
# nobody should carry the table over to it unasked. What carries over is the way of asking.

# %% [markdown]
# FER-2013's faces were found by a detector and cut out alike, so they are fairly **aligned**: eyes near one height,
# mouth near another. What is that worth? Take networks that were trained on them, and cut the faces of PublicTest out
# carelessly.

# %%
course.show(*figures.carelessly_cut(face))

# %% [markdown]
# First predict: which of these costs a network most, in points of accuracy?

# %%
behind = recorded_experiment("augmentation")
course.show(*figures.misplaced_curves(behind))

# %% [markdown]
# The blue network, `none`, was trained on the faces as they are; the orange one, `gentle`, on faces that were turned
# and shifted a little, anew each time, which is the subject of a later section. How much does each lose where the face
# is far from its place?

# %%
lost = {arm: {(kind, size): np.mean(behind["public_accuracy"][arm]) - np.mean([run[kind][place] for run in runs])
              for kind, sizes in behind["sizes"].items() for place, size in enumerate(sizes)}
        for arm, runs in behind["misplaced"].items()}
for where in lost["none"]:
    print(f"{where[0]:8} {where[1]:>4}: ", {arm: f"{100 * by[where]:.1f} points lost" for arm, by in lost.items()})
for where in (("rotation", 20), ("shift", 4)):
    assert lost["gentle"][where] < 0.5 * lost["none"][where]
assert all(lost["gentle"][far] > lost["none"][far] - 0.005 for far in (("rotation", 40), ("scale", 0.7)))
assert all(lost["gentle"][far] < lost["none"][far] for far in (("shift", 8), ("scale", 1.4)))

# %% [markdown]
# A turn of 20 degrees or a shift of four pixels costs the blue network some of the few points that it is ahead of
# always saying happiness; the orange one loses half of that or less. At 40 degrees or at a face much too small, far
# outside of what it was shown, it loses at least as much as the other; at a face too large or eight pixels off, still
# less. So there are two ways: align every face, or teach the network that faces are not aligned. Both have their limit
# where the unexpected begins.

# %% [markdown]
# ## Only from Training
#
# Standardizing has numbers of its own, the means and the deviations. They come from faces, and the question is from
# which. The rule is: *from Training only*. Whatever a step takes from test faces, the test can no longer test.
#
# ### Failure gallery: copies before the split
#
# A common wish is to balance the classes by copying faces of the rare ones. Somebody does that first and splits into
# training and test faces afterwards. The judge is chapter 04's nearest neighbour.

# %%
from sklearn.neighbors import KNeighborsClassifier

pixels, known = images[:1400].reshape(-1, 48 * 48).astype("float32"), labels[:1400]
order = np.random.default_rng(0).permutation(1400)


def neighbour_accuracy(train, test):
    return KNeighborsClassifier(1).fit(pixels[train], known[train]).score(pixels[test], known[test])

# %% [markdown]
# `copies` repeats the faces of each class until all classes have as many as the largest. The cell does the two steps in
# both orders.

# %%
def copies(chosen):
    by_class = [chosen[known[chosen] == j] for j in np.unique(known)]
    return np.concatenate([np.resize(part, max(map(len, by_class))) for part in by_class])

balanced = np.random.default_rng(1).permutation(copies(order))
half = len(balanced) // 2
wrong = neighbour_accuracy(balanced[:half], balanced[half:])
right = neighbour_accuracy(copies(order[:700]), order[700:])
course.say(f"Copied, then split: **{percent(wrong)}**. Split, then copied: **{percent(right)}**.")

# %% [markdown]
# Nothing has been learned in between. In the wrong order many test faces have a copy of themselves among the training
# faces, so their nearest neighbour is the face itself. The symptom: *a method far better than it has any right to be*.

# %%
leaked = np.isin(balanced[half:], balanced[:half]).mean()
assert wrong > right + 0.1 and leaked > 0.3
course.say(f"{percent(leaked, 0)} of the test faces are in Training as well.")

# %% [markdown]
# Changed copies, from augmentation, leak in the same way. For means and deviations the damage would be small, since so
# many faces share in them; but one does not know before, and the rule costs nothing.

# %% [markdown]
# ## From gray to RGB
#
# Many networks are made for colour and ask for three channels, red, green and blue. A gray face is then repeated three
# times.

# %%
from fer_utils.data.preprocessing import convert_to_rgb

rgb = convert_to_rgb(images[:500])
assert rgb.shape == (500, 48, 48, 3) and rgb.nbytes == 3 * images[:500].nbytes
assert (rgb[..., 0] == rgb[..., 1]).all() and (rgb[..., 1] == rgb[..., 2]).all()

# %% [markdown]
# The channels are equal, so nothing has been added but memory. It is worth it where a network already *knows* colour
# photographs, as in chapter 08. A network that begins at random takes one channel as well.
#
# <details><summary>In the thesis</summary>
#
# It repeats the channel because "certain layers" asked for three (section 5.1). The layers it uses take any number.
# With division by 255 that makes twelve times the memory of the raw faces.
#
# </details>

# %% [markdown]
# ## One-hot labels
#
# A label is a number from 0 to 6, but anger (0) is not *less* than sadness (4). **One-hot encoding** gives each class a
# place of its own: a row with a single 1, as the *truth* in chapter 04's gradient. That is also the form of the answer,
# seven shares that add up to one, so the {{loss}} can compare the two place by place.

# %%
from fer_utils.data.preprocessing import one_hot

print(f"{EMOTIONS[labels[0]]} -> {labels[0]} -> {one_hot(labels[:1])[0]}")
assert (one_hot(labels).sum(axis=1) == 1).all()
assert (one_hot(labels).argmax(axis=1) == labels).all()

# %% [markdown]
# **Think first.** What would a machine learn if it were trained to give the number 0 to 6 itself?

# %% [markdown] tags=["answer"]
# An order that does not exist. Unsure between anger (0) and sadness (4), it would answer with the middle, 2: fear.

# %% [markdown]
# ## Augmentation
#
# Each {{epoch}} shows a network the same faces, until it knows them by heart; chapter 04 called that {{overfitting}}.
# **Augmentation** changes the faces a little, anew each time, in ways that leave the label alone. The simplest is to
# mirror.
#
# ### Exercise 1: mirror at random
#
# Write a function that mirrors each face left to right with probability one half, independently of the others. `images`
# has the shape `(n, height, width)` and must stay as it is; `rng` is a NumPy random generator, and all chance comes
# from it. (`None` in an index adds an axis of length 1: with `[:, None, None]` one coin for each face can be laid over
# all its pixels.)

# %% tags=["exercise"]
def random_flip(images, rng):
    ...

# %% tags=["solution"]
def random_flip(images, rng):
    flip = rng.random(len(images)) < 0.5
    return np.where(flip[:, None, None], images[:, :, ::-1], images)

# %% tags=["check"]
from fer_utils.course.chapter_06 import checks

checks.check_random_flip(random_flip)

# %% [markdown]
# Here are six faces, and above them what your function makes of them, twice (ours, until yours is written).

# %%
from fer_utils.course.checks import yours
from fer_utils.course.figures import face_grid

flip = yours(random_flip, trials.mirrored)
draws = [flip(images[:6], np.random.default_rng(seed)) for seed in (0, 1)]
course.show(*face_grid(np.concatenate([*draws, images[:6]]), ["once"] * 6 + ["again"] * 6 + ["before"] * 6, columns=6))

# %% [markdown]
# Other changes have a size. How far may they go? Seven versions of one face, with customary sizes:

# %%
course.show(*figures.augmented(face, rotation=20, shift=0.1, shear=10, zoom=0.1))

# %% [markdown]
# All seven are faces that a camera could have taken. Predict, then move: from which angle on would you no longer take a
# smile for a smile?

# %%
figures.explore_augmented(face)

# %% [markdown]
# ### Exercise 2: a layer that mirrors
#
# In a network, augmentation is a layer that works in training and rests otherwise. Keras tells it which: `call` gets
# `training`. Write a layer that mirrors each face with probability one half in training and gives all faces back as
# they are otherwise. `images` has the shape `(n, height, width, 1)`, the last axis for the single gray channel. Chance
# comes from `self.draws`, a generator that Keras makes of the seed and that `keras.random.uniform(shape,
# seed=self.draws)` draws from. Keras builds a layer before it knows how many faces come, so ask
# `keras.ops.shape(images)`, and use `keras.ops.where` in place of NumPy's.

# %% tags=["exercise"]
class RandomMirror(keras.layers.Layer):
    def __init__(self, seed=None):
        super().__init__()
        self.draws = keras.random.SeedGenerator(seed)

    def call(self, images, training=False):
        ...

# %% tags=["solution"]
class RandomMirror(keras.layers.Layer):
    def __init__(self, seed=None):
        super().__init__()
        self.draws = keras.random.SeedGenerator(seed)

    def call(self, images, training=False):
        if not training:
            return images
        chance = keras.random.uniform((keras.ops.shape(images)[0], 1, 1, 1), seed=self.draws)
        return keras.ops.where(chance < 0.5, images[:, :, ::-1], images)

# %% tags=["check"]
checks.check_random_mirror(RandomMirror)

# %% [markdown]
# Now let it work. The same small network learns the first faces of the set this notebook runs on, once as they are,
# once behind your layer.

# %%
from fer_utils.course.laboratory import CHANGES, trained_behind

mirror = yours(RandomMirror, trials.random_mirror)
for name, change in (("as they are", None), ("mirrored", mirror(seed=0))):
    _, found = trained_behind(change, faces, epochs=8, limit=768)
    course.say(f"Faces {name}: {percent(found['training_accuracy'][-1], 0)} of the training faces right, "
               f"{percent(found['public_accuracy'][-1], 0)} of PublicTest's.")

# %% [markdown]
# One seed and few faces tell little; but two figures stand side by side now, and they belong together. The first says
# whether the network learned its faces, the second whether that helps with others.

# %% [markdown]
# ### Gentle, wild, and none at all
#
# How much is good? A network was trained on photographs of FER-2013 behind four kinds of change: none whatever,
# mirrored only, gentle ones, and wild ones, by any angle and far off centre.

# %%
for name, sizes in CHANGES.items():
    print(f"{name:7}", sizes)
assert behind["changes"] == CHANGES and not CHANGES["none"]

# %% [markdown]
# The broken line is the accuracy on the training faces as they are, the full line that on PublicTest.

# %%
course.show(*figures.histories(behind))

# %% [markdown]
# Read the panels from the left. Without any change the network learns its faces by heart: the training line leaves the
# other one far below. The more the faces are changed, the closer the two lines stay.

# %%
end = {part: {name: [run[part][-1] for run in runs] for name, runs in behind["histories"].items()}
       for part in ("training_accuracy", "public_accuracy")}
apart = [np.mean(end["training_accuracy"][name]) - np.mean(end["public_accuracy"][name]) for name in CHANGES]
assert apart == sorted(apart, reverse=True)
print({name: f"{100 * gap:.1f} points" for name, gap in zip(CHANGES, apart)})

# %% [markdown]
# A smaller gap is not yet a gain. Whether PublicTest's accuracy rose is in this table.

# %%
course.say(trials.differences_table(end["training_accuracy"], end["public_accuracy"], "none"))
reached = end["public_accuracy"]
assert trials.against(reached, "none")["gentle"]["told"] == "better"
assert np.mean(reached["gentle"]) > np.mean(reached["mirror"]) > np.mean(reached["none"])

# %% [markdown]
# Here it rose: the same few photographs, shown in gentle variations, are worth several points, and more than mirroring
# alone. In chapter 04 the remedy against overfitting was more faces; augmentation is the next best thing.
#
# And the wild changes? On PublicTest such a network is about as good as one that always says happiness. The training
# accuracy says what that means.

# %%
always = dataset_facts()["public_accuracy"]["always the most common class"]
wild = end["training_accuracy"]["wild"]
course.say(f"Behind wild changes {percent(min(wild))} to {percent(max(wild))} of the *training* faces are right; "
           f"always saying happiness would be right about {percent(always)} of PublicTest.")
assert max(wild) < always + 0.1

# %% [markdown]
# It is not that something wrong was learned: in so many epochs next to nothing was learned. Upside down, cut off or far
# away, no face comes twice alike, and a small network does not find what they share. That is {{underfitting}}.

# %% [markdown]
# ### Failure gallery: augmenting the test faces
#
# Augmentation belongs to training. Leave it on by mistake while testing, and this happens.

# %%
from fer_utils.data.augmentation import strong_augmentation

change = strong_augmentation(seed=0)
tested = [net.predict(change(some, training=True), 100, verbose=0) for _ in range(3)]
for name, answers in zip(("without changes", "with, once", "with, again", "and again"), (right_way, *tested)):
    print(f"{name:15} {(answers.argmax(axis=1) == truth).mean():.0%} right, belief in the label "
          f"{answers[np.arange(100), truth].mean():.2f}")

# %% [markdown]
# The symptom: *the same faces get other answers each time*, and on the whole less belief goes to the label, though
# neither network nor faces have changed. The accuracy may hide it, as a network that was trained on such changes bears
# them.

# %%
assert all((one.argmax(axis=1) != tested[0].argmax(axis=1)).any() for one in tested[1:])
assert np.mean([one[np.arange(100), truth] for one in tested]) < right_way[np.arange(100), truth].mean()

# %% [markdown]
# Chapter 16 changes test faces on purpose, and then takes the mean of all answers to one face. That is another thing.

# %% [markdown]
# ## One layer instead of several
#
# Keras has a layer for each change. Why does the course write its own? Every time a picture is turned or shifted by
# less than a pixel, new pixels are mixed from old ones, and the picture is a little blurred. A face of 48 pixels has no
# detail to spare. Measure it: how far do neighbouring pixels differ, before and after?

# %%
from fer_utils.data.augmentation import RandomAffine

sizes = {"rotation": 12, "shift": 0.08, "zoom": 0.12}
sample = images[:300, ..., None].astype("float32")
at_once = keras.ops.convert_to_numpy(RandomAffine(**sizes, seed=0)(sample, training=True))
in_turn = keras.ops.convert_to_numpy(trials.one_after_another(**sizes, seed=0)(sample, training=True))
kept = [trials.sharpness(faces_[..., 0]) / trials.sharpness(sample[..., 0]) for faces_ in (at_once, in_turn)]
assert kept[0] > kept[1] + 0.05
course.say(f"Neighbouring pixels differ {percent(kept[0], 0)} as much as before when all changes happen at once, "
           f"{percent(kept[1], 0)} when they happen one after another.")

# %% [markdown]
# Each of these changes maps a place of the picture to another place by a small matrix. Matrices can be multiplied
# first, so that the pixels are mixed only once. That is all that `RandomAffine` does. The networks that we keep carry
# no such layer, since it has no work outside of training. In the figure look at how sharp the lines are; the draws of
# the two ways differ, so the faces stand at different places.

# %%
assert not any("random" in layer.name or "augment" in layer.name for layer in net.layers)
course.show(*figures.pictures_in_a_row([sample[0, ..., 0], at_once[0, ..., 0], in_turn[0, ..., 0]],
                                       ["as it is", "all at once", "one after another"]))

# %% [markdown]
# <details><summary>In the thesis</summary>
#
# It augments with Keras's `ImageDataGenerator`: rotation up to 20 degrees, mild shifts, shear and zoom, mirroring
# (section 5.1.1). That class prepares pictures one by one, before they reach the network. TensorFlow's documentation
# marks it as deprecated and advises layers in its place [2], which change whole batches on the device that trains. The
# sizes of the mild changes are not given; those of our recipe `thesis` are our choice.
#
# </details>
#
# The class works in Python, while the network waits. And the thesis keeps each gray value three times, as numbers of
# four bytes: twelve bytes for one of ours. What does that cost? The same networks were trained behind both, in turns,
# on one machine.

# %%
from fer_utils.evaluation.results import recorded_benchmark

measured = recorded_benchmark("input")
course.say(trials.describe_input(measured))
assert min(measured["faster"]["squeezenet-mini"]["all"]) > 1.2 > max(measured["faster"]["squeezenet-fer-deep"]["all"])

# %% [markdown]
# A small network is done with its batch so soon that the input decides how long an epoch takes. A large one is busy
# with itself, and our input gains nothing there. The rounds differ a lot, as the machine was a shared one. The memory
# does not depend on the network.

# %% [markdown]
# ## Class weights
#
# Augmentation changes every class alike, so it leaves the imbalance as it is. Instead, an error on a rare class can be
# made to count for more in the loss. With $n$ faces, $k$ classes and $n_j$ faces of class $j$, the weight of a face is
#
# $$w_j = \frac{n}{k\,n_j}.$$
#
# By hand: ten faces of three classes, six, three and one, get $\frac{10}{3\cdot 6}\approx 0.56$, $\frac{10}{3\cdot
# 3}\approx 1.11$ and $\frac{10}{3\cdot 1}\approx 3.33$. The rare class weighs six times the frequent one.
#
# ### Exercise 3: weigh the classes
#
# Write the formula as a function that gives a dictionary from class to weight. A class without a face gets no weight,
# and does not count in $k$.

# %% tags=["exercise"]
def weigh(labels):
    ...

# %% tags=["solution"]
def weigh(labels):
    classes, counts = np.unique(labels, return_counts=True)
    return {int(j): len(labels) / (len(classes) * n_j) for j, n_j in zip(classes, counts)}

# %% tags=["check"]
checks.check_weigh(weigh)

# %% [markdown]
# Scikit-learn knows the formula as `compute_class_weight("balanced", ...)`. On the training labels of FER-2013, whose
# counts are recorded, your function has to agree with it.

# %%
from fer_utils.data.preprocessing import class_weights

counts = list(dataset_facts()["counts"]["train"].values())
every_label = np.repeat(np.arange(7), counts)
weights = yours(weigh, class_weights)(every_label)
assert np.allclose(list(weights.values()), list(class_weights(every_label).values()))
course.show(*figures.weights(weights))

# %% [markdown]
# A face of disgust counts many times as much as one of happiness, so that in sum each class weighs the same.

# %%
assert np.allclose([weights[j] * counts[j] for j in weights], sum(counts) / 7)
ratio = weights[EMOTIONS.index("disgust")] / weights[EMOTIONS.index("happiness")]
course.say(f"One face of disgust counts as much as {ratio:.1f} of happiness.")

# %% [markdown]
# What do they buy? The small network was trained without and with them. Recall, as in chapter 04, is the share of a
# class's faces that are found.

# %%
rare = recorded_experiment("rare-classes")
course.show(*figures.recall_with_weights(rare))

# %% [markdown]
# Without weights, disgust is not found once. With them, the rarest class is found about every second time, and several
# frequent ones are found less often. The {{accuracy}} counts every face alike, {{macro F1}} every class.

# %%
def middle(way, score):
    return np.mean([run[score] for run in rare["measured"][way]])

before, after = ([run["recall"]["disgust"] for run in rare["measured"][way]] for way in ("nothing", "class weights"))
assert max(before) == 0 and min(after) > 0.3
for score in ("accuracy", "macro_f1"):
    every = {way: [run[score] for run in rare["measured"][way]] for way in ("nothing", "class weights")}
    assert min(every["nothing"]) > max(every["class weights"])  # by more than the seeds differ
    course.say(f"{score}: {middle('nothing', score):.2f} without weights, {middle('class weights', score):.2f} with.")
course.say(f"Recall of disgust: 0 without, {np.mean(after):.2f} with weights, on average of {len(after)} seeds.")

# %% [markdown]
# Both scores fall, in every one of the seeds: this network has few parameters, and what it spends on disgust it
# takes from the others. A large network on all faces has more to spend. Two such runs are recorded, one seed each,
# alike but for the weights.

# %%
from fer_utils.evaluation.results import recorded_steps

steps = recorded_steps()
without, with_weights = (steps[f"squeezenet-fer-{name}-s0"]["public"] for name in ("comparison", "weighted"))
for name, score in (("without", without), ("with", with_weights)):
    found = score["per_class"]["disgust"]["recall"]
    print(f"{name:8} accuracy {score['accuracy']:.3f}, macro F1 {score['macro_f1']:.3f}, recall of disgust {found:.2f}")
luck = np.sqrt(sum(score["accuracy"] * (1 - score["accuracy"]) / score["n"] for score in (without, with_weights)))
assert abs(without["accuracy"] - with_weights["accuracy"]) < 2 * luck
assert abs(without["macro_f1"] - with_weights["macro_f1"]) < 0.01

# %% [markdown]
# Disgust is again found more often. The loss of accuracy is smaller than twice the luck of the faces alone, and macro
# F1 is nearly the same, so from one seed each neither can be told. Weights buy rare classes. They cost the small
# network accuracy; what they cost a large one, one seed cannot tell. Our recipe `thesis` uses them, `modern` does not.

# %% [markdown]
# **Judge.** Six changes for augmentation: mirror left to right, mirror top to bottom, turn by up to 15 degrees, turn by
# any angle, darken by a third, cover a tenth of the picture. And four tasks: expressions of faces, handwritten digits,
# road signs, and the faces of patients with one paralysed side, where the side is the question. Which changes leave the
# label alone in which task? Write down your table before you compare.

# %% [markdown] tags=["rubric"]
# A good table
#
# - asks for each change what the label depends on, and not how the picture looks,
# - mirrors faces left to right, but neither digits (a mirrored 3 is no digit), nor signs (a curve to the left becomes
#   one to the right), nor the patients: there the side *is* the label,
# - turns nothing by any angle without a reason: a 6 becomes a 9, a face upside down hardly ever comes,
# - allows small turns and darkening nearly everywhere, and asks whether the camera would ever do more,
# - sees that a cover may hide all that matters: the mouth of a smile, the one digit of a speed limit; and says how the
#   doubt could be settled, by a trial with training and test accuracy.

# %% [markdown]
# ## Quiz
#
# Choose an answer; each has its feedback. The last question goes back to chapter 04.

# %%
course.quiz("06_preprocessing")
course.open_checks()

# %% [markdown]
# ## What you take away
#
# 1. *Scaling* fits the pixels to the learning rate; divided twice, every face gets nearly the same answer.
# 2. *Cropping* and *standardizing*: with three seeds of a small network no gain can be told; alignment is worth several
#    points. Of a large network nothing was told.
# 3. *Only from Training:* copies made before the split let a nearest neighbour find the face itself.
# 4. *Augmentation* is knowledge about what leaves a label alone. Too little: training far above PublicTest. Too wild:
#    both low.
# 5. *Class weights* find rare classes and pay with frequent ones.
#
# **Go further.** Add brightness to your layer: multiply each face by a number of its own between 0.8 and 1.2, in
# training alone. What should the check of such a layer try?

# %% [markdown] tags=["references"]
# ## References
#
# 1. S. Li, W. Deng, *Deep facial expression recognition: a survey*, IEEE Transactions on Affective Computing, 2022,
#    [doi:10.1109/TAFFC.2020.2981446](https://doi.org/10.1109/TAFFC.2020.2981446). Its summary was read.
# 2. TensorFlow, *Module: tf.keras.preprocessing*, documentation of version 2.12,
#    [tensorflow.org](https://www.tensorflow.org/versions/r2.12/api_docs/python/tf/keras/preprocessing).
# 3. S. Zima, bachelor's thesis, Brno University of Technology, 2024. Sections 3.6.1, 4.2 and 5.1.
#
# {{previous_next}}
