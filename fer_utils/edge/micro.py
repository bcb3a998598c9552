"""Run an int8 export in the interpreter that microcontrollers run, TensorFlow Lite Micro, on this computer.

It is the same C++ program as on a board, with its plain kernels, so the memory it asks for and the answers it gives are
a board's; its time is not. Needs the package `tflite-micro` (`pip install '.[micro]'`, Linux on x86_64). Explained in
chapter 14.
"""

import re
import tempfile
from pathlib import Path

import numpy as np

from fer_utils.data.preprocessing import check_faces
from fer_utils.edge.litert import LiteRTNetwork, quantized, restored
from fer_utils.files import reading, standard_error_into
from fer_utils.kernel import SetupError
from fer_utils.labels import EMOTIONS

LARGEST_ARENA = 4 << 20  # bytes given to the interpreter here; what it takes of them is measured


class MicroNetwork:
    """An int8 export in TensorFlow Lite Micro. `predict(faces)` is that of `fer_utils.edge.litert.LiteRTNetwork`.

    Raises SetupError without `tflite-micro`, FileError for a file that is damaged, or no int8 network that reads faces.
    """

    def __init__(self, path):
        try:
            from tflite_micro import runtime
        except ImportError as error:
            raise SetupError("TensorFlow Lite Micro is not installed: pip install tflite-micro (Linux on x86_64)."
                             ) from error
        described = LiteRTNetwork(path)  # says what is wrong with a file that is not a network
        self.path, self._takes, self._gives = described.path, described.takes, described.gives
        if self._takes["dtype"] is not np.int8:
            from fer_utils.files import FileError

            raise FileError(f"{path} is no int8 network. Export one: python -m fer_utils export NAME --int8")
        with reading(self.path, "Export it again: python -m fer_utils export NAME --int8"):
            self._interpreter = runtime.Interpreter.from_file(str(self.path), arena_size=LARGEST_ARENA)

    def predict(self, faces):
        """Probabilities float32 (n, 7) of raw faces, uint8 (n, 48, 48) or (n, 48, 48, 1)."""
        answers = np.empty((len(faces), len(EMOTIONS)), np.float32)
        for answer, face in zip(answers, check_faces(faces)):
            self._interpreter.set_input(quantized(face[None], self._takes), 0)
            self._interpreter.invoke()
            answer[:] = restored(self._interpreter.get_output(0), self._gives)[0]
        return answers

    def arena_bytes(self):
        """How much working memory the interpreter takes, the arena of a board: a dict with `total`, `activations` (the
        part that is used over and over while layers run) and `kept` (what lives as long as the network)."""
        self.predict(np.zeros((1, *self._takes["shape"][1:3]), np.uint8))
        with tempfile.TemporaryFile() as file:
            with standard_error_into(file):
                self._interpreter.print_allocations()
            file.seek(0)
            said = file.read().decode(errors="replace")
        found = {part: int(number) for part, number in re.findall(r"Arena allocation (\w+) (\d+) bytes", said)}
        return {"total": found["total"], "activations": found["head"], "kept": found["tail"]}


def measure(path, faces=None, labels=None):
    """What an int8 export takes of a microcontroller, and what it answers there: a dict.

    `flash_bytes` is the file itself, `arena_bytes` as `MicroNetwork.arena_bytes` says; the program around it is not
    counted. With `faces`, uint8 (n, 48, 48), there are `faces`, their number, and `alike`, the share of them for which
    the interpreter names what LiteRT names; with `labels`, int (n,), `accuracy`, the share named as labelled. A face
    takes a tenth to half of a second here.
    """
    network = MicroNetwork(path)
    found = {"flash_bytes": Path(path).stat().st_size, "arena_bytes": network.arena_bytes()}
    if faces is not None:
        answers = network.predict(faces).argmax(axis=1)
        found |= {"faces": len(faces),
                  "alike": float(np.mean(answers == LiteRTNetwork(path).predict(faces).argmax(axis=1)))}
        if labels is not None:
            found["accuracy"] = float(np.mean(answers == labels))
    return found
