"""Chapter 07's back-propagation: each layer against finite differences, the network against Keras, and its training."""

import numpy as np
import pytest

from fer_utils.course.chapter_07 import backpropagation as ours
from fer_utils.data import load_schematic


def slopes(function, at, little=1e-6):
    """The gradient of a function of one array, by trying every entry."""
    found = np.zeros_like(at)
    for place in np.ndindex(at.shape):
        step = np.zeros_like(at)
        step[place] = little
        found[place] = (function(at + step) - function(at - step)) / (2 * little)
    return found


@pytest.mark.parametrize("height, width", [(3, 3), (2, 4), (1, 1)])
def test_a_convolution_s_gradient_is_the_slope(height, width):
    rng = np.random.default_rng(0)
    x, kernel, bias = rng.normal(size=(2, 6, 7, 3)), rng.normal(size=(height, width, 3, 4)), rng.normal(size=4)
    error = rng.normal(size=ours.convolution(x, kernel, bias).shape)
    to_kernel, to_bias, to_x = ours.convolution_backward(x, kernel, error)
    assert np.allclose(to_kernel, slopes(lambda k: (error * ours.convolution(x, k, bias)).sum(), kernel), atol=1e-5)
    assert np.allclose(to_bias, slopes(lambda b: (error * ours.convolution(x, kernel, b)).sum(), bias), atol=1e-5)
    assert np.allclose(to_x, slopes(lambda y: (error * ours.convolution(y, kernel, bias)).sum(), x), atol=1e-5)
    one = ours.filter_gradient(x[..., 1], error[..., 2])
    assert one.shape == (height, width) and np.allclose(one, to_kernel[:, :, 1, 2])


def test_pooling_passes_the_gradient_to_the_largest():
    rng = np.random.default_rng(1)
    maps, error = rng.normal(size=(2, 4, 6, 3)), rng.normal(size=(2, 2, 3, 3))
    back = ours.pool_backward(maps, error)
    assert np.allclose(back, slopes(lambda m: (error * ours.pool(m)).sum(), maps), atol=1e-5)
    assert ((back != 0).sum(axis=(1, 2)) == 6).all() and np.isclose(back.sum(), error.sum())
    flat = ours.pool_backward(np.ones((1, 2, 2, 1)), np.full((1, 1, 1, 1), 8.0))
    assert (flat == 2).all()


def drawn(count, seed=0):
    faces = load_schematic(("train", "public"))
    return [(ours.small_faces(part.images[seed:seed + count]), part.labels[seed:seed + count].astype(int))
            for part in (faces.train, faces.public)]


def test_the_network_s_gradient_is_the_slope_in_double_precision():
    (x, labels), _ = drawn(12)
    rng = np.random.default_rng(2)
    weights = [w.astype(float) + rng.normal(0, 0.05, w.shape) for w in ours.initial_weights(filters=3)]
    found = ours.gradient(weights, x.astype(float), labels)
    for part in range(4):
        direction = rng.normal(size=weights[part].shape)
        along = [ours.mean_loss([w + sign * 1e-6 * direction if place == part else w
                                 for place, w in enumerate(weights)], x.astype(float), labels) for sign in (1, -1)]
        slope = (along[0] - along[1]) / 2e-6
        assert abs(slope) > 1e-3 and slope == pytest.approx((found[part] * direction).sum(), rel=1e-4), part


def test_the_network_s_gradient_is_keras_s():
    (x, labels), _ = drawn(32)
    weights = ours.initial_weights(seed=3)
    for mine, theirs in zip(ours.gradient(weights, x, labels), ours.keras_gradient(weights, x, labels)):
        assert mine.shape == theirs.shape and np.abs(mine - theirs).max() < 1e-5 and np.abs(theirs).max() > 1e-3


def test_training_teaches_the_filters_too():
    (x, labels), (public_x, public_labels) = drawn(400)
    start = ours.initial_weights()
    learned = ours.train(start, x, labels, epochs=6)
    frozen = ours.train(start, x, labels, epochs=6, learn_filters=False)
    assert ours.mean_loss(learned, x, labels) < 0.9 * ours.mean_loss(start, x, labels)
    assert np.abs(learned[0] - start[0]).max() > 0.05 and np.array_equal(frozen[0], start[0])
    assert not np.array_equal(frozen[2], start[2])
    right = np.mean(ours.forward(learned, public_x)[-1].argmax(axis=1) == public_labels)
    assert right > np.bincount(public_labels).max() / len(public_labels) + 0.1
