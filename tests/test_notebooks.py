"""Rules that every chapter keeps, checked on text alone; nbval executes the notebooks elsewhere.

`rubric` holds the rules for one notebook; the tests at the end show that each rule can fail.
"""

import re
from pathlib import Path

import build_notebooks
import nbformat
import pytest
from build_notebooks import convert, notebook_path, tags
from minutes import prose
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from syllabus import colab_url, written_chapters

ROOT = Path(__file__).resolve().parent.parent
CODE_LINES, CODE_CELLS_IN_A_ROW, WORDS, ALT, BOOTSTRAP_LINES = 20, 2, 150, 10, 16
MACHINE_PATH = r"(?<![\w.])(?:/(?:home|Users|root|work|mnt)/|[A-Z]:\\)\w*"
NAMES = [chapter.name for chapter in written_chapters()]


def headings(cells):
    """(level, text) of all headings, in order."""
    return [(len(signs), text) for cell in cells if cell.cell_type == "markdown"
            for signs, text in re.findall(r"(?m)^(#{1,6}) (.+)$", re.sub(r"(?s)```.*?```", "", cell.source))]


def links(text):
    """The targets of links and pictures in Markdown, code left out."""
    text = re.sub(r"(?s)```.*?```|`[^`\n]*`", "", text)
    return re.findall(r'(?:\]\(|(?:src|href)=")([^)"\s]+)', text)


def rubric(notebook, name, root=ROOT):
    """What breaks the rules in a learner's notebook, a list of sentences. `root`: where its links begin."""
    cells, found = notebook.cells, []
    levels = [level for level, _ in headings(cells)]
    if levels.count(1) != 1 or not re.match(r"# ", cells[0].source):
        found.append("there must be one heading of level 1, at the start of the first cell")
    if any(after > before + 1 for before, after in zip(levels, levels[1:])):
        found.append("a heading skips a level")
    if colab_url(f"notebooks/{name}.ipynb") not in cells[0].source:
        found.append("the first cell lacks {{badges}}")
    starts = [cell for cell in cells[:4] if cell.cell_type == "code" and "bootstrap" in tags(cell)]
    if not starts:
        found.append("there is no code cell tagged bootstrap among the first four")
    if not any("generated" in tags(cell) for cell in cells[-3:]):
        found.append("the closing cell lacks {{previous_next}}")
    for cell in starts:
        if "==" in cell.source or len(cell.source.splitlines()) > BOOTSTRAP_LINES:
            found.append(f"the bootstrap pins a version or has over {BOOTSTRAP_LINES} lines")

    row = 0
    for cell in cells:
        start = f"the cell that starts {cell.source[:40]!r}"
        row = row + 1 if cell.cell_type == "code" else 0
        if row > CODE_CELLS_IN_A_ROW:
            found.append(f"{start} is code cell number {row} in a row")
        if re.search(MACHINE_PATH, cell.source):
            found.append(f"{start} holds a path of one machine: {re.search(MACHINE_PATH, cell.source)[0]}")
        if cell.cell_type == "code":
            if len(cell.source.splitlines()) > CODE_LINES and "exercise" not in tags(cell):
                found.append(f"{start} has over {CODE_LINES} lines of code")
            continue
        if len(prose(cell.source).split()) > WORDS and not {"quiz", "references"} & set(tags(cell)):
            found.append(f"{start} has over {WORDS} words")
        pictures = re.findall(r"!\[([^\]]*)\]\(", cell.source)
        pictures += ["".join(re.findall(r'alt="([^"]*)"', tag)) for tag in re.findall(r"<img[^>]*>", cell.source)]
        if any(len(alt.strip()) < ALT for alt in pictures):
            found.append(f"{start} has a picture whose alternative text is under {ALT} characters")
        found += [f"{start}: {problem}" for problem in link_problems(cell.source, root / "notebooks", root)]
    return found


def link_problems(text, folder, root=ROOT):
    """Links that lead to no file, or into Colab at another address than the course's, a list of sentences."""
    found = []
    for target in links(text):
        if target.startswith(colab_url("")):
            if not (root / target.removeprefix(colab_url(""))).exists():
                found.append(f"the Colab link {target} leads to no file")
        elif "colab.research.google.com/github" in target:
            found.append(f"the Colab link {target} is not of the repository in tools/course.toml")
        elif not re.match(r"[a-z]+:|#", target) and not (folder / target.split("#")[0]).exists():
            found.append(f"the link {target} leads to no file")
    return found


@pytest.mark.parametrize("name", NAMES)
def test_chapter_keeps_the_rules(name):
    assert rubric(convert(name, "learner"), name) == []


@pytest.mark.parametrize("name", NAMES)
def test_links_in_the_solutions_resolve(name):
    folder = notebook_path(name, "solutions").parent
    cells = convert(name, "solutions").cells
    assert [problem for cell in cells if cell.cell_type == "markdown"
            for problem in link_problems(cell.source, folder)] == []


@pytest.mark.parametrize("name", NAMES)
def test_notebooks_are_what_the_source_gives(name):
    assert build_notebooks.check(name) == [], f"run `python tools/build_notebooks.py {name}`"


@pytest.mark.parametrize("name", NAMES)
def test_outputs_show_no_machine_path(name):
    for cell in nbformat.read(notebook_path(name, "learner"), as_version=4).cells:
        for output in cell.get("outputs", []):
            texts = [output.get("text", "")] + [data for kind, data in output.get("data", {}).items()
                                                if kind.startswith("text/")]
            text = re.sub(r"base64,[A-Za-z0-9+/=]+", "", " ".join(texts))
            assert not re.search(MACHINE_PATH, text), f"{cell.id}: {re.search(MACHINE_PATH, text)[0]}"


def test_no_notebook_stands_alone():
    assert build_notebooks.strays() == []


# The rules can fail: a good notebook, and one change for each rule.

NAME = "10_squeezenet"
COLAB = "https://colab.research.google.com/github/"


def good():
    return new_notebook(cells=[
        new_markdown_cell(f"# Title\n\n[a badge]({colab_url(f'notebooks/{NAME}.ipynb')})"),
        new_code_cell("import sys", metadata={"tags": ["bootstrap", "generated"]}),
        new_markdown_cell("## Part\n\n![A drawing of a fire module](picture.svg)"),
        new_code_cell("1 + 1"),
        new_markdown_cell("Previous and next", metadata={"tags": ["generated"]})])


@pytest.fixture
def problems(tmp_path):
    """A function that gives the problems of a notebook whose folder holds two files to link to."""
    (tmp_path / "notebooks").mkdir()
    for name in (f"{NAME}.ipynb", "picture.svg"):
        (tmp_path / "notebooks" / name).touch()
    return lambda notebook: rubric(notebook, NAME, tmp_path)


def test_rubric_accepts_a_good_notebook(problems):
    assert problems(good()) == []


@pytest.mark.parametrize("cell, source, cell_tags, expected", [
    (0, "Title\n=====", [], "heading of level 1"),
    (0, "# Title", [], "lacks {{badges}}"),
    (1, "import sys", [], "tagged bootstrap"),
    (1, "!pip install keras==3.0", ["bootstrap"], "pins a version"),
    (1, "x\n" * 17, ["bootstrap"], "over 16 lines"),
    (2, "# Second title", [], "heading of level 1"),
    (2, "### Part of no part", [], "skips a level"),
    (2, "word " * 151, [], "over 150 words"),
    (2, "![face](picture.svg)", [], "alternative text"),
    (2, '<img src="picture.svg">', [], "alternative text"),
    (2, "[text](nowhere.md)", [], "leads to no file"),
    (2, f"[text]({COLAB}somebody/else/blob/main/notebooks/{NAME}.ipynb)", [], "not of the repository"),
    (2, f"[text]({colab_url('notebooks/nowhere.ipynb')})", [], "leads to no file"),
    (3, "x\n" * 21, [], "over 20 lines"),
    (3, "open('/ho" "me/me/x')", [], "path of one machine"),
    (4, "The end", [], "lacks {{previous_next}}"),
])
def test_each_rule_can_fail(problems, cell, source, cell_tags, expected):
    notebook = good()
    notebook.cells[cell].update(source=source, metadata={"tags": cell_tags})
    assert any(expected in problem for problem in problems(notebook))


def test_three_code_cells_in_a_row_are_found(problems):
    notebook = good()
    notebook.cells[3:3] = [new_code_cell("1"), new_code_cell("2")]
    assert any("in a row" in problem for problem in problems(notebook))


def test_stubs_and_quizzes_may_be_long(problems):
    notebook = good()
    notebook.cells[3].update(source="x\n" * 30, metadata={"tags": ["exercise"]})
    notebook.cells[2].update(source="## Quiz\n" + "word " * 200, metadata={"tags": ["quiz"]})
    assert problems(notebook) == []
