"""`python -m fer_utils export`: a network as a file for a small device, another runtime or a microcontroller."""

import json

from fer_utils.commands import add_json, named
from fer_utils.text import printable


def add_options(command):
    """Add the options of the command."""
    from fer_utils.edge.export import FORMATS

    command.add_argument("name", type=named, metavar="NAME",
                         help="a network (its published run), a published run, the folder of your own run, such as "
                              "runs/NAME, or a file NAME.keras with your own network")
    command.add_argument("--int8", action="store_true", help="whole numbers of eight bits for weights, activations, "
                         "input and output: a quarter of the size, and faster; ranges are taken from training faces")
    command.add_argument("--format", choices=list(FORMATS), default="litert", help="litert, the default; onnx, for "
                         "other runtimes; c, the int8 LiteRT file as a C++ array, for a microcontroller")
    command.add_argument("--out", type=named, metavar="FILE", help="default: NAME-float32 or NAME-int8 with the ending "
                         "of the format, in this folder")
    command.add_argument("--force", action="store_true", help="replace the file if it is there")
    add_json(command)


def run(options):
    """Export a network, read it back, and compare it with the network it comes from."""
    from fer_utils.edge.export import COMPARED_FACES, calibration_faces, export
    from fer_utils.networks.weights import run_and_network

    if options.int8 and options.format == "onnx":
        raise ValueError("ONNX is exported as float32 alone; leave out --int8, or export to LiteRT.")
    int8 = options.int8 or options.format == "c"
    out = _out(options, int8)
    record, net = run_and_network(options.name)
    faces = _faces(record, int8)
    found = export(net, out, int8=int8, format=options.format,
                   calibrate_on=calibration_faces(faces.train.images) if int8 else None,
                   compare_on=faces.public.images[:COMPARED_FACES])
    found = {"run": record["run"], "model": record["model"], "file": str(out), "format": options.format,
             "int8": int8, "source": str(faces.source)} | found
    if options.json:
        return print(json.dumps(found))
    print(f"{printable(out)}: {found['bytes']:,} bytes, {'int8' if int8 else 'float32'}, from {found['run']}")
    if found["checked_by"] is None:
        return print("It was not read back: install onnxruntime to have that done.")
    return print(f"Read back by {found['checked_by']} and asked about {found['faces']} faces ({faces.name}), it names "
                 f"the emotion that the network names for {found['agreement']:.1%} of them; a probability differs by "
                 f"at most {found['largest_difference']:.2g}.")


def _out(options, int8):
    """The file to write, refused before the network is loaded rather than after."""
    from fer_utils.edge.export import SUFFIXES
    from fer_utils.files import FileError, check_place, path_of

    name = path_of(options.name).stem if options.name.strip().endswith(".keras") else path_of(options.name).name
    suffix = SUFFIXES[options.format]
    out = path_of(options.out or f"{name}-{'int8' if int8 else 'float32'}{suffix}")
    if out.suffix != suffix:
        raise FileError(f"{out} does not end in {suffix}, as files of this format do. Name one that does.")
    check_place(out)
    if out.exists() and not options.force:
        raise FileError(f"{out} is there already. Add --force to replace it, or name another file with --out.")
    return out


def _faces(record, int8):
    """The faces to calibrate and compare by: those that the network learned from, or, for float32 alone, those at
    hand."""
    from fer_utils.data import load_faces, load_schematic

    learned_from = record["data"]["name"]
    if learned_from == "schematic faces":
        return load_schematic(("train", "public"))
    faces = load_faces(("train", "public"))
    if int8 and learned_from and not faces.is_real:
        raise ValueError(f"int8 takes its ranges from photographs, and no FER-2013 is at hand for {record['run']}. Set "
                         "FER2013_SOURCE to your copy (the README says how to get one), leave out --int8, or take a "
                         "file that ships: data/weights/*-int8.tflite.")
    return faces
