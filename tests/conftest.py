"""What every test shares: the `real_data` mark, and a cache of its own for tests that load faces."""

import os
import shutil
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


# What takes longest comes first, so that no worker is left alone with it at the end; the rest takes seconds a file.
DEAREST = ["test_training_resumed", "test_environment", "test_site_browser", "test_reach_browser", "11_training",
           "test_search", "test_team", "test_course", "16_beyond_the_thesis", "test_training",
           "test_efficientnet_lite0", "13_looking_inside", "02_faces_and_muscles", "test_export", "test_reader_browser",
           "test_live_demo_browser", "07_convolutional_networks", "test_site", "08_pretrained_networks",
           "test_comparison", "test_transfer", "test_streaming", "06_preprocessing", "test_challenge",
           "05_before_deep_learning", "test_odd_submissions", "test_wrong_answers", "test_networks", "test_folders",
           "test_missing_names"]


def pytest_configure(config):
    config.option.loadscopereorder = False  # pytest-xdist would begin with the file that has the most tests


def pytest_collection_modifyitems(items):
    places = {name: place for place, name in enumerate(DEAREST)}
    items.sort(key=lambda item: places.get(item.path.stem, len(places)))
    if os.environ.get("FER2013_SOURCE"):
        return
    for item in items:
        if item.get_closest_marker("real_data"):
            item.add_marker(pytest.mark.skip(reason="FER2013_SOURCE does not name the FER-2013 photographs"))


@pytest.fixture(autouse=True)
def lenient_checks(monkeypatch):
    """Checks of answers speak as they do to a learner; notebooks with solutions are tested strictly."""
    monkeypatch.delenv("FER_UTILS_STRICT", raising=False)


@pytest.fixture
def own_cache(tmp_path, monkeypatch):
    """The folder of an empty cache; no source is named."""
    monkeypatch.setenv("FER_UTILS_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("FER2013_SOURCE", raising=False)
    return tmp_path / "cache"


@pytest.fixture
def small(own_cache, monkeypatch):
    """FER-2013 has 14, 7 and 7 faces and any will do; the cache is empty, no source is named."""
    from fer_utils.data import fer2013

    monkeypatch.setattr(fer2013, "FER2013_COUNTS", {"train": 14, "public": 7, "private": 7})
    monkeypatch.setattr(fer2013, "check_known", lambda *part: "")
    return own_cache


@pytest.fixture(scope="session")
def few_faces():
    """`Faces` with 40 drawings to learn from and 24 to choose by."""
    from fer_utils.data import Faces, Split, load_schematic

    bundled = load_schematic(("train", "public"))
    return Faces("schematic faces", "a few", {
        "train": Split(*(array[:40] for array in bundled.train)),
        "public": Split(*(array[:24] for array in bundled.public))})


@pytest.fixture(scope="module")
def browser_home(tmp_path_factory):
    """A folder for JupyterLab, with `notebooks`, and for browsers, each with a profile of its own there. Where there is
    no Chromium the test is skipped, unless FER_UTILS_MUST_NOT_SKIP is set, as `.ci/run` does."""
    import chromium

    if not chromium.find_chromium():
        reason = f"none of {', '.join(chromium.NAMES)} is installed"
        pytest.fail(reason) if os.environ.get("FER_UTILS_MUST_NOT_SKIP") else pytest.skip(reason)
    home = tmp_path_factory.mktemp("browser")
    (home / "notebooks").mkdir()
    return home


def shared_folder(tmp_path_factory, name):
    """A folder of this name that all workers of pytest-xdist share."""
    above = tmp_path_factory.getbasetemp()
    return (above.parent if os.environ.get("PYTEST_XDIST_WORKER") else above) / name


def made_once(tmp_path_factory, name, make):
    """What `make`, a function of a folder, gives back, text: made by one of the workers of pytest-xdist in
    `shared_folder`, and read by the others."""
    from fer_utils.files import alone_in

    folder = shared_folder(tmp_path_factory, name)
    while True:
        try:
            with alone_in(folder):
                made = folder / "made"
                if not made.exists():
                    made.write_text(make(folder), encoding="utf-8")
                return made.read_text(encoding="utf-8")
        except FileExistsError:  # another worker is making it
            time.sleep(0.2)


@pytest.fixture(scope="session")
def built_site(tmp_path_factory):
    """The folder of the site, built here: by this Python where it has the extra `site`, else by .venv-site. Where
    neither is there, or MathJax cannot be fetched, the test is skipped, unless FER_UTILS_MUST_NOT_SKIP is set."""
    own = ROOT / ".venv-site" / "bin" / "python"
    missing = pytest.fail if os.environ.get("FER_UTILS_MUST_NOT_SKIP") else pytest.skip
    python = sys.executable if find_spec("myst_nb") and find_spec("sphinx_book_theme") else own
    if not Path(python).exists():
        missing("the extra `site` is not installed, and `make site` was not called")

    def build(folder):
        done = subprocess.run([python, ROOT / "tools" / "make_site.py", "--out", folder / "html"], capture_output=True,
                              text=True, timeout=600, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)})
        return "" if done.returncode == 0 else done.stderr

    said = made_once(tmp_path_factory, "site", build)
    if "make_site: npm" in said:
        missing(said.strip())
    assert said == "", said[-3000:]
    return shared_folder(tmp_path_factory, "site") / "html"


@pytest.fixture
def quick_end(monkeypatch):
    """Trainings recalibrate over two batches at their end, not over forty, as with `fire_net`."""
    from fer_utils.training import run as training

    monkeypatch.setattr(training, "RECALIBRATING", 2)


@pytest.fixture
def fire_net(monkeypatch):
    """A function that builds a network of one fire module with dropout inside; here every network is this one."""
    import fire_net as small

    small.use(monkeypatch.setattr)
    return small.build


@pytest.fixture(scope="session")
def wheel(tmp_path_factory):
    """The path of the package's wheel, built here; None where setuptools is too old to build one."""
    import setuptools

    if int(setuptools.__version__.partition(".")[0]) < 77:
        return None

    def build(folder):
        source = folder / "source"  # building leaves files where it happens
        source.mkdir()
        for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE", "MANIFEST.in"):
            shutil.copy(ROOT / name, source)
        for name in ("fer_utils", "data"):
            shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        subprocess.run([sys.executable, "-m", "pip", "wheel", "-q", "--no-build-isolation", "--no-deps", "--no-index",
                        "-w", str(folder), str(source)], check=True, timeout=120)
        path, = folder.glob("*.whl")
        return str(path)

    return Path(made_once(tmp_path_factory, "wheel", build))
