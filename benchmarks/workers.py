"""How much quicker two workers train than one, and how near they come to the same numbers.

    python benchmarks/workers.py

Each worker has a core of its own, so that two of them are two small machines; they talk by TensorFlow over the local
network. Both cases train `squeezenet-mini` on the bundled drawings, with the same batch for all workers together, and
in every round with another seed. Chapter 11 draws what this writes, data/results/benchmarks/workers.json.
"""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from measure import LONGEST, fresh, head, in_turns, median_of, ratios, run

EPOCHS, BATCH = 4, 140  # of the 1,400 drawings: ten whole batches an epoch
CASES = [{"workers": 1}, {"workers": 2}]


def one(case):
    """Train by the workers of a case, and return what the first of them found."""
    if "worker" in case:
        return train(case)
    places = [socket.socket() for _ in range(case["workers"])]
    for place in places:
        place.bind(("127.0.0.1", 0))
    addresses = [f"127.0.0.1:{place.getsockname()[1]}" for place in places]
    for place in places:
        place.close()
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as out:
        started = [subprocess.Popen(
            [sys.executable, __file__, "--case", json.dumps(case | {"worker": number, "out": out})], text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=os.environ | {"TF_CONFIG": json.dumps({"cluster": {"worker": addresses},
                                                       "task": {"type": "worker", "index": number}})})
            for number in range(case["workers"])]
        said = [process.communicate(timeout=LONGEST) for process in started]
    if any(process.returncode for process in started):
        raise RuntimeError(said[0][1].strip().splitlines()[-1])
    return json.loads(said[0][0].strip().splitlines()[-1])


def train(case):
    """What one worker does, on a core of its own."""
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[case["worker"] % len(cores)]})
    from fer_utils.training.team import join_workers

    if case["workers"] > 1:
        join_workers()
    from fer_utils.backend import start

    start()
    from dataclasses import replace

    import keras

    from fer_utils.data import load_schematic
    from fer_utils.training.recipes import RECIPES
    from fer_utils.training.run import train as train_network

    class Watch(keras.callbacks.Callback):
        seconds = []

        def on_epoch_begin(self, epoch, logs=None):
            self.begun = time.perf_counter()

        def on_train_batch_end(self, batch, logs=None):
            self.ended = time.perf_counter()  # before the faces of PublicTest are answered

        def on_epoch_end(self, epoch, logs=None):
            self.seconds.append(self.ended - self.begun)

    recipe = replace(RECIPES["quick"], epochs=EPOCHS, batch_size=BATCH)
    # an address of its own for each: a single worker needs no exchange, and is the ordinary training
    record = train_network("squeezenet-mini", recipe, seed=case["seed"], out=Path(case["out"]) / "run",
                           faces=load_schematic(("train", "public")), callbacks=[Watch()], verbose=0,
                           strategy="workers" if case["workers"] > 1 else "one")
    steps = len(load_schematic(("train",)).train.labels) // BATCH
    quick = min(Watch.seconds[1:])  # the first epoch builds the graph; of the others, the one least disturbed
    return {"faces_per_second": steps * BATCH / quick, "seconds": quick,
            "first_loss": record["history"][0]["loss"], "last_loss": record["history"][-1]["loss"],
            "accuracy": record["history"][-1]["val_accuracy"]}


def whole(rounds):
    """Both cases in turns, a seed a round."""
    seeds = {case["workers"]: iter(range(rounds)) for case in CASES}

    def measure(case):
        return fresh(__file__, case | {"seed": next(seeds[case["workers"]])})

    alone, together = in_turns(CASES, measure, rounds)
    figures = {f"{name}_{key}": median_of(found, key) for name, found in (("one", alone), ("two", together))
               for key in ("faces_per_second", "seconds", "first_loss", "last_loss", "accuracy")}
    return head(rounds, ("tensorflow", "tensorflow-cpu", "keras", "numpy")) | {
        "network": "squeezenet-mini", "recipe": "quick", "epochs": EPOCHS, "batch": BATCH, "faces": 1400,
        "cores_a_worker": 1, **figures,
        "speedup": ratios(figures["two_faces_per_second"], figures["one_faces_per_second"])}


if __name__ == "__main__":
    run("workers", __doc__, one, whole)
