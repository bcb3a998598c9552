"""Whether the SqueezeNets learned by heart, from the recorded histories. Chapter 10."""

import numpy as np

from fer_utils.course.figures import accuracy_lines
from fer_utils.evaluation.results import seeds_of
from fer_utils.text import percent, table

# what it is called, and the network; all by the recipe `comparison`
WATCHED = {"plain": "squeezenet", "bypass": "squeezenet-bypass", "bypass, dropout": "squeezenet-bypass-dropout",
           "whole": "squeezenet-custom", "squeezenet-fer-deep": "squeezenet-fer-deep", "vgg16": "vgg16"}


def histories():
    """Accuracy on the training faces and on PublicTest by epoch, a panel a network, a line a seed. Returns (figure,
    alternative text)."""
    from fer_utils.course.show import new_figure

    figure, axes = new_figure(10, 4.6, 3, 2, sharex=True, sharey=True)
    texts = []
    for axis, (name, model) in zip(axes.flat, WATCHED.items()):
        runs = seeds_of(model, "comparison")
        for number, run in enumerate(runs):
            accuracy_lines(axis, run["history"], named=not number, linewidth=1.1)
        axis.set_title(f"{name}, {len(runs)} seed{'s' * (len(runs) > 1)}", fontsize=10)
        ends = [percent(np.mean([run["history"][-1][key] for run in runs])) for key in ("accuracy", "val_accuracy")]
        texts.append(f"{name} ends at {ends[0]} of the training faces and {ends[1]} of PublicTest")
    for axis in axes[:, 0]:
        axis.set_ylabel("right, %")
    for axis in axes[-1]:
        axis.set_xlabel("epoch")
    axes[0, 0].legend(frameon=False, fontsize=9, loc="lower right")
    return figure, f"Lines of accuracy by epoch. {'; '.join(texts)}."


def signs(model):
    """Two signs of learning by heart in the recorded runs of a network by `comparison`: a dict of lists, one number a
    seed. `gap`: accuracy on the training faces, distorted and with dropout on, less that on PublicTest, after the last
    epoch; `rise`: the loss on PublicTest after the last epoch less its lowest."""
    ends = [run["history"] for run in seeds_of(model, "comparison")]
    return {"gap": [rows[-1]["accuracy"] - rows[-1]["val_accuracy"] for rows in ends],
            "rise": [rows[-1]["val_loss"] - min(row["val_loss"] for row in rows) for rows in ends]}


def signs_table():
    """`signs` of every network watched, the means of the seeds, as a Markdown table."""
    rows = []
    for name, model in WATCHED.items():
        found = signs(model)
        rows.append([name, str(len(found["gap"])), f"{100 * np.mean(found['gap']):+.1f}",
                     f"{np.mean(found['rise']):.3f}"])
    return table(["network", "seeds", "training less PublicTest, points", "rise of the PublicTest loss"], rows, "llrr")
