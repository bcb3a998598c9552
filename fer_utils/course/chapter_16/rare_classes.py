"""Two ways to give rare emotions their due, on one small network: class weights in training, or none and the shares of
the classes divided out of its answers (Menon and others 2021, arXiv:2007.07314).

Chapter 16; recorded on photographs by `tools/record_experiments.py`.
"""

from dataclasses import replace

import numpy as np

from fer_utils.course.laboratory import answers_after
from fer_utils.evaluation import scores
from fer_utils.training.recipes import RECIPES


def divide_out(probabilities, labels):
    """Answers as if all classes were equally frequent in training.

    Arguments: probabilities float (n, 7); labels, those of the training faces, int (m,). Returns float (n, 7), rows
    with a sum of 1. Raises ValueError where a class has no training face: its share cannot be divided out.
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
        recipe = replace(RECIPES["quick"], epochs=epochs, class_weights=weighted)
        answers = answers_after(recipe, faces, network=network, seed=seed)
        found[way] = scores(faces.public.labels, answers)
        if not weighted:
            found["shares divided out"] = scores(faces.public.labels, divide_out(answers, faces.train.labels))
    return found
