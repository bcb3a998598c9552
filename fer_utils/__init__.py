"""fer_utils: the small package behind the course on facial expression recognition.

Importing it is quick: NumPy is all it needs until something is used. Where to look, a line for each module:

__main__: the command line, `python -m fer_utils`
commands: what its commands share
commands.data: `data`: which faces are found
commands.train: `train` a network
commands.search: `search` for settings
commands.evaluate: `evaluate` a network on a split
commands.predict: `predict` what a picture shows
commands.export: `export` a network to a file for small devices
commands.results: `results`: the published runs
commands.benchmark: `benchmark`: what networks cost to run
commands.progress: `progress`: what a learner has solved
labels: the seven classes and the shape of a face
files: where the course's data lies, paths, one error for a bad file; writes in one step, packed arrays, locks
kernel: whether this Python can run the course
backend: Keras with a backend that is there, the course's settings, and no chatter
schema: what shape the values of a record have to have
text: how numbers and tables are written, and text that is safe to print

data: what a set of faces is; the bundled drawings; byte-identical duplicates
data.fer2013: load FER-2013 and keep a checked copy
data.known: whether faces are those of FER-2013, changed or not
data.ferplus: the labels of FER+ for the faces of FER-2013
data.changes: what may happen to a face: turned, blurred, dark, covered
data.copies: near copies of a photograph: brighter, moved, compressed anew
data.sources: where a copy of FER-2013 is, in which form, and whether it has changed
data.forms: the forms that people have FER-2013 in
data.forms.deep_lake: datasets of Deep Lake, read in a process of their own
data.forms.table: the CSV of Kaggle, plain or packed
data.forms.class_folders: pictures in class folders
data.forms.arrays: arrays of NumPy in one file
data.pictures: read a picture file, or what a caller has as a picture
data.pictures.kinds: what a picture file holds, and whether it may be opened
data.pictures.depth: what the values of a picture mean
data.streaming: faces of a Deep Lake dataset, read while they are needed
data.folders: other datasets, RAF-DB and AffectNet, from a folder
data.photographs: find the faces of a picture, cut one out
data.detectors: what face detectors share; how their boxes lie to FER-2013's frame
data.detectors.blazeface: a small network that finds faces, on LiteRT
data.detectors.cascade: scikit-image's cascade of local binary patterns
data.preprocessing: the thesis's steps: RGB, normalization, one-hot labels, class weights
data.augmentation: random changes of a face, as Keras layers

descriptors: what was computed from a face before deep learning: gradients, binary patterns, Gabor filters
attribution: where a network looks: maps of what each pixel does for an answer, and whether they show the network
classical: the table of classifiers that decide by descriptors, and one of them by its name

networks: the table of networks, and one of them by its name
networks.common: the layers that all families share: input and classification head
networks.squeezenet: fire modules, the thesis's network, the course's own
networks.vgg: VGG16 and VGG8
networks.pretrained: Keras's collection: ResNet50, EfficientNet-B0, MobileNet, VGG16
networks.teachers: large networks that teach the small ones
networks.transfer: reuse a trained network: features, new head, freezing
networks.weights: save and load what was learned; a trained network by its name

training: what belongs to training
training.recipes: everything about a run that is not the network
training.run: train, choose the best epoch, write a record, survive a kill
training.state: what a training stands on between two epochs, and the draws of an epoch
training.feed: batches in a new order every epoch
training.stream: the same from streamed faces, with two windows of them in memory
training.team: several devices or machines train one network
training.model: the model that is trained: augmentation, mixup, running average
training.distillation: learn from the answers of large networks
training.search: settings by trial, with Optuna

evaluation: probabilities, scores, comparisons of two networks
evaluation.results: the published runs
evaluation.classical_runs: the recorded classifiers of chapter 05
evaluation.exported_runs: the recorded int8 exports of chapter 14
evaluation.people: how people read the faces (FER+), and a network beside them
evaluation.paired: what a change of the faces does to a network's answers
evaluation.robustness: what networks lose under changes of a face
evaluation.groups: whom a network of drawn faces reads worse
evaluation.mistakes: whom people side with where a network is sure and the label says otherwise
evaluation.intervals: how sure a score is: 95 % intervals
evaluation.comparison: two networks in any score, with the luck of faces and seeds
evaluation.calibration: whether probabilities mean what they say
evaluation.unsure: abstain, or answer with a set
evaluation.tta: test-time augmentation: the mean over several views of a face
evaluation.protocol: what may be looked at when, and the runs held to it
evaluation.challenge: score somebody else's answers
evaluation.rivals: somebody else's answers against our best run, and what is doubtful about them
evaluation.prediction: what a photograph shows

edge: what belongs to small devices
edge.export: a network as a LiteRT, ONNX or C file, read back and compared
edge.folding: normalization and scaling folded into convolutions
edge.quantization: from float32 to int8: ranges, scales, zero points
edge.flatbuffer: a LiteRT file written anew, smaller, or as a C array
edge.litert: run an exported network without Keras and TensorFlow
edge.micro: run it in the interpreter of microcontrollers
edge.costs: parameters, multiply-adds and memory of a network, layer by layer
edge.benchmark: our shipped forms and peers, measured side by side
edge.programs: a program under test in a process of its own, its start, its answers, its memory
edge.peers: what the peers are, and an environment of its own for each
edge.peers.answering: what runs inside a program under test
edge.peers.ours: our networks as a program under test
edge.peers.fer_package: the package `fer` as one; those for Node stand beside it

faces: the drawn face
faces.action_units: muscles, nerves, and what they do
faces.draw: the face as SVG and as pixels
faces.motion: an expression in time: onset, apex, offset
faces.random_faces: random people and expressions, the bundled set
faces.shapes: from muscles to outlines; one module for eyes, hair, head, mouth and scene

course: what the notebooks share
course.setup: the first call of every chapter
course.show: figures, sentences and explorers in a notebook
course.figures: figures that several chapters draw
course.checks: the core of the checks of exercises
course.reach: widgets that can be reached without a mouse, and heard
course.progress: what a learner has solved, kept on this machine
course.quizzes: the questions of a chapter
course.runs: recorded runs in words
course.laboratory: small experiments that a chapter runs
course.learning_curves: accuracy by the number of training faces, and who is ahead
course.optimizers: one step of four optimizers
course.small_network: a dense network in NumPy, trained while the reader waits
course.receptive_field: how much of a face one unit sees
course.resolution: faces with fewer pixels
course.circumplex: where the words of the seven classes stand on valence and arousal
course.labelling: label faces yourself, beside a network and other people
course.labelling.sessions: deal faces; a learner's answers and the file that keeps them
course.labelling.results: confusion matrices and accuracies of a few answers; the recorded example
course.labelling.widget: the faces, the buttons, and the result
course.chapter_NN: what one chapter uses and no other: figures, checks, laboratories
"""

__version__ = "0.1.0"

_EXPORTS = {
    "EMOTIONS": "labels",
    "load_faces": "data", "load_schematic": "data", "DataError": "data",
    "load_fer2013": "data.fer2013", "load_folder": "data.folders", "find_faces": "data.photographs",
    "build_network": "networks", "load_network": "networks.weights",
    "train": "training.run",
    "predict_probabilities": "evaluation", "scores": "evaluation", "evaluate": "evaluation",
    "evaluate_on": "evaluation",
    "results_table": "evaluation.results", "predict_image": "evaluation.prediction",
}
__all__ = sorted(_EXPORTS)


def __getattr__(name):
    if name not in _EXPORTS:
        raise AttributeError(f"module 'fer_utils' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"fer_utils.{_EXPORTS[name]}"), name)


def __dir__():
    return sorted([*globals(), *__all__])
