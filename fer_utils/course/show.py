"""Put a figure into a notebook, with the words that a reader who cannot see it gets instead."""

import base64
import io
from html import escape


def png(figure, dpi=80):
    """A matplotlib figure as PNG bytes, with a palette of 48 colours, so that notebooks stay small.

    Pillow's "maximum coverage" keeps a thin line's colour, which a palette cut by numbers of pixels would lose. A
    picture in colour, or in the colours of a colour map, keeps all of them: a small palette makes steps in it that
    look like features, and bands across the skin of a face.
    """
    from PIL import Image

    buffer, small = io.BytesIO(), io.BytesIO()
    figure.savefig(buffer, format="png", dpi=dpi, bbox_inches="tight", facecolor="white")
    image = Image.open(buffer).convert("RGB")
    if not _has_coloured_picture(figure):
        image = image.quantize(48, method=Image.Quantize.MAXCOVERAGE, kmeans=1, dither=Image.Dither.NONE)
    image.save(small, "PNG", optimize=True)
    return small.getvalue()


def _has_coloured_picture(figure):
    """Whether a figure holds an array drawn by `imshow` that has more than grays, of itself or by its colour map."""
    pictures = [picture for axis in figure.axes for picture in axis.images]
    return any((colours[..., 0] != colours[..., 2]).any()
               for colours in (picture.cmap(range(0, 256, 16)) if picture.get_array().ndim == 2 else picture.get_array()
                               for picture in pictures))


def show(figure, alt):
    """Display a matplotlib figure with alternative text and close it. Raises ValueError for a missing text."""
    from IPython.display import display

    if len(alt.strip()) < 10:
        raise ValueError("say in a sentence what the figure shows; it is what a screen reader reads.")
    display({"image/png": base64.b64encode(png(figure)).decode(), "text/plain": alt}, raw=True,
            metadata={"image/png": {"alt": alt}})
    _close(figure)


def as_html(figure, alt):
    """The figure as an HTML image with alternative text, for use inside widgets."""
    data = base64.b64encode(png(figure)).decode()
    _close(figure)
    return f'<img alt="{escape(alt)}" src="data:image/png;base64,{data}">'


def new_figure(width=8, height=3, columns=1, rows=1, **options):
    """A figure and its axes, made without pyplot: widget callbacks may run in another thread, where pyplot is not safe.

    Returns (figure, axes) as `Figure.subplots` gives them.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.subplots(rows, columns, **options)


def _close(figure):
    """Tell pyplot, where it made the figure, or it would show it a second time."""
    from matplotlib import pyplot as plt

    if getattr(figure, "number", None) in plt.get_fignums():
        plt.close(figure)


def say(text):
    """Display a sentence as Markdown: for prose whose numbers are computed or read from a recorded run."""
    from IPython.display import Markdown, display

    display(Markdown(text))


def explore(draw, **controls):
    """An explorer: widgets for the arguments of `draw`, and its picture, redrawn when one of them changes.

    Arguments:
        draw: a plain function of the controls' values that returns (figure, alternative text).
        controls: one ipywidgets control for each argument of `draw`, each with a description.

    Returns a VBox. Draw the default with `show(*draw(...))` beside it, for readers without a kernel.
    """
    import ipywidgets as widgets

    picture = widgets.HTML()

    def redraw(_=None):
        picture.value = as_html(*draw(**{name: control.value for name, control in controls.items()}))

    for control in controls.values():
        control.style.description_width = "14em"
        control.layout.width = "34em"
        control.observe(redraw, names="value")
    redraw()
    return widgets.VBox([*controls.values(), picture])
