"""What a change of the faces does to a network's answers: one answer before and one after it, for each face.

All that is said of such pairs comes from one count, `transitions`: how many faces of each label went from each answer
to each. Intervals are corrected where several comparisons are tried, so that 95 % holds for all of them together
(Bonferroni). Explained in chapter 13.
"""

import numpy as np

from fer_utils.evaluation.intervals import paired_interval, share_interval, told
from fer_utils.labels import EMOTIONS, classes_of


def transitions(labels, before, after):
    """Counts int (7, 7, 7), by label, answer before and answer after; the arguments are int (n,), in one order.

    Raises ValueError where they are not of one length, or hold no classes from 0 to 6.
    """
    labels, before, after = map(np.asarray, (labels, before, after))
    if not labels.shape == before.shape == after.shape or labels.ndim != 1:
        raise ValueError(f"labels and answers have shapes {labels.shape}, {before.shape} and {after.shape}; give one "
                         "of each for each face, in the same order.")
    labels, before, after = map(classes_of, (labels, before, after))
    counts = np.zeros((len(EMOTIONS),) * 3, int)
    np.add.at(counts, (labels, before, after), 1)
    return counts


def comparison(counts, tried=1):
    """Accuracy before and after: a dict.

    `counts`: as `transitions` gives them. `n` faces; `before` and `accuracy`, fractions; `low` and `high`, the 95 %
    interval of `accuracy`; `difference`, after less before, with `difference_low` and `difference_high`, corrected for
    the number `tried`; `told`, what they say.
    """
    counts = _checked(counts)
    own = np.eye(len(EMOTIONS), dtype=bool)
    right_before, right_after = counts[own].sum(axis=1).sum(), counts.transpose(0, 2, 1)[own].sum()
    both = np.einsum("iii->", counts)
    return _compared(int(counts.sum()), int(right_before), int(right_after), int(both), tried)


def by_class(counts, tried=len(EMOTIONS)):
    """`comparison` for the faces of each label, a dict from emotion to dict: its accuracy is the recall. An emotion
    without a face is left out."""
    counts = _checked(counts)
    return {emotion: _compared(int(own.sum()), int(own[c].sum()), int(own[:, c].sum()), int(own[c, c]), tried)
            for c, (emotion, own) in enumerate(zip(EMOTIONS, counts)) if own.sum()}


def cells(counts, tried=len(EMOTIONS) * (len(EMOTIONS) - 1), most=3):
    """The confusions that a change makes more frequent, largest first: a list of at most `most` dicts.

    `label` is taken for `answer` `more` often, as a share of that label's faces: `before` and `after`. Only those whose
    interval, `low` to `high`, corrected for all `tried` cells, lies above 0.
    """
    counts, found = _checked(counts), []
    for i, own in enumerate(counts):
        n = int(own.sum())
        for j in range(len(EMOTIONS)) if n else ():
            newly, gone = int(own[:, j].sum() - own[j, j]), int(own[j].sum() - own[j, j])
            low, high = paired_interval(newly, gone, n, tried)
            if i != j and low > 0:
                found.append({"label": EMOTIONS[i], "answer": EMOTIONS[j], "more": (newly - gone) / n, "low": low,
                              "high": high, "before": float(own[j].sum() / n), "after": float(own[:, j].sum() / n)})
    return sorted(found, key=lambda cell: -cell["more"])[:most]


def _checked(counts):
    counts = np.asarray(counts)
    if counts.shape != (len(EMOTIONS),) * 3:
        raise ValueError(f"expected counts by label, answer before and answer after, as `transitions` gives them, got "
                         f"an array of shape {counts.shape}.")
    return counts


def _compared(n, before, after, both, tried):
    low, high = share_interval(after, n)
    from_, to = paired_interval(after - both, before - both, n, tried)
    return {"n": n, "before": before / n, "accuracy": after / n, "low": low, "high": high,
            "difference": (after - before) / n, "difference_low": from_, "difference_high": to, "tried": tried,
            "told": told(from_, to)}
