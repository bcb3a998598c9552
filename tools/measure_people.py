"""How people read the faces of FER-2013 and a network beside them: a part of what `record_dataset.py` writes down."""

import numpy as np

from fer_utils.data import SPLITS
from fer_utils.data.ferplus import VOTED_FOR, read_votes, votes_of
from fer_utils.evaluation.comparison import macro_f1_of
from fer_utils.evaluation.intervals import mean_difference
from fer_utils.evaluation.people import (
    agree_with_others,
    agreement,
    ceiling,
    expected_matrix,
    in_the_labels_words,
    most_chosen,
    shares,
)
from fer_utils.evaluation.results import load_run, recorded_probabilities, seeds_of
from fer_utils.labels import EMOTIONS
from fer_utils.networks import DEFAULT_NETWORK


def difference(first, second):
    """The mean difference of two scores (n,) on the same faces, and half the width of its 95 % interval by the faces'
    luck, as they are recorded."""
    gap, error = mean_difference(first, second)
    return {"difference": gap, "half_interval": 1.96 * error}


def people(faces, path):
    """How people read the faces, and networks beside them (`fer_utils.evaluation.people`), a dict.

    `agreement` and `votes` (label by choice of `ferplus.VOTED_FOR`, counts) by split and of all faces; `ceiling` of all
    faces; `private`, the answers of the default network, held against labels and people on the judged faces of
    PrivateTest:

    - `against_labels`: accuracy of `one person`, `most people` (the most frequent of the seven), `most people, in the
      labels' words` (`in_the_labels_words`, fitted to Training) and `network`; so without the faces that have a
      duplicate in Training, and on these alone, in `against_labels_without_duplicates` and
      `against_labels_on_duplicates`; `macro_f1` of the same four,
    - `against_people`: how far one person, the network and the label are what most of the other people see
      (`agree_with_others`), on `faces_against_people` faces,
    - `recall` and `answered`: by who and emotion, the share of the faces with that label which they find, and of all
      faces that they call so; for `label`, answered is its share of the faces,
    - `differences`: of two of them on the same faces, with half the width of the 95 % interval,
    - `seeds`: the two accuracies of each seed of the network.

    `examples`: five faces to judge.
    """
    votes = read_votes(path)
    held = {split: votes_of(faces.split(split).images, split, votes) for split in SPLITS}
    labels = {split: faces.split(split).labels for split in SPLITS}
    everything = [np.concatenate([part[split] for split in SPLITS]) for part in (held, labels)]
    pairs = {split: (held[split], labels[split]) for split in SPLITS} | {"all": everything}
    return {
        "agreement": {name: agreement(*pair) for name, pair in pairs.items()},
        "votes": {name: expected_matrix(y, v).astype(int).tolist() for name, (v, y) in pairs.items()},
        "ceiling": ceiling(everything[0]),
        "private": people_and_network(held, labels),
        "examples": examples(held["public"], labels["public"]),
    }


def examples(votes, labels):
    """Five faces of PublicTest to judge, each the first of its kind: a list of dicts with the label and the votes that
    are not 0."""
    label, own = votes[np.arange(len(votes)), labels.astype(int)], np.array(EMOTIONS)[labels]
    best = np.array(VOTED_FOR)[votes.argmax(axis=1)]
    kinds = ((own == "anger") & (label == 10), (own == "fear") & (label == 0) & (best == "surprise"),
             (own == "sadness") & (label == 5) & (votes[:, VOTED_FOR.index("neutral")] == 5),
             votes.max(axis=1) <= 3, votes[:, VOTED_FOR.index("not a face")] >= 8)
    return [{"label": str(own[row]), "votes": {choice: int(n) for choice, n in zip(VOTED_FOR, votes[row]) if n}}
            for row in (int(kind.argmax()) for kind in kinds)]


def people_and_network(votes, labels, name=DEFAULT_NETWORK):
    """The part `private` of `people`. `votes` and `labels`: dicts from split to arrays."""
    run = load_run(name)
    seeds = {run["run"]: run} | {other["run"]: other for other in seeds_of(run["model"], run["recipe"]["name"])}
    stored = {seed: recorded_probabilities(seed) for seed in seeds}
    answers = {seed: kept["probabilities"].argmax(axis=1) for seed, kept in stored.items()}
    alone, network = ~stored[run["run"]]["has_duplicate"], answers[run["run"]]
    v, y = votes["private"], labels["private"].astype(int)
    assert np.array_equal(stored[run["run"]]["labels"], y), "the recorded answers are in another order than the faces"
    judged, one_hot = v[:, :len(EMOTIONS)].any(axis=1), np.eye(len(EMOTIONS))
    given = {"one person": shares(v), "most people": most_chosen(v),
             "most people, in the labels' words": one_hot[in_the_labels_words(votes["train"], labels["train"], v)],
             "network": one_hot[network]}
    given = {who: answer[judged] for who, answer in given.items()}
    hits = {who: answer[np.arange(judged.sum()), y[judged]] for who, answer in given.items()}
    seen = {who: agree_with_others(v, answer) for who, answer in
            (("one person", None), ("network", network), ("label", y))}
    clear = ~np.isnan(seen["one person"])
    return {
        "run": run["run"], "faces": int(judged.sum()), "faces_against_people": int(clear.sum()),
        "against_labels": {who: float(hit.mean()) for who, hit in hits.items()},
        "against_labels_without_duplicates": {who: float(hit[alone[judged]].mean()) for who, hit in hits.items()},
        "against_labels_on_duplicates": {who: float(hit[~alone[judged]].mean()) for who, hit in hits.items()},
        "macro_f1": {who: float(macro_f1_of(expected_matrix(y[judged], answer))) for who, answer in given.items()},
        "against_people": {who: float(values[clear].mean()) for who, values in seen.items()},
        "recall": {who: {emotion: float(hit[y[judged] == c].mean()) for c, emotion in enumerate(EMOTIONS)}
                   for who, hit in hits.items()},
        "answered": {who: dict(zip(EMOTIONS, answer.mean(axis=0).tolist()))
                     for who, answer in (given | {"label": one_hot[y[judged]]}).items()},
        "differences": {
            "network - one person, against labels": difference(hits["network"], hits["one person"]),
            "network - most people, in the labels' words, against labels": difference(
                hits["network"], hits["most people, in the labels' words"]),
            "one person - network, against people": difference(seen["one person"][clear], seen["network"][clear]),
            "network - label, against people": difference(seen["network"][clear], seen["label"][clear])},
        "seeds": {seed: {"against_labels": float((answer == y)[judged].mean()),
                         "against_people": float(agree_with_others(v, answer)[clear].mean())}
                  for seed, answer in sorted(answers.items())},
    }
