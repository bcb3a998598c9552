"""Chapter 02: right and wrong answers to its checks, and its explorers."""

import numpy as np

from fer_utils.course.chapter_02 import figures as face_figures
from fer_utils.course.chapter_02 import muscle_map
from fer_utils.faces.action_units import ACTION_UNITS

MUSCLES = {"A": {"AU1", "AU2"}, "B": {"AU9"}, "C": {"AU12L"}, "D": {"AU15", "AU17"}}


def palsy(units, side):
    return {key: value for key, value in units.items()
            if not (key.endswith(side) and ACTION_UNITS[key[:-1]].nerve == "VII")}


def answering(**changed):
    return lambda face: (MUSCLES | changed)[face]


def patient_explorer():
    from fer_utils import build_network

    return face_figures.explore_patient(build_network("squeezenet-mini"))


SOLUTIONS = {"check_psychometric": lambda t, theta, s, c: c + (1 - c) / (1 + (theta / t) ** s),
             "check_muscles": MUSCLES.get, "check_palsy": palsy}
WRONG = [
    ("check_psychometric", "no chance level", lambda t, theta, s, c: 1 / (1 + (theta / t) ** s)),
    ("check_psychometric", "chance added on top", lambda t, theta, s, c: c + 1 / (1 + (theta / t) ** s)),
    ("check_psychometric", "upside down", lambda t, theta, s, c: c + (1 - c) / (1 + (t / theta) ** s)),
    ("check_psychometric", "no slope", lambda t, theta, s, c: c + (1 - c) / (1 + theta / t)),
    ("check_psychometric", "a word", lambda t, theta, s, c: "half"),
    ("check_muscles", "the inner brow alone", answering(A={"AU1"})),
    ("check_muscles", "a whole smile", answering(C={"AU12"})),
    ("check_muscles", "the other side", answering(C={"AU12R"})),
    ("check_muscles", "lip raiser for nose wrinkler", answering(B={"AU10"})),
    ("check_muscles", "one too many", answering(D={"AU15", "AU17", "AU24"})),
    ("check_muscles", "names of muscles", answering(A={"frontalis"})),
    ("check_muscles", "a side on the jaw", answering(A={"AU26L"})),
    ("check_muscles", "a string", answering(A="AU1")),
    ("check_palsy", "everything on the side", lambda units,
     side: {k: v for k, v in units.items() if not k.endswith(side)}),
    ("check_palsy", "both sides", lambda units, side: {k: v for k, v in units.items()
                                                        if ACTION_UNITS[k.rstrip("LR")].nerve != "VII"}),
    ("check_palsy", "the other side", lambda units, side: palsy(units, "LR"["RL".index(side)] if side == "L" else "L")),
    ("check_palsy", "zeros instead of nothing", lambda units, side: {k: v if k in palsy(units, side) else 0.0
                                                                       for k, v in units.items()}),
    ("check_palsy", "an array", lambda units, side: np.array(list(palsy(units, side).values()))),
]
EXPLORERS = {"muscles": muscle_map.explore_muscles, "patient": patient_explorer}
