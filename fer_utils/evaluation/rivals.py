"""A submission to the open challenge against our best run of its division: how far they lie apart, in words, and what
is doubtful about it. Explained in chapter 16.

It judges on the faces without a byte-identical copy in Training, which a table of Training would answer by heart, and
like views with like: ten views of a face are no fair rival of one.
"""

import numpy as np

from fer_utils.evaluation.comparison import compare, compare_accuracies
from fer_utils.evaluation.protocol import best_run, breaches, load_protocol
from fer_utils.evaluation.results import dataset_facts, recorded_probabilities, seeds_of
from fer_utils.labels import EMOTIONS, SIZE
from fer_utils.text import percent

PARAMETERS_OF_LINEAR = len(EMOTIONS) * (SIZE * SIZE + 1)  # the numbers of a linear model on the pixels (chapter 03)


def against_ours(labels, probabilities, alone, division, views):
    """A submission compared with our best run of a division, in the same views: a dict of `comparison.compare`, the
    submission first, or None where no run of ours is published there with these views.

    Arguments: labels int (n,) of PrivateTest; probabilities float (n, 7); alone, bool (n,), the faces to judge on;
    division and views, names of the protocol. Ours has all its seeds in it. Added are `run`, ours; `runs`, its seeds;
    `views`; `paired`, whether the answers were held against each other face by face: of more than a single view only
    our accuracies are recorded.
    """
    ours = best_run(division)
    if ours is None:
        return None
    runs = [run for run in seeds_of(ours["model"], ours["recipe"]["name"]) if not breaches(run)]
    labels, answers, single = labels[alone].astype(int), probabilities.argmax(axis=1)[alone], views == "single"
    if single:
        stored = [recorded_probabilities(run["run"])["probabilities"].argmax(axis=1)[alone] for run in runs]
        found = compare(labels, answers, np.stack(stored))
    else:
        runs = [run for run in runs if views in run["scores"].get("private_views", {})]
        if not runs:
            return None
        reached = [run["scores"]["private_views"][views]["leak_free_accuracy"] for run in runs]
        found = compare_accuracies(np.mean(answers == labels), reached, len(labels))
    return {"run": ours["run"], "runs": [run["run"] for run in runs], "views": views, "paired": single} | found | {
        "seeds": list(found["seeds"])}


def verdict(against, seeds=(0,)):
    """A few sentences: which of the two is better, or that it cannot be told. `against` as `against_ours` gives it;
    `seeds`, those that the submission declares."""
    if against is None:
        return "No run of ours is published in this division with these views, so there is nothing to compare with."
    ahead = {"better": "the submission is better", "worse": "our run is better"}.get(against["told"], against["told"])
    several, level = len(against["runs"]), load_protocol()["better"]["level"]
    trained = ("The submission has one seed: how much its own seeds differ is not known." if len(seeds) == 1 else
               f"The submission's answers are those of the first of its {len(seeds)} seeds.")
    return (
        f"Judged on the {against['n']:,} faces without a copy in Training, views: {against['views']}. The submission "
        f"reads {percent(against['first'], 2)} of them, our {against['run']} {percent(against['second'], 2)}"
        f"{f' on average of {several} seeds' if several > 1 else ', one seed'}. The difference is "
        f"{100 * against['difference']:+.2f} points, {percent(1 - level, 0)} interval {100 * against['low']:+.2f} to "
        f"{100 * against['high']:+.2f}, for the luck of {against['luck']}: {ahead}. {trained}" + (
            "" if against["paired"] else " Of these views our accuracies alone are recorded, so the two are taken for "
                                         "networks with faces of their own, and the interval is rather too wide."))


def doubts(declaration, scores):
    """What of a submission cannot well be, or tells nothing: a list of sentences, empty where nothing is doubtful.

    `scores`: of `fer_utils.evaluation.scores_with_leak_free`.
    """
    ceiling, found = dataset_facts()["people"]["ceiling"], []
    low, high = (percent(ceiling[end]) for end in ("at_least", "at_most"))
    reached = max(scores["accuracy"], scores["leak_free_accuracy"])
    if reached > ceiling["at_least"]:
        what = ("every face is right" if reached == 1 else f"{percent(reached)} are right")
        found.append(f"{what}, and the labels are so unsure that even the best answer is expected to be right on {low} "
                     f"to {high} only (chapter 03). " + (
                         "Whoever is above that has most likely seen these labels." if reached > ceiling["at_most"] else
                         "This lies in that range: look for labels that were seen, and say how they were not."))
    if declaration["parameters"] < PARAMETERS_OF_LINEAR:
        found.append(f"{declaration['parameters']:,} parameters are fewer than a linear model on the pixels has "
                     f"({PARAMETERS_OF_LINEAR:,}). Were all the numbers counted that the network ships with?")
    twins = scores["n"] - scores["leak_free_n"]
    hits = round(scores["accuracy"] * scores["n"]) - round(scores["leak_free_accuracy"] * scores["leak_free_n"])
    if twins and hits == twins:
        found.append(f"all {twins} faces that have a copy in Training are right, as a table of Training would have "
                     "them. They are not judged on.")
    return found
