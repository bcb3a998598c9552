"""How sure a score is: 95 % intervals, for the luck of the faces. Chapters 12 and 13.

The luck of seeds is not in them: another training run would score differently on the same faces. It alone is in
`seeds_difference`.
"""

from numbers import Real

import numpy as np

LEVEL = 0.95


def whole(*values):
    """Whether all values are whole numbers, of any type."""
    return all(isinstance(value, Real) and float(value).is_integer() for value in values)


def check_level(level):
    """Raise ValueError unless `level` is a share between 0 and 1, such as LEVEL."""
    if not 0 < level < 1:
        raise ValueError(f"expected a level between 0 and 1, such as {LEVEL}, got {level!r}.")


def share_interval(hits, n, level=LEVEL):
    """The interval (low, high) of a share such as an accuracy or a recall: `hits` faces of `n`.

    Wilson's interval (1927, doi:10.1080/01621459.1927.10502953), which stays between 0 and 1 and holds for few faces
    too. Raises ValueError unless 0 <= hits <= n and n is above 0.
    """
    from scipy.stats import binomtest

    if not whole(hits, n) or not 0 <= hits <= n or n < 1:
        raise ValueError(f"there are {hits!r} hits among {n!r} faces; give whole numbers, at least one face.")
    check_level(level)
    low, high = binomtest(int(hits), int(n)).proportion_ci(level, method="wilson")
    return float(low), float(high)


def paired_interval(won, lost, n, tried=1, level=LEVEL):
    """The interval (low, high) of the difference of two shares on the same `n` faces, of which `won` are hits of the
    one alone, and `lost` of the other alone. With several `tried`, all such intervals hold together `level` of the time
    (Bonferroni).

    Agresti and Min 2005 (doi:10.1002/sim.1781), who add half a face to each of the four counts: a bootstrap would need
    very many draws for the far ends that a correction asks for. Raises ValueError for counts that do not fit.
    """
    from scipy.stats import norm

    if not whole(won, lost, n, tried) or min(won, lost) < 0 or won + lost > n or n < 1 or tried < 1:
        raise ValueError(f"{won!r} won and {lost!r} lost of {n!r} faces, {tried!r} tried: give whole numbers, no more "
                         "changed faces than there are, and at least one face and one comparison.")
    check_level(level)
    n, won, lost = n + 2, won + 0.5, lost + 0.5
    gap = (won - lost) / n
    half = norm.isf((1 - level) / tried / 2) * np.sqrt((won + lost) / n - gap ** 2) / np.sqrt(n)
    return float(gap - half), float(gap + half)


def told(low, high):
    """What an interval of a difference says of the first of two: "better", "worse", or "cannot be told" where 0 is in
    it; for arrays a list of these words. Raises ValueError for what is no number: it would not be told, and look as if
    it had been tried."""
    if np.isnan(low).any() or np.isnan(high).any():
        raise ValueError(f"an interval has two ends, got {low!r} to {high!r}; look for what is no number in the "
                         "scores.")
    words = np.where(np.asarray(low) > 0, "better", np.where(np.asarray(high) < 0, "worse", "cannot be told"))
    return words.tolist()


def difference_interval(first, second, tried=1, level=LEVEL):
    """The difference of two accuracies on the same faces, and its interval: (difference, low, high).

    Arguments: first, second, bool (n,), whether each face is read right, in the same order: of two networks, or of one
    network before and after a change of the face; tried and level, as of `paired_interval`. Raises ValueError where the
    two are not of one length, or hold answers instead.
    """
    first, second = np.asarray(first), np.asarray(second)
    if first.shape != second.shape or first.ndim != 1 or not len(first):
        raise ValueError(f"the two have shapes {first.shape} and {second.shape}; give one answer a face for both, in "
                         "the same order.")
    if not all(values.dtype.kind in "biuf" and np.isin(values, (0, 1)).all() for values in (first, second)):
        raise ValueError("give for each face whether it is read right, True or False: answers == labels.")
    won, lost = int((first > second).sum()), int((first < second).sum())
    return (won - lost) / len(first), *paired_interval(won, lost, len(first), tried, level)


def mean_difference(first, second):
    """By how much one score lies above another on the same faces, on average, and its standard error: (difference,
    error). `first` and `second` (n,), a number for each face: whether it is read right, a probability, a loss.

    What the faces have in common falls out, face by face. Chapter 12. Raises ValueError where the two are not of one
    length, shorter than two, or hold what is no finite number.
    """
    first, second = np.asarray(first, float), np.asarray(second, float)
    if first.shape != second.shape or first.ndim != 1 or len(first) < 2:
        raise ValueError(f"the two have shapes {first.shape} and {second.shape}; give a number for each face for both, "
                         "in the same order, of two faces at least.")
    if not np.isfinite([first, second]).all():
        raise ValueError("a face has no finite number; leave it out of both, and say so.")
    change = first - second
    return float(change.mean()), float(change.std(ddof=1) / np.sqrt(len(change)))


def seeds_difference(first, second, tried=1, level=LEVEL):
    """By how much one setting's mean score lies above another's, for the luck of seeds alone, where no answers were
    kept: (difference, low, high). `first` and `second`: scores, one a seed, two of each at least.

    Welch's interval, which does not take the two to spread alike. With as many seeds of each it is SciPy's; where one
    has three that spread far more than those of the other, it holds some 93 % of the time. With fewer of the one, SciPy
    trusts the many of the other: two seeds that spread five times as far as ten hold 90 % of the time, and a dozen
    such differences, corrected, together only half of it. Then its degrees of freedom are those of the fewer alone,
    one less than there are, which is rather too wide. With several `tried`, all such intervals hold together `level` of
    the time (Bonferroni). Other faces would move both settings; of that it knows nothing. Raises ValueError, too, for
    what is no finite number, and where no seed differs from another of its setting: most likely a run is given twice.
    """
    from scipy.stats import t, ttest_ind

    first, second = (np.asarray(values, float) for values in (first, second))
    if any(values.ndim != 1 or len(values) < 2 for values in (first, second)) or not whole(tried) or tried < 1:
        raise ValueError(f"expected the scores of two seeds or more of each, and at least one comparison, got shapes "
                         f"{first.shape} and {second.shape}, tried {tried!r}.")
    check_level(level)
    if not np.isfinite(np.concatenate([first, second])).all():
        raise ValueError(f"a score is no finite number: {first.tolist()} and {second.tolist()}.")
    if max(np.ptp(first), np.ptp(second)) < 1e-12:
        raise ValueError("no seed differs from another, so their luck cannot be seen. Is a run given more than once?")
    difference = float(first.mean() - second.mean())
    if len(first) == len(second):
        interval = ttest_ind(first, second, equal_var=False).confidence_interval(1 - (1 - level) / tried)
        return difference, float(interval.low), float(interval.high)
    error = np.sqrt(first.var(ddof=1) / len(first) + second.var(ddof=1) / len(second))
    half = float(t.isf((1 - level) / tried / 2, min(len(first), len(second)) - 1) * error)
    return difference, difference - half, difference + half


def score_interval(score, labels, answers, level=LEVEL, draws=2000, seed=0):
    """The interval (low, high) of any score of labels and answers: the faces are drawn anew `draws` times (bootstrap,
    percentile method, SciPy's). A score of confusion matrices has its interval sooner, and with the luck of seeds, from
    `fer_utils.evaluation.comparison.measure`.

    Arguments: score, a function of labels int (n,) and answers, in this order, that gives a number, such as
    scikit-learn's `accuracy_score`; answers, an array whose first axis is the faces. Raises ValueError where they are
    not of one length, or fewer than two.

    Of a score near 0 or 1, such as the recall of a class with few faces, nearly all read right, the draws show too
    little: of 20 faces all read right, none. There `share_interval` and `comparison.measure` hold.
    """
    from scipy.stats import bootstrap

    check_level(level)
    labels, answers = np.asarray(labels), np.asarray(answers)
    if labels.ndim < 1 or labels.shape[:1] != answers.shape[:1] or len(labels) < 2:
        raise ValueError(f"labels and answers have shapes {labels.shape} and {answers.shape}; give one of each for "
                         "each face, in the same order, of two faces at least.")
    found = bootstrap((np.arange(len(labels)),), lambda chosen: score(labels[chosen], answers[chosen]),
                      n_resamples=draws, vectorized=False, confidence_level=level, method="percentile",
                      random_state=np.random.default_rng(seed))  # `rng` since SciPy 1.15
    return float(found.confidence_interval.low), float(found.confidence_interval.high)
