"""The figures on how a network learns its filters: the chain rule on three numbers, filters before and after.

Each draw function returns (figure, alternative text). Chapter 07.
"""

import numpy as np

from fer_utils.course.chapter_07.figures import SIGNED, convolved
from fer_utils.course.figures import COLORS
from fer_utils.course.show import new_figure
from fer_utils.evaluation.intervals import difference_interval
from fer_utils.text import percent


def chain(values, slopes, weights):
    """A chain of steps, each number's value above it and the slope of the loss along it below.

    Arguments: values, dict from the name of a number to its value, in the order of computing; slopes, dict from a name
    to the slope; weights, dict from the number that a weight leads to, to (name, value, slope) of that weight.
    """
    figure, axis = new_figure(9, 2.6)
    for place, (name, value) in enumerate(values.items()):
        axis.text(place, 0, name, ha="center", va="center", fontsize=11,
                  bbox={"boxstyle": "round,pad=0.45", "facecolor": "#eeeeee", "edgecolor": "#777777"})
        axis.text(place, 0.55, f"{value:g}", ha="center", fontsize=12, color=COLORS[0])
        if name in slopes:
            axis.text(place, -0.75, f"{slopes[name]:g}", ha="center", fontsize=12, color=COLORS[1])
        if place:
            for height, ends, color in [(0.62, (place - 0.8, place - 0.2), COLORS[0]),
                                        (-0.66, (place - 0.2, place - 0.8), COLORS[1])]:
                if height > 0 or list(values)[place - 1] in slopes:
                    axis.annotate("", (ends[1], height), (ends[0], height),
                                  arrowprops={"arrowstyle": "->", "color": color})
        if name in weights:
            weight, value, slope = weights[name]
            axis.text(place - 0.5, 0.82, f"times {weight} = {value:g}", ha="center", fontsize=10, color=COLORS[0])
            axis.text(place - 0.5, -1.1, f"{weight}: {slope:g}", ha="center", fontsize=12, color=COLORS[1],
                      bbox={"boxstyle": "square,pad=0.3", "facecolor": "none", "edgecolor": COLORS[1]})
    axis.text(-0.45, 0.62, "values, forward", ha="right", va="center", color=COLORS[0], fontsize=10)
    axis.text(-0.45, -0.66, "slopes, back", ha="right", va="center", color=COLORS[1], fontsize=10)
    axis.set(xlim=(-1.7, len(values) - 0.4), ylim=(-1.3, 1.1))
    axis.axis("off")
    forward = ", ".join(f"{name} {value:g}" for name, value in values.items())
    back = ", ".join(f"{name} {slope:g}" for name, slope in reversed(slopes.items()))
    to_weights = ", ".join(f"{weight} {slope:g}" for weight, _, slope in weights.values())
    return figure, (f"A chain of numbers. Forward, the values: {forward}. Back, the slopes of the loss: {back}. In "
                    f"boxes between them the slopes of the weights: {to_weights}.")


def before_and_after(face, before, after):
    """The filters of two sets of weights of `backpropagation`, above each other, and below what the later ones find.

    Arguments: face, float (24, 24); before, after, kernels (3, 3, filters).
    """
    filters = before.shape[2]
    limit = max(np.abs(before).max(), np.abs(after).max())
    figure, axes = new_figure(1.15 * filters, 4.1, filters, 3)
    rows = [(before, "before"), (after, "after")]
    for row, (kernel, _) in enumerate(rows):
        for number in range(filters):
            axes[row, number].imshow(kernel[..., number], **SIGNED | {"vmin": -limit, "vmax": limit})
    for number in range(filters):
        axes[2, number].imshow(np.maximum(convolved(face, after[..., number]), 0), cmap="gray")
        axes[0, number].set_title(f"{number + 1}", fontsize=10)
    for axis in axes.flat:
        axis.set(xticks=[], yticks=[])
        for spine in axis.spines.values():
            spine.set_visible(False)
    for row, word in enumerate(["before", "after", "finds"]):
        axes[row, 0].set_ylabel(word, fontsize=10)
    moved = np.abs(after - before).mean(axis=(0, 1))
    return figure, (f"{filters} filters of 3 by 3 before and after training, and the maps of a face under the trained "
                    f"ones. Filter {moved.argmax() + 1} changed most: its numbers by {moved.max():.2f} on average, "
                    f"those of all filters by {moved.mean():.2f}.")


def told(learned, random, labels):
    """What learning the filters was worth, in words. `learned`, `random`: bool (n,), which faces are read right, by the
    network whose filters were trained and by the one whose filters were left as drawn; labels: int (n,)."""
    always = np.bincount(labels).max() / len(labels)
    gap, low, high = difference_interval(learned, random)
    verdict = ("zero lies outside: on these faces, from this start, learned filters read more" if low > 0 else
               "zero lies outside: on these faces, from this start, they read fewer" if high < 0 else
               "zero lies within: so many faces cannot tell the two apart")
    return (f"PublicTest: {random.sum()} of {len(labels)} faces are read right with random filters "
            f"({percent(random.mean())}), {learned.sum()} with learned ones ({percent(learned.mean())}). (Always the "
            f"most frequent class: {percent(always)}.) The difference is {learned.sum() - random.sum():+d} faces, or "
            f"{100 * gap:+.1f} points, its 95 % interval {100 * low:+.1f} to {100 * high:+.1f}; "
            f"**{verdict}**.")
