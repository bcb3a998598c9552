"""Where a network looks: maps of what each pixel of a face does for an answer, and the test whether a map is one.

All three maps explain one number, the network's score of a class before the softmax, and take a flat face of the
face's own mean gray for "nothing to see". Works on every Keras backend. Explained in chapter 13.
"""

import numpy as np

from fer_utils.data.preprocessing import check_faces
from fer_utils.evaluation.intervals import whole
from fer_utils.labels import EMOTIONS, SIZE

IN_ONE_CALL = 256  # that a network is asked about


def score_network(net):
    """A network without its softmax: raw faces in, seven scores out. It shares its weights with `net`.

    Raises ValueError where the network does not end with a softmax in a layer of its own, or is none of Keras.
    """
    import keras

    if not isinstance(net, keras.Model):
        raise ValueError(f"expected a Keras network, such as fer_utils.load_network gives, got {type(net).__name__}; "
                         "others give no slopes.")
    if not isinstance(net.layers[-1], keras.layers.Softmax):
        raise ValueError(f"{net.name} ends with {type(net.layers[-1]).__name__}; its scores can be had only where the "
                         "last layer is keras.layers.Softmax.")
    return keras.Model(net.input, net.layers[-1].input)


def class_scores(net, faces):
    """The scores of the seven classes before the softmax, float32 (n, 7), for raw faces, uint8 (n, 48, 48)."""
    return _scores(score_network(net), check_faces(faces).astype(np.float32)[..., 0])


def gradient(function, x):
    """How much each number of an array moves a function's result: float32, the shape of `x`.

    Arguments: function, of a tensor (n, ...) to a tensor (n,) of one number for each of its rows, made of
    `keras.ops`; x, float (n, ...). By TensorFlow's tape, JAX's `grad` or PyTorch's autograd, as Keras runs on them.
    """
    import keras

    x, backend = keras.ops.convert_to_tensor(np.asarray(x, np.float32)), keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        with tf.GradientTape() as tape:
            tape.watch(x)
            result = function(x)
        found = tape.gradient(result, x)  # of the sum: a row's result depends on that row alone
    elif backend == "jax":
        import jax

        found = jax.grad(lambda values: keras.ops.sum(function(values)))(x)
    else:
        import torch

        x = x.detach().requires_grad_(True)
        found, = torch.autograd.grad(function(x).sum(), x)
    return keras.ops.convert_to_numpy(found)


def occlusion(net, faces, classes, size=8, step=4):
    """How far the score of a class falls when a gray patch hides a part of the face: float32 (n, 48, 48).

    Arguments: net, a Keras network that takes raw faces; faces, uint8 (n, 48, 48); classes, int (n,), which score is
    explained; size, the side of the patch in pixels; step, how far it moves each time. A pixel's value is the mean fall
    over the patches that hid it. Zeiler and Fergus 2014 (arXiv:1311.2901); chapter 13.
    """
    faces, classes = _checked(faces, classes)
    if not whole(size, step) or not 0 < step <= size <= SIZE:
        raise ValueError(f"a patch of {size!r} pixels cannot move by {step!r}: take whole numbers, "
                         f"0 < step <= size <= {SIZE}.")
    size, step = int(size), int(step)
    places = sorted({*range(0, SIZE - size, step), SIZE - size})
    boxes = [(slice(row, row + size), slice(column, column + size)) for row in places for column in places]
    scores = score_network(net)
    rows = np.arange(len(faces))
    seen = _scores(scores, faces)[rows, classes]
    maps, counts = np.zeros(faces.shape, np.float32), np.zeros((SIZE, SIZE), np.float32)
    many = max(1, IN_ONE_CALL // max(len(faces), 1))
    for some in (boxes[first:first + many] for first in range(0, len(boxes), many)):
        hidden = np.repeat(faces[None], len(some), axis=0)
        for covered, box in zip(hidden, some):
            covered[(slice(None), *box)] = _mean_gray(faces)
        answered = _scores(scores, hidden.reshape(-1, SIZE, SIZE)).reshape(len(some), len(faces), -1)
        for answer, box in zip(answered, some):
            maps[(slice(None), *box)] += (seen - answer[rows, classes])[:, None, None]
            counts[box] += 1
    return maps / counts


def grad_cam(net, faces, classes, layer=None, enlarge=True):
    """Which places of a layer's maps speak for a class (Grad-CAM): float32 (n, 48, 48), never below 0.

    Each map counts as much as its mean slope says that it raises the score; what speaks against the class is left out.
    Arguments: as of `occlusion`; layer, the name of a layer with maps, None for the last one; enlarge, whether the map
    is drawn out to the size of the face, or stays as small as the layer's maps are: finer it never is. Raises
    ValueError for a layer without maps, or one that a bypass goes around. Selvaraju and others 2017
    (arXiv:1610.02391); chapter 13.
    """
    import keras
    from scipy.ndimage import zoom

    faces, classes, scores = *_checked(faces, classes), score_network(net)
    chosen = net.get_layer(layer) if layer else _last_maps(net)
    if len(chosen.output.shape) != 4:
        raise ValueError(f"{chosen.name} has no maps, its output is {tuple(chosen.output.shape)}. Name a layer before "
                         "the average.")
    below = keras.Model(net.input, chosen.output)
    try:
        above = keras.Model(chosen.output, scores.output)
    except ValueError as error:
        raise ValueError(f"the scores depend on more than {chosen.name}, since a bypass goes around it. Name the "
                         "last layer of a module.") from error
    found = []
    for some, one_hot in _batches(faces, classes):
        maps = keras.ops.convert_to_numpy(below(some, training=False))
        slopes = gradient(lambda values, wanted=one_hot: keras.ops.sum(above(values, training=False) * wanted, axis=-1),
                          maps)
        found.append(np.maximum((maps * slopes.mean(axis=(1, 2), keepdims=True)).sum(axis=-1), 0))
    found = np.concatenate(found)
    if not enlarge:
        return found
    factor = SIZE / found.shape[1]
    return zoom(found, (1, factor, factor), order=1, grid_mode=True, mode="nearest")


def integrated_gradients(net, faces, classes, steps=32, start=None):
    """What each pixel adds to the score of a class on the way from a flat face: float32 (n, 48, 48).

    The slopes are averaged over `steps` faces on the straight way from `start` to the face, and multiplied by the way.
    The map's sum is the score of the face less that of the start, up to the steps. Arguments: as of `occlusion`;
    start, faces float (n, 48, 48), None for the mean gray. Sundararajan and others 2017 (arXiv:1703.01365);
    chapter 13.
    """
    import keras

    faces, classes = _checked(faces, classes)
    if not whole(steps) or steps < 1:
        raise ValueError(f"the way has {steps!r} steps; take a whole number, at least 1.")
    scores, steps = score_network(net), int(steps)
    start = np.broadcast_to(_mean_gray(faces), faces.shape) if start is None else np.asarray(start, np.float32)
    if start.shape != faces.shape or not np.isfinite(start).all():
        raise ValueError(f"expected a start for each face, finite numbers of shape {faces.shape}, got "
                         f"{start.shape if start.shape != faces.shape else 'some that are not finite'}.")
    way = faces - start
    parts = ((np.arange(steps) + 0.5) / steps).astype(np.float32)[:, None, None, None]  # the middle of each step
    points = (start + parts * way).reshape(-1, SIZE, SIZE)
    slopes = [gradient(lambda values, wanted=one_hot: keras.ops.sum(scores(values, training=False) * wanted, axis=-1),
                       some) for some, one_hot in _batches(points, np.tile(classes, steps))]
    return way * np.concatenate(slopes).reshape(steps, *faces.shape).mean(axis=0)


def edges(net, faces, classes):
    """How steep the gray of the face is at each pixel: float32 (n, 48, 48). It asks no network, and explains none.

    The negative example of chapter 13: it has the arguments of a map, and looks like one.
    """
    from skimage.filters import sobel

    return np.array([sobel(face) for face in _checked(faces, classes)[0]], np.float32)


METHODS = {"occlusion": occlusion, "Grad-CAM": grad_cam, "integrated gradients": integrated_gradients}


def without_learning(net, seed=0, most=6):
    """The network with more and more of its weights drawn anew, from the top down: yields (block, network).

    A block is the layers whose names begin alike, such as those of "fire4"; it names the lowest that is drawn anew. The
    first is "nothing", the trained network. Of a network with many blocks, `most` stages are shown, the top block and
    all among them. The networks are one, which changes: use each before asking for the next. `net` stays as it is.
    """
    import keras

    keras.utils.set_random_seed(seed)
    fresh, changed = keras.models.clone_model(net), keras.models.clone_model(net)
    changed.set_weights(net.get_weights())
    yield "nothing", changed
    layers = [layer.name for layer in net.layers if layer.weights]
    blocks = list(reversed(dict.fromkeys(name.partition("_")[0] for name in layers)))
    shown = {blocks[round(place)] for place in np.linspace(0, len(blocks) - 1, min(most, len(blocks)))}
    for block in blocks:
        for name in layers:
            if name.partition("_")[0] == block:
                changed.get_layer(name).set_weights(fresh.get_layer(name).get_weights())
        if block in shown:
            yield block, changed


def rank_correlation(first, second):
    """How alike two maps of the same face order its pixels: Spearman's, float (n,), from -1 to 1.

    Arguments: maps (n, ...), one for each face. A map that is flat orders nothing and counts as 0. Raises ValueError
    for maps of different shapes, or that are not finite.
    """
    from scipy.stats import rankdata

    if np.shape(first) != np.shape(second) or not np.size(first) or not np.isfinite([first, second]).all():
        raise ValueError("expected finite maps of the same faces, one at least, got shapes "
                         f"{np.shape(first)} and {np.shape(second)}.")
    first, second = (rankdata(np.reshape(maps, (len(maps), -1)), axis=1) for maps in (first, second))
    first, second = (ranks - ranks.mean(axis=1, keepdims=True) for ranks in (first, second))
    lengths = np.sqrt((first ** 2).sum(axis=1) * (second ** 2).sum(axis=1))
    return (first * second).sum(axis=1) / np.where(lengths > 0, lengths, 1)


def sanity(explain, net, faces, classes, seed=0):
    """How much of its maps a method keeps while the network forgets, from the top down (Adebayo and others 2018,
    arXiv:1810.03292): a dict from block to (maps (n, 48, 48), their `rank_correlation` with the trained network's,
    float (n,)).

    `explain`: a function of (net, faces, classes) that gives maps, such as those of `METHODS`. A map that stays the
    same when nothing is left of what was learned does not show what was learned. Chapter 13.
    """
    found = {}
    for block, changed in without_learning(net, seed):
        maps = explain(changed, faces, classes)
        found[block] = maps, rank_correlation(found["nothing"][0] if found else maps, maps)
    return found


def _checked(faces, classes):
    faces, classes = check_faces(faces)[..., 0], np.asarray(classes)
    if classes.shape != (len(faces),) or classes.dtype.kind not in "iu" or not np.isin(classes,
                                                                                       range(len(EMOTIONS))).all():
        raise ValueError(f"expected a class from 0 to {len(EMOTIONS) - 1} for each of {len(faces)} faces, got "
                         f"{np.array2string(classes, threshold=8)}.")
    if not len(faces):
        raise ValueError("there is no face to explain; give one at least.")
    return faces.astype(np.float32), classes.astype(int)


def _mean_gray(faces):
    return faces.mean(axis=(1, 2), keepdims=True)


def _batches(faces, classes):
    """Faces (m, 48, 48, 1) with rows (m, 7) that hold a 1 at the class asked for, a few at a time."""
    rows = np.eye(len(EMOTIONS), dtype=np.float32)[classes]
    for start in range(0, len(faces), IN_ONE_CALL):
        yield faces[start:start + IN_ONE_CALL, ..., None], rows[start:start + IN_ONE_CALL]


def _scores(scores, faces):
    """What a score network answers for faces float (n, 48, 48): float32 (n, 7)."""
    import keras

    found = [keras.ops.convert_to_numpy(scores(faces[start:start + IN_ONE_CALL, ..., None], training=False))
             for start in range(0, len(faces), IN_ONE_CALL)]
    return np.concatenate(found) if found else np.empty((0, len(EMOTIONS)), np.float32)


def _last_maps(net):
    """The last layer whose output is maps of more than one place."""
    for layer in reversed(net.layers):
        if len(layer.output.shape) == 4 and layer.output.shape[1] > 1:
            return layer
    raise ValueError(f"{net.name} has no layer with maps.")
