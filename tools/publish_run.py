"""Publish a finished training run: round its weights, read PrivateTest once, write data/results and data/weights.

    python tools/publish_run.py runs/squeezenet-fer-modern-s0 [--no-weights] [--single-view] [--note TEXT]
    python tools/publish_run.py runs/squeezenet-fer-mixup-s0 --step

A run that is published already is refused: PrivateTest is read once, with every view of `fer_utils.evaluation.tta` in
that reading. `--no-weights` keeps the weights out of git; the run can then be scored with `evaluate --recorded` only.
`--single-view` leaves out the mirrored and cropped views, for a network that is too large for a division and too slow.
`--step` records a step of the search: what it reached on PublicTest, which chooses. PrivateTest is not read for it.
"""

import argparse
import json
import re
import sys
from functools import partial

import numpy as np

from fer_utils.data import image_keys, without_duplicates
from fer_utils.evaluation import faces_of_run, predict_probabilities, scores, scores_with_leak_free
from fer_utils.evaluation.results import RESULTS_FOLDER, STEPS_FILE, private_faces_path, recorded_steps
from fer_utils.evaluation.tta import VIEWS, mean_over_views
from fer_utils.files import path_of, read_json, write_packed, write_text
from fer_utils.networks.weights import WEIGHTS_FOLDER, load_network, load_weights, own_run, save_weights


def publish(folder, with_weights=True, note=None, views=VIEWS):
    """Publish the run in a folder. This reads PrivateTest, once: a run that is published already is refused."""
    folder, (name, record) = path_of(folder), read_record(folder)
    out = RESULTS_FOLDER / name
    if (out / "scores.json").exists():
        sys.exit(f"{name} is published already. PrivateTest is read once per run.")
    faces = faces_it_saw(name, record, ("train", "public", "private"))
    net = load_network(folder)
    rounded = folder / f"{name}.npz"
    sha256 = save_weights(net, rounded, dtype="float16")
    load_weights(net, rounded)  # score what ships, not what was trained
    result = {"parameters": net.count_params(), "file_bytes": rounded.stat().st_size, "weights_sha256": sha256}
    for split in ("public", "private"):
        images, labels = faces.split(split)
        alone = without_duplicates(images, faces.train.images)
        probabilities = predict_probabilities(net, images)
        result[split] = scores_with_leak_free(labels, probabilities, alone)
        # every view in the same reading of the split, or PrivateTest would be read again for them
        result[f"{split}_views"] = {
            view: scores_with_leak_free(labels, mean_over_views(partial(predict_probabilities, net), images, view),
                                        alone)
            for view in views if view != "single"}

    # beside PublicTest, these say how much was learned by heart; an epoch's own figure counts changed faces and dropout
    learned = predict_probabilities(net, faces.train.images).argmax(axis=1) == faces.train.labels
    result["train"] = {"accuracy": float(learned.mean()), "n": len(learned)}

    out.mkdir(parents=True, exist_ok=True)
    save_answers(out / "private.npz", probabilities)
    describe_private_faces(faces.name, images, labels, ~alone)
    if with_weights:
        WEIGHTS_FOLDER.mkdir(parents=True, exist_ok=True)
        rounded.replace(WEIGHTS_FOLDER / rounded.name)
        sums = WEIGHTS_FOLDER / "sha256.json"
        known = read_json(sums) if sums.exists() else {}
        write_text(sums, json.dumps(dict(sorted((known | {f"{name}.npz": sha256}).items())), indent=1) + "\n")
    drop_state(record)
    if note:
        record["note"] = note
    write_text(out / "run.json", readable(record))
    write_text(out / "scores.json", readable(result))
    print(f"{name}: public {result['public']['accuracy']:.4f}, private {result['private']['accuracy']:.4f}, "
          f"without duplicates {result['private']['leak_free_accuracy']:.4f}, {result['file_bytes']:,} bytes")


def publish_step(folder):
    """Add a finished run to `data/results/steps.json`: without its history, with its scores on PublicTest."""
    folder, (name, record) = path_of(folder), read_record(folder)
    if not record["finished"] or not record["complete"]:
        sys.exit(f"{name} has not run to its end; go on with --resume first.")
    if name in recorded_steps():
        sys.exit(f"{name} is recorded already.")
    faces = faces_it_saw(name, record, ("train", "public"))
    found = scores(faces.public.labels, predict_probabilities(load_network(folder), faces.public.images))
    epochs = len(record.pop("history"))
    drop_state(record)
    record |= {"epochs": epochs, "public": found}
    write_text(STEPS_FILE, readable(dict(sorted((recorded_steps() | {name: record}).items()))))
    print(f"{name}: PublicTest {found['accuracy']:.4f}, macro F1 {found['macro_f1']:.4f}")


def read_record(folder):
    """The name of a run by what it is, and its record. Raises WeightsError or FileError where the folder is not that of
    a run."""
    record, _ = own_run(path_of(folder))
    return f"{record['model']}-{record['recipe']['name']}-s{record['seed']}", record


def drop_state(record):
    """Take out what a record says of the state to go on from, which stays in the run's folder."""
    for key in ("state", "state_sha256"):
        record.pop(key, None)


def faces_it_saw(name, record, splits):
    """The `Faces` that a run was trained on; `splits` may name PrivateTest besides. Exits where others are at hand."""
    faces = faces_of_run({"run": name} | record, splits)
    trained_on = type(faces)(faces.name, faces.source, {split: faces.parts[split] for split in ("train", "public")})
    if trained_on.content_hash != record["data"]["content_hash"]:
        sys.exit("the faces at hand are not the faces this run was trained on.")
    return faces


def save_answers(path, probabilities):
    """Write probabilities (n, 7) as `packed_answers` gives them."""
    write_packed(path, probabilities=packed_answers(probabilities))


def packed_answers(probabilities):
    """Probabilities (n, 7) in half precision. Those below 1/8 are never the answer and keep five significant bits: a
    file of two thirds the size, from which accuracy, macro F1 and calibration error come out the same."""
    small = 2.0 ** (np.floor(np.log2(np.maximum(probabilities, 1e-8))) - 4)
    kept = np.where(probabilities < 1 / 8, np.round(probabilities / small) * small, probabilities).astype(np.float16)
    return np.asfortranarray(kept)  # class by class it packs better


def readable(record):
    """JSON with a line for each innermost list or dict, such as an epoch or a row of a confusion matrix."""
    return re.sub(r"[{\[][^{}\[\]]*[}\]]", lambda found: re.sub(r"\n *", "", found[0]),
                  json.dumps(record, indent=1)) + "\n"


def describe_private_faces(dataset, images, labels, has_duplicate):
    """Write down, once for all runs, which faces were answered; refuse others under the same name."""
    path = private_faces_path(dataset)
    keys = np.array([np.frombuffer(key[:16], np.uint8) for key in image_keys(images)])
    if path.exists():
        with np.load(path) as known:
            if not np.array_equal(known["keys"], keys):
                sys.exit(f"{path} describes other faces; a new set of faces needs a new name.")
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, keys=keys, labels=labels, has_twin=has_duplicate)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("--no-weights", action="store_true", help="keep the weights out of git")
    parser.add_argument("--single-view", action="store_true", help="the face as it is, no mirrored or cropped views")
    parser.add_argument("--note", help="what a reader of the record should know, such as an interruption")
    parser.add_argument("--step", action="store_true", help="a step of the search: PublicTest alone")
    options = parser.parse_args()
    try:
        if options.step:
            publish_step(options.folder)
        else:
            publish(options.folder, with_weights=not options.no_weights, note=options.note,
                    views=("single",) if options.single_view else VIEWS)
    except (OSError, ValueError) as error:
        sys.exit(f"publish_run: {error}")
    except ModuleNotFoundError as error:
        sys.exit(f"publish_run: this needs {error.name}, which is not installed. Install the course's packages with: "
                 "pip install -r requirements.txt")
