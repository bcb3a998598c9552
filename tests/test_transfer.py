"""Features, new heads, frozen bodies, and the experiment of chapter 08."""


import keras
import numpy as np
import pytest

from fer_utils import build_network, load_network
from fer_utils.course.chapter_08 import laboratory as transfer_lab
from fer_utils.data import Faces, Split, load_schematic
from fer_utils.data.preprocessing import one_hot
from fer_utils.evaluation.results import recorded_experiment
from fer_utils.networks import transfer


@pytest.fixture(scope="module")
def mini():
    return load_network("squeezenet-mini")


@pytest.fixture(scope="module")
def faces():
    return load_schematic(("train", "public"))


def by_body(net):
    """Weights below the head, by path."""
    return {path: values for path, values in transfer.snapshot(net).items() if not path.startswith("scores")}


def train_a_little(net, faces, count=32):
    # one step: tracing takes longer
    net.compile(keras.optimizers.Adam(1e-2), "categorical_crossentropy", run_eagerly=True)
    net.fit(faces.train.images[:count, ..., None], one_hot(faces.train.labels[:count]), epochs=1, verbose=0)


def test_features_are_what_the_head_sees(mini, faces):
    x = transfer.features(mini, faces.train.images[:20])
    assert x.shape == (20, 96) and x.dtype == np.float32
    kernel, biases = (keras.ops.convert_to_numpy(v) for v in transfer.head_of(mini).weights)
    np.testing.assert_allclose(transfer_lab.head_probabilities(x, (kernel, biases)),
                               mini.predict(faces.train.images[:20, ..., None], verbose=0), atol=1e-5)


def test_a_new_head_leaves_the_old_network_as_it_is(mini, faces):
    before, net = transfer.snapshot(mini), transfer.with_new_head(mini, classes=3)
    assert net.output_shape == (None, 3) and net.count_params() - mini.count_params() == 97 * (3 - 7)
    for path, values in by_body(net).items():
        np.testing.assert_array_equal(values, before[path])
    net = transfer.with_new_head(mini)
    train_a_little(net, faces)
    assert transfer.moved(mini, before) == []
    assert all(not np.array_equal(values, before[path]) for path, values in by_body(net).items() if "kernel" in path)


def test_frozen_weights_stay_running_averages_included(mini, faces):
    net = transfer.freeze(transfer.with_new_head(mini))
    before = transfer.snapshot(net)
    train_a_little(net, faces)
    assert transfer.moved(net, before) == ["scores/kernel", "scores/bias"]
    assert any("moving_mean" in path for path in before)


@pytest.mark.parametrize("fitted, still", [(False, True), (True, False)])
def test_freezing_takes_effect_at_the_first_fit_after_compile(fitted, still):
    """What quiz 08 says: a model that was compiled before it was frozen, but never fitted, is frozen all the same."""
    net = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, name="body"), keras.layers.Dense(2)])
    x, y = np.ones((8, 3), "float32"), np.ones((8, 2), "float32")
    net.compile("sgd", "mse")
    if fitted:
        net.fit(x, y, verbose=0)
    before = net.get_layer("body").get_weights()[0]
    net.get_layer("body").trainable = False
    net.fit(x, y, verbose=0)
    assert np.array_equal(before, net.get_layer("body").get_weights()[0]) == still
    net.compile("sgd", "mse")
    before = net.get_layer("body").get_weights()[0]
    net.fit(x, y, verbose=0)
    assert np.array_equal(before, net.get_layer("body").get_weights()[0])


def test_freezing_up_to_a_layer_and_thawing(mini, faces):
    net = transfer.freeze(transfer.with_new_head(mini), until="pool2")
    before = transfer.snapshot(net)
    train_a_little(net, faces)
    changed = {path.split("/")[0].split("_")[0] for path in transfer.moved(net, before)}
    assert changed == {"fire3", "fire4", "scores"}
    transfer.thaw(net)
    train_a_little(net, faces)
    assert {"conv1/kernel", "conv1_norm/moving_mean"} <= set(transfer.moved(net, before))


def test_what_cannot_be_done_is_said(mini):
    with pytest.raises(ValueError, match="no layer 'pool9'"):
        transfer.freeze(transfer.with_new_head(mini), until="pool9")
    with pytest.raises(ValueError, match="squeezenet does not end in a dense layer"):
        transfer.head_of(build_network("squeezenet"))


def test_few_faces_are_nested_and_balanced():
    labels = np.repeat(np.arange(7), [9, 3, 9, 9, 9, 9, 9])
    two, five = (transfer_lab.few(labels, count, seed=1) for count in (2, 5))
    assert np.bincount(labels[two]).tolist() == [2] * 7 and np.bincount(labels[five]).tolist() == [5, 3, 5, 5, 5, 5, 5]
    assert set(two) <= set(five) and set(two) != set(transfer_lab.few(labels, 2, seed=2))


def test_a_head_learns_what_can_be_learned():
    rng = np.random.default_rng(0)
    x, labels = rng.normal(size=(140, 10)), np.arange(140) % 7
    x[np.arange(140), labels] += 4
    head = transfer_lab.train_head(x, labels)
    assert transfer_lab.head_accuracy(x, labels, head) > 0.95
    assert transfer_lab.head_accuracy(x, labels, transfer_lab.train_head(x, labels, steps=0)) < 0.6
    assert transfer_lab.head_probabilities(x, head).sum(axis=1) == pytest.approx(1)


def test_the_experiment_on_a_handful_of_faces(faces, monkeypatch):
    few = Faces("a few", "test", {name: Split(part.images[:60], part.labels[:60]) for name,
                                  part in faces.parts.items()})
    settings = {"seeds": [0], "head_steps": 50,
                "epochs": {"5": {"fine-tuned": 5, "from scratch": 5}}, "learning_rates": {
                    "frozen": 1e-2, "fine-tuned": 1e-3, "from scratch": 3e-3}}
    found = transfer_lab.transfer("squeezenet-mini", few, settings)
    assert list(found) == list(transfer_lab.TRANSFER_METHODS)
    frozen, tuned, scratch = (found[way]["5"][0] for way in transfer_lab.TRANSFER_METHODS)
    assert tuned["epoch"] == scratch["epoch"] == [0, 1, 2, 3, 4, 5]
    # fine-tuning begins where the frozen way ends
    assert tuned["public_accuracy"][0] == pytest.approx(frozen["public_accuracy"][-1], abs=0.02)
    assert scratch["public_accuracy"][0] < 0.4 < frozen["public_accuracy"][-1]


def test_a_repeat_starts_anew_each_time(mini, faces):
    trainer = transfer_lab.Repeat(transfer.with_new_head(mini), 1e-3)
    start = {v.path: keras.ops.convert_to_numpy(v) for v in trainer.net.weights}
    few = faces.train.images[:40], faces.train.labels[:40], Split(faces.public.images[:50], faces.public.labels[:50])
    first, again = (trainer.train(start, *few, 5, seed=3) for _ in range(2))
    assert first["public_accuracy"][0] == again["public_accuracy"][0] and first["train_accuracy"][0] is None
    # but for dropout the two are the same; a second run that went on from the first would begin where that one ended
    keys = ("public_accuracy", "public_macro_f1")
    assert [first[key][-1] for key in keys] != [first[key][0] for key in keys]


@pytest.mark.parametrize("name", ["transfer-to-drawings", "transfer-to-photographs"])
def test_the_recorded_experiments_say_how_they_were_made(name):
    trial = recorded_experiment(name)
    assert trial["data"]["content_hash"] and trial["versions"]["keras"]
    assert trial["device"] and trial["wall_seconds"] > 0
    assert list(trial["histories"]) == list(transfer_lab.TRANSFER_METHODS)
    for by_size in trial["histories"].values():
        assert list(by_size) == [str(size) for size in transfer_lab.SIZES]
        for runs in by_size.values():
            assert len(runs) == len(trial["seeds"]) == 3
            for run in runs:
                assert len(run["epoch"]) == len(run["train_accuracy"]) == len(run["public_accuracy"])


def test_the_frozen_figures_of_the_drawings_come_out_again(faces):
    """One of them, with features of a hundred faces anew."""
    trial = recorded_experiment("transfer-to-drawings")
    assert trial["data"]["content_hash"] == faces.content_hash
    net = load_network(trial["network"])
    chosen = transfer_lab.few(faces.train.labels, 10, seed=0)
    head = transfer_lab.train_head(transfer.features(net, faces.train.images[chosen]), faces.train.labels[chosen])
    got = transfer_lab.head_accuracy(transfer.features(net, faces.public.images), faces.public.labels, head)
    assert got == pytest.approx(trial["histories"]["frozen"]["10"][0]["public_accuracy"][0], abs=0.02)


def test_a_head_may_have_its_softmax_apart(capsys):
    from chapter_08 import separate_softmax

    from fer_utils.course.chapter_08.checks import check_new_head

    check_new_head(separate_softmax)
    assert "Correct" in capsys.readouterr().out
