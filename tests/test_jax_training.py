"""On JAX with an accelerator an epoch is one compiled call, and learns what the same batches teach one by one."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from fer_utils.data import Faces, Split, load_schematic
from fer_utils.data.preprocessing import one_hot
from fer_utils.training import model as training_model
from fer_utils.training import run as training_run
from fer_utils.training.feed import Feed
from fer_utils.training.model import ScannedTrainingModel, TrainingModel, compile_for_training
from fer_utils.training.recipes import RECIPES
from fer_utils.training.run import train

jax = pytest.importorskip("jax")
pytestmark = pytest.mark.skipif(keras.backend.backend() != "jax", reason="the JAX backend's way of training")

# with all that a training model can have around a network
RECIPE = replace(RECIPES["quick"], epochs=2, batch_size=16, augmentation="none", clip=1.0, mixup=0.2, average=0.8,
                 l2=1e-3)


@pytest.fixture(scope="module")
def faces():
    """64 faces to learn from and 24 to choose by."""
    bundled = load_schematic(("train", "public"))
    return Faces("schematic faces", "a few", {
        "train": Split(*(array[:64] for array in bundled.train)),
        "public": Split(*(array[:24] for array in bundled.public))})


@pytest.fixture(params=[False, True], ids=["processor", "accelerator"])
def whole_epochs(request, monkeypatch):
    """Training as on a processor, and as where there is an accelerator."""
    for module in (training_model, training_run):
        monkeypatch.setattr(module, "trains_whole_epochs", lambda: request.param)


def test_on_a_processor_each_step_is_a_call_of_its_own():
    """Inside a loop XLA's convolutions are slow there."""
    assert jax.default_backend() != "cpu" or not training_model.trains_whole_epochs()


def test_a_run_learns_and_its_history_has_the_usual_rows(faces, whole_epochs, tmp_path):
    recipe = replace(RECIPES["quick"], epochs=2, batch_size=8, augmentation="none")
    record = train("squeezenet-mini", recipe, out=tmp_path, faces=faces, verbose=0)
    assert record["backend"] == "jax" and record["finished"]
    for row in record["history"]:
        assert set(row) == {"epoch", "seconds", "accuracy", "loss", "val_accuracy", "val_loss",
                            "val_leak_free_accuracy"}
        assert np.isfinite(list(row.values())).all()
    first, second = record["history"]
    assert second["loss"] < first["loss"] < 2.2  # a guess has a loss of ln 7 = 1.95
    # the accuracy is of all the faces of the epoch, not of its last batch of 8
    assert any(row["accuracy"] * 8 % 1 for row in record["history"])


def test_a_scanned_epoch_is_the_same_batches_one_by_one(faces, monkeypatch):
    monkeypatch.setattr(training_model, "trains_whole_epochs", lambda: True)  # as with an accelerator
    _, scanned = compile_for_training("squeezenet-mini", RECIPE, 64, seed=0)
    monkeypatch.setattr(training_model, "trains_whole_epochs", lambda: False)
    _, plain = compile_for_training("squeezenet-mini", RECIPE, 64, seed=0)
    assert type(scanned) is ScannedTrainingModel and type(plain) is TrainingModel
    for ours, theirs in zip(plain.variables, scanned.variables, strict=True):  # weights and states of random generators
        assert ours.shape == theirs.shape
        ours.assign(np.array(theirs))  # a copy: a training step gives away the arrays that it starts from
    start = [np.array(v) for v in scanned.trainable_variables]

    images, targets = faces.train.images, one_hot(faces.train.labels)
    weights = np.linspace(0.5, 2, 64, dtype=np.float32)
    one, whole = (Feed(images, targets, weights, 16, whole_epochs=whole) for whole in (False, True))
    for model in (scanned, plain):
        model.evaluate(images[:16, ..., None], targets[:16], batch_size=16, verbose=0)
    logs = scanned.train_on_batch(*whole[0], return_dict=True)
    each = [plain.train_on_batch(*one[number], return_dict=True) for number in range(4)]

    assert int(scanned.optimizer.iterations) == int(plain.optimizer.iterations) == 4
    assert set(logs) == {"loss", "accuracy"}
    for name in logs:  # of the epoch in one case, of a batch in the other
        assert float(logs[name]) == pytest.approx(np.mean([float(of_batch[name]) for of_batch in each]), rel=1e-3)
    for ours, theirs in zip(scanned.net.weights + scanned.averaged.weights, plain.net.weights + plain.averaged.weights,
                            strict=True):
        np.testing.assert_allclose(np.asarray(ours), np.asarray(theirs), rtol=2e-3, atol=2e-4, err_msg=ours.path)
    moved = [np.abs(np.asarray(v) - old).max() for v, old in zip(scanned.trainable_variables, start)]
    assert min(moved) > 1e-3
