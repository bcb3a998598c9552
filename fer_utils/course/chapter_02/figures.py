"""Figures and the patient explorer of chapter 02. Each draw function returns (figure, alternative text).

The muscle map, the laboratory and the flash experiment have modules of their own.
"""

import numpy as np

from fer_utils.course.figures import COLORS, probability_bars
from fer_utils.course.show import explore, new_figure
from fer_utils.faces.action_units import EXPRESSIONS, describe, scale, without_nerve
from fer_utils.faces.draw import draw_gray, draw_picture
from fer_utils.labels import EMOTIONS

PALSY_SIDES = {"the right side": "R", "no side": None, "the left side": "L"}


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


def patient(net, emotion="happiness", amplitude=0.6, palsy="no side"):
    """A face whose movements are weakened, and on one side paralysed, as people and as the network see it.

    `amplitude`: 0 to 1, by which every unit is multiplied; `palsy`: one of PALSY_SIDES, on which the facial nerve
    fails.
    """
    units, side = scale(EXPRESSIONS[emotion], amplitude), PALSY_SIDES[palsy]
    looks = {"droop_left" if side == "L" else "droop_right": 0.5} if side else {}
    if side:
        units = without_nerve(units, "VII", side)
    gray = draw_gray(units, looks)
    shares = net.predict(gray[None])[0]
    figure, (face, pixels, bars) = new_figure(9, 3.6, 3, width_ratios=(1, 1, 1.4))
    face.imshow(draw_picture(units, looks, width=220))
    face.set_title(f"{emotion}, amplitude {amplitude:.2g}\nnerve VII fails on {palsy}", fontsize=10)
    pixels.imshow(gray, cmap="gray", vmin=0, vmax=255)
    for axis in (face, pixels):
        axis.axis("off")
    probability_bars(bars, dict(zip(EMOTIONS, shares)))
    best = int(shares.argmax())
    return figure, (f"The drawn face of {emotion} at amplitude {amplitude:.2g}, with nerve VII failing on {palsy}: "
                    f"{describe(units)}. The network reads {EMOTIONS[best]}, {shares[best]:.0%}.")


def explore_patient(net):
    """The patient explorer: weaken a face, paralyse one side, and see what the network reads."""
    import ipywidgets as widgets

    return explore(
        lambda **chosen: patient(net, **chosen),
        emotion=widgets.Dropdown(options=EMOTIONS, value="happiness", description="expression"),
        amplitude=widgets.FloatSlider(0.6, min=0.0, max=1.0, step=0.05, description="amplitude",
                                      continuous_update=False),
        palsy=widgets.Dropdown(options=list(PALSY_SIDES), value="no side", description="nerve VII fails on"))


def recall_bars(by_condition):
    """Recall of each class under each condition. `by_condition`: name to seven recalls, in the order of EMOTIONS."""
    import seaborn as sns

    figure, axis = new_figure(8.6, 3.4)
    emotions, recalls, conditions = zip(*[(emotion, 100 * value, name) for name, values in by_condition.items()
                                          for emotion, value in zip(EMOTIONS, values)])
    sns.barplot(x=emotions, y=recalls, hue=conditions, ax=axis)
    axis.set(ylabel="recall, %", ylim=(0, 104), title="The same people, read by squeezenet-mini")
    axis.legend(frameon=False, ncols=len(by_condition), loc="upper center", bbox_to_anchor=(0.5, -0.1))
    told = "; ".join(f"{name}: {', '.join(f'{e} {v:.0%}' for e, v in zip(EMOTIONS, values))}"
                     for name, values in by_condition.items())
    return figure, f"Bars of recall by class. {told}."


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
