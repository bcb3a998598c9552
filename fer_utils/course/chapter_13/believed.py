"""What a network believes a class looks like: the faces it is surest of, and faces made up to make it sure."""

import numpy as np

from fer_utils.labels import EMOTIONS, SIZE


def certain_means(images, probabilities, count=25):
    """The mean of the `count` faces that a network is surest of, for each class: float (7, 48, 48)."""
    return np.stack([images[np.argsort(-probabilities[:, c])[:count]].mean(axis=0) for c in range(len(EMOTIONS))])


class PlausibleFaces:
    """Faces as sums of what varies most among training faces (principal components, PCA).

    `picture(z)`: coordinates float (n, k), each about -2 to 2 for a usual face, to faces uint8 (n, 48, 48).
    """

    def __init__(self, images, components=40):
        from sklearn.decomposition import PCA

        self.pca = PCA(components, random_state=0).fit(images.reshape(len(images), -1).astype(np.float32))

    def picture(self, z):
        spread = np.sqrt(self.pca.explained_variance_)
        flat = self.pca.mean_ + (z * spread) @ self.pca.components_
        return np.clip(np.rint(flat), 0, 255).astype(np.uint8).reshape(-1, SIZE, SIZE)


def imagined(answer, faces, steps=20, tries=32, kept=8, prior=0.05, seed=0):
    """A face for each class that a network is sure of and that is still plausible: uint8 (7, 48, 48).

    Activation maximization without gradients: `tries` guesses around a middle, which moves to the `kept` best of them
    (cross-entropy method, Rubinstein 1999). A guess is good by the logarithm of the class's probability, less `prior`
    times the squared length of its coordinates.

    Arguments: answer, a function of faces uint8 (n, 48, 48) that gives probabilities (n, 7); faces, `PlausibleFaces`.
    """
    draws, k, classes = np.random.default_rng(seed), faces.pca.n_components_, len(EMOTIONS)
    middle, spread = np.zeros((classes, 1, k)), np.ones((classes, 1, k))
    for _ in range(steps):
        z = middle + spread * draws.normal(size=(classes, tries, k))
        p = answer(faces.picture(z.reshape(-1, k))).reshape(classes, tries, classes)
        own = p[np.arange(classes), :, np.arange(classes)]
        score = np.log(np.maximum(own, 1e-6)) - prior * (z ** 2).sum(axis=2)
        best = np.take_along_axis(z, np.argsort(-score, axis=1)[:, :kept, None], axis=1)
        middle, spread = best.mean(axis=1, keepdims=True), best.std(axis=1, keepdims=True) + 0.02
    return faces.picture(middle[:, 0])


def brighter(faces, place):
    """How much brighter each pixel of one face is than the mean of all, in gray levels, once both are equally bright as
    a whole: float (48, 48). `faces` uint8 (n, 48, 48)."""
    gap = faces[place].astype(float) - faces.mean(axis=0)
    return gap - gap.mean()
