"""Checks of the learner's answers in chapter 06."""

import numpy as np

from fer_utils.course.checks import NotYet, exercise, expect, shortened


@exercise("Which faces shall be mirrored, and who decides that for each of them?",
          "Let `rng` throw a coin for each face by itself; a slice with step -1 turns an axis round, np.where chooses.",
          "rng.random(len(images)) < 0.5 is a coin for each face; images[:, :, ::-1] is every face mirrored.")
def check_random_flip(function):
    """Exercise 1: each face mirrored with probability one half, by itself, by the generator given."""
    def mirrored(images, seed):
        given = images.copy()
        answer = function(given, np.random.default_rng(seed))
        if not np.array_equal(given, images):
            raise NotYet("expected the faces given to stay as they are, got them changed")
        return mirrored_faces(images, answer)

    for shape in ((400, 8, 8), (300, 6, 10)):
        images = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
        coins = [mirrored(images, seed) for seed in range(12)]
        fair_coins(coins)
        if (mirrored(images, 0) != coins[0]).any():
            raise NotYet("expected the same faces again from a generator with the same seed, got others: do all draws "
                         "come from `rng`?")
    return f"{coins[0].sum()} of {len(coins[0])} faces are mirrored, other ones with every draw."


@exercise("What should happen to a face outside of training, and what may be the same in two calls?",
          "Give the images back unless `training`; keras.random.uniform with seed=self.draws throws coins, "
          "keras.ops.where chooses.",
          "keras.random.uniform((keras.ops.shape(images)[0], 1, 1, 1), seed=self.draws) < 0.5 is a coin for each face; "
          "images[:, :, ::-1] is every face mirrored.")
def check_random_mirror(layer):
    """Exercise 2: a Keras layer that mirrors at random in training, and does nothing else."""
    import keras

    for count, dtype in ((300, "float32"), (200, "uint8")):
        images = np.random.default_rng(1).integers(0, 256, (count, 6, 8, 1)).astype(dtype)
        for answer in (layer(seed=1)(images), layer(seed=1)(images, training=False)):
            if mirrored_faces(images, _array(answer)).any():
                raise NotYet("expected the faces as they are outside of training, got some of them mirrored")
        one, other, same = layer(seed=1), layer(seed=2), layer(seed=1)
        calls = [one(images, training=True) for _ in range(8)]
        if _array(calls[0]).dtype != dtype:
            raise NotYet(f"faces of dtype {dtype}: expected the same dtype in training, got {_array(calls[0]).dtype}")
        coins = [mirrored_faces(images, _array(call)) for call in calls]
        fair_coins(coins)
        if (mirrored_faces(images, _array(same(images, training=True))) != coins[0]).any():
            raise NotYet("two layers with the same seed: expected the same faces mirrored, got others")
        if (mirrored_faces(images, _array(other(images, training=True))) == coins[0]).all():
            raise NotYet("two layers with different seeds: expected different faces mirrored, got the same ones")
    try:  # as `fit` calls it: the number of faces in a batch is not known yet
        layer(seed=1)(keras.Input((6, 8, 1)), training=True)
    except Exception:
        raise NotYet("expected a layer that can be built before the number of faces is known, got one that cannot: "
                     "take keras.ops.shape(images)[0] for it, and functions of keras.ops for NumPy's") from None
    return f"{coins[0].sum()} of {count} faces are mirrored in training, none outside of it."


@exercise("Which faces are counted by n, which by n_j, and how many classes are there among the labels?",
          "np.unique with return_counts=True gives the classes that occur and how often; k is how many these are.",
          "classes, counts = np.unique(labels, return_counts=True); the weight of one is "
          "len(labels) / (len(classes) * count).")
def check_weigh(function):
    """Exercise 3: class weights n / (k n_j), a dict; classes that do not occur are left out and not counted."""
    for counts in ({0: 6, 1: 3, 2: 1}, {0: 4, 1: 4}, {0: 1, 1: 9, 2: 5, 3: 30}, {0: 2, 2: 6}):
        labels = np.repeat(list(counts), list(counts.values()))[::-1].astype(np.uint8)
        answer = function(labels.copy())
        said = " and ".join(f"{count} of class {j}" for j, count in counts.items())
        if answer is None:
            raise NotYet(f"the weights of {said}: expected a dictionary, got {shortened(answer)}")
        if not hasattr(answer, "keys") or sorted(answer) != sorted(counts):
            raise NotYet(f"the weights of {said}: expected a dictionary with the keys {sorted(counts)}, got "
                         f"{shortened(answer)}")
        expect([len(labels) / (len(counts) * count) for count in counts.values()], [answer[j] for j in counts],
               f"the weights of {said}", tolerance=1e-6)
    return "Weighted, the classes have equal sums."


def mirrored_faces(images, answer):
    """Which faces of an answer are mirrored, bool (n,). Raises NotYet where one is neither mirrored nor as it was."""
    if answer is None:
        raise NotYet(f"expected the faces, got {shortened(answer)}")
    answer = np.asarray(answer)
    expect(images.shape, answer.shape, "the shape of the faces")
    axes = tuple(range(1, images.ndim))
    kept, mirrored = (answer == images).all(axis=axes), (answer == images[:, :, ::-1]).all(axis=axes)
    if not (kept | mirrored).all():
        raise NotYet(f"expected every face as it was or mirrored left to right, got {(~(kept | mirrored)).sum()} of "
                     f"{len(images)} that are neither")
    return mirrored


def fair_coins(draws):
    """Raise NotYet unless each face was decided on by itself, anew in each draw. `draws`: a list of bool (n,)."""
    count = len(draws[0])
    for draw in draws:
        if not 0.35 < draw.mean() < 0.65:
            raise NotYet(f"expected about half of {count} faces mirrored, got {draw.sum()}")
    if not 0.45 < np.mean(draws) < 0.55:
        raise NotYet(f"expected half of the faces mirrored, got {100 * np.mean(draws):.0f} % in {len(draws)} draws")
    if any((draw == draws[0]).all() for draw in draws[1:]):
        raise NotYet("expected other faces mirrored in another draw, got the same ones")
    for draw in draws:
        if not 0.3 < (draw[1:] == draw[:-1]).mean() < 0.7:
            raise NotYet("expected each face decided on by itself, got neighbours that go together")
    if len({int(draw.sum()) for draw in draws}) == 1:
        raise NotYet(f"expected a number of mirrored faces that chance moves, got {draws[0].sum()} of {count} in "
                     f"each of {len(draws)} draws")


def _array(tensor):
    """What a layer gave, as NumPy; None stays None."""
    import keras

    return tensor if tensor is None or tensor is Ellipsis else keras.ops.convert_to_numpy(tensor)
