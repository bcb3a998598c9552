"""Record where the shipped networks fail: `python tools/record_robustness.py [--only PART ...]`. Chapter 13.

The parts, each of which can be measured alone:

  photographs  the shipped int8 files on PublicTest of FER-2013 under every change; needs FER2013_SOURCE
  drawings     the network of drawings on the test part of the bundled set, under the same changes
  groups       the same network on drawn people who differ in one thing
  left-out     trainings without a group of drawn people: an hour on two cores, so only where it is named
  mistakes     the recorded PrivateTest answers of the default network against the votes of FER+; needs --votes

Without --only it measures the first three, and the fifth where --votes is given: what has to be measured again when
weights were replaced, in some ten minutes on two cores. PrivateTest's photographs are not read. Writes
data/results/robustness.json, groups.json and mistakes.json: counts, no pictures.
"""

import argparse
import json
import os
import tempfile
from dataclasses import replace
from datetime import date
from functools import partial
from importlib.metadata import version
from pathlib import Path

import numpy as np
from make_schematic_faces import COUNTS, SEEDS

from fer_utils.evaluation import groups, mistakes, robustness
from fer_utils.files import FileError, read_json, sha256_of, write_text
from fer_utils.kernel import SetupError
from fer_utils.networks import DEFAULT_NETWORK

ON_PHOTOGRAPHS, ON_DRAWINGS = (DEFAULT_NETWORK, "squeezenet-fer-tiny"), "squeezenet-mini"
PARTS = ("photographs", "drawings", "groups", "left-out", "mistakes")
LEFT_OUT_SEEDS, LEFT_OUT_PEOPLE = (0, 1, 2), 300  # the first of groups.PEOPLE


def say(text):
    """Tell people what is being done, at once."""
    print(text, flush=True)


def as_text(record, depth=5):
    """JSON with a line for each value at `depth`, so that a change shows in few lines."""
    if depth == 0 or not isinstance(record, (dict, list)) or not record:
        return json.dumps(record, separators=(",", ":"))
    pairs = record.items() if isinstance(record, dict) else [(None, value) for value in record]
    lines = [("" if key is None else json.dumps(key) + ": ") + as_text(value, depth - 1) for key, value in pairs]
    ends = "{}" if isinstance(record, dict) else "[]"
    return ends[0] + "\n" + ",\n".join(lines) + "\n" + ends[1]


def merge(path, found):
    """Write what was found into a record; its other parts stay."""
    record = read_json(path) if path.exists() else {}
    for key, value in found.items():
        record[key] = value
    write_text(path, as_text(record) + "\n")
    say(f"written: {path.name}")


def about(packages):
    """When, on what and with which versions something was measured."""
    return {"date": date.today().isoformat(), "device": f"CPU, {os.cpu_count()} cores",
            "versions": {name: version(name) for name in packages}}


def of_file(name):
    """The shipped int8 file of a network: what to ask, and what the record says of it."""
    from fer_utils.edge.litert import load_litert, shipped_export

    path = shipped_export(name)
    return load_litert(name).predict, {"network": name, "file": path.name, "sha256": sha256_of(path),
                                       "runtime": "LiteRT"}


def of_keras(name):
    """The shipped weights of a network, in Keras: what to ask, and what the record says of them."""
    from fer_utils.evaluation import predict_probabilities
    from fer_utils.evaluation.results import load_run
    from fer_utils.networks.weights import load_network, shipped_weights

    path = shipped_weights(load_run(name)["run"])
    return partial(predict_probabilities, load_network(name)), {
        "network": name, "file": path.name, "sha256": sha256_of(path), "runtime": "Keras"}


def kind(faces, split, networks, load, people=None):
    """A kind of faces under every change, for several networks."""
    images, labels = faces.split(split)
    found = {"data": {"name": faces.name, "split": split, "count": len(labels), "content_hash": faces.content_hash},
             "networks": {}}
    for name in networks:
        say(name)
        answer, weights = load(name)
        found["networks"][name] = weights | {
            "shifted_by_2": robustness.plain_changes(answer, images, labels),
            "changes": robustness.measure(answer, images, labels, people, say=say)}
    return found


def record_photographs(networks):
    """The int8 files on PublicTest."""
    from fer_utils.data.fer2013 import load_fer2013

    found = kind(load_fer2013(splits=("public",)), "public", networks, of_file)
    merge(robustness.ROBUSTNESS_FILE, about(("numpy", "scipy", "pillow", "ai-edge-litert")) | {"photographs": found})


def record_drawings(network):
    """The network of drawings on the bundled test part; covers sit on each face's own place."""
    from fer_utils.data import load_schematic
    from fer_utils.faces.random_faces import people_of

    people = people_of(COUNTS["private"], SEEDS["private"])
    merge(robustness.ROBUSTNESS_FILE, {"drawings": kind(load_schematic("private"), "private", (network,), of_keras,
                                                        people)})


def drawn(keys, workers, first=None):
    """A dict from (group, level) to faces. To be called before Keras is there: processes are started."""
    found = {}
    for key in sorted(keys, key=str):
        say(f"drawing {key}")
        found[key] = groups.draw(*key, first=first, workers=workers)
    return found


def record_groups(network, faces):
    """Matched pairs of drawn people."""
    answer, weights = of_keras(network)
    merge(groups.GROUPS_FILE, about(("numpy", "pillow", "keras")) | {
        "weights": weights, "faces": {"count": groups.PEOPLE, "seed": groups.PEOPLE_SEED},
        "groups": groups.measure(answer, faces)})


def record_left_out(network, faces, seeds=LEFT_OUT_SEEDS, epochs=None):
    """Trainings without each group of OUTSIDERS, and without as many faces drawn at random; written after each group.
    Both choose their epoch by the same PublicTest faces, among which nobody of the group is."""
    from fer_utils.data import Faces, Split, load_schematic
    from fer_utils.faces.random_faces import people_of
    from fer_utils.training.recipes import RECIPES
    from fer_utils.training.run import train

    bundled, recipe = load_schematic(("train", "public")), RECIPES["quick"]
    recipe = replace(recipe, epochs=epochs) if epochs else recipe
    found = {"network": network, "recipe": recipe.name,
             "faces": {"count": LEFT_OUT_PEOPLE, "seed": groups.PEOPLE_SEED}, "groups": {}}
    for name, (belongs, group, levels) in groups.OUTSIDERS.items():
        out = {part: np.array([belongs(who) for _, who, _, _ in people_of(COUNTS[part], SEEDS[part])])
               for part in ("train", "public")}
        rows = {way: {"group": [], "others": []} for way in ("without", "control")}
        for seed in seeds:
            chance = np.zeros_like(out["train"])
            chance[np.random.default_rng([13, seed]).choice(len(chance), out["train"].sum(), replace=False)] = True
            for way, gone in (("without", out["train"]), ("control", chance)):
                some = Faces(bundled.name, f"{way} {name}", {
                    "train": Split(*(array[~gone] for array in bundled.train)),
                    "public": Split(*(array[~out["public"]] for array in bundled.public))})
                for key, accuracy in trained(train, network, recipe, seed, some, faces, group, levels).items():
                    rows[way][key].append(accuracy)
                say(f"{name}, seed {seed}, {way}: group {rows[way]['group'][-1]:.4f}, "
                    f"others {rows[way]['others'][-1]:.4f}")
        counts = {"left_out": int(out["train"].sum()), "of": len(out["train"]), "seeds": list(seeds)}
        found["groups"][name] = counts | rows
        if not epochs:
            merge(groups.GROUPS_FILE, {"left_out": found})
    return found


def trained(train, network, recipe, seed, some, faces, group, levels):
    """Train on `some` faces; accuracy on new people with the trait, and on the same people without it."""
    from fer_utils.evaluation import predict_probabilities
    from fer_utils.networks import build_network
    from fer_utils.networks.weights import load_weights

    def accuracy(key):
        images, labels = faces[key]
        return float(np.mean(predict_probabilities(net, images).argmax(axis=1) == labels))

    with tempfile.TemporaryDirectory() as folder:
        train(network, recipe, seed=seed, out=Path(folder) / "run", faces=some, verbose=0)
        net = build_network(network)
        load_weights(net, Path(folder) / "run" / "best.npz")
    return {"group": float(np.mean([accuracy((group, level)) for level in levels])),
            "others": accuracy((group, groups.GROUPS[group].reference))}


def record_mistakes(path):
    """The default network's recorded answers beside the votes of FER+, matched by the keys of the faces."""
    from fer_utils.data.ferplus import read_votes
    from fer_utils.data.known import known_faces
    from fer_utils.evaluation.results import RESULTS_FOLDER, load_run, recorded_probabilities

    run, votes = load_run(DEFAULT_NETWORK)["run"], read_votes(path)["private"]
    stored, known = recorded_probabilities(run), known_faces("private")
    keys = np.frombuffer(stored["keys"][:, :4].tobytes(), "<u4")
    assert np.array_equal(keys, known.keys), "the answers are in another order than the votes"
    merge(mistakes.MISTAKES_FILE, {
        "date": date.today().isoformat(), "run": run,
        "answers_sha256": sha256_of(RESULTS_FOLDER / run / "private.npz"), "votes_sha256": sha256_of(path),
    } | mistakes.measure(stored, votes))


def main():
    """Measure the parts that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=PARTS, help="these parts alone")
    parser.add_argument("--photographs", nargs="+", default=ON_PHOTOGRAPHS, metavar="NAME",
                        help="the networks that answer photographs")
    parser.add_argument("--drawings", default=ON_DRAWINGS, metavar="NAME", help="the network that answers drawings")
    parser.add_argument("--votes", metavar="FILE", help="fer2013new.csv of FER+")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes that draw faces")
    parser.add_argument("--epochs", type=int, help="try `left-out` with so few epochs and one seed; nothing is written")
    given = parser.parse_args()
    parts = given.only or ("photographs", "drawings", "groups", *(("mistakes",) if given.votes else ()))
    if "mistakes" in parts and not given.votes:
        parser.error("the part `mistakes` needs the votes of FER+: --votes fer2013new.csv")
    try:
        measure(given, parts)
    except (FileError, SetupError, ValueError) as error:
        parser.error(str(error))


def measure(given, parts):
    """Measure some parts; `given` as `main` reads it."""
    traits = {(name, level) for name, group in groups.GROUPS.items() for level in group.levels}
    outside = {(name, level) for _, name, levels in groups.OUTSIDERS.values()
               for level in (*levels, groups.GROUPS[name].reference)}
    people = drawn(traits, given.workers) if "groups" in parts else {}
    fewer = drawn(outside, given.workers, LEFT_OUT_PEOPLE) if "left-out" in parts else {}
    if "mistakes" in parts:
        record_mistakes(given.votes)
    if "groups" in parts:
        record_groups(given.drawings, people)
    if "drawings" in parts:
        record_drawings(given.drawings)
    if "photographs" in parts:
        record_photographs(given.photographs)
    if "left-out" in parts:
        found = record_left_out(given.drawings, fewer, LEFT_OUT_SEEDS[:1] if given.epochs else LEFT_OUT_SEEDS,
                                given.epochs)
        say(json.dumps(found["groups"]))


if __name__ == "__main__":
    main()
