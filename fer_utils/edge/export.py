"""Export a Keras network: to LiteRT, float32 or int8, for a Raspberry Pi, a phone or a microcontroller; to ONNX.

Every export is read back and asked about real faces beside the Keras network, and one that answers differently is an
error and leaves no file: an exporter can go wrong and still return. Explained in chapter 14.
"""

import tempfile
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from fer_utils.edge.flatbuffer import as_c_array, shrink
from fer_utils.edge.litert import LiteRTNetwork
from fer_utils.edge.quantization import CALIBRATION_FACES, quantize
from fer_utils.files import in_one_step, reason, write_bytes, write_text
from fer_utils.kernel import SetupError
from fer_utils.labels import FACE_SHAPE

FORMATS = ("litert", "onnx", "c")
SUFFIXES = {"litert": ".tflite", "onnx": ".onnx", "c": ".cc"}
COMPARED_FACES = 200
# float32 exports differ by rounding; int8 has 256 values for a probability, and now and then another class wins
LARGEST_DIFFERENCE = 1e-3
LEAST_ALIKE = 0.93


class ExportError(ValueError):
    """An export that does not answer like its network."""


@contextmanager
def exporting(net):
    """Turn whatever an exporter raises into one ExportError: TensorFlow has errors of its own for a full disk."""
    try:
        yield
    except (ImportError, OSError):  # says itself what is missing, or wrong
        raise
    except Exception as wrong:
        raise ExportError(f"{net.name} could not be exported ({reason(wrong)}). Where that speaks of space, make some, "
                          "here and in the folder for temporary files; else it has a layer that the exporter does not "
                          "know.") from wrong


def export_float32(net, path, names=False):
    """Write a Keras network as a float32 LiteRT file that takes one face, float32 (1, 48, 48, 1) from 0 to 255.

    Normalization is folded (`fer_utils.edge.folding.fold`), dropout left out. With `names` the file keeps the names of
    its tensors, which quantization needs (`fer_utils.edge.flatbuffer.shrink`). Needs the TensorFlow backend; raises
    SetupError on another.
    """
    import keras

    from fer_utils.edge.folding import fold

    if keras.backend.backend() != "tensorflow":
        raise SetupError(f"Keras exports to LiteRT on TensorFlow alone, and runs on {keras.backend.backend()} here. "
                         "Set KERAS_BACKEND=tensorflow and start again.")
    face = keras.InputSpec(shape=(1, *FACE_SHAPE), dtype="float32")
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "network.tflite"
        with exporting(net):
            fold(net).export(str(written), format="litert", verbose=False, input_signature=[face])
        if not names:
            shrink(written)
        write_bytes(path, written.read_bytes())


def export_int8(net, path, faces):
    """Write a Keras network as a full-integer int8 LiteRT file that takes one face, int8 (1, 48, 48, 1): pixel - 128.

    `faces`: uint8 (n, 48, 48) of Training, to calibrate by; `CALIBRATION_FACES` are enough, and drawn by
    `calibration_faces`. Raises SetupError as `export_float32` and `fer_utils.edge.quantization.quantize`.
    """
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder) / "float32.tflite", Path(folder) / "int8.tflite"
        export_float32(net, source, names=True)
        with exporting(net):
            quantize(source, out, faces)
        shrink(out)
        write_bytes(path, out.read_bytes())


def calibration_faces(images, count=CALIBRATION_FACES, seed=0):
    """Some training faces, uint8 (count, 48, 48), drawn once for all by a seed; all of them where there are fewer."""
    drawn = np.random.default_rng(seed).permutation(len(images))[:count]
    return images[np.sort(drawn)]


def export_onnx(net, path):
    """Write a Keras network as an ONNX file that takes float32 (n, 48, 48, 1), for other runtimes.

    Exported is the folded network without augmentation: Keras's exporter writes a file that no runtime opens for a
    network with random layers inside, prints errors, and returns as if all were well. Raises SetupError without
    `tf2onnx` and `onnx`.
    """
    import keras

    from fer_utils.edge.folding import fold

    face = keras.InputSpec(shape=(None, *FACE_SHAPE), dtype="float32")
    try:
        with tempfile.TemporaryDirectory() as folder:
            written = Path(folder) / "network.onnx"
            with exporting(net):
                fold(net).export(str(written), format="onnx", verbose=False, input_signature=[face])
            write_bytes(path, written.read_bytes())
    except ImportError as error:
        raise SetupError("ONNX needs two more packages: pip install '.[onnx]'") from error


def check_export(net, exported, faces, what, exact):
    """What two networks say of the same faces: a dict with `faces`, `agreement`, the share of faces of which both name
    the same emotion, and `largest_difference` of a probability.

    Arguments: net, the Keras network; exported, a function of uint8 faces that gives probabilities; exact, whether
    nothing but float32 rounding may differ. Raises ExportError for an export that differs more.
    """
    from fer_utils.evaluation import predict_probabilities

    wanted, got = predict_probabilities(net, faces), np.asarray(exported(faces))
    agreement = float(np.mean(wanted.argmax(axis=1) == got.argmax(axis=1)))
    difference = float(np.abs(wanted - got).max())
    if exact and not difference <= LARGEST_DIFFERENCE or not agreement >= LEAST_ALIKE:
        raise ExportError(f"{what} does not answer like {net.name}: of {len(faces)} faces it names the same emotion "
                          f"for {agreement:.1%}, and a probability differs by up to {difference:.3f}. It is not kept. "
                          "Export again, and report it if it happens twice.")
    return {"faces": len(faces), "agreement": agreement, "largest_difference": difference}


def export(net, out, *, int8=False, format="litert", calibrate_on=None, compare_on):
    """Write one export of a Keras network, read it back, compare, and only then put it in place.

    Arguments:
        net: a Keras model that takes raw faces.
        out: the path of the file to write.
        int8: full-integer int8 instead of float32; "c" is int8 always.
        format: "litert", "onnx" or "c", the int8 LiteRT file as a C array for a microcontroller.
        calibrate_on: uint8 (n, 48, 48), training faces for the ranges of int8.
        compare_on: uint8 (n, 48, 48), the faces that both are asked about.

    Returns the dict of `check_export`, with `bytes`, the size of the file; `checked_by` says what read it back, None
    where ONNX cannot be read here (no onnxruntime). Raises ExportError, and SetupError where a package is missing.
    """
    int8 = int8 or format == "c"
    with in_one_step(out) as temporary:
        if format == "onnx":
            export_onnx(net, temporary)
            found = _check_onnx(net, temporary, compare_on)
        else:
            if int8:
                export_int8(net, temporary, calibrate_on)
            else:
                export_float32(net, temporary)
            found = check_export(net, LiteRTNetwork(temporary).predict, compare_on, Path(out).name, exact=not int8)
            found["checked_by"] = "LiteRT"
        if format == "c":
            write_text(temporary, as_c_array(temporary))
        found["bytes"] = temporary.stat().st_size
    return found


def _check_onnx(net, path, faces):
    try:
        import onnxruntime
    except ImportError:
        return {"faces": 0, "agreement": None, "largest_difference": None, "checked_by": None}
    session = onnxruntime.InferenceSession(path.read_bytes(), providers=["CPUExecutionProvider"])
    takes = session.get_inputs()[0].name

    def ask(images):
        return session.run(None, {takes: images[..., None].astype(np.float32)})[0]

    return check_export(net, ask, faces, path.name, exact=True) | {"checked_by": "onnxruntime"}
