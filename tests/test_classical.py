"""The classifiers of chapter 05: what they learn from, what they answer, and every one that is recorded."""

import json
import pickle
import shutil
import subprocess
import sys

import numpy as np
import pytest

from fer_utils.classical import (
    CLASSIFIERS,
    DECIDERS,
    build_classifier,
    pipeline_of,
    stored_numbers,
    support_vectors,
)
from fer_utils.data import load_schematic
from fer_utils.descriptors import DESCRIPTORS
from fer_utils.evaluation import (
    classical_runs,
    compare_runs,
    paired_comparison,
    results,
    scores,
    scores_of_answers,
)
from fer_utils.evaluation.classical_runs import classical_names, classical_table, load_classical, recorded_answers
from fer_utils.evaluation.protocol import load_protocol
from fer_utils.evaluation.results import RESULTS_FOLDER, load_run, recorded_probabilities, run_names
from fer_utils.files import FileError
from fer_utils.labels import EMOTIONS

RECORDED = classical_names()
every_record = pytest.mark.parametrize("name", RECORDED)


@pytest.fixture(scope="module")
def drawings():
    return load_schematic()


@pytest.fixture(scope="module")
def quick(drawings):
    """A function that fits a small classifier of each kind to 350 drawings, and keeps it."""
    fitted = {}

    def fit(decider, **settings):
        if decider not in fitted:
            pipeline = pipeline_of({"hog": {"cells": (12,)}}, 40, decider, settings)
            fitted[decider] = pipeline.fit(drawings.train.images[:350], drawings.train.labels[:350])
        return fitted[decider]

    return fit


KINDS = [("linear-svm", {"C": 0.1}), ("rbf-svm", {"C": 3, "gamma": 2}), ("nearest-neighbours", {"neighbours": 5}),
         ("random-forest", {"trees": 30, "leaf": 2})]
every_kind = pytest.mark.parametrize("decider, settings", KINDS)


# What is in the table


def test_the_table_names_what_there_is():
    assert {row.decider for row in CLASSIFIERS.values()} <= set(DECIDERS) == {kind for kind, _ in KINDS}
    assert {name for row in CLASSIFIERS.values() for name in row.descriptors} == set(DESCRIPTORS)
    assert {"hog-svm", "lbp-svm", "gabor-svm", "hog-rf", "hog-knn", "pixels-svm"} <= CLASSIFIERS.keys()
    assert not CLASSIFIERS.keys() & set(run_names())


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_every_row_can_be_built(name):
    pipeline, row = build_classifier(name, seed=3), CLASSIFIERS[name]
    assert list(pipeline.named_steps) == ["describe", "reduce", "decide"]
    assert [block[0] for block in pipeline["reduce"].transformers] == list(row.descriptors)


def test_an_unknown_classifier_is_refused():
    with pytest.raises(ValueError, match="there is no classifier 'sift-svm'; there are: hog-svm, lbp-svm"):
        build_classifier("sift-svm")


# What they learn and answer


@every_kind
def test_a_quick_fit_reads_drawings_it_has_not_seen(quick, drawings, decider, settings):
    answers = quick(decider, **settings).predict(drawings.public.images)
    assert answers.shape == drawings.public.labels.shape
    assert np.mean(answers == drawings.public.labels) > 0.5  # a guess is right one time in seven


@every_kind
def test_answers_are_in_the_order_of_the_emotions(quick, drawings, decider, settings):
    pipeline = quick(decider, **settings)
    assert pipeline.classes_.tolist() == list(range(len(EMOTIONS)))
    happy = drawings.private.images[drawings.private.labels == EMOTIONS.index("happiness")]
    assert np.bincount(pipeline.predict(happy), minlength=7).argmax() == EMOTIONS.index("happiness")


@every_kind
def test_one_face_is_answered_as_among_many(quick, drawings, decider, settings):
    pipeline, faces = quick(decider, **settings), drawings.public.images[:5]
    alone = [pipeline.predict(face[None])[0] for face in faces]
    assert alone == pipeline.predict(faces).tolist() == pipeline.predict(faces[..., None]).tolist()


@every_kind
def test_other_faces_are_refused(quick, drawings, decider, settings):
    pipeline = quick(decider, **settings)
    with pytest.raises(ValueError, match="float64"):
        pipeline.predict(drawings.public.images / 255)
    with pytest.raises(ValueError, match="got one face"):
        pipeline.predict(drawings.public.images[0])


def test_the_quick_kernel_gives_the_answers_of_the_librarys_own(quick, drawings):
    from sklearn.svm import SVC

    pipeline = quick("rbf-svm", C=3, gamma=2)
    described = pipeline[:-1].transform(drawings.train.images[:350])
    own = SVC(C=3, gamma=2).fit(described, drawings.train.labels[:350])
    assert own.predict(pipeline[:-1].transform(drawings.public.images)).tolist() == pipeline.predict(
        drawings.public.images).tolist()
    assert support_vectors(pipeline) == own.n_support_.sum()


def test_every_description_weighs_alike(drawings):
    pipeline = pipeline_of({"hog": {"cells": (12,)}, "pixels": {}}, None, "nearest-neighbours", {"neighbours": 1})
    pipeline.fit(drawings.train.images[:200], drawings.train.labels[:200])
    reduced = pipeline[:-1].transform(drawings.train.images[:200])
    length = DESCRIPTORS["hog"](drawings.train.images[:1], cells=(12,)).shape[1]
    assert [np.sum(part.var(axis=0)) for part in (reduced[:, :length], reduced[:, length:])] == pytest.approx(
        [1, 1], abs=0.05)  # a number that never changes has no variance


@every_kind
def test_what_is_stored_is_counted(quick, decider, settings):
    pipeline = quick(decider, **settings)
    length = pipeline["reduce"].named_transformers_["hog"][0].mean_.size
    before = 2 * length + 40 * length + length
    count, decide = stored_numbers(pipeline), pipeline["decide"]
    if decider == "linear-svm":
        assert count == before + 7 * 40 + 7
    elif decider == "nearest-neighbours":
        assert count == before + 350 * 40 + 350
    elif decider == "rbf-svm":
        vectors = support_vectors(pipeline)
        assert 0 < vectors <= 350 and count == before + vectors * 40 + 6 * vectors + 21
    else:
        assert count == before + sum(tree.tree_.node_count for tree in decide.estimators_) * (4 + 7)
    assert (support_vectors(pipeline) is None) == (decider != "rbf-svm")
    assert len(pickle.dumps(pipeline)) > 4 * count - 50_000


def test_importing_the_table_does_not_import_the_library():
    code = "import sys, fer_utils.classical, fer_utils.descriptors; print({'sklearn', 'skimage'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "set()"


# Scores of answers


def test_scores_of_answers_are_those_of_sure_probabilities():
    rng = np.random.default_rng(0)
    labels, answers = rng.integers(0, 7, (2, 200))
    sure = scores(labels, np.eye(7)[answers])
    sure.pop("calibration_error")
    assert scores_of_answers(labels, answers) == sure
    other = rng.integers(0, 7, 200)
    assert paired_comparison(labels, answers, np.eye(7)[other]) == paired_comparison(
        labels, np.eye(7)[answers], other)


# What is recorded


def test_the_records_are_the_ones_the_chapter_speaks_of():
    assert {"hog-svm", "lbp-svm", "gabor-svm", "hog-rf", "hog-knn", "pixels-svm"} <= set(RECORDED)


@every_record
def test_a_record_is_whole(name):
    assert {path.name for path in (RESULTS_FOLDER / name).iterdir()} == {"run.json", "scores.json", "private.npz"}
    run, row = load_classical(name), json.loads(json.dumps(CLASSIFIERS[name]._asdict()))
    assert run["classifier"] == name
    for field in ("descriptors", "components", "decider", "settings"):
        assert run[field] == row[field]
    assert {"python", "numpy", "scikit-learn", "scikit-image"} <= run["versions"].keys() and run["device"]
    assert run["dimensions"] == sum(DESCRIPTORS[descriptor](np.zeros((1, 48, 48), np.uint8), **settings).shape[1]
                                    for descriptor, settings in run["descriptors"].items())
    assert all(seconds >= 0 for seconds in run["seconds"].values())
    assert ("support_vectors" in run) == (run["decider"] == "rbf-svm")
    assert run["scores"]["file_bytes"] > run["scores"]["stored_numbers"]


@every_record
def test_a_record_keeps_to_the_protocol(name):
    protocol, run = load_protocol(), load_classical(name)
    assert run["data"]["content_hash"] == protocol["data"]["training_hash"]
    assert run["data"]["classes"] == list(EMOTIONS)
    assert run["data"]["train"] == protocol["splits"]["train"]["faces"]
    for split in ("public", "private"):
        assert run["scores"][split]["n"] == protocol["splits"][split]["faces"]
    assert run["scores"]["private"]["leak_free_n"] == protocol["splits"]["private"]["without_duplicates"]
    assert run["public_accuracy"] == run["scores"]["public"]["accuracy"]


@every_record
def test_scores_are_those_of_the_recorded_answers(name):
    recorded, stored = load_classical(name)["scores"]["private"], recorded_answers(name)
    again = scores_of_answers(stored["labels"], stored["answers"])
    assert {key: recorded[key] for key in again} == again
    alone = ~stored["has_duplicate"]
    assert recorded["leak_free_accuracy"] == np.mean((stored["labels"] == stored["answers"])[alone])


@every_record
@pytest.mark.parametrize("split", ["public", "private"])
def test_scores_agree_with_their_confusion_matrix(name, split):
    found = load_classical(name)["scores"][split]
    matrix = np.array(found["confusion_matrix"])
    assert matrix.shape == (7, 7) and matrix.sum() == found["n"]
    assert found["accuracy"] == pytest.approx(np.trace(matrix) / matrix.sum())
    right, given, asked = np.diag(matrix), matrix.sum(axis=0), matrix.sum(axis=1)
    f1 = 2 * right / (given + asked)
    assert found["macro_f1"] == pytest.approx(f1.mean())
    assert [row["support"] for row in found["per_class"].values()] == asked.tolist()
    assert list(found["per_class"]) == list(EMOTIONS)


def test_the_table_lists_the_best_first():
    rows = classical_table()
    assert sorted(row["run"] for row in rows) == sorted(RECORDED)
    assert [row["accuracy"] for row in rows] == sorted((row["accuracy"] for row in rows), reverse=True)
    json.dumps(rows)


def test_the_best_is_well_above_a_half():
    assert classical_table()[0]["accuracy"] > 0.55


def test_classifiers_and_networks_are_compared_face_by_face():
    pair = compare_runs("squeezenet-fer-deep", "hog-svm")
    network, classifier = load_run("squeezenet-fer-deep"), load_classical("hog-svm")
    assert pair["gap"] == pytest.approx(network["scores"]["private"]["accuracy"]
                                        - classifier["scores"]["private"]["accuracy"], abs=0.002)
    assert pair["p_value"] < 1e-6


def test_the_answers_of_a_network_are_its_most_probable_classes():
    stored, answered = recorded_probabilities("squeezenet-fer"), recorded_answers("squeezenet-fer")
    assert answered["answers"].dtype == np.uint8
    assert answered["answers"].tolist() == stored["probabilities"].argmax(axis=1).tolist()
    assert answered["keys"].tolist() == stored["keys"].tolist()


def test_a_classifier_is_no_network():
    with pytest.raises(ValueError, match="hog-svm is a classifier of chapter 05, not a network"):
        load_run("hog-svm")
    with pytest.raises(ValueError, match="no classifier 'squeezenet-fer' is recorded; recorded: hog-svm"):
        load_classical("squeezenet-fer")


@pytest.mark.parametrize("file, damage, expected", [
    ("run.json", lambda path: path.write_text("{}"), "run.json is damaged: classifier.*is missing"),
    ("scores.json", lambda path: path.write_text("[]"), "scores.json is damaged"),
    ("private.npz", lambda path: path.write_bytes(b"PK"), "private.npz cannot be read"),
    ("private.npz", lambda path: np.savez(path, answers=np.zeros(10, np.uint8)), "does not hold the answers to 3,589"),
    ("private.npz", lambda path: np.savez(path, answers=np.zeros(3589, np.uint8)), "right 13.68 % of the time, not"),
])
def test_a_damaged_record_is_told(tmp_path, monkeypatch, file, damage, expected):
    shutil.copytree(RESULTS_FOLDER / "hog-svm", tmp_path / "hog-svm")
    shutil.copytree(RESULTS_FOLDER / "private_faces", tmp_path / "private_faces")
    monkeypatch.setattr(results, "RESULTS_FOLDER", tmp_path)
    damage(tmp_path / "hog-svm" / file)
    with pytest.raises(FileError, match=expected + "(.|\n)*Restore it with: git checkout data.results.hog-svm." + file):
        classical_runs.recorded_answers("hog-svm")


# Recording


@pytest.fixture
def recorder(tmp_path, monkeypatch, drawings):
    """tools/record_classical.py on drawings, in folders of its own."""
    import publish_run
    import record_classical

    row = CLASSIFIERS["hog-knn"]._replace(descriptors={"hog": {"cells": (12,)}}, components=20)
    monkeypatch.setattr(record_classical, "CLASSIFIERS", {"hog-knn": row})
    monkeypatch.setattr(record_classical, "build_classifier", lambda name, seed: pipeline_of(*row[:4], seed=seed))
    monkeypatch.setattr(record_classical, "KEPT", tmp_path / "kept")
    for module in (record_classical, results, publish_run):
        monkeypatch.setattr(module, "RESULTS_FOLDER", tmp_path / "results", raising=False)
    asked = []

    def load(splits):
        asked.append(splits)
        return type(drawings)(drawings.name, drawings.source, {split: drawings.parts[split] for split in splits})

    monkeypatch.setattr(record_classical, "load_fer2013", load)
    return record_classical, asked


def test_a_classifier_is_recorded_once(recorder, tmp_path, monkeypatch, capsys):
    record_classical, asked = recorder
    record_classical.record("hog-knn", public_only=True)
    assert ("private",) not in asked and not (tmp_path / "results" / "hog-knn").exists()
    monkeypatch.setattr(record_classical, "described_faces", None)  # what is fitted is not fitted again
    record_classical.record("hog-knn")
    assert asked.count(("private",)) == 1
    run, stored = load_classical("hog-knn"), recorded_answers("hog-knn")
    assert run["scores"]["private"]["accuracy"] == np.mean(stored["labels"] == stored["answers"]) > 0.5
    record_classical.record("hog-knn")
    assert asked.count(("private",)) == 1 and "recorded already" in capsys.readouterr().out


def test_other_settings_need_another_name(recorder, monkeypatch):
    record_classical, asked = recorder
    record_classical.record("hog-knn")
    row = record_classical.CLASSIFIERS["hog-knn"]
    monkeypatch.setattr(record_classical, "CLASSIFIERS", {"hog-knn": row._replace(components=10)})
    with pytest.raises(SystemExit, match="hog-knn is recorded with other settings"):
        record_classical.record("hog-knn")
