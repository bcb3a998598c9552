"""What a photograph shows: the emotion of each face in it. Explained in chapters 00, 05 and 15 (thesis section 3.4)."""

import warnings
from contextlib import suppress
from functools import cache
from pathlib import Path

import numpy as np

from fer_utils.data.photographs import cut_face, detect_faces, middle_square
from fer_utils.data.pictures import as_picture
from fer_utils.files import path_of, read_json
from fer_utils.labels import EMOTIONS
from fer_utils.networks import DEFAULT_NETWORK

DRAWN = "{} was trained on drawn faces: what it says about a photograph means nothing."


def predict_image(picture, net=None, smallest=None, whole=False):
    """The faces in a picture with their emotions, a list of dicts as `python -m fer_utils predict --json` gives.

    Each has `box` [row, column, height, width] in pixels of the upright picture, `score`, the number of detector
    windows that agreed on the face, `emotion`, and `probabilities` (emotion to a number between 0 and 1).

    Arguments:
        picture: a path, a Pillow image or a uint8 array (`fer_utils.data.pictures.as_picture`).
        net: a Keras model that takes raw faces; None loads the course's own.
        smallest: side in pixels of the smallest face looked for (`fer_utils.data.photographs.detect_faces`).
        whole: take the picture as one face, its middle square, and look for none: for pictures that were cut already.
            `score` is None.

    Raises ValueError for what is no picture. Warns of a network that knows drawn faces alone.
    """
    if net is not None and drawn_alone(getattr(net, "name", "")):
        warnings.warn(DRAWN.format(net.name) + " (If you trained yours on photographs, all is well.)", stacklevel=2)
    return name_faces(cut_faces(as_picture(picture), smallest, whole), net)


def cut_faces(picture, smallest=None, whole=False):
    """The faces in a picture (an array) before a network is asked: triples (`Box`, score, uint8 (48, 48))."""
    if whole and picture.min() == picture.max():
        raise ValueError("the picture is blank: all its pixels are alike. Look at it, and save it anew.")
    found = [(middle_square(picture), None)] if whole else detect_faces(picture, smallest)
    return [(box, score, cut_face(picture, box)) for box, score in found]


def name_faces(found, net=None):
    """What a network says of the faces of `cut_faces`: the list of `predict_image`."""
    if not found:
        return []
    from fer_utils.evaluation import predict_probabilities

    net = _shipped(DEFAULT_NETWORK) if net is None else net
    probabilities = predict_probabilities(net, np.stack([face for *_, face in found]))
    return [{"box": list(box), "score": score, "emotion": EMOTIONS[int(np.argmax(row))],
             "probabilities": {emotion: float(p) for emotion, p in zip(EMOTIONS, row)}}
            for (box, score, _), row in zip(found, probabilities)]


def drawn_alone(name):
    """Whether a network, a run or the folder of a run learned from the bundled drawings; False where none says so."""
    from fer_utils.evaluation.results import load_run

    with suppress(ValueError, KeyError, TypeError):
        record = path_of(name) / "run.json"
        run = read_json(record, ["data"]) if Path(name).is_dir() and record.is_file() else load_run(name)
        return run["data"]["name"] == "schematic faces"
    return False


@cache
def _shipped(name):
    """The network that is asked picture after picture, loaded once."""
    from fer_utils.networks.weights import load_network

    return load_network(name)
