"""The table of networks: name, builder, where it is taught. Adding one is a function and a line here."""

from typing import NamedTuple


class Network(NamedTuple):
    """One row: `builder` is "module:function", imported only when the network is built."""

    builder: str
    chapter: str
    about: str


NETWORKS = {
    "squeezenet": Network("squeezenet:squeezenet", "09", "SqueezeNet v1.0, plain"),
    "squeezenet-bypass": Network("squeezenet:squeezenet_bypass", "09", "with simple bypass"),
    "squeezenet-complex-bypass": Network("squeezenet:squeezenet_complex_bypass", "09", "with complex bypass"),
    "squeezenet-custom": Network("squeezenet:squeezenet_custom", "09", "the thesis's network"),
    "squeezenet-fer": Network("squeezenet:squeezenet_fer", "09", "the course's network"),
    "squeezenet-mini": Network("squeezenet:squeezenet_mini", "09", "for the schematic faces"),
}


def build_network(name):
    """An untrained Keras model by its name in `NETWORKS`. Raises ValueError for an unknown name."""
    if name not in NETWORKS:
        raise ValueError(f"there is no network {name!r}; there are: {', '.join(NETWORKS)}.")
    from importlib import import_module

    module, function = NETWORKS[name].builder.split(":")
    return getattr(import_module(f"fer_utils.{module}"), function)()
