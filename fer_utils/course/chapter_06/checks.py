"""Checks of the learner's answers in chapter 06."""

import numpy as np

from fer_utils.course.checks import NotYet, confirm, expect, greet, shortened, untouched


def check_random_flip(function):
    """Exercise 1: each face mirrored with probability one half, by itself."""
    hint = "draw one decision for each face, and take the mirrored face where it says so: images[:, :, ::-1]."
    images = np.random.default_rng(0).integers(0, 256, (400, 8, 8)).astype(np.uint8)
    given = images.copy()
    answer = function(given, np.random.default_rng(1))
    if untouched(answer):
        return greet(hint)
    expect(images.shape, np.shape(answer), "the shape", hint)
    if not np.array_equal(given, images):
        raise NotYet(f"expected the faces given to stay as they are, got them changed. Hint: {hint}")
    kept = (np.asarray(answer) == images).all(axis=(1, 2))
    mirrored = (np.asarray(answer) == images[:, :, ::-1]).all(axis=(1, 2))
    if not (kept | mirrored).all():
        raise NotYet(f"expected every face as it was or mirrored left to right, got others. Hint: {hint}")
    if not 0.4 < mirrored.mean() < 0.6:
        raise NotYet(f"expected about half of 400 faces mirrored, got {mirrored.sum()}. Hint: {hint}")
    confirm(f"{mirrored.sum()} of 400 faces are mirrored.")


def check_weigh(function):
    """Exercise 2: class weights n / (k n_j)."""
    hint = "n is the number of all labels, k the number of classes, n_j the number of labels of class j."
    labels = np.repeat([0, 1, 2], [6, 3, 1])
    answer = function(labels)
    if untouched(answer):
        return greet(hint)
    if not isinstance(answer, dict) or sorted(answer) != [0, 1, 2]:
        raise NotYet(f"expected a dictionary with the keys 0, 1, 2, got {shortened(answer)}. Hint: {hint}")
    expect([10 / 18, 10 / 9, 10 / 3], [answer[j] for j in range(3)], "the weights for 6, 3 and 1 labels", hint, 1e-9)
    confirm("Weighted, the classes have equal sums.")
