"""How good a network is: probabilities on images, and every score of section 4.5 of the thesis from them.

Explained in chapter 12. The scores themselves come from scikit-learn.
"""

from functools import partial

import numpy as np

from fer_utils.data import Faces, load_faces, without_duplicates
from fer_utils.data.preprocessing import check_faces
from fer_utils.evaluation.calibration import calibration_error
from fer_utils.evaluation.classical_runs import recorded_answers
from fer_utils.evaluation.intervals import mean_difference
from fer_utils.evaluation.results import load_run, recorded_probabilities
from fer_utils.evaluation.tta import check_views, mean_over_views
from fer_utils.labels import EMOTIONS
from fer_utils.networks.weights import own_path, run_and_network

ANSWERED_AT_ONCE = 64  # so many faces are answered by a plain call


def predict_probabilities(net, images, batch_size=256):
    """Probabilities float32 (n, 7) for raw faces, uint8 (n, 48, 48) or (n, 48, 48, 1), values 0 to 255.

    Raises ValueError for faces of another dtype or shape (`fer_utils.data.preprocessing.check_faces`).
    """
    images = check_faces(images)
    if not len(images):
        return np.empty((0, len(EMOTIONS)), np.float32)
    if len(images) <= min(ANSWERED_AT_ONCE, batch_size):  # predict() would first trace the network
        import keras

        return keras.ops.convert_to_numpy(net(images, training=False))
    return net.predict(images, batch_size=batch_size, verbose=0)


def scores(labels, probabilities):
    """Scores of predictions as plain numbers, ready for JSON.

    Arguments: labels int (n,), probabilities float (n, 7). Returns a dict with `accuracy`, `macro_f1`,
    `calibration_error`, `per_class` (emotion to precision, recall, f1, support), `confusion_matrix` (7 rows of true
    classes, 7 columns of predicted ones) and `n`. A class that is never predicted has precision 0. Thesis section
    4.5; chapter 12.
    """
    found = scores_of_answers(labels, np.argmax(probabilities, axis=1))
    return {key: found[key] for key in ("accuracy", "macro_f1")} | {
        "calibration_error": calibration_error(labels, probabilities)} | found


def scores_of_answers(labels, answers):
    """`scores` of what names a class and no probabilities: labels and answers int (n,). There is no
    `calibration_error`. Chapter 05."""
    from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

    labels, classes = np.asarray(labels), range(len(EMOTIONS))
    table = np.array(precision_recall_fscore_support(labels, answers, labels=classes, zero_division=0)).T
    return {
        "accuracy": float(np.mean(labels == answers)),
        "macro_f1": float(table[:, 2].mean()),
        "per_class": {emotion: {"precision": float(p), "recall": float(r), "f1": float(f), "support": int(s)}
                      for emotion, (p, r, f, s) in zip(EMOTIONS, table)},
        "confusion_matrix": confusion_matrix(labels, answers, labels=classes).tolist(),
        "n": len(labels),
    }


def scores_with_leak_free(labels, probabilities, alone):
    """`scores`, and the accuracy on the faces that have no byte-identical copy in Training: `alone` bool (n,), as
    `fer_utils.data.without_duplicates` gives it. Adds `leak_free_accuracy`, None where no face is alone, and
    `leak_free_n`. Chapter 03."""
    return scores(labels, probabilities) | leak_free(labels, np.argmax(probabilities, axis=1), alone)


def leak_free(labels, answers, alone):
    """`leak_free_accuracy` and `leak_free_n` of `scores_with_leak_free`: labels and answers int (n,), alone bool
    (n,)."""
    hits = np.asarray(labels) == answers
    return {"leak_free_accuracy": float(hits[alone].mean()) if alone.any() else None, "leak_free_n": int(alone.sum())}


def paired_comparison(labels, first, second):
    """Two networks on the same faces: which is right more often, and whether the faces suffice to tell.

    Arguments: labels int (n,); first, second, probabilities float (n, 7), or answers int (n,). Returns a dict with
    `gap` (accuracy of the first less that of the second, a fraction), `error` (its standard error), `only_first` and
    `only_second` (faces that one alone reads right), `n`, and `p_value` of McNemar's exact test: how often a fair coin,
    tossed for each of those faces, would come out as uneven or more. It knows about faces, not about seeds: that
    another training run would differ is not in it, and so it does not say which network is better
    (`fer_utils.evaluation.comparison.compare`). McNemar 1947 (doi:10.1007/BF02295996); chapter 09.
    """
    from scipy.stats import binomtest  # scikit-image brings SciPy

    labels = np.asarray(labels)
    for given in map(np.asarray, (first, second)):
        if given.shape[:1] != labels.shape or given.shape[1:] not in ((), (len(EMOTIONS),)):
            raise ValueError(f"labels have shape {labels.shape}, answers {given.shape}; give an answer, or seven "
                             "probabilities, for each label, in the same order, of one seed.")
        if given.ndim == 2 and not np.isfinite(given).all():
            raise ValueError("a probability is no finite number, so it cannot be said what is answered.")
    a, b = (labels == (np.argmax(given, axis=1) if np.ndim(given) == 2 else given) for given in (first, second))
    only_first, only_second = int(np.sum(a & ~b)), int(np.sum(b & ~a))
    gap, error = mean_difference(a, b)
    return {"gap": gap, "error": error, "only_first": only_first, "only_second": only_second, "n": len(labels),
            "p_value": float(binomtest(only_first, only_first + only_second).pvalue) if (a != b).any() else 1.0}


def compare_runs(first, second):
    """`paired_comparison` of two published runs on PrivateTest, from their recorded answers.

    Arguments: names as for `load_run`, or of recorded classifiers (chapter 05). Raises ValueError where
    the two were not recorded on the same faces.
    """
    a, b = recorded_answers(first), recorded_answers(second)
    if not (np.array_equal(a["keys"], b["keys"]) and np.array_equal(a["labels"], b["labels"])):
        raise ValueError(f"{first} and {second} were not recorded on the same faces, so they cannot be compared face "
                         "by face.")
    return paired_comparison(a["labels"], a["answers"], b["answers"])


def evaluate(name, split=None, recorded=False, views="single"):
    """Score a network or run on a split: a dict as `python -m fer_utils evaluate --json` prints it. Its `erratum` is
    what was found wrong with the run after it was recorded, or None.

    Arguments:
        name: as in `fer_utils.networks.weights.load_network`: a network or a published run, the folder of a run of your
            own, or a file `NAME.keras`.
        split: "public" or "private"; None is "private" for what is published and "public" for what is your own. By the
            protocol (`data/protocol.toml`) PrivateTest is read once, when a run is published, so your own is refused
            there.
        recorded: score the stored PrivateTest probabilities (of more than a single view it gives the stored scores)
            instead of running the shipped weights on the images.
        views: a name in `fer_utils.evaluation.tta.VIEWS`: the answers are the mean over these views of each face.

    Networks are scored on the data they were trained on, FER-2013 or the schematic faces; a `.keras` file, which does
    not say, on the faces at hand. Raises ValueError where those photographs are not at hand, or nothing is recorded,
    with the remedy, WeightsError where there are no weights.
    """
    check_views(views)
    own = own_path(name)
    split = split or ("public" if own else "private")
    if own and recorded:
        raise ValueError(f"answers are recorded for published runs alone; leave out --recorded to score {own}.")
    if own and split == "private":
        raise ValueError(_private_is_closed(own))
    run, net = run_and_network(name) if own or not recorded else (load_run(str(name).strip()), None)
    if recorded:
        if split != "private":
            raise ValueError("only PrivateTest probabilities are stored; leave out --recorded for another split.")
        found, source = _recorded_scores(run, views)
    else:
        faces = faces_of_run(run, tuple(dict.fromkeys(("train", "public", split) if own else ("train", split))))
        if own and run["data"]["name"]:
            _check_learned(run, faces)
        images, labels = faces.split(split)
        probabilities = mean_over_views(partial(predict_probabilities, net), images, views)
        found = scores_with_leak_free(labels, probabilities, without_duplicates(images, faces.train.images))
        source = faces.source
    result = {"run": run["run"], "model": run["model"], "split": split, "views": views, "source": source} | found
    return result | _about(run)


def _about(run):
    """What stands beside the scores of a run (a dict of `load_run`), whatever it is scored on."""
    return {"parameters": run["scores"]["parameters"], "file_bytes": run["scores"]["file_bytes"],
            "erratum": run.get("erratum")}


def _private_is_closed(own):
    return (f"{own} is not published. PrivateTest is read once, when a run is published (tools/publish_run.py), or its "
            "answers are handed in to the open challenge (tools/score_submission.py); until then score it with --split "
            "public.")


def _check_learned(run, faces):
    """Raise ValueError unless a run (a dict of `load_run`) was trained on the train and public parts of these faces."""
    learned = Faces(faces.name, faces.source, {part: faces.split(part) for part in ("train", "public")})
    if learned.content_hash != run["data"]["content_hash"]:
        raise ValueError(f"{run['run']} was trained on {faces.name}, but not on these faces: the folder, the class map "
                         "or how Pillow decodes has changed since, or only a part was given. Train again, or give the "
                         "dataset another name.")


def _recorded_scores(run, views):
    """The scores of a run on PrivateTest without its faces, and where they are from."""
    if views == "single":
        stored = recorded_probabilities(run["run"])
        found = scores_with_leak_free(stored["labels"], stored["probabilities"], ~stored["has_duplicate"])
        return found, f"recorded probabilities of {run['run']}"
    kept = run["scores"].get("private_views", {})
    if views not in kept:
        raise ValueError(f"of {run['run']} only {', '.join(['single', *kept])} is recorded, not {views}; leave out "
                         "--recorded to run the shipped weights on the photographs.")
    return kept[views], f"recorded scores of {run['run']}"


def evaluate_on(name, faces, split="private", views="single"):
    """Score a trained network on faces that it need not come from, such as `fer_utils.load_folder` gives: a dict.

    Arguments: name, a network (its published run), a run, the folder of a run that is not published, with its
    `run.json` and `best.npz`, or a file `NAME.keras` (`fer_utils.networks.weights.load_network`); faces, a `Faces`
    with the split; views, as in `evaluate`.

    Beside the keys of `evaluate` there are `trained_on` and `data`, the names of the two datasets (None where a file
    does not say), `absent`, the emotions without a face in the split, and `left_out`. What a class without faces scores
    is not known: its row in `per_class` is None with support 0, and `macro_f1` is the mean over the others. The network
    may still answer it, and is wrong then. Duplicates are looked for where the network learned from these faces; else
    `leak_free_accuracy` and `leak_free_n` are None.

    Raises ValueError where a run was trained on a dataset of this name, but not on these faces: its training faces
    may then stand in this split; and where PrivateTest of FER-2013 is asked for a network that is not published, as in
    `evaluate`. Chapter 16.
    """
    check_views(views)
    own = own_path(name)
    if own and split == "private" and faces.name in ("FER-2013", "FER+"):  # the same photographs
        raise ValueError(_private_is_closed(own))
    run, net = run_and_network(name)
    images, labels = faces.split(split)
    probabilities = mean_over_views(partial(predict_probabilities, net), images, views)
    if run["data"]["name"] == faces.name:
        _check_learned(run, faces)
        found = scores_with_leak_free(labels, probabilities, without_duplicates(images, faces.train.images))
    else:
        found = scores(labels, probabilities) | {"leak_free_accuracy": None, "leak_free_n": None}
    absent = [emotion for emotion, row in found["per_class"].items() if not row["support"]]
    found["macro_f1"] = float(np.mean([row["f1"] for row in found["per_class"].values() if row["support"]]))
    found["per_class"] |= {emotion: {"precision": None, "recall": None, "f1": None, "support": 0} for emotion in absent}
    result = {"run": run["run"], "model": run["model"], "trained_on": run["data"]["name"], "data": faces.name}
    result |= {"split": split, "views": views, "source": faces.source, "absent": absent,
               "left_out": faces.left_out} | found
    return result | _about(run)


def faces_of_run(run, splits):
    """The faces a run was trained on, FER-2013 or the drawings, or those at hand where it does not say; ValueError
    where they are not at hand."""
    from fer_utils.data import load_schematic

    trained_on = run["data"]["name"]
    if trained_on == "schematic faces":
        return load_schematic(splits)
    if trained_on not in ("FER-2013", None):
        raise ValueError(f"{run['run']} was trained on {trained_on}, not on the course's own faces: it is "
                         "scored with evaluate --faces, and not published.")
    faces = load_faces(splits)
    if trained_on and not faces.is_real:
        recorded = ", or add --recorded to score the stored probabilities" if "private" in run.get("scores", {}) else ""
        raise ValueError(
            f"{run['run']} was trained on FER-2013, and no FER-2013 is at hand. Set FER2013_SOURCE to your copy (the "
            f"README says how to get one){recorded}.")
    return faces
