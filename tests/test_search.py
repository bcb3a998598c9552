"""A search keeps its trials, goes on after a kill, and ends what does badly."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from fer_utils.files import FileError, alone_in
from fer_utils.training import run as training
from fer_utils.training.recipes import RECIPES
from fer_utils.training.search import SPACE, _is_wanted, ended, open_study, place_of, search, suggest, with_best

optuna = pytest.importorskip("optuna")
START = replace(RECIPES["quick"], epochs=4)


@pytest.fixture
def trained(monkeypatch):
    """`train` replaced by a formula: the nearer the rate to 0.001, the better. Returns the recipes that it was
    given."""
    tried = []

    def train(name, recipe, *, out, faces, callbacks, **options):
        tried.append(recipe)
        out.mkdir(parents=True, exist_ok=True)
        accuracy = 1 - abs(recipe.learning_rate - 0.001)
        for epoch in range(recipe.epochs):
            for callback in callbacks:
                callback.on_epoch_end(epoch, {"val_accuracy": accuracy})
        return {"history": [{"val_accuracy": accuracy}], "wall_seconds": 1.0}

    monkeypatch.setattr(training, "train", train)
    return tried


def test_every_trial_stays_in_the_space(trained, tmp_path, few_faces):
    study = search("squeezenet-mini", START, trials=12, out=tmp_path, faces=few_faces)
    assert len(ended(study)) == 12 == len(trained)
    for recipe in trained:
        assert SPACE["learning_rate"][0] <= recipe.learning_rate <= SPACE["learning_rate"][1]
        assert recipe.batch_size in SPACE["batch_size"] and recipe.augmentation in SPACE["augmentation"]
        assert 0 <= recipe.label_smoothing <= 0.2 and recipe.epochs == 4
    assert len({recipe.learning_rate for recipe in trained}) == 12
    best = min(trained, key=lambda recipe: abs(recipe.learning_rate - 0.001))
    assert with_best(START, study) == replace(best, name="searched")
    assert any(trial.state.name == "PRUNED" for trial in ended(study))
    assert not (tmp_path / "trial").exists()


def test_a_killed_search_goes_on_where_it_was(trained, tmp_path, monkeypatch, few_faces):
    search("squeezenet-mini", START, trials=3, out=tmp_path, faces=few_faces)
    working = training.train
    monkeypatch.setattr(training, "train", lambda *given, **options: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        search("squeezenet-mini", START, trials=5, out=tmp_path, faces=few_faces)
    assert len(ended(open_study(tmp_path))) == 3  # the killed one does not count
    monkeypatch.setattr(training, "train", working)
    study = search("squeezenet-mini", START, trials=5, out=tmp_path, faces=few_faces)
    assert len(ended(study)) == 5 == len(trained)
    assert len({recipe.learning_rate for recipe in trained}) == 5  # nothing is tried twice
    assert not [trial for trial in study.trials if trial.state.name == "RUNNING"]
    assert search("squeezenet-mini", START, trials=5, out=tmp_path, faces=few_faces) and len(trained) == 5


def test_two_searches_do_not_work_in_one_folder(trained, tmp_path, few_faces):
    with alone_in(tmp_path), pytest.raises(FileExistsError, match="another process is at work in .* another --out"):
        search("squeezenet-mini", START, trials=1, out=tmp_path, faces=few_faces)
    assert not trained
    search("squeezenet-mini", START, trials=1, out=tmp_path, faces=few_faces)


def test_a_search_for_something_else_is_refused(trained, tmp_path, few_faces):
    """Its trials would be compared with those of another network, recipe, or set of faces."""
    search("squeezenet-mini", START, trials=2, out=tmp_path, faces=few_faces)
    for said, change in (("network is squeezenet-mini there, squeezenet-fer here", {"name": "squeezenet-fer"}),
                         ("recipe is .* there, .* here", {"recipe": replace(START, epochs=5)}),
                         ("faces is .* there", {"faces": few_faces.first(9)}),
                         ("space is .* there", {"space": {"mixup": [0.0]}})):
        given = {"name": "squeezenet-mini", "recipe": START, "faces": few_faces} | change
        with pytest.raises(ValueError, match=f"study.db holds another search: {said}.*Choose another --out"):
            search(given.pop("name"), given.pop("recipe"), trials=3, out=tmp_path, **given)
    assert len(trained) == 2


def test_a_damaged_study_is_one_line(trained, tmp_path, few_faces, capsys):
    search("squeezenet-mini", START, trials=2, out=tmp_path, faces=few_faces)
    path = tmp_path / "study.db"
    whole = path.read_bytes()
    for content in (b"not a database" * 99, whole[:5000], whole[:4096] + bytes(4096) + whole[8192:]):
        path.write_bytes(content)
        with pytest.raises(FileError, match=f"{path} cannot be read.*or choose another --out") as error:
            search("squeezenet-mini", START, trials=3, out=tmp_path, faces=few_faces)
        assert "\n" not in str(error.value)
    assert len(trained) == 2 and "Traceback" not in "".join(capsys.readouterr())


def test_a_trial_that_fails_is_one_error(tmp_path, few_faces, monkeypatch, capfd):
    def fail(*given, **options):
        raise FileError("no room")

    monkeypatch.setattr(training, "train", fail)
    with pytest.raises(FileError, match="no room"):
        search("squeezenet-mini", START, trials=1, out=tmp_path, faces=few_faces)
    assert capfd.readouterr().err == ""


def test_a_trial_is_a_real_run(few_faces, tmp_path, fire_net):
    study = search("squeezenet-mini", replace(START, epochs=1), trials=1, out=tmp_path, faces=few_faces,
                   space={"learning_rate": (1e-3, 1e-2, "log"), "batch_size": [32]})
    trial, = ended(study)
    assert 0 <= trial.value <= 1 and set(trial.params) == {"learning_rate", "batch_size"}
    assert trial.user_attrs["seconds"] > 0


def test_a_bad_space_is_refused(tmp_path):
    for entry in ((1, 2, "lin"), (1,)):
        with pytest.raises(ValueError, match="the space of learning_rate is"):
            suggest(open_study(tmp_path).ask(), {"learning_rate": entry})


# Several processes, one study

ROOT = Path(__file__).resolve().parent.parent
SHARE = """
import json, sys, time
from types import SimpleNamespace as Stand
sys.modules["keras"] = Stand(callbacks=Stand(Callback=object))  # which takes seconds to load; nothing is trained
run = sys.modules["fer_utils.training.run"] = Stand()
from fer_utils.training import search
from fer_utils.data import load_schematic
from fer_utils.training.recipes import RECIPES
log, storage, out, slow = sys.argv[1:]

def train(name, recipe, *, out, callbacks, **options):
    with open(log, "a") as file:
        file.write(json.dumps([recipe.name, recipe.learning_rate, "begun"]) + "\\n")
    time.sleep(float(slow))
    callbacks[0].on_epoch_end(0, {"val_accuracy": recipe.learning_rate})
    with open(log, "a") as file:
        file.write(json.dumps([recipe.name, recipe.learning_rate, "ended"]) + "\\n")
    return {"history": [{"val_accuracy": recipe.learning_rate}], "wall_seconds": 1.0}

run.train = train
search.search("squeezenet-mini", RECIPES["quick"], trials=9, out=out, storage=storage, heartbeat=2,
              faces=load_schematic(("train", "public")).first(8))
"""


def test_three_processes_share_a_study_and_a_killed_one_costs_no_trial(tmp_path):
    """One of three is killed in the middle of a trial. Its settings are tried again; nothing else is tried twice."""
    log, storage = tmp_path / "log", f"sqlite:///{tmp_path}/study.db"

    def process(slow):
        return subprocess.Popen([sys.executable, "-c", SHARE, log, storage, tmp_path / "out", str(slow)], cwd=ROOT,
                                env=os.environ | {"PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE, text=True)

    def lines():
        return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []

    doomed = process(600)
    while not lines():
        assert doomed.poll() is None, doomed.stderr.read()
        time.sleep(0.05)
    others = [process(0.3), process(0.3)]
    while len(lines()) < 4:
        time.sleep(0.05)
    doomed.kill()
    doomed.communicate()
    for other in others:
        said = other.communicate(timeout=600)[1]
        assert other.returncode == 0, said
    study = open_study(tmp_path, storage=storage)
    assert len(ended(study)) == 9 and not study.get_trials(states=[optuna.trial.TrialState.RUNNING,
                                                                   optuna.trial.TrialState.WAITING])
    begun = Counter(rate for _, rate, moment in lines() if moment == "begun")
    done = Counter(rate for _, rate, moment in lines() if moment == "ended")
    first = lines()[0][1]
    assert set(done.values()) == {1} and len(done) == 9  # none was lost, and none ended twice
    assert begun[first] == 2 and set((begun - Counter([first])).values()) == {1}
    assert {trial.params["learning_rate"] for trial in ended(study)} == set(done)


def test_a_trial_beyond_the_wanted_ones_is_given_up(trained, tmp_path, few_faces, monkeypatch):
    """As when another process begins the last one at the same moment."""
    storage = f"sqlite:///{tmp_path}/study.db"
    search("squeezenet-mini", START, trials=2, out=tmp_path, faces=few_faces, storage=storage)
    study = open_study(tmp_path, storage=storage)
    assert _is_wanted(study, 1, 2) and not _is_wanted(study, 2, 2)
    other = study.ask()  # of a process that is at work
    monkeypatch.setattr("time.sleep", lambda seconds: study.tell(other, 0.5))
    search("squeezenet-mini", START, trials=3, out=tmp_path, faces=few_faces, storage=storage)
    assert len(trained) == 2 and not list(tmp_path.glob("trial*"))


def test_a_storage_that_cannot_be_had_is_one_line(tmp_path, few_faces):
    for url, error, said in (("nothing", ValueError, "--storage takes the URL of a database, such as sqlite:"),
                             (f"sqlite:///{tmp_path}/none/study.db", FileError, "cannot be read .*Is the data"),
                             ("sqlite+none:///x", (FileError, ValueError), "cannot be read|needs a package")):
        with pytest.raises(error, match=said) as told:
            search("squeezenet-mini", START, trials=1, out=tmp_path, faces=few_faces, storage=url)
        assert "\n" not in str(told.value)
    assert place_of("postgresql://me:secret@host/db") == "postgresql://me:***@host/db"
