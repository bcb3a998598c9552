"""`pip install .[edge]` in an environment of its own answers about a picture, away from the clone, without TensorFlow.

It needs a package index; without one it is skipped, unless FER_UTILS_MUST_NOT_SKIP is set, as `.ci/run` sets it.
"""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from fer_utils.data.photographs import example_photograph

UNREACHABLE = ("NewConnectionError", "connection broken by", "ConnectTimeout", "name resolution", "ProxyError")


def skip(reason):
    if os.environ.get("FER_UTILS_MUST_NOT_SKIP"):
        pytest.fail(f"this test may not be skipped here: {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="module")
def edge(tmp_path_factory, wheel):
    """The Python of an environment that holds the wheel and what its extra `edge` asks for."""
    if wheel is None:
        skip("setuptools is too old to build a wheel")
    folder = tmp_path_factory.mktemp("edge") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True, timeout=60)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    done = subprocess.run([sys.executable, "-m", "pip", "--python", str(python), "install", "-q", "--no-compile",
                           "--only-binary", ":all:", "--retries", "1", f"{wheel}[edge]"], capture_output=True,
                          text=True, timeout=600)
    if done.returncode and any(words in done.stderr for words in UNREACHABLE):
        skip("no package index can be reached")
    assert done.returncode == 0, done.stderr[-3000:]
    return python


@pytest.fixture
def run(edge, tmp_path):
    """A function that runs the environment's Python in an empty folder, without the tester's settings."""
    def run(*arguments):
        env = {key: value for key, value in os.environ.items()
               if key not in ("PYTHONPATH", "KERAS_BACKEND", "TF_CPP_MIN_LOG_LEVEL")}
        return subprocess.run([str(edge), *map(str, arguments)], capture_output=True, text=True, timeout=120, env=env,
                              cwd=tmp_path)

    return run


def test_the_wheel_carries_its_networks(wheel):
    if wheel is None:
        skip("setuptools is too old to build a wheel")
    with zipfile.ZipFile(wheel) as archive:
        sizes = {Path(one.filename).name: one.file_size for one in archive.infolist()}
    for name in ("squeezenet-fer-deep", "squeezenet-fer-tiny"):
        assert 300_000 < sizes[f"{name}-int8.tflite"] < 1_500_000


def test_pictures_are_read_without_tensorflow(run, tmp_path):
    where = run("-c", "from importlib.util import find_spec; import fer_utils; print(fer_utils.__file__, "
                "[name for name in ('tensorflow', 'keras', 'sklearn') if find_spec(name)])")
    assert str(Path("site-packages", "fer_utils")) in where.stdout and where.stdout.rstrip().endswith("[]")
    said = run("-m", "fer_utils", "predict", "--json")
    assert said.returncode == 0 and said.stderr == "", said.stderr
    face, = json.loads(said.stdout)["faces"]
    assert face["emotion"] == "happiness" and face["probabilities"]["happiness"] > 0.7
    Image.fromarray(example_photograph()[:300]).save(tmp_path / "mine.jpg", quality=95)
    said = run("-m", "fer_utils", "predict", "mine.jpg", "--csv", "faces.csv")
    assert said.returncode == 0 and said.stderr == "", said.stderr
    head, row = (tmp_path / "faces.csv").read_text().splitlines()
    assert row.startswith("mine.jpg,") and ",happiness," in row


def test_what_is_not_there_is_named(run):
    said = run("-m", "fer_utils", "evaluate", "squeezenet-mini")
    assert said.returncode == 2 and said.stdout == ""
    line, = said.stderr.splitlines()
    assert "needs keras, which is not installed" in line and "pip install" in line
