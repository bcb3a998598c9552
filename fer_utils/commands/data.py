"""`python -m fer_utils data`: which faces are found."""

import json

from fer_utils.commands import add_json, add_other_faces, named, other_faces


def add_options(command):
    """Add the options of the command."""
    command.add_argument("--source", type=named, help="a copy of FER-2013 to read and remember, or 'hub' for the Deep "
                         "Lake hub")
    add_other_faces(command)
    add_json(command)


def run(options):
    """Say which faces are found: source, counts, content hash."""
    import numpy as np

    from fer_utils.data import load_faces
    from fer_utils.data.fer2013 import load_fer2013
    from fer_utils.labels import EMOTIONS

    if options.faces and options.source:
        raise ValueError("--source names FER-2013 and --faces another dataset; give one of the two.")
    if options.ferplus and options.source:
        raise ValueError("--source remembers a copy of FER-2013: run it first, then --ferplus by itself.")
    faces = other_faces(options) or (load_fer2013(options.source) if options.source else load_faces())
    counts = {split: {emotion: int(count) for emotion, count in
                      zip(EMOTIONS, np.bincount(part.labels, minlength=len(EMOTIONS)))}
              for split, part in faces.parts.items()}
    result = {"name": faces.name, "source": faces.source, "content_hash": faces.content_hash,
              "counts": {split: sum(by_class.values()) for split, by_class in counts.items()}, "classes": counts,
              "left_out": faces.left_out}
    if options.json:
        return print(json.dumps(result))
    print(f"{faces.name}, from {faces.source}\ncontent hash {faces.content_hash}\n")
    print(f"{'':10}" + "".join(f"{split:>9}" for split in counts))
    for emotion in EMOTIONS:
        print(f"{emotion:10}" + "".join(f"{by_class[emotion]:9,}" for by_class in counts.values()))
    print(f"{'all':10}" + "".join(f"{count:9,}" for count in result["counts"].values()))
    if not faces.is_real:
        print("\nThese are the bundled drawings. The README says how to get FER-2013.")
