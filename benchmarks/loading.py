"""How long things take before anything is learned: imports, set-up cells, the dataset in each of its forms.

    python benchmarks/loading.py [--rounds N] [--dry-run]

The dataset is the one that FER2013_SOURCE names, else the bundled drawings; it is written once in each form into a
temporary folder, which takes some hundred megabytes. "First" is with an empty cache, "again" with the one that this
made. Every measurement is a new process, but the files lie in the memory of the system by then, so a slow disk adds to
the first time. Some minutes.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import measure

ROOT = Path(__file__).resolve().parent.parent
CHAPTERS = sorted(path.name for path in (ROOT / "notebooks").glob("[01]*.ipynb"))
FOLDERS = {"train": "Training", "public": "PublicTest", "private": "PrivateTest"}


def measure_one(case):
    """One case in this process: its `seconds`."""
    if case["what"] == "import":
        return {"seconds": seconds_to_import()}
    if case["what"] == "set-up":
        sources = cells_to_banner(ROOT / "notebooks" / case["of"])
        began = time.perf_counter()
        for source in sources:
            exec(source, {})
        return {"seconds": time.perf_counter() - began}
    began = time.perf_counter()
    from fer_utils.data.fer2013 import load_fer2013

    faces = load_fer2013(case["source"])
    return {"seconds": time.perf_counter() - began, "faces": sum(len(part.labels) for part in faces.parts.values())}


def seconds_to_import():
    """Seconds that `import fer_utils` takes in a Python without anything of it; this one has some, for `measure`."""
    code = "import time; began = time.perf_counter(); import fer_utils; print(time.perf_counter() - began)"
    return float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)


def cells_to_banner(path):
    """The code of a notebook's cells up to the one that shows the banner, a list of str, as a kernel runs it: with
    IPython's own lines, as %cd, turned into Python."""
    from IPython.core.inputtransformer2 import TransformerManager

    sources = ["".join(cell["source"]) for cell in json.loads(path.read_text())["cells"] if cell["cell_type"] == "code"]
    last = next(number for number, source in enumerate(sources) if "course.setup()" in source)
    return [TransformerManager().transform_cell(source) for source in sources[:last + 1]]


def write_forms(folder):
    """Write the dataset in each form below a folder. Returns its name and a dict from form to source."""
    import numpy as np
    from PIL import Image

    from fer_utils import EMOTIONS, load_faces

    faces, sources = load_faces(), {}
    parts = {split: faces.split(split) for split in FOLDERS}
    if faces.is_real:
        sources["deeplake"] = os.environ["FER2013_SOURCE"]
    np.savez_compressed(folder / "faces.npz", images=np.concatenate([part.images for part in parts.values()]),
                        labels=np.concatenate([part.labels for part in parts.values()]),
                        usage=np.concatenate([[FOLDERS[split]] * len(part.labels) for split, part in parts.items()]))
    with open(folder / "fer2013.csv", "w", encoding="ascii") as table:
        table.write("emotion,pixels,Usage\n")
        for split, (images, labels) in parts.items():
            for image, label in zip(images, labels):
                table.write(f"{label},{' '.join(map(str, image.ravel()))},{FOLDERS[split]}\n")
    for split, (images, labels) in parts.items():
        for number, (image, label) in enumerate(zip(images, labels)):
            path = folder / "folders" / FOLDERS[split] / EMOTIONS[label] / f"{number}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(image).save(path)
    return faces.name, sources | {"npz": str(folder / "faces.npz"), "csv": str(folder / "fer2013.csv"),
                                  "folders": str(folder / "folders")}


def whole(rounds):
    """Measure all cases; the record."""
    record = measure.head(rounds, ("tensorflow", "keras", "numpy", "deeplake", "pillow"))
    with tempfile.TemporaryDirectory() as scratch:
        name, sources = write_forms(Path(scratch))

        def one(case):
            cache = Path(scratch) / "cache" / (case.get("form") or "none")
            if case["what"] == "first":
                cache = Path(tempfile.mkdtemp(dir=scratch))
            return measure.fresh(Path(__file__), case, {"FER_UTILS_CACHE": str(cache), "FER2013_SOURCE": ""})

        cases = [{"what": "import"}, *({"what": "set-up", "of": chapter} for chapter in CHAPTERS)]
        for form, source in sources.items():
            cases += [{"what": what, "form": form, "source": source} for what in ("first", "again")]
            one(cases[-1])  # fills the cache of "again"
        found = measure.in_turns(cases, one, rounds)
    record["dataset"] = name
    record["rows"] = [{key: value for key, value in case.items() if key != "source"}
                      | {"seconds": measure.median_of(findings, "seconds")} for case, findings in zip(cases, found)]
    return record


if __name__ == "__main__":
    measure.run("loading", __doc__, measure_one, whole)
