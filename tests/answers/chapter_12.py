"""Chapter 12: right and wrong answers to its checks, and its explorers."""

import numpy as np
from mistakes import usual

from fer_utils.course.chapter_12 import figures as evaluation_figures

# Exercise 1 of chapter 12

def matrix_of(labels, predicted):
    matrix = np.zeros((7, 7), int)
    np.add.at(matrix, (labels, predicted), 1)
    return matrix


def in_a_loop(labels, predicted):
    matrix = [[0] * 7 for _ in range(7)]
    for label, prediction in zip(labels, predicted):
        matrix[label][prediction] += 1
    return matrix


def by_the_library(labels, predicted, classes=range(7)):
    from sklearn.metrics import confusion_matrix

    return confusion_matrix(labels, predicted, labels=classes)


def overwritten(labels, predicted):
    matrix = np.zeros((7, 7), int)
    matrix[labels, predicted] += 1  # counts a pair that comes twice only once
    return matrix


def the_first_typed_in(labels, predicted):
    return matrix_of([0, 0, 3, 3, 3, 6], [0, 4, 3, 3, 5, 6])


# Exercise 2 of chapter 12

def scores_of(matrix):
    hits, called, labelled = np.diag(matrix), matrix.sum(0), matrix.sum(1)
    precision, recall = hits / np.maximum(called, 1), hits / np.maximum(labelled, 1)
    both = precision + recall
    return precision, recall, 2 * precision * recall / np.where(both > 0, both, 1)


def with_gaps(matrix):
    precision, recall = np.diag(matrix) / matrix.sum(0), np.diag(matrix) / matrix.sum(1)
    return precision, recall, 2 * precision * recall / (precision + recall)


def class_by_class(matrix):
    rows = []
    for i in range(7):
        called, labelled = sum(matrix[:, i]), sum(matrix[i])
        precision = matrix[i, i] / called if called else 0
        recall = matrix[i, i] / labelled if labelled else 0
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0
        rows.append((precision, recall, f1))
    return [list(column) for column in zip(*rows)]


# Exercise 3 of chapter 12

def paired(first, second):
    change = first.astype(float) - second
    return change.mean(), change.std() / np.sqrt(len(change))


def by_counts(first, second):
    n, won, lost = len(first), np.sum(first & ~second), np.sum(second & ~first)
    gap = (won - lost) / n
    return [gap, ((won + lost) / n - gap**2) ** 0.5 / n**0.5]


def as_if_apart(first, second):
    return first.mean() - second.mean(), np.sqrt((first.var() + second.var()) / len(first))


# Exercise 4 of chapter 12

def label_threshold(labels, probabilities, level):
    own = np.sort(probabilities[np.arange(len(labels)), labels])[::-1]
    k = int(np.ceil(level * (len(own) + 1) - 1e-9))
    return own[k - 1] if k <= len(own) else 0.0


def by_scores(labels, probabilities, level):
    from math import ceil

    scores = sorted(1 - row[label] for row, label in zip(probabilities, labels))
    return 1 - [*scores, 1][min(ceil(round(level * (len(scores) + 1), 6)) - 1, len(scores))]


def never_too_few(labels, probabilities, level):
    own = np.sort(probabilities[np.arange(len(labels)), labels])[::-1]
    return own[int(np.ceil(level * (len(own) + 1))) - 1]


def the_smallest_where_too_few(labels, probabilities, level):
    own = np.sort(probabilities[np.arange(len(labels)), labels])[::-1]
    return own[min(int(np.ceil(level * (len(own) + 1))), len(own)) - 1]


def sorted_in_place(labels, probabilities, level):
    found = label_threshold(labels, probabilities, level)
    probabilities.sort(axis=1)
    return found


SOLUTIONS = {
    "check_confusion_matrix": matrix_of,
    "check_class_scores": scores_of,
    "check_paired_gap": paired,
    "check_conformal_threshold": label_threshold,
}
RIGHT = [
    ("check_confusion_matrix", "lists", in_a_loop),
    ("check_confusion_matrix", "floats", lambda y, p: matrix_of(y, p).astype(float)),
    ("check_confusion_matrix", "scikit-learn's, of seven classes", by_the_library),
    ("check_confusion_matrix", "as numbers of pairs", lambda y, p: np.bincount(7 * y + p, minlength=49).reshape(7, 7)),
    ("check_class_scores", "lists", class_by_class),
    ("check_class_scores", "one array", lambda m: np.array(scores_of(m))),
    ("check_class_scores", "gaps filled afterwards", lambda m: np.nan_to_num(with_gaps(m))),
    ("check_class_scores", "in single precision", lambda m: [part.astype("float32") for part in scores_of(m)]),
    ("check_paired_gap", "from counts, a list", by_counts),
    ("check_paired_gap", "divided by n - 1",
     lambda a, b: (np.mean(a * 1. - b), np.std(a * 1. - b, ddof=1) / len(a) ** 0.5)),
    ("check_paired_gap", "an array", lambda a, b: np.array(paired(a, b))),
    ("check_conformal_threshold", "from scores, in plain Python", by_scores),
    ("check_conformal_threshold", "in single precision",
     lambda y, p, level: np.float32(label_threshold(y, p, level))),
]
WRONG = [
    *usual("check_confusion_matrix", matrix_of),
    ("check_confusion_matrix", "transposed", lambda y, p: matrix_of(y, p).T),
    ("check_confusion_matrix", "overwritten", overwritten),
    ("check_confusion_matrix", "shares", lambda y, p: matrix_of(y, p) / len(y)),
    ("check_confusion_matrix", "the first result typed in", the_first_typed_in),
    ("check_confusion_matrix", "only the classes that occur", lambda y, p: by_the_library(y, p, None)),
    ("check_confusion_matrix", "a constant", lambda y, p: np.eye(7)),
    *usual("check_class_scores", scores_of),
    ("check_class_scores", "precision and recall exchanged", lambda m: scores_of(m.T)),
    ("check_class_scores", "arithmetic mean", lambda m: (*scores_of(m)[:2], sum(scores_of(m)[:2]) / 2)),
    ("check_class_scores", "without the factor 2", lambda m: (*scores_of(m)[:2], scores_of(m)[2] / 2)),
    ("check_class_scores", "0/0 is not thought of", with_gaps),
    ("check_class_scores", "0/0 counts as 1", lambda m: np.nan_to_num(with_gaps(m), nan=1)),
    ("check_class_scores", "of all classes together", lambda m: (np.trace(m) / m.sum(),) * 3),
    ("check_class_scores", "three means", lambda m: [part.mean() for part in scores_of(m)]),
    ("check_class_scores", "one array", lambda m: scores_of(m)[0]),
    *usual("check_paired_gap", paired),
    ("check_paired_gap", "as if the faces were others", as_if_apart),
    ("check_paired_gap", "without the root of n", lambda a, b: (np.mean(a * 1. - b), np.std(a * 1. - b))),
    ("check_paired_gap", "divided by n", lambda a, b: (np.mean(a * 1. - b), np.std(a * 1. - b) / len(a))),
    ("check_paired_gap", "the second less the first", lambda a, b: paired(b, a)),
    ("check_paired_gap", "counts", lambda a, b: (np.sum(a & ~b) - np.sum(b & ~a), paired(a, b)[1])),
    ("check_paired_gap", "the gap alone", lambda a, b: a.mean() - b.mean()),
    ("check_paired_gap", "bools subtracted", lambda a, b: ((a - b).mean(), 0.0)),
    *usual("check_conformal_threshold", label_threshold),
    ("check_conformal_threshold", "the smallest first", lambda y, p, level: np.sort(
        p[np.arange(len(y)), y])[int(np.ceil(level * (len(y) + 1))) - 1]),
    ("check_conformal_threshold", "counted from 0", lambda y, p, level: np.sort(
        p[np.arange(len(y)), y])[::-1][min(len(y) - 1, int(np.ceil(level * (len(y) + 1))))]),
    ("check_conformal_threshold", "the largest probability", lambda y, p, level: label_threshold(
        p.argmax(axis=1), p, level)),
    ("check_conformal_threshold", "an interpolated quantile", lambda y, p, level: np.quantile(
        p[np.arange(len(y)), y], 1 - level)),
    ("check_conformal_threshold", "always nine in ten", lambda y, p, level: label_threshold(y, p, 0.9)),
    ("check_conformal_threshold", "changes what it is given", sorted_in_place),
    ("check_conformal_threshold", "fails where the faces are few", never_too_few),
    ("check_conformal_threshold", "the smallest where the faces are few", the_smallest_where_too_few),
]
EXPLORERS = {"faces": evaluation_figures.explore_enough_faces, "silence": evaluation_figures.explore_abstention}
