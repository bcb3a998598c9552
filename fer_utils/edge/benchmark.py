"""What a network costs to run, measured: our shipped forms and the peers a reader would pick, side by side.

Each form runs in a process of its own (`fer_utils.edge.programs`) and all are asked about the same faces in turns, so
that a busy moment of the machine falls on all alike. Explained in chapter 14; `python -m fer_utils benchmark`.
"""

import math
import os
import platform
import random
import re
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np

import fer_utils
from fer_utils.files import DATA_FOLDER, writing
from fer_utils.labels import EMOTIONS
from fer_utils.schema import NUMBER, SHARE, TABLE, TEXT, WHOLE, YES_OR_NO

SHIPPED = ("squeezenet-fer-deep", "squeezenet-fer-tiny")
NETWORK_OF_DRAWINGS = "squeezenet-mini"
TIMED_FACES, COLD_STARTS, CALLS, TOGETHER, BATCHES = 200, 3, 10, 64, 5
BENCHMARK_FILE = DATA_FOLDER / "results" / "benchmark.json"


def _or_none(kind):
    words, fits = kind
    return f"{words}, or null", lambda value: value is None or fits(value)


BENCHMARK_RECORD = {
    "date": TEXT, "machine": TEXT, "device": TEXT, "system": TEXT, "python": TEXT, "load": _or_none(NUMBER),
    "threads": WHOLE, "batch": WHOLE,
    "faces": {"name": TEXT, "split": TEXT, "count": WHOLE, "content_hash": TEXT},
    "rows": [{
        "name": TEXT, "form": TEXT, "ours": YES_OR_NO, "failed": _or_none(TEXT), "trained_on": TEXT, "licence": TEXT,
        "versions": TABLE, "file_bytes": _or_none(WHOLE), "parameters": _or_none(WHOLE),
        "multiply_adds": _or_none(WHOLE), "peak_activation_bytes": _or_none(WHOLE), "calls": WHOLE,
        "median_ms": _or_none(NUMBER), "p95_ms": _or_none(NUMBER), "faces_a_second": _or_none(NUMBER),
        "peak_bytes": _or_none(WHOLE), "cold_start": _or_none(NUMBER), "public_accuracy": _or_none(SHARE),
        "accuracy": _or_none(SHARE), "macro_f1": _or_none(SHARE), "accuracy_from": _or_none(TEXT),
        "micro": _or_none(TABLE),
    }],
    "pictures": [{"name": TEXT, "failed": _or_none(TEXT), "seconds": _or_none(NUMBER), "peak_bytes": _or_none(WHOLE),
                  "faces": _or_none(WHOLE), "emotion": _or_none(TEXT)}],
}
TIMINGS = ("median_ms", "p95_ms", "faces_a_second", "peak_bytes", "cold_start")
SCORED = ("public_accuracy", "accuracy", "macro_f1", "accuracy_from")


@dataclass
class Form:
    """A network in one form, to be measured: `row` is its row of the record, `command` and `variables` start it, `file`
    is the exported file that it runs."""

    row: dict
    command: list = None
    file: Path = None
    variables: dict = field(default_factory=dict)
    seconds: list = field(default_factory=list)
    batches: list = field(default_factory=list)
    programs: list = field(default_factory=list)

    def fail(self, why):
        """Keep why it cannot be measured; what was measured before is dropped."""
        self.row |= dict.fromkeys(TIMINGS) | {"failed": str(why)}


def benchmark(names=(), *, peers=False, accuracy=False, micro=False, faces=TIMED_FACES, threads=1,
              say=lambda text: None):
    """Measure our networks, and peers, on the same faces; the record, a dict ready for JSON.

    Arguments:
        names: networks, runs or files, as `fer_utils.networks.weights.load_network` takes them, and .tflite files;
            by default the shipped ones (and `squeezenet-mini` where there are only drawings).
        peers: whether the peers of `fer_utils.edge.peers` are measured, and installed for that at first use.
        accuracy: whether the peers answer all of PrivateTest; needs FER-2013.
        micro: whether the int8 exports also answer these faces in TensorFlow Lite Micro, for `micro`, the dict of
            `fer_utils.edge.micro.measure`; else it is None. Accuracy is measured where the faces are photographs.
        faces: how many calls are timed, each with one face.
        threads: how many threads may share the work of one call.
        say: is told what is being done, for people.

    A row has `name`, `form` ("keras", "litert", "litert-int8", "peer"), `ours`, `failed` (why it could not be measured,
    or None), `trained_on`, `licence`, `versions`; of the network `file_bytes`, `parameters`, `multiply_adds` and
    `peak_activation_bytes`, counted by `fer_utils.edge.costs` where its layers are known; as measured `calls`,
    `median_ms` and `p95_ms`, milliseconds from a raw face to its probabilities, `faces_a_second` in batches of `batch`
    (one by one where the form takes only one), `peak_bytes` and `cold_start`, seconds, from the start of a fresh
    process to its first answer to a face that was cut out already; and `public_accuracy`, `accuracy` and `macro_f1`
    (PrivateTest) with `accuracy_from`, the run that they are recorded of, or "measured here". A LiteRT float32 export
    has those of its Keras network, from which it differs by rounding.

    `load` says how many processes wanted to run in the minute before it began, None where the system does not say: the
    figures are good where it was near 0. Under "pictures" stands the whole way, a fresh process that finds the face in
    a portrait and names its emotion.

    Raises ValueError for an unknown name, and where `accuracy` is asked for without FER-2013.
    """
    from fer_utils.data import load_faces

    data, load = load_faces(("public",)), load_of_machine()
    if accuracy and not data.is_real:
        raise ValueError("--accuracy needs the photographs of FER-2013, of which the drawings are no part. Name them "
                         "in FER2013_SOURCE (see the README), or leave it out.")
    images = data.public.images
    count = min(faces, len(images))
    places = np.linspace(0, len(images) - 1, count).astype(int)
    chosen = images[places]
    names = names or (SHIPPED if data.is_real else (*SHIPPED, NETWORK_OF_DRAWINGS))
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        faces_file = folder / "faces.npy"
        with writing(faces_file, "Make room there, or set TMPDIR to a folder on another disk."):
            # a batch is full, of the same faces again
            np.save(faces_file, chosen[np.arange(max(count, TOGETHER)) % count])
        forms = []
        for name in names:
            say(f"preparing {name}")
            forms += our_forms(name, faces_file, folder, threads)
        if peers:
            forms += peer_forms(faces_file, threads, say)
        if micro:
            add_micro(forms, chosen, data.public.labels[places] if data.is_real else None, say)
        measure(forms, count, threads, say)
        if accuracy:
            score_peers(forms, folder, threads, say)
        pictures = read_pictures(peers, folder, threads, say)
    return {
        "date": date.today().isoformat(), **machine(), "python": platform.python_version(), "load": load,
        "threads": threads, "batch": TOGETHER,
        "faces": {"name": data.name, "split": "public", "count": count, "content_hash": data.content_hash},
        "rows": [form.row for form in forms], "pictures": pictures,
    }


def empty_row(name, form, ours):
    """A row of the record before anything is known of it."""
    return {"name": name, "form": form, "ours": ours, "failed": None, "trained_on": "", "licence": "", "versions": {},
            "file_bytes": None, "parameters": None, "multiply_adds": None, "peak_activation_bytes": None, "calls": 0,
            "micro": None} | dict.fromkeys(TIMINGS) | dict.fromkeys(SCORED)


def our_forms(name, faces_file, folder, threads):
    """The forms of one of our networks: Keras, LiteRT float32, and LiteRT int8 where that ships; or of one .tflite
    file. Raises ValueError for an unknown name. Without Keras or TensorFlow, as on a small device, int8 is left."""
    from fer_utils.edge.litert import shipped_export
    from fer_utils.files import file_of
    from fer_utils.kernel import SetupError

    def form(kind, network, **known):
        return Form(empty_row(name, kind, True) | known, [sys.executable, "-m", "fer_utils.edge.peers.ours",
                    kind.partition("-")[0], str(network), str(faces_file), str(threads)],
                    None if kind == "keras" else Path(network), package_variables())

    if str(name).endswith(".tflite"):
        path = file_of(name)
        return [form(form_of_file(path), path, name=path.name, file_bytes=path.stat().st_size)]
    recorded = recorded_scores(name)
    exported = folder / f"{len(list(folder.iterdir()))}.tflite"
    forms, in_bytes = [form("keras", name, **recorded), form("litert", exported, **recorded)], {}
    try:
        for one, known in zip(forms, _prepare(name, exported)):
            one.row |= known
        in_bytes = {key: known[key] for key in ("parameters", "multiply_adds", "trained_on")} | {
            "peak_activation_bytes": known["peak_activation_bytes"] // 4}
    except (SetupError, ImportError) as error:
        for one in forms:
            if one.row["file_bytes"] is None:
                one.fail(error)
    try:
        path = shipped_export(name)
    except ValueError:
        return forms
    return [*forms, form("litert-int8", path, **in_bytes, **recorded_scores(name, exported=True),
                         file_bytes=path.stat().st_size)]


def form_of_file(path):
    """The form of an exported file, "litert-int8" where it takes int8, otherwise "litert"; so, too, where it cannot be
    read, which its row says when it is measured."""
    from fer_utils.edge.litert import LiteRTNetwork
    from fer_utils.files import FileError
    from fer_utils.kernel import SetupError

    try:
        return "litert-int8" if LiteRTNetwork(path).takes["dtype"] is np.int8 else "litert"
    except (FileError, SetupError):
        return "litert"


def _prepare(name, exported):
    """What is known of a network's Keras form, then of its LiteRT float32 form, for which it is exported: dicts."""
    from fer_utils.backend import start
    from fer_utils.edge.costs import total_costs
    from fer_utils.edge.export import export_float32
    from fer_utils.edge.folding import fold
    from fer_utils.networks.weights import run_and_network

    def known(net, size, fused):
        costs = total_costs(net, 4, fused)
        return {"parameters": costs["parameters"], "multiply_adds": costs["multiply_adds"],
                "peak_activation_bytes": costs["peak_bytes"], "file_bytes": size,
                "trained_on": run["data"]["name"] or ""}

    start()
    run, net = run_and_network(name)
    yield known(net, run["scores"]["file_bytes"], False)
    export_float32(net, exported)
    yield known(fold(net), exported.stat().st_size, True)


def package_variables():
    """What a process needs to find this package, wherever it was imported from."""
    return {"PYTHONPATH": os.pathsep.join(filter(None, [str(Path(fer_utils.__path__[0]).resolve().parent),
                                                        os.environ.get("PYTHONPATH")]))}


def recorded_scores(name, exported=False):
    """What is recorded of a network's published run, or of its int8 export: `SCORED` and their values, empty where
    nothing is. Raises ValueError for an unknown name."""
    from fer_utils.evaluation.exported_runs import export_names, load_export
    from fer_utils.evaluation.results import EXPORTED, load_run
    from fer_utils.networks.weights import own_path

    if own_path(name):
        return {}
    run = load_run(name)
    if exported:
        if run["run"] + EXPORTED not in export_names():
            return {}
        run = load_export(run["run"] + EXPORTED)
    private = run["scores"]["private"]
    return {"public_accuracy": run["scores"]["public"]["accuracy"], "accuracy": private["accuracy"],
            "macro_f1": private["macro_f1"], "accuracy_from": run["run"]}


def peer_forms(faces_file, threads, say=lambda text: None):
    """The forms of all peers; one that cannot be installed says why. Their accuracy is that of the last record."""
    from fer_utils.edge.peers import PEERS, PeerError, file_bytes, installed, peer_command

    before = {row["name"]: row for row in recorded_benchmark()["rows"]} if BENCHMARK_FILE.is_file() else {}
    forms = []
    for name, peer in PEERS.items():
        form = Form(empty_row(name, "peer", False) | {
            "trained_on": peer.trained_on, "licence": peer.licence, "versions": {peer.environment: peer.version}})
        forms.append(form)
        if before.get(name, {}).get("versions", {}).get(peer.environment) == peer.version:
            form.row |= {key: before[name][key] for key in SCORED}
        try:
            folder = installed(peer.environment, say)
            form.row["file_bytes"] = file_bytes(peer, folder)
            form.command, form.variables = peer_command(peer, folder, peer.form, faces_file, threads)
        except PeerError as error:
            form.fail(error)
    return forms


def add_micro(forms, faces, labels=None, say=lambda text: None):
    """Fill in what each int8 export takes of a microcontroller, and what it answers there (`fer_utils.edge.micro`).
    Raises SetupError without `tflite-micro`."""
    from fer_utils.edge.micro import measure as measure_micro

    for form in forms:
        if form.row["form"] == "litert-int8":
            say(f"TensorFlow Lite Micro: {form.row['name']}")
            form.row["micro"] = measure_micro(form.file, faces, labels)


def measure(forms, count, threads, say=lambda text: None, seed=0):
    """Start each form several times, then ask all in turns about faces 0 to count - 1, and fill their rows.

    A form that fails says why in its row, and the others go on.
    """
    from fer_utils.edge.programs import ProgramError

    def alive():
        return [form for form in forms if not form.row["failed"]]

    def all_do(what, action, shuffled=None):
        for form in shuffled or alive():
            if form.row["failed"]:
                continue
            say(f"{what}: {form.row['name']}, {form.row['form']}")
            try:
                action(form)
            except ProgramError as error:
                form.fail(error)

    with ExitStack() as stack:
        for number in range(COLD_STARTS):
            all_do(f"cold start {number + 1} of {COLD_STARTS}", lambda form: _start(form, threads, stack))
        # what a library does at its first calls alone, such as compiling, is no part of an answer
        all_do("warming up", _warm_up)
        rounds = math.ceil(count / CALLS)
        with_batch = set(np.linspace(0, rounds - 1, BATCHES).astype(int).tolist())
        order = random.Random(seed)
        for number in range(rounds):
            turn = alive()
            order.shuffle(turn)
            part = list(range(number * CALLS, min(count, (number + 1) * CALLS)))
            ask = partial(_ask, indices=part, batch=number in with_batch)
            all_do(f"round {number + 1} of {rounds}", ask, turn)
    for form in alive():
        form.row |= summary(form.seconds, form.batches) | {
            "peak_bytes": _median([program.peak_bytes for program in form.programs]),
            "cold_start": _median([program.cold_start for program in form.programs])}


def _start(form, threads, stack):
    from fer_utils.edge.programs import Program, ProgramError

    program = Program(form.command, form.variables, threads)
    if form.programs:
        form.programs[-1].close()
    form.programs.append(program)
    stack.callback(program.close)
    ready = program.ready
    if sorted(ready.get("classes", ())) != sorted(EMOTIONS):
        raise ProgramError("it does not say which class is which")
    form.row["versions"] |= ready.get("versions", {})
    if form.row["parameters"] is None:
        form.row["parameters"] = ready.get("parameters")


def _warm_up(form):
    form.programs[-1].ask(time=[0] * CALLS)
    form.programs[-1].ask(batch=TOGETHER)


def _ask(form, indices, batch):
    program = form.programs[-1]
    program.ask(time=indices[:1])  # other programs have been at work: one call to come back to the processor's caches
    form.seconds += program.ask(time=indices)["seconds"]
    if batch:
        form.batches.append(program.ask(batch=TOGETHER))


def summary(seconds, batches=()):
    """`calls`, `median_ms`, `p95_ms` and `faces_a_second` of timed calls. `seconds`: of each call; `batches`: dicts of
    `seconds` and `faces`."""
    median, p95 = np.percentile(np.array(seconds) * 1000, [50, 95])
    return {"calls": len(seconds), "median_ms": float(median), "p95_ms": float(p95),
            "faces_a_second": _median([one["faces"] / one["seconds"] for one in batches])}


def _median(values):
    values = [value for value in values if value is not None]
    return None if not values else type(values[0])(np.median(values))


def score_peers(forms, folder, threads, say=lambda text: None):
    """Let each peer answer PublicTest and PrivateTest, the same 48x48 pixels that our networks get, and fill in how
    often it is right."""
    from fer_utils.data.fer2013 import load_fer2013
    from fer_utils.edge.programs import Program, ProgramError
    from fer_utils.evaluation import scores

    faces = load_fer2013(splits=("public", "private"))
    faces_file, answers_file = folder / "all.npy", folder / "answers.f32"
    np.save(faces_file, faces.images)
    for form in forms:
        if form.row["ours"] or form.row["failed"]:
            continue
        say(f"{len(faces.labels):,} faces: {form.row['name']}")
        command = [str(faces_file) if Path(part).name == "faces.npy" else part for part in form.command]
        try:
            with Program(command, form.variables, threads) as program:
                program.ask(answers=str(answers_file))
                classes = program.ready["classes"]
            answers = np.fromfile(answers_file, np.float32).reshape(len(faces.labels), len(EMOTIONS))
        except (ProgramError, OSError, ValueError) as error:
            form.fail(error)
            continue
        answers = answers[:, [classes.index(emotion) for emotion in EMOTIONS]]
        private = scores(faces.private.labels, answers[faces.usage == "private"])
        public = np.mean(answers[faces.usage == "public"].argmax(axis=1) == faces.public.labels)
        form.row |= {"public_accuracy": float(public), "accuracy": private["accuracy"],
                     "macro_f1": private["macro_f1"], "accuracy_from": "measured here"}


def read_pictures(peers, folder, threads, say=lambda text: None):
    """Time the whole way, from a fresh process to the emotion of the face in a portrait: `predict`, and the peers.

    A list of dicts: `name`, `failed`, `seconds` (median), `peak_bytes`, `faces`, how many were found, and `emotion` of
    the first.
    """
    from PIL import Image

    from fer_utils.data.photographs import example_photograph
    from fer_utils.edge.peers import ENVIRONMENTS, PEERS, PeerError, installed, peer_command
    from fer_utils.edge.programs import Program, ProgramError

    pixels = example_photograph()
    picture, array = folder / "portrait.png", folder / "portrait.npy"
    Image.fromarray(pixels).save(picture)
    np.save(array, pixels)  # for Node, which reads no pictures by itself
    ways = {"fer_utils predict": ([sys.executable, "-m", "fer_utils.edge.peers.ours", "picture", "-", str(picture),
                                   str(threads)], package_variables())}
    rows = []
    for peer in {peer.environment: peer for peer in PEERS.values()}.values() if peers else ():
        given = array if ENVIRONMENTS[peer.environment].kind == "node" else picture
        try:
            ways[peer.environment] = peer_command(peer, installed(peer.environment, say), "picture", given, threads)
        except PeerError as error:
            rows.append({"name": peer.environment, "failed": str(error)})
    for name, (command, variables) in ways.items():
        starts, row = [], {"name": name, "failed": None}
        try:
            for number in range(COLD_STARTS):
                say(f"the whole way, {number + 1} of {COLD_STARTS}: {name}")
                with Program(command, variables, threads) as program:
                    starts.append(program)
            row |= {"seconds": _median([one.cold_start for one in starts]),
                    "peak_bytes": _median([one.peak_bytes for one in starts]),
                    **{key: starts[-1].ready.get(key) for key in ("faces", "emotion")}}
        except ProgramError as error:
            row["failed"] = str(error)
        rows.append(row)
    return [dict.fromkeys(BENCHMARK_RECORD["pictures"][0]) | row for row in rows]


def machine():
    """What is measured on: `machine`, the processor's name, `device`, how many cores may be used, and `system`."""
    from fer_utils.backend import processor

    name = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():  # on ARM it is called Model, and stands at the end
        found = re.search(r"^(?:model name|Model)\s*:\s*(.+)$", cpuinfo.read_text(), re.MULTILINE)
        name = found[1].strip() if found else name
    return {"machine": name, "device": processor(), "system": f"{platform.system()} {platform.machine()}"}


def load_of_machine():
    """How many processes wanted to run, on average of the last minute; None where the system does not say."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def recorded_benchmark():
    """The recorded benchmark, a dict as `benchmark` gives it. Raises FileError where it is damaged."""
    from fer_utils.evaluation.results import fitting, restore

    return fitting(BENCHMARK_FILE, BENCHMARK_RECORD, restore(BENCHMARK_FILE.name))
