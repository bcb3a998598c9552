"""The experiments of chapter 08: few faces a class, and a network that was trained on other faces.

Three ways: "frozen" trains a new head on features that stay as they are; "fine-tuned" goes on from there with all
weights; "from scratch" trains from random weights. None of them changes the faces.
"""

import keras
import numpy as np
from scipy.special import softmax  # scikit-image brings SciPy

from fer_utils.course.optimizers import adam
from fer_utils.course.small_network import one_thread
from fer_utils.data.preprocessing import one_hot
from fer_utils.evaluation import predict_probabilities
from fer_utils.evaluation.comparison import accuracy_of, confusions, macro_f1_of
from fer_utils.labels import EMOTIONS
from fer_utils.networks import build_network
from fer_utils.networks.transfer import features, head_of, with_new_head
from fer_utils.networks.weights import load_network
from fer_utils.training.model import clone_for_training

TRANSFER_METHODS = ("frozen", "fine-tuned", "from scratch")
SIZES = (10, 50, 200)
MEASUREMENTS = 5  # times in a run


def few(labels, per_class, seed=0):
    """The places of `per_class` faces of each class, or of all there are where they are fewer. Of one seed, more faces
    hold the fewer ones."""
    rng = np.random.default_rng(seed)
    return np.concatenate([rng.permutation(np.flatnonzero(labels == label))[:per_class]
                           for label in range(len(EMOTIONS))])


def train_head(x, labels, steps=300, rate=1e-2, seed=0, classes=len(EMOTIONS)):
    """A dense layer and softmax trained on features by Adam, all faces at once: the pair (kernel, biases).

    Arguments: x float (n, channels); labels int (n,). The formulas are those of chapter 11; NumPy is enough.
    """
    x, targets = np.asarray(x, "float32"), np.eye(classes, dtype="float32")[labels]
    rng = np.random.default_rng(seed)
    weights = [rng.normal(0, 0.01, (x.shape[1], classes)).astype("float32"), np.zeros(classes, "float32")]
    memory = [(np.zeros_like(values), np.zeros_like(values)) for values in weights]
    with one_thread():
        for t in range(1, steps + 1):
            error = (head_probabilities(x, weights) - targets) / len(labels)
            for i, gradient in enumerate((x.T @ error, error.sum(axis=0))):
                weights[i], memory[i] = adam(weights[i], gradient, memory[i], t, rate)
    return tuple(weights)


def head_probabilities(x, head):
    """Softmax of x @ kernel + biases: (n, classes)."""
    return softmax(x @ head[0] + head[1], axis=1)


def head_accuracy(x, labels, head):
    """The share of faces, given by their features, for which the head is right."""
    return float(np.mean(head_probabilities(x, head).argmax(axis=1) == labels))


def put_head(net, head):
    """Put (kernel, biases) into the last dense layer of a Keras model, in place. Returns `net`."""
    for variable, values in zip(head_of(net).weights, head):
        variable.assign(values)
    return net


def head_curve(x, labels, public_x, public_labels, sizes, seeds=(0, 1, 2)):
    """PublicTest accuracy of heads by number of faces a class: dict from size to a list, one figure a seed."""
    curve = {}
    for size in sizes:
        curve[size] = []
        for seed in seeds:
            chosen = few(labels, size, seed)
            head = train_head(x[chosen], labels[chosen], seed=seed)
            curve[size].append(head_accuracy(public_x, public_labels, head))
    return curve


def standardized(x, public_x, labels, public_labels):
    """The arguments of `head_curve` with each feature shifted and divided so that over `x` it has mean 0 and spread 1:
    (x, labels, public_x, public_labels)."""
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(np.asarray(x, float))
    return scaler.transform(np.asarray(x, float)), labels, scaler.transform(np.asarray(public_x, float)), public_labels


class Repeat:
    """One compiled network, trained again and again from weights of one's choice: compiling takes longer than a small
    run."""

    def __init__(self, net, rate):
        self.net = net
        self.model = clone_for_training(net, keras.Variable(1.0, trainable=False))
        self.optimizer = keras.optimizers.Adam(rate)
        self.optimizer.build(self.model.trainable_variables)
        self.untouched = [keras.ops.convert_to_numpy(v) for v in self.optimizer.variables]
        self.model.compile(self.optimizer, "categorical_crossentropy", metrics=["accuracy"], jit_compile=False)

    def train(self, weights, images, labels, public, epochs, seed):
        """Train from `weights`, arrays by path, and measure PublicTest before, and `MEASUREMENTS` times on the way.

        Returns {"epoch": [...], "train_accuracy": [...], "public_accuracy": [...], "public_macro_f1": [...]}; the
        training accuracy is that of the epoch just past, as Keras counts it while the weights move, and None before
        the first.
        """
        keras.utils.set_random_seed(seed)
        for variable in self.model.weights:
            variable.assign(weights[variable.path])
        for variable, value in zip(self.optimizer.variables, self.untouched):
            variable.assign(value)
        step = epochs // MEASUREMENTS
        history = {"epoch": [0], "train_accuracy": [None]}
        history |= {key: [value] for key, value in self.scores(public).items()}
        for epoch in range(step, epochs + 1, step):
            log = self.model.fit(images[..., None], one_hot(labels), batch_size=32, epochs=step, verbose=0).history
            history["epoch"].append(epoch)
            history["train_accuracy"].append(round(float(log["accuracy"][-1]), 4))
            for key, value in self.scores(public).items():
                history[key].append(value)
        return history

    def scores(self, public):
        return public_scores(predict_probabilities(self.model, public.images), public.labels)


def public_scores(probabilities, labels):
    """What is measured of answers to PublicTest: {"public_accuracy": ..., "public_macro_f1": ...}."""
    matrix = confusions(labels, probabilities.argmax(axis=1)[None])[0]
    return {"public_accuracy": round(float(accuracy_of(matrix)), 4),
            "public_macro_f1": round(float(macro_f1_of(matrix)), 4)}


def transfer(name, faces, settings):
    """The network `name` with its shipped weights, carried over to `faces`: way to faces a class to histories, one a
    seed.

    The same network is trained from random weights. `settings`: "seeds", "learning_rates" and "epochs", as
    `tools/record_experiments.py` holds them. For "frozen" an epoch is a step of `train_head`, and only the end is
    measured.
    """
    trained = load_network(name)
    net = with_new_head(trained)
    x, public_x = features(trained, faces.train.images), features(trained, faces.public.images)
    known = {v.path: keras.ops.convert_to_numpy(v.value) for v in net.weights}
    labels, found = faces.train.labels, {way: {str(size): [] for size in settings["epochs"]}
                                         for way in TRANSFER_METHODS}
    trainers = {way: Repeat(start, settings["learning_rates"][way])
                for way, start in zip(TRANSFER_METHODS[1:], (net, build_network(trained.name)))}
    for size, epochs in settings["epochs"].items():
        for seed in settings["seeds"]:
            chosen = few(labels, int(size), seed)
            head = train_head(x[chosen], labels[chosen], settings["head_steps"], settings["learning_rates"]["frozen"],
                              seed)
            found["frozen"][size].append({
                "epoch": [settings["head_steps"]],
                "train_accuracy": [round(head_accuracy(x[chosen], labels[chosen], head), 4)]} | {
                key: [value] for key, value in
                public_scores(head_probabilities(public_x, head), faces.public.labels).items()})
            keras.utils.set_random_seed(seed)
            fresh = build_network(trained.name)
            starts = {"fine-tuned": known | dict(zip([v.path for v in head_of(net).weights], head)),
                      "from scratch": {v.path: keras.ops.convert_to_numpy(v.value) for v in fresh.weights}}
            for way, weights in starts.items():
                found[way][size].append(trainers[way].train(
                    weights, faces.train.images[chosen], labels[chosen], faces.public, epochs[way], seed))
            print(size, seed, {way: found[way][size][-1]["public_accuracy"] for way in TRANSFER_METHODS}, flush=True)
    return found
