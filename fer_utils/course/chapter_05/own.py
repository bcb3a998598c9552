"""The course's own answers to the exercises of chapter 05, with which it goes on where they are still to be done."""

import numpy as np

from fer_utils.course.chapter_05.viola_jones import sum_of_rectangle as rectangle_sum

__all__ = ["cell_histogram", "integral_image", "lbp_code", "rectangle_sum"]


def integral_image(picture):
    """The integral image of a picture, float (height + 1, width + 1): its first row and column are zero."""
    return np.pad(np.cumsum(np.cumsum(picture, axis=0, dtype=float), axis=1), [(1, 0), (1, 0)])


def lbp_code(patch):
    """The local binary pattern in the middle of a patch, float (3, 3): clockwise from the top left, 128 down to 1."""
    ring = patch[[0, 0, 0, 1, 2, 2, 2, 1], [0, 1, 2, 2, 2, 1, 0, 0]]
    return int((ring >= patch[1, 1]) @ 2 ** np.arange(7, -1, -1))


def cell_histogram(strength, angle):
    """Nine sums of gradient strength, float (9,), for directions of 0 to 20, 20 to 40, ..., 160 to 180 degrees."""
    return np.histogram(angle, bins=9, range=(0, 180), weights=strength)[0]
