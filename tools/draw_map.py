"""Draw tools/package_map.svg, the map of the package for CONTRIBUTING.md: `python tools/draw_map.py [--check]`.

A box for each subject of `fer_utils`, with its modules; an arrow from the box that imports to the box that is imported,
as thick as there are imports. Read from the code, so that the picture cannot grow old: a test asks `--check`.
"""

import argparse
import ast
import math
import sys
from collections import Counter
from html import escape

from syllabus import ROOT

PICTURE = ROOT / "tools" / "package_map.svg"
PACKAGE = ROOT / "fer_utils"
# Where the boxes stand, in columns and rows of CELL pixels: what is imported by all lies at the bottom.
PLACES = {"commands": (0, 0), "course": (1, 0), "chapter_NN": (2, 0), "training": (0, 1), "evaluation": (1, 1.2),
          "networks": (0, 2), "edge": (2, 0.5), "faces": (2, 1.65), "data": (1, 2.1), "classical": (0, 2.75),
          "foundation": (2, 2.6)}
FOUNDATION = ("labels", "files", "schema", "text", "kernel", "backend")
CELL, WIDTH, LINE = (300, 230), 210, 15


def subject(module):
    """The box of a module, given by its dotted name below `fer_utils`."""
    first, *rest = module.split(".")
    if first in FOUNDATION:
        return "foundation"
    if first == "__main__":
        return "commands"
    if first == "descriptors":
        return "classical"
    if first == "attribution":
        return "evaluation"
    return "chapter_NN" if first == "course" and rest and rest[0].startswith("chapter_") else first


def modules():
    """The dotted names below `fer_utils` of all modules but `__init__` itself, a sorted list."""
    found = []
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        if name:
            found.append(name)
    return sorted(found)


def imports():
    """How often a module of one box imports from another: a Counter of pairs (who imports, what)."""
    known, arrows = set(modules()), Counter()
    for name in known:
        path = PACKAGE.joinpath(*name.split("."))
        path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("fer_utils"):
                target = node.module.removeprefix("fer_utils").lstrip(".")
                for alias in node.names:
                    inner = f"{target}.{alias.name}".lstrip(".")
                    pair = subject(name), subject(inner if inner in known else target or "foundation")
                    arrows[pair] += pair[0] != pair[1]
    return +arrows


def draw():
    """The picture as SVG, str."""
    inside = {box: [name.partition(".")[2] or name for name in modules() if subject(name) == box and name != box]
              for box in PLACES}
    chapters = sorted({name.split(".")[1] for name in modules() if subject(name) == "chapter_NN"})
    inside["chapter_NN"] = [f"{len(chapters)} folders: figures, checks,", "laboratories of one chapter each"]
    inside["foundation"] = [", ".join(FOUNDATION[:3]), ", ".join(FOUNDATION[3:])]
    height = {box: 30 + LINE * len(lines) for box, lines in inside.items()}
    middle = {box: (40 + column * CELL[0] + WIDTH / 2, 30 + row * CELL[1] + height[box] / 2)
              for box, (column, row) in PLACES.items()}
    bottom = 20 + max(middle[box][1] + height[box] / 2 for box in PLACES)
    parts = []
    for (start, end), count in sorted(imports().items()):
        if end == "foundation":  # what everybody uses needs no line
            continue
        (x0, y0), (x1, y1) = middle[start], middle[end]
        bend = 0.12 * math.dist((x0, y0), (x1, y1))
        x2, y2 = (x0 + x1) / 2 + bend * (y1 - y0) / CELL[0], (y0 + y1) / 2 - bend * (x1 - x0) / CELL[0]
        cx, cy = 0.2 * x0 + 0.3 * x2 + 0.5 * x1, 0.2 * y0 + 0.3 * y2 + 0.5 * y1
        parts.append(f'<path d="M{x0:.0f},{y0:.0f}Q{x2:.0f},{y2:.0f} {x1:.0f},{y1:.0f}" fill="none" stroke="#0072B2" '
                     f'stroke-opacity=".45" stroke-width="{1 + math.log2(count):.1f}"/>'
                     f'<circle cx="{cx:.0f}" cy="{cy:.0f}" r="9" fill="#fff" stroke="#0072B2"/>'
                     f'<text x="{cx:.0f}" y="{cy + 4:.0f}" text-anchor="middle" font-size="10">{count}</text>')
    for box, lines in inside.items():
        x, y = middle[box][0] - WIDTH / 2, middle[box][1] - height[box] / 2
        title = "used by all" if box == "foundation" else box
        parts.append(f'<rect x="{x:.0f}" y="{y:.0f}" width="{WIDTH}" height="{height[box]}" rx="6" fill="#fff" '
                     f'stroke="#333"/><text x="{x + 10:.0f}" y="{y + 20:.0f}" font-weight="bold">'
                     f'{escape(title)}</text>')
        parts += [f'<text x="{x + 10:.0f}" y="{y + 38 + LINE * row:.0f}" font-size="12">{escape(line)}</text>'
                  for row, line in enumerate(lines)]
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {3 * CELL[0]} {bottom:.0f}" '
            'font-family="sans-serif" font-size="14" role="img"><title>The subjects of fer_utils with their modules; '
            'lines lead from the importing subject to the imported one, and the number beside the imported one counts '
            f'the imports.</title><rect width="100%" height="100%" fill="#fafafa"/>{"".join(parts)}</svg>\n')


def main(arguments=None):
    """Draw the picture, or say whether it is out of date."""
    parser = argparse.ArgumentParser(description="Draw the map of the package.")
    parser.add_argument("--check", action="store_true", help="compare the file with a new drawing; write nothing")
    if not parser.parse_args(arguments).check:
        PICTURE.write_text(draw(), encoding="utf-8", newline="\n")
    elif not PICTURE.exists() or PICTURE.read_text(encoding="utf-8") != draw():
        sys.exit(f"{PICTURE.name} is out of date. Draw it again with: python tools/draw_map.py")
    return 0


if __name__ == "__main__":
    sys.exit(main())
