"""The notebooks' helpers: checks that can fail, explorers whose picture changes, figures with words."""

import numpy as np
import pytest

from fer_utils.course import checks


def nothing(*arguments):
    ...


# Exercise 1 of chapter 09

def fire_parameters(channels, squeeze, expand1x1, expand3x3):
    return (channels + 1) * squeeze + (squeeze + 1) * expand1x1 + (9 * squeeze + 1) * expand3x3


WRONG_COUNTS = {
    "a constant": lambda c, s, e1, e3: 12432,
    "no biases": lambda c, s, e1, e3: c * s + s * e1 + 9 * s * e3,
    "expands on all channels": lambda c, s, e1, e3: (c + 1) * s + (c + 1) * e1 + (9 * c + 1) * e3,
    "a word": lambda c, s, e1, e3: "many",
}


def test_fire_parameters_accepts_the_solution(capsys):
    checks.check_fire_parameters(fire_parameters)
    assert "Correct" in capsys.readouterr().out


@pytest.mark.parametrize("wrong", WRONG_COUNTS.values(), ids=WRONG_COUNTS)
def test_fire_parameters_refuses(wrong):
    with pytest.raises(checks.NotYet, match="expected .* got .* Hint"):
        checks.check_fire_parameters(wrong)


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


WRONG_MODULES = {
    "no bypass": lambda x, s, e: fire(x, s, e, bypass=False),
    "no ReLU": lambda x, s, e: fire(x, s, e, relu=None),
    "the input unchanged": lambda x, s, e: x,
    "two convolutions": two_convolutions,
}


def test_fire_module_accepts_the_solution(capsys):
    checks.check_fire_module(fire)
    assert "Correct" in capsys.readouterr().out


@pytest.mark.parametrize("wrong", WRONG_MODULES.values(), ids=WRONG_MODULES)
def test_fire_module_refuses(wrong):
    with pytest.raises(checks.NotYet, match="Hint"):
        checks.check_fire_module(wrong)


# Exercise 3 of chapter 09

def batch_normalize(x, gamma, beta, epsilon):
    return gamma * (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + epsilon) + beta


WRONG_NORMS = {
    "a constant": lambda x, g, b, e: np.zeros_like(x),
    "over the channels": lambda x, g, b, e: g * (x - x.mean(1, keepdims=True)) / np.sqrt(
        x.var(1, keepdims=True) + e) + b,
    "epsilon outside the root": lambda x, g, b, e: g * (x - x.mean(0)) / (np.sqrt(x.var(0)) + e) + b,
    "no shift": lambda x, g, b, e: g * (x - x.mean(0)) / np.sqrt(x.var(0) + e),
}


def test_batch_normalize_accepts_the_solution(capsys):
    checks.check_batch_normalize(batch_normalize)
    assert "Correct" in capsys.readouterr().out


@pytest.mark.parametrize("wrong", WRONG_NORMS.values(), ids=WRONG_NORMS)
def test_batch_normalize_refuses(wrong):
    with pytest.raises(checks.NotYet, match="Hint"):
        checks.check_batch_normalize(wrong)


@pytest.mark.parametrize("check", [checks.check_fire_parameters, checks.check_fire_module,
                                   checks.check_batch_normalize])
def test_an_untouched_stub_is_greeted_with_a_hint(check, capsys):
    check(nothing)
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

def controls(explorer):
    return [child for child in explorer.children if hasattr(child, "min")]


@pytest.fixture(params=["budget", "coarse face"])
def explorer(request):
    if request.param == "budget":
        from fer_utils.course.squeezenet_figures import explore_budget
        return explore_budget()
    from fer_utils.course.start_figures import explore_coarse_face
    return explore_coarse_face(np.random.default_rng(0).integers(0, 256, (48, 48)).astype(np.uint8))


def test_every_control_changes_the_picture_at_both_ends(explorer):
    picture = explorer.children[-1]
    for control in controls(explorer):
        assert control.description
        start, seen = control.value, {picture.value}
        for end in (control.min, control.max):
            control.value = end
            assert 'alt="' in picture.value
            seen.add(picture.value)
        assert len(seen) == 3
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
