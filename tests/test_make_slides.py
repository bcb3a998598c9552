"""Slides made of a chapter's own cells."""

import re

import make_slides
import nbformat
import pytest
from make_slides import FEW_WORDS, kinds, slides
from syllabus import ROOT, written_chapters

FIGURE = {"output_type": "display_data", "metadata": {}, "data": {"text/html": '<img alt="x" src="data:,">'}}


def code(source, *tags, outputs=()):
    return nbformat.v4.new_code_cell(source, metadata={"tags": list(tags)}, outputs=list(outputs))


def text(source, *tags):
    return nbformat.v4.new_markdown_cell(source, metadata={"tags": list(tags)})


def test_a_heading_starts_a_column_and_a_figure_stays_with_its_text():
    cells = [text("# Title"), code("import sys", "bootstrap"), code("from fer_utils import course\n\ncourse.setup()"),
             text("## Part"), code("course.show(x)", outputs=[FIGURE]), text("Read it."), text("More."),
             code("import numpy as np"), code("x = 1"), text("answer", "answer"), text("hint", "hint"),
             code("checks.check_x(x)", "check"), text("word " * FEW_WORDS), code("course.show(x)", outputs=[FIGURE]),
             text("word " * (FEW_WORDS + 1)), code("course.quiz('x')"), text("refs", "references")]
    assert kinds(cells) == ["slide", "skip", "skip", "slide", "-", "fragment", "subslide", "skip", "-", "-", "skip",
                            "skip", "subslide", "subslide", "subslide", "skip", "skip"]


@pytest.mark.parametrize("chapter", [written_chapters()[number] for number in (0, 7)], ids=lambda one: one.number)
def test_slides_ask_no_other_host_and_hold_no_solution(chapter):
    page = slides(ROOT / "notebooks" / f"{chapter.name}.ipynb")
    assert not re.findall(r'<(?:script|link|img)[^>]*(?:src|href)="(?:https?:)?//', page)
    assert "<summary>Solution</summary>" not in page and "<summary>Hint" not in page and "colab-badge" not in page
    assert page.count("<section") > 20 and page.count("<img alt=") >= 3
    assert 'src="reveal/dist/reveal.js"' in page and 'src="mathjax/tex-chtml.js"' in page
    assert set(re.findall(r'"(reveal/[^"]+)"', page)) <= {f"reveal/{name}" for name in make_slides.SHOWER}


def test_code_that_only_draws_leaves_the_slide_to_the_figure():
    assert make_slides._only_draws(code("from a import b\n\ncourse.show(*b.c(\n    1))", outputs=[FIGURE]))
    assert not make_slides._only_draws(code("x = 1\ncourse.show(x)", outputs=[FIGURE]))
    assert not make_slides._only_draws(code("course.show(x)"))
