"""Load FER-2013, or the bundled schematic faces, as plain NumPy arrays.

Explained in chapter 03 (thesis sections 3.1, 4.1 and 5.1). `load_fer2013` finds the photographs wherever the
reader has them and keeps a checked copy in the user's cache; `load_faces` is what chapters call: the
photographs where there are any, else the bundled drawings, with the same type either way.
"""

import hashlib
import json
import os
import secrets
import sys
import zipfile
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np

from fer_utils.labels import EMOTIONS, SIZE

SPLITS = ("train", "public", "private")
FER2013_COUNTS = {"train": 28709, "public": 3589, "private": 3589}
HUB = {split: f"hub://activeloop/fer2013-{name}"
       for split, name in zip(SPLITS, ("train", "public-test", "private-test"))}
# What NumPy raises on a damaged .npz.
BUNDLED = Path(__file__).resolve().parent.parent / "data" / "schematic_faces.npz"


class DataError(Exception):
    """Faces that cannot be had or cannot be trusted; the message names the file, the row and the remedy."""


class Split(NamedTuple):
    """One part of a dataset: `images` uint8 (n, 48, 48), `labels` uint8 (n,), index into EMOTIONS."""

    images: np.ndarray
    labels: np.ndarray


@dataclass(frozen=True)
class Faces:
    """Faces with labels, in the parts that were loaded.

    Attributes:
        name: "FER-2013", "schematic faces", or the name of another dataset (`fer_utils.folders`).
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


def without_twins(images, train_images):
    """Bool (n,): True where a face has no byte-identical copy in `train_images`. Chapter 03."""
    known = set(image_keys(train_images))
    return np.array([key not in known for key in image_keys(images)], bool)


def load_faces(splits=SPLITS):
    """The faces a chapter runs on: FER-2013 where the reader has it, else the bundled schematic faces.

    The photographs are taken from FER2013_SOURCE or the user's cache; the network is used only where one of the two
    means the hub. Anything named or cached but broken raises DataError: only absence falls back to the drawings.
    """
    if _named_source() or _newest_entry():
        return load_fer2013(splits=splits)
    return load_schematic(splits)


def load_schematic(splits=SPLITS):
    """The bundled schematic faces as `Faces`, split like FER-2013. Raises DataError for a damaged file."""
    splits = known_splits(splits)
    try:
        with np.load(BUNDLED) as file:
            parts = {split: Split(file[f"{split}_images"], file[f"{split}_labels"]) for split in splits}
    except Exception as error:  # damage shows in many ways, from zip, zlib and the parser of NumPy's headers
        raise DataError(f"the bundled faces in {BUNDLED} cannot be read ({error}). "
                        "Restore the file with: git checkout data/schematic_faces.npz") from error
    return Faces("schematic faces", f"bundled: {BUNDLED.name}", parts)


def load_fer2013(source=None, splits=SPLITS):
    """FER-2013 as `Faces`, read once from its source and then from the user's cache.

    Arguments:
        source: a path or address; None takes the environment variable FER2013_SOURCE, then the newest copy in
            the cache, then the Deep Lake hub. These forms are understood (`fer_utils.sources`): a folder that holds
            the three Deep Lake datasets under their hub names, Kaggle's `fer2013.csv` or `icml_face_data.csv` (plain,
            .gz or .zip) or a folder with one of them, Kaggle's class folders `train/` and `test/`, and "hub".
        splits: which of "train", "public", "private" to load. Of Deep Lake, the others are not even opened; from a
            table or class folders they are passed over.

    Raises DataError, with the file, the row and the remedy, for anything missing, damaged or incomplete; nothing
    half-loaded is returned or cached. Thesis section 5.1; chapter 03.
    """
    from fer_utils import sources

    splits = known_splits(splits)
    named = _named_source(source)
    entry = None if named else _newest_entry()
    parts = _cached_parts(entry, splits) if entry else {}
    if entry and len(parts) == len(splits):
        return Faces("FER-2013", _source_of(entry), parts)
    try:
        found = sources.locate(named or (_source_of(entry) if entry else "hub"))
    except DataError as error:
        if not entry:
            raise
        raise DataError(f"the copy in {entry} has only {_held(entry)}, and the rest cannot be read: {error} "
                        "Or name another source in FER2013_SOURCE, or delete this copy.") from error
    # The entry is named after the state of the source, so all its parts come from one source in one state.
    entry = cache_folder() / hashlib.sha256(f"{found.address}\n{sources.stamp(found)}".encode()).hexdigest()[:16]
    parts = _cached_parts(entry, splits)
    missing = [split for split in splits if split not in parts]
    if missing:
        parts |= _store(entry, found.address, sources.read(found, missing))
    return Faces("FER-2013", found.address, {split: parts[split] for split in splits})


def cache_folder():
    """Where checked copies are kept: FER_UTILS_CACHE, or `fer_utils` in the user's cache folder."""
    if os.environ.get("FER_UTILS_CACHE"):
        return Path(os.environ["FER_UTILS_CACHE"]).expanduser()
    if sys.platform == "win32":
        home = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    else:
        home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "fer_utils" / "fer2013"


def check_part(split, images, labels, where):
    """Raise DataError unless one split of FER-2013 has the known shape, labels and number of faces."""
    if images.shape[1:] != (SIZE, SIZE) or images.dtype != np.uint8:
        raise DataError(f"{where}: {split} holds {images.dtype} pictures of {images.shape[1:]}, not uint8 (48, 48). "
                        "This is another dataset; get FER-2013.")
    if labels.shape != (len(images),) or labels.dtype.kind not in "iu":
        raise DataError(f"{where}: {split} holds {labels.dtype} labels {labels.shape} for {len(images)} faces, not one "
                        "whole number a face. The file is damaged or is another dataset; get it again.")
    wrong = (labels < 0) | (labels >= len(EMOTIONS))
    if wrong.any():
        row = int(np.argmax(wrong))
        raise DataError(f"{where}: face {row} of {split} has the label {labels[row]}; labels run from 0 to 6. "
                        "The file is damaged or is another dataset; get it again.")
    if len(images) != FER2013_COUNTS[split]:
        raise DataError(f"{where}: {split} has {len(images)} faces, FER-2013 has {FER2013_COUNTS[split]}. "
                        "The file is cut short or is another dataset; get it again.")


def known_splits(splits):
    """The splits asked for, in the order of SPLITS."""
    splits = (splits,) if isinstance(splits, str) else tuple(splits)
    unknown = [split for split in splits if split not in SPLITS]
    if unknown or not splits:
        raise DataError(f'unknown split {", ".join(map(repr, unknown)) or "()"}; use {", ".join(SPLITS)}.')
    return tuple(split for split in SPLITS if split in splits)


def _named_source(source=None):
    return str(source or os.environ.get("FER2013_SOURCE") or "").strip()


def _newest_entry():
    """The folder of the copy that was stored last, or None. An entry is a folder with a `source.json`."""
    entries = list(cache_folder().glob("*/source.json"))
    return max(entries, key=lambda path: path.stat().st_mtime).parent if entries else None


def _source_of(entry):
    try:
        return json.loads((entry / "source.json").read_text(encoding="utf-8"))["source"]
    except (OSError, KeyError, ValueError) as error:
        raise DataError(f"the cached copy {entry} does not say where it is from ({error}). Delete this folder and run "
                        "this again.") from error


def _held(entry):
    return ", ".join(split for split in SPLITS if (entry / f"{split}.npz").exists()) or "no faces"


def _cached_parts(entry, splits):
    """The `Split`s of an entry that are there and sound. A damaged file is removed, to be read from its source anew."""
    parts = {}
    for split in splits:
        path = entry / f"{split}.npz"
        try:
            with np.load(path) as file:
                part = Split(file["images"], file["labels"])
            check_part(split, *part, path)
        except FileNotFoundError:
            continue
        except Exception:  # a damaged file raises almost anything
            with suppress(OSError):
                path.unlink()
            continue
        parts[split] = part
    return parts


def _store(entry, source, parts):
    """Check all parts, then write each in one step beside those already there. Returns them as `Split`s."""
    for split, (images, labels) in parts.items():
        check_part(split, images, labels, source)
    parts = {split: Split(np.ascontiguousarray(images), labels.astype(np.uint8))
             for split, (images, labels) in parts.items()}
    try:
        entry.mkdir(parents=True, exist_ok=True)
        # First the source, so that parts are never there without it.
        write_text(entry / "source.json", json.dumps({"source": source}))
        for split, part in parts.items():
            with in_one_step(entry / f"{split}.npz") as temporary, open(temporary, "wb") as file:
                np.savez(file, **part._asdict())
    except OSError as error:
        raise DataError(f"the faces cannot be kept in {entry} ({error}). Free some space (90 MB), or name another "
                        "folder in FER_UTILS_CACHE.") from error
    return parts


def write_text(path, text):
    """Write a text file in one step: a reader, or a crash, meets the old file or the new one, never half."""
    with in_one_step(Path(path)) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_packed(path, **arrays):
    """Write arrays as an .npz that `np.load` reads, packed with LZMA: smaller than NumPy itself writes it."""
    with in_one_step(Path(path)) as temporary, zipfile.ZipFile(temporary, "w", zipfile.ZIP_LZMA) as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w") as file:
                np.lib.format.write_array(file, array)


@contextmanager
def in_one_step(path):
    """A temporary path beside `path` that takes its place if all goes well and is removed if not."""
    # The random part keeps two processes that write the same file apart.
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
