"""The environment: settings of Keras, missing packages, closed streams, an installed package: one sentence or silence.

Each in a process of its own, since Keras takes its settings once."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
posix = pytest.mark.skipif(os.name == "nt", reason="streams and folders as on Unix")


def python(tmp_path, *arguments, cwd=None, settings=None, text=True, **changes):
    """A finished process: Python in an environment without the tester's settings, with a home of its own."""
    home = tmp_path / "home"
    (home / ".keras").mkdir(parents=True, exist_ok=True)
    if settings is not None:
        (home / ".keras" / "keras.json").write_text(settings if type(settings) is str else json.dumps(settings))
    env = {key: value for key, value in os.environ.items()
           if key not in ("KERAS_BACKEND", "KERAS_HOME", "TF_CPP_MIN_LOG_LEVEL", "FER2013_SOURCE", "PYTHONIOENCODING")}
    env |= {"HOME": str(home), "FER_UTILS_CACHE": str(tmp_path / "cache"), "PYTHONPATH": str(ROOT)}
    env = {key: value for key, value in (env | changes).items() if value is not None}
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=text, timeout=120, env=env,
                          cwd=cwd or ROOT)


def command(tmp_path, *arguments, **options):
    return python(tmp_path, "-m", "fer_utils", *arguments, **options)


def sentence(done):
    """The one line of a command that ended with 2."""
    assert done.returncode == 2 and done.stdout == "", done.stderr[-2000:]
    line, = done.stderr.splitlines()
    assert line.startswith("fer_utils: ") and len(line) < 500
    return line


def last_line(done):
    assert done.returncode == 1
    return done.stderr.splitlines()[-1]


@pytest.mark.parametrize("arguments", [["predict", "--network", "squeezenet-fer-tiny"],
                                       ["train", "squeezenet-mini", "--epochs", "1"], ["results"], ["data"]])
def test_a_command_says_nothing_on_standard_error(tmp_path, arguments):
    out = ["--out", str(tmp_path / "run")] if arguments[0] == "train" else []
    done = command(tmp_path, *arguments, *out)
    assert done.returncode == 0 and done.stderr == ""


SETUP = "from fer_utils import course; course.setup()"


def test_the_dataset_can_be_named_without_a_restart(tmp_path):
    """The banner says how, and it is so: what is set between two calls is seen by the second."""
    again = (f"{SETUP}; import os; os.environ['FER2013_SOURCE'] = {str(tmp_path / 'absent')!r}; "  # as %env does
             "course.setup()")
    done = python(tmp_path, "-c", again)
    assert "%env FER2013_SOURCE=PATH" in done.stdout and "without a restart" in done.stdout
    assert "absent does not exist" in last_line(done)


ASKS = "import fer_utils; fer_utils.build_network('squeezenet-mini')"


@pytest.mark.parametrize("name, said", [("torchlight", "torchlight'; there are: tensorflow, jax, torch"),
                                        ("absent", "which is not installed. Install it with: pip install")])
@pytest.mark.parametrize("way", ["environment", "file"])
def test_a_backend_that_cannot_be_had(tmp_path, name, said, way):
    absent = [one for one in ("torch", "jax") if not find_spec(one)]
    if name == "absent" and not absent:
        pytest.skip("all backends are installed")
    name = name if name != "absent" else absent[0]
    options = {"KERAS_BACKEND": name} if way == "environment" else {"settings": {"backend": name}}
    for arguments in (["evaluate", "squeezenet-mini"], ["train", "squeezenet-mini"]):
        line = sentence(command(tmp_path, *arguments, **options))
        assert said in line and ("KERAS_BACKEND" if way == "environment" else "keras.json") in line
    for arguments in (["results", "--json"], ["predict"]):  # need no Keras
        assert command(tmp_path, *arguments, **options).returncode == 0
    for code in (SETUP, ASKS):
        assert said in last_line(python(tmp_path, "-c", code, **options))


@pytest.mark.parametrize("settings", [{"image_data_format": "channels_first", "floatx": "float16"},
                                      {"floatx": "float64", "epsilon": 0.5}, "{"])
def test_settings_of_keras_change_no_answer(tmp_path, settings):
    import fer_utils

    faces = fer_utils.load_schematic(("public",)).public.images[:20]
    expected = fer_utils.predict_probabilities(fer_utils.load_network("squeezenet-mini"), faces)
    code = ("import fer_utils; faces = fer_utils.load_schematic(('public',)).public.images[:20]; "
            "print(fer_utils.predict_probabilities(fer_utils.load_network('squeezenet-mini'), faces).tolist())")
    done = python(tmp_path, "-c", code, settings=settings)
    assert done.stderr == "" and json.loads(done.stdout) == pytest.approx(expected, abs=1e-4)


def test_layers_of_a_chapter_have_their_channels_last(tmp_path):
    code = f"{SETUP}; import keras; print(keras.layers.Conv2D(3, 3)(keras.ops.zeros((1, 8, 8, 1))).shape)"
    done = python(tmp_path, "-c", code, settings={"image_data_format": "channels_first"})
    assert done.stdout.splitlines()[-1] == "(1, 6, 6, 3)"


@pytest.mark.parametrize("settings", ["[]", "[" * 100_000, {"floatx": "int8"}, {"backend": None}, {"backend": 5}])
def test_settings_that_keras_cannot_take(tmp_path, settings):
    line = sentence(command(tmp_path, "evaluate", "squeezenet-mini", settings=settings))
    assert "keras.json" in line


def test_a_package_that_is_missing(tmp_path):
    for package, arguments in (("optuna", ["search", "squeezenet-mini"]), ("keras", ["evaluate", "squeezenet-mini"])):
        code = (f"import sys; sys.modules['{package}'] = None; sys.argv = ['fer_utils', *{arguments}]\n"
                "import runpy; runpy.run_module('fer_utils', run_name='__main__', alter_sys=True)")
        line = sentence(python(tmp_path, "-c", code))
        assert f"this needs {package}" in line and "pip install -r requirements.txt" in line


def test_the_first_cell_says_that_it_is_the_wrong_kernel(tmp_path):
    import build_notebooks

    code = build_notebooks.bootstrap("00_start_here", "learner")
    code = code.replace("    !", "    pass  # ").replace("    %", "    pass  # ")
    old = "import sys; sys.version_info = (3, 9, 1)\n"
    for change, said in ((old, "runs on Python 3.9, and"), ("", "without numpy, scipy")):
        more = {} if change else {"NOTHING": "1"}
        arguments = ["-c", change + code] if change else ["-S", "-c", code]
        line = last_line(python(tmp_path, *arguments, cwd=ROOT / "notebooks", PYTHONPATH=str(ROOT) if change else None,
                                **more))
        assert said in line and "choose the course's kernel" in line


# What the shell does with a command


@posix
def test_a_reader_that_wants_no_more(tmp_path):
    line = f"{sys.executable} -m fer_utils results | head -1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert done.stderr == "" and done.stdout.splitlines()[-1] == "0"


@posix
@pytest.mark.parametrize("closed, status", [(">&-", 0), ("2>&-", 0), (">/dev/full", 2)])
def test_closed_and_full_streams(closed, status):
    line = f"{sys.executable} -m fer_utils results {closed}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert done.returncode == status and len(done.stderr.splitlines()) == (status == 2) and "Trace" not in done.stderr


@posix
def test_names_that_a_terminal_cannot_show(tmp_path):
    for name in ("\N{GRINNING FACE}.png", "\udcff.png", "a\nb\x1b[2J.png"):
        line = sentence(command(tmp_path, "predict", str(tmp_path / name), PYTHONIOENCODING="ascii"))
        assert line.isascii() and line.isprintable()


@posix
def test_a_working_directory_that_was_removed(tmp_path):
    line = f"mkdir {tmp_path}/gone; cd {tmp_path}/gone; rmdir {tmp_path}/gone; {sys.executable} -m fer_utils "
    for arguments in ("results --json", "predict x.png", "data --faces x"):
        done = subprocess.run(["bash", "-c", line + arguments], capture_output=True, text=True, timeout=60,
                              env=os.environ | {"PYTHONPATH": str(ROOT)})
        assert "Traceback" not in done.stderr and len(done.stderr.splitlines()) <= 1, done.stderr


def test_warnings_are_one_line(tmp_path):
    code = ("import sys, warnings; from fer_utils import __main__ as line\n"
            "from fer_utils.commands import results\n"
            "results.run = lambda options: warnings.warn('two\\nlines')\n"
            "sys.exit(line.main(['results']))")
    done = python(tmp_path, "-c", code)
    assert (done.returncode, done.stderr) == (0, "fer_utils: two lines\n")


def test_a_cache_that_is_a_file(tmp_path):
    (tmp_path / "cache").write_text("")
    done = command(tmp_path, "data", "--json")
    assert done.returncode == 0 or sentence(done)


@posix
def test_without_a_home(tmp_path):
    done = command(tmp_path, "data", "--json", HOME=None, FER_UTILS_CACHE=None, XDG_CACHE_HOME=str(tmp_path / "cache"))
    assert done.returncode == 0 and done.stderr == ""


# Installed elsewhere


@pytest.fixture(scope="module")
def installed(tmp_path_factory, wheel):
    """A folder with the package as a wheel brings it; with an old setuptools, as setup.py would lay it out."""
    folder = tmp_path_factory.mktemp("installed")
    if wheel is None:
        shutil.copytree(ROOT / "fer_utils", folder / "fer_utils", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(ROOT / "data", folder / "fer_utils" / "_data")
        return folder
    assert wheel.stat().st_size < 15_000_000
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def test_the_package_away_from_its_clone(tmp_path, installed):
    from fer_utils.evaluation.results import run_names

    site = str(installed)
    where = python(tmp_path, "-c", "import fer_utils; print(fer_utils.__file__)", cwd=tmp_path, PYTHONPATH=site)
    assert where.stdout.startswith(site)
    done = command(tmp_path, "results", "--json", cwd=tmp_path, PYTHONPATH=site)
    assert {row["run"] for row in json.loads(done.stdout)} >= set(run_names())
    done = command(tmp_path, "predict", "--json", cwd=tmp_path, PYTHONPATH=site)
    assert json.loads(done.stdout)["faces"][0]["emotion"] == "happiness"
    done = python(tmp_path, "-c", "import fer_utils; from fer_utils.course.chapter_02 import flash; "
                  "print(len(fer_utils.load_schematic().images), len(flash.Path(flash.__file__).with_name('flash.js')"
                  ".read_text()) > 100)", cwd=tmp_path, PYTHONPATH=site)
    assert done.stdout == "2100 True\n"


def test_a_package_without_its_data_says_so(tmp_path, installed):
    (installed / "fer_utils" / "_data").rename(installed / "away")
    try:
        assert "the course's data is missing" in sentence(command(tmp_path, "results", cwd=tmp_path,
                                                                  PYTHONPATH=str(installed)))
    finally:
        (installed / "away").rename(installed / "fer_utils" / "_data")
