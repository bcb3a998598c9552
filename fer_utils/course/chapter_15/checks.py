"""Checks of the learner's answers in chapter 15."""

import numpy as np

from fer_utils.course.chapter_15 import decisions
from fer_utils.course.checks import NotYet, exercise, expect, expect_unchanged, shortened


@exercise("Which two rows make the average of a frame, and which of them is there already?",
          "Begin a list with the first row; for each later row mix the last entry of the list with it.",
          "averages.append(keep * averages[-1] + (1 - keep) * answer)")
def check_moving_average(function):
    """Exercise 1: the exponential moving average of rows, the first one as it is."""
    rng = np.random.default_rng(0)
    for shape, keep in (((6, 7), 0.5), ((4, 7), 0.9), ((5, 7), 0.0), ((1, 7), 0.6), ((2, 7), 0.25)):
        answers = rng.dirichlet(np.ones(shape[1]), shape[0])
        given = answers.copy()
        got = function(given, keep)
        expect_unchanged(answers, given, "the answers")
        swapped = decisions.moving_average(answers, 1 - keep)
        zero = (1 - keep) * answers[0]
        started = [zero]
        for row in answers[1:]:
            started.append(keep * started[-1] + (1 - keep) * row)
        expect(decisions.moving_average(answers, keep), got,
               f"the averages of {shape[0]} row{'s' * (shape[0] > 1)} with keep = {keep}", 1e-6,
               {"`keep` is the share of the old average, not of the new answer": swapped,
                "the first average is the first answer itself": started,
                "each average builds on the average before, not on the answer before":
                    np.concatenate([answers[:1], keep * answers[:-1] + (1 - keep) * answers[1:]])})
    return "Every row still adds up to one."


@exercise("Which faces count for the accuracy, and which for the coverage?",
          "A row's answer is where it is largest; `probabilities.max(axis=1) >= threshold` says who is answered.",
          "coverage is answered.mean(); accuracy is (probabilities.argmax(axis=1) == labels)[answered].mean()")
def check_coverage_and_accuracy(function):
    """Exercise 2: coverage and accuracy of the faces whose largest probability reaches the threshold."""
    rng = np.random.default_rng(1)
    for n, threshold in ((50, 0.4), (80, 0.6), (30, 0.0)):
        probabilities = rng.dirichlet(np.full(7, 0.4), n)
        probabilities[0] = [0.4, 0.6, 0, 0, 0, 0, 0]  # on the threshold, which counts as reached
        labels = rng.integers(0, 7, n)
        labels[: n // 2] = probabilities[: n // 2].argmax(axis=1)
        _compare(function(labels.copy(), probabilities.copy(), threshold), labels, probabilities, threshold)
    none = np.full((4, 7), 1 / 7)
    got = function(np.zeros(4, int), none, 0.5)
    coverage, accuracy = _pair(got)
    expect(0.0, coverage, "the coverage where no face reaches the threshold", 1e-9)
    if not np.isnan(accuracy):
        raise NotYet(f"the accuracy where no face reaches the threshold: expected nan, got {shortened(accuracy)}")
    return "Silence costs coverage; whether it buys accuracy the next figure says."


def _compare(got, labels, probabilities, threshold):
    coverage, accuracy = _pair(got)
    right_coverage, right_accuracy = decisions.coverage_and_accuracy(labels, probabilities, threshold)
    answered = probabilities.max(axis=1) >= threshold
    right = probabilities.argmax(axis=1) == labels
    expect(right_coverage, coverage, f"the coverage at threshold {threshold}", 1e-9,
           {"the share of right answers is not coverage": right.mean(), "a number of faces is no share": answered.sum(),
            "a probability equal to the threshold reaches it": (probabilities.max(axis=1) > threshold).mean(),
            "that is the share of silence": 1 - answered.mean()})
    expect(right_accuracy, accuracy, f"the accuracy at threshold {threshold}", 1e-9,
           {"silent faces do not count for the accuracy": (right & answered).mean(),
            "that is the accuracy on all faces": right.mean()})


def _pair(got):
    if got is None or not isinstance(got, (tuple, list, np.ndarray)) or len(got) != 2:
        raise NotYet(f"expected two numbers, coverage and accuracy, got {shortened(got)}")
    return got
