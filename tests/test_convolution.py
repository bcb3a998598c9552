"""The measurements of chapter 07: receptive fields, gradients by depth, activations, filters."""

import keras
import numpy as np
import pytest
from keras import layers

from fer_utils.course.chapter_07.activations import ACTIVATIONS
from fer_utils.course.chapter_07.figures import HAND_FILTERS, convolved, pipeline, turned
from fer_utils.course.chapter_07.gradients import KeepGradients, gradient_norms, map_spreads
from fer_utils.course.receptive_field import explorer_stack, field, receptive_fields, stack_of


@pytest.mark.parametrize("stack", [[(3, 1), (2, 2), (3, 1)], [(5, 2), (3, 1), (2, 2), (3, 1)], [(1, 3), (3, 1)]])
def test_a_unit_sees_as_many_pixels_as_the_recurrence_says(stack):
    side = receptive_fields(stack)[-1]
    net = keras.Sequential([layers.Conv2D(1, kernel, strides=stride, kernel_initializer="ones")
                            for kernel, stride in stack])
    seen = np.asarray(net(np.eye(32 * 32, dtype="float32").reshape(-1, 32, 32, 1)))[:, 1, 1, 0].reshape(32, 32) > 0
    assert [np.ptp(np.flatnonzero(seen.any(axis=axis))) + 1 for axis in (0, 1)] == [side, side]


def test_the_stack_of_a_network_is_read_from_its_layers():
    from fer_utils import build_network

    fires = lambda n: [(3, 1)] * n
    assert stack_of(build_network("squeezenet-custom")) == (
        [(7, 2), (3, 2)] + fires(3) + [(3, 2)] + fires(4) + [(3, 2)] + fires(4))
    assert stack_of(build_network("squeezenet-fer")) == (
        [(3, 1), (2, 2)] + fires(3) + [(2, 2)] + fires(3) + [(2, 2)] + fires(5))


def test_the_explorer_stacks_what_its_sliders_say():
    assert explorer_stack(3, 5, 2, 1) == (["conv 5/2", "pool", "conv 5", "conv 5"], [(5, 2), (2, 2), (5, 1), (5, 1)])
    assert len(explorer_stack(1, 3, 1, 3)[1]) == 2  # no more poolings than convolutions
    alt = field(np.zeros((48, 48)), convolutions=10, kernel=7)[1]
    assert "more than the whole face and than this picture shows" in alt
    assert "pixels, more than the whole face." in field(np.zeros((48, 48)), convolutions=4, kernel=5)[1]


def test_the_optimizer_leaves_gradients_behind():
    """For y = w x with mean squared error, the gradient is 2 (w x - y) x."""
    net = keras.Sequential([keras.Input((1,)), layers.Dense(1, use_bias=False, kernel_initializer="ones")])
    net.compile(KeepGradients(), "mse")
    net.train_on_batch(np.array([[3.0]]), np.array([[1.0]]))
    assert np.asarray(net.layers[0].kernel).item() == pytest.approx(2 * (3 - 1) * 3)


def test_gradients_vanish_with_sigmoid_and_a_bypass_brings_them_back():
    rng = np.random.default_rng(0)
    batch = rng.integers(0, 256, (8, 16, 16)).astype(np.uint8), rng.integers(0, 7, 8)
    vanished = gradient_norms("sigmoid", *batch, depth=6, channels=8)
    carried = gradient_norms("sigmoid", *batch, depth=6, channels=8, bypass=True)
    assert len(vanished) == 6
    assert vanished[0] < 0.01 * vanished[-1] and carried[0] > 100 * vanished[0]


def test_maps_fade_grow_or_stay_by_weights_bypass_and_normalization():
    images = np.random.default_rng(0).integers(0, 256, (8, 16, 16)).astype(np.uint8)
    fading = map_spreads("relu", images, initial="glorot_uniform", depth=8, channels=8)
    growing = map_spreads("relu", images, bypass=True, depth=20, channels=8)
    level = map_spreads("relu", images, bypass=True, normalize=True, depth=20, channels=8)
    assert len(fading) == 8 and fading[-1] < 0.2 * fading[0]
    assert growing[-1] > 30 * level[-1] and level[-1] < 20 * level[0]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_are_those_of_keras_and_their_derivatives_are_slopes(name):
    function, derivative = ACTIVATIONS[name]
    x = np.linspace(-4, 4, 80)  # without 0, where ReLU has no derivative
    by_keras = keras.ops.convert_to_numpy(keras.activations.get(name)(keras.ops.convert_to_tensor(x.astype("float32"))))
    assert np.allclose(function(x), by_keras, atol=1e-6)
    assert np.allclose(derivative(x), (function(x + 1e-6) - function(x - 1e-6)) / 2e-6, atol=1e-5)


def test_a_turned_edge_is_an_edge_of_the_other_direction():
    edge = HAND_FILTERS["edge"]
    assert np.array_equal(turned(edge, 90), edge.T)
    assert np.array_equal(turned(edge, -90), -edge.T)
    assert np.array_equal(turned(edge, 0), edge)
    step = np.zeros((5, 6))
    step[:, 3:] = 1  # brighter on the right
    assert convolved(step, edge).max() == 1 and np.abs(convolved(step, turned(edge, 90))).max() == 0


@pytest.mark.parametrize("name", ["squeezenet-mini", "squeezenet-fer", "squeezenet-custom"])
def test_the_pipeline_can_be_drawn_with_any_network(name):
    from fer_utils import build_network

    text = pipeline(np.full((48, 48), 90, np.uint8), build_network(name))[1]
    assert "four steps" in text and "%" in text
