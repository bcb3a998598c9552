"""Distillation small enough to be repeated: one student, the same views of the same faces, targets of different softness.

Chapter 15 does it in miniature; `tools/record_experiments.py` records it on photographs.
"""

from dataclasses import replace

import keras
import numpy as np

from fer_utils.augmentation import modern_augmentation
from fer_utils.distillation import make_views, teach
from fer_utils.evaluation import predict_probabilities
from fer_utils.recipes import RECIPES
from fer_utils.training import training_feed
from fer_utils.training_model import compile_for_training


def lessons_for(faces, teacher, views, seed=0):
    """`Lessons` of one teacher, a Keras model, on `views` gently augmented copies of the training faces."""
    return teach([teacher], make_views(faces.train.images, modern_augmentation(seed), views), [teacher.name])


def student_accuracy(faces, lessons, share, *, epochs, student="squeezenet-mini", batch_size=32, seed=0):
    """PublicTest accuracy of a student whose targets are `share` teacher and the rest label; 0 is without a teacher.

    Whatever the share, it sees the same views in the same order from the same first weights.
    """
    keras.utils.set_random_seed(seed)
    recipe = replace(RECIPES["quick"], augmentation="none", epochs=epochs, batch_size=batch_size, teacher_share=share)
    net, model = compile_for_training(student, recipe, len(faces.train.labels), seed=seed)
    model.fit(training_feed(faces.train, recipe, seed, lessons), epochs=epochs, shuffle=False, verbose=0)
    answers = predict_probabilities(net, faces.public.images)
    return float(np.mean(answers.argmax(axis=1) == faces.public.labels))

