"""Record what published runs answer to PublicTest: `python tools/record_public.py NAME [NAME ...]`.

NAME is a network, which stands for its published run, or a run whose weights ship. Needs the faces that it was trained
on (FER2013_SOURCE) and a minute or two a network. Writes data/results/RUN/public.npz: probabilities as in private.npz,
and the labels. What is fitted to answers, such as the temperature and the conformal threshold of chapter 12, is fitted
to these, never to PrivateTest. What is recorded already is left alone.
"""

import argparse
import sys

import numpy as np
from publish_run import packed_answers

from fer_utils.evaluation import faces_of_run, predict_probabilities
from fer_utils.evaluation.results import RESULTS_FOLDER, load_run, recorded_public
from fer_utils.files import write_packed
from fer_utils.networks.weights import load_network


def record(name):
    """Record the PublicTest answers of a published run, unless they are recorded."""
    run = load_run(name)
    path = RESULTS_FOLDER / run["run"] / "public.npz"
    if not path.exists():
        faces = faces_of_run(run, ("train", "public"))
        if faces.content_hash != run["data"]["content_hash"]:
            sys.exit("the faces at hand are not the faces this run was trained on.")
        answers = predict_probabilities(load_network(run["run"]), faces.public.images)
        write_packed(path, probabilities=packed_answers(answers), labels=faces.public.labels.astype(np.uint8))
    found = recorded_public(run["run"])
    right = np.mean(found["probabilities"].argmax(axis=1) == found["labels"])
    print(f"{run['run']}: {len(found['labels']):,} faces, {100 * right:.2f} % right, {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="+", metavar="NAME")
    try:
        for chosen in parser.parse_args().names:
            record(chosen)
    except (OSError, ValueError) as error:
        sys.exit(f"record_public: {error}")
