"""The sources of all chapters as one BibTeX file, read from the lists at the ends of the chapters.

An item of such a list reads "authors, *title*, where and when, [link](address). Remark." The same source in several
chapters is one entry, whose note names them. The lists are the one place where a source is written down.
"""

import re
from typing import NamedTuple
from urllib.parse import unquote

ITEM = re.compile(r"(?ms)^(\d+)\. +(.*?)(?=^\d+\. |\n\n|\Z)")
LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
THESIS = "bachelor's thesis, Brno University of Technology"
BACKSLASHED = r"\\\1"
REMARKS = re.compile(r"(?:Its summary was read|Summaries of it were read[^.]*)\.")


class Source(NamedTuple):
    """One item of a list. `where`: journal or conference; `year`: text, may be empty; `address`: may be empty;
    `remark`: how far it was read."""

    authors: str
    title: str
    where: str
    year: str
    address: str
    remark: str


def items(text):
    """The items of a chapter's list of references, {number: text on one line}."""
    return {int(number): " ".join(body.split()) for number, body in ITEM.findall(text)}


def parse(item):
    """The `Source` of one item. What has no title in italics is its own title."""
    address = next((unquote(link[1]) for link in LINK.findall(item)), "")
    remark = " ".join(REMARKS.findall(item))
    if THESIS in item:
        return Source("S. Zima", "Creating a Python-based Automated System for Recognizing Emotions from Facial "
                      "Expressions", THESIS[0].upper() + THESIS[1:], "2024", "", "")
    named = re.match(r"(?:([^*]*?), )?\*([^*]+)\*,?(.*)", item)
    if not named:
        title = re.split(r", article|, eur-lex", LINK.sub(r"\1", item))[0].rstrip(".")
        return Source("", title, "", "", address, remark)
    authors, title, rest = named.groups()
    rest = LINK.split(rest)[0]
    year = next(iter(re.findall(r"\b(?:18|19|20)\d\d\b", rest)), "")
    where = re.sub(rf"[ ,]*\b{year}\b", "", rest) if year else rest
    return Source(authors or "", title, where.replace("`", "").strip(" ,.;"), year, address, remark)


def key(source):
    """What tells a source from others: its address, or its title."""
    return re.sub(r"[^a-z0-9]+", "-", (source.address or source.title).lower()).strip("-")[-60:]


def merged(lists):
    """All sources, a list of (Source, numbers of chapters) in the order of their first mention.

    `lists`: {chapter: text of its references}. Of two wordings the longer stays, part by part; the year stays with
    where it was published.
    """
    found = {}
    for chapter, text in lists.items():
        for item in items(text).values():
            source = parse(item)
            before, chapters = found.get(key(source), (source, []))
            longer = Source(*(max(pair, key=len) for pair in zip(before, source)))
            when = max(before, source, key=lambda one: (len(one.where), len(one.year))).year
            found[key(source)] = longer._replace(year=when), [*dict.fromkeys([*chapters, chapter])]
    return list(found.values())


def bibtex(lists):
    """The sources of {chapter: text of its references} as BibTeX."""
    return "\n\n".join(entry(source, chapters) for source, chapters in merged(lists)) + "\n"


def entry(source, chapters):
    """One source as BibTeX; its note says which chapters use it."""
    people = re.search(r"\b[A-ZÀ-Ž]\.", source.authors)
    names = re.sub(r",(?: and)? ", " and ", source.authors) if people else f"{{{source.authors}}}"
    used = ("Chapter " if len(chapters) == 1 else "Chapters ") + ", ".join(chapters)
    fields = {"author": names if source.authors else "", "title": f"{{{source.title}}}",
              "howpublished": f"{{{source.where}}}" if source.where else "", "year": source.year,
              "note": f"{source.remark} {used}".strip(), "key": source.authors or source.title}
    for field, start in (("doi", "https://doi.org/"), ("eprint", "https://arxiv.org/abs/"), ("url", "")):
        if source.address.startswith(start):
            fields[field] = source.address.removeprefix(start)
            break
    if "eprint" in fields:
        fields["archiveprefix"] = "arXiv"
    lines = [f"  {name} = {{{re.sub('([%&])', BACKSLASHED, value)}}}" for name, value in fields.items() if value]
    return f"@misc{{{key(source)},\n" + ",\n".join(lines) + "\n}"
