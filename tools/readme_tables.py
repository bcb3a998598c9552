"""Fill the tables of README.md: `python tools/readme_tables.py [--check]`.

The syllabus comes from tools/syllabus.yml, the results from data/results/. Each table stands between the lines
`<!-- NAME:start -->` and `<!-- NAME:end -->`; what lies between them is replaced.
"""

import argparse
import sys

from syllabus import ROOT, chapters, colab_badge, source_path

QUOTED = "thesis, quoted"
NOTE = ("Macro F1 is measured on PrivateTest, read once; PublicTest chose the epoch. *Without twins* leaves out the "
        "PrivateTest faces that also stand, byte for byte, in Training. Our sizes are of weights in 16 bits, the thesis's "
        "in 32. Seconds an epoch on an H100 or H200 are those of six to nine runs side by side. The thesis does not name the split of its figures, and published networks score 1.4 to 2.3 points "
        "higher on PrivateTest than on PublicTest, so compare with care.")


def table(head, rows, align=None):
    """A Markdown table. `align`: one of `l` and `r` for each column."""
    rule = ["--:" if side == "r" else "---" for side in align or "l" * len(head)]
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, rule, *rows])


def syllabus(root=ROOT):
    """The table of chapters, with a badge for those that are written."""
    rows = []
    for chapter in chapters(root):
        written = source_path(chapter.name, root).exists()
        path = f"notebooks/{chapter.name}.ipynb"
        rows.append([chapter.number, f"[{chapter.title}]({path})" if written else chapter.title, chapter.goal,
                     ", ".join(chapter.thesis) or "–", str(chapter.minutes or "–"),
                     colab_badge(path, root) if written else "planned"])
    return table(["", "Chapter", "Afterwards you can", "Thesis", "Minutes", "Open"], rows, "llllrl")


def percent(value):
    return "–" if value is None else f"{100 * value:.2f} %"


def number(value):
    return "–" if value is None else f"{value:,}"


def megabytes(value):
    return "–" if value is None else f"{value / 1e6:.2f} MB"


def results(root=ROOT, runs=None):
    """The table of recorded runs on FER-2013, best first, with the thesis's figures among them.

    `runs`: rows of `fer_utils.evaluation.results.results_table(untrained=True)`, read from there where not given. Runs on the
    bundled drawings are left out: their accuracy says nothing about photographs. Seeds of one network and recipe share
    a row, which gives their mean and, in brackets, their lowest and highest PrivateTest accuracy.
    """
    sys.path.insert(0, str(ROOT))
    from fer_utils.evaluation.results import THESIS, results_table
    runs = results_table(untrained=True) if runs is None else runs
    groups = {}
    for run in runs:
        if run["run"] and run.get("data", "FER-2013") == "FER-2013":
            groups.setdefault((run["model"], run.get("recipe"), run.get("complete")), []).append(run)
    rows = [together(seeds) for seeds in groups.values()]
    rows += [{"run": QUOTED, "model": model, "parameters": figures["parameters"], "accuracy": figures["accuracy"],
              "file_bytes": 1e6 * figures["megabytes"]} for model, figures in THESIS.items()]
    rows = [result_row(run) for run in sorted(rows, key=lambda run: -(run["accuracy"] or 0))]
    head = ["Network", "Recipe", "Seeds", "Parameters", "Size", "Epochs", "s/epoch", "PublicTest", "PrivateTest",
            "Without twins", "Macro F1", "Device"]
    waiting = [f"`{run['model']}`" for run in runs if not run["run"]]
    verdict = order_of_the_thesis(runs)
    later = f"\n\nNot yet trained: {', '.join(waiting)}." if waiting else ""
    return table(head, rows, "llrrrrrrrrrl") + "\n\n" + NOTE + verdict + later


def order_of_the_thesis(runs):
    """A sentence: whether its SqueezeNet comes out ahead of its VGG16 here too, both trained by the recipe `comparison`."""
    means = {}
    for model in ("squeezenet-custom", "vgg16"):
        found = [run["accuracy"] for run in runs if run["model"] == model and run.get("recipe") == "comparison"
                 and run.get("complete")]
        if not found:
            return ""
        means[model] = sum(found) / len(found)
    small, large = means.values()
    return (f"\n\nIn the thesis the customized SqueezeNet is ahead of VGG16. Here, trained by one recipe, it is "
            f"{'ahead too' if small > large else 'the other way round'}: {percent(small)} against {percent(large)}. "
            "Chapters 09 and 10 ask why.")


def together(seeds):
    """One row for the runs of a network that differ in their seed alone: means, and the range of the accuracy."""
    row = dict(seeds[0])
    for key in ("public_accuracy", "accuracy", "leak_free_accuracy", "macro_f1", "seconds_an_epoch"):
        values = [seed[key] for seed in seeds if seed.get(key) is not None]
        row[key] = sum(values) / len(values) if values else None
    row["seeds"] = len(seeds)
    if len(seeds) > 1:
        row["range"] = min(seed["accuracy"] for seed in seeds), max(seed["accuracy"] for seed in seeds)
    return row


def result_row(run):
    quoted = run["run"] == QUOTED
    epochs = number(run.get("epochs")) + (" (cut short)" if run.get("complete") is False else "")
    spread = " ({:.1f} to {:.1f})".format(*(100 * value for value in run["range"])) if run.get("range") else ""
    seconds = run.get("seconds_an_epoch")
    return [f"`{run['model']}`", QUOTED if quoted else run.get("recipe") or "–", number(run.get("seeds")),
            number(run.get("parameters")), megabytes(run.get("file_bytes")), epochs,
            "–" if seconds is None else f"{seconds:.1f}",
            percent(run.get("public_accuracy")), percent(run["accuracy"]) + (", split not named" if quoted else spread),
            percent(run.get("leak_free_accuracy")), percent(run.get("macro_f1")), run.get("device") or "–"]


PARTS = {"syllabus": syllabus, "results": results}


def fill(text, name, content):
    """`text` with `content` between the two markers of `name`. Raises ValueError unless each marker is there once."""
    start, end = f"<!-- {name}:start -->", f"<!-- {name}:end -->"
    if text.count(start) != 1 or text.count(end) != 1:
        raise ValueError(f"README.md: the markers {start} and {end} must stand there once each.")
    before, rest = text.split(start)
    return f"{before}{start}\n{content}\n{end}{rest.split(end)[1]}"


def update(names=tuple(PARTS), root=ROOT, write_changes=True):
    """Bring the named tables up to date. Returns [path of the README] where it had to change, else [].

    Raises ValueError where the README or one of its markers is missing.
    """
    path = root / "README.md"
    if not path.exists():
        raise ValueError("README.md is missing.")
    old = new = path.read_text(encoding="utf-8")
    for name in names:
        new = fill(new, name, PARTS[name](root))
    if new != old and write_changes:
        path.write_text(new, encoding="utf-8", newline="\n")
    return [path] if new != old else []


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Fill the tables of README.md.")
    parser.add_argument("--check", action="store_true", help="change nothing; report a README that is out of date")
    options = parser.parse_args(arguments)
    try:
        changed = update(write_changes=not options.check)
    except ValueError as error:
        parser.error(str(error))
    if changed:
        print("README.md is out of date: run tools/readme_tables.py." if options.check else "README.md updated.")
    return 1 if options.check and changed else 0


if __name__ == "__main__":
    sys.exit(main())
