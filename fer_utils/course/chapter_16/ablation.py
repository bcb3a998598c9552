"""The way from the thesis's network upward, as far as it has been run: figure, table, what remains. Chapter 16.

Every number is read from `data/results`.
"""

from dataclasses import asdict

import numpy as np

from fer_utils.course.figures import COLORS
from fer_utils.course.show import new_figure
from fer_utils.evaluation.results import THESIS, load_run, recorded_calibration, recorded_steps, seeds_of
from fer_utils.evaluation.tta import VIEWS
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
                  "weighted", "l1",
         "l2", "distilled")
STEPS_NETWORK = "squeezenet-fer"
# one for each division by size
FINALS, FINAL_RECIPE = ("squeezenet-fer-deep", "squeezenet-fer-tiny"), "distilled-long"


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
    for split, mark, color in (("public", "s", COLORS[4]), ("private", "o", COLORS[0])):
        for place, (_, runs) in enumerate(stages):
            values = [100 * run["scores"][split]["accuracy"] for run in runs]
            axes.plot(values, [place] * len(values), mark, color=color, alpha=0.8)
        axes.plot([], [], mark, color=color, label={"public": "PublicTest, which chose",
                                                    "private": "PrivateTest"}[split])
    quoted = 100 * THESIS["squeezenet-custom"]["accuracy"]
    axes.axvline(quoted, color=COLORS[1], linestyle="--", linewidth=1)
    axes.text(quoted - 0.2, -0.45, "the thesis says", color=COLORS[1], fontsize=9, ha="right", va="center")
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


def finals_table():
    """The two final students as Markdown: the seed that PublicTest chose in every view, and the mean of the seeds."""
    rows = []
    for name in FINALS:
        runs, best = seeds_of(name, FINAL_RECIPE), load_run(name)["scores"]
        for view in VIEWS:
            public, private = (of_view(best, split, view) for split in ("public", "private"))
            values = [of_view(run["scores"], "private", view)["accuracy"] for run in runs]
            rows.append([f"`{name}`", f"{best['parameters']:,}", view, percent(public["accuracy"], 2),
                         percent(private["accuracy"], 2), percent(private["leak_free_accuracy"], 2),
                         f"{private['macro_f1']:.3f}",
                         f"{percent(np.mean(values), 2)} ± {100 * np.std(values, ddof=1):.2f}"])
    return table(["network", "parameters", "view", "PublicTest", "PrivateTest", "without duplicates", "macro F1",
                  "PrivateTest, mean of seeds"], rows, "lrlrrrrr")


def of_view(scores, split, view):
    """The scores of one view out of those of a run."""
    return scores[split] if view == "single" else scores[f"{split}_views"][view]


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


def steps_table():
    """The single steps of the search as Markdown: what each changes, its scores on PublicTest, its gain in points."""
    rows = []
    for name, gain in {COMPARISON.name: 0.0, **steps_measured()}.items():
        changes = ", ".join(f"{field} {before} to {after}"
                            for field, (before, after) in differences(RECIPES[name]).items())
        found = step(name)
        rows.append([f"`{name}`", changes or "nothing", percent(found["accuracy"], 2), f"{100 * gain:+z.1f}",
                     f"{found['macro_f1']:.3f}", f"{found['calibration_error']:.3f}"])
    return table(["recipe", "what it changes in `comparison`", "PublicTest", "gain", "macro F1", "calibration error"],
                 rows, "llrrrr")
