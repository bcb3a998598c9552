"""Export, measure and record the networks that ship as int8: `python tools/record_exports.py [--public] [NAME ...]`.

Needs the faces that the network was trained on (FER2013_SOURCE, but for the drawings), some minutes for each of
EXPORTED_NETWORKS (all without names), and the extra `micro`. With `--public` the export answers PublicTest alone and
nothing is recorded, so that settings can be compared. Otherwise it answers PrivateTest, once:
data/weights/NAME-int8.tflite and data/results/RUN-int8 are written. What is recorded
already is left alone. TensorFlow Lite Micro answers PrivateTest, too, where a network fits a microcontroller: that
takes minutes more.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np
from publish_run import describe_private_faces, readable, save_answers

from fer_utils.backend import processor
from fer_utils.data import without_duplicates
from fer_utils.edge.export import COMPARED_FACES, calibration_faces, export
from fer_utils.edge.litert import WEIGHTS_FOLDER, LiteRTNetwork
from fer_utils.edge.micro import MicroNetwork, measure
from fer_utils.edge.quantization import CALIBRATION_FACES
from fer_utils.evaluation import faces_of_run, predict_probabilities, scores_with_leak_free
from fer_utils.evaluation.results import EXPORTED, RESULTS_FOLDER
from fer_utils.files import sha256_of, write_bytes, write_text
from fer_utils.labels import EMOTIONS
from fer_utils.networks.weights import run_and_network
from fer_utils.training.run import versions

EXPORTED_NETWORKS = ("squeezenet-fer-deep", "squeezenet-fer-tiny", "squeezenet-fer-micro", "squeezenet-mini")
MICROCONTROLLER = {"ram_bytes": 256 << 10, "flash_bytes": 512 << 10}
SEED = 0


def record(network, public_only=False):
    """Record the int8 export of a network's published run, unless it is recorded."""
    run, net = run_and_network(network)
    name = run["run"] + EXPORTED
    out = RESULTS_FOLDER / name
    if (out / "scores.json").exists():
        return print(f"{name} is recorded already.")
    faces = faces_of_run(run, ("train", "public"))
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / f"{network}-int8.tflite"
        export(net, written, int8=True, calibrate_on=calibration_faces(faces.train.images, seed=SEED),
               compare_on=faces.public.images[:COMPARED_FACES])
        exported = LiteRTNetwork(written)
        public, wanted = exported.predict(faces.public.images), predict_probabilities(net, faces.public.images)
        accuracy, divergence = float(np.mean(public.argmax(axis=1) == faces.public.labels)), kl(wanted, public)
        print(f"{name}: PublicTest {accuracy:.4f}, divergence {divergence:.5f}, {written.stat().st_size:,} bytes")
        if public_only:
            return None
        private = faces_of_run(run, ("private",)).private
        answers = {"public": public, "private": exported.predict(private.images)}
        found = {"parameters": run["scores"]["parameters"], "file_bytes": written.stat().st_size}
        for split, part in (("public", faces.public), ("private", private)):
            alone = without_duplicates(part.images, faces.train.images)
            found[split] = scores_with_leak_free(part.labels, answers[split], alone)
        found["micro"] = micro(written, private, answers["private"])
        about = {
            "model": network, "exported_from": run["run"], "file": written.name, "sha256": sha256_of(written),
            "runtime": "LiteRT", "calibration": {"faces": CALIBRATION_FACES, "seed": SEED, "split": "train"},
            "data": {"name": faces.name, "content_hash": faces.content_hash, "classes": list(EMOTIONS),
                     "train": len(faces.train.labels), "public": len(faces.public.labels)},
            "versions": versions() | package_versions(), "device": processor(), "public_accuracy": accuracy,
            "public_divergence": divergence}
        out.mkdir(parents=True, exist_ok=True)
        describe_private_faces(faces.name, private.images, private.labels, ~alone)
        save_answers(out / "private.npz", answers["private"])
        write_bytes(WEIGHTS_FOLDER / written.name, written.read_bytes())
        write_text(out / "run.json", readable(about))
        write_text(out / "scores.json", readable(found))  # last: with it the record is there
    return print(f"{name}: PrivateTest {found['private']['accuracy']:.4f}, micro {found['micro']}")


def kl(wanted, got):
    """The mean divergence of some probabilities from others, both (n, 7), in nats. What int8 rounds to 0 counts as half
    a step of 1/256."""
    apart = np.log(np.maximum(wanted, 1e-12)) - np.log(np.maximum(got, 1 / 512))
    return float(np.mean(np.sum(wanted * apart, axis=1)))


def micro(path, private, answers):
    """What TensorFlow Lite Micro takes, and, where that fits a microcontroller, what it reaches."""
    found = measure(path)
    if found["arena_bytes"]["total"] <= MICROCONTROLLER["ram_bytes"] and (
            found["flash_bytes"] <= MICROCONTROLLER["flash_bytes"]):
        there = MicroNetwork(path).predict(private.images).argmax(axis=1)
        found["accuracy"] = float(np.mean(there == private.labels))
        found["alike"] = float(np.mean(there == answers.argmax(axis=1)))
    return found


def package_versions():
    """The versions of what exports, quantizes and runs."""
    from importlib.metadata import version

    return {name: version(name) for name in ("ai-edge-litert", "litert-quantizer", "tflite-micro")}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--public", action="store_true", help="do not read PrivateTest, record nothing")
    options = parser.parse_args()
    unknown = set(options.names) - set(EXPORTED_NETWORKS)
    if unknown:
        sys.exit(f"{', '.join(sorted(unknown))} does not ship as int8; there are: {', '.join(EXPORTED_NETWORKS)}.")
    for chosen in options.names or EXPORTED_NETWORKS:
        record(chosen, options.public)
