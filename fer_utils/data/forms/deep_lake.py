"""FER-2013 as Deep Lake datasets, in a local folder or on the hub, of format 3 or 4. Explained in chapter 03.

deeplake reads damaged files as garbage, waits without end for a chunk that is missing and ends the whole process at an
empty one. So it reads in a process of its own, with a limit on the time, and whatever it complains of is an error.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import numpy as np

import fer_utils
from fer_utils.data import DataError
from fer_utils.data.fer2013 import HUB
from fer_utils.data.forms.table import MOST_ROWS
from fer_utils.files import read_json

HUB_HOME = HUB["train"].rpartition("/")[0]
DATASETS = {split: address.rpartition("/")[2] for split, address in HUB.items()}
NEED_DEEPLAKE = ("Reading Deep Lake needs the package deeplake 4 (pip install 'deeplake>=4.5,<5'), which does not "
                 "exist for Windows and Python 3.14. There, get fer2013.csv from Kaggle and name it in FER2013_SOURCE.")
COPY_AGAIN = "The dataset is damaged or incomplete; copy it again."
LOCAL_LIMIT, HUB_LIMIT = 20, 3600  # seconds; the three datasets take two from a disk
IDLE_LIMIT = 3  # seconds without any computing or waiting for a disk
START_LIMIT = 120  # seconds until Deep Lake is imported: a hundred megabytes, from a disk that may be slow or busy
BEGUN = "begun"  # the file that the process makes then
STOPPED = "reading came to a stop and was ended."
MOST_MEMORY = 8 * 2**30  # bytes of address space, of which a tenth is used: a damaged length asks for any number
COMPLAINT = re.compile(r"libpng|libjpeg|corrupt|premature|crc error|decompress", re.IGNORECASE)


def read_deeplake(address, splits):
    """A dict from each split to (images, labels), of a folder or a hub address that holds the datasets. Opens only the
    splits asked for. Raises DataError."""
    addresses = {split: f"{address}/{DATASETS[split]}" for split in splits}
    local = "://" not in address
    if local:
        for split, path in addresses.items():
            if not Path(path).is_dir():
                raise DataError(f"{path} does not exist, so the split {split!r} cannot be loaded. Copy it there.")
            if '"' in path:
                raise DataError(f'{path}: Deep Lake cannot open a path with the character ". Move the folder.')
            check_files(Path(path))
            addresses[split] = f"file://{path}"
    with tempfile.TemporaryDirectory() as folder:
        said = _in_own_process(addresses, folder, LOCAL_LIMIT if local else HUB_LIMIT)
        if said["error"]:
            raise DataError(said["error"])
        return {split: tuple(np.load(Path(folder) / f"{split}_{what}.npy") for what in ("images", "labels"))
                for split in splits}


def check_files(folder):
    """Raise DataError where a local dataset lacks files that it lists, or holds files that cannot be whole.

    Every chunk is read once, so that a slow disk does not count in the limit of the process that reads them again.
    """
    for path in sorted(folder.rglob("*")):
        if not (path.is_file() or path.is_dir()):
            raise DataError(f"{path} is a pipe, a device or a broken link. {COPY_AGAIN}")
        if path.parent.name == "chunks" and path.is_file():
            if not any(path.read_bytes()[:64]):
                raise DataError(f"{path} is empty. {COPY_AGAIN}")
        if path.parent.name == "chunks_index":
            for name in _chunks_listed(path):
                chunk = path.parent.parent / "chunks" / name
                if not chunk.exists():
                    raise DataError(f"{chunk} is missing, though the dataset lists it. {COPY_AGAIN}")


def _chunks_listed(index):
    """The file names of the chunks that an index of format 3 lists: behind a head with the version and the width of its
    numbers, pairs of a chunk's number and of the last row in it."""
    data = index.read_bytes()
    start = 2 + data[0] if data else 0
    if not data or data[start - 1:start] != b"\x08" or (len(data) - start) % 16:
        raise DataError(f"{index} cannot be read. {COPY_AGAIN}")
    numbers, last_rows = np.frombuffer(data[start:], "<u8").reshape(-1, 2).T.tolist()
    rising = all(before < after for before, after in zip(last_rows, last_rows[1:]))
    if not rising or max(last_rows, default=0) > MOST_ROWS:
        raise DataError(f"{index} counts rows that cannot be there. {COPY_AGAIN}")
    return [f"{number:x}" for number in numbers]


def _in_own_process(addresses, folder, limit):
    """Run `_read_all` in a process of its own: what it says, a dict with "error". Raises DataError where it does not
    end, or ends without a word."""
    home = Path(fer_utils.__path__[0]).parent.resolve()  # the process starts elsewhere, and has to find the package
    paths = os.pathsep.join(filter(None, [str(home), os.environ.get("PYTHONPATH")]))
    where = ", ".join(address.removeprefix("file://") for address in addresses.values())
    command = [sys.executable, "-m", "fer_utils.data.forms.deep_lake", json.dumps(addresses), str(folder)]
    process = subprocess.Popen(command, env=os.environ | {"PYTHONPATH": paths}, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace")
    late = []
    watch = threading.Thread(target=_watch, args=(process, Path(folder) / BEGUN, limit, late), daemon=True)
    watch.start()
    last = ""
    try:
        for line in process.stderr:  # ends with the process
            last = line.strip()[:200] or last
            if COMPLAINT.search(line):
                raise DataError(f"{where} cannot be read: {last}. {_remedy(where, last.lower())}")
        process.wait()
    finally:
        process.kill()
        process.wait()
        watch.join()
        process.stderr.close()
    if late:
        raise DataError(f"{where}: {late[0]}" + (f" {_remedy(where, 'timed out')}" if late[0] == STOPPED else ""))
    said = Path(folder) / "said.json"
    if process.returncode or not said.exists():
        raise DataError(f"{where}: the reader broke off ({last or f'status {process.returncode}'}). "
                        f"{_remedy(where, last.lower())}")
    return read_json(said, ("error",))


def _watch(process, begun, limit, late):
    """Kill the process where it hangs, and say into the list `late` how.

    Until it has made the file `begun` it may take START_LIMIT seconds; from then on `limit`, without the time in which
    it waits for a disk, and START_LIMIT more with it. Where it reads a disk it is also killed after IDLE_LIMIT seconds
    in which it neither computes nor waits for one: then it waits for what is not there.
    """
    started = moved = last = time.monotonic()
    left, before = limit, None
    while process.poll() is None:
        time.sleep(0.1)
        now, passed = time.monotonic(), time.monotonic() - last
        last = now
        if not begun.exists():
            moved = now
            if now - started > START_LIMIT:
                late.append(f"Deep Lake did not start within {START_LIMIT} seconds. Try again when the machine does "
                            "less else.")
        else:
            waits, computed = _activity(process.pid) if limit == LOCAL_LIMIT else (False, None)
            if waits or computed is None or computed != before:
                moved, before = now, computed
            left -= 0 if waits else passed
        if left < 0 or now - moved > IDLE_LIMIT or now - started > START_LIMIT + limit:
            late.append(STOPPED)
        if late:
            process.kill()
            return


def _activity(process):
    """Whether a thread of a process waits for a disk, and the processor time that it has used, in ticks; False and None
    where the system does not say."""
    try:
        threads = [path.read_text().rpartition(")")[2].split() for path in Path(f"/proc/{process}/task").glob("*/stat")]
        whole = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return False, None
    return any(thread[0] == "D" for thread in threads), int(whole[11]) + int(whole[12])


def _read_all(addresses, folder):
    """What the process does: read the datasets, write their arrays to a folder; "error" says what went wrong, else it
    is empty."""
    try:
        try:
            deeplake = import_deeplake()
            (Path(folder) / BEGUN).touch()
        except ImportError as error:
            where = next(iter(addresses.values())).removeprefix("file://")
            raise DataError(f"{where} cannot be opened ({error}). {NEED_DEEPLAKE}") from error
        for split, address in addresses.items():
            for what, array in zip(("images", "labels"), read_dataset(deeplake, address)):
                np.save(Path(folder) / f"{split}_{what}.npy", array, allow_pickle=False)
        return {"error": ""}
    except DataError as error:
        return {"error": str(error)}


def read_dataset(deeplake, address):
    """One dataset, given the module `deeplake`: images as they are stored, without an axis of one channel, and labels
    (n,). Raises DataError."""
    if not hasattr(deeplake, "query"):
        raise DataError(f"{address.removeprefix('file://')} cannot be opened with this version of deeplake. "
                        f"{NEED_DEEPLAKE}")
    try:
        # A query opens datasets of both formats; open_read_only fails on format 3, which the hub has.
        view = deeplake.query(f'SELECT * FROM "{address}"')
        images, labels = np.asarray(view["images"][:]), np.asarray(view["labels"][:])
    except Exception as error:  # deeplake raises RuntimeError, and a dozen classes of its own
        text = " ".join(str(error).split()) or type(error).__name__
        raise DataError(f"{address.removeprefix('file://')} cannot be read: {text[:300]}. "
                        f"{_remedy(address, text.lower())}") from error
    if images.dtype == object or labels.dtype == object:
        raise DataError(f"{address.removeprefix('file://')} has no whole columns images and labels. "
                        f"{_remedy(address, '')}")
    if images.ndim == 4 and images.shape[-1] == 1:
        images = images[..., 0]
    return images, labels[:, 0] if labels.ndim == 2 and labels.shape[1] == 1 else labels


def _remedy(address, message):
    if address.startswith("file://") or "://" not in address:
        return f"{COPY_AGAIN} It needs the columns images and labels."
    from fer_utils.data.sources import FER2013_FORMS

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


if __name__ == "__main__":
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    # Written in one piece, and only at the end: a reader that was killed has said nothing.
    answer = json.dumps(_read_all(json.loads(sys.argv[1]), sys.argv[2]))
    (Path(sys.argv[2]) / "said.json").write_text(answer, encoding="utf-8")
    sys.stderr.flush()
    os._exit(0)  # deeplake's own threads may keep an ordinary exit waiting
