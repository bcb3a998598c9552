"""Explorers, quizzes and chapters in a real browser: JupyterLab in headless Chromium, by keyboard alone; and what a
browser reads aloud of a chapter's pictures.

Needs a Chromium; where there is none the tests are skipped, unless FER_UTILS_MUST_NOT_SKIP is set, as `.ci/run` does.
Here the explorers of all chapters in the dark theme, one quiz, chapter 00 from end to end, and the pictures of 00 and
02; in both themes, every quiz and every chapter with `make browser`, which sets FER_UTILS_EVERY_WIDGET. With
FER_UTILS_SCREENSHOTS, a folder, pictures are kept of three widths.
"""

import json
import os
import re
import shutil
import time
from html import unescape
from pathlib import Path

import chromium
import nbformat
import numpy as np
import pytest
from build_notebooks import notebook_path, tags
from test_notebooks import NAMES
from test_wrong_answers import wrong_answer

from fer_utils.course.quizzes import questions

ANSWERS = Path(__file__).parent / "answers"
EVERY = os.environ.get("FER_UTILS_EVERY_WIDGET", "").split()  # "all", or the numbers of some chapters
CHOSEN = [name for name in NAMES if "all" in EVERY or name[:2] in EVERY]
EXPLORED = [f"chapter_{name[:2]}" for name in CHOSEN or NAMES]
THEMES = ("dark", "light") if EVERY else ("dark",)
QUIZZES = CHOSEN or NAMES[:1]
RUN = CHOSEN or NAMES[:1]  # chapters from their first cell to their last
READ = CHOSEN or [name for name in NAMES if name[:2] in ("00", "02")]  # aloud, from an export
WIDTHS = (1400, 900, 390)
SLOWEST = 1500  # ms from the key to the new picture, on a machine that does other things too
PANEL = "[...jupyterapp.shell.widgets('main')][0]"
LOAD = f"""
import importlib, sys
sys.path[:0] = [{str(ANSWERS)!r}, {str(ANSWERS.parent)!r}]
from IPython.display import HTML
from fer_utils import course
course.setup()
"""
EXPLORERS = """
for name, make in importlib.import_module({0!r}).EXPLORERS.items():
    display(HTML(f"<i class='named'>{0} {{name}}</i>"), make())
"""
# Chapter 02's are made by hand, not by `course.show.explore`.
BY_HAND = """
from fer_utils.course.chapter_02.explore_anatomy import explore_anatomy
from fer_utils.course.chapter_02.face_laboratory import explore_face
from fer_utils.course.chapter_02.flash import explore_threshold
from fer_utils.edge.litert import load_litert
net = load_litert("squeezenet-mini")
for name, make in (("anatomy", explore_anatomy), ("face laboratory", explore_face)):
    display(HTML(f"<i class='named'>chapter_02 {name}</i>"), make(net))
explore_threshold(seed=0)
"""
# In the page: the parts of an explorer that take keys, and a clock from a key to the next picture.
TOOLS = """
window.boxes = () => [...document.querySelectorAll('.jp-OutputArea-output .fer-reach:not(.fer-quiz)')]
  .filter(box => !box.querySelector('.fer-flash'));
window.parts = box => [...box.querySelectorAll('.noUi-handle, select, input[type=checkbox], input[type=radio], ' +
                                               '.widget-toggle-button:not(.widget-toggle-buttons *)')]
  .filter(part => part.checkVisibility());
window.expectPicture = box => {
  window.changed = new Promise(done => {
    let pressed = null;
    box.addEventListener('keydown', () => { pressed ??= performance.now(); }, {capture: true, once: true});
    const drawn = node => node.matches?.('img, svg') ? node : node.querySelector?.('img, svg');
    const look = new MutationObserver(async changes => {
      const picture = changes.flatMap(change => [...change.addedNodes]).map(drawn).find(Boolean);
      if (!picture) return;
      look.disconnect();
      if (picture.decode) await picture.decode();
      done(performance.now() - pressed);
    });
    look.observe(box, {childList: true, subtree: true});
    setTimeout(() => { look.disconnect(); done(null); }, 30000);
  });
};"""


def write_notebook(path):
    """A cell for the explorers of each chapter, and one for each quiz."""
    cells = [LOAD, *(EXPLORERS.format(name) + BY_HAND * (name == "chapter_02") for name in EXPLORED),
             *(f"course.quiz({name!r})" for name in QUIZZES), "'the end'"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells], metadata={
        "kernelspec": {"name": "python3", "display_name": "Python 3"}})
    nbformat.write(notebook, path)
    return len(cells)


def press(page, key, code):
    """One key, down and up, as from a keyboard."""
    for kind in ("rawKeyDown", "keyUp"):
        page.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code)


def keep(page, name, node="document.querySelector('.jp-Notebook .jp-Cell')"):
    """A screenshot of what stands at a node, where screenshots are kept."""
    if folder := os.environ.get("FER_UTILS_SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.js(f"void {node}.scrollIntoView()")
        time.sleep(0.2)
        page.screenshot(Path(folder) / f"{re.sub('[^0-9A-Za-z]+', '_', name)}.png")


def state(page):
    """What a key must not change: the active cell, the kinds of cells, whether an error stands somewhere."""
    return page.js(f"""(() => {{
        const notebook = {PANEL}.content;
        return [notebook.activeCellIndex, notebook.widgets.map(cell => cell.model.type).join(),
                document.querySelectorAll('.jp-RenderedText[data-mime-type="application/vnd.jupyter.stderr"]').length];
    }})()""")


def move_all(page, box, called):
    """Press a key on each part of an explorer. Returns the ms that each took to the next picture."""
    times = []
    for part in range(page.js(f"parts(boxes()[{box}]).length")):
        where = f"parts(boxes()[{box}])[{part}]"
        named = page.js(f"{where}.getAttribute('aria-label') || {where}.closest('label')?.textContent || "
                        f"({where}.matches('button') ? {where}.textContent : '')")
        assert named.strip() not in ("", "null"), f"{called}: control {part} has no name"
        page.js(f"""void (() => {{
            const notebook = {PANEL}.content;
            notebook.activeCellIndex = notebook.widgets.findIndex(cell => cell.node.contains({where}));
            {where}.focus();
            expectPicture(boxes()[{box}]);
        }})()""")
        before = state(page)
        kind = page.js(f"{where}.matches('input, button') ? 'space' : {where}.matches('select') ? 'down' : 'right'")
        at_end = page.js(f"""(() => {{ const one = {where}; return one.matches('select')
            ? one.selectedIndex === one.options.length - 1
            : one.getAttribute('aria-valuenow') === one.getAttribute('aria-valuemax'); }})()""")
        press(page, *{"space": (" ", 32), "down": ("ArrowUp", 38) if at_end else ("ArrowDown", 40),
                      "right": ("ArrowLeft", 37) if at_end else ("ArrowRight", 39)}[kind])
        took = page.js("window.changed")
        assert took is not None, f"{called}, {named}: a key gives no new picture"
        times.append(took)
        press(page, "m", 77)  # in JupyterLab: turn the cell into text
        assert state(page) == before, f"{called}, {named}: a key left the control"
        assert page.js(f"boxes()[{box}].contains(document.activeElement)"), f"{called}, {named}: the focus is lost"
    assert page.js(f"[...boxes()[{box}].querySelectorAll('img')].every(one => one.alt.length > 10)"), called
    return times


def answer_quiz(page, name, place):
    """Each question of a quiz, the one at `place` in the notebook, first wrongly, then rightly."""
    quiz = f"document.querySelectorAll('.fer-quiz')[{place}]"
    for number, question in enumerate(questions(name)):
        group = f"{quiz}.querySelectorAll('[role=radiogroup]')[{number}]"
        assert page.js(f"{group}.getAttribute('aria-label')").startswith(f"{number + 1}. ")
        right = next(place for place, option in enumerate(question["option"]) if option.get("right"))
        for option, mark in ((1 if right == 0 else 0, "✘"), (right, "✔")):
            page.js(f"void {group}.querySelectorAll('input')[{option}].focus()")
            press(page, " ", 32)
            page.wait(f"{group}.closest('.widget-vbox').querySelector('p[style]')?.textContent.startsWith('{mark}')")
            assert page.faint(".fer-quiz p[style]") == [], f"{name}, question {number + 1}"


def answer_flashes(page):
    """Three flashes of chapter 02, each answered; then the curve stands there."""
    flash = "document.querySelector('.fer-flash')"
    for times in range(3):
        page.js(f"void {flash}.querySelector('button').focus()")
        press(page, " ", 32)
        page.wait(f"document.activeElement.getAttribute('aria-disabled') === 'false' && "
                  f"{flash}.querySelector('p').textContent.startsWith('Face {times + 1}')")
        press(page, " ", 32)
    page.wait(f"{flash}.closest('.fer-reach').querySelector('.widget-html img')?.alt")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("theme", THEMES)
def test_every_explorer_and_quiz_by_keyboard(browser_home, theme, record_property):
    home = browser_home / theme
    (home / "notebooks").mkdir(parents=True)
    count = write_notebook(home / "notebooks" / "widgets.ipynb")
    with (chromium.jupyterlab(home / "notebooks", home, dark=theme == "dark") as address,
          chromium.chromium(home / "profile") as page):
        page.open(f"{address}/doc/tree/widgets.ipynb", before=TOOLS)
        page.wait(f"window.jupyterapp && document.querySelectorAll('.jp-Notebook .jp-Cell').length === {count}")
        page.wait(f"{PANEL}?.sessionContext?.session?.kernel?.status === 'idle'")
        page.js("void jupyterapp.commands.execute('notebook:run-all-cells')")
        page.wait("[...document.querySelectorAll('.jp-OutputArea-output')].pop()?.textContent.includes('the end')", 360)
        assert page.js("[...document.querySelectorAll('.jp-OutputArea-output pre')].map(one => one.textContent)"
                       ".filter(text => text.includes('Error'))") == []
        page.wait("boxes().length && boxes().every(box => parts(box).length && "
                  "parts(box).every(part => part.hasAttribute('data-lm-suppress-shortcuts')))")
        page.wait(f"document.querySelectorAll('.fer-quiz').length === {len(QUIZZES)} && "
                  "[...document.querySelectorAll('.fer-quiz')].every(one => one.querySelector('[role=radiogroup]'))")
        assert page.js("document.body.dataset.jpThemeLight") == str(theme == "light").lower()
        names = page.js("[...document.querySelectorAll('.named')].map(one => one.textContent)")
        assert page.js("boxes().length") == len(names)

        times = []
        for box, called in enumerate(names):
            page.js(f"void boxes()[{box}].scrollIntoView()")
            times += move_all(page, box, called)
        slow = float(np.percentile(times, 95))
        record_property("ms from a key to the picture, 95th percentile", round(slow))
        print(f"\n{len(times)} controls of {len(names)} explorers, {theme}: {np.median(times):.0f} ms from a key to "
              f"the picture (median), {slow:.0f} ms (95th percentile)")

        for place, name in enumerate(QUIZZES):
            answer_quiz(page, name, place)
        if EVERY and "chapter_02" in EXPLORED:
            answer_flashes(page)
        assert page.faint(".jp-OutputArea-output") == []
        read = page.pictures(".jp-Notebook")
        assert len(read) >= len(names) and [text for text in read if not is_said(text)] == []

        for width in WIDTHS:
            page.resize(width)
            time.sleep(0.5)
            # on a telephone a picture keeps a width at which it can be read, and is moved sideways within its box
            wide = page.js("""boxes().map(box => [...box.querySelectorAll('.widget-html-content')].filter(content =>
                content.querySelector('img')).map(content => [content.getBoundingClientRect().width -
                box.getBoundingClientRect().width, innerWidth <= 760 ? 0 : content.scrollWidth - content.clientWidth])
                ).flat(2)""")
            assert max(wide, default=0) <= 1, f"at {width} pixels a picture runs out of its box"
            assert width > 760 or page.js("""boxes().every(box => [...box.querySelectorAll('img')].every(picture =>
                picture.getBoundingClientRect().width >= Math.min(560, picture.naturalWidth / 2) - 1))"""), (
                f"at {width} pixels the words of a picture cannot be read")
            sliders = page.js("""boxes().map(box => [...box.querySelectorAll('.noUi-target')].map(slider =>
                slider.getBoundingClientRect().width)).flat().filter(Boolean)""")
            assert not [one for one in sliders if one < 100], f"at {width} pixels a slider is too short"
            for box, called in enumerate(names):
                keep(page, f"{called} {theme} {width}", f"boxes()[{box}]")
            for place, name in enumerate(QUIZZES):
                keep(page, f"quiz {name[:2]} {theme} {width}", f"document.querySelectorAll('.fer-quiz')[{place}]")
    assert slow < SLOWEST


def is_said(text):
    """Whether the name of a picture says something: it is neither missing nor one that a program puts in its place."""
    return len(text) >= 10 and "Notebook figure" not in text and not text.startswith("No description")


def test_a_browser_reads_the_words_of_every_picture(browser_home):
    """In the page that nbconvert makes of a chapter: what the accessibility tree calls each picture."""
    from nbconvert import HTMLExporter

    with chromium.chromium(browser_home / "second") as page:
        for name in READ:
            source = notebook_path(name, "learner")
            words = [" ".join(unescape(alt).split()) for cell in nbformat.read(source, as_version=4).cells
                     for output in cell.get("outputs", [])
                     for alt in re.findall(r'<img alt="([^"]*)"', output.get("data", {}).get("text/html", ""))]
            assert len(words) >= 5
            path = browser_home / f"{name}.html"
            path.write_text(HTMLExporter().from_filename(str(source))[0], encoding="utf-8")
            page.open(path.as_uri())
            page.wait(f"location.href.endsWith('{name}.html') && document.readyState !== 'loading' && "
                      "document.querySelectorAll('.jp-OutputArea img').length")
            read, shown = page.pictures(), page.js("document.querySelectorAll('img, svg[role=img], canvas').length")
            assert [text for text in words if text not in read] == [], name
            assert len(read) == shown, f"{name}: {shown - len(read)} pictures are not read aloud"
            assert [text for text in read if not is_said(text)] == [], name


def first_exercise(name):
    """The check of a chapter's first exercise, and the name that it asks for."""
    for cell in nbformat.read(notebook_path(name, "learner"), as_version=4).cells:
        asked = re.search(r"checks\.(check_\w+)\((\w+)\)", cell.source) if "check" in tags(cell) else None
        if asked:
            return asked.groups()


def answer(page, chapter, check, name, which, expected):
    """Write an answer into a chapter's exercise as a learner does, run it and its check, and wait for the words."""
    code = (f"import sys; sys.path[:0] = [{str(ANSWERS.parent)!r}, {str(ANSWERS)!r}]\n"
            f"import chapter_{chapter} as _tried\n{name} = _tried.{which}")
    page.js(f"""(async () => {{
        const panel = {PANEL}, cells = panel.content.widgets;
        const check = cells.findIndex(cell => cell.model.sharedModel.source.includes('checks.{check}('));
        const stub = cells.findLastIndex((cell, place) => place < check &&
            cell.model.getMetadata('tags')?.includes('exercise'));
        cells[stub].model.sharedModel.setSource({code!r});
        for (const place of [stub, check]) {{
            panel.content.activeCellIndex = place;
            await jupyterapp.commands.execute('notebook:run-cell');
        }}
        window.said = () => cells[check].node.querySelector('.jp-OutputArea').textContent;
    }})()""")
    page.wait(f"said().includes({expected!r})", 60)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", RUN)
def test_a_chapter_from_its_first_cell_to_its_last(browser_home, name):
    home, chapter = browser_home / name, name[:2]
    (home / "notebooks").mkdir(parents=True)
    shutil.copy(notebook_path(name, "learner"), home / "notebooks" / "chapter.ipynb")
    with chromium.jupyterlab(home / "notebooks", home) as address, chromium.chromium(home / "profile") as page:
        page.open(f"{address}/doc/tree/chapter.ipynb", before=TOOLS)
        page.wait("window.jupyterapp && document.querySelectorAll('.jp-Notebook .jp-Cell').length > 20")
        page.wait(f"{PANEL}?.sessionContext?.session?.kernel?.status === 'idle'")
        page.js("void jupyterapp.commands.execute('notebook:run-all-cells').then(() => { window.ran = true; })")
        page.wait("window.ran", 400)
        assert page.js(f"{PANEL}.content.widgets.map(cell => cell.model.outputs?.toJSON() ?? []).flat()"
                       ".filter(output => output.output_type === 'error').map(output => output.evalue)") == []
        page.wait(r"/\d+ of \d+ exercises stand open/.test(document.body.textContent)")
        page.wait("boxes().length && document.querySelector('.fer-quiz [role=radiogroup]')")
        assert page.faint(".jp-OutputArea-output") == []
        assert page.js("""[...document.querySelectorAll('.jp-CodeCell .jp-InputArea-editor .cm-scroller')]
            .filter(one => one.scrollWidth > one.clientWidth).map(one => one.textContent.slice(0, 60))""") == [], (
            f"at {WIDTHS[0]} pixels code is cut")
        keep(page, f"first screen {chapter} {WIDTHS[0]}")
        for width in WIDTHS[1:]:
            page.resize(width)
            time.sleep(0.5)
            # what JupyterLab shows of a folded cell is 500 pixels wide on a telephone, too
            assert width < 900 or page.js("[...document.querySelectorAll('.jp-WindowedPanel-outer')]"
                                          ".every(one => one.scrollWidth <= one.clientWidth)"), (
                f"at {width} pixels the notebook scrolls sideways")
            keep(page, f"first screen {chapter} {width}")

        check, asked = first_exercise(name)
        answer(page, chapter, check, asked, f"WRONG[{wrong_answer(chapter, check)}][2]", "Not yet:")
        assert page.js("said().includes('Hint 1:')")
        answer(page, chapter, check, asked, f"SOLUTIONS[{check!r}]", "Correct.")
    kept = json.loads((home / "cache" / "progress" / f"{chapter}.json").read_text())
    assert kept[check]["tries"] == 2 and kept[check]["solved"]


PAGE = """data:text/html,<title>A page</title><p id=faint style="background:white;color:rgb(170 170 170)">faint</p>
<p style="background:white;color:rgb(100 100 100)">plain</p><div style="background:black;color:rgb(136 136 136)">
<p style="background:rgba(255,255,255,0.06)">on a veil</p><p style="background:rgba(255,255,255,0.5)">on a thick one</p>
</div><img alt="A face"><script>{}</script>"""


def test_what_a_page_complains_of_is_an_error(browser_home):
    """In the one place that all tests in a browser share."""
    script = ("console.error('no face', 7); console.assert(false, 'no mouth'); Promise.reject(new Error('kept')); "
              "setTimeout(() => { document.title = 'over'; throw new Error('late') }, 300)")
    with pytest.raises(AssertionError) as told, chromium.chromium(browser_home / "complaints") as page:
        page.open(PAGE.format(script))
        page.wait("document.title === 'over'")
    assert all(words in str(told.value) for words in ("no face 7", "no mouth", "Error: kept", "Error: late"))


def test_faint_words_are_found(browser_home):
    with chromium.chromium(browser_home / "faint") as page:
        page.open(PAGE.format("console.log('a word'); console.warn('another')"))
        page.wait("document.title === 'A page'")
        assert [text for _, text, *_ in page.faint()] == ["faint", "on a thick one"]
        assert page.faint(least=21) != page.faint("#faint", 21) != []
        assert page.pictures() == ["A face"]
