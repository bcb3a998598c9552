"""How many readings of section 5.3 of the thesis give its number of parameters? Counted by formula, without Keras.

Section 5.3 leaves open what the first convolution looks like, how many filters the three added fire modules have, and
whether a face comes in gray or as three equal colours. The numbers of normalization may be counted all, or the trained
ones alone. A *reading* is one choice of each. Chapter 10.
"""

from itertools import product

import numpy as np

from fer_utils.labels import EMOTIONS

# The eight modules that the thesis takes over, (squeeze, expand of each size): table 1 of arXiv:1602.07360
EIGHT = [(16, 64), (16, 64), (32, 128), (32, 128), (48, 192), (48, 192), (64, 256), (64, 256)]

# What makes a reading. The filters of each of the three modules are chosen freely, from those of the paper and beyond.
INPUT_CHANNELS = (1, 3)
STEM_SIDES = (3, 7)
STEM_FILTERS = (64, 96)
NUMBERS_A_CHANNEL = (2, 4)  # of the normalization after each squeeze: scale and shift, or also the running averages
SQUEEZES = tuple(range(16, 97, 16))
EXPANDS = tuple(range(64, 385, 64))
MODULES = list(product(SQUEEZES, EXPANDS))


def module_parameters(channels, squeeze, expand, numbers):
    """Parameters of a fire module with `expand` filters of each size and `numbers` a channel for the normalization of
    its squeeze. All whole numbers, or arrays of them."""
    return (channels + 1) * squeeze + (squeeze + 1) * expand + (9 * squeeze + 1) * expand + numbers * squeeze


def totals(inputs, side, filters, numbers):
    """The parameters of the network with every choice of the three modules: int (k, k, k), k of MODULES, first module
    first. The arguments are the other four choices, in the order above."""
    before, channels = (side * side * inputs + 1) * filters, filters
    for squeeze, expand in EIGHT:
        before += module_parameters(channels, squeeze, expand, numbers)
        channels = 2 * expand
    squeeze, expand = np.array(MODULES).T
    first = module_parameters(channels, squeeze, expand, numbers)
    # a module after another one: its squeeze sees twice as many channels as that one has filters of each size
    after = module_parameters(2 * expand[:, None], squeeze, expand, numbers)
    last = (2 * expand + 1) * len(EMOTIONS)
    return before + first[:, None, None] + after[:, :, None] + after[None] + last


def all_readings():
    """Every reading's number of parameters: int (readings,), and a list of the first four choices, each of which has
    `len(MODULES) ** 3` of them in turn."""
    choices = list(product(INPUT_CHANNELS, STEM_SIDES, STEM_FILTERS, NUMBERS_A_CHANNEL))
    return np.concatenate([totals(*choice).ravel() for choice in choices]), choices


def hits(target):
    """The readings with exactly `target` parameters: a list of dicts with `inputs`, `side`, `filters`, `numbers` and
    `modules`, three pairs (squeeze, expand)."""
    counts, choices = all_readings()
    places = np.unravel_index(np.flatnonzero(counts == target), (len(choices), *[len(MODULES)] * 3))
    return [dict(zip(("inputs", "side", "filters", "numbers"), choices[which])) | {"modules": [MODULES[i] for i in own]}
            for which, *own in zip(*places)]


def hit_by_chance(target, around=0.01):
    """How often a number near the target would be hit: a dict.

    Of the whole numbers at most `around` times the target away: `share`, the part that at least one reading hits;
    `remainder`, what is left of every reading's number when 16 divides it; `share_alike`, the part that is hit of those
    numbers that leave the same; `readings_alike`, how many readings hit one of these, on average. Raises ValueError
    where the readings leave several remainders.
    """
    counts, _ = all_readings()
    remainders = np.unique(counts % 16)
    if len(remainders) != 1:
        raise ValueError(f"the readings leave the remainders {remainders.tolist()}, not one.")
    far = int(around * target)
    numbers = np.arange(target - far, target + far + 1)
    found = np.bincount(counts - counts.min(), minlength=numbers[-1] - counts.min() + 1)[numbers - counts.min()]
    alike = found[numbers % 16 == remainders[0]]
    return {"share": float((found > 0).mean()), "remainder": int(remainders[0]),
            "share_alike": float((alike > 0).mean()), "readings_alike": float(alike.mean())}
