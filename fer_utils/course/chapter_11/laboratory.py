"""Fair trials in the small laboratory of chapter 11, and the looks that a failing training is given.

A fair trial lets every setting choose its learning rate, with some seeds, and compares with others. Networks and data
are those of `fer_utils.course.small_network`.
"""

import numpy as np

from fer_utils.course.small_network import forward, gradient_norms, initial_weights, layer_sizes, try_out

# Seeds: those that choose a rate have no part in the comparison.
CHOOSING, COMPARING = range(3), range(10, 15)
RATES = (0.001, 0.003, 0.01, 0.03, 0.1)  # for Adam; each about three times the one before


def by_rate(data, settings, rates, seeds=CHOOSING):
    """Every setting at every learning rate.

    Arguments: settings, dict from a label to arguments of `train_small`; rates, a list for all settings, or a dict from
    label to its list. Returns a dict from label to a dict from rate to the list of runs.
    """
    return {label: {rate: try_out(data, {"": chosen | {"rate": rate}}, seeds)[""]
                    for rate in (rates[label] if isinstance(rates, dict) else rates)}
            for label, chosen in settings.items()}


def best_rates(tried):
    """Of `by_rate`: a dict from label to the rate with the highest mean PublicTest accuracy."""
    return {label: max(runs, key=lambda rate: np.mean([run["public_accuracy"][-1] for run in runs[rate]]))
            for label, runs in tried.items()}


def rates_of_single_seeds(runs):
    """The rate that each seed alone would choose, a list. `runs`: dict from rate to runs, one a seed, as `by_rate` has
    them for one setting."""
    return [max(runs, key=lambda rate: runs[rate][place]["public_accuracy"][-1])
            for place in range(len(next(iter(runs.values()))))]


def at_best_rates(data, settings, rates, seeds=COMPARING):
    """Each setting at the rate that served it best, trained anew: a dict from a label to its runs. The label ends with
    the rate, and with a star where that was the smallest or the largest tried, so that a better one may lie beyond."""
    tried = by_rate(data, settings, rates)
    return try_out(data, {f"{label}, {rate:g}{'*' * (rate in (min(tried[label]), max(tried[label])))}":
                          settings[label] | {"rate": rate} for label, rate in best_rates(tried).items()}, seeds)


def compared_pairs(runs, level=0.95):
    """How far apart the settings lie, pair by pair, by Tukey's test (corrected for the number of pairs).

    Arguments: runs, dict from label to runs of `train_small`. Returns rows (ahead, behind, gap, low, high), highest
    means first: by how much the mean PublicTest accuracy of `ahead` lies above that of `behind`, and the interval of
    it, in fractions; where low is above 0, the luck of seeds does not explain the lead. It takes the settings to
    scatter alike, and knows the luck of seeds alone.
    """
    from itertools import combinations

    from scipy.stats import tukey_hsd

    ends = {label: [run["public_accuracy"][-1] for run in group] for label, group in runs.items()}
    order = sorted(ends, key=lambda label: -np.mean(ends[label]))
    interval = tukey_hsd(*(ends[label] for label in order)).confidence_interval(level)
    return [(order[i], order[j], float(np.mean(ends[order[i]]) - np.mean(ends[order[j]])), float(interval.low[i, j]),
             float(interval.high[i, j])) for i, j in combinations(range(len(order)), 2)]


def layers_at_start(data, activation, depth=4, width=32, count=256, seed=0):
    """Two looks at a network before training, each a list with one number a layer, first layer first.

    Returns (norms, spreads): the norm of the gradient of each layer's weights, the answer's layer last; and how much
    the outputs of each hidden layer differ from face to face, their standard deviation, averaged over the units.
    """
    sizes = layer_sizes(depth, width, data.x.shape[1])
    w = initial_weights(sizes, np.random.default_rng(seed), activation)
    x, y = data.x[:count], data.y[:count]
    spreads = [float(values.std(axis=0).mean()) for values in forward(w, sizes, x, activation)[1:-1]]
    return gradient_norms(w, sizes, x, y, activation), spreads


def overfit_keras(x, y, softmaxes=1, steps=150, seed=0):
    """The losses of a small Keras network that is trained on one batch alone. With two `softmaxes`, the second takes
    the first one's probabilities for scores."""
    import keras

    keras.utils.set_random_seed(seed)
    net = keras.Sequential([keras.Input(x.shape[1:]), keras.layers.Dense(32, "relu"), keras.layers.Dense(7),
                            *(keras.layers.Softmax() for _ in range(softmaxes))])
    net.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", jit_compile=False)
    losses = []
    for _ in range(steps):
        net.reset_metrics()  # Keras before 3.14 gives the mean over all steps so far
        losses.append(float(net.train_on_batch(x, y)))
    return losses
