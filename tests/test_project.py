"""The house around the package: dependencies agree, imports are light, set-up fails clearly, no private names."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
HEAVY = ("keras", "tensorflow", "deeplake", "sklearn", "matplotlib")

# Put together from pieces, so that this file does not find itself.
PRIVATE = re.compile("|".join([
    r"(?<![\w.~-])/(?:wo" r"rk|ro" r"ot|ho" r"me|Us" r"ers)/\w",
    r"py" r"pi\.org", r"python" r"hosted", r"registry\.n" r"pm", r"deb\.deb" r"ian", r"conda\.ana" r"conda\.org",
]))


def test_requirements_mirror_pyproject():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    listed = [line for line in lines if line and not line.startswith("#")]
    wanted = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["course"]
    assert set(listed) == set(wanted)
    assert len(listed) == len(wanted) == len({Requirement(line).name for line in listed})


def test_conda_environment_brings_python_and_leaves_the_rest_to_pip():
    *from_conda, pip_section = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    python, pip = from_conda
    assert pip == "pip"
    assert SpecifierSet(PROJECT["requires-python"]).contains(python.removeprefix("python=") + ".0")
    assert pip_section == {"pip": ["-r requirements.txt", "-e ."]}


def test_base_dependencies_are_four():
    names = {Requirement(line).name for line in PROJECT["dependencies"]}
    assert names == {"numpy", "pillow", "scikit-image", "scipy"}


# Packages that go by another name when they are imported, and those that are commands or plugins.
IMPORTED_AS = {"pillow": "PIL", "scikit-image": "skimage", "scikit-learn": "sklearn", "pyyaml": "yaml",
               "ipython": "IPython", "ai-edge-litert": "ai_edge_litert", "litert-quantizer": "litert_quantizer",
               "tflite-micro": "tflite_micro", "tf-keras-vis": "tf_keras_vis"}
BROUGHT_BY_JUPYTERLAB = {"jupyter_client", "nbconvert", "psutil", "websocket"}
BROUGHT_BY_OPTUNA = {"sqlalchemy"}
CALLED = {"jupyterlab": "jupyter lab", "nbval": "--nbval", "pytest-xdist": "-n 2", "ruff": "ruff check"}
OTHER_BACKENDS = {"jax", "torch"}  # of Keras, where the reader has them
ON_DEMAND = ("edge", "export", "onnx", "micro", "maps", "site")  # extras, without which the course goes on
NAMED_IN_SITE = {"sphinx", "myst-nb", "sphinx-book-theme", "sphinxcontrib-bibtex"}  # in the settings of Sphinx
IMPORTED_BY_KERAS = {"onnx", "tf2onnx"}
PEERS = {"fer", "cv2", "answering"}  # what the program of a peer imports, in an environment of its own


def imported():
    """The packages that code, tests, tools, benchmarks and chapters import, by the names they are imported as."""
    found = set()
    for folder in ("fer_utils", "tests", "tools", "benchmarks", "notebooks/source"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    found |= {alias.name.partition(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom):
                    found.add(node.module.partition(".")[0])
    ours = {path.stem for folder in ("tests", "tests/answers", "tools", "benchmarks")
            for path in (ROOT / folder).glob("*.py")}
    return found - ours - set(sys.stdlib_module_names) - {"fer_utils"}


def test_what_is_imported_is_declared_and_what_is_declared_is_used():
    extras = PROJECT["optional-dependencies"]
    always = modules(PROJECT["dependencies"] + extras["course"])
    on_demand = modules(line for name in ON_DEMAND for line in extras[name])
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    brought = OTHER_BACKENDS | PEERS | BROUGHT_BY_JUPYTERLAB | BROUGHT_BY_OPTUNA
    assert imported() - brought == always | on_demand - IMPORTED_BY_KERAS
    assert all(call in makefile for call in CALLED.values())
    assert set(extras) == {"course", *ON_DEMAND}


def modules(lines):
    """What the packages of some lines of dependencies are imported as."""
    names = {Requirement(line).name for line in lines}
    return {IMPORTED_AS.get(name, name) for name in names - set(CALLED) - NAMED_IN_SITE}


@pytest.mark.parametrize("system, machine, there", [("linux", "x86_64", True), ("linux", "aarch64", True),
                                                    ("win32", "AMD64", True), ("darwin", "arm64", True),
                                                    ("darwin", "x86_64", False)])
def test_litert_is_asked_for_where_it_has_a_package(system, machine, there):
    for extra in ("edge", "course", "export"):
        line, = (Requirement(line) for line in PROJECT["optional-dependencies"][extra] if "ai-edge-litert" in line)
        assert line.marker.evaluate({"sys_platform": system, "platform_machine": machine}) == there


def test_nothing_but_deeplake_has_a_ceiling():
    for line in PROJECT["dependencies"] + [one for extra in PROJECT["optional-dependencies"].values() for one in extra]:
        requirement = Requirement(line)
        operators = sorted(part.operator for part in requirement.specifier)
        assert operators == (["<", ">="] if requirement.name == "deeplake" else [">="]), line


@pytest.mark.parametrize("pins", ["2026.07", "head"])
def test_colab_satisfies_the_floors(pins):
    text = (ROOT / "tools" / "colab" / f"{pins}.txt").read_text(encoding="utf-8")
    colab = dict(re.findall(r"^([\w-]+)==([\d.]+)$", text, re.MULTILINE))
    assert {"tensorflow", "keras", "numpy", "scikit-learn", "ipywidgets", "protobuf", "scipy", "matplotlib",
            "scikit-image", "traitlets", "h5py"} <= set(colab)
    for line in PROJECT["dependencies"] + PROJECT["optional-dependencies"]["course"]:
        requirement = Requirement(line)
        if requirement.name in colab:
            assert requirement.specifier.contains(colab[requirement.name]), line


def test_every_week_colabs_versions_run_the_tests_the_solutions_and_each_notebook_alone():
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "colab.yml").read_text(encoding="utf-8"))["jobs"]
    wanted = {"3.12": "tools/colab/2026.07.txt", "3.13": "tools/colab/head.txt"}
    for job in jobs.values():
        assert {row["python"]: row["pins"] for row in job["strategy"]["matrix"]["include"]} == wanted
    called = " ".join(step["run"] for job in jobs.values() for step in job["steps"] if "run" in step)
    assert all(call in called for call in ("TESTS=tests", "TESTS=notebooks/solutions", "make colab"))
    assert "PIP_CONSTRAINT" in jobs["tests"]["env"] and all((ROOT / pins).is_file() for pins in wanted.values())


@pytest.mark.parametrize("name", ["tests", "colab", "address", "site"])
def test_workflows_are_yaml_with_jobs_and_upload_nothing_but_the_site(name):
    text = (ROOT / ".github" / "workflows" / f"{name}.yml").read_text(encoding="utf-8")
    jobs = yaml.safe_load(text)["jobs"]
    assert all(job["steps"] for job in jobs.values())
    assert "upload-artifact" not in text
    assert re.findall(r"upload-pages-artifact@v4\n +with:\n +path: (.*)", text) == (
        ["site/_build/html"] if name == "site" else [])


def test_the_workflow_that_sets_the_address_installs_what_its_tool_imports():
    """tools/badges.py reads the checks' hints and the results, which need the package with its own requirements."""
    text = (ROOT / ".github" / "workflows" / "address.yml").read_text(encoding="utf-8")
    assert re.search(r"pip install \S+ -e \. .*jupytext.*\n\s+PYTHONPATH=\. python tools/badges\.py --set", text)


@pytest.mark.parametrize("module", ["fer_utils", "fer_utils.data", "fer_utils.data.folders", "fer_utils.networks",
                                    "fer_utils.data.preprocessing",
                                    "fer_utils.training.recipes", "fer_utils.data.sources",
                                    "fer_utils.networks.weights", "fer_utils.evaluation.prediction",
                                    "fer_utils.edge.litert"])
def test_import_is_light(module):
    code = f"import sys, {module}; print([name for name in {HEAVY} if name in sys.modules])"
    assert run_python(code).stdout.strip() == "[]"


def test_help_works_without_the_heavy_libraries():
    # None in sys.modules makes an import fail as if the library were not installed.
    code = (f"import runpy, sys; sys.modules.update(dict.fromkeys({HEAVY})); sys.argv = ['fer_utils', '--help']; "
            "runpy.run_module('fer_utils', run_name='__main__', alter_sys=True)")
    answer = run_python(code).stdout
    for command in ("data", "train", "evaluate", "predict", "results"):
        assert command in answer


def test_tracked_texts_name_no_machine_path_and_no_package_host():
    found = []
    for path in tracked_files():
        data = path.read_bytes() if path.is_file() else b""
        if b"\0" not in data:
            for number, line in enumerate(data.decode("utf-8").splitlines(), 1):
                if PRIVATE.search(line):
                    found.append(f"{path.relative_to(ROOT)}:{number}: {PRIVATE.search(line).group()}")
    assert not found, "\n".join(found)


def test_private_names_are_recognised():
    for text in ("/wo" "rk/main", "open('/ro" "ot/x')", "https://py" "pi.org/project", "file:///ho" "me/me"):
        assert PRIVATE.search(text), text
    for text in ("network/main", "hands/" "work/x", "https://example.org/home/page", "a ~/" "work/x"):
        assert not PRIVATE.search(text), text


def test_ci_can_be_run():
    script = ROOT / ".ci" / "run"
    assert script.read_text(encoding="utf-8").startswith("#!/usr/bin/env bash\n")
    if os.name == "posix":
        assert os.access(script, os.X_OK)
        subprocess.run(["bash", "-n", script], check=True)


@pytest.fixture
def setup_folder(tmp_path):
    """A folder with what `make` needs to set up, and nothing else."""
    if os.name != "posix" or not shutil.which("make"):
        pytest.skip("needs make")
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def test_set_up_without_a_suitable_python_says_what_to_do(setup_folder):
    answer = make(setup_folder, "PYTHON=false")
    assert answer.returncode != 0
    assert "3.11" in answer.stderr and "make PYTHON=" in answer.stderr
    assert not (setup_folder / ".venv").exists()


@pytest.mark.parametrize("failing_call", ["-m venv", "--upgrade pip", "-e"])
def test_a_set_up_that_fails_leaves_no_stamp(setup_folder, failing_call):
    fake_python(setup_folder, failing_call)
    assert make(setup_folder, "PYTHON=./python").returncode != 0
    assert not (setup_folder / ".venv" / ".installed").exists()
    fake_python(setup_folder, "nothing")
    assert make(setup_folder, "PYTHON=./python").returncode == 0
    assert (setup_folder / ".venv" / ".installed").exists()
    assert "up to date" in make(setup_folder, "PYTHON=false").stdout


def fake_python(folder, failing_call):
    """Write ./python: it makes a .venv whose python is itself, installs nothing, and fails at one call."""
    script = folder / "python"
    script.write_text(f"""#!/bin/sh
case "$*" in
    *"{failing_call}"*) exit 1 ;;
    *"-m venv"*) mkdir -p .venv/bin; ln -sf ../../python .venv/bin/python ;;
esac
""")
    script.chmod(0o755)


def make(folder, *arguments):
    environment = {key: value for key, value in os.environ.items() if key not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
    environment["LC_ALL"] = "C"
    return subprocess.run(["make", ".venv/.installed", *arguments], cwd=folder, env=environment, text=True,
                          capture_output=True, timeout=60)


def run_python(code):
    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, text=True, capture_output=True, timeout=60)
    assert answer.returncode == 0, answer.stderr
    return answer


def tracked_files():
    """The files in git and those about to be, as paths."""
    answer = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT,
                            capture_output=True)
    if answer.returncode:
        pytest.skip("not a git clone")
    return [ROOT / name for name in answer.stdout.decode().split("\0") if name]
