"""Chapter 16: right and wrong answers to its checks, and its explorers."""

import numpy as np
from mistakes import usual

from fer_utils.course.chapter_16 import figures as beyond_figures
from fer_utils.course.chapter_16 import leaderboard

# Exercise 1 of chapter 16

def report(public, private):
    return private[list(public).index(max(public))]


# Exercise 2 of chapter 16

def soften(probabilities, temperature):
    scores = np.log(probabilities) / temperature
    return np.exp(scores) / np.exp(scores).sum(axis=-1, keepdims=True)


def softened_in_place(probabilities, temperature):
    probabilities **= 1 / temperature
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    return probabilities


# Exercise 3 of chapter 16

def penalty_slope(w, l1, l2):
    return np.where(w > 0, l1, np.where(w < 0, -l1, 0)) + 2 * l2 * w


def explore_one_target():
    from fer_utils.data import load_schematic

    face = load_schematic("private").private.images[0]
    return beyond_figures.explore_targets(np.array([0.5, 0.1, 0.2, 0.05, 0.05, 0.05, 0.05]), 2, face)


SOLUTIONS = {"check_report": report, "check_soften": soften, "check_penalty_slope": penalty_slope}
RIGHT = [
    ("check_report", "sorted", lambda public, private: sorted(zip(-public, range(len(public)), private))[0][2]),
    ("check_report", "an array without axes", lambda public, private: np.array(report(public, private))),
    ("check_soften", "a list, row by row", lambda p, t: [(row ** (1 / t) / sum(row ** (1 / t))).tolist() for row in p]),
    ("check_soften", "in single precision", lambda p, t: soften(p.astype("float32"), t).astype("float32")),
    ("check_penalty_slope", "divided by the size, 0 at 0",
     lambda w, l1, l2: l1 * w / np.maximum(np.abs(w), 1e-12) + l2 * w + l2 * w),
    ("check_penalty_slope", "a list", lambda w, l1, l2: penalty_slope(w, l1, l2).tolist()),
]
WRONG = [
    *usual("check_report", report),
    ("check_report", "a constant", lambda public, private: 0.65),
    ("check_report", "the best private", lambda public, private: max(private)),
    ("check_report", "the public one", lambda public, private: max(public)),
    ("check_report", "the place", lambda public, private: int(np.argmax(public))),
    ("check_report", "the mean", lambda public, private: np.mean(private)),
    ("check_report", "the last of equals", lambda public, private: private[len(public) - 1 - np.argmax(public[::-1])]),
    ("check_report", "the best of equals", lambda public, private: private[public == max(public)].max()),
    ("check_report", "a pair", lambda public, private: (max(public), report(public, private))),
    *usual("check_soften", soften),
    ("check_soften", "unchanged", lambda p, temperature: p),
    ("check_soften", "to the power of the temperature", lambda p, t: soften(p, 1 / t)),
    ("check_soften", "not scaled", lambda p, t: p ** (1 / t)),
    ("check_soften", "scaled over faces", lambda p, t: p ** (1 / t) / (p ** (1 / t)).sum(axis=0)),
    ("check_soften", "scaled over everything", lambda p, t: p ** (1 / t) / (p ** (1 / t)).sum()),
    ("check_soften", "a fixed temperature", lambda p, t: soften(p, 2.0)),
    ("check_soften", "in place", softened_in_place),
    *usual("check_penalty_slope", penalty_slope),
    ("check_penalty_slope", "the first result typed in", lambda w, l1, l2: np.array([-0.1, -0.1, 0, 0.1, 0.1])),
    ("check_penalty_slope", "zero", lambda w, l1, l2: np.zeros_like(w)),
    ("check_penalty_slope", "lasso without the sign", lambda w, l1, l2: l1 * np.ones_like(w) + 2 * l2 * w),
    ("check_penalty_slope", "divided by the size, nan at 0", lambda w, l1, l2: l1 * np.float64(w) / np.abs(w)),
    ("check_penalty_slope", "ridge without the two", lambda w, l1, l2: l1 * np.sign(w) + l2 * w),
    ("check_penalty_slope", "the penalty itself", lambda w, l1, l2: l1 * np.abs(w) + l2 * w**2),
    ("check_penalty_slope", "lasso alone", lambda w, l1, l2: l1 * np.sign(w)),
    ("check_penalty_slope", "a step of training", lambda w, l1, l2: -penalty_slope(w, l1, l2)),
]
EXPLORERS = {"picking": leaderboard.explore_picking, "targets": explore_one_target}
