"""What chapter 03 says of FER-2013 is what was measured on it."""

import numpy as np
import pytest

from fer_utils.data import FER2013_COUNTS, load_fer2013, without_twins
from fer_utils.results import dataset_facts


def test_the_facts_hold_together():
    facts = dataset_facts()
    assert {split: sum(by_class.values()) for split, by_class in facts["counts"].items()} == FER2013_COUNTS
    assert facts["mean_faces"].shape == (7, 48, 48) and facts["mean_faces"].dtype == np.uint8
    assert all(0 < value < 1 for value in facts["public_accuracy"].values())


@pytest.mark.real_data
def test_the_facts_are_those_of_the_dataset():
    from fer_utils.course.dataset_figures import mean_faces

    facts, faces = dataset_facts(), load_fer2013()
    assert facts["content_hash"] == faces.content_hash
    assert facts["blank"] == sum(np.ptp(image) == 0 for image in faces.images)
    assert facts["twins"]["private"] == (~without_twins(faces.private.images, faces.train.images)).sum()
    assert np.array_equal(facts["mean_faces"], mean_faces(*faces.train))
