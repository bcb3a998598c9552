"""The limbic map of chapter 01, drawn by hand from smooth outlines, with the role of each structure.

A sketch of the inner face of the right half of a brain that looks to the left. The amygdala, the hippocampus and the
insula lie further out in the head and are projected onto it. Nothing is to scale.
"""

import textwrap

import numpy as np

from fer_utils.course.figures import COLORS
from fer_utils.course.show import explore, new_figure

# name: (role, what else it does, where its label stands). Sources are the references of chapter 01.
STRUCTURES = {
    "hypothalamus": (
        "Sets the state of the body through nerves and hormones: heartbeat, blood pressure, warmth, hunger. The "
        "amygdala drives it.",
        "In mice one small part starts attacks; cells among them serve mating [18].", (1.2, 1.55)),
    "hippocampus": (
        "Stores what happened, where and when, and so tells in which place a danger was met.",
        "It keeps memories without any emotion as well.", (9.75, 2.55)),
    "amygdala": (
        "Judges what matters. It learns which signals announce danger, and alerts body and cortex [13]. The thesis "
        "gives it fear, anger and aggression.",
        "It also responds to what is pleasant, new or uncertain [11].", (2.6, 0.75)),
    "thalamus": (
        "Passes the senses on to the cortex and to the amygdala; only smell goes another way.",
        "It serves every sense and every movement, emotional or not.", (8.2, 7.75)),
    "limbic cortex": (
        "The rim of the cortex: the cingulate gyrus above, the parahippocampal gyrus below. Ties feeling to attention, "
        "memory and action.",
        "The same rim is at work in pain and in effort.", (1.5, 7.75)),
    "insula": (
        "Senses the inside of the body: heartbeat, taste, nausea. One patient with damage here, and in the "
        "putamen beside it, recognized and felt little disgust [15].",
        "It takes part in pain, taste and other emotions, too.", (4.9, 8.1)),
    "orbitofrontal cortex": (
        "Keeps the value of things up to date, and helps to change course when it changes. The thesis gives it "
        "regulation.",
        "Where people think differently about an event, a meta-analysis finds other control areas [16].", (-0.3, 2.55)),
    "dopaminergic reward system": (
        "From the ventral tegmental area (VTA), dopamine reaches the nucleus accumbens (NAc) and the frontal cortex. "
        "On the leading account its bursts say: better than expected [14].",
        "It drives wanting and learning; pleasure itself does not depend on it [17].", (8.3, 0.5)),
}
CORTEX = [(0.75, 4.4), (1.2, 5.9), (2.6, 7.05), (4.7, 7.5), (6.9, 7.15), (8.4, 6.1), (9.05, 4.8), (8.7, 3.85),
          (7.4, 3.5),
          (6.4, 2.75), (5.0, 2.0), (3.7, 1.85), (2.95, 2.35), (3.0, 3.05), (2.2, 3.1), (1.2, 3.4)]
CEREBELLUM = [(6.5, 2.7), (7.3, 3.2), (8.4, 3.25), (8.8, 2.6), (8.2, 1.7), (7.2, 1.45), (6.6, 1.9)]
BRAINSTEM = [(5.0, 3.5), (5.8, 3.7), (6.3, 2.6), (6.6, 1.3), (6.9, 0.3), (6.2, 0.15), (5.6, 1.2), (5.1, 2.3)]
CALLOSUM = [(3.1, 4.35), (2.95, 4.95), (3.6, 5.55), (4.9, 5.8), (6.1, 5.55), (6.75, 4.95), (6.5, 4.6)]
CINGULATE = [(2.65, 4.0), (2.3, 4.95), (3.1, 6.0), (4.85, 6.42), (6.5, 6.1), (7.35, 5.1), (7.0, 4.2), (6.2, 3.3),
             (5.2, 2.6),
             (4.3, 2.35)]
HIPPOCAMPUS = [(4.6, 2.85), (5.3, 3.0), (6.0, 3.55), (6.45, 4.15)]
ORBITOFRONTAL = [(1.15, 3.75), (1.8, 3.5), (2.6, 3.4)]
DOPAMINE = [(5.35, 3.2), (4.75, 3.3), (4.1, 3.7), (3.6, 4.0)]
FILL, LINE, CHOSEN = "#d9e4ee", "#6f7f8f", COLORS[1]


def limbic_map(chosen=None):
    """The map with all structures named, or with one of STRUCTURES in colour and its role beside it.

    Raises ValueError for another name.
    """
    if chosen is not None and chosen not in STRUCTURES:
        raise ValueError(f"{chosen!r} is not on the map; there are: {', '.join(STRUCTURES)}.")
    figure, axis = new_figure(7.2 if chosen is None else 9.6, 4.9)
    axis.set(xlim=(-1.6, 11.4 if chosen is None else 15.9), ylim=(-0.1, 8.6), aspect="equal")
    axis.axis("off")
    for outline, color in ((CORTEX, "#f6efe6"), (CEREBELLUM, "#efe6dc"), (BRAINSTEM, "#efe6dc")):
        _area(axis, outline, color, "#b9ab9b", 0)
    _band(axis, CALLOSUM, 9, "#ffffff", "#c9bdaf", 1)
    anchors = _structures(axis, chosen)
    for name, (_, _, label) in STRUCTURES.items():
        if chosen in (None, name):
            axis.annotate(_label(name), anchors[name], label, ha="center", va="center", fontsize=9.5, zorder=9,
                          color="black", arrowprops={"arrowstyle": "-", "color": "#444444", "linewidth": 0.9})
    if chosen is None:
        return figure, ("Sketch of the inner side of a brain that looks to the left, with eight labelled parts: "
                        + ", ".join(STRUCTURES) + ".")
    role, more, _ = STRUCTURES[chosen]
    told = f"{textwrap.fill(role, 34)}\n\n{textwrap.fill(f'But: {more}', 34)}"
    axis.text(9.9, 6.9, chosen.capitalize(), va="bottom", fontsize=11, weight="bold")
    axis.text(9.9, 6.6, told, va="top", fontsize=10.5)
    return figure, f"The map of the limbic system with one part in colour: {chosen}. {role} But: {more}"


def explore_limbic_map():
    """The limbic map explorer: choose a structure, see it in colour and read its role."""
    import ipywidgets as widgets

    return explore(limbic_map, chosen=widgets.Dropdown(options=list(STRUCTURES), value="amygdala",
                                                       description="structure"))


def _structures(axis, chosen):
    """Draw the eight; returns where the line to each one's label begins."""
    from matplotlib.patches import Ellipse

    def look(name):
        return (CHOSEN, "black", 7) if name == chosen else (FILL, LINE, 3)

    def ellipse(name, x, y, width, height, angle=0, **more):
        color, edge, order = look(name)
        axis.add_patch(Ellipse((x, y), width, height, angle=angle,
                               **({"facecolor": color, "edgecolor": edge, "linewidth": 1.3,
                                                                       "zorder": order} | more)))

    color, edge, order = look("limbic cortex")
    _band(axis, CINGULATE, 13, color, edge, order - 1)
    color, edge, order = look("hippocampus")
    _band(axis, HIPPOCAMPUS, 10, color, edge, order)
    color, edge, order = look("orbitofrontal cortex")
    _band(axis, ORBITOFRONTAL, 11, color, edge, order)
    ellipse("thalamus", 5.35, 4.55, 1.3, 0.85, 12)
    ellipse("hypothalamus", 4.45, 3.62, 0.75, 0.5, -15)
    ellipse("amygdala", 4.0, 2.88, 0.75, 0.55, 10)
    insula, reward = "insula" == chosen, "dopaminergic reward system"
    ellipse("insula", 3.98, 4.72, 1.25, 0.95, 15, linestyle="--", alpha=1.0 if insula else 0.75)
    color, edge, order = look(reward)
    path = _smooth(DOPAMINE, closed=False)
    axis.plot(path[:, 0], path[:, 1], color=edge if reward == chosen else "#444444", linestyle=(0, (3, 1.5)),
              linewidth=1.6,
              zorder=order + 1)
    axis.annotate("", (2.15, 3.72), (3.35, 4.0), zorder=order + 1, arrowprops={
        "arrowstyle": "->", "linestyle": "--", "color": "#444444", "linewidth": 1.4})
    ellipse(reward, 5.45, 3.15, 0.5, 0.4, zorder=order + 2)
    ellipse(reward, 3.5, 4.02, 0.5, 0.4, zorder=order + 2)
    if chosen in (None, reward):
        axis.text(5.47, 3.15, "VTA", ha="center", va="center", fontsize=6, zorder=12)
        axis.text(3.5, 4.02, "NAc", ha="center", va="center", fontsize=6, zorder=12)
    return {"hypothalamus": (4.3, 3.55), "hippocampus": (5.9, 3.45), "amygdala": (3.9, 2.8), "thalamus": (5.6, 4.7),
            "limbic cortex": (2.95, 5.85), "insula": (4.0, 4.95), "orbitofrontal cortex": (1.5, 3.6),
            reward: (5.5, 3.05)}


def _label(name):
    return {"dopaminergic reward system": "dopaminergic\nreward system",
            "orbitofrontal cortex": "orbitofrontal\ncortex",
            "insula": "insula (further out)"}.get(name, name)


def _smooth(points, closed=True, steps=16):
    """A curve through points, float (n, 2): Catmull-Rom, open or closed."""
    points = np.asarray(points, float)
    around = np.vstack([points[-1:], points, points[:2]]) if closed else np.vstack([points[:1], points, points[-1:]])
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    pieces = []
    for a, b, c, d in zip(around, around[1:], around[2:], around[3:]):
        pieces.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3))
    return np.vstack([*pieces, points[:1] if closed else points[-1:]])


def _area(axis, points, color, edge, order):
    curve = _smooth(points)
    axis.fill(curve[:, 0], curve[:, 1], facecolor=color, edgecolor=edge, linewidth=1.5, zorder=order)


def _band(axis, points, width, color, edge, order):
    """A thick line with an edge: one wider line under another."""
    curve = _smooth(points, closed=False)
    for extra, paint in ((2.4, edge), (0, color)):
        axis.plot(curve[:, 0], curve[:, 1], color=paint, linewidth=width + extra, solid_capstyle="round", zorder=order)
