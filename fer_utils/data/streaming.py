"""Faces that are read while they are needed: a Deep Lake dataset that need not fit into memory. Chapter 11.

Only the labels are kept in memory, a byte a face. The pictures are read in blocks of rows that lie side by side, which
is what a disk or the network is quick at, by Deep Lake's own reader, which fetches the next ones meanwhile. That reader
keeps all it has read until the dataset is closed, whether by `batches`, by slices or by `get_async`; so the dataset is
opened anew now and then.
"""

import hashlib
from pathlib import Path

import numpy as np

from fer_utils.data import DataError, Faces, image_keys
from fer_utils.data.forms.deep_lake import COPY_AGAIN, NEED_DEEPLAKE, import_deeplake
from fer_utils.files import path_of
from fer_utils.labels import EMOTIONS, SIZE

KEEPS = 16384  # faces that the reader may keep


def write_stream(folder, parts):
    """Write faces as a Deep Lake dataset of format 4, part by part, and return how many they were.

    Arguments: folder, where nothing is yet; parts, an iterable of pairs (images uint8 (n, 48, 48), labels uint8 (n,)),
    of which one at a time is held in memory. Raises DataError where the folder holds something.
    """
    folder, count = path_of(folder), 0
    if folder.exists() and any(folder.iterdir()):
        raise DataError(f"{folder} holds something already. Name a new folder.")
    dataset = _deeplake().create(f"file://{folder}")
    dataset.add_column("images", _deeplake().types.Array("uint8", shape=[SIZE, SIZE]))
    dataset.add_column("labels", "uint8")
    for images, labels in parts:
        dataset.append({"images": np.ascontiguousarray(images), "labels": np.asarray(labels, np.uint8)})
        count += len(labels)
    dataset.commit()
    return count


class StreamedSplit:
    """Training faces in a Deep Lake dataset: `labels` uint8 (n,) in memory, the pictures behind `read`.

    `address` is a folder or the address of a store that Deep Lake reads, such as s3://. Raises DataError where there is
    no such dataset, or its columns images and labels are not faces of 48x48 in seven classes.
    """

    def __init__(self, address):
        self.address = str(address)
        if "://" not in self.address:
            path = path_of(self.address)
            if not Path(path).is_dir():
                raise DataError(f"{path} does not exist. Name the folder of a Deep Lake dataset.")
            self.address = f"file://{path}"
        try:
            self.version = None
            dataset = self._open()
            self.labels = np.asarray(dataset["labels"][:]).astype(np.uint8).reshape(-1)
            first = np.asarray(dataset["images"][0:1])
        except DataError:
            raise
        except Exception as error:  # deeplake raises a dozen classes of its own
            text = " ".join(str(error).split())[:200] or type(error).__name__
            raise DataError(f"{self.address.removeprefix('file://')} cannot be streamed ({text}). It has to be a Deep "
                            f"Lake dataset of format 4 with the columns images and labels. {COPY_AGAIN}") from error
        if first.shape[1:] != (SIZE, SIZE) or first.dtype != np.uint8 or self.labels.max() >= len(EMOTIONS):
            raise DataError(f"{self.address.removeprefix('file://')} holds {first.dtype} pictures of {first.shape[1:]} "
                            f"and labels to {self.labels.max()}; to be streamed, they have to be uint8 (48, 48) and 0 "
                            "to 6.")

    def start(self, first, last):
        """Begin to read the pictures from `first` on, before `last`; a function that waits for them and gives them,
        uint8 (last - first, 48, 48)."""
        if self._read + last - first > KEEPS:
            self._open()
        self._read += last - first
        dataset = self._dataset  # what is fetched is lost with it
        waiting = dataset["images"].get_async(slice(int(first), int(last)))
        return lambda: np.asarray((waiting, dataset)[0].result())

    def _open(self):
        self._dataset, self._read = _deeplake().open_read_only(self.address), 0
        version = str(self._dataset.version)
        if self.version not in (None, version):
            raise DataError(f"{self.address.removeprefix('file://')} has been changed while it was streamed. Begin a "
                            "new run, with another --out.")
        self.version = version
        return self._dataset

    def read(self, size=4096):
        """Go through all the pictures in blocks of `size`, each while the next one is fetched."""
        starts = range(0, len(self.labels), size)
        coming = None
        for first in [*starts, None]:
            now, coming = coming, first if first is None else self.start(first, min(first + size, len(self.labels)))
            if now:
                yield now()

    def without_copies_of(self, images):
        """Bool (n,): True where a face has no byte-identical copy here, as `fer_utils.data.without_duplicates` has it.
        Reads all pictures once and holds the keys of `images` alone."""
        keys = image_keys(images)
        asked, found = set(keys), set()
        for block in self.read():
            found.update(asked.intersection(image_keys(block)))
        return np.array([key not in found for key in keys], bool)

    def some(self, count, seed=0):
        """About `count` pictures from all over the dataset, uint8 (n, 48, 48), in blocks of 256."""
        blocks = max(1, len(self.labels) // 256)
        chosen = np.random.default_rng(seed).permutation(blocks)[:-(-count // 256)]
        return np.concatenate([self.start(256 * block, min(256 * (block + 1), len(self.labels)))() for block in chosen])


def streamed_faces(address, faces):
    """`Faces` whose training faces are streamed from `address` (`StreamedSplit`), with the PublicTest of `faces`."""
    train = StreamedSplit(address)
    streamed = Faces(f"{faces.name}, streamed", train.address, {"train": train, "public": faces.public})
    # the pictures are not read for this: the labels and Deep Lake's own version stand for them
    told = f"{len(train.labels)} {train.version} {hashlib.sha256(train.labels).hexdigest()}"
    public = Faces(faces.name, faces.source, {"public": faces.public}).content_hash
    object.__setattr__(streamed, "content_hash", hashlib.sha256(f"{told} {public}".encode()).hexdigest())
    return streamed


def _deeplake():
    try:
        return import_deeplake()
    except ImportError as error:
        raise DataError(f"deeplake cannot be imported ({error}). {NEED_DEEPLAKE}") from error
