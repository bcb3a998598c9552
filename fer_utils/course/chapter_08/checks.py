"""Checks of the learner's answers in chapter 08."""

import numpy as np

from fer_utils.course.checks import NotYet, exercise, expect, shortened


@exercise("Which tensor of the old network holds the features, and which layers must training leave alone?",
          '`net.get_layer("scores").input` is the tensor of the features. A layer with `trainable = False` is left '
          "alone by `fit`. `keras.Model(start, end)` is the network between two tensors.",
          'The new end is `keras.layers.Dense(classes, activation="softmax")(features)`; the start is `net.input`. '
          "Freeze the layers of `net` in a loop before.")
def check_new_head(function):
    """Exercise 1: a network on the features of another one, the body frozen, with a head of its own."""
    import keras

    for inputs, features, classes in ((5, 4, 3), (6, 3, 5), (5, 4, 8)):
        old = _toy(inputs, features)
        kernel, bias = (keras.ops.convert_to_numpy(v) for v in old.weights[:2])
        net = function(old, classes)
        if not isinstance(net, keras.Model):
            raise NotYet(f"expected a Keras model, got {shortened(net)}")
        expect([classes], list(net.output_shape[1:]), f"the output's shape for {classes} classes", mistakes={
            "that is what the old network gives": [7]})
        expect((inputs + 1) * features + (features + 1) * classes, net.count_params(),
               f"the number of parameters, for {inputs} inputs, {features} features and {classes} classes",
               mistakes={"the new head stands on the old answers, not on the features":
                         (inputs + 1) * features + (features + 1) * 7 + 8 * classes})
        expect(sorted([features * classes, classes]), sorted(int(np.prod(v.shape)) for v in net.trainable_variables),
               "the sizes of the weights that training moves, those of the new head alone",
               mistakes={"everything is frozen, the new head too": []})
        head = {len(v.shape): keras.ops.convert_to_numpy(v) for v in net.trainable_variables}
        x = np.random.default_rng(0).normal(size=(6, inputs)).astype("float32")
        scores = np.maximum(x @ kernel + bias, 0) @ head[2] + head[1]
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        expect(powers / powers.sum(axis=1, keepdims=True), keras.ops.convert_to_numpy(net(x, training=False)),
               "the answers for six inputs, from a softmax on the old features", tolerance=1e-4,
               mistakes={"the softmax is missing": scores})
    return "An old body that stays, and a new head that learns."


def _toy(inputs, features):
    """A network small enough to be checked by hand: inputs, features after a ReLU, 7 scores."""
    import keras

    start = keras.Input((inputs,))
    middle = keras.layers.Dense(features, activation="relu", name="features", bias_initializer="ones")(start)
    return keras.Model(start, keras.layers.Softmax()(keras.layers.Dense(7, name="scores")(middle)))


@exercise("A frozen weight keeps every bit. Is an array whose sum, or whose mean, is the same one that did not move?",
          "`np.array_equal` compares two arrays entry by entry, and exactly. The names are the keys of `before`.",
          "Keep a name where `not np.array_equal(before[name], after[name])`.")
def check_which_moved(function):
    """Exercise 2: the names of the arrays that differ between two dicts."""
    large = {"conv1/kernel": np.ones((3, 3)), "conv1_norm/moving_mean": np.zeros(4), "scores/kernel": np.ones((4, 7)),
             "scores/bias": np.zeros(7)}
    small = {"a/kernel": np.full((2, 2), 0.5, "float32"), "a/bias": np.zeros(2, "float32")}
    one = np.zeros((4, 7))
    one[0, 0] = 1e-9
    for what, before, changes in (
            ("nothing moved", large, {}),
            ("one entry moved by 1e-9", large, {"scores/kernel": one}),
            ("two arrays moved, one of them with the same sum", large,
             {"conv1_norm/moving_mean": np.array([1, -1, 0, 0]), "scores/bias": np.ones(7)}),
            ("another network, one array moved", small, {"a/kernel": np.float32(-1)})):
        after = {name: values + changes.get(name, 0) for name, values in before.items()}
        got, moved = function(dict(before), after), list(changes)
        try:
            same = not isinstance(got, (str, dict)) and sorted(got) == sorted(moved)
        except TypeError:
            same = False
        if not same:
            raise NotYet(f"{what}: expected {moved}, got {shortened(got)}")
    return "Running averages are weights too, and equal means equal in every bit."


@exercise("A map of 3 is halved with the odd row kept. How many rows are left, and how many after the next halving?",
          "A loop over the halvings. `//` rounds down; add 1 first, and it rounds up.",
          "In the loop, `side = (side + 1) // 2`; after it, the side is the answer.")
def check_map_side(function):
    """Exercise 3: the side of a map after several halvings that round up."""
    for side, halvings, expected in [(48, 5, 2), (96, 5, 3), (224, 5, 7), (224, 2, 56), (33, 1, 17), (50, 3, 7),
                                     (48, 0, 48)]:
        expect(expected, function(side, halvings), f"{side} pixels a side, halved {halvings} times", mistakes={
            "an odd side is rounded up": side // 2**halvings, "a map has a whole number of rows": side / 2**halvings})
    return "ResNet50 halves five times, so it divides a side by 32."


def map_side(side, halvings):
    """The side of a map, int, after so many halvings that round up."""
    return -(-side // 2**halvings)
