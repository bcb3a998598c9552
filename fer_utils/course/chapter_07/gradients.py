"""How large the gradient is in each layer of a deep stack: the measurement of chapter 07 (thesis section 5.2)."""

import keras
import numpy as np
from keras import layers

# The initial weights that go with each activation: Glorot and Bengio 2010 for those that are linear around 0, He and
# others 2015 for ReLU, which lets only half of its input through.
INITIAL = {"sigmoid": "glorot_uniform", "tanh": "glorot_uniform", "relu": "he_normal"}


class KeepGradients(keras.optimizers.SGD):
    """An optimizer that does not step: it leaves in every variable the gradient of that variable.

    So one `train_on_batch` measures all gradients, whichever backend Keras runs on.
    """

    def update_step(self, gradient, variable, learning_rate):
        self.assign(variable, keras.ops.cast(gradient, variable.dtype))


def gradient_norms(activation, images, labels, bypass=False, normalize=False, initial=None, depth=20, channels=16,
                   seed=0):
    """The norm (length) of the gradient of each convolution's kernel before any training, first layer first.

    The stack: faces averaged to 12x12, then `depth` convolutions 3x3, then global average pooling, seven scores and
    cross-entropy, as a new network would meet them in its first step.

    Arguments:
        activation: a name that Keras knows, such as "sigmoid", "tanh", "relu".
        images, labels: uint8 (n, 48, 48) and integers (n,), one batch.
        bypass: add each layer's input to its output.
        normalize: batch normalization between convolution and activation.
        initial: Keras initializer of the kernels; by default the one of INITIAL, else Keras's own.

    Returns a list of `depth` floats.
    """
    net, stack, _ = _deep_network(activation, images, bypass, normalize, initial, depth, channels, seed)
    net.compile(KeepGradients(), keras.losses.SparseCategoricalCrossentropy(from_logits=True), run_eagerly=True)
    net.train_on_batch(np.asarray(images, "float32")[..., None], np.asarray(labels))
    return [float(np.linalg.norm(keras.ops.convert_to_numpy(convolution.kernel))) for convolution in stack]


def map_spreads(activation, images, bypass=False, normalize=False, initial=None, depth=20, channels=16, seed=0):
    """How much the maps of each layer of the same stack differ from face to face, first layer first: the standard
    deviation over the faces, averaged over places and channels. Arguments as for `gradient_norms`."""
    net, _, maps = _deep_network(activation, images, bypass, normalize, initial, depth, channels, seed)
    values = keras.Model(net.input, maps)(np.asarray(images, "float32")[..., None], training=True)
    return [float(keras.ops.convert_to_numpy(one).std(axis=0).mean()) for one in values]


def _deep_network(activation, images, bypass, normalize, initial, depth, channels, seed):
    """The untrained network, its convolutions, and what each of their steps gives."""
    keras.utils.set_random_seed(seed)
    initial = initial or INITIAL.get(activation, "glorot_uniform")
    inputs = keras.Input((*np.shape(images)[1:], 1))
    x = layers.Rescaling(1 / 127.5, offset=-1)(inputs)
    x = layers.AveragePooling2D(4)(x)
    x = layers.Conv2D(channels, 3, padding="same", kernel_initializer=initial)(x)
    stack = [layers.Conv2D(channels, 3, padding="same", kernel_initializer=initial) for _ in range(depth)]
    maps = []
    for convolution in stack:
        y = convolution(x)
        y = layers.BatchNormalization()(y) if normalize else y
        y = layers.Activation(activation)(y)
        x = layers.Add()([x, y]) if bypass else y
        maps.append(x)
    return keras.Model(inputs, layers.Dense(7)(layers.GlobalAveragePooling2D()(x))), stack, maps
