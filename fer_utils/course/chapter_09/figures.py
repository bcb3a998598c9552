"""The figures and the explorer of chapter 09. Each draw function returns (figure, alternative text)."""

import numpy as np

from fer_utils.course.figures import COLORS, accuracy_lines
from fer_utils.course.show import explore, new_figure
from fer_utils.networks.vgg import FILTERS, VGG16
from fer_utils.text import percent


def small_filters(channels=64):
    """What a stack of 3x3 filters sees, as nested squares, and its weights beside one filter that sees as much."""
    figure, (left, right) = new_figure(8.5, 3, 2, width_ratios=[1, 1.8])
    left.set(xlim=(-3.7, 3.7), ylim=(-3.7, 3.7), aspect="equal", title="what one unit sees")
    left.set_xticks(np.arange(-3.5, 4), [])
    left.set_yticks(np.arange(-3.5, 4), [])
    left.grid(color="#dddddd")
    left.tick_params(length=0)
    left.spines[:].set_visible(False)
    for layers, color in ((1, COLORS[0]), (2, COLORS[2]), (3, COLORS[1])):
        half = layers + 0.5
        left.plot(half * np.array([-1, 1, 1, -1, -1]), half * np.array([-1, -1, 1, 1, -1]), color=color, linewidth=2.5)
        left.text(0, half - 0.15, f"{layers} x 3x3", color=color, ha="center", va="top", fontsize=8)
    sides = [3, 5, 7]
    stacks = [9 * layers * channels**2 for layers in (1, 2, 3)]
    single = [side**2 * channels**2 for side in sides]
    right.plot(sides, np.array(single) / 1000, "--s", color=COLORS[6], label="one filter of that side")
    right.plot(sides, np.array(stacks) / 1000, "-o", color=COLORS[1], label="a stack of 3x3 filters")
    right.set(xlabel="side of what one unit sees, pixels", ylabel="thousand weights", ylim=(0, None), xticks=sides,
              title=f"weights, {channels} channels in and out")
    right.legend(frameon=False, fontsize=9)
    listed = "; ".join(f"side {side}: {a:,} stacked, {b:,} at once" for side, a, b in zip(sides, stacks, single))
    return figure, ("Nested squares of 3, 5 and 7 pixels, which one unit sees after one, two and three 3x3 "
                    f"convolutions. Beside them, lines of weights for {channels} channels: {listed}.")


def budget_counts(side=48, poolings=4, width=3072):
    """Names, parameters and multiply-adds (for one face) of VGG16's parts, by the formulas of exercise 1 alone.

    Arguments: side of the face in pixels; poolings, after the first so many blocks (4 here, 5 in the paper); width of
    the dense layer. Batch normalization follows the first convolution of a block and the dense layer.
    """
    names, parameters, work, channels = [], [], [], 3
    for number, (filters, count) in enumerate(zip(FILTERS, VGG16), start=1):
        weights = 9 * channels * filters + (count - 1) * 9 * filters**2
        names.append(f"block {number}")
        parameters.append(weights + count * filters + 4 * filters)
        work.append(weights * side**2)
        channels, side = filters, side // 2 if number <= poolings else side
    flat = side**2 * channels
    names += [f"dense {width:,}", "scores"]
    parameters += [(flat + 1) * width + 4 * width, (width + 1) * 7]
    return names, parameters, [*work, flat * width, width * 7]


def budget(side=48, poolings=4, width=3072):
    """Bars of parameters and of multiply-adds, part by part, of a VGG16 for faces of `side` pixels."""
    from matplotlib.patheffects import Normal, Stroke

    names, parameters, work = budget_counts(side, poolings, width)
    total, megabytes = sum(parameters), 4 * sum(parameters) / 2**20
    _, start_parameters, start_work = budget_counts()
    figure, (left, right) = new_figure(9, 3.4, 2, sharey=True)
    colors = [COLORS[0]] * len(FILTERS) + [COLORS[1]] * 2
    for axis, values, start, label in ((left, parameters, start_parameters, "million parameters"),
                                       (right, work, start_work, "million multiply-adds a face")):
        axis.barh(names, np.array(values) / 1e6, color=colors)
        # the settings at the start, or two would look alike when the axis follows the longest bar
        axis.barh(names, np.array(start) / 1e6, facecolor="none", edgecolor="black", linestyle=":", linewidth=1.2,
                  path_effects=[Stroke(linewidth=2.8, foreground="white"), Normal()],
                  label="at the start")
        for place, value in enumerate(values):
            axis.text(max(value, start[place]) / 1e6, place, f" {value / sum(values):.1%}", va="center", fontsize=9)
        axis.set(xlabel=label, xlim=(0, max(*values, *start) / 1e6 * 1.2))
    left.legend(frameon=False, fontsize=8, loc="lower right")
    left.invert_yaxis()
    left.set_title(f"{total:,} parameters, {megabytes:,.1f} MB", fontsize=10)
    right.set_title(f"{sum(work) / 1e6:,.0f} million multiply-adds", fontsize=10)
    listed = "; ".join(f"{name} {a / total:.1%} and {b / sum(work):.1%}" for name, a, b in zip(names, parameters, work))
    return figure, ("Bars of parameters and of multiply-adds, with dotted outlines for the network of the thesis, for "
                    f"faces of {side} pixels, {poolings} poolings and a "
                    f"dense layer of {width:,}: {total:,} parameters, {megabytes:,.1f} MB, {sum(work) / 1e6:,.0f} "
                    f"million multiply-adds. Shares of the two: {listed}.")


def explore_budget():
    """The parameter budget explorer of chapter 09: three controls on `budget`."""
    import ipywidgets as widgets

    return explore(
        budget,
        side=widgets.SelectionSlider(options=[32, 48, 64, 96, 128, 224], value=48, description="side of the face"),
        poolings=widgets.IntSlider(4, min=2, max=5, description="blocks that pool"),
        width=widgets.IntSlider(3072, min=256, max=4096, step=256, description="width of the dense layer"))


def costs(rows):
    """Small bars, one panel a measure: what each network costs, and what it reached on PublicTest.

    `rows`: dicts with name, parameters, multiply_adds and accuracy (PublicTest, a fraction).
    """
    figure, axes = new_figure(9, 0.9 + 0.42 * len(rows), 3, sharey=True)
    names = [row["name"] for row in rows]
    measures = (("parameters", 1e6, "million parameters"), ("multiply_adds", 1e6, "million multiply-adds"),
                ("accuracy", 0.01, "PublicTest accuracy, %"))
    for axis, (key, unit, label), color in zip(axes, measures, (COLORS[0], COLORS[5], COLORS[1])):
        values = [row[key] / unit for row in rows]
        axis.barh(names, values, color=color)
        for place, value in enumerate(values):
            axis.text(value, place, f" {value:,.1f}", va="center", fontsize=9)
        axis.set(xlabel=label, xlim=(0, max(values) * 1.3))
    axes[0].invert_yaxis()
    listed = "; ".join(f"{row['name']} {row['parameters']:,} parameters, {row['multiply_adds'] / 1e6:.0f} million "
                       f"multiply-adds, {percent(row['accuracy'], 2)} of PublicTest" for row in rows)
    return figure, f"Bars of three measures for each network: {listed}."


def two_accuracies(runs):
    """Accuracy on the training faces and on PublicTest by epoch, one panel a run of `load_run`."""
    figure, axes = new_figure(9, 3, len(runs), sharey=True, squeeze=False)
    texts = []
    for axis, run in zip(axes[0], runs):
        accuracy_lines(axis, run["history"])
        axis.set(xlabel="epoch", title=run["model"])
        last = run["history"][-1]
        texts.append(f"{run['model']} ends at {percent(last['accuracy'])} and {percent(last['val_accuracy'])}")
    axes[0, 0].set_ylabel("right, %")
    axes[0, 0].legend(frameon=False, fontsize=9)
    return figure, f"Lines of accuracy by epoch on the training faces and on PublicTest: {'; '.join(texts)}."


def differences(alone, both):
    """How far networks lie apart on the same faces: the luck of the faces alone, and that of the seeds with it.

    `alone`, `both`: dicts from a label to a dict of `fer_utils.evaluation.comparison.compare_groups`.
    """
    figure, axis = new_figure(8.5, 1.4 + 0.45 * len(both))
    axis.axvline(0, color="#555555", linewidth=1)
    texts = []
    for place, (label, wide) in enumerate(both.items()):
        for found, color, width, name in ((wide, COLORS[5], 2, "faces and seeds"),
                                          (alone[label], COLORS[0], 7, "faces alone")):
            axis.plot([100 * found["low"], 100 * found["high"]], [place, place], color=color, linewidth=width,
                      label=name)
        axis.plot(100 * wide["difference"], place, "o", color="white", markersize=5)
        texts.append(f"{label} {100 * wide['difference']:+.2f} points, " + ", ".join(
            f"{100 * found['low']:+.2f} to {100 * found['high']:+.2f} for the luck of {name}"
            for found, name in ((alone[label], "the faces alone"), (wide, "faces and seeds"))))
    axis.set_yticks(range(len(both)), list(both))
    axis.set(ylim=(len(both) - 0.5, -0.5), xlabel="difference in accuracy on PrivateTest, points")
    handles, labels = axis.get_legend_handles_labels()
    figure.legend(handles[:2], labels[:2], frameon=False, fontsize=9, ncols=2, loc="outside upper center")
    return figure, f"Differences between networks with corrected 95 % intervals: {'; '.join(texts)}."
