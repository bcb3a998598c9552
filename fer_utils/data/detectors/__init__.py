"""Face detectors: what they share, and how each one's box lies to FER-2013's frame.

A detector is a module with `find(photograph, smallest, max_side)`, which gives pairs (`Box`, score), and
`smallest_looked_for(shape, smallest, max_side)`. `fer_utils.data.photographs` is the way to use them.
"""

from functools import cache
from importlib import import_module
from typing import NamedTuple

import numpy as np

DETECTORS = ("blazeface", "cascade")
SMALLEST = 24  # pixels: the cascade's own window, and half of what FER-2013 keeps of a face
FIRST_LOOK = 40  # pixels of the picture that has been shrunk to its greatest side: faces looked for unless asked
LONGEST_SIDE = 1024


class Box(NamedTuple):
    """Where a face is, in pixels of the picture: the top left corner and the size."""

    row: int
    column: int
    height: int
    width: int


class Framing(NamedTuple):
    """How FER-2013's frame lies to a detector's box: its side, and how far its middle is below, in sides of the box."""

    side: float
    down: float


# Measured by tools/measure_framing.py on enlarged faces of Training, data/dataset/framing.json: between the medians of
# three kinds of surroundings, which are 1.13 to 1.18 and -0.033 to -0.043 for BlazeFace, 1.01 to 1.05 and about 0 for
# the cascade.
FRAMING = {"blazeface": Framing(1.14, -0.035), "cascade": Framing(1.05, 0.0)}


def framed(box, detector):
    """The square `Box` that FER-2013 would have cut, for the box of a detector by its name.

    It may reach past the picture's border; `fer_utils.data.photographs.cut_face` fills what lies outside.
    """
    framing, size = FRAMING[detector], (box.height + box.width) / 2
    side = framing.side * size
    row = box.row + box.height / 2 + framing.down * size - side / 2
    return Box(round(row), round(box.column + box.width / 2 - side / 2), round(side), round(side))


@cache
def best_detector():
    """The name of the detector used unless another is named: BlazeFace where LiteRT can be had, else the cascade."""
    from fer_utils.edge.litert import interpreter_class
    from fer_utils.kernel import SetupError

    try:
        interpreter_class()
    except SetupError:
        return "cascade"
    return "blazeface"


def detector_named(name=None):
    """The name of a detector and its module; None is `best_detector`. Raises ValueError for an unknown name."""
    name = best_detector() if name is None else name
    if name not in DETECTORS:
        raise ValueError(f"there is no detector {name!r}; there are: {', '.join(DETECTORS)}.")
    return name, import_module(f"fer_utils.data.detectors.{name}")


def without_doubles(found):
    """Pairs (`Box`, score), largest first, without boxes whose middle lies in a larger one: they show the same face."""
    kept = []
    for box, score in sorted(found, key=lambda pair: (-pair[0].height * pair[0].width, pair[0])):
        middle = box.row + box.height / 2, box.column + box.width / 2
        if not any(other.row <= middle[0] <= other.row + other.height
                   and other.column <= middle[1] <= other.column + other.width for other, _ in kept):
            kept.append((box, score))
    return kept


def check_sizes(smallest, max_side):
    """Raise ValueError unless the smallest face looked for and the greatest side are sizes in pixels."""
    if smallest is not None and not (_number(smallest) and smallest >= SMALLEST):
        raise ValueError(f"the smallest face looked for cannot have {smallest!r} pixels; the detector needs "
                         f"{SMALLEST} or more. Enlarge the picture for smaller faces.")
    if not (_number(max_side) and max_side >= 2 * FIRST_LOOK):
        raise ValueError(f"a picture cannot be shrunk to a side of {max_side!r} pixels; name a number of at least "
                         f"{2 * FIRST_LOOK}, as 1024.")


def _number(value):
    return isinstance(value, (int, float, np.integer)) and not isinstance(value, bool) and 0 < value < np.inf
