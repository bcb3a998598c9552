"""Hair, beard and glasses: what tells people apart and no muscle moves."""

import math

import numpy as np

from fer_utils.faces.shapes.scene import MIDDLE, SIGN, oval, spline, stroke


def draw_beard(scene, mouth, jaw):
    """Add stubble, moustache or beard around the mouth."""
    style = scene.who["beard"]
    if style == "none":
        return
    colour, solid = scene.hair * 0.85, 0.30 if style == "stubble" else 0.9
    lip = float(mouth["top"][MIDDLE])
    if style in ("full", "stubble"):
        side = [(0.74, 0.05), (0.655, 0.08), (0.60, 0.34), (0.44, 0.55), (0.36, 0.545)]
        inner = [(0.30, lip - 0.0), (0.18, lip - 0.055), (0.0, lip - 0.035)]
        edge = side + inner
        outer = [(0.78, 0.5), (0.66, 0.95 + jaw), (0.3, 1.14 + jaw), (0, 1.18 + jaw)]
        half = edge[::-1] + outer
        ring = spline(half, steps=6)
        ring = np.concatenate([ring, (ring * (-1, 1))[::-1]])
        scene.add("beard", ring, colour, solid, 0.025, lift=-0.1)
    else:
        half = [(0, lip - 0.07), (0.12, lip - 0.085), (0.25, lip - 0.02), (0.30, lip + 0.075), (0.22, lip + 0.025),
                (0, lip - 0.002)]
        ring = spline(half + [(-px, py) for px, py in half[-2:0:-1]], closed=True)
        scene.add("moustache", ring, colour, solid, 0.01, lift=0.03)
    _lips_again(scene)


def _lips_again(scene):
    """Lips, teeth and mouth lie on top of the beard: bring what was drawn of them to the front."""
    names = {"upper lip", "lower lip", "mouth", "tongue", "upper teeth", "lower teeth", "tooth edge", "inner shade",
             "lip line"}
    scene.shapes.sort(key=lambda entry: entry[0].name in names or entry[0].clip in names)


def draw_hair(scene):
    """Add the hair, or what stands in for it: stubble, a scarf."""
    style, colour = scene.who["hair"], scene.hair
    crown = [(0.80, -0.25), (0.815, -0.6), (0.70, -1.02), (0.4, -1.28), (0, -1.35)]
    lines = {  # from the temple to the middle of the forehead, on one side
        "short": [(0.745, 0.02), (0.695, -0.12), (0.655, -0.42), (0.60, -0.66), (0.42, -0.80), (0.2, -0.84),
                  (0, -0.85)],
        "receding": [(0.745, 0.02), (0.70, -0.12), (0.68, -0.45), (0.58, -0.86), (0.42, -1.06), (0.2, -1.10),
                     (0, -1.06)],
        "curls": [(0.74, 0.0), (0.69, -0.14), (0.64, -0.42), (0.58, -0.64), (0.40, -0.76), (0.2, -0.80), (0, -0.79)],
        "bun": [(0.74, -0.12), (0.70, -0.22), (0.66, -0.5), (0.55, -0.76), (0.36, -0.89), (0.18, -0.92), (0, -0.92)],
        "long": [(0.92, 1.2), (0.70, 0.95), (0.665, 0.4), (0.66, -0.1), (0.58, -0.58), (0.36, -0.86), (0, -1.04)],
    }
    if style == "shaved":
        scene.add("stubble", spline([(-0.66, -0.4), (-0.5, -0.78), (0, -0.9), (0.5, -0.78), (0.66, -0.4), (0.9, -0.9),
                                     (0, -1.5),
                                     (-0.9, -0.9)], closed=True), colour, 0.28, 0.05)
        return
    if style == "scarf":
        face = spline([(0, -0.80), (0.36, -0.74), (0.56, -0.45), (0.63, -0.05), (0.60, 0.4), (0.46, 0.78),
                       (0.26, 0.99), (0, 1.06)],
                      steps=8)
        outside = spline([(0, -1.38), (0.42, -1.28), (0.7, -1.02), (0.84, -0.5), (0.84, 0.1), (0.8, 0.6), (0.86, 1.1),
                          (1.3, 1.7),
                          (0, 1.75)], steps=6)
        face_all = np.concatenate([face, (face * (-1, 1))[::-1]])
        cloth = scene.who["clothes"] * np.array((0.9, 0.95, 1.15)) + 20
        for half in (1, -1):  # two halves that overlap a little
            ring = np.concatenate([outside, face[::-1]])
            scene.add("scarf", (ring - (0.01, 0)) * (half, 1), cloth, clip=None)
        for shift, dark in ((0.03, 0.5), (0.12, 0.25)):
            edge = np.concatenate([face_all, face_all[:1]]) * (1 + shift, 1 + shift * 0.6)
            scene.add("scarf fold", stroke(edge, np.full(len(edge), 0.03)), cloth * 0.45, dark, 0.012, None)
        return
    if style == "fringe":
        low = spline([(-0.76, 0.02), (-0.66, -0.36), (-0.56, -0.62), (-0.38, -0.70), (0.0, -0.60), (0.34, -0.70),
                      (0.6, -0.56),
                      (0.68, -0.3), (0.76, 0.02)])
        outer = spline([(0.80, 0.0), *crown[:4], (0, -1.36), *[(-px, py) for px, py in crown[3::-1]], (-0.80, 0.0)])
    else:
        half = lines[style]
        low = spline([(-px, py) for px, py in half] + half[-2::-1])
        grow = 1.13 if style == "curls" else 1.0
        outer = spline([(px * grow, py * grow) for px, py in [half[0], *crown]]
                       + [(-px * grow, py * grow) for px, py in [half[0], *crown][-2::-1]])
        if style == "long":
            side = [(0.98, 1.25), (0.94, 0.7), (0.89, 0.1), (0.87, -0.5), (0.68, -1.04), (0.4, -1.28)]
            outer = spline(side + [(0, -1.35)] + [(-px, py) for px, py in side[::-1]])
    scene.add("hair shadow", stroke(low + (0, 0.03), np.full(len(low), 0.07)), scene.shadow, 0.4, 0.03)
    scene.add("hair front", np.concatenate([low, outer]), colour, 1, 0.004, None)
    if style == "curls":
        for angle in np.linspace(np.pi * 0.92, np.pi * 2.08, 17):
            x, y = math.cos(angle), math.sin(angle)
            scene.add("curl", oval(0.84 * x, -0.38 + 1.02 * y, 0.13, 0.12, 14), colour, 1, 0.006, None)
            for far, size in ((0.97, 0.06), (0.86, 0.05)):
                scene.add("curl", oval(0.84 * far * x - 0.02, -0.40 + 1.02 * far * y, size, size, 12),
                          colour * 0.7 + 28, 0.4, 0.02, None)
    if style == "bun":
        scene.add("bun", oval(0, -1.40, 0.26, 0.2), colour * 0.9, 1, 0.004, None)
    shine = colour + (255 - colour) * 0.25
    side = np.sign(scene.light[0] or -1)
    scene.add("shine", stroke(spline([(side * 0.62, -0.82), (side * 0.42, -1.05), (side * 0.1, -1.14)]), 0.13), shine,
              0.55, 0.05,
              "hair front")
    scene.add("hair shade", stroke(spline([(-side * 0.74, -0.3), (-side * 0.7, -0.8), (-side * 0.4, -1.14)]), 0.16),
              colour * 0.35,
              0.55, 0.06, "hair front")
    count = len(low)
    for i in range(0, count, 3) if scene.detail and style != "curls" else ():  # strands from the crown to the hairline
        root = np.array((0.12 + 0.5 * low[i, 0], -1.31 + 0.3 * low[i, 0] ** 2))
        end = low[i]
        bend = (root + end) / 2 * (1.16, 1.04)
        scene.add("strand", stroke(spline([root, bend, end], steps=6), 0.013), (colour * 0.5, shine)[i // 3 % 2],
                  0.5, 0, "hair front")


def draw_glasses(scene):
    """Add the frames of glasses."""
    style = scene.who["glasses"]
    if style == "none":
        return
    x0 = 0.318 + 0.022 * scene.who["eye_distance"]
    for sign in SIGN.values():
        if style == "round":
            rim = oval(sign * x0, 0.025, 0.225, 0.205, 40)
        else:
            angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
            rim = np.stack([sign * x0 + 0.235 * np.sign(np.cos(angle)) * np.abs(np.cos(angle)) ** 0.5,
                            0.03 + 0.165 * np.sign(np.sin(angle)) * np.abs(np.sin(angle)) ** 0.5], 1)
        rim = np.concatenate([rim, rim[:2]])
        scene.add("lens", rim, (225, 235, 245), 0.10, 0, None, lift=0.03)
        scene.add("rim", stroke(rim, np.full(len(rim), 0.022)), (34, 30, 32), 0.95, 0, None, lift=0.03)
        scene.add("temple", stroke(np.linspace((sign * (x0 + 0.225), -0.02), (sign * 0.72, -0.06), 4),
                                   np.full(4, 0.024)),
                  (34, 30, 32), 0.95, 0, None, lift=-0.1)
    scene.add("bridge", stroke(spline([(-x0 + 0.215, -0.01), (0, -0.05), (x0 - 0.215, -0.01)]), np.full(13, 0.022)),
              (34, 30, 32),
              0.95, 0, None, lift=0.1)
