"""The figures of chapter 07 that show what a network does to a face, and the convolution explorer.

Each draw function returns (figure, alternative text). Faces are float (height, width) between 0 and 1 unless said
otherwise.
"""

import numpy as np

from fer_utils.course.figures import COLORS
from fer_utils.course.show import explore, new_figure
from fer_utils.labels import EMOTIONS
from fer_utils.text import percent

# Filters of 3x3 that somebody might draw by hand. "edge" answers where the right side is brighter than the left.
HAND_FILTERS = {
    "blur": np.full((3, 3), 1 / 9),
    "edge": np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]) / 4,
    "spot": np.array([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]]) / 8,
}
RING = [(0, 0), (0, 1), (0, 2), (1, 2), (2, 2), (2, 1), (2, 0), (1, 0)]  # the border of a 3x3 filter, clockwise
SIGNED = {"cmap": "PuOr_r", "vmin": -1, "vmax": 1}  # orange above 0, violet below


def turned(kernel, degrees):
    """A 3x3 filter turned clockwise in steps of 45 degrees: the numbers of its border move along, the centre stays."""
    steps, result = round(degrees / 45), np.array(kernel, float)
    for place, (row, column) in enumerate(RING):
        result[RING[(place + steps) % 8]] = kernel[row, column]
    return result


def convolved(face, kernel):
    """The map that a filter gives, without padding."""
    return (np.lib.stride_tricks.sliding_window_view(face, kernel.shape) * kernel).sum(axis=(-2, -1))


def pipeline(face, net):
    """The way from a photograph to seven probabilities, after figure 3.3 of the thesis, with a real face and network.

    Arguments: face, uint8 (48, 48); net, a trained network that takes raw faces.
    """
    import keras
    from keras import layers

    from fer_utils.data.augmentation import RandomAffine

    pools = [layer for layer in net.layers if isinstance(layer, layers.MaxPooling2D)]
    ends = keras.Model(net.input, [pools[0].input, *(pool.output for pool in pools[-2:]), net.output])
    raw = face[None, ..., None].astype("float32")
    *stages, answer = (keras.ops.convert_to_numpy(values)[0] for values in ends(raw))
    change = RandomAffine(rotation=15, shift=0.08, zoom=0.12, flip=True, seed=3)
    versions = keras.ops.convert_to_numpy(change(np.repeat(raw, 3, axis=0), training=True))[..., 0]

    figure, axis = new_figure(10, 3.9)
    gray = {"cmap": "gray", "vmin": 0, "vmax": 255}
    axis.fill([0, 17, 17, 0], [17, 17, 33, 33], color="#d9d9d9", zorder=0)
    for left, bottom, side, picture in [(6, 20.5, 8, face), (24, 19, 13, face)] + [
            (23 + 5.2 * number, 8.5, 4.6, version) for number, version in enumerate(versions)]:
        axis.imshow(picture, extent=(left, left + side, bottom, bottom + side), zorder=2, **gray)
    axis.plot([6, 14, 14, 6, 6], [20.5, 20.5, 28.5, 28.5, 20.5], color=COLORS[1], linewidth=2, zorder=3)
    for left, side, number, maps in [(45, 9, 3, stages[0]), (57.5, 6.5, 4, stages[1]), (68, 4.2, 5, stages[-1])]:
        strongest = np.argsort(-maps.std(axis=(0, 1)))[:number]
        for step, channel in enumerate(strongest):
            corner = (left + 0.9 * step, 21.5 + 0.9 * (number - 1 - step))
            axis.imshow(maps[..., channel], cmap="gray", zorder=3 + step,
                        extent=(corner[0], corner[0] + side, corner[1], corner[1] + side))
    for place, (emotion, value) in enumerate(zip(EMOTIONS, answer)):
        bottom = 32 - 2.2 * place
        axis.text(90, bottom, emotion, ha="right", va="center", fontsize=8)
        axis.fill([91, 91 + 9 * value, 91 + 9 * value, 91], [bottom - .7, bottom - .7, bottom + .7, bottom + .7],
                  color=COLORS[0])
    for text, middle in [("1 find the face", 8.5), ("2 cut and scale", 30.5),
                         ("3 convolution, ReLU, pooling, repeated", 59.5), ("4 softmax", 91)]:
        axis.text(middle, 35.5, text, ha="center", fontsize=9, weight="bold")
    for start, end in [(17.7, 23), (38, 44), (76, 80.5)]:
        axis.annotate("", (end, 26), (start, 26), arrowprops={"arrowstyle": "->", "color": "#333333"})
    axis.text(30.5, 6.3, "in training only: augment", ha="center", va="top", fontsize=8, color=COLORS[1])
    axis.annotate("", (60, 20), (91, 16), arrowprops={
        "arrowstyle": "->", "color": COLORS[1], "linestyle": "--", "connectionstyle": "arc3,rad=-0.35"})
    axis.text(76, 6.3, "in training only: the loss compares with the label,\nits gradient changes the filters",
              ha="center", va="top", fontsize=8, color=COLORS[1])
    axis.set(xlim=(-1, 101), ylim=(0, 38), aspect="equal")
    axis.axis("off")
    best = int(answer.argmax())
    return figure, ("Diagram in four steps: a face is found in a photograph; it is cut out and scaled, and in "
                    "training also augmented; a network turns it into smaller and smaller maps; softmax gives seven "
                    f"probabilities, here {EMOTIONS[best]} with {percent(answer[best], 0)}. A dashed arrow leads from "
                    "the answer back to the network: in training, the gradient of the loss changes the filters.")


def one_place(face, kernel, row, column):
    """What a filter computes at one place: the patch under it, times its numbers, summed."""
    size = kernel.shape[0]
    patch = face[row:row + size, column:column + size]
    figure, axes = new_figure(9, 2.7, 4)
    axes[0].imshow(face, cmap="gray", vmin=0, vmax=1)
    axes[0].plot(np.array([0, size, size, 0, 0]) + column - .5, np.array([0, 0, size, size, 0]) + row - .5,
                 color=COLORS[1], linewidth=2)
    axes[0].set_title("the face", fontsize=10)
    total = float((patch * kernel).sum())
    for axis, numbers, title, look in [(axes[1], patch, "under the filter", {"cmap": "gray", "vmin": 0, "vmax": 1}),
                                       (axes[2], kernel, "times the filter", SIGNED),
                                       (axes[3], patch * kernel, f"products; sum {total:.2f}", SIGNED)]:
        axis.imshow(numbers, **look)
        write_numbers(axis, numbers, gray=look["cmap"] == "gray")
        axis.set_title(title, fontsize=10)
    for axis in axes:
        axis.axis("off")
    return figure, (f"A face with a square of {size} by {size} pixels marked at row {row}, column {column}; the pixels "
                    f"in it; the filter; and their products, whose sum is {total:.2f}.")


def write_numbers(axis, numbers, gray=False):
    """Write numbers into the cells of an `imshow`, in white where the cell is dark."""
    for (row, column), value in np.ndenumerate(numbers):
        dark = value < 0.45 if gray else abs(value) > 0.7
        axis.text(column, row, f"{value + 0.0:.3g}", ha="center", va="center", fontsize=9,
                  color="white" if dark else "black")


def filtered(face, name="edge", turn=0, centre=0.0, bias=0.0):
    """A face, a filter of HAND_FILTERS turned and changed at its centre, its map, and that map after bias and ReLU."""
    kernel = turned(HAND_FILTERS[name], turn)
    kernel[1, 1] += centre
    every = " (the same at every turn)" if np.allclose(turned(HAND_FILTERS[name], 45), HAND_FILTERS[name]) else ""
    answers = convolved(face, kernel)
    kept = np.maximum(answers + bias, 0)
    limit = np.abs(answers).max() or 1
    scale = SIGNED | {"vmin": -limit, "vmax": limit}
    figure, axes = new_figure(9, 2.6, 4)
    for axis, picture, title, look in [
            (axes[0], face, "face", {"cmap": "gray", "vmin": 0, "vmax": 1}),
            (axes[1], kernel, f"filter: {name}{every}", SIGNED),
            (axes[2], answers, "its map", scale), (axes[3], kept, f"after bias {bias:+.1f} and ReLU", scale)]:
        axis.imshow(picture, **look)
        axis.set_title(title, fontsize=10)
        axis.axis("off")
    write_numbers(axes[1], kernel)
    return figure, (f"A face, the filter {name} turned by {turn} degrees{every} with {centre:+.2f} added at its centre "
                    f"and its map, from {answers.min():.2f} to {answers.max():.2f}; after a bias of {bias:+.1f} and "
                    f"ReLU, {percent(np.mean(kept > 0), 0)} of the map is above zero.")


def explore_convolution(face):
    """Four controls on `filtered`."""
    import ipywidgets as widgets

    return explore(
        lambda **chosen: filtered(face, **chosen),
        name=widgets.Dropdown(options=list(HAND_FILTERS), value="edge", description="filter"),
        turn=widgets.IntSlider(0, min=-90, max=90, step=45, description="turn, degrees"),
        centre=widgets.FloatSlider(0.0, min=-2.0, max=2.0, step=0.25, description="added at the centre"),
        bias=widgets.FloatSlider(0.0, min=-0.5, max=0.5, step=0.1, description="bias"))


def channel_sum(maps, kernel):
    """One filter on several channels: each channel under its own numbers, and the sum of the three maps.

    Arguments: maps, dict from a name to a map (rows, columns); kernel, (3, 3, channels).
    """
    under = [convolved(channel, kernel[..., number]) for number, channel in enumerate(maps.values())]
    total = sum(under)
    limit = max(np.abs(total).max(), *(np.abs(one).max() for one in under))
    scale = SIGNED | {"vmin": -limit, "vmax": limit}
    figure, axes = new_figure(8.5, 1.75 * len(maps), 4, len(maps), width_ratios=[1, 0.7, 1, 1])
    for row, (name, channel) in enumerate(maps.items()):
        axes[row, 0].imshow(channel, cmap="gray")
        axes[row, 1].imshow(kernel[..., row], **SIGNED)
        write_numbers(axes[row, 1], kernel[..., row])
        axes[row, 2].imshow(under[row], **scale)
        axes[row, 0].set_title(f"channel {row + 1}: {name}", fontsize=10)
    axes[0, 1].set_title("the filter's layers", fontsize=10)
    axes[0, 2].set_title("each alone", fontsize=10)
    middle = len(maps) // 2
    axes[middle, 3].imshow(total, **scale)
    axes[middle, 3].set_title("added up: one map", fontsize=10)
    for axis in axes.flat:
        axis.axis("off")
    return figure, (f"{len(maps)} channels ({', '.join(maps)}), each under its own 3 by 3 numbers of one filter; the "
                    f"{len(maps)} results are added up to a single map of {total.shape[0]} by {total.shape[1]}.")


def padded(small, kernel):
    """A coarse face under a filter without padding and with a ring of zeros: the picture, and its map.

    `small`: float (rows, columns), few enough for single pixels to be seen.
    """
    around = np.pad(small, 1)
    figure, axes = new_figure(9, 2.7, 4)
    for axis, picture, title, ring in [(axes[0], small, "the face", False),
                                       (axes[1], convolved(small, kernel), "its map", False),
                                       (axes[2], around, "with padding", True),
                                       (axes[3], convolved(around, kernel), "its map", False)]:
        look = {"cmap": "gray", "vmin": 0, "vmax": 1} if axis in (axes[0], axes[2]) else SIGNED
        axis.imshow(picture, **look)
        rows, columns = picture.shape
        axis.set(xlim=(-1, 14), ylim=(14, -1), title=f"{title}\n{rows} x {columns}")
        axis.title.set_fontsize(10)
        if ring:
            axis.plot(np.array([.5, columns - 1.5, columns - 1.5, .5, .5]),
                      np.array([.5, .5, rows - 1.5, rows - 1.5, .5]), color=COLORS[4], linewidth=1.5)
        if axis in (axes[0], axes[2]):
            axis.plot(np.array([-.5, 2.5, 2.5, -.5, -.5]), np.array([-.5, -.5, 2.5, 2.5, -.5]), color=COLORS[1],
                      linewidth=2)
        axis.axis("off")
    rows, columns = small.shape
    return figure, (f"A face of {rows} by {columns} pixels gives a map of {rows - 2} by {columns - 2}, since the "
                    f"filter stays inside. With a ring of zeros around it, {rows + 2} by {columns + 2}, the map has "
                    f"{rows} by {columns} places, and a false edge runs along its border.")


def pooled(maps, titles):
    """Maps of any sizes side by side, drawn equally large, with their sizes below."""
    figure, axes = new_figure(2.1 * len(maps), 2.5, len(maps))
    for axis, picture, title in zip(axes, maps, titles):
        axis.imshow(picture, cmap="gray")
        axis.set_title(f"{title}\n{picture.shape[0]} x {picture.shape[1]}", fontsize=10)
        axis.axis("off")
    return figure, "A feature map and its pooled versions: " + ", ".join(
        f"{title}, {picture.shape[0]} by {picture.shape[1]}" for picture, title in zip(maps, titles)) + "."
