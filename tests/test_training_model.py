"""What a network has around it in training alone: it does what the recipe says, and nothing of it outside training."""

from dataclasses import replace

import keras
import numpy as np
import pytest
from keras import layers, ops

from fer_utils.data.preprocessing import one_hot
from fer_utils.networks import build_network
from fer_utils.networks.weights import load_weights, save_weights
from fer_utils.training import model as training_model
from fer_utils.training.model import (
    DropoutRamp,
    FusedBatchNormalization,
    PointwiseConv2D,
    RisingDropout,
    TrainingModel,
    build_optimizer,
    clone_for_training,
    compile_for_training,
)
from fer_utils.training.recipes import RECIPES

QUICK = replace(RECIPES["quick"], epochs=2, augmentation="none")
STILL = replace(QUICK, optimizer="adam", learning_rate=0.0, schedule="constant", weight_decay=0.0)
needs_tensorflow = pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="TensorFlow's own operation")


def array(value):
    return ops.convert_to_numpy(value)


def mirror_net(*middle, size=4):
    """A network for 2x2 faces that answers with the four pixels themselves, and has something to train."""
    unit = layers.Dense(size, kernel_initializer="identity", name="unit")
    return keras.Sequential([keras.Input((2, 2, 1)), layers.Flatten(), *middle, unit])


def unit_faces(count=4):
    """Faces of one bright pixel each, and targets that are the same numbers: whatever happens to the one shows at once
    where it does not happen to the other."""
    targets = np.eye(4, dtype=np.float32)[np.arange(count) % 4]
    return targets.reshape(count, 2, 2, 1), targets


def compiled(net, recipe=STILL, **parts):
    model = TrainingModel(net, recipe, **parts)
    model.build((None, 2, 2, 1))
    model.compile(build_optimizer(recipe, 1), "mse", jit_compile=False)
    return model


def loss_of(model, faces, targets, train=False):
    """The loss of this one batch, tested or trained. Keras before 3.15 gives the mean over all batches since the last
    reset."""
    model.reset_metrics()
    return float((model.train_on_batch if train else model.test_on_batch)(faces, targets))


def changed(net, seed=0):
    """The network with every weight moved, so that nothing looks as it did when it was built."""
    random = np.random.default_rng(seed)
    net.set_weights([w + random.uniform(0.1, 1, w.shape).astype(w.dtype) for w in net.get_weights()])
    return net


# The optimizer


@pytest.mark.parametrize("name, optimizer", [("thesis", "Adam"), ("modern", "AdamW"), ("sgd", "SGD")])
def test_recipes_become_optimizers(name, optimizer):
    recipe = RECIPES[name]
    made = build_optimizer(recipe, steps=10)
    assert type(made).__name__ == optimizer
    assert made.global_clipnorm == (recipe.clip or None)
    assert made.weight_decay == (recipe.weight_decay or None)
    if recipe.schedule == "constant":
        return np.testing.assert_allclose(float(made.learning_rate), recipe.learning_rate)
    steps = 10 * recipe.epochs
    rates = [float(array(made._learning_rate(step))) for step in range(steps + 1)]
    assert rates[0] == 0 and np.argmax(rates) == steps // 5 and max(rates) == pytest.approx(recipe.learning_rate)
    assert rates[-1] == pytest.approx(0, abs=1e-9)


def one_step(recipe, gradient, start=0.0):
    """How far one step of the optimizer moves four numbers."""
    optimizer, variable = build_optimizer(recipe, 1), keras.Variable(np.full(4, start, np.float32))
    optimizer.build([variable])
    optimizer.apply([ops.convert_to_tensor(np.array(gradient, np.float32))], [variable])
    return array(variable) - start


def test_sgd_has_nesterov_momentum_and_clips_the_whole_gradient():
    sgd = replace(STILL, optimizer="sgd", learning_rate=1.0)
    np.testing.assert_allclose(one_step(sgd, [30, 40, 0, 0]), [-57, -76, 0, 0], rtol=1e-5)  # 1 + 0.9 times the gradient
    np.testing.assert_allclose(one_step(replace(sgd, clip=1.0), [30, 40, 0, 0]), [-1.14, -1.52, 0, 0], rtol=1e-5)
    np.testing.assert_allclose(one_step(replace(sgd, clip=1.0), [0.3, 0, 0, 0]), [-0.57, 0, 0, 0], rtol=1e-5)


def test_an_unknown_optimizer_is_refused():
    with pytest.raises(ValueError, match='optimizer is \'lion\'; use "adam", "adamw" or "sgd"'):
        build_optimizer(replace(RECIPES["comparison"], optimizer="lion"), 10)


@pytest.mark.parametrize("optimizer, moved", [("adam", 0), ("adamw", -0.002), ("sgd", -0.002)])
def test_weight_decay_is_apart_from_the_gradient(optimizer, moved):
    """It shrinks weights of gradient 0 by learning rate times decay, and is no part of Adam."""
    recipe = replace(STILL, optimizer=optimizer, learning_rate=0.1, weight_decay=0.02)
    np.testing.assert_allclose(one_step(recipe, [0, 0, 0, 0], start=1.0), moved, atol=1e-6)


# The pair of network and model


def test_the_model_trains_the_weights_of_the_network(fire_net):
    recipe = replace(QUICK, label_smoothing=0.1, clip=1.0)
    net, model = compile_for_training("any", recipe, 100)
    assert model.net is net and model.averaged is None
    assert [id(v) for v in model.trainable_variables] == [id(v) for v in net.trainable_variables]
    assert model.loss.label_smoothing == 0.1
    # the schedule spans two epochs: 100 faces are 4 batches of 32, the last one smaller, or 3 full ones
    steps = 6 if training_model.takes_full_batches() else 8
    assert float(array(model.optimizer._learning_rate(steps))) == pytest.approx(0, abs=1e-9)
    assert float(array(model.optimizer._learning_rate(steps - 1))) > 0


def test_a_pretrained_network_is_not_started_anew(fire_net, monkeypatch):
    pretrained = changed(fire_net())
    pretrained.initial_weights = "imagenet"
    monkeypatch.setattr(training_model, "build_network", lambda name: pretrained)
    net, model = compile_for_training("any", QUICK, 40)
    assert net is not pretrained and model.initial_weights == "imagenet"
    for ours, theirs in zip(net.get_weights(), pretrained.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_other_networks_start_from_random_weights(fire_net):
    assert compile_for_training("any", QUICK, 40)[1].initial_weights == "random"


@pytest.mark.parametrize("name", ["squeezenet-custom", "squeezenet-fer-tiny", "vgg-teacher"])
def test_the_clone_has_the_networks_weights_under_their_names(name):
    """Every number, in networks with dropout inside modules, with squeeze-and-excitation and with neither."""
    net = changed(build_network(name))
    clone = clone_for_training(net, keras.Variable(0.0))
    assert [v.path for v in clone.weights] == [v.path for v in net.weights]
    assert [layer.name for layer in clone.layers] == [layer.name for layer in net.layers]
    for ours, theirs in zip(clone.get_weights(), net.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert not {id(v) for v in clone.weights} & {id(v) for v in net.weights}
    inside = {layer.name: type(layer) for layer in clone.layers if isinstance(layer, layers.Dropout)}
    assert inside and all((kind is RisingDropout) == name.startswith("fire") for name, kind in inside.items())


def test_augmentation_is_for_training_and_no_part_of_the_network(fire_net, few_faces):
    class Darker(layers.Layer):
        def call(self, faces, training=False):
            assert training
            return ops.cast(faces, "float32") / 2

    faces, _ = unit_faces()
    model = TrainingModel(mirror_net(), STILL, Darker())
    model.build((None, 2, 2, 1))
    np.testing.assert_allclose(array(model(faces, training=True)), faces.reshape(4, 4) / 2)
    np.testing.assert_allclose(array(model(faces, training=False)), faces.reshape(4, 4))

    for augmentation in ("thesis", "modern", "strong", "none"):
        net, model = compile_for_training("any", replace(QUICK, augmentation=augmentation), 40, seed=0)
        assert (model.augment is None) == (augmentation == "none")
        assert not [layer for layer in net._flatten_layers() if type(layer).__name__.startswith("Random")]
        photographs = few_faces.train.images[:4, ..., None]
        np.testing.assert_allclose(array(model(photographs)), array(net(photographs)), atol=1e-6)


def test_mixed_precision_is_for_this_model_alone(fire_net, few_faces):
    net, model = compile_for_training("any", replace(QUICK, average=0.9), 40, precision="mixed_bfloat16")
    assert keras.config.dtype_policy().name == "float32"
    assert net.get_layer("fire2_squeeze").compute_dtype == "bfloat16"
    assert {variable.dtype for variable in net.weights + model.net.weights} == {"float32"}
    faces, targets = few_faces.train.images[:8, ..., None], one_hot(few_faces.train.labels[:8])
    if not training_model.trains_whole_epochs():
        assert np.isfinite(model.train_on_batch(faces, targets)).all()
    probabilities = array(net(faces))
    assert probabilities.dtype == np.float32
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)


# Mixup


MIXING = replace(STILL, mixup=0.2)


def test_faces_and_targets_are_mixed_in_the_same_shares():
    """In the compiled step: a network that answers with the face has a loss of exactly 0 then, and only then."""
    faces, targets = unit_faces()
    model = compiled(mirror_net(), MIXING)
    for _ in range(3):
        assert loss_of(model, faces, targets, train=True) == pytest.approx(0, abs=1e-12)
    assert loss_of(model, faces, targets[::-1], train=True) > 1e-3  # and the loss does see the targets


def test_a_face_is_mixed_with_its_partner_from_the_other_end():
    faces, targets = unit_faces(8)
    model, seen = compiled(mirror_net(), MIXING), []
    model.compile("sgd", lambda true, answer: seen.append(array(true)) or ops.mean(true))
    for _ in range(2):
        mixed = array(model(faces, training=True))
        model.compute_loss(faces, targets, mixed, None, training=True)
        np.testing.assert_allclose(seen[-1], mixed, atol=1e-6)
        np.testing.assert_allclose(mixed.sum(axis=1), 1, atol=1e-6)
        share = (mixed * targets).sum(axis=1, keepdims=True)
        np.testing.assert_allclose(mixed, share * targets + (1 - share) * targets[::-1], atol=1e-6)
        assert len(np.unique(share)) == 8 and share.min() >= 0 and share.max() <= 1  # a share for each face
    assert not np.allclose(seen[0], seen[1])  # new ones at every step


def test_shares_follow_the_beta_distribution():
    for amount in (0.2, 1.0):
        shares = TrainingModel(mirror_net(), replace(STILL, mixup=amount)).shares
        assert shares.mean() == pytest.approx(0.5, abs=0.03)
        assert shares.var() == pytest.approx(1 / (4 * (2 * amount + 1)), rel=0.06)


def test_nothing_is_mixed_in_evaluation():
    faces, targets = unit_faces()
    model = compiled(mirror_net(), MIXING)
    model.train_on_batch(faces, targets)
    np.testing.assert_array_equal(array(model(faces)), targets)
    assert loss_of(model, faces, targets) == 0
    assert loss_of(model, faces, targets[::-1]) == pytest.approx(0.5)  # two of four, each wrong by 1


def test_a_recipe_without_mixup_mixes_nothing():
    faces, targets = unit_faces()
    np.testing.assert_array_equal(array(TrainingModel(mirror_net(), STILL)(faces, training=True)), targets)


# The running average of the weights


AVERAGING = replace(STILL, average=0.75)


def test_the_average_follows_every_weight():
    """The statistics of batch normalization too."""
    net, averaged = (mirror_net(layers.BatchNormalization(name="norm")) for _ in range(2))
    model = compiled(net, AVERAGING, averaged=averaged)
    for start, average in zip(net.get_weights(), averaged.get_weights(), strict=True):
        np.testing.assert_array_equal(start, average)  # it begins where the network does
    changed(net)
    before, moved = averaged.get_weights(), net.get_weights()
    model(unit_faces()[0], training=True)
    for old, new, average in zip(before, moved, averaged.get_weights(), strict=True):
        np.testing.assert_allclose(average, 0.75 * old + 0.25 * new, rtol=1e-5, atol=1e-6)
        assert np.abs(average - old).min() > 0.01


def test_the_average_moves_in_the_compiled_step_and_the_gradient_leaves_it_alone():
    faces, targets = unit_faces()
    net, averaged = mirror_net(), mirror_net()
    model = compiled(net, replace(AVERAGING, optimizer="sgd", learning_rate=0.5), averaged=averaged)
    weights = [net.get_weights()]
    for _ in range(3):
        model.train_on_batch(faces, targets[::-1])
        weights.append(net.get_weights())
    assert len(model.trainable_variables) == len(net.trainable_variables) == 2
    for number, average in enumerate(averaged.get_weights()):
        expected = weights[0][number]
        for step in range(3):  # a step takes in the weights as they are before it
            expected = 0.75 * expected + 0.25 * weights[step][number]
        np.testing.assert_allclose(average, expected, rtol=1e-5, atol=1e-6)
    assert not np.allclose(averaged.get_weights()[0], weights[0][0])


def test_evaluation_is_by_the_average():
    faces, targets = unit_faces()
    net, averaged = mirror_net(), mirror_net()
    model = compiled(net, AVERAGING, averaged=averaged)
    net.set_weights([2 * w + 1 for w in net.get_weights()])
    np.testing.assert_array_equal(array(model(faces)), targets)
    assert loss_of(model, faces, targets) == 0
    model.averaged = None
    assert np.abs(array(model(faces)) - targets).min() > 0.5


def test_the_average_is_the_network_that_is_kept(fire_net):
    net, model = compile_for_training("any", replace(QUICK, average=0.9), 40)
    assert net is model.averaged and net is not model.net
    assert [v.path for v in net.weights] == [v.path for v in model.net.weights]
    assert type(net.get_layer("fire2_squeeze_norm")) is layers.BatchNormalization  # a standard network


# Dropout that rises


def dropped(level, rate=0.4):
    layer = RisingDropout(rate, seed=1)
    layer.level = lambda: keras.Variable(level)
    return array(layer(np.full((200, 100), 3.0, np.float32), training=True))


def test_rising_dropout_at_level_0_is_the_identity():
    np.testing.assert_array_equal(dropped(0.0), 3)


@pytest.mark.parametrize("level, rate", [(1.0, 0.4), (0.5, 0.2)])
def test_rising_dropout_drops_its_share_and_keeps_the_mean(level, rate):
    values = dropped(level)
    assert (values == 0).mean() == pytest.approx(rate, abs=0.02)
    np.testing.assert_allclose(values[values != 0], 3 / (1 - rate), rtol=1e-5)
    assert values.mean() == pytest.approx(3, rel=0.03)


def test_rising_dropout_rests_outside_training():
    layer = RisingDropout(0.4)
    layer.level = lambda: keras.Variable(1.0)
    x = np.random.default_rng(0).normal(size=(5, 9)).astype(np.float32)
    np.testing.assert_array_equal(array(layer(x, training=False)), x)


def test_the_compiled_step_follows_the_level():
    """At rate 0.9 hardly a pixel is left, so the loss of the network that answers with the face is no longer 0."""
    faces, targets = unit_faces(16)
    level = keras.Variable(0.0, trainable=False)
    dropout = RisingDropout(0.9)
    dropout.level = lambda: level
    model = compiled(mirror_net(dropout), STILL, dropout_level=level)
    assert loss_of(model, faces, targets, train=True) == 0
    level.assign(1.0)
    assert loss_of(model, faces, targets, train=True) > 0.05
    level.assign(0.0)
    assert loss_of(model, faces, targets, train=True) == 0


def test_the_ramp_raises_the_level_epoch_by_epoch(fire_net):
    _, model = compile_for_training("any", replace(QUICK, dropout_ramp=5), 40)
    assert float(array(model.dropout_level)) == 1  # without a ramp dropout is full from the start
    assert model.net.get_layer("fire2_squeeze_dropout").level() is model.dropout_level
    ramp, levels = DropoutRamp(5), []
    ramp.set_model(model)
    for epoch in range(7):
        ramp.on_epoch_begin(epoch)
        levels.append(float(array(model.dropout_level)))
    assert levels == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1, 1])


# Penalties


@pytest.mark.parametrize("fields", [{"l1": 0.01}, {"l2": 0.02}, {"l1": 0.01, "l2": 0.02}])
def test_a_penalty_is_on_the_kernels_and_in_training_alone(fields):
    def net():
        return mirror_net(layers.BatchNormalization(name="norm"), layers.Dense(4, name="other"))

    faces, targets = unit_faces()
    plain, penalized = compiled(changed(net())), compiled(net(), replace(STILL, **fields))
    penalized.set_weights(plain.get_weights())
    losses = [loss_of(model, faces, targets, train=True) for model in (plain, penalized)]
    kernels = [array(v.value).astype(float) for v in penalized.net.weights if v.path.split("/")[-1] == "kernel"]
    assert len(kernels) == 2
    penalty = (fields.get("l1", 0) * sum(np.abs(kernel).sum() for kernel in kernels)
               + fields.get("l2", 0) * sum((kernel ** 2).sum() for kernel in kernels))
    assert penalty > 0.05 and losses[1] - losses[0] == pytest.approx(penalty, rel=1e-4)
    assert loss_of(plain, faces, targets) == pytest.approx(loss_of(penalized, faces, targets))


# Fused batch normalization


@needs_tensorflow
@pytest.mark.parametrize("trainable", [True, False])
@pytest.mark.parametrize("shape", [(16, 12, 12, 5), (60, 5)])
def test_fused_batch_normalization_is_keras_batch_normalization(trainable, shape):
    """In training, in inference after it, and frozen, where it stays as it is; on maps and behind dense layers."""
    random = np.random.default_rng(0)
    standard, fused = layers.BatchNormalization(), FusedBatchNormalization()
    for layer in (standard, fused):
        layer.build((None, *shape[1:]))
        layer.trainable = trainable
    weights = [random.uniform(0.5, 2, 5).astype(np.float32) for _ in range(4)]
    for layer in (standard, fused):
        layer.set_weights(weights)
    # The moving variance of the fused one is of n - 1, not n: with 16 maps of 12x12, 1 part in 2303 of each step.
    for step, tolerance in [(True, 1e-5), (True, 1e-5), (False, 1e-3)]:
        x = random.normal(1, 3, shape).astype(np.float32)
        np.testing.assert_allclose(fused(x, training=step), standard(x, training=step), rtol=tolerance, atol=tolerance)
        for ours, keras_own in zip(fused.get_weights(), standard.get_weights()):
            np.testing.assert_allclose(ours, keras_own, rtol=1e-4)
    assert any(not np.array_equal(a, b) for a, b in zip(weights, fused.get_weights())) == trainable


# Convolutions that are quicker in another form


@needs_tensorflow
@pytest.mark.parametrize("precision, tolerance", [("float32", 1e-5), ("mixed_bfloat16", 2e-2)])
@pytest.mark.parametrize("settings", [dict(activation="relu"), dict(use_bias=False)])
def test_a_pointwise_convolution_is_a_1x1_convolution(settings, precision, tolerance):
    import tensorflow as tf

    random = np.random.default_rng(0)
    x, kernel = random.normal(size=(4, 6, 6, 5)), random.normal(size=(1, 1, 5, 3))
    weights = [kernel] if settings.get("use_bias") is False else [kernel, random.normal(size=3)]
    results = []
    for kind in (PointwiseConv2D, layers.Conv2D):
        layer = kind(3, 1, dtype=precision, **settings)
        layer.build((None, 6, 6, 5))
        layer.set_weights(weights)
        with tf.GradientTape() as tape:
            answer = layer(x.astype(np.float32))
            loss = tf.reduce_sum(tf.cast(answer, tf.float32) ** 2)
        results.append([answer, *tape.gradient(loss, layer.trainable_variables)])
    assert len(results[0]) == 1 + len(weights) and results[0][0].dtype == results[1][0].dtype
    for ours, keras_own in zip(*results):
        ours, keras_own = (tf.cast(value, tf.float32).numpy() for value in (ours, keras_own))
        np.testing.assert_allclose(ours, keras_own, rtol=tolerance, atol=tolerance * np.abs(keras_own).max())


@needs_tensorflow
def test_the_clone_swaps_only_what_it_can():
    """1x1 convolutions with a step stay convolutions; depthwise ones stay in float32 where the others are not."""
    x = inputs = keras.Input((8, 8, 1))
    for layer in [layers.Conv2D(4, 1, name="point"), layers.Conv2D(4, 1, strides=2, name="step"),
                  layers.Conv2D(4, 3, name="wide"), layers.DepthwiseConv2D(2, name="depth")]:
        x = layer(x)
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        net = keras.models.clone_model(keras.Model(inputs, x), clone_function=lambda layer: layer.__class__.from_config(
            {**layer.get_config(), "dtype": "mixed_bfloat16"}))
        clone = clone_for_training(net, keras.Variable(1.0, trainable=False))
    finally:
        keras.config.set_dtype_policy(before)
    kinds = {layer.name: type(layer) for layer in clone.layers}
    assert kinds["point"] is PointwiseConv2D and kinds["step"] is kinds["wide"] is layers.Conv2D
    assert clone.get_layer("depth").compute_dtype == "float32" and clone.get_layer("wide").compute_dtype == "bfloat16"
    faces = np.random.default_rng(0).random((2, 8, 8, 1), np.float32)
    np.testing.assert_allclose(array(ops.cast(clone(faces), "float32")), array(ops.cast(net(faces), "float32")),
                               atol=2e-2)


@needs_tensorflow
def test_a_network_trained_with_fused_layers_is_the_standard_one(few_faces, tmp_path):
    """It learns the same, and its weights go into a network without fused layers."""
    images, targets = few_faces.train.images[..., None], one_hot(few_faces.train.labels)
    fused, _ = compile_for_training("squeezenet-mini", QUICK, 40)
    kinds = {type(layer) for layer in fused.layers}
    assert {FusedBatchNormalization, PointwiseConv2D} <= kinds and layers.BatchNormalization not in kinds
    standard = build_network("squeezenet-mini")
    standard.set_weights(fused.get_weights())
    losses = []
    for net in (fused, standard):
        net.get_layer("dropout").rate = 0.0
        net.compile(keras.optimizers.SGD(0.05), "categorical_crossentropy")
        losses.append([loss_of(net, images, targets, train=True) for _ in range(3)])
    assert losses[0] == pytest.approx(losses[1], rel=2e-3) and losses[0][0] != losses[0][2]

    save_weights(fused, tmp_path / "fused.npz")
    load_weights(standard, tmp_path / "fused.npz")
    np.testing.assert_allclose(array(standard(images)), array(fused(images)), atol=1e-5)
