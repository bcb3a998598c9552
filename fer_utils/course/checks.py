"""Checks of the learner's answers. A check says what it expected, what it got and a hint.

An untouched stub gets the hint and no error, so a fresh notebook runs to its end; a wrong answer raises
`NotYet`, which shows as a message without a traceback; a right one prints a confirmation.
"""

import textwrap

import numpy as np

from fer_utils.labels import EMOTIONS


class NotYet(AssertionError):
    """A wrong answer: expected, got and a hint."""

    def _render_traceback_(self):  # IPython shows these lines instead of a traceback
        return [_wrapped(f"Not yet: {self}")]


def untouched(value):
    """True for what a stub leaves behind: `...`, or None from a function with nothing in it."""
    return value is None or value is Ellipsis


def greet(hint):
    print(_wrapped(f"Not answered yet. Hint: {hint}"))


def confirm(text):
    print(f"Correct. {text}")


def expect(expected, got, what, hint, tolerance=0.0):
    """Raise NotYet unless `got` equals `expected`, within a tolerance for arrays of floats."""
    try:
        right = np.shape(got) == np.shape(expected) and np.allclose(
            np.asarray(got, dtype=float), np.asarray(expected, dtype=float), rtol=0, atol=tolerance)
    except (TypeError, ValueError):
        right = False
    if not right:
        raise NotYet(f"{what}: {_difference(expected, got, tolerance)}. Hint: {hint}")


def _difference(expected, got, tolerance):
    """Expected and got in words. Of an array too long to read, the first entry that differs, and how many do."""
    try:
        a, b = np.asarray(expected, dtype=float), np.asarray(got, dtype=float)
    except (TypeError, ValueError):
        return f"expected {_short(expected)}, got {_short(got)}"
    if a.ndim and b.ndim and a.shape != b.shape:
        return f"expected an array of shape {a.shape}, got one of shape {b.shape}"
    if a.shape != b.shape or a.size <= 8:
        if np.asarray(got).dtype == bool:
            expected = np.asarray(expected, bool)
        return f"expected {_short(expected)}, got {_short(got)}"
    wrong = ~np.isclose(a, b, rtol=0, atol=tolerance)
    place = tuple(int(i) for i in np.argwhere(wrong)[0])
    return f"at {list(place)} expected {a[place]:.6g}, got {b[place]:.6g}; {wrong.sum()} of {a.size} entries differ"


def check_position(position, emotion):
    """Chapter 00: the position of an emotion in EMOTIONS."""
    hint = f'EMOTIONS.index("{emotion}") finds it; the first position is 0.'
    if untouched(position):
        return greet(hint)
    expect(EMOTIONS.index(emotion), position, f"the position of {emotion}", hint)
    confirm("The order of EMOTIONS is the order of FER-2013's labels.")


def check_fire_parameters(function):
    """Chapter 09, exercise 1: the parameters of a fire module from its numbers of filters."""
    hint = "each of the three convolutions has (filter side) squared x channels in x filters weights, and filters biases."
    if untouched(function(128, 16, 64, 64)):
        return greet(hint)
    for channels, squeeze, expand1x1, expand3x3 in [(128, 16, 64, 64), (96, 16, 64, 64), (512, 64, 256, 192)]:
        expected = ((channels + 1) * squeeze + (squeeze + 1) * expand1x1 + (9 * squeeze + 1) * expand3x3)
        expect(expected, function(channels, squeeze, expand1x1, expand3x3),
               f"a fire module of {squeeze}, {expand1x1}, {expand3x3} filters on {channels} channels", hint)
    confirm("Three convolutions, each with its biases.")


def check_fire_module(function):
    """Chapter 09, exercise 2: a fire module with simple bypass, as a function of Keras tensors."""
    import keras

    hint = ("squeeze the input with 1x1 filters, expand the result twice (1x1 and 3x3, padding \"same\"), "
            "concatenate the two, and add the input where the channels match.")
    if untouched(function(keras.Input((12, 12, 128)), 16, 64)):
        return greet(hint)
    for channels, bypass in [(96, False), (128, True)]:
        inputs = keras.Input((12, 12, channels))
        net = keras.Model(inputs, function(inputs, 16, 64))
        expect((12, 12, 128), net.output_shape[1:], f"the output's shape for {channels} channels", hint)
        expect((channels + 1) * 16 + 17 * 64 + (9 * 16 + 1) * 64, net.count_params(),
               f"the number of parameters for {channels} channels", hint)
        x = np.random.default_rng(0).normal(size=(2, 12, 12, channels)).astype("float32")
        got = keras.ops.convert_to_numpy(net(x))
        # either order of the two expands is a fire module; the nearer one is what the learner meant
        expected = min((_fire_by_hand(net, x, bypass, order) for order in (1, -1)), key=lambda y: np.abs(y - got).max())
        expect(expected, got,
               f"the output for {channels} channels ({'with' if bypass else 'without'} a bypass)",
               hint + " Each convolution is followed by ReLU.", tolerance=1e-3)
    confirm("Squeezed, expanded, concatenated, and bypassed where the channels match.")


def _fire_by_hand(net, x, bypass, order):
    """What the learner's layers should give together, computed with NumPy from their own weights. `order` is 1 for the
    1x1 expand first, -1 for the 3x3 expand first."""
    convolutions = [layer for layer in net.layers if "Conv" in type(layer).__name__]
    by_size = sorted(convolutions, key=lambda layer: (layer.kernel_size[0], layer.filters))
    (squeeze, w1), (w3,) = by_size[:2], by_size[2:]
    relu = lambda values: np.maximum(values, 0)  # noqa: E731
    kernel, bias = (np.asarray(v) for v in squeeze.get_weights())
    squeezed = relu(x @ kernel[0, 0] + bias)
    kernel, bias = (np.asarray(v) for v in w1.get_weights())
    left = relu(squeezed @ kernel[0, 0] + bias)
    kernel, bias = (np.asarray(v) for v in w3.get_weights())
    padded = np.pad(squeezed, [(0, 0), (1, 1), (1, 1), (0, 0)])
    height, width = x.shape[1:3]
    right = relu(bias + sum(padded[:, i:i + height, j:j + width] @ kernel[i, j] for i in range(3) for j in range(3)))
    y = np.concatenate([left, right][::order], axis=-1)
    return x + y if bypass else y


def check_batch_normalize(function):
    """Chapter 09, exercise 3: batch normalization from the thesis's four formulas (section 5.3)."""
    hint = "mean and variance are taken over the batch, axis 0; epsilon is added to the variance, under the root."
    rng = np.random.default_rng(1)
    x, gamma, beta = rng.normal(3, 2, (8, 5)), rng.normal(1, 0.2, 5), rng.normal(size=5)
    answer = function(x, gamma, beta, 1e-3)
    if untouched(answer):
        return greet(hint)
    expected = gamma * (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + 1e-3) + beta
    expect(expected, answer, "8 examples of 5 numbers, normalized", hint, tolerance=1e-6)
    large = 1e-2 * x  # small numbers show a forgotten epsilon
    expect(gamma * (large - large.mean(axis=0)) / np.sqrt(large.var(axis=0) + 1e-3) + beta,
           function(large, gamma, beta, 1e-3), "the same with values a hundred times smaller", hint, tolerance=1e-6)
    confirm("Mean, variance, normalization, then scale and shift.")


def check_confusion_matrix(function):
    """Chapter 11, exercise 1: a 7 x 7 matrix of counts, rows true, columns predicted."""
    hint = "add 1 at row label, column prediction, for every face."
    labels, predicted = np.array([0, 0, 3, 3, 3, 6]), np.array([0, 4, 3, 3, 5, 6])
    answer = function(labels, predicted)
    if untouched(answer):
        return greet(hint)
    expect((7, 7), np.shape(answer), "the shape", hint)
    for labels, predicted in [(labels, predicted), np.random.default_rng(0).integers(0, 7, (2, 500))]:
        expected = [[int(np.sum((labels == i) & (predicted == j))) for j in range(7)] for i in range(7)]
        expect(expected, function(labels, predicted), f"the matrix of {len(labels)} faces", hint)
    confirm("Rows are labels, columns are predictions.")


def check_class_scores(function):
    """Chapter 11, exercise 2: precision, recall and F1 of each class from a confusion matrix."""
    hint = "precision divides the diagonal by the columns' sums, recall by the rows' sums."
    matrix = np.random.default_rng(1).integers(1, 40, (7, 7)) + 50 * np.eye(7, dtype=int)
    answer = function(matrix)
    if untouched(answer):
        return greet(hint)
    if not isinstance(answer, tuple) or len(answer) != 3:
        raise NotYet(f"expected three arrays, precision, recall and F1, got {_short(answer)}. Hint: return a, b, c.")
    hits = np.diag(matrix)
    precision, recall = hits / matrix.sum(axis=0), hits / matrix.sum(axis=1)
    f1 = 2 * hits / (matrix.sum(axis=0) + matrix.sum(axis=1))
    mean = "F1 is twice precision times recall, divided by their sum."
    for name, expected, got, advice in zip(("precision", "recall", "F1"), (precision, recall, f1), answer, (hint, hint, mean)):
        expect(expected, got, name, advice, tolerance=1e-6)
    confirm("Precision looks down a column, recall along a row.")


def check_class_shares(function):
    """Chapter 03, exercise 1: the share of each of the seven classes among labels."""
    hint = "count each label from 0 to 6, and divide by the number of labels."
    labels = np.array([3, 3, 0, 6, 3, 2], np.uint8)
    answer = function(labels)
    if untouched(answer):
        return greet(hint)
    expect(np.bincount(labels, minlength=7) / 6, answer, f"the shares among {labels.tolist()}", hint, tolerance=1e-9)
    expect([0, 0, 0, 1, 0, 0, 0], function(np.full(5, 3, np.uint8)), "the shares of five happy faces", hint, 1e-9)
    confirm("Seven shares that add up to one.")


def check_shrink(function):
    """Chapter 03, exercise 2: faces with fewer pixels, each the mean of a block."""
    hint = "one new pixel is the mean of all the old pixels in its block, not one of them."
    images = np.random.default_rng(0).integers(0, 256, (3, 48, 48)).astype(np.uint8)
    answer = function(images, 12)
    if untouched(answer):
        return greet(hint)
    for side in (12, 6):
        got, block = function(images, side), 48 // side
        expect((3, side, side), np.shape(got), f"the shape of three faces shrunk to {side} pixels a side", hint)
        expected = [[[image[i * block:(i + 1) * block, j * block:(j + 1) * block].mean() for j in range(side)]
                     for i in range(side)] for image in images]
        expect(expected, got, f"three faces shrunk to {side} pixels a side", hint, tolerance=0.01)
    confirm("Every old pixel counts in exactly one new one.")


def check_has_twin(function):
    """Chapter 03, exercise 3: which test images are identical to a training image."""
    hint = "two pictures are twins if every pixel is equal; image.tobytes() makes them comparable."
    train = np.random.default_rng(0).integers(0, 256, (20, 48, 48)).astype(np.uint8)
    test = np.concatenate([train[[4, 11]], 255 - train[:3], train[[4]]])
    test[2, 0, 0] = train[0, 0, 0]
    close = train[[7]].copy()
    close[0, 5, 5] ^= 1  # one pixel off by one: no twin, and equal in mean to three digits
    mirrored = train[[9]][:, :, ::-1]  # the same gray levels in other places: no twin, and exactly equal in mean
    test = np.concatenate([test, close, mirrored])
    answer = function(test, train)
    if untouched(answer):
        return greet(hint)
    expect([1, 1, 0, 0, 0, 1, 0, 0], answer,
           "eight test images: three copies, one but for a pixel, one mirrored, and three others", hint)
    confirm("Every pixel equal, wherever the copy stands.")


def check_random_flip(function):
    """Chapter 05, exercise 1: each face mirrored with probability one half, by itself."""
    hint = "draw one decision for each face, and take the mirrored face where it says so: images[:, :, ::-1]."
    images = np.random.default_rng(0).integers(0, 256, (400, 8, 8)).astype(np.uint8)
    given = images.copy()
    answer = function(given, np.random.default_rng(1))
    if untouched(answer):
        return greet(hint)
    expect(images.shape, np.shape(answer), "the shape", hint)
    if not np.array_equal(given, images):
        raise NotYet(f"expected the faces given to stay as they are, got them changed. Hint: {hint}")
    kept = (np.asarray(answer) == images).all(axis=(1, 2))
    mirrored = (np.asarray(answer) == images[:, :, ::-1]).all(axis=(1, 2))
    if not (kept | mirrored).all():
        raise NotYet(f"expected every face as it was or mirrored left to right, got others. Hint: {hint}")
    if not 0.4 < mirrored.mean() < 0.6:
        raise NotYet(f"expected about half of 400 faces mirrored, got {mirrored.sum()}. Hint: {hint}")
    confirm(f"{mirrored.sum()} of 400 faces are mirrored.")


def check_weigh(function):
    """Chapter 05, exercise 2: class weights n / (k n_j)."""
    hint = "n is the number of all labels, k the number of classes, n_j the number of labels of class j."
    labels = np.repeat([0, 1, 2], [6, 3, 1])
    answer = function(labels)
    if untouched(answer):
        return greet(hint)
    if not isinstance(answer, dict) or sorted(answer) != [0, 1, 2]:
        raise NotYet(f"expected a dictionary with the keys 0, 1, 2, got {_short(answer)}. Hint: {hint}")
    expect([10 / 18, 10 / 9, 10 / 3], [answer[j] for j in range(3)], "the weights for 6, 3 and 1 labels", hint, 1e-9)
    confirm("Weighted, the classes have equal sums.")


def _wrapped(text):
    return textwrap.fill(text, 88)  # a notebook breaks longer lines in the middle of words


def _short(value):
    text = np.array2string(np.asarray(value), precision=4, threshold=8, edgeitems=2) if np.ndim(value) else str(value)
    return " ".join(text.split())
