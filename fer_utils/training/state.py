"""Everything that a training stands on between two epochs, in one file, and what random generators draw in an epoch.

With the two, a run that was killed goes on as if nothing had happened, to the last bit. Explained in chapter 11.
"""

import hashlib
import io
import re

import keras
import numpy as np

from fer_utils.files import FileError, reading, write_bytes


def save_state(model, path):
    """Write every variable of a training model to `path`, an .npz, in one step; returns the file's SHA-256.

    Those are the weights, their running average, the optimizer's own, the level of dropout and the states of random
    generators. The file is put together in memory: the library that writes Keras's own form of it takes the process
    down where the disk is full.
    """
    buffer = io.BytesIO()
    np.savez(buffer, **{name: keras.ops.convert_to_numpy(v.value) for name, v in _variables(model).items()})
    write_bytes(path, buffer.getvalue())
    return hashlib.sha256(buffer.getvalue()).hexdigest()


def load_state(model, path, sha256, remedy):
    """Give a training model the variables of a file of `save_state`.

    Raises FileError, with the remedy, where the file is missing, is not the one with this SHA-256, or is of another
    model; then nothing has been changed.
    """
    with reading(path, remedy):
        data = path.read_bytes()
        if hashlib.sha256(data).hexdigest() != sha256:
            raise FileError(f"{path} is not the state that run.json speaks of: it is damaged or of another run. "
                            f"{remedy}")
        with np.load(io.BytesIO(data)) as file:
            arrays = {name: file[name] for name in file.files}
    variables = _variables(model)
    wanted = {name: (tuple(v.shape), keras.backend.standardize_dtype(v.dtype)) for name, v in variables.items()}
    if wanted != {name: (array.shape, str(array.dtype)) for name, array in arrays.items()}:
        raise FileError(f"{path} is the state of another network, or of another version of Keras. {remedy}")
    for name, variable in variables.items():
        variable.assign(arrays[name])


def _variables(model):
    """A dict of a model's and its optimizer's variables by place and path. The numbers that Keras gives to what has no
    name of its own are left out: they count what the process has built before."""
    everything = [*model.variables, *model.optimizer.variables]
    return {f"{place:04}/{re.sub(r'_[0-9]+(?=/|$)', '', variable.path)}": variable
            for place, variable in enumerate(everything)}


class SeedEachEpoch(keras.callbacks.Callback):
    """Begin every random generator anew in every epoch, from the seed of the run, the epoch and the generator's place:
    what an epoch draws does not depend on how many were trained in the same process.

    No two generators draw the same numbers, and no generator does in two epochs, nor on two workers of a team.
    """

    def __init__(self, seed, worker=0):
        super().__init__()
        self.seed, self.worker = seed, [worker] if worker else []

    def on_epoch_begin(self, epoch, logs=None):
        generators = [variable for variable in self.model.variables if "seed_generator" in variable.path]
        for place, variable in enumerate(generators):
            # a key and a counter, of which the counter moves; together they stay within the 31 bits of every backend
            variable.assign(np.random.default_rng([self.seed, epoch, place, *self.worker]).integers([2**30, 2**29]))
