"""Temperature, abstaining and sets: against formulas, against libraries, against simulated truth."""

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, log_loss

from fer_utils.evaluation import paired_comparison
from fer_utils.evaluation.calibration import (
    calibration_error,
    confidence_gap,
    fitted_temperature,
    log_losses,
    tempered,
)
from fer_utils.evaluation.results import recorded_public
from fer_utils.evaluation.unsure import (
    conformal_threshold,
    coverage,
    risk_coverage,
)
from fer_utils.labels import EMOTIONS


def honest(rng, n, sharpness=1.5):
    """Labels drawn by probabilities, so that these mean what they say."""
    logits = sharpness * rng.normal(size=(n, 7))
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return (probabilities.cumsum(axis=1) > rng.random((n, 1))).argmax(axis=1), probabilities


def test_the_temperature_that_spoiled_probabilities_is_found():
    labels, truth = honest(np.random.default_rng(0), 20_000)
    for spoiled in (0.5, 1.0, 1.8):
        found = fitted_temperature(labels, tempered(truth, 1 / spoiled))
        assert found == pytest.approx(spoiled, rel=0.05)
    sure = tempered(truth, 0.5)
    assert calibration_error(labels, sure) > 0.1 > 0.02 > calibration_error(labels, tempered(sure, 2))


def test_a_temperature_moves_no_answer_and_keeps_sums():
    _, given = honest(np.random.default_rng(1), 500)
    cooled = tempered(given, 0.7)
    assert np.allclose(cooled.sum(axis=1), 1) and (cooled.argmax(axis=1) == given.argmax(axis=1)).all()
    assert (cooled.max(axis=1) >= given.max(axis=1)).all() and np.allclose(tempered(given, 1), given)
    assert np.isfinite(tempered([[1.0, 0, 0, 0, 0, 0, 0]], 0.5)).all()


def test_log_losses_are_the_librarys():
    labels, given = honest(np.random.default_rng(2), 300)
    assert log_losses(labels, given).mean() == pytest.approx(log_loss(labels, given, labels=range(7)))


def test_the_confidence_gap_holds_the_truth():
    rng, holds = np.random.default_rng(3), 0
    for _ in range(500):
        labels, given = honest(rng, 800)
        _, low, high = confidence_gap(labels, given)
        holds += low <= 0 <= high
    assert 0.93 <= holds / 500 <= 0.97
    labels, given = honest(rng, 3000)
    assert confidence_gap(labels, tempered(given, 0.5))[1] > 0 > confidence_gap(labels, tempered(given, 2))[2]


def test_abstaining_by_hand():
    given = np.array([[.5, .3, .2], [.9, .1, 0], [.4, .35, .25], [.1, .7, .2]])
    answered, right = risk_coverage(np.array([1, 0, 0, 2]), given)
    assert answered.tolist() == [.25, .5, .75, 1] and right == pytest.approx([1, 1 / 2, 1 / 3, 1 / 2])
    labels, given = honest(np.random.default_rng(4), 1000)
    assert risk_coverage(labels, given)[1][-1] == accuracy_score(labels, given.argmax(axis=1))


def test_a_threshold_by_hand():
    own = np.array([.9, .2, .5, .7, .6, .8, .3, .4, .1])
    given = np.stack([own, 1 - own], axis=1)
    labels = np.zeros(9, int)
    assert conformal_threshold(labels, given) == .1  # the ninth of nine: 0.9 times 10
    assert conformal_threshold(labels, given, 0.5) == .5  # the fifth
    assert conformal_threshold(labels, given, 0.95) == 0  # nine faces do not suffice


def test_sets_hold_new_labels_as_often_as_promised():
    rng, held = np.random.default_rng(5), []
    for _ in range(150):
        (fit, given), (new, seen) = honest(rng, 300), honest(rng, 300)
        spoiled = [tempered(part, 0.3) for part in (given, seen)]  # a network that is far too sure keeps the promise
        held.append(coverage(new, spoiled[1] >= conformal_threshold(fit, spoiled[0])).mean())
    assert np.mean(held) == pytest.approx(0.9, abs=0.01)


def test_thresholds_of_classes_hold_for_each_class():
    rng = np.random.default_rng(6)
    (fit, given), (new, seen) = honest(rng, 8000), honest(rng, 8000)
    given, seen = (part * np.linspace(0.2, 1, 7) for part in (given, seen))  # unlike for each class
    held = coverage(new, seen >= [conformal_threshold(fit[fit == c], given[fit == c]) for c in range(7)])
    one = coverage(new, seen >= conformal_threshold(fit, given))
    assert all(abs(held[new == c].mean() - 0.9) < 0.04 for c in range(7))
    assert np.ptp([one[new == c].mean() for c in range(7)]) > 2 * np.ptp([held[new == c].mean() for c in range(7)])
    assert conformal_threshold(fit[:0], given[:0]) == 0  # a class without a face belongs to every set


def test_sets_are_those_of_mapie():
    classification = pytest.importorskip("mapie.classification")
    from sklearn.base import BaseEstimator, ClassifierMixin

    class Given(ClassifierMixin, BaseEstimator):
        """A fitted classifier whose probabilities are its input."""
        classes_ = np.arange(7)
        fitted_ = True

        def fit(self, x, y=None):
            return self

        def predict_proba(self, x):
            return x

        def predict(self, x):
            return x.argmax(axis=1)

    rng = np.random.default_rng(7)
    (fit, given), (_, seen) = honest(rng, 777), honest(rng, 400)
    theirs = classification.SplitConformalClassifier(Given(), confidence_level=0.9, conformity_score="lac")
    sets = theirs.conformalize(given, fit).predict_set(seen)[1][:, :, 0]
    assert np.array_equal(sets, seen >= conformal_threshold(fit, given))


@pytest.mark.parametrize("name", ["squeezenet-fer-deep", "squeezenet-fer-tiny"])
def test_the_shipped_networks_have_answered_public_test(name):
    """Whoever replaces a shipped network runs tools/record_public.py for it."""
    stored = recorded_public(name)
    assert stored["probabilities"].shape == (3589, len(EMOTIONS)) and stored["labels"].shape == (3589,)
    assert 0.7 < fitted_temperature(stored["labels"], stored["probabilities"]) < 1.6


def test_what_is_not_recorded_is_said():
    with pytest.raises(ValueError, match=r"record_public.py vgg16-comparison-s0"):
        recorded_public("vgg16")


def test_what_is_no_probability_is_not_judged():
    labels, given = honest(np.random.default_rng(8), 50)
    judges = (calibration_error, confidence_gap, log_losses, fitted_temperature, risk_coverage, conformal_threshold)
    for judge in judges:
        for wrong in (given * np.nan, 20 * given - 5, 100 * given):
            with pytest.raises(ValueError, match="Give what the softmax gives"):
                judge(labels, wrong)
        for other in (labels[:1], labels[:9], given):
            with pytest.raises(ValueError, match="in the same order"):
                judge(other, given)
        with pytest.raises(ValueError, match="outside the 7 classes"):
            judge(labels + 6, given)
    for judge in (calibration_error, confidence_gap, fitted_temperature):
        with pytest.raises(ValueError, match="face"):
            judge(labels[:0], given[:0])
    for level in (0, 1, -1, 90, np.nan):
        with pytest.raises(ValueError, match="between 0 and 1"):
            conformal_threshold(labels, given, level)
    for temperature in (0, -1, np.nan, 1e-9):
        with pytest.raises(ValueError, match="temperature"):
            tempered(given, temperature)
    with pytest.raises(ValueError, match="a set for each label"):
        coverage(labels[:9], given > 0.1)
    with pytest.raises(ValueError, match="one bin or more"):
        calibration_error(labels, given, bins=0)


def test_two_networks_have_answers_to_the_same_faces():
    labels, given = honest(np.random.default_rng(9), 50)
    answers = given.argmax(axis=1)
    for wrong in (answers[:1], answers[:9], np.stack([answers] * 3), given[:, :3]):
        with pytest.raises(ValueError, match="in the same order"):
            paired_comparison(labels, answers, wrong)
    with pytest.raises(ValueError, match="no finite number"):
        paired_comparison(labels, given, given * np.nan)
