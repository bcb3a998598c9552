"""Draw the explorers' settings beforehand, for the site: `python tools/make_explorers.py [NN ...]`, `make explorers`.

An explorer is a plain function of its controls. Here the cells of each chapter run, and wherever one makes an explorer,
its pictures are drawn for the values of all controls together, or for some of them where there are many. A page shows
the picture that belongs to where its controls stand; no Python is needed (site/static/explorers.js).

It takes about a minute a chapter, so `make site` does not call it: it takes what lies in site/_build/explorers.
"""

import argparse
import contextlib
import io
import itertools
import json
import os
import shutil
import subprocess
import sys

import nbformat
from build_notebooks import notebook_path, tags
from syllabus import ROOT, written_chapters

OUT = ROOT / "site" / "_build" / "explorers"
MOST = 100  # pictures of an explorer
QUALITY = 80
SCRIPT = "explorer.js"


def values_of(control):
    """What a control can show, a list of (label, value), in its order."""
    if hasattr(control, "options"):
        return [option if isinstance(option, tuple) else (str(option), option) for option in control.options]
    if isinstance(control.value, bool):
        return [("no", False), ("yes", True)]
    count = round((control.max - control.min) / control.step)
    steps = [type(control.value)(round(control.min + number * control.step, 10)) for number in range(count + 1)]
    return [(f"{step:.4g}", step) for step in steps]


def thinned(values, start, count):
    """At most `count` of the values, evenly, the first, the last and `start` among them. `start`: an index."""
    if len(values) <= count:
        return values, start
    places = {round(number * (len(values) - 1) / (count - 1)) for number in range(count)}
    nearest = min(places - {0, len(values) - 1} or places, key=lambda place: abs(place - start))
    places = sorted(places - {nearest} | {start} if start not in places else places)
    return [values[place] for place in places], places.index(start)


def settings(controls, most=MOST):
    """The values of each control that are drawn, so that all together are at most `most`, but for three of each slider:
    {name: (values, start)}, `start` being the index of the value that the explorer begins with. Lists keep all they
    offer, sliders give way."""
    found = {}
    for name, control in controls.items():
        values = values_of(control)
        start = next((place for place, (_, value) in enumerate(values) if value == control.value), 0)
        found[name] = values, start
    sliders = [name for name, control in controls.items() if "Slider" in type(control).__name__]
    while _product(found) > most:
        longest = max(sliders, key=lambda name: len(found[name][0]))
        if len(found[longest][0]) <= 3:
            break
        (kept, begin), whole = found[longest], values_of(controls[longest])
        found[longest] = thinned(whole, whole.index(kept[begin]), len(kept) - 1)
    return found


def _product(found):
    size = 1
    for values, _ in found.values():
        size *= len(values)
    return size


def draw_all(draw, controls, folder):
    """Draw an explorer's pictures into `folder`, and a script beside them: its controls with their values, and
    for each picture its file and its text, in the order of `itertools.product`."""
    import numpy as np
    from PIL import Image

    from fer_utils.course.show import POINTS_AN_INCH, SHARPNESS

    chosen = settings(controls)
    folder.mkdir(parents=True)
    pictures, width = [], 0
    for number, combination in enumerate(itertools.product(*(values for values, _ in chosen.values()))):
        figure, alt = draw(**{name: value for name, (_, value) in zip(chosen, combination)})
        figure.set_dpi(POINTS_AN_INCH * SHARPNESS)
        figure.canvas.draw()
        picture = Image.fromarray(np.asarray(figure.canvas.buffer_rgba())).convert("RGB")
        path, width = folder / f"{number}.webp", round(picture.width / SHARPNESS)
        picture.save(path, "WEBP", quality=QUALITY)
        pictures.append({"file": path.name, "alt": alt})
    listed = [{"label": controls[name].description, "values": [label for label, _ in values], "start": start,
               "slider": "Slider" in type(controls[name]).__name__} for name, (values, start) in chosen.items()]
    known = json.dumps({"controls": listed, "width": width, "pictures": pictures})
    # a script and no JSON file: a page opened from a disk may load the one and not the other
    (folder / SCRIPT).write_text(f'(window.ferExplorers ??= {{}})["{folder.name}"] = {known};\n', encoding="utf-8")
    return len(pictures)


def explorers_of(name, out):
    """Run the cells of a chapter and draw the explorers that they make, each into `out`/NN-CELL. Returns a list of
    (cell, pictures). Raises what a cell raises."""

    module = sys.modules["fer_utils.course.show"]
    made, explore = [], module.explore

    def noted(draw, **controls):
        made.append((draw, controls))
        return explore(draw, **controls)

    module.explore = noted  # before the chapter's own modules take it from there
    notebook, names, found = nbformat.read(notebook_path(name, "learner", ROOT), as_version=4), {}, []
    os.chdir(ROOT / "notebooks")
    for place, cell in enumerate(notebook.cells):
        if cell.cell_type != "code" or "bootstrap" in tags(cell):
            continue
        made.clear()
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(cell.source, f"{name}, cell {place}", "exec"), names)
        if made:
            draw, controls = made[-1]
            found.append((place, draw_all(draw, controls, out / f"{name[:2]}-{place}")))
    return found


def main(arguments=None):
    """Draw the explorers of some chapters, of all without numbers; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("chapters", nargs="*", metavar="NN", help="numbers of chapters; default: all")
    options = parser.parse_args(arguments)
    known = {chapter.number: chapter.name for chapter in written_chapters()}
    if set(options.chapters) - set(known):
        parser.error(f"there is no chapter {', '.join(sorted(set(options.chapters) - set(known)))}.")
    if len(options.chapters) != 1:  # a process for each chapter: its modules take the noting function when they load
        ended = [subprocess.run([sys.executable, __file__, number]) for number in options.chapters or known]
        return max(one.returncode for one in ended)
    for old in OUT.glob(f"{options.chapters[0]}-*"):
        shutil.rmtree(old)
    name = known[options.chapters[0]]
    for place, count in explorers_of(name, OUT):
        print(f"{name}, cell {place}: {count} pictures", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
