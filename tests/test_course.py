"""The notebooks' helpers: checks that can fail, explorers whose picture changes, figures with words."""

import numpy as np
import pytest

from fer_utils.course import checks


def nothing(*arguments):
    ...


# Exercise 1 of chapter 09

def fire_parameters(channels, squeeze, expand1x1, expand3x3):
    return (channels + 1) * squeeze + (squeeze + 1) * expand1x1 + (9 * squeeze + 1) * expand3x3


# Exercise 2 of chapter 09

def fire(x, squeeze, expand, bypass=True, relu="relu", order=1):
    from keras import layers

    squeezed = layers.Conv2D(squeeze, 1, activation=relu)(x)
    left = layers.Conv2D(expand, 1, activation=relu)(squeezed)
    right = layers.Conv2D(expand, 3, padding="same", activation=relu)(squeezed)
    y = layers.Concatenate()([left, right][::order])
    return layers.Add()([x, y]) if bypass and x.shape[-1] == y.shape[-1] else y


def two_convolutions(x, squeeze, expand):
    from keras import layers

    return layers.Conv2D(2 * expand, 3, padding="same")(layers.Conv2D(squeeze, 1)(x))


# Exercise 3 of chapter 09

def batch_normalize(x, gamma, beta, epsilon):
    return gamma * (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + epsilon) + beta


# Exercises of chapters 03, 05 and 11

def flip(images, rng):
    return np.where((rng.random(len(images)) < 0.5)[:, None, None], images[:, :, ::-1], images)


def flip_all_or_none(images, rng):
    return images[:, :, ::-1] if rng.random() < 0.5 else images


def flip_in_place(images, rng):
    images[:] = flip(images, rng)
    return images


def matrix_of(labels, predicted):
    matrix = np.zeros((7, 7), int)
    np.add.at(matrix, (labels, predicted), 1)
    return matrix


def overwritten(labels, predicted):
    matrix = np.zeros((7, 7), int)
    matrix[labels, predicted] += 1  # counts a pair that comes twice only once
    return matrix


def scores_of(matrix):
    precision, recall = np.diag(matrix) / matrix.sum(0), np.diag(matrix) / matrix.sum(1)
    return precision, recall, 2 * precision * recall / (precision + recall)


def twins_of(test, train):
    return np.array([any((a == b).all() for b in train) for a in test])


# For every check the solution, and wrong answers that a learner might give

SOLUTIONS = {
    "check_fire_parameters": fire_parameters,
    "check_fire_module": fire,
    "check_batch_normalize": batch_normalize,
    "check_class_shares": lambda y: np.bincount(y, minlength=7) / len(y),
    "check_has_twin": twins_of,
    "check_random_flip": flip,
    "check_weigh": lambda y: {j: len(y) / (3 * n) for j, n in enumerate(np.bincount(y))},
    "check_confusion_matrix": matrix_of,
    "check_class_scores": scores_of,
}
WRONG = [
    ("check_fire_parameters", "a constant", lambda c, s, e1, e3: 12432),
    ("check_fire_parameters", "no biases", lambda c, s, e1, e3: c * s + s * e1 + 9 * s * e3),
    ("check_fire_parameters", "expands on all channels", lambda c, s, e1, e3: (c + 1) * (s + e1) + (9 * c + 1) * e3),
    ("check_fire_parameters", "a word", lambda c, s, e1, e3: "many"),
    ("check_fire_module", "no bypass", lambda x, s, e: fire(x, s, e, bypass=False)),
    ("check_fire_module", "no ReLU", lambda x, s, e: fire(x, s, e, relu=None)),
    ("check_fire_module", "the input unchanged", lambda x, s, e: x),
    ("check_fire_module", "two convolutions", two_convolutions),
    ("check_batch_normalize", "a constant", lambda x, g, b, e: np.zeros_like(x)),
    ("check_batch_normalize", "over the channels",
     lambda x, g, b, e: g * (x - x.mean(1, keepdims=True)) / np.sqrt(x.var(1, keepdims=True) + e) + b),
    ("check_batch_normalize", "epsilon outside the root",
     lambda x, g, b, e: g * (x - x.mean(0)) / (np.sqrt(x.var(0)) + e) + b),
    ("check_batch_normalize", "no shift", lambda x, g, b, e: g * (x - x.mean(0)) / np.sqrt(x.var(0) + e)),
    ("check_class_shares", "counts, not shares", lambda y: np.bincount(y, minlength=7)),
    ("check_class_shares", "missing classes left out", lambda y: np.bincount(y) / len(y)),
    ("check_class_shares", "a constant", lambda y: np.full(7, 1 / 7)),
    ("check_has_twin", "row by row", lambda a, b: np.array([(x == y).all() for x, y in zip(a, b)])),
    ("check_has_twin", "equal means", lambda a, b: np.isin(a.mean((1, 2)).round(1), b.mean((1, 2)).round(1))),
    ("check_has_twin", "a constant", lambda a, b: np.zeros(len(a), bool)),
    ("check_random_flip", "all or none", flip_all_or_none),
    ("check_random_flip", "in place", flip_in_place),
    ("check_random_flip", "top to bottom", lambda x, r: np.where((r.random(len(x)) < .5)[:, None, None], x[:, ::-1], x)),
    ("check_random_flip", "never", lambda x, r: x.copy()),
    ("check_weigh", "shares", lambda y: {j: n / len(y) for j, n in enumerate(np.bincount(y))}),
    ("check_weigh", "k forgotten", lambda y: {j: len(y) / n for j, n in enumerate(np.bincount(y))}),
    ("check_weigh", "a list", lambda y: [1.0, 1.0, 1.0]),
    ("check_confusion_matrix", "transposed", lambda y, p: matrix_of(y, p).T),
    ("check_confusion_matrix", "overwritten", overwritten),
    ("check_confusion_matrix", "a constant", lambda y, p: np.eye(7)),
    ("check_class_scores", "precision and recall exchanged", lambda m: scores_of(m.T)),
    ("check_class_scores", "arithmetic mean", lambda m: (*scores_of(m)[:2], sum(scores_of(m)[:2]) / 2)),
    ("check_class_scores", "one array", lambda m: scores_of(m)[0]),
]


@pytest.mark.parametrize("check", SOLUTIONS)
def test_the_solution_passes(check, capsys):
    getattr(checks, check)(SOLUTIONS[check])
    assert "Correct" in capsys.readouterr().out


@pytest.mark.parametrize("check, wrong", [(check, wrong) for check, _, wrong in WRONG],
                         ids=[f"{check}: {name}" for check, name, _ in WRONG])
def test_a_wrong_answer_is_refused(check, wrong):
    with pytest.raises(checks.NotYet, match="expected .* got .* Hint"):
        getattr(checks, check)(wrong)


def test_every_check_is_tested():
    named = {name for name in dir(checks) if name.startswith("check_")}
    assert named == {*SOLUTIONS, "check_position"} and set(SOLUTIONS) == {check for check, _, _ in WRONG}


@pytest.mark.parametrize("check", SOLUTIONS)
def test_an_untouched_stub_is_greeted_with_a_hint(check, capsys):
    getattr(checks, check)(nothing)
    assert "Hint" in capsys.readouterr().out


def test_position(capsys):
    checks.check_position(..., "fear")
    checks.check_position(2, "fear")
    assert capsys.readouterr().out.count("Hint") == 1
    for wrong in (0, 3, "fear"):
        with pytest.raises(checks.NotYet):
            checks.check_position(wrong, "fear")


def test_a_wrong_answer_shows_one_line_instead_of_a_traceback():
    assert checks.NotYet("expected 2, got 3")._render_traceback_() == ["Not yet: expected 2, got 3"]


# Explorers and figures

def explorers():
    from fer_utils.course import (dataset_figures, evaluation_figures, preprocessing_figures, squeezenet_figures,
                                  start_figures)

    face = np.random.default_rng(0).integers(0, 256, (48, 48)).astype(np.uint8)
    means = np.random.default_rng(1).integers(0, 256, (7, 48, 48)).astype(np.uint8)
    return {"budget": squeezenet_figures.explore_budget, "faces": evaluation_figures.explore_enough_faces,
            "coarse face": lambda: start_figures.explore_coarse_face(face),
            "augmented": lambda: preprocessing_figures.explore_augmented(face),
            "difference": lambda: dataset_figures.explore_difference(means)}


@pytest.mark.parametrize("name", ["budget", "faces", "coarse face", "augmented", "difference"])
def test_every_control_changes_the_picture_at_both_ends(name):
    *controls, picture = explorers()[name]().children
    assert controls
    for control in controls:
        assert control.description
        start, seen = control.value, {picture.value}
        ends = (control.min, control.max) if hasattr(control, "min") else (control.options[0], control.options[-1])
        for end in ends:
            control.value = end
            assert 'alt="' in picture.value
            seen.add(picture.value)
        assert len(seen) == 3, control.description
        control.value = start


def test_the_budget_counts_what_the_network_has():
    from fer_utils import build_network
    from fer_utils.course.squeezenet_figures import budget_counts

    assert sum(budget_counts(0.125, 0.5, 3)[1]) == build_network("squeezenet-custom").count_params()


def test_show_asks_for_words():
    from fer_utils.course.show import new_figure, show

    with pytest.raises(ValueError, match="screen reader"):
        show(new_figure()[0], "figure")


def test_noise_is_none_without_dropout_and_grows_with_depth():
    from fer_utils.course.noise import dropout_noise

    images = np.random.default_rng(0).integers(0, 256, (8, 48, 48))
    assert max(dropout_noise("nothing", images)) < 1e-3
    everywhere = dropout_noise("all convolutions", images)
    assert len(everywhere) == 11 and everywhere[-1] > 2 * everywhere[0]


def test_runs_in_words():
    from fer_utils.course.runs import describe_run

    run = {"run": "x", "complete": False, "wall_seconds": 600.0, "device": "CPU", "public_accuracy": 0.5,
           "best_epoch": 8, "history": [{"val_accuracy": value} for value in (.25, .25, .31, .4, .42, .45, .48, .5)]}
    words = describe_run(run)
    assert "cut short" in words and "50.0 %" in words and "from epoch 3 on" in words and "still rising" in words
    flat = run | {"complete": True, "history": [{"val_accuracy": 0.25}] * 8}
    assert "no longer rising" in describe_run(flat) and "never passes" in describe_run(flat)
    short = run | {"history": [{"val_accuracy": 0.25, "accuracy": value} for value in (0.14, 0.2, 0.25)], "note": "Cut."}
    assert "too early to tell" in describe_run(short) and "14.0 % to 25.0 %" in describe_run(short)
    assert describe_run(short).endswith("Cut.")


def test_observations_are_weighed():
    from fer_utils.course.runs import weigh_observations

    matrix = np.diag([60, 50, 30, 95, 40, 85, 55]) + 1
    matrix[4, 6] = matrix[0, 4] = matrix[6, 4] = 20
    matrix[2, 1] = 40
    assert [holds for _, holds, _ in weigh_observations(matrix)] == [True] * 5
    matrix[4, 6], matrix[4, 2], matrix[3, 3] = 1, 30, 5
    assert [holds for _, holds, _ in weigh_observations(matrix)] == [False, False, False, True, True]
    weigh_observations(np.eye(7) * [1, 0, 1, 1, 1, 1, 1])  # a class that is never predicted makes no trouble


def test_faces_per_second_counts():
    from fer_utils.course.laboratory import faces_per_second

    import time
    assert 500 < faces_per_second(lambda: time.sleep(0.05), 50) <= 1000


def test_a_fire_module_may_concatenate_in_either_order(capsys):
    checks.check_fire_module(lambda x, squeeze, expand: fire(x, squeeze, expand, order=-1))
    assert "Correct" in capsys.readouterr().out
