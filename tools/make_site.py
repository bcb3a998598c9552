"""Build the course as a static site: `python tools/make_site.py [--out FOLDER]`, `make site`.

Gathers the pages (tools/site_pages.py), draws the face laboratory (tools/site_laboratory.py), fetches MathJax once (by
npm, into build/npm), and lets Sphinx build. What comes out is a folder of files for any web server, or to be opened as
they are; no page asks another host for anything.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import npm
import site_laboratory
import site_pages
from syllabus import ROOT

OUT = ROOT / "site" / "_build" / "html"
MATHJAX = "mathjax@3.2.2"
MATHJAX_INTEGRITY = "sha512-Bt+SSVU8eBG27zChVewOicYs7Xsdt40qm4+UpHyX7k0/O9NliPc+x77k1/FEsPsjKPZGJvtRZM1vO+geW0OhGw=="
# Of MathJax, what turns formulas into text of its own fonts.
RENDERER = {"es5/tex-chtml.js": "tex-chtml.js", "es5/output/chtml/fonts/": "output/chtml/fonts/",
            "es5/input/tex/extensions/": "input/tex/extensions/", "LICENSE": "LICENSE"}
# The page "Read my face": what belongs to it in site/extra is only a part of it, tools/make_reader.py puts it together.
READER = "read-my-face"


def copy_beside(extra, root=ROOT):
    """Copy into `extra` what stands beside the pages as it is: site/extra, and the page "Read my face" where it has
    been put together. Returns whether it has."""
    for path in sorted((root / "site" / "extra").glob("*")):
        if path.is_dir() and path.name != READER:
            shutil.copytree(path, extra / path.name)
        elif path.is_file():
            shutil.copy(path, extra)
    assembled = root / "site" / "_build" / READER
    if (assembled / "index.html").is_file():
        shutil.copytree(assembled, extra / READER)
        return True
    return False


def make(out=OUT, root=ROOT):
    """Build the site into `out`. Raises NpmError, or CalledProcessError where Sphinx fails or warns."""
    work = out.parent / f"{out.name}-work"
    pages, extra = work / "pages", work / "extra"
    archive = npm.fetched(MATHJAX, MATHJAX_INTEGRITY)
    for folder in (work, out):  # nothing of an earlier build stays
        shutil.rmtree(folder, ignore_errors=True)
    for folder in (pages, extra):
        folder.mkdir(parents=True)
    site_laboratory.draw(site_pages.laboratory_of(root), root)
    site_pages.gather(pages, extra, copy_beside(extra, root), root)
    npm.unpack(archive, RENDERER, pages / "_static" / "mathjax")
    environment = os.environ | {"SITE_PAGES": str(pages), "SITE_EXTRA": str(extra)}
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-b", "html", "-c", str(root / "site"),
               "-d", str(work / "doctrees"), "-q", str(pages), str(out)]
    subprocess.run(command, check=True, env=environment)


def size_of(folder):
    """The bytes of all files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def main(arguments=None):
    """Build, and say where it is; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args(arguments)
    start = time.perf_counter()
    try:
        make(options.out.resolve())
    except npm.NpmError as error:
        print(f"make_site: {error}", file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        print(f"make_site: Sphinx ended with {error.returncode}; its messages stand above.", file=sys.stderr)
        return 1
    print(f"{options.out / 'index.html'}: {size_of(options.out) / 1e6:.1f} MB, {time.perf_counter() - start:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
