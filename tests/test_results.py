"""The published runs: every folder in data/results agrees with itself and with the weights that ship."""

import hashlib
import json
import shutil

import numpy as np
import pytest

from fer_utils.data import image_keys, load_schematic, without_duplicates
from fer_utils.data.fer2013 import load_fer2013
from fer_utils.evaluation import results, scores
from fer_utils.evaluation.classical_runs import classical_names
from fer_utils.evaluation.exported_runs import export_names
from fer_utils.evaluation.results import RESULTS_FOLDER, load_run, recorded_probabilities, results_table, run_names
from fer_utils.labels import EMOTIONS
from fer_utils.networks import NETWORKS, build_network
from fer_utils.networks.weights import WEIGHTS_FOLDER, load_weights
from fer_utils.text import percent

RUNS = run_names()
every_run = pytest.mark.parametrize("name", RUNS)
SHIPPED = json.loads((WEIGHTS_FOLDER / "sha256.json").read_text())


def test_runs_are_published_whole():
    assert "squeezenet-mini-quick-s0" in RUNS
    for name in RUNS:
        files = {path.name for path in (RESULTS_FOLDER / name).iterdir()}
        assert files - {"public.npz", "train.npz"} == {"run.json", "scores.json", "private.npz"}
    folders = sorted(path.name for path in RESULTS_FOLDER.iterdir() if path.is_dir())
    assert folders == sorted([*RUNS, *classical_names(), *export_names(), "benchmarks", "private_faces"])


@every_run
def test_the_name_says_what_was_trained(name):
    run = load_run(name)
    assert name == f"{run['model']}-{run['recipe']['name']}-s{run['seed']}"
    assert run["model"] in NETWORKS and run["device"] and run["versions"]["keras"]
    assert run["data"]["classes"] == list(EMOTIONS)


@every_run
def test_history_and_best_epoch_agree(name):
    run = load_run(name)
    history = run["history"]
    assert [row["epoch"] for row in history] == list(range(1, len(history) + 1))
    best = max(history, key=lambda row: row["val_accuracy"])
    assert run["best_epoch"] == best["epoch"]
    if run["finished"]:  # a run that was cut short has not been recalibrated
        again = run["recalibration"]
        assert run["public_accuracy"] == max(again["public_accuracy_before"], again["public_accuracy_after"])
        assert again["kept"] == (again["public_accuracy_after"] >= again["public_accuracy_before"])
        # in training with the training's precision, before the recalibration with float32
        assert again["public_accuracy_before"] == pytest.approx(best["val_accuracy"], abs=0.01)
    else:
        assert run["public_accuracy"] == best["val_accuracy"] and not run["complete"]
    assert run["wall_seconds"] == pytest.approx(sum(row["seconds"] for row in history), abs=0.1)
    patience = run["recipe"]["patience"]
    stalled = patience is not None and len(history) - run["best_epoch"] >= patience
    assert run["complete"] == (stalled or len(history) == run["recipe"]["epochs"])


@every_run
def test_training_and_scoring_agree_on_public_test(name):
    """Training measured with the weights as they were, scoring with the rounded ones that ship."""
    run = load_run(name)
    assert run["scores"]["public"]["accuracy"] == pytest.approx(run["public_accuracy"], abs=0.01)
    assert run["scores"]["public"]["n"] == run["data"]["public"]


@every_run
def test_scores_are_those_of_the_recorded_probabilities(name):
    """To within what rounding to float16 can turn: two answers so near that either may come first."""
    recorded, stored = load_run(name)["scores"]["private"], recorded_probabilities(name)
    again = scores(stored["labels"], stored["probabilities"])
    assert again["n"] == recorded["n"] == np.sum(recorded["confusion_matrix"])
    assert again["accuracy"] == pytest.approx(recorded["accuracy"], abs=0.002)
    assert again["macro_f1"] == pytest.approx(recorded["macro_f1"], abs=0.005)
    assert [row["support"] for row in recorded["per_class"].values()] == np.bincount(stored["labels"]).tolist()
    assert np.trace(recorded["confusion_matrix"]) == pytest.approx(recorded["accuracy"] * recorded["n"])
    moved = np.abs(np.subtract(again["confusion_matrix"], recorded["confusion_matrix"])).sum()
    assert moved <= 2 * 0.002 * recorded["n"]
    alone = ~stored["has_duplicate"]
    assert recorded["leak_free_n"] == alone.sum()
    hits = stored["labels"] == stored["probabilities"].argmax(axis=1)
    assert hits[alone].mean() == pytest.approx(recorded["leak_free_accuracy"], abs=0.002)


@every_run
def test_recorded_probabilities_are_probabilities(name):
    stored = recorded_probabilities(name)
    n = len(stored["labels"])
    assert stored["keys"].shape == (n, 16) and stored["keys"].dtype == np.uint8
    assert stored["labels"].dtype == np.uint8
    assert stored["has_duplicate"].dtype == bool and stored["has_duplicate"].shape == (n,)
    assert stored["probabilities"].shape == (n, 7) and stored["probabilities"].dtype == np.float32
    np.testing.assert_allclose(stored["probabilities"].sum(axis=1), 1, atol=0.001)


def check_keys(name, faces):
    stored = recorded_probabilities(name)
    keys = [key[:16] for key in image_keys(faces.private.images)]
    assert sorted(row.tobytes() for row in stored["keys"]) == sorted(keys)
    duplicate = dict(zip(keys, ~without_duplicates(faces.private.images, faces.train.images)))
    assert [duplicate[row.tobytes()] for row in stored["keys"]] == stored["has_duplicate"].tolist()


@pytest.mark.parametrize("name", [name for name in RUNS if load_run(name)["data"]["name"] != "FER-2013"])
def test_recorded_answers_belong_to_the_bundled_faces(name):
    faces = load_schematic()
    check_keys(name, faces)
    trained_on = load_schematic(("train", "public"))
    assert load_run(name)["data"]["content_hash"] == trained_on.content_hash


@pytest.mark.real_data
@pytest.mark.parametrize("name", [name for name in RUNS if load_run(name)["data"]["name"] == "FER-2013"])
def test_recorded_answers_belong_to_fer2013(name):
    check_keys(name, load_fer2013())
    assert load_run(name)["data"]["content_hash"] == load_fer2013(splits=("train", "public")).content_hash
    assert load_run(name)["scores"]["private"]["leak_free_n"] == 3301


# The weights that ship


def test_every_weights_file_is_listed_and_belongs_to_a_run():
    assert sorted(path.name for path in WEIGHTS_FOLDER.glob("*.npz")) == sorted(SHIPPED)
    assert {name.removesuffix(".npz") for name in SHIPPED} <= set(RUNS)


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_weights_are_the_published_ones(name):
    path, run = WEIGHTS_FOLDER / name, load_run(name.removesuffix(".npz"))
    assert hashlib.sha256(path.read_bytes()).hexdigest() == SHIPPED[name] == run["scores"]["weights_sha256"]
    assert path.stat().st_size == run["scores"]["file_bytes"] < 6_000_000
    load_weights(build_network(run["model"]), path)
    if run["data"]["name"] != "FER-2013":
        assert path.stat().st_size <= 300_000


@every_run
def test_the_recorded_size_is_the_networks(name):
    run = load_run(name)
    assert run["scores"]["parameters"] == NETWORKS[run["model"]].parameters  # held to the network by test_networks.py


# Reading them


@pytest.fixture
def published(tmp_path, monkeypatch):
    """A function that publishes a changed copy of the smallest run in a folder of its own."""
    monkeypatch.setattr(results, "RESULTS_FOLDER", tmp_path)

    def publish(name, accuracy=0.5, **changes):
        shutil.copytree(RESULTS_FOLDER / "squeezenet-mini-quick-s0", tmp_path / name)
        for file, new in (("run.json", changes), ("scores.json", {})):
            record = json.loads((tmp_path / name / file).read_text()) | new
            if file == "scores.json":
                record["private"] |= {"accuracy": accuracy, "calibration_error": 0.1}
            (tmp_path / name / file).write_text(json.dumps(record))

    return publish


def test_a_network_means_its_complete_run_with_the_best_public_accuracy(published):
    published("a", model="net", public_accuracy=0.6, complete=True, accuracy=0.9)  # PrivateTest does not choose
    published("b", model="net", public_accuracy=0.7, complete=True)
    published("c", model="net", public_accuracy=0.8, complete=False)
    published("d", model="other", public_accuracy=0.9, complete=True)
    assert load_run("net")["run"] == "b" and load_run("c")["run"] == "c"


def test_an_incomplete_run_is_better_than_none(published):
    published("c", model="net", complete=False)
    assert load_run("net")["run"] == "c"


def test_an_unknown_run_is_named_and_the_published_ones_listed():
    with pytest.raises(ValueError, match="no run of 'resnet50' is published; published: .*squeezenet-mini-quick-s0"):
        load_run("resnet50")


def test_no_runs_at_all(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "RESULTS_FOLDER", tmp_path / "absent")
    assert run_names() == [] and results_table() == []
    with pytest.raises(ValueError, match="published: none"):
        load_run("squeezenet-fer")


def test_an_unfinished_publication_is_no_run(published, tmp_path):
    published("a")
    (tmp_path / "a" / "scores.json").unlink()
    assert run_names() == []


def test_the_table_lists_photographs_first_and_the_best_first(published):
    data = json.loads((RESULTS_FOLDER / "squeezenet-mini-quick-s0" / "run.json").read_text())["data"]
    photographs = {"data": data | {"name": "FER-2013"}}
    published("a", accuracy=0.5, **photographs)
    published("b", accuracy=0.9)
    published("c", accuracy=0.6, **photographs)
    assert [row["run"] for row in results_table()] == ["c", "a", "b"]


def test_the_rows_of_the_table_are_what_the_runs_say():
    rows = results_table()
    assert sorted(row["run"] for row in rows) == RUNS
    for row in rows:
        check_row(row, load_run(row["run"]))


def check_row(row, run):
    assert (row["model"], row["recipe"], row["seed"]) == (run["model"], run["recipe"]["name"], run["seed"])
    assert row["epochs"] == len(run["history"]) and row["complete"] == run["complete"]
    for key in ("accuracy", "leak_free_accuracy", "macro_f1"):
        assert row[key] == run["scores"]["private"][key] and 0 <= row[key] <= 1
    json.dumps(row)


def test_fractions_are_written_as_percent():
    assert percent(0.6637) == "66.4 %" and percent(0.6637, 2) == "66.37 %"
