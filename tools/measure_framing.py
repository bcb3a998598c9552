"""Measure how FER-2013 frames a face: `python tools/measure_framing.py [--wider RUN]`. Needs FER2013_SOURCE.

FER-2013's faces, enlarged six times, get surroundings, and each detector is asked where the face is. The median of its
boxes against the frame is what `fer_utils.data.detectors.FRAMING` is rounded from. Surroundings are made in two ways,
since none are known: the border's pixels repeated, and plain gray; and in two widths. Then the way of a photograph is
checked on PublicTest: find, cut, ask the network; accuracy by the frame itself, by the box as it is, by the box framed.
Writes data/dataset/framing.json: figures alone, no picture.

`--wider RUN` instead holds a run that was trained with a wider range of frames (recipe `framed`) against the network it
began with, on PublicTest as it is, mirrored, moved, enlarged and shrunk, and writes data/results/wider_framing.json.
"""

import argparse

import numpy as np
from PIL import Image
from record_dataset import as_text

from fer_utils.data.changes import FACE_CHANGES
from fer_utils.data.detectors import DETECTORS, FRAMING, Framing, best_detector, detector_named
from fer_utils.data.fer2013 import load_fer2013
from fer_utils.data.photographs import cut_face
from fer_utils.edge.litert import load_litert
from fer_utils.evaluation import predict_probabilities
from fer_utils.evaluation.intervals import difference_interval
from fer_utils.evaluation.results import DATASET_FOLDER
from fer_utils.evaluation.robustness import WIDER_FRAMING_FILE
from fer_utils.files import write_text
from fer_utils.networks import DEFAULT_NETWORK
from fer_utils.networks.weights import load_network, run_and_network

SIDE = 288  # pixels of an enlarged face
SURROUNDINGS = {"border repeated, half a side": (0.5, "edge"), "border repeated, a whole side": (1.0, "edge"),
                "gray, half a side": (0.5, "constant")}
N_FRAMING, N_ACCURACY = 600, 600
CUTS = {"as it is": Framing(1.0, 0.0), "10 % more": Framing(1.1, 0.0), "20 % more": Framing(1.2, 0.0),
        "framed": None}


def surrounded(face, width, mode):
    """A face uint8 (48, 48), enlarged, with surroundings of `width` sides on each side, and the frame's first pixel."""
    large = np.asarray(Image.fromarray(face).resize((SIDE, SIDE), Image.Resampling.BICUBIC))
    around = round(width * SIDE)
    fill = {"constant_values": 128} if mode == "constant" else {}
    return np.pad(large, around, mode=mode, **fill), around


def place(box, around):
    """A box against the frame: its side, and its middle right of and below the frame's, in sides of the frame."""
    side = (box.height + box.width) / 2
    right, below = (start + size / 2 - around - SIDE / 2
                    for start, size in ((box.column, box.width), (box.row, box.height)))
    return side / SIDE, right / SIDE, below / SIDE


def boxes(detector, pictures):
    """The largest box in each picture, None where there is none."""
    module = detector_named(detector)[1]
    found = [module.find(picture, max_side=SIDE) for picture in pictures]  # one look, and a quick one for the cascade
    return [pairs[0][0] if pairs else None for pairs in found]


def framing(found, around):
    """How the boxes lie to the frame: detection rate, and quartiles of side and shifts; `around` is pixels."""
    places = np.array([place(box, around) for box in found if box])
    quartiles = np.percentile(places, [25, 50, 75], axis=0).round(4).T.tolist()
    side, _, below = (median for _, median, _ in quartiles)
    return {"found": len(places), **dict(zip(("side", "right", "below"), quartiles)),
            "frame_side": round(1 / side, 3), "frame_down": round(-below / side, 3)}


def accuracy(part, detector, width, mode):
    """Accuracy of PublicTest faces by each cut, among those that the detector found, and by the frame itself."""
    from unittest.mock import patch

    from fer_utils.data import detectors

    net = load_litert(DEFAULT_NETWORK)
    pictures = [surrounded(face, width, mode)[0] for face in part.images]
    found = boxes(detector, pictures)
    seen = np.array([box is not None for box in found])
    labels = part.labels[seen]
    answers = {"the frame itself": net.predict(part.images[seen]).argmax(axis=1)}
    for name, how in CUTS.items():
        with patch.dict(detectors.FRAMING, {} if how is None else {detector: how}):
            faces = [cut_face(picture, detectors.framed(box, detector))
                     for picture, box in zip(pictures, found) if box]
        answers[name] = net.predict(np.stack(faces)).argmax(axis=1)
    right = {name: answer == labels for name, answer in answers.items()}
    return {"found": int(seen.sum()), "accuracy": {name: round(float(one.mean()), 4) for name, one in right.items()},
            "lost_and_won": {name: [int((right["the frame itself"] & ~one).sum()),
                                    int((~right["the frame itself"] & one).sum())] for name, one in right.items()}}


def some(part, number):
    """`number` faces of a part, drawn by chance, the same each time."""
    chosen = np.sort(np.random.default_rng(17).choice(len(part.labels), number, replace=False))
    return type(part)(part.images[chosen], part.labels[chosen])


# changes of the frame, and how strong; 0 leaves the faces as they are
MOVED = (("as it is", 0), ("mirrored", 1), ("shift", 2), ("shift", 4), ("zoom out", 0.7), ("zoom out", 0.8),
         ("zoom out", 0.9), ("zoom in", 1.1), ("zoom in", 1.2), ("zoom in", 1.35))


def wider(name):
    """Hold a run against the one that it began with, and write that down."""
    run, net = run_and_network(name)
    before, public = load_network(run["initial_weights"]), load_fer2013(splits=("public",)).public
    record = {key: run[key] for key in ("model", "recipe", "seed", "precision", "data", "backend", "versions", "device",
                                        "best_epoch", "public_accuracy", "initial_weights", "initial_weights_sha256",
                                        "best_sha256", "lessons")}
    record |= {"epochs": len(run["history"]), "tried": len(MOVED), "rows": []}
    for change, strength in MOVED:
        faces = public.images if not strength else FACE_CHANGES[change].function(public.images, strength)
        old, new = (predict_probabilities(one, faces).argmax(axis=1) == public.labels for one in (before, net))
        gap, low, high = difference_interval(new, old, tried=len(MOVED))
        record["rows"].append({"change": change, "strength": strength,
                               "before": float(old.mean()), "after": float(new.mean()), "difference": gap, "low": low,
                               "high": high})
        print(record["rows"][-1], flush=True)
    write_text(WIDER_FRAMING_FILE, as_text(record))


def main():
    """Measure both and write them down."""
    assert best_detector() == "blazeface", "LiteRT is needed: pip install .[edge]"
    faces = load_fer2013()
    train, public = some(faces.train, N_FRAMING), some(faces.public, N_ACCURACY)
    record = {"content_hash": faces.content_hash, "faces": N_FRAMING, "enlarged_to": SIDE, "network": DEFAULT_NETWORK,
              "public_faces": N_ACCURACY, "factors": {name: list(FRAMING[name]) for name in DETECTORS},
              "framing": {}, "accuracy": {}}
    for detector in DETECTORS:
        for name, (width, mode) in SURROUNDINGS.items():
            made = [surrounded(face, width, mode) for face in train.images]
            found = boxes(detector, [picture for picture, _ in made])
            record["framing"].setdefault(detector, {})[name] = framing(found, made[0][1])
            print(detector, name, record["framing"][detector][name], flush=True)
        for name in ("border repeated, half a side",):
            record["accuracy"][detector] = accuracy(public, detector, *SURROUNDINGS[name])
            print(detector, record["accuracy"][detector], flush=True)
        write_text(DATASET_FOLDER / "framing.json", as_text(record))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wider", metavar="RUN")
    options = parser.parse_args()
    if options.wider:
        wider(options.wider)
    else:
        main()
