"""What a chapter owes its reader, as far as a script can see it: contracts, length, rhythm, numbers that are earned."""

import re
from html import unescape

import nbformat
import pytest
from build_notebooks import hints_of, notebook_path, read_source, tags
from minutes import MARGIN, chapter_minutes, count_minutes, rounded, stated_minutes
from syllabus import chapters
from test_notebooks import NAMES, prose

from fer_utils.course import quizzes

WORDS_A_CHAPTER = (1100, 3300)  # without hints, references, solutions and the glossary
PARTS = ("**Question.**", "**After this chapter you can**", "**You need**", "**Time:**", "**Data:**")
# What needs no proof: small counts, the size of a face, the number of classes, percent signs' hundred.
KNOWN = {"48", "100", "255", "2013", "224"}


def markdown(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "markdown"]


def numbered(text):
    return re.findall(r"(?m)^(\d+)\. ", text)


def section(cells, heading):
    """The text of the cell that begins with a heading of level 2, or ''."""
    return next((cell.source for cell in cells if cell.source.startswith(f"## {heading}")), "")


def contract_problems(notebook):
    """What the opening promises and the closing does not keep, a list of sentences."""
    cells, found = markdown(notebook), []
    opening, closing = cells[0].source, section(cells, "What you take away")
    found += [f"the opening lacks {part}" for part in PARTS if part not in opening]
    goals, answers = numbered(opening), numbered(closing)
    if not 3 <= len(goals) <= 5:
        found.append(f"the opening names {len(goals)} goals; 3 to 5 are asked for")
    if goals != answers:
        found.append(f"the closing answers goals {answers}, the opening names {goals}")
    if "**Go further.**" not in closing:
        found.append("the closing has nothing to go further with")
    if not section(cells, "References"):
        found.append("there are no references")
    if not section(cells, "Quiz"):
        found.append("there is no quiz")
    return found


def plain(text):
    """Prose without what may hold numbers of its own: code, mathematics, links, citations, list marks, references."""
    text = re.sub(r"(?s)```.*?```|`[^`]*`|\$\$.*?\$\$|\$[^$]*\$", " ", text)
    text = re.sub(r"\[[\d, ]+\]", " ", text)
    text = re.sub(r"(?i)\b(sections?|chapters?|table|figure|article|regulation|exercise)\s+[\d.()/, and]+", " ", text)
    text = re.sub(r"(?m)^\s*(\d+\.|#+ .*|\*\*You need\*\*.*|.*\*\*Time:\*\*.*)", " ", text)
    return prose(text)


def exercise_problems(cells, hints):
    """What the exercises and judgements of a chapter's source lack, a list of sentences.

    Arguments: its cells; `hints`, a function from the code of a cell that calls a check to the hints of that check.
    """
    found = [f"hints stand in checks.py, not in a cell: {cell.source[:40]!r}" for cell in cells if "hint" in tags(cell)]
    rubrics = [after.source for cell, after in zip(cells, cells[1:])
               if re.search(r"(?m)^\*\*Judge\.\*\*", cell.source) and "rubric" in tags(after)]
    if not rubrics:
        found.append('no paragraph begins with "**Judge.**" before a cell tagged rubric')
    found += [f"a rubric has 3 to 5 points: {text[:40]!r}" for text in rubrics
              if not 3 <= len(re.findall(r"(?m)^(?:[-*]|\d\.) ", text)) <= 5]
    used = False
    for place, (solution, check) in enumerate(zip(cells, cells[1:])):
        if "solution" in tags(solution):
            last = solution.source.splitlines()[-1].strip().removeprefix("return ")
            if len(last) > 15 and any(last in hint for hint in hints(check.source)[:2]):
                found.append(f"a hint before the third gives the last line away: {last}")
            made = re.findall(r"(?m)^(?:def|class) (\w+)|^(\w+) =", solution.source)
            used |= any(re.search(rf"\b{name}\b", cell.source) for name in map("".join, made)
                        for cell in cells[place + 2:]
                        if cell.cell_type == "code" and not {"exercise", "solution", "check"} & set(tags(cell)))
    if not used:
        found.append("no cell uses what the learner wrote")
    return found


def unearned_numbers(notebook):
    """Numbers in prose that no code or output of the notebook holds, a list."""
    earned = " ".join(cell.source + " " + str(cell.get("outputs", "")) for cell in notebook.cells
                      if cell.cell_type == "code")
    earned = re.sub(r"(base64,|'image/\w+': ')[\w+/=\\]+", "", earned).replace(",", "").replace("_", "")
    found = []
    for cell in markdown(notebook):
        if {"references", "quiz"} & set(tags(cell)):
            continue
        for number in re.findall(r"(?<!\w)\d[\d,]*(?:\.\d+)?", plain(cell.source)):
            bare = number.replace(",", "")
            if float(bare) > 12 and bare not in KNOWN and not re.search(rf"(?<![\d.]){re.escape(bare)}(?!\d)", earned):
                found.append(number)
    return found


@pytest.fixture(params=NAMES)
def chapter(request):
    return request.param, nbformat.read(notebook_path(request.param, "learner"), as_version=4)


def test_the_closing_keeps_what_the_opening_promises(chapter):
    assert contract_problems(chapter[1]) == []


def test_a_chapter_has_its_length(chapter):
    texts = [cell.source for cell in markdown(chapter[1])
             if not {"hint", "references", "solution"} & set(tags(cell)) and not cell.source.startswith("## Glossary")]
    words = sum(len(prose(text).split()) for text in texts)
    assert WORDS_A_CHAPTER[0] <= words <= WORDS_A_CHAPTER[1], f"{words} words"


def test_the_minutes_stated_are_those_counted(chapter):
    name, notebook = chapter
    stated, counted = stated_minutes(notebook.cells[0].source), sum(chapter_minutes(name).values())
    problem = minutes_problem(stated, {row.name: row.minutes for row in chapters()}[name], counted)
    assert not problem, f"{problem}: run `python tools/minutes.py {name} --write` and build the chapter again"


def minutes_problem(opening, syllabus, counted):
    """Whether the opening, the syllabus and the count disagree, in words, or None."""
    if opening is None or opening % 5:
        return f"the opening says {opening}, not a multiple of 5 after '**Time:** about'"
    if opening != syllabus:
        return f"the opening says {opening} minutes, tools/syllabus.yml {syllabus}"
    return f"the opening says {opening} minutes, {counted:.1f} are counted" if abs(opening - counted) > MARGIN else None


def test_numbers_in_prose_are_earned(chapter):
    assert unearned_numbers(chapter[1]) == []


def test_a_chapter_asks_its_quiz(chapter):
    name, notebook = chapter
    assert any(f'course.quiz("{name}")' in cell.source for cell in notebook.cells if cell.cell_type == "code")
    assert quizzes.questions(name)


def test_exercises(chapter):
    name, notebook = chapter
    exercises = sum("exercise" in tags(cell) for cell in notebook.cells)
    assert exercises >= (1 if name.startswith("00") else 2)
    if not name.startswith("00"):
        assert any("**Think first.**" in cell.source for cell in markdown(notebook))


@pytest.mark.parametrize("name", NAMES)
def test_exercises_and_judgements_are_complete(name):
    assert exercise_problems(read_source(name)[1], lambda code: hints_of(code, name)) == []


def test_code_cells_are_short(chapter):
    lines = sorted(len(cell.source.splitlines()) for cell in chapter[1].cells if cell.cell_type == "code")
    assert lines[len(lines) // 2] <= 8


def test_explorers_have_a_picture_and_a_prompt(chapter):
    cells = chapter[1].cells
    for place, cell in enumerate(cells):
        if cell.cell_type == "code" and re.search(r"\bexplore_\w+\(", cell.source):
            before = cells[max(0, place - 5):place]
            assert any("course.show(" in other.source for other in before), cell.source
            assert re.search(r"(?i)predict", " ".join(other.source
                                                      for other in cells[place - 1:place + 2])), cell.source


def test_figures_have_words(chapter):
    for cell in chapter[1].cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            assert not any(kind.startswith("image/") for kind in data), cell.source  # browsers get no words with these
            for picture in re.findall(r"<img [^>]*>", data.get("text/html", "")):
                assert len(unescape(re.search(r'alt="([^"]*)"', picture)[1])) >= 10, cell.source
                assert "max-width:100%" in picture, cell.source


# The rules themselves

def a_notebook(opening, closing, code="x = 1"):
    new = nbformat.v4
    return new.new_notebook(cells=[new.new_markdown_cell(opening), new.new_code_cell(code),
                                   new.new_markdown_cell(closing)])


def test_the_rules_can_fail():
    bare = a_notebook("# T\n1. one", "## What you take away\n1. one\n2. two")
    problems = " ".join(contract_problems(bare))
    for expected in ("lacks **Question.**", "1 goals", "answers goals", "go further", "no references", "no quiz"):
        assert expected in problems


def test_what_an_exercise_lacks_is_found():
    new = nbformat.v4

    def cell(kind, text, *tags):
        return getattr(new, f"new_{kind}_cell")(text, metadata={"tags": list(tags)})

    right = [cell("code", "def f(x):\n    ...", "exercise"),
             cell("code", "def f(x):\n    return np.sum(x) / 7.0 + 1", "solution"),
             cell("code", "checks.check_f(f)", "check"), cell("code", "print(f(2))"),
             cell("markdown", "**Judge.** Which?"), cell("markdown", "- a\n- b\n- c", "rubric")]
    assert exercise_problems(right, lambda code: ("Add up?", "np.sum", "np.sum(x) / 7.0 + 1")) == []
    for broken, expected in ((right[:4], "begins with"), (right[:3] + right[4:], "no cell uses"),
                             ([cell("markdown", "Add.", "hint"), *right], "stand in checks.py"),
                             ([*right[:5], cell("markdown", "- a", "rubric")], "3 to 5 points")):
        assert expected in " ".join(exercise_problems(broken, lambda code: ()))
    assert "last line away" in exercise_problems(right, lambda code: ("Add?", "As np.sum(x) / 7.0 + 1", "b"))[0]


@pytest.mark.parametrize("text, expected", [
    ("It reaches 66.4 % here.", ["66.4"]), ("It has 1,377,655 parameters.", []), ("See section 5.3 and [14].", []),
    ("Of `28709` faces, $n = 35$.", []), ("48 by 48 pixels, 7 classes", []), ("A loss of 1.9 after 30 epochs", ["30"]),
])
def test_numbers_are_found(text, expected):
    assert unearned_numbers(a_notebook("# T\n" + text, "", "assert n == 1_377_655")) == expected


def test_minutes_that_disagree_are_found():
    assert minutes_problem(45, 45, 44.0) is None and minutes_problem(45, 45, 48.4) is None
    assert "counted" in minutes_problem(45, 45, 49.0) and "counted" in minutes_problem(45, 45, 41.0)
    assert "syllabus" in minutes_problem(45, 50, 45.0)
    assert "multiple" in minutes_problem(None, 45, 45.0) and "multiple" in minutes_problem(43, 43, 43.0)


def test_minutes_are_counted_part_by_part():
    new = nbformat.v4
    words = " ".join(["word"] * 200)
    picture = new.new_output("display_data", {"text/html": '<img alt="a">'})
    notebook = new.new_notebook(cells=[
        new.new_markdown_cell(f"**Time:** about 25 minutes. {words}"),
        new.new_code_cell("import sys\n" * 30, metadata={"tags": ["bootstrap"]}),
        new.new_code_cell("x = 1\n\n" * 24 + "explore_it(x)", outputs=[picture, picture]),
        new.new_code_cell("...", metadata={"tags": ["exercise"]}),
        new.new_markdown_cell(words, metadata={"tags": ["solution"]}),
        new.new_markdown_cell("**Think first.** Why?"), new.new_markdown_cell("**Judge.** Which?"),
        new.new_markdown_cell(words, metadata={"tags": ["references"]})])
    with pytest.raises(ValueError, match="build it"):
        count_minutes(notebook, questions=4)
    notebook.metadata["run_seconds"] = 30
    parts = count_minutes(notebook, questions=4)
    assert parts == {"reading": pytest.approx(209 / 200), "code": pytest.approx(26 / 12), "pictures": 1.0,
                     "exercises": 5,
                     "questions": 8, "explorers": 2, "running": 0.5}
    assert stated_minutes(notebook.cells[0].source) == 25 and rounded(17.6) == 20 and rounded(1) == 5


def test_minutes_are_written_into_opening_and_syllabus(tmp_path):
    from minutes import write

    (tmp_path / "tools").mkdir()
    (tmp_path / "notebooks" / "source").mkdir(parents=True)
    listing, source = tmp_path / "tools" / "syllabus.yml", tmp_path / "notebooks" / "source" / "01_one.py"
    listing.write_text("# Head.\n\n- name: 01_one\n  title: One\n\n- name: 02_two\n  title: Two\n  minutes: 60\n")
    source.write_text("# **Time:** about 60 minutes; the cells take 60 seconds.\n")
    write("01_one", 25, tmp_path)
    assert source.read_text() == "# **Time:** about 25 minutes; the cells take 60 seconds.\n"
    expected = "# Head.\n\n- name: 01_one\n  title: One\n  minutes: 25\n\n- name: 02_two\n  title: Two\n  minutes: 60\n"
    assert listing.read_text() == expected
    write("01_one", 30, tmp_path)
    assert listing.read_text() == expected.replace("25", "30")
