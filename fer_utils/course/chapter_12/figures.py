"""The figures and the explorer of chapter 12. Each draw function returns (figure, alternative text)."""

import numpy as np

from fer_utils.course.figures import COLORS
from fer_utils.course.show import explore, new_figure
from fer_utils.text import percent


def precision_and_recall(per_class):
    """Two bars for each emotion. `per_class`: dict from emotion to precision, recall, as `scores` gives it."""
    import seaborn as sns

    figure, axis = new_figure(8, 3.2)
    names, values, keys = zip(*[(name, row[key], key)
                                for key in ("precision", "recall") for name, row in per_class.items()])
    sns.barplot(x=names, y=values, hue=keys, ax=axis)
    axis.set(ylim=(0, 1), ylabel="fraction", title="Precision and recall of each emotion")
    axis.legend(frameon=False)
    listed = "; ".join(f"{name} {percent(row['precision'], 0)} and {percent(row['recall'], 0)}"
                       for name, row in per_class.items())
    return figure, f"Bars of precision and recall: {listed}."


def bootstrap(draws, accuracy, low, high):
    """A histogram of accuracies drawn with replacement, with the measured one and the middle 95 %."""
    import seaborn as sns

    figure, axis = new_figure(8, 2.8)
    sns.histplot(100 * np.array(draws), bins=40, color="#b8c4d0", edgecolor="none", ax=axis)
    axis.axvline(100 * accuracy, color=COLORS[0], label="measured")
    for end in (low, high):
        axis.axvline(100 * end, color=COLORS[1], linestyle="--", label="95 % of the draws" if end == low else None)
    axis.set(xlabel="accuracy, %", ylabel="draws", title=f"{len(draws):,} test sets drawn from this one")
    axis.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
    return figure, (f"A bell-shaped histogram of accuracies around {percent(accuracy)}; 95 % of them lie between "
                    f"{percent(low)} and {percent(high)}.")


def enough_faces(gap=0.01, n=3589, accuracy=0.66):
    """The chance that the better of two networks comes out ahead, by the size of the test set.

    Arguments: gap, the true difference of their accuracies, a fraction; n, the size to mark; accuracy, of the worse.
    The two are taken as independent, so on the same faces, where their errors go together, fewer faces do.
    """
    sizes = np.geomspace(100, 100_000, 120)
    chances = _chance(gap, sizes, accuracy)
    here = float(_chance(gap, n, accuracy))
    figure, axis = new_figure(8, 3)
    axis.semilogx(sizes, 100 * chances, color=COLORS[0])
    axis.plot([n], [100 * here], "o", color=COLORS[1])
    axis.annotate(f"{n:,} faces: {percent(here, 0)}", (n, 100 * here), (10, -14), textcoords="offset points")
    axis.set(xlabel="faces in the test set", ylabel="better one ahead, %", ylim=(45, 102),
             title=f"Two networks that differ by {100 * gap:.2f} points")
    return figure, (f"A rising curve: with a difference of {100 * gap:.2f} points and {n:,} faces, the better network "
                    f"comes out ahead {percent(here, 0)} of the time.")


def explore_enough_faces():
    """Sliders on `enough_faces`."""
    import ipywidgets as widgets

    return explore(lambda gap, n: enough_faces(gap / 100, n),
                   # steps that meet the default, or the slider would move it
                   gap=widgets.FloatSlider(1.28, min=0.08, max=4.98, step=0.1, description="difference, points"),
                   n=widgets.IntSlider(3589, min=189, max=19_989, step=100, description="faces"))


def _chance(gap, n, accuracy):
    from scipy.stats import norm

    variance = accuracy * (1 - accuracy) + (accuracy + gap) * (1 - accuracy - gap)
    return norm.cdf(gap / np.sqrt(variance / np.asarray(n)))
