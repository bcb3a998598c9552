"""A run keeps its best epoch and its record, survives a kill, and never sees PrivateTest."""

import hashlib
import json
import shutil
from dataclasses import replace

import keras
import numpy as np
import pytest
from keras import layers

from fer_utils import data, training
from fer_utils.__main__ import main
from fer_utils.data import SPLITS, DataError, Faces, Split, load_schematic
from fer_utils.networks import build_network
from fer_utils.preprocessing import one_hot
from fer_utils.recipes import RECIPES
from fer_utils.squeezenet import fire_module, raw_face_input
from fer_utils.training import RunKeeper, compile_for_training, train
from fer_utils.training_model import FusedBatchNormalization
from fer_utils.weights import load_weights, save_weights

QUICK = replace(RECIPES["quick"], epochs=2, batch_size=32)
STEPS = 2  # an epoch: 40 faces in batches of 32

needs_tensorflow = pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="TensorFlow's own operation")


@pytest.fixture(scope="module")
def faces():
    """40 faces to learn from and 24 to choose by."""
    bundled = load_schematic(("train", "public"))
    return Faces("schematic faces", "a few", {
        "train": Split(*(array[:40] for array in bundled.train)),
        "public": Split(*(array[:24] for array in bundled.public))})


def run(faces, out, recipe=QUICK, **options):
    return train("squeezenet-mini", recipe, out=out, faces=faces, verbose=0, **options)


def fire_net(name=None):
    """A network of one fire module with dropout inside, and without normalization."""
    inputs, x = raw_face_input()
    x = layers.AveragePooling2D(8)(x)
    x = fire_module(x, 4, 8, 8, dropout=0.4, name="fire2")
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Softmax()(layers.Dense(7)(x)))


def names(folder):
    return sorted(path.name for path in folder.iterdir())


# A finished run


@pytest.fixture(scope="module")
def finished(faces, tmp_path_factory):
    """The record of a run of two epochs, and its folder."""
    out = tmp_path_factory.mktemp("finished")
    return run(faces, out), out


def test_the_record_says_how_the_run_was_made(finished, faces):
    record, out = finished
    assert json.loads((out / "run.json").read_text()) == record
    assert record["model"] == "squeezenet-mini" and record["seed"] == 0 and record["precision"] == "float32"
    assert record["recipe"] == QUICK.as_dict()
    assert record["data"] == {"name": "schematic faces", "content_hash": faces.content_hash,
                              "classes": "anger disgust fear happiness sadness surprise neutral".split(),
                              "train": 40, "public": 24}
    assert record["backend"] == keras.backend.backend()
    assert set(record["versions"]) == {"python", "numpy", "keras", record["backend"]}
    assert all(version[0].isdigit() for version in record["versions"].values())
    assert record["device"]
    assert record["complete"] and record["finished"]


def test_the_history_has_a_row_an_epoch(finished):
    record, _ = finished
    assert [row["epoch"] for row in record["history"]] == [1, 2]
    for row in record["history"]:
        assert set(row) == {"epoch", "seconds", "accuracy", "loss", "val_accuracy", "val_loss"}
        assert np.isfinite(list(row.values())).all()
    assert record["wall_seconds"] == pytest.approx(sum(row["seconds"] for row in record["history"]), abs=0.1)


def test_the_kept_weights_reach_the_recorded_accuracy(finished, faces):
    record, out = finished
    again = record["recalibration"]
    assert again["public_accuracy_before"] == pytest.approx(max(row["val_accuracy"] for row in record["history"]), abs=1e-4)
    assert record["public_accuracy"] == max(again["public_accuracy_before"], again["public_accuracy_after"])
    net = build_network("squeezenet-mini")  # a standard network: the fused layers were for training
    load_weights(net, out / "best.npz")
    hits = net.predict(faces.public.images[..., None], verbose=0).argmax(axis=1) == faces.public.labels
    assert hits.mean() == pytest.approx(record["public_accuracy"], abs=1e-4)


def test_nothing_is_left_but_record_and_weights(finished):
    assert names(finished[1]) == ["best.npz", "run.json"]


def test_a_finished_run_is_returned_untouched(finished, faces, monkeypatch):
    record, out = finished
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in out.iterdir()}
    monkeypatch.setattr(training, "compile_for_training", None)  # would fail if it trained
    assert run(faces, out, resume=True) == record
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in out.iterdir()} == before


def test_a_run_is_not_overwritten(finished, faces):
    with pytest.raises(FileExistsError, match="already holds a run.*--resume.*--out"):
        run(faces, finished[1])


@pytest.mark.parametrize("change, key", [
    ({"seed": 1}, "seed"), ({"precision": "mixed_bfloat16"}, "precision"),
    ({"recipe": replace(QUICK, epochs=3)}, "recipe")])
def test_another_run_in_the_folder_is_refused(finished, faces, change, key):
    with pytest.raises(ValueError, match=f"holds a run with another {key}; choose another --out"):
        run(faces, finished[1], resume=True, **change)


def test_a_run_on_other_faces_is_refused(finished, faces):
    fewer = Faces(faces.name, faces.source, faces.parts | {"train": Split(*(array[:39] for array in faces.train))})
    with pytest.raises(ValueError, match="holds a run with another data"):
        run(fewer, finished[1], resume=True)
    with pytest.raises(ValueError, match="another model"):
        train("squeezenet-fer", QUICK, out=finished[1], faces=faces, resume=True)


# PrivateTest


def test_private_test_is_never_loaded(tmp_path, own_cache, monkeypatch, capsys, faces):
    """The command line trains where PrivateTest does not exist, and asks for the other two splits alone."""
    np.savez(tmp_path / "without_private.npz", **{
        f"{split}_{kind}": getattr(faces.split(split), kind)
        for split in ("train", "public") for kind in ("images", "labels")})
    monkeypatch.setattr(data, "BUNDLED", tmp_path / "without_private.npz")
    with pytest.raises(DataError):
        load_schematic(SPLITS)  # whoever asks for PrivateTest here fails
    asked = []

    def spy(*arguments, **options):
        loaded = data.load_faces(*arguments, **options)
        asked.append((arguments, options, loaded))
        return loaded

    monkeypatch.setattr(training, "load_faces", spy)
    out = tmp_path / "run"
    assert main(["train", "squeezenet-mini", "--epochs", "1", "--batch-size", "40", "--out", str(out)]) == 0
    (arguments, options, loaded), = asked
    assert arguments == () and options == {"splits": ("train", "public")}
    with pytest.raises(DataError, match="'private' was not loaded"):
        loaded.private
    record = json.loads((out / "run.json").read_text())
    assert record["recipe"]["name"] == "quick" and record["recipe"]["epochs"] == 1 == len(record["history"])
    assert record["complete"]  # one epoch was all it was to have
    said = capsys.readouterr().out
    assert "PublicTest" in said and str(out) in said and "Private" not in said


# A kill


class Killed(Exception):
    """Stands for the end of the process."""


@pytest.fixture
def watched(monkeypatch):
    """Where each epoch begins: iterations, learning rate, weights and the optimizer's own variables."""
    seen, begin = [], RunKeeper.on_epoch_begin

    def watch(self, epoch, logs=None):
        begin(self, epoch, logs)
        optimizer = self.model.optimizer
        seen.append({"epoch": epoch, "iterations": int(optimizer.iterations),
                     "rate": float(optimizer.learning_rate), "weights": self.net.get_weights(),
                     "optimizer": [np.asarray(variable) for variable in optimizer.variables]})

    monkeypatch.setattr(RunKeeper, "on_epoch_begin", watch)
    return seen


def test_a_killed_run_goes_on_where_it_was(faces, tmp_path, monkeypatch, watched):
    recipe = replace(QUICK, epochs=3, augmentation="none")

    def kill(self, epoch, logs=None):
        watch(self, epoch, logs)
        if epoch == 1:
            raise Killed

    watch = RunKeeper.on_epoch_begin
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(RunKeeper, "on_epoch_begin", kill)
        run(faces, tmp_path, recipe)
    assert names(tmp_path) == ["best.npz", "run.json", "state-1.weights.h5"]
    halfway = json.loads((tmp_path / "run.json").read_text())
    assert not halfway["complete"] and not halfway["finished"]
    with pytest.raises(FileExistsError):
        run(faces, tmp_path, recipe)

    killed = watched.pop()
    record = run(faces, tmp_path, recipe, resume=True)
    resumed = watched[1]
    assert [seen["epoch"] for seen in watched] == [0, 1, 2]
    assert [seen["iterations"] for seen in watched] == [0, STEPS, 2 * STEPS]
    for kind in ("weights", "optimizer"):
        assert len(killed[kind]) == len(resumed[kind]) > 10
        for before, after in zip(killed[kind], resumed[kind]):
            np.testing.assert_array_equal(before, after)
    # the one-cycle schedule of 6 steps: it rises for 1, then falls along a cosine for 5
    expected = [recipe.learning_rate * (1 + np.cos(np.pi * step / 5)) / 2 for step in (1, 3)]
    assert [seen["rate"] for seen in watched] == pytest.approx([0, *expected], rel=1e-4)
    assert record["history"][0] == halfway["history"][0]
    assert [row["epoch"] for row in record["history"]] == [1, 2, 3]
    assert record["complete"] and record["finished"]
    assert names(tmp_path) == ["best.npz", "run.json"]


def test_a_run_killed_after_its_last_epoch_trains_no_more(finished, faces, tmp_path, watched):
    """Patience ended it, and the process before the run was marked finished."""
    record, folder = finished
    recipe = replace(QUICK, epochs=9, patience=1)
    out = tmp_path / "run"
    shutil.copytree(folder, out)
    _, model = compile_for_training("squeezenet-mini", recipe, 40)
    model.save_weights(out / "state-2.weights.h5")
    stopped = record | {"finished": False, "state": "state-2.weights.h5", "recipe": recipe.as_dict()}
    (out / "run.json").write_text(json.dumps(stopped))
    again = run(faces, out, recipe, resume=True)
    assert watched == []
    renewed = ("finished", "recalibration", "public_accuracy")
    assert again["finished"] and all(again[key] == stopped[key] for key in stopped if key not in renewed)
    assert names(out) == ["best.npz", "run.json"]


# What RunKeeper writes, without training


class FakeModel:
    """Stands for the model in training; its state is a line of text."""

    stop_training = False

    def save_weights(self, path):
        path.write_text("state")


@pytest.fixture
def keeper(tmp_path, monkeypatch):
    """A function that ends an epoch with this PublicTest accuracy; `best.npz` then names the epoch."""
    record = {"recipe": {"patience": 2, "epochs": 5}, "history": [], "state": None, "complete": False}
    keeper = RunKeeper(record, tmp_path, net=None)
    keeper.set_model(FakeModel())

    def save_epoch(net, path):
        path.write_text(str(len(record["history"])))
        return hashlib.sha256(path.read_bytes()).hexdigest()

    monkeypatch.setattr(training, "save_weights", save_epoch)

    def end_epoch(accuracy):
        epoch = len(record["history"])
        keeper.on_epoch_begin(epoch)
        keeper.on_epoch_end(epoch, {"loss": 1.0, "accuracy": 0.5, "val_loss": 1.0, "val_accuracy": accuracy})
        return json.loads((tmp_path / "run.json").read_text())

    end_epoch.keeper, end_epoch.folder = keeper, tmp_path
    return end_epoch


def test_the_best_epoch_is_kept_and_the_first_of_equals(keeper):
    for accuracy, best in [(0.2, 1), (0.5, 2), (0.4, 2), (0.5, 2)]:
        record = keeper(accuracy)
        assert record["best_epoch"] == best and (keeper.folder / "best.npz").read_text() == str(best)
        assert record["public_accuracy"] == record["history"][best - 1]["val_accuracy"]


def test_patience_stops_a_run_and_completes_it(keeper):
    assert [keeper(accuracy)["complete"] for accuracy in (0.2, 0.5, 0.4)] == [False, False, False]
    assert not keeper.keeper.model.stop_training
    assert keeper(0.5)["complete"]  # two epochs without a better one
    assert keeper.keeper.model.stop_training


def test_the_last_epoch_completes_a_run(keeper):
    assert [keeper(accuracy)["complete"] for accuracy in (0.1, 0.2, 0.3, 0.4, 0.5)] == [False] * 4 + [True]
    assert not keeper.keeper.model.stop_training


def test_only_the_latest_state_is_kept_and_nothing_half_written(keeper):
    for epoch in (1, 2, 3):
        record = keeper(0.1 * epoch)
        assert names(keeper.folder) == ["best.npz", "run.json", f"state-{epoch}.weights.h5"]
        assert record["state"] == f"state-{epoch}.weights.h5"


@pytest.mark.parametrize("moment", ["state", "best", "record"])
def test_a_kill_while_writing_leaves_the_last_epoch_in_reach(keeper, monkeypatch, moment):
    """Whatever was being written, the record on disk is whole and names a state that is there."""
    before = keeper(0.2)

    def kill(*arguments, **options):
        raise Killed

    target = {"state": (FakeModel, "save_weights"), "best": (training, "save_weights"),
              "record": (training, "write_text")}[moment]
    monkeypatch.setattr(*target, kill)
    with pytest.raises(Killed):
        keeper(0.3)
    record = json.loads((keeper.folder / "run.json").read_text())
    assert record == before and (keeper.folder / record["state"]).exists()


def test_patience_ends_real_training(faces, tmp_path, monkeypatch):
    """At a learning rate of 0 nothing gets better, so patience 1 allows two epochs."""
    monkeypatch.setattr(training, "_recalibrate_best", lambda *arguments: None)  # of no interest here
    monkeypatch.setattr(training, "build_network", fire_net)
    recipe = replace(QUICK, optimizer="adam", schedule="constant", learning_rate=0.0, augmentation="none",
                     patience=1, epochs=9)
    record = run(faces, tmp_path, recipe)
    assert len(record["history"]) == 2 and record["best_epoch"] == 1
    assert record["complete"] and record["finished"]


# The parts of a training model


def test_dropout_rises_to_its_rate(faces, tmp_path, monkeypatch):
    """The rates in the compiled step, not only in the layers' attributes; with class weights, as in the thesis."""
    monkeypatch.setattr(training, "_recalibrate_best", lambda *arguments: None)  # of no interest here
    traced, call = [], layers.Dropout.call

    def spy(self, inputs, training=False):
        if training:
            traced.append((self.name, self.rate))
        return call(self, inputs, training=training)

    monkeypatch.setattr(layers.Dropout, "call", spy)
    nets = []
    monkeypatch.setattr(training, "build_network", fire_net)
    fast = training.with_fast_normalization
    monkeypatch.setattr(training, "with_fast_normalization", lambda net: nets.append(fast(net)) or nets[0])
    record = run(faces, tmp_path, replace(QUICK, epochs=3, dropout_ramp=2, class_weights=True, augmentation="none"))
    assert len(record["history"]) == 3 and np.isfinite([row["loss"] for row in record["history"]]).all()
    for part in ("squeeze", "expand1x1", "expand3x3"):
        name = f"fire2_{part}_dropout"
        rates = list(dict.fromkeys(rate for layer, rate in traced if layer == name))
        assert rates == [0, 0.2, 0.4]
        assert nets[0].get_layer(name).rate == 0.4


def test_class_weights_reach_the_loss(faces, tmp_path, monkeypatch):
    monkeypatch.setattr(training, "_recalibrate_best", lambda *arguments: None)  # of no interest here
    given = {}
    monkeypatch.setattr(keras.Model, "fit", lambda self, *arguments, **options: given.update(options))
    labels = faces.train.labels
    for weighted in (False, True):
        run(faces, tmp_path / str(weighted), replace(QUICK, class_weights=weighted))
        expected = {int(j): len(labels) / (len(np.unique(labels)) * np.sum(labels == j)) for j in np.unique(labels)}
        assert given["class_weight"] == (pytest.approx(expected) if weighted else None)


@pytest.mark.parametrize("recipe, optimizer, peak", [("thesis", "Adam", 1e-3), ("modern", "AdamW", 2e-3)])
def test_recipes_become_optimizers(recipe, optimizer, peak):
    recipe = RECIPES[recipe]
    net, model = compile_for_training("squeezenet-mini", recipe, 1000)
    assert type(model.optimizer).__name__ == optimizer and model.count_params() == net.count_params()
    assert model.loss.label_smoothing == recipe.label_smoothing
    steps = -(-1000 // recipe.batch_size) * recipe.epochs
    if recipe.schedule == "constant":
        return np.testing.assert_allclose(float(model.optimizer.learning_rate), peak)
    rates = [float(model.optimizer._learning_rate(step)) for step in range(steps + 1)]
    assert rates[0] == 0 and np.argmax(rates) == steps // 5 and max(rates) == pytest.approx(peak)
    assert rates[-1] == pytest.approx(0, abs=1e-9)
    assert model.optimizer.weight_decay == recipe.weight_decay


@pytest.mark.parametrize("augmentation, layers_expected", [("none", 1), ("thesis", 2), ("modern", 2)])
def test_augmentation_wraps_the_network_and_stays_out_of_it(augmentation, layers_expected):
    net, model = compile_for_training("squeezenet-mini", replace(QUICK, augmentation=augmentation), 40)
    assert len(model.layers) == layers_expected and model.layers[-1] is net
    assert not [layer for layer in net._flatten_layers() if type(layer).__name__.startswith("Random")]


def test_mixed_precision_is_for_this_model_alone(faces):
    net, model = compile_for_training("squeezenet-mini", QUICK, 40, precision="mixed_bfloat16")
    assert keras.config.dtype_policy().name == "float32"
    assert net.get_layer("conv1").compute_dtype == "bfloat16"
    assert {variable.dtype for variable in net.weights} == {"float32"}
    assert np.isfinite(model.train_on_batch(faces.train.images[:8, ..., None], one_hot(faces.train.labels[:8]))).all()
    probabilities = net.predict(faces.public.images[..., None], verbose=0)
    assert probabilities.dtype == np.float32
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)


# Fused batch normalization


@needs_tensorflow
@pytest.mark.parametrize("trainable", [True, False])
def test_fused_batch_normalization_is_keras_batch_normalization(trainable):
    """In training, in inference after it, and frozen, where it has to stay as it is."""
    random = np.random.default_rng(0)
    standard, fused = layers.BatchNormalization(), FusedBatchNormalization()
    for layer in (standard, fused):
        layer.build((None, 12, 12, 5))
        layer.trainable = trainable
    weights = [random.uniform(0.5, 2, 5).astype(np.float32) for _ in range(4)]
    for layer in (standard, fused):
        layer.set_weights(weights)
    # The moving variance of the fused one is of n - 1, not n: with 16 maps of 12x12, 1 part in 2303 of each step.
    for step, tolerance in [(True, 1e-5), (True, 1e-5), (False, 1e-3)]:
        x = random.normal(1, 3, (16, 12, 12, 5)).astype(np.float32)
        np.testing.assert_allclose(fused(x, training=step), standard(x, training=step), rtol=tolerance, atol=tolerance)
        for ours, keras_own in zip(fused.get_weights(), standard.get_weights()):
            np.testing.assert_allclose(ours, keras_own, rtol=1e-4)
    assert any(not np.array_equal(a, b) for a, b in zip(weights, fused.get_weights())) == trainable


@needs_tensorflow
def test_a_network_trained_with_fused_layers_is_the_standard_one(faces, tmp_path):
    """It learns the same, and its weights go into a network without fused layers."""
    images, targets = faces.train.images[..., None], one_hot(faces.train.labels)
    fused, _ = compile_for_training("squeezenet-mini", replace(QUICK, augmentation="none"), 40)
    kinds = {type(layer) for layer in fused.layers}
    assert FusedBatchNormalization in kinds and layers.BatchNormalization not in kinds
    standard = build_network("squeezenet-mini")
    standard.set_weights(fused.get_weights())
    losses = []
    for net in (fused, standard):
        net.get_layer("dropout").rate = 0.0
        net.compile(keras.optimizers.SGD(0.05), "categorical_crossentropy")
        losses.append([float(net.train_on_batch(images, targets)) for _ in range(3)])
    assert losses[0] == pytest.approx(losses[1], rel=2e-3) and losses[0][0] != losses[0][2]

    save_weights(fused, tmp_path / "fused.npz")
    load_weights(standard, tmp_path / "fused.npz")
    np.testing.assert_allclose(standard.predict(images, verbose=0), fused.predict(images, verbose=0), atol=1e-5)


# Recalibration and the best weights after a kill


def test_recalibration_takes_the_plain_average_of_all_batches(faces):
    import keras

    net = keras.Sequential([keras.Input((48, 48, 1)), keras.layers.BatchNormalization(momentum=0.9)])
    images = faces.train.images
    training.recalibrate_normalization(net, images, batches=30, batch_size=len(images))
    layer = net.layers[-1]
    assert float(layer.moving_mean.value[0]) == pytest.approx(images.mean(), rel=1e-4)
    assert float(layer.moving_variance.value[0]) == pytest.approx(images.astype(float).var(), rel=1e-4)
    assert layer.momentum == 0.9


def test_recalibration_works_without_dropout_and_gives_it_back():
    import keras

    net = keras.Sequential([keras.Input((48, 48, 1)), keras.layers.Dropout(0.5), keras.layers.BatchNormalization()])
    training.recalibrate_normalization(net, np.full((8, 48, 48), 100, np.uint8), batches=3)
    assert float(net.layers[-1].moving_variance.value[0]) == pytest.approx(0, abs=1e-3)
    assert net.layers[0].rate == 0.5


@pytest.mark.parametrize("written", [True, False])
def test_new_best_weights_count_only_with_their_record(tmp_path, written):
    (tmp_path / "best.npz").write_text("old")
    (tmp_path / "best.new.npz").write_text("new")
    sha256 = hashlib.sha256(b"new" if written else b"old").hexdigest()
    training._settle_best(tmp_path, {"best_sha256": sha256})
    assert (tmp_path / "best.npz").read_text() == ("new" if written else "old")
    assert names(tmp_path) == ["best.npz"]
