"""Chapter 12's figures and tables: two networks on the same faces, people and a network, the learner's own labels."""

import json
import re

import numpy as np
import pytest

from fer_utils.course.chapter_12 import figures, thesis
from fer_utils.evaluation.comparison import f1_of
from fer_utils.evaluation.results import dataset_facts, load_run, recorded_probabilities
from fer_utils.labels import EMOTIONS


def test_the_same_faces_decide_sooner():
    same, other = map(int, re.findall(r"(\d+) %", figures.enough_faces(0.0128, 3589)[1]))
    assert 50 < other < same < 100
    assert figures.chance_ahead(0.01, 3589, 0.2) == pytest.approx(figures.chance_ahead(0.005, 4 * 3589, 0.2))
    assert figures.chance_ahead(0.0, 3589, 0.2) == 0.5 and figures.chance_ahead(0.01, 3589, 0.1) > 0.9


def test_chances_are_those_of_drawn_test_sets():
    """A pair that disagrees on 23 % of the faces, drawn many times: how often is the better one ahead?"""
    gap, n, differ = 0.0128, 3589, figures.rebuilt_differ()
    rng = np.random.default_rng(0)
    counts = rng.multinomial(n, [(differ + gap) / 2, (differ - gap) / 2, 1 - differ], 20_000)
    ahead = np.mean(counts[:, 0] > counts[:, 1]) + np.mean(counts[:, 0] == counts[:, 1]) / 2
    assert figures.chance_ahead(gap, n, differ - gap**2) == pytest.approx(ahead, abs=0.01)


def test_everybody_stands_in_the_table_of_people():
    people = dataset_facts()["people"]["private"]
    lines = figures.who_is_right(people).splitlines()
    assert len(lines) == 2 + 5 and all(line.count("|") == 4 for line in lines)
    assert "72.3 % | 68.7 %" in next(line for line in lines if line.startswith("| network"))
    assert lines[-1].startswith("| label |  |")  # it says what the label says by definition
    assert all(emotion in figures.said(people["answered"])[1] for emotion in EMOTIONS)


def test_my_score_is_the_learners_where_there_is_a_file(own_cache):
    assert figures.my_score().startswith("- **one FER+ tagger a face**: 18 of 30")
    session = {"started": "2026-11-26T12:00:00+00:00", "data": "FER-2013", "content_hash": "x", "seed": 0,
               "indices": [0, 1, 2], "labels": [3, 3, 0], "answers": [3, 6, 0], "seconds": [1.0, 2.0, 1.5],
               "network": {"name": "squeezenet-fer-deep", "answers": [3, 3, 0]}}
    own_cache.mkdir(parents=True, exist_ok=True)
    file = own_cache / "my_labels.json"
    file.write_text(json.dumps({"made_by": "fer_utils.course.labelling", "version": 1, "sessions": [session]}))
    mine, network = figures.my_score().splitlines()
    assert "**you**: 2 of 3" in mine and "`squeezenet-fer-deep` on the same faces: 3 of 3" in network
    file.write_text(json.dumps({"made_by": "fer_utils.course.labelling", "version": 1,
                                "sessions": [session | {"data": "schematic faces", "network": None}]}))
    assert "18 of 30" in figures.my_score()  # drawings say nothing of people and photographs
    file.write_text("{")
    assert "18 of 30" in figures.my_score() and "my_labels.json" in figures.my_score()


def answered_by(chances, faces, seeds, rng):
    """Labels, `faces` of each class, and answers (seeds, n) drawn by the rows of a 7 x 7 array of chances."""
    chances = np.asarray(chances, float) / np.sum(chances, axis=1, keepdims=True)
    labels = np.repeat(np.arange(7), faces)
    draws = rng.random((seeds, len(labels), 1))
    return labels, (chances.cumsum(axis=1)[labels] > draws).argmax(axis=-1)


def as_the_thesis_says():
    """Chances with which all its sentences hold, far apart."""
    chances = np.full((7, 7), 1.0) + np.diag([40, 45, 2, 900, 30, 150, 50])
    chances[4, 6] = chances[6, 4] = 14
    chances[0, 4] = 14
    chances[:, 3] = [.1, .1, .1, 900, .1, .1, .1]  # nothing else is called happiness
    return chances


def test_sentences_that_are_true_hold_and_false_ones_do_not():
    rng = np.random.default_rng(0)
    chances = as_the_thesis_says()
    assert thesis.weigh(*answered_by(chances, 2500, 3, rng)) == ["holds"] * 6
    wrong = chances.copy()
    wrong[4, 2], wrong[3, 3], wrong[2, 2] = 60, 3, 200  # sadness taken for fear, happiness lost, fear found
    found = thesis.weigh(*answered_by(wrong, 2500, 3, rng))
    assert found[:4] == ["does not hold"] * 4 and found[4:] == ["holds", "holds"]


def test_few_faces_cannot_tell():
    found = thesis.weigh(*answered_by(as_the_thesis_says()**0.3, 12, 1, np.random.default_rng(1)))
    assert set(found) == {"cannot be told"}


def test_a_sentence_compares_with_every_other_class():
    matrix = np.diag([60, 50, 30, 95, 40, 85, 55]) + 1
    f1 = f1_of(matrix)
    assert len(thesis.lowest("fear")(matrix)) == 6 and len(thesis.lowest("fear", "sadness")(matrix)) == 10
    assert thesis.lowest("fear")(matrix).min() == pytest.approx(np.sort(f1)[1] - f1[2])
    steps = thesis.highest("happiness", "surprise")(matrix)
    assert len(steps) == 6 and steps[0] == pytest.approx(f1[3] - f1[5]) and (steps > 0).all()
    assert not (thesis.highest("surprise", "happiness")(matrix) > 0).all()
    matrix[4, 6] = 20
    assert len(thesis.taken_for("sadness", "neutral")(matrix)) == 5
    assert thesis.taken_for("sadness", "neutral")(matrix) == pytest.approx(19 / matrix[4].sum())
    assert thesis.taken_for("sadness", "fear")(np.stack([matrix, matrix])).shape == (2, 5)


def test_the_stated_distance_has_the_interval_of_drawn_faces():
    gap, low, high = thesis.stated_distance(0.23)
    draws = np.random.default_rng(0).multinomial(3589, [(0.23 + gap) / 2, (0.23 - gap) / 2, 0.77], 20_000)
    assert (low, high) == pytest.approx(np.quantile((draws[:, 0] - draws[:, 1]) / 3589, [0.025, 0.975]), abs=5e-4)


def test_the_tables_of_the_two_networks_say_their_seeds():
    found = thesis.verdicts()
    lines = thesis.verdict_table(found).splitlines()
    assert found["ours"][3] == "holds" and lines[5].endswith("| holds |")
    assert len(lines) == 2 + 6 and "VGG16, 1 seed |" in lines[0] and "SqueezeNet, 3 seeds" in lines[0]
    found = thesis.rebuilt_compared(f1_of, 7)
    rows = thesis.by_class(found).splitlines()
    assert len(rows) == 2 + 7 and found["tried"] == 7 and "36.5 % | 53.0 % | -16.5" in rows[4]


def test_silence_is_counted():
    words = figures.abstention(0.6)[1]
    stored = recorded_probabilities("squeezenet-fer-deep")
    answered = stored["probabilities"].max(axis=1) >= 0.6
    right = (stored["probabilities"].argmax(axis=1) == stored["labels"])[answered].mean()
    assert f"{100 * answered.mean():.1f} % of the faces" in words and f"{100 * right:.1f} % of these are right" in words
    assert "none is left" in figures.abstention(1.01)[1]
    assert words in figures.explore_abstention().children[-1].value  # it starts where the fixed picture is
    assert "100.0 % of the faces" in figures.abstention(0.0)[1]


def test_sets_are_drawn_for_each_emotion():
    labels = np.repeat(np.arange(7), 10)
    sets = {"all": np.ones((70, 7), bool), "the first": np.arange(7)[None] == np.zeros((70, 1))}
    words = figures.set_coverage(labels, sets)[1]
    assert "all: anger 100 %, disgust 100 %" in words and "the first: anger 100 %, disgust 0 %" in words


def test_curves_name_where_the_usual_answer_lies():
    stored, scores = recorded_probabilities("squeezenet-fer-deep"), load_run("squeezenet-fer-deep")["scores"]["private"]
    words = figures.precision_against_recall(stored["labels"], stored["probabilities"])[1]
    fear = scores["per_class"]["fear"]
    assert f"recall {100 * fear['recall']:.0f} % and precision {100 * fear['precision']:.0f} %" in words


def test_gaps_say_their_verdicts():
    rows = [("a", {"difference": 0.02, "low": 0.01, "high": 0.03, "told": "better"}),
            ("b", {"difference": 0.0, "low": -0.01, "high": 0.01, "told": "cannot be told"})]
    figure, words = figures.gaps(rows, "x")
    assert "a: +2.0, +1.0 to +3.0, better" in words and "b: +0.0" in words
    assert [text.get_text() for text in figure.axes[0].texts] == ["better", "cannot be told"]
