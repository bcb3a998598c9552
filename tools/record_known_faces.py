"""Write data/dataset/known_faces.npz, by which copies of FER-2013 are recognized (`fer_utils.data.known`):
`python tools/record_known_faces.py SOURCE VOTES`.

SOURCE is a copy of FER-2013 whose rows stand in the order of FER+, VOTES the file of FER+ (fer2013new.csv). The faces
that FER+ gives no name are those in which copies may differ. No photograph can be got back from what is written.
"""

import argparse
import csv

import numpy as np

from fer_utils.data import SPLITS
from fer_utils.data.known import KNOWN_FACES, short_keys, sketch
from fer_utils.data.sources import locate, read
from fer_utils.files import write_packed


def main(arguments=None):
    """Read the copy as it is, and write down how to recognize its faces."""
    parser = argparse.ArgumentParser(description="Record how to recognize the faces of FER-2013.")
    parser.add_argument("source")
    parser.add_argument("votes")
    options = parser.parse_args(arguments)
    parts = read(locate(options.source), SPLITS)
    with open(options.votes, newline="", encoding="utf-8") as file:
        named = np.array([bool(row["Image name"]) for row in csv.DictReader(file)])
    arrays, start = {}, 0
    for split, (images, labels) in parts.items():
        arrays |= {f"{split}_keys": short_keys(images), f"{split}_labels": labels.astype(np.uint8),
                   f"{split}_sketches": sketch(images), f"{split}_certain": named[start:start + len(labels)]}
        start += len(labels)
    write_packed(KNOWN_FACES, **arrays)
    print(f"{start:,} faces, {np.sum(~named):,} of them uncertain; {KNOWN_FACES.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
