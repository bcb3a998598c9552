"""The peers that the benchmark asks beside our networks: what they are, and an environment of its own for each.

A peer is a package that a reader would pick for the same task and that carries its weights. What it needs is installed
from the package index into a folder of the cache at first use, so that neither its libraries nor their versions touch
the course's. Explained in chapter 14.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from fer_utils.files import alone_in, read_json, write_text

PROGRAMS = Path(__path__[0]).resolve()
INSTALL_SECONDS = 1800

# OpenCV 5 has no cascade classifier, and setuptools 81 no pkg_resources, both of which fer 25.10 imports.
TENSORFLOW = ("tensorflow-cpu==2.21.*; sys_platform == 'linux' and platform_machine == 'x86_64'",
              "tensorflow==2.21.*; sys_platform != 'linux' or platform_machine != 'x86_64'")
ARRIAGA = ("FER-2013: by its page a network of Arriaga and others 2017 (arXiv:1710.07557), whose training script "
           "learns from Training and chooses the epoch on PublicTest and PrivateTest together")


class Environment(NamedTuple):
    """What is installed for a peer. `kind`: "python" or "node"; `packages`, with all that they need; `alone`, without
    what they ask for, since it is large and of no use here."""

    kind: str
    packages: tuple
    alone: tuple = ()


class Peer(NamedTuple):
    """A network of a peer. `environment`: its key in `ENVIRONMENTS`; `program` and `form`: what is run and its first
    argument; `files`: patterns of its weights in the environment; `version`, of the package; `trained_on`, as far as
    its source says."""

    environment: str
    program: str
    form: str
    files: tuple
    version: str
    licence: str
    trained_on: str


class PeerError(ValueError):
    """A peer that cannot be installed here; the message says why."""


ENVIRONMENTS = {
    "fer": Environment("python", ("numpy<2.4", *TENSORFLOW, "opencv-python-headless==4.14.0.94", "requests", "pillow",
                                  "setuptools<81"), alone=("fer==25.10.3",)),
    "human": Environment("node", ("@vladmandic/human@3.3.6", "@tensorflow/tfjs-core@4.22.0",
                                  "@tensorflow/tfjs-converter@4.22.0", "@tensorflow/tfjs-backend-wasm@4.22.0")),
    "face-api": Environment("node", ("@vladmandic/face-api@1.7.15", "@tensorflow/tfjs@4.22.0",
                                     "@tensorflow/tfjs-backend-wasm@4.22.0")),
}

PEERS = {
    "fer, tflite": Peer("fer", "fer_package.py", "tflite",
                        ("**/site-packages/fer/data/emotion_model_quantized.tflite",), "25.10.3", "MIT", ARRIAGA),
    "fer, hdf5": Peer("fer", "fer_package.py", "hdf5", ("**/site-packages/fer/data/emotion_model.hdf5",), "25.10.3",
                      "MIT", ARRIAGA),
    "human": Peer("human", "human.js", "network", ("node_modules/@vladmandic/human/models/emotion.*",), "3.3.6", "MIT",
                  ARRIAGA),
    "face-api": Peer("face-api", "face_api.js", "network",
                     ("node_modules/@vladmandic/face-api/model/face_expression_model*",), "1.7.15", "MIT",
                     "public datasets and pictures from the web, which its page does not name"),
}


def environment_folder(name):
    """Where the environment of that name in `ENVIRONMENTS` is, or will be: another folder for other packages."""
    from fer_utils.data import cache_folder

    wanted = repr((ENVIRONMENTS[name], sys.version_info[:2]))
    return cache_folder() / "peers" / f"{name}-{hashlib.sha256(wanted.encode()).hexdigest()[:8]}"


def installed(name, say=lambda text: None):
    """The folder of an environment, after it was installed if it was not. `say` is told what is done, for people.

    Raises PeerError, with the reason, where it cannot be installed.
    """
    folder, environment = environment_folder(name), ENVIRONMENTS[name]
    done = folder / "installed.json"
    if done.is_file() and read_json(done) == list(environment.packages + environment.alone):
        return folder
    say(f"installing {name} and what it needs")
    try:
        with alone_in(folder):
            for command in install_commands(folder, environment):
                _run(command, name)
            write_text(done, json.dumps([*environment.packages, *environment.alone]))
    except (OSError, ValueError) as error:
        raise error if isinstance(error, PeerError) else PeerError(str(error)) from error
    return folder


def install_commands(folder, environment):
    """The commands that install an environment, lists of text. Raises PeerError where a tool is missing."""
    if environment.kind == "python":
        python = str(interpreter(folder, environment))
        pip = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        commands = [[sys.executable, "-m", "venv", str(folder / "venv")], [*pip, *environment.packages]]
        return commands + ([[*pip, "--no-deps", *environment.alone]] if environment.alone else [])
    npm = shutil.which("npm")
    if not npm or not shutil.which("node"):
        raise PeerError("it needs Node and npm, which are not installed")
    return [[npm, "install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(folder),
             *environment.packages]]


def interpreter(folder, environment):
    """The program that runs the programs of an environment in a folder."""
    if environment.kind == "node":
        return Path(shutil.which("node") or "node")
    return folder / "venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def peer_command(peer, folder, form, faces_file, threads):
    """The command that starts a peer's program, and what it adds to the environment variables.

    `form` is that of the `Peer`, or "picture"; `faces_file` and `threads` as its program takes them.
    """
    environment = ENVIRONMENTS[peer.environment]
    command = [str(interpreter(folder, environment)), str(PROGRAMS / peer.program), form, str(faces_file), str(threads)]
    return command, {"NODE_PATH": str(folder / "node_modules")} if environment.kind == "node" else {"PYTHONPATH": ""}


def file_bytes(peer, folder):
    """The bytes of a peer's weights, as they lie on the disk."""
    return sum(path.stat().st_size for pattern in peer.files for path in folder.glob(pattern))


def _run(command, name):
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=INSTALL_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise PeerError(f"{name} was not installed within {INSTALL_SECONDS // 60} minutes") from error
    if done.returncode:
        lines = (done.stderr + "\n" + done.stdout).splitlines()
        why = next((line.strip() for line in lines if re.search("error|ERR!", line, re.I)), "no reason given")
        raise PeerError(f"{name} could not be installed ({why[:200]})")
