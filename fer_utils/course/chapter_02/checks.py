"""The checks of chapter 02: a psychometric function, muscles read from a face, and a nerve that fails."""

from fer_utils.course.chapter_02.flash import psychometric
from fer_utils.course.checks import NotYet, exercise, expect, shortened
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


@exercise("Which muscles does each of the four faces need that a face at rest does not? Look at brows, nose, mouth and "
          "chin, on both sides.",
          "`ACTION_UNITS` says what each unit does to the skin; match its `effect` with what you see, and try it in "
          "the laboratory. Where one side moves, add L or R, the person's own left or right.",
          'One set of codes for each letter: `return {"A": {"AU1", ...}, "B": ..., "C": ..., "D": ...}[face]`.')
def check_muscles(function):
    """Exercise 1: which action units make each of the faces in RIDDLES."""
    for face, (units, _) in RIDDLES.items():
        got = function(face)
        if not isinstance(got, (set, frozenset, list, tuple, dict)) or not all(isinstance(code, str) for code in got):
            raise NotYet(f'face {face}: expected a set of codes such as {{"AU4", "AU12L"}}, got {shortened(got)}')
        unknown = [code for code in got if code not in ACTION_UNITS and code[:-1] not in ACTION_UNITS]
        if unknown:
            raise NotYet(f"face {face}: expected codes of ACTION_UNITS, got {', '.join(unknown)}")
        wanted, given = _moved(units), _moved(dict.fromkeys(got, 1.0))
        if wanted != given:
            raise NotYet(f"face {face}: expected {len(wanted & given)} of your movements and {len(wanted - given)} "
                         f"more, got {len(given - wanted)} that it does not show (a unit on two sides counts twice): "
                         f"{_clue(wanted, given)}")
    names = [ACTION_UNITS[code.rstrip("LR")].muscles[0].split(",")[0]
             for units, _ in RIDDLES.values() for code in units]
    return f"At work: {', '.join(dict.fromkeys(names))}."


@exercise("What share is right when the face is shown for no time at all, and what share when it is shown for ever?",
          "The formula above, term by term: $c$ is `chance`, the floor; $1 - c$ is what is left to win. A power is "
          "written `**`.",
          "What is won is `(1 - chance) / (1 + (threshold / shown) ** slope)`; it comes on top of the floor.")
def check_psychometric(function):
    """Exercise 2: the expected share of right answers for a duration."""
    for shown, threshold, slope, chance in [(100.0, 100.0, 3.0, 1 / 6), (1e-3, 80.0, 3.0, 1 / 6),
                                            (1e6, 80.0, 3.0, 1 / 6), (50.0, 80.0, 2.0, 0.5), (200, 80, 4, 0)]:
        rise = float(psychometric(shown, threshold, slope, 0.0))
        expect(psychometric(shown, threshold, slope, chance), function(shown, threshold, slope, chance),
               f"the share for {shown:g} ms, threshold {threshold:g}, slope {slope:g}, chance {chance:.2f}",
               tolerance=1e-6, mistakes={"a guesser is right in a share of `chance`, never in fewer": rise,
                                         "a share above 1: only 1 - chance is left to win": chance + rise,
                                         "this falls with time: the threshold is divided by the time":
                                             chance + (1 - chance) * (1 - rise)})
    return "Nobody falls below chance, and at the threshold half of the way up is done."


@exercise("Which of the keys lose their nerve? Two things must be so, one of the side and one of the unit.",
          'The last letter of a key such as `"AU12L"` is its side, what comes before it the code; '
          "`ACTION_UNITS[code].nerve` is the nerve.",
          'A new dict of all keys but those where `key.endswith(side)` and `ACTION_UNITS[key[:-1]].nerve == "VII"`.')
def check_palsy(function):
    """Exercise 3: what is left of a mixture, written side by side, where nerve VII fails on one side."""
    mixture = {"AU12L": 0.8, "AU12R": 0.8, "AU5L": 0.5, "AU5R": 0.5, "AU26": 0.4}
    for units, side in ((mixture, "L"), (mixture, "R"), ({"AU1L": 1.0, "AU27": 0.5, "AU31": 0.2}, "L"),
                        ({"AU9R": 1, "AU17R": 0.3}, "R")):
        given = dict(units)
        got, right = function(given, side), without_nerve(units, "VII", side)
        what = f"{units} without VII on {side}"
        if not isinstance(got, dict):
            raise NotYet(f"{what}: expected {right}, got {shortened(got)}")
        if given != units:
            raise NotYet("expected the mixture to stay as it was given, got it changed: build a new dict")
        if {key: value for key, value in got.items() if value} != right:  # a unit at 0 is at rest, as one left out
            odd = sorted(key for key in got.keys() ^ right.keys() if key in units)
            nerve = f" ({odd[0]} is moved by nerve {ACTION_UNITS[odd[0].rstrip('LR')].nerve})" if odd else ""
            raise NotYet(f"{what}: expected {right}, got {shortened(got)}{nerve}")
    return "The upper lid (nerve III) and the jaw (nerve V) go on moving."


def _moved(units):
    """The movements of a mixture, a set of (code, side), a side for each that moves."""
    try:
        sides = by_side(units)
    except ValueError as problem:
        raise NotYet(f"expected L and R only where sides move apart, got one that does not fit: {problem}") from None
    return {(code, side) for side in sides for code, value in sides[side].items() if value}


def _clue(wanted, given):
    """What to look at, of movements that are not yet those of the face: a part of a sentence."""
    for code, side in sorted(given - wanted):
        if (code, "L" if side == "R" else "R") in wanted:
            return f"{code} moves on one side only"
    missing = sorted(wanted - given)
    if missing:
        return f"look for what {ACTION_UNITS[missing[0][0]].effect}"
    code = sorted(given - wanted)[0][0]
    return f"{code} is at rest, which {ACTION_UNITS[code].effect}"
