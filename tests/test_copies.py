"""Copies of a photograph that are not identical: what counts as one, and what does not."""

import numpy as np
import pytest

from fer_utils.data.copies import CANDIDATES, NEAR, SHIFT, nearest_copies


@pytest.fixture(scope="module")
def faces():
    """Twelve smooth pictures that have nothing to do with each other, uint8 (12, 48, 48)."""
    coarse = np.random.default_rng(0).integers(40, 180, (12, 8, 8)).astype(np.uint8)
    return coarse.repeat(6, axis=1).repeat(6, axis=2)


def changed(images, how):
    x = images.astype(int)
    return {"identical": x, "brighter": x + 40, "of less contrast": x // 2 + 30, "noisy": x + (x % 5),
            "moved": np.roll(x, (SHIFT, -SHIFT), axis=(1, 2)), "moved a little and darker": np.roll(x, 1, axis=2) - 30,
            }[how].clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("how", ["identical", "brighter", "of less contrast", "noisy", "moved",
                                 "moved a little and darker"])
def test_a_copy_is_found(faces, how):
    similarity, place = nearest_copies(changed(faces[[7, 2]], how), faces)
    assert place.tolist() == [7, 2] and (similarity > NEAR).all()


def test_other_pictures_are_no_copies(faces):
    similarity, _ = nearest_copies(faces, faces, itself=True)
    assert similarity.max() < 0.7
    similarity, _ = nearest_copies(255 - faces[:3], faces)
    assert similarity.max() < 0.7
    mirrored, place = nearest_copies(faces[:3, :, ::-1], faces)
    assert mirrored.max() < 0.7 and place.dtype.kind == "i"


def test_a_face_does_not_find_itself(faces):
    twice = np.concatenate([faces, changed(faces[:1], "brighter")])
    similarity, place = nearest_copies(twice, twice, itself=True)
    assert place[0] == 12 and place[12] == 0 and (similarity[[0, 12]] > NEAR).all() and similarity[1:12].max() < 0.7


@pytest.mark.parametrize(("number", "itself"), [(5, True), (4, False), (0, False)])
def test_too_few_faces_to_look_among_are_refused(faces, number, itself):
    few = faces[:number]
    with pytest.raises(ValueError, match=f"{CANDIDATES + itself} faces or more"):
        nearest_copies(few, few, itself=itself)


def test_the_fewest_faces_do(faces):
    assert nearest_copies(faces[:CANDIDATES], faces[:CANDIDATES])[1].tolist() == list(range(CANDIDATES))
    few = faces[:CANDIDATES + 1]
    assert (nearest_copies(few, few, itself=True)[1] != range(CANDIDATES + 1)).all()


def test_a_blank_face_is_like_nothing(faces):
    similarity, _ = nearest_copies(np.full((1, 48, 48), 9, np.uint8), faces)
    assert similarity.tolist() == [0]
