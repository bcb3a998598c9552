"""One step of four optimizers, each written from the one before: the formulas of chapter 11 (thesis section 5.4.2).

A step gets the weights and the gradient, arrays of one shape; a memory (m, v) of that shape, zeros before the first
step; t, the number of the step, from 1; the learning rate; and beta, the share of the past that m keeps. It returns
the new weights and the new memory. Where the constant epsilon stands is Keras's convention.
"""

import numpy as np

EPSILON, BETA_V = 1e-7, 0.999  # Keras's epsilon; Adam's beta 2
RHO = 0.9  # RMSProp's name for the share of the past that v keeps


def gradient_descent(w, gradient, memory, t, rate, beta=0.9):
    """Against the gradient, as far as the learning rate says; it has no memory."""
    return w - rate * gradient, memory


def momentum(w, gradient, memory, t, rate, beta=0.9):
    """Gradient descent whose last step goes on, a little shorter."""
    m, v = memory
    m = beta * m - rate * gradient
    return w + m, (m, v)


def rmsprop(w, gradient, memory, t, rate, beta=0.9):
    """Gradient descent, each weight measured in units of its own recent gradients."""
    m, v = memory
    v = RHO * v + (1 - RHO) * gradient**2
    return w - rate * gradient / np.sqrt(v + EPSILON), (m, v)


def adam(w, gradient, memory, t, rate, beta=0.9):
    """Both averages, corrected for their start at zero."""
    m, v = memory
    m = beta * m + (1 - beta) * gradient
    v = BETA_V * v + (1 - BETA_V) * gradient**2
    rate = rate * np.sqrt(1 - BETA_V**t) / (1 - beta**t)
    return w - rate * m / (np.sqrt(v) + EPSILON), (m, v)


OPTIMIZERS = {"gradient descent": gradient_descent, "momentum": momentum, "RMSProp": rmsprop, "Adam": adam}


def descend(step, gradient, start, steps, rate, beta=0.9):
    """The weights at the start and after each step, an array (steps + 1, ...). `gradient`: a function of the
    weights."""
    w = np.asarray(start, dtype=float)
    memory, path = (np.zeros_like(w), np.zeros_like(w)), [w]
    for t in range(1, steps + 1):
        w, memory = step(w, gradient(w), memory, t, rate, beta)
        path.append(w)
    return np.array(path)


def keras_descend(optimizer, gradient, start, steps):
    """The same walk, made by a Keras optimizer."""
    import keras

    w = keras.Variable(np.asarray(start, dtype="float32"))
    optimizer.build([w])
    path = [keras.ops.convert_to_numpy(w).copy()]
    for _ in range(steps):
        optimizer.apply([keras.ops.convert_to_tensor(gradient(path[-1]).astype("float32"))])
        path.append(keras.ops.convert_to_numpy(w).copy())
    return np.array(path)
