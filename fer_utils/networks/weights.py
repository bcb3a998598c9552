"""Save and load the numbers a network has learned, as small .npz files that need only NumPy.

Each array is stored under its variable's path ("fire2_squeeze/kernel"), so a file made on one Keras backend
loads on another, and a file of another network is refused. Explained in chapter 10.
"""

import hashlib
import io
import re
from pathlib import Path

import numpy as np

from fer_utils.files import DATA_FOLDER, FileError, read_json, reading, write_bytes
from fer_utils.networks import DEFAULT_NETWORK, build_network

WEIGHTS_FOLDER = DATA_FOLDER / "weights"


class WeightsError(FileError):
    """Weights that are missing, damaged or of another network; the message says what to do."""


def save_weights(net, path, dtype="float32"):
    """Write a Keras model's weights to `path` in one step; "float16" halves the file and compresses it, as it ships.

    Returns the file's SHA-256. A float32 file is not compressed, since training writes one after every better epoch.
    """
    import keras

    buffer = io.BytesIO()
    write = np.savez_compressed if dtype == "float16" else np.savez
    write(buffer, **{_name(v.path): _rounded(keras.ops.convert_to_numpy(v.value), dtype) for v in net.weights})
    write_bytes(path, buffer.getvalue())
    return hashlib.sha256(buffer.getvalue()).hexdigest()


def _name(path):
    """A variable's path without the number that Keras gives the one layer of EfficientNet that has no name of its own:
    it counts the networks that were built before."""
    return re.sub(r"^normalization_\d+/", "normalization/", path)


def _rounded(values, dtype):
    """As `dtype`, or as float32 where a value, such as a large variance, is beyond what `dtype` can hold."""
    values = np.asarray(values, dtype="float32")
    return values.astype(dtype) if np.abs(values).max(initial=0) <= np.finfo(dtype).max else values


def load_weights(net, path):
    """Fill a Keras model from a file of `save_weights`. Raises WeightsError if the two do not match."""
    with reading(path, "Get the weights again, or train the network again.", WeightsError), np.load(path) as file:
        arrays = {_name(stored): file[stored] for stored in file.files}
    wanted = {_name(v.path): tuple(v.shape) for v in net.weights}
    if wanted != {name: array.shape for name, array in arrays.items()}:
        different = sorted(set(wanted) ^ set(arrays))[:3] or "the shapes differ"
        raise WeightsError(f"the weights in {path} do not belong to {net.name}: {different}.")
    for variable in net.weights:
        variable.assign(arrays[_name(variable.path)].astype("float32"))


def weights_of(run):
    """The path of a run's best weights: `run` is the folder of a run, or a published run whose weights ship."""
    path = Path(run) / "best.npz"
    return path if path.is_file() else shipped_weights(Path(run).name)


def shipped_weights(run):
    """The path of a published run's weights in data/weights, after its SHA-256 has been checked.

    Raises WeightsError where the run ships none or the file is not the one that was published.
    """
    sums = read_json(WEIGHTS_FOLDER / "sha256.json")
    name = f"{run}.npz"
    if name not in sums:
        raise WeightsError(f"no weights are shipped for {run}; shipped: {', '.join(sorted(sums))}. "
                           "Its stored answers can be scored with: python -m fer_utils evaluate RUN --recorded")
    path = WEIGHTS_FOLDER / name
    if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != sums[name]:
        raise WeightsError(f"{path} is missing or has been changed: its SHA-256 is not the published one. "
                           f"Restore it with: git checkout data/weights/{name}")
    return path


def network_for(faces):
    """The name of the network that reads these `Faces`: one trained on photographs says nothing about drawings."""
    return DEFAULT_NETWORK if faces.is_real else "squeezenet-mini"


def load_network(name):
    """A trained Keras model, by default with the weights that ship with the course.

    `name` is a network (its published run), a run, or the folder of a run. It takes raw faces `(batch, 48, 48, 1)`, 0
    to 255, and gives `(batch, 7)` probabilities. Raises ValueError for an unknown name, WeightsError where no weights
    ship.
    """
    return run_and_network(name)[1]


def run_and_network(name):
    """A run as `load_run` gives it, and its trained network; `name` as in `load_network`."""
    from fer_utils.evaluation.results import load_run

    record = Path(name) / "run.json"
    run = {"run": str(name)} | read_json(record) if record.is_file() else load_run(name)
    path, net = weights_of(run["run"]), build_network(run["model"])
    load_weights(net, path)
    return {"scores": {"parameters": net.count_params(), "file_bytes": path.stat().st_size}} | run, net
