"""The figures and the explorer of chapter 06. Each draw function returns (figure, alternative text)."""

import numpy as np

from fer_utils.course.figures import COLORS
from fer_utils.course.show import explore, new_figure
from fer_utils.evaluation.results import dataset_facts
from fer_utils.labels import EMOTIONS
from fer_utils.text import percent


def augmented(face, rotation=20, shift=0.1, shear=10, zoom=0.1, flip=True, count=7):
    """A face, uint8 (48, 48), and `count` random versions of it, by `fer_utils.data.augmentation.RandomAffine`."""
    import keras

    from fer_utils.data.augmentation import RandomAffine

    change = RandomAffine(rotation, shift, shear, zoom, flip, seed=1)
    versions = keras.ops.convert_to_numpy(change(np.repeat(face[None, ..., None], count, axis=0), training=True))
    figure, axes = new_figure(1.25 * (count + 1), 1.7, count + 1)
    for axis, image, title in zip(axes, [face, *versions[..., 0]], ["original"] + [""] * count):
        axis.imshow(image, cmap="gray", vmin=0, vmax=255)
        axis.set_title(title, fontsize=9)
        axis.axis("off")
    return figure, (f"A face and {count} random versions of it, rotated by up to {rotation:g} degrees, shifted by up "
                    f"to {percent(shift, 0)}, sheared by up to {shear:g} degrees, zoomed by up to "
                    f"{percent(zoom, 0)}{', half of them mirrored' if flip else ''}.")


def explore_augmented(face):
    """Four sliders on `augmented`."""
    import ipywidgets as widgets

    return explore(
        lambda rotation, shift, shear, zoom: augmented(face, rotation, shift, shear, zoom),
        rotation=widgets.IntSlider(20, min=0, max=180, description="rotation, degrees"),
        shift=widgets.FloatSlider(0.1, min=0.0, max=0.6, step=0.05, description="shift, of the side"),
        shear=widgets.IntSlider(10, min=0, max=60, description="shear, degrees"),
        zoom=widgets.FloatSlider(0.1, min=0.0, max=0.9, step=0.05, description="zoom"))


def rotate(face, degrees):
    """A face turned about its centre by one matrix, as `RandomAffine` turns it. float32 (48, 48)."""
    import keras

    side = face.shape[0]
    cos, sin, middle = np.cos(np.radians(degrees)), np.sin(np.radians(degrees)), (side - 1) / 2
    matrix = [cos, -sin, middle * (1 - cos + sin), sin, cos, middle * (1 - sin - cos), 0, 0]
    turned = keras.ops.image.affine_transform(
        face[None, ..., None].astype("float32"), np.array([matrix], "float32"), fill_mode="nearest")
    return keras.ops.convert_to_numpy(turned)[0, ..., 0]


def harm(trial):
    """A dot for the accuracy of each seed, by kind of change. `trial`:
    `fer_utils.evaluation.results.recorded_experiment`."""
    by_change, chance = trial["public_accuracy"], dataset_facts()["public_accuracy"]["always the most common class"]
    figure, axis = new_figure(8, 2.4)
    for row, values in enumerate(by_change.values()):
        axis.plot([100 * value for value in values], [row] * len(values), "osD"[row % 3], color=COLORS[row],
                  markersize=7)
    axis.axvline(100 * chance, color="#777777", linestyle="--", linewidth=1)
    axis.set_yticks(range(len(by_change)), [f"{name} changes" if name != "none" else "no changes"
                                            for name in by_change])
    axis.set(xlim=(0, 60), ylim=(len(by_change) - 0.5, -0.5), xlabel="PublicTest accuracy on FER-2013, %",
             title="The same network behind three kinds of changes")
    return figure, "Dots of accuracy, one a seed: " + "; ".join(
        f"{name} {', '.join(percent(value) for value in values)}" for name, values in by_change.items()) + (
        f"; a line marks {percent(chance)}, always the most common class.")


def weights(by_class):
    """Bars of class weights. `by_class`: dict from label to weight."""
    names = [EMOTIONS[label] for label in by_class]
    figure, axis = new_figure(8, 2.8)
    axis.bar(names, list(by_class.values()), color=COLORS[5])
    for place, value in enumerate(by_class.values()):
        # clear of the line
        axis.text(place, max(value, 1) + 0.05, f"{value:.2f}", ha="center", va="bottom", fontsize=9)
    axis.axhline(1, color="#777777", linestyle="--", linewidth=1)
    axis.set(ylabel="weight", title="Class weights of FER-2013's training labels")
    return figure, "Bars of class weights: " + ", ".join(
        f"{name} {value:.2f}" for name, value in zip(names, by_class.values())) + "; a line marks 1."
