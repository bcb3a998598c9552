"""Draw what the benchmarks recorded, for the README: `python benchmarks/draw.py [--check]`.

Reads data/results/benchmarks/{input,step,loading}.json and writes speed.svg beside them: bars of medians, with a line
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
BACKENDS = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}


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


def step_panel():
    """Seconds of a training step by backend, precision and threads."""
    record = recorded_benchmark("step")
    rows = []
    for row in record["rows"]:
        name = BACKENDS[row["backend"]] + (", bfloat16" if "bfloat16" in row["precision"] else "")
        if row["threads"] != "two threads each":
            name += f", {row['threads'].replace('one operation', 'one')}"
        rows.append((name, row["seconds"]["all"], "course" if row["backend"] == "tensorflow" else "other"))
    return f"A step of {record['network']}, {record['batch']} faces: seconds", rows, "{:.2f}"


def loading_panel():
    """Seconds until the dataset is there, the first time and again."""
    record = recorded_benchmark("loading")
    rows = [(f"{row['form']}, {row['what']}", row["seconds"]["all"], "course" if row["what"] == "again" else "other")
            for row in record["rows"] if "form" in row]
    return f"Loading {record['dataset']}: seconds", rows, "{:.1f}"


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
    """The picture as SVG, str: panels in two columns, each below the other."""
    columns, heights = [input_panels(), [step_panel(), loading_panel()]], []
    parts = []
    for column, panels in enumerate(columns):
        y = 12
        for title, rows, form in panels:
            drawn, height = panel(12 + column * COLUMN, y, title, rows, form)
            parts.append(drawn)
            y += height
        heights.append(y)
    head = recorded_benchmark("input")
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {max(heights)}" font-family="sans-serif" '
            'font-size="14" role="img"><title>Measured speed: training with the input of the thesis and with ours, '
            'what both hold in memory, a training step on each backend, and loading the dataset in each of its forms. '
            f'{escape(head["machine"])}, {escape(head["device"])}; bars are medians of {head["rounds"]} rounds, lines '
            f'lead from the lowest to the highest.</title><rect width="100%" height="100%" fill="#fafafa"/>'
            f'{"".join(parts)}</svg>\n')


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
