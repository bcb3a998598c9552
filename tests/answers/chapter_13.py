"""Chapter 13: right and wrong answers to its checks, and its explorers."""

from array import array

import numpy as np
from mistakes import usual

from fer_utils.course.chapter_13 import figures
from fer_utils.course.chapter_13.by_hand import integrate, muscle_effects, occlusion_grid, paired_difference


def one_at_a_time(answer, face, size, gray):
    grid = []
    for row in range(0, 48, size):
        falls = []
        for column in range(0, 48, size):
            covered = np.array(face)
            covered[row:row + size, column:column + size] = gray
            falls.append(float(answer(np.stack([face]))[0] - answer(np.stack([covered]))[0]))
        grid.append(falls)
    return grid


def hidden_for_good(answer, face, size, gray):
    grid, before = np.zeros((48 // size, 48 // size)), answer(face[None])[0]
    for i in range(48 // size):
        for j in range(48 // size):
            face[i * size:(i + 1) * size, j * size:(j + 1) * size] = gray
            grid[i, j] = before - answer(face[None])[0]
    return grid


def ends(first, last):
    """Integrated gradients with slopes at other places of each step."""
    return lambda slope, face, start, steps: (face - start) * np.mean(
        [slope(start + (k + first) / (steps + last) * (face - start)) for k in range(steps)], axis=0)


def moves_the_start(slope, face, start, steps):
    found, step = 0, (face - start) / steps
    start += step / 2
    for _ in range(steps):
        found += slope(start) * step
        start += step
    return found


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


SOLUTIONS = {"check_occlusion_grid": occlusion_grid, "check_integrate": integrate,
             "check_muscle_effects": muscle_effects, "check_paired_difference": paired_difference}
RIGHT = [
    ("check_occlusion_grid", "one square at a time, lists", one_at_a_time),
    ("check_occlusion_grid", "float32", lambda *given: occlusion_grid(*given).astype(np.float32)),
    ("check_integrate", "a mean over an axis", ends(0.5, 0)),
    ("check_integrate", "added up in a loop", lambda slope, face, start, steps: sum(
        slope(start * (1 - part) + face * part) * (face - start) / steps for part in (np.arange(steps) + 0.5) / steps)),
    ("check_muscle_effects", "an array", lambda *given: np.array(muscle_effects(*given))),
    ("check_muscle_effects", "left out instead of 0", lambda score, draw, units: [
        score(draw(units)) - score(draw({c: v for c, v in units.items() if c != code})) for code in units]),
    ("check_paired_difference", "by won and lost", by_counts),
    ("check_paired_difference", "n - 1, a list", sample_deviation),
    ("check_paired_difference", "an array of Python's own", lambda *given: array("d", paired_difference(*given))),
    ("check_paired_difference", "an array", lambda before, after: np.array(paired_difference(before, after))),
]
WRONG = [
    *usual("check_occlusion_grid", occlusion_grid),
    ("check_occlusion_grid", "after less before", lambda *given: -occlusion_grid(*given)),
    ("check_occlusion_grid", "the answer, not its fall",
     lambda answer, face, size, gray: answer(face[None])[0] - occlusion_grid(answer, face, size, gray)),
    ("check_occlusion_grid", "transposed", lambda *given: occlusion_grid(*given).T),
    ("check_occlusion_grid", "always black", lambda answer, face, size, gray: occlusion_grid(answer, face, size, 0)),
    ("check_occlusion_grid", "always eight", lambda answer, face, size, gray: occlusion_grid(answer, face, 8, gray)),
    ("check_occlusion_grid", "flat", lambda *given: occlusion_grid(*given).ravel()),
    ("check_occlusion_grid", "squares stay hidden", hidden_for_good),
    *usual("check_integrate", integrate),
    ("check_integrate", "not times the way", lambda slope, face, start, steps: integrate(slope, face, start, steps)
     / (face - start)),
    ("check_integrate", "times the face", lambda slope, face, start, steps: integrate(slope, face, start, steps)
     / (face - start) * face),
    ("check_integrate", "a sum", lambda slope, face, start, steps: steps * integrate(slope, face, start, steps)),
    ("check_integrate", "the slope at the face", lambda slope, face, start, steps: (face - start) * slope(face)),
    ("check_integrate", "from 0", lambda slope, face, start, steps: integrate(slope, face, 0 * start, steps)),
    ("check_integrate", "starts of the steps", ends(0, 0)),
    ("check_integrate", "ends of the steps", ends(1, 0)),
    ("check_integrate", "the start is moved", moves_the_start),
    ("check_integrate", "one number", lambda *given: integrate(*given).sum()),
    *usual("check_muscle_effects", muscle_effects),
    ("check_muscle_effects", "without less with", lambda *given: [-value for value in muscle_effects(*given)]),
    ("check_muscle_effects", "alone on a face at rest", lambda score, draw, units: [
        score(draw({code: value})) - score(draw({})) for code, value in units.items()]),
    ("check_muscle_effects", "the score without", lambda score, draw, units: [
        score(draw(units | {code: 0})) for code in units]),
    ("check_muscle_effects", "full strength", lambda score, draw, units: [
        score(draw(units | {code: 1})) - score(draw(units | {code: 0})) for code in units]),
    ("check_muscle_effects", "one after the other", lambda score, draw, units: [
        before - score(draw(units)) for code in list(units)
        for before in [score(draw(units))] if units.update({code: 0}) is None]),
    ("check_muscle_effects", "a sum", lambda *given: sum(muscle_effects(*given))),
    *usual("check_paired_difference", paired_difference),
    ("check_paired_difference", "before less after", lambda before, after: paired_difference(after, before)),
    ("check_paired_difference", "two separate sets", unpaired),
    ("check_paired_difference", "one standard error",
     of(lambda gap, half: (gap, gap - half / 1.96, gap + half / 1.96))),
    ("check_paired_difference", "points", of(lambda gap, half: (100 * gap, 100 * (gap - half), 100 * (gap + half)))),
    ("check_paired_difference", "a pair within", lambda *given: (paired_difference(*given)[0],
                                                                 paired_difference(*given)[1:])),
    ("check_paired_difference", "the difference alone", of(lambda gap, half: gap)),
    ("check_paired_difference", "difference and half width", of(lambda gap, half: (gap, half))),
    ("check_paired_difference", "ends exchanged", of(lambda gap, half: (gap, gap + half, gap - half))),
    ("check_paired_difference", "the spread of faces",
     lambda b, a: (a.mean() - b.mean(),
                   *(a.mean() - b.mean() + s * 1.96 * (a.astype(int) - b).std() for s in (-1, 1)))),
    ("check_paired_difference", "bools subtracted", lambda b, a: ((a ^ b).mean(), 0.0, 1.0)),
    ("check_paired_difference", "in place", in_place),
]


def explore():
    from fer_utils.networks.weights import load_network

    return figures.explore_one_muscle(figures.answers_by_muscle(load_network("squeezenet-mini")))


def explore_changes():
    from fer_utils.course.chapter_13 import failures
    from fer_utils.data import load_schematic
    from fer_utils.evaluation.robustness import recorded_robustness

    face = load_schematic("private").private.images[0]
    return failures.explore_changes(recorded_robustness(), "photographs", "squeezenet-fer-deep", face)


EXPLORERS = {"one muscle": explore, "changes": explore_changes}
