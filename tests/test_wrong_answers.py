"""A chapter goes on to its last cell where every exercise is answered wrongly.

One chapter here; all of them with `make wrong-answers`, which sets FER_UTILS_ALL_WRONG.
"""

import importlib
import os
import re

import nbformat
import pytest
from build_notebooks import ROOT, execute, notebook_path, tags
from test_notebooks import NAMES

QUICK = ("04_learning_from_examples",)
TRIED = NAMES if os.environ.get("FER_UTILS_ALL_WRONG") else [name for name in NAMES if name in QUICK]


def wrong_answer(chapter, check):
    """The number, in WRONG of a chapter, of an answer of the right kind that is found wrong: one that runs."""
    rows = importlib.import_module(f"chapter_{chapter}").WRONG
    return next(place for place in reversed(range(len(rows))) if rows[place][0] == check)


def answered_wrongly(name):
    """The learner's notebook of a chapter with a wrong answer under each exercise, and how many there are."""
    notebook, count = nbformat.read(notebook_path(name, "learner"), nbformat.NO_CONVERT), 0
    cells = []
    for cell in notebook.cells:
        asked = re.search(r"checks\.(check_\w+)\((\w+)\)", cell.source) if "check" in tags(cell) else None
        if asked:
            check, answer = asked.groups()
            cells.append(nbformat.v4.new_code_cell(
                f"import sys; sys.path[:0] = [{str(ROOT / 'tests')!r}, {str(ROOT / 'tests' / 'answers')!r}]\n"
                f"import chapter_{name[:2]} as _tried\n"  # no name that a chapter uses
                f"{answer} = _tried.WRONG[{wrong_answer(name[:2], check)}][2]"))
            count += 1
        cells.append(cell)
    notebook.cells = cells
    return notebook, count


def said(notebook):
    """All that the cells printed."""
    return "".join(output.get("text", "") for cell in notebook.cells if cell.cell_type == "code"
                   for output in cell.outputs if output.get("name") == "stdout")


@pytest.mark.parametrize("name", TRIED)
def test_wrong_answers_do_not_stop_a_chapter(name):
    notebook, count = answered_wrongly(name)
    execute(notebook, ROOT / "notebooks")  # raises where a cell fails
    text = said(notebook)
    assert count and text.count("Not yet: ") == count
    assert f"{count} of {count} exercises stand open:" in text
