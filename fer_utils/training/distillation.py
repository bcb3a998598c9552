"""Distillation: a small network learns from the answers of large ones (Hinton and others 2015, arXiv:1503.02531).

The teachers see the very picture that the student sees, augmentation included (Beyer and others 2022,
arXiv:2106.05237). To let them answer only once, the training faces are augmented beforehand, in a number of copies;
an epoch of the student takes one copy of each face at random. Explained in chapter 16.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from fer_utils.evaluation import predict_probabilities
from fer_utils.files import in_one_step
from fer_utils.networks.weights import load_network


class SoftTargets(NamedTuple):
    """Copies of the training faces, and what the teachers answer.

    `images` uint8 (copies, n, 48, 48); `answers` float16 (copies, n, 7), probabilities; `teachers`, names of
    their runs.
    """

    images: np.ndarray
    answers: np.ndarray
    teachers: tuple


def augmented_copies(images, augment, copies, batch_size=512):
    """`copies` augmented copies of faces: uint8 (n, 48, 48) in, uint8 (copies, n, 48, 48) out."""
    import keras

    out = np.empty((copies, *images.shape), np.uint8)
    for copy in out:
        for start in range(0, len(images), batch_size):
            part = augment(images[start:start + batch_size, ..., None].astype("float32"), training=True)
            part = keras.ops.convert_to_numpy(part)[..., 0]
            copy[start:start + batch_size] = part.round().clip(0, 255).astype(np.uint8)
    return out


def ask_teachers(nets, copies, teachers=()):
    """`SoftTargets`: the mean of the probabilities of trained Keras models on every copy. `teachers` names their
    runs."""
    answers = np.zeros((*copies.shape[:2], 7), np.float32)
    for net in nets:
        for copy, answer in zip(copies, answers):
            answer += predict_probabilities(net, copy, batch_size=1024)
    return SoftTargets(copies, (answers / len(nets)).astype(np.float16), tuple(teachers))


def soft_targets_of_runs(runs, faces, copies=16, seed=0, keep=None):
    """`SoftTargets` of finished runs on strongly augmented copies of the training faces.

    Arguments:
        runs: folders of runs, or published runs whose weights ship. faces: `Faces` with train.
        copies: how many of each face. seed: of the copies, so that the same call makes the same ones.
        keep: path of a .npy file for the answers; where it exists, the teachers are not asked again.

    Raises WeightsError where a run has no weights at hand, ValueError where `keep` holds answers to other copies.
    """
    from fer_utils.data.augmentation import strong_augmentation

    names, asked = tuple(Path(run).name for run in runs), keep and Path(keep).exists()
    teachers = [] if asked else [load_network(run) for run in runs]  # first of all: a missing one is known at once
    changed = augmented_copies(faces.train.images, strong_augmentation(seed), copies)
    if asked:
        answers = np.load(keep)
        if answers.shape[:2] != changed.shape[:2]:
            raise ValueError(f"{keep} holds answers to {answers.shape[:2]} copies and faces, not {changed.shape[:2]}. "
                             "Delete it.")
        return SoftTargets(changed, answers, names)
    soft_targets = ask_teachers(teachers, changed, names)
    if keep:
        Path(keep).parent.mkdir(parents=True, exist_ok=True)
        with in_one_step(Path(keep)) as temporary, open(temporary, "wb") as file:
            np.save(file, soft_targets.answers)
    return soft_targets


def mixed_targets(labels, soft_targets, share):
    """Targets float32 (copies, n, 7): `share` of the teachers' answer, the rest of the one-hot label."""
    from fer_utils.data.preprocessing import one_hot

    return share * soft_targets.answers.astype(np.float32) + (1 - share) * one_hot(labels).astype(np.float32)
