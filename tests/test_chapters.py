"""Chapters' numbers: every mention fits the syllabus, and one command gives chapters other numbers."""

import re
import subprocess

import pytest
from renumber import check, main, references, renumber, renumbered, slugs, tracked
from syllabus import ROOT, chapters

NUMBERS = {chapter.number for chapter in chapters()}
NAMES = {chapter.name for chapter in chapters()}
SLUGS = slugs()


def stray_references(text, where=""):
    """Mentions of chapters that the syllabus does not have, a list of sentences."""
    found = []
    for mention in references(text, SLUGS):
        numbers = re.findall(r"\d\d", mention["numbers"])
        slug = re.match(r"_(\w+)", text[mention.end("numbers"):])
        if not set(numbers) <= NUMBERS:
            found.append(f"{where}: there is no chapter {', '.join(sorted(set(numbers) - NUMBERS))}: {mention[0]!r}")
        elif slug and any(slug[1].startswith(known) for known in SLUGS) and not any(
                f"{numbers[0]}_{slug[1]}".startswith(name) for name in NAMES):
            found.append(f"{where}: no chapter is called {numbers[0]}_{slug[1]}")
    found += [f"{where}: a chapter has two digits: {short!r}" for short in re.findall(r"(?i)\bchapters? "
                                                                                      r"\d(?!\d)[^\n]{0,16}", text)
              if "of the thesis" not in short and "thesis" not in where]
    return found


@pytest.mark.parametrize("name", [name for name in tracked() if not name.startswith(("data/results/", "tests/test_"))
                                  and not name.endswith((".npz", ".png", ".tflite"))])
def test_every_mention_of_a_chapter_fits_the_syllabus(name):
    assert stray_references((ROOT / name).read_text(encoding="utf-8"), name) == []


def test_modules_of_a_chapter_speak_of_their_own():
    """The first words of each module in course/chapter_NN name that chapter, or none."""
    for path in (ROOT / "fer_utils" / "course").glob("chapter_*/*.py"):
        head = path.read_text(encoding="utf-8").split('"""')[1]
        named = re.findall(r"chapters? (\d\d)", head, re.IGNORECASE)
        assert not named or path.parent.name[-2:] in named, path


def test_chapters_import_their_own_folder_alone():
    """What a chapter's notebook or module takes from a folder course/chapter_NN is its own."""
    for path in [*(ROOT / "notebooks" / "source").glob("*.py"),
                 *(ROOT / "fer_utils" / "course").glob("chapter_*/*.py")]:
        own = path.stem[:2] if path.parent.name == "source" else path.parent.name[-2:]
        taken = set(re.findall(r"course\.chapter_(\d\d)", path.read_text(encoding="utf-8")))
        assert taken <= {own}, f"{path.name} of chapter {own} uses chapter {sorted(taken - {own})}"


@pytest.mark.parametrize("text", ["See chapter 77.", "see Chapters 03, 09 and 77", "99_squeezenet.ipynb",
                                  "chapter_77.py",
                                  "explained in chapter 4."])
def test_a_stray_mention_is_found(text):
    assert stray_references(text)


@pytest.mark.parametrize("text, expected", [
    ("chapter 04, Chapters 04 to 06 and 09", "chapter 05, Chapters 05 to 07 and 09"),
    ("chapters 03,\n# 04 and 05", "chapters 03,\n# 05 and 06"),
    ("from chapter_05 import x", "from chapter_06 import x"),
    ('"a": Network("m:f", "modern", 1_234, "05", "x")', '"a": Network("m:f", "modern", 1_234, "06", "x")'),
    ("section 4.5 of chapter 5 of the thesis, 05 apples, 0.05",
     "section 4.5 of chapter 5 of the thesis, 05 apples, 0.05"),
])
def test_numbers_are_replaced_where_they_name_a_chapter(text, expected):
    assert renumbered(text, {"04": "05", "05": "06", "06": "07"}, ["preprocessing"]) == expected


def test_files_move_with_their_numbers(tmp_path):
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / "tools").mkdir()
    listing = "".join(f"- {{name: {name}, title: T, goal: g, thesis: []}}\n"
                      for name in ("00_one", "01_two", "02_three"))
    (tmp_path / "tools" / "syllabus.yml").write_text(listing)
    for name in ("01_two.py", "02_three.py"):
        (tmp_path / name).write_text(f"# {name}: see chapters 01 and 02\n")
    renumber({"01": "02", "02": "01"}, tmp_path)
    assert (tmp_path / "02_two.py").read_text() == "# 02_two.py: see chapters 02 and 01\n"
    assert (tmp_path / "01_three.py").read_text() == "# 01_three.py: see chapters 02 and 01\n"
    assert slugs(tmp_path) == ["one", "three", "two"]


@pytest.mark.parametrize("mapping", [{"00": "01"}, {"77": "78"}, {"00": "7"}])
def test_a_mapping_that_leaves_a_gap_or_a_double_is_refused(mapping):
    with pytest.raises(ValueError, match="a two-digit number of its own"):
        check(mapping)


def test_the_command_refuses_what_is_no_pair(capsys):
    with pytest.raises(SystemExit):
        main(["00:01"])
