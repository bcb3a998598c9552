"""Read the published runs in `data/results`: how each was trained and what it reached.

A run is a folder: `run.json` (network, recipe, seed, versions, device, data hash, history), `scores.json` (what
it reached, written once by `tools/publish_run.py`) and `private.npz` (its PrivateTest probabilities). The faces that
they answer stand once for all runs in `private_faces/`. Everything the course says about accuracy is read from here.
Beside the networks' folders stand those of the classifiers of chapter 05, which `fer_utils.evaluation.classical_runs`
reads, and of the exports of chapter 14, whose names end with EXPORTED: `fer_utils.evaluation.exported_runs`.
Explained in chapter 12.
"""

import numpy as np

from fer_utils.classical import CLASSIFIERS
from fer_utils.evaluation.calibration import calibration_error
from fer_utils.evaluation.intervals import share_interval
from fer_utils.files import DATA_FOLDER, FileError, read_json, reading
from fer_utils.labels import EMOTIONS
from fer_utils.schema import NUMBER, SHARE, TABLE, TEXT, WHOLE, YES_OR_NO, misfit

RESULTS_FOLDER = DATA_FOLDER / "results"
DATASET_FOLDER = DATA_FOLDER / "dataset"
EXPERIMENTS_FILE = DATASET_FOLDER / "experiments.json"
STEPS_FILE = RESULTS_FOLDER / "steps.json"
EXPORTED = "-int8"

# What is read of a record (`fer_utils.training.run.train` writes it) and of scores, to be told from a damaged file.
RECORD = {
    "model": TEXT, "recipe": {"name": TEXT, "epochs": WHOLE}, "seed": WHOLE, "precision": TEXT,
    "data": {"name": TEXT, "content_hash": TEXT, "train": WHOLE, "public": WHOLE}, "backend": TEXT, "versions": TABLE,
    "device": TEXT, "history": [{"epoch": WHOLE, "seconds": NUMBER, "accuracy": SHARE, "loss": NUMBER,
                                 "val_accuracy": SHARE, "val_loss": NUMBER}],
    "best_epoch": WHOLE, "public_accuracy": SHARE, "wall_seconds": NUMBER, "complete": YES_OR_NO, "finished": YES_OR_NO,
}
MAY_RECORD = {"resumed_after": [WHOLE], "resumed_with": TABLE, "recalibration": TABLE,
              "lessons": {"teachers": [TEXT], "views": WHOLE}, "erratum": TEXT}
_SPLIT = {"accuracy": SHARE, "macro_f1": SHARE, "per_class": dict.fromkeys(EMOTIONS, TABLE),
          "confusion_matrix": [[WHOLE]], "n": WHOLE, "leak_free_accuracy": SHARE, "leak_free_n": WHOLE}
SCORES = {"parameters": WHOLE, "file_bytes": WHOLE, "public": _SPLIT, "private": _SPLIT}

# What the thesis states in section 6.4, quoted, not measured here. It does not say on which split.
THESIS = {
    "squeezenet-custom": {"accuracy": 0.6637, "parameters": 1_377_655, "megabytes": 5.26},
    "vgg16": {"accuracy": 0.6509, "parameters": 28_913_223, "megabytes": 110.3},
}


def run_names():
    """The names of the published runs of networks, sorted."""
    folders = {path.parent.name for path in RESULTS_FOLDER.glob("*/scores.json")}
    return sorted(name for name in folders if name not in CLASSIFIERS and not name.endswith(EXPORTED))


def load_run(name):
    """One published run as a dict: its record, with what it reached under "scores".

    `name` is a run, or a network: then its published run is the complete one with the best PublicTest
    accuracy (PrivateTest is never used to choose). Raises ValueError for a name that is neither,
    FileError where its files are damaged.
    """
    if name in run_names():
        return _read(name)
    runs = [run for run in map(_read, run_names()) if run["model"] == name]
    if name in CLASSIFIERS:
        raise ValueError(f"{name} is a classifier of chapter 05, not a network. Its record is read by "
                         "fer_utils.evaluation.classical_runs.load_classical.")
    if not runs:
        raise ValueError(f"no run of {name!r} is published; published: {', '.join(run_names()) or 'none'}. A run of "
                         "your own is named by its folder, such as runs/NAME or ./NAME.")
    return max(runs, key=lambda run: (run["complete"], run["public_accuracy"]))


def recorded_probabilities(name):
    """The stored PrivateTest answers of a run, a dict of arrays.

    `keys` uint8 (n, 16) (the first half of each image's SHA-256), `labels` uint8 (n,), `has_duplicate` bool (n,) (a
    byte-identical copy is in Training), `probabilities` float32 (n, 7), exact to half precision from 1/8 on and to
    about one part in thirty below, where they are never the answer.
    """
    run = load_run(name)
    return stored_probabilities(run["run"], run["data"]["name"], run["scores"]["private"]["accuracy"])


def stored_probabilities(folder, dataset, accuracy):
    """The answers that a folder of data/results stores, as `recorded_probabilities` gives them: `dataset`, the name of
    the faces that were answered; `accuracy`, what scores.json says. Raises FileError where the two do not agree."""
    faces, path = private_faces(dataset), RESULTS_FOLDER / folder / "private.npz"
    remedy = restore(f"{folder}/private.npz")
    with reading(path, remedy), np.load(path) as file:
        return faces | {"probabilities": _checked(file["probabilities"], faces["labels"], accuracy, path, remedy)}


def recorded_public(name):
    """The stored PublicTest answers of a run, a dict of arrays: `labels` uint8 (n,), `probabilities` float32 (n, 7) as
    in `recorded_probabilities`.

    What is fitted to a network's answers, as chapter 12 does, is fitted to these. They are recorded for few runs, by
    `tools/record_public.py`: raises ValueError for another, FileError where the file is damaged.
    """
    run = load_run(name)
    path, remedy = RESULTS_FOLDER / run["run"] / "public.npz", restore(f"{run['run']}/public.npz")
    if not path.exists():
        raise ValueError(f"the answers of {run['run']} to PublicTest are not recorded. With its weights and FER-2013 "
                         f"at hand: python tools/record_public.py {run['run']}")
    with reading(path, remedy), np.load(path) as file:
        labels = file["labels"]
        if labels.dtype != np.uint8 or labels.shape != (run["data"]["public"],) or labels.max() >= len(EMOTIONS):
            raise FileError(f"{path} holds {labels.dtype} {labels.shape}, not the labels of "
                            f"{run['data']['public']:,} faces. {remedy}")
        accuracy = run["scores"]["public"]["accuracy"]
        return {"labels": labels, "probabilities": _checked(file["probabilities"], labels, accuracy, path, remedy)}


def recorded_train(name):
    """The stored answers of a run to the Training faces, float32 (2, n, 7): to the faces as they are, and mirrored.

    The faces stand in the order of their `fer_utils.data.image_keys`, whatever the order they were loaded in. They are
    recorded for few runs, by `tools/record_train.py`, so that a network can learn from them without its teacher
    (`fer_utils.training.distillation`): None where they are not. Raises FileError where the file is damaged.
    Chapter 16.
    """
    run = load_run(name)
    path, remedy = RESULTS_FOLDER / run["run"] / "train.npz", restore(f"{run['run']}/train.npz")
    if not path.exists():
        return None
    with reading(path, remedy), np.load(path) as file:
        stored = np.stack([file["plain"], file["mirrored"]])
    if stored.dtype != np.float16 or stored.shape != (2, run["data"]["train"], len(EMOTIONS)):
        raise FileError(f"{path} holds {stored.dtype} {stored.shape}, not two answers to {run['data']['train']:,} "
                        f"faces. {remedy}")
    return np.stack([_probabilities(half, path, remedy) for half in stored])


def _checked(stored, labels, accuracy, path, remedy):
    """Probabilities float32 (n, 7) as a file stores them, their rows made to sum to one; FileError where they are not
    what the labels and the accuracy in scores.json say."""
    if stored.dtype != np.float16 or stored.shape != (len(labels), len(EMOTIONS)):
        raise FileError(f"{path} holds {stored.dtype} {stored.shape}, not the answers to {len(labels):,} faces. "
                        f"{remedy}")
    probabilities = _probabilities(stored, path, remedy)
    found = float(np.mean(probabilities.argmax(axis=1) == labels))
    if abs(found - accuracy) > 0.002:  # half precision moves a face or two
        raise FileError(f"{path} holds answers that are right {100 * found:.2f} % of the time, not "
                        f"{100 * accuracy:.2f} % as scores.json says. {remedy}")
    return probabilities


def _probabilities(stored, path, remedy):
    """Rows float16 (n, 7) as a file stores them, made to sum to one: float32. FileError where they are something
    else."""
    stored = stored.astype(np.float32)
    # in half precision, and what is below 1/8 with five bits: together no more than a thirtieth
    if not (np.abs(stored.sum(axis=1) - 1) < 1 / 30).all() or stored.min() < 0:
        raise FileError(f"{path} holds rows that are not probabilities. {remedy}")
    return _sum_to_one(stored)


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
    path = private_faces_path(dataset)
    remedy = restore(f"private_faces/{path.name}")
    with reading(path, remedy), np.load(path) as file:
        keys, labels, has_duplicate = file["keys"], file["labels"], file["has_twin"]
    if (keys.dtype, labels.dtype, has_duplicate.dtype) != (np.uint8, np.uint8, bool) or labels.ndim != 1 or (
            keys.shape, has_duplicate.shape) != ((len(labels), 16), labels.shape) or labels.max() >= len(EMOTIONS):
        raise FileError(f"{path} is damaged: it does not describe faces. {remedy}")
    return {"keys": keys, "labels": labels, "has_duplicate": has_duplicate}


def private_faces_path(dataset):
    """The file with `keys`, `labels` and `has_twin`, as duplicates were called when it was written."""
    return RESULTS_FOLDER / "private_faces" / f"{dataset.replace(' ', '_')}.npz"


def results_table(untrained=False):
    """The published runs as a list of dicts, best PrivateTest accuracy first. Fractions, not percent.

    `seconds_an_epoch` is the median; `thesis_accuracy`, what section 6.4 states for that network, or None. `accuracy`
    is that of a single view; `accuracy_low` and `accuracy_high`, its 95 % interval for the luck of the faces alone;
    `flip_accuracy` and `ten_crop_accuracy` are None where they were not measured. `erratum`: what was found wrong with
    the run after it was recorded, or None. With `untrained`, rows follow for the networks that have no run yet: "run"
    and every figure of a run are None.
    """
    rows = [table_row(run) | _interval(run["scores"]["private"]) for run in map(_read, run_names())]
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
        "thesis_accuracy": THESIS.get(run["model"], {}).get("accuracy"), "erratum": run.get("erratum"),
    } | accuracy_of_views(run)


def _interval(scores):
    low, high = share_interval(round(scores["accuracy"] * scores["n"]), scores["n"])
    return {"accuracy_low": low, "accuracy_high": high}


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


def names_of(model, recipe):
    """The names of the complete runs of a network with a recipe, one a seed, in their order."""
    return [run["run"] for run in seeds_of(model, recipe)]


def runs_of_several_seeds():
    """The names of the complete runs on FER-2013 of each network and recipe that has several seeds, a list of lists.

    How far they lie apart tells how far seeds may lie apart where a network has one: `like` of
    `fer_utils.evaluation.comparison.compare`."""
    whole = [run for run in map(_read, run_names()) if run["complete"] and run["data"]["name"] == "FER-2013"]
    groups = grouped(whole, lambda run: (run["model"], run["recipe"]["name"])).values()
    return [[run["run"] for run in runs] for runs in groups if len(runs) > 1]


def first_weights(run):
    """What the training that led to a run (a dict of `load_run`) began with, "random" or "imagenet": where the run
    began with the weights of another published run, what that one began with."""
    start = run.get("initial_weights", "random")
    return start if start in ("random", "imagenet") else first_weights(load_run(start))


def recorded_steps():
    """The single steps of the search of chapter 16: a dict from run to its record (`fer_utils.training.run.train`),
    with "epochs" in place of the history and its scores on PublicTest (`fer_utils.evaluation.scores`) under "public".
    They are compared on PublicTest alone; PrivateTest was not read for them."""
    return _table(STEPS_FILE, "data/results/steps.json") if STEPS_FILE.exists() else {}


def dataset_facts():
    """What was measured of FER-2013 itself (`tools/record_dataset.py`): a dict, with the seven mean faces, uint8
    (7, 48, 48), under "mean_faces". What stands under "people" and "leakage" say `tools/measure_people.py` and
    `tools/measure_copies.py`. Explained in chapter 03."""
    facts, path = _table(DATASET_FOLDER / "facts.json", "data/dataset/facts.json"), DATASET_FOLDER / "mean_faces.npz"
    with reading(path, "Restore it with: git checkout data/dataset/mean_faces.npz"), np.load(path) as file:
        return facts | {"mean_faces": file["mean_faces"]}


def recorded_experiment(name):
    """What `tools/record_experiments.py` measured: a dict with the settings and, under "public_accuracy", the
    PublicTest accuracy of each variant as a list, one figure a seed.

    The two of chapter 08, "transfer-to-drawings" and "transfer-to-photographs", have "histories" instead: by way and
    by faces a class a list, for each seed a dict of the lists "epoch", "train_accuracy" and "public_accuracy". Raises
    ValueError for a name that is not recorded. "augmentation", "scaling" and "preprocessing" are explained in chapter
    06, "resolution" in chapter 03; the tool says what stands under their keys.
    """
    recorded = _table(EXPERIMENTS_FILE, "data/dataset/experiments.json")
    if name not in recorded:
        raise ValueError(f"no experiment {name!r} is recorded; recorded: {', '.join(recorded)}.")
    return recorded[name]


def recorded_benchmark(name):
    """What `benchmarks/NAME.py` wrote, a dict: "input", "step", "loading", "workers", "streaming" or "suite".

    Figures are `{"median": ..., "all": [...]}`, one for each round, as `benchmarks/measure.py` says. Explained in
    chapters 06 and 11.

    Raises FileError, with the remedy, where the record is missing or damaged.
    """
    return read_json(RESULTS_FOLDER / "benchmarks" / f"{name}.json", ("date", "machine", "load_before"),
                     f"Measure again; benchmarks/{name}.py says how.")


def read_record(path, remedy):
    """The record of a run, a dict, from its `run.json`. Raises FileError, with the remedy, where it is damaged."""
    record = fitting(path, RECORD, remedy)
    _check(path, record, {field: shape for field, shape in MAY_RECORD.items() if field in record}, remedy)
    epochs = [row["epoch"] for row in record["history"]]
    if not epochs or epochs != list(range(1, len(epochs) + 1)) or record["best_epoch"] not in epochs:
        raise FileError(f"{path} is damaged: its history does not have a row for each epoch up to the last, the best "
                        f"one among them. {remedy}")
    return record


def _read(name):
    folder = RESULTS_FOLDER / name
    record = read_record(folder / "run.json", restore(f"{name}/run.json"))
    scores = fitting(folder / "scores.json", SCORES, restore(f"{name}/scores.json"))
    return {"run": name} | record | {"scores": scores}


def _table(path, tracked):
    return fitting(path, TABLE, f"Restore it with: git checkout {tracked}")


def fitting(path, shape, remedy):
    """The value of a JSON file of records. Raises FileError, with the remedy, where it is damaged or of another
    `fer_utils.schema` shape."""
    value = read_json(path, remedy=remedy)
    _check(path, value, shape, remedy)
    return value


def _check(path, value, shape, remedy):
    wrong = misfit(value, shape)
    if wrong:
        raise FileError(f"{path} is damaged: {wrong}. {remedy}")


def restore(file):
    """The remedy for a damaged file in `data/results`."""
    return f"Restore it with: git checkout data/results/{file}"
