"""What a photograph shows: the emotion of each face in it. Explained in chapters 00, 05 and 15 (thesis section 3.4).

Nothing here wakes Keras unless a network of Keras is asked: a face costs it many times what LiteRT needs (chapter 14).
"""

import warnings
from contextlib import suppress
from functools import cache
from pathlib import Path

import numpy as np

from fer_utils.data.detectors import LONGEST_SIDE, detector_named
from fer_utils.data.photographs import cut_face, detect_faces, middle_square
from fer_utils.data.pictures import as_picture
from fer_utils.edge.litert import LiteRTNetwork, load_litert, shipped_export
from fer_utils.files import path_of, read_json
from fer_utils.labels import EMOTIONS
from fer_utils.networks import DEFAULT_NETWORK

DRAWN = "{} was trained on drawn faces: what it says about a photograph means nothing."


def predict_image(picture, net=None, smallest=None, whole=False, max_side=LONGEST_SIDE, detector=None):
    """The faces in a picture with their emotions, a list of dicts as `python -m fer_utils predict --json` gives.

    Each has `box` [row, column, height, width] in pixels of the upright picture, `score` and `detector` (how sure the
    detector is, and which one it was: `fer_utils.data.photographs.detect_faces`), `emotion`, and `probabilities`
    (emotion to a number between 0 and 1). May be called from several threads.

    Arguments:
        picture: a path, a Pillow image or a uint8 array (`fer_utils.data.pictures.as_picture`).
        net: a Keras model that takes raw faces, or a `fer_utils.edge.litert.LiteRTNetwork`; None takes the course's own
            in int8, whose answers differ from those of the Keras model by some hundredths.
        smallest, max_side, detector: as in `detect_faces`.
        whole: take the picture as one face, its middle square, and look for none: for pictures that were cut already.
            `score` and `detector` are None.

    Raises ValueError for what is no picture, SetupError where what reads the network is not installed. Warns of a
    network that knows drawn faces alone.
    """
    if net is not None and drawn_alone(getattr(net, "name", "")):
        warnings.warn(DRAWN.format(net.name) + " (If you trained yours on photographs, all is well.)", stacklevel=2)
    detector = None if whole else detector_named(detector)[0]
    return name_faces(cut_faces(as_picture(picture), detector, smallest, max_side), net, detector)


def cut_faces(picture, detector, smallest=None, max_side=LONGEST_SIDE):
    """The faces in a picture (an array) before a network is asked: triples (`Box`, score, uint8 (48, 48)). `detector`
    is a name, or None for a picture that is one face as a whole."""
    if detector is None and picture.min() == picture.max():
        raise ValueError("the picture is blank: all its pixels are alike. Look at it, and save it anew.")
    found = detect_faces(picture, smallest, detector, max_side) if detector else [(middle_square(picture), None)]
    return [(box, score, cut_face(picture, box)) for box, score in found]


def name_faces(found, net=None, detector=None):
    """What a network says of the faces of `cut_faces`: the list of `predict_image`."""
    if not found:
        return []
    net = _shipped(DEFAULT_NETWORK) if net is None else net
    probabilities = _ask(net, np.stack([face for *_, face in found]))
    return [{"box": list(box), "score": score, "detector": detector, "emotion": EMOTIONS[int(np.argmax(row))],
             "probabilities": {emotion: float(p) for emotion, p in zip(EMOTIONS, row)}}
            for (box, score, _), row in zip(found, probabilities)]


def _ask(net, faces):
    """Probabilities (n, 7) of raw faces, from either kind of network. Those of an int8 network, multiples of 1/256, are
    divided by their sum."""
    if isinstance(net, LiteRTNetwork):
        answers = net.predict(faces)
        return answers / answers.sum(axis=1, keepdims=True)
    from fer_utils.evaluation import predict_probabilities

    return predict_probabilities(net, faces)


def network_to_ask(name):
    """A trained network for a picture's faces, by what `predict --network` may name.

    A network whose int8 export ships, and a file NAME.tflite, become a `LiteRTNetwork`; whatever else
    `fer_utils.networks.weights.load_network` knows becomes a Keras model. Raises what these raise.
    """
    from fer_utils.networks.weights import load_network, own_path

    name = str(name).strip()
    if name.strip("'\"").endswith(".tflite"):
        return LiteRTNetwork(path_of(name))
    if own_path(name) is None and _ships(name):
        return load_litert(name)
    from fer_utils.backend import check_backend

    check_backend()
    return load_network(name)


@cache
def _shipped(name):
    """The network that is asked picture after picture, loaded once."""
    return network_to_ask(name)


def _ships(name):
    """Whether the int8 export of a network ships."""
    with suppress(ValueError):
        return bool(shipped_export(name))
    return False


def drawn_alone(name):
    """Whether a network, a run or the folder of a run learned from the bundled drawings; False where none says so."""
    from fer_utils.evaluation.results import load_run

    name = str(name).removesuffix("-int8").removesuffix("-float32")  # as exports are called
    with suppress(ValueError, KeyError, TypeError):
        record = path_of(name) / "run.json"
        run = read_json(record, ["data"]) if Path(name).is_dir() and record.is_file() else load_run(name)
        return run["data"]["name"] == "schematic faces"
    return False
