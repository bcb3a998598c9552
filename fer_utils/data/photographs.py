"""From a photograph to a face as FER-2013 stores it: read the picture, find its faces, cut one out.

Explained in chapters 00, 05 and 15 (thesis section 3.4.1). Finding faces needs scikit-image alone.
"""

import math
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import numpy as np

from fer_utils.data.pictures import as_picture, read_picture
from fer_utils.labels import SIZE

LONGEST_SIDE = 1024
SMALLEST_WINDOW = 24  # pixels of the detector's own window; a smaller face cannot be found
SMALLEST_FACE = 40  # pixels, after shrinking
ENOUGH_WINDOWS = 12  # fewer let patterns of cloth through as faces


class Box(NamedTuple):
    """Where a face is, in pixels of the picture: the top left corner and the size."""

    row: int
    column: int
    height: int
    width: int


def example_photograph():
    """The portrait that ships inside scikit-image: astronaut Eileen Collins, NASA, public domain. uint8 RGB.

    Its file is read as any other: importing scikit-image takes longer than finding the face.
    """
    package = find_spec("skimage")  # looks, and imports nothing
    path = package and package.origin and Path(package.origin).parent / "data" / "astronaut.png"
    if path and path.is_file():
        return read_picture(path).copy()  # one that may be drawn on
    from skimage import data

    return data.astronaut()


def read_photograph(path):
    """A picture file as uint8 (height, width, 3), upright: `fer_utils.data.pictures.read_picture`, by the name that
    chapters use."""
    return read_picture(path)


def find_faces(photograph, smallest=None):
    """The upright frontal faces in a picture, a list of `Box`, largest first: `detect_faces` without its scores."""
    return [box for box, _ in detect_faces(photograph, smallest)]


def detect_faces(photograph, smallest=None):
    """The upright frontal faces in a picture, a list of pairs (`Box`, score), largest first.

    Uses the cascade of local binary patterns that ships inside scikit-image, a descendant of Viola and Jones's
    detector (thesis section 3.4.1). It misses profiles and tilted heads. It looks through windows of many places and
    sizes; the score is the number of overlapping windows that agreed on a face, at least ENOUGH_WINDOWS. It is no
    probability, but of two finds the one with the higher score is more likely a face.

    `photograph`: whatever `fer_utils.data.pictures.as_picture` takes. `smallest`: side of the smallest face looked for,
    in pixels of the picture, at least 24. Pictures with a side over 1,024 pixels are shrunk to it first, or a
    photograph from a phone would take half a minute, and faces of 40 pixels and more are looked for there: None asks
    for no others. A smaller `smallest` has a large picture searched once more, shrunk less, piece by piece: with 24
    that takes about 3 seconds a megapixel. Raises ValueError for what is no picture or no such size.
    """
    photograph = as_picture(photograph)
    levels = _levels(photograph.shape[:2], smallest)
    unit = levels[-1].shrink  # windows are counted in pixels of the picture that is shrunk least
    windows = np.concatenate([_windows(photograph, level, unit) for level in levels])
    found = [(Box(*(round(unit * value) for value in mean)), count) for mean, count in _agreeing(windows)]
    return sorted(found, key=lambda pair: -pair[0].height * pair[0].width)


def smallest_looked_for(shape, smallest=None):
    """The side in pixels of the smallest face that `find_faces` looks for in a picture of (height, width)."""
    return min(round(level.shrink * level.smallest) for level in _levels(shape, smallest))


class _Level(NamedTuple):
    """One search: how much the picture is shrunk, and the smallest and largest window looked through there."""

    shrink: float
    smallest: int
    largest: float


def _levels(shape, smallest):
    shrink = max(1.0, max(shape) / LONGEST_SIDE)
    if smallest is None:
        return [_Level(shrink, SMALLEST_FACE, np.inf)]
    number = isinstance(smallest, (int, float, np.integer)) and not isinstance(smallest, bool)
    if not (number and SMALLEST_WINDOW <= smallest < np.inf):
        raise ValueError(f"the smallest face looked for cannot have {smallest!r} pixels; the detector needs "
                         f"{SMALLEST_WINDOW} or more. Enlarge the picture for smaller faces.")
    if shrink == 1 or smallest >= shrink * SMALLEST_FACE:
        return [_Level(shrink, round(smallest / shrink), np.inf)]
    less = max(1.0, min(smallest / SMALLEST_WINDOW, shrink))
    return [_Level(shrink, SMALLEST_FACE, np.inf), _Level(less, round(smallest / less), SMALLEST_FACE * shrink / less)]


def _windows(photograph, level, unit):
    """The windows that look like a face, int (n, 4): row, column, height, width, in units of `unit` pixels."""
    from PIL import Image
    from skimage.color import rgb2gray
    from skimage.data import lbp_frontal_face_cascade_filename
    from skimage.feature import Cascade

    if level.shrink > 1:
        height, width = (max(1, round(side / level.shrink)) for side in photograph.shape[:2])
        photograph = np.asarray(Image.fromarray(photograph).resize((width, height), Image.Resampling.BOX))
    height, width = photograph.shape[:2]
    if min(height, width) <= level.smallest:
        return np.empty((0, 4), int)
    detector = Cascade(lbp_frontal_face_cascade_filename())
    # In one piece, but for the search for small faces: the detector adds up the pixels in 32 bits, too coarse for more,
    # and coarse enough for these faces that the mean is taken away first. A window belongs to the piece that it begins
    # in, so pieces overlap by the largest window.
    in_pieces = np.isfinite(level.largest)
    piece, overlap = (LONGEST_SIDE, math.ceil(level.largest)) if in_pieces else (max(height, width), 0)
    found = []
    for top in range(0, height, piece):
        for left in range(0, width, piece):
            part = photograph[top:top + piece + overlap, left:left + piece + overlap]
            sides = [min(side, level.largest) for side in part.shape[:2]]
            if min(sides) <= level.smallest:
                continue
            if in_pieces:
                part = rgb2gray(part) if part.ndim == 3 else part / 255
                part = part - part.mean()
            # a fine search; windows are grouped below: no overlap reaches 2
            found += [(top + f["r"], left + f["c"], f["height"], f["width"]) for f in detector.detect_multi_scale(
                np.ascontiguousarray(part), scale_factor=1.1, step_ratio=1, min_size=(level.smallest,) * 2,
                max_size=tuple(sides), min_neighbor_number=1, intersection_score_threshold=2)
                if f["r"] < piece and f["c"] < piece]
    found = np.array(sorted(found, key=lambda window: (window[2], window[:2])), int).reshape(-1, 4)
    return found if level.shrink == unit else np.rint(found * level.shrink / unit).astype(int)


def _agreeing(windows):
    """Pairs (mean of the windows in a group, their number), for groups of ENOUGH_WINDOWS that overlap.

    It is how scikit-image groups windows, which does not give their number: a window joins the group whose mean it
    shares most with, if that is more than half of the smaller of the two.
    """
    sums, counts = np.zeros((len(windows), 4), int), np.zeros(len(windows), int)
    groups = 0
    for window in windows:
        means = sums[:groups] // counts[:groups, None]
        ends = np.minimum(means[:, :2] + means[:, 2:], window[:2] + window[2:])
        shared = np.clip(ends - np.maximum(means[:, :2], window[:2]), 0, None).prod(axis=1)
        score = np.float32(shared) / np.float32(np.minimum(means[:, 2:].prod(axis=1), window[2:].prod()))
        best = int(score.argmax()) if groups and score.max() > 0.5 else groups
        groups = max(groups, best + 1)
        sums[best] += window
        counts[best] += 1
    return [((total // count).tolist(), int(count)) for total, count in zip(sums, counts) if count >= ENOUGH_WINDOWS]


def why_no_face(picture, smallest=None):
    """Why `find_faces` may have found nothing in this picture (an array), and what to do: text for people."""
    height, width = picture.shape[:2]
    least = smallest_looked_for((height, width), smallest)
    said = f"No upright frontal face found. The picture is {width:,} x {height:,} pixels, and "
    if min(height, width) <= least:
        return said + (f"the smallest face looked for has {least:,}. If the picture is the face itself, use --whole; "
                       "--smallest N looks for faces of 24 pixels and more.")
    if min(height, width) < 2 * least:
        return said + (f"the smallest face looked for has {least:,}, with something around it. If the picture is the "
                       "face itself, use --whole.")
    said += f"faces of fewer than {least:,} pixels were not looked for"
    if max(height, width) > LONGEST_SIDE and smallest is None:
        said += f", since it was shrunk to a side of {LONGEST_SIDE:,}"
    if least > SMALLEST_WINDOW:
        less = max(SMALLEST_WINDOW, least // 2)
        said += f": for small faces, as in a photograph of a group, use --smallest {less} or less"
    return said + ". The detector also misses profiles and tilted heads."


def cut_face(photograph, box):
    """One face of a picture as FER-2013 stores it: gray, uint8 (48, 48).

    The detector's square is kept as it is: FER-2013's faces fill their frame in the same way.
    """
    from PIL import Image

    height, width = photograph.shape[:2]
    top, left = max(box.row, 0), max(box.column, 0)
    bottom, right = min(box.row + box.height, height), min(box.column + box.width, width)
    face = Image.fromarray(photograph[top:bottom, left:right]).convert("L")
    return np.asarray(face.resize((SIZE, SIZE), Image.Resampling.LANCZOS))


def middle_face(picture):
    """A picture that is a face and little else, as FER-2013 stores it: its middle square, gray, uint8 (48, 48).

    `picture`: whatever `fer_utils.data.pictures.as_picture` takes. Errors are those of `as_picture`.
    """
    picture = as_picture(picture)
    return cut_face(picture, middle_square(picture))


def middle_square(picture):
    """The `Box` of the largest square in the middle of a picture."""
    height, width = picture.shape[:2]
    side = min(height, width)
    return Box((height - side) // 2, (width - side) // 2, side, side)
