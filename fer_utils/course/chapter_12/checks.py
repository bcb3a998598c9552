"""Checks of the learner's answers in chapter 12."""

import numpy as np

from fer_utils.course.checks import NotYet, confirm, expect, greet, shortened, untouched


def check_confusion_matrix(function):
    """Exercise 1: a 7 x 7 matrix of counts, rows true, columns predicted."""
    hint = "add 1 at row label, column prediction, for every face."
    labels, predicted = np.array([0, 0, 3, 3, 3, 6]), np.array([0, 4, 3, 3, 5, 6])
    answer = function(labels, predicted)
    if untouched(answer):
        return greet(hint)
    expect((7, 7), np.shape(answer), "the shape", hint)
    for true, said in [(labels, predicted), np.random.default_rng(0).integers(0, 7, (2, 500))]:
        expected = [[int(np.sum((true == i) & (said == j))) for j in range(7)] for i in range(7)]
        expect(expected, function(true, said), f"the matrix of {len(true)} faces", hint)
    confirm("Rows are labels, columns are predictions.")


def check_class_scores(function):
    """Exercise 2: precision, recall and F1 of each class from a confusion matrix."""
    hint = "precision divides the diagonal by the columns' sums, recall by the rows' sums."
    matrix = np.random.default_rng(1).integers(1, 40, (7, 7)) + 50 * np.eye(7, dtype=int)
    answer = function(matrix)
    if untouched(answer):
        return greet(hint)
    if not isinstance(answer, tuple) or len(answer) != 3:
        raise NotYet(f"expected three arrays, precision, recall and F1, got {shortened(answer)}. Hint: return a, b, c.")
    hits = np.diag(matrix)
    precision, recall = hits / matrix.sum(axis=0), hits / matrix.sum(axis=1)
    f1 = 2 * hits / (matrix.sum(axis=0) + matrix.sum(axis=1))
    mean = "F1 is twice precision times recall, divided by their sum."
    for name, expected, got, advice in zip(("precision", "recall", "F1"), (precision, recall, f1), answer,
                                           (hint, hint, mean)):
        expect(expected, got, name, advice, tolerance=1e-6)
    confirm("Precision looks down a column, recall along a row.")
