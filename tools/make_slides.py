"""Slides from the chapters' own cells: `python tools/make_slides.py [NN ...] [--out FOLDER]`, `make slides`.

nbconvert makes the slides and reveal.js shows them; both it and MathJax lie beside them, so a beamer needs no network.
A heading starts a column, a text a slide below it, and code and figures stay with their text. The reading
of a figure comes in with a key, the answer to a question is folded. What only sets up is left out, and so are hints,
solutions, checks, quizzes and references. Keys: space goes on, S shows the notes, E prints (`?print-pdf`).
"""

import argparse
import sys
from pathlib import Path

import nbformat
import npm
from make_site import MATHJAX, MATHJAX_INTEGRITY, RENDERER
from nbconvert import SlidesExporter
from syllabus import ROOT, written_chapters

OUT = ROOT / "build" / "slides"
TEMPLATE = ROOT / "site" / "slides.html.j2"
REVEAL = "reveal.js@4.6.1"
REVEAL_INTEGRITY = "sha512-1CW0auaXNPmwmvQ7TwpszwVxMi2Xr5cTS3J3EBC/HHgbPF32Dn7aiu/LKWDOGjMbaDwKQiGmfqcoGQ74HUHCMw=="
SHOWER = {name: name for name in ("dist/reveal.js", "dist/reveal.css", "dist/theme/white.css", "dist/theme/fonts/",
                                   "plugin/notes/notes.js", "LICENSE")}
LEFT_OUT = {"bootstrap", "hint", "solution", "check", "references"}
PLUMBING = ("from fer_utils import course\n\ncourse.setup()", "course.quiz(", "course.open_checks()")
FEW_WORDS = 90  # a text that is read aloud beside its figure


def kinds(cells):
    """For each cell of a learner's notebook what it is on the slides: "slide", "subslide", "fragment", "-" (stays with
    the one before) or "skip"."""
    found, after_figure, words = [], False, 0
    for cell in cells:
        tags, source = set(cell.metadata.get("tags", [])), cell.source
        if tags & LEFT_OUT or source.startswith(PLUMBING) or _nothing_but_imports(cell):
            found.append("skip")
        elif cell.cell_type == "code":
            after_figure = _shows_figure(cell)
            found.append("subslide" if after_figure and words > FEW_WORDS / 2 else "-")
        else:
            words = len(source.split())
            if source.startswith(("# ", "## ")):
                found.append("slide")
            elif "answer" in tags:
                found.append("-")
            else:
                found.append("fragment" if after_figure and words <= FEW_WORDS else "subslide")
            after_figure = False
    return found


def _shows_figure(cell):
    return any("<img" in str(output.get("data", {}).get("text/html", "")) for output in cell.outputs)


def _only_draws(cell):
    """Whether the code of a figure imports and shows, and nothing else: then the slide does without it."""
    lines = [line for line in cell.source.splitlines() if line.strip()]
    return _shows_figure(cell) and all(line.startswith(("from ", "import ", "course.show(", " ")) for line in lines)


def _nothing_but_imports(cell):
    """Whether a code cell imports, and neither does nor shows anything else."""
    import ast

    if cell.cell_type != "code" or cell.outputs:
        return False
    try:
        return all(isinstance(line, ast.Import | ast.ImportFrom) for line in ast.parse(cell.source).body)
    except SyntaxError:  # a magic
        return False


def slides(path):
    """The page of slides of a notebook, HTML; what it loads is asked for beside it."""
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata["title"] = notebook.cells[0].source.splitlines()[0].removeprefix("# ")
    for cell, kind in zip(notebook.cells, kinds(notebook.cells)):
        cell.metadata["slideshow"] = {"slide_type": kind}
        if cell.cell_type == "code" and _only_draws(cell):
            cell.metadata["transient"] = {"remove_source": True}
    # the links under the title lead to notebooks, which do not lie here
    notebook.cells[0].source = "\n".join(line for line in notebook.cells[0].source.split("\n") if "](" not in line)
    exporter = SlidesExporter(template_file=str(TEMPLATE), reveal_url_prefix="reveal", reveal_theme="white")
    return exporter.from_notebook_node(notebook)[0]


def make(out=OUT, numbers=(), root=ROOT):
    """Write the slides of some chapters, of all without `numbers`, and what they load. Returns the paths of the pages.
    Raises NpmError."""
    archives = npm.fetched(REVEAL, REVEAL_INTEGRITY), npm.fetched(MATHJAX, MATHJAX_INTEGRITY)
    for archive, wanted, folder in zip(archives, (SHOWER, RENDERER), ("reveal", "mathjax")):
        npm.unpack(archive, wanted, out / folder)
    paths = []
    for chapter in written_chapters(root):
        if not numbers or chapter.number in numbers:
            paths.append(out / f"{chapter.name}.html")
            paths[-1].write_text(slides(root / "notebooks" / f"{chapter.name}.ipynb"), encoding="utf-8")
    return paths


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("chapters", nargs="*", metavar="NN", help="numbers of chapters; default: all")
    parser.add_argument("--out", type=Path, default=OUT, help="default: build/slides")
    options = parser.parse_args()
    unknown = set(options.chapters) - {chapter.number for chapter in written_chapters()}
    if unknown:
        parser.error(f"there is no chapter {', '.join(sorted(unknown))}.")
    try:
        for page in make(options.out, options.chapters):
            print(page)
    except npm.NpmError as error:
        sys.exit(f"make_slides: {error}")
