# %% [markdown]
# # FER-2013: 35,887 labelled faces, and what they are worth
#
# {{badges}}
#
# **Question.** What is in the dataset that all our networks learn from, and what can be learned from it at all?
#
# **After this chapter you can**
#
# 1. load faces, labels and splits, and say what Deep Lake does,
# 2. explain what each of the three splits may be used for,
# 3. describe the imbalance and compare FER-2013 with other databases,
# 4. measure how little the classes differ, and what 48 by 48 pixels keep of a face,
# 5. find identical faces across splits and say what they do to a score.
#
# **You need** chapter 00. **Time:** about 50 minutes; the cells run in under half a minute. **Data:** the faces the
# banner names; what is said about FER-2013 was measured on it and recorded. **Source:** sections 3.1 and 4.1 of the
# thesis.

# %% tags=["bootstrap"]

# %%
from fer_utils import course

course.setup()

# %% [markdown]
# ## Load faces
#
# One call gives the faces this chapter runs on. They are plain NumPy arrays: pictures of 48 by 48 gray pixels with
# values from 0 to 255, and a label from 0 to 6 for each.

# %%
import numpy as np

from fer_utils import EMOTIONS, load_faces

faces = load_faces()
for name in ("train", "public", "private"):
    images, labels = faces.split(name)
    print(f"{name:8} images {images.shape} {images.dtype}, labels {labels.shape}")

# %% [markdown]
# Look before you count. Here is one training face of each emotion.

# %%
from fer_utils.course.figures import face_grid

images, labels = faces.train
first = [int((labels == c).argmax()) for c in range(7)]
course.show(*face_grid(images[first], EMOTIONS))

# %% [markdown]
# The whole set fits into memory many times over. That is worth a check, since the next chapters keep it there.

# %%
megabytes = 35_887 * 48 * 48 / 2**20  # FER-2013, one byte a pixel
assert images.nbytes == len(images) * 48 * 48
course.say(f"All of FER-2013 as bytes takes {megabytes:.0f} MB.")

# %% [markdown]
# ## What Deep Lake is
#
# The thesis loads FER-2013 with **Deep Lake**: a store that keeps arrays in compressed chunks, on a disk or in the
# cloud, and answers questions about them. `load_fer2013` reads the dataset from there once and keeps a checked copy. To
# see the library itself without a network, put some of our faces into a new dataset of its kind.

# %%
from tempfile import mkdtemp

from fer_utils.data.forms.deep_lake import import_deeplake

try:
    deeplake = import_deeplake()  # in a way that survives TensorFlow
except ImportError as error:
    deeplake = None
    print(f"Deep Lake is not available here ({error}); read on without it.")

# %%
if deeplake:
    lake = deeplake.create(f"{mkdtemp()}/faces")
    lake.add_column("images", deeplake.types.Array("uint8", shape=[48, 48]))
    lake.add_column("labels", "int32")
    lake.append({"images": images[:200], "labels": labels[:200].astype("int32")})
    lake.commit()
    lake.summary()

# %% [markdown]
# A dataset has columns, and rows that can be asked for by a condition, much as in SQL. The answer comes without reading
# the other faces.

# %%
if deeplake:
    happy = lake.query("SELECT * WHERE labels = 3")
    assert len(happy) == (labels[:200] == 3).sum()
    print(f"{len(happy)} happy faces among 200, images {happy['images'][:].shape}")

# %% [markdown]
# ## Three splits, three uses
#
# FER-2013 comes divided, as the contest of 2013 divided it [1]. The thesis calls the parts training, validation and
# testing.
#
# - **Training** is what a network learns from.
# - **PublicTest** is for choosing: an epoch, a learning rate, a network. It was the contest's public ranking.
# - **PrivateTest** is for the final report. It stayed secret in the contest.
#
# Whoever chooses by a set of faces can no longer report on it: the choice has fitted itself to its accidents. In this
# course the command `train` cannot even load PrivateTest.

# %%
choosing = load_faces(splits=("train", "public"))
try:
    choosing.private
except Exception as error:
    print(f"{type(error).__name__}: {error}")

# %% [markdown]
# ## Balance
#
# From here on look at FER-2013 itself. What follows was measured on the dataset and recorded, so you see it with or
# without a copy.

# %%
from fer_utils.course.chapter_03 import figures
from fer_utils.evaluation.results import dataset_facts
from fer_utils.text import percent

facts = dataset_facts()
course.show(*figures.balance(facts["counts"]))

# %%
train = facts["counts"]["train"]
most, least = max(train, key=train.get), min(train, key=train.get)
assert sum(train.values()) == 28_709
course.say(f"There are {train[most] / train[least]:.1f} faces of {most} for each of "
           f"{least}. Always saying {most} is right on {percent(train[most] / 28_709)}.")

# %% [markdown]
# The three splits have the same shape, so the imbalance is no accident of one of them. It matters twice: rare emotions
# are seen rarely in training, and they hardly count in the accuracy. Chapter 06 weighs the classes; chapter 12 scores
# them alike.
#
# ### Exercise 1: shares
#
# Write a function that gives the share of each of the seven classes among `labels`, an array of numbers from 0 to 6.

# %% tags=["exercise"]
def class_shares(labels):
    ...

# %% [markdown] tags=["hint"]
# `np.bincount(labels, minlength=7)` counts each of the labels 0 to 6. A class without faces has share 0.

# %% tags=["solution"]
def class_shares(labels):
    return np.bincount(labels, minlength=7) / len(labels)

# %% tags=["check"]
from fer_utils.course.chapter_03 import checks

checks.check_class_shares(class_shares)

# %% [markdown]
# ## Among other databases
#
# The thesis chose FER-2013 for its size and because its faces were not posed in a laboratory. It compares seven
# databases, in numbers taken from Mollahosseini and others [2].

# %%
course.show(*figures.databases())

# %% [markdown]
# The bars show shares. Most databases lack at least one of the seven expressions, and in the larger ones neutral and
# happiness fill most of the row. The table's last row can be checked against our counts.

# %%
by_split = facts["counts"].values()
total = [sum(counts[emotion] for counts in by_split) for emotion in EMOTIONS]
assert tuple(total) == figures.DATABASES["FER2013"]
course.say(", ".join(f"{emotion} {n:,}" for emotion, n in zip(EMOTIONS, total)))

# %% [markdown]
# ## The average face
#
# Average all happy faces, pixel by pixel, and all sad ones. What is left is what the faces of a class have in common.

# %%
means = facts["mean_faces"]
course.show(*face_grid(means, EMOTIONS))

# %% [markdown]
# Seven blurred faces, and still you can name several. The mouth of happiness is wide and bright, the mouth of surprise
# is an open oval. The others differ by shades. The next figure subtracts one average from another.

# %%
course.show(*figures.difference(means, "happiness", "sadness"))

# %% [markdown]
# Orange is where the happy faces are brighter, purple where they are darker; how light the photographs are as a whole
# is taken off. In a smile the folds beside the mouth are darker, cheeks and chin brighter. Now predict which two
# emotions are hardest to tell apart, and see how pale their difference is.

# %%
figures.explore_difference(means)

# %% [markdown]
# ## How little the classes differ
#
# Most of the difference between two faces is not about emotion: it is light, pose, age, hair. We can say how much. The
# variance of the pixels splits into a part *between* the class averages and a part *within* the classes.

# %%
share = facts["between_class_share"]
assert share < 0.05
course.say(f"Only **{percent(share)}** of the variance of FER-2013's pixels lies "
           "between the seven class averages.")

# %% [markdown]
# So a method that looks at pixels one by one has little to hold on to. Here is how far two such methods come, beside
# the answer that needs no method at all. All figures are on PublicTest.

# %%
course.show(*figures.baselines(facts["public_accuracy"]))

# %% [markdown]
# A linear model weighs each pixel. The nearest neighbour gives each face the label of the most similar training face.
# Both beat the most common class, and both are far from the network of chapter 10. Why the nearest neighbour has two
# bars is told below, under *Duplicates*.

# %% [markdown]
# ## What 48 by 48 pixels keep of a face
#
# How much of an expression is left in so few pixels, and how much smaller could a face be? To find out, shrink it
# further.
#
# ### Exercise 2: shrink faces
#
# Write a function that shrinks faces `(n, 48, 48)` to `(n, side, side)`. Each new pixel is the mean of a block of old
# ones; `side` divides 48.

# %% tags=["exercise"]
def shrink(images, side):
    ...

# %% [markdown] tags=["hint"]
# With `block = 48 // side`, reshape the faces to `(len(images), side, block, side, block)`. Axes 2 and 4 then run
# inside a block.

# %% tags=["solution"]
def shrink(images, side):
    block = 48 // side
    blocks = images.reshape(len(images), side, block, side, block)
    return blocks.mean(axis=(2, 4))

# %% tags=["check"]
checks.check_shrink(shrink)

# %% [markdown]
# Here is one happy face with fewer and fewer pixels. The upper row shows them as they are, the lower row is enlarged
# smoothly.

# %%
happy = images[int((labels == EMOTIONS.index("happiness")).argmax())]
course.show(*figures.sizes(happy))

# %% [markdown]
# Both rows hold the same numbers, yet the lower one is easier to read: the edges of the squares are detail that the
# face does not have, and they hide what it has [5]. Squint at the upper row, and the squares go away.
#
# A face can be taken apart into waves, from broad ones, light against dark halves, to fine ones, a lash or a wrinkle.
# Two pixels are needed for one wave, so 48 pixels end at 24 waves across the face. Where is the contrast?

# %%
from fer_utils.course.resolution import spectrum

kept = facts["resolution"]
spectra = {"FER-2013, recorded": kept["spectrum"], "the faces here": spectrum(images)}
course.show(*figures.frequencies(spectra))

# %% [markdown]
# Both curves rise early. Most of what makes a face light here and dark there is coarse, and only a little lies beyond
# the twelve waves that 24 pixels can hold. But contrast is not expression: light from the left is strong and coarse, a
# raised lid is weak and fine. So ask classifiers instead.

# %%
from fer_utils.evaluation.results import recorded_experiment

sides, trained = kept["sides"], recorded_experiment("resolution")
methods = {
    "linear model, fitted anew": {s: [a] for s, a in zip(sides, kept["linear_model"])},
    "small network, trained anew": {int(s): a for s, a in trained["public_accuracy"].items()},
    "squeezenet-fer, trained on 48": {s: [a] for s, a in zip(sides, kept["network"]["accuracy"])}}
course.show(*figures.accuracy_by_side(methods))

# %% [markdown]
# Three methods, three answers. The linear model hardly notices that pixels are missing, so it reads nothing fine. The
# small network, trained anew on the coarse faces, loses a little at first; the bars span its three seeds, which differ
# as much as neighbouring sizes do. `squeezenet-fer` reads most and falls furthest, for it learned from sharp faces
# alone.

# %%
linear, network = (dict(zip(sides, a)) for a in (kept["linear_model"], kept["network"]["accuracy"]))
small = {int(s): np.mean(a) for s, a in trained["public_accuracy"].items()}
assert abs(linear[48] - linear[8]) < 0.02 and small[48] > small[12] > small[6]
assert network[48] > linear[48] + 0.2 and network[12] < small[12]
course.say(f"From 48 to 12 pixels a side the linear model loses {100 * (linear[48] - linear[12]):.1f} "
           f"points, the small network {100 * (small[48] - small[12]):.1f}, and `squeezenet-fer`, "
           f"unprepared, {100 * (network[48] - network[12]):.1f}.")

# %% [markdown]
# So what 48 pixels keep is worth something only to a method that can read detail, and that has learned from such
# pictures. People in one study read expressions on small pictures as well as on large ones, until faces got smaller
# than about twenty by thirty pixels [6].
#
# Not every expression needs the same detail; seen from far away, some carry further than others [7]. The next figure
# shows seven faces of an emotion, and over them what `squeezenet-fer` answers on FER-2013 at that size.

# %%
course.show(*figures.coarse_faces(images, labels, kept["network"]))

# %% [markdown]
# **Predict, then move.** Which emotion can you read with the fewest pixels, and which goes first? Compare fear with
# happiness. And look at happiness with eight pixels a side: is the network so good at it?

# %%
figures.explore_coarse_faces(images, labels, kept["network"])

# %% [markdown] tags=["answer"]
# Fear is lost early, happiness is found longest. But with eight pixels a side the network calls nearly every face
# happy, so it is no merit that it finds the happy ones. A share of faces found means little without the share of faces
# so named; chapter 12 makes two scores of this, recall and precision.

# %%
found, named = (kept["network"][key]["happiness"][sides.index(8)] for key in ("recall", "answered"))
assert found > 0.8 and named > 0.8
print(f"8 pixels: {percent(found)} of the happy faces found, {percent(named)} of all called happy")

# %% [markdown]
# ## Duplicates
#
# The photographs were found by searching the web, and some were found more than once. A face in a test split that is
# identical, byte for byte, to a training face is no test: a method that remembers can look it up.
#
# ### Exercise 3: find them
#
# Write a function that tells, for each test image, whether an identical image is among the training images: an array or
# list of true and false.

# %% tags=["exercise"]
def has_duplicate(test_images, train_images):
    ...

# %% [markdown] tags=["hint"]
# `image.tobytes()` turns a picture into something a Python `set` can hold. Put all training images into a set; then ask
# for each test image whether it is in it.

# %% tags=["solution"]
def has_duplicate(test_images, train_images):
    known = {image.tobytes() for image in train_images}
    return np.array([image.tobytes() in known for image in test_images])

# %% tags=["check"]
checks.check_has_duplicate(has_duplicate)

# %% [markdown]
# In FER-2013 the package's own function finds these.

# %%
duplicates, counts = facts["duplicates"], facts["counts"]
for split in ("public", "private"):
    n = sum(counts[split].values())
    share = percent(duplicates[split] / n)
    print(f"{split:8} {duplicates[split]} of {n:,} faces have a duplicate in train, {share}")
if faces.is_real:
    from fer_utils.data import without_duplicates
    assert (~without_duplicates(faces.private.images, images)).sum() == duplicates["private"]

# %% [markdown]
# The nearest neighbour lives on them: without duplicates it falls behind the linear model. A network that has memorised
# its training faces profits too. So every result of this course stands twice: on all faces, and on those without a
# duplicate.

# %%
_, linear, near, alone = facts["public_accuracy"].values()
assert alone < linear < near
course.say(f"Duplicates are worth {100 * (near - alone):.1f} points to the nearest neighbour.")

# %% [markdown]
# **Think first.** Should we delete the duplicates from Training instead? What would that do to comparisons with
# published results?

# %% [markdown] tags=["answer"]
# It would be the cleaner experiment. But every published figure was trained with them, so ours would be compared with
# theirs on other terms. Reporting both scores keeps the comparison and shows the leak.

# %% [markdown]
# ## What the labels are
#
# The faces were found by searching for words that go with emotions, and then checked by people [1]. Ten others later
# labelled every face anew for FER+; their most frequent answer agrees with the original label about two times in three
# [3]. No photograph says what its person felt, and a few pictures show no face at all.

# %%
print(f"{facts['blank']} pictures have a single gray value.")

# %% [markdown]
# ## Quiz
#
# Choose an answer; each has its feedback. The last question goes back to chapter 00.

# %%
course.quiz("03_the_fer2013_dataset")

# %% [markdown]
# ## What you take away
#
# 1. *Load:* `load_faces()` gives bytes and labels; Deep Lake keeps such arrays in chunks and answers queries.
# 2. *Splits:* Training to learn, PublicTest to choose, PrivateTest to report, once.
# 3. *Balance:* happiness is frequent and disgust rare, in all three splits alike.
# 4. *Differences:* the class averages account for a few percent of what differs between faces. Most contrast is coarse;
#    only a method that reads detail gains from 48 pixels.
# 5. *Duplicates:* identical faces across splits reward memory; report with them and without.
#
# **Go further.** Near duplicates, shifted or brightened copies, escape a comparison of bytes. How would you find them?

# %% [markdown] tags=["references"]
# ## References
#
# 1. I. J. Goodfellow and others, *Challenges in representation learning*, 2013,
#    [arXiv:1307.0414](https://arxiv.org/abs/1307.0414).
# 2. A. Mollahosseini, D. Chan, M. H. Mahoor, *Going deeper in facial expression recognition using deep neural
#    networks*, WACV 2016, [doi:10.1109/WACV.2016.7477450](https://doi.org/10.1109/WACV.2016.7477450).
# 3. E. Barsoum and others, *Training deep networks for facial expression recognition with crowd-sourced label
#    distribution*, 2016, [arXiv:1608.01041](https://arxiv.org/abs/1608.01041).
# 4. S. Zima, bachelor's thesis, Brno University of Technology, 2024. Sections 3.1, 4.1 and 5.1.
# 5. L. D. Harmon, B. Julesz, *Masking in visual recognition: effects of two-dimensional filtered noise*, Science 180,
#    1973, [doi:10.1126/science.180.4091.1194](https://doi.org/10.1126/science.180.4091.1194).
# 6. S. Du, A. M. Martinez, *The resolution of facial expressions of emotion*, Journal of Vision 11, 2011,
#    [doi:10.1167/11.13.24](https://doi.org/10.1167/11.13.24).
# 7. F. W. Smith, P. G. Schyns, *Smile through your fear and sadness*, Psychological Science 20, 2009,
#    [doi:10.1111/j.1467-9280.2009.02427.x](https://doi.org/10.1111/j.1467-9280.2009.02427.x).
#
# {{previous_next}}
