"""Chapter 00: its explorer. Its one check, of a plain number, has a test of its own."""

import numpy as np

from fer_utils.course.chapter_00 import figures as start_figures

FACE = np.random.default_rng(0).integers(0, 256, (48, 48)).astype(np.uint8)
EXPLORERS = {"coarse face": lambda: start_figures.explore_coarse_face(FACE)}
