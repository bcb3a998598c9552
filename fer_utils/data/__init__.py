"""Faces with their labels, as plain NumPy arrays: what every loader of this package returns, and the bundled drawings.

Explained in chapter 03 (thesis sections 3.1, 4.1 and 5.1). `load_faces` is what chapters call: the photographs of
FER-2013 (`fer_utils.data.fer2013`) where the reader has them, else the bundled drawings, with the same type either way.
"""

import hashlib
import os
import sys
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np

from fer_utils.files import DATA_FOLDER, FileError, path_of, reading

SPLITS = ("train", "public", "private")
BUNDLED = DATA_FOLDER / "schematic_faces.npz"


class DataError(FileError):
    """Faces that cannot be had or cannot be trusted; the message names the file, the row and the remedy."""


class Split(NamedTuple):
    """One part of a dataset: `images` uint8 (n, 48, 48), `labels` uint8 (n,), index into EMOTIONS."""

    images: np.ndarray
    labels: np.ndarray


@dataclass(frozen=True)
class Faces:
    """Faces with labels, in the parts that were loaded.

    Attributes:
        name: "FER-2013", "schematic faces", or the name of another dataset (`fer_utils.data.folders`).
        source: where they were read from, for people.
        parts: dict from "train", "public", "private" to `Split`; only the parts asked for are there.
        left_out: dict from each class of the source that is none of the seven to its number of faces, not in `parts`.
    """

    name: str
    source: str
    parts: dict
    left_out: dict = field(default_factory=dict)

    def split(self, name):
        """The `Split` called "train", "public" or "private". Raises DataError where it was not loaded."""
        if name not in self.parts:
            raise DataError(f'the split {name!r} was not loaded; loaded: {", ".join(self.parts)}.')
        return self.parts[name]

    train = property(lambda self: self.split("train"), doc="The `Split` that networks learn from.")
    public = property(lambda self: self.split("public"), doc="PublicTest: the `Split` used to choose.")
    private = property(lambda self: self.split("private"), doc="PrivateTest: the `Split` read once, to report.")

    @property
    def images(self):
        """All faces, uint8 (N, 48, 48), in the order train, public, private."""
        return np.concatenate([part.images for part in self.parts.values()])

    @property
    def labels(self):
        """All labels, uint8 (N,)."""
        return np.concatenate([part.labels for part in self.parts.values()])

    @property
    def usage(self):
        """The split of each face, str (N,)."""
        return np.repeat(list(self.parts), [len(part.labels) for part in self.parts.values()])

    def first(self, count):
        """The same `Faces` with only the first `count` for training."""
        return replace(self, parts=self.parts | {"train": Split(*(part[:count] for part in self.train))})

    @property
    def is_real(self):
        """True for photographs, False for the bundled drawings."""
        return self.name != "schematic faces"

    @cached_property
    def content_hash(self):
        """SHA-256 (hex) of the faces and labels; the order of the faces within a split does not matter."""
        digest = hashlib.sha256()
        for split in SPLITS:
            if split in self.parts:
                images, labels = self.parts[split]
                rows = sorted(bytes([label]) + key for label, key in zip(labels, image_keys(images)))
                digest.update(split.encode() + b"".join(rows))
        return digest.hexdigest()


def image_keys(images):
    """The SHA-256 of each face's pixels, a list of 32-byte strings: equal keys mean identical pictures."""
    return [hashlib.sha256(image.tobytes()).digest() for image in np.ascontiguousarray(images)]


def without_duplicates(images, train_images):
    """Bool (n,): True where a face has no byte-identical copy in `train_images`. Chapter 03."""
    known = set(image_keys(train_images))
    return np.array([key not in known for key in image_keys(images)], bool)


def check_contrast(images, where):
    """Raise DataError where more than half of the faces, uint8 (n, 48, 48), are blank: one value in every pixel.

    `where` names them. A reader that takes the depth of a picture for another one gives such faces, and no error.
    """
    blank = int(np.sum(np.ptp(images.reshape(len(images), -1), axis=1) == 0)) if len(images) else 0
    if 2 * blank > len(images):
        raise DataError(f"{blank:,} of the {len(images):,} faces of {where} are blank: the pictures were read wrongly "
                        "or are damaged. Look at some of them, and get them again as 8-bit JPEG or PNG.")


def load_faces(splits=SPLITS):
    """The faces a chapter runs on: FER-2013 where the reader has it, else the bundled schematic faces.

    The photographs are taken from FER2013_SOURCE or the user's cache; the network is used only where one of the two
    means the hub. Anything named or cached but broken raises DataError: only absence falls back to the drawings.
    """
    from fer_utils.data import fer2013

    return fer2013.load_fer2013(splits=splits) if fer2013.is_at_hand() else load_schematic(splits)


def load_schematic(splits=SPLITS):
    """The bundled schematic faces as `Faces`, split like FER-2013. Raises DataError for a damaged file."""
    splits = known_splits(splits)
    restore = "Restore it with: git checkout data/schematic_faces.npz"
    with reading(BUNDLED, restore, DataError), np.load(BUNDLED) as file:
        parts = {split: Split(file[f"{split}_images"], file[f"{split}_labels"]) for split in splits}
    return Faces("schematic faces", f"bundled: {BUNDLED.name}", parts)


def cache_folder():
    """Where checked copies are kept: FER_UTILS_CACHE, or `fer_utils` in the user's cache folder."""
    if os.environ.get("FER_UTILS_CACHE"):
        return path_of(os.environ["FER_UTILS_CACHE"])
    if sys.platform == "win32":
        home = os.environ.get("LOCALAPPDATA") or _home() / "AppData" / "Local"
    else:
        home = os.environ.get("XDG_CACHE_HOME") or _home() / ".cache"
    return Path(home) / "fer_utils" / "fer2013"


def _home():
    try:
        return Path.home()
    except RuntimeError as error:  # HOME is not set, and the system does not know the user
        raise DataError("there is no home folder to keep the faces in. Name a folder in FER_UTILS_CACHE.") from error


def known_splits(splits):
    """The splits asked for, in the order of SPLITS."""
    splits = (splits,) if isinstance(splits, str) else tuple(splits)
    unknown = [split for split in splits if split not in SPLITS]
    if unknown or not splits:
        raise DataError(f'unknown split {", ".join(map(repr, unknown)) or "()"}; use {", ".join(SPLITS)}.')
    return tuple(split for split in SPLITS if split in splits)
