"""What may happen to a face before a network sees it: turned, moved, blurred, dark, covered, squeezed into a JPEG.

Each change is a plain function of faces uint8 (n, 48, 48) and a strength, and gives faces uint8 (n, 48, 48). The same
face is changed alike whatever faces follow it, so that a part of a set can be checked against a record of the whole.
Explained in chapter 13. All of them raise ValueError for other faces and for a strength that means nothing.
"""

import io
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from fer_utils.data.preprocessing import check_faces
from fer_utils.labels import SIZE

MASK_GRAY, LENS_GRAY = 205, 20
# In units of the drawn face (`fer_utils.faces.draw`), whose eyes and mouth lie where those of FER-2013's mean face lie.
MASK = ((-0.64, 0.22), (-0.3, 0.2), (0.0, 0.1), (0.3, 0.2), (0.64, 0.22), (0.66, 0.75), (0.36, 1.1), (0.0, 1.16),
        (-0.36, 1.1), (-0.66, 0.75))
LENS = 0.318, 0.02, 0.245, 0.2  # middle (to both sides) and half axes
FINER = 4  # a cover is painted so many times larger, for smooth edges


class Change(NamedTuple):
    """A change that may happen to a face.

    `function(images, strength)`; `strengths`, weakest first; `typical`, one of them, as it may well happen; `unit` of
    the strength, and `words`, to be formatted with a strength, for people.
    """

    function: Callable
    strengths: tuple
    typical: float
    unit: str
    words: str

    def said(self, strength):
        """The change at one strength in words, such as "turned by 20 degrees"."""
        return self.words.format(strength).replace("%", " %")


def rotated(images, degrees):
    """Turned clockwise around the middle; what comes in at the border repeats it."""
    from scipy.ndimage import rotate

    degrees = _checked(degrees, "an angle in degrees", -360, 360)
    turned = rotate(_floats(images), -degrees, axes=(2, 1), reshape=False, order=1, mode="nearest")
    return _bytes(turned)


def shifted(images, pixels):
    """Moved to the right by whole pixels; what comes in at the left repeats the border."""
    from scipy.ndimage import shift

    pixels = _checked(pixels, "a shift in pixels", -SIZE, SIZE, whole=True)
    return shift(check_faces(images)[..., 0], (0, 0, pixels), order=0, mode="nearest")


def zoomed(images, factor):
    """Enlarged around the middle by a factor above 1, or made smaller by one below 1; the border is repeated."""
    from scipy.ndimage import affine_transform

    factor, middle = _checked(factor, "a factor of size", 1 / SIZE, SIZE), (SIZE - 1) / 2
    start = middle - middle / factor
    return _bytes(affine_transform(_floats(images), (1, 1 / factor, 1 / factor), (0, start, start), order=1,
                                   mode="nearest"))


def blurred(images, sigma):
    """Smoothed by a Gaussian of `sigma` pixels."""
    from scipy.ndimage import gaussian_filter

    sigma = _checked(sigma, "a radius in pixels", 0, SIZE)
    return _bytes(gaussian_filter(_floats(images), (0, sigma, sigma), mode="nearest"))


def darkened(images, gain):
    """Each pixel times `gain`, from 0 to 1, in whole gray levels, as a camera in little light gives them."""
    return _bytes(_floats(images) * _checked(gain, "a share of the light", 0, 1))


def noisy(images, deviation):
    """Gaussian noise of `deviation` gray levels on each pixel; the n-th face gets the n-th noise."""
    images, deviation = _floats(images), _checked(deviation, "a deviation in gray levels", 0, 255)
    return _bytes(images + np.random.default_rng(13).normal(0, deviation, images.shape))


def compressed(images, quality):
    """Written as a JPEG of `quality`, 1 to 95, and read again."""
    from PIL import Image

    images, quality = check_faces(images)[..., 0], _checked(quality, "a quality", 1, 95, whole=True)
    found = np.empty_like(images)
    for place, image in zip(found, images):
        file = io.BytesIO()
        Image.fromarray(image).save(file, "JPEG", quality=quality)
        place[:] = np.asarray(Image.open(file))
    return found


def mirrored(images, strength=1):
    """Left and right exchanged."""
    return check_faces(images)[:, :, ::-1, 0].copy()


def masked(images, height, people=None):
    """Covered from the chin upwards: a `height` of 0.5 reaches the mouth, 1 the bridge of the nose.

    `people`: the drawn people, as `fer_utils.faces.random_faces.random_person` gives them, whose faces these are; the
    mask then sits on each face's own place. None puts it where FER-2013's faces lie on average.
    """
    height = _checked(height, "a share of the mask's height", 0, 1)
    bottom, top = max(y for _, y in MASK), min(y for _, y in MASK)
    outline = [(x, max(y, bottom - height * (bottom - top))) for x, y in MASK]
    return _covered(images, [outline], MASK_GRAY, 1.0, people)


def behind_sunglasses(images, opacity, people=None):
    """Dark lenses on the eyes: an `opacity` of 1 shows nothing of them. `people` as in `masked`."""
    opacity = _checked(opacity, "a share of the light stopped", 0, 1)
    angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    x, y, wide, high = LENS
    lenses = [np.stack([side * x + wide * np.cos(angle), y + high * np.sin(angle)], 1) for side in (-1, 1)]
    return _covered(images, lenses, LENS_GRAY, opacity, people)


FACE_CHANGES = {
    "mirrored": Change(mirrored, (1,), 1, "", "mirrored"),
    "rotation": Change(rotated, (5, 10, 20, 30, 45, 90), 20, "degrees", "turned by {:g} degrees"),
    "shift": Change(shifted, (1, 2, 4, 6, 8, 12), 4, "pixels", "moved by {:g} pixels"),
    "zoom in": Change(zoomed, (1.1, 1.2, 1.35, 1.5, 1.75), 1.2, "times larger", "enlarged {:g} times"),
    "zoom out": Change(zoomed, (0.9, 0.8, 0.7, 0.6, 0.5), 0.8, "of the size", "shrunk to {:.0%} of the size"),
    "blur": Change(blurred, (0.5, 1, 1.5, 2, 3), 1, "pixels", "blurred, radius {:g}"),
    "darkness": Change(darkened, (0.75, 0.5, 0.25, 0.12, 0.06), 0.25, "of the light", "in {:.0%} of the light"),
    "noise": Change(noisy, (5, 10, 20, 30, 50), 10, "gray levels", "with noise of {:g} gray levels"),
    "JPEG": Change(compressed, (75, 50, 25, 10, 5), 25, "quality", "as JPEG of quality {:g}"),
    "mask": Change(masked, (0.25, 0.5, 0.75, 1.0), 1.0, "of its height", "under a mask, {:.0%} of its height"),
    "sunglasses": Change(behind_sunglasses, (0.25, 0.5, 0.75, 1.0), 1.0, "of the light stopped",
                         "behind lenses that stop {:.0%} of the light"),
}
COVERS = ("mask", "sunglasses")  # they can be put on a drawn face's own place


def _covered(images, outlines, gray, opacity, people):
    from PIL import Image, ImageDraw

    from fer_utils.faces.draw import pixel_places

    images = _floats(images)
    if people is not None and len(people) != len(images):
        raise ValueError(f"there are {len(images)} faces of {len(people)} people; give one for each face.")
    found, cover = np.empty_like(images), None
    for place, image, person in zip(found, images, [(None,) * 4] * len(images) if people is None else people):
        if people is not None or cover is None:
            large = Image.new("L", (FINER * SIZE, FINER * SIZE))
            _, identity, pose, _ = person
            for outline in outlines:
                corners = pixel_places(outline, identity, pose) * FINER
                ImageDraw.Draw(large).polygon(corners.ravel().tolist(), fill=255)
            cover = opacity * np.asarray(large.reduce(FINER), np.float32) / 255
        place[:] = image + cover * (gray - image)
    return _bytes(found)


def _checked(strength, what, low, high, whole=False):
    """A strength between two ends, as a number. Raises ValueError, with the ends, for anything else."""
    number = isinstance(strength, (int, float, np.integer, np.floating)) and low <= strength <= high  # NaN is not
    if not number or whole and strength != round(strength):
        raise ValueError(f"expected {what}, a{' whole' if whole else ''} number from {low:g} to {high:g}, got "
                         f"{strength!r}.")
    return int(strength) if whole else float(strength)


def _floats(images):
    return check_faces(images)[..., 0].astype(np.float32)


def _bytes(images):
    return np.clip(np.rint(images), 0, 255).astype(np.uint8)
