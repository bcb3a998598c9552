"""Random schematic faces: the bundled data that the course runs on where there are no photographs.

`fer_utils.faces.draw` draws a face; here are the people, poses, lights and action units of many. What an emotion moves
(`EXPRESSIONS`) follows table 3.1 of the thesis, section 3.3. Chapter 02 moves the face, chapter 03 explains the data.
Needs NumPy and Pillow only.
"""

import numpy as np

from fer_utils.faces.action_units import ACTION_UNITS, EXPRESSIONS
from fer_utils.faces.draw import draw_gray, random_identity
from fer_utils.labels import EMOTIONS, SIZE

# Unbalanced as FER-2013 is, with disgust rare, but less so: a class needs enough faces to be learned.
SHARES = dict(anger=0.14, disgust=0.06, fear=0.14, happiness=0.22, sadness=0.16, surprise=0.12, neutral=0.16)

# Units that some people add to an expression, and others do not: (unit, largest intensity).
OPTIONAL = {"anger": [("AU9", 0.25), ("AU17", 0.5), ("AU38", 0.8)],
            "disgust": [("AU17", 0.5), ("AU4", 0.4), ("AU15", 0.3)],
            "fear": [("AU26", 0.4), ("AU21", 0.8)], "happiness": [("AU26", 0.5), ("AU7", 0.3), ("AU14", 0.4)],
            "sadness": [("AU6", 0.25), ("AU20", 0.2), ("AU7", 0.3)], "surprise": [("AU26", 0.6)], "neutral": []}


def random_units(emotion, rng, intensity=None):
    """A mixture of action units that shows `emotion`, a name in EMOTIONS; `rng` is a NumPy Generator.

    `intensity` runs from 0 (rest) to 1; None draws it between 0.5 and 1. Each unit is a little stronger or weaker
    than that on its own and on each side, some people add a unit, and none is exactly at rest: no two smile alike.
    """
    if intensity is None:
        intensity = rng.uniform(0.5, 1.0)
    target = {code: value * intensity * rng.uniform(0.75, 1.15) for code, value in EXPRESSIONS[emotion].items()}
    for code, most in OPTIONAL[emotion]:
        if rng.random() < 0.35:
            target[code] = target.get(code, 0) + most * intensity * rng.random()
    lean, units = rng.normal(0, 0.1), {}
    for code, unit in ACTION_UNITS.items():
        idle = abs(rng.normal(0, 0.03)) if code not in ("AU27", "AU43", "AU61", "AU62") else 0.0
        for side, sign in (("L", 1), ("R", -1)) if unit.sided else (("", 0),):
            value = target.get(code, 0) * (1 + sign * lean + (rng.normal(0, 0.05) if sign else 0)) + idle
            units[code + side] = float(np.clip(value, 0, 1))
    return units


def random_pose(rng):
    """Turn of the head, gaze, place and size of a random face, as keywords of `POSE`."""
    return dict(yaw=rng.uniform(-14, 14), pitch=rng.uniform(-6, 6), roll=rng.normal(0, 4), gaze=rng.normal(0, 20),
                shift_x=rng.normal(0, 0.025), shift_y=rng.normal(0, 0.025), zoom=rng.uniform(0.95, 1.08))


def random_light(rng):
    """Light, background and sharpness of a random picture, as keywords of `LIGHT`."""
    return dict(azimuth=rng.uniform(-1.0, 1.0), elevation=rng.uniform(0.1, 0.9), contrast=rng.uniform(0.5, 1.3),
                gain=rng.uniform(0.75, 1.1), background=rng.uniform(20, 225), blur=rng.uniform(0.0, 0.5))


def random_person(emotion, rng, intensity=None):
    """A random person who shows `emotion`: action units, identity, pose and light, as `draw_gray` takes them."""
    units, identity = random_units(emotion, rng, intensity), random_identity(rng)
    pose, light = random_pose(rng), random_light(rng)
    light["gain"] *= exposure(identity["skin"])
    return units, identity, pose, light


def exposure(skin):
    """How many times longer a camera exposes a face of this skin, 0 to 1, than the lightest."""
    return 1 + 0.55 * skin


def random_face(emotion, rng, intensity=None):
    """One random person who shows `emotion`: uint8 (48, 48)."""
    return draw_gray(*random_person(emotion, rng, intensity), supersample=3)


def make_faces(count, seed, first=None, noise=2.5, workers=1, change=None):
    """Random schematic faces: (images uint8 (count, 48, 48), labels uint8 (count,)), classes by `SHARES`.

    Gray is rounded to 32 levels, so that the bundled file stays small; `noise` is in gray levels of 255. The same
    seed gives the same faces. Each face has its own random numbers: `first` makes only the first faces of the set.
    `workers` is the number of processes that draw. `change` is a function that takes a person, as `random_person` gives
    one, and gives the person back with something changed: all else, the noise too, stays as it is without it, so that
    two sets are matched pairs (chapter 13).
    """
    labels, seeds = _labels_and_seeds(count, seed, first)
    jobs = [(EMOTIONS[label], own, noise, change) for label, own in zip(labels, seeds)]
    if workers > 1:
        from concurrent.futures import ProcessPoolExecutor
        with ProcessPoolExecutor(workers) as pool:
            images = list(pool.map(_face, *zip(*jobs), chunksize=25))
    else:
        images = [_face(*job) for job in jobs]
    return np.array(images, dtype=np.uint8).reshape(-1, SIZE, SIZE), labels


def people_of(count, seed, first=None):
    """The people whom `make_faces` draws with the same count and seed, a list of what `random_person` gives."""
    return [random_person(EMOTIONS[label], np.random.default_rng(own))
            for label, own in zip(*_labels_and_seeds(count, seed, first))]


def _labels_and_seeds(count, seed, first):
    ends = np.rint(np.cumsum([SHARES[emotion] for emotion in EMOTIONS]) * count).astype(int)
    labels = np.repeat(np.arange(len(EMOTIONS), dtype=np.uint8), np.diff(ends, prepend=0))
    labels = np.random.default_rng(seed).permutation(labels)[:first]
    return labels, [[seed, index] for index in range(len(labels))]


def _face(emotion, seed, noise, change=None):
    rng = np.random.default_rng(seed)
    person = random_person(emotion, rng)
    face = draw_gray(*(change(*person) if change else person), supersample=3)
    face = np.clip(face + rng.normal(0, noise, face.shape), 0, 255)
    return (np.rint(face / 255 * 31) * 255 // 31).astype(np.uint8)
