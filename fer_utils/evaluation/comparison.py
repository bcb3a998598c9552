"""Two networks on the same faces: how far apart they are in any score, and how far the luck of faces and seeds may
bring them. Explained in chapter 12.

A score is a function of confusion matrices, int (..., 7, 7) with true classes down, that gives a number for each,
(...,), or one for each class, (..., 7). A drawn set of faces is then a drawn matrix, which is quick.
"""

import numpy as np

from fer_utils.evaluation.classical_runs import recorded_answers
from fer_utils.evaluation.intervals import LEVEL
from fer_utils.labels import EMOTIONS

HOW_MANY = len(EMOTIONS)


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
    codes = HOW_MANY * np.asarray(labels, int) + np.asarray(answers, int)
    return np.stack([_counted(row) for row in codes])


def drawn_confusions(labels, answers, draws=2000, seed=0):
    """`confusions` of faces drawn anew with replacement: int (draws, k, 7, 7). All networks answer the same draw."""
    codes, rng = HOW_MANY * np.asarray(labels, int) + np.asarray(answers, int), np.random.default_rng(seed)
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
    each a number or an array; `told`, what the interval says of the first, "better", "worse" or "cannot be told", in
    words or a list of them; `luck`, which luck is in the interval; `seeds`, how many each side has; `tried`, `n`.

    The luck of the faces is how much the difference moves from draw to draw of the faces, that of the seeds how much
    seeds of one network differ. With few seeds that is known badly, so both networks are taken to have one spread, and
    a network with one seed has that of the other; `luck` says so. Where each has one, the luck of seeds is left out.
    The two kinds overlap, since each seed is unsure of other faces; the overlap counts once, as in a two-way analysis
    of variance. The interval is Student's, its degrees of freedom by Satterthwaite 1946 (doi:10.2307/3002019). Raises
    ValueError for answers that do not fit the labels, and where the networks differ on every face alike.
    """
    values, difference, error, df = _weighed(labels, (first, second), score, draws, seed)
    if np.any((error < 1e-5) & (np.abs(difference) > 1e-9)):
        raise ValueError(f"No draw of the {len(labels)} faces moves the difference, so its luck cannot be seen: every "
                         "face decides alike. Give more faces, or use fer_utils.evaluation.intervals.paired_interval.")
    low, high = _student(difference, error, df, 1 - (1 - level) / _positive(tried))
    return {"first": _plain(values[0].mean(axis=0)), "second": _plain(values[1].mean(axis=0)),
            "difference": _plain(difference), "low": _plain(low), "high": _plain(high), "told": _told(low, high),
            "luck": _luck(*map(len, values)), "seeds": tuple(map(len, values)), "tried": tried, "n": len(labels)}


def measure(labels, answers, score=accuracy_of, tried=1, level=LEVEL, draws=2000, seed=0):
    """The score of one network and its interval, as `compare` has them for two: a dict with `value`, `low`, `high`,
    `luck`, `seeds`, `tried` and `n`."""
    values, mean, error, df = _weighed(labels, (answers,), score, draws, seed)
    low, high = _student(mean, error, df, 1 - (1 - level) / _positive(tried))
    return {"value": _plain(mean), "low": _plain(low), "high": _plain(high), "luck": _luck(len(values[0])),
            "seeds": len(values[0]), "tried": tried, "n": len(labels)}


def compare_groups(first, second, **options):
    """`compare` of published runs on PrivateTest, from their recorded answers.

    Arguments: first, second, lists of names of runs or of classifiers (chapter 05), each one network's seeds; options,
    as in `compare`. Raises ValueError where they were not recorded on the same faces.
    """
    labels, answers = answers_together([*first, *second])
    return compare(labels, answers[:len(first)], answers[len(first):], **options)


def answers_together(names):
    """The labels int (n,) of PrivateTest and what recorded runs or classifiers answer, int (k, n), in one order of the
    faces. Raises ValueError where they were not recorded on the same faces."""
    one, *others = stored = [recorded_answers(name) for name in names]
    if any(not np.array_equal(one[key], other[key]) for other in others for key in ("keys", "labels")):
        raise ValueError(f"{', '.join(names)} were not recorded on the same faces, so they cannot be compared face by "
                         "face.")
    return one["labels"].astype(int), np.stack([kept["answers"] for kept in stored]).astype(int)


def _weighed(labels, sides, score, draws, seed):
    """What `compare` and `measure` share: the scores of each side's seeds, the mean of the one side, less that of the
    other where there are two, its standard error and the degrees of freedom."""
    labels, sides = np.asarray(labels), [np.atleast_2d(answers) for answers in sides]
    if labels.ndim != 1 or not len(labels) or any(side.shape[1:] != labels.shape for side in sides):
        raise ValueError(f"labels have shape {labels.shape}, the answers {', '.join(str(side.shape) for side in sides)}"
                         ": give an answer for each label, in the same order, of every seed.")
    values = [score(confusions(labels, side)) for side in sides]
    drawn = np.split(score(drawn_confusions(labels, np.concatenate(sides), draws, seed)), [len(sides[0])], axis=1)
    signs = (1, -1)[:len(sides)]
    faces = sum(sign * luck.mean(axis=1) for sign, luck in zip(signs, drawn)).var(axis=0)
    several = [(len(own) - 1, own.var(axis=0, ddof=1), _overlap(luck)) for own, luck in zip(values, drawn)
               if len(own) > 1]
    freedom = sum(count for count, *_ in several)
    spread, overlap = (sum(part[0] * part[i] for part in several) / max(freedom, 1) for i in (1, 2))
    means = sum(1 / len(own) for own in values)  # the variance of means of so many seeds
    parts = np.maximum(faces - overlap * means, 0), spread * means
    total = np.maximum(sum(parts), 1e-12)  # two networks that answer alike differ by 0, for sure
    df = total**2 / np.maximum(parts[0]**2 / (len(labels) - 1) + parts[1]**2 / max(freedom, 1), 1e-30)
    return values, sum(sign * own.mean(axis=0) for sign, own in zip(signs, values)), np.sqrt(total), df


def _positive(tried):
    if tried < 1:
        raise ValueError(f"{tried} differences are tried; give the number that is looked at, at least 1.")
    return tried


def _diagonal(matrix):
    return np.diagonal(matrix, axis1=-2, axis2=-1)


def _counted(codes):
    return np.bincount(codes, minlength=HOW_MANY * HOW_MANY).reshape(HOW_MANY, HOW_MANY)


def _overlap(drawn):
    """The variance, by the faces, of one seed's score apart from what all seeds share. `drawn`: (draws, k, ...)."""
    own = drawn - drawn.mean(axis=1, keepdims=True)
    return own.var(axis=0).sum(axis=0) / (drawn.shape[1] - 1)


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
    if max(seeds) == 1:
        return "faces alone (one seed)" if len(seeds) == 1 else "faces alone (one seed each)"
    counted = f"faces and seeds ({' against '.join(map(str, seeds))})"
    return counted if min(seeds) > 1 else f"{counted[:-1]}, the spread of the {max(seeds)} taken for both)"
