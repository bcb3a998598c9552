"""`python -m fer_utils predict`: read the faces in pictures."""

import csv
import io
import json
import sys
import warnings

from fer_utils.commands import named, positive
from fer_utils.labels import EMOTIONS
from fer_utils.text import printable

TABLE_COLUMNS = ("image", "row", "column", "height", "width", "score", "detector", "emotion", *EMOTIONS)


def add_options(command):
    """Add the options of the command."""
    command.add_argument("image", type=named, metavar="IMAGE", nargs="*", help="pictures, or folders, of which the "
                         "pictures directly inside are read in the order of their names; default: the portrait inside "
                         "scikit-image")
    command.add_argument("--network", type=named, metavar="NAME", help="a network with weights, a run, the folder of a "
                         "run, a .keras file or a .tflite file; default: our best. Networks that ship in int8 are "
                         "asked in that form, by LiteRT; others by Keras, which takes seconds to load")
    command.add_argument("--whole", action="store_true", help="take each picture as one face, its middle square, and "
                         "look for none: for faces that were cut out already")
    command.add_argument("--smallest", type=positive, metavar="N", help="look for faces of N pixels and more, N at "
                         "least 24; slow in large pictures, about 3 s a megapixel with 24. Default: 40, in large "
                         "pictures after they were shrunk to a side of 1,024")
    command.add_argument("--max-side", type=positive, metavar="N", help="shrink larger pictures to a side of N pixels "
                         "before faces are looked for: quicker, and small faces are missed")
    command.add_argument("--csv", type=named, metavar="FILE", help="write a table, a row a face; a picture without a "
                         "face has no row. FILE ends in .csv")
    command.add_argument("--json", action="store_true", help="print one JSON value: for one picture an object with "
                         "image, network and faces; for several, or a folder, a list of such objects")


def run(options):
    """Find the faces in pictures and name their emotions."""
    from fer_utils.data.detectors import LONGEST_SIDE, best_detector
    from fer_utils.data.photographs import example_photograph, why_no_face
    from fer_utils.data.pictures import read_picture
    from fer_utils.evaluation.prediction import DEFAULT_NETWORK, DRAWN, cut_faces, drawn_alone, name_faces

    for option, value in (("--smallest", options.smallest), ("--max-side", options.max_side)):
        if options.whole and value:
            raise ValueError(f"--whole looks for no faces, {option} says how to look; leave one of them out.")
    table = _table_file(options.csv) if options.csv else None
    names, several = _pictures(options.image)
    network = options.network or DEFAULT_NETWORK
    net = _load(options.network) if options.network else None
    if net is not None and drawn_alone(network):
        _say(DRAWN.format(network))
    if erratum := _erratum(network):
        _say(f"erratum of {network}: {erratum}")
    detector, max_side = None if options.whole else best_detector(), options.max_side or LONGEST_SIDE
    read, unreadable = [], 0
    for name in names:
        try:
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", module=r"PIL\.")  # of damage that is passed over, or refused below
                picture = read_picture(name) if name else example_photograph()
            found = cut_faces(picture, detector, options.smallest, max_side)
        except (OSError, ValueError) as error:
            if not several:
                raise
            _say(error)
            unreadable += 1
            continue
        faces = name_faces(found, net, detector)
        read.append({"image": name or "skimage.data.astronaut()", "network": network, "faces": faces})
        for_people = not (options.json or table)
        if not faces:
            why = why_no_face(picture, options.smallest, detector, max_side)
            print(why) if for_people and not several else _say(f"{name or 'the portrait'}: {why}")
        if for_people:
            if several:
                print(f"{printable(name)}: {len(faces) or 'no'} face{'s' * (len(faces) != 1)}")
            _print_faces(faces)
    if table:
        _write_table(table, read)
    if options.json:
        print(json.dumps(read if several else read[0]))
    elif table:
        print(f"{sum(len(one['faces']) for one in read):,} faces of {len(read):,} pictures: {printable(table)}")
    if unreadable:
        raise ValueError(f"{unreadable:,} of {len(names):,} pictures could not be read, as said above.")


def _erratum(network):
    """What was found wrong with a published run after it was recorded, or None: a file and a folder have none."""
    from fer_utils.evaluation.results import load_run

    try:
        return load_run(network).get("erratum")
    except ValueError:
        return None


def _table_file(name):
    """Where the table goes, refused before the pictures are read rather than after."""
    from fer_utils.files import FileError, check_place, file_of, path_of, reading

    path = path_of(name)
    if path.suffix.lower() != ".csv":
        raise FileError(f"the table {name} does not end in .csv, and would take the place of another file. Name one "
                        "that does.")
    if path.exists() and not path.is_dir():
        with reading(file_of(path), "Name another file for the table."), open(path, encoding="utf-8") as file:
            if file.readline(1000).strip() != ",".join(TABLE_COLUMNS):
                raise FileError(f"{path} is there already, and is no table of faces: it is left as it is. Name another "
                                "file for the table.")
    check_place(path)
    return path


def _pictures(names):
    """The files that are meant, None for the portrait, and whether more than one may be."""
    from fer_utils.data.forms.class_folders import visible
    from fer_utils.data.pictures.kinds import PICTURE_SUFFIXES
    from fer_utils.files import FileError, path_of

    found, several = [], len(names) > 1
    for name in names:
        folder = path_of(name)
        if not folder.is_dir():
            found.append(name)
            continue
        inside = [path for path in visible(folder) if path.suffix.lower() in PICTURE_SUFFIXES and not path.is_dir()]
        if not inside:
            raise FileError(f"{folder} holds no pictures: none of its files ends in {', '.join(PICTURE_SUFFIXES)}. "
                            "Folders inside it are not searched; name them.")
        found += [str(path) for path in inside]
        several = True
    return found or [None], several


def _load(name):
    from fer_utils.evaluation.prediction import network_to_ask
    from fer_utils.files import path_of

    try:
        return network_to_ask(name)
    except ValueError as error:
        if path_of(name).exists() or name.endswith(".tflite"):
            raise
        raise ValueError(f"{error} Networks with weights: {', '.join(_with_weights())}.") from error


def _with_weights():
    from pathlib import Path

    from fer_utils.evaluation.results import load_run
    from fer_utils.files import read_json
    from fer_utils.networks.weights import WEIGHTS_FOLDER

    return sorted({load_run(Path(name).stem)["model"] for name in read_json(WEIGHTS_FOLDER / "sha256.json")})


def _say(message):
    print(f"fer_utils: {printable(message)}", file=sys.stderr)


def _print_faces(faces):
    for face in faces:
        row, column, height, width = face["box"]
        print(f"{face['emotion']} at row {row}, column {column}, {height}x{width} pixels{_sure(face)}")
        for emotion, p in sorted(face["probabilities"].items(), key=lambda item: -item[1]):
            print(f"  {emotion:10}{p:6.1%}  {'#' * round(40 * p)}")


def _sure(face):
    """How sure the detector is of a face, in words that go on from others."""
    if face["detector"] is None:
        return ""
    return f", {face['score']} windows agree" if face["detector"] == "cascade" else f", score {face['score']:.2f}"


def _write_table(path, read):
    from fer_utils.files import write_text

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(TABLE_COLUMNS)
    for one in read:
        for face in one["faces"]:
            writer.writerow([_cell(one["image"]), *face["box"], face["score"], face["detector"],
                             face["emotion"], *face["probabilities"].values()])
    write_text(path, text.getvalue())


def _cell(name):
    """A file name as a cell that spreadsheets take for text: one that begins like a formula gets ./ in front, which
    leaves it the path that it is. What is no Unicode is escaped."""
    name = name.encode("utf-8", "backslashreplace").decode()
    return f"./{name}" if name[0] in "=+-@\t\r\n＝＋－＠" else name
