"""The figures, the explorer and the tables of chapter 12. Each draw function returns (figure, alternative text)."""

from functools import cache

import numpy as np

from fer_utils.course.figures import COLORS
from fer_utils.course.show import explore, new_figure
from fer_utils.labels import EMOTIONS
from fer_utils.text import percent, table


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


def enough_faces(gap=0.01, n=3589, accuracy=0.66, differ=None):
    """The chance that the better of two networks comes out ahead, by the size of the test set: on the same faces, and
    on faces of its own for each.

    Arguments: gap, the true difference of their accuracies, a fraction; n, the size to mark; accuracy, of the worse;
    differ, the share of faces that exactly one of them reads right, None for that of `rebuilt_differ`.
    """
    sizes = np.geomspace(100, 100_000, 120)
    differ = rebuilt_differ() if differ is None else differ
    apart = accuracy * (1 - accuracy) + (accuracy + gap) * (1 - accuracy - gap)
    figure, axis = new_figure(8, 3)
    words = []
    for variance, name, style, color, offset in ((differ - gap**2, "the same faces", "-", COLORS[0], (-36, 2)),
                                                 (apart, "other faces for each", "--", COLORS[1], (8, -16))):
        axis.semilogx(sizes, 100 * chance_ahead(gap, sizes, variance), style, color=color, label=name)
        here = float(chance_ahead(gap, n, variance))
        axis.plot([n], [100 * here], "o", color=color)
        axis.annotate(percent(here, 0), (n, 100 * here), offset, textcoords="offset points", color=color)
        words.append(f"on {name} {percent(here, 0)}")
    axis.set(xlabel="faces in the test set", ylabel="better one ahead, %", ylim=(45, 102),
             title=f"Two networks that differ by {100 * gap:.2f} points; dots: {n:,} faces")
    axis.legend(frameon=False, loc="lower right")
    return figure, (f"Two rising curves: with a difference of {100 * gap:.2f} points and {n:,} faces, the better "
                    f"network comes out ahead {', '.join(words)} of the time.")


def explore_enough_faces():
    """Sliders on `enough_faces`."""
    import ipywidgets as widgets

    gaps, sizes = (0.25, 0.5, 1.0, 1.28, 2.0, 4.0), (500, 1000, 3589, 4 * 3589, 28_709)
    return explore(lambda gap, n: enough_faces(gap / 100, n),
                   gap=widgets.SelectionSlider(options=gaps, value=1.28, description="difference, points"),
                   n=widgets.SelectionSlider(options=sizes, value=3589, description="faces"))


@cache
def rebuilt_differ():
    """The share of PrivateTest's faces that exactly one of the thesis's two networks, as we trained them, reads
    right."""
    from fer_utils.evaluation import compare_runs

    pair = compare_runs("squeezenet-custom", "vgg16")
    return (pair["only_first"] + pair["only_second"]) / pair["n"]


def chance_ahead(gap, n, variance):
    """How often the better of two networks is ahead on n faces: `gap` is the true difference of their accuracies,
    `variance` that of the difference on one face."""
    from scipy.stats import norm

    return norm.cdf(gap / np.sqrt(variance / np.asarray(n)))


def said(answered, who=("label", "network", "one person")):
    """How often each emotion is said, as bars. `answered`: from who to emotion to the share of the faces."""
    figure, axis = new_figure(8, 3)
    for number, name in enumerate(who):
        heights = [100 * answered[name][emotion] for emotion in EMOTIONS]
        bars = axis.bar(np.arange(7) + 0.28 * (number - 1), heights, 0.26, color=COLORS[number], label=name)
        axis.bar_label(bars, fmt="%.0f", fontsize=8)
    axis.set_xticks(range(7), EMOTIONS)
    axis.set(ylabel="of the faces, %", ylim=(0, 37), title="How often each emotion is said")
    axis.legend(frameon=False, ncols=3, loc="upper left")
    return figure, "Bars, in percent of the faces. " + "; ".join(
        f"{name}: " + ", ".join(f"{emotion} {percent(answered[name][emotion], 0)}" for emotion in EMOTIONS)
        for name in who) + "."


def who_is_right(people):
    """Markdown: how often people, the network and the label say what the label says, and what most other people say.

    `people`: PrivateTest's part of what is recorded under "people" (`fer_utils.evaluation.results.dataset_facts`).
    """
    names = dict.fromkeys((*people["against_labels"], *people["against_people"]))
    rows = [[name, *(percent(people[key][name]) if name in people[key] else "" for key in (
        "against_labels", "against_people"))] for name in names]
    return table(["who", "says what the label says", "says what most other people say"], rows, "lrr")


def my_score():
    """Markdown: the learner's own labels of chapter 03 and the network's on the same faces, with 95 % intervals; where
    there are none, or their file is damaged, the recorded example."""
    from fer_utils.course.labelling import my_results
    from fer_utils.course.labelling.results import recorded_example, scored
    from fer_utils.files import FileError

    try:
        mine, note = my_results(data="FER-2013"), ""
    except FileError as error:
        mine, note = recorded_example(), f" ({error})"
    asked = mine.network >= 0
    lines = [f"- **{mine.who}**: {scored(mine.labels, mine.answers)}{note}"]
    if asked.any():
        lines.append(f"- `{mine.network_name}` on the same faces: {scored(mine.labels[asked], mine.network[asked])}")
    return "\n".join(lines)
