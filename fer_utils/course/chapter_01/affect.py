"""Published places of emotion words on valence and arousal, and small sums with them. Explained in chapter 01.

Angles run counter-clockwise from pleasure (0 degrees) through arousal (90), as in Russell 1980.
"""

import numpy as np

from fer_utils.course.circumplex import RATED, rated_places

__all__ = ["CATEGORIES", "MEASURED", "PREDICTED", "RATED", "UNREAD", "after_sign", "angle", "bits", "nearest_average",
           "on_circle", "rated_places", "share_inside", "simulate_bodies"]

# Russell 1980 (doi:10.1037/h0077714): the eight places predicted on the circle, degrees.
PREDICTED = {"pleasure": 0, "excitement": 45, "arousal": 90, "distress": 135, "displeasure": 180, "depression": 225,
             "sleepiness": 270, "relaxation": 315}

# Russell 1980: where people's sortings put 15 of his 28 words, degrees (Ross's circular ordering). The 15 are those
# whose angles we could check.
MEASURED = {"happy": 7.8, "delighted": 24.9, "excited": 48.6, "astonished": 69.8, "aroused": 73.8, "tense": 92.8,
            "alarmed": 96.5, "miserable": 188.7, "sad": 207.5, "droopy": 256.6, "tired": 267.7, "sleepy": 271.9,
            "calm": 316.2, "serene": 328.6, "pleased": 353.2}
# The other 13, whose angles we found in no source that we could read; they are not placed.
UNREAD = ("angry", "afraid", "annoyed", "distressed", "frustrated", "gloomy", "depressed", "bored", "relaxed",
          "satisfied", "at ease", "content", "glad")

# Cowen and Keltner 2017 (doi:10.1073/pnas.1702247114): the 27 categories.
CATEGORIES = (
    "admiration", "adoration", "aesthetic appreciation", "amusement", "anger", "anxiety", "awe", "awkwardness",
    "boredom",
    "calmness", "confusion", "craving", "disgust", "empathic pain", "entrancement", "excitement", "fear", "horror",
    "interest", "joy", "nostalgia", "relief", "romance", "sadness", "satisfaction", "sexual desire", "surprise")


def on_circle(degrees):
    """Valence and arousal of a word at an angle: a point on the circle of radius 1, float (2,)."""
    return np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])


def bits(counts):
    """The entropy of counts in bits, a float: 0 where only one is not zero. (Exercise 2 of chapter 01.)"""
    counts = np.asarray(counts, dtype=float)
    shares = counts[counts > 0] / counts.sum()
    return float(np.abs((shares * np.log2(shares)).sum()))  # all terms are negative or zero


def angle(first, second):
    """The angle between two directions in degrees, 0 to 180, whichever comes first. (Exercise 1 of chapter 01.)"""
    return abs((first - second + 180) % 360 - 180)


def after_sign(hit_rate, false_alarm, base_rate):
    """How probable a state is once its sign was seen, 0 to 1: Bayes' rule. (Exercise 3 of chapter 01.)

    Arguments: the shares of the moments with the state, and of those without, that show the sign; the share of all
    moments that have the state.
    """
    both = hit_rate * base_rate
    return both / (both + false_alarm * (1 - base_rate))


def simulate_bodies(spread, categories=6, measures=8, instances=200, seed=0):
    """Invented bodily measures of emotion episodes, to show what a theory predicts; nothing here was measured.

    Each category has an average pattern drawn at random with standard deviation 1. `spread`: the standard deviation of
    its instances around it. Returns (values float (categories * instances, measures), labels int).
    """
    rng = np.random.default_rng(seed)
    averages = rng.normal(size=(categories, measures))
    labels = np.repeat(np.arange(categories), instances)
    return averages[labels] + rng.normal(scale=spread, size=(len(labels), measures)), labels


def nearest_average(values, labels):
    """The accuracy of the simplest classifier on every second row: the category whose average, over the other rows, is
    nearest."""
    averages = np.array([values[::2][labels[::2] == c].mean(axis=0) for c in np.unique(labels)])
    distances = np.linalg.norm(values[1::2, None] - averages, axis=2)
    return float(np.mean(distances.argmin(axis=1) == labels[1::2]))


def share_inside(values, labels):
    """The part of all variance that lies inside the categories, 0 to 1."""
    inside = sum(((values[labels == c] - values[labels == c].mean(axis=0)) ** 2).sum() for c in np.unique(labels))
    return float(inside / ((values - values.mean(axis=0)) ** 2).sum())
