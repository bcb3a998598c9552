"""Load FER-2013, wherever the reader has it, and keep a checked copy in the user's cache.

Explained in chapter 03 (thesis sections 3.1 and 5.1). The forms that people have the dataset in are read by
`fer_utils.data.sources`.
"""

import hashlib
import json
import os
from contextlib import suppress

import numpy as np

from fer_utils.data import SPLITS, DataError, Faces, Split, cache_folder, known_splits
from fer_utils.files import read_json, write_arrays, write_text
from fer_utils.labels import EMOTIONS, SIZE

FER2013_COUNTS = {"train": 28709, "public": 3589, "private": 3589}
HUB = {split: f"hub://activeloop/fer2013-{name}"
       for split, name in zip(SPLITS, ("train", "public-test", "private-test"))}


def load_fer2013(source=None, splits=SPLITS):
    """FER-2013 as `Faces`, read once from its source and then from the user's cache.

    Arguments:
        source: a path or address; None takes the environment variable FER2013_SOURCE, then the newest copy in the
            cache, then the Deep Lake hub. These forms are understood (`fer_utils.data.sources`): a folder that holds
            the three Deep Lake datasets under their hub names, Kaggle's `fer2013.csv` or `icml_face_data.csv` (plain,
            .gz or .zip) or a folder with one of them, Kaggle's class folders `train/` and `test/`, and "hub".
        splits: which of "train", "public", "private" to load. Of Deep Lake, the others are not even opened; from a
            table or class folders they are passed over.

    Raises DataError, with the file, the row and the remedy, for anything missing, damaged or incomplete; nothing
    half-loaded is returned or cached. Thesis section 5.1; chapter 03.
    """
    from fer_utils.data import sources

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


def is_at_hand():
    """Whether a source of FER-2013 is named, or a copy is in the cache."""
    return bool(_named_source() or _newest_entry())


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


def _newest_entry():
    """The folder of the copy that was stored last, or None. An entry is a folder with a `source.json`."""
    entries = list(cache_folder().glob("*/source.json"))
    return max(entries, key=lambda path: path.stat().st_mtime).parent if entries else None


def _source_of(entry):
    try:
        return read_json(entry / "source.json")["source"]
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
            write_arrays(entry / f"{split}.npz", **part._asdict())
    except OSError as error:
        raise DataError(f"the faces cannot be kept in {entry} ({error}). Free some space (90 MB), or name another "
                        "folder in FER_UTILS_CACHE.") from error
    return parts
