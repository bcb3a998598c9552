"""A run keeps its best epoch and its record, survives a kill, and never sees PrivateTest."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

from fer_utils import data
from fer_utils.__main__ import main
from fer_utils.data import SPLITS, DataError, Faces, Split, load_schematic
from fer_utils.evaluation import predict_probabilities
from fer_utils.files import alone_in
from fer_utils.networks import build_network
from fer_utils.networks.weights import WeightsError, load_network, load_weights, save_weights
from fer_utils.training import run as training
from fer_utils.training.distillation import SoftTargets
from fer_utils.training.recipes import RECIPES
from fer_utils.training.run import RunKeeper, compile_for_training, takes_full_batches, train

ROOT = Path(__file__).resolve().parent.parent
QUICK = replace(RECIPES["quick"], epochs=2, batch_size=32)
PLAIN = replace(QUICK, augmentation="none")
pytestmark = pytest.mark.usefixtures("quick_end")  # but for `finished`, which recalibrates to its end
STEPS = 1 if takes_full_batches() else 2  # an epoch: 40 faces in batches of 32


def run(faces, out, recipe=QUICK, **options):
    return train("squeezenet-mini", recipe, out=out, faces=faces, verbose=0, **options)


def names(folder):
    return sorted(path.name for path in folder.iterdir() if path.name != "lock")


# A finished run


@pytest.fixture(scope="module")
def finished(few_faces, tmp_path_factory):
    """The record of a run of two epochs, and its folder."""
    out = tmp_path_factory.mktemp("finished")
    return run(few_faces, out), out


def test_the_record_says_how_the_run_was_made(finished, few_faces):
    record, out = finished
    assert json.loads((out / "run.json").read_text()) == record
    assert record["model"] == "squeezenet-mini" and record["seed"] == 0 and record["precision"] == "float32"
    assert record["recipe"] == QUICK.as_dict()
    assert record["data"] == {"name": "schematic faces", "content_hash": few_faces.content_hash,
                              "classes": "anger disgust fear happiness sadness surprise neutral".split(),
                              "train": 40, "public": 24}
    assert record["backend"] == keras.backend.backend()
    assert set(record["versions"]) == {"python", "numpy", "keras", record["backend"]}
    assert all(version[0].isdigit() for version in record["versions"].values())
    assert record["device"]
    assert record["complete"] and record["finished"] and record["resumed_after"] == []
    assert hashlib.sha256((out / "best.npz").read_bytes()).hexdigest() == record["best_sha256"]


def test_the_history_has_a_row_an_epoch(finished):
    record, _ = finished
    assert [row["epoch"] for row in record["history"]] == [1, 2]
    for row in record["history"]:
        assert set(row) == {"epoch", "seconds", "accuracy", "loss", "val_accuracy", "val_loss",
                            "val_leak_free_accuracy"}
        assert np.isfinite(list(row.values())).all()
    assert record["wall_seconds"] == pytest.approx(sum(row["seconds"] for row in record["history"]), abs=0.1)


def test_the_kept_weights_reach_the_recorded_accuracy(finished, few_faces):
    record, out = finished
    again = record["recalibration"]
    best = max(row["val_accuracy"] for row in record["history"])
    assert again["public_accuracy_before"] == pytest.approx(best, abs=1e-4)
    assert record["public_accuracy"] == max(again["public_accuracy_before"], again["public_accuracy_after"])
    net = build_network("squeezenet-mini")  # a standard network: the fused layers were for training
    load_weights(net, out / "best.npz")
    hits = net.predict(few_faces.public.images[..., None], verbose=0).argmax(axis=1) == few_faces.public.labels
    assert hits.mean() == pytest.approx(record["public_accuracy"], abs=1e-4)


def test_nothing_is_left_but_record_and_weights(finished):
    assert names(finished[1]) == ["best.npz", "run.json"]


def test_a_finished_run_is_returned_untouched(finished, few_faces, monkeypatch):
    record, out = finished
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in out.iterdir()}
    monkeypatch.setattr(training, "compile_for_training", None)  # would fail if it trained
    assert run(few_faces, out, resume=True) == record
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in out.iterdir()} == before


def test_a_run_is_not_overwritten(finished, few_faces):
    with pytest.raises(FileExistsError, match="already holds a run.*--resume.*--out"):
        run(few_faces, finished[1])


def test_two_processes_do_not_train_in_one_folder(few_faces, tmp_path):
    out = tmp_path / "run"
    held = subprocess.Popen([sys.executable, "-c", "import sys, time\nfrom fer_utils.files import alone_in\n"
                             f"with alone_in({str(out)!r}):\n    print('in', flush=True)\n    time.sleep(60)"],
                            stdout=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        assert held.stdout.readline() == "in\n"
        with pytest.raises(FileExistsError, match="another process is at work in .* choose another --out"):
            run(few_faces, out)
    finally:
        held.kill()
        held.wait()
    with alone_in(out):  # a killed process holds nothing
        pass


@pytest.mark.skipif(os.name == "nt", reason="Windows locks in another way")
def test_who_waited_and_who_came_later_do_not_both_hold_a_folder(tmp_path):
    """B opens the lock while A holds it; A leaves; C takes it. Had A removed the file, B and C would hold one each."""
    import fcntl

    with alone_in(tmp_path):
        waiting = open(tmp_path / "lock", "w")
    with waiting, alone_in(tmp_path), pytest.raises(OSError):
        fcntl.flock(waiting, fcntl.LOCK_EX | fcntl.LOCK_NB)


@pytest.mark.parametrize("change, said", [
    ({"seed": 1}, "seed is 0 there, 1 here"),
    ({"precision": "mixed_bfloat16"}, 'precision is "float32" there, "mixed_bfloat16" here'),
    ({"recipe": replace(QUICK, epochs=3)}, "recipe.epochs is 2 there, 3 here"),
    ({"recipe": replace(QUICK, mixup=0.2, patience=0)}, "recipe.patience is null there, 0 here; recipe.mixup is 0.0")])
def test_another_run_in_the_folder_is_refused(finished, few_faces, change, said):
    out = finished[1]
    with pytest.raises(ValueError, match=f"{out}/run.json holds another run: {said}.*--start {out} --out OTHER"):
        run(few_faces, out, resume=True, **change)


def test_another_backend_is_refused(finished, few_faces, monkeypatch):
    here = keras.backend.backend()
    monkeypatch.setattr(keras.backend, "backend", lambda: "another")
    monkeypatch.setattr(training, "versions", dict)
    monkeypatch.setattr(training, "device", lambda: "")
    with pytest.raises(ValueError, match=f'backend is "{here}" there, "another" here'):
        run(few_faces, finished[1], resume=True)


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_a_seed_that_random_generators_do_not_take_is_refused(few_faces, tmp_path, seed):
    with pytest.raises(ValueError, match=f"the seed is {seed}; use a whole number from 0 to"):
        run(few_faces, tmp_path, seed=seed)


def test_a_run_on_other_faces_is_refused(finished, few_faces):
    train_split = Split(*(array[:39] for array in few_faces.train))
    fewer = Faces(few_faces.name, few_faces.source, few_faces.parts | {"train": train_split})
    with pytest.raises(ValueError, match="data.content_hash is .* there, .* here; data.train is 40 there, 39 here"):
        run(fewer, finished[1], resume=True)
    with pytest.raises(ValueError, match='model is "squeezenet-mini" there, "squeezenet-fer" here'):
        train("squeezenet-fer", QUICK, out=finished[1], faces=few_faces, resume=True)


# PrivateTest


def test_private_test_is_never_loaded(tmp_path, own_cache, monkeypatch, capsys, few_faces, fire_net):
    """The command line trains where PrivateTest does not exist, and asks for the other two splits alone."""
    np.savez(tmp_path / "without_private.npz", **{
        f"{split}_{kind}": getattr(few_faces.split(split), kind)
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
    """Each epoch: iterations, learning rate, weights and the optimizer's own variables where it begins, and the share
    of the dropout in it."""
    seen, begin, end = [], RunKeeper.on_epoch_begin, RunKeeper.on_epoch_end

    def watch_begin(self, epoch, logs=None):
        begin(self, epoch, logs)
        optimizer = self.model.optimizer
        seen.append({"epoch": epoch, "iterations": int(optimizer.iterations),
                     "rate": float(optimizer.learning_rate),
                     "weights": self.model.net.get_weights(), "average": self.net.get_weights(),
                     "optimizer": [np.asarray(variable) for variable in optimizer.variables]})

    def watch_end(self, epoch, logs):
        end(self, epoch, logs)
        seen[-1]["dropout"] = float(self.model.dropout_level)

    monkeypatch.setattr(RunKeeper, "on_epoch_begin", watch_begin)
    monkeypatch.setattr(RunKeeper, "on_epoch_end", watch_end)
    return seen


def kill(*arguments, **options):
    raise Killed


def test_a_killed_run_goes_on_where_it_was(few_faces, tmp_path, monkeypatch, watched, fire_net):
    recipe = replace(PLAIN, epochs=3, average=0.9, dropout_ramp=2)

    def kill_the_second(self, epoch, logs=None):
        watch(self, epoch, logs)
        if epoch == 1:
            raise Killed

    watch = RunKeeper.on_epoch_begin
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(RunKeeper, "on_epoch_begin", kill_the_second)
        run(few_faces, tmp_path, recipe)
    assert names(tmp_path) == ["best.npz", "run.json", "state-1.npz"]
    halfway = json.loads((tmp_path / "run.json").read_text())
    assert not halfway["complete"] and not halfway["finished"]
    with pytest.raises(FileExistsError):
        run(few_faces, tmp_path, recipe)

    killed = watched.pop()
    record = run(few_faces, tmp_path, recipe, resume=True)
    resumed = watched[1]
    assert [seen["epoch"] for seen in watched] == [0, 1, 2]
    assert [seen["iterations"] for seen in watched] == [0, STEPS, 2 * STEPS]
    assert [seen["dropout"] for seen in watched] == [0, 0.5, 1]
    for kind in ("weights", "average", "optimizer"):
        assert len(killed[kind]) == len(resumed[kind]) > 10
        for before, after in zip(killed[kind], resumed[kind]):
            np.testing.assert_array_equal(before, after)
    assert not all(map(np.array_equal, resumed["weights"], resumed["average"]))
    # the one-cycle schedule rises for a fifth of its steps, then falls along a cosine
    rise, steps = 3 * STEPS // 5, np.array([STEPS, 2 * STEPS])
    expected = recipe.learning_rate * (1 + np.cos(np.pi * (steps - rise) / (3 * STEPS - rise))) / 2
    assert [seen["rate"] for seen in watched[1:]] == pytest.approx(list(expected), rel=1e-4)
    assert record["history"][0] == halfway["history"][0]
    assert [row["epoch"] for row in record["history"]] == [1, 2, 3]
    assert record["complete"] and record["finished"] and record["resumed_after"] == [1]
    assert names(tmp_path) == ["best.npz", "run.json"]


def test_patience_ends_a_run_and_a_kill_after_it_costs_no_epoch(few_faces, tmp_path, monkeypatch, watched, fire_net):
    """At a learning rate of 0 only the statistics of the normalization move, so patience 1 soon ends it."""
    recipe = replace(PLAIN, optimizer="adam", schedule="constant", learning_rate=0.0, patience=1, epochs=9)
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(training, "_recalibrate_best", kill)
        run(few_faces, tmp_path, recipe)
    stopped = json.loads((tmp_path / "run.json").read_text())
    assert len(stopped["history"]) == stopped["best_epoch"] + 1 == len(watched) < 9
    assert stopped["complete"] and not stopped["finished"]

    watched.clear()
    again = run(few_faces, tmp_path, recipe, resume=True)
    assert watched == []
    renewed = ("finished", "recalibration", "public_accuracy", "best_sha256", "resumed_after", "state", "state_sha256")
    assert again["finished"] and all(again[key] == stopped[key] for key in stopped if key not in renewed)
    assert names(tmp_path) == ["best.npz", "run.json"]


# What RunKeeper writes, without training


class FakeModel:
    """Stands for the model in training; its state is a line of text."""

    stop_training = False


def save_fake_state(model, path):
    path.write_text("state")
    return "the hash of the state"


@pytest.fixture
def keeper(tmp_path, monkeypatch, few_faces):
    """A function that ends an epoch with this PublicTest accuracy; `best.npz` then names the epoch."""
    record = {"recipe": {"patience": 2, "epochs": 5}, "history": [], "state": None, "complete": False}
    keeper = RunKeeper(record, tmp_path, None, few_faces)
    keeper.set_model(FakeModel())

    def save_epoch(net, path):
        path.write_text(str(len(record["history"])))
        return hashlib.sha256(path.read_bytes()).hexdigest()

    monkeypatch.setattr(training, "save_weights", save_epoch)
    monkeypatch.setattr(training, "save_state", save_fake_state)

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
        assert names(keeper.folder) == ["best.npz", "run.json", f"state-{epoch}.npz"]
        assert record["state"] == f"state-{epoch}.npz"


@pytest.mark.parametrize("moment", ["state", "best", "record"])
def test_a_kill_while_writing_leaves_the_last_epoch_in_reach(keeper, monkeypatch, moment):
    """Whatever was being written, the record on disk is whole and names a state that is there."""
    before = keeper(0.2)
    target = {"state": (training, "save_state"), "best": (training, "save_weights"),
              "record": (training, "write_text")}[moment]
    monkeypatch.setattr(*target, kill)
    with pytest.raises(Killed):
        keeper(0.3)
    record = json.loads((keeper.folder / "run.json").read_text())
    assert record == before and (keeper.folder / record["state"]).exists()


# What the recipe hands to the training


def test_class_weights_become_weights_of_the_faces(few_faces):
    labels = few_faces.train.labels
    expected = [len(labels) / (len(np.unique(labels)) * np.sum(labels == label)) for label in labels]
    weighted, plain = (training.training_feed(few_faces.train, replace(QUICK, class_weights=on))
                       for on in (True, False))
    np.testing.assert_allclose(weighted.weights, expected, rtol=1e-6)
    assert weighted.weights.dtype == np.float32 and len(np.unique(weighted.weights)) > 2
    np.testing.assert_array_equal(plain.weights, 1)
    for feed in (weighted, plain):
        np.testing.assert_array_equal(feed.targets, np.eye(7)[labels])
        assert feed.images is few_faces.train.images and feed.batch_size == 32


def test_the_average_is_what_is_kept(few_faces, tmp_path, monkeypatch, fire_net):
    monkeypatch.setattr(training, "_recalibrate_best", lambda *arguments: None)
    pairs = []
    monkeypatch.setattr(training, "compile_for_training",
                        lambda *told, **more: pairs.append(compile_for_training(*told, **more)) or pairs[0])
    record = run(few_faces, tmp_path, replace(PLAIN, epochs=1, average=0.5))
    (averaged, model), = pairs
    kept = fire_net()
    load_weights(kept, tmp_path / "best.npz")
    for ours, average in zip(kept.get_weights(), averaged.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, average)
    assert not all(map(np.array_equal, kept.get_weights(), model.net.get_weights()))
    answers = keras.ops.convert_to_numpy(kept(few_faces.public.images[..., None]))  # and what the accuracy is of
    hits = answers.argmax(axis=1) == few_faces.public.labels
    assert hits.mean() == pytest.approx(record["public_accuracy"], abs=1e-4)


# Soft targets


TAUGHT = replace(PLAIN, epochs=1, teacher_share=0.8)


@pytest.fixture
def soft_targets(few_faces):
    """Two views, the second one mirrored, and answers that are as sure of the next class as a teacher may be wrong."""
    images = np.stack([few_faces.train.images, few_faces.train.images[:, :, ::-1]])
    answers = np.roll(np.eye(7), 1, axis=1)[few_faces.train.labels]
    return SoftTargets(images, np.stack([answers, answers]).astype(np.float16), ("big-s0", "big-s1"), ("1", "2"))


def test_lessons_and_a_teachers_share_go_together(few_faces, tmp_path, soft_targets):
    for recipe, given in [(TAUGHT, None), (PLAIN, soft_targets)]:
        with pytest.raises(ValueError, match=f"has a teacher_share of {recipe.teacher_share}: give soft_targets"):
            run(few_faces, tmp_path / "run", recipe, soft_targets=given)
    assert not (tmp_path / "run").exists()


def test_a_taught_run_learns_from_the_views_and_names_its_teachers(few_faces, tmp_path, monkeypatch, soft_targets,
                                                                   fire_net):
    feeds, make = [], training.Feed
    monkeypatch.setattr(training, "Feed", lambda *given, **options: feeds.append(make(*given, **options)) or feeds[-1])
    record = run(few_faces, tmp_path, TAUGHT, soft_targets=soft_targets)
    assert record["lessons"] == {"teachers": ["big-s0", "big-s1"], "views": 2, "weights": ["1", "2"]}
    assert record["finished"]
    feed, = feeds
    assert feed.images is soft_targets.images
    labels = few_faces.train.labels
    expected = 0.2 * np.eye(7)[labels] + 0.8 * soft_targets.answers[1].astype(float)
    np.testing.assert_allclose(feed.targets[1], expected, atol=1e-6)
    for other in ({"teachers": ("other-s0", "big-s1")}, {"weights": ("1", "3")}):
        with pytest.raises(ValueError, match=f"holds another run: lessons.{next(iter(other))} is "):
            run(few_faces, tmp_path, TAUGHT, soft_targets=soft_targets._replace(**other), resume=True)
    assert run(few_faces, tmp_path, TAUGHT, soft_targets=soft_targets, resume=True) == record


def test_a_run_begins_with_the_weights_of_another(finished, few_faces, tmp_path, monkeypatch):
    _, before = finished
    start = {}

    def watch(self, logs=None):
        start.update({v.path: keras.ops.convert_to_numpy(v.value) for v in self.model.net.trainable_variables})

    monkeypatch.setattr(RunKeeper, "on_train_begin", watch)
    record = run(few_faces, tmp_path / "next", start=before)
    with np.load(before / "best.npz") as kept:
        assert start and all(np.array_equal(values, kept[path]) for path, values in start.items())
    assert record["initial_weights"] == before.name
    assert record["initial_weights_sha256"] == hashlib.sha256((before / "best.npz").read_bytes()).hexdigest()
    with pytest.raises(ValueError, match="holds another run: initial_weights is "):
        run(few_faces, tmp_path / "next", start="squeezenet-mini-quick-s0", resume=True)
    again = tmp_path / "again" / before.name  # the same name, trained again in between
    shutil.copytree(before, again)
    sum_of_weights = save_weights(build_network("squeezenet-mini"), again / "best.npz")
    with pytest.raises(WeightsError, match="does not hold the weights that run.json speaks of"):
        run(few_faces, tmp_path / "next", start=again, resume=True)
    trained = json.loads((again / "run.json").read_text()) | {"best_sha256": sum_of_weights}
    (again / "run.json").write_text(json.dumps(trained))
    with pytest.raises(ValueError, match="holds another run: initial_weights_sha256 is "):
        run(few_faces, tmp_path / "next", start=again, resume=True)
    with pytest.raises(ValueError, match="no run of 'nowhere' is published"):
        run(few_faces, tmp_path / "other", start="nowhere")


def test_a_start_fills_the_average_too(finished, few_faces, tmp_path, monkeypatch):
    _, before = finished
    start = []
    monkeypatch.setattr(RunKeeper, "on_train_begin", lambda self, logs=None: start.extend(self.net.get_weights()))
    run(few_faces, tmp_path / "next", replace(QUICK, average=0.9), start=before)
    net = build_network("squeezenet-mini")
    load_weights(net, before / "best.npz")
    assert start and all(np.array_equal(one, other) for one, other in zip(start, net.get_weights()))


def test_a_run_without_teachers_names_none(finished):
    assert "lessons" not in finished[0]


# Recalibration and the best weights after a kill


def test_recalibration_takes_the_plain_average_of_all_batches(few_faces):
    net = keras.Sequential([keras.Input((48, 48, 1)), keras.layers.BatchNormalization(momentum=0.9)])
    images = few_faces.train.images
    training.recalibrate_normalization(net, images, batches=30, batch_size=len(images))
    layer = net.layers[-1]
    assert float(layer.moving_mean.value[0]) == pytest.approx(images.mean(), rel=1e-4)
    assert float(layer.moving_variance.value[0]) == pytest.approx(images.astype(float).var(), rel=1e-4)
    assert layer.momentum == 0.9


def test_recalibration_works_without_dropout_and_gives_it_back():
    net = keras.Sequential([keras.Input((48, 48, 1)), keras.layers.Dropout(0.5), keras.layers.BatchNormalization()])
    training.recalibrate_normalization(net, np.full((8, 48, 48), 100, np.uint8), batches=3)
    assert float(net.layers[-1].moving_variance.value[0]) == pytest.approx(0, abs=1e-3)
    assert net.layers[0].rate == 0.5


@pytest.mark.parametrize("after, kept", [(0.75, True), (0.5, True), (0.25, False)])
def test_a_recalibration_that_makes_it_worse_is_dropped(few_faces, tmp_path, monkeypatch, fire_net, after, kept):
    accuracies = iter([0.5, after])

    def answers(net, images):
        right = np.arange(len(images)) < next(accuracies) * len(images)
        return np.eye(7)[np.where(right, few_faces.public.labels, (few_faces.public.labels + 1) % 7)]

    def recalibrate(net, images, augment, seed):
        assert images is few_faces.train.images and (augment is not None)
        net.set_weights([w + 1 for w in net.get_weights()])

    monkeypatch.setattr(training, "predict_probabilities", answers)
    monkeypatch.setattr(training, "recalibrate_normalization", recalibrate)
    net, again, record = fire_net(), fire_net(), {"model": "any", "best_sha256": "before"}
    save_weights(net, tmp_path / "best.npz")
    training._recalibrate_best(record, tmp_path, QUICK, few_faces, 0)
    sha256 = hashlib.sha256((tmp_path / "best.new.npz").read_bytes()).hexdigest() if kept else "before"
    assert record == {"model": "any", "best_sha256": sha256, "public_accuracy": max(0.5, after), "recalibration": {
        "public_accuracy_before": 0.5, "public_accuracy_after": after, "kept": kept}}
    training._tidy(tmp_path, record)  # as after the record is written
    load_weights(again, tmp_path / "best.npz")
    for old, new in zip(net.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_allclose(new, old + kept)


@pytest.mark.parametrize("written", [True, False])
def test_new_best_weights_count_only_with_their_record(tmp_path, written):
    (tmp_path / "best.npz").write_text("old")
    (tmp_path / "best.new.npz").write_text("new")
    sha256 = hashlib.sha256(b"new" if written else b"old").hexdigest()
    training._tidy(tmp_path, {"best_sha256": sha256})
    assert (tmp_path / "best.npz").read_text() == ("new" if written else "old")
    assert names(tmp_path) == ["best.npz"]


def test_what_a_kill_has_left_is_removed_and_nothing_else(tmp_path):
    left = ["new-state-2.weights.h5", "state-1.npz", "state-3.npz", "best.new.npz",
            f"best.npz.{os.getpid()}-0123abcd.tmp", "run.json.4000000-0123abcd.tmp", "state-3.npz.4000000-0123abcd.tmp"]
    kept = ["state-2.npz", "best.npz", "run.json", "answers.npz", "state-of-the-art.pdf", "notes.tmp"]
    for name in left + kept:
        (tmp_path / name).write_text("x")
    training._tidy(tmp_path, {"best_sha256": "0", "state": "state-2.npz"})
    assert names(tmp_path) == sorted(kept)


# The faces of PublicTest that have a copy in Training


def test_the_accuracy_without_copies_is_that_of_the_other_faces():
    images, labels = load_schematic(("public",)).public
    faces = Faces("made", "made", {"train": Split(images[:60], labels[:60]), "public": Split(images, labels)})
    net = load_network("squeezenet-mini")
    right = predict_probabilities(net, images).argmax(axis=1) == labels
    assert right[:60].mean() != right[60:].mean()
    assert RunKeeper({}, None, net, faces).without_twins(right.mean()) == pytest.approx(right[60:].mean())


def test_every_epoch_is_judged_without_copies_too(few_faces, tmp_path, fire_net):
    images, labels = few_faces.public
    known = Faces("made", "made", {"train": Split(*(np.concatenate(pair) for pair in zip(
        few_faces.train, (images[:12], labels[:12])))), "public": few_faces.public})
    for row in run(known, tmp_path / "run")["history"]:
        right = 12 * row["val_leak_free_accuracy"]
        assert right == pytest.approx(round(right), abs=1e-3)
        assert 24 * row["val_accuracy"] - 12 * row["val_leak_free_accuracy"] <= 12 + 1e-3
