"""Checks of the learner's answers in chapter 13."""

import numpy as np

from fer_utils.course.chapter_13.by_hand import integrate, muscle_effects, occlusion_grid, paired_difference
from fer_utils.course.checks import NotYet, exercise, expect, expect_unchanged, shortened


@exercise("What is the same for every square, and what changes from one to the next?",
          "Two loops in steps of `size`, each with a copy of the face, its square filled; ask `answer` once, for all.",
          "falls = answer(face[None])[0] - answer(np.array(hidden)), then reshape to 48 // size rows and columns.")
def check_occlusion_grid(function):
    """Exercise 1: how far an answer falls where a square is hidden."""
    draws = np.random.default_rng(2)
    for size, gray in ((8, 120), (16, 0), (12, 255)):
        face = draws.integers(0, 256, (48, 48)).astype(np.uint8)
        weights = draws.normal(size=(48, 48)).round(2)
        given = face.copy()

        def answer(faces, weights=weights):
            return (np.asarray(faces, float) * weights).sum(axis=(1, 2)) / 1000

        right = occlusion_grid(answer, face, size, gray)
        expect(right, function(answer, given, size, gray), f"squares of {size} pixels filled with {gray}", 1e-6,
               mistakes={"a fall is the answer before less the answer after": -right,
                         "the answer after, not how far it fell": answer(face[None])[0] - right,
                         "rows and columns are exchanged": right.T,
                         "filled with black": occlusion_grid(answer, face, size, 0)})
        expect_unchanged(face, given, "the face")
    return "A network is asked once for all squares, which is much quicker than one at a time."


@exercise("Where on the way from `start` to `face` are the slopes taken, and by what is their mean multiplied?",
          "The middles of the steps are at (number + 0.5) / steps of the way; the way is face - start.",
          "way * sum(slope(start + (number + 0.5) / steps * way) for number in range(steps)) / steps")
def check_integrate(function):
    """Exercise 2: integrated gradients."""
    draws = np.random.default_rng(4)
    for power, steps in ((2, 1), (3, 4), (4, 10)):
        face, start = draws.uniform(0, 2, (3, 4)).round(2), draws.uniform(0, 1, (3, 4)).round(2)
        weights = draws.normal(size=(3, 4)).round(2)
        given, begin = face.copy(), start.copy()

        def slope(x, weights=weights, power=power):
            return weights * power * x ** (power - 1)

        right = integrate(slope, face, start, steps)
        ends = [start + number / steps * (face - start) for number in range(steps)]
        expect(right, function(slope, given, begin, steps), f"the map with {steps} steps", tolerance=1e-6, mistakes={
            "the mean slope is not multiplied by the way": right / np.where(face == start, 1, face - start),
            "multiplied by the face, not by the way": right / np.where(face == start, 1, face - start) * face,
            "a sum, not a mean": right * steps,
            "one slope alone, at the face": (face - start) * slope(face),
            "slopes at the start of each step, not at its middle": (face - start) * sum(map(slope, ends)) / steps})
        expect_unchanged(face, given, "the face")
        expect_unchanged(start, begin, "the start")
    return "Its sum comes near the change of the score, the nearer the more steps."


@exercise("Which two drawings does one muscle's effect compare?",
          "`units | {code: 0}` is the same mixture with one muscle at rest; its score is taken off that of the whole.",
          "[score(draw(units)) - score(draw(units | {code: 0})) for code in units]")
def check_muscle_effects(function):
    """Exercise 3: what each muscle adds to a score, given the others."""
    for units, weights in (({"AU12": 1.0, "AU6": 0.5, "AU25": 0.25}, (3, 2, -1)), ({"AU4": 0.75, "AU7": 0.5}, (1, 4)),
                           ({"AU27": 1.0}, (5,))):
        codes, given = list(units), dict(units)

        def draw(mixture, codes=codes):
            return np.array([mixture.get(code, 0) for code in codes])

        def score(face, weights=np.array(weights)):  # muscles help each other: the effects depend on the others
            return float(face @ weights + 2 * face.prod())

        alone = [score(draw({code: units[code]})) - score(draw({})) for code in codes]
        right = muscle_effects(score, draw, units)
        expect(right, function(score, draw, given), f"the effects of {', '.join(codes)}", tolerance=1e-9, mistakes={
            "the face without the muscle comes second": [-value for value in right],
            "that is one muscle alone on a face at rest": alone,
            "that is the score without the muscle": [score(draw(units)) - value for value in right]})
        if given != units:
            expect(list(units.values()), list(given.values()), "the mixture after your function, as it was given")
    return "No estimate: the face was drawn again, and the network said what changes."


@exercise("Of a pair, one thing matters: is the face won (+1), lost (-1), or as before (0)? What is the mean of that?",
          "Subtract before from after as numbers; the error of a mean is the standard deviation by the root of n.",
          "change = after.astype(int) - before.astype(int); half of it is 1.96 * change.std() / np.sqrt(len(change)).")
def check_paired_difference(function):
    """Exercise 4: the paired difference of two accuracies with its 95 % interval, three numbers."""
    draws = np.random.default_rng(4)
    for n, share, lost, won in ((200, 0.9, 0.1, 0.02), (57, 0.6, 0.0, 0.3), (1000, 0.7, 0.05, 0.05)):
        before = draws.random(n) < share
        after = np.where(before, draws.random(n) >= lost, draws.random(n) < won)
        given = before.copy(), after.copy()
        answer = function(*given)
        for name, old, new in (("before", before, given[0]), ("after", after, given[1])):
            expect_unchanged(old, new, f"the array `{name}`")
        said = f"{n} faces, of which {np.sum(before & ~after)} are lost and {np.sum(~before & after)} won"
        try:
            three = np.shape(answer) == (3,)
        except ValueError:  # rows of different lengths
            three = False
        if not three:
            raise NotYet(f"{said}: expected three numbers, difference, low and high, got {shortened(answer)}")
        answer = list(answer)
        gap, low, high = paired_difference(before, after)
        change = after.astype(int) - before
        apart = 1.96 * np.sqrt((before.var() + after.var()) / n)
        expect(gap, answer[0], f"{said}, the difference", tolerance=1e-6, mistakes={
            "after less before: a loss is negative": -gap, "a share of the faces, not a count": float(change.sum()),
            "in points of percent; give a fraction": 100 * gap})
        slack = 2e-3 / np.sqrt(n)  # n - 1 in place of n is no mistake
        for name, value, got, sign in (("low", low, answer[1], -1), ("high", high, answer[2], 1)):
            expect(value, got, f"{said}, the {name} end", tolerance=max(slack, 0.01 * abs(value - gap)), mistakes={
                "that is for two sets of different people; here each face is its own control": gap + sign * apart,
                "one standard error, not 1.96": gap + sign * change.std() / np.sqrt(n),
                "the spread of single faces; a mean is surer by the root of n": gap + sign * 1.96 * change.std()})
    return "Faces that do not change cancel out, so pairs see smaller differences than two separate sets of people."
