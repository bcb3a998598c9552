"""The layers that networks of different families share: the input of raw faces and the head that classifies.

Explained in chapters 07, 09 and 10. Importing this module imports Keras.
"""

import keras
from keras import layers

from fer_utils.labels import EMOTIONS, FACE_SHAPE

# Keras's 0.99 averages over hundreds of steps; through a dozen normalized modules those averages lag so far behind
# the weights that validation looks like guessing for several epochs.
MOMENTUM = 0.9


def small():
    """The paper's initializer of the last layer: scores start near 0, so training starts at the loss of a guess."""
    return keras.initializers.RandomNormal(stddev=0.01)


def raw_face_input(rgb=False):
    """The input every network of the course shares: raw pixels in, numbers between 0 and 1 out.

    `rgb=True` repeats the gray channel three times, as the thesis does (section 5.1).
    Returns the pair (Keras input, scaled tensor).
    """
    inputs = keras.Input(FACE_SHAPE, name="face")
    x = layers.Rescaling(1 / 255, name="scale")(inputs)
    if rgb:
        x = layers.Concatenate(name="gray_to_rgb")([x, x, x])
    return inputs, x


def classification_head(x, classes=len(EMOTIONS), *, dropout=0.0, pool=True, dropout_name="dropout"):
    """Feature maps to probabilities: global average, dropout, dense layer, softmax.

    Arguments: x, `(batch, height, width, channels)`, or features `(batch, channels)` with `pool=False`; dropout, its
    rate, 0 leaves it out. Returns a Keras tensor `(batch, classes)`, float32 whatever the precision. Chapter 07.
    """
    if pool:
        x = layers.GlobalAveragePooling2D(name="average")(x)
    if dropout:
        x = layers.Dropout(dropout, name=dropout_name)(x)
    x = layers.Dense(classes, kernel_initializer=small(), name="scores")(x)
    return layers.Softmax(dtype="float32", name="emotion")(x)
