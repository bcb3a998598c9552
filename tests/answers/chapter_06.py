"""Chapter 06: right and wrong answers to its checks, and its explorers."""

import keras
import numpy as np
from keras import ops

from fer_utils.course.chapter_06 import figures as preprocessing_figures
from fer_utils.data.preprocessing import class_weights

FACE = np.random.default_rng(0).integers(0, 256, (48, 48)).astype(np.uint8)


def flip(images, rng):
    return np.where((rng.random(len(images)) < 0.5)[:, None, None], images[:, :, ::-1], images)


def flip_in_a_loop(images, rng):
    return [np.fliplr(image) if rng.integers(2) else image for image in images]


def flip_a_copy(images, rng):
    answer = images.astype(float)
    chosen = rng.choice([True, False], size=len(images))
    answer[chosen] = answer[chosen][:, :, ::-1]
    return answer


def flip_all_or_none(images, rng):
    return images[:, :, ::-1] if rng.random() < 0.5 else images


def flip_in_place(images, rng):
    images[:] = flip(images, rng)
    return images


def flip_chosen(images, chosen):
    answer = images.copy()
    answer[chosen] = answer[chosen][:, :, ::-1]
    return answer


class RandomMirror(keras.layers.Layer):
    def __init__(self, seed=None):
        super().__init__()
        self.draws = keras.random.SeedGenerator(seed)

    def call(self, images, training=False):
        if not training:
            return images
        chance = keras.random.uniform((ops.shape(images)[0], 1, 1, 1), seed=self.draws)
        return ops.where(chance < 0.5, images[:, :, ::-1], images)


class ByBernoulli(RandomMirror):
    def call(self, images, training=None):
        coins = keras.random.randint((ops.shape(images)[0], 1, 1, 1), 0, 2, seed=self.draws)
        mirrored = ops.flip(images, axis=2)
        return ops.where(ops.cast(coins, "bool"), mirrored, images) if training else images


class Always(RandomMirror):
    def call(self, images, training=False):
        return RandomMirror.call(self, images, training=True)


class Never(RandomMirror):
    def call(self, images, training=False):
        return images


class AllOrNone(RandomMirror):
    def call(self, images, training=False):
        if not training:
            return images
        return ops.where(keras.random.uniform((1, 1, 1, 1), seed=self.draws) < 0.5, images[:, :, ::-1], images)


class TopToBottom(RandomMirror):
    def call(self, images, training=False):
        if not training:
            return images
        chance = keras.random.uniform((ops.shape(images)[0], 1, 1, 1), seed=self.draws)
        return ops.where(chance < 0.5, images[:, ::-1], images)


class AnotherSeed(RandomMirror):
    def call(self, images, training=False):
        if not training:
            return images
        chance = keras.random.uniform((ops.shape(images)[0], 1, 1, 1), seed=3)
        return ops.where(chance < 0.5, images[:, :, ::-1], images)


class TooSeldom(RandomMirror):
    def call(self, images, training=False):
        if not training:
            return images
        chance = keras.random.uniform((ops.shape(images)[0], 1, 1, 1), seed=self.draws)
        return ops.where(chance < 0.4, images[:, :, ::-1], images)


class KnownNumber(RandomMirror):
    def call(self, images, training=False):
        if not training:
            return images
        chance = keras.random.uniform((len(images), 1, 1, 1), seed=self.draws)
        return ops.where(chance < 0.5, images[:, :, ::-1], images)


class EverySecond(RandomMirror):
    def call(self, images, training=False):
        odd = ops.arange(ops.shape(images)[0]) % 2 == 1
        return ops.where(odd[:, None, None, None], images[:, :, ::-1], images) if training else images


class AnotherType(RandomMirror):
    def call(self, images, training=False):
        return RandomMirror.call(self, ops.cast(images, "float32") if training else images, training)


class NothingBack(RandomMirror):
    def call(self, images, training=False):
        images[:, :, ::-1]


class Scaled(RandomMirror):
    def call(self, images, training=False):
        return RandomMirror.call(self, images, training) / 255


def weigh(labels):
    classes, counts = np.unique(labels, return_counts=True)
    return {int(j): len(labels) / (len(classes) * n) for j, n in zip(classes, counts)}


def weigh_in_a_loop(labels):
    found = {}
    for label in labels:
        found[label] = found.get(label, 0) + 1
    return {j: len(labels) / len(found) / n for j, n in found.items()}


SOLUTIONS = {"check_random_flip": flip, "check_random_mirror": RandomMirror, "check_weigh": weigh}
RIGHT = [
    ("check_random_flip", "a loop, and a list", flip_in_a_loop),
    ("check_random_flip", "a copy, of floats", flip_a_copy),
    ("check_random_flip", "a coin above one half", lambda x, r: flip_chosen(x, r.random(len(x)) > 0.5)),
    ("check_random_mirror", "whole numbers, and flip", ByBernoulli),
    ("check_weigh", "a loop", weigh_in_a_loop),
    ("check_weigh", "scikit-learn", class_weights),
    ("check_weigh", "bincount without empty classes",
     lambda y: {j: len(y) / ((np.bincount(y) > 0).sum() * n) for j, n in enumerate(np.bincount(y)) if n}),
]
WRONG = [
    ("check_random_flip", "all or none", flip_all_or_none),
    ("check_random_flip", "in place", flip_in_place),
    ("check_random_flip", "top to bottom", lambda x,
     r: np.where((r.random(len(x)) < .5)[:, None, None], x[:, ::-1], x)),
    ("check_random_flip", "too seldom", lambda x,
     r: np.where((r.random(len(x)) < .4)[:, None, None], x[:, :, ::-1], x)),
    ("check_random_flip", "never", lambda x, r: x.copy()),
    ("check_random_flip", "every second", lambda x, r: flip_chosen(x, np.arange(len(x)) % 2 == 1)),
    ("check_random_flip", "every second from a random start",
     lambda x, r: flip_chosen(x, (np.arange(len(x)) + r.integers(2)) % 2 == 1)),
    ("check_random_flip", "the first half", lambda x, r: flip_chosen(x, np.arange(len(x)) < len(x) // 2)),
    ("check_random_flip", "the first few, by chance",
     lambda x, r: flip_chosen(x, np.arange(len(x)) < r.binomial(len(x), 0.5))),
    ("check_random_flip", "exactly half", lambda x, r: flip_chosen(x, r.permutation(len(x))[:len(x) // 2])),
    ("check_random_flip", "a generator of its own", lambda x, r: flip(x, np.random.default_rng())),
    ("check_random_flip", "a generator of its own with a seed", lambda x, r: flip(x, np.random.default_rng(0))),
    ("check_random_flip", "nothing given back", lambda x, r: print(flip(x, r).shape)),
    ("check_random_mirror", "outside of training, too", Always),
    ("check_random_mirror", "never", Never),
    ("check_random_mirror", "all or none", AllOrNone),
    ("check_random_mirror", "top to bottom", TopToBottom),
    ("check_random_mirror", "the same with every seed", AnotherSeed),
    ("check_random_mirror", "every second", EverySecond),
    ("check_random_mirror", "too seldom", TooSeldom),
    ("check_random_mirror", "asks for the number of faces", KnownNumber),
    ("check_random_mirror", "another dtype", AnotherType),
    ("check_random_mirror", "scaled", Scaled),
    ("check_random_mirror", "nothing given back", NothingBack),
    ("check_weigh", "shares", lambda y: {j: n / len(y) for j, n in enumerate(np.bincount(y))}),
    ("check_weigh", "k forgotten", lambda y: {j: len(y) / n for j, n in enumerate(np.bincount(y)) if n}),
    ("check_weigh", "k is always three", lambda y: {j: len(y) / (3 * n) for j, n in enumerate(np.bincount(y)) if n}),
    ("check_weigh", "n is always ten",
     lambda y: {j: 10 / (len(np.unique(y)) * n) for j, n in enumerate(np.bincount(y)) if n}),
    ("check_weigh", "a missing class is counted",
     lambda y: {j: len(y) / (len(np.bincount(y)) * max(n, 1)) for j, n in enumerate(np.bincount(y))}),
    ("check_weigh", "typed in", lambda y: {0: 10 / 18, 1: 10 / 9, 2: 10 / 3}),
    ("check_weigh", "a list", lambda y: list(weigh(y).values())),
    ("check_weigh", "printed", lambda y: print(weigh(y))),
]
EXPLORERS = {"augmented": lambda: preprocessing_figures.explore_augmented(FACE)}
