"""Chapter 07: right and wrong answers to its checks, and its explorers."""

import numpy as np
import scipy.signal
import scipy.special
from mistakes import usual

from fer_utils.course import receptive_field
from fer_utils.course.chapter_07 import figures as convolution_figures

FACE = np.random.default_rng(0).random((48, 48))


# Exercise 1 of chapter 07

def convolve2d(picture, kernel, stride, padding=0):
    picture = np.pad(picture, padding)
    (height, width), (rows, columns) = kernel.shape, picture.shape
    return np.array([[(picture[i:i + height, j:j + width] * kernel).sum()
                      for j in range(0, columns - width + 1, stride)] for i in range(0, rows - height + 1, stride)])


def last_place_forgotten(picture, kernel, stride):
    return convolve2d(picture[:-1, :-1], kernel, stride)


def into_its_own_dtype(picture, kernel, stride):
    return convolve2d(picture, kernel, stride).astype(picture.dtype)


def by_scipy(picture, kernel, stride):
    return scipy.signal.correlate2d(picture.astype(float), kernel, mode="valid")[::stride, ::stride]


# Exercise 2 of chapter 07

def softmax(scores):
    powers = np.exp(scores - scores.max())
    return powers / powers.sum()


def softmax_in_place(scores):
    scores -= scores.max()
    return np.exp(scores) / np.exp(scores).sum()


def naive(scores):
    return np.exp(scores) / np.exp(scores).sum()


# Exercise 3 of chapter 07

def filter_gradient(x, error):
    rows, columns = error.shape[1:]
    return np.array([[(x[:, i:i + rows, j:j + columns] * error).sum()
                      for j in range(x.shape[2] - columns + 1)] for i in range(x.shape[1] - rows + 1)])


def three_by_three(x, error):
    rows, columns = error.shape[1:]
    return np.array([[(x[:, i:i + rows, j:j + columns] * error).sum() for j in range(3)] for i in range(3)])


def last_part_cut_short(x, error):
    rows, columns = error.shape[1] - 1, error.shape[2] - 1
    return filter_gradient(x[:, :-1, :-1], error[:, :rows, :columns])


def slope_in_place(x, error):
    found = filter_gradient(x, error)
    error *= 0
    return found


def by_correlating(x, error):
    return sum(scipy.signal.correlate2d(picture, one, mode="valid") for picture, one in zip(x, error))


# Exercise 4 of chapter 07

def field(stack):
    return receptive_field.receptive_fields(stack)[-1]


def field_backwards(stack):
    side = 1
    for kernel, stride in reversed(stack):
        side = (side - 1) * stride + kernel
    return side


def field_by_emptying(stack):
    found = field(stack)
    stack.clear()
    return found


def stride_too_early(stack):
    side = jump = 1
    for kernel, stride in stack:
        jump *= stride
        side += (kernel - 1) * jump
    return side


SOLUTIONS = {
    "check_convolve2d": convolve2d,
    "check_softmax": softmax,
    "check_filter_gradient": filter_gradient,
    "check_receptive_field": field,
}
RIGHT = [
    ("check_convolve2d", "a list", lambda p, k, s: convolve2d(p, k, s).tolist()),
    ("check_convolve2d", "by SciPy", by_scipy),
    ("check_convolve2d", "in single precision", lambda p, k, s: convolve2d(np.float32(p), np.float32(k), s)),
    ("check_softmax", "by SciPy", scipy.special.softmax),
    ("check_softmax", "by the logarithm of the sum", lambda s: np.exp(s - scipy.special.logsumexp(s))),
    ("check_softmax", "a list", lambda s: softmax(s).tolist()),
    ("check_softmax", "in single precision", lambda s: softmax(s.astype("float32"))),
    ("check_filter_gradient", "by SciPy", by_correlating),
    ("check_filter_gradient", "as nested lists", lambda x, error: filter_gradient(x, error).tolist()),
    ("check_filter_gradient", "in single precision",
     lambda x, error: filter_gradient(np.float32(x), np.float32(error))),
    ("check_receptive_field", "from the last layer back", field_backwards),
    ("check_receptive_field", "as a float", lambda stack: float(field(stack))),
]
WRONG = [
    *usual("check_convolve2d", convolve2d), *usual("check_softmax", softmax), *usual("check_receptive_field", field),
    *usual("check_filter_gradient", filter_gradient),
    ("check_filter_gradient", "a constant", lambda x, error: np.zeros((3, 3))),
    ("check_filter_gradient", "the mean over the pictures", lambda x, error: filter_gradient(x, error) / len(x)),
    ("check_filter_gradient", "the mean over the places",
     lambda x, error: filter_gradient(x, error) / error[0].size),
    ("check_filter_gradient", "the first picture alone", lambda x, error: filter_gradient(x[:1], error[:1])),
    ("check_filter_gradient", "turned round", lambda x, error: filter_gradient(x, error)[::-1, ::-1]),
    ("check_filter_gradient", "every filter 3 by 3", three_by_three),
    ("check_filter_gradient", "the last row and column forgotten", last_part_cut_short),
    ("check_filter_gradient", "against the gradient", lambda x, error: -filter_gradient(x, error)),
    ("check_filter_gradient", "the error's sign alone", lambda x, error: filter_gradient(x, np.sign(error))),
    ("check_filter_gradient", "each picture apart",
     lambda x, error: np.array([filter_gradient(x[n:n + 1], error[n:n + 1]) for n in range(len(x))])),
    ("check_filter_gradient", "in place", slope_in_place),
    ("check_convolve2d", "a constant", lambda p, k, s: np.zeros((4, 6))),
    ("check_convolve2d", "stored as bytes, as the picture is", into_its_own_dtype),
    ("check_convolve2d", "across and down exchanged", lambda p, k, s: convolve2d(p, k, s).T),
    ("check_convolve2d", "one number", lambda p, k, s: convolve2d(p, k, s).sum()),
    ("check_convolve2d", "the filter turned round", lambda p, k, s: convolve2d(p, k[::-1, ::-1], s)),
    ("check_convolve2d", "padded", lambda p, k, s: convolve2d(p, k, s, padding=1)),
    ("check_convolve2d", "the mean of the products", lambda p, k, s: convolve2d(p, k / k.size, s)),
    ("check_convolve2d", "stride forgotten", lambda p, k, s: convolve2d(p, k, 1)),
    ("check_convolve2d", "square filters only", lambda p, k, s: convolve2d(p, k[:, :k.shape[0]], s)),
    ("check_convolve2d", "the last place forgotten", last_place_forgotten),
    ("check_softmax", "a constant", lambda s: np.full(len(s), 1 / len(s))),
    ("check_softmax", "overflow", naive),
    ("check_softmax", "scores cut off at 50", lambda s: softmax(np.clip(s, -50, 50))),
    ("check_softmax", "shares of the scores", lambda s: s / s.sum()),
    ("check_softmax", "sigmoids", lambda s: 1 / (1 + np.exp(-s))),
    ("check_softmax", "nan made 0", lambda s: np.nan_to_num(naive(s))),
    ("check_softmax", "the mean subtracted", lambda s: np.exp(s - s.mean()) / np.exp(s - s.mean()).sum()),
    ("check_softmax", "in place", softmax_in_place),
    ("check_softmax", "the first row typed in", lambda s: np.array([0.7856, 0.0391, 0.1753])),
    ("check_softmax", "not divided", lambda s: np.exp(s - s.max())),
    ("check_receptive_field", "a constant", lambda stack: 3),
    ("check_receptive_field", "all layers taken out", field_by_emptying),
    ("check_receptive_field", "of the layer before", lambda stack: field(stack[:-1] or stack)),
    ("check_receptive_field", "strides forgotten", lambda stack: 1 + sum(k - 1 for k, _ in stack)),
    ("check_receptive_field", "sum of the kernels", lambda stack: sum(k for k, _ in stack)),
    ("check_receptive_field", "stride before its own kernel", stride_too_early),
    ("check_receptive_field", "every layer's field", receptive_field.receptive_fields),
]
EXPLORERS = {"convolution": lambda: convolution_figures.explore_convolution(FACE),
             "receptive field": lambda: receptive_field.explore_field(FACE)}
