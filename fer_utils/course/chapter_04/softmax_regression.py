"""Softmax regression on faces in NumPy, as chapter 04 builds it: seven weight pictures and what trains them.

Throughout, x is float32 (n, d), one face a row, its last value 1, whose weight is the bias; labels are integers (n,)
from 0 to 6; weights are float (d, 7), a column for each class.
"""

import numpy as np

from fer_utils.course.resolution import shrink

FEATURE_SIDE = 24


def rows(images, side=FEATURE_SIDE):
    """Faces as rows, float32 (n, side * side): each shrunk, with mean 0 and contrast (standard deviation) 1.

    A face of less than one gray value of contrast, such as a blank one, keeps the little it has.
    """
    x = shrink(images, side).reshape(len(images), -1)
    x = x - x.mean(axis=1, keepdims=True)
    return x / np.maximum(x.std(axis=1, keepdims=True), 1)


def features(faces, average):
    """What the model gets of each face: its difference from the average face, then a 1.

    Arguments: faces float (n, d) as `rows` gives them; average float (d,), the mean of the training faces' rows.
    Returns float32 (n, d + 1).
    """
    return np.hstack([faces - average, np.ones((len(faces), 1))]).astype(np.float32)


def shares(scores):
    """Softmax: scores float (..., 7) as shares that are positive and add up to one along the last axis."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))  # the largest power is 1, so that none overflows
    return powers / powers.sum(axis=-1, keepdims=True)


def nearest_label(face, x, labels):
    """The label of the row of x that is nearest to `face`, float (d,), by the sum of squared differences."""
    return labels[((x - face) ** 2).sum(axis=1).argmin()]


def cross_entropy(p, labels):
    """The mean of minus the logarithm of the share, of p (n, 7), that each face's label got: a number, perhaps inf."""
    with np.errstate(divide="ignore"):
        return -np.log(p[np.arange(len(labels)), labels]).mean()


def gradient(weights, x, labels):
    """The slope of the mean cross-entropy along each weight, float (d, 7)."""
    error = shares(x @ weights)
    error[np.arange(len(labels)), labels] -= 1
    return x.T @ error / len(labels)


def one_epoch(weights, x, labels, order, rate, batch_size):
    """The weights after one pass through the faces, in the order given, with a step for each batch."""
    for start in range(0, len(order), batch_size):
        batch = order[start:start + batch_size]
        weights = weights - rate * gradient(weights, x[batch], labels[batch])
    return weights


def train(x, labels, rate, epochs, batch_size=64, seed=0):
    """The weights before training, all 0, and after each epoch: a list of epochs + 1 arrays float32 (d, 7)."""
    rng, weights = np.random.default_rng(seed), np.zeros((x.shape[1], 7), np.float32)
    history = [weights]
    for _ in range(epochs):
        weights = one_epoch(weights, x, labels, rng.permutation(len(labels)), rate, batch_size)
        history.append(weights)
    return history


def fit(x, labels, strength):
    """The weights, float32 (d, 7), that scikit-learn finds for the mean cross-entropy plus half of `strength` times
    the sum of all squared weights."""
    from sklearn.linear_model import LogisticRegression

    found = LogisticRegression(C=1 / (strength * len(labels)), fit_intercept=False, max_iter=2000).fit(x, labels)
    weights = np.zeros((x.shape[1], 7), np.float32)
    weights[:, found.classes_] = found.coef_.T  # a class without faces keeps weights of 0
    return weights


def accuracy(weights, x, labels):
    """The share of faces whose label has the largest score."""
    return float(np.mean((x @ weights).argmax(axis=1) == labels))
