"""The site in headless Chromium: nobody else is asked, formulas and the search work, narrow and dark pages can be read,
axe-core finds nothing that matters, and a chapter can be printed.

Needs a Chromium, and npm the first time; where one is missing the tests are skipped, unless FER_UTILS_MUST_NOT_SKIP is
set, as `.ci/run` does. With FER_UTILS_SCREENSHOTS, a folder, pictures are kept of three widths in both themes.
"""

import json
import os
import tarfile
import threading
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import chromium
import make_pdf
import npm
import pytest
import site_pages
from PIL import Image

# Chromium's own talk with its makers would stand among the requests.
QUIET = ("--disable-background-networking", "--disable-component-update", "--disable-sync")
AXE = "axe-core@4.10.3"
AXE_INTEGRITY = "sha512-Xm7bpRXnDSX2YE2YFfBk2FnF0ep6tmG7xPh8iHee8MIcrgq762Nkce856dYtJYLkuIoYZvGfTs/PbZhideTcEg=="
WIDTHS = (1400, 900, 390)
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
CHAPTER = "notebooks/07_convolutional_networks.html"
VISITED = ["index.html", "laboratory.html", "notebooks/00_start_here.html", "notebooks/02_faces_and_muscles.html",
           CHAPTER, "glossary.html", "syllabus.html", "bibliography.html", "data/results/README.html",
           "data/MODEL_CARD.html", "set-up.html"]
# Every formula is set, where the page has any.
FORMULAS = """!document.querySelector('.math') ||
    window.MathJax?.startup?.promise && document.querySelectorAll('mjx-container').length &&
    [...document.querySelectorAll('.math')].every(one => one.querySelector('mjx-container'))"""
SETTLED = """document.readyState === 'complete' &&
    [...document.images].every(one => one.complete || one.loading === 'lazy')"""


class Files(SimpleHTTPRequestHandler):
    """Files and nothing else; what is missing is remembered."""

    missing = []

    def log_message(self, *message):
        pass

    def send_error(self, code, *message, **more):
        self.missing.append(self.path)
        super().send_error(code, *message, **more)


@pytest.fixture(scope="module")
def address(built_site):
    """Where the site is served."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, directory=built_site))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@pytest.fixture(scope="module")
def page(browser_home):
    """A tab that tells of every request."""
    with chromium.chromium(browser_home / "site", *QUIET) as tab:
        tab.call("Network.enable")
        yield tab


def visit(page, address):
    """Open a page, to its end, pictures further down included."""
    page.js("window.before = true")  # the same page may be opened anew
    page.open(address)
    page.wait(f"!window.before && location.href.startsWith({address.partition('#')[0]!r}) && {SETTLED}")
    page.js("void document.querySelectorAll('img[loading]').forEach(one => { one.loading = 'eager'; })")
    page.wait("[...document.images].every(one => one.complete)")


def set_theme(page, theme):
    """As the system of the reader asks for it, who also wants no motion."""
    page.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": theme},
                                                      {"name": "prefers-reduced-motion", "value": "reduce"}])


def test_no_page_asks_another_host_for_anything(page, address):
    page.events.clear()
    Files.missing.clear()
    for path in VISITED:
        visit(page, address + path)
        assert page.js("[...document.images].filter(one => !one.naturalWidth).map(one => one.src)") == []
    time.sleep(1)
    page.js("1")  # takes in what was told meanwhile
    asked = [event["params"]["request"]["url"] for event in page.events
             if event["method"] == "Network.requestWillBeSent"]
    assert len(asked) > 10 * len(VISITED)
    assert [url for url in asked if urlsplit(url).scheme not in ("data", "blob") and not url.startswith(address)] == []
    assert [path for path in Files.missing if "favicon" not in path] == []


def test_formulas_are_set_with_the_fonts_that_lie_beside_the_pages(page, address):
    visit(page, address + CHAPTER)
    page.wait("document.querySelectorAll('mjx-container').length > 5")
    assert page.js("document.querySelectorAll('mjx-merror').length") == 0
    assert page.js("document.fonts.ready.then(() => [...document.fonts].some(one => one.family.startsWith('MJX') && "
                   "one.status === 'loaded'))")
    assert page.js("document.querySelectorAll('mjx-assistive-mml').length > 5"), "a screen reader hears no formula"


def test_the_search_finds_a_chapter(page, address):
    page.open(f"{address}search.html?q=softmax")
    page.wait("document.querySelectorAll('#search-results li a').length > 2")
    assert any("07_convolutional_networks" in link for link in
               page.js("[...document.querySelectorAll('#search-results li a')].map(one => one.href)"))


def test_an_option_of_a_quiz_answers_a_key(page, address):
    visit(page, address + "notebooks/00_start_here.html")
    page.js("void document.querySelector('.fer-option summary').focus()")
    for kind in ("keyDown", "keyUp"):
        page.call("Input.dispatchKeyEvent", type=kind, key="Enter", code="Enter", windowsVirtualKeyCode=13, text="\r")
    page.wait("document.querySelector('.fer-option').open && document.querySelector('.fer-option p').offsetHeight")


def test_an_explorer_follows_its_controls(page, built_site, browser_home):
    """By keyboard, in a page opened as a file: picture, words and number change together."""
    folder, name = browser_home / "explorer", "course.js"
    folder.mkdir()
    (folder / name).write_bytes((built_site / "_static" / name).read_bytes())
    for place in range(6):
        Image.new("RGB", (4 + place, 4)).save(folder / f"{place}.webp", lossless=True)
    (folder / "frames.json").write_text(json.dumps({
        "controls": [{"label": "which", "texts": ["thin", "thick"], "start": 1, "slider": False},
                     {"label": "slope", "texts": ["1", "2", "3"], "start": 1, "slider": True}],
        "words": [f"setting {place}" for place in range(6)], "width": 40, "height": 40}))
    html = site_pages.live_explorer(folder, ".", "https://example.org")
    (folder / "page.html").write_text(f"<!doctype html><script src={name}></script>{html}")
    visit(page, (folder / "page.html").as_uri())
    now = """[document.querySelector('.fer-live img').naturalWidth, document.querySelector('.fer-live img').alt,
              document.querySelector('output').textContent, document.querySelector('.fer-heard').textContent]"""
    assert page.js(now) == [8, "setting 4", "2", ""]
    page.js("void document.querySelector('input[type=range]').focus()")
    for kind in ("rawKeyDown", "keyUp"):
        page.call("Input.dispatchKeyEvent", type=kind, key="ArrowRight", code="ArrowRight", windowsVirtualKeyCode=39)
    page.wait("document.querySelector('.fer-live img').naturalWidth === 9")
    assert page.js(now) == [9, "setting 5", "3", "setting 5"]
    page.js("""void (() => { const one = document.querySelector('select'); one.value = '0';
        one.dispatchEvent(new Event('input', {bubbles: true})); })()""")
    page.wait("document.querySelector('.fer-live img').naturalWidth === 6")
    assert page.js("document.querySelector('.fer-live img').alt") == "setting 2"


def test_the_laboratory_moves_face_and_bars(page, address):
    visit(page, address + "laboratory.html")
    now = """[document.querySelector('.fer-live img').getAttribute('src'), document.querySelector('.fer-live img').alt,
              [...document.querySelectorAll('.fer-shares output')].map(one => one.textContent).join()]"""
    before = page.js(now)
    page.js("""void (() => { const one = document.querySelector('.fer-live select'); one.value = '0';
        one.dispatchEvent(new Event('input', {bubbles: true})); })()""")
    page.wait("document.querySelector('.fer-live img').naturalWidth")
    after = page.js(now)
    assert all(one != other for one, other in zip(before, after)) and "Anger at" in after[1]
    said = page.js("[...document.querySelectorAll('.fer-shares meter')].map(one => one.value + ' %').join()")
    assert said == after[2]


def test_a_word_and_a_citation_lead_to_where_they_say(page, address):
    visit(page, address + "notebooks/00_start_here.html")
    page.js("void [...document.querySelectorAll('a[title]')].find(one => one.textContent === 'loss').click()")
    page.wait("location.pathname.endsWith('glossary.html') && location.hash === '#term-loss' && "
              "document.querySelector('#term-loss')")
    assert page.js("document.querySelector('#term-loss').textContent.toLowerCase().includes('loss')")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_can_be_read_at_three_widths(page, address, theme):
    set_theme(page, theme)
    wide = []
    for path in VISITED:
        page.resize(WIDTHS[0])
        visit(page, address + path)
        assert page.js("document.documentElement.dataset.theme") == theme
        for width in WIDTHS:
            page.resize(width)
            page.drawn()
            if page.js(TOO_WIDE):
                wide.append((path, width))
            if os.environ.get("FER_UTILS_SCREENSHOTS"):
                name = f"site_{path.removesuffix('.html').replace('/', '_')}_{theme}_{width}.png"
                page.screenshot(Path(os.environ["FER_UTILS_SCREENSHOTS"]) / name)
    page.resize(WIDTHS[0])
    assert wide == []


def test_every_page_fits_a_telephone(page, address, built_site):
    page.resize(WIDTHS[-1])
    wide, pages = [], [path.relative_to(built_site).as_posix() for path in sorted(built_site.rglob("*.html"))
                       if "_static" not in path.parts]
    assert len(pages) > 40
    for path in pages:
        page.open(address + path)
        page.wait(f"location.href === {address + path!r} && document.readyState === 'complete'")
        page.wait(FORMULAS)
        page.drawn()
        wide += [path] * page.js(TOO_WIDE)
    page.resize(WIDTHS[0])
    assert wide == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", ["index.html", CHAPTER, "glossary.html", "laboratory.html"])
def test_axe_finds_nothing_that_matters(page, address, path, theme):
    try:
        archive = npm.fetched(AXE, AXE_INTEGRITY)
    except npm.NpmError as error:
        pytest.fail(str(error)) if os.environ.get("FER_UTILS_MUST_NOT_SKIP") else pytest.skip(str(error))
    with tarfile.open(archive) as files:
        axe = files.extractfile("package/axe.min.js").read().decode("utf-8")
    set_theme(page, theme)
    visit(page, address + path)
    page.js(f"{axe};1")
    found = json.loads(page.js("axe.run().then(said => JSON.stringify(said.violations.map(one => ({id: one.id, impact: "
                               "one.impact, nodes: one.nodes.map(node => node.html.slice(0, 200))}))))"))
    serious = [f"{one['id']} ({len(one['nodes'])}): {one['nodes'][:3]}" for one in found
               if one["impact"] != "minor"]
    print(f"\n{path} {theme}:", [(one["id"], one["impact"], len(one["nodes"])) for one in found])
    assert serious == [], "\n".join(serious)


def test_a_chapter_can_be_printed(built_site, browser_home, tmp_path):
    path = tmp_path / "chapter.pdf"
    make_pdf.print_page(built_site / "notebooks" / "00_start_here.html", path, first=7)
    data = path.read_bytes()
    assert data.startswith(b"%PDF") and data.count(b"/Type /Page\n") + data.count(b"/Type /Page ") > 5
