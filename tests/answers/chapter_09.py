"""Chapter 09: right and wrong answers to its checks, and its explorers."""

import numpy as np

from fer_utils.course.chapter_09 import figures as vgg_figures

# Exercise 1

def block_parameters(channels, filters, convolutions):
    first = (9 * channels + 1) * filters
    return first + (convolutions - 1) * (9 * filters + 1) * filters + 4 * filters


# Exercise 2

def block(x, filters, convolutions, norm="first", relu=True, pools=1):
    from keras import layers

    for number in range(convolutions):
        x = layers.Conv2D(filters, 3, padding="same")(x)
        if norm == "all" or norm == "first" and number == 0:
            x = layers.BatchNormalization()(x)
        if relu:
            x = layers.ReLU()(x)
        if norm == "after" and number == 0:
            x = layers.BatchNormalization()(x)
    for _ in range(pools):
        x = layers.MaxPooling2D(2)(x)
    return x


# Exercise 3. Most of the wrong networks have few filters or none: they are built often.

def network(filters=(64, 128, 256, 512, 512), pools=(1, 2, 3, 4), width=3072, dropout=0.25, relu=True):
    import keras
    from keras import layers

    from fer_utils.networks.common import raw_face_input
    from fer_utils.networks.vgg import vgg_block

    inputs, x = raw_face_input(rgb=True)
    for number, (count, convolutions) in enumerate(zip(filters, (2, 2, 3, 3, 3)), start=1):
        x = vgg_block(x, count, convolutions, dropout=dropout, pool=number in pools, name=f"b{number}")
    x = layers.BatchNormalization()(layers.Dense(width)(layers.Flatten()(x)))
    x = layers.Dropout(0.5)(layers.ReLU()(x) if relu else x)
    return keras.Model(inputs, layers.Dense(7, activation="softmax")(x))


# Exercise 4

def discordant(labels, first, second):
    a, b = labels == first, labels == second
    return np.sum(a & ~b), np.sum(b & ~a)


SOLUTIONS = {
    "check_block_parameters": block_parameters,
    "check_vgg_block": block,
    "check_vgg16": network,
    "check_discordant": discordant,
}
WRONG = [
    ("check_block_parameters", "a constant", lambda c, f, n: 38976),
    ("check_block_parameters", "no biases", lambda c, f, n: 9 * c * f + (n - 1) * 9 * f * f + 4 * f),
    ("check_block_parameters", "every convolution on the input", lambda c, f, n: n * (9 * c + 1) * f + 4 * f),
    ("check_block_parameters", "all normalized", lambda c, f, n: block_parameters(c, f, n) + 4 * f * (n - 1)),
    ("check_vgg_block", "no normalization", lambda x, f, n: block(x, f, n, norm="none")),
    ("check_vgg_block", "all normalized", lambda x, f, n: block(x, f, n, norm="all")),
    ("check_vgg_block", "normalized after the ReLU", lambda x, f, n: block(x, f, n, norm="after")),
    ("check_vgg_block", "no ReLU", lambda x, f, n: block(x, f, n, relu=False)),
    ("check_vgg_block", "no pooling", lambda x, f, n: block(x, f, n, pools=0)),
    ("check_vgg_block", "the input unchanged", lambda x, f, n: x),
    ("check_vgg16", "too few filters", lambda: network(filters=(4, 8, 8, 8, 8))),
    ("check_vgg16", "pools after the last block", lambda: network(pools=(1, 2, 3, 4, 5))),
    ("check_vgg16", "the first block does not pool, the last one does", lambda: network(pools=(2, 3, 4, 5))),
    ("check_vgg16", "no ReLU in the head", lambda: network(relu=False)),
    ("check_vgg16", "a number", lambda: 28_913_223),
    ("check_discordant", "how often each is right", lambda y, a, b: (np.sum(y == a), np.sum(y == b))),
    ("check_discordant", "the wrong way round", lambda y, a, b: discordant(y, b, a)),
    ("check_discordant", "where they differ", lambda y, a, b: (np.sum(a != b), np.sum(a != b))),
]
EXPLORERS = {"vgg_budget": vgg_figures.explore_budget}
