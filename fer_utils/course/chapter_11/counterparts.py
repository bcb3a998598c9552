"""What the recorded full-scale runs say about a question that a small laboratory asks (chapter 11).

Runs of one network under one recipe are a group, one member a seed. Everything is read from `data/results`, and where
nothing has been run the sentence says so. Runs that were cut short are left out: they compare nothing. One seed a side
gives no verdict.
"""

from itertools import combinations

import numpy as np

from fer_utils.course.runs import errata_of
from fer_utils.data.fer2013 import FER2013_COUNTS
from fer_utils.evaluation.comparison import compare_accuracies
from fer_utils.evaluation.results import grouped, load_run, recorded_steps, run_names
from fer_utils.text import percent, table
from fer_utils.training.recipes import different_fields

WORDS = {"optimizer": "optimizer", "batch_size": "batch size", "schedule": "schedule", "epochs": "number of epochs",
         "activation": "activation function", "learning_rate": "learning rate"}
MANY = 2  # runs in a list that is still read
FAR = 3  # runs that differ in more fields than these besides the one asked about are no pair


def recorded_runs():
    """All published runs on FER-2013, as `load_run` gives them."""
    return [run for run in map(load_run, run_names()) if run["data"]["name"] == "FER-2013"]


def recorded_trials():
    """Those, and the steps of chapter 16's search (`recorded_steps`), which were never asked about PrivateTest."""
    runs = recorded_runs()
    known = {run["run"] for run in runs}
    return runs + [{"run": name} | step for name, step in recorded_steps().items()
                   if name not in known and step["data"]["name"] == "FER-2013"]


def _complete(runs, published=recorded_runs):
    return [run for run in (published() if runs is None else runs) if run["complete"]]


def counterpart(field, runs=None):
    """Markdown: the recorded runs of one network that differ in a field of the recipe, with what else differs.

    Arguments: field, a field of `fer_utils.training.recipes.Recipe` or the name of something that no recipe has;
    runs, dicts of `load_run`, None reads those that are published. Of all pairs, those with the fewest other
    differences are told.
    """
    pairs = []
    for a, b in combinations(_groups(_complete(runs, recorded_trials)), 2):
        different = different_fields(a[0]["recipe"], b[0]["recipe"])
        if a[0]["model"] == b[0]["model"] and field in different:
            pairs.append((sorted(different - {field}), a, b))
    word = WORDS.get(field, field)
    if not pairs:
        return ("**Its recorded full-scale counterpart** has not been run: no two complete runs of one network on "
                f"FER-2013 differ in {word}.")
    fewest = min(len(others) for others, _, _ in pairs)
    if fewest > FAR:
        others, a, b = min(pairs, key=lambda pair: len(pair[0]))
        return (f"**Its recorded full-scale counterpart** has not been run. The nearest pair, `{a[0]['model']}` by "
                f"the recipes `{a[0]['recipe']['name']}` and `{b[0]['recipe']['name']}`, also differs in "
                f"{_listed(others)}, so it says nothing about the {word}.")
    lines = ["**Its recorded full-scale counterpart**, on all of FER-2013, PublicTest accuracy:", ""]
    for others, a, b in pairs:
        if len(others) == fewest:
            also = ("Nothing else in the recipe differs." if not others else
                    f"The recipes also differ in {_listed(others)}, so the pair "
                    f"does not say what the {word} did.")
            sides = "; ".join(f"{word} {_value(group[0]['recipe'].get(field))}: {_reached(group)}" for group in (a, b))
            lines.append(f"- `{a[0]['model']}`, {sides}. {_weighed(a, b)} {also}")
    return _with_errata(lines, [run for others, *sides in pairs if len(others) == fewest for side in sides
                                for run in side])


def counterpart_networks(runs=None):
    """Markdown: networks of different size, smallest first, by the one recipe that most networks were trained by."""
    by_recipe = grouped(_groups(_complete(runs)), lambda group: _key(group[0]["recipe"]))
    tables = [groups for groups in by_recipe.values() if len(groups) > 1]
    if not tables:
        return ("**Its recorded full-scale counterpart** has not been run: no two networks on FER-2013 share a recipe.")
    groups = max(tables, key=len)
    rows = [[f"`{group[0]['model']}`", f"{group[0]['scores']['parameters']:,}", _reached(group)]
            for group in sorted(groups, key=lambda group: group[0]["scores"]["parameters"])]
    recipe = groups[0][0]["recipe"]["name"]
    return (f"**Its recorded full-scale counterpart**: networks trained by the recipe `{recipe}` "
            "on all of FER-2013. They differ in more than size.\n\n"
            + _with_errata([table(["network", "parameters", "PublicTest accuracy"], rows, "lrl")],
                           [run for group in groups for run in group]))


def counterpart_epochs(runs=None):
    """Markdown: when recorded runs were best, and how far apart training and PublicTest ended.

    One run of each network and recipe; of more than `MANY`, those with the widest and the narrowest gap. Accuracies
    are in whole percents: they were measured while the network trained, and may differ from its recorded scores in the
    first decimal, for which the averages of batch normalization were measured anew.
    """
    # with mixup or a teacher, training accuracy is measured against other targets than the labels
    first = [group[0] for group in _groups(_complete(runs))
             if not group[0]["recipe"].get("mixup") and not group[0]["recipe"].get("teacher_share")]
    if not first:
        return "**Its recorded full-scale counterpart** has not been run."
    first.sort(key=lambda run: run["history"][-1]["val_accuracy"] - run["history"][-1]["accuracy"])
    which = "run by run"
    if len(first) > MANY:
        first, which = first[:MANY // 2] + first[-MANY // 2:], "the runs with the widest and the narrowest gap"
    lines = [f"**Its recorded full-scale counterpart**, {which}, on all of FER-2013:", ""]
    for run in first:
        history = run["history"]
        lowest = min(history, key=lambda row: row["val_loss"])["epoch"]
        last = history[-1]
        lines.append(
            f"- {run['run']}: most accurate after epoch {run['best_epoch']} of {len(history)}, PublicTest loss lowest "
            f"after epoch {lowest}. At the end {percent(last['accuracy'], 0)} of the training faces, as augmentation "
            f"left them, are right, and {percent(last['val_accuracy'], 0)} of PublicTest.")
    return _with_errata(lines, first)


def _with_errata(lines, runs):
    """Lines of Markdown, and below them what was found wrong later with the runs they are about."""
    found = errata_of(run for run in runs if run.get("erratum"))
    return "\n".join(lines) + (f"\n\n{found}" if found else "")


def _weighed(a, b):
    """Whether two groups differ by more than luck, in words: seeds and faces."""
    if min(len(a), len(b)) < 2:
        return "With one seed the luck of seeds is not known, so which is better is not settled."
    found = compare_accuracies(*([run["public_accuracy"] for run in group] for group in (a, b)),
                               FER2013_COUNTS["public"])
    words = {"better": "more than luck", "worse": "more than luck", "cannot be told": "which luck may explain"}
    return (f"They lie {100 * abs(found['difference']):.1f} points apart, give or take "
            f"{50 * (found['high'] - found['low']):.1f}: {words[found['told']]}.")


def _value(value):
    return f"{value:g}" if isinstance(value, float) else value


def _listed(fields):
    return ", ".join(WORDS.get(field, field.replace("_", " ")) for field in fields)


def _reached(group):
    """What a group reached on PublicTest, in words."""
    values = [run["public_accuracy"] for run in group]
    if len(group) == 1:
        epochs = group[0]["epochs"] if "epochs" in group[0] else len(group[0]["history"])
        return f"{percent(values[0])} after {epochs} epochs, one seed"
    ends = f"({percent(min(values))} to {percent(max(values))})"
    return f"{percent(np.mean(values))} on average of {len(group)} seeds {ends}"


def _groups(runs):
    """Lists of runs of one network under one recipe, by seed; sorted by network and recipe."""
    ordered = sorted(runs, key=lambda run: (run["model"], run["recipe"]["name"], run["seed"]))
    return list(grouped(ordered, lambda run: (run["model"], _key(run["recipe"]))).values())


def _key(recipe):
    """A recipe but for its name. A field that an older record lacks counts as not used."""
    return tuple(sorted((field, value) for field, value in recipe.items() if field != "name" and value))
