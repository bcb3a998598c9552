"""From a photograph to a face as FER-2013 stores it: read the picture, find its faces, cut one out.

Explained in chapters 00, 05 and 15 (thesis section 3.4.1). Finding faces needs scikit-image alone.
"""

from typing import NamedTuple

import numpy as np

from fer_utils.labels import SIZE

LONGEST_SIDE = 1024


class Box(NamedTuple):
    """Where a face is, in pixels of the picture: the top left corner and the size."""

    row: int
    column: int
    height: int
    width: int


def example_photograph():
    """The portrait that ships inside scikit-image: astronaut Eileen Collins, NASA, public domain. uint8 RGB."""
    from skimage import data

    return data.astronaut()


def read_photograph(path):
    """A picture file as uint8 (height, width, 3), turned upright. Raises ValueError if it is not a picture."""
    from PIL import Image, ImageOps

    try:
        with Image.open(path) as picture:
            picture = ImageOps.exif_transpose(picture)
            if picture.mode.startswith("I"):  # 16 bits a pixel, where Pillow's convert makes all above 255 white
                picture = Image.fromarray((np.asarray(picture) // 257).astype(np.uint8))
            return np.asarray(picture.convert("RGB"))
    except FileNotFoundError:
        raise ValueError(f"there is no file {path}.") from None
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError(f"{path} is not a picture that can be read ({error}). JPEG and PNG work.") from error


def find_faces(photograph, smallest=40):
    """The upright frontal faces in a picture, a list of `Box`, largest first.

    Uses the cascade of local binary patterns that ships inside scikit-image, a descendant of Viola and Jones's
    detector (thesis section 3.4.1). It misses profiles and tilted heads. `photograph`: uint8, gray or RGB;
    `smallest`: side in pixels of the smallest face looked for. Pictures with a side over 1,024 pixels are shrunk to
    it first, or a photograph from a phone would take half a minute; small faces in them are missed.
    """
    from PIL import Image
    from skimage.data import lbp_frontal_face_cascade_filename
    from skimage.feature import Cascade

    shrink = max(1.0, max(photograph.shape[:2]) / LONGEST_SIDE)
    if shrink > 1:
        height, width = (round(side / shrink) for side in photograph.shape[:2])
        photograph = np.asarray(Image.fromarray(photograph).resize((width, height), Image.Resampling.BOX))
    height, width = photograph.shape[:2]
    if min(height, width) <= smallest:
        return []
    detector = Cascade(lbp_frontal_face_cascade_filename())
    # a fine search and a dozen agreeing windows: fewer let patterns of cloth through as faces
    found = detector.detect_multi_scale(
        np.ascontiguousarray(photograph), scale_factor=1.1, step_ratio=1,
        min_size=(smallest, smallest), max_size=(height, width), min_neighbor_number=12)
    boxes = [Box(*(round(shrink * f[side]) for side in ("r", "c", "height", "width"))) for f in found]
    return sorted(boxes, key=lambda box: -box.height * box.width)


def cut_face(photograph, box):
    """One face of a picture as FER-2013 stores it: gray, uint8 (48, 48).

    The detector's square is kept as it is: FER-2013's faces fill their frame in the same way.
    """
    from PIL import Image

    height, width = photograph.shape[:2]
    top, left = max(box.row, 0), max(box.column, 0)
    bottom, right = min(box.row + box.height, height), min(box.column + box.width, width)
    face = Image.fromarray(photograph[top:bottom, left:right]).convert("L")
    return np.asarray(face.resize((SIZE, SIZE), Image.Resampling.LANCZOS))
