"""Two ways to give rare emotions their due, on one small network: class weights in training, or none and the shares of
the classes divided out of its answers (Menon and others 2021, arXiv:2007.07314).

Chapter 15; recorded on photographs by `tools/record_experiments.py`.
"""

from dataclasses import replace

import keras
import numpy as np

from fer_utils.evaluation import predict_probabilities, scores
from fer_utils.recipes import RECIPES
from fer_utils.training import training_feed
from fer_utils.training_model import compile_for_training


def divide_out(probabilities, labels):
    """Answers as if all classes were equally frequent in training.

    Arguments: probabilities float (n, 7); labels, those of the training faces, int (m,). Returns float (n, 7), rows with a
    sum of 1. Raises ValueError where a class has no training face: its share cannot be divided out.
    """
    counts = np.bincount(labels, minlength=probabilities.shape[1])
    if not counts.all():
        raise ValueError(f"no training face of class {int(np.argmin(counts))}; its share cannot be divided out.")
    adjusted = probabilities / counts
    return adjusted / adjusted.sum(axis=1, keepdims=True)


def fit_rare(faces, *, epochs, seed=0, network="squeezenet-mini"):
    """Train twice, without and with class weights. Returns a dict from way to the `scores` on PublicTest."""
    found = {}
    for way, weighted in (("nothing", False), ("class weights", True)):
        keras.utils.set_random_seed(seed)
        recipe = replace(RECIPES["quick"], epochs=epochs, class_weights=weighted)
        net, model = compile_for_training(network, recipe, len(faces.train.labels), seed=seed)
        model.fit(training_feed(faces.train, recipe, seed), epochs=epochs, shuffle=False, verbose=0)
        answers = predict_probabilities(net, faces.public.images)
        found[way] = scores(faces.public.labels, answers)
        if not weighted:
            found["shares divided out"] = scores(faces.public.labels, divide_out(answers, faces.train.labels))
    return found
