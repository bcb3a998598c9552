"""A run that was killed or had no room goes on, and ends with the numbers of one that was not, to the last bit."""

import hashlib
import json
import os
import random
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

from fer_utils.__main__ import main
from fer_utils.data import load_schematic
from fer_utils.files import FileError
from fer_utils.training import run as training
from fer_utils.training.model import compile_for_training
from fer_utils.training.recipes import RECIPES
from fer_utils.training.run import train
from fer_utils.training.state import SeedEachEpoch, load_state, save_state

ROOT = Path(__file__).resolve().parent.parent
QUICK = replace(RECIPES["quick"], epochs=4, batch_size=16)
EVERYTHING = replace(QUICK, augmentation="strong", mixup=0.2, average=0.9, dropout_ramp=3, clip=1.0, l2=1e-4)


class Stopped(Exception):
    """Stands for the end of the process."""


class Watch(keras.callbacks.Callback):
    """Note the state after every epoch, and stop at a moment: (epoch, "begin", "batch" or "end")."""

    def __init__(self, out, moment=None):
        super().__init__()
        self.out, self.moment, self.states = out, moment, {}

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch
        self.stop_at(epoch, "begin")

    def on_train_batch_end(self, batch, logs=None):
        self.stop_at(self.epoch, "batch")

    def on_epoch_end(self, epoch, logs=None):
        self.states[epoch] = json.loads((self.out / "run.json").read_text())["state_sha256"]
        self.stop_at(epoch, "end")

    def stop_at(self, *moment):
        if moment == self.moment:
            raise Stopped


def what_counts(out):
    """The record without what time it took and how often it went on, and the weights."""
    record = json.loads((out / "run.json").read_text())
    for name in ("wall_seconds", "resumed_after"):
        record.pop(name)
    for row in record["history"]:
        row.pop("seconds")
    return record, (out / "best.npz").read_bytes()


MOMENTS = ((0, "end"), (1, "batch"), (2, "begin"), (3, "end"))


@pytest.mark.parametrize("recipe, moments", [
    (EVERYTHING, MOMENTS),
    (replace(QUICK, optimizer="sgd", learning_rate=0.05, augmentation="thesis", class_weights=True), MOMENTS[1::2]),
    (replace(QUICK, optimizer="adam", schedule="constant", learning_rate=1e-3, augmentation="none", average=0.9),
     MOMENTS[1::2])])
def test_a_run_that_was_stopped_is_equal_to_the_last_bit(few_faces, tmp_path, fire_net, monkeypatch, recipe, moments):
    if recipe is not EVERYTHING:  # then Python has a say after every step, not after every epoch
        monkeypatch.setattr(training, "STEPS_AT_ONCE", 1)

    def run(out, moment=None):
        watch = Watch(out, moment)
        try:
            record = train("squeezenet-mini", recipe, out=out, faces=few_faces, verbose=0, seed=3, resume=True,
                           callbacks=[watch])
        except Stopped:
            record = None
        return record, watch.states

    whole, states = run(tmp_path / "whole")
    assert whole["resumed_after"] == [] and len(states) == 4
    out, seen = tmp_path / "stopped", {}
    for moment in moments:
        record, some = run(out, moment)
        assert record is None
        seen |= some
    record, some = run(out)
    assert record["resumed_after"] == ([1, 2, 4] if moments is MOMENTS else [1, 4]) and seen | some == states
    assert what_counts(out) == what_counts(tmp_path / "whole")
    assert sorted(path.name for path in out.iterdir()) == ["best.npz", "lock", "run.json"]


def test_no_generator_repeats_another_or_itself(fire_net):
    """Over all generators and a few epochs, the first draws are all different, and the same in another model."""
    def draws(seed=3, epochs=6):
        _, model = compile_for_training("any", EVERYTHING, 40, seed=seed)
        reseed, seen = SeedEachEpoch(seed), []
        reseed.set_model(model)
        states = [v for v in model.variables if "seed_generator" in v.path]
        assert len(states) >= 5  # rotation, brightness, erasing, mixup, dropout
        for epoch in range(epochs):
            reseed.on_epoch_begin(epoch)
            for state in states:
                values = keras.ops.convert_to_numpy(state.value).astype(int)
                assert (values >= 0).all() and values.sum() < 2**31
                seen.append(tuple(values))
        return seen

    first = draws()
    assert len(set(first)) == len(first) and first == draws() and not set(first) & set(draws(seed=4))


# A real end of the process, of a network that is soon traced: a kill hits the same files


SMALL = """
import sys
sys.path.insert(0, "tests")
import fire_net
fire_net.use()
"""


def command(out, *more):
    return ["train", "squeezenet-mini", "--epochs", "3", "--batch-size", "16", "--out", str(out), *more]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The folder of a run of the command line that nothing has stopped, on the bundled faces."""
    import fire_net

    out = tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as patch:
        fire_net.use(patch.setattr)
        train("squeezenet-mini", replace(RECIPES["quick"], epochs=3, batch_size=16), out=out, verbose=0,
              faces=load_schematic(("train", "public")))
    return out


def started(code, *arguments):
    environment = {key: value for key, value in os.environ.items() if key != "FER2013_SOURCE"}
    return subprocess.Popen([sys.executable, "-c", code, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL,
                            stderr=subprocess.PIPE, text=True, env=environment)


RUN = f"{SMALL}\nfrom fer_utils.__main__ import main; sys.exit(main(sys.argv[1:]))"


@pytest.mark.skipif(os.name == "nt", reason="kills by a signal")
def test_a_killed_process_leaves_what_goes_on(whole, tmp_path, own_cache, capsys, fire_net):
    """Killed twice at moments that chance picks after the first epoch; a second training waits outside meanwhile."""
    out, chance = tmp_path / "run", random.Random(1)
    for after in (1, 2):
        process = started(RUN, *command(out, "--resume"))
        while len(json.loads((out / "run.json").read_text())["history"] if (out / "run.json").exists() else []) < after:
            assert process.poll() is None
            time.sleep(0.01)
        if after == 1:
            assert main(command(out, "--resume")) == 2
            said = capsys.readouterr().err.splitlines()[-1]
            assert f"another process is at work in {out}. Wait until it ends, or choose another --out" in said
        time.sleep(chance.uniform(0, 0.3))
        process.kill()
        process.communicate()
        assert process.returncode == -9 and not json.loads((out / "run.json").read_text())["finished"]
    assert main(command(out, "--resume")) == 0
    assert what_counts(out) == what_counts(whole)
    assert sorted(path.name for path in out.iterdir()) == ["best.npz", "lock", "run.json"]


LIMITED = SMALL + """
import resource
from fer_utils.__main__ import main
from fer_utils.training.run import RunKeeper
end = RunKeeper.on_epoch_end
def limited(self, epoch, logs):
    if epoch == 1:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, resource.RLIM_INFINITY))
    end(self, epoch, logs)
RunKeeper.on_epoch_end = limited
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.skipif(os.name == "nt", reason="limits the size of files")
def test_a_file_that_cannot_be_written_ends_in_one_line(whole, tmp_path, own_cache, fire_net):
    out = tmp_path / "run"
    process = started(LIMITED, *command(out))
    _, errors = process.communicate()
    assert process.returncode == 2 and "Traceback" not in errors
    assert errors.splitlines()[-1] == (
        f"fer_utils: {out}/state-2.npz cannot be written (File too large). Make room, or mend the permissions, and go "
        "on after the last finished epoch, which is kept: train with --resume, search as before.")
    assert sorted(path.name for path in out.iterdir()) == ["best.npz", "lock", "run.json", "state-1.npz"]
    assert main(command(out, "--resume")) == 0
    assert what_counts(out) == what_counts(whole)


# The file of a state


@pytest.fixture
def model(fire_net):
    return compile_for_training("any", EVERYTHING, 40, seed=0)[1]


def test_a_state_holds_every_variable(model, tmp_path, fire_net):
    random = np.random.default_rng(0)
    for variable in [*model.variables, *model.optimizer.variables]:
        if "learning_rate" not in variable.path:
            variable.assign(random.uniform(1, 9, variable.shape).astype(str(variable.dtype)))
    sha256 = save_state(model, tmp_path / "state")
    assert sha256 == hashlib.sha256((tmp_path / "state").read_bytes()).hexdigest()
    _, other = compile_for_training("any", EVERYTHING, 40, seed=1)  # whose generators have other numbers in their names
    load_state(other, tmp_path / "state", sha256, "")
    for ours, theirs in zip([*model.variables, *model.optimizer.variables],
                            [*other.variables, *other.optimizer.variables], strict=True):
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(ours.value), keras.ops.convert_to_numpy(theirs.value))


def test_another_state_is_refused_and_changes_nothing(model, tmp_path, fire_net):
    path = tmp_path / "state"
    sha256, before = save_state(model, path), model.get_weights()
    for recipe in (replace(EVERYTHING, average=0.0), replace(EVERYTHING, optimizer="sgd")):
        _, other = compile_for_training("any", recipe, 40, seed=1)
        with pytest.raises(FileError, match=f"{path} is the state of another network.* Do this"):
            load_state(other, path, sha256, "Do this.")
    data = path.read_bytes()
    for damaged in (data[:-1], data[:500], b"", data[:400] + b"?" + data[401:]):
        path.write_bytes(damaged)
        with pytest.raises(FileError, match=f"{path} is not the state that run.json speaks of.* Do this"):
            load_state(model, path, sha256, "Do this.")
    path.unlink()
    with pytest.raises(FileError, match=f"{path} cannot be read .No such file.* Do this"):
        load_state(model, path, sha256, "Do this.")
    assert all(map(np.array_equal, before, model.get_weights()))
