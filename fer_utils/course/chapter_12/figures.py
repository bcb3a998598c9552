"""The figures, the explorers and the tables of chapter 12. Each draw function returns (figure, alternative text)."""

from functools import cache

import numpy as np

from fer_utils.course.figures import COLORS
from fer_utils.course.show import explore, new_figure
from fer_utils.evaluation.calibration import reliability
from fer_utils.evaluation.intervals import LEVEL, share_interval
from fer_utils.evaluation.results import recorded_probabilities
from fer_utils.evaluation.unsure import coverage, risk_coverage
from fer_utils.labels import EMOTIONS
from fer_utils.networks import DEFAULT_NETWORK
from fer_utils.text import percent, table


def bootstrap(draws, accuracy, low, high, n=3589):
    """A histogram of accuracies drawn with replacement, with the measured one and the middle 95 %. `n`: faces
    in a draw."""
    import seaborn as sns

    figure, axis = new_figure(8, 2.8)
    draws, face = np.array(draws), 1 / n
    width = max(round(np.ptp(draws) / face / 40), 1) * face  # whole faces, else bins hold unlike many values
    edges = np.arange(draws.min() - face / 2, draws.max() + width, width)
    sns.histplot(100 * draws, bins=100 * edges, color="#b8c4d0", edgecolor="none", ax=axis)
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
    for variance, name, style, color, offset, size in (
            (differ - gap**2, "the same faces", "-", COLORS[0], (-36, 4), 9),
            (apart, "other faces for each", "--", COLORS[1], (8, -16), 5)):  # smaller, or it would hide the other
        axis.semilogx(sizes, 100 * chance_ahead(gap, sizes, variance), style, color=color, label=name)
        here = float(chance_ahead(gap, n, variance))
        axis.plot([n], [100 * here], "o", color=color, markersize=size)
        axis.annotate(percent(here, 0), (n, 100 * here), offset, textcoords="offset points", color=color)
        words.append(f"on {name} {percent(here, 0)}")
    axis.set(xlabel="faces in the test set", ylabel="better one ahead, %", ylim=(45, 112), yticks=range(50, 101, 10),
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


def gaps(rows, title):
    """Differences with their 95 % intervals, one below the other. `rows`: a list of (name, dict of
    `fer_utils.evaluation.comparison.compare`)."""
    figure, axis = new_figure(8, 0.8 + 0.42 * len(rows))
    words = []
    for place, (name, found) in enumerate(rows):
        gap, low, high = (100 * found[key] for key in ("difference", "low", "high"))
        color = COLORS[6] if found["told"] == "cannot be told" else COLORS[1]
        axis.plot([low, high], [place, place], color=color, linewidth=2)
        axis.plot(gap, place, "o", color=color)
        axis.annotate(found["told"], (high, place), (8, -4), textcoords="offset points", color=color)
        words.append(f"{name}: {gap:+.1f}, {low:+.1f} to {high:+.1f}, {found['told']}")
    axis.axvline(0, color="gray", linewidth=1)
    axis.set_yticks(range(len(rows)), [name for name, _ in rows])
    axis.set(xlabel="difference, points", title=title)
    axis.margins(x=0.2, y=0.2)
    axis.invert_yaxis()
    return figure, f"{title}, with intervals, in points. {'; '.join(words)}."


def calibration(labels, before, after, names=("as it answers", "with the temperature")):
    """Accuracy against confidence before and after a temperature, in ten bins, with 95 % intervals of each bin."""
    figure, axis = new_figure(5.4, 4)
    axis.plot([0, 100], [0, 100], color="gray", linewidth=1, label="as sure as right")
    words = []
    for number, (name, given) in enumerate(zip(names, (before, after))):
        count, sure, right = reliability(labels, given, bins=10)
        held = count >= 30
        ends = np.array([share_interval(round(r * n), n) for r, n in zip(right[held], count[held])])
        axis.errorbar(100 * sure[held], 100 * right[held], 100 * np.abs(ends.T - right[held]), fmt="os"[number],
                      linestyle="-", color=COLORS[number], label=name, capsize=2)
        words.append(f"{name}: " + ", ".join(f"{percent(s, 0)} sure, {percent(r, 0)} right"
                                             for s, r in zip(sure[held], right[held])))
    axis.set(xlabel="largest probability, %", ylabel="right, %", xlim=(15, 100), ylim=(15, 100),
             title="Do the probabilities mean what they say?")
    axis.legend(frameon=False)
    return figure, f"Accuracy by confidence. {'; '.join(words)}. Bins with fewer than 30 faces are left out."


def abstention(threshold, name=DEFAULT_NETWORK):
    """What a network answers and gets right on PrivateTest when it says nothing below a threshold (a fraction): left
    the accuracy of what is answered by its share, right the share answered of each emotion."""
    stored = recorded_probabilities(name)
    labels, given = stored["labels"], stored["probabilities"]
    share, right = risk_coverage(labels, given)
    answered = given.max(axis=1) >= threshold
    count = int(answered.sum())
    hits = float((given.argmax(axis=1) == labels)[answered].mean()) if count else float("nan")
    figure, (left, bars) = new_figure(9, 3.2, 2)
    left.plot(100 * share[50:], 100 * right[50:], color=COLORS[0])  # of fewer faces it is mostly luck
    if count:
        left.plot(100 * count / len(labels), 100 * hits, "o", color=COLORS[1], markersize=9)
    left.set(xlabel="coverage: faces answered, %", ylabel="of these right, %", ylim=(70, 101),
             title=f"Silent below {percent(threshold, 0)}")
    by_class = [float(answered[labels == c].mean()) for c in range(7)]
    drawn = bars.barh(EMOTIONS, [100 * value for value in by_class], color=COLORS[0])
    bars.bar_label(drawn, fmt="%.0f", padding=3, fontsize=9)
    bars.set(xlim=(0, 112), xlabel="faces of this label answered, %", title="Whose faces get an answer")
    bars.invert_yaxis()
    listed = ", ".join(f"{emotion} {percent(value, 0)}" for emotion, value in zip(EMOTIONS, by_class))
    told = f"{percent(hits)} of these are right" if count else "none is left"
    return figure, (f"Silent below {percent(threshold, 0)}: {percent(count / len(labels))} of the faces are answered, "
                    f"{told}. Answered by label: {listed}.")


def explore_abstention():
    """A slider for the threshold of `abstention`."""
    import ipywidgets as widgets

    return explore(lambda threshold: abstention(threshold / 100), threshold=widgets.IntSlider(
        value=60, min=0, max=95, step=5, description="silent below, %", continuous_update=False))


def set_coverage(labels, sets, level=0.9):
    """How often sets hold the label, for each emotion, with intervals corrected for the seven (Bonferroni).
    `sets`: a dict from a name to bool (n, 7)."""
    figure, axis = new_figure(8, 3.2)
    words = []
    for number, (name, chosen) in enumerate(sets.items()):
        held = coverage(labels, chosen)
        own = [(int(held[labels == c].sum()), int(np.sum(labels == c))) for c in range(7)]
        shares = np.array([hits / n for hits, n in own])
        ends = np.array([share_interval(*pair, 1 - (1 - LEVEL) / len(own)) for pair in own])
        axis.errorbar(np.arange(7) + 0.2 * number - 0.1, 100 * shares, 100 * np.abs(ends.T - shares),
                      fmt="os"[number], color=COLORS[number], capsize=3,
                      label=f"{name}, {chosen.sum(axis=1).mean():.2f} emotions a face")
        words.append(f"{name}: " + ", ".join(f"{emotion} {percent(share, 0)}"
                                             for emotion, share in zip(EMOTIONS, shares)))
    axis.axhline(100 * level, color="gray", linewidth=1)
    axis.set_xticks(range(7), EMOTIONS)
    axis.set(ylabel="set holds the label, %", ylim=(54, 102), title="A set of emotions that holds the label")
    axis.legend(frameon=False, loc="lower right")
    return figure, f"How often the set holds the label, promised {percent(level, 0)}. {'; '.join(words)}."


def precision_against_recall(labels, probabilities, emotions=("happiness", "fear", "disgust")):
    """Precision against recall of some emotions for every threshold on their probability; dots where the largest
    probability decides."""
    from sklearn.metrics import average_precision_score, precision_recall_curve

    figure, axis = new_figure(6, 3.6)
    words = []
    for number, emotion in enumerate(emotions):
        own = EMOTIONS.index(emotion)
        truth, called = labels == own, probabilities.argmax(axis=1) == own
        precision, recall, _ = precision_recall_curve(truth, probabilities[:, own])
        usual = (truth & called).sum() / np.array([truth.sum(), called.sum()])  # recall, precision
        area = average_precision_score(truth, probabilities[:, own])
        axis.plot(100 * recall[:-1], 100 * precision[:-1], color=COLORS[number], label=f"{emotion}, {area:.2f}")
        axis.plot(*100 * usual, "o", color=COLORS[number])
        words.append(f"{emotion}: average precision {area:.2f}, the dot at recall {percent(usual[0], 0)} and precision "
                     f"{percent(usual[1], 0)}")
    axis.set(xlabel="recall, %", ylabel="precision, %", ylim=(0, 103), title="Every threshold; dots: the usual answer")
    axis.legend(frameon=False, loc="lower left", title="average precision")
    return figure, f"Curves of precision against recall. {'; '.join(words)}."


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
