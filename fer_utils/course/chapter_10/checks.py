"""Checks of the learner's answers in chapter 10, and the course's own functions beside the learner's."""

import itertools

import numpy as np

from fer_utils.course.checks import (
    NotYet,
    convolve_same,
    exercise,
    expect,
    expect_unchanged,
    network_between,
    shortened,
)


def fire_count(channels, squeeze, expand1x1, expand3x3):
    """Exercise 1 as the course has it: the parameters of a fire module's three convolutions, biases included."""
    return (channels + 1) * squeeze + (squeeze + 1) * expand1x1 + (9 * squeeze + 1) * expand3x3


@exercise("How many convolutions does the diagram show, and how many channels does each of them see?",
          "A filter of side k on c channels has k * k * c weights and one bias; the squeeze sees `channels` channels, "
          "both expands see `squeeze` channels.",
          "The squeeze has (channels + 1) * squeeze parameters; count the two expands likewise, one with 1 * squeeze "
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


@exercise("Which of the diagram's arrows meet, and where does one go past everything?",
          "`layers.Conv2D(filters, side, padding=\"same\", activation=\"relu\")(x)` convolves, `layers.Concatenate()` "
          "puts channels side by side, `layers.Add()` adds; `x.shape[-1]` is the number of channels.",
          "Both expands take `squeezed`, each has `expand` filters; y is `layers.Concatenate()([left, right])`, and "
          "the input is added only where `x.shape[-1] == y.shape[-1]`.")
def check_fire_module(function):
    """Exercise 2: a fire module with simple bypass, as a function of Keras tensors."""
    import keras

    rng = np.random.default_rng(0)
    for channels, squeeze, expand in [(96, 16, 64), (128, 16, 64), (48, 6, 24), (128, 8, 20)]:
        what = f"{channels} channels, squeezed to {squeeze}, with {expand} filters of each size"
        inputs = keras.Input((6, 10, channels))
        net = network_between(inputs, function(inputs, squeeze, expand), "the module's maps")
        expect((6, 10, 2 * expand), net.output_shape[1:], f"the output's shape for {what}")
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


def normalize(maps, gamma, beta, running, training, epsilon=1e-3):
    """Exercise 3 as the course has it: maps (n, rows, columns, channels) normalized by channel, and the running mean
    and variance, a pair, as they are afterwards."""
    mean, variance = running
    if training:
        mean, variance = maps.mean(axis=(0, 1, 2)), maps.var(axis=(0, 1, 2))
        running = 0.9 * running[0] + 0.1 * mean, 0.9 * running[1] + 0.1 * variance
    return gamma * (maps - mean) / np.sqrt(variance + epsilon) + beta, running


@exercise("One mean for each channel, so over which axes do you average? And which of the two cases changes the "
          "running averages?",
          "`maps.mean(axis=(0, 1, 2))` averages over faces, rows and columns; in use, `running` takes the place of "
          "both; give back two things, the maps and the pair.",
          "`mean, variance = running` is all that use needs; training replaces both by the batch's own, and gives back "
          "`(0.9 * running[0] + 0.1 * mean, 0.9 * running[1] + 0.1 * variance)` in place of `running`.")
def check_batch_normalize(function):
    """Exercise 3: batch normalization of maps, in training and in use (section 5.3)."""
    rng = np.random.default_rng(1)
    for (shape, size), training in itertools.product([((8, 3, 5, 4), 1), ((3, 2, 2, 6), 0.05)], (True, False)):
        maps = size * rng.normal(3, 2, shape)
        gamma, beta = rng.normal(1, 0.2, shape[-1]), rng.normal(size=shape[-1])
        running = size * rng.normal(1, 0.2, shape[-1]), size**2 * rng.uniform(2, 6, shape[-1])
        given = maps.copy(), (running[0].copy(), running[1].copy())
        what = (f"{shape[0]} faces of {shape[1]} x {shape[2]} places and {shape[3]} channels, "
                f"{'in training' if training else 'in use'}")
        answer = function(maps, gamma, beta, running, training)
        expect_unchanged(given[0], maps, "maps")
        expect_unchanged(given[1], running, "running")
        if not isinstance(answer, (tuple, list)) or len(answer) != 2:
            raise NotYet(f"{what}: expected two things, the maps and the pair of averages, got {shortened(answer)}")
        maps, running = given
        right, (mean, variance) = normalize(maps, gamma, beta, running, training)
        expect(right, answer[0], f"the maps of {what}", tolerance=1e-5,
               mistakes=_normalized_wrongly(maps, gamma, beta, running, training))
        before = "the running mean and variance after "
        for name, number in (("mean", 0), ("variance", 1)):
            own = maps.mean(axis=(0, 1, 2)) if number == 0 else maps.var(axis=(0, 1, 2))
            expect((mean, variance)[number], np.asarray(answer[1][number]), f"{before}{what}: the {name}",
                   tolerance=1e-6, mistakes={
                       "in use the averages stay" if not training else "in training the averages move":
                           0.9 * running[number] + 0.1 * own if not training else running[number],
                       "a tenth of the way, not nine tenths": 0.1 * running[number] + 0.9 * own,
                       "these are the batch's own": own})
    return "By the batch in training, by the running averages in use."


def _normalized_wrongly(maps, gamma, beta, running, training, epsilon=1e-3):
    """Known mistakes of exercise 3 and the maps that they give."""
    own, axes = (maps.mean(axis=(0, 1, 2)), maps.var(axis=(0, 1, 2))), (0, 1, 2)
    mean, variance = own if training else running
    other = running if training else own
    moved = [0.9 * before + 0.1 * now for before, now in zip(running, own)]
    centred = maps - mean
    return {
        "in training the batch's own, in use the running averages":
            gamma * (maps - other[0]) / np.sqrt(other[1] + epsilon) + beta,
        "the averages after their step": gamma * (maps - moved[0]) / np.sqrt(moved[1] + epsilon) + beta,
        "one mean a channel, over faces, rows and columns":
            gamma * (maps - maps.mean(axis=0)) / np.sqrt(maps.var(axis=0) + epsilon) + beta,
        "the mean is of one number, not of each channel":
            gamma * (maps - maps.mean()) / np.sqrt(maps.var() + epsilon) + beta,
        "epsilon is missing": gamma * centred / np.sqrt(variance) + beta,
        "epsilon belongs under the root": gamma * centred / (np.sqrt(variance) + epsilon) + beta,
        "divide by the root of the variance, not by the variance": gamma * centred / (variance + epsilon) + beta,
        "the variance divides by m, not by m - 1": gamma * centred / np.sqrt(maps.var(axis=axes, ddof=1) + epsilon)
            + beta,
        "gamma and beta are missing": centred / np.sqrt(variance + epsilon),
        "gamma scales, beta shifts": beta * centred / np.sqrt(variance + epsilon) + gamma}
