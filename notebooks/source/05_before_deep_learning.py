# %% [markdown]
# # Before deep learning: find a face, describe it, decide
#
# {{badges}}
#
# **Question.** How did programs read faces before networks learned to, and what of it is worth having today?
#
# **After this chapter you can**
#
# 1. compute a Haar feature from an integral image, and say what a cascade saves and what it misses,
# 2. describe a face by binary patterns, gradients, Gabor filters and landmarks, and test what each survives,
# 3. say what a margin, a kernel and a forest are, and compare them by cross-validation,
# 4. recognize a score that has leaked,
# 5. weigh hand-made against learned descriptions by measurements.
#
# **You need** chapter 04. **Time:** about 80 minutes; the cells run in about a minute. **Data:** the faces the banner
# names; pictures of scikit-image; recorded runs on FER-2013. **Source:** thesis, sections 3.4 and 3.5, figure 3.2; [1].

# %% tags=["bootstrap"]

# %%
from fer_utils import course

course.setup()

# %% [markdown]
# ## Three steps
#
# Section 3.4 of the thesis names the steps: find the face, extract features, and choose and train a model. Its figure
# 3.2 draws them in a row. Here they are on the photograph of chapter 00, with the newer way beside them.

# %%
import numpy as np
from skimage.feature import hog

from fer_utils.data.photographs import cut_face, example_photograph, find_faces

photograph = example_photograph()
box = find_faces(photograph, detector="cascade")[0]
her_face = cut_face(photograph, box)

# %%
from fer_utils.course.chapter_05 import figures

strokes = hog(her_face, pixels_per_cell=(6, 6), cells_per_block=(2, 2), visualize=True)[1]
course.show(*figures.two_ways(photograph, box, her_face, strokes))

# %% [markdown]
# Both ways begin alike. On the upper one people decide what is worth knowing about a face, and write rules that turn it
# into a row of numbers, its {{features}}. Only the last box is fitted to {{examples}}. On the lower one a single
# {{network}} does both, and all of it is fitted; chapter 07 opens it. The thesis calls the upper way *machine
# learning* and the lower *deep learning*, though both learn from examples.

# %% [markdown]
# ## Find the face
#
# Where is a face? A program that does not know has to ask everywhere: it lays a *window* of 24 by 24 pixels on every
# place of the picture, shrinks the picture, and starts again, so that large faces fit in, too.

# %%
windows = sum((round(512 / scale) - 24 + 1) ** 2 for scale in 1.25 ** np.arange(13))
print(f"{windows:,} windows in a picture of 512 by 512 pixels")

# %% [markdown]
# Hundreds of thousands, and nearly none holds a face. Viola and Jones went through a picture 15 times a second, on an
# ordinary computer of their time [2, 3]. It took three ideas.
#
# ### First idea: sums in four steps
#
# Their features are sums of rectangles. An **integral image** makes such a sum cheap, whatever its size. It is a table
# with one row and one column more than the picture. Each entry is the sum of all pixels above it and to the left.

# %%
small = np.array([[2, 1, 0, 3], [1, 4, 2, 0], [0, 1, 5, 2], [3, 0, 1, 1]])
table = [[small[:i, :j].sum() for j in range(5)] for i in range(5)]
course.show(*figures.four_corners(small, np.array(table), top=1, left=1, height=2, width=3))

# %% [markdown]
# On the right, the 21 counts the rectangle and all that lies above it and left of it. Take away what is above (6) and
# what is left (3). The corner above left has then been taken away twice, so it is added again (2): 14, as the pixels on
# the left say.
#
# ### Exercise 1: the integral image
#
# Write it for a picture of floats, without a loop (`np.cumsum`, `np.pad`).

# %% tags=["exercise"]
def integral_image(picture):
    ...

# %% tags=["solution"]
def integral_image(picture):
    sums = picture.cumsum(axis=0).cumsum(axis=1)
    return np.pad(sums, [(1, 0), (1, 0)])

# %% tags=["check"]
from fer_utils.course.chapter_05 import checks

checks.check_integral_image(integral_image)

# %% [markdown]
# ### Exercise 2: any rectangle
#
# Write the sum of the rectangle whose first row is `top` and first column `left`. Use `+`, `-` and entries of the table
# alone: then the same function serves a table with a third axis, one layer for each of many windows.

# %% tags=["exercise"]
def rectangle_sum(table, top, left, height, width):
    ...

# %% tags=["solution"]
def rectangle_sum(table, top, left, height, width):
    bottom, right = top + height, left + width
    return table[bottom, right] - table[top, right] - table[bottom, left] + table[top, left]

# %% tags=["check"]
checks.check_rectangle_sum(rectangle_sum)

# %% [markdown]
# Your functions work from here on; where an exercise is still open, the course's own stand in. Scikit-image has both,
# and agrees.

# %%
from skimage.transform import integral_image as by_library, integrate

from fer_utils.course.chapter_05 import own
from fer_utils.course.checks import yours

integral_image = yours(integral_image, own.integral_image)
rectangle_sum = yours(rectangle_sum, own.rectangle_sum)

# %%
gray = her_face / 255
her_table = integral_image(gray)
assert np.allclose(her_table[1:, 1:], by_library(gray))  # the library's has no row and column of zeros
assert np.allclose(rectangle_sum(her_table, 10, 5, 8, 30), integrate(by_library(gray), (10, 5), (17, 34)))

# %% [markdown]
# ### Second idea: weak rules, many of them
#
# A **Haar feature** is the difference of neighbouring rectangles. In a face the eyes form a dark band between forehead
# and cheeks. So take three bands above each other: twice the middle one, minus the outer two.

# %%
from fer_utils.course.chapter_05.viola_jones import Haar, haar_value

bands = Haar("three above each other", row=0, column=0, height=6, width=28)
answers = np.array([[haar_value(her_table, bands._replace(row=row, column=column), rectangle_sum)
                     for column in range(48 - 28 + 1)] for row in range(48 - 3 * 6 + 1)])
place = np.unravel_index(answers.argmin(), answers.shape)
course.show(*figures.haar_on_face(her_face, bands, answers, place))

# %% [markdown]
# On the right, each pixel is the answer for one place of the three bands; violet means that the middle is darker. It is
# darkest where the middle band, framed in orange, lies on the eyes.

# %%
middle = int(place[0]) + 6  # the first row of the middle band
assert answers.min() < 0 and middle <= 17 <= middle + 6  # her eyes lie at about a third of the box

# %% [markdown]
# One such feature with a threshold is a **weak classifier**: right more often than not, and no more. To find good ones
# we need examples. Scikit-image brings a hundred tiny faces of a set of news photographs [4], which we mirror as well,
# and a hundred windows of their backgrounds. (Those people were not asked either, so we compute with the pictures and
# do not show them.) More windows without a face come from its pictures of bricks, coins and coffee.

# %%
from fer_utils.course.chapter_05 import viola_jones

rng = np.random.default_rng(0)
some_faces, others = viola_jones.training_windows(rng, 4000)
features = viola_jones.draw_features(600, rng)
cascade = viola_jones.train_cascade(some_faces, others, features, rounds=(1, 4, 12))
print(f"{len(some_faces)} faces, {len(others):,} other windows, {len(features)} random Haar features")

# %% [markdown]
# `train_cascade` looks for the feature and the threshold that make the fewest errors. Then it gives more {{weight}} to
# the windows that came out wrong, looks for the next feature, and so on; in the end all vote. This is **boosting** [5].
# Here is the very first feature that it took.

# %%
first = cascade[0].stumps[0]
values = [viola_jones.haar_value(viola_jones.tables_of(some), features[first.feature], rectangle_sum)
          for some in (some_faces, others)]
print(features[first.feature])
course.show(*figures.one_threshold(*values, first.threshold, above=first.sign > 0))

# %% [markdown]
# The threshold does not stand where the two hills part. It was moved to keep nearly all faces, and many other windows
# with them. Why so lenient?
#
# ### Third idea: a cascade
#
# Because a window that is thrown away costs nothing more. A **cascade** asks in *stages*: one feature first; those that
# pass meet four more; those that pass again, twelve. A face has to pass all stages, so each must let nearly all faces
# through.
#
# **Think first.** All stages together have 17 features. If half of the windows fall at each stage, how many features
# does a window cost on average?

# %% [markdown] tags=["answer"]
# Every window costs 1, half of them 4 more, a quarter 12 more: $1 + 4/2 + 12/4 = 6$.

# %%
from skimage.color import rgb2gray

found = [viola_jones.windows_of(rgb2gray(photograph), scale) for scale in 1.25 ** np.arange(3, 8)]
her_windows, places = (np.concatenate(parts) for parts in zip(*found))
stages, work = viola_jones.run_cascade(cascade, features, her_windows, rectangle_sum)
course.show(*figures.survivors(photograph, places, stages, box))

# %%
total = sum(len(stage.stumps) for stage in cascade)
left = stages == len(cascade)
assert work.mean() < total and total == 17 and left.mean() < 0.1
course.say(f"Of {len(left):,} windows {left.sum():,} are left. A window cost {work.mean():.1f} features on average "
           f"instead of {total}.")

# %% [markdown]
# Each dot stands for ten windows. The face is among what is left, and a good deal besides, such as a reflection in the
# helmet. Our detector learned from a hundred people. With many more faces, features and stages, the false alarms go,
# and a window still costs little.

# %%
middles = places[left][:, :2] + places[left][:, 2:] / 2
near = np.abs(middles - [box.row + box.height / 2, box.column + box.width / 2]).max(axis=1) < box.height / 4
assert near.any() and not near.all()  # the face is among them, and it is not alone
print(f"{near.sum()} of the windows left lie on her face")

# %% [markdown]
# ### The library's detector
#
# With `detector="cascade"`, `find_faces` uses the one inside scikit-image, which comes trained. Its features are the
# patterns that you will write below. It knows upright faces seen from the front.
#
# **Predict.** The portrait is turned by 10 degrees, then by 30. It is shrunk until the face has 20 pixels. It gets a
# tenth of the light. Mouth or eyes are covered. Where is the face still found?

# %%
from PIL import Image

portrait = Image.fromarray(photograph)
mouth, eyes = photograph.copy(), photograph.copy()
mouth[135:165, 190:260], eyes[85:110, 180:270] = 0, 0
changed = {"turned by 10": portrait.rotate(10), "turned by 30": portrait.rotate(30),
           "shrunk to a fifth": portrait.resize((102, 102)), "a tenth of the light": photograph // 10,
           "mouth covered": mouth, "eyes covered": eyes}
changed = {name: np.asarray(picture) for name, picture in changed.items()}

# %%
boxes = {name: find_faces(picture, smallest=24 if "shrunk" in name else None, detector="cascade")
         for name, picture in changed.items()}
course.show(*figures.tries(changed.values(), boxes.values(), list(boxes)))
lost = {name for name, some in boxes.items() if not some}
assert lost == {"turned by 30", "shrunk to a fifth", "eyes covered"}

# %% [markdown]
# Darkness does not matter here, nor do the mouth and a small tilt. A tilt of 30 degrees does, and so do the eyes; and a
# face smaller than the detector's window is not seen. More than a nuisance: the faces of FER-2013 were themselves cut
# out by a detector [6]. Whom it did not find is not in the set.

# %% [markdown]
# ## Describe the face
#
# Chapter 04 compared faces by their pixels, and found similar hair rather than similar smiles. A description should
# keep the expression and drop the rest. Begin with the light.
#
# ### Binary patterns: brighter than the middle?
#
# Switch on a lamp, and every pixel changes; but a pixel that was brighter than its neighbour mostly stays so. A **local
# binary pattern** [7] notes only that. It looks at a pixel's eight neighbours, and writes 1 for each that is at least
# as bright.
#
# ### Exercise 3: a pattern
#
# Write the code of a `patch`, a float array of 3 by 3. Go clockwise from the top left; the first neighbour is worth
# `128`, the next `64`, and so on down to `1`.

# %% tags=["exercise"]
def lbp_code(patch):
    ...

# %% tags=["solution"]
def lbp_code(patch):
    neighbours = [patch[0, 0], patch[0, 1], patch[0, 2], patch[1, 2],
                  patch[2, 2], patch[2, 1], patch[2, 0], patch[1, 0]]
    return sum(2 ** (7 - place) for place, value in enumerate(neighbours) if value >= patch[1, 1])

# %% tags=["check"]
checks.check_lbp_code(lbp_code)

# %% [markdown]
# Run over the face found above, your function gives a picture of codes. Here it is, and again after the light has been
# turned down: every gray value times 0.6, plus 20.

# %%
from fer_utils.course.chapter_05 import description

face = her_face.astype(float)
lbp_code = yours(lbp_code, own.lbp_code)

def codes_of(face):
    return np.array([[lbp_code(face[i:i + 3, j:j + 3]) for j in range(46)] for i in range(46)])

# %%
codes, dim = codes_of(face), 0.6 * face + 20
course.show(*description.patterns(face, codes, dim, codes_of(dim)))
assert np.array_equal(codes, codes_of(dim))

# %% [markdown]
# Not one code has changed. Eyes and mouth stand out, and so does the noise of even skin, where a single gray level
# decides. So nobody compares codes pixel by pixel: a face is cut into cells, and the codes of each cell are counted.
#
# Scikit-image has them twice: on blocks of pixels, as its face detector uses them, and on a circle, whose corners lie
# between pixels.

# %%
from skimage.feature import local_binary_pattern, multiblock_lbp

sums = by_library(face).astype("float32")
blocks = [[multiblock_lbp(sums, i, j, 1, 1) for j in range(45)] for i in range(45)]
assert np.array_equal(codes[:45, :45], blocks)
circle = local_binary_pattern(face.astype("uint8"), 8, 1).astype(int)[1:-1, 1:-1]
for theirs, ours in ((0, 4), (2, 6), (4, 0), (6, 2)):  # the bits of the right, upper, left and lower neighbour
    assert np.array_equal(circle >> theirs & 1, codes >> ours & 1)

# %% [markdown]
# ### Oriented gradients: which way do edges run?
#
# A smile bends the edge of a lip. The **gradient** at a pixel, here of the picture, not of a loss, says how fast the
# gray changes there, and in which direction: the difference of the neighbours below and above, and of those right and
# left.

# %%
down, across = np.zeros_like(face), np.zeros_like(face)
down[1:-1], across[:, 1:-1] = face[2:] - face[:-2], face[:, 2:] - face[:, :-2]
strength = np.hypot(down, across)
angle = np.degrees(np.arctan2(down, across)) % 180  # an edge from dark to bright counts like one from bright to dark

# %% [markdown]
# **Histograms of oriented gradients** [8] cut the face into cells, and ask of each cell: how much edge is there in
# which direction?
#
# ### Exercise 4: one cell
#
# Write the histogram of a cell: nine bins of 20 degrees, from 0 to 180. Each pixel adds the `strength` of its gradient
# to the bin of its `angle`.

# %% tags=["exercise"]
def cell_histogram(strength, angle):
    ...

# %% tags=["solution"]
def cell_histogram(strength, angle):
    return np.histogram(angle, bins=9, range=(0, 180), weights=strength)[0]

# %% tags=["check"]
checks.check_cell_histogram(cell_histogram)

# %%
cell_histogram = yours(cell_histogram, own.cell_histogram)
cell = (slice(32, 40), slice(16, 24))
histogram = np.array(cell_histogram(strength[cell], angle[cell]))
_, picture = hog(face, pixels_per_cell=(6, 6), cells_per_block=(2, 2), visualize=True)
course.show(*description.gradients(face, strength, angle, (32, 16, 8), histogram, picture))
assert histogram.argmax() in (4, 5)  # from 80 to 120 degrees

# %% [markdown]
# The orange cell lies at a corner of the mouth. Its gradients point mostly down or up, and a little aslant, since the
# edge of the lip runs across and rises. On the right scikit-image draws cells of 6 by 6 pixels, with strokes along the
# edges. Let it check yours: all 36 cells of 8 by 8 pixels, each divided by its sum.

# %%
theirs = hog(face, pixels_per_cell=(8, 8), cells_per_block=(1, 1), block_norm="L1", feature_vector=False)
for i in range(6):
    for j in range(6):
        cell = (slice(8 * i, 8 * i + 8), slice(8 * j, 8 * j + 8))
        mine = np.array(cell_histogram(strength[cell], angle[cell]))
        assert np.allclose(mine / (mine.sum() + 1e-5), theirs[i, j, 0, 0], atol=1e-5)

# %% [markdown]
# A brighter picture has the same differences; one of double contrast has them doubled, and the division takes the
# double away.
#
# ### Gabor filters: waves of one length
#
# A **Gabor filter** is a short wave, fading to all sides. Laid on the face, multiplied and summed, it answers where the
# gray goes up and down at its own length and direction. Cells in the visual cortex of mammals answer much like this
# [9], which made such filters popular for expressions early on [10].

# %%
from skimage.filters import gabor_kernel

course.show(*description.gabor_on_face(her_face, wavelength=4, turn=90))
kernel = gabor_kernel(1 / 8, theta=np.pi / 4).real
wave = description.gabor_wave(8, 45, side=len(kernel))
assert np.allclose(kernel / kernel.max(), wave / wave.max(), atol=0.01)

# %% [markdown]
# Orange and violet follow each other at the eyes and the mouth, which lie across. Predict, then move: what remains when
# the wave is turned to 0 degrees? What does a long wave see that a short one does not?

# %%
description.explore_gabor(her_face)

# %% [markdown] tags=["answer"]
# At 0 degrees the upright edges remain: the outline of the cheeks, the sides of the nose. Short waves see lids and
# lips; long ones see the large dark parts, here the hair.

# %% [markdown]
# ### What survives another light?
#
# The three are in `fer_utils.descriptors`, beside the bare pixels. How far does each move when the light changes, on
# faces of the banner's set? A measure of its own is needed: 1 is how far two different faces lie apart.

# %%
from fer_utils import EMOTIONS, load_faces

images, labels = load_faces(splits=("train",)).train
crowd = images[:8]
course.show(*description.under_light(crowd, gain=0.6, offset=20))

# %% [markdown]
# Pixels move far; the three descriptions hardly move. (What is left comes from rounding to whole gray values.) Predict,
# then move: which suffers most when the light comes from one side?

# %%
description.explore_light(crowd)

# %%
from fer_utils.descriptors import DESCRIPTORS

lights = [description.change_light(crowd, gain=0.6, offset=20), description.change_light(crowd, side=0.75)]
moved = {name: [description.relative_change(DESCRIPTORS[name], crowd, light) for light in lights]
         for name in description.CALLED}
for name, (weaker, sideways) in moved.items():
    print(f"{name:7} weaker light {weaker:.2f}, light from the side {sideways:.2f}")
assert all(moved[name][0] < moved["pixels"][0] for name in ("lbp", "hog", "gabor"))
assert all(weaker < sideways for weaker, sideways in moved.values())

# %% [markdown]
# From the side, pixels suffer most, then binary patterns. Such light changes the face by place, and no rule above
# foresaw it. A description survives what its rule was made for; the rest it survives in part, or not.

# %% [markdown]
# ### Landmarks: where the corners are
#
# The descriptions so far are of *appearance*. *Geometric* methods measure where things are: corners of the mouth, ends
# of the brows. A photograph does not say where these are. A *landmark detector* must find them, itself learned from
# thousands of marked faces; we ship none. But the drawn face knows its own shape.

# %%
from fer_utils.course.chapter_05 import landmarks
from fer_utils.text import percent

drawn, drawn_labels, people = landmarks.bundled_people(400)
one_each = [int((drawn_labels == c).argmax()) for c in range(7)]
course.show(*description.points_on_faces(drawn[one_each], [people[i] for i in one_each], EMOTIONS))

# %% [markdown]
# From these points come nine distances, each divided by the distance between the eyes, so that a nearer face has the
# same. A **decision tree** asks one of them after the other; which, and where it cuts, is learned.

# %%
from sklearn.tree import DecisionTreeClassifier

from fer_utils.course.chapter_05 import decision

measures = np.array([landmarks.distances(landmarks.landmarks(*person)) for person in people])
tree = DecisionTreeClassifier(max_depth=4, random_state=0).fit(measures, drawn_labels)
course.show(*decision.drawn_tree(tree, landmarks.MEASURES))

# %% [markdown]
# One can read it: are the corners of the mouth clearly above its middle? Then *happiness*. Is it any good on people it
# has not seen? **Cross-validation** tells without a second set: divide the people into five *folds*, learn from four,
# answer the fifth, and go round.

# %%
from sklearn.model_selection import cross_val_score
from sklearn.neighbors import KNeighborsClassifier

by_tree = cross_val_score(tree, measures, drawn_labels, cv=5).mean()
nearest = KNeighborsClassifier(1)
by_pixels = cross_val_score(nearest, drawn.reshape(400, -1), drawn_labels, cv=5).mean()
assert by_tree > by_pixels + 0.4
course.say(f"A few questions about distances: {percent(by_tree, 0)} right. The nearest neighbour by pixels: "
           f"{percent(by_pixels, 0)}.")

# %% [markdown]
# This is no result about faces: the points are exact, because they were drawn, and the expressions follow a rule that
# the tree only had to find. It does show what a good description is worth: the decision becomes easy.

# %% [markdown]
# ## Decide
#
# The row of numbers is there; now a **classifier** has to turn it into a word. You know the nearest neighbour and the
# linear model. With $k$ neighbours instead of one, each has a vote. The thesis names two more kinds.
#
# A **support vector machine** (SVM) [11] draws a border between two classes, and of all borders takes the one with the
# widest strip on both sides, the **margin**. A few faces may stand inside the strip or beyond it, at a price that is
# called C. Two measures are enough to see it.

# %%
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

two, names = measures[:, [0, 6]], [landmarks.MEASURES[0], landmarks.MEASURES[6]]
happy, neutral = drawn_labels == EMOTIONS.index("happiness"), drawn_labels == EMOTIONS.index("neutral")
linear = [make_pipeline(StandardScaler(), SVC(kernel="linear")).fit(two, which) for which in (happy, neutral)]
radial = make_pipeline(StandardScaler(), SVC(C=3)).fit(two, neutral)

# %%
course.show(*decision.areas(two, [("linear SVM", linear[0], happy, "happiness"), ("linear SVM", linear[1], neutral,
                                  "neutral"), ("RBF SVM", radial, neutral, "neutral")], names))
assert not linear[1].predict(two).any()  # it never answers neutral

# %% [markdown]
# Left: happiness lies below a straight border; dashed lines mark the margin. Middle: neutral lies amid the others, and
# no straight line cuts it out. The machine gives up and always says no, which looks like a fine {{accuracy}}: it is the
# {{baseline}}, since few faces are neutral. Right: a **kernel** counts how *near* faces are to each other. The border
# is a sum of hills around some of the training faces, the *support vectors*; it may close around a class. This one is
# the *radial basis function*, RBF: $e^{-\gamma d^2}$ for two faces at a distance $d$. A large gamma makes narrow hills.

# %%
course.show(*decision.radial(two, neutral, names, "neutral"))

# %% [markdown]
# The border has become ragged, and fits its own faces better than those left out. Predict, then move: what does a still
# larger gamma do to the faces that the machine learned from, and to those left out?

# %%
decision.explore_radial(two, neutral, names, "neutral")

# %% [markdown] tags=["answer"]
# Every training face gets an island of its own: all right on these, worse on the others. That is overfitting. C sets
# the price of a training face on the wrong side; a low price leaves a broad, smooth border.

# %% [markdown]
# A **random forest** [12] grows many trees like ours, each on faces drawn at random, asking about features drawn at
# random, and takes the vote. One tree overfits easily; a crowd of different ones less so.
#
# ### A pipeline, and folds
#
# Which is best, on which description? Distances and margins need features of like size, so `StandardScaler` brings each
# to mean 0 and spread 1. Its means are learned as well: they must come from the training folds alone. A **pipeline**
# takes care of it: in each round, all its steps are fitted anew to those folds.

# %%
some, truth = images[:350], labels[:350]
for name in ("pixels", "hog"):
    described = DESCRIPTORS[name](some)
    for kind, model in decision.classifiers().items():
        scores = cross_val_score(model, described, truth, cv=4)
        print(f"{name:7} {kind:19} {scores.mean():.1%}, folds {scores.min():.1%} to {scores.max():.1%}")

# %% [markdown]
# Look at the folds before you crown a winner: the best and the worst fold of the *same* machine lie as far apart as
# some machines do. 350 faces show how to compare, not who wins.
#
# ### Failure gallery: choosing features before the folds
#
# Of 60 faces take the pixels, and 2,000 columns thrown by dice. Keep the 20 features that fit the {{labels}} best; then
# cross-validate. But these labels are shuffled: there is *nothing* to learn, and with two classes every honest score is
# about a half.

# %%
from sklearn.feature_selection import SelectKBest, f_classif

kept, pixels, leaked, honest = SelectKBest(f_classif, k=20), DESCRIPTORS["pixels"](images[:60]), [], []
for seed in range(8):
    nonsense = np.random.default_rng(seed).permutation(np.arange(60) % 2)
    rows = np.hstack([pixels, np.random.default_rng(seed).normal(size=(60, 2000))])
    leaked += [cross_val_score(SVC(), kept.fit_transform(rows, nonsense), nonsense, cv=5).mean()]
    honest += [cross_val_score(make_pipeline(kept, SVC()), rows, nonsense, cv=5).mean()]
assert np.mean(leaked) > np.mean(honest) + 0.15 and abs(np.mean(honest) - 0.5) < 0.12  # the symptom
course.say(f"Chosen before the folds: {percent(np.mean(leaked), 0)}. Inside the pipeline: "
           f"{percent(np.mean(honest), 0)}.")

# %% [markdown]
# The features were chosen with a look at all labels, those of the left-out fold included. Among thousands, some fit by
# luck, and go on fitting. The symptom: an excellent score where there cannot be one. Shuffle your labels once, and see
# that the score falls to chance. The cure: everything that looks at data goes into the pipeline.

# %% [markdown]
# ## What the record says
#
# Now all of FER-2013. Each row was fitted to all of Training; its settings were chosen on a part of Training by
# cross-validation, and {{PrivateTest}} was read once. The descriptions are shortened to their *principal components*,
# the mixtures in which faces differ most. Names say what describes and what decides. Networks are in bold; where
# several seeds ran, PublicTest chose one. `squeezenet-custom` is the thesis's, as chapter 10 rebuilds it; two are the
# course's own.

# %%
from fer_utils.course.chapter_05 import records
from fer_utils.course.runs import errata
from fer_utils.evaluation.classical_runs import load_classical
from fer_utils.evaluation.results import load_run, recorded_experiment

course.say(records.systems_table())

# %% [markdown]
# First the gap between the two ways, face by face: each network against the classifier that is best on PublicTest. A
# margin counts the luck of the faces and, for networks, of the {{seeds}}.

# %%
best = records.best_classifier()["run"]
for network in records.BESIDE:
    course.say(records.verdict(network, best))
gap, margin = records.gap_and_margin(records.DEFAULT_NETWORK, best)
rebuilt, its_margin = records.gap_and_margin("squeezenet-custom", best)
course.say(errata(["squeezenet-custom", records.DEFAULT_NETWORK]))
assert best == "hog-lbp-gabor-svm" and gap > margin and rebuilt < its_margin

# %% [markdown]
# An **erratum** is what was found wrong with a run later. The course's networks are ahead, clearly. The thesis's
# network, as we rebuild it, is not: three rules by people and a kernel are its match here. Mind the column *without
# twins*, though. Both know training faces again, and a machine that keeps them more so.

# %%
for name in (best, records.DEFAULT_NETWORK):
    load = load_classical if name == best else load_run
    course.say(f"`{name}`: {percent(records.right_on_twins(load(name)), 0)} right on faces with a copy in Training.")

# %% [markdown]
# Next, are the rules worth their trouble? Hold `hog-svm` against the same machine on bare pixels. And which of the
# rules is best?

# %%
for other in ("pixels-svm", "lbp-svm", "gabor-svm", best):
    course.say(records.verdict("hog-svm", other))
gap, margin = records.gap_and_margin("hog-svm", "pixels-svm")
assert gap > margin

# %% [markdown]
# The rule is far better than pixels; which of the three is best cannot be told; all together are better still.
#
# ### "Machine learning needs less data"
#
# So says section 3.5. It is a sentence about curves: fit both ways to 500 faces, to 1,000, and on to all. The network
# is a small one with a plain {{recipe}}, for the question is what few faces teach.

# %%
recorded = recorded_experiment("learning-curves")
course.show(*records.curves(recorded))
course.say(records.verdict_table(recorded, "hog-svm"))

# %%
course.say(records.data_verdict(recorded, "hog-svm"))

# %% [markdown]
# Read it as a sentence
# about *this* network: chapter 08 starts networks with what other faces have taught them, which moves the curve.
#
# ### What an answer costs
#
# The thesis also says that the older way needs less computing. Here are milliseconds of one processor for one answer,
# describing included, and the size on disk.

# %%
speed = recorded_experiment("classical-speed")
course.say(records.cost_table(speed))

# %% [markdown]
# A lone face costs a network mostly the overhead of its library; chapter 14 takes that away. Then look at what a
# machine has to keep. A network keeps its {{parameters}}, here with two bytes each, compressed. A linear SVM keeps
# seven rows of weights; the rest of its file is the principal components. An RBF SVM keeps its support vectors, which
# are described training faces, and compares each new face with all of them; the nearest neighbour keeps everybody.

# %%
machine = load_classical("hog-svm")
share = machine["support_vectors"] / machine["data"]["train"]
assert share > 0.5
course.say(f"`hog-svm` keeps {machine['support_vectors']:,} support vectors, {percent(share, 0)} of the training "
           "faces.")

# %% [markdown]
# ### Which faces?
#
# One bar is the share of an emotion's PrivateTest faces that are found.

# %%
course.show(*records.recalls(best, records.DEFAULT_NETWORK))

# %% [markdown]
# An accuracy is carried by the frequent emotions; these bars, and {{macro F1}} in the table, are not. Before you blame
# a machine for fear, remember chapter 03: on fear, people contradict the labels most. Wrong labels count against every
# row.

# %% [markdown]
# **Judge.** A maker of doorbells wants a camera that counts smiles. Its chip has 4 MB and one slow processor. Which of
# the recorded systems do you recommend, by accuracy, macro F1, milliseconds and bytes? Would you recommend one at all?
# Write five sentences.

# %% [markdown] tags=["rubric"]
# A good answer
#
# - names one system and gives its numbers, and those of the next best that it turns down;
# - rules out by size first: machines that keep described training faces do not fit;
# - asks for the recall and precision of *happiness*, since smiles are to be counted, not for accuracy alone;
# - says what was not measured: the slow chip, faces that look aside, the detector in front of it, people unlike those
#   of FER-2013;
# - asks whether those in front of the door agreed to be counted.

# %% [markdown]
# ### What section 3.5 claims
#
# Sentence by sentence:

# %%
course.say(records.claims_table(recorded, speed))

# %% [markdown]
# **What these figures do not say.** They are of one dataset, of small gray faces, with one choice of settings for each
# row. Landmarks were measured on drawings alone.

# %% [markdown]
# ## What the thesis leaves open
#
# - **Haar cascades** find faces quickly (3.4.1): so they do, by throwing away. That convolutional networks find them
#   better is not measured here; chapter 15 comes back to it.
# - **Geometric methods** quantify *changes* (3.4.2). A change needs a neutral face of the same person, which a single
#   photograph lacks.
# - **Appearance methods** recognize subtle variations by wrinkles (3.4.2). At this size wrinkles are few; the record
#   shows what is reached.

# %% [markdown]
# ## Quiz
#
# Choose an answer; each has its feedback. The last question goes back to chapter 04.

# %%
course.quiz("05_before_deep_learning")
course.open_checks()

# %% [markdown]
# ## What you take away
#
# 1. *Find:* four entries of an integral image give any rectangle; weak rules vote; a cascade throws most windows away
#    after few features, and loses faces that are tilted far, tiny, or without visible eyes.
# 2. *Describe:* order of neighbours, directions of edges, waves, distances. Each survives the change its rule was made
#    for, and others in part.
# 3. *Decide:* a margin is a border with room, a kernel bends it, a forest lets trees vote; a pipeline and folds compare
#    them fairly.
# 4. *Leak:* what looks at data belongs inside the pipeline; shuffled labels expose the rest.
# 5. *Weigh:* a good network is far ahead on all of FER-2013, an ordinary one is not. The rest is in the table above.
#
# **Go further.** Describe faces by `lbp` with other radii, on a part of Training, and cross-validate.

# %% [markdown] tags=["references"]
# ## References
#
# 1. S. Zima, bachelor's thesis, Brno University of Technology, 2024. Sections 3.4 and 3.5.
# 2. P. Viola, M. Jones, *Rapid object detection using a boosted cascade of simple features*, 2001,
#    [doi:10.1109/CVPR.2001.990517](https://doi.org/10.1109/CVPR.2001.990517).
# 3. P. Viola, M. Jones, *Robust real-time face detection*, 2004,
#    [doi:10.1023/B:VISI.0000013087.49260.fb](https://doi.org/10.1023/B:VISI.0000013087.49260.fb).
# 4. G. Huang and others, *Learning to align from scratch*, 2012, the faces that scikit-image calls `lfw_subset`.
# 5. Y. Freund, R. Schapire, *A decision-theoretic generalization of on-line learning and an application to boosting*,
#    1997, [doi:10.1006/jcss.1997.1504](https://doi.org/10.1006/jcss.1997.1504).
# 6. I. Goodfellow and others, *Challenges in representation learning*, 2013,
#    [arXiv:1307.0414](https://arxiv.org/abs/1307.0414).
# 7. T. Ojala, M. Pietikäinen, T. Mäenpää, *Multiresolution gray-scale and rotation invariant texture classification
#    with local binary patterns*, 2002, [doi:10.1109/TPAMI.2002.1017623](https://doi.org/10.1109/TPAMI.2002.1017623).
# 8. N. Dalal, B. Triggs, *Histograms of oriented gradients for human detection*, 2005,
#    [doi:10.1109/CVPR.2005.177](https://doi.org/10.1109/CVPR.2005.177).
# 9. J. Daugman, *Uncertainty relation for resolution in space, spatial frequency, and orientation optimized by
#    two-dimensional visual cortical filters*, 1985,
#    [doi:10.1364/JOSAA.2.001160](https://doi.org/10.1364/JOSAA.2.001160).
# 10. M. Lyons and others, *Coding facial expressions with Gabor wavelets*, 1998,
#     [doi:10.1109/AFGR.1998.670949](https://doi.org/10.1109/AFGR.1998.670949).
# 11. C. Cortes, V. Vapnik, *Support-vector networks*, 1995,
#     [doi:10.1007/BF00994018](https://doi.org/10.1007/BF00994018).
# 12. L. Breiman, *Random forests*, 2001, [doi:10.1023/A:1010933404324](https://doi.org/10.1023/A:1010933404324).
#
# {{previous_next}}
