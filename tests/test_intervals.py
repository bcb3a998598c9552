"""Intervals: against known values, against simulated truth, and what is refused."""

import numpy as np
import pytest
from scipy.stats import t, ttest_rel
from sklearn.metrics import accuracy_score, f1_score

from fer_utils.evaluation.intervals import (
    difference_interval,
    mean_difference,
    paired_interval,
    score_interval,
    seeds_difference,
    share_interval,
    told,
)


def test_share_interval_is_wilsons():
    low, high = share_interval(8, 10)
    assert (round(low, 4), round(high, 4)) == (0.4902, 0.9433)  # Newcombe 1998, and any textbook
    assert share_interval(0, 5)[0] == 0 and share_interval(5, 5)[1] == 1


@pytest.mark.parametrize("hits, n", [(3, 2), (-1, 4), (0, 0)])
def test_share_interval_refuses_what_is_no_share(hits, n):
    with pytest.raises(ValueError, match="hits among"):
        share_interval(hits, n)


def test_intervals_refuse_what_would_be_misread():
    """Counts that are none, answers where "read right" is asked for, and labels of other faces."""
    for hits in (2.5, float("nan"), "3"):
        with pytest.raises(ValueError, match="whole numbers"):
            share_interval(hits, 10)
    for first in ([0, 3, 5], [0.2, 0.7, 1], ["a", "b", "c"], [np.nan, 1, 0]):
        with pytest.raises(ValueError, match="True or False"):
            difference_interval(first, [True, False, True])
    assert difference_interval([0, 1, 1], [False, True, True])[0] == 0
    for labels, answers in (([1, 2], [1, 2, 3]), ([1, 2, 3], [1, 2]), ([1], [1]), ([], [])):
        with pytest.raises(ValueError, match="same order, of two faces"):
            score_interval(accuracy_score, labels, answers)


def test_share_interval_holds_the_truth_nineteen_times_in_twenty():
    rng = np.random.default_rng(1)
    hits = rng.binomial(3589, 0.72, 2000)
    holds = np.mean([low < 0.72 < high for low, high in (share_interval(h, 3589) for h in hits)])
    assert 0.93 < holds < 0.97


def test_difference_interval_holds_the_truth_nineteen_times_in_twenty():
    rng, holds, trials = np.random.default_rng(2), 0, 600
    for _ in range(trials):
        kind = rng.choice(4, 1000, p=[0.6, 0.12, 0.08, 0.2])  # both right, one alone, the other alone, neither
        _, low, high = difference_interval(kind <= 1, (kind == 0) | (kind == 2))
        holds += low <= 0.04 <= high
    assert 0.93 <= holds / trials <= 0.97


def test_difference_interval_is_paired():
    rng = np.random.default_rng(3)
    hard = rng.random(2000) < 0.5
    nearly = hard.copy()
    nearly[:20] = True
    gap, low, high = difference_interval(nearly, hard)
    assert gap > 0 and low > 0 and high - low < 0.02  # two samples of 2,000 would be 0.062 wide


def test_difference_interval_refuses_other_faces():
    with pytest.raises(ValueError, match="same order"):
        difference_interval([True, False], [True])


def test_score_interval_agrees_with_the_formula():
    rng = np.random.default_rng(4)
    labels = rng.integers(7, size=1500)
    answers = np.where(rng.random(1500) < 0.7, labels, rng.integers(7, size=1500))
    low, high = score_interval(accuracy_score, labels, answers, draws=1000)
    wilson = share_interval(int(np.sum(labels == answers)), 1500)
    assert np.allclose((low, high), wilson, atol=0.005)
    low, high = score_interval(lambda a, b: f1_score(a, b, average="macro"), labels, answers, draws=200)
    assert low < f1_score(labels, answers, average="macro") < high


def test_a_mean_difference_is_scipys():
    rng = np.random.default_rng(5)
    first, second = rng.normal(0.2, 1, 300), rng.normal(0, 1, 300)
    gap, error = mean_difference(first, second)
    assert gap / error == pytest.approx(ttest_rel(first, second).statistic) and gap == pytest.approx(
        first.mean() - second.mean())
    for wrong in (([1, 2], [1, 2, 3]), ([1], [1]), ([[1, 2]], [[1, 2]])):
        with pytest.raises(ValueError, match="same order, of two faces at least"):
            mean_difference(*wrong)


def test_what_an_interval_says():
    assert (told(0.1, 0.2), told(-0.2, -0.1), told(-0.1, 0.1), told(0, 0.1)) == (
        "better", "worse", "cannot be told", "cannot be told")
    assert told([0.1, -1], np.array([0.2, 1])) == ["better", "cannot be told"]


def test_the_luck_of_seeds_is_welchs_and_holds_the_truth():
    """Against the textbook's formula, and of 2,000 pairs of five and eight seeds that spread unlike."""
    first, second = [0.70, 0.72, 0.71], [0.66, 0.70, 0.65, 0.67]
    difference, low, high = seeds_difference(first, second)
    parts = np.array([np.var(side, ddof=1) / len(side) for side in (first, second)])
    assert difference == pytest.approx(np.mean(first) - np.mean(second)) == pytest.approx((low + high) / 2)
    assert high - difference == pytest.approx(t.ppf(0.975, 2) * np.sqrt(parts.sum()))  # of the three seeds alone
    like = np.array([[0.70, 0.72, 0.71, 0.69], second])  # as many of each: Welch's own degrees of freedom
    parts = like.var(axis=1, ddof=1) / 4
    _, low_alike, high_alike = seeds_difference(*like)
    assert (high_alike - low_alike) / 2 == pytest.approx(
        t.ppf(0.975, parts.sum() ** 2 / (parts**2 / 3).sum()) * np.sqrt(parts.sum()))
    assert np.subtract(*seeds_difference(first, second, tried=4)[:0:-1]) > high - low
    rng, held = np.random.default_rng(0), 0
    for _ in range(2000):
        _, low, high = seeds_difference(rng.normal(0.02, 0.01, 5), rng.normal(0, 0.003, 8))
        held += low < 0.02 < high
    assert 0.93 < held / 2000 < 0.97


@pytest.mark.parametrize("first, second, tried", [([0.7], [0.6, 0.7], 1), ([[0.7, 0.8]], [0.6, 0.7], 1),
                                                  ([0.7, 0.8], [0.6, 0.7], 0)])
def test_the_luck_of_one_seed_is_not_known(first, second, tried):
    with pytest.raises(ValueError, match="two seeds or more"):
        seeds_difference(first, second, tried)


@pytest.mark.parametrize("first, second, tried, level, refused", [
    ([0.7, 0.7], [0.6, 0.6], 1, 0.95, "no seed differs"), ([0.7, np.nan], [0.6, 0.7], 1, 0.95, "no finite number"),
    ([0.7, 0.8], [0.6, np.inf], 1, 0.95, "no finite number"), ([0.7, 0.8], [0.6, 0.7], np.nan, 0.95, "comparison"),
    ([0.7, 0.8], [0.6, 0.7], 1, 95, "between 0 and 1"), ([0.7, 0.8], [0.6, 0.7], 1, 1, "between 0 and 1")])
def test_scores_that_would_be_misread_are_refused(first, second, tried, level, refused):
    with pytest.raises(ValueError, match=refused):
        seeds_difference(first, second, tried, level)


def test_two_seeds_that_spread_more_than_ten_are_not_called_different():
    """Corrected for a dozen: SciPy's degrees of freedom would call one of the dozen different half of the time."""
    rng, wrong, trials = np.random.default_rng(7), 0, 4000
    for _ in range(trials):
        _, low, high = seeds_difference(rng.normal(0, 5, 2), rng.normal(0, 1, 10), tried=12)
        wrong += not low <= 0 <= high
    assert 12 * wrong / trials < 0.15


def test_no_number_is_never_told():
    for low, high in ((np.nan, np.nan), ([0, np.nan], [1, 1])):
        with pytest.raises(ValueError, match="two ends"):
            told(low, high)
    with pytest.raises(ValueError, match="no finite number"):
        mean_difference([1, np.nan, 3], [1, 2, 3])
    for refused in (lambda: share_interval(3, 10, 95), lambda: score_interval(accuracy_score, [1, 2], [1, 2], 95)):
        with pytest.raises(ValueError, match="between 0 and 1"):
            refused()
    assert np.isfinite(paired_interval(100, 0, 200, tried=10**18)).all()
