"""The readings of section 5.3 are counted as Keras counts, and by no more than the choices that are listed."""

import numpy as np
import pytest

from fer_utils.course.chapter_10 import readings

TARGET = 1_377_655


def test_a_reading_has_the_parameters_of_the_network_it_describes():
    import keras
    from keras import layers

    from fer_utils.networks.squeezenet import fire_module

    modules = [(64, 128), (80, 256), (96, 256)]
    inputs = x = keras.Input((48, 48, 3))
    x = layers.Conv2D(96, 7, strides=2, padding="same")(x)
    for number, (squeeze, expand) in enumerate([*readings.EIGHT, *modules]):
        x = fire_module(x, squeeze, expand, expand, bypass="simple", normalize="squeeze", name=f"fire{number}")
    net = keras.Model(inputs, layers.Conv2D(7, 1)(x))
    place = tuple(readings.MODULES.index(module) for module in modules)
    assert net.count_params() == readings.totals(3, 7, 96, 4)[place] == TARGET
    trained = sum(int(np.prod(weight.shape)) for weight in net.trainable_weights)
    assert trained == readings.totals(3, 7, 96, 2)[place]


def test_the_hits_are_those_of_all_readings():
    counts, choices = readings.all_readings()
    found = readings.hits(TARGET)
    assert len(counts) == len(choices) * len(readings.MODULES) ** 3 and len(found) == (counts == TARGET).sum()
    for hit in found:
        place = tuple(readings.MODULES.index(module) for module in hit["modules"])
        assert readings.totals(hit["inputs"], hit["side"], hit["filters"], hit["numbers"])[place] == TARGET
    assert {"inputs": 3, "side": 7, "filters": 96, "numbers": 4,
            "modules": [(64, 128), (80, 256), (96, 256)]} in found


def test_our_own_reading_is_one_of_them():
    counts = readings.totals(3, 7, 96, 4)
    assert counts[(readings.MODULES.index((64, 256)),) * 3] == 1_332_615
    assert readings.hits(7) == []


def test_chance_is_counted_over_the_numbers_around(monkeypatch):
    monkeypatch.setattr(readings, "all_readings", lambda: (np.array([71, 87, 87, 103, 119, 1607]), []))
    # 80 to 120, of which 87, 103 and 119 are hit, and no other is alike
    chance = readings.hit_by_chance(100, around=0.2)
    assert chance == {"share": 3 / 41, "remainder": 7, "share_alike": 1.0, "readings_alike": 4 / 3}
    monkeypatch.setattr(readings, "all_readings", lambda: (np.array([71, 88]), []))
    with pytest.raises(ValueError, match="remainders"):
        readings.hit_by_chance(100)
