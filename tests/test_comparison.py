"""Two networks compared: against formulas and scikit-learn, against simulated truth, and what is refused."""

from functools import partial

import numpy as np
import pytest
from scipy.stats import norm
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, recall_score

from fer_utils.evaluation import comparison, paired_comparison
from fer_utils.evaluation.comparison import (
    accuracy_of,
    answers_together,
    compare,
    compare_accuracies,
    compare_family,
    compare_groups,
    confusions,
    drawn_confusions,
    f1_of,
    holm,
    macro_f1_of,
    measure,
    recall_of,
)
from fer_utils.evaluation.intervals import score_interval, share_interval

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
    few, said = np.random.default_rng(0).integers(0, 6, (2, 200))  # the seventh class is never there
    assert f1_of(confusions(few, [said])[0]) == pytest.approx(
        f1_score(few, said, labels=range(7), average=None, zero_division=0))


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


@pytest.mark.parametrize("n, right", [(20, 0.5), (20, 0.9), (20, 0.97), (100, 0.99)])
def test_a_share_near_its_end_holds_the_truth(n, right):
    """The recall of a class with twenty faces, an accuracy of 99 %: nearly all draws hold no fault, or none."""
    rng, trials, holds = np.random.default_rng(14), 150, 0
    for trial in range(trials):
        labels = np.repeat(np.arange(7), n)
        hits = rng.random(len(labels)) < right
        found = measure(labels, np.where(hits, labels, (labels + 1) % 7), recall_of, draws=50, seed=trial)
        holds += np.mean((found["low"] <= right) & (right <= found["high"]))
    assert 0.925 <= holds / trials <= 0.985


def test_where_no_draw_moves_a_score_its_interval_is_that_of_the_faces():
    labels = np.r_[np.zeros(20, int), np.ones(5, int)]
    found = measure(labels, labels, recall_of, draws=20)
    assert found["high"] == pytest.approx([1] * 7) and found["low"][0] == pytest.approx(0.82, abs=0.02)  # Wilson: 0.839
    assert found["low"][1] < 0.5 and found["low"][2] == 0  # five faces, and a class without any
    assert measure(labels, labels, draws=20)["low"] == pytest.approx(share_interval(25, 25)[0], abs=0.02)
    assert measure(labels, 1 - labels, draws=20)["high"] > 0.1
    share = measure(labels, np.r_[labels[:-5], np.zeros(5, int)], draws=4000)
    assert (share["low"], share["high"]) == pytest.approx(share_interval(20, 25), abs=0.02)


def test_macro_f1_holds_the_truth_although_a_class_is_absent():
    rng, trials, holds = np.random.default_rng(15), 200, 0
    chances = 0.04 + np.diag([0.3, 0, 0.5, 0.9, 0.6, 0.7, 0.5])
    chances[1] = 0
    chances /= chances.sum()
    for trial in range(trials):
        codes = rng.choice(49, 600, p=chances.ravel())
        found = measure(codes // 7, codes % 7, macro_f1_of, draws=100, seed=trial)
        holds += found["low"] <= macro_f1_of(chances * 1e6) <= found["high"]
    assert 0.92 <= holds / trials <= 0.98


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


def test_no_comparison_is_no_number_to_correct_for():
    with pytest.raises(ValueError, match="at least 1"):
        compare(np.arange(7), np.arange(7), np.arange(7), tried=0)


@pytest.mark.parametrize("wrong", [np.full(7, 9), np.full(7, 7), np.full(7, -1), np.full(7, np.nan), np.full(7, 0.9),
                                   np.full(7, "3")])
def test_what_is_no_class_is_refused(wrong):
    """Nine would pass for a label of the next class: its code lies in the next row of the matrix."""
    good = np.arange(7)
    for given in ((good, wrong, good), (good, good, wrong), (wrong, good, good)):
        with pytest.raises(ValueError, match="whole numbers from 0 to 6"):
            compare(*given)


@pytest.mark.parametrize("options, refused", [
    ({"level": 95}, "between 0 and 1"), ({"level": 0}, "between 0 and 1"), ({"level": np.nan}, "between 0 and 1"),
    ({"tried": np.nan}, "at least 1"), ({"tried": 1.5}, "at least 1"), ({"tried": np.inf}, "at least 1"),
    ({"draws": 0}, "at least 2"), ({"draws": 1.5}, "at least 2"), ({"draws": np.nan}, "at least 2")])
def test_an_option_that_would_be_misread_is_refused(options, refused):
    labels, one = np.arange(70) % 7, np.arange(70) % 6
    for refuse in (lambda: compare(labels, one, labels, **options), lambda: measure(labels, one, **options)):
        with pytest.raises(ValueError, match=refused):
            refuse()


@pytest.mark.parametrize("n", [0, -5, 1.5, np.nan, np.inf, "3"])
def test_accuracies_are_of_some_faces(n):
    with pytest.raises(ValueError, match="how many they were measured on"):
        compare_accuracies(0.7, 0.6, n)
    with pytest.raises(ValueError, match="paired_interval"):
        compare_accuracies(1, 0, 1)


def test_a_correction_for_very_many_still_has_ends():
    labels = np.arange(700) % 7
    found = compare(labels, np.where(np.arange(700) % 3, labels, 0), np.where(np.arange(700) % 2, labels, 1),
                    tried=10**18, draws=50)
    assert np.isfinite([found["low"], found["high"]]).all() and found["low"] < found["difference"] < found["high"]


def test_a_run_is_one_seed_however_it_is_named():
    seeds = [f"squeezenet-comparison-s{seed}" for seed in range(3)]
    for twice in ([seeds[0]] * 3, ["vgg16", "vgg16-comparison-s0"]):
        for sides in ((twice, seeds[1:]), (seeds[1:], twice)):
            with pytest.raises(ValueError, match="not all different runs"):
                compare_groups(*sides, draws=9)
    for refused in (("vgg16", "vgg8"), ([], ["vgg16"]), (["vgg16"], [])):
        with pytest.raises(ValueError, match="a list of names"):
            compare_groups(*refused)
    with pytest.raises(ValueError, match="no runs"):
        answers_together([])


def test_a_spread_is_lent_once():
    """In another order, in part, or twice."""
    seeds = [f"squeezenet-comparison-s{seed}" for seed in range(3)]
    other = [f"squeezenet-custom-comparison-s{seed}" for seed in range(3)]
    alone = compare_groups(seeds, ["vgg16"], draws=100)
    for like in ([seeds[::-1]], [seeds[:2]], [seeds]):
        assert compare_groups(seeds, ["vgg16"], draws=100, like=like) == alone
    once = compare_groups(seeds, ["vgg16"], draws=100, like=[other])
    assert compare_groups(seeds, ["vgg16"], draws=100, like=[other, other[::-1], other[:2]]) == once != alone


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


def test_the_p_value_and_the_interval_say_the_same():
    rng = np.random.default_rng(8)
    for trial in range(40):
        found = compare(*world(rng, 400, (1.0, 0.75), ((1, 1), (3, 2))[trial % 2], 0.1), tried=3, draws=100)
        assert (found["p_value"] < 0.05 / 3) == (found["told"] != "cannot be told")
    labels, one, other = world(rng, 3589, (1.0, 0.93), (1, 1), 0)
    found, exact = compare(labels, one[0], other[0], draws=4000), paired_comparison(labels, one[0], other[0])
    assert 0.001 < exact["p_value"] < 0.5 and found["p_value"] == pytest.approx(exact["p_value"], rel=0.15)
    assert compare(labels, one[0], one[0])["p_value"] == 1
    assert compare(labels, one, other, recall_of)["p_value"].shape == (7,)


def test_two_networks_that_do_not_differ_have_small_p_values_as_seldom_as_they_say():
    rng, found = np.random.default_rng(9), []
    for trial in range(600):
        found.append(compare(*world(rng, 500, (0.9, 0.9), (3, 3), 0.1), draws=120, seed=trial)["p_value"])
    assert 0.03 <= np.mean(np.array(found) < 0.05) <= 0.07 and 0.42 < np.mean(np.array(found) < 0.5) < 0.58


def test_seeds_of_other_networks_lend_their_spread():
    """Two networks of one seed each, which borrow the spread of two networks of three: the interval holds, where
    without them it does not (`test_without_the_luck_of_seeds_an_interval_is_too_narrow`)."""
    rng, trials, holds, spread = np.random.default_rng(10), 400, 0, 0.2
    truth = true_accuracy(1.0, spread) - true_accuracy(0.8, spread)
    for trial in range(trials):
        labels, one, other, *like = world(rng, 800, (1.0, 0.8, 0.9, 0.7), (1, 1, 3, 3), spread)
        found = compare(labels, one, other, draws=150, seed=trial, like=like)
        holds += found["low"] <= truth <= found["high"]
    assert found["luck"] == "faces and seeds (one seed each, with the spread of 6 seeds of others)"
    assert 0.93 <= holds / trials <= 0.98
    for refused in (lambda: compare(labels, one, other, draws=9, like=[like[0], one]),
                    lambda: compare_accuracies(0.7, 0.6, 100, like=[[0.5]])):
        with pytest.raises(ValueError, match="does not tell how much seeds differ"):
            refused()


# Accuracies alone


@pytest.mark.parametrize("first, second, like", [(3, 3, ()), (1, 1, (4, 4)), (1, 4, ())])
def test_an_interval_from_accuracies_alone_holds_the_truth(first, second, like):
    """Networks with faces of their own, as it takes them to be."""
    rng, trials, holds, spread = np.random.default_rng(11), 2000, 0, 0.015
    for _ in range(trials):
        drawn = [rng.binomial(3589, rng.normal(skill, spread, k)) / 3589
                 for skill, k in zip((0.7, 0.68, 0.66, 0.6), (first, second, *like))]
        found = compare_accuracies(drawn[0], drawn[1], 3589, like=drawn[2:])
        holds += found["low"] <= 0.02 <= found["high"]
    assert 0.93 <= holds / trials <= 0.99


def test_accuracies_alone_agree_with_the_formula():
    found = compare_accuracies(0.6637, 0.6509, 3589, differ=0.25)
    half = 1.96 * np.sqrt((0.25 - 0.0128**2) / 3589)
    assert (found["low"], found["high"]) == pytest.approx((0.0128 - half, 0.0128 + half), rel=2e-3)
    assert found["luck"] == "faces alone (one seed each)" and found["told"] == "cannot be told"
    one, other = [0.70, 0.72, 0.71], [0.69, 0.68]
    found = compare_accuracies(one, other, 3589, tried=4)
    assert found["difference"] == pytest.approx(np.mean(one) - np.mean(other)) and found["seeds"] == (3, 2)
    assert found["tried"] == 4 and found["n"] == 3589 and found["luck"] == "faces and seeds (3 against 2)"
    assert compare_accuracies(one, other, 10**9)["high"] == pytest.approx(
        found["difference"] + 3.182 * np.sqrt((2 * 1e-4 + 5e-5) / 3 * (1 / 3 + 1 / 2)), rel=1e-3)  # Student's t, 3


@pytest.mark.parametrize("first, second, differ", [
    ([], [0.5], None), ([70.0], [0.5], None), ([np.nan], [0.5], None), (0.7, 0.6, 0.05), (0.9, 0.9, 0.3),
    (0.1, 0.05, 0.2)])
def test_what_is_no_accuracy_is_refused(first, second, differ):
    with pytest.raises(ValueError, match="fractions from 0 to 1|at least and"):
        compare_accuracies(first, second, 100, differ=differ)


# Several comparisons


def test_holm_multiplies_the_smallest_by_all_and_the_next_by_one_less():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])  # as R's p.adjust has it
    assert holm([0.02, 0.02, 0.02]) == pytest.approx([0.06] * 3) and holm([0.7]) == pytest.approx([0.7])
    assert holm([0.5, 0.6]) == pytest.approx([1, 1]) and holm(np.array([[0.01], [0.2]])).shape == (2, 1)
    drawn = np.random.default_rng(0).random(30) ** 3
    assert (holm(drawn) <= np.minimum(30 * drawn, 1) + 1e-12).all() and (holm(drawn) >= drawn).all()
    for wrong in ([], [1.2], [-0.1], [np.nan]):
        with pytest.raises(ValueError, match="p-values from 0 to 1"):
            holm(wrong)


def test_holm_errs_in_one_family_of_twenty():
    """Eleven tests that share one baseline, eight of whose null hypotheses are true: uncorrected, one of them is called
    false in a family of four."""
    rng, trials = np.random.default_rng(12), 4000
    wrong, found, bonferroni = np.zeros(2), 0, 0
    shift = np.r_[np.zeros(8), np.full(3, 3.0)]
    for _ in range(trials):
        own, shared = rng.normal(size=11), rng.normal()
        p_values = 2 * norm.sf(np.abs((own - shared) / np.sqrt(2) + shift))
        corrected = holm(p_values)
        wrong += [(p_values[:8] < 0.05).any(), (corrected[:8] < 0.05).any()]
        found, bonferroni = found + (corrected[8:] < 0.05).sum(), bonferroni + (11 * p_values[8:] < 0.05).sum()
    assert wrong[1] / trials < 0.055 < 0.2 < wrong[0] / trials and found > bonferroni


def test_a_family_without_differences_is_called_one_in_one_of_twenty():
    """Six networks of two seeds, and a baseline of two, all alike: all six intervals hold together."""
    rng, trials, wrong, plain = np.random.default_rng(13), 300, np.zeros(2), 0
    for trial in range(trials):
        labels, baseline, *others = world(rng, 400, (0.9,) * 7, (2,) * 7, 0.1)
        rows = compare_family(baseline, dict(enumerate(others)), partial(compare, labels), draws=80, seed=trial)
        wrong += [any(row["told"] != "cannot be told" for row in rows), any(row["p_holm"] < 0.05 for row in rows)]
        plain += any(row["p_value"] < 0.05 for row in rows)
    assert (wrong / trials < 0.08).all() and (wrong / trials > 0.01).all() and plain > 2 * wrong.max()


def test_a_family_of_published_runs():
    ways = {name: [f"squeezenet-{name}-comparison-s{seed}" for seed in range(3)] for name in ("bypass", "custom")}
    baseline = [f"squeezenet-comparison-s{seed}" for seed in range(3)]
    rows = compare_family(baseline, ways, draws=200)
    assert [row["name"] for row in rows] == list(ways) and {row["tried"] for row in rows} == {2}
    assert rows[0] | {"tried": 1} != compare_groups(ways["bypass"], baseline, draws=200)  # a wider interval
    assert rows[0]["difference"] == compare_groups(ways["bypass"], baseline, draws=200)["difference"]
    assert [row["p_holm"] for row in rows] == pytest.approx(holm([row["p_value"] for row in rows]))
    each = compare_family(baseline, ways, draws=50, score=recall_of)
    assert each[0]["tried"] == 14 and each[1]["p_holm"].shape == (7,) and len(each[0]["told"]) == 7
    with pytest.raises(ValueError, match="nothing to compare"):
        compare_family(baseline, {})


def test_a_family_of_accuracies():
    rows = compare_family([0.70, 0.71], {"a": [0.70, 0.705], "b": [0.75, 0.76]}, compare_accuracies, n=3589)
    assert [row["told"] for row in rows] == ["cannot be told", "better"]
    assert rows[1]["p_holm"] == pytest.approx(2 * rows[1]["p_value"])
    assert compare_family([0.7], {"a": [0.76]}, compare_accuracies, n=3589, like=[[0.6, 0.8, 0.7]])[0][
        "told"] == "cannot be told"


def test_published_runs_of_one_seed_borrow_the_spread_of_others():
    seeds = [f"squeezenet-comparison-s{seed}" for seed in range(3)]
    pair = ["squeezenet-fer-deep-comparison-s0"], ["vgg16-comparison-s0"]
    alone, lent = compare_groups(*pair, draws=300), compare_groups(*pair, draws=300, like=[seeds])
    assert alone["luck"] == "faces alone (one seed each)" and lent["luck"].startswith("faces and seeds")
    assert lent["difference"] == alone["difference"] and lent["low"] < alone["low"]
