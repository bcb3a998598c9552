"""`python -m fer_utils train`: train a network."""

import re

from fer_utils.commands import add_other_faces, chosen_recipe, named, other_faces, positive, whole


def add_options(command):
    """Add the options of the command."""
    command.add_argument("name", type=named, metavar="NAME", help="a network, e.g. squeezenet-fer")
    command.add_argument("--recipe", type=named, help="a name in fer_utils/training/recipes.py; default: the network's "
                         "own")
    command.add_argument("--epochs", type=positive, help="default: the recipe's")
    command.add_argument("--batch-size", type=positive, help="default: the recipe's")
    command.add_argument("--seed", type=whole, default=0)
    command.add_argument("--precision", choices=["float32", "mixed_bfloat16"], default="float32")
    command.add_argument("--resume", action="store_true", help="go on after the last finished epoch, with the settings "
                         "that the run began with")
    command.add_argument("--out", type=named, help="folder of the run; default: runs/NAME-RECIPE-sSEED, with the name "
                         "of other faces")
    command.add_argument("--start", type=named, metavar="RUN", help="begin with the weights of this run of the same "
                         "network: a published run, or a folder, such as runs/NAME")
    command.add_argument("--weights", type=named, metavar="FILE", help="begin with the ImageNet weights in this "
                         ".npz, for efficientnet-lite0 and efficientnet-lite0-48; chapter 08 says what it has to hold")
    command.add_argument("--teachers", type=named, metavar="RUN", nargs="+",
                         help="runs whose answers are learned, for a recipe with teachers")
    command.add_argument("--copies", type=positive, default=16,
                         help="changed copies of each face that the teachers answer, for a recipe without augmentation "
                         "of its own")
    command.add_argument("--strategy", type=named, default="one", metavar="NAME", help="one (default): one device; "
                         "local: all devices of this machine; workers: the machines that the environment variable "
                         "TF_CONFIG names, with the same command and one --out for all, on a shared disk")
    command.add_argument("--stream", type=named, metavar="ADDRESS", help="learn from the faces in this Deep Lake "
                         "dataset, which need not fit into memory, with the columns images and labels: a folder, or an "
                         "address such as s3://")
    add_other_faces(command)


def run(options):
    """Train a network; the best epoch is chosen on PublicTest."""
    from dataclasses import replace

    start = chosen_recipe(options)
    changes = {"epochs": options.epochs, "batch_size": options.batch_size}
    recipe = replace(start, **{field: value for field, value in changes.items() if value})
    faces = other_faces(options, ("train", "public"))
    if options.stream:
        from fer_utils.data import load_faces
        from fer_utils.data.streaming import streamed_faces

        faces = streamed_faces(options.stream, faces or load_faces(("train", "public")))
    dataset = f"{re.sub('[^a-z0-9]+', '-', faces.name.lower().replace('+', ' plus')).strip('-')}-" if faces else ""
    out = options.out or f"runs/{options.name}-{dataset}{recipe.name}-s{options.seed}"

    from fer_utils.training.run import refuse_to_overwrite, train

    refuse_to_overwrite(out, options.resume)  # before teachers are asked, which takes long
    soft_targets, learned = None, faces
    if bool(options.teachers) != bool(recipe.teacher_share):
        raise ValueError(f"the recipe {recipe.name!r} learns {'from' if recipe.teacher_share else 'without'} teachers; "
                         f"{'name their runs with' if recipe.teacher_share else 'leave out'} --teachers.")
    if options.teachers:
        from fer_utils.data import load_faces
        from fer_utils.training.distillation import soft_targets_of_runs

        learned = faces or load_faces(("train", "public"))
        soft_targets = soft_targets_of_runs(options.teachers, learned, options.copies, keep=f"{out}/answers.npz",
                                            changed=recipe.augmentation == "none")
    record = train(options.name, recipe, seed=options.seed, out=out, resume=options.resume, precision=options.precision,
                   faces=learned, soft_targets=soft_targets, start=options.start,
                   weights=options.weights, strategy=options.strategy)
    if options.strategy == "workers" and not record["finished"]:
        print(f"This worker is done; the first one keeps the run in {out}.")
        return
    print(f"\n{options.name} on {record['data']['name']}: {'public part' if faces else 'PublicTest'} "
          f"{100 * record['public_accuracy']:.2f} % after epoch {record['best_epoch']} of {len(record['history'])}. "
          f"Kept in {out}.")
