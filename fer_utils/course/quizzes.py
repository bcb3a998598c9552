"""Quizzes: questions from data/quizzes, answered with widgets, with a text version for readers without a kernel.

A quiz is a TOML file of `[[question]]` tables, each with `text`, `[[question.option]]` tables (`text`, `why`, and
`right = true` on exactly one) and, where it goes back to an earlier chapter, `recalls`.
"""

from html import escape

from fer_utils.files import DATA_FOLDER, read_toml

FOLDER = DATA_FOLDER / "quizzes"


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
    display(widgets.VBox([question_widget(number, question) for number, question in enumerate(asked, start=1)]))
    display(HTML(as_text(asked)))


def question_widget(number, question):
    """One question: its text, a choice of options, and the feedback on the option chosen."""
    import ipywidgets as widgets

    options = {option["text"]: option for option in question["option"]}
    choice = widgets.RadioButtons(options=list(options), value=None, layout={"width": "auto"})
    feedback = widgets.HTML()

    def answer(change):
        option = options[change["new"]]
        mark, color = ("✔ ", "#00664b") if option.get("right") else ("✘ ", "#a33f00")
        feedback.value = f'<p style="color:{color}">{mark}{escape(option["why"])}</p>'

    choice.observe(answer, names="value")
    return widgets.VBox([widgets.HTML(f"<b>{number}. {escape(question['text'])}</b>"), choice, feedback])


def as_text(asked):
    """The quiz as HTML that needs no kernel: questions with their options, feedback folded under each question."""
    parts = []
    for number, question in enumerate(asked, start=1):
        options = "".join(f"<li>{escape(option['text'])}</li>" for option in question["option"])
        answers = "".join(f"<li>{'✔' if option.get('right') else '✘'} {escape(option['why'])}</li>"
                          for option in question["option"])
        parts.append(f"<p><b>{number}. {escape(question['text'])}</b></p><ol type='a'>{options}</ol>"
                     f"<details><summary>Answers</summary><ol type='a'>{answers}</ol></details>")
    return "<details><summary>The questions as text</summary>" + "".join(parts) + "</details>"
