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
CHECKED = 3  # stands in each copy that is kept: older ones were not compared with the known faces


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
            about = _about(entry)
        except FileError as error:  # an older copy may be whole
            complaint = complaint or DataError(str(error))
            continue
        parts = _cached_parts(entry, splits)
        if len(parts) == len(splits):
            return _told(entry, parts)
        try:
            found = sources.locate(about["source"])
            break
        except DataError as error:
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
    parts = {}
    with suppress(FileError):  # there is none, or it does not say what it is
        _about(entry)
        parts = _cached_parts(entry, splits)
    missing = [split for split in splits if split not in parts]
    if missing:
        parts |= _store(entry, found.address, sources.read(found, missing))
    return _told(entry, {split: parts[split] for split in splits})


def _told(entry, parts):
    """The `Faces` of a copy, with a warning of what was remarked when its parts were stored."""
    about = _about(entry)
    for split in parts:
        if remark := about["remarks"].get(split):
            warnings.warn(remark, stacklevel=3)
    return Faces("FER-2013", about["source"], parts)


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
    """Whether a copy has any part. True where it cannot say what it is, or was never compared with the known faces:
    then it is read from its source again."""
    try:
        _about(about.parent)
    except FileError:
        return True
    return any((about.parent / f"{split}.npz").exists() for split in SPLITS)


def _about(entry):
    """What a copy says of itself, a dict with "source" and "remarks". Raises FileError where it was not compared with
    the known faces."""
    remedy = "Delete this folder and run this again."
    about = read_json(entry / "source.json", ("source",), remedy)
    if not isinstance(about["source"], str) or not isinstance(about.get("remarks", {}), dict):
        raise FileError(f"{entry / 'source.json'} does not say where the copy is from. {remedy}")
    if about.get("checked") != CHECKED:
        raise FileError(f"{entry} was stored by an earlier version, which did not compare faces with the known ones: "
                        f"name its source again: python -m fer_utils data --source {about['source']}.")
    return about


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
    remarks = {}
    for split, (images, labels) in parts.items():
        check_part(split, images, labels, source)
        remarks[split] = check_known(split, images, labels, source)
    parts = {split: Split(np.ascontiguousarray(images), labels.astype(np.uint8))
             for split, (images, labels) in parts.items()}
    try:
        _remove_older(entry, source)
        entry.mkdir(parents=True, exist_ok=True)
        with suppress(FileError):  # parts that were stored before
            remarks = _about(entry)["remarks"] | remarks
        # First the source, so that parts are never there without it.
        about = {"source": source, "checked": CHECKED, "remarks": remarks}
        write_text(entry / "source.json", json.dumps(about))
        for split, part in parts.items():
            write_arrays(entry / f"{split}.npz", **part._asdict())
    except OSError as error:
        raise DataError(f"the faces cannot be kept in {entry} ({error}). Free some space (90 MB), or name another "
                        "folder in FER_UTILS_CACHE.") from error
    return parts


def _remove_older(entry, source):
    """Remove what killed writers have left, and copies of earlier states of a source: 90 MB each."""
    for about in cache_folder().glob("*/source.json"):
        remove_leftovers(about.parent)
        with suppress(FileError):
            if about.parent != entry and read_json(about, ("source",))["source"] == source:
                shutil.rmtree(about.parent, ignore_errors=True)
