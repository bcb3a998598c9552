"""The camera widget of chapter 15: frames come in as JPEG strings, answers go out as JSON; nothing is kept.

The browser's side is `camera.js`: it asks for consent, takes a frame, waits for the answer, draws it, takes the next.
Here each frame is unpacked in memory, read, and dropped. Messages may be handled in another thread than the cells, so
nothing is drawn here and a lock is held.
"""

import base64
import binascii
import io
import threading
import time
import warnings
from functools import cache
from importlib.resources import files

import numpy as np

from fer_utils.course.chapter_15.decisions import SILENCE, moving_average, place, said, same_face
from fer_utils.course.chapter_15.reading import read_faces
from fer_utils.course.circumplex import RATED
from fer_utils.data.photographs import example_photograph
from fer_utils.labels import EMOTIONS
from fer_utils.networks import DEFAULT_NETWORK

LONGEST_FRAME = 640  # pixels; the browser sends 320 from a camera and 640 of a still picture
LONGEST_TEXT = 2_000_000  # characters of a JPEG as text
FORGOTTEN_AFTER = 1.0  # seconds without a face after which the average begins anew
STARTS = "data:image/jpeg;base64,"
_OPEN = []  # the widget on show


class Stream:
    """What one view of the widget has to remember between two frames: the average, and where the face was.

    `average` is a function like `decisions.moving_average`. No picture is kept.
    """

    def __init__(self, average=moving_average):
        self.average, self.before, self.box, self.seen = average, None, None, 0.0

    def answer(self, faces, keep, threshold, now):
        """What to show for the faces of `read_faces`, a dict that JSON can hold.

        `faces` boxes [row, column, height, width], the largest first, which is the one that was read; if there is one,
        `word`, `sure`, `now` and `smoothed` (seven numbers each), `place` [valence, arousal] and `fresh`, whether the
        average began anew. `now`: seconds of any clock.
        """
        if not faces:
            return {"faces": [], "word": "", "sure": False}
        row, box = faces[0]["probabilities"], faces[0]["box"]
        known = now - self.seen < FORGOTTEN_AFTER and same_face(self.box, box)
        smoothed = np.asarray(self.average(np.stack([self.before, row]), keep))[-1] if known else row
        self.before, self.box, self.seen = smoothed, box, now
        word = said(smoothed, threshold)
        return {"faces": [one["box"] for one in faces], "word": word, "sure": word != SILENCE, "fresh": not known,
                "now": np.round(row, 4).tolist(), "smoothed": np.round(smoothed, 4).tolist(),
                "place": np.round(place(smoothed), 4).tolist()}


def unpacked(jpeg):
    """The pixels of a JPEG that came as a data URL, uint8 (height, width, 3). Raises ValueError for anything else."""
    from PIL import Image

    if not isinstance(jpeg, str) or not jpeg.startswith(STARTS) or len(jpeg) > LONGEST_TEXT:
        raise ValueError("a frame has to be a JPEG of at most two million characters")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(base64.b64decode(jpeg[len(STARTS):], validate=True)), formats=["JPEG"])
            if max(picture.size) > LONGEST_FRAME:
                raise ValueError(f"a frame has at most {LONGEST_FRAME} pixels a side, got {max(picture.size)}")
            return np.asarray(picture.convert("RGB"))
    except (binascii.Error, OSError, Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise ValueError(f"the frame is damaged: {error}") from None


def packed(picture, longest=LONGEST_FRAME, quality=80):
    """A picture as the browser sends it: a JPEG no larger than `longest`, as a data URL."""
    from PIL import Image

    image = Image.fromarray(picture)
    image.thumbnail((longest, longest))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return STARTS + base64.b64encode(buffer.getvalue()).decode()


def open_camera(keep=0.6, threshold=0.4, network=DEFAULT_NETWORK, average=moving_average):
    """The live demo, an anywidget: it asks for consent, and reads what the camera shows until it is stopped.

    Arguments: how much of the old answer stays, 0 to 0.95; the probability below which it says SILENCE, 0 to 0.95;
    a network whose int8 export ships, or a file that ends with .tflite; a function like `decisions.moving_average`.
    Both numbers can be moved in the widget. A camera that is still open from an earlier call is closed. Raises
    ValueError for numbers outside of these.
    """
    for name, value in (("keep", keep), ("threshold", threshold)):
        if not 0 <= value <= 0.95:
            raise ValueError(f"{name} is a number from 0 to 0.95, not {value!r}.")
    while _OPEN:
        _OPEN.pop().close()
    widget = _widget_class()(keep=keep, threshold=threshold)
    streams, lock = {}, threading.Lock()

    def handle(widget, message, buffers):
        if not isinstance(message, dict) or message.get("type") not in ("frame", "portrait"):
            return
        with lock:
            view = str(message.get("view"))
            stream = streams.setdefault(view, Stream(average))
            widget.send({"type": "answer", "view": message.get("view"), "seq": message.get("seq"),
                         **_answer(message, stream, widget, network)})

    widget.on_msg(handle)
    _OPEN.append(widget)
    return widget


def _answer(message, stream, widget, network):
    """The answer to one message; what goes wrong is said in the widget, since nobody reads a callback's errors."""
    begin = time.perf_counter()
    try:
        alone = message["type"] == "portrait" or bool(message.get("still"))
        jpeg = packed(example_photograph()) if message["type"] == "portrait" else message.get("jpeg")
        picture = unpacked(jpeg)
        unpacked_at = time.perf_counter()
        faces, times = read_faces(picture, network, most=1)
        of = Stream() if alone else stream
        answer = of.answer(faces, widget.keep, widget.threshold, unpacked_at)
    except Exception as error:
        return {"problem": f"This frame could not be read: {error}"}
    if message["type"] == "portrait":
        answer["picture"] = jpeg
    return answer | {"times": {"decode": 1000 * (unpacked_at - begin), **times}}


@cache
def _widget_class():
    import anywidget
    import traitlets

    here = files(__package__)

    class Camera(anywidget.AnyWidget):
        _esm = (here / "camera.js").read_text(encoding="utf-8")
        _css = (here / "camera.css").read_text(encoding="utf-8")
        emotions = traitlets.List(EMOTIONS).tag(sync=True)
        places = traitlets.Dict({emotion: list(rating[:2]) for emotion, rating in RATED.items()}).tag(sync=True)
        keep = traitlets.Float(0.0, min=0, max=1).tag(sync=True)
        threshold = traitlets.Float(0.0, min=0, max=1).tag(sync=True)

    return Camera
