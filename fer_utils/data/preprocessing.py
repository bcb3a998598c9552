"""The thesis's preprocessing, step by step (sections 4.2 and 5.1). Explained in chapter 06.

The course's networks do not need these steps, since they take raw faces and scale them inside; the steps are here
because the thesis takes them and because seeing them one at a time explains what the networks do.
"""

import numpy as np

from fer_utils.data.pictures import check_uint8
from fer_utils.labels import EMOTIONS, SIZE


def convert_to_rgb(images):
    """Repeat the gray channel: (n, 48, 48) or (n, 48, 48, 1) to (n, 48, 48, 3), same dtype.

    Raises ValueError for any other shape. Thesis section 5.1.
    """
    images = np.asarray(images)
    if images.ndim == 3:
        images = images[..., None]
    if images.ndim != 4 or images.shape[-1] != 1:
        raise ValueError(f"expected gray images (n, height, width) or (n, height, width, 1), got {images.shape}.")
    return np.repeat(images, 3, axis=-1)


def normalize(images):
    """Pixels 0 to 255 as float32 between 0 and 1. Thesis sections 4.2.1 and 5.1.

    Raises ValueError for pictures that are not uint8: a second division by 255 would leave them almost black.
    """
    images = np.asarray(images)
    check_uint8(images)
    return images.astype(np.float32) / np.float32(255)


def check_faces(images):
    """Faces as the course's networks take them, uint8 (n, 48, 48, 1), from uint8 (n, 48, 48) or (n, 48, 48, 1).

    Raises ValueError, with the remedy, for any other dtype or shape; n may be 0. One face alone needs a first axis. A
    network answers floats from 0 to 1 as well, surely and wrongly, since it takes them for almost black.
    """
    images = np.asarray(images)
    check_uint8(images)
    if images.shape in ((SIZE, SIZE), (SIZE, SIZE, 1)):
        raise ValueError(f"expected faces of shape (n, {SIZE}, {SIZE}), got one face, {images.shape}. Add an axis: "
                         "face[None].")
    if images.shape[1:] not in ((SIZE, SIZE), (SIZE, SIZE, 1)):
        raise ValueError(f"expected gray faces of shape (n, {SIZE}, {SIZE}) or (n, {SIZE}, {SIZE}, 1), got "
                         f"{images.shape}. fer_utils.data.photographs.middle_face makes such a face of a picture.")
    return images.reshape(-1, SIZE, SIZE, 1)


def one_hot(labels, classes=len(EMOTIONS)):
    """Labels (n,) as rows with a single 1, float32 (n, classes), by Keras. Thesis sections 4.2.2 and 5.1."""
    import keras

    return keras.utils.to_categorical(labels, classes).astype(np.float32)


def class_weights(labels):
    """A dict from class to weight n / (k n_j), by scikit-learn. Thesis section 5.1.2."""
    from sklearn.utils.class_weight import compute_class_weight

    classes = np.unique(labels)
    weights = compute_class_weight("balanced", classes=classes, y=labels)
    return {int(c): float(w) for c, w in zip(classes, weights)}
