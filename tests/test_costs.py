"""What a network costs, layer by layer: by hand, by TensorFlow's own count, and for bypasses that stay alive."""

import functools

import keras
import numpy as np
import pytest
from keras import layers

from fer_utils.edge.costs import layer_costs, multiply_adds, total_costs
from fer_utils.edge.folding import fold
from fer_utils.networks import NETWORKS, build_network

build = functools.cache(build_network)  # tests only look at these


def bypassed():
    """4x4 inputs, two convolutions with ReLU and a bypass around the second, a dense layer."""
    x = keras.Input((4, 4, 1), name="x")
    first = layers.ReLU(name="first_relu")(layers.Conv2D(8, 3, padding="same", name="first")(x))
    second = layers.ReLU(name="second_relu")(layers.Conv2D(8, 1, use_bias=False, name="second")(first))
    y = layers.Dropout(0.5, name="dropout")(layers.Add(name="bypass")([first, second]))
    y = layers.Flatten(name="flat")(layers.MaxPooling2D(2, name="pool")(y))
    return keras.Model(x, layers.Dense(7, name="scores")(y))


def test_each_layer_by_hand():
    rows = {row["layer"]: row for row in layer_costs(bypassed())}
    assert list(rows) == ["first", "first_relu", "second", "second_relu", "bypass", "dropout", "pool", "flat", "scores"]
    small, large = 4 * 16, 4 * 16 * 8  # bytes of the input, and of every map after it
    assert rows["first"] == {
        "layer": "first", "kind": "Conv2D", "shape": (4, 4, 8), "parameters": 9 * 8 + 8, "multiply_adds": 16 * 9 * 8,
        "weight_bytes": 4 * 80, "read_bytes": small, "write_bytes": large, "live_bytes": small + large}
    assert rows["second"]["multiply_adds"] == 16 * 8 * 8 and rows["second"]["parameters"] == 64
    assert rows["scores"]["multiply_adds"] == 32 * 7 and rows["scores"]["parameters"] == 33 * 7
    assert rows["bypass"]["read_bytes"] == 2 * large and rows["bypass"]["write_bytes"] == large
    # the output of the first ReLU lives until it is added
    live = {name: row["live_bytes"] for name, row in rows.items()}
    assert live["first_relu"] == live["second"] == 2 * large
    assert live["second_relu"] == live["bypass"] == 3 * large
    assert live["dropout"] == 2 * large and live["pool"] == large + large // 4
    assert live["scores"] == large // 4 + 4 * 7


def test_fused_layers_take_no_step_and_no_memory():
    rows = {row["layer"]: row for row in layer_costs(bypassed(), fused=True)}
    assert list(rows) == ["first", "second", "bypass", "pool", "flat", "scores"]
    assert rows["second"]["live_bytes"] == 2 * 512 and rows["bypass"]["live_bytes"] == 3 * 512
    assert multiply_adds(bypassed()) == {"first": 1152, "second": 1024, "scores": 224}


def test_a_relu_whose_input_is_used_elsewhere_is_not_fused():
    x = keras.Input((4, 4, 1))
    y = layers.Conv2D(2, 1, name="c")(x)
    net = keras.Model(x, layers.Add(name="a")([y, layers.ReLU(name="r")(y)]))
    assert [row["layer"] for row in layer_costs(net, fused=True)] == ["c", "r", "a"]


@pytest.mark.parametrize("name", ["squeezenet-fer-tiny", "squeezenet-fer-deep", "squeezenet-mini", "vgg16",
                                  "squeezenet-custom", "mobilenet"])
def test_totals_of_our_networks(name):
    net = build(name)
    total = total_costs(net)
    assert total["parameters"] == NETWORKS[name].parameters == total["weight_bytes"] // 4
    in_bytes = total_costs(net, number_bytes=1)
    assert {key: 4 * value for key, value in in_bytes.items() if key.endswith("_bytes")} == {
        key: value for key, value in total.items() if key.endswith("_bytes")}
    assert in_bytes["multiply_adds"] == total["multiply_adds"]
    assert total_costs(net, fused=True)["peak_bytes"] <= total["peak_bytes"]


def test_multiply_adds_of_the_shipped_networks():
    """31.7 million were found by TensorFlow Lite Micro for the tiny one; VGG16 by the formulas of chapter 09."""
    assert total_costs(build("squeezenet-fer-tiny"))["multiply_adds"] == 31_687_232
    assert total_costs(build("squeezenet-fer-deep"))["multiply_adds"] == 159_893_376
    assert total_costs(build("vgg16"))["multiply_adds"] == 718_869_504


@pytest.mark.parametrize("name", ["squeezenet-fer-tiny", "squeezenet-fer-deep", "mobilenet"])
def test_tensorflow_counts_the_same(name):
    """TensorFlow's profiler counts the operations of a traced network, two for a multiply-add."""
    tf = pytest.importorskip("tensorflow")
    if keras.backend.backend() != "tensorflow":
        pytest.skip("its profiler reads networks that run on TensorFlow")
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    net = build(name)
    traced = tf.function(lambda x: net(x, training=False)).get_concrete_function(
        tf.TensorSpec((1, 48, 48, 1), tf.float32))
    profile = tf.compat.v1.profiler
    options = profile.ProfileOptionBuilder(profile.ProfileOptionBuilder.float_operation())
    found = profile.profile(convert_variables_to_constants_v2(traced).graph, cmd="op",
                            options=options.with_empty_output().build())
    # a chain of operations, of which each holds its own and all below
    flops = {node.name: node.total_float_ops - sum(below.total_float_ops for below in node.children)
             for node in _all(found)}
    work = sum(flops.get(kind, 0) for kind in ("Conv2D", "DepthwiseConv2dNative", "MatMul"))
    assert work == 2 * total_costs(net)["multiply_adds"]


def _all(node):
    for child in node.children:
        yield child
        yield from _all(child)


def test_folding_leaves_the_work_and_takes_layers_away():
    net = build("squeezenet-fer-tiny")
    folded = fold(net)
    assert total_costs(folded)["multiply_adds"] == total_costs(net)["multiply_adds"]
    assert total_costs(folded)["activation_bytes"] < total_costs(net)["activation_bytes"]
    assert total_costs(folded, 1, fused=True)["peak_bytes"] < 160_000 < total_costs(folded, 1)["peak_bytes"]
    # the whole first map and the pooled one beside it
    assert total_costs(folded, 1, fused=True)["peak_bytes"] == (48 * 48 + 24 * 24) * 40


def test_a_layer_that_is_called_twice_works_twice():
    x = keras.Input((4, 4, 2))
    twice = layers.Conv2D(2, 1, name="c")
    rows = layer_costs(keras.Model(x, twice(twice(x))))
    assert [row["multiply_adds"] for row in rows] == [64, 64]


def test_sequential_models():
    net = keras.Sequential([keras.Input((4, 4, 1)), layers.Conv2D(2, 3, name="c"), layers.Flatten()])
    assert multiply_adds(net) == {"c": 4 * 9 * 2}


def test_what_cannot_be_counted_is_refused():
    x = keras.Input((4, 4, 1))
    inner = keras.Sequential([keras.Input((4, 4, 1)), layers.Conv2D(2, 1)], name="inner")
    with pytest.raises(ValueError, match="inner is a model inside the model"):
        layer_costs(keras.Model(x, inner(x)))
    with pytest.raises(ValueError, match="multiply-adds of up, a Conv2DTranspose, are not known"):
        layer_costs(keras.Model(x, layers.Conv2DTranspose(1, 2, name="up")(x)))
    free = keras.Input((None, None, 1))
    with pytest.raises(ValueError, match="fixed shape"):
        layer_costs(keras.Model(free, layers.Conv2D(2, 1)(free)))


def test_numbers_are_plain():
    rows = layer_costs(bypassed())
    assert all(type(value) in (int, str, tuple) for row in rows for value in row.values())
    assert not any(isinstance(value, np.generic) for row in rows for value in row["shape"])
