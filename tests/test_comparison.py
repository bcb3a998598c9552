"""Two networks compared: against formulas and scikit-learn, against simulated truth, and what is refused."""

import numpy as np
import pytest
from scipy.stats import norm
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, recall_score

from fer_utils.evaluation import comparison, paired_comparison
from fer_utils.evaluation.comparison import (
    accuracy_of,
    answers_together,
    compare,
    compare_groups,
    confusions,
    drawn_confusions,
    f1_of,
    macro_f1_of,
    measure,
    recall_of,
)
from fer_utils.evaluation.intervals import score_interval

HARD, UNSURE = 1.5, 1.0  # how far faces, and one seed's luck on a face, move what is read right


def world(rng, n, skills, seeds, spread):
    """Labels, and the answers (k, n) of networks whose seeds differ by `spread`, to faces of unlike difficulty."""
    labels, hard = rng.choice(7, n, p=[.13, .02, .13, .26, .17, .12, .17]), rng.normal(0, HARD, n)
    sides = []
    for skill, k in zip(skills, seeds):
        ability = skill + rng.normal(0, spread, (k, 1)) - hard + rng.normal(0, UNSURE, (k, n))
        sides.append(np.where(ability > 0, labels, (labels + rng.integers(1, 7, (k, n))) % 7))
    return labels, *sides


def true_accuracy(skill, spread):
    return norm.cdf(skill / np.sqrt(HARD**2 + UNSURE**2 + spread**2))


def test_scores_of_matrices_are_the_librarys():
    labels, one, other = world(np.random.default_rng(0), 500, (1.0, 0.2), (1, 1), 0)
    answers = np.concatenate([one, other])
    matrices = confusions(labels, answers)
    for matrix, given in zip(matrices, answers):
        assert np.array_equal(matrix, confusion_matrix(labels, given, labels=range(7)))
        assert accuracy_of(matrix) == pytest.approx(accuracy_score(labels, given))
        assert recall_of(matrix) == pytest.approx(recall_score(labels, given, average=None, labels=range(7)))
        assert f1_of(matrix) == pytest.approx(f1_score(labels, given, average=None, labels=range(7)))
        assert macro_f1_of(matrix) == pytest.approx(f1_score(labels, given, average="macro", labels=range(7)))
    assert f1_of(matrices).shape == (2, 7) and accuracy_of(matrices).shape == (2,)
    never = np.diag([5, 0, 5, 5, 5, 5, 5])
    assert recall_of(never)[1] == f1_of(never)[1] == 0  # not nan


def test_networks_are_drawn_on_the_same_faces():
    labels, one, _ = world(np.random.default_rng(0), 300, (1.0, 0.2), (1, 1), 0)
    drawn = drawn_confusions(labels, np.concatenate([one, one]), draws=50)
    assert drawn.shape == (50, 2, 7, 7) and (drawn.sum(axis=(2, 3)) == 300).all()
    assert np.array_equal(drawn[:, 0], drawn[:, 1]) and len({part.tobytes() for part in drawn[:, 0]}) == 50


def test_one_seed_each_has_the_error_of_the_formula():
    labels, one, other = world(np.random.default_rng(1), 3589, (1.0, 0.9), (1, 1), 0)
    found, formula = compare(labels, one[0], other[0], draws=4000), paired_comparison(labels, one[0], other[0])
    assert found["difference"] == pytest.approx(formula["gap"])
    assert (found["high"] - found["low"]) / 2 == pytest.approx(1.96 * formula["error"], rel=0.05)
    assert found["luck"] == "faces alone (one seed each)" and found["seeds"] == (1, 1)
    assert found["first"] == np.mean(one[0] == labels) and found["second"] == np.mean(other[0] == labels)


def test_the_interval_of_one_score_is_scipys():
    labels, one, _ = world(np.random.default_rng(2), 1500, (1.0, 1.0), (1, 1), 0)
    found = measure(labels, one[0], macro_f1_of, draws=2000)
    theirs = score_interval(lambda y, a: f1_score(y, a, average="macro"), labels, one[0], draws=400)
    assert (found["low"], found["high"]) == pytest.approx(theirs, abs=0.01)
    assert found["value"] == pytest.approx(f1_score(labels, one[0], average="macro"))


@pytest.mark.parametrize("seeds, spread", [((1, 1), 0), ((3, 3), 0.05), ((3, 3), 0.2), ((5, 3), 0.1)])
def test_an_interval_of_a_difference_holds_the_truth_nineteen_times_in_twenty(seeds, spread):
    rng, trials, holds = np.random.default_rng(3), 1000, 0
    truth = true_accuracy(1.0, spread) - true_accuracy(0.8, spread)
    for trial in range(trials):
        found = compare(*world(rng, 500, (1.0, 0.8), seeds, spread), draws=120, seed=trial)
        holds += found["low"] <= truth <= found["high"]
    assert 0.93 <= holds / trials <= 0.97


def test_one_seed_borrows_the_spread_of_three():
    """The borrowed spread is known from three seeds alone: the interval falls short of 95 % by a little, not by
    much."""
    rng, trials, holds, truth = np.random.default_rng(3), 400, 0, true_accuracy(1.0, 0.2) - true_accuracy(0.8, 0.2)
    for trial in range(trials):
        found = compare(*world(rng, 800, (1.0, 0.8), (3, 1), 0.2), draws=150, seed=trial)
        holds += found["low"] <= truth <= found["high"]
    assert 0.91 <= holds / trials <= 0.98


@pytest.mark.parametrize("score", [macro_f1_of, recall_of])
def test_an_interval_of_another_score_holds_the_truth(score):
    """Faces drawn from a known matrix: what the score is of the matrix itself is the truth."""
    rng, trials = np.random.default_rng(4), 500
    chances = np.full((7, 7), 0.5) + np.diag([9, 6, 5, 20, 7, 12, 9])
    chances /= chances.sum()
    truth, holds = score(chances * 1e6), []
    for trial in range(trials):
        codes = rng.choice(49, 1200, p=chances.ravel())
        found = measure(codes // 7, codes % 7, score, draws=250, seed=trial)
        holds.append((np.asarray(found["low"]) <= truth) & (truth <= found["high"]))
    assert 0.93 <= np.mean(holds) <= 0.97


def test_without_the_luck_of_seeds_an_interval_is_too_narrow():
    """The same question with one seed each: the interval knows of faces alone, and says so."""
    rng, holds, spread = np.random.default_rng(5), 0, 0.2
    for trial in range(200):
        found = compare(*world(rng, 800, (1.0, 1.0), (1, 1), spread), draws=150, seed=trial)
        assert "faces alone" in found["luck"]
        holds += found["low"] <= 0 <= found["high"]
    assert holds / 200 < 0.8


def test_all_of_several_hold_together():
    """Seven recalls that do not differ: at least one is called different in one of twenty trials, not in one of
    three."""
    rng, wrong = np.random.default_rng(6), {1: 0, 7: 0}
    for trial in range(300):
        labels, one, other = world(rng, 1500, (0.9, 0.9), (1, 1), 0)
        for tried in wrong:
            told = compare(labels, one, other, recall_of, tried, draws=150, seed=trial)["told"]
            wrong[tried] += set(told) != {"cannot be told"}
    assert wrong[7] / 300 < 0.09 and wrong[1] > 2 * wrong[7]


def test_what_is_told():
    labels = np.arange(700) % 7
    good, bad = labels.copy(), (labels + (np.arange(700) % 3 == 0)) % 7
    assert compare(labels, good, bad)["told"] == "better" and compare(labels, bad, good)["told"] == "worse"
    assert compare(labels, good, good)["told"] == "cannot be told"
    three = compare(labels, [good, bad, good], bad)
    assert three["luck"] == "faces and seeds (3 against 1, the spread of the 3 taken for both)"
    assert three["seeds"] == (3, 1)
    both = compare(labels, [good, bad], [bad, bad, bad])
    assert both["luck"] == "faces and seeds (2 against 3)"
    assert measure(labels, [good, bad])["luck"] == "faces and seeds (2)" and measure(labels, bad)["seeds"] == 1
    assert all(np.isfinite([both["low"], both["high"]])) and both["high"] - both["low"] < 1


@pytest.mark.parametrize("labels, first", [([0, 1, 2], [0, 1]), ([[0, 1]], [0, 1]), ([], [])])
def test_answers_to_other_faces_are_refused(labels, first):
    with pytest.raises(ValueError, match="in the same order"):
        compare(np.array(labels, int), np.array(first, int), np.array(first, int))


def test_a_difference_without_any_luck_is_refused():
    with pytest.raises(ValueError, match="paired_interval"):
        compare(np.arange(3), np.arange(3), np.arange(3) + 1)


def test_one_seed_has_no_spread():
    from fer_utils.course.luck import difference

    with pytest.raises(ValueError, match="at least two"):
        difference([0.7], [0.6, 0.61])
    assert difference([0.7, 0.7], [0.6, 0.62])[0] == pytest.approx(0.09)


def test_no_comparison_is_no_number_to_correct_for():
    with pytest.raises(ValueError, match="at least 1"):
        compare(np.arange(7), np.arange(7), np.arange(7), tried=0)


def test_published_runs_are_compared(monkeypatch):
    runs = [f"squeezenet-comparison-s{seed}" for seed in range(3)]
    found = compare_groups(runs, ["vgg16"], draws=200)
    labels, answers = answers_together([*runs, "vgg16"])
    assert found["difference"] == pytest.approx((answers[:3] == labels).mean() - (answers[3] == labels).mean())
    assert found["n"] == 3589 and found["told"] == "worse"
    other = {"keys": np.zeros((2, 16), np.uint8), "labels": np.zeros(2, np.uint8), "answers": np.zeros(2, int)}
    real = comparison.recorded_answers
    monkeypatch.setattr(comparison, "recorded_answers", lambda name: other if name == "other" else real(name))
    with pytest.raises(ValueError, match="not recorded on the same faces"):
        compare_groups(["vgg16"], ["other"])
