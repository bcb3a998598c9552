"""Recognition before deep learning: a face is described by rule, and a classifier of scikit-learn decides.

The table of classifiers, and one of them by its name: a scikit-learn pipeline that learns from raw faces, uint8
(n, 48, 48), with labels (n,), index into EMOTIONS, and answers raw faces with such labels. Only what comes after the
description is learned: what is usual of each number (scaling), which of their mixtures differ most between faces
(principal components), and the decision. Explained in chapter 05 (thesis sections 3.4 and 3.5).
"""

from functools import partial
from typing import NamedTuple

import numpy as np

from fer_utils.descriptors import DESCRIPTORS, describe
from fer_utils.labels import SIZE


class Classifier(NamedTuple):
    """One row: `descriptors`, a dict from a name of `fer_utils.descriptors.DESCRIPTORS` to its settings; `components`,
    how many principal components are kept of each; `decider`, a name of `DECIDERS`, and its `settings`; `chapter`,
    where it is taught."""

    descriptors: dict
    components: int | None
    decider: str
    settings: dict
    chapter: str
    about: str


def linear_svm(seed, *, C):
    """A linear support vector machine, one against the rest. `C`: what a face on the wrong side costs."""
    from sklearn.svm import LinearSVC

    return LinearSVC(C=C, random_state=seed)


def rbf_svm(seed, *, C, gamma):
    """A support vector machine that compares faces by exp(-gamma d²), d their distance; one class against another.

    The kernel is handed over as a function, so that scikit-learn compares all pairs of faces by one product of
    matrices: a third of the time, and the same answers, as with libsvm's own kernel of the same name. While it fits it
    needs 8 n² bytes, 6.6 GB for the 28,709 faces of Training.
    """
    from sklearn.metrics.pairwise import rbf_kernel
    from sklearn.svm import SVC

    return SVC(C=C, kernel=partial(rbf_kernel, gamma=gamma), cache_size=1000, random_state=seed)


def nearest_neighbours(seed, *, neighbours):
    """The vote of the most similar training faces, near ones counting more. It has no luck, so no use for a seed."""
    from sklearn.neighbors import KNeighborsClassifier

    return KNeighborsClassifier(neighbours, weights="distance", algorithm="brute")


def random_forest(seed, *, trees, leaf):
    """The mean of many decision trees, each grown on faces drawn at random. `leaf`: the fewest faces in a leaf."""
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(trees, min_samples_leaf=leaf, random_state=seed)


DECIDERS = {"linear-svm": linear_svm, "rbf-svm": rbf_svm, "nearest-neighbours": nearest_neighbours,
            "random-forest": random_forest}

# in full, so that a record says what was computed whatever the defaults become
HOG = {"cells": (6,), "block": 2, "orientations": 9}
LBP = {"radii": (2,), "grid": 6}
GABOR = {"wavelengths": (4, 7, 12), "orientations": 6, "grid": 6}

CLASSIFIERS = {
    "hog-svm": Classifier({"hog": HOG}, 150, "rbf-svm", {"C": 3, "gamma": 3}, "05", "oriented gradients"),
    "lbp-svm": Classifier({"lbp": LBP}, 150, "rbf-svm", {"C": 3, "gamma": 3}, "05", "binary patterns"),
    "gabor-svm": Classifier({"gabor": GABOR}, 150, "rbf-svm", {"C": 3, "gamma": 2}, "05", "Gabor filters"),
    "pixels-svm": Classifier({"pixels": {}}, 150, "rbf-svm", {"C": 3, "gamma": 2}, "05", "no description"),
    "hog-knn": Classifier({"hog": HOG}, 150, "nearest-neighbours", {"neighbours": 15}, "05", "the most similar faces"),
    "hog-rf": Classifier({"hog": HOG}, 100, "random-forest", {"trees": 200, "leaf": 2}, "05", "decision trees"),
    "hog-linear-svm": Classifier({"hog": HOG}, 300, "linear-svm", {"C": 0.1}, "05", "seven weighted sums"),
    "hog-lbp-gabor-svm": Classifier({"hog": HOG, "lbp": LBP, "gabor": GABOR}, 150, "rbf-svm", {"C": 3, "gamma": 0.7},
                                    "05", "all three descriptions"),
}


def build_classifier(name, *, seed=0):
    """A scikit-learn pipeline by its name in `CLASSIFIERS`, not fitted yet.

    It is fitted to faces, uint8 (n, 48, 48) or (n, 48, 48, 1), and labels (n,), and predicts labels (n,). Raises
    ValueError for an unknown name, and where faces have another dtype or shape.
    """
    if name not in CLASSIFIERS:
        raise ValueError(f"there is no classifier {name!r}; there are: {', '.join(CLASSIFIERS)}.")
    return pipeline_of(*CLASSIFIERS[name][:4], seed=seed)


def pipeline_of(descriptors, components, decider, settings, *, seed=0, memory=None):
    """The pipeline of a row of `CLASSIFIERS`, its steps `describe`, `reduce` and `decide`.

    Arguments: as the fields of `Classifier`; memory, a folder that keeps what the steps before the last have learned.
    `reduce` scales every number of a description to mean 0 and standard deviation 1 and keeps its principal
    components. Each description is divided by the root of its length, so that all weigh alike, and that squared
    distances between two faces are about 2 a description, however long it is: `gamma` is read on that scale.
    """
    from sklearn.compose import ColumnTransformer
    from sklearn.decomposition import PCA
    from sklearn.pipeline import Pipeline, make_pipeline
    from sklearn.preprocessing import FunctionTransformer, StandardScaler

    blank, blocks, weights, start = np.zeros((1, SIZE, SIZE), np.uint8), [], {}, 0
    for name, chosen in descriptors.items():
        length = DESCRIPTORS[name](blank, **chosen).shape[1]
        reduce = PCA(components, svd_solver="covariance_eigh") if components else "passthrough"
        blocks.append((name, make_pipeline(StandardScaler(), reduce), slice(start, start + length)))
        weights[name], start = length**-0.5, start + length
    return Pipeline([
        ("describe", FunctionTransformer(describe, kw_args={"names": list(descriptors), "settings": descriptors})),
        ("reduce", ColumnTransformer(blocks, transformer_weights=weights)),
        ("decide", DECIDERS[decider](seed, **settings)),
    ], memory=memory)


def stored_numbers(pipeline):
    """How many numbers a fitted pipeline of `build_classifier` holds to answer, an int.

    They are what the parameters of a network are compared with, but many of them were not learned: those of a support
    vector or of a neighbour are the description of a training face. Two a number for scaling, the principal components
    and their mean; then weights, support vectors with their weights, faces with their labels, or for each node of a
    tree its question (two), its two branches and its seven shares.
    """
    blocks = pipeline["reduce"].named_transformers_.values()
    count = sum(2 * block[0].mean_.size for block in blocks)
    count += sum(block[1].components_.size + block[1].mean_.size for block in blocks if block[1] != "passthrough")
    decider = pipeline["decide"]
    if hasattr(decider, "estimators_"):
        return count + sum(tree.tree_.node_count * 4 + tree.tree_.value.size for tree in decider.estimators_)
    if hasattr(decider, "n_support_"):
        vectors = int(decider.n_support_.sum())
        return count + vectors * decider.shape_fit_[1] + decider.dual_coef_.size + decider.intercept_.size
    if hasattr(decider, "coef_"):
        return count + decider.coef_.size + decider.intercept_.size
    return count + decider._fit_X.size + len(decider._fit_X)


def support_vectors(pipeline):
    """How many training faces a fitted pipeline keeps as support vectors, an int; None where it has no such faces."""
    return int(pipeline["decide"].n_support_.sum()) if hasattr(pipeline["decide"], "n_support_") else None
