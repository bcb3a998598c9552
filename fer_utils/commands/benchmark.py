"""`python -m fer_utils benchmark`: what networks cost to run, side by side."""

import json
import sys

from fer_utils.commands import add_json, named, positive
from fer_utils.text import printable

TABLE_OF_COSTS = (("network", "<26", "name"), ("form", "<12", "form"), ("MB", ">7", "megabytes"),
           ("parameters", ">12", "parameters"), ("M mult-adds", ">12", "millions"), ("ms", ">8", "median_ms"),
           ("p95", ">8", "p95_ms"), ("faces/s", ">9", "faces_a_second"), ("start s", ">9", "cold_start"),
           ("peak MB", ">9", "peak"), ("public", ">8", "public_accuracy"), ("private", ">9", "accuracy"))
DECIMALS = {"megabytes": ".2f", "parameters": ",", "millions": ".1f", "median_ms": ".2f", "p95_ms": ".2f",
            "faces_a_second": ",.0f", "cold_start": ".2f", "peak": ",.0f", "public_accuracy": ".2%",
            "accuracy": ".2%", "seconds": ".2f"}
MOST_THREADS = 256


def add_options(command):
    """Add the options of the command."""
    command.add_argument("names", type=named, nargs="*", metavar="NAME", help="networks, runs, folders of runs of "
                         "yours, .keras or .tflite files; default: the networks that ship")
    command.add_argument("--peers", action="store_true", help="beside them the peers fer, human and face-api; at first "
                         "use they are installed, each in a folder of its own in the cache, about 2 GB")
    command.add_argument("--accuracy", action="store_true", help="let the peers answer all of PublicTest and "
                         "PrivateTest, which needs FER-2013 and some minutes; without it their recorded accuracy is "
                         "shown")
    command.add_argument("--micro", action="store_true", help="also run the int8 exports as a microcontroller "
                         "does, and tell the memory that they take there; needs tflite-micro")
    command.add_argument("--faces", type=positive, default=200, metavar="N", help="how many single faces are timed; "
                         "default: 200")
    command.add_argument("--threads", type=positive, default=1, metavar="N", help="how many threads may share the work "
                         "of one answer; default: 1")
    add_json(command)


def run(options):
    """Measure what networks cost: size, work, latency, memory, start, side by side on the same faces."""
    from fer_utils.edge.benchmark import benchmark

    if options.accuracy and not options.peers:
        raise ValueError("--accuracy asks the peers; add --peers. Our own accuracy is recorded: python -m fer_utils "
                         "results.")
    if options.threads > MOST_THREADS:
        raise ValueError(f"--threads {options.threads:,} is more than {MOST_THREADS}: more threads than the processor "
                         "has cores help nothing. Name their number or less.")
    try:
        record = benchmark(options.names, peers=options.peers, accuracy=options.accuracy, micro=options.micro,
                           faces=options.faces, threads=options.threads, say=_progress)
    finally:
        _progress("")
    if options.json:
        print(json.dumps(record))
    else:
        print_record(record)
    if all(row["failed"] for row in record["rows"]):
        raise ValueError("nothing could be measured, as said above.")


def print_record(record):
    """Print a record of `fer_utils.edge.benchmark.benchmark` as tables."""
    data = record["faces"]
    print(f"{record['machine']}, {record['device']}, {record['system']}; {record['threads']} thread"
          f"{'s' * (record['threads'] > 1)}; {data['count']} of the {data['name']}, {data['split']}; "
          f"{record['date']}")
    if record["load"] and record["load"] > 0.5:
        print(f"Other programs were at work (load {record['load']:.1f}): alone, the figures would be smaller.")
    print()
    print("".join(f"{title:{width}}" for title, width, _ in TABLE_OF_COSTS).rstrip())
    for row in record["rows"]:
        row = row | {"megabytes": _scaled(row["file_bytes"]), "millions": _scaled(row["multiply_adds"]),
                     "peak": _scaled(row["peak_bytes"])}
        if row["failed"]:
            print(f"{row['name']:26}{row['form']:12}  {printable(row['failed'])}")
            continue
        print("".join(f"{_cell(row, key):{width}}" for _, width, key in TABLE_OF_COSTS).rstrip())
    print("\nms: one face, from raw pixels to probabilities; faces/s: in batches of "
          f"{record['batch']}; start: a fresh process to its first answer.\n")
    for row in record["rows"]:
        if row["micro"]:
            print(_on_a_microcontroller(row["name"], row["micro"]))
    print(f"{'from a fresh process to the emotion in a portrait':52}{'s':>8}{'peak MB':>9}  faces")
    for row in record["pictures"]:
        if row["failed"]:
            print(f"{row['name']:52}{printable(row['failed'])}")
            continue
        print(f"{row['name']:52}{row['seconds']:8.2f}{_cell({'peak': _scaled(row['peak_bytes'])}, 'peak'):>9}  "
              f"{row['faces']}, {row['emotion'] or 'none'}")


def _scaled(value):
    return None if value is None else value / 1e6


def _on_a_microcontroller(name, found):
    right = f" {found['accuracy']:.1%} as labelled," if "accuracy" in found else ""
    return (f"{name} on a microcontroller: {found['flash_bytes'] / 1024:,.0f} KiB of flash, "
            f"{found['arena_bytes']['total'] / 1024:,.0f} KiB of RAM; of {found['faces']:,} faces it names{right} "
            f"{found['alike']:.1%} as LiteRT does\n")


def _cell(row, key):
    value = row[key]
    return "-" if value is None else f"{value:{DECIMALS.get(key, '')}}"


def _progress(text):
    """Show in one line of a terminal what is being done; elsewhere nothing."""
    if sys.stderr and sys.stderr.isatty():
        print(f"\r{printable(text)[:78]:78}" + "\r" * (not text), end="", file=sys.stderr, flush=True)
