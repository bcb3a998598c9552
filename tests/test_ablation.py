"""The ablation's verdicts follow from the runs, and from nothing else."""

import pytest

from fer_utils.course.chapter_10 import ablation
from fer_utils.evaluation.comparison import compare_groups, holm


def test_every_rung_has_three_complete_seeds():
    for _, model, recipe in ablation.VARIANTS:
        assert [run["seed"] for run in ablation.seeds_of(model, recipe)] == [0, 1, 2]
        assert all(len(run["history"]) == 60 for run in ablation.seeds_of(model, recipe))


def test_a_claim_is_weighed_on_the_same_faces_with_both_kinds_of_luck_and_corrected():
    weighed = ablation.weigh_claims()
    bypass = ["squeezenet-bypass-comparison-s0", "squeezenet-bypass-comparison-s1", "squeezenet-bypass-comparison-s2"]
    plain = ["squeezenet-comparison-s0", "squeezenet-comparison-s1", "squeezenet-comparison-s2"]
    found = compare_groups(bypass, plain, tried=4, draws=ablation.FACES_DRAWN)
    assert {key: weighed[0][key] for key in found} == found
    assert all(row["luck"] == "faces and seeds (3 against 3)" for row in weighed)
    assert [row["p_holm"] for row in weighed] == pytest.approx(holm([row["p_value"] for row in weighed]))
    assert all(row["p_holm"] >= row["p_value"] for row in weighed)


@pytest.mark.parametrize("told, sign, verdict", [
    ("better", 1, "holds"), ("worse", -1, "holds"), ("better", -1, "the other way round"),
    ("worse", 1, "the other way round"), ("cannot be told", 1, "cannot be told")])
def test_verdicts(monkeypatch, told, sign, verdict):
    monkeypatch.setattr(ablation, "CLAIMS", [("x", 0, 1, sign)])
    monkeypatch.setattr(ablation, "compare_pairs", lambda pairs, **options: {name: {"told": told} for name in pairs})
    assert ablation.weigh_claims()[0]["verdict"] == verdict


def test_the_figure_and_the_tables_say_every_mean():
    _, alt = ablation.ablation_figure()
    for name, model, recipe in ablation.VARIANTS:
        mean = f"{100 * ablation.accuracies(model, recipe).mean():.1f} %"
        assert f"{name} {mean}" in alt and mean in ablation.ablation_table()
    weighed = ablation.weigh_claims()
    assert all(row["verdict"] in line for row, line in zip(weighed, ablation.claims_table(weighed).split("\n")[2:]))
