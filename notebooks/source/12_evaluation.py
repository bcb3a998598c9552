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
# 5. test the thesis's observations about single emotions on our own recorded run.
#
# **You need** chapter 00; chapter 10 tells how the networks are made. **Time:** about 35 minutes; the cells run in
# under half a minute. **Data:** recorded answers on FER-2013's PrivateTest, so the chapter is the same with and without
# the dataset.
# **Source:** sections 4.5 and 6.4 of the thesis.

# %% tags=["bootstrap"]

# %%
from fer_utils import course

course.setup()

# %% [markdown]
# Whatever the banner says, the numbers of this chapter come from photographs: each published run keeps its seven
# probabilities for every face of PrivateTest, and the face's label.

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
# A **confusion matrix** has a row for each true class and a column for each predicted one. Entry $(i, j)$ counts the
# faces labelled $i$ that the network takes for $j$. What is right lies on the diagonal.
#
# ### Exercise 1: the matrix
#
# Write it in NumPy: a 7 x 7 array of counts.

# %% tags=["exercise"]
def confusion_matrix(labels, predicted):
    ...

# %% [markdown] tags=["hint"]
# Start with `np.zeros((7, 7), int)` and add 1 at `[label, prediction]` for each face. In a loop, or all at once with
# `np.add.at(matrix, (labels, predicted), 1)`.

# %% tags=["solution"]
def confusion_matrix(labels, predicted):
    matrix = np.zeros((7, 7), int)
    np.add.at(matrix, (labels, predicted), 1)
    return matrix

# %% tags=["check"]
from fer_utils.course.chapter_12 import checks

checks.check_confusion_matrix(confusion_matrix)

# %% [markdown]
# The library scikit-learn has the same function. Here is its matrix for our network, drawn with each row in percent,
# since the classes have very different sizes.

# %%
from sklearn import metrics

from fer_utils.course.figures import confusion

matrix = metrics.confusion_matrix(labels, predicted)
course.show(*confusion(matrix, "squeezenet-fer on PrivateTest"))

# %% [markdown]
# Read it row by row: of the faces labelled fear, how many are taken for fear, how many for sadness? A bright column is
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

# %% tags=["exercise"]
def class_scores(matrix):
    ...

# %% [markdown] tags=["hint"]
# `matrix.sum(axis=0)` adds up each column: how often each emotion was answered. `matrix.sum(axis=1)` adds up each row:
# how often it is the label. `np.diag(matrix)` is the diagonal.

# %% tags=["solution"]
def class_scores(matrix):
    precision = np.diag(matrix) / matrix.sum(axis=0)
    recall = np.diag(matrix) / matrix.sum(axis=1)
    return precision, recall, 2 * precision * recall / (precision + recall)

# %% tags=["check"]
checks.check_class_scores(class_scores)

# %% [markdown]
# And the library's report on the same answers, beside what the package computed when the run was published.

# %%
print(metrics.classification_report(labels, predicted, target_names=EMOTIONS, digits=3))

# %%
run = load_run("squeezenet-fer")
published = run["scores"]["private"]["per_class"]
recall = metrics.recall_score(labels, predicted, average=None)
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
share = np.mean(labels == always)
assert np.isclose(metrics.accuracy_score(labels, always), share)
course.say(f"Accuracy {percent(share)}, precision of happiness {percent(share)}, "
           "recall of happiness 100 %. All other scores are zero.")

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
    f"Nineteen times in twenty it lies between {percent(low)} and {percent(high)}. The "
    f"textbook's $\\sqrt{{p(1-p)/n}}$ gives the same spread, {percent(formula, 2)}.")

# %% [markdown]
# Two networks that differ by less than that can have changed places by luck. It helps to compare them on the *same*
# faces, and to look only at those where one is right and the other wrong. How many faces decide? The next figure draws
# how often the better of two networks comes out ahead; the dot stands for the distance between the thesis's two
# networks, on a test set of this size.

# %%
course.show(*figures.enough_faces(gap=0.0128, n=3589))

# %% [markdown]
# The curve climbs slowly. **Predict, then move:** to tell two networks apart that differ by half a point, does it take
# twice the faces, or four times as many as for one point?

# %%
figures.explore_enough_faces()

# %% [markdown] tags=["answer"]
# Four times as many: the spread shrinks with the square root of the number of faces. This is why most published gains
# on FER-2013 are inside the noise.

# %% [markdown]
# ## What may be looked at, and when
#
# Three things make an accuracy on FER-2013 look better than it is.
#
# - **Choosing on the test set.** Our epochs are chosen on PublicTest; PrivateTest was read once.
# - **The easier split.** The same network scores higher on PrivateTest than on PublicTest. A comparison across splits
#   compares the splits.
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
# The network has seen the duplicates in training, labels and all, so a part of the distance between the last two
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
# another seed would turn it round; the interval of the last section is the measure. What is stable across networks is
# that happiness and surprise stand out: an open mouth or a smile is visible in 48 pixels.

# %% [markdown]
# ## What no score can tell
#
# All of this compares answers with *labels*. The labels of FER-2013 came from the words of a web search, and people who
# look at the faces agree with them about two times in three [1, 2]. A network that read every face as people do would
# therefore not reach 100 %. And no score on still pictures of strangers says what anybody felt.

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
# 4. *Interval:* a test set of this size gives an accuracy to within about a point and a half.
# 5. *Observations:* each sentence about a matrix can be tested, and some of the thesis's do not carry over.
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
