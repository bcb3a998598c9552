"""Networks from Keras's own collection, with a new head for seven emotions.

Explained in chapter 08 (thesis sections 6.1 and 8). Each builder tries the ImageNet weights first. Where they cannot
be fetched it says so in one sentence and starts from random weights; the model's attribute `initial_weights` is
"imagenet" or "random", and the run record holds it. Inputs and outputs are those of every network of the course.
"""

import warnings

import keras
from keras import layers

from fer_utils.labels import FACE_SHAPE
from fer_utils.networks.common import classification_head

# Means that the collection's ResNet50 and VGG16 subtract, blue, green, red: they were trained that way.
IMAGENET_MEANS = (103.939, 116.779, 123.68)


def _colour_face(side):
    """The pair (Keras input, RGB face of `side` pixels, 0 to 255)."""
    inputs = keras.Input(FACE_SHAPE, name="face")
    x = layers.Rescaling(1.0, name="as_float")(inputs)
    if side != FACE_SHAPE[0]:
        x = layers.Resizing(side, side, interpolation="bilinear", name="resize")(x)
    return inputs, layers.Concatenate(name="gray_to_rgb")([x, x, x])


def _with_head(builder, inputs, x, name, weights, dropout):
    initial = weights or "random"
    try:
        body = builder(include_top=False, weights=weights, input_tensor=x, pooling="avg")
    except Exception as error:  # Keras raises a plain Exception where it cannot download
        if "fetch failure" not in str(error):
            raise
        warnings.warn(f"{name}: the ImageNet weights could not be fetched, so it starts from random weights.",
                      stacklevel=3)
        body, initial = builder(include_top=False, weights=None, input_tensor=x, pooling="avg"), "random"
    outputs = classification_head(body.output, dropout=dropout, pool=False, dropout_name="head_dropout")
    net = keras.Model(inputs, outputs, name=name)
    net.initial_weights = initial
    return net


def resnet50(weights="imagenet"):
    """ResNet50 on faces enlarged to 96x96, since it divides each side by 32 and would be left with a 2x2 map.

    `weights` is "imagenet" or None. He and others 2016 (arXiv:1512.03385); thesis section 6.1; chapter 08.
    """
    inputs, x = _colour_face(96)
    x = layers.Rescaling(1.0, offset=[-mean for mean in IMAGENET_MEANS], name="minus_means")(x)
    return _with_head(keras.applications.ResNet50, inputs, x, "resnet50", weights, dropout=0.5)


def efficientnet_b0(weights="imagenet"):
    """EfficientNet-B0 on faces enlarged to 96x96; it scales its input itself.

    `weights` is "imagenet" or None. Tan and Le 2019 (arXiv:1905.11946); thesis section 6.1; chapter 08.
    """
    inputs, x = _colour_face(96)
    return _with_head(keras.applications.EfficientNetB0, inputs, x, "efficientnet-b0", weights, dropout=0.5)


def vgg16_imagenet(weights="imagenet"):
    """VGG16 from the collection, for fine-tuning. `weights` is "imagenet" or None. Thesis section 6.2; chapter 08."""
    inputs, x = _colour_face(48)
    x = layers.Rescaling(1.0, offset=[-mean for mean in IMAGENET_MEANS], name="minus_means")(x)
    return _with_head(keras.applications.VGG16, inputs, x, "vgg16-imagenet", weights, dropout=0.5)


def mobilenet():
    """MobileNet from random weights on faces enlarged to 96x96: what section 8 of the thesis suggests to try next.

    Howard and others 2017 (arXiv:1704.04861); chapter 08.
    """
    inputs, x = _colour_face(96)
    x = layers.Rescaling(1 / 127.5, offset=-1.0, name="minus_one_to_one")(x)
    return _with_head(keras.applications.MobileNet, inputs, x, "mobilenet", None, dropout=0.3)
