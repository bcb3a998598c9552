"""The figures and explorers of chapter 05 about describing a face. Each draw function returns (figure, alternative
text)."""

import numpy as np

from fer_utils.course.chapter_05.figures import GRAY, outline
from fer_utils.course.figures import COLORS
from fer_utils.course.show import explore, new_figure
from fer_utils.text import percent

CALLED = {"pixels": "pixels", "lbp": "binary patterns", "hog": "oriented gradients", "gabor": "Gabor filters"}


def change_light(images, gain=1.0, offset=0, side=0.0):
    """Faces under another light, uint8 as they came: gray times `gain` plus `offset`, then darker on one side.

    `side` from -1 to 1: 1 leaves the right edge as it is and the left edge black, -1 the other way round.
    """
    ramp = np.linspace(-1, 1, images.shape[-1]) * np.sign(side)
    shade = 1 - abs(side) * (1 - ramp) / 2
    return np.clip(np.rint((images.astype(float) * gain + offset) * shade), 0, 255).astype(np.uint8)


def relative_change(describe, images, changed):
    """How far a change moves the description of a face, as a share of how far two different faces lie apart, median.

    Arguments: describe, a function as in `fer_utils.descriptors`; images and changed, uint8 (n, 48, 48), in pairs.
    """
    before, after = describe(images), describe(changed)
    others = np.linalg.norm(before - np.roll(before, 1, axis=0), axis=1)
    return float(np.median(np.linalg.norm(after - before, axis=1)) / np.median(others))


def under_light(faces, gain=1.0, offset=0, side=0.0):
    """The first face under another light, and how far each descriptor moves for all `faces`, uint8 (n, 48, 48)."""
    from fer_utils.descriptors import DESCRIPTORS

    changed = change_light(faces, gain, offset, side)
    shares = {name: relative_change(DESCRIPTORS[name], faces, changed) for name in CALLED}
    figure, axes = new_figure(9, 2.6, 3, width_ratios=[1, 1, 2.6])
    for axis, face, title in zip(axes, (faces[0], changed[0]), ("a face", "under another light")):
        axis.imshow(face, **GRAY)
        axis.set_title(title, fontsize=10)
        axis.axis("off")
    axes[2].barh(list(CALLED.values()), list(shares.values()), color=COLORS[:len(CALLED)])
    axes[2].axvline(1, color="black", linestyle="--", linewidth=1)
    axes[2].set(xlim=(0, max(1.25, 1.1 * max(shares.values()))),
                xlabel="how far it moves; 1 is as far as to another face")
    axes[2].invert_yaxis()
    said = ", ".join(f"{CALLED[name]} {value:.2f}" for name, value in shares.items())
    return figure, (f"A face before and after its gray was multiplied by {gain:.2f}, changed by {offset:+d} and "
                    f"shaded from "
                    f"the side by {side:+.2f}, and bars: the median change of each descriptor as a share of the "
                    f"distance "
                    f"between two faces: {said}.")


def explore_light(faces):
    """Three controls on `under_light`."""
    import ipywidgets as widgets

    return explore(lambda **chosen: under_light(faces, **chosen),
                   gain=widgets.FloatSlider(0.6, min=0.2, max=1.4, step=0.1, description="gray times"),
                   offset=widgets.IntSlider(20, min=-60, max=80, step=20, description="gray plus"),
                   side=widgets.FloatSlider(0.0, min=-1.0, max=1.0, step=0.25, description="light from the side"))


def patterns(face, codes, dimmed, dimmed_codes):
    """A face, its binary patterns as gray, and both again under a weaker light. Codes are int (46, 46)."""
    figure, axes = new_figure(9, 2.6, 4)
    differ = float(np.mean(codes != dimmed_codes))
    for axis, picture, title, look in [
            (axes[0], face, "a face", GRAY), (axes[1], codes, "its patterns", GRAY),
            (axes[2], dimmed, "weaker light", GRAY), (axes[3], dimmed_codes, "its patterns", GRAY)]:
        axis.imshow(picture, **look)
        axis.set_title(title, fontsize=10)
        axis.axis("off")
    return figure, ("A face and the picture of its binary patterns, in which eyes, nose and mouth are outlined; the "
                    "same "
                    f"face under a weaker light, and its patterns, of which {percent(differ, 1)} differ.")


def gradients(face, strength, angle, cell, histogram, picture):
    """From gray to a histogram of directions: a face with a cell marked, its gradients, the histogram of the cell, and
    scikit-image's picture of all cells.

    Arguments: strength and angle, float (48, 48), of the gradient; cell, (top, left, side) in pixels; histogram, float
    (9,), of the directions in it; picture, as `skimage.feature.hog` gives it.
    """
    figure, axes = new_figure(10, 2.6, 4, width_ratios=[1, 1, 1.3, 1])
    top, left, side = cell
    axes[0].imshow(face, **GRAY)
    outline(axes[0], top, left, side, side)
    axes[1].imshow(strength, cmap="gray")
    outline(axes[1], top, left, side, side)
    axes[2].bar(np.arange(9) * 20 + 10, histogram, width=18, color=COLORS[0])
    axes[2].set(xticks=[0, 45, 90, 135, 180], yticks=[])
    axes[2].tick_params(labelsize=8)
    axes[3].imshow(picture, cmap="gray")
    for axis, title in zip(axes, ("a cell of a face", "strength of the gradient", "its directions, degrees",
                                  "all cells")):
        axis.set_title(title, fontsize=10)
    for axis in (axes[0], axes[1], axes[3]):
        axis.axis("off")
    most = int(np.argmax(histogram)) * 20
    return figure, (f"A face with a cell of {side} by {side} pixels marked; the strength of its gradients; a "
                    f"histogram of "
                    f"their directions in the cell, highest from {most} to {most + 20} degrees; and a picture of the "
                    "histograms of all cells, whose strokes follow brows, eyes, nose and mouth.")


def gabor_wave(wavelength, turn, side=23):
    """A Gabor filter, float (side, side): a wave under a bell, with mean 0.

    `wavelength` in pixels; `turn` in degrees: at 0 the wave runs from left to right. The bell is as wide as
    scikit-image makes it for a bandwidth of one octave.
    """
    y, x = np.indices((side, side)) - side // 2
    along = x * np.cos(np.radians(turn)) + y * np.sin(np.radians(turn))
    width = 0.56 * wavelength
    bell = np.exp(-(x ** 2 + y ** 2) / (2 * width ** 2))
    wave = bell * np.cos(2 * np.pi * along / wavelength)
    return wave - bell * wave.sum() / bell.sum()


def gabor_on_face(face, wavelength=4, turn=90):
    """A Gabor filter, and its answers over a face, uint8 (48, 48), mirrored at the border."""
    from scipy.ndimage import correlate

    wave = gabor_wave(wavelength, turn)
    answers = correlate(face / 255, wave, mode="reflect")
    figure, axes = new_figure(7.5, 2.9, 3)
    limit = np.abs(answers).max()
    for axis, picture, title, look in [
            (axes[0], face, "a face", GRAY), (axes[1], wave, f"wave of {wavelength} pixels, {turn} degrees",
                                             {"cmap": "PuOr_r", "vmin": -1, "vmax": 1}),
            (axes[2], answers, "its answers", {"cmap": "PuOr_r", "vmin": -limit, "vmax": limit})]:
        axis.imshow(picture, **look)
        axis.set_title(title, fontsize=10)
        axis.axis("off")
    row, column = np.unravel_index(np.abs(answers).argmax(), answers.shape)
    return figure, (f"A face, a Gabor filter with a wave of {wavelength} pixels turned by {turn} degrees, and its "
                    f"answers "
                    f"over the face, strongest at row {row}, column {column}.")


def explore_gabor(face):
    """Two controls on `gabor_on_face`."""
    import ipywidgets as widgets

    return explore(lambda **chosen: gabor_on_face(face, **chosen),
                   wavelength=widgets.IntSlider(4, min=3, max=16, description="wavelength, pixels"),
                   turn=widgets.IntSlider(90, min=0, max=165, step=15, description="turn, degrees"))


def points_on_faces(images, people, titles):
    """Drawn faces with their landmarks. `people`: arguments of `draw_gray`, as they were drawn."""
    from fer_utils.course.chapter_05.landmarks import in_pixels, landmarks

    figure, axes = new_figure(1.5 * len(images), 1.8, len(images))
    for axis, image, person, title in zip(axes, images, people, titles):
        axis.imshow(image, **GRAY)
        points = np.array([in_pixels(point, person[2]) for point in landmarks(*person).values()])
        axis.plot(*points.T, ".", color=COLORS[4], markersize=4)
        axis.set_title(title, fontsize=9)
        axis.axis("off")
    return figure, (f"{len(images)} drawn faces with points on the corners and lids of the eyes, the ends of the "
                    f"brows, "
                    f"and the corners and edges of the lips: {', '.join(titles)}.")
