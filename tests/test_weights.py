"""Weights survive the way to a file and back; a wrong, damaged or changed file is refused, and says how to mend it."""

import hashlib
import io
import json
import os
import shutil
import zipfile

import keras
import numpy as np
import pytest

from fer_utils.networks import build_network, weights
from fer_utils.networks.weights import WeightsError, load_weights, save_weights, shipped_weights


@pytest.fixture(scope="module")
def net():
    return build_network("squeezenet-mini")


@pytest.fixture
def saved(net, tmp_path):
    save_weights(net, tmp_path / "net.npz")
    return tmp_path / "net.npz"


@pytest.mark.parametrize("dtype, tolerance", [("float32", 0), ("float16", 1e-3)])
def test_round_trip(net, tmp_path, dtype, tolerance):
    sha256 = save_weights(net, tmp_path / "net.npz", dtype=dtype)
    assert sha256 == hashlib.sha256((tmp_path / "net.npz").read_bytes()).hexdigest()
    with np.load(tmp_path / "net.npz") as file:
        assert {file[name].dtype for name in file.files} == {np.dtype(dtype)}
    other = build_network("squeezenet-mini")
    assert any(not np.array_equal(a, b) for a, b in zip(net.get_weights(), other.get_weights()))
    load_weights(other, tmp_path / "net.npz")
    for wanted, loaded in zip(net.get_weights(), other.get_weights()):
        assert loaded.dtype == np.float32
        np.testing.assert_allclose(loaded, wanted, rtol=tolerance, atol=tolerance)


def test_arrays_are_stored_under_the_names_of_their_layers(net, saved):
    with np.load(saved) as file:
        assert file["fire2_squeeze/kernel"].shape == (1, 1, 24, 12)
        assert len(file.files) == len(net.weights)


def test_float16_halves_the_file(net, tmp_path):
    for dtype in ("float32", "float16"):
        save_weights(net, tmp_path / dtype, dtype=dtype)
    assert (tmp_path / "float16").stat().st_size < 0.65 * (tmp_path / "float32").stat().st_size


def test_a_value_beyond_float16_keeps_its_array_at_float32(net, tmp_path):
    """Such as the variance of a normalization on large inputs, which would be infinite."""
    large, limit = build_network("squeezenet-mini"), build_network("squeezenet-mini")
    for other, value in ((large, -1e6), (limit, 65504.0)):
        weights = net.get_weights()
        weights[0][0, 0, 0, 0] = value
        other.set_weights(weights)
        save_weights(other, tmp_path / "net.npz", dtype="float16")
        with np.load(tmp_path / "net.npz") as file:
            kinds = {name: file[name].dtype for name in file.files}
        first = other.weights[0].path
        assert kinds.pop(first) == (np.float32 if value < 0 else np.float16)
        assert set(kinds.values()) == {np.dtype(np.float16)}  # and no other array
        again = build_network("squeezenet-mini")
        load_weights(again, tmp_path / "net.npz")
        assert all(np.isfinite(w).all() for w in again.get_weights())
        np.testing.assert_allclose(again.get_weights()[0], weights[0], rtol=0 if value < 0 else 1e-3, atol=1e-4)


@pytest.mark.parametrize("earlier", ["normalization_7", "normalization"])
def test_a_number_that_keras_counts_up_is_no_part_of_a_name(tmp_path, earlier):
    """EfficientNet has a layer without a name, so in each process its name depends on what was built before."""
    def build(name):
        x = keras.Input((4,))
        return keras.Model(x, keras.layers.Normalization(name=name)(x))

    net, other = build(earlier), build("normalization_2")
    net.set_weights([np.arange(4), np.arange(4) + 1, np.array(5)])
    save_weights(net, tmp_path / "net.npz")
    load_weights(other, tmp_path / "net.npz")
    for ours, theirs in zip(other.get_weights(), net.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    with pytest.raises(WeightsError, match="do not belong"):
        load_weights(build("my_normalization_2"), tmp_path / "net.npz")


def test_the_weights_of_another_network_are_refused(saved):
    other = build_network("squeezenet")
    before = other.get_weights()
    with pytest.raises(WeightsError, match="net.npz do not belong to squeezenet"):
        load_weights(other, saved)
    for a, b in zip(before, other.get_weights()):
        np.testing.assert_array_equal(a, b)


def test_weights_of_other_shapes_are_refused(net, saved):
    with np.load(saved) as file:
        arrays = {name: file[name] for name in file.files}
    arrays["scores/bias"] = np.zeros(8, np.float32)
    np.savez(saved, **arrays)
    with pytest.raises(WeightsError, match="the shapes differ"):
        load_weights(net, saved)


def cut_short(data):
    return data[:len(data) // 2]


def one_byte_changed(data):
    """In the middle of the largest array, where every byte counts."""
    largest = max(zipfile.ZipFile(io.BytesIO(data)).infolist(), key=lambda entry: entry.compress_size)
    middle = largest.header_offset + largest.compress_size // 2
    return data[:middle] + bytes([data[middle] ^ 0xFF]) + data[middle + 1:]


def open_bracket_in_a_header(data):
    """NumPy reads the header of an array before the checksum is known."""
    plain = io.BytesIO()
    np.savez(plain, **np.load(io.BytesIO(data)))
    return plain.getvalue().replace(b"'descr': '<f4'", b"'descr': ('<f4")


def another_compression(data):
    entry = zipfile.ZipFile(io.BytesIO(data)).infolist()[0]
    first = data.index(b"PK\x01\x02") + 10  # the compression method of the first entry in the directory
    assert data[first] == entry.compress_type
    return data[:first] + b"\x63" + data[first + 1:]


@pytest.mark.parametrize("damage", [cut_short, one_byte_changed, open_bracket_in_a_header, another_compression,
                                    lambda data: b"", lambda data: b"<html>" * 100,
                                    lambda data: b"PK\x03\x04" + bytes(500)])
def test_a_damaged_file_is_refused(net, saved, damage):
    saved.write_bytes(damage(saved.read_bytes()))
    with pytest.raises(WeightsError, match="net.npz cannot be read"):
        load_weights(net, saved)


def test_a_missing_file_is_refused(net, tmp_path):
    with pytest.raises(WeightsError, match="absent.npz cannot be read"):
        load_weights(net, tmp_path / "absent.npz")


@pytest.mark.parametrize("broken", ["write_bytes", "replace"])
def test_a_failed_write_leaves_the_earlier_file_alone(net, saved, monkeypatch, broken):
    earlier = saved.read_bytes()

    def fail(*arguments):
        raise OSError("no space left")

    monkeypatch.setattr(*{"write_bytes": (type(saved), "write_bytes"), "replace": (os, "replace")}[broken], fail)
    with pytest.raises(OSError, match="no space left"):
        save_weights(build_network("squeezenet-mini"), saved)
    assert saved.read_bytes() == earlier


def test_saving_leaves_nothing_else_behind(saved):
    assert [path.name for path in saved.parent.iterdir()] == ["net.npz"]


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """A copy of data/weights that tests may damage."""
    folder = tmp_path / "weights"
    shutil.copytree(weights.WEIGHTS_FOLDER, folder)
    monkeypatch.setattr(weights, "WEIGHTS_FOLDER", folder)
    return folder


def test_shipped_weights_are_found(shipped):
    for name in json.loads((shipped / "sha256.json").read_text()):
        assert shipped_weights(name.removesuffix(".npz")) == shipped / name


def test_changed_weights_are_refused_with_the_remedy(shipped):
    path = shipped / "squeezenet-mini-quick-s0.npz"
    path.write_bytes(one_byte_changed(path.read_bytes()))
    with pytest.raises(WeightsError, match=r"SHA-256.*git checkout data/weights/squeezenet-mini-quick-s0\.npz"):
        shipped_weights("squeezenet-mini-quick-s0")


def test_missing_weights_are_refused_with_the_remedy(shipped):
    (shipped / "squeezenet-mini-quick-s0.npz").unlink()
    with pytest.raises(WeightsError, match="is missing.*git checkout"):
        shipped_weights("squeezenet-mini-quick-s0")


def test_a_run_without_weights_is_named_and_the_shipped_ones_listed(shipped):
    with pytest.raises(WeightsError, match="no weights are shipped for vgg16-modern-s0; shipped: squeezenet"):
        shipped_weights("vgg16-modern-s0")
