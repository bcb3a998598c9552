"""Chapter 10: right and wrong answers to its checks, and its explorers."""

import numpy as np
from mistakes import usual

from fer_utils.course.chapter_10 import figures as squeezenet_figures

# Exercise 1 of chapter 10

def fire_parameters(channels, squeeze, expand1x1, expand3x3):
    return (channels + 1) * squeeze + (squeeze + 1) * expand1x1 + (9 * squeeze + 1) * expand3x3


# Exercise 2 of chapter 10

def fire(x, squeeze, expand, bypass=True, relu="relu", order=1, squeeze_relu="relu"):
    from keras import layers

    squeezed = layers.Conv2D(squeeze, 1, activation=squeeze_relu)(x)
    left = layers.Conv2D(expand, 1, activation=relu)(squeezed)
    right = layers.Conv2D(expand, 3, padding="same", activation=relu)(squeezed)
    y = layers.Concatenate()([left, right][::order])
    return layers.Add()([x, y]) if bypass and x.shape[-1] == y.shape[-1] else y


def two_convolutions(x, squeeze, expand):
    from keras import layers

    return layers.Conv2D(2 * expand, 3, padding="same")(layers.Conv2D(squeeze, 1)(x))


def bypass_for_128(x, squeeze, expand):
    return x + fire(x, squeeze, expand, bypass=False) if x.shape[-1] == 128 else fire(x, squeeze, expand, bypass=False)


def relu_after_the_sum(x, squeeze, expand):
    from keras import layers

    return layers.ReLU()(fire(x, squeeze, expand))


def expand_on_the_input(x, squeeze, expand):
    from keras import layers

    return layers.Concatenate()([fire(x, squeeze, expand // 2, bypass=False), layers.Conv2D(expand, 1)(x)])


def with_layers_apart(x, squeeze, expand):
    """The same, with the 1x1 convolutions as dense layers and the activations as layers of their own."""
    from keras import layers, ops

    squeezed = layers.ReLU()(layers.Dense(squeeze)(x))
    right = ops.relu(layers.Conv2D(expand, (3, 3), padding="same")(squeezed))
    y = ops.concatenate([layers.Dense(expand, activation="relu")(squeezed), right], axis=-1)
    return x + y if int(x.shape[3]) == 2 * expand else y


# Exercise 3 of chapter 10

def batch_normalize(maps, gamma, beta, running, training, epsilon=1e-3, axes=(0, 1, 2), step=0.1, ddof=0, root=0.5):
    mean, variance = running
    if training:
        mean, variance = maps.mean(axis=axes), maps.var(axis=axes, ddof=ddof)
        running = (1 - step) * running[0] + step * mean, (1 - step) * running[1] + step * variance
    return gamma * (maps - mean) / (variance + epsilon) ** root + beta, running


def in_place(maps, gamma, beta, running, training):
    result, after = batch_normalize(maps.copy(), gamma, beta, running, training)
    maps[:] = result
    return maps, after


def averages_in_place(maps, gamma, beta, running, training):
    result, after = batch_normalize(maps, gamma, beta, running, training)
    running[0][:], running[1][:] = after
    return result, running


def moved_first(maps, gamma, beta, running, training):
    """The averages after their step, in training too."""
    after = batch_normalize(maps, gamma, beta, running, training)[1]
    return batch_normalize(maps, gamma, beta, after, False)[0], after


def channel_by_channel(maps, gamma, beta, running, training):
    results, means, variances = [], [], []
    for c in range(maps.shape[-1]):
        own, mean, variance = maps[..., c], running[0][c], running[1][c]
        means.append(0.9 * mean + 0.1 * own.mean() if training else mean)
        variances.append(0.9 * variance + 0.1 * own.var() if training else variance)
        mean, variance = (own.mean(), own.var()) if training else (mean, variance)
        results.append(gamma[c] * (own - mean) / (variance + 1e-3) ** 0.5 + beta[c])
    return [np.stack(results, axis=-1), (means, variances)]


SOLUTIONS = {
    "check_fire_parameters": fire_parameters,
    "check_fire_module": fire,
    "check_batch_normalize": batch_normalize,
}
RIGHT = [
    ("check_fire_parameters", "as a float", lambda c, s, e1, e3: float(fire_parameters(c, s, e1, e3))),
    ("check_fire_parameters", "as an array", lambda *given: np.array(fire_parameters(*given))),
    ("check_fire_parameters", "weights and biases apart",
     lambda c, s, e1, e3: c * s + s * e1 + 9 * s * e3 + s + e1 + e3),
    ("check_fire_module", "the 3x3 expand first", lambda x, squeeze, expand: fire(x, squeeze, expand, order=-1)),
    ("check_fire_module", "dense layers, activations apart", with_layers_apart),
    ("check_batch_normalize", "in single precision",
     lambda x, g, b, r, t: (batch_normalize(x.astype("float32"), g, b, r, t)[0].astype("float32"),
                            batch_normalize(x, g, b, r, t)[1])),
    ("check_batch_normalize", "a list, channel by channel", channel_by_channel),
]
WRONG = [
    *usual("check_fire_parameters", fire_parameters),
    ("check_fire_parameters", "the worked number typed in", lambda c, s, e1, e3: 12432),
    ("check_fire_parameters", "no biases", lambda c, s, e1, e3: c * s + s * e1 + 9 * s * e3),
    ("check_fire_parameters", "expands on all channels", lambda c, s, e1, e3: (c + 1) * (s + e1) + (9 * c + 1) * e3),
    ("check_fire_parameters", "as many filters of each side", lambda c, s, e1, e3: fire_parameters(c, s, e1, e1)),
    ("check_fire_parameters", "a word", lambda c, s, e1, e3: "many"),
    ("check_fire_module", "return forgotten", lambda x, s, e: [fire(x, s, e)] and None),
    ("check_fire_module", "printed", lambda x, s, e: print(fire(x, s, e))),
    ("check_fire_module", "a number", lambda x, s, e: 128),
    ("check_fire_module", "the filters typed in", lambda x, s, e: fire(x, 16, 64)),
    ("check_fire_module", "no bypass", lambda x, s, e: fire(x, s, e, bypass=False)),
    ("check_fire_module", "a bypass for 128 channels alone", bypass_for_128),
    ("check_fire_module", "no ReLU", lambda x, s, e: fire(x, s, e, relu=None, squeeze_relu=None)),
    ("check_fire_module", "no ReLU after the squeeze", lambda x, s, e: fire(x, s, e, squeeze_relu=None)),
    ("check_fire_module", "ReLU that ends at 6", lambda x, s, e: fire(x, s, e, relu="relu6")),
    ("check_fire_module", "ReLU after the sum", relu_after_the_sum),
    ("check_fire_module", "an expand on the input", expand_on_the_input),
    ("check_fire_module", "the input unchanged", lambda x, s, e: x),
    ("check_fire_module", "two convolutions", two_convolutions),
    *usual("check_batch_normalize", batch_normalize),
    ("check_batch_normalize", "the maps alone", lambda *given: batch_normalize(*given)[0]),
    ("check_batch_normalize", "the averages for a string", lambda *given: (batch_normalize(*given)[0], "mean")),
    ("check_batch_normalize", "always as in training", lambda x, g, b, r, t: batch_normalize(x, g, b, r, True)),
    ("check_batch_normalize", "always as in use", lambda x, g, b, r, t: batch_normalize(x, g, b, r, False)),
    ("check_batch_normalize", "the averages never move", lambda x, g, b, r, t: (batch_normalize(x, g, b, r, t)[0], r)),
    ("check_batch_normalize", "the averages move in use too",
     lambda x, g, b, r, t: (batch_normalize(x, g, b, r, t)[0], batch_normalize(x, g, b, r, True)[1])),
    ("check_batch_normalize", "nine tenths of the way",
     lambda *given: batch_normalize(*given, step=0.9)),
    ("check_batch_normalize", "the averages after their step", moved_first),
    ("check_batch_normalize", "over the faces alone", lambda *given: batch_normalize(*given, axes=0)),
    ("check_batch_normalize", "over everything", lambda *given: batch_normalize(*given, axes=None)),
    ("check_batch_normalize", "without epsilon", lambda *given: batch_normalize(*given, epsilon=0)),
    ("check_batch_normalize", "divided by m - 1", lambda *given: batch_normalize(*given, ddof=1)),
    ("check_batch_normalize", "no root", lambda *given: batch_normalize(*given, root=1)),
    ("check_batch_normalize", "gamma and beta exchanged", lambda x, g, b, r, t: batch_normalize(x, b, g, r, t)),
    ("check_batch_normalize", "in place", in_place),
    ("check_batch_normalize", "the averages in place", averages_in_place),
]
EXPLORERS = {"budget": squeezenet_figures.explore_budget}
