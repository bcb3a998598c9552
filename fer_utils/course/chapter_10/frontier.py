"""What the published SqueezeNets reach for what they cost, beside VGG16: the answer to chapter 10's question.

Every accuracy is read from `data/results`, and so is the number of multiply-adds of each network, which
`fer_utils.edge.costs.multiply_adds` counts; a test counts again. PrivateTest throughout, one view of each face.
"""

import functools

import numpy as np

from fer_utils.course.chapter_10.ablation import FACES_DRAWN
from fer_utils.course.figures import COLORS
from fer_utils.evaluation.comparison import (
    accuracy_of,
    answers_together,
    compare_accuracies,
    compare_family,
    macro_f1_of,
    measure,
)
from fer_utils.evaluation.results import (
    RESULTS_FOLDER,
    THESIS,
    fitting,
    grouped,
    load_run,
    names_of,
    restore,
    results_table,
    runs_of_several_seeds,
)
from fer_utils.schema import TABLE
from fer_utils.text import percent, table

LARGE = ("vgg16", "comparison")
# Each is compared with LARGE: the two that share its recipe first, then the two that had teachers and more epochs.
COMPARED = {"`squeezenet-fer-deep`, the same recipe": ("squeezenet-fer-deep", "comparison"),
            "`squeezenet-custom`, the same recipe": ("squeezenet-custom", "comparison"),
            "`squeezenet-fer-deep`, distilled": ("squeezenet-fer-deep", "distilled-long"),
            "`squeezenet-fer-tiny`, distilled": ("squeezenet-fer-tiny", "distilled-long")}
LEARNED = 0.3  # an accuracy above that of the answer "happiness" to every face


def recorded_multiply_adds():
    """A dict from a network's name to its multiply-adds for one face."""
    return fitting(RESULTS_FOLDER / "multiply_adds.json", TABLE, restore("multiply_adds.json"))


def networks_with_runs():
    """The complete runs on FER-2013 by (network, recipe): a dict to lists of rows of `results_table`."""
    rows = [row for row in results_table() if row["data"] == "FER-2013" and row["complete"]]
    return grouped(rows, lambda row: (row["model"], row["recipe"]))


def both_scores(matrix):
    """Accuracy and macro F1, (..., 2)."""
    return np.stack([accuracy_of(matrix), macro_f1_of(matrix)], axis=-1)


@functools.cache
def placed():
    """Every published SqueezeNet, and VGG16, that learned anything, the smallest first: a tuple of dicts.

    `model`, `recipe`, `parameters`, `multiply_adds`, `seeds`; `accuracy` and `macro_f1`, the means of the seeds;
    `low` and `high`, the 95 % interval of the accuracy, for the luck that `luck` names; `erratum`, whether a run has
    one; `taught`, whether teachers had a part in it.
    """
    work, found = recorded_multiply_adds(), []
    for (model, recipe), rows in networks_with_runs().items():
        if model in work and np.mean([row["accuracy"] for row in rows]) > LEARNED:
            scores = measure(*answers_together([row["run"] for row in rows]), both_scores, draws=FACES_DRAWN)
            found.append({"model": model, "recipe": recipe, "parameters": rows[0]["parameters"],
                          "multiply_adds": work[model], "seeds": len(rows),
                          # as scores.json has them, and with it every other table: of the stored answers, rounded to
                          # half precision, a face or two goes the other way
                          "accuracy": float(np.mean([row["accuracy"] for row in rows])),
                          "macro_f1": float(np.mean([row["macro_f1"] for row in rows])), "low": float(scores["low"][0]),
                          "high": float(scores["high"][0]), "luck": scores["luck"],
                          "erratum": any(row["erratum"] for row in rows),
                          "taught": bool(load_run(rows[0]["run"])["recipe"].get("teacher_share"))})
    return tuple(sorted(found, key=lambda row: (row["parameters"], -row["accuracy"])))


def apart(costs, close=1.06, step=1.07):
    """Costs for a log axis, float (n,), those that would cover one another moved to the sides. `costs` ascend."""
    costs = np.array(costs, float)
    groups = np.split(np.arange(len(costs)), np.flatnonzero(costs[1:] / costs[:-1] > close) + 1)
    for own in groups:
        costs[own] = np.exp(np.log(costs[own]).mean()) * step ** (np.arange(len(own)) - (len(own) - 1) / 2)
    return costs


def frontier_figure():
    """PrivateTest accuracy with 95 % intervals against parameters and against multiply-adds, numbered as in
    `frontier_table`. Returns (figure, alternative text)."""
    from fer_utils.course.show import new_figure

    rows = placed()
    figure, axes = new_figure(10, 4.4, 2, sharey=True)
    for axis, key, label, ticks in ((axes[0], "parameters", "million parameters", (0.3, 1, 3, 10, 30)),
                                    (axes[1], "multiply_adds", "million multiply-adds for one face",
                                     (30, 100, 300, 700))):
        order = sorted(range(len(rows)), key=lambda i: rows[i][key])
        places = dict(zip(order, apart([rows[i][key] / 1e6 for i in order])))
        for number, row in enumerate(rows):
            color, mark = (COLORS[2], "s") if row["taught"] else (COLORS[0], "o")
            x, y = places[number], 100 * row["accuracy"]
            axis.plot([x, x], [100 * row["low"], 100 * row["high"]], color=color, linewidth=1.2)
            axis.plot(x, y, mark, color=color, markersize=5, markerfacecolor=color if row["seeds"] > 1 else "white")
            axis.annotate(str(number + 1), (x, y), xytext=(4, 3), textcoords="offset points", fontsize=8)
        for model, stated in THESIS.items():
            cost = stated["parameters"] if key == "parameters" else recorded_multiply_adds()[model]
            axis.plot(cost / 1e6, 100 * stated["accuracy"], "D", color=COLORS[6], markerfacecolor="none", markersize=8)
        axis.set(xscale="log", xlabel=label)
        axis.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        axis.minorticks_off()
    axes[0].set_ylabel("PrivateTest accuracy, %")
    for color, mark, fill, label in ((COLORS[0], "o", COLORS[0], "several seeds, labels alone"),
                                     (COLORS[0], "o", "white", "one seed, labels alone"),
                                     (COLORS[2], "s", COLORS[2], "several seeds, with teachers"),
                                     (COLORS[2], "s", "white", "one seed, with teachers"),
                                     (COLORS[6], "D", "none", "stated by the thesis, split not named")):
        axes[1].plot([], [], mark, color=color, markerfacecolor=fill, label=label)
    axes[1].legend(frameon=False, fontsize=8, loc="lower right")
    words = [f"{number}: {row['model']} by {row['recipe']}, {percent(row['accuracy'])} with "
             f"{row['parameters']:,} parameters and {row['multiply_adds'] / 1e6:.0f} million multiply-adds"
             for number, row in enumerate(rows, start=1)]
    stated = " and ".join(f"{percent(one['accuracy'], 2)} for {model}" for model, one in THESIS.items())
    return figure, ("Accuracy with 95 % intervals against parameters on the left and multiply-adds on the right, both "
                    f"on a logarithmic axis. {'; '.join(words)}. Diamonds: what the thesis states, {stated}.")


def frontier_table():
    """The numbers of `frontier_figure` as a Markdown table."""
    rows = [[str(number), f"`{row['model']}`{' †' if row['erratum'] else ''}", row["recipe"], str(row["seeds"]),
             f"{row['parameters'] / 1e6:.2f}", f"{row['multiply_adds'] / 1e6:.0f}", percent(row["accuracy"]),
             f"{100 * row['low']:.1f} to {100 * row['high']:.1f}", f"{row['macro_f1']:.3f}"]
            for number, row in enumerate(placed(), start=1)]
    return table(["", "network", "recipe", "seeds", "million parameters", "million multiply-adds", "accuracy",
                  "95 % interval", "macro F1"], rows, "rlllrrrrr")


@functools.cache
def against_large():
    """COMPARED with LARGE on the same faces, in accuracy and macro F1: `compare_family`'s list of dicts.

    LARGE has one seed. How much seeds move an accuracy is taken from all our networks that have several and are none of
    these.
    """
    large, compared = names_of(*LARGE), {name: names_of(*key) for name, key in COMPARED.items()}
    taken = {run for runs in (large, *compared.values()) for run in runs}
    others = [runs for runs in runs_of_several_seeds() if taken.isdisjoint(runs)]
    return compare_family(large, compared, like=others, score=both_scores, draws=FACES_DRAWN)


def against_large_table(found):
    """Markdown: a row for each comparison of `against_large`, in points, first accuracy, then macro F1."""
    def points(row, which):
        return (f"{100 * row['difference'][which]:+.1f} ({100 * row['low'][which]:+.1f} to "
                f"{100 * row['high'][which]:+.1f})")

    rows = [[row["name"], str(row["seeds"][0]), points(row, 0), row["told"][0], points(row, 1), row["told"][1]]
            for row in found]
    return table(["against `vgg16`", "seeds", "accuracy, points", "it is", "macro F1, points", "it is"], rows, "llrlrl")


def stated_compared():
    """The accuracies that the thesis states, compared: a dict from who is compared to a dict of `compare_accuracies`.

    Its small network against its large one, and our `squeezenet-fer` by `modern` against its small one, on PublicTest
    and on PrivateTest. All suppose that the thesis tested on as many faces, and know the luck of the faces alone.
    """
    from fer_utils.evaluation.results import load_run

    small, large = (THESIS[name]["accuracy"] for name in ("squeezenet-custom", "vgg16"))
    scores = load_run("squeezenet-fer-modern-s0")["scores"]
    return {"the thesis's small network against its large one": compare_accuracies(small, large, scores["private"]["n"])
            } | {f"`squeezenet-fer` on {title} against the thesis's small one":
                 compare_accuracies(scores[split]["accuracy"], small, scores[split]["n"])
                 for split, title in (("public", "PublicTest"), ("private", "PrivateTest"))}
