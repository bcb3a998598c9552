"""Whom a network of drawn faces reads worse: matched pairs that differ in one thing, and training without a group.

For drawn faces one knows what a photograph does not tell: the skin, the age, the beard of each. Here many people are
drawn several times, with one thing changed and all else, the noise too, as it was. `tools/record_robustness.py` writes
data/results/groups.json. Explained in chapter 13.
"""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np

from fer_utils.evaluation.intervals import seeds_difference, told
from fer_utils.evaluation.paired import by_class, cells, comparison, transitions
from fer_utils.evaluation.results import RESULTS_FOLDER, fitting, restore
from fer_utils.evaluation.robustness import COUNTS, WEIGHTS
from fer_utils.faces.draw import BEARDS, GLASSES
from fer_utils.faces.random_faces import exposure, make_faces
from fer_utils.labels import EMOTIONS
from fer_utils.schema import ANYTHING, SHARE, TABLE, TEXT, WHOLE

GROUPS_FILE = RESULTS_FOLDER / "groups.json"
PEOPLE, PEOPLE_SEED = 1000, 2016  # none of them stands in the bundled set, whose seeds are 2013 to 2015


class Group(NamedTuple):
    """One thing in which people differ: `change(units, identity, pose, light, level)` gives the person at a level;
    `levels`; `reference`, the level that the others are held against; `words`."""

    change: Callable
    levels: tuple
    reference: object
    words: str


def with_trait(units, identity, pose, light, level, trait):
    """A person with one trait of `fer_utils.faces.draw.IDENTITY` set to a level."""
    return units, identity | {trait: level}, pose, light


def with_skin(units, identity, pose, light, level):
    """A person with another skin, whom the camera exposes as long as that skin asks for."""
    gain = light["gain"] / exposure(identity["skin"]) * exposure(level)
    return units, identity | {"skin": level}, pose, light | {"gain": gain}


def with_skin_alone(units, identity, pose, light, level):
    """A person with another skin, exposed as long as a middle one asks for."""
    gain = light["gain"] / exposure(identity["skin"]) * exposure(0.5)
    return units, identity | {"skin": level}, pose, light | {"gain": gain}


def with_yaw(units, identity, pose, light, level):
    """A person with the head turned by so many degrees to the right of the picture."""
    return units, identity, pose | {"yaw": level}, light


GROUPS = {
    "skin": Group(with_skin, (0.0, 0.35, 0.7, 1.0), 0.0, "skin, 0 the lightest; the camera exposes for it"),
    "skin, one exposure": Group(with_skin_alone, (0.0, 1.0), 0.0, "skin, exposed for a middle one"),
    "age": Group(partial(with_trait, trait="age"), (0.0, 0.6, 1.0), 0.0, "lines and gray hair of age"),
    "glasses": Group(partial(with_trait, trait="glasses"), GLASSES, "none", "glasses"),
    "beard": Group(partial(with_trait, trait="beard"), BEARDS, "none", "beard"),
    "hair": Group(partial(with_trait, trait="hair"), ("short", "long", "curls", "scarf"), "short", "hair"),
    "yaw": Group(with_yaw, (-30, -15, 0, 15, 30), 0, "head turned, degrees"),
    "paralysis": Group(partial(with_trait, trait="droop_left"), (0.0, 0.33, 0.67, 1.0), 0.0,
                       "the left half of the face hangs"),
}

# Groups that a training may go without: who belongs to them, by identity, and the levels of GROUPS that are they.
OUTSIDERS = {
    "glasses": (lambda who: who["glasses"] != "none", "glasses", ("round", "square")),
    "dark skin": (lambda who: who["skin"] > 2 / 3, "skin", (0.7, 1.0)),
    "beards": (lambda who: who["beard"] != "none", "beard", ("stubble", "moustache", "full")),
    "older people": (lambda who: who["age"] > 0.5, "age", (0.6, 1.0)),
}

GROUPS_RECORD = {
    "date": TEXT, "device": TEXT, "versions": TABLE, "weights": WEIGHTS, "faces": {"count": WHOLE, "seed": WHOLE},
    "groups": {name: {"levels": [{"level": ANYTHING, "transitions": COUNTS}]} for name in GROUPS},
    "left_out": {"network": TEXT, "recipe": TEXT, "faces": {"count": WHOLE, "seed": WHOLE}, "groups": TABLE},
}
_LEVELS_OF_GROUPS = {"groups": {name: {"levels": (
    f"of the levels {', '.join(map(str, group.levels))}",
    lambda rows, levels=group.levels: [row["level"] for row in rows] == list(levels))}
    for name, group in GROUPS.items()}}
_LEFT_OUT = {"left_out": WHOLE, "of": WHOLE, "seeds": [WHOLE],
             "without": {"group": [SHARE], "others": [SHARE]}, "control": {"group": [SHARE], "others": [SHARE]}}
_SEEDS = "a training with and one without the group for each of two seeds or more", lambda found: 1 < len(
    found["seeds"]) and {len(found["seeds"])} == {len(found[way][key]) for way in ("without", "control")
                                                  for key in ("group", "others")}


def draw(group, level, count=PEOPLE, seed=PEOPLE_SEED, first=None, workers=1):
    """The people of `make_faces` with one thing at one level: (images uint8 (n, 48, 48), labels uint8 (n,)).

    Raises ValueError for a group or a level that is not in `GROUPS`.
    """
    if group not in GROUPS or level not in GROUPS[group].levels:
        raise ValueError(f"there is no level {level!r} of {group!r}; there are "
                         + "; ".join(f"{name}: {', '.join(map(str, one.levels))}" for name, one in GROUPS.items()))
    return make_faces(count, seed, first, workers=workers, change=partial(GROUPS[group].change, level=level))


def measure(answer, drawn):
    """What a network answers at the reference and at each level of each group, ready for the record.

    `answer`: a function of faces uint8 (n, 48, 48) that gives probabilities (n, 7); `drawn`: a dict from (group, level)
    to what `draw` gives.
    """
    answers = {key: np.argmax(answer(images), axis=1) for key, (images, _) in drawn.items()}
    return {name: {"levels": [
        {"level": level, "transitions": transitions(drawn[name, level][1], answers[name, group.reference],
                                                    answers[name, level]).tolist()}
        for level in group.levels]} for name, group in GROUPS.items()}


def recorded_groups():
    """The record, a dict: `date`, `device`, `versions`, `weights` (the network's), `faces` (count, seed), `groups` and
    `left_out`. Raises FileError where it is damaged."""
    remedy = restore(GROUPS_FILE.name)
    record = fitting(GROUPS_FILE, GROUPS_RECORD, remedy)
    fitting(GROUPS_FILE, _LEVELS_OF_GROUPS, remedy)
    for shape in (_LEFT_OUT, _SEEDS):
        fitting(GROUPS_FILE, {"left_out": {"groups": dict.fromkeys(record["left_out"]["groups"], shape)}}, remedy)
    return record


def tried(record):
    """How many levels are held against a reference."""
    return sum(len(group["levels"]) - 1 for group in record["groups"].values())


def levels(record, group):
    """A list of `paired.comparison` of each level with the reference, each with its `level`; the reference stands among
    them, with a difference of 0. Corrected for all levels of all groups."""
    return [{"level": row["level"]} | comparison(row["transitions"], tried(record)) for row in _levels(record, group)]


def recalls(record, group, level):
    """The recall of each emotion at a level against the reference: `paired.by_class`, corrected for all emotions and
    levels of all groups."""
    return by_class(_at(record, group, level), len(EMOTIONS) * tried(record))


def confusions(record, group, level, most=3):
    """The confusions that a level makes more frequent: `paired.cells`, corrected for 42 cells of all levels."""
    return cells(_at(record, group, level), len(EMOTIONS) * (len(EMOTIONS) - 1) * tried(record), most)


def failures(record):
    """All levels of all groups that are not the reference, each with `group`, `words` and `reference`; the largest loss
    stands at the top."""
    rows = [{"group": name, "words": group.words, "reference": group.reference} | row
            for name, group in GROUPS.items() for row in levels(record, name) if row["level"] != group.reference]
    return sorted(rows, key=lambda row: row["difference"])


def left_out(record):
    """What a group loses when training goes without it: a list of dicts.

    `group`; `left_out` of `of` training faces; `seeds`; `without` and `control`, the mean accuracy on new faces of that
    group after training without it and after training without as many faces drawn at random; their `difference`, with
    its interval `low` to `high` over the seeds (Welch), corrected for the groups; `told`; `others`, the difference on
    the same people without the trait, with `others_low` and `others_high`.
    """
    groups, rows = record["left_out"]["groups"], []
    for name, found in groups.items():
        row = {"group": name, "left_out": found["left_out"], "of": found["of"], "seeds": len(found["seeds"]),
               "without": float(np.mean(found["without"]["group"])),
               "control": float(np.mean(found["control"]["group"]))}
        for key, prefix in (("group", ""), ("others", "others_")):
            without, control = found["without"][key], found["control"][key]
            names = (prefix.rstrip("_") or "difference", f"{prefix}low", f"{prefix}high")
            row |= dict(zip(names, seeds_difference(without, control, tried=len(groups))))
        rows.append(row | {"told": told(row["low"], row["high"])})
    return rows


def _levels(record, group):
    if group not in record["groups"]:
        raise ValueError(f"no group {group!r} is recorded; recorded: {', '.join(record['groups'])}.")
    return record["groups"][group]["levels"]


def _at(record, group, level):
    rows = {row["level"]: row["transitions"] for row in _levels(record, group)}
    if level not in rows:
        raise ValueError(f"no level {level!r} of {group!r} is recorded; recorded: {', '.join(map(str, rows))}.")
    return rows[level]
