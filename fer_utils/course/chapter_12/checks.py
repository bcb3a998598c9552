"""Checks of the learner's answers in chapter 12, and the course's own functions beside the learner's."""

import numpy as np

from fer_utils.course.checks import NotYet, exercise, expect, shortened


def count_pairs(labels, predicted):
    """Exercise 1 as the course has it: counts, int (7, 7), rows true, columns predicted."""
    matrix = np.zeros((7, 7), int)
    np.add.at(matrix, (np.asarray(labels, int), np.asarray(predicted, int)), 1)
    return matrix


@exercise("a face that is labelled 2 and called 4: which one entry of the matrix does it change, and how?",
          "start with 7 x 7 zeros and go through the pairs, with `zip` and a loop; or all at once with `np.add.at`.",
          "for each pair, `matrix[label, prediction] += 1`; all at once, `np.add.at` takes the matrix, the pair "
          "`(labels, predicted)` and 1.")
def check_confusion_matrix(function):
    """Exercise 1: a 7 x 7 matrix of counts, rows true, columns predicted."""
    few = np.array([0, 0, 3, 3, 3, 6]), np.array([0, 4, 3, 3, 5, 6])
    for true, said in [few, *np.random.default_rng(0).integers(0, 7, (2, 2, 500)).astype("uint8")]:
        expected, shares = count_pairs(true, said), count_pairs(true, said).astype(float)
        got = function(true.copy(), said.copy())
        if np.ndim(got) == 2 and np.shape(got) != (7, 7):
            raise NotYet(f"expected an array of shape (7, 7), got {shortened(got)} of shape {np.shape(got)}: an "
                         "emotion that does not occur has its row and its column all the same")
        once = np.minimum(expected, 1)
        expect(expected, got, f"the matrix of {len(true)} faces", mistakes={
            "rows are labels, columns are predictions; these are exchanged": expected.T,
            "a pair that comes twice counts twice; `matrix[labels, predicted] += 1` adds it only once": once,
            "counts are asked for, not shares of the row": shares / np.maximum(shares.sum(1, keepdims=True), 1),
            "counts are asked for, not shares of all faces": shares / len(true)})
    return "Rows are labels, columns are predictions."


def scores_of_classes(matrix):
    """Exercise 2 as the course has it: precision, recall and F1, each float (7,), 0 where nothing is to be divided."""
    matrix = np.asarray(matrix)
    hits, called, labelled = np.diag(matrix), matrix.sum(axis=0), matrix.sum(axis=1)
    return (hits / np.maximum(called, 1), hits / np.maximum(labelled, 1), 2 * hits / np.maximum(called + labelled, 1))


@exercise("the hits of every class lie on the diagonal: by which sum is each divided, the column's or the row's? And "
          "what if that sum is 0?",
          "`np.diag(matrix)` is the diagonal, `matrix.sum(axis=0)` the sums of the columns, `matrix.sum(axis=1)` of "
          "the rows; `np.maximum(sums, 1)` is never 0.",
          "`precision = np.diag(matrix) / np.maximum(matrix.sum(axis=0), 1)`, recall likewise with `axis=1`; F1 "
          "divides by `precision + recall`, which may be 0, too.")
def check_class_scores(function):
    """Exercise 2: precision, recall and F1 of each class from a confusion matrix, 0 for a class without hits."""
    usual = np.random.default_rng(1).integers(1, 40, (7, 7)) + 50 * np.eye(7, dtype=int)
    one_answer = np.zeros((7, 7), int)
    one_answer[:, 3] = [40, 5, 41, 72, 48, 32, 50]
    without = usual.copy()
    without[:, 1] = without[5, :] = without[2, 2] = 0  # disgust is never called, nothing is surprise, no fear is found
    for where, matrix in (("", usual), (" where happiness is called always", one_answer),
                          (" where some classes have no hits", without)):
        with np.errstate(divide="ignore", invalid="ignore"):
            got = function(matrix.copy())
        if not isinstance(got, (tuple, list, np.ndarray)) or len(got) != 3:
            raise NotYet(f"expected three arrays, precision, recall and F1, got {shortened(got)}")
        precision, recall, f1 = scores_of_classes(matrix)
        slips = {"precision": {"this is recall; precision divides by the columns' sums": recall},
                 "recall": {"this is precision; recall divides by the rows' sums": precision},
                 "F1": {"this is the mean of the two; F1 is their harmonic mean": (precision + recall) / 2,
                        "the factor 2 is missing": f1 / 2}}
        for name, expected, values in zip(("precision", "recall", "F1"), (precision, recall, f1), got):
            if np.shape(values) == (7,) and np.asarray(values).dtype.kind == "f" and np.isnan(values).any():
                raise NotYet(f"{name}{where}: expected {shortened(expected)}, got {shortened(values)}: 0 / 0 is not a "
                             "number; here it counts as 0")
            expect(expected, values, name + where, tolerance=1e-6, mistakes=slips[name])
    return "Precision looks down a column, recall along a row."
