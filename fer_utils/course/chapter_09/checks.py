"""Checks of the learner's answers in chapter 09."""

import numpy as np

from fer_utils.course.checks import NotYet, confirm, convolve_same, expect, greet, shortened, untouched
from fer_utils.evaluation.results import THESIS


def check_block_parameters(function):
    """Exercise 1: parameters of a block of 3x3 convolutions with one batch normalization."""
    hint = ("the first convolution sees `channels` channels, the others see `filters`; each filter has a bias, and the "
            "normalization has four numbers for each channel.")
    if untouched(function(3, 64, 2)):
        return greet(hint)
    for channels, filters, convolutions in [(64, 128, 1), (3, 64, 2), (256, 512, 3)]:
        expected = (9 * channels + 1) * filters + (convolutions - 1) * (9 * filters + 1) * filters + 4 * filters
        expect(expected, function(channels, filters, convolutions),
               f"{convolutions} convolution{'s' * (convolutions > 1)} of {filters} filters on {channels} channels",
               hint)
    confirm("Kernels, biases, and four numbers a channel for the normalization.")


def check_vgg_block(function):
    """Exercise 2: a block as a function of Keras tensors."""
    import keras

    hint = ('convolve (3x3, padding "same"), normalize after the first convolution only, ReLU after each of them, and '
            "pool once at the end.")
    if untouched(function(keras.Input((12, 12, 3)), 8, 2)):
        return greet(hint)
    for channels, filters, convolutions in [(3, 8, 1), (3, 8, 3)]:
        inputs = keras.Input((12, 12, channels))
        net = keras.Model(inputs, function(inputs, filters, convolutions))
        what = f"for {convolutions} convolution{'s' * (convolutions > 1)} of {filters} filters"
        expect((6, 6, filters), net.output_shape[1:], f"the output's shape {what}, from 12x12", hint)
        expect((9 * channels + 1) * filters + (convolutions - 1) * (9 * filters + 1) * filters + 4 * filters,
               net.count_params(), f"the number of parameters {what}", hint)
        rng = np.random.default_rng(0)
        net.set_weights([rng.uniform(0.5, 1.5, w.shape) if w.ndim == 1 else rng.normal(0, 0.3, w.shape)
                         for w in net.get_weights()])  # so that a normalization in another place shows
        x = rng.normal(size=(2, 12, 12, channels)).astype("float32")
        got = keras.ops.convert_to_numpy(net(x, training=False))
        expect(_block_by_hand(net, x), got, f"the output {what}", hint, tolerance=1e-2 * float(np.abs(got).max() + 1))
    confirm("The same numbers as NumPy finds with your layers' weights.")


def _block_by_hand(net, x):
    """What the learner's layers should give together, computed with NumPy from their own weights."""
    norm, = (layer for layer in net.layers if "BatchNorm" in type(layer).__name__)
    convolutions = [layer for layer in net.layers if "Conv" in type(layer).__name__]
    for number, layer in enumerate(convolutions):
        x = convolve_same(x, *(np.asarray(value) for value in layer.get_weights()))
        if number == 0:
            gamma, beta, mean, variance = (np.asarray(value) for value in norm.get_weights())
            x = gamma * (x - mean) / np.sqrt(variance + norm.epsilon) + beta
        x = np.maximum(x, 0)
    return np.maximum(np.maximum(x[:, ::2, ::2], x[:, 1::2, ::2]), np.maximum(x[:, ::2, 1::2], x[:, 1::2, 1::2]))


def check_vgg16(function):
    """Exercise 3: the whole network, to the thesis's count."""
    hint = ("thirteen convolutions in five blocks, of which the last does not pool; Flatten; a dense layer of 3,072 "
            "with a batch normalization; a dense layer of 7 with softmax.")
    net = function()
    if untouched(net):
        return greet(hint)
    if not hasattr(net, "count_params"):
        raise NotYet(f"expected a Keras model, got {shortened(net)}. Hint: return keras.Model(inputs, outputs).")
    kinds = [type(layer).__name__ for layer in net.layers]
    expect((48, 48), net.input_shape[1:3], "height and width of the input", hint)
    expect((7,), net.output_shape[1:], "the shape of the output", hint)
    expect(13, kinds.count("Conv2D"), "the number of convolutions", hint)
    expect(6, kinds.count("BatchNormalization"), "the number of batch normalizations", hint)
    expect(THESIS["vgg16"]["parameters"], net.count_params(), "the number of parameters", hint)
    dropout = "the thesis puts dropout after every block and after the dense layer; vgg_block takes `dropout`."
    expect(6, kinds.count("Dropout"), "the number of dropout layers", dropout)
    faces = np.random.default_rng(0).integers(0, 256, (2, *net.input_shape[1:])).astype("float32")
    total = np.asarray(net(faces, training=False)).sum(axis=1)
    expect([1, 1], total, "the sums of the probabilities of two faces", 'the last dense layer ends with "softmax".',
           1e-4)
    expect(*_answers_with_the_same_weights(net, faces, hint), "the answers with the weights of the package's vgg16",
           "is a ReLU missing, or does another block not pool?", 1e-3)
    confirm(f"{net.count_params():,} parameters, as the thesis says.")


def _answers_with_the_same_weights(net, faces, hint):
    """The answers of the package's vgg16 and of `net`, which receives its weights: float32 (n, 7) each."""
    from fer_utils.networks import build_network

    package = build_network("vgg16")
    weights = package.get_weights()
    weights[-2] = np.random.default_rng(1).normal(0, 0.1, weights[-2].shape)  # or every face would get about 1/7
    try:
        net.set_weights(weights)
    except ValueError:
        raise NotYet(f"expected the layers in another order. Hint: {hint}") from None
    package.set_weights(weights)
    return np.asarray(package(faces, training=False)), np.asarray(net(faces, training=False))


def check_discordant(function):
    """Exercise 4: how many faces only the first network, and only the second, reads right."""
    hint = ("compare each network's predictions with the labels first; then count where one is right and "
            "the other is not.")
    rng = np.random.default_rng(0)
    labels = np.array([0, 3, 3, 6, 2, 5])
    answer = function(labels, np.array([0, 3, 1, 6, 2, 0]), np.array([0, 3, 3, 1, 4, 2]))
    if untouched(answer):
        return greet(hint)
    expect([2, 1], answer, "six faces, of which the networks differ in being right on three", hint)
    labels, first, second = rng.integers(0, 3, (3, 400))
    a, b = labels == first, labels == second
    expect([np.sum(a & ~b), np.sum(b & ~a)], function(labels, first, second), "400 faces", hint)
    confirm("Faces that both read right, or both wrong, say nothing about which is better.")
