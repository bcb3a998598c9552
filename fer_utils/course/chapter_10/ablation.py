"""The thesis's ablation of SqueezeNets (section 6.3), run again with three seeds each: figure, table, verdicts.

Every number is read from `data/results`. Chapter 10.
"""

import numpy as np

from fer_utils.evaluation.comparison import answers_together, compare_pairs, measure
from fer_utils.evaluation.results import seeds_of
from fer_utils.text import percent, table

# (what it is called, network, recipe)
VARIANTS = [
    ("plain", "squeezenet", "comparison"),
    ("bypass", "squeezenet-bypass", "comparison"),
    ("bypass, dropout", "squeezenet-bypass-dropout", "comparison"),
    ("whole, batch 512", "squeezenet-custom", "comparison-512"),
    ("whole, batch 256", "squeezenet-custom", "comparison"),
]
# What section 6.3 says each step did, in our words, and the sign that this claims; batch normalization came in together
# with the three modules more, since the thesis gives no figure for it alone.
CLAIMS = [
    ("Bypass improves the accuracy.", 0, 1, +1),
    ("Dropout lowers the accuracy.", 1, 2, -1),
    ("Batch normalization (and three more modules) raise it again.", 2, 4, +1),
    ("A batch of 256 instead of 512 helps.", 3, 4, +1),
]
FACES_DRAWN = 1000  # half of how often `compare` draws the faces anew


def accuracies(model, recipe, split="private"):
    """The accuracy of every complete seed on a split, float (seeds,)."""
    return np.array([run["scores"][split]["accuracy"] for run in seeds_of(model, recipe)])


def names_of(place):
    """The names of the runs of one of VARIANTS, one a seed."""
    return [run["run"] for run in seeds_of(*VARIANTS[place][1:])]


def weigh_claims():
    """The four claims put to the runs: a list of dicts of `compare_pairs`, the later network first, with `claim`,
    `verdict` and `p_holm`.

    The same faces for both, the luck of faces and of seeds, the intervals corrected for the four. The verdict is
    "holds" or "the other way round" where the interval leaves out zero, else "cannot be told".
    """
    pairs = {claim: (names_of(end), names_of(start)) for claim, start, end, _ in CLAIMS}
    weighed, signs = compare_pairs(pairs, draws=FACES_DRAWN), [sign for *_, sign in CLAIMS]
    for (claim, found), sign in zip(weighed.items(), signs):
        seen = {"better": 1, "worse": -1}.get(found["told"])
        found |= {"claim": claim,
                  "verdict": found["told"] if seen is None else "holds" if seen == sign else "the other way round"}
    return list(weighed.values())


def claims_table(weighed):
    """`weigh_claims` as a Markdown table."""
    rows = [[f"*{row['claim']}*", f"{100 * row['difference']:+.1f}",
             f"{100 * row['low']:+.1f} to {100 * row['high']:+.1f}", f"{row['p_holm']:.2g}", f"**{row['verdict']}**"]
            for row in weighed]
    return table(["the thesis says", "points", "interval", "p, corrected", "our runs say"], rows, "lrrrl")


def ablation_table():
    """The networks as a Markdown table: both test sets with the spread of the seeds, macro F1, seconds an epoch."""
    rows = []
    for name, model, recipe in VARIANTS:
        runs, private = seeds_of(model, recipe), accuracies(model, recipe)
        macro = np.mean([run["scores"]["private"]["macro_f1"] for run in runs])
        seconds = np.median([row["seconds"] for run in runs for row in run["history"]])
        rows.append([name, f"{runs[0]['scores']['parameters']:,}", percent(accuracies(model, recipe, "public").mean()),
                     percent(private.mean()), f"{100 * np.std(private, ddof=1):.2f} points", f"{macro:.3f}",
                     f"{seconds:.1f}"])
    return table(["network", "parameters", "PublicTest", "PrivateTest", "spread of seeds", "macro F1",
                  "seconds an epoch"], rows, "lrrrrrr")


def ablation_figure():
    """A dot for every seed, a line for the mean of each network and its 95 % interval. Returns (figure, alternative
    text)."""
    from fer_utils.course.figures import COLORS
    from fer_utils.course.show import new_figure
    from fer_utils.evaluation.results import THESIS

    figure, axes = new_figure(width=8, height=3)
    words = []
    for place, (name, model, recipe) in enumerate(VARIANTS):
        values = 100 * accuracies(model, recipe)
        found = measure(*answers_together(names_of(place)), draws=FACES_DRAWN)
        low, high = 100 * found["low"], 100 * found["high"]
        axes.fill_between([place - 0.25, place + 0.25], low, high, color=COLORS[0], alpha=0.15, linewidth=0)
        axes.plot(np.full(len(values), place), values, "o", color=COLORS[0], alpha=0.7)
        axes.plot([place - 0.25, place + 0.25], [values.mean()] * 2, color=COLORS[0])
        words.append(f"{name} {values.mean():.1f} % ({low:.1f} to {high:.1f})")
    quoted = 100 * THESIS["squeezenet-custom"]["accuracy"]
    axes.axhline(quoted, color=COLORS[6], linestyle="--")
    axes.text(len(VARIANTS) - 0.5, quoted + 0.4, "the thesis, split not named", color=COLORS[6], ha="right",
              va="bottom")
    axes.set(xticks=range(len(VARIANTS)), xticklabels=[network[0] for network in VARIANTS],
             ylabel="PrivateTest accuracy, %",
             ylim=(45, 70))
    return figure, ("Accuracy of each network, dots for three seeds, a line for their mean and a band for its 95 % "
                    f"interval: {', '.join(words)}.")
