"""Chapter 13: drawn faces whose truth is known, exact effects of muscles, and what its figures say."""

from itertools import permutations

import numpy as np
import pytest

from fer_utils.attribution import class_scores
from fer_utils.course.chapter_13 import by_hand, figures, truth
from fer_utils.faces.action_units import EXPRESSIONS
from fer_utils.faces.draw import draw_gray
from fer_utils.labels import EMOTIONS
from fer_utils.networks.weights import load_network


@pytest.fixture(scope="module")
def net():
    return load_network("squeezenet-mini")


@pytest.fixture(scope="module")
def drawn():
    return truth.drawn_faces(2, emotions=EMOTIONS[:6])


def test_a_drawn_face_can_be_drawn_again(drawn):
    again = truth.drawn_faces(2, emotions=EMOTIONS[:6])
    assert all(np.array_equal(one.image, other.image) for one, other in zip(drawn, again))
    assert all(np.array_equal(one.image, one.drawn(one.units)) for one in drawn)
    assert not np.array_equal(drawn[0].image, drawn[6].image) and drawn[0].emotion == drawn[6].emotion


def test_a_muscle_at_rest_rests_on_both_sides():
    units = truth.at_rest({"AU12": 0.5, "AU12L": 0.6, "AU12R": 0.4, "AU1L": 0.3, "AU26": 0.2}, ["AU12", "AU26"])
    assert units == {"AU12": 0, "AU12L": 0, "AU12R": 0, "AU1L": 0.3, "AU26": 0}


def test_the_outlines_lie_where_the_face_is_drawn():
    """The lips of a bright face with a dark, wide open mouth: the outline of the opening holds the dark pixels."""
    from PIL import Image, ImageDraw

    from fer_utils.faces.draw import outlines

    units, who, pose = {"AU27": 1.0, "AU25": 1.0}, {"skin": 0.0}, {"shift_x": 0.1, "shift_y": -0.05, "zoom": 1.1}
    face = draw_gray(units, who, pose)
    mask = Image.new("1", (48, 48))
    mouth = next(shape for shape in outlines(units, who, pose) if shape.name == "mouth")
    ImageDraw.Draw(mask).polygon(mouth.points.ravel().tolist(), fill=1)
    inside = np.asarray(mask)
    assert 30 < inside.sum() < 400 and face[inside].mean() < face[30:40, 15:25].max() - 60


def test_regions_share_the_face_out(drawn):
    for face in drawn:
        found = truth.regions(face)
        assert tuple(found) == truth.ZONES and (sum(mask.astype(int) for mask in found.values()) == 1).all()
        rows = {name: np.argwhere(mask)[:, 0].mean() for name, mask in found.items()}
        assert rows["brows"] < rows["eyes"] < rows["nose"] < rows["mouth"]


def test_shares_of_a_map_that_lies_in_one_region(drawn):
    masks = [truth.regions(face) for face in drawn[:3]]
    maps = np.array([masks[0]["brows"], masks[1]["mouth"], masks[2]["eyes"] - 2.0 * masks[2]["nose"]], float)
    assert np.allclose(truth.shares(maps, drawn[:3]), [[1, 0, 0, 0, 0], [0, 0, 0, 1, 0], [0, 1, 0, 0, 0]])


def test_leaving_one_out_compares_two_drawings(net, drawn):
    effects, redrawn = truth.leave_one_out(net, drawn[:2])
    face, number = drawn[1], EMOTIONS.index(drawn[1].emotion)
    for place, code in enumerate(truth.muscles(face)):
        other = face.drawn(truth.at_rest(face.units, [code]))
        assert np.array_equal(other, redrawn[1][place])
        scores = class_scores(net, np.array([face.image, other]))[:, number]
        assert np.isclose(effects[1][place], scores[0] - scores[1], atol=1e-4)
    assert [len(values) for values in effects] == [len(EXPRESSIONS[face.emotion]) for face in drawn[:2]]


def test_shapley_values_are_the_mean_over_all_orders(net):
    """Three muscles, six orders, counted one by one."""
    face = truth.average_face("happiness")
    codes, number = truth.muscles(face), EMOTIONS.index("happiness")

    def score(moving):
        rest = [code for code in codes if code not in moving]
        return class_scores(net, face.drawn(truth.at_rest(face.units, rest))[None])[0, number]

    added = {code: [] for code in codes}
    for order in permutations(codes):
        for place, code in enumerate(order):
            added[code].append(score(order[:place + 1]) - score(order[:place]))
    expected = [np.mean(added[code]) for code in codes]
    found = truth.shapley(net, face)
    assert np.allclose(found, expected, atol=1e-4)
    assert np.isclose(found.sum(), score(codes) - score(()), atol=1e-4)


def test_credit_is_high_where_the_map_lies_on_the_pixels_that_a_muscle_changes(net, drawn):
    effects, redrawn = truth.leave_one_out(net, drawn[:2])
    for number, face in enumerate(drawn[:2]):
        changes = np.abs(redrawn[number].astype(float) - face.image)
        alone = changes[0] / changes.sum(axis=0).clip(1)  # where the first muscle changes most
        credit, = truth.credit(alone[None], [face], [redrawn[number]])
        assert credit.shape == (len(changes),) and credit.argmax() == 0
        assert np.isclose(credit[0], (alone * changes[0]).sum() / changes[0].sum())
        flat, = truth.credit(np.full((1, 48, 48), 3.0), [face], [redrawn[number]])
        assert np.allclose(flat[changes.sum(axis=(1, 2)) > 0], 3)
    assert np.allclose(truth.agreement(effects, effects), 1)
    assert np.allclose(truth.agreement(effects, [-values for values in effects]), -1)


def test_by_region_puts_each_muscle_where_it_shows():
    """Anger: AU4 brows, AU5 and AU7 eyes, AU23 and AU24 mouth, AU31 elsewhere; what is below 0 counts as 0."""
    values = [np.array(one, float) for one in ([4, 1, 1, 1, 1, 2], [1, 0, 0, 0, 0, 0, -5])]
    rest = [np.ones(len(EXPRESSIONS[emotion])) for emotion in ("disgust", "happiness", "sadness", "surprise")]
    found = figures.by_region([*values, *rest], ["anger", "fear", "disgust", "happiness", "sadness", "surprise"])
    assert np.allclose(found[:, 0], [0.4, 0.2, 0, 0.2, 0.2]) and np.allclose(found[:, 2], [1, 0, 0, 0, 0])
    assert np.allclose(found.sum(axis=0), 1) and np.allclose(figures.table_of_thesis().sum(axis=0), 1)


def test_a_table_of_muscles_starts_from_a_face_at_rest(net):
    changes = figures.muscle_changes(net)
    row = figures.UNITS_OF_TABLE.index("AU12")
    scores = class_scores(net, np.array([draw_gray(), draw_gray({"AU12": 1.0})]))
    assert changes.shape == (20, 7) and np.allclose(changes[row], scores[1] - scores[0], atol=1e-4)


def test_a_slider_asks_the_network_once(net, monkeypatch):
    import fer_utils.evaluation as evaluation

    asked, original = [], evaluation.predict_probabilities
    monkeypatch.setattr(evaluation, "predict_probabilities",
                        lambda net, faces: asked.append(len(faces)) or original(net, faces))
    answers = figures.answers_by_muscle(net)
    for strength in (0.25, 0.5, 1.0):
        figures.one_muscle(answers, "surprise", "AU27", strength)
    assert asked == [len(figures.STRENGTHS)]
    assert "probability" not in figures.one_muscle(answers)[1] and "happiness" in figures.one_muscle(answers)[1]


def test_a_step_against_the_answer_turns_more_than_one_at_random(net):
    from fer_utils.data import load_schematic

    faces = load_schematic(("public",)).public.images[:40]
    answers = class_scores(net, faces).argmax(axis=1)
    slope = by_hand.slopes_of_answers(net, faces.astype(np.float32), answers)
    against = np.clip(faces - 2 * np.sign(slope), 0, 255).astype(np.uint8)
    toward = np.clip(faces + 2 * np.sign(slope), 0, 255).astype(np.uint8)
    share, low, high = by_hand.share_turned(net, answers, against)
    assert low > 0.4 and low <= share <= high and by_hand.share_turned(net, answers, toward)[0] < 0.05


def test_the_interval_of_a_mean_widens_with_its_level():
    values = np.random.default_rng(0).normal(2, 1, 400)
    value, low, high = by_hand.mean_interval(values)
    assert np.isclose(value, values.mean()) and np.isclose(high - low, 2 * 1.96 / 20, rtol=0.15)
    wide = by_hand.mean_interval(values, level=0.99)
    assert wide[1] < low < high < wide[2]


def test_first_filters_are_all_shown(net):
    figure, words = figures.kernels(net)
    assert sum(bool(axis.images) for axis in figure.axes) == 24 and "24 small squares" in words


def test_the_baseline_counts_what_a_muscle_changes(net, drawn):
    redrawn = [np.stack([drawn[0].image + np.uint8(1), drawn[0].image])]
    assert np.array_equal(truth.amounts(drawn[:1], redrawn)[0], [np.abs(
        redrawn[0][0].astype(int) - drawn[0].image).sum(), 0])
