"""The command line: one JSON value and nothing else with --json, and one line for every error of the user."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fer_utils.__main__ import main
from fer_utils.data.photographs import example_photograph
from fer_utils.evaluation import prediction
from fer_utils.evaluation.classical_runs import classical_table
from fer_utils.evaluation.intervals import share_interval
from fer_utils.evaluation.results import load_run, results_table, run_names
from fer_utils.labels import EMOTIONS
from fer_utils.networks import NETWORKS
from fer_utils.training.recipes import RECIPES

pytestmark = pytest.mark.usefixtures("own_cache")  # the bundled faces, whatever the machine has


@pytest.fixture
def json_of(capfd):
    """A function that runs a command and returns the one JSON value on standard output, whoever wrote there."""

    def call(*arguments):
        capfd.readouterr()
        assert main([*arguments, "--json"]) == 0
        out = capfd.readouterr().out
        assert len(out.splitlines()) == 1
        return json.loads(out, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))

    return call


def refused(capsys, *arguments):
    """The one line on standard error of a command that ends with 2."""
    assert main(list(arguments)) == 2
    captured = capsys.readouterr()
    line, = captured.err.splitlines()
    assert line.startswith("fer_utils: ") and captured.out == ""
    return line


def test_data(json_of):
    result = json_of("data")
    assert result["name"] == "schematic faces" and "schematic_faces.npz" in result["source"]
    assert result["counts"] == {"train": 1400, "public": 350, "private": 350}
    assert list(result["classes"]["train"]) == list(EMOTIONS)
    assert sum(result["classes"]["private"].values()) == 350
    assert len(result["content_hash"]) == 64


def test_data_for_people(capsys):
    assert main(["data"]) == 0
    said = capsys.readouterr().out
    assert "bundled drawings" in said and all(emotion in said for emotion in EMOTIONS)


def test_results(json_of):
    rows = json_of("results")
    classical = classical_table()
    assert rows == results_table(untrained=True) + classical
    rows = rows[:len(rows) - len(classical)]
    trained = [row for row in rows if row["run"]]
    assert rows[:len(trained)] == trained and len(trained) == len(run_names()) > 0
    assert {row["model"] for row in rows} == set(NETWORKS)
    assert all(row["accuracy"] is None and row["parameters"] and not row["complete"] for row in rows[len(trained):])
    for row in trained:
        assert {"run", "model", "recipe", "seed", "epochs", "complete", "device", "parameters", "file_bytes",
                "accuracy", "leak_free_accuracy", "macro_f1", "seconds_an_epoch", "thesis_accuracy"} <= set(row)
        assert type(row["recipe"]) is str and type(row["complete"]) is bool and type(row["epochs"]) is int


def test_results_for_people(capsys):
    assert main(["results"]) == 0
    networks, _, classical = capsys.readouterr().out.partition("\n\n")
    lines = networks.splitlines()
    assert len(lines) == 1 + len(results_table(untrained=True))
    assert [line.split()[0] for line in classical.partition("\n\n")[0].splitlines()[1:]] == [
        row["run"] for row in classical_table()]
    assert sum("not yet trained" in line for line in lines) == len(lines) - 1 - len(run_names())
    for row in results_table():
        line, = [line for line in lines if line.startswith(row["run"] + " ")]
        assert f"{row['accuracy']:.2%}" in line and ("not complete" in line) == (not row["complete"])
        assert f" {100 * row['accuracy_low']:.1f} to {100 * row['accuracy_high']:.1f} " in line
        assert ("erratum [" in line) == bool(load_run(row["run"]).get("erratum"))
    assert all(f"Erratum [1]: {text}" in classical for text in {row["erratum"] for row in results_table()} - {None})


@pytest.mark.parametrize("more", [[], ["--split", "public"], ["--recorded"]])
def test_evaluate(json_of, more):
    result = json_of("evaluate", "squeezenet-mini", *more)
    assert {"source", "accuracy", "macro_f1", "per_class", "confusion_matrix", "n", "parameters", "file_bytes",
            "leak_free_accuracy"} <= set(result)
    assert result["n"] == 350 and np.shape(result["confusion_matrix"]) == (7, 7)
    assert result["accuracy"] == pytest.approx(np.trace(result["confusion_matrix"]) / 350)
    assert all(set(row) == {"precision", "recall", "f1", "support"} for row in result["per_class"].values())
    assert ("recorded" in result["source"]) == ("--recorded" in more)


def test_evaluate_for_people(capsys):
    assert main(["evaluate", "squeezenet-mini-quick-s0", "--recorded"]) == 0
    said = capsys.readouterr().out
    scores = load_run("squeezenet-mini")["scores"]["private"]
    low, _ = share_interval(round(scores["accuracy"] * scores["n"]), scores["n"])
    assert "erratum" not in said and f"95 % interval {100 * low:.2f} to" in said
    assert f"accuracy  {100 * scores['accuracy']:.2f} %" in said and "24,143 parameters" in said


def test_an_erratum_stands_beside_the_scores(capsys):
    assert main(["evaluate", "squeezenet-comparison-s0", "--recorded"]) == 0
    assert f"erratum   {load_run('squeezenet-comparison-s0')['erratum']}" in capsys.readouterr().out


def test_predict(json_of):
    result = json_of("predict")
    face, = result["faces"]
    assert result["image"] == "skimage.data.astronaut()" and len(face["box"]) == 4
    assert face["emotion"] == max(face["probabilities"], key=face["probabilities"].get)
    assert list(face["probabilities"]) == list(EMOTIONS)
    assert sum(face["probabilities"].values()) == pytest.approx(1, abs=1e-4)


def test_predict_a_file(json_of, tmp_path):
    path = tmp_path / "photo.png"
    Image.fromarray(example_photograph()[:, 100:300]).save(path)
    result = json_of("predict", str(path))
    assert result["image"] == str(path)
    row, column, height, width = result["faces"][0]["box"]
    assert abs(column + width / 2 - 127) <= 10


def test_predict_with_another_network(json_of, monkeypatch):
    monkeypatch.setattr(prediction, "DEFAULT_NETWORK", "alexnet")
    result = json_of("predict", "--network", "squeezenet-mini")
    assert result["network"] == "squeezenet-mini" and len(result["faces"]) == 1


def test_predict_a_picture_without_faces(json_of, tmp_path):
    Image.new("RGB", (60, 60)).save(tmp_path / "black.png")
    assert json_of("predict", str(tmp_path / "black.png"))["faces"] == []


def test_predict_a_picture_without_faces_for_people(capsys, tmp_path):
    Image.new("RGB", (60, 60)).save(tmp_path / "black.png")
    assert main(["predict", str(tmp_path / "black.png")]) == 0
    assert "No upright frontal face found" in capsys.readouterr().out


def test_predict_for_people(capsys):
    assert main(["predict"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "at row" in lines[0] and len(lines) == 8 and all("%" in line for line in lines[1:])


@pytest.mark.parametrize("arguments, named", [
    (["evaluate", "alexnet"], "no run of 'alexnet' is published; published: "),
    (["evaluate", "squeezenet-mini", "--recorded", "--split", "public"], "leave out --recorded"),
    (["train", "alexnet"], "no network 'alexnet'; there are: resnet50"),
    (["train", "squeezenet-mini", "--recipe", "slow"], "no recipe 'slow'; there are: thesis, modern, quick"),
    (["predict", "absent.jpg"], "absent.jpg. Correct the path"),
    (["predict", "--network", "alexnet"], "no run of 'alexnet' is published; published: "),
    (["predict", "--network", "vgg16"], "no weights are shipped for vgg16-comparison-s0; shipped: "),
    (["predict", __file__], "is not a picture that can be read"),
    (["data", "--source", "absent.csv"], "absent.csv"),
])
@pytest.mark.filterwarnings("error")
def test_errors_of_the_user_are_one_line(capsys, arguments, named):
    assert named in refused(capsys, *arguments)


def test_a_run_that_is_there_is_refused_in_one_line(capsys, tmp_path, monkeypatch):
    from fer_utils.training import run as training

    monkeypatch.setattr(training, "compile_for_training", None)  # it never gets that far
    (tmp_path / "run.json").write_text("{}")
    line = refused(capsys, "train", "squeezenet-mini", "--out", str(tmp_path))
    assert "already holds a run. Go on with --resume" in line


def test_a_folder_that_cannot_be_made_is_one_line(capsys, tmp_path):
    (tmp_path / "file").write_text("")
    assert "Not a directory" in refused(capsys, "train", "squeezenet-mini", "--out", str(tmp_path / "file" / "run"))


def test_a_missing_library_is_named(capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.metrics", None)  # as if it were not there
    line = refused(capsys, "evaluate", "squeezenet-mini", "--recorded")
    assert "needs sklearn.metrics, which is not installed. Install the course's packages" in line


def test_a_stopped_training_says_how_to_go_on(capsys, monkeypatch):
    def stop(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr("fer_utils.training.run.train", stop)
    assert main(["train", "squeezenet-mini"]) == 130
    assert "--resume" in capsys.readouterr().err
    monkeypatch.setattr("fer_utils.edge.benchmark.benchmark", stop)
    assert main(["benchmark"]) == 130
    assert capsys.readouterr().err.strip() == "fer_utils: stopped."


@pytest.mark.parametrize("arguments", [["predict", "--max-side", "1e3"], ["train", "squeezenet-mini", "--seed", "1.0"]])
def test_a_number_that_is_not_whole_is_named(capsys, arguments):
    with pytest.raises(SystemExit):
        main(arguments)
    assert f"'{arguments[-1]}' is no whole number; write digits alone" in capsys.readouterr().err


def test_a_full_disk_for_what_is_not_kept_is_named(capsys, monkeypatch, own_cache):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("numpy.save", full)
    assert "set TMPDIR to a folder on another disk" in refused(capsys, "benchmark", "squeezenet-mini")


def test_search_begins_with_the_networks_own_recipe_and_few_faces(capsys, monkeypatch, own_cache, tmp_path):
    from types import SimpleNamespace

    calls = []

    def search(name, recipe, *, faces, **options):
        calls.append((name, recipe.name, recipe.epochs, len(faces.train.labels), options["trials"], options["out"]))
        return SimpleNamespace(best_params={"learning_rate": 0.00123456, "batch_size": 64}, best_value=0.4567)

    monkeypatch.setattr("fer_utils.training.search.search", search)
    assert main(["search", "squeezenet-mini", "--trials", "3", "--limit", "50", "--out", str(tmp_path)]) == 0
    assert calls == [("squeezenet-mini", "quick", 8, 50, 3, str(tmp_path))]
    printed = capsys.readouterr().out
    assert "shows 45.67 % on PublicTest of schematic faces: learning_rate 0.00123, batch_size 64." in printed
    assert main(["search", "nowhere"]) == 2 and "there is no network 'nowhere'" in capsys.readouterr().err


def test_teachers_and_recipe_go_together(capsys):
    assert main(["train", "squeezenet-mini", "--recipe", "distilled"]) == 2
    assert "'distilled' learns from teachers; name their runs with --teachers" in capsys.readouterr().err
    assert main(["train", "squeezenet-mini", "--teachers", "squeezenet-mini-quick-s0"]) == 2
    assert "'quick' learns without teachers; leave out --teachers" in capsys.readouterr().err


def test_a_taught_run_from_the_command_line(capsys, own_cache, tmp_path, monkeypatch):
    given = {}

    def train(name, recipe, *, soft_targets, start, **options):
        given.update(soft_targets=soft_targets, start=start, recipe=recipe.name)
        return {"data": {"name": "schematic faces"}, "public_accuracy": 0.5, "best_epoch": 1, "history": [1]}

    monkeypatch.setattr("fer_utils.training.run.train", train)
    assert main(["train", "squeezenet-mini", "--recipe", "taught", "--teachers", "squeezenet-mini-quick-s0", "--copies",
                 "1",
                 "--start", "squeezenet-mini-quick-s0", "--out", str(tmp_path / "run")]) == 0
    assert given["start"] == "squeezenet-mini-quick-s0" and given["recipe"] == "taught"
    assert given["soft_targets"].teachers == ("squeezenet-mini-quick-s0",) and len(given["soft_targets"].images) == 1
    assert (tmp_path / "run" / "answers.npz").is_file()


@pytest.mark.parametrize("arguments", [[], ["teach"], ["train", "squeezenet-mini", "--epochs", "0"],
                                       ["train", "squeezenet-mini", "--epochs", "many"],
                                       ["evaluate", "squeezenet-mini", "--split", "train"]])
def test_wrong_usage_ends_with_2(capsys, arguments):
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2 and len(capsys.readouterr().err.splitlines()) == 1


def test_the_recipe_is_chosen_by_the_network_and_changed_by_options(monkeypatch, capsys):
    given = {}

    def record(name, recipe, **options):
        given.update(options, name=name, recipe=recipe)
        return {"data": {"name": "faces"}, "public_accuracy": 0.5, "best_epoch": 1, "history": [1]}

    monkeypatch.setattr("fer_utils.training.run.train", record)
    assert main(["train", "squeezenet-mini"]) == 0
    assert (given["recipe"].name, given["out"]) == ("quick", "runs/squeezenet-mini-quick-s0")
    assert main(["train", "squeezenet-fer", "--epochs", "3", "--batch-size", "16", "--seed", "5", "--resume"]) == 0
    own = NETWORKS["squeezenet-fer"].recipe
    assert (given["recipe"].name, given["recipe"].epochs, given["recipe"].batch_size) == (own, 3, 16)
    assert given["seed"] == 5 and given["resume"] and given["out"] == f"runs/squeezenet-fer-{own}-s5"
    assert main(["train", "squeezenet-fer", "--recipe", "sgd"]) == 0
    assert given["recipe"] == RECIPES["sgd"] and given["out"] == "runs/squeezenet-fer-sgd-s0"
    assert "PublicTest 50.00 %" in capsys.readouterr().out


def test_it_runs_as_a_module_without_waking_keras():
    """A real process: the table of runs needs no deep learning library, so it comes at once."""
    code = ("import runpy, sys; sys.argv = ['fer_utils', 'results', '--json']\n"
            "try: runpy.run_module('fer_utils', run_name='__main__')\n"
            "except SystemExit as end: assert end.code == 0\n"
            "assert 'keras' not in sys.modules and 'sklearn' not in sys.modules")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60,
                          cwd=Path(__file__).resolve().parent.parent)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == results_table(untrained=True) + classical_table()
