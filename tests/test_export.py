"""Exports answer like their networks, in LiteRT, in ONNX and in TensorFlow Lite Micro; folding changes nothing."""

import json
import re
import subprocess
import sys

import keras
import numpy as np
import pytest
from keras import layers

from fer_utils.__main__ import main
from fer_utils.data import load_schematic
from fer_utils.edge.export import (
    LARGEST_DIFFERENCE,
    ExportError,
    calibration_faces,
    check_export,
    export,
    export_float32,
)
from fer_utils.edge.flatbuffer import as_c_array, shrink
from fer_utils.edge.folding import fold
from fer_utils.edge.litert import LiteRTNetwork, interpreter_class, load_litert, shipped_export
from fer_utils.edge.quantization import best_range, full_range, quantize, rounded, scale_and_zero_point
from fer_utils.evaluation import predict_probabilities, scores
from fer_utils.evaluation.classical_runs import recorded_answers
from fer_utils.evaluation.exported_runs import export_names, exported_probabilities, load_export
from fer_utils.evaluation.results import load_run
from fer_utils.files import DATA_FOLDER, FileError, sha256_of
from fer_utils.networks import build_network
from fer_utils.networks.weights import load_network

FACES = load_schematic(("train", "public"))
SOME = FACES.public.images[:64]


@pytest.fixture(scope="module")
def mini():
    return load_network("squeezenet-mini")


@pytest.fixture(scope="module")
def exports(mini, tmp_path_factory):
    """The three forms of squeezenet-mini: paths."""
    folder = tmp_path_factory.mktemp("exports")
    found = {"float32": folder / "mini.tflite", "int8": folder / "mini-int8.tflite", "c": folder / "mini.cc"}
    calibrate = calibration_faces(FACES.train.images, 100)
    export(mini, found["float32"], compare_on=SOME)
    export(mini, found["int8"], int8=True, calibrate_on=calibrate, compare_on=SOME)
    export(mini, found["c"], format="c", calibrate_on=calibrate, compare_on=SOME)
    return found


def _moved(net):
    """A network with statistics of normalization that are not those of an untrained one, so that folding has work."""
    draws = np.random.default_rng(1)
    for layer in net.layers:
        if isinstance(layer, layers.BatchNormalization):
            count = layer.gamma.shape[0]
            layer.set_weights([draws.uniform(0.7, 1.3, count), draws.normal(0, 0.3, count),
                               draws.normal(0, 0.3, count), draws.uniform(0.7, 1.5, count)])
    return net


@pytest.mark.parametrize("name", ["squeezenet-mini", "squeezenet-fer-tiny", "squeezenet-fer", "squeezenet-custom",
                                  "squeezenet-complex-bypass", "squeezenet-bypass-dropout", "vgg8-bn"])
def test_a_folded_network_gives_the_same_answers(name):
    keras.utils.set_random_seed(0)
    net = _moved(build_network(name))
    before = [weight.copy() for weight in net.get_weights()]
    folded = fold(net)
    assert np.abs(predict_probabilities(net, SOME[:8]) - predict_probabilities(folded, SOME[:8])).max() < 1e-5
    assert all(np.array_equal(a, b) for a, b in zip(before, net.get_weights()))  # the network itself is not touched
    kinds = {type(layer).__name__ for layer in folded.layers}
    assert "Dropout" not in kinds
    if name.startswith("squeezenet"):
        assert "BatchNormalization" not in kinds


def test_what_cannot_be_folded_stays():
    inputs = keras.Input((48, 48, 1))
    x = layers.Conv2D(4, 3, name="shared")(inputs)
    normalized = layers.BatchNormalization(name="norm")(x)
    both = layers.Add()([layers.ReLU()(normalized), x])  # the convolution's own output is used, too
    first = layers.BatchNormalization(name="first")(layers.Conv2D(3, 3, activation="relu")(both))
    net = _moved(keras.Model(inputs, layers.Softmax()(layers.Dense(7)(layers.GlobalAveragePooling2D()(first)))))
    folded = fold(net)
    assert {"norm", "first"} <= {layer.name for layer in folded.layers}
    assert np.abs(net(SOME[:4, ..., None]) - folded(SOME[:4, ..., None])).max() < 1e-6


def test_float32_differs_by_rounding_alone(mini, exports):
    wanted, got = predict_probabilities(mini, SOME), LiteRTNetwork(exports["float32"]).predict(SOME)
    assert got.dtype == np.float32 and np.abs(wanted - got).max() < 1e-5


def test_int8_is_whole_numbers_all_through(mini, exports):
    network = LiteRTNetwork(exports["int8"])
    assert network.takes["dtype"] is network.gives["dtype"] is np.int8
    assert network.takes["quantization"] == (1.0, -128)  # a pixel less 128, nothing cut off
    kinds = {tensor["dtype"] for tensor in network.interpreter.get_tensor_details()}
    assert np.float32 not in kinds and {np.int8, np.int32} <= kinds
    assert exports["int8"].stat().st_size < exports["float32"].stat().st_size / 2
    answers = network.predict(FACES.public.images)
    exact = predict_probabilities(mini, FACES.public.images)
    assert np.mean(answers.argmax(axis=1) == exact.argmax(axis=1)) > 0.95
    assert abs(scores(FACES.public.labels, answers)["accuracy"] - scores(FACES.public.labels, exact)["accuracy"]) < 0.02


def test_all_colours_of_gray_reach_an_int8_network(exports):
    """The ends of the scale: litert-quantizer's own calibration cut off all pixels above 227."""
    network = LiteRTNetwork(exports["int8"])
    pixels = np.resize(np.arange(256, dtype=np.uint8), (1, 48, 48, 1))
    from fer_utils.edge.litert import quantized, restored

    assert np.array_equal(restored(quantized(pixels, network.takes), network.takes), pixels)


def test_shrinking_changes_no_answer(mini, tmp_path):
    path = tmp_path / "network.tflite"
    export_float32(mini, path, names=True)
    before, size = LiteRTNetwork(path).predict(SOME), path.stat().st_size
    shrink(path)
    assert np.array_equal(before, LiteRTNetwork(path).predict(SOME)) and path.stat().st_size < size
    assert sorted(tmp_path.iterdir()) == [path]


def test_the_c_array_holds_the_file(exports):
    text = exports["c"].read_text()
    numbers = re.search(r"\{([\d,\s]+)\}", text)[1]
    assert bytes(map(int, numbers.split(","))) == exports["int8"].read_bytes()
    assert f"fer_network_length = {exports['int8'].stat().st_size};" in text and "alignas(16)" in text


def test_an_export_that_answers_differently_is_an_error_and_leaves_no_file(mini, tmp_path, monkeypatch):
    from fer_utils.edge import export as module

    other = build_network("squeezenet-mini")
    monkeypatch.setattr(module, "export_float32", lambda net, path, names=False: export_float32(other, path))
    with pytest.raises(ExportError, match="does not answer like squeezenet-mini"):
        export(mini, tmp_path / "wrong.tflite", compare_on=SOME)
    assert not list(tmp_path.iterdir())


def test_a_small_difference_is_told_from_none(mini):
    exact = predict_probabilities(mini, SOME)
    off = exact.copy()
    off[0] = exact[0] + 2 * LARGEST_DIFFERENCE
    assert check_export(mini, lambda faces: exact, SOME, "x", exact=True)["agreement"] == 1
    with pytest.raises(ExportError):
        check_export(mini, lambda faces: off, SOME, "x", exact=True)
    check_export(mini, lambda faces: off, SOME, "x", exact=False)
    with pytest.raises(ExportError):
        check_export(mini, lambda faces: np.full_like(exact, np.nan), SOME, "x", exact=True)


def test_onnx_is_read_back(mini, tmp_path):
    pytest.importorskip("tf2onnx")
    pytest.importorskip("onnxruntime")
    found = export(mini, tmp_path / "mini.onnx", format="onnx", compare_on=SOME)
    assert found["checked_by"] == "onnxruntime" and found["agreement"] == 1 and found["largest_difference"] < 1e-5


def test_a_network_with_augmentation_inside_is_exported_without_it(mini, tmp_path):
    """Keras's ONNX exporter returns as if all were well and writes a file that no runtime opens."""
    inputs = keras.Input((48, 48, 1))
    net = keras.Model(inputs, mini(layers.RandomFlip("horizontal")(inputs)), name="with-augmentation")
    found = export(net, tmp_path / "net.tflite", compare_on=SOME)
    assert found["agreement"] == 1
    if pytest.importorskip("tf2onnx") and pytest.importorskip("onnxruntime"):
        assert export(net, tmp_path / "net.onnx", format="onnx", compare_on=SOME)["agreement"] == 1


@pytest.mark.parametrize("low, high, scale, zero_point", [
    (0, 255, 1.0, -128), (-1, 1, 2 / 255, 0), (0.5, 2, 2 / 255, -128), (-2, -0.5, 2 / 255, 127), (0, 0, 1.0, -128)])
def test_scale_and_zero_point(low, high, scale, zero_point):
    found = scale_and_zero_point(low, high)
    assert found[0] == pytest.approx(scale) and abs(found[1] - zero_point) <= 1 and isinstance(found[1], int)
    assert rounded(np.zeros(1), *found) == 0  # zero is kept: padding writes it


def test_the_range_with_the_least_error_cuts_off_an_outlier():
    values, counts = np.linspace(0, 100, 2048), np.zeros(2048, int)
    counts[:60] = 100_000  # all but one lie below 2
    counts[-1] = 1
    low, high = best_range(values, counts)
    assert high < 60 < full_range(values, counts)[1] == 100


def test_damaged_and_foreign_files_are_told(tmp_path, mini):
    for content in (b"", b"not a network", shipped_export("squeezenet-fer-tiny").read_bytes()[:5000]):
        path = tmp_path / "bad.tflite"
        path.write_bytes(content)
        with pytest.raises(FileError, match="bad.tflite"):
            LiteRTNetwork(path)
    with pytest.raises(FileError, match="there is no file"):
        load_litert(str(tmp_path / "none.tflite"))
    with pytest.raises(ValueError, match="squeezenet-fer-tiny-int8.tflite"):
        shipped_export("vgg16")


def test_litert_refuses_faces_that_are_not_raw():
    network = load_litert("squeezenet-fer-tiny")
    with pytest.raises(ValueError):
        network.predict(SOME.astype(np.float32) / 255)
    assert network.predict(SOME[:0]).shape == (0, 7)
    assert np.array_equal(network.predict(SOME[:3]), network.predict(SOME[:3, ..., None]))


def test_exports_are_recorded_whole():
    assert len(export_names()) == 4
    for name in export_names():
        run, stored = load_export(name), exported_probabilities(name)
        file = DATA_FOLDER / "weights" / run["file"]
        assert name == f"{run['exported_from']}-int8" and sha256_of(file) == run["sha256"]
        assert run["scores"]["file_bytes"] == run["scores"]["micro"]["flash_bytes"] == file.stat().st_size
        assert run["data"]["content_hash"] == load_run(run["exported_from"])["data"]["content_hash"]
        assert load_export(run["model"])["run"] == name
        found = scores(stored["labels"], stored["probabilities"])
        assert found["accuracy"] == pytest.approx(run["scores"]["private"]["accuracy"], abs=0.001)
        assert np.array_equal(recorded_answers(name)["answers"], stored["probabilities"].argmax(axis=1))
    with pytest.raises(ValueError, match="no export"):
        load_export("vgg16")


def test_the_bars_are_met():
    deep, tiny = load_export("squeezenet-fer-deep"), load_export("squeezenet-fer-tiny")
    assert deep["scores"]["file_bytes"] <= 1_500_000 and tiny["scores"]["file_bytes"] <= 400_000
    for run in (deep, tiny):
        exact = load_run(run["exported_from"])["scores"]["private"]["accuracy"]
        assert run["scores"]["private"]["accuracy"] >= exact - 0.003
    micro = tiny["scores"]["micro"]
    assert micro["arena_bytes"]["total"] <= 256 << 10 and micro["flash_bytes"] <= 512 << 10
    assert micro["accuracy"] >= 0.693


def test_tensorflow_lite_micro_agrees(exports):
    pytest.importorskip("tflite_micro")
    from fer_utils.edge.micro import MicroNetwork, measure

    there, here = MicroNetwork(exports["int8"]).predict(SOME), LiteRTNetwork(exports["int8"]).predict(SOME)
    assert np.mean(there.argmax(axis=1) == here.argmax(axis=1)) > 0.95 and np.abs(there - here).max() < 0.1
    tiny = load_export("squeezenet-fer-tiny")
    assert measure(shipped_export("squeezenet-fer-tiny")) == {
        key: tiny["scores"]["micro"][key] for key in ("flash_bytes", "arena_bytes")}
    with pytest.raises(FileError, match="no int8 network"):
        MicroNetwork(exports["float32"])


def test_the_firmware_holds_the_shipped_network_and_all_its_layers():
    folder = DATA_FOLDER / "firmware" / "esp32-s3" / "main"
    shipped = shipped_export("squeezenet-fer-tiny")
    assert (folder / "fer_network.cc").read_text() == as_c_array(shipped)
    network = interpreter_class()(str(shipped), experimental_op_resolver_type=_plain())
    network.allocate_tensors()
    used = {step["op_name"].replace("_", "").lower() for step in network._get_ops_details()}
    source = (folder / "main.cc").read_text()
    assert used == {name.lower() for name in re.findall(r"layers\.Add(\w+)\(", source)}
    assert f"MicroMutableOpResolver<{len(used)}>" in source
    arena = int(re.search(r"kArenaBytes = (\d+) \* 1024", source)[1]) * 1024
    assert load_export("squeezenet-fer-tiny")["scores"]["micro"]["arena_bytes"]["total"] <= arena <= 256 << 10


def test_without_litert_tensorflows_copy_answers_and_says_nothing():
    """In a process of its own: as on Google Colab, which has TensorFlow."""
    code = ("import sys; sys.modules['ai_edge_litert'] = None; import numpy as np; "
            "from fer_utils.edge.litert import interpreter_class, load_litert; "
            "print(load_litert('squeezenet-mini').predict(np.zeros((1, 48, 48), np.uint8)).shape, "
            "interpreter_class().__module__)")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.split("\n")[0] == "(1, 7) tensorflow.lite.python.interpreter"
    assert "deprecated" not in done.stderr


def _plain():
    from ai_edge_litert.interpreter import OpResolverType

    return OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES


def test_quantize_takes_few_faces(mini, tmp_path):
    export_float32(mini, tmp_path / "float32.tflite", names=True)
    quantize(tmp_path / "float32.tflite", tmp_path / "int8.tflite", FACES.train.images[:1])
    assert LiteRTNetwork(tmp_path / "int8.tflite").takes["quantization"] == (1.0, -128)


def test_the_command_exports_and_says_so(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FER2013_SOURCE", raising=False)
    monkeypatch.setenv("FER_UTILS_CACHE", str(tmp_path / "cache"))
    assert main(["export", "squeezenet-mini"]) == 0
    assert "of them" in capsys.readouterr().out and (tmp_path / "squeezenet-mini-float32.tflite").is_file()
    assert main(["export", "squeezenet-mini"]) == 2 and "--force" in capsys.readouterr().err
    assert main(["export", "squeezenet-mini", "--force", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["agreement"] == 1 and found["bytes"] == (tmp_path / "squeezenet-mini-float32.tflite").stat().st_size


@pytest.mark.parametrize("arguments, said", [
    (["no-such-network"], "no-such-network"), (["squeezenet-mini", "--int8", "--format", "onnx"], "float32 alone"),
    (["squeezenet-mini", "--out", "x.bin"], "does not end in .tflite"),
    (["squeezenet-mini", "--out", "none/x.tflite"], "Make it first")])
def test_the_command_refuses_in_words(arguments, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["export", *arguments]) == 2
    assert said in capsys.readouterr().err and not list(tmp_path.iterdir())


def test_int8_of_a_network_for_photographs_needs_photographs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FER2013_SOURCE", raising=False)
    monkeypatch.setenv("FER_UTILS_CACHE", str(tmp_path / "cache"))
    assert main(["export", "squeezenet-fer-tiny", "--int8"]) == 2
    assert "FER2013_SOURCE" in capsys.readouterr().err


@pytest.mark.real_data
def test_the_shipped_files_answer_as_recorded():
    from fer_utils.evaluation import faces_of_run

    for name in export_names():
        private = faces_of_run(load_export(name), ("private",)).private
        some = load_litert(load_export(name)["model"]).predict(private.images[:300])
        recorded = exported_probabilities(name)["probabilities"][:300]
        assert np.mean(some.argmax(axis=1) == recorded.argmax(axis=1)) > 0.99


@pytest.fixture(scope="module")
def flat():
    """A network whose layers keep the shape of one face once they are exported."""
    return keras.Sequential([keras.Input((48, 48, 1)), layers.Rescaling(1 / 255), layers.Conv2D(4, 3, strides=4),
                             layers.Flatten(), layers.Dense(7, activation="softmax")], name="flat")


def test_int8_of_a_network_that_flattens(flat, tmp_path):
    found = export(flat, tmp_path / "flat.tflite", int8=True, calibrate_on=FACES.train.images[:60], compare_on=SOME)
    assert found["agreement"] >= 0.93


def test_what_an_exporter_raises_is_one_sentence(flat, tmp_path, monkeypatch):
    from fer_utils.edge import export as module

    def full(*arguments, **options):
        raise RuntimeError("No space left on device")

    monkeypatch.setattr(module, "quantize", full)
    with pytest.raises(ExportError, match="flat could not be exported .*No space left.*make some"):
        export(flat, tmp_path / "flat.tflite", int8=True, calibrate_on=FACES.train.images[:60], compare_on=SOME)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("last", [layers.Dense(7, name="scores"), layers.Dense(7, kernel_initializer="zeros",
                                                                             activation="relu", name="zeros")])
def test_answers_that_are_no_probabilities_are_told(tmp_path, last):
    net = keras.Sequential([keras.Input((48, 48, 1)), layers.GlobalAveragePooling2D(), last])
    export_float32(net, tmp_path / "scores.tflite")
    with pytest.raises(FileError, match="does not answer with probabilities"):
        LiteRTNetwork(tmp_path / "scores.tflite").predict(SOME[:2])


def test_a_file_that_fails_when_it_is_asked_is_told(tmp_path):
    """Weights that are gone show only when the network runs."""
    data = bytearray(shipped_export("squeezenet-fer-tiny").read_bytes())
    told = 0
    for start in range(20_000, len(data) - 4096, len(data) // 12):
        (tmp_path / "holed.tflite").write_bytes(data[:start] + bytes(4096) + data[start + 4096:])
        try:
            LiteRTNetwork(tmp_path / "holed.tflite").predict(SOME[:1])
        except FileError as error:
            told += "holed.tflite" in str(error)
    assert told  # and nothing but FileError came


def test_the_detector_is_no_network_that_reads_faces():
    with pytest.raises(FileError, match="is another network"):
        LiteRTNetwork(DATA_FOLDER / "weights" / "face_detection_full_range.tflite")


def test_without_litert_no_file_is_blamed(monkeypatch):
    from fer_utils.edge import litert
    from fer_utils.kernel import SetupError

    def missing():
        raise SetupError("LiteRT, which runs exported networks, is not installed.")

    monkeypatch.setattr(litert, "interpreter_class", missing)
    with pytest.raises(SetupError, match="not installed"):
        LiteRTNetwork(shipped_export("squeezenet-fer-tiny"))
