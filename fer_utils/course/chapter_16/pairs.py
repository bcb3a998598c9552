"""Published runs held against each other, several at once, as one table: corrected for their number. Chapter 16."""

from fer_utils.evaluation.comparison import accuracy_of, compare_groups, holm
from fer_utils.evaluation.results import runs_of_several_seeds
from fer_utils.text import percent, table

DRAWS = 1000  # of the faces: half of what `compare` takes, since two dozen runs are drawn with each pair


def compared(pairs, score=accuracy_of):
    """`compare_groups` of each pair on PrivateTest, with the luck of faces and of seeds: a dict from name to what it
    returns, and its `p_holm`.

    `pairs`: a dict from name to two lists of runs, each one network's seeds. All intervals together hold 19 times in
    20. The spread of seeds is pooled from all our networks that have several, a pair's own among them.
    """
    several = runs_of_several_seeds()
    found = {name: compare_groups(*sides, like=[runs for runs in several if runs not in sides], score=score,
                                  tried=len(pairs), draws=DRAWS) for name, sides in pairs.items()}
    corrected = holm([pair["p_value"] for pair in found.values()])
    return {name: pair | {"p_holm": float(p)} for (name, pair), p in zip(found.items(), corrected)}


def pairs_table(found):
    """Markdown of several `compare` dicts by name: both scores, the difference with its interval, what it says, and how
    many seeds stand behind either side."""
    rows = [[name, percent(pair["first"], 2), percent(pair["second"], 2), in_points(pair), pair["told"],
             " and ".join(map(str, pair["seeds"]))] for name, pair in found.items()]
    return table(["", "first", "second", "difference, points", "the first is", "seeds"], rows, "lrrrlr")


def in_points(pair):
    """A difference and its interval in points."""
    low, high = 100 * pair["low"], 100 * pair["high"]
    return f"{100 * pair['difference']:+.2f} ({low:+.2f} to {high:+.2f})"
