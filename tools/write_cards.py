"""Write the model card and the datasheets: `python tools/write_cards.py [--check]`.

The words stand in tools/cards/, one page each; what is in braces there is filled in here from the records in data/ and
from the package, so that no figure is typed. A function returns what one section needs, by the names of its braces.
Which run a network means follows `fer_utils.evaluation.results.load_run`: a run that takes the place of another changes
the card. Needs no photographs.
"""

import argparse
import sys
from collections import Counter
from functools import cache
from typing import NamedTuple

import numpy as np
from make_schematic_faces import COUNTS, SEEDS
from readme_tables import HUMANS, megabytes, number
from syllabus import ROOT

import fer_utils
from fer_utils.data import BUNDLED, SPLITS, load_schematic
from fer_utils.data.known import UNCERTAIN_LABELS, known_faces
from fer_utils.edge.benchmark import NETWORK_OF_DRAWINGS, SHIPPED, recorded_benchmark
from fer_utils.evaluation import groups, mistakes, protocol, robustness
from fer_utils.evaluation.comparison import f1_of, macro_f1_of, measure
from fer_utils.evaluation.exported_runs import export_names, exported_probabilities, load_export
from fer_utils.evaluation.intervals import LEVEL, difference_interval, share_interval
from fer_utils.evaluation.results import DATASET_FOLDER, dataset_facts, load_run, recorded_calibration
from fer_utils.evaluation.results import recorded_probabilities as stored_answers
from fer_utils.faces.random_faces import people_of
from fer_utils.files import FileError, read_json, sha256_of, write_text
from fer_utils.labels import EMOTIONS, SIZE
from fer_utils.networks import DEFAULT_NETWORK
from fer_utils.networks.weights import WEIGHTS_FOLDER, shipped_weights
from fer_utils.text import percent, table

NAMES = (*SHIPPED, NETWORK_OF_DRAWINGS)
TITLES = {"train": "Training", "public": "PublicTest", "private": "PrivateTest"}
# Goodfellow and others 2013 (arXiv:1307.0414), section 4, as chapter 03 quotes it: how FER-2013 was gathered.
GATHERED = {"words": "184", "queries": "600", "kept": "1,000"}
FINGERPRINT = 16  # hex digits of a SHA-256 that are shown
MOST_SURE = 100  # mistakes of which the card tells with whom people side
MOST_LOSSES = 5  # that the list of unfit uses repeats
FRAMING_FILE = DATASET_FOLDER / "framing.json"
DETECTOR = "blazeface"  # of data/dataset/framing.json, the one that `predict` asks


# How figures are written

def share(hits, n):
    """A share with its interval: "72.2 % (70.8 to 73.7)"."""
    low, high = share_interval(hits, n)
    return f"{percent(hits / n)} ({100 * low:.1f} to {100 * high:.1f})"


def accuracy(scores, field="accuracy", n="n"):
    """An accuracy of `scores.json` with its interval."""
    return share(round(scores[field] * scores[n]), scores[n])


def points(difference, low, high):
    """A difference of two shares in percentage points with its interval, and in words what it shows."""
    told = "more" if low > 0 else "fewer" if high < 0 else "cannot be told from luck"
    return f"{100 * difference:+.1f} points ({100 * low:+.1f} to {100 * high:+.1f}): {told}"


def listed(words):
    """Words as a sentence lists them."""
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


@cache
def f1_intervals(labels, answers):
    """The intervals of the F1 of each class and of macro F1, the last: two arrays (8,). Labels and answers are bytes,
    one a face."""
    labels, answers = (np.frombuffer(values, np.uint8).astype(int) for values in (labels, answers))
    found = measure(labels, answers, lambda matrix: np.concatenate([f1_of(matrix), macro_f1_of(matrix)[..., None]], -1))
    return found["low"], found["high"]


def f1(value, stored, emotion=-1):
    """F1 with its interval for the luck of the faces: `value` as published, the interval from the stored answers.
    `emotion`: its place in EMOTIONS, or -1 for macro F1."""
    low, high = (ends[emotion] for ends in f1_intervals(
        stored["labels"].astype(np.uint8).tobytes(), stored["probabilities"].argmax(axis=1).astype(np.uint8).tobytes()))
    return f"{percent(value)} ({100 * low:.1f} to {100 * high:.1f})"


# The model card

class Records(NamedTuple):
    """What the model card is written from, by a network's name: its published run (`load_run`), the answers stored of
    it, and its int8 export (`load_export`) where one is recorded; and what is recorded of FER-2013."""

    runs: dict
    answers: dict
    exports: dict
    facts: dict


def records():
    """The `Records` as they are now."""
    runs, have = {name: load_run(name) for name in NAMES}, {load_export(name)["model"] for name in export_names()}
    return Records(runs, {name: stored_answers(run["run"]) for name, run in runs.items()},
                   {name: load_export(name) for name in NAMES if name in have}, dataset_facts())


def what_they_are(known):
    """Sizes and shape, from the records and from the names of the weights that ship."""
    rows = []
    for name, run in known.runs.items():
        with np.load(shipped_weights(run["run"])) as file:
            arrays = file.files
        fires = {array.partition("_")[0] for array in arrays if array.startswith("fire")}
        kernels = sum(array.endswith("/kernel") for array in arrays)
        rows.append([f"`{name}`", run["data"]["name"], str(len(fires)), str(kernels),
                     number(run["scores"]["parameters"]), megabytes(run["scores"]["file_bytes"]),
                     megabytes(known.exports[name]["scores"]["file_bytes"]) if name in known.exports else "–"])
    head = ["Network", "Learned from", "Fire modules", "Layers with weights", "Parameters", "File", "`int8` file"]
    return {"main": DEFAULT_NETWORK, "drawings": NETWORK_OF_DRAWINGS, "side": SIZE, "emotions": listed(EMOTIONS),
            "level": f"{100 * LEVEL:.0f}", "shape_table": table(head, rows, "llrrrrr")}


def how_trained(run, teachers_before=None):
    """One run in words: a bullet. `teachers_before`: those of the bullet before, which are not named again."""
    recipe, lessons = run["recipe"], run.get("lessons")
    teachers = ""
    if lessons:
        who = ("the same teachers" if lessons["teachers"] == teachers_before else
               listed([f"`{name}`" for name in lessons["teachers"]]))
        teachers = (f" It learned from the labels with a weight of {1 - recipe['teacher_share']:.1f}, and with a "
                    f"weight of {recipe['teacher_share']:.1f} from the answers of {who} to {lessons['views']} copies "
                    "of each face.")
    began = run.get("initial_weights", "random")
    began = "random weights" if began == "random" else f"the weights of `{began}`"
    versions = ", ".join(f"{name} {version}" for name, version in run["versions"].items())
    erratum = f" Erratum: {run['erratum']}" if "erratum" in run else ""
    for name in lessons["teachers"] if lessons and "the same" not in teachers else ():
        if "erratum" in load_run(name):
            erratum += f" Erratum of its teacher `{name}`: {load_run(name)['erratum']}"
    return (f"- **`{run['model']}`** is the run `{run['run']}`: recipe `{recipe['name']}`, seed {run['seed']}, from "
            f"{began}, {len(run['history'])} epochs over {run['data']['train']:,} pictures ({run['data']['name']}) in "
            f"{run['wall_seconds']:,.0f} seconds on {run['device']}.{teachers} Epoch {run['best_epoch']} was "
            f"chosen. Data `{run['data']['content_hash'][:FINGERPRINT]}`; {versions}.{erratum}")


def scores_table(known):
    """Every score of the three networks, a row each."""
    runs, answers, exported, _ = known
    private = {name: run["scores"]["private"] for name, run in runs.items()}

    def views(name, which):
        found = runs[name]["scores"].get("private_views", {}).get(which)
        return accuracy(found) if found else "–"

    def seeds(name):
        found = protocol.figures(runs[name]["run"])
        if found["mean"] is None:
            return f"too few seeds ({found['seeds']})"
        return f"{percent(found['mean'])} ± {100 * found['spread']:.1f} ({found['seeds']} seeds)"

    rows = {
        "Accuracy, PublicTest": [accuracy(runs[name]["scores"]["public"]) for name in NAMES],
        "**Accuracy**": [accuracy(private[name]) for name in NAMES],
        "Accuracy without duplicates": [accuracy(private[name], "leak_free_accuracy", "leak_free_n") for name in NAMES],
        "Macro F1": [f1(private[name]["macro_f1"], answers[name]) for name in NAMES],
        "Calibration error": [f"{recorded_calibration(runs[name]):.3f}" for name in NAMES],
        "Accuracy, with the mirror image": [views(name, "flip") for name in NAMES],
        "Accuracy, ten cuts": [views(name, "ten-crop") for name in NAMES],
        "Accuracy, `int8`": [accuracy(exported[name]["scores"]["private"]) if name in exported else "–"
                             for name in NAMES],
        "Accuracy, mean and spread of seeds": [seeds(name) for name in NAMES],
        "Faces": [number(private[name]["n"]) for name in NAMES],
    }
    head = ["", *(f"`{name}`" for name in NAMES)]
    return table(head, [[title, *cells] for title, cells in rows.items()], "lrrr")


def quantized(known):
    """What rounding to eight bits changes, on the same faces: sentences."""
    told = []
    for name, export in known.exports.items():
        source = export["exported_from"]
        hits = [kept["probabilities"].argmax(axis=1) == kept["labels"]
                for kept in (exported_probabilities(export["run"]), stored_answers(source))]
        other = "" if source == known.runs[name]["run"] else f" (exported from `{source}`)"
        told.append(f"`int8` against the whole `{name}`{other}, faces read right: "
                    f"{points(*difference_interval(*hits))}.")
    return " ".join(told)


def class_tables(known):
    """Precision, recall and F1 of each class, a table for each network that reads photographs."""
    parts = []
    for name in SHIPPED:
        run = known.runs[name]
        scores, stored = run["scores"]["private"], known.answers[name]
        matrix, rows = np.array(scores["confusion_matrix"]), []
        for c, emotion in enumerate(EMOTIONS):
            answered = int(matrix[:, c].sum())
            rows.append([emotion, share(int(matrix[c, c]), answered) if answered else "never answered",
                         share(int(matrix[c, c]), int(matrix[c].sum())),
                         f1(scores["per_class"][emotion]["f1"], stored, c), number(int(matrix[c].sum()))])
        parts.append(table([f"`{name}`", "Precision", "Recall", "F1", "Faces"], rows, "lrrrr"))
    return "\n\n".join(parts)


def recalls(run):
    """Recall of each class of a run: a dict from emotion to (hits, faces)."""
    matrix = np.array(run["scores"]["private"]["confusion_matrix"])
    return {emotion: (int(matrix[c, c]), int(matrix[c].sum())) for c, emotion in enumerate(EMOTIONS)}


def spread_of_recalls(run):
    """The classes that a run finds least and most often: a sentence."""
    found = recalls(run)
    least, most = (choose(found, key=lambda emotion: found[emotion][0] / found[emotion][1]) for choose in (min, max))
    return f"`{run['model']}`, recall: from {share(*found[least])} ({least}) to {share(*found[most])} ({most})."


def weak(run):
    """The classes whose recall lies below the run's accuracy, interval below interval."""
    scores = run["scores"]["private"]
    least = share_interval(round(scores["accuracy"] * scores["n"]), scores["n"])[0]
    return [emotion for emotion, (hits, n) in recalls(run).items() if share_interval(hits, n)[1] < least]


def confusions(run, most=3):
    """The largest shares of a class that go to one other class: a sentence."""
    matrix = np.array(run["scores"]["private"]["confusion_matrix"])
    shares = matrix / matrix.sum(axis=1, keepdims=True)
    np.fill_diagonal(shares, 0)
    places = [np.unravel_index(place, shares.shape) for place in np.argsort(-shares, axis=None, kind="stable")[:most]]
    told = [f"{EMOTIONS[row]} as {EMOTIONS[column]} {share(int(matrix[row, column]), int(matrix[row].sum()))}"
            for row, column in places]
    return f"What it most often calls by another name: {listed(told)}."


def how_well(known):
    """Scores of the three networks."""
    run, stored = known.runs[DEFAULT_NETWORK], known.answers[DEFAULT_NETWORK]
    scores = run["scores"]["private"]
    right = (stored["probabilities"].argmax(axis=1) == stored["labels"])[stored["has_duplicate"]]
    below, people = weak(run), known.facts["people"]["private"]
    before = [None, *(named.get("lessons", {}).get("teachers") for named in known.runs.values())]
    return {"training": "\n".join(map(how_trained, known.runs.values(), before)), "scores_table": scores_table(known),
            "main_accuracy": accuracy(scores), "on_duplicates": share(int(right.sum()), len(right)),
            "person_on": percent(people["against_labels_on_duplicates"]["one person"]),
            "person_off": percent(people["against_labels_without_duplicates"]["one person"]),
            "quantized": quantized(known), "class_tables": class_tables(known), "confusions": confusions(run),
            "drawings_recalls": spread_of_recalls(known.runs[NETWORK_OF_DRAWINGS]),
            "weak_classes": f"finds faces labelled {listed(below)} less often than its accuracy says, interval below "
                            "interval." if below else "finds no class so rarely that its interval lies below the "
                            "accuracy's."}


def ahead(gap, start, other):
    """A recorded difference and half its interval as a sentence."""
    difference, half = gap["difference"], gap["half_interval"]
    interval = f"{100 * (abs(difference) - half):.1f} to {100 * (abs(difference) + half):.1f}"
    if abs(difference) <= half:
        return f"{start} level with {other}, as far as can be told."
    place = "ahead of" if difference > 0 else "behind"
    return f"{start} {place} {other} by {100 * abs(difference):.1f} points ({interval})."


def beside_people(known):
    """People and the network on the same faces, as recorded with FER+."""
    found = known.facts["people"]["private"]
    names = {"one person": "one person", "most people": "what most people say",
             "most people, in the labels' words": "the same, translated into the labels' habits",
             "network": "the network"}
    rows = [[names[who], share(round(value * found["faces"]), found["faces"]), percent(found["macro_f1"][who]),
             share(round(found["against_people"][who] * found["faces_against_people"]), found["faces_against_people"])
             if who in found["against_people"] else "–"] for who, value in found["against_labels"].items()]
    gaps = found["differences"]
    told = [ahead(gaps["network - one person, against labels"], "Against the labels the network is", "one person"),
            ahead(gaps["network - most people, in the labels' words, against labels"],
                  "It is", "what most people say, translated into the labels' habits,"),
            ahead(gaps["one person - network, against people"],
                  "At choosing what most other people choose, one person is", "the network")]
    return {"people_faces": number(found["faces"]), "people_run": found["run"], "humans": HUMANS,
            "people_table": table(["Who", "Chooses the label", "Macro F1", "Chooses what most other people do"], rows,
                                  "lrrr"),
            "people_differences": " ".join(told)}


def costs(known):
    """What the networks cost to run, as the benchmark recorded it."""
    record, exported = recorded_benchmark(), known.exports
    rows = {(row["name"], row["form"]): row for row in record["rows"] if row["ours"] and not row["failed"]}
    names = [name for name in SHIPPED if (name, "litert-int8") in rows]
    small = {name: rows[name, "litert-int8"] for name in names}
    lines = {
        "Parameters": [number(known.runs[name]["scores"]["parameters"]) for name in names],
        "`int8` file": [f"{small[name]['file_bytes']:,} bytes" for name in names],
        "Multiply-adds for one face": [f"{small[name]['multiply_adds'] / 1e6:.1f} million" for name in names],
        "Memory of a microcontroller": [f"{exported[name]['scores']['micro']['arena_bytes']['total']:,} bytes"
                                        for name in names],
        "One face, `int8`": [f"{small[name]['median_ms']:.1f} ms" for name in names],
        "One face in twenty takes longer than": [f"{small[name]['p95_ms']:.1f} ms" for name in names],
        "Until it is ready": [f"{small[name]['cold_start']:.2f} s" for name in names],
    }
    load = "" if record["load"] is None else (
        f" that was busy with other work (load {record['load']:.0f}), so that they say little")
    cores = record["device"].removeprefix("CPU, ")
    return {"costs_table": table(["", *(f"`{name}`" for name in names)], [[k, *v] for k, v in lines.items()], "lrr"),
            "costs_note": f"Times are of {record['threads']} thread of a processor ({record['machine']}, {cores}), "
                          f"measured on {record['date']} on a machine{load}; on another they differ. Electricity was "
                          "not measured: a multiply-add is one multiplication and one addition, and their number is "
                          f"the nearest that is known. `{NETWORK_OF_DRAWINGS}` is not in the benchmark."}


def coarse_faces(facts):
    """Accuracy on faces with fewer pixels, as recorded for PublicTest."""
    found, faces = facts["resolution"]["network"], sum(facts["counts"]["public"].values())
    told = [f"{share(round(value * faces), faces)} with {side} pixels a side"
            for side, value in list(zip(facts["resolution"]["sides"], found["accuracy"]))[:4]]
    return f"accuracy on PublicTest: {listed(told)} (run `{found['run']}`)"


def framing():
    """What is lost where a detector cuts the face out of a picture: a sentence."""
    record = read_json(FRAMING_FILE, remedy="Restore it with: git checkout data/dataset/framing.json")
    found, told = record["accuracy"][DETECTOR], {}
    for cut, (lost, won) in found["lost_and_won"].items():
        before, after = np.zeros(found["found"], bool), np.zeros(found["found"], bool)
        before[:lost], after[lost:lost + won] = True, True
        told[cut] = points(*difference_interval(after, before))
    return (f"In {record['public_faces']} faces of PublicTest, with surroundings made up for them, the program that "
            f"looks for faces found {found['found']}. How many of these `{record['network']}` reads right, against the "
            f"dataset's own cut: cut as the course's `predict` cuts, {told['framed']}; cut by the bare box that was "
            f"found, {told['as it is']}.")


def unfit(known):
    """What the lists of uses quote."""
    run, facts = known.runs[DEFAULT_NETWORK], known.facts
    scores = run["scores"]["private"]
    right = round(scores["accuracy"] * scores["n"])
    found = recalls(run)
    rarely = weak(run) or sorted(found, key=lambda emotion: found[emotion][0] / found[emotion][1])[:3]
    told = [f"{emotion} {share(*found[emotion])}" for emotion in rarely]
    return {"main_missed": share(scores["n"] - right, scores["n"]),
            "no_vote": percent(facts["people"]["agreement"]["all"]["no_vote"]),
            "rarely": listed(rarely), "weak_recalls": f"recall: {listed(told)}",
            "main_calibration": f"{recorded_calibration(run):.3f}",
            "coarse": coarse_faces(facts)}


def train_command(run):
    """The command that trains a run again, as its record describes it."""
    parts = ["python -m fer_utils train", run["model"], "--recipe", run["recipe"]["name"], "--seed", str(run["seed"])]
    if run.get("initial_weights", "random") != "random":
        parts += ["--start", run["initial_weights"]]
    if "lessons" in run:
        parts += ["--copies", str(run["lessons"]["views"]), "--teachers",
                  *(f"runs/{name}" for name in run["lessons"]["teachers"])]
    return " ".join(parts)


def again(known):
    """Commands, and what each file's fingerprint is."""
    run, exported = known.runs[DEFAULT_NETWORK], known.exports
    lines = [("scores of the stored answers", f"python -m fer_utils evaluate {DEFAULT_NETWORK} --recorded"),
             ("scores, asked anew", f"python -m fer_utils evaluate {DEFAULT_NETWORK} --split private"),
             ("PublicTest; more looks at a face", f"python -m fer_utils evaluate {DEFAULT_NETWORK} --split public "
                                                  "--views ten-crop"),
             ("the run itself, after its teachers", train_command(run)),
             ("the `int8` files and their scores", "python tools/record_exports.py"),
             ("people", "python tools/record_dataset.py fer2013new.csv --only people"),
             ("coarse faces; cuts", "python tools/record_dataset.py fer2013new.csv --only resolution; "
                                    "python tools/measure_framing.py"),
             ("size and cost", "python -m fer_utils benchmark --micro"),
             ("the intervals, and this page", "python tools/write_cards.py")]
    rows = []
    for name, own in known.runs.items():
        rows.append([f"`{name}`", f"`{own['run']}`", f"`{sha256_of(shipped_weights(own['run']))[:FINGERPRINT]}`",
                     f"`{exported[name]['sha256'][:FINGERPRINT]}`" if name in exported else "–"])
    return {"commands": "\n".join(f"| {what} | `{command}` |" for what, command in lines),
            "version": fer_utils.__version__,
            "versions": table(["Network", "Run", "Weights", "`int8`"], rows)}


def change_of(row):
    """The difference of a `fer_utils.evaluation.paired.comparison` with its corrected interval."""
    return (f"{100 * row['difference']:+.1f} ({100 * row['difference_low']:+.1f} to "
            f"{100 * row['difference_high']:+.1f})" + ("" if row["told"] != "cannot be told" else " *"))


def changed_pictures(known):
    """What each network loses where the picture changes, as recorded for the typical strength of each change."""
    record = robustness.recorded_robustness()
    kinds = [(kind, name) for kind in ("photographs", "drawings") for name in record[kind]["networks"]]
    losses = {name: {row["change"]: row for row in robustness.failures(record, kind, name)} for kind, name in kinds}
    plain = [robustness.plain_row(record, kind, name)["plain"] for kind, name in kinds]
    main = losses[DEFAULT_NETWORK]
    rows = [["as it is: accuracy", *(share(round(row["accuracy"] * row["n"]), row["n"]) for row in plain)]]
    rows += [[row["words"], *(change_of(losses[name][change]) for _, name in kinds)] for change, row in main.items()]
    asked = {name: record[kind]["networks"][name] for kind, name in kinds}
    others = [name for name, one in asked.items() if sha256_of(WEIGHTS_FOLDER / one["file"]) != one["sha256"]]
    remark = f" (Of {listed([f'`{name}`' for name in others])} an earlier file was asked.)" if others else ""
    worst = next(iter(main))
    cells = [f"{cell['label']} is called {cell['answer']} {100 * cell['more']:.0f} points more often"
             for cell in robustness.confusions(record, "photographs", DEFAULT_NETWORK, worst)]
    told = f"Where `{DEFAULT_NETWORK}` loses most ({main[worst]['words']}), {listed(cells)}." if cells else ""
    faces = [f"{record[kind]['data']['count']:,} {kind} ({TITLES[record[kind]['data']['split']]})"
             for kind in ("photographs", "drawings")]
    worse = [f"{row['words']} {100 * row['difference']:+.1f} points" for row in main.values() if row["told"] == "worse"]
    return {"faces": listed(faces), "drawings": NETWORK_OF_DRAWINGS, "table": table(
                ["The picture is", *(f"`{name}`" for _, name in kinds)], rows, "l" + "r" * len(kinds)),
            "told": (told + remark).strip() or "None of them goes with a confusion that can be told from luck.",
            "worse_changes": "; ".join(worse[:MOST_LOSSES]) or "none of the changes can be told from luck"}


def drawn_groups():
    """Whom the network of drawn faces reads worse, as recorded for matched pairs of drawings."""
    record = groups.recorded_groups()
    rows = groups.failures(record)
    clear = [row for row in rows if row["told"] != "cannot be told"]
    largest = {}
    for row in sorted(clear, key=lambda row: -abs(row["difference"])):
        largest.setdefault(row["group"], row)
    without = groups.left_out(record)
    lines = [[row["words"], f"{row['level']} against {row['reference']}",
              share(round(row["accuracy"] * row["n"]), row["n"]), change_of(row)] for row in largest.values()]
    missing = [[row["group"], f"{row['left_out']:,} of {row['of']:,}", percent(row["without"]), percent(row["control"]),
                change_of(row | {"difference_low": row["low"], "difference_high": row["high"]})] for row in without]
    worst = clear[0] if clear and clear[0]["difference"] < 0 else None
    head = ["What differs", "Level", "Accuracy", "Difference, points"]
    fixed = groups.levels(record, "skin, one exposure")[-1]
    return {"one_exposure": change_of(fixed), "one_exposure_told": fixed["told"],
            "people": number(record["faces"]["count"]), "tried": len(rows), "clear": len(clear),
            "drawings": NETWORK_OF_DRAWINGS, "table": table(head, lines, "lrrr"),
            "left_out_table": table(["Left out", "Drawings", "Accuracy on them", "With as many others left out",
                                     "Difference, points"], missing, "lrrrr"),
            "worst_group": f"the largest loss is {worst['group']}, {worst['level']} against "
            f"{worst['reference']}: {change_of(worst)} points" if worst else
            "no loss can be told from luck"}


def sure_mistakes():
    """With whom most people side where the network is most sure and the label says another thing."""
    record = mistakes.recorded_mistakes()
    found = mistakes.sides(record, MOST_SURE)
    return {"n": found["n"], "run": record["run"]} | {
        who: share(found[who]["hits"], found["n"]) for who in ("network", "label", "another")}


def part(name, fill, quoted, *given):
    """A section with a page of its own: its words, filled, under its name, and what the card quotes of it elsewhere."""
    values = fill(*given)
    words = (ROOT / "tools" / "cards" / "parts" / f"{name}.md").read_text(encoding="utf-8")
    return {name: words.rstrip("\n").format_map(values)} | {key: values[key] for key in quoted}


def model_card():
    """What the model card needs, by the names of its braces."""
    known = records()
    return joined(what_they_are(known), how_well(known), beside_people(known), part("sure", sure_mistakes, ()),
                  part("changes", changed_pictures, ("worse_changes",), known), {"framing": framing()},
                  part("groups", drawn_groups, ("worst_group",)), costs(known), unfit(known), again(known))


# The datasheets

def counts_by_split(counts):
    """A table of faces by split and class: `counts`, a dict from split to a dict from emotion to faces."""
    rows = [[TITLES[split], *(number(counts[split][emotion]) for emotion in EMOTIONS),
             number(sum(counts[split].values()))] for split in SPLITS]
    return table(["", *EMOTIONS, "all"], rows, "l" + "r" * 8)


def fer2013():
    """What the datasheet of FER-2013 needs, by the names of its braces."""
    facts = dataset_facts()
    counts, leakage, people = facts["counts"], facts["leakage"], facts["people"]
    everybody, by_emotion = people["agreement"]["all"], people["agreement"]["all"]["by_emotion"]
    train, private = counts["train"], sum(counts["private"].values())
    most, least = max(train, key=train.get), min(train, key=train.get)
    pairs = {"train-train": "Training, in Training itself", "public-train": "PublicTest, in Training",
             "private-train": "PrivateTest, in Training", "private-public": "PrivateTest, in PublicTest"}
    copies = [[pairs[pair], *(cell for kind in ("exact", "near") for cell in
                              (number(leakage[kind][pair]["faces"]), percent(leakage[kind][pair]["same_label"])))]
              for pair in pairs]
    noise = [[emotion, *(percent(by_emotion[key][emotion]) for key in ("most_people", "one_person", "no_vote"))]
             for emotion in EMOTIONS]
    noise.append(["all", *(percent(everybody[key]) for key in ("most_people", "one_person", "no_vote"))])
    main = load_run(DEFAULT_NETWORK)["scores"]["private"]
    low, high = share_interval(round(main["accuracy"] * private), private)
    return GATHERED | {
        "faces": number(sum(sum(split.values()) for split in counts.values())), "side": SIZE,
        "counts_table": counts_by_split(counts), "imbalance": f"{train[most] / train[least]:.1f}", "most": most,
        "least": least, "always": percent(facts["public_accuracy"]["always the most common class"]),
        "unique": number(leakage["unique"]), "repeated": number(leakage["repeated"]),
        "contradicting": number(leakage["contradicting"]), "threshold": leakage["threshold"],
        "copies_table": table(["Faces with a copy", "Identical", "with the same label", "Near", "with the same label"],
                              copies, "lrrrr"),
        "private_faces": number(private), "private_alone": number(leakage["network"]["alone"]["faces"]),
        "judged": number(everybody["judged"]),
        "noise_table": table(["Label", "Most people choose it", "One person chooses it", "Nobody chose it"], noise,
                             "lrrr"),
        "two_people": percent(everybody["two_people"]), "ceiling_low": percent(people["ceiling"]["at_least"]),
        "ceiling_high": percent(people["ceiling"]["at_most"]), "not_a_face": number(everybody["not_a_face"]),
        "blank": number(facts["blank"]), "no_vote": percent(everybody["no_vote"]),
        "rarest_private": counts["private"][least], "example_accuracy": percent(main["accuracy"]),
        "example_low": percent(low), "example_high": percent(high),
        "uncertain_faces": number(sum(int((~known_faces(split).certain).sum()) for split in SPLITS)),
        "uncertain_labels": UNCERTAIN_LABELS, "content_hash": facts["content_hash"][:FINGERPRINT]}


def drawn_table(people):
    """Who is drawn: a table. `people`: a dict from split to what `people_of` gives."""
    thirds = ((0, 1 / 3, "lightest third of the scale"), (1 / 3, 2 / 3, "middle third"), (2 / 3, 1.01, "darkest third"))
    ages = ((-1, 0, "no lines"), (0, 0.5, "some lines"), (0.5, 1.01, "deep lines and gray hair"))

    def kinds(who):
        yield from (f"skin: {words}" for low, high, words in thirds if low <= who["skin"] < high)
        yield from (f"age: {words}" for low, high, words in ages if low < who["age"] <= high)
        yield from (f"{what}: {who[what]}" for what in ("glasses", "beard", "hair"))

    found = {split: Counter(kind for _, who, _, _ in persons for kind in kinds(who))
             for split, persons in people.items()}
    together = sum(found.values(), Counter())
    total = sum(map(len, people.values()))
    rank = {"skin": 0, "age": 1, "glasses": 2, "beard": 3, "hair": 4}
    order = {f"{what}: {words}": place for what, parts in (("skin", thirds), ("age", ages))
             for place, (_, _, words) in enumerate(parts)}
    rows = sorted(together, key=lambda kind: (rank[kind.partition(":")[0]], order.get(kind, -together[kind]), kind))
    return table(["", *(TITLES[split] for split in SPLITS), "all", "share"],
                 [[kind, *(number(found[split][kind]) for split in SPLITS), number(together[kind]),
                   percent(together[kind] / total)] for kind in rows], "lrrrrr")


def ranges_table(people):
    """How the people are drawn: lowest, middle and highest value of pose and light over all splits."""
    words = {"yaw": "turn to the side, degrees", "pitch": "nod, degrees", "roll": "tilt, degrees",
             "zoom": "size, times", "gaze": "gaze to the side, degrees", "contrast": "contrast of the light",
             "gain": "brightness, times", "blur": "blur, pixels",
             "background": f"gray behind the head, {np.iinfo(np.uint8).max} is white"}
    drawn = [pose | light for persons in people.values() for _, _, pose, light in persons]
    values = {name: np.quantile([one[name] for one in drawn], [0, 0.5, 1]) for name in words}
    return table(["", "lowest", "middle", "highest"],
                 [[words[name], *(f"{value:.2f}".replace("-0.00", "0.00") for value in values[name])]
                  for name in words], "lrrr")


def schematic_faces():
    """What the datasheet of the drawn faces needs, by the names of its braces."""
    faces, people = load_schematic(), {split: people_of(COUNTS[split], SEEDS[split]) for split in SPLITS}
    counts = {split: dict(zip(EMOTIONS, np.bincount(faces.split(split).labels, minlength=7).tolist()))
              for split in SPLITS}
    copies = len(faces.images) - len({image.tobytes() for image in faces.images})
    return {"faces": number(sum(COUNTS.values())), "side": SIZE, "levels": len(np.unique(faces.images)),
            "copies": copies, "bytes": number(BUNDLED.stat().st_size), "counts_table": counts_by_split(counts),
            "people_table": drawn_table(people), "ranges_table": ranges_table(people),
            "seeds": listed([f"{seed} ({TITLES[split]})" for split, seed in SEEDS.items()]),
            "drawings": NETWORK_OF_DRAWINGS,
            "mini_accuracy": accuracy(load_run(NETWORK_OF_DRAWINGS)["scores"]["private"]),
            "content_hash": faces.content_hash[:FINGERPRINT]}


# The pages

CARDS = {"MODEL_CARD": model_card, "DATASHEET_FER2013": fer2013, "DATASHEET_schematic_faces": schematic_faces}
NOTE = "<!-- Written by tools/write_cards.py from tools/cards/{name}.md and the records in data/. Do not edit. -->\n"


def joined(*sections):
    """The sections' values in one dict. Raises ValueError where two sections have one name for two values."""
    values = {}
    for section in sections:
        double = values.keys() & section.keys()
        if double:
            raise ValueError(f"two sections fill {', '.join(sorted(double))}; rename one of them.")
        values |= section
    return values


def page(name, root):
    """One page, str, as it has to be. Raises KeyError for braces that no section fills."""
    words = (root / "tools" / "cards" / f"{name}.md").read_text(encoding="utf-8")
    return NOTE.format(name=name) + words.format_map(CARDS[name]())


def stale(root):
    """The pages that are not as they have to be: a dict from path to text."""
    wanted = {root / "data" / f"{name}.md": page(name, root) for name in CARDS}
    return {path: text for path, text in wanted.items()
            if not path.exists() or path.read_text(encoding="utf-8") != text}


def main(arguments=None, root=ROOT):
    """Write the pages, or report those that are out of date; returns the exit status."""
    parser = argparse.ArgumentParser(description="Write the model card and the datasheets from the records.")
    parser.add_argument("--check", action="store_true", help="change nothing; report pages that are out of date")
    options = parser.parse_args(arguments)
    try:
        changed = stale(root)
    except FileError as error:
        parser.error(str(error))
    for path, text in changed.items():
        if not options.check:
            write_text(path, text)
        print(f"{path.relative_to(root)} {'is out of date: run tools/write_cards.py' if options.check else 'written'}.")
    return 1 if options.check and changed else 0


if __name__ == "__main__":
    sys.exit(main())
