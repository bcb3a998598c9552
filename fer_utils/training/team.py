"""Train one network on several devices, or on several machines: a team. Each takes its share of every batch, their
gradients are added up, and all take the same step.

The communication is TensorFlow's own: `MirroredStrategy` between the devices of a machine,
`MultiWorkerMirroredStrategy` between machines. Keras 3 trains by `fit` on the first alone (issue 20585 of
keras-team/keras), so the loop here is the one that TensorFlow describes for the second. Neither library is imported
before it is needed: workers have to be joined before TensorFlow computes anything. Explained in chapter 11.
"""

import itertools
import json
import os
import sys
import zlib
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

from fer_utils.backend import check_backend, quiet
from fer_utils.files import reason

STRATEGIES = ("one", "local", "workers")
EXAMPLE = ("""for two, TF_CONFIG='{"cluster": {"worker": ["10.0.0.1:2222", "10.0.0.2:2222"]}, "task": {"type": """
           """"worker", "index": 0}}', and "index": 1 on the other""")
AGAIN = "Start all workers again, with --resume: they go on after the last epoch that the first of them has kept."
_joined = []  # the team of workers that this process is of: it can join one, once


class Team(NamedTuple):
    """Who trains together: TensorFlow's `strategy`, which of the `workers` this process is, and how many `devices`
    all of them have. The worker 0 keeps the run."""

    name: str
    strategy: Any
    worker: int = 0
    workers: int = 1

    @property
    def devices(self):
        """How many devices train."""
        return self.strategy.num_replicas_in_sync

    @property
    def keeps(self):
        """Whether this process writes what is kept."""
        return self.worker == 0

    def sum(self, *numbers):
        """The sum of numbers over all workers, a list of float64; each worker has to ask."""
        import tensorflow as tf

        here = self.devices // self.workers
        mine, nothing = tf.constant(numbers, tf.float64), tf.zeros(len(numbers), tf.float64)
        parts = self.strategy.experimental_distribute_values_from_function(
            lambda context: nothing if context.replica_id_in_sync_group % here else mine)
        with gone():
            return self.strategy.reduce("SUM", parts, axis=None).numpy().tolist()


def join_workers():
    """Join the workers that TF_CONFIG names, and wait for them. To be called before TensorFlow computes anything.

    Raises ValueError where TF_CONFIG is missing or wrong, where the backend of Keras is not TensorFlow, and where
    TensorFlow is at work already.
    """
    worker, addresses = workers_named(os.environ.get("TF_CONFIG", ""))
    check_backend()
    print(f"worker {worker} of 0 to {len(addresses) - 1} at {addresses[worker]}: waiting for the others",
          file=sys.stderr, flush=True)
    with quiet():
        import keras

        require("tensorflow", keras.backend.backend(), "workers")
        import tensorflow as tf

        try:
            if not _joined:
                _joined.append(Team("workers", tf.distribute.MultiWorkerMirroredStrategy(), worker, len(addresses)))
        except RuntimeError as error:
            raise ValueError(f"the workers cannot be joined ({reason(error)}). That has to happen before TensorFlow "
                             "computes anything: use the command line, python -m fer_utils train.") from error
        except tf.errors.OpError as error:
            raise ValueError(f"the workers cannot be joined ({reason(error)}). Is the address free, and do all "
                             "workers name the same ones? Then start all of them again.") from error


def workers_named(text):
    """Which worker this is, and the addresses of all, of the text of TF_CONFIG. Raises ValueError."""
    if not text.strip():
        raise ValueError(f"--strategy workers needs TF_CONFIG in the environment of every worker; {EXAMPLE}.")
    try:
        told = json.loads(text)
        addresses, task = told["cluster"]["worker"], told["task"]
        worker = task["index"]
        fits = (task["type"] == "worker" and set(told["cluster"]) == {"worker"} and type(worker) is int
                and isinstance(addresses, list) and 0 <= worker < len(addresses)
                and all(isinstance(one, str) and one.rpartition(":")[2].isdigit() for one in addresses))
    except (KeyError, TypeError, ValueError):
        fits = False
    if not fits:
        raise ValueError(f"TF_CONFIG does not say which workers there are, and which of them this is; {EXAMPLE}.")
    return worker, addresses


def team_named(name):
    """The `Team` of a strategy, None for "one". Raises ValueError for an unknown one, and where it cannot be had."""
    if name not in STRATEGIES:
        raise ValueError(f"there is no strategy {name!r}; there are: {', '.join(STRATEGIES)}.")
    if name == "one":
        return None
    import keras

    require("tensorflow", keras.backend.backend(), name)
    import tensorflow as tf

    if name == "workers":
        if not _joined:
            raise ValueError("the workers have not been joined. That has to happen before TensorFlow computes "
                             "anything: use the command line, python -m fer_utils train --strategy workers.")
        return _joined[0]
    kind = "GPU" if tf.config.list_logical_devices("GPU") else "CPU"
    return Team(name, tf.distribute.MirroredStrategy([device.name for device in tf.config.list_logical_devices(kind)]))


def require(wanted, backend, name):
    """Raise ValueError where Keras runs on another backend than a strategy needs."""
    if backend != wanted:
        raise ValueError(f"the strategy {name!r} runs on TensorFlow, and KERAS_BACKEND is {backend}. Set "
                         "KERAS_BACKEND=tensorflow, or leave --strategy out.")


@contextmanager
def gone():
    """Turn what TensorFlow says when another worker is gone into one ValueError that says how to go on."""
    import tensorflow as tf

    try:
        yield
    except tf.errors.OpError as error:
        raise ValueError(f"another worker is gone, or cannot be reached ({type(error).__name__}). {AGAIN}") from error


def agree(team, record):
    """Raise ValueError unless all workers begin the same run at the same epoch. They could not, where --out is not one
    folder for all: the first worker writes it, and the others read there where to go on."""
    same = {key: record[key] for key in ("model", "recipe", "seed", "precision", "data", "finished", "complete")}
    mine = [len(record["history"]), zlib.crc32(json.dumps(same, sort_keys=True).encode())]
    if team.sum(*mine) != [number * team.workers for number in mine]:
        raise ValueError("the workers do not begin the same run at the same epoch. Give all of them the same command, "
                         "and an --out that is one folder for all, on a shared disk.")


def fit(team, model, feed, *, epochs, initial_epoch=0, validate, callbacks, verbose=0):
    """Train a compiled `TrainingModel`, made in the scope of the team's strategy, as Keras's `fit` would.

    Arguments:
        feed: the `fer_utils.training.feed.Feed` of the whole team, the same one on every worker; each device takes its
            share of every batch. Faces beyond the last full batch wait for another epoch.
        validate: called after each epoch; returns the figures of the faces that were not trained on, a dict.

    Raises ValueError where the batch cannot be shared evenly, and where another worker is gone.
    """
    import keras
    import tensorflow as tf

    batch = min(feed.batch_size, feed.count)
    if batch % team.devices:
        raise ValueError(f"a batch of {batch} faces cannot be shared evenly by {team.devices} devices. Choose another "
                         "--batch-size.")
    steps, strategy = feed.count // batch, team.strategy
    batches = iter(strategy.distribute_datasets_from_function(
        lambda context: _shares(feed, steps, batch // team.devices, _places(context))))
    step = tf.function(lambda data: strategy.run(one_step, args=(model, data)), autograph=False)
    callbacks = keras.callbacks.CallbackList(callbacks, model=model, add_progbar=verbose != 0, verbose=verbose,
                                             epochs=epochs, steps=steps)
    model.stop_training = False
    callbacks.on_train_begin()
    for epoch in range(initial_epoch, epochs):
        callbacks.on_epoch_begin(epoch)
        with gone():
            parts = []
            for number in range(steps):
                callbacks.on_train_batch_begin(number)
                parts += strategy.experimental_local_results(step(next(batches)))
                callbacks.on_train_batch_end(number)
            loss, right = team.sum(*np.sum([part.numpy() for part in parts], axis=0))
            _average_statistics(team, model.net)
        logs = {"accuracy": right / (steps * batch), "loss": loss / steps, **validate()}
        callbacks.on_epoch_end(epoch, logs)
        if model.stop_training:
            break
    callbacks.on_train_end()


def one_step(model, data):
    """What one device does with its share of a batch: its gradient, the exchange, the step. Returns its part of the
    loss of the batch and how many faces it got right, float32 (2,)."""
    import tensorflow as tf

    faces, targets, weights = data
    devices = tf.distribute.get_strategy().num_replicas_in_sync
    with tf.GradientTape() as tape:
        answers = model(faces, training=True)
        loss = model.compute_loss(faces, targets, answers, weights)  # Keras divides it by the devices
    gradient = tape.gradient(loss, model.trainable_variables)
    if model.recipe.clip:  # the norm is that of the whole gradient; the optimizer would take that of this device's
        gradient = tf.distribute.get_replica_context().all_reduce("SUM", gradient)
        gradient = [part / devices for part in tf.clip_by_global_norm(gradient, model.recipe.clip)[0]]
    model.optimizer.apply_gradients(zip(gradient, model.trainable_variables))  # adds up those of all devices
    right = tf.equal(tf.argmax(answers, axis=1), tf.argmax(targets, axis=1))
    return tf.stack([loss, tf.reduce_sum(tf.cast(right, "float32"))])


def _places(context):
    """Which shares of a batch the devices of one worker take."""
    here = context.num_replicas_in_sync // context.num_input_pipelines
    return range(context.input_pipeline_id * here, (context.input_pipeline_id + 1) * here)


def _shares(feed, steps, size, places):
    """A `tf.data.Dataset` without end: of each batch of each epoch, the shares at `places`, of `size` faces each."""
    import tensorflow as tf

    def shares():
        for _ in itertools.count():
            feed.on_epoch_end()  # before the first epoch too, as `fit` has it: then the orders are the same
            for number in range(steps):
                parts = feed[number]
                for place in places:
                    yield tuple(part[place * size:(place + 1) * size] for part in parts)

    kinds = tuple(tf.TensorSpec((size, *part.shape[1:]), part.dtype) for part in feed[0])
    without_end = tf.data.experimental.assert_cardinality(tf.data.INFINITE_CARDINALITY)
    return tf.data.Dataset.from_generator(shares, output_signature=kinds).apply(without_end).prefetch(4)


def _average_statistics(team, net):
    """Give all devices the mean of what no gradient moves, such as the averages of batch normalization: each device
    has followed its own faces."""
    import tensorflow as tf

    kept = [variable for variable in net.non_trainable_variables if "seed_generator" not in variable.path]
    if not kept:
        return

    def flat():
        return tf.concat([tf.reshape(variable.value, [-1]) for variable in kept], axis=0)

    mean = team.strategy.reduce("MEAN", team.strategy.run(flat), axis=None).numpy()
    for variable, part in zip(kept, np.split(mean, np.cumsum([np.prod(v.shape) for v in kept])[:-1])):
        variable.assign(part.reshape(variable.shape))
