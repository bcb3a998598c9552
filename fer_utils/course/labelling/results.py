"""What a learner's labels are worth: confusion matrices, accuracies with intervals, and the recorded example.

Explained in chapters 03 and 12.
"""

from dataclasses import dataclass

import numpy as np

from fer_utils.course.labelling.sessions import CANNOT_TELL, OFFERED, default_file, read_sessions
from fer_utils.course.show import new_figure
from fer_utils.data.ferplus import VOTED_FOR
from fer_utils.evaluation.intervals import share_interval
from fer_utils.evaluation.results import DATASET_FOLDER
from fer_utils.files import file_of, read_json
from fer_utils.labels import EMOTIONS
from fer_utils.text import percent

EXAMPLE_FILE = DATASET_FOLDER / "labelling_example.json"
HUMAN_LEVEL = (0.65, 0.05)  # Goodfellow and others 2013 (arXiv:1307.0414): people on FER-2013, and the spread they give
COUNTED_BELOW = 200  # a matrix of fewer faces shows counts, of more percent of each row


@dataclass(frozen=True)
class Labelled:
    """Somebody's labels for faces, all int arrays of the same length n.

    Attributes:
        who: "you", or in words whose the recorded example is.
        data: `Faces.name`. labels: of the dataset, 0 to 6. answers: 0 to 7, where 7 is "cannot tell".
        seconds: float, NaN where an answer was not timed.
        network: what the network says of the same faces, -1 where it was not asked; `network_name`, which one.
    """

    who: str
    data: str
    labels: np.ndarray
    answers: np.ndarray
    seconds: np.ndarray
    network: np.ndarray
    network_name: str

    @property
    def matrix(self):
        """`counts` of the answers."""
        return counts(self.labels, self.answers)


def counts(labels, answers):
    """The confusion matrix, int (7, 8): labels down, answers across; the eighth column counts "cannot tell"."""
    matrix = np.zeros((len(EMOTIONS), len(EMOTIONS) + 1), int)
    np.add.at(matrix, (np.asarray(labels, int), np.asarray(answers, int)), 1)
    return matrix


def accuracy(labels, answers):
    """The share of right answers and its 95 % interval (`fer_utils.evaluation.intervals`), a tuple of three fractions.
    "cannot tell" counts as wrong. Raises ValueError for no answers."""
    right, n = int(np.sum(np.asarray(labels) == np.asarray(answers))), len(answers)
    return right / n, *share_interval(right, n)


def either_right(labels, first, second):
    """`evaluation.paired_comparison` of two people or networks by their answers, 0 to 7, of which 7, "cannot tell", is
    never right."""
    from fer_utils.evaluation import paired_comparison

    return paired_comparison(labels, *(np.asarray(answers, int) for answers in (first, second)))


def median_seconds(seconds):
    """The median of the timed answers (not None, not NaN), None where there are none."""
    timed = [value for value in seconds if value is not None and not np.isnan(value)]
    return float(np.median(timed)) if timed else None


def my_results(file=None, data=None):
    """The learner's answers as `Labelled`, of all sessions with the same faces together.

    Arguments:
        file: the one given to `label_yourself`; None is its default, and where nothing is there, the recorded example.
        data: `Faces.name` of the faces wanted; None is those labelled last.

    Raises FileError for a named file that is missing, and for a damaged one; ValueError where there are no answers.
    """
    path = default_file() if file is None else file_of(file)
    if file is None and not path.is_file():
        return recorded_example()
    sessions = [one for one in read_sessions(path) if one.done and data in (None, one.data)]
    if not sessions:
        if file is None:
            return recorded_example()
        raise ValueError(f"{path} holds no answers{f' for {data}' if data else ''}. Label some faces first: "
                         "label_yourself(faces, file=...).")
    sessions = [one for one in sessions if one.content_hash == sessions[-1].content_hash]
    named = [one.network or {"name": "", "answers": [-1] * len(one.indices)} for one in sessions]
    return Labelled(
        "you", sessions[-1].data, *(np.concatenate(parts) for parts in (
            [np.array(one.labels[:one.done], int) for one in sessions],
            [np.array(one.answers, int) for one in sessions],
            [np.array(one.seconds, float) for one in sessions],
            [np.array(network["answers"][:one.done], int) for one, network in zip(sessions, named)])),
        next((network["name"] for network in reversed(named) if network["name"]), ""))


def recorded_example():
    """One real vote of FER+ for each of 30 faces of PublicTest, as `Labelled` (`tools/record_labelling.py`): what one
    of the ten people who looked at that face called it. Not one person, but one for each face."""
    row = read_json(EXAMPLE_FILE, ("data", "labels", "answers", "network"),
                    "Restore it with: git checkout data/dataset/labelling_example.json")
    labels = np.array(row["labels"])
    return Labelled("one FER+ tagger a face", row["data"]["name"], labels, np.array(row["answers"]),
                    np.full(len(labels), np.nan), np.array(row["network"]["answers"]), row["network"]["name"])


def scored(labels, answers):
    """`accuracy` in words: "18 of 30, 60 % (42 to 75 %)"."""
    share, low, high = accuracy(labels, answers)
    return (f"{int(np.sum(np.asarray(labels) == answers))} of {len(answers)}, {percent(share, 0)} "
            f"({100 * low:.0f} to {percent(high, 0)})")


def matrices(labelled, others=None):
    """The matrices to look at beside each other: a dict from title to counts, (7, 8).

    `others`: a dict from a name to counts (7, 7) or (7, 8) that were counted elsewhere; they come last, with their
    share on the diagonal. Votes of FER+ have ten columns, `ferplus.VOTED_FOR`: contempt, unknown and not a face are
    added up as "cannot tell". Raises ValueError for what is no such dict, and for a matrix of another shape.
    """
    found = {f"{labelled.who}: {scored(labelled.labels, labelled.answers)}": labelled.matrix}
    asked = labelled.network >= 0
    if asked.any():
        network, labels = labelled.network[asked], labelled.labels[asked]
        found[f"{labelled.network_name}: {scored(labels, network)}"] = counts(labels, network)
    for name, matrix in by_name(others).items():
        right, n, matrix = share_right(name, matrix)
        found[f"{name}: {percent(right / n, 0)} of {n:,.0f} answers"] = matrix
    return found


def by_name(others):
    """The dict of `matrices`, an empty one for None. Raises ValueError for anything else."""
    if others is not None and not isinstance(others, dict):
        raise ValueError(f"others is of type {type(others).__name__}; give a dict from a name to counts, or None.")
    return others or {}


def share_right(name, matrix):
    """What is on the diagonal of a matrix of `matrices`, all that is in it, and the matrix itself, (7, 8)."""
    shapes = [(len(EMOTIONS), columns) for columns in (7, 8, len(VOTED_FOR))]
    wanted = f"give counts, {' or '.join(map(str, shapes))}, none of them negative and not all of them 0."
    try:
        matrix = np.asarray(matrix, float)
    except (TypeError, ValueError):
        raise ValueError(f"the matrix of {name} is no table of numbers; {wanted}") from None
    if matrix.shape not in shapes or not (np.isfinite(matrix) & (matrix >= 0)).all() or not matrix.sum() > 0:
        raise ValueError(f"the matrix of {name} has shape {matrix.shape} and sum {matrix.sum():g}; {wanted}")
    matrix = np.column_stack([matrix[:, :CANNOT_TELL], matrix[:, CANNOT_TELL:].sum(axis=1)])
    return np.trace(matrix), matrix.sum(), matrix


def labelling_figure(labelled=None, others=None):
    """Confusion matrices beside each other, as (figure, alternative text): somebody's, the network's on the same faces,
    and those of `others` (`matrices`).

    `labelled`: as `my_results` gives it; None is the recorded example.
    """
    found = matrices(labelled or recorded_example(), others)
    figure, axes = new_figure(3.55 * len(found) + 0.8, 4.6, len(found), squeeze=False)
    for number, (axis, (title, matrix)) in enumerate(zip(axes.flat, found.items())):
        _draw(axis, title, matrix, with_names=number == 0)
    return figure, " ".join(map(in_words, found, found.values()))


def matrix_figure(title, matrix):
    """One of the `matrices` alone, as (figure, alternative text)."""
    figure, axis = new_figure(3.9, 4)
    _draw(axis, title, matrix)
    return figure, in_words(title, matrix)


def in_words(title, matrix):
    """A confusion matrix in words, row by row, without its zeros."""
    few, rows = matrix.sum() < COUNTED_BELOW, []
    for emotion, row in zip(EMOTIONS, matrix):
        said = [f"{OFFERED[j]} {row[j]:.0f}" if few else f"{OFFERED[j]} {percent(row[j] / row.sum(), 0)}"
                for j in np.argsort(-row, kind="stable") if row[j] and (few or row[j] / row.sum() >= 0.005)]
        rows.append(f"{emotion}: {', '.join(said) or 'no face'}")
    return f"Confusion matrix, {title}. Answers to the faces labelled {'; '.join(rows)}."


def _draw(axis, title, matrix, with_names=True):
    import seaborn as sns
    from matplotlib.patches import Rectangle

    shares = 100 * matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    few = matrix.sum() < COUNTED_BELOW
    written = np.where(shares >= (1e-9 if few else 0.5), np.char.mod("%d", matrix if few else shares.round()), "")
    sns.heatmap(shares, vmin=0, vmax=100, annot=written, fmt="", cmap="Blues", cbar=False, square=True, ax=axis,
                linewidths=0.5, linecolor="#dddddd", annot_kws={"fontsize": 9}, xticklabels=OFFERED,
                yticklabels=EMOTIONS if with_names else False)
    for text, share in zip(axis.texts, shares.flat):
        text.set_color("white" if share > 70 else "black")
    for place in range(len(EMOTIONS)):  # what is right
        axis.add_patch(Rectangle((place, place), 1, 1, fill=False, edgecolor="#555555", linewidth=1))
    axis.axvline(len(EMOTIONS), color="#555555", linewidth=1)
    axis.tick_params(axis="x", labelrotation=50)
    for tick in axis.get_xticklabels():
        tick.set(ha="right", rotation_mode="anchor")
    who, _, what = title.partition(": ")
    axis.set_title(f"{who}\n{what}", fontsize=10)
    axis.set(xlabel=f"answer, {'faces' if few else '% of the row'}", ylabel="label" if with_names else "")
