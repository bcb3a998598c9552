"""Hair, beard and glasses: what tells people apart and no muscle moves."""

import numpy as np

from fer_utils.faces.shapes.scene import SIGN, oval, spline, stroke


def draw_beard(scene, mouth, jaw):
    """Add stubble, moustache or beard around the mouth; it moves with the lips and covers the folds of the skin."""
    style = scene.who["beard"]
    if style == "none":
        return
    upper, lower = moustache_edges(scene, mouth)
    colour = scene.hair * 0.85
    if style in ("full", "stubble"):
        ring = beard_outline(upper, mouth["corners"], jaw)
        if style == "full":
            scene.add("beard", ring, colour, 0.92, 0.016, lift=-0.05)
        else:  # roots under the skin darken it; hairs that are brighter, gray ones, are only specks on it
            scene.add("beard", ring, np.minimum(colour, scene.skin * 0.55), 0.24, 0.045, lift=-0.05)
    if style in ("full", "moustache"):
        scene.add("moustache", np.concatenate([upper, lower[::-1]]), colour * 0.9, 0.92, 0.008, lift=0.03)
    if scene.detail:
        draw_beard_hairs(scene, style, upper, lower, jaw)
    _lips_again(scene)


def moustache_edges(scene, mouth):
    """The upper and lower edge of a moustache, float (15, 2) each, from one end to the other: it grows along the upper
    lip, wherever this goes, and past its corners."""
    t = np.linspace(-1, 1, 13)
    x = np.where(t < 0, -t * mouth["x"][0], t * mouth["x"][-1])
    y = np.interp(x, mouth["x"], mouth["top"])
    nose = 0.43 + 0.045 * scene.who["nose_length"]
    tall = np.clip(0.85 * (y - nose), 0.03, 0.085) * np.interp(np.abs(t), [0, 0.12, 0.5, 1], [0.75, 0.95, 1.0, 0.62])
    right, left = (np.array(mouth["corners"][side]) + (0.05 * sign, 0.055) for side, sign in SIGN.items())
    ends = np.array([right, left])
    upper, lower = np.stack([x, y - tall], 1), np.stack([x, y + 0.012], 1)
    return tuple(np.concatenate([ends[:1], spline(edge, steps=1), ends[1:]]) for edge in (upper, lower))


def beard_outline(upper, corners, jaw):
    """The outline of a full beard, float (n, 2): along the moustache, past the corners of the mouth up to the ears,
    and round the chin."""
    halves = []
    for side, sign in SIGN.items():
        out, y = abs(corners[side][0]) + 0.085, corners[side][1] - 0.03
        lip = upper[7:-2] if sign > 0 else upper[2:8][::-1]  # from the middle to the corner
        cheek = [(out, y), (0.5 * out + 0.305, 0.5 * y + 0.21), (0.62, 0.32), (0.655, 0.08), (0.74, 0.05), (0.78, 0.5),
                 (0.66, 0.95 + jaw), (0.3, 1.14 + jaw), (0, 1.18 + jaw)]
        halves.append(np.concatenate([lip, [(sign * px, py) for px, py in cheek]]))
    return spline(np.concatenate([halves[0], halves[1][::-1]]), steps=4)


def draw_beard_hairs(scene, style, upper, lower, jaw):
    """Add single hairs: dark and bright ones in a beard, specks in stubble."""
    shine = scene.hair + (255 - scene.hair) * 0.25
    inner = spline([(0.69, 0.14), (0.60, 0.42), (0.44, 0.64), (0.24, 0.78 + 0.6 * jaw), (0.0, 0.80 + 0.8 * jaw)])
    outer = spline([(0.74, 0.16), (0.70, 0.52), (0.56, 0.86 + jaw), (0.3, 1.05 + jaw), (0.0, 1.10 + jaw)])
    count = {"full": 40, "stubble": 60, "moustache": 0}[style]
    for number in range(count):
        place = min(int(len(inner) * (number + spread(number)) / count), len(inner) - 1)
        way = outer[place] - inner[place]
        start = inner[place] + way * (0.05 + 0.6 * spread(5 * number))
        for sign in SIGN.values():
            if style == "stubble":
                scene.add("beard hair", oval(*(start * (sign, 1)), 0.0045, 0.006, 6), scene.hair * 0.85, 0.3, 0.003,
                          lift=-0.02)
                continue
            end = start + way * 0.35 + (0.02 * (spread(3 * number) - 0.6), 0.03)
            scene.add("beard hair", stroke(np.linspace(start, end, 3) * (sign, 1), 0.015),
                      shine if number % 3 == 1 else scene.hair * 0.5, 0.25 if number % 3 == 1 else 0.35, 0.004,
                      lift=-0.05)
    for number in range(2, 13) if style != "stubble" else ():
        lean = (number - 7) * 0.006
        line = np.linspace(upper[number] + (0, 0.012), lower[number] + (lean, -0.006), 3)
        scene.add("beard hair", stroke(line, 0.013), shine if number % 3 == 1 else scene.hair * 0.45,
                  0.35 if number % 3 == 1 else 0.5, 0.002, lift=0.03)


def _lips_again(scene):
    """Lips, teeth and mouth lie on top of the beard: bring what was drawn of them to the front."""
    names = {"upper lip", "lower lip", "mouth", "tongue", "upper teeth", "lower teeth", "tooth edge", "inner shade",
             "lip line"}
    scene.shapes.sort(key=lambda entry: entry[0].name in names or entry[0].clip in names)


def mirrored(half):
    """The whole curve of its right half, which ends in the middle: from the left of the picture to the right."""
    return [(-x, y) for x, y in half] + half[-2::-1]


# From the temple to the middle of the forehead; a style that is not the same on both sides is given whole.
HAIRLINES = {
    "short": [(-0.745, 0.03), (-0.70, -0.14), (-0.675, -0.40), (-0.635, -0.60), (-0.53, -0.75), (-0.36, -0.84),
              (-0.16, -0.86), (0.1, -0.83), (0.34, -0.77), (0.53, -0.66), (0.64, -0.46), (0.70, -0.14), (0.745, 0.03)],
    "receding": mirrored([(0.745, 0.03), (0.71, -0.12), (0.70, -0.42), (0.665, -0.70), (0.595, -0.91), (0.49, -1.04),
                          (0.385, -1.10), (0.285, -1.075), (0.19, -0.99), (0.08, -0.945), (0, -0.94)]),
    "curls": mirrored([(0.74, 0.0), (0.69, -0.14), (0.66, -0.42), (0.60, -0.64), (0.42, -0.77), (0.2, -0.81),
                       (0, -0.80)]),
    "bun": mirrored([(0.74, -0.05), (0.695, -0.22), (0.665, -0.48), (0.58, -0.74), (0.38, -0.89), (0.18, -0.94),
                     (0, -0.95)]),
    "long": mirrored([(0.74, 1.34), (0.66, 1.05), (0.695, 0.75), (0.665, 0.40), (0.665, 0.0), (0.645, -0.40),
                      (0.56, -0.68), (0.37, -0.88), (0.16, -0.985), (0, -1.01)]),
    "fringe": [(-0.725, 0.34), (-0.665, 0.1), (-0.655, -0.2), (-0.60, -0.47), (-0.42, -0.55), (-0.2, -0.575),
               (0.0, -0.585), (0.2, -0.58), (0.42, -0.555), (0.60, -0.47), (0.655, -0.2), (0.665, 0.1), (0.725, 0.34)],
}
CROWNS = {  # the outer edge, over the head
    "short": [(0.785, -0.02), (0.81, -0.30), (0.81, -0.62), (0.72, -1.02), (0.46, -1.30), (0.1, -1.38), (-0.28, -1.34),
              (-0.60, -1.14), (-0.78, -0.72), (-0.805, -0.3), (-0.785, -0.02)],
    "receding": mirrored([(0.775, 0.0), (0.79, -0.25), (0.77, -0.6), (0.655, -0.98), (0.38, -1.23), (0, -1.315)])[::-1],
    "bun": mirrored([(0.755, -0.07), (0.775, -0.3), (0.77, -0.62), (0.67, -1.0), (0.4, -1.25), (0, -1.31)])[::-1],
    "long": mirrored([(0.80, 1.38), (0.93, 1.12), (0.955, 0.85), (0.905, 0.55), (0.90, 0.25), (0.86, -0.1),
                      (0.83, -0.5), (0.70, -1.02), (0.42, -1.28), (0.1, -1.36), (0, -1.345)])[::-1],
    "fringe": mirrored([(0.755, 0.36), (0.80, 0.12), (0.825, -0.2), (0.81, -0.6), (0.70, -1.02), (0.4, -1.29),
                        (0, -1.365)])[::-1],
}
# How the hair flows: guides of four points each; strands run between neighbours of a group. True: also mirrored.
FLOWS = {
    "short": ([[[(-0.37, -0.86), (-0.46, -0.92), (-0.62, -0.78), (-0.70, -0.40)],
                [(-0.30, -1.27), (-0.56, -1.20), (-0.76, -0.86), (-0.76, -0.30)]],
               [[(-0.36, -0.85), (-0.20, -1.00), (0.16, -0.96), (0.44, -0.76)],
                [(-0.32, -1.05), (-0.02, -1.26), (0.42, -1.12), (0.64, -0.62)],
                [(-0.29, -1.25), (0.12, -1.38), (0.62, -1.16), (0.77, -0.55)]],
               [[(0.62, -0.62), (0.67, -0.45), (0.70, -0.25), (0.72, -0.02)],
                [(0.74, -0.80), (0.79, -0.55), (0.79, -0.3), (0.77, -0.05)]]], False),
    "receding": ([[[(0.01, -0.94), (0.02, -1.06), (0.03, -1.18), (0.03, -1.29)],
                   [(0.20, -0.995), (0.22, -1.10), (0.20, -1.20), (0.16, -1.27)],
                   [(0.43, -1.085), (0.44, -1.12), (0.40, -1.17), (0.32, -1.23)]],
                  [[(0.66, -0.72), (0.70, -0.5), (0.715, -0.25), (0.73, 0.0)],
                   [(0.68, -0.96), (0.76, -0.7), (0.78, -0.35), (0.76, -0.05)]]], True),
    "bun": ([[[(0.03, -0.95), (0.03, -1.08), (0.02, -1.2), (0.01, -1.3)],
              [(0.50, -0.82), (0.46, -1.04), (0.28, -1.2), (0.05, -1.3)],
              [(0.70, -0.25), (0.74, -0.7), (0.52, -1.12), (0.09, -1.29)]]], True),
    "long": ([[[(0.02, -1.03), (0.30, -0.95), (0.62, -0.66), (0.68, 0.1), (0.68, 0.40), (0.71, 0.75), (0.68, 1.02),
                (0.75, 1.30)],
               [(0.02, -1.18), (0.44, -1.10), (0.75, -0.5), (0.78, 0.2), (0.78, 0.5), (0.83, 0.82), (0.82, 1.1),
                (0.79, 1.34)],
               [(0.02, -1.31), (0.54, -1.22), (0.83, -0.5), (0.875, 0.2), (0.88, 0.52), (0.935, 0.85), (0.91, 1.1),
                (0.82, 1.34)]]], True),
    "fringe": ([[[(0.0, -1.30), (0.02, -1.1), (0.0, -0.85), (-0.02, -0.56)],
                 [(0.06, -1.32), (0.24, -1.2), (0.27, -0.9), (0.24, -0.56)],
                 [(0.12, -1.32), (0.46, -1.2), (0.55, -0.88), (0.50, -0.54)],
                 [(0.18, -1.32), (0.60, -1.16), (0.70, -0.7), (0.66, -0.25)],
                 [(0.24, -1.32), (0.72, -1.12), (0.80, -0.4), (0.745, 0.28)]]], True),
}
BETWEEN = {"short": 6, "receding": 5, "bun": 5, "long": 9, "fringe": 5}  # strands from one guide to the next


def spread(number):
    """A number from 0 to 1 for each whole number: well spread, and always the same."""
    return number * 0.618034 % 1


def ragged(line, low, high):
    """A line that ends in hairs: every other of its points, float (n, 2), is a tip and stands out by `low` to `high`
    to the right of its way, a few far and many little, and leans one way or the other."""
    way = np.gradient(line, axis=0)
    across = np.stack([-way[:, 1], way[:, 0]], 1) / np.maximum(np.hypot(*way.T), 1e-9)[:, None]
    size = np.array([low + (high - low) * spread(number) ** 2 if number % 2 else 0.0 for number in range(len(line))])
    lean = np.array([spread(3 * number) - 0.5 for number in range(len(line))]) * (size > 0)
    size[[0, -1]] = 0
    return line + across * size[:, None] + 1.2 * way * lean[:, None]


def draw_hair_behind(scene):
    """Add what stands behind the head and shows where it turns: the skull under its hair, and long hair."""
    style = scene.who["hair"]
    colour = {"shaved": scene.skin * 0.8, "scarf": cloth_of(scene) * 0.8}.get(style, scene.hair * 0.6)
    scene.add("hair", oval(0, -0.40, 0.72, 0.84, 24), colour, clip=None, behind=True)
    if style == "scarf":
        scene.add("scarf", oval(0, 0.5, 0.75, 0.8), colour, clip=None, behind=True)
    if style == "long":
        side = [(0.66, -1.0), (0.82, -0.5), (0.87, 0.1), (0.90, 0.7), (0.92, 1.1), (0.82, 1.38), (0.66, 1.36),
                (0.40, 1.30)]
        back = spline([(0, -1.33), (0.4, -1.27), *side, (0, 1.34)]
                      + [(-x, y) for x, y in side[::-1]] + [(-0.4, -1.27)], closed=True, steps=4)
        scene.add("hair", back, scene.hair * 0.55, clip=None, behind=True)


def cloth_of(scene):
    """The colour of a scarf."""
    return scene.who["clothes"] * np.array((0.9, 0.95, 1.15)) + 20


def draw_hair(scene):
    """Add the hair, or what stands in for it: stubble, a scarf."""
    style, colour = scene.who["hair"], scene.hair
    if style == "scarf":
        draw_scarf(scene)
        return
    if style == "shaved":
        cap = [(-0.70, -0.25), (-0.66, -0.5), (-0.54, -0.76), (-0.3, -0.88), (0, -0.90), (0.3, -0.88), (0.54, -0.76),
               (0.66, -0.5), (0.70, -0.25), (0.95, -0.9), (0, -1.6), (-0.95, -0.9)]
        scene.add("stubble", spline(cap, closed=True), np.minimum(colour, scene.skin * 0.75), 0.34, 0.035)
        return
    low = spline(HAIRLINES[style], steps={"short": 9, "fringe": 9, "receding": 6}.get(style, 5) if scene.detail else 3)
    if style == "curls":
        angle = np.linspace(-0.33, np.pi + 0.33, 100)
        far = 1 + 0.055 * np.abs(np.sin(np.linspace(0, 19 * np.pi, 100)))
        outer = np.stack([0.87 * far * np.cos(angle), -0.36 - 1.05 * far * np.sin(angle)], 1)
    else:
        outer = spline(CROWNS[style], steps=6)
    tufts = {"fringe": (0.0, 0.065), "short": (0.0, 0.05), "curls": (0.0, 0.04)}.get(style, (0.0, 0.025))
    scene.add("hair shadow", stroke(low + (0, 0.03), np.full(len(low), 0.07)), scene.shadow, 0.35, 0.03)
    if style not in ("fringe", "long"):  # fine short hairs along the hairline: skin shows through
        scene.add("hairline", stroke(low + (0, 0.008), np.full(len(low), 0.05)), colour, 0.4, 0.014)
    edge = ragged(low, *tufts) if scene.detail and style != "long" else low
    front = np.concatenate([edge, outer])
    if style == "bun":
        scene.add("bun", oval(0, -1.41, 0.25, 0.19), colour * 0.85, 1, 0.004, None)
        for turn in (0.0, 0.33, 0.66) if scene.detail else ():
            arc = np.linspace(turn, turn + 0.45, 8) * 2 * np.pi
            scene.add("strand", stroke(np.stack([(0.20 - 0.12 * turn) * np.cos(arc),
                                                 -1.41 + (0.15 - 0.09 * turn) * np.sin(arc)], 1), 0.018),
                      colour * 0.45, 0.5, 0.002, None)
    scene.add("hair front", front, colour, 1, 0.006, None)
    shine = colour + (255 - colour) * (0.22 if style == "curls" else 0.28)
    side = np.sign(scene.light[0] or -1)
    scene.add("hair shade", stroke(spline([(-side * 0.74, -0.3), (-side * 0.7, -0.8), (-side * 0.4, -1.14)]), 0.16),
              colour * 0.35, 0.55, 0.06, "hair front")
    scene.add("shine", stroke(spline([(side * 0.62, -0.86), (side * 0.42, -1.06), (side * 0.1, -1.15)]), 0.13), shine,
              0.4, 0.05, "hair front")
    scene.add("hair shade", stroke(outer, np.full(len(outer), 0.07)), colour * 0.5, 0.45, 0.03, "hair front")
    if scene.detail and style == "curls":
        draw_curls(scene, low, outer, colour, shine)
    elif scene.detail:
        draw_strands(scene, style, colour, shine)


def draw_strands(scene, style, colour, shine):
    """Add single strands between the guides of a style: dark gaps, and hairs that catch the light."""
    groups, both = FLOWS[style]
    dark = 0.5 + 0.16 * colour.mean() / 255  # gaps in bright hair are no black lines
    number = 0
    for group in groups:
        for one, other in zip(np.array(group[:-1]), np.array(group[1:])):
            for step in range(BETWEEN[style]):
                share = (step + 0.2 + 0.6 * spread(number)) / BETWEEN[style]
                for half in (1, -1) if both else (1,):
                    guide = (one + (other - one) * np.clip(share + 0.06 * half, 0, 1)) * (half, 1)
                    line = spline(guide, steps=3)
                    light = number % 3 == 1
                    # strands do not all begin at the part, nor end at the tips
                    start = int(len(line) * 0.35 * spread(7 * number + half))
                    stop = len(line) - int(len(line) * 0.3 * spread(11 * number + half)) if number % 2 else None
                    scene.add("strand", stroke(line[start:stop], 0.014 + 0.014 * spread(5 * number)),
                              shine if light else colour * dark, 0.34 if light else 0.45, 0.002, "hair front")
                number += 1


def draw_curls(scene, low, outer, colour, shine):
    """Add locks that curl, from the hairline to the outer edge: each is a ring, dark below and bright above."""
    inner = np.stack([np.interp(np.linspace(0, 1, 100), np.linspace(0, 1, len(low)), column) for column in low.T], 1)
    number = 0
    for depth, count in ((0.16, 11), (0.42, 12), (0.66, 13), (0.88, 14)):
        for k in range(count):
            place = int(99 * (k + 0.25 + 0.5 * spread(number)) / count)
            x, y = inner[place] + (outer[::-1][place] - inner[place]) * (depth + 0.07 * (spread(3 * number) - 0.5))
            size, begin = 0.05 + 0.02 * spread(5 * number), 2 * np.pi * spread(7 * number)
            arc = np.linspace(begin, begin + 4.2, 8)
            ring = np.stack([x + size * np.cos(arc), y + size * np.sin(arc)], 1)
            dark = number % 2 == 0
            scene.add("curl", stroke(ring, 0.026), colour * 0.4 if dark else shine, 0.55 if dark else 0.35, 0.003,
                      "hair front")
            number += 1


def draw_scarf(scene):
    """Add a scarf that frames the face and falls in folds over the shoulders."""
    face = spline([(0, -0.80), (0.36, -0.74), (0.56, -0.45), (0.63, -0.05), (0.60, 0.4), (0.46, 0.78), (0.26, 0.99),
                   (0, 1.06)], steps=6)
    outside = spline([(0, -1.36), (0.42, -1.28), (0.7, -1.02), (0.82, -0.5), (0.83, 0.1), (0.8, 0.6), (0.88, 1.05),
                      (1.3, 1.6), (0, 1.75)], steps=5)
    face_all, cloth = np.concatenate([face, (face * (-1, 1))[::-1]]), cloth_of(scene)
    for half in (1, -1):  # two halves that overlap a little
        ring = np.concatenate([outside, face[::-1]])
        scene.add("scarf", (ring - (0.01, 0)) * (half, 1), cloth, clip=None)
    for shift, dark in ((0.03, 0.5), (0.12, 0.25)):
        edge = np.concatenate([face_all, face_all[:1]]) * (1 + shift, 1 + shift * 0.6)
        scene.add("scarf fold", stroke(edge, np.full(len(edge), 0.03)), cloth * 0.45, dark, 0.012, None)
    light = np.minimum(cloth * 1.3 + 12, 255)
    for points in ([(-0.55, 0.95), (-0.2, 1.2), (0.3, 1.3), (0.8, 1.2)],
                   [(-0.7, 1.1), (-0.3, 1.36), (0.2, 1.45), (0.7, 1.42)],
                   [(0.70, 0.3), (0.72, 0.7), (0.6, 1.0), (0.35, 1.2)],
                   [(-0.74, 0.2), (-0.72, 0.6), (-0.66, 0.9), (-0.5, 1.1)],
                   [(-0.60, -0.62), (-0.42, -0.95), (-0.1, -1.1), (0.3, -1.12)]):
        line = spline(points, steps=4)
        scene.add("scarf fold", stroke(line, 0.05), cloth * 0.45, 0.45, 0.014, None)
        scene.add("scarf fold", stroke(line + (0.01, -0.04), 0.045), light, 0.3, 0.016, None)


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
