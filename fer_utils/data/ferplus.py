"""The labels of FER+ for the faces of FER-2013: ten people looked at each face again.

Barsoum and others 2016 (arXiv:1608.01041); the file is fer2013new.csv of github.com/microsoft/FERPlus, under the MIT
licence. Its rows are in the order of FER-2013; by `fer_utils.data.known` they find the faces of a copy in any order.
Explained in chapter 03.
"""

import csv
from collections import Counter, defaultdict
from dataclasses import replace

import numpy as np

from fer_utils.data import SPLITS, DataError, Split
from fer_utils.data.known import known_faces, short_keys
from fer_utils.files import file_of, reading
from fer_utils.labels import EMOTIONS

VOTED_FOR = (*EMOTIONS, "contempt", "unknown", "not a face")  # the last is NF in the file
GET_IT = "Get fer2013new.csv of FER+ again."
LEAST_AGREEMENT = 0.5  # of what most people chose with FER-2013's labels; it is 0.64
LARGEST_FILE = 20_000_000  # bytes; the file has 1.6 million


def read_votes(path):
    """What people chose: a dict from split to uint8 (n, 10), votes for `VOTED_FOR`, in the order of the dataset's rows.

    Raises DataError for a file that is not fer2013new.csv.
    """
    path = file_of(path)
    if path.stat().st_size > LARGEST_FILE:
        raise DataError(f"{path} is too large to be FER+. {GET_IT}")
    certain = np.concatenate([known_faces(split).certain for split in SPLITS])
    with reading(path, GET_IT, DataError), open(path, newline="", encoding="utf-8-sig") as file:
        head = file.readline()
        separator = max(",;\t", key=head.count)
        names = [name.strip().lower() for name in next(csv.reader([head], delimiter=separator), [])]
        wanted = ["image name", *("nf" if choice == "not a face" else choice for choice in VOTED_FOR)]
        missing = [name for name in wanted if names.count(name) != 1]
        if missing:
            raise DataError(f"{path} has no column {missing[0]}, or several. {GET_IT}")
        name_at, *votes_at = map(names.index, wanted)
        rows = [row for row in csv.reader(file, delimiter=separator) if any(row)]
        named = np.array([bool(row[name_at].strip()) for row in rows], bool)
        found = np.array([[int(row[place]) for place in votes_at] for row in rows], int).reshape(-1, len(VOTED_FOR))
    if len(found) != len(certain) or found.min() < 0 or found.max() > 10:
        raise DataError(f"{path} has {len(found):,} rows, of {found.min(initial=0)} to {found.max(initial=0)} votes; "
                        f"FER+ has {len(certain):,}, of 0 to 10. {GET_IT}")
    if (named != certain).any():  # the faces without a name stand in known places
        raise DataError(f"{path} has its rows in another order than FER+. {GET_IT}")
    counts = [len(known_faces(split).keys) for split in SPLITS]
    parts = dict(zip(SPLITS, np.split(found.astype(np.uint8), np.cumsum(counts)[:-1])))
    agree = [(part.argmax(axis=1) == known_faces(split).labels)[part.any(axis=1)] for split, part in parts.items()]
    if not found.any() or np.concatenate(agree).mean() < LEAST_AGREEMENT:
        raise DataError(f"{path} does not go with FER-2013: its votes agree with the labels less often than those of "
                        f"FER+ do. Rows or columns are missing or exchanged. {GET_IT}")
    return parts


def votes_of(images, split, votes):
    """The votes for the faces of a split: uint8 (n, 48, 48), the split's name and its votes of `read_votes` in, uint8
    (n, 10) out; zeros where FER+ says nothing of a face. Raises DataError for faces that are not known pixel by
    pixel."""
    rows = defaultdict(list)
    for row, key in enumerate(known_faces(split).keys.tolist()):
        rows[key].append(row)
    keys = short_keys(images).tolist()
    unknown = sum(key not in rows for key in keys)
    if unknown > len(keys) / 2:
        raise DataError(f"{unknown:,} of {len(keys):,} faces of {split} are not those of FER-2013 pixel by pixel, so "
                        "FER+ cannot be matched with them. Use a copy that was not compressed with loss.")
    found = np.zeros((len(keys), len(VOTED_FOR)), np.uint8)
    for number, key in enumerate(keys):
        if rows.get(key):
            found[number] = votes[split][rows[key].pop(0)]  # copies of a face in the order in which they stand
    return found


def with_ferplus(faces, path):
    """`Faces` of FER-2013 with the labels of FER+, under the name "FER+": for each face what most people chose.

    Left out, and counted in `left_out`, are the faces on which two choices are tied, those that most people call
    something else than the seven emotions, and those of which FER+ says nothing. Raises DataError, as `read_votes` and
    `votes_of` do.
    """
    if faces.name != "FER-2013":
        raise DataError(f"FER+ has labels for FER-2013, not for {faces.name}. Name a copy of it in FER2013_SOURCE.")
    votes, parts, left_out = read_votes(path), {}, Counter()
    for split, (images, _) in faces.parts.items():
        own = votes_of(images, split, votes)
        best, tied = own.argmax(axis=1), (own == own.max(axis=1, keepdims=True)).sum(axis=1) > 1
        kept = ~tied & (best < len(EMOTIONS))
        reasons = np.where(own.max(axis=1) == 0, "without votes", np.where(tied, "tied", np.array(VOTED_FOR)[best]))
        left_out.update(reasons[~kept].tolist())
        parts[split] = Split(images[kept], best[kept].astype(np.uint8))
    return replace(faces, name="FER+", parts=parts, left_out=dict(sorted(left_out.items())))
