"""Read the records of the classifiers of chapter 05, which stand in `data/results` beside the networks' runs.

A record is a folder named after its row in `fer_utils.classical.CLASSIFIERS`: `run.json` (what was fitted to which
faces, and how long it took), `scores.json` (what it reached, and its size) and `private.npz` (its PrivateTest answers).
`tools/record_classical.py` writes it once. Nothing of the fitted classifier is kept: a nearest neighbour's would be the
photographs. Explained in chapter 05.
"""

import numpy as np

from fer_utils.classical import CLASSIFIERS
from fer_utils.evaluation import results
from fer_utils.evaluation.exported_runs import exported_probabilities
from fer_utils.evaluation.intervals import share_interval
from fer_utils.evaluation.results import EXPORTED, private_faces, recorded_probabilities, restore
from fer_utils.files import FileError, reading
from fer_utils.labels import EMOTIONS
from fer_utils.schema import NUMBER, SHARE, TABLE, TEXT, WHOLE

CLASSICAL_RECORD = {
    "classifier": TEXT, "descriptors": TABLE, "decider": TEXT, "settings": TABLE,
    "dimensions": WHOLE, "seed": WHOLE,
    "data": {"name": TEXT, "content_hash": TEXT, "classes": [TEXT], "train": WHOLE, "public": WHOLE},
    "versions": TABLE, "device": TEXT, "public_accuracy": SHARE,
    "seconds": {"describe": NUMBER, "fit": NUMBER, "a_face": NUMBER},
}
CLASSICAL_SCORES = {"stored_numbers": WHOLE} | {key: results.SCORES[key] for key in ("file_bytes", "public", "private")}


def classical_names():
    """The names of the recorded classifiers, in the order of `CLASSIFIERS`."""
    return [name for name in CLASSIFIERS if (results.RESULTS_FOLDER / name / "scores.json").exists()]


def load_classical(name):
    """The record of one classifier as a dict, with what it reached under "scores".

    Seconds are those of one thread of the processor: `describe`, all faces of Training; `fit`, what comes after it;
    `a_face`, an answer to a raw face among many. `stored_numbers` is how many numbers the fitted classifier holds, the
    descriptions of support vectors or of all training faces included; `file_bytes`, its size as Python stores it
    (pickle). `support_vectors` is there for the machines that have them. Raises ValueError for a name that is not
    recorded, FileError where its files are damaged.
    """
    if name not in classical_names():
        raise ValueError(f"no classifier {name!r} is recorded; recorded: {', '.join(classical_names()) or 'none'}.")
    folder = results.RESULTS_FOLDER / name
    record = results.fitting(folder / "run.json", CLASSICAL_RECORD, restore(f"{name}/run.json"))
    scores = results.fitting(folder / "scores.json", CLASSICAL_SCORES, restore(f"{name}/scores.json"))
    return {"run": name} | record | {"scores": scores}


def recorded_answers(name):
    """The PrivateTest answers of a recorded classifier, of a network's published run or of an export of one, a dict of
    arrays.

    `keys`, `labels` and `has_duplicate` as in `fer_utils.evaluation.results.recorded_probabilities`; `answers` uint8
    (n,), index into EMOTIONS. Names as for `load_classical` and `fer_utils.evaluation.results.load_run`.
    """
    if name not in CLASSIFIERS:
        stored = exported_probabilities(name) if name.endswith(EXPORTED) else recorded_probabilities(name)
        return stored | {"answers": stored.pop("probabilities").argmax(axis=1).astype(np.uint8)}
    run = load_classical(name)
    faces, path = private_faces(run["data"]["name"]), results.RESULTS_FOLDER / name / "private.npz"
    remedy = restore(f"{name}/private.npz")
    with reading(path, remedy), np.load(path) as file:
        answers = file["answers"]
        if answers.dtype != np.uint8 or answers.shape != faces["labels"].shape or answers.max() >= len(EMOTIONS):
            raise FileError(f"{path} does not hold the answers to {len(faces['labels']):,} faces. {remedy}")
        found, said = float(np.mean(answers == faces["labels"])), run["scores"]["private"]["accuracy"]
        if abs(found - said) > 1e-9:
            raise FileError(f"{path} holds answers that are right {100 * found:.2f} % of the time, not "
                            f"{100 * said:.2f} % as scores.json says. {remedy}")
    return faces | {"answers": answers}


def classical_table():
    """The recorded classifiers as a list of dicts, best PrivateTest accuracy first. Fractions, not percent."""
    rows = []
    for run in map(load_classical, classical_names()):
        scores, private = run["scores"], run["scores"]["private"]
        low, high = share_interval(round(private["accuracy"] * private["n"]), private["n"])
        rows.append({
            "run": run["run"], "descriptors": list(run["descriptors"]), "decider": run["decider"],
            "dimensions": run["dimensions"],
            "support_vectors": run.get("support_vectors"), "stored_numbers": scores["stored_numbers"],
            "file_bytes": scores["file_bytes"], "seconds_to_describe": run["seconds"]["describe"],
            "seconds_to_fit": run["seconds"]["fit"], "seconds_a_face": run["seconds"]["a_face"],
            "public_accuracy": scores["public"]["accuracy"], "data": run["data"]["name"], "device": run["device"],
            "accuracy_low": low, "accuracy_high": high,
        } | {key: private[key] for key in ("accuracy", "leak_free_accuracy", "macro_f1")})
    return sorted(rows, key=lambda row: -row["accuracy"])
