"""An expression in time: it grows, stays and fades, smoothly, and fast enough to be drawn as a film."""

from time import process_time

import numpy as np
import pytest

from fer_utils.faces.action_units import EXPRESSIONS
from fer_utils.faces.draw import draw_svg
from fer_utils.faces.motion import expression_at, strength_at

MOMENTS = dict(onset=0.5, apex=0.8, offset=1.0)


def test_a_face_rests_before_and_after_and_is_itself_at_the_apex():
    units = EXPRESSIONS["fear"]
    rest = dict.fromkeys(units, 0.0)
    assert [expression_at(units, seconds, **MOMENTS) for seconds in (-1, 0, 2.31, 9)] == [rest] * 4
    assert [expression_at(units, seconds, **MOMENTS) for seconds in (0.5, 0.9, 1.3)] == [units] * 3
    halfway = expression_at(units, 0.25, **MOMENTS)
    assert halfway == pytest.approx({code: value / 2 for code, value in units.items()})


def test_it_grows_and_fades_without_turning_back_and_without_a_jerk():
    seconds = np.linspace(-0.2, 2.5, 2701)
    strength = np.array([strength_at(second, **MOMENTS) for second in seconds])
    change = np.diff(strength)
    assert (change[seconds[1:] <= 1.3] >= 0).all() and (change[seconds[:-1] >= 1.3] <= 0).all()
    assert 0 <= strength.min() and strength.max() == 1
    assert np.abs(np.diff(change)).max() < 3e-5  # a straight ramp of half a second would have 2e-3


def test_an_onset_of_nothing_begins_at_once_and_a_negative_one_is_refused():
    assert strength_at(0, onset=0) == 1 and strength_at(1e-9, 0, 0, 0) == 0
    with pytest.raises(ValueError, match="none can be negative"):
        expression_at({"AU12": 1}, 0, offset=-1)


def test_a_film_of_25_frames_a_second_can_be_drawn():
    draw_svg(EXPRESSIONS["happiness"])
    start = process_time()
    for frame in range(10):
        draw_svg(expression_at(EXPRESSIONS["happiness"], frame / 25))
    assert (process_time() - start) / 10 < 0.12, "three times what 25 frames a second allow: the machine may be busy"
