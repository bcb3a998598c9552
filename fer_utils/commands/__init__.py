"""The command line, a module a command, each with `add_options` and `run`; the docstring of `run` is its help. Here is
what several of them share."""

import argparse
import sys

from fer_utils.text import printable


def positive(text):
    """A whole number of 1 or more, for argparse."""
    number = whole(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def whole(text):
    """A whole number, for argparse."""
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number; write digits alone, such as 1000") from None


def named(text):
    """Text that names something, for argparse: not empty, which `"$NAME"` is where NAME is not set."""
    if not text.strip():
        raise argparse.ArgumentTypeError("the name is empty; leave the option out or name something")
    return text


def add_json(command):
    """Add --json."""
    command.add_argument("--json", action="store_true", help="print one JSON value")


def add_other_faces(command):
    """Add --faces, --classes and --ferplus, which `other_faces` reads."""
    command.add_argument("--faces", type=named, metavar="FOLDER", help="the faces of another dataset; see "
                         "data/README.md")
    command.add_argument("--classes", type=named, metavar="MAP", help="what the classes of --faces mean: raf-db, "
                         "affectnet, names (folders called by an emotion), or a .json or .toml file; default: names")
    command.add_argument("--ferplus", type=named, metavar="FILE", help="FER-2013 with the labels of FER+: its file "
                         "fer2013new.csv")


def other_faces(options, splits=None):
    """The faces that --faces and --classes, or --ferplus, name; None without them."""
    if options.classes and not options.faces:
        raise ValueError("--classes says what the classes of another dataset mean; name its folder with --faces.")
    if options.faces and options.ferplus:
        raise ValueError("--ferplus gives other labels to FER-2013, and --faces names another dataset; give one of the "
                         "two.")
    if options.faces:
        from fer_utils.data.folders import load_folder

        faces = load_folder(options.faces, options.classes or "names", splits)
    elif options.ferplus:
        from fer_utils.data import SPLITS
        from fer_utils.data.fer2013 import load_fer2013
        from fer_utils.data.ferplus import with_ferplus

        faces = with_ferplus(load_fer2013(splits=splits or SPLITS), options.ferplus)
    else:
        return None
    for name, count in faces.left_out.items():
        print(f"left out: {count:,} faces of the class {printable(name)}", file=sys.stderr)
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
