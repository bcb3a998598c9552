"""Checks of the learner's answers in chapter 03."""

import numpy as np

from fer_utils.course.checks import NotYet, exercise, expect, expect_unchanged


@exercise("What do the seven numbers add up to, and what stands where a class has no faces?",
          "`np.bincount` counts how often each whole number occurs; its `minlength` makes room for the rare ones.",
          "`counts = np.bincount(labels, minlength=7)` has seven counts, also where the last classes are missing. Of "
          "how many faces is each a share?")
def check_class_shares(function):
    """Exercise 1: the share of each of the seven classes among labels."""
    for labels in (np.array([3, 3, 0, 6, 3, 2], np.uint8), np.full(5, 3), np.arange(28) % 4, np.array([6, 1])):
        counts = np.bincount(labels, minlength=7)
        shown = labels.tolist() if len(labels) < 9 else "28 labels from 0 to 3"
        expect(counts / len(labels), _as_floats(function(labels.copy())), f"the shares among {shown}", tolerance=1e-3,
               mistakes={"these are counts": counts, "these are percent": 100 * counts / len(labels)})
    return "Seven shares that add up to one."


def _as_floats(got):
    """Fractions and other exact numbers as floats; whatever else as it is."""
    try:
        return np.asarray(got, float) if np.asarray(got).dtype == object and np.ndim(got) else got
    except (TypeError, ValueError):
        return got


@exercise("What makes one network better than another here, and which of its numbers do you need to know?",
          "`answers == labels` compares every network with all labels at once; a mean along the right axis counts.",
          "`right = (answers == labels).mean(axis=1)` has one number for each network. Where is its largest?")
def check_best_of(function):
    """Exercise 2: the row of the network with the most right answers."""
    rng = np.random.default_rng(1)
    for networks, faces, best, rival in ((5, 40, 3, 1), (40, 12, 0, 7), (12, 12, 11, 2), (7, 31, 2, 6)):
        labels = rng.integers(0, 7, faces)
        answers = (labels + rng.integers(1, 7, (networks, faces))) % 7
        hit = rng.random((networks, faces)) < 0.2
        # The rival has one right answer less, mostly on other faces, and its wrong ones are the next label: whoever
        # leaves faces out or measures how far off the numbers are takes it for the best.
        order = np.array([faces - 1, 0, *(1 + rng.permutation(faces - 2))])
        hit[best] = hit[rival] = False
        hit[best, order[:2 * faces // 3]] = hit[rival, order[1 - 2 * faces // 3:]] = True
        answers[best], answers[rival] = np.where(labels < 3, 6, 0), np.where(labels < 6, labels + 1, 5)
        answers = np.where(hit, labels, answers)
        right = (answers == labels).sum(axis=1)
        given = answers.copy(), labels.copy()
        expect(best, function(*given), f"the best of {networks} networks on {faces} faces",
               mistakes={"this is its accuracy": right.max() / faces, "this is its right answers": right.max(),
                         "this is the worst": right.argmin(), "networks are counted from 0": best + 1,
                         "this is a face, not a network": (answers == labels).sum(axis=0).argmax()})
        expect_unchanged(answers, given[0], "answers")
    return "The place of the best, not its score: you need it to ask the same network again."


@exercise("When are two pictures the same, and does it matter where in Training the other one stands?",
          "`image.tobytes()` turns a picture into something that a Python `set` can hold and find again.",
          "`known = {image.tobytes() for image in train_images}` holds all of Training. Then ask for each test image.")
def check_has_duplicate(function):
    """Exercise 3: which test images are identical to a training image."""
    rng = np.random.default_rng(0)
    for count, side in ((20, 48), (9, 6)):
        train = rng.integers(0, 256, (count, side, side)).astype(np.uint8)
        other = rng.integers(0, 256, (6, side, side)).astype(np.uint8)
        half = side // 2
        other[0, :half], other[1, half:] = train[0, :half], train[1, half:]  # equal above, equal below
        other[2, :, :half], other[3, :, half:] = train[2, :, :half], train[3, :, half:]
        other[4, :, ::2], other[5, ::2] = train[4, :, ::2], train[5, ::2]  # equal in every other column, row
        end = side - 1
        places = [(1, 1), (1, 2), (0, 0), (0, end), (end, 0), (end, end), *rng.integers(0, side, (3, 2)).tolist()]
        almost = train[[4] * len(places)]
        for image, place in zip(almost, places):
            image[tuple(place)] ^= 1  # one pixel off by one
        others = np.concatenate([other, almost, train[[5]][:, :, ::-1]])
        test = np.concatenate([train[[4, count - 1]], others, train[[4, 0]]])
        expected = np.array([1, 1, *[0] * len(others), 1, 1], bool)
        for images, wanted in ((test, expected), (test[::-1], expected[::-1]), (train[:3], np.ones(3, bool))):
            given = images.copy(), train.copy()
            expect(wanted, function(*given),
                   f"{len(images)} test images, {wanted.sum()} of them copies, and among the others some that share a "
                   "half or all but a pixel with a training image")
            expect_unchanged(images, given[0], "the test images")
            expect_unchanged(train, given[1], "the training images")
    return "Every pixel equal, wherever the copy stands."


@exercise("What does brightening do to every pixel, and what does more contrast do? Which number stays?",
          "Take the mean off each picture; then the product of what is left, in relation to the sizes of the two.",
          "`np.corrcoef(a.ravel(), b.ravel())` is a table of two by two: each with itself is 1, and one with the other "
          "stands beside it.")
def check_alike(function):
    """Exercise 4: the correlation of the pixels of two pictures."""
    rng = np.random.default_rng(0)
    for side in (48, 6):
        a, b = rng.integers(20, 120, (2, side, side)).astype(np.uint8)
        cases = {"a picture and itself": (a, a), "a picture and a brighter one": (a, a + 60),
                 "a picture and one of twice the contrast": (a, 2 * a), "a picture and its negative": (a, 255 - a),
                 "two different pictures": (a, b), "a picture and its mirror image": (b, b[:, ::-1])}
        for what, (first, second) in cases.items():
            given = first.copy(), second.copy()
            got = function(*given)
            table = np.corrcoef(first.ravel(), second.ravel())
            if np.shape(got) == (2, 2):
                raise NotYet(f"{what}: expected one number, {table[0, 1]:.4g}, got a table of two by two")
            whole = np.mean((first - first.mean()) * (second - second.mean()))
            flat = first.ravel().astype(float), second.ravel().astype(float)
            cosine = flat[0] @ flat[1] / (np.linalg.norm(flat[0]) * np.linalg.norm(flat[1]))
            expect(round(float(table[0, 1]), 4), got, what, tolerance=1e-3,
                   mistakes={"the means are still in it": cosine, "not yet divided by the two sizes": whole})
            expect_unchanged(first, given[0], "the first picture")
            expect_unchanged(second, given[1], "the second picture")
    return "1 for a copy, however bright; near 0 for pictures that have nothing to do with each other."
