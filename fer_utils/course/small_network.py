"""A network of dense layers in NumPy, small enough to be trained dozens of times while the reader waits (chapter 11).

All weights and biases lie in one vector w, so that any optimizer step for vectors trains it. Its gradient is asserted
equal to Keras's in the tests.
"""

import time
from contextlib import nullcontext
from dataclasses import dataclass

import numpy as np
from scipy.special import softmax

from fer_utils.course.optimizers import OPTIMIZERS

# The function, and its slope as a function of its value.
HIDDEN_ACTIVATIONS = {
    "ReLU": (lambda x: np.maximum(x, 0), lambda y: (y > 0).astype(y.dtype)),
    "tanh": (np.tanh, lambda y: 1 - y**2),
    "sigmoid": (lambda x: 1 / (1 + np.exp(-np.clip(x, -60, 60))), lambda y: y * (1 - y)),
}


@dataclass(frozen=True)
class SmallFaces:
    """Faces of 16x16 values, as rows: x float32 (n, 256) from -1 to 1, y labels (n,), of Training and of PublicTest."""

    x: np.ndarray
    y: np.ndarray
    public_x: np.ndarray
    public_y: np.ndarray

    def first(self, count):
        """The same with only the first `count` training faces."""
        return SmallFaces(self.x[:count], self.y[:count], self.public_x, self.public_y)


def small_faces(faces, train=1400, public=700):
    """SmallFaces from `Faces` with train and public: every 3x3 pixels averaged, scaled to -1..1."""
    def rows(images):
        means = images.reshape(-1, 16, 3, 16, 3).mean(axis=(2, 4), dtype="float32")
        return means.reshape(len(images), -1) / 127.5 - 1
    return SmallFaces(rows(faces.train.images[:train]), faces.train.labels[:train].astype(int),
                      rows(faces.public.images[:public]), faces.public.labels[:public].astype(int))


def layer_sizes(depth, width, inputs=256, classes=7):
    """[inputs, width, ..., width, classes] with `depth` hidden layers."""
    return [inputs, *[width] * depth, classes]


def count_weights(sizes):
    """The number of weights and biases of layers of these sizes."""
    return sum((before + 1) * after for before, after in zip(sizes, sizes[1:]))


def initial_weights(sizes, rng, activation="ReLU"):
    """One float32 vector: biases 0, normal weights made for the activation. Their variance is 2 / inputs for ReLU (He
    and others 2015), else 2 / (inputs + outputs) (Glorot and Bengio 2010)."""
    w = np.zeros(count_weights(sizes), "float32")
    for weights, _ in _layers(w, sizes):
        fan = len(weights) if activation == "ReLU" else sum(weights.shape)
        weights[:] = rng.normal(0, np.sqrt(2 / fan), weights.shape)
    return w


def forward(w, sizes, x, activation="ReLU"):
    """The outputs of all layers, x first; the last are the class probabilities, (n, 7)."""
    function, outputs = HIDDEN_ACTIVATIONS[activation][0], [x]
    layers = _layers(w, sizes)
    for number, (weights, biases) in enumerate(layers, start=1):
        scores = outputs[-1] @ weights + biases
        outputs.append(function(scores) if number < len(layers) else softmax(scores, axis=1))
    return outputs


def loss_and_gradient(w, sizes, x, y, activation="ReLU"):
    """Mean cross-entropy of y, labels (n,) or targets (n, 7), and its gradient, a vector like w."""
    outputs, slope = forward(w, sizes, x, activation), HIDDEN_ACTIVATIONS[activation][1]
    targets = np.eye(outputs[-1].shape[1], dtype=w.dtype)[y] if y.ndim == 1 else y
    loss = -(targets * np.log(np.clip(outputs[-1], 1e-7, 1))).sum(axis=1).mean()
    error = (outputs[-1] - targets) / len(y)  # probabilities minus targets: the slope of the loss along the scores
    gradient = np.empty_like(w)
    for place, ((weights, _), (to_weights, to_biases)) in reversed(
            list(enumerate(zip(_layers(w, sizes), _layers(gradient, sizes))))):
        to_weights[:] = outputs[place].T @ error
        to_biases[:] = error.sum(axis=0)
        if place:
            error = error @ weights.T * slope(outputs[place])
    return loss, gradient


def gradient_norms(w, sizes, x, y, activation="ReLU"):
    """The norm (length) of the gradient of each layer's weights, first layer first."""
    _, gradient = loss_and_gradient(w, sizes, x, y, activation)
    return [float(np.linalg.norm(weights)) for weights, _ in _layers(gradient, sizes)]


def train_small(data, *, optimizer="Adam", rate=3e-3, beta=0.9, batch_size=32, epochs=10, depth=1, width=32,
                activation="ReLU", schedule=None, seed=0, targets=None, l1=0.0, l2=0.0):
    """Train once and return what came of it, a dict.

    Arguments:
        data: SmallFaces.
        targets: float (n, 7) to learn instead of the labels, such as a teacher's answers (chapter 16).
        optimizer: a name in OPTIMIZERS.
        rate: the learning rate; with a `schedule`, a function of the share of training done (0..1), times that.
        l1, l2: penalty on the sum of absolute values, or of squares, of all weights and biases.
        seed: draws the first weights and the order of the faces.

    Returns "loss", "accuracy" (of the training faces), "public_loss", "public_accuracy" (lists, one value an epoch,
    measured at its end), "steps", "parameters", "seconds", and "weights", a list of vectors, one an epoch.
    """
    goals = data.y if targets is None else np.asarray(targets, "float32")
    rng, sizes = np.random.default_rng(seed), layer_sizes(depth, width, data.x.shape[1])
    w = initial_weights(sizes, rng, activation)
    memory, t, step = (np.zeros_like(w), np.zeros_like(w)), 0, OPTIMIZERS[optimizer]
    run = {"loss": [], "accuracy": [], "public_loss": [], "public_accuracy": [], "weights": []}
    begin, total = time.perf_counter(), epochs * -(-len(data.y) // batch_size)
    # a rate that is too high may end in infinities: that is a result
    with np.errstate(over="ignore", invalid="ignore"), one_thread():
        for _ in range(epochs):
            order = rng.permutation(len(data.y))
            for start in range(0, len(order), batch_size):
                chosen = order[start:start + batch_size]
                _, gradient = loss_and_gradient(w, sizes, data.x[chosen], goals[chosen], activation)
                gradient += l1 * np.sign(w) + 2 * l2 * w
                now = rate * schedule(t / total) if schedule else rate
                t += 1
                w, memory = step(w, gradient, memory, t, now, beta)
            for prefix, x, y in (("", data.x, data.y), ("public_", data.public_x, data.public_y)):
                loss, accuracy = _scores(forward(w, sizes, x, activation)[-1], y)
                run[prefix + "loss"].append(loss)
                run[prefix + "accuracy"].append(accuracy)
            run["weights"].append(w)
    return run | {"steps": t, "parameters": len(w), "seconds": time.perf_counter() - begin}


def try_out(data, settings, seeds=(0, 1, 2)):
    """Several settings, each trained once a seed. `settings`: dict from a label to arguments of `train_small`.

    Returns a dict from label to the list of its runs.
    """
    return {label: [train_small(data, **chosen, seed=seed) for seed in seeds] for label, chosen in settings.items()}


def one_thread():
    """These products are too small to share: on a busy processor, threads that wait for each other cost several times
    more."""
    try:
        from threadpoolctl import threadpool_limits
    except ImportError:  # it comes with scikit-learn
        return nullcontext()
    return threadpool_limits(1)


def _scores(probabilities, y):
    of_truth = probabilities[np.arange(len(y)), y]
    return float(-np.log(np.clip(of_truth, 1e-7, 1)).mean()), float(np.mean(probabilities.argmax(axis=1) == y))


def _layers(w, sizes):
    """(weights, biases) of each layer, as views into w."""
    layers, start = [], 0
    for before, after in zip(sizes, sizes[1:]):
        middle, end = start + before * after, start + (before + 1) * after
        layers.append((w[start:middle].reshape(before, after), w[middle:end]))
        start = end
    return layers
