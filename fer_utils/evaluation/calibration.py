"""Do probabilities mean what they say? Of the answers given with 70 %, about 70 % should be right.

Guo and others 2017 (arXiv:1706.04599). Not in the thesis; explained in chapter 16.
"""

import numpy as np


def reliability(labels, probabilities, bins=15):
    """Answers sorted by how sure they are, into `bins` equal widths of confidence (the largest of the seven
    probabilities).

    Arguments: labels int (n,), probabilities float (n, 7). Returns three arrays (bins,): `count`, the mean
    `confidence` and the `accuracy` of the answers in each bin; the last two are NaN where a bin is empty. A bin holds
    its upper edge.
    """
    labels, probabilities = np.asarray(labels), np.asarray(probabilities, np.float64)
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    place = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    count = np.bincount(place, minlength=bins)
    with np.errstate(invalid="ignore"):  # an empty bin has no mean
        return count, np.bincount(place, confidence, bins) / count, np.bincount(place, right, bins) / count


def calibration_error(labels, probabilities, bins=15):
    """The expected calibration error: how far accuracy and confidence lie apart, on average over the answers; 0 to 1.

    Arguments as for `reliability`, which it averages.
    """
    count, confidence, accuracy = reliability(labels, probabilities, bins)
    held = count > 0
    return float(np.sum(count[held] * np.abs(accuracy - confidence)[held]) / count.sum())
