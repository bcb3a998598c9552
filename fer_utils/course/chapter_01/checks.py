"""The checks of chapter 01: angles on the circumplex, the entropy of votes, and Bayes' rule."""

import numpy as np

from fer_utils.course.chapter_01.affect import after_sign, angle, bits
from fer_utils.course.checks import exercise, expect, expect_unchanged


@exercise("From *happy*, at 7.8 degrees, walk to *pleased*, at 353.2. There are two ways round the circle. Which do "
          "you take?",
          "A difference `% 360` is the way round in one direction, never negative. What is left of the circle is the "
          "way in the other.",
          "With `apart = (first - second) % 360`, the two ways are `apart` and `360 - apart`; take the shorter one.")
def check_angle_between(function):
    """Exercise 1: the smaller angle between two directions, 0 to 180 degrees."""
    for first, second in [(45.0, 90.0), (90.0, 45.0), (7.8, 353.2), (353.2, 7.8), (10.0, 190.0), (30.0, 30.0),
                          (20.0, 250.0), (271.9, 48.6), (350, 10)]:
        expect(angle(first, second), function(first, second), f"the angle between {first:g} and {second:g} degrees",
               tolerance=1e-4, mistakes={"this goes the long way round": abs(first - second),
                                         "an angle has no sign": -angle(first, second),
                                         "this is in radians": np.radians(angle(first, second))})
    return "The shorter way round, whichever word comes first."


@exercise("If all ten voters say the same, how much doubt is left? And which of the counts take part in it?",
          "First turn the counts that are not zero into shares that add up to one. `np.log2` gives the logarithm.",
          "With `shares = counts[counts > 0] / counts.sum()`, add up `shares * np.log2(shares)`; then turn the sign.")
def check_entropy(function):
    """Exercise 2: the entropy of counts in bits."""
    for votes in ([5, 5, 0], [10, 0, 0, 0, 0, 0, 0], [1, 1, 1, 1], [6, 3, 1, 0], [2, 1, 2, 0, 3, 0, 2], [0.5, 0, 1.5]):
        given, right = np.array(votes), bits(votes)
        expect(right, function(given), f"the entropy of the counts {votes}", tolerance=1e-6,
               mistakes={"this is in nats: the logarithm is that of base 2": right * np.log(2),
                         "the sign is still to be turned round": -right})
        expect_unchanged(np.array(votes), given, "the array of counts")
    return "No doubt is 0 bits; an even split between two is 1 bit."


@exercise("The sign is there. Which moments does it come from, those with the state alone?",
          "Of all moments, a share of `hit_rate * base_rate` has the sign and the state. Which share has the sign "
          "without the state?",
          "Divide `hit_rate * base_rate` by the sum of itself and `false_alarm * (1 - base_rate)`.")
def check_posterior(function):
    """Exercise 3: the probability of a state, given its sign (Bayes' rule)."""
    for hit_rate, false_alarm, base_rate in [(0.9, 0.1, 0.5), (0.9, 0.1, 0.01), (0.35, 0.35, 0.2), (1.0, 0.0, 0.3),
                                             (0.5, 0.5, 0.1), (0, 1, 0.5)]:
        both = hit_rate * base_rate
        expect(after_sign(hit_rate, false_alarm, base_rate), function(hit_rate, false_alarm, base_rate),
               f"hit rate {hit_rate}, false alarms {false_alarm}, base rate {base_rate}", tolerance=1e-6,
               mistakes={"this is how often sign and state come together, among all moments": both,
                         "the false alarms happen in the moments without the state only": both / (both + false_alarm)})
    return "A sign that is as frequent without the state leaves the base rate as it was."
