"""Checks of the learner's answers in chapter 10, and the course's own functions beside the learner's."""

import itertools

import numpy as np

from fer_utils.course.checks import NotYet, convolve_same, exercise, expect, expect_unchanged


def fire_count(channels, squeeze, expand1x1, expand3x3):
    """Exercise 1 as the course has it: the parameters of a fire module's three convolutions, biases included."""
    return (channels + 1) * squeeze + (squeeze + 1) * expand1x1 + (9 * squeeze + 1) * expand3x3


@exercise("how many convolutions does the diagram show, and how many channels does each of them see?",
          "a filter of side k on c channels has k * k * c weights and one bias; the squeeze sees `channels` channels, "
          "both expands see `squeeze` channels.",
          "the squeeze has (channels + 1) * squeeze parameters; count the two expands likewise, one with 1 * squeeze "
          "and one with 9 * squeeze weights a filter, and add the three.")
def check_fire_parameters(function):
    """Exercise 1: the parameters of a fire module from its numbers of filters."""
    for case in [(128, 16, 64, 64), (64, 16, 64, 64), (512, 64, 256, 192), (10, 3, 1, 20)]:
        channels, squeeze, expand1x1, expand3x3 = case
        expect(fire_count(*case), function(*case),
               f"a fire module of {squeeze}, {expand1x1}, {expand3x3} filters on {channels} channels", mistakes={
                   "the biases are missing": fire_count(*case) - squeeze - expand1x1 - expand3x3,
                   "the expands see the squeezed channels alone":
                       (channels + 1) * (squeeze + expand1x1) + (9 * channels + 1) * expand3x3,
                   "a filter of side 3 has 9 weights a channel":
                       (channels + 1) * squeeze + (squeeze + 1) * expand1x1 + (3 * squeeze + 1) * expand3x3,
                   "a filter has one bias, not one for each of its weights":
                       (channels + 1) * squeeze + (squeeze + 1) * expand1x1 + 9 * (squeeze + 1) * expand3x3})
    return "Three convolutions, each with its biases."


@exercise("which of the diagram's arrows meet, and where does one go past everything?",
          "`layers.Conv2D(filters, side, padding=\"same\", activation=\"relu\")(x)` convolves, `layers.Concatenate()` "
          "puts channels side by side, `layers.Add()` adds; `x.shape[-1]` is the number of channels.",
          "both expands take `squeezed`, each has `expand` filters; y is `layers.Concatenate()([left, right])`, and "
          "the input is added only where `x.shape[-1] == y.shape[-1]`.")
def check_fire_module(function):
    """Exercise 2: a fire module with simple bypass, as a function of Keras tensors."""
    import keras

    rng = np.random.default_rng(0)
    for channels, squeeze, expand in [(96, 16, 64), (128, 16, 64), (48, 6, 24), (128, 8, 20)]:
        what = f"{channels} channels, squeezed to {squeeze}, with {expand} filters of each size"
        inputs = keras.Input((6, 10, channels))
        outputs = function(inputs, squeeze, expand)
        expect((6, 10, 2 * expand), outputs.shape[1:] if hasattr(outputs, "shape") else outputs,
               f"the output's shape for {what}")
        net = keras.Model(inputs, outputs)
        expect(fire_count(channels, squeeze, expand, expand), net.count_params(),
               f"the number of parameters for {what}")
        kernels = _kernels(net)
        # biases that are not 0, and values beyond 6, where some other activations flatten
        for layer in kernels:
            layer.set_weights([layer.get_weights()[0], rng.normal(0, 5, layer.get_weights()[1].shape)])
        x = 20 * rng.normal(size=(2, 6, 10, channels)).astype("float32")
        got, bypass = keras.ops.convert_to_numpy(net(x)), channels == 2 * expand
        # either order of the two expands is a fire module; the nearer one is what the learner meant
        orders = [(_fire_by_hand(kernels, x, bypass, order), order) for order in (1, -1)]
        expected, order = min(orders, key=lambda pair: np.abs(pair[0] - got).max())
        mistakes = {f"a ReLU is missing: {', '.join(without)}": _fire_by_hand(kernels, x, bypass, order, without)
                    for count in (1, 2, 3) for without in itertools.combinations(RELUS, count)}
        mistakes["the bypass is missing" if bypass else "a bypass is where the channels do not match"] = (
            _fire_by_hand(kernels, x, False, order))
        mistakes["the sum needs no ReLU of its own"] = np.maximum(expected, 0)
        expect(expected, got, f"the output for {what}, {'with' if bypass else 'without'} a bypass",
               tolerance=1e-4 * np.abs(expected).max(), mistakes=mistakes)
    return "Squeezed, expanded, concatenated, and bypassed where the channels match."


def simple_fire(x, squeeze, expand):
    """Exercise 2 as the course has it: a fire module with simple bypass, Keras tensors in and out."""
    from fer_utils.networks.squeezenet import fire_module

    # every layer of a network has a name of its own
    return fire_module(x, squeeze, expand, expand, bypass="simple", name=f"fire_of_{x.name}")


RELUS = ("after the squeeze", "after the 1x1 expand", "after the 3x3 expand")


def _kernels(net):
    """The layers of a fire module's three convolutions, squeeze first, then the 1x1 expand, then the 3x3. A dense layer
    is a 1x1 convolution."""
    found = [layer for layer in net.layers if len(layer.get_weights()) == 2 and layer.get_weights()[0].ndim in (2, 4)]
    if len(found) != 3:
        raise NotYet(f"expected three convolutions with biases, got {len(found)}")
    squeeze, *expands = sorted(found, key=lambda layer: net.layers.index(layer))
    return [squeeze, *sorted(expands, key=lambda layer: layer.get_weights()[0].size)]


def _fire_by_hand(kernels, x, bypass, order, without=()):
    """What three layers should give together, computed with NumPy from their own weights. `order` is 1 for the 1x1
    expand first, -1 for the 3x3 expand first; `without`: the RELUS that have no ReLU."""
    def convolved(number, values):
        weights, bias = kernels[number].get_weights()
        y = convolve_same(values, weights[None, None] if weights.ndim == 2 else weights, bias)
        return y if RELUS[number] in without else np.maximum(y, 0)

    squeezed = convolved(0, x)
    y = np.concatenate([convolved(1, squeezed), convolved(2, squeezed)][::order], axis=-1)
    return x + y if bypass else y


def normalize(x, gamma, beta, epsilon):
    """Exercise 3 as the course has it: a batch (n, channels) normalized by its own mean and variance."""
    x = np.asarray(x)
    return gamma * (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + epsilon) + beta


@exercise("a channel is a column of `x`: along which axis do the formulas average?",
          "four formulas, four lines: `x.mean(axis=0)`, the mean of the squares of what is left, the division by a "
          "root, then scale and shift.",
          "the third line is `(x - mean) / np.sqrt(variance + epsilon)`, with the mean and the variance of axis 0.")
def check_batch_normalize(function):
    """Exercise 3: batch normalization from the thesis's four formulas (section 5.3)."""
    rng = np.random.default_rng(1)
    for (rows, columns), size, epsilon in [((8, 5), 1, 1e-3), ((8, 5), 1e-2, 1e-3), ((3, 4), 10, 0.5)]:
        x = size * rng.normal(3, 2, (rows, columns))
        gamma, beta = rng.normal(1, 0.2, columns), rng.normal(size=columns)
        kept, centred = x.copy(), x - x.mean(axis=0)
        got = function(x, gamma, beta, epsilon)
        what = f"{rows} examples of {columns} channels around {3 * size:g}, epsilon {epsilon:g}"
        expect(normalize(kept, gamma, beta, epsilon), got, what, tolerance=1e-5, mistakes={
            "epsilon belongs under the root": gamma * centred / (kept.std(axis=0) + epsilon) + beta,
            "epsilon is missing": gamma * centred / kept.std(axis=0) + beta,
            "divide by the root of the variance, not by the variance":
                gamma * centred / (kept.var(axis=0) + epsilon) + beta,
            "the variance divides by m, not by m - 1":
                gamma * centred / np.sqrt(kept.var(axis=0, ddof=1) + epsilon) + beta,
            "the mean is of one number, not of each channel": gamma * (kept - kept.mean())
                / np.sqrt(kept.var() + epsilon) + beta,
            "gamma and beta are missing": centred / np.sqrt(kept.var(axis=0) + epsilon),
            "gamma scales, beta shifts": beta * centred / np.sqrt(kept.var(axis=0) + epsilon) + gamma})
        expect_unchanged(kept, x, "x")
    return "Mean, variance, normalization, then scale and shift."
