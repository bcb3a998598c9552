"""Whether two accuracies differ by more than luck would have it: the luck of seeds, and that of the faces.

Explained in chapters 06 and 12.
"""

import numpy as np

from fer_utils.evaluation.intervals import told


def difference(first, second, count=3589):
    """How far two lists of accuracies, one a seed, lie apart on average, and how far chance alone may bring them.

    Returns (gap, error), fractions. The error adds up the luck of the seeds and that of `count` test faces; it takes
    the two for independent, which for the same faces is too careful. Chapter 12 does better where answers are kept.
    Raises ValueError for fewer than two seeds.
    """
    first, second = np.asarray(first, float), np.asarray(second, float)
    if min(first.size, second.size) < 2:
        raise ValueError(f"{first.size} and {second.size} accuracies: one seed does not tell how much seeds differ; "
                         "give at least two of each.")
    seeds = first.var(ddof=1) / len(first) + second.var(ddof=1) / len(second)
    faces = sum(values.mean() * (1 - values.mean()) / count for values in (first, second))
    return float(first.mean() - second.mean()), float(np.sqrt(seeds + faces))


def verdict(gap, error):
    """A difference in words: only one of more than two errors is a difference."""
    return told(gap - 2 * error, gap + 2 * error)


def paired_difference(won, lost, count=3589):
    """As `difference`, of two networks that answered the same `count` faces: (gap, error), fractions.

    `won` and `lost`: the shares of the faces on which only the one, or only the other, is right. The other faces say
    nothing about which is better (McNemar's test, chapter 09).
    """
    return won - lost, float(np.sqrt(max(won + lost, 1 / count) / count))
