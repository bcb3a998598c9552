"""How people's votes are counted against labels: on votes small enough to count by hand, and what was recorded."""

import numpy as np
import pytest

from fer_utils.data.fer2013 import FER2013_COUNTS
from fer_utils.data.ferplus import VOTED_FOR
from fer_utils.evaluation import people
from fer_utils.evaluation.comparison import macro_f1_of
from fer_utils.evaluation.results import dataset_facts, load_run
from fer_utils.labels import EMOTIONS

ANGER, DISGUST, FEAR, HAPPINESS = range(4)


def votes(*rows):
    """Each row a dict from choice to votes: uint8 (n, 10)."""
    return np.array([[row.get(choice, 0) for choice in VOTED_FOR] for row in rows], np.uint8)


FACES = votes({"anger": 8, "fear": 2}, {"anger": 5, "fear": 5}, {"happiness": 4, "contempt": 6}, {"not a face": 10})
LABELS = np.array([ANGER, FEAR, HAPPINESS, ANGER])


def test_shares_set_aside_what_is_none_of_the_seven():
    assert people.shares(FACES)[0, [ANGER, FEAR]].tolist() == [0.8, 0.2]
    assert people.shares(FACES)[2, HAPPINESS] == 1 and np.isnan(people.shares(FACES)[3]).all()
    assert people.most_chosen(FACES)[1, [ANGER, FEAR]].tolist() == [0.5, 0.5]
    assert np.isnan(people.most_chosen(FACES)[3]).all()


def test_a_person_is_held_against_the_others_alone():
    others = people.others_choose(votes({"anger": 6, "fear": 4}, {"anger": 5, "fear": 5}, {"anger": 1}, {}))
    assert others[0, [ANGER, FEAR, HAPPINESS]].tolist() == [ANGER, ANGER, -1], "5 to 4, and 6 to 3"
    assert others[1, [ANGER, FEAR]].tolist() == [FEAR, ANGER], "one's own vote would have made it a tie"
    assert others[2, ANGER] == others[3, ANGER] == -1


def test_agreement_with_others():
    faces = votes({"anger": 6, "fear": 4}, {"anger": 5, "fear": 5}, {"anger": 1})
    np.testing.assert_allclose(people.agree_with_others(faces, None), [0.6, 0, np.nan])
    np.testing.assert_allclose(people.agree_with_others(faces, [ANGER, ANGER, ANGER]), [1, 0.5, np.nan])


def test_agreement_with_labels():
    found = people.agreement(FACES, LABELS)
    assert (found["faces"], found["judged"], found["clear"], found["tied"]) == (4, 3, 1, 1)
    assert found["most_people"] == pytest.approx((1 + 0.5 + 1) / 3)
    assert found["one_person"] == pytest.approx((0.8 + 0.5 + 1) / 3)
    assert found["most_people_clear"] == 1 and found["no_vote"] == 0.25 and found["two_votes"] == 0.75
    assert found["unanimous"] == 0.25 and found["no_majority"] == 0.25 and found["not_a_face"] == 1
    assert found["most_chose"] == {"contempt": 1, "unknown": 0, "not a face": 1}
    assert found["two_people"] == pytest.approx(((8 * 7 + 2 * 1) / 90 + 2 * (5 * 4) / 90 + 1) / 3)
    assert found["by_emotion"]["no_vote"]["anger"] == 0.5


def test_a_ceiling_lies_between_too_little_and_too_much():
    found = people.ceiling(votes({"anger": 8, "fear": 2}, {"anger": 5, "fear": 5}))
    assert found == {"at_least": pytest.approx((0.8 + 0) / 2), "at_most": pytest.approx((0.8 + 0.5) / 2)}


def test_scores_of_shares_are_those_of_answers():
    from sklearn.metrics import confusion_matrix, f1_score

    rng = np.random.default_rng(0)
    labels, answers = rng.integers(0, 7, (2, 300))
    matrix = people.expected_matrix(labels, np.eye(7)[answers])
    np.testing.assert_array_equal(matrix, confusion_matrix(labels, answers))
    assert macro_f1_of(matrix) == pytest.approx(f1_score(labels, answers, average="macro"))
    assert macro_f1_of(np.diag([1, 1, 1, 1, 1, 1, 0])) == pytest.approx(6 / 7)


def test_what_a_vote_stands_for_is_learned_from_another_split():
    rng = np.random.default_rng(0)
    seen = rng.integers(0, 7, 700)
    told = np.where(seen == FEAR, HAPPINESS, seen)  # a label giver who calls fear happiness
    answer = people.in_the_labels_words(10 * np.eye(10)[seen], told, 10 * np.eye(10)[[FEAR, ANGER]])
    assert answer.tolist() == [HAPPINESS, ANGER]


def test_what_is_recorded_of_people_holds_together():
    facts = dataset_facts()
    recorded, counts = facts["people"], facts["counts"]
    for split, faces in FER2013_COUNTS.items():
        assert recorded["agreement"][split]["faces"] == faces
        rows = np.sum(recorded["votes"][split], axis=1)
        np.testing.assert_allclose(rows, 10 * np.array([counts[split][e] for e in EMOTIONS]), atol=1)
    everybody = recorded["agreement"]["all"]
    assert 0.63 < everybody["most_people"] < 0.65 and everybody["by_emotion"]["most_people"]["fear"] < 0.2
    assert everybody["one_person"] < everybody["most_people"] < recorded["ceiling"]["at_least"]
    assert recorded["ceiling"]["at_least"] < 0.77 < recorded["ceiling"]["at_most"]
    private = recorded["private"]
    assert private["against_labels"]["network"] == pytest.approx(
        load_run(private["run"])["scores"]["private"]["accuracy"], abs=0.005)
    assert private["faces"] == recorded["agreement"]["private"]["judged"]
    for who in ("one person", "most people"):
        assert private["against_labels"][who] == recorded["agreement"]["private"][who.replace(" ", "_")]
    assert all(sum(row.values()) == pytest.approx(1) for row in private["answered"].values())
