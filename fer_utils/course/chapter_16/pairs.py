"""Published runs held against each other, several at once, as one table. Chapter 16."""

from functools import partial

from fer_utils.evaluation.comparison import compare_groups
from fer_utils.evaluation.results import runs_of_several_seeds
from fer_utils.text import percent, table

DRAWS = 1000  # of the faces: half of what `compare` takes, since two dozen runs are drawn with each pair


def with_borrowed_spread():
    """`compare_groups` for `compare_pairs`: the spread of seeds is pooled from all our networks that have several, a
    pair's own among them."""
    return partial(compare_groups, like=runs_of_several_seeds(), draws=DRAWS)


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
