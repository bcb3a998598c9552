"""Draw what an explorer can show, while a chapter runs: every setting of its controls becomes a picture in a file.

`record` puts a second `explore` in place of the course's: it draws first, then gives the widgets as ever. A slider with
many values is thinned out, so that an explorer has `LIMIT` pictures at most.
"""

import io
import json
from importlib import import_module
from itertools import product
from math import prod
from pathlib import Path

LIMIT = 96
FEWEST = (5, 3)  # values of a slider beside others: first so many, and only then less
SHARP = 120  # pixels for an inch of a figure


def settings(control):
    """The values that a control can take and how it writes them, as [(value, text)]; None for another kind of control.

    Whether they may be thinned out is the second thing returned: a slider's may.
    """
    if hasattr(control, "_options_labels"):
        pairs = list(zip(control._options_values, control._options_labels))
        return pairs, "Slider" in type(control).__name__
    if isinstance(control.value, bool):
        return [(False, "no"), (True, "yes")], False
    if all(hasattr(control, name) for name in ("min", "max", "step")):
        whole = isinstance(control.value, int)
        count = round((control.max - control.min) / control.step)
        values = [control.min + place * control.step for place in range(count + 1)]
        if type(control).__name__ == "FloatLogSlider":
            values = [control.base ** value for value in values]
        values = [int(value) if whole else round(value, 10) for value in values]
        form = getattr(control, "readout_format", "d" if whole else ".2f")
        return [(value, format(value, form)) for value in values], True
    return None, False


def thinned(pairs, count, value):
    """`count` of the pairs, evenly, the ends among them and the one of `value`."""
    if count >= len(pairs):
        return pairs
    start = nearest(pairs, value)
    places = {round(step * (len(pairs) - 1) / (count - 1)) for step in range(count)}
    if start not in places:
        places.remove(min(places - {0, len(pairs) - 1}, key=lambda place: abs(place - start)))
        places.add(start)
    return [pairs[place] for place in sorted(places)]


def nearest(pairs, value):
    """The place of a value among the pairs."""
    exact = [place for place, (one, _) in enumerate(pairs) if one is value or one == value]
    return exact[0] if exact else min(range(len(pairs)), key=lambda place: abs(pairs[place][0] - value))


def plan(controls, limit=LIMIT):
    """What is drawn: {name: [(value, text)]} for the controls of an explorer; None where a control is of a kind that
    cannot be drawn ahead, or where there would be far too many pictures."""
    every = {name: settings(control) for name, control in controls.items()}
    if any(pairs is None for pairs, _ in every.values()):
        return None
    counts = {name: len(pairs) for name, (pairs, _) in every.items()}
    for fewest in FEWEST:
        while prod(counts.values()) > limit:
            thin = [name for name, (_, may) in every.items() if may and counts[name] > fewest]
            if not thin:
                break
            counts[max(thin, key=counts.get)] -= 1
    if prod(counts.values()) > limit:
        return None
    return {name: thinned(pairs, counts[name], controls[name].value) for name, (pairs, _) in every.items()}


def picture(figure):
    """A figure as the bytes of a small WebP file, always as large as the figure."""
    import numpy as np
    from PIL import Image

    from fer_utils.course.show import few_colours, has_coloured_picture

    figure.set_dpi(SHARP)
    figure.canvas.draw()
    image, data = Image.fromarray(np.asarray(figure.canvas.buffer_rgba())).convert("RGB"), io.BytesIO()
    if has_coloured_picture(figure):
        image.save(data, "WEBP", quality=80)
    else:
        few_colours(image).save(data, "WEBP", lossless=True, quality=60)
    return data.getvalue(), image.width, image.height


def draw(folder, function, controls):
    """Write the pictures of an explorer and `frames.json` into a folder; returns how many, 0 if none can be drawn."""
    drawn = plan(controls)
    if drawn is None:
        return 0
    folder.mkdir(parents=True)
    words = []
    for place, chosen in enumerate(product(*drawn.values())):
        figure, alt = function(**{name: value for name, (value, _) in zip(drawn, chosen)})
        data, width, height = picture(figure)
        (folder / f"{place}.webp").write_bytes(data)
        words.append(alt)
    told = [{"label": controls[name].description or name, "texts": [str(text) for _, text in pairs],
             "start": nearest(pairs, controls[name].value), "slider": "Slider" in type(controls[name]).__name__}
            for name, pairs in drawn.items()]
    frames = {"controls": told, "words": words, "width": round(width * 80 / SHARP),
              "height": round(height * 80 / SHARP)}
    (folder / "frames.json").write_text(json.dumps(frames, ensure_ascii=False), encoding="utf-8")
    return len(words)


def record(folder, after):
    """From here on every explorer of this kernel is drawn into `folder`, by the number that its cell has in the stored
    notebook. `after`: the number there of the cell behind which the one that calls this was put in."""
    from IPython import get_ipython

    show = import_module("fer_utils.course.show")  # the package has a function of this name
    shown, now = show.explore, get_ipython().execution_count

    def explore(draw_one, **controls):
        cell, number = after + get_ipython().execution_count - now, 1
        while (place := Path(folder) / f"{cell}-{number}").exists():
            number += 1
        draw(place, draw_one, controls)
        return shown(draw_one, **controls)

    show.explore = explore
