"""Whether this Python can run the course. Needs nothing but Python, an old one too: it is there to say what is missing.
"""

import sys
from importlib.util import find_spec

from fer_utils.text import printable

NEEDED = ("numpy", "scipy", "PIL", "skimage", "keras", "sklearn", "matplotlib", "seaborn", "ipywidgets", "anywidget")
OLDEST = (3, 11)


class SetupError(ImportError):
    """A Python or a setting with which the course cannot run; the message is one line that says what to do."""

    def __init__(self, message):
        super().__init__(printable(message))

    def _render_traceback_(self):  # IPython shows this line instead of a traceback
        return [str(self)]


def check_kernel():
    """Raise SetupError where a notebook runs on a Python that is too old or lacks the course's packages: most often it
    is the wrong kernel. The first cell of every chapter calls it."""
    missing = [name for name in NEEDED if not find_spec(name)]
    if sys.version_info[:2] < OLDEST or missing:
        lacks = " without " + ", ".join(missing) if missing else ""
        version = ".".join(map(str, sys.version_info[:2]))
        raise SetupError(f"This notebook runs on Python {version}{lacks}, and the course needs 3.11 to 3.13 with its "
                         "packages: choose the course's kernel (Kernel, Change Kernel), which `make course` starts, or "
                         f"install them here: {sys.executable} -m pip install -r requirements.txt")
