"""Checks of the learner's answers in chapter 11, and the course's own functions beside the learner's."""

import numpy as np

from fer_utils.course.checks import NotYet, exercise, expect, expect_unchanged, shortened


def mean_cross_entropy(targets, probabilities):
    """Exercise 1 as the course has it: targets and probabilities (faces, classes), clipped to 1e-7 at least."""
    return -(targets * np.log(np.clip(probabilities, 1e-7, 1))).sum(axis=1).mean()


@exercise("The formula is for one face: what does it sum over, and what turns many faces into one number?",
          "`np.clip` keeps the logarithm away from 0; then a sum along one axis, and a mean along the other.",
          "After `clipped = np.clip(probabilities, 1e-7, 1)`, each face costs "
          "`-(targets * np.log(clipped)).sum(axis=1)`.")
def check_cross_entropy(function):
    """Exercise 1: the mean cross-entropy of rows of targets and probabilities, probabilities clipped."""
    targets = np.eye(7)[[3, 3, 0]]
    probabilities = np.full((3, 7), 0.05)
    probabilities[np.arange(3), [3, 6, 0]] = 0.7
    cases = [("the loss of three faces", targets, probabilities),
             ("the loss with softened targets", 0.9 * targets + 0.1 / 7, probabilities),
             ("the loss of two certain answers, one wrong", np.eye(7)[[3, 0]], np.eye(7)[[3, 6]]),
             ("the loss of five faces with four classes", np.eye(4)[[0, 1, 2, 3, 1]],
              np.random.default_rng(0).dirichlet(np.ones(4), 5).astype("float32"))]
    for what, y, p in cases:
        kept, certain = p.copy(), np.clip(p, 1e-7, 1)
        costs = -(y * np.log(certain)).sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            got = function(y.copy(), p)
        if np.ndim(got) == 0 and isinstance(got, (float, np.floating)) and not np.isfinite(got):
            raise NotYet(f"{what}: expected {costs.mean():.4f}, got {got}: a probability of 0 has come to the "
                         "logarithm")
        expect(costs.mean(), got, what, tolerance=1e-4, mistakes={
            "the minus is missing": -costs.mean(), "the sum over the faces, not their mean": costs.sum(),
            "the mean over the classes, too": costs.mean() / y.shape[1],
            "one cost for each face; their mean is asked for": costs,
            "a logarithm to base 2; `np.log` has base e": costs.mean() / np.log(2),
            "a logarithm to base 10; `np.log` has base e": costs.mean() / np.log(10),
            "only the largest target counts": -np.log(certain[np.arange(len(y)), y.argmax(axis=1)]).mean(),
            "targets and probabilities are exchanged": mean_cross_entropy(kept, y)})
        expect_unchanged(kept, p, "`probabilities`")
    return "Hard targets, soft targets, and a certain mistake that costs much but not infinitely much."


def adam(w, m, v, g, t, rate, correct=True, power=2, epsilon=1e-7):
    """Exercise 2 as the course has it: one step of Adam as the paper prints it. The options make known mistakes."""
    m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**power
    m_hat, v_hat = (m / (1 - 0.9**t), v / (1 - 0.999**t)) if correct else (m, v)
    return w - rate * m_hat / (np.sqrt(v_hat) + epsilon), m, v


@exercise("In which order do the five formulas need each other, and which two values does the next step need?",
          "One line for each formula; give the corrected averages names of their own, so that `m` and `v` are passed "
          "on uncorrected.",
          "`m_hat = m / (1 - 0.9**t)` and v_hat likewise with 0.999; the step subtracts "
          "`rate * m_hat / (np.sqrt(v_hat) + 1e-7)`.")
def check_adam_step(function):
    """Exercise 2: three steps of Adam, with bias correction, on weights given as an array."""
    rng = np.random.default_rng(0)
    faint = np.array([0.0, 1e-7, 1.0, 100.0])  # the first two show where epsilon is
    for gradients, rate in [(rng.normal(0, 1, (3, 4)) * faint, 0.1), (rng.normal(size=(2, 2, 3)), 0.02)]:
        mine = rng.normal(size=gradients[0].shape), np.zeros_like(gradients[0]), np.zeros_like(gradients[0])
        for t, g in enumerate(gradients, start=1):
            given = [part.copy() for part in (*mine, g)]
            with np.errstate(all="ignore"):
                got = function(*given, t, rate)
                slips = {"the averages are not corrected": adam(*mine, g, t, rate, correct=False),
                         "v averages the gradient, not its square": adam(*mine, g, t, rate, power=1),
                         "epsilon is missing": adam(*mine, g, t, rate, epsilon=0),
                         "t counts from 1 already": adam(*mine, g, t + 1, rate),
                         "against the gradient is minus": (2 * mine[0] - adam(*mine, g, t, rate)[0], None, None)}
            if not isinstance(got, (tuple, list, np.ndarray)) or np.shape(got)[:1] != (3,) and len(got) != 3:
                raise NotYet(f"expected three arrays, w, m and v, got {shortened(got)}")
            new = adam(*mine, g, t, rate)
            if np.isnan(np.asarray(got[0], float)).any() and not np.isnan(np.asarray(got[1:], float)).any():
                raise NotYet(f"w after step {t}, with a gradient of 0: expected a number, got nan (0 / 0: epsilon is "
                             "missing, or stands outside of the quotient)")
            corrected = (None, new[1] / (1 - 0.9**t), new[2] / (1 - 0.999**t))
            slips["this is the corrected average; pass on the other"] = corrected
            for place, name in ((1, "m"), (2, "v"), (0, "w")):
                expect(new[place], got[place], f"{name} after step {t} at rate {rate:g}", tolerance=1e-6,
                       mistakes={words: slip[place] for words, slip in slips.items() if slip[place] is not None})
            for kept, now, name in zip((*mine, g), given, ("w", "m", "v", "g")):
                expect_unchanged(kept, now, f"`{name}`")
            mine = new
    return "The first step has the size of the learning rate, whatever the gradient's size."


def early_stopping(losses, patience, ties=False):
    """Exercise 3 as the course has it: (best epoch, last epoch), from 1. With `ties` an equal loss counts as lower."""
    best, lowest = 0, np.inf
    for epoch, loss in enumerate(losses, start=1):
        if loss < lowest or ties and loss == lowest:
            best, lowest = epoch, loss
        if epoch - best >= patience:
            break
    return best, epoch


@exercise("While you read the losses one after the other, what do you have to remember?",
          "`enumerate(losses, start=1)` gives each loss its epoch; keep the lowest loss so far and its epoch.",
          "Inside the loop: `if loss < lowest: best, lowest = epoch, loss`, and `break` once `epoch - best` is the "
          "patience.")
def check_stopping(function):
    """Exercise 3: the best epoch and the last one, from the losses and a patience."""
    for losses, patience, expected in [
            ([3.0, 2.0, 2.5, 2.4, 2.3, 2.2, 1.0], 3, (2, 5)), ([3.0, 2.0, 1.5, 1.2], 2, (4, 4)),
            ([2.0, 1.0, 1.0, 1.0, 0.5], 2, (2, 4)), ([1.0, 2.0, 3.0], 1, (1, 2)), ([0.7], 5, (1, 1)),
            ([3.0, 3.5, 2.0, 2.5, 1.0, 1.5, 1.2], 2, (5, 7))]:
        best, last = expected
        everything = int(np.argmin(losses)) + 1, len(losses)
        expect(expected, function(list(losses), patience),
               f"(best, last) for losses {losses} and patience {patience}", mistakes={
                   "epochs count from 1": (best - 1, last - 1), "first the best epoch, then the last": (last, best),
                   "the best epoch is to be kept, not the last": (last, last),
                   "an equal loss is not lower": early_stopping(losses, patience, ties=True),
                   "it stops one epoch late": early_stopping(losses, patience + 1), "it never stops": everything})
    return "The best epoch is the one to keep, and the last one tells when training ended."
