"""The figures and the explorer of chapter 14. Each draw function returns (figure, alternative text)."""

import numpy as np

from fer_utils.course.chapter_14.quantization import kernels, rounded_weights, symmetric
from fer_utils.course.chapter_14.trials import answers_with
from fer_utils.course.figures import COLORS
from fer_utils.course.show import explore, new_figure
from fer_utils.text import percent


def costs(rows, title):
    """What each step of a network costs: weights, multiply-adds, and activations that are alive, one below the other.

    `rows`: dicts of `fer_utils.edge.costs.layer_costs`. A broken line stands at each pooling, where maps are halved.
    """
    panels = (("weight_bytes", 1000, "weights,\nthousand bytes"), ("multiply_adds", 1e6, "million\nmultiply-adds"),
              ("live_bytes", 1000, "activations alive,\nthousand bytes"))
    figure, axes = new_figure(9, 5.2, rows=3, sharex=True)
    words = []
    for axis, (key, unit, label), color in zip(axes, panels, COLORS):
        values = [row[key] / unit for row in rows]
        axis.bar(range(len(rows)), values, width=1, color=color)
        axis.set_ylabel(label, fontsize=9)
        most = int(np.argmax(values))
        words.append(f"{label.replace(chr(10), ' ')}: {sum(values):,.0f} in all, " if key != "live_bytes" else
                     f"{label.replace(chr(10), ' ')}: ")
        words[-1] += f"most at {rows[most]['layer']}, {values[most]:,.1f}"
    for place, row in enumerate(rows):
        if row["kind"] == "MaxPooling2D":
            for axis in axes:
                axis.axvline(place, color="#777777", linestyle="--", linewidth=1)
            axes[0].annotate(f"maps of {row['shape'][0]}", (place, 1.02), xycoords=("data", "axes fraction"),
                             fontsize=9)
    axes[0].set_title(title, pad=18)
    axes[-1].set_xlabel("steps of the network, from the face on the left to the answer on the right")
    return figure, f"{title}, step by step. " + "; ".join(words) + "."


def first_layer_maps(face, exact, whole):
    """A face, one map of its first layer in floats and in whole numbers, and how often they differ by how much.

    `exact`, `whole`: float (48, 48, filters), the second as bytes mean it. The map is the one that varies most.
    """
    channel = int(exact.std(axis=(0, 1)).argmax())
    figure, axes = new_figure(10, 2.6, 4, width_ratios=[1, 1, 1, 1.7])
    top = np.percentile(exact[..., channel], 99.5)
    for axis, picture, title, high in zip(axes, (face, exact[..., channel], whole[..., channel]),
                                          ("a face", "a map, in floats", "the same, in bytes"), (255, top, top)):
        axis.imshow(picture, cmap="gray", vmin=0, vmax=high)
        axis.set_title(title, fontsize=9)
        axis.axis("off")
    errors = (whole - exact).ravel()
    axes[3].hist(errors, bins=60, color=COLORS[0])
    axes[3].set(xlabel="what bytes change, all maps", yticks=[], title=f"at most {np.abs(errors).max():.3f}")
    return figure, (f"A face, one map of the first layer computed in floats, and in bytes, which look alike; and a "
                    f"histogram of what differs in all maps, {errors.std():.4f} on average, at most "
                    f"{np.abs(errors).max():.3f} where values reach {exact.max():.2f}.")


def channel_ranges(kernel, name):
    """How far the weights of each filter reach, sorted, and the one reach that a whole tensor has. `kernel`: (...,
    filters)."""
    reach = np.sort(np.abs(kernel).max(axis=tuple(range(kernel.ndim - 1))))[::-1]
    figure, axis = new_figure(8, 2.8)
    axis.bar(range(len(reach)), reach, color=COLORS[0])
    axis.axhline(reach[0], color=COLORS[1], linestyle="--")
    axis.text(len(reach) - 0.5, reach[0], "one scale for all reaches to here", ha="right", va="bottom", color=COLORS[1],
              fontsize=9)
    axis.set(xlabel="filters, sorted", ylabel="largest weight", ylim=(0, 1.2 * reach[0]),
             title=f"How far the weights of {name} reach, filter by filter")
    return figure, (f"Bars of the largest absolute weight of each of {len(reach)} filters of {name}, from "
                    f"{reach[0]:.2g} down to {reach[-1]:.2g}; the median is {np.median(reach):.2g}.")


def bits_curves(trial):
    """PublicTest accuracy by the number of bits of a weight, a line for each way to choose scales; a recorded trial."""
    weights = trial["by_bits"]
    before = weights["as it is"]["accuracy"]
    figure, axis = new_figure(8, 3)
    words = []
    for place, way in enumerate(("per channel", "per tensor")):
        values = {int(bits): row["accuracy"] for bits, row in weights[way].items()}
        axis.plot(list(values), [100 * value for value in values.values()], color=COLORS[place], marker="os"[place],
                  label=f"a scale {way}")
        words.append(f"{way} " + ", ".join(f"{bits} bits {percent(value)}" for bits, value in values.items()))
    axis.axhline(100 * before, color="#777777", linestyle="--", linewidth=1)
    axis.set(xlabel="bits of a weight", ylabel="PublicTest accuracy, %", ylim=(0, 80),
             title=f"{trial['network']}, weights rounded, activations not")
    axis.legend(loc="lower right", frameon=False)
    return figure, (f"Accuracy by bits of a weight: {'; '.join(words)}; a dashed line at {percent(before)}, the "
                    "network as it is.")


def calibration_dots(trial):
    """What int8 files answer by the number of calibration faces: a dot a draw, a panel for accuracy and one for how
    often the answer is the float network's. A recorded trial."""
    figure, axes = new_figure(9.5, 3, 2)
    words = []
    for axis, key, label in zip(axes, ("accuracy", "same"), ("PublicTest accuracy, %", "same answer as in float32, %")):
        for place, (choice, by_size) in enumerate(trial["calibration"].items()):
            for number, (size, draws) in enumerate(by_size.items()):
                values = [100 * draw[key] for draw in draws]
                axis.plot([int(size) * (0.93, 1.07)[place]] * len(values), values, "os"[place], color=COLORS[place],
                          alpha=0.7, markersize=5, label=choice if not number else None)
            words.append(f"{choice}, {label[:-3]}: " + ", ".join(
                f"{size} faces {percent(min(draw[key] for draw in draws))} to "
                f"{percent(max(draw[key] for draw in draws))}" for size, draws in by_size.items()))
        axis.set(xscale="log", xlabel="calibration faces", ylabel=label)
        axis.set_xticks([int(size) for size in by_size], list(by_size))
        axis.minorticks_off()
    axes[0].axhline(100 * trial["by_bits"]["as it is"]["accuracy"], color="#777777", linestyle="--", linewidth=1)
    axes[1].legend(loc="lower right", frameon=False, title="the range is chosen by", title_fontsize=9, fontsize=9)
    return figure, "Dots, one a draw of calibration faces. " + "; ".join(words) + "."


def few_bits(net, images, labels, bits=8, clip=1.0, per_channel=True, layer=None):
    """What rounding to few bits does to the weights of one layer, to their errors, and to what all layers answer.

    Arguments: net, a Keras network; images and labels, faces to ask; layer, the name of a convolution, by default the
    one with most weights.
    """
    original = kernels(net)
    how = {"bits": bits, "clip": clip, "per_channel": per_channel}
    layer = layer or max(original, key=lambda name: original[name].size)
    weights = original[layer]
    kept = rounded_weights(weights, **how)
    right = np.mean(answers_with(net, original, images, **how) == labels)
    used = len(np.unique(symmetric(weights, **how)[0]))
    figure, axes = new_figure(9.5, 2.8, 2)
    edges = np.linspace(*np.percentile(weights, [0.1, 99.9]), 81)
    axes[0].hist(weights.ravel(), edges, color=COLORS[5], label="as they are")
    axes[0].hist(kept.ravel(), edges, color=COLORS[1], histtype="step", label="rounded")
    axes[0].set(xlabel=f"weights of {layer}", ylabel="how many", title=f"{used} of {2 ** bits - 1} numbers in use")
    axes[0].legend(frameon=False, fontsize=9)
    errors = (kept - weights).ravel()
    axes[1].hist(errors, 60, color=COLORS[0], log=True)  # weights beyond the range are few, and change most
    axes[1].set(xlabel=f"what rounding changes in {layer}", ylabel="how many",
                title=f"all layers rounded: {percent(right, 0)} of {len(labels)} faces right")
    axes[1].locator_params(axis="x", nbins=5)
    return figure, (f"Weights of {layer} as they are and rounded to {bits} bits, with a scale "
                    f"{'a channel' if per_channel else 'for all'} that reaches {percent(clip, 0)} of the largest "
                    f"weight; {used} numbers are in use, the errors spread by {errors.std():.2g}, and "
                    f"{percent(right, 0)} of {len(labels)} faces are right.")


def explore_few_bits(net, images, labels):
    """Two sliders and a box on `few_bits`."""
    import ipywidgets as widgets

    return explore(
        lambda bits, clip, per_channel: few_bits(net, images, labels, bits, clip, per_channel),
        bits=widgets.IntSlider(4, min=2, max=8, description="bits of a weight"),
        clip=widgets.FloatSlider(0.8, min=0.1, max=1.0, step=0.05, description="range, of the largest",
                                 continuous_update=False),
        per_channel=widgets.Checkbox(True, description="a scale per channel"))


def widths_curve(record):
    """PublicTest accuracy by multiply-adds for several widths of the small network: a dot a seed, a band of two
    standard deviations of the seeds. `record`: the recorded experiment "widths"."""
    widths = sorted(record["public_accuracy"], key=float)
    work = np.array([record["multiply_adds"][width] / 1e6 for width in widths])
    seeds = [np.array(record["public_accuracy"][width]) for width in widths]
    means, spread = np.array([s.mean() for s in seeds]), np.array([s.std(ddof=1) if len(s) > 1 else 0 for s in seeds])
    figure, axis = new_figure(8, 3.2)
    axis.fill_between(work, 100 * (means - 2 * spread), 100 * (means + 2 * spread), color=COLORS[0], alpha=0.2, lw=0)
    axis.plot(work, 100 * means, color=COLORS[0])
    for x, values, width in zip(work, seeds, widths):
        axis.plot([x] * len(values), 100 * values, "o", color=COLORS[0], markersize=5)
        axis.annotate(f"{float(width):g}", (x, 100 * values.max()), xytext=(0, 6), textcoords="offset points",
                      ha="center", fontsize=9)
    axis.set(xscale="log", xlabel="million multiply-adds a face", ylabel="PublicTest accuracy, %",
             title="The small network with more or fewer filters (1 is the course's)")
    axis.set_xticks(work, [f"{x:.1f}" for x in work])
    axis.minorticks_off()
    axis.margins(y=0.15)
    return figure, "Accuracy of each seed by the width of the network: " + "; ".join(
        f"width {float(width):g}, {x:.1f} million multiply-adds, {', '.join(percent(value) for value in values)}"
        for width, x, values in zip(widths, work, seeds)) + "."


def size_latency_accuracy(points):
    """PrivateTest accuracy of networks against the size of their files and the time for one face.

    `points`: dicts with "name", "group", "bytes", "ms" (None where not measured), "accuracy", "n", the number of faces
    that it is measured on, whose luck is drawn as two errors, and "named", whether the name is written.
    """
    groups = list(dict.fromkeys(point["group"] for point in points))
    figure, axes = new_figure(10.5, 4.4, 2, sharey=True)
    for axis, key, unit, label in zip(axes, ("bytes", "ms"), (1e6, 1),
                                      ("million bytes of file", "milliseconds for one face, one thread")):
        for point in points:
            if point[key] is None or key == "bytes" and "Keras" in point["group"]:  # whose file is LiteRT's float32
                continue
            place = groups.index(point["group"])
            error = 200 * np.sqrt(point["accuracy"] * (1 - point["accuracy"]) / point["n"])
            axis.errorbar(point[key] / unit, 100 * point["accuracy"], error, fmt="osD^vP"[place], color=COLORS[place],
                          capsize=2, linewidth=1)
            if point["named"]:
                axis.annotate(point["name"], (point[key] / unit, 100 * point["accuracy"]), xytext=(5, 3),
                              textcoords="offset points", fontsize=8)
        axis.set(xscale="log", xlabel=label)
        axis.margins(x=0.25)
    axes[0].set_ylabel("PrivateTest accuracy, %")
    for place, group in enumerate(groups):
        axes[1].plot([], [], "osD^vP"[place], color=COLORS[place], label=group)
    axes[1].legend(frameon=False, fontsize=8, loc="lower right")
    return figure, "Accuracy against size and time: " + "; ".join(
        f"{point['name']} ({point['group']}) {point['bytes'] / 1e6:.2f} million bytes"
        + (f", {point['ms']:.2f} ms" if point["ms"] is not None else "") + f", {percent(point['accuracy'])}"
        for point in points) + "."
