"""Experiments too long for a chapter: `python tools/record_experiments.py [NAME ...]`.

Each takes ten to twenty minutes on a laptop's processor, and all but transfer-to-drawings need FER2013_SOURCE. Writes
its part of data/dataset/experiments.json: settings, seeds, versions, and the PublicTest accuracy of each seed.

  examples       chapter 04: a nearest neighbour, a linear model and a small network learn from 100 to 28,709 faces
  weight-pictures   chapter 04: a linear model of all pixels; also writes data/dataset/weight_pictures.npz
  classical-trials   chapter 05: the settings of the classifiers, tried on a part of Training by cross-validation
  classical-speed   chapter 05: what an answer costs, of the classifiers in runs/classical and of networks
  learning-curves   chapter 05: classifiers on oriented gradients and a small network, by the number of training faces;
                 what is measured is kept in runs/learning-curves, and gone on from
  augmentation   chapter 06: a small network behind no, mirrored, gentle and wild changes of its training faces, and
                 what it makes of faces that are cut out carelessly
  scaling        chapter 06: softmax regression at several learning rates on faces scaled in several ways
  preprocessing  chapter 06: a small network on faces that were scaled, standardized, equalized or cropped
  resolution     chapter 03: the same network on faces with fewer pixels, trained anew for each
  transfer-to-drawings   chapter 08: the default network, trained on photographs, carried over to the bundled drawings
  transfer-to-photographs   chapter 08: squeezenet-mini, trained on the drawings, carried over to the photographs
  quantization   chapter 14: the small network with few bits a weight, and as int8 files that were calibrated on 1 to
                 1,000 training faces
  widths         chapter 14: squeezenet-mini with fire modules of a quarter to four times its filters
  distillation   chapter 16: squeezenet-mini learns from labels, from the answers of the default network, and from both
  rare-classes   chapter 16: squeezenet-mini without and with class weights, and with the classes' shares divided out
  regularization   chapter 16: lasso, ridge, dropout and batch normalization against the same network without them
  search         chapter 16: twenty trials of Optuna, and what their best is worth with seeds it has not seen; an
                 interrupted search goes on from runs/search-experiment
"""

import json
import sys
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from record_classical import described_faces, fitted, settings_of, short_hash

from fer_utils.classical import CLASSIFIERS, DECIDERS, GABOR, HOG, LBP, build_classifier, pipeline_of
from fer_utils.course.chapter_04.examples import EXAMPLES, PICTURES, examples, weight_pictures
from fer_utils.course.chapter_06.trials import (
    MISPLACED,
    accuracy_where_misplaced,
    linear_after,
    networks_after,
    preparations,
)
from fer_utils.course.chapter_08.laboratory import transfer
from fer_utils.course.chapter_14.trials import calibrated, weights_by_bits
from fer_utils.course.chapter_16.distillation import soft_targets_for, student_accuracy
from fer_utils.course.chapter_16.rare_classes import fit_rare
from fer_utils.course.chapter_16.regularization import REGULARIZERS, fit_once
from fer_utils.course.laboratory import CHANGES, accuracy_after, answers_after, trained_behind
from fer_utils.course.learning_curves import drawn_faces, recipe_for, summary
from fer_utils.course.resolution import coarsen
from fer_utils.data import Faces, Split, image_keys, load_schematic
from fer_utils.data.augmentation import RandomAffine
from fer_utils.data.fer2013 import load_fer2013
from fer_utils.descriptors import describe
from fer_utils.edge.costs import layer_costs
from fer_utils.edge.export import export_float32
from fer_utils.edge.folding import fold
from fer_utils.evaluation import predict_probabilities
from fer_utils.evaluation.classical_runs import classical_names, load_classical
from fer_utils.evaluation.results import EXPERIMENTS_FILE, load_run
from fer_utils.files import in_one_step, read_json, write_text
from fer_utils.networks import DEFAULT_NETWORK
from fer_utils.networks.squeezenet import squeezenet_mini
from fer_utils.networks.weights import load_network
from fer_utils.training.recipes import RECIPES
from fer_utils.training.run import device, train, versions
from fer_utils.training.search import SPACE, ended, search, with_best

SETTINGS = {"network": "squeezenet-mini", "faces": 8000, "epochs": 10, "seeds": [0, 1, 2]}
TRAINED_SIDES = (48, 24, 12, 6, 3)
# From random weights a network needs many more steps, and for drawings the small one has to do: the large one would
# take hours.
TO_DRAWINGS = {
    "network": "squeezenet-fer-tiny", "seeds": [0, 1, 2], "head_steps": 300,
    "learning_rates": {"frozen": 1e-2, "fine-tuned": 1e-3, "from scratch": 3e-3},
    "epochs": {"10": {"fine-tuned": 10, "from scratch": 100}, "50": {"fine-tuned": 5, "from scratch": 60},
               "200": {"fine-tuned": 5, "from scratch": 30}}}
TO_PHOTOGRAPHS = TO_DRAWINGS | {
    "network": "squeezenet-mini", "learning_rates": {"frozen": 1e-2, "fine-tuned": 1e-3, "from scratch": 3e-3},
    "epochs": {"10": {"fine-tuned": 15, "from scratch": 40}, "50": {"fine-tuned": 10, "from scratch": 30},
               "200": {"fine-tuned": 5, "from scratch": 15}}}

AUGMENTATION = {"network": "squeezenet-mini", "faces": 1500, "epochs": 20, "every": 5, "seeds": [0, 1, 2],
                "changes": CHANGES, "sizes": MISPLACED, "tried": ["none", "gentle"]}
SCALING = {"network": "softmax regression", "faces": 3000, "epochs": 10, "seeds": [0, 1, 2],
           "rates": [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2]}
PREPROCESSING = {"network": "squeezenet-mini", "faces": 1500, "epochs": 10, "seeds": [0, 1, 2]}
QUANTIZATION = {"network": "squeezenet-fer-tiny", "bits": [2, 3, 4, 5, 6, 7, 8], "draws": 5,
                "calibration_faces": [1, 3, 10, 30, 100, 300, 1000]}
WIDTHS = SETTINGS | {"change": "gentle", "widths": [0.25, 0.5, 1.0, 2.0, 4.0]}
DISTILLATION = SETTINGS | {"teacher": DEFAULT_NETWORK, "views": 4, "shares": [0.0, 0.5, 0.9]}
REGULARIZATION = {"network": "regularized", "faces": 6000, "epochs": 12, "seeds": [0, 1, 2], "ways": REGULARIZERS}
# Folds of a part of Training, equal pictures in one; a row: descriptors, components, and what decides by them.
TRIALS = {"faces": 3000, "folds": 3, "seed": 0, "rows": [
    [{"hog": HOG}, 300, [["rbf-svm", {"C": C, "gamma": gamma}] for C in (1, 3, 10) for gamma in (1, 2, 3)]
     + [["linear-svm", {"C": C}] for C in (0.1, 1)]],
    [{"hog": HOG}, 150, [["rbf-svm", {"C": 3, "gamma": gamma}] for gamma in (2, 3)]
     + [["nearest-neighbours", {"neighbours": k}] for k in (5, 15, 40)]
     + [["random-forest", {"trees": 100, "leaf": leaf}] for leaf in (1, 3)]],
    [{"hog": HOG | {"cells": (8,)}}, 150, [["rbf-svm", {"C": 3, "gamma": 3}]]],
    [{"hog": HOG | {"cells": (6, 12)}}, 150, [["rbf-svm", {"C": 3, "gamma": 3}]]],
    *([{"lbp": LBP | {"radii": (radius,)}}, 150, [["rbf-svm", {"C": 3, "gamma": gamma}] for gamma in (2, 3, 4)]]
      for radius in (1, 2)),
    [{"gabor": GABOR}, 150, [["rbf-svm", {"C": 3, "gamma": gamma}] for gamma in (1, 2, 3)]],
    [{"pixels": {}}, 150, [["rbf-svm", {"C": 3, "gamma": gamma}] for gamma in (1, 2, 3)]],
    [{"hog": HOG, "lbp": LBP}, 150, [["rbf-svm", {"C": 3, "gamma": gamma}] for gamma in (0.5, 1, 2)]],
    [{"hog": HOG, "lbp": LBP, "gabor": GABOR}, 150, [["rbf-svm", {"C": 3, "gamma": gamma}] for gamma in (0.3, 0.6, 1)]],
]}
# The network last. A seed draws the faces, and the network's weights and batches; of all faces there is but one draw,
# and the classifiers have no other luck.
FEW = {size: [0, 1, 2] for size in ("500", "1000", "2000", "4000", "8000")}
CURVES = {"ways": ["hog-svm", "hog-linear-svm", "squeezenet-mini"], "epochs": 10, "least_steps": 1250,
          "note": "measured in several sittings; wall_seconds is the last one's", "seeds": {
    **{name: FEW | {"16000": [0], "28709": [0]} for name in ("hog-svm", "hog-linear-svm")},
    "squeezenet-mini": dict.fromkeys(FEW, [0, 1]) | {"28709": [0]}}}
# processor seconds, so that it does not matter what else the machine does; the best of several trials
SPEED = {"classifiers": classical_names(), "networks": ["squeezenet-fer-tiny", DEFAULT_NETWORK], "faces": 256,
         "trials": 3}
SEARCH = {"network": "squeezenet-mini", "faces": 8000, "epochs": 8, "trials": 20, "seeds": [1, 2, 3], "space": SPACE}


def widths(faces, settings):
    """By width: parameters, multiply-adds, and the PublicTest accuracy of each seed after the last epoch."""
    found = {"parameters": {}, "multiply_adds": {}, "public_accuracy": {}}
    for width in settings["widths"]:
        build = partial(squeezenet_mini, width=width)
        found["parameters"][f"{width:g}"] = build().count_params()
        found["multiply_adds"][f"{width:g}"] = sum(row["multiply_adds"] for row in layer_costs(build()))
        found["public_accuracy"][f"{width:g}"] = [
            trained_behind(RandomAffine(**CHANGES[settings["change"]], seed=seed), faces, epochs=settings["epochs"],
                           limit=settings["faces"], seed=seed, build=build)[1]["public_accuracy"][-1]
            for seed in settings["seeds"]]
    return found


def augmentation(faces, settings):
    """By change, for each seed: the history (`trained_behind`) under "histories" and its last PublicTest accuracy; for
    the changes to be tried, that of faces that are cut out carelessly (`accuracy_where_misplaced`) under
    "misplaced"."""
    found = {part: {name: [] for name in settings["changes"]} for part in ("histories", "public_accuracy")}
    found["misplaced"] = {}
    few = faces.first(settings["faces"])
    for seed in settings["seeds"]:
        for name, change in settings["changes"].items():
            net, history = trained_behind(RandomAffine(**change, seed=seed), few, epochs=settings["epochs"], limit=None,
                                          seed=seed, every=settings["every"])
            found["histories"][name].append(history)
            found["public_accuracy"][name].append(history["public_accuracy"][-1])
            if name in settings["tried"]:
                found["misplaced"].setdefault(name, []).append(accuracy_where_misplaced(net, *few.public))
            print(json.dumps([name, seed, history]), flush=True)
    return found


def scaling(faces, settings):
    """By preparation and learning rate, what softmax regression gets right for each seed (`linear_after`)."""
    return {name: {str(rate): [linear_after(prepare, faces, limit=settings["faces"], epochs=settings["epochs"],
                                            rate=rate, seed=seed) for seed in settings["seeds"]]
                   for rate in settings["rates"]}
            for name, prepare in preparations(faces.train.images[:settings["faces"]]).items()
            if not name.startswith("middle")}


def preprocessing(faces, settings):
    """By preparation, what a network gets right for each seed (`networks_after`)."""
    ways = preparations(faces.train.images[:settings["faces"]])
    found = {way: [] for way in ways}
    for way, seed, row in networks_after(ways, faces, limit=settings["faces"], epochs=settings["epochs"],
                                         seeds=settings["seeds"]):
        found[way].append(row)
        print(json.dumps([way, seed, row]), flush=True)
    return found


def resolution(faces, settings):
    """PublicTest accuracy by side, a list with one figure a seed. Faces are mirrored at random and not changed
    otherwise."""
    accuracies = {}
    for side in TRAINED_SIDES:
        coarse = Faces(faces.name, faces.source, {
            name: Split(coarsen(part.images[:settings["faces"]], side), part.labels[:settings["faces"]])
            for name, part in faces.parts.items()})
        accuracies[str(side)] = [run(coarse, RandomAffine(flip=True, seed=seed), seed, settings)
                                 for seed in settings["seeds"]]
    return accuracies


def run(faces, change, seed, settings):
    """PublicTest accuracy of the small network behind a change of its faces."""
    return accuracy_after(change, faces, epochs=settings["epochs"], limit=settings["faces"], seed=seed)


def quantization(faces, settings):
    """Under "by_bits", by way and bits, what rounding the weights does (`weights_by_bits`); under "calibration", by way
    to choose a range and number of faces, a list with what each draw's int8 file answers (`calibrated`)."""
    net, (images, labels) = load_network(settings["network"]), faces.public
    found = {"by_bits": weights_by_bits(fold(net), images, labels, settings["bits"]), "calibration": {}}
    with TemporaryDirectory() as folder:
        source = Path(folder) / "float32.tflite"
        export_float32(net, source, names=True)
        for choice, size, draw, trial in calibrated(source, images, labels, faces.train.images, draws=settings["draws"],
                                                    sizes=settings["calibration_faces"]):
            found["calibration"].setdefault(choice, {}).setdefault(str(size), []).append(trial)
            print(json.dumps([choice, size, draw, trial]), flush=True)
    return found


def distillation(faces, settings):
    """PublicTest accuracy by the teacher's share of the target."""
    few = faces.first(settings["faces"])
    soft_targets = soft_targets_for(few, load_network(settings["teacher"]), settings["views"])
    return {str(share): [student_accuracy(few, soft_targets, share, epochs=settings["epochs"], seed=seed)
                         for seed in settings["seeds"]] for share in settings["shares"]}


def regularization(faces, settings):
    """By way, a list with, for each strength, a list with the figures of each seed (`fit_once`)."""
    return {way: [[fit_once(faces, strength, limit=settings["faces"], epochs=settings["epochs"], seed=seed)
                   for seed in settings["seeds"]] for strength in strengths]
            for way, strengths in settings["ways"].items()}


def rare_classes(faces, settings):
    """By way, a list with the accuracy, macro F1 and recall of every emotion on PublicTest for each seed
    (`fit_rare`)."""
    few = faces.first(settings["faces"])
    runs = [fit_rare(few, epochs=settings["epochs"], seed=seed, network=settings["network"])
            for seed in settings["seeds"]]
    return {way: [{"accuracy": run[way]["accuracy"], "macro_f1": run[way]["macro_f1"],
                   "recall": {emotion: row["recall"] for emotion, row in run[way]["per_class"].items()}}
                   for run in runs]
            for way in runs[0]}


def searched(faces, settings):
    """The trials of a search in order, and the accuracy of its best and of the start with seeds that no trial has
    seen."""
    few, start = faces.first(settings["faces"]), replace(RECIPES["quick"], epochs=settings["epochs"])
    kept = Path("runs/search-experiment")
    study = search(settings["network"], start, trials=settings["trials"], out=kept, faces=few, verbose=1)
    trials = [{"accuracy": trial.value, "pruned": trial.state.name == "PRUNED", "params": trial.params}
              for trial in ended(study)]
    again = {}
    for recipe in (start, with_best(start, study)):
        runs = [train(settings["network"], recipe, seed=seed, out=kept / f"{recipe.name}-s{seed}", resume=True,
                      faces=few,
                      verbose=0) for seed in settings["seeds"]]
        again[recipe.name] = [run["history"][-1]["val_accuracy"] for run in runs]
    return {"trials": trials, "best": study.best_params, "again": again}


def curves(faces, settings):
    """The answers of each way for each size and seed, as `fer_utils.course.learning_curves.summary` puts them."""
    same = [settings[key] for key in ("epochs", "least_steps")] + [settings_of(way) for way in settings["ways"][:-1]]
    kept = Path("runs/learning-curves") / short_hash([same, faces.content_hash])
    kept.mkdir(parents=True, exist_ok=True)
    network, answers = settings["ways"][-1], {}
    draws = [(way, size, seed) for way in settings["ways"] for size, seeds in settings["seeds"][way].items()
             for seed in seeds]
    draws.sort(key=lambda draw: (int(draw[1]) > 8000, draw[2], int(draw[1])))  # quick ones first, seed by seed
    for way, size, seed in draws:
        path, size = kept / f"{way}-{size}-s{seed}.npy", int(size)
        if not path.exists():
            given = (network_answers if way == network else classifier_answers)(way, faces, size, seed, settings)
            with in_one_step(path) as temporary, open(temporary, "wb") as file:
                np.save(file, given.astype(np.uint8))
            print(way, size, seed, np.mean(given == faces.public.labels), flush=True)
        answers[way, size, seed] = np.load(path)
    return summary(faces.public.labels, answers, settings["ways"])


def classifier_answers(name, faces, size, seed, settings):
    """PublicTest answers of a classifier fitted to a part of Training."""
    if size >= len(faces.train.labels):
        return fitted(name, settings_of(name), faces)[2]
    learned, asked = (described_faces(CLASSIFIERS[name].descriptors, faces, split)[0] for split in ("train", "public"))
    rows, decide = drawn_faces(faces.train.labels, size, seed), build_classifier(name, seed=seed)[1:]
    return decide.fit(learned[rows], faces.train.labels[rows]).predict(asked)


def network_answers(name, faces, size, seed, settings):
    """PublicTest answers of a network trained on a part of Training."""
    rows = drawn_faces(faces.train.labels, size, seed)
    part = Faces(faces.name, faces.source, faces.parts | {"train": Split(*(part[rows] for part in faces.train))})
    return answers_after(recipe_for(size, settings), part, network=name, seed=seed).argmax(axis=1)


def trials(faces, settings):
    """By row the accuracy of each fold for everything that decides by it, a list of dicts."""
    from sklearn.model_selection import StratifiedGroupKFold

    rows = drawn_faces(faces.train.labels, settings["faces"], settings["seed"])
    images, labels = (part[rows] for part in faces.train)
    folds = StratifiedGroupKFold(settings["folds"], shuffle=True, random_state=settings["seed"])
    folds = list(folds.split(images, labels, [key.hex() for key in image_keys(images)]))
    measured = []
    for descriptors, components, candidates in settings["rows"]:
        described = describe(images, descriptors, descriptors)
        found = [{"descriptors": descriptors, "components": components, "decider": decider, "settings": chosen,
                  "accuracy": []} for decider, chosen in candidates]
        for learned, asked in folds:
            reduce = pipeline_of(descriptors, components, *candidates[0])["reduce"].fit(described[learned])
            known, new = (reduce.transform(described[part]) for part in (learned, asked))
            for trial in found:
                decide = DECIDERS[trial["decider"]](settings["seed"], **trial["settings"])
                answers = decide.fit(known, labels[learned]).predict(new)
                trial["accuracy"].append(float(np.mean(answers == labels[asked])))
        for trial in found:
            print(trial, flush=True)
        measured += found
    return measured


def speed(faces, settings):
    """By name, the seconds of a processor that an answer costs, describing included: `among` many faces at once, and
    `alone`; and the size, as in the records of runs."""
    measured = {}
    for name in (*settings["classifiers"], *settings["networks"]):
        if name in CLASSIFIERS:
            _, pipeline, _ = fitted(name, settings_of(name), faces)
            answer, run = pipeline.predict, load_classical(name)
        else:
            answer, run = partial(predict_probabilities, load_network(name)), load_run(name)
        measured[name] = {"run": run["run"], "file_bytes": run["scores"]["file_bytes"]} | {
            what: min(processor_seconds(answer, faces.public.images[:count]) for _ in range(settings["trials"])) / count
            for what, count in (("among", settings["faces"]), ("alone", 1))}
    return measured


def processor_seconds(answer, images):
    """The seconds of a processor that answering faces costs, all threads together."""
    start = time.process_time()
    answer(images)
    return time.process_time() - start


def carried_over(faces, settings):
    """By way, then by faces a class: the history of each seed (`fer_utils.course.chapter_08.laboratory`)."""
    return transfer(settings["network"], faces, settings)


# what runs, its settings, and the key that its figures stand under; None for a dict of several
EXPERIMENTS_BY_NAME = {
    "examples": (examples, EXAMPLES, "measured"), "weight-pictures": (weight_pictures, PICTURES, "measured"),
    "augmentation": (augmentation, AUGMENTATION, None), "scaling": (scaling, SCALING, "measured"),
    "preprocessing": (preprocessing, PREPROCESSING, "measured"),
    "resolution": (resolution, SETTINGS, "public_accuracy"),
    "quantization": (quantization, QUANTIZATION, None), "widths": (widths, WIDTHS, None),
    "distillation": (distillation, DISTILLATION, "public_accuracy"),
    "rare-classes": (rare_classes, SETTINGS, "measured"),
    "regularization": (regularization, REGULARIZATION, "measured"), "search": (searched, SEARCH, "measured"),
    "classical-trials": (trials, TRIALS, "measured"), "classical-speed": (speed, SPEED, "measured"),
    "learning-curves": (curves, CURVES, "measured"),
    "transfer-to-drawings": (carried_over, TO_DRAWINGS, "histories"),
    "transfer-to-photographs": (carried_over, TO_PHOTOGRAPHS, "histories")}


def main(names):
    """Run the experiments named, all without names, and record each as it ends."""
    unknown = set(names) - set(EXPERIMENTS_BY_NAME)
    if unknown:
        sys.exit(f"no experiment {', '.join(sorted(unknown))}; there are: {', '.join(EXPERIMENTS_BY_NAME)}.")
    for name in names or EXPERIMENTS_BY_NAME:
        load = load_schematic if name == "transfer-to-drawings" else load_fer2013
        faces = load(splits=("train", "public"))
        start, (experiment, settings, key) = time.perf_counter(), EXPERIMENTS_BY_NAME[name]
        measured = experiment(faces, settings)
        record = settings | {
            "data": {"name": faces.name, "content_hash": faces.content_hash}, "versions": versions(),
            "device": device(), "wall_seconds": round(time.perf_counter() - start)}
        record |= {key: measured} if key else measured
        trained = settings.get("teacher") or name.startswith(("transfer", "quantization")) and settings["network"]
        if trained:  # whose weights: a network's published run changes when a better one comes
            record["weights"] = load_run(trained)["run"]
        known = read_json(EXPERIMENTS_FILE) if EXPERIMENTS_FILE.exists() else {}
        write_text(EXPERIMENTS_FILE, json.dumps(dict(sorted((known | {name: record}).items())), indent=1) + "\n")
        print(name, json.dumps(record, indent=1))


if __name__ == "__main__":
    main(sys.argv[1:])
