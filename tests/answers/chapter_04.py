"""Chapter 04: right and wrong answers to its checks, and its explorers."""

import numpy as np

from fer_utils.course.chapter_04 import figures, softmax_regression
from fer_utils.course.chapter_04.softmax_regression import cross_entropy, gradient, nearest_label, one_epoch, shares

# Exercise 1 of chapter 04

def distances(face, x):
    return ((x - face) ** 2).sum(axis=1)


def by_a_loop(face, x, labels):
    best = 0
    for number, row in enumerate(x):
        if np.linalg.norm(row - face) < np.linalg.norm(x[best] - face):
            best = number
    return int(labels[best])


# Exercise 2 of chapter 04

def truth(p, labels):
    return p[np.arange(len(labels)), labels]


def row_by_row(p, labels):
    total = 0
    for row, label in zip(p, labels):
        total -= np.log(row[label])
    return total / len(labels)


# Exercise 3 of chapter 04

def errors(weights, x, labels):
    return shares(x @ weights) - np.eye(7)[labels]


def face_by_face(weights, x, labels):
    total = np.zeros(weights.shape)
    for row, label in zip(x, labels):
        error = shares(row @ weights)
        error[label] -= 1
        total += np.outer(row, error)
    return (total / len(labels)).tolist()


def as_given(weights, x, labels):
    weights -= gradient(weights, x, labels)
    return gradient(weights, x, labels)


# Exercise 4 of chapter 04

def batches(order, batch_size):
    return [order[start:start + batch_size] for start in range(0, len(order), batch_size)]


def with_a_while(weights, x, labels, order, rate, batch_size):
    order, weights = list(order), weights.copy()
    while order:
        batch, order = order[:batch_size], order[batch_size:]
        weights -= rate * gradient(weights, x[batch], labels[batch])
    return weights


def in_place(weights, x, labels, order, rate, batch_size):
    for batch in batches(order, batch_size):
        weights -= rate * gradient(weights, x[batch], labels[batch])
    return weights


def all_from_the_start(weights, x, labels, order, rate, batch_size):
    return weights - rate * sum(gradient(weights, x[batch], labels[batch]) for batch in batches(order, batch_size))


def last_batch_forgotten(weights, x, labels, order, rate, batch_size):
    return one_epoch(weights, x, labels, order[:len(order) // batch_size * batch_size], rate, batch_size)


def first_batch_only(weights, x, labels, order, rate, batch_size):
    return one_epoch(weights, x, labels, order[:batch_size], rate, batch_size)


def all_faces_at_once(weights, x, labels, order, rate, batch_size):
    for _ in batches(order, batch_size):
        weights = weights - rate * gradient(weights, x, labels)
    return weights


SOLUTIONS = {
    "check_nearest_label": nearest_label,
    "check_mean_loss": cross_entropy,
    "check_gradient": gradient,
    "check_one_epoch": one_epoch,
}
RIGHT = [
    ("check_nearest_label", "a loop with norms", by_a_loop),
    ("check_nearest_label", "sorted", lambda face, x, labels: labels[np.argsort(distances(face, x))][0]),
    ("check_nearest_label", "means", lambda face, x, labels: labels[np.argmin(((face - x) ** 2).mean(1))]),
    ("check_mean_loss", "a loop", row_by_row),
    ("check_mean_loss", "with a table of ones", lambda p, y: -(np.eye(7)[y] * np.log(p)).sum() / len(y)),
    ("check_mean_loss", "clipped", lambda p, y: -np.log(np.clip(truth(p, y), 1e-7, 1)).mean()),
    ("check_mean_loss", "a small number added", lambda p, y: -np.log(truth(p, y) + 1e-7).mean()),
    ("check_gradient", "face by face, as lists", face_by_face),
    ("check_gradient", "with einsum", lambda w, x, y: np.einsum("nd,nc->dc", x, errors(w, x, y)) / len(y)),
    ("check_gradient", "single precision", lambda w, x, y: gradient(w, x, y).astype("float32")),
    ("check_one_epoch", "a while loop", with_a_while),
    ("check_one_epoch", "faces put in order first",
     lambda w, x, y, order, rate, size: one_epoch(w, x[order], y[order], np.arange(len(order)), rate, size)),
]
WRONG = [
    ("check_nearest_label", "a constant", lambda face, x, labels: 3),
    ("check_nearest_label", "the place instead of the label", lambda face, x, labels: distances(face, x).argmin()),
    ("check_nearest_label", "the farthest", lambda face, x, labels: labels[distances(face, x).argmax()]),
    ("check_nearest_label", "not squared", lambda face, x, labels: labels[np.abs((x - face).sum(axis=1)).argmin()]),
    ("check_nearest_label", "absolute differences", lambda face, x, labels: labels[np.abs(x - face).sum(1).argmin()]),
    ("check_nearest_label", "summed over faces", lambda face, x, labels: labels[((x - face) ** 2).sum(0).argmin()]),
    ("check_mean_loss", "a constant", lambda p, y: np.log(7)),
    ("check_mean_loss", "the sum", lambda p, y: -np.log(truth(p, y)).sum()),
    ("check_mean_loss", "without the minus", lambda p, y: np.log(truth(p, y)).mean()),
    ("check_mean_loss", "the logarithm of base 10", lambda p, y: -np.log10(truth(p, y)).mean()),
    ("check_mean_loss", "the largest share", lambda p, y: -np.log(p.max(axis=1)).mean()),
    ("check_mean_loss", "the logarithm of the mean", lambda p, y: -np.log(truth(p, y).mean())),
    ("check_mean_loss", "the mean over all seven", lambda p, y: -np.log(p).mean()),
    ("check_mean_loss", "one loss a face", lambda p, y: -np.log(truth(p, y))),
    ("check_gradient", "zeros", lambda w, x, y: np.zeros_like(w)),
    ("check_gradient", "not divided", lambda w, x, y: x.T @ errors(w, x, y)),
    ("check_gradient", "uphill and downhill confused", lambda w, x, y: -gradient(w, x, y)),
    ("check_gradient", "the labels forgotten", lambda w, x, y: x.T @ shares(x @ w) / len(y)),
    ("check_gradient", "scores instead of shares", lambda w, x, y: x.T @ (x @ w - np.eye(7)[y]) / len(y)),
    ("check_gradient", "divided by the classes", lambda w, x, y: x.T @ errors(w, x, y) / 7),
    ("check_gradient", "turned", lambda w, x, y: gradient(w, x, y).T),
    ("check_gradient", "the pixels forgotten", lambda w, x, y: errors(w, x, y).mean(axis=0)),
    ("check_gradient", "the weights changed", as_given),
    ("check_one_epoch", "the weights as they were", lambda w, x, y, order, rate, size: w),
    ("check_one_epoch", "uphill", lambda w, x, y, order, rate, size: one_epoch(w, x, y, order, -rate, size)),
    ("check_one_epoch", "the order ignored",
     lambda w, x, y, order, rate, size: one_epoch(w, x, y, np.arange(len(order)), rate, size)),
    ("check_one_epoch", "the rate ignored", lambda w, x, y, order, rate, size: one_epoch(w, x, y, order, 1, size)),
    ("check_one_epoch", "every gradient from the start", all_from_the_start),
    ("check_one_epoch", "the last batch forgotten", last_batch_forgotten),
    ("check_one_epoch", "the first batch only", first_batch_only),
    ("check_one_epoch", "all faces in every step", all_faces_at_once),
    ("check_one_epoch", "in place", in_place),
]


def watched():
    rng = np.random.default_rng(0)
    x, labels = np.hstack([rng.normal(size=(30, 16)), np.ones((30, 1))]), rng.integers(0, 7, 30)
    history = softmax_regression.train(x, labels, 0.1, 4, batch_size=8)
    return figures.Watched(history, x, labels, x[:10], labels[:10])


EXPLORERS = {
    "learning rate": lambda: figures.explore_rate(lambda s: (np.asarray(s) - 1.2) ** 2 / 10,
                                                  lambda s: (s - 1.2) / 5),
    "epochs": lambda: figures.explore_epochs(watched()),
}
