"""The flash experiment of chapter 02: a face for 40 to 500 milliseconds, a guess, and a psychometric curve.

The widget (`flash.js`) shows and times the faces in the browser; here are its trials, the curve, and a simulated
observer for readers without a browser. Nothing waits in a cell: the answers arrive as messages.
"""

import base64
import io
from functools import cache
from pathlib import Path

import numpy as np

from fer_utils.course.figures import COLORS
from fer_utils.course.reach import reachable
from fer_utils.course.show import as_html, new_figure
from fer_utils.labels import EMOTIONS

CHOICES = [emotion for emotion in EMOTIONS if emotion != "neutral"]
CHANCE = 1 / len(CHOICES)
DURATIONS = (40, 70, 100, 150, 250, 500)  # milliseconds asked for
HERTZ = 60.0  # pictures a second on most screens


def shown_duration(wanted, hertz=HERTZ):
    """Milliseconds that a screen really shows what it should show for `wanted` ms: whole pictures, one at least."""
    pictures = np.maximum(1, np.rint(np.asarray(wanted, float) * hertz / 1000))
    return pictures * 1000 / hertz


def psychometric(shown, threshold, slope=3.0, chance=CHANCE):
    """The share of right answers expected for a face shown `shown` ms, float: from `chance` up to 1, halfway at
    `threshold`.

    `slope` says how steeply it climbs. Exercise 2 of chapter 02.
    """
    return chance + (1 - chance) / (1 + (threshold / np.asarray(shown, float)) ** slope)


def fit_threshold(shown, right, slope=3.0):
    """The threshold in ms, from 5 to 2000, under which the answers (`right`, booleans) are most likely. Slope is
    given."""
    thresholds = np.geomspace(5, 2000, 300)
    chances = np.clip(psychometric(np.asarray(shown, float)[:, None], thresholds, slope), 1e-6, 1 - 1e-6)
    likelihood = np.where(np.asarray(right, bool)[:, None], np.log(chances), np.log(1 - chances)).sum(axis=0)
    return float(thresholds[likelihood.argmax()])


def simulated_answers(threshold=70.0, repeats=10, seed=2):
    """Answers of an observer who does not exist: (shown ms (n,), right bool (n,)), each duration `repeats` times."""
    shown = shown_duration(np.repeat(DURATIONS, repeats))
    return shown, np.random.default_rng(seed).random(len(shown)) < psychometric(shown, threshold)


def curve(shown, right, who, wanted=None):
    """Shares of right answers by duration, and the curve fitted to them. `who` names the observer in the title.

    `wanted`: for each answer the duration that was asked for, by which answers are put together; a point stands at the
    mean of what was really shown. None takes each duration really shown for a point of its own.
    """
    shown, right = np.asarray(shown, float), np.asarray(right, bool)
    groups = np.round(shown, 1) if wanted is None else np.asarray(wanted)
    times = np.array([shown[groups == one].mean() for one in np.unique(groups)])
    of = [right[groups == one] for one in np.unique(groups)]
    threshold = fit_threshold(shown, right)
    figure, axis = new_figure(9.2, 3.6)
    smooth = np.geomspace(12, 700, 200)
    outside = "below all durations" if threshold < 10 else "above all durations" if threshold > 1000 else None
    halfway = outside or f"at {threshold:.0f} ms"
    fitted = 100 * psychometric(smooth, threshold)
    axis.plot(smooth, fitted, color=COLORS[0], label=f"fitted: halfway {halfway}")
    axis.scatter(times, [100 * answers.mean() for answers in of], s=[25 + 12 * len(answers) for answers in of],
                 color=COLORS[1], zorder=3, label="share of right answers")
    axis.axhline(100 * CHANCE, color="#777777", linestyle=":", label=f"guessing: {CHANCE:.0%}")
    axis.set_xscale("log")
    axis.set_xticks([20, 50, 100, 200, 500], ["20", "50", "100", "200", "500"])
    axis.minorticks_off()
    axis.set(xlabel="really shown, ms", ylabel="right answers, %", ylim=(-4, 104), xlim=(12, 700), title=who)
    axis.legend(frameon=False, fontsize=9, loc="center left", bbox_to_anchor=(1.0, 0.5))
    points = "; ".join(f"{time:.0f} ms {answers.mean():.0%} of {len(answers)}" for time, answers in zip(times, of))
    return figure, f"{who}. Right answers by duration: {points}. The fitted curve is halfway {halfway}."


def make_trials(repeats=2, seed=None):
    """Trials in random order, a list of dicts: `rest` and `face`, pictures as data URLs of the same person, `wanted`,
    ms, and `right`, the index into CHOICES. Every duration comes `repeats` times."""
    from fer_utils.faces.draw import IDENTITY, draw_picture, random_identity
    from fer_utils.faces.random_faces import random_units

    rng = np.random.default_rng(seed)
    kinds = rng.permutation(np.resize(np.arange(len(CHOICES)), repeats * len(DURATIONS)))
    trials = []
    for wanted, kind in zip(rng.permutation(np.repeat(DURATIONS, repeats)), kinds):
        who = random_identity(rng) | {"glasses": IDENTITY["glasses"]}
        if who["hair"] == "bun":  # the frame would cut it off
            who["hair"] = IDENTITY["hair"]
        units = random_units(CHOICES[kind], rng, intensity=0.9)
        trials.append({"rest": _data_url(draw_picture({}, who, width=190)), "wanted": int(wanted), "right": int(kind),
                       "face": _data_url(draw_picture(units, who, width=190))})
    return trials


def explore_threshold(repeats=2, seed=None):
    """The experiment as a widget: the faces, and below them the curve, drawn again after every answer. A VBox."""
    import ipywidgets as widgets

    experiment = _widget_class()(trials=make_trials(repeats, seed), choices=CHOICES)
    first = "<p>After three answers your curve stands here.</p>"
    picture = widgets.HTML(first)

    def redraw(_=None):
        answers = experiment.answers
        if len(answers) >= 3:
            right = [answer["answer"] == CHOICES[experiment.trials[answer["trial"]]["right"]] for answer in answers]
            picture.value = as_html(*curve([answer["shown"] for answer in answers], right,
                                           f"You, after {len(answers)} faces", [one["wanted"] for one in answers]))
        elif not answers:
            picture.value = first

    def again(_):
        experiment.trials = make_trials(repeats)  # other faces, in another order; the browser then clears the answers

    experiment.observe(redraw, names="answers")
    experiment.observe(again, names="rounds")
    return reachable([experiment, picture])


@cache
def _widget_class():
    import anywidget
    import traitlets

    class Flash(anywidget.AnyWidget):
        _esm = Path(__file__).with_name("flash.js").read_text(encoding="utf-8")
        trials = traitlets.List().tag(sync=True)
        choices = traitlets.List().tag(sync=True)
        answers = traitlets.List().tag(sync=True)
        rounds = traitlets.Int(0).tag(sync=True)  # how often the reader asked for new faces

    return Flash


def _data_url(image):
    buffer = io.BytesIO()
    image.save(buffer, format="JPEG", quality=85)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode()
