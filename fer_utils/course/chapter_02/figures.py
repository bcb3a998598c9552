"""Figures of chapter 02. Each draw function returns (figure, alternative text), unless it says otherwise.

The anatomy, the muscle map, the laboratory and the flash experiment have modules of their own.
"""

import io
from html import escape

import numpy as np

from fer_utils.course.chapter_02.patients import recall_rows
from fer_utils.course.chapter_02.studies import TABLE_3_1
from fer_utils.course.figures import COLORS
from fer_utils.course.show import image_element, new_figure
from fer_utils.faces.action_units import ACTION_UNITS, EXPRESSIONS, describe
from fer_utils.faces.draw import draw_picture
from fer_utils.labels import EMOTIONS


def portraits(mixtures, columns=4, identity=None):
    """Faces side by side. `mixtures`: title to action units; `identity`: of the person, as of `draw_picture`."""
    rows = -(-len(mixtures) // columns)
    columns = min(columns, len(mixtures))
    figure, axes = new_figure(2.2 * columns, 3.3 * rows, columns, rows, squeeze=False)
    for axis in axes.flat:
        axis.axis("off")
    for axis, (title, units) in zip(axes.flat, mixtures.items()):
        axis.imshow(draw_picture(units, identity, width=180))
        axis.set_title(title, fontsize=10)
    told = " ".join(f"{title.replace(chr(10), ' ')}: {describe(units)}." for title, units in mixtures.items())
    return figure, f"Drawn faces. {told}"


def riddles(mixtures):
    """Faces side by side whose alternative text gives the looks away, not the units: for an exercise.

    `mixtures`: title to (action units, looks in words).
    """
    figure, _ = portraits({title: units for title, (units, _) in mixtures.items()})
    return figure, " ".join(f"Face {title}: {looks}." for title, (_, looks) in mixtures.items())


def table_3_1():
    """Table 3.1 of the thesis beside the six drawn expressions, phrase by phrase, as HTML.

    A row for each phrase: the action units that draw it, and what cannot be drawn.
    """
    rows = []
    for emotion, phrases in TABLE_3_1.items():
        picture = io.BytesIO()
        draw_picture(EXPRESSIONS[emotion], width=260, background=(255, 255, 255)).save(picture, "WEBP", quality=80)
        face = image_element(picture.getvalue(), f"{emotion}, drawn: {describe(EXPRESSIONS[emotion])}")
        head = f'<td rowspan="{len(phrases)}" style="text-align:center">{face}<br><b>{emotion}</b></td>'
        for number, (phrase, codes, remark) in enumerate(phrases):
            units = ", ".join(f"{code} {ACTION_UNITS[code].name}" for code in codes) or "none"
            cells = "".join(f'<td style="text-align:left">{escape(cell)}</td>' for cell in (phrase, units, remark))
            rows.append(f"<tr>{head if number == 0 else ''}{cells}</tr>")
    heads = "".join(f'<th style="text-align:left">{head}</th>' for head in (
        "class", "explanation in table 3.1", "drawn by", "left out, or ours"))
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def recall_bars(study):
    """Recall of each class under each condition with its 95 % interval. `study`: as `patients.measure` gives it."""
    figure, axis = new_figure(8.6, 3.6)
    rows, wide = recall_rows(study), 0.8 / len(study["answers"])
    for number, condition in enumerate(study["answers"]):
        shares = np.array([rows[condition][emotion] for emotion in EMOTIONS])  # recall, low, high
        places = np.arange(len(EMOTIONS)) + (number - (len(study["answers"]) - 1) / 2) * wide
        axis.bar(places, 100 * shares[:, 0], wide, color=COLORS[number], label=condition,
                 yerr=100 * np.abs(shares[:, 1:] - shares[:, :1]).T, error_kw={"elinewidth": 1, "capsize": 2},
                 hatch=("", "//", "..")[number % 3], edgecolor="white")
    axis.set(ylabel="recall, %", ylim=(0, 104), title="The same people, read by squeezenet-mini",
             xticks=range(len(EMOTIONS)), xticklabels=EMOTIONS)
    axis.legend(frameon=False, ncols=3, loc="upper center", bbox_to_anchor=(0.5, -0.1))
    told = "; ".join(f"{condition}: " + ", ".join(f"{emotion} {share:.0%} ({low:.0%} to {high:.0%})"
                                                  for emotion, (share, low, high) in by_class.items())
                     for condition, by_class in rows.items())
    return figure, f"Bars of recall by class, with 95 % intervals. {told}."


def amplitude_line(amplitudes, recall, neutral):
    """Mean recall of the six emotions, and the share called neutral, against the amplitude of the movements."""
    figure, axis = new_figure(7.0, 3.2)
    axis.plot(amplitudes, 100 * np.asarray(recall), "o-", color=COLORS[0],
              label="six emotions recognized (mean recall)")
    axis.plot(amplitudes, 100 * np.asarray(neutral), "s--", color=COLORS[1], label="called neutral, all faces")
    axis.set(xlabel="amplitude of all movements", ylabel="%", ylim=(0, 104), title="Hypomimia, step by step")
    axis.legend(frameon=False, fontsize=9)
    told = "; ".join(f"{a:g}: {r:.0%} recognized, {n:.0%} neutral" for a, r, n in zip(amplitudes, recall, neutral))
    return figure, f"Two lines against the amplitude of the movements. {told}."
