"""The command line, a module a command, each with `add_options` and `run`; the docstring of `run` is its help. Here is
what several of them share."""

import argparse
import sys


def positive(text):
    """A whole number of 1 or more, for argparse."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def named(text):
    """Text that names something, for argparse: not empty, which `"$NAME"` is where NAME is not set."""
    if not text.strip():
        raise argparse.ArgumentTypeError("the name is empty; leave the option out or name something")
    return text


def add_json(command):
    """Add --json."""
    command.add_argument("--json", action="store_true", help="print one JSON value")


def add_other_faces(command):
    """Add --faces and --classes, which `other_faces` reads."""
    command.add_argument("--faces", type=named, metavar="FOLDER", help="the faces of another dataset; see "
                         "data/README.md")
    command.add_argument("--classes", type=named, metavar="MAP", help="what the classes of --faces mean: raf-db, "
                         "affectnet, names (folders called by an emotion), or a .json or .toml file; default: names")


def other_faces(options, splits=None):
    """The faces that --faces and --classes name, or None without --faces."""
    if not options.faces:
        if options.classes:
            raise ValueError("--classes says what the classes of another dataset mean; name its folder with --faces.")
        return None
    from fer_utils.data.folders import load_folder

    faces = load_folder(options.faces, options.classes or "names", splits)
    for name, count in faces.left_out.items():
        print(f"left out: {count:,} faces of the class {name}", file=sys.stderr)
    return faces


def chosen_recipe(options):
    """The recipe named on the command line, or the network's own. Raises ValueError for an unknown network or
    recipe."""
    from fer_utils.networks import NETWORKS
    from fer_utils.training.recipes import RECIPES

    if options.name not in NETWORKS:
        raise ValueError(f"there is no network {options.name!r}; there are: {', '.join(NETWORKS)}.")
    chosen = options.recipe or NETWORKS[options.name].recipe
    if chosen not in RECIPES:
        raise ValueError(f"there is no recipe {chosen!r}; there are: {', '.join(RECIPES)}.")
    return RECIPES[chosen]
