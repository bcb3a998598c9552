"""From a photograph to a face as FER-2013 stores it: read the picture, find its faces, cut one out.

Explained in chapters 00, 05 and 15 (thesis section 3.4.1). The detectors are in `fer_utils.data.detectors`.
"""

from importlib.util import find_spec
from pathlib import Path

import numpy as np

from fer_utils.data.detectors import LONGEST_SIDE, SMALLEST, Box, detector_named, framed
from fer_utils.data.pictures import as_picture, read_picture
from fer_utils.labels import SIZE


def example_photograph():
    """The portrait that ships inside scikit-image: astronaut Eileen Collins, NASA, public domain. uint8 RGB.

    Its file is read as any other: importing scikit-image takes longer than finding the face.
    """
    package = find_spec("skimage")  # looks, and imports nothing
    path = package and package.origin and Path(package.origin).parent / "data" / "astronaut.png"
    if path and path.is_file():
        return read_picture(path).copy()  # one that may be drawn on
    from skimage import data

    return data.astronaut()


def read_photograph(path):
    """A picture file as uint8 (height, width, 3), upright: `fer_utils.data.pictures.read_picture`, by the name that
    chapters use."""
    return read_picture(path)


def find_faces(photograph, smallest=None, detector=None, max_side=LONGEST_SIDE):
    """The faces in a picture, a list of `Box`, largest first: `detect_faces` without its scores."""
    return [box for box, _ in detect_faces(photograph, smallest, detector, max_side)]


def detect_faces(photograph, smallest=None, detector=None, max_side=LONGEST_SIDE):
    """The faces in a picture, a list of pairs (`Box`, score), largest first.

    A box is the square that FER-2013 would have cut (`fer_utils.data.detectors.FRAMING`): somewhat larger than what the
    detector marks. It may reach past the picture's border; `cut_face` fills what lies outside.

    Arguments:
        photograph: whatever `fer_utils.data.pictures.as_picture` takes.
        smallest: side of the smallest face looked for, in pixels of the picture, at least 24. None looks for what is
            found at little cost (`smallest_looked_for`): 40 pixels and more once the picture is shrunk to `max_side`.
            A smaller face in a large picture takes longer.
        detector: "blazeface", a small network that also finds tilted heads and needs LiteRT, or "cascade", which needs
            nothing more than the course's base installation and finds upright frontal faces. None takes BlazeFace where
            LiteRT or TensorFlow is installed, else the cascade (`fer_utils.data.detectors.best_detector`).
        max_side: a picture with a longer side is shrunk to it first, unless `smallest` asks for more.

    The score says how sure the detector is: BlazeFace's is a probability, 0.5 and more; the cascade's is the number of
    windows that agreed, 12 and more. Scores of the two cannot be compared.

    Raises ValueError for what is no picture, no such size or no detector; where BlazeFace is asked for by name,
    SetupError if LiteRT is missing; FileError if the shipped network is missing or damaged.
    """
    name, module = detector_named(detector)
    return [(framed(box, name), score) for box, score in module.find(as_picture(photograph), smallest, max_side)]


def smallest_looked_for(shape, smallest=None, detector=None, max_side=LONGEST_SIDE):
    """The side in pixels of the smallest face that `find_faces` looks for in a picture of (height, width)."""
    return detector_named(detector)[1].smallest_looked_for(shape, smallest, max_side)


def why_no_face(picture, smallest=None, detector=None, max_side=LONGEST_SIDE):
    """Why `find_faces` may have found nothing in this picture (an array), and what to do: text for people."""
    name, module = detector_named(detector)
    height, width = picture.shape[:2]
    least = module.smallest_looked_for((height, width), smallest, max_side)
    said = f"No upright frontal face found. The picture is {width:,} x {height:,} pixels, and "
    if min(height, width) <= least:
        return said + (f"the smallest face looked for has {least:,}. If the picture is the face itself, use --whole; "
                       f"--smallest N looks for faces of {SMALLEST} pixels and more.")
    if min(height, width) <= 2 * least:
        return said + (f"the smallest face looked for has {least:,}, with something around it. If the picture is the "
                       "face itself, use --whole.")
    said += f"faces of fewer than {least:,} pixels were not looked for"
    if max(height, width) > max_side and smallest is None:
        said += f", since it was shrunk to a side of {max_side:,}"
    if least > SMALLEST:
        less = max(SMALLEST, least // 2)
        said += f": for small faces, as in a photograph of a group, use --smallest {less} or less"
    missed = "profiles and tilted heads" if name == "cascade" else "most faces in profile or upside down"
    return said + f". The detector also misses {missed}."


def cut_face(photograph, box):
    """One face of a picture as FER-2013 stores it: gray, uint8 (48, 48).

    `box` is a square of `find_faces`, framed as FER-2013 frames its faces. Where it reaches past the picture, the
    pixels at the border are repeated, so that the face keeps its proportions and its place. Raises ValueError for a box
    that lies wholly outside.
    """
    from PIL import Image

    height, width = photograph.shape[:2]
    top, left, bottom, right = box.row, box.column, box.row + box.height, box.column + box.width
    if bottom <= 0 or right <= 0 or top >= height or left >= width or min(box.height, box.width) < 1:
        raise ValueError(f"{box} holds nothing of a picture of {width:,} x {height:,} pixels.")
    inside = photograph[max(top, 0):bottom, max(left, 0):right]
    face = np.asarray(Image.fromarray(np.ascontiguousarray(inside)).convert("L"))
    outside = (max(-top, 0), max(bottom - height, 0)), (max(-left, 0), max(right - width, 0))
    if np.any(outside):
        face = np.pad(face, outside, mode="edge")
    return np.asarray(Image.fromarray(face).resize((SIZE, SIZE), Image.Resampling.LANCZOS))


def middle_face(picture):
    """A picture that is a face and little else, as FER-2013 stores it: its middle square, gray, uint8 (48, 48).

    `picture`: whatever `fer_utils.data.pictures.as_picture` takes. Errors are those of `as_picture`.
    """
    picture = as_picture(picture)
    return cut_face(picture, middle_square(picture))


def middle_square(picture):
    """The `Box` of the largest square in the middle of a picture."""
    height, width = picture.shape[:2]
    side = min(height, width)
    return Box((height - side) // 2, (width - side) // 2, side, side)
