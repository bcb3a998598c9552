# %% [markdown]
# # Convolutional networks: from pixels to seven probabilities
#
# {{badges}}
#
# **Question.** What does a convolutional network do to a face between its pixels and its answer?
#
# **After this chapter you can**
#
# 1. write convolution, pooling and softmax in NumPy, and check that Keras computes the same,
# 2. carry a gradient back through these layers, and train a convolutional network without a library,
# 3. measure where a gradient vanishes, and what brings it back,
# 4. say why maps are normalized, how, and what is left of it in use,
# 5. compute how much of a face one unit sees.
#
# **You need** chapters 04 and 06. **Time:** about 90 minutes; the cells run in under a minute. **Data:** the faces the
# banner names. **Source:** sections 3.6, 4.4.1, 5 and 5.2 of the thesis [1].

# %% tags=["bootstrap"]

# %%
from fer_utils import course

course.setup()

# %% [markdown]
# One face goes with us all the way, scaled to numbers between 0 and 1 (chapter 06).

# %%
import keras
import numpy as np
from keras import layers

from fer_utils import EMOTIONS, load_faces, load_network

faces = load_faces(splits=("train", "public"))
images, labels = faces.train
image = images[int((labels == EMOTIONS.index("happiness")).argmax())]
face = image / 255

# %% [markdown]
# ## The way of a face
#
# Figure 3.3 of the thesis, taken from a survey [2], shows recognition by deep learning as a pipeline. Here is ours,
# with a trained network.

# %%
from fer_utils.course.chapter_07 import figures
from fer_utils.networks.weights import network_for

course.show(*figures.pipeline(image, load_network(network_for(faces))))

# %% [markdown]
# From the left: finding the face belongs to chapter 05, scaling and {{augmentation}} to chapter 06. This
# chapter explains steps 3 and 4, maps that become smaller and more numerous, and the dashed arrow: how the filters are
# found.

# %% [markdown]
# ## TensorFlow and Keras
#
# The thesis builds its networks with TensorFlow and Keras. TensorFlow computes with arrays on any device and derives
# gradients [3]. Keras describes layers and networks, and leaves the computing to a *backend*: TensorFlow, JAX or
# PyTorch. Below, `Sequential` calls its layers one after the other. `Conv2D(8, 3)` has eight filters of 3 by 3 numbers,
# and `Dense(7)` gives the seven scores of chapter 04.

# %%
tiny = keras.Sequential([
    keras.Input((48, 48, 1)),
    layers.Rescaling(1 / 255),
    layers.Conv2D(8, 3, activation="relu", bias_initializer="random_normal"),
    layers.MaxPooling2D(2),
    layers.GlobalAveragePooling2D(),
    layers.Dense(7, activation="softmax")])
print(f"backend {keras.backend.backend()}, {tiny.count_params()} parameters")

# %% [markdown]
# These {{layers}} are a complete {{network}}, as section 3.6.2 describes one: functions with {{weights}}. It is
# untrained: its answer means nothing yet.
#
# Keras wants an array with four axes: faces, rows, columns, **channels**. A gray picture has one channel, a colour
# picture three. `None` adds an axis of length 1.

# %%
x = image[None, ..., None].astype("float32")  # one face, one channel
answer = keras.ops.convert_to_numpy(tiny(x))[0]
one_by_one = x
for layer in tiny.layers:
    one_by_one = layer(one_by_one)
    print(f"{layer.name:24} {one_by_one.shape}")
assert np.allclose(one_by_one, answer, atol=1e-6)

# %% [markdown]
# Follow the shapes: 46 by 46 after the convolution, half of that after pooling, one number for each of 8 maps, then 7.

# %% [markdown]
# ## Convolution
#
# A **filter** is a small array of numbers. It lies on a patch of the face, each number multiplies the pixel under it,
# and the products are added up. Then it moves on by one pixel. All the sums together are a **feature map**; one of them
# is called a **unit**. Here is the place where a filter for edges answers most strongly.

# %%
edge = figures.HAND_FILTERS["edge"]
strongest = figures.convolved(face, edge).argmax()
row, column = np.unravel_index(strongest, (46, 46))
course.show(*figures.one_place(face, edge, row, column))

# %% [markdown]
# On the left of the patch the pixels are dark and count negatively, on the right they are bright and count positively:
# the sum is large. On even skin the two sides cancel.
#
# ### Exercise 1: convolve
#
# Write the map of a picture under a filter (`kernel`), both NumPy arrays. The filter never leaves the picture; `stride`
# is the number of pixels by which it moves.

# %% tags=["exercise"]
def convolve2d(picture, kernel, stride):
    ...

# %% tags=["solution"]
def convolve2d(picture, kernel, stride):
    height, width = kernel.shape
    rows = (picture.shape[0] - height) // stride + 1
    columns = (picture.shape[1] - width) // stride + 1
    result = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            patch = picture[i * stride:i * stride + height, j * stride:j * stride + width]
            result[i, j] = (patch * kernel).sum()
    return result

# %% tags=["check"]
from fer_utils.course.chapter_07 import checks

checks.check_convolve2d(convolve2d)

# %% [markdown]
# NumPy can also cut out all patches at once, which is quick. Your function (until it is written, `yours` takes the
# course's) and Keras's layer, given the same filter, compute the same map.

# %%
from fer_utils.course.checks import yours

def convolve(picture, kernel):
    patches = np.lib.stride_tricks.sliding_window_view(picture, kernel.shape)
    return (patches * kernel).sum(axis=(-2, -1))

layer = layers.Conv2D(1, 3, use_bias=False)
layer.build((None, 48, 48, 1))
layer.set_weights([edge[..., None, None]])
by_keras = keras.ops.convert_to_numpy(layer(face[None, ..., None].astype("float32")))[0, ..., 0]
mine = yours(convolve2d, lambda picture, kernel, stride: convolve(picture, kernel))(face, edge, 1)
assert np.allclose(mine, by_keras, atol=1e-5) and np.allclose(convolve(face, edge), by_keras, atol=1e-5)

# %% [markdown]
# (Mathematicians turn the filter round first, and call ours *cross-correlation*.) Nobody draws filters by hand: they
# start at random, and {{training}} finds them [4]. To get a feeling for them, draw some anyway.

# %%
course.show(*figures.filtered(face, name="edge", turn=0, centre=0.0, bias=0.0))

# %% [markdown]
# Orange is above zero, violet below. This filter sees where the face grows brighter to the right. For the fourth panel
# one number, the **bias**, is added at every place, and what then lies below zero is cut off: only orange is left.
#
# **Predict, then move:** what is left when you turn the filter by 90 degrees? What does 1 at the centre of a blur do? A
# negative bias?

# %%
figures.explore_convolution(face)

# %% [markdown] tags=["answer"]
# Turned by 90 degrees it sees the eyelids and the mouth, whose edges lie across. 1 at the centre adds the face itself.
# A negative bias pushes faint answers below zero, where they are cut off.

# %% [markdown]
# ### Several channels
#
# Maps are channels for the next layer, one for each filter. A filter there has as many sheets of numbers as its input
# has channels. Each lies on its own channel, and *all* products at a place are added up to one number. Here three
# channels: the face, and two maps of edges.

# %%
upright, across = (np.maximum(convolve(face, one), 0) for one in (edge, edge.T))
channels = {"the face": face[1:-1, 1:-1], "edges": upright, "edges across": across}
deep_filter = np.stack([figures.HAND_FILTERS["blur"], edge, -edge.T], axis=-1)  # 3 x 3 x 3
course.show(*figures.channel_sum(channels, deep_filter))

# %% [markdown]
# Each row is one channel under its own nine numbers. On the right is their sum: one filter gives one map, however many
# channels it reads. Keras's layer adds up the same way, and a bias for each filter.

# %%
deep = layers.Conv2D(5, 3)
maps = np.random.default_rng(0).random((1, 20, 20, 4)).astype("float32")
result = keras.ops.convert_to_numpy(deep(maps))[0]
kernel, bias = deep.get_weights()
by_hand = sum(convolve(maps[0, ..., c], kernel[..., c, 2]) for c in range(4)) + bias[2]
assert np.allclose(result[..., 2], by_hand, atol=1e-5)
assert deep.count_params() == 3 * 3 * 4 * 5 + 5

# %% [markdown]
# ### Padding
#
# A filter that never leaves the picture makes the map smaller, and after many layers little would be left. **Padding**
# first puts a ring of zeros around the picture.

# %%
from fer_utils.course.resolution import shrink

coarse = shrink(image[None], 12)[0] / 255
course.show(*figures.padded(coarse, edge))
same = layers.Conv2D(1, 3, padding="same", use_bias=False)
same.build((None, 48, 48, 1))
same.set_weights([edge[..., None, None]])
by_keras = keras.ops.convert_to_numpy(same(face[None, ..., None].astype("float32")))[0, ..., 0]
assert np.allclose(by_keras, convolve(np.pad(face, 1), edge), atol=1e-5) and by_keras.shape == face.shape

# %% [markdown]
# With padding, the map is as large as the face; Keras calls that "same". The price is at the border, here at left and
# right: the filter takes the zeros for a dark frame, and finds an edge that no face has.

# %% [markdown]
# ## ReLU and pooling
#
# After each convolution the thesis applies **ReLU**, $\max(0, x)$, that cut at zero: what a filter finds stays, the
# opposite of it goes.
# Then **max pooling** keeps the largest value of each square, and halves the map.

# %%
def relu(x):
    return np.maximum(x, 0)

def max_pool(x, size):
    rows, columns = x.shape[0] // size, x.shape[1] // size
    squares = x[:rows * size, :columns * size].reshape(rows, size, columns, size)
    return squares.max(axis=(1, 3))

found = relu(convolve(face, edge))
by_keras = layers.MaxPooling2D(2)(layers.ReLU()(convolve(face, edge)[None, ..., None]))
assert np.allclose(max_pool(found, 2), by_keras[0, ..., 0], atol=1e-6)

# %%
pools = [found, max_pool(found, 2), max_pool(found, 4), max_pool(found, 8)]
course.show(*figures.pooled(pools, ["ReLU", "pooled by 2", "by 4", "by 8"]))

# %% [markdown]
# To the right, *what* was found stays and *where* fades. **Global average pooling** goes to the end of that road: one
# number for each map, however large it is [5].

# %%
by_keras = layers.GlobalAveragePooling2D()(found[None, ..., None])
assert np.allclose(found.mean(), by_keras[0, 0], atol=1e-6)
print(f"one number: {found.mean():.4f}")

# %% [markdown]
# **Think first.** Pooling is said to make a network invariant: it answers the same when the face moves a little. Move
# the map to the right by one pixel, and let what leaves on the right come in on the left. Which stays exactly as it
# was: the map pooled by 2, the map's global average, both, or neither?

# %% [markdown] tags=["answer"]
# Only the average. A square sees other pixels after a move by one. After a move by two, the pooled map is the same map,
# moved by one.

# %%
moved = np.roll(found, 1, axis=1)  # what leaves on the right comes in on the left
assert np.isclose(moved.mean(), found.mean())
assert not np.allclose(max_pool(moved, 2), max_pool(found, 2))
twice = max_pool(np.roll(found, 2, axis=1), 2)
assert np.allclose(twice, np.roll(max_pool(found, 2), 1, axis=1))

# %% [markdown]
# How much does the move by one pixel change? And what does the average say when
# the face is turned by a quarter?

# %%
for size in (1, 2, 4, 8):
    change = np.abs(max_pool(moved, size) - max_pool(found, size)).sum()
    print(f"pooled by {size}: changed by {change / max_pool(found, size).sum():.0%}")
turned = relu(convolve(np.rot90(face), edge)).mean()
print(f"average {found.mean():.4f}, of the face turned by a quarter {turned:.4f}")
assert np.isclose(np.rot90(found).mean(), found.mean())  # the turned map has the same average
assert not np.isclose(turned, found.mean(), rtol=1e-6)  # but the filter finds other edges in the turned face

# %% [markdown]
# The coarser the pooling, the less a small move changes; but something changes all the same [6]. To bear a quarter
# turn, a network needs filters for many directions.
#
# Does pooling save {{parameters}}, as section 5.2 says? Look at the layer that follows it.

# %%
for side in (48, 24):
    convolution, dense = layers.Conv2D(16, 3), layers.Dense(16)
    convolution.build((None, side, side, 8))
    dense.build((None, side * side * 8))  # all values of all maps in a row
    print(f"maps of {side}: convolution {convolution.count_params():,}, dense {dense.count_params():,}")
    assert convolution.count_params() == 3 * 3 * 8 * 16 + 16

# %% [markdown]
# A convolution has the same parameters on small and large maps; what pooling saves there is computing. A **dense**
# layer, which weighs every value, does shrink.

# %% [markdown]
# ## Softmax
#
# The last layer gives seven {{scores}}. {{Softmax}} makes {{probabilities}} of them, as in chapter 04:
#
# $$p_i = \frac{e^{x_i}}{\sum_j e^{x_j}}$$
#
# Written down as it stands, it has a weakness.

# %%
scores = np.array([2.0, -1.0, 0.5])
print((np.exp(scores) / np.exp(scores).sum()).round(3))
with np.errstate(over="ignore", invalid="ignore"):
    print(np.exp(scores + 1000) / np.exp(scores + 1000).sum())

# %% [markdown]
# The powers overflow, and the answer is *not a number*. Yet a constant added to all scores multiplies numerator and
# denominator by the same factor, so the result should not change.
#
# ### Exercise 2: a softmax that survives
#
# Write softmax for a row of scores of any size.

# %% tags=["exercise"]
def safe_softmax(scores):
    ...

# %% tags=["solution"]
def safe_softmax(scores):
    powers = np.exp(scores - np.max(scores))
    return powers / powers.sum()

# %% tags=["check"]
checks.check_softmax(safe_softmax)

# %% [markdown]
# Scores around a thousand do neither you nor Keras harm.

# %%
from scipy import special

softmax = yours(safe_softmax, special.softmax)
by_keras = keras.ops.convert_to_numpy(keras.ops.softmax(scores + 1000))
assert np.allclose(softmax(scores + 1000), by_keras, atol=1e-4)
assert np.allclose(softmax(scores), by_keras, atol=1e-4)

# %% [markdown]
# All parts are there: `tiny`, in NumPy, with its weights and your softmax.

# %%
def by_hand(image):
    kernel, bias, weights, offsets = tiny.get_weights()
    maps = [convolve(image / 255, kernel[..., 0, n]) + bias[n] for n in range(8)]
    averages = np.array([max_pool(relu(one), 2).mean() for one in maps])
    return np.array(softmax(averages @ weights + offsets))  # of the dense layer's scores

assert np.allclose(by_hand(image), answer, atol=1e-5)
print(by_hand(image).round(3))

# %% [markdown]
# The same seven numbers. A network is no more than this, with more layers, and with learned weights.

# %% [markdown]
# ## Back through the layers
#
# In chapter 04 one layer stood between pixels and {{loss}}, and the loss's slope along a weight was error times pixel.
# Here several layers stand between. The way through them is the **chain rule**: where one step follows another, their
# slopes are multiplied; where several ways lead on, the products are added.
#
# Three numbers show it: a pixel $x$, and two weights, $a$ before a ReLU and $b$ after it. The score should be 1, and
# the loss is half of the squared distance.

# %%
x, a, b = 0.5, 2.0, 3.0
kept = max(a * x, 0)
score = b * kept
to_score = score - 1  # half of a square has this slope
to_b, to_kept = to_score * kept, to_score * b
to_a = to_kept * (a * x > 0) * x  # the ReLU is open: its slope is 1
loss_at = lambda a, b: (b * max(a * x, 0) - 1) ** 2 / 2
assert np.isclose((loss_at(a + 1e-6, b) - loss_at(a - 1e-6, b)) / 2e-6, to_a)
assert np.isclose((loss_at(a, b + 1e-6) - loss_at(a, b - 1e-6)) / 2e-6, to_b)

# %%
from fer_utils.course.chapter_07 import learned

values = {"x": x, "a x": a * x, "ReLU": kept, "score": score, "loss": loss_at(a, b)}
slopes = {"a x": to_kept, "ReLU": to_kept, "score": to_score, "loss": 1}
course.show(*learned.chain(values, slopes, {"a x": ("a", a, to_a), "score": ("b", b, to_b)}))

# %% [markdown]
# Values go forward, slopes come back. The score's slope is $3 - 1 = 2$. Where the ReLU's output grows by a little, the
# score grows by $b = 3$ times as much, so there the slope is $2 \cdot 3 = 6$. The ReLU is *open*, its input is above
# zero, and passes it on. A weight's slope, in boxes, is its input times the slope of what it makes: for $a$ (`to_a`)
# $0.5 \cdot 6 = 3$, for $b$ $1 \cdot 2 = 2$. One walk back gives the slopes of *all* weights: **backpropagation**.
#
# ### The same with arrays
#
# Now a network: a convolution with eight filters, ReLU, pooling, dense layer, softmax. The faces have 24 by 24 pixels.

# %%
from fer_utils.course.chapter_07 import backpropagation

x, y = backpropagation.small_faces(images[:1400]), labels[:1400].astype(int)

def squares(maps):  # (faces, rows, columns, filters), rows and columns cut into pairs
    count, rows, columns, filters = maps.shape
    return maps.reshape(count, rows // 2, 2, columns // 2, 2, filters)

def forward(weights, x):
    kernel, bias, dense, offsets = weights
    patches = np.lib.stride_tricks.sliding_window_view(x, (3, 3), axis=(1, 2))
    maps = np.tensordot(patches, kernel, axes=2) + bias  # all filters at once
    pooled = squares(relu(maps)).max(axis=(2, 4))
    scores = pooled.reshape(len(x), -1) @ dense + offsets
    return maps, pooled, special.softmax(scores, axis=1)

# %% [markdown]
# On the way back, the slope of the loss along what a layer gave out is that layer's **error**. Each layer has one rule.
#
# - *Softmax with cross-entropy:* the error of the scores is probability minus truth (chapter 04).
# - *Dense:* its weights get input times error. To its inputs it hands back the error times its weights, as $b$ did.
# - *Pooling:* only the largest value of a square counted, so it gets the whole error. (Equal ones share it.)
# - *ReLU:* hands the error back where its input was above zero.
# - *Convolution:* that is for you. It hands nothing back: before it are only pixels, which nobody changes.

# %%
def through_pooling(error, maps):
    largest = squares(maps) == squares(maps).max(axis=(2, 4), keepdims=True)
    shares = largest / largest.sum(axis=(2, 4), keepdims=True)
    return (shares * error[:, :, None, :, None]).reshape(maps.shape)

# %% [markdown]
# ### Exercise 3: the gradient of a filter
#
# One number of a filter lies on another pixel at each place. When it grows a little, every place of the map grows by
# the pixel under it. So its slope is a sum over all places and all faces: pixel times error.
#
# Write it for pictures `x` of shape (faces, rows, columns) and the `error` of one filter's maps, which have fewer rows
# and columns. Return an array as large as the filter; the two shapes tell how large.

# %% tags=["exercise"]
def filter_gradient(x, error):
    ...

# %% tags=["solution"]
def filter_gradient(x, error):
    rows, columns = error.shape[1:]
    gradient = np.zeros((x.shape[1] - rows + 1, x.shape[2] - columns + 1))
    for i, j in np.ndindex(gradient.shape):
        gradient[i, j] = (x[:, i:i + rows, j:j + columns] * error).sum()
    return gradient

# %% tags=["check"]
checks.check_filter_gradient(filter_gradient)

# %% [markdown]
# With it, the whole way back is a few lines, the rules from last to first.

# %%
of_filter = yours(filter_gradient, backpropagation.filter_gradient)

def backward(weights, x, labels, pooling=through_pooling):
    maps, pooled, p = forward(weights, x)
    error = (p - np.eye(7, dtype="float32")[labels]) / len(x)  # the loss is a mean over the faces
    to_dense, to_offsets = pooled.reshape(len(x), -1).T @ error, error.sum(axis=0)
    error = (error @ weights[2].T).reshape(pooled.shape)
    error = pooling(error, relu(maps)) * (maps > 0)
    to_kernel = np.stack([of_filter(x, error[..., f]) for f in range(8)], axis=-1)
    return to_kernel, error.sum(axis=(0, 1, 2)), to_dense, to_offsets  # a bias was added everywhere

# %% [markdown]
# Is it right? Keras derives the gradient of the same network.

# %%
start = backpropagation.initial_weights(seed=0)  # drawn at random
mine = backward(start, x[:64], y[:64])
theirs = backpropagation.keras_gradient(start, x[:64], y[:64])
for name, ours, by_keras in zip(("filters", "biases", "dense", "its biases"), mine, theirs):
    assert np.abs(ours - by_keras).max() < 1e-5
    print(f"{name:10} {ours.shape}, largest difference {np.abs(ours - by_keras).max():.0e}")

# %% [markdown]
# ### Trained without a library
#
# The loop is that of chapter 04: a batch, its gradient, a step against it.

# %%
def train(weights, epochs, rate=0.05, gradient=backward):
    rng = np.random.default_rng(0)
    for _ in range(epochs):
        order = rng.permutation(len(y))
        for batch in np.split(order, range(32, len(y), 32)):
            slopes = gradient(weights, x[batch], y[batch])
            weights = [w - rate * slope for w, slope in zip(weights, slopes)]
    return weights

trained = train(start, epochs=15)

# %%
happy = int((labels == EMOTIONS.index("happiness")).argmax())
course.show(*learned.before_and_after(backpropagation.small_faces(images[happy:happy + 1])[0], start[0], trained[0]))

# %% [markdown]
# Above are the filters at random, in the middle after training, below what the trained ones find in the happy face.
# Most patterns can still be seen, with more contrast. On the drawings filter 6 changed most: now orange above and
# violet below, it finds where light lies over dark. Did that matter? Train once more, and let only the dense layer
# learn, behind the random filters.

# %%
public_x = backpropagation.small_faces(faces.public.images[:700])
public_y = faces.public.labels[:700]
frozen = backpropagation.train(start, x, y, epochs=15, learn_filters=False)
right, fixed = (forward(weights, public_x)[-1].argmax(axis=1) == public_y for weights in (trained, frozen))
course.say(learned.told(right, fixed, public_y))
losses = [backpropagation.mean_loss(weights, x, y) for weights in (start, frozen, trained)]
changed = np.abs(trained[0] - start[0]).mean(axis=(0, 1))
assert losses[0] > losses[1] > losses[2] and (faces.is_real or changed.argmax() == 6 - 1)
assert trained[0].std() > start[0].std() and np.corrcoef(trained[0].ravel(), start[0].ravel())[0, 1] > 0.5

# %% [markdown]
# ### Failure gallery: one wrong rule
#
# Suppose that pooling hands the error to all four values of a square:

# %%
def to_all_four(error, maps):
    return error.repeat(2, axis=1).repeat(2, axis=2)

spoilt = train(start, epochs=3, gradient=lambda *given: backward(*given, to_all_four))
by_wrong, by_right = (backpropagation.mean_loss(weights, x, y) for weights in (spoilt, train(start, epochs=3)))
print(f"loss {losses[0]:.2f}, after three epochs {by_wrong:.2f} by this rule, {by_right:.2f} by the right one")
wrong = backward(start, x[:64], y[:64], to_all_four)
off = np.abs(wrong[0] - theirs[0]).max() / np.abs(theirs[0]).max()
print(f"largest error of the filters' gradient: {off:.1f} times the largest slope by Keras")
assert max(by_wrong, by_right) < losses[0] - 0.1 and off > 0.1 and (faces.is_real or by_wrong < by_right)

# %% [markdown]
# The loss falls by either rule; on the drawings, even a little lower by the wrong one. So a falling loss proves nothing
# about a gradient. The comparison does: *never trust a gradient that was not compared*.

# %% [markdown]
# ## Activation functions
#
# An **activation function** stands behind a layer and bends its numbers, as ReLU does. Without one a network stays
# linear, says section 4.4.1: two convolutions with nothing between them are one.

# %%
first, second = edge, figures.HAND_FILTERS["spot"]
together = convolve(np.pad(first, 2), second[::-1, ::-1])  # one filter, 5x5
assert together.shape == (5, 5)
assert np.allclose(convolve(convolve(face, first), second), convolve(face, together))
with_relu = convolve(relu(convolve(face, first)), second)
assert not np.allclose(with_relu, convolve(face, together))

# %% [markdown]
# How steep the function is matters for training: the error that comes back is multiplied by that slope.

# %%
from fer_utils.course.chapter_07 import activations

course.show(*activations.curves())

# %% [markdown]
# On the left, the *sigmoid* $1 / (1 + e^{-x})$, from 0 to 1, and *tanh*, a like curve from -1 to 1, level off on both
# sides; the others rise without end. On the right are the slopes. Sigmoid is never steep. Tanh is steep around zero
# only. ReLU has slope 1 or 0; a unit that gets only negative inputs passes no gradient, and stays *dead*. Leaky ReLU
# keeps a small slope there. SiLU, which EfficientNet uses [9], is a smooth ReLU.

# %%
inputs = np.linspace(-4, 4, 80).astype("float32")
for name, (function, derivative) in activations.ACTIVATIONS.items():
    assert np.allclose(keras.activations.get(name)(inputs), function(inputs), atol=1e-5)
    slopes = derivative(inputs)
    print(f"{name:11} slopes from {slopes.min():5.2f} to {slopes.max():.2f}")
s = activations.sigmoid(inputs)
assert np.allclose(np.gradient(s, inputs), s * (1 - s), atol=0.02)
assert (s * (1 - s)).max() <= 0.25

# %% [markdown]
# ## The vanishing gradient
#
# On its way back to the first layer, the error is multiplied by each layer's slopes and by its weights. Through twenty
# sigmoids the slopes alone leave at most $0.25^{20}$ of it.
#
# We measure it: twenty convolutions, one batch of faces, the gradient of each layer's filters before any training. Its
# **norm**, its length, is the root of the sum of its squares. A **bypass** adds a layer's input to its output.
#
# **Think first.** In which layer is the gradient smallest with sigmoid, with tanh, with ReLU? What changes with a
# bypass?

# %% [markdown] tags=["answer"]
# With sigmoid it falls at every step back, so the first layer gets least. With tanh and ReLU, and {{initial weights}}
# made for them, it hardly falls. A bypass carries part of it past the slopes.

# %%
from fer_utils.course.chapter_07.gradients import gradient_norms, map_spreads

sample = images[:64], labels[:64]
names = ("sigmoid", "tanh", "relu")
without = {name: gradient_norms(name, *sample) for name in names}
bypass = {name: gradient_norms(name, *sample, bypass=True) for name in names}

# %%
course.show(*activations.norms_by_depth(without, bypass))

# %% [markdown]
# Each point is one layer; on its logarithmic axis equal steps are equal factors. On the left, sigmoid's line plunges
# towards the face: its first layers would not move. Tanh and ReLU stay level. On the right sigmoid falls too, but by a
# far smaller factor, and ReLU's line lies at ten thousand: the maps grow, as the next section shows. Vanishing means
# the *first* layer against the *last*:

# %%
fall = {name: measured["sigmoid"][-1] / measured["sigmoid"][0]
        for name, measured in (("without", without), ("bypass", bypass))}
assert fall["without"] > 1e6 * fall["bypass"]
assert all(max(without[name]) < 20 * min(without[name]) for name in ("tanh", "relu")) and min(bypass["relu"]) > 3000
course.say(f"Sigmoid: the first layer's gradient is {1 / fall['without']:.0e} of the last layer's; with a bypass, "
           f"{1 / fall['bypass']:.0e}. ReLU: {without['relu'][0] / without['relu'][-1]:.1f} of it.")

# %% [markdown]
# This is why the thesis uses ReLU: its slopes of 0 or 1, it says, *prevent* the gradient from vanishing. Here it does
# not vanish; nor does tanh's. But weights count as well. ReLU had weights named after He [10]; here it is with Keras's
# default ones, named after Glorot [11].

# %%
default = gradient_norms("relu", *sample, initial="glorot_uniform")
assert max(default) < 20 * min(default) and max(default) < min(without["relu"]) / 100
for name, norms in (("He", without["relu"]), ("Glorot", default)):
    print(f"ReLU, weights of {name:6}: first layer {norms[0]:.0e}, last layer {norms[-1]:.0e}")

# %% [markdown]
# With Glorot's weights, too, first and last are alike; but all are small. ReLU drops about half of what it gets, which
# halves the mean square of a map. So maps fade on the way forward, errors on the way back, and their product is small
# everywhere. He's weights are larger by a factor of $\sqrt 2$, their squares by 2, to make up for it. Glorot's suit
# tanh.

# %% [markdown]
# ## Batch normalization
#
# **Why.** Look at the way forward: how much do the maps of each layer differ from face to face?

# %%
ways = {"Glorot's weights": {"initial": "glorot_uniform"}, "He's weights": {}, "He's, bypass": {"bypass": True},
        "He's, bypass, normalized": {"bypass": True, "normalize": True}}
spreads = {name: map_spreads("relu", sample[0], **way) for name, way in ways.items()}
course.show(*activations.spreads_by_depth(spreads))

# %% [markdown]
# With Glorot's weights the maps fade, and the differences with them; with He's far less so. A bypass adds and never
# subtracts, since ReLU is never below zero: the maps grow, and the gradients with them. Weights can be drawn well only
# once, and training changes them. Batch normalization [7] sets the size of each map anew, in every batch: the dotted
# line.

# %%
normalized = gradient_norms("relu", *sample, bypass=True, normalize=True)
assert max(normalized) < max(bypass["relu"]) / 100
assert spreads["Glorot's weights"][-1] < 0.01 * spreads["Glorot's weights"][0]
assert spreads["He's weights"][-1] > 0.05 * spreads["He's weights"][0]
assert spreads["He's, bypass"][-1] > 100 * spreads["He's, bypass, normalized"][-1]
assert spreads["He's, bypass, normalized"][-1] < 20 * spreads["He's, bypass, normalized"][0]
course.say(f"Norms with a bypass alone: up to {max(bypass['relu']):,.0f}. "
           f"Normalized: from {min(normalized):.1f} to {max(normalized):.1f}.")

# %% [markdown]
# **Formula.** From each map subtract its mean $\mu$, and divide by the standard deviation; then a learned factor
# $\gamma$ and a learned shift $\beta$ give it the size that serves best. The small $\epsilon$ avoids a division by
# zero.
#
# $$y = \gamma\,\frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} + \beta$$
#
# A filter is the same everywhere, so mean and variance go over the {{batch}} *and* over all places.

# %%
batch = (images[:16, ..., None] / 255).astype("float32")
convolution, norm = layers.Conv2D(8, 3), layers.BatchNormalization()
maps = keras.ops.convert_to_numpy(convolution(batch))
mean, variance = maps.mean(axis=(0, 1, 2)), maps.var(axis=(0, 1, 2))
by_keras = keras.ops.convert_to_numpy(norm(maps, training=True))
assert np.allclose((maps - mean) / np.sqrt(variance + norm.epsilon), by_keras, atol=1e-3)
print(f"{maps.shape} -> {mean.shape}: one mean for each map")  # gamma starts at 1, beta at 0

# %% [markdown]
# **Use.** A single face has no batch. So training also keeps running averages of $\mu$ and $\sigma^2$; in use, when the
# network answers, these stand in the formula (more in chapter 10).
#
# **Folding.** In use, nothing is left but a fixed factor and a shift for each map. Straight after a convolution, both
# can be put into its filters:

# %%
norm.set_weights([np.linspace(.5, 2, 8), np.linspace(-1, 1, 8), mean, variance])
gamma, beta, mean, variance = norm.get_weights()
kernel, bias = convolution.get_weights()
factor = gamma / np.sqrt(variance + norm.epsilon)
one_layer = layers.Conv2D(8, 3)
one_layer.build(batch.shape)
one_layer.set_weights([kernel * factor, (bias - mean) * factor + beta])
assert np.allclose(one_layer(batch), norm(convolution(batch), training=False), atol=1e-4)

# %% [markdown]
# One layer instead of two, the same maps: there, batch normalization costs nothing in use. With a ReLU between the two
# this does not work.
#
# ## Dropout
#
# **Dropout** [8] sets random values to zero in training and scales up the rest, so that no unit comes to rely on one
# other; that is meant against {{overfitting}}. In use it does nothing.

# %%
from fer_utils.course.figures import face_grid

rng, rates = np.random.default_rng(0), (0.1, 0.2, 0.5)
masks = [rng.random(face.shape) >= rate for rate in rates]
course.show(*face_grid([image, *(image * mask for mask in masks)], ["rate 0", *rates], columns=4))

# %% [markdown]
# Drawn without the scaling. At the thesis's rate, 0.2, the expression is still there. Keras agrees.

# %%
dropout = layers.Dropout(0.2, seed=0)
by_keras = keras.ops.convert_to_numpy(dropout(face.astype("float32"), training=True))
assert np.allclose(by_keras, face * (by_keras != 0) / 0.8, atol=1e-6)
assert np.allclose(dropout(face.astype("float32"), training=False), face, atol=1e-6)

# %% [markdown]
# **Judge.** You are to build a network of twenty convolutions for a device that knows neither bypass nor batch
# normalization. Which activation do you take, and which initial weights? Defend the choice by this chapter's figures,
# and say what they cannot tell.

# %% [markdown] tags=["rubric"]
# A good answer
#
# - leaves sigmoid out, by its number: through twenty layers its gradient all but vanishes;
# - takes ReLU (or Leaky ReLU) with He's weights, or tanh with Glorot's: an activation *with* weights made for it;
# - weighs something besides the gradient, such as dead units, or the cost of an exponential on that device;
# - knows the limits: one batch, before any training;
# - would train two choices with several {{seeds}} before it calls one better.

# %% [markdown]
# ## The receptive field
#
# A unit of the first map sees 3 by 3 pixels. A unit of the second sees 3 by 3 units of the first, hence 5 by 5 pixels.
# What a unit sees is its **receptive field**. Two numbers grow from layer to layer: its side $r$, and the *jump* $j$,
# the pixels between two neighbouring units. With filters of side $k$ (the *kernel size*) and stride $s$:
#
# $$r \leftarrow r + (k - 1)\,j \qquad\quad j \leftarrow j\,s$$
#
# ### Exercise 4: how much does it see?
#
# Write the side of the field after a stack of layers, given as a list of pairs (kernel, stride). Poolings count like
# convolutions.

# %% tags=["exercise"]
def receptive_field(stack):
    ...

# %% tags=["solution"]
def receptive_field(stack):
    side, jump = 1, 1
    for kernel, stride in stack:
        side += (kernel - 1) * jump
        jump *= stride
    return side

# %% tags=["check"]
checks.check_receptive_field(receptive_field)

# %% [markdown]
# Now light one pixel after the other, and note which of them one unit notices. All weights are 1, so the unit also
# counts the ways that lead from the pixel to it. Your function foretells the side.

# %%
from fer_utils.course import receptive_field as fields

stack = [(3, 1), (3, 2), (3, 1), (3, 2), (3, 1)]
net = keras.Sequential([layers.Conv2D(1, kernel, strides=stride, kernel_initializer="ones")
                        for kernel, stride in stack])
pixels = np.eye(48 * 48, dtype="float32").reshape(-1, 48, 48, 1)  # pictures of one lit pixel
ways = keras.ops.convert_to_numpy(net(pixels))[:, 3, 3, 0].reshape(48, 48)
side = yours(receptive_field, lambda stack: fields.receptive_fields(stack)[-1])(stack)
assert ways.any(axis=0).sum() == ways.any(axis=1).sum() == side

# %%
assert ways.max() > 100 * ways[ways > 0].min()
course.show(*fields.weight_of_pixels(ways))

# %% [markdown]
# The square has the side that the formula gives. And it fades: far more ways lead from its middle than from its border.
# So the *effective* field is smaller than the theoretical one [13].
#
# Now on the face. Squares are fields, layer by layer; the thick one belongs to the last. The bars give their sides.

# %%
course.show(*fields.field(face, convolutions=4, kernel=3, stride=2, poolings=1))
_, stack = fields.explorer_stack(convolutions=4, kernel=3, stride=2, poolings=1)
assert 1 / 3 < (fields.receptive_fields(stack)[-1] / 48) ** 2 < 0.4

# %% [markdown]
# This unit sees little more than a third of the picture. **Predict, then move:** which makes the field grow most, one
# more convolution, a larger kernel, or a larger stride at the start? And what does that stride cost?

# %%
fields.explore_field(face)

# %% [markdown] tags=["answer"]
# Kernel and stride here, about alike: the kernel widens every layer, and costs weights in each; the stride multiplies
# what all later layers add, and costs none. Its price is precision: maps shrink early, and what is a pixel or two wide
# is lost.

# %%
start = {"convolutions": 4, "kernel": 3, "stride": 2, "poolings": 1}
for change in ({}, {"convolutions": 5}, {"stride": 3}, {"stride": 4}, {"kernel": 5}):
    names, stack = fields.explorer_stack(**start | change)
    print(f"{fields.receptive_fields(stack)[-1]} pixels with {change or 'the start'}")

# %% [markdown]
# Two networks of chapter 10 differ at the start, in kernel and stride: `squeezenet-custom`, which is the thesis's, and
# our `squeezenet-fer`. Here is what one unit sees after the first convolution, the first pooling and the first fire
# module (SqueezeNet's building block), and at the end.

# %%
from fer_utils import build_network

for name in ("squeezenet-custom", "squeezenet-fer"):
    sides = fields.receptive_fields(fields.stack_of(build_network(name)))
    print(f"{name:18} {sides[:3]} ... {sides[-1]}")
    assert sides[-1] > 48

# %% [markdown]
# Both see the whole face in the end. But the first fire module of the thesis's network looks at squares of 19 pixels,
# ours of 8. "More complex patterns" in deeper layers (section 3.6.2) are, first of all, patterns of more pixels.

# %% [markdown]
# ## What the thesis leaves open
#
# - **Pooling** is said to lower the number of parameters and to make a network invariant to shifts and rotations
#   (section 5.2). For convolutions it lowers computing, not parameters; it forgives small moves, in part.
# - **ReLU** is said to prevent vanishing gradients. From last to first layer it did, in our stack; but without suitable
#   initial weights all layers' gradients are small.
# - **Batch normalization** is explained by a "covariate shift", of a layer's inputs (section 5.3) [7]. Later
#   experiments found the gain even where that shift was put back [14].
# - **Activation functions** are to be tried out (section 4.4.1); no such trial is reported.

# %% [markdown]
# ## Quiz
#
# Choose an answer; each has its feedback. The last question goes back to chapter 06.

# %%
course.quiz("07_convolutional_networks")
course.open_checks()

# %% [markdown]
# ## What you take away
#
# 1. *Layers:* multiply and sum over all channels, cut at zero, keep the largest, exponentiate and divide.
# 2. *Backpropagation:* slopes are multiplied on the way back; a weight's gradient is input times error, added up over
#    all places where it was used.
# 3. *Vanishing:* sigmoid's slopes, at most a quarter, starve the first layers; tanh and ReLU with suitable weights do
#    not.
# 4. *Normalization:* it sets the size of each map anew; in use it is a factor and a shift, which dissolve into the
#    convolution before it.
# 5. *Field:* kernels add to it, strides multiply what comes after.
#
# **Go further.** `backpropagation.convolution_backward` takes several channels and hands an error back. Put a second
# convolution into your network with it. Does it read more faces?

# %% [markdown] tags=["references"]
# ## References
#
# 1. S. Zima, bachelor's thesis, Brno University of Technology, 2024. Sections 3.6, 4.4.1, 5, 5.2 and 5.3.
# 2. S. Li, W. Deng, *Deep facial expression recognition: a survey*, 2022,
#    [doi:10.1109/TAFFC.2020.2981446](https://doi.org/10.1109/TAFFC.2020.2981446).
# 3. M. Abadi and others, *TensorFlow: a system for large-scale machine learning*, 2016,
#    [arXiv:1605.08695](https://arxiv.org/abs/1605.08695).
# 4. Y. LeCun and others, *Gradient-based learning applied to document recognition*, 1998,
#    [doi:10.1109/5.726791](https://doi.org/10.1109/5.726791).
# 5. M. Lin, Q. Chen, S. Yan, *Network in network*, 2013, [arXiv:1312.4400](https://arxiv.org/abs/1312.4400).
# 6. R. Zhang, *Making convolutional networks shift-invariant again*, 2019,
#    [arXiv:1904.11486](https://arxiv.org/abs/1904.11486).
# 7. S. Ioffe, C. Szegedy, *Batch normalization*, 2015, [arXiv:1502.03167](https://arxiv.org/abs/1502.03167).
# 8. N. Srivastava and others, *Dropout*, 2014, [JMLR 15](https://jmlr.org/papers/v15/srivastava14a.html).
# 9. M. Tan, Q. Le, *EfficientNet*, 2019, [arXiv:1905.11946](https://arxiv.org/abs/1905.11946).
# 10. K. He and others, *Delving deep into rectifiers*, 2015, [arXiv:1502.01852](https://arxiv.org/abs/1502.01852).
# 11. X. Glorot, Y. Bengio, *Understanding the difficulty of training deep feedforward neural networks*, 2010,
#     [PMLR 9](https://proceedings.mlr.press/v9/glorot10a.html).
# 12. K. He and others, *Deep residual learning for image recognition*, 2015,
#     [arXiv:1512.03385](https://arxiv.org/abs/1512.03385).
# 13. W. Luo and others, *Understanding the effective receptive field*, 2017,
#     [arXiv:1701.04128](https://arxiv.org/abs/1701.04128).
# 14. S. Santurkar and others, *How does batch normalization help optimization?*, 2018,
#     [arXiv:1805.11604](https://arxiv.org/abs/1805.11604).
#
# {{previous_next}}
