"""What a network costs on a device, layer by layer: parameters, multiply-adds, memory that is read, written and kept.

Multiply-adds are explained in chapter 09 (thesis section 6.2), the rest in chapter 14. All is counted from the layers'
shapes for one face; nothing runs. Importing this module imports nothing.
"""

from collections import Counter
from math import prod

CONVOLUTIONS = ("Conv2D", "DepthwiseConv2D")
# what has weights but works number by number: chapter 09 leaves its work out
UNCOUNTED = ("BatchNormalization", "Normalization")
FUSED = ("ReLU", "Dropout")


def multiply_adds(net):
    """Multiply-adds of each convolution and dense layer of a Keras model, for one face: a dict from layer name to int.

    A convolution uses each of its weights once at every place of its output maps, a dense layer each of its weights
    once.
    Biases, normalization, pooling and activations are left out: they do well under a hundredth of the work.
    """
    return {row["layer"]: row["multiply_adds"] for row in layer_costs(net) if row["multiply_adds"]}


def layer_costs(net, number_bytes=4, fused=False):
    """What each layer of a Keras model costs for one face: a list of dicts, in the order in which Keras runs them.

    Arguments:
        net: a functional or sequential model whose shapes are all known but the batch's.
        number_bytes: how many bytes hold a number, weight or activation: 4 for float32, 1 for int8 (whose biases, kept
            with 4, add a hundredth).
        fused: whether ReLU and dropout take no step of their own, as in an exported network: the layer before computes
            the one while it writes, and the other works in training alone.

    The keys of a row:
        layer, kind: its name, and its class, such as "Conv2D".
        shape: of its output, a tuple without the batch.
        parameters: numbers that it has, trained or not.
        multiply_adds: as in the function of that name; 0 for what has no kernel.
        weight_bytes: its weights, each read once.
        read_bytes, write_bytes: its input and its output, each number read or written once.
        live_bytes: all activations that have to be kept while it runs: its input, its output, and whatever an earlier
            layer made that a later one still takes, such as a bypass. The largest is the memory that activations need.

    The input takes no row, but lives like every other tensor. Each layer is taken to write its output to a place of
    its own; a runtime may find a better order, and needs some memory besides.

    Raises ValueError for a model inside the model, for a layer whose multiply-adds are not known here, and for sides
    that are not known before the network runs.
    """
    steps, outputs = _steps(net, fused)
    last_use = {id(tensor): number for number, (_, taken, _) in enumerate(steps) for tensor in taken}
    last_use |= {id(tensor): len(steps) for tensor in outputs}
    alive, rows = list(net.inputs), []
    for number, (layer, taken, made) in enumerate(steps):
        alive += made
        parameters = sum(prod(weight.shape) for weight in getattr(layer, "weights", ()))
        rows.append({
            "layer": layer.name, "kind": type(layer).__name__, "shape": _sides(made[0]),
            "parameters": parameters, "multiply_adds": _multiply_adds(layer, made[0]),
            "weight_bytes": number_bytes * parameters,
        } | {f"{key}_bytes": number_bytes * sum(prod(_sides(tensor)) for tensor in tensors)
             for key, tensors in (("read", taken), ("write", made), ("live", alive))})
        # what nobody takes any more gives its place back
        alive = [tensor for tensor in alive if last_use.get(id(tensor), -1) > number]
    return rows


def total_costs(net, number_bytes=4, fused=False):
    """The costs of a whole network for one face, a dict: `parameters`, `multiply_adds`, `weight_bytes`,
    `activation_bytes`, all that is read and written, and `peak_bytes`, the largest `live_bytes`. Arguments as in
    `layer_costs`."""
    rows = layer_costs(net, number_bytes, fused)
    return {key: sum(row[key] for row in rows) for key in ("parameters", "multiply_adds", "weight_bytes")} | {
        "activation_bytes": sum(row["read_bytes"] + row["write_bytes"] for row in rows),
        "peak_bytes": max(row["live_bytes"] for row in rows)}


def _steps(net, fused):
    """The calls of layers in the order in which Keras runs them, triples (layer, tensors it takes, tensors it makes),
    and the tensors that are the answer. Inputs are left out."""
    by_depth = getattr(net, "_functional", net)._nodes_by_depth
    nodes = [node for depth in sorted(by_depth, reverse=True) for node in by_depth[depth] if not node.is_input]
    uses = Counter(id(tensor) for node in nodes for tensor in node.input_tensors)
    same, steps = {}, []  # of a fused layer: the place of its output -> the tensor whose place that is
    for node in nodes:
        # a tensor that is taken twice, as in x + x, is there once
        taken = list({id(tensor): tensor for tensor in (same.get(id(t), t) for t in node.input_tensors)}.values())
        before_alone = uses[id(node.input_tensors[0])] == 1  # what another layer takes as well has to stay as it was
        if fused and type(node.operation).__name__ in FUSED and before_alone:
            same[id(node.output_tensors[0])] = taken[0]
        else:
            steps.append((node.operation, taken, list(node.output_tensors)))
    return steps, [same.get(id(tensor), tensor) for tensor in net.outputs]


def _multiply_adds(layer, output):
    """Multiply-adds of one call of a layer that makes the tensor `output`. Raises ValueError where not known."""
    kind = type(layer).__name__
    if kind in (*CONVOLUTIONS, "Dense"):
        *places, _ = _sides(output)  # of a dense layer's output none, or the sides that it leaves as they are
        return prod(places) * prod(layer.kernel.shape)
    if hasattr(layer, "layers"):
        raise ValueError(f"{layer.name} is a model inside the model, whose layers cannot be seen one by one. Call its "
                         "layers in one functional model instead.")
    if getattr(layer, "weights", ()) and kind not in UNCOUNTED:
        raise ValueError(f"the multiply-adds of {layer.name}, a {kind}, are not known. Known are "
                         f"{', '.join(CONVOLUTIONS)} and Dense.")
    return 0


def _sides(tensor):
    """The shape of a tensor without the batch."""
    sides = tuple(tensor.shape[1:])
    if None in sides:
        raise ValueError(f"a tensor of {tensor.shape} has a side that is known only when the network runs. Build the "
                         "network with an input of a fixed shape, such as (48, 48, 1).")
    return sides
