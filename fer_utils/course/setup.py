"""The first call of every chapter: seeds, looks, and a banner that says what this chapter runs on."""

import os
import warnings
from html import escape

from fer_utils.backend import start
from fer_utils.kernel import SetupError, check_kernel

MINIMUM = {"keras": (3, 13), "numpy": (2, 0)}
CODE = '<code style="white-space:nowrap">'  # a command or a name stays in one line


def setup(seed=0):
    """Seed everything, set the look of figures, and show the banner.

    Raises SetupError, an ImportError, where Keras or NumPy is missing or older than the course needs, and where the
    backend of Keras cannot be had.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    warnings.filterwarnings("ignore", category=FutureWarning)
    check_kernel()
    _check_versions()
    start()
    import keras

    from fer_utils.course.figures import set_theme

    keras.utils.set_random_seed(seed)
    set_theme()
    _explain_missing_names()
    banner()


def _explain_missing_names():
    """Let the notebook say, below the traceback of a name that is not there, where such names come from."""
    from IPython import get_ipython

    shell = get_ipython()
    if shell is not None:
        shell.set_custom_exc((NameError,), missing_name)


def missing_name(shell, kind, error, traceback, tb_offset=None):
    """Show the traceback of a NameError, and a sentence for a name that a cell above may make. Called by IPython."""
    shell.showtraceback((kind, error, traceback), tb_offset=tb_offset)
    if kind is NameError and getattr(error, "name", None):
        print(f"`{error.name}` does not exist yet. If a cell above makes it, run the cells above first (Run, Run All "
              "Above Selected Cell); else look at how it is written.")


def banner():
    """Show which faces and which network the chapter uses, and how that can change."""
    import keras
    import numpy
    from IPython.display import display

    from fer_utils.data import load_faces
    from fer_utils.networks.weights import network_for

    faces = load_faces(splits=("public",))
    versions = f"Keras {keras.__version__} on {keras.backend.backend()}, NumPy {numpy.__version__}"
    network = f"{CODE}{network_for(faces)}</code>"
    if faces.is_real:
        text = (f"<b>FER-2013</b>, from {escape(str(faces.source))}. They are read by {network}, trained on "
                "FER-2013. Photographs appear in the outputs: clear these before you share the notebook.")
    else:
        text = (f"<b>Schematic faces</b>, drawings that come with the course. They are read by {network}, trained on "
                "these drawings, so scores computed here say nothing about photographs; recorded results do, and "
                f"are marked. To use FER-2013, run {CODE}%env FER2013_SOURCE=PATH</code> in a cell of its own (the "
                "README says what PATH may be), then this cell and those below it again, without a restart.")
    plain = text.replace("<b>", "").replace("</b>", "").replace(CODE, "").replace("</code>", "")
    html = (f'<div style="border-left:4px solid #3b6ea5;padding:.4em .9em;max-width:52em"><b>This chapter runs on</b> '
            f'{text}<br><small>{versions}</small></div>')
    display({"text/html": html, "text/plain": f"This chapter runs on {plain}\n{versions}"}, raw=True)


def _check_versions():
    from importlib.metadata import version

    for package, minimum in MINIMUM.items():
        found = version(package)
        if tuple(int(part) for part in found.split(".")[:2]) < minimum:
            wanted = ".".join(map(str, minimum))
            raise SetupError(f"the course needs {package} {wanted} or newer, and found {found}. "
                             f'Run: pip install -U "{package}>={wanted}" and restart the kernel.')
