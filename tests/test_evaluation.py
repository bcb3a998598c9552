"""Scores are what hand and scikit-learn compute, and the shipped networks reach what is recorded of them."""

import json
import shutil

import numpy as np
import pytest
from sklearn import metrics

from fer_utils.data import DataError, load_schematic
from fer_utils.data.fer2013 import FER2013_COUNTS
from fer_utils.evaluation import ANSWERED_AT_ONCE, evaluate, faces_of_run, predict_probabilities, results, scores
from fer_utils.evaluation.results import load_run, run_names
from fer_utils.labels import EMOTIONS
from fer_utils.networks import DEFAULT_NETWORK
from fer_utils.networks.weights import WEIGHTS_FOLDER, WeightsError, load_network, network_for

MINI = "squeezenet-mini-quick-s0"
SHIPPED = [name.removesuffix(".npz") for name in json.loads((WEIGHTS_FOLDER / "sha256.json").read_text())]
ON_PHOTOGRAPHS = [name for name in run_names() if load_run(name)["data"]["name"] == "FER-2013"]


def sure_of(predicted):
    return np.eye(len(EMOTIONS))[predicted]


# scores()


def test_scores_by_hand():
    """Anger: 2 of 3 found, and 2 of the 4 so named are not. Disgust: 1 of 2. Fear is never named."""
    result = scores([0, 0, 0, 1, 1, 2], sure_of([0, 0, 1, 1, 0, 0]))
    assert result["n"] == 6 and result["accuracy"] == 0.5
    assert result["confusion_matrix"][:3] == [
        [2, 1, 0, 0, 0, 0, 0], [1, 1, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0, 0]]
    assert not np.any(result["confusion_matrix"][3:])
    per_class = result["per_class"]
    assert list(per_class) == list(EMOTIONS)
    assert per_class["anger"] == pytest.approx({"precision": 2 / 4, "recall": 2 / 3, "f1": 4 / 7, "support": 3})
    assert per_class["disgust"] == pytest.approx({"precision": 1 / 2, "recall": 1 / 2, "f1": 1 / 2, "support": 2})
    assert per_class["fear"] == {"precision": 0, "recall": 0, "f1": 0, "support": 1}
    assert result["macro_f1"] == pytest.approx((4 / 7 + 1 / 2) / 7)


def test_scores_by_scikit_learn():
    random = np.random.default_rng(0)
    labels = random.integers(0, 7, 500).astype(np.uint8)
    probabilities = random.dirichlet(np.ones(7), 500) + 0.3 * sure_of(labels)
    predicted = probabilities.argmax(axis=1)
    result = scores(labels, probabilities)
    assert result["accuracy"] == pytest.approx(metrics.accuracy_score(labels, predicted))
    assert result["macro_f1"] == pytest.approx(metrics.f1_score(labels, predicted, average="macro"))
    assert result["confusion_matrix"] == metrics.confusion_matrix(labels, predicted).tolist()
    report = metrics.classification_report(labels, predicted, target_names=EMOTIONS, output_dict=True)
    for emotion in EMOTIONS:
        ours = result["per_class"][emotion]
        assert list(ours.values()) == pytest.approx(list(report[emotion].values()))


@pytest.mark.filterwarnings("error")
def test_a_class_that_is_never_predicted_has_precision_0_without_a_warning():
    row = scores([3, 4], sure_of([4, 4]))["per_class"]["happiness"]
    assert row == {"precision": 0.0, "recall": 0.0, "f1": 0.0, "support": 1}


def test_scores_are_plain_numbers():
    result = scores(np.array([0, 6], np.uint8), sure_of([0, 5]).astype(np.float32))
    assert json.loads(json.dumps(result)) == result


# Networks that ship


@pytest.fixture(scope="module")
def mini():
    return load_network("squeezenet-mini")


def test_probabilities_do_not_depend_on_shape_or_number(mini):
    """Few faces take a shorter way than many; the answer is the same."""
    images = load_schematic(("public",)).public.images[:ANSWERED_AT_ONCE + 6]
    expected = predict_probabilities(mini, images)
    assert expected.shape == (70, 7) and expected.dtype == np.float32
    np.testing.assert_allclose(expected.sum(axis=1), 1, atol=1e-5)
    for other in (images[..., None], images):
        np.testing.assert_allclose(predict_probabilities(mini, other), expected, atol=1e-5)
        few = predict_probabilities(mini, other[:5])
        assert isinstance(few, np.ndarray) and few.dtype == np.float32
        np.testing.assert_allclose(few, expected[:5], atol=1e-5)
    with pytest.raises(ValueError, match="round and convert to uint8"):
        predict_probabilities(mini, images.astype(np.float32))


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_networks_carry_no_augmentation(name):
    kinds = {type(layer).__name__ for layer in load_network(name)._flatten_layers()}
    assert not {kind for kind in kinds if kind.startswith("Random")} and "FusedBatchNormalization" not in kinds


def test_each_kind_of_faces_has_its_network():
    faces = load_schematic(("public",))
    assert network_for(faces) == "squeezenet-mini"
    assert network_for(type(faces)("FER-2013", "somewhere", {})) == DEFAULT_NETWORK


def test_unknown_networks_are_named():
    with pytest.raises(ValueError, match="no run of 'resnet50' is published"):
        load_network("resnet50")


# evaluate()


@pytest.mark.parametrize("split", ["public", "private"])
def test_the_small_network_reaches_its_recorded_scores(split):
    result, recorded = evaluate("squeezenet-mini", split), load_run("squeezenet-mini")["scores"]
    assert result["run"] == MINI and result["split"] == split and "schematic_faces.npz" in result["source"]
    assert {key: result[key] for key in recorded[split]} == recorded[split]
    assert (result["parameters"], result["file_bytes"]) == (recorded["parameters"], recorded["file_bytes"])
    assert json.loads(json.dumps(result)) == result


@pytest.mark.parametrize("name", run_names())
def test_recorded_scores_need_no_dataset_and_no_weights(name, own_cache, monkeypatch):
    monkeypatch.setattr("fer_utils.networks.weights.WEIGHTS_FOLDER", own_cache / "absent")
    result, recorded = evaluate(name, recorded=True), load_run(name)["scores"]["private"]
    assert result["source"] == f"recorded probabilities of {name}" and result["n"] == recorded["n"]
    for key in ("accuracy", "leak_free_accuracy", "macro_f1"):
        assert result[key] == pytest.approx(recorded[key], abs=0.005)
    assert result["leak_free_n"] == recorded["leak_free_n"]


def test_only_private_test_is_recorded():
    with pytest.raises(ValueError, match="leave out --recorded"):
        evaluate("squeezenet-mini", "public", recorded=True)


def test_an_unknown_split_is_named():
    with pytest.raises(DataError, match="unknown split 'test'; use train, public, private"):
        evaluate("squeezenet-mini", "test")


def test_a_run_on_photographs_without_photographs(own_cache, tmp_path, monkeypatch):
    """The remedy is named, and the drawings are not scored in their place."""
    folder = tmp_path / "results"
    shutil.copytree(results.RESULTS_FOLDER / MINI, folder / MINI)
    described = results.private_faces_path("schematic faces")
    (folder / "private_faces").mkdir()
    shutil.copy(described, folder / "private_faces" / "FER-2013.npz")
    record = json.loads((folder / MINI / "run.json").read_text())
    record["data"]["name"] = "FER-2013"
    (folder / MINI / "run.json").write_text(json.dumps(record))
    monkeypatch.setattr(results, "RESULTS_FOLDER", folder)
    with pytest.raises(ValueError, match=f"{MINI} was trained on FER-2013.*FER2013_SOURCE.*--recorded"):
        evaluate(MINI)
    assert evaluate(MINI, recorded=True)["n"] == 350


def test_a_source_that_is_broken_is_an_error_not_the_drawings(own_cache, monkeypatch, tmp_path):
    monkeypatch.setenv("FER2013_SOURCE", str(tmp_path / "absent"))
    with pytest.raises(DataError, match="absent"):
        faces_of_run({"run": "r", "data": {"name": "FER-2013"}}, ("private",))


@pytest.mark.parametrize("name", [name for name in run_names() if name not in SHIPPED])
def test_a_run_without_weights_can_only_be_recorded(name):
    with pytest.raises(WeightsError, match=f"no weights are shipped for {name}"):
        evaluate(name)


@pytest.mark.real_data
@pytest.mark.parametrize("name", [name for name in ON_PHOTOGRAPHS if name in SHIPPED])
def test_networks_reach_their_recorded_accuracy_on_the_photographs(name):
    """Within two faces: another processor adds in another order, and a tie within rounding may turn."""
    result, recorded = evaluate(name), load_run(name)["scores"]["private"]
    assert result["n"] == recorded["n"] == FER2013_COUNTS["private"] and result["leak_free_n"] == 3301
    for key, n in (("accuracy", result["n"]), ("leak_free_accuracy", 3301)):
        assert round(abs(result[key] - recorded[key]) * n) <= 2
    assert result["macro_f1"] == pytest.approx(recorded["macro_f1"], abs=0.002)
