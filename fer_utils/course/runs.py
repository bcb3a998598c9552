"""Recorded runs in words: sentences whose every number is read from `data/results`."""

import numpy as np

from fer_utils.evaluation.results import dataset_facts, grouped
from fer_utils.text import percent


def describe_run(run, window=5):
    """Where a run of `load_run` ended, and whether its PublicTest accuracy was still rising over the last epochs."""
    values = [row["val_accuracy"] for row in run["history"]]
    majority = next((epoch for epoch, value in enumerate(values, start=1) if value > 0.30), None)
    left = (f"it is above 30 % from epoch {majority} on" if majority else "it never passes 30 %")
    window = min(window, len(values) // 2)
    late, before = max(values[-window:]), max(values[:-window], default=0.0)
    rising = (f"still rising: the best of the last {window} epochs is {percent(late)}, before them {percent(before)}"
              if late - before > 0.003 else "no longer rising")
    if len(values) < 6:
        first, last = (percent(run["history"][end]["accuracy"]) for end in (0, -1))
        rising = f"too early to tell; on its training faces it went from {first} to {last}"
    again = run.get("recalibration") or {}
    anew = (f" ({percent(again['public_accuracy_before'])} before its running averages were estimated anew)"
            if again.get("kept") and again["public_accuracy_after"] > again["public_accuracy_before"] else "")
    schedule = "its full length" if run["complete"] else "cut short"
    # PublicTest after each epoch included
    speed = run["data"]["train"] / np.median([row["seconds"] for row in run["history"]])
    return (f"**{run['run']}**: {len(values)} epochs ({schedule}), {run['wall_seconds'] / 60:.0f} minutes on "
            f"{run['device']}, about {speed:,.0f} faces a second. PublicTest {percent(run['public_accuracy'])} at "
            f"epoch {run['best_epoch']}{anew}; {left}; at the end it was {rising}."
            + (f" {run['note']}" if run.get("note") else "")
            + (f" Erratum: {run['erratum']}" if run.get("erratum") else ""))


def constant_answers(run):
    """The emotion that a run of `load_run` gave to every face of PublicTest, after each epoch: a list of names, with
    None for an epoch whose accuracy is not the share of one emotion. Chapter 10."""
    counts = dataset_facts()["counts"]["public"]
    shares = {round(count / sum(counts.values()), 5): emotion for emotion, count in counts.items()}
    return [shares.get(round(row["val_accuracy"], 5)) for row in run["history"]]


def describe_classes(scores):
    """The easiest and hardest emotions of a `scores` dict, and the most frequent confusion."""
    recalls = {emotion: row["recall"] for emotion, row in scores["per_class"].items()}
    ordered = sorted(recalls, key=recalls.get)
    emotions, matrix = list(scores["per_class"]), scores["confusion_matrix"]
    share, true, predicted = max(
        (matrix[i][j] / max(sum(matrix[i]), 1), emotions[i], emotions[j])
        for i in range(len(emotions)) for j in range(len(emotions)) if i != j)
    return (f"Most often right: **{ordered[-1]}** ({percent(recalls[ordered[-1]], 0)}) and **{ordered[-2]}** "
            f"({percent(recalls[ordered[-2]], 0)}). Least often: **{ordered[0]}** ({percent(recalls[ordered[0]], 0)}) "
            f"and **{ordered[1]}** ({percent(recalls[ordered[1]], 0)}). The most frequent confusion: "
            f"{percent(share, 0)} of the faces labelled {true} are taken for {predicted}. Macro F1, which counts "
            f"every class alike, is {scores['macro_f1']:.3f}.")


def errata(names):
    """What was found wrong with published runs after they were recorded, as Markdown: a line for each erratum, with the
    runs that it is about; "" where there is none."""
    from fer_utils.evaluation.results import load_run

    return errata_of(map(load_run, names))


def errata_of(runs):
    """`errata` of runs that were read already, dicts of `load_run`."""
    runs = {run["run"]: run for run in runs}.values()  # a network's name and its run's are one
    found = grouped([run for run in runs if run.get("erratum")], lambda run: run["erratum"])
    lines = []
    for text, about in found.items():
        listed = ", ".join(f"`{run['run']}`" for run in about)
        lines.append(f"- **Erratum** of {listed}: {text}")
    return "\n".join(lines)


def describe_pair(first, second):
    """How far apart two published runs are on PrivateTest, face by face, in words, for the luck of the faces alone:
    `fer_utils.evaluation.compare_runs`."""
    from fer_utils.evaluation import compare_runs
    from fer_utils.evaluation.intervals import paired_interval

    pair = compare_runs(first, second)
    low, high = (100 * end for end in paired_interval(pair["only_first"], pair["only_second"], pair["n"]))
    return (f"**{first}** against **{second}**: {100 * pair['gap']:+.2f} points, 95 % interval {low:+.2f} to "
            f"{high:+.2f} for the luck of the faces alone, one run each. {pair['only_first']} faces are read right by "
            f"the first alone, {pair['only_second']} by the second alone; if both were equally good, a split as uneven "
            f"would come with probability {pair['p_value']:.2g}.{_with_errata(first, second)}")


def _with_errata(*names):
    """A sentence: which of some runs or classifiers have an erratum; "" where none has."""
    from fer_utils.classical import CLASSIFIERS
    from fer_utils.evaluation.results import load_run

    found = [f"`{name}`" for name in names if name not in CLASSIFIERS and load_run(name).get("erratum")]
    return f" An erratum, a fault found later, belongs to {' and to '.join(found)}." if found else ""


def seed_spread(rows, key="public_accuracy"):
    """How much PublicTest accuracy moves from seed to seed, from runs that differ in nothing else.

    `rows`: as `fer_utils.evaluation.results.results_table` gives them; `key`: another figure of theirs, which is asked
    instead. Groups complete runs on FER-2013 by network and recipe and pools the variances within groups of two or
    more. Returns (standard deviation as a fraction, number of runs, number of groups), or None where no run was
    repeated.
    """
    whole = [row for row in rows if row["complete"] and row["data"] == "FER-2013"]
    groups = grouped(whole, lambda row: (row["model"], row["recipe"])).values()
    repeated = [[row[key] for row in group] for group in groups if len(group) > 1]
    if not repeated:
        return None
    squares = sum(len(values) * np.var(values) for values in repeated)
    runs = sum(map(len, repeated))
    return float(np.sqrt(squares / (runs - len(repeated)))), runs, len(repeated)
