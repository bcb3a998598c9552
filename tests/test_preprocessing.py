"""The thesis's preprocessing steps, one at a time."""

import numpy as np
import pytest

from fer_utils.data.preprocessing import class_weights, convert_to_rgb, normalize, one_hot
from fer_utils.labels import EMOTIONS


@pytest.mark.parametrize("shape", [(4, 48, 48), (4, 48, 48, 1)])
@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_gray_is_repeated_three_times(shape, dtype):
    gray = np.random.default_rng(0).integers(0, 256, shape).astype(dtype)
    rgb = convert_to_rgb(gray)
    assert rgb.shape == (4, 48, 48, 3) and rgb.dtype == dtype
    for channel in range(3):
        np.testing.assert_array_equal(rgb[..., channel], gray.reshape(4, 48, 48))


@pytest.mark.parametrize("shape", [(48, 48), (4, 48, 48, 3), (4, 48, 48, 1, 1)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(ValueError, match=r"expected gray images.*got \("):
        convert_to_rgb(np.zeros(shape, np.uint8))


def test_normalize_divides_by_255():
    scaled = normalize(np.array([[0, 51, 255]], np.uint8))
    assert scaled.dtype == np.float32
    np.testing.assert_array_equal(scaled, np.array([[0, 0.2, 1]], np.float32))


def test_normalizing_twice_is_refused():
    with pytest.raises(ValueError, match="got float32; were they normalized before"):
        normalize(normalize(np.zeros((1, 48, 48), np.uint8)))


def test_one_hot_rows():
    rows = one_hot(np.array([6, 0, 2], np.uint8))
    assert rows.dtype == np.float32
    np.testing.assert_array_equal(rows, np.eye(len(EMOTIONS), dtype=np.float32)[[6, 0, 2]])
    assert one_hot([1], classes=3).tolist() == [[0, 1, 0]]


def test_class_weights_are_n_over_k_n_j():
    # n = 8 faces of k = 3 classes, which have 4, 3 and 1
    assert class_weights(np.array([0, 0, 0, 0, 1, 1, 1, 5], np.uint8)) == pytest.approx(
        {0: 8 / (3 * 4), 1: 8 / (3 * 3), 5: 8 / (3 * 1)})


def test_class_weights_of_fer2013():
    counts = [3995, 436, 4097, 7215, 4830, 3171, 4965]  # its Training split
    weights = class_weights(np.repeat(np.arange(7), counts))
    assert weights == pytest.approx({j: 28709 / (7 * count) for j, count in enumerate(counts)})
    assert weights[1] == pytest.approx(9.41, abs=0.01)  # disgust, the rarest, weighs most
