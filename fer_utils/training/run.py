"""Train a network: choose the best epoch on PublicTest, write a record, survive a kill.

Explained in chapter 11 (thesis sections 4.4 and 5.4). Runs on every Keras backend. PrivateTest is never loaded.
"""

import json
import os
import platform
import re
import time
from contextlib import nullcontext

import keras
import numpy as np

from fer_utils.backend import processor
from fer_utils.data import load_faces, without_duplicates
from fer_utils.data.augmentation import AUGMENTATIONS
from fer_utils.data.preprocessing import class_weights, one_hot
from fer_utils.data.streaming import StreamedSplit
from fer_utils.evaluation import predict_probabilities
from fer_utils.evaluation.results import read_record
from fer_utils.files import FileError, alone_in, file_of, path_of, remove_leftovers, sha256_of, write_text, writing
from fer_utils.labels import EMOTIONS
from fer_utils.networks import build_network
from fer_utils.networks.pretrained import load_imagenet_weights
from fer_utils.networks.weights import NEW_BEST, identity_of, load_weights, new_best_counts, save_weights, weights_of
from fer_utils.training.distillation import mixed_targets
from fer_utils.training.feed import Feed
from fer_utils.training.model import (
    DropoutRamp,
    compile_for_training,
    frozen_by,
    takes_full_batches,
    trains_whole_epochs,
)
from fer_utils.training.state import SeedEachEpoch, load_state, save_state
from fer_utils.training.stream import StreamFeed
from fer_utils.training.team import agree, team_named
from fer_utils.training.team import fit as fit_team

GO_ON = ("Make room, or mend the permissions, and go on after the last finished epoch, which is kept: train with "
         "--resume, search as before.")
LARGEST_SEED = 10**9
RECALIBRATING = 40  # batches
STEPS_AT_ONCE = 8  # TensorFlow takes so many steps before Python has a say: a quarter faster where a step is short
LEFTOVER = re.compile(r"(new-)?state-\d+\.(npz|weights\.h5)|best\.new\.npz"
                      r"|(state-\d+\.npz|best(\.new)?\.npz|run\.json)\.\d+-[0-9a-f]{8}\.tmp")


def train(name, recipe, *, seed=0, out, resume=False, precision="float32", faces=None, soft_targets=None,
          start=None, weights=None, strategy="one", callbacks=(), verbose=2):
    """Train the network `name` by a recipe and return the run record (a dict, also in `out/run.json`).

    Arguments:
        name: a name in `fer_utils.networks.NETWORKS`.
        recipe: a `fer_utils.training.recipes.Recipe`.
        seed: seeds weights, order and augmentation; 0 to 1,000,000,000.
        out: folder of the run. It receives `run.json` (config, versions, history), `best.npz` (the weights of
            the epoch with the best PublicTest accuracy) and, until the run is finished, `state-*.npz`.
        resume: go on from the last finished epoch in `out`; a run that is finished is returned as it is.
        precision: "float32" or "mixed_bfloat16", for accelerators; on a processor with bfloat16 it helps wide networks.
        faces: a `Faces` with train and public; None loads them.
        soft_targets: `fer_utils.training.distillation.SoftTargets` on the training faces, for a recipe with a
            `teacher_share`.
        start: a run of the same network whose weights this one begins with, published or a folder
            (`fer_utils.networks.weights.weights_of`); None begins with the network's own.
        weights: a file of ImageNet weights to begin with, for a network that reads one
            (`fer_utils.networks.pretrained.load_imagenet_weights`).
        strategy: "one" device; "local", all devices of this machine; "workers", the machines that TF_CONFIG names
            (`fer_utils.training.team`). The batch of the recipe is that of all devices together. All workers are given
            the same `out`, in which the first of them alone writes.
        callbacks: Keras callbacks, called after the run's own.

    The record is `complete` once the run has ended by itself: after all the epochs of its recipe (fewer, where
    `--epochs` made the recipe shorter, since the schedule then ends there too) or by the recipe's patience. A run
    that was stopped is not.

    A run that was killed and goes on ends with the same numbers, to the last bit, as one that was not, where the device
    computes the same twice (a processor does) and the faces come in the same order. `resumed_after` in the record lists
    the epochs after which it went on, `resumed_with` the versions and the device where they were others by then.
    It has to be the same run: another setting is refused. So is another backend, although the weights would load: its
    random generators draw other numbers, and on JAX an epoch has only full batches, so that the schedule of the
    learning rate would no longer fit.

    Raises FileExistsError if `out` holds a run and `resume` is False or another process trains there, ValueError if
    it holds another run, if the recipe needs soft targets that are not given, if both `start` and `weights` are, or if
    the strategy cannot be had or loses a worker, FileError if a file of the run is damaged or cannot be written.
    """
    team = team_named(strategy)
    if not 0 <= seed <= LARGEST_SEED:
        raise ValueError(f"the seed is {seed}; use a whole number from 0 to {LARGEST_SEED:,}.")
    out = path_of(out)
    refuse_to_overwrite(out, resume)
    faces = faces or load_faces(splits=("train", "public"))
    if bool(recipe.teacher_share) != bool(soft_targets):
        raise ValueError(f"the recipe {recipe.name!r} has a teacher_share of {recipe.teacher_share}: give "
                         "soft_targets (on the command line, --teachers) for a share above 0, and only then.")
    if start and weights:
        raise ValueError("a run begins with the weights of a run or with those of a file; give start or weights (on "
                         "the command line, --start or --weights), not both.")
    record = _start_record(name, recipe, seed, precision, faces, soft_targets, start, weights, team)
    keeps = team is None or team.keeps
    with alone_in(out) if keeps else nullcontext():
        record = _earlier_run(record, out, resume) or record
        if keeps:
            with writing(out, GO_ON):
                _tidy(out, record)
        if team:
            agree(team, record)
        if not record["finished"]:
            _train(record, recipe, out, faces, soft_targets, start, weights, callbacks, verbose, team)
    return record


def refuse_to_overwrite(out, resume):
    """Raise FileExistsError where a folder holds a run that is not to be gone on with."""
    if not resume and os.path.lexists(path_of(out) / "run.json"):
        raise FileExistsError(f"{out} already holds a run. Go on with --resume, or choose another --out.")


def _earlier_run(record, out, resume):
    """The record that `out` holds already, None where it holds none. Raises where it may not be gone on with."""
    refuse_to_overwrite(out, resume)  # asked again, now that nobody else is at work here
    path = out / "run.json"
    if not path.exists():
        return None
    anew = "Train again with another --out."
    earlier = read_record(path, anew)
    different = _differences(earlier, record)
    if different:
        raise ValueError(
            f"{path} holds another run: {'; '.join(different)}. A run goes on as it began: give it the same settings, "
            f"choose another --out, or begin a new run with its weights, for more epochs too: --start {out} --out "
            "OTHER.")
    best, done = out / "best.npz", len(earlier["history"])
    if not new_best_counts(out, earlier) and not best.is_file():
        raise FileError(f"{best}, the best weights of the run, is missing. {anew}")
    if earlier["finished"]:
        return earlier
    if not (new_best_counts(out, earlier) or sha256_of(best) == earlier.get("best_sha256")):
        raise FileError(f"{best} is damaged: it is not what run.json speaks of. {anew}")
    state = earlier.get("state")
    if not earlier["complete"] and state != _state_name(done):
        former = state == f"state-{done}.weights.h5"
        said = ("is of an earlier version of the course, which did not keep all that a run stands on" if former else
                f"is damaged: after epoch {done}, its state cannot be {json.dumps(state)[:60]}")
        raise FileError(f"{out / state if former else path} {said}. Begin a new run with its best weights: --start "
                        f"{out} --out OTHER.")
    earlier["recipe"] = record["recipe"]  # the same, with the fields that an earlier version did not have
    earlier.setdefault("resumed_after", [])
    if done not in earlier["resumed_after"]:
        earlier["resumed_after"] = [*earlier["resumed_after"], done]
    now = {key: record[key] for key in ("versions", "device") if record[key] != earlier[key]}
    if now:
        earlier["resumed_with"] = {**earlier.get("resumed_with", {}), str(done): now}
    return earlier


def _differences(earlier, record):
    """In which settings two records differ, a list of sentences with both values."""
    pairs = []
    for field in ("model", "recipe", "seed", "precision", "backend", "data", "lessons", "initial_weights",
                  "initial_weights_sha256", "strategy"):
        old, new = earlier.get(field), record.get(field)
        if new is None and field.startswith("initial_weights"):
            continue  # a run that goes on has them in its state
        if isinstance(old, dict) and isinstance(new, dict):
            pairs += [(f"{field}.{key}", old.get(key), new.get(key)) for key in {**old, **new}
                      if key in old or new[key]]  # a record of an earlier version lacks what is not used
        else:
            pairs.append((field, old, new))
    return [f"{name} is {json.dumps(old)[:100]} there, {json.dumps(new)[:100]} here"
            for name, old, new in pairs if old != new]


def _train(record, recipe, out, faces, soft_targets, start, weights, callbacks, verbose, team=None):
    """Train from where the record stands to the end, and complete the record."""
    seed = record["seed"]
    keras.utils.set_random_seed(seed)
    with team.strategy.scope() if team else nullcontext():
        net, model = compile_for_training(record["model"], recipe, len(faces.train.labels), record["precision"], seed,
                                          full_batches=bool(team))
    if (start or weights) and not record["history"]:
        if weights:
            load_imagenet_weights(model.net, weights)
        else:
            load_weights(model.net, weights_of(start))
        if model.averaged:
            model.averaged.set_weights(model.net.get_weights())
    record.setdefault("initial_weights", model.initial_weights)
    if record["history"] and not record["complete"]:
        load_state(model, out / record["state"], record.get("state_sha256"),
                   f"Begin a new run with the best weights: --start {out} --out OTHER.")
    # a run that ended by itself, killed before it was marked finished, has no epoch left to train
    done = recipe.epochs if record["complete"] else len(record["history"])
    feed = training_feed(faces.train, recipe, seed, soft_targets, done)
    ramp = [DropoutRamp(recipe.dropout_ramp)] if recipe.dropout_ramp else []
    if team:
        alone = build_network(record["model"])  # of this process, to answer without the others
        own = [SeedEachEpoch(seed, team.worker), RunKeeper(record, out, alone, faces, team.keeps), *ramp]
        fit_team(team, model, feed, epochs=recipe.epochs, initial_epoch=done, callbacks=[*own, *callbacks],
                 validate=lambda: _validated_by(team, net, alone, faces.public, recipe), verbose=verbose)
    else:
        own = [SeedEachEpoch(seed), RunKeeper(record, out, net, faces), *ramp]
        _fit(model, feed, faces.public, recipe, done, [*own, *callbacks], verbose)
    if team and not team.keeps:
        return
    with writing(out, GO_ON):
        _recalibrate_best(record, out, recipe, faces, seed)
        record["finished"] = True
        for key in ("state", "state_sha256"):
            record.pop(key, None)
        _write_record(record, out)
        _tidy(out, record)


def _fit(model, feed, public, recipe, done, callbacks, verbose):
    """Train on one device, by Keras's `fit`, from the epoch `done` on."""
    public = public.images[..., None], one_hot(public.labels)
    at_once = len(public[0]) if trains_whole_epochs() else 256
    if keras.backend.backend() == "tensorflow":
        model.steps_per_execution = STEPS_AT_ONCE
    model.fit(feed, validation_data=public, validation_batch_size=at_once, epochs=recipe.epochs, initial_epoch=done,
              shuffle=False, callbacks=callbacks, verbose=verbose)


def _validated_by(team, net, alone, public, recipe):
    """The loss and the accuracy on PublicTest, of which each worker answers its share: a dict. `alone` is given the
    weights of `net`."""
    alone.set_weights(net.get_weights())
    images, labels = (part[team.worker::team.workers] for part in public)
    answers = predict_probabilities(alone, images)
    loss = keras.losses.CategoricalCrossentropy(label_smoothing=recipe.label_smoothing, reduction="sum")
    lost, right = team.sum(float(loss(one_hot(labels), answers)), float(np.sum(answers.argmax(axis=1) == labels)))
    return {"val_accuracy": right / len(public.labels), "val_loss": lost / len(public.labels)}


def training_feed(train, recipe, seed=0, soft_targets=None, epoch=0):
    """The `Feed` of a recipe for the training faces, a `Split`, from the start or after `epoch` epochs; a `StreamFeed`
    where they are streamed."""
    if isinstance(train, StreamedSplit):
        if soft_targets or takes_full_batches():
            raise ValueError("streamed faces cannot be learned from teachers, nor on JAX; "
                             "leave out --stream or --teachers, and set KERAS_BACKEND=tensorflow.")
        by_class = class_weights(train.labels) if recipe.class_weights else {}
        weights = np.array([by_class.get(label, 1.0) for label in range(len(EMOTIONS))], np.float32)
        return StreamFeed(train, weights, recipe.batch_size, seed, epoch)
    images, targets = train.images, one_hot(train.labels).astype(np.float32)
    if soft_targets:
        images, targets = soft_targets.images, mixed_targets(train.labels, soft_targets, recipe.teacher_share)
    weights = np.ones(len(train.labels), np.float32)
    if recipe.class_weights:
        by_class = class_weights(train.labels)
        weights = np.array([by_class[int(label)] for label in train.labels], np.float32)
    return Feed(images, targets, weights, recipe.batch_size, seed, epoch, takes_full_batches(), trains_whole_epochs())


def recalibrate_normalization(net, images, augment=None, batches=None, batch_size=256, seed=0):
    """Estimate every running average of batch normalization anew, over many batches with the weights as they are.

    In training the averages follow weights that move, and only over the last few batches; dropout in front of a
    normalization biases its variance besides. Both are repaired by averaging once more, without dropout, when the
    weights stand still (Wu and Johnson 2021, arXiv:2105.07576).

    A frozen normalization keeps its averages.

    Arguments: net, a Keras model, changed in place; images, uint8 (n, 48, 48), Training faces only; augment, a
    layer or None; batches, how many, None is RECALIBRATING. Chapter 10.
    """
    batches = batches or RECALIBRATING
    normalizations = [layer for layer in net.layers
                      if isinstance(layer, keras.layers.BatchNormalization) and layer.trainable]
    if not normalizations:
        return
    kept = {layer: layer.momentum for layer in normalizations}
    rates = {layer: layer.rate for layer in net.layers if isinstance(layer, keras.layers.Dropout)}
    for layer in normalizations:
        layer.momentum = 0.0  # the moving averages then hold the last batch's own
    for layer in rates:
        layer.rate = 0.0
    averages = [variable for layer in normalizations for variable in (layer.moving_mean, layer.moving_variance)]
    step, sums = _training_pass(net, averages), [0.0] * len(averages)
    rng = np.random.default_rng(seed)
    for _ in range(batches):
        chosen = rng.choice(len(images), min(batch_size, len(images)), replace=False)
        batch = images[chosen][..., None].astype("float32")
        values = step(augment(batch, training=True) if augment else batch)
        sums = [total + keras.ops.convert_to_numpy(value) for total, value in zip(sums, values)]
    for variable, total in zip(averages, sums):
        variable.assign(total / batches)
    for layer, momentum in kept.items():
        layer.momentum = momentum
    for layer, rate in rates.items():
        layer.rate = rate


def _training_pass(net, variables):
    """A function of a batch: run `net` as in training and return what `variables` then hold."""
    if keras.backend.backend() != "jax":
        def step(batch):
            net(batch, training=True)
            return [variable.value for variable in variables]
        return step
    import jax

    trainable, rest = [v.value for v in net.trainable_variables], [v.value for v in net.non_trainable_variables]
    places = [next(i for i, v in enumerate(net.non_trainable_variables) if v is variable) for variable in variables]

    @jax.jit
    def compiled(batch):
        after = net.stateless_call(trainable, rest, batch, training=True)[1]
        return [after[place] for place in places]

    return compiled


def _recalibrate_best(record, out, recipe, faces, seed):
    """Recalibrate the best epoch's weights, and keep the result if PublicTest does not get worse by it."""
    net = frozen_by(recipe, build_network(record["model"]))
    load_weights(net, out / "best.npz")

    def accuracy():
        answers = predict_probabilities(net, faces.public.images)
        return float(np.mean(answers.argmax(axis=1) == faces.public.labels))

    before = accuracy()
    augment = AUGMENTATIONS[recipe.augmentation](seed) if recipe.augmentation != "none" else None
    streamed = isinstance(faces.train, StreamedSplit)
    train = faces.train.some(RECALIBRATING * 256, seed) if streamed else faces.train.images
    recalibrate_normalization(net, train, augment, seed=seed)
    after = accuracy()
    record["recalibration"] = {"public_accuracy_before": before, "public_accuracy_after": after,
                               "kept": after >= before}
    record["public_accuracy"] = max(before, after)
    if after >= before:
        record["best_sha256"] = save_weights(net, out / NEW_BEST)


def _tidy(out, record):
    """Let new best weights take their place if `record` speaks of them, and remove what else a kill has left: weights
    and states that no record speaks of, and temporary files, whose writers are gone, since this process holds the
    folder."""
    if new_best_counts(out, record):
        os.replace(out / NEW_BEST, out / "best.npz")
    for path in out.iterdir():
        if LEFTOVER.fullmatch(path.name) and path.name != record.get("state"):
            path.unlink(missing_ok=True)
    remove_leftovers(out)


def _state_name(epoch):
    return f"state-{epoch}.npz"


def _write_record(record, out):
    write_text(out / "run.json", json.dumps(record, indent=1))


class RunKeeper(keras.callbacks.Callback):
    """After every epoch: the state to resume from, the best weights so far and the record, so that a kill at any
    moment leaves a record and the files it speaks of.

    `val_leak_free_accuracy` in the history is the accuracy on the PublicTest faces without an identical copy in
    Training, by which what is trained is chosen (`goals` in data/protocol.toml).

    Of several workers, only the one that `keeps` the run writes; the others come to the same record in memory."""

    def __init__(self, record, out, net, faces, keeps=True):
        super().__init__()
        self.record, self.out, self.net, self.keeps = record, out, net, keeps
        images, labels = faces.public
        streamed = isinstance(faces.train, StreamedSplit)
        twins = ~(faces.train.without_copies_of(images) if streamed else
                  without_duplicates(images, faces.train.images))
        self.twins, self.labels, self.public = images[twins], labels[twins], len(labels)

    def on_epoch_begin(self, epoch, logs=None):
        self.began = time.time()

    def on_epoch_end(self, epoch, logs):
        record, history = self.record, self.record["history"]
        history.append({"epoch": epoch + 1, "seconds": round(time.time() - self.began, 1)}
                       | {key: round(float(value), 5) for key, value in logs.items()})
        history[-1]["val_leak_free_accuracy"] = round(self.without_twins(logs["val_accuracy"]), 5)
        best = max(history, key=lambda row: row["val_accuracy"])
        record["best_epoch"], record["public_accuracy"] = best["epoch"], best["val_accuracy"]
        record["wall_seconds"] = round(sum(row["seconds"] for row in history), 1)
        patience = record["recipe"]["patience"]
        stalled = patience is not None and len(history) - best["epoch"] >= patience
        record["complete"] = stalled or len(history) == record["recipe"]["epochs"]
        record["state"] = _state_name(epoch + 1)
        if self.keeps:
            self.write(new_best=best is history[-1])
        if stalled:
            self.model.stop_training = True

    def write(self, new_best):
        record = self.record
        with writing(self.out, GO_ON):
            record["state_sha256"] = save_state(self.model, self.out / record["state"])
            if new_best:
                record["best_sha256"] = save_weights(self.net, self.out / NEW_BEST)
            _write_record(record, self.out)
            _tidy(self.out, record)

    def without_twins(self, accuracy):
        """The accuracy on the faces without a copy, from that on all of them: only the copies are answered again."""
        if not len(self.twins):
            return float(accuracy)
        known = predict_probabilities(self.net, self.twins).argmax(axis=1) == self.labels
        return float((accuracy * self.public - known.sum()) / (self.public - len(known)))


def _start_record(name, recipe, seed, precision, faces, soft_targets, start, weights, team=None):
    record = {
        "model": name, "recipe": recipe.as_dict(), "seed": seed, "precision": precision,
        "data": {"name": faces.name, "content_hash": faces.content_hash, "classes": list(EMOTIONS),
                 "train": len(faces.train.labels), "public": len(faces.public.labels)},
        "backend": keras.backend.backend(), "versions": versions(), "device": device(),
        "history": [], "state": None, "best_epoch": None, "public_accuracy": None, "wall_seconds": 0.0,
        "complete": False, "finished": False, "resumed_after": [],
    }
    if soft_targets:
        record["lessons"] = {"teachers": list(soft_targets.teachers), "views": len(soft_targets.images),
                             "weights": list(soft_targets.weights),
                             **({"answers": "published"} if soft_targets.published else {})}
    if team:
        record["strategy"] = team.name
        record["device"] = (f"{team.devices} devices on {team.workers} machine{'s' if team.workers > 1 else ''}, each: "
                            f"{record['device']}")
    if start:
        record["initial_weights"], record["initial_weights_sha256"] = identity_of(start)
    if weights:
        record["initial_weights"], record["initial_weights_sha256"] = "imagenet", sha256_of(file_of(weights))
    return record


def versions():
    """The versions that a record names, a dict from name to str: Python, NumPy, Keras and its backend."""
    from importlib import import_module

    backend = keras.backend.backend()  # asked itself: it is installed under several names, as tensorflow-cpu
    return {"python": platform.python_version(), "numpy": np.__version__, "keras": keras.__version__,
            backend: import_module(backend).__version__}


def device():
    """What the run trained on, for people: the accelerator, or the number of processor cores."""
    backend = keras.backend.backend()
    if backend == "jax":
        import jax
        if jax.default_backend() != "cpu":
            return jax.devices()[0].device_kind
    elif backend == "torch":
        import torch
        if torch.cuda.is_available():
            return torch.cuda.get_device_name(0)
    else:
        import tensorflow as tf
        gpus = tf.config.list_physical_devices("GPU")
        if gpus:
            return tf.config.experimental.get_device_details(gpus[0]).get("device_name", "GPU")
    return processor()
