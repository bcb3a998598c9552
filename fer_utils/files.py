"""One process at a time in the folder of a run, so that two trainings do not write over each other's epochs."""

import os
from contextlib import contextmanager
from pathlib import Path

if os.name == "nt":
    import msvcrt

    def _take(file):
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _take(file):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def alone_in(folder):
    """Hold the lock of a folder, which is made if need be. The system lets go of it when the process ends, killed or not.

    Raises FileExistsError, with the remedy, where another process holds it.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "lock"
    with open(path, "w") as file:
        try:
            _take(file)
        except OSError as error:
            raise FileExistsError(f"another process is at work in {folder}. Wait until it ends, or choose another --out.") from error
        try:
            yield
        finally:
            if os.name != "nt":  # Windows does not remove an open file; there it stays, and harms nothing
                path.unlink(missing_ok=True)
