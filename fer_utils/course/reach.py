"""Widgets that can be reached without a mouse: keys stay with the control that has them, and each part has a name."""

from functools import cache
from importlib.resources import files


def reachable(children, **options):
    """A VBox of widgets, each a control with a description or a picture.

    In the browser it keeps arrows and letters from JupyterLab's own shortcuts, and gives sliders, lists and radio
    buttons the names that a screen reader says; on a narrow page, names stand above their sliders. What does it is the
    first child, which shows nothing. `options` are those of `ipywidgets.VBox`.
    """
    import ipywidgets as widgets

    box = widgets.VBox([_widget_class()(), *children], **options)
    box.add_class("fer-reach")
    return box


@cache
def _widget_class():
    import anywidget

    here = files(__package__)

    class Reach(anywidget.AnyWidget):
        _esm = (here / "reach.js").read_text(encoding="utf-8")
        _css = (here / "reach.css").read_text(encoding="utf-8")

    return Reach
