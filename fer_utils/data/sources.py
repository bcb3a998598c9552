"""Where a copy of FER-2013 is and in which form: used by `fer_utils.data.fer2013.load_fer2013`.

`locate` says which form a source has, `stamp` tells whether it has changed, `read` gives the faces, by the module of
the form in `fer_utils.data.forms`. Chapter 03.
"""

import os
import zipfile
from pathlib import Path
from typing import NamedTuple

from fer_utils.data import DataError
from fer_utils.data.forms.arrays import read_npz
from fer_utils.data.forms.class_folders import part_folders, read_folders, visible
from fer_utils.data.forms.deep_lake import DATASETS, HUB_HOME, read_deeplake
from fer_utils.data.forms.table import CSV_NAMES, CUT_SHORT, csv_in, read_csv
from fer_utils.files import FileError, path_of, reading, reason

FER2013_FORMS = ("a folder with the Deep Lake datasets " + ", ".join(DATASETS.values()) + "; Kaggle's fer2013.csv or "
                 "icml_face_data.csv (plain, .gz or .zip); a folder with Kaggle's class folders train/ and test/, or "
                 "Training/, PublicTest/ and PrivateTest/; an .npz file with images, labels and usage; "
                 'or "hub" for the Deep Lake hub')
FORM_READERS = {"deeplake": read_deeplake, "csv": read_csv, "folders": read_folders, "npz": read_npz}


class Source(NamedTuple):
    """Where FER-2013 is: `form` is a key of FORM_READERS, `address` an absolute path or a hub address."""

    form: str
    address: str


def locate(source):
    """The `Source` that a path, a hub address or "hub" means. Raises DataError if it is none.

    A folder may also hold the dataset one folder down, as archives unpack it.
    """
    if source == "hub":
        return Source("deeplake", HUB_HOME)
    source = source.removeprefix("file://")
    if "://" in source:
        address = source.rstrip("/")
        return Source("deeplake", address.rpartition("/")[0] if address.endswith(tuple(DATASETS.values())) else address)
    try:
        path = path_of(source)
        if not path.exists():
            raise DataError(f"{path} does not exist. Correct the path, or FER2013_SOURCE, to {FER2013_FORMS}.")
        if path.is_file():
            return Source(_form_of_file(path), str(path))
        if not path.is_dir():
            raise DataError(f"{path} is a pipe or a device. Name {FER2013_FORMS}.")
        if path.name in DATASETS.values():
            path = path.parent
        found = _in_folder(path)
        below = [] if found else list(filter(None, [_in_folder(child) for child in visible(path) if child.is_dir()]))
    except OSError as error:
        where = error.filename or source
        raise DataError(f"{where} cannot be read ({reason(error)}). Name {FER2013_FORMS}.") from error
    except FileError as error:
        raise DataError(str(error)) from error
    if len(below) > 1:
        raise DataError(f"{path} holds several copies of FER-2013: {', '.join(other.address for other in below)}. Name "
                        "one of them.")
    if found or below:
        return found or below[0]
    held = ", ".join(child.name for child in visible(path)[:8]) or "nothing"
    raise DataError(f"the folder {path} holds no form of FER-2013 that is understood; it holds {held}. Name "
                    f"{FER2013_FORMS}.")


def _in_folder(path):
    """The `Source` in a folder, or None."""
    if any((path / name).is_dir() for name in DATASETS.values()):
        return Source("deeplake", str(path))
    files = {child.name.lower(): child for child in visible(path) if child.is_file()}
    known = [name + end for name in CSV_NAMES for end in ("", ".gz", ".zip")]
    for name in [*known, "fer2013.zip", "fer2013.npz", "fer2013"]:
        if name in files:
            return Source(_form_of_file(files[name]), str(files[name]))
    if part_folders(path):
        return Source("folders", str(path))
    return None


def _form_of_file(path):
    """"csv" or "npz", by what the file holds, whatever its name ends with. Raises DataError for any other."""
    with open(path, "rb") as file:
        start = file.read(512)
    if start[:2] == b"PK" and path.suffix.lower() != ".csv":
        with reading(path, CUT_SHORT, DataError), zipfile.ZipFile(path) as archive:
            if archive.namelist() and all(name.endswith(".npy") for name in archive.namelist()):
                return "npz"
            csv_in(archive, path)
    tar = path.name.lower().endswith((".tar.gz", ".tgz", ".tar", ".7z", ".rar", ".xz", ".bz2"))
    if tar or path.suffix.lower() not in (".csv", ".gz", ".zip", ".npz", ".txt", ".tsv", ""):
        raise DataError(f"{path} is not a form of FER-2013 that is understood. Unpack it first, or name "
                        f"{FER2013_FORMS}.")
    if path.suffix.lower() == ".npz":
        raise DataError(f"{path} is no .npz file inside. {CUT_SHORT}")
    return "csv"


def stamp(found):
    """A text that changes when any file of the source does: their names, times and sizes."""
    if "://" in found.address:
        return found.address
    path = Path(found.address)
    if path.is_file():
        names = [path]
    elif found.form == "deeplake":
        names = [path / name for name in DATASETS.values()]
    else:
        names = part_folders(path).values()
    return "\n".join([found.form, *sorted(line for name in names for line in _states(name))])


def _states(path):
    """A line for a file, or for each file below a folder."""
    files = [os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names]
    for name in files or [path]:
        if os.path.exists(name):
            state = os.stat(name)
            yield f"{name} {state.st_mtime_ns} {state.st_size}"


def read(found, splits):
    """A dict from each split asked for to (images (n, 48, 48), labels (n,)). Raises DataError; never reads in part."""
    with reading(found.address, "Get it again, or name another copy in FER2013_SOURCE.", DataError):
        return FORM_READERS[found.form](found.address, splits)
