"""The pictures of the page "Face laboratory": whole expressions of three drawn people, from rest to full strength.

Geometry and muscles are the package's: `fer_utils.faces` draws here, at build, and the page only shows what was drawn,
with what the network of drawings answers to each face. The pictures are kept in site/_build/face-laboratory until
what draws them, or the network, changes.
"""

import hashlib
import json
from itertools import product
from pathlib import Path

import numpy as np
from syllabus import ROOT

from fer_utils.edge.litert import load_litert
from fer_utils.faces.action_units import EXPRESSIONS, describe, scale
from fer_utils.faces.draw import draw_gray, draw_picture
from fer_utils.faces.random_faces import exposure
from fer_utils.labels import EMOTIONS

NETWORK = "squeezenet-mini"
STRENGTHS = (0, 0.2, 0.4, 0.6, 0.8, 1)
PEOPLE = {
    "with short hair": dict(),
    "with long hair": dict(hair="long", skin=0.75, hair_tone=0.08, lashes=0.6, lips=0.6, jaw=-0.6, brow_thickness=-0.4),
    "older, with glasses and a beard": dict(hair="receding", beard="full", glasses="round", age=0.9, skin=0.15,
                                            hair_tone=0.6, brow_thickness=0.7),
}
SHOWN = [emotion for emotion in EMOTIONS if emotion != "neutral"]  # neutral is each of them at rest
WIDTH, SEEN, ROOM = 200, 144, 16  # pixels: the portrait, the network's picture beside it, and between them
PAPER = (238, 236, 232)


def sources(root=ROOT):
    """A hash of all that the pictures and the answers come from."""
    weights = root / "data" / "weights"
    paths = [Path(__file__), *sorted((root / "fer_utils" / "faces").rglob("*.py")),
             *sorted(weights.glob(f"{NETWORK}*"))]
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()


def picture(units, identity, gray):
    """A portrait, and beside it the face as the network sees it, three times as large: a Pillow image."""
    from PIL import Image

    portrait = draw_picture(units, identity, width=WIDTH, background=PAPER)
    seen = Image.fromarray(gray).resize((SEEN, SEEN), Image.Resampling.NEAREST)
    whole = Image.new("RGB", (WIDTH + ROOM + SEEN, portrait.height), PAPER)
    whole.paste(portrait, (0, 0))
    whole.paste(seen, (WIDTH + ROOM, (portrait.height - SEEN) // 2))
    return whole


def draw(folder, root=ROOT):
    """Write the pictures and `frames.json`, as tools/explorer_frames.py does, into a folder, unless they are there."""
    told, key = folder / "frames.json", sources(root)
    if told.is_file() and json.loads(told.read_text(encoding="utf-8")).get("sources") == key:
        return
    folder.mkdir(parents=True, exist_ok=True)
    net, at_rest, words, shares = load_litert(NETWORK), {}, [], []
    for place, (emotion, (who, identity), strength) in enumerate(product(SHOWN, PEOPLE.items(), STRENGTHS)):
        units = {code: value for code, value in scale(EXPRESSIONS[emotion], strength).items() if value}
        if strength or who not in at_rest:  # at rest a person looks the same whatever is to come
            gray = draw_gray(units, identity, light={"gain": exposure(identity.get("skin", 0.3))})
            answer, image = net.predict(gray[None])[0], picture(units, identity, gray)
            drawn = image, np.round(100 * answer / answer.sum()).astype(int).tolist()
            at_rest |= {} if strength else {who: drawn}
        image, answer = drawn if strength else at_rest[who]
        image.save(folder / f"{place}.webp", "WEBP", quality=80)
        shares.append(answer)
        best = int(np.argmax(answer))
        words.append(f"A drawn person, {who}. {emotion.capitalize()} at {100 * strength:.0f} %: {describe(units)}. "
                     f"The network answers {EMOTIONS[best]}, {answer[best]} %.")
    first = SHOWN.index("happiness"), 0, len(STRENGTHS) - 2
    controls = [("expression", SHOWN), ("person", list(PEOPLE)),
                ("strength", [f"{100 * one:.0f} %" for one in STRENGTHS])]
    frames = {"controls": [{"label": label, "texts": texts, "start": start, "slider": label == "strength"}
                           for (label, texts), start in zip(controls, first)],
              "words": words, "width": image.width, "height": image.height,
              "shares": {"names": list(EMOTIONS), "values": shares}, "sources": key}
    told.write_text(json.dumps(frames, ensure_ascii=False), encoding="utf-8")
