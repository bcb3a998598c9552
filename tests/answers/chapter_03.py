"""Chapter 03: right and wrong answers to its checks, and its explorers."""

import numpy as np

from fer_utils.course.chapter_03 import figures as dataset_figures
from fer_utils.course.resolution import RESOLUTIONS, shrink
from fer_utils.labels import EMOTIONS

FACES = np.random.default_rng(2).integers(0, 256, (14, 48, 48)).astype(np.uint8)
ANSWERS = {key: {emotion: [0.5] * len(RESOLUTIONS) for emotion in EMOTIONS} for key in ("recall", "answered")}
MEANS = np.random.default_rng(1).integers(0, 256, (7, 48, 48)).astype(np.uint8)


def duplicates_of(test, train):
    return np.array([any((a == b).all() for b in train) for a in test])


SOLUTIONS = {
    "check_class_shares": lambda y: np.bincount(y, minlength=7) / len(y),
    "check_has_duplicate": duplicates_of,
    "check_shrink": shrink,
}


def blocks_of_wrong_axes(x, side):
    return x.reshape(len(x), 48 // side, side, 48 // side, side).mean(axis=(1, 3))

WRONG = [
    ("check_class_shares", "counts, not shares", lambda y: np.bincount(y, minlength=7)),
    ("check_class_shares", "missing classes left out", lambda y: np.bincount(y) / len(y)),
    ("check_class_shares", "a constant", lambda y: np.full(7, 1 / 7)),
    ("check_shrink", "every so many pixels", lambda x, side: x[:, ::48 // side, ::48 // side]),
    ("check_shrink", "axes of side and block swapped", blocks_of_wrong_axes),
    ("check_shrink", "rows alone", lambda x, side: x.reshape(len(x), side, 48 // side, 48).mean(axis=2)),
    ("check_shrink", "a constant", lambda x, side: np.full((len(x), side, side), 127.5)),
    ("check_has_duplicate", "row by row", lambda a, b: np.array([(x == y).all() for x, y in zip(a, b)])),
    ("check_has_duplicate", "equal means", lambda a, b: np.isin(a.mean((1, 2)).round(1), b.mean((1, 2)).round(1))),
    ("check_has_duplicate", "exactly equal means", lambda a, b: [x.mean() in b.mean(axis=(1, 2)) for x in a]),
    ("check_has_duplicate", "any pixel in common", lambda a, b: [x in b for x in a]),
    ("check_has_duplicate", "a constant", lambda a, b: np.zeros(len(a), bool)),
]
EXPLORERS = {
    "difference": lambda: dataset_figures.explore_difference(MEANS),
    "coarse faces": lambda: dataset_figures.explore_coarse_faces(FACES, np.arange(14) % 7, ANSWERS),
}
