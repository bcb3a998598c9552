"""Chapter 02: right and wrong answers to its checks, and its explorers."""

import numpy as np
from mistakes import usual

from fer_utils.faces.action_units import ACTION_UNITS, without_nerve

FACES = {"A": {"AU1", "AU2"}, "B": {"AU9"}, "C": {"AU12L"}, "D": {"AU15", "AU17"}}


def palsy(units, side):
    return {key: value for key, value in units.items()
            if not (key.endswith(side) and ACTION_UNITS[key[:-1]].nerve == "VII")}


def palsy_in_place(units, side):
    for key in [key for key in units if key not in palsy(units, side)]:
        del units[key]
    return units


def climb(t, theta, s, c):
    return c + (1 - c) / (1 + np.exp(-s * np.log(t / theta)))


def answering(**changed):
    return lambda face: (FACES | changed)[face]


def psychometric(shown, threshold, slope, chance):
    return chance + (1 - chance) / (1 + (threshold / shown) ** slope)


SOLUTIONS = {"check_psychometric": psychometric,
             "check_muscles": FACES.get, "check_palsy": palsy}
RIGHT = [
    ("check_psychometric", "by a logistic curve of log time", climb),
    ("check_psychometric", "one less what is wrong", lambda t, theta, s, c: 1 - (1 - c) / (1 + (t / theta) ** s)),
    ("check_muscles", "lists", lambda face: sorted(FACES[face])),
    ("check_muscles", "both sides spelled out", answering(B=("AU9L", "AU9R"))),
    ("check_muscles", "with intensities", lambda face: dict.fromkeys(FACES[face], 0.7)),
    ("check_palsy", "at rest instead of left out", lambda units, side: {k: v if k in palsy(units, side) else 0.0
                                                                        for k, v in units.items()}),
    ("check_palsy", "by the package", lambda units, side: without_nerve(units, "VII", side)),
    ("check_palsy", "a copy, with keys taken out", lambda units, side: palsy_in_place(dict(units), side)),
]
WRONG = [
    *usual("check_psychometric", psychometric), *usual("check_muscles", FACES.get), *usual("check_palsy", palsy),
    ("check_psychometric", "that of the threshold typed in", lambda t, theta, s, c: c + (1 - c) / 2),
    ("check_psychometric", "no chance level", lambda t, theta, s, c: 1 / (1 + (theta / t) ** s)),
    ("check_psychometric", "chance added on top", lambda t, theta, s, c: c + 1 / (1 + (theta / t) ** s)),
    ("check_psychometric", "upside down", lambda t, theta, s, c: c + (1 - c) / (1 + (t / theta) ** s)),
    ("check_psychometric", "no slope", lambda t, theta, s, c: c + (1 - c) / (1 + theta / t)),
    ("check_muscles", "the inner brow alone", answering(A={"AU1"})),
    ("check_muscles", "a whole smile", answering(C={"AU12"})),
    ("check_muscles", "the other side", answering(C={"AU12R"})),
    ("check_muscles", "lip raiser for nose wrinkler", answering(B={"AU10"})),
    ("check_muscles", "one too many", answering(D={"AU15", "AU17", "AU24"})),
    ("check_muscles", "names of muscles", answering(A={"frontalis"})),
    ("check_muscles", "a side on the jaw", answering(A={"AU26L"})),
    ("check_muscles", "the first face for each", lambda face: FACES["A"]),
    ("check_muscles", "one face forgotten", lambda face: FACES.get(face if face != "D" else None)),
    ("check_muscles", "a string", answering(A="AU1")),
    ("check_palsy", "everything on the side", lambda units,
     side: {k: v for k, v in units.items() if not k.endswith(side)}),
    ("check_palsy", "both sides", lambda units, side: {k: v for k, v in units.items()
                                                        if ACTION_UNITS[k.rstrip("LR")].nerve != "VII"}),
    ("check_palsy", "the other side", lambda units, side: palsy(units, "LR"["RL".index(side)] if side == "L" else "L")),
    ("check_palsy", "the smile alone", lambda units, side: {k: v for k, v in units.items() if k != "AU12" + side}),
    ("check_palsy", "the codes alone", lambda units, side: list(palsy(units, side))),
    ("check_palsy", "in place", palsy_in_place),
    ("check_palsy", "an array", lambda units, side: np.array(list(palsy(units, side).values()))),
]
EXPLORERS = {}  # the chapter's widgets have tests of their own
