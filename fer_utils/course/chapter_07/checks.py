"""Checks of the exercises of chapter 07."""

import numpy as np

from fer_utils.course.checks import NotYet, confirm, expect, greet, untouched
from fer_utils.course.receptive_field import receptive_fields


def check_convolve2d(function):
    """Chapter 07, exercise 1: slide a filter over a picture, without padding, with a stride."""
    hint = ("at place i, j the filter lies on picture[i * stride:i * stride + height, j * stride:j * stride + width], "
            "with the filter's height and width; multiply and sum. Do not turn the filter round.")
    rng = np.random.default_rng(0)
    picture, square = rng.random((6, 8)), rng.random((3, 3))
    answer = function(picture, square, 1)
    if untouched(answer):
        return greet(hint)
    if not isinstance(answer, np.ndarray):
        raise NotYet(f"expected a NumPy array, got {type(answer).__name__}. Hint: {hint}")
    for kernel, stride in [(square, 1), (rng.random((1, 4)), 1), (square, 2)]:
        height, width = kernel.shape
        expected = [[(picture[row:row + height, column:column + width] * kernel).sum()
                     for column in range(0, 8 - width + 1, stride)] for row in range(0, 6 - height + 1, stride)]
        got = answer if kernel is square and stride == 1 else function(picture, kernel, stride)
        what = f"a picture of 6x8 under a filter of {height}x{width} with stride {stride}"
        expect(np.shape(expected), np.shape(got), f"the shape of {what}", hint)
        expect(expected, got, what, hint, tolerance=1e-6)
    confirm("Multiply, sum, move on.")


def check_softmax(function):
    """Chapter 07, exercise 2: softmax of a row of scores that does not overflow."""
    hint = ("e to the power of each score, divided by the sum of these; subtract the largest score first, which "
            "changes nothing else.")
    with np.errstate(all="ignore"):
        answer = function(np.array([2.0, -1.0, 0.5]))
        if untouched(answer):
            return greet(hint)
        for scores in ([2.0, -1.0, 0.5], [-3.0, -3.0], [1000.0, 1001.0, 999.0], [-2000.0, -2001.0, -1999.5],
                       [0.0, 800.0], [0.0, 2000.0]):
            powers = np.exp(np.array(scores) - max(scores))
            expect(powers / powers.sum(), function(np.array(scores)), f"the softmax of {scores}", hint, tolerance=1e-6)
    confirm("Positive, adding up to one, and safe for any scores.")


def check_receptive_field(function):
    """Chapter 07, exercise 3: the receptive field of the last layer of a stack of (kernel, stride)."""
    hint = ("start with side = 1 and jump = 1; each layer adds (kernel - 1) * jump to the side, and then multiplies "
            "the jump by its stride.")
    if untouched(function([(3, 1)])):
        return greet(hint)
    for stack in ([(3, 1)], [(3, 1), (3, 1)], [(3, 2), (3, 1)], [(2, 2), (2, 2), (3, 1)],
                  [(7, 2), (3, 2), (1, 1), (5, 3), (3, 1)]):
        expect(receptive_fields(stack)[-1], function(list(stack)), f"the side of the field after {stack}", hint)
    confirm("Kernels widen the field; strides make every later kernel count for more.")
