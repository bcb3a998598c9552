"""What the exercises of chapter 14 ask for, for the cells that go on with it."""

import numpy as np


def fire_multiply_adds(height, width, channels, squeeze, expand1x1, expand3x3):
    """Multiply-adds of a fire module on maps of `height` x `width` with so many channels and filters: int."""
    return height * width * (channels * squeeze + squeeze * expand1x1 + 9 * squeeze * expand3x3)


def folded_channel(kernel, bias, gamma, beta, mean, variance, epsilon):
    """Kernel (rows, columns, channels) and bias of one filter with the normalization after it folded in: a pair."""
    factor = gamma / np.sqrt(variance + epsilon)
    return kernel * factor, (bias - mean) * factor + beta


def to_bytes(values, scale, zero):
    """Values as int8, same shape: divided by the scale, rounded, moved by the zero point and clipped."""
    return np.clip(np.rint(np.asarray(values) / scale) + zero, -128, 127).astype(np.int8)


def from_bytes(stored, scale, zero):
    """What int8 values mean, float64, same shape. They become larger numbers first: 127 - (-128) is no byte."""
    return (np.asarray(stored, np.int32) - zero) * scale
