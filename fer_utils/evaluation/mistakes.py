"""Whom most people side with where a network is most sure and the label says otherwise: FER+'s votes on mistakes.

The network's recorded PrivateTest answers are held against the votes (`fer_utils.data.ferplus`). What is kept has no
picture: confidences, answers, labels, and who is right. `tools/record_robustness.py` writes data/results/mistakes.json.
Explained in chapter 13.
"""

import numpy as np

from fer_utils.evaluation.intervals import share_interval
from fer_utils.evaluation.results import RESULTS_FOLDER, fitting, restore
from fer_utils.schema import SHARE, TEXT, WHOLE

MISTAKES_FILE = RESULTS_FOLDER / "mistakes.json"
SIDES = ("network", "label", "another", "tied")  # with whom most people side, in this order in the record
MISTAKES_RECORD = {
    "date": TEXT, "run": TEXT, "answers_sha256": TEXT, "votes_sha256": TEXT, "faces": WHOLE, "judged": WHOLE,
    "mistakes": {"confidence": [SHARE], "label": [WHOLE], "answer": [WHOLE], "side": [WHOLE], "place": [WHOLE]},
}


def side_of(votes, labels, answers):
    """With whom most people side: int (n,), index into `SIDES`, of faces whose label and answer differ.

    `votes` uint8 (n, 10) as `fer_utils.data.ferplus.read_votes` gives them. "another" is any other choice, no emotion
    among them; "tied", no choice has more votes than all others.
    """
    votes, place = np.asarray(votes), np.arange(len(votes))
    most, single = votes.argmax(axis=1), (votes == votes.max(axis=1, keepdims=True)).sum(axis=1) == 1
    assert not (np.asarray(labels) == answers).any() and len(place) == len(labels)
    side = np.where(most == answers, 0, np.where(most == labels, 1, 2))
    return np.where(single, side, SIDES.index("tied"))


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
    return fitting(MISTAKES_FILE, MISTAKES_RECORD, restore(MISTAKES_FILE.name))


def sides(record, most=None):
    """With whom most people side among the `most` most confident mistakes (None: all): a dict from each of `SIDES`
    to `hits`, `share`, `low` and `high` (95 %), and `n`."""
    chosen = np.asarray(record["mistakes"]["side"][:most])
    found = {"n": len(chosen)}
    for number, name in enumerate(SIDES):
        hits = int((chosen == number).sum())
        low, high = share_interval(hits, len(chosen))
        found[name] = {"hits": hits, "share": hits / len(chosen), "low": low, "high": high}
    return found
