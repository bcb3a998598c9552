"""Recorded classifiers beside recorded networks: the tables, sentences and figures of chapter 05."""

import numpy as np

from fer_utils.classical import CLASSIFIERS
from fer_utils.course.figures import COLORS
from fer_utils.course.learning_curves import verdicts
from fer_utils.course.runs import seed_spread
from fer_utils.course.show import new_figure
from fer_utils.evaluation import compare_runs
from fer_utils.evaluation.classical_runs import classical_table, load_classical
from fer_utils.evaluation.results import load_run, results_table
from fer_utils.labels import EMOTIONS
from fer_utils.networks import DEFAULT_NETWORK
from fer_utils.text import percent, table

BESIDE = ("squeezenet-custom", "squeezenet-fer-tiny", DEFAULT_NETWORK)


def best_classifier():
    """The recorded classifier that is best on PublicTest, which is for choosing: a row of `classical_table`."""
    return max(classical_table(), key=lambda row: row["public_accuracy"])


def systems():
    """What is recorded of the classifiers and of BESIDE, a list of dicts, worst PrivateTest accuracy first.

    `learned_from_pixels` is true for networks; `numbers`, how many numbers answering takes; the rest as in
    `classical_table`.
    """
    rows = [{"name": row["run"], "numbers": row["stored_numbers"], "learned_from_pixels": False}
            | {key: row[key] for key in ("public_accuracy", "accuracy", "leak_free_accuracy", "macro_f1", "file_bytes")}
            for row in classical_table()]
    for name in BESIDE:
        run = load_run(name)
        private = run["scores"]["private"]
        rows.append({"name": name, "numbers": run["scores"]["parameters"], "learned_from_pixels": True,
                     "public_accuracy": run["public_accuracy"], "file_bytes": run["scores"]["file_bytes"]}
                    | {key: private[key] for key in ("accuracy", "leak_free_accuracy", "macro_f1")})
    return sorted(rows, key=lambda row: row["accuracy"])


def systems_table():
    """`systems` as Markdown, networks in bold."""
    rows = [[f"**{row['name']}**" if row["learned_from_pixels"] else row["name"], percent(row["public_accuracy"]),
             percent(row["accuracy"]), percent(row["leak_free_accuracy"]), f"{row['macro_f1']:.3f}",
             f"{row['numbers']:,}"] for row in systems()]
    return table(["", "PublicTest", "PrivateTest", "without twins", "macro F1", "numbers it holds"], rows, "lrrrrr")


def gap_and_margin(first, second, z=1.96):
    """Accuracy of one recorded system less that of another on PrivateTest, and `z` standard errors of it, fractions.

    The error counts the luck of the faces and, for each network, that of the seeds: the spread of recorded runs that
    differ in nothing else (`fer_utils.course.runs.seed_spread`). Classifiers have hardly any luck of their own.
    """
    pair = compare_runs(first, second)
    networks = sum(name not in CLASSIFIERS for name in (first, second))
    spread = seed_spread(results_table())[0]
    return pair["gap"], z * float(np.sqrt(pair["error"] ** 2 + networks * spread ** 2))


def verdict(first, second):
    """Which of two recorded systems is ahead on PrivateTest, in a sentence."""
    gap, margin = gap_and_margin(first, second)
    said = (f"`{first}` is ahead" if gap > margin else f"`{second}` is ahead" if -gap > margin else "cannot be told")
    return f"`{first}` against `{second}`: {100 * gap:+.1f} ± {100 * margin:.1f} points, **{said}**."


def right_on_twins(system):
    """The share of right answers among the PrivateTest faces that have a copy in Training; `system`: its scores."""
    private = system["scores"]["private"]
    with_twin = private["n"] - private["leak_free_n"]
    return (private["accuracy"] * private["n"] - private["leak_free_accuracy"] * private["leak_free_n"]) / with_twin


def data_verdict(recorded, way):
    """What the learning curves say to "machine learning needs less data", in words."""
    network, found = recorded["ways"][-1], verdicts(recorded, way, recorded["ways"][-1])
    sizes = {who: [f"{row['size']:,}" for row in found if row["ahead"] == who] for who in (way, network, None)}
    parts = [f"`{who}` is ahead with {', '.join(sizes[who])} faces" for who in (way, network) if sizes[who]]
    parts += [f"with {', '.join(sizes[None])} it cannot be told"] if sizes[None] else []
    if not sizes[way]:
        said = "does not hold: the hand-made description is ahead nowhere"
    elif found[-1]["ahead"] == way:
        said = ("is half of the story: the hand-made description needs fewer faces for the same accuracy, but its lead "
                "is no gift of few faces; with all of them this network has not caught up")
    else:
        said = "holds: the hand-made description is ahead with fewer faces, and its lead is gone with all"
    return f"{'; '.join(parts)}. In these curves the sentence **{said}.**"


def claims_table(recorded, speed):
    """What section 3.5 of the thesis says of the two ways, and what the record says to it, as Markdown.

    Arguments: the experiments "learning-curves" and "classical-speed".
    """
    best, network = best_classifier()["run"], recorded["ways"][-1]
    curve = verdicts(recorded, "hog-svm", network)
    sooner = [f"{row['size']:,}" for row in curve if row["ahead"] == "hog-svm"]
    cost = {name: 1000 * row["among"] for name, row in speed["measured"].items()}
    smallest = min((name for name in cost if name in BESIDE), key=cost.get)
    cheaper = [name for name in cost if name not in BESIDE and cost[name] < cost[smallest]]
    gap, margin = gap_and_margin(DEFAULT_NETWORK, best)
    wrong = 1 - load_run(DEFAULT_NETWORK)["scores"]["private"]["accuracy"]
    return table(["section 3.5 says", "the record says"], [
        ["machine learning takes less computing",
         f"cheaper for a face among many than `{smallest}`: " + (", ".join(f"`{name}`" for name in cheaper) or "none")
         + "; dearer: " + (", ".join(f"`{name}`" for name in cost if name not in {*BESIDE, *cheaper}) or "none")],
        ["it needs fewer data points", f"`hog-svm` is ahead of `{network}` with "
         + (f"{', '.join(sooner)} faces; else not" if sooner else "no number of faces that was tried")],
        ["deep learning is significantly more accurate",
         f"`{DEFAULT_NETWORK}` against `{best}`: {100 * gap:+.1f} ± {100 * margin:.1f} points; "
         + "the thesis's network, rebuilt: {:+.1f} ± {:.1f}".format(
             *(100 * value for value in gap_and_margin("squeezenet-custom", best)))],
        ["machine learning is easier to interpret",
         f"not measured: a small tree can be read; `hog-svm` is {load_classical('hog-svm')['support_vectors']:,} "
         "faces, each with weights"],
        ["deep learning comprehends the full spectrum of emotions",
         f"seven words, and {percent(wrong, 0)} of the answers differ from the label"]])


def cost_table(speed):
    """The experiment "classical-speed" as Markdown: milliseconds of a processor for a face, and megabytes."""
    rows = [[name, f"{1000 * row['alone']:.1f}", f"{1000 * row['among']:.2f}", f"{row['file_bytes'] / 1e6:.1f}"]
            for name, row in sorted(speed["measured"].items(), key=lambda pair: pair[1]["among"])]
    return table(["", "ms, a face alone", "ms, among many", "MB stored"], rows, "lrrr")


def curves(recorded, sides=("hog-svm", "hog-linear-svm")):
    """Accuracy on PublicTest by the number of training faces, from the experiment "learning-curves": a line through the
    mean of the seeds and a dot for each."""
    figure, axis = new_figure(8, 3.3)
    network = recorded["ways"][-1]
    said = []
    for colour, style, name in zip(COLORS, ("-", "--", "-."), (*sides, network)):
        by_size = {int(size): values for size, values in recorded["measured"]["accuracy"][name].items()}
        sizes = sorted(by_size)
        means = [100 * np.mean(by_size[size]) for size in sizes]
        axis.plot(sizes, means, style, color=colour, label=name + (" (network)" if name == network else ""))
        for size in sizes:
            axis.plot([size] * len(by_size[size]), 100 * np.array(by_size[size]), ".", color=colour, markersize=6)
        said.append(f"{name} from {means[0]:.1f} % with {sizes[0]:,} faces to {means[-1]:.1f} % with {sizes[-1]:,}")
    axis.set(xscale="log", xlabel="training faces", ylabel="PublicTest accuracy, %")
    axis.set_xticks(sizes, [f"{size:,}" for size in sizes])
    axis.minorticks_off()
    axis.legend(frameon=False, fontsize=9)
    return figure, "Lines of accuracy by the number of training faces: " + "; ".join(said) + "."


def verdict_table(recorded, way):
    """`fer_utils.course.learning_curves.verdicts` of a way and the network, as Markdown."""
    network = recorded["ways"][-1]
    rows = [[f"{row['size']:,}", str(row["seeds"]), f"{100 * row['gap']:+.1f} ± {100 * row['margin']:.1f}",
             row["ahead"] or "cannot be told"] for row in verdicts(recorded, way, network)]
    return table(["training faces", "seeds", f"{way} less {network}, points", "ahead"], rows, "rrrl")


def recalls(classifier, network):
    """The recall of each emotion on PrivateTest: a recorded classifier beside a recorded network."""
    runs = {classifier: load_classical(classifier), network: load_run(network)}
    figure, axis = new_figure(8, 3.0)
    places, said = np.arange(len(EMOTIONS)), []
    for step, (name, run) in enumerate(runs.items()):
        values = [100 * run["scores"]["private"]["per_class"][emotion]["recall"] for emotion in EMOTIONS]
        axis.bar(places + 0.4 * (step - 0.5), values, 0.38, color=COLORS[1 - step], label=name)
        said.append(f"{name}: " + ", ".join(f"{emotion} {value:.0f} %" for emotion, value in zip(EMOTIONS, values)))
    axis.set(xticks=places, ylabel="recall, %", ylim=(0, 115), yticks=range(0, 101, 20))
    axis.set_xticklabels(EMOTIONS)
    axis.legend(frameon=False, fontsize=9, ncols=2)
    return figure, "Bars of the share of each emotion's faces that are found. " + ". ".join(said) + "."
