"""The figures and the explorer of chapter 08. Each draw function returns (figure, alternative text)."""

import numpy as np

from fer_utils.course.chapter_08.laboratory import SIZES, TRANSFER_METHODS
from fer_utils.course.figures import COLORS, SPLIT_COLORS, face_grid
from fer_utils.course.show import explore, new_figure
from fer_utils.evaluation.results import dataset_facts, recorded_experiment
from fer_utils.labels import EMOTIONS
from fer_utils.text import percent, table

LINE_STYLES, POINT_STYLES = ["-", "--", ":", "-."], ["o", "s", "^", "D"]
DIRECTIONS = {"transfer-to-drawings": "from photographs to drawings",
              "transfer-to-photographs": "from drawings to photographs"}


def answered_faces(images, labels, probabilities, columns=7):
    """One face of each class with what it shows and what the network answered."""
    places = [int(np.flatnonzero(labels == label)[0]) for label in range(len(EMOTIONS))]
    answers = [EMOTIONS[probabilities[place].argmax()] for place in places]
    titles = [f"{EMOTIONS[labels[place]]}\n→ {answer}" for place, answer in zip(places, answers)]
    figure, _ = face_grid(images[places], titles, columns)
    return figure, "Seven drawn faces. Shown, and what the photographs' network answers: " + "; ".join(
        f"{EMOTIONS[labels[place]]}, {answer}" for place, answer in zip(places, answers)) + "."


def curves_by_size(curves, common, title):
    """Accuracy by number of faces a class. `curves`: label to {size: [one figure a seed]}; `common`: the share of the
    most common class."""
    figure, axis = new_figure(8, 3.4)
    texts = []
    for number, (label, curve) in enumerate(curves.items()):
        _curve(axis, curve, label, number)
        first, last = min(curve), max(curve)
        texts.append(f"{label} from {percent(np.mean(curve[first]), 0)} with {first} to "
                     f"{percent(np.mean(curve[last]), 0)} with {last}")
    _finish(axis, sorted({size for curve in curves.values() for size in curve}), common)
    axis.set(title=title, ylabel="PublicTest accuracy, %")
    axis.legend(frameon=False, fontsize=9)
    return figure, (f"{title}. Lines by faces a class: {'; '.join(texts)}. A line marks {percent(common, 0)}, always "
                    "the most common class.")


def _curve(axis, curve, label, number):
    sizes = sorted(curve)
    axis.plot(sizes, [100 * np.mean(curve[size]) for size in sizes], LINE_STYLES[number], color=COLORS[number],
              label=label)
    for size in sizes:
        axis.plot([size] * len(curve[size]), [100 * value for value in curve[size]], POINT_STYLES[number],
                  color=COLORS[number],
                  markersize=5, markerfacecolor="none")


def _finish(axis, sizes, common):
    axis.axhline(100 * common, color="#777777", linestyle="--", linewidth=1)
    axis.set_xscale("log")
    axis.set_xticks(sizes, sizes)
    axis.set_xticks([], minor=True)
    axis.set(ylim=(0, 100), xlabel="faces a class")


def final(trial, way):
    """PublicTest accuracy at the end, faces a class to a list, one figure a seed. `trial`: `recorded_experiment`."""
    return {int(size): [run["public_accuracy"][-1] for run in runs] for size, runs in trial["histories"][way].items()}


def gap(name, way, size):
    """By how much the training faces end above PublicTest in a recorded direction, a fraction, mean of the seeds."""
    runs = recorded_experiment(name)["histories"][way][str(size)]
    return float(np.mean([run["train_accuracy"][-1] - run["public_accuracy"][-1] for run in runs]))


def common_share(name):
    """The share of the most common class among the PublicTest faces of a direction."""
    if name == "transfer-to-photographs":
        return dataset_facts()["public_accuracy"]["always the most common class"]
    from fer_utils.data import load_schematic

    labels = load_schematic(("public",)).public.labels
    return float(np.bincount(labels).max() / len(labels))


def three_ways():
    """The recorded experiments: accuracy at the end by faces a class, for both directions."""
    figure, axes = new_figure(9.5, 3.6, 2, sharey=True)
    texts = []
    for axis, (name, title) in zip(axes, DIRECTIONS.items()):
        trial = recorded_experiment(name)
        for number, way in enumerate(TRANSFER_METHODS):
            curve = final(trial, way)
            _curve(axis, curve, way, number)
            texts.append(f"{title}, {way}: " + ", ".join(f"{percent(np.mean(curve[size]), 0)} with {size}"
                                                         for size in curve))
        _finish(axis, SIZES, common_share(name))
        axis.set_title(title)
    axes[0].set_ylabel("PublicTest accuracy, %")
    axes[1].legend(frameon=False, fontsize=9, loc="upper left")
    return figure, (f"Accuracy by faces a class, mean of three seeds. {'; '.join(texts)}. Dashed lines mark always "
                    "the most common class.")


def histories(faces=50, way="fine-tuned"):
    """Recorded runs by epoch: the training faces and PublicTest, a line a seed, for both directions."""
    figure, axes = new_figure(9.5, 3.4, 2, sharey=True)
    texts = []
    for axis, (name, title) in zip(axes, DIRECTIONS.items()):
        runs = recorded_experiment(name)["histories"][way][str(faces)]
        for number, run in enumerate(runs):
            for key, split, line, mark, label in (("train_accuracy", "train", "--", "s", "training faces"),
                                                  ("public_accuracy", "public", "-", "o", "PublicTest")):
                color = SPLIT_COLORS[split]
                points = [(epoch, 100 * value) for epoch, value in zip(run["epoch"], run[key]) if value is not None]
                axis.plot(*zip(*points), line, color=color, marker=mark, markersize=4, markerfacecolor="none",
                          linewidth=1.2, label=None if number else label)
        means = {key: percent(np.mean([run[key][-1] for run in runs]), 0)
                 for key in ("train_accuracy", "public_accuracy")}
        texts.append(f"{title}: at the end {means['train_accuracy']} of the training faces and "
                     f"{means['public_accuracy']} of PublicTest")
        axis.axhline(100 * common_share(name), color="#777777", linestyle=":", linewidth=1.5,
                     label="always the most common")
        axis.set(title=title, ylim=(0, 103), xlabel="steps of the head" if way == "frozen" else "epoch")
        axis.xaxis.get_major_locator().set_params(integer=True)
        if way == "frozen":  # one point
            axis.set_xlim(0, 1.1 * runs[0]["epoch"][-1])
    axes[0].set_ylabel("right, %")
    axes[1].legend(frameon=False, fontsize=9, loc="upper left", bbox_to_anchor=(1.0, 1.0), title="a line a seed")
    return figure, (f"{way}, {faces} faces a class, three seeds, and a dotted line for answering always the most "
                    f"common class. {'; '.join(texts)}.")


def explore_histories():
    """The explorer of the recorded runs: faces a class, and the way they were used."""
    import ipywidgets as widgets

    return explore(
        histories,
        faces=widgets.SelectionSlider(options=list(SIZES), value=50, description="faces a class"),
        way=widgets.Dropdown(options=list(TRANSFER_METHODS), value="fine-tuned", description="way"))


def describe_ways(name):
    """Markdown: what each way reached in a recorded direction, mean and range over seeds."""
    trial = recorded_experiment(name)
    rows = [[way, *(f"{percent(np.mean(values))} ({100 * min(values):.1f} to {100 * max(values):.1f})"
                    for values in final(trial, way).values())] for way in TRANSFER_METHODS]
    rows.append(["always the most common class", *[percent(common_share(name))] * len(SIZES)])
    epochs = "; ".join(f"{way} {', '.join(str(trial['epochs'][str(size)][way]) for size in SIZES)}"
                       for way in TRANSFER_METHODS if way in trial["epochs"][str(SIZES[0])])
    return (f"Recorded, {DIRECTIONS[name]}, PublicTest accuracy, mean and range of {len(trial['seeds'])} seeds:\n\n"
            + table(["way", *(f"{size} a class" for size in SIZES)], rows)
            + f"\n\nEpochs: {epochs}; the frozen body's head takes {trial['head_steps']} steps.")
