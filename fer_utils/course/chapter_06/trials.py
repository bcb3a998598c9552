"""The trials of chapter 06: what the customary steps do to faces, and what networks make of them.

`tools/record_experiments.py` runs them on FER-2013 and records what they find.
"""

import numpy as np

from fer_utils.data.fer2013 import FER2013_COUNTS
from fer_utils.evaluation.comparison import compare_accuracies, compare_family

# What `misplaced` does to the faces that a trained network is tried on.
MISPLACED = {"rotation": (20, 40), "shift": (4, 8), "scale": (0.7, 1.4)}


def misplaced(images, rotation=0.0, shift=0, scale=1.0):
    """Faces as a careless detector would cut them out: turned, off centre, too small or too large. uint8, same shape.

    Arguments: images, uint8 (n, 48, 48); rotation in degrees and shift in pixels, to the right for every second face
    and to the left for the others; scale, above 1 for a face that is larger and therefore cut off. What comes in from
    outside repeats the edge.
    """
    from scipy.ndimage import affine_transform

    middle, out = (images.shape[1] - 1) / 2, np.empty_like(images)
    for number, image in enumerate(images):
        side = 1 if number % 2 else -1
        angle = np.radians(side * rotation)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) / scale
        offset = middle - turn @ np.array([middle, middle + side * shift])
        changed = affine_transform(image.astype(np.float32), turn, offset, order=1, mode="nearest")
        out[number] = np.clip(np.round(changed), 0, 255)
    return out


def accuracy_where_misplaced(net, images, labels):
    """By kind of misplacement (`MISPLACED`), a list with the accuracy of a network at each size."""
    from fer_utils.course.laboratory import accuracy

    return {kind: [accuracy(net, misplaced(images, **{kind: size}), labels) for size in sizes]
            for kind, sizes in MISPLACED.items()}


def mirrored(images, rng):
    """Each face mirrored with probability one half: what exercise 1 asks for. (n, height, width), same dtype."""
    return np.where((rng.random(len(images)) < 0.5)[:, None, None], images[:, :, ::-1], images)


def random_mirror(seed=None):
    """A Keras layer that mirrors each face with probability one half in training: what exercise 2 asks for."""
    from fer_utils.data.augmentation import RandomAffine

    return RandomAffine(flip=True, seed=seed)


def divided(images):
    """Pixels divided by 255, between 0 and 1: float32."""
    return np.asarray(images, np.float32) / 255


def standardized(images):
    """Each face by itself with mean 0 and standard deviation 1: float32. A blank face becomes zeros."""
    x = np.asarray(images, np.float32)
    x = x - x.mean(axis=(1, 2), keepdims=True)
    return x / np.maximum(x.std(axis=(1, 2), keepdims=True), 1)


def standardizer(training):
    """A function that standardizes each pixel's place by its mean and standard deviation over `training` alone."""
    x = np.asarray(training, np.float32)
    mean, deviation = x.mean(axis=0), np.maximum(x.std(axis=0), 1)
    return lambda images: (np.asarray(images, np.float32) - mean) / deviation


def equalized(images):
    """Each face with its gray levels spread evenly (histogram equalization, by scikit-image): float32, 0 to 1."""
    from skimage.exposure import equalize_hist

    return np.array([equalize_hist(image) for image in images], np.float32)


def cropped(images, side):
    """The middle `side` x `side` pixels of each face, enlarged to the size of the whole: uint8."""
    return misplaced(images, scale=images.shape[1] / side)


def preparations(training):
    """What chapter 06 compares: a dict from a name to a function of uint8 faces (n, 48, 48) that gives float32 faces.

    Where a step has numbers of its own, they come from `training`, uint8 (n, 48, 48).
    """
    return {
        "divided by 255": divided,
        "not divided": lambda images: np.asarray(images, np.float32),
        "each pixel standardized": standardizer(training),
        "each face standardized": standardized,
        "histogram equalized": equalized,
        "middle 36 pixels": lambda images: divided(cropped(images, 36)),
    }


def networks_after(ways, faces, *, limit, epochs, seeds, batch_size=32):
    """A `squeezenet-mini` trained from random parameters on faces prepared in each way, Training and PublicTest alike.

    Arguments: ways, as `preparations` gives them; faces, `Faces` with train and public; limit, how many training faces.
    Yields (way, seed, {"training_accuracy", "public_accuracy"}). The learning rate falls to 0 along a cosine.
    """
    import keras

    from fer_utils.data.preprocessing import one_hot
    from fer_utils.networks import build_network

    y, net = faces.train.labels[:limit], build_network("squeezenet-mini")
    rate = keras.optimizers.schedules.CosineDecay(3e-3, epochs * -(-len(y) // batch_size))
    net.compile(keras.optimizers.AdamW(rate), "categorical_crossentropy", jit_compile=False)
    net.optimizer.build(net.trainable_variables)
    start = [np.array(value) for value in net.optimizer.variables]
    for seed in seeds:
        for way, prepare in ways.items():
            # one network that begins anew each time is compiled once
            keras.utils.set_random_seed(seed)
            for old, new in zip([*net.variables, *net.optimizer.variables],
                                [*build_network("squeezenet-mini").variables, *start]):
                old.assign(new)
            # the network divides by 255 itself, which is `prepare`'s doing here
            x, public = (255 * prepare(images)[..., None] for images in (faces.train.images[:limit],
                                                                         faces.public.images))
            net.fit(x, one_hot(y), batch_size=batch_size, epochs=epochs, verbose=0)
            yield way, seed, {
                name: float(np.mean(net.predict(images, batch_size=256, verbose=0).argmax(axis=1) == truth))
                for name, images, truth in (("training_accuracy", x, y),
                                            ("public_accuracy", public, faces.public.labels))}


def linear_after(prepare, faces, *, limit, epochs, rate, seed):
    """Softmax regression by plain gradient descent on faces that `prepare` has changed.

    Arguments: prepare, a function of uint8 faces (n, 48, 48); faces, `Faces` with train and public; limit, how many
    training faces; rate, the learning rate. Returns {"training_accuracy", "public_accuracy",
    "loss"}; the loss may be infinite or no number where the rate is too high.
    """
    from fer_utils.course.small_network import SmallFaces, train_small

    def rows(images):
        return prepare(images).reshape(len(images), -1)

    data = SmallFaces(rows(faces.train.images[:limit]), faces.train.labels[:limit].astype(int),
                      rows(faces.public.images), faces.public.labels.astype(int))
    run = train_small(data, optimizer="gradient descent", rate=rate, epochs=epochs, depth=0, seed=seed)
    return {"training_accuracy": run["accuracy"][-1], "public_accuracy": run["public_accuracy"][-1],
            "loss": run["loss"][-1]}


def against(public, reference):
    """Each way against `reference`, for the luck of seeds and faces, corrected for their number: a dict from the way to
    a dict of `fer_utils.evaluation.comparison.compare_family`. `public`: a dict from a way to its PublicTest
    accuracies, one a seed."""
    others = {way: values for way, values in public.items() if way != reference}
    rows = compare_family(public[reference], others, compare_accuracies, n=FER2013_COUNTS["public"])
    return {row["name"]: row for row in rows}


def differences_table(training, public, reference):
    """A Markdown table: for each way the mean accuracy on its training faces and on PublicTest, the distance of the
    latter from `reference` in points, with half its interval (`against`), and the verdict.

    `training`, `public`: dicts from a way to its accuracies, one a seed.
    """
    from fer_utils.text import percent, table

    rows, compared = [], against(public, reference)
    for way, values in public.items():
        row = [way, percent(np.mean(training[way])), percent(np.mean(values)), "", ""]
        if way != reference:
            found = compared[way]
            half = 50 * (found["high"] - found["low"])
            row[3:] = [f"{100 * found['difference']:+.1f} ± {half:.1f}", found["told"]]
        rows.append(row)
    return table(["faces", "Training", "PublicTest", f"points from “{reference}”", "verdict"], rows, "lrrrl")


def sharpness(images):
    """The mean step in gray levels from one pixel to the next, to the right and down. `images`: (n, 48, 48)."""
    images = np.asarray(images, np.float32)
    return float(np.abs(np.diff(images, axis=1)).mean() + np.abs(np.diff(images, axis=2)).mean()) / 2


def one_after_another(rotation, shift, zoom, seed):
    """Keras's own layers for the changes of `fer_utils.data.augmentation.RandomAffine`, a model of one after
    another."""
    import keras

    return keras.Sequential([
        keras.layers.RandomRotation(rotation / 360, fill_mode="nearest", seed=seed),
        keras.layers.RandomTranslation(shift, shift, fill_mode="nearest", seed=seed + 1),
        keras.layers.RandomZoom(zoom, fill_mode="nearest", seed=seed + 2)])


def describe_input(measured):
    """What training costs with the input of the thesis and with ours, in sentences. `measured`: what
    `fer_utils.evaluation.results.recorded_benchmark("input")` gives."""
    said = [f"`{network}` learns from {ratio['median']:.1f} times as many faces a second with our input "
            f"({min(ratio['all']):.1f} to {max(ratio['all']):.1f} in {measured['rounds']} rounds)"
            for network, ratio in measured["faster"].items()]
    thesis, ours = (measured["held_bytes"][pipeline]["1"] / 1e6 for pipeline in ("thesis", "course"))
    return (f"{'; '.join(said)}. Beside the network, {measured['faces']:,} faces take {thesis:.0f} MB with the "
            f"thesis's input, {ours:.0f} MB with ours.")
