"""How long a chapter takes: `python tools/minutes.py [NAME ...] [--write]`.

A chapter's minutes are counted from its built notebook, always in the same way:

  reading       200 words of prose a minute; solutions and references are left out
  code          12 lines a minute, the lines that find or fetch the course left out
  pictures      half a minute each
  exercises     5 minutes each, its check included
  questions     2 minutes for each "Think first" and "Judge", 1 for each question of the quiz
  explorers     2 minutes each
  running       as measured when the notebook was built (on one computer; yours may take twice as long)

The sum is rounded to 5 minutes. It is a measure to compare chapters by, not a promise: who stops to think takes
longer. The opening of a chapter ("about N minutes") and `minutes` in tools/syllabus.yml state it, and
tests/test_rubric.py holds them to it. `--write` puts the figure into both; then build the chapter again
(tools/build_notebooks.py NAME), since its text has changed, and run tools/readme_tables.py.
"""

import argparse
import re
import sys

import nbformat
from syllabus import RESTORE, ROOT, source_path, written_chapters

from fer_utils.files import read_toml, reading

WORDS_A_MINUTE, LINES_A_MINUTE = 200, 12
PICTURE, EXERCISE, THINK, QUESTION, EXPLORER = 0.5, 5, 2, 1, 2
STATED = r"\*\*Time:\*\* about (\d+) minutes"
# Half of the rounding, and a minute for a computer that is slower or busier.
MARGIN = 3.5


def prose(text):
    """Markdown without code, tags, comments, and the addresses of links."""
    text = re.sub(r"```.*?```|<!--.*?-->|<[^>]+>", " ", text, flags=re.DOTALL)
    return re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)


def count_minutes(notebook, questions):
    """Minutes of each part of an executed learner's notebook, a dict. `questions`: how many its quiz has.

    Raises ValueError for a notebook whose run time was not measured, which building it does.
    """
    if "run_seconds" not in notebook.metadata:
        raise ValueError("its run time is not measured; build it: python tools/build_notebooks.py NAME")

    def having(tag):
        return [cell for cell in notebook.cells if tag in cell.metadata.get("tags", [])]

    left_out = [cell.id for tag in ("solution", "references") for cell in having(tag)]
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown" and cell.id not in left_out]
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell not in having("bootstrap")]
    lines = [line for cell in code for line in cell.source.splitlines() if line.strip()]
    pictures = [output for cell in code for output in cell.get("outputs", [])
                if "<img " in output.get("data", {}).get("text/html", "")]
    return {
        "reading": sum(len(prose(text).split()) for text in texts) / WORDS_A_MINUTE,
        "code": len(lines) / LINES_A_MINUTE,
        "pictures": PICTURE * len(pictures),
        "exercises": EXERCISE * len(having("exercise")),
        "questions": THINK * sum(len(re.findall(r"\*\*(?:Think first|Judge)\.\*\*", text)) for text in texts)
        + QUESTION * questions,
        "explorers": EXPLORER * sum(len(re.findall(r"\bexplore_\w+\(", cell.source)) for cell in code),
        "running": notebook.metadata["run_seconds"] / 60,
    }


def chapter_minutes(name, root=ROOT):
    """`count_minutes` of a chapter by its name."""
    path = root / "notebooks" / f"{name}.ipynb"
    with reading(path, "Build it: python tools/build_notebooks.py NAME"):
        notebook = nbformat.read(path, as_version=4)
    quiz = root / "data" / "quizzes" / f"{name}.toml"
    asked = read_toml(quiz, ("question",), RESTORE)["question"] if quiz.exists() else []
    return count_minutes(notebook, len(asked))


def rounded(minutes):
    """To the nearest 5, and at least 5."""
    return max(5, 5 * round(minutes / 5))


def stated_minutes(text):
    """What an opening says, or None."""
    found = re.search(STATED, text)
    return int(found[1]) if found else None


def write(name, minutes, root=ROOT):
    """Put the figure into the chapter's opening and into the syllabus."""
    path = source_path(name, root)
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(STATED, f"**Time:** about {minutes} minutes", text, count=1), encoding="utf-8", newline="\n")
    path = root / "tools" / "syllabus.yml"
    rows = re.split(r"(?m)^(?=- name: )", path.read_text(encoding="utf-8"))
    for place, row in enumerate(rows):
        if row.startswith(f"- name: {name}\n"):
            bare = re.sub(r"(?m)^  minutes:.*\n", "", row)
            body, end = bare.rstrip("\n"), "\n" * (len(bare) - len(bare.rstrip("\n")))
            rows[place] = f"{body}\n  minutes: {minutes}{end}"
    path.write_text("".join(rows), encoding="utf-8", newline="\n")


def main(arguments=None):
    """Print what is counted, and write it where that is asked."""
    parser = argparse.ArgumentParser(description="Count how long chapters take.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="chapters such as 09 or 10_squeezenet; default: all")
    parser.add_argument("--write", action="store_true", help="put the figures into the openings and the syllabus")
    options = parser.parse_args(arguments)
    known = {chapter.name: chapter.minutes for chapter in written_chapters()}
    names = [name for name in known if not options.names or {name, name[:2]} & set(options.names)]
    for name in names:
        try:
            parts = chapter_minutes(name)
        except (OSError, ValueError) as error:
            print(f"{name}: {error}", file=sys.stderr)
            continue
        total = sum(parts.values())
        listed = ", ".join(f"{part} {minutes:.1f}" for part, minutes in parts.items())
        stated = stated_minutes(source_path(name).read_text(encoding="utf-8"))
        print(f"{name}: {total:.1f}, so about {rounded(total)} (opening {stated}, syllabus {known[name]}): {listed}")
        if options.write and abs(total - (stated or 0)) > MARGIN or options.write and stated != known[name]:
            write(name, rounded(total))
    return 0


if __name__ == "__main__":
    sys.exit(main())
