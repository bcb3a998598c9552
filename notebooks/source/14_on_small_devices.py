# %% [markdown]
# # On small devices: the same answers for less
#
# {{badges}}
#
# **Question.** What does one answer of a network cost, and how much of that can go before the answers change?
#
# **After this chapter you can**
#
# 1. count what a network costs, layer by layer: parameters, multiply-adds, memory,
# 2. fold a normalization into the convolution before it,
# 3. turn numbers into bytes and back, and compute a layer in whole numbers alone,
# 4. measure what rounding costs, and say when a difference cannot be told,
# 5. export a network of your own and judge what it fits into.
#
# **You need** chapters 04, 07, 09, 10 and 12. **Time:** about 75 minutes; the cells run in about a minute. **Data:**
# the banner's faces; the files that ship; recorded trials on FER-2013. **Source:** sections 4.3, 5.3, 6.3 and 8 of the
# thesis.

# %% tags=["bootstrap"]

# %%
from fer_utils import course

course.setup()

# %% [markdown]
# A network is trained once, on a large machine. Then it answers a million times, often on a small one: a telephone, a
# Raspberry Pi (a computer the size of a bank card), a **microcontroller** (the chip that runs a toaster). This chapter
# makes our networks fit them.

# %%
import numpy as np

from fer_utils import load_faces, load_network

faces = load_faces(splits=("train", "public"))
images, labels = (part[:350] for part in faces.public)
tiny = load_network("squeezenet-fer-tiny")
net = tiny if faces.is_real else load_network("squeezenet-mini")
print(net.name, f"{net.count_params():,} parameters")

# %% [markdown]
# `net` reads the faces of the banner. `tiny` is the course's small network for photographs. Its shipped file is taken
# apart below, whatever the faces.
#
# <details><summary>In the thesis</summary>
#
# Its aim is a network for "low-performance CPUs and embedded devices". It argues with size: it chooses SqueezeNet for
# its few parameters (4.3, 5.3) and compares files (6.3). Speed, working memory and a device are not measured. Section 8
# names the Raspberry Pi as future work; here is some of it.
#
# </details>

# %% [markdown]
# ## What costs what
#
# The number of {{parameters}} says how large the file is. Chapter 09 added **multiply-adds**: how much is computed. Two
# costs are missing. **Activations** are the numbers between the layers; they need working memory (RAM) while they wait.
# And every number has to be fetched and stored: **memory traffic**. The most bytes that are alive at one time is the
# **peak**; a device with less cannot run the network at all.
#
# `layer_costs` counts them from the shapes. We ask for bytes, one a number, as this chapter will store them.

# %%
from fer_utils.course.chapter_14 import figures
from fer_utils.edge.costs import layer_costs, total_costs
from fer_utils.edge.folding import fold
from fer_utils.text import percent

folded_tiny = fold(tiny)
rows = layer_costs(folded_tiny, number_bytes=1, fused=True)
course.show(*figures.costs(rows, "squeezenet-fer-tiny"))

# %% [markdown]
# Read the panels one below the other. The weights sit on the right, where maps are small and filters many. The work is
# spread. The memory is needed on the left, where maps are large: the steps at the start decide the peak.

# %%
total = total_costs(folded_tiny, number_bytes=1, fused=True)
first = [row for row in rows if row["shape"][0] >= 24]
early = {key: sum(row[key] for row in first) for key in ("weight_bytes", "multiply_adds")}
peak = max(rows, key=lambda row: row["live_bytes"])
assert peak in first and early["weight_bytes"] < 0.15 * total["weight_bytes"]
assert early["multiply_adds"] > 0.3 * total["multiply_adds"]
course.say(f"Steps on maps of 24 and more: {percent(early['weight_bytes'] / total['weight_bytes'], 0)} of the weights, "
           f"{percent(early['multiply_adds'] / total['multiply_adds'], 0)} of the multiply-adds. The peak, "
           f"{peak['live_bytes']:,} bytes, is at `{peak['layer']}`.")

# %% [markdown]
# So there is no one size. Fewer filters late make the file small; smaller maps early make the memory small.
#
# Traffic is the cost that a count of multiply-adds hides. Here is how many a kind of layer does for each byte that it
# moves.

# %%
for kind, side in (("1x1 convolution", 1), ("3x3 convolution", 3)):
    chosen = [row for row in rows if row["kind"] == "Conv2D" and row["shape"][0] > 1
              and folded_tiny.get_layer(row["layer"]).kernel.shape[0] == side]
    moved = sum(row["read_bytes"] + row["write_bytes"] + row["weight_bytes"] for row in chosen)
    print(f"{kind}: {sum(row['multiply_adds'] for row in chosen) / moved:4.0f} multiply-adds a byte")
rest = [row for row in rows if not row["multiply_adds"]]
share = sum(row["read_bytes"] + row["write_bytes"] for row in rest) / total["activation_bytes"]
print(f"others: none, and {share:.0%} of the traffic of activations")
assert share > 0.5

# %% [markdown]
# Pooling, adding and joining compute next to nothing and move most of it.
#
# ### Exercise 1: the work of a fire module
#
# A fire module (chapter 10) squeezes its `channels` into `squeeze` by 1x1 filters, and expands these twice: by 1x1
# filters into `expand1x1` channels, by 3x3 filters into `expand3x3`. Count the multiply-adds on maps of `height` times
# `width`. A convolution uses each weight once at every place; leave biases out.

# %% tags=["exercise"]
def fire_work(height, width, channels, squeeze, expand1x1, expand3x3):
    ...

# %% tags=["solution"]
def fire_work(height, width, channels, squeeze, expand1x1, expand3x3):
    places = height * width
    weights = channels * squeeze + squeeze * expand1x1 + 9 * squeeze * expand3x3
    return places * weights

# %% tags=["check"]
from fer_utils.course.chapter_14 import checks

checks.check_fire_work(fire_work)

# %% [markdown]
# Module `fire6` of `tiny` has 26, 72 and 72 filters on 144 channels. Your count (ours, until yours is written) has to
# be that of the list.

# %%
from fer_utils.course.chapter_14 import by_hand
from fer_utils.course.checks import yours

counted = yours(fire_work, by_hand.fire_multiply_adds)(12, 12, 144, 26, 72, 72)
listed = sum(row["multiply_adds"] for row in rows if row["layer"].startswith("fire6_") and "_se" not in row["layer"])
print(f"{counted:,} multiply-adds")
assert counted == listed

# %% [markdown]
# **Think first.** A doorbell answers too slowly. A colleague halves the filters of the last three modules, where most
# weights are. What will that do to file, time and peak?

# %% [markdown] tags=["answer"]
# The file shrinks much, since most weights are there. Time falls a little: those maps are small. The peak stays where
# it is, near the start. It is the wrong place for this trouble.

# %% [markdown]
# ## Fold what only multiplies and adds
#
# Behind each convolution of our networks stands a batch normalization. Chapter 07 folded one; here is why. In training
# it matters. Afterwards all that it does to a channel is fixed: subtract the mean $\mu$, divide by the deviation,
# multiply by $\gamma$, add $\beta$. With a factor $f = \gamma / \sqrt{\sigma^2 + \varepsilon}$ that is
#
# $$f\,(k * x + b - \mu) + \beta = (f k) * x + f\,(b - \mu) + \beta .$$
#
# On the right stands a plain convolution, with the kernel $f k$ and a new bias [1]. By hand, for $\gamma = 1.5$,
# $\sigma^2 + \varepsilon = 9$, $\mu = 2$, $\beta = 1$: the factor is $1.5 / 3 = 0.5$. A weight of 0.4 becomes 0.2, and
# a bias of 0 becomes $0.5 \cdot (0 - 2) + 1 = 0$.

# %% [markdown]
# ### Exercise 2: fold one channel
#
# Write it for one filter: `kernel` is an array, the other arguments are numbers. Give back the new kernel and the new
# bias, and leave the given kernel as it was.

# %% tags=["exercise"]
def fold_channel(kernel, bias, gamma, beta, mean, variance, epsilon):
    ...

# %% tags=["solution"]
def fold_channel(kernel, bias, gamma, beta, mean, variance, epsilon):
    factor = gamma / np.sqrt(variance + epsilon)
    return kernel * factor, (bias - mean) * factor + beta

# %% tags=["check"]
checks.check_fold_channel(fold_channel)

# %% [markdown]
# In a fire module the normalization stands behind the *concatenation* of both expands. Its first numbers belong to the
# channels of the 1x1 filters, the others to those of the 3x3 filters, so both can be folded. The exporters we tried did
# not see that; `fold` does. Is your first 3x3 filter its first 3x3 filter?

# %%
folded = fold(net)
place = net.get_layer("fire2_expand1x1").filters  # its numbers come first
norm, filters = net.get_layer("fire2_expand_norm"), net.get_layer("fire2_expand3x3").get_weights()[0]
numbers = [values[place] for values in norm.get_weights()]  # gamma, beta, mean, variance
kernel, bias = yours(fold_channel, by_hand.folded_channel)(filters[..., 0], 0.0, *numbers, norm.epsilon)
wanted_kernel, wanted_bias = folded.get_layer("fire2_expand3x3").get_weights()
assert np.allclose(kernel, wanted_kernel[..., 0], atol=1e-5) and np.isclose(bias, wanted_bias[0], atol=1e-5)

# %% [markdown]
# The same numbers. And the whole network answers as before, in fewer steps.

# %%
some = images[:50, ..., None].astype("float32")
before, after = (np.asarray(model.predict(some, verbose=0)) for model in (net, folded))
assert np.abs(before - after).max() < 1e-4
moved = [total_costs(model)["activation_bytes"] for model in (net, folded)]
course.say(f"{len(net.layers)} layers became {len(folded.layers)}, and {percent(1 - moved[1] / moved[0], 0)} of the "
           f"memory traffic went. The largest change of a probability is {np.abs(before - after).max():.0e}.")

# %% [markdown]
# ## A number in one byte
#
# A weight is a **float32**: four bytes, seven decimal digits. Do the answers need seven digits? An **int8** is one
# byte: a whole number from -128 to 127. To **quantize** is to write floats as such bytes. Two numbers say how:
#
# $$\text{value} = (\text{byte} - \text{zero point}) \cdot \text{scale} .$$
#
# The **scale** is the step from one byte to the next. The **zero point** is the byte that means 0, exactly, since
# padding is made of zeros. That is all of LiteRT's scheme [2].
#
# By hand: values from -3 to 1. Between 256 bytes lie 255 steps, so the scale is $4 / 255 \approx 0.0157$. The lowest
# byte, -128, is to mean -3, which lies $3 / 0.0157 \approx 191$ steps below 0. So the byte of 0 is $-128 + 191 = 63$.

# %% [markdown]
# ### Exercise 3: from a range to scale and zero point
#
# Write it: `low` and `high` give a scale and a zero point. Widen the range first where 0 is not in it.

# %% tags=["exercise"]
def scale_and_zero(low, high):
    ...

# %% tags=["solution"]
def scale_and_zero(low, high):
    low, high = min(low, 0), max(high, 0)
    scale = (high - low) / 255
    return scale, round(-128 - low / scale)

# %% tags=["check"]
checks.check_scale_and_zero_point(scale_and_zero)

# %% [markdown]
# ### Exercise 4: quantize
#
# Now the bytes themselves: divide by the scale, round, add the zero point. What falls outside of -128 to 127 is
# **clipped** to the nearest end.

# %% tags=["exercise"]
def quantize(values, scale, zero):
    ...

# %% tags=["solution"]
def quantize(values, scale, zero):
    return np.clip(np.rint(values / scale) + zero, -128, 127).astype(np.int8)

# %% tags=["check"]
checks.check_quantize(quantize)

# %% [markdown]
# There and back costs at most half a step, as long as nothing is clipped.

# %%
from fer_utils.edge.quantization import scale_and_zero_point

into_bytes = yours(quantize, by_hand.to_bytes)
scale, zero = yours(scale_and_zero, scale_and_zero_point)(-3, 1)
values = np.linspace(-3, 1, 1001)
back = by_hand.from_bytes(into_bytes(values, scale, zero), scale, zero)
assert np.abs(back - values).max() <= scale / 2 + 1e-9 and by_hand.from_bytes(zero, scale, zero) == 0
print(f"scale {scale:.4f}, zero point {zero}; at most {np.abs(back - values).max():.4f} off")

# %% [markdown]
# ### Failure gallery: a byte minus a byte
#
# The way back subtracts the zero point. Do it in bytes, and there is no byte for the result.

# %%
top = np.full(1, 127, np.int8)
wrong, right = top - np.int8(-128), top.astype(np.int32) - (-128)
print("in bytes:", wrong[0], "  in larger numbers:", right[0])
assert wrong[0] == -1 and right[0] == 255

# %% [markdown]
# White became darker than black. The symptom: *the largest values turn into the smallest*, and nothing complains.

# %% [markdown]
# ## One layer in whole numbers
#
# Now a real layer: the first convolution of the file that ships, `squeezenet-fer-tiny-int8.tflite`. LiteRT, the library
# that runs it (once called TensorFlow Lite), tells what the file holds.

# %%
from fer_utils.course.chapter_14 import quantization
from fer_utils.edge.litert import shipped_export

file = shipped_export("squeezenet-fer-tiny")
layer = quantization.first_layer(file)
print(f"a pixel: scale {layer.takes[0]:.4f}, zero point {layer.takes[1]}")
print(f"the kernel: {layer.kernel.shape} of {layer.kernel.dtype}, {len(layer.scales)} scales, zero point 0")
print(f"an answer: scale {layer.gives[0]:.4f}, zero point {layer.gives[1]}")

# %% [markdown]
# Each filter has a scale of its own; the next section says why. Weights have the zero point 0: their range, -127 to
# 127, is alike on both sides, which saves a subtraction for each product. Take one face, one place and the filter that
# answers most there. The products of bytes are added up in an **int32**, a whole number of four bytes, since one byte
# could not hold them. The bias is an int32 already.

# %%
theirs = quantization.first_maps(file, images[0])  # what LiteRT computes
one = int(theirs[21, 21].argmax())
face = into_bytes(images[0], *layer.takes)
window = face[20:23, 20:23].astype(np.int32) - layer.takes[1]
sum_32 = (window * layer.kernel[one, :, :, 0]).sum() + layer.bias[one]
meaning = sum_32 * layer.takes[0] * layer.scales[one]
print(f"filter {one}: nine products and the bias make {sum_32}, which means {meaning:.4f}")

# %% [markdown]
# A product of two numbers has the product of their scales. The next layer wants the scale of this layer's output, so
# the sum is multiplied once and rounded: it is **requantized**. Clipping at the zero point does the work of ReLU.

# %%
multiplier = layer.takes[0] * layer.scales[one] / layer.gives[0]
byte = int(np.clip(np.rint(sum_32 * multiplier) + layer.gives[1], layer.gives[1], 127))
print(f"our byte {byte}, LiteRT's {theirs[21, 21, one]}")
assert abs(byte - theirs[21, 21, one]) <= 1

# %% [markdown]
# And all places and filters at once, against what LiteRT itself computes. (On another processor it may round a tie the
# other way, hence "at most one".)

# %%
ours = quantization.requantized(quantization.sums(face, layer), layer)
assert ours.shape == theirs.shape and np.abs(ours.astype(int) - theirs).max() <= 1
course.say(f"Of {ours.size:,} bytes, **{(ours != theirs).sum()}** differ from LiteRT's.")

# %% [markdown]
# So an int8 file is no magic: products of bytes, a sum, one multiplication. What has been lost against floats?

# %%
import keras

convolve = keras.Model(folded_tiny.input, folded_tiny.get_layer("conv1_relu").output)
exact = np.asarray(convolve(images[:1, ..., None].astype("float32")))[0]
meant = by_hand.from_bytes(theirs, *layer.gives)
course.show(*figures.first_layer_maps(images[0], exact, meant))
assert np.mean(np.abs(meant - exact) <= layer.gives[0] / 2) > 0.6

# %% [markdown]
# The eye sees no difference. The histogram does: most errors lie within half a step of the output, and a few are
# larger, where the rounding of the weights shows.

# %% [markdown]
# ## A scale for each channel
#
# The weights of different filters reach differently far, all the more after folding, which multiplied each filter by a
# factor of its own.

# %%
name = "conv1"
weights = quantization.kernels(folded_tiny)[name]
course.show(*figures.channel_ranges(weights, name))

# %% [markdown]
# The first filter reaches more than three times as far as the middle one. With one scale for the whole layer (**per
# tensor**) the widest filter decides, and the others use few of their bytes.
# With a scale for each filter (**per channel**) every filter uses them all. It costs one number a filter.

# %%
errors = {}
for per_channel in (True, False):
    kept = quantization.rounded_weights(weights, per_channel=per_channel)
    errors[per_channel] = np.sqrt(np.mean((kept - weights) ** 2) / np.mean(weights ** 2))
print(f"error of the weights: {errors[True]:.2%} per channel, {errors[False]:.2%} per tensor")
reach = np.sort(np.abs(weights).max(axis=(0, 1, 2)))
assert errors[True] < errors[False] and reach[-1] > 3 * np.median(reach)

# %% [markdown]
# Does it matter for the answers? `tiny` was asked about FER-2013's PublicTest with weights of 8 down to 2 **bits**. A
# bit is a place that is 0 or 1; each bit less halves the numbers there are.

# %%
from fer_utils.evaluation.results import recorded_experiment

trial = recorded_experiment("quantization")
course.show(*figures.bits_curves(trial))

# %% [markdown]
# At 8 bits both lines touch the network as it was. With fewer they fall, the scales per channel later; with 2 both
# answer like a guess. How much of that is luck? The same faces are answered, so only faces count on which just one of
# the two is right (chapter 12).

# %%
from fer_utils.course.chapter_14 import trials
from fer_utils.text import table

cells = []
for way in ("per channel", "per tensor"):
    for bits in ("8", "6", "5", "4"):
        row = trial["by_bits"][way][bits]
        cells.append([way, bits, percent(row["accuracy"]), *trials.told(row)])
course.say(table(["scale", "bits", "PublicTest", "points from float32", "verdict"], cells, "lrrrl"))

# %% [markdown]
# “Cannot be told” means: a difference of that size comes from the luck of the faces alone, about once in twenty times
# or more often. So eight bits are not proved harmless; a loss of some tenths of a point would hide in there.

# %%
by_bits = trial["by_bits"]
for way in ("per channel", "per tensor"):
    assert trials.told(by_bits[way]["8"])[1] == "cannot be told" and trials.told(by_bits[way]["4"])[1] == "worse"
assert trials.told(by_bits["per tensor"]["6"])[1] == "worse"
assert trials.told(by_bits["per channel"]["6"])[1] == "cannot be told"

# %% [markdown]
# ### Failure gallery: a scale from an outlier
#
# One weight much larger than all others takes the range for itself. It happens: a channel that hardly ever varied in
# training has a tiny $\sigma$, and folding divides by it. We put one such weight into the weakest filter of one layer.

# %%
kernels = quantization.kernels(folded)
outlier = kernels["conv1"].copy()
weakest = np.abs(outlier).max(axis=(0, 1, 2)).argmin()
outlier[0, 0, 0, weakest] = 100 * np.abs(outlier).max()
used = len(np.unique(quantization.symmetric(outlier, per_channel=False)[0]))
course.say(f"With one scale for the layer, {used} of 255 numbers are in use.")
assert used < 12

# %% [markdown]
# What does that do to the answers? The outlier itself gets its old value back afterwards, so that only the rounding of
# the others counts.

# %%
def right_with(per_channel):
    rounded = quantization.rounded_weights(outlier, per_channel=per_channel)
    rounded[0, 0, 0, weakest] = kernels["conv1"][0, 0, 0, weakest]
    return trials.right_with(folded, kernels | {"conv1": rounded}, images, labels)

untouched = trials.right_with(folded, kernels, images, labels)
one_each, one_for_all = right_with(True), right_with(False)
print(f"untouched {untouched:.0%}, a scale per channel {one_each:.0%}, one scale {one_for_all:.0%}")
assert one_for_all < one_each - 0.1

# %% [markdown]
# Per channel only the one filter suffers, which did little anyway. The symptom: *a layer whose bytes take a handful of
# values*. Count them before you blame eight bits.
#
# What else can one do? Cut the range: let the largest byte stand for less than the largest weight. Few weights are
# clipped, and the steps become finer for all others.

# %%
course.show(*figures.few_bits(folded, images[:200], labels[:200], bits=4))

# %% [markdown]
# On the left the weights of the largest layer and what four bits leave of them; on the right what rounding changes.
# Predict, then move: with four bits, does a shorter range help or harm? With three? And what happens to the right
# picture when clipping sets in?

# %%
figures.explore_few_bits(folded, images[:200], labels[:200])

# %% [markdown] tags=["answer"]
# On the drawings a somewhat shorter range makes the errors spread less, and yet fewer faces are right, with four bits
# and with three. The few weights that are clipped are the largest, and they decide most. On the right, clipping shows
# as long tails. A small error of the weights is no promise about the answers: ask for those.

# %% [markdown]
# ## How far activations reach
#
# Weights are known; activations depend on the face. So a few training faces are shown to the float network, and how far
# each layer's numbers reach is written down. That is **calibration** (in chapter 12 the word has another
# meaning, for probabilities). The faces come from Training, since whatever is chosen by test faces is no longer tested
# by them (chapter 06).
#
# How many faces? Guess first. Here it is live, on `net`.

# %%
import tempfile
from pathlib import Path

from fer_utils.edge.export import export_float32

source = Path(tempfile.mkdtemp()) / "float32.tflite"
if trials.can_export():
    export_float32(net, source, names=True)
    floats = trials.LiteRTNetwork(source).predict(images).argmax(axis=1)
    for count in (1, 10, 100):
        bytes_ = trials.quantized_answers(source, trials.drawn(faces.train.images, count, 0), images)
        print(f"{count:3} faces: {np.mean(bytes_ == floats):.1%} of answers as in float32")
else:
    print("litert-quantizer is not here (pip install litert-quantizer, on Linux and macOS): see the recorded trial.")

# %% [markdown]
# And recorded, for `tiny` and all of PublicTest, with several draws of each number of faces. The range of a layer is
# either the *extremes* that were seen, or cut where the squared error is least.

# %%
course.show(*figures.calibration_dots(trial))

# %% [markdown]
# One face is too few, and which one matters: its extremes are not those of others. From 30 on no draw can be told from
# the float network by its accuracy. The right panel sees more, since agreement has less luck in it: it stays below
# 100 %, for that is the rounding itself. With 1,000 faces the plain extremes agree a little less on average: the more
# faces, the farther the farthest value, the coarser all steps. The draws overlap, so that is a hint and no more.

# %%
by_choice = trial["calibration"]
for choice, by_size in by_choice.items():
    single, many = by_size["1"], [draw for size in ("30", "100", "300", "1000") for draw in by_size[size]]
    assert all(trials.told(draw)[1] == "worse" for draw in single)
    assert all(trials.told(draw)[1] == "cannot be told" for draw in many)
    same = [draw["same"] for draw in many]
    assert max(draw["won"] for draw in many) > 0 and max(same) < 1
    print(f"{choice}: 1 face {percent(min(draw['accuracy'] for draw in single))} to "
          f"{percent(max(draw['accuracy'] for draw in single))}; from 30 on the same answer to "
          f"{percent(min(same))} to {percent(max(same))} of faces")
same = {choice: np.mean([draw["same"] for draw in by_size["1000"]]) for choice, by_size in by_choice.items()}
assert same["extremes"] < min(same["least error"], np.mean([draw["same"] for draw in by_choice["extremes"]["30"]]))

# %% [markdown]
# ### Failure gallery: an export nobody reloaded
#
# Somebody divides the calibration faces by 255, as chapter 06 did, and stores them as bytes again. All are black now.

# %%
from fer_utils.edge.export import ExportError, check_export, export
from fer_utils.edge.quantization import quantize as write_int8

black = (faces.train.images[:100] / 255).astype(np.uint8)
if trials.can_export():
    write_int8(source, source.with_name("black.tflite"), black)
    answers = trials.LiteRTNetwork(source.with_name("black.tflite")).predict(images).argmax(axis=1)
    print(f"{source.with_name('black.tflite').stat().st_size:,} bytes, no error")
    print(f"{np.mean(floats == labels):.0%} right before, {np.mean(answers == labels):.0%} after")
    assert np.mean(answers == floats) < 0.9

# %% [markdown]
# A file of plausible size, no warning. The symptom shows only *when the file is loaded again and asked about faces with
# known answers*. Other exporters fail as silently: to ONNX, another format, Keras writes a file that no program opens
# where a network holds random layers, and returns as if all were well. So the course's `export` reads every file back
# and keeps none that answers otherwise.

# %%
if trials.can_export():
    reread = trials.LiteRTNetwork(source.with_name("black.tflite")).predict
    try:
        check_export(net, reread, images[:100], "black.tflite", exact=False)
    except ExportError as error:
        print("refused:", error)

# %% [markdown]
# ## LiteRT in three lines
#
# To use a file takes no Keras and no TensorFlow, only the small package `ai-edge-litert`, which `load_litert` wraps.
# Load, ask, read.

# %%
from fer_utils.edge.litert import load_litert

quick = load_litert("squeezenet-fer-tiny")
probabilities = quick.predict(images[:1])
print(np.round(probabilities[0], 2), "sum", round(float(probabilities.sum()), 2))

# %% [markdown]
# The time from a face to its answer is the **latency**. Here it is for one face, on this computer and now, for the
# same network in three ways.

# %%
one = images[:1, ..., None].astype("float32")
times = {"Keras, predict": trials.milliseconds(lambda: tiny.predict(one, verbose=0)),
         "Keras, called": trials.milliseconds(lambda: tiny(one, training=False)),
         "LiteRT, int8": trials.milliseconds(lambda: quick.predict(images[:1]))}
print({way: f"{taken:.1f} ms" for way, taken in times.items()})
assert times["LiteRT, int8"] < min(times["Keras, predict"], times["Keras, called"])

# %% [markdown]
# Keras is made for batches: for each call it prepares much, and with one face that is nearly all of the time. What
# answers a camera should not call Keras. (These figures swing with whatever else the computer does. Measured with care
# they stand below.)
#
# ### Your own network
#
# The same for a network of yours. A run that you trained is exported by
# `python -m fer_utils export runs/NAME --int8`; in Python it is one call.

# %%
if trials.can_export():
    found = export(net, source.with_name("mine.tflite"), int8=True, calibrate_on=faces.train.images[:100],
                   compare_on=images[:100])
    print(f"{found['bytes']:,} bytes; the same emotion as Keras for {found['agreement']:.1%} of {found['faces']} faces")

# %% [markdown]
# ### Failure gallery: fractions for a file of bytes
#
# The file takes bytes and knows its scale. Feed it pixels between 0 and 1, as other programs want them.

# %%
fed = trials.answers_unchecked(quick, images[:40] / 255)
raw = trials.answers_unchecked(quick, images[:40].astype(float))
print(f"answers to 40 faces: {len(set(raw.argmax(axis=1)))} different emotions, with fractions "
      f"{len(set(fed.argmax(axis=1)))}")
assert len(set(fed.argmax(axis=1))) == 1 and np.ptp(fed, axis=0).max() < 0.3

# %% [markdown]
# A whole face fits into two steps of the input: black. The symptom is chapter 06's, *nearly the same answer to every
# face*. `predict` refuses such faces; the library beneath it does not.

# %% [markdown]
# ## Narrow and wide
#
# Bytes make a network smaller without a new training. The other way is fewer filters. The network of three fire modules
# was trained on photographs with a quarter to four times its filters.

# %%
widths = recorded_experiment("widths")
course.show(*figures.widths_curve(widths))

# %% [markdown]
# A dot is a network trained from one seed, the number above it its width; the band shows how far seeds scatter. What
# does each doubling of the filters buy? Again a gap counts only beyond the luck of seeds and faces.

# %%
from fer_utils.evaluation.comparison import compare_accuracies

reached, steps = widths["public_accuracy"], list(widths["public_accuracy"])
for narrow, wide in zip(steps, steps[1:]):
    found = compare_accuracies(reached[wide], reached[narrow], 3589, tried=len(steps) - 1)
    ratio = widths["multiply_adds"][wide] / widths["multiply_adds"][narrow]
    print(f"{narrow} to {wide}: {ratio:.1f} times the work, {100 * found['difference']:+.1f} points "
          f"({100 * found['low']:+.1f} to {100 * found['high']:+.1f}), {found['told']}")

# %% [markdown]
# The list says which gains can be told. Their price rises with the width: a filter looks at all channels before it, so
# that twice the filters come to nearly four times the work.

# %%
prices = [widths["multiply_adds"][wide] / widths["multiply_adds"][narrow] for narrow, wide in zip(steps, steps[1:])]
assert prices == sorted(prices) and 3 < prices[-1] < 4
assert compare_accuracies(reached[steps[-1]], reached[steps[0]], 3589)["told"] == "better"

# %% [markdown]
# ## Size, time and accuracy in one picture
#
# `python -m fer_utils benchmark` measures the forms of our networks and what others publish: the same faces, one face
# at a time, on one thread, in turns, so that a busy moment falls on all alike. This is its record, with the size of
# every other network of the course. (Four bytes a parameter where no file was timed.) PrivateTest was read to report,
# not to choose.

# %%
from fer_utils.course.chapter_14 import devices
from fer_utils.edge.benchmark import recorded_benchmark

record = recorded_benchmark()
points = devices.points(record)
course.show(*figures.size_latency_accuracy(points))

# %% [markdown]
# Up and to the left is better in both panels. The bars are two errors of the luck of faces; the seeds, not drawn, add
# to it. Read the right panel first: the same network answers one face much sooner in LiteRT than through Keras. On the
# left its bytes take less than a third of its floats, at the same height as far as the bars can tell. Whether bytes are
# also sooner than floats depends on the processor: compare the two below.

# %%
by_form = {(point["name"], point["group"]): point for point in points}
for size in ("deep", "tiny"):
    keras_, bytes_form = by_form[size, "ours, Keras"], by_form[size, "ours, LiteRT int8"]
    floats_form = by_form[size, "ours, LiteRT float32"]
    assert keras_["ms"] > 5 * bytes_form["ms"] and bytes_form["bytes"] < floats_form["bytes"] / 3
    course.say(f"{size}: {keras_['ms']:.1f} ms through Keras; in LiteRT {floats_form['ms']:.2f} ms in floats, "
               f"{bytes_form['ms']:.2f} ms in bytes.")
course.say(f"Measured on {record['machine']}, {record['date']}.")

# %% [markdown]
# The triangles are what others publish, asked about the same cut-out faces. Some learned from FER-2013, too; the record
# says which. Is one of them ahead of `tiny` as bytes?

# %%
tiny_bytes = by_form["tiny", "ours, LiteRT int8"]
for point in points:
    if point["group"] == "others":
        smaller, sooner = point["bytes"] < tiny_bytes["bytes"], point["ms"] < tiny_bytes["ms"]
        print(f"{point['name']:12} {percent(point['accuracy'])}, {'smaller' if smaller else 'larger'}, "
              f"{'sooner' if sooner else 'later'} than tiny's {percent(tiny_bytes['accuracy'])}")
        luck_of_faces = np.sqrt(sum(p["accuracy"] * (1 - p["accuracy"]) / p["n"] for p in (point, tiny_bytes)))
        assert tiny_bytes["accuracy"] - point["accuracy"] > 2 * luck_of_faces

# %% [markdown]
# In accuracy none, beyond the luck of faces; in size or time some are. Which point is best depends on what the device
# lacks.

# %% [markdown]
# An accuracy alone hides which faces pay. Here are the shipped files beside the networks they were made from.

# %%
from fer_utils.evaluation.exported_runs import load_export
from fer_utils.evaluation.intervals import told

exports = {size: load_export(f"squeezenet-fer-{size}") for size in ("tiny", "deep")}
course.say(devices.exports_table(exports))
for export_ in exports.values():
    assert told(*devices.against_its_network(export_)[1:]) == "cannot be told"

# %% [markdown]
# The points are counted face by face, with their 95 % interval: a loss that small cannot be told. Look at the last
# column all the same, the recall that moved most: a mean hides what happens to one emotion.

# %% [markdown]
# ## What fits
#
# A small Raspberry Pi, the Zero 2 W, has 512 MB of memory [3], and all of this fits many times over; there time counts.
# A microcontroller has a hundredth to a thousandth of a telephone's memory [6].
#
# A microcontroller keeps weights and program in its **flash** memory and all that changes in RAM. Its interpreter,
# TensorFlow Lite Micro, asks for one piece of RAM, the **arena**, in which activations take turns. It also runs on a
# computer and says what it takes. So the arenas below are measured, and the boards' memory is the makers'.

# %%
course.say(devices.fits_table(exports))
micro = exports["tiny"]["scores"]["micro"]
arena = micro["arena_bytes"]
assert arena["total"] == arena["activations"] + arena["kept"] > total["peak_bytes"]
course.say(f"Of tiny's arena {arena['activations']:,} bytes are activations (counted above: {total['peak_bytes']:,}), "
           f"{arena['kept']:,} the interpreter's own. Asked about PrivateTest it is right for "
           f"{percent(micro['accuracy'])}, and says what LiteRT says for {percent(micro['alike'])} of the faces: it "
           "rounds some sums otherwise.")

# %% [markdown]
# What is left has to hold the camera's picture, the stack and the rest of the program. **No board was at hand**: what
# the file takes and answers was measured with the board's interpreter on a computer; how long a board takes was not
# measured at all. A skeleton of the firmware for an ESP32-S3 lies in `data/firmware`. We looked for
# published networks that read FER-2013 within a quarter of a megabyte of RAM, and found none with a higher accuracy;
# which does not say that there is none.
#
# **Limits.** Cheap is not the same as right. The labels are noisy (chapter 03), a shown expression is no feeling
# (chapter 01), and what runs unseen in a toy can watch people who never agreed. Chapter 15 asks first.

# %% [markdown]
# **Judge.** A museum wants a panel that lights up when somebody smiles at it, with a Raspberry Pi Pico 2 behind the
# frame, and asks you to promise "right more than nine times in ten". Which network and form do you take? What do you
# measure before you promise anything, and what do you refuse to promise?

# %% [markdown] tags=["rubric"]
# A good answer
#
# - compares arena and file with the chip's memory, and leaves room for the camera's picture and the rest of the
#   program,
# - asks for the latency on that very board, since nothing here was measured on one,
# - sees that a smile is one question of two answers, so that the accuracy over seven classes is not the figure asked
#   for: it takes recall and precision of happiness, on faces like the visitors',
# - measures the quantized file, on the detector's own cuts, not the float network on FER-2013,
# - refuses a promise about what people *feel*, and says what happens to the pictures: none leaves the chip.

# %% [markdown]
# ## Quiz
#
# Choose an answer; each has its feedback. The last question goes back to chapter 09.

# %%
course.quiz("14_on_small_devices")
course.open_checks()

# %% [markdown]
# ## What you take away
#
# 1. *Cost* has several sides: weights late, work in between, the peak of memory early, traffic everywhere.
# 2. *Folding* gives a convolution its normalization's factor and shift: the same answers in fewer steps.
# 3. *A byte* means (byte - zero point) times scale. Products are added as int32 and requantized; we met LiteRT's own
#    bytes.
# 4. *Rounding* to 8 bits changed the accuracy by less than can be told; with fewer bits it can, sooner with one scale
#    for all.
# 5. *Export*, read back, compare; then hold file and arena against the device, and measure there.
#
# **Go further.** Put the size of the face into the account: what do 40 or 32 pixels a side save in peak memory, and
# what do they cost (chapter 03 has the trial of fewer pixels)?

# %% [markdown] tags=["references"]
# ## References
#
# 1. B. Jacob and others, *Quantization and training of neural networks for efficient integer-arithmetic-only
#    inference*, CVPR 2018, [arXiv:1712.05877](https://arxiv.org/abs/1712.05877). Its summary was read.
# 2. TensorFlow, *LiteRT 8-bit quantization specification*,
#    [tensorflow.org](https://www.tensorflow.org/lite/performance/quantization_spec).
# 3. Raspberry Pi, *Documentation: computers, introduction*,
# [github.com](https://github.com/raspberrypi/documentation/blob/develop/documentation/asciidoc/computers/raspberry-pi/introduction.adoc).
# 4. Espressif, *ESP-IDF programming guide: support for external RAM*,
#    [docs.espressif.com](https://docs.espressif.com/projects/esp-idf/en/v5.3.1/esp32s3/api-guides/external-ram.html).
#    It says "a few hundred kilobytes"; 512 KB is what other pages say, the maker's data sheet could not be read.
# 5. Arduino, *Nano 33 BLE Sense Rev2, datasheet*,
#    [github.com](https://github.com/arduino/docs-content/pull/1898/files).
# 6. J. Lin and others, *MCUNet: tiny deep learning on IoT devices*, NeurIPS 2020,
#    [arXiv:2007.10319](https://arxiv.org/abs/2007.10319). Its summary was read.
# 7. S. Zima, bachelor's thesis, Brno University of Technology, 2024. Sections 4.3, 5.3, 6.3 and 8.
#
# {{previous_next}}
