"""The figures of chapter 04 and its two explorers. Each draw function returns (figure, alternative text).

Faces and weight pictures are float arrays (side, side) unless said otherwise; orange is above zero, violet below.
"""

import functools

import numpy as np

from fer_utils.course.chapter_04.softmax_regression import accuracy, cross_entropy, shares
from fer_utils.course.figures import COLORS, SPLIT_COLORS
from fer_utils.course.reach import reachable
from fer_utils.course.show import as_html, explore, new_figure
from fer_utils.labels import EMOTIONS
from fer_utils.text import percent

DASHES = ["-", "--", ":", "-."]
LOW, HIGH = -0.6, 2.2  # the volumes that are drawn


def picture(axis, values, title="", limit=None):
    """A signed picture, its strongest colours at plus and minus `limit`, by default its largest value."""
    values = np.asarray(values, float)
    limit = limit or np.abs(values).max() or 1
    axis.imshow(values, cmap="PuOr_r", vmin=-limit, vmax=limit)
    axis.set_title(title, fontsize=10)
    axis.axis("off")


def square(row):
    """A row of pixels as a picture (side, side); a last value that is too many, the 1 or its bias, is left out."""
    side = int(len(row) ** 0.5)
    return np.asarray(row)[:side * side].reshape(side, side)


def as_pictures(weights):
    """The pictures of weights (d, 7) whose last row is the biases: (7, side, side)."""
    return np.array([square(column) for column in np.transpose(weights)])


def game(images, labels, new):
    """Two labelled faces of each class, uint8, and a new one without its label."""
    figure, axes = new_figure(9.6, 2.9, 8, 2)
    for axis in axes.flat:
        axis.axis("off")
    for c, emotion in enumerate(EMOTIONS):
        for row, number in enumerate(np.flatnonzero(labels == c)[:2]):
            axes[row, c].imshow(images[number], cmap="gray", vmin=0, vmax=255)
            axes[row, c].set_title(emotion, fontsize=10)
    axes[0, 7].imshow(new, cmap="gray", vmin=0, vmax=255)
    axes[0, 7].set_title("which word?", fontsize=10, color=COLORS[1])
    return figure, ("Two faces of each emotion with their words, " + ", ".join(EMOTIONS)
                    + "; beside them a new face with the question which word it gets.")


def prepared(image, row, average, difference):
    """A face on its way to the model: uint8 (48, 48), then its row, the average row and their difference."""
    figure, axes = new_figure(9, 2.5, 4)
    axes[0].imshow(image, cmap="gray", vmin=0, vmax=255)
    axes[0].set_title("a face", fontsize=10)
    for axis, values, title in ((axes[1], row, "shrunk, light taken off"), (axes[2], average, "the average face")):
        axis.imshow(square(values), cmap="gray", vmin=-2.5, vmax=2.5)
        axis.set_title(title, fontsize=10)
    picture(axes[3], square(difference), "what is its own")
    for axis in axes:
        axis.axis("off")
    return figure, ("A face of 48 by 48 pixels; the same with 24 by 24 pixels and even light; the blurred average of "
                    "all training faces; and their difference, orange where this face is brighter than the average, "
                    "violet where it is darker.")


def pairs(faces, neighbours, truths, answers):
    """New faces, uint8, above, the training face nearest to each below; the words are those of the labels."""
    count = len(faces)
    figure, axes = new_figure(1.35 * count, 3.3, count, 2)
    for column in range(count):
        right = truths[column] == answers[column]
        for row, image, word in ((0, faces[column], f"new: {EMOTIONS[truths[column]]}"),
                                 (1, neighbours[column], f"{'✓' if right else '✗'} {EMOTIONS[answers[column]]}")):
            axes[row, column].imshow(image, cmap="gray", vmin=0, vmax=255)
            axes[row, column].set_title(word, fontsize=9, color="black" if right or not row else COLORS[1])
            axes[row, column].axis("off")
    hits = sum(truth == answer for truth, answer in zip(truths, answers))
    return figure, (f"{count} new faces above and their nearest training faces below; {hits} of the pairs have the "
                    "same label: " + ", ".join(f"{EMOTIONS[t]} beside {EMOTIONS[a]}" for t, a in zip(truths, answers))
                    + ".")


def one_score(face, weights, name):
    """A row of features, the weights of one class, their products as pictures, and the sum of these."""
    face, weights = square(face), square(weights)
    products = face * weights
    total = float(products.sum())
    figure, axes = new_figure(8, 2.7, 3)
    picture(axes[0], face, "the face's own")
    picture(axes[1], weights, f"times the picture of {name}")
    picture(axes[2], products, f"products; their sum: {total:.1f}")
    return figure, (f"A face as its difference from the average, the weight picture of {name}, and their products "
                    f"pixel by pixel, orange where both agree, violet where they do not. The sum is {total:.1f}.")


def weight_pictures(*rows, titles=(), scale=1.45):
    """Rows of seven weight pictures, each picture in its own scale; a title for each row.

    `rows`: weights (d, 7) whose last row is the biases, or pictures (7, side, side).
    """
    rows = [as_pictures(row) if np.ndim(row) == 2 else row for row in rows]
    figure, axes = new_figure(7 * scale, (scale + 0.2) * len(rows), 7, len(rows), squeeze=False)
    titles = list(titles) or [""] * len(rows)
    for number, (line, pictures, title) in enumerate(zip(axes, rows, titles)):
        for axis, values, emotion in zip(line, pictures, EMOTIONS):
            picture(axis, values, "" if number else emotion)
        if title:
            line[0].text(-0.12, 0.5, title, transform=line[0].transAxes, rotation=90, ha="center", va="center",
                         fontsize=9)
    of = f" for {', '.join(titles)}" if any(titles) else ""
    return figure, (f"Seven weight pictures{of}, one each for {', '.join(EMOTIONS)}: orange where a bright pixel "
                    "raises the score, violet where it lowers it.")


def scores_and_shares(scores):
    """Bars of seven scores, and of the shares that softmax makes of them."""
    p = shares(np.asarray(scores, float))
    figure, axes = new_figure(8.5, 2.7, 2)
    for axis, values, title in ((axes[0], scores, "scores"), (axes[1], p, "shares")):
        axis.barh(EMOTIONS, values, color=[COLORS[0] if i == np.argmax(values) else "#b8c4d0" for i in range(7)])
        axis.axvline(0, color="#555555", linewidth=0.8)
        axis.set(title=title, xlabel=title)
        axis.invert_yaxis()
    axes[1].set_xlim(0, 1)
    told = ", ".join(f"{e} {s:.1f} and {percent(q, 0)}" for e, s, q in zip(EMOTIONS, scores, p))
    return figure, f"Seven scores, some below zero, and the shares made of them: {told}."


def loss_of_a_share(share):
    """Minus the logarithm of a share, and the point of one."""
    p = np.linspace(0.005, 1, 300)
    figure, axis = new_figure(6.5, 2.9)
    axis.plot(p, -np.log(p), color=COLORS[0])
    axis.plot([1 / 7], [np.log(7)], "s", color=COLORS[2], label=f"one in seven: {np.log(7):.2f}")
    axis.plot([share], [-np.log(share)], "o", color=COLORS[1], label=f"this face: {-np.log(share):.2f}")
    axis.set(xlabel="share of the right word", ylabel="loss", title="Loss of one face")
    axis.legend(frameon=False)
    return figure, ("The loss against the share of the right word: it falls from above 5 near a share of 0 to 0 at a "
                    f"share of 1. One in seven costs {np.log(7):.2f}; this face's share of {share:.2f} costs "
                    f"{-np.log(share):.2f}.")


def slope(loss, at, step=0.2):
    """A loss of one number, float function of an array, with its slope at one place."""
    s = np.linspace(LOW, HIGH, 141)
    values = loss(s)
    tangent = float((loss(np.array([at + 1e-3])) - loss(np.array([at - 1e-3])))[0] / 2e-3)
    here = float(loss(np.array([at]))[0])
    figure, axis = new_figure(6.5, 3)
    axis.plot(s, values, color=COLORS[0])
    axis.plot([at - step, at + step], [here - step * tangent, here + step * tangent], color=COLORS[1], linewidth=2,
              label=f"slope {tangent:.2f}")
    axis.plot([at], [here], "o", color=COLORS[1])
    axis.set(xlabel="volume", ylabel="loss", title="Loss by one number")
    axis.legend(frameon=False)
    lowest = s[values.argmin()]
    return figure, (f"The loss against the volume, a valley with its lowest point near {lowest:.1f}. At "
                    f"{at:g} the curve has slope {tangent:.2f}: a straight line touches it there.")


def descent(slope_at, rate, steps=12, start=0.0):
    """The volume after each step against the slope, (steps + 1,), stopped where it leaves the drawn range."""
    path = [start]
    for _ in range(steps):
        path.append(path[-1] - rate * slope_at(path[-1]))
        if not LOW <= path[-1] <= HIGH:
            break
    return np.array(path)


def descents(loss, slope_at, rates=(0.05, 0.4, 3.0), steps=12):
    """Steps down the valley of one number, a panel for each learning rate."""
    figure, axes = new_figure(3.1 * len(rates), 2.8, len(rates), squeeze=False)
    s, told = np.linspace(LOW, HIGH, 141), []
    for axis, rate in zip(axes[0], rates):
        path = descent(slope_at, rate, steps)
        axis.plot(s, loss(s), color="#9a9a9a")
        axis.plot(path, loss(path), "o-", color=COLORS[1], markersize=5, linewidth=1)
        axis.set(xlabel="volume", ylabel="loss", title=f"learning rate {rate:g}, steps: {len(path) - 1}",
                 xlim=(LOW - 0.1, HIGH + 0.1))
        left = not LOW <= path[-1] <= HIGH
        told.append(f"with {rate:g} " + (f"the steps leave the range after {len(path) - 1}" if left else
                                         f"the loss after {len(path) - 1} steps is {loss(path[-1:])[0]:.3f}"))
    return figure, f"Steps down the valley of one number, from volume 0: {'; '.join(told)}."


def explore_rate(loss, slope_at):
    """Learning rate and number of steps on `descents`."""
    import ipywidgets as widgets

    return explore(
        lambda rate, steps: descents(loss, slope_at, (rate,), steps),
        rate=widgets.SelectionSlider(options=[0.05, 0.1, 0.2, 0.4, 1.0, 1.5, 2.0, 2.5, 3.0, 5.0], value=0.4,
                                     description="learning rate"),
        steps=widgets.IntSlider(12, min=1, max=40, description="steps"))


def losses_by_epoch(runs):
    """The mean loss of the training faces after each epoch. `runs`: dict from learning rate to a list of losses, which
    may be infinite."""
    figure, axis = new_figure(8.5, 2.9)
    told, top = [], 2 * np.log(7)
    for number, (rate, values) in enumerate(runs.items()):
        shown = np.nan_to_num(values, nan=1e9, posinf=1e9)
        off = bool(shown.max() > top)
        axis.plot(range(len(values)), np.where(shown > top, 10 * top, shown), DASHES[number % 4], color=COLORS[number],
                  marker=".", label=f"learning rate {rate:g}{' (off the scale)' * off}")
        highest = f"values off the scale, at most {max(values):.2f}," if off else f"at most {max(values):.2f}"
        told.append(f"with {rate:g} it goes from {values[0]:.2f} over {highest} to {values[-1]:.2f}")
    axis.axhline(np.log(7), color="#555555", linestyle=(0, (1, 3)), zorder=3, label=f"equal shares: {np.log(7):.2f}")
    axis.set_xticks(range(len(values)))
    axis.set(xlabel="epoch", ylabel="mean loss", title="Loss of the training faces", ylim=(0, 1.03 * top))
    axis.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
    return figure, (f"The mean loss by epoch: {'; '.join(told)}. The scale ends at {top:.1f}; a dotted line "
                    f"marks the loss of equal shares, {np.log(7):.2f}.")


class Watched:
    """A training to be looked at: the weights after each epoch, and the losses and accuracies that they give."""

    def __init__(self, history, x, labels, public_x, public_labels):
        self.history = [np.asarray(weights) for weights in history]
        self.loss, self.public_loss = (
            [float(cross_entropy(shares(a @ weights), b)) for weights in self.history]
            for a, b in ((x, labels), (public_x, public_labels)))
        self.accuracy, self.public_accuracy = (
            [accuracy(weights, a, b) for weights in self.history]
            for a, b in ((x, labels), (public_x, public_labels)))


def watch(watched, epoch):
    """The weight pictures after an epoch, and the curves of loss and accuracy up to it."""
    figure, axis = new_figure(10, 4.5)
    axis.remove()
    figure.suptitle(f"weights after epoch {epoch}", fontsize=11, x=0.01, ha="left")
    above, below = figure.add_gridspec(2, 1, height_ratios=[1, 1.5])
    for axis, values, emotion in zip(above.subgridspec(1, 7).subplots(), as_pictures(watched.history[epoch]), EMOTIONS):
        picture(axis, values, emotion)
    left, right = below.subgridspec(1, 2).subplots()
    for axis, title, pair, scale in ((left, "loss", (watched.loss, watched.public_loss), 1),
                                     (right, "accuracy, %", (watched.accuracy, watched.public_accuracy), 100)):
        for values, label, style, color in zip(pair, ("training faces", "PublicTest"), DASHES, COLORS):
            values = scale * np.array(values)
            axis.plot(range(len(values)), values, style, color="#d0d0d0", linewidth=1)
            axis.plot(range(epoch + 1), values[:epoch + 1], style, color=color, label=label)
            axis.plot([epoch], [values[epoch]], "o", color=color, markersize=5)
        axis.set(xlabel="epoch", ylabel=title)
        axis.xaxis.get_major_locator().set_params(integer=True)
    right.legend(frameon=False, fontsize=9, loc="lower right")
    return figure, (f"After epoch {epoch}: the seven weight pictures, for {', '.join(EMOTIONS)}; loss "
                    f"{watched.loss[epoch]:.2f} on the training faces and {watched.public_loss[epoch]:.2f} on "
                    f"PublicTest, accuracy {percent(watched.accuracy[epoch])} and "
                    f"{percent(watched.public_accuracy[epoch])}.")


def explore_epochs(watched):
    """A slider and a play button on `watch`; each epoch is drawn once."""
    import ipywidgets as widgets

    last = len(watched.history) - 1
    places = []
    html = functools.cache(lambda epoch: as_html(*watch(watched, epoch), places))
    play = widgets.Play(value=1, min=0, max=last, interval=700, description="play")
    slider = widgets.IntSlider(1, min=0, max=last, description="epoch", layout={"width": "34em"})
    shown = widgets.HTML(html(1))
    widgets.link((play, "value"), (slider, "value"))
    slider.observe(lambda change: setattr(shown, "value", html(change["new"])), names="value")
    return reachable([play, slider, shown])


def gap(watched, faces):
    """Loss and accuracy by epoch on few training faces and on PublicTest, with the lowest loss of the latter."""
    figure, axes = new_figure(9.5, 3.1, 2)
    best = int(np.argmin(watched.public_loss))
    for axis, title, pair, scale in ((axes[0], "loss", (watched.loss, watched.public_loss), 1),
                                     (axes[1], "accuracy, %", (watched.accuracy, watched.public_accuracy), 100)):
        for values, label, style, color in zip(pair, ("training faces", "PublicTest"), DASHES, COLORS):
            axis.plot(scale * np.array(values), style, color=color, label=label)
        axis.axvline(best, color="#555555", linestyle=":", label=f"lowest PublicTest loss: epoch {best}")
        axis.set(xlabel="epoch", ylabel=title, title=f"{faces} training faces")
    axes[0].legend(frameon=False, fontsize=9)
    return figure, (f"Loss and accuracy over {len(watched.loss) - 1} epochs on {faces} faces. Training loss falls to "
                    f"{watched.loss[-1]:.2f}; PublicTest loss is lowest at epoch {best}, "
                    f"{watched.public_loss[best]:.2f}, and ends at {watched.public_loss[-1]:.2f}. Accuracy ends at "
                    f"{percent(watched.accuracy[-1], 0)} and {percent(watched.public_accuracy[-1], 0)}.")


def curves(measured, baseline, trained):
    """Recorded accuracy by the number of training faces, a panel for each model: training and PublicTest.

    Arguments: measured, dict from model to dict from size to a list of scores; baseline, accuracy of one word always;
    trained, PublicTest accuracy of the course's network, for comparison.
    """
    figure, axes = new_figure(10.5, 3.5, len(measured), sharey=True)
    told = []
    for axis, (model, by_size) in zip(axes, measured.items()):
        sizes = [int(size) for size in by_size]
        for number, (key, label) in enumerate((("train", "its training faces"), ("public", "PublicTest"),
                                               ("alone", "PublicTest without twins"))):
            groups = [[100 * scores[key] for scores in group] for group in by_size.values()]
            axis.plot(sizes, [np.mean(group) for group in groups], DASHES[number], marker="osd"[number], markersize=4,
                      color=COLORS[number], label=label)
            axis.fill_between(sizes, [min(group) for group in groups], [max(group) for group in groups],
                              color=COLORS[number], alpha=0.2, linewidth=0)
        axis.axhline(100 * baseline, color="#9a9a9a", linewidth=1, label="always happiness")
        axis.axhline(100 * trained, color="#555555", linestyle=(0, (1, 3)), linewidth=1.5, label="the course's network")
        axis.set(xscale="log", xlabel="training faces", title=model, ylim=(0, 104))
        ends = [np.mean([scores[key] for scores in by_size[size]]) for size in (min(by_size, key=int), max(
            by_size, key=int)) for key in ("train", "public")]
        told.append(f"{model}, from {sizes[0]:,} to {sizes[-1]:,} faces: training {percent(ends[0], 0)} to "
                    f"{percent(ends[2], 0)}, PublicTest {percent(ends[1], 0)} to {percent(ends[3], 0)}")
    axes[0].set_ylabel("accuracy, %")
    axes[-1].legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    return figure, (f"Accuracy by the number of training faces on FER-2013, on a logarithmic axis. {'; '.join(told)}. "
                    f"Always happiness gets {percent(baseline, 0)}, the course's network {percent(trained, 0)}.")


def luck(values, faces, baseline):
    """PublicTest accuracy of one training with several seeds, beside the luck that so many faces leave."""
    values = np.array(values)
    error = np.sqrt(values.mean() * (1 - values.mean()) / faces)
    figure, axis = new_figure(8, 2)
    axis.plot(100 * values, [1] * len(values), "o", color=COLORS[0], markerfacecolor="none")
    axis.plot(100 * (values.mean() + error * np.array([-2, 2])), [0, 0], color=COLORS[1], linewidth=3)
    axis.plot([100 * values.mean()], [0], "|", color=COLORS[1], markersize=16)
    axis.axvline(100 * baseline, color="#9a9a9a", linestyle="--")
    axis.text(100 * baseline, 1.45, " baseline", fontsize=9, va="center", color="#555555")
    axis.set_yticks([0, 1], [f"luck of {faces:,} faces", f"{len(values)} seeds"])
    axis.set(ylim=(-0.6, 1.7), xlabel="PublicTest accuracy, %", title="The same training, other seeds")
    return figure, (f"PublicTest accuracy of {len(values)} seeds, from {percent(values.min())} to "
                    f"{percent(values.max())}; below, the range of two standard errors that {faces:,} faces leave, "
                    f"{200 * error:.1f} points to either side of {percent(values.mean())}. The baseline is at "
                    f"{percent(baseline)}.")


def three_trainings(histories):
    """Accuracy by epoch of three trainings, called A, B and C, on their training faces and on PublicTest."""
    figure, axes = new_figure(10, 3, len(histories), sharey=True)
    told = []
    for axis, letter, run in zip(axes, "ABC", histories):
        epochs = range(1, len(run["accuracy"]) + 1)
        for values, label, style, color in ((run["accuracy"], "training faces", DASHES[0], SPLIT_COLORS["train"]),
                                            (run["public_accuracy"], "PublicTest", DASHES[1], SPLIT_COLORS["public"])):
            axis.plot(epochs, 100 * np.array(values), style, color=color, label=label)
        axis.set(xlabel="epoch", title=letter, ylim=(0, 104))
        told.append(f"{letter}: training {percent(run['accuracy'][0], 0)} to {percent(run['accuracy'][-1], 0)}, "
                    f"PublicTest {percent(run['public_accuracy'][0], 0)} to {percent(run['public_accuracy'][-1], 0)}, "
                    f"highest {percent(max(run['public_accuracy']), 0)}")
    axes[0].set_ylabel("accuracy, %")
    axes[0].legend(frameon=False, fontsize=9)
    return figure, f"Accuracy by epoch of three trainings. {'; '.join(told)}."
