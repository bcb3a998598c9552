"""`python -m fer_utils progress`: which exercises and questions a learner has solved on this machine."""

import inspect
import json
from datetime import date
from importlib import import_module
from importlib.util import find_spec

from fer_utils.commands import add_json, named
from fer_utils.files import path_of, write_text, writing


def add_options(command):
    """Add the options of the command."""
    command.add_argument("--out", type=named, metavar="FILE", help="write it as a JSON file, to be handed in")
    command.add_argument("--name", type=named, metavar="NAME", help="whose it is; stands in the file")
    add_json(command)


def run(options):
    """List what you have solved, chapter by chapter; nothing is sent anywhere."""
    from fer_utils.course.progress import folder

    rows = progress()
    whole = {"name": options.name or "", "written": date.today().isoformat(), "chapters": rows}
    if options.out:
        with writing(options.out, "Choose another --out."):
            write_text(path_of(options.out), json.dumps(whole, indent=1) + "\n")
    if options.json:
        return print(json.dumps(whole))
    print(f"{'chapter':36}{'exercises':>12}{'questions':>12}{'at the first try':>18}")
    for row in rows:
        solved, right = ([entry for entry in row[kind].values() if entry["solved"]] for kind in
                         ("exercises", "questions"))
        print(f"{row['chapter'] + ' ' + row['title']:36}{_of(solved, row['exercises']):>12}"
              f"{_of(right, row['questions']):>12}{sum(entry['tries'] == 1 for entry in right):18}")
    print(f"\nKept in {folder()}." + (f" Written to {options.out}." if options.out else ""))


def progress():
    """What is solved of every chapter: a list of dicts with `chapter`, `title`, `exercises` and `questions`, each a
    dict from what can be solved to its entry (`recorded`), with no try where there was none."""
    from fer_utils.course import quizzes
    from fer_utils.course.progress import recorded

    rows = []
    for name in sorted(path.stem for path in quizzes.FOLDER.glob("*.toml")):
        chapter, title = name.split("_", 1)
        known, none = recorded(chapter), {"tries": 0, "solved": None}
        questions = [f"question {number}" for number in range(1, len(quizzes.questions(name)) + 1)]
        rows.append({"chapter": chapter, "title": title.replace("_", " "),
                     "exercises": {item: known.get(item, none) for item in _exercises(chapter)},
                     "questions": {item: known.get(item, none) for item in questions}})
    return rows


def _exercises(chapter):
    """The names of the checks of a chapter, in the order of its source."""
    module = f"fer_utils.course.chapter_{chapter}.checks"
    if not find_spec(module):
        return []
    checks = [check for _, check in inspect.getmembers(import_module(module), lambda member: hasattr(member, "hints"))]
    return [check.__name__ for check in sorted(checks, key=lambda check: check.__wrapped__.__code__.co_firstlineno)]


def _of(done, all_of_them):
    return f"{len(done)} of {len(all_of_them)}" if all_of_them else "none"
