"""The model that is trained: a network, with what it needs in training alone around it.

Augmentation, mixup, dropout that rises, a running average of the weights: none of it is part of the network that is
kept. Explained in chapters 11 and 16. Runs on every Keras backend.
"""

import keras
import numpy as np
from keras import layers, ops

from fer_utils.data.augmentation import AUGMENTATIONS
from fer_utils.networks import build_network
from fer_utils.networks.transfer import freeze
from fer_utils.training.feed import steps_per_epoch


def compile_for_training(name, recipe, faces_per_epoch, precision="float32", seed=None, full_batches=False):
    """The pair (net, model): the network that will be kept, and the compiled `TrainingModel` around it.

    The two share their weights. The network by itself carries nothing of the training. With `full_batches`, an epoch
    has no others, as for a team of devices (`fer_utils.training.team`).
    """
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(precision)
    try:
        level = keras.Variable(1.0, trainable=False, name="dropout_level")
        plain = build_network(name)
        net = frozen_by(recipe, clone_for_training(plain, level))
        averaged = build_network(name) if recipe.average else None
        augment = AUGMENTATIONS[recipe.augmentation](seed) if recipe.augmentation != "none" else None
        kind = ScannedTrainingModel if trains_whole_epochs() else TrainingModel
        model = kind(net, recipe, augment, averaged, level)
    finally:
        keras.config.set_dtype_policy(before)
    model.build((None, *net.input_shape[1:]))
    steps = steps_per_epoch(faces_per_epoch, recipe.batch_size, full_batches or takes_full_batches())
    optimizer = build_optimizer(recipe, steps)
    optimizer.build(model.trainable_variables)
    model.compile(optimizer, keras.losses.CategoricalCrossentropy(label_smoothing=recipe.label_smoothing),
                  metrics=["accuracy"], jit_compile=False if _on_tensorflow_cpu() else "auto")
    if trains_whole_epochs():  # builds the loss and the metrics, which `fit` cannot from a whole epoch
        model.evaluate(np.zeros((1, *net.input_shape[1:]), np.uint8), np.eye(net.output_shape[-1])[:1], verbose=0)
    model.initial_weights = getattr(plain, "initial_weights", "random")
    return averaged or net, model


def frozen_by(recipe, net):
    """`net` with the layers frozen that a recipe leaves alone (`fer_utils.networks.transfer.freeze`). Returns `net`."""
    if recipe.frozen:
        freeze(net, None if recipe.frozen == "body" else recipe.frozen)
    return net


def build_optimizer(recipe, steps):
    """The Keras optimizer of a recipe, for epochs of `steps` batches. Raises ValueError for an unknown one."""
    rate = recipe.learning_rate
    if recipe.schedule == "one-cycle":
        total = steps * recipe.epochs
        rate = keras.optimizers.schedules.CosineDecay(
            0.0, decay_steps=total - total // 5, warmup_target=recipe.learning_rate, warmup_steps=total // 5)
    common = {"global_clipnorm": recipe.clip or None}
    if recipe.optimizer == "adamw":
        return keras.optimizers.AdamW(rate, weight_decay=recipe.weight_decay, **common)
    if recipe.optimizer == "sgd":
        return keras.optimizers.SGD(rate, momentum=0.9, nesterov=True, weight_decay=recipe.weight_decay, **common)
    if recipe.optimizer == "adam":
        return keras.optimizers.Adam(rate, **common)
    raise ValueError(f'the optimizer is {recipe.optimizer!r}; use "adam", "adamw" or "sgd".')


class TrainingModel(keras.Model):
    """Augmentation and mixup, then the network; its average where the recipe keeps one.

    In training it takes raw faces `(batch, 48, 48, 1)` and targets `(batch, 7)`; otherwise it is the network that will
    be kept.
    """

    def __init__(self, net, recipe, augment=None, averaged=None, dropout_level=None):
        super().__init__()
        self.net, self.recipe, self.augment, self.averaged = net, recipe, augment, averaged
        self.dropout_level = dropout_level if dropout_level is not None else keras.Variable(1.0, trainable=False)
        self.mixing = keras.random.SeedGenerator(0) if recipe.mixup else None
        if recipe.mixup:  # a table of draws, since an accelerator draws from Beta itself very slowly
            self.shares = np.random.default_rng(0).beta(recipe.mixup, recipe.mixup, 4096).astype(np.float32)
        if averaged is not None:
            averaged.trainable = False
            averaged.set_weights(net.get_weights())

    def build(self, input_shape):
        if self.augment:
            self.augment.build(input_shape)
        self.built = True

    def call(self, faces, training=False):
        if not training:
            return (self.averaged or self.net)(faces, training=False)
        x = self.augment(faces, training=True) if self.augment else ops.cast(faces, "float32")
        if self.mixing:
            places = keras.random.uniform((ops.shape(x)[0], 1), 0, len(self.shares), dtype="float32", seed=self.mixing)
            self.share = ops.take(self.shares, ops.cast(ops.floor(places), "int32"))
            x = _mix(x, self.share[..., None, None])
        if self.averaged:
            kept = self.recipe.average
            for average, variable in zip(self.averaged.weights, self.net.weights):
                average.assign(kept * average + (1 - kept) * variable)
        return self.net(x, training=True)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        if training and self.mixing:  # in the same shares as the faces, which `call` has just drawn
            y, self.share = _mix(y, self.share), None
        loss = super().compute_loss(x, y, y_pred, sample_weight, training)
        if training and (self.recipe.l1 or self.recipe.l2):
            kernels = [v for v in self.net.trainable_variables if v.path.endswith("kernel")]
            penalty = keras.regularizers.L1L2(self.recipe.l1, self.recipe.l2)
            total = sum(penalty(kernel) for kernel in kernels)
            loss += total if devices() == 1 else total / devices()
        return loss


def _mix(values, share):
    """Mix each row with its partner at the other end of the batch."""
    return share * values + (1 - share) * ops.flip(values, axis=0)


class ScannedTrainingModel(TrainingModel):
    """On JAX with an accelerator: a batch of `fit` is all the batches of an epoch, and one compiled call trains on them
    in turn.

    The accelerator then waits for Python once an epoch. The data comes from a `Feed` of whole epochs.
    """

    def train_step(self, state, data):
        import jax

        structure = jax.tree_util.tree_structure(state)

        def step(leaves, batch):
            logs, new = super(ScannedTrainingModel, self).train_step(structure.unflatten(leaves), batch)
            return jax.tree_util.tree_leaves(new), logs

        leaves, logs = jax.lax.scan(step, jax.tree_util.tree_leaves(state), data)
        return jax.tree_util.tree_map(lambda values: values[-1], logs), structure.unflatten(leaves)


def devices():
    """How many devices add up their losses: above 1 in the step of a team (`fer_utils.training.team`) alone."""
    if keras.backend.backend() != "tensorflow":
        return 1
    import tensorflow as tf

    return tf.distribute.get_strategy().num_replicas_in_sync


def takes_full_batches():
    """Whether an epoch has full batches only: on JAX, wherever it runs, so that a run can go on elsewhere."""
    return keras.backend.backend() == "jax"


def trains_whole_epochs():
    """Whether `Feed` has to give whole epochs: on JAX, where it has an accelerator.

    On a processor XLA computes what stands in a loop without its fast convolutions: on two cores, a step of
    `squeezenet-fer-deep` with 128 faces took 56 seconds in such an epoch, and 3 by itself.
    """
    if not takes_full_batches():
        return False
    import jax

    return jax.default_backend() != "cpu"


def clone_for_training(net, level):
    """The same network with layers for training in it: same weights, under the same names.

    Dropout inside fire modules follows the variable `level`. On TensorFlow three more layers change, since they are
    slow on a processor: Keras 3 writes batch normalization as several small operations, where TensorFlow has a fused
    one; a 1x1 convolution is quicker as a matrix product; a depthwise convolution is slow in bfloat16.
    """
    on_tensorflow = keras.backend.backend() == "tensorflow"

    def swap(layer):
        config = layer.get_config()
        if on_tensorflow and type(layer) is layers.BatchNormalization:
            return FusedBatchNormalization.from_config(config)
        if on_tensorflow and type(layer) is layers.Conv2D and layer.kernel_size == layer.strides == (1, 1):
            return PointwiseConv2D.from_config(config)
        if on_tensorflow and type(layer) is layers.DepthwiseConv2D:
            config["dtype"] = "float32"
        if type(layer) is layers.Dropout and layer.name.startswith("fire"):
            rising = RisingDropout.from_config(config)
            rising.level = lambda: level  # in a function, so that the variable has one owner, the training model
            return rising
        return layer.__class__.from_config(config)

    clone = keras.models.clone_model(net, clone_function=swap)
    for variable, value in zip(_numbers(clone), _numbers(net)):  # a clone starts anew; a pretrained network must not
        variable.assign(value)
    return clone


def _numbers(net):
    """A network's weights without the states of random generators."""
    return [variable for variable in net.variables if "seed_generator" not in variable.path]


class RisingDropout(layers.Dropout):
    """Dropout at a share of its rate, which the variable `level()` says."""

    level = None

    def call(self, inputs, training=False):
        if not training:
            return inputs
        keep = 1.0 - self.rate * ops.cast(self.level(), "float32")
        kept = keras.random.uniform(ops.shape(inputs), dtype="float32", seed=self.seed_generator) < keep
        return ops.where(kept, inputs / ops.cast(keep, inputs.dtype), ops.zeros_like(inputs))


class DropoutRamp(keras.callbacks.Callback):
    """Raise the dropout inside fire modules from 0 to its rate over the first epochs.

    Full dropout from the first step keeps the deep thesis network at the majority class for a long time;
    chapter 10 shows it.
    """

    def __init__(self, epochs):
        super().__init__()
        self.epochs = epochs

    def on_epoch_begin(self, epoch, logs=None):
        self.model.dropout_level.assign(min(1.0, epoch / self.epochs))


class PointwiseConv2D(layers.Conv2D):
    """A 1x1 convolution as the matrix product that it is: pixels times channels."""

    def call(self, inputs):
        outputs = ops.tensordot(inputs, self.kernel[0, 0], axes=1)
        return self.activation(outputs + self.bias if self.use_bias else outputs)


class FusedBatchNormalization(layers.BatchNormalization):
    """Keras's batch normalization with TensorFlow's fused operation in the training step, where it is given maps:
    behind a dense layer it is Keras's own, since the fused operation takes nothing else."""

    def call(self, inputs, training=None, mask=None):
        if not (training and self.trainable) or len(inputs.shape) != 4:
            return super().call(inputs, training=training, mask=mask)
        import tensorflow as tf

        outputs, mean, variance = tf.compat.v1.nn.fused_batch_norm(
            inputs, self.gamma, self.beta, epsilon=self.epsilon, is_training=True)
        for moving, new in ((self.moving_mean, mean), (self.moving_variance, variance)):
            moving.assign(moving * self.momentum + new * (1 - self.momentum))
        return outputs


def _on_tensorflow_cpu():
    """There, compiling with XLA makes training three times slower."""
    if keras.backend.backend() != "tensorflow":
        return False
    import tensorflow as tf

    return not tf.config.list_physical_devices("GPU")
