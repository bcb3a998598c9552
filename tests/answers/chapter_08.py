"""Chapter 08: right and wrong answers to its checks, and its explorer."""

import math

import numpy as np
from mistakes import usual

from fer_utils.course.chapter_08 import figures as transfer_figures

# Exercise 1 of chapter 08

def new_head(net, classes, frozen=True, activation="softmax", layer="features", keep_scores=False):
    import keras
    from keras import layers

    for old in net.layers:
        old.trainable = not frozen
    below = net.output if keep_scores else net.get_layer(layer).output
    return keras.Model(net.input, layers.Dense(classes, activation=activation)(below))


def all_frozen(net, classes):
    model = new_head(net, classes)
    model.trainable = False
    return model


def separate_softmax(net, classes):
    import keras
    from keras import layers

    for old in net.layers:
        old.trainable = False
    scores = layers.Dense(classes)(net.get_layer("scores").input)
    return keras.Model(net.input, layers.Softmax()(scores))


def in_a_row(net, classes):
    import keras
    from keras import layers

    body = keras.Model(net.input, net.get_layer("scores").input)
    body.trainable = False
    return keras.Sequential([body, layers.Dropout(0.5), layers.Dense(classes, activation="softmax")])


def forgetful(net, classes):
    import keras

    return new_head(keras.models.clone_model(net), classes)


# Exercise 2 of chapter 08

def moved_by_loop(before, after):
    found = set()
    for name in before:
        if (before[name] != after[name]).any():
            found.add(name)
    return found


def which_moved(before, after):
    return [name for name in before if not np.array_equal(before[name], after[name])]


# Exercise 3 of chapter 08

def map_side(side, halvings):
    for _ in range(halvings):
        side = (side + 1) // 2
    return side


SOLUTIONS = {"check_new_head": new_head, "check_which_moved": which_moved, "check_map_side": map_side}
RIGHT = [
    ("check_new_head", "softmax as a layer of its own", separate_softmax),
    ("check_new_head", "a row of body and head", in_a_row),
    ("check_which_moved", "a set", moved_by_loop),
    ("check_which_moved", "a tuple, from the last to the first", lambda b, a: tuple(which_moved(b, a))[::-1]),
    ("check_map_side", "rounded up once", lambda side, halvings: math.ceil(side / 2**halvings)),
    ("check_map_side", "as a float", lambda side, halvings: float(map_side(side, halvings))),
]
WRONG = [
    *usual("check_new_head", new_head), *usual("check_which_moved", which_moved), *usual("check_map_side", map_side),
    ("check_new_head", "a body that has forgotten all", forgetful),
    ("check_which_moved", "the answer for one array typed in", lambda before, after: ["scores/kernel"]),
    ("check_map_side", "the area", lambda side, halvings: map_side(side, halvings)**2),
    ("check_new_head", "the body is trained too", lambda net, classes: new_head(net, classes, frozen=False)),
    ("check_new_head", "no softmax", lambda net, classes: new_head(net, classes, activation=None)),
    ("check_new_head", "on the old answers", lambda net, classes: new_head(net, classes, keep_scores=True)),
    ("check_new_head", "always seven classes", lambda net, classes: new_head(net, 7)),
    ("check_new_head", "the old network", lambda net, classes: net),
    ("check_new_head", "everything frozen", all_frozen),
    ("check_new_head", "a layer, not a model", lambda net, classes: net.layers[-1]),
    ("check_which_moved", "always none", lambda before, after: []),
    ("check_which_moved", "all names", lambda before, after: list(before)),
    ("check_which_moved", "those that stayed", lambda before,
     after: [n for n in before if n not in which_moved(before, after)]),
    ("check_which_moved", "nearly equal is equal", lambda b, a: [n for n in b if not np.allclose(b[n], a[n])]),
    ("check_which_moved", "equal sums are equal", lambda b, a: [n for n in b if b[n].sum() != a[n].sum()]),
    ("check_which_moved", "a number", lambda before, after: len(which_moved(before, after))),
    ("check_map_side", "a constant", lambda side, halvings: 2),
    ("check_map_side", "rounds down", lambda side, halvings: side // 2**halvings),
    ("check_map_side", "not rounded", lambda side, halvings: side / 2**halvings),
    ("check_map_side", "once too few", lambda side, halvings: map_side(side, max(halvings - 1, 0))),
]
EXPLORERS = {"histories": transfer_figures.explore_histories}
