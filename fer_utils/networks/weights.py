"""Save and load the numbers a network has learned, as small .npz files that need only NumPy.

Each array is stored under its variable's path ("fire2_squeeze/kernel"), so a file made on one Keras backend
loads on another, and a file of another network is refused. Explained in chapter 10.
"""

import hashlib
import io
import os
import re
import zipfile
from pathlib import Path

import numpy as np

from fer_utils.files import DATA_FOLDER, FileError, file_of, path_of, read_json, reading, sha256_of, write_bytes
from fer_utils.labels import EMOTIONS, FACE_SHAPE, SIZE
from fer_utils.networks import DEFAULT_NETWORK, NETWORKS, build_network
from fer_utils.schema import TABLE, misfit
from fer_utils.text import printable

WEIGHTS_FOLDER = DATA_FOLDER / "weights"
NEW_BEST = "best.new.npz"  # the weights of a better epoch, until its record is written


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


def own_path(name):
    """The path that `name` means, None where it names a published run or a network.

    A name means what is published whatever lies in the working directory. A path is a `Path`, text with a separator or
    with `.` or `~` in front, text that ends with `.keras`, and the name of a file or folder that is there.
    """
    if not isinstance(name, os.PathLike):
        from fer_utils.evaluation.results import run_names

        name = str(name).strip()
        if name in NETWORKS or name in run_names():
            return None
        written_as_path = "/" in name or os.sep in name or name.startswith((".", "~")) or is_keras_file(name)
        if not (written_as_path or os.path.lexists(name)):
            return None
    return path_of(name)


def is_keras_file(path):
    """Whether a path is that of a whole network as Keras saves it."""
    return str(path).strip(" '\"").lower().endswith(".keras")


def own_run(folder):
    """The record of the run in a folder and the path of its best weights. Raises WeightsError where one is missing."""
    from fer_utils.evaluation.results import read_record

    if not folder.exists():
        raise WeightsError(f"there is no folder {folder}. Correct the path, or name a published run; python -m "
                           "fer_utils results lists them.")
    if not folder.is_dir():
        raise WeightsError(f"{folder} is a file, and not one that ends with .keras. Name the folder of a run, with its "
                           "run.json and best.npz, or save your network with net.save('NAME.keras').")
    record_path, weights = folder / "run.json", folder / "best.npz"
    if not record_path.is_file():
        raise WeightsError(f"{folder} has no run.json: it is not the folder of a run, or no epoch has ended yet. Name "
                           "a folder that train has written.")
    record = read_record(record_path, "Train again in another folder.")
    if record["model"] not in NETWORKS:
        raise WeightsError(f"{record_path} speaks of a network {record['model'][:60]!r}; there are: "
                           f"{', '.join(NETWORKS)}. Train again in another folder.")
    if new_best_counts(folder, record):
        weights = folder / NEW_BEST
    if not weights.is_file():
        raise WeightsError(f"{folder} has no best.npz, the weights of the run. Put it back, or train again in another "
                           "folder.")
    # earlier versions did not keep the sum of recalibrated weights
    if "resumed_after" in record and sha256_of(weights) != record.get("best_sha256"):
        raise WeightsError(f"{weights} does not hold the weights that run.json speaks of. Put those back, or train "
                           "again in another folder.")
    return record, weights


def new_best_counts(folder, record):
    """Whether `best.new.npz` is what a record speaks of: a kill came before it took its place."""
    path = Path(folder) / NEW_BEST
    return path.is_file() and sha256_of(path) == record.get("best_sha256")


def weights_of(run):
    """The path of a run's best weights: `run` is the folder of a run, a published run whose weights ship, or a network,
    which means its published run (`own_path`).

    Raises ValueError for an unknown name, WeightsError where there are no weights.
    """
    path = own_path(run)
    if path is None:
        return shipped_weights(_published(run)["run"])
    if is_keras_file(path):
        raise WeightsError(f"{path} is a whole network, not the weights of a run. Name the folder of a run, with its "
                           "run.json and best.npz.")
    return own_run(path)[1]


def identity_of(run):
    """The name and the SHA-256 of the weights that `run` means, as in `load_network`: the run's own name, the folder's,
    or the file's."""
    path = own_path(run)
    name = path.name if path else _published(run)["run"]
    weights = path if path and is_keras_file(path) else weights_of(run)
    with reading(weights, "Get it again.", WeightsError):
        return name, sha256_of(weights)


def _published(name):
    from fer_utils.evaluation.results import load_run

    return load_run(str(name).strip())


def shipped_weights(run):
    """The path of a published run's weights in data/weights, after its SHA-256 has been checked.

    Raises WeightsError where the run ships none or the file is not the one that was published.
    """
    listed = WEIGHTS_FOLDER / "sha256.json"
    restore = "Restore it with: git checkout data/weights/sha256.json"
    sums = read_json(listed, remedy=restore)
    if misfit(sums, TABLE):
        raise WeightsError(f"{listed} is not a table. {restore}")
    name = f"{run}.npz"
    if name not in sums:
        raise WeightsError(f"no weights are shipped for {run}; shipped: {', '.join(sorted(sums))}. "
                           "Its stored answers can be scored with: python -m fer_utils evaluate RUN --recorded")
    path = WEIGHTS_FOLDER / name
    if not path.is_file() or sha256_of(path) != sums[name]:
        raise WeightsError(f"{path} is missing or has been changed: its SHA-256 is not the published one. "
                           f"Restore it with: git checkout data/weights/{name}")
    return path


def network_for(faces):
    """The name of the network that reads these `Faces`: one trained on photographs says nothing about drawings."""
    return DEFAULT_NETWORK if faces.is_real else "squeezenet-mini"


def load_network(name):
    """A trained Keras model, by default with the weights that ship with the course.

    `name` is a network (its published run), a published run, the folder of a run of your own, or a file `NAME.keras`
    with a network of your own (`own_path` says what means what, `load_keras_file` what the file has to hold). The model
    takes raw faces `(batch, 48, 48, 1)`, 0 to 255, and gives `(batch, 7)` probabilities. Raises ValueError for an
    unknown name, WeightsError where there are no weights.
    """
    return run_and_network(name)[1]


def run_and_network(name):
    """A run as `load_run` gives it, and its trained network; `name` as in `load_network`.

    Of a run that is not published, "scores" holds the numbers of parameters and bytes alone. Of a file `NAME.keras` it
    is not known what the network was trained on: the "name" and "content_hash" of its "data" are None.
    """
    own = own_path(name)
    if own and is_keras_file(own):
        net, path = load_keras_file(own), own
        run = {"model": own.name, "data": {"name": None, "content_hash": None}}
    else:
        run, path = own_run(own) if own else (_published(name), weights_of(name))
        net = build_network(run["model"])
        load_weights(net, path)
    if own:
        run |= {"run": str(name), "scores": {"parameters": net.count_params(), "file_bytes": path.stat().st_size}}
    return run, net


def load_keras_file(path):
    """The network of a file `NAME.keras` (`net.save`), after a look at what it answers.

    It has to take raw gray faces `(batch, 48, 48, 1)` with values 0 to 255, so whatever scales them is a layer of its
    own, and to give `(batch, 7)` probabilities in the order of `EMOTIONS`; whether it does the last, no test can tell.
    Raises WeightsError where the file cannot be read or the network is another.

    Open only files of people you trust. Keras's safe mode is on, and refuses code that is kept in the file, but a file
    can still name layers and functions that do harm, or that take all the memory there is. Chapter 10.
    """
    import keras

    path = file_of(path)
    if not zipfile.is_zipfile(path):
        raise WeightsError(f"{path} is cut short, or is no .keras file. Save the network again with "
                           "net.save('NAME.keras').")
    with reading(path, "Save the network again with net.save('NAME.keras') and the Keras that is installed here.",
                 WeightsError):
        net = keras.saving.load_model(path, compile=False, safe_mode=True)
    wanted = f"A network has to take raw gray faces (batch, {SIZE}, {SIZE}, 1), 0 to 255"
    if not isinstance(net, keras.Model):
        raise WeightsError(f"{path} holds a {type(net).__name__}, not a Keras model. {wanted}.")
    takes = getattr(net, "input_shape", None)
    fits = isinstance(takes, tuple) and len(takes) == 4 and all(
        side in (None, asked) for side, asked in zip(takes, (None, *FACE_SHAPE)))
    if takes is not None and not fits:
        raise WeightsError(f"{path} takes {printable(takes)[:100]}. {wanted}; put layers in front of yours that make "
                           "of them what it takes.")
    from fer_utils.evaluation import predict_probabilities

    faces = np.random.default_rng(0).integers(0, 256, (2, SIZE, SIZE), np.uint8)
    with reading(path, f"{wanted}.", WeightsError):
        answers = np.asarray(predict_probabilities(net, faces))
    if answers.shape != (2, len(EMOTIONS)):
        raise WeightsError(f"{path} answers two faces with {answers.shape}, not {(2, len(EMOTIONS))}. A network has to "
                           f"give seven probabilities, in the order {', '.join(EMOTIONS)}.")
    sums = answers.astype(float).sum(axis=1)
    if not (np.isfinite(answers).all() and answers.min() >= 0 and np.abs(sums - 1).max() < 1e-3):
        raise WeightsError(f"{path} does not answer with probabilities: they are {answers.min():.3g} to "
                           f"{answers.max():.3g} and sum to {sums[0]:.3g}. Let it end with a softmax.")
    return net
