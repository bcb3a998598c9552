"""How the course writes numbers and tables."""


def percent(fraction, digits=1):
    """A fraction as the course writes it: percent(0.6637) is "66.4 %"."""
    return f"{100 * fraction:.{digits}f} %"


def printable(text):
    """Text that is safe to print in one line: what a file or an archive calls itself may hold line ends, or codes that
    move the cursor of a terminal. Line ends become spaces, other such characters their escape."""
    return "".join(c if c.isprintable() else " " if c in "\r\n\t" else ascii(c)[1:-1] for c in str(text))


def short(value, most=60):
    """A value as Python writes it, cut to `most` characters: for errors that show what was found."""
    text = repr(value)
    return text if len(text) <= most else text[:most - 3] + "..."


def table(head, rows, align=""):
    """A Markdown table. `head`: the titles; `rows`: lists of cells, str; `align`: `l` or `r` for each column."""
    rule = ["--:" if side == "r" else "---" for side in align.ljust(len(head), "l")]
    return "\n".join("| " + " | ".join(line) + " |" for line in [head, rule, *rows])
