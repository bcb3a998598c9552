"""Do probabilities mean what they say? Of the answers given with 70 %, about 70 % should be right.

Guo and others 2017 (arXiv:1706.04599). Not in the thesis; explained in chapter 12.
"""

import numpy as np

from fer_utils.evaluation.intervals import LEVEL, mean_difference


def checked(labels, probabilities):
    """Labels int (n,) and probabilities float64 (n, classes) as arrays. Raises ValueError where they do not belong
    together, or where the latter are no probabilities: logits, percent, or what is no number."""
    labels, probabilities = np.asarray(labels), np.asarray(probabilities, np.float64)
    if labels.ndim != 1 or probabilities.ndim != 2 or len(labels) != len(probabilities):
        raise ValueError(f"labels have shape {labels.shape}, probabilities {probabilities.shape}; give a row of "
                         "probabilities for each label, in the same order.")
    if not ((probabilities >= 0) & (probabilities <= 1.001)).all():
        raise ValueError("a probability is below 0, above 1 or no number. Give what the softmax gives.")
    if labels.size and (labels.min() < 0 or labels.max() >= probabilities.shape[1]):
        raise ValueError(f"a label lies outside the {probabilities.shape[1]} classes: {labels.min()} to "
                         f"{labels.max()}.")
    return labels.astype(int), probabilities


def reliability(labels, probabilities, bins=15):
    """Answers sorted by how sure they are, into `bins` equal widths of confidence (the largest of the seven
    probabilities).

    Arguments: labels int (n,), probabilities float (n, 7). Returns three arrays (bins,): `count`, the mean
    `confidence` and the `accuracy` of the answers in each bin; the last two are NaN where a bin is empty. A bin holds
    its upper edge.
    """
    labels, probabilities = checked(labels, probabilities)
    if bins < 1:
        raise ValueError(f"expected one bin or more, got {bins!r}.")
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    place = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    count = np.bincount(place, minlength=bins)
    with np.errstate(invalid="ignore"):  # an empty bin has no mean
        return count, np.bincount(place, confidence, bins) / count, np.bincount(place, right, bins) / count


def calibration_error(labels, probabilities, bins=15):
    """The expected calibration error: how far accuracy and confidence lie apart, on average over the answers; 0 to 1.

    Arguments as for `reliability`, which it averages.
    """
    if not len(labels):
        raise ValueError("there is no answer, so accuracy and confidence lie nowhere; give faces.")
    count, confidence, accuracy = reliability(labels, probabilities, bins)
    held = count > 0
    return float(np.sum(count[held] * np.abs(accuracy - confidence)[held]) / count.sum())


def confidence_gap(labels, probabilities, level=LEVEL):
    """How much surer the answers are than they are often right: (gap, low, high), fractions, with its interval by the
    luck of the faces. Above 0 is too sure, below 0 not sure enough.

    Unlike `calibration_error` it is a plain mean, so its interval is not pushed up by the luck in each bin.
    """
    from scipy.stats import norm

    labels, probabilities = checked(labels, probabilities)
    gap, error = mean_difference(probabilities.max(axis=1), probabilities.argmax(axis=1) == labels)
    half = float(norm.ppf((1 + level) / 2)) * error
    return gap, gap - half, gap + half


def tempered(probabilities, temperature):
    """Probabilities (n, 7) with their logits divided by a temperature: above 1 less sure, below 1 surer. Which emotion
    is the largest does not change. What is stored as 0 counts as one in a hundred million. Raises
    ValueError unless the temperature lies between a hundredth and a hundred."""
    if not 0.01 <= temperature <= 100:
        raise ValueError(f"expected a temperature from 0.01 to 100, got {temperature!r}.")
    powers = np.maximum(np.asarray(probabilities, np.float64), 1e-8) ** (1 / temperature)
    return powers / powers.sum(axis=1, keepdims=True)


def log_losses(labels, probabilities):
    """What each label costs: minus the logarithm of its probability, float64 (n,), in nats. Its mean is the
    cross-entropy."""
    labels, probabilities = checked(labels, probabilities)
    own = probabilities[np.arange(len(labels)), labels]
    return -np.log(np.maximum(own, 1e-8))


def fitted_temperature(labels, probabilities):
    """The temperature with the lowest mean of `log_losses`, between 1/5 and 5. It is fitted to PublicTest and used on
    other faces."""
    from scipy.optimize import minimize_scalar

    labels, probabilities = checked(labels, probabilities)
    if not len(labels):
        raise ValueError("there is no face to fit a temperature to.")

    def cost(temperature):
        return log_losses(labels, tempered(probabilities, temperature)).mean()

    return float(minimize_scalar(cost, bounds=(0.2, 5), method="bounded").x)
