"""Record what a published run answers to the Training faces: `python tools/record_train.py NAME`.

NAME is a network, which stands for its published run, or a run whose weights ship. Needs the faces that it was trained
on (FER2013_SOURCE) and some minutes. Writes data/results/RUN/train.npz: probabilities as in private.npz, for the faces
as they are and mirrored, in the order of the faces' hashes. A small network can learn from them without its teacher
(chapter 16). What is recorded already is left alone.
"""

import argparse
import sys

import numpy as np
from publish_run import packed_answers

from fer_utils.evaluation import faces_of_run, predict_probabilities
from fer_utils.evaluation.results import RESULTS_FOLDER, load_run, recorded_train
from fer_utils.evaluation.tta import views_of
from fer_utils.files import write_packed
from fer_utils.networks.weights import load_network
from fer_utils.training.distillation import by_key


def record(name):
    """Record the answers of a published run to the Training faces, unless they are recorded."""
    run = load_run(name)
    path = RESULTS_FOLDER / run["run"] / "train.npz"
    faces = faces_of_run(run, ("train", "public"))
    if faces.content_hash != run["data"]["content_hash"]:
        sys.exit("the faces at hand are not the faces this run was trained on.")
    order = by_key(faces.train.images)
    if not path.exists():
        net = load_network(run["run"])
        plain, mirrored = (packed_answers(predict_probabilities(net, view))
                           for view in views_of(faces.train.images[order], "flip"))
        write_packed(path, plain=plain, mirrored=mirrored)
    for view, answers in zip(("as they are", "mirrored"), recorded_train(run["run"])):
        right = np.mean(answers.argmax(axis=1) == faces.train.labels[order])
        print(f"{run['run']}: {len(answers):,} faces, {view}, {100 * right:.2f} % right, {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", metavar="NAME")
    try:
        record(parser.parse_args().name)
    except (OSError, ValueError) as error:
        sys.exit(f"record_train: {error}")
