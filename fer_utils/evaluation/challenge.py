"""The open challenge: score a stranger's answers on PrivateTest by the protocol our own runs are held to.

A submission is one CSV file that any framework can write. Its first lines, each after a `#`, are a declaration in
TOML; then come a line that names the columns and a line for each of the 3,589 faces:

    # name = "my network"
    # authors = ["Ada Lovelace"]
    # parameters = 1_000_000    # all the numbers that the network ships with; of several networks together, their sum
    # views = "single"          # or "flip" or "ten-crop"
    # seeds = [0, 1, 2]         # every seed that was trained, each once; the answers are those of the first
    # external_data = false     # photographs, labels or weights from anywhere but Training
    # chosen_on = "PublicTest"  # or "Training", for a part of it that was kept back
    face,anger,disgust,fear,happiness,sadness,surprise,neutral
    277a10cc906b340b2d1e2a67cb0cd776,0.9,0.01,0.05,0.01,0.01,0.01,0.01

A face is named by the first 32 hexadecimal digits of the SHA-256 of its 48 x 48 bytes (`face_keys`), since copies of
FER-2013 hold the faces in different orders; so neither the order of the rows nor that of the columns matters. Scoring
needs no photograph. Explained in chapter 16.
"""

import csv
import json
import tomllib
from collections import Counter
from typing import NamedTuple

import numpy as np

from fer_utils.data import image_keys
from fer_utils.evaluation.protocol import division_of, load_protocol
from fer_utils.evaluation.results import load_run, private_faces, recorded_probabilities
from fer_utils.evaluation.rivals import against_ours, doubts, verdict
from fer_utils.files import FileError, file_of, reading, write_text
from fer_utils.labels import EMOTIONS

DECLARED = ("name", "authors", "parameters", "views", "seeds", "external_data", "chosen_on")
COLUMNS = ("face", *EMOTIONS)
MOST_SUBMITTED = 5_000_000  # bytes; a submission has some 300,000, written with every digit 700,000
MOST_LINES = 20_000  # a submission has some 3,600, and blank ones are passed over
MOST_HEAD = 100  # lines of the declaration, which has seven and may have comments
MOST_DECLARED = 30_000  # letters of it: what LONGEST_NAME and MOST_LISTED allow; a reader of TOML is slow for more
LONGEST_NAME, MOST_LISTED = 200, 100  # letters of a name, and entries of a list
TOLERANCE = 1e-3  # how far a row may sum from one: rounding, no more


class SubmissionError(FileError):
    """A submission that cannot be scored; the message says where it is wrong and what to do."""


class Submission(NamedTuple):
    """`declaration`, a dict; `keys`, a list of n strings of 32 hexadecimal digits; `probabilities` float64 (n, 7)."""

    declaration: dict
    keys: list
    probabilities: np.ndarray


def face_keys(images):
    """What names a face in a submission: uint8 (n, 48, 48) in, a list of n strings of 32 hexadecimal digits out."""
    return [key[:16].hex() for key in image_keys(images)]


def write_submission(path, declaration, keys, probabilities):
    """Write a submission; it is checked when it is scored. Arguments as in `Submission`."""
    # a string, a number, a list or a boolean of JSON is one of TOML too
    head = [f"# {field} = {json.dumps(value, ensure_ascii=False)}" for field, value in declaration.items()]
    rows = [",".join([key, *(f"{p:.6f}" for p in row)]) for key, row in zip(keys, probabilities, strict=True)]
    write_text(path, "\n".join([*head, ",".join(COLUMNS), *rows]) + "\n")


def example_submission(path, name="squeezenet-fer"):
    """Write a valid submission from a published run of the course."""
    run, stored = load_run(name), recorded_probabilities(name)
    declaration = {"name": f"example: {run['run']}", "authors": ["the course"],
                   "parameters": run["scores"]["parameters"],
                   "views": "single", "seeds": [run["seed"]], "external_data": False, "chosen_on": "PublicTest"}
    write_submission(path, declaration, [key.tobytes().hex() for key in stored["keys"]], stored["probabilities"])


def read_submission(path):
    """A `Submission` from a file; `score_submission` checks what it says. Raises FileError where there is none, and
    SubmissionError, which is one, where it has not the form described above."""
    path = file_of(path)
    if path.stat().st_size > MOST_SUBMITTED:
        raise SubmissionError(f"{path} has {path.stat().st_size / 1e6:,.0f} MB; a submission has less than one. Write "
                              "a line for each of the faces of PrivateTest, and no more.")
    with reading(path, "A submission is a CSV file, text in UTF-8; --example FILE writes one.", SubmissionError):
        lines = path.read_bytes().decode("utf-8-sig").splitlines()
    if len(lines) > MOST_LINES:
        raise SubmissionError(f"{path} has {len(lines):,} lines. Write one for each of the faces of PrivateTest, no "
                              "more.")
    head = next((number for number, line in enumerate(lines) if not line.startswith("#")), len(lines))
    if head > MOST_HEAD:
        raise SubmissionError(f"{path} begins with {head:,} lines after a #. A declaration has the fields "
                              f"{', '.join(DECLARED)}, a line for each.")
    letters = sum(map(len, lines[:head]))
    if letters > MOST_DECLARED:
        raise SubmissionError(f"the declaration in the first {head} lines has {letters:,} letters; "
                              f"a few hundred suffice, and {MOST_DECLARED:,} are allowed.")
    try:
        declaration = tomllib.loads("\n".join(line[1:].strip() for line in lines[:head]))
    except (ValueError, RecursionError) as error:
        raise SubmissionError(f"the declaration in the first {head} lines is not TOML: {str(error)[:200]}.") from None
    return Submission(declaration, *_read_table(lines[head:], head + 1))


def check_declaration(declaration):
    """Raise SubmissionError unless a declaration (a dict) is whole, well formed and within the protocol."""
    protocol = load_protocol()
    missing = [field for field in DECLARED if field not in declaration]
    unknown = [field for field in declaration if field not in DECLARED]
    if missing or unknown:
        said = ((f"lacks {', '.join(missing)}" if missing else ""),
                (f"has unknown fields {', '.join(unknown)[:200]}" if unknown else ""))
        raise SubmissionError(f"the declaration {' and '.join(filter(None, said))}. It has the fields "
                              f"{', '.join(DECLARED)}, each on a line after a #, before the table.")
    parameters = declaration["parameters"]
    largest = max(rule["most_parameters"] for rule in protocol["divisions"].values())
    for field, good, wanted in (
        ("name", _is_text(declaration["name"]), f"a text of at most {LONGEST_NAME} letters"),
        ("authors", _are(declaration["authors"], _is_text),
         f"a list of texts, at most {MOST_LISTED}, each of at most {LONGEST_NAME} letters"),
        ("parameters", _is_whole(parameters) and parameters > 0, "a whole number above 0"),
        ("views", declaration["views"] in list(protocol["views"]), f"one of {', '.join(protocol['views'])}"),
        ("seeds", _are(declaration["seeds"], _is_seed) and _are_distinct(declaration["seeds"]),
         f"a list of whole numbers from 0, below 2**64, at most {MOST_LISTED} and each once: seeds are distinct"),
        ("external_data", type(declaration["external_data"]) is bool, "true or false"),
        ("chosen_on", declaration["chosen_on"] in ("PublicTest", "Training"),
         'PublicTest or, for a part of it kept back, Training; who chose on another split cannot take part'),
    ):
        if not good:
            raise SubmissionError(f"in the declaration, {field} is {_short(declaration[field])}; it has to be "
                                  f"{wanted}.")
    if declaration["external_data"]:
        raise SubmissionError("the declaration says that external data was used. The divisions are for networks that "
                              "saw no photographs, labels or weights from anywhere but Training.")
    if division_of(parameters) is None:
        raise SubmissionError(f"{_short(parameters, ',')} parameters are too many: the largest division holds networks "
                              f"of at most {largest:,}.")


def in_recorded_order(submission, recorded_keys):
    """The probabilities of a submission in the order of `recorded_keys`, uint8 (n, 16). Raises SubmissionError where a
    face is missing, unknown or answered too often. Of faces that are byte-identical, each is answered once."""
    wanted, rows = [key.tobytes().hex() for key in recorded_keys], {}
    for row, key in enumerate(submission.keys):
        rows.setdefault(key, []).append(row)
    counts = Counter(wanted)
    unknown = [key for key in rows if key not in counts]
    if unknown:
        raise SubmissionError(f"{len(unknown):,} of the faces are not in PrivateTest, the first is {unknown[0][:80]}. "
                              "A face is named by the first 32 hexadecimal digits of the SHA-256 of its 48 x 48 bytes.")
    if counts != {key: len(found) for key, found in rows.items()}:
        raise SubmissionError(f"{len(submission.keys):,} rows for {len(rows):,} different faces; PrivateTest has "
                              f"{len(wanted):,} faces, {len(counts):,} of them different, and each is answered once.")
    return submission.probabilities[[rows[key].pop(0) for key in wanted]]


def check_probabilities(keys, probabilities):
    """Raise SubmissionError unless `probabilities`, float (n, 7), are probabilities, a row for each of the n `keys`."""
    if probabilities.shape != (len(keys), len(EMOTIONS)) or not len(keys):
        raise SubmissionError(f"probabilities of shape {probabilities.shape} for {len(keys):,} faces; each face has "
                              f"{len(EMOTIONS)}.")
    with np.errstate(invalid="ignore", over="ignore"):  # of what is no finite number, which is refused below
        total, lowest = probabilities.sum(axis=1), probabilities.min(axis=1)
    for wrong, words in ((~np.isfinite(probabilities).all(axis=1), "holds a value that is not a finite number"),
                         (lowest < 0, "holds a value below 0"),
                         (np.abs(total - 1) > TOLERANCE, "does not sum to one")):
        if wrong.any():
            row = int(np.argmax(wrong))
            raise SubmissionError(
                f"the row of face {keys[row][:80]} {words} (smallest {lowest[row]:.4g}, sum {total[row]:.4g}), and "
                f"{wrong.sum() - 1:,} more. Each row is seven probabilities, as a softmax gives them.")
    if (probabilities.max(axis=1) == 1).all():
        raise SubmissionError("every row is a single 1 and six 0: these are labels. Probabilities are asked for, since "
                              "calibration is scored, too.")


def score_submission(submission):
    """Check a `Submission` and score it by the protocol: a dict, ready for JSON. Raises SubmissionError where refused.

    The scores of `fer_utils.evaluation.scores_with_leak_free`, with `declaration`, `division`, `against` (our best
    published run of the division, `fer_utils.evaluation.rivals.against_ours`; None where there is none), and in words
    `verdict`, `doubts`, a list, and `not_proven`.
    """
    from fer_utils.evaluation import scores_with_leak_free

    check_declaration(submission.declaration)
    check_probabilities(submission.keys, submission.probabilities)
    protocol, declared = load_protocol(), submission.declaration
    faces = private_faces(protocol["data"]["name"])
    labels, alone = faces["labels"], ~faces["has_duplicate"]
    probabilities = in_recorded_order(submission, faces["keys"])
    division = division_of(declared["parameters"])
    found = scores_with_leak_free(labels, probabilities, alone)
    against = against_ours(labels, probabilities, alone, division, declared["views"])
    return {"declaration": declared, "division": division} | found | {
        "against": against, "verdict": verdict(against, declared["seeds"]), "doubts": doubts(declared, found),
        "not_proven": protocol["limits"]["about"]}


def _read_table(lines, first):
    """Keys and probabilities from the lines of the table; `first` is the number of its first line in the file."""
    try:
        columns, *rows = list(csv.reader(lines)) or [[]]
    except csv.Error as error:
        raise SubmissionError(f"the table cannot be read ({error}). Quotes are not needed in it.") from None
    columns = [column.strip().lower() for column in columns]
    if sorted(columns) != sorted(COLUMNS):
        hint = " Labels alone will not do: calibration is scored, too." if len(columns) < len(COLUMNS) else ""
        raise SubmissionError(f"line {first} has to name the columns {', '.join(COLUMNS)}, in any order; it says "
                              f"{', '.join(columns)[:80] or 'nothing'}.{hint}")
    face, places = columns.index("face"), [columns.index(emotion) for emotion in EMOTIONS]
    keys, numbers = [], []
    for line, row in enumerate(rows, first + 1):
        if not row:
            continue
        if len(row) != len(COLUMNS):
            raise SubmissionError(f"line {line} has {len(row)} columns, not {len(COLUMNS)}.")
        numbers.append([_number(row[place], line) for place in places])
        keys.append(row[face].strip().lower())
    return keys, np.array(numbers).reshape(-1, len(EMOTIONS))


def _number(text, line):
    try:
        if not text.isascii() or "_" in text:  # which Python reads, and nobody else
            raise ValueError
        return float(text)
    except ValueError:
        raise SubmissionError(f"line {line}: {_short(text)} is not a number. Write probabilities as 0.25 or 2.5e-1."
                              ) from None


def _short(value, form=""):
    """A value in few characters: a number may have more digits than Python writes."""
    try:
        text = format(value, form) if form else repr(value)
    except ValueError:
        return "a number of thousands of digits"
    except RecursionError:
        return "a list in lists, some thousand deep"
    return text if len(text) <= 80 else text[:77] + "..."


def _is_text(value):
    return type(value) is str and bool(value.strip()) and len(value) <= LONGEST_NAME


def _is_whole(value):
    return type(value) is int  # a boolean is not


def _is_seed(value):
    return _is_whole(value) and 0 <= value < 2**64


def _are(values, kind):
    return type(values) is list and 0 < len(values) <= MOST_LISTED and all(map(kind, values))


def _are_distinct(values):
    return len(set(values)) == len(values)
