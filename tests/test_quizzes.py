"""Quizzes: every file is sound, every option has its feedback, and the widgets give it."""

import re

import pytest

from fer_utils.course import quizzes as quiz

NAMES = sorted(path.stem for path in quiz.FOLDER.glob("*.toml"))


@pytest.mark.parametrize("name", NAMES)
def test_a_quiz_is_sound(name):
    asked = quiz.questions(name)
    assert len(asked) >= 3
    for question in asked:
        options = question["option"]
        assert len(options) >= 3 and len({option["text"] for option in options}) == len(options)
        assert sum(option.get("right", False) for option in options) == 1
        assert all(len(option["why"]) > 10 for option in options)
        assert question.get("recalls", "00") < name
    if not name.startswith("00"):
        assert any("recalls" in question for question in asked)


@pytest.mark.parametrize("name", NAMES)
def test_every_choice_gets_its_feedback(name):
    for question in quiz.questions(name):
        heading, choice, feedback = quiz.question_widget(1, question, "00").children
        assert feedback.value == "" and choice.value is None
        for option in question["option"]:
            choice.value = option["text"].replace("`", "")
            assert ("✔" in feedback.value) == option.get("right", False)
            assert quiz.with_code(option["why"]) in feedback.value and "`" not in heading.value + feedback.value
            assert "`" not in choice.value


def test_the_right_answer_is_not_always_at_the_same_place():
    places = {[option.get("right", False) for option in question["option"]].index(True)
              for name in NAMES for question in quiz.questions(name)}
    assert len(places) > 1


def luminance(color):
    """Relative luminance of "#rrggbb", by WCAG 2.2."""
    parts = [int(color[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), parts))


def test_feedback_can_be_read_on_a_light_and_a_dark_page():
    """At least 4.5 to 1, the AA of WCAG 2.2: in its own box, or else on both pages."""
    _, choice, feedback = quiz.question_widget(1, quiz.questions(NAMES[0])[0], "00").children
    for option in quiz.questions(NAMES[0])[0]["option"]:
        choice.value = option["text"]
        found = dict(re.findall(r"(color|background):\s*(#[0-9a-f]{6})", feedback.value))
        for page in ("#ffffff", "#111111"):
            dark, light = sorted(luminance(color) for color in (found["color"], found.get("background", page)))
            assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_long_options_may_wrap(monkeypatch):
    import IPython.display

    shown = []
    monkeypatch.setattr(IPython.display, "display", shown.append)
    quiz.quiz(NAMES[0])
    box = shown[0]
    style = next(child.value for child in box.children if "<style>" in getattr(child, "value", ""))
    name = "fer-quiz"
    assert name in box._dom_classes
    for rule in ("height: auto", "white-space: normal", "overflow: visible"):
        assert f".{name} " in style and rule in style


def test_code_stands_as_code():
    assert quiz.with_code("`a < b` or `c`?") == "<code>a &lt; b</code> or <code>c</code>?"


def test_the_text_version_holds_everything():
    text = quiz.as_text([{"text": "One < two?", "option": [{"text": "yes", "right": True, "why": "it is"},
                                                          {"text": "no", "why": "it is not"}]}])
    assert "One &lt; two?" in text and text.count("<li>") == 4 and "✔ it is" in text


def test_an_unknown_quiz_is_named():
    with pytest.raises(ValueError, match="no quiz 'x'"):
        quiz.questions("x")
