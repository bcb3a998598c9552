"""How many examples are enough: the recorded experiments of chapter 04 (`tools/record_experiments.py`)."""

import numpy as np

from fer_utils.course.chapter_04.softmax_regression import (
    FEATURE_SIDE,
    accuracy,
    cross_entropy,
    features,
    fit,
    rows,
    shares,
    train,
)
from fer_utils.course.small_network import SmallFaces, forward, layer_sizes, one_thread, train_small
from fer_utils.data import load_schematic, without_duplicates
from fer_utils.evaluation.results import DATASET_FOLDER
from fer_utils.files import reading, write_packed
from fer_utils.text import percent, table

PICTURES_FILE = DATASET_FOLDER / "weight_pictures.npz"
# The network takes at least `steps` steps, so that few faces are learned as thoroughly as many.
EXAMPLES = {
    "side": FEATURE_SIDE, "sizes": [100, 300, 1000, 3000, 10_000, 28_709], "seeds": [0, 1, 2, 3, 4], "strength": 0.01,
    "network": {"width": 64, "rate": 1e-3, "batch_size": 32, "epochs": 30, "steps": 1000},
    "strengths": [1e-3, 1e-2, 1e-1, 1.0, 10.0], "strength_sizes": [1000, 28_709],
    "by_epoch": {"softmax regression": {"faces": 28_709, "rate": 0.01, "epochs": 30},
                 "network, few faces": {"faces": 1000, "epochs": 30}, "network": {"faces": 28_709, "epochs": 30}}}
PICTURES = {"side": 48, "strength": 3.0}
REMEMBERED = 1000  # training faces that the nearest neighbour is asked about: all would take minutes


def nearest_labels(x, known, labels):
    """For each row of x, the label of the nearest row of `known`, by blocks of matrix products."""
    squares = (known ** 2).sum(axis=1)
    return np.concatenate([labels[(squares - 2 * part @ known.T).argmin(axis=1)]
                           for part in np.array_split(x, -(-len(x) // 256))])


class Prepared:
    """Training and PublicTest faces as rows of features; `alone` marks the PublicTest faces without a twin in
    Training."""

    def __init__(self, faces, side):
        known = rows(faces.train.images, side)
        self.average = known.mean(axis=0)
        self.x, self.y = features(known, self.average), faces.train.labels.astype(int)
        self.public_x = features(rows(faces.public.images, side), self.average)
        self.public_y = faces.public.labels.astype(int)
        self.alone = without_duplicates(faces.public.images, faces.train.images)

    def scored(self, chosen, train_answers, public_answers):
        """Accuracy on the training faces asked about, on PublicTest, and on its faces without a twin, a dict."""
        hits = public_answers == self.public_y
        return {"train": float(np.mean(train_answers == self.y[chosen])), "public": float(hits.mean()),
                "alone": float(hits[self.alone].mean())}


def by_memory(data, chosen):
    """The nearest neighbour among the faces chosen."""
    known, labels = data.x[chosen], data.y[chosen]
    return data.scored(chosen[:REMEMBERED], nearest_labels(known[:REMEMBERED], known, labels),
                       nearest_labels(data.public_x, known, labels))


def by_regression(data, chosen, strength):
    """Softmax regression, regularized."""
    weights = fit(data.x[chosen], data.y[chosen], strength)
    return data.scored(chosen, *((x @ weights).argmax(axis=1) for x in (data.x[chosen], data.public_x)))


def network_run(data, chosen, settings, seed):
    """A run of `fer_utils.course.small_network.train_small` on the faces chosen. Its inputs are without the 1."""
    faces = SmallFaces(data.x[chosen, :-1], data.y[chosen], data.public_x[:, :-1], data.public_y)
    epochs = max(settings["epochs"], -(-settings["steps"] * settings["batch_size"] // len(chosen)))
    return train_small(faces, rate=settings["rate"], width=settings["width"], batch_size=settings["batch_size"],
                       epochs=epochs, seed=seed)


def by_network(data, chosen, settings, seed):
    """A network of one hidden layer after its last epoch."""
    run = network_run(data, chosen, settings, seed)
    sizes = layer_sizes(1, settings["width"], data.x.shape[1] - 1)
    return data.scored(chosen, *(forward(run["weights"][-1], sizes, x[:, :-1])[-1].argmax(axis=1)
                                 for x in (data.x[chosen], data.public_x)))


def examples(faces, settings):
    """By model and number of faces a list of scores, one a seed, which draws the faces and the network's start.

    With all faces, memory and regression have nothing to draw, so one figure. Also: accuracy by strength of the
    regularization, losses and accuracies by epoch for three trainings, and what is left in the other world.
    """
    with one_thread():
        data = Prepared(faces, settings["side"])
        total = len(data.y)
        curves = {"nearest neighbour": {}, "softmax regression": {}, "small network": {}}
        for size in settings["sizes"]:
            drawn = [(seed, np.random.default_rng(seed).permutation(total)[:size]) for seed in settings["seeds"]]
            once = drawn if size < total else drawn[:1]
            curves["nearest neighbour"][str(size)] = [by_memory(data, chosen) for _, chosen in once]
            curves["softmax regression"][str(size)] = [by_regression(data, chosen, settings["strength"])
                                                       for _, chosen in once]
            curves["small network"][str(size)] = [by_network(data, chosen, settings["network"], seed)
                                                  for seed, chosen in drawn]
        strengths = {str(size): {str(strength): [by_regression(data, chosen, strength)
                                                 for chosen in subsets(total, size, settings["seeds"])]
                                 for strength in settings["strengths"]} for size in settings["strength_sizes"]}
        return {"curves": curves, "strengths": strengths, "by_epoch": by_epoch(data, settings),
                "worlds": worlds(faces, settings), "alone": int(data.alone.sum()), "public": len(data.public_y)}


def subsets(total, size, seeds):
    """Faces drawn once a seed, or all of them once."""
    return [np.random.default_rng(seed).permutation(total)[:size] for seed in (seeds if size < total else seeds[:1])]


def by_epoch(data, settings):
    """Loss and accuracy, of the training faces and of PublicTest, after each epoch of three trainings, seed 0."""
    histories = {}
    for name, chosen in settings["by_epoch"].items():
        drawn = np.random.default_rng(0).permutation(len(data.y))[:chosen["faces"]]
        x, y = data.x[drawn], data.y[drawn]
        if name == "softmax regression":
            trained = train(x, y, chosen["rate"], chosen["epochs"])[1:]
            run = {"loss": [cross_entropy(shares(x @ w), y) for w in trained],
                   "public_loss": [cross_entropy(shares(data.public_x @ w), data.public_y) for w in trained],
                   "accuracy": [accuracy(w, x, y) for w in trained],
                   "public_accuracy": [accuracy(w, data.public_x, data.public_y) for w in trained]}
        else:
            run = network_run(data, drawn, settings["network"] | {"epochs": chosen["epochs"], "steps": 0}, seed=0)
        histories[name] = {key: [round(float(value), 4) for value in run[key]]
                           for key in ("loss", "public_loss", "accuracy", "public_accuracy")}
    return histories


def worlds(faces, settings):
    """PublicTest accuracy of softmax regression by the faces that it learned from, then by those it is tried on."""
    both = {"photographs": faces, "drawings": load_schematic(("train", "public"))}
    found = {}
    for learned, source in both.items():
        data = Prepared(source, settings["side"])
        weights = fit(data.x, data.y, settings["strength"])
        x = {tried: features(rows(other.public.images, settings["side"]), data.average)
             for tried, other in both.items()}
        found[learned] = {tried: accuracy(weights, x[tried], other.public.labels) for tried, other in both.items()}
    return found


def weight_pictures(faces, settings):
    """Fit softmax regression to all Training faces and write its weight pictures: sums over thousands of faces, from
    which none can be got back. Returns its accuracies."""
    data = Prepared(faces, settings["side"])
    weights = fit(data.x, data.y, settings["strength"])
    pictures = weights[:-1].T.reshape(7, settings["side"], settings["side"])
    write_packed(PICTURES_FILE, pictures=pictures.astype(np.float16), biases=weights[-1])
    return {"train": accuracy(weights, data.x, data.y), "public": accuracy(weights, data.public_x, data.public_y)}


def recorded_pictures():
    """The seven weight pictures fitted to FER-2013, float16 (7, 48, 48). Raises FileError where they are missing."""
    with reading(PICTURES_FILE, "Restore it with: git checkout data/dataset/weight_pictures.npz"), np.load(
            PICTURES_FILE) as file:
        return file["pictures"]


def by_strength(measured):
    """Means over the draws of faces: by their number, then by strength, a dict of "train", "public" and "alone"."""
    return {int(size): {float(strength): {key: float(np.mean([scores[key] for scores in group])) for key in group[0]}
                        for strength, group in groups.items()} for size, groups in measured.items()}


def strength_table(means):
    """`by_strength` as a Markdown table."""
    head = ["strength", *(f"{size:,} faces: {place}" for size in means for place in ("training", "PublicTest"))]
    lines = [[f"{strength:g}", *(percent(by_size[strength][key]) for by_size in means.values()
                                 for key in ("train", "public"))] for strength in next(iter(means.values()))]
    return table(head, lines, "r" * len(head))
