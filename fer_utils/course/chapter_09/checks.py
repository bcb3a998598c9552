"""Checks of the learner's answers in chapter 09."""

import numpy as np

from fer_utils.course.checks import NotYet, convolve_same, exercise, expect, network_between, shortened
from fer_utils.evaluation.results import THESIS


@exercise("How many channels does the first convolution of a block see, and how many the second?",
          "A filter of 3x3 has nine weights for every channel that it sees, and one bias. All but the first "
          "convolution see as many channels as there are filters. Pooling and ReLU have nothing to learn.",
          "The first has `(9 * channels + 1) * filters`, each other `(9 * filters + 1) * filters`, the normalization "
          "`4 * filters`.")
def check_block_parameters(function):
    """Exercise 1: parameters of a block of 3x3 convolutions with one batch normalization."""
    for channels, filters, convolutions in [(64, 128, 1), (3, 64, 2), (256, 512, 3), (5, 2, 4)]:
        right = _parameters(channels, filters, convolutions)
        expect(right, function(channels, filters, convolutions),
               f"{convolutions} convolution{'s' * (convolutions > 1)} of {filters} filters on {channels} channels",
               mistakes={"one normalization a block, after its first convolution":
                         right + 4 * filters * (convolutions - 1),
                         "the normalization is missing": right - 4 * filters,
                         "every filter has a bias": right - filters * convolutions,
                         "the later convolutions see the filters of the one before":
                         convolutions * (9 * channels + 1) * filters + 4 * filters})
    return "Kernels, biases, and four numbers a channel for the normalization."


def _parameters(channels, filters, convolutions):
    return (9 * channels + 1) * filters + (convolutions - 1) * (9 * filters + 1) * filters + 4 * filters


@exercise("In which order does a map pass the layers of a block, and which of them come once only?",
          'A loop over `range(convolutions)`: `layers.Conv2D` with 3x3 filters and padding "same", then '
          "`layers.BatchNormalization` in the first turn only, then `layers.ReLU`. The pooling comes after the loop.",
          'In the loop `x = layers.Conv2D(filters, 3, padding="same")(x)`, `if number == 0: '
          "x = layers.BatchNormalization()(x)`, `x = layers.ReLU()(x)`.")
def check_vgg_block(function):
    """Exercise 2: a block as a function of Keras tensors."""
    import keras

    for side, channels, filters, convolutions in [(12, 3, 8, 1), (12, 3, 8, 3), (8, 5, 4, 2)]:
        inputs = keras.Input((side, side, channels))
        net = network_between(inputs, function(inputs, filters, convolutions), "the maps after the pooling")
        what = f"for {convolutions} convolution{'s' * (convolutions > 1)} of {filters} filters"
        expect((side // 2, side // 2, filters), net.output_shape[1:], f"the output's shape {what}, from {side}x{side}")
        kinds = [type(layer).__name__ for layer in _layers(net)]
        expect(1, sum("BatchNorm" in kind for kind in kinds), f"the number of normalizations {what}")
        expect(_parameters(channels, filters, convolutions), net.count_params(), f"the number of parameters {what}")
        rng = np.random.default_rng(0)
        net.set_weights([rng.uniform(0.5, 1.5, w.shape) if w.ndim == 1 else rng.normal(0, 0.3, w.shape)
                         for w in net.get_weights()])  # so that a normalization in another place shows
        x = rng.normal(size=(2, side, side, channels)).astype("float32")
        right = _block_by_hand(net, x)
        expect(right, keras.ops.convert_to_numpy(net(x, training=False)), f"the output {what}, from your own weights",
               tolerance=1e-3 * float(right.max() + 1),
               mistakes={"the normalization comes before the ReLU": _block_by_hand(net, x, relu_first=True)})
    return "The same numbers as NumPy finds with your layers' weights."


def _layers(net):
    """The layers of a Keras model, those of models inside it too."""
    return [inner for layer in net.layers for inner in (_layers(layer) if hasattr(layer, "layers") else [layer])]


def _block_by_hand(net, x, relu_first=False):
    """What the learner's layers should give together, computed with NumPy from their own weights."""
    norm, = (layer for layer in _layers(net) if "BatchNorm" in type(layer).__name__)
    gamma, beta, mean, variance = (np.asarray(value) for value in norm.get_weights())
    convolutions = [layer for layer in _layers(net) if "Conv" in type(layer).__name__]
    for number, layer in enumerate(convolutions):
        x = convolve_same(x, *(np.asarray(value) for value in layer.get_weights()))
        if number == 0:
            x = np.maximum(x, 0) if relu_first else x
            x = gamma * (x - mean) / np.sqrt(variance + norm.epsilon) + beta
        x = x if relu_first and number == 0 else np.maximum(x, 0)
    return np.maximum(np.maximum(x[:, ::2, ::2], x[:, 1::2, ::2]), np.maximum(x[:, ::2, 1::2], x[:, 1::2, 1::2]))


@exercise("Which block differs from the other four, and in what? What stands between the last map and the scores?",
          "Begin with `inputs, x = raw_face_input(rgb=True)`; then five calls of `vgg_block` with `dropout=` and "
          "another `name=` each, the last with `pool=False`; then `layers.Flatten()` and the head.",
          'The head, in this order: `Dense(3072)`, `BatchNormalization()`, `ReLU()`, `Dropout(0.5)`, '
          '`Dense(7, activation="softmax")`; the answer is `keras.Model(inputs, x)`.')
def check_vgg16(function):
    """Exercise 3: the whole network, to the thesis's count."""
    net = function()
    if not hasattr(net, "count_params"):
        raise NotYet(f"expected a Keras model, got {shortened(net)}")
    expect((48, 48, 1), net.input_shape[1:], "the shape of a raw face")
    expect((7,), net.output_shape[1:], "the shape of the output")
    kinds = [type(layer).__name__ for layer in _layers(net)]
    expect(13, kinds.count("Conv2D"), "the number of convolutions")
    expect(6, kinds.count("BatchNormalization"), "the number of batch normalizations")
    expect(THESIS["vgg16"]["parameters"], net.count_params(), "the number of parameters")
    expect(6, kinds.count("Dropout"), "the number of dropouts, one after every block and one after the dense layer")
    places = [place for place, kind in enumerate(kinds) if kind == "Dropout"]
    expect([2, 4, 7, 10, 13, 13], [kinds[:place].count("Conv2D") for place in places],
           "the number of convolutions before each dropout", mistakes={
               "dropout comes after a block, not before": [0, 2, 4, 7, 10, 13]})
    expect([0, 0, 0, 0, 0, 1], [kinds[:place].count("Dense") for place in places],
           "the number of dense layers before each dropout")
    faces = np.random.default_rng(0).integers(0, 256, (2, 48, 48, 1)).astype("float32")
    total = np.asarray(net(faces, training=False)).sum(axis=1)
    expect([1, 1], total, "the sums of the probabilities of two faces, which softmax makes 1", tolerance=1e-4)
    right, got = _answers_with_the_same_weights(net, faces)
    expect(right, got, "the answers of your layers with other weights (look for a ReLU that is missing or comes before "
           "its normalization, and for the block that does not pool)", tolerance=1e-3)
    return f"{net.count_params():,} parameters, as the thesis says."


def _answers_with_the_same_weights(net, faces):
    """The answers of the package's vgg16 and of `net`, both with the same drawn weights: float32 (n, 7) each."""
    from fer_utils.networks import build_network

    package, rng = build_network("vgg16"), np.random.default_rng(1)
    for layer in package.layers:
        shapes = [w.shape for w in layer.get_weights()]
        if len(shapes) == 4:  # a normalization, as after training: a fresh one changes nothing, wherever it stands
            layer.set_weights([rng.uniform(middle - 0.5, middle + 0.5, shape)
                               for shape, middle in zip(shapes, (1, 0, 0, 1))])
        elif shapes:
            spread = np.sqrt(2 / np.prod(shapes[0][:-1]))
            layer.set_weights([spread * rng.standard_normal(shapes[0], "float32"), np.zeros(shapes[1])])
    try:
        net.set_weights(package.get_weights())
    except ValueError:
        raise NotYet("expected the layers in the order of the text, got another one") from None
    return np.asarray(package(faces, training=False)), np.asarray(net(faces, training=False))


@exercise("A face that both networks read right says nothing about which is better. Which faces do?",
          "`labels == first` says for each face whether the first network is right. `&` and `~` combine such arrays, "
          "`np.sum` counts what is true.",
          "With `a, b = labels == first, labels == second`, the two counts are those of `a & ~b` and of `b & ~a`.")
def check_discordant(function):
    """Exercise 4: how many faces only the first network, and only the second, reads right."""
    rng = np.random.default_rng(0)
    few = [np.array(row) for row in ([0, 3, 3, 6, 2, 5], [0, 3, 1, 6, 2, 0], [0, 3, 3, 1, 4, 2])]
    many = rng.integers(0, 7, (3, 400))
    many[2, :300] = many[0, :300]
    for labels, first, second in (few, many, many[[0, 2, 2]]):
        a, b = labels == first, labels == second
        right = discordant(labels, first, second)
        expect(right, function(labels.copy(), first.copy(), second.copy()),
               f"{len(labels)} faces, which the first reads right in {a.sum()} and the second in {b.sum()} cases",
               mistakes={"the wrong way round": right[::-1],
                         "the networks may differ and both be wrong": [np.sum(first != second)] * 2})
    return "Faces that both read right, or both wrong, say nothing about which is better."


def discordant(labels, first, second):
    """How many faces only the first network reads right, and how many only the second: a list. Exercise 4."""
    a, b = labels == first, labels == second
    return [np.sum(a & ~b), np.sum(b & ~a)]
