"""Quizzes: every file is sound, every option has its feedback, and the widgets give it."""

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
        heading, choice, feedback = quiz.question_widget(1, question).children
        assert feedback.value == "" and choice.value is None
        for option in question["option"]:
            choice.value = option["text"]
            assert ("✔" in feedback.value) == option.get("right", False)
            assert option["why"][:8] in feedback.value


def test_the_right_answer_is_not_always_at_the_same_place():
    places = {[option.get("right", False) for option in question["option"]].index(True)
              for name in NAMES for question in quiz.questions(name)}
    assert len(places) > 1


def test_the_text_version_holds_everything():
    text = quiz.as_text([{"text": "One < two?", "option": [{"text": "yes", "right": True, "why": "it is"},
                                                          {"text": "no", "why": "it is not"}]}])
    assert "One &lt; two?" in text and text.count("<li>") == 4 and "✔ it is" in text


def test_an_unknown_quiz_is_named():
    with pytest.raises(ValueError, match="no quiz 'x'"):
        quiz.questions("x")
