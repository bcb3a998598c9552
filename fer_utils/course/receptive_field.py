"""How much of a face one unit sees: the recurrence, its figures and the explorer of chapter 07.

A stack is a list of (kernel, stride), first layer first, convolutions and poolings alike. Each draw function returns
(figure, alternative text).
"""

import numpy as np

from fer_utils.course.figures import COLORS
from fer_utils.course.show import explore, new_figure


def receptive_fields(stack):
    """The side, in pixels, of what one unit sees after each layer of a stack, a list of int."""
    side, jump, sides = 1, 1, []  # jump: pixels between two neighbouring units
    for kernel, stride in stack:
        side += (kernel - 1) * jump
        jump *= stride
        sides.append(side)
    return sides


def stack_of(net):
    """The stack of a Keras model, read from its convolutions and max poolings in order; 1x1 convolutions see no more.

    In a fire module the branches lie side by side; only its 3x3 convolution widens the field, so the order suffices.
    """
    stack = []
    for layer in net.layers:
        size = getattr(layer, "kernel_size", None) or getattr(layer, "pool_size", None)
        if size and size[0] > 1:
            stack.append((size[0], layer.strides[0]))
    return stack


def explorer_stack(convolutions, kernel, stride, poolings):
    """The explorer's stack: convolutions, the first with `stride`, and 2x2 poolings after the first `poolings` of them.

    Returns (names, stack).
    """
    names, stack = [], []
    for number in range(convolutions):
        step = stride if number == 0 else 1
        names.append(f"conv {kernel}/{step}" if step > 1 else f"conv {kernel}")
        stack.append((kernel, step))
        if number < poolings:
            names.append("pool")
            stack.append((2, 2))
    return names, stack


def field(face, convolutions=4, kernel=3, stride=2, poolings=1):
    """A face with the receptive field of the unit at its centre, one square for each layer, and their sides as bars."""
    from matplotlib.patheffects import Normal, Stroke

    names, stack = explorer_stack(convolutions, kernel, stride, poolings)
    sides, size = receptive_fields(stack), face.shape[0]
    figure, (left, right) = new_figure(9.5, 3.6, 2, width_ratios=[1, 1.7])
    left.imshow(face, cmap="gray")
    for number, side in enumerate(sides):
        last = number == len(sides) - 1
        corner = (size - side) / 2 - 0.5
        left.plot(corner + side * np.array([0, 1, 1, 0, 0]), corner + side * np.array([0, 0, 1, 1, 0]),
                  color=COLORS[1] if last else COLORS[4], linewidth=2.5 if last else 1.5,
                  linestyle="-" if last else "--", path_effects=[Stroke(linewidth=3.5, foreground="black"), Normal()])
    left.set(xlim=(-0.2 * size, 1.2 * size), ylim=(1.2 * size, -0.2 * size))
    left.axis("off")
    beyond = ",\nmore than this picture shows" if sides[-1] > 1.4 * size else ""
    left.set_title(f"one unit sees {sides[-1]} x {sides[-1]} pixels{beyond}", fontsize=10)
    right.bar(range(len(sides)), sides, color=[COLORS[4]] * (len(sides) - 1) + [COLORS[1]])
    right.axhline(size, color="#555555", linestyle="--", linewidth=1)
    right.text(0.01, size, "the face", fontsize=9, va="bottom", transform=right.get_yaxis_transform())
    right.set_xticks(range(len(sides)), names, rotation=45, ha="right", fontsize=9)
    right.set(ylabel="side of the field, pixels", title="after each layer", ylim=(0, 1.15 * max(size, *sides)))
    whole = f"{(sides[-1] / size) ** 2:.0%} of the face"
    if sides[-1] > size:
        whole = "more than the whole face" + (" and than this picture shows" if beyond else "")
    return figure, (f"A face with the receptive field of its middle unit after {', '.join(names)}: {sides[-1]} by "
                    f"{sides[-1]} pixels, {whole}. Layer by layer: {', '.join(map(str, sides))}.")


def explore_field(face):
    """The receptive-field explorer: four sliders on `field`."""
    import ipywidgets as widgets

    return explore(
        lambda **chosen: field(face, **chosen),
        convolutions=widgets.IntSlider(4, min=1, max=10, description="convolutions"),
        kernel=widgets.IntSlider(3, min=1, max=7, step=2, description="kernel"),
        stride=widgets.IntSlider(2, min=1, max=4, description="stride of the first"),
        poolings=widgets.IntSlider(1, min=0, max=3, description="2x2 poolings"))


def weight_of_pixels(paths):
    """How many ways lead from each pixel to one unit, as a picture with a line through its middle row.

    `paths`: float (48, 48), zero for the pixels that the unit does not see.
    """
    shares = paths / paths.max()
    rows = np.flatnonzero(paths.any(axis=1))
    middle = (rows[0] + rows[-1]) // 2
    figure, (left, right) = new_figure(9, 3, 2, width_ratios=[1, 1.7])
    left.imshow(shares, cmap="gray_r", vmin=0, vmax=1)
    left.axhline(middle, color=COLORS[1], linewidth=1)
    left.set(title="ways from each pixel", xticks=[], yticks=[])
    right.plot(shares[middle], color=COLORS[1], marker="o", markersize=3)
    right.set(xlabel="column", ylabel="share of the most", title="along the marked row")
    corner = shares[rows[0], rows[0]]
    return figure, (f"A square of {len(rows)} by {len(rows)} pixels that fades from its middle to its border: at a "
                    f"corner the ways are {corner:.1%} of those in the middle.")
