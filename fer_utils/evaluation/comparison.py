"""Two networks on the same faces: how far apart they are in any score, and how far the luck of faces and seeds may
bring them. Explained in chapter 12.

A score is a function of confusion matrices, int (..., 7, 7) with true classes down, that gives a number for each,
(...,), or one for each class, (..., 7). A drawn set of faces is then a drawn matrix, which is quick.

`compare` is for answers that lie here, `compare_groups` for published runs, `compare_accuracies` where only accuracies
were kept. All give the same dict, and each takes the number of differences that are `tried`. `compare_pairs` compares
several pairs at once, `compare_family` several networks with one baseline, both corrected.
"""

import numpy as np

from fer_utils.evaluation.classical_runs import recorded_answers
from fer_utils.evaluation.intervals import LEVEL, check_level, told, whole
from fer_utils.labels import EMOTIONS, classes_of

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


BOUNDED = (accuracy_of, recall_of, f1_of, macro_f1_of)


def confusions(labels, answers):
    """The confusion matrices int (k, 7, 7) of k networks' answers int (k, n) to the same faces, labels int (n,)."""
    return _counted(_codes(labels, answers))


def drawn_confusions(labels, answers, draws=2000, seed=0):
    """`confusions` of faces drawn anew with replacement: int (draws, k, 7, 7). All networks answer the same draw."""
    codes, rng = _codes(labels, answers), np.random.default_rng(seed)
    faces = codes.shape[1]
    chosen = (one for done in range(0, draws, 64) for one in rng.integers(faces, size=(min(64, draws - done), faces)))
    return np.stack([_counted(codes.take(one, axis=1)) for one in chosen])


def compare(labels, first, second, score=accuracy_of, tried=1, level=LEVEL, draws=2000, seed=0, like=()):
    """How far the score of one network lies above that of another on the same faces, with an interval: a dict.

    Arguments:
        labels: int (n,).
        first, second: their answers int (n,), or (k, n) of k seeds, in the order of the labels.
        score: see the top of this module.
        tried: how many differences are looked at; all their intervals together then hold `level` of the time
            (Bonferroni).
        like: answers (k, n) of further networks, each of several seeds, which are taken to differ as much as the seeds
            of these two would: what is left where each of the two has one seed.

    Returns `first` and `second` (the scores, of several seeds the mean), `difference`, its interval `low` to `high` and
    `p_value`, each a number or an array; `told`, what the interval says of the first, "better", "worse" or "cannot be
    told", in words or a list of them; `luck`, which luck is in the interval; `seeds`, how many each side has; `tried`,
    `n`. The p-value is how often two networks that do not differ would lie so far apart. It is not corrected: the
    interval leaves out 0 where the p-value is below (1 - level) / tried.

    The luck of the faces is how much the difference moves from draw to draw of the faces, that of the seeds how much
    seeds of one network differ. With few seeds that is known badly, so both networks are taken to have one spread, and
    a network with one seed has that of the other, or of those in `like`; `luck` says so. Where none has several, the
    luck of seeds is left out, and the interval is too narrow for a claim about networks: it is about these two files.
    The two kinds overlap, since each seed is unsure of other faces; the overlap counts once, as in a two-way analysis
    of variance. The interval is Student's, its degrees of freedom by Satterthwaite 1946 (doi:10.2307/3002019). Raises
    ValueError for answers that do not fit the labels, and where the networks differ on every face alike.
    """
    values, difference, error, df, lent = _weighed(labels, (first, second), score, draws, seed, like)
    return _compared(*values, difference, error, df, tried, level, len(labels), lent)


def compare_accuracies(first, second, n, tried=1, level=LEVEL, like=(), differ=None):
    """`compare` where no answers were kept, only accuracies: the same dict.

    Arguments:
        first, second: accuracies, fractions, one for each seed.
        n: how many faces they were measured on.
        tried, level: as in `compare`.
        like: lists of accuracies of further networks, each of several seeds, as in `compare`.
        differ: the share of the faces on which exactly one of the two is right, where it is known or supposed. None
            takes the two for networks with faces of their own, which makes the interval wider than pairs would.

    The luck of seeds and that of faces overlap in accuracies, and without answers the overlap cannot be taken off: the
    interval is rather too wide. Raises ValueError for what is no accuracy, for a `differ` below the difference, and
    where every face decides alike.
    """
    if not whole(n) or n < 1:
        raise ValueError(f"the accuracies are of {n!r} faces; give how many they were measured on, a whole number.")
    first, second, *like = (np.atleast_1d(np.asarray(part, float)) for part in (first, second, *like))
    if any(part.ndim != 1 or not part.size or not ((part >= 0) & (part <= 1)).all() for part in (first, second, *like)):
        raise ValueError("give accuracies as fractions from 0 to 1, a list of them for each network, one a seed.")
    one, other = float(first.mean()), float(second.mean())
    difference, most = one - other, min(one + other, 2 - one - other)
    if differ is None:
        faces = (one * (1 - one) + other * (1 - other)) / n
    elif abs(difference) <= differ <= most:
        faces = (differ - difference**2) / n
    else:
        raise ValueError(f"exactly one of two networks with accuracies {one:.4f} and {other:.4f} is right on "
                         f"{abs(difference):.4f} of the faces at least and {most:.4f} at most, not on {differ!r}.")
    several = [(len(part) - 1, part.var(ddof=1)) for part in (first, second, *like) if len(part) > 1]
    freedom = sum(count for count, _ in several)
    spread = sum(count * own for count, own in several) / max(freedom, 1)
    error, df = _error(faces, spread * (1 / len(first) + 1 / len(second)), n, freedom)
    return _compared(first, second, difference, error, df, tried, level, n, _lent(like))


def compare_pairs(pairs, how=None, **options):
    """Several pairs of networks, corrected for their number: a dict from name to the dict of `compare`, with `p_holm`.

    Arguments:
        pairs: a dict from a name to the two networks, each as `how` takes one.
        how: `compare_groups`, the usual one, for lists of names of runs; `compare_accuracies` for lists of accuracies,
            with `n`; or `functools.partial(compare, labels)` for answers.
        options: as `how` has them, but `tried`, which is the number of pairs times that of scores.

    The interval, and with it `told`, is Bonferroni's: all intervals together hold 95 % of the time. `p_holm` is the
    p-value by Holm's correction (`holm`), which is never less able to tell. Where it is below 0.05 although the
    interval holds 0, that is a difference, of a size that the interval does not tell.
    """
    if not pairs:
        raise ValueError("there is nothing to compare; give a dict from names to networks.")
    how = how or compare_groups
    score = (getattr(how, "keywords", {}) | options).get("score", accuracy_of)
    scores = np.size(score(np.ones((HOW_MANY, HOW_MANY), int)))
    found = {name: how(*sides, tried=len(pairs) * scores, **options) for name, sides in pairs.items()}
    corrected = holm(np.stack([row["p_value"] for row in found.values()]))
    return {name: row | {"p_holm": _plain(own)} for (name, row), own in zip(found.items(), corrected)}


def compare_family(baseline, others, how=None, **options):
    """`compare_pairs` of several networks with one baseline: a list of dicts, the other first and the baseline second,
    with `name`.

    `baseline`: what `how` takes for one network; `others`: a dict from a name to the same for each of the others. The
    correction holds although all share one baseline, whose own luck moves all the differences together; `told` is then
    often wrong for several at once, or for none.
    """
    found = compare_pairs({name: (other, baseline) for name, other in others.items()}, how, **options)
    return [{"name": name} | row for name, row in found.items()]


def holm(p_values):
    """p-values corrected for their number, an array of their shape: 5 % of the times at least one true null hypothesis
    is called false, if those below 0.05 are, however the tests depend on one another.

    The smallest is multiplied by their number, the next by one less, and so on, and none comes out below one before it
    (Holm 1979, jstor.org/stable/4615733). Where Bonferroni multiplies each by their number, this tells at least as
    much. Raises ValueError for what is no p-value.
    """
    given = np.asarray(p_values, float)
    if not given.size or not ((given >= 0) & (given <= 1)).all():
        raise ValueError(f"expected p-values from 0 to 1, got {p_values!r}.")
    flat = given.ravel()
    order, corrected = np.argsort(flat), np.empty(flat.size)
    corrected[order] = np.maximum.accumulate(flat[order] * np.arange(flat.size, 0, -1))
    return np.minimum(corrected, 1).reshape(given.shape)


def measure(labels, answers, score=accuracy_of, tried=1, level=LEVEL, draws=2000, seed=0):
    """The score of one network and its interval, as `compare` has them for two: a dict with `value`, `low`, `high`,
    `luck`, `seeds`, `tried` and `n`.

    For the scores of this module, which lie between 0 and 1, the interval is Wilson's, as of a share of so many faces
    as would move that much (Korn and Graubard 1998): of 20 faces that are all read right, no draw moves the recall, and
    yet it may lie below 1. For a score of one's own, which may be a difference, it is Student's.
    """
    values, mean, error, df, _ = _weighed(labels, (answers,), score, draws, seed)
    chance = _chance(level, tried)
    if score in BOUNDED:
        faces = np.bincount(np.asarray(labels), minlength=HOW_MANY) if np.ndim(mean) else len(labels)
        low, high = _wilson(mean, error, df, chance, faces)
    else:
        low, high = _student(mean, error, df, chance)
    return {"value": _plain(mean), "low": _plain(low), "high": _plain(high), "luck": _luck(len(values[0])),
            "seeds": len(values[0]), "tried": tried, "n": len(labels)}


def compare_groups(first, second, like=(), **options):
    """`compare` of published runs on PrivateTest, from their recorded answers.

    Arguments: first, second, lists of names of runs or of classifiers (chapter 05), each one network's seeds; like,
    lists of such names, one list a network, of which those of `first` and `second` count once; options, as in
    `compare`. Raises ValueError where they were not recorded on the same faces, and where one side has a run twice,
    which would pass for two seeds that do not differ.
    """
    if any(isinstance(side, str) or not len(side) for side in (first, second, *like)):
        raise ValueError("give a list of names of runs for each network, one a seed.")
    like = _each_once(like, (first, second))
    sides = [first, second, *like]
    labels, answers = answers_together([name for side in sides for name in side])
    first, second, *like = np.split(answers, np.cumsum([len(side) for side in sides])[:-1])
    for names, side in zip(sides, (first, second, *like)):
        if len(np.unique(side, axis=0)) < len(side):  # by the answers, since a run has more than one name
            raise ValueError(f"{', '.join(names)} are not all different runs: two of them answer all faces alike.")
    return compare(labels, first, second, like=like, **options)


def answers_together(names):
    """The labels int (n,) of PrivateTest and what recorded runs or classifiers answer, int (k, n), in one order of the
    faces. Raises ValueError where they were not recorded on the same faces."""
    stored = [recorded_answers(name) for name in names]
    if not stored:
        raise ValueError("there are no runs to take answers of; give their names.")
    one, *others = stored
    if any(not np.array_equal(one[key], other[key]) for other in others for key in ("keys", "labels")):
        raise ValueError(f"{', '.join(names)} were not recorded on the same faces, so they cannot be compared face by "
                         "face.")
    return one["labels"].astype(int), np.stack([kept["answers"] for kept in stored]).astype(int)


def _each_once(like, sides):
    """The lists of runs in `like` without those that lend the same spread twice: a list that shares two runs with a
    side, or with a list before it, or that is a side."""
    kept, known = [], [set(side) for side in sides]
    for runs in like:
        if not any(len(known_runs & set(runs)) > 1 or known_runs == set(runs) for known_runs in known):
            kept.append(runs)
            known.append(set(runs))
    return kept


def _weighed(labels, sides, score, draws, seed, like=()):
    """What `compare` and `measure` share: the scores of each side's seeds, the mean of the one side, less that of the
    other where there are two, its standard error, the degrees of freedom, and how many seeds of others lend their
    spread."""
    labels, sides = np.asarray(labels), [np.atleast_2d(answers) for answers in (*sides, *like)]
    if labels.ndim != 1 or not labels.size * min(map(len, sides)) or any(side.shape[1:] != labels.shape
                                                                         for side in sides):
        raise ValueError(f"labels have shape {labels.shape}, the answers {', '.join(str(side.shape) for side in sides)}"
                         ": give an answer for each label, in the same order, of every seed.")
    labels, *sides = map(classes_of, (labels, *sides))
    if not whole(draws) or draws < 2:
        raise ValueError(f"the faces are to be drawn {draws!r} times; give a whole number, at least 2.")
    values = [score(confusions(labels, side)) for side in sides]
    drawn = np.split(score(drawn_confusions(labels, np.concatenate(sides), draws, seed)),
                     np.cumsum([len(side) for side in sides])[:-1], axis=1)
    several = [(len(own) - 1, own.var(axis=0, ddof=1), _overlap(luck)) for own, luck in zip(values, drawn)
               if len(own) > 1]
    freedom = sum(count for count, *_ in several)
    spread, overlap = (sum(part[0] * part[i] for part in several) / max(freedom, 1) for i in (1, 2))
    own, lending = values[:len(values) - len(like)], values[len(values) - len(like):]
    signs = (1, -1)[:len(own)]
    faces = sum(sign * luck.mean(axis=1) for sign, luck in zip(signs, drawn)).var(axis=0)
    means = sum(1 / len(part) for part in own)  # the variance of means of so many seeds
    error, df = _error(np.maximum(faces - overlap * means, 0), spread * means, len(labels), freedom)
    return own, sum(sign * part.mean(axis=0) for sign, part in zip(signs, own)), error, df, _lent(lending)


def _lent(like):
    """How many seeds of other networks lend their spread."""
    if any(len(part) < 2 for part in like):
        raise ValueError("a network in `like` has one seed, which does not tell how much seeds differ; give networks "
                         "of several seeds.")
    return sum(map(len, like))


def _error(faces, seeds, n, freedom):
    """The standard error of two variances, of `n` faces and of seeds with their degrees of freedom, and its degrees."""
    total = np.maximum(faces + seeds, 1e-12)  # two networks that answer alike differ by 0, for sure
    return np.sqrt(total), total**2 / np.maximum(faces**2 / max(n - 1, 1) + seeds**2 / max(freedom, 1), 1e-30)


def _compared(first, second, difference, error, df, tried, level, n, lent):
    """The dict of `compare`. `first` and `second`: the scores of each side's seeds."""
    from scipy.stats import t

    if np.any((error < 1e-5) & (np.abs(difference) > 1e-9)):
        raise ValueError(f"No draw of the {n} faces moves the difference, so its luck cannot be seen: every face "
                         "decides alike. Give more faces, or use fer_utils.evaluation.intervals.paired_interval.")
    low, high = _student(difference, error, df, _chance(level, tried))
    return {"first": _plain(first.mean(axis=0)), "second": _plain(second.mean(axis=0)),
            "difference": _plain(difference), "low": _plain(low), "high": _plain(high),
            "p_value": _plain(2 * t.sf(np.abs(difference) / error, df)), "told": told(low, high),
            "luck": _luck(len(first), len(second), lent=lent), "seeds": (len(first), len(second)), "tried": tried,
            "n": n}


def _chance(level, tried):
    """How often an interval may miss, corrected for the number `tried`."""
    check_level(level)
    if not whole(tried) or tried < 1:
        raise ValueError(f"{tried!r} differences are tried; give the number that is looked at, at least 1.")
    return (1 - level) / tried


def _diagonal(matrix):
    return np.diagonal(matrix, axis1=-2, axis2=-1)


def _codes(labels, answers):
    """The place of each answer in the matrices of k networks laid end to end: int (k, n)."""
    answers = np.asarray(answers, int)
    return HOW_MANY**2 * np.arange(len(answers))[:, None] + HOW_MANY * np.asarray(labels, int) + answers


def _counted(codes):
    """All networks at once: to count is quick, to call is not."""
    return np.bincount(codes.ravel(), minlength=len(codes) * HOW_MANY**2).reshape(-1, HOW_MANY, HOW_MANY)


def _overlap(drawn):
    """The variance, by the faces, of one seed's score apart from what all seeds share. `drawn`: (draws, k, ...)."""
    own = drawn - drawn.mean(axis=1, keepdims=True)
    return own.var(axis=0).sum(axis=0) / (drawn.shape[1] - 1)


def _student(value, error, df, chance):
    """The interval that misses by `chance`, of a value with its standard error and degrees of freedom."""
    from scipy.stats import t

    half = t.isf(chance / 2, df) * error
    return value - half, value + half


def _wilson(value, error, df, chance, faces):
    """As `_student`, of a score between 0 and 1: `faces`, how many stand behind it, where its error is not seen. Where
    there are none, nothing is known of it: 0 to 1."""
    from scipy.stats import t

    seen = (value > 1e-9) & (value < 1 - 1e-9)
    n = np.where(seen, value * (1 - value) / error**2, faces)
    square = t.isf(chance / 2, np.where(seen, df, np.maximum(n - 1, 1)))**2
    middle, half = value * n + square / 2, np.sqrt(square * (value * (1 - value) * n + square / 4))
    return np.clip((middle - half) / (n + square), 0, 1), np.clip((middle + half) / (n + square), 0, 1)


def _plain(values):
    return float(values) if np.ndim(values) == 0 else values


def _luck(*seeds, lent=0):
    """Which luck an interval knows, in words, from the numbers of seeds; `lent`: of other networks' seeds."""
    one = "one seed" if len(seeds) == 1 else "one seed each"
    own = one if max(seeds) == 1 else " against ".join(map(str, seeds))
    if lent:
        return f"faces and seeds ({own}, with the spread of {lent} seeds of others)"
    if max(seeds) == 1:
        return f"faces alone ({own})"
    return f"faces and seeds ({own}{'' if min(seeds) > 1 else f', the spread of the {max(seeds)} taken for both'})"
