"""The cascade of local binary patterns that ships inside scikit-image, a descendant of Viola and Jones's detector.

Explained in chapter 05 (thesis section 3.4.1). It needs scikit-image alone. It misses profiles, tilted heads and some
frontal faces. It looks through windows of many places and sizes; the score of a face is the number of overlapping
windows that agreed on it, at least ENOUGH_WINDOWS. It is no probability, but of two finds the one with the higher score
is more likely a face.
"""

import math
from typing import NamedTuple

import numpy as np

from fer_utils.data.detectors import FIRST_LOOK, LONGEST_SIDE, SMALLEST, Box, check_sizes, without_doubles

ENOUGH_WINDOWS = 12  # fewer let patterns of cloth through as faces


def find(photograph, smallest=None, max_side=LONGEST_SIDE):
    """The upright frontal faces in uint8 (height, width) or (height, width, 3): pairs (`Box`, windows), largest first.

    A picture with a longer side than `max_side` is shrunk to it, and faces of FIRST_LOOK pixels and more are looked for
    there. A smaller `smallest`, in pixels of the picture, has a large picture searched once more, shrunk less, piece by
    piece: with 24 that takes about 3 seconds a megapixel. Raises ValueError for what is no size.
    """
    levels = _levels(photograph.shape[:2], smallest, max_side)
    unit = levels[-1].shrink  # windows are counted in pixels of the picture that is shrunk least
    windows = np.concatenate([_windows(photograph, level, unit) for level in levels])
    return without_doubles([(Box(*(round(unit * value) for value in mean)), count)
                            for mean, count in _agreeing(windows)])


def smallest_looked_for(shape, smallest=None, max_side=LONGEST_SIDE):
    """The side in pixels of the smallest face that `find` looks for in a picture of (height, width)."""
    return min(round(level.shrink * level.smallest) for level in _levels(shape, smallest, max_side))


class _Level(NamedTuple):
    """One search: how much the picture is shrunk, and the smallest and largest window looked through there."""

    shrink: float
    smallest: int
    largest: float


def _levels(shape, smallest, max_side):
    check_sizes(smallest, max_side)
    shrink = max(1.0, max(shape) / max_side)
    if smallest is None:
        return [_Level(shrink, FIRST_LOOK, np.inf)]
    if shrink == 1 or smallest >= shrink * FIRST_LOOK:
        return [_Level(shrink, round(smallest / shrink), np.inf)]
    less = max(1.0, min(smallest / SMALLEST, shrink))
    return [_Level(shrink, FIRST_LOOK, np.inf), _Level(less, round(smallest / less), FIRST_LOOK * shrink / less)]


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
