"""The mouth, and the cheeks that it folds."""

import math

import numpy as np

from fer_utils.faces.shapes.head import nose_size
from fer_utils.faces.shapes.scene import MIDDLE, SIGN, T, between, either, oval, smooth_step, spline, stroke


def _blend(right, left):
    """A value along the mouth, 0 at rest: `right` on the person's right and `left` on the left, smooth between. Of
    what one side does more than the other, a seventh reaches the middle, and it ends just past it: the lips hang
    together, but each half has its own muscles."""
    less, more = sorted((right, left), key=abs)
    over = T if abs(left) > abs(right) else -T
    return less + (more - less) * smooth_step((over + 0.16) / 0.66)


def mouth_plan(scene, units, jaw):
    """The curves of the mouth, float (25,): x; the edges of the opening, upper and lower; the outer edges of the lips,
    top and bottom; and corners, {side: (x, y)}. From above: top <= upper <= lower <= bottom, all equal at the corners.

    A falling jaw takes the lower lip along only as far as something parts the lips: AU25, or AU27, whose pull no lips
    withstand. AU26 alone, as FACS has it, parts the teeth behind lips that stay together.
    """
    who, level = scene.who, 0.632 + 0.5 * 0.045 * scene.who["nose_length"]
    drop = max(jaw, 0)
    corners = {}
    for side, sign in SIGN.items():
        u = units[side]
        up = 0.115 * either(u["AU12"], 0.75 * u["AU13"]) - 0.085 * u["AU15"] + 0.01 * u["AU14"] - 0.012 * u["AU17"] \
            - 0.012 * u["AU20"] - 0.085 * scene.slack(side)
        out = 0.255 * (1 + 0.09 * who["mouth_width"]) + 0.075 * u["AU12"] + 0.07 * u["AU20"] + 0.02 * u["AU14"] \
            - 0.095 * u["AU18"] - 0.055 * u["AU23"] * (1 - 0.6 * u["AU24"]) + 0.02 * u["AU24"] - 0.012 * u["AU15"] \
            - 0.02 * u["AU13"] - 0.02 * scene.slack(side) - 0.2 * drop * (1 - 0.6 * either(u["AU12"], u["AU20"]))
        corners[side] = (sign * min(max(out, 0.12), 0.40), level - up + 0.3 * drop)
    (xr, yr), (xl, yl) = corners["R"], corners["L"]
    x = np.where(T < 0, -T * xr, T * xl)  # the middle stays where it is

    def each(rule):
        return _blend(rule(units["R"]), rule(units["L"]))

    press = each(lambda u: either(0.9 * u["AU24"], 0.2 * u["AU23"]))
    chin = each(lambda u: u["AU17"])
    apart = each(lambda u: either(2 * u["AU25"], 3 * u["AU27"], u["AU10"], u["AU16"])) * drop
    middle = level - 0.034 * chin + 0.008 * each(lambda u: u["AU12"]) + 0.4 * (drop - apart)
    sharp = 1.7 + each(lambda u: 1.3 * u["AU13"] * (1 - u["AU12"]))  # AU13 turns up the ends alone
    line = middle + (np.where(T < 0, yr, yl) - middle) * np.abs(T) ** sharp
    part = each(lambda u: u["AU25"])
    gap_up = 0.014 * part + 0.016 * each(lambda u: u["AU12"] * u["AU25"] ** 2) + 0.2 * np.minimum(apart, 0.1)
    gap_down = (0.028 * part + 0.06 * each(lambda u: u["AU16"])
                + 0.06 * each(lambda u: u["AU12"] * u["AU25"]) + 0.92 * apart)
    loose = (1 - press) * (1 - 0.35 * chin)
    gap_up, gap_down = gap_up * loose, gap_down * loose
    # The levators lift the upper lip alone: AU10 bends it at an angle, AU9 draws its skin up beside the middle.
    raised = 0.072 * each(lambda u: u["AU10"]) * np.interp(np.abs(T), [0, 0.46, 1], [1, 0.9, 0])
    drawn = 0.018 * np.where(T < 0, units["R"]["AU9"], units["L"]["AU9"]) * np.sin(np.pi * np.abs(T))
    wide = np.clip(drop / 0.25, 0, 1)
    hollow = np.clip(1 - np.abs(T) ** (2.2 + each(lambda u: 1.6 * u["AU20"])), 0, 1) ** (0.95 - 0.22 * wide)
    upper, lower = line - gap_up * hollow - raised * loose, line + gap_down * hollow

    full = 1 + 0.22 * who["lips"] - 0.12 * who["age"]
    # Tightened lips keep part of their red and stay round; pressed lips are rolled in, and hardly any is left.
    thin = 1 + each(lambda u: (1 - 0.45 * u["AU23"]) * (1 - 0.88 * u["AU24"]) * (1 - 0.3 * u["AU20"])
                    * (1 + 0.4 * u["AU18"]) - 1)
    smile = each(lambda u: u["AU12"])
    least = 0.012 * (1 - 0.5 * press) * (1 - T ** 2)
    bow = np.clip(1 - np.abs(T) ** 1.5, 0, 1) * (1 - 0.22 * np.exp(-(T / 0.13) ** 2) * (1 - 0.5 * smile))
    top = upper - raised * (1 - loose) - drawn
    top = top - np.maximum(0.066 * full * thin * (1 - 0.3 * smile) * bow, least)
    pillow = np.clip(1 - np.abs(T) ** 2.4, 0, 1)
    bottom = lower + np.maximum(0.092 * full * thin * (1 - 0.2 * smile) * (1 + 0.2 * chin) * pillow * (1 - 0.3 * wide),
                                least)
    ceiling = 0.44 + 0.045 * who["nose_length"]  # the mouth stays below the nose
    floor = 0.93 + jaw                           # and above the chin
    near = ceiling + 0.05
    top, upper = (np.where(y < near, ceiling + 0.05 * np.exp((y - near) / 0.05), y) for y in (top, upper))
    bottom = np.minimum(bottom, floor)
    lower = np.minimum(lower, bottom)
    return dict(x=x, top=top, upper=upper, lower=lower, bottom=bottom, corners=corners, press=press, level=level)


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
        smile = plan["level"] - 0.632  # the teeth stand where the mouth does, and no muscle moves the upper ones
        draw_tongue(scene, x, upper, lower, drop)
        ivory = np.array((244, 238, 226))
        for name, edge, height, share in (("upper teeth", 0.658, -0.14, 1.0),
                                          ("lower teeth", 0.656 + 0.98 * drop, 0.12, 0.82)):
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
    thick = (0.014 + 0.012 * plan["press"]) * (0.5 + 0.5 * np.sqrt(1 - T ** 2))
    for edge in (upper, lower):
        scene.add("lip line", stroke(np.stack([x, edge], 1), thick),
                  scene.skin * (0.30, 0.16, 0.16), 0.85, 0.004, lift=lift)
    for side, sign in SIGN.items():
        draw_chin(scene, units[side], sign, middle, jaw)
        draw_tight_lips(scene, units[side], sign, plan)


def draw_tongue(scene, x, upper, lower, drop):
    """Add the tongue, which lies on the floor of an open mouth and falls with the jaw."""
    tall, floor = float((lower - upper)[MIDDLE]), float(lower[MIDDLE])
    wide, back = 0.55 * float(x[-1] - x[0]) / 2, floor - 0.40 * tall
    shown = min(1, 7 * drop)
    scene.add("tongue", spline([(-1.25 * wide, floor + 0.06), (-wide, floor - 0.18 * tall), (-0.5 * wide, back),
                                (0, back + 0.03 * tall), (0.5 * wide, back), (wide, floor - 0.18 * tall),
                                (1.25 * wide, floor + 0.06)], steps=4), (172, 86, 86), shown, 0.012, "mouth", lift=0.02)
    scene.add("tongue", stroke([(0, back + 0.08 * tall), (0, floor - 0.2 * tall), (0, floor - 0.05 * tall)], 0.02),
              (112, 48, 50), 0.6 * shown, 0.008, "mouth", lift=0.02)


def draw_tight_lips(scene, u, sign, plan):
    """Add what AU23, AU24 and AU18 do to one half of the lips and to the skin around them.

    AU23 tightens: a small bulge of skin above and below the middle, and fine upright lines in the red of the lips.
    AU24 presses: a long soft roll of skin above and below the whole line. AU18 gathers: lines run to the lips from
    all round, above and below.
    """
    x, lift = plan["x"], 0.02

    def edge(name, share):
        """A point of the upper or lower outer edge, at a share of the way from the middle to the corner."""
        px = share * float(x[-1] if sign > 0 else x[0])
        return np.array([px, np.interp(px, x, plan[name])])

    tight, press, pucker = u["AU23"] * (1 - 0.6 * u["AU24"]), u["AU24"], u["AU18"]
    if max(tight, press, pucker) < 0.06:  # too faint to show: it saves the time
        return
    for name, up in (("top", -1), ("bottom", 1)):
        scene.add("bulge", oval(*(edge(name, 0.32) + (0, 0.03 * up)), 0.07, 0.022), scene.bright, 0.4 * tight, 0.016)
        roll = np.array([edge(name, share) + (0, up * rise) for share, rise in
                         ((0.02, 0.03), (0.3, 0.036), (0.6, 0.032), (0.9, 0.018))])
        scene.add("bulge", stroke(spline(roll, steps=3), 0.045), scene.bright, 0.3 * press, 0.014)
        scene.add("fold shade", stroke(spline(roll + (0, 0.036 * up), steps=3), 0.036), scene.shadow, 0.3 * press,
                  0.014)
        for share, lean, far in ((0.22, 0.004, 0.055), (0.72, 0.03, 0.045)):
            start = edge(name, share)
            line = np.linspace(start + (0, 0.014 * up), start + (sign * lean, far * up), 4)
            scene.add("fold", stroke(line, 0.019), scene.line, 0.34 * pucker, 0.009)
            scene.add("ridge", stroke(line + (sign * 0.02, 0), 0.02), scene.bright, 0.3 * pucker, 0.009)
        for share in (0.18, 0.45):
            start = edge(name, share)
            line = np.linspace(start + (0, 0.012 * up), start - (0, 0.035 * up), 4)
            scene.add("lip line", stroke(line, 0.011), scene.line, either(0.22 * tight, 0.25 * pucker), 0.005,
                      lift=lift)


# Where the skin of a raised chin is pitted, in units of its boss: spread as the seeds of a sunflower, so in no rows.
PITS = [(math.sqrt((k + 0.6) / 22) * math.cos(2.4 * k), math.sqrt((k + 0.6) / 22) * math.sin(2.4 * k))
        for k in range(22)]


def draw_chin(scene, u, sign, lip, jaw):
    """Add one half of the chin: its boss, dimpled where mentalis pulls the skin in, and the fold under the lip."""
    ball, y = u["AU17"], 0.915 + jaw - 0.012 * u["AU17"]
    scene.add("bulge", oval(sign * 0.07, y - 0.02, 0.075, 0.05), scene.bright, 0.3 * ball, 0.03)
    scene.add("plane", stroke([(sign * 0.01, y + 0.075), (sign * 0.09, y + 0.06), (sign * 0.15, y - 0.01)], 0.05),
              scene.shadow, 0.3 * ball, 0.02)
    for number, (px, py) in enumerate(PITS if ball > 0.06 else ()):
        if px * sign > 0.02:
            size, place = 0.013 + 0.003 * (number % 3), np.array((0.155 * px, y + 0.07 * py))
            scene.add("pit", oval(*place, 1.3 * size, size, 8), scene.shadow,
                      (0.30 - 0.05 * (number % 4)) * ball, 0.011)
            scene.add("rise", oval(*(place - (0, 1.6 * size)), 1.3 * size, size, 8), scene.bright, 0.12 * ball, 0.011)
    crease = spline([(0, lip + 0.05), (sign * 0.09, lip + 0.055), (sign * 0.16, lip + 0.085)])
    scene.fold(crease, max(0.75 * ball, 0.4 * u["AU16"], 0.3 * scene.who["age"]), 0.024, 0.009)


def cheek_fold(scene, u, side, corner):
    """The fold from the wing of the nose past the corner of the mouth, float (n, 2). The corner's pull carries it
    outward, so that it ends beside the mouth; the levators bow it upward."""
    sign = SIGN[side]
    wide, longer = nose_size(scene)
    out, y = abs(corner[0]), corner[1]
    smile, sneer = either(u["AU12"], 0.3 * u["AU13"], 0.5 * u["AU20"]), either(0.7 * u["AU9"], 0.9 * u["AU10"])
    start = (wide * 0.165 + 0.006, 0.335 + longer - 0.045 * either(u["AU9"], 0.5 * u["AU10"]))
    end = (out + 0.07 + 0.03 * smile + 0.035 * sneer, y + 0.03 + 0.085 * smile - 0.01 * sneer)
    across, down = end[0] - start[0], end[1] - start[1]
    bow = 0.02 + 0.02 * smile + 0.04 * sneer * (1 - 0.7 * smile)
    points = [start] + [(start[0] + part * across + bow * 0.8 * bend, start[1] + part * down - bow * 0.55 * bend)
                        for part, bend in ((0.33, 0.85), (0.67, 1.0))] + [end]
    return spline([(sign * px, py) for px, py in points], steps=5)


def draw_cheek(scene, u, side, mouth):
    """Add one cheek and the fold from nose to mouth."""
    sign, who, firm = SIGN[side], scene.who, 1 - 0.9 * scene.slack(side)
    raised = either(0.75 * u["AU6"], 0.6 * u["AU12"], 0.5 * u["AU13"], 0.25 * u["AU9"], 0.3 * u["AU10"])
    scene.plane(oval(sign * 0.40, 0.235 - 0.05 * raised, 0.15, 0.085), (-sign * 0.05, -0.5), 0.7 + 0.8 * raised, 0.05)
    scene.add("cheek", oval(sign * 0.39, 0.22 - 0.05 * raised, 0.11, 0.065), scene.bright, 0.55 * raised, 0.035)
    blush = scene.skin * (1.0, 0.8, 0.76)
    scene.add("blush", oval(sign * 0.42, 0.27 - 0.05 * raised, 0.17, 0.11), blush, 0.3, 0.06)
    corner = np.array(mouth["corners"][side])
    line = cheek_fold(scene, u, side, corner)
    pull = either(0.9 * u["AU12"], 0.8 * u["AU10"], 0.7 * u["AU9"], 0.15 * u["AU13"])
    deep = either(pull, 0.6 * who["age"] * firm)
    along = np.linspace(0, 1, len(line))
    # It begins at the wing and runs out in the cheek, early where the levators deepen its upper part.
    fades = 0.65 - 0.25 * max(u["AU10"], 0.7 * u["AU9"])
    brush = np.interp(along, [0, 0.2, fades, 1], [0.5, 1, 0.85, 0.1])
    scene.add("fold shade", stroke(line - (sign * 0.03, -0.012), 0.11 * brush), scene.shadow, 0.32 * deep, 0.03)
    scene.add("ridge", stroke(line + (sign * 0.028, -0.018), 0.05 * brush), scene.bright, 0.35 * deep, 0.018)
    scene.add("fold", stroke(line, 0.026 * brush), scene.line, 0.8 * deep, 0.007)
    puff = u["AU13"]  # the corner goes straight up, and the cheek above it is puffed
    scene.add("puff", oval(sign * 0.39, corner[1] - 0.075, 0.10, 0.10), scene.bright, 0.32 * puff, 0.06)
    scene.add("fold shade", stroke(spline([(sign * 0.30, corner[1] + 0.035), (sign * 0.39, corner[1] + 0.04),
                                           (sign * 0.47, corner[1] - 0.03)]), 0.05), scene.shadow, 0.25 * puff, 0.025)
    scene.add("dimple", oval(*(corner + (sign * 0.02, -0.012)), 0.022, 0.035), scene.shadow, 0.5 * puff, 0.014)
    # Below a lowered corner the skin is pushed into a pouch; a furrow bounds it outside, deep in an old face.
    down, lines = u["AU15"], max(0.45 * who["age"] - 0.1, 0) * firm
    line = spline([corner + (sign * 0.035, -0.01), corner + (sign * 0.06, 0.05), corner + (sign * 0.055, 0.14)])
    brush = np.interp(np.linspace(0, 1, len(line)), [0, 0.45, 1], [0.1, 1, 0.1])
    scene.add("fold shade", stroke(line - (sign * 0.02, 0), 0.07 * brush), scene.shadow, 0.3 * down, 0.022)
    scene.add("ridge", stroke(line + (sign * 0.025, 0), 0.045 * brush), scene.bright, 0.3 * either(down, lines), 0.018)
    scene.add("fold", stroke(line, 0.024 * brush), scene.line,
              0.8 * either((0.35 + 0.4 * who["age"]) * down, lines), 0.009)
    # A stretched mouth: the skin beside the corner is drawn thin over a soft furrow, and the chin is flat.
    wide = u["AU20"]
    line = spline([corner + (sign * 0.03, -0.05), corner + (sign * 0.05, 0.005), corner + (sign * 0.035, 0.075)])
    scene.add("fold shade", stroke(line, 0.05), scene.shadow, 0.2 * wide, 0.02)
    scene.add("ridge", stroke(line + (sign * 0.05, 0.0), 0.05), scene.bright, 0.12 * wide, 0.03)
    scene.add("fold shade", stroke(spline([(sign * 0.10, corner[1] + 0.125), (sign * 0.22, corner[1] + 0.115),
                                           corner + (sign * 0.04, 0.09)]), 0.04), scene.shadow, 0.2 * wide, 0.02)
    dimple = u["AU14"]
    line = [corner + (sign * 0.035, -0.05), corner + (sign * 0.055, 0.0), corner + (sign * 0.035, 0.055)]
    scene.fold(line, 0.8 * dimple, 0.024, 0.006)
    scene.add("dimple", oval(*(corner + (sign * 0.03, 0)), 0.04, 0.05), scene.shadow,
              0.13 + 0.4 * dimple + 0.12 * u["AU23"] * (1 - u["AU24"]), 0.018)
