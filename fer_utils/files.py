"""Files of the course: where its data lies, writes in one step, packed arrays, and one process at a time in a
folder."""

import json
import os
import secrets
import zipfile
from contextlib import contextmanager
from pathlib import Path

import numpy as np

if os.name == "nt":
    import msvcrt

    def _take(file):
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _take(file):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

# The one place that says where the course's own data is: quizzes, bundled faces, published runs and their weights.
DATA_FOLDER = Path(__file__).resolve().parent.parent / "data"


@contextmanager
def in_one_step(path):
    """A temporary path beside `path` that takes its place if all goes well and is removed if not: a reader, or a crash,
    meets the old file or the new one, never half."""
    path = Path(path)
    # The random part keeps two processes that write the same file apart.
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_bytes(path, data):
    """Write a file in one step."""
    with in_one_step(path) as temporary:
        temporary.write_bytes(data)


def write_text(path, text):
    """Write a text file in one step, in UTF-8."""
    with in_one_step(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_packed(path, **arrays):
    """Write arrays as an .npz that `np.load` reads, packed with LZMA: smaller than NumPy itself writes it."""
    with in_one_step(path) as temporary, zipfile.ZipFile(temporary, "w", zipfile.ZIP_LZMA) as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w") as file:
                np.lib.format.write_array(file, array)


def write_arrays(path, **arrays):
    """Write arrays as an .npz in one step, not packed: quick to write and to read."""
    with in_one_step(path) as temporary, open(temporary, "wb") as file:
        np.savez(file, **arrays)


def read_json(path):
    """The value that a JSON file holds."""
    return json.loads(Path(path).read_text(encoding="utf-8"))


@contextmanager
def alone_in(folder):
    """Hold the lock of a folder, which is made if need be, so that two trainings do not write over each other's epochs.

    The system lets go of the lock when the process ends, killed or not. The empty file `lock` stays in the folder:
    whoever removed it could take away the file that the next process waits on, and two would hold the folder at once.
    Raises FileExistsError, with the remedy, where another process holds it.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "a") as file:
        try:
            _take(file)
        except OSError as error:
            raise FileExistsError(f"another process is at work in {folder}. Wait until it ends, or choose another "
                                  "--out.") from error
        yield
