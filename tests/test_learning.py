"""Chapter 04: its model against finite differences and scikit-learn, its recorded experiments, its glossary."""

import re
from pathlib import Path

import numpy as np
import pytest
from build_notebooks import glossary

from fer_utils.course import checks
from fer_utils.course.chapter_04 import checks as chapter_checks
from fer_utils.course.chapter_04 import examples, figures
from fer_utils.course.chapter_04 import softmax_regression as ours
from fer_utils.course.chapter_04.checks import slopes
from fer_utils.data import load_schematic
from fer_utils.evaluation.results import dataset_facts, recorded_experiment

SOURCE = Path(__file__).resolve().parent.parent / "notebooks" / "source" / "04_learning_from_examples.py"


def toy(count=30, size=6, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(size, 7)), rng.normal(size=(count, size)), rng.integers(0, 7, count)


def test_faces_are_made_comparable():
    images = load_schematic(("train",)).train.images[:20]
    brighter = (images // 2 + 60).astype(np.uint8)
    known = ours.rows(images)
    assert known.shape == (20, 576)
    assert np.allclose(known.mean(axis=1), 0, atol=1e-5) and np.allclose(known.std(axis=1), 1, atol=1e-5)
    assert np.abs(ours.rows(brighter) - known).max() < 0.3  # half the contrast, another brightness, rounded to bytes
    x = ours.features(known, known.mean(axis=0))
    assert x.shape == (20, 577) and x.dtype == np.float32 and (x[:, -1] == 1).all()
    assert np.allclose(x[:, :-1].mean(axis=0), 0, atol=1e-5)
    blank = ours.rows(np.full((1, 48, 48), 7, np.uint8), side=12)
    assert blank.shape == (1, 144) and np.abs(blank).max() < 1e-3


def test_shares_of_large_scores_do_not_overflow():
    p = ours.shares(np.array([[0.0, 1000, 0, 0, 0, 0, 0], [1, 2, 3, 4, 5, 6, 7]]))
    assert np.allclose(p.sum(axis=1), 1) and p[0, 1] == 1
    assert ours.cross_entropy(p, np.array([0, 6])) == np.inf


def test_the_gradient_is_the_slope_of_the_loss():
    weights, x, labels = toy()
    assert np.allclose(ours.gradient(weights, x, labels), slopes(weights, x, labels), atol=1e-6)


def test_the_library_ends_where_the_gradient_is_zero():
    _, x, labels = toy(200)
    weights = ours.fit(x.astype(np.float32), labels, 0.1)
    assert np.abs(ours.gradient(weights, x, labels) + 0.1 * weights).max() < 1e-3
    some = labels < 6  # a class without faces keeps weights of 0
    assert (ours.fit(x[some].astype(np.float32), labels[some], 0.1)[:, 6] == 0).all()


def test_training_repeats_with_its_seed():
    _, x, labels = toy(100)
    first, again, other = (ours.train(x.astype(np.float32), labels, 0.1, 3, batch_size=8, seed=seed)
                           for seed in (0, 0, 1))
    assert len(first) == 4 and not first[0].any() and first[-1].dtype == np.float32
    assert np.array_equal(first[-1], again[-1]) and not np.array_equal(first[-1], other[-1])
    losses = [ours.cross_entropy(ours.shares(x @ w), labels) for w in first]
    assert losses == sorted(losses, reverse=True)


def test_many_nearest_neighbours_at_once_are_those_found_one_by_one():
    _, x, labels = toy(300)
    new = np.random.default_rng(1).normal(size=(270, 6))
    assert np.array_equal(examples.nearest_labels(new, x, labels), [ours.nearest_label(row, x, labels) for row in new])


@pytest.mark.parametrize("check, mistake, said", [
    (chapter_checks.check_mean_loss, lambda p, y: -np.log(p[np.arange(len(y)), y]), "expected a single number, "),
    (chapter_checks.check_mean_loss, lambda p, y: ours.cross_entropy(p, y) * len(y), "the sum: the mean is asked for"),
    (chapter_checks.check_gradient, lambda w, x, y: ours.gradient(w, x, y) * len(y), "4 times too large: is the mean"),
    (chapter_checks.check_one_epoch,
     lambda w, x, y, order, rate, size: ours.one_epoch(w, x, y, order[:size], rate, size),
     "the same as after the first batch only"),
    (chapter_checks.check_one_epoch,
     lambda w, x, y, order, rate, size: ours.one_epoch(w, x, y, order[:len(order) // size * size], rate, size),
     "the same as without the last batch, which is smaller")])
def test_a_usual_mistake_is_named(check, mistake, said):
    with pytest.raises(checks.NotYet) as refusal:
        check.judge(mistake)
    assert said in str(refusal.value)


def test_grainy_weights_win_on_the_drawings():
    drawn = load_schematic(("train", "public"))
    known = ours.rows(drawn.train.images)
    x, public_x = (ours.features(ours.rows(split.images), known.mean(axis=0)) for split in (drawn.train, drawn.public))
    grainy, smooth = (ours.accuracy(ours.fit(x, drawn.train.labels.astype(int), strength), public_x,
                                    drawn.public.labels) for strength in (0.001, 1.0))
    assert grainy > smooth + 0.1


def test_a_learner_s_function_goes_to_work_once_it_is_written():
    def stub(x):
        ...

    assert checks.yours(stub, len)([1, 2]) == 2 and checks.yours(max, len) is max


def test_a_descent_stops_where_it_leaves_the_picture():
    slope_at = lambda s: s - 1
    assert len(figures.descent(slope_at, 0.1)) == 13 and figures.descent(slope_at, 0.9)[-1] == pytest.approx(1)
    assert len(figures.descent(slope_at, 3.0)) == 2


def test_a_loss_off_the_scale_is_not_drawn_as_a_flat_line():
    figure, alt = figures.losses_by_epoch({0.01: [1.95, 1.5, 1.2], 1: [1.95, np.inf, 9.0]})
    axis, = figure.axes
    calm, thrown, equal = axis.get_lines()
    assert thrown.get_label() == "learning rate 1 (off the scale)" and "off" not in calm.get_label()
    assert min(thrown.get_ydata()[1:]) > axis.get_ylim()[1] > max(calm.get_ydata())
    assert equal.get_label() == "equal shares: 1.95" and "values off the scale, at most inf" in alt


def test_explorers_say_in_the_figure_where_they_stand():
    figure, _ = figures.descents(lambda v: np.asarray(v) ** 2, lambda v: 2 * v + 0.1, rates=(0.1,), steps=7)
    assert figure.axes[0].get_title() == "learning rate 0.1, steps: 7"
    x, labels = np.eye(5)[[0, 1, 2, 3, 4, 4]], np.arange(6)
    watched = figures.Watched(ours.train(x, labels, 0.1, 5), x, labels, x, labels)
    figure, _ = figures.watch(watched, 2)
    assert figure.get_suptitle() == "weights after epoch 2"
    figure.draw_without_rendering()
    assert all(tick == int(tick) for axis in figure.axes[-2:] for tick in axis.get_xticks())


# Recorded experiments

def test_what_was_recorded_was_made_with_these_settings():
    for name, settings in (("examples", examples.EXAMPLES), ("weight-pictures", examples.PICTURES)):
        record = recorded_experiment(name)
        assert {key: record[key] for key in settings} == settings
        assert record["data"] == recorded_experiment("resolution")["data"] and record["wall_seconds"] > 0


def test_the_recorded_curves_hold_together():
    measured, settings = recorded_experiment("examples")["measured"], examples.EXAMPLES
    faces = dataset_facts()["counts"]["public"]
    assert measured["public"] == sum(faces.values()) > measured["alone"] > 3000
    for model, by_size in measured["curves"].items():
        assert list(by_size) == [str(size) for size in settings["sizes"]]
        for size, group in by_size.items():
            alone = model != "small network" and size == str(settings["sizes"][-1])
            assert len(group) == (1 if alone else len(settings["seeds"]))
            assert all(0 < value <= 1 for scores in group for value in scores.values())
    for by_strength in measured["strengths"].values():
        training = [np.mean([scores["train"] for scores in group]) for group in by_strength.values()]
        assert training == sorted(training, reverse=True)  # a higher price fits less
    assert [len(run["loss"]) for run in measured["by_epoch"].values()] == [30, 30, 30]


def test_weight_pictures_are_no_photographs():
    pictures = examples.recorded_pictures()
    assert pictures.shape == (7, 48, 48) and pictures.dtype == np.float16
    assert np.abs(pictures.astype(float)).max() < 0.1
    assert np.allclose(pictures.astype(float).sum(axis=0), 0, atol=1e-3)  # what speaks for one speaks against others


@pytest.mark.real_data
def test_the_recorded_figures_come_out_again():
    from fer_utils.data.fer2013 import load_fer2013

    data = examples.Prepared(load_fer2013(splits=("train", "public")), examples.EXAMPLES["side"])
    chosen = np.random.default_rng(0).permutation(len(data.y))[:100]
    recorded = recorded_experiment("examples")["measured"]["curves"]
    assert examples.by_memory(data, chosen) == pytest.approx(recorded["nearest neighbour"]["100"][0])
    assert examples.by_regression(data, chosen, 0.01) == pytest.approx(recorded["softmax regression"]["100"][0],
                                                                       abs=0.003)


# The glossary

def test_every_term_of_the_glossary_is_told_once_in_its_chapter():
    for term in glossary():
        source = SOURCE.with_stem(term.get("told", SOURCE.stem)).read_text(encoding="utf-8")
        bold = re.findall(r"\*\*([^*]+)\*\*", re.sub(r"(?m)\n# ", " ", source))
        told = [word for word in bold if word.lower() in {term["name"].lower(), *term["forms"]}]
        assert len(told) == 1, (term["name"], told)


def test_terms_are_sound():
    terms = glossary()
    words = [word for term in terms for word in {term["name"].lower(), *term["forms"]}]
    assert len(words) == len(set(words)) and all(word == word.lower() for word in words)
    assert all(re.fullmatch(r"[\w -]+", word) for word in words)
    for term in terms:
        assert term["text"].endswith(".") and term["text"].count(". ") <= 1 and '"' not in term["text"], term["name"]
