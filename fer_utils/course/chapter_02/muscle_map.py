"""The map of the facial muscles in chapter 02: a drawing by hand over the schematic face, and what each muscle does.

On the right of the picture the mimetic muscles just under the skin; on the left the layer below, with the muscles of
mastication. A sketch: places and sizes are rough. Names, nerves and effects are those of `ACTION_UNITS`.
"""

import textwrap

import numpy as np

from fer_utils.course.figures import COLORS
from fer_utils.course.show import explore, new_figure
from fer_utils.faces.action_units import ACTION_UNITS
from fer_utils.faces.draw import PORTRAIT, draw_picture
from fer_utils.faces.shapes.scene import spline, stroke

# name: (group of thesis section 2.4, points along the muscle in face coordinates, width)
MUSCLES = {
    "occipitofrontalis": ("orbital", [(0.3, -0.33), (0.3, -0.62), (0.26, -0.95)], 0.34),
    "orbicularis oculi": ("orbital", "ring", 0.1),
    "corrugator supercilii": ("orbital", [(0.06, -0.17), (0.2, -0.22), (0.36, -0.27)], 0.07),
    "levator palpebrae superioris": ("of the lid", [(0.22, -0.075), (0.33, -0.12), (0.45, -0.075)], 0.06),
    "procerus": ("nasal", [(0.03, -0.24), (0.03, -0.1), (0.035, 0.02)], 0.06),
    "nasalis": ("nasal", [(0.02, 0.17), (0.09, 0.23), (0.15, 0.33)], 0.08),
    "depressor septi nasi": ("nasal", [(0.02, 0.42), (0.03, 0.48), (0.04, 0.54)], 0.05),
    "levator labii superioris alaeque nasi": ("oral", [(0.1, 0.0), (0.14, 0.2), (0.17, 0.5)], 0.05),
    "levator labii superioris": ("oral", [(0.31, 0.23), (0.27, 0.38), (0.21, 0.53)], 0.09),
    "zygomaticus major": ("oral", [(0.6, 0.28), (0.46, 0.44), (0.31, 0.6)], 0.07),
    "risorius": ("oral", [(0.58, 0.6), (0.45, 0.63), (0.31, 0.64)], 0.07),
    "orbicularis oris": ("oral", "ring", 0.12),
    "depressor anguli oris": ("oral", [(0.4, 0.92), (0.36, 0.8), (0.31, 0.67)], 0.09),
    "depressor labii inferioris": ("oral", [(0.25, 0.93), (0.2, 0.84), (0.16, 0.75)], 0.1),
    "mentalis": ("oral", [(0.06, 0.8), (0.07, 0.87), (0.08, 0.95)], 0.09),
    "platysma": ("oral", [(0.46, 0.93), (0.33, 1.1), (0.3, 1.38)], 0.16),
    "levator anguli oris": ("oral", [(-0.36, 0.26), (-0.34, 0.42), (-0.3, 0.6)], 0.07),
    "buccinator": ("oral", [(-0.56, 0.6), (-0.44, 0.62), (-0.3, 0.64)], 0.15),
    "temporalis": ("mastication", [(-0.56, -0.55), (-0.58, -0.2), (-0.56, 0.3)], 0.22),
    "masseter": ("mastication", [(-0.6, 0.3), (-0.57, 0.52), (-0.52, 0.8)], 0.17),
    "lateral pterygoid": ("mastication", [(-0.66, 0.2), (-0.52, 0.19), (-0.38, 0.16)], 0.08),
    "medial pterygoid": ("mastication", [(-0.38, 0.22), (-0.42, 0.45), (-0.47, 0.72)], 0.08),
}
RINGS = {"orbicularis oculi": ((0.335, -0.01), (0.27, 0.19)), "orbicularis oris": ((0.0, 0.63), (0.29, 0.13))}
GROUP_COLORS = {"orbital": COLORS[0], "nasal": COLORS[2], "oral": COLORS[1], "mastication": COLORS[3],
                "of the lid": COLORS[4]}
NERVES = {"orbital": "VII", "nasal": "VII", "oral": "VII", "mastication": "V", "of the lid": "III"}


def units_of(muscle):
    """The action units in which a muscle contracts, a list; where there is none, those in which it relaxes."""
    taking_part = [unit for unit in ACTION_UNITS.values()
                   if any(name.split(",")[0].removesuffix(" (relaxes)") == muscle for name in unit.muscles)]
    pulling = [unit for unit in taking_part if not any(name == f"{muscle} (relaxes)" for name in unit.muscles)]
    return pulling or taking_part


def muscle_map(muscle=None):
    """The map with every name, or one muscle of MUSCLES in colour beside a face on which it pulls as far as it can.

    Raises ValueError for another name.
    """
    if muscle is not None and muscle not in MUSCLES:
        raise ValueError(f"{muscle!r} is not on the map; there are: {', '.join(MUSCLES)}.")
    if muscle is None:
        figure, axis = new_figure(9.2, 6.9)
        _head(axis, (-2.15, 2.15))
        _label_all(axis)
        handles = [_patch(GROUP_COLORS[group], f"{group} (nerve {NERVES[group]})") for group in GROUP_COLORS]
        axis.legend(handles=handles, loc="lower left", frameon=False, fontsize=9, bbox_to_anchor=(-0.03, -0.02))
        names = "; ".join(f"{group}: {', '.join(n for n, (g, _, _) in MUSCLES.items() if g == group)}"
                          for group in GROUP_COLORS)
        return figure, (f"A drawn face with its muscles in the colours of their groups. {names}. Mimetic muscles are "
                        "on the right of the picture, the layer below them on the left.")
    units = units_of(muscle)
    figure, (axis, after) = new_figure(8.2, 5.2, 2)
    _head(axis, (PORTRAIT[0], PORTRAIT[0] + PORTRAIT[2]), only=muscle)
    after.imshow(draw_picture({unit.code: 1.0 for unit in units[:1]}, {"hair": "shaved"}, width=300))
    after.axis("off")
    group = MUSCLES[muscle][0]
    axis.set_title(f"{muscle}\n{group} muscle, nerve {units[0].nerve} {units[0].branch}", fontsize=10)
    after.set_title("\n".join(textwrap.wrap(f"{units[0].code} {units[0].name}: {units[0].effect}", 46)), fontsize=10)
    more = "".join(f" It also takes part in {unit.code} {unit.name}." for unit in units[1:])
    return figure, (f"The muscle {muscle}, {group}, nerve {units[0].nerve} {units[0].branch}, in colour on a drawn "
                    f"face; beside it {units[0].code} {units[0].name} at full strength: {units[0].effect}.{more}")


def explore_muscles():
    """The muscle explorer: choose one, see where it lies and what it pulls."""
    import ipywidgets as widgets

    return explore(muscle_map, muscle=widgets.Dropdown(options=list(MUSCLES), value="zygomaticus major",
                                                       description="muscle"))


def _outline(name):
    _, points, width = MUSCLES[name]
    if points != "ring":
        return stroke(spline(points), width, ends=0.45)
    (x, y), (across, down) = RINGS[name]
    turn = np.linspace(0, 2 * np.pi, 80)
    circle = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    outer = circle * (across + width / 2, down + width / 2) + (x, y)
    return np.concatenate([outer, (circle * (across - width / 2, down - width / 2) + (x, y))[::-1]])


def _head(axis, sides, only=None):
    from matplotlib.patches import Polygon

    left, top, wide, high = PORTRAIT
    picture = np.asarray(draw_picture({}, {"hair": "shaved"}, width=480, background=(255, 255, 255)), float)
    axis.imshow((0.55 * picture + 0.45 * 255) / 255, extent=(left, left + wide, top + high, top))
    axis.set(xlim=sides, ylim=(top + high, -1.35))
    axis.axis("off")
    for name, (group, _, _) in MUSCLES.items():
        if only in (None, name):
            hidden = "pterygoid" in name  # behind the bone
            axis.add_patch(Polygon(_outline(name), facecolor=GROUP_COLORS[group], alpha=0.35 if hidden else 0.75,
                                   linewidth=1.1,
                                   edgecolor="#333333", linestyle="--" if hidden else "-"))


def _label_all(axis):
    """Names in the margins, in the order of their heights, with lines that do not cross."""
    for sign in (1, -1):
        places = {name: _anchor(name) for name in MUSCLES if np.sign(_anchor(name)[0]) == sign}
        names = sorted(places, key=lambda name: places[name][1])
        heights = np.linspace(-0.95, 1.4, len(names)) if sign > 0 else np.linspace(-0.35, 0.85, len(names))
        for name, height in zip(names, heights):
            text = "\n".join(textwrap.wrap(name, 24))
            axis.annotate(text, places[name], (1.05 * sign, height), ha="left" if sign > 0 else "right", va="center",
                          fontsize=9, arrowprops={"arrowstyle": "-", "color": "#444444", "linewidth": 0.8, "shrinkA": 2,
                                                "relpos": (0 if sign > 0 else 1, 0.5)})


def _anchor(name):
    _, points, _ = MUSCLES[name]
    if points == "ring":
        (x, y), (across, down) = RINGS[name]
        return (x + across, y) if name == "orbicularis oculi" else (x + 0.1, y + down)
    return points[1]


def _patch(color, label):
    from matplotlib.patches import Patch

    return Patch(facecolor=color, label=label)
