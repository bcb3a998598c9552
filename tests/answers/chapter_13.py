"""Chapter 13: right and wrong answers to its checks, and its explorers."""

import numpy as np
from mistakes import usual

from fer_utils.course.chapter_13.checks import paired_difference


def by_counts(before, after):
    won, lost, n = np.sum(~before & after), np.sum(before & ~after), len(before)
    gap = (won - lost) / n
    half = 1.96 * ((won + lost) / n - gap ** 2) ** 0.5 / n ** 0.5
    return gap, gap - half, gap + half


def sample_deviation(before, after):
    change = after.astype(float) - before
    half = 1.96 * change.std(ddof=1) / np.sqrt(len(change))
    return [change.mean(), change.mean() - half, change.mean() + half]


def unpaired(before, after):
    gap = after.mean() - before.mean()
    half = 1.96 * np.sqrt((before.var() + after.var()) / len(before))
    return gap, gap - half, gap + half


def of(change):
    """A wrong way, from a function of difference and half width."""
    def answer(before, after):
        gap, low, _ = paired_difference(before, after)
        return change(gap, gap - low)
    return answer


def in_place(before, after):
    found = paired_difference(before, after)
    after &= before
    return found


SOLUTIONS = {"check_paired_difference": paired_difference}
RIGHT = [
    ("check_paired_difference", "by won and lost", by_counts),
    ("check_paired_difference", "n - 1, a list", sample_deviation),
    ("check_paired_difference", "an array", lambda before, after: np.array(paired_difference(before, after))),
]
WRONG = [
    *usual("check_paired_difference", paired_difference),
    ("check_paired_difference", "before less after", lambda before, after: paired_difference(after, before)),
    ("check_paired_difference", "two separate sets", unpaired),
    ("check_paired_difference", "one standard error",
     of(lambda gap, half: (gap, gap - half / 1.96, gap + half / 1.96))),
    ("check_paired_difference", "points", of(lambda gap, half: (100 * gap, 100 * (gap - half), 100 * (gap + half)))),
    ("check_paired_difference", "the difference alone", of(lambda gap, half: gap)),
    ("check_paired_difference", "difference and half width", of(lambda gap, half: (gap, half))),
    ("check_paired_difference", "ends exchanged", of(lambda gap, half: (gap, gap + half, gap - half))),
    ("check_paired_difference", "the spread of faces",
     lambda b, a: (a.mean() - b.mean(),
                   *(a.mean() - b.mean() + s * 1.96 * (a.astype(int) - b).std() for s in (-1, 1)))),
    ("check_paired_difference", "bools subtracted", lambda b, a: ((a ^ b).mean(), 0.0, 1.0)),
    ("check_paired_difference", "in place", in_place),
]


def explore_changes():
    from fer_utils.course.chapter_13 import failures
    from fer_utils.data import load_schematic
    from fer_utils.evaluation.robustness import recorded_robustness

    face = load_schematic("private").private.images[0]
    return failures.explore_changes(recorded_robustness(), "photographs", "squeezenet-fer-deep", face)


EXPLORERS = {"changes": explore_changes}
