"""The steps that chapter 06 compares, and how it tells a difference from luck; the figures of chapter 00."""

import numpy as np
import pytest
from syllabus import chapters as planned

from fer_utils.course.chapter_00 import figures as start
from fer_utils.course.chapter_00 import syllabus
from fer_utils.course.chapter_06 import trials
from fer_utils.files import FileError

FACES = np.random.default_rng(0).integers(0, 256, (20, 48, 48)).astype(np.uint8)


def spot(row, column):
    """One face, black but for a white patch of 5 x 5 pixels around a place."""
    face = np.zeros((1, 48, 48), np.uint8)
    face[0, row - 2:row + 3, column - 2:column + 3] = 255
    return face


def middle_of(face):
    """Where the mean of the light is, (row, column) from the centre of the face."""
    weights = face[0] / face.sum()
    places = np.arange(48) - 23.5
    return (weights.sum(axis=1) * places).sum(), (weights.sum(axis=0) * places).sum()


def test_misplaced_faces_are_shifted_turned_and_scaled():
    np.testing.assert_array_equal(trials.misplaced(FACES), FACES)
    two = np.concatenate([spot(23, 23), spot(23, 23)])
    left, right = trials.misplaced(two, shift=6)
    assert middle_of(right[None])[1] - middle_of(left[None])[1] == pytest.approx(12, abs=0.1)
    row, column = middle_of(trials.misplaced(spot(10, 23), rotation=30))
    assert np.hypot(row, column) == pytest.approx(np.hypot(13.5, 0.5), abs=0.3)
    assert abs(np.degrees(np.arctan2(column, -row))) == pytest.approx(30, abs=3)
    near, far = (np.hypot(*middle_of(trials.misplaced(spot(10, 23), scale=scale))) for scale in (0.7, 1.4))
    assert far / near == pytest.approx(2, abs=0.1)


def test_steps_do_what_their_names_say():
    by_face = trials.standardized(FACES)
    np.testing.assert_allclose(by_face.mean(axis=(1, 2)), 0, atol=1e-4)
    np.testing.assert_allclose(by_face.std(axis=(1, 2)), 1, atol=1e-3)
    assert not trials.standardized(np.full((1, 48, 48), 7, np.uint8)).any()
    by_place = trials.standardizer(FACES)(FACES)
    np.testing.assert_allclose(by_place.mean(axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(by_place.std(axis=0), 1, atol=1e-3)
    equal = trials.equalized(FACES // 4 + 60)  # few gray levels of many
    assert equal.min() < 0.05 and equal.max() == 1
    assert np.histogram(equal, 4, (0, 1))[0].min() > 0.2 * equal.size
    assert np.abs(trials.cropped(FACES, 48).astype(int) - FACES).max() == 0
    for name, prepare in trials.preparations(FACES).items():
        assert prepare(FACES).shape == FACES.shape and prepare(FACES).dtype == np.float32, name


def test_a_difference_counts_the_luck_of_seeds_and_of_faces():
    found = trials.against({"a": [0.30, 0.32, 0.31], "b": [0.40, 0.42, 0.41]}, "a")["b"]
    half = (found["high"] - found["low"]) / 2
    assert found["difference"] == pytest.approx(0.1) and 0.022 < half < 0.035 and found["told"] == "better"
    apart = trials.against({"a": [0.42, 0.36, 0.39], "b": [0.40, 0.50, 0.30]}, "a")["b"]
    assert apart["high"] - apart["low"] > 0.2 and apart["told"] == "cannot be told"
    more = trials.against({"a": [0.30, 0.32, 0.31], "b": [0.40, 0.42, 0.41], "c": [0.4, 0.4, 0.4]}, "a")
    assert set(more) == {"b", "c"} and more["b"]["high"] > found["high"]  # corrected for two
    public = {"a": [0.4, 0.41], "b": [0.1, 0.11]}
    table = trials.differences_table({"a": [0.5, 0.6], "b": [0.9, 0.8]}, public, "a")
    assert "| b | 85.0 % | 10.5 % | -30.0 ±" in table and table.endswith("worse |")
    assert "| a | 55.0 % | 40.5 % |  |  |" in table


def test_resampling_once_keeps_more_than_resampling_often():
    import keras

    from fer_utils.data.augmentation import RandomAffine

    x = FACES[..., None].astype("float32")
    once = keras.ops.convert_to_numpy(RandomAffine(12, 0.08, 0, 0.12, seed=0)(x, training=True))[..., 0]
    often = keras.ops.convert_to_numpy(trials.one_after_another(12, 0.08, 0.12, seed=0)(x, training=True))[..., 0]
    assert trials.sharpness(FACES) > trials.sharpness(once) > trials.sharpness(often)


def test_the_map_of_the_course_has_every_chapter(tmp_path, monkeypatch):
    rows = syllabus.chapters()
    assert [(row["number"], row["title"], row["minutes"]) for row in rows] == [
        (row.number, row.title, row.minutes) for row in planned()]
    assert set(start.COURSE_PARTS) <= {row["number"] for row in rows}
    alt = start.course_map(rows)[1]
    assert all(row["goal"] in alt for row in rows)
    monkeypatch.setattr(syllabus, "DATA_FOLDER", tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileError, match="the list of chapters"):
        syllabus.chapters()


def test_grain_and_belief():
    photograph = np.full((64, 64, 3), 128, np.uint8)
    grainy = start.with_grain(photograph, strength=20)
    assert grainy.dtype == np.uint8 and grainy.std() == pytest.approx(20, abs=1)
    assert (grainy == grainy[..., :1]).all() and (start.with_grain(photograph, 20) == grainy).all()
    sure = np.repeat([0.55, 0.95], 30)
    probabilities = np.stack([sure, 1 - sure], axis=1)
    alt = start.right_by_belief(np.repeat([1, 0], 30), probabilities)[1]
    assert "50 to 60 %: 0 % of 30" in alt and "90 to 100 %: 100 % of 30" in alt
