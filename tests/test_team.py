"""Several devices, and several workers, train one network: together they do what one does, and go on after a kill."""

import json
import os
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import keras
import numpy as np
import pytest

from fer_utils.__main__ import main
from fer_utils.training.team import STRATEGIES, team_named, workers_named

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
    status, said = two(tmp_path, "resume", "resume")
    assert status == [0, 0], said
    assert record(tmp_path)["resumed_after"] == [1]
    assert same(tmp_path, together, close=0)
