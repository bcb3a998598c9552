"""Every network: its parameters counted, its bypasses where they belong, raw faces in and probabilities out."""

import functools
import inspect
from importlib import import_module

import keras
import numpy as np
import pytest

from fer_utils.data import load_schematic
from fer_utils.networks import NETWORKS, build_network
from fer_utils.networks.squeezenet import V1_0, fire_module, squeeze_and_excite
from fer_utils.networks.weights import save_weights
from fer_utils.training.recipes import RECIPES

THESIS_PARAMETERS = 1_377_655
every_network = pytest.mark.parametrize("name", NETWORKS)
# Keras's own collection scales in ways of its own, and is large
own_network = pytest.mark.parametrize("name", [
    name for name, row in NETWORKS.items() if not row.builder.startswith("pretrained:")])


@functools.cache
def build(name):
    """A network that tests only look at. None fetches the ImageNet weights."""
    module, function = NETWORKS[name].builder.split(":")
    builder = getattr(import_module(f"fer_utils.networks.{module}"), function)
    return builder(weights=None) if "weights" in inspect.signature(builder).parameters else build_network(name)


def faces(count, dtype=np.uint8):
    return np.random.default_rng(0).integers(0, 256, (count, 48, 48, 1)).astype(dtype)


def of_class(net, kind):
    return [layer for layer in net.layers if type(layer) is kind]


def fire(channels, *filters, **options):
    """A model of nothing but one fire module on 6x6 maps."""
    x = keras.Input((6, 6, channels))
    return keras.Model(x, fire_module(x, *filters, **options))


def fire_parameters(channels, squeeze, expand1x1, expand3x3):
    """Weights and biases of the three convolutions."""
    return ((channels + 1) * squeeze) + ((squeeze + 1) * expand1x1) + ((9 * squeeze + 1) * expand3x3)


def count_problem(name):
    """Whether the table's number of parameters differs from the built network's, in words, or None."""
    built = build(name).count_params()
    said = NETWORKS[name].parameters
    return None if built == said else f"{name} has {built:,}, the table says {said:,}"


def test_a_wrong_number_of_parameters_is_noticed(monkeypatch):
    monkeypatch.setitem(NETWORKS, "squeezenet-mini", NETWORKS["squeezenet-mini"]._replace(parameters=24_144))
    assert count_problem("squeezenet-mini") == "squeezenet-mini has 24,143, the table says 24,144"


@every_network
def test_every_row_names_a_network_its_parameters_and_its_recipe(name):
    assert count_problem(name) is None
    assert build(name).name == name and NETWORKS[name].recipe in RECIPES


def test_the_thesis_network_has_the_natural_readings_parameters():
    count = build("squeezenet-custom").count_params()
    assert count == 1_332_615
    assert abs(count - THESIS_PARAMETERS) < 0.05 * THESIS_PARAMETERS


def test_the_thesis_networks_parameters_by_hand():
    count = (7 * 7 * 3 + 1) * 96
    channels = 96
    for squeeze, left, right in V1_0 + [(64, 256, 256)] * 3:
        count += fire_parameters(channels, squeeze, left, right) + 4 * squeeze  # 4: the normalization's
        channels = left + right
    assert build("squeezenet-custom").count_params() == count + (channels + 1) * 7


@pytest.mark.parametrize("name, most", [("squeezenet-fer", THESIS_PARAMETERS), ("squeezenet-fer-se", THESIS_PARAMETERS),
                                        ("squeezenet-fer-deep", THESIS_PARAMETERS), ("squeezenet-fer-tiny", 300_000)])
def test_the_courses_networks_keep_to_their_size(name, most):
    assert 0.9 * most < build(name).count_params() <= most


def test_the_small_network_fits_in_300_kilobytes(tmp_path):
    save_weights(build("squeezenet-mini"), tmp_path / "mini.npz")
    assert (tmp_path / "mini.npz").stat().st_size < 300_000


def test_a_simple_bypass_costs_nothing_and_a_complex_one_its_shortcuts():
    plain, simple, complex_ = (build(name).count_params() for name in (
        "squeezenet", "squeezenet-bypass", "squeezenet-complex-bypass"))
    assert simple == plain
    # fire2, fire4, fire6 and fire8 change the number of channels: 1x1 convolutions with a bias each
    assert complex_ - plain == 97 * 128 + 129 * 256 + 257 * 384 + 385 * 512


@pytest.mark.parametrize("name, fires", [
    ("squeezenet", []),
    ("squeezenet-bypass", [3, 5, 7, 9]),
    ("squeezenet-complex-bypass", [2, 3, 4, 5, 6, 7, 8, 9]),
    ("squeezenet-custom", [3, 5, 7, 9, 10, 11, 12]),
    ("squeezenet-bypass-dropout", [3, 5, 7, 9]),
    ("squeezenet-fer", [3, 4, 6, 7, 9, 10, 11, 12]),
    ("squeezenet-fer-se", [3, 4, 6, 7, 9, 10, 11, 12]),
    ("squeezenet-fer-deep", [3, 4, 5, 7, 8, 9, 10, 11, 13, 14]),
    ("squeezenet-fer-tiny", [3, 4, 6, 7, 8, 9, 11, 12]),
])
def test_bypasses_stand_where_they_belong(name, fires):
    assert [layer.name for layer in of_class(build(name), keras.layers.Add)] == [f"fire{n}_bypass" for n in fires]


@pytest.mark.parametrize("bypass, channels, adds, shortcuts", [
    (None, 24, 0, 0), ("simple", 24, 1, 0), ("simple", 20, 0, 0), ("complex", 24, 1, 0), ("complex", 20, 1, 1)])
def test_a_bypass_adds_the_input_where_the_channels_match(bypass, channels, adds, shortcuts):
    net = fire(channels, 4, 12, 12, bypass=bypass)
    assert len(of_class(net, keras.layers.Add)) == adds
    assert net.count_params() == fire_parameters(channels, 4, 12, 12) + shortcuts * (channels + 1) * 24


def test_the_bypass_adds_the_input():
    with_bypass, without = fire(8, 2, 4, 4, bypass="simple"), fire(8, 2, 4, 4)
    without.set_weights(with_bypass.get_weights())
    x = np.random.default_rng(0).normal(size=(3, 6, 6, 8)).astype(np.float32)
    np.testing.assert_allclose(with_bypass.predict(x, verbose=0), without.predict(x, verbose=0) + x, atol=1e-5)


@pytest.mark.parametrize("filters", [(16, 64, 64), (5, 7, 11)])
def test_fire_module_parameters_by_formula(filters):
    squeeze, left, right = filters
    plain = fire_parameters(96, *filters)
    assert fire(96, *filters).count_params() == plain
    assert fire(96, *filters, dropout=0.2).count_params() == plain
    assert fire(96, *filters, normalize="squeeze").count_params() == plain + 4 * squeeze
    biases = squeeze + left + right  # gone where everything is normalized; a normalization has 4 numbers a channel
    assert fire(96, *filters, normalize="all").count_params() == plain - biases + 4 * biases
    assert fire(96, *filters).output_shape == (None, 6, 6, left + right)


@pytest.mark.parametrize("options", [{"bypass": "both"}, {"normalize": "batch"}])
def test_unknown_options_of_a_fire_module_are_named(options):
    (key, value), = options.items()
    with pytest.raises(ValueError, match=f"{key} is '{value}'; use"):
        fire(8, 2, 4, 4, **options)


def test_an_unknown_network_is_named_and_the_known_ones_listed():
    with pytest.raises(ValueError, match="no network 'alexnet'.*squeezenet-fer"):
        build_network("alexnet")


def test_the_thesis_network_has_dropout_and_normalization_where_section_5_3_says():
    net = build("squeezenet-custom")
    dropouts = of_class(net, keras.layers.Dropout)
    assert len(dropouts) == 3 * 11 and {layer.rate for layer in dropouts} == {0.2}
    norms = [layer.name for layer in of_class(net, keras.layers.BatchNormalization)]
    assert norms == [f"fire{n}_squeeze_norm" for n in range(2, 13)]


def test_every_convolution_of_the_courses_network_is_normalized():
    net = build("squeezenet-fer")
    convolutions = of_class(net, keras.layers.Conv2D)
    assert len(convolutions) == 1 + 3 * 11 and not any(layer.use_bias for layer in convolutions)
    # the two expands of a module share one normalization, after they are joined
    assert len(of_class(net, keras.layers.BatchNormalization)) == 1 + 2 * 11
    assert [layer.rate for layer in of_class(net, keras.layers.Dropout)] == [0.3]
    assert [layer.output.shape[1] for layer in of_class(net, keras.layers.MaxPooling2D)] == [24, 12, 6]


def test_the_third_step_is_the_bypass_network_with_dropout_in_every_module():
    net = build("squeezenet-bypass-dropout")
    dropouts = of_class(net, keras.layers.Dropout)
    assert len(dropouts) == 3 * 8 and {layer.rate for layer in dropouts} == {0.2}
    assert not of_class(net, keras.layers.BatchNormalization)


@pytest.mark.parametrize("name, modules", [("squeezenet-fer", 0), ("squeezenet-fer-se", 11),
                                           ("squeezenet-fer-deep", 13),
                                           ("squeezenet-fer-tiny", 11)])
def test_squeeze_and_excitation_is_in_every_module_or_in_none(name, modules):
    assert len(of_class(build(name), keras.layers.Multiply)) == modules


def test_squeeze_and_excitation_weighs_channels_by_their_averages():
    """By the paper's formula: x times sigmoid(W2 relu(W1 average + b1) + b2)."""
    inputs = keras.Input((5, 5, 6))
    net = keras.Model(inputs, squeeze_and_excite(inputs, 3, "fire2"))
    random = np.random.default_rng(0)
    net.set_weights([random.normal(size=w.shape) for w in net.get_weights()])
    w1, b1, w2, b2 = (w.reshape(w.shape[-2:]) if w.ndim == 4 else w for w in net.get_weights())
    assert w1.shape == (6, 3) and w2.shape == (3, 6)
    x = random.normal(size=(4, 5, 5, 6)).astype(np.float32)
    weight = 1 / (1 + np.exp(-(np.maximum(x.mean(axis=(1, 2)) @ w1 + b1, 0) @ w2 + b2)))
    answer = keras.ops.convert_to_numpy(net(x))
    np.testing.assert_allclose(answer, x * weight[:, None, None, :], rtol=1e-4, atol=1e-5)


def test_excitation_stands_before_the_bypass():
    names = [layer.name for layer in build("squeezenet-fer-se").layers]
    assert names.index("fire3_expand_norm") < names.index("fire3_se") < names.index("fire3_bypass")
    assert build("squeezenet-fer-se").get_layer("fire3_bypass").input[1] is build("squeezenet-fer-se").get_layer(
        "fire3_se").output


def test_the_teachers_normalize_every_convolution():
    for name in ("vgg-teacher", "resnet-teacher"):
        convolutions = of_class(build(name), keras.layers.Conv2D)
        assert not any(layer.use_bias for layer in convolutions)
        assert len(of_class(build(name), keras.layers.BatchNormalization)) == len(convolutions)
    adds = of_class(build("resnet-teacher"), keras.layers.Add)
    assert [layer.output.shape[1:] for layer in adds[::2]] == [(48, 48, 48), (24, 24, 96), (12, 12, 192), (6, 6, 384)]
    assert len(adds) == 8


@every_network
def test_raw_faces_in_probabilities_out(name):
    net = build(name)
    assert net.input_shape == (None, 48, 48, 1) and net.output_shape == (None, 7)
    probabilities = keras.ops.convert_to_numpy(net(faces(3), training=False))
    assert probabilities.shape == (3, 7) and probabilities.dtype == np.float32
    assert (probabilities >= 0).all()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)


@own_network
def test_the_type_of_the_pixels_makes_no_difference(name):
    net = build(name)
    expected = keras.ops.convert_to_numpy(net(faces(3), training=False))
    assert np.ptp(expected, axis=0).max() > 0  # another face, another answer: the network sees the faces
    called = keras.ops.convert_to_numpy(net(faces(3, np.float32), training=False))
    np.testing.assert_allclose(called, expected, atol=1e-6)


@pytest.mark.parametrize("name", ["squeezenet-fer-tiny", "squeezenet-mini"])
def test_calling_and_predicting_agree(name):
    net = build(name)
    called = keras.ops.convert_to_numpy(net(faces(3), training=False))
    for dtype in (np.uint8, np.float32):
        np.testing.assert_allclose(net.predict(faces(3, dtype), verbose=0), called, atol=1e-5)


@own_network
def test_faces_are_scaled_once(name):
    rescaling, = of_class(build(name), keras.layers.Rescaling)
    assert (rescaling.scale, rescaling.offset) == (1 / 255, 0)


@every_network
def test_networks_carry_no_augmentation(name):
    """Nothing random but dropout, which rests outside training, and no layer of the augmentation."""
    kinds = {type(layer).__name__ for layer in build(name)._flatten_layers()}
    assert not {kind for kind in kinds if kind.startswith("Random")} and "Sequential" not in kinds


@pytest.mark.parametrize("name", ["squeezenet-custom", "squeezenet-fer", "squeezenet-fer-deep", "squeezenet-mini"])
def test_training_starts_near_the_loss_of_a_guess(name):
    """The small first weights of the last layer see to it, in the networks that are trained."""
    keras.utils.set_random_seed(0)
    train = load_schematic(("train",)).train
    probabilities = keras.ops.convert_to_numpy(build_network(name)(train.images[:64, ..., None], training=True))
    assert abs(-np.log(probabilities[range(64), train.labels[:64]]).mean() - np.log(7)) < 0.5
