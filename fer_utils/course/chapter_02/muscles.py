"""The muscles of the face in chapter 02: what each does, who commands it, and where it runs.

One table, `MUSCLES`, for the living anatomy, the map, the nerve tree and the list of muscles. Functions are those of
thesis section 2.4; places are a sketch in the coordinates of the drawn face (x to the right of the picture, y down, the
person's left), on which every number may be off by a few millimetres of a real face.
"""

from typing import NamedTuple

from fer_utils.faces.action_units import ACTION_UNITS, EXPRESSIONS, by_side

# Terminal branches, from above. V's first two only feel; its third also moves the jaw.
BRANCHES = {"VII": ("temporal", "zygomatic", "buccal", "marginal mandibular", "cervical"),
            "V": ("ophthalmic", "maxillary", "mandibular")}
# Each group and its nerve.
MUSCLE_GROUPS = {"orbital": "VII", "nasal": "VII", "oral": "VII", "mastication": "V", "of the lid": "III"}


class Muscle(NamedTuple):
    """One row of the table.

    Attributes:
        group: one of MUSCLE_GROUPS.
        layer: 1 just under the skin, 2 below.
        branches: of its nerve; several share the muscle.
        does: what it does, after section 2.4 of the thesis.
        origin, insertion: the ends of its fibres, as many points on each, or the name of a ring in both.
        follows: what the insertion moves with, (landmark, share of its way) for each point or one for all.
        starts: the same of the origin; None where it stays, as on the skull.
        pull: how far fibres shorten at full strength beside that, a share of their length.
        fibres: how many are drawn.
    """

    group: str
    layer: int
    branches: tuple
    does: str
    origin: tuple
    insertion: tuple
    follows: tuple = ()
    starts: tuple = ()
    pull: float = 0.0
    fibres: int = 7


MUSCLES = {
    "occipitofrontalis": Muscle(
        "orbital", 1, ("temporal",), "raises the brows, wrinkles the forehead",
        ((0.05, -1.0), (0.25, -1.02), (0.45, -0.92)), ((0.07, -0.25), (0.28, -0.33), (0.5, -0.26)),
        (("brow in", 1), ("brow out", 0.7), ("brow out", 1)), fibres=13),
    "orbicularis oculi": Muscle("orbital", 1, ("temporal", "zygomatic"), "closes the lids, helps to drain tears",
                                ("eye",), ("eye",), pull=0.13),
    "corrugator supercilii": Muscle(
        "orbital", 2, ("temporal",), "draws the brow down and to the middle: upright wrinkles",
        ((0.05, -0.13), (0.06, -0.18)), ((0.28, -0.2), (0.34, -0.28)), (("brow in", 1),), pull=0.1, fibres=5),
    "levator palpebrae superioris": Muscle(
        "of the lid", 2, ("superior division",), "opens the eye", ((0.27, -0.2), (0.37, -0.2)),
        ((0.2, -0.08), (0.44, -0.08)), (("lid", 1),), fibres=8),
    "procerus": Muscle("nasal", 1, ("temporal", "zygomatic"), "draws the brows down: wrinkles across the nose",
                       ((0.012, 0.08), (0.045, 0.08)), ((0.012, -0.25), (0.075, -0.24)), (("brow in", 1),), fibres=4),
    "nasalis": Muscle("nasal", 1, ("buccal",), "narrows or widens the nostril, lowers the tip of the nose",
                      ((0.19, 0.33), (0.165, 0.41)), ((0.015, 0.13), (0.03, 0.24)), starts=(("wing", 1),), pull=0.08,
                      fibres=6),
    "depressor septi nasi": Muscle(
        "nasal", 2, ("buccal",), "widens the nostril", ((0.05, 0.55), (0.09, 0.53)), ((0.012, 0.42), (0.035, 0.42)),
        pull=0.2, fibres=4),
    "levator labii superioris alaeque nasi": Muscle(
        "oral", 1, ("zygomatic", "buccal"), "raises the wing of the nose and the upper lip",
        ((0.1, -0.06), (0.14, -0.04)), ((0.145, 0.33), (0.19, 0.54)), (("wing", 1), ("lip top", 1)), pull=0.05,
        fibres=5),
    "levator labii superioris": Muscle("oral", 1, ("zygomatic", "buccal"), "raises the upper lip",
                                       ((0.23, 0.17), (0.42, 0.19)), ((0.12, 0.55), (0.22, 0.58)), (("lip top", 1),)),
    "zygomaticus major": Muscle("oral", 1, ("zygomatic", "buccal"), "pulls the corner of the mouth up and outward",
                                ((0.56, 0.19), (0.63, 0.27)), ((0.27, 0.6), (0.29, 0.65)), (("corner", 1),)),
    "risorius": Muscle("oral", 1, ("buccal",), "pulls the corner of the mouth sideways",
                       ((0.57, 0.54), (0.59, 0.69)), ((0.28, 0.625), (0.28, 0.66)), (("corner", 1),), fibres=5),
    "orbicularis oris": Muscle("oral", 1, ("buccal", "marginal mandibular"), "closes and puckers the lips",
                               ("mouth",), ("mouth",), pull=0.16),
    "depressor anguli oris": Muscle("oral", 1, ("marginal mandibular",), "lowers the corner of the mouth",
                                    ((0.27, 0.95), (0.48, 0.86)), ((0.26, 0.66), (0.29, 0.66)), (("corner", 1),),
                                    (("chin", 1),)),
    "depressor labii inferioris": Muscle(
        "oral", 1, ("marginal mandibular",), "lowers the lower lip", ((0.13, 0.96), (0.3, 0.93)),
        ((0.05, 0.77), (0.18, 0.74)), (("lip bottom", 1),), (("chin", 1),), pull=0.06),
    "mentalis": Muscle("oral", 2, ("marginal mandibular",), "pushes the lower lip up, wrinkles the chin",
                       ((0.035, 0.8), (0.075, 0.8)), ((0.02, 0.98), (0.13, 0.95)), (("chin", 1),), (("chin", 1),),
                       pull=0.3, fibres=6),
    "platysma": Muscle("oral", 1, ("cervical",), "tenses the skin of the neck, pulls the corner of the mouth sideways",
                       ((0.2, 1.46), (0.4, 1.44), (0.62, 1.44)), ((0.18, 1.0), (0.33, 0.95), (0.5, 0.84)),
                       (("chin", 1),), pull=0.08, fibres=9),
    "levator anguli oris": Muscle("oral", 2, ("zygomatic", "buccal"), "raises the corner of the mouth",
                                  ((0.28, 0.26), (0.37, 0.27)), ((0.26, 0.6), (0.29, 0.62)), (("corner", 1),),
                                  fibres=6),
    "buccinator": Muscle("oral", 2, ("buccal",), "draws the cheek inward, against the teeth",
                         ((0.56, 0.47), (0.57, 0.75)), ((0.28, 0.605), (0.28, 0.67)), (("corner", 1),), pull=0.06,
                         fibres=8),
    "temporalis": Muscle("mastication", 2, ("mandibular",), "raises the jaw and draws it back",
                         ((0.47, -0.72), (0.59, -0.64), (0.67, -0.46), (0.705, -0.26), (0.7, -0.08)),
                         ((0.535, 0.22), (0.545, 0.22), (0.555, 0.22), (0.565, 0.22), (0.575, 0.22)), (("chin", 0.3),),
                         pull=0.04, fibres=13),
    "masseter": Muscle("mastication", 2, ("mandibular",), "raises the jaw, brings the teeth together, moves the jaw "
                       "forward or back", ((0.5, 0.25), (0.66, 0.22)), ((0.45, 0.76), (0.6, 0.66)), (("chin", 0.5),),
                       pull=0.04, fibres=8),
    "lateral pterygoid": Muscle("mastication", 2, ("mandibular",), "lowers the jaw, moves it sideways",
                                ((0.36, 0.11), (0.36, 0.23)), ((0.64, 0.17), (0.645, 0.21)), pull=0.12, fibres=5),
    "medial pterygoid": Muscle("mastication", 2, ("mandibular",), "helps to raise the jaw, to push it forward and to "
                               "move it sideways", ((0.35, 0.26), (0.41, 0.24)), ((0.45, 0.76), (0.53, 0.71)),
                               (("chin", 0.5),), pull=0.04, fibres=5),
}
HIDDEN = ("lateral pterygoid", "medial pterygoid")  # behind the bone of the jaw
# Muscles of the units that are too small, too deep or too far back to be drawn here.
NOT_DRAWN = {"depressor supercilii": ("temporal", "zygomatic"), "incisivus labii superioris": ("buccal",),
             "incisivus labii inferioris": ("marginal mandibular",), "digastric": ("mandibular",)}


def pulling(unit):
    """The names of the muscles that contract in an `ActionUnit`, a list: those that relax are left out."""
    return [name.split(",")[0] for name in unit.muscles if not name.endswith(" (relaxes)")]


def units_of(muscle):
    """The action units in which a muscle contracts, a list; where there is none, those in which it relaxes."""
    contracts = [unit for unit in ACTION_UNITS.values() if muscle in pulling(unit)]
    return contracts or [unit for unit in ACTION_UNITS.values() if f"{muscle} (relaxes)" in unit.muscles]


def intact(unit, side, cut):
    """The share, 0 to 1, of a unit's strength on one side that is left after branches are cut.

    Our simplification: a muscle loses as large a part as it loses branches, and a unit the mean of its muscles. A cut
    of V's third branch weakens both sides of the jaw by half. `cut`: pairs such as ("L", "buccal").
    """
    if unit.nerve not in BRANCHES:
        return 1.0
    sides = (side,) if unit.sided else ("L", "R")
    shares = []
    for one in sides:
        lost = {branch for where, branch in cut if where == one}
        for muscle in pulling(unit):
            branches = MUSCLES[muscle].branches if muscle in MUSCLES else NOT_DRAWN[muscle]
            shares.append(sum(branch not in lost for branch in branches) / len(branches))
    return sum(shares) / len(shares) if shares else 1.0


def after_cut(units, cut):
    """What is left of a mixture of action units when branches of nerves are cut, a dict.

    `cut`: pairs of the person's side and a branch, such as {("L", "buccal"), ("R", "mandibular")}; with every branch of
    VII on a side this is `without_nerve`. Raises ValueError for a branch that is not in BRANCHES.
    """
    known = {branch for branches in BRANCHES.values() for branch in branches}
    odd = sorted(str(pair) for pair in cut if pair[0] not in ("L", "R") or pair[1] not in known)
    if odd:
        raise ValueError(f"{', '.join(odd)} cannot be cut; a cut is a side, L or R, and one of {', '.join(known)}.")
    left = {}
    for side, intensities in by_side(units).items():
        for code, value in intensities.items():
            unit = ACTION_UNITS[code]
            rest = max(value * intact(unit, side, cut), min(value, unit.spared))
            if rest:
                left[code + (side if unit.sided else "")] = rest
    return left


def limp(cut):
    """How a face hangs when branches of VII are cut: `droop_left` and `droop_right`, as identities have them."""
    parts = BRANCHES["VII"][:4]
    return {f"droop_{name}": 0.6 * sum((side, branch) in cut for branch in parts) / len(parts)
            for side, name in (("L", "left"), ("R", "right"))}


def muscle_rows():
    """The table of muscles as lists of cells, str: name, group, what it does, nerve and branches, units, and the
    emotions of table 3.1 in whose expression it contracts."""
    rows = []
    for name, muscle in MUSCLES.items():
        codes = [unit.code for unit in units_of(name)]
        shows = [emotion for emotion, mixture in EXPRESSIONS.items() if set(codes) & set(mixture)]
        rows.append([name, muscle.group, muscle.does, f"{MUSCLE_GROUPS[muscle.group]}, {' and '.join(muscle.branches)}",
                     ", ".join(codes), ", ".join(shows) or "none of the six"])
    return rows
