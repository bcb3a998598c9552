"""The plan of chapter 11 computes what it says, and what the benchmarks recorded carries what the chapter reads."""

import numpy as np
import pytest

from fer_utils.course.chapter_11 import figures, plan
from fer_utils.evaluation.results import recorded_benchmark

WORKERS = {f"{name}_{key}": {"median": float(np.median(values)), "all": values} for name, key, values in [
    ("one", "faces_per_second", [100.0, 110.0, 90.0]), ("two", "faces_per_second", [150.0, 176.0, 144.0]),
    ("one", "first_loss", [1.9, 1.95, 1.92]), ("two", "first_loss", [1.91, 1.93, 1.92]),
    ("one", "accuracy", [0.3, 0.31, 0.32]), ("two", "accuracy", [0.31, 0.3, 0.32])]} | {
    "speedup": {"median": 1.6, "all": [1.5, 1.6, 1.6]}, "machine": "a machine", "load_before": 2.4, "epochs": 4}


def test_one_gpu_exchanges_nothing_and_costs_what_the_run_took():
    run = plan.load_run(plan.RUN)
    found = plan.plan(run["data"]["train"], len(run["history"]), 1)
    assert found["exchange"] == 0 and found["hours"] == pytest.approx(run["wall_seconds"] / 3600)
    assert found["dollars"] == pytest.approx(found["hours"] * plan.GPU_HOUR)


def test_the_exchange_is_that_of_a_ring(monkeypatch):
    monkeypatch.setattr(plan, "BEGIN", 0.0)
    run = plan.load_run(plan.RUN)
    step = run["recipe"]["batch_size"] * run["wall_seconds"] / len(run["history"]) / run["data"]["train"]
    for gpus, sent in ((2, 1.0), (8, 1.75)):  # times all gradients
        waited = sent * 4 * plan.NETWORKS[run["model"]].parameters / plan.LINK
        assert plan.plan(28709, 1, gpus)["exchange"] == pytest.approx(waited / (step + waited))


def test_twice_the_faces_take_twice_as_long_and_eight_gpus_read_nearly_eight_times_as_much():
    one, eight = plan.plan(10**8, 10, 1), plan.plan(10**8, 10, 8)
    assert plan.plan(2 * 10**8, 10, 1)["hours"] == pytest.approx(2 * one["hours"])
    assert 7 < eight["megabytes"] / one["megabytes"] < 8
    assert len(plan.as_table().splitlines()) == 2 + len(plan.PLANS) and "230 GB" in plan.assumptions()


def test_what_the_workers_reached_in_words_and_in_a_figure():
    said = plan.describe_workers(WORKERS)
    assert "**1.60 times**" in said and "at most 0.020 from" in said and "spread over 0.050" in said
    assert "-1.0 to +1.0 points" in said
    figure, text = figures.scaling(WORKERS)
    assert "one worker 100, two 150" in text and "would be 200" in text
    assert [line.get_ydata().tolist() for line in figure.axes[0].lines[:2]] == [[100.0, 200.0], [100.0, 150.0]]


@pytest.mark.parametrize("name", ["workers", "streaming"])
def test_the_records_carry_what_the_chapter_reads(name):
    found = recorded_benchmark(name)
    assert found["rounds"] == 5 and found["machine"] and found["versions"]
    medians = [value for value in found.values() if isinstance(value, dict) and "median" in value]
    assert medians and all(len(value["all"]) == 5 and value["median"] == np.median(value["all"]) for value in medians)


def test_the_streamed_memory_does_not_grow_with_the_faces():
    found = recorded_benchmark("streaming")
    assert found["stream_20_faces"]["median"] == found["faces"] > 19 * found["stream_faces"]["median"]
    assert found["stream_20_megabytes"]["median"] < 3 * found["stream_megabytes"]["median"]
    assert found["stream_20_megabytes"]["median"] < found["faces"] * plan.FACE / 1e6 / 2  # far below holding all
    rows = found["training"]["memory"]
    later = [row[2] for row in rows[len(rows) // 2:]]
    assert max(later) < 1.25 * min(later)
    assert plan.describe_stream(found).count("MB") == 3
