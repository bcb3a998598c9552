"""The checks of chapter 01: angles on the circumplex, the entropy of votes, and Bayes' rule."""

import numpy as np

from fer_utils.course.checks import NotYet, confirm, expect, greet, untouched


def check_angle_between(function):
    """Chapter 01, exercise 1: the smaller angle between two directions, 0 to 180 degrees."""
    hint = "take the difference modulo 360; where it passes 180, the other way round the circle is shorter."
    answer = function(45.0, 90.0)
    if untouched(answer):
        return greet(hint)
    for first, second in [(45.0, 90.0), (90.0, 45.0), (7.8, 353.2), (353.2, 7.8), (10.0, 190.0), (30.0, 30.0),
                          (20.0, 250.0)]:
        expected = abs((first - second + 180) % 360 - 180)
        expect(expected, function(first, second), f"the angle between {first:g} and {second:g} degrees", hint, 1e-9)
    confirm("The shorter way round, whichever word comes first.")


def check_entropy(function):
    """Chapter 01, exercise 2: the entropy of votes in bits."""
    hint = "shares are votes / their sum; leave out the zeros; then minus the sum of share times log2(share)."
    answer = function(np.array([5, 5, 0]))
    if untouched(answer):
        return greet(hint)
    for votes in ([5, 5, 0], [10, 0, 0, 0, 0, 0, 0], [1, 1, 1, 1], [6, 3, 1, 0]):
        shares = np.array([vote / sum(votes) for vote in votes if vote])
        expected = float(-(shares * np.log2(shares)).sum()) + 0.0
        expect(expected, function(np.array(votes)), f"the entropy of the votes {votes}", hint, 1e-9)
    confirm("No doubt is 0 bits; an even split between two is 1 bit.")


def check_posterior(function):
    """Chapter 01, exercise 3: the probability of a state, given its sign (Bayes' rule)."""
    hint = "of all moments, hit_rate * base_rate show the sign and have the state; divide by all moments with the sign."
    answer = function(0.9, 0.1, 0.5)
    if untouched(answer):
        return greet(hint)
    for hit_rate, false_alarm, base_rate in [(0.9, 0.1, 0.5), (0.9, 0.1, 0.01), (0.35, 0.35, 0.2), (1.0, 0.0, 0.3)]:
        both = hit_rate * base_rate
        expect(both / (both + false_alarm * (1 - base_rate)), function(hit_rate, false_alarm, base_rate),
               f"hit rate {hit_rate}, false alarms {false_alarm}, base rate {base_rate}", hint, 1e-9)
    if not np.isclose(function(0.5, 0.5, 0.1), 0.1):
        raise NotYet(f"expected a sign as frequent without the state to change nothing, got a change. Hint: {hint}")
    confirm("A sign that is as frequent without the state leaves the base rate as it was.")
