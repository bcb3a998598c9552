"""What the notebooks share, so that their cells can stay short: set-up, figures, explorers, checks, quizzes.

Chapters call `course.setup()` first and the rest by name. Nothing here is needed outside the notebooks.
"""

from fer_utils.course.checks import open_checks
from fer_utils.course.quizzes import quiz
from fer_utils.course.setup import setup
from fer_utils.course.show import explore, say, show

__all__ = ["explore", "open_checks", "quiz", "say", "setup", "show"]
