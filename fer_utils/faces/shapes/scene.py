"""The canvas of the schematic face: outlines of curves, skin under a light, and the turn of the head.

Coordinates: x to the right of the picture, y down; the eyes stand at y = 0, the chin near y = 1, and the face is
about 1.45 wide. The person's left (side "L", sign +1) is on the right of the picture.
"""

import math
from functools import cache
from typing import NamedTuple

import numpy as np

SIGN = {"R": -1, "L": 1}
T = np.linspace(-1, 1, 25)  # along a lid or a lip
MIDDLE = len(T) // 2


class Shape(NamedTuple):
    """One filled outline, in the order of painting.

    Attributes:
        name: what it is, such as "iris L" or "fold".
        points: float (n, 2), a closed outline.
        colour: three floats, 0 to 255.
        opacity: 0 to 1.
        blur: standard deviation of the softened edge, in face units.
        clip: name of the shape outside of which nothing of this one is painted, or None.
    """

    name: str
    points: np.ndarray
    colour: tuple
    opacity: float = 1.0
    blur: float = 0.0
    clip: str | None = None


def spline(points, closed=False, steps=6):
    """A smooth curve through the points (Catmull and Rom): float (m, 2)."""
    p = np.asarray(points, dtype=float)
    p = np.concatenate([p[-1:], p, p[:2]]) if closed else np.concatenate([2 * p[:1] - p[1:2], p, 2 * p[-1:] - p[-2:-1]])
    weights = _spline_weights(steps)
    four = np.stack([p[i:len(p) - 3 + i] for i in range(4)], axis=1)  # (segments, 4, 2)
    curve = (weights @ four).reshape(-1, 2)
    return curve if closed else np.concatenate([curve, p[-2:-1]])


@cache
def _spline_weights(steps):
    t = np.arange(steps) / steps
    return np.stack([-t + 2 * t ** 2 - t ** 3, 2 - 5 * t ** 2 + 3 * t ** 3,
                     t + 4 * t ** 2 - 3 * t ** 3, t ** 3 - t ** 2], axis=1) / 2


def stroke(points, width, ends=0.15):
    """The outline of a line drawn with a brush that is `width` wide in the middle and `ends` of it at its ends.

    `width` may also be one number for each point, and is then taken as it is.
    """
    p = np.asarray(points, dtype=float)
    across = np.empty_like(p)  # a quarter turn from the direction of the line
    across[1:-1], across[0], across[-1] = p[2:] - p[:-2], p[1] - p[0], p[-1] - p[-2]
    across = across[:, ::-1] * (-0.5, 0.5)
    if np.ndim(width) == 0:
        width = width * _taper(len(p), ends)
    half = across * (width / np.sqrt((4 * across ** 2).sum(axis=1) + 1e-18))[:, None]
    return np.concatenate([p + half, (p - half)[::-1]])


@cache
def _taper(count, ends):
    return ends + (1 - ends) * np.sin(np.linspace(0, np.pi, count))


def runs(mask):
    """The unbroken runs of True in a bool (n,), as slices of two places or more."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(int)))
    return [slice(start, stop) for start, stop in zip(edges[::2], edges[1::2]) if stop - start > 1]


def oval(x, y, rx, ry, count=20):
    """An ellipse around (x, y) as a closed outline, float (count, 2)."""
    angle = np.arange(count) * (2 * np.pi / count)
    return np.stack([x + rx * np.cos(angle), y + ry * np.sin(angle)], 1)


def between(x, upper, lower):
    """The closed outline between an upper and a lower curve over the same x, float (2n, 2)."""
    return np.concatenate([np.stack([x, upper], 1), np.stack([x, lower], 1)[::-1]])


def smooth_step(x):
    """0 for x <= 0, 1 for x >= 1, smooth between."""
    x = np.clip(x, 0, 1)
    return x * x * (3 - 2 * x)


def either(*values):
    """Several pulls in one direction: at least the strongest, at most 1."""
    rest = 1.0
    for value in values:
        rest *= 1 - min(max(value, 0), 1)
    return 1 - rest


class Scene:
    """Collects shapes; turns them with the head, and colours skin by the light."""

    def __init__(self, identity, pose, light, detail=True):
        self.who, self.pose, self.detail, self.shapes = identity, pose, detail, []
        across, down = math.sin(light["azimuth"]), -math.sin(light["elevation"])
        toward = math.sqrt(max(1 - across ** 2 - down ** 2, 0.05))
        self.light, self.contrast = np.array([across, down, toward]), light["contrast"]
        tone = identity["skin"]
        tones = np.array([(250, 222, 200), (228, 184, 152), (182, 128, 94), (126, 84, 62), (88, 60, 48)], float)
        self.skin = np.array([np.interp(tone, np.linspace(0, 1, 5), column) for column in tones.T])
        self.shadow = self.skin * (0.42, 0.34, 0.33)
        self.bright = self.skin + (np.array((255, 250, 240)) - self.skin) * (0.62 - 0.2 * tone)
        self.line = self.skin * (0.36, 0.26, 0.25)
        dark = np.array([(22, 18, 18), (62, 40, 28), (120, 82, 48), (196, 160, 104), (222, 218, 210)], float)
        hair = np.array([np.interp(identity["hair_tone"], np.linspace(0, 1, 5), column) for column in dark.T])
        self.hair = hair + (np.array((205, 205, 205)) - hair) * smooth_step((identity["age"] - 0.5) / 0.5) * 0.85

    def slack(self, side):
        """How much a side hangs without muscle tone, 0 to 1."""
        return self.who["droop_left" if side == "L" else "droop_right"]

    def add(self, name, points, colour, opacity=1.0, blur=0.0, clip="head", lift=0.0, behind=False):
        """`lift`: how far the shape stands out of the rounded face; `behind`: it stands behind it, as hair and ears."""
        if opacity > 0.03 and len(points):
            colour = tuple(min(max(float(value), 0.0), 255.0) for value in colour)
            shape = Shape(name, np.asarray(points, dtype=float), colour, float(min(opacity, 1)), blur, clip)
            self.shapes.append((shape, lift, behind))

    def fold(self, points, strength, width=0.02, soft=0.006, lift=0.0, clip="head"):
        """A fold of the skin: a dark line with a bright ridge below it. Through three points runs a smooth curve."""
        if strength > 0.06:
            points = spline(points) if len(points) == 3 else points
            self.add("ridge", stroke(np.asarray(points) + (0, width * 0.9), width * 1.3), self.bright, 0.4 * strength,
                     soft * 2, clip, lift)
            self.add("fold", stroke(points, width), self.line, 0.85 * strength, soft, clip, lift)

    def plane(self, points, normal, strength=1.0, blur=0.05, lift=0.0, clip="head"):
        """A part of the face that looks along `normal` (x, y): brighter or darker than the front by the light."""
        normal = np.array([*normal, math.sqrt(max(1 - np.hypot(*normal) ** 2, 0))])
        gain = 1.5 * self.contrast * strength * (normal @ self.light - self.light[2])
        self.add("plane", points, self.bright if gain > 0 else self.shadow, min(abs(gain), 0.7), blur, clip, lift=lift)

    def placed(self):
        """The shapes where they stand in the picture. All at once: one turn of the head for thousands of points."""
        sizes = [len(shape.points) for shape, _, _ in self.shapes]
        lift, behind = (np.repeat([entry[i] for entry in self.shapes], sizes) for i in (1, 2))
        points = self.place(np.concatenate([shape.points for shape, _, _ in self.shapes]), lift, behind)
        parts = np.split(points, np.cumsum(sizes)[:-1])
        return [shape._replace(points=part) for (shape, _, _), part in zip(self.shapes, parts)]

    def place(self, points, lift, behind):
        """Where points of the face stand in the picture: proportions of the person, then the turn of the head."""
        x, y = points.T
        who, pose = self.who, self.pose
        x = x * (1 + 0.07 * who["face_width"])
        y = y * np.where(y > 0, 1 + 0.07 * who["face_length"], 1)
        z = 0.8 * np.sqrt(np.clip(1 - (x / 0.82) ** 2 - ((y - 0.05) / 1.35) ** 2, 0.06, 1)) + lift - 0.38
        z = np.where(behind, -0.35, z)
        yaw, pitch, roll = (math.radians(pose[name]) for name in ("yaw", "pitch", "roll"))
        x, z = x * math.cos(yaw) + z * math.sin(yaw), z * math.cos(yaw) - x * math.sin(yaw)
        y = y * math.cos(pitch) - z * math.sin(pitch)
        return np.stack([x * math.cos(roll) - y * math.sin(roll), x * math.sin(roll) + y * math.cos(roll)], 1)
