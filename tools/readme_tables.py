"""Fill the tables of the README, CONTRIBUTING and data/results/README.md: `python tools/readme_tables.py [--check]`.

The syllabus comes from tools/syllabus.yml, the results from data/results/. Each table stands between the lines
`<!-- NAME:start -->` and `<!-- NAME:end -->`; what lies between them is replaced. README.md has eight rows of results,
data/results/README.md all of them.
"""

import argparse
import sys
from statistics import median, stdev

from syllabus import ROOT, chapters, colab_badge, source_path

from fer_utils import text

QUOTED = "thesis, quoted"
NOTE = ("The 95 % interval is for the luck of faces and seeds, where there is one seed for that of the faces alone. "
        "Macro F1 is measured on PrivateTest, read once; PublicTest chose the epoch. *Without duplicates* leaves out "
        "the PrivateTest faces that also stand, byte for byte, in Training. Our sizes are of weights in 16 bits, the "
        "thesis's in 32. Seconds an epoch on an H100 or H200 are those of six to nine runs side by side.")
CLASSICAL_NOTE = ("Fitted once to all of Training, with settings chosen on a part of it. Seconds are "
                  "those of one thread of a processor that other work shared, describing the faces included. The 95 % "
                  "interval is for the luck of the faces, of one fit; one alone does not compare two rows. Stored "
                  "numbers are what a fitted classifier holds to answer: most are descriptions of training faces, none "
                  "is shipped.")
# What the README shows: network and recipe.
SHOWN = (("squeezenet-fer-deep", "distilled-long"), ("squeezenet-fer-tiny", "distilled-long"),
         ("squeezenet-fer-micro", "from-answers"), ("vgg-teacher", "teacher-long"), ("vgg16", "comparison"),
         ("vgg16", QUOTED), ("squeezenet-custom", "comparison"), ("squeezenet-custom", QUOTED))
SHOWN_AS = {"squeezenet-fer-deep": "our small network", "squeezenet-fer-tiny": "our tiny network",
            "squeezenet-fer-micro": "our smallest network",
            "vgg-teacher": "our best teacher", "vgg16": "VGG16", "squeezenet-custom": "customized SqueezeNet"}
# Goodfellow and others 2013 (arXiv:1307.0414), section 4: people who labelled FER-2013 again.
HUMANS = "65 ± 5 %"


def syllabus(root=ROOT):
    """The table of chapters, with a badge for those that are written."""
    rows = []
    for chapter in chapters(root):
        written = source_path(chapter.name, root).exists()
        path = f"notebooks/{chapter.name}.ipynb"
        rows.append([chapter.number, f"[{chapter.title}]({path})" if written else chapter.title, chapter.goal,
                     ", ".join(chapter.thesis) or "–", str(chapter.minutes or "–"),
                     colab_badge(path, root) if written else "planned"])
    return text.table(["", "Chapter", "Afterwards you can", "Thesis", "Minutes", "Open"], rows, "llllrl")


def percent(value):
    """A fraction with two digits, or a dash for None."""
    return "–" if value is None else text.percent(value, 2)


def number(value):
    """A number with thousands apart, or a dash for None."""
    return "–" if value is None else f"{value:,}"


def megabytes(value):
    """Bytes as megabytes, or a dash for None."""
    return "–" if value is None else f"{value / 1e6:.2f} MB"


def interval(names):
    """The 95 % interval of the accuracy of published runs, one network's seeds, as text: for the luck of faces and
    seeds, of one run for that of the faces."""
    from fer_utils.evaluation.comparison import answers_together, measure

    found = measure(*answers_together(names))
    return f"{100 * found['low']:.1f} to {100 * found['high']:.1f}"


def marked(rows):
    """What was found wrong with runs after they were recorded: a dict from the text to its mark."""
    texts = dict.fromkeys(row["erratum"] for row in rows if row.get("erratum"))
    return {text: "†" * number for number, text in enumerate(texts, start=1)}


def errata(rows):
    """The errata of some rows, each after its mark, as the paragraphs that follow a table."""
    return "".join(f"\n\n{mark} Erratum: {text}" for text, mark in marked(rows).items())


def rows_by_accuracy(runs=None):
    """Rows for the recorded runs on FER-2013 and the thesis's figures, best first, seeds of one network and recipe
    together.

    `runs`: rows of `fer_utils.evaluation.results.results_table(untrained=True)`, read from there where not given.
    Runs on the bundled drawings are left out: their accuracy says nothing about photographs.
    """
    from fer_utils.evaluation.results import THESIS, grouped, results_table
    known = runs is None
    runs = results_table(untrained=True) if known else runs
    ours = [run for run in runs if run["run"] and run.get("data", "FER-2013") == "FER-2013"]
    groups = grouped(ours, lambda run: (run["model"], run.get("recipe"), run.get("complete")))
    rows = [together(seeds) | ({"interval": interval([seed["run"] for seed in seeds])} if known else {})
            for seeds in groups.values()]
    rows += [{"run": QUOTED, "model": model, "recipe": QUOTED, "parameters": figures["parameters"],
              "accuracy": figures["accuracy"], "file_bytes": 1e6 * figures["megabytes"]}
             for model, figures in THESIS.items()]
    return sorted(rows, key=lambda run: -(run["accuracy"] or 0)), runs


def results(root=ROOT, runs=None):
    """The rows of the README by accuracy: networks, the mean of their seeds; people; the classifier before deep
    learning that PublicTest chooses."""
    from fer_utils.evaluation.classical_runs import classical_table

    rows, runs = rows_by_accuracy(runs)
    shown = [run for run in rows if (run["model"], run.get("recipe")) in SHOWN and run.get("complete") is not False]
    lines, marks = [], marked(shown)
    for run in shown:
        name = f"{SHOWN_AS[run['model']]}, `{run['model']}`" + (", thesis" if run["run"] == QUOTED else "")
        lines.append((run["accuracy"], [f"{name} {marks.get(run.get('erratum'), '')}".strip(),
                                        number(run["parameters"]), mean_and_spread(run), run.get("interval", "–"),
                                        number(run.get("seeds"))]))
    lines.append((0.65, ["people", "–", HUMANS, "–", "–"]))
    best = max(classical_table(), key=lambda row: row["public_accuracy"])
    lines.append((best["accuracy"], [f"no network: described by rules, decided by an SVM, `{best['run']}`", "–",
                                     percent(best["accuracy"]), interval([best["run"]]), "1"]))
    lines = [line for _, line in sorted(lines, key=lambda line: -line[0])]
    return (text.table(["Who reads the faces", "Parameters", "PrivateTest accuracy", "95 % interval", "Seeds"], lines,
                       "lrrrr") + errata(shown) + chosen_run(rows) + order_of_the_thesis(runs))


def chosen_run(rows):
    """A sentence: what the run reached that PublicTest chose among the seeds of our small network."""
    model, recipe = SHOWN[0]
    seeds = next((row for row in rows if (row["model"], row.get("recipe")) == (model, recipe)), None)
    chosen = percent(seeds["chosen"]) if seeds else ""
    return f"\n\nOf our small network's seeds, PublicTest chose the one with {chosen}." if seeds else ""


def mean_and_spread(run):
    """The accuracy as mean and standard deviation of the seeds, or of one run; the thesis does not name its split."""
    if run["run"] == QUOTED:
        return f"{percent(run['accuracy'])}, split not named"
    return f"{100 * run['accuracy']:.2f} ± {100 * run['spread']:.2f} %" if "spread" in run else percent(run["accuracy"])


def all_results(root=ROOT, runs=None):
    """The whole table, a row for each network and recipe: means of the seeds, in brackets their lowest and highest."""
    rows, runs = rows_by_accuracy(runs)
    head = ["Network", "Recipe", "Seeds", "Parameters", "Size", "Epochs", "s/epoch", "PublicTest", "PrivateTest",
            "95 % interval", "Without duplicates", "Macro F1", "Device"]
    waiting = [f"`{run['model']}`" for run in runs if not run["run"]]
    later = f"\n\nNot yet trained: {', '.join(waiting)}." if waiting else ""
    marks = marked(rows)
    lines = [result_row(run, marks.get(run.get("erratum"), "")) for run in rows]
    return text.table(head, lines, "llrrrrrrrrrrl") + errata(rows) + "\n\n" + NOTE + between_the_splits(runs) + later


def between_the_splits(runs):
    """A sentence: how far our complete runs lie apart on the two test splits, as the thesis does not name its own."""
    apart = [100 * (run["accuracy"] - run["public_accuracy"]) for run in runs
             if run["run"] and run.get("complete") and run.get("data", "FER-2013") == "FER-2013"]
    return (f" The thesis does not name the split of its figures. Our {len(apart)} complete runs lie "
            f"{sum(apart) / len(apart):.1f} points higher on PrivateTest than on PublicTest on average, from "
            f"{min(apart):+.1f} to {max(apart):+.1f}: all on the same faces, too few to tell whether one split is "
            "easier (chapter 16); so compare with care." if apart else "")


def classical_results(root=ROOT, rows=None):
    """The classifiers of chapter 05, a row for each: `rows` as
    `fer_utils.evaluation.classical_runs.classical_table` gives them, read from there where not given."""
    from fer_utils.evaluation.classical_runs import classical_table

    head = ["Classifier", "Described by", "Decided by", "Numbers a face", "Stored numbers", "Size", "Fitted in",
            "ms/face", "PublicTest", "PrivateTest", "95 % interval", "Without duplicates", "Macro F1"]
    known, rows = rows is None, classical_table() if rows is None else rows
    lines = [[f"`{row['run']}`", ", ".join(row["descriptors"]), row["decider"].replace("-", " "),
              number(row["dimensions"]), number(row["stored_numbers"]), megabytes(row["file_bytes"]),
              f"{row['seconds_to_describe'] + row['seconds_to_fit']:.0f} s", f"{1000 * row['seconds_a_face']:.1f}",
              percent(row["public_accuracy"]), percent(row["accuracy"]), interval([row["run"]]) if known else "–",
              percent(row["leak_free_accuracy"]), percent(row["macro_f1"])] for row in rows]
    return text.table(head, lines, "lllrrrrrrrrrr") + "\n\n" + CLASSICAL_NOTE


def order_of_the_thesis(runs, recipe="comparison"):
    """A sentence: whether its SqueezeNet is better than its VGG16 here too, both trained by one recipe, with the
    interval that says so."""
    from fer_utils.evaluation.comparison import compare_groups
    from fer_utils.evaluation.results import runs_of_several_seeds

    sides = [[run["run"] for run in runs if run["model"] == model and run.get("recipe") == recipe
              and run.get("complete")] for model in ("squeezenet-custom", "vgg16")]
    if not all(sides):
        return ""
    found = compare_groups(*sides, like=runs_of_several_seeds())
    verdict = {"better": "better here, too", "worse": "worse here"}.get(
        found["told"], "not told apart from it here")
    return (f"\n\nIn the thesis the customized SqueezeNet is ahead of VGG16. Trained by one recipe, it is {verdict}: "
            f"{percent(found['first'])} against {percent(found['second'])}, {100 * found['difference']:+.1f} points, "
            f"95 % interval {100 * found['low']:+.1f} to {100 * found['high']:+.1f}, for the luck of {found['luck']}. "
            "Chapters 10, 12 and 16 ask how much that says, with intervals corrected for what else they compare.")


def together(seeds):
    """One row for the runs of a network that differ in their seed alone: means, and the range of the accuracy."""
    row = dict(seeds[0])
    for key in ("public_accuracy", "accuracy", "leak_free_accuracy", "macro_f1", "seconds_an_epoch"):
        values = [seed[key] for seed in seeds if seed.get(key) is not None]
        row[key] = sum(values) / len(values) if values else None
    row["seeds"], row["chosen"] = len(seeds), max(seeds, key=lambda seed: seed["public_accuracy"] or 0)["accuracy"]
    if len(seeds) > 1:
        accuracies = [seed["accuracy"] for seed in seeds]
        row["range"], row["spread"] = (min(accuracies), max(accuracies)), stdev(accuracies)
    return row


def result_row(run, mark=""):
    """The cells of one row of the whole table, a list of str. `mark`: that of its erratum."""
    quoted = run["run"] == QUOTED
    epochs = number(run.get("epochs")) + (" (cut short)" if run.get("complete") is False else "")
    spread = " ({:.1f} to {:.1f})".format(*(100 * value for value in run["range"])) if run.get("range") else ""
    seconds = run.get("seconds_an_epoch")
    return [f"`{run['model']}` {mark}".strip(), QUOTED if quoted else run.get("recipe") or "–",
            number(run.get("seeds")), number(run.get("parameters")), megabytes(run.get("file_bytes")), epochs,
            "–" if seconds is None else f"{seconds:.1f}",
            percent(run.get("public_accuracy")), percent(run["accuracy"]) + (", split not named" if quoted else spread),
            run.get("interval", "–"), percent(run.get("leak_free_accuracy")), percent(run.get("macro_f1")),
            run.get("device") or "–"]


def speed(root=ROOT):
    """What `make benchmarks` measured: a sentence on the machine, a table, and what it says of backends."""
    from fer_utils.evaluation.results import recorded_benchmark

    inputs, step, loading = records = [recorded_benchmark(name) for name in ("input", "step", "loading")]
    if len({(record["machine"], record["device"], record["rounds"]) for record in records}) > 1:
        raise ValueError("the benchmarks were measured on several machines; run make benchmarks on one.")
    held = {times: inputs["held_bytes"]["thesis"][times] / bytes_ for times, bytes_ in
            inputs["held_bytes"]["course"].items()}
    processor = {(row["network"], row["pipeline"]): row["processor_seconds"]["median"] for row in inputs["rows"]
                 if row["times"] == 1}
    work = {network: processor[network, "course"] / processor[network, "thesis"] for network in inputs["faster"]}
    rows = [[f"Training `{network}`: our input against the thesis's",
             f"{times_as(ratio)}, {work[network]:.2f} of the work"] for network, ratio in inputs["faster"].items()]
    rows += [["Memory, the thesis's input against ours: FER-2013's training faces, twice and four times as many",
              ", ".join(f"{share:.0f}" for share in held.values()) + " times as much"]]
    rows += [[f"A step of `{step['network']}`, {step['batch']} faces: `{row['backend']}`, {row['precision']}",
              f"{low_to_high(row['seconds'])}, {text.percent(row['share_of_limit']['median'], 0)} of the limit"]
             for row in usual_steps(step)]
    starts = seconds_of(loading, "set-up")
    rows += [["`import fer_utils`, without the libraries that parts of it load",
              f"{1000 * seconds_of(loading, 'import')[0]['median']:.0f} ms"],
             [f"A chapter until its banner, on the drawings: {len(starts)} chapters",
              low_to_high({"median": median(row["median"] for row in starts),
                           "all": [value for row in starts for value in row["all"]]})]]
    rows += [[f"Loading {loading['dataset']} from {FORMS[row['form']]}, {row['what']} time",
              low_to_high(row["seconds"])] for row in loading["rows"] if row["what"] == "first"]
    again = [row["median"] for row in seconds_of(loading, "again")]
    rows += [["From the cache that this makes", f"{min(again):.1f} to {max(again):.1f} s"]]
    dates = " and ".join(dict.fromkeys(record["date"] for record in records))
    return (f"{inputs['machine']}, {inputs['device']}, {dates}; medians of {inputs['rounds']} rounds, in brackets the "
            "lowest and the highest. The machine was a shared one; *work* is the processors' own time, *the limit* the "
            "speed of a large product of matrices in the same precision. A small network waits for its input, a large "
            "one for itself.\n\n" + text.table(["What", "Measured"], rows, "lr") + f"\n\n{advice(step)}")


FORMS = {"deeplake": "Deep Lake", "npz": "`.npz`", "csv": "CSV", "folders": "class folders"}


def usual_steps(step):
    """The rows of the step's record with as many threads as there are processors."""
    return [row for row in step["rows"] if row["threads"] == "two threads each"]


def advice(step):
    """Which backend was the quickest, and where the time of a step goes: sentences."""
    whole = {row["backend"]: row["seconds"] for row in usual_steps(step) if row["precision"] == "float32"}
    quickest, *others = sorted(whole, key=lambda name: whole[name]["median"])
    slower = [median(a / b for a, b in zip(whole[name]["all"], whole[quickest]["all"])) for name in others]
    spent = step["kinds"]["float32"]
    shares = ", ".join(f"{kind} {text.percent(spent[kind] / sum(spent.values()), 0)}"
                       for kind in sorted(spent, key=spent.get, reverse=True)
                       if spent[kind] > 0.02 * sum(spent.values()))
    compared = (f"On this machine `KERAS_BACKEND={quickest}` is the quickest: "
                + " and ".join(f"`{name}` takes {times:.1f} times as long" for name, times in zip(others, slower))
                + ". ") if others else ""
    return (f"{compared}Of one step on one thread of TensorFlow: {shares}. Numbers of 16 bits (`--precision "
            "mixed_bfloat16`) help where the processor computes with them; our runs on JAX were trained with them, and "
            "none was compared with the same run in float32.")


def seconds_of(loading, what):
    """The seconds of the rows of a kind, a list of medians with all rounds."""
    return [row["seconds"] for row in loading["rows"] if row["what"] == what]


def low_to_high(measured):
    """Seconds, a median with the lowest and the highest of its rounds: "1.27 s (1.21 to 2.25)"."""
    return f"{measured['median']:.2f} s ({min(measured['all']):.2f} to {max(measured['all']):.2f})"


def times_as(ratio):
    """A ratio of several rounds: "1.7 times as fast (1.6 to 1.8)"."""
    return f"{ratio['median']:.1f} times as fast ({min(ratio['all']):.1f} to {max(ratio['all']):.1f})"


def suite(root=ROOT, record=None):
    """What takes how long in `make test`, from `benchmarks/suite.py`: a sentence and a table of the slowest files."""
    from fer_utils.evaluation.results import recorded_benchmark

    record = record or recorded_benchmark("suite")
    whole, shown = record["worker_seconds"], record["files"][:12]
    rows = [[f"`{row['name']}`", f"{row['tests']:,}", f"{row['seconds']:.0f} s",
             text.percent(row["seconds"] / whole, 0)] for row in shown]
    rest = sum(row["seconds"] for row in shown)
    rows += [["all others", f"{record['tests'] - sum(row['tests'] for row in shown):,}", f"{whole - rest:.0f} s",
              text.percent(1 - rest / whole, 0)]]
    return (f"{record['tests']:,} tests in {record['seconds'] / 60:.0f} minutes, {whole:,.0f} seconds of two workers "
            f"({record['machine']}, {record['device']}, {record['date']}):\n\n"
            + text.table(["File", "Tests", "Time of a worker", "Share"], rows, "lrrr"))


PARTS = {"syllabus": ("README.md", syllabus), "results": ("README.md", results), "speed": ("README.md", speed),
         "all-results": ("data/results/README.md", all_results),
         "classical-results": ("data/results/README.md", classical_results), "suite": ("CONTRIBUTING.md", suite)}


def fill(page, name, content):
    """`page` (str) with `content` between the markers of `name`. Raises ValueError unless each is there once."""
    start, end = f"<!-- {name}:start -->", f"<!-- {name}:end -->"
    if page.count(start) != 1 or page.count(end) != 1:
        raise ValueError(f"the markers {start} and {end} must stand in the page once each.")
    before, rest = page.split(start)
    return f"{before}{start}\n{content}\n{end}{rest.split(end)[1]}"


def update(names=tuple(PARTS), root=ROOT, write_changes=True):
    """Bring the named tables up to date. Returns the paths of the pages that had to change.

    Raises ValueError where a page or one of its markers is missing.
    """
    changed = []
    for name in names:
        page, part = PARTS[name]
        path = root / page
        if not path.exists():
            raise ValueError(f"{page} is missing.")
        old = path.read_text(encoding="utf-8")
        new = fill(old, name, part(root))
        if new != old:
            changed.append(path)
            if write_changes:
                path.write_text(new, encoding="utf-8", newline="\n")
    return list(dict.fromkeys(changed))


def main(arguments=None):
    """Fill the tables, or report pages that are out of date; returns the exit status."""
    parser = argparse.ArgumentParser(description="Fill the tables of the README, CONTRIBUTING, data/results/README.md.")
    parser.add_argument("--check", action="store_true", help="change nothing; report pages that are out of date")
    options = parser.parse_args(arguments)
    try:
        changed = update(write_changes=not options.check)
    except ValueError as error:
        parser.error(str(error))
    for path in changed:
        print(f"{path.relative_to(ROOT)} "
              f"{'is out of date: run tools/readme_tables.py' if options.check else 'updated'}.")
    return 1 if options.check and changed else 0


if __name__ == "__main__":
    sys.exit(main())
