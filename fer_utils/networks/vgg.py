"""VGG networks for faces: the thesis's VGG16 from scratch and its two smaller VGG8.

Explained in chapter 09. Sources: Simonyan and Zisserman 2015 (arXiv:1409.1556) for the blocks; section 6.2 of the
thesis for dropout, batch normalization and the 28,913,223 parameters. Every builder returns an uncompiled Keras model
that takes raw faces, `(batch, 48, 48, 1)` with values 0 to 255, and gives `(batch, 7)` probabilities.
"""

import keras
from keras import layers

from fer_utils.networks.common import MOMENTUM, classification_head, raw_face_input

FILTERS = (64, 128, 256, 512, 512)
VGG16 = (2, 2, 3, 3, 3)  # convolutions in each block, configuration D of the paper
VGG8 = (1, 1, 1, 1, 2)  # six convolutions and two dense layers


def vgg_block(x, filters, convolutions, *, normalize="first", dropout=0.0, pool=True, name="block"):
    """A block of 3x3 convolutions on maps of one size, then a max pooling that halves them.

    Arguments:
        x: feature maps, `(batch, height, width, channels)`.
        filters, convolutions: filters of each convolution, and how many convolutions.
        normalize: batch normalization after the "first" convolution or after "all" of them.
        dropout: rate of the dropout at the end; 0 leaves it out.
        pool: whether the block ends with the pooling.
        name: prefix of the layers' names.

    Raises ValueError for an unknown `normalize`. Thesis section 6.2; chapter 09.
    """
    if normalize not in ("first", "all"):
        raise ValueError(f'normalize is {normalize!r}; use "first" or "all".')
    for number in range(1, convolutions + 1):
        x = layers.Conv2D(filters, 3, padding="same", kernel_initializer="he_normal", name=f"{name}_conv{number}")(x)
        if normalize == "all" or number == 1:
            x = layers.BatchNormalization(momentum=MOMENTUM, name=f"{name}_norm{number}")(x)
        x = layers.ReLU(name=f"{name}_relu{number}")(x)
    if pool:
        x = layers.MaxPooling2D(2, name=f"{name}_pool")(x)
    return layers.Dropout(dropout, name=f"{name}_dropout")(x) if dropout else x


def vgg(convolutions, *, normalize="first", block_dropout=0.25, dense_dropout=0.5, name="vgg"):
    """A VGG network: five blocks on maps of 48, 24, 12, 6 and 3, one dense layer of 3,072, seven probabilities.

    Arguments: convolutions, five numbers, one a block; normalize and block_dropout, passed to `vgg_block`;
    dense_dropout, the rate after the dense layer. The rates are our choice; the thesis states none.
    The last block does not pool, so 3x3x512 = 4,608 numbers reach the dense layer. Chapter 09.
    """
    inputs, x = raw_face_input(rgb=True)
    for number, (filters, count) in enumerate(zip(FILTERS, convolutions), start=1):
        x = vgg_block(x, filters, count, normalize=normalize, dropout=block_dropout, pool=number < len(FILTERS),
                      name=f"block{number}")
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dense(3072, kernel_initializer="he_normal", name="dense")(x)
    x = layers.BatchNormalization(momentum=MOMENTUM, name="dense_norm")(x)
    x = layers.ReLU(name="dense_relu")(x)
    outputs = classification_head(x, dropout=dense_dropout, pool=False, dropout_name="dense_dropout")
    return keras.Model(inputs, outputs, name=name)


def vgg16():
    """The thesis's VGG16 from scratch, 28,913,223 parameters: dropout after every block and the dense layer, batch
    normalization in every block. Thesis section 6.2; chapter 09."""
    return vgg(VGG16, name="vgg16")


def vgg8():
    """VGG16 with seven of its convolutions removed. Which ones the thesis removed is not stated. Chapter 09."""
    return vgg(VGG8, name="vgg8")


def vgg8_bn():
    """VGG8 with dropout after the dense layer alone and batch normalization after every convolution. Chapter 09."""
    return vgg(VGG8, normalize="all", block_dropout=0.0, name="vgg8-bn")
