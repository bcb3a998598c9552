"""Find and read FER-2013 in each of the forms that people have it in. Used by `fer_utils.data.fer2013.load_fer2013`.

`locate` says which form a source has, `stamp` tells whether it has changed, `read` gives the faces. Faces leave
this module with the shape they have in the source; `fer_utils.data.fer2013.check_part` checks them. Chapter 03.
"""

import csv
import gzip
import io
import os
import sys
import tempfile
import zipfile
import zlib
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from fer_utils.data import DataError
from fer_utils.data.fer2013 import HUB
from fer_utils.labels import EMOTIONS, SIZE

HUB_HOME = HUB["train"].rpartition("/")[0]
DATASETS = {split: address.rpartition("/")[2] for split, address in HUB.items()}
CSV_NAMES = ("fer2013.csv", "icml_face_data.csv")
USAGES = {"Training": "train", "PublicTest": "public", "PrivateTest": "private"}
KAGGLE_CLASSES = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
CLASS_FOLDERS = {name: label for names in (EMOTIONS, KAGGLE_CLASSES) for label, name in enumerate(names)}
PIXELS = {str(value): value for value in range(256)}  # looking a number up is twice as fast as parsing it

FER2013_FORMS = ("a folder with the Deep Lake datasets " + ", ".join(DATASETS.values()) + "; Kaggle's fer2013.csv or "
                 "icml_face_data.csv (plain, .gz or .zip); a folder with Kaggle's class folders train/ and test/; "
                 'or "hub" for the Deep Lake hub')
NEED_DEEPLAKE = ("Reading Deep Lake needs the package deeplake 4 (pip install 'deeplake>=4.5,<5'), which does not "
                 "exist for Windows and Python 3.14. There, get fer2013.csv from Kaggle and name it in FER2013_SOURCE.")
CUT_SHORT = "The file is damaged or cut short; get it again."
WRONG_ROW = "The file is damaged, cut short, or its columns do not match its header; get it again."


class Source(NamedTuple):
    """Where FER-2013 is: `form` is "deeplake", "csv" or "folders", `address` an absolute path or a hub address."""

    form: str
    address: str


def locate(source):
    """The `Source` that a path, a hub address or "hub" means. Opens nothing. Raises DataError if it is none."""
    if source == "hub":
        return Source("deeplake", HUB_HOME)
    if "://" in source:
        address = source.rstrip("/")
        return Source("deeplake", address.rpartition("/")[0] if address.endswith(tuple(DATASETS.values())) else address)
    path = Path(source).expanduser().resolve()
    if not path.exists():
        raise DataError(f"{path} does not exist. Correct the path, or FER2013_SOURCE, to {FER2013_FORMS}.")
    if path.is_file():
        if path.suffix.lower() in (".csv", ".gz", ".zip") and not path.name.lower().endswith(".tar.gz"):
            return Source("csv", str(path))
        raise DataError(f"{path} is not a form of FER-2013 that is understood. Unpack it first, or name "
                        f"{FER2013_FORMS}.")
    if path.name in DATASETS.values():
        path = path.parent
    if any((path / name).is_dir() for name in DATASETS.values()):
        return Source("deeplake", str(path))
    for name in [name + end for name in CSV_NAMES for end in ("", ".gz", ".zip")] + ["fer2013.zip"]:
        if (path / name).is_file():
            return Source("csv", str(path / name))
    if (path / "train").is_dir() or (path / "test").is_dir():
        return Source("folders", str(path))
    held = ", ".join(sorted(child.name for child in path.iterdir())[:8]) or "nothing"
    raise DataError(f"the folder {path} holds no form of FER-2013 that is understood; it holds {held}. Name "
                    f"{FER2013_FORMS}.")


def stamp(found):
    """A text that changes when the source does. Files deep inside class folders and datasets are not looked at."""
    if "://" in found.address:
        return found.address
    path = Path(found.address)
    names = {"csv": (), "deeplake": DATASETS.values(), "folders": ("train", "test")}[found.form]
    paths = [path] if not names else [each for name in names for each in (path / name, *path.glob(f"{name}/*"))]
    states = [(str(child), child.stat()) for child in sorted(paths) if child.exists()]
    return "\n".join([found.form] + [f"{name} {state.st_mtime_ns} {state.st_size}" for name, state in states])


def read(found, splits):
    """A dict from each split asked for to (images (n, 48, 48), labels (n,)). Raises DataError; never reads in part."""
    reader = {"deeplake": read_deeplake, "csv": read_csv, "folders": read_folders}[found.form]
    try:
        return reader(found.address, splits)
    except OSError as error:
        raise DataError(f"{error.filename or found.address} cannot be read ({error}).") from error


def read_csv(address, splits):
    """Kaggle's table: columns emotion, pixels and Usage in any order, one face a row. The header is row 1."""
    pixels, labels = {split: bytearray() for split in splits}, {split: bytearray() for split in splits}
    row = 1
    try:
        with _open_text(Path(address)) as file:
            rows = csv.reader(file)
            emotion_at, pixels_at, usage_at, width = _columns(address, next(rows, []))
            for row, fields in enumerate(rows, start=2):
                if not fields:
                    continue
                if len(fields) != width:
                    raise DataError(f"{address}, row {row}: {len(fields)} columns, the header has {width}. {CUT_SHORT}")
                split = USAGES.get(fields[usage_at].strip())
                if split is None:
                    raise DataError(f"{address}, row {row}: the usage is {_short(fields[usage_at])}; FER-2013 knows "
                                    f'{", ".join(USAGES)}. {CUT_SHORT}')
                if split in labels:
                    labels[split].append(_label(fields[emotion_at], f"{address}, row {row}"))
                    pixels[split] += _pixels(fields[pixels_at], f"{address}, row {row}")
    except UnicodeDecodeError as error:
        raise DataError(f"{address}, near row {row}: this is not text ({error.reason}). {CUT_SHORT}") from error
    except (EOFError, csv.Error, zlib.error, zipfile.BadZipFile, gzip.BadGzipFile, RuntimeError) as error:
        raise DataError(f"{address}, after row {row}: cannot be read further ({error}). {CUT_SHORT}") from error
    return {split: (np.frombuffer(pixels[split], np.uint8).reshape(-1, SIZE, SIZE),
                    np.frombuffer(labels[split], np.uint8)) for split in splits}


@contextmanager
def _open_text(path):
    """The table as text, unpacked on the way if it is a .gz or a .zip."""
    kind = path.suffix.lower()
    if kind == ".zip":
        with zipfile.ZipFile(path) as archive, archive.open(_csv_in(archive, path)) as file:
            yield io.TextIOWrapper(file, "utf-8-sig", newline="")
    else:
        with (gzip.open if kind == ".gz" else open)(path, "rt", encoding="utf-8-sig", newline="") as file:
            yield file


def _csv_in(archive, path):
    inside = [name for name in archive.namelist() if name.lower().endswith(".csv") and not name.startswith("__MACOSX")]
    for known in CSV_NAMES:
        for name in inside:
            if name.lower().rpartition("/")[2] == known:
                return name
    if len(inside) == 1:
        return inside[0]
    raise DataError(f'{path} holds {", ".join(inside[:8]) or "no .csv file"}, but not {" or ".join(CSV_NAMES)}. '
                    "Class folders have to be unpacked first: name the folder that holds train/ and test/.")


def _columns(address, header):
    """Where emotion, pixels and usage stand, and the number of columns."""
    if not header:
        raise DataError(f"{address}, row 1: the file is empty. {CUT_SHORT}")
    names = [name.strip().lower() for name in header]
    missing = [name for name in ("emotion", "pixels", "Usage") if names.count(name.lower()) != 1]
    if missing:
        raise DataError(f'{address}, row 1: the header has no column, or more than one, called {", ".join(missing)}; '
                        f'it is {_short(",".join(header))}. Use {" or ".join(CSV_NAMES)}, which have all three.')
    return names.index("emotion"), names.index("pixels"), names.index("usage"), len(names)


def _label(text, where):
    value = text.strip()
    if value not in PIXELS or PIXELS[value] >= len(EMOTIONS):
        raise DataError(f"{where}: the emotion is {_short(value)}; labels are whole numbers from 0 to 6. {WRONG_ROW}")
    return PIXELS[value]


def _pixels(text, where):
    values = text.split()
    if len(values) != SIZE * SIZE:
        raise DataError(f"{where}: {len(values)} pixels, not {SIZE * SIZE} ({SIZE} x {SIZE}). {WRONG_ROW}")
    try:
        return bytes(map(PIXELS.__getitem__, values))
    except KeyError as error:
        bad = error.args[0]
        raise DataError(f"{where}: pixel {values.index(bad)} is {_short(bad)}; pixels are whole numbers from 0 to 255. "
                        f"{WRONG_ROW}") from None


def _short(text):
    return repr(text if len(text) <= 60 else text[:57] + "...")


def read_folders(address, splits):
    """Kaggle's class folders: train/<class>/ and test/<class>/, one picture of 48 x 48 a file.

    test/ mixes PublicTest and PrivateTest. Only where each file name tells (PublicTest_..., PrivateTest_...) can they
    be kept apart; DataError otherwise, since a network must not be chosen on the faces that it is reported on.
    """
    files = {split: [] for split in splits}
    if "train" in files:
        files["train"] = _pictures(Path(address) / "train")
    if "public" in files or "private" in files:
        for path, label in _pictures(Path(address) / "test"):
            split = USAGES.get(path.name.partition("_")[0])
            if split not in ("public", "private"):
                raise DataError(
                    f"{path}: test/ mixes PublicTest and PrivateTest, and this file name does not tell which it is "
                    "(names that do begin with PublicTest_ or PrivateTest_). Use Kaggle's fer2013.csv or Deep Lake, "
                    'which say which face belongs where; or load the training faces alone: splits=("train",).')
            if split in files:
                files[split].append((path, label))
    return {split: (np.array([_picture(path) for path, _ in found], np.uint8).reshape(-1, SIZE, SIZE),
                    np.array([label for _, label in found], np.uint8)) for split, found in files.items()}


def visible(folder, pattern="*"):
    """What a folder holds, sorted by name, without what Windows and macOS leave in folders that people look at."""
    return [child for child in sorted(folder.glob(pattern)) if not child.name.startswith(".")
            and child.name.lower() not in ("thumbs.db", "desktop.ini", "__macosx")]


def pictures_by_class(folder, classes, owner, known, remedy):
    """Pairs (file, name of its class folder in lower case), in the order of the names. Opens nothing.

    Raises DataError for a folder that is not in `classes`; `owner`, `known` and `remedy` are for its message.
    """
    found = []
    for child in visible(folder):
        if child.is_dir():
            if child.name.lower() not in classes:
                raise DataError(f"{child} is not a class of {owner}; the classes are {known}. {remedy}")
            found += [(file, child.name.lower()) for file in visible(child)]
    return found


def _pictures(folder):
    """Pairs (file, label), in the order of the names."""
    if not folder.is_dir():
        raise DataError(f"{folder} does not exist. Kaggle's class folders are train/ and test/; get the missing one.")
    found = [(file, CLASS_FOLDERS[name]) for file, name in pictures_by_class(
        folder, CLASS_FOLDERS, "FER-2013", ", ".join(KAGGLE_CLASSES), "Rename or remove it.")]
    seen = {label for _, label in found}
    missing = [name for label, name in enumerate(KAGGLE_CLASSES) if label not in seen]
    if missing:
        raise DataError(f'{folder} lacks the class folders {", ".join(missing)}. Unpack the whole archive again.')
    return found


def _picture(path):
    try:
        with Image.open(path) as image:
            pixels = np.asarray(image.convert("L"))
    except Exception as error:  # Pillow's decoders raise almost anything on a damaged file
        raise DataError(f"{path} is not a readable picture ({error}). Get it again, or remove it.") from error
    if pixels.shape != (SIZE, SIZE):
        height, width = pixels.shape
        raise DataError(f"{path} is {width} x {height} pixels; the faces of FER-2013 are {SIZE} x {SIZE}. Use the "
                        "dataset as it is published, not resized.")
    return pixels


def read_deeplake(address, splits):
    """The Deep Lake datasets in a local folder or on the hub, of format 3 or 4. Opens only the splits asked for."""
    addresses = {split: f"{address}/{DATASETS[split]}" for split in splits}
    if "://" not in address:
        for split, path in addresses.items():
            if not Path(path).is_dir():
                raise DataError(f"{path} does not exist, so the split {split!r} cannot be loaded. Copy it there.")
            if '"' in path:
                raise DataError(f'{path}: Deep Lake cannot open a path with the character ". Move the folder.')
            addresses[split] = f"file://{path}"
    try:
        deeplake = import_deeplake()
    except ImportError as error:
        raise DataError(f"{address} cannot be opened ({error}). {NEED_DEEPLAKE}") from error
    if not hasattr(deeplake, "query"):
        raise DataError(f"{address} cannot be opened with this version of deeplake. {NEED_DEEPLAKE}")
    return {split: _read_dataset(deeplake, name) for split, name in addresses.items()}


def _read_dataset(deeplake, address):
    try:
        # A query opens datasets of both formats; open_read_only fails on format 3, which the hub has.
        view = deeplake.query(f'SELECT * FROM "{address}"')
        images, labels = np.asarray(view["images"][:]), np.asarray(view["labels"][:])
    except Exception as error:  # deeplake raises RuntimeError, and a dozen classes of its own
        text = " ".join(str(error).split()) or type(error).__name__
        raise DataError(f"{address} cannot be read: {text[:300]}. {_remedy(address, text.lower())}") from error
    if images.ndim == 4 and images.shape[-1] == 1:
        images = images[..., 0]
    return images, labels[:, 0] if labels.ndim == 2 and labels.shape[1] == 1 else labels


def _remedy(address, message):
    if address.startswith("file://"):
        return "The dataset is damaged or incomplete; copy it again. It needs the columns images and labels."
    elsewhere = f"Or get the dataset another way and name it in FER2013_SOURCE: {FER2013_FORMS}."
    if any(word in message for word in ("resolve", "connect", "timed out", "timeout", "network", "ssl")):
        return f"There seems to be no network: connect and try again. {elsewhere}"
    if any(word in message for word in ("401", "403", "unauthorized", "forbidden", "permission", "token", "login")):
        return f"The hub asks for a token: put one from app.activeloop.ai in ACTIVELOOP_TOKEN. {elsewhere}"
    return f"Check the network, the address and, where the hub asks for one, the token in ACTIVELOOP_TOKEN. {elsewhere}"


def import_deeplake():
    """Import deeplake 4 so that it survives TensorFlow, with its telemetry off. Raises ImportError where there is none.

    deeplake and TensorFlow each bring their own copy of a crypto library. On Linux, importing deeplake after
    TensorFlow in the ordinary way ends the process without a word; RTLD_DEEPBIND keeps the copies apart.
    """
    if "deeplake" in sys.modules:
        import deeplake
        return deeplake
    deepbind = hasattr(os, "RTLD_DEEPBIND")
    flags = sys.getdlopenflags() if deepbind else None
    try:
        if deepbind:
            sys.setdlopenflags(os.RTLD_NOW | os.RTLD_DEEPBIND)
        with _no_telemetry():
            import deeplake
    finally:
        if deepbind:
            sys.setdlopenflags(flags)
    return deeplake


@contextmanager
def _no_telemetry():
    """Keep deeplake from starting its telemetry while it is imported.

    deeplake 4 reports each session to Sentry and has no setting against it: the address is compiled in, and no
    environment variable is asked. It keeps its reports in the folder indra/.sentry-native of the temporary folder
    and stays silent where it cannot make that folder. So it finds a file there, in a temporary folder of its own.
    """
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "indra").mkdir()
        (Path(folder) / "indra" / ".sentry-native").touch()
        before = os.environ.get("TMPDIR")
        os.environ["TMPDIR"] = folder
        try:
            yield
        finally:
            if before is None:
                del os.environ["TMPDIR"]
            else:
                os.environ["TMPDIR"] = before
