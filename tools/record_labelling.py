"""Record the example of "Label it yourself" in chapter 03: `python tools/record_labelling.py VOTES`.

VOTES is fer2013new.csv of FER+; FER2013_SOURCE names the photographs. For each of 30 faces of PublicTest one of its
FER+ votes is drawn, what one of the ten people who looked at that face called it. Written are indices, labels and
answers, no pictures. Contempt, unknown and "not a face" count as "cannot tell".
"""

import argparse
import json

import numpy as np

from fer_utils.course.labelling.results import EXAMPLE_FILE
from fer_utils.course.labelling.sessions import CANNOT_TELL, deal, ordered_hash
from fer_utils.data.fer2013 import load_fer2013
from fer_utils.data.ferplus import read_votes, votes_of
from fer_utils.evaluation import predict_probabilities
from fer_utils.evaluation.results import load_run
from fer_utils.files import write_text
from fer_utils.networks import DEFAULT_NETWORK
from fer_utils.networks.weights import load_network

COUNT, SEED = 30, 2013  # fixed before the example was looked at


def example(path, count=COUNT, seed=SEED):
    """The recorded example, a dict ready for JSON. Raises ValueError where a face has no votes."""
    faces = load_fer2013(splits=("public",))
    indices = deal(faces, count, seed)
    votes = votes_of(faces.public.images, "public", read_votes(path))[indices].astype(float)
    if not votes.any(axis=1).all():
        raise ValueError(f"a face that seed {seed} deals has no votes in FER+. Choose another seed.")
    rng = np.random.default_rng(seed)
    drawn = [int(rng.choice(len(row), p=row / row.sum())) for row in votes]
    network = predict_probabilities(load_network(DEFAULT_NETWORK), faces.public.images[indices]).argmax(axis=1)
    return {
        "what": "for each face one of its votes in FER+, drawn at random: one person a face, not one person",
        "data": {"name": faces.name, "split": "public", "content_hash": ordered_hash(faces.public)},
        "votes": "FER+, Barsoum and others 2016, arXiv:1608.01041", "seed": seed,
        "indices": indices.tolist(), "labels": faces.public.labels[indices].tolist(),
        "answers": [min(choice, CANNOT_TELL) for choice in drawn],
        "network": {"name": DEFAULT_NETWORK, "run": load_run(DEFAULT_NETWORK)["run"], "answers": network.tolist()},
    }


def main():
    """Record it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("votes", help="fer2013new.csv of FER+")
    rows = (f"{json.dumps(name)}: {json.dumps(value)}" for name, value in example(parser.parse_args().votes).items())
    write_text(EXAMPLE_FILE, "{\n " + ",\n ".join(rows) + "\n}\n")
    print(f"written: {EXAMPLE_FILE}")


if __name__ == "__main__":
    main()
