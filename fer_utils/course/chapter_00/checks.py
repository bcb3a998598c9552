"""Checks of the learner's answers in chapter 00."""

from fer_utils.course.checks import NotYet, exercise, expect
from fer_utils.labels import EMOTIONS


@exercise("Which number stands for the first name in a list of Python, and which for the second?",
          "A list knows where a value stands in it; look for a method of lists that gives a position.",
          'EMOTIONS.index("fear") is the position of one name; your function gets the name as `emotion`.')
def check_position(function):
    """Chapter 00: a function that gives the position of an emotion in EMOTIONS."""
    for emotion in ("fear", "anger", "neutral", "happiness"):
        got = function(emotion)
        if got == EMOTIONS.index(emotion) + 1 == function(EMOTIONS[0]) + EMOTIONS.index(emotion):
            raise NotYet(f"the position of {emotion}: expected a count that begins at 0, got {got}")
        expect(EMOTIONS.index(emotion), got, f"the position of {emotion}")
    return "The order of EMOTIONS is the order of FER-2013's labels, and of every network's seven numbers."
