"""The SqueezeNet family: fire modules, bypasses, the thesis's network and the course's own.

Explained in chapter 10. Sources: Iandola and others 2016 (arXiv:1602.07360) for SqueezeNet and its
bypasses; sections 5.2 and 5.3 of the thesis for the customized network.

Every builder returns an uncompiled Keras model that takes raw faces, `(batch, 48, 48, 1)` with values 0
to 255 (uint8 or float), and gives `(batch, 7)` probabilities in the order of `fer_utils.EMOTIONS`.
Scaling and gray-to-RGB happen inside, so a face cannot be scaled twice. Importing this module imports Keras.
"""

import keras
from keras import layers

from fer_utils.labels import EMOTIONS
from fer_utils.networks.common import MOMENTUM, classification_head, raw_face_input, small

# (squeeze, expand 1x1, expand 3x3) filters of fire2 ... fire9 in SqueezeNet v1.0, table 1 of the paper
V1_0 = [(16, 64, 64), (16, 64, 64), (32, 128, 128), (32, 128, 128),
        (48, 192, 192), (48, 192, 192), (64, 256, 256), (64, 256, 256)]


def fire_module(x, squeeze, expand1x1, expand3x3, *, bypass=None, dropout=0.0, normalize="none", excite=0,
                name="fire"):
    """One fire module: squeeze with 1x1 filters, expand with 1x1 and 3x3 filters side by side.

    Arguments:
        x: feature maps, `(batch, height, width, channels)`.
        squeeze, expand1x1, expand3x3: numbers of filters. The output has expand1x1 + expand3x3 channels.
        bypass: None, "simple" (add the input where its channels match the output's) or "complex"
            (as simple, with a 1x1 convolution on the bypass where they do not match).
        dropout: rate of the dropout after each of the three convolutions; 0 leaves the layers out.
        normalize: batch normalization after "none", "squeeze" (the thesis) or "all" convolutions. With "all" the
            bypass joins before the last ReLU, as in a residual network, and the convolutions carry no bias.
        excite: channels of a squeeze-and-excitation of the output (`squeeze_and_excite`), with "all"; 0 leaves it out.
        name: prefix of the layers' names.

    Raises ValueError for an unknown `bypass` or `normalize`. Thesis sections 5.2 and 5.3; chapter 10.
    """
    if bypass not in (None, "simple", "complex"):
        raise ValueError(f'bypass is {bypass!r}; use None, "simple" or "complex".')
    if normalize not in ("none", "squeeze", "all"):
        raise ValueError(f'normalize is {normalize!r}; use "none", "squeeze" or "all".')

    normalize_all = normalize == "all"

    def convolve(x, filters, size, part):
        # where everything is normalized, the shift of the normalization does the work of a bias
        return layers.Conv2D(filters, size, padding="same", use_bias=not normalize_all,
                             kernel_initializer="he_normal", name=f"{name}_{part}")(x)

    def activate(x, part):
        x = layers.ReLU(name=f"{name}_{part}_relu")(x)
        return layers.Dropout(dropout, name=f"{name}_{part}_dropout")(x) if dropout else x

    squeezed = convolve(x, squeeze, 1, "squeeze")
    if normalize != "none":
        squeezed = layers.BatchNormalization(momentum=MOMENTUM, name=f"{name}_squeeze_norm")(squeezed)
    squeezed = activate(squeezed, "squeeze")
    left = convolve(squeezed, expand1x1, 1, "expand1x1")
    right = convolve(squeezed, expand3x3, 3, "expand3x3")
    if normalize_all:
        y = layers.Concatenate(name=f"{name}_concat")([left, right])
        y = layers.BatchNormalization(momentum=MOMENTUM, name=f"{name}_expand_norm")(y)
        if excite:
            y = squeeze_and_excite(y, excite, name)
        return activate(_add_bypass(x, y, bypass, name), "expand")
    y = layers.Concatenate(name=f"{name}_concat")([activate(left, "expand1x1"), activate(right, "expand3x3")])
    return _add_bypass(x, y, bypass, name)


def squeeze_and_excite(x, channels, name):
    """Weigh each channel by a number between 0 and 1 that depends on all of them (Hu and others 2018,
    arXiv:1709.01507).

    `channels` is the width of the bottleneck in between. Chapter 16.
    """
    weight = layers.GlobalAveragePooling2D(keepdims=True, name=f"{name}_se_average")(x)
    weight = layers.Conv2D(channels, 1, activation="relu", name=f"{name}_se_squeeze")(weight)
    weight = layers.Conv2D(x.shape[-1], 1, activation="sigmoid", name=f"{name}_se_excite")(weight)
    return layers.Multiply(name=f"{name}_se")([x, weight])


def _add_bypass(x, y, bypass, name):
    if bypass and x.shape[-1] == y.shape[-1]:
        return layers.Add(name=f"{name}_bypass")([x, y])
    if bypass == "complex":
        shortcut = layers.Conv2D(y.shape[-1], 1, kernel_initializer="he_normal", name=f"{name}_shortcut")(x)
        return layers.Add(name=f"{name}_bypass")([shortcut, y])
    return y


def squeezenet(bypass=None, *, extra=0, dropout=0.0, normalize="none", name="squeezenet"):
    """SqueezeNet v1.0 for 48x48 faces, plain or with a bypass, with what the thesis adds to it.

    Arguments:
        bypass: None, "simple" or "complex", passed to `fire_module`.
        extra: fire modules of (64, 256, 256) filters added after the eighth (the thesis adds 3).
        dropout, normalize: passed to `fire_module`.

    Three max poolings halve the maps: 24x24 after the first convolution, then 12x12, 6x6 and 3x3.
    Thesis sections 5.2 and 5.3; chapter 10.
    """
    inputs, x = raw_face_input(rgb=True)
    x = layers.Conv2D(96, 7, strides=2, padding="same", activation="relu",
                      kernel_initializer="he_normal", name="conv1")(x)
    x = layers.MaxPooling2D(3, strides=2, padding="same", name="pool1")(x)
    filters = V1_0 + [(64, 256, 256)] * extra
    for number, (squeeze, expand1x1, expand3x3) in enumerate(filters, start=2):
        x = fire_module(x, squeeze, expand1x1, expand3x3, bypass=bypass, dropout=dropout,
                        normalize=normalize, name=f"fire{number}")
        if number in (4, 8):
            x = layers.MaxPooling2D(3, strides=2, padding="same", name=f"pool{number}")(x)
    if not dropout:  # the paper's dropout before the last convolution; the thesis moves it into the modules
        x = layers.Dropout(0.5, name="dropout")(x)
    x = layers.Conv2D(len(EMOTIONS), 1, kernel_initializer=small(), name="conv_last")(x)
    x = layers.GlobalAveragePooling2D(name="average")(x)
    outputs = layers.Softmax(dtype="float32", name="emotion")(x)
    return keras.Model(inputs, outputs, name=name)


def squeezenet_bypass():
    """SqueezeNet v1.0 with simple bypass, the thesis's base (section 5.3). Chapter 10."""
    return squeezenet("simple", name="squeezenet-bypass")


def squeezenet_complex_bypass():
    """SqueezeNet v1.0 with complex bypass (figure 5.3 of the thesis). Chapter 10."""
    return squeezenet("complex", name="squeezenet-complex-bypass")


def squeezenet_custom():
    """The thesis's network: simple bypass, three more fire modules, dropout, normalized squeezes.

    The thesis counts 1,377,655 parameters; its diagram is not in the text, and this natural reading
    has 1,332,615, 3.3 % fewer. Thesis section 5.3; chapter 10 lists what the text leaves open.
    """
    return squeezenet("simple", extra=3, dropout=0.2, normalize="squeeze", name="squeezenet-custom")


def squeezenet_bypass_dropout():
    """SqueezeNet with simple bypass and dropout after every convolution of the modules, the third step of section 6.3.

    Chapter 10.
    """
    return squeezenet("simple", dropout=0.2, name="squeezenet-bypass-dropout")


def small_face_squeezenet(stages, *, stem=64, excite=0, dropout=0.3, name):
    """Fire modules for 48x48 faces, every convolution normalized, simple bypass where channels match.

    Arguments:
        stages: for maps of 24, 12 and 6, lists of modules (squeeze, expand 1x1, expand 3x3).
        stem: filters of the first convolution, on all 48x48 pixels.
        excite: each module's squeeze-and-excitation has its output channels divided by this; 0 leaves it out.
        dropout: rate of the only dropout, before the last layer.
    """
    inputs, x = raw_face_input()
    x = layers.Conv2D(stem, 3, padding="same", use_bias=False, kernel_initializer="he_normal", name="conv1")(x)
    x = layers.BatchNormalization(momentum=MOMENTUM, name="conv1_norm")(x)
    x = layers.ReLU(name="conv1_relu")(x)
    number = 2
    for stage, modules in enumerate(stages, start=1):
        x = layers.MaxPooling2D(2, name=f"pool{stage}")(x)
        for squeeze, expand1x1, expand3x3 in modules:
            x = fire_module(x, squeeze, expand1x1, expand3x3, bypass="simple", normalize="all",
                            excite=(expand1x1 + expand3x3) // excite if excite else 0, name=f"fire{number}")
            number += 1
    return keras.Model(inputs, classification_head(x, dropout=dropout), name=name)


FER_STAGES = [[(32, 64, 64)] * 3, [(48, 128, 128)] * 3, [(64, 256, 256)] * 5]


def squeezenet_fer():
    """The course's first own network: fire modules for 48x48 faces, no larger than the thesis's network.

    Where SqueezeNet shrinks a face to 12x12 before the first fire module looks at it, this one looks at all 48x48
    pixels with 3x3 filters first, then works on maps of 24, 12 and 6. Chapter 10.
    """
    return small_face_squeezenet(FER_STAGES, name="squeezenet-fer")


def squeezenet_fer_se():
    """`squeezenet_fer` with squeeze-and-excitation in every module. Chapter 16."""
    return small_face_squeezenet(FER_STAGES, excite=32, name="squeezenet-fer-se")


def squeezenet_fer_deep():
    """More modules where the maps are still 24 and 12, fewer on the last maps: at most the thesis's parameters.

    Chapter 16 measures whether the exchange pays.
    """
    return small_face_squeezenet([[(32, 64, 64)] * 4, [(56, 144, 144)] * 6, [(64, 256, 256)] * 3], excite=32,
                                 name="squeezenet-fer-deep")


def squeezenet_fer_tiny():
    """The deep one at about half its width, with at most 0.3 million parameters. Chapter 16."""
    return small_face_squeezenet([[(16, 32, 32)] * 3, [(26, 72, 72)] * 5, [(32, 112, 112)] * 3], stem=40, excite=16,
                                 dropout=0.2, name="squeezenet-fer-tiny")


def squeezenet_fer_micro():
    """The deep one at about a quarter of its width, with at most 0.1 million parameters. Chapter 16."""
    return small_face_squeezenet([[(12, 24, 24)] * 3, [(16, 42, 42)] * 4, [(20, 60, 60)] * 3], stem=32, excite=16,
                                 dropout=0.1, name="squeezenet-fer-micro")


def squeezenet_mini(width=1.0):
    """A network of three fire modules for the bundled schematic faces: small enough to ship and to train live.

    `width` multiplies the filters of the fire modules, for the curve of chapter 14.
    """
    inputs, x = raw_face_input()
    x = layers.Conv2D(24, 3, strides=2, padding="same", use_bias=False, kernel_initializer="he_normal", name="conv1")(x)
    x = layers.BatchNormalization(momentum=MOMENTUM, name="conv1_norm")(x)
    x = layers.ReLU(name="conv1_relu")(x)
    for number, module in enumerate([(12, 24), (16, 32), (24, 48)], start=2):
        squeeze, expand = (round(width * filters) for filters in module)
        x = layers.MaxPooling2D(2, name=f"pool{number - 1}")(x)
        x = fire_module(x, squeeze, expand, expand, bypass="simple", normalize="all", name=f"fire{number}")
    return keras.Model(inputs, classification_head(x, dropout=0.2), name="squeezenet-mini")
