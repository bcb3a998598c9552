"""The tools that build notebooks, badges and README tables, tried on a small course of their own."""

import json
import os
import platform
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import badges
import build_notebooks
import nbformat
import pytest
import readme_tables
import syllabus
from build_notebooks import BuildError, notebook_path
from nbformat.v4 import new_output

ROOT = Path(__file__).resolve().parent.parent
NAME = "01_tiny"
SOURCE = '''\
# ---
# jupyter:
#   jupytext:
#     text_representation:
#       format_name: percent
# ---

# %% [markdown]
# # Tiny
#
# {{badges}}

# %% tags=["bootstrap"]

# %%
import os, sys
print(os.environ.get("FER2013_SOURCE"), os.listdir(os.environ["FER_UTILS_CACHE"]))
print("noise", file=sys.stderr)

# %% [markdown]
# See [the data](../data/README.md) and `links[0](x)`.

# %% tags=["exercise"]
def double(x):
    return ...

# %% tags=["solution"]
def double(x):
    return 2 * x

# %% tags=["check"]
# checks.check_double(double) would be called here
print("well done" if double(3) == 6 else "not yet")

# %% [markdown] tags=["answer"]
# Because of the {{sums}}.

# %% [markdown] tags=["rubric"]
# It says why.

# %% [markdown]
# {{previous_next}}
'''
CHECKS = """\
def check_double(double):
    ...


check_double.hints = ("How often?", "Twice.", "Two times `x`.")
"""
GLOSSARY = """\
[[term]]
name = "sum"
forms = ["sums"]
text = 'What is left after "adding" `a` and `b`.'
"""
README = ("# Course\n<!-- syllabus:start -->\n<!-- syllabus:end -->\nmiddle\n"
          "<!-- results:start -->\n<!-- results:end -->\n")


def make_course(root, source=SOURCE):
    for folder in ("tools", "notebooks/source", "data", "fer_utils/course/chapter_01"):
        (root / folder).mkdir(parents=True)
    (root / "data" / "glossary.toml").write_text(GLOSSARY)
    (root / "fer_utils" / "course" / "chapter_01" / "checks.py").write_text(CHECKS)
    (root / "tools" / "course.toml").write_text('owner = "me"\nrepo = "course"\nbranch = "main"\n')
    rows = [{"name": NAME, "title": "Tiny", "goal": "double", "thesis": ["1"], "minutes": 5},
            {"name": "02_next", "title": "Next", "goal": "go on", "thesis": []}]
    (root / "tools" / "syllabus.yml").write_text(json.dumps(rows))
    (root / "README.md").write_text(README)
    shutil.copy(ROOT / "pyproject.toml", root)
    syllabus.source_path(NAME, root).write_text(source)
    return root


@pytest.fixture
def course(tmp_path):
    return make_course(tmp_path / "a course")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A course whose one chapter was executed while FER2013_SOURCE was set."""
    root = make_course(tmp_path_factory.mktemp("built"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FER2013_SOURCE", "somewhere")
        patch.setenv("FER_UTILS_CACHE", str(root))
        build_notebooks.build(NAME, root)
    return root


def sources(notebook, tag=None):
    return [cell.source for cell in notebook.cells if tag is None or tag in build_notebooks.tags(cell)]


def replace(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


# Arrangement

def test_learner_gets_stub_hints_check_and_a_folded_solution(course):
    notebook = build_notebooks.convert(NAME, "learner", course)
    kinds = [(cell.cell_type, build_notebooks.tags(cell)[0]) for cell in notebook.cells[4:11]]
    assert kinds == [("code", "exercise"), *[("markdown", "hint")] * 3, ("code", "check"), ("markdown", "solution"),
                     ("markdown", "answer")]
    assert "<summary>Hint 1</summary>\n\nHow often?" in notebook.cells[5].source
    assert "<summary>Hint 3</summary>\n\nTwo times `x`." in notebook.cells[7].source
    assert "<summary>Solution</summary>\n\n```python\ndef double" in notebook.cells[9].source
    assert not any("2 * x" in cell.source for cell in notebook.cells if cell.cell_type == "code")


def test_solutions_replace_the_stub(course):
    notebook = build_notebooks.convert(NAME, "solutions", course)
    assert not any("return ..." in source for source in sources(notebook))
    assert sum("2 * x" in source for source in sources(notebook)) == 1
    assert len(sources(notebook, "hint")) == 3 and len(sources(notebook, "check")) == 1


def test_terms_become_links_that_say_what_they_mean(course):
    link = "[sums](04_learning_from_examples.ipynb#Glossary \"What is left after 'adding' a and b.\")"
    for kind in build_notebooks.KINDS:
        notebook = build_notebooks.convert(NAME, kind, course)
        answer, rubric = sources(notebook, "answer")[0], sources(notebook, "rubric")[0]
        assert f"Because of the {link}." in answer
        assert "<summary>Compare with this rubric</summary>" in rubric
    replace(syllabus.source_path(NAME, course), "{{sums}}", "\n# {{glossary}}")
    assert "- **sum**: What is left" in sources(build_notebooks.convert(NAME, "learner", course), "answer")[0]
    replace(syllabus.source_path(NAME, course), "{{glossary}}", "{{product}}")
    with pytest.raises(BuildError, match="product"):
        build_notebooks.convert(NAME, "learner", course)


def test_conversion_is_repeatable_and_valid(course):
    for kind in build_notebooks.KINDS:
        notebook = build_notebooks.convert(NAME, kind, course)
        nbformat.validate(notebook)
        assert notebook == build_notebooks.convert(NAME, kind, course)
        assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)


@pytest.mark.parametrize("old, new, expected", [
    ('# %% tags=["solution"]\ndef double(x):\n    return 2 * x\n', "", "'solution' is missing"),
    ('# %% tags=["check"]', "# %%", "'check' is missing"),
    ('# %% tags=["exercise"]', "# %%", "not part of an exercise"),
    ("    return ...", "    pass", "no `...`"),
    ("{{badges}}", "{{bagdes}}", "unknown {{bagdes}}"),
    ('tags=["bootstrap"]\n', 'tags=["bootstrap"]\nimport os\n', "must be empty"),
])
def test_a_faulty_source_is_refused(course, old, new, expected):
    replace(syllabus.source_path(NAME, course), old, new)
    with pytest.raises(BuildError, match=NAME) as error:
        build_notebooks.convert(NAME, "learner", course)
    assert expected in str(error.value)


def test_links_hold_in_the_deeper_folder(course):
    text = " ".join(sources(build_notebooks.convert(NAME, "solutions", course)))
    assert "(../../data/README.md)" in text and "`links[0](x)`" in text
    page = '[a](https://x.org) [b](#here) <img src="pics/a.png" alt="x">\n```\nf[0](x)\n```'
    assert build_notebooks.one_folder_deeper(page) == page.replace("pics/", "../pics/")


# Execution

def test_no_dataset_reaches_the_executed_kernel(built):
    cell = nbformat.read(notebook_path(NAME, "learner", built), as_version=4).cells[2]
    assert [output.text for output in cell.outputs] == ["None []\n"]


def test_executed_notebook_keeps_outputs_and_no_noise(built):
    path = notebook_path(NAME, "learner", built)
    notebook, text = nbformat.read(path, as_version=4), path.read_text(encoding="utf-8")
    assert [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"] == [1, 2, 3, 4]
    assert "not yet" in text and "noise\\n" not in text
    assert "iopub" not in text and "widgets" not in notebook.metadata
    assert set(notebook.metadata) == {"course", "kernelspec", "language_info", "run_seconds", "verified"}
    assert 0 < notebook.metadata.run_seconds < 120
    assert "version" not in notebook.metadata.language_info


def verified_line(root):
    last = nbformat.read(notebook_path(NAME, "learner", root), as_version=4).cells[-1]
    return last.source.splitlines()[-1]


def test_a_chapter_ends_with_when_and_with_what_it_ran(built):
    now = build_notebooks.versions()
    assert verified_line(built) == (
        f"*Last run from the first cell to the last on {now['date']}, with Python {platform.python_version()}, "
        f"Keras {version('keras')} and TensorFlow {now['tensorflow']}.*")
    assert "Last run" not in notebook_path(NAME, "solutions", built).read_text(encoding="utf-8")


def test_the_line_stays_until_outputs_or_versions_change(copy, monkeypatch):
    before = build_notebooks.versions()
    for changed, source, expected in (
            ({"date": "2031-01-01"}, None, before),  # nothing new to tell
            ({"date": "2031-01-01", "keras": "4.0"}, None, {"date": "2031-01-01", "keras": "4.0"}),
            ({"date": "2032-01-01", "keras": "4.0"}, "well, not yet", {"date": "2032-01-01", "keras": "4.0"})):
        monkeypatch.setattr(build_notebooks, "versions", lambda changed=changed: before | changed)
        assert build_notebooks.check(NAME, copy) == [], "the date moved on, and nothing is stale"
        assert build_notebooks.refresh_generated(copy) == []
        if source:
            replace(syllabus.source_path(NAME, copy), "not yet", source)
        build_notebooks.build(NAME, copy)
        assert verified_line(copy) == build_notebooks.VERIFIED.format(**(before | expected))
        assert build_notebooks.check(NAME, copy) == []


def test_a_line_of_somebodys_own_and_a_missing_one_are_found(copy):
    path = notebook_path(NAME, "learner", copy)
    text = path.read_text(encoding="utf-8")
    replace(path, "Last run from the first cell to the last on", "Last run in a dream on")
    assert any("differs from the source" in problem for problem in build_notebooks.check(NAME, copy))
    path.write_text(text.replace('"verified"', '"proved"'), encoding="utf-8")
    assert any("does not say when it ran" in problem for problem in build_notebooks.check(NAME, copy))


def test_solutions_have_no_outputs(built):
    notebook = nbformat.read(notebook_path(NAME, "solutions", built), as_version=4)
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in notebook.cells)


def test_a_cell_that_fails_stops_the_build(course):
    replace(syllabus.source_path(NAME, course), "import os, sys\n", "import os, sys; 1 / 0\n")
    with pytest.raises(BuildError, match="ZeroDivisionError"):
        build_notebooks.build(NAME, course)
    assert not list(course.glob("notebooks/**/*.ipynb"))


def test_a_line_stands_for_a_widget_in_what_is_stored(course):
    notebook = build_notebooks.convert(NAME, "learner", course)
    notebook.cells[2].outputs = [new_output("display_data", {build_notebooks.WIDGET: {}, "text/plain": "IntSlider()"}),
                                 new_output("display_data", {"image/png": "AAAA"})]
    notebook.metadata["widgets"] = {"state": {}}
    build_notebooks.clean(notebook)
    widget, picture = notebook.cells[2].outputs
    assert list(picture.data) == ["image/png"] and widget.data["text/plain"] == build_notebooks.ASLEEP
    assert build_notebooks.ASLEEP in widget.data["text/html"] and build_notebooks.WIDGET not in widget.data
    assert "widgets" not in notebook.metadata


# Drift

def test_what_was_built_is_up_to_date(built):
    assert build_notebooks.check(NAME, built) == []
    assert build_notebooks.strays(built) == []


@pytest.fixture
def copy(built, tmp_path):
    for path in built.rglob("*"):
        if path.is_file():
            (tmp_path / path.relative_to(built)).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path.relative_to(built)).write_bytes(path.read_bytes())
    return tmp_path


@pytest.mark.parametrize("where, old, new, expected", [
    ("notebooks/source/01_tiny.py", "See [the", "Look at [the", "another version"),
    ("notebooks/source/01_tiny.py", "2 * x", "x + x", "solutions/01_tiny.ipynb differs"),
    ("notebooks/01_tiny.ipynb", "double(3) == 6", "double(4) == 8", "notebooks/01_tiny.ipynb differs"),
    ("notebooks/01_tiny.ipynb", '"hint"', '"tip"', "notebooks/01_tiny.ipynb differs"),
    ("notebooks/01_tiny.ipynb", '"execution_count": 4', '"execution_count": null', "not executed"),
    ("notebooks/solutions/01_tiny.ipynb", '"execution_count": null', '"execution_count": 1', "execution counts"),
    ("tools/course.toml", '"me"', '"you"', "differs from the source at cell 01-tiny-000"),
])
def test_drift_is_found(copy, where, old, new, expected):
    replace(copy / where, old, new)
    assert any(expected in problem for problem in build_notebooks.check(NAME, copy))


def test_errors_and_heavy_pictures_in_outputs_are_found(copy):
    path = notebook_path(NAME, "learner", copy)
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[2].outputs = [new_output("error", ename="E", evalue="e", traceback=[]),
                                 new_output("display_data", {"image/png": "A" * 1_600_000}),
                                 new_output("stream", text=str(copy / "file"))]
    build_notebooks.write(notebook, path)
    text = " ".join(build_notebooks.check(NAME, copy))
    for expected in ("ended with an error", "a picture in cell", "more than 1,500,000", "path of this machine"):
        assert expected in text


def test_missing_and_stray_notebooks_are_found(copy):
    notebook_path(NAME, "learner", copy).rename(copy / "notebooks" / "99_stray.ipynb")
    assert build_notebooks.check(NAME, copy) == ["notebooks/01_tiny.ipynb is missing"]
    assert "99_stray" in build_notebooks.strays(copy)[0]


# Badges, links and the bootstrap

def test_a_new_address_reaches_notebooks_and_readme(copy):
    readme_tables.update(["syllabus"], copy)
    assert badges.stale(copy) == []
    syllabus.set_repository("you/lessons@v1", copy)
    assert len(badges.stale(copy)) == 3 and len(badges.stale(copy)) == 3, "asking changes nothing"
    badges.stale(copy, write_changes=True)
    assert badges.stale(copy) == [] and build_notebooks.check(NAME, copy) == []
    notebook = nbformat.read(notebook_path(NAME, "learner", copy), as_version=4)
    assert "github/you/lessons/blob/v1/notebooks/01_tiny.ipynb" in notebook.cells[0].source
    assert "--branch v1 https://github.com/you/lessons.git" in notebook.cells[1].source
    assert notebook.cells[2].outputs, "outputs are kept"
    assert "blob/v1/notebooks/01_tiny.ipynb" in (copy / "README.md").read_text()


def test_badges_that_lead_to_another_repository_than_this_one_fail(monkeypatch, capsys):
    monkeypatch.setattr(badges, "stale", lambda **_: [])
    address = syllabus.repository()
    for here, status in ((f"{address.owner}/{address.repo}", 0), ("somebody/else", 1)):
        monkeypatch.setenv("GITHUB_REPOSITORY", here)
        assert badges.main(["--check"]) == status
    assert "--set somebody/else" in capsys.readouterr().out
    monkeypatch.delenv("GITHUB_REPOSITORY")
    assert badges.main(["--check"]) == 0


def test_links_for_a_hub_fetch_the_course_and_open_the_chapter(monkeypatch, capsys):
    monkeypatch.setattr(syllabus, "repository", lambda root=None: syllabus.Repository("you", "lessons", "v1"))
    assert badges.main(["--hub", "https://hub.example.org/"]) == 0
    first, *others = capsys.readouterr().out.splitlines()
    assert first == ("00 https://hub.example.org/hub/user-redirect/git-pull?repo=https%3A%2F%2Fgithub.com%2Fyou%2Flessons"
                     "&branch=v1&urlpath=lab%2Ftree%2Flessons%2Fnotebooks%2F00_start_here.ipynb")
    assert len(others) == len(syllabus.written_chapters()) - 1
    with pytest.raises(SystemExit):
        badges.main(["--hub", "hub.example.org"])
    assert "is no address of a JupyterHub; give it whole" in capsys.readouterr().err


@pytest.mark.parametrize("address", ["lessons", "you/les sons", "https://github.com/you/lessons", 'you/"'])
def test_a_malformed_address_is_refused(course, address):
    before = syllabus.repository(course)
    with pytest.raises(ValueError, match="OWNER/REPO"):
        syllabus.set_repository(address, course)
    assert syllabus.repository(course) == before


def test_a_second_chapter_is_linked_from_the_first(copy):
    syllabus.source_path("02_next", copy).write_text(SOURCE.replace("Tiny", "Next"))
    assert build_notebooks.check(NAME, copy)
    build_notebooks.refresh_generated(copy)
    assert build_notebooks.check(NAME, copy) == []
    last = nbformat.read(notebook_path(NAME, "solutions", copy), as_version=4).cells[-1].source
    assert "Next: [02 Next](02_next.ipynb)" in last and "solutions/02_next.ipynb" in last


# Runs argument 2 in IPython, as the cells before and after that are arguments 3 and on; `deeplake` is never there.
BOOTSTRAP_RUN = """
import importlib.util, os, sys
from importlib.machinery import PathFinder
from IPython.core.interactiveshell import InteractiveShell

sys.path[:] = [path for path in sys.path if not os.path.isdir(os.path.join(path, "fer_utils"))]
sys.meta_path[:] = [finder for finder in sys.meta_path if "editable" not in str(finder)]  # the course, in a clone
importlib.util.find_spec = lambda name: None if name == "deeplake" else PathFinder.find_spec(name)
if sys.argv[1] == "colab":
    sys.modules["google.colab"] = sys
shell = InteractiveShell.instance()
for cell in sys.argv[2:]:
    print("--", flush=True)
    shell.run_cell(cell)
    sys.stdout.flush()
print("--")
print(os.getcwd(), *[path for path in sys.path if os.path.isdir(os.path.join(path, "fer_utils"))], sep="|")
"""
posix_only = pytest.mark.skipif(os.name == "nt", reason="the stand-ins for git and pip are shell scripts")


def run_bootstrap(folder, cells, host, calls):
    """Run cells in `folder`, in IPython, with a `git` and a `pip` that write to the file `calls`. A `git` clones
    nothing while a file `offline` lies beside `calls`.

    Returns what each cell printed, the folder it ends in and the entries of sys.path that hold fer_utils.
    """
    tools = calls.parent / "bin"
    tools.mkdir()
    package = f'mkdir -p "$last/notebooks" && cp -r "{ROOT}/fer_utils" "$last/fer_utils"'
    for name, body in (("git", f'for last; do :; done; [ -e "{calls.parent}/offline" ] || {{ {package}; }}'),
                       ("pip", f'case $1 in list) echo numpy==2.0;; install) cat "$4" >> "{calls}";; esac')):
        (tools / name).write_text(f'#!/bin/sh\necho {name} "$@" >> "{calls}"\n{body}\n')
        (tools / name).chmod(0o755)
    env = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    path = os.pathsep.join([str(tools), str(Path(sys.executable).parent), os.environ["PATH"]])
    env |= {"PATH": path, "IPYTHONDIR": str(calls.parent)}
    done = subprocess.run([sys.executable, "-c", BOOTSTRAP_RUN, host, *cells], cwd=folder, capture_output=True,
                          text=True, env=env)
    assert done.returncode == 0, done.stdout + done.stderr
    *said, last = [part.strip("\n") for part in done.stdout.split("--\n")[1:]]
    first, *rest = last.split("|")
    return said, Path(first), [Path(path) for path in rest]


@pytest.fixture
def content(tmp_path):
    """An empty folder, as a notebook on Colab finds it."""
    (tmp_path / "content").mkdir()
    return tmp_path / "content"


NEEDS_DEEPLAKE = SOURCE.replace("import os, sys\n", "import os, sys\nimport deeplake\n")


@posix_only
def test_bootstrap_on_colab_clones_once_and_constrains_pip(course, tmp_path, content):
    calls = tmp_path / "calls"
    syllabus.source_path(NAME, course).write_text(NEEDS_DEEPLAKE)
    code = build_notebooks.bootstrap(NAME, "learner", course)
    said, folder, found = run_bootstrap(content, [code, code], "colab", calls)
    assert said == ["", ""]
    assert folder == content / "course" / "notebooks" and found == [content / "course"]
    log = calls.read_text().splitlines()
    assert [line for line in log if "git" in line] == [
        f"git clone -q --depth 1 --branch main https://github.com/me/course.git {content / 'course'}"]
    wanted = "pip install -q -c /dev/stdin deeplake>=4.5,<5"
    assert log.count("pip list --format=freeze") == log.count(wanted) == log.count("numpy==2.0") == 2


@posix_only
def test_bootstrap_on_colab_installs_only_what_the_chapter_needs(course, tmp_path, content):
    code = build_notebooks.bootstrap(NAME, "learner", course)
    assert run_bootstrap(content, [code], "colab", tmp_path / "calls")[2] == [content / "course"]
    assert "pip" not in code and "pip" not in (tmp_path / "calls").read_text()


FROM_ADDRESS = ("This notebook needs the course around it: get it from https://github.com/me/course, unpack it "
                "here as course, run this again.")


@posix_only
def test_a_notebook_that_was_downloaded_alone_says_where_the_course_is(course, tmp_path, content):
    code = build_notebooks.bootstrap(NAME, "learner", course)
    (said,), folder, found = run_bootstrap(content, [code], "here", tmp_path / "calls")
    assert said == FROM_ADDRESS and folder == content and not found and not (tmp_path / "calls").exists()


@posix_only
def test_bootstrap_run_again_repairs_a_clone_that_failed(course, tmp_path, content):
    (tmp_path / "offline").touch()
    code = build_notebooks.bootstrap(NAME, "learner", course)
    # as a bootstrap without its look at the folder leaves it: the path is there, and Python remembers that nothing is
    broken = f"import sys; sys.path.append({str(content / 'course')!r})\nimport fer_utils"
    said, folder, found = run_bootstrap(content, [code, "import sys; sys.path", broken, "!rm ../offline", code],
                                        "colab", tmp_path / "calls")
    assert said[0] == FROM_ADDRESS and str(content / "course") not in said[1]
    assert said[-1] == "" and folder == content / "course" / "notebooks" and found == [content / "course"]


@posix_only
def test_after_the_bootstrap_the_command_line_is_there(course, tmp_path, content):
    code = build_notebooks.bootstrap(NAME, "learner", course)
    where = "!python -c 'import fer_utils; print(fer_utils.__file__)'"
    said, *_ = run_bootstrap(content, [code, code, "!python -m fer_utils --help", where], "colab", tmp_path / "calls")
    assert said[2].startswith("usage: python -m fer_utils")
    assert said[3] == str(content / "course" / "fer_utils" / "__init__.py")


@posix_only
def test_bootstrap_without_an_address_says_one_sentence_and_fetches_nothing(course, tmp_path, content):
    syllabus.set_repository("OWNER/REPO", course)
    syllabus.source_path(NAME, course).write_text(NEEDS_DEEPLAKE)
    code = build_notebooks.bootstrap(NAME, "learner", course)
    (said,), folder, found = run_bootstrap(content, [code], "colab", tmp_path / "calls")
    assert said == ("This notebook needs the course around it: unpack it here as REPO (to Colab upload a zip), run "
                    "again.")
    assert folder == content and not found and not (tmp_path / "calls").exists()


@posix_only
def test_bootstrap_without_an_address_takes_the_course_that_was_unpacked(course, tmp_path, content):
    syllabus.set_repository("OWNER/REPO", course)
    shutil.copytree(ROOT / "fer_utils", content / "REPO" / "fer_utils")
    (content / "REPO" / "notebooks").mkdir()
    code = build_notebooks.bootstrap(NAME, "learner", course)
    said, folder, found = run_bootstrap(content, [code], "colab", tmp_path / "calls")
    assert said == [""] and folder == content / "REPO" / "notebooks" and found == [content / "REPO"]


@posix_only
def test_bootstrap_elsewhere_finds_the_folder_above(course, tmp_path):
    shutil.copytree(ROOT / "fer_utils", course / "fer_utils", dirs_exist_ok=True)
    calls, folder = tmp_path / "calls", course / "notebooks" / "solutions"
    folder.mkdir()
    said, stayed, found = run_bootstrap(folder, [build_notebooks.bootstrap(NAME, "solutions", course)], "here", calls)
    assert (said, stayed, found) == ([""], folder, [course]) and not calls.exists()


def test_each_chapter_installs_what_it_imports_with_the_bounds_of_the_project():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    found = {chapter.name[3:]: build_notebooks.lacking_on_colab(chapter.name)
             for chapter in syllabus.written_chapters()}
    wanted = {"the_fer2013_dataset": "deeplake", "on_small_devices": "litert-quantizer", "beyond_the_thesis": "optuna"}
    assert {name: list(packages) for name, packages in found.items() if packages} == {
        name: [package] for name, package in wanted.items()}
    for package, line in [item for packages in found.values() for item in packages.items()]:
        assert [other.partition(";")[0] for other in lines if other.startswith(package)] == [line]


# README

def test_syllabus_table_says_what_is_planned(course):
    first, second = readme_tables.syllabus(course).splitlines()[2:]
    assert first.startswith("| 01 | [Tiny](notebooks/01_tiny.ipynb) | double | 1 | 5 | [![Open in Colab]")
    assert second == "| 02 | Next | go on | – | – | planned |"


def test_backends_are_compared_where_there_are_several():
    def row(backend, *seconds):
        return {"backend": backend, "precision": "float32", "threads": "two threads each",
                "seconds": {"median": sorted(seconds)[1], "all": list(seconds)}}

    step = {"rows": [row("b", 2, 6, 4), row("a", 1, 3, 1)], "kinds": {"float32": {"x": 1.0, "y": 3.0, "z": 0.0}}}
    said = readme_tables.advice(step)
    assert said.startswith("On this machine `KERAS_BACKEND=a` is the quickest: `b` takes 2.0 times as long. ")
    assert "thread of TensorFlow: y 75 %, x 25 %." in said
    assert readme_tables.advice(step | {"rows": step["rows"][:1]}).startswith("Of one step")


def test_the_suite_table_adds_up():
    record = {"tests": 100, "seconds": 120.0, "worker_seconds": 200.0, "machine": "M", "device": "CPU", "date": "2026",
              "files": [{"name": f"tests/test_{place}", "seconds": 20.0 - place, "tests": 5} for place in range(13)]}
    rows = readme_tables.suite(record=record).splitlines()[2:]
    assert rows[2] == "| `tests/test_0` | 5 | 20 s | 10 % |"
    assert len(rows) == 2 + 12 + 1 and rows[-1] == "| all others | 40 | 26 s | 13 % |"


def test_results_table_sorts_and_quotes():
    run = {"run": "squeezenet-fer", "model": "squeezenet-fer", "recipe": "modern", "seed": 0, "epochs": 30,
           "complete": True, "device": "CPU", "parameters": 1_234_567, "file_bytes": 5_100_000, "accuracy": 0.66812,
           "leak_free_accuracy": 0.65, "macro_f1": None, "public_accuracy": 0.6512, "seconds_an_epoch": 101.25}
    cut = run | {"run": "cut", "complete": False, "epochs": 4, "accuracy": 0.3}
    drawn = run | {"run": "drawn", "data": "schematic faces", "accuracy": 0.99}
    waiting = dict.fromkeys(run) | {"model": "resnet50"}
    rows = readme_tables.all_results(runs=[cut, run, drawn, waiting]).splitlines()
    assert rows[-1] == "Not yet trained: `resnet50`."
    rows = rows[2:6]
    assert rows[0] == ("| `squeezenet-fer` | modern | 1 | 1,234,567 | 5.10 MB | 30 | 101.2 | "
                       "65.12 % | 66.81 % | – | 65.00 % | – | CPU |")
    assert "thesis, quoted" in rows[1] and "1,377,655" in rows[1] and "66.37 %" in rows[1]
    assert "thesis, quoted" in rows[2] and "28,913,223" in rows[2] and "65.09 %" in rows[2]
    assert "4 (cut short)" in rows[3]


def test_seeds_share_a_row():
    runs = [{"run": f"n-r-s{seed}", "model": "n", "recipe": "r", "seed": seed, "epochs": 60, "complete": True,
             "device": "G",
             "parameters": 5, "file_bytes": 10, "accuracy": accuracy, "leak_free_accuracy": accuracy, "macro_f1": 0.5,
             "public_accuracy": 0.5, "seconds_an_epoch": 1.0} for seed, accuracy in enumerate((0.70, 0.61, 0.64))]
    rows = [row for row in readme_tables.all_results(runs=runs).splitlines() if row.startswith("| `n` ")]
    assert len(rows) == 1 and "| r | 3 | 5 |" in rows[0] and "| 65.00 % (61.0 to 70.0) |" in rows[0]


def test_the_order_of_the_thesis_is_told_with_its_interval():
    from fer_utils.evaluation.results import results_table

    said = readme_tables.order_of_the_thesis(results_table())
    assert "worse here" in said and "95 % interval -" in said and "faces and seeds (3 against 1" in said
    assert readme_tables.order_of_the_thesis([]) == ""


def test_an_erratum_stands_below_the_table():
    run = {"run": "a", "model": "a", "recipe": "r", "seed": 0, "epochs": 3, "complete": True, "device": "CPU",
           "parameters": 5, "file_bytes": 9, "accuracy": 0.6, "leak_free_accuracy": 0.6, "macro_f1": 0.5,
           "public_accuracy": 0.5, "seconds_an_epoch": 1.0}
    runs = [run | {"erratum": "Wrong."}, run | {"model": "b", "erratum": "Wrong, too."}, run | {"model": "c"},
            run | {"model": "d", "erratum": "Wrong."}]
    said = readme_tables.all_results(runs=runs)
    assert all(f"| `{name}`{mark} | r |" in said for name, mark in zip("abcd", (" †", " ††", "", " †")))
    assert "\n\n† Erratum: Wrong.\n\n†† Erratum: Wrong, too.\n\n" in said


def test_tables_fill_only_between_their_markers(course):
    assert readme_tables.update(["syllabus"], course, write_changes=False) and "Tiny" not in (
        course / "README.md").read_text()
    assert readme_tables.update(["syllabus"], course) == [course / "README.md"]
    assert readme_tables.update(["syllabus"], course) == []
    text = (course / "README.md").read_text()
    assert text.startswith("# Course\n<!-- syllabus:start -->\n| ") and text.count("Tiny") == 1
    assert "\n<!-- syllabus:end -->\nmiddle\n<!-- results:start -->\n<!-- results:end -->\n" in text
    with pytest.raises(ValueError, match="nothing:start"):
        readme_tables.fill(text, "nothing", "")


# The real course

def test_readme_and_badges_are_up_to_date():
    if not (ROOT / "README.md").exists():
        pytest.skip("there is no README.md yet")
    assert badges.stale() == [], "run `python tools/badges.py`"
    assert readme_tables.update(write_changes=False) == [], "run `python tools/readme_tables.py`"


def test_syllabus_is_numbered_in_order():
    assert [chapter.number for chapter in syllabus.chapters()] == [f"{number:02d}" for number in range(17)]


def test_the_first_cell_is_folded(course):
    notebook = build_notebooks.convert(NAME, "learner", course)
    cell = next(cell for cell in notebook.cells if "bootstrap" in cell.metadata.get("tags", []))
    assert cell.metadata["jupyter"] == {"source_hidden": True} and cell.metadata["cellView"] == "form"
