"""Reuse a trained network: read its features, give it a new head, freeze its body, and see which weights moved.

Explained in chapter 08 (thesis section 6.1). Works on networks that end in a dense layer on features, as
`squeezenet-fer`, `squeezenet-mini` and those of `fer_utils.networks.pretrained` do. Runs on every Keras backend.
Importing it imports Keras.
"""

import keras
import numpy as np
from keras import layers

from fer_utils.labels import EMOTIONS
from fer_utils.networks.common import classification_head


def head_of(net):
    """The last dense layer of a Keras model: features in, scores out. Raises ValueError where a network has none."""
    dense = [layer for layer in net.layers if isinstance(layer, layers.Dense)]
    last = next((layer for layer in reversed(net.layers) if layer.weights), None)
    if not dense or dense[-1] is not last:
        raise ValueError(f"{net.name} does not end in a dense layer on features, so its head cannot be told from its "
                         "body.")
    return last


def body_of(net):
    """All of a network below its head: raw faces (n, 48, 48, 1) in, features (n, channels) out. Shares its weights."""
    return keras.Model(net.input, head_of(net).input, name=f"{net.name}-body")


def features(net, images, batch_size=128):
    """What the head of `net` sees of raw faces, uint8 (n, 48, 48): float32 (n, channels).

    With a frozen body they stay as they are, so a head can be trained on them alone. Chapter 08.
    """
    images, body = np.asarray(images)[..., None], body_of(net)
    # plain calls: predict() would first compile a body that is used for a few batches only
    return np.concatenate([keras.ops.convert_to_numpy(body(images[start:start + batch_size], training=False))
                           for start in range(0, len(images), batch_size)])


def with_new_head(net, classes=len(EMOTIONS), name=None):
    """A copy of `net` with a new, untrained head: a Keras model of raw faces (n, 48, 48, 1) to probabilities (n,
    classes).

    The weights of the body are copied, so what is trained later leaves `net` as it is. Raises ValueError for a network
    without a head (`head_of`). Chapter 08.
    """
    old = body_of(net)
    body = keras.models.clone_model(old)
    for variable, value in zip(body.weights, old.weights):
        variable.assign(value)
    outputs = classification_head(body.output, classes, pool=False)
    return keras.Model(body.input, outputs, name=name or f"{net.name}-new-head")


def freeze(net, until=None):
    """Let training move only what comes after the layer named `until`, or, without a name, only the head. Returns
    `net`.

    A frozen batch normalization also keeps its running averages, and uses them in training: Keras sees to that.
    A model that `fit` has already trained goes on as it was until it is compiled again. Raises ValueError for a name
    that no layer has. Chapter 08.
    """
    names = [layer.name for layer in net.layers]
    if until is None:
        last = names.index(head_of(net).name) - 1
    elif until in names:
        last = names.index(until)
    else:
        raise ValueError(f"{net.name} has no layer {until!r}.")
    for place, layer in enumerate(net.layers):
        layer.trainable = place > last
    return net


def thaw(net):
    """Let training move every weight of `net` again. Returns `net`. Chapter 08."""
    for layer in net.layers:
        layer.trainable = True
    return net


def snapshot(net):
    """Copies of all weights of a Keras model, running averages included: dict from path to array. Chapter 08."""
    return {v.path: np.array(keras.ops.convert_to_numpy(v.value)) for v in net.weights}


def moved(net, before):
    """The paths of the weights that differ from a `snapshot`, a list in the order of the network. Chapter 08."""
    return differing(before, snapshot(net))


def differing(before, after):
    """The names of the arrays that differ, in a bit at least, between two dicts of the same names: a list in the order
    of the first. Chapter 08."""
    return [name for name in before if not np.array_equal(before[name], after[name])]
