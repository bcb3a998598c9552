"""Landmarks of the drawn face, read from its own outlines, and the distances between them. Chapter 05, section 3.4.2.

A photograph has no outlines: there, such points have to be found by a landmark detector, which this course does not
ship.
"""

import numpy as np

from fer_utils.data import load_schematic
from fer_utils.faces.action_units import by_side
from fer_utils.faces.draw import IDENTITY, LIGHT, POSE, WINDOW
from fer_utils.faces.random_faces import random_person
from fer_utils.faces.shapes.eyes import brow_plan, eye_plan
from fer_utils.faces.shapes.head import jaw_drop
from fer_utils.faces.shapes.mouth import mouth_plan
from fer_utils.faces.shapes.scene import MIDDLE, SIGN, Scene
from fer_utils.labels import EMOTIONS, SIZE

TRAIN_SEED = 2013  # of the bundled drawings (tools/make_schematic_faces.py)
EYE_LIFT = -0.06  # eyes lie deeper than the skin around them, as fer_utils.faces.shapes.eyes draws them
# Each is divided by the distance between the eyes, so that a face that is nearer has the same.
MEASURES = ("inner brow to eye", "outer brow to eye", "between the brows", "eye opening", "mouth width",
            "mouth opening", "corners below the middle", "upper lip to eyes", "lower lip to eyes")


def landmarks(units, identity=None, pose=None, light=None):
    """The landmarks of one drawn face, a dict from a name to (x, y), in units of the drawing, y down.

    Arguments as of `fer_utils.faces.draw.draw_gray`. "R" and "L" are the person's own sides.
    """
    scene = Scene(IDENTITY | (identity or {}), POSE | (pose or {}), LIGHT | (light or {}), detail=False)
    units = by_side(units)
    mouth = mouth_plan(scene, units, jaw_drop(units))
    points = {f"mouth corner {side}": mouth["corners"][side] for side in SIGN}
    points |= {f"{name} lip": (mouth["x"][MIDDLE], mouth[name][MIDDLE]) for name in ("top", "upper", "lower", "bottom")}
    for side, sign in SIGN.items():
        eye = eye_plan(scene, units[side], side)
        brow, _ = brow_plan(scene, units[side], side, eye)
        inner = 0 if sign > 0 else -1
        outer = -1 - inner
        points |= {f"inner corner {side}": (eye["x"][inner], eye["upper"][inner]),
                   f"outer corner {side}": (eye["x"][outer], eye["upper"][outer]),
                   f"upper lid {side}": (eye["x"][MIDDLE], eye["upper"][MIDDLE]),
                   f"lower lid {side}": (eye["x"][MIDDLE], eye["lower"][MIDDLE]),
                   f"inner brow {side}": tuple(brow[2]), f"outer brow {side}": tuple(brow[-6])}
    eyes = np.array(["lid" in name or name.split()[1] == "corner" for name in points])
    places = scene.place(np.array(list(points.values())), np.where(eyes, EYE_LIFT, 0.0), np.zeros(len(points), bool))
    return dict(zip(points, places))


def distances(points):
    """Nine distances between landmarks, float (9,), as MEASURES names them, whatever the size and tilt of the face."""
    centres = [(points[f"inner corner {side}"] + points[f"outer corner {side}"]) / 2 for side in "RL"]
    across = centres[1] - centres[0]
    unit = np.hypot(*across)
    right, down = across / unit, np.array([-across[1], across[0]]) / unit
    eyes = (centres[0] + centres[1]) / 2

    def lowered(name):
        return (points[name] - eyes) @ down / unit

    corners = (lowered("mouth corner R") + lowered("mouth corner L")) / 2
    return np.array([
        -(lowered("inner brow R") + lowered("inner brow L")) / 2,
        -(lowered("outer brow R") + lowered("outer brow L")) / 2,
        (points["inner brow L"] - points["inner brow R"]) @ right / unit,
        np.mean([lowered(f"lower lid {side}") - lowered(f"upper lid {side}") for side in "RL"]),
        (points["mouth corner L"] - points["mouth corner R"]) @ right / unit,
        lowered("lower lip") - lowered("upper lip"),
        corners - (lowered("upper lip") + lowered("lower lip")) / 2,
        lowered("top lip"),
        lowered("bottom lip")])


def bundled_people(count):
    """The first people of the bundled drawings' Training, with what they were drawn from.

    Returns (images uint8 (count, 48, 48), labels uint8 (count,), people, a list of the arguments of `draw_gray`).
    """
    images, labels = (part[:count] for part in load_schematic(splits=("train",)).train)
    people = [random_person(EMOTIONS[label], np.random.default_rng([TRAIN_SEED, index]))
              for index, label in enumerate(labels)]
    return images, labels, people


def in_pixels(point, pose):
    """Where a landmark stands in the picture of `draw_gray`: (column, row), counted from the middle of a pixel."""
    x, y, half = WINDOW
    scale = SIZE / 2 / half * pose.get("zoom", 1.0)
    shift = SIZE * np.array([pose.get("shift_x", 0.0), pose.get("shift_y", 0.0)])
    return (np.asarray(point) - (x, y)) * scale + SIZE / 2 + shift - 0.5
