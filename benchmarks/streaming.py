"""Faces in memory against faces streamed from Deep Lake: how many a second, and how much memory.

    python benchmarks/streaming.py

Makes a Deep Lake dataset of 20 times FER-2013 in a temporary folder, 574,180 faces, from the copy that FER2013_SOURCE
names (from the bundled drawings where it names none): each face mirrored, moved and brightened anew. Then, in turns and
each in a process of its own: a pass over FER-2013 in memory, the same faces streamed, and 20 times as many streamed.
Last, a network trains on the 20 times as many, and the memory of the process is noted as it goes. Chapter 11 names what
this writes, data/results/benchmarks/streaming.json.
"""

import shutil
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from measure import fresh, head, in_turns, median_of, ratios, run

from fer_utils.edge.benchmark import load_of_machine

TIMES, BATCH, TRAINING = 20, 128, 120  # copies of each face; faces a batch; seconds of training


def one(case):
    """Pass over the faces of a case once, or train on them; memory in MB is that of this process."""
    from fer_utils.backend import start

    start()
    import keras

    from fer_utils.data import load_faces
    from fer_utils.training.recipes import RECIPES

    before = memory()
    faces = load_faces(("train", "public")) if case["from"] == "memory" else None
    if case["from"] == "train":
        return train(case, RECIPES["quick"], keras)
    from dataclasses import replace

    from fer_utils.training.run import training_feed

    if faces is None:
        from fer_utils.data.streaming import StreamedSplit

        train_faces = StreamedSplit(case["folder"])
    else:
        train_faces = faces.train
    feed = training_feed(train_faces, replace(RECIPES["quick"], batch_size=BATCH))
    count, begun, most = 0, time.perf_counter(), 0.0
    for number in range(len(feed)):
        count += len(feed[number][0])
        if number % 64 == 0:
            most = max(most, memory())
    seconds = time.perf_counter() - begun
    return {"faces": count, "faces_per_second": count / seconds, "megabytes": max(most, memory()) - before}


def train(case, recipe, keras):
    """Train `squeezenet-mini` from the stream for a while: the memory of the process every few seconds."""
    from dataclasses import replace

    from fer_utils.data.streaming import StreamedSplit
    from fer_utils.training.model import compile_for_training
    from fer_utils.training.run import training_feed

    train_faces = StreamedSplit(case["folder"])
    recipe = replace(recipe, batch_size=BATCH, epochs=1)
    feed = training_feed(train_faces, recipe)
    _, model = compile_for_training("squeezenet-mini", recipe, feed.count, seed=0)

    class Watch(keras.callbacks.Callback):
        rows, begun, next = [], None, 0.0

        def on_train_batch_end(self, batch, logs=None):
            now = time.perf_counter()
            self.begun = self.begun or now
            if now - self.begun >= self.next:
                self.rows.append([round(now - self.begun, 1), (batch + 1) * BATCH, round(memory(), 1)])
                self.next += 5
            if now - self.begun > TRAINING:
                self.model.stop_training = True

    model.fit(feed, epochs=1, shuffle=False, verbose=0, callbacks=[Watch()])
    return {"faces": Watch.rows[-1][1], "of": feed.count, "memory": Watch.rows,
            "faces_per_second": Watch.rows[-1][1] / max(Watch.rows[-1][0], 1e-9)}


def memory():
    """What this process holds in memory now, in MB."""
    import psutil

    return psutil.Process().memory_info().rss / 1e6


def changed(faces, times):
    """Every face, uint8 (n, 48, 48), `times` times, mirrored, moved by up to three pixels and brightened anew: pairs of
    pictures and labels in parts, in a random order."""
    rng, (images, labels) = np.random.default_rng(0), faces
    for _ in range(times):
        order = rng.permutation(len(images))
        for start in range(0, len(order), 4096):
            chosen = order[start:start + 4096]
            part = images[chosen].astype(np.int16) + rng.integers(-20, 21, (len(chosen), 1, 1), np.int16)
            part = np.roll(part, rng.integers(-3, 4, 2), axis=(1, 2))
            mirrored = rng.random(len(chosen)) < 0.5
            part[mirrored] = part[mirrored][..., ::-1]
            yield part.clip(0, 255).astype(np.uint8), labels[chosen]


def whole(rounds):
    """Write both datasets, measure the three passes in turns, then train."""
    from fer_utils.data import load_faces
    from fer_utils.data.streaming import write_stream

    faces = load_faces(("train",))
    times = TIMES if faces.is_real else -(-TIMES * 28709 // len(faces.train.labels))
    with TemporaryDirectory() as place:
        if shutil.disk_usage(place).free < 8e9:
            raise SystemExit("this needs 8 GB in the folder for temporary files")
        begun = time.perf_counter()
        count = write_stream(Path(place) / "many", changed(faces.train, times))
        writing = time.perf_counter() - begun
        write_stream(Path(place) / "once", [faces.train])
        size = sum(path.stat().st_size for path in (Path(place) / "many").rglob("*") if path.is_file())
        cases = [{"from": "memory"}, {"from": "stream", "folder": f"{place}/once"},
                 {"from": "stream", "folder": f"{place}/many"}]
        found = in_turns(cases, lambda case: fresh(__file__, case), rounds)
        trained = fresh(__file__, {"from": "train", "folder": f"{place}/many"})
    figures = {f"{name}_{key}": median_of(findings, key)
               for name, findings in zip(("memory", "stream", "stream_20"), found)
               for key in ("faces", "faces_per_second", "megabytes")}
    return head(rounds, ("deeplake", "tensorflow", "keras", "numpy")) | {
        "data": faces.name, "faces": count, "bytes_on_disk": size, "seconds_to_write": round(writing, 1),
        "batch": BATCH, **figures,
        "stream_to_memory_speed": ratios(figures["stream_faces_per_second"], figures["memory_faces_per_second"]),
        "stream_20_to_stream_memory": ratios(figures["stream_20_megabytes"], figures["stream_megabytes"]),
        "network": "squeezenet-mini", "training": trained, "load_after": load_of_machine() or 0.0}


if __name__ == "__main__":
    run("streaming", __doc__, one, whole)
