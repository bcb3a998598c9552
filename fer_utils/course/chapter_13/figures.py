"""The figures and the explorer of chapter 13. Each draw function returns (figure, alternative text)."""

from functools import cache

import numpy as np

from fer_utils.attribution import METHODS
from fer_utils.course.chapter_13.truth import REGION_OF_UNIT, ZONES, muscles
from fer_utils.course.figures import COLORS, probability_bars
from fer_utils.course.show import explore, new_figure
from fer_utils.faces.action_units import ACTION_UNITS, EXPRESSIONS
from fer_utils.faces.draw import draw_gray
from fer_utils.labels import EMOTIONS
from fer_utils.text import percent

SPEAKS = "PuOr_r"  # orange speaks for an answer, violet against it
SYMBOLS = "osD^vPX"  # one for each emotion, so that colour is not all
UNITS_OF_TABLE = tuple(sorted({code for mixture in EXPRESSIONS.values() for code in mixture},
                              key=lambda code: list(ACTION_UNITS).index(code)))
STRENGTHS = tuple(number / 8 for number in range(9))


def kernels(net):
    """Every filter of a network's first convolution as a picture, the largest weights first."""
    layer = next(layer for layer in net.layers if layer.__class__.__name__ == "Conv2D")
    filters = np.moveaxis(np.asarray(layer.kernel)[:, :, 0], 2, 0)
    filters = filters[np.argsort(-np.abs(filters).sum(axis=(1, 2)))]
    columns = next(number for number in (16, 14, 12, 10) if not len(filters) % number or number == 10)
    rows = -(-len(filters) // columns)
    figure, axes = new_figure(0.55 * columns, 0.62 * rows + 0.35, columns, rows, squeeze=False)
    for axis in axes.flat:
        axis.axis("off")
    for axis, one in zip(axes.flat, filters):
        most = np.abs(one).max()
        axis.imshow(one, cmap=SPEAKS, vmin=-most, vmax=most)
    side = filters.shape[1]
    figure.suptitle(f"the {len(filters)} filters of {net.name}, {side} x {side} weights each", fontsize=11)
    return figure, (f"{len(filters)} small squares of {side} by {side} cells, orange above 0, violet below. Some have "
                    "one orange and one violet side, some a bright middle, others no order that can be named.")


def feature_maps(net, face, layers, count=6):
    """A face and, for some layers, the maps of the channels that answer it most.

    Arguments: face, uint8 (48, 48); layers, names of layers with maps, from the first to the last.
    """
    import keras

    asked = keras.Model(net.input, [net.get_layer(name).output for name in layers])
    found = [np.asarray(maps)[0] for maps in asked(face[None, ..., None].astype("float32"), training=False)]
    figure, axes = new_figure(1.25 * (count + 1), 1.35 * len(layers), count + 1, len(layers))
    for axis in axes.flat:
        axis.axis("off")
    for row, (name, maps) in enumerate(zip(layers, found)):
        axes[row, 0].imshow(face, cmap="gray", vmin=0, vmax=255)
        axes[row, 0].set_title(f"{name.removesuffix('_relu')}\n{maps.shape[0]} x {maps.shape[1]}", fontsize=9)
        for axis, channel in zip(axes[row, 1:], np.argsort(-maps.std(axis=(0, 1)))[:count]):
            axis.imshow(maps[..., channel], cmap="gray")
            axis.set_title(f"channel {channel}", fontsize=8)
    sides = ", ".join(f"{name} {len(maps)} by {len(maps)}" for name, maps in zip(layers, found))
    return figure, (f"A face, and in three rows what the {count} channels with most contrast answer to it: {sides}. "
                    "The first row still looks like the face, the last is a few blurred squares.")


def maps_of_faces(panels, labels):
    """Several maps of the same faces, or of points that are no faces, side by side.

    `panels`: a dict from title to (points float (n, 2), whether the points are faces, coloured by label).
    """
    figure, axes = new_figure(2.7 * len(panels), 3.2, len(panels))
    for axis, (title, (points, are_faces)) in zip(axes, panels.items()):
        if are_faces:
            for number, emotion in enumerate(EMOTIONS):
                chosen = points[labels == number]
                axis.scatter(*chosen.T, s=14, color=COLORS[number], marker=SYMBOLS[number], linewidth=0, alpha=0.8,
                             label=emotion)
        else:
            axis.scatter(*points.T, s=9, color="#707070", linewidth=0)
        axis.set(xticks=[], yticks=[], title=title)
        axis.title.set_fontsize(10)
    handles, names = axes[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=7, frameon=False, fontsize=9)
    return figure, ("Clouds of points side by side: " + "; ".join(panels) + ". Each map of the faces puts the same "
                    "labels near each other and the groups elsewhere; the points of pure noise make clumps, too.")


def maps_beside(faces, classes, maps, titles):
    """Faces with their maps laid over them: a row for each face, a column for each method.

    Arguments: faces uint8 (n, 48, 48); classes int (n,), what is explained; maps, a dict from method to float
    (n, 48, 48); titles, one for each face.
    """
    figure, axes = new_figure(1.75 * (len(maps) + 1), 1.85 * len(faces) + 0.2, len(maps) + 1, len(faces), squeeze=False)
    for row, (face, title) in enumerate(zip(faces, titles)):
        axes[row, 0].imshow(face, cmap="gray", vmin=0, vmax=255)
        axes[row, 0].set_title(title, fontsize=9)
        for axis, (name, found) in zip(axes[row, 1:], maps.items()):
            overlay(axis, face, found[row])
            axis.set_title(name if not row else "", fontsize=9)
    for axis in axes.flat:
        axis.axis("off")
    return figure, (f"Faces ({', '.join(titles)}) in rows, with maps by {', '.join(maps)} laid over them: orange where "
                    "a pixel speaks for the answer, violet where it speaks against it.")


def overlay(axis, face, values):
    """A map over a pale face: orange for, violet against, nothing where it is near 0."""
    most = max(np.quantile(np.abs(values), 0.985), 1e-9)
    axis.imshow(face, cmap="gray", vmin=-150, vmax=255, interpolation="nearest")  # sharp pixels keep the file small
    axis.imshow(values, cmap=SPEAKS, vmin=-most, vmax=most, alpha=np.clip(1.3 * np.abs(values) / most, 0, 0.9),
                interpolation="nearest")


def sanity_maps(face, kept):
    """One face's maps while the network forgets from the top, with the rank correlation to the first under each.

    `kept`: a dict from method to a dict from block to (map (48, 48), mean rank correlation of several faces).
    """
    blocks = list(next(iter(kept.values())))
    figure, axes = new_figure(1.25 * len(blocks) + 0.6, 1.5 * len(kept) + 0.3, len(blocks), len(kept), squeeze=False)
    for row, (name, by_block) in enumerate(kept.items()):
        for column, block in enumerate(blocks):
            axis = axes[row, column]
            overlay(axis, face, by_block[block][0])
            axis.set(xticks=[], yticks=[])
            axis.set_xlabel(f"{by_block[block][1]:.2f}", fontsize=9)
            if not row:
                axis.set_title("trained" if block == "nothing" else f"to {block}" if column > 1 else block, fontsize=9)
        axes[row, 0].set_ylabel(name, fontsize=9)
    figure.suptitle("drawn anew, from the top down to this block", fontsize=10)
    words = "; ".join(f"{name} ends at {list(by_block.values())[-1][1]:.2f}" for name, by_block in kept.items())
    return figure, ("Maps of one face while the weights of the network are replaced from the top down, with the rank "
                    f"correlation to the trained network's maps: {words}. Only the edge detector stays as it was.")


def region_shares(by_method):
    """Heat maps of shares: regions down, expressions across, a panel for each source.

    `by_method`: a dict from title to float (regions, expressions), each column adds up to 1.
    """
    figure, axes = new_figure(2.25 * len(by_method) + 0.8, 3.1, len(by_method), sharey=True)
    for axis, (title, values) in zip(axes, by_method.items()):
        axis.imshow(100 * values, cmap="Blues", vmin=0, vmax=100, aspect="auto")
        for (row, column), value in np.ndenumerate(values):
            axis.text(column, row, f"{100 * value:.0f}", ha="center", va="center", fontsize=8,
                      color="white" if value > 0.55 else "black")
        axis.set_xticks(range(6), EMOTIONS[:6], rotation=60, ha="right", rotation_mode="anchor", fontsize=9)
        axis.set_yticks(range(len(ZONES)), ZONES)
        axis.tick_params(length=0)
        axis.set_title(title, fontsize=10)
        for spine in axis.spines.values():
            spine.set_visible(False)
    return figure, ("Tables in blue, in percent of each expression. " + "; ".join(
        f"{title}: " + ", ".join(f"{emotion} mostly {ZONES[int(values[:, number].argmax())]}"
                                 for number, emotion in enumerate(EMOTIONS[:6]))
        for title, values in by_method.items()) + ".")


def table_of_thesis():
    """The share of each region in the intensities of table 3.1, float (regions, 6 expressions)."""
    return by_region([np.array(list(EXPRESSIONS[emotion].values())) for emotion in EMOTIONS[:6]], EMOTIONS[:6])


def by_region(values, emotions):
    """Values of the muscles, a list of float (muscles,), one for each face, summed by region and averaged by expression
    as shares: float (regions, 6 expressions). What is below 0 counts as 0."""
    found = np.zeros((len(ZONES), 6))
    for some, emotion in zip(values, emotions):
        some, places = np.maximum(some, 0), [REGION_OF_UNIT.get(code, "mouth") for code in EXPRESSIONS[emotion]]
        for value, place in zip(some, places):
            found[ZONES.index(place), EMOTIONS.index(emotion)] += value / max(some.sum(), 1e-9)
    return found / found.sum(axis=0)


def by_expression(shares, emotions):
    """Shares (n, regions) of faces, averaged by the expression they show: float (regions, 6)."""
    emotions = np.array(emotions)
    return np.array([shares[emotions == emotion].mean(axis=0) for emotion in EMOTIONS[:6]]).T


def exact_effects(face, redrawn, effects):
    """A drawn face, the faces with one muscle at rest, and what each muscle does to the score.

    Arguments: face, a `DrawnFace`; redrawn, uint8 (muscles, 48, 48); effects, a dict from a name to float (muscles,).
    """
    codes = muscles(face)
    figure, axes = new_figure(1.35 * (len(codes) + 1), 3.7, len(codes) + 1, 2, height_ratios=(1.25, 1))
    for axis, image, title in zip(axes[0], [face.image, *redrawn], [face.emotion, *(f"without {c}" for c in codes)]):
        axis.imshow(image, cmap="gray", vmin=0, vmax=255)
        axis.set_title(title, fontsize=9)
        axis.axis("off")
    grid = axes[1, 0].get_gridspec()
    for axis in axes[1]:
        axis.remove()
    bars = figure.add_subplot(grid[1, :])
    for number, (name, values) in enumerate(effects.items()):
        places = np.arange(len(codes)) + 0.4 * (number - (len(effects) - 1) / 2)
        bars.bar_label(bars.bar(places, values, 0.38, color=COLORS[number], label=name), fmt="%.1f", fontsize=8)
    bars.axhline(0, color="black", linewidth=0.8)
    bars.set_xticks(range(len(codes)), [f"{code}\n{ACTION_UNITS[code].name}" for code in codes], fontsize=8)
    bars.set(ylabel=f"points of the score\nof {face.emotion}")
    bars.margins(y=0.18)
    bars.legend(frameon=False, fontsize=9)
    listed = "; ".join(f"{name}: " + ", ".join(f"{code} {value:.1f}" for code, value in zip(codes, values))
                       for name, values in effects.items())
    return figure, f"A drawn face of {face.emotion}, the same without each of its muscles, and bars. {listed}."


def intervals(found, title="rank correlation with the true effects"):
    """Dots with their intervals. `found`: a dict from a name to (value, low, high)."""
    figure, axis = new_figure(7.5, 0.42 * len(found) + 0.9)
    for number, (value, low, high) in enumerate(found.values()):
        axis.plot([low, high], [number, number], color=COLORS[0], linewidth=2)
        axis.plot([value], [number], "o", color=COLORS[0])
    axis.axvline(0, color="#909090", linewidth=1, linestyle="--")
    axis.set_yticks(range(len(found)), list(found))
    axis.set(xlabel=title, xlim=(-0.5, 1), ylim=(len(found) - 0.5, -0.5))
    return figure, "Dots with intervals: " + "; ".join(
        f"{name} {value:.2f}, from {low:.2f} to {high:.2f}" for name, (value, low, high) in found.items()) + "."


def muscle_changes(net):
    """What each muscle of table 3.1, alone and at full strength, does to the seven scores of a face at rest: float
    (20, 7), rows as in `UNITS_OF_TABLE`."""
    from fer_utils.attribution import class_scores

    scores = class_scores(net, np.array([draw_gray({code: 1.0} if code else {}) for code in ("", *UNITS_OF_TABLE)]))
    return scores[1:] - scores[0]


def muscle_table(change):
    """`muscle_changes` as a table. Squares mark what table 3.1 names."""
    figure, axis = new_figure(7.4, 5.6)
    picture = axis.imshow(change, cmap=SPEAKS, vmin=-6, vmax=6, aspect="auto")
    for (row, column), value in np.ndenumerate(change):
        axis.text(column, row, f"{round(float(value))}", ha="center", va="center", fontsize=8,
                  color="white" if abs(value) > 4.5 else "black")
        if UNITS_OF_TABLE[row] in EXPRESSIONS[EMOTIONS[column]]:
            axis.add_patch(_square(column, row))
    axis.set_xticks(range(7), EMOTIONS, fontsize=9)
    axis.set_yticks(range(len(UNITS_OF_TABLE)), [f"{ACTION_UNITS[code].name} {code}" for code in UNITS_OF_TABLE],
                    fontsize=9)
    axis.set_title("One muscle moves on a face at rest: points of each score", fontsize=10)
    figure.colorbar(picture, ax=axis, shrink=0.6, label="for the answer (above 0) or against it")
    best = ", ".join(f"{ACTION_UNITS[code].name} raises {EMOTIONS[int(row.argmax())]} most"
                     for code, row in zip(UNITS_OF_TABLE, change))
    return figure, f"A table of {len(UNITS_OF_TABLE)} muscles and seven scores. {best}."


def _square(column, row):
    from matplotlib.patches import Rectangle

    return Rectangle((column - 0.46, row - 0.44), 0.92, 0.88, fill=False, edgecolor="black", linewidth=1.4)


def one_muscle(answers, expression="happiness", code="AU4", strength=0.5):
    """A drawn face with one muscle set, its answer, and how the answer changes as this muscle moves.

    `answers`: a function of (expression, code) that gives the faces at `STRENGTHS` and their probabilities (9, 7).
    """
    faces, shares = answers(expression, code)
    place = STRENGTHS.index(strength)
    figure, (left, middle, right) = new_figure(9.6, 2.9, 3, width_ratios=(1, 1.25, 1.5))
    left.imshow(faces[place], cmap="gray", vmin=0, vmax=255)
    left.axis("off")
    left.set_title(f"{expression}, {code} at {strength:g}", fontsize=10)
    probability_bars(middle, dict(zip(EMOTIONS, shares[place])))
    middle.title.set_fontsize(10)
    for number in np.argsort(-shares.max(axis=0))[:3]:
        right.plot(STRENGTHS, shares[:, number], color=COLORS[number], marker=SYMBOLS[number], markersize=4,
                   label=EMOTIONS[number])
    right.axvline(strength, color="#909090", linestyle="--", linewidth=1)
    right.set(xlabel=f"{ACTION_UNITS[code].name}", ylabel="probability", ylim=(-0.02, 1.02))
    right.set_title("all strengths of this muscle", fontsize=10)
    right.legend(frameon=False, fontsize=8)
    return figure, (f"A drawn face of {expression} with {ACTION_UNITS[code].name} at {strength:g}; the network answers "
                    + ", ".join(f"{EMOTIONS[n]} {percent(shares[place, n], 0)}" for n in np.argsort(-shares[place])[:3])
                    + ".")


def answers_by_muscle(net):
    """The function that `one_muscle` asks: all strengths of a muscle are answered in one batch and then remembered, so
    that a slider asks no network."""
    from fer_utils.evaluation import predict_probabilities
    from fer_utils.faces.action_units import scale

    @cache
    def answers(expression, code):
        rest = scale(EXPRESSIONS[expression], 0.6)
        faces = np.array([draw_gray(rest | {code: strength}) for strength in STRENGTHS])
        return faces, predict_probabilities(net, faces)

    return answers


def explore_one_muscle(answers):
    """A slider for one muscle, and lists to choose muscle and expression from."""
    import ipywidgets as widgets

    names = {f"{code} {ACTION_UNITS[code].name}": code for code in UNITS_OF_TABLE}
    return explore(
        lambda expression, muscle, strength: one_muscle(answers, expression, names[muscle], strength),
        expression=widgets.Dropdown(options=list(EMOTIONS), value="happiness", description="the rest of the face"),
        muscle=widgets.Dropdown(options=list(names), value="AU4 brow lowerer", description="one muscle"),
        strength=widgets.SelectionSlider(options=STRENGTHS, value=0.5, description="strength"))


def turned(face, changed, answers, turned_shares):
    """A face, what was added to it, the face after it, and how many faces turn with steps of several sizes.

    Arguments: face, changed, uint8 (48, 48); answers, what the network said of the two, words; turned_shares, a dict
    from a name to a dict from step, in gray levels, to (share, low, high).
    """
    figure, axes = new_figure(9.6, 2.7, 4, width_ratios=(1, 1, 1, 1.7))
    difference = changed.astype(int) - face
    for axis, image, title, limits in (
            (axes[0], face, answers[0], (0, 255)), (axes[1], difference, "what is added", (-abs(difference).max(),
                                                                                         abs(difference).max())),
            (axes[2], changed, answers[1], (0, 255))):
        axis.imshow(image, cmap="gray" if limits[0] == 0 else SPEAKS, vmin=limits[0], vmax=limits[1])
        axis.set_title(title, fontsize=10)
        axis.axis("off")
    for number, (name, by_step) in enumerate(turned_shares.items()):
        steps = list(by_step)
        share, low, high = 100 * np.array([by_step[step] for step in steps]).T
        axes[3].errorbar(steps, share, (share - low, high - share), color=COLORS[number], marker=SYMBOLS[number],
                         capsize=3, label=name)
    axes[3].set(xlabel="size of the step, gray levels of 255", ylabel="answers turned, %", ylim=(-3, 103), xticks=steps)
    axes[3].legend(frameon=False, fontsize=9)
    return figure, (f"A face read as {answers[0]}, a pattern of steps of {abs(difference).max()} gray levels, and the "
                    f"face after it, which looks the same and is read as {answers[1]}. Beside it the share turned: "
                    + "; ".join(f"{name}: " + ", ".join(f"{percent(value[0], 0)} at {step}"
                                                        for step, value in by_step.items())
                                for name, by_step in turned_shares.items()) + ".")


def methods_with_edges():
    """The three maps, and the edge detector that only looks like one."""
    from fer_utils.attribution import edges

    return METHODS | {"edge detector": edges}
