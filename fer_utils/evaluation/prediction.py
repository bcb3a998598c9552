"""What a photograph shows: the emotion of each face in it. Explained in chapters 00, 05 and 15 (thesis section 3.4)."""

import numpy as np

from fer_utils.data.photographs import cut_face, find_faces
from fer_utils.labels import EMOTIONS
from fer_utils.networks import DEFAULT_NETWORK


def predict_image(photograph, net=None):
    """The faces in a picture with their emotions, a list of dicts as `python -m fer_utils predict --json` gives.

    Each has `box` [row, column, height, width], `emotion` and `probabilities` (emotion to a number between 0 and
    1). `net` is a Keras model that takes raw faces; None loads the course's own.
    """
    boxes = find_faces(photograph)
    if not boxes:
        return []
    from fer_utils.evaluation import predict_probabilities
    from fer_utils.networks.weights import load_network

    net = net or load_network(DEFAULT_NETWORK)
    probabilities = predict_probabilities(net, np.stack([cut_face(photograph, box) for box in boxes]))
    return [{"box": list(box), "emotion": EMOTIONS[int(np.argmax(row))],
             "probabilities": {emotion: float(p) for emotion, p in zip(EMOTIONS, row)}}
            for box, row in zip(boxes, probabilities)]
