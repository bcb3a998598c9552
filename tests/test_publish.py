"""`tools/publish_run.py`: what it writes is smaller than what was measured, and says the same."""

import json
import shutil
import subprocess
import sys

import numpy as np
import publish_run
import pytest
import score_submission

from fer_utils.evaluation import (
    results,
    scores,
)
from fer_utils.evaluation.results import RESULTS_FOLDER, recorded_steps
from fer_utils.files import sha256_of
from fer_utils.networks.weights import WEIGHTS_FOLDER

MINI = "squeezenet-mini-quick-s0"


def test_stored_answers_give_the_same_scores(tmp_path):
    rng = np.random.default_rng(0)
    labels, probabilities = rng.integers(0, 7, 2000), rng.dirichlet(np.full(7, 0.2), 2000).astype(np.float32)
    publish_run.save_answers(tmp_path / "private.npz", probabilities)
    stored = np.load(tmp_path / "private.npz")["probabilities"]
    half = probabilities.astype(np.float16)
    large = probabilities >= 1 / 8
    assert stored.dtype == np.float16 and np.array_equal(stored[large], half[large])
    small = ~large & (probabilities > 1e-4)  # smaller ones are beyond half precision, too
    assert np.all(np.abs(stored[small] / probabilities[small] - 1) <= 1 / 32 + 1e-3)
    assert np.array_equal(stored.argmax(axis=1), half.argmax(axis=1))
    assert scores(labels, stored.astype(np.float32)) == scores(labels, half.astype(np.float32))
    assert (tmp_path / "private.npz").stat().st_size < 0.8 * half.nbytes


def test_a_record_has_a_line_for_each_epoch_and_is_otherwise_unchanged():
    record = {"note": "a [b]  {c}", "history": [{"epoch": 1, "loss": 2.0}, {"epoch": 2, "loss": 1.5}], "empty": [],
              "n": None}
    text = publish_run.readable(record)
    assert json.loads(text) == record and text.endswith("}\n")
    assert '{"epoch": 2,"loss": 1.5}' in text.splitlines()[4]


@pytest.fixture
def finished(tmp_path, monkeypatch):
    """The folder of a finished run of the smallest network, and a file of steps of its own."""
    monkeypatch.setattr(publish_run, "STEPS_FILE", tmp_path / "steps.json")
    monkeypatch.setattr(results, "STEPS_FILE", tmp_path / "steps.json")
    monkeypatch.delenv("FER2013_SOURCE", raising=False)
    record = json.loads((RESULTS_FOLDER / MINI / "run.json").read_text()) | {"state": None}
    folder = tmp_path / "run"
    folder.mkdir()
    shutil.copy(WEIGHTS_FOLDER / f"{MINI}.npz", folder / "best.npz")
    record["best_sha256"] = sha256_of(folder / "best.npz")  # published weights are stored in half the bytes
    (folder / "run.json").write_text(json.dumps(record))
    return folder


def test_a_step_is_recorded_with_its_public_scores_alone(finished):
    publish_run.publish_step(finished)
    record = recorded_steps()[MINI]
    assert record["public"]["accuracy"] == pytest.approx(record["public_accuracy"], abs=0.01)
    assert record["epochs"] == len(json.loads((finished / "run.json").read_text())["history"])
    assert not {"history", "state", "private"} & set(record)
    with pytest.raises(SystemExit, match="recorded already"):
        publish_run.publish_step(finished)


def test_a_folder_that_is_no_run_is_refused_in_one_line(finished):
    (finished / "run.json").write_text("[" * 100_000)
    tool = [sys.executable, publish_run.__file__]
    done = subprocess.run([*tool, str(finished)], capture_output=True, text=True)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1].startswith(f"publish_run: {finished}/run.json cannot be read")
    (finished / "run.json").unlink()
    for publish in (publish_run.publish, publish_run.publish_step):
        with pytest.raises(ValueError, match=f"{finished} has no run.json"):
            publish(finished)


def test_a_scorer_without_scikit_learn_is_one_line(tmp_path, capsys, monkeypatch):
    assert score_submission.main([str(tmp_path / "example.csv"), "--example"]) == 0
    capsys.readouterr()
    monkeypatch.setitem(sys.modules, "sklearn.metrics", None)  # as if it were not there
    assert score_submission.main([str(tmp_path / "example.csv")]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and "needs sklearn.metrics, which is not installed. Install" in error


def test_a_step_that_was_stopped_is_refused(finished):
    record = json.loads((finished / "run.json").read_text())
    (finished / "run.json").write_text(json.dumps(record | {"complete": False}))
    with pytest.raises(SystemExit, match="has not run to its end"):
        publish_run.publish_step(finished)
    assert recorded_steps() == {}
