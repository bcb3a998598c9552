"""The command line: `python -m fer_utils data | train | search | evaluate | predict | results`.

With `--json`, standard output is one JSON value and nothing else. Errors of the user's input end with one line on
standard error and exit status 2.
"""

import argparse
import json
import os
import re
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # before TensorFlow is imported, or it chats


def main(arguments=None):
    """Run a command; returns the exit status, 0 where all went well."""
    options = parser().parse_args(arguments)
    from fer_utils.data import DataError
    from fer_utils.networks.weights import WeightsError

    try:
        options.command(options)
    except (DataError, WeightsError, OSError, ValueError) as error:
        print(f"fer_utils: {error}", file=sys.stderr)
        return 2
    except ModuleNotFoundError as error:
        print(f"fer_utils: this needs {error.name}, which is not installed. "
              "Install the course's packages with: pip install -r requirements.txt", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("fer_utils: stopped. A training run goes on with --resume.", file=sys.stderr)
        return 130
    return 0


def parser():
    """The parser of all commands."""
    from fer_utils.evaluation.tta import VIEWS

    top = argparse.ArgumentParser(prog="python -m fer_utils", description="Facial expression recognition, the course.")
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    def command(name, function, about):
        sub = commands.add_parser(name, help=about, description=about)
        sub.set_defaults(command=function)
        return sub

    data = command("data", show_data, "Say which faces are found: source, counts, content hash.")
    data.add_argument("--source", help="a copy of FER-2013 to read and remember, or 'hub' for the Deep Lake hub")
    train = command("train", run_training, "Train a network; the best epoch is chosen on PublicTest.")
    train.add_argument("name", metavar="NAME", help="a network, e.g. squeezenet-fer")
    train.add_argument("--recipe", help="a name in fer_utils/training/recipes.py; default: the network's own")
    train.add_argument("--epochs", type=positive, help="default: the recipe's")
    train.add_argument("--batch-size", type=positive, help="default: the recipe's")
    train.add_argument("--seed", type=int, default=0)
    train.add_argument("--precision", choices=["float32", "mixed_bfloat16"], default="float32")
    train.add_argument("--resume", action="store_true", help="go on after the last finished epoch")
    train.add_argument("--out", help="folder of the run; default: runs/NAME-RECIPE-sSEED, with the name of other faces")
    train.add_argument("--start", metavar="RUN", help="begin with the weights of this run of the same network")
    train.add_argument("--teachers", metavar="RUN", nargs="+",
                       help="runs whose answers are learned, for a recipe with teachers")
    train.add_argument("--copies", type=positive, default=16,
                       help="changed copies of each face that the teachers answer")
    search = command("search", run_search, "Search for the settings of a recipe by many short runs; goes on where it "
                                           "was.")
    search.add_argument("name", metavar="NAME", help="a network, e.g. squeezenet-mini")
    search.add_argument("--recipe", help="where it begins; default: the network's own")
    search.add_argument("--trials", type=positive, default=20)
    search.add_argument("--epochs", type=positive, default=8, help="of each trial")
    search.add_argument("--limit", type=positive, default=8000, help="training faces of each trial")
    search.add_argument("--out", help="folder of the search; default: runs/search-NAME")
    evaluate = command("evaluate", show_scores, "Score a published network on a split.")
    evaluate.add_argument("name", metavar="NAME",
                          help="a network (its published run), a run, or with --faces a folder in runs/")
    evaluate.add_argument("--split", choices=["public", "private"], default="private")
    evaluate.add_argument("--recorded", action="store_true", help="score the stored PrivateTest probabilities")
    evaluate.add_argument("--views", choices=list(VIEWS), default="single",
                          help="answer with the mean over several views of each face")
    predict = command("predict", show_prediction, "Find the faces in a picture and name their emotions.")
    predict.add_argument("image", metavar="IMAGE", nargs="?", help="default: the portrait inside scikit-image")
    predict.add_argument("--network", metavar="NAME",
                         help="a network with weights, or the folder of a run; default: our best")
    results = command("results", show_results, "List the published runs.")
    for sub in (data, evaluate, predict, results):
        sub.add_argument("--json", action="store_true", help="print one JSON value")
    for sub in (data, train, evaluate):
        sub.add_argument("--faces", metavar="FOLDER", help="the faces of another dataset; see data/README.md")
        sub.add_argument("--classes", metavar="MAP", help="what the classes of --faces mean: raf-db, affectnet, names "
                         "(folders called by an emotion), or a .json or .toml file; default: names")
    return top


def positive(text):
    """A whole number of 1 or more, for argparse."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


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


def show_data(options):
    """`data`: which faces are found."""
    import numpy as np

    from fer_utils.data import load_faces
    from fer_utils.data.fer2013 import load_fer2013
    from fer_utils.labels import EMOTIONS

    if options.faces and options.source:
        raise ValueError("--source names FER-2013 and --faces another dataset; give one of the two.")
    faces = other_faces(options) or (load_fer2013(options.source) if options.source else load_faces())
    counts = {split: {emotion: int(count) for emotion, count in
                      zip(EMOTIONS, np.bincount(part.labels, minlength=len(EMOTIONS)))}
              for split, part in faces.parts.items()}
    result = {"name": faces.name, "source": faces.source, "content_hash": faces.content_hash,
              "counts": {split: sum(by_class.values()) for split, by_class in counts.items()}, "classes": counts,
              "left_out": faces.left_out}
    if options.json:
        return print(json.dumps(result))
    print(f"{faces.name}, from {faces.source}\ncontent hash {faces.content_hash}\n")
    print(f"{'':10}" + "".join(f"{split:>9}" for split in counts))
    for emotion in EMOTIONS:
        print(f"{emotion:10}" + "".join(f"{by_class[emotion]:9,}" for by_class in counts.values()))
    print(f"{'all':10}" + "".join(f"{count:9,}" for count in result["counts"].values()))
    if not faces.is_real:
        print("\nThese are the bundled drawings. The README says how to get FER-2013.")


def run_training(options):
    """`train`: train a network and say what it reached."""
    from dataclasses import replace

    start = chosen_recipe(options)
    changes = {"epochs": options.epochs, "batch_size": options.batch_size}
    recipe = replace(start, **{field: value for field, value in changes.items() if value})
    faces = other_faces(options, ("train", "public"))
    dataset = f"{re.sub('[^a-z0-9]+', '-', faces.name.lower()).strip('-')}-" if faces else ""
    out = options.out or f"runs/{options.name}-{dataset}{recipe.name}-s{options.seed}"

    from fer_utils.training.run import train

    soft_targets, learned = None, faces
    if bool(options.teachers) != bool(recipe.teacher_share):
        raise ValueError(f"the recipe {recipe.name!r} learns {'from' if recipe.teacher_share else 'without'} teachers; "
                         f"{'name their runs with' if recipe.teacher_share else 'leave out'} --teachers.")
    if options.teachers:
        from fer_utils.data import load_faces
        from fer_utils.training.distillation import soft_targets_of_runs

        learned = faces or load_faces(("train", "public"))
        soft_targets = soft_targets_of_runs(options.teachers, learned, options.copies, keep=f"{out}/answers.npy")
    record = train(options.name, recipe, seed=options.seed, out=out, resume=options.resume, precision=options.precision,
                   faces=learned, soft_targets=soft_targets, start=options.start)
    print(f"\n{options.name} on {record['data']['name']}: {'public part' if faces else 'PublicTest'} "
          f"{100 * record['public_accuracy']:.2f} % after epoch {record['best_epoch']} of {len(record['history'])}. "
          f"Kept in {out}.")


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


def run_search(options):
    """`search`: search for settings and name the best."""
    from dataclasses import replace

    from fer_utils.data import load_faces
    from fer_utils.training.search import search

    out, faces = options.out or f"runs/search-{options.name}", load_faces(("train", "public"))
    recipe = replace(chosen_recipe(options), epochs=options.epochs)
    study = search(options.name, recipe, trials=options.trials, out=out, faces=faces.first(options.limit), verbose=1)
    settings = ", ".join(f"{field} {value:.3g}" if isinstance(value, float) else f"{field} {value}"
                         for field, value in study.best_params.items())
    print(f"\nThe best of {options.trials} trials shows {100 * study.best_value:.2f} % on PublicTest of {faces.name}: "
          f"{settings}.\n"
          f"Part of that is luck: train it again with other seeds. The study is kept in {out}.")


def show_scores(options):
    """`evaluate`: score a network on a split."""
    from fer_utils.evaluation import evaluate, evaluate_on

    if options.faces and options.recorded:
        raise ValueError("answers are recorded for the faces a run was trained on; leave out --recorded or --faces.")
    # a published network learned from the course's own faces, so only the part that is scored is needed
    faces = other_faces(options, None if os.path.isdir(options.name) else options.split)
    result = evaluate_on(options.name, faces, options.split, views=options.views) if faces else evaluate(
        options.name, split=options.split, recorded=options.recorded, views=options.views)
    if options.json:
        return print(json.dumps(result))
    print(f"{result['run']} on {result['n']:,} faces of {result['split']}, {result['source']}; views: "
          f"{result['views']}\n")
    if faces:
        print(f"trained on {result['trained_on']}, scored on {result['data']}")
    duplicates = ""
    if result["leak_free_n"] is not None:
        duplicates = (f"   without duplicates in Training {100 * result['leak_free_accuracy']:.2f} % "
                      f"({result['leak_free_n']:,} faces)")
    print(f"accuracy  {100 * result['accuracy']:.2f} %   macro F1 {result['macro_f1']:.3f}{duplicates}")
    print(f"          calibration error {result['calibration_error']:.3f}")
    print(f"network   {result['parameters']:,} parameters, {result['file_bytes'] / 1e6:.2f} MB\n")
    print(f"{'':10}{'precision':>10}{'recall':>10}{'F1':>10}{'faces':>8}")
    for emotion, row in result["per_class"].items():
        if row["f1"] is None:
            print(f"{emotion:10}   no face of this class here; macro F1 is the mean over the others")
            continue
        print(f"{emotion:10}{row['precision']:10.3f}{row['recall']:10.3f}{row['f1']:10.3f}{row['support']:8,}")


def show_prediction(options):
    """`predict`: find faces in a picture and name their emotions."""
    from fer_utils.data.photographs import example_photograph, read_photograph
    from fer_utils.evaluation.prediction import DEFAULT_NETWORK, predict_image
    from fer_utils.networks.weights import load_network

    photograph = read_photograph(options.image) if options.image else example_photograph()
    network = options.network or DEFAULT_NETWORK
    faces = predict_image(photograph, load_network(network) if options.network else None)
    if options.json:
        return print(json.dumps({"image": options.image or "skimage.data.astronaut()", "network": network,
                                 "faces": faces}))
    if not faces:
        print("No upright frontal face found. The detector misses profiles and tilted heads.")
    for face in faces:
        row, column, height, width = face["box"]
        print(f"{face['emotion']} at row {row}, column {column}, {height}x{width} pixels")
        for emotion, p in sorted(face["probabilities"].items(), key=lambda item: -item[1]):
            print(f"  {emotion:10}{p:6.1%}  {'#' * round(40 * p)}")


def show_results(options):
    """`results`: list the published runs."""
    from fer_utils.evaluation.results import results_table

    rows = results_table(untrained=True)
    if options.json:
        return print(json.dumps(rows))
    print(f"{'run':40}{'private':>9}{'thesis':>9}{'no copies':>10}{'public':>9}{'macro F1':>10}{'parameters':>12}"
          f"{'epochs':>8}{'s/epoch':>9}  device")
    for row in rows:
        if row["run"] is None:
            print(f"{row['model']:40}{'not yet trained':>47}{row['parameters']:12,}")
            continue
        thesis = f"{row['thesis_accuracy']:.2%}" if row["thesis_accuracy"] else "-"
        print(f"{row['run']:40}{row['accuracy']:9.2%}{thesis:>9}{row['leak_free_accuracy']:10.2%}"
              f"{row['public_accuracy']:9.2%}{row['macro_f1']:10.3f}{row['parameters']:12,}{row['epochs']:8}"
              f"{row['seconds_an_epoch']:9.1f}  {row['device']}"
              f"{'' if row['complete'] else '  not complete'}{'' if row['data'] == 'FER-2013' else '  ' + row['data']}")


if __name__ == "__main__":
    sys.exit(main())
