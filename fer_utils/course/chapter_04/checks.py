"""Checks of the learner's answers in chapter 04."""

import numpy as np

from fer_utils.course.chapter_04 import softmax_regression as ours
from fer_utils.course.checks import NotYet, exercise, expect


@exercise("How would you say in one number how unlike two faces are, so that a pixel that is too dark and one that is "
          "too bright do not cancel?",
          "`x - face` subtracts the face from every row at once; square, and sum each row with `axis=1`. `argmin` "
          "gives the place of the smallest number.",
          "`distances = ((x - face) ** 2).sum(axis=1)` has one distance for each training face; the answer is the "
          "label at the place of the smallest.")
def check_nearest_label(function):
    """Exercise 1: the label of the training face with the smallest sum of squared differences."""
    face = np.zeros(4)
    known = np.array([[3.0, 0, 0, 0], [2, 2, 0, 0], [5, -5, 0, 0], [3, 3, 3, -9]])
    rng = np.random.default_rng(0)
    cases = [(face, known, np.array([4, 6, 2, 1])), (face + 1, known, np.array([3, 0, 5, 2])),
             (rng.normal(size=9), rng.normal(size=(20, 9)), rng.integers(0, 7, 20))]
    for number, (one, x, labels) in enumerate(cases, start=1):
        expect(ours.nearest_label(one, x, labels), function(one.copy(), x.copy(), labels.copy()),
               f"the label nearest to face {number} of the check, among {len(labels)} training faces")
    return "It answers with the label of the most similar face it remembers."


@exercise("Which of the seven shares of a face decides how wrong the answer was?",
          "`p[np.arange(len(labels)), labels]` picks from each row the share of its label; a loop over the rows does "
          "the same. Then the natural logarithm, and the mean over the faces.",
          "`of_truth = p[np.arange(len(labels)), labels]` holds one share a face; each costs `-np.log` of it.")
def check_mean_loss(function):
    """Exercise 2: the mean of minus the logarithm of the share that each label got."""
    rng = np.random.default_rng(0)
    for count in (3, 5):
        p, labels = ours.shares(rng.normal(size=(count, 7))), rng.integers(0, 7, count)
        right = ours.cross_entropy(p, labels)
        expect(right, function(p.copy(), labels.copy()), f"the loss of {count} faces",
               tolerance=1e-5,  # room for a small number added, so that no logarithm is infinite
               mistakes={"the sum: the mean is asked for": right * count, "is the minus missing?": -right})
    equal = np.full((4, 7), 1 / 7)
    expect(np.log(7), function(equal, np.array([0, 3, 3, 6])), "the loss of equal shares", tolerance=1e-5)
    return "Only the share of the right word counts, and the mean makes sets of any size comparable."


def slopes(weights, x, labels, step=1e-5):
    """The gradient of the loss by finite differences: each weight a little more and a little less."""
    found = np.zeros_like(weights)
    for place in np.ndindex(weights.shape):
        more, less = weights.copy(), weights.copy()
        more[place] += step
        less[place] -= step
        found[place] = (ours.cross_entropy(ours.shares(x @ more), labels)
                        - ours.cross_entropy(ours.shares(x @ less), labels)) / (2 * step)
    return found


@exercise("By how much should each of a face's seven shares move, and which of its pixels had a part in it?",
          "Make an array like the shares that holds 1 at each face's label and 0 elsewhere: `np.eye(7)[labels]`. The "
          "shares less that array are the errors, (n, 7); `x.T @ errors` sums errors times pixels over the faces.",
          "`errors = shares(x @ weights) - np.eye(7)[labels]`; what is left is the product with `x.T` and the mean "
          "over the faces.")
def check_gradient(function):
    """Exercise 3: the gradient, against finite differences on two inputs and the closed form at weights of 0."""
    rng = np.random.default_rng(0)
    for count in (4, 6):
        weights, x, labels = rng.normal(size=(5, 7)), rng.normal(size=(count, 5)), rng.integers(0, 7, count)
        kept = weights.copy()
        right = slopes(weights, x, labels)
        expect(right, function(weights, x, labels),
               f"the slopes for {count} faces of 5 values, against small changes of each weight", tolerance=1e-5,
               mistakes={f"{count} times too large: is the mean over the faces missing?": count * right,
                         "all with the wrong sign": -right})
        _unchanged(kept, weights)
    known = -x.T @ (np.eye(7)[labels] - 1 / 7) / len(labels)  # with equal shares
    expect(known, function(np.zeros((5, 7)), x, labels), "the slopes at weights of 0", tolerance=1e-6)
    return "The same slopes as changing each weight a little, and all of them at once."


@exercise("What has to happen for each batch, and from which weights does the second one go on?",
          "`range(0, len(order), batch_size)` gives the places where batches begin; "
          "`order[start:start + batch_size]` are the faces of one, perhaps fewer in the last. Each makes a step.",
          "Inside the loop, with `batch` for those numbers: take `gradient(weights, x[batch], labels[batch])` and set "
          "`weights` to themselves less `rate` times that.")
def check_one_epoch(function):
    """Exercise 4: one pass through the faces in the order given, a step for each batch."""
    rng = np.random.default_rng(0)
    for count, batch_size in ((6, 6), (10, 4), (3, 1)):
        weights, x, labels = rng.normal(size=(5, 7)), rng.normal(size=(count, 5)), rng.integers(0, 7, count)
        order, kept = rng.permutation(count), weights.copy()
        right, first, full = (ours.one_epoch(weights, x, labels, order[:faces], 0.5, batch_size)
                              for faces in (count, batch_size, count // batch_size * batch_size))
        expect(right, function(weights, x, labels, order, 0.5, batch_size),
               f"the weights after {count} faces in batches of {batch_size}", tolerance=1e-5,
               mistakes={"the same as after the first batch only": first,
                         "the same as without the last batch, which is smaller": full})
        _unchanged(kept, weights)
    return "A step a batch, each from where the last one ended."


def _unchanged(kept, weights):
    if not np.array_equal(kept, weights):
        raise NotYet("expected the weights handed over to stay as they were, got them changed in place; write "
                     "`weights = weights - ...` rather than `weights -= ...`")
