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
    """The norm of the gradient of each convolution's kernel before any training, first layer first.

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
    keras.utils.set_random_seed(seed)
    initial = initial or INITIAL.get(activation, "glorot_uniform")
    inputs = keras.Input((*np.shape(images)[1:], 1))
    x = layers.Rescaling(1 / 127.5, offset=-1)(inputs)
    x = layers.AveragePooling2D(4)(x)
    x = layers.Conv2D(channels, 3, padding="same", kernel_initializer=initial)(x)
    stack = [layers.Conv2D(channels, 3, padding="same", kernel_initializer=initial) for _ in range(depth)]
    for convolution in stack:
        y = convolution(x)
        y = layers.BatchNormalization()(y) if normalize else y
        y = layers.Activation(activation)(y)
        x = layers.Add()([x, y]) if bypass else y
    x = layers.GlobalAveragePooling2D()(x)
    net = keras.Model(inputs, layers.Dense(7)(x))
    net.compile(KeepGradients(), keras.losses.SparseCategoricalCrossentropy(from_logits=True), run_eagerly=True)
    net.train_on_batch(np.asarray(images, "float32")[..., None], np.asarray(labels))
    return [float(np.linalg.norm(keras.ops.convert_to_numpy(convolution.kernel))) for convolution in stack]
