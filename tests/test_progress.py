"""What a learner has solved is kept on this machine, and can be handed in."""

import json

import pytest

from fer_utils.__main__ import main
from fer_utils.commands.progress import progress
from fer_utils.course import progress as kept
from fer_utils.course import quizzes
from fer_utils.course.chapter_08 import checks
from fer_utils.files import FileError


@pytest.fixture
def notebook(own_cache, monkeypatch):
    """As in the kernel of a notebook, with a folder of its own."""
    monkeypatch.setattr(kept, "_in_a_notebook", lambda: True)
    return own_cache / "progress"


def wrong(side, halvings):
    return 0


def unfinished(side, halvings):
    ...


def test_tries_count_until_the_right_answer(notebook):
    for answer in (wrong, wrong, checks.map_side, wrong, checks.map_side):
        checks.check_map_side(answer)
    entry = kept.recorded("08")["check_map_side"]
    assert entry["tries"] == 3 and entry["solved"].count("-") == 2
    assert [path.name for path in notebook.iterdir()] == ["08.json"]


def test_a_stub_is_no_try(notebook):
    checks.check_map_side(unfinished)
    assert kept.recorded("08") == {} and not notebook.exists()


def test_a_check_outside_a_notebook_is_nobodys_progress(own_cache):
    checks.check_map_side(checks.map_side)
    assert kept.recorded("08") == {} and not (own_cache / "progress").exists()


def test_a_quiz_answer_is_a_try(notebook):
    question = quizzes.questions("08_pretrained_networks")[1]
    _, choice, _ = quizzes.question_widget(2, question, "08").children
    right = next(option["text"] for option in question["option"] if option.get("right"))
    choice.value = next(text for text in choice.options if text != right)
    assert kept.recorded("08")["question 2"] == {"tries": 1, "solved": None}
    choice.value = right
    assert kept.recorded("08")["question 2"]["tries"] == 2 and kept.recorded("08")["question 2"]["solved"]


def test_a_folder_that_cannot_be_written_does_not_stop_a_lesson(notebook, capsys):
    notebook.parent.mkdir(parents=True)
    notebook.write_text("in the way")
    checks.check_map_side(checks.map_side)
    assert capsys.readouterr().out.startswith("Correct.")


def test_every_chapter_is_listed_with_what_can_be_solved(notebook):
    rows = progress()
    assert [row["chapter"] for row in rows] == [f"{number:02}" for number in range(17)]
    chapter = rows[8]
    assert list(chapter["exercises"]) == ["check_new_head", "check_which_moved", "check_map_side"]
    assert len(chapter["questions"]) == len(quizzes.questions("08_pretrained_networks"))
    assert chapter["title"] == "pretrained networks"
    assert all(entry == {"tries": 0, "solved": None} for entry in chapter["exercises"].values())


def test_progress_can_be_handed_in(notebook, capsys, tmp_path):
    checks.check_map_side(checks.map_side)
    capsys.readouterr()
    assert main(["progress", "--name", "Ada", "--out", str(tmp_path / "ada.json")]) == 0
    line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("08 "))
    assert "1 of 3" in line and f"0 of {len(quizzes.questions('08_pretrained_networks'))}" in line
    whole = json.loads((tmp_path / "ada.json").read_text())
    assert whole["name"] == "Ada" and whole["chapters"][8]["exercises"]["check_map_side"]["tries"] == 1
    assert main(["progress", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["chapters"] == whole["chapters"]


@pytest.mark.parametrize("content", ["[]", '{"question 1": 3}', '{"question 1": {"tries": 1}}', "{"])
def test_a_damaged_file_is_named_and_written_over_by_nobody(notebook, content, capsys):
    notebook.mkdir(parents=True)
    (notebook / "08.json").write_text(content)
    checks.check_map_side(checks.map_side)
    assert (notebook / "08.json").read_text() == content
    with pytest.raises(FileError, match="08.json.*Delete it"):
        kept.recorded("08")
    capsys.readouterr()
    assert main(["progress"]) == 2
    assert "08.json" in capsys.readouterr().err
