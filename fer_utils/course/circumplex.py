"""Where the words of the seven classes stand on valence and arousal. Chapters 01 and 15."""

import numpy as np

from fer_utils.labels import EMOTIONS

# Russell and Mehrabian 1977 (doi:10.1016/0092-6566(77)90037-X): mean ratings of the words angry, disgusted, fearful,
# happy, sad and surprised as (pleasure, arousal, dominance), each from -1 to 1. Neutral is not rated: the origin is
# ours.
RATED = {"anger": (-0.51, 0.59, 0.25), "disgust": (-0.60, 0.35, 0.11), "fear": (-0.64, 0.60, -0.43),
         "happiness": (0.81, 0.51, 0.46), "sadness": (-0.63, -0.27, -0.33), "surprise": (0.40, 0.67, -0.13),
         "neutral": (0.0, 0.0, 0.0)}


def rated_places(dimensions=2):
    """The ratings of the seven classes in the order of EMOTIONS, float (7, dimensions). `dimensions`: 2, or 3 with
    dominance."""
    return np.array([RATED[emotion][:dimensions] for emotion in EMOTIONS])
