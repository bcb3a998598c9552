"""Read the published runs in `data/results`: how each was trained and what it reached.

A run is a folder: `run.json` (network, recipe, seed, versions, device, data hash, history), `scores.json` (what
it reached, written once by `tools/publish_run.py`) and `private.npz` (its PrivateTest probabilities). The faces that
they answer stand once for all runs in `private_faces/`. Everything the course says about accuracy is read from here.
Explained in chapter 12.
"""

import numpy as np

from fer_utils.evaluation.calibration import calibration_error
from fer_utils.files import DATA_FOLDER, read_json

RESULTS_FOLDER = DATA_FOLDER / "results"
DATASET_FOLDER = DATA_FOLDER / "dataset"
EXPERIMENTS_FILE = DATASET_FOLDER / "experiments.json"
STEPS_FILE = RESULTS_FOLDER / "steps.json"

# What the thesis states in section 6.4, quoted, not measured here. It does not say on which split.
THESIS = {
    "squeezenet-custom": {"accuracy": 0.6637, "parameters": 1_377_655, "megabytes": 5.26},
    "vgg16": {"accuracy": 0.6509, "parameters": 28_913_223, "megabytes": 110.3},
}


def run_names():
    """The names of the published runs, sorted."""
    return sorted(path.parent.name for path in RESULTS_FOLDER.glob("*/scores.json"))


def load_run(name):
    """One published run as a dict: its record, with what it reached under "scores".

    `name` is a run, or a network: then its published run is the complete one with the best PublicTest
    accuracy (PrivateTest is never used to choose). Raises ValueError for a name that is neither.
    """
    if name in run_names():
        return _read(name)
    runs = [run for run in map(_read, run_names()) if run["model"] == name]
    if not runs:
        raise ValueError(f"no run of {name!r} is published; published: {', '.join(run_names()) or 'none'}.")
    return max(runs, key=lambda run: (run["complete"], run["public_accuracy"]))


def recorded_probabilities(name):
    """The stored PrivateTest answers of a run, a dict of arrays.

    `keys` uint8 (n, 16) (the first half of each image's SHA-256), `labels` uint8 (n,), `has_duplicate` bool (n,) (a
    byte-identical copy is in Training), `probabilities` float32 (n, 7), exact to half precision from 1/8 on and to
    about one part in thirty below, where they are never the answer.
    """
    run = load_run(name)
    faces = private_faces(run["data"]["name"])
    with np.load(RESULTS_FOLDER / run["run"] / "private.npz") as file:
        return faces | {"probabilities": _sum_to_one(file["probabilities"].astype(np.float32))}


def _sum_to_one(stored):
    """Scale what is below 1/8 in each row, which is stored with few bits, so that the row sums to one."""
    small = stored <= 1 / 8  # some were rounded up to it
    rest, few = 1 - np.where(small, 0, stored).sum(axis=1), np.where(small, stored, 0).sum(axis=1)
    scale = np.clip(rest / np.maximum(few, 1e-6), 1 - 1 / 32, 1 + 1 / 32)  # no more than the rounding can have moved
    return np.where(small, stored * scale[:, None], stored).astype(np.float32)


def recorded_calibration(run):
    """The calibration error of a run (a dict of `load_run`) on PrivateTest: as it was published, or from its recorded
    probabilities for a run that was published without it."""
    if "calibration_error" in run["scores"]["private"]:
        return run["scores"]["private"]["calibration_error"]
    stored = recorded_probabilities(run["run"])
    return calibration_error(stored["labels"], stored["probabilities"])


def accuracy_of_views(run):
    """`flip_accuracy` and `ten_crop_accuracy` of a run (a dict of `load_run`) on PrivateTest, None where not
    measured."""
    views = run["scores"].get("private_views", {})
    return {f"{name.replace('-', '_')}_accuracy": views.get(name, {}).get("accuracy") for name in ("flip", "ten-crop")}


def private_faces(dataset):
    """What is recorded of a dataset's PrivateTest faces: `keys`, `labels` and `has_duplicate` of
    `recorded_probabilities`.

    `dataset` as in `Faces.name`."""
    with np.load(private_faces_path(dataset)) as file:
        return {"keys": file["keys"], "labels": file["labels"], "has_duplicate": file["has_twin"]}


def private_faces_path(dataset):
    """The file with `keys`, `labels` and `has_twin`, as duplicates were called when it was written."""
    return RESULTS_FOLDER / "private_faces" / f"{dataset.replace(' ', '_')}.npz"


def results_table(untrained=False):
    """The published runs as a list of dicts, best PrivateTest accuracy first. Fractions, not percent.

    `seconds_an_epoch` is the median; `thesis_accuracy`, what section 6.4 states for that network, or None. `accuracy`
    is that of a single view; `flip_accuracy` and `ten_crop_accuracy` are None where they were not measured. With
    `untrained`, rows follow for the networks that have no run yet: "run" and every figure of a run are None.
    """
    rows = [table_row(run) for run in map(_read, run_names())]
    rows.sort(key=lambda row: (row["data"] != "FER-2013", -row["accuracy"]))
    return rows + untrained_networks(rows) if untrained else rows


def table_row(run):
    """The figures of one run (a dict of `load_run`) as `results_table` gives them; None for one that is missing."""
    scores, private = run["scores"], run["scores"]["private"]
    return {
        "run": run["run"], "model": run["model"], "recipe": run["recipe"]["name"], "seed": run["seed"],
        "epochs": len(run["history"]), "complete": run["complete"], "device": run["device"],
        "seconds_an_epoch": float(np.median([row["seconds"] for row in run["history"]])),
        "parameters": scores["parameters"], "file_bytes": scores["file_bytes"], "data": run["data"]["name"],
        "accuracy": private.get("accuracy"), "leak_free_accuracy": private.get("leak_free_accuracy"),
        "macro_f1": private.get("macro_f1"), "calibration_error": recorded_calibration(run),
        "public_accuracy": scores["public"]["accuracy"],
        "thesis_accuracy": THESIS.get(run["model"], {}).get("accuracy"),
    } | accuracy_of_views(run)


def grouped(runs, key):
    """A dict from `key(run)` to the list of runs that have it, in the order given."""
    groups = {}
    for run in runs:
        groups.setdefault(key(run), []).append(run)
    return groups


def untrained_networks(rows):
    """A row of `results_table` for every network that has none in `rows`."""
    from fer_utils.networks import NETWORKS

    trained = {row["model"] for row in rows}
    fields = rows[0] if rows else ("run", "data", "accuracy", "public_accuracy")
    return [dict.fromkeys(fields) | {"model": name, "parameters": network.parameters, "recipe": network.recipe,
                                      "complete": False, "thesis_accuracy": THESIS.get(name, {}).get("accuracy")}
            for name, network in NETWORKS.items() if name not in trained]


def seeds_of(model, recipe):
    """The complete runs of a network with a recipe, one dict of `load_run` a seed, in the order of the seeds."""
    names = [name for name in run_names() if name.startswith(f"{model}-{recipe}-s")]
    runs = [run for run in map(_read, names) if run["model"] == model and run["recipe"]["name"] == recipe]
    return sorted((run for run in runs if run["complete"]), key=lambda run: run["seed"])


def recorded_steps():
    """The single steps of the search of chapter 16: a dict from run to its record (`fer_utils.training.run.train`),
    with "epochs" in place of the history and its scores on PublicTest (`fer_utils.evaluation.scores`) under "public".
    They are compared on PublicTest alone; PrivateTest was not read for them."""
    return read_json(STEPS_FILE) if STEPS_FILE.exists() else {}


def dataset_facts():
    """What was measured of FER-2013 itself (`tools/record_dataset.py`): a dict, with the seven mean faces, uint8
    (7, 48, 48), under "mean_faces". Explained in chapter 03."""
    facts = read_json(DATASET_FOLDER / "facts.json")
    with np.load(DATASET_FOLDER / "mean_faces.npz") as file:
        return facts | {"mean_faces": file["mean_faces"]}


def recorded_experiment(name):
    """What `tools/record_experiments.py` measured: a dict with the settings and, under "public_accuracy", the
    PublicTest accuracy of each variant as a list, one figure a seed.

    The two of chapter 08, "transfer-to-drawings" and "transfer-to-photographs", have "histories" instead: by way and
    by faces a class a list, for each seed a dict of the lists "epoch", "train_accuracy" and "public_accuracy". Raises
    ValueError for a name that is not recorded. "augmentation" is explained in chapter 06, "resolution" in chapter 03.
    """
    recorded = read_json(EXPERIMENTS_FILE)
    if name not in recorded:
        raise ValueError(f"no experiment {name!r} is recorded; recorded: {', '.join(recorded)}.")
    return recorded[name]


def _read(name):
    folder = RESULTS_FOLDER / name
    return {"run": name} | read_json(folder / "run.json") | {"scores": read_json(folder / "scores.json")}
