"""The model card and the datasheets: they are what the records say, and their words hold."""

import ast
import re
import shlex
import shutil
from copy import deepcopy
from pathlib import Path
from string import Formatter

import numpy as np
import pytest
import write_cards
from write_cards import CARDS, DEFAULT_NETWORK, NAMES, NETWORK_OF_DRAWINGS, SPLITS

from fer_utils.__main__ import parser
from fer_utils.data import load_schematic
from fer_utils.evaluation.results import dataset_facts, load_run, run_names
from fer_utils.faces.draw import draw_gray

ROOT = Path(__file__).resolve().parent.parent
PAGES = {name: (ROOT / "data" / f"{name}.md").read_text(encoding="utf-8") for name in CARDS}
PARTS = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "tools" / "cards" / "parts").glob("*.md")}
WORDS = {name: (ROOT / "tools" / "cards" / f"{name}.md").read_text(encoding="utf-8") for name in CARDS}
CARD = "MODEL_CARD"
LINE, LINES_A_PAGE = 110, 60  # of a printed page

# What may stand in the words as digits: links and code, names, citations, dates, articles of law, chapters.
LITERAL = re.compile(r"\]\([^)]*\)|`[^`]*`|FER-2013|SHA-256|\bF1\b|others \d{4}|contest in 2013|table 3\.1"
                     r"|\d{1,2} (?:February|August|December) \d{4}|Regulation \(EU\) \d{4}/\d+"
                     r"|chapters? \d\d(?: and \d\d)*|(?:articles?|recitals?|annex|exceptions of|point|Article|Recital)"
                     r"[* ]+\d+(?:\(\w+\))*(?:(?:, | and )\d+(?:\(\w+\))*)*", re.IGNORECASE)


@pytest.fixture(scope="module")
def values():
    """What fills each page's braces, computed once."""
    return {name: fill() for name, fill in CARDS.items()}


@pytest.fixture
def copy(tmp_path, monkeypatch, values):
    """A folder with the pages and their words alone; the records are not read again."""
    monkeypatch.setattr(write_cards, "CARDS", {name: lambda name=name: values[name] for name in CARDS})
    shutil.copytree(ROOT / "tools" / "cards", tmp_path / "tools" / "cards")
    (tmp_path / "data").mkdir()
    for name in CARDS:
        shutil.copy(ROOT / "data" / f"{name}.md", tmp_path / "data")
    return tmp_path


def test_pages_are_up_to_date(capsys):
    assert write_cards.main(["--check"]) == 0, capsys.readouterr().out + "run `python tools/write_cards.py`"


@pytest.mark.parametrize("name", CARDS)
def test_one_changed_digit_is_found_and_put_right(copy, capsys, name):
    path = copy / "data" / f"{name}.md"
    before = path.read_text(encoding="utf-8")
    digit = max(place for place, letter in enumerate(before) if letter == "1")
    path.write_text(f"{before[:digit]}7{before[digit + 1:]}", encoding="utf-8")
    assert write_cards.main(["--check"], copy) == 1
    assert capsys.readouterr().out == f"data/{name}.md is out of date: run tools/write_cards.py.\n"
    assert write_cards.main([], copy) == 0 and path.read_text(encoding="utf-8") == before
    path.unlink()
    assert list(write_cards.stale(copy)) == [path]


@pytest.mark.parametrize("name", CARDS)
def test_every_brace_is_filled_and_nothing_else_is_offered(values, name):
    braces = {field for _, field, _, _ in Formatter().parse(WORDS[name]) if field}
    assert braces == set(values[name])
    assert not re.search(r"[{}]|\bNone\b|\bnan\b", PAGES[name])


@pytest.mark.parametrize("name", [*CARDS, *PARTS])
def test_no_figure_stands_in_the_words(name):
    words = (WORDS | PARTS)[name]
    rest = re.sub(r"\{\w+\}", "", LITERAL.sub("", words))
    assert not re.findall(r".{0,30}\d.{0,30}", rest), "let code fill it in from a record"
    assert re.findall(r"\d", LITERAL.sub("", words + " It has 72 parameters."))


def test_no_figure_stands_in_the_strings_of_the_generator():
    tree = ast.parse((ROOT / "tools" / "write_cards.py").read_text(encoding="utf-8"))
    for node in ast.walk(tree):  # docstrings and what is quoted from a paper, with its source beside it
        if isinstance(node, (ast.Module, ast.FunctionDef)) and ast.get_docstring(node):
            node.body[0].value.value = ""
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "GATHERED":
            node.value = ast.Constant("")
    specs = {id(part) for node in ast.walk(tree) if isinstance(node, ast.FormattedValue) and node.format_spec
             for part in ast.walk(node.format_spec)}
    found = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
             and id(node) not in specs]
    names = re.compile(r"int8|\bF1\b|f1|fer2013(?:new)?|FER2013|FER-2013|DATASHEET_\w+|utf-8|sha256|p95_ms")
    assert [text for text in found if re.search(r"\d", names.sub("", text)) and text not in ("0.00", "-0.00")] == []


# Records

def changed(record, path, value):
    """A copy of a record with another value at `path`, keys with dots between."""
    record = deepcopy(record)
    *way, last = path.split(".")
    place = record
    for key in way:
        place = place[key]
    assert place[last] != value
    place[last] = value
    return record


@pytest.mark.parametrize("path, value, shown", [
    ("scores.private.accuracy", 0.5, "50.0 % (48.4 to 51.6)"), ("scores.private.macro_f1", 0.4, "40.0 % ("),
    ("scores.private.calibration_error", 0.321, "0.321"), ("scores.public.accuracy", 0.25, "25.0 % ("),
    ("scores.private.leak_free_accuracy", 0.45, "45.0 % ("), ("scores.parameters", 1_234_567, "1,234,567"),
    ("scores.private_views.flip.accuracy", 0.55, "55.0 % ("), ("best_epoch", 7, "Epoch 7 was chosen"),
    ("seed", 41, "--seed 41"), ("device", "an abacus", "on an abacus"), ("recipe.name", "other", "--recipe other"),
    ("lessons.views", 99, "to 99 copies"), ("initial_weights", "elsewhere", "--start elsewhere"),
    ("data.content_hash", "f" * 64, "Data `ffffffffffffffff`"),
    ("scores.private.per_class.fear.f1", 0.111, "11.1 % ("),
])
def test_another_record_gives_another_card(monkeypatch, path, value, shown):
    assert shown not in PAGES[CARD]
    other = changed(load_run(DEFAULT_NETWORK), path, value)
    monkeypatch.setattr(write_cards, "load_run", lambda name: other if name == DEFAULT_NETWORK else load_run(name))
    assert shown in write_cards.page(CARD, ROOT)


@pytest.mark.parametrize("reader, path, value, name, shown", [
    ("dataset_facts", "people.private.against_labels.one person", 0.1, CARD, "10.0 % (9.1 to 11.0)"),
    ("dataset_facts", "people.private.differences.network - one person, against labels.difference", -0.2, CARD,
     "the network is behind one person by 20.0 points"),
    ("dataset_facts", "people.private.differences.network - one person, against labels.half_interval", 0.9, CARD,
     "level with one person, as far as can be told"),
    ("dataset_facts", "counts.train.disgust", 400, "DATASHEET_FER2013", "| 400 |"),
    ("dataset_facts", "leakage.exact.private-train.faces", 277, "DATASHEET_FER2013", "| 277 |"),
    ("dataset_facts", "people.agreement.all.by_emotion.no_vote.fear", 0.123, "DATASHEET_FER2013", "12.3 %"),
    ("recorded_benchmark", "load", 3, CARD, "(load 3)"), ("recorded_benchmark", "machine", "loom", CARD, "(loom,"),
])
def test_other_records_give_other_pages(monkeypatch, reader, path, value, name, shown):
    assert shown not in PAGES[name]
    other = changed(getattr(write_cards, reader)(), path, value)
    monkeypatch.setattr(write_cards, reader, lambda: other)
    assert shown in write_cards.page(name, ROOT)


def test_a_damaged_record_is_named_without_a_traceback(tmp_path, monkeypatch, capsys):
    text = write_cards.robustness.ROBUSTNESS_FILE.read_text(encoding="utf-8")
    broken = tmp_path / "robustness.json"
    broken.write_text(text[:5000], encoding="utf-8")
    monkeypatch.setattr(write_cards.robustness, "ROBUSTNESS_FILE", broken)
    with pytest.raises(SystemExit):
        write_cards.main(["--check"])
    assert "Restore it with: git checkout data/results/robustness.json" in capsys.readouterr().err


def test_the_card_follows_the_run_that_a_network_means(monkeypatch):
    shipped = load_run(DEFAULT_NETWORK)
    other = next(run for run in map(load_run, run_names()) if run["model"] == shipped["model"]
                 and run["run"] != shipped["run"])
    weights = write_cards.shipped_weights(shipped["run"])
    monkeypatch.setattr(write_cards, "load_run", lambda name: other if name == DEFAULT_NETWORK else load_run(name))
    monkeypatch.setattr(write_cards, "shipped_weights", lambda run: weights)
    card = write_cards.page(CARD, ROOT)
    assert f"is the run `{other['run']}`" in card and f"is the run `{shipped['run']}`" not in card
    assert write_cards.accuracy(other["scores"]["private"]) in card
    assert f"(exported from `{write_cards.load_export(DEFAULT_NETWORK)['exported_from']}`)" in card


@pytest.mark.parametrize("name", ["squeezenet-fer-deep", "squeezenet-mini", "squeezenet-fer-taught-s0"])
def test_the_command_that_trains_a_run_is_one_of_the_course(name):
    run = load_run(name) | {"initial_weights": "squeezenet-fer-modern-s0"}
    command = write_cards.train_command(run)
    given = parser().parse_args(shlex.split(command)[3:])
    assert (given.name, given.recipe, given.seed) == (run["model"], run["recipe"]["name"], run["seed"])
    assert given.start == "squeezenet-fer-modern-s0" and bool(given.teachers) == ("lessons" in run)


def test_a_few_seeds_have_no_spread(monkeypatch):
    alone = write_cards.protocol.figures(load_run(DEFAULT_NETWORK)["run"]) | {"seeds": 1, "mean": None, "spread": None}
    monkeypatch.setattr(write_cards.protocol, "figures", lambda name: alone)
    assert write_cards.scores_table(write_cards.records()).count("too few seeds (1)") == len(NAMES)


def test_changed_pictures_follow_their_record(monkeypatch):
    record = write_cards.robustness.recorded_robustness()
    known = write_cards.records()
    before = write_cards.changed_pictures(known)
    first = write_cards.robustness.failures(record, "photographs", DEFAULT_NETWORK)[0]
    row = before["table"].splitlines()[3]
    assert first["words"] in row and f"{100 * first['difference']:+.1f} (" in row and first["told"] == "worse"
    assert before["worse_changes"].startswith(first["words"])
    network = record["photographs"]["networks"][DEFAULT_NETWORK]
    for level in network["changes"][first["change"]]["levels"]:  # as if it changed no answer
        as_before = np.array(level["transitions"]).sum(axis=2)
        level["transitions"] = np.einsum("ib,bc->ibc", as_before, np.eye(7, dtype=int)).tolist()
    network["sha256"] = "of another file"
    monkeypatch.setattr(write_cards.robustness, "recorded_robustness", lambda: record)
    after = write_cards.changed_pictures(known)
    assert first["words"] not in after["table"].splitlines()[3] + after["worse_changes"]
    assert f"(Of `{DEFAULT_NETWORK}` an earlier file was asked.)" in after["told"] and "earlier" not in before["told"]


def test_drawn_groups_show_the_largest_difference_of_each(monkeypatch):
    groups, labels = write_cards.groups, np.arange(700) % 7
    answers = {lost: np.where(np.arange(700) < lost, (labels + 1) % 7, labels) for lost in (0, 1, 70, 210)}

    def level(value, lost):
        return {"level": value, "transitions": groups.transitions(labels, labels, answers[lost]).tolist()}

    losses = {"skin": (0, 1, 70, 210), "glasses": (0, 1, 1)}  # only those of skin can be told
    record = {"faces": {"count": 700, "seed": 1}, "groups": {
        name: {"levels": [level(value, (losses.get(name, ()) + (0,) * 9)[place])
                          for place, value in enumerate(group.levels)]} for name, group in groups.GROUPS.items()},
              "left_out": {"groups": {"beards": {
                  "left_out": 11, "of": 1400, "seeds": [0, 1, 2],
                  "without": {"group": [0.6, 0.61, 0.62], "others": [0.9, 0.9, 0.91]},
                  "control": {"group": [0.8, 0.81, 0.82], "others": [0.9, 0.91, 0.9]}}}}}
    monkeypatch.setattr(groups, "recorded_groups", lambda: record)
    found = write_cards.drawn_groups()
    rows = found["table"].splitlines()[2:]
    assert found["clear"] == 2 and len(rows) == 1 and "-30.0 (" in rows[0] and "70.0 % (" in rows[0]
    worst = groups.GROUPS["skin"].levels[3]
    assert found["worst_group"].startswith(f"the largest loss is skin, {worst} against 0.0: -30.0 (")
    assert "| beards | 11 of 1,400 | 61.0 % | 81.0 % | -20.0 (" in found["left_out_table"]


# What is counted

def test_an_erratum_of_a_run_or_of_its_teacher_is_on_the_card():
    faulty = load_run("squeezenet-fer-modern-s0")
    assert write_cards.how_trained(faulty).endswith(f" Erratum: {faulty['erratum']}")
    assert "Erratum" not in write_cards.how_trained(load_run(NETWORK_OF_DRAWINGS))
    taught = load_run(DEFAULT_NETWORK)
    wrong = [name for name in taught["lessons"]["teachers"] if load_run(name).get("erratum")]
    said = write_cards.how_trained(taught)
    assert wrong and all(f"Erratum of its teacher `{name}`: " in said for name in wrong)
    assert "Erratum" not in write_cards.how_trained(taught, teachers_before=taught["lessons"]["teachers"])  # said there


def test_intervals_hold_what_they_are_of():
    for name in NAMES:
        run = load_run(name)
        stored, scores = write_cards.stored_answers(run["run"]), run["scores"]["private"]
        for emotion, value in [(-1, scores["macro_f1"]), (2, scores["per_class"]["fear"]["f1"])]:
            middle, low, high = map(float, re.fullmatch(r"(\S+) % \((\S+) to (\S+)\)", write_cards.f1(
                value, stored, emotion)).groups())
            assert low < middle < high and high - low > 2, "a point to each side, with so few faces"


def test_points_say_what_they_show():
    assert write_cards.points(0.05, 0.01, 0.09) == "+5.0 points (+1.0 to +9.0): more"
    assert write_cards.points(-0.05, -0.09, -0.01).endswith(": fewer")
    assert write_cards.points(-0.05, -0.09, 0.01).endswith(": cannot be told from luck")


def test_confusions_are_the_largest_cells():
    run = load_run(DEFAULT_NETWORK)
    matrix = np.array(run["scores"]["private"]["confusion_matrix"])
    shares = matrix / matrix.sum(axis=1, keepdims=True)
    np.fill_diagonal(shares, 0)
    row, column = np.unravel_index(shares.argmax(), shares.shape)
    start = f"{write_cards.EMOTIONS[row]} as {write_cards.EMOTIONS[column]} {100 * shares.max():.1f} %"
    assert write_cards.confusions(run).startswith(f"What it most often calls by another name: {start}")


@pytest.mark.parametrize("split", SPLITS)
def test_people_made_again_are_those_in_the_file(split):
    faces = load_schematic(split).split(split).images
    people = write_cards.people_of(write_cards.COUNTS[split], write_cards.SEEDS[split])
    assert len(faces) == len(people)
    for place in (0, 17, len(faces) - 1):
        drawn = draw_gray(*people[place], supersample=3).astype(int)
        assert np.abs(drawn - faces[place]).mean() < 6, "noise and levels of gray alone"
        assert np.abs(drawn - faces[place - 1]).mean() > 12, "the neighbour is somebody else"


def test_each_kind_of_person_adds_up_to_all():
    rows = [line.strip("| ").split(" | ") for line in PAGES["DATASHEET_schematic_faces"].splitlines()
            if re.match(r"\| (skin|age|glasses|beard|hair): ", line)]
    assert len(rows) == 3 + 3 + 3 + 4 + 8
    for kind in ("skin", "age", "glasses", "beard", "hair"):
        counts = np.array([[int(cell.replace(",", "")) for cell in row[1:5]] for row in rows
                           if row[0].startswith(f"{kind}:")])
        assert counts.sum(axis=0).tolist() == [1400, 350, 350, 2100]


# Words

def section(title, name=CARD):
    return PAGES[name].split(f"\n## {title}\n")[1].split("\n## ")[0]


def test_each_forbidden_use_names_its_article_and_the_law_explains_it():
    rows = [line for line in section("Forbidden uses").splitlines() if line.startswith("| ")][2:]
    assert len(rows) >= 4
    law = section("Law")
    for row in rows:
        article = re.fullmatch(r"(?:AI Act|GDPR), article (\S+)", row.strip("| ").split(" | ")[-1])
        assert article, row
        assert f"*Article {article[1]}*" in law, row
    for words in ("2024/1689", "2016/679", "2 February 2025", "2 August 2026", "2 December 2027", "annex III",
                  "*Recital 44*", "*recital 18*", "No legal advice"):
        assert words in law, words


def test_what_the_words_claim_is_recorded():
    people = dataset_facts()["people"]["private"]
    for name in ("network - one person, against labels", "one person - network, against people"):
        gap = people["differences"][name]
        assert gap["difference"] > gap["half_interval"], "people choose the label less often, agree with people more"
    run = load_run(DEFAULT_NETWORK)
    stored = write_cards.stored_answers(run["run"])
    right, twice = stored["probabilities"].argmax(axis=1) == stored["labels"], stored["has_duplicate"]
    person = people["against_labels_on_duplicates"]["one person"] - people["against_labels_without_duplicates"][
        "one person"]
    assert right[twice].mean() - right[~twice].mean() > person + 0.1, "memory helps the network"
    shown = [who for _, who, _, _ in write_cards.people_of(write_cards.COUNTS["train"], write_cards.SEEDS["train"])]
    skin, hair, width = (np.array([who[key] for who in shown]) for key in ("skin", "hair_tone", "face_width"))
    assert np.corrcoef(skin, hair)[0, 1] < -0.3 and abs(np.corrcoef(skin, width)[0, 1]) < 0.06
    bearded = {who["hair"] for who in shown if who["beard"] != "none"}
    assert bearded == {"short", "curls", "receding", "shaved"}


def code_spans(name):
    return re.findall(r"`([^`\n]+)`", PAGES[name])


@pytest.mark.parametrize("name", CARDS)
def test_every_command_can_be_given(name):
    commands = [command for span in code_spans(name) for command in span.split("; ") if command.startswith("python ")]
    assert commands
    for command in commands:
        _, first, *rest = shlex.split(command)
        if first == "-m":
            assert rest[0] == "fer_utils"
            parser().parse_args(rest[1:])
        else:
            tool = (ROOT / first).read_text(encoding="utf-8")
            assert all(f'"{option}"' in tool for option in rest if option.startswith("--")), command


@pytest.mark.parametrize("name", CARDS)
def test_every_path_and_link_leads_somewhere(name):
    paths = [span for span in code_spans(name) if re.fullmatch(r"(?:data|tools|fer_utils|notebooks)/[\w./-]+", span)]
    assert all((ROOT / path).exists() for path in paths)
    headings = {page: {re.sub(r"[^\w -]", "", line[3:].lower()).replace(" ", "-") for line in text.splitlines()
                       if line.startswith("## ")} for page, text in PAGES.items()}
    for target in re.findall(r"\]\(([^)]+)\)", PAGES[name]):
        if not target.startswith("https://"):
            path, _, anchor = target.partition("#")
            assert not path or (ROOT / "data" / path).exists(), target
            assert not anchor or anchor in headings[Path(path).stem or name], target


@pytest.mark.parametrize("name", CARDS)
def test_a_page_is_no_longer_than_six_printed_ones(name):
    lines = 0
    for block in re.sub(r"\]\([^)]*\)|[`*]", "", PAGES[name]).split("\n\n"):
        if block.startswith("|"):
            lines += 1 + sum(1 + len(row) // LINE for row in block.splitlines())
        else:  # a heading takes the place of three lines
            items = [block] if not block.startswith("- ") else block.split("\n- ")
            lines += 3 if block.startswith("#") else 1 + sum(1 + len(item) // LINE for item in items)
    assert lines < 6 * LINES_A_PAGE


def test_the_pages_can_be_found():
    for page in ("README.md", "data/README.md", "CONTRIBUTING.md"):
        assert re.search(r"MODEL_CARD|write_cards", (ROOT / page).read_text(encoding="utf-8")), page
