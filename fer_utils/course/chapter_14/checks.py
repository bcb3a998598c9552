"""Checks of the learner's answers in chapter 14."""

import numpy as np

from fer_utils.course.chapter_14.by_hand import fire_multiply_adds, folded_channel, to_bytes
from fer_utils.course.checks import NotYet, exercise, expect, expect_unchanged, shortened
from fer_utils.edge.quantization import scale_and_zero_point


@exercise("How often is each weight used for one face, and how many channels does each of the three layers take in?",
          "A layer's multiply-adds are places x side x side x channels in x filters; both expands take in what squeeze "
          "gives.",
          "The sum of channels * squeeze, squeeze * expand1x1 and 9 * squeeze * expand3x3, times height * width.")
def check_fire_work(function):
    """Exercise 1: the multiply-adds of a fire module for one face."""
    for height, width, channels, squeeze, one, three in ((24, 24, 40, 16, 32, 32), (12, 6, 64, 26, 72, 48),
                                                         (1, 1, 5, 2, 3, 4)):
        places = height * width
        parts = channels * squeeze, squeeze * one, 9 * squeeze * three
        expect(fire_multiply_adds(height, width, channels, squeeze, one, three),
               function(height, width, channels, squeeze, one, three),
               f"the multiply-adds of a module on maps of {height} x {width} with {channels} channels and filters "
               f"({squeeze}, {one}, {three})", mistakes={
                   "the weights alone, each used once": sum(parts),
                   "a 3 x 3 filter has nine weights a channel": places * (sum(parts) - 8 * squeeze * three),
                   "the expands take in the channels of squeeze": places * (channels * squeeze + channels * one
                                                                            + 9 * channels * three)})
    return "A 3 x 3 filter does nine times the work of a 1 x 1 filter on as many channels."


@exercise("The mean is subtracted from what the convolution gives, bias included: what happens to the bias?",
          "Call gamma / sqrt(variance + epsilon) the factor; it multiplies the kernel, and the bias minus the mean.",
          "factor = gamma / np.sqrt(variance + epsilon); the new bias is (bias - mean) * factor + beta.")
def check_fold_channel(function):
    """Exercise 2: kernel and bias of one channel with its normalization folded in: a pair."""
    draws = np.random.default_rng(3)
    for shape in ((3, 3, 4), (1, 1, 7), (3, 3, 1)):
        kernel, (bias, gamma, beta, mean) = draws.normal(size=shape), draws.normal(size=4).round(3)
        variance, epsilon = float(draws.uniform(0.05, 3)), float(draws.choice([1e-3, 0.1]))
        given = kernel.copy()
        answer = function(given, bias, gamma, beta, mean, variance, epsilon)
        expect_unchanged(kernel, given, "the kernel")
        said = f"a channel with a kernel of {shape[0]} x {shape[1]} x {shape[2]}"
        if answer is None or not isinstance(answer, (tuple, list)) or len(answer) != 2:
            raise NotYet(f"{said}: expected two things, the kernel and the bias, got {shortened(answer)}")
        factor = gamma / np.sqrt(variance + epsilon)
        new_kernel, new_bias = folded_channel(kernel, bias, gamma, beta, mean, variance, epsilon)
        expect(new_kernel, answer[0], f"{said}, the new kernel", tolerance=1e-6, mistakes={
            "divide by the square root": kernel * gamma / (variance + epsilon),
            "epsilon belongs under the root": kernel * gamma / np.sqrt(variance),
            "gamma is missing": kernel / np.sqrt(variance + epsilon)})
        expect(new_bias, answer[1], f"{said}, the new bias", tolerance=1e-6, mistakes={
            "the old bias is multiplied, too": bias - mean * factor + beta,
            "beta is missing": (bias - mean) * factor,
            "the mean is multiplied, too": bias * factor - mean + beta,
            "the old bias is missing": beta - mean * factor})
    return "One multiplication and one addition fewer at every place, for the same numbers."


@exercise("How many steps lie between the smallest and the largest byte, and which byte stands for 0?",
          "Widen the range to hold 0; the scale is its length by 255 steps; `low` becomes -128.",
          "low, high = min(low, 0), max(high, 0); the zero point is round(-128 - low / scale).")
def check_scale_and_zero_point(function):
    """Exercise 3: the scale and the zero point of a range for int8: a pair."""
    for low, high in ((0.0, 255.0), (-3.0, 1.0), (-0.7, 5.2), (2.0, 6.0), (-5.0, -1.0)):
        said = f"the range from {low:g} to {high:g}"
        answer = function(low, high)
        if answer is None or not isinstance(answer, (tuple, list, np.ndarray)) or len(answer) != 2:
            raise NotYet(f"{said}: expected two numbers, scale and zero point, got {shortened(answer)}")
        scale, zero = scale_and_zero_point(low, high)
        expect(scale, answer[0], f"{said}, the scale", tolerance=1e-9, mistakes={
            "256 bytes have 255 steps between them": (max(high, 0) - min(low, 0)) / 256,
            "0 has to be in the range": (high - low) / 255})
        expect(zero, answer[1], f"{said}, the zero point", mistakes={
            "the lowest byte is -128": round(-low / scale), "it is a byte, a whole number": -128 - low / scale})
    return "A pixel has the scale 1 and the zero point -128: its byte is the pixel minus 128."


@exercise("What happens to 2.7 steps, and what to a value that has no byte?",
          "Divide by the scale, round, add the zero point; np.clip before you turn the numbers into int8.",
          "np.clip(np.rint(values / scale) + zero, -128, 127), and .astype(np.int8) after it.")
def check_quantize(function):
    """Exercise 4: values as int8, by a scale and a zero point."""
    draws = np.random.default_rng(5)
    for scale, zero, shape in ((0.02, -128, (40,)), (0.5, 10, (6, 8)), (1.0, -128, (5, 4, 3))):
        values = draws.uniform((-140 - zero) * scale, (150 - zero) * scale, shape)
        values.flat[0], values.flat[1], values.flat[2] = 0, (400 - zero) * scale, (-400 - zero) * scale
        given = values.copy()
        steps = values / scale
        expect(to_bytes(values, scale, zero), function(given, scale, zero),
               f"an array of shape {shape} at scale {scale:g} and zero point {zero}", mistakes={
                   "values beyond the last byte came round to the other end":
                       (np.rint(steps) + zero).astype(np.int64).astype(np.int8),
                   "some lie beyond -128 and 127, where int8 ends": np.rint(steps) + zero,
                   "cut off instead of rounded": np.clip(np.trunc(steps) + zero, -128, 127),
                   "clip after adding the zero point": np.clip(np.rint(steps), -128, 127) + zero,
                   "the zero point is missing": np.clip(np.rint(steps), -128, 127)})
        expect_unchanged(values, given, "the array")
    return "The error is at most half a step, except where values were clipped."
