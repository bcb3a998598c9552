"""Activation functions with their derivatives, and the figures on what they do to gradients: chapter 07.

Each draw function returns (figure, alternative text).
"""

import numpy as np

from fer_utils.course.figures import COLORS
from fer_utils.course.show import new_figure

LEAK = 0.2  # Keras's slope of the leaky ReLU below zero


def sigmoid(x):
    """1 / (1 + exp(-x)), between 0 and 1."""
    return 1 / (1 + np.exp(-x))


# name that Keras knows: (function, derivative)
ACTIVATIONS = {
    "sigmoid": (sigmoid, lambda x: sigmoid(x) * (1 - sigmoid(x))),
    "tanh": (np.tanh, lambda x: 1 - np.tanh(x) ** 2),
    "relu": (lambda x: np.maximum(x, 0), lambda x: np.where(x > 0, 1.0, 0.0)),
    "leaky_relu": (lambda x: np.where(x > 0, x, LEAK * x), lambda x: np.where(x > 0, 1.0, LEAK)),
    "silu": (lambda x: x * sigmoid(x), lambda x: sigmoid(x) * (1 + x * (1 - sigmoid(x)))),
}
LINES = ["-", "--", "-", ":", "-."]
MARKERS = {"sigmoid": "o", "tanh": "s", "relu": "^"}


def curves():
    """The activation functions, and beside them their derivatives."""
    x = np.linspace(-4, 4, 401)
    figure, (left, right) = new_figure(9.5, 3.4, 2)
    for number, (name, (function, derivative)) in enumerate(ACTIVATIONS.items()):
        for axis, values in ((left, function(x)), (right, derivative(x))):
            axis.plot(x, values, LINES[number], color=COLORS[number], label=name, linewidth=2)
    left.set(xlabel="input", ylabel="output", title="the function", ylim=(-1.3, 3))
    right.set(xlabel="input", ylabel="slope", title="its derivative", ylim=(-0.2, 1.2))
    for axis in (left, right):
        axis.axhline(0, color="#bbbbbb", linewidth=0.8, zorder=0)
    right.legend(frameon=False, fontsize=9, loc="upper left", bbox_to_anchor=(1, 1))
    tops = ", ".join(f"{name} {derivative(x).max():.2f}" for name, (_, derivative) in ACTIVATIONS.items())
    return figure, f"Curves of five activation functions and of their derivatives. Largest derivatives: {tops}."


def norms_by_depth(without, bypass):
    """Lines of gradient norms by layer, on a logarithmic axis: left without a bypass, right with one.

    `without`, `bypass`: dicts from an activation's name to a list of norms, first layer first.
    """
    figure, axes = new_figure(9.5, 3.4, 2, sharey=True)
    for axis, measured, title in zip(axes, (without, bypass), ("without bypass", "with bypass")):
        for name, values in measured.items():
            number = list(ACTIVATIONS).index(name)
            axis.semilogy(range(1, 1 + len(values)), values, LINES[number], color=COLORS[number], label=name,
                          marker=MARKERS.get(name, "."), markersize=4)
        axis.set(xlabel="layer, from the face to the answer", title=title, xticks=range(0, 1 + len(values), 5))
    axes[0].set_ylabel("norm of the gradient")
    axes[0].legend(frameon=False, fontsize=9)
    words = "; ".join(f"{name} {title}: {values[0]:.0e} in the first layer, {values[-1]:.0e} in the last"
                      for title, measured in (("without bypass", without), ("with bypass", bypass))
                      for name, values in measured.items())
    return figure, f"Lines of gradient norms by layer, on a logarithmic axis. {words}."


def spreads_by_depth(measured):
    """Lines of how much maps differ from face to face, by layer, on a logarithmic axis. `measured`: dict from a way to
    a list of spreads, first layer first."""
    figure, axis = new_figure(9, 3.2)
    for number, (name, values) in enumerate(measured.items()):
        axis.semilogy(range(1, 1 + len(values)), values, LINES[number], color=COLORS[number], label=name,
                      marker="os^D"[number % 4], markersize=4)
    axis.set(xlabel="layer, from the face to the answer", ylabel="difference between faces",
             title="How much the maps of ReLU layers differ from face to face", xticks=range(0, 1 + len(values), 5))
    axis.legend(frameon=False, fontsize=9, bbox_to_anchor=(1, 1), loc="upper left")
    words = "; ".join(f"{name}: {values[0]:.0e} in the first layer, {values[-1]:.0e} in the last"
                      for name, values in measured.items())
    return figure, f"Lines of the difference between faces by layer, on a logarithmic axis. {words}."
