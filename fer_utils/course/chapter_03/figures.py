"""The figures and the explorers of chapter 03. Each draw function returns (figure, alternative text)."""

import numpy as np

from fer_utils.course.figures import COLORS
from fer_utils.course.resolution import RESOLUTIONS, as_blocks, shrink
from fer_utils.course.show import explore, new_figure
from fer_utils.data.ferplus import VOTED_FOR
from fer_utils.data.known import known_faces, short_keys
from fer_utils.labels import EMOTIONS
from fer_utils.text import percent

# Figure 3.1 of the thesis, from Mollahosseini and others 2016: pictures of each expression in seven databases, in the
# order of EMOTIONS.
DATABASES = {
    "MultiPie": (0, 22696, 0, 47338, 0, 19817, 114305),
    "MMI": (1959, 1517, 1313, 2785, 2169, 1746, 0),
    "CK+": (45, 59, 25, 69, 28, 83, 0),
    "DISFA": (436, 5326, 4073, 28404, 1024, 1365, 48582),
    "FERA": (1681, 0, 1467, 1882, 2115, 0, 0),
    "SFEW": (104, 81, 90, 112, 92, 86, 98),
    "FER2013": (4953, 547, 5121, 8989, 6077, 4002, 6198),
}
OF_EMOTIONS = [*COLORS[:6], "#999999"]


def balance(shares):
    """Bars of the share of each emotion, for each split. `shares`: split to seven fractions."""
    import seaborn as sns

    figure, axis = new_figure(8, 3.2)
    emotions, heights, splits = zip(*[(emotion, 100 * share, split) for split, row in shares.items()
                                      for emotion, share in zip(EMOTIONS, row)])
    sns.barplot(x=emotions, y=heights, hue=splits, ax=axis)
    axis.set(ylabel="share of the split, %", title="How often each emotion occurs, by split")
    axis.legend(frameon=False)
    texts = [f"{split}: " + ", ".join(f"{emotion} {percent(share)}" for emotion, share in zip(EMOTIONS, row))
             for split, row in shares.items()]
    return figure, f"Bars of the share of each emotion. {'; '.join(texts)}."


def databases():
    """The seven databases of figure 3.1: how many pictures, on a logarithmic axis, and the shares of expressions."""
    figure, (sizes, shares) = new_figure(9, 3.4, 2, sharey=True, width_ratios=(1, 1.5))
    names, rows = list(DATABASES), np.array(list(DATABASES.values()), float)
    total, left = rows.sum(axis=1), np.zeros(len(rows))
    sizes.barh(names, total, color=["#D55E00" if name == "FER2013" else "#b8c4d0" for name in names], log=True)
    for place, number in enumerate(total):
        sizes.text(number * 1.2, place, f"{number:,.0f}", va="center", fontsize=9)
    sizes.set(xlim=(100, 3e6), xlabel="pictures (logarithmic)", title="How many")
    for emotion, part, color in zip(EMOTIONS, (100 * rows / total[:, None]).T, OF_EMOTIONS):
        shares.barh(names, part, left=left, label=emotion, edgecolor="white", color=color)
        left += part
    sizes.invert_yaxis()
    shares.set(xlabel="share of the pictures, %", title="Of which expressions")
    shares.legend(frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(1, 1))
    full = [name for name, row in DATABASES.items() if all(row)]
    return figure, ("Seven databases: " + ", ".join(f"{name} {number:,.0f} pictures" for name, number
                                                    in zip(names, total))
                    + f"; beside them their shares of expressions. {', '.join(full)} hold all seven.")


def coin_flips(public, private, best):
    """Accuracies of many networks that answer at random: PublicTest across, PrivateTest up, one of them marked.

    `public`, `private`: float (n,), fractions; `best`: the place of the marked one.
    """
    figure, axis = new_figure(5.4, 4.2)
    x, y = 100 * np.asarray(public), 100 * np.asarray(private)
    axis.scatter(x, y, s=16, color="#8aa5b8", label="a network that guesses")
    axis.scatter(x[best], y[best], s=90, color=COLORS[1], marker="D", label="the best on PublicTest")
    axis.axhline(y.mean(), color="#555555", linewidth=1, linestyle=":")
    axis.text(x.min(), y.mean() + 0.05, "mean of all", fontsize=8, color="#555555")
    axis.set(xlabel="accuracy on PublicTest, %", ylabel="accuracy on PrivateTest, %", aspect="equal",
             title=f"{len(x)} networks that guess")
    axis.legend(frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(1, 1))
    return figure, (f"A cloud of {len(x)} points without a direction. The one furthest to the right has {x[best]:.1f} "
                    f"% on PublicTest and {y[best]:.1f} % on PrivateTest; the mean there is {y.mean():.1f} %.")


def agreement(by_emotion):
    """Bars for each emotion: how often most people, and one person, say what the label says.

    `by_emotion`: dict with "most_people" and "one_person", each from emotion to fraction.
    """
    figure, axis = new_figure(8, 3)
    names = {"most_people": "what most of ten people say", "one_person": "what one person says"}
    for number, (key, name) in enumerate(names.items()):
        heights = [100 * by_emotion[key][emotion] for emotion in EMOTIONS]
        bars = axis.bar(np.arange(7) + 0.4 * number - 0.2, heights, 0.38, color=COLORS[number], label=name)
        axis.bar_label(bars, fmt="%.0f", fontsize=8)
    axis.set_xticks(range(7), EMOTIONS)
    axis.set_yticks(range(0, 101, 20))
    axis.set(ylim=(0, 125), ylabel="is the label, %", title="How often people agree with the label")
    axis.legend(frameon=False, loc="upper right", ncols=2, fontsize=9)
    return figure, "Bars, in percent. " + "; ".join(
        f"{name}: " + ", ".join(f"{emotion} {percent(by_emotion[key][emotion], 0)}" for emotion in EMOTIONS)
        for key, name in names.items()) + "."


def votes(table):
    """What people chose for the faces of each label, in percent of the votes. `table`: counts (7, 10)."""
    import seaborn as sns

    shares = 100 * np.asarray(table) / np.sum(table, axis=1, keepdims=True)
    figure, axis = new_figure(8, 4)
    sns.heatmap(shares, vmin=0, vmax=100, annot=True, fmt=".0f", cmap="Blues", cbar=False, ax=axis,
                xticklabels=VOTED_FOR, yticklabels=EMOTIONS, annot_kws={"fontsize": 9})
    axis.axvline(7, color="#555555", linewidth=1)
    axis.tick_params(axis="x", labelrotation=35)
    axis.set(xlabel="what people chose", ylabel="label", title="The votes for the faces of each label, % of the row")
    rows = ["; ".join([f"{emotion}: " + ", ".join(f"{VOTED_FOR[j]} {row[j]:.0f}" for j in np.argsort(-row)[:3])])
            for emotion, row in zip(EMOTIONS, shares)]
    return figure, f"A table of votes by label, in percent of the row; the three most frequent. {'; '.join(rows)}."


def against_labels(private):
    """How far people and the network agree with the labels, as steps, and with what most people see.

    `private`: as recorded under "people" (`fer_utils.evaluation.results.dataset_facts`).
    """
    figure, axes = new_figure(9.4, 3, 2, width_ratios=(1.45, 1))
    texts = []
    for axis, key, title, color in ((axes[0], "against_labels", "is the label", COLORS[0]),
                                    (axes[1], "against_people", "is what most other people say", COLORS[2])):
        names = [name.replace(", in", ",\nin") for name in private[key]]
        values = [100 * value for value in private[key].values()]
        axis.barh(names, values, color=color)
        for place, value in enumerate(values):
            axis.text(value + 1, place, f"{value:.1f}", va="center", fontsize=9)
        axis.invert_yaxis()
        axis.set(xlim=(0, 100), xlabel="% of the faces", title=title)
        texts.append(f"{title}: " + ", ".join(f"{name} {percent(value)}" for name, value in private[key].items()))
    return figure, f"Bars of how often an answer {'; '.join(texts)}."


def not_faces(part, split):
    """The pictures of a `Split` that FER+ gives no name, mostly no upright faces, and the blank ones.

    Returns uint8 (n, 48, 48). Where a copy of FER-2013 has these pictures from another source, they are found by their
    places, if it is in the original order.
    """
    known, keys = known_faces(split), short_keys(part.images)
    found = np.isin(keys, known.keys[~known.certain])
    if not found.any() and len(keys) == len(known.keys) and (keys == known.keys)[known.certain].all():
        found = ~known.certain
    return part.images[found | (np.ptp(part.images.reshape(len(keys), -1), axis=1) == 0)]


def similarity(recorded, threshold):
    """How similar the faces of PublicTest without an identical copy are to the most similar of Training, and how
    similar the same faces are when they are mirrored.

    `recorded`: dict with "edges" and the counts "faces" and "mirrored"; `threshold`: where copies begin.
    """
    edges = np.array(recorded["edges"])
    figure, axis = new_figure(8, 3)
    for number, (key, name) in enumerate((("faces", "faces as they are"), ("mirrored", "the same faces, mirrored"))):
        axis.stairs(recorded[key], edges, color=COLORS[number], linewidth=2, linestyle=("-", "--")[number], label=name)
    axis.axvline(threshold, color="#555555", linewidth=1, linestyle=":")
    axis.text(threshold - 0.003, max(recorded["faces"]), "taken for the same\nphotograph from here", ha="right",
              va="top", fontsize=8)
    axis.set(xlabel="similarity to the most similar training face (0.5 and less at the left end)",
             ylabel="faces of PublicTest\nwithout identical copy", ylim=(0, 1.4 * max(recorded["mirrored"])),
             title="Near copies stand out at the right end")
    axis.legend(frameon=False, loc="upper left", ncols=2)
    faces, mirrored = (np.array(recorded[key]) for key in ("faces", "mirrored"))
    cross, last = edges[np.argmax(faces > mirrored)], edges[:-1] >= threshold
    before = (edges[:-1] >= cross) & ~last
    return figure, (f"Two histograms of similarity. Up to {cross:.2f} mirrored faces stand higher. From there to the "
                    f"line at {threshold:.2f} there are {faces[before].sum()} faces and {mirrored[before].sum()} "
                    f"mirrored ones, above it {faces[last].sum()} and {mirrored[last].sum()}.")


def methods(accuracies):
    """Bars of accuracy on all faces of PublicTest and on those for which no copy was found in Training.

    `accuracies`: method to dict with "all" and "alone", fractions.
    """
    figure, axis = new_figure(8, 3)
    for number, (key, name) in enumerate((("all", "all faces"), ("alone", "faces without a copy that we found"))):
        widths = [100 * row[key] for row in accuracies.values()]
        bars = axis.barh(np.arange(len(widths)) + 0.4 * number - 0.2, widths, 0.38, color=COLORS[number], label=name)
        axis.bar_label(bars, fmt=" %.1f", fontsize=8)
    axis.set_yticks(range(len(accuracies)), list(accuracies))
    axis.invert_yaxis()
    axis.set(xlim=(0, 100), xlabel="accuracy on PublicTest, %", title="What copies are worth to each method")
    axis.legend(frameon=False, loc="upper right", fontsize=9)
    return figure, "Bars, all faces and those without a copy that we found: " + ", ".join(
        f"{name} {percent(row['all'])} and {percent(row['alone'])}" for name, row in accuracies.items()) + "."


def mean_faces(images, labels):
    """The average face of each emotion, uint8 (7, 48, 48)."""
    return np.array([images[labels == c].mean(axis=0) for c in range(7)]).round().astype(np.uint8)


def difference(means, first="happiness", second="sadness"):
    """Two mean faces and where the first is brighter (orange) or darker (purple) than the second.

    The difference of their overall brightness is taken off first: it says how the photographs were lit, not what a
    face does.
    """
    a, b = (means[EMOTIONS.index(name)].astype(float) for name in (first, second))
    change = (a - a.mean()) - (b - b.mean())
    figure, axes = new_figure(7.6, 2.7, 3)
    for axis, image, title in zip(axes, (a, b), (first, second)):
        axis.imshow(image, cmap="gray", vmin=0, vmax=255)
        axis.set_title(f"mean of {title}")
    shown = axes[2].imshow(change, cmap="PuOr_r", vmin=-30, vmax=30)
    axes[2].set_title("first minus second")
    figure.colorbar(shown, ax=axes[2], label="gray levels")
    for axis in axes:
        axis.axis("off")
    row, column = np.unravel_index(np.argmax(np.abs(change)), a.shape)
    return figure, (f"The mean faces of {first} and {second} and their difference, overall brightness aside; it is "
                    f"largest, {change[row, column]:+.0f} gray levels, at row {row}, column {column}, and "
                    f"{np.abs(change).mean():.1f} on average.")


def explore_difference(means):
    """Two lists of emotions on `difference`."""
    import ipywidgets as widgets

    return explore(lambda first, second: difference(means, first, second),
                   first=widgets.Dropdown(options=EMOTIONS, value="happiness", description="first"),
                   second=widgets.Dropdown(options=EMOTIONS, value="sadness", description="second"))


def accuracy_by_side(methods):
    """Lines of PublicTest accuracy against the pixels a side. `methods`: name to dict from side to a list of
    accuracies.

    Where a list has several, one a seed, the line goes through their mean and a bar spans them.
    """
    figure, axis = new_figure(8, 3.4)
    texts = []
    for number, (name, by_side) in enumerate(methods.items()):
        ends = [(side, 100 * min(values), 100 * np.mean(values), 100 * max(values)) for side, values in by_side.items()]
        side, low, mean, high = np.array(ends).T
        axis.errorbar(side, mean, [mean - low, high - mean], color=COLORS[number], marker="osD^"[number % 4], capsize=3,
                      linestyle=["-", "--", "-."][number % 3], label=name)
        texts.append(f"{name}: " + ", ".join(f"{m:.0f} % at {int(s)}" for s, m in zip(side, mean)))
    axis.set_xscale("log")
    axis.set_xticks(RESOLUTIONS, RESOLUTIONS)
    axis.minorticks_off()
    axis.invert_xaxis()
    axis.set(ylim=(0, None), xlabel="pixels a side", ylabel="PublicTest accuracy, %",
             title="What is lost with the pixels")
    axis.legend(frameon=False, fontsize=9)
    return figure, f"Lines of accuracy by pixels a side. {'; '.join(texts)}."


def coarse_faces(images, labels, answers, emotion="happiness", side=12):
    """Faces of an emotion with side x side pixels, and beside them what a network answered to FER-2013 at that size.

    `images` and `labels`: the faces to show, photographs or drawings. `answers`: dict with "recall" and "answered",
    each from emotion to a list, one fraction for each of `resolution.RESOLUTIONS`.
    """
    chosen = np.flatnonzero(labels == EMOTIONS.index(emotion))[:6]
    coarse = as_blocks(shrink(images[chosen], side))
    figure, axes = new_figure(9.4, 2.9, 4, 2, width_ratios=(1, 1, 1, 3.1))
    for axis in axes[:, :3].flat:
        axis.axis("off")
    for axis, image in zip(axes[:, :3].flat, coarse):
        axis.imshow(image, cmap="gray", vmin=0, vmax=255)
    axes[0, 1].set_title(f"{emotion} here, {side} x {side} pixels", fontsize=10)
    grid = axes[0, 3].get_gridspec()
    for axis in axes[:, 3]:
        axis.remove()
    bars, place = figure.add_subplot(grid[:, 3]), RESOLUTIONS.index(side)
    texts = []
    for number, (key, name) in enumerate((("recall", "found, of the faces so labelled"),
                                          ("answered", "so called, of all faces"))):
        widths = [100 * answers[key][one][place] for one in EMOTIONS]
        bars.barh(np.arange(7) + 0.4 * number - 0.2, widths, 0.38, color=COLORS[number], label=name)
        texts.append(f"{name}: " + ", ".join(f"{one} {width:.0f} %" for one, width in zip(EMOTIONS, widths)))
    bars.set_yticks(range(7), EMOTIONS, fontsize=9)
    bars.get_yticklabels()[EMOTIONS.index(emotion)].set_fontweight("bold")
    bars.invert_yaxis()
    bars.set(xlim=(0, 100), xlabel="%")
    bars.set_title("the network on FER-2013 at this size", fontsize=10)
    bars.legend(frameon=False, fontsize=8, loc="upper center", bbox_to_anchor=(0.5, -0.2))
    return figure, (f"{len(chosen)} faces of {emotion} of this notebook with {side} x {side} pixels, and bars of what "
                    f"the network answers on FER-2013 with so many. {'; '.join(texts)}.")


def explore_coarse_faces(images, labels, answers):
    """A list of emotions and a slider over the sides on `coarse_faces`."""
    import ipywidgets as widgets

    return explore(lambda emotion, side: coarse_faces(images, labels, answers, emotion, side),
                   emotion=widgets.Dropdown(options=EMOTIONS, value="happiness", description="emotion"),
                   side=widgets.SelectionSlider(options=RESOLUTIONS, value=12, description="pixels a side"))
