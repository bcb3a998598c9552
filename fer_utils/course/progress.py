"""What a learner has solved, kept on the learner's own machine: a small file for each chapter, nothing is sent.

Checks and quizzes of a running notebook write it (`remember`), `python -m fer_utils progress` reads it. A chapter is
named by its number, "08". What can be solved in it are its exercises, by the names of their checks, and the questions
of its quiz, "question 1" and so on.
"""

import json
import os
import sys
from contextlib import suppress
from datetime import date
from pathlib import Path

from fer_utils.files import FileError, path_of, read_json, write_text
from fer_utils.schema import WHOLE, misfit

DAY_OR_NONE = "a day, or null", lambda value: value is None or type(value) is str
ENTRY = {"tries": WHOLE, "solved": DAY_OR_NONE}


def folder():
    """Where the files lie: `progress` in FER_UTILS_CACHE where that is set, else in the user's data folder. It is no
    cache: nothing could write it anew."""
    if os.environ.get("FER_UTILS_CACHE"):
        return path_of(os.environ["FER_UTILS_CACHE"]) / "progress"
    if sys.platform == "win32":
        home = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    else:
        home = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(home) / "fer_utils" / "progress"


def remember(chapter, item, right):
    """Note a try at an exercise or a question, in the kernel of a notebook: a test or a script that calls a check is
    nobody's progress. Tries after the right answer do not count. What cannot be written is left out, since it must not
    stop a lesson."""
    if not _in_a_notebook():
        return
    with suppress(OSError, RuntimeError, ValueError):  # a full disk, no home, a damaged file
        known = recorded(chapter)
        entry = known.setdefault(item, {"tries": 0, "solved": None})
        if entry["solved"] is None:
            entry["tries"] += 1
            entry["solved"] = date.today().isoformat() if right else None
            folder().mkdir(parents=True, exist_ok=True)
            write_text(_file(chapter), json.dumps(known, indent=1))


def recorded(chapter):
    """The tries of a chapter: a dict from item to {"tries": int, "solved": a day as text or None}.

    Raises FileError where its file is damaged.
    """
    path = _file(chapter)
    if not path.exists():
        return {}
    remedy = "Delete it; what it held is then to be solved again."
    known = read_json(path, remedy=remedy)
    wrong = misfit(known, {}) or misfit(known, dict.fromkeys(known, ENTRY))
    if wrong:
        raise FileError(f"{path} does not hold a chapter's progress: {wrong}. {remedy}")
    return known


def _file(chapter):
    return folder() / f"{chapter}.json"


def _in_a_notebook():
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return getattr(shell, "kernel", None) is not None
