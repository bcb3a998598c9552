"""Checks of the learner's answers in chapter 16, and the course's own functions beside the learner's."""

import numpy as np

from fer_utils.course.chapter_16.figures import soften
from fer_utils.course.checks import exercise, expect, expect_unchanged


def chosen_on_public(public, private):
    """Exercise 1 as the course has it: the PrivateTest accuracy of the first run that is best on PublicTest."""
    return private[int(np.argmax(public))]


@exercise("Which of the two lists may decide, and which one is only read?",
          "`np.argmax` gives the place of the largest value, of equals the first.",
          "`place = np.argmax(public)` chooses the run; what is reported stands at that place in the other list.")
def check_report(function):
    """Exercise 1: choose by PublicTest, report PrivateTest."""
    for public, private, expected in [
            ([0.60, 0.66, 0.64], [0.61, 0.65, 0.68], 0.65), ([0.7, 0.5], [0.6, 0.9], 0.6),
            ([0.5, 0.6], [0.52, 0.63], 0.63), ([0.61, 0.67, 0.67], [0.60, 0.64, 0.69], 0.64), ([0.58], [0.57], 0.57),
            ([0.64, 0.69, 0.69, 0.60], [0.66, 0.71, 0.65, 0.72], 0.71)]:
        expect(expected, function(np.array(public), np.array(private)),
               f"what to report for PublicTest {public} and PrivateTest {private}", tolerance=1e-9, mistakes={
                   "the best on PrivateTest is what nobody may look for": max(private),
                   "PublicTest chose this run, so its figure flatters": max(public),
                   "the mean tells of all runs, not of the one you keep": np.mean(private),
                   "this is the place; its PrivateTest accuracy is asked for": int(np.argmax(public)),
                   "of equals take the first": private[len(public) - 1 - int(np.argmax(public[::-1]))]})
    return "The best PrivateTest accuracy is never looked for; of equals on PublicTest, the first is taken."


@exercise("After each probability is changed, what do the seven of one face have to add up to?",
          "Raise to a power with `**`, then divide each row by its own sum; `keepdims=True` keeps the sums a column.",
          "`powers = probabilities ** (1 / temperature)` first; the sums are `powers.sum(axis=1, keepdims=True)`.")
def check_soften(function):
    """Exercise 2: a teacher's answers at a temperature."""
    three = np.array([[0.7, 0.2, 0.1], [0.05, 0.05, 0.9]])
    certain = np.array([[0.0, 1, 0, 0, 0, 0, 0], [0.5, 0.25, 0.25, 0, 0, 0, 0], np.full(7, 1 / 7)])
    for rows, temperature in ((three, 1.0), (three, 2.0), (three, 4.0), (three, 0.5), (certain, 3), (three[:1], 8.0)):
        given, powers = rows.copy(), rows ** (1 / temperature)
        with np.errstate(divide="ignore", invalid="ignore"):
            got = function(given, temperature)
        expect(soften(rows, temperature), got,
               f"{len(rows)} rows of {rows.shape[1]} at temperature {temperature:g}", tolerance=1e-6, mistakes={
                   "each row has to add up to 1 again": powers,
                   "the sum is of each row, not of each column": powers / powers.sum(axis=0),
                   "the sum is of each row, not of all rows": powers / powers.sum(),
                   "nothing has changed": rows,
                   "the power is 1 / temperature": soften(rows, 1 / temperature)})
        expect_unchanged(rows, given, "`probabilities`")
    return "At temperature 1 nothing changes; above it, the small probabilities come forward."


def slope_of_penalty(w, l1, l2):
    """Exercise 3 as the course has it: the slope of l1 * sum(|w|) + l2 * sum(w**2) along each weight."""
    return l1 * np.sign(w) + 2 * l2 * w


@exercise("Draw |w| and w squared over w: which of the two is as steep at 0.01 as at 3?",
          "`np.sign(w)` is -1, 0 or 1; the slope of a square you know from school.",
          "Lasso's part is `l1 * np.sign(w)`, ridge's part is l2 times the slope of `w**2`; the penalty is a sum, and "
          "so is its slope.")
def check_penalty_slope(function):
    """Exercise 3: the slope of lasso's and ridge's penalty."""
    few = np.array([-2.0, -0.01, 0.0, 0.5, 3.0])
    for w, l1, l2 in ((few, 0.1, 0.0), (few, 0.0, 0.3), (few, 0.2, 0.5),
                      (np.random.default_rng(0).normal(size=(2, 3)), 0.03, 1.5)):
        given = w.copy()
        with np.errstate(divide="ignore", invalid="ignore"):
            got = function(given, l1, l2)
        expect(slope_of_penalty(w, l1, l2), got,
               f"the slope at {w.size} weights for l1 {l1} and l2 {l2}", tolerance=1e-6, mistakes={
                   "the slope of a square has a 2": l1 * np.sign(w) + l2 * w,
                   "lasso's slope has the sign of the weight": l1 * np.ones_like(w) + 2 * l2 * w,
                   "this is the penalty, not its slope": l1 * np.abs(w) + l2 * w**2,
                   "ridge is missing": l1 * np.sign(w), "lasso is missing": 2 * l2 * w,
                   "training goes against the slope; the slope itself is asked for": -slope_of_penalty(w, l1, l2),
                   "one slope for each weight, not their sum": slope_of_penalty(w, l1, l2).sum()})
        expect_unchanged(w, given, "`w`")
    return "Lasso pulls small and large weights equally hard; ridge hardly pulls the small ones."
