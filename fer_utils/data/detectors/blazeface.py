"""BlazeFace: a small convolutional network that finds faces, run by LiteRT. Explained in chapters 05 and 14.

The network is the "full range" one of MediaPipe [1], data/weights/face_detection_full_range.tflite, Apache-2.0; where
it comes from stands beside it. It looks at a square of 192 x 192 pixels. For each of the 48 x 48 places four pixels
apart it gives one score and 16 numbers: middle, width and height of a box, then six points of the face (eyes, nose,
mouth, ears), as distances from the place. Places, scale and threshold are those of MediaPipe's graph
`mediapipe/modules/face_detection/face_detection_full_range_common.pbtxt` in its repository, github.com/google-ai-edge/
mediapipe, at commit 1392370; so is the way in which boxes that mean the same face become one.

[1] V. Bazarevsky and others, BlazeFace: sub-millisecond neural face detection on mobile GPUs, 2019, arXiv:1907.05047.
"""

import math
from functools import cache
from threading import Lock

import numpy as np

from fer_utils.backend import quiet
from fer_utils.data.detectors import FIRST_LOOK, LONGEST_SIDE, SMALLEST, Box, check_sizes, without_doubles
from fer_utils.files import DATA_FOLDER, FileError, file_of, reading

MODEL = DATA_FOLDER / "weights" / "face_detection_full_range.tflite"
LOOK_SIDE = 192  # pixels of the square that the network looks at
STEP = 4  # pixels between two places
ANCHORS = (LOOK_SIDE // STEP) ** 2
NUMBERS = 16  # a place: four of the box, two for each of six points
ENOUGH = 0.5  # the score of a face in the whole picture, as MediaPipe's solution has it unless told otherwise
ENOUGH_CUT = 0.6  # in a square cut from it, as in MediaPipe's graph: many are looked at, each may be wrong
SAME_BOX = 0.3  # boxes that share this much of what they cover together
LEAST = 16  # pixels of the square: a face that is nearly always found
ROOM = 1.25  # a face with what has to be seen around it
ALMOST = 0.8  # of the smallest face looked for: boxes of small faces come out up to a tenth too small


def find(photograph, smallest=None, max_side=LONGEST_SIDE):
    """The faces in uint8 (height, width) or (height, width, 3): pairs (`Box`, score), largest first.

    The score is the network's probability, ENOUGH and more. The network looks at the whole picture, shrunk to its
    square, and for faces that are too small there at squares cut from the picture, which overlap. `smallest` is the
    side of the smallest face looked for, in pixels of the picture; None is what `smallest_looked_for` says. Raises
    ValueError for what is no size, FileError for a damaged network.
    """
    from PIL import Image

    least = smallest_looked_for(photograph.shape[:2], smallest, max_side)
    picture = Image.fromarray(photograph).convert("RGB")
    boxes = np.concatenate([_look(picture, *look) for look in _looks(*photograph.shape[:2], least)])
    return without_doubles([(Box(round(y), round(x), round(height), round(width)), round(float(score), 4))
                            for x, y, width, height, score in merged(boxes) if (width + height) / 2 >= ALMOST * least])


def smallest_looked_for(shape, smallest=None, max_side=LONGEST_SIDE):
    """The side in pixels of the smallest face that `find` looks for in a picture of (height, width): if none is named,
    what one look shows, or in large pictures 40 pixels of the picture shrunk to a side of `max_side`."""
    check_sizes(smallest, max_side)
    if smallest is not None:
        return round(smallest)
    return round(max(SMALLEST, min(max(shape) * LEAST / LOOK_SIDE, FIRST_LOOK * max(1, max(shape) / max_side))))


def _looks(height, width, least):
    """Where to look: (top, left, side) of squares, the whole picture first, then smaller ones that overlap."""
    whole = max(height, width)
    looks = [(0, 0, whole)]
    finer = math.log(max(1.0, LEAST / LOOK_SIDE * whole / least / 1.1), 4)  # at most a quarter of the side each time
    side = whole
    for level in range(1, math.ceil(finer) + 1):
        overlap = ROOM * LEAST / LOOK_SIDE * side  # what was too small in the last look fits into it
        side = round(whole * (LOOK_SIDE / LEAST * least / whole) ** (level / math.ceil(finer)))
        looks += [(top, left, side) for top in _starts(height, side, overlap) for left in _starts(width, side, overlap)]
    return looks


def _starts(length, side, overlap):
    """Where squares begin that cover a length and share at least `overlap`."""
    number = max(1, math.ceil((length - overlap) / (side - overlap)))
    return [round(start) for start in np.linspace(0, max(0, length - side), number)]


def _look(picture, top, left, side):
    """The faces of one square of a Pillow image, as `boxes_of`, in pixels of the picture.

    What lies outside the picture is black, as in MediaPipe. A box that reaches past a border of the square inside the
    picture is left out: the face is cut there, and another square shows it whole.
    """
    from PIL import Image

    bottom, right = min(top + side, picture.height), min(left + side, picture.width)
    unit = side / LOOK_SIDE
    size = max(1, round((right - left) / unit)), max(1, round((bottom - top) / unit))
    square = Image.new("RGB", (LOOK_SIDE, LOOK_SIDE))
    square.paste(picture.resize(size, Image.Resampling.BILINEAR, (left, top, right, bottom), reducing_gap=3.0))
    enough = ENOUGH if side >= max(picture.size) else ENOUGH_CUT
    boxes = boxes_of(np.asarray(square), enough) * [unit, unit, unit, unit, 1] + [left, top, 0, 0, 0]
    x, y = boxes[:, 0], boxes[:, 1]
    cut = ((x < left) & (left > 0)) | ((y < top) & (top > 0)) | ((x + boxes[:, 2] > right) & (right < picture.width)) \
        | ((y + boxes[:, 3] > bottom) & (bottom < picture.height))
    return boxes[~cut]


@cache
def _interpreter(path=MODEL):
    """The network ready to run, and the lock that keeps two threads out of its memory."""
    from fer_utils.edge.litert import interpreter_class

    restore, interpreter = f"Restore it with: git checkout data/weights/{path.name}", interpreter_class()
    with reading(file_of(path), restore), quiet():
        network = interpreter(str(path), num_threads=1)
        network.allocate_tensors()
        shapes = [tuple(tensor["shape"]) for tensor in network.get_input_details() + network.get_output_details()]
        if shapes != [(1, LOOK_SIDE, LOOK_SIDE, 3), (1, ANCHORS, NUMBERS), (1, ANCHORS, 1)]:
            raise FileError(f"{path} is another network: its tensors are {shapes}. {restore}")
    return network, Lock()


def raw_answers(square):
    """What the network says of uint8 (192, 192, 3): boxes and points float32 (2304, 16), in pixels of the square from
    its top left corner (x before y; the third and fourth number are width and height), and scores (2304,), 0 to 1."""
    network, lock = _interpreter()
    with lock:
        network.set_tensor(network.get_input_details()[0]["index"], square[None] / np.float32(127.5) - np.float32(1))
        network.invoke()
        numbers, scores = (network.get_tensor(tensor["index"])[0] for tensor in network.get_output_details())
    along = np.arange(STEP / 2, LOOK_SIDE, STEP, dtype=np.float32)
    places = np.stack(np.meshgrid(along, along), axis=-1).reshape(ANCHORS, 1, 2)  # x varies fastest
    pairs = numbers.reshape(ANCHORS, NUMBERS // 2, 2)
    pairs[:, [0, *range(2, NUMBERS // 2)]] += places  # all but width and height
    return pairs.reshape(ANCHORS, NUMBERS), 1 / (1 + np.exp(-scores[:, 0].clip(-100, 100)))


def boxes_of(square, enough):
    """The faces of one square, float (n, 5), best first: left, top, width, height in its pixels, and the score."""
    numbers, scores = raw_answers(square)
    likely = scores >= enough
    x, y, width, height = numbers[likely, :4].T
    return merged(np.stack([x - width / 2, y - height / 2, width, height, scores[likely]], axis=1))


def merged(boxes):
    """Weighted non-maximum suppression: of boxes (n, 5) that overlap, the mean by their scores, with the best score."""
    boxes, kept = boxes[np.argsort(-boxes[:, 4], kind="stable")], []
    while len(boxes):
        ends = np.minimum(boxes[0, :2] + boxes[0, 2:4], boxes[:, :2] + boxes[:, 2:4])
        shared = np.clip(ends - np.maximum(boxes[0, :2], boxes[:, :2]), 0, None).prod(axis=1)
        areas = boxes[:, 2:4].prod(axis=1)
        same = shared > SAME_BOX * (areas[0] + areas - shared)
        same[0] = True
        kept.append([*np.average(boxes[same, :4], axis=0, weights=boxes[same, 4]), boxes[0, 4]])
        boxes = boxes[~same]
    return np.array(kept).reshape(-1, 5)
