# %% [markdown]
# # Preprocessing: what happens to a face before a network sees it
#
# {{badges}}
#
# **Question.** Which of the customary steps does a face need, and where should they happen?
#
# **After this chapter you can**
#
# 1. take the thesis's steps one by one: RGB, normalization, one-hot labels,
# 2. say what each step costs in memory, and where it is better done,
# 3. tell plausible augmentation from implausible, and measure the harm of the latter,
# 4. compute class weights by hand and check them against scikit-learn,
# 5. replace the thesis's `ImageDataGenerator` by Keras layers.
#
# **You need** chapters 00 and 03. **Time:** about 35 minutes; the cells run in about a minute. **Data:** the faces the
# banner names. **Source:** sections 3.6.1, 4.2 and 5.1 of the thesis.

# %% tags=["bootstrap"]

# %%
from fer_utils import course

course.setup()

# %% [markdown]
# The thesis prepares its faces in five steps. We take them in its order, with its functions, and ask of each what it is
# for.

# %%
import keras
import numpy as np

from fer_utils import EMOTIONS, load_faces

faces = load_faces(splits=("train", "public"))
images, labels = faces.train
print(images.shape, images.dtype, images.min(), images.max())

# %% [markdown]
# ## From gray to RGB
#
# The thesis repeats the gray channel three times, since "certain layers" asked for three channels (section 5.1).

# %%
from fer_utils.data.preprocessing import convert_to_rgb

rgb = convert_to_rgb(images[:500])
assert rgb.shape == (500, 48, 48, 3)
assert (rgb[..., 0] == rgb[..., 1]).all() and (rgb[..., 1] == rgb[..., 2]).all()

# %% [markdown]
# The three channels are equal, so nothing has been added but weight. It is networks trained on colour photographs that
# need them, as in chapter 08. A convolution itself takes any number of channels.

# %%
for channels in (1, 3):
    convolution = keras.layers.Conv2D(filters=96, kernel_size=7)
    convolution.build((None, 48, 48, channels))
    print(f"{channels} channels: {convolution.count_params():,} parameters")

# %% [markdown]
# ## Normalization
#
# Pixels go from 0 to 255. Dividing by 255 brings them between 0 and 1, where the usual initial weights and learning
# rates work (section 4.2.1). The price is memory: each pixel then takes four bytes instead of one.

# %%
from fer_utils.data.preprocessing import normalize

small = normalize(rgb)
assert small.dtype == "float32" and 0 <= small.min() and small.max() <= 1
gray = images[:500]
print(f"{gray.nbytes / 2**20:.1f} MB as bytes, {small.nbytes / 2**20:.1f} MB as RGB floats")
assert small.nbytes == 12 * gray.nbytes

# %% [markdown]
# Three channels times four bytes: twelve times the memory. For all 28,709 training faces of FER-2013 that is the
# difference between a small file and a good part of a laptop's memory.

# %%
one = 28_709 * 48 * 48 / 2**20
course.say(f"Training takes {one:.0f} MB as bytes and {12 * one:.0f} MB as RGB floats.")

# %% [markdown]
# There is a second danger: a face that is divided twice is almost black, and nothing complains. Our function refuses
# floats; our networks go further and take raw bytes, with the scaling as their first layer.

# %%
try:
    normalize(small)
except ValueError as error:
    print(f"refused: {error}")

# %%
from fer_utils import build_network

net = build_network("squeezenet-mini")
print([layer.name for layer in net.layers[:3]])
raw = images[:4, ..., None]
assert np.allclose(net(raw), net(raw.astype("float32")), atol=1e-6)

# %% [markdown]
# Raw faces in, probabilities out, with no step in between to forget or to repeat. That is the form this course ends
# with.

# %% [markdown]
# ## One-hot labels
#
# A label is a number from 0 to 6, but anger (0) is not *less* than sadness (4). **One-hot encoding** gives each class a
# place of its own (section 4.2.2): a row with a single 1.

# %%
from fer_utils.data.preprocessing import one_hot

print(f"{EMOTIONS[labels[0]]} -> {labels[0]} -> {one_hot(labels[:1])[0]}")
assert (one_hot(labels).sum(axis=1) == 1).all()
assert (one_hot(labels).argmax(axis=1) == labels).all()

# %% [markdown]
# Nothing is lost, as the last line shows. And something is gained: a target may be *softened*. With label smoothing,
# which our recipe `modern` uses, a little of the 1 is spread over all classes, since the labels themselves are not
# certain.
#
# **Think first.** What would a network learn if it were trained to predict the number 0 to 6 itself, as a regression?

# %% [markdown] tags=["answer"]
# An order that does not exist. Unsure between anger (0) and sadness (4), it would answer with the middle, 2: fear.

# %% [markdown]
# ## Augmentation
#
# Each epoch shows a network the same faces. **Augmentation** changes them a little every time, so that it cannot learn
# them by heart (sections 4.2.3 and 5.1.1). The thesis rotates by up to 20 degrees, shifts, shears and zooms mildly, and
# mirrors.
#
# ### Exercise 1: mirror at random
#
# Write a function that mirrors each face left to right with probability one half, independently of the others. `images`
# has the shape `(n, 48, 48)` and must stay as it is; `rng` is a NumPy random generator.

# %% tags=["exercise"]
def random_flip(images, rng):
    ...

# %% [markdown] tags=["hint"]
# `rng.random(len(images)) < 0.5` draws one decision for each face. `images[:, :, ::-1]` is all faces mirrored.
# `np.where` makes a new array and leaves the old one as it is.

# %% tags=["solution"]
def random_flip(images, rng):
    flip = rng.random(len(images)) < 0.5
    return np.where(flip[:, None, None], images[:, :, ::-1], images)

# %% tags=["check"]
from fer_utils.course.chapter_06 import checks

checks.check_random_flip(random_flip)

# %% [markdown]
# Mirroring is plausible: a mirrored happy face is a happy face. How far can the other changes go? Here are seven
# versions of one face, with sizes like the thesis's.

# %%
from fer_utils.course.chapter_06 import figures

face = images[int((labels == EMOTIONS.index("happiness")).argmax())]
course.show(*figures.augmented(face, rotation=20, shift=0.1, shear=10, zoom=0.1))

# %% [markdown]
# All seven are faces that a camera could have taken. Now predict: from which angle on would you no longer take a smile
# for a smile? Move the sliders and see where the faces stop being plausible.

# %%
figures.explore_augmented(face)

# %% [markdown]
# The thesis warns that unrealistic changes mislead a network. That can be measured. Train the same small network twice
# on the same faces: once with gentle changes, once with wild ones, by any angle and far off centre. Only the
# augmentation differs.

# %%
from fer_utils.course.laboratory import accuracy_after
from fer_utils.data.augmentation import RandomAffine

gentle = RandomAffine(rotation=12, shift=0.08, zoom=0.12, seed=0)
wild = RandomAffine(rotation=180, shift=0.3, zoom=0.5, seed=0)
measured = {name: accuracy_after(change, faces, epochs=10)
            for name, change in (("gentle", gentle), ("wild", wild))}

# %%
from fer_utils.text import percent
from fer_utils.evaluation.results import recorded_experiment

course.say(f"After ten epochs on {min(len(labels), 1400):,} faces, right on PublicTest: "
           f"**{percent(measured['gentle'], 0)}** with gentle changes, "
           f"**{percent(measured['wild'], 0)}** with wild ones.")
if not faces.is_real:  # so few photographs are too few to tell
    assert measured["gentle"] > measured["wild"] + 0.05

# %% [markdown]
# The wild network spends its parameters on faces that never come: upside down, cut off, far away. Is that so for
# photographs? The same network was trained on faces of FER-2013, with each kind of change and without any, and
# recorded.

# %%
trial = recorded_experiment("augmentation")
course.show(*figures.harm(trial))

# %% [markdown]
# Each dot is one training with its own seed. The gray line is the accuracy of a method that needs no picture: always
# answer the most common emotion. The next cell puts the dots into numbers.

# %%
none, gently, wildly = trial["public_accuracy"].values()
assert min(gently) > max(wildly) + 0.1
course.say(
    f"{trial['faces']:,} faces of FER-2013, {trial['epochs']} epochs, {len(none)} seeds: on average "
    f"{percent(np.mean(none))} without changes, {percent(np.mean(gently))} with gentle ones, "
    f"**{percent(np.mean(wildly))}** with wild ones.")

# %% [markdown]
# Wild changes leave a network that hardly beats the line. Augmentation is knowledge about the world, written as code,
# and wrong knowledge costs accuracy.
#
# The gentle changes are not clearly ahead of none, and that is no surprise either: in so few epochs a network cannot
# learn its faces by heart, which is what augmentation is there to prevent. It is meant for long training, the subject
# of chapter 11.

# %% [markdown]
# ## Class weights
#
# Augmentation changes every class alike, so it leaves the imbalance as it is. The thesis therefore weighs the classes
# in the loss (section 5.1.2): with $n$ faces, $k$ classes and $n_j$ faces of class $j$,
#
# $$w_j = \frac{n}{k\,n_j}.$$
#
# By hand: ten faces of three classes, six, three and one, get $\frac{10}{3\cdot 6}\approx 0.56$, $\frac{10}{3\cdot
# 3}\approx 1.11$ and $\frac{10}{3\cdot 1}\approx 3.33$. The rare class weighs six times the frequent one.
#
# ### Exercise 2: weigh the classes
#
# Write the formula as a function that gives a dictionary from class (0, 1, and so on) to weight.

# %% tags=["exercise"]
def weigh(labels):
    ...

# %% [markdown] tags=["hint"]
# `counts = np.bincount(labels)` gives the $n_j$. A dictionary of all of them: `{j: ... for j, n_j in
# enumerate(counts)}`.

# %% tags=["solution"]
def weigh(labels):
    counts = np.bincount(labels)
    return {j: len(labels) / (len(counts) * n_j) for j, n_j in enumerate(counts)}

# %% tags=["check"]
checks.check_weigh(weigh)

# %% [markdown]
# Scikit-learn's `compute_class_weight` is what the thesis calls. On the training labels of FER-2013 it agrees with the
# formula; the counts are recorded, so this is the same with and without the dataset.

# %%
from sklearn.utils.class_weight import compute_class_weight

from fer_utils.evaluation.results import dataset_facts

counts = list(dataset_facts()["counts"]["train"].values())
weights = {j: sum(counts) / (7 * n_j) for j, n_j in enumerate(counts)}
by_library = compute_class_weight(
    "balanced", classes=np.arange(7), y=np.repeat(np.arange(7), counts))
assert np.allclose(list(weights.values()), by_library)
course.show(*figures.weights(weights))

# %% [markdown]
# A face of disgust counts many times as much as one of happiness, so that in sum each class weighs the same. The next
# line proves that.

# %%
sums = [weights[j] * counts[j] for j in weights]
assert np.allclose(sums, sum(counts) / 7)
ratio = weights[EMOTIONS.index("disgust")] / weights[EMOTIONS.index("happiness")]
course.say(f"One face of disgust counts as much as {ratio:.1f} of happiness.")

# %% [markdown]
# This makes a network try harder on rare classes and err more on frequent ones. Published comparisons mostly find that
# it raises the recall of disgust and lowers accuracy [1]; our recipe `thesis` uses it, `modern` does not.

# %% [markdown]
# ## The thesis's generator, and layers
#
# The thesis augments with Keras's `ImageDataGenerator`. Keras has retired it; it still lies in the library's attic.
# Here it is with the thesis's settings. The sizes of the mild changes are our choice, for the thesis does not give
# them.

# %%
from keras.src.legacy.preprocessing.image import ImageDataGenerator

generator = ImageDataGenerator(
    rotation_range=20, width_shift_range=0.1, height_shift_range=0.1,
    shear_range=10, zoom_range=0.1, horizontal_flip=True)

# %% [markdown]
# Layers do the same to whole batches, on the device that trains. To see that they give the same pictures, turn one face
# by the same angle with both.

# %%
turned = generator.apply_transform(face[..., None].astype("float32"), {"theta": 20})
by_layers = figures.rotate(face, degrees=20)
gap = np.abs(turned[..., 0] - by_layers)[4:-4, 4:-4].mean()
course.say(f"On average the two differ by {gap:.2f} of 255 gray levels.")
assert gap < 2

# %% [markdown]
# The same picture. And the speed? Measure both on ten batches of 64 faces, with the thesis's settings.

# %%
from fer_utils.data.augmentation import thesis_augmentation
from fer_utils.course.laboratory import faces_per_second

batch = images[:64, ..., None].astype("float32")
flow, layer = generator.flow(batch, batch_size=64), thesis_augmentation(seed=0)
old = faces_per_second(lambda: [next(flow) for _ in range(10)], 640)
new = faces_per_second(lambda: [layer(batch, training=True) for _ in range(10)], 640)
course.say(f"Generator {old:,.0f} faces a second, layers {new:,.0f}, on this computer.")

# %% [markdown]
# The layers also run on a graphics card, where the generator would keep it waiting. And they are saved with a model, or
# left out of it: our training models carry augmentation, the networks that we keep do not.

# %%
kept = build_network("squeezenet-fer")
assert not any("random" in layer.name for layer in kept.layers)

# %% [markdown]
# ## What the thesis leaves open
#
# - **RGB** is not needed by the layers it uses, and triples the memory.
# - **"Resolve class imbalances"** (section 4.2.3): augmentation that treats all classes alike leaves their shares as
#   they were. The thesis finds this itself and turns to weights (section 5.1.2).
# - **Sizes** of shift, shear and zoom are not given.
# - **Dividing by 255** is said to treat all features equally. All pixels have the same range before it, too; what it
#   does is bring that range to the scale that initial weights expect.

# %% [markdown]
# ## Quiz
#
# Choose an answer; each has its feedback. The last question goes back to chapter 03.

# %%
course.quiz("06_preprocessing")

# %% [markdown]
# ## What you take away
#
# 1. *Steps:* RGB repeats, normalization scales, one-hot gives each class its place.
# 2. *Memory:* gray bytes take a twelfth of RGB floats; scale inside the network.
# 3. *Augmentation:* it is knowledge about which changes leave a label alone, and it harms where it is wrong.
# 4. *Weights:* $n/(k\,n_j)$ gives every class the same sum.
# 5. *Layers:* one matrix, whole batches, any device.
#
# **Go further.** Would you mirror faces of people with a paralysed side? What does mirroring assume?

# %% [markdown] tags=["references"]
# ## References
#
# 1. A. Khanzada, C. Bai, F. T. Celepcikay, *Facial expression recognition with deep learning*, 2020,
#    [arXiv:2004.11823](https://arxiv.org/abs/2004.11823).
# 2. S. Li, W. Deng, *Deep facial expression recognition: a survey*, IEEE Transactions on Affective Computing, 2022,
#    [doi:10.1109/TAFFC.2020.2981446](https://doi.org/10.1109/TAFFC.2020.2981446).
# 3. S. Zima, bachelor's thesis, Brno University of Technology, 2024. Sections 3.6.1, 4.2 and 5.1.
#
# {{previous_next}}
