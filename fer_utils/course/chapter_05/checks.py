"""Checks of the exercises of chapter 05."""

import numpy as np

from fer_utils.course.chapter_05 import own
from fer_utils.course.checks import exercise, expect, expect_unchanged


@exercise("Which pixels does an entry of the table count, and what does the very first entry count?",
          "np.cumsum adds up along one axis. Use it along both, and np.pad for the row and the column of zeros.",
          "picture.cumsum(axis=0) adds up down the columns; the same along axis 1, then [(1, 0), (1, 0)] for np.pad.")
def check_integral_image(function):
    """Exercise 1: the integral image, with a row and a column of zeros before it."""
    rng = np.random.default_rng(0)
    for picture in (np.array([[1.0, 2, 3], [4, 5, 6]]), rng.integers(0, 200, (5, 4)).astype(float), rng.random((3, 6))):
        given = picture.copy()
        expected = own.integral_image(picture)
        got = function(given)
        height, width = picture.shape
        expect(expected, got, f"the table of a picture of {height}x{width}", tolerance=1e-6, mistakes={
            "the row and the column of zeros are missing": expected[1:, 1:],
            "added up in one direction only": np.pad(picture.cumsum(axis=0), [(1, 0), (1, 0)])})
        expect_unchanged(picture, given, "the picture")
    return "Every entry counts what lies above and to the left of it."


@exercise("The entry at the lower right corner counts too much: what of it lies above the rectangle, and what left?",
          "Four entries of the table: the lower right corner, minus the upper right, minus the lower left, and what "
          "was "
          "then taken away twice.",
          "The rows of the four entries are top and top + height, their columns left and left + width.")
def check_rectangle_sum(function):
    """Exercise 2: the sum of a rectangle from four entries of an integral image, of one picture or of many."""
    rng = np.random.default_rng(1)
    pictures = rng.random((6, 8, 3))
    tables = np.pad(pictures.cumsum(0).cumsum(1), [(1, 0), (1, 0), (0, 0)])
    for top, left, height, width in ((1, 2, 3, 4), (0, 0, 2, 5), (4, 6, 2, 2), (0, 3, 6, 1)):
        part = pictures[top:top + height, left:left + width].sum(axis=(0, 1))
        what = f"the sum of {height}x{width} pixels from row {top}, column {left} on"
        table = tables[..., 0]
        bottom, right = top + height, left + width
        known = {"what lies above left was taken away twice":
                 table[bottom, right] - table[top, right] - table[bottom, left],
                 "the corner's own sum, from the top left of the picture on": table[bottom, right]}
        if top and left:
            known["height and width changed places"] = own.rectangle_sum(table, top, left, width, height) if (
                top + width <= 6 and left + height <= 8) else np.nan
        expect(part[0], function(table.copy(), top, left, height, width), what, tolerance=1e-6, mistakes=known)
        expect(part, function(tables.copy(), top, left, height, width), f"{what}, for three pictures at once",
               tolerance=1e-6)
    return "Four entries and three operations, whatever the size."


@exercise("What does one neighbour add to the code if it is darker than the middle?",
          "List the eight neighbours clockwise from the top left; the first is worth `128`, each next half as much.",
          "With `worth` from `128` down to `1`: `sum(w for w, value in zip(worth, neighbours) if value >= middle)`.")
def check_lbp_code(function):
    """Exercise 3: the code of eight neighbours, clockwise from the top left; as bright as the middle counts as 1."""
    rng = np.random.default_rng(2)
    patches = [np.array([[1.0, 9, 1], [1, 5, 1], [1, 1, 1]]), np.array([[1.0, 1, 1], [1, 5, 1], [1, 9, 1]]),
               np.full((3, 3), 7.0), *rng.integers(0, 6, (6, 3, 3)).astype(float)]
    for patch in patches:
        given, expected = patch.copy(), own.lbp_code(patch)
        bits = format(expected, "08b")
        counter = bits[0] + bits[:0:-1]
        expect(expected, function(given), f"the code of {patch.astype(int).tolist()}", mistakes={
            "the first neighbour is worth least": int(bits[::-1], 2), "anticlockwise": int(counter, 2),
            "a neighbour as bright as the middle counts, too": own.lbp_code(np.where(
                (patch == patch[1, 1]) & (np.arange(9).reshape(3, 3) != 4), -1, patch))})
        expect_unchanged(patch, given, "the patch")
    return "Eight comparisons, eight bits, one number from 0 to 255."


@exercise("What does a pixel without any edge add to the histogram, and what a pixel on a strong edge?",
          "np.histogram sorts angles into bins; its `weights` say how much each of them counts.",
          "np.histogram(angle, bins=9, range=(0, 180), weights=...) gives two arrays; you want the first.")
def check_cell_histogram(function):
    """Exercise 4: the directions of a cell in nine bins of 20 degrees, weighed by their strength."""
    rng = np.random.default_rng(3)
    cells = [(np.ones((2, 2)), np.array([[5.0, 15.0], [90.0, 179.0]])),
             (rng.random((8, 8)), rng.uniform(0, 180, (8, 8))), (rng.random((6, 6)) * 300, rng.uniform(0, 60, (6, 6))),
             (np.array([[2.0, 3.0, 5.0]]), np.array([[20.0, 39.9, 160.0]]))]
    for strength, angle in cells:
        given = strength.copy(), angle.copy()
        expected = own.cell_histogram(strength, angle)
        rows, columns = np.shape(angle)
        last = np.zeros(9)
        last[(angle // 20).astype(int)] = strength
        expect(expected, function(*given), f"the histogram of a cell of {rows}x{columns}", tolerance=1e-6, mistakes={
            "pixels counted, whatever their strength": np.histogram(angle, bins=9, range=(0, 180))[0],
            "the bins reach to the angles' own ends":
                np.histogram(angle, bins=9, weights=strength)[0],
            "the directions go to 180 degrees, not 360":
                np.histogram(angle, bins=9, range=(0, 360), weights=strength)[0],
            "`h[bins] += strength` adds only one of several pixels in a bin": last,
            "divided by its sum": expected / expected.sum()})
        for name, before, now in zip(("strength", "angle"), (strength, angle), given):
            expect_unchanged(before, now, name)
    return "A strong edge counts for much, even skin for nearly nothing."
