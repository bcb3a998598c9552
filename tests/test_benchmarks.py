"""The benchmarks: cases in turns, ratios within a round, records that say what they were measured with."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BENCHMARKS = ROOT / "benchmarks"


@pytest.fixture(autouse=True)
def found(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))


def test_every_case_is_measured_once_a_round_in_another_order():
    import measure

    asked = []
    found = measure.in_turns(["a", "b", "c"], lambda case: asked.append(case) or len(asked), 4, say=lambda text: None)
    assert [len(values) for values in found] == [4, 4, 4]
    rounds = [tuple(asked[start:start + 3]) for start in range(0, 12, 3)]
    assert all(set(one) == {"a", "b", "c"} for one in rounds) and len(set(rounds)) > 1
    assert [asked[value - 1] for value in found[1]] == ["b"] * 4  # what was measured stands by its case


def test_ratios_are_taken_within_a_round():
    import measure

    fast, slow = (measure.median_of([{"rate": value} for value in values], "rate") for values in ((8, 2, 6), (4, 1, 2)))
    assert fast == {"median": 6, "all": [8, 2, 6]}
    assert measure.ratios(fast, slow) == {"median": 2, "all": [2, 2, 3]}
    with pytest.raises(ValueError):
        measure.ratios(fast, {"all": [1]})


def test_a_measurement_that_fails_says_what_it_was(tmp_path):
    import measure

    script = tmp_path / "one.py"
    script.write_text("import json, sys\n1 / json.loads(sys.argv[2])['by']\nprint('so')\nprint('{\"a\": 1}')")
    assert measure.fresh(script, {"by": 1}) == {"a": 1}
    with pytest.raises(RuntimeError, match="'by': 0.*ZeroDivisionError"):
        measure.fresh(script, {"by": 0})
    with pytest.raises(RuntimeError, match="more than 0.01 seconds"):
        measure.fresh(script, {"by": 1}, longest=0.01)


def test_a_record_says_what_it_was_measured_with(tmp_path, monkeypatch):
    import measure

    from fer_utils.schema import misfit

    monkeypatch.setattr(measure, "FOLDER", tmp_path / "benchmarks")
    head = measure.head(2, ("numpy", "no-such-package"))
    assert misfit(head, measure.HEAD) is None and list(head["versions"]) == ["numpy"]
    assert json.loads(measure.write("any", head).read_text()) == head


def test_recorded_benchmarks_are_whole():
    import measure

    from fer_utils.schema import misfit

    for path in measure.FOLDER.glob("*.json"):
        assert misfit(json.loads(path.read_text()), measure.HEAD) is None, path.name


def test_the_picture_shows_what_was_recorded():
    import draw

    picture = draw.draw()
    assert draw.PICTURE.read_text(encoding="utf-8") == picture, "run `python benchmarks/draw.py`"
    inputs = draw.recorded_benchmark("input")
    row = next(row for row in inputs["rows"] if row["pipeline"] == "thesis")
    assert f"{row['faces_a_second']['median']:,.0f}</text>" in picture and "of 5 rounds" in picture
    assert all(f">{name}" in picture for name in ("mini, our input", "fer-deep, thesis", "4 × 28,709, ours",
                                                   "deeplake, first", "csv, again", "TensorFlow", "JAX", "PyTorch"))


def test_bars_are_as_long_as_their_medians():
    import draw

    drawn, height = draw.panel(0, 0, "Speed & more", [("a", [1, 3, 2], "thesis"), ("b", [4, 4, 4], "course")], "{:.1f}")
    widths = [float(part.split('"')[1]) for part in drawn.split("<rect")[1:] for part in [part.partition("width=")[2]]]
    assert widths[1] == pytest.approx(2 * widths[0], abs=0.1) and height == 80 and "Speed &amp; more" in drawn


def test_the_input_of_the_thesis_is_rgb_and_ends_in_the_same_network():
    import input as benchmark
    import numpy as np

    images, targets = benchmark.arrays(6)
    rgb, given = benchmark.input_of_thesis(images, targets)[0]
    assert rgb.shape == (6, 48, 48, 3) and rgb.dtype == np.float32 and 0 <= rgb.min() and rgb.max() <= 1
    assert np.array_equal(rgb[..., 0], rgb[..., 2]) and given.shape == (6, 7)
    model, size = benchmark.model_of_thesis("squeezenet-mini"), (1, 48, 48, 3)
    assert model.count_params() == 24_143 and model.predict_on_batch(np.ones(size, np.float32)).shape == (1, 7)


def test_the_operations_of_a_step_have_kinds():
    import step

    names = {"_MklNativeConv2DBackpropFilter": "convolutions and matrix products", "_MklMatMul":
             "convolutions and matrix products", "_MklNativeFusedBatchNormGradV3": "normalization", "ReluGrad":
             "element by element", "MaxPoolGrad": "pooling", "ConcatV2": "moving data", "NoOp": "other"}
    assert {name: step.kind_of(name) for name in names} == names
    assert step.training_operations("squeezenet-mini") == 6 * 910_752


def test_the_import_is_measured_where_nothing_is_imported_yet():
    import loading

    assert 1e-4 < loading.seconds_to_import() < 5


def test_the_cells_up_to_the_banner_are_those_of_every_chapter():
    import loading

    assert len(loading.CHAPTERS) == len(list((ROOT / "notebooks" / "source").glob("*.py")))
    for chapter in loading.CHAPTERS:
        cells = loading.cells_to_banner(ROOT / "notebooks" / chapter)
        assert len(cells) == 2 and "course.setup()" in cells[-1]
        for cell in cells:  # as a kernel runs them: the first has a line with %cd, which Python by itself does not read
            compile(cell, chapter, "exec")


def test_a_report_is_added_up_by_file(tmp_path):
    import suite

    path = tmp_path / "report.xml"
    path.write_text('<testsuites><testsuite><testcase classname="tests.test_a" name="one" time="2.5"/>'
                    '<testcase classname="tests.test_a" name="two" time="1"/>'
                    '<testcase classname="tests.test_a.TestMore" name="one" time="0.5"/>'
                    '<testcase classname="notebooks.03_a.ipynb" name="Cell 1" time="1"/>'
                    '<testcase classname="tests.test_b" name="one" time="3"/></testsuite></testsuites>')
    seconds, tests, each = suite.read_report(path)
    assert seconds == {"tests/test_a.py": 4, "tests/test_b.py": 3, "notebooks/03_a.ipynb": 1}
    assert tests["tests/test_a.py"] == 3 and each.most_common(1) == [("tests.test_b::one", 3)]


@pytest.mark.parametrize("name", ["input", "step", "loading"])
def test_a_benchmark_says_how_it_is_run(name):
    shown = subprocess.run([sys.executable, BENCHMARKS / f"{name}.py", "--help"], capture_output=True, text=True)
    assert shown.returncode == 0 and "--rounds" in shown.stdout and f"benchmarks/{name}.py" in shown.stdout
