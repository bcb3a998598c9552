"""Small experiments that a chapter runs while the reader waits."""

import time

import keras
import numpy as np

from fer_utils.data.preprocessing import one_hot
from fer_utils.evaluation import predict_probabilities
from fer_utils.networks import build_network
from fer_utils.training.model import compile_for_training
from fer_utils.training.run import training_feed

# How far chapter 06 changes faces, as arguments of `RandomAffine`, which mirrors half of them in any case.
CHANGES = {
    "none": {},
    "gentle": {"rotation": 12, "shift": 0.08, "zoom": 0.12},
    "wild": {"rotation": 180, "shift": 0.3, "zoom": 0.5},
}


def accuracy_after(augmentation, faces, epochs=10, limit=1400, seed=0):
    """PublicTest accuracy of a `squeezenet-mini` trained for a few epochs behind an augmentation layer.

    Arguments: augmentation, a Keras layer; faces, `Faces` with train and public, of which the first `limit` are used
    each.
    """
    keras.utils.set_random_seed(seed)
    net = build_network("squeezenet-mini")
    model = keras.Sequential([augmentation, net])
    model.compile(keras.optimizers.AdamW(3e-3), "categorical_crossentropy", jit_compile=False)
    x, y = faces.train.images[:limit, ..., None], faces.train.labels[:limit]
    model.fit(x, one_hot(y), batch_size=32, epochs=epochs, verbose=0)
    answers = predict_probabilities(net, faces.public.images[:limit])
    return float(np.mean(answers.argmax(axis=1) == faces.public.labels[:limit]))


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
