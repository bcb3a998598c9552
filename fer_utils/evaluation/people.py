"""How people read the faces of FER-2013: the votes of FER+ held against the labels, and a network against both.

`votes` is uint8 (n, 10) as `fer_utils.data.ferplus.read_votes` gives it, `labels` and `answers` are whole numbers (n,),
index into EMOTIONS. A vote for contempt, unknown or not a face is no answer to the question that labels and networks
answer, so it is set aside: what is said of people here is said of their votes for the seven emotions, on the faces that
have such a vote. Votes measure; they are never learned from and never choose. Explained in chapters 03 and 12.
"""

import numpy as np

from fer_utils.data.ferplus import VOTED_FOR
from fer_utils.evaluation.comparison import macro_f1_of
from fer_utils.labels import EMOTIONS

SEVEN = len(EMOTIONS)
NOT_A_FACE = VOTED_FOR.index("not a face")


def shares(votes):
    """What one person, taken at random, answers: float64 (n, 7), the shares of the votes for the seven emotions.

    A row is nan where nobody voted for one of them.
    """
    seven = np.asarray(votes, float)[:, :SEVEN]
    with np.errstate(invalid="ignore"):
        return seven / seven.sum(axis=1, keepdims=True)


def most_chosen(votes):
    """What most people answer: float64 (n, 7), 1 for the most frequent of the seven emotions, 1/k for each of k that
    are tied, as if a lot were drawn. A row is nan where nobody voted for one of them."""
    seven = np.asarray(votes, float)[:, :SEVEN]
    top = seven == seven.max(axis=1, keepdims=True)
    return np.where(seven.any(axis=1, keepdims=True), top / top.sum(axis=1, keepdims=True), np.nan)


def others_choose(votes):
    """What most of the other people chose, for each person's own choice: int (n, 7), -1 for a tie or nobody.

    Entry (i, c) is for a person who chose emotion c for face i: the choice that is most frequent when that person's
    vote is taken away. A person is so held against others only, never against themselves.
    """
    seven = np.asarray(votes, int)[:, :SEVEN]
    found = np.full(seven.shape, -1)
    for c in range(SEVEN):
        rest = seven - np.eye(SEVEN, dtype=int)[c]
        top = rest == rest.max(axis=1, keepdims=True)
        clear = (seven[:, c] > 0) & (top.sum(axis=1) == 1) & (rest.max(axis=1) > 0)
        found[clear, c] = rest[clear].argmax(axis=1)
    return found


def agree_with_others(votes, answers):
    """How far answers are what most people see: float64 (n,), the share of people whose others chose the answer.

    `answers` (n,), or None for the people's own votes. nan where no person has clear others.
    """
    seven, others = np.asarray(votes, float)[:, :SEVEN], others_choose(votes)
    weight = np.where(others >= 0, seven, 0)
    wanted = np.arange(SEVEN)[None, :] if answers is None else np.asarray(answers)[:, None]
    with np.errstate(invalid="ignore"):
        return (weight * (others == wanted)).sum(axis=1) / weight.sum(axis=1)


def expected_matrix(labels, answers):
    """A confusion matrix of answers that are shares: float64 (7, k), labels down. `answers` (n, k), without nan."""
    matrix = np.zeros((SEVEN, np.shape(answers)[1]))
    np.add.at(matrix, labels, answers)
    return matrix


def agreement(votes, labels):
    """How far people's votes agree with the labels: a dict of counts and fractions.

    `faces`: all of them; `judged`: those with a vote for one of the seven emotions, which the fractions are of unless
    they say another thing. `most_people`: the most frequent answer is the label (a tie counts as its share);
    `one_person`: the mean share of votes that are the label's, what one person scores against the labels. Both also as
    macro F1 and by emotion. `clear`: faces on which one of the seven has more votes than any other of the ten choices,
    `most_people_clear`: the agreement on those. `tied`: faces whose ten choices have no single winner. Of all faces:
    `no_vote` and `two_votes`, no vote, and at least two, for the label; `unanimous`, all votes alike;
    `no_majority`, no choice with more than half of the votes; `two_at_most`, no choice with more than two votes;
    `entropy`, the mean over faces of the entropy of the ten shares, in bits. `two_people`: how often two people who
    looked at the same face chose the same of the seven. `most_chose`: how many faces most people call contempt,
    unknown, not a face. `not_a_face`: faces that at least half of the people call so.
    """
    votes, labels = np.asarray(votes, float), np.asarray(labels, int)
    judged = votes[:, :SEVEN].any(axis=1)
    one, most, y = shares(votes[judged]), most_chosen(votes[judged]), labels[judged]
    place, total = np.arange(len(y)), votes.sum(axis=1)
    own, top = votes[np.arange(len(votes)), labels], votes == votes.max(axis=1, keepdims=True)
    single, best = top.sum(axis=1) == 1, votes.argmax(axis=1)
    clear = single & (best < SEVEN)
    seven = votes[:, :SEVEN].sum(axis=1)
    pairs = ((votes[:, :SEVEN] * (votes[:, :SEVEN] - 1)).sum(axis=1) / np.maximum(seven * (seven - 1), 1))[seven > 1]
    parts = votes / np.maximum(total, 1)[:, None]

    def by_emotion(values, among):
        return {emotion: float(values[among == c].mean()) for c, emotion in enumerate(EMOTIONS) if (among == c).any()}

    return {
        "faces": len(votes), "judged": int(judged.sum()),
        "most_people": float(most[place, y].mean()), "one_person": float(one[place, y].mean()),
        "most_people_macro_f1": float(macro_f1_of(expected_matrix(y, most))),
        "one_person_macro_f1": float(macro_f1_of(expected_matrix(y, one))),
        "clear": int(clear.sum()), "most_people_clear": float((best == labels)[clear].mean()),
        "tied": int((~single).sum()),
        "no_vote": float((own == 0).mean()), "two_votes": float((own >= 2).mean()),
        "unanimous": float((votes.max(axis=1) == total).mean()),
        "no_majority": float((2 * votes.max(axis=1) <= total).mean()),
        "two_at_most": int((votes.max(axis=1) <= 2).sum()),
        "entropy": float(-(parts * np.log2(np.where(parts > 0, parts, 1))).sum(axis=1).mean()),
        "two_people": float(pairs.mean()),
        "most_chose": {choice: int((single & (best == SEVEN + i)).sum()) for i, choice in enumerate(VOTED_FOR[SEVEN:])},
        "not_a_face": int((2 * votes[:, NOT_A_FACE] >= np.maximum(total, 1)).sum()),
        "by_emotion": {"most_people": by_emotion(most[place, y], y), "one_person": by_emotion(one[place, y], y),
                       "no_vote": by_emotion(own == 0, labels)},
    }


def ceiling(votes):
    """Between which two fractions the best answer ends if the label is the word of one more person: a dict.

    `at_most`: the mean share of the most frequent of the seven, which the answerer would score on the very people whose
    votes it knows; a maximum of about ten votes is too high. `at_least`: the mean share of people whose choice is the
    most frequent of the others', a tie counting as its share; an answer from one person less is too low.
    """
    seven = np.asarray(votes, float)[:, :SEVEN]
    seven = seven[seven.sum(axis=1) > 1]
    hits = np.zeros(len(seven))
    for c in range(SEVEN):
        rest = seven - np.eye(SEVEN)[c]
        top = rest == rest.max(axis=1, keepdims=True)
        hits += seven[:, c] * top[:, c] / top.sum(axis=1)
    total = seven.sum(axis=1)
    return {"at_least": float((hits / total).mean()), "at_most": float((seven.max(axis=1) / total).mean())}


def in_the_labels_words(votes, labels, other_votes):
    """The label that a vote stands for most often: a classifier from ten shares to the label, by logistic regression.

    It is fitted to votes uint8 (n, 10) and labels (n,) of one split and answers for the votes of another: int (m,). So
    it says what can be known of a label from how ten people see the face, once the habits of the labels are known.
    """
    from sklearn.linear_model import LogisticRegression

    def as_shares(given):
        given = np.asarray(given, float)
        return given / np.maximum(given.sum(axis=1, keepdims=True), 1)

    return LogisticRegression(max_iter=1000).fit(as_shares(votes), labels).predict(as_shares(other_votes))
