"""Neck, head, jaw and nose, and the planes of the face that the light shades."""

import numpy as np

from fer_utils.faces.shapes.scene import SIGN, either, oval, smooth_step, spline, stroke


def jaw_drop(units):
    """How far the chin is from where it rests, downward."""
    u = units["R"]  # the jaw has no sides
    return max(0.10 * u["AU26"], 0.25 * u["AU27"]) - 0.012 * u["AU31"]


def outline(scene, jaw, clench=0.0):
    """The outline of head and jaw, float (n, 2); `jaw` is how far the chin has dropped, `clench` AU31."""
    who = scene.who
    half = [(0, -1.22), (0.3, -1.175), (0.55, -1.0), (0.685, -0.7), (0.725, -0.35), (0.72, -0.05), (0.70, 0.2),
            (0.665, 0.43), (0.58 + 0.05 * who["jaw"], 0.68), (0.42 + 0.06 * who["jaw"], 0.88),
            (0.23 + 0.05 * who["jaw"], 1.0), (0, 1.04)]
    half = np.array(half)
    below = smooth_step((half[:, 1] - 0.25) / 0.65)
    half[:, 1] += below * jaw
    half[:, 0] += 0.045 * clench * np.exp(-((half[:, 1] - 0.56) / 0.17) ** 2)  # the masseter at the angle of the jaw
    half[:, 0] *= 1 - 0.25 * jaw * smooth_step((half[:, 1] - 0.1) / 0.5)
    return spline(np.concatenate([half, half[-2:0:-1] * (-1, 1)]), closed=True, steps=5)


def draw_neck(scene, units, jaw):
    """Add neck and collar."""
    tense = max(units[side]["AU21"] for side in SIGN)
    wide = 0.37 + 0.05 * scene.who["jaw"]
    halves = {}
    for side, sign in SIGN.items():  # the platysma stands out from the jaw to the collar bone, and the neck is wider
        out = wide + 0.10 * units[side]["AU21"]
        halves[side] = [(sign * out, 0.5), (sign * out, 0.95), (sign * (wide + 0.6 * (out - wide)), 1.15),
                        (sign * (wide + 0.14), 1.36), (sign * 0.98, 1.56), (sign * 1.1, 2.0)]
    neck = spline(halves["R"] + halves["L"][::-1], steps=6)
    scene.add("neck", neck, scene.skin * 0.84, clip=None, behind=True)
    scene.add("plane", outline(scene, jaw) * (0.95, 1) + (0, 0.16), scene.shadow, 0.62, 0.05, "neck", behind=True)
    for side in SIGN.values():
        scene.add("plane", spline([(side * 0.16, 1.52), (side * 0.24, 1.3), (side * 0.38, 0.9), (side * 0.6, 1.0),
                                   (side * 0.6, 1.5)], closed=True), scene.shadow,
                  0.2 - 0.15 * side * scene.light[0], 0.04, "neck", behind=True)
        cord = units["L" if side > 0 else "R"]["AU21"]
        for x, low in ((0.12, 0.20), (0.27, 0.36), (0.40, 0.56)) if cord > 0.04 else ():
            band = spline([(side * x, 0.96 + jaw), (side * (0.8 * x + 0.2 * low), 1.2), (side * low, 1.48)])
            scene.add("fold", stroke(band, 0.035), scene.shadow, 0.75 * cord, 0.010, "neck", behind=True)
            scene.add("ridge", stroke(band - (side * 0.035, 0), 0.035), scene.bright, 0.25 * cord, 0.014, "neck",
                      behind=True)
    scene.add("plane", oval(0, 1.46, 0.05, 0.03), scene.shadow, 0.2 + 0.3 * tense, 0.03, "neck", behind=True)
    collar = spline([(-1.4, 2.0), (-1.02, 1.56), (-0.62, 1.43), (-0.4, 1.56), (0, 1.66), (0.4, 1.56), (0.62, 1.43),
                     (1.02, 1.56), (1.4, 2.0)])
    scene.add("clothes", collar, scene.who["clothes"] * np.array((0.85, 0.95, 1.1)), clip=None, behind=True)


def draw_head(scene, units, jaw):
    """Add ears, head and the planes of the face."""
    for side in SIGN.values() if scene.who["hair"] not in ("long", "scarf") else ():
        ear = spline([(side * x, y) for x, y in [(0.69, -0.13), (0.77, -0.16), (0.815, -0.05), (0.79, 0.12),
                                                 (0.745, 0.28), (0.69, 0.3)]], closed=True)
        scene.add("ear", ear, scene.skin * 0.86, clip=None)
        scene.add("fold", stroke(spline([(side * 0.75, -0.1), (side * 0.785, -0.02), (side * 0.755, 0.12),
                                         (side * 0.735, 0.2)]), 0.03), scene.shadow, 0.6, 0.006, None)
    clench = units["R"]["AU31"]
    head = outline(scene, jaw, clench)
    if scene.who["hair"] not in ("shaved", "scarf"):  # a turned head shows hair, no gap, past the edge of the face
        above = head[head[:, 1] < 0.0]
        above = above[np.argsort(np.arctan2(above[:, 0], -above[:, 1] - 0.2))]
        scene.add("hair", stroke(above, np.full(len(above), 0.10)), scene.hair * 0.75, clip=None, lift=-0.03)
    scene.add("head", head, scene.skin, clip=None)
    plane = scene.plane
    for side in SIGN.values():
        edge = [(0.5, -1.0), (0.62, -0.6), (0.60, -0.2), (0.61, 0.1), (0.58, 0.42), (0.47, 0.72), (0.3, 0.97),
                (0.5, 1.2 + jaw), (0.9, 0.9), (0.95, 0), (0.9, -0.9)]
        plane(spline([(side * x, y) for x, y in edge], closed=True), (side * 0.72, 0.25), 0.95, 0.10, lift=-0.2)
        plane(spline([(side * x, y) for x, y in [(0.60, -0.75), (0.53, -0.4), (0.56, -0.15), (0.75, -0.1),
                                                 (0.8, -0.7)]], closed=True), (side * 0.6, 0.0), 0.4, 0.07)
        plane(oval(side * 0.4, -0.36, 0.2, 0.07), (side * 0.15, -0.45), 0.5, 0.05)
        plane(oval(side * 0.50, 0.46, 0.13, 0.24), (side * 0.55, 0.35), 0.14, 0.09)
    plane(oval(0, -0.72, 0.42, 0.22), (0, -0.42), 0.6, 0.12)
    plane(oval(0, 0.93 + jaw, 0.14, 0.075), (0, -0.35), 0.55, 0.035)
    plane(oval(0, 1.08 + jaw, 0.4, 0.07), (0, 0.8), 0.5, 0.05)
    for side, sign in SIGN.items():  # the platysma pulls the skin down over the edge of the jaw
        pull = units[side]["AU21"]
        for x in (0.2, 0.34, 0.47) if pull > 0.06 else ():
            start, end = (x, 0.90 - 0.55 * x * x + jaw), (x + 0.035, 1.06 - 0.6 * x * x + jaw)
            scene.add("fold", stroke(np.linspace(start, end, 4) * (sign, 1), 0.03), scene.shadow, 0.3 * pull, 0.014)
    for side in SIGN.values():  # the masseter, bulging: bright on its belly, a soft hollow before it, a shade below
        belly = spline([(side * 0.60, 0.34), (side * 0.645, 0.50), (side * 0.58, 0.70), (side * 0.49, 0.70),
                        (side * 0.48, 0.50)], closed=True, steps=4)
        scene.add("bulge", belly, scene.bright, 0.2 * clench, 0.05)
        scene.add("plane", stroke(spline([(side * 0.46, 0.40), (side * 0.415, 0.58), (side * 0.45, 0.74),
                                          (side * 0.54, 0.80)], steps=4), 0.08), scene.shadow, 0.28 * clench, 0.035)
        scene.add("plane", oval(side * 0.57, -0.36, 0.045, 0.1), scene.bright, 0.3 * clench, 0.035)  # the temporalis


def nose_size(scene):
    """The width of a person's nose, as a factor, and by how much it is longer."""
    return 1 + 0.14 * scene.who["nose_width"], 0.045 * scene.who["nose_length"]


def draw_nose(scene, units):
    """Add the nose: bridge, tip, wings, wrinkles."""
    wide, longer = nose_size(scene)
    base = 0.40 + longer
    for side, sign in SIGN.items():
        u = units[side]
        up = 0.05 * either(u["AU9"], 0.35 * u["AU10"])
        flare, pinch = u["AU38"], u["AU39"]
        wing = wide * (0.138 + 0.04 * flare - 0.028 * pinch + 0.016 * u["AU9"] + 0.006 * u["AU12"])
        slope = [(0.035, -0.12), (0.045, 0.1), (0.07, base - 0.08), (wing, base - 0.01 - up),
                 (wing + 0.025, base - 0.08 - up),
                 (0.115, 0.1), (0.10, -0.08)]
        scene.plane(spline([(sign * x, y) for x, y in slope], closed=True), (sign * 0.66, 0.1), 0.72, 0.026, 0.05)
        scene.add("nose shade", stroke(spline([(sign * 0.105, -0.16), (sign * 0.075, -0.04), (sign * 0.08, 0.1)]),
                                       0.05),
                  scene.shadow, 0.2, 0.02)
        scene.plane(oval(sign * (wing - 0.035), base - 0.045 - up, 0.038, 0.04), (-sign * 0.1, -0.4), 0.6, 0.012, 0.08)
        # A compressed wing is drawn in: a furrow runs down beside the tip.
        scene.add("fold", stroke(spline([(sign * wide * 0.10, base - 0.15), (sign * wide * 0.082, base - 0.09),
                                         (sign * wide * 0.085, base - 0.035)]), 0.03), scene.shadow, 0.4 * pinch, 0.011,
                  lift=0.07)
        scene.add("bulge", oval(sign * (wing - 0.01), base - 0.06 - up, 0.025, 0.035), scene.bright, 0.25 * flare,
                  0.015, lift=0.05)
        high = 0.105 + 0.02 * flare
        curve = spline([(sign * (wing - 0.022), base - high - up), (sign * (wing + 0.012), base - 0.055 - up),
                        (sign * (wing + 0.002), base - 0.008 - up), (sign * (wing - 0.045), base + 0.004 - 0.6 * up)])
        scene.add("wing", stroke(curve, 0.024 + 0.004 * flare), scene.line, 0.75, 0.005, lift=0.05)
        hole = wide * (0.066 + 0.014 * flare - 0.011 * pinch)
        wing_end = hole + 0.036 + 0.016 * flare - 0.014 * pinch
        tall = 1 + 0.9 * flare - 0.35 * pinch
        opening = [(hole - 0.032 + 0.01 * pinch, base + 0.012), (hole - 0.005, base - 0.012 * tall - 0.5 * up),
                   (wing_end, base + 0.002 * tall - 0.6 * up), (hole, base + 0.016 + 0.004 * flare - 0.3 * up)]
        scene.add("nostril", spline([(sign * x, y) for x, y in opening], closed=True), scene.skin * 0.14, 0.85, 0.006,
                  lift=0.09)
        draw_nose_wrinkles(scene, u["AU9"], sign)
    both = min(units["L"]["AU9"], units["R"]["AU9"])
    scene.add("ridge", stroke(spline([(0, -0.14), (-0.004, 0.05), (0, 0.22)]), 0.055), scene.bright, 0.5 - 0.25 * both,
              0.018, lift=0.12)
    scene.plane(oval(0, base - 0.075, 0.06 * wide, 0.05), (-0.05, -0.45), 0.9, 0.02, 0.2)
    scene.plane(oval(0, base + 0.012, 0.10 * wide, 0.024), (0, 0.85), 0.75, 0.014, 0.1)
    for sign in SIGN.values():
        scene.plane(spline([(sign * 0.015, base + 0.04), (sign * 0.035, base + 0.04), (sign * 0.06, 0.56),
                            (sign * 0.02, 0.56)], closed=True), (-sign * 0.6, 0), 0.5, 0.012)


def draw_nose_wrinkles(scene, wrinkle, sign):
    """Add what AU9 folds on one side: the skin beside the bridge, aslant from the inner corner of the eye down to the
    cheek, and, fainter, the root of the nose across. Each fold is a soft shade with a fine line in its depth."""
    scene.add("fold shade", spline([(sign * x, y) for x, y in [(0.03, -0.12), (0.11, -0.07), (0.16, 0.05), (0.13, 0.19),
                                                               (0.07, 0.16), (0.035, 0.02)]], closed=True, steps=4),
              scene.shadow, 0.22 * wrinkle, 0.022)
    folds = [(((0.004, -0.118), (0.03, -0.112), (0.062, -0.085)), 0.55),
             (((0.006, -0.062), (0.03, -0.058), (0.07, -0.03)), 0.7)] \
        + [(((0.05, 0.012), (0.085, 0.012), (0.13, 0.04)), 1.0), (((0.055, 0.075), (0.10, 0.06), (0.165, 0.085)), 1.0),
           (((0.075, 0.15), (0.12, 0.115), (0.19, 0.125)), 0.8)]
    for number, (points, deep) in enumerate(folds if max(wrinkle, scene.who["age"]) > 0.05 else ()):
        root = number < 2
        strength = either(deep * wrinkle, 0.12 * scene.who["age"] * root)
        line = spline([(sign * x, y) for x, y in points], steps=4)
        brush = np.interp(np.linspace(0, 1, len(line)), [0, 0.4, 1], [0.3 if root else 0.1, 1, 0.1])
        lift = 0.04 if root else 0.02
        scene.add("fold shade", stroke(line, 0.035 * brush), scene.shadow, 0.35 * strength, 0.012, lift=lift)
        scene.add("ridge", stroke(line + (0, 0.022), 0.03 * brush), scene.bright, 0.28 * strength, 0.012, lift=lift)
        scene.add("fold", stroke(line, 0.015 * brush), scene.line, 0.5 * strength, 0.005, lift=lift)
