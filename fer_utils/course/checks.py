"""Checks of the learner's answers. A check says what it expected, what it got and a hint.

An untouched stub gets the hint and no error, so a fresh notebook runs to its end; a wrong answer raises
`NotYet`, which shows as a message without a traceback; a right one prints a confirmation.
"""

import textwrap

import numpy as np


class NotYet(AssertionError):
    """A wrong answer: expected, got and a hint."""

    def _render_traceback_(self):  # IPython shows these lines instead of a traceback
        return [_wrapped(f"Not yet: {self}")]


def untouched(value):
    """True for what a stub leaves behind: `...`, or None from a function with nothing in it."""
    return value is None or value is Ellipsis


def greet(hint):
    """Print that an exercise is not answered yet, with its hint."""
    print(_wrapped(f"Not answered yet. Hint: {hint}"))


def confirm(text):
    """Print that an answer is correct, and why that matters."""
    print(f"Correct. {text}")


def expect(expected, got, what, hint, tolerance=0.0):
    """Raise NotYet unless `got` equals `expected`, within a tolerance for arrays of floats."""
    try:
        right = np.shape(got) == np.shape(expected) and np.allclose(
            np.asarray(got, dtype=float), np.asarray(expected, dtype=float), rtol=0, atol=tolerance)
    except (TypeError, ValueError):
        right = False
    if not right:
        raise NotYet(f"{what}: {_difference(expected, got, tolerance)}. Hint: {hint}")


def _difference(expected, got, tolerance):
    """Expected and got in words. Of an array too long to read, the first entry that differs, and how many do."""
    try:
        a, b = np.asarray(expected, dtype=float), np.asarray(got, dtype=float)
    except (TypeError, ValueError):
        return f"expected {shortened(expected)}, got {shortened(got)}"
    if a.ndim and b.ndim and a.shape != b.shape:
        return f"expected an array of shape {a.shape}, got one of shape {b.shape}"
    if a.shape != b.shape or a.size <= 8:
        if np.asarray(got).dtype == bool:
            expected = np.asarray(expected, bool)
        return f"expected {shortened(expected)}, got {shortened(got)}"
    wrong = ~np.isclose(a, b, rtol=0, atol=tolerance)
    place = tuple(int(i) for i in np.argwhere(wrong)[0])
    return f"at {list(place)} expected {a[place]:.6g}, got {b[place]:.6g}; {wrong.sum()} of {a.size} entries differ"


def _wrapped(text):
    return textwrap.fill(text, 88)  # a notebook breaks longer lines in the middle of words


def shortened(value):
    """A value as one line of text; of a long array, its ends."""
    text = np.array2string(np.asarray(value), precision=4, threshold=8, edgeitems=2) if np.ndim(value) else str(value)
    return " ".join(text.split())


def convolve_same(x, kernel, bias):
    """A convolution of odd sides with padding "same", by NumPy: what a learner's Keras layer should give.

    Arguments: x (n, height, width, channels); kernel (rows, columns, channels, filters); bias (filters,).
    """
    rows, columns = kernel.shape[:2]
    height, width = x.shape[1:3]
    padded = np.pad(x, [(0, 0), (rows // 2, rows // 2), (columns // 2, columns // 2), (0, 0)])
    return bias + sum(padded[:, i:i + height, j:j + width] @ kernel[i, j] for i in range(rows) for j in range(columns))
