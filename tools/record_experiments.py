"""Repeat on FER-2013 what chapters try on the drawings: `python tools/record_experiments.py [NAME ...]`.

Needs FER2013_SOURCE; each experiment takes about ten minutes on a laptop's processor. Writes its part of
data/dataset/experiments.json: settings, seeds, versions, and the PublicTest accuracy of each seed.

  augmentation   chapter 05: a small network with no, gentle and wild changes of its training faces
  resolution     chapter 03: the same network on faces with fewer pixels, trained anew for each
"""

import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from fer_utils.augmentation import RandomAffine  # noqa: E402
from fer_utils.course.laboratory import CHANGES, accuracy_after  # noqa: E402
from fer_utils.course.resolution import coarsen  # noqa: E402
from fer_utils.data import Faces, Split, load_fer2013, write_text  # noqa: E402
from fer_utils.results import EXPERIMENTS  # noqa: E402
from fer_utils.training import _device, _versions  # noqa: E402

SETTINGS = {"network": "squeezenet-mini", "faces": 8000, "epochs": 10, "seeds": [0, 1, 2]}
TRAINED_SIDES = (48, 24, 12, 6, 3)


def augmentation(faces, settings):
    """PublicTest accuracy by change, a list with one figure a seed."""
    return {name: [run(faces, RandomAffine(**change, seed=seed), seed, settings) for seed in settings["seeds"]]
            for name, change in CHANGES.items()}


def resolution(faces, settings):
    """PublicTest accuracy by side, a list with one figure a seed. Faces are mirrored at random and not changed otherwise."""
    accuracies = {}
    for side in TRAINED_SIDES:
        coarse = Faces(faces.name, faces.source, {
            name: Split(coarsen(part.images[:settings["faces"]], side), part.labels[:settings["faces"]])
            for name, part in faces.parts.items()})
        accuracies[str(side)] = [run(coarse, RandomAffine(seed=seed), seed, settings) for seed in settings["seeds"]]
    return accuracies


def run(faces, change, seed, settings):
    return accuracy_after(change, faces, epochs=settings["epochs"], limit=settings["faces"], seed=seed)


EXPERIMENTS_BY_NAME = {"augmentation": augmentation, "resolution": resolution}


def main(names):
    unknown = set(names) - set(EXPERIMENTS_BY_NAME)
    if unknown:
        sys.exit(f"no experiment {', '.join(sorted(unknown))}; there are: {', '.join(EXPERIMENTS_BY_NAME)}.")
    faces = load_fer2013(splits=("train", "public"))
    for name in names or EXPERIMENTS_BY_NAME:
        start = time.perf_counter()
        accuracies = EXPERIMENTS_BY_NAME[name](faces, SETTINGS)
        record = SETTINGS | {
            "data": {"name": faces.name, "content_hash": faces.content_hash}, "versions": _versions(),
            "device": _device(), "wall_seconds": round(time.perf_counter() - start), "public_accuracy": accuracies}
        if name == "augmentation":
            record["changes"] = CHANGES
        known = json.loads(EXPERIMENTS.read_text()) if EXPERIMENTS.exists() else {}
        write_text(EXPERIMENTS, json.dumps(dict(sorted((known | {name: record}).items())), indent=1) + "\n")
        print(name, json.dumps(record, indent=1))


if __name__ == "__main__":
    main(sys.argv[1:])
