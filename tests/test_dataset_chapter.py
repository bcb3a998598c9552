"""What chapter 03 computes while it runs, beside its checks: pictures without a face, and its own answers."""

import time

import numpy as np
import pytest

from fer_utils.course.chapter_03 import checks, figures, own
from fer_utils.data import Split, known
from fer_utils.data.fer2013 import load_fer2013


@pytest.fixture
def pictures(monkeypatch):
    """Six pictures, the last one blank; of the recorded ones the second and third have no name in FER+."""
    images = np.random.default_rng(0).integers(0, 256, (6, 48, 48), np.uint8)
    images[5] = 7
    recorded = known.Known(known.short_keys(images), np.zeros(6, np.uint8), None, np.array([1, 0, 0, 1, 1, 1], bool))
    monkeypatch.setattr(figures, "known_faces", lambda split: recorded)
    return images


def found(images):
    return figures.not_faces(Split(images, np.zeros(len(images), np.uint8)), "public")


def test_pictures_without_a_name_are_found_in_any_order(pictures):
    np.testing.assert_array_equal(found(pictures), pictures[[1, 2, 5]])
    np.testing.assert_array_equal(found(pictures[::-1]), pictures[[5, 2, 1]])


def test_pictures_from_another_source_are_found_by_their_places(pictures):
    other = pictures.copy()
    other[1:3] ^= 1
    np.testing.assert_array_equal(found(other), other[[1, 2, 5]])
    np.testing.assert_array_equal(found(other[::-1]), other[[5]])  # in another order their places say nothing


@pytest.mark.parametrize("name", ["class_shares", "best_of", "has_duplicate", "alike"])
def test_the_chapter_goes_on_with_right_answers(name, capsys):
    getattr(checks, f"check_{name}")(getattr(own, name))
    assert "Correct" in capsys.readouterr().out


def test_a_search_that_would_take_hours_is_not_begun(capsys):
    def slow(test_images, train_images):
        calls.append((len(test_images), len(train_images)))
        time.sleep(0.05)
        return own.has_duplicate(test_images, train_images)

    calls, faces = [], np.zeros((40_000, 1, 1), np.uint8)
    assert own.quick_enough(slow, faces[:4000], faces) is own.has_duplicate and calls == [(100, 1000)]
    assert "the course's own goes on" in capsys.readouterr().out
    assert own.quick_enough(slow, faces[:30], faces[:200]) is slow and capsys.readouterr().out == ""
    assert own.quick_enough(own.has_duplicate, faces[:0], faces) is own.has_duplicate


def test_the_words_of_the_figure_of_similarity_are_its_numbers():
    recorded = {"edges": [0.5, 0.7, 0.9, 0.94, 1.0], "faces": [10, 5, 4, 9], "mirrored": [12, 6, 3, 1]}
    alt = figures.similarity(recorded, 0.94)[1]
    assert "Up to 0.90 mirrored faces stand higher" in alt and "4 faces and 3 mirrored ones, above it 9 and 1." in alt


@pytest.mark.real_data
def test_ten_pictures_of_publictest_have_no_name():
    faces = load_fer2013(splits=("public",))
    pictures = figures.not_faces(faces.public, "public")
    assert 10 <= len(pictures) <= 12 and any(np.ptp(picture) == 0 for picture in pictures)
