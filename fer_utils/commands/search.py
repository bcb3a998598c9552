"""`python -m fer_utils search`: search for the settings of a recipe."""

from fer_utils.commands import chosen_recipe, named, positive


def add_options(command):
    """Add the options of the command."""
    command.add_argument("name", type=named, metavar="NAME", help="a network, e.g. squeezenet-mini")
    command.add_argument("--recipe", type=named, help="where it begins; default: the network's own")
    command.add_argument("--trials", type=positive, default=20)
    command.add_argument("--epochs", type=positive, default=8, help="of each trial")
    command.add_argument("--limit", type=positive, default=8000, help="training faces of each trial")
    command.add_argument("--out", type=named, help="folder of the search; default: runs/search-NAME")
    command.add_argument("--storage", type=named, metavar="URL", help="a database that several processes share, each "
                         "started by this same command: sqlite:////shared/study.db, or postgresql+psycopg://USER:PASSWORD@"
                         "HOST/DATABASE (pip install 'psycopg[binary]'); default: the folder's own, for one process")


def run(options):
    """Search for the settings of a recipe by many short runs; goes on where it was."""
    from dataclasses import replace

    import optuna  # noqa: F401, before Keras, which takes seconds to load: where it is missing, that is said at once

    from fer_utils.data import load_faces
    from fer_utils.training.search import place_of, search

    out, faces = options.out or f"runs/search-{options.name}", load_faces(("train", "public"))
    recipe = replace(chosen_recipe(options), epochs=options.epochs)
    study = search(options.name, recipe, trials=options.trials, out=out, faces=faces.first(options.limit),
                   storage=options.storage, verbose=1)
    kept = place_of(options.storage) if options.storage else out
    settings = ", ".join(f"{field} {value:.3g}" if isinstance(value, float) else f"{field} {value}"
                         for field, value in study.best_params.items())
    print(f"\nThe best of {options.trials} trials shows {100 * study.best_value:.2f} % on PublicTest of {faces.name}: "
          f"{settings}.\n"
          f"Part of that is luck: train it again with other seeds. The study is kept in {kept}.")
