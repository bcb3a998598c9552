"""Run each notebook alone as its Colab badge does: `python tools/run_as_on_colab.py [NAME ...]`, or `make colab`.

Options: `--python python3.12` to make the environment with, `--pins tools/colab/2026.07.txt` for what it holds,
`--environment .venv-colab` for where it is kept. It takes 3 GB and some minutes once, then one to three minutes a
chapter. The learners' notebooks run, from their first cell to their last, with the working tree as the course that
the first cell fetches.

What is as on Colab: the versions of the pins, an empty folder, the module `google.colab`, a clone by the first cell,
which is run twice. What is not: Colab's front end and its widgets, its other packages, a GPU.

A chapter fails where a cell does, where it changes or removes a package that was there, and where the command line
cannot be called from it. What it adds is said, and taken away again before the next.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import build_notebooks
from nbformat.v4 import new_code_cell
from syllabus import ROOT, set_repository, tracked

PINS = ROOT / "tools" / "colab" / "2026.07.txt"
# What Colab has beside the pins, in versions that do not matter here, of what chapters or their installations touch.
UNPINNED = ("pandas", "pyyaml", "requests", "sqlalchemy", "tqdm", "setuptools", "threadpoolctl")
ADDRESS = "somebody/course"
CELL_TIMEOUT = 300  # two cores of Colab are slow, and so is a fetch
STARTUP = """\
import sys, types
sys.modules["google.colab"] = types.ModuleType("google.colab")  # and `google` stays what protobuf needs
"""
# what !python does, with its answer
CALL = """said = get_ipython().getoutput("python -m fer_utils --help")
assert said[0].startswith("usage"), said"""


def make_environment(folder, python, pins):
    """A virtual environment with what is pinned in the file `pins`; made once, used until the pins change."""
    stamp = folder / ".pins"
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != pins.read_text(encoding="utf-8"):
        print(f"Setting up {folder} with {python}: some minutes and 3 GB of disk, the first time only.", flush=True)
        subprocess.run([python, "-m", "venv", "--clear", folder], check=True)
        subprocess.run([python_of(folder), "-m", "pip", "install", "-q", "-r", pins, *UNPINNED], check=True)
        stamp.write_text(pins.read_text(encoding="utf-8"), encoding="utf-8")
    return folder


def python_of(environment):
    """The Python of a virtual environment. It is a link, which is not followed: its place says what is installed."""
    return environment / "bin" / "python"


def packages(python):
    """What is installed for a Python: {package: version}."""
    code = ("import importlib.metadata as m, json; "
            "print(json.dumps({d.metadata['Name'].lower(): d.version for d in m.distributions()}))")
    return json.loads(subprocess.run([python, "-c", code], check=True, capture_output=True, text=True, cwd="/").stdout)


def compared(before, after):
    """(packages changed or gone, packages added), lists of text, of two results of `packages`."""
    replaced = [f"{name} {version} -> {after.get(name, 'gone')}" for name, version in before.items()
                if after.get(name) != version]
    return replaced, [f"{name} {version}" for name, version in sorted(after.items()) if name not in before]


def publish(folder, root=ROOT):
    """Put the working tree into a git repository in `folder`, as if it were on GitHub, under an address of its own."""
    course = folder / f"{ADDRESS}.git"
    for name in tracked(root):
        (course / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(root / name, course / name)
    set_repository(f"{ADDRESS}@main", course)
    git = ["git", "-c", "user.name=course", "-c", "user.email=course@example.org", "-C", str(course)]
    for arguments in (["init", "-q", "-b", "main"], ["add", "--all"], ["commit", "-q", "-m", "The course"]):
        subprocess.run([*git, *arguments], check=True)
    return course


def environment_variables(python, published, scratch):
    """What the kernel finds: the environment first on its path, no settings of the author's, and the published course
    in the place of GitHub."""
    left_out = ("PYTHONPATH", "FER2013_SOURCE", "KERAS_BACKEND", "MPLBACKEND", "FER_UTILS_STRICT", "VIRTUAL_ENV")
    env = {key: value for key, value in os.environ.items() if key not in left_out}
    return env | {
        "PATH": f"{Path(python).parent}{os.pathsep}{os.environ['PATH']}", "IPYTHONDIR": str(scratch / "ipython"),
        "FER_UTILS_CACHE": str(scratch / "cache"), "KERAS_HOME": str(scratch / "keras"), "CUDA_VISIBLE_DEVICES": "-1",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # no chat of the debugger
        "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": f"url.file://{published}/.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://github.com/"}


def run_alone(name, python, published):
    """Run a chapter's notebook in an empty folder, with the first cell twice; `published` is a folder of `publish`.

    Returns the text on stderr. Raises BuildError where a cell fails.
    """
    from jupyter_client import AsyncKernelManager
    from jupyter_client.kernelspec import KernelSpecManager

    notebook = build_notebooks.convert(name, "learner", published / f"{ADDRESS}.git")
    place = next(i for i, cell in enumerate(notebook.cells) if "bootstrap" in build_notebooks.tags(cell))
    notebook.cells[place + 1:place + 1] = [new_code_cell(notebook.cells[place].source), new_code_cell(CALL)]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        scratch = Path(scratch)
        startup, kernel, content = (scratch / part for part in (
            "ipython/profile_default/startup", "kernels/colab", "content"))
        for folder in (startup, kernel, content, scratch / "cache"):
            folder.mkdir(parents=True)
        (startup / "00-colab.py").write_text(STARTUP)
        command = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        (kernel / "kernel.json").write_text(json.dumps({"argv": command, "display_name": "Colab"}))
        manager = AsyncKernelManager(kernel_name="colab", kernel_spec_manager=KernelSpecManager(
            kernel_dirs=[str(scratch / "kernels")], ensure_native_kernel=False))
        build_notebooks.execute_cells(notebook, content, environment_variables(python, published, scratch),
                                      timeout=CELL_TIMEOUT, km=manager)
    return build_notebooks.clean(notebook)


def main(arguments=None):
    """Run the chapters named, or all; returns the exit status."""
    parser = argparse.ArgumentParser(description="Run each notebook alone as on Google Colab.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="chapters such as 09 or 10_squeezenet; default: all")
    parser.add_argument("--python", default="python3.12", help="what makes the environment (python3.12)")
    parser.add_argument("--pins", type=Path, default=PINS, help="what the environment holds (tools/colab/2026.07.txt)")
    parser.add_argument("--environment", type=Path, default=ROOT / ".venv-colab", help="its folder (.venv-colab)")
    options = parser.parse_args(arguments)
    names = build_notebooks.chosen(parser, options.names)
    python = python_of(make_environment(options.environment.absolute(), options.python, options.pins))
    there = packages(python)
    print(subprocess.run([python, "--version"], capture_output=True, text=True).stdout.strip(), *(
        f"{name} {there[name]}" for name in ("tensorflow", "keras", "numpy", "ipython", "ipywidgets")), sep=", ")

    failed = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as published:
        publish(Path(published))
        for name in names:
            start, said, problem = time.perf_counter(), "", ""
            try:
                said = run_alone(name, python, Path(published))
            except build_notebooks.BuildError as error:
                problem = str(error)
            replaced, added = compared(there, packages(python))
            if replaced:
                problem += f"\n  packages of Colab changed: {', '.join(replaced)}"
            print(f"{name}: {'FAILED' if problem else 'ran'}, {time.perf_counter() - start:.0f} s, added: "
                  f"{', '.join(added) or 'nothing'}{problem and f', {problem}'}", flush=True)
            if said.strip():
                print(f"  stderr: {said.strip()[:2000]}", flush=True)
            failed += [name] if problem else []
            if added:
                subprocess.run([python, "-m", "pip", "uninstall", "-q", "-y", *(one.split()[0] for one in added)],
                               check=True)
            if replaced:
                print("The environment is no longer as Colab's; delete it and run again.", file=sys.stderr)
                break
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
