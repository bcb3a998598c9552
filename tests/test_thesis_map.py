"""Every section of the thesis has its place in the course: taught under a heading that exists, or planned."""

import ast
import re
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
MAP = yaml.safe_load((ROOT / "tests" / "thesis_map.yml").read_text(encoding="utf-8"))
SYLLABUS = {row["name"]: row for row in
            yaml.safe_load((ROOT / "tools" / "syllabus.yml").read_text(encoding="utf-8"))}

# From the thesis's table of contents; then its only table and the figure that is one.
SECTIONS = """
1
2 2.1 2.2 2.3 2.3.1 2.3.2 2.4 2.5 2.6
3 3.1 3.2 3.3 3.4 3.4.1 3.4.2 3.4.3 3.5 3.6 3.6.1 3.6.2
4 4.1 4.2 4.2.1 4.2.2 4.2.3 4.3 4.4 4.4.1 4.4.2 4.4.3 4.4.4 4.5 4.5.1 4.5.2 4.5.3 4.5.4 4.5.5
5 5.1 5.1.1 5.1.2 5.2 5.3 5.4 5.4.1 5.4.2 5.4.3
6 6.1 6.2 6.3 6.4
7
8
""".split() + ["table 3.1", "figure 3.1"]


def headings(source):
    """The Markdown headings of a chapter's source, without their number signs."""
    texts = [cell for cell in re.split(r"(?m)^# %%", source) if cell.startswith(" [markdown]")]
    return {found.strip() for text in texts for found in re.findall(r"(?m)^# #{1,6} (.+)$", text)}


def running_text(source):
    """A chapter's prose in small letters, one line, without marks of emphasis."""
    texts = [cell for cell in re.split(r"(?m)^# %%", source) if cell.startswith(" [markdown]")]
    return " ".join(re.sub(r"(?m)^# ?|[*_]", "", "\n".join(texts)).lower().split())


def texts_of_helpers(chapter):
    """What the tables of a chapter's helpers say: their strings but for docstrings, in small letters, one line."""
    said = []
    for path in sorted((ROOT / "fer_utils" / "course" / f"chapter_{chapter[:2]}").glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        own = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        said += [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)
                 and isinstance(node.value, str) and id(node) not in own]
    return " ".join(re.sub(r"[*_]", "", " ".join(said)).lower().split())


def problems(mapping, sources, helpers=lambda chapter: ""):
    """What is wrong with a map, a list of sentences. `sources`: dict from chapter to the text of its source; `helpers`:
    a function from a chapter to what its tables say."""
    found = [f"{section} is missing from the map" for section in SECTIONS if section not in mapping]
    found += [f"{section} is no section of the thesis" for section in mapping if section not in SECTIONS]
    for section, entry in mapping.items():
        keys = set(entry)
        if keys == {"title", "planned"}:
            if entry["planned"] not in SYLLABUS:
                found.append(f"{section}: there is no chapter {entry['planned']}")
        elif keys - {"phrases"} == {"title", "chapter", "heading"}:
            if entry["chapter"] not in sources:
                found.append(f"{section}: the chapter {entry['chapter']} has no source yet")
            elif entry["heading"] not in headings(sources[entry["chapter"]]):
                found.append(f"{section}: {entry['chapter']} has no heading {entry['heading']!r}")
            else:
                said = f"{running_text(sources[entry['chapter']])} {helpers(entry['chapter'])}"
                found += [f"{section}: {entry['chapter']} does not say {phrase!r}"
                          for phrase in entry.get("phrases", []) if phrase.lower() not in said]
        else:
            found.append(f"{section}: needs title and either planned, or chapter and heading")
    return found


def test_every_section_has_its_place():
    sources = {path.stem: path.read_text(encoding="utf-8")
               for path in (ROOT / "notebooks" / "source").glob("*.py")}
    assert problems(MAP, sources, texts_of_helpers) == []


def test_a_missing_section_and_an_invented_one_are_found():
    mapping = {section: entry for section, entry in MAP.items() if section != "4.5.3"}
    mapping["9"] = {"title": "Nothing", "planned": "10_squeezenet"}
    text = " ".join(problems(mapping, {}))
    assert "4.5.3 is missing" in text and "9 is no section" in text


def test_a_heading_that_is_not_there_is_found():
    source = "# %% [markdown]\n# ## The fire module\n#\n# Text.\n\n# %%\n# ## Fire\n"
    entry = {"title": "SqueezeNet", "chapter": "10_squeezenet", "heading": "The fire module"}
    taught = {section: {"title": "x", "planned": "10_squeezenet"} for section in SECTIONS} | {"5.2": entry}
    assert problems(taught, {"10_squeezenet": source}) == []
    assert "no heading" in problems(taught | {"5.2": entry | {"heading": "Fire"}}, {"10_squeezenet": source})[0]
    assert "no source" in problems(taught, {})[0]
    assert "needs title" in problems(taught | {"5.2": {"title": "x"}}, {})[0]


def test_a_phrase_that_is_not_said_is_found():
    source = "# %% [markdown]\n# ## Views\n#\n# Emotions are *action\n# plans*.\n\n# %%\n# reflexes\n"
    taught = {section: {"title": "x", "planned": "10_squeezenet"} for section in SECTIONS}
    entry = {"title": "x", "chapter": "10_squeezenet", "heading": "Views", "phrases": ["Action plans"]}
    assert problems(taught | {"2.1": entry}, {"10_squeezenet": source}) == []
    entry = entry | {"phrases": ["action plans", "reflexes"]}
    missing = problems(taught | {"2.1": entry}, {"10_squeezenet": source})
    assert missing == ["2.1: 10_squeezenet does not say 'reflexes'"]
    assert problems(taught | {"2.1": entry}, {"10_squeezenet": source}, lambda chapter: "reflexes") == []


def test_tables_of_helpers_count_and_their_docstrings_do_not():
    said = texts_of_helpers("02_faces_and_muscles")
    assert "crow's feet around the eyes" in said and "nobody is portrayed" not in said
    assert "table 3.1 of the thesis as action units" not in said


def test_the_syllabus_agrees_with_the_map():
    """A chapter that teaches a section names it in the syllabus, itself or by the section around or inside it."""
    for section, entry in MAP.items():
        chapter = entry.get("chapter") or entry["planned"]
        if section[0].isdigit():
            named = SYLLABUS[chapter]["thesis"]
            assert any(f"{section}.".startswith(f"{one}.") or f"{one}.".startswith(f"{section}.") for one in named), (
                f"{section} is taught in {chapter}, whose entry in tools/syllabus.yml names only {named}")
