"""Where the network fails: the figures, tables and the explorer of chapter 13's second half, from the records.

Each draw function returns (figure, alternative text); each table is Markdown.
"""

from textwrap import fill

import numpy as np

from fer_utils.course.figures import COLORS
from fer_utils.course.show import explore, new_figure
from fer_utils.data.changes import FACE_CHANGES
from fer_utils.evaluation import groups, mistakes, robustness
from fer_utils.labels import EMOTIONS
from fer_utils.text import percent, table

PALE = "#b8c4d0"


def points(fraction):
    """A difference of fractions in points of percent, with its sign."""
    return f"{100 * fraction:+.1f}".replace("-", "−")


def interval(low, high, as_text=points):
    """An interval in words."""
    return f"{as_text(low)} to {as_text(high)}"


def examples(image, people=None):
    """One face under every change at its typical strength: images and titles for `course.figures.face_grid`."""
    changed = [robustness.changed(image[None], name, change.typical, people)[0]
               for name, change in FACE_CHANGES.items()]
    return [image, *changed], ["as it is", *(f"{name} {change.typical:g}" if change.unit else name
                                             for name, change in FACE_CHANGES.items())]


def curves(record, kind):
    """Accuracy by the strength of each change, a line for each network of a kind, a band for the interval."""
    names = [name for name in FACE_CHANGES if len(FACE_CHANGES[name].strengths) > 1]
    figure, axes = new_figure(11, 4.8, 5, 2, sharey=True)
    words = []
    for axis, name in zip(axes.flat, names):
        for color, network in zip(COLORS, record[kind]["networks"]):
            rows = robustness.curve(record, kind, network, name)
            start = {"accuracy": rows[0]["before"], "low": rows[0]["before"], "high": rows[0]["before"]}
            values = {key: [100 * row[key] for row in (start, *rows)] for key in ("accuracy", "low", "high")}
            axis.plot(range(len(values["low"])), values["accuracy"], "o-", markersize=3, color=color, label=network)
            axis.fill_between(range(len(values["low"])), values["low"], values["high"], color=color, alpha=0.2, lw=0)
        axis.set_title(f"{name}, {FACE_CHANGES[name].unit}", fontsize=9)
        axis.set_xticks(range(len(values["low"])), ["none", *(f"{one:g}" for one in FACE_CHANGES[name].strengths)],
                        fontsize=8)
        words.append(f"{name} {percent(rows[0]['before'], 0)} to {percent(rows[-1]['accuracy'], 0)}")
    axes[0, 0].set(ylim=(0, 100), ylabel="accuracy, %")
    axes[1, 0].set_ylabel("accuracy, %")
    axes[0, 0].legend(frameon=False, fontsize=8)
    return figure, (f"Ten panels, one for each change, with falling lines of accuracy on {kind}. Of the last network, "
                    "from the face as it is to the strongest change: " + ", ".join(words) + ".")


def losses_table(record, kind, network):
    """The loss by each change at its typical strength, and the confusion that it makes, the largest loss first."""
    rows = []
    for row in robustness.failures(record, kind, network):
        made = robustness.confusions(record, kind, network, row["change"], most=1)
        said = f"{made[0]['label']} → {made[0]['answer']} {points(made[0]['more'])}" if made else ""
        rows.append([row["words"], percent(row["accuracy"]), points(row["difference"]),
                     interval(row["difference_low"], row["difference_high"]), row["told"], said])
    return table(["change", "accuracy", "points", "interval", "verdict", "more often taken for"], rows, "lrrrll")


def wider_table(record):
    """What training behind wider frames gave and took, from `robustness.recorded_wider_framing`."""
    rows = []
    for row in record["rows"]:
        told = "more" if row["low"] > 0 else "fewer" if row["high"] < 0 else "cannot be told"
        said = FACE_CHANGES[row["change"]].said(row["strength"]) if row["strength"] else row["change"]
        rows.append([said, percent(row["before"]), percent(row["after"]),
                     f"{points(row['difference'])} ({interval(row['low'], row['high'])})", told])
    return table(["faces", "shipped", "trained on", "points", "read right"], rows, "lrrrl")


def change_at(record, kind, network, change, step, face):
    """A face under a change, and the recall of each emotion before it and under it.

    `step` counts the strengths from 1; where the change has fewer, its strongest is taken. `face` uint8 (48, 48).
    """
    strengths = FACE_CHANGES[change].strengths
    strength = strengths[min(step, len(strengths)) - 1]
    rows = robustness.recalls(record, kind, network, change, strength)
    whole = robustness.at(record, kind, network, change, strength)
    figure, (left, right) = new_figure(9, 2.9, 2, width_ratios=[1, 2.6])
    left.imshow(robustness.changed(face[None], change, strength)[0], cmap="gray", vmin=0, vmax=255)
    strongest = " (the strongest tried)" if step > len(strengths) else ""
    left.set_title(fill(FACE_CHANGES[change].said(strength) + strongest, 30), fontsize=9)
    left.axis("off")
    place = np.arange(len(rows))
    right.bar(place - 0.2, [100 * row["before"] for row in rows.values()], 0.38, color=PALE, label="as it is")
    right.bar(place + 0.2, [100 * row["accuracy"] for row in rows.values()], 0.38, color=COLORS[0], label="changed",
              yerr=np.clip(100 * np.array([[row["accuracy"] - row["low"], row["high"] - row["accuracy"]]
                                           for row in rows.values()]).T, 0, None), ecolor="#444444", capsize=2)
    right.set_xticks(place, rows, fontsize=9)
    right.set(ylim=(0, 112), yticks=range(0, 101, 20), ylabel="recall, %",
              title=f"accuracy {percent(whole['before'])} → {percent(whole['accuracy'])}")
    right.legend(frameon=False, fontsize=8, ncols=2, loc="upper center")
    return figure, (f"{FACE_CHANGES[change].said(strength)}{strongest}, {network} on {kind}: accuracy goes from "
                    f"{percent(whole['before'])} to {percent(whole['accuracy'])}; recalls under the change: "
                    + ", ".join(f"{emotion} {percent(row['accuracy'], 0)}" for emotion, row in rows.items()) + ".")


def explore_changes(record, kind, network, face):
    """A choice of the change and a slider of its strength on `change_at`."""
    import ipywidgets as widgets

    return explore(lambda change, step: change_at(record, kind, network, change, step, face),
                   change=widgets.Dropdown(options=list(FACE_CHANGES), value="mask", description="change"),
                   step=widgets.IntSlider(value=3, min=1, max=6, description="strength, by step"))


def pair(images, titles):
    """Two faces and what differs between them, each enlarged."""
    figure, axes = new_figure(6, 2.3, 3)
    gap = images[1].astype(int) - images[0]
    most = max(1, np.abs(gap).max())
    for axis, image, title, options in zip(axes, (*images, gap), (*titles, "the difference"),
                                           ({"vmin": 0, "vmax": 255},) * 2 + ({"vmin": -most, "vmax": most},)):
        axis.imshow(image, cmap="gray", **options)
        axis.set_title(title, fontsize=9)
        axis.axis("off")
    return figure, (f"The same drawn person twice, {titles[0]} and {titles[1]}, and the difference of the pixels, "
                    f"which is none for {percent(np.mean(gap == 0), 0)} of them.")


def group_differences(record):
    """What each level of each group changes in the accuracy, a dot with its corrected interval for each level."""
    rows = [(name, row) for name in groups.GROUPS for row in groups.levels(record, name)
            if row["level"] != groups.GROUPS[name].reference]
    figure, axis = new_figure(8, 0.24 * len(rows) + 0.9)
    for place, (_, row) in enumerate(rows):
        color = COLORS[2] if row["told"] == "cannot be told" else COLORS[1] if row["told"] == "worse" else COLORS[0]
        axis.plot([100 * row["difference_low"], 100 * row["difference_high"]], [place] * 2, color=color)
        axis.plot([100 * row["difference"]], [place], "o", color=color, markersize=4)
    axis.axvline(0, color="#777777", linewidth=1)
    axis.set_yticks(range(len(rows)), [f"{name}: {row['level']}" for name, row in rows], fontsize=8)
    axis.invert_yaxis()
    axis.set(xlabel="points of accuracy, against the reference of the same people",
             title="Drawn people with one thing changed")
    worse = [f"{name} {row['level']} {points(row['difference'])}" for name, row in rows if row["told"] == "worse"]
    return figure, ("Dots with intervals, one for each level of each group. Read worse than the reference, in points: "
                    + (", ".join(worse) or "none") + ".")


def left_out(record):
    """Accuracy on a group after training without it and without as many others, a dot for each seed."""
    found = record["left_out"]["groups"]
    figure, axis = new_figure(8, 2.8)
    for place, row in enumerate(found.values()):
        for way, offset, color in (("without", -0.15, COLORS[1]), ("control", 0.15, COLORS[0])):
            values = 100 * np.array(row[way]["group"])
            axis.plot(np.full(len(values), place + offset), values, "o", color=color, alpha=0.7,
                      label={"without": "trained without the group", "control": "without as many at random"}[way]
                      if place == 0 else None)
            axis.plot([place + offset - 0.1, place + offset + 0.1], [values.mean()] * 2, color=color)
    axis.set_xticks(range(len(found)), [f"{name}\n{row['left_out']} of {row['of']} left out"
                                        for name, row in found.items()], fontsize=9)
    axis.set(ylabel="accuracy on the group, %", title="A group that training did not see")
    axis.legend(frameon=False, fontsize=9, loc="upper left", bbox_to_anchor=(1, 1))
    return figure, "Dots, one for each seed. " + "; ".join(
        f"{row['group']}: {percent(row['without'])} without it, {percent(row['control'])} without as many at random"
        for row in groups.left_out(record)) + "."


def left_out_table(record):
    """What training without a group costs that group, with intervals over the seeds."""
    return table(["group", "left out", "trained without it", "control", "points", "interval", "verdict"], [
        [row["group"], str(row["left_out"]), percent(row["without"]), percent(row["control"]),
         points(row["difference"]), interval(row["low"], row["high"]), row["told"]]
        for row in groups.left_out(record)], "lrrrrrl")


def sides(record, counts=(25, 50, 100, 200, 400)):
    """With whom most people side, by how many of the most confident mistakes are looked at; all of them at the end."""
    total = len(record["mistakes"]["side"])
    counts = [*(count for count in counts if count < total), total]
    rows = [mistakes.sides(record, count) for count in counts]
    figure, axis = new_figure(8, 3.2)
    for number, (color, name) in enumerate(zip(COLORS, mistakes.WITH_WHOM[:3])):
        label = {"network": "the network", "label": "the label", "another": "neither"}[name]
        share, low, high = (100 * np.array([row[name][key] for row in rows]) for key in ("share", "low", "high"))
        axis.errorbar(np.arange(len(counts)) + 0.08 * (number - 1), share, (share - low, high - share), color=color,
                      marker="o", markersize=4, capsize=2, label=label)
    axis.set_xticks(range(len(counts)), [f"{count:,}" for count in counts[:-1]] + [f"all {total:,}"])
    axis.set(ylim=(0, 100), xlabel="most confident mistakes looked at", ylabel="of these faces, %",
             title="With whom most people side")
    axis.legend(frameon=False, title="most people side with", fontsize=9, loc="upper left", bbox_to_anchor=(1, 1))
    first, last = rows[0], rows[-1]
    return figure, (f"Three lines by the number of mistakes. Among the {first['n']} most confident, most people side "
                    f"with the network on {percent(first['network']['share'], 0)}, with the label on "
                    f"{percent(first['label']['share'], 0)}; among all {last['n']}, on "
                    f"{percent(last['network']['share'], 0)} and {percent(last['label']['share'], 0)}.")


def confident_mistakes(record, images, keys, stored_keys, count=7):
    """The most confident mistakes of the record among the faces at hand: images and titles for
    `course.figures.face_grid`. To be shown live and never stored.

    `images` uint8 (n, 48, 48); `keys`, of `fer_utils.data.image_keys`; `stored_keys` uint8 (m, 16), as recorded.
    """
    found = record["mistakes"]
    at = {key[:16]: place for place, key in enumerate(keys)}
    rows = [(at.get(stored_keys[place].tobytes()), *rest) for place, *rest in zip(
        found["place"], found["answer"], found["label"], found["side"])]
    rows = [row for row in rows if row[0] is not None][:count]
    names = {0: "the network", 1: "the label", 2: "neither", 3: "tied"}
    return [images[row[0]] for row in rows], [
        f"{EMOTIONS[answer]}\nnot {EMOTIONS[label]}\npeople: {names[side]}" for _, answer, label, side in rows]


def against_the_mean(faces, place):
    """A made-up face, the mean of all, and what is brighter and darker in it. `faces` uint8 (7, 48, 48)."""
    from fer_utils.course.chapter_13.believed import brighter

    mean, gap = faces.mean(axis=0), brighter(faces, place)
    figure, axes = new_figure(7, 2.5, 3)
    most = np.abs(gap).max()
    pictures = ((faces[place], EMOTIONS[place], {"cmap": "gray", "vmin": 0, "vmax": 255}),
                (mean, "mean of the seven", {"cmap": "gray", "vmin": 0, "vmax": 255}),
                (gap, "brighter (red), darker (blue)", {"cmap": "RdBu_r", "vmin": -most, "vmax": most}))
    for axis, (picture, title, options) in zip(axes, pictures):
        axis.imshow(picture, **options)
        axis.set_title(title, fontsize=9)
        axis.axis("off")
    row, column = np.unravel_index(gap.argmax(), gap.shape)
    low, at = np.unravel_index(gap.argmin(), gap.shape)
    return figure, (f"The made-up face of {EMOTIONS[place]}, the mean of all seven, and the difference, each "
                    f"without its own brightness: brightest at row {row}, column {column}, darkest at row {low}, "
                    f"column {at} of 48.")


def failing(robust, grouped, confused, network="squeezenet-fer-deep"):
    """What the network fails on, in one table: classes and changes on photographs, groups of drawn people, mistakes."""
    rows = []
    recalls = robustness.plain_recalls(robust, "photographs", network)
    for emotion, row in sorted(recalls.items(), key=lambda item: item[1]["recall"])[:3]:
        rows.append(["class", emotion, f"recall {percent(row['recall'])}",
                     interval(row["low"], row["high"], percent)])
    for row in [row for row in robustness.failures(robust, "photographs", network) if row["told"] == "worse"][:5]:
        rows.append(["change", row["words"], f"{points(row['difference'])} points",
                     interval(row["difference_low"], row["difference_high"])])
    for row in [row for row in groups.failures(grouped) if row["told"] == "worse"][:5]:
        rows.append(["drawn people", f"{row['group']}: {row['level']}", f"{points(row['difference'])} points",
                     interval(row["difference_low"], row["difference_high"])])
    side = mistakes.sides(confused, 100)
    rows.append(["labels", "most people side with the network, in the 100 surest mistakes",
                 percent(side["network"]["share"]), interval(side["network"]["low"], side["network"]["high"], percent)])
    return table(["what", "which", "how much", "interval"], rows, "llrr")
