"""A small detector of faces after Viola and Jones: Haar features, boosting, a cascade. Chapter 05, section 3.4.1.

Windows are float (n, 24, 24). Their integral images stand in one array (25, 25, n), the windows last, so that
`table[row, column]` is one number for each window and the learner's sum of a rectangle serves for all of them at once.
"""

from typing import NamedTuple

import numpy as np

WINDOW_SIDE = 24  # pixels of a window
KINDS = {"two above each other": (2, 1), "two side by side": (1, 2), "three above each other": (3, 1),
         "three side by side": (1, 3)}  # how many rectangles down and across
PHOTOGRAPHS = ("brick", "camera", "coffee", "coins", "page", "rocket")  # of scikit-image; nobody's face at this size
LEAST_CONTRAST = 0.02  # standard deviation of grays from 0 to 1; flatter windows are no face


class Haar(NamedTuple):
    """A Haar feature: rectangles of one size, in a column or a row, from (row, column) of the window on."""

    kind: str
    row: int
    column: int
    height: int
    width: int


class Stump(NamedTuple):
    """A weak classifier: the number of a feature, the side of the threshold that speaks for a face (1 above, -1
    below), the threshold, and the weight of its vote."""

    feature: int
    sign: int
    threshold: float
    vote: float


class Stage(NamedTuple):
    """A stage of a cascade: stumps, and the sum of votes that lets a window pass."""

    stumps: list
    least: float


def sum_of_rectangle(table, top, left, height, width):
    """The sum of a rectangle from four entries of an integral image, for one picture or many (module's head)."""
    bottom, right = top + height, left + width
    return table[bottom, right] - table[top, right] - table[bottom, left] + table[top, left]


def tables_of(windows):
    """The integral images of windows, float (25, 25, n): entry (i, j) is the sum of all pixels above and left of it."""
    sums = np.cumsum(np.cumsum(np.moveaxis(windows, 0, -1), axis=0), axis=1)
    return np.pad(sums, [(1, 0), (1, 0), (0, 0)])


def haar_value(table, feature, rectangle_sum=sum_of_rectangle):
    """A Haar feature's value a pixel, for each window: second rectangle minus first; of three, twice the middle minus
    the outer ones. The first is the upper or the left one."""
    down, across = KINDS[feature.kind]
    parts = [rectangle_sum(table, feature.row + i * feature.height, feature.column + j * feature.width,
                           feature.height, feature.width) for i in range(down) for j in range(across)]
    area = feature.height * feature.width
    return (parts[1] - parts[0]) / area if len(parts) == 2 else (2 * parts[1] - parts[0] - parts[2]) / (2 * area)


def draw_features(count, rng):
    """Random Haar features that fit into a window, a list; `rng` is a NumPy Generator."""
    features = []
    while len(features) < count:
        kind = list(KINDS)[rng.integers(len(KINDS))]
        height, width = (int(value) for value in rng.integers(2, 12, 2))
        rows, columns = (WINDOW_SIDE - step * side for step, side in zip(KINDS[kind], (height, width)))
        if rows >= 0 and columns >= 0:
            features.append(Haar(kind, int(rng.integers(rows + 1)), int(rng.integers(columns + 1)), height, width))
    return features


def standardized(windows):
    """Windows with mean 0 and standard deviation 1 each, so that light and contrast do not count."""
    mean, spread = windows.mean(axis=(1, 2), keepdims=True), windows.std(axis=(1, 2), keepdims=True)
    return (windows - mean) / np.maximum(spread, LEAST_CONTRAST)


def windows_of(picture, scale, step=2):
    """The windows of a gray picture (0 to 1) that is shrunk by `scale`: (windows (n, 24, 24), places (n, 3)).

    A place is row, column and side in pixels of the picture. Flat windows are left out.
    """
    from skimage.transform import rescale

    small = rescale(picture, 1 / scale, anti_aliasing=scale > 1)
    if min(small.shape) < WINDOW_SIDE:
        return np.empty((0, WINDOW_SIDE, WINDOW_SIDE)), np.empty((0, 3))
    views = np.lib.stride_tricks.sliding_window_view(small, (WINDOW_SIDE, WINDOW_SIDE))[::step, ::step]
    rows, columns = (grid.ravel() * step * scale for grid in np.indices(views.shape[:2]))
    windows = views.reshape(-1, WINDOW_SIDE, WINDOW_SIDE)
    kept = windows.std(axis=(1, 2)) > LEAST_CONTRAST
    return windows[kept], np.stack([rows, columns, np.full(len(rows), WINDOW_SIDE * scale)], axis=1)[kept]


def training_windows(rng, others=9000):
    """Faces and windows without a face to learn from, both float (n, 24, 24), standardized.

    The faces are the hundred of Labeled Faces in the Wild that ship inside scikit-image, and their mirror images; the
    others come from there and from its photographs of things.
    """
    from skimage import data
    from skimage.color import rgb2gray
    from skimage.transform import resize

    lfw = resize(data.lfw_subset(), (200, WINDOW_SIDE, WINDOW_SIDE), anti_aliasing=False)
    pool = [lfw[100:]]
    for name in PHOTOGRAPHS:
        picture = getattr(data, name)()
        picture = rgb2gray(picture) if picture.ndim == 3 else picture / 255
        for scale in (1, 2, 4, 8):
            windows = windows_of(picture, scale, step=3)[0]
            pool.append(windows[rng.permutation(len(windows))[:others // (4 * len(PHOTOGRAPHS))]])
    return standardized(np.concatenate([lfw[:100], lfw[:100, :, ::-1]])), standardized(np.concatenate(pool))


def boost(faces, others, rounds):
    """AdaBoost: `rounds` stumps, each the best one for the examples that those before it got wrong.

    `faces`, `others`: values of the features, float (n, features).
    """
    values = np.concatenate([faces, others])
    truth = np.repeat([1, -1], [len(faces), len(others)])
    order = np.argsort(values, axis=0)
    ordered = np.take_along_axis(values, order, axis=0)
    weight = np.where(truth > 0, 0.5 / len(faces), 0.5 / len(others))
    stumps = []
    for _ in range(rounds):
        weight = weight / weight.sum()
        below = np.cumsum((weight * truth)[order], axis=0)[:-1]  # weight of faces minus others up to each value
        below = np.where(ordered[1:] > ordered[:-1], below, 0)  # no threshold fits between equal values
        best, feature = np.unravel_index(np.abs(below).argmax(), below.shape)
        threshold = ordered[best:best + 2, feature].mean()
        sign = -1 if below[best, feature] > 0 else 1
        said = np.where(sign * (values[:, feature] - threshold) > 0, 1, -1)
        error = np.clip(weight[said != truth].sum(), 1e-6, 0.5)
        vote = np.log((1 - error) / error) / 2
        weight = weight * np.exp(-vote * truth * said)
        stumps.append(Stump(int(feature), int(sign), float(threshold), float(vote)))
    return stumps


def votes(stage, value_of):
    """The sum of votes of a stage; `value_of(number of a feature)` gives its values, float (n,)."""
    return sum(stump.vote * np.sign(stump.sign * (value_of(stump.feature) - stump.threshold)) for stump in stage.stumps)


def train_cascade(faces, others, features, rounds=(1, 4, 12, 30), let_pass=0.985):
    """A cascade, a list of `Stage`. Each learns from the windows that the stages before it let through, and lets pass
    nearly all training faces. `faces`, `others`: standardized windows. Stops early where no window is left."""
    face_values, other_values = (np.stack([haar_value(table, feature) for feature in features], axis=1)
                                 for table in (tables_of(faces), tables_of(others)))
    cascade = []
    for count in rounds:
        if len(other_values) < 20:
            break
        stumps = boost(face_values, other_values, count)
        stage = _lenient(stumps, face_values, let_pass)
        cascade.append(stage)
        other_values = other_values[votes(stage, other_values.T.__getitem__) >= stage.least]
    return cascade


def _lenient(stumps, face_values, let_pass):
    """A stage that a share `let_pass` of the training faces passes: of a lone stump the threshold is moved, since its
    votes have only two sums, of several the sum of votes that is asked for."""
    if len(stumps) > 1:
        least = np.quantile(votes(Stage(stumps, 0.0), face_values.T.__getitem__), 1 - let_pass)
        return Stage(stumps, float(least))
    stump = stumps[0]
    edge = np.quantile(stump.sign * face_values[:, stump.feature], 1 - let_pass)
    return Stage([stump._replace(threshold=float(stump.sign * edge))], 0.0)


def run_cascade(cascade, features, windows, rectangle_sum=sum_of_rectangle):
    """How many stages each window passes, and how many features were computed for it, both int (n,).

    A window that fails a stage is not looked at again; a face passes all `len(cascade)`.
    """
    table = tables_of(standardized(windows))
    alive, stages, work = np.arange(len(windows)), np.zeros(len(windows), int), np.zeros(len(windows), int)
    for stage in cascade:
        some = table[..., alive]
        values = {stump.feature: haar_value(some, features[stump.feature], rectangle_sum) for stump in stage.stumps}
        work[alive] += len(stage.stumps)
        alive = alive[votes(stage, values.get) >= stage.least]
        stages[alive] += 1
    return stages, work
