"""What the exercises of chapter 13 ask for, for the cells that go on with it, and steps that its cells share."""

import numpy as np

from fer_utils.attribution import gradient, score_network
from fer_utils.evaluation.intervals import LEVEL, mean_difference, score_interval, share_interval
from fer_utils.labels import EMOTIONS


def occlusion_grid(answer, face, size, gray):
    """How far an answer falls when one square of a face is hidden: float (side, side), a square for each entry.

    Arguments: answer, a function of faces (n, 48, 48) that gives n numbers; face, uint8 (48, 48); size, of the squares,
    which do not overlap; gray, what they are filled with.
    """
    hidden = []
    for row in range(0, len(face), size):
        for column in range(0, len(face), size):
            covered = face.copy()
            covered[row:row + size, column:column + size] = gray
            hidden.append(covered)
    falls = answer(face[None])[0] - answer(np.array(hidden))
    return falls.reshape(len(face) // size, len(face) // size)


def integrate(slope, face, start, steps):
    """Integrated gradients: the mean of the slopes at the middles of so many steps from `start` to `face`, times the
    way. `slope`: a function that gives for an array another one of its shape."""
    way = face - start
    return way * sum(slope(start + (number + 0.5) / steps * way) for number in range(steps)) / steps


def muscle_effects(score, draw, units):
    """What each unit of a mixture adds to a score, given the others: a list. `score` is a function of a face, `draw`
    of a mixture."""
    return [score(draw(units)) - score(draw(units | {code: 0})) for code in units]


def slope_of(net, emotion):
    """A function that gives the slope of one emotion's score at a face: float (48, 48) to float32 (48, 48)."""
    scores, number = score_network(net), EMOTIONS.index(emotion)

    def slope(face):
        return gradient(lambda values: scores(values, training=False)[:, number], face[None, ..., None])[0, ..., 0]

    return slope


def slopes_of_answers(net, faces, answers):
    """The slope of the log probability of each face's answer: float32 (n, 48, 48)."""
    import keras

    scores, rows = score_network(net), np.eye(len(EMOTIONS), dtype=np.float32)[answers]
    return gradient(lambda values: keras.ops.sum(keras.ops.log_softmax(scores(values, training=False)) * rows, axis=-1),
                    faces[..., None])[..., 0]


def share_turned(net, answers, changed):
    """Which answers are others after a change of the faces: the share, and its 95 % interval."""
    from fer_utils.evaluation import predict_probabilities

    turned = predict_probabilities(net, changed).argmax(axis=1) != answers
    return float(turned.mean()), *share_interval(turned.sum(), len(turned))


def mean_interval(values, level=LEVEL):
    """The mean of some values, one a face, and its interval: the faces are drawn anew (bootstrap)."""
    return float(np.mean(values)), *score_interval(lambda _, some: some.mean(), values, values, level, draws=4000)


def paired_difference(before, after):
    """The difference of two accuracies on the same faces, and its 95 % interval: (difference, low, high).

    before, after: bool (n,), whether each face is read right. The interval is the difference with 1.96 standard errors
    to each side.
    """
    gap, error = mean_difference(after, before)
    return gap, gap - 1.96 * error, gap + 1.96 * error
