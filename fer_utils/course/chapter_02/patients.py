"""Drawn faces whose muscles or nerves do not do what they should, and what the bundled network makes of them.

These are movements taken away from a drawing: no patient was portrayed or measured. Used in chapter 02.
"""

import numpy as np

from fer_utils.faces.action_units import scale, without_nerve
from fer_utils.faces.draw import draw_gray
from fer_utils.faces.random_faces import random_person
from fer_utils.labels import EMOTIONS

# What happens to a mixture of action units, and to the identity, under each condition.
CONDITIONS = {
    "healthy": (lambda units: units, {}),
    "Bell's palsy": (lambda units: without_nerve(units, "VII", "L"), {"droop_left": 0.5}),
    "hypomimia": (lambda units: scale(units, 0.3), {}),
}


def draw_patients(condition, each=16, seed=0):
    """The same people, poses and lights under one of CONDITIONS: images uint8 (7 * each, 48, 48), labels uint8.

    `condition` may also be a function of a mixture of units. Raises ValueError for an unknown name.
    """
    if not callable(condition) and condition not in CONDITIONS:
        raise ValueError(f"condition is {condition!r}, but can be: {', '.join(CONDITIONS)}.")
    change, looks = (condition, {}) if callable(condition) else CONDITIONS[condition]
    images = []
    for number, emotion in enumerate(EMOTIONS):
        for one in range(each):
            rng = np.random.default_rng([seed, number, one])  # so that a condition changes nothing else
            units, identity, pose, light = random_person(emotion, rng)
            images.append(draw_gray(change(units), identity | looks, pose, light, supersample=3))
    return np.array(images), np.repeat(np.arange(len(EMOTIONS), dtype=np.uint8), each)


def recalls(net, images, labels):
    """(recall of each class (7,), share of all faces called neutral) of a `LiteRTNetwork` on faces."""
    said = net.predict(images).argmax(axis=1)
    hits = np.array([np.mean(said[labels == number] == number) for number in range(len(EMOTIONS))])
    return hits, float(np.mean(said == EMOTIONS.index("neutral")))
