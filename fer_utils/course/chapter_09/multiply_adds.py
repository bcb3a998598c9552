"""The work a network does on one face, in multiply-adds. Explained in chapter 09."""


def multiply_adds(net):
    """Multiply-adds of each convolution and dense layer of a Keras model, for one face: a dict from layer name to int.

    A convolution uses each of its weights once at every place of its output maps, a dense layer each of its weights
    once.
    Biases, normalization, pooling and activations are left out: they do well under a hundredth of the work.
    """
    counts = {}
    for layer in net.layers:
        if type(layer).__name__ in ("Conv2D", "DepthwiseConv2D"):
            height, width = layer.output.shape[1:3]
            counts[layer.name] = int(height * width * _size(layer.kernel))
        elif type(layer).__name__ == "Dense":
            counts[layer.name] = int(_size(layer.kernel))
    return counts


def _size(kernel):
    size = 1
    for side in kernel.shape:
        size *= side
    return size
