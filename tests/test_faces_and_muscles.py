"""Chapter 02: the flash experiment, the face laboratory, the muscle map and the simulated patients."""

import re
import subprocess
import sys

import numpy as np
import pytest
from test_notebooks import ROOT

from fer_utils import EMOTIONS
from fer_utils.course.chapter_02 import flash, muscle_map, patients, studies
from fer_utils.course.chapter_02.face_laboratory import REGIONS, explore_face, muscles_at_work
from fer_utils.faces.action_units import ACTION_UNITS, EXPRESSIONS, by_side
from fer_utils.text import table

# The flash experiment

def test_a_screen_shows_whole_pictures():
    assert flash.shown_duration([40, 100, 1], 60) == pytest.approx([100 / 3, 100, 50 / 3])
    assert flash.shown_duration(40, 144) == pytest.approx(6000 / 144)


def test_the_curve_starts_at_chance_and_is_halfway_at_the_threshold():
    assert flash.psychometric([1e-3, 80, 1e6], 80) == pytest.approx([1 / 6, 7 / 12, 1], abs=1e-6)


@pytest.mark.parametrize("threshold", [50, 90, 160])
def test_the_threshold_of_a_simulated_observer_is_found_again(threshold):
    assert flash.fit_threshold(*flash.simulated_answers(threshold, repeats=200)) == pytest.approx(threshold, rel=0.12)


def test_an_observer_beyond_all_durations_gets_no_number():
    times = flash.shown_duration(flash.DURATIONS)
    assert "above all durations" in flash.curve(times, np.zeros(6, bool), "x")[1]
    assert "below all durations" in flash.curve(times, np.ones(6, bool), "x")[1]


def test_trials_show_each_duration_equally_often_and_rest_is_not_the_face():
    trials = flash.make_trials(repeats=2, seed=0)
    assert sorted(trial["wanted"] for trial in trials) == sorted(2 * flash.DURATIONS)
    assert {trial["right"] for trial in trials} == set(range(6))
    for trial in trials:
        assert trial["face"].startswith("data:image/jpeg;base64,") and trial["face"] != trial["rest"]


def test_answers_from_the_browser_draw_the_curve():
    experiment, picture = flash.explore_threshold(repeats=1, seed=0).children
    right = [flash.CHOICES[trial["right"]] for trial in experiment.trials]
    answers = [{"trial": n, "wanted": trial["wanted"], "shown": float(flash.shown_duration(trial["wanted"])),
                "answer": right[n]} for n, trial in enumerate(experiment.trials)]
    experiment.answers = answers[:2]
    assert "<img" not in picture.value
    experiment.answers = answers
    assert "You, after 6 faces" in picture.value and "100% of 1" in picture.value
    experiment.answers = [one | {"answer": "nothing"} for one in answers]
    assert "above all durations" in picture.value


def test_the_widget_sends_text_alone_and_is_imported_late():
    code = ("import sys, fer_utils.course.chapter_02.flash\n"
            "print('anywidget' in sys.modules, 'matplotlib' in sys.modules)")
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert answer.stdout.split() == ["False", "False"]
    script = (ROOT / "fer_utils" / "course" / "chapter_02" / "flash.js").read_text(encoding="utf-8")
    assert "export default" in script and "http" not in script


# The face laboratory

def test_every_slider_changes_the_face():
    lab = explore_face()
    assert sorted(code for codes in REGIONS.values() for code in codes) == sorted(ACTION_UNITS) == sorted(lab.sliders)
    lab.preset.value = "neutral"
    rest = lab.face.value
    for code, slider in lab.sliders.items():
        slider.value = 1.0
        assert lab.face.value != rest and lab.units() == {code: 1.0} and ACTION_UNITS[code].name in lab.told.value
        slider.value = 0.0
        assert _drawing(lab) == _drawing_of(rest) and lab.preset.value == "neutral"


def test_presets_set_the_sliders_and_a_moved_slider_leaves_the_preset():
    lab = explore_face()
    for emotion in EMOTIONS:
        lab.preset.value = emotion
        assert by_side(lab.units()) == by_side(EXPRESSIONS[emotion])
        assert lab.sliders["AU12"].value == EXPRESSIONS[emotion].get("AU12", 0)
    lab.sliders["AU18"].value = 0.5
    assert lab.preset.value == "(mine)"


def test_sides_move_apart():
    lab = explore_face()
    lab.preset.value = "neutral"
    lab.side.value = "person's left"
    lab.sliders["AU12"].value = 0.8
    assert lab.units() == {"AU12L": 0.8} and lab.sliders["AU26"].disabled
    lab.side.value = "person's right"
    assert lab.sliders["AU12"].value == 0 and lab.units() == {"AU12L": 0.8}
    lab.side.value = "both sides"
    assert lab.sliders["AU12"].value == 0.8 and lab.units() == {"AU12L": 0.8} and not lab.sliders["AU26"].disabled


def test_palsy_takes_one_side_of_the_face():
    lab = explore_face()
    lab.palsy.value = "VII fails on the left"
    assert "lip corner puller right 1, left 0" in lab.face.value and "AU12" in lab.units()
    assert "R 1, L 0" in lab.told.value


def test_the_network_reads_the_face_of_the_laboratory():
    class Always:
        def predict(self, images):
            return np.eye(7)[[EMOTIONS.index("fear")]]

    assert "fear 100 %" in explore_face(Always()).told.value


def test_muscles_at_rest():
    assert "at rest" in muscles_at_work({}) and "zygomaticus major" in muscles_at_work({"AU12L": 0.5})


def _drawing(lab):
    return _drawing_of(lab.face.value)


def _drawing_of(svg):
    return re.sub(r'[bc][0-9a-f]{8}', "", svg)  # the names of filters and clips depend on more than the picture


# The muscle map

def test_every_muscle_on_the_map_has_its_units_and_its_nerve():
    for name, (group, _, _) in muscle_map.MUSCLES.items():
        units = muscle_map.units_of(name)
        assert units and {unit.nerve for unit in units} == {muscle_map.NERVES[group]}, name
    assert [unit.code for unit in muscle_map.units_of("masseter")] == ["AU31"]  # it relaxes in AU26


def test_an_unknown_muscle_is_refused():
    with pytest.raises(ValueError, match="not on the map"):
        muscle_map.muscle_map("biceps")


# Patients and studies

def test_conditions_change_the_movements_and_nothing_else():
    healthy, labels = patients.draw_patients("healthy", each=1)
    assert np.array_equal(patients.draw_patients("healthy", each=1)[0], healthy)
    assert labels.tolist() == list(range(7))
    left, right = slice(24, 48), slice(0, 20)  # of the picture; heads turn a little, so leave out the middle
    still = patients.draw_patients(lambda units: units, each=1)[0]
    assert np.array_equal(still, healthy)
    happy = EMOTIONS.index("happiness")
    palsy = patients.draw_patients("Bell's palsy", each=1)[0]
    change = np.abs(palsy[happy].astype(int) - healthy[happy])
    assert change[:, left].mean() > 3 * change[:, right].mean()
    with pytest.raises(ValueError, match="can be"):
        patients.draw_patients("flu")


def test_recalls():
    class Answers:
        def predict(self, images):
            return np.eye(7)[[6] * len(images)]

    hits, neutral = patients.recalls(Answers(), np.zeros((14, 48, 48), np.uint8), np.repeat(np.arange(7), 2))
    assert hits.tolist() == [0, 0, 0, 0, 0, 0, 1] and neutral == 1


def test_the_studies_cite_references_that_exist():
    source = (ROOT / "notebooks" / "source" / "02_faces_and_muscles.py").read_text(encoding="utf-8")
    body, references = source.split("# ## References")
    listed = {int(number) for number in re.findall(r"(?m)^# (\d+)\. ", references)}
    texts = body + str(studies.UNIVERSALITY) + str(studies.PERCEPTION)
    # [0] is an index
    cited = {int(n) for group in re.findall(r"\[(\d+(?:, \d+)*)\]", texts) for n in group.split(",")} - {0}
    assert listed == set(range(1, 41)) and cited == listed


def test_a_table_has_a_line_for_each_row():
    assert table(["x", "y"], [["a", "b"]]) == "| x | y |\n| --- | --- |\n| a | b |"
