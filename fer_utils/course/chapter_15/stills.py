"""Pictures in place of a camera: an upload, and a folder to try. Explained in chapter 15."""

import base64
import io
from html import escape
from pathlib import Path

import numpy as np

from fer_utils.course.chapter_15.decisions import said
from fer_utils.course.chapter_15.reading import read_faces
from fer_utils.course.reach import reachable
from fer_utils.data.photographs import example_photograph
from fer_utils.data.pictures import as_picture
from fer_utils.labels import EMOTIONS
from fer_utils.text import percent


def upload_pictures(threshold=0.4):
    """A widget that takes pictures, one or several, and shows each face with what is read. A VBox.

    Pictures go to the kernel, are read in memory and are not written anywhere.
    """
    import ipywidgets as widgets

    chooser = widgets.FileUpload(accept="image/*", multiple=True, description="Choose pictures",
                                 layout={"width": "14em"})
    result = widgets.HTML("<p>No picture chosen yet.</p>")

    def read(_):
        value = chooser.value
        if value:
            result.value = "".join(told(name, content, threshold) for name, content in uploaded(value))
            chooser.set_trait("value", type(value)())  # or the widget would keep a copy of the pictures

    chooser.observe(read, names="value")
    box = reachable([chooser, result])
    box.chooser, box.result = chooser, result
    return box


def uploaded(value):
    """Pairs (name, bytes) of what `FileUpload.value` holds: a dict in ipywidgets 7, a tuple of dicts in 8."""
    if isinstance(value, dict):
        return [(name, bytes(one["content"])) for name, one in value.items()]
    return [(one["name"], bytes(one["content"])) for one in value]


def told(name, content, threshold):
    """What is read of one uploaded file (bytes), as HTML; what is no picture is said so."""
    from PIL import Image

    try:
        faces, _ = read_faces(as_picture(Image.open(io.BytesIO(content))))
    except (ValueError, OSError, Image.DecompressionBombError) as error:
        return f"<p><b>{escape(name)}</b> cannot be read: {escape(str(error))}</p>"
    if not faces:
        return f"<p><b>{escape(name)}</b>: no face found.</p>"
    return f"<p><b>{escape(name)}</b></p>" + "".join(_figure(one, threshold) for one in faces)


def _figure(one, threshold):
    best = np.argsort(one["probabilities"])[::-1][:3]
    word = said(one["probabilities"], threshold)
    shares = ", ".join(f"{EMOTIONS[number]} {percent(one['probabilities'][number], 0)}" for number in best)
    buffer = io.BytesIO()
    _image(one["face"]).save(buffer, "PNG")
    source = base64.b64encode(buffer.getvalue()).decode()
    return (f'<figure style="display:inline-block;margin:0 12px 8px 0;width:13em;line-height:1.35"><img width="96" '
            f'height="96" alt="A face, read as: {word}" src="data:image/png;base64,{source}">'
            f'<figcaption><b>{word}</b><br>{shares}</figcaption></figure>')


def _image(pixels):
    from PIL import Image

    return Image.fromarray(pixels)


def fill_folder(folder):
    """Write a few pictures into a folder: the portrait, two of it side by side, one without a face, a file that is no
    picture. Returns the folder."""
    from skimage import data

    folder, portrait = Path(folder), example_photograph()
    _image(portrait).save(folder / "portrait.png")
    _image(np.hstack([portrait, portrait[:, ::-1]])).save(folder / "two portraits.jpg")
    _image(data.coffee()).save(folder / "coffee.jpg")
    (folder / "broken.png").write_bytes(b"This is text.")
    return folder
