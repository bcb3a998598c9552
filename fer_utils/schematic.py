"""Draw schematic faces: the bundled data that the course runs on where there are no photographs.

A face is a dict of named numbers (`REST` lists them all); what an emotion changes (`FEATURES`) follows table 3.1
of the thesis, section 3.3. Chapter 02 plays with the parameters, chapter 03 explains the data made from them.
Needs NumPy and Pillow only.
"""

import math

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from fer_utils.labels import EMOTIONS, SIZE

# The face at rest. Parameters of the expression are 0 at rest and 1 (or -1) at full strength.
EXPRESSION = dict(
    brow_inner=0.0, brow_outer=0.0,  # height of the two ends of the brows: 1 raised, -1 lowered
    brow_together=0.0,               # brows drawn together, with folds between them
    lid_open=0.0,                    # 1 wide open, -1 almost closed
    lid_tight=0.0,                   # lower lids pulled up, upper lids straightened
    gaze=0.0,                        # 1 looks down
    crows_feet=0.0,                  # folds beside the eyes
    nose_wrinkle=0.0,                # folds across the nose, nostrils lifted
    cheeks=0.0,                      # cheeks raised, with a fold below the eyes
    mouth_corners=0.0,               # 1 upward, -1 downward
    mouth_open=0.0, mouth_width=0.0,
    upper_lip=0.0,                   # upper lip raised off the teeth
    mouth_tight=0.0,                 # lips pressed, jaw tense
    pallor=0.0,                      # skin and lips lose their tone
)
IDENTITY = dict(face_width=0.0, face_height=0.0, eye_distance=0.0, eye_size=0.0, brow_thickness=0.0, nose_size=0.0,
                lips=0.0,            # all from -1 to 1 around an average face
                skin=185.0, hair_tone=50.0, iris=60.0, background=110.0,  # gray, 0 to 255
                hair=1,              # 0 none, 1 short, 2 fringe, 3 long, 4 curls
                glasses=0)           # 1 wears them
POSE = dict(rotation=0.0,            # degrees
            shift_x=0.0, shift_y=0.0,  # fractions of half the side
            scale=1.0, turn=0.0,     # turn: -1 to 1, the head turned left or right
            asymmetry=0.0)           # how much stronger the expression is on one side
LIGHT = dict(gain=1.0, side_light=0.0)  # side_light: share by which one side is brighter
REST = EXPRESSION | IDENTITY | POSE | LIGHT

# Table 3.1 of the thesis, phrase by phrase, at full strength. Neutral is everything at rest.
FEATURES = {
    "happiness": dict(mouth_corners=1.0,                      # upward curving of the corners of the mouth
                      crows_feet=1.0,                         # crow's feet around the eyes
                      lid_open=-0.5,                          # reduction in the size of the eye opening
                      brow_inner=0.0, brow_outer=0.0),        # relaxed eyebrows
    "sadness": dict(mouth_corners=-1.0,                       # downturned corners of the mouth
                    lid_open=-0.55,                           # slightly closed eyes
                    gaze=1.0,                                 # unfocused or downward gaze
                    brow_inner=0.85, brow_outer=-0.3, brow_together=0.4),  # inner brows up and drawn together
    "anger": dict(mouth_tight=1.0,                            # tightened or closed jaw
                  lid_tight=0.9, lid_open=0.15,               # glaring eyes with tightened eyelids
                  brow_inner=-1.0, brow_outer=0.25, brow_together=1.0),  # furrowed eyebrows
    "surprise": dict(mouth_open=1.0, mouth_width=-0.55,       # opened mouth
                     lid_open=1.0,                            # eyes wide open
                     brow_inner=0.9, brow_outer=0.9),         # raised eyebrows
    "disgust": dict(upper_lip=1.0,                            # upper lip raised
                    nose_wrinkle=1.0,                         # nose wrinkling
                    cheeks=1.0,                               # raised cheeks
                    lid_open=-0.55),                          # narrowed eyes
    "fear": dict(brow_inner=1.0, brow_outer=0.15, brow_together=0.6,  # eyebrows raised and drawn together
                 lid_open=0.9,                                # eyes wide open
                 mouth_open=0.35, mouth_width=0.6, mouth_tight=0.5,  # jaw tension or slightly opened mouth
                 pallor=0.8),                                 # pale face
    "neutral": {},
}

# Unbalanced as FER-2013 is, with disgust rare, but less so: a class needs enough faces to be learned.
SHARES = dict(anger=0.14, disgust=0.06, fear=0.14, happiness=0.22, sadness=0.16, surprise=0.12, neutral=0.16)


def draw_face(parameters=None, size=SIZE, supersample=4):
    """Draw one face, uint8 (size, size). Parameters left out stay at their value in `REST`.

    The drawing is made `supersample` times larger and averaged down, which gives smooth edges.
    Raises ValueError for a parameter that `REST` does not have. Thesis section 3.3, chapter 02.
    """
    unknown = set(parameters or {}) - set(REST)
    if unknown:
        raise ValueError(f"unknown parameter {', '.join(sorted(unknown))}; schematic.REST lists them all.")
    p = REST | (parameters or {})
    p["skin"] += (250 - p["skin"]) * 0.5 * max(p["pallor"], 0)
    canvas = _Canvas(size * supersample, p)
    _draw_head(canvas, p)
    for side in (-1, 1):
        stronger = {name: p[name] * (1 + side * p["asymmetry"]) for name in EXPRESSION}
        _draw_eye(canvas, p | stronger, side)
    _draw_nose(canvas, p)
    _draw_mouth(canvas, p)
    if p["glasses"]:
        _draw_glasses(canvas, p)
    gray = np.asarray(canvas.image.reduce(supersample), dtype=np.float32)
    light = p["gain"] * (1 + p["side_light"] * np.linspace(-1, 1, size, dtype=np.float32))
    return np.clip(np.rint(gray * light), 0, 255).astype(np.uint8)


def random_parameters(emotion, rng, intensity=None):
    """The parameters of a random person who shows `emotion`, a name in EMOTIONS; `rng` is a NumPy Generator.

    `intensity` runs from 0 (rest) to 1; None draws it between 0.35 and 1. Each feature is a little stronger or
    weaker than that on its own, and none is exactly at rest: no two people smile alike.
    """
    if intensity is None:
        intensity = rng.uniform(0.35, 1.0)
    p = {name: rng.normal(0, 0.06) for name in EXPRESSION}
    for name in ("crows_feet", "nose_wrinkle", "mouth_open", "upper_lip", "pallor"):
        p[name] = abs(p[name])
    for name, value in FEATURES[emotion].items():
        p[name] += value * intensity * rng.uniform(0.75, 1.15)
    if emotion == "happiness" and rng.random() < 0.5:
        p["mouth_open"] += 0.45 * intensity * rng.random()  # some smiles show teeth
    p |= {name: rng.uniform(-1, 1) for name in
          ("face_width", "face_height", "eye_distance", "eye_size", "brow_thickness", "nose_size", "lips", "turn")}
    p |= dict(skin=rng.uniform(105, 225), iris=rng.uniform(30, 100), background=rng.uniform(30, 215),
              hair=int(rng.choice(5, p=[0.1, 0.25, 0.25, 0.2, 0.2])), glasses=int(rng.random() < 0.15),
              hair_tone=rng.uniform(150, 215) if rng.random() < 0.25 else rng.uniform(15, 85))
    p |= dict(rotation=rng.normal(0, 8), shift_x=rng.normal(0, 0.07), shift_y=rng.normal(0, 0.07),
              scale=rng.uniform(0.95, 1.15), asymmetry=rng.normal(0, 0.1))
    return p | dict(gain=rng.uniform(0.7, 1.15), side_light=rng.uniform(-0.3, 0.3))


def make_faces(count, seed, first=None, noise=2.5):
    """Random schematic faces: (images uint8 (count, 48, 48), labels uint8 (count,)), classes by `SHARES`.

    Gray is rounded to 32 levels, so that the bundled file stays small; `noise` is in gray levels of 255. The same
    seed gives the same faces. Each face has its own random numbers: `first` makes only the first faces of the set.
    """
    ends = np.rint(np.cumsum([SHARES[emotion] for emotion in EMOTIONS]) * count).astype(int)
    labels = np.repeat(np.arange(len(EMOTIONS), dtype=np.uint8), np.diff(ends, prepend=0))
    labels = np.random.default_rng(seed).permutation(labels)[:first]
    images = np.zeros((len(labels), SIZE, SIZE), dtype=np.uint8)
    for index, label in enumerate(labels):
        rng = np.random.default_rng([seed, index])
        face = draw_face(random_parameters(EMOTIONS[label], rng))
        face = np.clip(face + rng.normal(0, noise, face.shape), 0, 255)
        images[index] = np.rint(face / 255 * 31) * 255 // 31
    return images, labels


class _Canvas:
    """A picture drawn in face coordinates: x to the right and y down, -1 to 1 over the frame, then posed."""

    def __init__(self, side, p):
        self.side, self.p = side, p
        self.image = Image.new("L", (side, side), int(p["background"]))

    def paint(self, tone, points, brush=None, strength=1.0, blur=0.0, clip=None):
        """Fill the outline `points` or, with a brush (a width, or one for each point), stroke along them.

        `strength` is how far the tone covers what is below, `blur` softens the edge, `clip` is an outline to
        stay within.
        """
        points = self._place(points)
        radius = 0 if brush is None else np.broadcast_to(brush, len(points))[:, None] * self.side / 4
        margin = np.max(radius) + 3 * blur * self.side / 2 + 1
        left, top = np.maximum(points.min(axis=0) - margin, 0).astype(int)
        width, height = np.minimum(points.max(axis=0) + margin, self.side).astype(int) - (left, top)
        if strength <= 0.02 or width <= 0 or height <= 0:
            return
        mask = Image.new("L", (int(width), int(height)))  # only as large as the stroke: four times faster
        draw, points = ImageDraw.Draw(mask), points - (left, top)
        if brush is None:
            draw.polygon(points.ravel().tolist(), fill=int(255 * min(strength, 1)))
        else:
            for box in np.hstack([points - radius, points + radius]).tolist():
                draw.ellipse(box, fill=int(255 * min(strength, 1)))
        if blur:
            mask = mask.filter(ImageFilter.GaussianBlur(blur * self.side / 2))
        if clip is not None:
            within = Image.new("L", mask.size)
            ImageDraw.Draw(within).polygon((self._place(clip) - (left, top)).ravel().tolist(), fill=255)
            mask = ImageChops.multiply(mask, within)
        self.image.paste(int(min(max(tone, 0), 255)), (int(left), int(top)), mask)

    def line(self, tone, start, middle, end, width, strength=1.0, blur=0.0):
        """Stroke a curve through three points, thin at its ends."""
        taper = width * (0.35 + 0.65 * np.sin(np.linspace(0.1, np.pi - 0.1, 40)))
        self.paint(tone, _arc(start, middle, end), taper, strength, blur)

    def _place(self, points):
        p, (x, y) = self.p, np.asarray(points, dtype=float).T
        x = x + 0.07 * p["turn"] * np.clip(1 - x ** 2, 0, 1)  # what is near the axis moves most
        angle, scale = math.radians(p["rotation"]), p["scale"]
        moved = np.stack([scale * (x * math.cos(angle) - y * math.sin(angle)) + p["shift_x"],
                          scale * (x * math.sin(angle) + y * math.cos(angle)) + p["shift_y"]], axis=1)
        return (moved + 1) / 2 * self.side


def _oval(x, y, rx, ry):
    angle = np.linspace(0, 2 * np.pi, 90)
    return np.stack([x + rx * np.cos(angle), y + ry * np.sin(angle)], axis=1)


def _arc(start, middle, end):
    start, middle, end, t = *map(np.asarray, (start, middle, end)), np.linspace(0, 1, 40)[:, None]
    return start * (1 - t) * (1 - 2 * t) + middle * 4 * t * (1 - t) + end * t * (2 * t - 1)


def _between(x, upper, lower):
    return np.concatenate([np.stack([x, upper], axis=1), np.stack([x, lower], axis=1)[::-1]])


def _draw_head(canvas, p):
    skin, hair, style = p["skin"], p["hair_tone"], p["hair"]
    half, top = 0.86 + 0.06 * p["face_width"], -1.02 - 0.05 * p["face_height"]
    chin = 0.97 + 0.05 * p["face_height"] + 0.06 * p["mouth_open"]
    y = np.linspace(-1, 1, 60)
    across = half * np.sqrt(np.clip(1 - np.abs(y) ** 2.4, 0, 1)) * (1 - 0.14 * np.clip(y, 0, 1))
    down = np.where(y < 0, -y * top, y * chin)
    head = np.concatenate([np.stack([across, down], 1), np.stack([-across, down], 1)[::-1]])
    if style == 3:
        canvas.paint(hair, [*_oval(0, -0.15, half + 0.14, 1.0)[45:], (half + 0.2, 1.3), (-half - 0.2, 1.3)])
    canvas.paint(skin * 0.55, [(-0.42, 0.6), (0.42, 0.6), (0.55, 1.6), (-0.55, 1.6)])
    for side in (-1, 1) if style != 3 else ():
        canvas.paint(skin * 0.8, _oval(side * half, -0.05, 0.1, 0.2))
    canvas.paint(skin * 0.78, head)
    canvas.paint(skin, head * (0.87, 0.9), blur=0.09, clip=head)
    raised = (p["brow_inner"] + p["brow_outer"]) / 2
    for height in (-0.74, -0.66):
        canvas.line(skin * 0.55, (-0.36, height + 0.02), (0, height - 0.02), (0.36, height + 0.02), 0.03,
                    0.7 * (raised - 0.15))
    if not style:
        return
    hairline = {1: ((-1.0, 0.0), (0, -0.86), (1.0, 0.0)), 2: ((-1.05, -0.2), (0.12, -0.86), (1.05, -0.36)),
                3: ((-1.0, 0.2), (0, -0.92), (1.0, 0.2)), 4: ((-1.1, -0.25), (0, -1.0), (1.1, -0.25))}[style]
    canvas.paint(hair, [*_arc(*hairline), (1.3, -1.6), (-1.3, -1.6)], clip=head * 1.08)
    if style == 4:
        for angle in np.linspace(-2.75, -0.4, 11):
            canvas.paint(hair, _oval(0.95 * half * math.cos(angle), 0.92 * math.sin(angle) - 0.12, 0.18, 0.17))
    canvas.line(hair + 50, (-0.55, -0.84), (-0.1, -1.0), (0.4, -0.94), 0.1, 0.5, blur=0.03)


def _draw_eye(canvas, p, side):
    skin, x, y = p["skin"], side * (0.385 + 0.03 * p["eye_distance"]), -0.16
    t, size, tight = np.linspace(-1, 1, 40), 1 + 0.1 * p["eye_size"], max(p["lid_tight"], 0)
    dome, across = (1 - t ** 2) ** 0.75, x + (0.2 + 0.015 * p["eye_size"]) * t
    upper = y - 0.115 * size * max(0.12, 1 + 0.8 * p["lid_open"] - 0.35 * tight) * dome
    lower = y + 0.07 * size * max(0.15, 1 + 0.6 * p["lid_open"] - 0.8 * tight - 0.4 * p["cheeks"]) * dome
    opening = _between(across, upper, lower)
    canvas.paint(skin * 0.72, _oval(x, y - 0.03, 0.27, 0.19), strength=0.55, blur=0.05)
    canvas.paint(min(245, 150 + 0.45 * skin), opening)
    iris_x, iris_y = x + 0.02 * p["turn"], y - 0.012 + 0.06 * p["gaze"]
    canvas.paint(p["iris"], _oval(iris_x, iris_y, 0.1, 0.1), clip=opening)
    canvas.paint(12, _oval(iris_x, iris_y, 0.05, 0.05), clip=opening)
    canvas.paint(250, _oval(iris_x + 0.035, iris_y - 0.04, 0.026, 0.026), clip=opening)
    canvas.paint(skin * 0.2, np.stack([across, upper], 1), brush=0.042 + 0.02 * tight)
    canvas.paint(skin * 0.45, np.stack([across, lower], 1), brush=0.02 + 0.02 * tight)
    canvas.paint(skin * 0.55, np.stack([across, upper - 0.055], 1), brush=0.018, strength=0.6)
    canvas.line(skin * 0.5, (x - 0.17 * side, y + 0.14), (x + 0.02 * side, y + 0.2), (x + 0.22 * side, y + 0.1), 0.04,
                0.9 * p["cheeks"])
    canvas.paint(skin * 1.2, _oval(x + 0.06 * side, y + 0.36, 0.19, 0.11), strength=0.6 * p["cheeks"], blur=0.05)
    for rise in (-0.09, 0.0, 0.09):
        canvas.line(skin * 0.4, (x + 0.24 * side, y + rise * 0.4), (x + 0.31 * side, y + rise * 0.8),
                    (x + 0.38 * side, y + rise * 1.5), 0.032, 0.9 * p["crows_feet"])
    inner = (x - side * (0.2 + 0.07 * p["brow_together"]), -0.43 - 0.17 * p["brow_inner"])
    outer = (x + side * 0.26, -0.40 - 0.16 * p["brow_outer"])
    middle = (x + side * 0.06, (inner[1] + outer[1]) / 2 - 0.06 - 0.04 * max(p["brow_outer"], 0))
    canvas.paint(min(p["hair_tone"], skin * 0.5), _arc(inner, middle, outer),
                 brush=(0.095 + 0.025 * p["brow_thickness"]) * np.linspace(1, 0.45, 40))
    canvas.line(skin * 0.4, (side * 0.07, -0.5), (side * 0.055, -0.42), (side * 0.07, -0.31), 0.036,
                1.1 * p["brow_together"])


def _draw_nose(canvas, p):
    skin, wrinkle, size = p["skin"], max(p["nose_wrinkle"], 0), 1 + 0.15 * p["nose_size"]
    base, wing = 0.25 - 0.05 * wrinkle, (0.13 + 0.03 * wrinkle) * size
    canvas.line(skin * 0.7, (0.09, -0.2), (0.1, 0.02), (wing, base), 0.09, 0.5, blur=0.03)
    canvas.line(skin * 1.2, (-0.02, -0.2), (-0.02, 0), (-0.02, base - 0.06), 0.09, 0.6, blur=0.03)
    canvas.line(skin * 0.6, (-wing, base), (0, base + 0.07), (wing, base), 0.035, 0.8)
    for side in (-1, 1):
        canvas.paint(skin * 0.3, _oval(side * 0.065 * size, base + 0.015, 0.036, 0.024))
        canvas.line(skin * 0.5, (side * wing * 0.9, base - 0.1), (side * wing * 1.15, base - 0.04),
                    (side * wing, base + 0.03), 0.035, 0.8)
        for height in (-0.06, 0.04):
            canvas.line(skin * 0.35, (side * 0.07, height), (side * 0.12, height + 0.01), (side * 0.18, height + 0.07),
                        0.04, 0.9 * wrinkle)
    for height in (-0.17, -0.09):
        canvas.line(skin * 0.35, (-0.1, height + 0.02), (0, height - 0.02), (0.1, height + 0.02), 0.038, 0.9 * wrinkle)


def _draw_mouth(canvas, p):
    skin, tight = p["skin"], min(max(p["mouth_tight"], 0), 1)
    opening, bare, smile = max(p["mouth_open"], 0), max(p["upper_lip"], 0), p["mouth_corners"]
    half = 0.31 * (1 + 0.35 * p["mouth_width"] + 0.12 * max(smile, 0) - 0.1 * tight * (opening < 0.15))
    t = np.linspace(-1, 1, 60)
    # how the gap opens from the corners: a lens, an oval when wide open, a box when tense
    gap = (1 - np.abs(t) ** (2 + 2 * tight)) ** (1 - 0.45 * min(opening, 1))
    corners = 0.57 + 0.06 * opening - 0.14 * smile * (1 + 2 * p["asymmetry"] * t)
    line = corners + (0.2 * smile + 0.02) * (1 - t ** 2)
    upper, lower = line - (0.13 * opening + 0.14 * bare) * gap, line + (0.2 * opening + 0.01 * bare) * gap
    thick = (1 + 0.2 * p["lips"]) * (1 - 0.75 * tight)
    bow = (1 - np.abs(t)) ** 0.7 * (1 - 0.25 * np.exp(-(t / 0.12) ** 2))
    x, inside = half * t, _between(half * t, upper, lower)
    canvas.paint(skin * (0.62 + 0.15 * p["pallor"]),
                 _between(x, upper - 0.06 * thick * bow, lower + 0.085 * thick * (1 - t ** 2)))
    canvas.paint(skin * 0.15, inside)
    if bare > 0.15 or smile > 0.2 or tight > 0.15:
        teeth = upper + np.minimum(lower - upper, 0.1 + 0.06 * tight)
        canvas.paint(235, _between(0.92 * x, upper, teeth), clip=inside)
    for edge in (upper, lower):
        canvas.paint(skin * 0.25, np.stack([x, edge], 1), brush=0.03 + 0.025 * tight)
    canvas.line(skin * 0.6, (-0.16, 0.81), (0, 0.77), (0.16, 0.81), 0.04, 0.25 + 0.6 * tight - opening)
    for side, end in ((-1, corners[0]), (1, corners[-1])):
        canvas.line(skin * 0.5, (side * 0.21, 0.26), (side * (half + 0.05), 0.35), (side * (half + 0.12), end), 0.035,
                    0.7 * smile + 0.7 * bare)
        canvas.line(skin * 0.5, (side * (half + 0.03), end - 0.02), (side * (half + 0.06), end + 0.05),
                    (side * (half + 0.05), end + 0.12), 0.035, -0.8 * smile)
        canvas.line(skin * 0.4, (side * (half + 0.03), end - 0.06), (side * (half + 0.06), end),
                    (side * (half + 0.03), end + 0.06), 0.035, tight)
        canvas.line(skin * 0.6, (side * 0.66, 0.34), (side * 0.62, 0.5), (side * 0.5, 0.68), 0.08, 0.8 * tight, 0.03)


def _draw_glasses(canvas, p):
    tone = min(p["skin"] * 0.3, 50)
    for side in (-1, 1):
        x = side * (0.385 + 0.03 * p["eye_distance"])
        canvas.paint(tone, _oval(x, -0.13, 0.28, 0.23), brush=0.03)
        canvas.paint(tone, _arc((x + side * 0.28, -0.16), (x + side * 0.4, -0.17), (side * 0.9, -0.16)), brush=0.03)
    canvas.paint(tone, _arc((-0.11, -0.15), (0, -0.19), (0.11, -0.15)), brush=0.03)
