"""EfficientNet-Lite0 on FER-2013, from ImageNet's weights and from random ones: the recorded runs of chapter 08."""

from fer_utils.course.figures import SPLIT_COLORS, accuracy_lines
from fer_utils.course.show import new_figure
from fer_utils.evaluation.comparison import compare_groups
from fer_utils.evaluation.intervals import share_interval
from fer_utils.evaluation.results import dataset_facts, load_run, run_names, runs_of_several_seeds
from fer_utils.text import percent, table

NETWORK_OF = {48: "efficientnet-lite0-48", 96: "efficientnet-lite0"}
# recipe to what training may move and from where, in the order of the training
WAYS = {"frozen": "ImageNet, head alone", "last-blocks": "ImageNet, last blocks", "fine-tuned": "ImageNet, everything",
        "from-random": "random, everything"}


def run_of(side, way):
    """The recorded run with faces of `side` pixels, a dict of `load_run`; None where it was not run."""
    name = f"{NETWORK_OF[side]}-{way}-s0"
    return load_run(name) if name in run_names() else None


def accuracy_with_interval(run):
    """A run's PrivateTest accuracy with the 95 % interval for the luck of the faces, in words."""
    private = run["scores"]["private"]
    low, high = share_interval(round(private["accuracy"] * private["n"]), private["n"])
    return f"{percent(private['accuracy'])} ({100 * low:.1f} to {100 * high:.1f})"


def overfitting_gap(run):
    """By how much the Training faces, as they are, are read better than PublicTest's at the kept epoch: a fraction."""
    return run["scores"]["train"]["accuracy"] - run["scores"]["public"]["accuracy"]


def ways_table():
    """Markdown: what each way reached at each size, and what a constant answer reaches. One seed each."""
    rows = []
    for side in NETWORK_OF:
        before = 0
        for way, title in WAYS.items():
            run = run_of(side, way)
            if run is None:
                rows.append([str(side), title, *["not run"] + [""] * 6])
                continue
            scores, epochs = run["scores"], len(run["history"])
            before = epochs if way == "from-random" else before + epochs
            rows.append([str(side), title, str(epochs), str(before), percent(scores["train"]["accuracy"]),
                         percent(scores["public"]["accuracy"]), accuracy_with_interval(run),
                         f"{scores['private']['macro_f1']:.3f}", f"{run['wall_seconds'] / 60:.0f}"])
    constant = dataset_facts()["public_accuracy"]["always the most common class"]
    rows.append(["", "always the most common class", "", "", "", percent(constant), "", "", ""])
    return table(["pixels", "from, and what moves", "epochs", "with those before", "Training", "PublicTest",
                  "PrivateTest (95 %)", "macro F1", "minutes"], rows, "rlrrrrrrr")


def from_imagenet_against_random():
    """`compare_groups` of `fine-tuned` and `from-random` on PrivateTest for each size at which both were run, corrected
    for their number: a dict from side to dict. Each arm has one seed; how far seeds may lie apart is taken from the
    course's networks that have several."""
    pairs = {side: [run_of(side, way) for way in ("fine-tuned", "from-random")] for side in NETWORK_OF}
    pairs = {side: [[run["run"]] for run in runs] for side, runs in pairs.items() if all(runs)}
    return {side: compare_groups(*names, like=runs_of_several_seeds(), tried=len(pairs), draws=1000)
            for side, names in pairs.items()}


def describe_comparison(side, found):
    """A dict of `from_imagenet_against_random` in words."""
    said = {"better": "ImageNet's run is ahead by more than luck", "worse": "the run from random weights is ahead by "
            "more than luck", "cannot be told": "which start is better cannot be told"}[found["told"]]
    return (f"At {side} pixels, everything trained, ImageNet against random weights on PrivateTest: "
            f"**{100 * found['difference']:+.1f} points**, 95 % interval {100 * found['low']:+.1f} to "
            f"{100 * found['high']:+.1f}: {said}. Luck counted: {found['luck']}.")


def curves():
    """Training faces and PublicTest by epoch, a row for each size of the faces: left from ImageNet, in its three steps,
    right from random weights."""
    figure, axes = new_figure(9.5, 6.4, 2, len(NETWORK_OF), sharey=True)
    texts = [text for row, side in zip(axes, NETWORK_OF)
             for axis, ways, start in zip(row, (("frozen", "last-blocks", "fine-tuned"), ("from-random",)),
                                          ("ImageNet's weights", "random weights"))
             for text in _curves(axis, side, ways, start)]
    axes[0, 0].legend(frameon=False, fontsize=9, loc="lower right")
    return figure, f"EfficientNet-Lite0, four panels. {'; '.join(texts)}."


def _curves(axis, side, ways, start):
    """One panel of `curves`: the runs of `ways` one after the other. Returns what it shows, a list of str."""
    texts, done = [], 0
    for run in filter(None, (run_of(side, way) for way in ways)):
        history, end = run["history"], run["scores"]["train"]["accuracy"]
        accuracy_lines(axis, history, named=not done, first=done + 1, marker=".")
        if done:
            axis.axvline(done + 0.5, color="#777777", linestyle=":", linewidth=1)
        axis.plot([done + run["best_epoch"]], [100 * end], "^", color=SPLIT_COLORS["train"],
                  label=None if done else "training faces as they are, at the kept epoch")
        done += len(history)
        texts.append(f"{side} pixels, {WAYS[run['recipe']['name']]}: after {len(history)} epochs "
                     f"{percent(history[-1]['accuracy'], 0)} of the training faces as training counts them and "
                     f"{percent(history[-1]['val_accuracy'], 0)} of PublicTest; {percent(end, 0)} of the training "
                     f"faces as they are, at epoch {run['best_epoch']}")
    axis.set(title=f"{side} pixels, from {start}", xlabel="epoch", ylim=(0, 100))
    axis.xaxis.get_major_locator().set_params(integer=True)
    if len(ways) > 1:
        axis.set_ylabel("right, %")
    return texts
