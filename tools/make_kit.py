"""Everything for a class without a network, in one folder for a USB stick: `python tools/make_kit.py [--out FOLDER]`.

The folder holds a clone of the course, for each system all packages as wheels, the built site where there is one, and
two files that install from the stick alone: `install.sh` and `install.bat`. Making it needs a network and some
gigabytes; the class needs neither.

The versions are found by uv, which knows what each system and Python asks for, and fetched by pip. Where a package has
no wheel for a system, that system is left out, and the last lines say so.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from syllabus import ROOT

# What uv calls each system, and the tags that pip may take wheels for.
SYSTEMS = {
    "linux": ("x86_64-manylinux_2_28", [f"manylinux_2_{minor}_x86_64" for minor in (28, 27, 24, 17, 12, 5)]
              + ["manylinux2014_x86_64", "manylinux2010_x86_64", "manylinux1_x86_64", "linux_x86_64"]),
    "macos": ("aarch64-apple-darwin", [f"macosx_{major}_0_{kind}" for major in (14, 13, 12, 11)
                                       for kind in ("arm64", "universal2")]
              + ["macosx_10_13_universal2", "macosx_10_9_universal2"]),
    "windows": ("x86_64-pc-windows-msvc", ["win_amd64"]),
}
PYTHON = "3.12"
# uv passes over the upper end of what a package says of Python, which pip keeps to; one package has such an end.
CONSTRAINTS = "backports-strenum<1.3\n"
BUILD = ("pip", "setuptools>=77", "wheel")  # the package itself is installed from the clone, which needs these
README = """Facial expression recognition: the course, without a network

1. Install Python {python} (python.org; on Debian and Ubuntu: python3 and python3-venv). The packages here are for this
   version alone.
2. Copy this folder to your disk and open a terminal in it.
3. Linux and macOS: bash install.sh        Windows: install.bat
   It makes course/.venv from the wheels here, opens nothing else, and ends with the line that starts JupyterLab.

{site}Packages here: {systems}. A Mac needs a chip by Apple, since TensorFlow has no packages for Intel's any more.
"""
INSTALL_SH = """#!/usr/bin/env bash
# Install the course from this folder alone.
set -euo pipefail
cd "$(dirname "${{BASH_SOURCE[0]}}")/course"
case "$(uname)" in Darwin) system=macos ;; *) system=linux ;; esac
python=${{PYTHON:-python{python}}}
if ! "$python" -c 'import sys, venv; sys.exit(sys.version_info[:2] != ({major}, {minor}))' 2>/dev/null; then
    echo "Python {python} with its venv module is needed; PYTHON=/path/to/python{python} names it." >&2
    exit 1
fi
"$python" -m venv .venv
.venv/bin/python -m pip install --no-index --find-links "../wheels/$system" --upgrade pip setuptools wheel
.venv/bin/python -m pip install --no-index --find-links "../wheels/$system" --no-build-isolation -e '.[course]'
touch .venv/.installed
echo "Installed. Start the course with: cd '$PWD' && .venv/bin/jupyter lab notebooks/00_start_here.ipynb"
"""
INSTALL_BAT = """@echo off
rem Install the course from this folder alone.
cd /d "%~dp0course"
py -{python} -m venv .venv || (echo Python {python} is needed. & exit /b 1)
set pip=.venv\\Scripts\\python -m pip install --no-index --find-links ..\\wheels\\windows
%pip% --upgrade pip setuptools wheel || exit /b 1
%pip% --no-build-isolation -e .[course] || exit /b 1
echo Installed. Start the course with: cd course ^&^& .venv\\Scripts\\jupyter lab notebooks\\00_start_here.ipynb
"""


def run(*command, **options):
    """A command whose output is kept; CalledProcessError where it fails."""
    return subprocess.run(command, check=True, capture_output=True, text=True, **options)


def pinned(system, python):
    """What the course needs on a system, one `name==version` each, as uv resolves it from wheels alone."""
    asked = (ROOT / "requirements.txt").read_text(encoding="utf-8") + "\n" + "\n".join(BUILD)
    with tempfile.TemporaryDirectory() as folder:
        constraints = Path(folder) / "constraints.txt"
        constraints.write_text(CONSTRAINTS, encoding="utf-8")
        answer = run(sys.executable, "-m", "uv", "pip", "compile", "-", "--constraint", str(constraints),
                     "--python-platform", SYSTEMS[system][0], "--python-version", python, "--only-binary", ":all:",
                     "--no-header", "--no-annotate", "--quiet", input=asked)
    return [line for line in answer.stdout.splitlines() if line and not line.startswith("#")]


def fetch(system, python, folder):
    """Fetch the wheels for a system; returns their number."""
    folder.mkdir(parents=True, exist_ok=True)
    tags = [word for tag in SYSTEMS[system][1] for word in ("--platform", tag)]
    wanted = folder / "requirements.txt"
    wanted.write_text("\n".join(pinned(system, python)) + "\n", encoding="utf-8")
    run(sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--python-version", python,
        "--implementation", "cp", "--abi", f"cp{python.replace('.', '')}", "--abi", "abi3", "--abi", "none", *tags,
        "--dest", str(folder), "-r", str(wanted))
    return len(list(folder.glob("*.whl")))


def write_guides(folder, python, systems, site):
    """The two install files and the page that a teacher reads first."""
    major, minor = python.split(".")
    says = {"python": python, "major": major, "minor": minor, "systems": ", ".join(systems),
            "site": "To read only, open site/index.html in a browser; nothing has to be installed.\n\n" if site else ""}
    for name, text in (("READ ME FIRST.txt", README), ("install.sh", INSTALL_SH), ("install.bat", INSTALL_BAT)):
        end = "\r\n" if name.endswith(".bat") else "\n"
        (folder / name).write_text(text.format(**says), encoding="utf-8", newline=end)


def make(folder, systems=tuple(SYSTEMS), python=PYTHON):
    """Make the kit in an empty folder. Returns a dict: for each system the number of its wheels, or why it has none."""
    if folder.exists() and any(folder.iterdir()):
        raise OSError(f"{folder} is not empty; name another folder with --out, or remove it.")
    folder.mkdir(parents=True, exist_ok=True)
    run("git", "clone", "--quiet", "--depth", "1", ROOT.as_uri(), str(folder / "course"))
    found = {}
    for system in systems:
        try:
            found[system] = fetch(system, python, folder / "wheels" / system)
        except subprocess.CalledProcessError as error:
            found[system] = " ".join((error.stderr or str(error)).split())[-300:]
            shutil.rmtree(folder / "wheels" / system, ignore_errors=True)
    built = ROOT / "site" / "_build" / "html"
    if built.is_dir():
        shutil.copytree(built, folder / "site")
    write_guides(folder, python, [system for system, count in found.items() if isinstance(count, int)], built.is_dir())
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", default="build/kit", help="an empty folder or a new one; default: build/kit")
    parser.add_argument("--systems", nargs="+", choices=SYSTEMS, default=list(SYSTEMS))
    parser.add_argument("--python", default=PYTHON, choices=("3.11", "3.12", "3.13"), help=f"default: {PYTHON}")
    options = parser.parse_args()
    try:
        counts = make(Path(options.out), options.systems, options.python)
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"make_kit: {getattr(error, 'stderr', '') or error}")
    size = sum(path.stat().st_size for path in Path(options.out).rglob("*") if path.is_file())
    for name, count in counts.items():
        print(f"{name}: {count} wheels" if isinstance(count, int) else f"{name}: left out. {count}")
    print(f"{options.out}: {size / 1e9:.1f} GB")
    sys.exit(not any(isinstance(count, int) for count in counts.values()))
