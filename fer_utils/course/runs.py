"""Recorded runs in words: sentences whose every number is read from `data/results`."""

from fer_utils.results import percent


def describe_run(run, window=5):
    """Where a run of `load_run` ended, and whether its PublicTest accuracy was still rising over the last epochs."""
    values = [row["val_accuracy"] for row in run["history"]]
    majority = next((epoch for epoch, value in enumerate(values, start=1) if value > 0.30), None)
    left = (f"it is above 30 % from epoch {majority} on" if majority else "it never passes 30 %")
    late, before = max(values[-window:]), max(values[:-window], default=0.0)
    rising = (f"still rising: the best of the last {window} epochs is {percent(late)}, before them {percent(before)}"
              if late - before > 0.003 else "no longer rising")
    schedule = "its full length" if run["complete"] else "cut short"
    return (f"**{run['run']}**: {len(values)} epochs ({schedule}), {run['wall_seconds'] / 60:.0f} minutes on {run['device']}. "
            f"PublicTest {percent(run['public_accuracy'])} at epoch {run['best_epoch']}; {left}; at the end it was {rising}.")


def describe_classes(scores):
    """The easiest and hardest emotions of a `scores` dict, and the most frequent confusion."""
    recalls = {emotion: row["recall"] for emotion, row in scores["per_class"].items()}
    ordered = sorted(recalls, key=recalls.get)
    emotions, matrix = list(scores["per_class"]), scores["confusion_matrix"]
    share, true, predicted = max(
        (matrix[i][j] / max(sum(matrix[i]), 1), emotions[i], emotions[j])
        for i in range(len(emotions)) for j in range(len(emotions)) if i != j)
    return (f"Most often right: **{ordered[-1]}** ({percent(recalls[ordered[-1]], 0)}) and **{ordered[-2]}** "
            f"({percent(recalls[ordered[-2]], 0)}). Least often: **{ordered[0]}** ({percent(recalls[ordered[0]], 0)}) and "
            f"**{ordered[1]}** ({percent(recalls[ordered[1]], 0)}). The most frequent confusion: {percent(share, 0)} of the "
            f"faces labelled {true} are taken for {predicted}. Macro F1, which counts every class alike, is "
            f"{scores['macro_f1']:.3f}.")
