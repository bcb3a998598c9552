"""Fit and record the classifiers of chapter 05: `python tools/record_classical.py [--public] [NAME ...]`.

Needs FER2013_SOURCE, and minutes to half an hour for each name of `fer_utils.classical.CLASSIFIERS`; all without names.
A classifier is fitted once to all of Training and answers PublicTest; with `--public` that is all, so that settings
can be compared without a look at PrivateTest. Otherwise it answers PrivateTest, once, and data/results/NAME is written.
What was described and fitted is kept in runs/classical, and gone on from; what is recorded already is left alone.
"""

import argparse
import hashlib
import json
import pickle
import sys
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np
from publish_run import describe_private_faces, readable
from threadpoolctl import threadpool_limits

from fer_utils.backend import processor
from fer_utils.classical import CLASSIFIERS, build_classifier, stored_numbers, support_vectors
from fer_utils.data import without_duplicates
from fer_utils.data.fer2013 import load_fer2013
from fer_utils.descriptors import DESCRIPTORS
from fer_utils.evaluation import leak_free, scores_of_answers
from fer_utils.evaluation.results import RESULTS_FOLDER
from fer_utils.files import in_one_step, read_json, write_packed, write_text
from fer_utils.labels import EMOTIONS

KEPT = Path("runs/classical")
SEED = 0


def record(name, public_only=False):
    """Record one classifier, unless it is recorded. Exits where it is recorded with other settings."""
    out, settings = RESULTS_FOLDER / name, settings_of(name)
    if (out / "scores.json").exists():
        known = read_json(out / "run.json", settings)
        if {key: known[key] for key in settings} != settings:
            sys.exit(f"{name} is recorded with other settings. PrivateTest is read once: give the new ones a new name.")
        return print(f"{name} is recorded already.")
    faces = load_fer2013(splits=("train", "public"))
    run, pipeline, public = fitted(name, settings, faces)
    print(f"{name}: PublicTest {run['public_accuracy']:.4f}, fitted in {run['seconds']['fit']:.0f} s")
    if public_only:
        return None
    private = load_fer2013(splits=("private",)).private
    answers = {"public": public, "private": answers_of(pipeline, private.images)}
    found = {"stored_numbers": stored_numbers(pipeline), "file_bytes": len(pickle.dumps(pipeline))}
    for split, part in (("public", faces.public), ("private", private)):
        alone = without_duplicates(part.images, faces.train.images)
        found[split] = scores_of_answers(part.labels, answers[split]) | leak_free(part.labels, answers[split], alone)
    out.mkdir(parents=True, exist_ok=True)
    describe_private_faces(faces.name, private.images, private.labels, ~alone)
    write_packed(out / "private.npz", answers=answers["private"])
    write_text(out / "run.json", readable(run))
    write_text(out / "scores.json", readable(found))  # last: with it the record is there
    return print(f"{name}: PrivateTest {found['private']['accuracy']:.4f}, {found['file_bytes']:,} bytes")


def settings_of(name):
    """What a record says of a row of `CLASSIFIERS`, as JSON gives it back."""
    row = json.loads(json.dumps(CLASSIFIERS[name]._asdict()))
    return {key: row[key] for key in ("descriptors", "components", "decider", "settings")}


def fitted(name, settings, faces):
    """The record of a classifier fitted to Training, the pipeline, and its answers to PublicTest: those kept from an
    earlier call, or new ones."""
    key = short_hash([name, settings, faces.content_hash, versions()])
    path = KEPT / f"{name}-{key}.pickle"
    if path.exists():
        return pickle.loads(path.read_bytes())
    pipeline = build_classifier(name, seed=SEED)
    described, seconds = described_faces(settings["descriptors"], faces)
    start = time.process_time()
    pipeline[1:].fit(described, faces.train.labels)
    seconds |= {"fit": time.process_time() - start}
    start = time.process_time()
    public = answers_of(pipeline, faces.public.images)
    seconds |= {"a_face": (time.process_time() - start) / len(public)}
    run = {"classifier": name} | settings | {
        "dimensions": described.shape[1], "seed": SEED,
        "data": {"name": faces.name, "content_hash": faces.content_hash, "classes": list(EMOTIONS),
                 "train": len(faces.train.labels), "public": len(faces.public.labels)},
        "versions": versions(), "device": processor(), "seconds": seconds,
        "public_accuracy": float(np.mean(public == faces.public.labels))}
    if support_vectors(pipeline) is not None:
        run["support_vectors"] = support_vectors(pipeline)
    with in_one_step(path) as temporary:
        temporary.write_bytes(pickle.dumps((run, pipeline, public)))
    return run, pipeline, public


def answers_of(pipeline, images):
    """The classes that a fitted pipeline names, uint8 (n,)."""
    return pipeline.predict(images).astype(np.uint8)


def described_faces(descriptors, faces, split="train"):
    """The descriptions of a split side by side, float32 (n, d), and {"describe": seconds}; each descriptor is kept."""
    KEPT.mkdir(parents=True, exist_ok=True)
    parts, seconds = [], 0.0
    for name, settings in json.loads(json.dumps(descriptors)).items():
        what = name if split == "train" else f"{name}-{split}"
        path = KEPT / f"described-{what}-{short_hash([settings, faces.content_hash])}.npz"
        if not path.exists():
            start = time.process_time()
            described = DESCRIPTORS[name](faces.split(split).images, **settings)
            taken = time.process_time() - start
            with in_one_step(path) as temporary, open(temporary, "wb") as file:
                np.savez(file, described=described, seconds=taken)
        with np.load(path) as file:
            parts.append(file["described"])
            seconds += float(file["seconds"])
    return np.hstack(parts), {"describe": seconds}


def versions():
    """The versions that a record names."""
    return {"python": ".".join(map(str, sys.version_info[:3]))} | {
        package: version(package) for package in ("numpy", "scipy", "scikit-image", "scikit-learn")}


def short_hash(value):
    """Twelve digits that tell one value, as JSON, from another."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:12]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--public", action="store_true", help="do not read PrivateTest, record nothing")
    options = parser.parse_args()
    unknown = set(options.names) - set(CLASSIFIERS)
    if unknown:
        sys.exit(f"no classifier {', '.join(sorted(unknown))}; there are: {', '.join(CLASSIFIERS)}.")
    with threadpool_limits(1):  # seconds are those of one thread
        for chosen in options.names or CLASSIFIERS:
            record(chosen, options.public)
