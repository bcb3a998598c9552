"""From float32 to int8: watch what values occur, choose a scale and a zero point for each tensor, round.

Weights are rounded by `litert-quantizer`, each output channel with a scale of its own. How far the values between the
layers reach is measured here, on training faces: that library averages the extremes of one face after another, which
cuts off what many faces have; the input then ended at 227 of 255. Explained in chapter 14; the arithmetic is that of Jacob and others 2018 (arXiv:1712.05877).
"""

import io
from contextlib import redirect_stderr, redirect_stdout

import numpy as np

from fer_utils.kernel import SetupError

CALIBRATION_FACES = 1000
SHRINKS = np.linspace(0.3, 1, 36)  # shares of the extremes that are tried as ends of a range
KEPT_VALUES = 4000  # of each tensor and batch, to measure the error of a range by
BATCH = 50


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


def best_range(values, low, high):
    """The ends of the range whose rounding leaves the least squared error on `values` (n,): a pair.

    Tried are shares of the extremes `low` and `high`: to cut off a few large values costs less than steps that are
    coarse for all others.
    """
    def error(share):
        scale, zero_point = scale_and_zero_point(share * low, share * high)
        return np.mean((rounded(values, scale, zero_point) - values) ** 2)

    share = min(SHRINKS, key=error)
    return share * min(low, 0.0), share * max(high, 0.0)


def ranges(path, faces, choose=best_range):
    """The range of every tensor of a float32 LiteRT file on some faces: a dict of its name to (low, high).

    Arguments: path, the file; faces, uint8 (n, 48, 48), n at least 1; choose, a function of (values, low, high) that
    gives the range, `best_range` or one of your own. The input's is 0 to 255, whatever occurs.
    """
    from fer_utils.edge.litert import interpreter_class

    network = interpreter_class()(str(path), experimental_preserve_all_tensors=True, num_threads=1)
    takes, = network.get_input_details()
    size = min(BATCH, len(faces))
    network.resize_tensor_input(takes["index"], [size, *takes["shape"][1:]])
    network.allocate_tensors()
    made = {tensor["index"]: tensor["name"] for tensor in network.get_tensor_details()
            if tensor["dtype"] is np.float32}
    draws, seen = np.random.default_rng(0), {}
    for start in range(0, len(faces) - size + 1, size):
        network.set_tensor(takes["index"], faces[start:start + size, ..., None].astype(np.float32))
        network.invoke()
        for index, name in made.items():
            try:
                values = network.get_tensor(index).ravel()
            except ValueError:  # a tensor that the runtime did away with, fused into its neighbour
                continue
            low, high, kept = seen.get(name, (np.inf, -np.inf, []))
            some = draws.choice(values, min(KEPT_VALUES, values.size), replace=False)
            seen[name] = min(low, values.min()), max(high, values.max()), [*kept, some]
    found = {name: choose(np.concatenate(kept), low, high) for name, (low, high, kept) in seen.items()}
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
        raise SetupError("int8 needs litert-quantizer, for Linux and macOS: pip install litert-quantizer") from error

    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):  # progress bars and sizes
        work = quantizer.Quantizer(str(source))
        work.load_quantization_recipe(recipe.static_wi8_ai8())
        signature, face = _signature(source)
        measured = work.calibrate({signature: [{face: faces[:1, ..., None].astype(np.float32)}]})
        for name, (low, high) in ranges(source, faces, choose).items():
            if name in measured:
                for end, value in (("min", low), ("max", high)):
                    measured[name][end] = np.full_like(measured[name][end], value, dtype=np.float32)
        work.quantize(measured).export_model(str(out), overwrite=True)


def _signature(path):
    """The name of a file's only signature, and that of its input."""
    from fer_utils.edge.litert import interpreter_class

    (name, parts), = interpreter_class()(str(path)).get_signature_list().items()
    return name, parts["inputs"][0]
