"""Checks of the learner's answers in chapter 00."""

from fer_utils.course.checks import confirm, expect, greet, untouched
from fer_utils.labels import EMOTIONS


def check_position(position, emotion):
    """Chapter 00: the position of an emotion in EMOTIONS."""
    hint = f'EMOTIONS.index("{emotion}") finds it; the first position is 0.'
    if untouched(position):
        return greet(hint)
    expect(EMOTIONS.index(emotion), position, f"the position of {emotion}", hint)
    confirm("The order of EMOTIONS is the order of FER-2013's labels.")
