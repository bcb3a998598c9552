"""One's own runs and networks: what a name means, what is scored on which faces, and what is said of damaged files."""

import json
import shutil
from pathlib import Path

import keras
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fer_utils.__main__ import main
from fer_utils.data import load_schematic
from fer_utils.evaluation import evaluate, evaluate_on, results
from fer_utils.evaluation.results import RESULTS_FOLDER, load_run, recorded_probabilities, results_table
from fer_utils.files import FileError
from fer_utils.labels import EMOTIONS
from fer_utils.networks import build_network
from fer_utils.networks.weights import (
    WEIGHTS_FOLDER,
    WeightsError,
    identity_of,
    load_network,
    load_weights,
    own_run,
    run_and_network,
    save_weights,
    weights_of,
)

pytestmark = pytest.mark.usefixtures("own_cache")  # the bundled faces, whatever the machine has
MINI = "squeezenet-mini-quick-s0"
# As an earlier version wrote it, which did not keep the sum of all weights: then any weights may lie beside it.
WHOLE = (RESULTS_FOLDER / MINI / "run.json").read_bytes().replace(b' "resumed_after": [],\n', b"")
BEST = json.loads(WHOLE)["best_epoch"]


def refused(capfd, *arguments):
    """The last line on standard error of a command that ends with 2, where TensorFlow has not its say."""
    capfd.readouterr()
    assert main([str(argument) for argument in arguments]) == 2
    captured = capfd.readouterr()
    lines = [line for line in captured.err.splitlines() if line.startswith("fer_utils: ")]
    assert len(lines) == 1 and captured.out == "" and "Traceback" not in captured.err
    return lines[0]


@pytest.fixture
def mine(tmp_path):
    """The folder of a run of one's own, which ends all training: weights other than the published ones."""
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "run.json").write_bytes(WHOLE)
    save_weights(build_network("squeezenet-mini"), folder / "best.npz")
    return folder


# What a name means


def test_a_published_name_means_what_is_published(mine, tmp_path, monkeypatch):
    """Whatever lies in the working directory under that name, or under a network's."""
    for name in (MINI, "squeezenet-mini", "squeezenet-fer-deep"):
        shutil.copytree(mine, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    shipped = build_network("squeezenet-mini")
    load_weights(shipped, WEIGHTS_FOLDER / f"{MINI}.npz")
    for name in (MINI, "squeezenet-mini", f" {MINI} "):
        assert weights_of(name) == WEIGHTS_FOLDER / f"{MINI}.npz"
        assert identity_of(name) == (MINI, json.loads((WEIGHTS_FOLDER / "sha256.json").read_text())[f"{MINI}.npz"])
        assert all(map(np.array_equal, load_network(name).get_weights(), shipped.get_weights()))
    assert evaluate(MINI)["accuracy"] == load_run(MINI)["scores"]["private"]["accuracy"]
    own = np.load(mine / "best.npz")["scores/kernel"]
    for path in (f"./{MINI}", Path(MINI), tmp_path / MINI, f"{tmp_path}/{MINI}", f"'{tmp_path}/{MINI}'", "mine"):
        run, net = run_and_network(path)
        assert run["run"] == str(path) and run["scores"]["file_bytes"] == (mine / "best.npz").stat().st_size
        assert any(np.array_equal(w, own) for w in net.get_weights())


@pytest.mark.parametrize("use", [load_network, weights_of, evaluate, identity_of,
                                 lambda name: evaluate_on(name, load_schematic(), "public")])
def test_a_folder_means_that_folder_or_an_error(mine, tmp_path, monkeypatch, use):
    """Never the weights that ship, even for a folder that is called like a published run."""
    monkeypatch.chdir(tmp_path)
    folder = mine.rename(tmp_path / MINI)
    (folder / "best.npz").unlink()
    with pytest.raises(WeightsError, match=f"{folder} has no best.npz"):
        use(f"./{MINI}")
    (folder / "run.json").unlink()
    for name in (folder, Path(MINI), f"./{MINI}"):
        with pytest.raises(WeightsError, match=f"{folder} has no run.json"):
            use(name)
    with pytest.raises(WeightsError, match="there is no folder .*/runs/squeezenet-mini"):
        use("runs/squeezenet-mini")
    with pytest.raises(WeightsError, match="there is no folder"):
        use(Path("squeezenet-mini"))
    (tmp_path / "file").write_text("")
    with pytest.raises(WeightsError, match="/file is a file.*Name the folder of a run.*NAME.keras"):
        use("file")
    for name in ("nowhere", ""):
        with pytest.raises(ValueError, match=f"no run of '{name}' is published"):
            use(name)
    with pytest.raises(FileError, match="~nosuchuser/x cannot be a path"):
        use("~nosuchuser/x")


def test_the_commands_take_no_other_weights(mine, tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    (mine / "best.npz").unlink()
    for arguments in (["evaluate", "mine"], ["predict", "--network", "mine"],
                      ["train", "squeezenet-mini", "--start", "mine", "--epochs", "1", "--out", "new"],
                      ["train", "squeezenet-mini", "--recipe", "taught", "--teachers", "mine", "--out", "new"]):
        assert f"{mine} has no best.npz" in refused(capfd, *arguments)
    assert not (tmp_path / "new" / "run.json").exists()


def test_weights_of_a_better_epoch_count_once_their_record_is_written(mine):
    """As a kill between the two leaves them."""
    record = json.loads(WHOLE)
    record["best_sha256"] = save_weights(build_network("squeezenet-mini"), mine / "best.new.npz")
    assert weights_of(mine) == mine / "best.npz"
    (mine / "run.json").write_text(json.dumps(record))
    assert weights_of(mine) == mine / "best.new.npz"


# One's own run is scored on PublicTest


def test_ones_own_run_is_scored_on_public_test(mine, capfd):
    shutil.copy(WEIGHTS_FOLDER / f"{MINI}.npz", mine / "best.npz")
    result = evaluate(mine)
    published = load_run(MINI)["scores"]["public"]
    assert result["split"] == "public" and result["run"] == str(mine) and result["model"] == "squeezenet-mini"
    assert {key: result[key] for key in published} == published
    assert main(["evaluate", str(mine), "--json"]) == 0
    assert json.loads(capfd.readouterr().out) == result
    assert evaluate(MINI)["split"] == "private"  # what is published is scored as before
    line = refused(capfd, "evaluate", mine, "--split", "private")
    assert f"{mine} is not published. PrivateTest is read once" in line and "--split public" in line
    assert "recorded for published runs alone; leave out --recorded" in refused(capfd, "evaluate", mine, "--recorded")


def test_ones_own_run_is_scored_on_the_faces_it_learned_from(mine, capfd):
    record = json.loads(WHOLE)
    for data, said in (({"name": "FER-2013"}, "no FER-2013 is at hand. Set FER2013_SOURCE"),
                       ({"name": "RAF-DB"}, "was trained on RAF-DB.*--faces"),
                       ({"content_hash": "0"}, "was trained on schematic faces, but not on these faces")):
        (mine / "run.json").write_text(json.dumps(record | {"data": record["data"] | data}))
        with pytest.raises(ValueError, match=said):
            evaluate(mine)
        refused(capfd, "evaluate", mine)
    with pytest.raises(ValueError) as error:
        (mine / "run.json").write_text(json.dumps(record | {"data": record["data"] | {"name": "FER-2013"}}))
        evaluate(mine)
    assert "--recorded" not in str(error.value)  # nothing is recorded of it


def test_private_test_is_not_read_through_the_back_door(mine):
    faces = load_schematic()
    photographs = type(faces)("FER-2013", "", faces.parts)
    with pytest.raises(ValueError, match="is not published. PrivateTest is read once"):
        evaluate_on(mine, photographs, "private")
    assert evaluate_on(mine, photographs, "public")["n"] == 350


# A network of one's own in a .keras file


def own_network(*layers, size=7, activation="softmax", shape=(48, 48, 1)):
    return keras.Sequential([keras.Input(shape), keras.layers.Rescaling(1 / 255), *layers, keras.layers.Flatten(),
                             keras.layers.Dense(size, activation=activation)])


def test_a_keras_file_is_scored_and_predicts(tmp_path, capfd, monkeypatch):
    monkeypatch.chdir(tmp_path)
    net = own_network()
    net.save("mine.keras")
    faces = load_schematic()
    right = net.predict(faces.public.images[..., None], verbose=0).argmax(axis=1) == faces.public.labels
    result = evaluate("mine.keras")
    assert result["split"] == "public" and result["accuracy"] == right.mean() and result["model"] == "mine.keras"
    assert result["parameters"] == net.count_params() and result["file_bytes"] == Path("mine.keras").stat().st_size
    assert main(["evaluate", "mine.keras", "--split", "public"]) == 0
    assert "350 faces of public" in capfd.readouterr().out
    other = evaluate_on("mine.keras", faces, "public")
    assert other["trained_on"] is None and other["accuracy"] == right.mean() and other["leak_free_n"] is None
    assert main(["predict", "--network", "mine.keras", "--json"]) == 0
    face, = json.loads(capfd.readouterr().out)["faces"]
    assert list(face["probabilities"]) == list(EMOTIONS)
    assert "is not published" in refused(capfd, "evaluate", "mine.keras", "--split", "private")


@pytest.mark.parametrize("build, said", [
    (lambda: own_network(activation=None), "does not answer with probabilities: they are .* Let it end with a softmax"),
    (lambda: own_network(activation="sigmoid"), "does not answer with probabilities"),
    (lambda: own_network(size=8), r"answers two faces with \(2, 8\), not \(2, 7\).*seven probabilities, in the order"),
    (lambda: own_network(shape=(48, 48, 3)), r"takes \(None, 48, 48, 3\).*take raw gray faces \(batch, 48, 48, 1\)"),
    (lambda: own_network(shape=(64, 64, 1)), r"takes \(None, 64, 64, 1\)"),
    (lambda: own_network(shape=(2304,)), r"takes \(None, 2304\)"),
    (lambda: own_network(keras.layers.Lambda(lambda x: x)), "cannot be read .*[Ll]ambda"),
])
def test_another_network_is_told_in_one_sentence(tmp_path, capfd, build, said):
    path = tmp_path / "other.keras"
    build().save(path)
    with pytest.raises(WeightsError, match=f"{path} {said}"):
        load_network(path)
    refused(capfd, "evaluate", path)


def test_what_is_no_keras_file_is_told_in_one_sentence(tmp_path, capfd):
    path = tmp_path / "other.keras"
    own_network().save(path)
    whole = path.read_bytes()
    for content in (b"", b"PK\x03\x04" + bytes(99), whole[:-50], b"<html>", whole[:500] + bytes(200) + whole[700:]):
        path.write_bytes(content)
        with pytest.raises(WeightsError, match=f"{path} (cannot be read|is cut short).*Save the network again"):
            load_network(path)
    assert "cannot be read" in refused(capfd, "evaluate", path)
    assert f"there is no file {tmp_path}/absent.keras" in refused(capfd, "evaluate", tmp_path / "absent.keras")
    (tmp_path / "folder.keras").mkdir()
    assert "is a folder" in refused(capfd, "predict", "--network", tmp_path / "folder.keras")
    with pytest.raises(WeightsError, match="whole network, not the weights of a run"):
        weights_of(tmp_path / "other.keras")


# What --resume says


RESUME = ["train", "squeezenet-mini", "--resume", "--epochs", "30"]


@pytest.mark.parametrize("more, said", [
    (["--epochs", "40"], "recipe.epochs is 30 there, 40 here"), (["--seed", "7"], "seed is 0 there, 7 here"),
    (["--batch-size", "8"], "recipe.batch_size is 32 there, 8 here"),
    (["--precision", "mixed_bfloat16"], 'precision is "float32" there, "mixed_bfloat16" here'),
    (["--recipe", "sgd"], 'recipe.name is "quick" there, "sgd" here; recipe.optimizer is "adamw" there, "sgd" here'),
    (["--start", MINI], f'initial_weights is "random" there, "{MINI}" here')])
def test_another_setting_is_named_with_both_values_and_the_way(mine, capfd, more, said):
    line = refused(capfd, *RESUME, "--out", mine, *more)
    assert said in line and f"{mine}/run.json holds another run" in line and f"--start {mine} --out OTHER" in line


@pytest.mark.parametrize("content", [
    b"", b"[]", b"null", b'"run"', b"17", b"{}", b"[" * 100_000, b'{"a":' * 100_000, WHOLE[:-9], WHOLE[:1000],
    b"\xff\xfe",
    WHOLE.replace(b'"history": [', b'"history": {"a": [').replace(b'}\n ],\n "best', b'}]},\n "best'),
    WHOLE.replace(b'"seed": 0', b'"seed": "0"'), WHOLE.replace(b'"finished": true', b'"finished": 1'),
    WHOLE.replace(b'"best_epoch": %d' % BEST, b'"best_epoch": 31'), WHOLE.replace(b'"epoch": 7', b'"epoch": 8'),
    WHOLE.replace(b'"val_accuracy": 0.22,', b'"val_accuracy": 7,'),
    WHOLE.replace(b'"seed": 0', b'"seed": 0, "resumed_after": 5'),
    WHOLE.replace(b'"seed": 0', b'"seed": 0, "lessons": []')])
def test_a_damaged_record_is_one_line_with_the_file_and_the_way(mine, capfd, content):
    assert content != WHOLE
    (mine / "run.json").write_bytes(content)
    for arguments, way in ((RESUME + ["--out", mine], "Train again with another --out"),
                           (["evaluate", mine], "Train again in another folder")):
        line = refused(capfd, *arguments)
        assert f"{mine}/run.json " in line and way in line and len(line) < 500


def unfinished(folder, **changes):
    """A record after epoch 30 that is not complete, with a state that a run could go on from."""
    record = json.loads(WHOLE) | {"finished": False, "complete": False, "state": "state-30.npz", "state_sha256": "0"}
    record["versions"], record["recipe"] = dict(record["versions"]), record["recipe"] | {"epochs": 31}
    record["best_sha256"] = identity_of(folder)[1]
    (folder / "run.json").write_text(json.dumps(record | changes))
    return ["train", "squeezenet-mini", "--resume", "--epochs", "31", "--out", folder]


def test_a_missing_or_damaged_file_of_a_run_is_one_line_with_the_way(mine, capfd):
    way = f"--start {mine} --out OTHER"
    again = unfinished(mine)
    line = refused(capfd, *again)
    assert f"{mine}/state-30.npz cannot be read (No such file" in line and way in line
    (mine / "state-30.npz").write_bytes(b"PK")
    line = refused(capfd, *again)
    assert f"{mine}/state-30.npz is not the state that run.json speaks of" in line and way in line
    line = refused(capfd, *unfinished(mine, state="state-30.weights.h5"))
    assert f"{mine}/state-30.weights.h5 is of an earlier version of the course" in line and way in line
    for state in (None, 3, "../state-30.npz", "state-29.npz"):
        line = refused(capfd, *unfinished(mine, state=state))
        assert f"{mine}/run.json is damaged" in line and way in line
    line = refused(capfd, *unfinished(mine, best_sha256="0"))
    assert f"{mine}/best.npz is damaged" in line and "another --out" in line
    again = unfinished(mine)
    (mine / "best.npz").unlink()
    assert f"{mine}/best.npz, the best weights of the run, is missing" in refused(capfd, *again)


def test_an_out_that_is_no_folder_is_one_line(tmp_path, capfd):
    (tmp_path / "file").write_text("")
    for out in (tmp_path / "file", tmp_path / "file" / "run"):
        line = refused(capfd, "train", "squeezenet-mini", "--out", out)
        assert f"{out} cannot be written to (" in line and "choose another --out" in line


def test_an_unknown_network_in_a_record(mine, capfd):
    (mine / "run.json").write_bytes(WHOLE.replace(b'"squeezenet-mini"', b'"alexnet"'))
    assert f"{mine}/run.json speaks of a network 'alexnet'; there are: " in refused(capfd, "evaluate", mine)


# Damaged files of published runs


@pytest.fixture
def published(tmp_path, monkeypatch):
    """A copy of the smallest published run that a test may damage."""
    folder = tmp_path / "results"
    shutil.copytree(RESULTS_FOLDER / MINI, folder / MINI)
    shutil.copytree(RESULTS_FOLDER / "private_faces", folder / "private_faces")
    monkeypatch.setattr(results, "RESULTS_FOLDER", folder)
    return folder


@pytest.mark.parametrize("file", ["run.json", "scores.json", "private.npz"])
@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"[" * 100_000, b"PK\x03\x04", None])
def test_a_damaged_published_run_is_one_line_with_the_remedy(published, capfd, file, content):
    path = published / MINI / file
    path.write_bytes(path.read_bytes()[:-200] if content is None else content)
    line = refused(capfd, "evaluate", MINI, "--recorded")
    assert str(path) in line and f"Restore it with: git checkout data/results/{MINI}/{file}" in line and len(line) < 500
    if file != "private.npz":
        with pytest.raises(FileError):
            results_table()


@pytest.mark.parametrize("change", [
    {"probabilities": np.zeros((350, 7), np.float32)}, {"probabilities": np.zeros((349, 7), np.float16)},
    {"answers": 1},
    {"probabilities": np.full((350, 7), np.nan, np.float16)}, {"probabilities": np.full((350, 7), 1, np.float16)},
    {"probabilities": np.tile(np.float16([2, -1, 0, 0, 0, 0, 0]), (350, 1))}])
def test_answers_that_are_none_are_refused(published, change):
    np.savez(published / MINI / "private.npz", **change)
    with pytest.raises(FileError, match=f"private.npz .*git checkout data/results/{MINI}/private.npz"):
        recorded_probabilities(MINI)


def test_damaged_keys_of_the_private_faces_are_refused(published):
    path = published / "private_faces" / "schematic_faces.npz"
    with np.load(path) as file:
        kept = dict(file)
    for change in ({"keys": kept["keys"][:9]}, {"labels": kept["labels"] + 1}, {"has_twin": kept["labels"]}):
        np.savez(path, **kept | change)
        with pytest.raises(FileError, match="does not describe faces.*git checkout data/results/private_faces"):
            recorded_probabilities(MINI)
    path.unlink()
    with pytest.raises(FileError, match="cannot be read"):
        recorded_probabilities(MINI)


# Whatever a file holds: the right result, or one clear error


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
                    max_leaves=6)
quick = settings(derandomize=True, deadline=None, database=None, max_examples=60,
                 suppress_health_check=list(HealthCheck))


def one_line(error):
    assert "\n" not in str(error) and len(str(error)) < 600
    return str(error)


@st.composite
def damaged(draw, whole):
    """Bytes of which a part is cut off, changed, left out or put in twice."""
    start, stop = sorted(draw(st.tuples(*[st.integers(0, len(whole))] * 2)))
    new = draw(st.sampled_from([b"", whole[start:stop] * 2, bytes(stop - start)]) | st.binary(max_size=8))
    return draw(st.sampled_from([whole[:start], whole[start:], whole[:start] + new + whole[stop:],
                                 whole[:start] + new + whole[start + len(new):]]))


@st.composite
def changed_record(draw):
    """A record in which one value, at any depth, is replaced."""
    record = json.loads(WHOLE)
    record["history"] = record["history"][:19]
    at = record
    while True:
        key = draw(st.sampled_from(sorted(at)) if isinstance(at, dict) else st.integers(0, len(at) - 1))
        if not at[key] or not isinstance(at[key], dict | list) or draw(st.booleans()):
            at[key] = draw(JSON)
            return json.dumps(record).encode()
        at = at[key]


@quick
@given(content=damaged(WHOLE) | changed_record() | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_record_is_read_or_refused(tmp_path_factory, content):
    folder = tmp_path_factory.getbasetemp() / "any-record"
    folder.mkdir(exist_ok=True)
    (folder / "best.npz").write_bytes(b"")
    (folder / "run.json").write_bytes(content)
    try:
        record, _ = own_run(folder)
    except FileError as error:
        assert "/any-record" in one_line(error)
    else:
        text = json.loads(content)
        assert record == text or text != text  # NaN
        assert record["model"] and record["history"][record["best_epoch"] - 1]["epoch"] == record["best_epoch"]


@pytest.fixture(scope="module")
def small():
    """A network of a few numbers, and the file of its weights."""
    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, name="one"), keras.layers.Dense(7, name="two")],
                            name="small")


@quick
@given(data=st.data())
def test_any_weights_are_read_or_refused(tmp_path_factory, small, data):
    path = tmp_path_factory.getbasetemp() / "any.npz"
    if not path.exists():
        save_weights(small, path)
        small.whole, small.kept = path.read_bytes(), small.get_weights()
    path.write_bytes(data.draw(damaged(small.whole)))
    try:
        load_weights(small, path)
    except WeightsError as error:
        assert str(path) in one_line(error)
    assert all(map(np.array_equal, small.get_weights(), small.kept))


@quick
@given(content=damaged((RESULTS_FOLDER / MINI / "private.npz").read_bytes()))
def test_any_recorded_answers_are_read_or_refused(tmp_path_factory, content):
    folder = tmp_path_factory.getbasetemp() / "any-results"
    if not folder.exists():
        shutil.copytree(RESULTS_FOLDER / MINI, folder / MINI)
        shutil.copytree(RESULTS_FOLDER / "private_faces", folder / "private_faces")
    (folder / MINI / "private.npz").write_bytes(content)
    with pytest.MonkeyPatch.context() as patch:
        expected = recorded_probabilities(MINI)["probabilities"]
        patch.setattr(results, "RESULTS_FOLDER", folder)
        try:
            np.testing.assert_array_equal(recorded_probabilities(MINI)["probabilities"], expected)
        except FileError as error:
            assert "private.npz" in one_line(error)
