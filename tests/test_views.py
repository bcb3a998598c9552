"""Views of a face, the mean over them, and how far probabilities can be trusted."""

import json

import numpy as np
import publish_run
import pytest

from fer_utils.__main__ import main
from fer_utils.data import load_schematic
from fer_utils.evaluation import evaluate, predict_probabilities, results, scores
from fer_utils.evaluation.calibration import calibration_error, reliability
from fer_utils.evaluation.results import load_run, results_table
from fer_utils.evaluation.tta import CROP, VIEWS, mean_over_views, views_of
from fer_utils.files import sha256_of
from fer_utils.networks.weights import WEIGHTS_FOLDER, load_network

MINI = "squeezenet-mini-quick-s0"
PUBLISHED = results.RESULTS_FOLDER


@pytest.fixture(scope="module")
def faces():
    return load_schematic(("public",)).public.images[:20]


# The views


@pytest.mark.parametrize("views", VIEWS)
def test_there_are_as_many_views_as_said(faces, views):
    for images in (faces, faces[..., None]):
        found = list(views_of(images, views))
        assert len(found) == VIEWS[views] == len({view.tobytes() for view in found})
        assert {(view.shape, view.dtype) for view in found} == {((20, 48, 48), np.dtype(np.uint8))}


def test_a_flip_is_the_face_and_its_mirror_image(faces):
    face, mirrored = views_of(faces, "flip")
    np.testing.assert_array_equal(face, faces)
    np.testing.assert_array_equal(mirrored[:, 5, 0], faces[:, 5, 47])
    np.testing.assert_array_equal(list(views_of(faces, "single")), [faces])


def test_ten_crops_lie_where_they_should():
    """A bright pixel in a corner is in the crop of that corner alone, and in its mirror image on the other side."""
    corners = {(0, 0): 0, (0, 47): 2, (47, 0): 4, (47, 47): 6}
    for place, number in corners.items():
        image = np.zeros((1, 48, 48), np.uint8)
        image[0][place] = 255
        found = list(views_of(image, "ten-crop"))
        assert [view.any() for view in found] == [i in (number, number + 1) for i in range(10)]
        assert found[number][0][place] == 255 and found[number + 1][0][place[0], 47 - place[1]] == 255
    middle = np.zeros((1, 48, 48), np.uint8)
    middle[0, 2:46, 2:46] = 200  # just the centre crop
    assert (list(views_of(middle, "ten-crop"))[8] == 200).all() and CROP == 44


def test_a_mirrored_face_has_the_same_ten_crops(faces):
    own = {view[0].tobytes() for view in views_of(faces[:1], "ten-crop")}
    assert own == {view[0].tobytes() for view in views_of(faces[:1, :, ::-1], "ten-crop")}


def test_the_mean_is_over_all_views(faces):
    def top_row(images):
        return images[:, 0, :7].astype(np.float32)

    np.testing.assert_array_equal(mean_over_views(top_row, faces), top_row(faces))
    expected = (top_row(faces) + top_row(faces[:, :, ::-1])) / 2
    np.testing.assert_allclose(mean_over_views(top_row, faces, "flip"), expected)
    expected = np.mean([top_row(view) for view in views_of(faces, "ten-crop")], axis=0)
    np.testing.assert_allclose(mean_over_views(top_row, faces, "ten-crop"), expected, rtol=1e-6)


def test_unknown_views_are_named(faces):
    with pytest.raises(ValueError, match="no views 'five-crop'; there are: single, flip, ten-crop"):
        views_of(faces, "five-crop")
    with pytest.raises(ValueError, match="five-crop"):
        evaluate("squeezenet-mini", views="five-crop")


# evaluate and the command line


@pytest.mark.parametrize("views", VIEWS)
def test_evaluate_scores_the_mean_over_the_views(views):
    faces, net = load_schematic(), load_network("squeezenet-mini")
    mean = np.mean([predict_probabilities(net, view) for view in views_of(faces.private.images, views)], axis=0)
    expected, result = scores(faces.private.labels, mean), evaluate("squeezenet-mini", views=views)
    assert result["views"] == views and result["confusion_matrix"] == expected["confusion_matrix"]
    assert result["calibration_error"] == pytest.approx(expected["calibration_error"], abs=1e-5)


def test_views_on_the_command_line(own_cache, capsys):
    assert main(["evaluate", "squeezenet-mini", "--views", "flip", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["views"] == "flip" and 0 < result["calibration_error"] < 0.2
    assert result["confusion_matrix"] != evaluate("squeezenet-mini", recorded=True)["confusion_matrix"]
    assert main(["evaluate", "squeezenet-mini", "--recorded"]) == 0
    said = capsys.readouterr().out
    assert "views: single" in said and "calibration error 0.0" in said


def test_views_that_are_not_recorded_are_one_line(capsys):
    plain = "squeezenet-comparison-s0"
    assert main(["evaluate", plain, "--recorded", "--views", "ten-crop"]) == 2
    error = capsys.readouterr().err
    assert f"of {plain} only single is recorded, not ten-crop; leave out --recorded" in error and error.count("\n") == 1


# Publishing


def test_a_run_is_published_with_every_view(tmp_path, monkeypatch):
    """Scores of all views, computed from one reading of each split, and read back by `evaluate` and the table."""
    for module in (results, publish_run):
        monkeypatch.setattr(module, "RESULTS_FOLDER", tmp_path / "results")
    monkeypatch.setattr(publish_run, "WEIGHTS_FOLDER", tmp_path / "weights")
    read, whole = [], publish_run.faces_of_run
    monkeypatch.setattr(publish_run, "faces_of_run", lambda run, splits: read.append(splits) or whole(run, splits))
    run = tmp_path / "run"
    run.mkdir()
    record = json.loads((PUBLISHED / MINI / "run.json").read_text())
    (run / "best.npz").write_bytes((WEIGHTS_FOLDER / f"{MINI}.npz").read_bytes())
    # published weights are stored in half the bytes
    (run / "run.json").write_text(json.dumps(record | {"state": None, "best_sha256": sha256_of(run / "best.npz")}))

    publish_run.publish(run)
    found = load_run(MINI)["scores"]
    assert read == [("train", "public", "private")]
    for split in ("public", "private"):
        assert list(found[f"{split}_views"]) == ["flip", "ten-crop"]
        for views, stored in found[f"{split}_views"].items():
            assert stored["n"] == 350 and {"leak_free_accuracy", "macro_f1", "calibration_error"} <= set(stored)
            with monkeypatch.context() as shipped:
                shipped.setattr(results, "RESULTS_FOLDER", PUBLISHED)
                again = evaluate(MINI, split, views=views)
            assert stored["confusion_matrix"] == again["confusion_matrix"]
    flip = evaluate(MINI, recorded=True, views="flip")
    assert flip["source"] == f"recorded scores of {MINI}"
    assert flip["accuracy"] == found["private_views"]["flip"]["accuracy"]
    row, = results_table()
    assert row["flip_accuracy"] == flip["accuracy"]
    assert row["ten_crop_accuracy"] == found["private_views"]["ten-crop"]["accuracy"]
    assert row["calibration_error"] == found["private"]["calibration_error"]
    with pytest.raises(SystemExit, match="published already"):
        publish_run.publish(run)


# Calibration


def test_the_calibration_error_by_hand():
    """Two answers with 0.9, both right; two with 0.5, one right; nothing else: (2 * 0.1 + 2 * 0) / 4."""
    probabilities = np.zeros((4, 7))
    probabilities[:2, 0], probabilities[:2, 1] = 0.9, 0.1
    probabilities[2:, 2], probabilities[2:, 3] = 0.5, 0.49
    assert calibration_error([0, 0, 2, 3], probabilities) == pytest.approx(0.05)
    count, confidence, accuracy = reliability([0, 0, 2, 3], probabilities)
    assert count.sum() == 4 and count[7] == count[13] == 2 and np.isnan(accuracy[0])
    assert (confidence[13], accuracy[13], accuracy[7]) == (0.9, 1.0, 0.5)


def test_answers_that_are_sure_and_wrong_are_as_bad_as_it_gets():
    assert calibration_error([1, 1], np.eye(7)[[0, 0]]) == 1 and calibration_error([0, 0], np.eye(7)[[0, 0]]) == 0


def test_labels_drawn_from_the_probabilities_are_calibrated():
    rng = np.random.default_rng(0)
    probabilities = rng.dirichlet(np.ones(7), 20_000)
    labels = (probabilities.cumsum(axis=1) > rng.random((20_000, 1))).argmax(axis=1)
    assert calibration_error(labels, probabilities) < 0.01
    assert calibration_error(labels, probabilities**2 / (probabilities**2).sum(axis=1, keepdims=True)) > 0.1


def test_every_answer_is_in_a_bin():
    edges = np.array([[1 / 7] * 7, [1, 0, 0, 0, 0, 0, 0]])
    count, _, _ = reliability([0, 0], edges)
    assert count.sum() == 2 and count[-1] == 1 and count[2] == 1
