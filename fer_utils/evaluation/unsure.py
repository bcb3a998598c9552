"""What a network that is unsure may answer in place of one emotion: nothing, or a set. Explained in chapter 12."""

import numpy as np

from fer_utils.evaluation.calibration import checked
from fer_utils.evaluation.intervals import check_level


def risk_coverage(labels, probabilities):
    """What remains right when the most doubtful faces are not answered: two arrays (n,), coverage and accuracy.

    Entry i is for the i + 1 faces with the largest probability answered: their share of all, and how many of them are
    right. Geifman and El-Yaniv 2017 (arXiv:1705.08500).
    """
    labels, probabilities = checked(labels, probabilities)
    right = probabilities.argmax(axis=1) == labels
    counted = np.arange(1, len(right) + 1)
    surest = np.argsort(-probabilities.max(axis=1), kind="stable")
    return counted / len(right), np.cumsum(right[surest]) / counted


def conformal_threshold(labels, probabilities, level=0.9):
    """The probability from which on an emotion belongs to the answer, so that the set holds the label `level` of the
    time: a float.

    Fitted to faces that the network has not learned from. Of n of them, sorted by what the network gives the label,
    the largest first, it is the k-th, k = level (n + 1) rounded up; 0, every emotion, where there are fewer than k.
    That holds for new faces of the same kind, whatever the network: split conformal prediction, Vovk and others 2005;
    Angelopoulos and Bates 2021 (arXiv:2107.07511). It holds for all faces together, not for each class.
    """
    check_level(level)
    labels, probabilities = checked(labels, probabilities)
    own = probabilities[np.arange(len(labels)), labels]
    k = int(np.ceil(level * (len(own) + 1) - 1e-9))  # a product a hair above a whole number is that number
    return float(np.sort(own)[::-1][k - 1]) if k <= len(own) else 0.0


def coverage(labels, sets):
    """Whether each set holds the label, bool (n,). `sets` bool (n, classes). Raises ValueError where they do not belong
    together."""
    if len(labels) != len(sets):
        raise ValueError(f"there are {len(labels):,} labels and {len(sets):,} sets; give a set for each label.")
    return np.asarray(sets)[np.arange(len(labels)), np.asarray(labels, int)]
