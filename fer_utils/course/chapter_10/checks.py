"""Checks of the learner's answers in chapter 10."""

import numpy as np

from fer_utils.course.checks import confirm, convolve_same, expect, greet, untouched


def check_fire_parameters(function):
    """Exercise 1: the parameters of a fire module from its numbers of filters."""
    hint = ("each of the three convolutions has (filter side) squared x channels in x filters weights, and filters "
            "biases.")
    if untouched(function(128, 16, 64, 64)):
        return greet(hint)
    for channels, squeeze, expand1x1, expand3x3 in [(128, 16, 64, 64), (96, 16, 64, 64), (512, 64, 256, 192)]:
        expected = ((channels + 1) * squeeze + (squeeze + 1) * expand1x1 + (9 * squeeze + 1) * expand3x3)
        expect(expected, function(channels, squeeze, expand1x1, expand3x3),
               f"a fire module of {squeeze}, {expand1x1}, {expand3x3} filters on {channels} channels", hint)
    confirm("Three convolutions, each with its biases.")


def check_fire_module(function):
    """Exercise 2: a fire module with simple bypass, as a function of Keras tensors."""
    import keras

    hint = ("squeeze the input with 1x1 filters, expand the result twice (1x1 and 3x3, padding \"same\"), "
            "concatenate the two, and add the input where the channels match.")
    if untouched(function(keras.Input((12, 12, 128)), 16, 64)):
        return greet(hint)
    for channels, bypass in [(96, False), (128, True)]:
        inputs = keras.Input((12, 12, channels))
        net = keras.Model(inputs, function(inputs, 16, 64))
        expect((12, 12, 128), net.output_shape[1:], f"the output's shape for {channels} channels", hint)
        expect((channels + 1) * 16 + 17 * 64 + (9 * 16 + 1) * 64, net.count_params(),
               f"the number of parameters for {channels} channels", hint)
        x = np.random.default_rng(0).normal(size=(2, 12, 12, channels)).astype("float32")
        got = keras.ops.convert_to_numpy(net(x))
        # either order of the two expands is a fire module; the nearer one is what the learner meant
        expected = min((_fire_by_hand(net, x, bypass, order) for order in (1, -1)), key=lambda y: np.abs(y - got).max())
        expect(expected, got,
               f"the output for {channels} channels ({'with' if bypass else 'without'} a bypass)",
               hint + " Each convolution is followed by ReLU.", tolerance=1e-3)
    confirm("Squeezed, expanded, concatenated, and bypassed where the channels match.")


def _fire_by_hand(net, x, bypass, order):
    """What the learner's layers should give together, computed with NumPy from their own weights. `order` is 1 for the
    1x1 expand first, -1 for the 3x3 expand first."""
    convolutions = [layer for layer in net.layers if "Conv" in type(layer).__name__]
    by_size = sorted(convolutions, key=lambda layer: (layer.kernel_size[0], layer.filters))
    (squeeze, w1), (w3,) = by_size[:2], by_size[2:]

    def convolved(layer, values):
        return np.maximum(convolve_same(values, *(np.asarray(v) for v in layer.get_weights())), 0)

    squeezed = convolved(squeeze, x)
    left, right = convolved(w1, squeezed), convolved(w3, squeezed)
    y = np.concatenate([left, right][::order], axis=-1)
    return x + y if bypass else y


def check_batch_normalize(function):
    """Exercise 3: batch normalization from the thesis's four formulas (section 5.3)."""
    hint = "mean and variance are taken over the batch, axis 0; epsilon is added to the variance, under the root."
    rng = np.random.default_rng(1)
    x, gamma, beta = rng.normal(3, 2, (8, 5)), rng.normal(1, 0.2, 5), rng.normal(size=5)
    answer = function(x, gamma, beta, 1e-3)
    if untouched(answer):
        return greet(hint)
    expected = gamma * (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + 1e-3) + beta
    expect(expected, answer, "8 examples of 5 numbers, normalized", hint, tolerance=1e-6)
    large = 1e-2 * x  # small numbers show a forgotten epsilon
    expect(gamma * (large - large.mean(axis=0)) / np.sqrt(large.var(axis=0) + 1e-3) + beta,
           function(large, gamma, beta, 1e-3), "the same with values a hundred times smaller", hint, tolerance=1e-6)
    confirm("Mean, variance, normalization, then scale and shift.")
