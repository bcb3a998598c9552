"""Facial action units: what single muscles, or small groups of them, do to a face, and which nerve tells them to.

The Facial Action Coding System (Ekman and Friesen, 1978; Ekman, Friesen and Hager, 2002) describes any expression
as a mixture of units. Muscles are those of thesis section 2.4, nerves those of its figures 2.3 and 2.4; chapter 02
explains both. A mixture is a plain dict, from "AU12" (both sides), "AU12L" or "AU12R" (the person's own left or
right, which we see on the other side) to an intensity from 0, at rest, to 1.
"""

from typing import NamedTuple

SIDES = ("R", "L")  # the person's right, which is on the left of the picture, then the left


class ActionUnit(NamedTuple):
    """One row of the table.

    Attributes:
        code: such as "AU12".
        name: as FACS calls it.
        muscles: tuple of anatomical names; where FACS speaks of relaxation, the muscle that relaxes.
        nerve: the cranial nerve, a roman number: "VII" facial, "V" trigeminal, and for eyes and upper lid
            "III", or "III, IV", "III, VI".
        branch: of that nerve, as anatomy books name it; several are joined by "and".
        sided: whether left and right can move on their own; jaw and gaze move as one here. (The pterygoid muscles
            also push the jaw sideways, AU30, which the drawing leaves out.)
        effect: what one sees.
        spared: the share of the movement that is left where the nerve fails, since a muscle of another nerve relaxes.
    """

    code: str
    name: str
    muscles: tuple
    nerve: str
    branch: str
    sided: bool
    effect: str
    spared: float = 0.0


ACTION_UNITS = {unit.code: unit for unit in [
    # The eyes and the forehead
    ActionUnit("AU1", "inner brow raiser", ("occipitofrontalis, medial part",), "VII", "temporal", True,
               "lifts the inner end of the brow and wrinkles the middle of the forehead"),
    ActionUnit("AU2", "outer brow raiser", ("occipitofrontalis, lateral part",), "VII", "temporal", True,
               "lifts the outer half of the brow and wrinkles the forehead above it"),
    ActionUnit("AU4", "brow lowerer", ("corrugator supercilii", "depressor supercilii", "procerus"), "VII",
               "temporal and zygomatic", True, "lowers the brow, draws it to the middle and folds the skin between"),
    ActionUnit("AU5", "upper lid raiser", ("levator palpebrae superioris",), "III", "superior division", True,
               "lifts the upper lid, so that white shows above the iris"),
    ActionUnit("AU6", "cheek raiser", ("orbicularis oculi, orbital part",), "VII", "temporal and zygomatic", True,
               "lifts the cheek, narrows the eye and folds the skin beside it into crow's feet"),
    ActionUnit("AU7", "lid tightener", ("orbicularis oculi, palpebral part",), "VII", "temporal and zygomatic", True,
               "tightens the lids: the lower one rises and straightens"),
    ActionUnit("AU43", "eye closure", ("orbicularis oculi, palpebral part", "levator palpebrae superioris (relaxes)"),
               "VII", "temporal and zygomatic", True, "lowers the upper lid until the eye is closed",
               0.5),  # the levator, of nerve III, relaxes as before: the lid comes down, but does not close
    # The nose
    ActionUnit("AU9", "nose wrinkler", ("levator labii superioris alaeque nasi", "procerus"), "VII",
               "zygomatic and buccal", True, "pulls the wing of the nose up and wrinkles the skin along the nose"),
    ActionUnit("AU38", "nostril dilator", ("nasalis, alar part", "depressor septi nasi"), "VII", "buccal", True,
               "widens the nostril"),
    ActionUnit("AU39", "nostril compressor", ("nasalis, transverse part",), "VII", "buccal", True,
               "narrows the nostril"),
    # The mouth
    ActionUnit("AU10", "upper lip raiser", ("levator labii superioris",), "VII", "zygomatic and buccal", True,
               "lifts the upper lip off the teeth and deepens the fold from nose to mouth"),
    ActionUnit("AU12", "lip corner puller", ("zygomaticus major",), "VII", "zygomatic and buccal", True,
               "pulls the corner of the mouth up and outward: a smile"),
    ActionUnit("AU13", "sharp lip puller", ("levator anguli oris",), "VII", "zygomatic and buccal", True,
               "lifts the corner of the mouth straight up and puffs the cheek"),
    ActionUnit("AU14", "dimpler", ("buccinator",), "VII", "buccal", True,
               "draws the corner of the mouth inward against the teeth, with a dimple beside it"),
    ActionUnit("AU15", "lip corner depressor", ("depressor anguli oris",), "VII", "marginal mandibular", True,
               "pulls the corner of the mouth down"),
    ActionUnit("AU16", "lower lip depressor", ("depressor labii inferioris",), "VII", "marginal mandibular", True,
               "pulls the lower lip down and shows the lower teeth"),
    ActionUnit("AU17", "chin raiser", ("mentalis",), "VII", "marginal mandibular", True,
               "pushes the lower lip up and wrinkles the chin"),
    ActionUnit("AU18", "lip puckerer", ("incisivus labii superioris", "incisivus labii inferioris", "orbicularis oris"),
               "VII", "buccal and marginal mandibular", True, "draws the lips together and forward, as in a kiss"),
    ActionUnit("AU20", "lip stretcher", ("risorius", "platysma"), "VII", "buccal and cervical", True,
               "pulls the corner of the mouth sideways and flattens the lips"),
    ActionUnit("AU21", "neck tightener", ("platysma",), "VII", "cervical", True, "tenses bands of skin on the neck"),
    ActionUnit("AU23", "lip tightener", ("orbicularis oris",), "VII", "buccal and marginal mandibular", True,
               "tightens the lips and makes them narrow"),
    ActionUnit("AU24", "lip pressor", ("orbicularis oris",), "VII", "buccal and marginal mandibular", True,
               "presses the lips together"),
    ActionUnit("AU25", "lips part", ("depressor labii inferioris", "orbicularis oris (relaxes)"), "VII",
               "buccal and marginal mandibular", True, "parts the lips; the jaw stays"),
    # The jaw: muscles of mastication
    ActionUnit("AU26", "jaw drop", ("masseter (relaxes)", "temporalis (relaxes)", "medial pterygoid (relaxes)"), "V",
               "mandibular", False, "lets the jaw fall as it relaxes"),
    ActionUnit("AU27", "mouth stretch", ("lateral pterygoid", "digastric"), "V", "mandibular", False,
               # the front belly of the digastric, that is; its rear belly obeys VII
               "pulls the jaw down, the mouth wide open"),
    ActionUnit("AU31", "jaw clencher", ("masseter", "temporalis", "medial pterygoid"), "V", "mandibular", False,
               "presses the teeth together; the jaw bulges at its angle"),
    # The gaze
    ActionUnit("AU61", "eyes turn left", ("lateral rectus", "medial rectus"), "III, VI", "", False,
               "turns both eyes to the person's left"),
    ActionUnit("AU62", "eyes turn right", ("lateral rectus", "medial rectus"), "III, VI", "", False,
               "turns both eyes to the person's right"),
    ActionUnit("AU63", "eyes up", ("superior rectus", "inferior oblique"), "III", "", False, "turns both eyes up"),
    ActionUnit("AU64", "eyes down", ("inferior rectus", "superior oblique"), "III, IV", "", False,
               "turns both eyes down; the upper lids follow"),
]}

# Table 3.1 of the thesis, phrase by phrase, as mixtures at full strength. Pallor, its last phrase, is no movement.
EXPRESSIONS = {
    "anger": {"AU4": 1.0,                                        # furrowed eyebrows
              "AU5": 0.55, "AU7": 0.9,                           # glaring eyes with tightened eyelids
              "AU23": 0.7, "AU24": 0.6, "AU31": 0.9},            # tightened or closed jaw
    "disgust": {"AU10": 1.0, "AU25": 0.4,                        # upper lip raised
                "AU9": 1.0,                                      # nose wrinkling
                "AU6": 0.6,                                      # raised cheeks
                "AU7": 0.5, "AU43": 0.1},                        # narrowed eyes
    "fear": {"AU1": 0.95, "AU2": 0.45, "AU4": 0.65,              # eyebrows raised and drawn together
             "AU5": 0.95,                                        # eyes wide open
             "AU20": 0.9, "AU25": 0.6, "AU26": 0.45},            # increased jaw tension or slightly opened mouth
    "happiness": {"AU12": 1.0, "AU25": 0.5,                      # upward curving of the corners of the mouth
                  "AU6": 0.9},                                   # crow's feet, reduction in the size of the eye opening
    "sadness": {"AU15": 1.0, "AU17": 0.4,                        # downturned corners of the mouth
                "AU43": 0.3,                                     # slightly closed eyes
                "AU64": 0.6,                                     # unfocused or downward gaze
                "AU1": 1.0, "AU4": 0.5},                         # inner eyebrows slightly upward and drawn together
    "surprise": {"AU27": 0.85, "AU25": 0.6,                      # opened mouth
                 "AU5": 0.9,                                     # eyes wide open
                 "AU1": 0.95, "AU2": 0.95},                      # raised eyebrows
    "neutral": {},
}


def by_side(units):
    """The intensity of every unit on both sides: {"R": {"AU1": 0.0, ...}, "L": {...}}.

    "AU12" sets both sides and "AU12L" one, whatever their order. Raises ValueError for an unknown code, a side on a
    unit that has none, or an intensity outside 0 to 1.
    """
    sides = {side: dict.fromkeys(ACTION_UNITS, 0.0) for side in SIDES}
    for key in sorted(units or {}, key=lambda key: key[-1:] in SIDES):
        side = key[-1] if key[-1:] in SIDES else None
        code = key[:-1] if side else key
        if code not in ACTION_UNITS:
            raise ValueError(f"unknown action unit {key!r}; ACTION_UNITS lists them all.")
        if side and not ACTION_UNITS[code].sided:
            raise ValueError(f"{code}, {ACTION_UNITS[code].name}, moves both sides at once: leave out the {side!r}.")
        if not 0 <= units[key] <= 1:
            raise ValueError(f"{key} is {units[key]}, but an intensity runs from 0 to 1.")
        for one in side or SIDES:
            sides[one][code] = float(units[key])
    return sides


def scale(units, factor):
    """The same mixture, each intensity times `factor` and at most 1: weaker, or stronger."""
    return {key: min(1.0, value * factor) for key, value in units.items()}


def without_nerve(units, nerve, side):
    """What is left of a mixture where a cranial nerve, such as "VII", fails on one `side`, "L" or "R".

    Bell's palsy is `without_nerve(units, "VII", "L")` or "R". Units without sides stay, and of the closing of a lid
    what the relaxing levator does. Chapter 02.
    """
    left = {}
    for one, intensities in by_side(units).items():
        for code, value in intensities.items():
            unit = ACTION_UNITS[code]
            if value and not (one == side and unit.sided and unit.nerve == nerve):
                left[code + (one if unit.sided else "")] = value
            elif value and unit.spared:
                left[code + one] = min(value, unit.spared)
    return left


def describe(units):
    """The mixture in words, for alt texts: "lip corner puller 0.8 (left 0.3), jaw drop 0.5", or "all units at rest"."""
    right, left = (by_side(units)[side] for side in SIDES)
    words = []
    for code, unit in ACTION_UNITS.items():
        if right[code] == left[code] > 0:
            words.append(f"{unit.name} {right[code]:.2g}")
        elif right[code] or left[code]:
            words.append(f"{unit.name} right {right[code]:.2g}, left {left[code]:.2g}")
    return "; ".join(words) or "all units at rest"
