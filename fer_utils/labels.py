"""The seven classes of FER-2013 and the shape of a face: constants that every module shares, and what is a class."""

# In the order of the dataset's labels 0 to 6; section 4.2 of the thesis names them the same way.
EMOTIONS = ("anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral")

SIZE = 48
FACE_SHAPE = (SIZE, SIZE, 1)


def classes_of(values):
    """Labels or answers as an array of int; ValueError for what is no class, a whole number from 0 to 6."""
    import numpy as np

    values = np.asarray(values)
    if values.size and (values.dtype.kind not in "iu" or values.min() < 0 or values.max() >= len(EMOTIONS)):
        raise ValueError(f"expected classes, whole numbers from 0 to {len(EMOTIONS) - 1}, got "
                         f"{np.array2string(values, threshold=8)}.")
    return values.astype(int)
