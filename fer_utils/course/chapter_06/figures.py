"""The figures and the explorer of chapter 06. Each draw function returns (figure, alternative text).

What they call a trial is a dict of `fer_utils.evaluation.results.recorded_experiment`.
"""

import numpy as np

from fer_utils.course.chapter_06.trials import misplaced, preparations
from fer_utils.course.figures import COLORS, SPLIT_COLORS
from fer_utils.course.show import explore, new_figure
from fer_utils.evaluation.results import dataset_facts
from fer_utils.labels import EMOTIONS
from fer_utils.text import percent


def pictures_in_a_row(images, titles):
    """Pictures side by side, each with its own darkest and brightest value as black and white."""
    figure, axes = new_figure(1.55 * len(images), 1.9, len(images))
    for axis, image, title in zip(axes, images, titles):
        axis.imshow(image, cmap="gray")
        axis.set_title(title, fontsize=9)
        axis.axis("off")
    return figure, f"A face in {len(images)} forms: {', '.join(title.replace(chr(10), ' ') for title in titles)}."


def prepared(face, training):
    """A face, uint8 (48, 48), as each step of `trials.preparations` leaves it."""
    ways = {name: prepare for name, prepare in preparations(training).items() if name != "not divided"}
    return pictures_in_a_row([prepare(face[None])[0] for prepare in ways.values()],
                             [name.replace(" ", "\n", 1) for name in ways])


def scaling_curves(trial):
    """PublicTest accuracy of softmax regression by learning rate: a line for each way to scale the pixels."""
    shown = ("divided by 255", "not divided")
    figure, axis = new_figure(8, 3.2)
    words = []
    for place, name in enumerate(shown):
        by_rate = {float(rate): [run["public_accuracy"] for run in runs]
                   for rate, runs in trial["measured"][name].items()}
        means = {rate: np.mean(values) for rate, values in by_rate.items()}
        axis.plot(list(means), [100 * value for value in means.values()], color=COLORS[place],
                  marker="osD"[place], label=name)
        for rate, values in by_rate.items():
            axis.plot([rate] * len(values), [100 * value for value in values], ".", color=COLORS[place], alpha=0.5)
        words.append(f"{name} " + ", ".join(f"{percent(value)} at {rate:g}" for rate, value in means.items()))
    axis.axhline(100 * _always(), color="#777777", linestyle="--", linewidth=1)
    axis.set(xscale="log", xlabel="learning rate", ylabel="PublicTest accuracy, %", ylim=(0, 40),
             title=f"Softmax regression, {trial['faces']:,} faces, {trial['epochs']} epochs")
    axis.legend(loc="upper left", frameon=False)
    return figure, ("Accuracy by learning rate: " + "; ".join(words)
                    + f"; a dashed line at {percent(_always())}, always the most common class.")


def dots(accuracies, title):
    """A dot for the accuracy of each seed, a row for each way. `accuracies`: dict from a way to a list."""
    figure, axis = new_figure(8, 0.42 * len(accuracies) + 0.9)
    for row, values in enumerate(accuracies.values()):
        axis.plot([100 * value for value in values], [row] * len(values), "o", color=COLORS[0], markersize=7,
                  alpha=0.8)
    axis.axvline(100 * _always(), color="#777777", linestyle="--", linewidth=1)
    axis.set_yticks(range(len(accuracies)), list(accuracies))
    axis.set(ylim=(len(accuracies) - 0.5, -0.5), xlabel="PublicTest accuracy, %", title=title)
    return figure, "Dots of accuracy, one a seed: " + "; ".join(
        f"{name} {', '.join(percent(value) for value in values)}" for name, values in accuracies.items()) + (
        f"; a dashed line at {percent(_always())}, always the most common class.")


def carelessly_cut(face):
    """A face, uint8 (48, 48), and how a careless detector might cut it out."""
    ways = {"as it is": {}, "turned by\n20 degrees": {"rotation": 20}, "8 pixels\noff centre": {"shift": 8},
            "too small\n(0.7)": {"scale": 0.7}, "too large\n(1.4)": {"scale": 1.4}}
    return pictures_in_a_row([misplaced(face[None], **way)[0] for way in ways.values()], list(ways))


def misplaced_curves(trial, arms=("none", "gentle")):
    """PublicTest accuracy against how carelessly the faces are cut out, for networks trained with two kinds of
    change."""
    labels = {"rotation": "turned by, degrees", "shift": "off centre by, pixels", "scale": "size of the face"}
    start = {"rotation": 0, "shift": 0, "scale": 1}
    figure, axes = new_figure(9, 2.8, 3, sharey=True)
    words = []
    for axis, (kind, sizes) in zip(axes, trial["sizes"].items()):
        order = np.argsort([start[kind], *sizes])
        for place, arm in enumerate(arms):
            straight = np.mean(trial["public_accuracy"][arm])
            values = [straight, *np.mean([run[kind] for run in trial["misplaced"][arm]], axis=0)]
            axis.plot(np.array([start[kind], *sizes])[order], 100 * np.array(values)[order], color=COLORS[place],
                      marker="os"[place], label=_named(arm))
            words.append(f"{_named(arm)}, {labels[kind]} " + ", ".join(
                f"{size:g}: {percent(value)}" for size, value in zip([start[kind], *sizes], values)))
        axis.set(xlabel=labels[kind])
    axes[0].set(ylabel="PublicTest accuracy, %")
    axes[0].legend(frameon=False, fontsize=9)
    return figure, "Accuracy of faces that are cut out carelessly. " + "; ".join(words) + "."


def augmented(face, rotation=20, shift=0.1, shear=10, zoom=0.1, flip=True, count=7):
    """A face, uint8 (48, 48), and `count` random versions of it, by `fer_utils.data.augmentation.RandomAffine`."""
    import keras

    from fer_utils.data.augmentation import RandomAffine

    change = RandomAffine(rotation, shift, shear, zoom, flip, seed=1)
    versions = keras.ops.convert_to_numpy(change(np.repeat(face[None, ..., None], count, axis=0), training=True))
    figure, axes = new_figure(1.25 * (count + 1), 1.7, count + 1)
    for axis, image, title in zip(axes, [face, *versions[..., 0]], ["original"] + [""] * count):
        axis.imshow(image, cmap="gray", vmin=0, vmax=255)
        axis.set_title(title, fontsize=9)
        axis.axis("off")
    return figure, (f"A face and {count} random versions of it, rotated by up to {rotation:g} degrees, shifted by up "
                    f"to {percent(shift, 0)}, sheared by up to {shear:g} degrees, zoomed by up to "
                    f"{percent(zoom, 0)}{', half of them mirrored' if flip else ''}.")


def explore_augmented(face):
    """Four sliders on `augmented`."""
    import ipywidgets as widgets

    return explore(
        lambda rotation, shift, shear, zoom: augmented(face, rotation, shift, shear, zoom),
        rotation=widgets.IntSlider(20, min=0, max=180, description="rotation, degrees"),
        shift=widgets.FloatSlider(0.1, min=0.0, max=0.6, step=0.05, description="shift, of the side"),
        shear=widgets.IntSlider(10, min=0, max=60, description="shear, degrees"),
        zoom=widgets.FloatSlider(0.1, min=0.0, max=0.9, step=0.05, description="zoom"))


def histories(trial):
    """Accuracy by epoch on the training faces and on PublicTest, a panel for each kind of change, a line a seed."""
    arms = trial["histories"]
    figure, axes = new_figure(10, 3, len(arms), sharey=True)
    words = []
    for axis, (arm, runs) in zip(axes, arms.items()):
        for part, name, color, style in (("training_accuracy", "training faces", SPLIT_COLORS["train"], "--"),
                                         ("public_accuracy", "PublicTest", SPLIT_COLORS["public"], "-")):
            for number, run in enumerate(runs):
                axis.plot(run["epoch"], [100 * value for value in run[part]], style, color=color,
                          label=name if not number else None)
            words.append(f"{_named(arm)}, {name} at the end "
                         + ", ".join(percent(run[part][-1], 0) for run in runs))
        axis.axhline(100 * _always(), color="#777777", linestyle=":", linewidth=1)
        axis.set(title=_named(arm), xlabel="epoch")
    axes[0].set(ylabel="accuracy, %", ylim=(0, None))
    axes[0].legend(frameon=False, fontsize=9, loc="upper left")
    return figure, ("Accuracy by epoch behind four kinds of change: " + "; ".join(words)
                    + f"; a dotted line at {percent(_always())}, always the most common class.")


def weights(by_class):
    """Bars of class weights. `by_class`: dict from label to weight."""
    names = [EMOTIONS[label] for label in by_class]
    figure, axis = new_figure(8, 2.8)
    axis.bar(names, list(by_class.values()), color=COLORS[5])
    for place, value in enumerate(by_class.values()):
        # clear of the line
        axis.text(place, max(value, 1) + 0.05, f"{value:.2f}", ha="center", va="bottom", fontsize=9)
    axis.axhline(1, color="#777777", linestyle="--", linewidth=1)
    axis.set(ylabel="weight", title="Class weights of FER-2013's training labels")
    return figure, "Bars of class weights: " + ", ".join(
        f"{name} {value:.2f}" for name, value in zip(names, by_class.values())) + "; a line marks 1."


def recall_with_weights(trial):
    """The share of each emotion's faces that is found, without and with class weights; a dot a seed."""
    figure, axis = new_figure(8, 3)
    words = []
    for way, color, marker, side in (("nothing", COLORS[0], "o", -0.12), ("class weights", COLORS[1], "s", 0.12)):
        runs = trial["measured"][way]
        for number, run in enumerate(runs):
            axis.plot(np.arange(len(EMOTIONS)) + side, [100 * run["recall"][emotion] for emotion in EMOTIONS], marker,
                      color=color, alpha=0.8, label=None if number else "without weights" if way == "nothing" else
                      "with class weights")
        words.append(f"{way}: " + ", ".join(
            f"{emotion} {percent(np.mean([run['recall'][emotion] for run in runs]), 0)}" for emotion in EMOTIONS))
    axis.set_xticks(range(len(EMOTIONS)), EMOTIONS)
    axis.set(ylabel="recall, %", ylim=(-3, 100), title="Of the faces so labelled, how many are found")
    axis.legend(frameon=False, fontsize=9, loc="upper left")
    return figure, "Recall of each emotion on PublicTest, mean of the seeds. " + "; ".join(words) + "."


def _always():
    return dataset_facts()["public_accuracy"]["always the most common class"]


def _named(arm):
    return {"none": "no change", "mirror": "mirrored"}.get(arm, f"{arm} changes")
