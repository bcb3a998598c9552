"""The table of networks: name, builder, where it is taught. Adding one is a function and a line here."""

from typing import NamedTuple


class Network(NamedTuple):
    """One row: `builder` is "module:function", imported only when the network is built; `recipe`, the one that
    `train` takes unless it is told another; `parameters`, their number, which a test compares with the built network;
    `chapter`, where it is taught."""

    builder: str
    recipe: str
    parameters: int
    chapter: str
    about: str


NETWORKS = {
    "resnet50": Network("pretrained:resnet50", "comparison", 23_602_055, "08", "with ImageNet weights"),
    "efficientnet-b0": Network("pretrained:efficientnet_b0", "comparison", 4_058_538, "08", "with ImageNet weights"),
    "efficientnet-lite0": Network("pretrained:efficientnet_lite0", "fine-tuned", 3_421_991, "08",
                                  "at 96 pixels; ImageNet weights by --weights"),
    "efficientnet-lite0-48": Network("pretrained:efficientnet_lite0_48", "fine-tuned", 3_421_991, "08",
                                     "at 48 pixels; ImageNet weights by --weights"),
    "mobilenet": Network("pretrained:mobilenet", "comparison", 3_236_039, "08", "from random weights"),
    "vgg16-imagenet": Network("pretrained:vgg16_imagenet", "comparison", 14_718_279, "08", "with ImageNet weights"),
    "vgg16": Network("vgg:vgg16", "comparison", 28_913_223, "09", "the thesis's VGG16"),
    "vgg8": Network("vgg:vgg8", "comparison", 20_469_127, "09", "with fewer convolutions"),
    "vgg8-bn": Network("vgg:vgg8_bn", "comparison", 20_471_175, "09", "with more batch normalization"),
    "squeezenet": Network("squeezenet:squeezenet", "comparison", 739_015, "10", "SqueezeNet v1.0, plain"),
    "squeezenet-bypass": Network("squeezenet:squeezenet_bypass", "comparison", 739_015, "10", "with simple bypass"),
    "squeezenet-complex-bypass": Network("squeezenet:squeezenet_complex_bypass", "comparison", 1_080_263, "10",
                                         "complex bypass"),
    "squeezenet-bypass-dropout": Network("squeezenet:squeezenet_bypass_dropout", "comparison", 739_015, "10",
                                         "with dropout"),
    "squeezenet-custom": Network("squeezenet:squeezenet_custom", "comparison", 1_332_615, "10", "the thesis's network"),
    "squeezenet-fer": Network("squeezenet:squeezenet_fer", "modern", 1_274_887, "10", "the course's first network"),
    "squeezenet-fer-se": Network("squeezenet:squeezenet_fer_se", "comparison", 1_375_995, "16",
                                 "with squeeze-and-excitation"),
    "squeezenet-fer-deep": Network("squeezenet:squeezenet_fer_deep", "comparison", 1_353_789, "16", "and more modules"),
    "squeezenet-fer-tiny": Network("squeezenet:squeezenet_fer_tiny", "comparison", 299_274, "16",
                                   "at most 0.3 million"),
    "squeezenet-fer-micro": Network("squeezenet:squeezenet_fer_micro", "from-answers", 99_753, "16",
                                    "at most 0.1 million"),
    "vgg-teacher": Network("teachers:vgg_teacher", "teacher", 5_284_423, "16", "a large network that teaches"),
    "resnet-teacher": Network("teachers:resnet_teacher", "teacher", 6_293_623, "16", "another one"),
    "squeezenet-mini": Network("squeezenet:squeezenet_mini", "quick", 24_143, "10", "for the schematic faces"),
}

# the network that reads photographs where no other is named: the best within the thesis's number of parameters
DEFAULT_NETWORK = "squeezenet-fer-deep"


def build_network(name):
    """An untrained Keras model by its name in `NETWORKS`. Raises ValueError for an unknown name, SetupError where Keras
    cannot be had."""
    if name not in NETWORKS:
        raise ValueError(f"there is no network {name!r}; there are: {', '.join(NETWORKS)}.")
    from importlib import import_module

    from fer_utils.backend import start

    start()
    module, function = NETWORKS[name].builder.split(":")
    return getattr(import_module(f"fer_utils.networks.{module}"), function)()
