"""The table of facial action units, and mixtures of them."""

import pytest

from fer_utils.faces.action_units import ACTION_UNITS, EXPRESSIONS, by_side, describe, scale, without_nerve
from fer_utils.labels import EMOTIONS


def test_every_unit_is_complete():
    for code, unit in ACTION_UNITS.items():
        assert unit.code == code and unit.name and unit.muscles and unit.effect
        assert unit.nerve == "V" or unit.nerve == "VII" or unit.nerve.startswith("III")
        assert unit.branch or unit.name.startswith("eyes")


def test_nerves_are_those_of_the_muscles():
    # the facial nerve moves the mimetic muscles, the trigeminal nerve the jaw; the upper lid is lifted by neither
    assert {code for code, unit in ACTION_UNITS.items() if unit.nerve == "V"} == {"AU26", "AU27", "AU31"}
    assert ACTION_UNITS["AU5"].nerve == "III"
    assert ACTION_UNITS["AU12"].branch == "zygomatic and buccal" and ACTION_UNITS["AU1"].branch == "temporal"
    assert all(unit.sided for unit in ACTION_UNITS.values() if unit.nerve == "VII")


@pytest.mark.parametrize("muscle", [  # section 2.4 of the thesis, with the muscles that its last sentence describes
    "occipitofrontalis", "orbicularis oculi", "corrugator supercilii", "procerus", "nasalis", "depressor septi nasi",
    "orbicularis oris", "buccinator", "levator anguli oris", "depressor anguli oris", "zygomaticus major",
    "levator labii superioris", "depressor labii inferioris", "mentalis", "platysma",
    "masseter", "temporalis", "lateral pterygoid", "medial pterygoid"])
def test_every_muscle_of_the_thesis_moves_something(muscle):
    assert any(name.startswith(muscle) for unit in ACTION_UNITS.values() for name in unit.muscles)


def test_expressions_are_mixtures_and_neutral_is_rest():
    assert set(EXPRESSIONS) == set(EMOTIONS) and EXPRESSIONS["neutral"] == {}
    assert all(by_side(units) for units in EXPRESSIONS.values())


def test_one_side_takes_precedence_whatever_the_order():
    for units in ({"AU12": 0.8, "AU12L": 0.2}, {"AU12L": 0.2, "AU12": 0.8}):
        sides = by_side(units)
        assert (sides["L"]["AU12"], sides["R"]["AU12"], sides["R"]["AU1"]) == (0.2, 0.8, 0.0)


@pytest.mark.parametrize("units, said", [
    ({"AU3": 1}, "unknown action unit 'AU3'"), ({"12": 1}, "unknown action unit '12'"), ({"L": 1}, "unknown"),
    ({"AU27L": 1}, "moves both sides at once"), ({"AU12": 1.01}, "from 0 to 1"), ({"AU12": -0.1}, "from 0 to 1"),
    ({"AU12": float("nan")}, "from 0 to 1")])
def test_what_is_no_mixture_is_refused(units, said):
    with pytest.raises(ValueError, match=said):
        by_side(units)


def test_weaker_and_stronger():
    assert scale({"AU12": 0.8, "AU6L": 0.2}, 0.5) == {"AU12": 0.4, "AU6L": 0.1}
    assert scale({"AU12": 0.8}, 2) == {"AU12": 1.0}


def test_a_nerve_that_fails_takes_its_units_of_one_side():
    left = without_nerve({"AU12": 0.8, "AU6L": 0.5, "AU5": 1, "AU27": 0.6}, "VII", "L")
    assert left == {"AU12R": 0.8, "AU5R": 1.0, "AU5L": 1.0, "AU27": 0.6}


def test_a_mixture_in_words():
    assert describe({}) == describe({"AU1": 0}) == "all units at rest"
    assert describe({"AU12": 0.8, "AU6L": 0.5}) == "cheek raiser right 0, left 0.5; lip corner puller 0.8"
