"""What the benchmarks share: every measurement in a fresh process, the cases in turns, a record with machine and load.

A figure in seconds means little by itself: another machine, or another program beside it, changes it. So all cases of a
benchmark are measured in one run, one after the other and in every round in another order, and what is claimed are
ratios within a round. Each case has a process of its own, since memory that one has taken would count for the next.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
from datetime import date
from importlib.metadata import PackageNotFoundError, version

from fer_utils.edge.benchmark import load_of_machine, machine, package_variables
from fer_utils.files import DATA_FOLDER, write_text
from fer_utils.schema import NUMBER, TABLE, TEXT, WHOLE

FOLDER = DATA_FOLDER / "results" / "benchmarks"
ROUNDS = 5
LONGEST = 900  # seconds that one measurement may take
HEAD = {"date": TEXT, "machine": TEXT, "device": TEXT, "system": TEXT, "python": TEXT, "versions": TABLE,
        "load_before": NUMBER, "rounds": WHOLE}


def fresh(script, case, variables=None, longest=LONGEST):
    """Measure one case in a new process: `python script --case JSON`, which prints its findings as JSON, last of all.

    Raises RuntimeError, with the last line that the process said, where it fails or takes longer than `longest`
    seconds.
    """
    command = [sys.executable, str(script), "--case", json.dumps(case)]
    environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"} | package_variables() | (variables or {})
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=longest)
    except subprocess.TimeoutExpired as error:
        raise RuntimeError(f"{case} took more than {longest} seconds") from error
    if done.returncode:
        raise RuntimeError(f"{case} failed: {(done.stderr.strip().splitlines() or ['it said nothing'])[-1]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def in_turns(cases, measure, rounds=ROUNDS, say=print):
    """Measure every case once a round, in an order that changes: a list of findings for each, in the order of `cases`.

    `cases` is a list, `measure` a function of a case. The order is drawn anew for each round, from a fixed seed, so
    that no case always comes after the same other.
    """
    found, order, rng = [[] for _ in cases], list(range(len(cases))), random.Random(0)
    for done in range(rounds):
        rng.shuffle(order)
        for place in order:
            found[place].append(measure(cases[place]))
            say(f"round {done + 1} of {rounds}: {cases[place]}: {found[place][-1]}")
    return found


def median_of(findings, key):
    """The median over the rounds of one figure, and the list of all: `{"median": ..., "all": [...]}`."""
    values = [finding[key] for finding in findings]
    return {"median": statistics.median(values), "all": values}


def ratios(above, below):
    """The ratio of two figures round by round, as `median_of` gives one."""
    values = [one / other for one, other in zip(above["all"], below["all"], strict=True)]
    return {"median": statistics.median(values), "all": values}


def head(rounds, packages):
    """What a record begins with: machine, versions of `packages`, load (`HEAD` names all fields)."""
    import platform

    return {"date": date.today().isoformat(), **machine(), "python": platform.python_version(),
            "versions": {name: number for name in packages if (number := _version(name))},
            "load_before": load_of_machine() or 0.0, "rounds": rounds}


def _version(package):
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def write(name, record):
    """Keep a record as `data/results/benchmarks/NAME.json`, a field a line. Returns the path."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{name}.json"
    lines = ",\n ".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in record.items())
    write_text(path, "{\n " + lines + "\n}\n")
    return path


def run(name, description, one, whole):
    """The command line of a benchmark: `--case JSON` measures one case here, without it the whole benchmark runs.

    `one` is a function of a case that gives a dict; `whole` a function of the number of rounds that gives a record.
    """
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"how often each case is measured, {ROUNDS} unless "
                        "told otherwise")
    parser.add_argument("--dry-run", action="store_true", help="measure and show, but do not record")
    parser.add_argument("--case", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.case:
        print(json.dumps(one(json.loads(options.case))))
        return
    record = whole(options.rounds)
    print(json.dumps(record, indent=1) if options.dry_run else f"written: {write(name, record)}")
