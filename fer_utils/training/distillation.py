"""Distillation: a small network learns from the answers of large ones (Hinton and others 2015, arXiv:1503.02531).

The teachers see the very picture that the student sees, augmentation included (Beyer and others 2022,
arXiv:2106.05237). To let them answer only once, the training faces are augmented beforehand, in a number of copies;
an epoch of the student takes one copy of each face at random. Explained in chapter 16.

Where the recipe changes the faces in training, the teachers answer the faces as they are, plain and mirrored, and the
student learns to give the same answer to a changed face. These answers of one teacher come with the course, so that
such a student needs no teacher at hand.
"""

import hashlib
import json
from functools import partial
from typing import NamedTuple

import numpy as np

from fer_utils.data import image_keys
from fer_utils.evaluation import predict_probabilities
from fer_utils.evaluation.results import load_run, recorded_train, run_names
from fer_utils.evaluation.tta import mean_over_views
from fer_utils.files import FileError, path_of, reading, write_arrays, writing
from fer_utils.labels import EMOTIONS
from fer_utils.networks.weights import identity_of, load_network

AUGMENTATION = "strong"  # of the copies that teachers answer


class SoftTargets(NamedTuple):
    """Copies of the training faces, and what the teachers answer.

    `images` uint8 (copies, n, 48, 48); `answers` float16 (copies, n, 7), probabilities; `teachers`, names of
    their runs; `weights`, the SHA-256 of their weights files, as far as they come from files; `published`, whether the
    answers are those that come with the course.
    """

    images: np.ndarray
    answers: np.ndarray
    teachers: tuple
    weights: tuple = ()
    published: bool = False


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


def ask_teachers(nets, copies, teachers=(), weights=(), views="single"):
    """`SoftTargets`: the mean of the probabilities of trained Keras models on every copy, in the `views` of
    `fer_utils.evaluation.tta`. `teachers` names their runs, `weights` gives the SHA-256 of each one's weights file."""
    answers = np.zeros((*copies.shape[:2], 7), np.float32)
    for net in nets:
        for copy, answer in zip(copies, answers):
            answer += mean_over_views(partial(predict_probabilities, net, batch_size=1024), copy, views)
    return SoftTargets(copies, (answers / len(nets)).astype(np.float16), tuple(teachers), tuple(weights))


def soft_targets_of_runs(runs, faces, copies=16, seed=0, keep=None, changed=True):
    """`SoftTargets` of finished runs on strongly augmented copies of the training faces, or on the faces as they are.

    Arguments:
        runs: what `fer_utils.networks.weights.load_network` takes: folders of runs, published runs whose weights ship.
        faces: `Faces` with train.
        copies: how many of each face. seed: of the copies, so that the same call makes the same ones.
        keep: path of an .npz file for the answers, with what they belong to: the teachers' names and weights, the
            faces, the copies. Where it exists, the teachers are not asked again.
        changed: False takes the faces as they are, one copy, and for each the mean answer to the plain and the
            mirrored face; `copies` and `seed` are then not used. Answers that come with the course are taken from
            there (`published_answers`), and no teacher is asked.

    Raises WeightsError where a run has no weights at hand, FileError where `keep` is damaged or holds other answers.
    """
    import keras

    from fer_utils.data.augmentation import AUGMENTATIONS

    names, weights = zip(*map(identity_of, runs))
    if not changed:
        answers = [published_answers(name, sha256, faces) for name, sha256 in zip(names, weights)]
        if all(answer is not None for answer in answers):
            answers = np.mean(answers, axis=0).astype(np.float16)
            return SoftTargets(faces.train.images[None], answers[None], names, weights, published=True)
    keep = keep and path_of(keep)
    asked = keep and keep.exists()
    teachers = [] if asked else [load_network(run) for run in runs]  # first of all: a wrong one is known at once
    if changed:
        pictures = augmented_copies(faces.train.images, AUGMENTATIONS[AUGMENTATION](seed), copies)
        how = {"copies": copies, "seed": seed, "augmentation": AUGMENTATION}
    else:
        pictures, how = faces.train.images[None], {"copies": 1, "augmentation": "none", "views": "flip"}
    about = {"teachers": list(names), "weights": list(weights), "faces": faces.content_hash, **how,
             "backend": keras.backend.backend(),
             # of the copies themselves: the order of the faces, and what another version or device makes of them
             "pictures": hashlib.sha256(np.ascontiguousarray(pictures).data).hexdigest()}
    if asked:
        return SoftTargets(pictures, _kept_answers(keep, about, pictures.shape[:2]), names, weights)
    soft_targets = ask_teachers(teachers, pictures, names, weights, views="single" if changed else "flip")
    if keep:
        with writing(keep, "Make room, or choose another --out, and begin again."):
            keep.parent.mkdir(parents=True, exist_ok=True)
            write_arrays(keep, answers=soft_targets.answers, about=json.dumps(about))
    return soft_targets


def published_answers(name, sha256, faces):
    """The mean answer of a published run to the plain and the mirrored Training faces, float32 (n, 7), as it comes with
    the course; None where it does not, or where the run's weights (`sha256`) or the faces are others. Chapter 16."""
    if name not in run_names():
        return None
    run = load_run(name)
    if run["scores"].get("weights_sha256") != sha256 or faces.content_hash != run["data"]["content_hash"]:
        return None
    stored = recorded_train(name)
    if stored is None:
        return None
    answers = np.empty(stored.shape[1:], np.float32)
    answers[by_key(faces.train.images)] = stored.mean(axis=0)
    return answers


def by_key(images):
    """The places of faces, uint8 (n, 48, 48), in the order of their `image_keys`, int (n,): the same for every source
    of a dataset, whatever order its faces come in. Identical pictures keep their order."""
    keys = image_keys(images)
    return np.array(sorted(range(len(keys)), key=keys.__getitem__), int)


def _kept_answers(path, about, shape):
    """The answers in a file, float16 (copies, n, 7). Raises FileError unless they belong to what `about` says."""
    remedy = "Delete it or choose another --out; the teachers are then asked again."
    with reading(path, remedy), np.load(path) as file:
        answers, kept = file["answers"], json.loads(str(file["about"]))
    if not isinstance(kept, dict):
        raise FileError(f"{path} does not say whose answers it holds. {remedy}")
    different = next((field for field in about if kept.get(field) != about[field]), None)
    if different:
        old, new = (str(of.get(different))[:200] for of in (kept, about))
        raise FileError(f"{path} holds answers with other {different}: {old} there, {new} asked for. {remedy}")
    if answers.dtype != np.float16 or answers.shape != (*shape, len(EMOTIONS)) or not (
            np.abs(answers.astype(np.float32).sum(axis=-1) - 1) < 0.02).all():
        raise FileError(f"{path} does not hold a row of probabilities for each copy of each face. {remedy}")
    return answers


def mixed_targets(labels, soft_targets, share):
    """Targets float32 (copies, n, 7): `share` of the teachers' answer, the rest of the one-hot label."""
    from fer_utils.data.preprocessing import one_hot

    return share * soft_targets.answers.astype(np.float32) + (1 - share) * one_hot(labels).astype(np.float32)
