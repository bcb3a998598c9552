"""Chapter 10: right and wrong answers to its checks, and its explorers."""

import numpy as np

from fer_utils.course.chapter_10 import figures as squeezenet_figures

# Exercise 1 of chapter 10

def fire_parameters(channels, squeeze, expand1x1, expand3x3):
    return (channels + 1) * squeeze + (squeeze + 1) * expand1x1 + (9 * squeeze + 1) * expand3x3


# Exercise 2 of chapter 10

def fire(x, squeeze, expand, bypass=True, relu="relu", order=1):
    from keras import layers

    squeezed = layers.Conv2D(squeeze, 1, activation=relu)(x)
    left = layers.Conv2D(expand, 1, activation=relu)(squeezed)
    right = layers.Conv2D(expand, 3, padding="same", activation=relu)(squeezed)
    y = layers.Concatenate()([left, right][::order])
    return layers.Add()([x, y]) if bypass and x.shape[-1] == y.shape[-1] else y


def two_convolutions(x, squeeze, expand):
    from keras import layers

    return layers.Conv2D(2 * expand, 3, padding="same")(layers.Conv2D(squeeze, 1)(x))


# Exercise 3 of chapter 10

def batch_normalize(x, gamma, beta, epsilon):
    return gamma * (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + epsilon) + beta


SOLUTIONS = {
    "check_fire_parameters": fire_parameters,
    "check_fire_module": fire,
    "check_batch_normalize": batch_normalize,
}
WRONG = [
    ("check_fire_parameters", "a constant", lambda c, s, e1, e3: 12432),
    ("check_fire_parameters", "no biases", lambda c, s, e1, e3: c * s + s * e1 + 9 * s * e3),
    ("check_fire_parameters", "expands on all channels", lambda c, s, e1, e3: (c + 1) * (s + e1) + (9 * c + 1) * e3),
    ("check_fire_parameters", "a word", lambda c, s, e1, e3: "many"),
    ("check_fire_module", "no bypass", lambda x, s, e: fire(x, s, e, bypass=False)),
    ("check_fire_module", "no ReLU", lambda x, s, e: fire(x, s, e, relu=None)),
    ("check_fire_module", "the input unchanged", lambda x, s, e: x),
    ("check_fire_module", "two convolutions", two_convolutions),
    ("check_batch_normalize", "a constant", lambda x, g, b, e: np.zeros_like(x)),
    ("check_batch_normalize", "over the channels",
     lambda x, g, b, e: g * (x - x.mean(1, keepdims=True)) / np.sqrt(x.var(1, keepdims=True) + e) + b),
    ("check_batch_normalize", "epsilon outside the root",
     lambda x, g, b, e: g * (x - x.mean(0)) / (np.sqrt(x.var(0)) + e) + b),
    ("check_batch_normalize", "no shift", lambda x, g, b, e: g * (x - x.mean(0)) / np.sqrt(x.var(0) + e)),
]
EXPLORERS = {"budget": squeezenet_figures.explore_budget}
