"""Save and load the numbers a network has learned, as small .npz files that need only NumPy.

Each array is stored under its variable's path ("fire2_squeeze/kernel"), so a file made on one Keras backend
loads on another, and a file of another network is refused. Explained in chapter 10.
"""

import hashlib
import io
import json
import os
import re
from pathlib import Path

import numpy as np

WEIGHTS_FOLDER = Path(__file__).resolve().parent.parent / "data" / "weights"


class WeightsError(Exception):
    """Weights that are missing, damaged or of another network; the message says what to do."""


def save_weights(net, path, dtype="float32"):
    """Write a Keras model's weights to `path` in one step; "float16" halves the file and compresses it, as it ships.

    Returns the file's SHA-256. A float32 file is not compressed, since training writes one after every better epoch.
    """
    import keras

    buffer = io.BytesIO()
    write = np.savez_compressed if dtype == "float16" else np.savez
    write(buffer, **{_name(v.path): _rounded(keras.ops.convert_to_numpy(v.value), dtype) for v in net.weights})
    temporary = Path(path).with_name(Path(path).name + ".tmp")
    temporary.write_bytes(buffer.getvalue())
    os.replace(temporary, path)
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
    try:
        with np.load(path) as file:
            arrays = {_name(stored): file[stored] for stored in file.files}
    except Exception as error:  # damage shows in many ways, from zip, zlib and the parser of NumPy's headers
        raise WeightsError(f"the weights in {path} cannot be read ({error}).") from error
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
    sums = json.loads((WEIGHTS_FOLDER / "sha256.json").read_text())
    name = f"{run}.npz"
    if name not in sums:
        raise WeightsError(f"no weights are shipped for {run}; shipped: {', '.join(sorted(sums))}. "
                           "Its stored answers can be scored with: python -m fer_utils evaluate RUN --recorded")
    path = WEIGHTS_FOLDER / name
    if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != sums[name]:
        raise WeightsError(f"{path} is missing or has been changed: its SHA-256 is not the published one. "
                           f"Restore it with: git checkout data/weights/{name}")
    return path
