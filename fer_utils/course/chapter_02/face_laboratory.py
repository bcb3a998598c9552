"""The face laboratory of chapter 02: a slider for every action unit, and the face that they make.

The pictures are SVG, drawn by the kernel and shown by an HTML widget.
"""

from html import escape
from itertools import combinations

import numpy as np

from fer_utils.course.reach import reachable
from fer_utils.faces.action_units import ACTION_UNITS, EXPRESSIONS, by_side, without_nerve
from fer_utils.faces.draw import draw_gray, draw_svg
from fer_utils.labels import EMOTIONS
from fer_utils.text import percent, table

REGIONS = {
    "Brows and lids": ("AU1", "AU2", "AU4", "AU5", "AU6", "AU7", "AU43"),
    "Nose": ("AU9", "AU38", "AU39"),
    "Lips and corners": ("AU10", "AU12", "AU13", "AU14", "AU15", "AU16", "AU20", "AU25"),
    "Mouth ring, chin and neck": ("AU17", "AU18", "AU21", "AU23", "AU24"),
    "Jaw": ("AU26", "AU27", "AU31"),
    "Gaze": ("AU61", "AU62", "AU63", "AU64"),
}
SLIDER_SIDES = {"both sides": ("R", "L"), "person's right": ("R",), "person's left": ("L",)}
PALSY = {"no nerve fails": None, "VII fails on the right": "R", "VII fails on the left": "L"}


def explore_face(net=None, start="happiness"):
    """The face laboratory, a widget. `net`: a network that reads the face on 48 by 48 pixels, or None.

    Sliders set both sides or the one chosen; a preset sets them all. Its `units`, a function, gives the mixture.
    """
    import ipywidgets as widgets

    state = by_side(EXPRESSIONS[start])
    preset = widgets.Dropdown(options=[*EMOTIONS, "(mine)"], value=start, description="preset")
    side = widgets.ToggleButtons(options=list(SLIDER_SIDES), value="both sides", description="sliders move",
                                 style={"button_width": "9em", "description_width": "6em"})
    palsy = widgets.Dropdown(options=list(PALSY), value="no nerve fails", description="nerve VII")
    face, told = widgets.HTML(layout={"width": "310px", "max_width": "100%"}), widgets.HTML()
    sliders = {code: _slider(unit) for code, unit in ACTION_UNITS.items()}
    silent = []  # not empty while sliders are set by the program, not by the reader

    def units():
        return _mixture(state)

    def redraw():
        mixture, droop = units(), {}
        if PALSY[palsy.value]:
            mixture = without_nerve(mixture, "VII", PALSY[palsy.value])
            droop = {"droop_left" if PALSY[palsy.value] == "L" else "droop_right": 0.6}
        face.value = draw_svg(mixture, droop, width=300)
        told.value = _reading(net, mixture, droop) + muscles_at_work(mixture)

    def fill():
        """Put the state into the sliders: of the side that they move, of the stronger one where they move both."""
        silent.append(True)
        for code, slider in sliders.items():
            slider.value = max(state[one][code] for one in SLIDER_SIDES[side.value])
            slider.disabled = side.value != "both sides" and not ACTION_UNITS[code].sided
        silent.pop()

    def moved(code, value):
        if silent:
            return
        for one in SLIDER_SIDES[side.value]:
            state[one][code] = value
        silent.append(True)
        preset.value = next((name for name in EMOTIONS if by_side(EXPRESSIONS[name]) == state), "(mine)")
        silent.pop()
        redraw()

    def chosen(change):
        if not silent and change["new"] != "(mine)":
            state.update(by_side(EXPRESSIONS[change["new"]]))
            fill()
            redraw()

    for code, slider in sliders.items():
        slider.observe(lambda change, code=code: moved(code, change["new"]), names="value")
    preset.observe(chosen, names="value")
    side.observe(lambda _: fill(), names="value")
    palsy.observe(lambda _: redraw(), names="value")
    fill()
    redraw()
    region = widgets.ToggleButtons(options=list(REGIONS), value="Lips and corners",  # buttons, which Tab reaches
                                   style={"button_width": "15em"}, layout={"width": "48em", "max_width": "100%"})
    shown = widgets.VBox()

    def turn(_=None):
        shown.children = [sliders[code] for code in REGIONS[region.value]]

    region.observe(turn, names="value")
    turn()
    box = reachable([side, widgets.HBox([preset, palsy], layout={"flex_flow": "row wrap"}),
                     widgets.HBox([widgets.VBox([face]), widgets.VBox([region, shown])],
                                  layout={"flex_flow": "row wrap"}), told])
    box.units, box.sliders, box.preset, box.side, box.palsy, box.face, box.told, box.region, box.shown = (
        units, sliders, preset, side, palsy, face, told, region, shown)
    return box


def answers(net):
    """What a network says to the questions of the laboratory, Markdown: each face, and what it reads.

    Which units turn fear into surprise is searched for: one unit less or more, and where none does it, two less.
    """
    happy, fear, wide = EXPRESSIONS["happiness"], EXPRESSIONS["fear"], EXPRESSIONS["surprise"]
    questions = {"happiness": happy, "happiness without AU6": _less(happy, "AU6"),
                 "AU12 on one side, all else at rest": {"AU12L": happy["AU12"]}, "fear": fear}
    steps = {f"fear without {code}": _less(fear, code) for code in fear}
    steps |= {f"fear with {code} of surprise": fear | {code: wide[code]} for code in wide if code not in fear}
    pairs = {f"fear without {a} and {b}": _less(fear, a, b) for a, b in combinations(fear, 2)}
    said = _answers(net, questions | steps | pairs)
    turned = [[face for face in faces if said[face][0] == "surprise"] for faces in (steps, pairs)]
    rows = [[face, f"{said[face][0]}, {percent(said[face][1], 0)}"] for face in (*questions, *(turned[0] or turned[1]))]
    text = table(["face", "the network reads"], rows)
    if not turned[0]:
        text += "\n\nNo single unit, taken away or added, turns fear into surprise for this network"
        text += "." if not turned[1] else "; the pairs above do."
    return text


def _less(units, *codes):
    return {code: value for code, value in units.items() if code not in codes}


def _answers(net, faces):
    """{name: (emotion, probability)} of what a network reads in drawn faces, {name: action units}."""
    shares = net.predict(np.array([draw_gray(units, supersample=3) for units in faces.values()]))
    return {name: (EMOTIONS[one.argmax()], float(one.max())) for name, one in zip(faces, shares)}


def muscles_at_work(units):
    """A table of the muscles that a mixture contracts, with their nerves, as HTML."""
    right, left = (by_side(units)[one] for one in "RL")
    rows = []
    for code, unit in ACTION_UNITS.items():
        if right[code] or left[code]:
            strength = f"{right[code]:.2g}" if right[code] == left[code] else f"R {right[code]:.2g}, L {left[code]:.2g}"
            cells = (f"{code} {unit.name}", strength, ", ".join(unit.muscles), f"{unit.nerve} {unit.branch}")
            cells = [f'<td style="text-align:left;padding:0 .8em 0 0">{escape(cell)}</td>' for cell in cells]
            rows.append(f"<tr>{''.join(cells)}</tr>")
    if not rows:
        return "<p>All units are at rest.</p>"
    heads = "".join(f'<th style="text-align:left">{head}</th>' for head in ("unit", "intensity", "muscles", "nerve"))
    return f'<table style="font-size:90%;line-height:1.4"><tr>{heads}</tr>{"".join(rows)}</table>'


def _slider(unit):
    import ipywidgets as widgets

    return widgets.FloatSlider(0.0, min=0.0, max=1.0, step=0.05, description=f"{unit.code} {unit.name}",
                               style={"description_width": "15em"}, layout={"width": "31em", "max_width": "100%"})


def _mixture(state):
    """The state of both sides as a mixture of action units, rest left out."""
    mixture = {}
    for code, unit in ACTION_UNITS.items():
        right, left = state["R"][code], state["L"][code]
        if right == left or not unit.sided:
            mixture |= {code: right} if right else {}
        else:
            mixture |= {code + side: value for side, value in (("R", right), ("L", left)) if value}
    return mixture


def _reading(net, units, identity):
    if net is None:
        return ""
    shares = net.predict(draw_gray(units, identity)[None])[0]
    best = sorted(range(len(EMOTIONS)), key=lambda number: -shares[number])[:3]
    said = ", ".join(f"{EMOTIONS[number]} {percent(shares[number], 0)}" for number in best)
    return f"<p><b>The network reads:</b> {said}</p>"
