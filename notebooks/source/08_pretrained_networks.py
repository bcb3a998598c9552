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
# **You need** chapter 07. **Time:** about 60 minutes; the cells run in about a minute.
# **Data:** the bundled drawings, whatever the banner names; FER-2013 in one cell and in recorded runs. **Source:**
# section 6.1 of the thesis; [1].

# %% tags=["bootstrap"]

# %%
from fer_utils import course

course.setup()

# %% [markdown]
# The thesis begins its experiments with two networks of others: ResNet50, trained on ImageNet, and EfficientNet, of
# which it does not say how it began. A network trained on ImageNet knows a million photographs of dogs, cups and ships,
# and no single expression. This chapter first tries the same step with weights that come with the course, and then
# turns to ImageNet.

# %%
import keras
import numpy as np

from fer_utils import load_network, load_schematic, predict_probabilities
from fer_utils.course.chapter_08 import figures

# %% [markdown]
# ## A stranger's first look
#
# `squeezenet-fer-deep` was trained on the photographs of FER-2013. It has never seen a drawing. Here is what it says to
# seven drawn faces.

# %%
drawings = load_schematic(splits=("train", "public"))
shown, truth = drawings.public
net = load_network("squeezenet-fer-deep")
answers = predict_probabilities(net, shown)
course.show(*figures.answered_faces(shown, truth, answers))

# %% [markdown]
# Above each face stands what it shows, and after the arrow what the network answers. One face a class proves nothing,
# so count over all of the drawings' {{PublicTest}}.

# %%
unchanged = np.mean(answers.argmax(axis=1) == truth)
common = figures.common_share("transfer-to-drawings")
print(f"right: {unchanged:.1%}; always the most common class: {common:.1%}")
assert unchanged > 2 * common

# %% [markdown]
# More than twice as good as a guess, without a single drawing to learn from. What it learned about mouths and brows in
# photographs holds, to a degree, for drawn ones. The question is how to keep that and repair the rest.

# %% [markdown]
# ## Body and head
#
# The last layer of the network is a dense layer with seven scores. It is the **head**; everything below it is the
# **body**. The body turns a face into a row of numbers, its **features**, and the head only weighs and adds these.

# %%
from fer_utils.course.checks import answered
from fer_utils.networks import transfer

head, body = transfer.head_of(net), transfer.body_of(net)
channels = head.input.shape[-1]
print(f"body {body.count_params():,} parameters, {channels} features, head {head.count_params():,} parameters")
assert head.count_params() == (channels + 1) * 7
assert body.count_params() > 300 * head.count_params()

# %% [markdown]
# Nearly all of the network is body. The first layers of a body find edges and patches, which serve any picture; later
# ones are made for the task. Features therefore transfer the better, the nearer the new task is to the old one [1].
#
# ### Exercise 1: a new head
#
# So far our networks were rows of layers. They need not be: a layer that is called on a tensor gives the next tensor,
# and `keras.Model(start, end)` is the network of all that lies between two tensors.

# %%
start = keras.Input((4,))
end = keras.layers.Dense(3, activation="softmax")(start)
assert keras.Model(start, end).output_shape == (None, 3)

# %% [markdown]
# Write a function that takes a network whose last dense layer is called `scores`, and returns a Keras model with the
# same body, frozen, and a new head of `classes` probabilities.

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
copied = transfer.with_new_head(net)
happy = new_head(copied, 2) if answered(new_head) else transfer.freeze(transfer.with_new_head(copied, classes=2))
moving = sum(int(np.prod(v.shape)) for v in happy.trainable_variables)
print(f"answers {happy.output_shape}, {moving} of {happy.count_params():,} parameters are trained")
assert moving == (channels + 1) * 2

# %% [markdown]
# ## Frozen, and proved
#
# "Frozen" is a promise that is easily broken: a layer forgotten, a model not compiled again, a normalization that goes
# on averaging. So compare all weights before and after.
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
moved = which_moved(before, transfer.snapshot(copy)) if answered(which_moved) else transfer.moved(copy, before)
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
# The two agree. And fifty drawings a class have lifted the network far above its first look, though its body has not
# seen one.
#
# **Think first.** How much of this is what the body has *learned*? Two controls, with the same head: on the pixels
# themselves, as 16 by 16 means of each face; and on the features of the same body with random weights, as it was before
# any training. How many faces a class do they need to catch up with two faces a class on learned features?

# %% [markdown] tags=["answer"]
# More than fifty: in the range measured below, neither does. Random convolutions give the head a little more than
# pixels do at best. So it is not the shape of the network that makes the features good, but what it has learned.

# %%
from fer_utils import build_network
from fer_utils.course.resolution import shrink

keras.utils.set_random_seed(0)
untrained = build_network("squeezenet-fer-deep")
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
# the right end they are the same faces. The random weights are one draw. The next cell puts the distances into a
# sentence.

# %%
learned, random, raw = ({size: np.mean(found) for size, found in curve.items()} for curve in curves.values())
assert learned[50] > learned[10] > learned[2] > max(raw[50], random[50])
course.say(f"With **two** faces a class the learned features give {learned[2]:.0%}; with **fifty**, pixels give "
           f"{raw[50]:.0%} and random features {random[50]:.0%}.")

# %% [markdown]
# This is the case for pretrained networks in one figure: two examples with good features are worth more than fifty
# without. Below some size, a simple head does not make up for what the body would have to know.

# %% [markdown]
# ## Fine-tuning
#
# Freezing everything is the cautious choice. The other is to let some or all of the body move as well, from where it
# stands: **fine-tuning**. Two habits protect what the body knows. Train the head first, since a random head sends
# random gradients down into the body [2]; and take small steps. Here the last three fire modules may move.

# %%
some = few(labels[fifty], per_class=10)
first = lab.train_head(x[some], labels[fifty][some])
transfer.freeze(lab.put_head(copy, first), until="fire11_expand_relu")
before = transfer.snapshot(copy)
copy.compile(keras.optimizers.Adam(3e-4), "categorical_crossentropy", metrics=["accuracy"], run_eagerly=True)
faces, targets = images[fifty][some, ..., None], one_hot(labels[fifty][some])
log = copy.fit(faces, targets, batch_size=32, epochs=3, verbose=0).history

# %% [markdown]
# Only 70 faces, three epochs. Again the weights say what has moved, and PublicTest what came of it.

# %%
parts = {path.split("/")[0].split("_")[0] for path in transfer.moved(copy, before)}
assert len(some) == 70 and parts == {"fire12", "fire13", "fire14", "scores"}
start = lab.head_accuracy(public_x, truth, first)
end = np.mean(predict_probabilities(copy, shown).argmax(axis=1) == truth)
course.say(f"Moved: {', '.join(sorted(parts))}. In the last epoch {log['accuracy'][-1]:.0%} of the 70 faces were "
           f"right. PublicTest: {start:.1%} before, {end:.1%} after. One draw, one seed: a demonstration, no result.")

# %% [markdown]
# The distance between the training faces and PublicTest is {{overfitting}}, and no wonder: more than half a million
# weights, and 70 faces. Whether PublicTest gains, one draw and three epochs cannot say. The next section has the runs
# that can.

# %% [markdown]
# ## Three ways, recorded
#
# One run proves little, so these are recorded: 10, 50 and 200 faces a class (for rare classes, as many drawings as
# there are), three {{seeds}}, three ways. *Frozen* trains a head on features; *fine-tuned* goes on from there with all
# weights; *from scratch* starts from random weights and gets several times as many epochs. No way changes or mirrors
# the faces.
#
# The left panel carries `squeezenet-fer-deep` over to the drawings; there the rival from scratch is the small
# `squeezenet-mini`. The right panel goes **back**: `squeezenet-mini`, trained on drawings, is carried over to
# photographs, and the rival is the same network.
#
# **Predict.** Draw both panels before you look. Is the way back as easy?

# %%
course.show(*figures.three_ways())

# %% [markdown]
# Left, everything goes as promised. Right, the three ways lie close together, and low.

# %%
for direction in figures.DIRECTIONS:
    course.say(figures.describe_ways(direction))

# %% [markdown]
# To the drawings, the order is the same with any number of faces: fine-tuned before frozen before from scratch. With
# ten a class the seeds of the first two overlap; from fifty on the ranges do not touch, and those from scratch lie far
# below everywhere. For a yardstick, there is the published run of the small network on *all* drawings.

# %%
from fer_utils.evaluation.results import load_run, recorded_experiment
from fer_utils.text import percent

there, back = ({way: figures.final(recorded_experiment(name), way) for way in lab.TRANSFER_METHODS}
               for name in figures.DIRECTIONS)
for size in lab.SIZES:
    frozen, tuned, scratch = (there[way][size] for way in lab.TRANSFER_METHODS)
    assert np.mean(tuned) > np.mean(frozen) and min(frozen) > max(scratch)
    assert size == 10 or min(tuned) > max(frozen)
whole = load_run("squeezenet-mini")
course.say(f"`squeezenet-fer-deep`, fine-tuned with 50 drawings a class, reaches "
           f"{percent(np.mean(there['fine-tuned'][50]))} on average. "
           f"`squeezenet-mini`, trained from random weights on all {whole['data']['train']:,} for "
           f"{len(whole['history'])} epochs and with augmentation, reaches {percent(whole['public_accuracy'])}.")

# %% [markdown]
# Back to the photographs the order is the same from 50 faces a class on, and all is much lower. Most of that is the
# task: `squeezenet-mini` from random weights, with 200 faces a class, is right far more often on drawings than on
# photographs. With ten a class, none of the three beats always saying the most common class, on average.

# %%
for size in (50, 200):
    frozen, tuned, scratch = (np.mean(back[way][size]) for way in lab.TRANSFER_METHODS)
    assert tuned > frozen > scratch
assert all(np.mean(back[way][10]) < figures.common_share("transfer-to-photographs") for way in lab.TRANSFER_METHODS)
assert np.mean(there["from scratch"][200]) > 3 * np.mean(back["from scratch"][200])  # from random weights
more = recorded_experiment("rare-classes")
plain = [run["accuracy"] for run in more["measured"]["nothing"]]
course.say(f"Fine-tuned from drawings with 200 photographs a class: {percent(np.mean(back['fine-tuned'][200]))}. "
           f"From random weights with {more['faces']:,} photographs (chapter 06): {percent(np.mean(plain))}.")

# %% [markdown]
# Drawings teach what a drawn mouth looks like. They hold no hands, no hats, no profiles, and only as much variety as
# somebody thought of; photographs hold all of it, and a body that has seen them is prepared for drawings too. The two
# networks also differ in size, which may be part of the distance. Against random weights the drawings help all the
# same. What helps the small one most is plain: more of the right faces.

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
# **Predict, move, explain.** For each of the three ways, do more faces close the gap? And find a setting in which
# PublicTest ends above the training faces: was nothing learned by heart there?

# %%
figures.explore_histories()

# %% [markdown] tags=["answer"]
# From scratch, it learns its few faces by heart and little else. More drawings close most of that gap, more photographs
# only part. Fine-tuned with the most photographs, its own faces end below PublicTest, and that comes from the counting:
# they are counted with dropout on, while the weights move, and all classes alike, where PublicTest holds more happy
# faces. The frozen head that it starts from is counted afterwards and without dropout, and gets far more of its own
# faces right than of PublicTest.

# %%
there_name, back_name = figures.DIRECTIONS
for way in lab.TRANSFER_METHODS:
    gaps = [(size, figures.gap(there_name, way, size), figures.gap(back_name, way, size)) for size in lab.SIZES]
    print(f"{way:13}", {size: f"{there_gap:.0%} there, {back_gap:.0%} back" for size, there_gap, back_gap in gaps})
assert figures.gap(there_name, "from scratch", 10) > 0.7 > 0.2 > figures.gap(there_name, "from scratch", 200)
assert figures.gap(back_name, "from scratch", 200) > 0.4 and figures.gap(back_name, "fine-tuned", 200) < 0
assert figures.gap(back_name, "frozen", 200) > 0.1

# %% [markdown]
# A word of care: fine-tuned faces are counted while the network learns, with dropout on, and frozen ones after it, so
# compare the gap of one way with itself.

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
# - says beforehand which result would mean "do not use it": back on photographs, ten faces a class helped nobody.

# %% [markdown]
# ## ImageNet
#
# The thesis took ResNet50 with ImageNet weights [3, 4], changed "the fully connected layers", and fine-tuned it. It
# reports that the network overfitted extremely after only 20 epochs, and still did with dropout; that EfficientNet [5]
# did better, overfitted slightly and kept a high loss; and that both were too large for its aim (section 6.1). It gives
# no figures and no curves.
#
# The course has builders for these, for VGG16 from ImageNet (section 6.2) and for MobileNet [6], which the thesis
# suggests to try next. Built without weights, they can be counted anywhere.

# %%
from fer_utils.networks import pretrained as applications

keras.config.disable_interactive_logging()  # no progress bars of downloads in the page
resnet, vgg = applications.resnet50(weights=None), applications.vgg16_imagenet(weights=None)
mobile = applications.mobilenet()
for one in (resnet, vgg, mobile):
    print(f"{one.name:15} {one.count_params():>11,} parameters, {one.get_layer('scores').input.shape[-1]} features")

# %% [markdown]
# > **Note.** Section 6.2 moves on from these "to a smaller" VGG16. With a head that averages, as counted above, the
# VGG16 that it > fine-tunes first is smaller than ResNet50; the one that it keeps has fewer layers, but more
# parameters.

# %%
from fer_utils.evaluation.results import THESIS

assert vgg.count_params() < resnet.count_params() < THESIS["vgg16"]["parameters"]
print(f"VGG16 of the thesis {THESIS['vgg16']['parameters']:,}, ResNet50 {resnet.count_params():,}")

# %% [markdown]
# ### Exercise 3: what is left of 48 pixels
#
# ResNet50 halves its maps five times. Write the side of a map after so many halvings; an odd side is rounded up.

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
# So ResNet50 would end with a $2 \times 2$ map of a 48-pixel face, where it was made for $7 \times 7$. Ask Keras, for
# faces as they are and for faces inside our builder, and compare with your function.

# %%
plain = keras.applications.ResNet50(include_top=False, weights=None, input_shape=(48, 48, 3))
inside = resnet.get_layer("conv5_block3_out").output
print("48 pixels:", plain.output_shape[1:3], " in our builder:", tuple(inside.shape[1:3]))
left = {side: map_side(side, 5) if answered(map_side) else -(-side // 2**5) for side in (48, 96)}
assert plain.output_shape[1:3] == (left[48], left[48]) and inside.shape[1:3] == (left[96], left[96])
assert resnet.input_shape[1:] == (48, 48, 1) and resnet.get_layer("resize").output.shape[1:3] == (96, 96)

# %% [markdown]
# Our builder enlarges the face to 96 pixels **inside** the model, so that faces come in raw as everywhere in this
# course, and nobody can forget it. Enlarging adds no detail. It brings eyes and mouths nearer to the size that the
# filters were trained on, and leaves a map with a place that does not touch the border. It costs four times the
# multiplications.
#
# **Think first.** Why not 224 pixels, the size these networks were trained with?

# %% [markdown] tags=["answer"]
# It would be nearer still to what the filters know, and published work on FER-2013 often does it. But the cost grows
# with the area, and all of the added pixels are interpolated. 96 is our compromise, not a measured optimum.

# %% [markdown]
# Do the weights load here? They come the ordinary Keras way: from the folder in `KERAS_HOME` if they are there, else
# over the network, once. Where that fails, the builder says so in one sentence and starts from random weights;
# `initial_weights` and the record of a run keep which it was, so that no run from scratch passes for a fine-tuned one.

# %%
import warnings

with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    efficient = applications.efficientnet_b0()
print(efficient.initial_weights, *[one.message for one in said if "ImageNet" in str(one.message)], sep="\n")
assert efficient.initial_weights in ("imagenet", "random")

# %% [markdown]
# With ImageNet weights, EfficientNet's features of the drawings can stand beside those of `squeezenet-fer-deep`. With
# random ones there is nothing to compare, and the cell says so.

# %%
if efficient.initial_weights == "imagenet":
    seen, public = transfer.features(efficient, images[fifty]), transfer.features(efficient, shown)
    found = lab.head_curve(seen, labels[fifty], public, truth, sizes=(2, 10, 50))
    course.say("A head on EfficientNet's ImageNet features: " + ", ".join(
        f"{np.mean(row):.0%} with {size} a class" for size, row in found.items()) + ".")
else:
    course.say("The weights are random here, so nothing is said about ImageNet.")

# %% [markdown]
# And FER-2013 itself? A run of these networks takes hours on a processor. What is published so far:

# %%
names = ["resnet50", "efficientnet-b0", "vgg16-imagenet", "mobilenet"]
course.say(figures.describe_networks(names))

# %% [markdown]
# MobileNet starts here from random weights, as SqueezeNet does. The two were trained by one {{recipe}}, with one seed,
# so they can be compared face by face.

# %%
from fer_utils.training.recipes import different_fields
from fer_utils.course.runs import describe_pair

mobile_run, squeeze_run = load_run("mobilenet-modern-s0"), load_run("squeezenet-fer-modern-s0")
assert mobile_run["complete"] and not different_fields(mobile_run["recipe"], squeeze_run["recipe"])
print(*(f"{run['model']}: {run['scores']['parameters']:,} parameters" for run in (mobile_run, squeeze_run)), sep="\n")
course.say(describe_pair(mobile_run["run"], squeeze_run["run"]))
assert mobile_run["scores"]["parameters"] > 2 * squeeze_run["scores"]["parameters"]
assert mobile_run["scores"]["private"]["accuracy"] < squeeze_run["scores"]["private"]["accuracy"]

# %% [markdown]
# With more than twice the parameters MobileNet is not ahead; the interval holds zero, so the two cannot be told apart.
# It was drawn for pictures of 224 pixels, `squeezenet-fer` for ours. Whether a larger input, a longer training or
# ImageNet weights would turn the order, one run of each cannot say.
#
# Where it says "not yet trained", the course has no opinion on the thesis's finding: its overfitting after 20 epochs is
# quoted, not shown. That it *can* happen you have seen above, on few faces. Whether pretraining helps in the end
# depends on how much data there is: with enough of it, and enough time, networks from random weights have caught up on
# other tasks [7].

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
# 2. *Frozen:* compare all weights before and after, running averages too.
# 3. *Features once:* with a frozen body a head is trained in a second on stored features.
# 4. *Choose:* a frozen body with a new head first, it takes seconds; then fine-tune, which was better with any number
#    of drawings; a body trained on something simpler beats random weights.
# 5. *ImageNet:* enlarge inside the model, load the ordinary way, and record which weights a run began with.
#
# **Go further.** Freeze `squeezenet-fer-deep` only up to `pool1`, then up to `pool2`, and fine-tune the rest on 50
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
