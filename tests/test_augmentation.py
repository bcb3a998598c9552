"""Random changes of faces: none outside training, within their limits inside, the same again from the same seed."""

import math

import keras
import numpy as np
import pytest

from fer_utils.course.laboratory import CHANGES
from fer_utils.data.augmentation import (
    AUGMENTATIONS,
    RandomAffine,
    modern_augmentation,
    strong_augmentation,
    thesis_augmentation,
)
from fer_utils.training.recipes import RECIPES

every_one = pytest.mark.parametrize("augmentation", AUGMENTATIONS.values())


def some_faces(count=12, dtype=np.uint8):
    return np.random.default_rng(1).integers(0, 256, (count, 48, 48, 1)).astype(dtype)


def apply(layer, faces, training=True):
    return keras.ops.convert_to_numpy(layer(faces, training=training))


def dots(count=200, down=-15.0, right=0.0):
    """Faces that are one soft dot, this far from the centre (23.5, 23.5)."""
    rows, columns = np.mgrid[:48, :48] - 23.5
    dot = 200 * np.exp(-((rows - down) ** 2 + (columns - right) ** 2) / 8)
    return np.repeat(dot[None, :, :, None].astype(np.float32), count, axis=0)


def places(faces):
    """The centre of gravity of each face, (down, right) from the centre, each (n,)."""
    rows, columns = np.mgrid[:48, :48] - 23.5
    mass = faces[..., 0].sum(axis=(1, 2))
    return (faces[..., 0] * rows).sum(axis=(1, 2)) / mass, (faces[..., 0] * columns).sum(axis=(1, 2)) / mass


@every_one
@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_nothing_happens_outside_training(augmentation, dtype):
    faces = some_faces(dtype=dtype)
    kept = apply(augmentation(seed=0), faces, training=False)
    assert kept.dtype == np.float32
    np.testing.assert_array_equal(kept, faces)


@every_one
@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_shape_type_and_range_in_training(augmentation, dtype):
    faces = some_faces(60, dtype)
    faces[:20], faces[20:40] = 0, 255  # the ends of the range, where brightness could leave it
    changed = apply(augmentation(seed=0), faces)
    assert changed.shape == faces.shape and changed.dtype == np.float32
    assert changed.min() >= 0 and changed.max() <= 255 + 1e-3  # interpolation rounds
    assert not np.array_equal(changed[40:], faces[40:])


@every_one
def test_a_seed_gives_the_same_faces_again(augmentation):
    faces = some_faces()
    first, second = augmentation(seed=3), augmentation(seed=3)
    once, again = apply(first, faces), apply(first, faces)
    np.testing.assert_array_equal(apply(second, faces), once)
    assert not np.array_equal(once, again)  # the next epoch sees other faces
    assert not np.array_equal(apply(augmentation(seed=4), faces), once)


def test_without_arguments_faces_stay_as_they_are():
    faces = some_faces()
    np.testing.assert_array_equal(apply(RandomAffine(seed=0), faces), faces)
    np.testing.assert_array_equal(apply(RandomAffine(**CHANGES["none"], seed=0), faces), faces)


def test_flip_alone_gives_the_face_or_its_mirror_image():
    faces = some_faces(300)
    flipped = apply(RandomAffine(flip=True, seed=0), faces)
    mirrored = np.array([np.array_equal(new, old[:, ::-1]) for new, old in zip(flipped, faces)])
    kept = np.array([np.array_equal(new, old) for new, old in zip(flipped, faces)])
    assert (mirrored ^ kept).all()
    assert 110 < mirrored.sum() < 190  # half, within more than four standard deviations


def test_rotation_turns_around_the_centre_within_its_limit():
    down, right = places(apply(RandomAffine(rotation=20, seed=0), dots()))
    np.testing.assert_allclose(np.hypot(down, right), 15, atol=0.3)
    angles = np.degrees(np.arctan2(right, -down))
    assert np.abs(angles).max() < 20.5
    assert angles.min() < -17 and angles.max() > 17


def test_shift_moves_within_its_limit_in_both_directions():
    down, right = places(apply(RandomAffine(shift=0.1, seed=0), dots(down=0)))
    for moved in (down, right):
        assert np.abs(moved).max() < 0.1 * 48 + 0.1
        assert moved.min() < -4 and moved.max() > 4
    assert abs(np.corrcoef(down, right)[0, 1]) < 0.3


def test_shear_moves_rows_sideways_and_keeps_their_height():
    limit = 15 * math.tan(math.radians(10))
    down, right = places(apply(RandomAffine(shear=10, seed=0), dots()))
    np.testing.assert_allclose(down, -15, atol=0.2)
    assert np.abs(right).max() < limit + 0.2
    assert right.min() < -0.8 * limit and right.max() > 0.8 * limit


def test_zoom_moves_towards_and_away_from_the_centre():
    down, right = places(apply(RandomAffine(zoom=0.1, seed=0), dots()))
    np.testing.assert_allclose(right, 0, atol=0.1)
    assert -15 / 0.9 - 0.2 < down.min() < -16 and -14 < down.max() < -15 / 1.1 + 0.2


def test_every_face_gets_its_own_amount():
    down, right = places(apply(RandomAffine(rotation=20, seed=0), dots(50)))
    assert len(np.unique(np.round(right, 4))) > 40


def test_the_border_is_stretched_outwards_not_filled_with_black():
    gray = np.full((20, 48, 48, 1), 130, np.uint8)
    np.testing.assert_allclose(apply(thesis_augmentation(seed=0), gray), 130, atol=1e-3)


@pytest.mark.parametrize("augmentation, fewest, most, largest", [(modern_augmentation, 25, 75, 0.17),
                                                                (strong_augmentation, 70, 130, 0.22)])
def test_erasing_covers_a_share_of_the_faces_with_a_gray_patch(augmentation, fewest, most, largest):
    """A quarter and a half of 200."""
    erasing = augmentation(seed=0).layers[-1]
    white = np.full((200, 48, 48, 1), 255, np.float32)
    erased = apply(erasing, white)
    assert set(np.unique(erased)) == {127, 255}
    share = (erased == 127).mean(axis=(1, 2, 3))
    assert fewest < (share > 0).sum() < most
    assert share.max() < largest and share[share > 0].min() > 0.01


@pytest.mark.parametrize("augmentation, limit", [(modern_augmentation, 0.15), (strong_augmentation, 0.2)])
def test_brightness_stays_within_its_limit(augmentation, limit):
    brightness = augmentation(seed=0).layers[1]
    changed = apply(brightness, np.full((200, 48, 48, 1), 128, np.float32)) - 128
    assert np.abs(changed).max() <= limit * 255 + 0.01
    assert changed.min() < -0.7 * limit * 255 and changed.max() > 0.7 * limit * 255


@pytest.mark.parametrize("augmentation", [modern_augmentation, strong_augmentation])
def test_layers_draw_numbers_of_their_own(augmentation):
    """From one seed for all, the face that is turned most would be the one that is brightened or darkened most."""
    affine, brightness, _ = augmentation(seed=0).layers
    turning = RandomAffine(rotation=20, seed=affine.seed)  # the angle is the first number of both
    down, right = places(apply(turning, dots(300)))
    changed = apply(brightness, np.full((300, 48, 48, 1), 128, np.float32))[:, 0, 0, 0] - 128
    assert abs(np.corrcoef(np.arctan2(right, -down), changed)[0, 1]) < 0.3
    # without a seed there is nothing to repeat
    assert [layer.seed for layer in augmentation().layers][0] is None


def test_strong_changes_are_larger_than_modern_ones():
    modern, strong = (augmentation(seed=0).layers[0] for augmentation in (modern_augmentation, strong_augmentation))
    for limit in ("rotation", "shift", "shear", "zoom"):
        assert getattr(strong, limit) > getattr(modern, limit)


def test_recipes_name_augmentations_that_there_are():
    assert {recipe.augmentation for recipe in RECIPES.values()} == {*AUGMENTATIONS, "none"}


def test_affine_layer_can_be_rebuilt_from_its_config():
    layer = RandomAffine(rotation=5, shift=0.1, shear=3, zoom=0.2, flip=True, seed=9)
    again = RandomAffine.from_config(layer.get_config())
    np.testing.assert_array_equal(apply(again, some_faces()), apply(layer, some_faces()))
