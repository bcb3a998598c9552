"""Packages of npm that the tools need: fetched once, as the archive whose SHA-512 is known, into build/npm."""

import base64
import hashlib
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from syllabus import ROOT

KEPT = ROOT / "build" / "npm"


class NpmError(Exception):
    """What keeps a package from being there, with the remedy."""


def fetched(package, integrity, folder=KEPT):
    """The path of the archive of `package` ("name@version"), from `folder` or else from npm.

    Raises NpmError where npm is missing or has no network, and for an archive of another content than `integrity`
    ("sha512-" and the hash in base64, as npm states it) says.
    """
    path = Path(folder) / f"{package.replace('/', '-')}.tgz"
    if not path.is_file():
        npm = shutil.which("npm")
        if npm is None:
            raise NpmError(f"npm is not installed; it fetches {package}. Install Node.js, which brings it.")
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent) as place:
            answer = subprocess.run([npm, "pack", package, "--pack-destination", place], capture_output=True, text=True)
            found = list(Path(place).glob("*.tgz"))
            if answer.returncode or len(found) != 1:
                last = (answer.stderr.strip().splitlines() or ["no reason given"])[-1]
                raise NpmError(f"npm could not fetch {package}: {last}. Is there a network?")
            found[0].replace(path)
    digest = "sha512-" + base64.b64encode(hashlib.sha512(path.read_bytes()).digest()).decode()
    if digest != integrity:
        path.unlink()
        raise NpmError(f"{package} is not the archive that this tool knows: its hash is {digest}, not {integrity}. "
                       "It was thrown away; run the tool again.")
    return path


def unpack(archive, wanted, folder):
    """Write files of an archive of npm into `folder`: those whose path in the package starts with one of `wanted`, a
    dict from that start to what stands in its place."""
    with tarfile.open(archive) as files:
        for member in files.getmembers():
            name = member.name.removeprefix("package/")
            start = next((start for start in wanted if name.startswith(start)), None)
            if start is not None and member.isfile():
                path = Path(folder) / (wanted[start] + name.removeprefix(start))
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(files.extractfile(member).read())
