"""How the course writes numbers and tables."""


def percent(fraction, digits=1):
    """A fraction as the course writes it: percent(0.6637) is "66.4 %"."""
    return f"{100 * fraction:.{digits}f} %"


def table(head, rows, align=""):
    """A Markdown table. `head`: the titles; `rows`: lists of cells, str; `align`: `l` or `r` for each column."""
    rule = ["--:" if side == "r" else "---" for side in align.ljust(len(head), "l")]
    return "\n".join("| " + " | ".join(line) + " |" for line in [head, rule, *rows])
