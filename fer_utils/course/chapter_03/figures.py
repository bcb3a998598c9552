"""The figures and the explorer of chapter 03. Each draw function returns (figure, alternative text)."""

import numpy as np

from fer_utils.course.figures import COLORS
from fer_utils.course.resolution import RESOLUTIONS, as_blocks, coarsen, shrink
from fer_utils.course.show import explore, new_figure
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


def balance(counts):
    """Bars of the number of faces of each emotion, for each split. `counts`: split to emotion to number."""
    import seaborn as sns

    figure, axis = new_figure(8, 3.2)
    emotions, faces, splits = zip(*[(emotion, number, split) for split, by_class in counts.items()
                                    for emotion, number in by_class.items()])
    sns.barplot(x=emotions, y=faces, hue=splits, ax=axis)
    axis.set(ylabel="faces", title="Faces of each emotion, by split")
    axis.legend(frameon=False)
    first = next(iter(counts.values()))
    return figure, "Bars of faces by emotion; in train " + ", ".join(f"{k} {v:,}" for k, v in first.items()) + "."


def databases():
    """The seven databases of figure 3.1 as rows of shares, on a common scale of 0 to 100 %."""
    figure, axis = new_figure(8, 3.4)
    left = np.zeros(len(DATABASES))
    rows = np.array(list(DATABASES.values()), float)
    shares = rows / rows.sum(axis=1, keepdims=True)
    for number, emotion in enumerate(EMOTIONS):
        axis.barh(list(DATABASES), 100 * shares[:, number], left=left, label=emotion, edgecolor="white",
                  color=(COLORS[:6] + ["#999999"])[number])
        left += 100 * shares[:, number]
    axis.invert_yaxis()
    axis.set(xlabel="share of the pictures, %", title="Which expressions seven databases hold")
    axis.legend(frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(1, 1))
    full = [name for name, row in DATABASES.items() if all(row)]
    return figure, f"Stacked bars of seven databases by expression. Only {' and '.join(full)} hold all seven."


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


def baselines(accuracies):
    """Horizontal bars of simple methods' accuracies. `accuracies`: method to fraction."""
    figure, axis = new_figure(8, 2.4)
    axis.barh(list(accuracies), [100 * value for value in accuracies.values()], color=COLORS[5])
    for number, value in enumerate(accuracies.values()):
        axis.text(100 * value + 0.7, number, percent(value), va="center", fontsize=9)
    axis.invert_yaxis()
    axis.set(xlim=(0, 100), xlabel="PublicTest accuracy, %", title="How far simple methods come")
    return figure, "Bars: " + ", ".join(f"{name} {percent(value)}" for name, value in accuracies.items()) + "."


def sizes(face, sides=(48, 24, 12, 6)):
    """A face, uint8 (48, 48), with fewer and fewer pixels: above as blocks, below smoothly enlarged again."""
    figure, axes = new_figure(1.9 * len(sides), 4.1, len(sides), 2)
    for above, below, side in zip(*axes, sides):
        above.imshow(as_blocks(shrink(face[None], side))[0], cmap="gray", vmin=0, vmax=255)
        below.imshow(coarsen(face[None], side)[0], cmap="gray", vmin=0, vmax=255)
        above.set_title(f"{side} x {side} pixels", fontsize=10)
    for axis, text in ((axes[0, 0], "as blocks"), (axes[1, 0], "smoothed")):
        axis.set_ylabel(text, fontsize=10)
    for axis in axes.flat:
        axis.set(xticks=[], yticks=[])
    return figure, (f"One face with {', '.join(str(side) for side in sides)} pixels a side: above with its pixels as "
                    "squares, below with the squares smoothed away. The fewer the pixels, the less of eyes and mouth.")


def frequencies(spectra, sides=(24, 12, 6)):
    """The share of contrast up to each spatial frequency. `spectra`: name to shares as `resolution.spectrum` gives
    them."""
    figure, axis = new_figure(8, 3.2)
    texts = []
    for number, (name, shares) in enumerate(spectra.items()):
        total = 100 * np.cumsum(shares)
        axis.plot(total, color=COLORS[number], linestyle=["-", "--"][number % 2], marker="o", markersize=3, label=name)
        texts.append(f"{name}: " + ", ".join(f"{total[side // 2]:.0f} % up to {side // 2}" for side in sides))
    for side in sides:
        axis.axvline(side / 2, color="#777777", linewidth=1, linestyle=":")
        axis.text(side / 2 + 0.2, 3, f"{side} pixels\nend here", fontsize=8, color="#555555")
    axis.set(xlim=(0, 24), ylim=(0, 103), xlabel="waves across the face", ylabel="contrast up to here, %",
             title="How coarse the contrast of a face is")
    axis.legend(frameon=False, loc="center right")
    return figure, f"Rising curves of the share of contrast against waves across the face. {'; '.join(texts)}."


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
    """Seven faces of an emotion with side x side pixels; the title says how many such faces a network still names
    rightly.

    `answers`: dict with "recall" and "answered", each from emotion to a list, one fraction for each of
    `resolution.RESOLUTIONS`.
    """
    chosen = np.flatnonzero(labels == EMOTIONS.index(emotion))[:7]
    coarse = as_blocks(shrink(images[chosen], side))
    recall, answered = (percent(answers[key][emotion][RESOLUTIONS.index(side)], 0) for key in ("recall", "answered"))
    figure, axes = new_figure(9.4, 2.2, 7)
    for axis in axes:
        axis.axis("off")
    for axis, image in zip(axes, coarse):
        axis.imshow(image, cmap="gray", vmin=0, vmax=255)
    figure.suptitle(f"{side} x {side} pixels: the network answers {emotion} to {recall} of FER-2013's faces of "
                    f"{emotion}\nand to {answered} of all faces", fontsize=11)
    return figure, (f"{len(chosen)} faces of {emotion} with {side} x {side} pixels. With so many pixels the network "
                    f"answers {emotion} to {recall} of FER-2013's faces of {emotion} and to {answered} of all its "
                    "faces.")


def explore_coarse_faces(images, labels, answers):
    """A list of emotions and a slider over the sides on `coarse_faces`."""
    import ipywidgets as widgets

    return explore(lambda emotion, side: coarse_faces(images, labels, answers, emotion, side),
                   emotion=widgets.Dropdown(options=EMOTIONS, value="happiness", description="emotion"),
                   side=widgets.SelectionSlider(options=RESOLUTIONS, value=12, description="pixels a side"))
