"""Learning curves: which faces are drawn, how long the network learns, who is said to be ahead."""

import json

import numpy as np
import pytest

from fer_utils.course.learning_curves import drawn_faces, recipe_for, summary, verdicts
from fer_utils.data import load_schematic
from fer_utils.evaluation.results import EXPERIMENTS_FILE, recorded_experiment

LABELS = np.repeat(np.arange(7), [60, 10, 60, 100, 70, 40, 60])


def test_faces_are_drawn_by_the_seed_with_the_share_of_each_class():
    first, again, other = (drawn_faces(LABELS, 200, seed) for seed in (0, 0, 1))
    assert first.tolist() == again.tolist() != other.tolist()
    assert len(set(first.tolist())) == 200 and first.tolist() == sorted(first.tolist())
    assert np.bincount(LABELS[first]).tolist() == [30, 5, 30, 50, 35, 20, 30]


def test_all_faces_are_all_faces():
    assert drawn_faces(LABELS, 400, 0).tolist() == drawn_faces(LABELS, 500, 3).tolist() == list(range(400))


@pytest.mark.parametrize("size, epochs", [(500, 79), (1000, 40), (4000, 10), (28709, 10)])
def test_few_faces_are_seen_more_often(size, epochs):
    recipe = recipe_for(size, {"epochs": 10, "least_steps": 1250})
    assert recipe.epochs == epochs and recipe.name == "quick"
    assert epochs == 10 or epochs * -(-size // 32) >= 1250


def test_the_summary_of_answers():
    labels = load_schematic(("public",)).public.labels
    wrong = np.where(np.arange(len(labels)) < 70, (labels + 1) % 7, labels)
    answers = {("a", 500, 0): labels, ("net", 500, 0): wrong, ("a", 500, 1): wrong, ("a", 1000, 0): labels}
    found = summary(labels, answers, ["a", "net"])
    share = 1 - 70 / len(labels)
    assert found["accuracy"] == {"a": {"500": [1.0, share], "1000": [1.0]}, "net": {"500": [share]}}
    assert found["macro_f1"]["a"]["1000"] == [1.0] and found["macro_f1"]["net"]["500"][0] < 1
    assert [pair["only_first"] for pair in found["pairs"]["a against net"]["500"]] == [70]
    json.dumps(found)


def recorded(gaps, error=0.01):
    return {"measured": {"pairs": {"a against net": {
        size: [{"gap": gap, "error": error} for gap in seeds] for size, seeds in gaps.items()}}}}


def test_who_is_ahead_and_where_it_cannot_be_told():
    found = verdicts(recorded({"500": [0.10, 0.12], "1000": [0.01, -0.01], "2000": [-0.2]}), "a", "net")
    assert [row["ahead"] for row in found] == ["a", None, "net"]
    assert [(row["size"], row["seeds"]) for row in found] == [(500, 2), (1000, 2), (2000, 1)]
    spread = 0.02**0.5 / 10  # of two pairs that differ by 0.02 each
    assert found[0]["gap"] == pytest.approx(0.11)
    assert found[0]["error"] == pytest.approx(np.hypot(0.01, spread / 2**0.5))
    assert found[2]["error"] == pytest.approx(np.hypot(0.01, spread))


def test_both_kinds_of_luck_count():
    sure = verdicts(recorded({"500": [0.04, 0.04], "1000": [0.04]}), "a", "net")
    by_faces = verdicts(recorded({"500": [0.04, 0.04], "1000": [0.04]}, error=0.03), "a", "net")
    by_seeds = verdicts(recorded({"500": [0.14, -0.06], "1000": [0.04]}), "a", "net")
    assert [rows[1]["ahead"] for rows in (sure, by_faces, by_seeds)] == ["a", None, None]


def test_equals_are_seldom_told_apart_at_any_size():
    rng, sizes, told = np.random.default_rng(0), ("500", "1000", "2000", "4000", "8000", "16000", "28709"), 0
    for _ in range(400):
        gaps = {size: list(rng.normal(0, 0.01) + rng.normal(0, 0.01, 2 if int(size) < 9000 else 1)) for size in sizes}
        told += any(row["ahead"] for row in verdicts(recorded(gaps, error=0.01), "a", "net"))
    assert told <= 0.07 * 400  # 5 %, and the luck of 400 draws


def test_without_a_second_seed_nothing_can_be_said():
    with pytest.raises(ValueError, match="no number of faces has two seeds"):
        verdicts(recorded({"500": [0.04], "1000": [0.04]}), "a", "net")


@pytest.mark.skipif("learning-curves" not in json.loads(EXPERIMENTS_FILE.read_text()), reason="not recorded")
def test_the_recorded_curves_are_whole():
    curves = recorded_experiment("learning-curves")
    measured, network = curves["measured"], curves["ways"][-1]
    for figures in (measured["accuracy"], measured["macro_f1"]):
        assert list(figures) == curves["ways"]
        for way in curves["ways"]:
            assert {size: len(seeds) for size, seeds in figures[way].items()} == {
                size: len(seeds) for size, seeds in curves["seeds"][way].items()}
    for pair, sizes in measured["pairs"].items():
        way = pair.removesuffix(f" against {network}")
        for size, seeds in sizes.items():
            first = measured["accuracy"][way][size][:len(seeds)]
            assert [row["gap"] for row in seeds] == pytest.approx(
                np.subtract(first, measured["accuracy"][network][size][:len(seeds)]))
