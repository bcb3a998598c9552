"""Keras as the course needs it: a backend that is there, the settings that its networks are written for, no chatter."""

import json
import logging
import os
import sys
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

from fer_utils.files import reason, standard_error_into
from fer_utils.kernel import SetupError

BACKENDS = ("tensorflow", "jax", "torch")  # each is a package of the same name
INSTALL = "Install the course's packages with: pip install -r requirements.txt"


def start():
    """Import Keras quietly and give it the settings of the course, whatever keras.json says: channels last, float32.

    To be called before Keras is used; once more does no harm. Raises SetupError where Keras or its backend cannot be
    had.
    """
    if "keras" not in sys.modules:
        check_backend()
        try:
            with quiet():
                import keras

                keras.ops.zeros(1)  # starts the backend, which then has said all it says about missing graphics cards
        except Exception as error:  # a setting that Keras does not take, or a library that does not fit this computer
            settings = settings_file()
            hint = f"Remove {settings}, of which Keras writes a new one, or repair it. " if settings.exists() else ""
            raise SetupError(f"Keras cannot be started ({reason(error)}). {hint}{INSTALL}") from error
    import keras

    keras.config.set_image_data_format("channels_last")
    if keras.config.floatx() != "float32":
        keras.config.set_floatx("float32")
        keras.config.set_dtype_policy("float32")
    keras.config.set_epsilon(1e-7)
    logging.getLogger("tensorflow").setLevel(logging.ERROR)  # says where an export lay for a moment


def check_backend():
    """Raise SetupError unless Keras and the backend that it will take are installed. Imports neither."""
    if "keras" in sys.modules:  # it has its backend already
        return
    if not find_spec("keras"):
        raise SetupError(f"this needs keras, which is not installed. {INSTALL}")
    name, where = os.environ.get("KERAS_BACKEND"), "KERAS_BACKEND"
    if not name:
        where = settings_file()
        name = _settings(where).get("backend", BACKENDS[0])
    if name not in BACKENDS:
        raise SetupError(f"{where} names the Keras backend {str(name)[:60]!r}; there are: {', '.join(BACKENDS)}. "
                         "Name one of them: KERAS_BACKEND=tensorflow")
    if not find_spec(name):
        there = [one for one in BACKENDS if find_spec(one)]
        other = f", or take one that is: KERAS_BACKEND={there[0]}" if there else ""
        raise SetupError(f"{where} names the Keras backend {name}, which is not installed. Install it with: "
                         f"pip install {name}{other}")


def settings_file():
    """Where Keras keeps its settings: keras.json in KERAS_HOME, or in the home folder. As Keras itself finds it."""
    home = Path("~").expanduser() if os.access(os.path.expanduser("~"), os.W_OK) else Path("/tmp")
    return Path(os.environ.get("KERAS_HOME", home / ".keras")).expanduser() / "keras.json"


def _settings(path):
    """The settings of Keras, a dict; empty where there are none, or no JSON, as Keras takes it."""
    try:
        found = json.loads(path.read_text()) if path.exists() else {}
    except ValueError:
        found = {}
    except Exception as error:  # a folder, a file of somebody else, JSON that is nested too deep
        raise SetupError(f"{path} cannot be read ({reason(error)}). Remove it; Keras writes a new one.") from error
    if not isinstance(found, dict):
        raise SetupError(f"{path} is not a table of settings. Remove it; Keras writes a new one.")
    return found


@contextmanager
def quiet():
    """Hide what native libraries write to standard error while they load: nobody can act on it. What Python raises
    passes."""
    with suppress(AttributeError, OSError, ValueError):
        sys.stderr.flush()
    with open(os.devnull, "w") as nowhere, standard_error_into(nowhere):
        yield


def processor():
    """The processor as a device, for people: how many cores this process may use."""
    return f"CPU, {len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else os.cpu_count()} cores"
