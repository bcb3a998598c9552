"""Checks of the learner's answers in chapter 03."""

import numpy as np

from fer_utils.course.checks import confirm, expect, greet, untouched


def check_class_shares(function):
    """Exercise 1: the share of each of the seven classes among labels."""
    hint = "count each label from 0 to 6, and divide by the number of labels."
    labels = np.array([3, 3, 0, 6, 3, 2], np.uint8)
    answer = function(labels)
    if untouched(answer):
        return greet(hint)
    expect(np.bincount(labels, minlength=7) / 6, answer, f"the shares among {labels.tolist()}", hint, tolerance=1e-9)
    expect([0, 0, 0, 1, 0, 0, 0], function(np.full(5, 3, np.uint8)), "the shares of five happy faces", hint, 1e-9)
    confirm("Seven shares that add up to one.")


def check_shrink(function):
    """Exercise 2: faces with fewer pixels, each the mean of a block."""
    hint = "one new pixel is the mean of all the old pixels in its block, not one of them."
    images = np.random.default_rng(0).integers(0, 256, (3, 48, 48)).astype(np.uint8)
    answer = function(images, 12)
    if untouched(answer):
        return greet(hint)
    for side in (12, 6):
        got, block = function(images, side), 48 // side
        expect((3, side, side), np.shape(got), f"the shape of three faces shrunk to {side} pixels a side", hint)
        expected = [[[image[i * block:(i + 1) * block, j * block:(j + 1) * block].mean() for j in range(side)]
                     for i in range(side)] for image in images]
        expect(expected, got, f"three faces shrunk to {side} pixels a side", hint, tolerance=0.01)
    confirm("Every old pixel counts in exactly one new one.")


def check_has_duplicate(function):
    """Exercise 3: which test images are identical to a training image."""
    hint = "two pictures are duplicates if every pixel is equal; image.tobytes() makes them comparable."
    train = np.random.default_rng(0).integers(0, 256, (20, 48, 48)).astype(np.uint8)
    test = np.concatenate([train[[4, 11]], 255 - train[:3], train[[4]]])
    test[2, 0, 0] = train[0, 0, 0]
    close = train[[7]].copy()
    close[0, 5, 5] ^= 1  # one pixel off by one: no duplicate, and equal in mean to three digits
    mirrored = train[[9]][:, :, ::-1]  # the same gray levels in other places: no duplicate, and exactly equal in mean
    test = np.concatenate([test, close, mirrored])
    answer = function(test, train)
    if untouched(answer):
        return greet(hint)
    expect([1, 1, 0, 0, 0, 1, 0, 0], answer,
           "eight test images: three copies, one but for a pixel, one mirrored, and three others", hint)
    confirm("Every pixel equal, wherever the copy stands.")
