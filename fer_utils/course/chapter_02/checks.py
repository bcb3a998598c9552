"""The checks of chapter 02: a psychometric function, muscles read from a face, and a nerve that fails."""


from fer_utils.course.chapter_02.flash import psychometric
from fer_utils.course.checks import NotYet, confirm, expect, greet, untouched
from fer_utils.faces.action_units import ACTION_UNITS, by_side, without_nerve

# Exercise 1: (action units, looks in words, for readers who do not see the picture).
RIDDLES = {
    "A": ({"AU1": 0.9, "AU2": 0.9},
          "both brows are lifted along their whole length and the forehead is wrinkled; eyes and mouth are at rest"),
    "B": ({"AU9": 1.0},
          "the skin along the nose is wrinkled and the wings of the nose are pulled up; the lips stay closed"),
    "C": ({"AU12L": 0.9},
          "one corner of the mouth, on the right of the picture, is pulled up and outward; everything else is at rest"),
    "D": ({"AU15": 0.9, "AU17": 0.8},
          "both corners of the mouth are pulled down and the chin is wrinkled, pushing the lower lip up"),
}


def check_psychometric(function):
    """Chapter 02, exercise 2: the expected share of right answers for a duration."""
    hint = "chance is the floor; the rest, 1 - chance, is multiplied by 1 / (1 + (threshold / shown) ** slope)."
    answer = function(100.0, 100.0, 3.0, 1 / 6)
    if untouched(answer):
        return greet(hint)
    for shown, threshold, slope, chance in [(100.0, 100.0, 3.0, 1 / 6), (1e-3, 80.0, 3.0, 1 / 6),
                                            (1e6, 80.0, 3.0, 1 / 6),
                                            (50.0, 80.0, 2.0, 0.5), (200.0, 80.0, 4.0, 0.0)]:
        expect(psychometric(shown, threshold, slope, chance), function(shown, threshold, slope, chance),
               f"the share for {shown:g} ms, threshold {threshold:g}, slope {slope:g}, chance {chance:.2f}", hint, 1e-6)
    confirm("Nobody falls below chance, and at the threshold half of the way up is done.")


def check_muscles(function):
    """Chapter 02, exercise 1: which action units make each of the faces in RIDDLES."""
    hint = 'one set of codes for each face: return {"A": {...}, ...}[face]; add L or R where only one side moves.'
    if untouched(function("A")):
        return greet(hint)
    for face, (units, _) in RIDDLES.items():
        got = function(face)
        if not isinstance(got, (set, frozenset, list, tuple)) or not all(isinstance(code, str) for code in got):
            raise NotYet(f'face {face}: expected a set of codes such as {{"AU4", "AU12L"}}, got {got!r}. Hint: {hint}')
        unknown = [code for code in got if code not in ACTION_UNITS and code[:-1] not in ACTION_UNITS]
        if unknown:
            raise NotYet(f"face {face}: expected codes of ACTION_UNITS, got {', '.join(unknown)}. Hint: {hint}")
        wanted, given = _moved(units), _moved(dict.fromkeys(got, 1.0))
        if wanted != given:
            raise NotYet(f"face {face}: expected {len(wanted & given)} of your movements and {len(wanted - given)} "
                         f"more, got {len(given - wanted)} that it does not show (a unit on two sides counts twice). "
                         f"Hint: {_clue(wanted, given)}")
    names = [ACTION_UNITS[code.rstrip("LR")].muscles[0].split(",")[0]
             for units, _ in RIDDLES.values() for code in units]
    confirm(f"At work: {', '.join(dict.fromkeys(names))}.")


def check_palsy(function):
    """Chapter 02, exercise 3: what is left of a mixture, written side by side, where nerve VII fails on one side."""
    hint = "drop a key if it ends with the side and ACTION_UNITS[key[:-1]].nerve is VII; the last letter is the side."
    mixture = {"AU12L": 0.8, "AU12R": 0.8, "AU5L": 0.5, "AU5R": 0.5, "AU26": 0.4}
    answer = function(dict(mixture), "L")
    if untouched(answer):
        return greet(hint)
    for units, side in ((mixture, "L"), (mixture, "R"), ({"AU1L": 1.0, "AU27": 0.5, "AU31": 0.2}, "L")):
        got, expected = function(dict(units), side), without_nerve(units, "VII", side)
        if not isinstance(got, dict) or got != expected:
            raise NotYet(f"{units} without VII on {side}: expected {expected}, got {got}. Hint: {hint}")
    expect(5, len(mixture), "the mixture given, unchanged", hint)
    confirm("The upper lid (nerve III) and the jaw (nerve V) go on moving.")


def _moved(units):
    """The movements of a mixture, a set of (code, side), a side for each that moves."""
    try:
        sides = by_side(units)
    except ValueError as problem:
        raise NotYet(f"expected codes that exist, got one that does not: {problem} "
                     "Hint: L and R only where sides move apart.") from None
    return {(code, side) for side in sides for code, value in sides[side].items() if value}


def _clue(wanted, given):
    for code, side in sorted(given - wanted):
        if (code, "L" if side == "R" else "R") in wanted:
            return f"{code} moves on one side only."
    missing = sorted(wanted - given)
    if missing:
        return f"look for what this does: {ACTION_UNITS[missing[0][0]].effect}."
    return f"{sorted(given - wanted)[0][0]} is at rest: it {ACTION_UNITS[sorted(given - wanted)[0][0]].effect}."
