"""The mouth, and the cheeks that it folds."""

import numpy as np

from fer_utils.faces.shapes.head import nose_size
from fer_utils.faces.shapes.scene import MIDDLE, SIGN, T, between, either, oval, smooth_step, spline, stroke


def _blend(right, left):
    """A value along the mouth that is `right` on the person's right and `left` on the left, smooth between."""
    return right + (left - right) * smooth_step((T / 0.9 + 1) / 2)


def mouth_plan(scene, units, jaw):
    """The curves of the mouth, float (25,): x; the edges of the opening, upper and lower; the outer edges of the lips,
    top and bottom; and corners, {side: (x, y)}. From above: top <= upper <= lower <= bottom, all equal at the corners.
    """
    who, level = scene.who, 0.632 + 0.5 * 0.045 * scene.who["nose_length"]
    drop = max(jaw, 0)
    corners = {}
    for side, sign in SIGN.items():
        u = units[side]
        up = 0.115 * either(u["AU12"], 0.6 * u["AU13"]) - 0.085 * u["AU15"] + 0.01 * u["AU14"] - 0.012 * u["AU17"] \
            - 0.012 * u["AU20"] - 0.055 * who["droop_left" if side == "L" else "droop_right"]
        out = 0.255 * (1 + 0.09 * who["mouth_width"]) + 0.075 * u["AU12"] + 0.07 * u["AU20"] + 0.02 * u["AU14"] \
            - 0.095 * u["AU18"] - 0.03 * u["AU23"] - 0.012 * u["AU15"] \
            - 0.2 * drop * (1 - 0.6 * either(u["AU12"], u["AU20"]))
        corners[side] = (sign * min(max(out, 0.12), 0.40), level - up + 0.3 * drop)
    (xr, yr), (xl, yl) = corners["R"], corners["L"]
    x = (xl + xr) / 2 + T * (xl - xr) / 2

    def each(rule):
        return _blend(rule(units["R"]), rule(units["L"]))

    press = each(lambda u: either(0.9 * u["AU24"], 0.3 * u["AU23"]))
    chin = each(lambda u: u["AU17"])
    middle = level - 0.03 * chin + 0.008 * each(lambda u: u["AU12"]) + 0.02 * each(lambda u: u["AU15"]) * -1
    line = middle + (np.where(T < 0, yr, yl) - middle) * np.abs(T) ** each(lambda u: 1.7 + 0.8 * u["AU15"])
    part = each(lambda u: either(u["AU25"], 0.3 * u["AU16"], 0.3 * u["AU10"]))
    lift = each(lambda u: 0.072 * either(u["AU10"], 0.45 * u["AU9"]) + 0.016 * u["AU12"] * u["AU25"])
    gap_up = (0.014 * part + lift * each(lambda u: either(0.25 * u["AU10"], u["AU25"]))
              + 0.02 * min(drop / 0.1, 1))
    gap_down = (0.028 * part + 0.055 * each(lambda u: u["AU16"])
                + 0.06 * each(lambda u: u["AU12"] * u["AU25"]) + 0.92 * drop)
    loose = (1 - press) * (1 - 0.35 * chin)
    gap_up, gap_down = gap_up * loose, gap_down * loose
    wide = np.clip(drop / 0.25, 0, 1)
    hollow = np.clip(1 - np.abs(T) ** (2.2 + each(lambda u: 1.6 * u["AU20"])), 0, 1) ** (0.95 - 0.40 * wide)
    rise = lift * np.clip(1 - np.abs(T) ** 2, 0, 1) * (1 - loose * each(lambda u: either(0.25 * u["AU10"], u["AU25"])))
    upper, lower = line - rise - gap_up * hollow, line - rise + gap_down * hollow

    full = 1 + 0.22 * who["lips"] - 0.12 * who["age"]
    thin = each(lambda u: (1 - 0.5 * u["AU23"]) * (1 - 0.75 * u["AU24"]) * (1 - 0.3 * u["AU20"])
                * (1 + 0.3 * u["AU18"]))
    smile = each(lambda u: u["AU12"])
    bow = np.clip(1 - np.abs(T) ** 1.5, 0, 1) * (1 - 0.22 * np.exp(-(T / 0.13) ** 2) * (1 - 0.5 * smile))
    top = upper - np.maximum(0.066 * full * thin * (1 - 0.3 * smile) * bow, 0.012 * (1 - T ** 2))
    pillow = np.clip(1 - np.abs(T) ** 2.4, 0, 1)
    bottom = lower + np.maximum(0.092 * full * thin * (1 - 0.2 * smile) * (1 + 0.2 * chin) * pillow * (1 - 0.3 * wide),
                                0.012 * (1 - T ** 2))
    ceiling = 0.44 + 0.045 * who["nose_length"]  # the mouth stays below the nose
    floor = 0.93 + jaw                           # and above the chin
    near = ceiling + 0.05
    top, upper = (np.where(y < near, ceiling + 0.05 * np.exp((y - near) / 0.05), y) for y in (top, upper))
    bottom = np.minimum(bottom, floor)
    lower = np.minimum(lower, bottom)
    return dict(x=x, top=top, upper=upper, lower=lower, bottom=bottom, corners=corners, press=press)


def draw_mouth(scene, units, plan, jaw):
    """Add lips, teeth, tongue and chin by the plan of the mouth."""
    x, top, upper, lower, bottom = (plan[key] for key in ("x", "top", "upper", "lower", "bottom"))
    who, drop, lift = scene.who, max(jaw, 0), 0.02
    tint = np.array((196, 92, 92)) * (1 - 0.55 * who["skin"])
    lips = scene.skin * 0.45 + tint * 0.42
    middle = float(bottom[MIDDLE])
    scene.plane(oval(0, middle + 0.05, 0.14, 0.03), (0, 0.8), 0.5, 0.03)
    scene.add("upper lip", between(x, top, upper), lips * 0.86, 0.95, 0.004, lift=lift)
    scene.add("lower lip", between(x, lower, bottom), lips, 0.95, 0.004, lift=lift)
    scene.plane(between(x, top, upper), (0, 0.6), 0.5, 0.008, lift, "upper lip")
    scene.plane(oval(0, float(lower[MIDDLE] * 0.4 + bottom[MIDDLE] * 0.6), 0.11, 0.018), (-0.1, -0.6), 0.85, 0.012,
                lift,
                "lower lip")
    opening = between(x, upper, lower)
    scene.add("mouth", opening, (40, 14, 16), lift=lift)
    tall = float((lower - upper).max())
    if tall > 0.012:
        smile = 0.25 * (float(lower[MIDDLE]) - 0.7) if jaw <= 0 else 0.0
        scene.add("tongue", spline([(-0.17, 0.92 + drop), (-0.12, 0.765 + 0.75 * drop), (0, 0.745 + 0.72 * drop),
                                    (0.12, 0.765 + 0.75 * drop), (0.17, 0.92 + drop)]), (168, 84, 84),
                  min(1, 4 * drop), 0.012, "mouth", lift=lift)
        ivory = np.array((244, 238, 226))
        for name, edge, height, share in (("upper teeth", 0.672, -0.14, 1.0),
                                          ("lower teeth", 0.668 + 0.98 * drop, 0.12, 0.82)):
            half = 0.27 * share
            arch = edge + np.sign(height) * 0.022 * T ** 2 + smile
            scene.add(name, between(half * T, arch, arch + height), ivory * (1.0 if height < 0 else 0.9),
                      1, 0.003, "mouth", lift=lift)
            for cut in np.linspace(-0.83, 0.83, 10) if scene.detail else ():
                scene.add("tooth edge", stroke(np.linspace((half * cut, edge - 0.01), (half * cut, edge + height), 3),
                                               0.006),
                          (150, 130, 120), 0.55, 0, "mouth", lift=lift)
        scene.add("inner shade", stroke(np.stack([x, upper + 0.004], 1), 0.045), (30, 10, 12), 0.4, 0.01, "mouth",
                  lift=lift)
        for sign in SIGN.values():
            end = plan["corners"]["L" if sign > 0 else "R"]
            scene.add("inner shade", oval(end[0], end[1], 0.06, 0.06), (30, 10, 12), 0.7, 0.022, "mouth", lift=lift)
    for edge in (upper, lower):
        scene.add("lip line", stroke(np.stack([x, edge], 1), 0.014 + 0.010 * float(plan["press"].mean()), 0.5),
                  scene.skin * (0.30, 0.16, 0.16), 0.85, 0.004, lift=lift)
    for side, sign in SIGN.items():
        ball = units[side]["AU17"]
        for px, py in ((0.05, 0.885), (0.11, 0.91), (0.04, 0.955), (0.13, 0.86)):
            scene.add("pit", oval(sign * px, py + jaw, 0.02, 0.014), scene.shadow, 0.55 * ball, 0.006)
        scene.fold([(0, middle + 0.05), (sign * 0.09, middle + 0.055), (sign * 0.16, middle + 0.085)],
                   max(0.8 * ball, 0.45 * units[side]["AU16"], 0.35 * who["age"]), 0.026, 0.007)
        tight = either(0.8 * units[side]["AU23"], 0.8 * units[side]["AU24"])
        for px in (0.05, 0.12):  # small upright folds of tight lips
            line = np.linspace((sign * px, float(top[MIDDLE]) - 0.05), (sign * px * 0.95, float(top[MIDDLE]) - 0.01), 4)
            scene.fold(line, 0.5 * tight, 0.016, 0.004)
        scene.add("bulge", oval(sign * 0.12, float(top[MIDDLE]) - 0.035, 0.1, 0.025), scene.bright, 0.45 * tight, 0.015)
        scene.add("bulge", oval(sign * 0.11, middle + 0.03, 0.1, 0.025), scene.bright, 0.4 * tight, 0.015)


def draw_cheek(scene, u, side, mouth):
    """Add one cheek and the fold from nose to mouth."""
    sign, who = SIGN[side], scene.who
    wide, longer = nose_size(scene)
    raised = either(0.75 * u["AU6"], 0.6 * u["AU12"], 0.5 * u["AU13"], 0.25 * u["AU9"], 0.3 * u["AU10"])
    scene.plane(oval(sign * 0.40, 0.235 - 0.05 * raised, 0.15, 0.085), (-sign * 0.05, -0.5), 0.7 + 0.8 * raised, 0.05)
    scene.add("cheek", oval(sign * 0.39, 0.22 - 0.05 * raised, 0.11, 0.065), scene.bright, 0.55 * raised, 0.035)
    blush = scene.skin * (1.0, 0.8, 0.76)
    scene.add("blush", oval(sign * 0.42, 0.27 - 0.05 * raised, 0.17, 0.11), blush, 0.3, 0.06)
    corner = np.array(mouth["corners"][side])
    pull = either(0.95 * u["AU12"], 0.75 * u["AU10"], 0.8 * u["AU9"], 0.4 * u["AU6"], 0.5 * u["AU13"], 0.45 * u["AU20"])
    start = (sign * (wide * 0.165 + 0.01 * pull), 0.335 + longer - 0.045 * either(u["AU9"], 0.6 * u["AU10"]))
    end = corner + (sign * (0.065 + 0.015 * pull), 0.0 + 0.02 * u["AU15"])
    square = either(u["AU9"], 0.8 * u["AU10"]) * (1 - 0.7 * u["AU12"])  # the fold runs outward before it falls
    middle = ((start[0] + end[0]) / 2 + sign * (0.045 + 0.05 * pull * (1 - square) + 0.045 * square),
              (start[1] + end[1]) / 2 - 0.015 - 0.05 * square)
    line = spline([start, middle, end], steps=12)
    scene.add("fold shade", stroke(line - (sign * 0.03, -0.01), 0.11), scene.shadow,
              0.09 + 0.3 * pull + 0.1 * who["age"], 0.03)
    scene.fold(line, max(0.10 + 0.85 * pull, 0.75 * who["age"]), 0.026, 0.007)
    down = u["AU15"]
    line = [corner + (sign * 0.025, -0.015), corner + (sign * 0.06, 0.06), corner + (sign * 0.045, 0.15)]
    scene.fold(line, max(0.9 * down, 0.45 * who["age"] - 0.1), 0.028, 0.007)
    sideways = u["AU20"]
    for out in (0.075, 0.125):
        line = [corner + (sign * out, -0.075), corner + (sign * (out + 0.025), 0.02), corner + (sign * out, 0.12)]
        scene.fold(line, 0.7 * sideways * (1.2 - 4 * out), 0.024, 0.007)
    dimple = u["AU14"]
    line = [corner + (sign * 0.045, -0.05), corner + (sign * 0.065, 0.0), corner + (sign * 0.045, 0.055)]
    scene.fold(line, 0.95 * dimple, 0.03, 0.005)
    scene.add("dimple", oval(*(corner + (sign * 0.03, 0)), 0.04, 0.05), scene.shadow,
              0.13 + 0.5 * dimple + 0.25 * u["AU23"], 0.016)
