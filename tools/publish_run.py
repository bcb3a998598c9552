"""Publish a finished training run: round its weights, read PrivateTest once, write data/results and data/weights.

    python tools/publish_run.py runs/squeezenet-fer-modern-s0 [--no-weights] [--note TEXT]

A run that is published already is refused: PrivateTest is read once, with every view of `fer_utils.views` in that
reading. `--no-weights` keeps the weights out of git; the run can then be scored with `evaluate --recorded` only.
"""

import argparse
import json
import sys
from functools import partial
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from fer_utils.data import image_keys, without_twins, write_text  # noqa: E402
from fer_utils.evaluation import faces_of_run, load_network, predict_probabilities, scores_with_twins  # noqa: E402
from fer_utils.results import RESULTS_FOLDER, private_faces_path  # noqa: E402
from fer_utils.views import VIEWS, mean_over_views  # noqa: E402
from fer_utils.weights import WEIGHTS_FOLDER, load_weights, save_weights  # noqa: E402


def publish(folder, with_weights=True, note=None):
    folder = Path(folder)
    record = json.loads((folder / "run.json").read_text())
    name = f"{record['model']}-{record['recipe']['name']}-s{record['seed']}"
    out = RESULTS_FOLDER / name
    if (out / "scores.json").exists():
        sys.exit(f"{name} is published already. PrivateTest is read once per run.")
    faces = faces_of_run({"run": name} | record, ("train", "public", "private"))
    trained_on = type(faces)(faces.name, faces.source, {s: faces.parts[s] for s in ("train", "public")})
    if trained_on.content_hash != record["data"]["content_hash"]:
        sys.exit("the faces at hand are not the faces this run was trained on.")

    net = load_network(folder)
    rounded = folder / f"{name}.npz"
    sha256 = save_weights(net, rounded, dtype="float16")
    load_weights(net, rounded)  # score what ships, not what was trained
    result = {"parameters": net.count_params(), "file_bytes": rounded.stat().st_size, "weights_sha256": sha256}
    for split in ("public", "private"):
        images, labels = faces.split(split)
        alone = without_twins(images, faces.train.images)
        probabilities = predict_probabilities(net, images)
        result[split] = scores_with_twins(labels, probabilities, alone)
        # every view in the same reading of the split, or PrivateTest would be read again for them
        result[f"{split}_views"] = {
            views: scores_with_twins(labels, mean_over_views(partial(predict_probabilities, net), images, views), alone)
            for views in VIEWS if views != "single"}

    out.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(out / "private.npz", probabilities=probabilities.astype(np.float16))
    describe_private_faces(faces.name, images, labels, ~alone)
    if with_weights:
        WEIGHTS_FOLDER.mkdir(parents=True, exist_ok=True)
        rounded.replace(WEIGHTS_FOLDER / rounded.name)
        sums = WEIGHTS_FOLDER / "sha256.json"
        known = json.loads(sums.read_text()) if sums.exists() else {}
        write_text(sums, json.dumps(dict(sorted((known | {f"{name}.npz": sha256}).items())), indent=1) + "\n")
    record.pop("state")
    if note:
        record["note"] = note
    write_text(out / "run.json", json.dumps(record, indent=1) + "\n")
    write_text(out / "scores.json", json.dumps(result, indent=1) + "\n")
    print(f"{name}: public {result['public']['accuracy']:.4f}, private {result['private']['accuracy']:.4f}, "
          f"without twins {result['private']['leak_free_accuracy']:.4f}, {result['file_bytes']:,} bytes")


def describe_private_faces(dataset, images, labels, has_twin):
    """Write down, once for all runs, which faces were answered; refuse others under the same name."""
    path = private_faces_path(dataset)
    keys = np.array([np.frombuffer(key[:16], np.uint8) for key in image_keys(images)])
    if path.exists():
        with np.load(path) as known:
            if not np.array_equal(known["keys"], keys):
                sys.exit(f"{path} describes other faces; a new set of faces needs a new name.")
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, keys=keys, labels=labels, has_twin=has_twin)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("--no-weights", action="store_true", help="keep the weights out of git")
    parser.add_argument("--note", help="what a reader of the record should know, such as an interruption")
    options = parser.parse_args()
    publish(options.folder, with_weights=not options.no_weights, note=options.note)
