"""Pictures that a face detector has to manage, with what is in them; `python tests/contact_sheet.py FILE.png` draws
them with the boxes that are found.

The faces are drawn by the course, or of two freely licensed photographs that packages ship: scikit-image's Eileen
Collins (NASA, public domain) and matplotlib's Grace Hopper, who wears glasses (United States Navy, public domain).
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from fer_utils.data.detectors import Box
from fer_utils.data.photographs import example_photograph
from fer_utils.faces.draw import PORTRAIT, WINDOW, draw_picture


class Case(NamedTuple):
    """A picture, uint8 (height, width, 3); a kind; the boxes of its faces; the smallest face to look for."""

    picture: np.ndarray
    kind: str
    faces: tuple
    smallest: int | None = None


COLLINS = Box(62, 172, 105, 105)
HOPPER = Box(112, 160, 215, 215)


def hopper():
    """The portrait inside matplotlib, uint8 (600, 512, 3)."""
    import matplotlib

    return np.asarray(Image.open(Path(matplotlib.get_data_path()) / "sample_data" / "grace_hopper.jpg").convert("RGB"))


def scaled(picture, box, factor):
    """A picture and a box in it, both so many times as large."""
    size = round(picture.shape[1] * factor), round(picture.shape[0] * factor)
    return (np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.LANCZOS)),
            Box(*(round(factor * value) for value in box)))


def turned(picture, box, degrees):
    """A picture turned about its middle, counter-clockwise, and where the box's middle goes."""
    middle = np.array(picture.shape[:2]) / 2
    angle = np.deg2rad(degrees)
    down, right = np.array([box.row + box.height / 2, box.column + box.width / 2]) - middle
    row, column = middle + [down * np.cos(angle) - right * np.sin(angle), down * np.sin(angle) + right * np.cos(angle)]
    return (np.asarray(Image.fromarray(picture).rotate(degrees, Image.Resampling.BILINEAR)),
            Box(round(row - box.height / 2), round(column - box.width / 2), box.height, box.width))


def pasted(shape, pieces, places, gray=128):
    """Pieces, pairs of a picture and its box, on a gray ground at places (row, column)."""
    ground, boxes = np.full((*shape, 3), gray, np.uint8), []
    for (piece, box), (row, column) in zip(pieces, places):
        ground[row:row + piece.shape[0], column:column + piece.shape[1]] = piece
        boxes.append(box._replace(row=box.row + row, column=box.column + column))
    return ground, tuple(boxes)


def with_glasses(picture):
    """Dark rims around the eyes of the portrait of Eileen Collins."""
    drawn = Image.fromarray(picture)
    pen = ImageDraw.Draw(drawn)
    for middle in (205, 246):
        pen.ellipse((middle - 18, 84, middle + 18, 114), outline=(20, 20, 20), width=4)
    pen.line((222, 98, 229, 98), fill=(20, 20, 20), width=4)
    return np.asarray(drawn)


def drawn(who=None, pose=None, width=300):
    """A drawn portrait, and the frame that the course cuts out of it for a network."""
    across, down, half = WINDOW
    left, top, wide, _ = PORTRAIT
    scale = width / wide
    return (np.asarray(draw_picture({"AU12": 0.5}, who, pose, width=width)),
            Box(*(round(scale * value) for value in (down - half - top, across - half - left, 2 * half, 2 * half))))


def cases():
    """The contact sheet: a dict of name to `Case`."""
    from skimage import data

    astronaut, navy = example_photograph(), hopper()
    small, box = scaled(astronaut, COLLINS, 0.45)
    many = [scaled(astronaut, COLLINS, 0.5), scaled(navy, HOPPER, 0.4), scaled(astronaut[:, ::-1], COLLINS._replace(
        column=512 - COLLINS.column - COLLINS.width), 0.6), scaled(navy, HOPPER, 0.25)]
    tiny = [scaled(astronaut, COLLINS, 0.3)] * 3
    return {
        "portrait": Case(astronaut, "plain", (COLLINS,)),
        "turned by 20": Case(*_one(turned(astronaut, COLLINS, 20), "turned")),
        "turned by -30": Case(*_one(turned(astronaut, COLLINS, -30), "turned")),
        "glasses, turned by 15": Case(*_one(turned(navy, HOPPER, 15), "turned")),
        "small": Case(*pasted_one((768, 1024), (small, box), (300, 700), "small")),
        "three small in a large picture": Case(
            *_many(pasted((1300, 2100), tiny, [(100, 100), (960, 1000), (1100, 1900)]), "small"), 25),
        "many": Case(*_many(pasted((700, 900), many, [(0, 0), (10, 400), (320, 0), (400, 600)]), "many")),
        "a tenth of the light": Case(astronaut // 10, "dark", (COLLINS,)),
        "dark, glasses": Case(navy // 8, "dark", (HOPPER,)),
        "glasses": Case(navy, "bespectacled", (HOPPER,)),
        "drawn glasses": Case(with_glasses(astronaut), "bespectacled", (COLLINS,)),
        "drawn": Case(*_one(drawn(), "drawn")),
        "drawn, dark skin": Case(*_one(drawn(dict(skin=0.95, hair="long")), "drawn")),
        "drawn, beard and glasses": Case(*_one(drawn(dict(age=1.0, beard="full", glasses="round")), "drawn")),
        "drawn, turned aside": Case(*_one(drawn(dict(hair="curls"), dict(yaw=-40)), "turned")),
        "drawn, scarf, tilted": Case(*_one(drawn(dict(hair="scarf"), dict(roll=20)), "turned")),
        "large": Case(*_one(scaled(astronaut[40:190, 150:300], COLLINS._replace(row=22, column=22), 6), "large")),
        **{name: Case(np.asarray(Image.fromarray(np.asarray(getattr(data, name)())).convert("RGB")), "absent", ())
           for name in ("coffee", "chelsea", "rocket", "coins", "brick", "page", "hubble_deep_field")},
        "white": Case(np.full((300, 300, 3), 255, np.uint8), "absent", ()),
        "noise": Case(np.random.default_rng(0).integers(0, 256, (400, 500, 3), np.uint8), "absent", ()),
    }


def _one(pair, kind):
    return pair[0], kind, (pair[1],)


def _many(pair, kind):
    return pair[0], kind, pair[1]


def pasted_one(shape, piece, place, kind):
    """One piece on gray."""
    return _many(pasted(shape, [piece], [place]), kind)


def sheet(found, side=260, columns=6):
    """A Pillow image of all cases with boxes. `found`: a dict of name to the boxes found in it."""
    rows = -(-len(found) // columns)
    page = Image.new("RGB", (columns * side, rows * (side + 16)), "white")
    for i, (name, case) in enumerate(cases().items()):
        picture = Image.fromarray(case.picture)
        pen = ImageDraw.Draw(picture)
        width = max(1, max(picture.size) // 120)
        for box in found[name]:
            pen.rectangle((box.column, box.row, box.column + box.width, box.row + box.height), outline=(0, 255, 0),
                          width=width)
        picture.thumbnail((side - 6, side - 6))
        left, top = i % columns * side, i // columns * (side + 16)
        page.paste(picture, (left, top + 14))
        ImageDraw.Draw(page).text((left, top), f"{name}: {len(found[name])} of {len(case.faces)}", fill="black")
    return page


if __name__ == "__main__":
    import sys

    from fer_utils.data.photographs import find_faces

    sheet({name: find_faces(case.picture, case.smallest, *sys.argv[2:]) for name, case in cases().items()}).save(
        sys.argv[1])
