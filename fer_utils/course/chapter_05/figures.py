"""The figures of chapter 05 about finding a face. Each draw function returns (figure, alternative text)."""

import numpy as np

from fer_utils.course.chapter_05.viola_jones import KINDS
from fer_utils.course.figures import COLORS
from fer_utils.course.show import new_figure
from fer_utils.text import percent

GRAY = {"cmap": "gray", "vmin": 0, "vmax": 255}


def outline(axis, row, column, height, width, **options):
    """Draw a rectangle of pixels on an `imshow`."""
    axis.plot(np.array([0, 1, 1, 0, 0]) * width + column - 0.5, np.array([0, 0, 1, 1, 0]) * height + row - 0.5,
              **{"color": COLORS[1], "linewidth": 2} | options)


def two_ways(photograph, box, face, gradients):
    """The steps of figure 3.2 of the thesis, before deep learning and with it, on one photograph.

    Arguments: photograph, uint8 RGB; box, where its face is; face, uint8 (48, 48); gradients, a picture of its
    histograms of oriented gradients.
    """
    figure, axis = new_figure(10, 4.6)
    axis.imshow(photograph, extent=(0, 17, 11.5, 28.5), zorder=2)
    step = 17 / photograph.shape[0]
    outline(axis, 0, 0, 0, 0)
    left, top = box.column * step, 28.5 - box.row * step
    axis.plot(np.array([0, 1, 1, 0, 0]) * box.width * step + left, top - np.array([0, 0, 1, 1, 0]) * box.height * step,
              color=COLORS[1], linewidth=2, zorder=3)
    axis.imshow(face, extent=(27, 38, 14.5, 25.5), zorder=2, **GRAY)
    axis.imshow(gradients, cmap="gray", extent=(51, 62, 24.5, 35.5), zorder=2)
    by_hand, learned = "#b8c4d0", COLORS[0]
    for x0, x1, y0, y1, colour, text in [
            (66, 81, 24.5, 35.5, learned, "decide:\na classifier\nthat is fitted"),
            (50, 81, 4.5, 15.5, learned, "describe and decide:\none network, fitted as a whole"),
            (86, 101, 14.5, 25.5, "#eeeeee", "seven scores,\nthe largest is\nthe answer")]:
        axis.fill([x0, x1, x1, x0], [y0, y0, y1, y1], color=colour, zorder=1)
        axis.text((x0 + x1) / 2, (y0 + y1) / 2, text, ha="center", va="center", fontsize=9,
                  color="white" if colour == learned else "black")
    axis.fill([50, 63, 63, 50], [23.5, 23.5, 36.5, 36.5], color=by_hand, zorder=1)
    for x, y, text in [(8.5, 31, "1 find the face"), (32.5, 31, "cut it out"),
                       (56.5, 38, "2 describe: by rules of people"), (73.5, 38, "       3 decide"),
                       (65.5, 17, "2 and 3 together")]:
        axis.text(x, y, text, ha="center", fontsize=9, weight="bold")
    axis.text(44, 38, "before", ha="right", fontsize=9, color=COLORS[1])
    axis.text(44, 17, "since", ha="right", fontsize=9, color=COLORS[1])
    for start, end in [((18, 20), (26, 20)), ((39, 22), (49, 28)), ((39, 18), (49, 11)), ((63.3, 30), (65.7, 30)),
                       ((81.5, 28), (87, 24)), ((81.5, 11), (87, 16))]:
        axis.annotate("", end, start, arrowprops={"arrowstyle": "->", "color": "#333333"})
    axis.set(xlim=(-1, 102), ylim=(2, 40), aspect="equal")
    axis.axis("off")
    return figure, ("Diagram: a face is found in a photograph and cut out. Then two ways lead to seven scores. Before "
                    "deep learning, rules written by people describe the face, here by its gradients, and a fitted "
                    "classifier decides. Since then, one network that is fitted as a whole does both.")


def four_corners(picture, table, top, left, height, width):
    """A small picture, its integral image, and the four entries that give the sum of a rectangle."""
    figure, (one, two) = new_figure(8, 3.1, 2)
    for axis, numbers, title in ((one, picture, "the picture"), (two, table, "its integral image")):
        axis.imshow(np.zeros_like(numbers), cmap="gray_r", vmin=0, vmax=1)
        for (row, column), value in np.ndenumerate(numbers):
            axis.text(column, row, f"{value:g}", ha="center", va="center", fontsize=11)
        axis.set_title(title, fontsize=10)
        axis.set(xticks=range(numbers.shape[1]), yticks=range(numbers.shape[0]),
                 xlim=(-0.7, numbers.shape[1] - 0.3), ylim=(numbers.shape[0] - 0.3, -0.7))
        axis.tick_params(length=0, labelsize=8, colors="#777777")
    outline(one, top, left, height, width)
    corners = [(top, left, "+"), (top, left + width, "-"), (top + height, left, "-"), (top + height, left + width, "+")]
    for row, column, sign in corners:
        outline(two, row, column, 1, 1, color=COLORS[1] if sign == "+" else COLORS[0])
        two.text(column + 0.3, row - 0.18, sign, fontsize=13, weight="bold",
                 color=COLORS[1] if sign == "+" else COLORS[0])
    total = picture[top:top + height, left:left + width].sum()
    return figure, (f"A picture of {picture.shape[0]} by {picture.shape[1]} numbers with a rectangle whose sum is "
                    f"{total:g}, and its integral image, one row and one column larger. Four of its entries are "
                    f"marked: "
                    + ", ".join(f"{sign}{table[row, column]:g}" for row, column, sign in corners) + ".")


def haar_on_face(face, feature, response, place):
    """A Haar feature lying on a face, and its value at every place of the picture.

    `place`: (row, column) of the first rectangle. Orange parts count positively, blue ones negatively.
    """
    figure, (left, right) = new_figure(7.5, 3.1, 2)
    left.imshow(face, cmap="gray")
    down, across = KINDS[feature.kind]
    for number, (i, j) in enumerate((i, j) for i in range(down) for j in range(across)):
        positive = number == 1
        outline(left, place[0] + i * feature.height, place[1] + j * feature.width, feature.height, feature.width,
                color=COLORS[4 if positive else 5], linewidth=3)
    left.set_title("where its middle is darkest", fontsize=10)
    limit = np.abs(response).max()
    image = right.imshow(response, cmap="PuOr_r", vmin=-limit, vmax=limit)
    figure.colorbar(image, ax=right, shrink=0.8)
    right.set_title("its answer at every place", fontsize=10)
    for axis in (left, right):
        axis.axis("off")
    return figure, (f"A face with a Haar feature of {down * across} rectangles, {feature.kind}, at row {place[0]}, "
                    f"column "
                    f"{place[1]}, and a map of its answers, from {response.min():.2f} to {response.max():.2f}, in "
                    f"bands "
                    "from side to side.")


def one_threshold(faces, others, threshold, above=True):
    """What one feature says of faces and of other windows, as shares, and the threshold of a weak classifier."""
    figure, axis = new_figure(7.5, 2.9)
    edges = np.linspace(*np.quantile(np.concatenate([faces, others]), [0.005, 0.995]), 30)
    for values, name, colour in ((others, "windows without a face", "#8a98a8"), (faces, "faces", COLORS[1])):
        axis.hist(np.clip(values, edges[0], edges[-1]), edges, weights=np.full(len(values), 1 / len(values)), alpha=0.6,
                  label=name, color=colour)
    axis.axvline(threshold, color="black", linestyle="--", linewidth=1.5, label="threshold")
    axis.set(xlabel="value of the feature", ylabel="share of the windows")
    axis.legend(frameon=False, fontsize=9)
    kept = [np.mean((values > threshold) == above) for values in (faces, others)]
    return figure, (f"Two histograms of one feature. At the threshold {threshold:.2f}, {percent(kept[0], 0)} of the "
                    f"faces "
                    f"and {percent(kept[1], 0)} of the other windows are kept; the two overlap.")


def survivors(photograph, places, passed, box):
    """A photograph with the windows that are left after each stage of a cascade, every tenth as a dot in its middle.

    Arguments: places, float (n, 3), row, column and side; passed, the number of stages that each window passed, int
    (n,); box, where the library's detector sees the face.
    """
    stages = range(int(passed.max()) + 1)
    figure, axes = new_figure(2.6 * len(stages), 3.0, len(stages))
    counts = [int(np.sum(passed >= stage)) for stage in stages]
    tenth = np.random.default_rng(0).permutation(len(places))[:len(places) // 10]
    middles = places[tenth, :2] + places[tenth, 2:] / 2
    for axis, stage, count in zip(axes, stages, counts):
        axis.imshow(photograph.mean(axis=2), cmap="gray", alpha=0.6)
        axis.plot(*middles[passed[tenth] >= stage, ::-1].T, ".", color=COLORS[1], markersize=2)
        outline(axis, *box, color=COLORS[0])
        axis.set_title(f"{'all windows' if stage == 0 else f'after stage {stage}'}\n{count:,}", fontsize=10)
        axis.axis("off")
    return figure, ("A photograph with a dot for every tenth of the windows that are left: "
                    + ", then ".join(f"{count:,}" for count in counts)
                    + ". On the face, which the library's detector frames, some stay to the end.")


def tries(pictures, found, titles):
    """Several photographs with the faces that a detector found in each; `found` holds lists of boxes."""
    columns = 3
    rows = -(-len(pictures) // columns)
    figure, axes = new_figure(2.7 * columns, 2.8 * rows, columns, rows, squeeze=False)
    for axis in axes.flat:
        axis.axis("off")
    for axis, picture, boxes, title in zip(axes.flat, pictures, found, titles):
        axis.imshow(picture)
        for box in boxes:
            outline(axis, *box)
        axis.set_title(f"{title}: {'found' if boxes else 'nothing'}", fontsize=10)
    return figure, "The same portrait changed: " + "; ".join(
        f"{title}, {len(boxes)} found" for boxes, title in zip(found, titles)) + "."
