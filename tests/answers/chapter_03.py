"""Chapter 03: right and wrong answers to its checks, and its explorers."""

from fractions import Fraction

import numpy as np

from fer_utils.course.chapter_03 import figures as dataset_figures
from fer_utils.course.resolution import RESOLUTIONS
from fer_utils.labels import EMOTIONS

FACES = np.random.default_rng(2).integers(0, 256, (14, 48, 48)).astype(np.uint8)
ANSWERS = {key: {emotion: np.linspace(0.9, 0.1, len(RESOLUTIONS)) for emotion in EMOTIONS}
           for key in ("recall", "answered")}
MEANS = np.random.default_rng(1).integers(0, 256, (7, 48, 48)).astype(np.uint8)


def duplicates_of(test, train):
    return np.array([any((a == b).all() for b in train) for a in test])


def correlation(a, b):
    return np.corrcoef(a.ravel(), b.ravel())[0, 1]


def by_products(a, b):
    a, b = a - a.mean(), b - b.mean()
    return (a * b).sum() / np.sqrt((a ** 2).sum() * (b ** 2).sum())


def shares_in_a_loop(labels):
    labels = list(labels)
    return [labels.count(c) / len(labels) for c in range(7)]


def best_in_a_loop(answers, labels):
    best, most = 0, -1
    for row, given in enumerate(answers.tolist()):
        right = sum(a == b for a, b in zip(given, labels.tolist()))
        if right > most:
            best, most = row, right
    return best


def best_of_some(chosen):
    """The best on some of the faces alone, chosen by a function of their number."""
    return lambda answers, labels: (answers == labels)[:, chosen(len(labels))].mean(axis=1).argmax()


def on_top(function):
    """A right answer that blanks what it was given."""
    def answer(first, second):
        got = function(first, second)
        second[:] = 0
        return got
    return answer


def best_with_marks(answers, labels):
    answers -= labels
    return (answers == 0).sum(axis=1).argmax()


def exact_shares(labels):
    return [Fraction(int((labels == c).sum()), len(labels)) for c in range(7)]


SOLUTIONS = {
    "check_class_shares": lambda y: np.bincount(y, minlength=7) / len(y),
    "check_best_of": lambda answers, labels: (answers == labels).mean(axis=1).argmax(),
    "check_has_duplicate": duplicates_of,
    "check_alike": correlation,
}
RIGHT = [
    ("check_class_shares", "a list, counted in a loop", shares_in_a_loop),
    ("check_class_shares", "float32", lambda y: (np.bincount(y, minlength=7) / len(y)).astype(np.float32)),
    ("check_class_shares", "means of comparisons", lambda y: tuple((np.asarray(y) == c).mean() for c in range(7))),
    ("check_class_shares", "fractions", exact_shares),
    ("check_class_shares", "fractions in an array", lambda y: np.array(exact_shares(y))),
    ("check_class_shares", "float16", lambda y: (np.bincount(y, minlength=7) / len(y)).astype(np.float16)),
    ("check_best_of", "a loop, an int", best_in_a_loop),
    ("check_best_of", "a float", lambda answers, labels: float((answers == labels).sum(1).argmax())),
    ("check_has_duplicate", "a list of bool by a set", lambda test, train: [
        x.tobytes() in {y.tobytes() for y in train} for x in test]),
    ("check_has_duplicate", "0 and 1", lambda test, train: duplicates_of(test, train).astype(int)),
    ("check_alike", "products of what the means leave", by_products),
    ("check_alike", "float32", lambda a, b: np.float32(correlation(a, b))),
]
WRONG = [
    ("check_class_shares", "counts, not shares", lambda y: np.bincount(y, minlength=7)),
    ("check_class_shares", "missing classes left out", lambda y: np.bincount(y) / len(y)),
    ("check_class_shares", "a constant", lambda y: np.full(7, 1 / 7)),
    ("check_class_shares", "percent", lambda y: 100 * np.bincount(y, minlength=7) / len(y)),
    ("check_class_shares", "the answer to the first, typed in", lambda y: [1/6, 0, 1/6, 1/2, 0, 0, 1/6]),
    ("check_class_shares", "no return", lambda y: print(np.bincount(y, minlength=7) / len(y))),
    ("check_best_of", "its accuracy", lambda answers, labels: (answers == labels).mean(axis=1).max()),
    ("check_best_of", "the wrong axis", lambda answers, labels: (answers == labels).mean(axis=0).argmax()),
    ("check_best_of", "the worst", lambda answers, labels: (answers == labels).mean(axis=1).argmin()),
    ("check_best_of", "counted from 1", lambda answers, labels: 1 + (answers == labels).mean(axis=1).argmax()),
    ("check_best_of", "a constant", lambda answers, labels: 3),
    ("check_best_of", "answers changed in place", best_with_marks),
    ("check_best_of", "on three faces", best_of_some(lambda n: slice(3))),
    ("check_best_of", "on the first half", best_of_some(lambda n: slice(n // 2))),
    ("check_best_of", "on the second half", best_of_some(lambda n: slice(n // 2, None))),
    ("check_best_of", "on every other face", best_of_some(lambda n: slice(0, None, 2))),
    ("check_best_of", "without the last face", best_of_some(lambda n: slice(-1))),
    ("check_best_of", "the nearest numbers", lambda answers, labels: np.abs(answers - labels).sum(axis=1).argmin()),
    ("check_best_of", "its answers", lambda answers, labels: answers[(answers == labels).mean(axis=1).argmax()]),
    ("check_has_duplicate", "row by row", lambda a, b: np.array([(x == y).all() for x, y in zip(a, b)])),
    ("check_has_duplicate", "equal means", lambda a, b: np.isin(a.mean((1, 2)).round(1), b.mean((1, 2)).round(1))),
    ("check_has_duplicate", "exactly equal means", lambda a, b: [x.mean() in b.mean(axis=(1, 2)) for x in a]),
    ("check_has_duplicate", "any pixel in common", lambda a, b: [x in b for x in a]),
    ("check_has_duplicate", "the upper half", lambda a, b: duplicates_of(a[:, :a.shape[1] // 2],
                                                                          b[:, :b.shape[1] // 2])),
    ("check_has_duplicate", "the left half", lambda a, b: duplicates_of(a[:, :, :a.shape[2] // 2],
                                                                         b[:, :, :b.shape[2] // 2])),
    ("check_has_duplicate", "the first row", lambda a, b: duplicates_of(a[:, :1], b[:, :1])),
    ("check_has_duplicate", "without the first row", lambda a, b: duplicates_of(a[:, 1:], b[:, 1:])),
    ("check_has_duplicate", "without the last row", lambda a, b: duplicates_of(a[:, :-1], b[:, :-1])),
    ("check_has_duplicate", "without the last column", lambda a, b: duplicates_of(a[:, :, :-1], b[:, :, :-1])),
    ("check_has_duplicate", "the diagonal", lambda a, b: duplicates_of(a.diagonal(0, 1, 2), b.diagonal(0, 1, 2))),
    ("check_has_duplicate", "every other pixel", lambda a, b: duplicates_of(a[:, ::2, ::2], b[:, ::2, ::2])),
    ("check_has_duplicate", "Training is blanked", on_top(duplicates_of)),
    ("check_has_duplicate", "how many", lambda a, b: duplicates_of(a, b).sum()),
    ("check_has_duplicate", "a constant", lambda a, b: np.zeros(len(a), bool)),
    ("check_alike", "the table", lambda a, b: np.corrcoef(a.ravel(), b.ravel())),
    ("check_alike", "each with itself", lambda a, b: np.corrcoef(a.ravel(), b.ravel())[0, 0]),
    ("check_alike", "the means are in it", lambda a, b: (a.astype(float) * b).sum() / np.sqrt(
        (a.astype(float) ** 2).sum() * (b.astype(float) ** 2).sum())),
    ("check_alike", "covariance", lambda a, b: ((a - a.mean()) * (b - b.mean())).mean()),
    ("check_alike", "a distance", lambda a, b: np.abs(a.astype(float) - b).mean()),
    ("check_alike", "equal pixels", lambda a, b: (a == b).mean()),
    ("check_alike", "the second picture is blanked", on_top(correlation)),
    ("check_alike", "without the sign", lambda a, b: abs(correlation(a, b))),
    ("check_alike", "no return", lambda a, b: print(correlation(a, b))),
]
EXPLORERS = {
    "difference": lambda: dataset_figures.explore_difference(MEANS),
    "coarse faces": lambda: dataset_figures.explore_coarse_faces(FACES, np.arange(14) % 7, ANSWERS),
}
