"""What the input of training costs: the thesis's pipeline against ours, same network, same machine, same run.

    python benchmarks/input.py [--rounds N] [--dry-run]

The thesis repeats the gray channel three times, divides by 255 and keeps the result, floating-point numbers; Keras's
ImageDataGenerator changes each picture in Python (sections 4.2 and 5.1). The course keeps bytes and changes whole
batches in the compiled step (`fer_utils.data.augmentation`, chapter 06). Both end in the same network, trained by the
same step. The third case is the same without any input: one batch again and again. It is the fastest that any input
can be.

The faces are random numbers, as many as FER-2013 has for training (once, twice, four times), since no figure here
depends on what they show. A few minutes to half an hour, by the machine.
"""

import time
from pathlib import Path

import measure

TRAINING_FACES, BATCH = 28_709, 128
PIPELINES = ("one batch", "thesis", "course")
# How many steps are timed, after as many that are not: enough for some seconds.
STEPS = {"squeezenet-mini": 64, "squeezenet-fer-deep": 6}
CASES = [{"pipeline": pipeline, "network": network, "times": 1} for network in STEPS for pipeline in PIPELINES] + [
    {"pipeline": pipeline, "network": "squeezenet-mini", "times": times}
    for times in (2, 4) for pipeline in ("thesis", "course")]


def arrays(count):
    """Random faces, uint8 (count, 48, 48), and targets, float32 (count, 7), of no meaning."""
    import numpy as np

    rng = np.random.default_rng(0)
    return (rng.integers(0, 256, (count, 48, 48), dtype=np.uint8),
            np.eye(7, dtype=np.float32)[rng.integers(0, 7, count)])


def input_of_thesis(images, targets):
    """As in the thesis: RGB, floating-point numbers from 0 to 1, augmented by ImageDataGenerator (section 5.1).

    The sizes of the changes are those of `fer_utils.data.augmentation.thesis_augmentation`.
    """
    import numpy as np
    import tensorflow as tf

    rgb = np.repeat(images[..., None], 3, axis=-1) / np.float32(255)
    generator = tf.keras.preprocessing.image.ImageDataGenerator(
        rotation_range=20, width_shift_range=0.1, height_shift_range=0.1, shear_range=10, zoom_range=0.1,
        horizontal_flip=True)
    return generator.flow(rgb, targets, batch_size=BATCH, seed=0)


def model_of_thesis(network):
    """The same network as `compile_for_training` trains, behind a layer that takes RGB from 0 to 1."""
    import keras

    from fer_utils.training.model import compile_for_training

    net, _ = compile_for_training(network, recipe("none"), TRAINING_FACES)
    faces = keras.Input((48, 48, 3))
    model = keras.Model(faces, net(keras.layers.Lambda(lambda rgb: rgb[..., :1] * 255.0)(faces)))
    model.compile(keras.optimizers.Adam(1e-3), "categorical_crossentropy", metrics=["accuracy"], jit_compile=False)
    return model


def recipe(augmentation):
    """A recipe without anything that costs time beside the step itself."""
    from fer_utils.training.recipes import Recipe

    return Recipe("benchmark", "adam", 1e-3, "constant", BATCH, 2, augmentation)


def measure_one(case):
    """Train for some steps; a dict of `faces_a_second`, `processor_seconds` a thousand faces, `peak_bytes`."""
    import os

    import keras

    from fer_utils.edge.programs import peak_bytes
    from fer_utils.training.feed import Feed
    from fer_utils.training.model import compile_for_training
    from fer_utils.training.run import STEPS_AT_ONCE

    network, steps = case["network"], STEPS[case["network"]]
    images, targets = arrays(TRAINING_FACES * case["times"])
    if case["pipeline"] == "thesis":
        data, model = input_of_thesis(images, targets), model_of_thesis(network)
        del images
    else:
        if case["pipeline"] == "one batch":
            images, targets = images[:BATCH].copy(), targets[:BATCH].copy()
        data = Feed(images, targets, targets[:, 0] * 0 + 1, BATCH)
        augmentation = "none" if case["pipeline"] == "one batch" else "thesis"
        _, model = compile_for_training(network, recipe(augmentation), TRAINING_FACES)
    model.steps_per_execution = STEPS_AT_ONCE

    clock = {}

    class Clock(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            clock["began"] = time.perf_counter(), time.process_time()

        def on_epoch_end(self, epoch, logs=None):
            clock["took"] = [now - then for now, then in zip((time.perf_counter(), time.process_time()),
                                                             clock["began"])]

    class Limited(keras.utils.PyDataset):
        """The first steps of `data` as an epoch, over and over where it has fewer."""

        def __len__(self):
            return steps

        def __getitem__(self, number):
            return data[number % len(data)]

    model.fit(Limited(), epochs=2, shuffle=False, verbose=0, callbacks=[Clock()])
    wall, processor = clock["took"]
    return {"faces_a_second": steps * BATCH / wall, "processor_seconds": 1000 * processor / (steps * BATCH),
            "peak_bytes": peak_bytes(os.getpid())}


def whole(rounds):
    """Measure all cases; the record."""
    record = measure.head(rounds, ("tensorflow", "keras", "numpy", "scipy"))
    found = measure.in_turns(CASES, lambda case: measure.fresh(Path(__file__), case, {"KERAS_BACKEND": "tensorflow"}),
                             rounds)
    rows = {(case["network"], case["pipeline"], case["times"]): {
                key: measure.median_of(findings, key) for key in findings[0]}
            for case, findings in zip(CASES, found)}
    record["batch"], record["faces"] = BATCH, TRAINING_FACES
    record["rows"] = [{"network": network, "pipeline": pipeline, "times": times, **row}
                      for (network, pipeline, times), row in rows.items()]
    record["faster"] = {network: measure.ratios(rows[network, "course", 1]["faces_a_second"],
                                                rows[network, "thesis", 1]["faces_a_second"]) for network in STEPS}
    # What the network itself needs is in every case; what is left is what the input holds.
    bare = rows["squeezenet-mini", "one batch", 1]["peak_bytes"]["median"]
    record["held_bytes"] = {
        pipeline: {str(times): rows["squeezenet-mini", pipeline, times]["peak_bytes"]["median"] - bare
                   for times in (1, 2, 4)} for pipeline in ("thesis", "course")}
    return record


if __name__ == "__main__":
    measure.run("input", __doc__, measure_one, whole)
