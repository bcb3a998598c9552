"""Chapter 12: right and wrong answers to its checks, and its explorers."""

import numpy as np

from fer_utils.course.chapter_12 import figures as evaluation_figures


def matrix_of(labels, predicted):
    matrix = np.zeros((7, 7), int)
    np.add.at(matrix, (labels, predicted), 1)
    return matrix


def overwritten(labels, predicted):
    matrix = np.zeros((7, 7), int)
    matrix[labels, predicted] += 1  # counts a pair that comes twice only once
    return matrix


def scores_of(matrix):
    precision, recall = np.diag(matrix) / matrix.sum(0), np.diag(matrix) / matrix.sum(1)
    return precision, recall, 2 * precision * recall / (precision + recall)


SOLUTIONS = {
    "check_confusion_matrix": matrix_of,
    "check_class_scores": scores_of,
}
WRONG = [
    ("check_confusion_matrix", "transposed", lambda y, p: matrix_of(y, p).T),
    ("check_confusion_matrix", "overwritten", overwritten),
    ("check_confusion_matrix", "a constant", lambda y, p: np.eye(7)),
    ("check_class_scores", "precision and recall exchanged", lambda m: scores_of(m.T)),
    ("check_class_scores", "arithmetic mean", lambda m: (*scores_of(m)[:2], sum(scores_of(m)[:2]) / 2)),
    ("check_class_scores", "one array", lambda m: scores_of(m)[0]),
]
EXPLORERS = {"faces": evaluation_figures.explore_enough_faces}
