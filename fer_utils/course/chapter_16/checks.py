"""Checks of the learner's answers in chapter 16."""

import numpy as np

from fer_utils.course.chapter_16.figures import soften
from fer_utils.course.checks import confirm, expect, greet, untouched


def check_report(function):
    """Exercise 1: choose by PublicTest, report PrivateTest."""
    hint = "find the place of the largest PublicTest accuracy; return the PrivateTest accuracy at that place."
    cases = [([0.60, 0.66, 0.64], [0.61, 0.65, 0.68], 0.65), ([0.7, 0.5], [0.6, 0.9], 0.6),
             ([0.5, 0.6], [0.52, 0.63], 0.63),
             ([0.61, 0.67, 0.67], [0.60, 0.64, 0.69], 0.64)]
    answer = function(*map(np.array, cases[0][:2]))
    if untouched(answer):
        return greet(hint)
    for public, private, expected in cases:
        expect(expected, function(np.array(public), np.array(private)),
               f"what to report for PublicTest {public} and PrivateTest {private}", hint, tolerance=1e-9)
    confirm("The best PrivateTest accuracy is never looked for; of equals on PublicTest, the first is taken.")


def check_soften(function):
    """Exercise 2: a teacher's answers at a temperature."""
    hint = "raise the probabilities to the power 1 / temperature, then divide each row by its sum (keepdims=True)."
    rows = np.array([[0.7, 0.2, 0.1], [0.05, 0.05, 0.9]])
    answer = function(rows.copy(), 2.0)
    if untouched(answer):
        return greet(hint)
    for temperature in (1.0, 2.0, 4.0, 0.5):
        expect(soften(rows, temperature), function(rows.copy(), temperature),
               f"two rows at temperature {temperature:g}", hint,
               tolerance=1e-6)
    confirm("At temperature 1 nothing changes; above it, the small probabilities come forward.")


def check_penalty_slope(function):
    """Exercise 3: the slope of lasso's and ridge's penalty."""
    hint = "the slope of |w| is np.sign(w), that of w squared is 2 * w; each has its factor."
    w = np.array([-2.0, -0.01, 0.0, 0.5, 3.0])
    answer = function(w.copy(), 0.1, 0.0)
    if untouched(answer):
        return greet(hint)
    for l1, l2 in ((0.1, 0.0), (0.0, 0.3), (0.2, 0.5)):
        expect(l1 * np.sign(w) + 2 * l2 * w, function(w.copy(), l1, l2), f"the slope for l1 {l1} and l2 {l2}", hint,
               tolerance=1e-9)
    confirm("Lasso pulls small and large weights equally hard; ridge hardly pulls the small ones.")
