"""Numbers as bytes: a convolution in whole numbers, and a network whose weights have few bits.

What `fer_utils.edge` leaves to a library is done here by hand, so that chapter 14 can be held against it; scale and
zero point of a range are `fer_utils.edge.quantization.scale_and_zero_point`. The scheme is that of LiteRT's 8-bit
specification (Jacob and others 2018, arXiv:1712.05877): value = (byte - zero point) * scale.
"""

import warnings
from typing import NamedTuple

import numpy as np


def symmetric(weights, bits=8, per_channel=True, clip=1.0):
    """Weights as whole numbers of `bits` bits around a zero point of 0, and their scales.

    Arguments:
        weights: float (..., filters).
        per_channel: whether each filter, the last axis, has a scale of its own, or all share one.
        clip: the share of the largest absolute weight that the largest number stands for; what lies beyond is cut off.

    Returns (whole numbers, int8, same shape as weights; scales, float (filters,)).
    """
    weights = np.asarray(weights, np.float64)
    top = 2 ** (bits - 1) - 1  # 127 of 8 bits: as many below zero as above
    reach = np.abs(weights).max(axis=tuple(range(weights.ndim - 1))) if per_channel else np.abs(weights).max()
    scales = np.broadcast_to(np.where(reach > 0, clip * reach / top, 1.0), weights.shape[-1:])
    return np.clip(np.rint(weights / scales), -top, top).astype(np.int8), scales


def rounded_weights(weights, **how):
    """Weights that went to whole numbers and back, float64; arguments as in `symmetric`."""
    whole, scales = symmetric(weights, **how)
    return whole * scales


def kernels(net):
    """The layers of a Keras model whose kernels are quantized, convolutions and dense ones: dict from name to array."""
    import keras

    return {layer.name: keras.ops.convert_to_numpy(layer.kernel) for layer in net.layers
            if type(layer).__name__ in ("Conv2D", "DepthwiseConv2D", "Dense")}


def put_kernels(net, arrays):
    """Give layers of a Keras model these kernels. `arrays`: dict from a layer's name to an array."""
    for name, kernel in arrays.items():
        net.get_layer(name).kernel.assign(kernel)


class Layer(NamedTuple):
    """The first convolution of an int8 file, as the file has it. A number is (byte - zero point) * scale.

    `takes` and `gives` are the scale and zero point of its input and output; `kernel` is int8 (filters, 3, 3, 1) with
    one scale a filter and zero point 0; `bias`, int32 (filters,), has the scale of the input times the kernel's.
    """

    takes: tuple
    kernel: np.ndarray
    scales: np.ndarray
    bias: np.ndarray
    gives: tuple


def first_layer(path):
    """`Layer` of an int8 file of one of the course's networks, whose first convolution is 3 x 3 and cuts at zero.

    Tensors are told by their shapes, since shipped files have no names. Raises ValueError where the file has no such
    layer.
    """
    interpreter = _keeping_all(path)
    tensors = interpreter.get_tensor_details()
    kernel = _only(tensors, path, lambda t: t["dtype"] is np.int8 and tuple(t["shape"][1:]) == (3, 3, 1))
    filters = int(kernel["shape"][0])
    takes, = interpreter.get_input_details()
    bias = _only(tensors, path, lambda t: t["dtype"] is np.int32 and tuple(t["shape"]) == (filters,)
                 and np.allclose(t["quantization_parameters"]["scales"],
                                 takes["quantization"][0] * kernel["quantization_parameters"]["scales"], rtol=1e-4))
    gives = _only(tensors, path, lambda t: _is_map_of(t, filters))
    return Layer(takes["quantization"], interpreter.get_tensor(kernel["index"]),
                 kernel["quantization_parameters"]["scales"], interpreter.get_tensor(bias["index"]),
                 gives["quantization"])


def first_maps(path, face):
    """What LiteRT itself computes in the first convolution of an int8 file for a face, uint8 (48, 48): int8 (height,
    width, filters)."""
    from fer_utils.edge.litert import quantized

    interpreter = _keeping_all(path)
    takes, = interpreter.get_input_details()
    interpreter.set_tensor(takes["index"], quantized(np.asarray(face, np.float32)[None, ..., None], takes))
    interpreter.invoke()
    tensors = interpreter.get_tensor_details()
    kernel = _only(tensors, path, lambda t: t["dtype"] is np.int8 and tuple(t["shape"][1:]) == (3, 3, 1))
    gives = _only(tensors, path, lambda t: _is_map_of(t, int(kernel["shape"][0])))
    return interpreter.get_tensor(gives["index"])[0]


def sums(face, layer):
    """The sums of a 3 x 3 convolution with padding "same" and stride 1 in whole numbers: int32 (48, 48, filters).

    Arguments: face, int8 (48, 48); layer, a `Layer`.
    """
    away = np.pad(face.astype(np.int32) - layer.takes[1], 1)  # around the face are zeros
    height, width = face.shape
    return layer.bias + sum(away[i:i + height, j:j + width, None] * layer.kernel[:, i, j, 0].astype(np.int32)
                            for i in range(3) for j in range(3))


def requantized(sums, layer):
    """Sums as the next layer takes them: int8. One multiplication brings them to the output's scale; the cut at zero,
    ReLU, is the clipping at the zero point."""
    scale, zero = layer.gives
    values = np.rint(sums * (layer.takes[0] * layer.scales / scale)) + zero
    return np.clip(values, zero, 127).astype(np.int8)


def _keeping_all(path):
    """LiteRT's interpreter, which keeps what is computed on the way."""
    from fer_utils.edge.litert import interpreter_class

    with warnings.catch_warnings():  # it warns that this takes memory
        warnings.simplefilter("ignore", UserWarning)
        interpreter = interpreter_class()(str(path), experimental_preserve_all_tensors=True)
    interpreter.allocate_tensors()
    return interpreter


def _is_map_of(tensor, filters):
    shape = tuple(tensor["shape"])
    return tensor["dtype"] is np.int8 and len(shape) == 4 and shape[3] == filters and shape[1] >= 24


def _only(tensors, path, fits):
    """The first tensor that fits, in the order in which the file computes. Raises ValueError where none does."""
    found = [tensor for tensor in tensors if fits(tensor)]
    if not found:
        raise ValueError(f"{path} has no int8 convolution of 3 x 3 at its start. Export one of the course's networks: "
                         "python -m fer_utils export NAME --int8.")
    return found[0]
