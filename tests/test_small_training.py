"""Chapter 11's tools: optimizer steps against Keras, the small network's gradient, counterparts in words."""

import keras
import numpy as np
import pytest

from fer_utils.course import small_network
from fer_utils.course.chapter_11 import counterparts, laboratory
from fer_utils.course.chapter_11 import figures as training_figures
from fer_utils.course.optimizers import OPTIMIZERS, descend, keras_descend
from fer_utils.data import load_schematic
from fer_utils.evaluation.results import load_run

KERAS = {"gradient descent": lambda rate: keras.optimizers.SGD(rate),
         "momentum": lambda rate: keras.optimizers.SGD(rate, momentum=0.9),
         "RMSProp": lambda rate: keras.optimizers.RMSprop(rate), "Adam": lambda rate: keras.optimizers.Adam(rate)}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_step_is_keras_s_step(name):
    gradient, start = training_figures.valley_gradient, training_figures.START
    ours = descend(OPTIMIZERS[name], gradient, start, 40, 0.02)
    theirs = keras_descend(KERAS[name](0.02), gradient, start, 40)
    assert ours.shape == (41, 2) and np.abs(ours - theirs).max() < 1e-5
    others = [descend(OPTIMIZERS[other], gradient, start, 40, 0.02) for other in OPTIMIZERS if other != name]
    assert all(np.abs(other - theirs).max() > 1e-3 for other in others)


@pytest.mark.parametrize("name", ["RMSProp", "Adam"])
def test_epsilon_stands_where_keras_has_it(name):
    """Gradients as small as epsilon itself: there its place decides."""
    gradient, start = lambda w: 1e-7 * np.asarray(w), np.array([1.0, -3.0])
    ours = descend(OPTIMIZERS[name], gradient, start, 20, 0.02)
    assert np.abs(ours - keras_descend(KERAS[name](0.02), gradient, start, 20)).max() < 1e-5
    assert np.abs(ours[-1] - start).max() > 1e-6


def tiny(count=24, seed=0):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(count, 10)).astype("float32"), rng.integers(0, 7, count)
    return small_network.SmallFaces(x, y, x, y)


@pytest.mark.parametrize("activation", small_network.HIDDEN_ACTIVATIONS)
def test_the_gradient_is_the_slope_of_the_loss(activation):
    data, sizes = tiny(), small_network.layer_sizes(2, 5, inputs=10)
    w = small_network.initial_weights(sizes, np.random.default_rng(1)).astype(float)
    w += np.random.default_rng(3).normal(0, 0.1, len(w))  # biases too, so that no ReLU stands exactly at its corner
    loss = lambda w: small_network.loss_and_gradient(w, sizes, data.x, data.y, activation)[0]
    _, gradient = small_network.loss_and_gradient(w, sizes, data.x, data.y, activation)
    direction = np.random.default_rng(2).normal(size=len(w))
    slope = (loss(w + 1e-6 * direction) - loss(w - 1e-6 * direction)) / 2e-6
    assert abs(slope) > 1e-3 and slope == pytest.approx(gradient @ direction, rel=1e-3)


def test_the_small_network_is_keras_s():
    data, sizes = tiny(), small_network.layer_sizes(1, 5, inputs=10)
    w = small_network.initial_weights(sizes, np.random.default_rng(1))
    net = keras.Sequential([keras.Input((10,)), keras.layers.Dense(5, "relu"), keras.layers.Dense(7, "softmax")])
    net.set_weights([part for pair in small_network._layers(w, sizes) for part in pair])
    ours = small_network.forward(w, sizes, data.x)[-1]
    assert net.count_params() == len(w)
    assert np.allclose(ours, keras.ops.convert_to_numpy(net(data.x)), atol=1e-6)


def test_small_faces_and_training():
    faces = load_schematic(("train", "public"))
    data = small_network.small_faces(faces, train=300, public=100)
    assert data.x.shape == (300, 256) and data.public_x.shape == (100, 256) and data.first(20).x.shape == (20, 256)
    assert -1 <= data.x.min() < 0 < data.x.max() <= 1
    assert data.x[7, 17] == pytest.approx(faces.train.images[7, 3:6, 3:6].mean() / 127.5 - 1, abs=1e-6)
    run = small_network.train_small(data, epochs=4)
    again = small_network.train_small(data, epochs=4)
    other = small_network.train_small(data, epochs=4, seed=1)
    assert run["steps"] == 4 * 10 and run["parameters"] == 257 * 32 + 33 * 7 and len(run["weights"]) == 4
    assert run["loss"] == again["loss"] != other["loss"] and run["loss"][-1] < run["loss"][0]
    still = small_network.train_small(data, epochs=1, schedule=lambda done: 0.0)
    first = small_network.initial_weights(small_network.layer_sizes(1, 32), np.random.default_rng(0))
    assert np.array_equal(still["weights"][-1], first)


# Recorded counterparts

def record(model="a", seed=0, accuracy=0.6, complete=True, **recipe):
    recipe = {"name": "r", "optimizer": "adam", "batch_size": 256, "epochs": 60} | recipe
    return {"run": f"{model}-{recipe['name']}-s{seed}", "model": model, "seed": seed, "recipe": recipe,
            "complete": complete,
            "public_accuracy": accuracy, "best_epoch": 2, "scores": {"parameters": 1000 * len(model)}, "history": [
                {"epoch": 1, "accuracy": 0.3, "val_accuracy": 0.4, "val_loss": 1.1},
                {"epoch": 2, "accuracy": 0.7, "val_accuracy": accuracy, "val_loss": 1.2}]}


def test_a_counterpart_has_the_errata_of_its_runs():
    wrong = load_run("vgg16-comparison-s0")["erratum"]
    for text in (counterparts.counterpart("batch_size"), counterparts.counterpart_networks()):
        assert wrong in text and "**Erratum** of `" in text
    epochs = counterparts.counterpart_epochs()
    assert (wrong in epochs) == ("vgg8-bn-comparison-s0" in epochs)


def test_a_counterpart_that_was_not_run_is_said():
    for text in (counterparts.counterpart("activation", [record()]), counterparts.counterpart("batch_size", []),
                 counterparts.counterpart("batch_size", [record(), record("b", batch_size=512)]),
                 counterparts.counterpart_networks([record(), record("b", batch_size=512)]),
                 counterparts.counterpart_epochs([])):
        assert "has not been run" in text and "%" not in text


def test_a_clean_pair_comes_before_a_mixed_one():
    runs = [record(seed=0, accuracy=0.6), record(seed=1, accuracy=0.62),
            record(name="big", batch_size=512, accuracy=0.58),
            record(name="other", batch_size=128, optimizer="sgd", accuracy=0.5)]
    text = counterparts.counterpart("batch_size", runs)
    assert "61.0 % on average of 2 seeds (60.0 % to 62.0 %)" in text and "58.0 % after 2 epochs, one seed" in text
    assert "Nothing else" in text and "50.0 %" not in text
    mixed = counterparts.counterpart("optimizer", runs)
    assert "also differ in batch size" in mixed and "50.0 %" in mixed and "Nothing else" not in mixed


def test_a_pair_that_differs_in_almost_everything_is_no_counterpart():
    far = record(name="far", optimizer="sgd", batch_size=8, schedule="constant", mixup=0.2, class_weights=True,
                 epochs=5)
    text = counterparts.counterpart("optimizer", [record(), far])
    assert "has not been run" in text and "`far` and `r`" in text and "class weights" in text and "%" not in text


def test_a_field_that_an_old_record_lacks_is_no_difference():
    text = counterparts.counterpart("batch_size", [record(),
                                                   record(name="big", batch_size=512, mixup=0.0, patience=None)])
    assert "Nothing else" in text


def test_networks_of_one_recipe_are_listed_by_size():
    text = counterparts.counterpart_networks([record("bbb"), record("a"), record("cc", batch_size=512)])
    assert text.index("`a`") < text.index("`bbb`") and "`cc`" not in text
    assert "| 3,000 |" in text


def test_epochs_are_read_from_the_history():
    text = counterparts.counterpart_epochs([record(accuracy=0.61), record(seed=1)])
    assert "after epoch 2 of 2" in text and "lowest after epoch 1" in text and " 70 %" in text and " 61 %" in text
    assert text.count("- a-r-s") == 1
    many = counterparts.counterpart_epochs([record("a" * n, accuracy=0.4 + n / 100) for n in range(1, 10)])
    assert many.count("most accurate") == 2 and "- a-r-s0" in many and "- aaaaaaaaa-r-s0" in many
    assert "- aa-r" not in many


def test_runs_that_were_cut_short_compare_nothing():
    runs = [record(), record("b", complete=False), record(name="big", batch_size=512, complete=False)]
    assert "has not been run" in counterparts.counterpart("batch_size", runs)
    assert "has not been run" in counterparts.counterpart_networks(runs)
    assert counterparts.counterpart_epochs(runs).count("most accurate") == 1


def test_the_published_runs_can_be_told():
    for text in (counterparts.counterpart("batch_size"), counterparts.counterpart_networks(),
                 counterparts.counterpart_epochs()):
        assert "recorded full-scale counterpart" in text


def test_the_steps_of_the_search_are_counterparts_too():
    """data/results/steps.json holds AdamW and SGD on one network: the text must not say that they were not run."""
    text = counterparts.counterpart("optimizer")
    assert "has not been run" not in text and "66.7 %" in text and "68.5 %" in text
    assert "not settled" in text  # one seed a side
    rates = counterparts.counterpart("learning_rate")
    assert "0.001" in rates and "0.003" in rates and "Nothing else" in rates


def test_a_pair_of_groups_is_weighed_by_luck():
    near = [record(seed=seed, accuracy=value) for seed, value in enumerate((0.60, 0.61, 0.62))]
    other = [record(name="big", batch_size=512, seed=seed, accuracy=value) for seed, value in
             enumerate((0.61, 0.60, 0.63))]
    far = [record(name="big", batch_size=512, seed=seed, accuracy=value) for seed, value in
           enumerate((0.40, 0.41, 0.42))]
    assert "luck may explain" in counterparts.counterpart("batch_size", near + other)
    assert "more than luck" in counterparts.counterpart("batch_size", near + far)
    assert "20.0 points apart" in counterparts.counterpart("batch_size", near + far)


def ended(*values):
    return [{"public_accuracy": [0.1, value]} for value in values]


def test_a_missing_epsilon_is_named():
    from fer_utils.course.chapter_11 import checks
    from fer_utils.course.checks import NotYet

    with pytest.raises(NotYet, match="epsilon is missing"):
        checks.check_adam_step.judge(lambda *given: checks.adam(*given, epsilon=0))


def test_attempts_in_words():
    runs = {"a": ended(0.50, 0.60, 0.55), "b": ended(0.56, 0.58, 0.54), "c": ended(0.20, 0.21, 0.25)}
    words = training_figures.describe_attempts(runs)
    assert "highest mean is that of **b**, 56 %" in words
    rows = laboratory.compared_pairs(runs)
    assert [row[:2] for row in rows] == [("b", "a"), ("b", "c"), ("a", "c")]
    assert rows[0][3] < 0 < rows[0][4] and all(0 < low < gap < high for _, _, gap, low, high in rows[1:])
    # the pair that does not hold the highest is told, too
    assert "- **b** ahead of c (" in words and "- **a** ahead of c (" in words and "ahead of a" not in words
    assert "The other pair cannot be told apart." in words and "all 3 pairs of the 3 settings" in words
    alike = training_figures.describe_attempts({"a": ended(0.5, 0.6), "b": ended(0.6, 0.5)})
    assert "No two settings lie further apart than the luck of seeds explains." in alike


def test_the_lead_over_a_third_setting_is_told():
    """One setting may lie behind two others, though only its distance from the highest was once looked at."""
    runs = {"one-cycle": ended(0.72, 0.71, 0.73), "cosine": ended(0.70, 0.69, 0.71), "constant": ended(0.5, 0.52, 0.51)}
    assert "**cosine** ahead of constant" in training_figures.describe_attempts(runs)


def test_new_seeds_are_held_against_those_that_chose():
    tried = {"a": {0.1: ended(0.5, 0.7), 0.3: ended(0.6, 0.55)}, "b": {1: ended(0.4, 0.4), 3: ended(0.3, 0.6)}}
    assert laboratory.rates_of_single_seeds(tried["a"]) == [0.3, 0.1]
    runs = {"a, 0.1": ended(0.2, 0.4), "b, 3": ended(0.9, 0.7)}
    chosen, new = training_figures.accuracies_by_seeds(tried, runs)
    assert chosen == pytest.approx({"a": 0.6, "b": 0.45}) and new == pytest.approx({"a": 0.3, "b": 0.8})
    words = training_figures.describe_new_seeds(tried, runs)
    assert "a 60 %, then 30 %" in words and "b 45 %, then 80 %" in words
    assert training_figures.describe_turned(tried, runs) == (
        "Here new seeds turn an order round: a led b by 15.0 points on the seeds that chose the rates, and lies "
        "50.0 behind on the others.")
    same = {"a, 0.1": ended(0.7, 0.7), "b, 3": ended(0.5, 0.5)}
    assert training_figures.describe_turned(tried, same) == "Here new seeds leave the order as it was."


def test_many_settings_alike_are_rarely_told_apart():
    """Twelve settings that are all the same, three seeds each: the best and the worst often do not overlap, but Tukey's
    intervals hold zero in nearly all trials."""
    rng, apart, split = np.random.default_rng(0), 0, 0
    for _ in range(24):
        runs = {str(n): ended(*rng.normal(0.6, 0.02, 3)) for n in range(12)}
        apart += any(low > 0 for _, _, _, low, _ in laboratory.compared_pairs(runs))
        ends = sorted(([run["public_accuracy"][-1] for run in group] for group in runs.values()), key=np.mean)
        split += min(ends[-1]) > max(ends[0])
    assert apart <= 3 < 8 < split


def test_a_fair_trial_finds_the_rate_of_each():
    data = small_network.small_faces(load_schematic(("train", "public")), train=300, public=100)
    settings = {"Adam": {"epochs": 2}, "gradient descent": {"epochs": 2, "optimizer": "gradient descent"}}
    tried = laboratory.by_rate(data, settings, (0.0001, 0.01, 100.0), seeds=(0,))
    assert set(tried["Adam"]) == {0.0001, 0.01, 100.0} and len(tried["Adam"][0.01]) == 1
    assert laboratory.best_rates(tried)["Adam"] == 0.01
    inside = laboratory.at_best_rates(data, settings, {"Adam": (0.0001, 0.01, 100.0), "gradient descent": (0.1, 100.0)})
    assert list(inside) == ["Adam, 0.01", "gradient descent, 0.1*"]
    assert all(len(runs) == len(laboratory.COMPARING) for runs in inside.values())
    assert not set(laboratory.CHOOSING) & set(laboratory.COMPARING)
    assert "100 at" not in training_figures.by_rate(tried, "T", scale=1)[1]


def test_weights_are_drawn_for_their_activation():
    sizes = [400, 200, 7]
    for activation, expected in (("ReLU", 2 / 400), ("tanh", 2 / 600), ("sigmoid", 2 / 600)):
        w = small_network.initial_weights(sizes, np.random.default_rng(0), activation)
        assert np.var(w[:400 * 200]) == pytest.approx(expected, rel=0.05), activation


def test_the_layers_of_a_deep_sigmoid_starve_at_both_ends():
    data = small_network.small_faces(load_schematic(("train", "public")), train=300, public=100)
    norms, spreads = laboratory.layers_at_start(data, "sigmoid")
    assert len(norms) == 5 and len(spreads) == 4
    assert norms[0] < norms[-1] / 100 and spreads[-1] < spreads[0] / 20
    norms, spreads = laboratory.layers_at_start(data, "ReLU")
    assert norms[0] > norms[-1] / 10 and spreads[-1] > spreads[0] / 3
    w = small_network.initial_weights(small_network.layer_sizes(4, 32), np.random.default_rng(0))
    whole = small_network.loss_and_gradient(w, small_network.layer_sizes(4, 32), data.x[:256], data.y[:256])[1]
    assert norms[0] == pytest.approx(np.linalg.norm(whole[:256 * 32]), rel=1e-5)


def test_two_softmaxes_cannot_learn_one_batch():
    data = small_network.small_faces(load_schematic(("train", "public")), train=100, public=10)
    good, twice = (laboratory.overfit_keras(data.x[:16], data.y[:16], count, steps=80) for count in (1, 2))
    assert twice[-1] > np.log(1 + 6 / np.e) - 1e-3
    # the loss of each step, not the mean so far, which some versions of Keras give
    assert good[-1] < 0.01


def test_a_turned_valley_is_another_one_for_those_who_measure_each_weight():
    rates, upright = training_figures.losses_by_rate()
    _, turned = training_figures.losses_by_rate(turned=True)
    assert len(rates) == len(upright["Adam"]) and upright["gradient descent"][-1] > 1e6  # it left the valley
    assert np.allclose(np.minimum(upright["momentum"], 1e3), np.minimum(turned["momentum"], 1e3), rtol=1e-6)
    assert turned["RMSProp"].min() > 100 * upright["RMSProp"].min()
