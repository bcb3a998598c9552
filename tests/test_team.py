"""Several devices, and several workers, train one network: together they do what one does, and go on after a kill."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from fer_utils.__main__ import main
from fer_utils.training.recipes import RECIPES
from fer_utils.training.run import training_feed
from fer_utils.training.team import STRATEGIES, Team, agree, fit, join_workers, team_named, workers_named

ROOT = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="teams are TensorFlow's")
IN_TIME = 900  # seconds: the machine may be busy

# Trains a network without normalization and dropout, which see a part of the batch alone, on a few faces: then a team
# computes what one device does. With "kill", the process ends by itself, without a word, in the second epoch.
TRAIN = """
import os, signal, sys
strategy, devices, out, how = sys.argv[1:]
if strategy == "workers":
    from fer_utils.training.team import join_workers
    join_workers()
import tensorflow as tf
if int(devices) > 1:
    tf.config.set_logical_device_configuration(tf.config.list_physical_devices("CPU")[0],
                                               [tf.config.LogicalDeviceConfiguration()] * int(devices))
from fer_utils.backend import start
start()
from dataclasses import replace
import keras
from fer_utils.data import load_schematic
from fer_utils.networks.common import raw_face_input
from fer_utils.training import model, run
from fer_utils.training.recipes import RECIPES

def build(name=None):
    inputs, x = raw_face_input()
    x = keras.layers.AveragePooling2D(4)(x)
    x = keras.layers.Conv2D(8, 3, activation="relu", name="conv")(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, keras.layers.Dense(7, "softmax", dtype="float32", name="emotion")(x))

class Kill(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 1:
            os.kill(os.getpid(), signal.SIGKILL)

model.build_network = run.build_network = build
recipe = replace(RECIPES["quick"], epochs=3, augmentation="none", clip=0.01, l2=1e-3, average=0.9, class_weights=True)
run.train("squeezenet-mini", recipe, out=out, faces=load_schematic(("train", "public")).first(96), strategy=strategy,
          resume=how == "resume", callbacks=[Kill()] if how == "kill" else [], verbose=0)
"""


def start(*arguments, worker=None, ports=()):
    """A process that trains, alone or as a worker of two."""
    environment = {key: value for key, value in os.environ.items() if key not in ("FER2013_SOURCE", "TF_CONFIG")}
    if worker is not None:
        environment["TF_CONFIG"] = json.dumps({"cluster": {"worker": [f"127.0.0.1:{port}" for port in ports]},
                                               "task": {"type": "worker", "index": worker}})
    return subprocess.Popen([sys.executable, *map(str, arguments)], cwd=ROOT, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True, env=environment | {"PYTHONPATH": str(ROOT)})


def two(out, *how):
    """Two workers, each told by `how` what happens to it: their exit status and what they say, worker 0 first."""
    with socket.socket() as one, socket.socket() as other:
        for port in (one, other):
            port.bind(("127.0.0.1", 0))
        ports = [port.getsockname()[1] for port in (one, other)]
    started = [start("-c", TRAIN, "workers", 1, out, told, worker=number, ports=ports)
               for number, told in enumerate(how)]
    try:
        said = [process.communicate(timeout=IN_TIME)[0] for process in started]
    finally:
        for process in started:
            process.kill()
    return [process.returncode for process in started], said


def weights(out):
    with np.load(out / "best.npz") as file:
        return {name: file[name].astype(float) for name in file.files}


def record(out):
    return json.loads((out / "run.json").read_text())


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """The folder of the run of one device."""
    out = tmp_path_factory.mktemp("alone")
    said, _ = start("-c", TRAIN, "one", 1, out, "").communicate(timeout=IN_TIME)
    assert record(out)["finished"], said
    return out


@pytest.fixture(scope="module")
def together(tmp_path_factory):
    """The folder of the run of two workers that nothing has stopped."""
    out = tmp_path_factory.mktemp("together")
    status, said = two(out, "", "")
    assert status == [0, 0], said
    return out


def same(out, other, close):
    """Whether two runs went alike: losses, scores and weights, as `close` near."""
    here, there = record(out), record(other)
    for row, twin in zip(here["history"], there["history"], strict=True):
        assert {"loss", "val_loss", "accuracy", "val_accuracy"} <= set(row)
        assert all(row[key] == pytest.approx(twin[key], abs=close) for key in twin if key != "seconds")
    ours, theirs = weights(out), weights(other)
    assert ours.keys() == theirs.keys()
    return all(np.allclose(ours[name], theirs[name], atol=close) for name in ours)


def test_two_workers_train_what_one_device_does(alone, together):
    assert same(together, alone, close=2e-5)
    assert record(together)["strategy"] == "workers" and "strategy" not in record(alone)
    assert sorted(path.name for path in together.iterdir()) == ["best.npz", "lock", "run.json"]


def test_two_devices_of_a_machine_train_what_one_does(alone, tmp_path):
    said, _ = start("-c", TRAIN, "local", 2, tmp_path, "").communicate(timeout=IN_TIME)
    assert record(tmp_path)["finished"], said
    assert same(tmp_path, alone, close=2e-5)
    assert record(tmp_path)["device"].startswith("2 devices on 1 machine, each: CPU")


@pytest.mark.skipif(os.name == "nt", reason="kills by a signal")
def test_a_killed_worker_ends_the_others_in_one_line_and_all_go_on(together, tmp_path):
    status, said = two(tmp_path, "", "kill")
    assert status[1] == -9
    assert status[0] != 0 and len(record(tmp_path)["history"]) == 1
    assert "another worker is gone" in said[0].splitlines()[-1] and "with --resume" in said[0].splitlines()[-1]
    status, said = two(tmp_path, "resume", "resume")
    assert status == [0, 0], said
    assert record(tmp_path)["resumed_after"] == [1]
    assert same(tmp_path, together, close=0)


# What cannot be


def refused(capsys, out, *more):
    """The one line that the command says."""
    assert main(["train", "squeezenet-mini", "--out", str(out), *more]) == 2
    line, = capsys.readouterr().err.splitlines()
    assert not out.exists()
    return line


def test_an_unknown_strategy_is_one_line(tmp_path, own_cache, capsys):
    said = refused(capsys, tmp_path / "run", "--strategy", "two")
    assert said == f"fer_utils: there is no strategy 'two'; there are: {', '.join(STRATEGIES)}."


@pytest.mark.parametrize("config, said", [
    ("", "needs TF_CONFIG in the environment of every worker; for two, TF_CONFIG='{"),
    ("{", "does not say which workers there are"),
    ("[]", "does not say which workers there are"),
    ('{"cluster": {"worker": ["a:1", "b:1"]}}', "does not say which workers there are"),
    ('{"cluster": {"worker": ["a:1", "b:1"]}, "task": {"type": "worker", "index": 2}}', "does not say which workers"),
    ('{"cluster": {"worker": ["a:1", "b:1"]}, "task": {"type": "worker", "index": true}}', "does not say which"),
    ('{"cluster": {"worker": ["a", "b"]}, "task": {"type": "worker", "index": 0}}', "does not say which workers"),
    ('{"cluster": {"worker": "a:1"}, "task": {"type": "worker", "index": 0}}', "does not say which workers there are"),
    ('{"cluster": {"worker": ["a:1"], "ps": ["b:1"]}, "task": {"type": "worker", "index": 0}}', "does not say which"),
])
def test_workers_need_a_tf_config_that_says_who_they_are(tmp_path, own_cache, capsys, monkeypatch, config, said):
    monkeypatch.setenv("TF_CONFIG", config)
    assert said in refused(capsys, tmp_path / "run", "--strategy", "workers")


def test_the_example_of_the_message_is_understood():
    with pytest.raises(ValueError) as error:
        workers_named("")
    config = str(error.value).split("TF_CONFIG='")[1].split("'")[0]
    assert workers_named(config) == (0, ["10.0.0.1:2222", "10.0.0.2:2222"])


def test_workers_join_before_anything_is_computed(monkeypatch):
    keras.ops.zeros(1)
    monkeypatch.setenv("TF_CONFIG", '{"cluster": {"worker": ["127.0.0.1:1"]}, "task": {"type": "worker", "index": 0}}')
    for attempt in (join_workers, lambda: team_named("workers")):
        with pytest.raises(ValueError, match="before TensorFlow computes anything: use the command line"):
            attempt()


def test_another_backend_is_refused(monkeypatch):
    monkeypatch.setattr(keras.backend, "backend", lambda: "torch")
    for name in ("local", "workers"):
        with pytest.raises(ValueError, match=f"the strategy '{name}' runs on TensorFlow, and KERAS_BACKEND is torch"):
            team_named(name)
    assert team_named("one") is None


def test_a_batch_that_cannot_be_shared_is_refused(few_faces):
    team = Team("local", SimpleNamespace(num_replicas_in_sync=3))
    with pytest.raises(ValueError, match="a batch of 32 faces cannot be shared evenly by 3 devices. Choose another"):
        fit(team, None, training_feed(few_faces.train, RECIPES["quick"]), epochs=1, validate=dict, callbacks=[])


@pytest.mark.parametrize("change", [{"history": [1]}, {"seed": 1}, {"finished": True}])
def test_workers_that_do_not_begin_together_are_told(change):
    """As where each has a folder of its own."""
    run = {"model": "m", "recipe": {}, "seed": 0, "precision": "float32", "data": {}, "finished": False,
           "complete": False, "history": []}

    def worker(sums):
        return SimpleNamespace(workers=2, sum=sums)

    told = []
    agree(worker(lambda *mine: told.extend(mine) or [2 * one for one in mine]), run | change)
    agree(worker(lambda *mine: [2 * one for one in mine]), run)
    with pytest.raises(ValueError, match="do not begin the same run at the same epoch.*one folder for all"):
        agree(worker(lambda *mine: [one + other for one, other in zip(mine, told)]), run)
