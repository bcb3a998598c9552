"""The widget of the living anatomy in chapter 02: go under the skin, cut a branch of a nerve, ask the network."""

from html import escape

import numpy as np

from fer_utils.course.chapter_02.anatomy import DEPTHS, anatomy_svg, paralysed
from fer_utils.course.chapter_02.muscles import BRANCHES, MUSCLES, after_cut, limp, units_of
from fer_utils.course.reach import reachable
from fer_utils.faces.action_units import ACTION_UNITS, EXPRESSIONS, scale
from fer_utils.faces.draw import draw_gray
from fer_utils.labels import EMOTIONS

SMILES = {"a polite smile (AU12)": {"AU12": 1.0}}
CUTTABLE = (*BRANCHES["VII"], "mandibular")  # the other branches of V only feel, so nothing moves less without them


def orders():
    """What the brain may order: {name: mixture of action units}. A polite smile, the emotions, then single muscles."""
    muscles = {name: {unit.code: 1.0 for unit in units_of(name)[:1]} for name in MUSCLES}
    return SMILES | {emotion: EXPRESSIONS[emotion] for emotion in EMOTIONS} | muscles


def explore_anatomy(net=None, start="a polite smile (AU12)", depth=1.0):
    """The living anatomy, a widget: an order, its strength, the depth of the view, and branches to cut on each side.

    `net`: a network that reads the face on 48 by 48 pixels, or None. The VBox has `face`, `told`, `order`, `strength`,
    `depth`, `cuts`, {(side, branch): button}, and `wholes`, {side: the button for all of VII}; every control can be
    reached by Tab and moved by keys.
    """
    import ipywidgets as widgets

    wide = {"style": {"description_width": "9em"}, "layout": {"width": "31em", "max_width": "100%"}}
    order = widgets.Dropdown(options=list(orders()), value=start, description="the brain orders", **wide)
    strength = widgets.FloatSlider(1.0, min=0.0, max=1.0, step=0.05, description="strength", **wide)
    layer = widgets.FloatSlider(depth, min=0.0, max=3.0, step=0.1, description="depth", **wide)
    scale_of = widgets.HTML(f"<small>depth: {', '.join(f'{n} {name}' for n, name in enumerate(DEPTHS))}</small>")
    play = widgets.Play(min=0, max=40, step=1, interval=120, description="onset and fading")
    cuts, wholes, rows = {}, {}, []
    for side, name in (("R", "right"), ("L", "left")):
        wholes[side] = widgets.ToggleButton(description="all of VII", tooltip=f"cut nerve VII on the person's {name}",
                                            layout={"width": "7em"})
        buttons = [wholes[side]]
        for branch in CUTTABLE:
            label = f"V {branch}" if branch in BRANCHES["V"] else branch
            cuts[side, branch] = widgets.ToggleButton(description=label, tooltip=f"cut it on the person's {name}",
                                                      layout={"width": "13em" if " " in label else "7em"})
            buttons.append(cuts[side, branch])
        wholes[side].observe(lambda change, side=side: several(side, change["new"]), names="value")
        rows.append(widgets.VBox([widgets.HTML(f"<b>Cut on the person's {name}:</b>"),
                                  widgets.HBox(buttons, layout={"flex_flow": "row wrap"})]))
    face, told = widgets.HTML(layout={"width": "370px", "max_width": "100%"}), widgets.HTML()
    silent = []

    def several(side, value):
        if silent:
            return
        silent.append(True)
        for branch in BRANCHES["VII"]:
            cuts[side, branch].value = value
        silent.pop()
        redraw()

    def redraw(_=None):
        if silent:
            return
        units = scale(orders()[order.value], strength.value)
        cut = {pair for pair, button in cuts.items() if button.value}
        silent.append(True)  # the button for all shows whether all are cut, one by one or at once
        for side, whole in wholes.items():
            whole.value = {(side, branch) for branch in BRANCHES["VII"]} <= cut
        silent.pop()
        face.value = anatomy_svg(units, None, layer.value, cut)
        told.value = report(net, units, cut)

    def played(change):
        """Strength rises quickly and fades slowly, as expressions do."""
        frame = change["new"]
        strength.value = round(min(1.0, frame / 8) if frame <= 14 else max(0.0, 1 - (frame - 14) / 24), 2)

    for control in (order, strength, layer, *cuts.values()):
        control.observe(redraw, names="value")
    play.observe(played, names="value")
    redraw()
    come_and_go = widgets.HBox([widgets.HTML("let it come and go:"), play], layout={"align_items": "center"})
    controls = widgets.VBox([order, strength, come_and_go, layer,
                             scale_of, *rows, told], layout={"max_width": "36em"})
    box = reachable([widgets.HBox([face, controls], layout={"flex_flow": "row wrap"})])
    box.face, box.told, box.order, box.strength, box.depth, box.cuts = face, told, order, strength, layer, cuts
    box.play, box.wholes = play, wholes
    return box


def report(net, units, cut):
    """What the network reads before and after the cut, and which muscles obey no more, as HTML."""
    left, said = after_cut(units, cut), []
    if net is not None:
        faces = [draw_gray(units, supersample=3)] + ([draw_gray(left, limp(cut), supersample=3)] if cut else [])
        for when, shares in zip((" without the cut", " with it") if cut else ("",), net.predict(np.array(faces))):
            best = np.argsort(-shares)[:3]
            words = ", ".join(f"{EMOTIONS[number]} {shares[number]:.0%}" for number in best)
            said.append(f"<p><b>The network reads{when}:</b> {words}</p>")
    if cut:
        lost = paralysed(cut)
        for side, name in (("R", "right"), ("L", "left")):
            gone = [muscle for (muscle, one), share in lost.items() if one == side and share == 1]
            weak = [muscle for (muscle, one), share in lost.items() if one == side and 0 < share < 1]
            lists = (("Obeys no more", gone), ("Weakened", weak))
            words = [f"{what}: {escape(', '.join(some))}." for what, some in lists if some]
            if words:
                said.append(f"<p><b>Person's {name}.</b> {' '.join(words)}</p>")
    codes = [f"{code} {ACTION_UNITS[code].name}" for code in ACTION_UNITS
             if any(key.rstrip("LR") == code for key in left)]
    said.append(f"<p><b>Units that move:</b> {escape(', '.join(codes) or 'none')}.</p>")
    return "".join(said)
