"""FER-2013 as NumPy arrays in one .npz file. Explained in chapter 03.

Understood are `train_images` and `train_labels` (likewise `public_`, `private_`, or `Training_` and so on), and
`images`, `labels` and `usage`, one row a face, where usage is 0, 1, 2 or Training, PublicTest, PrivateTest. In place of
`images` there may be `mosaic_0`, `mosaic_1`, ...: PNG files, as bytes, each with rows of 32 faces.
"""

import io
import re
import zipfile

import numpy as np

from fer_utils.data import SPLITS, DataError
from fer_utils.data.forms.class_folders import part_of
from fer_utils.files import reading
from fer_utils.labels import SIZE

WANTED_ARRAYS = ("train_images and train_labels, public_images, ..., or images, labels and usage (0 Training, "
                 "1 PublicTest, 2 PrivateTest)")
LARGEST = 2**30  # bytes unpacked; FER-2013 has 83 million
IN_A_ROW = 32


def read_npz(address, splits):
    """A dict from each split to (images, labels), as they are stored. Raises DataError."""
    with reading(address, "Make or get it again.", DataError):
        with zipfile.ZipFile(address) as archive:
            size = sum(member.file_size for member in archive.infolist())
        if size > LARGEST:
            raise DataError(f"{address} unpacks to {size / 1e9:.1f} GB; FER-2013 takes 0.1. This is another dataset.")
        with np.load(address, allow_pickle=False) as file:
            arrays = _Arrays(address, file)
            return {split: arrays.part(split) for split in splits}


class _Arrays:
    """The arrays of an open .npz, under the names of the course."""

    def __init__(self, address, file):
        self.address, self.file = address, file
        self.names = {self._course_name(name): name for name in file.files}
        self.usage = None
        if "usage" in self.names:
            self.images = self._mosaics() if "mosaic_0" in self.names else self._array("images")
            self.labels = _flat(self._array("labels"))
            self.usage = [self._split(value) for value in _flat(self._array("usage"))]
            if not len(self.images) == len(self.labels) == len(self.usage):
                raise DataError(f"{address} has {len(self.images)} images, {len(self.labels)} labels and "
                                f"{len(self.usage)} usages; each face has one of each. Make or get it again.")

    def part(self, split):
        if self.usage is None:
            return _gray(self._array(f"{split}_images")), _flat(self._array(f"{split}_labels"))
        own = np.array([usage == split for usage in self.usage], bool)
        return _gray(self.images[own]), self.labels[own]

    def _array(self, name):
        if name not in self.names:
            raise DataError(f"{self.address} has no array {name}; it has {', '.join(self.file.files[:8]) or 'none'}. "
                            f"It needs {WANTED_ARRAYS}.")
        return self.file[self.names[name]]

    def _mosaics(self):
        from PIL import Image

        faces = []
        for number in range(sum(name.startswith("mosaic_") for name in self.names)):
            with Image.open(io.BytesIO(self._array(f"mosaic_{number}").tobytes()), formats=("PNG",)) as picture:
                if picture.width != IN_A_ROW * SIZE or picture.height % SIZE or picture.height > 32 * 1024:
                    raise DataError(f"{self.address}: mosaic_{number} is {picture.width} x {picture.height} pixels, "
                                    f"not rows of {IN_A_ROW} faces. Make or get it again.")
                tiles = np.asarray(picture.convert("L")).reshape(-1, SIZE, IN_A_ROW, SIZE).swapaxes(1, 2)
            faces.append(tiles.reshape(-1, SIZE, SIZE))
        return np.concatenate(faces)[:len(self._array("labels"))]  # the last mosaic is filled up with black

    @staticmethod
    def _course_name(name):
        """Training_images, train_x and train_images are one and the same."""
        lower = name.lower()
        before, _, after = lower.rpartition("_")
        what = {"x": "images", "y": "labels"}.get(after, after)
        return f"{part_of(before)}_{what}" if part_of(before) in SPLITS else lower

    def _split(self, value):
        text = str(value.decode() if isinstance(value, bytes) else value)
        return SPLITS[int(text)] if re.fullmatch("[012]", text) else part_of(text)


def _gray(images):
    return images[..., 0] if images.ndim == 4 and images.shape[-1] == 1 else images


def _flat(values):
    return values[:, 0] if values.ndim == 2 and values.shape[1] == 1 else values
