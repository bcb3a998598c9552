"""The figures and the explorer of chapter 10. Each draw function returns (figure, alternative text)."""

import numpy as np

from fer_utils.course.figures import COLORS
from fer_utils.course.show import explore, new_figure
from fer_utils.evaluation.results import THESIS


def fire_diagram():
    """A fire module as boxes and arrows: squeeze, two expands, concatenate, and the bypass around them."""
    figure, axis = new_figure(8, 3.2)
    axis.set(xlim=(0, 10), ylim=(0.3, 4))
    axis.axis("off")
    boxes = [(0.2, 1.6, "input\n128 channels", "#e8e8e8"), (2.4, 1.6, "squeeze\n16 filters 1x1", "#cfe3f2"),
             (4.8, 2.5, "expand\n64 filters 1x1", "#fbdcc8"), (4.8, 0.7, "expand\n64 filters 3x3", "#fbdcc8"),
             (7.2, 1.6, "concatenate\n128 channels", "#e8e8e8")]
    for x, y, text, color in boxes:
        axis.text(x + 0.85, y + 0.4, text, ha="center", va="center", fontsize=9,
                  bbox={"boxstyle": "round,pad=0.5", "facecolor": color, "edgecolor": "#555555"})
    for start, end in [((1.85, 2), (2.5, 2)), ((4.1, 2.1), (4.9, 2.8)), ((4.1, 1.9), (4.9, 1.2)),
                       ((6.5, 2.8), (7.3, 2.2)), ((6.5, 1.2), (7.3, 1.8)), ((8.95, 2), (9.5, 2))]:
        axis.annotate("", end, start, arrowprops={"arrowstyle": "->", "color": "#333333"})
    axis.annotate("", (9.6, 2.15), (1.05, 2.5), arrowprops={
        "arrowstyle": "->", "color": COLORS[2], "linestyle": "--", "connectionstyle": "arc3,rad=-0.28"})
    axis.text(5.3, 3.78, "simple bypass: the input is added to the output", color=COLORS[2], ha="center", fontsize=9)
    axis.text(9.72, 2, "+", ha="center", va="center", fontsize=15)
    return figure, ("Diagram of a fire module: 128 input channels go through a squeeze of 16 filters 1x1, then side by "
                    "side through 64 filters 1x1 and 64 filters 3x3, which are concatenated to 128 channels; a dashed "
                    "arrow carries the input past all of it, to be added at the end.")


def dropout_noise(noise):
    """Lines of noise-to-signal by fire module. `noise`: dict from a label to a list of ratios."""
    figure, axis = new_figure(8, 3.2)
    for number, (label, values) in enumerate(noise.items()):
        axis.plot(range(2, 2 + len(values)), values, color=COLORS[number], label=label, marker="o", markersize=4,
                  linestyle=["-", "--", ":", "-."][number % 4])
    axis.set(xlabel="fire module", ylabel="noise / signal",
             title="Dropout's noise, in units of the differences between faces")
    axis.legend(title="dropout after", frameon=False, fontsize=9)
    ends = "; ".join(f"after {label}: from {values[0]:.1f} to {values[-1]:.1f}" for label, values in noise.items())
    return figure, f"Lines of noise over signal from the first fire module to the last, for dropout {ends}."


def budget(squeeze_ratio=0.125, share_3x3=0.5, extra=3):
    """Parameters and multiply-adds of the thesis-like network, module by module, as the paper's knobs turn.

    Arguments: squeeze_ratio, squeeze filters / expand filters (the paper: 0.125); share_3x3, the part of the expand
    filters that are 3x3 (the paper: 0.5); extra, fire modules after the eighth (the thesis: 3).
    """
    names, counts = budget_counts(squeeze_ratio, share_3x3, extra)
    work = budget_work(squeeze_ratio, share_3x3, extra)
    start_names, start_counts = budget_counts(0.125, 0.5, 3)
    total, share = sum(counts), sum(counts) / THESIS["squeezenet-custom"]["parameters"]
    figure, axes = new_figure(10, 3.4, 2)
    colors = [COLORS[5] if name.startswith("fire") else "#999999" for name in names]
    for axis, values, start, unit, label, title in (
            (axes[0], counts, start_counts, 1e3, "thousand parameters",
             f"{total:,} parameters, {4 * total / 2**20:.2f} MB:\n{share:.2f} times the thesis's network"),
            (axes[1], work, budget_work(0.125, 0.5, 3), 1e6, "million multiply-adds",
             f"{sum(work) / 1e6:.1f} million multiply-adds")):
        axis.bar(names, np.array(values) / unit, color=colors)
        # where the knobs stood at first, or two settings would look alike when the axis follows the tallest bar
        before = dict(zip(start_names, start))
        axis.bar(names, [before.get(name, 0) / unit for name in names], facecolor="none", edgecolor="#444444",
                 linestyle=":", linewidth=1, label="at the start")
        axis.tick_params(axis="x", labelrotation=60)
        axis.set(ylabel=label, ylim=(0, max(*values, *start) / unit * 1.15), title=title)
    axes[0].legend(frameon=False, fontsize=8)
    return figure, ("Bars by layer, with dotted outlines for the settings at the start. Parameters: "
                    f"{total:,} in all, {share:.2f} times the thesis's 1,377,655; the "
                    f"largest is {names[int(np.argmax(counts))]} with {max(counts):,}. Multiply-adds: "
                    f"{sum(work) / 1e6:.1f} million in all; the largest is {names[int(np.argmax(work))]} with "
                    f"{max(work) / 1e6:.1f} million.")


def budget_counts(squeeze_ratio, share_3x3, extra):
    """Layer names and their numbers of parameters, by the formulas of exercise 1 alone."""
    channels, names, counts = 96, ["conv1"], [7 * 7 * 3 * 96 + 96]
    for name, squeeze, left, right in _modules(squeeze_ratio, share_3x3, extra):
        convolutions = (channels + 1) * squeeze + (squeeze + 1) * left + (9 * squeeze + 1) * right
        names.append(name)
        counts.append(convolutions + 4 * squeeze)  # and the batch normalization of the squeeze
        channels = left + right
    return [*names, "conv_last"], [*counts, channels * 7 + 7]


def budget_work(squeeze_ratio, share_3x3, extra):
    """The multiply-adds of the same layers for one face: every weight once at every place of the layer's maps."""
    channels, work = 96, [24 * 24 * 7 * 7 * 3 * 96]
    for number, (_, squeeze, left, right) in enumerate(_modules(squeeze_ratio, share_3x3, extra), start=2):
        side = 12 if number < 5 else 6 if number < 9 else 3  # the poolings lie behind the first layer, fire4 and fire8
        work.append(side * side * (channels * squeeze + squeeze * left + 9 * squeeze * right))
        channels = left + right
    return [*work, 3 * 3 * channels * 7]


def _modules(squeeze_ratio, share_3x3, extra):
    """The fire modules in turn: name, squeeze filters, expand filters 1x1 and 3x3."""
    for number in range(2, 10 + extra):
        expand = min(128 * (1 + (number - 2) // 2), 512)  # the paper: 128 more filters every two modules
        right = round(share_3x3 * expand)
        yield f"fire{number}", max(1, round(squeeze_ratio * expand)), expand - right, right


def explore_budget():
    """The parameter budget explorer: three sliders on `budget`."""
    import ipywidgets as widgets

    return explore(
        budget,
        squeeze_ratio=widgets.FloatSlider(0.125, min=0.025, max=1.0, step=0.025, readout_format=".3f",
                                          description="squeeze ratio"),
        share_3x3=widgets.FloatSlider(0.5, min=0.0, max=1.0, step=0.05, description="share of 3x3 filters"),
        extra=widgets.IntSlider(3, min=0, max=6, description="extra fire modules"))
