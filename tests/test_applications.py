"""Networks from Keras's collection: parameters counted, the resize inside, and what happens where nothing can be
fetched.

Building them is slow, so each is built once, without ImageNet weights.
"""

import warnings

import keras
import numpy as np
import pytest

from fer_utils.networks import pretrained as applications
from fer_utils.networks.pretrained import IMAGENET_MEANS

FETCH_FAILURE = "URL fetch failure on https://example.org/weights.h5: None -- Name or service not known"
PARAMETERS = {"resnet50": 23_602_055, "efficientnet-b0": 4_058_538, "mobilenet": 3_236_039,
              "vgg16-imagenet": 14_718_279}
SIDES = {"resnet50": 96, "efficientnet-b0": 96, "mobilenet": 96, "vgg16-imagenet": 48}
every_network = pytest.mark.parametrize("name", PARAMETERS)


@pytest.fixture(scope="module")
def networks():
    builders = {"resnet50": applications.resnet50, "efficientnet-b0": applications.efficientnet_b0,
                "vgg16-imagenet": applications.vgg16_imagenet}
    return {name: build(weights=None) for name, build in builders.items()} | {"mobilenet": applications.mobilenet()}


def some_faces(count, dtype=np.uint8):
    return np.random.default_rng(0).integers(0, 256, (count, 48, 48, 1)).astype(dtype)


@every_network
def test_parameters(networks, name):
    assert networks[name].count_params() == PARAMETERS[name]


@every_network
def test_the_head_is_new_and_the_start_is_known(networks, name):
    net = networks[name]
    assert net.name == name and net.initial_weights == "random"
    channels = net.get_layer("scores").input.shape[-1]
    assert net.get_layer("scores").count_params() == (channels + 1) * 7
    assert isinstance(net.get_layer("head_dropout"), keras.layers.Dropout)


@every_network
def test_faces_are_resized_inside(networks, name):
    """48x48 would leave ResNet50 a map of 2x2."""
    net = networks[name]
    assert net.input_shape == (None, 48, 48, 1)
    assert net.get_layer("gray_to_rgb").output.shape == (None, SIDES[name], SIDES[name], 3)


def test_the_last_maps(networks):
    maps = {name: net.get_layer("scores").input for name, net in networks.items()}
    assert {name: tensor.shape[-1] for name, tensor in maps.items()} == {
        "resnet50": 2048, "efficientnet-b0": 1280, "mobilenet": 1024, "vgg16-imagenet": 512}
    assert networks["resnet50"].get_layer("conv5_block3_out").output.shape == (None, 3, 3, 2048)


@pytest.mark.parametrize("name", ["efficientnet-b0", "mobilenet", "vgg16-imagenet", "resnet50"])
def test_raw_faces_in_probabilities_out(networks, name):
    net = networks[name]
    called = keras.ops.convert_to_numpy(net(some_faces(2), training=False))
    assert called.shape == (2, 7) and called.dtype == np.float32 and (called >= 0).all()
    np.testing.assert_allclose(called.sum(axis=1), 1, atol=1e-5)
    as_floats = keras.ops.convert_to_numpy(net(some_faces(2, np.float32), training=False))
    np.testing.assert_allclose(as_floats, called, atol=1e-5)


def seen(net, layer, face):
    """What the body gets to see of a face, after the layer named."""
    return keras.ops.convert_to_numpy(keras.Model(net.input, net.get_layer(layer).output)(face))


@pytest.mark.parametrize("name", ["resnet50", "vgg16-imagenet"])
def test_the_means_of_imagenet_are_subtracted_in_their_order(networks, name):
    np.testing.assert_allclose(seen(networks[name], "minus_means", np.full((1, 48, 48, 1), 200, np.uint8))[0, 5, 5],
                               200 - np.array(IMAGENET_MEANS), atol=1e-3)


def test_mobilenet_sees_values_from_minus_one_to_one(networks):
    for value, expected in ((0, -1), (255, 1)):
        face = np.full((1, 48, 48, 1), value, np.uint8)
        np.testing.assert_allclose(seen(networks["mobilenet"], "minus_one_to_one", face), expected, atol=1e-5)


# Where the weights cannot be fetched. A builder of three layers stands in for Keras's.

def stand_in(failure, asked):
    def builder(include_top, weights, input_tensor, pooling):
        asked.append(weights)
        if weights == "imagenet" and failure:
            raise failure
        assert not include_top and pooling == "avg"
        x = keras.layers.Conv2D(4, 3, name="only")(input_tensor)
        return keras.Model(keras.utils.get_source_inputs(input_tensor), keras.layers.GlobalAveragePooling2D()(x))
    return builder


@pytest.mark.parametrize("build, of_keras", [
    (applications.resnet50, "ResNet50"), (applications.efficientnet_b0, "EfficientNetB0"),
    (applications.vgg16_imagenet, "VGG16")])
def test_what_cannot_be_fetched_is_said_once_and_recorded(build, of_keras, monkeypatch):
    asked = []
    monkeypatch.setattr(keras.applications, of_keras, stand_in(Exception(FETCH_FAILURE), asked))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        net = build()
    said = [str(one.message) for one in caught if "ImageNet" in str(one.message)]
    assert len(said) == 1 and said[0].startswith(net.name) and "random weights" in said[0]
    assert net.initial_weights == "random" and asked == ["imagenet", None]
    assert net.output_shape == (None, 7)


def test_weights_that_load_are_recorded(monkeypatch):
    asked = []
    monkeypatch.setattr(keras.applications, "VGG16", stand_in(None, asked))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert applications.vgg16_imagenet().initial_weights == "imagenet" and asked == ["imagenet"]
        assert applications.vgg16_imagenet(weights=None).initial_weights == "random"


@pytest.mark.parametrize("failure", [ValueError("A damaged file"), Exception("Out of memory"),
                                     OSError("Unable to open file")])
def test_other_failures_are_not_hidden(failure, monkeypatch):
    monkeypatch.setattr(keras.applications, "ResNet50", stand_in(failure, []))
    with pytest.raises(type(failure), match=str(failure)):
        applications.resnet50()


def test_mobilenet_never_asks_for_weights(monkeypatch):
    asked = []
    monkeypatch.setattr(keras.applications, "MobileNet", stand_in(None, asked))
    assert applications.mobilenet().initial_weights == "random" and asked == [None]


def test_the_training_twin_of_a_pretrained_network_starts_where_it_does(networks):
    from fer_utils.training.model import clone_for_training

    net = networks["mobilenet"]
    clone = clone_for_training(net, keras.Variable(1.0, trainable=False))
    np.testing.assert_allclose(keras.ops.convert_to_numpy(clone(some_faces(2), training=False)),
                               keras.ops.convert_to_numpy(net(some_faces(2), training=False)), atol=1e-5)
