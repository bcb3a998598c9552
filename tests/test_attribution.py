"""Maps of where a network looks: against values known beforehand, against another library, and against impostors."""

import numpy as np
import pytest

import fer_utils.attribution as attribution
from fer_utils.data import load_schematic
from fer_utils.networks.weights import load_network


@pytest.fixture(scope="module")
def net():
    return load_network("squeezenet-mini")


@pytest.fixture(scope="module")
def faces():
    return load_schematic(("public",)).public.images[:6]


@pytest.fixture(scope="module")
def classes(net, faces):
    return attribution.class_scores(net, faces).argmax(axis=1)


def linear_network(weights):
    """A network whose score of class c is the sum of the pixels times weights[..., c]."""
    import keras
    from keras import layers

    inputs = keras.Input((48, 48, 1))
    scores = layers.Dense(7, name="scores")(layers.Flatten()(inputs))
    net = keras.Model(inputs, layers.Softmax(name="emotion")(scores))
    net.get_layer("scores").set_weights([weights.reshape(-1, 7), np.zeros(7, np.float32)])
    return net


def quadratic_scores(x):
    import keras

    return keras.ops.sum(x ** 2, axis=(1, 2))


def test_the_gradient_is_that_of_a_known_function():
    x = np.random.default_rng(0).normal(size=(3, 4, 5)).astype(np.float32)
    assert np.allclose(attribution.gradient(quadratic_scores, x), 2 * x, atol=1e-6)


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_every_backend_gives_the_same_maps(backend, net, faces, classes, tmp_path):
    """In a process of its own, as Keras cannot change its backend."""
    import os
    import subprocess
    import sys
    from importlib.util import find_spec

    if not find_spec(backend):
        pytest.skip(f"{backend} is not installed")
    np.savez(tmp_path / "given.npz", faces=faces[:2], classes=classes[:2])
    code = ("import sys; import numpy as np; from fer_utils import attribution, load_network\n"
            "given = np.load(sys.argv[1] + '/given.npz'); net = load_network('squeezenet-mini')\n"
            "maps = [method(net, given['faces'], given['classes']) for method in attribution.METHODS.values()]\n"
            "np.save(sys.argv[1] + '/maps.npy', maps)")
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, timeout=300,
                   env=os.environ | {"KERAS_BACKEND": backend})
    for method, found in zip(attribution.METHODS.values(), np.load(tmp_path / "maps.npy")):
        expected = method(net, faces[:2], classes[:2])
        assert np.allclose(found, expected, atol=1e-3 * np.abs(expected).max())


def test_scores_are_what_the_softmax_gets(net, faces):
    from scipy.special import softmax

    from fer_utils.evaluation import predict_probabilities

    assert np.allclose(softmax(attribution.class_scores(net, faces), axis=1), predict_probabilities(net, faces),
                       atol=1e-5)


def test_a_network_without_a_softmax_of_its_own_is_refused(faces):
    import keras

    net = keras.Sequential([keras.Input((48, 48, 1)), keras.layers.Flatten(),
                            keras.layers.Dense(7, activation="softmax")])
    with pytest.raises(ValueError, match="ends with Dense.*keras.layers.Softmax"):
        attribution.class_scores(net, faces)


def test_maps_of_a_linear_network_are_its_weights_times_the_way():
    """Where a score is a weighted sum, integrated gradients are exact with one step, and a pixel that is hidden alone
    costs its own share."""
    rng = np.random.default_rng(1)
    weights = rng.normal(size=(48, 48, 7)).astype(np.float32) / 1000
    net, faces, classes = linear_network(weights), rng.integers(0, 256, (2, 48, 48)).astype(np.uint8), np.array([2, 5])
    way = faces - faces.mean(axis=(1, 2), keepdims=True)
    expected = way * np.moveaxis(weights[..., classes], 2, 0)
    assert np.allclose(attribution.integrated_gradients(net, faces, classes, steps=1), expected, atol=1e-4)
    assert np.allclose(attribution.integrated_gradients(net, faces, classes, steps=7), expected, atol=1e-4)
    found = attribution.occlusion(net, faces, classes, size=8, step=8)
    blocks = expected.reshape(2, 6, 8, 6, 8).sum(axis=(2, 4))
    assert np.allclose(found[:, ::8, ::8], blocks, atol=1e-3)
    assert np.allclose(found[:, 7::8, 7::8], blocks, atol=1e-3)


def test_occlusion_reaches_the_border_with_any_step(net, faces, classes):
    for size, step in ((8, 5), (7, 7), (48, 48)):
        assert np.isfinite(attribution.occlusion(net, faces[:1], classes[:1], size, step)).all()


def test_integrated_gradients_are_complete(net, faces, classes):
    found = attribution.integrated_gradients(net, faces, classes, steps=128)
    start = np.broadcast_to(np.rint(faces.mean(axis=(1, 2), keepdims=True)), faces.shape).astype(np.uint8)
    rows = np.arange(len(faces))
    change = attribution.class_scores(net, faces)[rows, classes] - attribution.class_scores(net, start)[rows, classes]
    assert np.allclose(found.sum(axis=(1, 2)), change, atol=0.04 * np.abs(change).max())
    few = attribution.integrated_gradients(net, faces, classes, steps=2)
    assert np.abs(few.sum(axis=(1, 2)) - change).max() > np.abs(found.sum(axis=(1, 2)) - change).max()


def test_each_face_is_explained_by_itself(net, faces, classes):
    for method in attribution.METHODS.values():
        together = method(net, faces[:3], classes[:3])
        alone = np.concatenate([method(net, faces[n:n + 1], classes[n:n + 1]) for n in range(3)])
        assert np.allclose(together, alone, atol=1e-3 * np.abs(alone).max())
        other = method(net, faces[:1], (classes[:1] + 1) % 7)
        assert not np.allclose(other, together[:1], atol=1e-3 * np.abs(alone).max())


def test_grad_cam_is_as_coarse_as_the_maps_it_adds_up(net, faces, classes):
    assert attribution.grad_cam(net, faces, classes, enlarge=False).shape == (6, 3, 3)
    assert attribution.grad_cam(net, faces, classes, "fire3_expand_relu", enlarge=False).shape == (6, 6, 6)
    large = attribution.grad_cam(net, faces, classes)
    small = attribution.grad_cam(net, faces, classes, enlarge=False)
    assert large.shape == (6, 48, 48) and large.min() >= 0
    assert np.allclose(large[:, 7:41:16, 7:41:16], small, atol=0.05 * small.max())  # the middles of the squares


def test_grad_cam_by_hand():
    """Two channels of two by two maps, averaged: the slope of a score at a place is a quarter of the channel's weight.
    What speaks against the class is cut off after the channels are added."""
    import keras
    from keras import layers

    rng = np.random.default_rng(7)
    inputs = keras.Input((48, 48, 1))
    maps = layers.Conv2D(2, 24, strides=24, use_bias=False, name="maps")(inputs)
    scores = layers.Dense(7, name="scores")(layers.GlobalAveragePooling2D()(maps))
    net = keras.Model(inputs, layers.Softmax()(scores))
    kernel, weights = rng.normal(size=(24, 24, 1, 2)) / 100, rng.normal(size=(2, 7))
    net.get_layer("maps").set_weights([kernel])
    net.get_layer("scores").set_weights([weights, np.zeros(7)])
    faces, classes = rng.integers(0, 256, (3, 48, 48)).astype(np.uint8), np.array([1, 4, 6])
    blocks = faces.reshape(3, 2, 24, 2, 24).transpose(0, 1, 3, 2, 4).astype(float)
    channels = np.einsum("nrcij,ijk->nrck", blocks, kernel[:, :, 0])
    expected = np.einsum("nrck,kn->nrc", channels, weights[:, classes]) / 4
    assert (expected < 0).any() and (expected > 0).any()
    assert np.allclose(attribution.grad_cam(net, faces, classes, enlarge=False), np.maximum(expected, 0), atol=1e-4)


@pytest.mark.parametrize("layer, expected", [("average", "has no maps"), ("fire4_expand3x3", "bypass")])
def test_grad_cam_refuses_a_layer_it_cannot_explain(net, faces, classes, layer, expected):
    with pytest.raises(ValueError, match=expected):
        attribution.grad_cam(net, faces, classes, layer)


@pytest.mark.parametrize("method", attribution.METHODS.values())
@pytest.mark.parametrize("wrong", [[0], [0] * 5 + [7], [0] * 5 + [-1], [0.0] * 6])
def test_a_class_for_each_face_is_asked_for(method, wrong, net, faces):
    with pytest.raises(ValueError, match="a class from 0 to 6 for each of 6 faces"):
        method(net, faces, wrong)


def test_settings_out_of_range_are_refused(net, faces, classes):
    with pytest.raises(ValueError, match="0 < step <= size <= 48"):
        attribution.occlusion(net, faces, classes, size=4, step=8)
    with pytest.raises(ValueError, match="at least 1"):
        attribution.integrated_gradients(net, faces, classes, steps=0)
    for steps in (2.5, np.nan, "3"):
        with pytest.raises(ValueError, match="whole number"):
            attribution.integrated_gradients(net, faces, classes, steps=steps)
    with pytest.raises(ValueError, match="whole numbers"):
        attribution.occlusion(net, faces, classes, size=8.5)
    for start in (faces[0], faces[..., None], 0, np.full(faces.shape, np.nan)):
        with pytest.raises(ValueError, match="expected a start for each face"):
            attribution.integrated_gradients(net, faces, classes, start=start)


@pytest.mark.parametrize("method", [*attribution.METHODS.values(), attribution.edges])
def test_no_face_and_no_network_are_refused(method, net, faces, classes):
    with pytest.raises(ValueError, match="no face to explain"):
        method(net, faces[:0], classes[:0])
    if method is not attribution.edges:
        with pytest.raises(ValueError, match="expected a Keras network.*got str"):
            method("squeezenet-mini", faces, classes)


def test_maps_that_cannot_be_compared_are_refused():
    for first, second in ((np.zeros((2, 3)), np.zeros((3, 3))), (np.full((1, 3), np.nan), np.ones((1, 3))),
                          (np.zeros((0, 3)), np.zeros((0, 3)))):
        with pytest.raises(ValueError, match="finite maps of the same faces"):
            attribution.rank_correlation(first, second)


# Another library as an oracle

def score_of(classes):
    """What tf-keras-vis asks for the scores of the classes."""
    return lambda output: [output[number, wanted] for number, wanted in enumerate(classes)]


def test_grad_cam_is_that_of_tf_keras_vis(net, faces, classes):
    pytest.importorskip("tf_keras_vis")
    from tf_keras_vis.gradcam import Gradcam

    for layer in ("fire4_expand_relu", "fire3_expand_relu"):
        theirs = Gradcam(attribution.score_network(net), clone=False)(
            score_of(classes), faces[..., None].astype(np.float32), penultimate_layer=layer, expand_cam=False,
            normalize_cam=False, seek_penultimate_conv_layer=False)
        ours = attribution.grad_cam(net, faces, classes, layer, enlarge=False)
        assert ours.max() > 0 and np.allclose(ours, theirs, atol=1e-4 * ours.max())


def test_integrated_gradients_are_the_mean_of_saliency_maps_of_tf_keras_vis(net, faces, classes):
    pytest.importorskip("tf_keras_vis")
    from tf_keras_vis.saliency import Saliency

    saliency, steps = Saliency(attribution.score_network(net), clone=False), 8
    start = faces.mean(axis=(1, 2), keepdims=True)
    slopes = [saliency(score_of(classes), (start + (k + 0.5) / steps * (faces - start))[..., None].astype(np.float32),
                       keepdims=True, normalize_map=False, gradient_modifier=lambda slopes: slopes)
              for k in range(steps)]
    theirs = (faces - start) * np.mean(slopes, axis=0)[..., 0]
    ours = attribution.integrated_gradients(net, faces, classes, steps=steps)
    assert np.allclose(ours, theirs, atol=1e-4 * np.abs(ours).max())


# The sanity test

def test_the_network_forgets_from_the_top_and_the_trained_one_stays(net):
    before, seen = [value.copy() for value in net.get_weights()], []
    for block, changed in attribution.without_learning(net):
        same = {layer.name for layer in net.layers if layer.weights and all(
            np.array_equal(a, b) for a, b in zip(layer.get_weights(), changed.get_layer(layer.name).get_weights()))}
        seen.append((block, len(same)))
        assert ("conv1" in same) == (block != "conv1") and ("scores" in same) == (block == "nothing")
    assert [block for block, _ in seen] == ["nothing", "scores", "fire4", "fire3", "fire2", "conv1"]
    assert [count for _, count in seen] == sorted((count for _, count in seen), reverse=True) and seen[-1][1] == 0
    assert all(np.array_equal(a, b) for a, b in zip(before, net.get_weights()))
    stages = [block for block, _ in attribution.without_learning(net, most=3)]
    assert len(stages) == 4 and stages[:2] == ["nothing", "scores"] and stages[-1] == "conv1"


def passes(method, net, faces, classes):
    """Whether the maps of a method lose most of their order with the network's learning."""
    by_block = attribution.sanity(method, net, faces, classes)
    assert np.allclose(by_block["nothing"][1], 1)
    return max(order.mean() for _, order in list(by_block.values())[2:]) < 0.5


@pytest.mark.parametrize("name", attribution.METHODS)
def test_a_map_that_explains_passes_the_sanity_test(name, net, faces, classes):
    assert passes(attribution.METHODS[name], net, faces, classes)


def test_a_map_that_asks_no_network_does_not_pass(net, faces, classes):
    assert not passes(attribution.edges, net, faces, classes)
    assert not passes(lambda net, faces, classes: faces.astype(np.float32), net, faces, classes)


def test_rank_correlation_is_that_of_scipy():
    from scipy.stats import spearmanr

    first, second = np.random.default_rng(3).integers(0, 9, (2, 4, 5, 6))
    expected = [spearmanr(one.ravel(), other.ravel()).statistic for one, other in zip(first, second)]
    assert np.allclose(attribution.rank_correlation(first, second), expected)
    assert attribution.rank_correlation(np.zeros((1, 3)), np.ones((1, 3)))[0] == 0
