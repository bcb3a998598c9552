"""The course packed for a class: all that learners need, and no solution."""

import zipfile

import nbformat
import pytest
from make_class import LEFT_OUT, STRICT, pack, without_solutions
from syllabus import written_chapters


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    path = tmp_path_factory.mktemp("class") / "class.zip"
    assert pack(path, nbgrader=True) > 300
    with zipfile.ZipFile(path) as archive:
        yield archive


def test_what_learners_need_is_in_it(packed):
    names = set(packed.namelist())
    for name in ("README.md", "Makefile", "requirements.txt", "fer_utils/__init__.py", "data/schematic_faces.npz"):
        assert f"course/{name}" in names
    notebooks = [name for name in names if name.startswith("course/notebooks/") and name.endswith(".ipynb")]
    assert len(notebooks) == len(written_chapters())
    assert not [name for name in names if name.removeprefix("course/").startswith(LEFT_OUT)]


def test_a_page_says_how_to_begin_and_how_to_hand_in(packed):
    said = packed.read("course/HOW_TO_BEGIN.txt").decode()
    for command in ("make course", "conda activate", "source .venv/bin/activate", "fer_utils progress --name"):
        assert command in said


def test_no_chapter_holds_a_solution(packed):
    for name in packed.namelist():
        if name.endswith(".ipynb"):
            text = packed.read(name).decode()
            assert "<summary>Solution</summary>" not in text and "](solutions/" not in text, name


def test_exercises_carry_nbgraders_metadata(packed):
    notebook = nbformat.reads(packed.read("course/notebooks/00_start_here.ipynb").decode(), as_version=4)
    asked = [cell.metadata["nbgrader"] for cell in notebook.cells if "nbgrader" in cell.metadata]
    answer, check = asked
    assert answer == {"schema_version": 3, "cell_type": "code", "grade_id": "exercise-1", "grade": False,
                      "solution": True, "locked": False, "task": False}
    assert check["grade"] and check["locked"] and not check["solution"] and check["points"] == 1
    cell = next(cell for cell in notebook.cells if cell.metadata.get("nbgrader") == check)
    assert cell.source.startswith(STRICT) and "checks.check_position(position)" in cell.source


def test_without_nbgrader_a_check_stays_as_it_is():
    code = nbformat.v4.new_code_cell
    notebook = nbformat.v4.new_notebook(cells=[
        code("...", metadata={"tags": ["exercise"]}), code("check()", metadata={"tags": ["check"]}),
        nbformat.v4.new_markdown_cell("x", metadata={"tags": ["solution"]})])
    assert [cell.source for cell in without_solutions(notebook).cells] == ["...", "check()"]
