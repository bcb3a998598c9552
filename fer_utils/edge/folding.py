"""Fold what only multiplies and adds into the convolutions around it: the same network in fewer steps.

A trained batch normalization multiplies each channel by one number and adds another, and so does a convolution's own
kernel and bias: two such steps make one. Explained in chapter 14; the formula is that of Jacob and others 2018
(arXiv:1712.05877, section 3.2).
"""

import keras
import numpy as np
from keras import layers

# layers that do something in training alone; those of Keras that change pictures at random begin with "Random"
TRAINING_ALONE = ("Dropout", "SpatialDropout2D", "GaussianDropout", "GaussianNoise", "RandAugment", "AugMix", "MixUp",
                  "CutMix")


def fold(net):
    """A new Keras model that gives the same answers, with normalization and scaling folded into convolutions.

    Folded are batch normalizations that follow a convolution, or a concatenation of convolutions, as in a fire module,
    and a rescaling in front of one convolution. Dropout, which only works in training, goes. What cannot be folded
    stays. Inputs, outputs and their order are those of `net`, a functional model; its own weights are not touched.

    The answers differ by rounding alone (float32): chapter 14 and `tests/test_export.py` hold them to 1e-5.
    """
    if isinstance(net, keras.Sequential):
        net = keras.Model(net.inputs, net.outputs, name=net.name)
    consumers = _consumers(net)
    normalized = {}  # name of a convolution -> (scale, shift) of its output channels
    gone = {layer.name for layer in net.layers if _in_training_alone(layer)}
    for layer in net.layers:
        if not isinstance(layer, layers.BatchNormalization):
            continue
        sources = _convolutions_before(layer, consumers)
        if sources is None:
            continue
        scale, shift = _scale_and_shift(layer)
        start = 0
        for source in sources:
            end = start + source.filters
            normalized[source.name] = scale[start:end], shift[start:end]
            start = end
        gone.add(layer.name)
    scaled = {}  # name of a convolution -> the number that its input was multiplied by
    for layer in net.layers:
        after = consumers.get(layer.name, [])
        if isinstance(layer, layers.Rescaling) and np.all(np.asarray(layer.offset) == 0) and len(after) == 1 \
                and type(after[0]) is layers.Conv2D:
            scaled[after[0].name] = float(layer.scale)
            gone.add(layer.name)

    def same_or_with_bias(layer):
        if isinstance(layer, keras.Model) and layer.name not in gone:
            return fold(layer)
        config = layer.get_config()
        if layer.name in normalized:
            config["use_bias"] = True
        return type(layer).from_config(config)

    def call_or_pass(layer, *args, **kwargs):
        return args[0] if layer.name in gone else layer(*args, **kwargs)

    folded = keras.models.clone_model(net, clone_function=same_or_with_bias, call_function=call_or_pass)
    for layer in folded.layers:
        if not layer.weights or isinstance(layer, keras.Model):
            continue
        weights = net.get_layer(layer.name).get_weights()
        if layer.name in scaled:
            weights[0] = weights[0] * scaled[layer.name]
        if layer.name in normalized:
            scale, shift = normalized[layer.name]
            bias = weights[1] if len(weights) > 1 else 0.0
            weights = [weights[0] * scale, bias * scale + shift]
        layer.set_weights(weights)
    return folded


def _in_training_alone(layer):
    """Whether a layer, or every layer of a model inside the model, passes on what it is given once training is over."""
    if isinstance(layer, keras.Model):
        return all(_in_training_alone(inner) for inner in layer.layers if not isinstance(inner, layers.InputLayer))
    return type(layer).__name__ in TRAINING_ALONE or type(layer).__name__.startswith("Random")


def _consumers(net):
    """Name of a layer -> the layers that take its output. An output of the network counts as one."""
    consumers = {}
    for layer in net.layers:
        for node in layer._inbound_nodes:
            for before in node.parent_nodes:
                consumers.setdefault(before.operation.name, []).append(layer)
    for tensor in net.outputs:
        consumers.setdefault(tensor._keras_history.operation.name, []).append(None)
    return consumers


def _convolutions_before(layer, consumers):
    """The linear convolutions whose outputs, side by side, a normalization takes; None where others use them, too."""
    before, = (node.operation for node in layer._inbound_nodes[0].parent_nodes)
    parts = [before]
    if isinstance(before, layers.Concatenate):
        parts = [node.operation for node in before._inbound_nodes[0].parent_nodes]
        if len(consumers[before.name]) > 1 or before.axis not in (-1, 3):
            return None
    linear = all(type(part) is layers.Conv2D and part.activation is keras.activations.linear
                 and len(consumers[part.name]) == 1 for part in parts)
    return parts if linear else None


def _scale_and_shift(layer):
    """What a trained batch normalization multiplies each channel by, and adds to it: float32 (channels,) each."""
    mean, variance = (keras.ops.convert_to_numpy(v.value) for v in (layer.moving_mean, layer.moving_variance))
    scale = 1 / np.sqrt(variance + layer.epsilon)
    if layer.scale:
        scale = scale * keras.ops.convert_to_numpy(layer.gamma.value)
    shift = -mean * scale
    if layer.center:
        shift = shift + keras.ops.convert_to_numpy(layer.beta.value)
    return scale, shift
