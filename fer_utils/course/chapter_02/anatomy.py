"""The living anatomy of chapter 02: the drawn face with its skin, its muscles and its nerves, as SVG.

The fibres of a muscle run from where it starts to where it is fixed (`muscles.MUSCLES`). What they are fixed to moves
with the drawn face: corners of the mouth, lips, brows, lids and chin are found in its outlines, so a fibre shortens
because the skin moves, and by as much.
"""

from functools import cache
from html import escape

import numpy as np

from fer_utils.course.chapter_02.muscles import BRANCHES, HIDDEN, MUSCLES, after_cut, limp
from fer_utils.faces.action_units import ACTION_UNITS, by_side, describe
from fer_utils.faces.draw import PORTRAIT, UNIT, WINDOW, draw_svg, outlines, pixel_places
from fer_utils.faces.shapes.scene import SIGN, spline

DEPTHS = ("skin", "muscles", "deep muscles", "nerves")
# How opaque each part is at the depths 0 to 3.
SHOWN = {"skin": (1.0, 0.34, 0.26, 0.2), "1": (0.0, 1.0, 0.12, 0.16), "2": (0.0, 0.0, 1.0, 0.2),
         "nerves": (0.0, 0.0, 0.0, 1.0)}
RELAXED, CONTRACTED, CUT_OFF = np.array((186, 110, 98)), np.array((190, 14, 24)), np.array((128, 128, 128))
NERVE_COLOURS = {"VII": "#b8860b", "V": "#1f5fa8"}

# Branches on the person's left: the trunk's end, then each branch as lines of points. A sketch, as in `muscles`.
TRUNKS = {"VII": ((0.72, 0.27), (0.66, 0.33), (0.61, 0.36)), "V": ((0.6, -0.06), (0.57, -0.02), (0.55, 0.0))}
PATHS = {
    "temporal": (((0.61, 0.36), (0.645, 0.1), (0.6, -0.25), (0.46, -0.5), (0.36, -0.66)),
                 ((0.6, -0.25), (0.5, -0.3), (0.36, -0.25)), ((0.62, -0.08), (0.54, -0.16), (0.46, -0.17))),
    "zygomatic": (((0.61, 0.36), (0.58, 0.22), (0.5, 0.14), (0.38, 0.15)), ((0.58, 0.22), (0.59, 0.08), (0.55, 0.0)),
                  ((0.55, 0.18), (0.46, 0.27), (0.32, 0.3))),
    "buccal": (((0.61, 0.36), (0.52, 0.42), (0.36, 0.42), (0.2, 0.36)), ((0.52, 0.42), (0.43, 0.52), (0.3, 0.54)),
               ((0.5, 0.43), (0.46, 0.58), (0.34, 0.66))),
    "marginal mandibular": (((0.61, 0.36), (0.6, 0.6), (0.52, 0.78), (0.36, 0.86), (0.22, 0.84), (0.1, 0.88)),
                            ((0.42, 0.84), (0.36, 0.76), (0.31, 0.71))),
    "cervical": (((0.61, 0.36), (0.63, 0.62), (0.56, 0.9), (0.44, 1.12), (0.36, 1.34)),
                 ((0.56, 0.9), (0.58, 1.1), (0.56, 1.3))),
    "ophthalmic": (((0.55, 0.0), (0.45, -0.1), (0.27, -0.21), (0.26, -0.45), (0.3, -0.75)),
                   ((0.27, -0.21), (0.17, -0.4), (0.13, -0.68)), ((0.38, -0.14), (0.16, -0.08), (0.06, 0.14))),
    "maxillary": (((0.55, 0.0), (0.46, 0.13), (0.31, 0.24), (0.24, 0.38), (0.16, 0.52)),
                  ((0.31, 0.24), (0.2, 0.26), (0.12, 0.34)), ((0.31, 0.24), (0.36, 0.36), (0.36, 0.48)),
                  ((0.46, 0.13), (0.56, 0.1), (0.6, 0.14))),
    "mandibular": (((0.55, 0.0), (0.54, 0.25), (0.52, 0.55), (0.42, 0.74), (0.28, 0.83), (0.12, 0.92)),
                   ((0.54, 0.15), (0.6, -0.1), (0.62, -0.4)), ((0.53, 0.28), (0.58, 0.4), (0.57, 0.55)),
                   ((0.54, 0.2), (0.46, 0.2), (0.42, 0.17))),
}
HALVES = {"medial part": 0, "lateral part": 1, "palpebral part": 0, "orbital part": 1, "transverse part": 0,
          "alar part": 1}  # of the fibres, as they are counted
NERVE_OF = {branch: nerve for nerve, branches in BRANCHES.items() for branch in branches}


def landmarks(units=None, identity=None):
    """Where points of the drawn face stand that muscles are fixed to, {(name, side): float (2,)}, in its units.

    Names: corner, lip top, lip bottom, brow in, brow out, lid, wing, chin; "mouth" holds the middle of the lips.
    A part that the drawing lacks is left out.
    """
    size, found, parts = 100, {}, {}
    for shape in outlines(units, identity, size=size):
        points = (shape.points - size / 2) * (2 * WINDOW[2] / size) + WINDOW[:2]
        parts.setdefault(shape.name, []).append(points)
    lips = [np.concatenate(parts[name]) for name in ("upper lip", "lower lip") if name in parts]
    for side, sign in SIGN.items():
        if len(lips) == 2:
            both = np.concatenate(lips)
            corner = both[(sign * both[:, 0]).argmax()]
            middle = (both[:, 0].min() + both[:, 0].max()) / 2
            for name, points, pick in (("lip top", lips[0], np.argmin), ("lip bottom", lips[1], np.argmax)):
                near = points[np.abs(points[:, 0] - (0.45 * corner[0] + 0.55 * middle)) < 0.04]
                if len(near):
                    found[name, side] = near[pick(near[:, 1])]
            found["corner", side] = corner
        if f"brow {side}" in parts:
            brow = parts[f"brow {side}"][0]
            ordered = brow[np.argsort(sign * brow[:, 0])]
            third = len(ordered) // 3
            found["brow in", side], found["brow out", side] = ordered[:third].mean(0), ordered[-third:].mean(0)
        if f"eye {side}" in parts:
            eye = parts[f"eye {side}"][0]
            found["lid", side] = eye[eye[:, 1].argmin()]
        wings = [points for points in parts.get("wing", ()) if np.sign(points[:, 0].mean()) == sign]
        if wings:
            found["wing", side] = wings[0].mean(0)
        if "head" in parts:
            found["chin", side] = parts["head"][0][parts["head"][0][:, 1].argmax()]
    return found


@cache
def _rest(identity):
    return landmarks({}, dict(identity))


def activity(units):
    """How strongly each muscle contracts in a mixture of action units, {(muscle, side): (first, second)}, 0 to 1.

    The two are the halves of its fibres, which differ where a unit names a part of a muscle (`HALVES`).
    """
    found = {(name, side): (0.0, 0.0) for name in MUSCLES for side in SIGN}
    for side, intensities in by_side(units).items():
        for code, value in intensities.items():
            for name in ACTION_UNITS[code].muscles if value else ():
                muscle, _, part = name.partition(", ")
                if muscle in MUSCLES and not name.endswith(" (relaxes)"):
                    strengths = [value if HALVES.get(part, half) == half else 0.0 for half in (0, 1)]
                    found[muscle, side] = tuple(map(max, found[muscle, side], strengths))
    return found


def fibres(units=None, identity=None, hang=None):
    """The fibres of every muscle on both sides: {(name, side): list of float (n, 2)}, in units of the face.

    Arguments: a mixture, the identity of the person, and `hang`, what of the identity is due to muscles without tone
    (as `limp` gives it), which moves the skin too.
    """
    identity = identity or {}
    rest, now = _rest(tuple(sorted(identity.items()))), landmarks(units, identity | (hang or {}))
    moved = {key: now[key] - rest[key] for key in rest if key in now}
    strength, found = activity(units), {}
    for (name, side), halves in strength.items():
        muscle, sign, contraction = MUSCLES[name], SIGN[side], max(halves)
        if isinstance(muscle.origin[0], str):
            found[name, side] = _ring(muscle, side, rest, moved, contraction)
            continue
        start = _carried(muscle.origin, muscle.starts, side, sign, moved, muscle.fibres)
        end = _carried(muscle.insertion, muscle.follows, side, sign, moved, muscle.fibres)
        end = end + (start - end) * muscle.pull * contraction
        bend = np.stack([start[:, 1] - end[:, 1], end[:, 0] - start[:, 0]], 1) * 0.06 * sign
        middle = (start + end) / 2 + bend
        found[name, side] = [spline([a, b, c], steps=4) for a, b, c in zip(start, middle, end)]
    return {key: [_fitted(line, identity) for line in lines] for key, lines in found.items()}


def _carried(points, follows, side, sign, moved, count):
    """`count` points along an end of a muscle, moved with what it is fixed to: float (count, 2)."""
    points = np.array(points, float) * (sign, 1)
    ways = [moved.get((name, side), np.zeros(2)) * share for name, share in follows] or [np.zeros(2)]
    points = points + (ways if len(ways) == len(points) else ways[0])
    place, known = np.linspace(0, 1, count), np.linspace(0, 1, len(points))
    return np.stack([np.interp(place, known, points[:, axis]) for axis in (0, 1)], 1)


def _ring(muscle, side, rest, moved, contraction):
    """A ring muscle's fibres on one side; they narrow as it contracts. The ring of the mouth is cut in the middle."""
    sign = SIGN[side]
    tight = 1 - muscle.pull * contraction
    if muscle.origin[0] == "eye":
        lid = moved.get(("lid", side), np.zeros(2))
        angle = np.linspace(0, 2 * np.pi, 33)
        lines = []
        for across, up, down in ((0.21, 0.12, 0.075), (0.235, 0.15, 0.11), (0.26, 0.18, 0.145), (0.285, 0.21, 0.18),
                                 (0.31, 0.235, 0.21), (0.33, 0.26, 0.24)):
            high = np.where(np.sin(angle) < 0, up, down) * (1 - 1.3 * (1 - tight))
            line = np.stack([sign * 0.325 + across * tight * np.cos(angle), high * np.sin(angle)], 1)
            near = max(0, (0.3 - across) / 0.09)  # only the inner fibres lie in the lid
            line[:, 1] += np.where(np.sin(angle) < 0, lid[1] * min(near, 1), 0)
            lines.append(line)
        return lines
    here = {name: rest[name, side] + moved.get((name, side), 0)
            for name in ("corner", "lip top", "lip bottom") if (name, side) in rest}
    if len(here) < 3:
        return []
    other = "L" if side == "R" else "R"
    corner_there = rest["corner", other] + moved.get(("corner", other), 0)
    middle = (here["corner"][0] + corner_there[0]) / 2
    turn, lines = np.linspace(-np.pi / 2, np.pi / 2, 17), []
    for out in (0.015, 0.04, 0.065, 0.09, 0.115):
        out *= tight
        across = abs(here["corner"][0] - middle) + 0.55 * out
        edge = np.where(turn < 0, here["corner"][1] - here["lip top"][1], here["lip bottom"][1] - here["corner"][1])
        line = np.stack([middle + sign * across * np.cos(turn),
                         here["corner"][1] + (np.maximum(edge, 0.02) + out) * np.sin(turn)], 1)
        lines.append(line)
    return lines


def _fitted(line, identity):
    """A line on the average face as it lies on this person's, who may be wider or longer."""
    if not identity.get("face_width") and not identity.get("face_length"):
        return line
    places = pixel_places(line, {key: identity[key] for key in ("face_width", "face_length") if key in identity},
                          size=100)
    return (places - 50) * (2 * WINDOW[2] / 100) + WINDOW[:2]


def paralysed(cut):
    """The muscles that obey no branch any more, and those that have lost a part: {(name, side): share lost}."""
    return {(name, side): sum((side, branch) in cut for branch in muscle.branches) / len(muscle.branches)
            for name, muscle in MUSCLES.items() for side in SIGN}


def fibre_style(contraction, lost):
    """Colour "#rrggbb", and width in face units, of a fibre: red and thick where it contracts, gray where it is cut."""
    colour = RELAXED + (CONTRACTED - RELAXED) * contraction
    colour = colour + (CUT_OFF - colour) * lost
    return "#" + "".join(f"{round(value):02x}" for value in colour), 0.0085 + 0.006 * contraction * (1 - lost)


def styled(lines, halves, lost):
    """Fibres of one muscle with their looks: a list of (lines, colour, width), one for each half that differs."""
    middle = len(lines) if halves[0] == halves[1] else (len(lines) + 1) // 2
    parts = ((lines[:middle], halves[0]), (lines[middle:], halves[1]))
    return [(part, *fibre_style(contraction, lost)) for part, contraction in parts if part]


def nerve_lines(side):
    """The nerves of one side: {branch: list of float (n, 2)}, and for each nerve's name its trunk."""
    sign = SIGN[side]
    drawn = PATHS | {nerve: (line,) for nerve, line in TRUNKS.items()}
    return {name: [spline(np.array(line, float) * (sign, 1), steps=5) for line in lines]
            for name, lines in drawn.items()}


def anatomy_svg(units=None, identity=None, depth=1.0, cut=(), width=360):
    """The face with what lies under its skin, an SVG image, str.

    Arguments:
        units: a mixture of action units as the brain orders it; what is cut does not carry the order out.
        identity: as of `draw_svg`.
        depth: from 0, the skin, over 1, the muscles under it, and 2, the deeper ones, to 3, the nerves.
        cut: pairs of the person's side and a branch of VII or V, such as ("L", "buccal").
        width: in pixels of the page.
    Raises ValueError for an unknown branch or unit, or a depth outside 0 to 3.
    """
    if not 0 <= depth <= 3:
        raise ValueError(f"depth is {depth!r}, but runs from 0, the skin, to 3, the nerves.")
    cut = set(cut)
    left, hang = after_cut(units, cut), limp(cut)
    shown = {part: float(np.interp(depth, range(4), levels)) for part, levels in SHOWN.items()}
    face = draw_svg(left, (identity or {}) | hang, width=width, alt=" ")
    body = face[face.index(">") + 1:face.rindex("</svg>")].replace("<title> </title>", "")
    parts = [f'<g opacity="{shown["skin"]:.2f}">{body}</g>']
    if depth > 0:
        lines, strength, lost = fibres(left, identity, hang), activity(left), paralysed(cut)
        for layer in ("2", "1"):
            if shown[layer] > 0.02:
                drawn = "".join(_muscle_svg(key, lines[key], strength[key], lost[key])
                                for key in lines if str(MUSCLES[key[0]].layer) == layer)
                parts.append(f'<g opacity="{shown[layer]:.2f}" fill="none" stroke-linecap="round">{drawn}</g>')
        if shown["nerves"] > 0.02:
            parts.append(f'<g opacity="{shown["nerves"]:.2f}" fill="none" stroke-linecap="round" '
                         f'stroke-linejoin="round">{_nerves_svg(cut)}</g>')
    alt = words(units, depth, cut)
    left_edge, top, wide, high = PORTRAIT
    box = " ".join(f"{value * UNIT:g}" for value in PORTRAIT)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" width="{width}" '
            f'height="{width * high / wide:.0f}" style="max-width:100%;height:auto;background:white" role="img" '
            f'aria-label="{escape(alt)}"><title>{escape(alt)}</title>{"".join(parts)}</svg>')


def words(units, depth, cut):
    """What the anatomy shows, in a sentence, for readers who do not see it."""
    told = f"A drawn face down to the {DEPTHS[round(depth)]}. Ordered: {describe(units)}."
    if cut:
        sides = {"L": "left", "R": "right"}
        names = ", ".join(f"{branch} on the {sides[side]}" for side, branch in sorted(cut))
        told += f" Cut: {names}. Left: {describe(after_cut(units, cut))}."
    return told


def _muscle_svg(key, lines, halves, lost):
    dashes = ' stroke-dasharray="34 22"' if lost == 1 else ' stroke-dasharray="60 14"' if key[0] in HIDDEN else ""
    drawn = [f"<title>{escape(key[0])}</title>"]
    for part, colour, width in styled(lines, halves, lost):
        path = "".join(map(_line, part))
        if lost < 1:
            drawn.append(f'<path d="{path}" stroke="{colour}" stroke-width="{3.2 * width * UNIT:.0f}" opacity="0.3"/>')
        drawn.append(f'<path d="{path}" stroke="{colour}" stroke-width="{width * UNIT:.0f}"{dashes}/>')
    return f"<g>{''.join(drawn)}</g>"


def _nerves_svg(cut):
    parts = []
    for side in SIGN:
        for name, lines in nerve_lines(side).items():
            nerve = NERVE_OF.get(name, name)
            gone = (side, name) in cut
            style = (f'stroke="{"#777777" if gone else NERVE_COLOURS[nerve]}" '
                     f'stroke-width="{26 if name in TRUNKS else 15}"')
            style += ' stroke-dasharray="10 26"' if gone else ""
            path = "".join(map(_line, lines))
            parts.append(f'<g><title>{nerve} {escape(name)}</title><path d="{path}" {style}/></g>')
            if gone:  # a cross where it is cut, near its root
                x, y = np.rint(lines[0][3] * UNIT).astype(int)
                parts.append(f'<path d="M{x - 32},{y - 32}l64,64m0,-64l-64,64" stroke="#b00020" stroke-width="20"/>')
    return "".join(parts)


def _line(points):
    steps = np.rint(np.asarray(points) * UNIT).astype(int)
    steps = np.concatenate([steps[:1], np.diff(steps, axis=0)]).tolist()
    return f"M{steps[0][0]},{steps[0][1]}l" + " ".join(f"{x},{y}" for x, y in steps[1:])
