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

def batch_normalize(x, gamma, beta, epsilon):
    return gamma * (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + epsilon) + beta


def in_place(x, gamma, beta, epsilon):
    x -= x.mean(axis=0)
    x /= np.sqrt(x.var(axis=0) + epsilon)
    return gamma * x + beta


def channel_by_channel(x, gamma, beta, epsilon):
    return [[g * (value - column.mean()) / (column.var() + epsilon) ** 0.5 + b
             for value, column, g, b in zip(row, x.T, gamma, beta)] for row in x]


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
     lambda x, g, b, e: batch_normalize(x.astype("float32"), g, b, e).astype("float32")),
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
    ("check_batch_normalize", "a constant", lambda x, g, b, e: np.zeros_like(x)),
    ("check_batch_normalize", "over the channels",
     lambda x, g, b, e: g * (x - x.mean(1, keepdims=True)) / np.sqrt(x.var(1, keepdims=True) + e) + b),
    ("check_batch_normalize", "over everything", lambda x, g, b, e: g * (x - x.mean()) / np.sqrt(x.var() + e) + b),
    ("check_batch_normalize", "epsilon outside the root",
     lambda x, g, b, e: g * (x - x.mean(0)) / (np.sqrt(x.var(0)) + e) + b),
    ("check_batch_normalize", "epsilon typed in", lambda x, g, b, e: batch_normalize(x, g, b, 1e-3)),
    ("check_batch_normalize", "no root", lambda x, g, b, e: g * (x - x.mean(0)) / (x.var(0) + e) + b),
    ("check_batch_normalize", "no shift", lambda x, g, b, e: g * (x - x.mean(0)) / np.sqrt(x.var(0) + e)),
    ("check_batch_normalize", "gamma and beta exchanged", lambda x, g, b, e: batch_normalize(x, b, g, e)),
    ("check_batch_normalize", "in place", in_place),
]
EXPLORERS = {"budget": squeezenet_figures.explore_budget}
