"""Faces with fewer pixels: means of blocks, and what is left when they are enlarged again."""

import numpy as np
import pytest

from fer_utils.course.resolution import RESOLUTIONS, as_blocks, coarsen, shrink


def some_faces(count=5):
    return np.random.default_rng(0).integers(0, 256, (count, 48, 48)).astype(np.uint8)


def waves(cycles):
    """Three faces with this many waves from left to right."""
    columns = np.arange(48) / 48
    return np.tile(127 + 100 * np.sin(2 * np.pi * cycles * columns), (3, 48, 1))


def test_a_coarse_pixel_is_the_mean_of_its_block():
    faces = some_faces()
    small = shrink(faces, 12)
    assert small.shape == (5, 12, 12) and small.dtype == np.float32
    assert small[2, 3, 7] == pytest.approx(faces[2, 12:16, 28:32].mean())
    np.testing.assert_array_equal(shrink(faces, 48), faces)


def test_a_side_that_does_not_divide_is_refused():
    with pytest.raises(ValueError, match="48 pixels cannot be cut into 10"):
        shrink(some_faces(), 10)


def test_blocks_repeat_their_pixel():
    blocks = as_blocks(shrink(some_faces(), 6))
    assert blocks.shape == (5, 48, 48)
    assert np.ptp(blocks[0, 8:16, 40:48]) == 0
    np.testing.assert_allclose(shrink(blocks, 6), shrink(some_faces(), 6), atol=1e-3)


@pytest.mark.parametrize("side", RESOLUTIONS)
def test_coarse_faces_come_back_in_their_size(side):
    coarse = coarsen(some_faces(), side)
    assert coarse.shape == (5, 48, 48) and coarse.dtype == np.uint8
    assert np.array_equal(coarse, some_faces()) == (side == 48)


def test_coarsening_takes_the_fine_waves_and_leaves_the_coarse_ones():
    fine, broad = (waves(cycles).astype(np.uint8) for cycles in (16, 2))
    assert coarsen(fine, 12).std() < 0.3 * fine.std()
    assert coarsen(broad, 12).std() > 0.85 * broad.std()
