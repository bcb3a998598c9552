# %% [markdown]
# # Pretrained networks: start from what another network knows
#
# {{badges}}
#
# **Question.** When does a network that was trained on other pictures save you the training, and when does it not?
#
# **After this chapter you can**
#
# 1. cut a network into body and head, and give it a new head,
# 2. freeze a body, and prove that it did not move,
# 3. train on features that are computed once,
# 4. choose between freezing, fine-tuning and training from scratch, from learning curves,
# 5. say what ImageNet networks need before they can look at 48 pixels.
#
# **You need** chapter 07. **Time:** about 65 minutes; the cells run in about a minute.
# **Data:** the bundled drawings, whatever the banner names; FER-2013 in one cell and in recorded runs. **Source:**
# section 6.1 of the thesis; [1].

# %% tags=["bootstrap"]

# %%
from fer_utils import course

course.setup()

# %% [markdown]
# **ImageNet** is a set of more than a million photographs of dogs, cups and ships, each labelled with one of a thousand
# classes [4]; expressions are not among them. A network that was trained before, on another task, is **pretrained**;
# one that begins with random weights is trained **from scratch**. The thesis begins its experiments with two networks
# of others: ResNet50, pretrained on ImageNet, and EfficientNet, of which it does not say how it began. This chapter
# first tries the step with weights of the course, and then turns to ImageNet.

# %%
import keras
import numpy as np

from fer_utils import load_network, load_schematic, predict_probabilities
from fer_utils.course.chapter_08 import figures

# %% [markdown]
# ## A stranger's first look
#
# `squeezenet-fer-tiny` was trained on the photographs of FER-2013. It has never seen a drawing. Here is what it says to
# seven drawn faces.

# %%
drawings = load_schematic(splits=("train", "public"))
shown, truth = drawings.public
net = load_network("squeezenet-fer-tiny")
answers = predict_probabilities(net, shown)
course.show(*figures.answered_faces(shown, truth, answers))

# %% [markdown]
# Above each face stands what it shows, and after the arrow the answer. One face a class proves nothing, so count over
# all of the drawings' {{PublicTest}}.

# %%
unchanged = np.mean(answers.argmax(axis=1) == truth)
common = figures.common_share("transfer-to-drawings")
print(f"right: {unchanged:.1%}; always the most common class: {common:.1%}")
assert unchanged > 2 * common

# %% [markdown]
# More than twice as good as that constant answer, without a single drawing to learn from. How does one keep that and
# repair the rest?

# %% [markdown]
# ## Body and head
#
# The last layer of the network is a dense layer with seven scores. It is the **head**; everything below it is the
# **body**. The body turns a face into a row of numbers, its **features**, and the head only weighs and adds these.

# %%
from fer_utils.networks import transfer

head, body = transfer.head_of(net), transfer.body_of(net)
channels = head.input.shape[-1]
print(f"body {body.count_params():,} parameters, {channels} features, head {head.count_params():,} parameters")
assert head.count_params() == (channels + 1) * 7
assert body.count_params() > 150 * head.count_params()

# %% [markdown]
# Nearly all of the network is body. The first layers of a body find edges and patches, which serve any picture; later
# ones are made for the task. Features therefore transfer the better, the nearer the new task is to the old one [1].
#
# ### Exercise 1: a new head
#
# So far our networks were rows of layers. They need not be. A *tensor* is Keras's name for an array on its way through
# a network. A layer that is called on a tensor gives the next tensor, and `keras.Model(start, end)` is the network of
# all that lies between two.

# %%
start = keras.Input((4,))
end = keras.layers.Dense(3, activation="softmax")(start)
assert keras.Model(start, end).output_shape == (None, 3)

# %% [markdown]
# Write a function that takes a network whose last dense layer is called `scores`, and returns a Keras model with the
# same body and a new head of `classes` probabilities. `net.get_layer(name)` is a layer; its `input` is the tensor that
# reaches it, `net.input` the first one. The body is to be **frozen**: training must leave its weights alone, for which
# each of its layers gets `trainable = False`.

# %% tags=["exercise"]
def new_head(net, classes):
    ...

# %% tags=["solution"]
def new_head(net, classes):
    for layer in net.layers:
        layer.trainable = False
    features = net.get_layer("scores").input
    outputs = keras.layers.Dense(classes, activation="softmax")(features)
    return keras.Model(net.input, outputs)

# %% tags=["check"]
from fer_utils.course.chapter_08 import checks

checks.check_new_head(new_head)

# %% [markdown]
# Your model shares its body with the network it came from. The package's `with_new_head` copies the body instead, so
# that later training cannot spoil the original. Give such a copy a head for two classes: happy, or not.

# %%
from fer_utils.course.checks import yours

give_head = yours(new_head, lambda net, classes: transfer.freeze(transfer.with_new_head(net, classes)))
happy = give_head(transfer.with_new_head(net), 2)
moving = sum(int(np.prod(v.shape)) for v in happy.trainable_variables)
print(f"answers {happy.output_shape}, {moving} of {happy.count_params():,} parameters are trained")
assert moving == (channels + 1) * 2

# %% [markdown]
# ## Frozen, and proved
#
# "Frozen" is a promise that is easily broken: by a layer forgotten; by a model not compiled again, for Keras reads
# `trainable` when `compile` is called; by a normalization that goes on averaging. So compare all weights before and
# after.
#
# ### Exercise 2: which moved?
#
# Write a function of two dicts from name to array, before and after, that returns the names of the arrays that differ.

# %% tags=["exercise"]
def which_moved(before, after):
    ...

# %% tags=["solution"]
def which_moved(before, after):
    return [name for name in before if not np.array_equal(before[name], after[name])]

# %% tags=["check"]
checks.check_which_moved(which_moved)

# %% [markdown]
# Now train a new head for one {{epoch}}, on ten drawings of each class, and look at all weights of the network.
# `compile` names the way of stepping, Adam, and the {{loss}}, {{cross-entropy}}, both of them taken up in chapter 11;
# `fit` takes the steps.

# %%
from fer_utils.course.chapter_08.laboratory import few
from fer_utils.data.preprocessing import one_hot

images, labels = drawings.train
ten = few(labels, per_class=10)
copy = transfer.freeze(transfer.with_new_head(net))
before = transfer.snapshot(copy)
copy.compile("adam", "categorical_crossentropy", run_eagerly=True)  # a few steps: not worth compiling
log = copy.fit(images[ten, ..., None], one_hot(labels[ten]), batch_size=32, epochs=1, verbose=0)

# %% [markdown]
# If the promise was kept, two arrays out of many have moved: the weights and the biases of the head. Your function
# says.

# %%
moved = yours(which_moved, transfer.differing)(before, transfer.snapshot(copy))
print(f"{len(moved)} of {len(before)} arrays moved: {', '.join(moved)}")
assert sorted(moved) == ["scores/bias", "scores/kernel"]
assert sum("moving_" in path for path in before) > 40  # averages that did not move either

# %% [markdown]
# The running averages of batch normalization are among those that stayed. Keras counts them among the {{parameters}},
# but no {{gradient}} reaches them; each training {{batch}} would move them all the same if their layers were not
# frozen. In Keras, a frozen normalization works as it does in use.

# %% [markdown]
# ## Features, once
#
# If the body never changes, the same face gives the same features in every epoch, but for dropout, which freezing does
# not switch off. Computing them again and again is waste. Compute them once, without dropout, keep them, and train the
# head on them alone.

# %%
import time

fifty = few(labels, per_class=50)
begin = time.perf_counter()
x, public_x = transfer.features(net, images[fifty]), transfer.features(net, shown)
print(f"{len(x) + len(public_x)} faces in {time.perf_counter() - begin:.1f} s, {x.shape[1]} features each")

# %% [markdown]
# A head on features is a small thing: one matrix, seven biases, softmax and cross-entropy. `train_head` trains it in
# NumPy with Adam, 300 steps on all faces at once.

# %%
from fer_utils.course.chapter_08 import laboratory as lab

begin = time.perf_counter()
trained = lab.train_head(x, labels[fifty], steps=300)
print(f"300 steps in {time.perf_counter() - begin:.2f} s")

# %% [markdown]
# Does a head that was trained outside the network fit into it? Put it in, send some faces through all of it, and
# compare.

# %%
lab.put_head(copy, trained)
by_network = predict_probabilities(copy, shown[:8])
by_features = lab.head_probabilities(public_x, trained)
assert np.allclose(by_network, by_features[:8], atol=1e-4)
print(f"PublicTest: {np.mean(by_features.argmax(axis=1) == truth):.1%} right, before {unchanged:.1%}")

# %% [markdown]
# The two agree. And fifty drawings a class have lifted the network far above its first look.
#
# **Think first.** How much of this is what the body has *learned*? Compare it with the same head on two other kinds of
# numbers: on the pixels themselves, as 16 by 16 means of each face; and on the features of the same body with random
# weights, as it was before any training. How many faces a class do they need to catch up with two faces a class on
# learned features?

# %% [markdown] tags=["answer"]
# More than fifty: in the range measured below, neither does. Random features end even below the pixels. So it is not
# the shape of the network that makes the features good, but what it has learned.

# %%
from fer_utils import build_network
from fer_utils.course.resolution import shrink
from fer_utils.text import percent

keras.utils.set_random_seed(0)
untrained = build_network("squeezenet-fer-tiny")
random_x, random_public = transfer.features(untrained, images[fifty]), transfer.features(untrained, shown)
pixels, public_pixels = (shrink(faces, 16).reshape(len(faces), -1) for faces in (images[fifty], shown))

# %% [markdown]
# Features, pixels and random features are numbers of very different size, and the head takes steps of one size. To be
# fair to all three, each number is first shifted and divided so that over the training faces it has mean 0 and spread
# 1, as in chapter 06.

# %%
sizes = (2, 5, 10, 20, 50)
kinds = {"features learned from photographs": (x, public_x), "features of random weights": (random_x, random_public),
         "pixels": (pixels, public_pixels)}
curves = {kind: lab.head_curve(*lab.standardized(seen, public, labels[fifty], truth), sizes)
          for kind, (seen, public) in kinds.items()}
course.show(*figures.curves_by_size(curves, common, "The same head on three kinds of numbers"))

# %% [markdown]
# Each mark is one draw of faces, the lines join the means of three. All are drawn from the same fifty a class, so at
# the right end they are the same faces. The random weights are one draw. (Here the features are standardized, which is
# why these shares differ from the one before.)

# %%
learned, random, raw = ({size: np.mean(found) for size, found in curve.items()} for curve in curves.values())
assert learned[50] > learned[10] > learned[2] > raw[50] > random[50]
course.say(f"With **two** faces a class the learned features give {percent(learned[2], 0)}; with **fifty**, pixels "
           f"give {percent(raw[50], 0)} and random features {percent(random[50], 0)}.")

# %% [markdown]
# For this head, two faces a class on learned features are worth more than fifty on pixels. Whether more faces would
# make up for it was not tried.

# %% [markdown]
# ## Fine-tuning
#
# Freezing is cautious. The other choice is to let some or all of the body move, from where it stands: **fine-tuning**.
# Two habits protect what the body knows. Train the head first, since a random head sends random gradients down into the
# body [2]; and take small steps. Here the last three fire modules may move.

# %%
some = few(labels[fifty], per_class=10)
first = lab.train_head(x[some], labels[fifty][some])
transfer.freeze(lab.put_head(copy, first), until="fire9_expand_relu")
before = transfer.snapshot(copy)
copy.compile(keras.optimizers.Adam(3e-4), "categorical_crossentropy", metrics=["accuracy"], run_eagerly=True)
faces, targets = images[fifty][some, ..., None], one_hot(labels[fifty][some])
log = copy.fit(faces, targets, batch_size=32, epochs=3, verbose=0).history

# %% [markdown]
# Again the weights say what has moved, and PublicTest what came of it.

# %%
parts = {path.split("/")[0].split("_")[0] for path in transfer.moved(copy, before)}
assert len(some) == 70 and parts == {"fire10", "fire11", "fire12", "scores"}
start = lab.head_accuracy(public_x, truth, first)
end = np.mean(predict_probabilities(copy, shown).argmax(axis=1) == truth)
count = sum(int(np.prod(v.shape)) for v in copy.trainable_variables)
course.say(f"Moved: {', '.join(sorted(parts))}, {count:,} parameters. In the last epoch, with dropout on, "
           f"{percent(log['accuracy'][-1], 0)} of the 70 faces were right. PublicTest: {percent(start)} before, "
           f"{percent(end)} after. One draw, one seed: a demonstration, no result.")

# %% [markdown]
# The distance between the training faces and PublicTest is {{overfitting}}, and no wonder with so many parameters and
# 70 faces. Whether PublicTest gains, one draw and three epochs cannot say. The next section fine-tunes all weights,
# with three seeds.

# %% [markdown]
# ## Three ways, recorded
#
# One run proves little, so these are recorded: 10, 50 and 200 faces a class (200 is nearly all drawings), three
# {{seeds}}, three ways. *Frozen* trains a head on features; *fine-tuned* goes on from there with all weights; *from
# scratch* starts from random weights and gets several times as many epochs. No way changes or mirrors the faces.
#
# The left panel carries `squeezenet-fer-tiny` over to the drawings. The right panel goes **back**: `squeezenet-mini`,
# which was trained on drawings, is carried over to photographs. In each panel all three ways are the same network; what
# it begins with, what moves and the epochs differ.
#
# **Predict.** Draw both panels before you look. Is the way back as easy?

# %%
course.show(*figures.three_ways())

# %% [markdown]
# Left, all three climb high; right, all stay low.

# %%
for direction in figures.DIRECTIONS:
    course.say(figures.describe_ways(direction))

# %% [markdown]
# To the drawings, fine-tuning is ahead with ten and with fifty faces a class. The other two change places. With ten,
# the frozen body lies far ahead of random weights; with fifty its lead has shrunk; with two hundred, random weights
# have overtaken it, and their range touches that of fine-tuning. From fifty to two hundred the frozen body hardly
# gains: it is as good as its features. Weights that may move can learn the rest.

# %%
from fer_utils.evaluation.results import load_run, recorded_experiment

more = recorded_experiment("rare-classes")
there, back = ({way: figures.final(recorded_experiment(name), way) for way in lab.TRANSFER_METHODS}
               for name in figures.DIRECTIONS)
for size in lab.SIZES:
    frozen, tuned, scratch = (there[way][size] for way in lab.TRANSFER_METHODS)
    assert min(tuned) > max(frozen) and np.mean(tuned) > np.mean(scratch) - 0.01
assert min(there["frozen"][10]) > max(there["from scratch"][10]) + 0.3
assert 0.02 < np.mean(there["frozen"][50]) - np.mean(there["from scratch"][50]) < 0.15
assert min(there["from scratch"][200]) > max(there["frozen"][200]) + 0.05
assert max(there["from scratch"][200]) >= min(there["fine-tuned"][200])
assert np.mean(there["frozen"][200]) - np.mean(there["frozen"][50]) < 0.03

# %% [markdown]
# Back to the photographs, fine-tuned lies before frozen and frozen before random weights on average, and all is much
# lower. How much of that is the task, and how much the network, which is twelve times smaller, was not measured. With
# ten a class all three are less accurate than always saying the most common class, random weights at every size. All
# classes were learned equally often, and by macro F1 (chapter 04) all are above it.

# %%
for size in lab.SIZES:
    frozen, tuned, scratch = (np.mean(back[way][size]) for way in lab.TRANSFER_METHODS)
    assert tuned > frozen > scratch
happy_share = figures.common_share("transfer-to-photographs")
assert all(np.mean(back[way][10]) < happy_share for way in lab.TRANSFER_METHODS)
assert all(np.mean(back["from scratch"][size]) < happy_share for size in lab.SIZES)
evenly = [run["public_macro_f1"][-1] for way in lab.TRANSFER_METHODS for size in lab.SIZES
          for run in recorded_experiment("transfer-to-photographs")["histories"][way][str(size)]]
assert min(evenly) > 2 * happy_share / (1 + happy_share) / 7  # macro F1 of always saying happiness
plain = [run["accuracy"] for run in more["measured"]["nothing"]]
course.say(f"Fine-tuned from drawings with 200 photographs a class: {percent(np.mean(back['fine-tuned'][200]))}. "
           f"From random weights with {more['faces']:,} photographs (chapter 06): {percent(np.mean(plain))}.")

# %% [markdown]
# Why is it so hard? We did not measure it. Perhaps drawings hold too little variety: no hands, no hats, no profiles.
# Perhaps the small network is too small. Against random weights the drawings help all the same. And with 8,000
# photographs random weights got further than the drawings' start with 200 a class; fine-tuning with 8,000 was not
# tried.

# %% [markdown]
# If FER-2013 is at hand, the next cell repeats the frozen way back on your copy; else it says so.

# %%
from fer_utils import load_faces

photographs = load_faces(splits=("train", "public"))
if photographs.is_real:
    mini, known = load_network("squeezenet-mini"), photographs.train.labels
    chosen = few(known, per_class=200)
    seen, public = (transfer.features(mini, faces)
                    for faces in (photographs.train.images[chosen], photographs.public.images))
    curve = lab.head_curve(seen, known[chosen], public, photographs.public.labels, sizes=(10, 50, 200), seeds=(0,))
    print({size: f"{accuracy:.1%}" for size, (accuracy,) in curve.items()})
else:
    print("FER-2013 is not at hand; the recorded figures above are all there is.")

# %% [markdown]
# ## Watch it overfit
#
# The recorded runs also hold the way to the end: what the network got right of its few training faces, and of
# PublicTest.

# %%
course.show(*figures.histories(faces=50, way="fine-tuned"))

# %% [markdown]
# The dashed lines are the training faces, the solid ones PublicTest. Left they end near each other. Right they part:
# what the network gains on its own photographs, it gains only in part on others. The distance between the two is called
# the gap.
#
# **Predict, move, explain.** For each of the three ways, do more faces close the gap? And find a setting of the
# photographs in which PublicTest ends level with the training faces: was nothing learned by heart there?

# %%
figures.explore_histories()

# %% [markdown] tags=["answer"]
# From scratch, it learns its few faces by heart and little else. More drawings close most of that gap, more
# photographs only part. Fine-tuned with the most photographs, its own faces end about level with PublicTest. Three
# things may lower their count: dropout is on, the weights still move, and all classes count alike, where PublicTest
# holds more happy faces. The frozen head that it starts from is counted afterwards and without dropout, and gets far
# more of its own faces right than of PublicTest.

# %%
there_name, back_name = figures.DIRECTIONS
for way in lab.TRANSFER_METHODS:
    gaps = [(size, figures.gap(there_name, way, size), figures.gap(back_name, way, size)) for size in lab.SIZES]
    print(f"{way:13}", {size: f"{there_gap:.0%} there, {back_gap:.0%} back" for size, there_gap, back_gap in gaps})
assert figures.gap(there_name, "from scratch", 10) > 0.6 > 0.1 > figures.gap(there_name, "from scratch", 200)
assert figures.gap(back_name, "from scratch", 200) > 0.4 and abs(figures.gap(back_name, "fine-tuned", 200)) < 0.05
assert figures.gap(back_name, "frozen", 200) > 0.1

# %% [markdown]
# Since the ways are counted differently, compare the gap of one way with itself.

# %% [markdown]
# **Judge.** A clinic has twenty photographs of each of your seven classes, all of patients with weak expressions, and
# cannot take more. You may start from a body trained on FER-2013, from one trained on drawings, or from random weights,
# and train as much of it as you like. What do you do, in which order, and how will the clinic know whether it worked?

# %% [markdown] tags=["rubric"]
# A good answer
#
# - takes the body that has seen the most similar pictures, FER-2013's photographs;
# - trains a new head on stored features first, as it costs seconds, and fine-tunes from there with small steps;
# - keeps some of the faces apart before it begins, by patient, and chooses by these alone;
# - compares with always saying the most common class, and repeats over draws and seeds, since few faces spread widely;
# - says beforehand which result would mean "do not use it": back on photographs, with ten faces a class, no way had the
#   accuracy of a constant answer.

# %% [markdown]
# ## ImageNet
#
# The thesis took ResNet50 with ImageNet weights [3, 4], changed "the fully connected layers" and fine-tuned it. It
# reports that the network overfitted "extremely just after 20 epochs", and that dropout did not cure it; that
# EfficientNet [5] did better, overfitted slightly and kept a high loss (section 6.1). VGG16 from ImageNet overfitted
# too, and a VGG16 of its author's own, from random weights, "performed much better than the pre-trained one" (section
# 6.2). There are no figures and no curves.
#
# Two questions follow. Does a network from ImageNet overfit on these faces within some twenty epochs? And do random
# weights make the better start? One network cannot answer for all, but it can be asked.

# %% [markdown]
# Ours is **EfficientNet-Lite0**, the thesis's second choice made simpler for small devices. It is built of *blocks*. In
# each, filters of 1 by 1, which mix the channels of one place, make six times as many maps; a *depthwise* convolution
# has one filter for each map; and more filters of 1 by 1 make fewer maps again. The chapter builds it twice: for faces
# as they are, and for faces enlarged inside the model.

# %%
from fer_utils.networks import pretrained

small, large = pretrained.efficientnet_lite0_48(), pretrained.efficientnet_lite0()
for one in (small, large):
    print(f"{one.name:22} {one.count_params():,} parameters, {one.get_layer('scores').input.shape[-1]} features")
assert small.count_params() == large.count_params() and small.input_shape == large.input_shape

# %% [markdown]
# The parameters are the same, since a convolution does not care how large its maps are. Both take raw faces of 48
# pixels; the second enlarges them itself, so nobody can forget to. Why should that help?
#
# ### Exercise 3: what is left of 48 pixels
#
# The network halves its maps five times. Write the side of a map after so many halvings; an odd side is rounded up.

# %% tags=["exercise"]
def map_side(side, halvings):
    ...

# %% tags=["solution"]
def map_side(side, halvings):
    for _ in range(halvings):
        side = (side + 1) // 2
    return side

# %% tags=["check"]
checks.check_map_side(map_side)

# %% [markdown]
# For the 224 pixels of ImageNet's pictures the last map is $7 \times 7$. Ask Keras what is left of our faces, and
# compare with your function.

# %%
side_of = yours(map_side, checks.map_side)
left = {side: side_of(side, 5) for side in (48, 96)}
from fer_utils.edge.costs import multiply_adds

for one, side in ((small, 48), (large, 96)):
    last = one.get_layer("head_norm").output.shape[1:3]
    print(f"{side} pixels: the last map is {last[0]} x {last[1]}")
    assert last == (left[side], left[side])
assert round(sum(multiply_adds(large).values()) / sum(multiply_adds(small).values())) == 3

# %% [markdown]
# Enlarging adds no detail. It brings eyes and mouths nearer to the size that the filters were trained on, and a map of
# 3 by 3 has a middle, where one of 2 by 2 is all border. It costs three times the multiplications.
#
# **Think first.** Why not 224 pixels, the size this network was trained with?

# %% [markdown] tags=["answer"]
# It would be nearer still to what the filters know. But the cost grows with the area. 96 is our compromise, not a
# measured optimum.

# %% [markdown]
# ### Where the weights come from
#
# The ImageNet weights of this network are a file of 9 MB, which the course does not ship. The docstring of
# `fer_utils.networks.pretrained.load_imagenet_weights` says what it has to hold and what it can be made from; a test
# checks a filled network: it must recognize a cat, a cup of espresso and a rocket. These commands train the head, then
# the last blocks too, then everything, each from where the one before ended:
#
# ```
# python -m fer_utils train efficientnet-lite0-48 --recipe frozen --weights FILE
# python -m fer_utils train efficientnet-lite0-48 --recipe last-blocks --start runs/efficientnet-lite0-48-frozen-s0
# python -m fer_utils train efficientnet-lite0-48 --recipe fine-tuned --start runs/efficientnet-lite0-48-last-blocks-s0
# python -m fer_utils train efficientnet-lite0-48 --recipe from-random
# ```
#
# For 96 pixels the name is `efficientnet-lite0`, and the last two got `--epochs 8`, as an epoch takes twice as long and
# more.

# %% [markdown]
# The last command is for comparison: the same network from random weights, by the {{recipe}} of the third. The record
# of a run keeps what it began with (`initial_weights`), so that no run from scratch passes for a fine-tuned one. The
# thesis's ResNet50 and VGG16 have builders too, `resnet50` and `vgg16_imagenet`, for which Keras downloads the weights.

# %%
from fer_utils.course.chapter_08 import imagenet
from fer_utils.evaluation.results import first_weights
from fer_utils.training.recipes import different_fields

pairs = {side: [imagenet.run_of(side, way) for way in ("fine-tuned", "from-random")] for side in (48, 96)}
for tuned, scratch in pairs.values():
    assert not different_fields(tuned["recipe"], scratch["recipe"]) and tuned["seed"] == scratch["seed"]
    print(f"began with {first_weights(tuned)} and {first_weights(scratch)}, rate {tuned['recipe']['learning_rate']:g}")

# %% [markdown]
# **Predict.** Rank the ways by PublicTest before you look: a head on ImageNet's features alone, the last blocks,
# everything, and everything from random weights. And which of them gets most of its own training faces right?

# %%
course.say(imagenet.ways_table())

# %% [markdown]
# Each row is one run with one seed; minutes are those of this step alone. All scores are of the epoch that was best on
# PublicTest, on faces as they are. We choose by PublicTest; PrivateTest is the report, its brackets are the luck of the
# faces alone, and **macro F1** (chapter 04) is PrivateTest's, too.

# %%
def reached(side, way):
    return imagenet.run_of(side, way)["scores"]["public"]["accuracy"]

small_faces, large_faces = ([reached(side, way) for way in ("frozen", "last-blocks", "fine-tuned")]
                            for side in (48, 96))
for way, at_48, at_96 in zip(("head alone", "last blocks", "everything"), small_faces, large_faces):
    print(f"{way:12} {percent(at_48)} at 48 pixels, {percent(at_96)} at 96")
assert sorted(small_faces) == small_faces and sorted(large_faces) == large_faces
for side in pairs:
    head, blocks, everything, _ = (imagenet.run_of(side, way)["scores"]["train"] for way in imagenet.WAYS)
    assert head["accuracy"] < blocks["accuracy"] < everything["accuracy"]
assert all(at_96 > at_48 + 0.03 for at_48, at_96 in zip(small_faces[:2], large_faces))
assert all(happy_share + 0.15 < one < 0.5 for one in (small_faces[0], large_faces[0]))

# %% [markdown]
# Each step gets more right than the one before, at both sizes, of its own training faces too. Each also has more epochs
# behind it, so the table does not say how much the freedom did. A head alone is far above always saying happiness:
# ImageNet's features say something about expressions, though more than half of the faces stay wrong. With a head alone
# or the last blocks, 96 pixels got more right in the same epochs. The rows with everything free do not compare the
# sizes, since 48 pixels got almost three times as many epochs.

# %% [markdown]
# ### Does it overfit?

# %%
course.show(*imagenet.curves())

# %% [markdown]
# A row for each size. Left, dotted lines part the three steps; right, the arm from random weights. The dashed line
# counts training faces as training sees them, changed and with dropout on. The triangle counts them as they are, at the
# epoch that was kept: above left it lies far over the line of PublicTest.

# %%
def end(run):
    losses = [row["val_loss"] for row in run["history"]]
    return imagenet.overfitting_gap(run), int(np.argmin(losses)) + 1, losses[-1] - min(losses)

for side, runs in pairs.items():
    for start, run in zip(("ImageNet", "random weights"), runs):
        apart, lowest, rise = end(run)
        course.say(f"- {side} pixels, from {start}: Training is {100 * apart:.0f} points above PublicTest at the epoch "
                   f"that was kept. The loss of PublicTest is lowest after epoch {lowest} of {len(run['history'])} and "
                   f"then rises by {rise:.2f}.")
tuned, scratch = pairs[48]
assert end(tuned)[0] > 0.12 > 0.1 > end(scratch)[0] and end(tuned)[2] > 0.1 > end(scratch)[2]
assert all(end(one)[0] > end(other)[0] + 0.03 for one, other in pairs.values())
assert all(one["public_accuracy"] > other["public_accuracy"] + 0.03 for one, other in pairs.values())
assert end(scratch)[1] == len(scratch["history"]) - 1

# %% [markdown]
# So yes: from ImageNet this network overfits at 48 pixels. The gap is wide, and it becomes surer of its mistakes, which
# is what the rising loss says. (It had eleven epochs before these.) From random weights the gap is small, but its loss
# was lowest one epoch before the end: a turn may come later. The *accuracy* of ImageNet's on PublicTest stays above the
# other's all the same. The runs at 96 pixels end too early to say; there, too, ImageNet's gap is
# the wider one.
#
# ### Which start is better?

# %%
found = imagenet.from_imagenet_against_random()
for side, compared in found.items():
    course.say(imagenet.describe_comparison(side, compared))
assert [compared["told"] for compared in found.values()] == ["better", "better"]

# %% [markdown]
# Each side is one run, so how far seeds may lie apart is borrowed from the course's networks that have several; the
# intervals are widened for two comparisons. The last step is the same on both sides. But ImageNet's had eleven epochs
# before it, and one learning rate, which we did not vary, serves both. Random weights may want another (chapter 11),
# and many more epochs: with enough data and time they have caught up on other tasks [7].

# %% [markdown]
# The thesis says of its own VGG16 from random weights that it "performed much better than the pre-trained one". Here
# the order is the other way round. That is another network: the thesis changed the architecture together with the
# start, adding normalization and dropout, so its sentence does not tell which of the two helped. Ours keeps the
# architecture, and knows nothing of VGG16.
#
# Is this our best? Hold it against a smaller network that never saw ImageNet.

# %%
best = max((run for pair in pairs.values() for run in pair), key=lambda run: run["public_accuracy"])
tiny = load_run("squeezenet-fer-tiny")
assert best["scores"]["parameters"] > 10 * tiny["scores"]["parameters"]
assert tiny["public_accuracy"] > best["public_accuracy"] and first_weights(tiny) == "random"
course.say(f"PublicTest: {best['model']} at its best {percent(best['public_accuracy'])} with "
           f"{best['scores']['parameters']:,} parameters; {tiny['model']}, from random weights, "
           f"{percent(tiny['public_accuracy'])} with {tiny['scores']['parameters']:,}.")

# %% [markdown]
# The small one was trained much longer, by another recipe and with teachers (chapter 16). So ImageNet's start read more
# faces here, but the best PublicTest score came without it.

# %% [markdown]
# > **Limits.** One network of the EfficientNet family, one seed a side, one recipe with one learning rate, and epochs
# > chosen before the runs; ResNet50 and VGG16 from ImageNet were not run. So no figure here says what ImageNet is
# > worth for faces in general. Labels are noisy (chapter 03): a part of each accuracy is agreement with them.

# %% [markdown]
# ### MobileNet
#
# The thesis suggests MobileNet [6] to try next (section 8). Ours starts from random weights. It and `squeezenet-fer`
# were trained by one recipe, with one seed each.

# %%
from fer_utils.course.runs import describe_pair

mobile_run, squeeze_run = load_run("mobilenet-modern-s0"), load_run("squeezenet-fer-modern-s0")
assert mobile_run["complete"] and not different_fields(mobile_run["recipe"], squeeze_run["recipe"])
print(*(f"{run['model']}: {run['scores']['parameters']:,} parameters" for run in (mobile_run, squeeze_run)), sep="\n")
course.say(describe_pair(mobile_run["run"], squeeze_run["run"]))
assert mobile_run["scores"]["parameters"] > 2 * squeeze_run["scores"]["parameters"]
assert mobile_run["scores"]["private"]["accuracy"] < squeeze_run["scores"]["private"]["accuracy"]

# %% [markdown]
# With more than twice the parameters MobileNet is not ahead; the interval holds zero, even without the luck of seeds,
# so the two cannot be told apart.

# %% [markdown]
# ## Quiz
#
# Choose an answer; each has its feedback. The last question goes back to chapter 07.

# %%
course.quiz("08_pretrained_networks")
course.open_checks()

# %% [markdown]
# ## What you take away
#
# 1. *Body and head:* the body turns a face into features, the head weighs them; a new task needs a new head.
# 2. *Frozen:* compare all weights before and after.
# 3. *Features once:* with a frozen body a head is trained in a second on stored features.
# 4. *Choose:* a frozen body first, as it costs least; then fine-tune. Pretraining saved training where faces were few
#    and the old task near; with many drawings random weights overtook a frozen body.
# 5. *ImageNet:* of 48 pixels five halvings leave 2 x 2, so enlarge. From ImageNet ours overfitted, yet led random
#    weights; a small one, trained longer without it, got further.
#
# **Go further.** Freeze `squeezenet-fer-tiny` only up to `pool1`, then up to `pool2`, and fine-tune the rest on 50
# drawings a class. Where does a frozen layer begin to cost you?

# %% [markdown] tags=["references"]
# ## References
#
# 1. J. Yosinski, J. Clune, Y. Bengio, H. Lipson, *How transferable are features in deep neural networks?*, NeurIPS
#    2014, [arXiv:1411.1792](https://arxiv.org/abs/1411.1792).
# 2. A. Kumar and others, *Fine-tuning can distort pretrained features and underperform out-of-distribution*, ICLR 2022,
#    [arXiv:2202.10054](https://arxiv.org/abs/2202.10054).
# 3. K. He, X. Zhang, S. Ren, J. Sun, *Deep residual learning for image recognition*, CVPR 2016,
#    [arXiv:1512.03385](https://arxiv.org/abs/1512.03385).
# 4. O. Russakovsky and others, *ImageNet large scale visual recognition challenge*, International Journal of Computer
#    Vision 115, 2015, [arXiv:1409.0575](https://arxiv.org/abs/1409.0575).
# 5. M. Tan, Q. V. Le, *EfficientNet: rethinking model scaling for convolutional neural networks*, ICML 2019,
#    [arXiv:1905.11946](https://arxiv.org/abs/1905.11946).
# 6. A. G. Howard and others, *MobileNets: efficient convolutional neural networks for mobile vision applications*,
#    2017, [arXiv:1704.04861](https://arxiv.org/abs/1704.04861).
# 7. K. He, R. Girshick, P. Dollár, *Rethinking ImageNet pre-training*, ICCV 2019,
#    [arXiv:1811.08883](https://arxiv.org/abs/1811.08883).
# 8. S. Zima, bachelor's thesis, Brno University of Technology, 2024. Sections 6.1, 6.2 and 8.
#
# {{previous_next}}
