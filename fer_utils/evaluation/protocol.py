"""The protocol of `data/protocol.toml`: read it, and see what of a published run keeps to it.

What may be looked at when, the divisions by size, the figures that stand beside an accuracy, and the goals that
were set before the runs. Explained in chapter 16.
"""

import numpy as np

from fer_utils.evaluation.results import first_weights, grouped, load_run, run_names, seeds_of, table_row
from fer_utils.files import DATA_FOLDER, read_toml

PROTOCOL_FILE = DATA_FOLDER / "protocol.toml"
RESTORE = "Restore it with: git checkout data/protocol.toml"


def load_protocol():
    """The protocol as a dict; `data/protocol.toml` explains its fields."""
    return read_toml(PROTOCOL_FILE, ("data", "splits", "divisions", "views", "better", "limits", "report", "goals"),
                     RESTORE)


def division_of(parameters):
    """The name of the smallest division that holds a network of so many parameters; None where it is too large."""
    divisions = load_protocol()["divisions"]
    open_to = [name for name in divisions if parameters <= divisions[name]["most_parameters"]]
    return min(open_to, key=lambda name: divisions[name]["most_parameters"], default=None)


def best_run(division):
    """Our run to beat in a division: of those that keep to the protocol, the one with the best PublicTest accuracy.

    A dict of `load_run`, or None where the division has no run yet. PrivateTest is never used to choose. Raises
    KeyError for an unknown division.
    """
    most = load_protocol()["divisions"][division]["most_parameters"]
    runs = [run for run in map(load_run, run_names()) if run["scores"]["parameters"] <= most and not breaches(run)]
    return max(runs, key=lambda run: run["public_accuracy"], default=None)


def goals():
    """The goals of the protocol and where we stand: a list of dicts, in the order of the file.

    Each has `division`, `most_parameters`, `view` ("single", or the best of the others on PublicTest), and `goal`, an
    accuracy on PrivateTest. `network` and `recipe` are the best that fits, by its mean accuracy on PublicTest without
    duplicates (of the runs before the goals, the last epochs' accuracies without them were not kept), of those with as
    many complete seeds as the goals ask for. Where none has, of those with fewer, and `enough` is False: then the goal
    cannot count as reached. `runs` are the names of its seeds, `reached` their PrivateTest accuracies in that view,
    float (seeds,). All four are None where nothing fits. Raises ValueError for a goal that the file does not state
    whole.
    """
    rules = load_protocol()["goals"]
    found = []
    for division, goal in rules.items():
        if not isinstance(goal, dict):
            continue
        most, stated = goal.get("most_parameters"), {view: goal[view] for view in ("single", "more_views")
                                                     if view in goal}
        if type(most) is not int or not stated or not all(0 < value < 1 for value in stated.values()):
            raise ValueError(f"the goal {division} of {PROTOCOL_FILE.name} needs most_parameters, a whole number, and "
                             f"single, a fraction. {RESTORE}")
        runs = _best_seeds(most, rules["seeds"])
        enough, runs = runs is not None, runs or _best_seeds(most, 1)
        for view, value in stated.items():
            views = ["single"] if view == "single" else [name for name in load_protocol()["views"] if name != "single"]
            found.append({"division": division, "most_parameters": most, "goal": value, "enough": enough}
                         | _reached(runs, views))
    return found


def _best_seeds(most, seeds):
    """The seeds of the network and recipe, of so few parameters, with the best mean accuracy on PublicTest without
    duplicates, or None."""
    kept = [run for run in map(load_run, run_names()) if run["scores"]["parameters"] <= most and not breaches(run)]
    groups = [runs for runs in grouped(kept, lambda run: (run["model"], run["recipe"]["name"])).values()
              if len(runs) >= seeds]
    return max(groups, default=None,
               key=lambda runs: np.mean([run["scores"]["public"]["leak_free_accuracy"] for run in runs]))


def _reached(runs, views):
    if runs is None:
        return {"view": views[0], "network": None, "recipe": None, "runs": None, "reached": None}

    def accuracies(split, view):
        return np.array([of_view(run["scores"], split, view)["accuracy"] for run in runs])

    view = max(views, key=lambda name: accuracies("public", name).mean())
    return {"view": view, "network": runs[0]["model"], "recipe": runs[0]["recipe"]["name"],
            "runs": [run["run"] for run in runs], "reached": accuracies("private", view)}


def of_view(scores, split, view):
    """The scores of one view ("single", "flip", "ten-crop") on "public" or "private", out of those of a run."""
    return scores[split] if view == "single" else scores[f"{split}_views"][view]


def breaches(run):
    """Where a run (a dict of `load_run`) does not keep to the protocol: a list of sentences, empty where it does.

    What a record cannot show is not in it: how often somebody looked at PrivateTest.
    """
    protocol, found = load_protocol(), []
    splits, history, scores = protocol["splits"], run["history"], run["scores"]

    def demand(kept, sentence):
        if not kept:
            found.append(sentence)

    demand(run["complete"], "it was cut short")
    demand(run["data"]["content_hash"] == protocol["data"]["training_hash"], "it was trained on other data")
    demand(protocol["data"]["external_data"] or first_weights(run) == "random",
           "it began with weights that were trained on other photographs")
    best = max(history, key=lambda row: row["val_accuracy"])  # the first of equals
    demand(run["best_epoch"] == best["epoch"], "its epoch is not the one with the best PublicTest accuracy")
    again = run.get("recalibration")
    reached = [again["public_accuracy_before"], again["public_accuracy_after"]] if again else [best["val_accuracy"]]
    demand(run["public_accuracy"] == max(reached), "its PublicTest accuracy is not that of the chosen epoch")
    for teacher in run.get("lessons", {}).get("teachers", ()):
        known = teacher in run_names()
        taught_alike = known and load_run(teacher)["data"]["content_hash"] == run["data"]["content_hash"]
        demand(taught_alike, f"its teacher {teacher} is not published, or was trained on other data")
    for split in ("public", "private"):
        demand(scores[split]["n"] == splits[split]["faces"], f"not all faces of {splits[split]['title']} were answered")
    demand(scores["private"]["leak_free_n"] == splits["private"]["without_duplicates"],
           "other duplicates were left out")
    stated = _figures(run)
    missing = [name for name in ("accuracy", *protocol["report"]["beside"]) if stated[name] is None]
    if run["run"] not in protocol["earlier_runs"] and division_of(scores["parameters"]):
        missing += [f"{split} {views}" for split in ("public", "private") for views in protocol["views"]
                    if views != "single" and views not in scores.get(f"{split}_views", {})]
    demand(not missing, f"these figures are missing: {', '.join(missing)}")
    return found


def figures(name):
    """What stands beside the accuracy of a published run, by the protocol: a dict, fractions of 1, PrivateTest.

    `accuracy` is that of a single view; `flip_accuracy` and `ten_crop_accuracy` are None where they were not
    measured. `seeds` is the number of complete runs of the network with the recipe; `mean` and `spread` (the standard
    deviation) of their accuracies are None where there are fewer than the protocol asks for. `division` is None for a
    large network.
    """
    return _figures(load_run(name))


def _figures(run):
    seeds = [seed["scores"]["private"]["accuracy"] for seed in seeds_of(run["model"], run["recipe"]["name"])]
    enough, row = len(seeds) >= load_protocol()["report"]["seeds"], table_row(run)
    figures = ("run", "accuracy", "flip_accuracy", "ten_crop_accuracy", "leak_free_accuracy", "macro_f1",
               "calibration_error", "parameters")
    return {name: row[name] for name in figures} | {
        "seeds": len(seeds), "mean": float(np.mean(seeds)) if enough else None,
        "spread": float(np.std(seeds, ddof=1)) if enough else None, "division": division_of(row["parameters"])}
