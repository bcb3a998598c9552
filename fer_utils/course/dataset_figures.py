"""The figures and the explorer of chapter 03. Each draw function returns (figure, alternative text)."""

import numpy as np

from fer_utils.course.figures import COLORS
from fer_utils.course.show import explore, new_figure
from fer_utils.labels import EMOTIONS
from fer_utils.results import percent

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
    figure, axis = new_figure(8, 3.2)
    for number, (split, by_class) in enumerate(counts.items()):
        axis.bar(np.arange(7) + 0.28 * (number - 1), list(by_class.values()), 0.26, label=split,
                 color=COLORS[number], hatch=["", "//", ".."][number % 3], edgecolor="white")
    axis.set_xticks(range(7), EMOTIONS)
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
    """Two mean faces and where the first is brighter (orange) or darker (blue) than the second."""
    a, b = (means[EMOTIONS.index(name)].astype(float) for name in (first, second))
    figure, axes = new_figure(7.6, 2.7, 3)
    for axis, image, title in zip(axes, (a, b), (first, second)):
        axis.imshow(image, cmap="gray", vmin=0, vmax=255)
        axis.set_title(f"mean of {title}")
    shown = axes[2].imshow(a - b, cmap="PuOr_r", vmin=-40, vmax=40)
    axes[2].set_title("first minus second")
    figure.colorbar(shown, ax=axes[2], label="gray levels")
    for axis in axes:
        axis.axis("off")
    row, column = np.unravel_index(np.argmax(np.abs(a - b)), a.shape)
    return figure, (f"The mean faces of {first} and {second} and their difference; it is largest, "
                    f"{(a - b)[row, column]:+.0f} gray levels, at row {row}, column {column}, and "
                    f"{np.abs(a - b).mean():.1f} on average.")


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
