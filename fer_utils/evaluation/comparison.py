"""Two networks on the same faces: how far apart they are in any score, and how far the luck of faces and seeds may
bring them. Explained in chapter 12.

A score is a function of confusion matrices, int (..., 7, 7) with true classes down, that gives a number for each,
(...,), or one for each class, (..., 7). A drawn set of faces is then a drawn matrix, which is quick.
"""

import numpy as np

from fer_utils.evaluation.classical_runs import recorded_answers
from fer_utils.evaluation.intervals import LEVEL
from fer_utils.labels import EMOTIONS

SIDE = len(EMOTIONS)


def accuracy_of(matrix):
    """The share of the faces on the diagonal."""
    matrix = np.asarray(matrix)
    return _diagonal(matrix).sum(axis=-1) / matrix.sum(axis=(-2, -1))


def recall_of(matrix):
    """For each class the share of its faces that are found, 0 where it has no face."""
    matrix = np.asarray(matrix)
    return _diagonal(matrix) / np.maximum(matrix.sum(axis=-1), 1)


def f1_of(matrix):
    """For each class the harmonic mean of precision and recall, 0 where it has no hit."""
    matrix = np.asarray(matrix)
    return 2 * _diagonal(matrix) / np.maximum(matrix.sum(axis=-1) + matrix.sum(axis=-2), 1)


def macro_f1_of(matrix):
    """The mean F1 of the seven classes."""
    return f1_of(matrix).mean(axis=-1)


def confusions(labels, answers):
    """The confusion matrices int (k, 7, 7) of k networks' answers int (k, n) to the same faces, labels int (n,)."""
    codes = SIDE * np.asarray(labels, int) + np.asarray(answers, int)
    return np.stack([_counted(row) for row in codes])


def drawn_confusions(labels, answers, draws=2000, seed=0):
    """`confusions` of faces drawn anew with replacement: int (draws, k, 7, 7). All networks answer the same draw."""
    codes, rng = SIDE * np.asarray(labels, int) + np.asarray(answers, int), np.random.default_rng(seed)
    chosen = (codes[:, rng.integers(codes.shape[1], size=codes.shape[1])] for _ in range(draws))
    return np.stack([[_counted(row) for row in drawn] for drawn in chosen])


def compare(labels, first, second, score=accuracy_of, tried=1, level=LEVEL, draws=2000, seed=0):
    """How far the score of one network lies above that of another on the same faces, with an interval: a dict.

    Arguments:
        labels: int (n,).
        first, second: their answers int (n,), or (k, n) of k seeds, in the order of the labels.
        score: see the top of this module.
        tried: how many differences are looked at; all their intervals together then hold `level` of the time
            (Bonferroni).

    Returns `first` and `second` (the scores, of several seeds the mean), `difference`, its interval `low` to `high`,
    each a number or an array (7,); `told`, what the interval says of the first, "better", "worse" or "cannot be told",
    in words or a list of seven; `luck`, which luck is in the interval; `seeds`, how many each side has; `tried`, `n`.

    The luck of the faces is how much the difference moves from draw to draw of the faces, that of the seeds how much
    each side's seeds differ. Where they overlap, since each seed is unsure of other faces, the overlap is taken away
    once, as in a two-way analysis of variance, so that it counts once. A side with one seed has a luck that nobody can
    know, and `luck` says so. The interval is Student's, its degrees of freedom by Satterthwaite 1946
    (doi:10.2307/3002019). Raises ValueError for answers that do not fit the labels.
    """
    labels, sides = np.asarray(labels), [np.atleast_2d(answers) for answers in (first, second)]
    if labels.ndim != 1 or any(side.ndim != 2 or side.shape[1] != len(labels) for side in sides) or tried < 1:
        raise ValueError(f"labels have shape {labels.shape}, the answers {sides[0].shape} and {sides[1].shape}, "
                         f"{tried} tried: give an answer for each label, in the same order, of every seed.")
    here = [score(confusions(labels, side)) for side in sides]
    both = score(drawn_confusions(labels, np.concatenate(sides), draws, seed))
    drawn = both[:, :len(sides[0])], both[:, len(sides[0]):]
    parts = [(drawn[0].mean(axis=1) - drawn[1].mean(axis=1)).var(axis=0)]  # faces, then the seeds of each side
    freedom = [len(labels) - 1]
    for values, luck in zip(here, drawn):
        k = len(values)
        if k > 1:
            parts[0] = np.maximum(parts[0] - _overlap(luck) / k, 0)
            parts.append(values.var(axis=0, ddof=1) / k)
            freedom.append(k - 1)
    difference, error, df = here[0].mean(axis=0) - here[1].mean(axis=0), *_summed(parts, freedom)
    low, high = _student(difference, error, df, 1 - (1 - level) / tried)
    return {"first": _plain(here[0].mean(axis=0)), "second": _plain(here[1].mean(axis=0)),
            "difference": _plain(difference), "low": _plain(low), "high": _plain(high), "told": _told(low, high),
            "luck": _luck(*map(len, sides)), "seeds": tuple(map(len, sides)), "tried": tried, "n": len(labels)}


def compare_groups(first, second, **options):
    """`compare` of published runs on PrivateTest, from their recorded answers.

    Arguments: first, second, lists of names of runs or of classifiers (chapter 05), each one network's seeds; options,
    as in `compare`. Raises ValueError where they were not recorded on the same faces.
    """
    stored = {name: recorded_answers(name) for name in (*first, *second)}
    one, *others = stored.values()
    if any(not np.array_equal(one[key], other[key]) for other in others for key in ("keys", "labels")):
        raise ValueError(f"{', '.join(stored)} were not recorded on the same faces, so they cannot be compared face by "
                         "face.")
    return compare(one["labels"], *([stored[name]["answers"] for name in side] for side in (first, second)), **options)


def _diagonal(matrix):
    return np.diagonal(matrix, axis1=-2, axis2=-1)


def _counted(codes):
    return np.bincount(codes, minlength=SIDE * SIDE).reshape(SIDE, SIDE)


def _overlap(drawn):
    """The variance, by the faces, of one seed's score apart from what all seeds share. `drawn`: (draws, k, ...)."""
    own = drawn - drawn.mean(axis=1, keepdims=True)
    return own.var(axis=0).sum(axis=0) / (drawn.shape[1] - 1)


def _summed(parts, freedom):
    """The standard error of a sum of independent parts, and its degrees of freedom, from the variances of the parts."""
    total = np.maximum(sum(parts), 1e-12)  # two networks that answer alike differ by 0, for sure
    return np.sqrt(total), total**2 / np.maximum(sum(part**2 / df for part, df in zip(parts, freedom)), 1e-30)


def _student(value, error, df, level):
    from scipy.stats import t

    half = t.ppf((1 + level) / 2, df) * error
    return value - half, value + half


def _told(low, high):
    words = np.where(low > 0, "better", np.where(high < 0, "worse", "cannot be told"))
    return str(words) if words.ndim == 0 else words.tolist()


def _plain(values):
    return float(values) if np.ndim(values) == 0 else values


def _luck(*seeds):
    """Which luck an interval knows, in words, from the numbers of seeds."""
    several = [count > 1 for count in seeds]
    if all(several):
        return f"faces and seeds ({seeds[0]} against {seeds[1]})"
    if not any(several):
        return "faces alone (one seed each)"
    return f"faces, and the seeds of the {'first' if several[0] else 'second'} (the other has one)"
