"""Several looks at one face: the mean of a network's probabilities over its views.

The thesis lets its networks look once. Mirror images, four corners and the centre, with the mean of the answers, are
from Krizhevsky and others 2012, section 4.1 (doi:10.1145/3065386). Each view costs as much time as the first.
Explained in chapter 16.
"""

import numpy as np

from fer_utils.labels import SIZE

VIEWS = {"single": 1, "flip": 2, "ten-crop": 10}
CROP = 44


def views_of(images, views):
    """The views of faces, one array after the other: uint8 (n, 48, 48) or (n, 48, 48, 1) in, (n, 48, 48) out each time.

    "single" is the face as it is; "flip", the face and its mirror image; "ten-crop", the four corners and the centre of
    44x44, enlarged to 48x48, each followed by its mirror image. Raises ValueError for another name.
    """
    check_views(views)  # at once, not when the first view is asked for
    images = np.asarray(images)
    images = images[..., 0] if images.ndim == 4 else images
    return _views(images, views)


def check_views(views):
    """Raise ValueError for a name that is not in `VIEWS`."""
    if views not in VIEWS:
        raise ValueError(f"there are no views {views!r}; there are: {', '.join(VIEWS)}.")


def mean_over_views(answer, images, views="single"):
    """Probabilities (n, 7): the mean of `answer` over the views of the faces.

    `answer` is a function of faces uint8 (n, 48, 48) that returns probabilities (n, 7), whatever network is behind it.
    """
    total = 0
    for view in views_of(images, views):
        total = total + answer(view)
    return total / np.float32(VIEWS[views])


def _views(images, views):
    if views == "ten-crop":
        far, middle = SIZE - CROP, (SIZE - CROP) // 2
        for row, column in ((0, 0), (0, far), (far, 0), (far, far), (middle, middle)):
            part = _enlarged(images[:, row:row + CROP, column:column + CROP])
            yield part
            yield part[:, :, ::-1]
        return
    yield images
    if views == "flip":
        yield images[:, :, ::-1]


def _enlarged(images):
    """Faces of any size as uint8 (n, 48, 48), with bilinear interpolation."""
    from PIL import Image

    how = (SIZE, SIZE), Image.Resampling.BILINEAR
    return np.stack([np.asarray(Image.fromarray(image).resize(*how)) for image in images])
