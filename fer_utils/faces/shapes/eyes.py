"""Eyes, brows and forehead."""

import math

import numpy as np

from fer_utils.faces.shapes.scene import SIGN, T, between, either, oval, runs, smooth_step, spline, stroke


def eye_plan(scene, u, side):
    """The curves of one eye: dict of x, upper, lower, crease (float (25,) each), and iris (x, y, radius)."""
    who, sign = scene.who, SIGN[side]
    size = 1 + 0.13 * who["eye_size"]
    x0, half = 0.318 + 0.022 * who["eye_distance"], 0.177 * (1 + 0.05 * who["eye_size"])
    tilt = -0.012 - 0.016 * who["eye_tilt"]  # the outer corner stands a little higher
    t = T * sign  # -1 at the inner corner, 1 at the outer
    base = 0.012 + tilt * (t + 1) / 2 - 0.012 * u["AU6"] * (t + 1) / 2
    droop = scene.slack(side)
    open_up = 0.090 * size * (1 - 0.12 * who["age"]) + 0.062 * u["AU5"] - 0.022 * u["AU7"] - 0.012 * u["AU6"] \
        - 0.012 * u["AU9"] - 0.018 * u["AU64"] + 0.01 * u["AU63"] + 0.018 * droop
    open_down = 0.050 * size - 0.040 * either(u["AU7"], 0.7 * u["AU6"], 0.45 * u["AU9"]) \
        + 0.008 * u["AU5"] + 0.03 * droop
    open_up, open_down = max(open_up, 0.02), max(open_down, 0.003)
    dome_up = np.cos(np.pi / 2 * np.abs(t + 0.12 * (1 - t ** 2))) ** 0.72
    dome_up = np.where(np.abs(t) == 1, 0, dome_up)
    dome_down = np.clip(1 - (t - 0.15 * (1 - t ** 2)) ** 2, 0, 1)
    lower = base + open_down * dome_down
    closed = 1 - u["AU43"]
    upper = lower - (open_up * dome_up + open_down * dome_down) * closed
    rest_crease = base - (0.090 * size + 0.042) * np.clip(1 - np.abs(t) ** 2.6, 0, 1) ** 0.6 + 0.02 * u["AU4"] \
        - 0.012 * either(u["AU1"], u["AU2"])
    crease = np.minimum(rest_crease, upper - 0.014 - 0.012 * (1 - t ** 2))
    gaze_x = 0.075 * (u["AU61"] - u["AU62"]) + 0.03 * math.sin(math.radians(scene.pose["gaze"]))
    gaze_y = 0.05 * u["AU64"] - 0.05 * u["AU63"]
    radius = 0.081 * (1 + 0.05 * who["eye_size"])
    return dict(x=sign * x0 + half * T, upper=upper, lower=lower, crease=crease, x0=x0, half=half,
                iris=(sign * x0 + gaze_x, -0.016 + gaze_y, radius))


def draw_eye(scene, u, side, plan):
    """Add one eye: socket, lid, white, iris, pupil, lashes."""
    sign, who, lift = SIGN[side], scene.who, -0.06
    x, upper, lower, crease, x0 = (plan[key] for key in ("x", "upper", "lower", "crease", "x0"))
    inner = 0 if sign > 0 else -1
    clip = f"eye {side}"
    scene.plane(oval(sign * (x0 - 0.03), -0.13, 0.18, 0.075), (-0.1 * sign, 0.75), 0.42, 0.035)
    scene.plane(oval(sign * 0.125, -0.06, 0.045, 0.1), (sign * 0.4, 0.55), 0.5, 0.03)
    scene.add("bag", stroke(np.stack([x, lower + 0.075], 1), 0.05), scene.shadow, 0.13 + 0.3 * who["age"], 0.02)
    scene.add("lid", between(x, crease, upper), scene.skin * 1.03, 0.5, 0.006, lift=lift)
    # A camera exposes a dark face longer. In the shade of the brows, whites and irises stay within what it can show.
    shade = 1 - 0.38 * who["skin"]
    scene.add(clip, between(x, upper, lower), np.array((240, 234, 228)) * shade, lift=lift)
    scene.add("corner", oval(x[inner] + sign * 0.02, lower[inner], 0.028, 0.02), scene.skin * (0.95, 0.65, 0.62), 0.9,
              0.006, clip, lift=lift)
    ix, iy, r = plan["iris"]
    tones = np.array([(48, 30, 22), (96, 66, 42), (104, 118, 92), (120, 146, 172)], float)
    iris = np.array([np.interp(who["iris"], np.linspace(0, 1, 4), column) for column in tones.T]) * shade
    scene.add(f"iris {side}", oval(ix, iy, r, r), iris * 0.5, 1, 0, clip, lift=lift)
    scene.add("iris", oval(ix, iy + 0.006, r * 0.84, r * 0.84), iris, 0.95, 0.008, clip, lift=lift)
    scene.add("pupil", oval(ix, iy, r * 0.42, r * 0.42), (10, 8, 10), 1, 0.002, clip, lift=lift)
    scene.add("cast", stroke(np.stack([x, upper + 0.012], 1), 0.055), (30, 22, 24), 0.42, 0.012, clip, lift=lift)
    scene.add("glint", oval(ix + 0.03 * np.sign(scene.light[0] or -1), iy - 0.032, 0.018, 0.018),
              np.full(3, 255) * shade, 0.95, 0.002, clip, lift=lift)
    low = np.stack([x, lower + 0.004], 1)
    scene.add("lower lid", stroke(low, 0.016), scene.bright, 0.5, 0.003, lift=lift)
    scene.add("lower lashes", stroke(low + (0, 0.004), 0.011 + 0.006 * u["AU7"]), scene.line, 0.6, 0.003, lift=lift)
    tip = np.array([[x[-1] + 0.018, upper[-1] - 0.004]]) if sign > 0 else np.array([[x[0] - 0.018, upper[0] - 0.004]])
    lash = np.stack([x, upper - 0.004], 1)
    lash = np.concatenate([lash, tip]) if sign > 0 else np.concatenate([tip, lash])
    scene.add("lashes", stroke(lash, (0.026 + 0.008 * u["AU43"]) * (1 + 0.25 * who["lashes"]), 0.4), (24, 16, 16), 0.9,
              0.002, lift=lift)
    scene.fold(np.stack([x, crease], 1), 0.75, 0.016, 0.005, lift)
    outer = sign * (x0 + plan["half"])
    # Crow's feet: skin gathered beside the eye, in fine lines of different length that bend away from each other.
    # Young skin gathers softly and in short lines; with the years they are longer, deeper, and stay at rest.
    old, tone = who["age"], 1 - 0.8 * scene.slack(side)
    gathered = either(u["AU6"], 0.15 * u["AU7"])
    crow = either((0.55 + 0.45 * old) * gathered, 0.3 * old * tone)
    scene.add("bag", oval(outer + sign * 0.075, 0.01, 0.05, 0.07), scene.shadow,
              0.3 * either(gathered, 0.3 * old * tone), 0.025, lift=-0.05)
    for y, angle, length, bend in ((-0.05, -0.5, 0.10, -0.016), (-0.012, -0.12, 0.135, -0.008),
                                   (0.03, 0.34, 0.14, 0.018), (0.078, 0.66, 0.115, 0.02)):
        start = np.array((outer + sign * (0.042 - 0.1 * y), y))
        along = np.array((sign * math.cos(angle), math.sin(angle))) * length * (0.62 + 0.38 * old)
        line = spline([start, start + along / 2 + (0, -bend * (0.62 + 0.38 * old)), start + along], steps=4)
        brush = np.interp(np.linspace(0, 1, len(line)), [0, 0.3, 1], [0.3, 1, 0.1])
        scene.add("ridge", stroke(line + (0, 0.02), 0.022 * brush), scene.bright, 0.15 * crow, 0.01, lift=-0.05)
        scene.add("fold", stroke(line, 0.017 * brush), scene.line, 0.6 * crow, 0.007, lift=-0.05)
    tight = either(0.9 * u["AU6"], 0.4 * u["AU7"], 0.6 * u["AU9"])
    under = [(sign * 0.15, 0.075), (sign * x0, 0.128 - 0.02 * tight),
                    (outer + sign * 0.02, 0.06 - 0.03 * tight)]
    scene.add("bulge", oval(sign * (x0 + 0.05), 0.165, 0.15, 0.035), scene.bright, 0.28 * u["AU6"], 0.025, lift=-0.02)
    scene.add("bag", stroke(spline(under, steps=4) - (0, 0.012), 0.05), scene.shadow, 0.3 * tight, 0.018, lift=-0.03)
    scene.fold(under, max((0.4 + 0.45 * old) * tight, 0.4 * old), 0.02, 0.008)


def brow_plan(scene, u, side, lids):
    """The middle line (n, 2) of a brow from inside to outside and its thickness (n,); always above the lid."""
    who, sign = scene.who, SIGN[side]
    both = min(u["AU1"], u["AU4"])  # together they raise the inner end more steeply than either would alone
    raise_in = 0.115 * u["AU1"] - 0.062 * u["AU4"] * (1 - 0.75 * u["AU1"]) - 0.045 * u["AU9"] * (1 - 0.8 * u["AU1"])
    raise_mid = 0.035 * u["AU1"] + 0.075 * u["AU2"] - 0.055 * u["AU4"] - 0.012 * u["AU9"] + 0.01 * both
    raise_out = 0.10 * u["AU2"] - 0.02 * u["AU4"] - 0.012 * u["AU6"] - 0.012 * both
    droop = scene.slack(side)
    top, arch = -0.205 - 0.025 * who["brow_height"] + 0.07 * droop, 0.028 * who["brow_arch"] * (1 - droop)
    together = 0.055 * u["AU4"] + 0.012 * u["AU9"]
    x = np.array([0.125 - together, 0.20 - 0.7 * together, 0.33 - 0.3 * together, 0.45, 0.535])
    rise = np.array([raise_in, 0.7 * raise_in + 0.3 * raise_mid, raise_mid, 0.5 * (raise_mid + raise_out), raise_out])
    y = top + np.array([-0.008, -0.03, -0.05 - arch, -0.04 - arch + 0.01 * droop, 0.012 + 0.02 * droop]) - rise
    line = spline(np.stack([sign * x, y], 1), steps=8)
    thick = (0.066 + 0.018 * who["brow_thickness"]) * np.interp(
        np.linspace(0, 1, len(line)), [0, 0.12, 0.5, 1], [0.75, 1, 0.85, 0.18])
    order = np.argsort(lids["x"])
    ceiling = np.interp(line[:, 0], lids["x"][order], np.minimum(lids["upper"], 0)[order]) - 0.03 + 0.018 * droop
    line[:, 1] = np.minimum(line[:, 1], ceiling - thick / 2)
    return line, thick


def draw_brow(scene, plan, side):
    """Add one brow along the line of its plan."""
    line, thick = plan
    colour = np.minimum(scene.hair * 0.8, scene.skin * 0.55)
    scene.add(f"brow {side}", stroke(line, thick), colour, 0.85, 0.007)
    scene.add("brow", stroke(line + (0, thick.mean() * 0.1), thick * 0.55), colour * 0.7, 0.6, 0.006)
    for i in range(1, len(line) - 3, 2) if scene.detail else ():  # single hairs, fanning out
        along = line[min(i + 3, len(line) - 1)] - line[i]
        lean = np.interp(i / len(line), [0, 0.5, 1], [1.1, 0.35, -0.1])
        root = line[i] + (0, thick[i] * 0.42)
        tip = line[i] + along * 0.8 + (0, -thick[i] * (0.25 + 0.35 * lean))
        scene.add("brow hair", stroke(np.linspace(root, tip, 4), 0.009), colour * 0.55, 0.75, 0)


def draw_forehead(scene, units, brows):
    """Add the folds that raised or lowered brows make."""
    who = scene.who
    x = np.linspace(-0.52, 0.52, 27)
    across, to_side = np.abs(x), smooth_step(np.abs(x) / 0.24)
    fade_out = smooth_step((0.36 - across) / 0.28)  # the medial part of frontalis folds the middle of the forehead
    fade_in = smooth_step((across - 0.1) / 0.2) * smooth_step((0.53 - across) / 0.15)

    def along(rule):
        """A value of each side along the forehead; towards the midline it fades to what both sides share."""
        values = {side: rule(units[side], 1 - 0.9 * scene.slack(side))
                  for side in SIGN}
        side = np.where(x < 0, values["R"], values["L"])
        return min(values.values()) * (1 - to_side) + side * to_side

    def least(rule):
        return min(rule(units[side], 1 - 0.9 * scene.slack(side)) for side in SIGN)

    def strengths(rule):
        """What `rule` makes of the two parts of frontalis: the middle of the forehead, and beside it."""
        return np.maximum(
            fade_out * rule(lambda u, firm: 0.8 * either(u["AU1"], 0.5 * who["age"] * firm)),
            fade_in * rule(lambda u, firm: 0.8 * either(u["AU2"], 0.1 * u["AU1"], 0.45 * who["age"] * firm)))

    outer = along(lambda u, _: either(u["AU2"], 0.5 * u["AU1"]))
    own_sides, shared = strengths(along), strengths(least)
    for number, height in enumerate((-0.45, -0.535, -0.615)):
        bend = -0.018 * np.sin(across / 0.52 * np.pi * 1.15) \
            - 0.012 * (1 - 0.5 * number) * np.cos(across / 0.3 * np.pi)
        line = np.stack([x, height - 0.02 * outer + bend], 1)
        both, own = (np.maximum(strength - 0.12 * number, 0) for strength in (shared, own_sides))
        # the fold of both sides, and on top of it what one side adds
        for strength in (both, np.maximum(own - both, 0) / (1 - 0.7 * both)):
            deepest = max(float(strength.max()), 1e-9)
            brush = np.sqrt(strength / deepest)
            for part in runs(brush > 0.1) if deepest > 0.04 else ():
                scene.add("ridge", stroke(line[part] + (0, 0.024), 0.03 * brush[part]), scene.bright, 0.3 * deepest,
                          0.014)
                scene.add("fold", stroke(line[part], 0.022 * brush[part]), scene.line, 0.7 * deepest, 0.007)
    for side, sign in SIGN.items():
        frown, low = units[side]["AU4"], brows[side][0][0, 1]
        # Two furrows stand upright between the brows, each from the inner end of its brow; between them the skin is
        # pushed together, and procerus folds it across the root of the nose.
        line = spline([(sign * 0.040, low + 0.055), (sign * 0.044, low - 0.02), (sign * 0.060, low - 0.115)], steps=5)
        brush = np.interp(np.linspace(0, 1, len(line)), [0, 0.35, 1], [0.25, 1, 0.1])
        strength = max(0.8 * frown, 0.28 * who["age"])
        scene.add("fold shade", stroke(line + (sign * 0.008, 0), 0.05 * brush), scene.shadow, 0.45 * strength, 0.016)
        scene.add("ridge", stroke(line - (sign * 0.018, 0), 0.022 * brush), scene.bright, 0.35 * strength, 0.010)
        scene.add("fold", stroke(line, 0.019 * brush), scene.line, 0.85 * strength, 0.006)
        scene.add("fold", stroke(spline([(0, -0.125), (sign * 0.03, -0.122), (sign * 0.06, -0.10)], steps=4), 0.016),
                  scene.line, 0.35 * frown, 0.008, lift=0.04)
        scene.add("frown", oval(sign * 0.105, low - 0.075, 0.045, 0.03), scene.bright, 0.4 * frown, 0.02)
