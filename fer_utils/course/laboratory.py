"""Small experiments that a chapter runs while the reader waits."""

import time

import keras
import numpy as np

from fer_utils.data.preprocessing import check_faces, one_hot
from fer_utils.evaluation import predict_probabilities
from fer_utils.networks import build_network
from fer_utils.training.model import compile_for_training
from fer_utils.training.run import training_feed

# How far chapter 06 changes faces, as arguments of `RandomAffine`.
CHANGES = {
    "none": {},
    "mirror": {"flip": True},
    "gentle": {"rotation": 12, "shift": 0.08, "zoom": 0.12, "flip": True},
    "wild": {"rotation": 180, "shift": 0.3, "zoom": 0.5, "flip": True},
}


def accuracy_after(augmentation, faces, epochs=10, limit=1400, seed=0):
    """PublicTest accuracy of a `squeezenet-mini` trained for a few epochs behind an augmentation layer.

    Arguments: augmentation, a Keras layer, or None; faces, `Faces` with train and public, of which the first `limit`
    are used each.
    """
    found = trained_behind(augmentation, faces, epochs=epochs, limit=limit, seed=seed, falling=False)[1]
    return found["public_accuracy"][-1]


def trained_behind(augmentation, faces, *, epochs=10, limit=1400, seed=0, every=None, falling=True, build=None):
    """A `squeezenet-mini` trained behind an augmentation layer, and what it got right on the way.

    Arguments:
        augmentation: a Keras layer, or None for faces as they are.
        faces: `Faces` with train and public, of which the first `limit` are used each.
        every: after how many epochs the network is tried out; None for the last alone.
        falling: whether the learning rate falls to 0 along a cosine, so that the last epochs settle.
        build: a function that gives another untrained network in its place.

    Returns the network and a dict of lists, one value a trial: "epoch", "training_accuracy" (of the training faces as
    they are), "public_accuracy", and "changed_accuracy" (of the training faces as the layer changed them, while the
    network still learned in that epoch).
    """
    keras.utils.set_random_seed(seed)
    net = build() if build else build_network("squeezenet-mini")
    model = keras.Sequential([net] if augmentation is None else [augmentation, net])
    (x, y), public = faces.train, faces.public
    x, y = x[:limit, ..., None], y[:limit]
    steps = epochs * -(-len(y) // 32)
    rate = keras.optimizers.schedules.CosineDecay(3e-3, steps) if falling else 3e-3
    model.compile(keras.optimizers.AdamW(rate), "categorical_crossentropy", metrics=["accuracy"], jit_compile=False)
    found = {"epoch": [], "training_accuracy": [], "public_accuracy": [], "changed_accuracy": []}

    def try_out(epoch, logs):
        if epoch + 1 == epochs or every and not (epoch + 1) % every:
            found["epoch"].append(epoch + 1)
            found["training_accuracy"].append(accuracy(net, x, y))
            found["public_accuracy"].append(accuracy(net, public.images[:limit], public.labels[:limit]))
            found["changed_accuracy"].append(float(logs["accuracy"]))

    model.fit(x, one_hot(y), batch_size=32, epochs=epochs, verbose=0,
              callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=try_out)])
    return net, found


def accuracy(net, images, labels):
    """The share of raw faces that a small network reads as they are labelled."""
    return float(np.mean(classes_named(net, images) == labels))


def classes_named(net, images):
    """The classes, int (n,), that a small network names for raw faces. Plain calls, which need not be compiled for each
    new network."""
    parts = np.array_split(check_faces(images), -(-len(images) // 512))
    return np.concatenate([keras.ops.convert_to_numpy(net(part, training=False)).argmax(axis=1) for part in parts])


def answers_after(recipe, faces, *, network="squeezenet-mini", seed=0, soft_targets=None):
    """Train a network by a recipe on `Faces`, or on `SoftTargets` about them, without keeping a run, and answer on
    PublicTest: float (n, 7)."""
    keras.utils.set_random_seed(seed)
    net, model = compile_for_training(network, recipe, len(faces.train.labels), seed=seed)
    model.fit(training_feed(faces.train, recipe, seed, soft_targets), epochs=recipe.epochs, shuffle=False, verbose=0)
    return predict_probabilities(net, faces.public.images)


def faces_per_second(work, count):
    """How many faces a second `work()`, which handles `count`, gets through: the better of two, after one to warm
    up."""
    work()
    times = []
    for _ in range(2):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return count / min(times)
