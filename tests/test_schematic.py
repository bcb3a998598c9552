"""The schematic faces: the generator draws what table 3.1 says, and the bundled file is what it draws."""

import itertools
import sys
from pathlib import Path

import numpy as np
import pytest

from fer_utils import schematic
from fer_utils.data import BUNDLED, SPLITS, image_keys, load_schematic
from fer_utils.labels import EMOTIONS
from fer_utils.schematic import EXPRESSION, FEATURES, REST, SHARES, draw_face, make_faces, random_parameters

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
import make_schematic_faces as tool  # noqa: E402


@pytest.fixture(scope="module")
def bundled():
    return load_schematic()


def moved(**parameters):
    """How much each pixel changes when these parameters leave rest, float (48, 48)."""
    return np.abs(draw_face(parameters).astype(float) - draw_face())


def test_a_face_is_a_gray_picture_that_fills_the_frame():
    face = draw_face()
    assert face.shape == (48, 48) and face.dtype == np.uint8
    assert draw_face(size=96).shape == (96, 96)
    assert np.mean(face != round(REST["background"])) > 0.75  # the rest is the four corners


def test_an_unknown_parameter_is_named():
    with pytest.raises(ValueError, match="eyebrow.*REST"):
        draw_face({"eyebrow": 1})


def test_drawing_leaves_the_parameters_alone():
    parameters = dict(FEATURES["fear"], asymmetry=0.3)
    before = dict(parameters)
    draw_face(parameters)
    assert parameters == before


def test_faces_have_the_type_of_fer2013_and_a_seed_fixes_them():
    images, labels = make_faces(40, seed=1)
    assert images.shape == (40, 48, 48) and images.dtype == np.uint8
    assert labels.shape == (40,) and labels.dtype == np.uint8 and set(labels) == set(range(7))
    assert len(np.unique(images)) <= 32
    again, labels_again = make_faces(40, seed=1)
    assert np.array_equal(images, again) and np.array_equal(labels, labels_again)
    assert not np.any([np.array_equal(a, b) for a, b in zip(images, make_faces(40, seed=2)[0])])


def test_the_first_faces_of_a_set_are_those_of_the_whole():
    images, labels = make_faces(30, seed=3)
    first, first_labels = make_faces(30, seed=3, first=5)
    assert np.array_equal(first, images[:5]) and np.array_equal(first_labels, labels[:5])


def test_every_emotion_has_features_and_a_share():
    assert set(FEATURES) == set(SHARES) == set(EMOTIONS)
    assert sum(SHARES.values()) == pytest.approx(1)
    assert all(set(features) <= set(EXPRESSION) for features in FEATURES.values())
    assert FEATURES["neutral"] == {}


@pytest.mark.parametrize("one, other", itertools.combinations(EMOTIONS, 2))
def test_classes_differ_at_full_intensity(one, other):
    difference = np.abs(draw_face(FEATURES[one]).astype(float) - draw_face(FEATURES[other]))
    assert difference.mean() > 3  # the noise of two pictures alone would give 2.8; the closest pair has 4.8
    assert np.mean(difference > 40) > 0.02


@pytest.mark.parametrize("name, value, top, bottom", [
    # rows 0 (forehead) to 47 (chin) where the parameter may change the picture
    ("brow_inner", 1, 5, 21), ("brow_inner", -1, 5, 21), ("brow_outer", 1, 5, 21), ("brow_together", 1, 5, 21),
    ("lid_open", 1, 12, 25), ("lid_open", -1, 12, 25), ("lid_tight", 1, 12, 25), ("gaze", 1, 15, 25),
    ("crows_feet", 1, 14, 26), ("nose_wrinkle", 1, 18, 33), ("cheeks", 1, 18, 33),
    ("mouth_corners", 1, 28, 48), ("mouth_corners", -1, 28, 48), ("mouth_open", 1, 24, 48), ("mouth_width", 1, 28, 48),
    ("upper_lip", 1, 28, 48), ("mouth_tight", 1, 28, 48),
])
def test_a_feature_moves_pixels_only_where_it_belongs(name, value, top, bottom):
    change = moved(**{name: value})
    assert (change[top:bottom] > 20).sum() >= 6
    outside = np.delete(change, np.s_[top:bottom], axis=0)
    assert outside.max() <= 2


def test_what_the_features_do_is_what_their_names_say():
    def dark(rows, columns=slice(None), **parameters):
        return (draw_face(parameters)[rows, columns] < 60).sum()

    mouth, upper_rows = slice(30, 46), slice(6, 11)
    assert dark(mouth, mouth_open=1) > dark(mouth) + 20
    assert dark(upper_rows, slice(12, 36), hair=0, brow_inner=1, brow_outer=1) > dark(
        upper_rows, slice(12, 36), hair=0)
    eyes = slice(15, 24)
    white = [(draw_face({"skin": 120, "lid_open": value})[eyes] > 160).sum() for value in (-1, 0, 1)]
    assert white[0] < white[1] < white[2]
    smile, frown = (draw_face({"mouth_corners": value})[30:44, 14].argmin() for value in (1, -1))
    assert smile < frown
    assert draw_face({"pallor": 1}).mean() > draw_face().mean() + 5


def test_a_weaker_expression_is_closer_to_rest():
    distance = [moved(**{name: value * part for name, value in FEATURES["surprise"].items()}).mean()
                for part in (0.35, 0.7, 1)]
    assert 0 < distance[0] < distance[1] < distance[2]


def test_random_people_show_the_emotion_they_are_asked_for():
    rng = np.random.default_rng(5)
    people = [random_parameters("sadness", rng, intensity=1) for _ in range(20)]
    assert max(person["mouth_corners"] for person in people) < -0.5
    assert min(person["gaze"] for person in people) > 0.5
    assert len({person["skin"] for person in people}) == 20
    assert all(set(person) == set(REST) for person in people)


def test_the_bundled_file_is_small_and_has_the_counts_of_the_tool(bundled):
    assert BUNDLED.stat().st_size < 2_000_000
    for split in SPLITS:
        images, labels = bundled.split(split)
        assert images.shape == (tool.COUNTS[split], 48, 48) and images.dtype == np.uint8
        assert labels.shape == (tool.COUNTS[split],) and labels.dtype == np.uint8
        counts = np.bincount(labels, minlength=7)
        assert counts.argmin() == EMOTIONS.index("disgust") and counts.argmax() == EMOTIONS.index("happiness")


def test_the_bundled_file_is_what_the_generator_draws():
    assert tool.differences(first=25) == []


def test_the_check_notices_another_drawing(monkeypatch):
    monkeypatch.setattr(schematic, "_draw_mouth", lambda canvas, p: None)
    assert len(tool.differences(first=10)) == 3


def test_no_face_appears_twice(bundled):
    keys = image_keys(bundled.images)
    assert len(set(keys)) == len(keys) == sum(tool.COUNTS.values())


def test_the_readme_states_the_counts(bundled):
    text = (BUNDLED.parent / "README.md").read_text(encoding="utf-8")
    for split in SPLITS:
        counts = np.bincount(bundled.split(split).labels, minlength=7)
        assert f"| {split} | {' | '.join(map(str, counts))} | {counts.sum()} |" in text
