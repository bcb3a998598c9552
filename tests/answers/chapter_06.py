"""Chapter 06: right and wrong answers to its checks, and its explorers."""

import numpy as np

from fer_utils.course.chapter_06 import figures as preprocessing_figures

FACE = np.random.default_rng(0).integers(0, 256, (48, 48)).astype(np.uint8)


def flip(images, rng):
    return np.where((rng.random(len(images)) < 0.5)[:, None, None], images[:, :, ::-1], images)


def flip_all_or_none(images, rng):
    return images[:, :, ::-1] if rng.random() < 0.5 else images


def flip_in_place(images, rng):
    images[:] = flip(images, rng)
    return images


SOLUTIONS = {
    "check_random_flip": flip,
    "check_weigh": lambda y: {j: len(y) / (3 * n) for j, n in enumerate(np.bincount(y))},
}
WRONG = [
    ("check_random_flip", "all or none", flip_all_or_none),
    ("check_random_flip", "in place", flip_in_place),
    ("check_random_flip", "top to bottom", lambda x,
     r: np.where((r.random(len(x)) < .5)[:, None, None], x[:, ::-1], x)),
    ("check_random_flip", "never", lambda x, r: x.copy()),
    ("check_weigh", "shares", lambda y: {j: n / len(y) for j, n in enumerate(np.bincount(y))}),
    ("check_weigh", "k forgotten", lambda y: {j: len(y) / n for j, n in enumerate(np.bincount(y))}),
    ("check_weigh", "a list", lambda y: [1.0, 1.0, 1.0]),
]
EXPLORERS = {"augmented": lambda: preprocessing_figures.explore_augmented(FACE)}
