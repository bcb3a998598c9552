"""Chapter 14: right and wrong answers to its checks, and its explorers."""

import numpy as np
from mistakes import usual

from fer_utils.course.chapter_14 import figures
from fer_utils.course.chapter_14.by_hand import to_bytes
from fer_utils.edge.quantization import scale_and_zero_point


def fire_work(height, width, channels, squeeze, expand1x1, expand3x3):
    return height * width * squeeze * (channels + expand1x1 + 9 * expand3x3)


def fold_channel(kernel, bias, gamma, beta, mean, variance, epsilon):
    factor = gamma / np.sqrt(variance + epsilon)
    return kernel * factor, (bias - mean) * factor + beta


def fold_in_place(kernel, bias, gamma, beta, mean, variance, epsilon):
    kernel *= gamma / np.sqrt(variance + epsilon)
    return kernel, fold_channel(kernel, bias, gamma, beta, mean, variance, epsilon)[1]


def fold_by_shift(kernel, bias, gamma, beta, mean, variance, epsilon):
    factor = gamma * (variance + epsilon) ** -0.5
    return [(kernel * factor).tolist(), bias * factor + (beta - mean * factor)]


def quantize_in_a_loop(values, scale, zero):
    return np.array([min(127, max(-128, round(float(value) / scale) + zero)) for value in np.ravel(values)]
                    ).reshape(np.shape(values))


def of(change):
    """A wrong way to fold, from a function of (kernel, bias, gamma, beta, mean, deviation) and what is under the root
    without the root."""
    return lambda kernel, bias, gamma, beta, mean, variance, epsilon: change(
        kernel, bias, gamma, beta, mean, np.sqrt(variance + epsilon))


SOLUTIONS = {"check_fire_work": fire_work, "check_fold_channel": fold_channel,
             "check_scale_and_zero_point": scale_and_zero_point, "check_quantize": to_bytes}
RIGHT = [
    ("check_fire_work", "as floats, layer by layer",
     lambda h, w, c, s, a, b: float(h * w * c * s) + h * w * s * a + h * w * 3 * 3 * s * b),
    ("check_fold_channel", "lists, scale and shift", fold_by_shift),
    ("check_fold_channel", "float32",
     lambda k, *rest: (fold_channel(k, *rest)[0].astype(np.float32), np.float32(fold_channel(k, *rest)[1]))),
    ("check_scale_and_zero_point", "a list, a zero point that is a float",
     lambda low, high: [(max(high, 0) - min(low, 0)) / 255,
                        float(np.round(-128 - min(low, 0) * 255 / (max(high, 0) - min(low, 0))))]),
    ("check_scale_and_zero_point", "from the top",
     lambda low, high: ((s := (max(0, high) - min(0, low)) / 255), round(127 - max(0, high) / s))),
    ("check_quantize", "a loop, int64", quantize_in_a_loop),
    ("check_quantize", "floats", lambda v, s, z: np.minimum(127, np.maximum(-128, np.round(v / s) + z))),
    ("check_quantize", "a list", lambda v, s, z: to_bytes(v, s, z).tolist()),
]
WRONG = [
    *usual("check_fire_work", fire_work),
    ("check_fire_work", "weights", lambda h, w, c, s, a, b: s * (c + a + 9 * b)),
    ("check_fire_work", "no nine", lambda h, w, c, s, a, b: h * w * s * (c + a + b)),
    ("check_fire_work", "three, not nine", lambda h, w, c, s, a, b: h * w * s * (c + a + 3 * b)),
    ("check_fire_work", "expands take all channels", lambda h, w, c, s, a, b: h * w * c * (s + a + 9 * b)),
    ("check_fire_work", "with biases", lambda h, w, c, s, a, b: fire_work(h, w, c, s, a, b) + s + a + b),
    ("check_fire_work", "square maps", lambda h, w, c, s, a, b: h * h * s * (c + a + 9 * b)),
    ("check_fire_work", "typed in", lambda h, w, c, s, a, b: 3317760),
    *usual("check_fold_channel", fold_channel),
    ("check_fold_channel", "no root", lambda k, b, g, e, m, v, x: (k * g / (v + x), (b - m) * g / (v + x) + e)),
    ("check_fold_channel", "no epsilon", lambda k, b, g, e, m, v, x: (k * g / v ** 0.5, (b - m) * g / v ** 0.5 + e)),
    ("check_fold_channel", "gamma left out", of(lambda k, b, g, e, m, d: (k / d, (b - m) / d + e))),
    ("check_fold_channel", "the bias not multiplied", of(lambda k, b, g, e, m, d: (k * g / d, b - m * g / d + e))),
    ("check_fold_channel", "the bias left out", of(lambda k, b, g, e, m, d: (k * g / d, e - m * g / d))),
    ("check_fold_channel", "beta left out", of(lambda k, b, g, e, m, d: (k * g / d, (b - m) * g / d))),
    ("check_fold_channel", "the kernel as it was", of(lambda k, b, g, e, m, d: (k, (b - m) * g / d + e))),
    ("check_fold_channel", "in place", fold_in_place),
    ("check_fold_channel", "the kernel alone", lambda *given: fold_channel(*given)[0]),
    ("check_fold_channel", "the other way round", lambda *given: fold_channel(*given)[::-1]),
    *usual("check_scale_and_zero_point", scale_and_zero_point),
    ("check_scale_and_zero_point", "256 steps",
     lambda a, b: ((s := (max(b, 0) - min(a, 0)) / 256), round(-128 - min(a, 0) / s))),
    ("check_scale_and_zero_point", "0 not in the range", lambda a, b: ((s := (b - a) / 255), round(-128 - a / s))),
    ("check_scale_and_zero_point", "uint8",
     lambda a, b: (scale_and_zero_point(a, b)[0], scale_and_zero_point(a, b)[1] + 128)),
    ("check_scale_and_zero_point", "not rounded",
     lambda a, b: ((s := scale_and_zero_point(a, b)[0]), -128 - min(a, 0) / s)),
    ("check_scale_and_zero_point", "symmetric", lambda a, b: (max(abs(a), abs(b)) / 127, 0)),
    ("check_scale_and_zero_point", "the scale alone", lambda a, b: scale_and_zero_point(a, b)[0]),
    ("check_scale_and_zero_point", "a pixel's, always", lambda a, b: (1.0, -128)),
    *usual("check_quantize", to_bytes),
    ("check_quantize", "not clipped", lambda v, s, z: np.rint(v / s) + z),
    ("check_quantize", "wraps around", lambda v, s, z: (np.rint(v / s) + z).astype(np.int64).astype(np.int8)),
    ("check_quantize", "cut off", lambda v, s, z: np.clip((v / s).astype(int) + z, -128, 127)),
    ("check_quantize", "floor", lambda v, s, z: np.clip(np.floor(v / s) + z, -128, 127)),
    ("check_quantize", "not rounded", lambda v, s, z: np.clip(v / s + z, -128, 127)),
    ("check_quantize", "no zero point", lambda v, s, z: np.clip(np.rint(v / s), -128, 127)),
    ("check_quantize", "clipped too early", lambda v, s, z: np.clip(np.rint(v / s), -128, 127) + z),
    ("check_quantize", "uint8", lambda v, s, z: np.clip(np.rint(v / s) + z, 0, 255)),
    ("check_quantize", "times the scale", lambda v, s, z: np.clip(np.rint(v * s) + z, -128, 127)),
]


def explore_bits():
    from fer_utils.data import load_schematic
    from fer_utils.edge.folding import fold
    from fer_utils.networks.weights import load_network

    public = load_schematic().public
    return figures.explore_few_bits(fold(load_network("squeezenet-mini")), public.images[:40], public.labels[:40])


EXPLORERS = {"few bits": explore_bits}
