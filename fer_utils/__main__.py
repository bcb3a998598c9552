"""The command line: `python -m fer_utils data | train | search | evaluate | predict | results`.

Each command is a module of `fer_utils.commands`. With `--json`, standard output is one JSON value and nothing else.
Errors of the user's input end with one line on standard error and exit status 2.
"""

import argparse
import os
import sys
from importlib import import_module

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # before TensorFlow is imported, or it chats

COMMANDS = ("data", "train", "search", "evaluate", "predict", "results")


def main(arguments=None):
    """Run a command; returns the exit status, 0 where all went well."""
    options = parser().parse_args(arguments)
    try:
        options.run(options)
    except (OSError, ValueError) as error:
        print(f"fer_utils: {error}", file=sys.stderr)
        return 2
    except ModuleNotFoundError as error:
        print(f"fer_utils: this needs {error.name}, which is not installed. "
              "Install the course's packages with: pip install -r requirements.txt", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("fer_utils: stopped. A training run goes on with --resume.", file=sys.stderr)
        return 130
    return 0


def parser():
    """The parser of all commands."""
    top = argparse.ArgumentParser(prog="python -m fer_utils", description="Facial expression recognition, the course.")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    for name in COMMANDS:
        module = import_module(f"fer_utils.commands.{name}")
        command = commands.add_parser(name, help=module.run.__doc__, description=module.run.__doc__)
        command.set_defaults(run=module.run)
        module.add_options(command)
    return top


if __name__ == "__main__":
    sys.exit(main())
