"""Copies of FER-2013 are told from damaged, edited and other ones by what is recorded of its faces."""

import warnings

import numpy as np
import pytest
from test_data import COUNTS, csv_rows, some_parts, write_csv

from fer_utils import data
from fer_utils.data import DataError, fer2013, known
from fer_utils.data.fer2013 import FER2013_COUNTS, load_fer2013
from fer_utils.data.known import check_known, known_faces, short_keys, sketch
from fer_utils.labels import EMOTIONS

ALPHABETICAL = sorted(range(7), key=EMOTIONS.__getitem__)  # what the labels 0 to 6 stand for in the alphabet's order


def smooth_faces(count, seed):
    """Faces of gray levels between 60 and 190 that differ in brightness, labels that are unevenly many."""
    rng = np.random.default_rng(seed)
    images = rng.integers(60, 160, (count, 1, 1)) + rng.integers(0, 30, (count, 48, 48))
    return images.astype(np.uint8), np.sort(rng.choice(7, count, p=np.arange(1, 8) / 28)).astype(np.uint8)


def shaped_faces(count):
    """Faces that differ in where they are bright."""
    rng = np.random.default_rng(5)
    squares = np.repeat(np.repeat(rng.integers(40, 200, (count, 3, 3)), 16, axis=1), 16, axis=2)
    return (squares + rng.integers(0, 20, (count, 48, 48))).astype(np.uint8), smooth_faces(count, 5)[1]


@pytest.fixture
def recorded(monkeypatch):
    """A function from parts to themselves that records them as FER-2013; the first face of each is uncertain."""

    def record(parts):
        faces = {split: known.Known(short_keys(images), labels, sketch(images), np.arange(len(labels)) > 0)
                 for split, (images, labels) in parts.items()}
        monkeypatch.setattr(known, "known_faces", faces.__getitem__)
        return parts

    return record


@pytest.fixture
def faces(recorded):
    return recorded({"train": smooth_faces(280, 0)})["train"]


def refused(images, labels):
    with pytest.raises(DataError, match="^copy: ") as caught:
        check_known("train", images, labels, "copy")
    return str(caught.value)


def test_the_faces_themselves_in_any_order(faces):
    images, labels = faces
    order = np.random.default_rng(1).permutation(len(labels))
    assert check_known("train", images, labels, "copy") == ""
    assert check_known("train", images[order], labels[order], "copy") == ""


def test_one_pixel_is_enough(faces):
    images, labels = faces
    changed = images.copy()
    changed[7, 3, 3] ^= 1
    assert "FER-2013 with 1 of 280 faces changed, the first of them face 7" in refused(changed, labels)
    changed[20:40] = 0
    assert "FER-2013 with 21 of 280 faces changed, the first of them face 7" in refused(changed, labels)


def test_an_uncertain_face_may_differ(faces):
    images, labels = faces
    changed = images.copy()
    changed[0] += 1
    assert check_known("train", changed, labels, "copy") == ""


def test_one_label_is_enough_and_two_uncertain_ones_are_said(faces):
    images, labels = faces
    changed = labels.copy()
    changed[50] = (labels[50] + 1) % 7
    assert "FER-2013 with 1 of 280 labels changed, the first of them that of face 50" in refused(images, changed)
    swapped = labels.copy()
    swapped[[5, 200]] = labels[[200, 5]]
    assert swapped[5] != labels[5]
    assert check_known("train", images, swapped, "copy") == "2 labels of train are not those we know of FER-2013."
    swapped[[6, 201]] = labels[[201, 6]]
    assert "4 of 280 labels changed" in refused(images, swapped)


@pytest.mark.parametrize("pixels", ["known", "unknown"])
def test_labels_in_another_order(faces, pixels):
    images, labels = faces
    if pixels == "unknown":
        images = 255 - images
    code_of = np.argsort(ALPHABETICAL)
    assert "the labels look alphabetical in train (0 anger, 1 disgust, 2 fear, 3 happiness, 4 neutral, 5 sadness, 6 " \
           "surprise). Those of FER-2013 are 0 anger" in refused(images, code_of[labels])
    assert "the labels are in another order in train (0 neutral, 1 surprise" in refused(images, 6 - labels)


def test_faces_compressed_with_loss_are_told_from_others(faces):
    images, labels = faces
    rng = np.random.default_rng(2)
    lossy = (images + rng.integers(-3, 4, images.shape)).astype(np.uint8)
    assert "not pixel by pixel (279 of 280 differ)" in check_known("train", lossy, labels, "copy")
    others, _ = smooth_faces(280, 3)
    assert "not the FER-2013 we know: 279 of 280 faces are others" in refused(others // 2, labels)


@pytest.mark.parametrize("change", [
    lambda x: x.swapaxes(1, 2), lambda x: x[:, :, ::-1], lambda x: x[:, ::-1], lambda x: x + np.uint8(1),
    lambda x: 255 - x,
    lambda x: np.repeat(np.repeat(x.mean(axis=(1, 2), keepdims=True), 48, 1), 48, 2).astype(np.uint8),
    lambda x: np.concatenate([x[:150] // 2, x[150:]])])
def test_changed_faces_do_not_pass_for_compressed_ones(recorded, change):
    images, labels = shaped_faces(280)
    recorded({"train": (images, labels)})
    rng = np.random.default_rng(2)
    lossy = (images + rng.integers(-3, 4, images.shape)).astype(np.uint8)
    assert "not pixel by pixel" in check_known("train", lossy, labels, "copy")
    assert "not the FER-2013 we know" in refused(change(images), labels)


def test_labels_are_compared_face_by_face_where_pixels_are_not_the_same(recorded):
    images, labels = shaped_faces(280)
    recorded({"train": (images, labels)})
    lossy = images ^ 1
    swapped = labels.copy()
    swapped[[20, 200]] = labels[[200, 20]]
    swapped[[30, 210]] = labels[[210, 30]]
    assert swapped[20] != labels[20] and swapped[30] != labels[30]
    assert "not the FER-2013 we know" in refused(lossy, swapped)


def test_an_uncertain_face_may_not_be_anything(recorded):
    images, labels = shaped_faces(280)
    recorded({"train": (images, labels)})
    changed = images.copy()
    changed[0] = 0
    assert "1 of 280 faces changed, the first of them face 0" in refused(changed, labels)


def test_what_is_refused_is_not_kept_and_what_is_remarked_is_said(own_cache, tmp_path, monkeypatch, recorded):
    monkeypatch.setattr(fer2013, "FER2013_COUNTS", COUNTS)
    parts = recorded(some_parts())
    with warnings.catch_warnings(action="error"):
        whole = load_fer2013(write_csv(tmp_path / "whole.csv", csv_rows(parts)))
    rows = csv_rows(parts)
    rows[3][1] = "1 " + rows[3][1].partition(" ")[2]
    with pytest.raises(DataError, match="train is FER-2013 with 1 of 14 faces changed"):
        load_fer2013(write_csv(tmp_path / "changed.csv", rows))
    assert len(list(data.cache_folder().iterdir())) == 1, "only the whole one is kept"
    rows = csv_rows(parts)
    rows[1][0], rows[2][0] = rows[2][0], rows[1][0]
    path = write_csv(tmp_path / "swapped.csv", rows)
    for _ in ("read", "kept"):
        with pytest.warns(UserWarning, match="2 labels of train are not those we know"):
            assert load_fer2013(path).content_hash != whole.content_hash


def test_every_face_is_recorded():
    for split, count in FER2013_COUNTS.items():
        faces = known_faces(split)
        assert {len(values) for values in faces} == {count}
        assert set(faces.labels.tolist()) == set(range(7)) and len(set(faces.keys.tolist())) > 0.95 * count
    assert sum(int((~known_faces(split).certain).sum()) for split in FER2013_COUNTS) == 173


@pytest.mark.real_data
def test_the_dataset_is_the_recorded_one():
    faces = load_fer2013(splits=("public", "private"))
    for split, (images, labels) in faces.parts.items():
        assert check_known(split, images, labels, "copy") == ""
        np.testing.assert_array_equal(np.sort(short_keys(images)), np.sort(known_faces(split).keys))
