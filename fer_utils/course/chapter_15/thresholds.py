"""What a threshold promises on the faces that it was chosen on, and keeps on others. Explained in chapter 15."""

import numpy as np

THRESHOLDS = np.linspace(0.2, 0.95, 76)


def best_threshold(curve, labels, probabilities, least=0.5):
    """The threshold with the best accuracy that still answers for a share `least` of the faces, and that accuracy.

    `curve` is a function like `decisions.coverage_and_accuracy`.
    """
    found = [(accuracy, threshold) for threshold in THRESHOLDS
             for coverage, accuracy in [curve(labels, probabilities, threshold)] if coverage >= least]
    accuracy, threshold = max(found)
    return threshold, accuracy


def chosen_on_few(curve, labels, probabilities, size=50, draws=100, seed=0):
    """Choose the threshold on a few faces, again and again: accuracy on these, and on all others, float (draws, 2)."""
    rng, found = np.random.default_rng(seed), np.empty((draws, 2))
    for draw in found:
        mixed = rng.permutation(len(labels))
        few, others = mixed[:size], mixed[size:]
        threshold, draw[0] = best_threshold(curve, labels[few], probabilities[few])
        draw[1] = curve(labels[others], probabilities[others], threshold)[1]
    return found


def coverage_by_class(labels, probabilities, threshold):
    """The share of each class's faces that get an answer, float (7,)."""
    answered = probabilities.max(axis=1) >= threshold
    return np.array([answered[labels == number].mean() for number in range(probabilities.shape[1])])
