"""Quizzes: questions from data/quizzes, answered with widgets, with a text version for readers without a kernel.

A quiz is a TOML file of `[[question]]` tables, each with `text`, `[[question.option]]` tables (`text`, `why`, and
`right = true` on exactly one) and, where it goes back to an earlier chapter, `recalls`.
"""

import re
from html import escape

from fer_utils.course.progress import remember
from fer_utils.course.reach import reachable
from fer_utils.files import DATA_FOLDER, read_toml

FOLDER = DATA_FOLDER / "quizzes"
# Where a window is narrow, options take as many lines as they need; the front end would give each of them one.
QUIZ_STYLE = """<style>
.fer-quiz, .fer-quiz .widget-vbox, .fer-quiz .widget-radio, .fer-quiz .widget-radio-box,
.fer-quiz .widget-html, .fer-quiz .widget-html-content {height: auto; max-width: 100%; min-width: 0;
    overflow: visible}
.fer-quiz .widget-radio-box label {display: flex; flex-direction: row-reverse; justify-content: flex-end; gap: 6px;
    align-items: flex-start; height: auto; padding: 3px 0; line-height: 1.4; white-space: normal; overflow: visible;
    overflow-wrap: anywhere}
.fer-quiz .widget-radio-box label input {flex: none; margin: 0}
.fer-quiz .widget-html-content {line-height: 1.4; white-space: normal}
</style>"""
# Feedback brings its own background along, so that it reads the same on a light and on a dark page.
RIGHT, WRONG = "color: #00543d; background: #e0f2ea", "color: #8a3500; background: #fdebdf"


def questions(name):
    """The questions of a chapter's quiz, a list of dicts. Raises ValueError where there is no such quiz, FileError
    where its file is damaged."""
    path = FOLDER / f"{name}.toml"
    if not path.is_file():
        raise ValueError(f"there is no quiz {name!r}; there are: "
                         f"{', '.join(sorted(p.stem for p in FOLDER.glob('*.toml')))}.")
    return read_toml(path, ("question",), f"Restore it with: git checkout data/quizzes/{path.name}")["question"]


def quiz(name):
    """Show a chapter's quiz: one question under the other, feedback on every choice, and a folded text version."""
    import ipywidgets as widgets
    from IPython.display import HTML, display

    asked = questions(name)
    box = reachable([widgets.HTML(QUIZ_STYLE),
                     *(question_widget(number, question, name[:2]) for number, question in enumerate(asked, start=1))])
    box.add_class("fer-quiz")
    display(box)
    display(HTML(as_text(asked)))


def question_widget(number, question, chapter):
    """One question: its text, a choice of options, and the feedback on the option chosen, which counts as a try."""
    import ipywidgets as widgets

    options = {option["text"].replace("`", ""): option for option in question["option"]}  # they show no HTML
    choice = widgets.RadioButtons(options=list(options), value=None, layout={"width": "auto"})
    feedback = widgets.HTML(layout={"min_height": "3.6em"})  # room, or the page would jump below it

    def answer(change):
        option = options[change["new"]]
        remember(chapter, f"question {number}", bool(option.get("right")))
        mark, style = ("✔ ", RIGHT) if option.get("right") else ("✘ ", WRONG)
        feedback.value = f'<p style="{style}; padding: 4px 8px">{mark}{with_code(option["why"])}</p>'

    choice.observe(answer, names="value")
    return widgets.VBox([widgets.HTML(f"<b>{number}. {with_code(question['text'])}</b>"), choice, feedback])


def with_code(text):
    """A line of a quiz as HTML, with what stands between backticks as code."""
    return re.sub("`([^`]+)`", r"<code>\1</code>", escape(text))


def as_text(asked):
    """The quiz as HTML that needs no kernel: questions with their options, feedback folded under each question."""
    parts = []
    for number, question in enumerate(asked, start=1):
        options = "".join(f"<li>{with_code(option['text'])}</li>" for option in question["option"])
        answers = "".join(f"<li>{'✔' if option.get('right') else '✘'} {with_code(option['why'])}</li>"
                          for option in question["option"])
        parts.append(f"<p><b>{number}. {with_code(question['text'])}</b></p><ol type='a'>{options}</ol>"
                     f"<details><summary>Answers</summary><ol type='a'>{answers}</ol></details>")
    return "<details><summary>The questions as text</summary>" + "".join(parts) + "</details>"
