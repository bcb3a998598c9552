"""The figures of chapter 15 and its explorer. Each draw function returns (figure, alternative text)."""

import numpy as np

from fer_utils.course.chapter_15.decisions import SILENCE, moving_average, said, switches
from fer_utils.course.chapter_15.sequence import A_SECOND, CHANGE, delay
from fer_utils.course.circumplex import RATED
from fer_utils.course.figures import COLORS
from fer_utils.course.show import explore, new_figure
from fer_utils.labels import EMOTIONS
from fer_utils.text import percent

ANSWERS = [*EMOTIONS[::-1], SILENCE]


def steps(photograph, one):
    """The four steps for one face (a dict of `reading.read_faces`): picture, cut, 48 by 48 pixels, seven numbers."""
    figure, axes = new_figure(11, 3, 4)
    row, column, height, width = one["box"]
    axes[0].imshow(photograph)
    _box(axes[0], one["box"])
    axes[0].set_title("1. find")
    axes[1].imshow(photograph[max(row, 0):row + height, max(column, 0):column + width])
    axes[1].set_title("2. cut")
    axes[2].imshow(one["face"], cmap="gray", vmin=0, vmax=255)
    axes[2].set_title("3. gray, 48 by 48")
    for axis in axes[:3]:
        axis.set_axis_off()
    _bars(axes[3], one["probabilities"])
    axes[3].set_title("4. read")
    return figure, (f"A portrait with a box around the face; the face cut out; the same as 48 by 48 gray pixels; and "
                    f"bars of seven probabilities: {_listed(one['probabilities'])}.")


def screen(photograph, answer, threshold):
    """What the camera widget shows, for one picture and one answer of `camera.Stream`."""
    figure, (left, middle, right) = new_figure(11, 3.4, 3)
    left.imshow(photograph)
    left.set_axis_off()
    for box in answer["faces"]:
        _box(left, box)
    left.set_title(answer["word"] or "no face")
    _bars(middle, np.array(answer["smoothed"]))
    middle.axvline(threshold, color=COLORS[1], linestyle="--")
    middle.set_title("smoothed answer, and the threshold")
    turn = np.linspace(0, 2 * np.pi, 100)
    right.plot(np.cos(turn), np.sin(turn), color="#bbbbbb")
    for emotion, (x, y, _) in RATED.items():
        right.plot(x, y, "o", color="#888888", markersize=4)
        side = {"fear": "right", "anger": "left"}.get(emotion, "center")
        right.text(x + {"right": -0.06, "left": 0.06}.get(side, 0), y - (0.18 if side == "center" else 0),
                   emotion, ha=side, fontsize=8)
    right.plot(*answer["place"], "o", color=COLORS[0], markersize=10)
    right.set(xlim=(-1.2, 1.2), ylim=(-1.15, 1.15), aspect="equal", xticks=(-1, 0, 1), yticks=(-1, 0, 1),
              xlabel="valence", ylabel="arousal", title="expected place")
    x, y = answer["place"]
    return figure, (f"A portrait with a box, labelled {answer['word']}; bars of its probabilities: "
                    f"{_listed(np.array(answer['smoothed']))}; and a dot on the circumplex at valence {x:+.2f}, "
                    f"arousal {y:+.2f}.")


def stills(frames, places):
    """A few frames of the film side by side, titled by their time."""
    figure, axes = new_figure(9, 2.7, len(places))
    for axis, number in zip(axes, places):
        axis.imshow(frames[number], cmap="gray", vmin=0, vmax=255)
        axis.set_axis_off()
        axis.set_title(f"{number / A_SECOND:.1f} s", fontsize=10)
    return figure, f"{len(places)} frames of a drawn face, at rest until {CHANGE / A_SECOND:g} seconds, then smiling."


def timeline(answers, keep=0.0, threshold=0.0, average=moving_average):
    """The word of every frame of a film: what each frame says alone, and after the moving average."""
    figure, axes = new_figure(9, 5, 1, 2, sharex=True)
    parts = []
    for axis, title, rows in zip(axes, ("each frame alone", f"{percent(keep, 0)} of the old answer stays"),
                                 (answers, average(answers, keep))):
        words = [said(row, threshold) for row in np.asarray(rows)]
        times = np.arange(len(words)) / A_SECOND
        axis.step(times, [ANSWERS.index(word) for word in words], where="post", color=COLORS[0], linewidth=1.2)
        axis.axvline(CHANGE / A_SECOND, color=COLORS[1], linestyle="--")
        axis.set(yticks=range(len(ANSWERS)), yticklabels=ANSWERS, ylim=(-0.5, len(ANSWERS) - 0.5))
        wait = delay(words)
        late = f"happiness {wait:.1f} s after the change" if np.isfinite(wait) else "happiness never said"
        count = f"{switches(words)} switch{'es' * (switches(words) != 1)}"
        axis.set_title(f"{title}: {count}, {late}", fontsize=10)
        parts.append(f"{title}: {count} of the word, {late}")
    axes[1].set_xlabel("seconds (dashed: the face begins to smile)")
    return figure, f"Two lines of the word over time. {'; '.join(parts)}."


def explore_timeline(answers):
    """The explorer of smoothing and threshold."""
    import ipywidgets as widgets

    def slider(name, value):
        return widgets.FloatSlider(value, min=0.0, max=0.95, step=0.05, description=name, continuous_update=False)

    return explore(lambda **chosen: timeline(answers, **chosen), keep=slider("old answer stays", 0.8),
                   threshold=slider("silent below", 0.3))


def exchange(rows):
    """Flicker against delay. `rows`: (keep, switches a minute, delay in seconds)."""
    figure, axis = new_figure(6.6, 3.4)
    keeps, flicker, delays = map(np.array, zip(*rows))
    axis.plot(delays, flicker, "o-", color=COLORS[0])
    for keep, x, y in zip(keeps, delays, flicker):
        axis.annotate(percent(keep, 0), (x, y), xytext=(6, 5), textcoords="offset points", fontsize=9)
    axis.set(xlabel="delay of the smile, seconds", ylabel="switches a minute", ylim=(0, 1.15 * flicker.max()),
             xlim=(0, None), title="Each dot: so much of the old answer stays")
    told = "; ".join(f"{percent(keep, 0)}: {y:.0f} switches a minute, {x:.1f} s" for keep, y, x in rows)
    return figure, f"A falling line of switches a minute against delay, one dot for each share kept. {told}."


def coverage_curve(thresholds, points, marked=0.7):
    """Accuracy among answered faces against the share answered. `points`: (coverage, accuracy) for each threshold;
    `marked` stands out."""
    figure, axis = new_figure(6.8, 3.6)
    coverage, accuracy = 100 * np.array(points).T
    axis.plot(coverage, accuracy, "o-", color=COLORS[0])
    for threshold, x, y in list(zip(thresholds, coverage, accuracy))[1::2]:  # the lowest lie too close together
        axis.annotate(f"{threshold:.1f}", (x, y), xytext=(4, 6), textcoords="offset points", fontsize=9)
        if np.isclose(threshold, marked):
            axis.plot(x, y, "o", color=COLORS[1], markersize=9)
    axis.set(xlabel="coverage: faces answered, %", ylabel="accuracy among these, %",
             title="Silent below a threshold (recorded answers, PrivateTest)", xlim=(0, 104), ylim=(None, 103))
    axis.set_xticks(range(0, 101, 20))
    told = "; ".join(f"{t:.1f}: {x:.0f} % answered, {y:.0f} % right" for t, x, y in zip(thresholds, coverage, accuracy))
    return figure, f"A line of accuracy that falls as coverage grows. By threshold: {told}."


def class_coverage(shares, threshold):
    """How many faces of each class get an answer."""
    figure, axis = new_figure(6.6, 2.8)
    order = np.argsort(shares)
    axis.barh([EMOTIONS[i] for i in order], 100 * shares[order], color=COLORS[0])
    for place, i in enumerate(order):
        _number(axis, 100 * shares[i], place, percent(shares[i], 0), 100)
    axis.set(xlim=(0, 100), xlabel="faces of the class that get an answer, %",
             title=f"Silent below {threshold:g} (recorded answers, PrivateTest)")
    told = ", ".join(f"{EMOTIONS[i]} {percent(shares[i], 0)}" for i in order)
    return figure, f"Bars of the share of each class's faces that get an answer at {threshold:g}: {told}."


def costs(milliseconds):
    """Bars of what each step of a frame costs."""
    figure, axis = new_figure(7, 2.4)
    names, values = list(milliseconds), np.array(list(milliseconds.values()))
    axis.barh(names, values, color=COLORS[0])
    for place, value in enumerate(values):
        axis.text(value + 0.01 * values.max(), place, _milliseconds(value), va="center", fontsize=9)
    axis.invert_yaxis()
    axis.set(xlim=(0, 1.2 * values.max()), xlabel="milliseconds, median", title="One frame, step by step")
    told = ", ".join(f"{name} {_milliseconds(value)}" for name, value in milliseconds.items())
    return figure, f"Bars of what the steps cost: {told}."


def cuts(faces_by_way):
    """A face cut in several ways. `faces_by_way`: title to uint8 (48, 48)."""
    figure, axes = new_figure(1.8 * len(faces_by_way), 2.1, len(faces_by_way))
    for axis, (title, face) in zip(axes, faces_by_way.items()):
        axis.imshow(face, cmap="gray", vmin=0, vmax=255)
        axis.set_axis_off()
        axis.set_title(title, fontsize=10)
    return figure, f"One face, cut in {len(faces_by_way)} ways: {', '.join(faces_by_way)}."


def _milliseconds(value):
    return f"{value:.0f} ms" if value >= 10 else f"{value:.1f} ms"


def _box(axis, box):
    row, column, height, width = box
    axis.plot(np.array([0, 1, 1, 0, 0]) * width + column, np.array([0, 0, 1, 1, 0]) * height + row, color=COLORS[4],
              linewidth=2)


def _bars(axis, probabilities):
    best = int(np.argmax(probabilities))
    axis.barh(EMOTIONS, probabilities, color=[COLORS[0] if i == best else "#b8c4d0" for i in range(len(EMOTIONS))])
    for place, value in enumerate(probabilities):
        _number(axis, value, place, percent(value, 0), 1)
    axis.set(xlim=(0, 1), xlabel="probability")
    axis.invert_yaxis()


def _number(axis, value, place, text, whole):
    """A bar's number: after its end, or inside where the axis, `whole` long, leaves no room."""
    inside = value > 0.8 * whole
    axis.text(value + (-0.02 if inside else 0.02) * whole, place, text, va="center", fontsize=8,
              ha="right" if inside else "left", color="white" if inside else "black")


def _listed(probabilities):
    return ", ".join(f"{emotion} {percent(share, 0)}" for emotion, share in zip(EMOTIONS, probabilities))
