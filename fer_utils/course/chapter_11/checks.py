"""Checks of the learner's answers in chapter 11."""

import numpy as np

from fer_utils.course.checks import NotYet, confirm, expect, greet, shortened, untouched


def check_cross_entropy(function):
    """Exercise 1: the mean cross-entropy of rows of targets and probabilities, probabilities clipped."""
    hint = "clip the probabilities to 1e-7 at least, sum -targets * log over each row, and take the mean of the rows."
    targets = np.eye(7)[[3, 3, 0]]
    probabilities = np.full((3, 7), 0.05)
    probabilities[np.arange(3), [3, 6, 0]] = 0.7
    answer = function(targets, probabilities)
    if untouched(answer):
        return greet(hint)
    soft = 0.9 * targets + 0.1 / 7
    sure = np.eye(7)[[3, 6]]  # certain, once rightly and once wrongly
    for what, y, p in [("the loss of three faces", targets, probabilities),
                       ("the loss with softened targets", soft, probabilities),
                       ("the loss of two certain answers, one wrong", np.eye(7)[[3, 0]], sure)]:
        expected = np.mean([-sum(yi * np.log(max(pi, 1e-7)) for yi, pi in zip(*row)) for row in zip(y, p)])
        with np.errstate(divide="ignore", invalid="ignore"):
            expect(expected, function(y, p), what, hint, tolerance=1e-5)
    confirm("Hard targets, soft targets, and a certain mistake that costs much but not infinitely much.")


def check_adam_step(function):
    """Exercise 2: three steps of Adam, with bias correction, on weights given as an array."""
    hint = ("update m with the gradient and v with its square, divide each by 1 minus its beta to the power t, "
            "and only then take the step.")
    rng = np.random.default_rng(0)
    w, gradients = rng.normal(size=4), rng.normal(0, [0.01, 1, 100, 1], size=(3, 4))
    answer = function(w.copy(), np.zeros(4), np.zeros(4), gradients[0], 1, 0.1)
    if untouched(answer):
        return greet(hint)
    if not isinstance(answer, tuple) or len(answer) != 3:
        raise NotYet(f"expected three arrays, w, m and v, got {shortened(answer)}. Hint: return w, m, v.")
    mine, given = (w, np.zeros(4), np.zeros(4)), (w.copy(), np.zeros(4), np.zeros(4))
    for t, g in enumerate(gradients, start=1):
        w, m, v = mine
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        mine = w - 0.1 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-7), m, v
        with np.errstate(divide="ignore", invalid="ignore"):
            given = function(*(np.array(part, dtype=float) for part in given), g.copy(), t, 0.1)
        for name, expected, got in zip(("w", "m", "v"), mine, given):
            expect(expected, got, f"{name} after step {t}", hint, tolerance=1e-6)
    confirm("The first step has the size of the learning rate, whatever the gradient's size.")


def check_stopping(function):
    """Exercise 3: the best epoch and the last one, from the losses and a patience."""
    hint = "remember the epoch of the lowest loss so far; stop when `patience` epochs have passed since then."
    cases = [([3.0, 2.0, 2.5, 2.4, 2.3, 1.0], 3, (2, 5)), ([3.0, 2.0, 1.5, 1.2], 2, (4, 4)),
             ([2.0, 1.0, 1.0, 1.0, 0.5], 2, (2, 4)), ([1.0, 2.0, 3.0], 1, (1, 2)),
             ([3.0, 3.5, 2.0, 2.5, 1.0, 1.5, 1.2], 2, (5, 7))]
    answer = function(*cases[0][:2])
    if untouched(answer):
        return greet(hint)
    for losses, patience, expected in cases:
        expect(expected, function(list(losses), patience), f"(best, last) for losses {losses} and patience {patience}",
               hint)
    confirm("The best epoch is the one to keep, and the last one tells when training ended.")
