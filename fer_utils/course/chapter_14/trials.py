"""The trials of chapter 14: networks whose weights have few bits, and files calibrated on few faces.

`tools/record_experiments.py` runs them on FER-2013 and records what they find.
"""

import time
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from fer_utils.course.chapter_14.quantization import kernels, put_kernels, rounded_weights
from fer_utils.course.laboratory import accuracy, classes_named
from fer_utils.data.fer2013 import FER2013_COUNTS
from fer_utils.edge.litert import LiteRTNetwork, quantized, restored
from fer_utils.edge.quantization import best_range, full_range, quantize
from fer_utils.evaluation import intervals

RANGES = {"extremes": full_range, "least error": best_range}


def can_export():
    """Whether Keras networks become int8 files here: litert-quantizer does not come for every system and Python, and
    Keras exports on TensorFlow alone."""
    import keras

    return find_spec("litert_quantizer") is not None and keras.backend.backend() == "tensorflow"


def compared(answers, reference, labels):
    """What has changed in the answers to faces, counted face by face: a dict of fractions of the faces.

    Arguments: answers and reference, classes (n,); labels (n,). "accuracy" is that of `answers`; "same", where the two
    agree; "won" and "lost", where only the one or only the other is right.
    """
    right, before = answers == labels, reference == labels
    return {"accuracy": float(right.mean()), "same": float((answers == reference).mean()),
            "won": float((right & ~before).mean()), "lost": float((before & ~right).mean())}


def told(trial):
    """The difference of a trial of `compared` on PublicTest from its reference, in points with half its 95 % interval,
    and in words."""
    n = FER2013_COUNTS["public"]
    low, high = intervals.paired_interval(round(trial["won"] * n), round(trial["lost"] * n), n)
    return f"{100 * (trial['won'] - trial['lost']):+.2f} ± {50 * (high - low):.2f}", intervals.told(low, high)


def right_with(net, changed, images, labels):
    """The share of faces that a Keras network reads as they are labelled when it has these kernels, a dict of
    `kernels`; it has its own again afterwards."""
    original = kernels(net)
    try:
        put_kernels(net, changed)
        return accuracy(net, images, labels)
    finally:
        put_kernels(net, original)


def answers_with(net, original, images, **how):
    """The classes that a Keras network answers, int (n,), when its kernels are rounded (`symmetric` says how).

    `original`: its kernels, of `kernels`; the network has them again afterwards.
    """
    try:
        put_kernels(net, {name: rounded_weights(kernel, **how) for name, kernel in original.items()})
        return classes_named(net, images)
    finally:
        put_kernels(net, original)


def weights_by_bits(net, images, labels, bits, ways=("per channel", "per tensor")):
    """By way and number of bits, `compared` with the network as it is, and the "error" of its weights: the mean square
    of what rounding changes, as a share of the mean square of the weights, on average of the layers."""
    original = kernels(net)
    reference = classes_named(net, images)
    found = {"as it is": compared(reference, reference, labels)}
    for way in ways:
        found[way] = {}
        for number in bits:
            how = {"bits": number, "per_channel": way == "per channel"}
            found[way][str(number)] = compared(answers_with(net, original, images, **how), reference, labels) | {
                "error": float(np.mean([np.mean((rounded_weights(kernel, **how) - kernel) ** 2) / np.mean(kernel ** 2)
                                        for kernel in original.values()]))}
    return found


def drawn(images, count, draw):
    """`count` of the images, the same ones for the same number `draw`."""
    return images[np.random.default_rng([draw, count]).choice(len(images), count, replace=False)]


def calibrated(source, faces, labels, training, *, sizes, draws, choices=RANGES):
    """What int8 files answer that were calibrated on few or many training faces.

    Arguments: source, a float32 LiteRT file with names (`fer_utils.edge.export.export_float32`); faces, uint8
    (n, 48, 48), with their labels; training, uint8 (m, 48, 48), to draw calibration faces from; choices, a dict from a
    name to what `fer_utils.edge.quantization.quantize` takes as `choose`.

    Yields (choice, size, draw, `compared` with the float32 file). The draws of a size differ in their faces alone.
    """
    reference = LiteRTNetwork(source).predict(faces).argmax(axis=1)
    for size in sizes:
        for draw in range(draws):
            for name, choose in choices.items():
                answers = quantized_answers(source, drawn(training, size, draw), faces, choose)
                yield name, size, draw, compared(answers, reference, labels)


def quantized_answers(source, calibration, faces, choose=best_range):
    """The classes, int (n,), that an int8 file answers which is made of a float32 one and thrown away again."""
    with TemporaryDirectory() as folder:
        out = Path(folder) / "int8.tflite"
        quantize(source, out, calibration, choose)
        return LiteRTNetwork(out).predict(faces).argmax(axis=1)


def answers_unchecked(network, values):
    """The probabilities, float32 (n, 7), that a `LiteRTNetwork` gives for values (n, 48, 48) of any scale: what it
    answers where nobody checks what it is fed."""
    takes, gives, answers = network.takes, network.gives, []
    for value in values:
        network.interpreter.set_tensor(takes["index"], quantized(np.asarray(value)[None, ..., None], takes))
        network.interpreter.invoke()
        answers.append(restored(network.interpreter.get_tensor(gives["index"]), gives)[0])
    return np.array(answers)


def milliseconds(work, times=5):
    """How long `work()` takes, in milliseconds, the median of several calls after one to warm up."""
    work()
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return 1000 * float(np.median(taken))
