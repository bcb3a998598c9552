# %% [markdown]
# # Evaluation: what one number hides
#
# {{badges}}
#
# **Question.** A network is right in two faces out of three. Which ones, and can we trust the figure?
#
# **After this chapter you can**
#
# 1. build a confusion matrix from labels and answers,
# 2. derive accuracy, precision, recall and F1 from it, and check them against a library,
# 3. say what macro and weighted averages tell apart,
# 4. put an interval around an accuracy, and compare two networks on the same faces,
# 5. test the thesis's observations on our own run, and say how a network can be ahead of people.
#
# **You need** chapter 00; chapter 10 tells how the networks are made. **Time:** about 45 minutes; the cells run in
# under half a minute. **Data:** recorded answers on FER-2013's PrivateTest, the same with and without the dataset.
# **Source:** sections 4.5 and 6.4 of the thesis.

# %% tags=["bootstrap"]

# %%
from fer_utils import course

course.setup()

# %% [markdown]
# Whatever the banner says, the numbers of this chapter come from photographs: each published run keeps its seven
# {{probabilities}} for every face of {{PrivateTest}}, and the face's {{label}}.

# %%
import numpy as np

from fer_utils import EMOTIONS
from fer_utils.evaluation.results import load_run, recorded_probabilities
from fer_utils.text import percent

recorded = recorded_probabilities("squeezenet-fer")
labels, probabilities = recorded["labels"], recorded["probabilities"]
predicted = probabilities.argmax(axis=1)
print(f"{len(labels):,} faces, probabilities {probabilities.shape}")

# %% [markdown]
# A network answers with seven shares of belief. Its *prediction* is the emotion with the largest. From here on a face
# is a pair of numbers from 0 to 6: what the label says, and what the network says.

# %% [markdown]
# ## Count every kind of answer
#
# A **confusion matrix** has a row for each true {{class}} and a column for each predicted one. Entry $(i, j)$ counts
# the faces labelled $i$ that the network takes for $j$. What is right lies on the diagonal.
#
# ### Exercise 1: the matrix
#
# Write it in NumPy: a 7 x 7 array of counts.

# %% tags=["exercise"]
def confusion_matrix(labels, predicted):
    ...

# %% tags=["solution"]
def confusion_matrix(labels, predicted):
    matrix = np.zeros((7, 7), int)
    np.add.at(matrix, (labels, predicted), 1)
    return matrix

# %% tags=["check"]
from fer_utils.course.chapter_12 import checks

checks.check_confusion_matrix(confusion_matrix)

# %% [markdown]
# From here on the chapter counts with your function; as long as it is unanswered, with the one of the library
# scikit-learn, which gives the same. Here is the matrix of our network, drawn with each row in percent, since the
# classes have very different sizes.

# %%
from sklearn import metrics

from fer_utils.course.checks import yours
from fer_utils.course.figures import confusion

count = yours(confusion_matrix, metrics.confusion_matrix)
matrix = np.array(count(labels, predicted))
assert (matrix == metrics.confusion_matrix(labels, predicted)).all()
course.show(*confusion(matrix, "squeezenet-fer on PrivateTest"))

# %% [markdown]
# Read it row by row: of the faces labelled fear, how many are taken for fear, how many for sadness? A dark column is
# an emotion that the network likes to answer; a pale diagonal is one that it misses.

# %% [markdown]
# ## Four scores from one matrix
#
# The thesis judges its networks by four scores (section 4.5). **Accuracy** is the diagonal's share of all faces.

# %%
accuracy = np.trace(matrix) / matrix.sum()
assert np.isclose(accuracy, np.mean(labels == predicted))
course.say(f"Accuracy is {percent(accuracy, 2)}: {np.trace(matrix):,} of "
           f"{matrix.sum():,} faces.")

# %% [markdown]
# The other three look at one class at a time. For one emotion, the true positives are its diagonal entry. **Precision**
# asks: of all faces *called* fear, how many are labelled so? **Recall** asks: of all faces *labelled* fear, how many
# are found? **F1** is their harmonic mean,
#
# $$F_1 = 2\cdot\frac{\text{precision}\cdot\text{recall}}{\text{precision}+\text{recall}}.$$
#
# ### Exercise 2: precision, recall, F1
#
# Write a function of the matrix that returns three arrays of seven numbers. Columns are predictions, rows are labels.
#
# A class that is never answered has a precision of 0/0, which is no number. By convention it counts as 0, as in
# scikit-learn with `zero_division=0`: who never names an emotion gets nothing for it. The same holds for a recall
# without a face, and for the F1 of a class without a hit.

# %% tags=["exercise"]
def class_scores(matrix):
    ...

# %% tags=["solution"]
def class_scores(matrix):
    precision = np.diag(matrix) / np.maximum(matrix.sum(axis=0), 1)  # counts: where the sum is 0, so are the hits
    recall = np.diag(matrix) / np.maximum(matrix.sum(axis=1), 1)
    both = precision + recall
    return precision, recall, 2 * precision * recall / np.where(both > 0, both, 1)

# %% tags=["check"]
checks.check_class_scores(class_scores)

# %% [markdown]
# And the library's report on the same answers. Your scores, or until then the course's, are held to it, and to what
# the package computed when the run was published.

# %%
scores_of = yours(class_scores, checks.scores_of_classes)
precision, recall, f1 = scores_of(matrix)
assert np.allclose([precision, recall, f1], metrics.precision_recall_fscore_support(labels, predicted)[:3])
print(metrics.classification_report(labels, predicted, target_names=EMOTIONS, digits=3))

# %%
run = load_run("squeezenet-fer")
published = run["scores"]["private"]["per_class"]
for emotion, value in zip(EMOTIONS, recall):
    assert abs(value - published[emotion]["recall"]) < 0.005

# %% [markdown]
# Precision and recall pull against each other: a network that answers "fear" more often finds more of the fearful faces
# and is wrong about more of the others. The next figure shows the two side by side.

# %%
from fer_utils.course.chapter_12 import figures

course.show(*figures.precision_and_recall(published))

# %% [markdown]
# A bar of recall far below its precision is an emotion that the network is shy to name; the other way round, one that
# it names too readily.
#
# **Think first.** A network that answers "happiness" to every face: what are its accuracy, its recall of happiness and
# its precision of happiness? Compute them in your head from the number of happy faces, then run the next cell.

# %%
always = np.full_like(labels, EMOTIONS.index("happiness"))
precision, recall, f1 = np.array(scores_of(np.array(count(labels, always))))
share = np.mean(labels == always)
assert np.isclose(precision[3], share) and recall[3] == 1 and np.count_nonzero(f1) == 1
course.say(f"Accuracy and precision of happiness are {percent(share)}, its recall is 100 %, its F1 {f1[3]:.3f}. The "
           "other six emotions have recall and F1 0; their precision is 0/0, which counts as 0.")

# %% [markdown]
# ## Averages that disagree
#
# Seven F1 scores are seven numbers; a table wants one. The **weighted** average counts each class by its faces, so
# happiness dominates. The **macro** average counts each class alike, so the few faces labelled disgust weigh as much as
# the many happy ones.

# %%
macro = metrics.f1_score(labels, predicted, average="macro")
weighted = metrics.f1_score(labels, predicted, average="weighted")
support = np.bincount(labels)
per_class = metrics.f1_score(labels, predicted, average=None)
assert np.isclose(macro, per_class.mean())
assert np.isclose(weighted, (per_class * support).sum() / support.sum())
course.say(f"Macro F1 {macro:.3f}, weighted F1 {weighted:.3f}. Disgust has "
           f"{support[1]} faces of {support.sum():,}.")

# %% [markdown]
# Which one is right depends on the question. If every face counts alike, use accuracy; if every emotion counts alike,
# use macro F1. Say which, and do not switch after you have seen the result.

# %% [markdown]
# ## How sure is the figure?
#
# Another 3,589 faces would give another accuracy. How much another? Draw the same number of faces from ours, with
# replacement, many times over, and look at how the accuracy spreads. This is the *bootstrap*.

# %%
right = (labels == predicted).astype(float)
rng = np.random.default_rng(0)
draws = [rng.choice(right, len(right)).mean() for _ in range(2000)]
low, high = np.quantile(draws, [0.025, 0.975])
course.show(*figures.bootstrap(draws, accuracy, low, high))

# %%
formula = np.sqrt(accuracy * (1 - accuracy) / len(right))
assert abs(np.std(draws) - formula) < 0.001 and 0.012 < (high - low) / 2 < 0.018
course.say(
    f"The 95 % interval goes from {percent(low)} to {percent(high)}. The "
    f"textbook's $\\sqrt{{p(1-p)/n}}$ gives the same spread, {percent(formula, 2)}.")

# %% [markdown]
# What does the interval promise? It is about the network's accuracy on *all* faces of this kind: nineteen {{test sets}}
# in twenty give an interval that holds it. It does not say where the accuracy on the *next* test set lies, since that
# one has luck of its own. The next cell draws pairs of test sets and counts both.

# %%
first, second = rng.binomial(len(right), accuracy, (2, 20_000)) / len(right)
half = 1.96 * np.sqrt(first * (1 - first) / len(right))
holds, next_one = (np.mean(np.abs(first - other) < half) for other in (accuracy, second))
assert 0.94 < holds < 0.96 and 0.81 < next_one < 0.86
course.say(f"The first set's interval holds the true accuracy in {percent(holds, 0)} of the trials, the accuracy on "
           f"the second set in {percent(next_one, 0)}.")

# %% [markdown]
# And two networks? Each has such luck of its own on faces of its own. On the *same* faces only those matter that one
# reads right and the other wrong; the others cannot change the order. That is the idea of McNemar's test in chapter 09.

# %%
from fer_utils.course.runs import describe_pair
from fer_utils.evaluation import compare_runs

pair = compare_runs("vgg16", "squeezenet-fer")
each = [load_run(name)["scores"]["private"]["accuracy"] for name in ("vgg16", "squeezenet-fer")]
apart = np.sqrt(sum(p * (1 - p) for p in each) / pair["n"])
course.say(describe_pair("vgg16", "squeezenet-fer"))
print(f"standard error of the distance: {100 * pair['error']:.2f} points on the same faces, "
      f"{100 * apart:.2f} if each had faces of its own")
assert 2 * apart > pair["gap"] > 2 * pair["error"]

# %% [markdown]
# By the spread of two separate figures this gap could be luck; on the same faces it is more than the luck of the faces
# explains. The luck of the {{seeds}} is not in it, as these are two single runs.
#
# How many faces decide? The next figure takes a true distance of 1.28 points, that between the two accuracies which the
# thesis states, and draws how often the better network comes out ahead. Its solid line supposes that the two disagree
# on as many faces as our rebuilds of them do.

# %%
course.say(f"Our rebuilds disagree on {percent(figures.rebuilt_differ(), 0)} of the faces.")
course.show(*figures.enough_faces(gap=0.0128, n=3589))

# %% [markdown]
# Both lines climb slowly, and the same faces decide sooner. The true distance, though, is not known: the 1.28 points
# have luck in them, too. **Predict, then move:** to tell two networks apart that differ by half a point, does it take
# twice the faces, or four times as many as for one point?

# %%
figures.explore_enough_faces()

# %% [markdown] tags=["answer"]
# Four times as many: the spread shrinks with the square root of the number of faces. The next cell compares the two.

# %%
differ = figures.rebuilt_differ()
one_point, half_a_point = figures.chance_ahead(0.01, 3589, differ), figures.chance_ahead(0.005, 4 * 3589, differ)
assert np.isclose(one_point, half_a_point)

# %% [markdown]
# ## What may be looked at, and when
#
# Three things make an accuracy on FER-2013 look better than it is.
#
# - **Choosing on the test set.** Our {{epochs}} are chosen on {{PublicTest}}; PrivateTest was read once. Chapter 16
#   shows what happens otherwise.
# - **Another split.** One network scores differently on PublicTest and on PrivateTest. A comparison across splits
#   compares the splits, too.
# - **Duplicates.** Some PrivateTest faces lie, byte for byte, in Training too.

# %%
scores = run["scores"]
duplicates = recorded["has_duplicate"]
alone = right[~duplicates].mean()
assert np.isclose(alone, scores["private"]["leak_free_accuracy"], atol=0.002)
course.say(
    f"PublicTest {percent(scores['public']['accuracy'], 2)}, PrivateTest "
    f"{percent(accuracy, 2)}; on the {duplicates.sum()} duplicates "
    f"{percent(right[duplicates].mean(), 2)}, on the {np.sum(~duplicates):,} others {percent(alone, 2)}.")

# %% [markdown]
# The network has seen the {{duplicates}} in training, labels and all, so a part of the distance between the last two
# figures is memory. Some of them may also be easy faces; a network that never saw their copies would tell.

# %% [markdown]
# ## The thesis's observations, tested
#
# Section 6.4 of the thesis reads its confusion matrices in words. Each sentence can be put to our recorded run. Here
# are five of them, with a verdict computed from the matrix above.

# %%
from fer_utils.course.runs import weigh_observations

for sentence, holds, evidence in weigh_observations(matrix):
    verdict = "Holds" if holds else "Does not hold"
    course.say(f"- *{sentence}* **{verdict} here**: {evidence}.")

# %% [markdown]
# Do other networks agree? Here are the same sentences, put to the thesis's two networks as we trained them, to plain
# SqueezeNet and to ours: of each, the recorded run with the best PublicTest accuracy.

# %%
from fer_utils.course.runs import verdict_table

course.say(verdict_table(["squeezenet-custom", "vgg16", "squeezenet", "squeezenet-fer"]))

# %% [markdown]
# A verdict belongs to one run with one seed. Where it says "does not hold", the two emotions may be so close that
# another seed would turn it round; more seeds would tell. What is stable across networks is
# that happiness and surprise stand out: an open mouth or a smile is visible in 48 pixels.

# %% [markdown]
# ## How can a network be ahead of people?
#
# The organizers of the contest measured how often people are right on these faces [1]. Our best small network is right
# more often. How can that be?
#
# It depends on what *right* means. So far it meant: says what the label says. FER+ offers another yardstick [2]: ten
# people looked at every face again and chose an emotion. With their votes the same answers can be held against the
# label, and against what most other people say.

# %%
from fer_utils.course.labelling.results import HUMAN_LEVEL
from fer_utils.evaluation.results import dataset_facts

people = dataset_facts()["people"]["private"]
course.say("Published for people: {:.0f} ± {:.0f} %. On {:,} faces of PrivateTest, with `{}` as the network:".format(
    *(100 * value for value in HUMAN_LEVEL), people["faces"], people["run"]))
course.say(figures.who_is_right(people))

# %% [markdown]
# "One person" is one of the ten, taken at random; "most people" is what the majority of them chose. Read the first
# column: one person agrees least with the label, the majority more often, the network most. Read the second: here one
# person is ahead of the network, and the label comes last. The label is one more opinion, and not a very common one.
#
# Are these distances luck? The next cell gives each with its 95 % interval, and asks the network's other seeds.

# %%
for name, gap in people["differences"].items():
    print(f"{name}: {100 * gap['difference']:+.1f} points, give or take {100 * gap['half_interval']:.1f}")
    assert gap["difference"] > gap["half_interval"]
against = people["against_people"]
assert against["label"] < min(seed["against_people"] for seed in people["seeds"].values())
assert max(seed["against_people"] for seed in people["seeds"].values()) < against["one person"]

# %% [markdown]
# So the network is ahead at one thing: guessing what the label of this dataset is. It was trained on all labels of
# Training; the people of FER+ were asked what they see. What can be learned from labels that a face alone does not
# tell? Their habits. The figure shows how often each emotion is said.

# %%
course.show(*figures.said(people["answered"]))
one, network = (people["recall"][who]["fear"] for who in ("one person", "network"))
course.say(f"Of the faces labelled fear, one person finds {percent(one, 0)}, the network {percent(network, 0)}.")
assert network > 3 * one

# %% [markdown]
# One person says neutral far more often than the label does, and fear far less. A label began as a word in a web
# search, so a photograph that was found with a word for fear is often called fear, whatever its face shows. The
# network has taken over these habits: its bars follow the label's.
#
# Habits can be given to people, too. For "most people, in the labels' words" a translator was fitted on Training: from
# the ten votes to the label that usually goes with them. The next cell takes the way from one person to the network
# apart.

# %%
steps = ["one person", "most people", "most people, in the labels' words", "network"]
rates = [people["against_labels"][who] for who in steps]
for who, before, after in zip(steps[1:], rates, rates[1:]):
    print(f"{percent(after)} {who}: {100 * (after - before):+.1f} points")
assert rates == sorted(rates) and np.ptp(np.diff(rates)) < 0.01

# %% [markdown]
# Ten heads instead of one are worth about a third of the way, the habits of the labels another third. The last third
# stays open. The network may see in pixels what ten people pass over. It may also know more than the face: photographs
# of one search resemble each other, and some are in Training byte for byte. Without these the network loses most:

# %%
alone = people["against_labels_without_duplicates"]
lost = {who: people["against_labels"][who] - alone[who] for who in steps}
print({who: f"{percent(alone[who])}, {-100 * lost[who]:+.1f} points" for who in steps})
assert max(lost, key=lost.get) == "network" and alone["network"] > alone[steps[2]]

# %% [markdown]
# And you? If you labelled faces in chapter 03, your answers are scored here, beside the network's on the same faces,
# with 95 % intervals. Otherwise the recorded example stands in: for each of 30 faces, what one tagger of FER+ chose.

# %%
course.say(figures.my_score())

# %% [markdown]
# Thirty faces leave a wide interval, so look at the direction only. Which of your "mistakes" would you defend?
#
# **Judge.** A company writes: "Our network reads emotions better than people: 72 % against 65 %." Is that true? Write
# three or four sentences for somebody who has to decide whether to buy it.

# %% [markdown] tags=["rubric"]
# - *What was measured:* agreement with the labels of FER-2013, not what anybody felt.
# - *Who is compared:* the network learned from these labels, the people had not seen them. Against what most people
#   see, one person is ahead.
# - *The uncertainty:* 65 is stated give or take 5 points, 72 is of one test set, copies of training faces included.
# - *Where it fails:* one number hides the emotions that are missed; ask for the matrix, and for faces like those it is
#   to be used on.
# - *A decision:* it says what follows, such as a test on one's own faces, or not to use it where people are judged.

# %% [markdown]
# ## What no score can tell
#
# All of this compares answers with *labels*, or with other people's words for a face. The labels of FER-2013 came from
# the words of a web search, and people who look at the faces agree with them about two times in three [1, 2]. And no
# score on still pictures of strangers says what anybody felt.

# %% [markdown]
# ## Quiz
#
# Choose an answer; each has its feedback. The last question goes back to chapter 10.

# %%
course.quiz("12_evaluation")

# %% [markdown]
# ## What you take away
#
# 1. *Matrix:* rows are labels, columns are answers, the diagonal is right.
# 2. *Scores:* precision divides by the column, recall by the row; F1 is low if either is.
# 3. *Averages:* weighted follows the frequent classes, macro treats disgust like happiness.
# 4. *Interval:* a test set of this size gives an accuracy to within about a point and a half; on the same faces two
#    networks can be told apart sooner.
# 5. *Observations:* each sentence about a matrix can be tested, and some of the thesis's do not carry over. The network
#    is ahead of people at guessing labels, and behind them at saying what most people see.
#
# **Go further.** Put another recorded run in place of `squeezenet-fer` where the answers are loaded. Which of its
# classes differ most?

# %% [markdown] tags=["references"]
# ## References
#
# 1. I. J. Goodfellow and others, *Challenges in representation learning*, 2013,
#    [arXiv:1307.0414](https://arxiv.org/abs/1307.0414).
# 2. E. Barsoum and others, *Training deep networks for facial expression recognition with crowd-sourced label
#    distribution*, 2016, [arXiv:1608.01041](https://arxiv.org/abs/1608.01041).
# 3. S. Zima, bachelor's thesis, Brno University of Technology, 2024. Sections 4.5 and 6.4.
#
# {{previous_next}}
