"""Load FER-2013, wherever the reader has it, and keep a checked copy in the user's cache.

Explained in chapter 03 (thesis sections 3.1 and 5.1). The forms that people have the dataset in are read by
`fer_utils.data.sources`.
"""

import hashlib
import json
import os
import shutil
import warnings
from contextlib import suppress

import numpy as np

from fer_utils.data import SPLITS, DataError, Faces, Split, cache_folder, known_splits
from fer_utils.data.known import check_known
from fer_utils.files import FileError, read_json, remove_leftovers, write_arrays, write_text
from fer_utils.labels import EMOTIONS, SIZE

FER2013_COUNTS = {"train": 28709, "public": 3589, "private": 3589}
HUB = {split: f"hub://activeloop/fer2013-{name}"
       for split, name in zip(SPLITS, ("train", "public-test", "private-test"))}
CHECKED = 2  # stands in each copy that is kept: older ones were not compared with the known faces


def load_fer2013(source=None, splits=SPLITS):
    """FER-2013 as `Faces`, read once from its source and then from the user's cache.

    Arguments:
        source: a path or address; None takes the environment variable FER2013_SOURCE, then the newest copy in the
            cache, then the Deep Lake hub. These forms are understood (`fer_utils.data.forms`): a folder that holds
            the three Deep Lake datasets under their hub names, Kaggle's `fer2013.csv` or `icml_face_data.csv` (plain,
            .gz or .zip), class folders in `train/` and `test/` or in `Training/`, `PublicTest/` and `PrivateTest/`, an
            .npz file, a folder with one of them, and "hub".
        splits: which of "train", "public", "private" to load. Of Deep Lake, the others are not even opened; from a
            table or class folders they are passed over.

    The faces are compared with what is recorded of FER-2013 (`fer_utils.data.known`). Raises DataError, with the file,
    the row and the remedy, for anything missing, damaged, incomplete or changed; nothing half-loaded is returned or
    cached. Warns where the faces are FER-2013's but not pixel by pixel. Thesis section 5.1; chapter 03.
    """
    from fer_utils.data import sources

    splits = known_splits(splits)
    named, complaint = _named_source(source), None
    for entry in () if named else _entries():
        try:
            parts = _cached_parts(entry, splits)
            if len(parts) == len(splits):
                return Faces("FER-2013", _source_of(entry), parts)
            found = sources.locate(_source_of(entry))
            break
        except FileError as error:  # an older copy may be whole
            complaint = complaint or DataError(
                f"the copy in {entry} has only {_held(entry)}, and the rest cannot be read: {error} "
                "Or name another source in FER2013_SOURCE, or delete this copy.")
    else:
        if complaint:
            raise complaint
        found = sources.locate(named or "hub")
    # The entry is named after the state of the source, so all its parts come from one source in one state.
    state = f"{CHECKED}\n{found.address}\n{sources.stamp(found)}"
    entry = cache_folder() / hashlib.sha256(state.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    parts = _cached_parts(entry, splits)
    missing = [split for split in splits if split not in parts]
    if missing:
        parts |= _store(entry, found.address, sources.read(found, missing))
    return Faces("FER-2013", found.address, {split: parts[split] for split in splits})


def is_at_hand():
    """Whether a source of FER-2013 is named, or a copy is in the cache."""
    return bool(_named_source() or _entries())


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


def _named_source(source=None):
    return str(source or os.environ.get("FER2013_SOURCE") or "").strip()


def _entries():
    """The folders of the copies that hold faces, or do not say what they are, the last one stored first."""
    found = sorted(cache_folder().glob("*/source.json"), reverse=True, key=lambda path: path.stat().st_mtime)
    return [about.parent for about in found if _holds_faces(about)]


def _holds_faces(about):
    """Whether a copy has any part, compared with the known faces when it was stored. True where it cannot say."""
    try:
        checked = read_json(about, ("source",)).get("checked") == CHECKED
    except FileError:
        return True
    return checked and any((about.parent / f"{split}.npz").exists() for split in SPLITS)


def _source_of(entry):
    return str(read_json(entry / "source.json", ("source",), "Delete this folder and run this again.")["source"])


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
    remarks = []
    for split, (images, labels) in parts.items():
        check_part(split, images, labels, source)
        remarks.append(check_known(split, images, labels, source))
    parts = {split: Split(np.ascontiguousarray(images), labels.astype(np.uint8))
             for split, (images, labels) in parts.items()}
    about = json.dumps({"source": source, "checked": CHECKED})
    try:
        _remove_older(entry, source)
        entry.mkdir(parents=True, exist_ok=True)
        # First the source, so that parts are never there without it.
        write_text(entry / "source.json", about)
        for split, part in parts.items():
            write_arrays(entry / f"{split}.npz", **part._asdict())
    except OSError as error:
        raise DataError(f"the faces cannot be kept in {entry} ({error}). Free some space (90 MB), or name another "
                        "folder in FER_UTILS_CACHE.") from error
    for remark in filter(None, remarks):
        warnings.warn(remark, stacklevel=4)
    return parts


def _remove_older(entry, source):
    """Remove what killed writers have left, and copies of earlier states of a source: 90 MB each."""
    for about in cache_folder().glob("*/source.json"):
        remove_leftovers(about.parent)
        with suppress(FileError):
            if about.parent != entry and read_json(about, ("source",))["source"] == source:
                shutil.rmtree(about.parent, ignore_errors=True)
