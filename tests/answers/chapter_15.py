"""Chapter 15: right and wrong answers to its checks, and its explorers."""

import numpy as np

from fer_utils.course.chapter_15 import decisions, figures


def average_in_place(answers, keep):
    averages = np.array(answers, dtype=float)
    for number in range(1, len(averages)):
        averages[number] = keep * averages[number - 1] + (1 - keep) * averages[number]
    return averages


def average_as_lists(answers, keep):
    averages = [list(answers[0])]
    for answer in answers[1:]:
        averages.append([keep * old + (1 - keep) * new for old, new in zip(averages[-1], answer)])
    return averages


def average_by_difference(answers, keep):
    average, found = answers[0], []
    for answer in answers:
        average = average + (1 - keep) * (answer - average)
        found.append(average)
    return np.stack(found)


def average_from_zero(answers, keep):
    average, found = np.zeros(answers.shape[1]), []
    for answer in answers:
        average = keep * average + (1 - keep) * answer
        found.append(average)
    return np.array(found)


def average_overwriting(answers, keep):
    for number in range(1, len(answers)):
        answers[number] = keep * answers[number - 1] + (1 - keep) * answers[number]
    return answers


def of_two(answers, keep):
    return np.concatenate([answers[:1], keep * answers[:-1] + (1 - keep) * answers[1:]])


def by_loop(labels, probabilities, threshold):
    answered = right = 0
    for label, row in zip(labels, probabilities):
        if max(row) >= threshold:
            answered += 1
            right += int(np.argmax(row)) == label
    return [answered / len(labels), right / answered if answered else float("nan")]


def by_selection(labels, probabilities, threshold):
    sure = probabilities.max(1) >= threshold
    if sure.sum() == 0:
        return 0, np.nan
    return sure.sum() / len(sure), np.mean(probabilities[sure].argmax(1) == labels[sure])


def strictly(labels, probabilities, threshold):
    sure = probabilities.max(axis=1) > threshold
    return sure.mean(), (probabilities.argmax(axis=1) == labels)[sure].mean() if sure.any() else np.nan


def silence_is_wrong(labels, probabilities, threshold):
    sure = probabilities.max(axis=1) >= threshold
    return sure.mean(), ((probabilities.argmax(axis=1) == labels) & sure).mean() if sure.any() else np.nan


def zero_for_nobody(labels, probabilities, threshold):
    coverage, accuracy = decisions.coverage_and_accuracy(labels, probabilities, threshold)
    return coverage, accuracy if coverage else 0.0


SOLUTIONS = {"check_moving_average": decisions.moving_average,
             "check_coverage_and_accuracy": decisions.coverage_and_accuracy}
RIGHT = [
    ("check_moving_average", "a copy, row by row", average_in_place),
    ("check_moving_average", "lists", average_as_lists),
    ("check_moving_average", "a step towards the new answer", average_by_difference),
    ("check_coverage_and_accuracy", "a loop, and a list", by_loop),
    ("check_coverage_and_accuracy", "a selection", by_selection),
]
WRONG = [
    ("check_moving_average", "the shares swapped", lambda a, k: decisions.moving_average(a, 1 - k)),
    ("check_moving_average", "begun at zero", average_from_zero),
    ("check_moving_average", "overwrites the answers", average_overwriting),
    ("check_moving_average", "of two answers only", of_two),
    ("check_moving_average", "the mean so far", lambda a, k: np.cumsum(a, axis=0) / np.arange(1, len(a) + 1)[:, None]),
    ("check_moving_average", "the last row alone", lambda a, k: decisions.moving_average(a, k)[-1]),
    ("check_moving_average", "unchanged", lambda a, k: a),
    ("check_moving_average", "k is always 0.8", lambda a, k: decisions.moving_average(a, 0.8)),
    ("check_moving_average", "nothing given back", lambda a, k: print(a.shape)),
    ("check_coverage_and_accuracy", "above, not at, the threshold", strictly),
    ("check_coverage_and_accuracy", "silence counts as wrong", silence_is_wrong),
    ("check_coverage_and_accuracy", "zero where nobody is answered", zero_for_nobody),
    ("check_coverage_and_accuracy", "accuracy on all faces",
     lambda y, p, t: ((p.max(axis=1) >= t).mean(), (p.argmax(axis=1) == y).mean())),
    ("check_coverage_and_accuracy", "swapped", lambda y, p, t: decisions.coverage_and_accuracy(y, p, t)[::-1]),
    ("check_coverage_and_accuracy", "coverage alone", lambda y, p, t: (p.max(axis=1) >= t).mean()),
    ("check_coverage_and_accuracy", "a number of faces",
     lambda y, p, t: ((p.max(axis=1) >= t).sum(), decisions.coverage_and_accuracy(y, p, t)[1])),
    ("check_coverage_and_accuracy", "nothing given back", lambda y, p, t: print(p.max())),
]
EXPLORERS = {"timeline": lambda: figures.explore_timeline(np.random.default_rng(0).dirichlet(np.ones(7), 80))}
