"""Chapter 07: right and wrong answers to its checks, and its explorers."""

import numpy as np

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


# Exercise 2 of chapter 07

def softmax(scores):
    powers = np.exp(scores - scores.max())
    return powers / powers.sum()


def naive(scores):
    return np.exp(scores) / np.exp(scores).sum()


# Exercise 3 of chapter 07

def field(stack):
    return receptive_field.receptive_fields(stack)[-1]


def stride_too_early(stack):
    side = jump = 1
    for kernel, stride in stack:
        jump *= stride
        side += (kernel - 1) * jump
    return side


SOLUTIONS = {
    "check_convolve2d": convolve2d,
    "check_softmax": softmax,
    "check_receptive_field": field,
}
WRONG = [
    ("check_convolve2d", "a constant", lambda p, k, s: np.zeros((4, 6))),
    ("check_convolve2d", "a list", lambda p, k, s: convolve2d(p, k, s).tolist()),
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
    ("check_softmax", "not divided", lambda s: np.exp(s - s.max())),
    ("check_receptive_field", "a constant", lambda stack: 3),
    ("check_receptive_field", "strides forgotten", lambda stack: 1 + sum(k - 1 for k, _ in stack)),
    ("check_receptive_field", "sum of the kernels", lambda stack: sum(k for k, _ in stack)),
    ("check_receptive_field", "stride before its own kernel", stride_too_early),
    ("check_receptive_field", "every layer's field", receptive_field.receptive_fields),
]
EXPLORERS = {"convolution": lambda: convolution_figures.explore_convolution(FACE),
             "receptive field": lambda: receptive_field.explore_field(FACE)}
