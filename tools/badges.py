"""Bring Colab badges and bootstraps up to date: `python tools/badges.py [--set OWNER/REPO[@BRANCH]] [--check]`.

The address of the course stands in tools/course.toml alone. This rewrites what depends on it: the badge rows,
bootstraps and links in all notebooks (nothing is executed) and the README's syllabus table. Instead of a branch, a tag
of a release may follow the @, so that a class keeps what its teacher has read.

`--hub https://hub.example.org` changes nothing: it prints, for a JupyterHub with nbgitpuller, the link of each chapter,
which fetches the course into a learner's home and opens it.
"""

import argparse
import os
import sys

import build_notebooks
import readme_tables
from syllabus import ROOT, hub_url, repository, set_repository, written_chapters


def stale(root=ROOT, write_changes=False):
    """The files whose badges differ from tools/course.toml, as paths from the top; rewritten if asked."""
    paths = build_notebooks.refresh_generated(root, write_changes)
    paths += readme_tables.update(["syllabus"], root, write_changes)
    return [build_notebooks.from_repository(path, root) for path in paths]


def main(arguments=None):
    """Rewrite what depends on the address, or report it; returns the exit status.

    It is 1 where a check finds files out of date, and where this runs on GitHub for another repository than the one
    that the badges lead to.
    """
    parser = argparse.ArgumentParser(description="Rewrite Colab badges and bootstraps from tools/course.toml.")
    parser.add_argument("--set", metavar="OWNER/REPO", help="first store this address; @BRANCH may follow")
    parser.add_argument("--check", action="store_true", help="change nothing; report files that are out of date")
    parser.add_argument("--hub", metavar="ADDRESS", help="print the chapters' nbgitpuller links for this JupyterHub")
    options = parser.parse_args(arguments)
    if bool(options.set) + options.check + bool(options.hub) > 1:
        parser.error("--set changes files, --check and --hub change none; use one of them.")
    try:
        if options.hub:
            for chapter in written_chapters():
                print(f"{chapter.number} {hub_url(options.hub, f'notebooks/{chapter.name}.ipynb')}")
            return 0
        if options.set:
            set_repository(options.set)
        paths = stale(write_changes=not options.check)
    except (ValueError, build_notebooks.BuildError) as error:
        parser.error(str(error))
    address, here = repository(), os.environ.get("GITHUB_REPOSITORY")
    elsewhere = bool(here) and here.lower() != f"{address.owner}/{address.repo}".lower()
    if elsewhere:
        print(f"The badges lead to {address.owner}/{address.repo}, not to {here}; "
              f"`python tools/badges.py --set {here}` changes that.")
    for path in paths:
        print(f"{'out of date' if options.check else 'updated'}: {path}")
    return 1 if elsewhere or options.check and paths else 0


if __name__ == "__main__":
    sys.exit(main())
