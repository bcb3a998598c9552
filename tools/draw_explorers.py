"""Draw what the explorers can show, for the website: `python tools/draw_explorers.py [NUMBERS]`, `make explorers`.

Each chapter runs once more, with tools/explorer_frames.py in it. The pictures go to site/_build/explorers, where `make
site` finds them: there the sliders then move without Python. A chapter whose pictures are of its notebook as it stands
is left alone; pictures of another are not used.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time

import nbformat
from build_notebooks import BuildError, execute_cells, kernel_environment, notebook_path, tags
from nbformat.v4 import new_code_cell
from syllabus import ROOT, written_chapters

OUT = ROOT / "site" / "_build" / "explorers"
SLOWEST = 900  # seconds for a cell and all pictures of its explorers


def drawn_of(name, root=ROOT):
    """The folder with the pictures of a chapter, or None where there are none of its notebook as it stands."""
    folder = root / "site" / "_build" / "explorers" / name[:2]
    try:
        told = json.loads((folder / "chapter.json").read_text(encoding="utf-8"))
    except OSError:
        return None
    notebook = nbformat.read(notebook_path(name, "learner", root), as_version=4)
    return folder if told["source_sha256"] == notebook.metadata.course.source_sha256 else None


def draw_chapter(name, out=OUT):
    """Run a chapter and draw its explorers; returns how many there are."""
    notebook = nbformat.read(notebook_path(name, "learner"), as_version=4)
    folder = out / name[:2]
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    first = next(place for place, cell in enumerate(notebook.cells) if "bootstrap" in tags(cell))
    number = notebook.cells[first].execution_count
    notebook.cells.insert(first + 1, new_code_cell(
        f"import sys; sys.path.append({str(ROOT / 'tools')!r})\n"
        f"import explorer_frames; explorer_frames.record({str(folder)!r}, after={number})"))
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        env = kernel_environment(scratch) | {"PYTHONPATH": str(ROOT)}
        execute_cells(notebook, ROOT / "notebooks", env, SLOWEST, kernel_name="python3")
    told = {"source_sha256": notebook.metadata.course.source_sha256}
    (folder / "chapter.json").write_text(json.dumps(told), encoding="utf-8")
    return len(list(folder.glob("*/frames.json")))


def main(arguments=None):
    """Draw what is asked for; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("chapters", nargs="*", metavar="NUMBER", help="chapters such as 03 or 16; default: all")
    options = parser.parse_args(arguments)
    known = {chapter.number: chapter.name for chapter in written_chapters()}
    unknown = [number for number in options.chapters if number not in known]
    if unknown:
        parser.error(f"there is no chapter {', '.join(unknown)}; there are: {', '.join(known)}.")
    for number in options.chapters or known:
        if drawn_of(known[number]):
            continue
        start = time.perf_counter()
        try:
            count = draw_chapter(known[number])
        except BuildError as error:
            print(error, file=sys.stderr)
            return 1
        size = sum(path.stat().st_size for path in (OUT / number).rglob("*.webp"))
        print(f"{number}: {count} explorers, {size / 1e6:.1f} MB, {time.perf_counter() - start:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
