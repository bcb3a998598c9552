"""Run an exported network with LiteRT: no Keras, no TensorFlow, an answer in a millisecond or two.

LiteRT is what TensorFlow Lite is called today. It comes in a package of its own, `ai-edge-litert` (`pip install
.[edge]`); where that is missing and TensorFlow is there, TensorFlow's copy is taken. Explained in chapter 14.
"""

import threading
import warnings
from functools import cache
from importlib import import_module
from pathlib import Path

import numpy as np

from fer_utils.backend import quiet
from fer_utils.data.preprocessing import check_faces
from fer_utils.files import FileError, file_of, path_of, reading
from fer_utils.labels import EMOTIONS, FACE_SHAPE
from fer_utils.networks.weights import WEIGHTS_FOLDER

EXPORT_AGAIN = "Export the network again: python -m fer_utils export NAME."


class LiteRTNetwork:
    """An exported network, float32 or int8, that takes raw faces and gives probabilities.

    `predict(faces)` takes uint8 (n, 48, 48) or (n, 48, 48, 1), values 0 to 255, and gives float32 (n, 7) in the order
    of `fer_utils.EMOTIONS`. Where a file's input and output are int8, their scales and zero points are read from it.
    One face is asked at a time, as a camera gives them; `threads` is how many threads share that work. It may be called
    from several threads, which wait for each other: the interpreter has one working memory. `takes` and `gives`
    describe input and output as LiteRT does.

    Raises FileError where the file is missing, damaged or no network that reads faces, also when it is asked,
    SetupError where LiteRT cannot be had.
    """

    def __init__(self, path, threads=1):
        self.path, self.name = file_of(path), Path(path).stem
        interpreter = interpreter_class()  # outside: where LiteRT is missing, the file is not at fault
        with reading(self.path, EXPORT_AGAIN), quiet():
            self.interpreter = interpreter(str(self.path), num_threads=threads)
            self.interpreter.allocate_tensors()
            takes, gives = self.interpreter.get_input_details(), self.interpreter.get_output_details()
        shapes = [[tuple(map(int, tensor["shape"])) for tensor in tensors] for tensors in (takes, gives)]
        if shapes != [[(1, *FACE_SHAPE)], [(1, len(EMOTIONS))]]:
            raise FileError(f"{self.path} is another network: it takes {shapes[0]} and gives {shapes[1]}. One that "
                            f"reads faces takes {(1, *FACE_SHAPE)} and gives {(1, len(EMOTIONS))}.")
        (self.takes,), (self.gives,), self._alone = takes, gives, threading.Lock()

    def predict(self, faces):
        """Probabilities float32 (n, 7) of raw faces, uint8 (n, 48, 48) or (n, 48, 48, 1)."""
        answers = np.empty((len(faces), len(EMOTIONS)), np.float32)
        for answer, face in zip(answers, check_faces(faces)):
            with self._alone, reading(self.path, EXPORT_AGAIN):
                self.interpreter.set_tensor(self.takes["index"], quantized(face[None], self.takes))
                self.interpreter.invoke()
                answer[:] = restored(self.interpreter.get_tensor(self.gives["index"]), self.gives)[0]
        # eight bits leave a sum that is near 1; what is no number fails every comparison
        if not (answers.min(initial=0) >= 0 and np.abs(answers.sum(axis=1) - 1).max(initial=0) < 0.1):
            raise FileError(f"{self.path} does not answer with probabilities. Let the network end with a softmax, and "
                            "export it again.")
        return answers


def quantized(values, tensor):
    """Values as a tensor stores them: float32, or int8 by its scale and zero point. `tensor`: a dict of LiteRT's
    `get_input_details`."""
    if tensor["dtype"] is np.float32:
        return values.astype(np.float32)
    scale, zero = tensor["quantization"]
    limits = np.iinfo(tensor["dtype"])
    return np.clip(np.rint(values / scale) + zero, limits.min, limits.max).astype(tensor["dtype"])


def restored(values, tensor):
    """What stored values mean, float32: the way back from `quantized`."""
    if tensor["dtype"] is np.float32:
        return values
    scale, zero = tensor["quantization"]
    return (values.astype(np.float32) - zero) * np.float32(scale)


@cache
def interpreter_class():
    """LiteRT's interpreter, from its own package or from TensorFlow. Raises SetupError where neither is there."""
    for module in ("ai_edge_litert.interpreter", "tensorflow.lite.python.interpreter"):
        try:
            found = import_module(module).Interpreter
        except ImportError:
            continue
        if module.startswith("tensorflow"):  # a notice for who wrote the program, at every start
            warnings.filterwarnings("ignore", r"\s*Warning: tf\.lite\.Interpreter is deprecated", UserWarning)
        return found
    from fer_utils.kernel import SetupError

    raise SetupError("LiteRT, which runs exported networks, is not installed. Install it with: "
                     "pip install ai-edge-litert")


def shipped_export(name, form="int8"):
    """The path of a shipped export: of a network in `fer_utils.networks.NETWORKS`, or of its run; "int8" or "float32".

    Raises ValueError where none ships.
    """
    path = WEIGHTS_FOLDER / f"{name}-{form}.tflite"
    if not path.is_file():
        there = sorted(found.name for found in WEIGHTS_FOLDER.glob(f"*-{form}.tflite"))
        raise ValueError(f"no {form} export of {name!r} ships; there are: {', '.join(there)}. Make one with: "
                         f"python -m fer_utils export {name}")
    return path


@cache
def load_litert(name, threads=1):
    """A `LiteRTNetwork`: the shipped int8 export of a network by its name, or a file that ends with .tflite."""
    path = path_of(name) if str(name).endswith(".tflite") else shipped_export(name)
    return LiteRTNetwork(path, threads)
