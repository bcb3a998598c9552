"""An explorer drawn beforehand in headless Chromium: a page opened from the disk, moved by keyboard, without Python.

Needs a Chromium; where there is none the test is skipped, unless FER_UTILS_MUST_NOT_SKIP is set, as `.ci/run` does.
"""

import chromium
import ipywidgets as widgets
import make_explorers
from syllabus import ROOT

from fer_utils.course.show import new_figure

PAGE = """<!DOCTYPE html><html lang="en"><title>x</title><script src="{script}"></script>
<div class="fer-explorer" data-explorer="explorers/07-3"><p>A note for who has no script.</p></div>"""


def draw(kind, light):
    """Nothing but its controls."""
    figure, axis = new_figure(3, 1)
    axis.set_title(f"{kind} {light}")
    return figure, f"kind {kind}, light {light}."


def press(page, key, code):
    """One key, down and up."""
    for kind in ("rawKeyDown", "keyUp"):
        page.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code)


def test_controls_move_the_picture_and_say_what_they_show(browser_home):
    controls = {"kind": widgets.Dropdown(options=["a", "b"], value="a", description="kind"),
                "light": widgets.IntSlider(2, min=0, max=4, description="light")}
    assert make_explorers.draw_all(draw, controls, browser_home / "explorers" / "07-3") == 10
    script = (ROOT / "site" / "static" / "explorers.js").as_uri()
    (browser_home / "explorer.html").write_text(PAGE.format(script=script), encoding="utf-8")
    with chromium.chromium(browser_home / "explorer") as page:
        page.open((browser_home / "explorer.html").as_uri(),
                  before="window.errors = []; addEventListener('error', one => errors.push(String(one.message)));")
        alt = "document.querySelector('img')?.alt"
        page.wait(f"{alt} === 'kind a, light 2.'")
        assert page.js("document.querySelector('p')") is None  # the note made room
        named = "[...document.querySelectorAll('label')].map(one => one.firstChild.textContent).join()"
        assert page.js(named) == "kind,light"
        page.js("void document.querySelector('input').focus()")
        press(page, "ArrowRight", 39)
        page.wait(f"{alt} === 'kind a, light 3.'")
        assert page.js("document.querySelector('input').getAttribute('aria-valuetext')") == "3"
        assert page.js("document.querySelector('label:last-of-type output').textContent") == "3"
        page.js("void document.querySelector('select').focus()")
        press(page, "ArrowDown", 40)
        page.wait(f"{alt} === 'kind b, light 3.'")
        page.wait("document.querySelector('img').naturalWidth === 480")
        assert page.js("errors") == []
