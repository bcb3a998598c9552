"""Checks of the learner's answers in chapter 08."""

import numpy as np

from fer_utils.course.checks import NotYet, confirm, expect, greet, shortened, untouched


def check_new_head(function):
    """Exercise 1: a network on the features of another one, the body frozen, with a head of its own."""
    import keras

    hint = ('take net.get_layer("scores").input, put Dense(classes, activation="softmax") on it, set trainable = False '
            "on the layers of net, and return keras.Model(net.input, ...).")
    old = _toy()
    answer = function(old, 3)
    if untouched(answer):
        return greet(hint)
    for classes in (3, 5):
        old = _toy()
        before = [keras.ops.convert_to_numpy(v) for v in old.weights]
        net = function(old, classes)
        if not isinstance(net, keras.Model):
            raise NotYet(f"expected a Keras model, got {shortened(net)}. Hint: {hint}")
        expect([classes], list(net.output_shape[1:]), f"the output's shape for {classes} classes", hint)
        expect(5 * 4 + 4 + (4 + 1) * classes, net.count_params(), f"the number of parameters for {classes} classes",
               hint)
        expect(sorted([4 * classes, classes]), sorted(int(np.prod(v.shape)) for v in net.trainable_variables),
               "the sizes of the weights that training moves", "only the new head is trained: freeze the rest.")
        x = np.random.default_rng(0).normal(size=(6, 5)).astype("float32")
        kernel, biases = (keras.ops.convert_to_numpy(v)
                          for v in net.layers[-1].get_weights()) if net.layers[-1].weights else (
            keras.ops.convert_to_numpy(v) for v in net.trainable_variables)
        scores = np.maximum(x @ before[0] + before[1], 0) @ kernel + biases
        expected = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
        expect(expected, keras.ops.convert_to_numpy(net(x)), "the answers for six inputs",
               "the head is a dense layer with softmax on the old features.", tolerance=1e-4)
    confirm("An old body that stays, and a new head that learns.")


def _toy():
    """A network small enough to be checked by hand: 5 inputs, 4 features, 7 scores."""
    import keras

    inputs = keras.Input((5,))
    features = keras.layers.Dense(4, activation="relu", name="features", bias_initializer="ones")(inputs)
    scores = keras.layers.Dense(7, name="scores")(features)
    return keras.Model(inputs, keras.layers.Softmax()(scores))


def check_which_moved(function):
    """Exercise 2: the names of the arrays that differ between two dicts."""
    hint = "keep a name where np.array_equal(before[name], after[name]) is False; the smallest difference counts."
    before = {"conv1/kernel": np.ones((3, 3)), "conv1_norm/moving_mean": np.zeros(4), "scores/kernel": np.ones((4, 7)),
              "scores/bias": np.zeros(7)}
    after = {name: values.copy() for name, values in before.items()}
    answer = function(before, after)
    if untouched(answer):
        return greet(hint)
    _expect_names([], answer, "nothing moved", hint)
    after["scores/kernel"][0, 0] += 1e-9
    _expect_names(["scores/kernel"], function(before, after), "one entry moved by 1e-9", hint)
    after["conv1_norm/moving_mean"] += [1, -1, 0, 0]  # with the same sum
    after["scores/bias"] += 1
    expected = ["conv1_norm/moving_mean", "scores/kernel", "scores/bias"]
    _expect_names(expected, function(before, after), "three arrays moved", hint)
    confirm("Running averages are weights too, and equal means equal in every bit.")


def _expect_names(expected, got, what, hint):
    try:
        same = not isinstance(got, str) and sorted(got) == sorted(expected)
    except TypeError:
        same = False
    if not same:
        raise NotYet(f"{what}: expected {expected}, got {shortened(got)}. Hint: {hint}")


def check_map_side(function):
    """Exercise 3: the side of a map after several halvings that round up."""
    hint = "halve the side as many times as asked; an odd side gives the next larger whole number, (side + 1) // 2."
    answer = function(48, 5)
    if untouched(answer):
        return greet(hint)
    for side, halvings, expected in [(48, 5, 2), (96, 5, 3), (224, 5, 7), (224, 2, 56), (33, 1, 17), (50, 3, 7),
                                     (48, 0, 48)]:
        expect(expected, function(side, halvings), f"{side} pixels a side, halved {halvings} times", hint)
    confirm("ResNet50 halves five times, so it divides a side by 32.")
