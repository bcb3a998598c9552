"""Whom most people side with where a network is most sure and the label says otherwise: FER+'s votes on mistakes.

The network's recorded PrivateTest answers are held against the votes (`fer_utils.data.ferplus`). What is kept has no
picture: confidences, answers, labels, and who is right. `tools/record_robustness.py` writes data/results/mistakes.json.
Explained in chapter 13.
"""

from numbers import Integral

import numpy as np

from fer_utils.evaluation.intervals import share_interval
from fer_utils.evaluation.results import RESULTS_FOLDER, fitting, restore
from fer_utils.labels import EMOTIONS
from fer_utils.schema import SHARE, TEXT, WHOLE, below

MISTAKES_FILE = RESULTS_FOLDER / "mistakes.json"
WITH_WHOM = ("network", "label", "another", "tied")  # with whom most people side, in this order in the record
MISTAKES_RECORD = {
    "date": TEXT, "run": TEXT, "answers_sha256": TEXT, "votes_sha256": TEXT, "faces": WHOLE, "judged": WHOLE,
    "mistakes": {"confidence": [SHARE], "label": [below(len(EMOTIONS))], "answer": [below(len(EMOTIONS))],
                 "side": [below(len(WITH_WHOM))], "place": [WHOLE]},
}
_ONE_LENGTH = {"mistakes": ("lists of one length, of one mistake at least",
                            lambda lists: min(map(len, lists.values())) == max(map(len, lists.values())) > 0)}


def side_of(votes, labels, answers):
    """With whom most people side: int (n,), index into `WITH_WHOM`, of faces whose label and answer differ.

    `votes` uint8 (n, 10) as `fer_utils.data.ferplus.read_votes` gives them. "another" is any other choice, no emotion
    among them; "tied", no choice has more votes than all others. Raises ValueError for what is not one of each a face,
    and for an answer that is the label.
    """
    votes, labels, answers = np.asarray(votes), np.asarray(labels), np.asarray(answers)
    if votes.ndim != 2 or votes.dtype.kind not in "iu" or not (len(votes),) == labels.shape == answers.shape:
        raise ValueError(f"expected votes uint8 (n, 10), and a label and an answer for each face, got {votes.dtype} of "
                         f"shapes {votes.shape}, {labels.shape} and {answers.shape}.")
    if (labels == answers).any():
        raise ValueError("some answers are the label; give the mistakes alone.")
    most, single = votes.argmax(axis=1), (votes == votes.max(axis=1, keepdims=True)).sum(axis=1) == 1
    side = np.where(most == answers, 0, np.where(most == labels, 1, 2))
    return np.where(single, side, WITH_WHOM.index("tied"))


def measure(stored, votes):
    """The part `mistakes` of the record, the most confident ones in front, with `faces` and `judged` (with a vote).

    Arguments: stored, as `fer_utils.evaluation.results.recorded_probabilities` gives it; votes uint8 (n, 10) of the
    same faces, in the same order. `place` is the face's row among them.
    """
    labels, probabilities = stored["labels"].astype(int), stored["probabilities"]
    answers, judged = probabilities.argmax(axis=1), votes.any(axis=1)
    places = np.flatnonzero(judged & (answers != labels))
    places = places[np.argsort(-probabilities.max(axis=1)[places], kind="stable")]
    side = side_of(votes[places], labels[places], answers[places])
    return {"faces": len(labels), "judged": int(judged.sum()), "mistakes": {
        "confidence": probabilities.max(axis=1)[places].round(4).astype(float).tolist(),
        "label": labels[places].tolist(), "answer": answers[places].tolist(), "side": side.tolist(),
        "place": places.tolist()}}


def recorded_mistakes():
    """The record, a dict: `run`, whose PrivateTest answers they are; `faces`; `judged`, those with a vote; `mistakes`,
    a dict of lists, the most confident mistake in front. Raises FileError where it is damaged."""
    fitting(MISTAKES_FILE, MISTAKES_RECORD, restore(MISTAKES_FILE.name))
    return fitting(MISTAKES_FILE, _ONE_LENGTH, restore(MISTAKES_FILE.name))


def sides(record, most=None):
    """With whom most people side among the `most` most confident mistakes (None: all): a dict from each of `WITH_WHOM`
    to `hits`, `share`, `low` and `high` (95 %), and `n`."""
    if most is not None and not (isinstance(most, Integral) and most > 0):
        raise ValueError(f"expected how many of the surest mistakes to look at, 1 or more, or None, got {most!r}.")
    chosen = np.asarray(record["mistakes"]["side"][:most])
    found = {"n": len(chosen)}
    for number, name in enumerate(WITH_WHOM):
        hits = int((chosen == number).sum())
        low, high = share_interval(hits, len(chosen))
        found[name] = {"hits": hits, "share": hits / len(chosen), "low": low, "high": high}
    return found
