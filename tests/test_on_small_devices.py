"""Chapter 14: what is done by hand against Keras, LiteRT and litert-quantizer; its trials, tables and figures."""

import keras
import numpy as np
import pytest

from fer_utils.course.chapter_14 import by_hand, devices, figures, quantization, trials
from fer_utils.data import load_schematic
from fer_utils.edge.costs import layer_costs
from fer_utils.edge.folding import fold
from fer_utils.edge.litert import shipped_export
from fer_utils.evaluation.exported_runs import load_export
from fer_utils.evaluation.results import load_run, recorded_experiment
from fer_utils.networks import build_network
from fer_utils.networks.weights import load_network

FACES = load_schematic(splits=("train", "public"))
IMAGES, LABELS = (part[:60] for part in FACES.public)


@pytest.fixture(scope="module")
def folded():
    return fold(load_network("squeezenet-mini"))


def test_a_fire_module_is_counted_as_the_costs_count_it():
    rows = {row["layer"]: row for row in layer_costs(build_network("squeezenet-mini"))}
    listed = sum(row["multiply_adds"] for name, row in rows.items() if name.startswith("fire3_"))
    assert by_hand.fire_multiply_adds(6, 6, 48, 16, 32, 32) == listed


def test_a_folded_channel_answers_like_convolution_and_normalization():
    inputs = keras.Input((5, 5, 3))
    convolution, norm = keras.layers.Conv2D(1, 3), keras.layers.BatchNormalization()
    net = keras.Model(inputs, norm(convolution(inputs)))
    convolution.set_weights([np.random.default_rng(0).normal(size=(3, 3, 3, 1)), np.array([0.3])])
    norm.set_weights([np.array([value]) for value in (1.5, 0.2, 0.7, 2.0)])
    (kernel, bias), numbers = convolution.get_weights(), [values[0] for values in norm.get_weights()]
    new_kernel, new_bias = by_hand.folded_channel(kernel[..., 0], bias[0], *numbers, norm.epsilon)
    x = np.random.default_rng(1).normal(size=(1, 5, 5, 3)).astype(np.float32)
    place = (x[0, 1:4, 1:4] * new_kernel).sum() + new_bias
    assert place == pytest.approx(float(keras.ops.convert_to_numpy(net(x))[0, 1, 1, 0]), abs=1e-5)


def test_bytes_mean_what_they_were_made_of():
    values = np.linspace(-3, 1, 500).reshape(20, 25)
    stored = by_hand.to_bytes(values, 4 / 255, 63)
    assert stored.dtype == np.int8 and stored.shape == values.shape
    assert np.abs(by_hand.from_bytes(stored, 4 / 255, 63) - values).max() <= 2 / 255 + 1e-9
    assert by_hand.to_bytes([1e6, -1e6], 1.0, 0).tolist() == [127, -128]
    assert by_hand.from_bytes(np.int8(127), 1.0, -128) == 255


@pytest.mark.parametrize("bits", [2, 4, 8])
def test_weights_of_few_bits(bits):
    weights = np.random.default_rng(0).normal(size=(3, 3, 4, 5)) * [1, 2, 3, 4, 0]
    top = 2 ** (bits - 1) - 1
    for per_channel in (True, False):
        whole, scales = quantization.symmetric(weights, bits=bits, per_channel=per_channel)
        assert np.abs(whole).max() == top and scales.shape == (5,) and (scales > 0).all()
        error = np.abs(quantization.rounded_weights(weights, bits=bits, per_channel=per_channel) - weights)
        assert (error <= scales / 2 + 1e-9).all()
    assert len(set(quantization.symmetric(weights, bits=bits, per_channel=False)[1])) == 1
    assert np.abs(quantization.rounded_weights(weights, bits=bits, clip=0.5)).max() < 0.6 * np.abs(weights).max()


@pytest.mark.parametrize("name", ["squeezenet-fer-tiny", "squeezenet-fer-deep"])
def test_the_first_layer_by_hand_is_litert_s(name):
    file = shipped_export(name)
    layer = quantization.first_layer(file)
    assert layer.kernel.dtype == np.int8 and len(layer.scales) == len(layer.kernel) == len(layer.bias)
    for face in IMAGES[:3]:
        theirs = quantization.first_maps(file, face)
        ours = quantization.requantized(quantization.sums(by_hand.to_bytes(face, *layer.takes), layer), layer)
        assert ours.shape == theirs.shape == (48, 48, len(layer.kernel))
        difference = np.abs(ours.astype(int) - theirs)
        assert difference.max() <= 1 and (difference > 0).mean() < 0.001


def test_kernels_come_back_after_a_trial(folded):
    before = quantization.kernels(folded)
    answers = trials.answers_with(folded, before, IMAGES, bits=2)
    assert answers.shape == (len(IMAGES),)
    shares = [trials.right_with(folded, kernels, IMAGES, LABELS) for kernels in
              (before, {name: 0 * kernel for name, kernel in before.items()})]
    assert shares[0] > 0.8 > 0.5 > shares[1]
    assert all(np.array_equal(kernel, before[name]) for name, kernel in quantization.kernels(folded).items())


def test_trials_are_compared_face_by_face():
    labels, reference = np.array([0, 1, 2, 3]), np.array([0, 1, 3, 4])
    found = trials.compared(np.array([0, 2, 2, 4]), reference, labels)
    assert found == {"accuracy": 0.5, "same": 0.5, "won": 0.25, "lost": 0.25}
    assert trials.told(found) == ("+0.00 ± 2.31", "cannot be told")
    assert trials.told({"won": 0.01, "lost": 0.05})[1] == "worse"


def test_weights_by_bits(folded):
    found = trials.weights_by_bits(folded, IMAGES, LABELS, (8, 3))
    assert found["as it is"]["same"] == 1
    for way in ("per channel", "per tensor"):
        assert found[way]["8"]["same"] > 0.9 > found[way]["3"]["same"]
        assert found[way]["8"]["error"] < found[way]["3"]["error"]
    assert found["per channel"]["8"]["error"] < found["per tensor"]["8"]["error"]


def test_calibration_faces_are_drawn_again_for_the_same_number():
    one, same, other = (trials.drawn(FACES.train.images, 5, draw) for draw in (0, 0, 1))
    assert one.shape == (5, 48, 48) and np.array_equal(one, same) and not np.array_equal(one, other)


def test_files_calibrated_on_few_faces(tmp_path):
    pytest.importorskip("litert_quantizer")
    if not trials.can_export():
        pytest.skip("Keras exports on TensorFlow alone")
    from fer_utils.edge.export import export_float32

    export_float32(load_network("squeezenet-mini"), tmp_path / "float32.tflite", names=True)
    rows = list(trials.calibrated(tmp_path / "float32.tflite", IMAGES, LABELS, FACES.train.images, sizes=(2,), draws=1))
    assert [row[:3] for row in rows] == [("extremes", 2, 0), ("least error", 2, 0)]
    assert all(row[3]["same"] > 0.9 for row in rows)


def test_a_file_of_bytes_does_not_check_its_faces():
    from fer_utils.edge.litert import load_litert

    quick = load_litert("squeezenet-fer-tiny")
    np.testing.assert_array_equal(trials.answers_unchecked(quick, IMAGES[:4]), quick.predict(IMAGES[:4]))
    fed = trials.answers_unchecked(quick, IMAGES[:10] / 255)
    assert len(set(fed.argmax(axis=1))) == 1


def test_times_are_medians():
    assert 0 <= trials.milliseconds(lambda: None, times=3) < 1


def test_what_fits_a_chip():
    chip = devices.Device("a chip", "256 KB", 3, 256 << 10, 1 << 20)
    assert devices.verdict(chip, 400_000, 200 << 10) == "56 KB of RAM are left"
    assert devices.verdict(chip, 400_000, 300 << 10) == "no: 44 KB of RAM missing"
    assert devices.verdict(chip, 2_000_000, 1000) == "no: flash too small"
    said = devices.fits_table({"small": {"scores": {"micro": {"flash_bytes": 1, "arena_bytes": {"total": 1}}}}})
    assert said.count("are left") == sum(device.ram > 0 for device in devices.DEVICES)


def test_exports_stand_beside_their_networks():
    exports = {"deep": load_export("squeezenet-fer-deep")}
    gap, low, high = devices.against_its_network(exports["deep"])
    scores = [exports["deep"]["scores"]["private"], load_run(exports["deep"]["exported_from"])["scores"]["private"]]
    assert gap == pytest.approx(scores[0]["accuracy"] - scores[1]["accuracy"], abs=1e-3)
    assert low < gap < high < low + 0.04
    said = devices.exports_table(exports)
    assert f"{exports['deep']['scores']['file_bytes']:,}" in said and f"{100 * gap:+.2f} ({100 * low:+.2f} to " in said


def test_the_recorded_trial_is_whole():
    trial = recorded_experiment("quantization")
    for draws in (draws for by_size in trial["calibration"].values() for draws in by_size.values()):
        assert len(draws) == trial["draws"]
    assert list(trial["by_bits"]["per channel"]) == [str(bits) for bits in trial["bits"]]


def test_figures_have_words(folded):
    trial = recorded_experiment("quantization")
    rows = layer_costs(folded, 1, True)
    maps = np.random.default_rng(0).random((48, 48, 3))
    points = [{"name": "a", "group": "ours, Keras", "bytes": 1e6, "ms": 3.0, "accuracy": 0.7, "n": 100, "named": True},
              {"name": "b", "group": "others", "bytes": 2e6, "ms": None, "accuracy": 0.6, "n": 100, "named": False}]
    for figure, alt in (figures.costs(rows, "a network"), figures.first_layer_maps(IMAGES[0], maps, maps + 0.01),
                        figures.channel_ranges(np.ones((3, 3, 1, 4)), "conv1"), figures.bits_curves(trial),
                        figures.calibration_dots(trial), figures.few_bits(folded, IMAGES, LABELS, bits=3),
                        figures.size_latency_accuracy(points)):
        assert figure.axes and len(alt) > 60 and "nan" not in alt
