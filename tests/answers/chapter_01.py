"""Chapter 01: right and wrong answers to its checks, and its explorers."""

import math

import numpy as np
import scipy.stats
from mistakes import usual

from fer_utils.course.chapter_01 import figures as emotion_figures
from fer_utils.course.chapter_01 import limbic_map as limbic_figures

FACES = np.random.default_rng(0).integers(0, 256, (7, 48, 48)).astype(np.uint8)


def angle(first, second):
    apart = abs(first - second) % 360
    return min(apart, 360 - apart)


def angle_by_cosine(first, second):
    return np.degrees(np.arccos(np.cos(np.radians(first - second))))


def entropy(votes):
    shares = votes[votes > 0] / votes.sum()
    return -np.sum(shares * np.log2(shares))


def entropy_in_place(votes):
    votes[:] = votes / votes.sum() if votes.dtype == float else votes
    return entropy(votes)


def entropy_by_loop(votes):
    total = 0
    for vote in votes:
        if vote != 0:
            total -= float(vote / sum(votes)) * math.log2(vote / sum(votes))
    return total


def posterior(hit_rate, false_alarm, base_rate):
    return hit_rate * base_rate / (hit_rate * base_rate + false_alarm * (1 - base_rate))


SOLUTIONS = {"check_angle_between": angle, "check_entropy": entropy, "check_posterior": posterior}
RIGHT = [
    ("check_angle_between", "by the cosine", angle_by_cosine),
    ("check_angle_between", "as an array of one number", lambda a, b: np.array(angle(a, b))),
    ("check_entropy", "by a loop", entropy_by_loop),
    ("check_entropy", "by SciPy", lambda v: scipy.stats.entropy(v, base=2)),
    ("check_entropy", "a little added to the zeros", lambda v: -np.sum(v / v.sum() * np.log2(v / v.sum() + 1e-9))),
    ("check_posterior", "by odds", lambda h, f, b: 1 / (1 + f * (1 - b) / (h * b)) if h else 0),
]
WRONG = [
    *usual("check_angle_between", angle), *usual("check_entropy", entropy), *usual("check_posterior", posterior),
    ("check_angle_between", "that of the hint typed in", lambda a, b: 14.6),
    ("check_angle_between", "radians", lambda a, b: np.radians(angle(a, b))),
    ("check_angle_between", "the other way round the circle", lambda a, b: 360 - angle(a, b)),
    ("check_angle_between", "the long way round", lambda a, b: abs(a - b)),
    ("check_angle_between", "with a sign", lambda a, b: (a - b + 180) % 360 - 180),
    ("check_entropy", "nats", lambda v: entropy(v) * np.log(2)),
    ("check_entropy", "without the sign", lambda v: -entropy(v)),
    ("check_entropy", "votes instead of shares", lambda v: -np.sum(v[v > 0] * np.log2(v[v > 0]))),
    ("check_entropy", "zeros kept", lambda v: -np.sum(v / v.sum() * np.log2(np.where(v > 0, v / v.sum(), np.nan)))),
    ("check_entropy", "as a share of the most there can be", lambda v: entropy(v) / np.log2(len(v))),
    ("check_entropy", "as if all classes came equally often", lambda v: np.log2(np.count_nonzero(v))),
    ("check_entropy", "in place", entropy_in_place),
    ("check_posterior", "the other way round", lambda h, f, b: 1 - posterior(h, f, b)),
    ("check_posterior", "all moments with the sign", lambda h, f, b: h * b + f * (1 - b)),
    ("check_posterior", "the hit rate", lambda h, f, b: h),
    ("check_posterior", "base rate ignored", lambda h, f, b: h / (h + f)),
    ("check_posterior", "the joint probability", lambda h, f, b: h * b),
    ("check_posterior", "false alarms not weighed", lambda h, f, b: h * b / (h * b + f)),
]
EXPLORERS = {
    "circumplex": lambda: emotion_figures.explore_place(FACES),
    "limbic map": limbic_figures.explore_limbic_map,
}
