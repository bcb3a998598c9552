"""Odd submissions: whatever a file holds, the tool scores it or says one clear sentence, soon, without a traceback."""

import os
import subprocess
import sys
import time

import pytest
import score_submission as tool

from fer_utils.evaluation.challenge import COLUMNS, DECLARED, MOST_SUBMITTED, example_submission

NAMES, FIRST = ",".join(COLUMNS), 7  # the line that names the columns comes after seven of the declaration


@pytest.fixture(scope="module")
def lines(tmp_path_factory):
    path = tmp_path_factory.mktemp("odd") / "example.csv"
    example_submission(path)
    return path.read_text().splitlines()


def field(name, value):
    """A submission whose declaration has this for one field."""
    return lambda lines: [f"# {name} = {value}" if line.startswith(f"# {name} ") else line for line in lines]


def row(change):
    """A submission whose first row is changed: a function of its list of cells."""
    return lambda lines: [*lines[:FIRST + 1], ",".join(change(lines[FIRST + 1].split(","))), *lines[FIRST + 2:]]


DEEP = "[" * 900 + "]" * 900
ODD = {
    # no declaration, another one
    "nothing": lambda lines: [], "one blank line": lambda lines: [""], "the table alone": lambda lines: lines[FIRST:],
    "the declaration alone": lambda lines: lines[:FIRST], "no # before it": lambda lines: [
        line.lstrip("# ") for line in lines],
    "a JSON file": lambda lines: ['{"name": "a"}'], "a field twice": lambda lines: [lines[0], *lines],
    "a table of TOML": lambda lines: ["# [declaration]", *lines], "a list deep": field("name", DEEP),
    "a list too deep": field("name", "[" * 100_000),
    "dotted and deep": lambda lines: ["# " + "a." * 5000 + "a = 1", *lines],
    "a date for a name": field("name", "2020-01-01"), "no number": field("parameters", "nan"),
    "infinity": field("parameters", "inf"), "half a parameter": field("parameters", "1000.5"),
    "minus": field("parameters", "-5"), "as text": field("parameters", '"1000"'),
    "too many digits": field("parameters", "9" * 5000), "hexadecimal": field("parameters", "0x" + "f" * 5000),
    "a seed of thousands of digits": field("seeds", f"[0x{'f' * 5000}]"), "no seed": field("seeds", "[]"),
    "seeds in lists": field("seeds", "[[1]]"), "the same seed thrice": field("seeds", "[0, 0, 0]"),
    "a boolean seed": field("seeds", "[true]"), "a table for a seed": field("seeds", "[{a = 1}]"),
    "a million seeds": field("seeds", f"[{', '.join(map(str, range(100_000)))}]"),
    "a view that is a table": field("views", "{a = 1}"), "external data": field("external_data", "true"),
    "chosen on the test set": field("chosen_on", '"PrivateTest"'), "no author": field("authors", "[\"\"]"),
    "a name without end": field("name", '"' + "n" * 100_000 + '"'),
    "dotted without end": lambda lines: ["# " + "a." * 1_000_000 + "a = 1", *lines],
    "tables in tables": lambda lines: [*(f"# [{'a.' * 20_000}b{i}]" for i in range(60)), *lines],
    "a comment of many lines": lambda lines: ["# # a"] * 5000 + lines,
    # the table
    "labels": lambda lines: [*lines[:FIRST], "face,label", *(f"{line[:32]},3" for line in lines[FIRST + 1:])],
    "a column twice": lambda lines: [*lines[:FIRST], NAMES.replace("fear", "anger"), *lines[FIRST + 1:]],
    "semicolons": lambda lines: [*lines[:FIRST], *(line.replace(",", ";") for line in lines[FIRST:])],
    "one row": lambda lines: lines[:FIRST + 2], "a row twice": lambda lines: [*lines, lines[-1]],
    "a row missing": lambda lines: lines[:-1], "every row twice": lambda lines: [*lines, *lines[FIRST + 1:]],
    "no row": lambda lines: lines[:FIRST + 1], "half a row": row(lambda cells: cells[:4]),
    "a cell too many": row(lambda cells: [*cells, "0"]), "an empty cell": row(lambda cells: [*cells[:-1], ""]),
    "a word": row(lambda cells: [*cells[:-1], "much"]), "other digits": row(lambda cells: [*cells[:-1], "٠.٥"]),
    "an underscore": row(lambda cells: [*cells[:-1], "0.1_0"]), "percent": row(lambda cells: [*cells[:-1], "10%"]),
    "nan": row(lambda cells: [*cells[:-1], "nan"]), "infinite": row(lambda cells: [*cells[:-1], "1e999"]),
    "both infinities": row(lambda cells: [cells[0], "inf", "-inf", *cells[3:]]),
    "huge numbers": row(lambda cells: [cells[0], *["1e308"] * 7]), "below 0": row(
        lambda cells: [cells[0], "-0.5", "1.5", *["0"] * 5]),
    "all 0": row(lambda cells: [cells[0], *["0"] * 7]), "a number of 100,000 digits": row(
        lambda cells: [cells[0], "0." + "1" * 100_000, *cells[2:]]),
    "a face unknown": row(lambda cells: ["0" * 32, *cells[1:]]), "a face by half its name": row(
        lambda cells: [cells[0][:16], *cells[1:]]),
    "a face with codes": row(lambda cells: ["\x1b[2J" + cells[0][4:], *cells[1:]]),
    "a quote that does not end": row(lambda cells: ['"' + cells[0], *cells[1:]]),
    "a field too large": row(lambda cells: ['"' + "a" * 200_000 + '"', *cells[1:]]),
    "certain answers": lambda lines: [*lines[:FIRST + 1], *(
        f"{line[:32]},1,0,0,0,0,0,0" for line in lines[FIRST + 1:])],
    "zero bytes": lambda lines: ["\0" * 1000], "blank lines": lambda lines: [""] * 4_000_000,
    "too large": lambda lines: ["a" * (MOST_SUBMITTED + 1)], "lines of another kind": lambda lines: [
        "\u2028".join(lines[:FIRST]) + "\x85" + lines[FIRST]],
}


@pytest.mark.parametrize("kind", ODD)
def test_an_odd_submission_is_one_clear_sentence(tmp_path, capsys, lines, kind):
    (tmp_path / "odd.csv").write_text("\n".join(ODD[kind](lines)))
    begun = time.process_time()
    assert tool.main([str(tmp_path / "odd.csv")]) == 2
    assert time.process_time() - begun < 4
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.startswith("score_submission: ") and captured.err.endswith(".\n")
    assert len(captured.err.splitlines()) == 1 and captured.err[:-1].isprintable() and len(captured.err) < 700


@pytest.mark.parametrize("content", [b"", b"\xff\xfe" + "# name".encode("utf-16-le"), b"PK\x03\x04" + bytes(200),
                                     b"\x1f\x8b" + bytes(99), b"\x93NUMPY", bytes(range(256)) * 40])
def test_a_file_of_another_kind_is_one_sentence(tmp_path, capsys, content):
    (tmp_path / "odd.csv").write_bytes(content)
    assert tool.main([str(tmp_path / "odd.csv")]) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and len(captured.err.splitlines()) == 1 and captured.err[:-1].isprintable()


@pytest.mark.parametrize("place", ["absent.csv", "", ".", "a\0b", "n" * 300, "~nobody-of-this-name/a.csv", "/dev/null"])
@pytest.mark.parametrize("more", [(), ("--example",)])
def test_a_place_that_is_no_file_is_one_sentence(tmp_path, capsys, monkeypatch, place, more):
    monkeypatch.chdir(tmp_path)
    if more and place in ("absent.csv", "/dev/null"):
        return  # where an example can be written
    assert tool.main([place, *more]) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and len(captured.err.splitlines()) == 1 and captured.err[:-1].isprintable()


SCORED = {
    "spaces and capitals": lambda lines: [*lines[:FIRST], NAMES.upper().replace(",", " , "), *(
        line.replace(",", " , ").upper() for line in lines[FIRST + 1:])],
    "blank lines between": lambda lines: [*lines[:FIRST + 1], *(
        part for line in lines[FIRST + 1:] for part in (line, ""))],
    "Windows": lambda lines: ["\ufeff" + lines[0] + "\r", *(line + "\r" for line in lines[1:])],
    "comments": lambda lines: ["# # mine", "#", *lines], "quotes": row(lambda cells: [f'"{cells[0]}"', *cells[1:]]),
}


@pytest.mark.parametrize("kind", SCORED)
def test_an_unusual_submission_is_scored(tmp_path, capsys, lines, kind):
    (tmp_path / "odd.csv").write_bytes("\n".join(SCORED[kind](lines)).encode())
    assert tool.main([str(tmp_path / "odd.csv")]) == 0
    assert "cannot show" in capsys.readouterr().out


def test_a_name_moves_no_cursor(tmp_path, capsys, lines):
    """Escape codes, line ends and marks that turn the writing round are printed as what they are."""
    name = r'"a\u001b[2J\u001b]0;owned\u0007\nb\u202ec\u200b"'
    changed = field("authors", f"[{name}]")(field("name", name)(lines))
    (tmp_path / "odd.csv").write_text("\n".join(changed))
    assert tool.main([str(tmp_path / "odd.csv")]) == 0
    said = capsys.readouterr().out
    assert all(line.isprintable() for line in said.splitlines())
    assert r"a\x1b[2J\x1b]0;owned\x07 b\u202ec\u200b, by a" in said.splitlines()[0]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a file that is always full is Linux's")
@pytest.mark.parametrize("more", [[], ["--json"]])
def test_a_result_that_cannot_be_written_is_one_sentence(tmp_path, lines, more):
    """A full disk, and a reader that has gone."""
    (tmp_path / "good.csv").write_text("\n".join(lines))
    call = [sys.executable, tool.__file__, str(tmp_path / "good.csv"), *more]
    settings = {"env": os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}, "stderr": subprocess.PIPE, "text": True}
    with open("/dev/full", "w") as full:
        done = subprocess.run(call, stdout=full, **settings)
    assert done.returncode == 2 and done.stderr.startswith("score_submission: the result cannot be written (No space")
    assert len(done.stderr.splitlines()) == 1
    reads, writes = os.pipe()
    os.close(reads)
    done = subprocess.run(call, stdout=writes, **settings)
    os.close(writes)
    assert done.returncode == 0 and done.stderr == ""


def test_a_terminal_without_the_letters_still_gets_the_scores(tmp_path, lines):
    (tmp_path / "odd.csv").write_text("\n".join(field("name", '"Žluťoučký 馬"')(lines)), encoding="utf-8")
    done = subprocess.run([sys.executable, tool.__file__, str(tmp_path / "odd.csv")], capture_output=True,
                          env=os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONPATH": os.pathsep.join(sys.path)})
    assert done.returncode == 0 and done.stderr == b"" and done.stdout.startswith(rb"\u017dlu\u0165")


def test_every_field_is_tried():
    """An odd value of each field of the declaration is among the kinds above."""
    source = open(__file__, encoding="utf-8").read()
    assert all(f'field("{name}"' in source for name in DECLARED) and len(ODD) > 50
