"""Chapter 09: right and wrong answers to its checks, and its explorers."""

import numpy as np
from mistakes import usual

from fer_utils.course.chapter_09 import figures as vgg_figures

# Exercise 1

def block_parameters(channels, filters, convolutions):
    first = (9 * channels + 1) * filters
    return first + (convolutions - 1) * (9 * filters + 1) * filters + 4 * filters


def counted_by_keras(channels, filters, convolutions):
    import keras

    inputs = keras.Input((8, 8, channels))
    return keras.Model(inputs, block(inputs, filters, convolutions)).count_params()


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


def short_block(x, filters, convolutions):
    from keras import layers

    x = layers.Activation("relu")(layers.BatchNormalization()(layers.Conv2D(filters, 3, padding="same")(x)))
    for _ in range(convolutions - 1):
        x = layers.Conv2D(filters, (3, 3), padding="same", activation="relu")(x)
    return layers.MaxPool2D()(x)


# Exercise 3. Most of the wrong networks have few filters or none: they are built often.

def network(filters=(64, 128, 256, 512, 512), pools=(1, 2, 3, 4), head="norm relu dropout", before=False,
            softmax="softmax"):
    import keras
    from keras import layers

    from fer_utils.networks.common import raw_face_input
    from fer_utils.networks.vgg import vgg_block

    inputs, x = raw_face_input(rgb=True)
    for number, (count, convolutions) in enumerate(zip(filters, (2, 2, 3, 3, 3)), start=1):
        x = layers.Dropout(0.25)(x) if before else x
        x = vgg_block(x, count, convolutions, dropout=0 if before else 0.2, pool=number in pools, name=f"b{number}")
    x = layers.Dense(3072)(layers.Flatten()(x))
    for name in head.split():
        x = {"norm": layers.BatchNormalization(), "relu": layers.ReLU(), "dropout": layers.Dropout(0.5)}[name](x)
    return keras.Model(inputs, layers.Dense(7, activation=softmax)(x))


def network_of_own_blocks(norm="first"):
    import keras
    from keras import layers

    from fer_utils.networks.common import raw_face_input

    inputs, x = raw_face_input(rgb=True)
    for number, (count, convolutions) in enumerate(zip((64, 128, 256, 512, 512), (2, 2, 3, 3, 3)), start=1):
        x = layers.Dropout(0.1)(block(x, count, convolutions, norm, pools=number < 5))
    x = layers.Activation("relu")(layers.BatchNormalization()(layers.Dense(3072)(layers.Flatten()(x))))
    return keras.Model(inputs, layers.Softmax()(layers.Dense(7)(layers.Dropout(0.4)(x))))


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
RIGHT = [
    ("check_block_parameters", "counted by Keras", counted_by_keras),
    ("check_vgg_block", "activations inside the convolutions", short_block),
    ("check_vgg16", "of blocks of one's own, and a softmax layer", network_of_own_blocks),
    ("check_discordant", "a list of Python numbers", lambda y, a, b: [int(n) for n in discordant(y, a, b)]),
    ("check_discordant", "an array", lambda y, a, b: np.array(discordant(y, a, b))),
]
WRONG = [
    *usual("check_block_parameters", block_parameters), *usual("check_discordant", discordant),
    *usual("check_vgg_block", block),
    ("check_vgg16", "return forgotten", lambda: print("a network")),
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
    ("check_vgg16", "no ReLU in the head", lambda: network(head="norm dropout")),
    ("check_vgg16", "ReLU before normalization in the head", lambda: network(head="relu norm dropout")),
    ("check_vgg16", "ReLU before normalization in the blocks", lambda: network_of_own_blocks("after")),
    ("check_vgg16", "dropout before every block", lambda: network(before=True)),
    ("check_vgg16", "no dropout in the head", lambda: network(head="norm relu")),
    ("check_vgg16", "scores, not probabilities", lambda: network(softmax=None)),
    ("check_vgg16", "a number", lambda: 28_913_223),
    ("check_block_parameters", "no normalization", lambda c, f, n: block_parameters(c, f, n) - 4 * f),
    ("check_discordant", "the example typed in", lambda y, a, b: (2, 1)),
    ("check_discordant", "their sum", lambda y, a, b: sum(discordant(y, a, b))),
    ("check_discordant", "how often each is right", lambda y, a, b: (np.sum(y == a), np.sum(y == b))),
    ("check_discordant", "the wrong way round", lambda y, a, b: discordant(y, b, a)),
    ("check_discordant", "where they differ", lambda y, a, b: (np.sum(a != b), np.sum(a != b))),
]
EXPLORERS = {"vgg_budget": vgg_figures.explore_budget}
