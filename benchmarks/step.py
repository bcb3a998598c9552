"""Where the time of a training step goes, and how near it comes to what the machine can compute.

    python benchmarks/step.py [--rounds N] [--dry-run]

One step of `squeezenet-fer-deep` by the recipe `comparison`, 128 faces, with each backend of Keras that is installed;
on TensorFlow also in bfloat16 and with other numbers of threads. The limit is the machine's own: the product of two
large matrices, which a processor computes as fast as it can compute anything. Counted are the multiplications and
additions of the convolutions and dense layers: two operations each, three times those of a forward pass, since the
backward pass needs the gradient of the inputs and that of the weights (chapters 07 and 11). What the step does beside
them, normalizing, adding, dropping out, counts as nothing, so a share of 100 % cannot be reached.

Then the operations of one step on one thread, by kind, as TensorFlow's profiler tells them. Some ten minutes.
"""

import time
from importlib.util import find_spec
from pathlib import Path

import measure

NETWORK, RECIPE, BATCH, STEPS = "squeezenet-fer-deep", "comparison", 128, 2
THREADS = {"two threads each": (0, 0), "one operation at a time": (0, 1)}
MATRIX = 4096
LIMITS = [{"limit": "float32"}, {"limit": "bfloat16"}]
CASES = [{"backend": "tensorflow", "precision": "float32", "threads": threads} for threads in THREADS] + [
    {"backend": "tensorflow", "precision": "mixed_bfloat16", "threads": "two threads each"},
    {"backend": "jax", "precision": "float32", "threads": "two threads each"},
    {"backend": "torch", "precision": "float32", "threads": "two threads each"}]
CONTAINERS = ("Run", "Process", "TFE_")  # what the profiler lists beside operations, and which holds them
# Names of TensorFlow's operations, by what they do; the first that a name holds decides.
KINDS = {
    "convolutions and matrix products": ("Conv2D", "MatMul"),
    "normalization": ("BatchNorm",),
    "pooling": ("MaxPool", "AvgPool"),
    "moving data": ("Concat", "Slice", "Tile", "Pad", "Transpose", "Reshape", "Cast", "Pack"),
    "element by element": ("Relu", "Mul", "Add", "Sub", "Sigmoid", "Select", "Less", "Mean", "Sum", "Random", "Square",
                           "Sqrt", "Div", "Assign", "Greater", "Exp", "Log", "Image"),
}


def training_operations(network):
    """How many operations a step needs for one face: int. Six for each multiplication of a forward pass."""
    from fer_utils.edge.costs import multiply_adds
    from fer_utils.networks import build_network

    return 6 * sum(multiply_adds(build_network(network)).values())


def batch():
    """Faces, targets and weights of a batch; random."""
    import numpy as np

    rng = np.random.default_rng(0)
    return (rng.integers(0, 256, (BATCH, 48, 48, 1), dtype=np.uint8),
            np.eye(7, dtype=np.float32)[rng.integers(0, 7, BATCH)], np.ones(BATCH, np.float32))


def measure_one(case):
    """One case in this process: `seconds` a step, or operations a second of the machine's limit."""
    if "limit" in case:
        return {"operations_a_second": limit(case["limit"])}
    if "profile" in case:
        return profile(case["profile"])
    import os

    from fer_utils.edge.programs import peak_bytes

    return {"seconds": seconds_a_step(case), "peak_bytes": peak_bytes(os.getpid())}


def limit(kind):
    """Operations a second of a product of two matrices of 4096 x 4096, the best of five."""
    import tensorflow as tf

    left = tf.cast(tf.random.uniform((MATRIX, MATRIX)), kind)
    best = float("inf")
    for _ in range(5):
        began = time.perf_counter()
        tf.reduce_sum(tf.linalg.matmul(left, left)[:1]).numpy()
        best = min(best, time.perf_counter() - began)
    return 2 * MATRIX**3 / best


def seconds_a_step(case):
    """Wall seconds of a step, in an epoch of `STEPS` steps after one that is not counted."""
    if case["backend"] == "tensorflow":
        import tensorflow as tf

        within, between = THREADS[case["threads"]]
        tf.config.threading.set_intra_op_parallelism_threads(within)
        tf.config.threading.set_inter_op_parallelism_threads(between)
    import keras
    import numpy as np

    from fer_utils.data import Split
    from fer_utils.training.model import compile_for_training
    from fer_utils.training.recipes import RECIPES
    from fer_utils.training.run import training_feed

    faces, targets, _ = batch()
    recipe, took = step_recipe(RECIPES[RECIPE]), []
    _, model = compile_for_training(NETWORK, recipe, BATCH * STEPS, case["precision"], 0)
    feed = training_feed(Split(np.tile(faces[..., 0], (STEPS, 1, 1)), np.tile(targets.argmax(axis=1), STEPS)), recipe)

    class Clock(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            self.began = time.perf_counter()

        def on_epoch_end(self, epoch, logs=None):  # the logs are numbers by now: the last step is done
            took.append((time.perf_counter() - self.began) / STEPS)

    model.fit(feed, epochs=2, shuffle=False, verbose=0, callbacks=[Clock()])
    return took[-1]


def step_recipe(recipe):
    """The recipe with the batch of the benchmark."""
    from dataclasses import replace

    return replace(recipe, batch_size=BATCH)


def profile(precision):
    """The milliseconds of one step on one thread by kind of operation, from TensorFlow's profiler: `kinds`, a dict."""
    import tempfile

    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    from fer_utils.training.model import compile_for_training
    from fer_utils.training.recipes import RECIPES

    _, model = compile_for_training(NETWORK, step_recipe(RECIPES[RECIPE]), BATCH, precision, 0)
    data = tuple(map(tf.constant, batch()))
    step = tf.function(lambda *parts: model.train_step(parts))
    for _ in range(2):
        step(*data)
    with tempfile.TemporaryDirectory() as folder:
        tf.profiler.experimental.start(folder)
        step(*data)
        tf.profiler.experimental.stop()
        operations = operations_in(Path(folder))
    kinds = dict.fromkeys([*KINDS, "other"], 0.0)
    for name, milliseconds in operations.items():
        kinds[kind_of(name)] += milliseconds
    return {"kinds": kinds}


def kind_of(name):
    """The kind of an operation by its name, a key of `KINDS`, or "other"."""
    return next((kind for kind, parts in KINDS.items() if any(part in name for part in parts)), "other")


def operations_in(folder):
    """Milliseconds by name of operation, from what TensorFlow's profiler wrote below a folder."""
    from collections import Counter

    from tensorflow.tsl.profiler.protobuf.xplane_pb2 import XSpace

    found = Counter()
    for path in folder.rglob("*.xplane.pb"):
        space = XSpace()
        space.ParseFromString(path.read_bytes())
        for plane in space.planes:
            if plane.name != "/host:CPU":
                continue
            for line in plane.lines:
                for event in line.events:
                    name = plane.event_metadata[event.metadata_id].name
                    operation = name.rpartition(":")[2]  # "name of the node:operation"
                    if ":" in name and not operation.startswith((" ", *CONTAINERS)):
                        found[operation] += event.duration_ps / 1e9
    return found


def whole(rounds):
    """Measure all cases; the record."""
    cases = LIMITS + [case for case in CASES if find_spec(case["backend"])]
    record = measure.head(rounds, ("tensorflow", "jax", "torch", "keras", "numpy"))
    found = measure.in_turns(cases, one_fresh, rounds)
    each = training_operations(NETWORK) * BATCH
    record |= {"network": NETWORK, "recipe": RECIPE, "batch": BATCH, "operations_a_step": each}
    limits = {case["limit"]: measure.median_of(findings, "operations_a_second")
              for case, findings in zip(cases, found) if "limit" in case}
    record["limits"] = limits
    record["rows"] = []
    for case, findings in zip(cases, found):
        if "limit" in case:
            continue
        seconds = measure.median_of(findings, "seconds")
        kind = "bfloat16" if "bfloat16" in case["precision"] else "float32"
        rate = {"all": [each / value for value in seconds["all"]]}
        record["rows"].append(case | {"seconds": seconds, "peak_bytes": measure.median_of(findings, "peak_bytes"),
                                      "share_of_limit": measure.ratios(rate, limits[kind])})
    record["kinds"] = {precision: one_fresh({"backend": "tensorflow", "profile": precision})["kinds"]
                       for precision in ("float32", "mixed_bfloat16")}
    return record


def one_fresh(case):
    """A case in a new process, with its backend."""
    return measure.fresh(Path(__file__), case, {"KERAS_BACKEND": case.get("backend", "tensorflow")})


if __name__ == "__main__":
    measure.run("step", __doc__, measure_one, whole)
