"""Views of the faces, and the answers of teachers on them."""

import hashlib
import json

import keras
import numpy as np
import pytest

from fer_utils.data import Faces, Split, load_faces
from fer_utils.evaluation import predict_probabilities
from fer_utils.evaluation.results import RESULTS_FOLDER, recorded_train
from fer_utils.files import FileError
from fer_utils.networks.weights import WeightsError, identity_of, load_network, save_weights, weights_of
from fer_utils.training.distillation import (
    SoftTargets,
    ask_teachers,
    augmented_copies,
    mixed_targets,
    published_answers,
    soft_targets_of_runs,
)


class Shift(keras.layers.Layer):
    """In training adds 0.6, 1.6, 2.6 and so on to every pixel; outside training 100."""

    calls = 0

    def call(self, faces, training=False):
        if not training:
            return faces + 100.0
        self.calls += 1
        return faces + self.calls - 0.4


def some_faces(count):
    return np.random.default_rng(0).integers(0, 256, (count, 48, 48)).astype(np.uint8)


@pytest.fixture(scope="module")
def nets():
    def build(seed):
        keras.utils.set_random_seed(seed)
        return keras.Sequential([keras.Input((48, 48, 1)), keras.layers.Rescaling(1 / 255), keras.layers.Flatten(),
                                 keras.layers.Dense(7, activation="softmax")])

    return [build(seed) for seed in (0, 1)]


def test_views_are_augmented_copies_rounded_to_pixels():
    faces = some_faces(5)
    faces[0, 0, :2] = 0, 255
    views = augmented_copies(faces, Shift(), 3)
    assert views.shape == (3, 5, 48, 48) and views.dtype == np.uint8
    for number, view in enumerate(views, start=1):
        np.testing.assert_array_equal(view, np.minimum(faces.astype(int) + number, 255))  # 0.6 is rounded to 1


def test_views_are_made_in_batches():
    faces, shift = some_faces(5), Shift()
    views = augmented_copies(faces, shift, 2, batch_size=2)
    assert shift.calls == 6
    added = np.minimum(faces.astype(int) + np.array([1, 1, 2, 2, 3])[:, None, None], 255)
    np.testing.assert_array_equal(views[0], added)


def test_teachers_answer_with_their_mean_on_every_view(nets):
    views = np.stack([some_faces(10), 255 - some_faces(10), some_faces(10)[::-1]])
    soft_targets = ask_teachers(nets, views, ["first-s0", "second-s0"])
    assert soft_targets.teachers == ("first-s0", "second-s0") and soft_targets.images is views
    assert soft_targets.answers.shape == (3, 10, 7) and soft_targets.answers.dtype == np.float16
    for view, answers in zip(views, soft_targets.answers):
        one, other = (predict_probabilities(net, view) for net in nets)
        assert np.abs(one - other).max() > 0.05
        np.testing.assert_allclose(answers, (one + other) / 2, atol=1e-3)
    np.testing.assert_array_equal(soft_targets.answers[2], soft_targets.answers[0][::-1])


def some_soft_targets(count=6, views=2):
    answers = np.random.default_rng(1).dirichlet(np.ones(7), (views, count)).astype(np.float16)
    return SoftTargets(np.zeros((views, count, 48, 48), np.uint8), answers, ("teacher",))


def test_soft_targets_mix_answer_and_label():
    soft_targets, labels = some_soft_targets(), np.array([0, 1, 2, 3, 4, 6])
    targets = mixed_targets(labels, soft_targets, 0.8)
    assert targets.shape == (2, 6, 7) and targets.dtype == np.float32
    np.testing.assert_allclose(targets.sum(axis=-1), 1, atol=2e-3)  # the answers are kept in 16 bits
    for view in range(2):
        for face, label in enumerate(labels):
            expected = 0.8 * soft_targets.answers[view, face].astype(float) + 0.2 * (np.arange(7) == label)
            np.testing.assert_allclose(targets[view, face], expected, atol=1e-6)


def test_the_share_goes_from_the_label_to_the_answer():
    soft_targets, labels = some_soft_targets(), np.array([0, 1, 2, 3, 4, 6])
    np.testing.assert_array_equal(mixed_targets(labels, soft_targets, 0.0)[1], np.eye(7)[labels])
    np.testing.assert_array_equal(mixed_targets(labels, soft_targets, 1.0), soft_targets.answers.astype(np.float32))


def test_lessons_of_runs_are_kept_and_not_asked_again(tmp_path, few_faces, monkeypatch):
    from fer_utils.training import distillation

    few = Faces("made", "made", {"train": Split(few_faces.train.images[:6], few_faces.train.labels[:6])})
    keep = tmp_path / "run" / "answers.npz"
    first = soft_targets_of_runs(["squeezenet-mini-quick-s0"], few, copies=2, keep=keep)
    assert first.images.shape == (2, 6, 48, 48) and first.teachers == ("squeezenet-mini-quick-s0",)
    expected = predict_probabilities(load_network("squeezenet-mini"), first.images[1])
    np.testing.assert_allclose(first.answers[1], expected, atol=1e-3)
    monkeypatch.setattr(distillation, "ask_teachers", lambda *given: pytest.fail("asked again"))
    again = soft_targets_of_runs(["squeezenet-mini-quick-s0"], few, copies=2, keep=keep)
    np.testing.assert_array_equal(again.images, first.images)
    np.testing.assert_array_equal(again.answers, first.answers)
    assert again.teachers == first.teachers and again.weights == first.weights
    assert first.weights == (hashlib.sha256(weights_of("squeezenet-mini-quick-s0").read_bytes()).hexdigest(),)


MINI = "squeezenet-mini-quick-s0"


@pytest.fixture
def kept(tmp_path, few_faces):
    """A function that asks for the answers again, with changes; those of the first call are kept in `.keep`."""
    few = Faces("made", "made", {"train": Split(few_faces.train.images[:6], few_faces.train.labels[:6])})

    def ask(runs=(MINI,), faces=few, copies=1, seed=0):
        return soft_targets_of_runs(runs, faces, copies=copies, seed=seed, keep=ask.keep)

    ask.keep, ask.faces = tmp_path / "answers.npz", few
    ask()
    return ask


def own_copy(folder, change=False):
    """A folder with a run of the published one's network, and its weights or changed ones."""
    folder.mkdir(parents=True)
    record, net = json.loads((RESULTS_FOLDER / MINI / "run.json").read_text()), load_network(MINI)
    if change:
        net.set_weights([w * 0.9 for w in net.get_weights()])
    record["best_sha256"] = save_weights(net, folder / "best.npz")
    (folder / "run.json").write_text(json.dumps(record))
    return folder


def test_the_answers_of_other_teachers_are_not_taken_for_theirs(kept, tmp_path):
    """Another name, and the same name with other weights."""
    remedy = "Delete it or choose another --out"
    with pytest.raises(FileError, match=f"answers.npz holds answers with other teachers: .*{MINI}.*mine.*{remedy}"):
        kept([own_copy(tmp_path / "mine")])
    with pytest.raises(FileError, match=f"other weights: .* there, .* asked for. {remedy}"):
        kept([own_copy(tmp_path / "a" / MINI, change=True)])
    with pytest.raises(FileError, match="other teachers"):
        kept([MINI, MINI])


def test_answers_to_other_copies_are_not_taken_for_theirs(kept):
    for changes, said in (({"copies": 2}, "other copies: 1 there, 2 asked for"),
                          ({"seed": 1}, "other seed: 0 there, 1 asked for"),
                          ({"faces": Faces("made", "", {"train": Split(*(a[:5] for a in kept.faces.train))})},
                           "other faces")):
        with pytest.raises(FileError, match=f"holds answers with {said}.*Delete it"):
            kept(**changes)
    order = Faces("made", "", {"train": Split(*(a[::-1] for a in kept.faces.train))})
    assert order.content_hash == kept.faces.content_hash
    with pytest.raises(FileError, match="other pictures"):  # the answers go by the order of the faces
        kept(faces=order)


def test_damaged_answers_and_those_of_an_earlier_version_are_refused(kept):
    whole = kept.keep.read_bytes()
    with np.load(kept.keep) as file:
        answers, about = file["answers"], str(file["about"])
    for wrong in (answers[:, :3], answers.astype(np.float32), answers * 2, np.full_like(answers, np.nan)):
        np.savez(kept.keep, answers=wrong, about=about)
        with pytest.raises(FileError, match="does not hold a row of probabilities.*Delete it"):
            kept()
    for text in ("[]", "{", "[" * 100_000, '"' + about.replace('"', "'") + '"'):
        np.savez(kept.keep, answers=answers, about=text)
        with pytest.raises(FileError, match="answers.npz .*Delete it"):
            kept()
    np.save(str(kept.keep), answers)  # an .npy, as it was called before
    kept.keep.write_bytes(kept.keep.with_suffix(".npz.npy").read_bytes())
    for content in (None, b"", whole[:-30], whole[:200]):
        if content is not None:
            kept.keep.write_bytes(content)
        with pytest.raises(FileError, match="answers.npz cannot be read.*Delete it"):
            kept()
    kept.keep.write_bytes(whole)
    assert kept().teachers == (MINI,)


def test_a_teacher_without_weights_is_refused(few_faces):
    with pytest.raises(WeightsError, match="no weights are shipped for vgg16-comparison-s0"):
        soft_targets_of_runs(["vgg16-comparison-s0"], few_faces)


def test_faces_as_they_are_are_answered_plain_and_mirrored(tmp_path, few_faces):
    few = Faces("made", "made", {"train": Split(few_faces.train.images[:6], few_faces.train.labels[:6])})
    keep = tmp_path / "answers.npz"
    found = soft_targets_of_runs(["squeezenet-mini-quick-s0"], few, keep=keep, changed=False)
    np.testing.assert_array_equal(found.images, few.train.images[None])
    net = load_network("squeezenet-mini")
    plain, mirrored = (predict_probabilities(net, faces) for faces in (few.train.images, few.train.images[:, :, ::-1]))
    assert np.abs(plain - mirrored).max() > 0.01
    np.testing.assert_allclose(found.answers[0], (plain + mirrored) / 2, atol=1e-3)
    again = soft_targets_of_runs(["squeezenet-mini-quick-s0"], few, keep=keep, changed=False)
    np.testing.assert_array_equal(again.answers, found.answers)
    with pytest.raises(FileError, match="other copies"):  # they are no answers to changed copies
        soft_targets_of_runs(["squeezenet-mini-quick-s0"], few, copies=2, keep=keep)


# Answers that come with the course


@pytest.fixture
def published(monkeypatch, tmp_path, few_faces):
    """The mini's answers to few faces, plain and mirrored, as a published run's; the faces; no teacher can be asked."""
    from fer_utils.training import distillation

    few = Faces("made", "made", {"train": Split(few_faces.train.images[:6], few_faces.train.labels[:6])})
    order = distillation.by_key(few.train.images)
    stored = np.random.default_rng(2).dirichlet(np.ones(7), (2, 6)).astype(np.float32)
    own = {"scores": {"weights_sha256": identity_of(MINI)[1]}, "data": {"content_hash": few.content_hash}}
    monkeypatch.setattr(distillation, "load_run", lambda name: own)
    monkeypatch.setattr(distillation, "recorded_train", lambda name: stored)
    monkeypatch.setattr(distillation, "ask_teachers", lambda *given, **options: pytest.fail("asked a teacher"))
    return few, order, stored, own


def test_published_answers_stand_in_for_the_teacher(published):
    few, order, stored, _ = published
    found = soft_targets_of_runs([MINI], few, changed=False)
    assert found.published and found.teachers == (MINI,) and found.answers.shape == (1, 6, 7)
    np.testing.assert_array_equal(found.images, few.train.images[None])
    for place, face in enumerate(order):
        np.testing.assert_allclose(found.answers[0, face], stored[:, place].mean(axis=0), atol=1e-3)


def test_published_answers_do_not_depend_on_the_order_of_the_faces(published):
    few, *_ = published
    turned = Faces("made", "made", {"train": Split(few.train.images[::-1], few.train.labels[::-1])})
    there, back = (soft_targets_of_runs([MINI], faces, changed=False).answers[0] for faces in (few, turned))
    np.testing.assert_array_equal(there, back[::-1])
    assert not np.array_equal(there, back)


def test_other_weights_and_other_faces_ask_the_teacher(published):
    few, _, _, own = published
    other = Faces("made", "made", {"train": Split(few.train.images, (few.train.labels + 1) % 7)})
    assert published_answers(MINI, own["scores"]["weights_sha256"], few) is not None
    assert published_answers(MINI, own["scores"]["weights_sha256"], other) is None
    assert published_answers(MINI, "0" * 64, few) is None
    assert published_answers("runs/mine", own["scores"]["weights_sha256"], few) is None


def test_changed_copies_are_not_answered_by_published_answers(published):
    few, *_ = published
    with pytest.raises(pytest.fail.Exception, match="asked a teacher"):
        soft_targets_of_runs([MINI], few, copies=1)


@pytest.mark.real_data
def test_the_published_answers_are_those_of_the_teacher():
    """On some faces; as stored, small probabilities are kept to about three per cent."""
    from fer_utils.evaluation.tta import views_of
    from fer_utils.training.distillation import by_key

    faces = load_faces(("train", "public"))
    stored, order = recorded_train("squeezenet-fer-deep"), by_key(faces.train.images)
    some = np.arange(0, len(order), 997)
    net = load_network("squeezenet-fer-deep")
    for view, answers in zip(views_of(faces.train.images[order][some], "flip"), stored):
        np.testing.assert_allclose(answers[some], predict_probabilities(net, np.ascontiguousarray(view)), atol=0.01)
