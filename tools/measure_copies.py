"""Photographs that FER-2013 holds more than once: a part of what `record_dataset.py` writes down."""

from collections import Counter, defaultdict

import numpy as np
from measure_people import difference

from fer_utils.data import SPLITS, image_keys
from fer_utils.data.copies import NEAR, nearest_copies
from fer_utils.evaluation.results import recorded_probabilities
from fer_utils.networks import DEFAULT_NETWORK

PAIRS = (("train", "train"), ("public", "train"), ("private", "train"), ("private", "public"))
EDGES = np.round(np.arange(0.5, 1.001, 0.02), 2)


def leakage(faces, linear, name=DEFAULT_NETWORK):
    """Photographs that are there more than once, and what they do to scores, a dict. `linear`: the answers of a linear
    model to PublicTest.

    - `unique`: different pictures; `repeated`: faces that repeat an earlier one; `groups`: pictures that are there more
      than once, `contradicting`: those of them that bear several labels,
    - `exact`, `near`: by pair of splits such as "private-train", `faces` of the first that have an identical copy in
      the second, or else one as similar as `fer_utils.data.copies.NEAR`, and of those the share whose copy has their
      `same_label`; where there are several identical copies, the mean over them,
    - `mirrored`: faces of a split whose mirror image has a copy in Training, identical or near,
    - `similarity`: how similar the faces of PublicTest without an identical copy, and the same faces mirrored, are to
      Training: counts between `edges`, those below the first counted in the first,
    - `blank`: faces of one gray value, by split,
    - `cheat`: the accuracy of looking a face up among its copies in Training, by split, and of saying the most common
      class where there is none: with identical copies alone (`exact`), and with near ones (`near`),
    - `public_accuracy`: by method, on `all` faces of PublicTest, `without exact` copies and `alone`, without any copy
      in Training; `alone`: the number of those; `differences`: of two methods on those alone,
    - `network`: on PrivateTest, `faces` and `accuracy` for those with an `exact` copy, a `near` one, and `alone`; and
      of the near ones how many the label of the copy alone gets right, `only_copy`, and the network alone,
      `only_network`: what looking them up in Training would change.
    """
    images = {split: faces.split(split).images for split in SPLITS}
    labels = {split: faces.split(split).labels.astype(int) for split in SPLITS}
    rows = {split: _rows_by_key(images[split]) for split in SPLITS}
    everywhere = _rows_by_key(faces.images)
    groups = [row for row in everywhere.values() if len(row) > 1]
    exact, near = {}, {}
    found = {}
    for first, second in PAIRS:
        identical = _identical(images[first], rows[second], itself=first == second)
        has_exact = np.array([len(row) > 0 for row in identical])
        agree = [np.mean(labels[second][row] == label) for row, label in zip(identical, labels[first]) if len(row)]
        similarity, place = nearest_copies(images[first], images[second], itself=first == second)
        has_near = ~has_exact & (similarity >= NEAR)
        pair = f"{first}-{second}"
        exact[pair] = {"faces": int(has_exact.sum()), "same_label": float(np.mean(agree))}
        near[pair] = {"faces": int(has_near.sum()),
                      "same_label": float(np.mean((labels[second][place] == labels[first])[has_near]))}
        found[pair] = (has_exact, has_near, similarity, np.array(
            [Counter(labels[second][row]).most_common(1)[0][0] if len(row) else labels[second][there]
             for row, there in zip(identical, place)]))
    mirrored = {split: nearest_copies(images[split][:, :, ::-1], images["train"])[0] for split in ("public", "private")}
    return {
        "unique": len(everywhere), "repeated": len(faces.images) - len(everywhere), "groups": len(groups),
        "contradicting": sum(len(set(faces.labels[row])) > 1 for row in groups),
        "threshold": NEAR, "exact": exact, "near": near,
        "mirrored": {split: int((values >= NEAR).sum()) for split, values in mirrored.items()},
        "similarity": _similarity(*found["public-train"][:3], mirrored["public"]),
        "blank": {split: int((np.ptp(part.reshape(len(part), -1), axis=1) == 0).sum())
                  for split, part in images.items()},
        "cheat": {split: _cheats(labels["train"], labels[split], *found[f"{split}-train"])
                  for split in ("public", "private")},
    } | _methods(faces, linear, name, *found["public-train"]) | {
        "network": _network(name, labels["private"], *found["private-train"])}


def _rows_by_key(images):
    """Where each picture stands: a dict from its key to the list of its rows."""
    rows = defaultdict(list)
    for row, key in enumerate(image_keys(images)):
        rows[key].append(row)
    return rows


def _identical(images, rows, itself):
    """The rows of the identical copies of each face, but for itself."""
    return [[row for row in rows.get(key, []) if not itself or row != number]
            for number, key in enumerate(image_keys(images))]


def _similarity(has_exact, _, similarity, mirrored):
    inside = {name: np.clip(values[~has_exact], EDGES[0], EDGES[-1])
              for name, values in (("faces", similarity), ("mirrored", mirrored))}
    return {"edges": EDGES.tolist()} | {name: np.histogram(values, EDGES)[0].tolist()
                                        for name, values in inside.items()}


def _cheats(train_labels, labels, has_exact, has_near, _, copied):
    guess = np.bincount(train_labels).argmax()
    return {"exact": float(np.mean(np.where(has_exact, copied, guess) == labels)),
            "near": float(np.mean(np.where(has_exact | has_near, copied, guess) == labels))}


def _methods(faces, linear, name, has_exact, has_near, _, copied):
    from fer_utils.evaluation import predict_probabilities
    from fer_utils.networks.weights import load_network

    labels, alone = faces.public.labels, ~has_exact & ~has_near
    answers = {"always the most common class": np.full(len(labels), np.bincount(faces.train.labels).argmax()),
               "linear model on pixels": linear, "nearest neighbour": copied,
               name: predict_probabilities(load_network(name), faces.public.images).argmax(axis=1)}
    hits = {method: answer == labels for method, answer in answers.items()}
    return {
        "alone": int(alone.sum()),
        "public_accuracy": {method: {"all": float(hit.mean()), "without exact": float(hit[~has_exact].mean()),
                                     "alone": float(hit[alone].mean())} for method, hit in hits.items()},
        "differences": {"nearest neighbour - linear model on pixels": difference(
            hits["nearest neighbour"][alone], hits["linear model on pixels"][alone])},
    }


def _network(name, labels, has_exact, has_near, _, copied):
    hits, looked_up = recorded_probabilities(name)["probabilities"].argmax(axis=1) == labels, copied == labels
    kinds = {"exact": has_exact, "near": has_near, "alone": ~has_exact & ~has_near}
    found = {kind: {"faces": int(held.sum()), "accuracy": float(hits[held].mean())} for kind, held in kinds.items()}
    found["near"] |= {"only_copy": int((has_near & looked_up & ~hits).sum()),
                      "only_network": int((has_near & ~looked_up & hits).sum())}
    return {"name": name} | found
