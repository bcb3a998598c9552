"""The ablation's verdicts follow from the runs, and from nothing else."""

import numpy as np
import pytest

from fer_utils.course.chapter_10 import ablation


def test_every_rung_has_three_complete_seeds():
    for _, model, recipe in ablation.VARIANTS:
        assert [run["seed"] for run in ablation.seeds_of(model, recipe)] == [0, 1, 2]
        assert all(len(run["history"]) == 60 for run in ablation.seeds_of(model, recipe))


def test_the_interval_is_welchs():
    gain, half = ablation.difference([0.60, 0.61, 0.62], [0.63, 0.65, 0.67])
    assert gain == pytest.approx(0.04)
    # by hand: standard error sqrt(0.0001 / 3 + 0.0004 / 3) = 0.01291, 2.941 degrees of freedom, t = 3.218
    assert half == pytest.approx(0.01291 * 3.218, rel=2e-3)


@pytest.mark.parametrize("second, verdict", [
    ([0.70, 0.71, 0.72], "holds"), ([0.50, 0.51, 0.52], "the other way round"), ([0.60, 0.62, 0.61], "cannot be told")])
def test_verdicts(monkeypatch, second, verdict):
    values = {"squeezenet": [0.60, 0.61, 0.62], "squeezenet-bypass": second}
    monkeypatch.setattr(ablation, "CLAIMS", ablation.CLAIMS[:1])
    monkeypatch.setattr(ablation, "accuracies", lambda model, recipe, split="private": np.array(values[model]))
    row, = ablation.weigh_claims()
    assert row["verdict"] == verdict and row["gain"] == pytest.approx(100 * (np.mean(second) - 0.61))
    assert len(row["paired"]) == 3 and all(0 <= p <= 1 for p in row["paired"])


def test_the_figure_says_every_mean():
    _, alt = ablation.ablation_figure()
    for name, model, recipe in ablation.VARIANTS:
        assert f"{name} {100 * ablation.accuracies(model, recipe).mean():.1f} %" in alt
