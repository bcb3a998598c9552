"""FER-2013 as pictures in class folders, one face of 48 x 48 a file. Explained in chapter 03.

Its parts are train/ and test/, as Kaggle has them, or Training/, PublicTest/ and PrivateTest/; a class goes by its name
("anger", "angry") or by its number in the dataset.
"""

import re
from collections import Counter
from pathlib import Path

import numpy as np

from fer_utils.data import DataError
from fer_utils.files import FileError
from fer_utils.labels import EMOTIONS, SIZE

KAGGLE_CLASSES = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
OTHER_NAMES = ("mad", "disgusted", "fearful", "happiness", "sadness", "surprised", "neutrality")
CLASS_FOLDERS = {name: label for names in (EMOTIONS, KAGGLE_CLASSES, OTHER_NAMES) for label, name in enumerate(names)}
FER2013_CLASSES = CLASS_FOLDERS | {str(label): label for label in range(len(EMOTIONS))}
PARTS = {"training": "train", "train": "train", "publictest": "public", "public": "public", "privatetest": "private",
         "private": "private", "test": "test"}


def part_of(name):
    """Which part of FER-2013 a folder or a value calls itself: "train", "public", "private", "test" (the last two in
    one), or None."""
    return PARTS.get(re.sub(r"[^a-z0-9]", "", name.lower()))


def visible(folder, pattern="*"):
    """What a folder holds, sorted by name, without what Windows and macOS leave in folders that people look at."""
    return [child for child in sorted(folder.glob(pattern)) if not child.name.startswith(".")
            and child.name.lower() not in ("thumbs.db", "desktop.ini", "__macosx")]


def part_folders(folder):
    """The parts that a folder holds: a dict from "train", "public", "private", "test" to its folder."""
    parts = {}
    for child in visible(folder):
        part = part_of(child.name) if child.is_dir() else None
        if part in parts:
            raise DataError(f"{parts[part]} and {child} are the same part of FER-2013. Move one of them elsewhere.")
        if part:
            parts[part] = child
    return parts


def read_folders(address, splits):
    """A dict from each split to (images uint8 (n, 48, 48), labels uint8 (n,)). Raises DataError.

    test/ mixes PublicTest and PrivateTest. Only where each file name tells (PublicTest_..., PrivateTest_...) can they
    be kept apart; DataError otherwise, since a network must not be chosen on the faces that it is reported on.
    """
    folders, files = part_folders(Path(address)), {}
    for split in splits:
        if split in folders:
            files[split] = _pictures(folders[split])
        elif split == "train" or "test" not in folders:
            name, other = ("train", "Training") if split == "train" else ("test", f"{split.capitalize()}Test")
            raise DataError(f"{Path(address) / name} does not exist, and no {other}/ either, so the split {split!r} "
                            "cannot be loaded. Get the missing folder.")
    mixed = [split for split in splits if split not in files]
    if mixed:
        files |= {split: [] for split in mixed}
        for path, label in _pictures(folders["test"]):
            split = part_of(path.name.partition("_")[0])
            if split not in ("public", "private"):
                raise DataError(
                    f"{path}: test/ mixes PublicTest and PrivateTest, and this file name does not tell which it is "
                    "(names that do begin with PublicTest_ or PrivateTest_). Use Kaggle's fer2013.csv or Deep Lake, "
                    'which say which face belongs where; or load the training faces alone: splits=("train",).')
            if split in files:
                files[split].append((path, label))
    return {split: (np.array([_face(path) for path, _ in files[split]], np.uint8).reshape(-1, SIZE, SIZE),
                    np.array([label for _, label in files[split]], np.uint8)) for split in splits}


def pictures_by_class(folder, classes, owner, known, remedy):
    """Pairs (file, name of its class folder in lower case), in the order of the names. Opens nothing.

    Raises DataError for a folder that is not in `classes`; `owner`, `known` and `remedy` are for its message.
    """
    found = []
    for child in visible(folder):
        if child.is_dir():
            name = child.name.strip().lower()
            if name not in classes:
                raise DataError(f"{child} is not a class of {owner}; the classes are {known}. {remedy}")
            found += [(file, name) for file in visible(child)]
    return found


def _pictures(folder):
    """Pairs (file, label), in the order of the names."""
    found = [(file, FER2013_CLASSES[name]) for file, name in pictures_by_class(
        folder, FER2013_CLASSES, "FER-2013", ", ".join(KAGGLE_CLASSES),
        "Rename the folder if it is one of these; if it is none, move it elsewhere.")]
    seen = Counter(label for _, label in found)
    missing = [name for label, name in enumerate(KAGGLE_CLASSES) if label not in seen]
    if missing:
        raise DataError(f"{folder} lacks the class folders {', '.join(missing)}. Unpack the whole archive again.")
    return found


def _face(path):
    from fer_utils.data.pictures import read_picture

    try:
        pixels = read_picture(path, "L")
    except FileError as error:
        raise DataError(f"{error} Or get the dataset again.") from error
    if pixels.shape != (SIZE, SIZE):
        height, width = pixels.shape
        raise DataError(f"{path} is {width} x {height} pixels; the faces of FER-2013 are {SIZE} x {SIZE}. Use the "
                        "dataset as it is published, not resized.")
    return pixels

