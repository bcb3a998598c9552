"""Whether faces are those of FER-2013: compared with what is recorded of it in `data/dataset/known_faces.npz`.

Recorded are, for each face, the start of the SHA-256 of its pixels, its label and ten numbers that change little where
it is compressed with loss (`tools/record_known_faces.py`), so that no photograph is needed. Explained in chapter 03.

The copy that they were recorded from has 173 faces from another one that was compressed with loss, the same 173 that
FER+ gives no name; a true copy may differ in these, and in no other face. Two of its labels are uncertain.
"""

from collections import Counter
from functools import cache
from typing import NamedTuple

import numpy as np

from fer_utils.data import DataError, image_keys
from fer_utils.files import DATA_FOLDER
from fer_utils.labels import EMOTIONS

KNOWN_FACES = DATA_FOLDER / "dataset" / "known_faces.npz"
CODES = ", ".join(f"{label} {emotion}" for label, emotion in enumerate(EMOTIONS))
EDITED = "The copy is damaged or has been edited; get it again."
UNCERTAIN_LABELS = 2
FURTHEST = 8  # gray levels, between the numbers of a face and those of what compression with loss has made of it
BIAS = 0.3  # gray levels, on the mean over all faces: compression makes them neither brighter nor darker
FORGIVEN = 0.005  # of the faces, which strong compression may make look like others


class Known(NamedTuple):
    """What is recorded of a split: `keys` uint32 (n,), `labels` uint8 (n,), `sketches` uint8 (n, 10) and `certain` bool
    (n,), False for the faces in which copies differ. In the order of the dataset's rows, which is that of FER+."""

    keys: np.ndarray
    labels: np.ndarray
    sketches: np.ndarray
    certain: np.ndarray


@cache
def known_faces(split):
    """The `Known` of "train", "public" or "private"."""
    with np.load(KNOWN_FACES) as file:
        return Known(*(file[f"{split}_{field}"] for field in Known._fields))


def short_keys(images):
    """What faces are recognized by: uint8 (n, 48, 48) in, uint32 (n,) out."""
    return np.frombuffer(b"".join(key[:4] for key in image_keys(images)), "<u4")


def sketch(images):
    """What stays of faces that were compressed with loss: uint8 (n, 48, 48) in, uint8 (n, 10) out, the means of nine
    squares of 16 pixels and the standard deviation."""
    means = images.reshape(len(images), 3, 16, 3, 16).mean(axis=(2, 4)).reshape(len(images), 9)
    return np.column_stack([means, images.std(axis=(1, 2))]).round().clip(0, 255).astype(np.uint8)


def check_known(split, images, labels, where):
    """Raise DataError unless the faces of a split are FER-2013's, with their labels.

    Arguments: split, its name; images uint8 (n, 48, 48); labels (n,), whole numbers from 0 to 6; where, for people.
    Returns a remark for people, empty where all is as it is recorded.
    """
    known, keys = known_faces(split), short_keys(images)
    given, wanted = (np.bincount(values, minlength=len(EMOTIONS)) for values in (labels, known.labels))
    same_counts = (given == wanted).all()
    if not same_counts:
        _refuse_another_order(split, keys, labels, known, where)
    missing = _missing(known.keys[known.certain], keys)
    if missing > len(keys) / 2:
        if not (same_counts and _are_alike(images, labels, known)):
            raise DataError(f"{where}: {split} is not the FER-2013 we know: {missing:,} of {len(keys):,} faces are "
                            "others. Get FER-2013, or load a dataset of your own with --faces.")
        return (f"{split} has the faces of FER-2013, but not pixel by pixel ({missing:,} of {len(keys):,} differ): "
                "they were compressed with loss, as JPEG does. What is measured on them differs a little.")
    if missing:
        first = int(np.argmin(np.isin(keys, known.keys)))
        raise DataError(f"{where}: {split} is FER-2013 with {missing:,} of {len(keys):,} faces changed, the first of "
                        f"them face {first}. {EDITED}")
    new = ~np.isin(keys, known.keys)
    uncertain = Known(*(values[~known.certain] for values in known))
    if new.any() and not _are_alike(images[new], labels[new], uncertain):
        raise DataError(f"{where}: {split} is FER-2013 with {new.sum():,} of {len(keys):,} faces changed, the first of "
                        f"them face {int(np.argmax(new))}. {EDITED}")
    pairs, known_pairs = keys.astype(np.uint64) * 8 + labels, known.keys.astype(np.uint64) * 8 + known.labels
    changed = _missing(known_pairs[known.certain], pairs)
    if changed > UNCERTAIN_LABELS or not same_counts:
        first = int(np.argmin(np.isin(pairs, known_pairs)))
        raise DataError(f"{where}: {split} is FER-2013 with {max(changed, 1):,} of {len(keys):,} labels changed, the "
                        f"first of them that of face {first}. {EDITED}")
    return f"{changed} labels of {split} are not those we know of FER-2013." if changed else ""


def _missing(known, given):
    """How many of `known` have no counterpart in `given`; both may hold a value several times."""
    return (Counter(known.tolist()) - Counter(given.tolist())).total()


def _are_alike(images, labels, known):
    """Whether faces are those that are known, after compression with loss: each is near one of the same label, and near
    each of these is one. Transposed, mirrored or otherwise changed faces are not."""
    from scipy.spatial import KDTree

    given = sketch(images).astype(float)
    far = lost = 0
    nearest = np.empty(given.shape)
    for label in np.unique(labels):
        mine, theirs = given[labels == label], known.sketches[known.labels == label].astype(float)
        if not len(theirs):
            return False
        distance, place = KDTree(theirs).query(mine, p=np.inf)
        nearest[labels == label] = theirs[place]
        far += (distance > FURTHEST).sum()
        lost += (KDTree(mine).query(theirs, p=np.inf)[0] > FURTHEST).sum() if len(mine) >= len(theirs) else 0
    forgiven = FORGIVEN * len(labels)
    return far <= forgiven and lost <= forgiven and (len(labels) < 100 or np.abs((given - nearest).mean()) < BIAS)


def _refuse_another_order(split, keys, labels, known, where):
    """Raise DataError where each label stands for another class than in FER-2013, as the known faces tell; where none
    is known, as the sizes of the classes tell."""
    numbers = list(range(len(EMOTIONS)))
    label_of = dict(zip(known.keys.tolist(), known.labels.tolist()))
    meant = np.array([label_of.get(key, -1) for key in keys.tolist()])
    table = np.zeros((len(EMOTIONS),) * 2, int)
    np.add.at(table, (labels[meant >= 0], meant[meant >= 0]), 1)
    if table.sum() > len(keys) / 2:
        order = table.argmax(axis=1).tolist()
        clear = table.max(axis=1).sum() > 0.9 * table.sum()  # copies of a face that bear several labels blur it
    else:
        given, wanted = (np.bincount(values, minlength=len(EMOTIONS)) for values in (labels, known.labels))
        order, clear = [int(np.argmin(np.abs(wanted - count))) for count in given], sorted(given) == sorted(wanted)
    if not clear or sorted(order) != numbers or order == numbers:
        return
    what = "look alphabetical" if order == sorted(order, key=EMOTIONS.__getitem__) else "are in another order"
    meant = ", ".join(f"{label} {EMOTIONS[number]}" for label, number in enumerate(order))
    raise DataError(f"{where}: the labels {what} in {split} ({meant}). Those of FER-2013 are {CODES}: exchange them, "
                    "or get the dataset as it is published.")
