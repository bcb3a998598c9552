"""The course as a website: what goes into a page, and the site as Sphinx builds it, without a browser."""

import json
import os
import re
import tomllib
from collections import Counter, defaultdict
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import bibliography
import draw_explorers
import explorer_frames
import make_pdf
import make_site
import nbformat
import npm
import pytest
import site_laboratory
import site_pages
from syllabus import PLACEHOLDER, ROOT, Repository, repository, written_chapters

CHAPTERS = [chapter.name for chapter in written_chapters()]
BIGGEST = 2_000_000  # bytes of one file
WHOLE = 80_000_000  # most of it pictures of explorers, where they were drawn
PAGE = 500_000  # of a page without its pictures


class Reader(HTMLParser):
    """What a page refers to: `links`, `loads` (what is fetched when it is opened), `ids`, and `pictures` as (source,
    words or None)."""

    def __init__(self, text):
        super().__init__()
        self.links, self.loads, self.ids, self.pictures, self.text = [], [], set(), [], ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.ids |= {found[name] for name in ("id", "name") if found.get(name)}
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        if tag == "img":
            self.pictures.append((found.get("src", ""), found.get("alt")))
        if tag in ("img", "script", "iframe", "source", "video", "audio") and found.get("src"):
            self.loads.append(found["src"])
        if tag == "link" and found.get("rel") in ("stylesheet", "icon", "preload", "preconnect", "dns-prefetch"):
            self.loads.append(found["href"])

    def handle_data(self, data):
        self.text += data


@pytest.fixture(scope="session")
def pages(built_site):
    """Every page as a `Reader`, by its path from the site's top."""
    return {path.relative_to(built_site).as_posix(): Reader(path.read_text(encoding="utf-8"))
            for path in sorted(built_site.rglob("*.html")) if "_static" not in path.parts}


# What goes into a page

def test_citations_lead_to_their_sources_and_nothing_else_does():
    text = "As shown [1], and [2, 3]; `x[1]` and $x[2]$ and [1](other.md) and [0, 1] and [7]."
    assert site_pages.cited(text, {1, 2, 3}) == (
        'As shown [<a href="#ref-1">1</a>], and [<a href="#ref-2">2</a>, <a href="#ref-3">3</a>]; `x[1]` and $x[2]$ '
        "and [1](other.md) and [0, 1] and [7].")
    assert site_pages.listed("## References\n\n1. One\n   more\n2. Two").count('<span id="ref-') == 2


def test_a_word_leads_to_the_glossary():
    terms = [{"name": "action unit", "forms": ["action units"], "text": "..."}]
    before = '[Action units](04_learning_from_examples.ipynb#Glossary "what they are")'
    assert site_pages.to_terms(before, terms) == '[Action units](#term-action-unit "what they are")'
    assert site_pages.to_terms(before, []) == before


@pytest.mark.parametrize("owner, elsewhere", [(PLACEHOLDER, "the licence"), (
    "me", "[the licence](https://github.com/me/course/blob/main/LICENSE)")])
def test_links_lead_to_pages_or_to_github(monkeypatch, owner, elsewhere):
    monkeypatch.setattr(site_pages, "repository", lambda root=None: Repository(owner, "course", "main"))
    found = site_pages.relinked("[a](../README.md), [b](results/), [c](MODEL_CARD.md#law), [the licence](../LICENSE), "
                                "[e](https://example.org), [f](#here), `[g](h.md)`", "data/README.md")
    assert found == (f"[a](../index.md), [b](results/README.md), [c](MODEL_CARD.md#law), {elsewhere}, "
                     "[e](https://example.org), [f](#here), `[g](h.md)`")


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_question_of_a_quiz_answers_without_python(name):
    asked = tomllib.loads((ROOT / "data" / "quizzes" / f"{name}.toml").read_text(encoding="utf-8"))["question"]
    html = site_pages.live_quiz(name)
    assert html.count('class="fer-question"') == html.count("fer-option right") == len(asked)
    assert html.count("<summary>") == sum(len(question["option"]) for question in asked) and "`" not in html


def test_controls_become_a_note_and_a_quiz_takes_their_place():
    from build_notebooks import ASLEEP
    from nbformat.v4 import new_output

    asleep = new_output("display_data", {"text/html": f"<p><i>{ASLEEP}</i></p>"})
    quiz = new_output("display_data", {"text/html": "<details><summary>The questions as text</summary>"})
    told = new_output("stream", name="stdout", text="open")
    note, = site_pages.for_the_page([asleep], CHAPTERS[0], "https://example.org")
    assert "controls stand here" in note.data["text/html"]
    shown = site_pages.for_the_page([asleep, quiz, told], CHAPTERS[0], "https://example.org")
    assert len(shown) == 2 and "fer-site-quiz" in shown[0].data["text/html"] and shown[1] == told


# Sources

REFERENCES = {
    "03": "## References\n\n1. A. One, B. Two, *Faces & all*, CVPR 2016,\n   [arXiv:1](https://arxiv.org/abs/1).\n"
          "2. S. Zima, bachelor's thesis, Brno University of Technology, 2024. Section 3.\n"
          "3. Regulation (EU) 2024/1689 (AI Act), [article 5](https://eur-lex.europa.eu/x).\n\nNext: ...",
    "07": "## References\n\n1. A. One and others, *Faces & all*, 2015, [arXiv:1](https://arxiv.org/abs/1). Its summary "
          "was read.\n2. Maker, *A page*, [docs](https://docs.example.org/%28a%29).",
}


def test_one_source_in_two_chapters_is_one_entry():
    found = bibliography.merged(REFERENCES)
    assert [chapters for _, chapters in found] == [["03", "07"], ["03"], ["03"], ["07"]]
    first, thesis, law, page = (source for source, _ in found)
    assert first == ("A. One and others", "Faces & all", "CVPR", "2016", "https://arxiv.org/abs/1",
                     "Its summary was read.")
    assert thesis.year == "2024" and law.title == "Regulation (EU) 2024/1689 (AI Act)"
    assert page.address == "https://docs.example.org/(a)"


def test_bibtex_keeps_people_apart_and_escapes():
    text = bibliography.bibtex({"03": REFERENCES["03"], "07": REFERENCES["07"].replace("and others", "")})
    assert "author = {A. One and B. Two}" in text and r"Faces \& all" in text and "author = {{Maker}}" in text
    assert "Its summary was read. Chapters 03, 07" in text and "eprint = {1}" in text


def test_every_item_of_every_chapter_is_an_entry(pages):
    """No source is lost: each address in a chapter's list stands in the bibliography."""
    shown = {unquote(link) for link in pages["bibliography.html"].links}
    entries = 0
    for name in CHAPTERS:
        notebook = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
        text = next(cell.source for cell in notebook.cells if "references" in cell.metadata.get("tags", []))
        for number, item in bibliography.items(text).items():
            address = bibliography.parse(item).address
            assert not address or address in shown, f"{name} [{number}]"
            entries += 1
    assert entries > 150


# npm, PDF

def test_an_archive_of_another_content_is_refused_and_thrown_away(tmp_path):
    path = tmp_path / "thing@1.tgz"
    path.write_bytes(b"not it")
    with pytest.raises(npm.NpmError, match="is not the archive"):
        npm.fetched("thing@1", make_site.MATHJAX_INTEGRITY, tmp_path)
    assert not path.exists()


def test_without_npm_a_sentence_says_so(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(npm.shutil, "which", lambda name: None)
    monkeypatch.setattr(npm, "KEPT", tmp_path)
    with pytest.raises(npm.NpmError, match="npm is not installed"):
        npm.fetched("thing@1", "sha512-x", tmp_path)


def test_what_is_not_built_is_not_printed(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(make_pdf, "SITE", tmp_path)
    monkeypatch.setattr(make_pdf, "OUT", tmp_path / "pdf")
    assert make_pdf.main(["03"]) == 1 and "make site" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        make_pdf.main(["99"])


def test_the_face_reader_is_led_to_where_it_has_been_put_together(tmp_path):
    template = (ROOT / "site" / "pages" / "index.md").read_text(encoding="utf-8")
    link = 'href="read-my-face/index.html"'
    assert link in site_pages.fill(template, True) and link not in site_pages.fill(template, False)
    (tmp_path / "site" / "extra" / "read-my-face").mkdir(parents=True)
    (tmp_path / "site" / "extra" / "other.txt").write_text("x")
    (tmp_path / "one").mkdir()
    assert not make_site.copy_beside(tmp_path / "one", tmp_path)
    assert [path.name for path in (tmp_path / "one").iterdir()] == ["other.txt"]
    built = tmp_path / "site" / "_build" / "read-my-face" / "index.html"
    built.parent.mkdir(parents=True)
    built.write_text("x")
    (tmp_path / "two").mkdir()
    assert make_site.copy_beside(tmp_path / "two", tmp_path) and (tmp_path / "two" / "read-my-face").is_dir()


# The settings

def test_the_settings_name_what_the_extra_installs():
    from packaging.requirements import Requirement

    extra = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    names = {Requirement(line).name for line in extra["site"]}
    settings = (ROOT / "site" / "conf.py").read_text(encoding="utf-8")
    for package, named in (("myst-nb", '"myst_nb"'), ("sphinx-book-theme", '"sphinx_book_theme"'),
                           ("sphinxcontrib-bibtex", '"sphinxcontrib.bibtex"'), ("sphinx", '"sphinx.ext.mathjax"')):
        assert package in names and named in settings
    assert 'nb_execution_mode = "off"' in settings and "suppress_warnings" not in settings
    assert "https:" not in settings and '"-W"' in (ROOT / "tools" / "make_site.py").read_text(encoding="utf-8")


# The site

def test_every_page_stands_in_the_table_of_contents(pages):
    wanted = {f"notebooks/{name}.html" for name in CHAPTERS} | {f"{site_pages.place_of(path)}.html"
                                                                for path in site_pages.TEXTS}
    wanted |= {f"{page}.html" for page, _ in site_pages.README_PARTS.values()}
    wanted |= {"laboratory.html", "syllabus.html", "glossary.html", "bibliography.html", "lessons/index.html"}
    wanted |= {f"lessons/{name}.html" for name in CHAPTERS}
    listed = {link.partition("#")[0] for link in pages["index.html"].links}
    assert wanted <= set(pages) and wanted <= listed
    assert set(pages) - wanted <= {"index.html", "search.html", "genindex.html", "read-my-face/index.html"}


def test_what_is_said_of_the_readme_itself_is_said_of_the_site(pages):
    assert "badges below" not in pages["set-up.html"].text and "[1]" not in pages["index.html"].text


def test_every_picture_has_words(pages):
    silent = [(page, source) for page, reader in pages.items() for source, words in reader.pictures
              if not (words or "").strip()]
    assert silent == [] and sum(len(reader.pictures) for reader in pages.values()) > 150


def test_every_link_inside_the_site_leads_somewhere(built_site, pages):
    broken = []
    for page, reader in pages.items():
        for link in reader.links + reader.loads:
            parts = urlsplit(link)
            if parts.scheme in ("http", "https", "mailto", "data"):
                continue
            target = (built_site / page).parent / unquote(parts.path) if parts.path else built_site / page
            name = os.path.relpath(target, built_site).replace(os.sep, "/")
            if not target.exists():
                broken.append((page, link))
            elif parts.fragment and name in pages and unquote(parts.fragment) not in pages[name].ids:
                broken.append((page, link))
    assert broken == []


def test_nothing_is_loaded_from_elsewhere(pages):
    assert [(page, load) for page, reader in pages.items() for load in reader.loads
            if urlsplit(load).netloc] == []


def test_a_chapter_has_its_doors_and_folds_its_first_cell(built_site, pages):
    owner, repo, branch = repository()
    for name in CHAPTERS:
        reader = pages[f"notebooks/{name}.html"]
        colab = f"https://colab.research.google.com/github/{owner}/{repo}/blob/{branch}/notebooks/{name}.ipynb"
        assert colab in reader.links
        for path in (f"download/{name}.ipynb", f"download/solutions/{name}.ipynb"):
            assert f"../{path}" in reader.links
        assert (built_site / "download" / f"{name}.ipynb").read_bytes() == (
            ROOT / "notebooks" / f"{name}.ipynb").read_bytes()
        html = (built_site / "notebooks" / f"{name}.html").read_text(encoding="utf-8")
        assert html.index("Show how the course") < html.index("find_spec"), "the first cell is not folded"
        assert "Run this cell, and those above it, for the controls" not in html
        assert "This page is for reading" in html and ("leads nowhere" in html) == (owner == PLACEHOLDER)
        assert "fer-site-quiz" in html and "Previous: " not in reader.text


def test_every_figure_of_a_chapter_is_on_its_page(pages):
    for name in CHAPTERS:
        notebook = json.loads((ROOT / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))
        inside = sum("".join(output.get("data", {}).get("text/html", "")).count("<img") for cell in notebook["cells"]
                     for output in cell.get("outputs", ()))
        shown = [source for source, _ in pages[f"notebooks/{name}.html"].pictures if "/figures/" in source]
        assert len(shown) == inside > 0, name


def test_pages_are_small(built_site, pages):
    sizes = {path.relative_to(built_site).as_posix(): path.stat().st_size
             for path in built_site.rglob("*") if path.is_file()}
    assert sum(sizes.values()) < WHOLE
    assert {name: size for name, size in sizes.items() if size > (PAGE if name in pages else BIGGEST)
            and not name.startswith("read-my-face/")} == {}


def test_ids_are_unique_and_figures_are_used(built_site, pages):
    used = Counter(Path(source).name for reader in pages.values() for source, _ in reader.pictures)
    assert {path.name for path in (built_site / "figures").iterdir()} <= set(used)
    twice = defaultdict(list)
    for page in pages:
        found = Counter(re.findall(r'\sid="([^"]+)"', (built_site / page).read_text(encoding="utf-8")))
        twice[page] = [name for name, count in found.items() if count > 1]
    assert {page: names for page, names in twice.items() if names and page.startswith("notebooks/")} == {}


# Explorers

def test_every_value_of_a_control_is_known_and_a_slider_is_thinned_out():
    import ipywidgets as widgets

    slider = widgets.IntSlider(20, min=0, max=180)
    pairs, may = explorer_frames.settings(slider)
    assert len(pairs) == 181 and may
    few = explorer_frames.thinned(pairs, 5, 20)
    assert [value for value, _ in few] == [0, 20, 90, 135, 180]
    words = widgets.Dropdown(options=[("one", 1), ("two", 2)])
    assert explorer_frames.settings(words) == ([(1, "one"), (2, "two")], False)
    assert explorer_frames.settings(widgets.Checkbox(True)) == ([(False, "no"), (True, "yes")], False)
    assert explorer_frames.settings(widgets.SelectionSlider(options=[0.1, 0.5]))[1]
    assert explorer_frames.settings(widgets.FloatSlider(0.5, min=0, max=1, step=0.25))[0][1] == (0.25, "0.25")
    assert explorer_frames.settings(widgets.Text("x")) == (None, False)


def test_no_explorer_has_more_pictures_than_the_limit():
    import ipywidgets as widgets

    four = {name: widgets.IntSlider(1, min=0, max=60) for name in "abcd"}
    drawn = explorer_frames.plan(four)
    assert {len(pairs) for pairs in drawn.values()} == {3}
    assert explorer_frames.plan(four | {"e": widgets.Dropdown(options=list("opqrs"))}) is None
    assert explorer_frames.plan({"a": widgets.Text("x")}) is None


@pytest.fixture(scope="module")
def drawn_explorer(tmp_path_factory):
    """A folder with the pictures of an explorer of two controls, six settings."""
    import ipywidgets as widgets

    from fer_utils.course.show import new_figure

    def line(kind, slope):
        figure, axis = new_figure(3, 2)
        axis.plot([0, slope])
        return figure, f"A {kind} line <rising> by {slope}."

    folder = tmp_path_factory.mktemp("explorer") / "7-1"
    assert explorer_frames.draw(folder, line, {
        "kind": widgets.Dropdown(options=["thin", "thick"], value="thick", description="which line"),
        "slope": widgets.IntSlider(2, min=1, max=3, description="slope")}) == 6
    return folder


def test_an_explorer_is_drawn_at_every_setting(drawn_explorer):
    told = json.loads((drawn_explorer / "frames.json").read_text(encoding="utf-8"))
    assert [control["start"] for control in told["controls"]] == [1, 1] and len(told["words"]) == 6
    assert told["words"][4] == "A thick line <rising> by 2."
    assert len({path.read_bytes() for path in drawn_explorer.glob("*.webp")}) == 3  # the kind changes words alone


def test_an_explorer_is_kept_by_the_number_of_its_cell(tmp_path, monkeypatch):
    import importlib
    from types import SimpleNamespace

    import ipywidgets as widgets

    show, drawn = importlib.import_module("fer_utils.course.show"), []
    kernel = SimpleNamespace(execution_count=3)  # whatever a kernel counts: only the distance matters
    monkeypatch.setattr("IPython.get_ipython", lambda: kernel)
    monkeypatch.setattr(show, "explore", lambda draw, **controls: "widgets")
    monkeypatch.setattr(explorer_frames, "draw", lambda folder, *rest: drawn.append(folder.name) or folder.mkdir())
    explorer_frames.record(tmp_path, after=1)
    kernel.execution_count = 24
    assert [show.explore(None, a=widgets.Checkbox()) for _ in range(2)] == ["widgets"] * 2
    assert drawn == ["22-1", "22-2"]


def test_a_page_starts_an_explorer_where_the_chapter_does(drawn_explorer):
    html = site_pages.live_explorer(drawn_explorer, "../explorers/00/7-1", "https://example.org")
    reader = Reader(html)
    assert reader.pictures == [("../explorers/00/7-1/4.webp", "A thick line <rising> by 2.")]
    assert 'aria-valuetext="2"' in html and "</script" not in html.partition("<script")[2].partition("</script>")[0]


def test_pictures_of_another_notebook_are_not_used(tmp_path):
    name = CHAPTERS[0]
    for folder in ("notebooks", "site/_build/explorers/00"):
        (tmp_path / folder).mkdir(parents=True)
    notebook = ROOT / "notebooks" / f"{name}.ipynb"
    (tmp_path / "notebooks" / f"{name}.ipynb").write_bytes(notebook.read_bytes())
    assert draw_explorers.drawn_of(name, tmp_path) is None
    told = tmp_path / "site" / "_build" / "explorers" / "00" / "chapter.json"
    told.write_text('{"source_sha256": "another"}')
    assert draw_explorers.drawn_of(name, tmp_path) is None
    told.write_text(json.dumps({"source_sha256": nbformat.read(notebook, 4).metadata.course.source_sha256}))
    assert draw_explorers.drawn_of(name, tmp_path) == told.parent


# The face laboratory

def test_the_laboratory_has_a_picture_and_an_answer_for_every_setting(built_site, pages):
    settings = len(site_laboratory.SHOWN) * len(site_laboratory.PEOPLE) * len(site_laboratory.STRENGTHS)
    folder = built_site / "face-laboratory"
    assert {path.name for path in folder.iterdir()} == {f"{place}.webp" for place in range(settings)}
    assert sum(path.stat().st_size for path in folder.iterdir()) < 1_500_000
    told = json.loads((site_pages.laboratory_of() / "frames.json").read_text(encoding="utf-8"))
    assert told["sources"] == site_laboratory.sources()
    assert len(told["words"]) == len(told["shares"]["values"]) == settings
    assert all(abs(sum(answer) - 100) <= 3 for answer in told["shares"]["values"])
    resting = {tuple(answer) for answer in told["shares"]["values"][::len(site_laboratory.STRENGTHS)]}
    assert len(resting) <= len(site_laboratory.PEOPLE)  # at rest nobody can know what is to come
    happy = told["words"].index(next(word for word in told["words"] if "Happiness at 100 %" in word))
    assert (built_site / "face-laboratory" / f"{happy}.webp").read_bytes() != (folder / "0.webp").read_bytes()
    (source, words), = [one for one in pages["laboratory.html"].pictures if "face-laboratory" in one[0]]
    assert words in told["words"] and source == f"face-laboratory/{told['words'].index(words)}.webp"


def test_the_laboratory_is_drawn_again_only_when_its_sources_change(tmp_path, monkeypatch):
    monkeypatch.setattr(site_laboratory, "load_litert", lambda name: pytest.fail("drawn again"))
    (tmp_path / "frames.json").write_text(json.dumps({"sources": site_laboratory.sources()}))
    site_laboratory.draw(tmp_path)
    (tmp_path / "frames.json").write_text(json.dumps({"sources": "of another face"}))
    with pytest.raises(pytest.fail.Exception, match="drawn again"):
        site_laboratory.draw(tmp_path)


def test_bars_follow_their_setting():
    html = site_pages.shares_of({"names": ["anger", "fear"], "values": [[1, 99], [70, 30]]}, 1)
    assert 'value="70" aria-label="anger"' in html and "<output>30 %</output>" in html
    assert 'data-values="[[1,99],[70,30]]"' in html


# Lesson plans

def test_a_chapter_without_a_plan_is_named(monkeypatch):
    monkeypatch.setattr(site_pages, "read_toml", lambda *ignored: {"lesson": [{"chapter": "00"}]})
    with pytest.raises(ValueError, match="no plan for chapter 01"):
        site_pages.lessons()


@pytest.mark.parametrize("chapter", written_chapters(), ids=lambda chapter: chapter.number)
def test_a_lesson_fits_its_chapter_and_ninety_minutes(chapter):
    lesson = site_pages.lessons()[chapter.number]
    source = (ROOT / "notebooks" / "source" / f"{chapter.name}.py").read_text(encoding="utf-8")
    headings = re.findall(r"(?m)^# ##+ (.*)$", source)
    taught, left = ([part["section"] for part in lesson[what]] for what in ("step", "skip"))
    looked = [one["look"] for one in lesson["discuss"]]
    assert [section for section in taught + left + looked if section not in headings] == []
    judged = next(heading for heading, text in zip(headings, re.split(r"(?m)^# ##+ .*$", source)[1:])
                  if "**Judge.**" in text)
    for step in lesson["step"]:  # the task stands in that section, or in one below it
        if "marked Judge" in step["do"]:
            assert headings.index(step["section"]) <= headings.index(judged) < next(
                (headings.index(section) for section in taught if headings.index(section)
                 > headings.index(step["section"])), len(headings)), step["section"]
    assert not set(taught) & set(left) and taught == sorted(taught, key=headings.index)
    assert sum(step["minutes"] for step in lesson["step"]) == 90
    assert len(lesson["wrong"]) >= 3 and len(lesson["discuss"]) >= 3 and len(lesson["skip"]) >= 2
    said = " ".join([lesson["aim"], lesson["before"], *(one["hear"] for one in lesson["discuss"]),
                     *(step["do"] for step in lesson["step"]),
                     *(part["why"] for part in lesson["skip"]), *(wrong["answer"] for wrong in lesson["wrong"])])
    assert not re.search(r"\d+(\.\d+)? ?%|\d\.\d", said), "a measured figure belongs into the chapter"


def test_every_chapter_has_one_lesson():
    assert list(site_pages.lessons()) == [chapter.number for chapter in written_chapters()]
