"""The half of the benchmark that runs inside a program under test: answer faces, and time each answer.

`fer_utils.edge.programs` is the other half. They speak in lines of JSON; `answering.js` speaks the same for Node. This
file also runs in the environments of peers, so it needs nothing but NumPy and knows nothing of `fer_utils`.
"""

import json
import os
import sys
import time


def serve(start, faces_file, **ready):
    """Load a network, answer the first face, and then do what standard input asks for until it ends.

    Arguments:
        start: a function without arguments that loads the network and returns a function of faces, uint8 (n, 48, 48),
            that gives probabilities (n, 7).
        faces_file: an .npy file of faces, uint8 (n, 48, 48).
        ready: what else the line says that announces the first answer. "classes" names the classes in the order of the
            probabilities, in the words of `fer_utils.EMOTIONS`.

    What may be asked, a JSON object a line, is answered by a line:
        {"time": [0, 3, 5]}: ask for these faces one by one; {"seconds": [...]}, one for each.
        {"batch": 64}: ask for the first 64 faces at once; {"seconds": ..., "faces": 64}.
        {"answers": "FILE"}: write the probabilities of all faces as float32; {"faces": n}.
    """
    say = _own_output()
    import numpy as np

    faces = np.load(faces_file)
    ask = start()
    say({"answer": [float(p) for p in ask(faces[:1])[0]], **{k: v() if callable(v) else v for k, v in ready.items()}})
    for line in sys.stdin:
        wanted = json.loads(line)
        if "time" in wanted:
            say({"seconds": seconds_of_each(ask, faces, wanted["time"])})
        elif "batch" in wanted:
            many = faces[:wanted["batch"]]
            say({"seconds": seconds_of_each(ask, [many], [0], whole=True)[0], "faces": len(many)})
        elif "answers" in wanted:
            answers = np.concatenate([ask(faces[i:i + 64]) for i in range(0, len(faces), 64)])
            np.asarray(answers, np.float32).tofile(wanted["answers"])
            say({"faces": len(answers)})


def seconds_of_each(ask, faces, indices, clock=time.perf_counter, whole=False):
    """Seconds that each call takes, a list: from the raw face to its probabilities in memory.

    `whole`: hand over `faces[index]` as it is, a batch, and not as a batch of one.
    """
    seconds = []
    for index in indices:
        given = faces[index] if whole else faces[index:index + 1]
        before = clock()
        ask(given)
        seconds.append(clock() - before)
    return seconds


def picture_read(found):
    """Announce what was found in a whole picture, a dict, and wait until standard input ends."""
    _own_output()(found)
    sys.stdin.read()


def _own_output():
    """A function that writes a line of JSON to what standard output was; what libraries print goes to standard
    error."""
    global _OUT
    if _OUT is None:
        _OUT = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)

    def say(value):
        _OUT.write(json.dumps(value) + "\n")
        _OUT.flush()

    return say


_OUT = None
