"""Chapter 02: the flash experiment, the face laboratory, the muscle map and the simulated patients."""

import io
import re
import subprocess
import sys
import time
from html import escape

import numpy as np
import pytest
from PIL import Image
from test_notebooks import ROOT

from fer_utils import EMOTIONS
from fer_utils.course.chapter_02 import anatomy, face_laboratory, figures, flash, muscle_map, muscles, patients, studies
from fer_utils.course.chapter_02.explore_anatomy import explore_anatomy
from fer_utils.course.chapter_02.face_laboratory import REGIONS, explore_face, muscles_at_work
from fer_utils.course.show import POINTS_AN_INCH, SHARPNESS, kept_picture
from fer_utils.faces.action_units import ACTION_UNITS, EXPRESSIONS, by_side, without_nerve
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
    _, experiment, picture = flash.explore_threshold(repeats=1, seed=0).children
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


def test_answers_are_grouped_by_what_was_asked_for():
    """A tenth of a millisecond of jitter is no duration of its own."""
    shown, wanted = [33.3, 33.4, 66.7, 66.6], [40, 40, 70, 70]
    alt = flash.curve(shown, [True, False, True, True], "x", wanted)[1]
    assert "33 ms 50% of 2; 67 ms 100% of 2" in alt
    assert alt.count(" of 1") == 0 and flash.curve(shown, [True] * 4, "x")[1].count(" of 1") == 4


def test_again_brings_new_faces():
    _, experiment, picture = flash.explore_threshold(repeats=1, seed=0).children
    first = experiment.trials
    experiment.rounds += 1
    assert len(experiment.trials) == len(first) and experiment.trials != first
    script = (ROOT / "fer_utils" / "course" / "chapter_02" / "flash.js").read_text(encoding="utf-8")
    assert ".disabled" not in script and script.count(".focus()") >= 3  # a disabled button would lose the focus


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


def test_every_slider_can_be_reached_by_tab():
    """The regions are buttons, since the heads of an accordion take no focus; each shows its own sliders."""
    lab = explore_face()
    seen = []
    for region in lab.region.options:
        lab.region.value = region
        seen += [slider.description.split()[0] for slider in lab.shown.children]
    assert sorted(seen) == sorted(ACTION_UNITS)
    assert "Accordion" not in (ROOT / "fer_utils/course/chapter_02/face_laboratory.py").read_text(encoding="utf-8")


def test_muscles_at_rest():
    assert "at rest" in muscles_at_work({}) and "zygomaticus major" in muscles_at_work({"AU12L": 0.5})


def _drawing(lab):
    return _drawing_of(lab.face.value)


def _drawing_of(svg):
    return re.sub(r'[bc][0-9a-f]{8}', "", svg)  # the names of filters and clips depend on more than the picture


# The muscle map

def test_every_muscle_on_the_map_has_its_units_and_its_nerve():
    for name, muscle in muscles.MUSCLES.items():
        units = muscles.units_of(name)
        assert units and {unit.nerve for unit in units} == {muscles.MUSCLE_GROUPS[muscle.group]}, name
        if muscle.group != "of the lid":
            assert set(muscle.branches) <= set(muscles.BRANCHES[muscles.MUSCLE_GROUPS[muscle.group]]), name
    assert [unit.code for unit in muscles.units_of("masseter")] == ["AU31"]  # it relaxes in AU26
    for unit in ACTION_UNITS.values():
        if unit.nerve in muscles.BRANCHES:
            assert set(muscles.pulling(unit)) <= set(muscles.MUSCLES) | set(muscles.NOT_DRAWN), unit.code


def test_the_table_of_muscles_names_each_once_with_its_own_branches():
    rows = {row[0]: row for row in muscles.muscle_rows()}
    assert len(rows) == len(muscles.MUSCLES) == len(muscles.muscle_rows())
    assert rows["risorius"][3] == "VII, buccal" and rows["platysma"][3] == "VII, cervical"
    assert rows["zygomaticus major"][5] == "happiness" and rows["nasalis"][5] == "none of the six"


def test_stills_tell_in_words_what_they_show():
    for figure, alt in (muscle_map.muscle_map(), muscle_map.nerve_tree()):
        for name in muscles.MUSCLES if "fibres" in alt else muscle_map.NERVE_WORDS:
            assert name in alt
        assert len(figure.axes) == 1


def test_both_pterygoids_keep_their_colour_in_the_kept_picture():
    """In 48 colours, too, at the dots where their names' lines end."""
    figure, _ = muscle_map.muscle_map()
    picture = np.asarray(Image.open(io.BytesIO(kept_picture(figure))).convert("RGB"), float)
    pink = np.array([int(muscle_map.GROUP_COLORS["mastication"][n:n + 2], 16) for n in (1, 3, 5)], float)
    near = np.abs(picture - pink).max(axis=2) < 24
    figure.canvas.draw()
    tight, axis = figure.get_tightbbox(), figure.axes[0]
    pixels = POINTS_AN_INCH * SHARPNESS
    for name in muscles.HIDDEN:
        line = np.concatenate(anatomy.fibres()[name, "R"])
        inches = axis.transData.transform(line) / figure.dpi - (tight.x0 - 0.1, tight.y0 - 0.1)
        columns, rows = np.rint(inches * pixels).astype(int).T
        window = near[picture.shape[0] - rows.max():picture.shape[0] - rows.min(), columns.min():columns.max()]
        assert window.sum() > 40, name


# The living anatomy

def test_fibres_shorten_as_the_skin_moves_and_on_that_side_alone():
    def length(name, side, units):
        return np.mean([np.hypot(*np.diff(line, axis=0).T).sum() for line in anatomy.fibres(units)[name, side]])

    for muscle, unit in (("zygomaticus major", "AU12"), ("occipitofrontalis", "AU2"), ("depressor anguli oris", "AU15"),
                         ("levator palpebrae superioris", "AU5"), ("risorius", "AU20"), ("mentalis", "AU17"),
                         ("levator labii superioris", "AU10"), ("corrugator supercilii", "AU4")):
        rest, pulled = length(muscle, "L", {}), length(muscle, "L", {f"{unit}L": 1.0})
        assert pulled < 0.97 * rest, muscle
        other = abs(length(muscle, "R", {f"{unit}L": 1.0}) - length(muscle, "R", {}))
        assert other < 0.5 * (rest - pulled), muscle
    stretched = length("depressor anguli oris", "L", {"AU12": 1.0})  # by the muscle that pulls the other way
    assert stretched > length("depressor anguli oris", "L", {})


def test_every_landmark_is_found_in_the_drawing():
    names = ("corner", "lip top", "lip bottom", "brow in", "brow out", "lid", "wing", "chin")
    assert set(anatomy.landmarks()) == {(name, side) for name in names for side in "LR"}
    followed = {name for muscle in muscles.MUSCLES.values() for name, _ in (*muscle.follows, *muscle.starts)}
    assert followed <= set(names)


def test_a_part_of_a_muscle_pulls_alone():
    assert anatomy.activity({"AU1L": 0.6})["occipitofrontalis", "L"] == (0.6, 0.0)
    assert anatomy.activity({"AU1": 0.6, "AU2": 0.9})["occipitofrontalis", "R"] == (0.6, 0.9)
    assert anatomy.activity({"AU26": 1.0})["masseter", "L"] == (0, 0)  # relaxes


def test_what_a_cut_takes_away():
    cut = muscle_map.failing("L")
    for emotion, units in EXPRESSIONS.items():
        assert by_side(muscles.after_cut(units, cut)) == by_side(without_nerve(units, "VII", "L")), emotion
    assert muscles.after_cut({"AU12": 1.0}, {("L", "zygomatic")}) == {"AU12R": 1.0, "AU12L": 0.5}
    assert muscles.after_cut({"AU31": 1.0, "AU26": 0.5}, {("R", "mandibular")}) == {"AU31": 0.5, "AU26": 0.5}
    assert muscles.after_cut({"AU43": 1.0}, cut) == {"AU43R": 1.0, "AU43L": 0.5}  # nerve III lets the lid down
    assert muscles.after_cut({"AU12": 1.0}, {("L", "ophthalmic")}) == {"AU12R": 1.0, "AU12L": 1.0}
    assert muscles.limp(cut)["droop_left"] == pytest.approx(0.6) and muscles.limp(cut)["droop_right"] == 0
    with pytest.raises(ValueError, match="cannot be cut"):
        muscles.after_cut({}, {("L", "optic")})


def test_the_anatomy_is_svg_with_words_for_every_depth():
    from xml.etree import ElementTree

    for depth in (0, 0.5, 1, 2, 3):
        svg = anatomy.anatomy_svg({"AU12": 0.8}, {"face_width": 0.5}, depth, {("L", "buccal")})
        ElementTree.fromstring(svg)
        assert 'role="img"' in svg and "buccal on the left" in svg and svg.count("aria-label") == 1
    assert "zygomaticus major" in anatomy.anatomy_svg(depth=1) and "V mandibular" in anatomy.anatomy_svg(depth=3)
    with pytest.raises(ValueError, match="depth"):
        anatomy.anatomy_svg(depth=4)


def test_the_widget_cuts_and_reads_at_once():
    class Smiles:  # happiness where both corners are up, else neutral
        def predict(self, images):
            return np.eye(7)[[EMOTIONS.index(name) for name in ("happiness", "neutral")[:len(images)]]]

    box = explore_anatomy(Smiles())
    before = box.face.value
    assert "without the cut" not in box.told.value
    box.cuts["L", "buccal"].value = True
    assert box.face.value != before and "buccal on the left" in box.face.value
    assert "without the cut:</b> happiness 100%" in box.told.value and "with it:</b> neutral" in box.told.value
    assert "Obeys no more: nasalis" in box.told.value
    box.cuts["L", "buccal"].value = False
    assert box.face.value == before
    box.wholes["R"].value = True
    assert box.cuts["R", "buccal"].value and not box.cuts["L", "buccal"].value
    box.cuts["R", "buccal"].value = False
    assert not box.wholes["R"].value and box.cuts["R", "zygomatic"].value
    box.cuts["R", "buccal"].value = True
    assert box.wholes["R"].value
    box.wholes["R"].value = False
    assert not box.cuts["R", "zygomatic"].value and box.face.value == before
    box.play.value = 8
    assert box.strength.value == 1.0
    box.play.value = 38
    assert box.strength.value == 0.0
    for name in box.order.options:
        box.order.value = name
    assert set(muscles.MUSCLES) | set(EMOTIONS) <= set(box.order.options)


def test_the_widget_is_drawn_fast_enough():
    box = explore_anatomy()
    spent = []
    for depth in (0.5, 1.0, 2.0, 3.0, 1.5):
        start = time.process_time()
        box.depth.value = depth + 0.1 if depth < 3 else 2.9
        spent.append(time.process_time() - start)
    assert sorted(spent)[2] < 0.15  # seconds of the processor, half of them


def test_half_a_smile_is_searched_for():
    class Answers:
        """Reads each whole as happiness, and the half so until the calls are used up."""

        def __init__(self, calls):
            self.calls = calls

        def predict(self, images):
            assert len(images) == 2 and (images[0] != images[1]).any()
            self.calls -= 1
            half = "happiness" if self.calls >= 0 else "neutral"
            return np.eye(7)[[EMOTIONS.index("happiness"), EMOTIONS.index(half)]]

    found = muscle_map.half_a_smile(Answers(3))
    assert found["strength"] == 0.7 and "as **neutral**" in muscle_map.half_told(found)
    everything = muscle_map.half_a_smile(Answers(100))
    assert everything["strength"] == 0.1 and "No smile was found" in muscle_map.half_told(everything)


# Table 3.1

def test_table_3_1_and_the_expressions_say_the_same():
    assert set(studies.TABLE_3_1) == set(EMOTIONS) - {"neutral"}
    for emotion, phrases in studies.TABLE_3_1.items():
        assert {code for _, codes, _ in phrases for code in codes} == set(EXPRESSIONS[emotion]), emotion
        assert all(codes or remark for _, codes, remark in phrases), emotion  # what is not drawn is said


def test_table_3_1_stands_beside_the_faces():
    html = figures.table_3_1()
    assert html.count("<img ") == 6 and html.count("<tr>") == 1 + sum(map(len, studies.TABLE_3_1.values()))
    for phrases in studies.TABLE_3_1.values():
        assert all(escape(phrase) in html for phrase, _, _ in phrases)


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


def a_study():
    labels = np.repeat(np.arange(7), 40)
    wrong = np.where(np.arange(280) % 4, 6, labels)
    return {"labels": labels, "seeds": np.tile(np.repeat((0, 1), 20), 7),
            "answers": {"healthy": labels.copy(), "Bell's palsy": np.where(labels == 5, 5, wrong),
                        "hypomimia": np.full(280, 6)}}


def test_losses_are_told_with_their_intervals():
    rows = patients.recall_rows(a_study())
    assert rows["healthy"]["fear"][0] == 1 and rows["hypomimia"]["fear"][0] == 0
    assert rows["Bell's palsy"]["fear"][1] < 0.25 < rows["Bell's palsy"]["fear"][2]
    assert patients.losses(a_study(), "Bell's palsy")["fear"]["told"] == "worse"
    text = patients.told(a_study(), "Bell's palsy")
    assert "Recognized less for certain: anger, disgust, fear, happiness, sadness." in text
    assert "Cannot be told: surprise" in text and "Least is lost of surprise" in text
    figure, alt = figures.recall_bars(a_study())
    assert "fear 25% (" in alt and len(figure.axes[0].containers) >= 3


def test_what_other_nerves_move():
    assert patients.other_nerves("surprise") == ["AU27 (V)", "AU5 (III)"]
    assert "AU43 (III, half)" in patients.other_nerves("sadness")


def test_answers_of_the_laboratory_follow_the_network():
    class Never:
        def predict(self, images):
            return np.eye(7)[[EMOTIONS.index("fear")] * len(images)]

    text = face_laboratory.answers(Never())
    assert "No single unit" in text and "happiness without AU6 | fear, 100 %" in text


def test_the_studies_cite_references_that_exist():
    source = (ROOT / "notebooks" / "source" / "02_faces_and_muscles.py").read_text(encoding="utf-8")
    body, references = source.split("# ## References")
    listed = {int(number) for number in re.findall(r"(?m)^# (\d+)\. ", references)}
    texts = body + str(studies.UNIVERSALITY) + str(studies.PERCEPTION)
    # [0] is an index
    cited = {int(n) for group in re.findall(r"\[(\d+(?:, \d+)*)\]", texts) for n in group.split(",")} - {0}
    assert listed == set(range(1, 49)) and cited == listed


def test_a_table_has_a_line_for_each_row():
    assert table(["x", "y"], [["a", "b"]]) == "| x | y |\n| --- | --- |\n| a | b |"
