"""What chapter 10 says a network costs and reaches is what was recorded, and what the networks have."""

import numpy as np
import pytest

from fer_utils.course.chapter_10 import frontier, overfitting
from fer_utils.evaluation.comparison import compare_groups
from fer_utils.evaluation.results import load_run, names_of, results_table


@pytest.mark.parametrize("model", frontier.recorded_multiply_adds())
def test_the_recorded_multiply_adds_are_those_of_the_network(model):
    from fer_utils.edge.costs import multiply_adds
    from fer_utils.networks import build_network

    assert sum(multiply_adds(build_network(model)).values()) == frontier.recorded_multiply_adds()[model]


def test_every_squeezenet_that_learned_is_placed_and_vgg16():
    wanted = {(row["model"], row["recipe"]) for row in results_table() if row["data"] == "FER-2013"
              and row["complete"] and row["accuracy"] > 0.3 and row["model"].startswith(("squeezenet", "vgg16"))}
    rows = frontier.placed()
    assert {(row["model"], row["recipe"]) for row in rows} == wanted
    for row in rows:
        runs = [load_run(name) for name in names_of(row["model"], row["recipe"])]
        assert row["seeds"] == len(runs) and row["low"] < row["accuracy"] < row["high"]
        assert row["taught"] == all("lessons" in run for run in runs)  # by its record, whatever the recipe is called
        assert row["accuracy"] == pytest.approx(np.mean([run["scores"]["private"]["accuracy"] for run in runs]),
                                                abs=0.002)
        assert row["macro_f1"] == pytest.approx(np.mean([run["scores"]["private"]["macro_f1"] for run in runs]),
                                                abs=0.002)
        assert row["erratum"] == any("erratum" in run for run in runs)
        assert ("seeds" in row["luck"].split("(")[0]) == (row["seeds"] > 1)


def test_figure_and_table_have_the_same_numbers():
    _, alt = frontier.frontier_figure()
    lines = frontier.frontier_table().split("\n")[2:]
    for number, (row, line) in enumerate(zip(frontier.placed(), lines), start=1):
        assert f"{number}: {row['model']} by {row['recipe']}, {100 * row['accuracy']:.1f} %" in alt
        assert f"| {number} | `{row['model']}`" in line and f"{100 * row['accuracy']:.1f} %" in line
        assert ("†" in line) == row["erratum"]
    assert len(lines) == len(frontier.placed()) and "66.37 %" in alt and "65.09 %" in alt


def test_points_that_would_cover_one_another_are_moved_apart():
    assert frontier.apart([1, 3, 9]).tolist() == pytest.approx([1, 3, 9])
    moved = frontier.apart([1, 1, 1, 5], step=1.1)
    assert moved.tolist() == pytest.approx([1 / 1.1, 1, 1.1, 5])


def test_the_large_one_is_compared_with_borrowed_seeds_of_others_alone():
    found = frontier.against_large()
    assert [row["name"] for row in found] == list(frontier.COMPARED)
    assert found[0]["luck"] == "faces and seeds (one seed each, with the spread of 15 seeds of others)"
    assert all(row["tried"] == 2 * len(found) for row in found)
    likes = [["squeezenet"], ["squeezenet-bypass"], ["squeezenet-bypass-dropout"]]
    likes = [names_of(*like, "comparison") for like in likes] + [
        names_of("squeezenet-custom", "comparison-512"), names_of("vgg-teacher", "teacher-long")]
    by_hand = compare_groups(names_of("squeezenet-fer-deep", "comparison"), ["vgg16-comparison-s0"],
                             like=likes, score=frontier.both_scores, tried=8, draws=frontier.FACES_DRAWN)
    assert by_hand["difference"] == pytest.approx(found[0]["difference"])
    assert by_hand["low"] == pytest.approx(found[0]["low"], abs=2e-3)
    table = frontier.against_large_table(found)
    assert all(row["name"] in line and row["told"][0] in line for row, line in zip(found, table.split("\n")[2:]))


def test_stated_accuracies_are_compared_for_the_luck_of_faces():
    pair, public, private = frontier.stated_compared().values()
    assert pair["difference"] == pytest.approx(0.0128) and pair["n"] == 3589
    assert public["difference"] < 0 < private["difference"] and public["second"] == private["second"] == 0.6637
    assert all(row["luck"] == "faces alone (one seed each)" for row in (pair, public, private))


def test_signs_of_learning_by_heart_are_read_from_the_histories():
    found = overfitting.signs("squeezenet-fer-deep")
    history = load_run("squeezenet-fer-deep-comparison-s0")["history"]
    assert found["gap"] == [history[-1]["accuracy"] - history[-1]["val_accuracy"]]
    assert found["rise"] == [history[-1]["val_loss"] - min(row["val_loss"] for row in history)]
    assert all(len(overfitting.signs(model)["gap"]) == 3 for model in list(overfitting.WATCHED.values())[:4])
    _, alt = overfitting.histories()
    assert all(name in alt and name in overfitting.signs_table() for name in overfitting.WATCHED)
