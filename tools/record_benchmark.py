"""Measure our networks and their peers and record it: `python tools/record_benchmark.py [--faces N]`.

FER2013_SOURCE names the photographs, of which the peers answer all of PublicTest and PrivateTest. At first use the
peers are installed into the cache. On an idle machine it takes some minutes; on a busy one the figures are wrong, so
the load before is recorded, too. What stands in data/results/benchmark.json says `fer_utils.edge.benchmark.benchmark`.
"""

import argparse
import json
import sys

from fer_utils.commands.benchmark import print_record
from fer_utils.edge.benchmark import BENCHMARK_FILE, TIMED_FACES, benchmark
from fer_utils.files import write_text


def lines(record):
    """The record as JSON, a line for each row, so that a change shows in few lines."""
    parts = []
    for key, value in record.items():
        text = json.dumps(value)
        if isinstance(value, list):
            text = "[\n  " + ",\n  ".join(map(json.dumps, value)) + "\n ]"
        parts.append(f"{json.dumps(key)}: {text}")
    return "{\n " + ",\n ".join(parts) + "\n}\n"


def main():
    """Measure and record; nothing is written where a form or a peer could not be measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faces", type=int, default=TIMED_FACES, help="how many single faces are timed")
    record = benchmark(peers=True, accuracy=True, faces=parser.parse_args().faces,
                       say=lambda text: print(text, file=sys.stderr))
    print_record(record)
    failed = [row["name"] for row in record["rows"] + record["pictures"] if row["failed"]]
    if failed:
        raise SystemExit(f"not recorded: {', '.join(failed)} could not be measured, as said above.")
    write_text(BENCHMARK_FILE, lines(record))
    print(f"\nwritten: {BENCHMARK_FILE}")


if __name__ == "__main__":
    main()
