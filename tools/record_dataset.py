"""Measure what chapter 03 says about FER-2013: `python tools/record_dataset.py fer2013new.csv [--only PART ...]`.

For readers without the dataset. Needs FER2013_SOURCE and the votes of FER+ (`fer_utils.data.ferplus`). Writes
data/dataset/facts.json and mean_faces.npz (averages of hundreds of faces; no single photograph can be got back from
them). Methods are compared on PublicTest; PrivateTest is read for counts, copies and to report how people and a chosen
network read it.
"""

import argparse
import json
import re

import numpy as np
from measure_copies import leakage
from measure_people import people

from fer_utils.course.chapter_03.figures import mean_faces
from fer_utils.course.resolution import RESOLUTIONS, coarsen, shrink
from fer_utils.data import SPLITS, without_duplicates
from fer_utils.data.fer2013 import load_fer2013
from fer_utils.evaluation.results import DATASET_FOLDER, load_run
from fer_utils.files import write_text
from fer_utils.labels import EMOTIONS
from fer_utils.networks import DEFAULT_NETWORK

PARTS = ("basics", "resolution", "people", "leakage")


def linear_model(faces, side=48):
    """The answers to PublicTest of ridge regression on side x side pixels, int (n,), and its regularization, chosen on
    a tenth of Training."""
    from sklearn.linear_model import RidgeClassifier

    def vectors(images):
        return shrink(images, side).reshape(len(images), -1) / np.float32(255)

    x, y = vectors(faces.train.images), faces.train.labels
    held = np.random.default_rng(0).random(len(y)) < 0.1
    strengths = (0.1, 1.0, 10.0, 100.0, 1000.0, 10000.0)
    scores = [RidgeClassifier(alpha=a).fit(x[~held], y[~held]).score(x[held], y[held]) for a in strengths]
    best = strengths[int(np.argmax(scores))]
    return RidgeClassifier(alpha=best).fit(x, y).predict(vectors(faces.public.images)), best


def accuracy(answers, labels):
    """The share of the labels that are answered, a float."""
    return float(np.mean(answers == labels))


def resolution(faces):
    """How far a linear model, fitted anew, and our network come on faces with fewer pixels."""
    return {
        "sides": list(RESOLUTIONS),
        "linear_model": [accuracy(linear_model(faces, side)[0], faces.public.labels) for side in RESOLUTIONS],
        "network": network_on_coarse_faces(faces.public),
    }


def network_on_coarse_faces(part, name=DEFAULT_NETWORK):
    """What a network that learned from sharp faces answers to coarse ones: accuracy, and for each emotion its recall
    and the share of all faces that are called by its name."""
    from fer_utils.evaluation import predict_probabilities
    from fer_utils.networks.weights import load_network

    net, labels = load_network(name), part.labels
    answers = [predict_probabilities(net, coarsen(part.images, side)).argmax(axis=1) for side in RESOLUTIONS]
    return {
        "run": load_run(name)["run"],
        "accuracy": [float(np.mean(answer == labels)) for answer in answers],
        "recall": {emotion: [float(np.mean(answer[labels == c] == c)) for answer in answers]
                   for c, emotion in enumerate(EMOTIONS)},
        "answered": {emotion: [float(np.mean(answer == c)) for answer in answers]
                     for c, emotion in enumerate(EMOTIONS)},
    }


def basics(faces):
    """Counts, duplicates, simple methods, mean faces: what the first chapters need, a dict."""
    duplicates = {split: ~without_duplicates(faces.split(split).images, faces.train.images)
                  for split in ("public", "private")}
    linear, strength = linear_model(faces)
    labels = faces.train.labels
    np.savez_compressed(DATASET_FOLDER / "mean_faces.npz", mean_faces=mean_faces(*faces.train))
    return {
        "content_hash": faces.content_hash,
        "counts": {split: {emotion: int(n) for emotion, n in zip(
            EMOTIONS, np.bincount(faces.split(split).labels, minlength=7))} for split in SPLITS},
        "duplicates": {split: int(mask.sum()) for split, mask in duplicates.items()},
        "blank": int(sum(np.ptp(image) == 0 for image in faces.images)),
        "public_accuracy": {
            "always the most common class": float(np.mean(faces.public.labels == np.bincount(labels).argmax())),
            "linear model on pixels": accuracy(linear, faces.public.labels)},
        "linear_model_alpha": strength,
        "between_class_share": between_class_share(faces.train),
    }


def main(parts, ferplus):
    """Measure the parts asked for and write them down beside the others. `ferplus`: the path of fer2013new.csv."""
    faces, measured = load_fer2013(), {}
    DATASET_FOLDER.mkdir(parents=True, exist_ok=True)
    if "basics" in parts:
        measured |= basics(faces)
    if "resolution" in parts:
        measured["resolution"] = resolution(faces)
    if "people" in parts:
        measured["people"] = people(faces, ferplus)
    if "leakage" in parts:
        measured["leakage"] = leakage(faces, linear_model(faces)[0])
    path = DATASET_FOLDER / "facts.json"
    facts = (json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}) | measured
    assert facts["content_hash"] == faces.content_hash, "the other parts were measured on other faces: measure all"
    write_text(path, as_text(facts))
    print(json.dumps(measured, indent=1))


def as_text(facts):
    """JSON with each list of numbers on one line."""
    return re.sub(r"\[\s+([^][{}]*?)\s+\]", lambda found: f"[{' '.join(found[1].split())}]",
                  json.dumps(facts, indent=1)) + "\n"


def between_class_share(part):
    """The share of the pixels' variance that lies between the class means rather than within the classes."""
    x = part.images.reshape(len(part.labels), -1).astype(np.float64)
    means = np.array([x[part.labels == c].mean(axis=0) for c in range(7)])
    weights = np.bincount(part.labels) / len(part.labels)
    between = (weights[:, None] * (means - x.mean(axis=0)) ** 2).sum(axis=0).sum()
    return float(between / x.var(axis=0).sum())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("ferplus", help="the path of FER+'s fer2013new.csv")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="measure these parts, keep the others")
    given = parser.parse_args()
    main(given.only, given.ferplus)
