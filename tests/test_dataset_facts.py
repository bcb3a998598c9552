"""What chapter 03 says of FER-2013 is what was measured on it."""

import numpy as np
import pytest

from fer_utils.course.chapter_06.trials import preparations
from fer_utils.course.laboratory import CHANGES
from fer_utils.course.resolution import RESOLUTIONS
from fer_utils.data import without_duplicates
from fer_utils.data.copies import NEAR, nearest_copies
from fer_utils.data.fer2013 import FER2013_COUNTS, load_fer2013
from fer_utils.evaluation.results import dataset_facts, load_run, recorded_experiment
from fer_utils.labels import EMOTIONS


def test_the_facts_hold_together():
    facts = dataset_facts()
    assert {split: sum(by_class.values()) for split, by_class in facts["counts"].items()} == FER2013_COUNTS
    assert facts["mean_faces"].shape == (7, 48, 48) and facts["mean_faces"].dtype == np.uint8
    assert all(0 < value < 1 for value in facts["public_accuracy"].values())


def test_what_was_measured_of_coarse_faces_holds_together():
    facts = dataset_facts()
    kept, network = facts["resolution"], facts["resolution"]["network"]
    assert kept["sides"] == list(RESOLUTIONS)
    assert kept["linear_model"][0] == facts["public_accuracy"]["linear model on pixels"]
    assert network["accuracy"][0] == pytest.approx(load_run(network["run"])["public_accuracy"], abs=0.003)
    counts = facts["counts"]["public"]
    for place in range(len(RESOLUTIONS)):
        hits = sum(network["recall"][emotion][place] * counts[emotion] for emotion in EMOTIONS)
        assert network["accuracy"][place] == pytest.approx(hits / 3589)
        assert sum(network["answered"][emotion][place] for emotion in EMOTIONS) == pytest.approx(1)


def test_what_was_measured_of_copies_holds_together():
    facts = dataset_facts()
    leakage, counts = facts["leakage"], facts["counts"]
    total = sum(FER2013_COUNTS.values())
    assert leakage["unique"] + leakage["repeated"] == total and leakage["contradicting"] < leakage["groups"]
    assert sum(leakage["blank"].values()) == facts["blank"] and leakage["threshold"] == NEAR
    for split in ("public", "private"):
        assert leakage["exact"][f"{split}-train"]["faces"] == facts["duplicates"][split]
        assert leakage["mirrored"][split] * 20 < leakage["near"][f"{split}-train"]["faces"]
        share = counts[split]["happiness"] / FER2013_COUNTS[split]
        assert share < leakage["cheat"][split]["exact"] < leakage["cheat"][split]["near"]
    similarity = leakage["similarity"]
    without_identical = FER2013_COUNTS["public"] - facts["duplicates"]["public"]
    assert sum(similarity["mirrored"]) == sum(similarity["faces"]) == without_identical
    copies = leakage["exact"]["public-train"]["faces"] + leakage["near"]["public-train"]["faces"]
    assert leakage["alone"] == FER2013_COUNTS["public"] - copies
    assert leakage["public_accuracy"]["linear model on pixels"]["all"] == facts["public_accuracy"][
        "linear model on pixels"]
    network = leakage["network"]
    near = network["near"]
    assert near["only_copy"] - near["only_network"] == round(
        (leakage["near"]["private-train"]["same_label"] - near["accuracy"]) * near["faces"])
    run = load_run(network["name"])["scores"]["private"]
    assert sum(network[kind]["faces"] for kind in ("exact", "near", "alone")) == FER2013_COUNTS["private"]
    assert sum(network[kind]["faces"] * network[kind]["accuracy"] for kind in ("exact", "near", "alone")
               ) == pytest.approx(run["accuracy"] * FER2013_COUNTS["private"], abs=1)


@pytest.mark.parametrize("name, variants", [("augmentation", list(CHANGES)),
                                            ("resolution", ["48", "24", "12", "6", "3"])])
def test_a_recorded_experiment_says_how_it_was_made(name, variants):
    trial = recorded_experiment(name)
    assert trial["data"]["content_hash"] and trial["versions"]["keras"]
    assert trial["device"] and trial["wall_seconds"] > 0
    assert list(trial["public_accuracy"]) == variants
    for values in trial["public_accuracy"].values():
        assert len(values) == len(trial["seeds"]) and all(0.1 < value < 0.9 for value in values)
    with pytest.raises(ValueError, match="'nothing' is recorded; recorded: augmentation"):
        recorded_experiment("nothing")


def test_the_trial_of_augmentation_has_an_arm_without_any_change():
    trial = recorded_experiment("augmentation")
    assert trial["changes"] == CHANGES and CHANGES["none"] == {}
    for arm, runs in trial["histories"].items():
        assert len(runs) == len(trial["seeds"])
        for run, last in zip(runs, trial["public_accuracy"][arm]):
            assert run["epoch"][-1] == trial["epochs"] and run["public_accuracy"][-1] == last
            assert all(len(values) == len(run["epoch"]) for values in run.values())
    assert list(trial["misplaced"]) == trial["tried"]
    for runs in trial["misplaced"].values():
        for run in runs:
            assert {kind: len(values) for kind, values in run.items()} == {
                kind: len(sizes) for kind, sizes in trial["sizes"].items()}


def test_the_trials_of_preprocessing_name_the_same_ways():
    ways = list(preparations(np.zeros((2, 48, 48), np.uint8)))
    assert list(recorded_experiment("preprocessing")["measured"]) == ways
    scaling = recorded_experiment("scaling")
    assert list(scaling["measured"]) == [way for way in ways if not way.startswith("middle")]
    for by_rate in scaling["measured"].values():
        assert [float(rate) for rate in by_rate] == scaling["rates"]
        assert all(len(runs) == len(scaling["seeds"]) for runs in by_rate.values())


@pytest.mark.real_data
def test_the_facts_are_those_of_the_dataset():
    from fer_utils.course.chapter_03.figures import mean_faces

    facts, faces = dataset_facts(), load_fer2013()
    assert facts["content_hash"] == faces.content_hash
    assert facts["blank"] == sum(np.ptp(image) == 0 for image in faces.images)
    assert facts["duplicates"]["private"] == (~without_duplicates(faces.private.images, faces.train.images)).sum()
    assert np.array_equal(facts["mean_faces"], mean_faces(*faces.train))
    places = np.flatnonzero(~without_duplicates(faces.private.images, faces.train.images))[:40]
    similarity, found = nearest_copies(faces.private.images[places], faces.train.images)
    assert similarity == pytest.approx(1, abs=1e-3)
    assert np.array_equal(faces.train.images[found], faces.private.images[places])
