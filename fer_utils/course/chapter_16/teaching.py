"""Students and their teachers side by side, as far as the records go: every view, the four teachers as one, and whose
running averages were estimated anew. Chapter 16.
"""

import numpy as np

from fer_utils.course.chapter_16.leaderboard import repeated_runs
from fer_utils.course.chapter_16.pairs import DRAWS
from fer_utils.evaluation import scores_with_leak_free
from fer_utils.evaluation.comparison import answers_together, compare, compare_accuracies
from fer_utils.evaluation.protocol import of_view
from fer_utils.evaluation.results import (
    grouped,
    load_run,
    recorded_probabilities,
    recorded_steps,
    runs_of_several_seeds,
    seeds_of,
)
from fer_utils.evaluation.robustness import plain_row, recorded_robustness
from fer_utils.evaluation.tta import VIEWS
from fer_utils.text import percent, table

# one for each division by size
FINALS, FINAL_RECIPE = ("squeezenet-fer-deep", "squeezenet-fer-tiny"), "distilled-long"
FOUR_TOGETHER = "the four teachers together"


def teachers():
    """The names of the runs that taught the final students."""
    return load_run(FINALS[0])["lessons"]["teachers"]


def together(names):
    """Several runs as one, as a student is taught: the mean of their recorded PrivateTest probabilities. Returns the
    labels int (n,), the probabilities float (n, 7), and `scores_with_leak_free` of them."""
    stored = [recorded_probabilities(name) for name in names]
    labels, mean = stored[0]["labels"].astype(int), np.mean([each["probabilities"] for each in stored], axis=0)
    return labels, mean, scores_with_leak_free(labels, mean, ~stored[0]["has_duplicate"])


def groups():
    """Students and teachers, a dict from a name to the runs of its seeds."""
    taught = {f"`{name}`, student": seeds_of(name, FINAL_RECIPE) for name in FINALS}
    by_network = grouped(map(load_run, teachers()), lambda run: run["model"])
    return taught | {f"`{name}`, teacher": runs for name, runs in by_network.items()}


def accuracies(runs, split, view, key="accuracy"):
    """A score of each run in a view, float (runs,), or None where it is not recorded of all."""
    if not all(view == "single" or view in run["scores"].get(f"{split}_views", {}) for run in runs):
        return None
    return np.array([of_view(run["scores"], split, view)[key] for run in runs])


def views_table():
    """Students and teachers in every view, the mean of their seeds, and the teachers as one: Markdown."""
    rows = []
    for name, runs in groups().items():
        size = f"{runs[0]['scores']['parameters']:,}"
        for view in VIEWS:
            values = accuracies(runs, "private", view)
            if values is None:
                rows.append([name, size, view, str(len(runs)), *["not recorded"] * 4])
                continue
            rest = [accuracies(runs, "private", view, key).mean() for key in ("leak_free_accuracy", "macro_f1")]
            rows.append([name, size, view, str(len(runs)), spread_in_words(values), percent(rest[0], 2),
                         f"{rest[1]:.3f}", percent(accuracies(runs, "public", view).mean(), 2)])
    names = teachers()
    size, scores = sum(load_run(name)["scores"]["parameters"] for name in names), together(names)[2]
    rows.append([FOUR_TOGETHER, f"{size:,}", "single", "1", percent(scores["accuracy"], 2),
                 percent(scores["leak_free_accuracy"], 2), f"{scores['macro_f1']:.3f}", "not recorded"])
    return table(["network", "parameters", "view", "seeds", "PrivateTest", "without duplicates", "macro F1",
                  "PublicTest"], rows, "lrlrrrrr")


def spread_in_words(values):
    """The mean of several seeds and their standard deviation in points; of one seed, its value."""
    mean = percent(np.mean(values), 2)
    return f"{mean} ± {100 * np.std(values, ddof=1):.2f}" if len(values) > 1 else f"{mean}, one seed"


def gained_by(view):
    """What a view adds to the single one on PrivateTest, a dict from the names of `groups` to float (runs,)."""
    return {name: accuracies(runs, "private", view) - accuracies(runs, "private", "single")
            for name, runs in groups().items() if accuracies(runs, "private", view) is not None}


def held_against_teachers():
    """The larger student less its VGG teachers, and less the four teachers together, single views on PrivateTest, with
    both kinds of luck, corrected for the two: a dict from name to `compare`."""
    student, teacher = ([run["run"] for run in runs] for name, runs in groups().items()
                        if name.startswith((f"`{FINALS[0]}`", "`vgg-teacher`")))
    several = [runs for runs in runs_of_several_seeds() if runs not in (student, teacher)]
    labels, answers = answers_together([name for runs in (student, teacher, *several) for name in runs])
    student, teacher, *like = np.split(answers, np.cumsum(list(map(len, (student, teacher, *several))))[:-1])
    ensemble = together(teachers())[1].argmax(axis=1)
    return {"one VGG": compare(labels, student, teacher, like=like, tried=2, draws=DRAWS),
            FOUR_TOGETHER: compare(labels, student, ensemble, like=[teacher, *like], tried=2, draws=DRAWS)}


def views_held_against_teachers():
    """The larger student less its VGG teachers in every view, corrected for the three: a dict from view to
    `compare_accuracies`. The answers of two views are not recorded, so all three suppose that student and teacher
    differ on as many faces as in the single view."""
    student, teacher = (runs for name, runs in groups().items()
                        if name.startswith((f"`{FINALS[0]}`", "`vgg-teacher`")))
    labels, answers = answers_together([run["run"] for run in (*student, *teacher)])
    right = answers == labels
    differ = np.mean(right[:len(student), None] != right[len(student):])
    sides = [[accuracies(runs, "private", view) for runs in (student, teacher)] for view in VIEWS]
    like = [private for _, _, private in repeated_runs()
            if not any(np.array_equal(private, side) for side in sides[0])]
    return {view: compare_accuracies(*side, len(labels), tried=len(VIEWS), like=like, differ=differ)
            for view, side in zip(VIEWS, sides)}


def shift_table():
    """The shipped students on PublicTest as it is, mirrored, and moved by two pixels: Markdown."""
    record, rows = recorded_robustness(), []
    for name in FINALS:
        found = plain_row(record, "photographs", name)
        plain, *changes = found.values()
        rows.append([f"`{name}`", f"`{record['photographs']['networks'][name]['file']}`", percent(plain["accuracy"], 2)]
                    + [f"{percent(row['accuracy'], 2)} ({100 * row['difference_low']:+.1f} to "
                       f"{100 * row['difference_high']:+.1f}; {row['told']})" for row in changes])
    return table(["network", "file", "plain", "mirrored", "shifted by 2 pixels"], rows, "llrrr")


def estimated_anew():
    """Whose running averages were estimated anew, behind which faces, and what PublicTest said: a list of dicts with
    `name`, `faces`, `before`, `after` (means over the seeds) and `kept`, how many of `seeds` kept the new ones."""
    steps = recorded_steps()
    sides = {"step `comparison`": [steps["squeezenet-fer-comparison-s0"]],
             "step `distilled`": [steps["squeezenet-fer-distilled-s0"]]} | groups()
    found = []
    for name, runs in sides.items():
        anew = [run["recalibration"] for run in runs]
        change = runs[0]["recipe"]["augmentation"]  # of the recipe; it changed the faces of the new estimate as well
        found.append({"name": name, "faces": "plain" if change == "none" else f"changed ({change})",
                      "before": float(np.mean([each["public_accuracy_before"] for each in anew])),
                      "after": float(np.mean([each["public_accuracy_after"] for each in anew])),
                      "kept": sum(each["kept"] for each in anew), "seeds": len(runs)})
    return found


def estimated_table():
    """`estimated_anew` as Markdown."""
    return table(["network", "faces", "PublicTest before", "after", "kept"],
                 [[row["name"], row["faces"], percent(row["before"], 2), percent(row["after"], 2),
                   f"{row['kept']} of {row['seeds']}"] for row in estimated_anew()], "llrrr")
