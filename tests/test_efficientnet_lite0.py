"""EfficientNet-Lite0: its layers, the reading of a file of ImageNet weights, and training that begins with one."""

import os
from dataclasses import replace

import keras
import numpy as np
import pytest

from fer_utils.__main__ import main
from fer_utils.files import FileError
from fer_utils.networks import build_network
from fer_utils.networks import pretrained as applications
from fer_utils.networks.transfer import freeze, moved, snapshot
from fer_utils.training import model as training_model
from fer_utils.training import run as training
from fer_utils.training.recipes import RECIPES
from fer_utils.training.run import recalibrate_normalization, train

FILE = os.environ.get("IMAGENET_WEIGHTS")
with_the_file = pytest.mark.skipif(not FILE, reason="IMAGENET_WEIGHTS does not name the file of ImageNet weights")


@pytest.fixture(scope="module")
def net():
    return applications.efficientnet_lite0_48()


@pytest.fixture(scope="module")
def arrays(net):
    """What a file of weights holds, with numbers of no meaning."""
    rng, found = np.random.default_rng(0), {}
    for layer in net.layers:
        if layer.name != "scores":
            for variable in layer.weights:
                name = f"{layer.name}.{variable.name}"
                for old, new in (("stem_", "stem."), ("head_", "head.")):
                    name = name.replace(old, new)
                if name.startswith("blocks_"):
                    _, place, rest = name.split("_", 2)
                    name = f"blocks.{place}.{rest}"
                positive = variable.name in ("gamma", "moving_variance")
                found[name] = rng.uniform(0.5 if positive else -0.1, 1 if positive else 0.1, variable.shape).astype(
                    "float16" if variable.name == "kernel" else "float32")
    return found | {"classifier.kernel": np.zeros((1280, 1000), "float16"),
                    "classifier.bias": np.zeros(1000, "float32")}


@pytest.fixture
def file(arrays, tmp_path):
    np.savez(tmp_path / "lite0.npz", **arrays)
    return tmp_path / "lite0.npz"


def test_the_file_has_as_many_arrays_as_published(arrays):
    body = {name: values for name, values in arrays.items() if not name.startswith("classifier.")}
    assert len(body) == 245 and sum(values.size for values in body.values()) == 3_413_024
    assert arrays["stem.conv.kernel"].shape == (3, 3, 3, 32)
    assert arrays["blocks.3.depthwise_conv.kernel"].shape == (5, 5, 144, 1) and "blocks.0.bn0.gamma" not in arrays


@pytest.mark.parametrize("name, last", [("efficientnet-lite0", 3), ("efficientnet-lite0-48", 2)])
def test_the_maps_at_both_sizes(name, last):
    net = build_network(name)
    assert net.name == name and net.input_shape == (None, 48, 48, 1) and net.output_shape == (None, 7)
    assert net.get_layer("head_norm").output.shape == (None, last, last, 1280)
    added = [layer.name for layer in net.layers if isinstance(layer, keras.layers.Add)]
    assert added == [f"blocks_{place}_add" for place in (2, 4, 6, 7, 9, 10, 12, 13, 14)]


def test_a_black_and_a_white_face_are_scaled_as_imagenet_was(net):
    scaled = keras.Model(net.input, net.get_layer("minus_one_to_one").output)
    for value, expected in ((0, -127 / 128), (127, 0), (255, 1)):
        got = keras.ops.convert_to_numpy(scaled(np.full((1, 48, 48, 1), value, np.uint8)))
        np.testing.assert_allclose(got, np.full((1, 48, 48, 3), expected), atol=1e-6)


def test_a_file_fills_the_body_and_leaves_the_head(file, arrays):
    net = applications.efficientnet_lite0_48()
    head = net.get_layer("scores").get_weights()
    assert applications.load_imagenet_weights(net, file) is net and net.initial_weights == "imagenet"
    np.testing.assert_array_equal(net.get_layer("blocks_7_bn2").get_weights()[2],
                                  arrays["blocks.7.bn2.moving_mean"])
    np.testing.assert_array_equal(net.get_layer("stem_conv").get_weights()[0], arrays["stem.conv.kernel"])
    for before, after in zip(head, net.get_layer("scores").get_weights()):
        np.testing.assert_array_equal(before, after)


@pytest.mark.parametrize("change, said", [
    ({"stem.conv.kernel": np.zeros((3, 3, 1, 32), "float16")}, "stem_conv/kernel"),
    ({"blocks.16.bn0.gamma": np.zeros(3, "float32")}, "blocks_16_bn0/gamma"),
    ({"head.norm.beta": None}, "head_norm/beta"),
    ({"head.norm.beta": np.full(1280, np.nan, "float32")}, "not finite"),
])
def test_a_file_of_another_network_is_refused(arrays, tmp_path, net, change, said):
    path = tmp_path / "other.npz"
    np.savez(path, **{name: values for name, values in (arrays | change).items() if values is not None})
    before = snapshot(net)
    with pytest.raises(FileError, match=said):
        applications.load_imagenet_weights(net, path)
    assert moved(net, before) == []


def test_what_is_no_file_of_weights_is_said(tmp_path, net):
    with pytest.raises(FileError):
        applications.load_imagenet_weights(net, tmp_path / "none.npz")
    (tmp_path / "text.npz").write_text("weights")
    with pytest.raises(FileError, match="load_imagenet_weights describes"):
        applications.load_imagenet_weights(net, tmp_path / "text.npz")


def test_another_network_does_not_read_it(file):
    with pytest.raises(ValueError, match="squeezenet-mini does not read a file of weights"):
        applications.load_imagenet_weights(build_network("squeezenet-mini"), file)


@with_the_file
def test_the_real_weights_name_what_is_in_three_photographs():
    """A cat, a cup of espresso and a rocket of scikit-image, centre crop at 224 pixels, by the classes of ImageNet."""
    from skimage import data, transform

    filled = applications.load_imagenet_weights(applications.efficientnet_lite0_48(), FILE)
    known = {variable.path: variable for variable in filled.variables}
    inputs = keras.Input((224, 224, 3))
    body = keras.Model(inputs, applications.lite0_body(keras.layers.Rescaling(1 / 128, offset=-127 / 128)(inputs)))
    for variable in body.variables:
        variable.assign(known[variable.path])
    with np.load(FILE) as stored:
        kernel, bias = stored["classifier.kernel"].astype("float32"), stored["classifier.bias"]
    for picture, classes, shares in ((data.chelsea(), [285, 282, 281], [0.41, 0.33, 0.16]),
                                     (data.coffee(), [967], [0.94]), (data.rocket(), [657, 744], None)):
        side = min(picture.shape[:2])
        top, left = ((size - side) // 2 for size in picture.shape[:2])
        crop = transform.resize(picture[top:top + side, left:left + side], (224, 224), preserve_range=True,
                                anti_aliasing=True)
        maps = keras.ops.convert_to_numpy(body(crop[None].astype("float32"), training=False))
        scores = (maps.mean(axis=(1, 2)) @ kernel + bias)[0]
        probabilities = np.exp(scores - scores.max()) / np.exp(scores - scores.max()).sum()
        assert probabilities.argsort()[::-1][:len(classes)].tolist() == classes
        if shares:
            np.testing.assert_allclose(probabilities[classes], shares, atol=0.01)


# Training


@pytest.fixture
def quick_training(monkeypatch, quick_end):
    """What takes long of so large a network is to trace it: once, not for several steps at a time."""
    monkeypatch.setattr(training, "STEPS_AT_ONCE", 1)


def short(name):
    return replace(RECIPES[name], epochs=1, batch_size=16)


@pytest.fixture(scope="module")
def few_faces():
    from fer_utils.data import Faces, Split, load_schematic

    faces = load_schematic(("train", "public"))
    return Faces("a few", "test", {name: Split(part.images[:32], part.labels[:32])
                                   for name, part in faces.parts.items()})


def trained(out):
    with np.load(out / "best.npz") as kept:
        return dict(kept)


def test_head_then_last_blocks_then_all(file, arrays, few_faces, tmp_path, quick_training):
    """What each step moves, and what its record says it began with."""
    head, blocks = tmp_path / "head", tmp_path / "blocks"
    record = train("efficientnet-lite0-48", short("frozen"), out=head, faces=few_faces, weights=file, verbose=0)
    assert record["initial_weights"] == "imagenet" and len(record["initial_weights_sha256"]) == 64
    first = trained(head)
    np.testing.assert_array_equal(first["blocks_15_bn0/moving_mean"], arrays["blocks.15.bn0.moving_mean"])
    np.testing.assert_array_equal(first["head_conv/kernel"], arrays["head.conv.kernel"].astype("float32"))
    record = train("efficientnet-lite0-48", short("last-blocks"), out=blocks, faces=few_faces, start=head, verbose=0)
    assert record["initial_weights"] == "head"
    second = trained(blocks)
    changed = {path.rsplit("/", 1)[0] for path, values in second.items() if not np.array_equal(values, first[path])}
    assert "blocks_11_expand_conv" in changed and "scores" in changed
    assert not any(layer.startswith(("stem", *(f"blocks_{place}_" for place in range(11)))) for layer in changed)


def test_a_resumed_run_keeps_to_its_file(file, few_faces, tmp_path, arrays, quick_training):
    recipe = replace(short("frozen"), epochs=2)

    class Stop(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train("efficientnet-lite0-48", recipe, out=tmp_path / "run", faces=few_faces, weights=file, verbose=0,
              callbacks=[Stop()])
    other = tmp_path / "other.npz"
    np.savez(other, **arrays | {"head.norm.beta": np.ones(1280, "float32")})
    with pytest.raises(ValueError, match="initial_weights_sha256"):
        train("efficientnet-lite0-48", recipe, out=tmp_path / "run", faces=few_faces, weights=other, resume=True)
    record = train("efficientnet-lite0-48", recipe, out=tmp_path / "run", faces=few_faces, weights=file, resume=True,
                   verbose=0)
    assert record["finished"] and record["resumed_after"] == [1]


def test_a_run_begins_with_one_of_the_two(tmp_path, few_faces, file):
    with pytest.raises(ValueError, match="not both"):
        train("efficientnet-lite0-48", short("frozen"), out=tmp_path / "run", faces=few_faces, start="x", weights=file)


def test_frozen_averages_are_not_estimated_anew(few_faces):
    net = freeze(applications.efficientnet_lite0_48(), "blocks_10_add")
    before = snapshot(net)
    recalibrate_normalization(net, few_faces.train.images, batches=2, batch_size=8)
    assert {path.split("/")[0].split("_bn")[0] for path in moved(net, before)} == {
        *(f"blocks_{place}" for place in range(11, 16)), "head_norm"}


def test_the_command_says_which_file_it_wants(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["train", "efficientnet-lite0-48", "--weights", "none.npz", "--epochs", "1"]) != 0
    assert "none.npz" in capsys.readouterr().err


def test_recipes_of_the_two_arms_differ_in_the_start_alone():
    from fer_utils.training.recipes import different_fields

    assert not different_fields(RECIPES["fine-tuned"].as_dict(), RECIPES["from-random"].as_dict())
    assert training_model.frozen_by(RECIPES["fine-tuned"], keras.Sequential([])).layers == []
