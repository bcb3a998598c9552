"""The widget of "Label it yourself": one face after the other, eight buttons, and then what the answers are worth.

The kernel does everything, so that it runs in every front end; a face travels as a PNG of 48 by 48 pixels, which the
browser enlarges smoothly. Explained in chapter 03.
"""

import base64
import io
import time
from html import escape

import numpy as np

from fer_utils.course.labelling.results import (
    COUNTED_BELOW,
    HUMAN_LEVEL,
    Labelled,
    accuracy,
    by_name,
    either_right,
    matrices,
    matrix_figure,
    median_seconds,
    share_right,
)
from fer_utils.course.labelling.sessions import CANNOT_TELL, OFFERED, Keeper, another_session, open_session
from fer_utils.course.show import as_html
from fer_utils.labels import EMOTIONS
from fer_utils.text import percent

SIDE = 240  # pixels of the screen that a face is enlarged to
BATCH = 64  # faces that the network is timed on, at least
# Buttons as the front end colours them, light or dark; what is added is the ring around the one in focus.
STYLE = f"""<style>
.fer-label button {{border-radius: 4px; border: 1px solid #808080; font-size: 14px; padding: 0 2px}}
.fer-label button:focus-visible {{outline: 3px solid #2f86d6 !important; outline-offset: 1px}}
.fer-label .fer-face {{width: {SIDE}px; height: {SIDE}px; border: 1px solid #808080; box-sizing: border-box;
    display: flex; align-items: center; justify-content: center; text-align: center; line-height: 1.4}}
.fer-label .fer-face img {{width: 100%; height: 100%; max-width: none; margin: 0}}
.fer-label .fer-line {{min-height: 3em; line-height: 1.5; max-width: 44em; overflow-wrap: anywhere}}
.fer-label .fer-text {{line-height: 1.5; max-width: 44em}}
.fer-label .widget-html, .fer-label .widget-html-content {{max-width: 100%; min-width: 0}}
.fer-label table {{border-collapse: collapse; margin: .5em 0; line-height: 1.4; font-size: 92%}}
.fer-label th, .fer-label td {{text-align: left; vertical-align: top; padding: .25em .5em .25em 0;
    border-bottom: 1px solid #8080804d}}
.fer-label .fer-figures {{display: flex; flex-wrap: wrap; gap: 8px}}
.fer-label .fer-figures img {{max-width: 100%; height: auto; margin: 0}}
.fer-label .fer-faces {{display: flex; flex-wrap: wrap; gap: 12px}}
.fer-label figure {{margin: 0; width: 10.5em; line-height: 1.35; font-size: 90%}}
.fer-label figure img {{width: 96px; height: 96px; display: block; margin: 0}}
</style>"""


def label_yourself(faces, count=30, seed=None, file=None, net=None, others=None):
    """A widget that deals faces of PublicTest, times the learner's answers and then draws what they are worth.

    Faces are drawn at random, without blank ones and duplicates (`sessions.deal` says why). Every answer is written to
    a file on this machine and sent nowhere; opened again, the widget goes on with the faces that are left.

    Arguments:
        faces: `Faces` with PublicTest, photographs or drawings.
        count: how many faces to deal.
        seed: of the deal; None draws one, of faces not labelled before.
        file: where answers are kept; None is `my_labels.json` in the course's cache (`data.cache_folder`).
        net: the network to compare with, a Keras model; None is the one for these faces (`networks.weights`).
        others: confusion matrices counted elsewhere, drawn beside: a dict from a name to counts (`results.matrices`).

    Returns an ipywidgets VBox. Raises ValueError for a count that cannot be dealt, a seed or a file of another kind and
    for `others` of another shape, DataError where PublicTest is not loaded, FileError for a file that holds something
    else or was written by a newer version of the course. Chapter 03.
    """
    return _Labelling(faces, count, seed, Keeper(file), net, others).box


class _Labelling:
    """The state of one widget; `box` carries what tests and readers may touch."""

    def __init__(self, faces, count, seed, keeper, net, others):
        self.faces, self.count, self.keeper, self.net, self.others = faces, count, keeper, net, others
        for name, matrix in by_name(others).items():  # now, not after the last face
            share_right(name, matrix)
        self.session, self.before = open_session(faces, count, seed, keeper)
        self.shown_at = self.milliseconds = None
        self._build()
        self._show(timed=False)

    def _build(self):
        import ipywidgets as widgets

        tall = {"width": "auto", "height": "44px", "margin": "0"}
        self.buttons = [widgets.Button(description=text, layout=tall) for text in OFFERED]
        for choice, button in enumerate(self.buttons):
            button.on_click(lambda _, choice=choice: self._answered(choice))
        self.undo = widgets.Button(description="Undo last", layout=tall)
        self.result_button = widgets.Button(description="Result", layout=tall)
        self.again = widgets.Button(description="New faces", layout=tall)
        self.undo.on_click(lambda _: self._undone())
        self.result_button.on_click(lambda _: self._draw_result())
        self.again.on_click(lambda _: self._begin_again())
        self.picture, self.line, self.remark, self.result = (widgets.HTML() for _ in range(4))
        # four answers in a row, or three where the window is narrow; the padding leaves room for the ring of focus
        grid = {"grid_template_columns": "repeat(auto-fit, minmax(78px, 1fr))", "grid_gap": "8px", "padding": "4px",
                "width": "100%", "max_width": "428px", "margin": "4px 0"}
        self.box = widgets.VBox([
            widgets.HTML(STYLE), self.picture, self.line,
            widgets.GridBox(self.buttons, layout=grid),
            widgets.GridBox([self.undo, self.result_button, self.again], layout=grid),
            self.remark, self.result])
        self.box.add_class("fer-label")
        self.box.labelling = self

    def _show(self, timed=True):
        """The next face, or that there is none. `timed` is False where the clock would count something else too."""
        session, number = self.session, self.session.done
        if session.finished:
            content = "Your result stands below."
        else:
            image = self.faces.public.images[session.indices[number]]
            content = _image(image, f"Face {number + 1} of {len(session.indices)}, {image.shape[0]} by "
                                    f"{image.shape[1]} pixels, to be labelled")
        self.picture.value = f'<div class="fer-face">{content}</div>'
        for button in self.buttons:
            button.disabled = session.finished
        self.undo.disabled = self.result_button.disabled = number == 0
        self._say()
        self.shown_at = time.perf_counter() if timed else None

    def _say(self):
        session = self.session
        median = median_seconds(session.seconds)
        where = (f"Face {session.done + 1} of {len(session.indices)}. Which expression does it show?"
                 if not session.finished else f"All {session.done} faces are labelled.")
        pace = f"Median: {median:.1f} seconds a face." if median is not None else "&nbsp;"
        self.line.value = f'<div class="fer-line" role="status"><b>{where}</b><br>{pace}</div>'
        real = self.faces.is_real
        told = [] if real else ["These are the bundled drawings; with a copy of FER-2013 you label photographs."]
        if self.before:
            told.append(f"{self.before} answers from before are kept.")
        told.append(self.keeper.remark or f"Your answers are kept in {self.keeper.path}, and sent nowhere.")
        self.remark.value = f'<div class="fer-line"><small>{escape(" ".join(told))}</small></div>'

    def _answered(self, choice):
        if self.session.finished:  # a click that was under way
            return
        seconds = None if self.shown_at is None else time.perf_counter() - self.shown_at
        self.session.answer(choice, seconds)
        self.keeper.keep(self.session)
        self.result.value = ""
        self._show()
        if self.session.finished:
            self._draw_result()

    def _undone(self):
        self.session.undo()
        self.keeper.keep(self.session)
        self.result.value = ""
        self._show(timed=False)  # a second look is quicker than a first one

    def _begin_again(self):
        earlier = [one for one in self.keeper.sessions() if one.content_hash == self.session.content_hash]
        earlier = [one for one in earlier if one.started != self.session.started] + [self.session]
        self.session = another_session(self.faces, self.count, before=earlier)
        self.before = sum(one.done for one in earlier)
        self.result.value = ""
        self._show(timed=False)

    def _draw_result(self):
        """The result of the faces done so far, below the buttons."""
        if not self.session.done:
            return
        self.result.value = '<p class="fer-text">The network reads the same faces ...</p>'
        self._ask_network()
        self.keeper.keep(self.session)
        self._say()
        self.result.value = self._result()
        self.shown_at = None

    def _ask_network(self):
        """Let the network answer the faces dealt, and time it: in one batch, the second time, as the first call also
        compiles."""
        from fer_utils.evaluation import predict_probabilities
        from fer_utils.networks.weights import load_network, network_for

        if self.session.network and self.milliseconds:
            return
        if self.net is None:
            self.net = load_network(network_for(self.faces))
        images = self.faces.public.images[self.session.indices]
        batch = np.resize(images, (max(len(images), BATCH), *images.shape[1:]))  # a few faces again and again
        predict_probabilities(self.net, batch)
        start = time.perf_counter()
        answers = predict_probabilities(self.net, batch).argmax(axis=1)[:len(images)]
        self.milliseconds = 1000 * (time.perf_counter() - start) / len(batch)
        self.session.network = {"name": self.net.name, "answers": answers.tolist()}

    def labelled(self):
        """The session as `results.Labelled`."""
        done, session = self.session.done, self.session
        network = session.network or {"name": "", "answers": [-1] * len(session.indices)}
        return Labelled("you", session.data, np.array(session.labels[:done]), np.array(session.answers),
                        np.array(session.seconds, float), np.array(network["answers"][:done]), network["name"])

    def _result(self):
        mine = self.labelled()
        figures = "".join(as_html(*matrix_figure(title, matrix))
                          for title, matrix in matrices(mine, self.others).items())
        table = _table(mine, self.milliseconds, self.others, self.faces.is_real)
        return (f'<div class="fer-text">{table}{_verdict(mine)}</div>'
                f'<div class="fer-figures">{figures}</div>{self._disagreements(mine)}')

    def _disagreements(self, mine):
        """The first faces on which learner and label differ, at most eight, with what everyone says of them."""
        places = np.flatnonzero(mine.answers != mine.labels)[:8]
        if not len(places):
            return ""
        shown = []
        for place in places:
            label, you, network = (OFFERED[said[place]] for said in (mine.labels, mine.answers, mine.network))
            image = _image(self.faces.public.images[self.session.indices[place]],
                           f"Face {place + 1}, labelled {label}; you said {you}, the network {network}")
            shown.append(f"<figure>{image}<figcaption>label: {label}<br>you: {you}<br>network: {network}"
                         "</figcaption></figure>")
        return ('<p class="fer-text">Where you and the label differ. Who is right?</p>'
                f'<div class="fer-faces">{"".join(shown)}</div>')


def _table(mine, milliseconds, others, real):
    """Who was right how often, and how quickly, as HTML. `real`: whether the faces are photographs."""
    median, (level, spread) = median_seconds(mine.seconds), HUMAN_LEVEL
    rows = []
    for who, answers, pace in (("you", mine.answers, "" if median is None else f"{median:.1f} s"),
                               (f"{mine.network_name}, the same faces", mine.network, f"{milliseconds:.1f} ms")):
        share, low, high = accuracy(mine.labels, answers)
        rows.append((who, f"{percent(share, 0)}<br>{np.sum(answers == mine.labels)} of {len(answers)}",
                     f"{100 * low:.0f} to {percent(high, 0)}", pace))
    for name, matrix in by_name(others).items():
        right, n, _ = share_right(name, matrix)
        rows.append((name, f"{percent(right / n, 0)}<br>{right:,.0f} of {n:,.0f}", "", ""))
    people = "people, as published in 2013" if real else "people on photographs, as published in 2013"
    rows.append((people, f"{100 * level:.0f} ± {percent(spread, 0)}", "", ""))
    head = "".join(f'<th scope="col">{text}</th>' for text in ("who", "right", "95 % interval", "a face"))
    body = "".join(f'<tr><th scope="row">{escape(who)}</th>{"".join(f"<td>{_together(cell)}</td>" for cell in cells)}'
                   "</tr>" for who, *cells in rows)
    return f"<table><tr>{head}</tr>{body}</table>"


def _together(text):
    """A number is not parted from its unit at the end of a line."""
    for unit in ("%", "ms", "s"):
        text = text.replace(f" {unit}", f"&nbsp;{unit}")
    return text


def _verdict(mine):
    """What so few faces can tell, as HTML."""
    n = len(mine.labels)
    _, low, high = accuracy(mine.labels, mine.answers)
    compared = either_right(mine.labels, mine.answers, mine.network)
    unsure = int(np.sum(mine.answers == CANNOT_TELL))
    said = [f"{n} faces {'are few' if n < COUNTED_BELOW else 'are many'}: the interval around your figure is "
            f"{100 * (high - low):.0f} points wide."]
    if unsure:
        said.append(f'"{OFFERED[CANNOT_TELL]}" counts as not right; you said it {unsure} time{"s" * (unsure > 1)}.')
    first, second = compared["only_first"], compared["only_second"]
    said.append(f"You alone are right on {first} face{'s' * (first != 1)}, the network alone on {second}.")
    if compared["p_value"] < 0.05:
        ahead = "you" if compared["gap"] > 0 else "the network"
        said.append(f"Of the faces on which only one of you is right, so uneven a split would come by luck in "
                    f"{percent(compared['p_value'])} of cases, so {ahead} did better on such faces.")
    else:
        said.append(f"Of the faces on which only one of you is right, so uneven a split would come by luck in "
                    f"{percent(compared['p_value'], 0)} of cases, so these faces cannot tell who reads better.")
    missing = [emotion for number, emotion in enumerate(EMOTIONS) if number not in mine.labels]
    if missing:
        said.append(f"No face here is labelled {', '.join(missing)}.")
    return f"<p>{escape(' '.join(said))}</p>"


def _image(face, alt):
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(face).save(buffer, format="PNG")
    return f'<img alt="{escape(alt)}" src="data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}">'
