"""Files: where the course's data lies, paths as users write them, one clear error for whatever a file can do wrong,
writes in one step, packed arrays, and one process at a time in a folder."""

import hashlib
import json
import os
import re
import secrets
import threading
import time
import tomllib
import zipfile
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np

from fer_utils.text import printable

if os.name == "nt":
    import msvcrt

    def _take(file):
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _take(file):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

# The one place that says where the course's own data is: quizzes, bundled faces, published runs and their weights.
# In a clone it is data/ beside the package; in an installed package, the copy that setup.py puts inside.
_PACKAGE = Path(__file__).resolve().parent
DATA_FOLDER = _PACKAGE / "_data" if (_PACKAGE / "_data").is_dir() else _PACKAGE.parent / "data"


TEMPORARY = re.compile(r"\.(\d+)-[0-9a-f]{8}\.tmp$")  # how `in_one_step` ends the name of a file: process, random


_STANDARD_ERROR = threading.RLock()


class FileError(ValueError):
    """A file that cannot be had or cannot be trusted. The message is one line; it names the file and says what to
    do."""

    def __init__(self, message):
        super().__init__(printable(message))

    def _render_traceback_(self):  # IPython shows this line instead of a traceback
        return [f"{type(self).__name__}: {self}"]


def path_of(text):
    """The absolute `Path` that a user means: `~` is the home folder, and quotes around the whole are taken away.

    Raises FileError for text that cannot be a path. Whether something is there is not asked.
    """
    text = str(text).strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"" and not os.path.lexists(text):
        text = text[1:-1]
    if not text:
        raise FileError("the path is empty. Name a file or a folder.")
    try:
        path = Path(text).expanduser().resolve()
        path.exists()  # a name with a null byte, or one that is too long, shows here
    except (OSError, RuntimeError, ValueError) as error:  # an unknown user; links that lead in a circle
        raise FileError(f"{text[:200]} cannot be a path ({reason(error)}). Correct it.") from error
    return path


def check_place(path):
    """Raise FileError where no file can be written at a `Path`: it is a folder, or lies in none. Asked before the work
    is done rather than after."""
    if path.is_dir():
        raise FileError(f"{path} cannot be written: it is a folder.")
    if not path.parent.is_dir():
        raise FileError(f"{path} cannot be written: there is no folder {path.parent}. Make it first.")


def file_of(text):
    """`path_of` a file that can be read: FileError where there is none, and for a folder, a pipe or a device."""
    path = path_of(text)
    if not path.exists():
        raise FileError(f"there is no file {path}. Correct the path.")
    if not path.is_file():
        what = "a folder" if path.is_dir() else "a pipe or a device"
        raise FileError(f"{path} is {what}, not a file. Name a file.")
    return path


def reason(error):
    """What an exception says, in one line of at most 200 characters."""
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return " ".join(text.split())[:200] or type(error).__name__


def sha256_of(path):
    """The SHA-256 of a file, hexadecimal."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


@contextmanager
def reading(path, remedy="Get it again.", error=FileError):
    """Turn whatever goes wrong inside into one `error` that names the file and the remedy.

    Damaged files make their readers raise almost anything, from zip, zlib, image decoders or the parser of NumPy's
    headers. A FileError passes: it says already what is wrong.
    """
    try:
        yield
    except FileError:
        raise
    except Exception as wrong:
        raise error(f"{path} cannot be read ({reason(wrong)}). {remedy}") from wrong


@contextmanager
def writing(folder, remedy, error=FileError):
    """Turn what the system says against a write inside, such as a full disk, into one `error` that names the file (the
    folder, where the system does not say) and the remedy."""
    try:
        yield
    except OSError as wrong:
        raise error(f"{wrong.filename or folder} cannot be written ({reason(wrong)}). {remedy}") from wrong


@contextmanager
def in_one_step(path):
    """A temporary path beside `path` that takes its place if all goes well and is removed if not: a reader, or a crash,
    meets the old file or the new one, never half. What a killed process has left in the folder is removed, too."""
    path = Path(path)
    remove_leftovers(path.parent)
    # The random part keeps two writers of the same file apart, the process tells whether its writer still lives.
    temporary = path.with_name(f"{path.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp")
    try:
        yield temporary
        os.replace(temporary, path)
    except OSError as error:
        if error.errno is not None:  # of a full disk the system does not say which file, and the temporary is of no use
            error.filename = str(path)
        raise
    finally:
        temporary.unlink(missing_ok=True)


def remove_leftovers(folder):
    """Remove the temporary files in a folder whose writers were killed."""
    for path in Path(folder).glob("*.tmp"):
        found = TEMPORARY.search(path.name)
        with suppress(OSError):
            if found and not _may_be_written(path, int(found[1])):
                path.unlink()


def _may_be_written(path, process):
    if time.time() - path.stat().st_mtime > 24 * 3600:  # the folder may be shared with another machine
        return False
    if os.name == "nt":  # there, asking by os.kill would end the process
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's
        pass
    return True


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


def read_json(path, fields=(), remedy="Get it again."):
    """The value that a JSON file holds. With `fields`, it has to be a table that has them.

    Raises FileError, with the remedy, where the file is missing, damaged or of another shape.
    """
    return _read(json.loads, path, fields, remedy)


def read_toml(path, fields=(), remedy="Get it again."):
    """The table that a TOML file holds. Otherwise as `read_json`."""
    return _read(tomllib.loads, path, fields, remedy)


def _read(parse, path, fields, remedy):
    with reading(path, remedy):
        value = parse(Path(path).read_text(encoding="utf-8"))
    missing = [field for field in fields if not isinstance(value, dict) or field not in value]
    if missing:
        raise FileError(f"{path} lacks {', '.join(missing)}: it is damaged, or not what its name says. {remedy}")
    return value


@contextmanager
def standard_error_into(file):
    """Let what native libraries write to standard error go into an open file. It is the whole process's, so what other
    threads write goes there, too, and one thread does so at a time, or they would put back each other's files; nothing
    happens where it is closed."""
    with _STANDARD_ERROR:
        try:
            kept = os.dup(2)
        except OSError:
            yield
            return
        os.dup2(file.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)


@contextmanager
def alone_in(folder):
    """Hold the lock of a folder, which is made if need be, so that two trainings do not write over each other's epochs.

    The system lets go of the lock when the process ends, killed or not. The empty file `lock` stays in the folder:
    whoever removed it could take away the file that the next process waits on, and two would hold the folder at once.
    Raises FileExistsError, with the remedy, where another process holds it, FileError where nothing can be written.
    """
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = open(folder / "lock", "a")
    except OSError as error:
        raise FileError(f"{folder} cannot be written to ({reason(error)}). Mend that, or choose another --out."
                        ) from error
    with lock as file:
        try:
            _take(file)
        except OSError as error:
            raise FileExistsError(f"another process is at work in {folder}. Wait until it ends, or choose another "
                                  "--out.") from error
        yield
