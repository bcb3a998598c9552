"""Drawn faces whose muscles or nerves do not do what they should, and what the bundled network makes of them.

These are movements taken away from a drawing: no patient was portrayed or measured. Used in chapter 02.
"""

import numpy as np

from fer_utils.evaluation.intervals import share_interval
from fer_utils.evaluation.paired import by_class, transitions
from fer_utils.faces.action_units import ACTION_UNITS, EXPRESSIONS, scale, without_nerve
from fer_utils.faces.draw import draw_gray
from fer_utils.faces.random_faces import random_person
from fer_utils.labels import EMOTIONS
from fer_utils.text import percent, table

# What happens to a mixture of action units, and to the identity, under each condition.
CONDITIONS = {
    "healthy": (lambda units: units, {}),
    "Bell's palsy": (lambda units: without_nerve(units, "VII", "L"), {"droop_left": 0.5}),
    "hypomimia": (lambda units: scale(units, 0.3), {}),
}


def draw_patients(condition, each=16, seed=0):
    """The same people, poses and lights under one of CONDITIONS: images uint8 (7 * each, 48, 48), labels uint8.

    `condition` may also be a function of a mixture of units. Raises ValueError for an unknown name.
    """
    if not callable(condition) and condition not in CONDITIONS:
        raise ValueError(f"condition is {condition!r}, but can be: {', '.join(CONDITIONS)}.")
    change, looks = (condition, {}) if callable(condition) else CONDITIONS[condition]
    images = []
    for number, emotion in enumerate(EMOTIONS):
        for one in range(each):
            rng = np.random.default_rng([seed, number, one])  # so that a condition changes nothing else
            units, identity, pose, light = random_person(emotion, rng)
            images.append(draw_gray(change(units), identity | looks, pose, light, supersample=3))
    return np.array(images), np.repeat(np.arange(len(EMOTIONS), dtype=np.uint8), each)


def recalls(net, images, labels):
    """(recall of each class (7,), share of all faces called neutral) of a `LiteRTNetwork` on faces."""
    said = net.predict(images).argmax(axis=1)
    hits = np.array([np.mean(said[labels == number] == number) for number in range(len(EMOTIONS))])
    return hits, float(np.mean(said == EMOTIONS.index("neutral")))


def measure(net, each=20, seeds=(0, 1, 2)):
    """What a network calls the same people under every condition: a dict of `labels` (n,), `seeds` (n,) and `answers`,
    {condition: (n,)}, all int. `each` people a class are drawn from each seed. One network, so its own luck stays in.
    """
    found = {"labels": np.repeat(np.tile(np.arange(len(EMOTIONS)), len(seeds)), each),
             "seeds": np.repeat(seeds, len(EMOTIONS) * each), "answers": {}}
    for condition in CONDITIONS:
        images = np.concatenate([draw_patients(condition, each, seed)[0] for seed in seeds])
        found["answers"][condition] = net.predict(images).argmax(axis=1)
    return found


def recall_rows(study):
    """Recall with its 95 % interval, {condition: {emotion: (recall, low, high)}}, of what `measure` gives."""
    rows = {}
    for condition, said in study["answers"].items():
        rows[condition] = {}
        for number, emotion in enumerate(EMOTIONS):
            own = said[study["labels"] == number] == number
            rows[condition][emotion] = (float(own.mean()), *share_interval(int(own.sum()), len(own)))
    return rows


def called_neutral(study, condition):
    """The share of all faces that a network calls neutral under a condition, float."""
    return float(np.mean(study["answers"][condition] == EMOTIONS.index("neutral")))


def losses(study, condition):
    """What a condition does to each of the six emotions, {emotion: dict} as `paired.by_class` gives it: the same people
    are compared with themselves healthy, and the intervals hold for all six together."""
    counts = transitions(study["labels"], study["answers"]["healthy"], study["answers"][condition])
    changed = by_class(counts, tried=len(EMOTIONS) - 1)
    return {emotion: row for emotion, row in changed.items() if emotion != "neutral"}


def told(study, condition):
    """The measurement in words, Markdown: which emotions are surely recognized less, which cannot be told, which loses
    least, and how far single draws of people differ."""
    rows = losses(study, condition)
    sure = [emotion for emotion, row in rows.items() if row["told"] == "worse"]
    least = max(rows, key=lambda emotion: rows[emotion]["difference"])
    open_ = [emotion for emotion, row in rows.items() if row["told"] == "cannot be told"]
    text = f"**{condition}.** "
    text += f"Recognized less for certain: {', '.join(sure)}. " if sure else "Nothing is recognized less for certain. "
    text += f"Cannot be told: {', '.join(open_)}. " if open_ else ""
    row = rows[least]
    text += (f"Least is lost of {least}: recall changes by {100 * row['difference']:.0f} points "
             f"({100 * row['difference_low']:.0f} to {100 * row['difference_high']:.0f}). ")
    spread = {}
    for number, emotion in enumerate(EMOTIONS[:-1]):
        own = study["labels"] == number
        spread[emotion] = [np.mean(study["answers"][condition][own & (study["seeds"] == seed)] == number)
                           for seed in np.unique(study["seeds"])]
    widest = max(spread, key=lambda emotion: max(spread[emotion]) - min(spread[emotion]))
    text += (f"One draw of people alone would mislead: recall of {widest} runs from {percent(min(spread[widest]), 0)} "
             f"to {percent(max(spread[widest]), 0)} over the {len(spread[widest])} draws. ")
    return text + f"{percent(called_neutral(study, condition), 0)} of all faces are called neutral."


def other_nerves(emotion):
    """The units of an expression that other nerves than VII move, or that are spared when it fails, a list of str."""
    found = [ACTION_UNITS[code] for code in EXPRESSIONS[emotion]]
    return [f"{unit.code} ({'III, half' if unit.spared else unit.nerve})" for unit in found
            if unit.nerve != "VII" or unit.spared]


def give_up(net):
    """From which strength on a network reads each emotion in one drawn face, whole and with VII failing on the left:
    Markdown. Strengths go in steps of a tenth; one person at rest otherwise."""
    strengths = np.round(np.arange(1, 11) / 10, 1)
    rows = []
    for number, emotion in enumerate(EMOTIONS[:-1]):
        cells = [emotion]
        for change, looks in (CONDITIONS["healthy"], CONDITIONS["Bell's palsy"]):
            faces = [draw_gray(change(scale(EXPRESSIONS[emotion], strength)), looks, supersample=3)
                     for strength in strengths]
            right = net.predict(np.array(faces)).argmax(axis=1) == number
            steady = [strength for place, strength in enumerate(strengths) if right[place:].all()]
            cells.append(f"{steady[0]:g}" if steady else "never")
        rows.append(cells)
    return table(["emotion", "read from strength, whole", "with VII failing on the left"], rows)
