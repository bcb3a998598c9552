"""Random changes of a face that leave its emotion alone, as Keras layers for training models.

Explained in chapter 06 (thesis sections 4.2.3 and 5.1.1). The layers take float or uint8 faces,
`(batch, 48, 48, 1)` with values 0 to 255, give float32 faces of the same shape, and do nothing outside
training. They run on every Keras backend, on the device that trains.
"""

import math

import keras
from keras import layers, ops


class RandomAffine(layers.Layer):
    """Flip, rotate, shift, shear and zoom each face by its own random amount, in one interpolation.

    Without arguments it changes nothing.

    Keras has a layer for each of these; chained, they resample a face of 48x48 pixels four times and blur
    what little detail it has. Here the five become one matrix.

    Arguments:
        rotation: largest angle, in degrees.
        shift: largest shift, as a fraction of the side.
        shear: largest shear angle, in degrees.
        zoom: largest relative change of scale.
        flip: whether half of the faces are mirrored left to right.
        seed: int or None.
    """

    def __init__(self, rotation=0.0, shift=0.0, shear=0.0, zoom=0.0, flip=False, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.rotation, self.shift, self.shear, self.zoom, self.flip = rotation, shift, shear, zoom, flip
        self.seed = seed
        self.generator = keras.random.SeedGenerator(seed)

    def call(self, images, training=False):
        images = ops.cast(images, "float32")
        if not training:
            return images
        count, (height, width) = ops.shape(images)[0], images.shape[1:3]

        def draw(limit):
            return keras.random.uniform((count,), -limit, limit, dtype="float32", seed=self.generator)

        angle, shear = draw(math.radians(self.rotation)), ops.tan(draw(math.radians(self.shear)))
        scale = 1 + draw(self.zoom)
        mirror = ops.where(draw(1.0) < 0, -1.0, 1.0) if self.flip else ops.ones_like(angle)
        down, right = draw(self.shift) * height, draw(self.shift) * width
        # x' = a x + b y + c, y' = d x + e y + f: where each output pixel is read, around the centre
        a, b = scale * ops.cos(angle) * mirror, scale * (shear * ops.cos(angle) - ops.sin(angle))
        d, e = scale * ops.sin(angle) * mirror, scale * (shear * ops.sin(angle) + ops.cos(angle))
        x0, y0 = (width - 1) / 2, (height - 1) / 2
        c, f = x0 - a * x0 - b * y0 + right, y0 - d * x0 - e * y0 + down
        zero = ops.zeros_like(a)
        return ops.image.affine_transform(
            images, ops.stack([a, b, c, d, e, f, zero, zero], axis=1), fill_mode="nearest")

    def get_config(self):
        return super().get_config() | dict(rotation=self.rotation, shift=self.shift, shear=self.shear,
                                           zoom=self.zoom, flip=self.flip, seed=self.seed)


def thesis_augmentation(seed=None):
    """What section 5.1.1 of the thesis lists: rotation to 20 degrees, mild shifts, shear and zoom, flip.

    The thesis gives no sizes for the mild ones; a tenth of the side, 10 degrees and a tenth are our choice.
    """
    return keras.Sequential([
        RandomAffine(rotation=20, shift=0.1, shear=10, zoom=0.1, flip=True, seed=seed, dtype="float32"),
    ], name="augment")


def modern_augmentation(seed=None):
    """The course's own: a gentle affine change, brightness, and a patch erased from a quarter of the faces.

    Keras draws the probability of erasing for each face between 0 and the given 0.5, so it is a quarter on average.
    """
    first, second, third = _seeds(seed)
    return keras.Sequential([
        RandomAffine(rotation=12, shift=0.08, zoom=0.12, flip=True, seed=first, dtype="float32"),
        layers.RandomBrightness(0.15, value_range=(0, 255), seed=second, dtype="float32"),
        layers.RandomErasing(0.5, scale=(0.02, 0.15), fill_value=127.0, value_range=(0, 255), seed=third,
                             dtype="float32"),
    ], name="augment")


def strong_augmentation(seed=None):
    """For long training: as `modern_augmentation`, with larger changes and a patch erased from half of the faces."""
    first, second, third = _seeds(seed)
    return keras.Sequential([
        RandomAffine(rotation=15, shift=0.12, shear=6, zoom=0.18, flip=True, seed=first, dtype="float32"),
        layers.RandomBrightness(0.2, value_range=(0, 255), seed=second, dtype="float32"),
        layers.RandomErasing(1.0, scale=(0.02, 0.2), fill_value=127.0, value_range=(0, 255), seed=third,
                             dtype="float32"),
    ], name="augment")


def framing_augmentation(seed=None):
    """For faces that a detector cut: a frame a third wider or narrower, moved by an eighth of the side. Chapter 05
    shows how much a detector's boxes differ; nothing else is changed."""
    return keras.Sequential([
        RandomAffine(rotation=10, shift=0.12, zoom=0.3, flip=True, seed=seed, dtype="float32"),
    ], name="augment")


def _seeds(seed, count=3):
    """A seed for each layer. With one for all, they draw the same numbers: the face turned most is the brightest."""
    return [None if seed is None else seed + 1_000_000 * number for number in range(count)]


AUGMENTATIONS = {"thesis": thesis_augmentation, "modern": modern_augmentation, "strong": strong_augmentation,
                 "framing": framing_augmentation}
