"""Checks of the learner's answers in chapter 12, and the course's own functions beside the learner's."""

import numpy as np

from fer_utils.course.checks import NotYet, exercise, expect, expect_unchanged, shortened
from fer_utils.evaluation.intervals import mean_difference


def count_pairs(labels, predicted):
    """Exercise 1 as the course has it: counts, int (7, 7), rows true, columns predicted."""
    matrix = np.zeros((7, 7), int)
    np.add.at(matrix, (np.asarray(labels, int), np.asarray(predicted, int)), 1)
    return matrix


@exercise("A face that is labelled 2 and called 4: which one entry of the matrix does it change, and how?",
          "Start with 7 x 7 zeros and go through the pairs, with `zip` and a loop; or all at once with `np.add.at`.",
          "For each pair, `matrix[label, prediction] += 1`; all at once, `np.add.at` takes the matrix, the pair "
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


@exercise("The hits of every class lie on the diagonal: by which sum is each divided, the column's or the row's? And "
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


@exercise("What does a face add to the difference that both networks read right? That only the first reads right? That "
          "only the second does?",
          "Turn both into numbers, `first.astype(float)`, and subtract them: one number a face, 1, 0 or -1. The "
          "accuracies differ by its mean; its `.std()` says how much one face varies.",
          "The gap is `change.mean()`, and the error of a mean of n numbers is `change.std() / np.sqrt(len(change))`.")
def check_paired_gap(function):
    """Exercise 3: difference and standard error of two accuracies on the same faces."""
    rng = np.random.default_rng(3)
    for n, kinds in ((8, [0, 0, 1, 1, 1, 2, 3, 0]), (500, rng.choice(4, 500, p=[.55, .15, .08, .22])),
                     (2000, rng.choice(4, 2000, p=[.6, .05, .12, .23]))):
        kinds = np.asarray(kinds)  # both right, the first alone, the second alone, neither
        first, second = kinds <= 1, (kinds == 0) | (kinds == 2)
        got = function(first.copy(), second.copy())
        if np.shape(got) != (2,):
            raise NotYet(f"expected two numbers, the gap and its error, got {shortened(got)}")
        gap, error = mean_difference(first, second)
        apart = np.sqrt((first.var() + second.var()) / n)
        expect(gap, got[0], f"the gap on {n} faces", 1e-6, {
            "the sign is turned: the first less the second": -gap, "faces are counted; divide by n": n * gap,
            "a face that one network alone reads right counts for it": np.mean(first != second)})
        # a variance divided by n - 1 is as good
        expect(error, got[1], f"the error on {n} faces", error / n, {
            "this is the error for faces of their own; these are the same faces": apart,
            "this is how much one face varies; a mean of n faces varies less": error * np.sqrt(n),
            "the root is missing": error**2, "this divides by n; divide by its root": error / np.sqrt(n)})
    return "Faces on which both agree add nothing to the error."


@exercise("To hold the label nine times in ten, how many of the ten faces may the threshold shut out? On which side of "
          "the sorted list do they lie?",
          "`probabilities[np.arange(n), labels]` is what each label got; `np.sort(...)[::-1]` puts the largest first. "
          "Count k faces from there.",
          "`k = int(np.ceil(level * (n + 1)))`, and the threshold is `np.sort(own)[::-1][k - 1]`, or 0 where `k > n`.")
def check_conformal_threshold(function):
    """Exercise 4: the probability from which on an emotion belongs to the set."""
    rng = np.random.default_rng(4)
    for n, level in ((9, 0.5), (4, 0.6), (24, 0.8), (310, 0.75), (1000, 0.9), (8, 0.9), (1, 0.9)):
        given, labels = rng.dirichlet(np.full(7, 0.4), n), rng.integers(0, 7, n)
        kept, got = given.copy(), function(labels.copy(), given, level)
        expect_unchanged(kept, given, "`probabilities`")
        own, k = np.sort(kept[np.arange(n), labels])[::-1], int(np.ceil(level * (n + 1) - 1e-9))
        if k > n:
            expect(0.0, got, f"the threshold of {n} faces at level {level}", 1e-6, {
                "there is no k-th face among so few; only a set of every emotion keeps the promise": own[-1]})
            continue
        expect(own[k - 1], got, f"the threshold of {n} faces at level {level}", 1e-6, {
            "the list is sorted the other way: the largest come first": own[::-1][k - 1],
            "Python counts from 0, so the k-th entry is at k - 1": own[min(k, n - 1)],
            "this takes the largest probability; take the label's": np.sort(kept.max(axis=1))[::-1][k - 1],
            "k is level times n + 1, rounded up": own[int(level * n) - 1],
            "a quantile between two faces may promise too much; take the k-th face": np.quantile(own, 1 - level)})
    return "Whatever the network, new faces of this kind get a set that holds their label that often."
