"""What one frame costs, step by step, on this machine. Explained in chapter 15."""

import time

import numpy as np

from fer_utils.course.chapter_15.camera import Stream, packed, unpacked
from fer_utils.course.chapter_15.reading import read_faces

CAMERA_SIDE = 320  # pixels, as `camera.js` sends them


def frame_costs(photograph, repeats=15):
    """Median milliseconds of each step of a frame, a dict, measured now: what the browser does first by Pillow."""
    stream, rows = Stream(), []
    for _ in range(repeats + 1):
        times = [time.perf_counter()]
        jpeg = packed(photograph, CAMERA_SIDE)
        times.append(time.perf_counter())
        picture = unpacked(jpeg)
        times.append(time.perf_counter())
        faces, spent = read_faces(picture, most=1)
        begin = time.perf_counter()
        stream.answer(faces, 0.6, 0.4, begin)
        rows.append([1000 * (times[1] - times[0]), 1000 * (times[2] - times[1]), spent["find"], spent["read"],
                     1000 * (time.perf_counter() - begin)])
    steps = ("pack as JPEG", "unpack", "find faces and cut", "read one face", "smooth and decide")
    return dict(zip(steps, np.median(rows[1:], axis=0).tolist()))  # the first call also loads the network


def frame_bytes(photograph):
    """Characters of one frame as it is sent."""
    return len(packed(photograph, CAMERA_SIDE))
