"""Back-propagation through a small convolutional network in NumPy: every layer forward, and its gradient back.

Chapter 07 writes the same for pictures of one channel (Rumelhart, Hinton and Williams 1986, doi:10.1038/323533a0; LeCun
and others 1998, doi:10.1109/5.726791). Here the layers take any number of channels, so that they can be stacked.

Throughout, maps are float (n, rows, columns, channels), a kernel is (height, width, channels, filters), and an *error*
is the gradient of the loss along a layer's output, of the shape of that output.
"""

import numpy as np
from scipy.special import softmax

from fer_utils.course.resolution import shrink
from fer_utils.course.small_network import one_thread

NETWORK_SIDE = 24  # of the faces that the chapter's network reads


def small_faces(images):
    """uint8 (n, 48, 48) as float32 (n, 24, 24) from -1 to 1."""
    return shrink(images, NETWORK_SIDE) / 127.5 - 1


def patches_of(x, height, width):
    """All patches of maps, a view (n, rows, columns, channels, height, width)."""
    return np.lib.stride_tricks.sliding_window_view(x, (height, width), axis=(1, 2))


def convolution(x, kernel, bias):
    """The maps of a convolution without padding, (n, rows, columns, filters)."""
    return np.einsum("nrcdij,ijdf->nrcf", patches_of(x, *kernel.shape[:2]), kernel, optimize=True) + bias


def kernel_gradient(x, error):
    """The gradient along a kernel, (height, width, channels, filters), from the error of its maps."""
    height, width = (x.shape[axis] - error.shape[axis] + 1 for axis in (1, 2))
    return np.einsum("nrcdij,nrcf->ijdf", patches_of(x, height, width), error, optimize=True)


def convolution_backward(x, kernel, error):
    """The gradient along (kernel, bias, x), from the error of the maps that `convolution` gave."""
    height, width = kernel.shape[:2]
    around = np.pad(error, [(0, 0), (height - 1,) * 2, (width - 1,) * 2, (0, 0)])
    to_x = np.einsum("nrcfij,ijdf->nrcd", patches_of(around, height, width), kernel[::-1, ::-1], optimize=True)
    return kernel_gradient(x, error), error.sum(axis=(0, 1, 2)), to_x


def filter_gradient(x, error):
    """Exercise 3 as the course has it: the gradient of one filter on one channel.

    Arguments: x (n, rows, columns); error (n, fewer rows, fewer columns), that of the filter's maps. Returns an array
    as large as the filter.
    """
    return kernel_gradient(x[..., None], error[..., None])[..., 0, 0]


def squares(maps):
    """Maps cut into squares of 2 by 2: (n, rows, columns, f) becomes (n, rows / 2, 2, columns / 2, 2, f), a view."""
    count, rows, columns, filters = maps.shape
    return maps.reshape(count, rows // 2, 2, columns // 2, 2, filters)


def pool(maps):
    """The largest value of each square of 2 by 2. Rows and columns are even in number."""
    return squares(maps).max(axis=(2, 4))


def pool_backward(maps, error):
    """The gradient along `maps`: all of it goes to the largest value of each square; equal ones share it."""
    largest = squares(maps) == squares(maps).max(axis=(2, 4), keepdims=True)
    shares = largest / largest.sum(axis=(2, 4), keepdims=True, dtype=maps.dtype)
    return (shares * error[:, :, None, :, None]).reshape(maps.shape)


def initial_weights(seed=0, filters=8, classes=7):
    """[kernel (3, 3, filters), bias, dense weights, dense biases] before training, float32.

    The filters are drawn as He and others (2015) draw them, the dense weights smaller, so that the first answers are
    near one seventh each.
    """
    rng, inputs = np.random.default_rng(seed), ((NETWORK_SIDE - 2) // 2) ** 2 * filters
    drawn = [rng.normal(0, np.sqrt(2 / 9), (3, 3, filters)), np.zeros(filters),
             rng.normal(0, np.sqrt(1 / inputs), (inputs, classes)), np.zeros(classes)]
    return [part.astype(np.float32) for part in drawn]


def forward(weights, x):
    """Faces (n, 24, 24) through convolution, ReLU, pooling, dense layer and softmax: (maps, pooled, probabilities)."""
    kernel, bias, dense, offsets = weights
    maps = convolution(x[..., None], kernel[:, :, None], bias)
    pooled = pool(np.maximum(maps, 0))
    return maps, pooled, softmax(pooled.reshape(len(x), -1) @ dense + offsets, axis=1)


def mean_loss(weights, x, labels):
    """The mean cross-entropy."""
    return float(-np.log(np.clip(forward(weights, x)[-1][np.arange(len(x)), labels], 1e-7, 1)).mean())


def gradient(weights, x, labels):
    """The gradient of the mean cross-entropy, a list of arrays like `weights`."""
    dense = weights[2]
    maps, pooled, p = forward(weights, x)
    error = (p - np.eye(p.shape[1], dtype=p.dtype)[labels]) / len(x)  # of the scores: probability minus target
    to_dense, to_offsets = pooled.reshape(len(x), -1).T @ error, error.sum(axis=0)
    error = pool_backward(np.maximum(maps, 0), (error @ dense.T).reshape(pooled.shape)) * (maps > 0)
    return [kernel_gradient(x[..., None], error)[:, :, 0], error.sum(axis=(0, 1, 2)), to_dense, to_offsets]


def train(weights, x, labels, rate=0.05, epochs=15, batch_size=32, seed=0, learn_filters=True):
    """The weights after training by plain gradient descent. Without `learn_filters` only the dense layer learns."""
    rng = np.random.default_rng(seed)
    with one_thread():
        for _ in range(epochs):
            order = rng.permutation(len(labels))
            for start in range(0, len(order), batch_size):
                batch = order[start:start + batch_size]
                slopes = gradient(weights, x[batch], labels[batch])
                weights = [w - rate * g if learn_filters or place > 1 else w
                           for place, (w, g) in enumerate(zip(weights, slopes))]
    return weights


def keras_gradient(weights, x, labels):
    """The same gradient by Keras: the layers of the same names, the same weights, its own derivatives."""
    from keras import layers

    kernel, bias, dense, offsets = weights
    to_kernel, *rest = _gradients_by_keras(
        [layers.Conv2D(kernel.shape[2], 3, activation="relu"), layers.MaxPooling2D(2), layers.Flatten(),
         layers.Dense(dense.shape[1], "softmax")],
        [kernel[:, :, None], bias, dense, offsets], x, labels, "sparse_categorical_crossentropy")
    return [to_kernel[:, :, 0], *rest]


def keras_filter_gradient(x, error):
    """What `filter_gradient` gives, by Keras."""
    import keras

    size = [x.shape[axis] - error.shape[axis] + 1 for axis in (1, 2)]
    (to_kernel,) = _gradients_by_keras(
        [keras.layers.Conv2D(1, size, use_bias=False)], [np.zeros((*size, 1, 1))], x, error[..., None],
        lambda error, maps: len(x) * keras.ops.sum(error * maps, axis=(1, 2, 3)))  # Keras takes the mean over the faces
    return to_kernel[:, :, 0, 0]


def _gradients_by_keras(layers, weights, x, targets, loss):
    import keras

    from fer_utils.course.chapter_07.gradients import KeepGradients

    net = keras.Sequential([keras.Input((*x.shape[1:], 1)), *layers])
    net.set_weights(weights)
    net.compile(KeepGradients(), loss, run_eagerly=True)
    net.train_on_batch(np.asarray(x, np.float32)[..., None], np.asarray(targets))
    return net.get_weights()
