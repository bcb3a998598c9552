"""From float32 to int8: watch what values occur, choose a scale and a zero point for each tensor, round.

Weights are rounded by `litert-quantizer`, each output channel with a scale of its own. How far the values between the
layers reach is measured here, on training faces: that library averages the extremes of one face after another, which
cuts off what many faces have; the input then ended at 227 of 255. Explained in chapter 14; the arithmetic is that of
Jacob and others 2018 (arXiv:1712.05877).
"""

import io
from contextlib import redirect_stderr, redirect_stdout

import numpy as np

from fer_utils.backend import quiet
from fer_utils.kernel import SetupError
from fer_utils.labels import FACE_SHAPE

CALIBRATION_FACES = 300
RANGE_SHARES = np.linspace(0.3, 1, 36)  # shares of the extremes that are tried as ends of a range
BINS = 2048  # of the histogram of a tensor's values, eight for each step of int8
FACES_AT_ONCE = 50


def scale_and_zero_point(low, high, bits=8):
    """The scale and the zero point by which a range of values becomes whole numbers: value = scale (q - zero point).

    Arguments: low, high, the ends of the range, which is widened to hold 0, since padding writes zeros; bits, of which
    8 give the numbers -128 to 127. Returns a float and an int. Chapter 14.
    """
    low, high = min(float(low), 0.0), max(float(high), 0.0)
    least, most = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    scale = (high - low) / (most - least) or 1.0
    return scale, int(np.clip(np.rint(least - low / scale), least, most))


def rounded(values, scale, zero_point, bits=8):
    """Values as they come back from whole numbers of `bits` bits: rounded, and cut off at the ends of the range."""
    least, most = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    return (np.clip(np.rint(values / scale) + zero_point, least, most) - zero_point) * scale


def best_range(values, counts):
    """The ends of the range whose rounding leaves the least squared error: a pair of floats.

    Arguments: values (n,), the values that occur, in order; counts (n,), how often each does. Tried are shares of the
    extremes: to cut off a few large values costs less than steps that are coarse for all others.
    """
    def error(share):
        scale, zero_point = scale_and_zero_point(share * values[0], share * values[-1])
        return np.sum(counts * (rounded(values, scale, zero_point) - values) ** 2)

    share = min(RANGE_SHARES, key=error)
    return share * min(values[0], 0.0), share * max(values[-1], 0.0)


def full_range(values, counts):
    """The smallest and the largest value that occurs, as a pair: nothing is cut off. Arguments as in `best_range`."""
    return values[0], values[-1]


def ranges(path, faces, names, choose=best_range):
    """The range of some tensors of a float32 LiteRT file on some faces: a dict of names to (low, high).

    Arguments: path, the file; faces, uint8 (n, 48, 48), n at least 1; names, of the tensors; choose, `best_range` or
    another function of values and counts. The input's range is 0 to 255, whatever occurs.
    """
    from fer_utils.edge.litert import interpreter_class

    def ready(size):
        network = interpreter_class()(str(path), experimental_preserve_all_tensors=True, num_threads=1)
        network.resize_tensor_input(network.get_input_details()[0]["index"], [size, *FACE_SHAPE])
        network.allocate_tensors()
        return network

    size = min(FACES_AT_ONCE, len(faces))
    with quiet():
        try:
            network = ready(size)
        except RuntimeError:  # a layer whose shape was exported for one face, such as Flatten
            size, network = 1, ready(1)
    takes, = network.get_input_details()
    asked = {tensor["name"]: tensor["index"] for tensor in network.get_tensor_details() if tensor["name"] in names}

    def batches():
        for start in range(0, len(faces) - size + 1, size):
            network.set_tensor(takes["index"], faces[start:start + size, ..., None].astype(np.float32))
            network.invoke()
            yield {name: network.get_tensor(index) for name, index in asked.items()}

    ends, counts = dict.fromkeys(asked, (np.inf, -np.inf)), dict.fromkeys(asked, 0)
    for found in batches():
        ends |= {name: (min(ends[name][0], found[name].min()), max(ends[name][1], found[name].max()))
                 for name in asked}
    for found in batches():
        for name in asked:
            counts[name] = counts[name] + np.histogram(found[name], BINS, ends[name])[0]
    found = {name: choose(np.linspace(*ends[name], BINS), counts[name]) for name in asked}
    return found | {takes["name"]: (0.0, 255.0)}


def quantize(source, out, faces, choose=best_range):
    """Write a full-integer int8 LiteRT file from a float32 one: weights, activations, input and output are int8.

    Arguments: source, the path of a float32 file (`fer_utils.edge.export.export_float32`); out, where to write; faces,
    uint8 (n, 48, 48), of Training, from which the ranges are taken; choose, as in `ranges`. Raises SetupError without
    `litert-quantizer`.
    """
    try:
        from litert_quantizer import quantizer, recipe
    except ImportError as error:
        raise SetupError("int8 needs two packages, for Linux and macOS: pip install ai-edge-litert litert-quantizer"
                         ) from error

    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said), quiet():  # progress bars and sizes
        work = quantizer.Quantizer(str(source))
        work.load_quantization_recipe(recipe.static_wi8_ai8())
        signature, face = _signature(source)
        measured = work.calibrate({signature: [{face: faces[:1, ..., None].astype(np.float32)}]})
        for name, (low, high) in ranges(source, faces, measured, choose).items():
            for end, value in (("min", low), ("max", high)):
                measured[name][end] = np.full_like(measured[name][end], value, dtype=np.float32)
        work.quantize(measured).export_model(str(out), overwrite=True)


def _signature(path):
    """The name of a file's only signature, and that of its input."""
    from fer_utils.edge.litert import interpreter_class

    (name, parts), = interpreter_class()(str(path)).get_signature_list().items()
    return name, parts["inputs"][0]
