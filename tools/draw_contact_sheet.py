"""Draw data/schematic_faces.png, contact sheet of the bundled faces: `python tools/draw_contact_sheet.py [--check]`.

A row for each emotion: a portrait in colour at full strength, then the first bundled faces of that class, twice their
size. `--check` compares the file with a new drawing and writes nothing.
"""

import argparse
import sys

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from fer_utils.data import BUNDLED, load_schematic
from fer_utils.faces.action_units import EXPRESSIONS
from fer_utils.faces.draw import draw_picture
from fer_utils.labels import EMOTIONS

SHEET = BUNDLED.with_suffix(".png")
PAPER = (250, 249, 246)
CELL, GAP, PORTRAIT_WIDTH, NAME_HEIGHT, ACROSS = 96, 6, 140, 18, 8
PEOPLE = {  # one for each emotion, chosen to differ
    "anger": dict(skin=0.2, hair="short", hair_tone=0.3, jaw=0.8, beard="stubble", brow_thickness=0.6),
    "disgust": dict(skin=0.55, hair="bun", hair_tone=0.08, lips=0.6, lashes=1.0, face_width=-0.5),
    "fear": dict(skin=0.1, hair="long", hair_tone=0.55, iris=0.9, face_width=-0.6, lips=0.3, jaw=-0.6, lashes=0.8),
    "happiness": dict(skin=0.8, hair="curls", hair_tone=0.05, lips=0.8, nose_width=0.7, iris=0.1, lashes=0.8, jaw=-0.4),
    "sadness": dict(skin=0.35, hair="receding", hair_tone=0.3, age=0.8, glasses="round", iris=0.5),
    "surprise": dict(skin=0.65, hair="scarf", clothes=105.0, iris=0.15, lashes=1.0, jaw=-0.5),
    "neutral": dict(skin=0.4, hair="fringe", hair_tone=0.15, eye_tilt=0.7, nose_width=-0.3, iris=0.1),
}


def contact_sheet():
    """The sheet as a Pillow image."""
    faces = load_schematic(("public",)).public
    portraits = {emotion: draw_picture(EXPRESSIONS[emotion], PEOPLE[emotion], width=PORTRAIT_WIDTH, background=PAPER)
                 for emotion in EMOTIONS}
    row = max(portraits["neutral"].height, 2 * CELL + GAP) + NAME_HEIGHT + GAP
    width = PORTRAIT_WIDTH + ACROSS // 2 * (CELL + GAP) + 3 * GAP
    sheet = Image.new("RGB", (2 * width, row * ((len(EMOTIONS) + 1) // 2) + GAP), PAPER)
    draw = ImageDraw.Draw(sheet)
    for number, emotion in enumerate(EMOTIONS):
        left, top = number % 2 * width + GAP, number // 2 * row + GAP
        draw.text((left, top), emotion, fill=(40, 40, 40), font=ImageFont.load_default(14))
        sheet.paste(portraits[emotion], (left, top + NAME_HEIGHT))
        for index, face in enumerate(faces.images[faces.labels == number][:ACROSS]):
            x = left + PORTRAIT_WIDTH + GAP + index // 2 * (CELL + GAP)
            sheet.paste(Image.fromarray(face).resize((CELL, CELL), Image.Resampling.NEAREST),
                        (x, top + NAME_HEIGHT + index % 2 * (CELL + GAP)))
    return sheet


def differs():
    """Whether the file is not what would be drawn now; Pillow's versions may move a shade here and there."""
    with Image.open(SHEET) as stored:
        old, new = (np.asarray(image.convert("RGB"), dtype=int) for image in (stored, contact_sheet()))
    return old.shape != new.shape or np.mean(np.abs(old - new).max(axis=2) > 24) > 0.01


def main():
    """Draw the sheet, or compare it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare the file with a new drawing; write nothing")
    if parser.parse_args().check:
        if differs():
            sys.exit(f"{SHEET.name} is out of date. Draw it again with: python tools/draw_contact_sheet.py")
        print(f"{SHEET.name} is up to date.")
    else:
        contact_sheet().save(SHEET, optimize=True)  # in all its colours: a palette makes bands of the skin
        print(f"{SHEET.name}: {SHEET.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
