"""What takes how long in the whole test suite: `python benchmarks/suite.py JUNIT.xml SECONDS [--dry-run]`.

`make test REPORT=JUNIT.xml` writes the report; SECONDS is what its closing line says. The record adds up the seconds of
every file, as two workers spent them, and names the slowest tests.
"""

import argparse
import json
import xml.etree.ElementTree as ElementTree
from collections import Counter

import measure


def read_report(path):
    """From a JUnit report: Counters of seconds and of tests by file, and of seconds by test."""
    seconds, tests, each = Counter(), Counter(), Counter()
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        name = file_of(case.get("classname", ""))
        seconds[name] += float(case.get("time", 0))
        tests[name] += 1
        each[f"{case.get('classname', '')}::{case.get('name')}"] += float(case.get("time", 0))
    return seconds, tests, each


def file_of(name):
    """The file of a test: "tests/test_a.py" for tests.test_a and for a class in it, tests.test_a.TestB."""
    if name.endswith(".ipynb"):
        return name.removesuffix(".ipynb").replace(".", "/") + ".ipynb"
    parts = name.split(".")
    while len(parts) > 1 and parts[-1].startswith("Test"):
        parts.pop()
    return "/".join(parts) + ".py"


def main():
    """Read a report and record it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("report")
    parser.add_argument("seconds", type=float)
    parser.add_argument("--dry-run", action="store_true")
    options = parser.parse_args()
    seconds, tests, each = read_report(options.report)
    record = measure.head(1, ("pytest", "pytest-xdist", "nbval", "tensorflow", "keras")) | {
        "seconds": options.seconds, "tests": sum(tests.values()), "worker_seconds": round(sum(seconds.values()), 1),
        "files": [{"name": name, "seconds": round(value, 1), "tests": tests[name]}
                  for name, value in seconds.most_common(40)],
        "slowest": [{"name": name, "seconds": round(value, 1)} for name, value in each.most_common(25)]}
    print(json.dumps(record, indent=1) if options.dry_run else f"written: {measure.write('suite', record)}")


if __name__ == "__main__":
    main()
