"""Large networks without a limit on their size, which teach the small ones (`fer_utils.training.distillation`).

Explained in chapter 16. Both keep the full 48x48 resolution at the start and normalize every convolution; they differ
so that their errors differ. Inputs and outputs are those of every network of the course.
"""

import keras
from keras import layers

from fer_utils.networks.common import MOMENTUM, classification_head, raw_face_input


def _convolve(x, filters, name, size=3, strides=1, relu=True):
    x = layers.Conv2D(filters, size, strides=strides, padding="same", use_bias=False,
                      kernel_initializer="he_normal", name=f"{name}_conv")(x)
    x = layers.BatchNormalization(momentum=MOMENTUM, name=f"{name}_norm")(x)
    return layers.ReLU(name=f"{name}_relu")(x) if relu else x


def vgg_teacher():
    """Plain 3x3 convolutions on maps of 48, 24, 12 and 6, then an average instead of dense layers."""
    inputs, x = raw_face_input()
    for block, (filters, count) in enumerate([(64, 2), (128, 2), (256, 3), (512, 2)], start=1):
        for number in range(1, count + 1):
            x = _convolve(x, filters, f"block{block}_{number}")
        if block < 4:
            x = layers.MaxPooling2D(2, name=f"block{block}_pool")(x)
            x = layers.Dropout(0.1, name=f"block{block}_drop")(x)
    return keras.Model(inputs, classification_head(x, dropout=0.5), name="vgg-teacher")


def resnet_teacher():
    """Eight residual blocks of two convolutions (He and others 2016) on maps of 48, 24, 12 and 6."""
    inputs, x = raw_face_input()
    x = _convolve(x, 48, "stem")
    for stage, filters in enumerate([48, 96, 192, 384], start=1):
        for block in (1, 2):
            name, strides = f"stage{stage}_{block}", 2 if stage > 1 and block == 1 else 1
            shortcut = x if x.shape[-1] == filters else _convolve(x, filters, f"{name}_shortcut", 1, strides,
                                                                  relu=False)
            x = _convolve(x, filters, f"{name}_a", strides=strides)
            x = layers.Dropout(0.1, name=f"{name}_drop")(x)
            x = _convolve(x, filters, f"{name}_b", relu=False)
            x = layers.ReLU(name=f"{name}_relu")(layers.Add(name=f"{name}_add")([shortcut, x]))
    return keras.Model(inputs, classification_head(x, dropout=0.5), name="resnet-teacher")
