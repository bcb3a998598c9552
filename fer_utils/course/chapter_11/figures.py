"""The figures and the explorer of chapter 11. Each draw function returns (figure, alternative text)."""

import numpy as np

from fer_utils.course.chapter_11.laboratory import best_rates, compared_pairs
from fer_utils.course.figures import COLORS
from fer_utils.course.optimizers import OPTIMIZERS, descend
from fer_utils.course.show import explore, new_figure
from fer_utils.text import percent

STYLES = ["-", "--", ":", "-."]
START, CURVATURE = np.array([-4.0, 2.0]), np.array([1.0, 25.0])


def valley(w):
    """A loss of two weights, (..., 2): a valley 25 times as steep across as along, lowest at 0, 0."""
    return 0.5 * np.sum(CURVATURE * np.asarray(w) ** 2, axis=-1)


def valley_gradient(w):
    """The gradient of `valley`, (..., 2)."""
    return CURVATURE * w


def two_losses():
    """Cross-entropy and squared error, and their slopes, as the true one of two classes goes from impossible to
    sure."""
    score = np.linspace(-8, 8, 321)
    p = 1 / (1 + np.exp(-score))  # the probability of the true class; the score is its lead
    curves = [("cross-entropy", -np.log(p), 1 - p), ("squared error", 2 * (1 - p) ** 2, 4 * (1 - p) ** 2 * p)]
    figure, axes = new_figure(9, 3.2, 2)
    for number, (label, loss, slope) in enumerate(curves):
        axes[0].plot(score, loss, STYLES[number], color=COLORS[number], label=label)
        axes[1].plot(score, slope, STYLES[number], color=COLORS[number], label=label)
    axes[0].set(xlabel="lead of the true class", ylabel="loss", title="Loss")
    axes[1].set(xlabel="lead of the true class", ylabel="how strongly it pulls", title="Slope")
    axes[0].legend(frameon=False)
    return figure, ("Two losses and their slopes against the lead of the true class's score. Far behind, at -8, "
                    f"cross-entropy is {curves[0][1][0]:.1f} with slope {curves[0][2][0]:.2f}; squared error is "
                    f"{curves[1][1][0]:.2f} with slope {curves[1][2][0]:.4f}, almost flat.")


def paths(walks, title="Forty steps down a narrow valley"):
    """Walks on the valley. `walks`: dict from label to an array (steps + 1, 2)."""
    figure, axis = new_figure(8, 3.6)
    x, y = np.linspace(-5, 2.5, 151), np.linspace(-2.6, 2.6, 105)
    heights = valley(np.stack(np.meshgrid(x, y), axis=-1))
    axis.contour(x, y, heights, levels=np.geomspace(0.1, 80, 12), colors="#c8c8c8", linewidths=0.8)
    ends = []
    for number, (label, walk) in enumerate(walks.items()):
        shown = np.clip(np.nan_to_num(walk, nan=1e3, posinf=1e3, neginf=-1e3), -1e3, 1e3)
        axis.plot(*shown.T, STYLES[number % 4], color=COLORS[number], marker=".", markersize=4, linewidth=1.3,
                  label=label)
        ends.append(f"{label} ends at a loss of {_brief(valley(shown[-1]))}")
    axis.plot(0, 0, "k*", markersize=11)
    axis.set(xlim=(x[0], x[-1]), ylim=(y[0], y[-1]), xlabel="weight 1", ylabel="weight 2", title=title)
    axis.legend(frameon=False, fontsize=9, loc="upper right")
    return figure, (f"Paths over the level lines of a valley that is steep across and flat along, from "
                    f"({START[0]:g}, {START[1]:g}) towards the lowest point at (0, 0): {'; '.join(ends)}.")


ANGLE = np.pi / 4
TURN = np.array([[np.cos(ANGLE), -np.sin(ANGLE)], [np.sin(ANGLE), np.cos(ANGLE)]])


def losses_by_rate(steps=40, turned=False):
    """The loss after so many steps down the valley, for many learning rates: (rates, dict from optimizer to losses).

    `turned`: the valley and the start turned by 45 degrees, so that no weight lies along it. A walk that leaves the
    numbers has an infinite loss.
    """
    turn = TURN if turned else np.eye(2)
    rates, losses = np.geomspace(1e-3, 3, 120), {}
    with np.errstate(all="ignore"):
        for name, step in OPTIMIZERS.items():
            ends = [descend(step, lambda w: turn @ valley_gradient(turn.T @ w), turn @ START, steps, rate)[-1]
                    for rate in rates]
            losses[name] = np.array([np.nan_to_num(valley(turn.T @ end), nan=np.inf) for end in ends])
    return rates, losses


def loss_by_rate():
    """The loss after forty steps against the learning rate, for four optimizers: in the valley, and in it turned."""
    figure, axes = new_figure(9.5, 3.5, 2, sharey=True)
    texts = []
    for axis, turned, title in zip(axes, (False, True), ("the valley", "the valley turned by 45 degrees")):
        rates, losses = losses_by_rate(turned=turned)
        found = []
        for number, (name, values) in enumerate(losses.items()):
            place = values.argmin()
            axis.loglog(rates, np.clip(values, 1e-4, 1e3), STYLES[number], color=COLORS[number], label=name)
            axis.plot(rates[place], max(values[place], 1e-4), "o", color=COLORS[number], markersize=6)
            found.append(f"{name} {_brief(values[place])} at {rates[place]:.2g}")
        axis.axhline(valley(START), color="#999999", linewidth=1, linestyle="--")
        axis.set(xlabel="learning rate", title=title, ylim=(5e-5, 2e3))
        texts.append(f"In {title}, the lowest are {', '.join(found)}")
    axes[0].set_ylabel("loss after forty steps")
    axes[0].text(1.05e-3, valley(START) * 1.3, "at the start", fontsize=9, color="#777777")
    axes[1].legend(frameon=False, fontsize=9, bbox_to_anchor=(1, 1), loc="upper left")
    return figure, f"Lines of the loss after forty steps by learning rate, cut at 0.0001. {'. '.join(texts)}."


def one_path(optimizer="momentum", rate=0.02, beta=0.9, steps=40):
    """The walk of one optimizer on the valley. `beta`: momentum's or Adam's share of the past; the others have none."""
    with np.errstate(over="ignore", invalid="ignore"):
        walk = descend(OPTIMIZERS[optimizer], valley_gradient, START, steps, rate, beta)
    final = valley(np.clip(walk[-1], -1e6, 1e6))
    verdict = "climbs out of the valley" if not final < valley(START) else f"loss {_brief(final)} after {steps} steps"
    used = optimizer in ("momentum", "Adam")
    settings = f"{optimizer}, learning rate {rate:g}, momentum {beta:g}{'' if used else ' without effect'}"
    return paths({optimizer: walk}, f"{settings}: {verdict}")


def explore_descent():
    """The optimizer explorer: a choice and two sliders on `one_path`."""
    import ipywidgets as widgets

    rates = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.075, 0.1, 0.2, 0.5, 1.0]
    return explore(
        one_path,
        optimizer=widgets.Dropdown(options=list(OPTIMIZERS), value="momentum", description="optimizer"),
        rate=widgets.SelectionSlider(options=rates, value=0.02, description="learning rate"),
        beta=widgets.FloatSlider(0.9, min=0.0, max=0.99, step=0.01, description="momentum"))


def attempts(runs, title, key="public_accuracy"):
    """A row for each setting, a dot for each seed. `runs`: dict from label to runs of `small_network.train_small`."""
    figure, axis = new_figure(8, 0.9 + 0.36 * len(runs))
    texts = []
    for row, (label, group) in enumerate(runs.items()):
        values = [100 * run[key][-1] for run in group]
        axis.plot([min(values), max(values)], [row, row], color="#9a9a9a", linewidth=1)
        axis.plot(values, [row] * len(values), "o", color=COLORS[1], markersize=6, markerfacecolor="none")
        axis.plot(np.mean(values), row, "|", color="black", markersize=14, markeredgewidth=2)
        texts.append(f"{label}: {np.mean(values):.0f} % ({min(values):.0f} to {max(values):.0f})")
    axis.set_yticks(range(len(runs)), list(runs))
    axis.set(ylim=(len(runs) - 0.5, -0.5), xlabel="PublicTest accuracy, %; a circle a seed, a bar their mean",
             title=title)
    axis.grid(axis="x", color="#e6e6e6")
    return figure, f"{title}. PublicTest accuracy, mean and range over seeds: {'; '.join(texts)}."


def by_rate(tried, title, key="public_accuracy", label="PublicTest accuracy, %", scale=100):
    """A line for each setting, what it reached by learning rate, with the seeds as dots.

    `tried`: dict from label to a dict from rate to runs (`laboratory.by_rate`).
    """
    figure, axis = new_figure(8.5, 3.3)
    texts = []
    for number, (name, runs) in enumerate(tried.items()):
        rates = sorted(runs)
        values = [[scale * run[key][-1] for run in runs[rate]] for rate in rates]
        means = [np.mean(some) for some in values]
        axis.semilogx(rates, means, STYLES[number % 4], color=COLORS[number], label=name, marker="os^D"[number % 4],
                      markersize=5)
        for rate, some in zip(rates, values):
            axis.plot([rate] * len(some), some, ".", color=COLORS[number], markersize=4)
        texts.append(f"{name}: " + ", ".join(f"{mean:.3g} at {rate:g}" for rate, mean in zip(rates, means)))
    axis.set(xlabel="learning rate", ylabel=label, title=title)
    if len(tried) > 1:
        axis.legend(frameon=False, fontsize=9, bbox_to_anchor=(1, 1), loc="upper left")
    return figure, f"{title}. {label}, mean over seeds: {'; '.join(texts)}."


def overfitting(run, marks=()):
    """Loss of the training faces and of PublicTest by epoch. `marks`: pairs of an epoch from 1 and a word for it."""
    figure, axis = new_figure(8, 3.2)
    epochs = range(1, len(run["loss"]) + 1)
    axis.plot(epochs, run["loss"], "-", color=COLORS[0], label="training faces")
    axis.plot(epochs, run["public_loss"], "--", color=COLORS[1], label="PublicTest")
    for number, (epoch, word) in enumerate(marks):
        axis.axvline(epoch, color="#555555", linestyle=[":", "-."][number % 2], label=f"{word}: epoch {epoch}")
    axis.set(xlabel="epoch", ylabel="cross-entropy", title=f"Loss by epoch: {len(run['loss'])} epochs on few faces")
    axis.legend(frameon=False, fontsize=9)
    return figure, (f"Two lines over {len(run['loss'])} epochs: the loss of the training faces falls from "
                    f"{run['loss'][0]:.2f} "
                    f"to {run['loss'][-1]:.2f}; that of PublicTest is lowest, {min(run['public_loss']):.2f}, at epoch "
                    f"{int(np.argmin(run['public_loss'])) + 1} and ends at {run['public_loss'][-1]:.2f}.")


def schedules(functions):
    """Learning-rate schedules over a training. `functions`: dict from label to a function of the share done, 0..1."""
    done = np.linspace(0, 0.999, 201)
    figure, axis = new_figure(8, 2.8)
    texts = []
    for number, (label, function) in enumerate(functions.items()):
        values = np.array([float(function(share)) for share in done])
        axis.plot(done, values, STYLES[number % 4], color=COLORS[number], label=label)
        texts.append(f"{label} starts at {values[0]:.2f}, is {values[100]:.2f} half way and ends at {values[-1]:.2f}")
    axis.set(xlabel="share of training done", ylabel="times the learning rate", title="Four schedules",
             ylim=(-0.05, 1.1))
    axis.legend(frameon=False, fontsize=9, loc="upper right", bbox_to_anchor=(1.0, 0.95))
    return figure, f"Lines of the learning rate, as a share of its peak: {'; '.join(texts)}."


def scaling(found):
    """Faces a second of one and of two workers, every round and the median, beside twice as many as one.

    `found`: what `fer_utils.evaluation.results.recorded_benchmark("workers")` gives.
    """
    figure, axis = new_figure(6, 2.8)
    speeds = [found[f"{name}_faces_per_second"] for name in ("one", "two")]
    middle = [speed["median"] for speed in speeds]
    axis.plot([1, 2], [middle[0], 2 * middle[0]], STYLES[1], color=COLORS[6], label="twice as quick")
    axis.plot([1, 2], middle, "o-", color=COLORS[0], label="median")
    for count, speed in enumerate(speeds, start=1):
        axis.plot([count] * len(speed["all"]), speed["all"], "x", color=COLORS[4],
                  label="one round" if count == 1 else None)
    axis.set(xlabel="workers", xticks=[1, 2], xlim=(0.8, 2.2), ylabel="faces a second", title="One worker and two",
             ylim=(0, None))
    axis.legend(frameon=False, fontsize=9)
    return figure, (f"Faces a second: one worker {middle[0]:.0f}, two {middle[1]:.0f}, medians of "
                    f"{len(speeds[0]['all'])} rounds; twice as quick would be {2 * middle[0]:.0f}.")


def describe_attempts(runs):
    """The setting of `attempts` with the highest mean, and every pair that lies further apart than the luck of seeds
    explains, in words."""
    rows = compared_pairs(runs)
    best = rows[0][0]
    mean = np.mean([run["public_accuracy"][-1] for run in runs[best]])
    apart = [row for row in rows if row[3] > 0]
    leads = {ahead: "; ".join(f"{behind} ({100 * low:+.1f} to {100 * high:+.1f} points)"
                              for one, behind, _, low, high in apart if one == ahead) for ahead, *_ in apart}
    text = f"The highest mean is that of **{best}**, {percent(mean, 0)}. "
    text += ("Further apart than the luck of seeds explains:\n\n" + "".join(
        f"- **{ahead}** ahead of {behind}\n" for ahead, behind in leads.items()) if leads else
        "No two settings lie further apart than the luck of seeds explains.\n")
    left = len(rows) - len(apart)
    if leads and left:
        text += f"\nThe other {left} pairs cannot be told apart.\n" if left > 1 else (
            "\nThe other pair cannot be told apart.\n")
    return text + f"\n(95 % intervals, corrected for all {len(rows)} pairs of the {len(runs)} settings.)"


def accuracies_by_seeds(tried, runs):
    """Mean PublicTest accuracy of each setting at its best rate: (on the seeds that chose the rate, on new ones), two
    dicts. `tried`: as `laboratory.by_rate` gives it; `runs`: dict of the new runs, in the same order."""
    def mean(group):
        return float(np.mean([run["public_accuracy"][-1] for run in group]))

    return ({label: mean(tried[label][rate]) for label, rate in best_rates(tried).items()},
            {label: mean(group) for label, group in zip(tried, runs.values())})


def describe_new_seeds(tried, runs):
    """What `accuracies_by_seeds` gives, in words."""
    chosen, new = accuracies_by_seeds(tried, runs)
    return ("Mean on the seeds that chose the rate, then on the new ones: " + "; ".join(
        f"{label} {percent(chosen[label], 0)}, then {percent(new[label], 0)}" for label in tried) + ".")


def describe_turned(tried, runs):
    """Which two settings change places between the seeds that chose the rates and the new ones, in a sentence."""
    chosen, new = accuracies_by_seeds(tried, runs)
    turned = [(one, other) for one in tried for other in tried if chosen[one] > chosen[other] and new[one] < new[other]]
    if not turned:
        return "Here new seeds leave the order as it was."
    one, other = max(turned, key=lambda pair: chosen[pair[0]] - chosen[pair[1]] + new[pair[1]] - new[pair[0]])
    return (f"Here new seeds turn an order round: {one} led {other} by {100 * (chosen[one] - chosen[other]):.1f} "
            f"points on the seeds that chose the rates, and lies {100 * (new[other] - new[one]):.1f} behind on the "
            "others.")


def _brief(number):
    return f"{number:.2g}" if number < 1000 else "over 1000"
