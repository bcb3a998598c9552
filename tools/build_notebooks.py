"""Make the notebooks from their sources: `python tools/build_notebooks.py [NAME ...] [--changed | --check]`.

Authors edit notebooks/source/NN_name.py (jupytext percent format). From it come
  notebooks/NN_name.ipynb            what learners open: exercises to fill in, executed, outputs kept
  notebooks/solutions/NN_name.ipynb  the solutions in place of the exercises, without outputs

What a source may contain beyond plain cells:
  {{badges}}          on a line of its own in the title cell: the badge row
  {{previous_next}}   on a line of its own in the closing cell: links to the neighbouring chapters
  {{glossary}}        on a line of its own: all the terms of data/glossary.toml with what they mean
  {{epoch}}           within a sentence, a term of the glossary or one of its forms: a link to the glossary, with what
                      the term means as its hover text
  tag bootstrap       an empty code cell, filled with the lines that find or fetch `fer_utils`
                      and look at the kernel
  tags exercise, solution, check   consecutive code cells in this order: the stub with `...` to fill in, the full code,
                      the call of one check, `checks.check_...(answer)`. The check's three hints are folded in between.
  tags answer, rubric   on Markdown cells: folded text, the answer to a question, or what a good judgement has
Links in Markdown are written as seen from the folder notebooks/.

The learner's notebook is always executed on the bundled drawings, so no photograph can get into an output. It ends
with the date and the versions of that run. `--check` takes them as they stand, and a chapter that is built again with
the same outputs and versions keeps its date.
"""

import argparse
import ast
import base64
import hashlib
import importlib.util
import os
import platform
import re
import sys
import tempfile
import time
import tomllib
from datetime import date
from importlib.metadata import version
from pathlib import Path

import jupytext
import nbformat
from nbformat.v4 import new_markdown_cell, new_notebook, new_output
from syllabus import PLACEHOLDER, RESTORE, ROOT, colab_badge, repository, source_path, written_chapters

from fer_utils.files import read_toml

KINDS = ("learner", "solutions")
CELL_TIMEOUT = 120
NOTEBOOK_LIMIT = 1_500_000
IMAGE_LIMIT = 300_000
KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LANGUAGE_INFO = {"name": "python", "file_extension": ".py", "mimetype": "text/x-python", "pygments_lexer": "ipython3"}
GLOSSARY = "04_learning_from_examples.ipynb#Glossary"
WIDGET = "application/vnd.jupyter.widget-view+json"
ASLEEP = "Run this cell, and those above it, for the controls."

# Of the folded cell its first line stays, unwrapped: a long one would make a narrow window scroll sideways.
BOOTSTRAP = """\
import importlib.util, os, sys  # finds the course
from pathlib import Path; importlib.invalidate_caches()  # as a folder may have come; harmless twice
root = next((p for p in Path("x").resolve().parents if (p / "fer_utils").is_dir()), Path("{repo}").resolve())
{clone}if not root.is_dir() and not importlib.util.find_spec("fer_utils"):
    raise type("Stop", (Exception,), {{"_render_traceback_": lambda self: [str(self)]}})(  # one line, no traceback
        "{no_course}")
if "google.colab" in sys.modules and root.is_dir():
    %cd -q {{root}}/{folder}
{install}if root.is_dir() and not importlib.util.find_spec("fer_utils"):
    sys.path.append(str(root))
    os.environ["PYTHONPATH"] = f"{{root}}{{os.pathsep}}{{os.environ.get('PYTHONPATH', root)}}"  # for !python
from fer_utils.kernel import check_kernel; check_kernel()  # says what to do where this kernel cannot run the course"""

# For each package that a chapter needs and Colab lacks. pip reads what is there as constraints, so it replaces nothing.
INSTALL = """\
    if not importlib.util.find_spec("{module}"):  # Colab lacks it; nothing that Colab brings is replaced
        !pip list --format=freeze | pip install -q -c /dev/stdin "{requirement}"
"""
# A reader need not see how the code is found: JupyterLab folds the cell, Colab shows it as a form.
FOLDED_AWAY = {"jupyter": {"source_hidden": True}, "cellView": "form"}
NOT_ON_COLAB = ("deeplake", "litert-quantizer", "optuna")

CLONE = """\
if "google.colab" in sys.modules and not root.is_dir():
    !git clone -q --depth 1 --branch {branch} {url}.git {{root}}
"""
NO_COURSE = "This notebook needs the course around it: get it from {url}, unpack it here as {repo}, run this again."
# There is nothing to clone from until there is an address.
NO_ADDRESS = "This notebook needs the course around it: unpack it here as {repo} (to Colab upload a zip), run again."


# The last line of a learner's notebook. It is written when a chapter is executed, and stays until it is executed with
# other outputs or versions.
VERIFIED_START = "*Last run "
VERIFIED = VERIFIED_START + ("from the first cell to the last on {date}, with Python {python}, Keras {keras} and "
                             "TensorFlow {tensorflow}.*")


class BuildError(Exception):
    """A source that breaks the conventions, or a notebook that does not run; the message says where."""


# From a source to cells

FOLDED = {"answer": "Answer", "rubric": "Compare with this rubric"}


def tags(cell):
    """The tags of a cell, a list."""
    return cell.metadata.get("tags", [])


def read_source(name, root=ROOT):
    """The text of a chapter's source and its cells. Line endings do not matter."""
    text = source_path(name, root).read_text(encoding="utf-8")
    cells = jupytext.reads(text, fmt="py:percent").cells
    for cell in cells:
        cell.metadata.pop("lines_to_next_cell", None)  # jupytext's note on blank lines, of no use to a reader
    return text, cells


def fold(summary, text):
    """Markdown that unfolds when its summary is clicked."""
    return f"<details><summary>{summary}</summary>\n\n{text}\n\n</details>"


def hints_of(code, name, root=ROOT):
    """The hints of the check that a cell calls, strings in Markdown, as the chapter's checks.py has them."""
    called = re.findall(r"\bchecks\.(check_\w+)\(", code)
    path = root / "fer_utils" / "course" / f"chapter_{name[:2]}" / "checks.py"
    if len(called) != 1 or not path.exists():
        return ()
    spec = importlib.util.spec_from_file_location(f"checks_of_chapter_{name[:2]}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return getattr(getattr(module, called[0], None), "hints", ())


def arrange(cells, kind, name, root=ROOT):
    """The cells of one kind of notebook, with exercises, hints and solutions in their places.

    Raises BuildError where an exercise lacks a part or a part stands outside an exercise.
    """
    arranged, position = [], 0

    def take(tag):
        nonlocal position
        cell = cells[position] if position < len(cells) else None
        if cell is None or tag not in tags(cell) or cell.cell_type != "code":
            raise BuildError(f"{name}: a code cell tagged {tag!r} is missing at cell {position + 1}"
                             f"{'' if cell is None else f', {cell.source.splitlines()[:1]}'}: an exercise is the cells "
                             "exercise, solution, check, in this order.")
        position += 1
        return cell

    def folded(cell):
        summary = next(FOLDED[tag] for tag in tags(cell) if tag in FOLDED)
        return new_markdown_cell(fold(summary, cell.source), metadata=cell.metadata)

    while position < len(cells):
        cell = cells[position]
        if cell.cell_type == "markdown" and FOLDED.keys() & set(tags(cell)):
            arranged.append(folded(cell))
            position += 1
        elif "exercise" in tags(cell) and cell.cell_type == "code":
            stub, solution, check = (take(tag) for tag in ("exercise", "solution", "check"))
            hints = [new_markdown_cell(fold(f"Hint {number}", hint), metadata={"tags": ["hint"]})
                     for number, hint in enumerate(hints_of(check.source, name, root), start=1)]
            if "..." not in stub.source:
                raise BuildError(f"{name}: the exercise that starts {stub.source.splitlines()[:1]} has no `...` "
                                 "to fill in.")
            if kind == "learner":
                code = new_markdown_cell(fold("Solution", f"```python\n{solution.source}\n```"),
                                         metadata=solution.metadata)
                arranged += [stub, *hints, check, code]
            else:
                arranged += [solution, *hints, check]
        elif {*FOLDED, "exercise", "hint", "solution", "check"} & set(tags(cell)):
            raise BuildError(f"{name}: cell {position + 1}, {cell.source.splitlines()[:1]}, is tagged {tags(cell)} "
                             "but is not part of an exercise, or is of the wrong type.")
        else:
            arranged.append(cell)
            position += 1
    return arranged


# What the tool writes into the cells

def notebook_path(name, kind, root=ROOT):
    """Where the notebook of a chapter lies; `kind` is in KINDS."""
    folder = root / "notebooks" if kind == "learner" else root / "notebooks" / "solutions"
    return folder / f"{name}.ipynb"


def from_repository(path, root=ROOT):
    """A path from the repository's top, with slashes."""
    return path.relative_to(root).as_posix()


def bootstrap(name, kind, root=ROOT):
    """The code that makes `fer_utils` importable, on Colab and elsewhere, and installs on Colab what a chapter needs
    and Colab lacks."""
    address = repository(root)
    install = "".join(INSTALL.format(module=package.replace("-", "_"), requirement=requirement)
                      for package, requirement in lacking_on_colab(name, root).items())
    clone, no_course = ("", NO_ADDRESS) if address.owner == PLACEHOLDER else (CLONE, NO_COURSE)
    template = BOOTSTRAP.replace("{clone}", clone).replace("{no_course}", no_course)
    return template.format(repo=address.repo, branch=address.branch, url=address.url, install=install,
                           folder=from_repository(notebook_path(name, kind, root).parent, root))


def lacking_on_colab(name, root=ROOT):
    """What a chapter needs and Colab lacks: {package: requirement for pip}, with the bounds of pyproject.toml.

    A chapter needs what its source imports, and what the modules of `fer_utils` import that its source names.
    """
    needed = imports(source_path(name, root).read_text(encoding="utf-8"))
    for module in sorted(needed):
        path = (root / module.replace(".", "/")).with_suffix(".py")
        if module.startswith("fer_utils.") and path.exists():
            needed |= imports(path.read_text(encoding="utf-8"))
    lacking = [package for package in NOT_ON_COLAB if package.replace("-", "_") in needed]
    if not lacking:
        return {}
    extras = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    lines = [line.partition(";")[0].strip() for line in extras["course"]]
    return {package: next(line for line in lines if re.match(rf"{package}(?![\w-])", line)) for package in lacking}


def imports(code):
    """The dotted names of all that some Python code imports, wherever in it: of modules, of packages and of what is
    taken from them."""
    found = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def badge_row(name, kind, root=ROOT):
    """The links under a chapter's title: Colab, the other kind of notebook, the source."""
    badge = colab_badge(from_repository(notebook_path(name, kind, root), root), root)
    if kind == "learner":
        return f"{badge} · [Solutions](solutions/{name}.ipynb) · [Source text](source/{name}.py)"
    return f"{badge} · [The chapter without solutions](../{name}.ipynb) · [Source text](../source/{name}.py)"


def previous_next(name, kind, root=ROOT):
    """Links to the written chapters before and after; also into Colab, where links between files lead nowhere."""
    written = written_chapters(root)
    place = [chapter.name for chapter in written].index(name)
    links = []
    for word, chapter in (("Previous", written[place - 1] if place else None),
                          ("Next", written[place + 1] if place + 1 < len(written) else None)):
        if chapter:
            badge = colab_badge(from_repository(notebook_path(chapter.name, kind, root), root), root)
            links.append(f"{word}: [{chapter.number} {chapter.title}]({chapter.name}.ipynb) {badge}")
    return " · ".join(links) or "This is the only chapter so far."


def one_folder_deeper(text):
    """Markdown whose relative links hold when the notebook moves into a subfolder; code stays as it is."""
    def deeper(found):
        return found[0] if re.match(r"[a-z]+:|#|/", found[2]) else f"{found[1]}../{found[2]}"
    pieces = re.split(r"(```.*?```|`[^`\n]*`)", text, flags=re.DOTALL)
    pieces[::2] = [re.sub(r'(\]\(|(?:src|href)=")([^)"\s]+)', deeper, piece) for piece in pieces[::2]]
    return "".join(pieces)


def glossary(root=ROOT):
    """The terms of data/glossary.toml, dicts with name, forms and text, in alphabetical order."""
    path = root / "data" / "glossary.toml"
    terms = read_toml(path, ("term",), RESTORE)["term"] if path.exists() else []
    return sorted(terms, key=lambda term: term["name"].lower())


def linked(word, terms):
    """A word of the glossary as a link to it, with what it means as the hover text. None where it is no such word."""
    term = next((term for term in terms if word.lower() in (term["name"].lower(), *term.get("forms", ()))), None)
    meaning = term and " ".join(re.sub(r"[*`$]", "", term["text"]).replace('"', "'").split())
    return meaning and f'[{word}]({GLOSSARY} "{meaning}")'


def expand(cells, name, kind, root=ROOT):
    """Fill in the bootstrap, badges and links; the cells that hold them get the tag `generated`."""
    terms = glossary(root)
    for cell in cells:
        if cell.cell_type == "code" and "bootstrap" in tags(cell):
            if cell.source.strip():
                raise BuildError(f"{name}: the cell tagged 'bootstrap' must be empty; the tool writes it.")
            cell.source = bootstrap(name, kind, root)
            cell.metadata["tags"] = [*tags(cell), "generated"]
            cell.metadata |= FOLDED_AWAY
        elif cell.cell_type == "markdown" and "solution" not in tags(cell):  # which is code
            if kind == "solutions":
                cell.source = one_folder_deeper(cell.source)
            for word in re.findall(r"\{\{([a-zA-Z][\w -]*)\}\}", cell.source):
                if word in ("badges", "previous_next"):
                    text = (badge_row if word == "badges" else previous_next)(name, kind, root)
                elif word == "glossary":
                    text = "\n".join(f"- **{term['name']}**: {term['text']}" for term in terms)
                else:
                    text = linked(word, terms)
                if text is None:
                    raise BuildError(f"{name}: unknown {{{{{word}}}}}; there are badges, previous_next, glossary, and "
                                     "the terms of data/glossary.toml with their forms.")
                cell.source = cell.source.replace(f"{{{{{word}}}}}", text)
                cell.metadata["tags"] = [*dict.fromkeys([*tags(cell), "generated"])]
    return cells


def convert(name, kind, root=ROOT, verified=None):
    """The notebook of one kind that a source gives, not executed. Raises BuildError for a faulty source.

    `verified`: what `versions` gave when it was executed last, which its closing cell tells; None tells nothing.
    """
    text, cells = read_source(name, root)
    cells = expand(arrange(cells, kind, name, root), name, kind, root)
    if verified:
        closing = next((cell for cell in reversed(cells) if cell.cell_type == "markdown"), None)
        if not closing or "generated" not in tags(closing):
            raise BuildError(f"{name}: the last Markdown cell lacks {{{{previous_next}}}}.")
        closing.source += "\n\n" + VERIFIED.format(**verified)
    for index, cell in enumerate(cells):
        cell["id"] = f"{name.replace('_', '-')}-{index:03d}"[-64:]
    course = {"chapter": name, "kind": kind, "source_sha256": hashlib.sha256(text.encode()).hexdigest()}
    metadata = {"course": course, "kernelspec": KERNELSPEC, "language_info": LANGUAGE_INFO}
    return new_notebook(cells=cells, metadata=metadata | ({"verified": verified} if verified else {}))


def versions():
    """What a chapter is executed with now: date (ISO), and the versions of Python, Keras and TensorFlow, as text."""
    return {"date": date.today().isoformat(), "python": platform.python_version(), "keras": version("keras"),
            "tensorflow": version("tensorflow")}


def ran_as_before(old, new):
    """Whether a notebook on disk has the cells, the outputs and the versions of one that has just been executed, so
    that there is nothing new to tell; the date and the time that it took are not looked at."""
    def seen(notebook):
        versions = {key: value for key, value in notebook.metadata.get("verified", {}).items() if key != "date"}
        course = notebook.metadata.get("course")
        return course, versions, [(cell.source.partition(VERIFIED_START)[0], cell.get("outputs"))
                                  for cell in notebook.cells]
    return seen(old) == seen(new)


# Execution

def kernel_environment(scratch):
    """The environment that chapters are executed in: the bundled drawings, the CPU, no settings of the author's."""
    env = {key: value for key, value in os.environ.items()
           if key not in ("FER2013_SOURCE", "ACTIVELOOP_TOKEN", "MPLBACKEND")}
    return env | {"FER_UTILS_CACHE": str(Path(scratch) / "cache"), "IPYTHONDIR": str(Path(scratch) / "ipython"),
                  "KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}


def execute(notebook, folder):
    """Run all cells in `folder`, in place. Raises BuildError with the traceback of a cell that fails."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        (Path(scratch) / "cache").mkdir()
        execute_cells(notebook, folder, kernel_environment(scratch), kernel_name="python3")


def execute_cells(notebook, folder, env, timeout=CELL_TIMEOUT, **kernel):
    """Run all cells in `folder`, in place, in an environment. `kernel`: which one, as `NotebookClient` takes it."""
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    client = NotebookClient(notebook, timeout=timeout, record_timing=False, store_widget_state=False,
                            coalesce_streams=True, resources={"metadata": {"path": str(folder)}}, **kernel)
    try:
        client.execute(env=env)
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        raise BuildError(f"{notebook.metadata.course.chapter}: {error}") from None


def clean(notebook):
    """Keep of the outputs what a reader needs, in place; returns the text written to stderr, which is dropped.

    A widget without its kernel shows as an error, so a line stands for it that says how to wake it: the chapter draws a
    static picture beside it.
    """
    dropped = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            dropped += [output.text for output in cell.outputs if output.get("name") == "stderr"]
            cell.outputs = [_asleep() if WIDGET in output.get("data", {}) else output
                            for output in cell.outputs if output.get("name") != "stderr"]
        cell.metadata.pop("execution", None)
    notebook.metadata.pop("widgets", None)
    notebook.metadata.update(kernelspec=KERNELSPEC, language_info=LANGUAGE_INFO)
    return "".join(dropped)


def _asleep():
    """What stands in a stored notebook where a widget was."""
    return new_output("display_data", {"text/html": f"<p><i>{ASLEEP}</i></p>", "text/plain": ASLEEP})


def write(notebook, path):
    """Write a valid notebook, the same bytes on every system."""
    nbformat.validate(notebook)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8", newline="\n")


def build(name, root=ROOT):
    """Write both notebooks of a chapter; nothing is written when a cell fails. Returns what went to stderr."""
    learner, solutions = convert(name, "learner", root, versions()), convert(name, "solutions", root)
    start = time.perf_counter()
    execute(learner, root / "notebooks")
    learner.metadata["run_seconds"] = round(time.perf_counter() - start)  # tools/minutes.py counts it
    dropped = clean(learner)
    problems = output_problems(learner, root)
    if problems:
        raise BuildError(f"{name}: " + "; ".join(problems))
    path = notebook_path(name, "learner", root)
    before = nbformat.read(path, as_version=4) if path.exists() else None
    if before and ran_as_before(before, learner):
        tell(learner, before.metadata.verified)
    write(learner, notebook_path(name, "learner", root))
    write(solutions, notebook_path(name, "solutions", root))
    return dropped


def tell(notebook, verified):
    """Let a notebook say when and with what it ran, in place of what it says now."""
    for cell in notebook.cells:
        text, line, _ = cell.source.partition(VERIFIED_START)
        if line and "generated" in tags(cell):
            cell.source = text + VERIFIED.format(**verified)
    notebook.metadata["verified"] = verified


def refresh_generated(root=ROOT, write_changes=True):
    """Bring badges, bootstraps and links up to date in notebooks that exist, without executing them.

    Returns the paths that had to change. Used after `course.toml` changed or a chapter was added.
    """
    changed = []
    for name in [chapter.name for chapter in written_chapters(root)]:
        for kind in KINDS:
            path = notebook_path(name, kind, root)
            if not path.exists():
                continue
            notebook = nbformat.read(path, as_version=4)
            fresh = {cell.id: cell.source for cell in convert(name, kind, root, notebook.metadata.get("verified")).cells
                     if "generated" in tags(cell)}
            stale = [cell for cell in notebook.cells if "generated" in tags(cell)
                     and fresh.get(cell.id, cell.source) != cell.source]
            for cell in stale:
                cell.source = fresh[cell.id]
            if stale:
                changed.append(path)
                if write_changes:
                    write(notebook, path)
    return changed


# Checks that need no execution

def image_bytes(notebook):
    """(cell id, size in bytes) of each picture in the outputs and in attachments."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            for kind, data in output.get("data", {}).items():
                text = "".join(data) if isinstance(data, list) else data
                if kind.startswith("image/"):
                    yield cell.id, len(text) if kind == "image/svg+xml" else len(base64.b64decode(text))
                elif kind == "text/html":
                    for coded in re.findall(r"data:image/\w+;base64,([A-Za-z0-9+/=]+)", text):
                        yield cell.id, len(base64.b64decode(coded))


def output_problems(notebook, root=ROOT):
    """What is wrong with an executed notebook's outputs, a list of sentences."""
    problems, counts = [], []
    for cell in notebook.cells:
        if cell.cell_type != "code" or not cell.source.strip():
            continue
        counts.append(cell.execution_count)
        if "raises-exception" not in tags(cell) and any(o.output_type == "error" for o in cell.outputs):
            problems.append(f"cell {cell.id} ended with an error")
        if str(root) in str(cell.outputs):
            problems.append(f"an output of cell {cell.id} shows a path of this machine")
    if counts != list(range(1, len(counts) + 1)):
        problems.append("it is not executed from top to bottom")
    problems += [f"a picture in cell {cell} takes {size:,} bytes, more than {IMAGE_LIMIT:,}"
                 for cell, size in image_bytes(notebook) if size > IMAGE_LIMIT]
    size = len(nbformat.writes(notebook).encode())
    if size > NOTEBOOK_LIMIT:
        problems.append(f"it takes {size:,} bytes, more than {NOTEBOOK_LIMIT:,}")
    return problems


def check(name, root=ROOT):
    """How a chapter's notebooks differ from what its source gives, a list of sentences; empty where all is well."""
    problems = []
    for kind in KINDS:
        path = notebook_path(name, kind, root)
        where = from_repository(path, root)
        if not path.exists():
            problems.append(f"{where} is missing")
            continue
        have = nbformat.read(path, as_version=4)
        verified = have.metadata.get("verified")  # the line stays as it was written, whatever the date and versions now
        if kind == "learner" and not verified:
            problems.append(f"{where} does not say when it ran")
        want = convert(name, kind, root, verified)
        if have.metadata.get("course") != want.metadata.course:
            problems.append(f"{where} was built from another version of the source")
        if len(have.cells) != len(want.cells):
            problems.append(f"{where} has {len(have.cells)} cells, the source gives {len(want.cells)}")
        for old, new in zip(have.cells, want.cells):
            if any(old[key] != new[key] for key in ("id", "cell_type", "source", "metadata")):
                problems.append(f"{where} differs from the source at cell {new.id}")
                break
        if kind == "learner":
            problems += [f"{where}: {problem}" for problem in output_problems(have, root)]
        elif any(cell.get("outputs") or cell.get("execution_count") for cell in have.cells):
            problems.append(f"{where} has outputs or execution counts")
    return problems


def strays(root=ROOT):
    """Notebooks and sources that belong to no chapter of the syllabus, a list of sentences."""
    written = {chapter.name for chapter in written_chapters(root)}
    files = [path for pattern in ("source/*.py", "*.ipynb", "solutions/*.ipynb")
             for path in sorted((root / "notebooks").glob(pattern)) if path.stem not in written]
    return [f"{from_repository(path, root)} belongs to no chapter that tools/syllabus.yml lists and that has a source"
            for path in files]


def chosen(parser, names):
    """The chapters that a command line names, by number or whole name; all where it names none."""
    wanted = [Path(name).stem for name in names]
    try:
        written = [chapter.name for chapter in written_chapters()]
    except ValueError as error:
        parser.error(str(error))
    unknown = [want for want in wanted if not any(name in (want, want + name[2:]) for name in written)]
    if unknown:
        parser.error(f"no source for {', '.join(unknown)}; there are: {', '.join(written) or 'none'}.")
    return [name for name in written if not wanted or name in wanted or name[:2] in wanted]


def main(arguments=None):
    """Build or check the chapters named; returns the exit status."""
    parser = argparse.ArgumentParser(description="Make the notebooks from notebooks/source.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="chapters such as 09 or 10_squeezenet; default: all")
    parser.add_argument("--changed", action="store_true", help="build only chapters whose notebooks are out of date")
    parser.add_argument("--check", action="store_true", help="build nothing; report notebooks that are out of date")
    options = parser.parse_args(arguments)
    names = chosen(parser, options.names)

    try:
        if options.check:
            problems = [problem for name in names for problem in check(name)] + ([] if options.names else strays())
            print("\n".join(problems) or f"{len(names)} chapters are up to date.")
            return 1 if problems else 0
        for name in names:
            if options.changed and not check(name):
                continue
            start = time.perf_counter()
            dropped = build(name)
            size = notebook_path(name, "learner").stat().st_size
            print(f"{name}: {time.perf_counter() - start:.0f} s, {size / 1000:.0f} kB", flush=True)
            if dropped.strip():
                print(f"  dropped from the outputs (stderr): {dropped.strip()[:2000]}", flush=True)
        for path in refresh_generated():
            print(f"links updated: {from_repository(path)}")
    except BuildError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
