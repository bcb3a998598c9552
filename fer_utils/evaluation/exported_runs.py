"""Read the records of exported networks, which stand in `data/results` beside the runs that they were exported from.

A record is a folder named after the run, with `-int8` behind: `run.json` (what was exported, how it was calibrated, the
SHA-256 of the file that ships), `scores.json` (what the file reaches, and its size) and `private.npz` (its PrivateTest
answers). `tools/record_exports.py` writes it once. Explained in chapter 14.
"""

from fer_utils.evaluation import results
from fer_utils.evaluation.results import EXPORTED, restore, stored_probabilities
from fer_utils.schema import NUMBER, SHARE, TABLE, TEXT, WHOLE

EXPORT_RECORD = {
    "model": TEXT, "exported_from": TEXT, "file": TEXT, "sha256": TEXT, "runtime": TEXT,
    "calibration": {"faces": WHOLE, "seed": WHOLE, "split": TEXT},
    "data": {"name": TEXT, "content_hash": TEXT, "train": WHOLE, "public": WHOLE},
    "versions": TABLE, "device": TEXT, "public_accuracy": SHARE, "public_divergence": NUMBER,
}
EXPORT_SCORES = results.SCORES | {"micro": {"arena_bytes": {"total": WHOLE, "activations": WHOLE, "kept": WHOLE},
                                            "flash_bytes": WHOLE}}


def export_names():
    """The names of the recorded exports, sorted."""
    return sorted(path.parent.name for path in results.RESULTS_FOLDER.glob(f"*{EXPORTED}/scores.json"))


def load_export(name):
    """The record of one export as a dict, with what it reached under "scores"; `name` as in `export_names`, or a
    network.

    `public_divergence` is the mean Kullback-Leibler divergence of its answers to PublicTest from those of the network
    that it was exported from, in nats. Under "micro" of its scores stand the bytes that TensorFlow Lite Micro takes,
    and, where the faces were answered there, too, its `accuracy` on PrivateTest and `alike`, the share of faces for
    which it names what LiteRT names. Raises ValueError for a name that is not recorded, FileError where its files are
    damaged.
    """
    for run in map(_read, export_names()):
        if name in (run["run"], run["model"]):
            return run
    raise ValueError(f"no export {name!r} is recorded; recorded: {', '.join(export_names()) or 'none'}.")


def exported_probabilities(name):
    """The PrivateTest answers of a recorded export: a dict as
    `fer_utils.evaluation.results.recorded_probabilities` gives it."""
    run = load_export(name)
    return stored_probabilities(run["run"], run["data"]["name"], run["scores"]["private"]["accuracy"])


def _read(name):
    folder = results.RESULTS_FOLDER / name
    record = results.fitting(folder / "run.json", EXPORT_RECORD, restore(f"{name}/run.json"))
    scores = results.fitting(folder / "scores.json", EXPORT_SCORES, restore(f"{name}/scores.json"))
    return {"run": name} | record | {"scores": scores}
