"""Give chapters other numbers, everywhere at once: `python tools/renumber.py --room-at 04` or `05=06 06=05`.

`--room-at NN` moves chapter NN and all after it up by one, so that a new chapter can stand at NN; `OLD=NEW` pairs say
it chapter by chapter. What carries a number moves with it: notebooks, sources, quizzes, answers, the folders
`fer_utils/course/chapter_NN`, and every mention in code, prose and tables (`REFERENCES` lists the forms). Files are
rewritten, nothing is executed: look at `git diff`, then run `make notebooks`. tests/test_chapters.py finds what no
longer fits the syllabus.
"""

import argparse
import re
import sys

from syllabus import ROOT, chapters, tracked

# The forms in which a chapter is named. Each group `numbers` holds one or several two-digit numbers.
BETWEEN = r"(?:,?\s(?:#\s)?(?:and|or|to)\s(?:#\s)?|,\s(?:#\s)?|–|-)"
REFERENCES = (
    # chapter 10, chapters 10 to 12
    rf"(?i:\bchapters?)(?:\s+(?:#\s)?|_)(?P<numbers>\d\d(?!\d)(?:{BETWEEN}\d\d(?!\d))*)",
    r"(?<![\w.])(?P<numbers>\d\d)(?=_(?:SLUGS)(?![a-z]))",  # 10_squeezenet, as in names of files
    r'\bNetwork\("[^"\n]*", "[^"\n]*", [\d_]+, "(?P<numbers>\d\d)"',  # the table of networks
)
RECORDS = ("data/results/",)  # what was written down when a run ended stays as it is


def slugs(root=ROOT):
    """The names of the chapters without their numbers."""
    return [chapter.name[3:] for chapter in chapters(root)]


def references(text, known):
    """All mentions of chapters in a text: matches whose group `numbers` holds two-digit numbers. `known`: `slugs`."""
    for form in REFERENCES:
        yield from re.finditer(form.replace("SLUGS", "|".join(map(re.escape, known))), text)


def renumbered(text, mapping, known):
    """`text` with every chapter's number replaced by `mapping`, a dict from old to new two-digit numbers."""
    pieces, end = [], 0
    for start, stop in sorted({found.span("numbers") for found in references(text, known)}):
        numbers = re.sub(r"\d\d", lambda number: mapping.get(number[0], number[0]), text[start:stop])
        pieces += [text[end:start], numbers]
        end = stop
    return "".join([*pieces, text[end:]])


def renumber(mapping, root=ROOT):
    """Rewrite and move all files. Returns pairs (old path, new path) of those that moved."""
    known, moves = slugs(root), []
    for name in tracked(root):
        path, data = root / name, (root / name).read_bytes()
        if b"\0" not in data and not name.startswith(RECORDS):
            text = data.decode("utf-8")
            new = renumbered(text, mapping, known)
            if new != text:
                path.write_text(new, encoding="utf-8", newline="\n")
        if renumbered(name, mapping, known) != name:
            moves.append((name, renumbered(name, mapping, known)))
    for old, _ in moves:  # in two steps: a new name may be the old one of another file
        (root / old).rename(root / (old + ".moving"))
    for old, new in moves:
        (root / new).parent.mkdir(parents=True, exist_ok=True)
        (root / (old + ".moving")).rename(root / new)
    return moves


def check(mapping, root=ROOT):
    """Raise ValueError unless `mapping` gives every chapter a number of its own."""
    old = [chapter.number for chapter in chapters(root)]
    unknown = [number for number in mapping if number not in old]
    new = [mapping.get(number, number) for number in old]
    if unknown or len(set(new)) < len(new) or not all(re.fullmatch(r"\d\d", number) for number in new):
        raise ValueError(f"{', '.join(f'{a}={b}' for a, b in mapping.items())}: every chapter needs a two-digit "
                         f"number of its own; there are {', '.join(old)}.")


def main(arguments=None):
    """Renumber as asked and print what moved; returns the exit status."""
    parser = argparse.ArgumentParser(description="Give chapters other numbers, everywhere at once.")
    parser.add_argument("pairs", nargs="*", metavar="OLD=NEW")
    parser.add_argument("--room-at", metavar="NN", help="move chapter NN and all after it up by one")
    options = parser.parse_args(arguments)
    try:
        mapping = dict(pair.split("=") for pair in options.pairs)
        if options.room_at:
            mapping |= {chapter.number: f"{int(chapter.number) + 1:02d}" for chapter in chapters()
                        if chapter.number >= options.room_at}
        check(mapping)
    except ValueError as error:
        parser.error(str(error))
    for old, new in renumber(mapping):
        print(f"{old} is now {new}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
