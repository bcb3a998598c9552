"""Draw what the benchmarks recorded, for the README: `python benchmarks/draw.py [--check]`.

Reads data/results/benchmarks/input.json and writes speed.svg beside them: bars of medians, with a line
from the lowest to the highest of the rounds. Nothing is measured here.
"""

import argparse
import sys
from html import escape

import measure

from fer_utils.evaluation.results import recorded_benchmark

PICTURE = measure.FOLDER / "speed.svg"
WIDTH, BAR, LEFT, COLUMN = 960, 20, 168, 480  # of the picture, of a bar, of its name, of a panel
COLORS = {"thesis": "#D55E00", "course": "#0072B2", "other": "#767676"}


def input_panels():
    """Two panels: faces a second by network, and what the input holds in memory by the number of faces."""
    record = recorded_benchmark("input")
    rows = {(row["network"], row["pipeline"], row["times"]): row for row in record["rows"]}
    networks = dict.fromkeys(row["network"] for row in record["rows"])
    names = {"thesis": "thesis's input", "course": "our input", "one batch": "no input at all"}
    speed = [(f"{network.removeprefix('squeezenet-')}, {label}", rows[network, pipeline, 1]["faces_a_second"]["all"],
              pipeline if pipeline in COLORS else "other")
             for network in networks for pipeline, label in names.items()]
    held = [(f"{times} × {record['faces']:,}, {'thesis' if pipeline == 'thesis' else 'ours'}",
             [record["held_bytes"][pipeline][times] / 1e6], pipeline)
            for times in ("1", "2", "4") for pipeline in ("thesis", "course")]
    return [("Training: faces a second", speed, "{:,.0f}"),
            ("Held in memory for the input, MB", held, "{:,.0f}")]


def panel(x, y, title, rows, form):
    """One panel as SVG, str, and its height. `rows`: name, figures of all rounds, a key of `COLORS`."""
    from statistics import median

    scale = (COLUMN - LEFT - 90) / max(max(figures) for _, figures, _ in rows)
    parts = [f'<text x="{x}" y="{y + 16}" font-weight="bold">{escape(title)}</text>']
    for place, (name, figures, color) in enumerate(rows):
        top, middle = y + 28 + place * BAR, median(figures)
        low, high = (LEFT + x + scale * value for value in (min(figures), max(figures)))
        parts.append(f'<text x="{x + LEFT - 6}" y="{top + 12}" text-anchor="end" font-size="12">{escape(name)}</text>'
                     f'<rect x="{x + LEFT}" y="{top}" width="{scale * middle:.1f}" height="{BAR - 5}" '
                     f'fill="{COLORS[color]}"/>'
                     f'<path d="M{low:.1f},{top + 7}H{high:.1f}" stroke="#000" stroke-width="1.5"/>'
                     f'<text x="{max(high, x + LEFT + scale * middle) + 6:.1f}" y="{top + 12}" font-size="12">'
                     f'{form.format(middle)}</text>')
    return "".join(parts), 40 + BAR * len(rows)


def draw():
    """The picture as SVG, str: the panels side by side."""
    record = recorded_benchmark("input")
    drawn = [panel(12 + column * COLUMN, 12, *panel_) for column, panel_ in enumerate(input_panels())]
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {12 + max(height for _, height in drawn)}" '
            'font-family="sans-serif" font-size="14" role="img"><title>Measured speed: training with the input of the '
            f'thesis and with ours, and what both hold in memory. {escape(record["machine"])}, '
            f'{escape(record["device"])}; bars are medians of {record["rounds"]} rounds, lines lead from the lowest to '
            f'the highest.</title><rect width="100%" height="100%" fill="#fafafa"/>'
            f'{"".join(part for part, _ in drawn)}</svg>\n')


def main(arguments=None):
    """Draw the picture, or say whether it is out of date."""
    parser = argparse.ArgumentParser(description="Draw what the benchmarks recorded.")
    parser.add_argument("--check", action="store_true", help="compare the file with a new drawing; write nothing")
    if not parser.parse_args(arguments).check:
        PICTURE.write_text(draw(), encoding="utf-8", newline="\n")
    elif not PICTURE.exists() or PICTURE.read_text(encoding="utf-8") != draw():
        sys.exit(f"{PICTURE.name} is out of date. Draw it again with: python benchmarks/draw.py")
    return 0


if __name__ == "__main__":
    sys.exit(main())
