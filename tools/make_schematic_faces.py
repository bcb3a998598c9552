"""Make data/schematic_faces.npz, the bundled faces, or check that the file is what the generator draws.

    python tools/make_schematic_faces.py            writes the file
    python tools/make_schematic_faces.py --check    draws all faces again and compares them with the file
"""

import argparse
import os
import sys

import numpy as np

from fer_utils.data import BUNDLED, SPLITS
from fer_utils.faces.random_faces import make_faces
from fer_utils.files import write_packed

COUNTS = {"train": 1400, "public": 350, "private": 350}
SEEDS = {"train": 2013, "public": 2014, "private": 2015}

# Other versions of Pillow may round an edge or a blur differently, other versions of NumPy the last digit of a
# random number: Pillow 10.4 moves one pixel in 10,000. A changed drawing, seed or parameter moves far more.
LARGEST_SHARE_MOVED = 0.01


def make_split(split, first=None):
    """(images, labels) of the split "train", "public" or "private"; `first` draws only its first faces."""
    return make_faces(COUNTS[split], SEEDS[split], first, workers=1 if first else os.cpu_count() or 1)


def differences(first=None):
    """What is wrong with the file, as a list of sentences; empty where it is what the generator draws.

    `first` compares only the first faces of each split, which is quick. Raises OSError where there is no file.
    """
    wrong = []
    with np.load(BUNDLED) as file:
        for split in SPLITS:
            images, labels = make_split(split, first)
            stored_images, stored_labels = file[f"{split}_images"], file[f"{split}_labels"]
            if len(stored_images) != COUNTS[split] or len(stored_labels) != COUNTS[split]:
                wrong.append(f"{split} holds {len(stored_images)} faces, the generator makes {COUNTS[split]}.")
                continue
            if not np.array_equal(stored_labels[:first], labels):
                wrong.append(f"{split}: the labels differ from the generator's.")
            moved = np.mean(stored_images[:first] != images)
            if moved > LARGEST_SHARE_MOVED:
                wrong.append(f"{split}: {moved:.1%} of the pixels differ from the generator's.")
    return wrong


def write():
    """Write the file in one step and return its size in bytes."""
    arrays = {}
    for split in SPLITS:
        arrays[f"{split}_images"], arrays[f"{split}_labels"] = make_split(split)
    write_packed(BUNDLED, **arrays)
    return BUNDLED.stat().st_size


def main():
    """Write the file, or compare it."""
    parser = argparse.ArgumentParser(description="Make or check the bundled schematic faces.")
    parser.add_argument("--check", action="store_true", help="compare the file with the generator; write nothing")
    if parser.parse_args().check:
        wrong = differences()
        print("\n".join(f"{BUNDLED.name}: {line}" for line in wrong) or f"{BUNDLED.name} is what the generator draws.")
        if wrong:
            sys.exit("Make it again with: python tools/make_schematic_faces.py")
    else:
        print(f"{BUNDLED.name}: {write():,} bytes")


if __name__ == "__main__":
    main()
