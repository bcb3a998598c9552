"""What the shipped networks lose when a face is changed as `fer_utils.data.changes` can: measure it, read its record.

`tools/record_robustness.py` writes data/results/robustness.json: for each network, change and strength the counts of
`fer_utils.evaluation.paired`, from which all figures and intervals are derived here. A kind is "photographs"
(PublicTest of FER-2013) or "drawings" (the test part of the bundled set). Explained in chapter 13.
"""

from functools import partial

import numpy as np

from fer_utils.data.changes import COVERS, FACE_CHANGES, shifted
from fer_utils.data.preprocessing import check_faces
from fer_utils.evaluation.intervals import share_interval
from fer_utils.evaluation.paired import by_class, cells, comparison, transitions
from fer_utils.evaluation.results import RESULTS_FOLDER, fitting, restore
from fer_utils.labels import EMOTIONS
from fer_utils.schema import NUMBER, SHARE, TABLE, TEXT, WHOLE

ROBUSTNESS_FILE = RESULTS_FOLDER / "robustness.json"
WIDER_FRAMING_FILE = RESULTS_FOLDER / "wider_framing.json"
COUNTS = "counts by label, answer before and answer after", lambda value: _are_counts(value)
FACE_KINDS = "photographs", "drawings"
WEIGHTS = {"network": TEXT, "file": TEXT, "sha256": TEXT, "runtime": TEXT}
_KIND = {"data": {"name": TEXT, "split": TEXT, "count": WHOLE, "content_hash": TEXT}, "networks": TABLE}
ROBUSTNESS_RECORD = {"date": TEXT, "device": TEXT, "versions": TABLE} | dict.fromkeys(FACE_KINDS, _KIND)
WIDER_FRAMING = {
    "model": TEXT, "recipe": TABLE, "seed": WHOLE, "epochs": WHOLE, "initial_weights": TEXT,
    "initial_weights_sha256": TEXT, "public_accuracy": SHARE,
    "rows": [{"change": TEXT, "strength": NUMBER, "before": SHARE, "after": SHARE, "difference": NUMBER, "low": NUMBER,
              "high": NUMBER}]}
_LEVELS = {"levels": [{"strength": NUMBER, "transitions": COUNTS}]}
_STRENGTHS = {name: {"levels": (
    f"of the strengths {', '.join(map(str, change.strengths))}",
    lambda levels, strengths=change.strengths: tuple(level["strength"] for level in levels) == strengths)}
    for name, change in FACE_CHANGES.items()}
_NETWORK = WEIGHTS | {"changes": dict.fromkeys(FACE_CHANGES, _LEVELS), "shifted_by_2": {"transitions": COUNTS}}


def recorded_wider_framing():
    """A run that was trained behind a wider range of frames, held against the network that it began with: a dict with
    what its `run.json` says and `rows`, one a change of PublicTest's frames with `change`, `strength` (0: as they are),
    the accuracies `before` and `after` that training, and their `difference` with `low` and `high`, corrected for
    the number of rows. `tools/measure_framing.py --wider` writes it. Raises FileError where it is missing or damaged.
    """
    return fitting(WIDER_FRAMING_FILE, WIDER_FRAMING, restore(WIDER_FRAMING_FILE.name))


def changed(images, name, strength, people=None):
    """Faces uint8 (n, 48, 48) under a change in `FACE_CHANGES`; `people`, for those of drawings, as `changes.masked`
    takes them. Raises ValueError for a name that is not there."""
    function = _named(name).function
    return (partial(function, people=people) if name in COVERS else function)(images, strength)


def measure(answer, images, labels, people=None, names=tuple(FACE_CHANGES), say=lambda text: None):
    """What a network answers before and after each change: a dict from name to its levels, ready for the record.

    Arguments: answer, a function of faces uint8 (n, 48, 48) that gives probabilities (n, 7); images and labels; people,
    as in `changed`; names, in `FACE_CHANGES`; say, is told what is being done.
    """
    before, found = np.argmax(answer(images), axis=1), {}
    for name in names:
        say(name)
        found[name] = {"levels": [
            {"strength": strength, "transitions": _counts(answer, before, labels,
                                                          changed(images, name, strength, people))}
            for strength in _named(name).strengths]}
    return found


def plain_changes(answer, images, labels):
    """The counts for faces moved by two pixels: to the right, left, down and up, a quarter of the faces each way."""
    before = np.argmax(answer(images), axis=1)
    return {"transitions": _counts(answer, before, labels, shifted_around(images, 2))}


def shifted_around(images, pixels):
    """Faces moved by so many pixels, the first to the right, the next to the left, down, up, and so on."""
    images = check_faces(images)[..., 0]
    moved = np.empty_like(images)
    moved[0::4], moved[1::4] = shifted(images[0::4], pixels), shifted(images[1::4], -pixels)
    for start, step in ((2, pixels), (3, -pixels)):
        moved[start::4] = shifted(images[start::4].transpose(0, 2, 1), step).transpose(0, 2, 1)
    return moved


def _counts(answer, before, labels, images):
    return transitions(labels, before, np.argmax(answer(images), axis=1)).tolist()


def recorded_robustness():
    """The record, a dict: `date`, `device`, `versions`; under each kind `data` and `networks`, a dict from the name of
    a network to `file` (in data/weights), `sha256`, `runtime` and, under `changes`, its counts. Raises FileError where
    it is damaged."""
    remedy = restore(ROBUSTNESS_FILE.name)
    record = fitting(ROBUSTNESS_FILE, ROBUSTNESS_RECORD, remedy)
    for kind in FACE_KINDS:
        for shape in (_NETWORK, {"changes": _STRENGTHS}):
            fitting(ROBUSTNESS_FILE, {kind: {"networks": dict.fromkeys(record[kind]["networks"], shape)}}, remedy)
    return record


def tried_on(record, kind, network):
    """How many changes and strengths were tried on a network: what its intervals are corrected for."""
    return sum(len(change["levels"]) for change in _of(record, kind, network)["changes"].values())


def curve(record, kind, network, change):
    """A list of `paired.comparison`, one for each strength, weakest first, each with its `strength`."""
    tried = tried_on(record, kind, network)
    return [{"strength": level["strength"]} | comparison(level["transitions"], tried)
            for level in _levels(record, kind, network, change)]


def at(record, kind, network, change, strength=None):
    """The row of `curve` at one strength; None is the change's typical one."""
    level = _at(record, kind, network, change, strength)
    return {"strength": level["strength"]} | comparison(level["transitions"], tried_on(record, kind, network))


def recalls(record, kind, network, change, strength=None):
    """The recall of each emotion under a change: `paired.by_class`, corrected for all emotions, changes, strengths."""
    return by_class(_at(record, kind, network, change, strength)["transitions"],
                    len(EMOTIONS) * tried_on(record, kind, network))


def confusions(record, kind, network, change, strength=None, most=3):
    """The confusions that a change makes more frequent: `paired.cells`, corrected for 42 cells of every change."""
    cells_of_all = len(EMOTIONS) * (len(EMOTIONS) - 1) * len(_of(record, kind, network)["changes"])
    return cells(_at(record, kind, network, change, strength)["transitions"], cells_of_all, most)


def failures(record, kind, network):
    """The rows of `at` for all changes at their typical strengths, each with `change`, `strength`, `unit` and, for
    people, `words`; the largest loss stands at the top."""
    rows = []
    for name in _of(record, kind, network)["changes"]:
        change = FACE_CHANGES[name]
        rows.append({"change": name, "unit": change.unit, "words": change.said(change.typical)}
                    | at(record, kind, network, name))
    return sorted(rows, key=lambda row: row["difference"])


def plain_row(record, kind, network):
    """Accuracy on the faces as they are, mirrored, and shifted by 2 pixels (a quarter of them each way): a dict from
    these words to `paired.comparison`."""
    mirror = _levels(record, kind, network, "mirrored")[0]["transitions"]
    as_they_are = np.asarray(mirror).sum(axis=2)
    unchanged = np.einsum("ib,bc->ibc", as_they_are, np.eye(len(EMOTIONS), dtype=int))
    moved = _of(record, kind, network)["shifted_by_2"]["transitions"]
    return {"plain": comparison(unchanged), "mirrored": comparison(mirror, 2),
            "shifted by 2 pixels": comparison(moved, 2)}


def plain_recalls(record, kind, network):
    """The recall of each emotion on the faces as they are: a dict from emotion to `recall`, `low`, `high` and `n`."""
    matrix = np.asarray(_levels(record, kind, network, "mirrored")[0]["transitions"]).sum(axis=2)
    found = {}
    for c, emotion in enumerate(EMOTIONS):
        low, high = share_interval(int(matrix[c, c]), int(matrix[c].sum()))
        found[emotion] = {"recall": float(matrix[c, c] / matrix[c].sum()), "low": low, "high": high,
                          "n": int(matrix[c].sum())}
    return found


def _named(change):
    if change not in tuple(FACE_CHANGES):
        raise ValueError(f"there is no change {change!r}; there are: {', '.join(FACE_CHANGES)}.")
    return FACE_CHANGES[change]


def _of(record, kind, network):
    if kind not in FACE_KINDS:
        raise ValueError(f"there is no kind {kind!r}; there are: {', '.join(FACE_KINDS)}.")
    networks = record[kind]["networks"]
    if network not in networks:
        raise ValueError(f"no changes of {kind} are recorded for {network!r}; recorded: {', '.join(networks)}.")
    return networks[network]


def _levels(record, kind, network, change):
    recorded = _of(record, kind, network)["changes"]
    if change not in recorded:
        raise ValueError(f"no change {change!r} is recorded; recorded: {', '.join(recorded)}.")
    return recorded[change]["levels"]


def _at(record, kind, network, change, strength):
    levels = _levels(record, kind, network, change)
    wanted = FACE_CHANGES[change].typical if strength is None else strength
    found = [level for level in levels if level["strength"] == wanted]
    if not found:
        raise ValueError(f"no {change} of strength {wanted!r} is recorded; recorded: "
                         f"{', '.join(str(level['strength']) for level in levels)}.")
    return found[0]


def _are_counts(value, depth=3):
    """Whether a value is a list of seven lists of seven lists of seven counts."""
    if depth == 0:
        return type(value) is int and value >= 0
    return type(value) is list and len(value) == len(EMOTIONS) and all(_are_counts(part, depth - 1) for part in value)
