"""Checks of the learner's answers in chapter 13."""

import numpy as np

from fer_utils.course.checks import NotYet, exercise, expect, expect_unchanged, shortened


def paired_difference(before, after):
    """The difference of two accuracies on the same faces, and its 95 % interval: (difference, low, high).

    before, after: bool (n,), whether each face is read right. The interval is the difference with 1.96 standard errors
    to each side.
    """
    change = np.asarray(after, int) - np.asarray(before, int)
    gap = change.mean()
    error = np.sqrt(np.mean(change ** 2) - gap ** 2) / np.sqrt(len(change))
    return float(gap), float(gap - 1.96 * error), float(gap + 1.96 * error)


@exercise("of a pair, one thing matters: is the face won (+1), lost (-1), or as before (0)? What is the mean of that?",
          "subtract before from after as whole numbers; the error of a mean is the standard deviation by the root of n.",
          "change = after.astype(int) - before.astype(int); half the width is 1.96 * change.std() / np.sqrt(len(change)).")
def check_paired_difference(function):
    """The paired difference of two accuracies with its 95 % interval: three numbers."""
    draws = np.random.default_rng(4)
    for n, share, lost, won in ((200, 0.9, 0.1, 0.02), (57, 0.6, 0.0, 0.3), (1000, 0.7, 0.05, 0.05)):
        before = draws.random(n) < share
        after = np.where(before, draws.random(n) >= lost, draws.random(n) < won)
        given = before.copy(), after.copy()
        answer = function(*given)
        for name, old, new in (("before", before, given[0]), ("after", after, given[1])):
            expect_unchanged(old, new, f"the array `{name}`")
        said = f"{n} faces, of which {np.sum(before & ~after)} are lost and {np.sum(~before & after)} won"
        if answer is None or not isinstance(answer, (tuple, list, np.ndarray)) or len(answer) != 3:
            raise NotYet(f"{said}: expected three numbers, difference, low and high, got {shortened(answer)}")
        gap, low, high = paired_difference(before, after)
        change = after.astype(int) - before
        apart = 1.96 * np.sqrt((before.var() + after.var()) / n)
        expect(gap, answer[0], f"{said}, the difference", tolerance=1e-6, mistakes={
            "after less before: a loss is negative": -gap, "a share of the faces, not a count": float(change.sum()),
            "in points of percent; give a fraction": 100 * gap})
        slack = 2e-3 / np.sqrt(n)  # n - 1 in place of n is no mistake
        for name, value, got, sign in (("low", low, answer[1], -1), ("high", high, answer[2], 1)):
            expect(value, got, f"{said}, the {name} end", tolerance=max(slack, 0.01 * abs(value - gap)), mistakes={
                "that is for two sets of different people; here each face is its own control": gap + sign * apart,
                "one standard error, not 1.96": gap + sign * change.std() / np.sqrt(n),
                "the spread of single faces; a mean is surer by the root of n": gap + sign * 1.96 * change.std()})
    return "Faces that do not change cancel out, so pairs see smaller differences than two separate sets of people."
