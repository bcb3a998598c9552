"""Accuracy by the number of training faces: classifiers that describe by rule, and a network that learns to.

Explained in chapter 05. "Machine learning needs less data than deep learning" (thesis section 3.5) is a
sentence about such curves: at which numbers of faces is which ahead, and where can it not be told?
"""

from dataclasses import replace

import numpy as np

from fer_utils.evaluation import paired_comparison
from fer_utils.labels import EMOTIONS
from fer_utils.training.recipes import RECIPES


def drawn_faces(labels, size, seed):
    """Which training faces are learned from: `size` row numbers, int, in ascending order, each class with its share,
    drawn by the seed; all of them where there are no more."""
    from sklearn.model_selection import train_test_split

    rows = np.arange(len(labels))
    return np.sort(train_test_split(rows, train_size=size, stratify=labels, random_state=seed)[0]) if size < len(
        labels) else rows


def recipe_for(size, settings):
    """The recipe of the network: `quick` for as many epochs as the settings say, or more where the faces are so few
    that they would give fewer than `least_steps` steps."""
    quick = RECIPES["quick"]
    steps_an_epoch = -(-size // quick.batch_size)
    return replace(quick, epochs=max(settings["epochs"], -(-settings["least_steps"] // steps_an_epoch)))


def verdicts(recorded, way, network, chance=0.05):
    """Which of two is ahead at each number of faces, from the experiment "learning-curves": a list of dicts.

    Each has `size`, `seeds`, `gap` (accuracy of `way` less that of `network`, mean over the seeds, a fraction),
    `error`, `margin`, and `ahead`: `way`, `network`, or None where it cannot be told, the gap being within the margin.
    The error counts both kinds of luck: that of the faces (the mean of the paired errors, which is the same in all
    seeds), and that of the seeds (the spread of the gap from seed to seed, pooled over the sizes with more than one
    seed, over the root of the number of seeds). The margin is so many errors that where nothing is ahead at any size,
    one is called ahead with at most the `chance` (Bonferroni's correction); few seeds widen it (Student's t, with the
    degrees of freedom of Welch and Satterthwaite). Raises ValueError where no size has two seeds: then the luck of
    seeds is not known.
    """
    from scipy.stats import t

    pairs = recorded["measured"]["pairs"][f"{way} against {network}"]
    repeated = [[pair["gap"] for pair in seeds] for seeds in pairs.values() if len(seeds) > 1]
    freedom = sum(len(gaps) - 1 for gaps in repeated)
    if not freedom:
        raise ValueError("no number of faces has two seeds, so the luck of the seeds is not known. Measure more seeds.")
    spread = np.sqrt(sum(len(gaps) * np.var(gaps) for gaps in repeated) / freedom)
    found = []
    for size, seeds in pairs.items():
        gap = float(np.mean([pair["gap"] for pair in seeds]))
        by_faces, by_seeds = np.mean([pair["error"] for pair in seeds]), spread / np.sqrt(len(seeds))
        error = float(np.hypot(by_faces, by_seeds))
        # of the two errors only that of the seeds rests on few
        certain = freedom * (error / by_seeds) ** 4 if by_seeds else np.inf
        margin = float(error * t.ppf(1 - chance / 2 / len(pairs), certain))
        ahead = None if abs(gap) <= margin else way if gap > 0 else network
        found.append({"size": int(size), "seeds": len(seeds), "gap": gap, "error": error, "margin": margin,
                      "ahead": ahead})
    return found


def summary(labels, answers, ways):
    """What the experiment records of all answers.

    Arguments: labels int (n,) of PublicTest; answers, a dict from (way, size, seed) to answers int (n,); ways, the
    names, the network last. Returns a dict with `accuracy` and `macro_f1` (by way and size a list, one figure a seed)
    and `pairs` (by pair of a way and the network and by size a list of `fer_utils.evaluation.paired_comparison`).
    """
    from sklearn.metrics import f1_score

    accuracy, macro_f1 = {way: {} for way in ways}, {way: {} for way in ways}
    pairs = {f"{way} against {ways[-1]}": {} for way in ways[:-1]}
    for (way, size, seed), given in sorted(answers.items(), key=lambda row: row[0][1:]):
        accuracy[way].setdefault(str(size), []).append(float(np.mean(given == labels)))
        macro_f1[way].setdefault(str(size), []).append(float(f1_score(
            labels, given, labels=range(len(EMOTIONS)), average="macro", zero_division=0)))
        other = answers.get((ways[-1], size, seed))
        if way != ways[-1] and other is not None:
            pairs[f"{way} against {ways[-1]}"].setdefault(str(size), []).append(
                paired_comparison(labels, given, other))
    return {"accuracy": accuracy, "macro_f1": macro_f1, "pairs": pairs}
