"""The one reader of pictures: any common kind of file, or what a caller has, in; upright 8-bit pixels or one clear
error out. Explained in chapters 00 and 05.

The module `kinds` says what a file holds and whether it may be opened, `depth` what its values mean.
"""

from pathlib import Path

import numpy as np

from fer_utils.data.pictures.depth import to_pixels
from fer_utils.data.pictures.kinds import (
    ANOTHER_KIND,
    READERS,
    check_size,
    check_unfolding,
    decoder_of,
    kind_of,
    opened,
)
from fer_utils.files import file_of, reading
from fer_utils.text import printable


def read_picture(path, mode="RGB"):
    """A picture file as uint8 pixels, upright by its EXIF orientation: (height, width, 3), or with mode "L", gray,
    (height, width).

    JPEG, PNG, GIF, BMP, TIFF, WebP, PBM, PGM, PPM and, where Pillow has it, AVIF are read, whatever the name ends in;
    of an animation, the first frame. Transparency is taken away, the colours beneath it show. 16 bits a channel are
    scaled by what the file says of its values. Raises FileError, with the remedy, for anything else: a file that is
    missing, damaged, of another kind, of more than MOST_PIXELS, or that does not say what its values mean.
    """
    path = file_of(path)
    with reading(path, f"Get it again. {ANOTHER_KIND}"), open(path, "rb") as file:
        return _read(file, path, mode)


def as_picture(picture):
    """The pixels that a caller means, uint8 (height, width, 3), or (height, width) for a gray array.

    Takes the path of a file (`read_picture`), a Pillow image, or an array uint8 (height, width), (height, width, 1),
    (height, width, 3) or (height, width, 4), whose fourth channel, the transparency, is taken away. Raises ValueError,
    with the remedy, for everything else: values other than uint8 would be read as nearly black or as noise.
    """
    if isinstance(picture, (str, Path)):
        return read_picture(picture)
    if not isinstance(picture, np.ndarray):
        from PIL import Image

        if isinstance(picture, Image.Image):
            return _from_pillow(picture)
        raise ValueError(f"expected a picture: the path of a file, a Pillow image or a NumPy array, not "
                         f"{type(picture).__name__}. Make it an array with numpy.asarray, uint8 from 0 to 255.")
    check_uint8(picture)
    shape = picture.shape
    if 0 in shape or len(shape) not in (2, 3) or len(shape) == 3 and shape[2] not in (1, 3, 4):
        raise ValueError(f"expected a picture of shape (height, width), (height, width, 3) or (height, width, 4), got "
                         f"{shape}. {_remedy_of_shape(shape)}")
    picture = np.asarray(picture)
    return picture if picture.ndim == 2 else picture[..., 0] if shape[2] == 1 else picture[..., :3]


def check_uint8(pixels):
    """Raise ValueError, with the remedy, for an array whose values are not uint8."""
    if pixels.dtype == np.uint8:
        return
    if pixels.dtype.kind == "f" and pixels.size and np.isfinite(pixels).all():
        low, high = float(pixels.min()), float(pixels.max())
        remedy = f"They go from {low:.4g} to {high:.4g}: undo what changed them, then convert to uint8."
        if 0 <= low and high <= 1:
            remedy = "From 0 to 1: multiply by 255, round and convert to uint8."
        elif -1 <= low and high <= 1:
            remedy = "From -1 to 1: add 1, multiply by 127.5, round and convert to uint8."
        elif 0 <= low and high <= 255:
            remedy = "If they go from 0 to 255, round and convert to uint8."
    elif pixels.dtype.kind == "f":
        remedy = "Some are not finite: find out where they come from, then scale to 0 to 255 and convert to uint8."
    elif pixels.dtype.kind == "b":
        remedy = "False and True: multiply by 255 and convert to uint8."
    elif pixels.dtype.kind in "iu":
        remedy = "If they go from 0 to 255, convert with astype('uint8'); else scale them to that range first."
    else:
        remedy = "Give it numbers from 0 to 255, of dtype uint8."
    raise ValueError(f"expected uint8 pixels from 0 to 255, got {pixels.dtype}; were they normalized before? {remedy}")


def _remedy_of_shape(shape):
    if 0 in shape:
        return "It has no pixels."
    if len(shape) == 4:
        return "Give one picture at a time: pictures[0]."
    if len(shape) == 3 and shape[0] in (1, 3, 4):
        return "The channels come last: transpose it with numpy.moveaxis(picture, 0, -1)."
    if len(shape) == 3 and shape[2] == 2:
        return "Gray with transparency: take the first channel, picture[..., 0]."
    return "Give one picture, gray or RGB."


def _read(file, where, mode):
    kind = kind_of(where, file)
    check_unfolding(where, file, kind)
    return to_pixels(opened(where, file, kind), where, mode, file)


def _from_pillow(image):
    name = printable(getattr(image, "filename", "") or "the picture")
    check_size(image, name)
    with reading(name, f"Get it again. {ANOTHER_KIND}"):
        if image.format in READERS and decoder_of(image) and image.tell() == 0:
            place = image.fp.tell()  # opened, not yet decoded: the file says what its values mean
            try:
                return _read(image.fp, name, "RGB")
            finally:
                image.fp.seek(place)
        return to_pixels(image, name, "RGB")
