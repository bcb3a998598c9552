"""The sentences of section 6.4 of the thesis, put to runs of ours: holds, does not hold, or cannot be told.

The thesis prints its matrices as pictures. What it says of them in words is quoted here. A sentence is a list of
differences that all have to be above 0: "fear is hardest" says that each of the six others has a higher F1 than fear.
"""

import numpy as np

from fer_utils.evaluation.comparison import answers_together, compare_accuracies, compare_groups, f1_of, measure
from fer_utils.evaluation.results import THESIS, load_run, seeds_of
from fer_utils.labels import EMOTIONS
from fer_utils.networks import DEFAULT_NETWORK
from fer_utils.text import percent, table

# The thesis's two networks as this course trained them: (network, recipe).
REBUILT = {"VGG16": ("vgg16", "comparison"), "SqueezeNet": ("squeezenet-custom", "comparison")}
FEAR_HIGHER = 0.12  # "the F1-score for the expression of fear is 12 % higher in the Squeezenet architecture"


def runs_of(name):
    """The names of the runs of one of REBUILT, or of "ours", the network that ships: one a seed."""
    if name == "ours":
        shipped = load_run(DEFAULT_NETWORK)
        return [run["run"] for run in seeds_of(shipped["model"], shipped["recipe"]["name"])]
    return [run["run"] for run in seeds_of(*REBUILT[name])]


def _places(names):
    own = [EMOTIONS.index(name) for name in names]
    return own, [c for c in range(len(EMOTIONS)) if c not in own]


def _between(values, above, below):
    """Every one of `above` less every one of `below`, along the last axis."""
    pairs = values[..., above, None] - values[..., None, below]
    return pairs.reshape(*pairs.shape[:-2], -1)


def lowest(*names):
    """Differences (..., m): the F1 of every other class less that of each of these."""
    own, others = _places(names)
    return lambda matrix: _between(f1_of(matrix), others, own)


def highest(*names):
    """Differences: the F1 of these, each above the next one, and of the last above every other class."""
    own, others = _places(names)

    def differences(matrix):
        f1 = f1_of(matrix)
        steps = [f1[..., [a]] - f1[..., [b]] for a, b in zip(own, own[1:])]
        return np.concatenate([*steps, _between(f1, own[-1:], others)], axis=-1)

    return differences


def taken_for(name, other):
    """Differences: of the faces of `name`, the share taken for `other` less that taken for each third class."""
    own, wrong = EMOTIONS.index(name), EMOTIONS.index(other)
    rest = [c for c in range(len(EMOTIONS)) if c not in (own, wrong)]

    def differences(matrix):
        row = np.asarray(matrix)[..., own, :] / np.maximum(np.asarray(matrix)[..., own, :].sum(axis=-1), 1)[..., None]
        return _between(row, [wrong], rest)

    return differences


# Of which network section 6.4 says it, what it says, and the differences that have to be above 0.
SENTENCES = [
    ("both", "Fear and sadness have the lowest F1.", lowest("fear", "sadness")),
    ("SqueezeNet", "Fear is the hardest of all.", lowest("fear")),
    ("both", "Happiness has the highest F1, then surprise.", highest("happiness", "surprise")),
    ("both", "Sadness is mostly confused with neutral.", taken_for("sadness", "neutral")),
    ("VGG16", "Anger is mostly confused with sadness.", taken_for("anger", "sadness")),
    ("VGG16", "Neutral is mostly confused with sadness.", taken_for("neutral", "sadness")),
]


def weigh(labels, answers, draws=1000):
    """Verdicts on SENTENCES for one network: a list of "holds", "does not hold", "cannot be told".

    `answers` int (k, n), of k seeds. A sentence holds where all its differences are surely above 0, and does not where
    one is surely below. The first is corrected for the number of sentences, since all differences of one have to agree
    (an intersection-union test), the second for the number of differences, since any one decides.
    """
    sizes = [differences(np.ones((7, 7), int)).shape[-1] for *_, differences in SENTENCES]

    def all_differences(matrix):
        return np.concatenate([each(matrix) for *_, each in SENTENCES], axis=-1)

    ends = [measure(labels, answers, all_differences, tried, draws=draws)[end]
            for end, tried in (("low", len(SENTENCES)), ("high", sum(sizes)))]
    return ["holds" if (low > 0).all() else "does not hold" if (high < 0).any() else "cannot be told"
            for low, high in zip(*(np.split(end, np.cumsum(sizes)[:-1]) for end in ends))]


def verdicts():
    """What `weigh` says of our two rebuilds and of the network that ships: a dict from their names to lists."""
    return {name: weigh(*answers_together(runs_of(name))) for name in (*REBUILT, "ours")}


def verdict_table(found):
    """Markdown: a row for each sentence, of which network the thesis says it, and a column for each network of ours.
    `found`: as `verdicts` gives it."""
    rows = [[f"*{sentence}*", of, *words] for (of, sentence, _), *words in zip(SENTENCES, *found.values())]
    counts = {name: len(runs_of(name)) for name in found}
    heads = [f"{name}, {count} seed{'s' * (count > 1)}" for name, count in counts.items()]
    return table(["The thesis says", "of", *heads], rows)


def rebuilt_compared(score, tried=1):
    """`compare_groups` of our SqueezeNet with our VGG16, the thesis's two networks, in any score."""
    return compare_groups(runs_of("SqueezeNet"), runs_of("VGG16"), score=score, tried=tried)


def stated_distance(differ, n=3589):
    """How far the thesis's SqueezeNet is ahead of its VGG16, and the interval that this has if both answered the same
    `n` faces and disagreed on a share `differ` of them: (difference, low, high), fractions."""
    found = compare_accuracies(*(THESIS[name]["accuracy"] for name in ("squeezenet-custom", "vgg16")), n, differ=differ)
    return found["difference"], found["low"], found["high"]


def by_class(found):
    """Markdown: what `rebuilt_compared` says of each class's F1. `found` as it gives them with `f1_of`."""
    columns = (found[key] for key in ("first", "second", "difference", "low", "high", "told"))
    rows = [[emotion, percent(one), percent(other), f"{100 * gap:+.1f}", f"{100 * low:+.1f} to {100 * high:+.1f}", told]
            for emotion, one, other, gap, low, high, told in zip(EMOTIONS, *columns)]
    return table(["F1 of", "SqueezeNet", "VGG16", "points", "interval", "SqueezeNet is"], rows, "lrrrrl")
