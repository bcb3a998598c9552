"""The way from the thesis's network upward, as far as it has been run: figure, table, what remains. Chapter 16.

Every number is read from `data/results`.
"""

from dataclasses import asdict

import numpy as np

from fer_utils.course.chapter_16.leaderboard import repeated_runs
from fer_utils.course.figures import SPLIT_COLORS
from fer_utils.course.runs import seed_spread
from fer_utils.course.show import new_figure
from fer_utils.evaluation.comparison import compare_accuracies, compare_family
from fer_utils.evaluation.results import (
    THESIS,
    recorded_calibration,
    recorded_probabilities,
    recorded_steps,
    results_table,
    seeds_of,
)
from fer_utils.text import percent, table
from fer_utils.training.recipes import COMPARISON, RECIPES, different_fields

# (what changed, network, recipe), from the thesis's network upward; the last ones are too large to carry, and teach
STAGES = [
    ("the thesis's network", "squeezenet-custom", "comparison"),
    ("all 48x48 pixels, BN, less dropout", "squeezenet-fer", "modern"),
    ("squeeze-and-excitation", "squeezenet-fer-se", "comparison"),
    ("more modules on large maps", "squeezenet-fer-deep", "comparison"),
    ("two teachers, a second time", "squeezenet-fer", "taught"),
    ("four teachers, 200 epochs", "squeezenet-fer-deep", "distilled-long"),
    ("teacher, ResNet", "resnet-teacher", "teacher"),
    ("teacher, VGG", "vgg-teacher", "teacher"),
    ("teacher, VGG, 200 epochs", "vgg-teacher", "teacher-long"),
]
# what the search tries, one change each from `comparison`, on one network
SINGLE_CHANGES = ("thesis-augmentation", "strong-augmentation", "faster", "sgd", "smoothing", "mixup", "average",
                  "weighted", "l1", "l2", "distilled")
STEPS_NETWORK = "squeezenet-fer"
TEACHERS = 3  # the last stages; the others are students, each a step from the one before


def measured_stages():
    """The stages that have runs: a list of (what changed, the complete runs of `seeds_of`)."""
    stages = [(name, seeds_of(model, recipe)) for name, model, recipe in STAGES]
    return [(name, runs) for name, runs in stages if runs]


def _mean(runs, split, key="accuracy"):
    return float(np.mean([run["scores"][split][key] for run in runs]))


def ablation_figure():
    """PublicTest and PrivateTest accuracy of each stage, dots for seeds. Returns (figure, alternative text)."""
    figure, axes = new_figure(9, 4.4)
    stages = measured_stages()
    for split, mark in (("public", "s"), ("private", "o")):
        color = SPLIT_COLORS[split]
        for place, (_, runs) in enumerate(stages):
            values = [100 * run["scores"][split]["accuracy"] for run in runs]
            axes.plot(values, [place] * len(values), mark, color=color, alpha=0.8)
        axes.plot([], [], mark, color=color, label={"public": "PublicTest, which chose",
                                                    "private": "PrivateTest"}[split])
    quoted = 100 * THESIS["squeezenet-custom"]["accuracy"]
    axes.axvline(quoted, color="#555555", linestyle="--", linewidth=1)
    axes.text(quoted - 0.2, -0.45, "the thesis says", color="#555555", fontsize=9, ha="right", va="center")
    labels = [f"{name}\n{runs[0]['model']}, {runs[0]['scores']['parameters']:,}" for name, runs in stages]
    axes.set(yticks=range(len(stages)), ylim=(-0.8, len(stages) - 0.5), xlabel="accuracy, %")
    axes.set_yticklabels(labels, fontsize=8)
    axes.legend(frameon=False, loc="lower right", fontsize=9)
    return figure, "PrivateTest accuracy from the thesis's network upward: " + "; ".join(
        f"{name}, {percent(_mean(runs, 'private'))}" for name, runs in stages) + "."


def ablation_table():
    """The stages as Markdown: parameters, recipe, seeds, both test sets, without duplicates, macro F1, calibration."""
    rows = [[name, f"`{runs[0]['model']}`", f"{runs[0]['scores']['parameters']:,}",
             f"{runs[0]['recipe']['name']}, {len(runs[0]['history'])}", str(len(runs)),
             percent(_mean(runs, "public"), 2), percent(_mean(runs, "private"), 2),
             percent(_mean(runs, "private", "leak_free_accuracy"), 2), f"{_mean(runs, 'private', 'macro_f1'):.3f}",
             f"{np.mean([recorded_calibration(run) for run in runs]):.3f}"] for name, runs in measured_stages()]
    return table(["what changed", "network", "parameters", "recipe, epochs", "seeds", "PublicTest", "PrivateTest",
                  "without duplicates", "macro F1", "calibration error"], rows, "llrlrrrrrr")


def student_steps():
    """Each student beside the stage before it: a dict from "change" to the names of its runs, and of those before."""
    stages = [(name, [run["run"] for run in runs]) for name, runs in measured_stages()[:-TEACHERS]]
    return {name: (runs, before) for (_, before), (name, runs) in zip(stages, stages[1:])}


def changing_both():
    """How many steps between students change recipe and network at once, and how many steps there are."""
    stages = [runs[0] for _, runs in measured_stages()[:-TEACHERS]]
    both = [a["model"] != b["model"] and a["recipe"]["name"] != b["recipe"]["name"] for a, b in zip(stages, stages[1:])]
    return sum(both), len(both)


def differences(recipe, start=COMPARISON):
    """The fields in which two recipes differ, a dict from field to (value at the start, value now); the name is left
    out."""
    before, after = asdict(start), asdict(recipe)
    different = different_fields(before, after)
    return {field: (before[field], after[field]) for field in before if field in different}


def steps_measured():
    """What each step of `SINGLE_CHANGES` gained on PublicTest over `comparison`, as fractions: a dict, the largest
    gain first."""
    gains = {name: step(name)["accuracy"] - step(COMPARISON.name)["accuracy"] for name in SINGLE_CHANGES}
    return dict(sorted(gains.items(), key=lambda item: -item[1]))


def step(name):
    """What a step's run reached on PublicTest: the scores of `fer_utils.evaluation.scores`."""
    return recorded_steps()[f"{STEPS_NETWORK}-{name}-s0"]["public"]


def luck_of_seeds(key="public_accuracy"):
    """How far two runs lie apart by the luck of their seeds, as a standard deviation, and its degrees of freedom: from
    our networks that have several seeds. `key`: of `results_table`."""
    spread, runs, groups = seed_spread(results_table(), key)
    return np.sqrt(2) * spread, runs - groups


def largest_by_luck(tries, freedom, repeats=20_000, seed=0):
    """Searches in which nothing helps: how far the most distant of `tries` runs lies from the one run that all are held
    against, float (repeats,), in standard deviations of a difference that are themselves known with so many degrees of
    freedom only (Dunnett 1955, doi:10.1080/01621459.1955.10501294; drawn at random here)."""
    rng = np.random.default_rng(seed)
    apart = (rng.normal(size=(repeats, tries)) - rng.normal(size=(repeats, 1))) / np.sqrt(2)
    return np.abs(apart).max(axis=1) / np.sqrt(rng.chisquare(freedom, repeats) / freedom)


def usually_differ():
    """The share of PrivateTest on which exactly one of two networks is right that are as alike as two steps: what is
    supposed of the steps, whose own answers are not recorded."""
    alike = map(recorded_probabilities, ("squeezenet-fer-modern-s0", "squeezenet-fer-se-comparison-s0"))
    right = [each["probabilities"].argmax(axis=1) == each["labels"] for each in alike]
    return float(np.mean(right[0] != right[1]))


def steps_compared():
    """Each step held against `comparison` on PublicTest, with both kinds of luck and corrected for their number: a dict
    from name to a row of `compare_family`, the largest gain first."""
    before = step(COMPARISON.name)
    rows = compare_family(before["accuracy"], {name: step(name)["accuracy"] for name in SINGLE_CHANGES},
                          compare_accuracies, n=before["n"], like=[public for _, public, _ in repeated_runs()],
                          differ=usually_differ())
    return {row["name"]: row for row in sorted(rows, key=lambda row: -row["difference"])}


def steps_table():
    """The single steps of the search as Markdown: what each changes, its scores on PublicTest, its gain in points with
    the interval, and the p-value by Holm's correction."""
    compared, rows = steps_compared(), []
    for name in (COMPARISON.name, *compared):
        changes = ", ".join(f"{field} {before} to {after}"
                            for field, (before, after) in differences(RECIPES[name]).items())
        found, row = step(name), compared.get(name)
        rows.append([f"`{name}`", changes or "nothing", percent(found["accuracy"], 2),
                     f"{100 * row['difference']:+z.2f} ({100 * row['low']:+.1f} to {100 * row['high']:+.1f})" if row
                     else "-", f"{found['macro_f1']:.3f}", f"{found['calibration_error']:.3f}",
                     f"{row['p_holm']:.2f}" if row else "-"])
    return table(["recipe", "what it changes in `comparison`", "PublicTest", "gain, points", "macro F1",
                  "calibration error", "p"], rows, "llrrrrr")
