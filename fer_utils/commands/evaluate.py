"""`python -m fer_utils evaluate`: score a network on a split."""

import json

from fer_utils.commands import add_json, add_other_faces, named, other_faces
from fer_utils.text import printable


def add_options(command):
    """Add the options of the command."""
    from fer_utils.evaluation.tta import VIEWS

    command.add_argument("name", type=named, metavar="NAME",
                         help="a network (its published run), a published run, the folder of your own run, such as "
                              "runs/NAME, or a file NAME.keras with your own network, which takes raw gray faces of "
                              "48x48 pixels from 0 to 255; open only .keras files of people you trust")
    command.add_argument("--split", choices=["public", "private"], help="default: private for what is published and "
                         "with --faces or --ferplus, else public")
    command.add_argument("--recorded", action="store_true", help="score the stored PrivateTest probabilities")
    command.add_argument("--views", choices=list(VIEWS), default="single",
                         help="answer with the mean over several views of each face")
    add_other_faces(command)
    add_json(command)


def run(options):
    """Score a network on a split."""
    from fer_utils.evaluation import evaluate, evaluate_on
    from fer_utils.evaluation.intervals import share_interval
    from fer_utils.networks.weights import own_path

    if (options.faces or options.ferplus) and options.recorded:
        raise ValueError("answers are recorded for the faces a run was trained on, with their labels; leave out "
                         "--recorded, or --faces and --ferplus.")
    # a published network learned from the course's own faces, so only the part that is scored is needed
    split = options.split or "private"
    faces = other_faces(options, None if own_path(options.name) else split)
    result = evaluate_on(options.name, faces, split, views=options.views) if faces else evaluate(
        options.name, split=options.split, recorded=options.recorded, views=options.views)
    if options.json:
        return print(json.dumps(result))
    print(f"{result['run']} on {result['n']:,} faces of {result['split']}, {result['source']}; views: "
          f"{result['views']}\n")
    if faces:
        print(f"trained on {result['trained_on'] or 'faces that the file does not name'}, scored on {result['data']}")
    duplicates = ""
    if result["leak_free_n"]:
        duplicates = (f"   without duplicates in Training {100 * result['leak_free_accuracy']:.2f} % "
                      f"({result['leak_free_n']:,} faces)")
    low, high = share_interval(round(result["accuracy"] * result["n"]), result["n"])
    print(f"accuracy  {100 * result['accuracy']:.2f} %   95 % interval {100 * low:.2f} to {100 * high:.2f} %, for the "
          "luck of the faces alone")
    print(f"          macro F1 {result['macro_f1']:.3f}{duplicates}")
    print(f"          calibration error {result['calibration_error']:.3f}")
    if result["erratum"]:
        print(f"erratum   {printable(result['erratum'])}")
    print(f"network   {result['parameters']:,} parameters, {result['file_bytes'] / 1e6:.2f} MB\n")
    print(f"{'':10}{'precision':>10}{'recall':>10}{'F1':>10}{'faces':>8}")
    for emotion, row in result["per_class"].items():
        if row["f1"] is None:
            print(f"{emotion:10}   no face of this class here; macro F1 is the mean over the others")
            continue
        print(f"{emotion:10}{row['precision']:10.3f}{row['recall']:10.3f}{row['f1']:10.3f}{row['support']:8,}")
