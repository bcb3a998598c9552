"""Put a figure into a notebook, with the words that a reader who cannot see it gets instead."""

import base64
import gc
import io
from html import escape

from fer_utils.course.reach import reachable

SHARPNESS = 2       # pixels of a picture for each of the page's, for screens that have that many
POINTS_AN_INCH = 80  # of the page, for an inch of a figure


def kept_picture(figure, sharpness=SHARPNESS):
    """A matplotlib figure as the bytes of a WebP file that stays small in a notebook.

    A picture in the colours of a colour map, and one with colours of its own, keeps all of them: a small palette makes
    steps in it that look like features.
    """
    from PIL import Image

    drawn, kept = io.BytesIO(), io.BytesIO()
    figure.savefig(drawn, format="png", dpi=POINTS_AN_INCH * sharpness, bbox_inches="tight", facecolor="white")
    image = Image.open(drawn).convert("RGB")
    if has_coloured_picture(figure):
        ways = [io.BytesIO(), io.BytesIO()]  # large squares of one colour pack better as they are, photographs do not
        image.save(ways[0], "WEBP", lossless=True, quality=90)
        image.save(ways[1], "WEBP", quality=80)
        kept = min(ways, key=lambda way: way.getbuffer().nbytes)
    else:
        few_colours(image).save(kept, "WEBP", lossless=True, quality=90)
    return kept.getvalue()


def few_colours(image):
    """A Pillow image, RGB, of lines and text in 48 colours, which say all: the palette is Pillow's "maximum coverage",
    which keeps a thin line's colour where one cut by numbers of pixels would lose it."""
    from PIL import Image

    few = image.quantize(48, method=Image.Quantize.MAXCOVERAGE, kmeans=1, dither=Image.Dither.NONE)
    return few.convert("RGB")


def quick_picture(figure, places=None):
    """A matplotlib figure as the bytes of a PNG file, drawn as fast as it can be, for a control that moves: in all its
    colours, and always as large as the figure, so that the page does not jump.

    Finding room for all labels takes more than half of the time, and ends where it did before. `places`, a list, keeps
    where the axes stand: if it is empty it is filled, else they are put there.
    """
    import numpy as np
    from PIL import Image

    figure.set_dpi(POINTS_AN_INCH * SHARPNESS)
    if places and len(places) == len(figure.axes):
        figure.set_layout_engine("none")
        for axis, place in zip(figure.axes, places):
            axis.set_position(place)
    figure.canvas.draw()
    if places is not None:
        places[:] = [axis.get_position() for axis in figure.axes]
    drawn = io.BytesIO()
    Image.fromarray(np.asarray(figure.canvas.buffer_rgba())).convert("RGB").save(drawn, "PNG", compress_level=1)
    return drawn.getvalue()


def has_coloured_picture(figure):
    """Whether a figure holds a picture that has more colours than grays: RGB, or in a colour map."""
    for picture in (picture for axis in figure.axes for picture in axis.images):
        values = picture.get_array()
        colours = values.reshape(-1, values.shape[-1]) if values.ndim == 3 else picture.cmap(range(0, 256, 16))
        if (colours[:, 0] != colours[:, 2]).any():
            return True
    return False


def image_element(data, alt):
    """A picture, the bytes of a file, as an HTML image with alternative text: as wide as its figure, and never wider
    than the page."""
    from PIL import Image

    picture = Image.open(io.BytesIO(data))
    return (f'<img alt="{escape(alt)}" width="{round(picture.width / SHARPNESS)}" style="max-width:100%;height:auto" '
            f'src="data:{picture.get_format_mimetype()};base64,{base64.b64encode(data).decode()}">')


def show(figure, alt):
    """Display a matplotlib figure with alternative text and close it. Raises ValueError for a missing text.

    It is an HTML image: JupyterLab and the exports show the alternative text of no other kind of output.
    """
    from IPython.display import display

    if len(alt.strip()) < 10:
        raise ValueError("say in a sentence what the figure shows; it is what a screen reader reads.")
    display({"text/html": image_element(kept_picture(figure), alt), "text/plain": alt}, raw=True)
    _close(figure)


def as_html(figure, alt, places=None):
    """The figure as an HTML image with alternative text, for use inside widgets. `places`: as in `quick_picture`."""
    data = quick_picture(figure, places)
    _close(figure)
    return image_element(data, alt)


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

    Returns a VBox (`reachable`). Draw the default with `show(*draw(...))` beside it, for readers without a kernel.
    """
    import ipywidgets as widgets

    picture, places = widgets.HTML(), []

    def redraw(change=None):
        if change and "Slider" not in type(change["owner"]).__name__:
            places.clear()  # a list or a box may bring other axes and longer labels
        picture.value = as_html(*draw(**{name: control.value for name, control in controls.items()}), places)

    # Else the collector goes through all objects of TensorFlow after every few pictures, which takes half a second.
    gc.collect()
    gc.freeze()

    for control in controls.values():
        control.style.description_width = "14em"
        control.layout.width, control.layout.max_width = "34em", "100%"
        control.observe(redraw, names="value")
    redraw()
    return reachable([*controls.values(), picture])
