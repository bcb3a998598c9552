"""Chapter 01: right and wrong answers to its checks, and its explorers."""

import numpy as np

from fer_utils.course.chapter_01 import figures as emotion_figures
from fer_utils.course.chapter_01 import limbic_map as limbic_figures

FACES = np.random.default_rng(0).integers(0, 256, (7, 48, 48)).astype(np.uint8)


def angle(first, second):
    apart = abs(first - second) % 360
    return min(apart, 360 - apart)


def entropy(votes):
    shares = votes[votes > 0] / votes.sum()
    return -np.sum(shares * np.log2(shares))


def posterior(hit_rate, false_alarm, base_rate):
    return hit_rate * base_rate / (hit_rate * base_rate + false_alarm * (1 - base_rate))


SOLUTIONS = {"check_angle_between": angle, "check_entropy": entropy, "check_posterior": posterior}
WRONG = [
    ("check_angle_between", "the long way round", lambda a, b: abs(a - b)),
    ("check_angle_between", "with a sign", lambda a, b: (a - b + 180) % 360 - 180),
    ("check_angle_between", "a word", lambda a, b: "near"),
    ("check_entropy", "nats", lambda v: entropy(v) * np.log(2)),
    ("check_entropy", "without the sign", lambda v: -entropy(v)),
    ("check_entropy", "votes instead of shares", lambda v: -np.sum(v[v > 0] * np.log2(v[v > 0]))),
    ("check_entropy", "zeros kept", lambda v: -np.sum(v / v.sum() * np.log2(np.where(v > 0, v / v.sum(), np.nan)))),
    ("check_posterior", "the hit rate", lambda h, f, b: h),
    ("check_posterior", "base rate ignored", lambda h, f, b: h / (h + f)),
    ("check_posterior", "the joint probability", lambda h, f, b: h * b),
    ("check_posterior", "false alarms not weighed", lambda h, f, b: h * b / (h * b + f)),
]
EXPLORERS = {
    "circumplex": lambda: emotion_figures.explore_place(FACES),
    "limbic map": limbic_figures.explore_limbic_map,
}
