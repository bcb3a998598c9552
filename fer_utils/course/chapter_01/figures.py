"""The figures of chapter 01 and the explorer of the circumplex. Each draw function returns (figure, alternative text).

The limbic map has a module of its own, `limbic_map`.
"""

from itertools import combinations

import numpy as np

from fer_utils.course.chapter_01 import affect
from fer_utils.course.figures import COLORS
from fer_utils.course.show import explore, new_figure
from fer_utils.data.ferplus import VOTED_FOR
from fer_utils.labels import EMOTIONS
from fer_utils.text import percent

COMPARISONS = ("Russell's words", "nothing yet", "the published rating")


CATEGORY_MARKERS = "os^DvP"


def bodies(simulations, shown=20):
    """What `affect.share_inside` measures, in two measures of invented bodies, a panel for each simulation.

    `simulations`: title to (values, labels) of `affect.simulate_bodies`, all from one seed. Drawn are the two measures
    in which the two nearest averages of the first are furthest apart, and of each category `shown` instances.
    """
    from scipy.spatial.distance import pdist

    figure, axes = new_figure(9.4, 4.6, len(simulations), sharex=True, sharey=True)
    values, labels = next(iter(simulations.values()))
    averages = np.array([values[labels == c].mean(axis=0) for c in np.unique(labels)])
    two = list(max(combinations(range(values.shape[1]), 2), key=lambda pair: pdist(averages[:, pair]).min()))
    told = []
    for axis, (title, (values, labels)) in zip(axes, simulations.items()):
        middle = values[:, two].mean(axis=0)
        for c in np.unique(labels):
            points = values[labels == c][:, two]
            average, color, marker = points.mean(axis=0), COLORS[c], CATEGORY_MARKERS[c]
            for point in points[:shown]:
                axis.plot(*zip(average, point), color=color, linewidth=0.6, alpha=0.6, zorder=1)
            axis.scatter(*points[:shown].T, s=9, color=color, marker=marker, zorder=2)
            axis.plot(*zip(middle, average), color="black", linewidth=2.4, zorder=3)
            axis.plot(*average, marker, color=color, markersize=10, markeredgecolor="black", zorder=4)
        inside = affect.share_inside(values, labels)
        axis.set(title=f"{title}: {percent(inside, 0)} of the variation is inside", xlabel="one measure",
                 aspect="equal")
        told.append(f"{title}: {percent(inside, 0)} of the variation lies inside the categories")
    axes[0].set_ylabel("another measure")
    return figure, ("Dots of invented bodies, a colour and a shape for each category, tied by thin lines to their "
                    "category's average, and the averages by thick lines to the middle of all. "
                    f"{'; '.join(told)}.")


def circumplex():
    """Russell's circle: the predicted places inside, the measured words outside, and the direction of three rated
    words where the measured ones leave a gap."""
    figure, axis = _plane(6.4, 6.0, 1.5)
    for name, degrees in affect.PREDICTED.items():
        x, y = affect.on_circle(degrees)
        axis.plot([0.9 * x, x], [0.9 * y, y], color=COLORS[1], linewidth=1.5)
        axis.text(0.86 * x, 0.86 * y, name, ha=_side(-x), va="bottom" if y < -0.9 else "top" if y > 0.9 else "center",
                  color=COLORS[1], fontsize=9, style="italic")
    _words(axis)
    rated = {emotion: np.degrees(np.arctan2(affect.RATED[emotion][1], affect.RATED[emotion][0]))
             for emotion in ("anger", "fear", "disgust")}
    for name, degrees in rated.items():
        x, y = affect.on_circle(degrees)
        axis.plot(x, y, "D", color=COLORS[2], markersize=6)
        axis.text(1.06 * x, 1.06 * y + (0.03 if name == "anger" else -0.01), name, ha="right", va="center", fontsize=9,
                  color=COLORS[2])
    order = ", ".join(f"{name} at {degrees:g}" for name, degrees in affect.MEASURED.items())
    directions = ", ".join(f"{name} at {degrees:.0f}" for name, degrees in rated.items())
    return figure, (f"A circle with valence to the right and arousal upwards. Measured places in degrees: {order}. "
                    "Inside it the eight predicted places, from pleasure at 0 in steps of 45. Diamonds show the "
                    f"direction of three words from another study's ratings: {directions}.")


def layout(faces):
    """The seven class faces, uint8 (7, 48, 48) in the order of EMOTIONS, at the published ratings of their words."""
    figure, axis = _plane(6.8, 6.2, 1.2)
    for emotion, face in zip(EMOTIONS, faces):
        x, y = affect.RATED[emotion][:2]
        # anger and fear are so near each other that their pictures have to step aside; the dots stay where they belong
        dx, dy = {"anger": (0.3, 0.3), "fear": (-0.24, 0.32), "disgust": (-0.38, -0.1), "sadness": (0.0, -0.3)}.get(
            emotion, (0.0, 0.27))
        _face(axis, face, x + dx, y + dy, 0.8)
        axis.plot([x, x + dx], [y, y + dy], color="#777777", linewidth=0.8, zorder=1)
        axis.plot(x, y, "o", color=COLORS[0], zorder=4)
        left = emotion == "fear"  # anger's name stands to the right
        axis.text(x + (-0.05 if left else 0.05), y - 0.03, emotion, fontsize=10, va="top",
                  ha="right" if left else "left", zorder=5)
    axis.set_title("Seven classes at the ratings of their words")
    places = "; ".join(f"{emotion} {x:+.2f}, {y:+.2f}" for emotion, (x, y, _) in affect.RATED.items())
    return figure, f"Seven faces on the plane of valence and arousal, at the ratings of their words: {places}."


def place(faces, emotion="happiness", valence=0.5, arousal=0.0, compare="nothing yet"):
    """One class's face where the learner puts it, and on demand what has been published.

    Arguments: faces, uint8 (7, 48, 48) in the order of EMOTIONS; emotion, one of these; valence and arousal, -1 to 1;
    compare, one of COMPARISONS.
    """
    figure, axis = _plane(5.8, 5.4, 1.5)
    _face(axis, faces[EMOTIONS.index(emotion)], valence, arousal, 1.0)
    said = f"The face of {emotion} is placed at valence {valence:+.2f}, arousal {arousal:+.2f}."
    if compare == COMPARISONS[0]:
        _words(axis)
        degrees = np.degrees(np.arctan2(arousal, valence)) % 360
        word = min(affect.MEASURED, key=lambda one: abs((affect.MEASURED[one] - degrees + 180) % 360 - 180))
        said += f" In that direction the nearest of Russell's words is {word}."
        axis.set_title(f"{emotion}: nearest of Russell's words: {word}", fontsize=11)
    elif compare == COMPARISONS[2]:
        x, y = affect.RATED[emotion][:2]
        distance = float(np.hypot(x - valence, y - arousal))
        axis.plot([valence, x], [arousal, y], linestyle="--", color=COLORS[1], zorder=2)  # behind the face
        axis.plot(x, y, "D", color=COLORS[1], markersize=9, zorder=6)
        said += f" The published rating is {x:+.2f}, {y:+.2f}, {distance:.2f} away."
        axis.set_title(f"{emotion}: {distance:.2f} from the published rating", fontsize=11)
    else:
        axis.set_title(f"{emotion}: where does it belong?", fontsize=11)
    return figure, said


def explore_place(faces):
    """The circumplex explorer: choose a class, put its face somewhere, then compare."""
    import ipywidgets as widgets

    def slider(name, value):
        return widgets.FloatSlider(value, min=-1.0, max=1.0, step=0.05, description=name, continuous_update=False)

    return explore(
        lambda **chosen: place(faces, **chosen),
        emotion=widgets.Dropdown(options=EMOTIONS, value="happiness", description="face of"),
        valence=slider("valence", 0.5), arousal=slider("arousal", 0.0),
        compare=widgets.Dropdown(options=COMPARISONS, value=COMPARISONS[1], description="compare with"))


def votes(faces_votes, entropies):
    """Bars of the votes for a few faces. `faces_votes`: title to counts, int (10,) for the choices of `VOTED_FOR`;
    `entropies`: title to bits."""
    figure, axes = new_figure(9, 2.9, len(faces_votes), sharey=True)
    for axis, (title, counts) in zip(axes, faces_votes.items()):
        axis.bar(VOTED_FOR, counts, color=[COLORS[0]] * len(EMOTIONS) + ["#999999"] * 3)
        axis.set_title(f"{title}: {entropies[title]:.2f} bits", fontsize=10)
        axis.tick_params(axis="x", labelrotation=90, labelsize=9)
    axes[0].set_ylabel("votes of ten")
    told = "; ".join(f"{title}: {', '.join(f'{n} {choice}' for choice, n in zip(VOTED_FOR, counts) if n)}, "
                     f"{entropies[title]:.2f} bits" for title, counts in faces_votes.items())
    return figure, f"Bars of ten people's votes for {len(faces_votes)} photographs. {told}."


def tree(angry, scowling_angry, scowling_others, faces=1000):
    """A number of faces split by anger, then by scowl: Bayes' rule as counts.

    `angry`: how many of `faces` are; of these and of the others, how many scowl.
    """
    others = faces - angry
    figure, axis = new_figure(8.4, 3.3)
    axis.set(xlim=(-0.45, 3.55), ylim=(-0.1, 4.1))
    axis.axis("off")
    ends = [(3.4, scowling_angry, "angry, scowl"), (2.45, angry - scowling_angry, "angry, no scowl"),
            (1.4, scowling_others, "not angry, scowl"), (0.45, others - scowling_others, "not angry, no scowl")]
    boxes = [(0, 1.95, f"{faces:,}\nfaces", "white"), (1, 2.95, f"{angry:,}\nangry", "white"),
             (1, 0.95, f"{others:,}\nnot angry", "white")]
    boxes += [(2.1, y, f"{number:,}\n{words}", "#fbd9c4" if "no scowl" not in words else "white")
              for y, number, words in ends]
    for start, end in ((0, 1), (0, 2), (1, 3), (1, 4), (2, 5), (2, 6)):
        axis.plot(*zip(boxes[start][:2], boxes[end][:2]), color="#888888", linewidth=1.2, zorder=0)
    for x, y, words, color in boxes:
        axis.text(x, y, words, ha="center", va="center", fontsize=10, zorder=2,
                  bbox={"boxstyle": "round,pad=0.35", "facecolor": color, "edgecolor": "#555555"})
    scowling = scowling_angry + scowling_others
    for y in (ends[0][0], ends[2][0]):
        axis.annotate("", (2.95, 2.4), (2.43, y), arrowprops={"arrowstyle": "-", "color": COLORS[1]})
    axis.text(3.0, 2.4, f"{scowling:,} scowl,\n{scowling_angry:,} of them\nangry: "
              f"{percent(scowling_angry / scowling, 0)}", va="center", fontsize=10.5, color="#a04000")
    return figure, (f"A tree of {faces:,} faces: {angry:,} angry, of whom {scowling_angry:,} scowl; {others:,} not "
                    f"angry, of whom {scowling_others:,} scowl. Of the {scowling:,} who scowl "
                    f"{percent(scowling_angry / scowling, 0)} are angry.")


def evidence(posterior, hit_rate, false_alarms=(0.01, 0.05, 0.2)):
    """How probable a state is after its sign, against how probable it was before, one line for each false-alarm rate.

    `posterior`: a function of hit rate, false-alarm rate and base rate, as exercise 3 asks for.
    """
    before = np.linspace(0.005, 0.5, 100)
    figure, axis = new_figure(7.4, 3.4)
    ends = []
    for number, rate in enumerate(false_alarms):
        after = np.array([posterior(hit_rate, rate, base) for base in before])
        axis.plot(100 * before, 100 * after, color=COLORS[number], linestyle=["-", "--", ":"][number % 3],
                  label=f"{percent(rate, 0)} of other moments")
        ends.append(f"with {percent(rate, 0)} false alarms a base rate of 10 % becomes "
                    f"{percent(posterior(hit_rate, rate, 0.1), 0)}")
    axis.plot([0, 50], [0, 50], color="#999999", linewidth=0.8)
    axis.set(xlabel="angry moments among all, %", ylabel="angry among scowling, %", ylim=(0, 100),
             title=f"What a scowl says, if {percent(hit_rate, 0)} of angry moments show one")
    axis.legend(title="scowls also in", frameon=False, fontsize=9)
    return figure, f"Lines of the probability of anger after a scowl against the one before: {'; '.join(ends)}."


def _plane(width, height, reach):
    """Axes of valence and arousal with the unit circle, out to +-reach."""
    figure, axis = new_figure(width, height)
    turn = np.linspace(0, 2 * np.pi, 200)
    axis.plot(np.cos(turn), np.sin(turn), color="#bbbbbb", linewidth=1, zorder=0)
    axis.axhline(0, color="#dddddd", linewidth=1, zorder=0)
    axis.axvline(0, color="#dddddd", linewidth=1, zorder=0)
    axis.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal", xticks=(-1, 0, 1), yticks=(-1, 0, 1),
             xlabel="valence: unpleasant to pleasant", ylabel="arousal: sleepy to awake")
    return figure, axis


def _words(axis):
    """Russell's measured words: dots on the circle, labels outside it, pushed apart where words crowd."""
    pushed = {"alarmed": (-0.08, 0.06), "tense": (-0.01, 0.16), "aroused": (0.0, 0.13), "astonished": (0.05, 0.04),
              "droopy": (-0.05, -0.03), "tired": (-0.06, -0.16), "sleepy": (0.06, -0.06)}
    for word, degrees in affect.MEASURED.items():
        x, y = affect.on_circle(degrees)
        dx, dy = pushed.get(word, (0.07 * x, 0.07 * y))
        axis.plot([x, x + 0.8 * dx], [y, y + 0.8 * dy], color="#999999", linewidth=0.7)
        axis.plot(x, y, "o", color=COLORS[0], markersize=5)
        axis.text(x + dx, y + dy, word, ha="right" if dx < -0.02 else "left" if dx > 0.02 or word == "aroused"
                  else "center",
                  va="bottom" if dy > 0.1 else "top" if dy < -0.1 else "center", fontsize=9)


def _side(x):
    return "left" if x > 0.1 else "right" if x < -0.1 else "center"


def _face(axis, face, x, y, zoom):
    from matplotlib.offsetbox import AnnotationBbox, OffsetImage

    picture = OffsetImage(np.asarray(face).reshape(48, 48), zoom=zoom, cmap="gray", clim=(0, 255))
    axis.add_artist(AnnotationBbox(picture, (x, y), pad=0.1, bboxprops={"edgecolor": "#555555"}, zorder=3))
