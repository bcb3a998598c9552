"""Pack the course for a class, without its solutions: `python tools/make_class.py [--nbgrader] [--out FILE.zip]`.

The zip holds a page on how to begin, and what git tracks but for the notebooks with solutions, the sources that they
are built from, the tests and the tools; the folded solutions leave the chapters. (The package still holds functions
that stand in for an exercise that is not done: who looks for an answer in its code finds one.) With `--nbgrader` the
exercises carry the metadata of nbgrader (schema 3): the cell below grades the learner's, for one point, and its
check raises.
"""

import argparse
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
from build_notebooks import tags
from syllabus import ROOT, tracked

LEFT_OUT = ("notebooks/solutions/", "notebooks/source/", "tests/", "tools/", "site/", ".ci/", ".github/")
STRICT = "%env FER_UTILS_STRICT=1"
STUDENTS = """\
How to begin

1. Open a terminal in this folder. Linux and macOS: make course     (the first time some minutes, and 3 GB)
   Windows: conda env create -f environment.yml, conda activate fer-course, jupyter lab notebooks/00_start_here.ipynb
2. Run the cells from the top with Shift+Enter. Where a cell holds three dots, the answer is yours; the cell with
   "checks." below it says whether it is right, and the hints between them unfold.
3. What you have solved is kept on your machine and goes nowhere by itself. To see it, and to hand it in:
      Linux and macOS: source .venv/bin/activate      Windows: conda activate fer-course
      python -m fer_utils progress
      python -m fer_utils progress --name YOUR_NAME --out progress.json

The tests and the tools of the course are not in this folder: of the README's commands "make course" is the one for you.
"""


def without_solutions(notebook, nbgrader=False):
    """A chapter's notebook whose folded solutions are gone, changed in place; with nbgrader's metadata on request."""
    notebook.cells = [cell for cell in notebook.cells if "solution" not in tags(cell)]
    if nbgrader:
        asked = 0
        for cell in notebook.cells:
            if "exercise" in tags(cell):
                asked += 1
            for tag, graded in (("exercise", False), ("check", True)):
                if tag in tags(cell):
                    cell.metadata["nbgrader"] = {
                        "schema_version": 3, "cell_type": "code", "grade_id": f"{tag}-{asked}", "grade": graded,
                        "solution": not graded, "locked": graded, "task": False, **({"points": 1} if graded else {})}
                    if graded:
                        cell.source = f"{STRICT}\n{cell.source}"
    return notebook


def pack(path, nbgrader=False, root=ROOT):
    """Write the zip and return the number of files in it."""
    paths = [path for path in tracked(root, untracked=False) if not path.startswith(LEFT_OUT)]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in paths:
            if name.startswith("notebooks/") and name.endswith(".ipynb"):
                notebook = without_solutions(nbformat.read(root / name, as_version=4), nbgrader)
                for cell in notebook.cells:  # the links under the title lead to what is left out
                    cell.source = "\n".join(line for line in cell.source.split("\n") if "](solutions/" not in line)
                archive.writestr(f"course/{name}", nbformat.writes(notebook) + "\n")
            else:
                archive.write(root / name, f"course/{name}")
        archive.writestr("course/HOW_TO_BEGIN.txt", STUDENTS)
    return len(paths) + 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nbgrader", action="store_true", help="give the exercises the metadata of nbgrader")
    parser.add_argument("--out", default="build/class.zip")
    options = parser.parse_args()
    out = Path(options.out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        count = pack(out, options.nbgrader)
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"make_class: {error}")
    print(f"{out}: {count} files, {out.stat().st_size / 1e6:.1f} MB")
