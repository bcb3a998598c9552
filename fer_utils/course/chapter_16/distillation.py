"""Distillation small enough to be repeated: one student, the same copies of the same faces, targets of different
softness.

Chapter 16 does it in miniature; `tools/record_experiments.py` records it on photographs.
"""

from dataclasses import replace

import numpy as np

from fer_utils.course.laboratory import answers_after
from fer_utils.data.augmentation import modern_augmentation
from fer_utils.training.distillation import ask_teachers, augmented_copies
from fer_utils.training.recipes import RECIPES


def soft_targets_for(faces, teacher, copies, seed=0):
    """`SoftTargets` of one teacher, a Keras model, on `copies` gently augmented copies of the training faces."""
    return ask_teachers([teacher], augmented_copies(faces.train.images, modern_augmentation(seed), copies),
                        [teacher.name])


def student_accuracy(faces, soft_targets, share, *, epochs, student="squeezenet-mini", batch_size=32, seed=0):
    """PublicTest accuracy of a student whose targets are `share` teacher and the rest label; 0 is without a teacher.

    Whatever the share, it sees the same copies in the same order from the same first weights.
    """
    recipe = replace(RECIPES["quick"], augmentation="none", epochs=epochs, batch_size=batch_size, teacher_share=share)
    answers = answers_after(recipe, faces, network=student, seed=seed, soft_targets=soft_targets)
    return float(np.mean(answers.argmax(axis=1) == faces.public.labels))

