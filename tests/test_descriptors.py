"""Descriptors: what comes out of them, what changes them, what they refuse."""

import numpy as np
import pytest

from fer_utils.data import load_schematic
from fer_utils.descriptors import DESCRIPTORS, describe, gabor, hog, lbp, pixels

FACES = load_schematic(("public",)).public.images[:6]
every_descriptor = pytest.mark.parametrize("name", DESCRIPTORS)


@every_descriptor
def test_a_row_of_numbers_for_each_face(name):
    described = DESCRIPTORS[name](FACES)
    assert described.dtype == np.float32 and described.shape[0] == len(FACES) and described.ndim == 2
    assert np.isfinite(described).all()
    assert len(np.unique(described, axis=0)) == len(FACES)


@every_descriptor
def test_the_last_axis_of_one_channel_makes_no_difference(name):
    np.testing.assert_array_equal(DESCRIPTORS[name](FACES), DESCRIPTORS[name](FACES[..., None]))


@every_descriptor
def test_a_row_does_not_depend_on_the_other_faces(name):
    many = np.concatenate([FACES, FACES[::-1]] * 7)  # more than one batch
    np.testing.assert_allclose(DESCRIPTORS[name](many)[[0, -1]], DESCRIPTORS[name](FACES[:1]).repeat(2, 0), atol=1e-6)


@every_descriptor
def test_no_faces_and_a_blank_face(name):
    length = DESCRIPTORS[name](FACES).shape[1]
    assert DESCRIPTORS[name](FACES[:0]).shape == (0, length)
    assert np.isfinite(DESCRIPTORS[name](np.full((1, 48, 48), 255, np.uint8))).all()


@every_descriptor
@pytest.mark.parametrize("images, expected", [
    (FACES[0], "expected faces of shape .* got one face"),
    (FACES / 255, "float64"),
    (FACES[:, :40], "expected gray faces of shape"),
    (np.repeat(FACES[..., None], 3, axis=-1), "expected gray faces of shape"),
])
def test_other_input_is_refused(name, images, expected):
    with pytest.raises(ValueError, match=expected):
        DESCRIPTORS[name](images)


def test_pixels_are_the_pixels():
    np.testing.assert_allclose(pixels(FACES).reshape(-1, 48, 48) * 255, FACES, atol=1e-4)


# What changes them


def darker(faces, by=40):
    return (faces // 2 + by).astype(np.uint8)


@pytest.mark.parametrize("name", ["hog", "gabor"])
def test_brightness_and_contrast_hardly_matter(name):
    before, after = (DESCRIPTORS[name](faces) for faces in (FACES, darker(FACES)))
    moved = np.linalg.norm(after - before, axis=1) / np.linalg.norm(before, axis=1)
    assert moved.max() < 0.15  # rounding to whole gray values moves them a little
    by_face = np.linalg.norm(before[1:] - before[:-1], axis=1) / np.linalg.norm(before[1:], axis=1)
    assert moved.max() < by_face.min() / 2  # two faces differ by far more
    raw = np.linalg.norm(pixels(darker(FACES)) - pixels(FACES), axis=1) / np.linalg.norm(pixels(FACES), axis=1)
    assert (raw > 2 * moved).all()


def test_binary_patterns_do_not_change_with_brightness():
    """Exactly where no two neighbours are alike; in a patch of one gray value the interpolation rounds."""
    noise = np.random.default_rng(0).integers(0, 200, (3, 48, 48)).astype(np.uint8)
    np.testing.assert_array_equal(lbp(noise), lbp(noise + 50))
    np.testing.assert_array_equal(lbp(noise), lbp(noise + 7))
    moved = np.abs(lbp(FACES // 2) - lbp(FACES // 2 + 100)).sum(axis=1) / lbp(FACES).sum(axis=1)
    assert moved.max() < 0.05


def test_histograms_of_patterns_add_up_to_one():
    cells = lbp(FACES, radii=(1, 3), grid=4).reshape(len(FACES), 2 * 4 * 4, 59)
    assert cells.min() >= 0
    np.testing.assert_allclose(cells.sum(axis=-1), 1, atol=1e-5)


def waves(length, turn):
    """A face of nothing but waves of one length and one direction of eight."""
    rows, columns = np.indices((48, 48))
    angle = np.pi * turn / 8
    return np.uint8(128 + 100 * np.cos(2 * np.pi * (columns * np.cos(angle) + rows * np.sin(angle)) / length))[None]


@pytest.mark.parametrize("length", [4, 9])
@pytest.mark.parametrize("turn", [0, 2, 7])
def test_a_gabor_filter_answers_its_own_wave_most(length, turn):
    wavelengths = (4, 6, 9, 13)
    strengths = gabor(waves(length, turn), wavelengths=wavelengths, orientations=8).reshape(4, 8, 2, 6, 6)
    means = strengths[:, :, 0, 2:4, 2:4].mean((2, 3))  # of the cells in the middle
    assert np.unravel_index(means.argmax(), means.shape) == (wavelengths.index(length), turn)


def test_a_mirrored_face_has_the_mirrored_strengths():
    strength, mirrored = (gabor(faces).reshape(len(FACES), 3, 6, 2, 6, 6) for faces in (FACES, FACES[:, :, ::-1]))
    turned = mirrored[:, :, -np.arange(6) % 6, :, :, ::-1]  # a direction becomes its mirror image
    np.testing.assert_allclose(strength, turned, rtol=0.02, atol=0.01)


# Settings


def test_the_settings_set_the_length():
    assert hog(FACES, cells=(8,), orientations=8).shape[1] == 5 * 5 * 4 * 8
    assert hog(FACES, cells=(8, 12)).shape[1] == (5 * 5 + 3 * 3) * 4 * 9
    assert lbp(FACES, radii=(1,), grid=8).shape[1] == 8 * 8 * 59
    assert gabor(FACES, wavelengths=(5, 8), orientations=4, grid=4).shape[1] == 2 * 4 * 2 * 4 * 4


@pytest.mark.parametrize("name", ["lbp", "gabor"])
def test_cells_have_to_fit_into_the_face(name):
    with pytest.raises(ValueError, match="cannot be cut into 7 by 7 equal cells"):
        DESCRIPTORS[name](FACES, grid=7)


def test_descriptors_side_by_side():
    both = describe(FACES, ["hog", "lbp"], {"lbp": {"grid": 4}})
    np.testing.assert_array_equal(both, np.hstack([hog(FACES), lbp(FACES, grid=4)]))
    np.testing.assert_array_equal(describe(FACES, "pixels"), pixels(FACES))


@pytest.mark.parametrize("names, settings", [("sift", None), ([], None), (["hog", "eyes"], None), ("hog", {"hgo": {}})])
def test_an_unknown_descriptor_is_refused(names, settings):
    with pytest.raises(ValueError, match="there is no descriptor .*there are: pixels, hog, lbp, gabor"):
        describe(FACES, names, settings)
