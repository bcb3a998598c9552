"""Copies of a photograph that are not identical: brighter, darker, cut out a little to the side, or compressed anew.

Byte-identical duplicates are found by `fer_utils.data.without_duplicates`. Explained in chapter 03.
"""

import numpy as np

from fer_utils.labels import SIZE

COARSE = 16  # pixels a side of the faces among which candidates are looked for
CANDIDATES = 5
SHIFT = 3  # pixels to each side

# From here on two faces are taken for the same photograph. Chosen on PublicTest against Training: all pairs looked at
# just above it were the same photograph, and mirrored faces, which are hardly ever copies, rarely reach it.
NEAR = 0.94


def nearest_copies(images, train_images, itself=False):
    """The most similar training face of each face, and how similar it is.

    Arguments: images uint8 (n, 48, 48); train_images uint8 (m, 48, 48), at least `CANDIDATES` of them; itself, whether
    both are the same faces, so that none is to find itself: then one more is needed. Raises ValueError for fewer.

    Returns (similarity float32 (n,), place int (n,) in train_images). Similarity is the correlation of the pixels,
    which brightness and contrast do not change, at the best of the shifts by up to `SHIFT` pixels; only the
    `CANDIDATES` most similar of the coarse faces are shifted. A blank face has similarity 0. For 3,589 faces against
    28,709 it takes about 20 seconds on one core.
    """
    fewest = CANDIDATES + bool(itself)
    if len(train_images) < fewest:
        raise ValueError(f"there are {len(train_images)} faces to look among; give {fewest} faces or more.")
    coarse = _unit(_blocks(train_images))
    similarity, place = np.empty(len(images), np.float32), np.empty(len(images), int)
    for start in range(0, len(images), 400):
        part = images[start:start + 400]
        alike = _unit(_blocks(part)) @ coarse.T
        if itself:
            alike[np.arange(len(part)), start + np.arange(len(part))] = -2
        candidates = np.argpartition(-alike, CANDIDATES - 1, axis=1)[:, :CANDIDATES]
        for number, (image, rows) in enumerate(zip(part, candidates)):
            scores = _shifted(image, train_images[rows])
            similarity[start + number], place[start + number] = scores.max(), rows[scores.argmax()]
    return similarity, place


def _blocks(images):
    block = SIZE // COARSE
    return np.asarray(images, np.float32).reshape(len(images), COARSE, block, COARSE, block).mean(axis=(2, 4))


def _unit(x):
    """Rows without their mean, of length 1: a product of two is their correlation. Blank rows stay 0."""
    x = x.reshape(len(x), -1)
    x = x - x.mean(axis=1, keepdims=True)
    return x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-3)


def _shifted(image, others):
    """The largest correlation of the middle of a face with a window of each of the others, float32 (k,)."""
    side = SIZE - 2 * SHIFT
    middle = _unit(image[None, SHIFT:-SHIFT, SHIFT:-SHIFT].astype(np.float32))[0]
    windows = np.lib.stride_tricks.sliding_window_view(others.astype(np.float32), (side, side), axis=(1, 2))
    return (_unit(windows.reshape(-1, side * side)) @ middle).reshape(len(others), -1).max(axis=1)
