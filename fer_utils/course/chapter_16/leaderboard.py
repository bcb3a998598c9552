"""Published accuracies on FER-2013 and what they are accuracies of; what choosing on the test set adds. Chapter 16.

The figures stand in `data/leaderboard.toml`, each with its source.
"""

import numpy as np

from fer_utils.course.figures import COLORS
from fer_utils.course.show import explore, new_figure
from fer_utils.evaluation.comparison import answers_together, compare_accuracies
from fer_utils.evaluation.intervals import LEVEL, share_interval
from fer_utils.evaluation.results import THESIS, grouped, results_table
from fer_utils.files import DATA_FOLDER, read_toml
from fer_utils.text import percent, table

LEADERBOARD = DATA_FOLDER / "leaderboard.toml"
KIND_MARKS = {"clean": "o", "chosen on the test set": "^", "another split": "s", "more data": "D",
              "several networks": "P", "not explained": "X"}
FACES = 3589  # in PublicTest, and in PrivateTest


def published_figures():
    """The entries of the leaderboard, a list of dicts, lowest accuracy first."""
    found = read_toml(LEADERBOARD, ("figure",), "Restore it with: git checkout data/leaderboard.toml")["figure"]
    return sorted(found, key=lambda row: row["accuracy"])


def interval_of(row):
    """The 95 % interval (low, high) of a published figure, for the luck of its faces: of seeds it knows nothing."""
    faces = row.get("faces", FACES)
    return share_interval(round(row["accuracy"] * faces), faces)


def held_against(figures, ours):
    """How far our seeds' mean lies above each published figure: a dict from name to `compare_accuracies`, corrected for
    their number. `ours`: PrivateTest accuracies, one a seed. Nobody's answers are at hand, so nothing is paired; the
    figures of others have the spread of our repeated networks."""
    like = [private for _, _, private in repeated_runs() if not np.array_equal(private, ours)]
    return {row["name"]: compare_accuracies(ours, [row["accuracy"]], FACES, tried=len(figures), like=like)
            for row in figures}


def splits_apart(rows):
    """How much more of PrivateTest than of PublicTest runs read on average, for the luck of the faces: a dict with
    `difference`, `low` and `high`. `rows`: of `results_table`.

    All runs read the same faces, so what counts is how the share of them that reads a face right varies from face to
    face. That is known of PrivateTest, and supposed of PublicTest, whose answers are not recorded.
    """
    from scipy.stats import norm

    labels, answers = answers_together([row["run"] for row in rows])
    shares = (answers == labels).mean(axis=0)
    half = norm.ppf((1 + LEVEL) / 2) * shares.std(ddof=1) * np.sqrt(2 / len(shares))
    difference = float(np.mean([row["accuracy"] - row["public_accuracy"] for row in rows]))
    return {"difference": difference, "low": float(difference - half), "high": float(difference + half)}


def leaderboard_figure(ours=()):
    """Accuracy against parameters, a mark for each kind of figure. `ours`: rows of `results_table`, drawn as stars."""
    figure, axes = new_figure(9, 4)
    rows = published_figures()
    for number, (kind, mark) in enumerate(KIND_MARKS.items()):
        of_kind = [row for row in rows if row["kind"] == kind]
        for row in of_kind:
            axes.vlines(row.get("parameters", 3e8), *(100 * end for end in interval_of(row)),
                        color=COLORS[number % len(COLORS)], linewidth=1)
        axes.plot([row.get("parameters", 3e8) for row in of_kind], [100 * row["accuracy"] for row in of_kind], mark,
                  color=COLORS[number % len(COLORS)], label=kind, markersize=7)
    if ours:
        axes.plot([row["parameters"] for row in ours], [100 * row["accuracy"] for row in ours], "k*", markersize=11,
                  label="this course, PrivateTest, one view")
    axes.axvline(THESIS["squeezenet-custom"]["parameters"], color="gray", linewidth=0.8, linestyle=":")
    axes.set(xscale="log", xlabel="parameters (not stated: at the right edge); dotted: the thesis's network",
             ylabel="claimed accuracy, %", title="What is claimed on FER-2013")
    axes.legend(frameon=False, fontsize=8, loc="upper left")
    counts = ", ".join(f"{sum(row['kind'] == kind for row in rows)} {kind}" for kind in KIND_MARKS)
    top = rows[-1]
    return figure, (f"Claimed accuracies on FER-2013 against the number of parameters, with bars for the "
                    f"luck of the faces: {counts}. The highest claim is "
                    f"{top['name']} with {percent(top['accuracy'])}; " + (f"the course's networks above 64 % lie "
                    f"between {percent(min(row['accuracy'] for row in ours))} and "
                    f"{percent(max(row['accuracy'] for row in ours))}."
                    if ours else "no network of the course is drawn."))


def leaderboard_table():
    """The published figures as Markdown: claim with its interval, what it is, why, where that was seen."""
    rows = [[f"**{percent(row['accuracy'], 2)}** {row['name']}",
             "{:.1f} to {:.1f}".format(*(100 * end for end in interval_of(row))),
             f"{row['parameters']:,}" if "parameters" in row else "not stated", row["kind"], row["why"],
             str(row.get("views", "not stated")), f"{row['seen']}: {row['source']}"]
            for row in reversed(published_figures())]
    return table(["claim", "faces' luck, %", "parameters", "what it is", "why", "views", "seen in"], rows, "lrrllrl")


def repeated_runs(seeds=3):
    """The networks and recipes with at least so many complete runs on FER-2013, a list of (name, PublicTest accuracies,
    PrivateTest accuracies), float (runs,) in the order of the seeds."""
    whole = [row for row in results_table() if row["data"] == "FER-2013" and row["complete"]]
    groups = grouped(sorted(whole, key=lambda row: row["run"]), lambda row: (row["model"], row["recipe"]))
    return [(f"{model}, {recipe}", *(np.array([row[key] for row in rows]) for key in ("public_accuracy", "accuracy")))
            for (model, recipe), rows in groups.items() if len(rows) >= seeds]


def choices_table(rows):
    """Markdown: what is reported of several seeds, by who chooses. `rows`: (name, accuracy of the best on PrivateTest,
    of the one chosen on PublicTest, mean of all)."""
    return table(["network and recipe", "best seed on PrivateTest", "chosen on PublicTest", "mean of the seeds"],
                 [[name, *(percent(value, 2) for value in values)] for name, *values in rows], "lrrr")


def best_of(tries, spread=0.0, accuracy=0.70, repeats=4000, seed=0):
    """What the best of several tries shows on one test set of 3,589 faces, if they are chosen by that very test.

    Arguments: tries, how many are compared; spread, standard deviation of their true accuracies around `accuracy`.
    Tries are independent here; the epochs of one run resemble each other and count as fewer.
    Returns (shown, true): float (repeats,), the accuracy that the chosen one shows, and the one that it has.
    """
    rng = np.random.default_rng(seed)
    true = np.clip(accuracy + spread * rng.normal(size=(repeats, tries)), 0.01, 0.99)
    shown = rng.binomial(FACES, true) / FACES
    chosen = shown.argmax(axis=1)[:, None]
    return np.take_along_axis(shown, chosen, 1)[:, 0], np.take_along_axis(true, chosen, 1)[:, 0]


def picking_figure(tries=20, spread=0.5):
    """Histograms of the accuracy that the best of `tries` shows and has. `spread`: of their true accuracies, in
    points."""
    shown, true = best_of(tries, spread / 100)
    figure, axes = new_figure(8, 2.8)
    bins = np.linspace(0.67, 0.75, 81) * 100
    axes.hist(100 * shown, bins, color=COLORS[0], alpha=0.7, label="shows on the test set it was chosen on")
    if np.ptp(true) > 0:
        axes.hist(100 * true, bins, histtype="step", color="black", label="would show on fresh faces")
    else:
        axes.axvline(100 * true[0], color="black", label="would show on fresh faces")
    gap = 100 * (shown.mean() - true.mean())
    axes.set(xlabel="accuracy of the chosen one, %", yticks=[], title=f"The best of {tries}: {gap:.1f} points too good")
    axes.legend(frameon=False, fontsize=8)
    return figure, (f"The best of {tries} tries, whose true accuracies differ by {spread:g} points around 70 %, shows "
                    f"{percent(shown.mean())} on average on the test set that chose it, and has "
                    f"{percent(true.mean())}.")


def explore_picking():
    """The explorer of chapter 16: sliders for the number of tries and for how much they truly differ."""
    import ipywidgets as widgets

    return explore(picking_figure,
                   tries=widgets.SelectionSlider(options=[1, 2, 5, 10, 20, 50, 100, 250], value=20,
                                                 description="tries"),
                   spread=widgets.FloatSlider(0.5, min=0.0, max=1.5, step=0.1, description="spread, points"))
