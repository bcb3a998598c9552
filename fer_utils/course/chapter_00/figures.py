"""The figures and the explorer of chapter 00. Each draw function returns (figure, alternative text)."""

import textwrap

import numpy as np

from fer_utils.course.figures import COLORS, probability_bars
from fer_utils.course.show import explore, new_figure
from fer_utils.evaluation.calibration import reliability
from fer_utils.labels import EMOTIONS
from fer_utils.text import percent

# The chapters that each part of the map begins with.
COURSE_PARTS = {"00": "Emotions and faces", "03": "Faces as data", "07": "Networks", "11": "Training and judging",
         "13": "In use", "16": "Beyond the thesis"}


def coarse_face(face, side=12):
    """A face, uint8 (48, 48), as it is and with only `side` x `side` pixels."""
    from PIL import Image

    coarse = np.asarray(Image.fromarray(face).resize((side, side), Image.Resampling.BOX))
    figure, axes = new_figure(5, 2.6, 2)
    for axis, image, title in zip(axes, (face, coarse), ("48 x 48 pixels", f"{side} x {side} pixels")):
        axis.imshow(image, cmap="gray", vmin=0, vmax=255)
        axis.set_title(title)
        axis.axis("off")
    return figure, f"A face with 48 x 48 pixels, and beside it the same face with {side} x {side} pixels."


def explore_coarse_face(face):
    """A slider on `coarse_face`: the widget self-test."""
    import ipywidgets as widgets

    return explore(lambda side: coarse_face(face, side),
                   side=widgets.IntSlider(12, min=3, max=48, description="pixels a side"))


def with_grain(photograph, strength, seed=0):
    """A photograph as a camera takes it in too little light: uint8, same shape, each pixel brighter or darker by
    chance.

    Arguments: photograph, uint8 (height, width, 3); strength, the standard deviation of the change, in gray levels.
    """
    grain = np.random.default_rng(seed).normal(0, strength, photograph.shape[:2])[..., None]
    return np.clip(photograph + grain, 0, 255).astype(np.uint8)


def one_reading(picture, face, probabilities, box=None):
    """A picture, the face, uint8 (48, 48), that a network gets of it, and its answer, float (7,).

    Arguments: box, the `Box` of the face in the picture, to show only what is around it; None for the whole.
    """
    if box is not None:
        margin = box.height // 2
        picture = picture[max(box.row - margin, 0):box.row + box.height + margin,
                          max(box.column - margin, 0):box.column + box.width + margin]
    figure, (left, middle, right) = new_figure(9, 2.9, 3, width_ratios=(1, 1, 1.3))
    for axis, image, title in ((left, picture, "for you"), (middle, face, "for the network")):
        axis.imshow(image, cmap="gray", vmin=0, vmax=255)
        axis.set_title(title)
        axis.axis("off")
    answer = dict(zip(EMOTIONS, np.asarray(probabilities, float)))
    probability_bars(right, answer)
    return figure, ("A picture, the 48 x 48 pixels that the network gets of it, and its answer: " + ", ".join(
        f"{emotion} {percent(share, 0)}" for emotion, share in answer.items()) + ".")


def right_by_belief(labels, probabilities):
    """Bars of the share of right answers by how sure the network was, in tenths, with the number of faces.

    Tenths with fewer than 20 faces are left out.
    """
    count, belief, right = reliability(labels, probabilities, bins=10)
    kept = np.flatnonzero(count >= 20)
    figure, axis = new_figure(8, 3.2)
    axis.bar(kept, 100 * right[kept], color=COLORS[0], width=0.8)
    axis.plot(kept, 100 * belief[kept], "D", color=COLORS[1], markersize=6, label="belief, on average")
    for place in kept:
        axis.text(place, 3, f"{count[place]:,}", ha="center", color="white", fontsize=9)
    axis.set_xticks(kept, [f"{10 * place}–{10 * place + 10}" for place in kept])
    axis.set(ylim=(0, 105), xlabel="the network's belief in its answer, %", ylabel="so labelled, %",
             title="How often an answer given with so much belief is right (in white: number of faces)")
    axis.legend(loc="upper left", frameon=False)
    return figure, "Bars of the share of right answers by belief: " + "; ".join(
        f"{10 * place} to {10 * place + 10} %: {percent(right[place], 0)} of {count[place]:,}" for place in kept) + "."


def course_map(rows):
    """The chapters in order, each with what one can do after it. `rows`: dicts of `chapter_00.syllabus.chapters`."""
    columns, width, height = 3, 3.4, 0.98
    figure, axis = new_figure(10.5, 1.05 * -(-len(rows) // columns))
    axis.set(xlim=(0, columns * width), ylim=(-(-len(rows) // columns) * height, 0))
    axis.axis("off")
    part, color = "", COLORS[0]
    for place, row in enumerate(rows):
        if row["number"] in COURSE_PARTS:
            part, color = COURSE_PARTS[row["number"]], COLORS[list(COURSE_PARTS).index(row["number"])]
        x, y = place % columns * width, place // columns * height
        axis.add_patch(_box(x + 0.05, y + 0.06, width - 0.1, height - 0.12, color))
        minutes = f"{row['minutes']} min" if row["minutes"] else "to come"
        axis.text(x + 0.14, y + 0.16, part, color=color, fontsize=7.5, va="top")
        axis.text(x + width - 0.14, y + 0.16, minutes, color="#555555", fontsize=7.5, va="top", ha="right")
        axis.text(x + 0.14, y + 0.34, f"{row['number']} {row['title']}", fontsize=10, weight="bold", va="top")
        axis.text(x + 0.14, y + 0.58, textwrap.fill(row["goal"], 50), fontsize=8, va="top")
    return figure, "The chapters in order, with what you will be able to do: " + "; ".join(
        f"{row['number']} {row['title']}: {row['goal']}" for row in rows) + "."


def _box(x, y, width, height, color):
    from matplotlib.patches import Rectangle

    return Rectangle((x, y), width, height, facecolor="#f7f8fa", edgecolor=color, linewidth=1.2)
