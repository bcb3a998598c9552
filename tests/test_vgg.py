"""The VGG networks: the thesis's exact count, where normalization and dropout stand; comparing two networks face by
face."""

import functools

import keras
import numpy as np
import pytest

from fer_utils.course.chapter_09.figures import budget_counts
from fer_utils.edge.costs import multiply_adds
from fer_utils.evaluation import compare_runs, paired_comparison
from fer_utils.evaluation.results import THESIS
from fer_utils.networks import build_network
from fer_utils.networks.vgg import vgg, vgg_block

build = functools.cache(build_network)  # tests only look at these


def names(net, kind):
    return [layer.name for layer in net.layers if type(layer) is kind]


@pytest.mark.parametrize("name, parameters", [("vgg16", 28_913_223), ("vgg8", 20_469_127), ("vgg8-bn", 20_471_175)])
def test_parameters(name, parameters):
    assert build(name).count_params() == parameters


def test_vgg16_has_the_thesis_count():
    assert THESIS["vgg16"]["parameters"] == build("vgg16").count_params()


def test_vgg16_by_hand():
    count, channels = 0, 3
    for filters, convolutions in [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)]:
        count += 4 * filters
        for _ in range(convolutions):
            count += 9 * channels * filters + filters
            channels = filters
    assert build("vgg16").count_params() == count + (3 * 3 * 512 + 1) * 3072 + 4 * 3072 + 3073 * 7


@pytest.mark.parametrize("name, convolutions", [("vgg16", [2, 2, 3, 3, 3]), ("vgg8", [1, 1, 1, 1, 2]),
                                                ("vgg8-bn", [1, 1, 1, 1, 2])])
def test_convolutions_of_each_block(name, convolutions):
    expected = [f"block{b}_conv{c}" for b, count in enumerate(convolutions, start=1) for c in range(1, count + 1)]
    assert names(build(name), keras.layers.Conv2D) == expected


@pytest.mark.parametrize("name, norms", [
    ("vgg16", [f"block{b}_norm1" for b in range(1, 6)]), ("vgg8", [f"block{b}_norm1" for b in range(1, 6)]),
    ("vgg8-bn", [*(f"block{b}_norm1" for b in range(1, 6)), "block5_norm2"])])
def test_batch_normalization_stands_where_it_should(name, norms):
    net = build(name)
    assert names(net, keras.layers.BatchNormalization) == [*norms, "dense_norm"]
    order = [layer.name for layer in net.layers]
    for norm in norms:  # between its convolution and that one's ReLU
        place = order.index(norm)
        assert order[place - 1] == norm.replace("norm", "conv") and order[place + 1] == norm.replace("norm", "relu")


@pytest.mark.parametrize("name, dropouts", [
    ("vgg16", [f"block{b}_dropout" for b in range(1, 6)]), ("vgg8", [f"block{b}_dropout" for b in range(1, 6)]),
    ("vgg8-bn", [])])
def test_dropout_stands_where_it_should(name, dropouts):
    net = build(name)
    assert names(net, keras.layers.Dropout) == [*dropouts, "dense_dropout"]
    assert all(net.get_layer(block).rate == 0.25 for block in dropouts) and net.get_layer("dense_dropout").rate == 0.5
    if dropouts:
        order = [layer.name for layer in net.layers]
        assert order.index("block1_dropout") == order.index("block1_pool") + 1


@pytest.mark.parametrize("name", ["vgg16", "vgg8", "vgg8-bn"])
def test_four_poolings_leave_maps_of_three(name):
    net = build(name)
    assert names(net, keras.layers.MaxPooling2D) == [f"block{b}_pool" for b in range(1, 5)]
    assert net.get_layer("flatten").output.shape == (None, 3 * 3 * 512)


@pytest.mark.parametrize("name", ["vgg8", "vgg8-bn"])
def test_raw_faces_in_probabilities_out(name):
    raw = np.random.default_rng(0).integers(0, 256, (3, 48, 48, 1)).astype(np.uint8)
    probabilities = keras.ops.convert_to_numpy(build(name)(raw, training=False))
    assert probabilities.shape == (3, 7) and probabilities.dtype == np.float32 and (probabilities >= 0).all()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    floats = keras.ops.convert_to_numpy(build(name)(raw.astype(np.float32), training=False))
    np.testing.assert_allclose(floats, probabilities, atol=1e-5)


@pytest.mark.parametrize("wrong", ["none", "every", None])
def test_an_unknown_normalization_is_named(wrong):
    with pytest.raises(ValueError, match=f'normalize is {wrong!r}; use "first" or "all"'):
        vgg_block(keras.Input((6, 6, 3)), 4, 1, normalize=wrong)


@pytest.mark.parametrize("options, classes", [
    ({}, ["Conv2D", "BatchNormalization", "ReLU", "Conv2D", "ReLU", "MaxPooling2D"]),
    ({"normalize": "all", "pool": False, "dropout": 0.1},
     ["Conv2D", "BatchNormalization", "ReLU", "Conv2D", "BatchNormalization", "ReLU", "Dropout"])])
def test_layers_of_a_block(options, classes):
    inputs = keras.Input((6, 6, 3))
    net = keras.Model(inputs, vgg_block(inputs, 4, 2, **options))
    assert [type(layer).__name__ for layer in net.layers[1:]] == classes
    assert net.output_shape == (None, *((3, 3) if options.get("pool", True) else (6, 6)), 4)


# What chapter 09 counts

def test_the_budget_is_the_networks():
    _, parameters, work = budget_counts()
    assert sum(parameters) == build("vgg16").count_params()
    assert sum(work) == sum(multiply_adds(build("vgg16")).values())


def test_the_papers_vgg16_by_the_same_formula():
    """138,357,544 parameters with two dense layers of 4,096 and 1,000 classes (arXiv:1409.1556, table 2: 138
    million)."""
    _, parameters, work = budget_counts(side=224, poolings=5, width=4096)
    blocks = sum(parameters[:5]) - 4 * (64 + 128 + 256 + 512 + 512)  # the paper has no normalization
    assert blocks + (7 * 7 * 512 + 1) * 4096 + 4097 * 4096 + 4097 * 1000 == 138_357_544
    assert 15.3e9 < sum(work) < 15.5e9


def test_multiply_adds_by_hand():
    x = keras.Input((6, 6, 3))
    y = keras.layers.Conv2D(4, 3, strides=2, padding="same", name="c")(x)
    y = keras.layers.DepthwiseConv2D(3, padding="same", name="d")(keras.layers.BatchNormalization()(y))
    net = keras.Model(x, keras.layers.Dense(5, name="f")(keras.layers.Flatten()(y)))
    assert multiply_adds(net) == {"c": 3 * 3 * 9 * 3 * 4, "d": 3 * 3 * 9 * 4, "f": 36 * 5}


# Two networks on the same faces

def answers(labels, right):
    """One-hot answers, right where told and else the next class."""
    return np.eye(7)[(labels + ~np.asarray(right, bool)) % 7]


def test_a_paired_comparison_counts_the_faces_that_one_alone_reads():
    labels = np.arange(20) % 7
    first, second = np.ones(20, bool), np.ones(20, bool)
    first[:2], second[2:10] = False, False
    pair = paired_comparison(labels, answers(labels, first), answers(labels, second))
    assert (pair["only_first"], pair["only_second"], pair["n"]) == (8, 2, 20) and pair["gap"] == pytest.approx(0.3)
    # ten tosses, 8 or more heads, or 2 or fewer: 2 (1 + 10 + 45) of 1,024
    assert pair["p_value"] == pytest.approx(2 * 56 / 1024)
    differences = first.astype(int) - second.astype(int)
    assert pair["error"] == pytest.approx(differences.std(ddof=1) / np.sqrt(20))


def test_a_network_is_as_good_as_itself():
    labels = np.arange(14) % 7
    same = answers(labels, labels > 1)
    pair = paired_comparison(labels, same, same)
    assert pair["gap"] == 0 and pair["error"] == 0 and pair["p_value"] == 1


def test_published_runs_are_compared_as_their_scores_say():
    from fer_utils.course.runs import describe_pair
    from fer_utils.evaluation.results import load_run

    names = "squeezenet-bypass-comparison-s0", "squeezenet-comparison-s0"
    a, b = (load_run(name)["scores"]["private"]["accuracy"] for name in names)
    pair = compare_runs(*names)
    assert pair["n"] == 3589 and pair["gap"] == pytest.approx(a - b, abs=0.002)
    assert f"{100 * pair['gap']:+.2f} points" in describe_pair(*names)


def test_runs_on_other_faces_are_not_compared():
    with pytest.raises(ValueError, match="not recorded on the same faces"):
        compare_runs("squeezenet-comparison-s0", "squeezenet-mini-quick-s0")


def test_the_dense_layers_of_a_small_vgg():
    net = vgg((1, 1, 1, 1, 1), dense_dropout=0.3)
    assert names(net, keras.layers.Dense) == ["dense", "scores"] and net.get_layer("dense_dropout").rate == 0.3


def test_the_spread_of_seeds_is_pooled_within_networks():
    from fer_utils.course.runs import seed_spread

    def row(model, accuracy, complete=True, data="FER-2013"):
        return {"model": model, "recipe": "r", "complete": complete, "data": data, "public_accuracy": accuracy}

    assert seed_spread([row("a", 0.6), row("b", 0.7)]) is None
    rows = [row("a", 0.60), row("a", 0.61), row("a", 0.62), row("b", 0.7), row("b", 0.72), row("c", 0.1),
            row("a", 0.9, complete=False), row("a", 0.9, data="drawings")]
    spread, runs, groups = seed_spread(rows)
    assert (runs, groups) == (5, 2) and spread == pytest.approx(np.sqrt((0.0002 + 0.0002) / 3))


def test_figures_have_words():
    from fer_utils.course.chapter_09 import figures as vgg_figures

    alone, both = ({"a - b": {"difference": 0.02, "low": 0.02 - half, "high": 0.02 + half}} for half in (0.01, 0.03))
    rows = [{"name": "n", "parameters": 1_000_000, "multiply_adds": 5_000_000, "accuracy": 0.5}]
    run = {"model": "m", "history": [{"accuracy": 0.2, "val_accuracy": 0.3}, {"accuracy": 0.6, "val_accuracy": 0.5}]}
    assert "110,592 stacked, 200,704 at once" in vgg_figures.small_filters()[1]
    assert ("a - b +2.00 points, +1.00 to +3.00 for the luck of the faces alone, -1.00 to +5.00 for the luck of faces "
            "and seeds.") in vgg_figures.differences(alone, both)[1]
    assert "1,000,000 parameters, 5 million" in vgg_figures.costs(rows)[1]
    assert "m ends at 60.0 % and 50.0 %" in vgg_figures.two_accuracies([run])[1]
