"""Explorers drawn beforehand for the site: which settings, and what is written."""

import itertools
import json

import ipywidgets as widgets
import make_explorers
import pytest
from PIL import Image

from fer_utils.course.show import new_figure


@pytest.fixture
def controls():
    return {"kind": widgets.Dropdown(options=[("one", 1), ("two", 2)], value=2, description="kind"),
            "light": widgets.FloatSlider(0.3, min=0, max=2, step=0.1, description="light"),
            "count": widgets.SelectionSlider(options=[1, 10, 100, 1000], value=10, description="how many"),
            "turned": widgets.Checkbox(True, description="turned")}


def test_a_list_keeps_all_it_offers_and_a_slider_its_ends_and_start(controls):
    found = make_explorers.settings(controls, most=60)
    values = {name: [value for _, value in listed] for name, (listed, _) in found.items()}
    assert values["kind"] == [1, 2] and values["turned"] == [False, True]
    assert values["light"][0] == 0 and values["light"][-1] == 2 and 0.3 in values["light"]
    assert set(values["count"]) >= {1, 10, 1000}
    assert len(list(itertools.product(*values.values()))) <= 60
    for name, (listed, start) in found.items():
        assert listed[start][1] == pytest.approx(controls[name].value)


def test_few_settings_are_all_drawn(controls):
    few = {name: controls[name] for name in ("kind", "count")}
    assert [len(values) for values, _ in make_explorers.settings(few).values()] == [2, 4]


@pytest.mark.parametrize("count", range(3, 12))
@pytest.mark.parametrize("start", range(12))
def test_thinned_keeps_what_it_must(count, start):
    values, place = make_explorers.thinned(list(range(12)), start, count)
    assert len(values) <= count and values[0] == 0 and values[-1] == 11 and values[place] == start
    assert values == sorted(set(values))


def test_every_picture_belongs_to_its_setting(tmp_path, controls):
    def draw(kind, count):
        figure, axis = new_figure(2, 1)
        axis.set_title(f"{kind} {count}")
        return figure, f"kind {kind}, count {count}."

    few = {name: controls[name] for name in ("kind", "count")}
    assert make_explorers.draw_all(draw, few, tmp_path / "07-3") == 8
    script = (tmp_path / "07-3" / make_explorers.SCRIPT).read_text()
    start = '(window.ferExplorers ??= {})["07-3"] = '
    assert script.startswith(start)
    known = json.loads(script.removeprefix(start).rstrip(";\n"))
    assert [control["start"] for control in known["controls"]] == [1, 1]
    assert [control["slider"] for control in known["controls"]] == [False, True]
    at = known["controls"][0]["start"] * 4 + known["controls"][1]["start"]  # as site/static/explorers.js counts
    assert known["pictures"][at]["alt"] == "kind 2, count 10."
    assert Image.open(tmp_path / "07-3" / known["pictures"][at]["file"]).width == 2 * known["width"]
