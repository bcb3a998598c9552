"""What small devices have, and what fits into them. Numbers of the makers; the sources are chapter 14's references.

A microcontroller has two memories: flash keeps the program and the weights, RAM what changes while it runs.
"""

from typing import NamedTuple

import numpy as np

from fer_utils.evaluation.classical_runs import recorded_answers
from fer_utils.evaluation.exported_runs import load_export
from fer_utils.evaluation.intervals import difference_interval
from fer_utils.evaluation.results import load_run, results_table
from fer_utils.labels import EMOTIONS
from fer_utils.text import percent, table


class Device(NamedTuple):
    """A device: `ram` in words and, of a microcontroller, in bytes, like `flash`; `source`, the number of the reference
    in chapter 14."""

    name: str
    says: str
    source: int
    ram: int = 0
    flash: int = 0


DEVICES = [
    Device("Raspberry Pi 5", "1 to 16 GB", 3),
    Device("Raspberry Pi Zero 2 W", "512 MB", 3),
    Device("Raspberry Pi Pico 2", "520 KB, flash 4 MB", 3, 520 << 10, 4 << 20),
    Device("ESP32-S3 board, 8 MB of flash", "512 KB, flash 8 MB", 4, 512 << 10, 8 << 20),
    Device("Raspberry Pi Pico", "264 KB, flash 2 MB", 3, 264 << 10, 2 << 20),
    Device("Arduino Nano 33 BLE Sense", "256 KB, flash 1 MB", 5, 256 << 10, 1 << 20),
]


def verdict(device, flash, arena):
    """What a file of `flash` bytes whose interpreter takes `arena` bytes finds on a microcontroller: text."""
    if flash > device.flash:
        return "no: flash too small"
    if arena > device.ram:
        return f"no: {(arena - device.ram) / 1024:.0f} KB of RAM missing"
    return f"{(device.ram - arena) / 1024:.0f} KB of RAM are left"


def fits_table(exports):
    """A Markdown table of the microcontrollers among `DEVICES` and what each export finds on them.

    `exports`: dict from a name to a record of `fer_utils.evaluation.exported_runs.load_export`.
    """
    needs = {name: (run["scores"]["micro"]["flash_bytes"], run["scores"]["micro"]["arena_bytes"]["total"])
             for name, run in exports.items()}
    rows = [[device.name, f"{device.says} [{device.source}]", *(verdict(device, *need) for need in needs.values())]
            for device in DEVICES if device.ram]
    return table(["chip or board", "RAM", *(f"{name}, int8" for name in needs)], rows)


NAMED = ("vgg16", "squeezenet-custom", "mobilenet", "vgg-teacher")  # of those that were not timed
def against_its_network(export):
    """How far an export (a record of `load_export`) lies from the run that it was made from on PrivateTest, face by
    face: (difference, low, high) of `fer_utils.evaluation.intervals.difference_interval`."""
    before, after = (recorded_answers(name) for name in (export["exported_from"], export["run"]))
    return difference_interval(*(found["answers"] == found["labels"] for found in (after, before)))


def exports_table(exports):
    """A Markdown table of exports beside the runs that they were made from, on PrivateTest: size, accuracy with its
    difference in points and its 95 % interval, macro F1, and the emotion whose recall changed most.

    `exports`: dict from a name to a record of `fer_utils.evaluation.exported_runs.load_export`.
    """
    rows = []
    for name, export in exports.items():
        run = load_run(export["exported_from"])
        gap, low, high = (100 * value for value in against_its_network(export))
        for form, record in (("float32", run), ("int8", export)):
            private = record["scores"]["private"]
            rows.append([f"{name}, {form}", f"{record['scores']['file_bytes']:,}", percent(private["accuracy"]),
                         "", f"{private['macro_f1']:.3f}", ""])
        recalls = [[record["scores"]["private"]["per_class"][emotion]["recall"] for emotion in EMOTIONS]
                   for record in (run, export)]
        moved = np.subtract(recalls[1], recalls[0])
        most = int(np.abs(moved).argmax())
        rows[-1][3] = f"{gap:+.2f} ({low:+.2f} to {high:+.2f})"
        rows[-1][5] = f"{EMOTIONS[most]} {100 * moved[most]:+.1f}"
        rows[-2][1] = f"{4 * run['scores']['parameters']:,}"
    return table(["network", "bytes", "PrivateTest", "points", "macro F1", "recall that moved most"], rows, "lrrrrl")


FORMS = {"keras": "ours, Keras", "litert": "ours, LiteRT float32", "litert-int8": "ours, LiteRT int8", "peer": "others"}


def points(record):
    """What `figures.size_latency_accuracy` draws: each form that was timed, and, without a time, the best run of every
    other network of the course, with four bytes a parameter. `record`: of
    `fer_utils.edge.benchmark.recorded_benchmark`."""
    found = []
    for row in record["rows"]:
        if row["failed"]:
            continue
        size, accuracy = row["file_bytes"], row["accuracy"]
        if row["ours"] and row["form"] == "litert-int8":  # as it ships and is recorded
            scores = load_export(row["name"])["scores"]
            size, accuracy = scores["file_bytes"], scores["private"]["accuracy"]
        found.append({"name": row["name"].removeprefix("squeezenet-fer-"), "group": FORMS[row["form"]], "bytes": size,
                      "ms": row["median_ms"], "accuracy": accuracy})
    timed, best = {row["name"] for row in record["rows"]}, {}
    for run in results_table():
        if run["data"] == "FER-2013" and run["complete"] and run["accuracy"] and run["model"] not in timed:
            if run["public_accuracy"] > best.get(run["model"], {"public_accuracy": 0})["public_accuracy"]:
                best[run["model"]] = run
    found += [{"name": name, "group": "ours, not timed", "bytes": 4 * run["parameters"], "ms": None,
               "accuracy": run["accuracy"]} for name, run in best.items()]
    return [point | {"n": 3589, "named": point["ms"] is not None or point["name"] in NAMED} for point in found]
