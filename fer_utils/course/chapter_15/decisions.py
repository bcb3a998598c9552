"""From a row of probabilities to what is said: smoothed over time, kept back when unsure, placed on the circumplex.

Plain functions of numbers, the same for a camera, a picture and a simulation. Explained in chapter 15.
"""

import numpy as np

from fer_utils.course.circumplex import rated_places
from fer_utils.labels import EMOTIONS

SILENCE = "I cannot tell"
KNOWN_AGAIN = 0.3  # boxes that share less are taken for two faces


def moving_average(answers, keep):
    """The exponential moving average of answers over time: float (n, 7), from (n, 7).

    The first row stays as it is. Each later one is `keep` (0 to 1) of the average so far and `1 - keep` of the new
    answer. Exercise 1 of chapter 15.
    """
    averages = [np.asarray(answers[0], float)]
    for answer in answers[1:]:
        averages.append(keep * averages[-1] + (1 - keep) * np.asarray(answer))
    return np.array(averages)


def said(probabilities, threshold):
    """The word for seven probabilities: an emotion, or SILENCE where the largest is under the threshold."""
    best = int(np.argmax(probabilities))
    return EMOTIONS[best] if probabilities[best] >= threshold else SILENCE


def coverage_and_accuracy(labels, probabilities, threshold):
    """What keeping silent below a threshold costs and buys: (coverage, accuracy), two floats.

    Coverage is the share of the faces whose largest probability reaches the threshold; accuracy the share of right
    answers among these, nan where there are none. `labels` int (n,), `probabilities` float (n, 7). Exercise 2 of
    chapter 15.
    """
    answered = probabilities.max(axis=1) >= threshold
    right = probabilities.argmax(axis=1) == labels
    return float(answered.mean()), float(right[answered].mean()) if answered.any() else float("nan")


def place(probabilities):
    """Valence and arousal to be expected, float (2,): the mean of the seven words' published ratings, weighed by their
    probabilities. `probabilities` may also be (n, 7); then (n, 2)."""
    return np.asarray(probabilities) @ rated_places()


def overlap(before, now):
    """The area that two boxes (row, column, height, width) share, as a part (0 to 1) of what they cover together."""
    (top, left, height, width), (top2, left2, height2, width2) = before, now
    shared = (max(0, min(top + height, top2 + height2) - max(top, top2))
              * max(0, min(left + width, left2 + width2) - max(left, left2)))
    return shared / (height * width + height2 * width2 - shared)


def same_face(before, now):
    """Whether two boxes (row, column, height, width) are of one face: their overlap is over KNOWN_AGAIN. False where
    there was no face before."""
    return before is not None and now is not None and overlap(before, now) > KNOWN_AGAIN


def switches(words):
    """How often a word differs from the one before."""
    return sum(a != b for a, b in zip(words, words[1:]))
