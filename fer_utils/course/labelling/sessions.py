"""A learner's labels for some faces, a session, and the file that keeps them on the learner's machine.

Nothing of a face is in the file: indices into PublicTest, labels, answers and seconds. Explained in chapter 03.
"""

import hashlib
import json
import os
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from numbers import Integral

import numpy as np

from fer_utils.data import DataError, cache_folder
from fer_utils.data.known import known_faces, short_keys
from fer_utils.files import FileError, path_of, read_json, reason, write_text, writing
from fer_utils.labels import EMOTIONS
from fer_utils.schema import NUMBER, TABLE, TEXT, WHOLE, misfit

CANNOT_TELL = len(EMOTIONS)  # the answer 7
OFFERED = (*EMOTIONS, "cannot tell")
MADE_BY = "fer_utils.course.labelling"  # how a file of this module is told from any other
FILE_VERSION = 1
LOOK_AT_IT = "Look at it, or name another file."

_ANSWER = "an answer from 0 to 7", lambda value: type(value) is int and 0 <= value <= CANNOT_TELL
_SECONDS = "seconds, or null", lambda value: value is None or NUMBER[1](value)
_FILE = {"made_by": TEXT, "version": WHOLE, "sessions": [{
    "started": TEXT, "data": TEXT, "content_hash": TEXT, "seed": WHOLE, "indices": [WHOLE],
    "labels": [("a label from 0 to 6", lambda value: type(value) is int and 0 <= value < CANNOT_TELL)],
    "answers": [_ANSWER], "seconds": [_SECONDS],
    "network": ("a table, or null", lambda value: value is None or TABLE[1](value))}]}


class NewerFile(FileError):
    """A file of answers that a later version of this module wrote: not damaged, and to be left as it is."""


@dataclass
class Session:
    """The faces that were dealt once, and what was answered so far.

    Attributes:
        started: when it was dealt, ISO 8601 in UTC; it names the session in its file.
        data: `Faces.name`. content_hash: SHA-256 of PublicTest, in its order.
        seed: of the deal. indices: rows of PublicTest, in the order shown. labels: of these rows, 0 to 6.
        answers: 0 to 7 (`OFFERED`), as many as were given.
        seconds: of each answer, None where the clock would have counted something else, such as reading the chapter.
        network: None, or a dict of `name` and `answers`, what a network says of all the faces dealt.
    """

    data: str
    content_hash: str
    seed: int
    indices: list
    labels: list
    answers: list = field(default_factory=list)
    seconds: list = field(default_factory=list)
    network: dict | None = None
    started: str = field(default_factory=lambda: datetime.now(UTC).isoformat())

    @property
    def done(self):
        """How many faces are answered."""
        return len(self.answers)

    @property
    def finished(self):
        """Whether every face is answered."""
        return self.done == len(self.indices)

    def answer(self, choice, seconds=None):
        """Take the answer to the face that is shown, 0 to 7. Raises ValueError for another, and after the last face."""
        if choice not in range(len(OFFERED)) or self.finished:
            raise ValueError(f"an answer is a number from 0 to {CANNOT_TELL}, to a face that is not answered yet.")
        self.answers.append(int(choice))
        self.seconds.append(None if seconds is None else round(float(seconds), 3))

    def undo(self):
        """Take the last answer back, where there is one."""
        del self.answers[-1:], self.seconds[-1:]


def ordered_hash(part):
    """SHA-256 (hex) of a `Split` in its order: indices mean the same faces only where it is the same."""
    return hashlib.sha256(part.images.tobytes() + np.asarray(part.labels, np.uint8).tobytes()).hexdigest()


def may_be_dealt(faces):
    """Bool (n,): True for the faces of PublicTest that are not blank and have no byte-identical copy, neither in
    PublicTest nor in Training."""
    images = faces.public.images
    keys = short_keys(images)
    values, counts = np.unique(keys, return_counts=True)
    copies = np.isin(keys, values[counts > 1])
    if faces.name == "FER-2013":  # recorded, so that the deal is the same whether Training was loaded or not
        copies |= np.isin(keys, known_faces("train").keys)
    if "train" in faces.parts:
        copies |= np.isin(keys, short_keys(faces.train.images))
    return ~copies & (np.ptp(images.reshape(len(images), -1), axis=1) > 0)


def deal(faces, count=30, seed=0, leave_out=()):
    """Rows of PublicTest in random order, int (count,), of those that `may_be_dealt` without the rows to `leave_out`.

    They are drawn at random, not the same number of each class: only so is the share of right answers an estimate of
    the accuracy on PublicTest, the figure that networks have. Raises ValueError where there are fewer faces, and for a
    count or a seed that is no whole number.
    """
    _check_deal(count, seed)
    rows = np.setdiff1d(np.flatnonzero(may_be_dealt(faces)), np.asarray(leave_out, int))
    if not 1 <= count <= len(rows):
        raise ValueError(f"{count} faces cannot be dealt: choose a count from 1 to {len(rows):,}.")
    return np.random.default_rng(seed).permutation(rows)[:count]


def _check_deal(count, seed):
    if not _is_whole(count):
        raise ValueError(f"the count is {count!r}; give the number of faces to deal, such as 30.")
    if seed is not None and not (_is_whole(seed) and seed >= 0):
        raise ValueError(f"the seed is {seed!r}; give a whole number from 0 on, or None to have one drawn.")


def _is_whole(value):
    return isinstance(value, Integral) and not isinstance(value, bool)


def new_session(faces, count=30, seed=None, leave_out=()):
    """A `Session` of newly dealt faces; without a seed, one is drawn."""
    seed = int(np.random.default_rng().integers(2**31)) if seed is None else seed
    indices = deal(faces, count, seed, leave_out)
    return Session(faces.name, ordered_hash(faces.public), int(seed), indices.tolist(),
                   faces.public.labels[indices].tolist())


def default_file():
    """Where answers are kept where no file is named: in the folder of the course's own cache."""
    return cache_folder() / "my_labels.json"


def read_sessions(path):
    """The sessions in a file, oldest first. Raises FileError for a file that is missing, damaged or another's, and its
    kind NewerFile for one that a later version of this module wrote."""
    table = read_json(path, ("made_by", "version"), LOOK_AT_IT)
    if table["made_by"] == MADE_BY and type(table["version"]) is int and table["version"] > FILE_VERSION:
        raise NewerFile(f"{path} was written by a newer version of this course. Bring the course up to date, or name "
                        "another file: label_yourself(faces, file=...).")
    wrong = misfit(table, _FILE)
    if wrong is None and (table["made_by"], table["version"]) != (MADE_BY, FILE_VERSION):
        wrong = f"it is of {table['made_by'][:60]}, version {table['version']}"
    if wrong is None:
        wrong = next(filter(None, map(_contradiction, table["sessions"])), None)
    if wrong:
        raise FileError(f"{path} does not hold the answers of label_yourself: {wrong}. {LOOK_AT_IT}")
    return [Session(**{name: row[name] for name in Session.__dataclass_fields__}) for row in table["sessions"]]


def _contradiction(row):
    shown, done = len(row["indices"]), len(row["answers"])
    if len(row["labels"]) != shown or done > shown or len(row["seconds"]) != done:
        return f"{shown} faces, {len(row['labels'])} labels, {done} answers and {len(row['seconds'])} times"
    said = (row["network"] or {"name": "", "answers": row["labels"]})
    if misfit(said, {"name": TEXT, "answers": [_ANSWER]}) or len(said["answers"]) != shown:
        return "the network's answers do not go with the faces"
    return None


class Keeper:
    """The file of a learner's sessions. Where it cannot be read or written, answers stay in memory, and `remark` says
    so in a line for people; it is empty where all is well."""

    def __init__(self, file=None):
        """`file`: a path, or None for `default_file`. Raises ValueError for what is no path."""
        if not isinstance(file, str | os.PathLike | None):
            raise ValueError(f"the file is {file!r}; give its path as text, or None for the usual one.")
        self.remark, self.path, self._last = "", None, None
        try:
            self.path = default_file() if file is None else path_of(file)
        except DataError as error:  # there is no home folder
            self._in_memory(error)
        self._default = file is None

    def sessions(self):
        """The sessions in the file, an empty list where there is none. A damaged file is put aside, and `remark` says
        where. Raises FileError for a file that holds something else or is of a newer version."""
        if self.path is None or not os.path.lexists(self.path):
            return []
        try:
            return read_sessions(self.path)
        except NewerFile:
            raise
        except FileError as error:
            if not (self._default or _is_ours(self.path)):
                raise
            if isinstance(error.__cause__, OSError):  # not damaged: a folder, or somebody else's
                return self._in_memory(error)
            return self._put_aside(error)

    def take(self, session):
        """From now on `session` is the one that is kept."""
        self._last = (session.started, list(session.answers))

    def keep(self, session):
        """Write a session into the file in one step, beside the others."""
        if self.path is None:
            return
        self.remark = ""
        try:
            found = self.sessions()
            stored = next((one for one in found if one.started == session.started), None)
            if stored and self._last and self._last[0] == session.started and stored.answers != self._last[1]:
                self.remark = ("Another notebook has gone on with these faces, so these answers are not written. Run "
                               "the cell again to go on from there.")
                return
            others = [one for one in found if one.started != session.started]
            rows = sorted([*others, session], key=lambda one: one.started)
            text = json.dumps({"made_by": MADE_BY, "version": FILE_VERSION, "sessions": [asdict(one) for one in rows]})
            with writing(self.path.parent, "Your answers stay in this notebook's memory."):
                self.path.parent.mkdir(parents=True, exist_ok=True)
                write_text(self.path, text + "\n")
            self.take(session)
        except FileError as error:
            self.remark = str(error)

    def _put_aside(self, error):
        for number in range(1, 1000):
            aside = self.path.with_name(f"{self.path.stem}.damaged-{number}{self.path.suffix}")
            if not os.path.lexists(aside):
                break
        try:
            os.replace(self.path, aside)
            self.remark = f"{self.path} was damaged; it is kept as {aside.name}, and a new one is begun."
        except OSError as wrong:
            return self._in_memory(f"{error} It cannot be put aside ({reason(wrong)}).")
        return []

    def _in_memory(self, why):
        self.path, self.remark = None, f"Your answers stay in this notebook's memory: {why}"
        return []


def _is_ours(path):
    """Whether a damaged file was written here: it is empty, or begins as `Keeper.keep` begins it."""
    try:
        start = path.read_bytes()[:100]
    except OSError:
        return False
    return not start or MADE_BY.encode() in start


def open_session(faces, count=30, seed=None, keeper=None):
    """The `Session` to go on with, and how many faces of this data were answered before it.

    It is the latest one in the file where that has unanswered faces of this very data, and the count and seed asked
    for, if any; else a new one, of faces that were not answered yet where there are enough of these. Raises as `deal`
    and `Keeper.sessions` do.
    """
    _check_deal(count, seed)
    mine = _of_these_faces(keeper, ordered_hash(faces.public))
    if mine:
        last = mine[-1]
        if not last.finished and len(last.indices) == count and seed in (None, last.seed) and _still_fits(last, faces):
            keeper.take(last)
            return last, sum(one.done for one in mine[:-1])
    return another_session(faces, count, seed, mine), sum(one.done for one in mine)


def another_session(faces, count=30, seed=None, before=()):
    """A new `Session`, without a seed of faces that `before`, earlier sessions, have not answered."""
    answered = [index for one in before for index in one.indices[:one.done]]
    if seed is None and may_be_dealt(faces).sum() - len(set(answered)) >= count:
        return new_session(faces, count, None, answered)
    return new_session(faces, count, seed)


def _of_these_faces(keeper, content_hash):
    return [one for one in (keeper.sessions() if keeper else []) if one.content_hash == content_hash]


def _still_fits(session, faces):
    """Whether the file's indices and labels are those of the faces: it may have been edited."""
    indices = np.array(session.indices)
    return bool((indices < len(faces.public.labels)).all()
                and (faces.public.labels[indices] == session.labels).all())
