"""Figures that several chapters draw. Each function returns (figure, alternative text) for `course.show`."""

import numpy as np

from fer_utils.course.show import new_figure
from fer_utils.labels import EMOTIONS
from fer_utils.text import percent

# Blue, orange, green, ... of Okabe and Ito: distinguishable with every kind of colour vision.
COLORS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"]
SPLIT_COLORS = {"train": COLORS[0], "public": COLORS[1], "private": COLORS[2]}  # in every chapter


def set_theme():
    """One look for every figure, by seaborn: context, palette and fonts. Called by `course.setup()`."""
    import seaborn as sns

    sns.set_theme(context="notebook", style="ticks", palette=COLORS, font_scale=0.95, rc={
        "figure.dpi": 80, "axes.spines.top": False, "axes.spines.right": False, "image.cmap": "gray"})


def face_grid(images, titles, columns=7):
    """Faces in a grid, one title each."""
    rows = -(-len(images) // columns)
    figure, axes = new_figure(1.35 * columns, 1.6 * rows, columns, rows, squeeze=False)
    for axis in axes.flat:
        axis.axis("off")
    for axis, image, title in zip(axes.flat, images, titles):
        axis.imshow(np.asarray(image).reshape(np.shape(image)[:2]), cmap="gray", vmin=0, vmax=255)
        axis.set_title(title, fontsize=9)
    read = (" ".join(str(title).split()) for title in titles)  # in one line, also where a title has two
    return figure, f"{len(images)} faces in a grid, titled: {', '.join(read)}."


def found_faces(photograph, faces):
    """A photograph with a box around each face of `predict_image`, and bars of the first face's probabilities."""
    figure, (left, right) = new_figure(9, 3.6, 2)
    left.imshow(photograph, cmap="gray")
    left.set_axis_off()
    for face in faces:
        row, column, height, width = face["box"]
        left.plot(np.array([0, 1, 1, 0, 0]) * width + column, np.array([0, 0, 1, 1, 0]) * height + row,
                  color=COLORS[4], linewidth=2)
        left.text(column, row - 8, face["emotion"], color="black", backgroundcolor=COLORS[4], fontsize=9)
    left.set_title(f"{len(faces)} face{'' if len(faces) == 1 else 's'} found")
    if not faces:
        right.set_axis_off()
        return figure, "A photograph in which no upright frontal face was found."
    probability_bars(right, faces[0]["probabilities"])
    return figure, (f"A photograph with a box around the face, labelled {faces[0]['emotion']}; beside it "
                    "the probabilities: " + _listed(faces[0]["probabilities"]) + ".")


def probability_bars(axis, probabilities):
    """Horizontal bars of a dict from emotion to probability, largest in colour."""
    names, values = list(probabilities), list(probabilities.values())
    best = int(np.argmax(values))
    axis.barh(names, values, color=[COLORS[0] if i == best else "#b8c4d0" for i in range(len(names))])
    for i, value in enumerate(values):
        axis.text(value + 0.02, i, percent(value, 0), va="center", fontsize=9)
    axis.set(xlim=(0, 1.15), xlabel="probability", title="what the network answers")
    axis.invert_yaxis()


def learning_curves(runs, key="val_accuracy", label="PublicTest accuracy"):
    """A value of the history against the epoch: a line for each network and recipe, a band for the spread of its seeds.

    `runs`: dicts of `load_run`. A single seed has no band.
    """
    import seaborn as sns

    figure, axis = new_figure(8, 3.4)
    points = [(epoch, row[key], f"{run['model']}, {run['recipe']['name']}")
              for run in runs for epoch, row in enumerate(run["history"], start=1)]
    epochs, values, names = zip(*points)
    sns.lineplot(x=epochs, y=values, hue=names, style=names, errorbar="sd", ax=axis)
    axis.set(xlabel="epoch", ylabel=label, title=f"{label} by epoch")
    axis.legend(frameon=False, fontsize=9)
    texts = [f"{run['run']} goes from {run['history'][0][key]:.3f} to {run['history'][-1][key]:.3f} "
             f"in {len(run['history'])} epochs" for run in runs]
    return figure, f"Lines of {label} by epoch: {'; '.join(texts)}."


def accuracy_lines(axis, history, named=True, first=1, **style):
    """Draw a run's accuracy by epoch, in %: dashed on its training faces, solid on PublicTest. `history`: rows of
    `load_run`; `named`, whether the lines stand in the legend; `first`, the number of the first epoch."""
    epochs = range(first, first + len(history))
    for key, split, line, label in (("accuracy", "train", "--", "training faces, changed, with dropout"),
                                    ("val_accuracy", "public", "-", "PublicTest")):
        axis.plot(epochs, [100 * row[key] for row in history], line, color=SPLIT_COLORS[split],
                  label=label if named else None, **style)


def confusion(matrix, title):
    """A confusion matrix with its counts as row fractions: true classes down, predicted classes across."""
    import seaborn as sns

    matrix = np.asarray(matrix)
    fractions = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    figure, axis = new_figure(6, 4.8)
    sns.heatmap(100 * fractions, vmin=0, vmax=100, annot=True, fmt=".0f", cmap="Blues", cbar=False, square=True,
                xticklabels=EMOTIONS, yticklabels=EMOTIONS, annot_kws={"fontsize": 9}, ax=axis)
    axis.tick_params(axis="x", labelrotation=40)
    axis.set(xlabel="predicted", ylabel="true", title=title)
    recalls = {emotion: fractions[i, i] for i, emotion in enumerate(EMOTIONS)}
    return figure, f"Confusion matrix, {title}, in percent of each true class. On the diagonal: {_listed(recalls)}."


def _listed(values):
    return ", ".join(f"{name} {percent(value, 0)}" for name, value in values.items())
