"""Draw the schematic face: as SVG for people, as 48x48 gray pixels for networks, from the same outlines.

A face is three things: action units (`fer_utils.faces.action_units`), an identity, and a pose under a light. Nobody is
portrayed. Needs NumPy and Pillow only. Chapter 02 moves the face; thesis sections 2.4 and 3.3.
"""

import zlib
from html import escape

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from fer_utils.faces.action_units import describe
from fer_utils.faces.shapes import face_shapes
from fer_utils.faces.shapes.scene import Scene
from fer_utils.labels import SIZE

# An average person. Numbers without a remark run from -1 to 1 around the average.
IDENTITY = dict(
    face_width=0.0, face_length=0.0, jaw=0.0, eye_distance=0.0, eye_size=0.0, eye_tilt=0.0, lashes=0.0,
    brow_height=0.0, brow_thickness=0.0, brow_arch=0.0, nose_width=0.0, nose_length=0.0, mouth_width=0.0, lips=0.0,
    skin=0.3,            # 0 the lightest, 1 the darkest
    hair_tone=0.2,       # 0 black, 1 white
    iris=0.4,            # 0 dark brown, 1 light blue
    age=0.0,             # 0 no lines, 1 deep lines and gray hair
    hair="short",        # one of HAIR
    beard="none",        # one of BEARDS
    glasses="none",      # one of GLASSES
    clothes=70.0,        # gray, 0 to 255
    droop_left=0.0, droop_right=0.0,  # 0 to 1: a side without muscle tone hangs (Bell's palsy)
)
HAIR = ("short", "fringe", "long", "curls", "bun", "receding", "shaved", "scarf")
BEARDS = ("none", "stubble", "moustache", "full")
GLASSES = ("none", "round", "square")
# Degrees: the head turns to the right of the picture, nods down, tilts clockwise; the gaze turns to the right.
POSE = dict(yaw=0.0, pitch=0.0, roll=0.0, gaze=0.0,
            shift_x=0.0, shift_y=0.0, zoom=1.0)  # only of the pixels: fractions of the side, and enlargement
# Where the light comes from, in radians from straight ahead: to the right of the picture, and up.
LIGHT = dict(azimuth=-0.5, elevation=0.5, contrast=1.0,
             gain=1.0, background=120.0, blur=0.0)  # only of the pixels: brightness, gray behind, blur in pixels

WINDOW = (0.0, 0.22, 0.78)       # the part of the face that the gray picture shows: middle x, y, and half its side
PORTRAIT = (-1.08, -1.6, 2.16, 3.12)  # the part that the SVG shows: left, top, width, height
UNIT = 1000                           # units of the SVG in one of the face: whole numbers are fine enough, and short


def random_identity(rng):
    """A random person, a dict with every key of `IDENTITY`; `rng` is a NumPy Generator."""
    others = ("age", "droop_left", "droop_right")
    numbers = [name for name, value in IDENTITY.items() if value == 0.0 and name not in others]
    who = IDENTITY | {name: float(rng.uniform(-1, 1)) for name in numbers}
    who |= dict(skin=float(rng.uniform(0, 1)), iris=float(rng.uniform(0, 1)), clothes=float(rng.uniform(20, 200)),
                 age=float(max(0, rng.uniform(-0.6, 1))),
                hair=str(rng.choice(HAIR, p=[0.22, 0.16, 0.2, 0.12, 0.1, 0.08, 0.07, 0.05])),
                glasses=str(rng.choice(GLASSES, p=[0.84, 0.08, 0.08])))
    who["hair_tone"] = float(rng.beta(1.1, 2.0) * (1 - 0.8 * who["skin"]))
    if who["hair"] in ("short", "receding", "shaved", "curls"):
        who["beard"] = str(rng.choice(BEARDS, p=[0.62, 0.18, 0.08, 0.12]))
    return who


def draw_svg(units=None, identity=None, pose=None, light=None, width=300, alt=None):
    """The face as an SVG image, str. Chapter 02.

    Arguments:
        units: such as {"AU12": 0.8, "AU6L": 0.5}; L and R are the person's own left and right.
        identity, pose, light: dicts; what they leave out is as in `IDENTITY`, `POSE` and `LIGHT`.
        width: in pixels of the page.
        alt: the text for readers who do not see; None makes one from the units.
    Raises ValueError for a name that is not in the tables, or an intensity outside 0 to 1.
    """
    shapes = _shapes(units, identity, pose, light)
    alt = alt or f"A drawn face, seen from the front: {describe(units)}."
    key = f"{zlib.crc32(repr((units, identity, pose, light)).encode()):08x}"
    per_unit, (left, top, wide, high) = UNIT, PORTRAIT
    blurs = sorted({_level(shape.blur) for shape in shapes} - {0})
    clips = {shape.clip for shape in shapes} - {None}
    definitions = [f'<filter id="b{key}{level}" x="-50%" y="-50%" width="200%" height="200%">'
                   f'<feGaussianBlur stdDeviation="{level * UNIT / 800:g}"/></filter>' for level in blurs]
    paths = {shape.name: _path(shape.points, per_unit) for shape in shapes if shape.name in clips}
    definitions += [f'<clipPath id="c{key}{_id(name)}"><path d="{path}"/></clipPath>' for name, path in paths.items()]
    body = []
    for shape in shapes:
        style = f'fill="#{"".join(f"{round(value):02x}" for value in shape.colour)}"'
        if shape.opacity < 0.995:
            style += f' opacity="{shape.opacity:.2f}"'
        if _level(shape.blur):
            style += f' filter="url(#b{key}{_level(shape.blur)})"'
        path = f'<path d="{_path(shape.points, per_unit)}" {style}/>'
        body.append(f'<g clip-path="url(#c{key}{_id(shape.clip)})">{path}</g>' if shape.clip else path)
    box = " ".join(f"{value * per_unit:g}" for value in (left, top, wide, high))
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" width="{width}" '
            f'height="{width * high / wide:.0f}" role="img" aria-label="{escape(alt)}">'
            f'<title>{escape(alt)}</title><defs>{"".join(definitions)}</defs>'
            f'{"".join(body)}</svg>')


def draw_gray(units=None, identity=None, pose=None, light=None, size=SIZE, supersample=4):
    """The face as a network sees it, cropped as FER-2013 crops: uint8 (size, size). Arguments as of `draw_svg`.

    The drawing is made `supersample` times larger and averaged down, which gives smooth edges. Chapters 02 and 03.
    """
    light, pose = _complete(LIGHT, light, "light"), _complete(POSE, pose, "pose")
    shapes = _shapes(units, identity, pose, light, detail=size > 100)
    side = size * supersample
    scale, offset = _frame(pose, side)
    image = _paint(Image.new("L", (side, side), int(light["background"])), shapes, scale, offset)
    if light["blur"]:
        image = image.filter(ImageFilter.GaussianBlur(light["blur"] * supersample))
    gray = np.asarray(image.reduce(supersample), dtype=np.float32) * light["gain"]
    return np.clip(np.rint(gray), 0, 255).astype(np.uint8)


def pixel_places(points, identity=None, pose=None, size=SIZE):
    """Where points on the surface of the face, float (n, 2) in its own units, lie in the picture of `draw_gray`: float
    (n, 2), column and row in pixels. Identity and pose as of `draw_svg`. Chapter 13 covers parts of a face by it."""
    identity, pose = _complete(IDENTITY, identity, "identity"), _complete(POSE, pose, "pose")
    scale, offset = _frame(pose, size)
    return Scene(identity, pose, LIGHT).place(np.asarray(points, float), lift=0.0, behind=False) * scale + offset


def draw_picture(units=None, identity=None, pose=None, light=None, width=240, background=(238, 236, 232)):
    """The portrait of `draw_svg` as a Pillow image in colour, `width` pixels wide, for figures and files."""
    shapes = _shapes(units, identity, pose, light)
    left, top, wide, high = PORTRAIT
    scale = 2 * width / wide
    image = Image.new("RGB", (2 * width, round(2 * width * high / wide)), background)
    return _paint(image, shapes, scale, -np.array((left, top)) * scale).reduce(2)


def _frame(pose, side):
    """How units of the face become pixels of a picture `side` wide: times the first, plus the second."""
    scale = side / 2 / WINDOW[2] * pose["zoom"]
    return scale, side / 2 + np.array((pose["shift_x"], pose["shift_y"])) * side - np.array(WINDOW[:2]) * scale


def _shapes(units, identity, pose, light, detail=True):
    identity = _complete(IDENTITY, identity, "identity")
    for name, known in (("hair", HAIR), ("beard", BEARDS), ("glasses", GLASSES)):
        if identity[name] not in known:
            raise ValueError(f"{name} is {identity[name]!r}, but can be: {', '.join(known)}.")
    return face_shapes(units, identity, _complete(POSE, pose, "pose"), _complete(LIGHT, light, "light"),
                       detail)


def _complete(defaults, given, name):
    unknown = set(given or {}) - set(defaults)
    if unknown:
        raise ValueError(f"unknown in {name}: {', '.join(sorted(unknown))}; there are {', '.join(defaults)}.")
    return defaults | (given or {})


def _level(blur):
    """Standard deviations are rounded to steps, so that shapes share their filters: 1/800 of a face unit."""
    return round(blur * 800)


def _id(name):
    return name.replace(" ", "-")


def _path(points, per_unit):
    steps = np.rint(points * per_unit).astype(int)
    steps = np.concatenate([steps[:1], np.diff(steps, axis=0)]).tolist()
    return f"M{steps[0][0]},{steps[0][1]}l" + " ".join(f"{x},{y}" for x, y in steps[1:] if x or y) + "z"


def _paint(image, shapes, scale, offset):
    """Paint the shapes on a Pillow image, "L" or "RGB"; face coordinates times `scale` plus `offset` are its pixels."""
    width, height = image.size
    clips = {}
    needed = {shape.clip for shape in shapes}
    for shape in shapes:
        points = shape.points * scale + offset
        if shape.name in needed:
            clips[shape.name] = Image.new("L", image.size)
            ImageDraw.Draw(clips[shape.name]).polygon(points.ravel().tolist(), fill=255)
        blur = shape.blur * scale
        margin = 3 * blur + 1
        left, top = np.maximum(points.min(axis=0) - margin, 0).astype(int).tolist()
        right, bottom = np.ceil(np.minimum(points.max(axis=0) + margin, (width, height))).astype(int).tolist()
        if right <= left or bottom <= top:
            continue
        mask = Image.new("L", (right - left, bottom - top))  # only as large as the shape: four times faster
        ImageDraw.Draw(mask).polygon((points - (left, top)).ravel().tolist(), fill=round(255 * shape.opacity))
        if blur > 0.7:
            mask = mask.filter(ImageFilter.GaussianBlur(blur))
        if shape.clip:
            mask = ImageChops.multiply(mask, clips[shape.clip].crop((left, top, right, bottom)))
        red, green, blue = shape.colour
        colour = round(0.299 * red + 0.587 * green + 0.114 * blue)
        if image.mode == "RGB":
            colour = tuple(round(value) for value in shape.colour)
        image.paste(colour, (left, top), mask)
    return image
