"""Chapter 03: right and wrong answers to its checks, and its explorers."""

import numpy as np

from fer_utils.course import dataset_figures

MEANS = np.random.default_rng(1).integers(0, 256, (7, 48, 48)).astype(np.uint8)


def twins_of(test, train):
    return np.array([any((a == b).all() for b in train) for a in test])


SOLUTIONS = {
    "check_class_shares": lambda y: np.bincount(y, minlength=7) / len(y),
    "check_has_twin": twins_of,
}
WRONG = [
    ("check_class_shares", "counts, not shares", lambda y: np.bincount(y, minlength=7)),
    ("check_class_shares", "missing classes left out", lambda y: np.bincount(y) / len(y)),
    ("check_class_shares", "a constant", lambda y: np.full(7, 1 / 7)),
    ("check_has_twin", "row by row", lambda a, b: np.array([(x == y).all() for x, y in zip(a, b)])),
    ("check_has_twin", "equal means", lambda a, b: np.isin(a.mean((1, 2)).round(1), b.mean((1, 2)).round(1))),
    ("check_has_twin", "a constant", lambda a, b: np.zeros(len(a), bool)),
]
EXPLORERS = {"difference": lambda: dataset_figures.explore_difference(MEANS)}
