"""Checks of the exercises of chapter 07."""

import numpy as np

from fer_utils.course.chapter_07.backpropagation import filter_gradient, keras_filter_gradient
from fer_utils.course.checks import NotYet, exercise, expect, expect_unchanged
from fer_utils.course.receptive_field import receptive_fields


@exercise("How many places can the filter lie on without leaving the picture, from top to bottom and across? What is "
          "computed at each of them?",
          "There are `(rows - height) // stride + 1` places from top to bottom. Two loops over the places; at each, "
          "the patch times the filter, added up. The filter is not turned round.",
          "At place `i, j` the patch is `picture[i * stride:i * stride + height, j * stride:j * stride + width]`.")
def check_convolve2d(function):
    """Exercise 1: slide a filter over a picture, without padding, with a stride."""
    rng = np.random.default_rng(0)
    small, large = rng.random((6, 8)), rng.integers(0, 256, (8, 7)).astype(np.uint8)
    square = rng.random((3, 3))
    for picture, kernel, stride in [(small, square, 1), (small, rng.random((1, 4)), 1), (large, square, 2),
                                    (large, rng.normal(size=(2, 2)), 3)]:
        (rows, columns), (height, width) = picture.shape, kernel.shape
        patches = np.lib.stride_tricks.sliding_window_view(picture, kernel.shape)[::stride, ::stride]
        right, given = (patches * kernel).sum(axis=(2, 3)), picture.copy()
        got = function(given, kernel.copy(), stride)
        what = f"a picture of {rows}x{columns} under a filter of {height}x{width} with stride {stride}"
        expect(right, got, what, tolerance=1e-4 * np.abs(right).max(), mistakes={
            "the filter is turned round, as mathematicians do; here it is not":
                (patches * kernel[::-1, ::-1]).sum(axis=(2, 3)),
            "the products are to be added up, without a mean": right / kernel.size})
        expect_unchanged(picture, given, "the picture")
    return "Multiply, sum, move on."


@exercise("Which scores overflow: all of them, or those above a certain size? What may you do to all scores without "
          "changing the answer?",
          "A constant added to every score changes nothing, and one subtracted neither. Choose it so that the largest "
          "power is $e^0 = 1$.",
          "With `powers = np.exp(scores - np.max(scores))`, what is left is to divide by their sum.")
def check_softmax(function):
    """Exercise 2: softmax of a row of scores that does not overflow."""
    for scores in ([2.0, -1.0, 0.5], [-3.0, -3.0], [3, 1, 0, 2, 1], [1000.0, 1001.0, 999.0],
                   [-2000.0, -2001.0, -1999.5], [0.0, 800.0], [0.0, 2000.0]):
        powers, given = np.exp(np.array(scores) - max(scores)), np.array(scores)
        with np.errstate(all="ignore"):
            got = function(given)
        expect(powers / powers.sum(), got, f"the softmax of {scores}", tolerance=1e-5,
               mistakes={"the powers still have to be divided by their sum": powers})
        expect_unchanged(np.array(scores), given, "the array of scores")
    return "Positive, adding up to one, and safe for any scores."


def slopes_of_a_filter(x, error, little=1e-3):
    """The gradient of one filter by finite differences: each of its numbers is changed a little, up and down."""
    shape = [x.shape[axis] - error.shape[axis] + 1 for axis in (1, 2)]
    patches = np.lib.stride_tricks.sliding_window_view(x, shape, axis=(1, 2))
    found = np.zeros(shape)
    for place in np.ndindex(*shape):
        change = np.zeros(shape)
        change[place] = little
        up, down = (((patches * sign * change).sum(axis=(3, 4)) * error).sum() for sign in (1, -1))
        found[place] = (up - down) / (2 * little)
    return found


@exercise("Number `[0, 0]` of the filter lay on many pixels, one for each place of the map: which part of the picture "
          "is that?",
          "The result has as many rows as the filter: rows of `x` less rows of the error plus 1, and columns likewise. "
          "Number `[i, j]` lay on the pixels from row `i` and column `j` on, as many as the map has. Multiply that "
          "part of every picture by the error and add up everything, over all pictures too.",
          "With `rows, columns = error.shape[1:]`, entry `[i, j]` is "
          "`(x[:, i:i + rows, j:j + columns] * error).sum()`.")
def check_filter_gradient(function):
    """Exercise 3: the gradient of a filter, against finite differences and against Keras."""
    rng = np.random.default_rng(0)
    for count, picture, kernel in [(1, (5, 5), (3, 3)), (3, (6, 8), (3, 3)), (2, (7, 5), (2, 4)), (2, (6, 6), (3, 3))]:
        x = rng.random((count, *picture))
        error = rng.normal(size=(count, *(side - size + 1 for side, size in zip(picture, kernel))))
        right = slopes_of_a_filter(x, error)
        given = x.copy(), error.copy()
        got = function(*given)
        (rows, columns), (height, width) = picture, kernel
        pictures = f"{count} picture{'s' if count > 1 else ''}"
        what = f"a filter of {height}x{width} on {pictures} of {rows}x{columns}"
        expect(right, got, f"{what}, by trying", tolerance=1e-5, mistakes={
            "the sum over all pictures is asked for, not their mean": right / count,
            "and a sum over the places, not a mean": right / error.size,
            "a mean over the places": right / error[0].size,
            "the filter's rows and columns are turned round": right[::-1, ::-1],
            "only the first picture counts": filter_gradient(x[:1], error[:1])})
        for kept, now, name in zip((x, error), given, ("x", "error")):
            expect_unchanged(kept, now, f"`{name}`")
    expect(keras_filter_gradient(x, error), got, f"{what}, by Keras", tolerance=1e-5)
    return "The same as by trying, and as Keras's own, to five digits."


@exercise("After the first layer a unit sees as many pixels as the kernel is wide. How many more does the second layer "
          "add, if the first one moved by 2 pixels?",
          "Keep two numbers while you go through the stack, both 1 at the start: the side, and the jump between two "
          "neighbouring units. A layer's own stride matters only to those above it.",
          "For each layer first `side += (kernel - 1) * jump`, then `jump *= stride`.")
def check_receptive_field(function):
    """Exercise 4: the receptive field of the last layer of a stack of (kernel, stride)."""
    for stack in ([(3, 1)], [(3, 1), (3, 1)], [(3, 2), (3, 1)], [(2, 2), (2, 2), (3, 1)],
                  [(7, 2), (3, 2), (1, 1), (5, 3), (3, 1)]):
        given = list(stack)
        early = 1 + sum((kernel - 1) * int(np.prod([stride for _, stride in stack[:place + 1]]))
                        for place, (kernel, _) in enumerate(stack))
        expect(receptive_fields(stack)[-1], function(given), f"the side of the field after {stack}", mistakes={
            "the jump grows after the side, not before": early,
            "without strides it would be so": 1 + sum(kernel - 1 for kernel, _ in stack)})
        if given != stack:
            raise NotYet("expected the list of layers to stay as it was given, got it changed: go through it without "
                         "taking layers out")
    return "Kernels widen the field; strides make every later kernel count for more."
