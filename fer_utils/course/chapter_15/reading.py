"""Read the faces of a picture with LiteRT: the one way of the live demo, for camera, upload and folder.

Explained in chapter 15. Neither Keras nor TensorFlow is asked.
"""

import time
from pathlib import Path

import numpy as np

from fer_utils.data.detectors import best_detector
from fer_utils.data.photographs import read_photograph
from fer_utils.data.pictures.kinds import PICTURE_SUFFIXES
from fer_utils.edge.litert import load_litert
from fer_utils.evaluation.prediction import cut_faces, name_faces
from fer_utils.files import FileError
from fer_utils.labels import EMOTIONS
from fer_utils.networks import DEFAULT_NETWORK
from fer_utils.text import table


def read_faces(picture, network=DEFAULT_NETWORK, most=None):
    """The faces of a picture, largest first, as a list of dicts, and the milliseconds it took, a dict.

    Each face has `box` [row, column, height, width] in pixels, `score` of the detector, `face` uint8 (48, 48) and
    `probabilities` float (7,). `picture` is uint8 (height, width, 3); `most` reads that many of the largest faces
    alone, the others have no `face` and no `probabilities`. Times: "find" with cutting, and "read". May be called from
    several threads: detector and network let one in at a time.
    """
    begin = time.perf_counter()
    found = cut_faces(picture, best_detector())
    found_at = time.perf_counter()
    faces = [{"box": [int(value) for value in box], "score": score} for box, score, _ in found]
    chosen = found[:most]
    for one, (*_, face), named in zip(faces, chosen, name_faces(chosen, load_litert(network))):
        one |= {"face": face, "probabilities": np.array(list(named["probabilities"].values()))}
    end = time.perf_counter()
    return faces, {"find": 1000 * (found_at - begin), "read": 1000 * (end - found_at)}


def read_folder(folder, network=DEFAULT_NETWORK):
    """A row for each face in the pictures of a folder, a list of dicts: `file`, `face` (its number, None where none was
    found), `emotion`, `probability`; a file that is no picture has `problem`. Raises FileError for what is no folder.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise FileError(f"{folder} is no folder. Give the path of a folder with pictures.")
    rows = []
    for path in sorted(path for path in folder.iterdir() if path.suffix.lower() in PICTURE_SUFFIXES):
        try:
            faces, _ = read_faces(read_photograph(path), network)
        except ValueError as error:
            rows.append({"file": path.name, "face": None, "emotion": None, "probability": None,
                         "problem": str(error).replace(str(path), path.name)})
            continue
        rows += [_row(path.name, number, one["probabilities"]) for number, one in enumerate(faces, start=1)]
        rows += [] if faces else [{"file": path.name, "face": None, "emotion": None, "probability": None}]
    return rows


def folder_table(rows):
    """The rows of `read_folder` as a Markdown table."""
    return table(["file", "face", "answer", "probability", "note"], [
        [row["file"], "", "", "", row.get("problem", "no face found")] if row["face"] is None else
        [row["file"], str(row["face"]), row["emotion"], f"{100 * row['probability']:.0f} %", ""] for row in rows])


def _row(file, number, probabilities):
    best = int(np.argmax(probabilities))
    return {"file": file, "face": number, "emotion": EMOTIONS[best], "probability": float(probabilities[best])}


def cut_again(face, rows, columns):
    """A face of 48 by 48 pixels cut to the middle share of its `rows` and `columns` (0 to 1) and enlarged again."""
    from PIL import Image

    height, width = face.shape
    top, left = height * (1 - rows) / 2, width * (1 - columns) / 2
    image = Image.fromarray(face)
    return np.asarray(image.resize((width, height), Image.Resampling.BICUBIC,
                                   box=(left, top, width - left, height - top)))
