"""The thesis's ablation of SqueezeNets (section 6.3), run again with three seeds each: figure, table, verdicts.

Every number is read from `data/results`. Chapter 10.
"""

import numpy as np

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


def accuracies(model, recipe, split="private"):
    """The accuracy of every complete seed on a split, float (seeds,)."""
    return np.array([run["scores"][split]["accuracy"] for run in seeds_of(model, recipe)])


def difference(first, second):
    """The mean gain from one set of seeds to another and half its 95 % interval, in fractions (Welch's t interval)."""
    from scipy.stats import ttest_ind

    test = ttest_ind(second, first, equal_var=False)
    low, high = test.confidence_interval(0.95)
    return float(np.mean(second) - np.mean(first)), float((high - low) / 2)


def weigh_claims():
    """The four claims put to the runs: a list of dicts with `claim`, `gain` and `half` (points), `verdict` and
    `paired`.

    "holds" or "the other way round" where the 95 % interval of the gain leaves out zero, else "cannot be told".
    `paired` holds the p-values of McNemar's test between the runs of equal seed
    (`fer_utils.evaluation.compare_runs`).
    """
    from fer_utils.evaluation import compare_runs

    weighed = []
    for claim, start, end, sign in CLAIMS:
        gain, half = difference(accuracies(*VARIANTS[start][1:]), accuracies(*VARIANTS[end][1:]))
        verdict = "cannot be told" if abs(gain) <= half else "holds" if np.sign(gain) == sign else "the other way round"
        pairs = zip(seeds_of(*VARIANTS[start][1:]), seeds_of(*VARIANTS[end][1:]))
        weighed.append({"claim": claim, "gain": 100 * gain, "half": 100 * half, "verdict": verdict,
                        "paired": [compare_runs(a["run"], b["run"])["p_value"] for a, b in pairs]})
    return weighed


def ablation_table():
    """The networks as a Markdown table: both test sets with the spread of the seeds, training accuracy, time."""
    rows = []
    for name, model, recipe in VARIANTS:
        runs, private = seeds_of(model, recipe), accuracies(model, recipe)
        last = np.mean([run["history"][-1]["accuracy"] for run in runs])
        seconds = np.median([row["seconds"] for run in runs for row in run["history"]])
        rows.append([name, f"{runs[0]['scores']['parameters']:,}", percent(accuracies(model, recipe, "public").mean()),
                     percent(private.mean()), f"{100 * np.std(private, ddof=1):.2f} points", percent(last),
                     f"{seconds:.1f}"])
    return table(["network", "parameters", "PublicTest", "PrivateTest", "spread of seeds",
                  "on Training, with augmentation", "seconds an epoch"], rows, "lrrrrrr")


def ablation_figure():
    """A dot for every seed, a line for the mean of each network. Returns (figure, alternative text)."""
    from fer_utils.course.show import new_figure
    from fer_utils.evaluation.results import THESIS

    figure, axes = new_figure(width=8, height=3)
    words = []
    for place, (name, model, recipe) in enumerate(VARIANTS):
        values = 100 * accuracies(model, recipe)
        axes.plot(np.full(len(values), place), values, "o", color="#0072b2", alpha=0.7)
        axes.plot([place - 0.25, place + 0.25], [values.mean()] * 2, color="black")
        words.append(f"{name} {values.mean():.1f} %")
    quoted = 100 * THESIS["squeezenet-custom"]["accuracy"]
    axes.axhline(quoted, color="#d55e00", linestyle="--")
    axes.text(len(VARIANTS) - 0.5, quoted + 0.4, "the thesis, split not named", color="#d55e00", ha="right",
              va="bottom")
    axes.set(xticks=range(len(VARIANTS)), xticklabels=[network[0] for network in VARIANTS],
             ylabel="PrivateTest accuracy, %",
             ylim=(45, 70))
    return figure, f"Accuracy of each network, dots for three seeds and a line for their mean: {', '.join(words)}."
