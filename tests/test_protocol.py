"""The protocol, and every published run held to it."""

import copy
import importlib
import json

import numpy as np
import pytest

from fer_utils.data import SPLITS
from fer_utils.data.fer2013 import FER2013_COUNTS, load_fer2013
from fer_utils.evaluation import intervals, protocol, results
from fer_utils.evaluation.comparison import holm
from fer_utils.evaluation.intervals import told
from fer_utils.evaluation.protocol import best_run, breaches, division_of, figures, goals, load_protocol
from fer_utils.evaluation.results import (
    THESIS,
    dataset_facts,
    first_weights,
    load_run,
    results_table,
    run_names,
    seeds_of,
)
from fer_utils.evaluation.tta import VIEWS

PROTOCOL = load_protocol()
ON_PHOTOGRAPHS = [name for name in run_names() if load_run(name)["data"]["name"] == "FER-2013"]
COMPLETE = [name for name in ON_PHOTOGRAPHS if load_run(name)["complete"]]


# What it says


def test_it_speaks_of_the_data_that_the_package_reads():
    assert list(PROTOCOL["splits"]) == list(SPLITS)
    assert {split: rule["faces"] for split, rule in PROTOCOL["splits"].items()} == FER2013_COUNTS
    facts = dataset_facts()
    assert PROTOCOL["data"]["content_hash"] == facts["content_hash"]
    alone = FER2013_COUNTS["private"] - facts["duplicates"]["private"]
    assert PROTOCOL["splits"]["private"]["without_duplicates"] == alone


@pytest.mark.real_data
def test_its_hashes_are_those_of_the_photographs():
    assert load_fer2013().content_hash == PROTOCOL["data"]["content_hash"]
    assert load_fer2013(splits=("train", "public")).content_hash == PROTOCOL["data"]["training_hash"]


def test_no_split_serves_two_ends():
    uses = [use for rule in (*PROTOCOL["splits"].values(), PROTOCOL["votes"]) for use in rule["uses"]]
    assert len(uses) == len(set(uses)) and PROTOCOL["splits"]["private"]["uses"] == ["reporting"]


def test_its_views_are_those_that_can_be_measured():
    assert {name: rule["number"] for name, rule in PROTOCOL["views"].items()} == VIEWS
    assert next(iter(PROTOCOL["views"])) == "single"


def test_the_divisions():
    assert PROTOCOL["divisions"]["small"]["most_parameters"] == THESIS["squeezenet-custom"]["parameters"]
    found = {n: division_of(n) for n in (1, 100_000, 100_001, 300_000, 300_001, 1_377_655, 1_377_656)}
    assert list(found.values()) == ["least", "least", "tiny", "tiny", "small", "small", None]


def test_what_better_means_is_what_the_one_function_does():
    """The standard is not only words: the function it names has faces, seeds, pairs and a correction in it."""
    better = PROTOCOL["better"]
    module, name = better["function"].rsplit(".", 1)
    compare = getattr(importlib.import_module(module), name)
    rng = np.random.default_rng(0)
    labels = rng.integers(7, size=600)
    answers = np.where(rng.random((6, 600)) < 0.7, labels, rng.integers(7, size=(6, 600)))
    found, corrected = (compare(labels, answers[:3], answers[3:], tried=tried) for tried in (1, 5))
    assert all(luck in found["luck"] for luck in better["luck"]) and found["seeds"] == (better["seeds"],) * 2
    assert found["told"] in better["answers"] and set(better["answers"]) == set(told(
        [1, -2, -1], [2, -1, 1]))
    assert corrected["high"] - corrected["low"] > found["high"] - found["low"]  # Bonferroni
    assert intervals.LEVEL == 1 - better["level"] and better["seeds"] == PROTOCOL["report"]["seeds"]
    alone = compare(labels, answers[0], answers[1])["luck"]
    assert alone == "faces alone (one seed each)"  # one seed is said to be one
    near = labels.copy()
    near[:12] = (near[:12] + 1) % 7
    assert compare(labels, labels, near)["told"] == "better"  # on faces of their own, 12 of 600 could be luck
    assert holm([0.01, 0.2])[0] == pytest.approx(0.02) and better["corrected"] == ["Bonferroni", "Holm"]


# The runs


@pytest.mark.parametrize("name", COMPLETE)
def test_a_published_run_keeps_to_the_protocol(name):
    """A run published by an older tool, before the protocol reached it, belongs into `earlier_runs`. Those of chapter
    08 that begin with ImageNet's weights keep to all but one rule, and stand in no division."""
    run, rule = load_run(name), "it began with weights that were trained on other photographs"
    assert breaches(run) == ([rule] if first_weights(run) == "imagenet" else [])


def test_a_start_from_imagenet_is_seen_through_the_runs_in_between(monkeypatch):
    head = load_run("mobilenet-modern-s0") | {"initial_weights": "imagenet"}
    monkeypatch.setattr(results, "load_run", lambda name: {"mobilenet-modern-s0": head}[name])
    assert first_weights({"initial_weights": "mobilenet-modern-s0"}) == "imagenet"
    assert first_weights({"initial_weights": "random"}) == first_weights({}) == "random"


def test_earlier_runs_are_published_runs():
    assert set(PROTOCOL["earlier_runs"]) <= set(ON_PHOTOGRAPHS)
    assert len(PROTOCOL["earlier_runs"]) == len(set(PROTOCOL["earlier_runs"]))


@pytest.mark.parametrize("place, value, expected", [
    (("complete",), False, "cut short"),
    (("data", "content_hash"), "0" * 64, "other data"),
    (("best_epoch",), 1, "not the one with the best PublicTest"),
    (("public_accuracy",), 0.9, "not that of the chosen epoch"),
    (("recalibration",), None, "not that of the chosen epoch"),
    (("lessons",), {"teachers": ["vgg-teacher-teacher-s0"]}, None),
    (("lessons",), {"teachers": ["squeezenet-mini-quick-s0"]}, "its teacher squeezenet-mini-quick-s0"),
    (("lessons",), {"teachers": ["imagenet"]}, "its teacher imagenet is not published"),
    (("scores", "public", "n"), 3000, "not all faces of PublicTest"),
    (("scores", "private", "n"), 3574, "not all faces of PrivateTest"),
    (("scores", "private", "leak_free_n"), 3589, "other duplicates were left out"),
])
def test_a_breach_is_named(place, value, expected):
    run = copy.deepcopy(load_run("squeezenet-fer-deep-comparison-s0"))
    *way, last = place
    part = run
    for key in way:
        part = part[key]
    part[last] = value
    found = breaches(run)
    assert found == [] if expected is None else len(found) == 1 and expected in found[0]


def test_later_runs_owe_every_view(monkeypatch):
    name = "squeezenet-fer-deep-comparison-s0"
    run = load_run(name)
    monkeypatch.setattr(protocol, "load_protocol", lambda: PROTOCOL | {"earlier_runs": []})
    assert breaches(run) == ["these figures are missing: public flip, public ten-crop, private flip, private ten-crop"]
    too_large = run | {"scores": run["scores"] | {"parameters": 2_000_000}}
    assert breaches(too_large) == []  # it stands in no division
    views = {"flip": run["scores"]["private"], "ten-crop": run["scores"]["private"]}
    assert breaches(run | {"scores": run["scores"] | {"public_views": views, "private_views": views}}) == []


def test_a_missing_figure_is_named():
    run = copy.deepcopy(load_run("squeezenet-fer"))
    del run["scores"]["private"]["macro_f1"]
    assert breaches(run) == ["these figures are missing: macro_f1"]


# What stands beside an accuracy


def test_the_figures_of_a_run_are_those_published():
    run, found = load_run("squeezenet-bypass-comparison-s0"), figures("squeezenet-bypass-comparison-s0")
    private = run["scores"]["private"]
    assert {key: found[key] for key in ("accuracy", "leak_free_accuracy", "macro_f1")} == {
        key: private[key] for key in ("accuracy", "leak_free_accuracy", "macro_f1")}
    assert (found["parameters"], found["division"], found["seeds"]) == (739_015, "small", 3)
    accuracies = [seed["scores"]["private"]["accuracy"] for seed in seeds_of("squeezenet-bypass", "comparison")]
    assert found["mean"] == pytest.approx(sum(accuracies) / 3)
    assert found["spread"] == pytest.approx((sum((a - found["mean"]) ** 2 for a in accuracies) / 2) ** 0.5)
    assert json.loads(json.dumps(found)) == found


def test_one_seed_has_neither_mean_nor_spread():
    found = figures("vgg16-comparison-s0")
    assert (found["seeds"], found["mean"], found["spread"], found["division"]) == (1, None, None, None)


def test_the_run_to_beat_is_chosen_on_public_test():
    best = best_run("small")
    rivals = [row for row in results_table() if row["run"] in COMPLETE and row["parameters"] <= 1_377_655]
    assert best["public_accuracy"] == max(load_run(row["run"])["public_accuracy"] for row in rivals)
    assert best["run"] in COMPLETE and best["scores"]["parameters"] <= 1_377_655


def test_the_run_to_beat_keeps_to_the_protocol(monkeypatch):
    best = best_run("small")["run"]
    monkeypatch.setattr(protocol, "breaches", lambda run: ["it cheats"] if run["run"] == best else breaches(run))
    assert best_run("small")["run"] != best


def test_a_division_may_be_empty(monkeypatch, tmp_path):
    monkeypatch.setattr(results, "RESULTS_FOLDER", tmp_path)
    assert best_run("tiny") is None


# The goals


def test_the_goals_were_written_before_their_runs():
    """Nothing that was published when they were written may count as having been aimed at them."""
    rules = PROTOCOL["goals"]
    assert str(rules["written"]) == "2026-11-27" and rules["written"] > PROTOCOL["written"]
    assert (rules["seeds"], rules["last_epochs"], rules["chosen_on"]) == (3, 5, "PublicTest without twins")
    for planned in ("squeezenet-fer-micro", "from-answers", "squeezenet-fer-deep-distilled-long-s0"):
        assert planned in rules["plan"]
    stated = {name: (goal["most_parameters"], goal["single"], goal.get("more_views"))
              for name, goal in rules.items() if isinstance(goal, dict)}
    assert stated == {"small": (1_377_655, 0.735, 0.745), "tiny": (300_000, 0.71, None), "least": (100_000, 0.68, None)}
    for name, division in PROTOCOL["divisions"].items():
        assert stated[name][0] == division["most_parameters"]


def without_twins(seeds):
    return sum(seed["scores"]["public"]["leak_free_accuracy"] for seed in seeds) / len(seeds)


def test_a_goal_is_held_against_the_mean_of_seeds_that_public_test_chose():
    small, more, tiny, least = goals()
    assert [goal["division"] for goal in (small, more, tiny, least)] == ["small", "small", "tiny", "least"]
    assert (small["view"], small["goal"], more["goal"]) == ("single", 0.735, 0.745)
    for goal in (small, tiny):
        seeds = seeds_of(goal["network"], goal["recipe"])
        assert goal["runs"] == [seed["run"] for seed in seeds] and len(seeds) >= 3
        assert goal["reached"].tolist() == [seed["scores"]["private"]["accuracy"] for seed in seeds]
        public = without_twins(seeds)
        for run in map(load_run, COMPLETE):
            group = seeds_of(run["model"], run["recipe"]["name"])
            if len(group) >= 3 and run["scores"]["parameters"] <= goal["most_parameters"]:
                assert public >= without_twins(group)
    public = {view: sum(seed["scores"]["public_views"][view]["accuracy"]
                        for seed in seeds_of(more["network"], more["recipe"])) for view in ("flip", "ten-crop")}
    assert more["view"] == max(public, key=public.get)
    assert [goal["enough"] for goal in (small, more, tiny, least)] == [True, True, True, False]
    assert least["runs"] == ["squeezenet-fer-micro-from-answers-s0"] and least["reached"].shape == (1,)


def test_a_goal_that_nothing_fits_has_no_run(monkeypatch):
    rules = {"seeds": 3, "none": {"most_parameters": 10, "single": 0.9}}
    monkeypatch.setattr(protocol, "load_protocol", lambda: PROTOCOL | {"goals": rules})
    [goal] = goals()
    assert not goal["enough"] and goal["runs"] is goal["reached"] is goal["network"] is None


@pytest.mark.parametrize("goal", [
    {}, {"single": 0.7}, {"most_parameters": 100}, {"most_parameters": 1.5, "single": 0.7},
    {"most_parameters": 100, "single": 73.5}])
def test_a_goal_that_is_not_whole_is_refused(monkeypatch, goal):
    rules = {"seeds": 3, "small": goal}
    monkeypatch.setattr(protocol, "load_protocol", lambda: PROTOCOL | {"goals": rules})
    with pytest.raises(ValueError, match="the goal small of protocol.toml needs"):
        goals()
