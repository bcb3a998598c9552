"""FER-2013 as a table: Kaggle's fer2013.csv or icml_face_data.csv, plain, .gz or .zip. Explained in chapter 03.

Columns emotion, pixels and Usage in any order, one face a row. Tables that a spreadsheet has saved are understood where
nothing is lost by it: other separators, UTF-16, empty rows, quotes.
"""

import codecs
import csv
import gzip
import io
import zipfile
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from fer_utils.data import DataError
from fer_utils.data.forms.class_folders import part_of
from fer_utils.files import reason
from fer_utils.labels import EMOTIONS, SIZE
from fer_utils.text import short

CSV_NAMES = ("fer2013.csv", "icml_face_data.csv")
USAGES = {"Training": "train", "PublicTest": "public", "PrivateTest": "private"}
PIXELS = {str(value): value for value in range(256)}  # looking a number up is twice as fast as parsing it
CUT_SHORT = "The file is damaged or cut short; get it again."
WRONG_ROW = ("The file is damaged, cut short, its columns do not match its header, or a program has re-saved it with "
             "other numbers; get it again.")
# FER-2013 has 35,887 rows of at most 9,300 characters. What is larger by far is another file, or made to fill memory.
MOST_ROWS, MOST_EMPTY_ROWS, LONGEST_LINE = 100_000, 10_000, 20_000


def read_csv(address, splits):
    """A dict from each split to (images uint8 (n, 48, 48), labels uint8 (n,)). The header is row 1. Raises DataError
    with the row."""
    pixels, labels = {split: bytearray() for split in splits}, {split: bytearray() for split in splits}
    row, empty = 1, 0
    try:
        with _open_text(Path(address)) as file:
            lines = _lines(file, address)
            head = next((line for line in lines if line.strip() and not line.lower().startswith("sep=")), "")
            separator = max(",;\t|", key=head.count)
            rows = csv.reader(lines, delimiter=separator)
            header = next(csv.reader([head], delimiter=separator), [])
            emotion_at, pixels_at, usage_at, width = _columns(address, header)
            for row, fields in enumerate(rows, start=2):
                if not any(map(str.strip, fields)):
                    empty += 1
                    if empty > MOST_EMPTY_ROWS:
                        raise DataError(f"{address}, row {row}: more than {MOST_EMPTY_ROWS:,} empty rows. {CUT_SHORT}")
                    continue
                if row - empty > MOST_ROWS:
                    raise DataError(f"{address}: more than {MOST_ROWS:,} rows; FER-2013 has 35,887. This is another "
                                    "dataset; get FER-2013.")
                if len(fields) != width:
                    raise DataError(f"{address}, row {row}: {len(fields)} columns, the header has {width}. {CUT_SHORT}")
                split = part_of(fields[usage_at])
                if split not in USAGES.values():
                    raise DataError(f"{address}, row {row}: the usage is {short(fields[usage_at])}; FER-2013 knows "
                                    f"{', '.join(USAGES)}. {CUT_SHORT}")
                if split in labels:
                    labels[split].append(_label(fields[emotion_at], f"{address}, row {row}"))
                    pixels[split] += _pixels(fields[pixels_at], f"{address}, row {row}")
    except UnicodeDecodeError as error:
        raise DataError(f"{address}, near row {row}: this is not text ({error.reason}). {CUT_SHORT}") from error
    except DataError:
        raise
    except Exception as error:  # damaged archives raise what zip, zlib, lzma and bz2 each have of their own
        raise DataError(f"{address}, after row {row}: cannot be read further ({reason(error)}). {CUT_SHORT}") from error
    return {split: (np.frombuffer(bytes(pixels[split]), np.uint8).reshape(-1, SIZE, SIZE),
                    np.frombuffer(bytes(labels[split]), np.uint8)) for split in splits}


def _lines(file, address):
    """The lines of a file, none of them longer than any of FER-2013's by far."""
    while line := file.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise DataError(f"{address} has a line of {LONGEST_LINE:,} characters or more; a face takes 9,300. "
                            f"{CUT_SHORT}")
        yield line


@contextmanager
def _open_text(path):
    """The table as text, unpacked on the way if it is a .gz or a .zip, whatever its name ends with."""
    with open(path, "rb") as file:
        start = file.read(4)
    if start[:2] == b"PK":
        with zipfile.ZipFile(path) as archive, archive.open(csv_in(archive, path)) as file:
            yield _as_text(file)
    elif start[:2] == b"\x1f\x8b":
        with gzip.open(path) as file:
            yield _as_text(file)
    else:
        with open(path, "rb") as file:
            yield _as_text(file)


def _as_text(file):
    """Bytes as text, in the encoding that its first bytes tell."""
    buffered = io.BufferedReader(file) if not hasattr(file, "peek") else file
    start = buffered.peek(4)[:4]
    encoding = "utf-8-sig"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    elif start[1:2] == start[3:4] == b"\0":
        encoding = "utf-16-le"
    elif start[0:1] == start[2:3] == b"\0":
        encoding = "utf-16-be"
    return io.TextIOWrapper(buffered, encoding, newline="")


def csv_in(archive, path):
    """The name of the table in an open ZipFile. Raises DataError where there is none, or several."""
    inside = [name for name in archive.namelist() if name.lower().endswith(".csv") and not name.startswith("__MACOSX")]
    for known in CSV_NAMES:
        for name in inside:
            if name.lower().rpartition("/")[2] == known:
                return name
    if len(inside) == 1:
        return inside[0]
    held = ", ".join(inside[:8])[:200] or "no .csv file at all"
    raise DataError(f"{path} holds no {' or '.join(CSV_NAMES)}, but {held}. "
                    "Class folders have to be unpacked first: name the folder that holds train/ and test/.")


def _columns(address, header):
    """Where emotion, pixels and usage stand, and the number of columns."""
    if not header:
        raise DataError(f"{address}, row 1: the file is empty. {CUT_SHORT}")
    names = [name.strip().lower() for name in header]
    missing = [name for name in ("emotion", "pixels", "Usage") if names.count(name.lower()) != 1]
    if missing:
        raise DataError(f"{address}, row 1: the header has no column, or more than one, called {', '.join(missing)}; "
                        f"it is {short(','.join(header))}. Use {' or '.join(CSV_NAMES)}, which have all three.")
    return names.index("emotion"), names.index("pixels"), names.index("usage"), len(names)


def _label(text, where):
    value = text.strip()
    if value not in PIXELS or PIXELS[value] >= len(EMOTIONS):
        raise DataError(f"{where}: the emotion is {short(value)}; labels are whole numbers from 0 to 6. {WRONG_ROW}")
    return PIXELS[value]


def _pixels(text, where):
    values = text.split()
    if len(values) != SIZE * SIZE:
        raise DataError(f"{where}: {len(values)} pixels, not {SIZE * SIZE} ({SIZE} x {SIZE}). {WRONG_ROW}")
    try:
        return bytes(map(PIXELS.__getitem__, values))
    except KeyError as error:
        bad = error.args[0]
        raise DataError(f"{where}: pixel {values.index(bad)} is {short(bad)}; pixels are whole numbers from 0 to 255. "
                        f"{WRONG_ROW}") from None
