"""Published runs held against each other, several at once, as one table: corrected for their number. Chapter 16."""

from fer_utils.evaluation.comparison import accuracy_of, compare_groups
from fer_utils.text import percent, table


def compared(pairs, score=accuracy_of):
    """`compare_groups` of each pair on PrivateTest, all intervals together holding 19 times in 20: a dict from name to
    what it returns. `pairs`: a dict from name to two lists of runs, each one network's seeds."""
    return {name: compare_groups(first, second, score=score, tried=len(pairs))
            for name, (first, second) in pairs.items()}


def pairs_table(found):
    """Markdown of what `compared` returns: both scores, the difference with its interval, what it says, which luck."""
    rows = [[name, percent(pair["first"], 2), percent(pair["second"], 2), points(pair), pair["told"], pair["luck"]]
            for name, pair in found.items()]
    return table(["the first against the second", "first", "second", "difference, points", "the first is", "luck counted"],
                 rows, "lrrrll")


def points(pair):
    """A difference and its interval in points, in words."""
    low, high = 100 * pair["low"], 100 * pair["high"]
    return f"{100 * pair['difference']:+.2f} ({low:+.2f} to {high:+.2f})"
