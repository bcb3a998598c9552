"""Chapter 05: right and wrong answers to its checks, and its explorers."""

import numpy as np
from mistakes import usual

from fer_utils.course.chapter_05 import decision, description, own
from fer_utils.data import load_schematic

FACES = load_schematic(splits=("train",)).train.images[:4]
POINTS = np.random.default_rng(0).normal(size=(60, 2))
RING = ((0, 0), (0, 1), (0, 2), (1, 2), (2, 2), (2, 1), (2, 0), (1, 0))


# Exercise 1 of chapter 05

def by_loops(picture):
    height, width = picture.shape
    table = np.zeros((height + 1, width + 1))
    for i in range(height):
        for j in range(width):
            table[i + 1, j + 1] = picture[i, j] + table[i, j + 1] + table[i + 1, j] - table[i, j]
    return table


def by_slices(picture):
    return [[float(picture[:i, :j].sum()) for j in range(picture.shape[1] + 1)] for i in range(picture.shape[0] + 1)]


def in_place(picture):
    np.cumsum(picture, axis=0, out=picture)
    return own.integral_image(np.diff(picture, axis=0, prepend=0))


# Exercise 2 of chapter 05

def as_corners(table, top, left, height, width):
    corners = table[[top, top, top + height, top + height], [left, left + width, left, left + width]]
    return corners[0] - corners[1] - corners[2] + corners[3]


def one_short(table, top, left, height, width):
    return own.rectangle_sum(table, top, left, height - 1, width - 1)


# Exercise 3 of chapter 05

def by_text(patch):
    return int("".join("1" if patch[place] >= patch[1, 1] else "0" for place in RING), 2)


def code(patch, ring=RING, compare=np.greater_equal):
    return sum(2 ** (7 - i) for i, place in enumerate(ring) if compare(patch[place], patch[1, 1]))


# Exercise 4 of chapter 05

def bin_by_bin(strength, angle):
    return [strength[(angle >= low) & (angle < low + 20)].sum() for low in range(0, 180, 20)]


def by_bincount(strength, angle):
    return np.bincount((angle // 20).astype(int).ravel(), weights=strength.ravel(), minlength=9)


SOLUTIONS = {
    "check_integral_image": own.integral_image,
    "check_rectangle_sum": own.rectangle_sum,
    "check_lbp_code": own.lbp_code,
    "check_cell_histogram": own.cell_histogram,
}
RIGHT = [
    ("check_integral_image", "loops", by_loops),
    ("check_integral_image", "a list of sums of slices", by_slices),
    ("check_integral_image", "in single precision", lambda p: own.integral_image(p).astype(np.float32).astype(float)
     if p.max() > 1 else own.integral_image(p)),
    ("check_rectangle_sum", "by fancy indexing", as_corners),
    ("check_rectangle_sum", "by differences", lambda t, r, c, h, w: np.diff(np.diff(
        t[[r, r + h]][:, [c, c + w]], axis=0), axis=1)[0, 0]),
    ("check_lbp_code", "by text", by_text),
    ("check_lbp_code", "a float", lambda p: float(own.lbp_code(p))),
    ("check_lbp_code", "by packing bits", lambda p: np.packbits([p[place] >= p[1, 1] for place in RING])[0]),
    ("check_cell_histogram", "bin by bin, a list", bin_by_bin),
    ("check_cell_histogram", "by counting", by_bincount),
]
WRONG = [
    *usual("check_integral_image", own.integral_image),
    ("check_integral_image", "no zeros", lambda p: own.integral_image(p)[1:, 1:]),
    ("check_integral_image", "down only", lambda p: np.pad(p.cumsum(axis=0), [(1, 0), (1, 0)])),
    ("check_integral_image", "zeros at the end", lambda p: np.pad(p.cumsum(0).cumsum(1), [(0, 1), (0, 1)])),
    ("check_integral_image", "the table of the first example", lambda p: own.integral_image(
        np.array([[1.0, 2, 3], [4, 5, 6]]))),
    ("check_integral_image", "one row of sums", lambda p: np.cumsum(p)),
    ("check_integral_image", "the picture changed", in_place),
    ("check_integral_image", "in whole numbers", lambda p: own.integral_image(p).astype(int)),
    *usual("check_rectangle_sum", own.rectangle_sum),
    ("check_rectangle_sum", "the corner alone", lambda t, r, c, h, w: t[r + h, c + w]),
    ("check_rectangle_sum", "above left taken away twice", lambda t, r, c, h, w: t[r + h, c + w] - t[r, c + w]
     - t[r + h, c]),
    ("check_rectangle_sum", "one row and column short", one_short),
    ("check_rectangle_sum", "height and width changed", lambda t, r, c, h, w: own.rectangle_sum(t, r, c, min(
        w, t.shape[0] - 1 - r), min(h, t.shape[1] - 1 - c))),
    ("check_rectangle_sum", "the sum of the table", lambda t, r, c, h, w: t[r:r + h, c:c + w].sum(axis=(0, 1))),
    ("check_rectangle_sum", "one picture only", lambda t, *place: float(own.rectangle_sum(t, *place))),
    ("check_rectangle_sum", "its negative", lambda t, *place: -own.rectangle_sum(t, *place)),
    *usual("check_lbp_code", own.lbp_code),
    ("check_lbp_code", "a constant", lambda p: 128),
    ("check_lbp_code", "brighter only", lambda p: code(p, compare=np.greater)),
    ("check_lbp_code", "darker", lambda p: code(p, compare=np.less)),
    ("check_lbp_code", "the first is worth least", lambda p: code(p, ring=RING[::-1])),
    ("check_lbp_code", "row by row", lambda p: code(p, ring=sorted(RING))),
    ("check_lbp_code", "from the top", lambda p: code(p, ring=RING[1:] + RING[:1])),
    ("check_lbp_code", "anticlockwise", lambda p: code(p, ring=RING[:1] + RING[:0:-1])),
    ("check_lbp_code", "bits counted", lambda p: code(p).bit_count()),
    ("check_lbp_code", "eight bits", lambda p: [int(p[place] >= p[1, 1]) for place in RING]),
    *usual("check_cell_histogram", own.cell_histogram),
    ("check_cell_histogram", "both arrays", lambda s, a: np.histogram(a, bins=9, range=(0, 180), weights=s)),
    ("check_cell_histogram", "pixels counted", lambda s, a: np.histogram(a, bins=9, range=(0, 180))[0]),
    ("check_cell_histogram", "bins to the ends", lambda s, a: np.histogram(a, bins=9, weights=s)[0]),
    ("check_cell_histogram", "to 360 degrees", lambda s, a: np.histogram(a, bins=9, range=(0, 360), weights=s)[0]),
    ("check_cell_histogram", "eight bins", lambda s, a: np.histogram(a, bins=8, range=(0, 180), weights=s)[0]),
    ("check_cell_histogram", "shares", lambda s, a: own.cell_histogram(s, a) / s.sum()),
    ("check_cell_histogram", "of strengths by angle", lambda s, a: np.histogram(s, bins=9, range=(0, 180),
                                                                                weights=a)[0]),
]
EXPLORERS = {"light": lambda: description.explore_light(FACES),
             "Gabor": lambda: description.explore_gabor(FACES[0]),
             "radial kernel": lambda: decision.explore_radial(POINTS, np.hypot(*POINTS.T) < 0.9, ("one", "two"),
                                                              "inside")}
