"""The page "Read my face" as a folder: what is fetched is checked, what it computes with is the package's own."""

import base64
import gzip
import hashlib
import json
import re
import tarfile
from pathlib import Path

import make_reader
import npm
import numpy as np
import pytest

from fer_utils.data.detectors import Box, framed
from fer_utils.data.detectors.blazeface import MODEL
from fer_utils.edge.litert import shipped_export
from fer_utils.labels import EMOTIONS

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def archive(tmp_path, monkeypatch):
    """A small archive in place of LiteRT.js, where `npm.fetched` looks first."""
    path = tmp_path / "kept" / f"{make_reader.PACKAGE.replace('/', '-')}.tgz"
    path.parent.mkdir()
    with tarfile.open(path, "w:gz") as tar:
        for name in make_reader.RUNTIMES.values():
            for ending in ("js", "wasm"):
                (tmp_path / "file").write_text(f"{name}.{ending}")
                tar.add(tmp_path / "file", f"package/wasm/{name}.{ending}")
    digest = hashlib.sha512(path.read_bytes()).digest()
    monkeypatch.setattr(make_reader, "INTEGRITY", "sha512-" + base64.b64encode(digest).decode())
    return path


def test_another_archive_is_refused_and_thrown_away(archive, tmp_path):
    archive.write_bytes(archive.read_bytes() + b" ")
    with pytest.raises(npm.NpmError, match="not the archive that this tool knows"):
        make_reader.assemble(tmp_path / "out", kept=archive.parent)
    assert not archive.exists() and not (tmp_path / "out").exists()


def test_networks_and_detector_are_the_shipped_ones(archive, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "old").write_text("what stood there before")
    assembled = make_reader.assemble(tmp_path / "out", kept=archive.parent)
    assert not (assembled / "old").exists() and (assembled / "index.html").is_file()
    facts = json.loads((assembled / "facts.json").read_text())
    for kind, name in make_reader.RUNTIMES.items():
        script, wasm = (assembled / facts["runtimes"][kind][part]["file"] for part in ("script", "wasm"))
        assert script.read_text() == f"{name}.js" and gzip.decompress(wasm.read_bytes()) == f"{name}.wasm".encode()
    shipped = {name: shipped_export(name) for name in make_reader.NETWORKS.values()}
    for known, path in [(facts["detector"], MODEL), *((net, shipped[net["name"]]) for net in
                                                      facts["networks"].values())]:
        written = (assembled / known["file"]).read_bytes()
        assert written == path.read_bytes()
        assert known["integrity"] == "sha256-" + base64.b64encode(hashlib.sha256(written).digest()).decode()
    assert facts["emotions"] == list(EMOTIONS)


def test_the_page_frames_faces_by_the_package_s_own_numbers(monkeypatch):
    facts = make_reader.detector_facts()
    side, down = facts["framing"]["side"], facts["framing"]["down"]
    box = framed(Box(100, 200, 1000, 1000), "blazeface")
    assert (box.height, box.row) == (round(1000 * side), round(600 + 1000 * down - 500 * side))
    monkeypatch.setitem(make_reader.detectors.FRAMING, "blazeface", make_reader.detectors.Framing(2.0, 0.5))
    assert make_reader.detector_facts()["framing"] == {"side": 2.0, "down": 0.5}
    scripts = "".join(path.read_text() for path in make_reader.SOURCE.glob("*.js"))
    assert str(side) not in scripts and str(abs(down)) not in scripts  # nor are they typed a second time


def test_the_threshold_is_that_of_chapter_12():
    source = (ROOT / "notebooks" / "source" / "12_evaluation.py").read_text(encoding="utf-8")
    assert f"figures.abstention({make_reader.THRESHOLD})" in source
    table = np.array(make_reader.silence_table())
    assert table[0, 1] == 1 and (np.diff(table[:, 1]) <= 0).all() and table[-1, 2] > table[0, 2] + 0.1


def test_the_page_names_no_other_host_and_fits_into_the_repository():
    for path in make_reader.SOURCE.iterdir():
        assert path.stat().st_size < 100_000
        assert not re.findall(r"(?:https?:)?//[\w-]+\.\w+", path.read_text(encoding="utf-8")), path.name
    page = (make_reader.SOURCE / "index.html").read_text(encoding="utf-8")
    assert "default-src 'none'" in page and "connect-src 'self'" in page


def test_what_the_page_prints_of_the_records_is_there():
    page = (make_reader.SOURCE / "index.html").read_text(encoding="utf-8")
    from fer_utils.data import load_schematic

    words = make_reader.in_words(load_schematic(("public",)).public)
    assert set(re.findall(r'data-fact="(\w+)"', page)) == {*words, "network"}
    assert words["accuracy"] == "72.3 %" and words["best"] == "happiness"
    assert not re.search(r"\d\d?(?:\.\d)? %", page)  # no share is typed
