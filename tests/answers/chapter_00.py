"""Chapter 00: right and wrong answers to its check, and its explorer."""

import numpy as np

from fer_utils.course.chapter_00 import figures as start_figures
from fer_utils.labels import EMOTIONS

FACE = np.random.default_rng(0).integers(0, 256, (48, 48)).astype(np.uint8)


def by_loop(emotion):
    for place, name in enumerate(EMOTIONS):
        if name == emotion:
            return place


SOLUTIONS = {"check_position": EMOTIONS.index}
RIGHT = [
    ("check_position", "a loop", by_loop),
    ("check_position", "NumPy's whole numbers", lambda emotion: np.argmax([name == emotion for name in EMOTIONS])),
    ("check_position", "a float", lambda emotion: float(EMOTIONS.index(emotion))),
    ("check_position", "a dictionary", {name: place for place, name in enumerate(EMOTIONS)}.get),
]
WRONG = [
    ("check_position", "text", lambda emotion: str(EMOTIONS.index(emotion))),
    ("check_position", "typed in", lambda emotion: 3),
    ("check_position", "counted from 1", lambda emotion: EMOTIONS.index(emotion) + 1),
    ("check_position", "in the order of the alphabet", lambda emotion: sorted(EMOTIONS).index(emotion)),
    ("check_position", "a list", lambda emotion: [EMOTIONS.index(emotion)]),
    ("check_position", "printed", lambda emotion: print(EMOTIONS.index(emotion))),
    ("check_position", "the name itself", lambda emotion: emotion),
]
EXPLORERS = {"coarse face": lambda: start_figures.explore_coarse_face(FACE)}
