"""The figures and the second explorer of chapter 16. Each draw function returns (figure, alternative text)."""

import numpy as np

from fer_utils.course.figures import COLORS
from fer_utils.course.show import explore, new_figure
from fer_utils.evaluation.intervals import seeds_difference, told
from fer_utils.evaluation.results import recorded_experiment
from fer_utils.labels import EMOTIONS
from fer_utils.text import percent, table


def soften(probabilities, temperature):
    """Probabilities to the power 1 / temperature, scaled to sum 1 again: above 1 flatter, below 1 sharper."""
    powers = np.asarray(probabilities, float) ** (1 / temperature)
    return powers / powers.sum(axis=-1, keepdims=True)


def targets_figure(answer, label, temperature=1.0, share=0.8, face=None):
    """The target of one face: `share` of the teacher's softened answer, the rest of its label, as bars.

    `answer`: float (7,), the teacher's probabilities. `label`: the index of the true class. `face`: drawn beside it.
    """
    softened = soften(answer, temperature)
    target = share * softened + (1 - share) * np.eye(7)[label]
    figure, axes = new_figure(8, 2.6, 2, width_ratios=[1, 4])
    axes[0].axis("off")
    if face is not None:
        axes[0].imshow(face, cmap="gray", vmin=0, vmax=255)
        axes[0].set_title(f"label: {EMOTIONS[label]}", fontsize=9)
    axes[1].bar(EMOTIONS, share * softened, color=COLORS[0], label="from the teacher")
    axes[1].bar(EMOTIONS, target - share * softened, bottom=share * softened, color=COLORS[4], label="from the label")
    axes[1].set(ylim=(0, 1), ylabel="target", title=f"temperature {temperature:g}, teacher's share {share:g}")
    axes[1].legend(frameon=False, fontsize=9)
    order = np.argsort(-target)[:3]
    return figure, (f"The target of a face labelled {EMOTIONS[label]} with temperature {temperature:g} and a teacher's "
                    f"share of {share:g}: " + ", ".join(f"{EMOTIONS[i]} {percent(target[i])}" for i in order) + ".")


def explore_targets(answer, label, face=None):
    """Sliders for temperature and share on `targets_figure`."""
    import ipywidgets as widgets

    return explore(lambda temperature, share: targets_figure(answer, label, temperature, share, face),
                   temperature=widgets.FloatSlider(1.0, min=0.5, max=8.0, step=0.5, description="temperature"),
                   share=widgets.FloatSlider(0.8, min=0.0, max=1.0, step=0.1, description="teacher's share"))


def most_doubtful(answers, labels):
    """The index of a face that its teacher reads rightly and with the most doubt. answers (n, 7), labels (n,)."""
    surprise = -(answers * np.log(np.clip(answers, 1e-7, 1))).sum(axis=1)
    return int(np.argmax(np.where(answers.argmax(axis=1) == labels, surprise, -1)))


def units(runs, count=8):
    """What the hidden units of small networks look at: for each run of `train_small`, its first weights as 16x16
    pictures.

    `runs`: dict from label to a run with one hidden layer on 256 inputs.
    """
    figure, axes = new_figure(9, 1.25 * len(runs), count, len(runs), squeeze=False)
    words, firsts = [], {}
    for label, run in runs.items():
        w = run["weights"][-1]
        width = (len(w) - 7) // (256 + 1 + 7)
        firsts[label] = w[:256 * width].reshape(256, width)
    limit = max(np.abs(first).max() for first in firsts.values()) or 1  # one for all, so that paler means smaller
    for row, (label, first) in zip(axes, firsts.items()):
        strongest = np.argsort(-np.abs(first).sum(axis=0))[:count]
        for axis, unit in zip(row, strongest):
            axis.imshow(first[:, unit].reshape(16, 16), cmap="RdBu_r", vmin=-limit, vmax=limit)
            axis.set(xticks=[], yticks=[])
        row[0].set_ylabel(label, fontsize=9)
        words.append(f"{label}: {percent(np.mean(np.abs(first) < 0.01), 0)} of the weights below 0.01 in size")
    return figure, f"The first weights of the strongest hidden units as pictures of 16x16 pixels. {'; '.join(words)}."


def trials_figure(trials, default, title):
    """The trials of a search in order, and the best so far. `trials`: list of (accuracy, pruned); `default`: a line."""
    figure, axes = new_figure(8, 3)
    accuracies = 100 * np.array([accuracy for accuracy, _ in trials])
    pruned = np.array([was for _, was in trials], bool)
    places = np.arange(1, len(trials) + 1)
    axes.plot(places[~pruned], accuracies[~pruned], "o", color=COLORS[0], label="trial")
    if pruned.any():
        axes.plot(places[pruned], accuracies[pruned], "x", color="gray", label="ended early")
    axes.step(places, np.maximum.accumulate(np.where(pruned, -np.inf, accuracies)), where="post", color=COLORS[1],
              label="best so far")
    axes.axhline(100 * default, color="black", linestyle=":", label="where we began")
    axes.set(xlabel="trial", ylabel="PublicTest accuracy, %", title=title)
    axes.legend(frameon=False, fontsize=8, loc="lower right")
    best = accuracies[~pruned].max()
    return figure, (f"{len(trials)} trials of a search, {pruned.sum()} of them ended early. The best reaches "
                    f"{best:.1f} %; the settings it began from reach {100 * default:.1f} %.")


def _spread(values):
    return f"{percent(np.mean(values))} (from {percent(min(values))} to {percent(max(values))})"


def lessons_compared(gained):
    """Each target's gain over each one before it with as many faces, for the luck of the seeds alone, corrected for
    their number: a dict from (faces, target, earlier target) to `seeds_difference`. `gained`: a dict from (faces,
    target) to accuracies, one a seed."""
    pairs = [(one, other) for place, one in enumerate(gained) for other in list(gained)[:place] if one[0] == other[0]]
    return {(*one, other[1]): seeds_difference(gained[one], gained[other], tried=len(pairs)) for one, other in pairs}


def describe_lessons(compared):
    """Markdown: what `lessons_compared` says."""
    return "\n".join(f"- {faces:,} faces, {target} against {earlier}: {in_words(found)}"
                     for (faces, target, earlier), found in compared.items())


def in_words(found):
    """A difference with its interval, fractions (difference, low, high), in points, and what it tells of the first."""
    difference, low, high = found
    return f"{100 * difference:+.1f} points ({100 * low:+.1f} to {100 * high:+.1f}), {told(low, high)}"


def recorded_lessons_compared():
    """What each recorded teacher's share gains over none, for the luck of the seeds alone, corrected for their number:
    a dict from share to `seeds_difference`."""
    none, *others = recorded_experiment("distillation")["public_accuracy"].items()
    return {share: seeds_difference(values, none[1], tried=len(others)) for share, values in others}


def recorded_distillation():
    """Markdown: what `tools/record_experiments.py distillation` measured on photographs."""
    record, gains = recorded_experiment("distillation"), recorded_lessons_compared()
    lines = [f"The recorded counterpart on FER-2013: `{record['network']}` on {record['faces']:,} photographs, "
             f"{record['views']} views of each, {record['epochs']} epochs, {len(record['seeds'])} seeds; the teacher "
             f"is `{record['weights']}`. PublicTest, and the gain over none with the luck of seeds:", ""]
    return "\n".join(lines + [f"- teacher's share {share}: {_spread(values)}"
                              + (f", {in_words(gains[share])}" if share in gains else "")
                              for share, values in record["public_accuracy"].items()])


def rare_classes_compared(measured):
    """What each way for rare classes changes against nothing, for the luck of the seeds alone, corrected for their
    number: a dict from (way, score) to `seeds_difference`. `measured`: of the experiment "rare-classes"."""
    tried = [(way, score) for way in measured if way != "nothing" for score in ("accuracy", "macro_f1")]
    return {(way, score): seeds_difference(*([run[score] for run in measured[name]] for name in (way, "nothing")),
                                           tried=len(tried)) for way, score in tried}


def recorded_rare_classes():
    """Markdown: what `tools/record_experiments.py rare-classes` measured on photographs, means over the seeds."""
    record = recorded_experiment("rare-classes")
    emotions = ("disgust", "fear", "happiness")
    rows = [[way, percent(np.mean([run["accuracy"] for run in runs])),
             f"{np.mean([run['macro_f1'] for run in runs]):.3f}",
             *(percent(np.mean([run["recall"][emotion] for run in runs])) for emotion in emotions)]
            for way, runs in record["measured"].items()]
    return (f"On FER-2013: `{record['network']}`, {record['faces']:,} photographs, {record['epochs']} epochs, "
            f"{len(record['seeds'])} seeds. PublicTest, mean over the seeds:\n\n"
            + table(["way", "accuracy", "macro F1", *(f"{emotion} found" for emotion in emotions)], rows, "lrrrrr"))


def recorded_search():
    """Markdown: what `tools/record_experiments.py search` found, and what it is worth with fresh seeds."""
    record = recorded_experiment("search")
    found = record["measured"]
    best = max(trial["accuracy"] for trial in found["trials"] if not trial["pruned"])
    settings = ", ".join(f"{field} {value:.2g}" if isinstance(value, float) else f"{field} {value}"
                         for field, value in found["best"].items())
    begun, after = found["again"].values()
    return (f"The recorded search on FER-2013: `{record['network']}`, {record['faces']:,} photographs, "
            f"{record['epochs']} epochs, {len(found['trials'])} trials, "
            f"{sum(trial['pruned'] for trial in found['trials'])} of them ended early. The best trial shows "
            f"{percent(best)} on PublicTest with {settings}. Trained again with {len(after)} seeds that no trial had, "
            f"these settings reach {_spread(after)}; those it began from, {_spread(begun)}.")


def mean_public(runs):
    """The mean PublicTest accuracy of runs that `fit_once` describes."""
    return float(np.mean([run["public_accuracy"] for run in runs]))


def recorded_regularization():
    """Markdown: for each way the strength with the best PublicTest accuracy, as recorded on photographs."""
    record, rows = recorded_experiment("regularization"), []
    for way, strengths in record["measured"].items():
        best = int(np.argmax([mean_public(runs) for runs in strengths]))
        setting = ", ".join(f"{key} {value}" for key, value in record["ways"][way][best].items()) or "-"
        public = [run["public_accuracy"] for run in strengths[best]]
        train, small = (np.mean([run[key] for run in strengths[best]]) for key in ("train_accuracy", "small"))
        rows.append([way, setting, percent(train), percent(np.mean(public)),
                     f"{percent(min(public))}, {percent(max(public))}", percent(small, 0)])
    head = ["way", "strength", "Training", "PublicTest, mean", "lowest and highest", "kernel values below 0.001"]
    return (f"The recorded counterpart on FER-2013: three fire modules, {record['faces']:,} photographs, "
            f"{record['epochs']} epochs, {len(record['seeds'])} seeds; of each way, the strength that does best on "
            "PublicTest.\n\n" + table(head, rows, "llrrrr"))
