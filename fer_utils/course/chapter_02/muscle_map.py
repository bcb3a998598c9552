"""Still pictures of muscles and nerves in chapter 02, for readers without a kernel: drawn from what the living anatomy
draws, with names. On the right of the map the muscles just under the skin, on the left the layer below.
"""

import textwrap

import numpy as np

from fer_utils.course.chapter_02.anatomy import NERVE_COLOURS, activity, fibres, nerve_lines, paralysed, styled
from fer_utils.course.chapter_02.muscles import BRANCHES, HIDDEN, MUSCLE_GROUPS, MUSCLES, after_cut, limp
from fer_utils.course.figures import COLORS
from fer_utils.course.show import new_figure
from fer_utils.faces.action_units import describe
from fer_utils.faces.draw import PORTRAIT, draw_gray, draw_picture
from fer_utils.labels import EMOTIONS
from fer_utils.text import percent

GROUP_COLORS = dict(zip(("orbital", "oral", "nasal", "mastication", "of the lid"), COLORS))
# Where a name's line ends: the place among a muscle's fibres and along them, 0 to 1.
ENDS = {"orbicularis oculi": (1.0, 0.0), "orbicularis oris": (1.0, 0.85), "occipitofrontalis": (0.7, 0.4),
        "procerus": (0.5, 0.4), "medial pterygoid": (0.2, 0.95), "buccinator": (0.6, 0.62),
        "masseter": (0.8, 0.6), "temporalis": (0.5, 0.15)}
NERVE_WORDS = {"temporal": "forehead, brow, lids", "zygomatic": "lids, cheek", "buccal": "nose, upper lip, corner",
               "marginal mandibular": "lower lip, chin", "cervical": "neck", "ophthalmic": "feels the forehead",
               "maxillary": "feels the cheek", "mandibular": "moves the jaw, feels the chin"}


def muscle_map():
    """The map of the muscles with every name. Returns (figure, alternative text)."""
    figure, axis = new_figure(9.2, 6.9)
    _ghost(axis, (-2.15, 2.15))
    drawn = fibres()
    for name, muscle in MUSCLES.items():
        side = "L" if muscle.layer == 1 else "R"
        for line in drawn[name, side]:
            axis.plot(*line.T, color=GROUP_COLORS[muscle.group], linewidth=1.1, solid_capstyle="round",
                      linestyle=(0, (4, 1.2)) if name in HIDDEN else "-")
    for layer, sign in ((1, 1), (2, -1)):
        ends = {name: _end(name, drawn) for name, muscle in MUSCLES.items() if muscle.layer == layer}
        _names(axis, ends, sign, (-0.95, 1.4) if sign > 0 else (-0.45, 0.95))
    handles = [_patch(GROUP_COLORS[group], f"{group} (nerve {MUSCLE_GROUPS[group]})") for group in GROUP_COLORS]
    axis.legend(handles=handles, loc="lower left", frameon=False, fontsize=9, bbox_to_anchor=(-0.03, -0.02))
    names = "; ".join(f"{group}: {', '.join(name for name, muscle in MUSCLES.items() if muscle.group == group)}"
                      for group in GROUP_COLORS)
    return figure, (f"A drawn face with the fibres of its muscles in the colours of their groups. {names}. On the "
                    "right of the picture lie those just under the skin, on the left the layer below; the pterygoids, "
                    "dashed, lie behind the jaw.")


def nerve_tree():
    """The branches of nerve VII on the right of the picture and of V on the left, with names. Returns as above."""
    figure, axis = new_figure(9.2, 6.2)
    _ghost(axis, (-2.15, 2.15))
    for nerve, side, sign, span in (("VII", "L", 1, (-0.6, 1.3)), ("V", "R", -1, (-0.55, 0.95))):
        lines, ends = nerve_lines(side), {}
        for name in (nerve, *BRANCHES[nerve]):
            for line in lines[name]:
                axis.plot(*line.T, color=NERVE_COLOURS[nerve], linewidth=3 if name == nerve else 1.8,
                          solid_capstyle="round")
            if name != nerve:
                ends[f"{name}: {NERVE_WORDS[name]}"] = lines[name][0][len(lines[name][0]) * 3 // 5]
        _names(axis, ends, sign, span)
        axis.text(1.05 * sign, -0.95, f"nerve {nerve}, {'facial' if nerve == 'VII' else 'trigeminal'}",
                  ha="left" if sign > 0 else "right", color=NERVE_COLOURS[nerve], fontsize=11, weight="bold")
    told = "; ".join(f"{nerve}: " + ", ".join(f"{name} ({NERVE_WORDS[name]})" for name in branches)
                     for nerve, branches in BRANCHES.items())
    return figure, f"A drawn face with two nerves that fan out from before the ear. {told}."


def half_a_smile(net):
    """The strongest smile that `net` reads as happiness while it reads what is left as something else, when VII fails
    on the left: a dict of the strength, and of the network's probabilities (7,), `whole` and `half`.

    Where every half is still read as happiness, the weakest smile whose whole is read so is taken.
    """
    happy, found = EMOTIONS.index("happiness"), []
    cut = failing("L")
    for strength in np.round(np.arange(1.0, 0.09, -0.1), 1):
        units = {"AU12": float(strength)}
        whole, half = net.predict(np.array([draw_gray(units, supersample=3),
                                            draw_gray(after_cut(units, cut), limp(cut), supersample=3)]))
        if whole.argmax() == happy:
            found.append({"strength": float(strength), "whole": whole, "half": half})
            if half.argmax() != happy:
                break
    return found[-1]


def half_told(half):
    """What `half_a_smile` found, in a sentence."""
    whole, left = (EMOTIONS[half[part].argmax()] for part in ("whole", "half"))
    sentence = (f"A smile of strength {half['strength']:g} is read as **{whole}**, "
                f"{percent(half['whole'].max(), 0)}; with VII cut on the left it is read as **{left}**, "
                f"{percent(half['half'].max(), 0)}.")
    return sentence if left != whole else sentence + " No smile was found of which this network misses the half."


def failing(side):
    """Every branch of VII on one side, as a cut."""
    return {(side, branch) for branch in BRANCHES["VII"]}


def before_and_after(net, strength):
    """A smile, what is left of it when VII fails on the person's left, and the muscles under that: (figure, alternative
    text). The titles are what the network reads."""
    units, cut = {"AU12": strength}, failing("L")
    left, hang = after_cut(units, cut), limp(cut)
    figure, axes = new_figure(9.2, 4.3, 3)
    told = []
    for axis, mixture, looks, name in ((axes[0], units, {}, "VII whole"), (axes[1], left, hang, "VII cut, left")):
        shares = net.predict(draw_gray(mixture, looks, supersample=3)[None])[0]
        read = f"{EMOTIONS[shares.argmax()]} {shares.max():.0%}"
        axis.imshow(draw_picture(mixture, looks, width=260))
        axis.axis("off")
        axis.set_title(f"{name}\nnetwork: {read}", fontsize=10)
        told.append(f"{name}: {describe(mixture)}; the network reads {read}")
    left_edge, _, wide, _ = PORTRAIT
    _ghost(axes[2], (left_edge, left_edge + wide), left, hang)
    strengths, lost = activity(left), paralysed(cut)
    for key, lines in fibres(left, None, hang).items():
        if MUSCLES[key[0]].layer == 1:
            for part, colour, width in styled(lines, strengths[key], lost[key]):
                for line in part:
                    axes[2].plot(*line.T, color=colour, linewidth=100 * width,
                                 linestyle=(0, (2, 1.5)) if lost[key] == 1 else "-")
    axes[2].set_title("the same, under the skin:\ngray and dashed obey no order", fontsize=10)
    return figure, f"{'. '.join(told)}. Under the skin, the fibres of the left half are gray and dashed."


def _ghost(axis, sides, units=None, looks=None):
    """A faint face without hair, in its own units."""
    left, top, wide, high = PORTRAIT
    picture = np.asarray(draw_picture(units, (looks or {}) | {"hair": "shaved"}, width=480, background=(255, 255, 255)),
                         float)
    axis.imshow((0.3 * picture + 0.7 * 255) / 255, extent=(left, left + wide, top + high, top))
    axis.set(xlim=sides, ylim=(top + high, -1.35))
    axis.axis("off")


def _names(axis, ends, sign, span):
    """Names in a margin, in the order of their heights, with lines that end in dots and do not cross."""
    names = sorted(ends, key=lambda name: ends[name][1])
    for name, height in zip(names, np.linspace(*span, len(names))):
        axis.annotate("\n".join(textwrap.wrap(name, 26)), ends[name], (1.05 * sign, height),
                      ha="left" if sign > 0 else "right", va="center", fontsize=9,
                      arrowprops={"arrowstyle": "-", "color": "#444444", "linewidth": 0.8, "shrinkA": 2, "shrinkB": 0,
                                  "relpos": (0 if sign > 0 else 1, 0.5)})
        axis.plot(*ends[name], "o", color="#222222", markersize=3.2)


def _end(name, drawn):
    lines = drawn[name, "L" if MUSCLES[name].layer == 1 else "R"]
    across, along = ENDS.get(name, (0.5, 0.5))
    line = lines[round(across * (len(lines) - 1))]
    return line[round(along * (len(line) - 1))]


def _patch(color, label):
    from matplotlib.patches import Patch

    return Patch(facecolor=color, label=label)
