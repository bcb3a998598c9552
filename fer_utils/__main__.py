"""The command line: `python -m fer_utils COMMAND`, one of COMMANDS.

Each command is a module of `fer_utils.commands`. With `--json`, standard output is one JSON value and nothing else.
Exit status: 0 where all went well, or where the reader of the output wanted no more (`results | head -1`); 2 for an
error of the user's input, told in one line on standard error; 130 where it was stopped by Ctrl-C.
"""

import argparse
import os
import re
import sys
import warnings
from contextlib import contextmanager, suppress
from importlib import import_module

from fer_utils.backend import INSTALL, check_backend, start
from fer_utils.files import DATA_FOLDER, FileError, reason
from fer_utils.kernel import SetupError
from fer_utils.text import printable

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # before TensorFlow is imported, or it chats

COMMANDS = ("data", "train", "search", "evaluate", "predict", "export", "benchmark", "results", "progress")
# These always need Keras, which takes seconds to load; stored answers do not, and predict asks LiteRT.
TRAIN, ASK = ("train", "search", "export"), ("evaluate",)
TO_GO_ON = {"train": " It goes on after the last finished epoch with --resume.", "search": " The same call goes on."}


def main(arguments=None):
    """Run a command; returns the exit status."""
    command = None
    with _plain_streams():
        try:
            options = parser().parse_args(arguments)
            command = options.command
            if not DATA_FOLDER.is_dir():
                raise FileError(f"the course's data is missing: there is no folder {DATA_FOLDER}. Get the whole "
                                "course, or install the package again.")
            if command in TRAIN:
                if getattr(options, "strategy", "one") == "workers":
                    from fer_utils.training.team import join_workers

                    join_workers()  # before TensorFlow computes anything
                start()
            elif command in ASK:
                check_backend()
            options.run(options)
            if sys.stdout:
                sys.stdout.flush()  # here, where what goes wrong can still be told
        except BrokenPipeError:
            _drop_output()
        except KeyboardInterrupt:
            return _say("stopped." + TO_GO_ON.get(command, ""), 130)
        except ModuleNotFoundError as error:
            return _say(f"this needs {error.name}, which is not installed. {INSTALL}")
        except MemoryError:
            return _say("there is not enough memory for this. Close other programs, or take a smaller file or batch.")
        except RecursionError:
            return _say("something in a file is nested too deep to be read. Get the file again.")
        except OSError as error:
            _drop_output()
            return _say(_told(error))
        except (SetupError, ValueError, OverflowError) as error:
            return _say(str(error))
    return 0


def _told(error):
    """An OSError in words."""
    if isinstance(error, FileNotFoundError) and error.filename is None and not _working_directory():
        return "the working directory has been removed. Change to another one."
    return f"{error.filename}: {reason(error)}" if type(error.filename) is str and error.strerror else str(error)


def _working_directory():
    with suppress(OSError):
        return os.getcwd()


def _say(text, status=2):
    text = re.sub(r"(\S{300})\S{20,}", r"\1...", printable(text))  # a name of thousands of characters hides the rest
    with suppress(OSError, ValueError):  # standard error may be closed
        print(f"fer_utils: {text}", file=sys.stderr)
    return status


@contextmanager
def _plain_streams():
    """Print what the terminal cannot show, a name in another alphabet, as its escape; and a warning as one line."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, OSError, ValueError):  # it may be closed, or be something else
            stream.reconfigure(errors="backslashreplace")
    before, warnings.formatwarning = warnings.formatwarning, lambda message, *_: f"fer_utils: {printable(message)}\n"
    try:
        yield
    finally:
        warnings.formatwarning = before


def _drop_output():
    """Leave nothing to be written when Python ends, since it would fail once more and say so."""
    with suppress(AttributeError, OSError, ValueError):
        sys.stdout.flush()
        return
    with suppress(AttributeError, OSError, ValueError), open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


class OneLineParser(argparse.ArgumentParser):
    """A parser whose errors are one line, as all others are."""

    def error(self, message):
        self.exit(2, f"fer_utils: {printable(message)}. What there is: {self.prog} --help\n")


def parser():
    """The parser of all commands."""
    top = OneLineParser(prog="python -m fer_utils", description="Facial expression recognition, the course.")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    for name in COMMANDS:
        module = import_module(f"fer_utils.commands.{name}")
        command = commands.add_parser(name, help=module.run.__doc__, description=module.run.__doc__)
        command.set_defaults(run=module.run, command=name)
        module.add_options(command)
    return top


if __name__ == "__main__":
    sys.exit(main())
