"""Score a submission to the open challenge: `python tools/score_submission.py FILE [--json]`.

`--example FILE` writes a valid submission from a published run; the head of fer_utils/evaluation/challenge.py
describes the form. Needs no photograph. Ends with 2 and one line where a submission is refused.
"""

import argparse
import json
import os
import sys
from contextlib import suppress

from fer_utils.backend import INSTALL
from fer_utils.evaluation.challenge import example_submission, read_submission, score_submission
from fer_utils.evaluation.intervals import share_interval
from fer_utils.files import reason
from fer_utils.text import printable


def report(result):
    """What the tool prints, as text. What a submission calls itself is printed without codes that move a cursor."""
    declared = result["declaration"]
    name, authors = (printable(text) for text in (declared["name"], ", ".join(declared["authors"])))
    seeds, ends = declared["seeds"], share_interval(round(result["accuracy"] * result["n"]), result["n"])
    trained = "one seed" if len(seeds) == 1 else f"{len(seeds)} seeds, of which the first answers"
    lines = [f"{name}, by {authors}",
             f"{declared['parameters']:,} parameters, division {result['division']}; views: {declared['views']}; "
             f"{trained}; chosen on {declared['chosen_on']}", "",
             f"accuracy           {100 * result['accuracy']:6.2f} %  ({result['n']:,} faces; 95 % interval "
             f"{100 * ends[0]:.2f} to {100 * ends[1]:.2f})",
             f"without duplicates {100 * result['leak_free_accuracy']:6.2f} %  ({result['leak_free_n']:,} faces, those "
             "judged on)",
             f"macro F1           {result['macro_f1']:6.3f}",
             f"calibration error  {result['calibration_error']:6.3f}", "",
             "recall  " + ", ".join(f"{emotion} {row['recall']:.1%}" for emotion, row in result["per_class"].items()),
             "", *(f"Doubtful: {doubt}" for doubt in result["doubts"]), *([""] if result["doubts"] else []),
             result["verdict"], "", f"What this cannot show: {result['not_proven']}"]
    return "\n".join(lines)


def _print(text):
    """Print, and return the exit status: whoever reads may have gone, or the disk behind it may be full."""
    try:
        print(text, flush=True)
        return 0
    except OSError as error:
        with suppress(OSError, ValueError), open(os.devnull, "w") as nowhere:  # or Python says so once more at its end
            os.dup2(nowhere.fileno(), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            return 0
        print(f"score_submission: the result cannot be written ({reason(error)}). Make room, or write it elsewhere.",
              file=sys.stderr)
        return 2


def main(arguments=None):
    """Score a file, or write an example; returns the exit status."""
    parser = argparse.ArgumentParser(description="Score a submission to the open challenge.")
    parser.add_argument("file", metavar="FILE")
    parser.add_argument("--example", action="store_true", help="write a valid example to FILE instead")
    parser.add_argument("--json", action="store_true", help="print one JSON value")
    options = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):  # a name may have letters that this terminal has not
        with suppress(AttributeError, OSError, ValueError):
            stream.reconfigure(errors="backslashreplace")
    try:
        if options.example:
            example_submission(options.file)
            return _print(json.dumps({"example": options.file}) if options.json else
                          f"An example is in {printable(options.file)}.")
        result = score_submission(read_submission(options.file))
    except ModuleNotFoundError as error:
        print(f"score_submission: this needs {error.name}, which is not installed. {INSTALL}", file=sys.stderr)
        return 2
    except (OSError, ValueError) as error:
        print(f"score_submission: {printable(error)}", file=sys.stderr)
        return 2
    except (MemoryError, RecursionError):
        print("score_submission: the file is too large, or nested too deep, to be read. --example FILE writes a good "
              "one.", file=sys.stderr)
        return 2
    return _print(json.dumps(result) if options.json else report(result))


if __name__ == "__main__":
    sys.exit(main())
