"""Our own networks as a program under test: `python -m fer_utils.edge.peers.ours FORM NETWORK FACES THREADS`.

FORM: `keras`, a network by its name; `litert`, a .tflite file; `picture`, the command `predict` with its own network,
on the file FACES, a picture.
"""

import sys

from fer_utils.edge.peers.answering import picture_read, serve
from fer_utils.labels import EMOTIONS


def keras_network(name):
    """Ask a Keras network as the course does: a plain call for a few faces, a compiled one for many."""
    from fer_utils.evaluation import predict_probabilities
    from fer_utils.networks.weights import load_network

    net = load_network(name)

    def ask(faces):
        # predict() would build a data pipeline before each batch
        return predict_probabilities(net, faces) if len(faces) <= 8 else net.predict_on_batch(faces[..., None])

    return ask


def litert_network(path, threads):
    """Ask an exported network, one face after the other."""
    from fer_utils.edge.litert import LiteRTNetwork

    return LiteRTNetwork(path, threads).predict


def versions():
    """The versions of the libraries that are in use, a dict."""
    from importlib.metadata import PackageNotFoundError, version

    found = {}
    for name, module in (("numpy", "numpy"), ("keras", "keras"), ("tensorflow", "tensorflow"),
                         ("ai-edge-litert", "ai_edge_litert")):
        if module in sys.modules:
            for package in (name, f"{name}-cpu"):  # TensorFlow without graphics cards has a name of its own
                try:
                    found[name] = version(package)
                    break
                except PackageNotFoundError:
                    continue
    return found


def read_picture(path):
    """Run `predict` on a picture and announce what it found."""
    import io
    import json
    from contextlib import redirect_stdout

    from fer_utils.__main__ import main

    out = io.StringIO()
    with redirect_stdout(out):
        status = main(["predict", path, "--json"])
    if status:
        raise SystemExit(status)
    faces = json.loads(out.getvalue())["faces"]
    picture_read({"faces": len(faces), "emotion": faces[0]["emotion"] if faces else None})


def main(form, network, faces_file, threads):
    """Serve one of our forms."""
    if form == "picture":
        return read_picture(faces_file)
    start = {"keras": lambda: keras_network(network), "litert": lambda: litert_network(network, int(threads))}[form]
    return serve(start, faces_file, classes=EMOTIONS, versions=versions)


if __name__ == "__main__":
    main(*sys.argv[1:])
