"""Load another dataset of faces from a folder, with a map from its classes to the course's seven emotions.

RAF-DB and AffectNet come in several forms, and their users rename and repack them; `load_folder` understands the forms
below and turns each into the same `Faces` that the whole course takes. It never downloads: both datasets need a
licence from their makers. Explained in chapter 16 (thesis section 8 asks for other datasets).

Forms, as seen in public loaders and descriptions of the two, not in the datasets themselves:

- RAF-DB as its makers give it: `basic/EmoLabel/list_patition_label.txt` with lines `train_00001.jpg 5`, and pictures
  `basic/Image/aligned/train_00001_aligned.jpg`. Labels 1 to 7 as in `RAF_DB`. Li, Deng and Du 2017,
  doi:10.1109/CVPR.2017.277; www.whdeng.cn/raf/model1.html. Path and labels stand in many public loaders.
- RAF-DB in class folders: `train/1/` to `train/7/` and `test/`, same labels, inside `DATASET/` as Kaggle's
  shuvoalok/raf-db-dataset has it; some users call the folders `angry` or `surprised`, or count from 0.
- AffectNet as loaders of recent years take it: `train_set/images/*.jpg`, `train_set/annotations/*_exp.npy` with one
  number each, whole (3, 3.0) or as text ("3"), and `val_set/`. Labels 0 to 10 as in `AFFECTNET`. Mollahosseini,
  Hasani and Mahoor 2019, doi:10.1109/TAFFC.2017.2740923. The form with `Manually_Annotated_Images/` and tables is not
  understood.
- Class folders in `train/`, `val/` and `test/` (also Train, valid, test_set, ...), or all in the folder itself:
  Kaggle's mstjebashazida/affectnet has the first, noamsegal/affectnet-training-data the second.

Numbers mean what the map says: a copy whose folders are numbered otherwise, such as by the alphabet, needs a map of its
own. Look at some pictures of each class before you trust a score.
"""

import hashlib
import json
import os
import re
import stat
import tomllib
import warnings
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import numpy as np

from fer_utils.data import SPLITS, DataError, Faces, Split, cache_folder, check_contrast, image_keys, known_splits
from fer_utils.data.forms.class_folders import CLASS_FOLDERS, pictures_by_class, visible
from fer_utils.data.photographs import middle_face
from fer_utils.files import FileError, file_of, path_of, reading, reason, write_arrays
from fer_utils.labels import EMOTIONS, SIZE
from fer_utils.text import short

# Class maps: a class of the dataset, as text in lower case, to an emotion, or to None for a class that is left out.
NAMES = ({name: EMOTIONS[label] for name, label in CLASS_FOLDERS.items()}
         | {"surprised": "surprise", "fearful": "fear", "disgusted": "disgust"})
RAF_DB = {str(number): emotion for number, emotion in enumerate(
    ("surprise", "fear", "disgust", "happiness", "sadness", "anger", "neutral"), start=1)} | NAMES
AFFECTNET = {str(number): emotion for number, emotion in enumerate(
    ("neutral", "happiness", "sadness", "surprise", "fear", "disgust", "anger",
     None, None, None, None))} | NAMES  # 7 contempt, 8 none, 9 uncertain, 10 non-face
AFFECTNET |= dict.fromkeys(("contempt", "none", "uncertain", "non-face", "no-face"))
READY = {"raf-db": ("RAF-DB", RAF_DB), "affectnet": ("AffectNet", AFFECTNET), "names": (None, NAMES)}
TAKEN = ("FER-2013", "FER+", "schematic faces")  # names that runs and records of the course go by

PART_FOLDERS = (dict.fromkeys(("train", "training", "train_set"), "train")
                | dict.fromkeys(("val", "valid", "validation", "val_set"), "val")
                | dict.fromkeys(("test", "testing", "test_set"), "test"))
FOLDER_FORMS = ("RAF-DB's EmoLabel/list_patition_label.txt and Image/aligned/; AffectNet's train_set/ and val_set/, "
                "each with images/ and annotations/; or class folders, in train/, val/ and test/ or in the folder "
                "itself")
ANOTHER_MAP = f"Name another map ({', '.join(READY)}), or add the class to one of your own; None leaves it out."
CLASS_NUMBER = re.compile("0|[1-9][0-9]{0,5}")  # of a class, as text: not 05, 5.0, 1_0 or the digits of other scripts
LIST_ROW = re.compile(r"((?:train|test)_[\w-]+)\.\w+\s+(\S+)")
MOST_TEXT = 20_000_000  # bytes of a list of labels: RAF-DB's has 300,000
MOST_MAP = 100_000  # bytes of a class map: a line for each class
SEED = b"fer_utils 0"  # of the draw of PublicTest; another one gives another split
AT_ONCE = 1024


def load_folder(path, class_map="names", splits=None, name=None):
    """The faces of another dataset as `Faces`: uint8 (n, 48, 48) gray, labels in the order of EMOTIONS.

    Arguments:
        path: the folder of the dataset, in one of the forms that this module's head lists.
        class_map: "raf-db", "affectnet" or "names" (folders called by an emotion); a dict; or a .json or .toml file
            (`read_class_map`). A class that maps to None is left out and counted in `Faces.left_out`.
        splits: which of "train", "public", "private" to read; None takes all that the folder gives. Pictures of parts
            that are not needed are not opened.
        name: of the dataset, for people and run records; None takes "RAF-DB" or "AffectNet" with their maps, else the
            name of the folder.

    The protocol is FER-2013's: learn from train, choose on public, read private once. So the part that the makers hold
    out (test, or val where there is no test: AffectNet has no public test part) is `private`. Where the folder
    has both, val is `public`. Where it has one, `public` is a tenth of each class of train, drawn the same way each
    time, because a network must not be chosen on the faces that it is reported on. Copies of a picture all fall on one
    side of that draw. A folder without any part held out gives a second tenth as `private`: ours, so no published
    figure compares with it. Parts that the makers made stay as they are, copies between them included; `evaluate_on`
    says how a network does without those.

    Pictures are turned to gray and resized as `predict` does with a detected face, so they should show a face and
    little else, as both datasets' do; of one that is not square, the middle square is taken. What was decoded is kept
    in the cache (2.3 kB a face), and read again as soon as a file, its class or the map changes. Pictures of one part
    that are identical but have different labels are kept, since the makers decide, and said in a warning.

    Raises FileError, most often DataError, with the file and the remedy, for a folder, class or picture that is not
    understood. Chapter 16.
    """
    classes, title = read_class_map(class_map)
    home = path_of(path)
    if not home.is_dir():
        raise DataError(f"{home} is not a folder. Unpack the dataset and name the folder that holds it.")
    name = name or title or f"folder {home.name}"
    if name in TAKEN:
        raise DataError(f"the name {name!r} is taken by the course's own faces; give another one.")
    try:
        listed = find_parts(home, classes)
        held_out = [part for part in ("val", "test") if part in listed]
        origin = {"train": "train", "public": "val" if len(held_out) == 2 else "train",
                  "private": held_out[-1] if held_out else "train"}
        wanted = _wanted(splits, [split for split in SPLITS if origin[split] in listed], home)
        needed = dict.fromkeys(origin[split] for split in wanted)
        read = {part: _read_part(home, part, listed[part], classes) for part in needed}
    except OSError as error:
        raise DataError(f"{error.filename or home} cannot be read ({reason(error)}). Repair it, or remove it with its "
                        "label.") from error
    parts = {}
    if "train" in read:
        images, labels, _ = read["train"]
        drawn = [split for split in ("public", "private") if origin[split] == "train"]
        tenth = draw_tenths(images, labels, len(drawn))
        parts = {split: Split(images[tenth == number], labels[tenth == number])
                 for number, split in enumerate(["train", *drawn])}
    parts |= {split: Split(*read[origin[split]][:2]) for split in wanted if origin[split] != "train"}
    left_out = sum((Counter(left) for *_, left in read.values()), Counter())
    return Faces(name, str(home), {split: parts[split] for split in wanted}, dict(sorted(left_out.items())))


def read_class_map(class_map):
    """A class map as `(dict, title)`; the title is the dataset's name where the map is a ready one, else None.

    `class_map` is "raf-db", "affectnet", "names", a dict, or the path of a .json or .toml file with one table. Keys are
    the dataset's classes, numbers or names in any case; values are emotions, or None to leave a class out (in JSON
    null, in TOML false). Raises FileError for a map that cannot be read or an emotion that is not one of the seven.
    """
    if isinstance(class_map, str) and class_map.strip().lower() in READY:
        title, classes = READY[class_map.strip().lower()]
        return classes, title
    where, pairs = "the class map", class_map
    if isinstance(class_map, (str, Path)):
        where, pairs = f"the class map {class_map}", _map_from_file(class_map)
    if not isinstance(pairs, dict):
        raise DataError(f"{where} is {short(pairs)}, not one table such as {{'1': 'surprise', '2': 'fear'}}.")
    classes = {}
    for key, value in pairs.items():
        if type(key) not in (str, int) or not str(key).strip():
            raise DataError(f"{where} has the key {short(key)}; a class is a whole number or a name.")
        name = str(key).strip().lower()
        if name in classes:
            raise DataError(f"{where} names the class {short(name)} twice. Remove one of the two lines.")
        classes[name] = None if value is False else value
    wrong = [f"{key} = {short(value)}" for key, value in classes.items()
             if value is not None and not (isinstance(value, str) and value in EMOTIONS)]
    if wrong or not any(classes.values()):
        raise DataError(f"{where} gives {_listed(wrong, 5) or 'no emotion at all'}; a class is one of "
                        f"{', '.join(EMOTIONS)}, or None (null, false) to be left out.")
    return classes, next((title for title, ready in READY.values() if ready == classes), None)


def _map_from_file(name):
    suffix = Path(name).suffix.lower().rstrip("'\"")
    if suffix not in (".json", ".toml"):
        raise DataError(f"there is no class map {short(str(name))}; use {', '.join(READY)}, or a .json or .toml file.")
    path = file_of(name)
    text = _text(path, MOST_MAP, "A class map has a line for each class.")
    with reading(f"the class map {path}", "Correct it.", DataError):
        if suffix == ".json":
            return json.loads(text, object_pairs_hook=_table)
        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            again = re.match(r"Cannot overwrite a value \(at (?:line (\d+)|end)", str(error))
            if not again:
                raise
            line = text.splitlines()[int(again[1] or 0) - 1]
            raise ValueError(f"the class {short(line.partition('=')[0].strip())} is named twice") from error


def _table(pairs):
    """A table of JSON, where a key that comes twice would replace the first without a word."""
    twice = [key for key, count in Counter(key for key, _ in pairs).items() if count > 1]
    if twice:
        raise ValueError(f"the class {short(twice[0])} is named twice")
    return dict(pairs)


def _text(path, most, remedy):
    """The text of a small file, in UTF-8 or, as some Windows programs write it, in UTF-16 with its mark."""
    with reading(path, remedy, DataError):
        size = path.stat().st_size
        if size > most:
            raise DataError(f"{path} is too large: {size / 1e6:,.1f} MB. {remedy}")
        data = path.read_bytes()
        return data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")



def _listed(names, most=30):
    """Names as text, the first of them where there are many."""
    names = list(names)
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(str(name)[:60] for name in names[:most]) + more


def _wanted(splits, available, home):
    """The splits to give, in their known order; DataError for one that the folder does not have."""
    if splits is None:
        return available
    wanted = known_splits(splits)
    missing = [split for split in wanted if split not in available]
    if missing:
        raise DataError(f"{home} has no faces for {', '.join(missing)}; from its folders come {', '.join(available)}. "
                        "Add a folder train/ to it, or ask for what is there.")
    return wanted


def draw_tenths(images, labels, count=1):
    """Which faces are drawn from a training part: int (n,), 0 for those that stay, 1 to `count` for the drawn tenths.

    A tenth of each class, at least one face where the class has enough, in an order that the pixels and SEED alone
    decide: so it does not matter in which order the files are listed, and identical pictures go the same way, whatever
    their labels.
    """
    keys, label_of = image_keys(images), {}
    for key, label in zip(keys, labels):
        label_of[key] = min(label, label_of.get(key, label))
    drawn, shuffled = {}, sorted(label_of, key=lambda key: hashlib.sha256(SEED + key).digest())
    for label in set(label_of.values()):
        own = [key for key in shuffled if label_of[key] == label]
        tenth = max(1, round(len(own) / 10)) if len(own) > count else 0
        drawn |= {key: 1 + place // tenth for place, key in enumerate(own[:count * tenth])}
    return np.array([drawn.get(key, 0) for key in keys], int)


def find_parts(home, classes):
    """What a folder holds: a dict from "train", "val", "test" to pairs (picture, its class).

    The class is text, or the path of the .npy that holds it. No picture is opened. Raises DataError where no form is
    found, or where something beside it would be passed over.
    """
    folders = [child for child in visible(home) if child.is_dir()]
    wrapped = [child for child in folders if child.name.lower() in ("basic", "dataset") or len(folders) == 1]
    for root in (home, *wrapped):
        for reader in (_raf_db_list, _part_folders, _class_folders):
            parts = reader(root, classes)
            if parts:
                return parts
    held = ", ".join(child.name for child in visible(home)[:8]) or "nothing"
    raise DataError(f"{home} holds no form that is understood; it holds {held}. Name a folder with {FOLDER_FORMS}. "
                    f"The classes of the map are {_listed(classes)}.")


def _raf_db_list(root, classes):
    table, pictures = root / "EmoLabel" / "list_patition_label.txt", root / "Image" / "aligned"
    if not table.is_file():
        return None
    if not pictures.is_dir():
        raise DataError(f"{pictures} does not exist. Unpack RAF-DB's aligned.zip there.")
    parts, rows = {}, {}
    lines = _text(table, MOST_TEXT, "Get the file again.").splitlines()
    for row, line in enumerate(lines, start=1):
        found = LIST_ROW.fullmatch(line.strip())
        if not found:
            if not line.strip():
                continue
            raise DataError(f"{table}, row {row}: {short(line)} is not like 'train_00001.jpg 5'. Get the file again.")
        stem, label = found[1], found[2].lower()
        if stem.lower() in rows:
            raise DataError(f"{table}, rows {rows[stem.lower()]} and {row}: the picture {stem} is listed twice. Remove "
                            "the wrong row, or get the file again.")
        rows[stem.lower()] = row
        parts.setdefault(stem.partition("_")[0], []).append((pictures / f"{stem}_aligned.jpg", label))
    _same_files(pictures, [file for items in parts.values() for file, _ in items], f"in {table.name}")
    return parts


def _part_folders(root, classes):
    """train/, val/ and test/, each with images/ and annotations/ or with class folders."""
    folders = [child for child in visible(root) if child.is_dir()]
    if not any(child.name.lower() in PART_FOLDERS for child in folders):
        return None
    parts = {}
    for folder in folders:
        part = PART_FOLDERS.get(folder.name.lower())
        if part is None or part in parts:
            which = "no" if part is None else "a second"
            raise DataError(f"{folder} is {which} folder of train, val or test pictures, and "
                            "would be passed over. Rename it, or move it elsewhere.")
        annotated = (folder / "images").is_dir() and (folder / "annotations").is_dir()
        parts[part] = _annotated(folder) if annotated else _in_class_folders(folder, classes)
    return parts


def _class_folders(root, classes):
    """Class folders in one heap: all of it is a training part, from which public and private are drawn."""
    if any(child.is_dir() and child.name.lower() in classes for child in visible(root)):
        return {"train": _in_class_folders(root, classes)}
    return None


def _in_class_folders(folder, classes):
    stray = [child for child in visible(folder) if child.suffix.lower() in (".jpg", ".jpeg", ".png", ".bmp")]
    if stray:
        raise DataError(f"{stray[0]} is outside the class folders, so it has no class (one of {len(stray):,}). Move it "
                        "into one.")
    for child in visible(folder):
        if child.is_dir():
            os.listdir(child)  # a folder that may not be read raises here; a search would give nothing
    return pictures_by_class(folder, classes, "the class map", _listed(classes), f"{ANOTHER_MAP} Or rename the folder.")


def _annotated(folder):
    os.listdir(folder / "images")
    pictures, labels = visible(folder / "images"), {}
    for file in pictures:
        if file.stem in labels:
            other = next(one for one in pictures if one.stem == file.stem)
            raise DataError(f"{other} and {file.name} share the one label {file.stem}_exp.npy. Remove one of the two.")
        labels[file.stem] = folder / "annotations" / f"{file.stem}_exp.npy"
    _same_files(folder / "annotations", labels.values(), "among the pictures", "*_exp.npy")
    return [(file, labels[file.stem]) for file in pictures]


def _same_files(folder, named, where, pattern="*"):
    """Raise DataError unless a folder holds exactly the files that are named elsewhere."""
    there, named = {file.name for file in visible(folder, pattern)}, {file.name for file in named}
    for odd, what in ((named - there, f"is named {where} but missing"), (there - named, f"is there but not {where}")):
        if odd:
            raise DataError(f"{folder / min(odd)} {what} (one of {len(odd):,}). Unpack the whole archive again, or "
                            "remove what is left over.")


def _read_part(home, part, listed, classes):
    """Images uint8 (n, 48, 48), labels uint8 (n,), and the count of each class left out; from the cache if fresh."""
    if not listed:
        raise DataError(f"the part {part} of {home} holds no pictures. Unpack the archive again.")
    who = hashlib.sha256(json.dumps([str(home), part]).encode()).hexdigest()[:16]
    kept = cache_folder() / "folders" / f"{who}-{_stamp(home, listed, classes)}.npz"
    with suppress(Exception):  # absent, or damaged, which raises almost anything: then it is read anew
        with np.load(kept) as file:
            images, labels, left_out = file["images"], file["labels"], json.loads(str(file["left_out"]))
            doubt = str(file["doubt"])
        if images.shape == (len(labels), SIZE, SIZE) and images.dtype == labels.dtype == np.uint8:
            if doubt:
                warnings.warn(doubt, stacklevel=3)
            return images, labels, left_out
    images, labels, left_out, doubt = _decode(listed, classes, f"the part {part} of {home}")
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        write_arrays(kept, images=images, labels=labels, left_out=json.dumps(left_out), doubt=doubt)
        for old in set(kept.parent.glob(f"{who}-*.npz")) - {kept}:
            old.unlink(missing_ok=True)
    except OSError as error:
        raise DataError(f"the faces cannot be kept in {kept.parent} ({reason(error)}). Free {images.nbytes / 1e6:,.0f} "
                        "MB, or name another folder in FER_UTILS_CACHE.") from error
    if doubt:
        warnings.warn(doubt, stacklevel=3)
    return images, labels, left_out


def _stamp(home, listed, classes):
    """A text that changes when a picture, its class or the map does. Files are not opened."""
    digest = hashlib.sha256(json.dumps(classes, sort_keys=True).encode())
    for files in listed:
        for item in files:
            state = item.stat() if isinstance(item, Path) else None
            if state and not stat.S_ISREG(state.st_mode):
                what = "a folder" if item.is_dir() else "a pipe or a device"
                raise DataError(f"{item} is {what}, where a picture or a label is expected. Move it elsewhere.")
            digest.update(os.fsencode(f"{item} {state and (state.st_size, state.st_mtime_ns)}\n"))
    return digest.hexdigest()[:16]


def _decode(listed, classes, where):
    """Images, labels, what is left out, and the sentence about identical pictures with different labels, or ""."""
    # threads: Pillow lets others run while it decodes and resizes; a batch at a time, or 280,000 jobs would queue up
    with ThreadPoolExecutor() as pool:
        def all_of(function, items):
            for start in range(0, len(items), AT_ONCE):
                yield from pool.map(function, items[start:start + AT_ONCE])

        own = list(all_of(_class_of, [source for _, source in listed]))
        for (file, _), one in zip(listed, own):
            if one not in classes:
                raise DataError(f"{file} has the class {short(one)}, which the class map does not know; it knows "
                                f"{_listed(classes)}. {ANOTHER_MAP}")
        kept = [file for (file, _), one in zip(listed, own) if classes[one]]
        images = np.empty((len(kept), SIZE, SIZE), np.uint8)
        for number, face in enumerate(all_of(read_face, kept)):
            images[number] = face
    labels = np.array([EMOTIONS.index(classes[one]) for one in own if classes[one]], np.uint8)
    left_out = dict(Counter(one for one in own if not classes[one]))
    if not len(labels):
        raise DataError(f"{where} holds only classes that are left out: {_listed(left_out)}.")
    check_contrast(images, where)
    return images, labels, left_out, _differently_labelled(images, labels, kept, where)


def _differently_labelled(images, labels, files, where):
    """A sentence about identical pictures whose labels differ, "" where there are none."""
    groups = {}
    for number, key in enumerate(image_keys(images)):
        groups.setdefault(key, []).append(number)
    doubtful = [group for group in groups.values() if len(set(labels[group])) > 1]
    if not doubtful:
        return ""
    first = doubtful[0][0]
    second = next(number for number in doubtful[0] if labels[number] != labels[first])
    return (f"{where} has pictures that are there more than once with different labels, {len(doubtful):,}; the first "
            f"is {files[first]} ({EMOTIONS[labels[first]]}), like {files[second]} ({EMOTIONS[labels[second]]}).")


def _class_of(source):
    """The class that a list or a folder names, or that an .npy holds: one whole number, as a number or as text.

    3, 3.0 and "3" are the class 3, since copies of AffectNet differ; 3.5, True, "03" and "3.0" are refused.
    """
    if not isinstance(source, Path):
        return source
    remedy = "It does not hold one class number. Get it again, or remove it with its picture."
    with reading(source, remedy, DataError):
        if source.stat().st_size > 10_000:
            raise DataError(f"{source} has {source.stat().st_size:,} bytes. {remedy}")
        with open(source, "rb") as file:
            array = np.lib.format.read_array(file, allow_pickle=False)
    value = array.item() if array.size == 1 and array.dtype.kind in "iufU" else None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, (int, str)) and CLASS_NUMBER.fullmatch(str(value).removeprefix("-")):
        return str(value)
    held = short(array.tolist()) if array.size < 10 else f"an array of shape {array.shape}"
    raise DataError(f"{source} does not hold one class number but {held}. Get it again, or remove it with its picture.")


def read_face(path):
    """One picture file as the course's networks take it: gray, uint8 (48, 48), its middle square. DataError for a
    file that is not a readable picture."""
    try:
        return middle_face(path)
    except FileError as error:
        raise DataError(f"{error} Or remove it and its label.") from error
