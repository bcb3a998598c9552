"""Print the site: each chapter as a PDF, and all of them as one book: `python tools/make_pdf.py [03 16]`, `make pdf`.

Needs the built site (`make site`) and a Chromium, which prints. With numbers, only these chapters are printed, and no
book. The book has the syllabus in front, glossary and sources at the end, one row of page numbers and a table of
contents that PDF readers show beside the text.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from make_site import OUT as SITE
from syllabus import written_chapters

OUT = SITE.parent / "pdf"
BOOK = "facial_expression_recognition.pdf"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
LIMIT = 180  # seconds for a page


class PrintError(Exception):
    """What keeps a page from being printed, with the remedy."""


def browser():
    """The path of a Chromium. Raises PrintError where there is none."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        raise PrintError(f"none of {', '.join(BROWSERS)} is installed; one of them prints the pages.")
    return found


def print_page(page, path, first=1):
    """Print a page of the site, a path, as a PDF whose first page has the number `first`. Raises PrintError."""
    if not page.is_file():
        raise PrintError(f"{page} is missing: run `make site` first.")
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [browser(), "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                   "--no-first-run", f"--user-data-dir={profile}", "--no-pdf-header-footer",
                   "--allow-file-access-from-files", "--virtual-time-budget=30000", f"--print-to-pdf={path}",
                   f"{page.resolve().as_uri()}?print={first}"]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT)
        except subprocess.TimeoutExpired:
            raise PrintError(f"{page.name} was not printed within {LIMIT} seconds.") from None
    if done.returncode or not path.is_file():
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise PrintError(f"{page.name} was not printed: {last}")


def book_pages():
    """What the book holds, in order: (title, path from the site's top without ending)."""
    chapters = [(f"{chapter.number} {chapter.title}", f"notebooks/{chapter.name}") for chapter in written_chapters()]
    return [("Facial expression recognition", "index"), ("Syllabus", "syllabus"), *chapters, ("Glossary", "glossary"),
            ("Model card", "data/MODEL_CARD"), ("Bibliography", "bibliography")]


def make_book(site, out):
    """Print all pages one after the other, numbered through, and join them; returns the number of pages."""
    from pypdf import PdfReader, PdfWriter

    book = PdfWriter()
    with tempfile.TemporaryDirectory() as folder:
        for place, (title, page) in enumerate(book_pages()):
            path, first = Path(folder) / f"{place:02d}.pdf", len(book.pages)
            print_page(site / f"{page}.html", path, first + 1)
            for sheet in PdfReader(path).pages:
                book.add_page(sheet)
            book.add_outline_item(title, first)
        book.add_metadata({"/Title": book_pages()[0][0]})
        book.compress_identical_objects()
        book.write(out)
    return len(book.pages)


def main(arguments=None):
    """Print what is asked for; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("chapters", nargs="*", metavar="NUMBER",
                        help="chapters such as 03 or 16; default: all, and the book")
    options = parser.parse_args(arguments)
    known = {chapter.number: chapter.name for chapter in written_chapters()}
    unknown = [number for number in options.chapters if number not in known]
    if unknown:
        parser.error(f"there is no chapter {', '.join(unknown)}; there are: {', '.join(known)}.")
    try:
        for number in options.chapters or known:
            path = OUT / f"{known[number]}.pdf"
            print_page(SITE / "notebooks" / f"{known[number]}.html", path)
            print(f"{path}: {path.stat().st_size / 1e6:.1f} MB", flush=True)
        if not options.chapters:
            count = make_book(SITE, OUT / BOOK)
            print(f"{OUT / BOOK}: {count} pages, {(OUT / BOOK).stat().st_size / 1e6:.1f} MB")
    except PrintError as error:
        print(f"make_pdf: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
