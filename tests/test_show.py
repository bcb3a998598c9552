"""Figures of the notebooks: small files, sharp on the page, with words for readers who do not see them."""

import io

import numpy as np
import pytest
from PIL import Image

from fer_utils.course.show import explore, image_element, kept_picture, new_figure, quick_picture, show


def picture_of(data):
    return Image.open(io.BytesIO(data)).convert("RGB")


def test_a_small_palette_keeps_the_colour_of_a_thin_line():
    figure, axes = new_figure(4, 3)
    axes.imshow(np.linspace(0, 1, 4096).reshape(64, 64), cmap="gray", aspect="auto")
    axes.plot([5, 60], [32, 32], color="red", linewidth=1)
    pixels = picture_of(kept_picture(figure))
    assert len(pixels.getcolors()) <= 48
    assert np.abs(np.asarray(pixels, int) - [255, 0, 0]).max(axis=2).min() < 20


RAMP = np.linspace(0, 1, 4096).reshape(64, 64)


@pytest.mark.parametrize("values", [RAMP, np.dstack([RAMP, RAMP.T, 0 * RAMP])])
def test_a_picture_with_colours_of_its_own_keeps_them(values):
    figure, axes = new_figure(4, 3)
    axes.imshow(values, cmap="PuOr_r", aspect="auto")
    assert len(picture_of(kept_picture(figure)).getcolors(1 << 20)) > 200


@pytest.mark.parametrize("picture", [kept_picture, quick_picture])
def test_a_picture_is_sharp_as_wide_as_its_figure_and_no_wider_than_the_page(picture):
    figure, axes = new_figure(4, 3)
    axes.plot([1, 2])
    data = picture(figure)
    assert picture_of(data).width == pytest.approx(2 * 4 * 80, abs=40)  # the frame is cut close in what is kept
    found = image_element(data, 'a "line" & more')
    assert f'width="{round(picture_of(data).width / 2)}"' in found and "max-width:100%" in found
    assert 'alt="a &quot;line&quot; &amp; more"' in found


def test_a_moving_control_gives_pictures_of_one_size():
    def drawn(label):
        figure, axes = new_figure(4, 3)
        axes.set_title(label)
        return picture_of(quick_picture(figure)).size

    assert drawn("") == drawn("a title that is rather long,\nof two lines") == (640, 480)


def test_a_moving_control_finds_room_for_its_labels_once(monkeypatch):
    """The layout is the slowest part of drawing. The axes stay where they stood, and the picture is the same."""
    def figure():
        made, axes = new_figure(4, 3, 2)
        axes[0].set(title="a", ylabel="of two\nlines")
        return made

    places = []
    first = quick_picture(figure(), places)
    assert len(places) == 2
    again, executed = figure(), []
    monkeypatch.setattr(type(again.get_layout_engine()), "execute", lambda *given: executed.append(given))
    assert np.abs(np.asarray(picture_of(quick_picture(again, places)), int) - picture_of(first)).max() < 40
    assert not executed
    quick_picture(figure(), [])  # nothing kept: laid out anew
    quick_picture(new_figure(4, 3)[0], places)  # another number of axes, too
    assert len(executed) >= 2 and len(places) == 1


def test_a_list_lays_the_picture_out_anew_and_a_slider_does_not(monkeypatch):
    import ipywidgets as widgets
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    executed, execute = [], ConstrainedLayoutEngine.execute
    monkeypatch.setattr(ConstrainedLayoutEngine, "execute", lambda *given: executed.append(1) or execute(*given))

    def draw(number, kind):
        figure, axes = new_figure(2, 1)
        axes.set_ylabel(kind)
        return figure, f"Nothing but {number} and {kind}."

    slider, choice = widgets.IntSlider(description="number"), widgets.Dropdown(options=["a", "b"], description="kind")
    explore(draw, number=slider, kind=choice)
    start = len(executed)
    slider.value = 5
    assert len(executed) == start
    choice.value = "b"
    assert len(executed) > start


def test_what_is_shown_is_an_image_with_words(monkeypatch):
    import IPython.display

    shown = []
    monkeypatch.setattr(IPython.display, "display", lambda *data, **options: shown.extend(data))
    figure, _ = new_figure(2, 1)
    show(figure, "An empty frame, for a test.")
    assert list(shown[0]) == ["text/html", "text/plain"] and shown[0]["text/plain"] == "An empty frame, for a test."
    assert shown[0]["text/html"].startswith('<img alt="An empty frame, for a test." width=')
    with pytest.raises(ValueError, match="say in a sentence"):
        show(figure, "  ")
