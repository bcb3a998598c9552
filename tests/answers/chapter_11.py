"""Chapter 11: right and wrong answers to its checks, and its explorer."""

import numpy as np
from mistakes import usual

from fer_utils.course.chapter_11 import figures as training_figures

# Exercise 1 of chapter 11

def cross_entropy(targets, probabilities):
    return -(targets * np.log(np.clip(probabilities, 1e-7, 1))).sum(axis=1).mean()


def clipped_in_place(targets, probabilities):
    np.clip(probabilities, 1e-7, 1, out=probabilities)
    return -(targets * np.log(probabilities)).sum(axis=1).mean()


# Exercise 2 of chapter 11

def adam_step(w, m, v, g, t, rate, square=True, correct=True, early=False, epsilon=1e-7):
    m = 0.9 * m + 0.1 * g
    v = 0.999 * v + 0.001 * (g**2 if square else g)
    m_hat, v_hat = (m / (1 - 0.9**t), v / (1 - 0.999**t)) if correct else (m, v)
    w = w - rate * m_hat / (np.sqrt(v_hat) + epsilon)
    return (w, m_hat, v_hat) if early else (w, m, v)


def epsilon_under_the_root(w, m, v, g, t, rate):
    m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
    return w - rate * m / (1 - 0.9**t) / np.sqrt(v / (1 - 0.999**t) + 1e-7), m, v


def changes_w(w, m, v, g, t, rate):
    w -= w - adam_step(w, m, v, g, t, rate)[0]
    return w, *adam_step(w, m, v, g, t, rate)[1:]


# Exercise 3 of chapter 11

def stopping(losses, patience):
    best = 0
    for epoch, loss in enumerate(losses):
        if loss < losses[best]:
            best = epoch
        if epoch - best >= patience:
            break
    return best + 1, epoch + 1


def since_the_last_fall(losses, patience):
    best = waited = epoch = 0
    for epoch in range(1, len(losses)):
        if losses[epoch] < losses[best]:
            best = epoch
        waited = 0 if losses[epoch] < losses[epoch - 1] else waited + 1
        if waited == patience:
            break
    return best + 1, epoch + 1


def ties_are_better(losses, patience):
    best = 0
    for epoch, loss in enumerate(losses):
        if loss <= losses[best]:
            best = epoch
        if epoch - best >= patience:
            break
    return best + 1, epoch + 1


def never_set_back(losses, patience):
    best = waited = epoch = 0
    for epoch in range(1, len(losses)):
        if losses[epoch] < losses[best]:
            best = epoch
        else:
            waited += 1
        if waited == patience:
            break
    return best + 1, epoch + 1


SOLUTIONS = {"check_cross_entropy": cross_entropy, "check_adam_step": adam_step, "check_stopping": stopping}
RIGHT = [
    ("check_cross_entropy", "face by face, with Python's own numbers",
     lambda y, p: float(np.mean([sum(-a * np.log(max(b, 1e-7)) for a, b in zip(*row)) for row in zip(y, p)]))),
    ("check_cross_entropy", "the small number is added",
     lambda y, p: np.mean(np.sum(y * -np.log(p + 1e-7), axis=-1))),
    ("check_adam_step", "a list", lambda *given: list(adam_step(*given))),
    ("check_adam_step", "one array", lambda *given: np.array(adam_step(*given))),
    ("check_stopping", "a list", lambda losses, patience: list(stopping(losses, patience))),
    ("check_stopping", "an array of floats", lambda losses, patience: np.array(stopping(losses, patience), float)),
]
WRONG = [
    *usual("check_cross_entropy", cross_entropy),
    ("check_cross_entropy", "a constant", lambda y, p: 1.0),
    ("check_cross_entropy", "the first result typed in", lambda y, p: 1.2363),
    ("check_cross_entropy", "no clipping", lambda y, p: -(y * np.log(p)).sum(axis=1).mean()),
    ("check_cross_entropy", "no minus", lambda y, p: -cross_entropy(y, p)),
    ("check_cross_entropy", "the sum over faces", lambda y, p: len(y) * cross_entropy(y, p)),
    ("check_cross_entropy", "no mean", lambda y, p: -(y * np.log(np.clip(p, 1e-7, 1))).sum(axis=1)),
    ("check_cross_entropy", "mean over classes too", lambda y, p: cross_entropy(y, p) / y.shape[1]),
    ("check_cross_entropy", "seven classes typed in",
     lambda y, p: -7 * (y * np.log(np.clip(p, 1e-7, 1))).mean()),
    ("check_cross_entropy", "the other way round", lambda y, p: cross_entropy(p, y)),
    ("check_cross_entropy", "logarithm to base 2", lambda y, p: cross_entropy(y, p) / np.log(2)),
    ("check_cross_entropy", "only the largest target",
     lambda y, p: -np.log(np.clip(p, 1e-7, 1)[np.arange(len(y)), y.argmax(axis=1)]).mean()),
    ("check_cross_entropy", "in place", clipped_in_place),
    *usual("check_adam_step", adam_step),
    ("check_adam_step", "a constant", lambda w, m, v, g, t, rate: (w, m, v)),
    ("check_adam_step", "as the thesis prints it, no square", lambda *given: adam_step(*given, square=False)),
    ("check_adam_step", "no bias correction", lambda *given: adam_step(*given, correct=False)),
    ("check_adam_step", "the corrected averages kept", lambda *given: adam_step(*given, early=True)),
    ("check_adam_step", "t from 0", lambda w, m, v, g, t, rate: adam_step(w, m, v, g, t + 1, rate)),
    ("check_adam_step", "along the gradient", lambda w, *given: (2 * w - adam_step(w, *given)[0],
                                                                 *adam_step(w, *given)[1:])),
    ("check_adam_step", "no epsilon", lambda *given: adam_step(*given, epsilon=0)),
    ("check_adam_step", "epsilon under the root", epsilon_under_the_root),
    ("check_adam_step", "the rate typed in", lambda w, m, v, g, t, rate: adam_step(w, m, v, g, t, 0.1)),
    ("check_adam_step", "in place", changes_w),
    ("check_adam_step", "only the weights", lambda *given: adam_step(*given)[0]),
    *usual("check_stopping", stopping),
    ("check_stopping", "a constant", lambda losses, patience: (2, 5)),
    ("check_stopping", "never stops", lambda losses, patience: (int(np.argmin(losses)) + 1, len(losses))),
    ("check_stopping", "keeps the last epoch", lambda losses, patience: (stopping(losses, patience)[1],) * 2),
    ("check_stopping", "the other way round", lambda losses, patience: stopping(losses, patience)[::-1]),
    ("check_stopping", "only the best", lambda losses, patience: stopping(losses, patience)[0]),
    ("check_stopping", "epochs from 0", lambda losses, patience: tuple(n - 1 for n in stopping(losses, patience))),
    ("check_stopping", "waits since the last fall", since_the_last_fall),
    ("check_stopping", "the counter never set back", never_set_back),
    ("check_stopping", "ties count as better", ties_are_better),
    ("check_stopping", "one epoch too patient", lambda losses, patience: stopping(losses, patience + 1)),
]
EXPLORERS = {"descent": training_figures.explore_descent}
