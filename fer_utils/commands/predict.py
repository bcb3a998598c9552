"""`python -m fer_utils predict`: read the faces in a picture."""

import json

from fer_utils.commands import add_json, named


def add_options(command):
    """Add the options of the command."""
    command.add_argument("image", type=named, metavar="IMAGE", nargs="?", help="default: the portrait inside "
                         "scikit-image")
    command.add_argument("--network", type=named, metavar="NAME",
                         help="a network with weights, or the folder of a run; default: our best")
    add_json(command)


def run(options):
    """Find the faces in a picture and name their emotions."""
    from fer_utils.data.photographs import example_photograph, read_photograph
    from fer_utils.evaluation.prediction import DEFAULT_NETWORK, predict_image
    from fer_utils.networks.weights import load_network

    photograph = read_photograph(options.image) if options.image else example_photograph()
    network = options.network or DEFAULT_NETWORK
    faces = predict_image(photograph, load_network(network) if options.network else None)
    if options.json:
        return print(json.dumps({"image": options.image or "skimage.data.astronaut()", "network": network,
                                 "faces": faces}))
    if not faces:
        print("No upright frontal face found. The detector misses profiles and tilted heads.")
    for face in faces:
        row, column, height, width = face["box"]
        print(f"{face['emotion']} at row {row}, column {column}, {height}x{width} pixels")
        for emotion, p in sorted(face["probabilities"].items(), key=lambda item: -item[1]):
            print(f"  {emotion:10}{p:6.1%}  {'#' * round(40 * p)}")
