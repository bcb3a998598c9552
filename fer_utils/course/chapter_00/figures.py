"""The figure and the explorer of chapter 00. The draw function returns (figure, alternative text)."""

import numpy as np

from fer_utils.course.show import explore, new_figure


def coarse_face(face, side=12):
    """A face, uint8 (48, 48), as it is and with only `side` x `side` pixels."""
    from PIL import Image

    coarse = np.asarray(Image.fromarray(face).resize((side, side), Image.Resampling.BOX))
    figure, axes = new_figure(5, 2.6, 2)
    for axis, image, title in zip(axes, (face, coarse), ("48 x 48 pixels", f"{side} x {side} pixels")):
        axis.imshow(image, cmap="gray", vmin=0, vmax=255)
        axis.set_title(title)
        axis.axis("off")
    return figure, f"A face with 48 x 48 pixels, and beside it the same face with {side} x {side} pixels."


def explore_coarse_face(face):
    """A slider on `coarse_face`: the widget self-test."""
    import ipywidgets as widgets

    return explore(lambda side: coarse_face(face, side),
                   side=widgets.IntSlider(12, min=3, max=48, description="pixels a side"))
