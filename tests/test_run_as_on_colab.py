"""The tool that runs notebooks as Colab does, tried on a small course and on this environment in the place of Colab's.
"""

import subprocess
import sys
from pathlib import Path

import build_notebooks
import pytest
import run_as_on_colab
import syllabus
from test_tools import NAME, make_course, posix_only, replace

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def published(tmp_path):
    """A folder where a small course lies as if it were on GitHub, with this course's package."""
    source = make_course(tmp_path / "source")
    for path in (ROOT / "fer_utils").rglob("*.py"):
        if "course" not in path.parts:
            (source / path.relative_to(ROOT)).parent.mkdir(parents=True, exist_ok=True)
            (source / path.relative_to(ROOT)).write_bytes(path.read_bytes())
    (source / "notebooks" / f"{NAME}.ipynb").touch()
    replace(syllabus.source_path(NAME, source), "os.listdir(os.environ", "str(os.environ")
    subprocess.run(["git", "init", "-q"], cwd=source, check=True)
    run_as_on_colab.publish(tmp_path / "hub", source)
    return tmp_path / "hub"


def change(published, old, new):
    replace(syllabus.source_path(NAME, published / f"{run_as_on_colab.ADDRESS}.git"), old, new)


@posix_only
def test_a_notebook_runs_alone_from_a_clone(published, monkeypatch):
    monkeypatch.setenv("FER2013_SOURCE", "somewhere")
    change(published, "print(", "import google.protobuf; assert 'google.colab' in sys.modules\nprint(")
    change(published, "print(os", "assert os.listdir('../..') == ['course'], 'alone'\nprint(os")
    change(published, "print(os", "assert 'FER2013_SOURCE' not in os.environ\nprint(os")
    assert run_as_on_colab.run_alone(NAME, Path(sys.executable), published) == "noise\n"


@posix_only
def test_a_cell_that_fails_is_told(published):
    change(published, "print(os", "1 / 0\nprint(os")
    with pytest.raises(build_notebooks.BuildError, match="ZeroDivisionError"):
        run_as_on_colab.run_alone(NAME, Path(sys.executable), published)


def test_what_changed_and_what_was_added():
    replaced, added = run_as_on_colab.compared({"a": "1", "b": "1", "c": "1"}, {"a": "1", "b": "2", "d": "3"})
    assert replaced == ["b 1 -> 2", "c 1 -> gone"] and added == ["d 3"]
    assert run_as_on_colab.compared({"a": "1"}, {"a": "1"}) == ([], [])


@pytest.mark.parametrize("replaced, status", [(False, 0), (True, 1)])
def test_a_chapter_that_replaces_a_package_fails(replaced, status, monkeypatch, tmp_path, capsys):
    found = iter([{"numpy": "2", "optuna": "4"}] if replaced else [{"numpy": "1", "optuna": "4"}])
    before = dict.fromkeys(("tensorflow", "keras", "numpy", "ipython", "ipywidgets"), "1")
    monkeypatch.setattr(run_as_on_colab, "make_environment", lambda *_: tmp_path)
    monkeypatch.setattr(run_as_on_colab, "packages", lambda _, first=[1]: before if first and first.pop() else
                        before | next(found))
    monkeypatch.setattr(run_as_on_colab, "publish", lambda _: None)
    monkeypatch.setattr(run_as_on_colab, "run_alone", lambda *_: "")
    called = []
    monkeypatch.setattr(run_as_on_colab.subprocess, "run", lambda command, **_: called.append(command) or
                        subprocess.CompletedProcess(command, 0, stdout="Python 3"))
    assert run_as_on_colab.main(["00"]) == status
    said = capsys.readouterr().out
    assert "added: optuna 4" in said and ("numpy 1 -> 2" in said) == replaced
    assert called[-1][-1] == "optuna", "what was added is taken away"
