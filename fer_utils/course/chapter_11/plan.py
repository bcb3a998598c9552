"""Beyond one machine: what was measured with two workers and with streamed faces, and a paper plan for more of both
(chapter 11). The measurements are those of `benchmarks/workers.py` and `benchmarks/streaming.py`; the plan is computed
from a recorded run and from assumptions that bear their names."""

from fer_utils.evaluation.results import load_run
from fer_utils.networks import NETWORKS
from fer_utils.text import table

RUN = "squeezenet-fer-deep-distilled-long-s0"  # a training on one GPU
FACE = 48 * 48  # bytes
# Our assumptions, to be replaced by those of a real machine and a real bill.
GPU_HOUR = 3.0  # dollars for an hour of one GPU
LINK = 25e9  # bytes a second that one GPU sends to the next
BEGIN = 30e-6  # seconds until a message is under way
KEPT = 0.023  # dollars for a gigabyte of storage and month
PLANS = (("FER-2013", 28709, 200, 1), ("FER-2013", 28709, 200, 8), ("a hundred million faces", 10**8, 10, 1),
         ("a hundred million faces", 10**8, 10, 8))


def plan(faces, epochs, gpus):
    """What training takes: a dict with `hours`, `dollars`, the share of the time that is `exchange`, and the
    `megabytes` a second that have to be read.

    Each GPU computes as quickly as that of the recorded run, on a batch as large as that run's. The gradients go round
    in a ring: every GPU sends each of its bytes twice, but for its own share (Patarasuk and Yuan 2009).
    """
    run = load_run(RUN)
    batch, speed = run["recipe"]["batch_size"], len(run["history"]) * run["data"]["train"] / run["wall_seconds"]
    gradient = 4 * NETWORKS[run["model"]].parameters
    exchange = 2 * (gpus - 1) * (gradient / gpus / LINK + BEGIN)
    step = batch / speed + exchange
    seconds = epochs * faces / (gpus * batch) * step
    return {"hours": seconds / 3600, "dollars": gpus * GPU_HOUR * seconds / 3600, "exchange": exchange / step,
            "megabytes": gpus * batch * FACE / step / 1e6}


def as_table():
    """The plans, as a table."""
    rows = []
    for name, faces, epochs, gpus in PLANS:
        found = plan(faces, epochs, gpus)
        rows.append([name, str(epochs), str(gpus), f"{found['hours']:.2g}" if found["hours"] < 10 else
                     f"{found['hours']:.0f}", f"{found['dollars']:.2g}" if found["dollars"] < 10 else
                     f"{found['dollars']:.0f}", f"{100 * found['exchange']:.0f} %", f"{found['megabytes']:.0f}"])
    return table(["Faces", "Epochs", "GPUs", "Hours", "Dollars", "Exchange", "MB/s read"], rows, "lrrrrrr")


def assumptions():
    """What the plans assume, in a sentence."""
    run = load_run(RUN)
    return (f"Assumed: each GPU as quick as the one of `{RUN}` ({run['device']}) with a batch of its own of "
            f"{run['recipe']['batch_size']}; {GPU_HOUR:g} dollars an hour; {LINK / 1e9:g} GB a second from GPU to GPU, "
            f"{1e6 * BEGIN:.0f} µs to begin. A hundred million faces fill {1e8 * FACE / 1e9:.0f} GB, at {KEPT:g} "
            f"dollars a month each {1e8 * FACE / 1e9 * KEPT:.0f}.")


def describe_workers(found):
    """How much quicker two workers were, and how near they came, in words."""
    gain, losses = found["speedup"], zip(found["one_first_loss"]["all"], found["two_first_loss"]["all"])
    apart = max(abs(one - two) for one, two in losses)
    seeds = found["one_first_loss"]["all"]
    points = [100 * (two - one) for one, two in zip(found["one_accuracy"]["all"], found["two_accuracy"]["all"])]
    return (f"Two workers train **{gain['median']:.2f} times** as many faces a second as one (median of "
            f"{len(gain['all'])} rounds, {min(gain['all']):.2f} to {max(gain['all']):.2f}; {found['machine']}, with "
            f"{found['load_before']:.0f} processes waiting when it began). After one epoch their loss lies at most "
            f"{apart:.3f} from that of one worker with the same seed, while {len(seeds)} seeds of one worker spread "
            f"over {max(seeds) - min(seeds):.3f}. After {found['epochs']} epochs PublicTest differs by "
            f"{min(points):+.1f} to {max(points):+.1f} points.")


def describe_stream(found):
    """What streaming costs in speed and memory, in words."""
    rows = found["training"]["memory"]
    half = [row[2] for row in rows[len(rows) // 2:]]
    often, once = (found[f"{name}_megabytes"]["median"] for name in ("stream_20", "stream"))
    return (f"A pass over {found['faces']:,} streamed faces, 20 times FER-2013, took {often:.0f} MB, where they fill "
            f"{found['faces'] * FACE / 1e6:,.0f}; a pass over FER-2013 took {once:.0f} MB streamed and "
            f"{found['memory_megabytes']['median']:.0f} held in memory. The stream gave "
            f"{found['stream_20_faces_per_second']['median']:,.0f} faces a second, memory "
            f"{found['memory_faces_per_second']['median']:,.0f}. While a network trained on "
            f"{found['training']['faces']:,} of them, its process held {min(half):.0f} to {max(half):.0f} MB in the "
            "second half.")
