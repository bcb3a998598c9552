"""A film of a drawn face whose expression changes at a known moment, as a camera would see it. Chapter 15."""

import numpy as np

from fer_utils.faces.action_units import EXPRESSIONS
from fer_utils.faces.draw import draw_gray, random_identity
from fer_utils.labels import SIZE

A_SECOND = 10  # frames
FRAMES, CHANGE = 80, 40  # in all; at rest
RAMP = 4  # frames that the change takes


def film(seed=30, shake=1.2, noise=4.0):
    """Frames uint8 (FRAMES, 48, 48) of a random person at rest, who smiles from frame CHANGE on.

    Between two frames head and light move a little, `shake` times a few degrees, and every pixel has noise, in gray
    levels of 255.
    """
    rng, who = np.random.default_rng(seed), random_identity(np.random.default_rng(seed))
    frames = np.empty((FRAMES, SIZE, SIZE), np.uint8)
    for number in range(FRAMES):
        smile = 0.8 * np.clip((number - CHANGE + 1) / RAMP, 0, 1)
        units = {code: value * smile for code, value in EXPRESSIONS["happiness"].items()}
        yaw, pitch, roll, right, down, gain, azimuth = shake * rng.normal(0, (5, 3, 2, 0.02, 0.02, 0.08, 0.3))
        face = draw_gray(units, who, dict(yaw=yaw, pitch=pitch, roll=roll, shift_x=right, shift_y=down),
                         dict(gain=1 + gain, azimuth=azimuth - 0.5), supersample=2)
        frames[number] = np.clip(face + rng.normal(0, noise, face.shape), 0, 255)
    return frames


def delay(words, word="happiness"):
    """Seconds from the change to the first frame with the word, a float; nan where it never comes."""
    later = [number for number, said in enumerate(words[CHANGE:]) if said == word]
    return later[0] / A_SECOND if later else float("nan")
