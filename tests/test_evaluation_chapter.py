"""Chapter 12's figures and tables: two networks on the same faces, people and a network, the learner's own labels."""

import json
import re

import numpy as np
import pytest

from fer_utils.course.chapter_12 import figures
from fer_utils.evaluation.results import dataset_facts
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
