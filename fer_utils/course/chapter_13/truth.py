"""Drawn faces, where the truth is known: the pixels of eyes, brows, nose and mouth, those that a muscle changes, and
what a muscle does to an answer, since the face can be drawn again with that muscle at rest."""

from itertools import combinations
from math import factorial
from typing import NamedTuple

import numpy as np

from fer_utils.attribution import class_scores
from fer_utils.faces.action_units import EXPRESSIONS, SIDES
from fer_utils.faces.draw import draw_gray, outlines
from fer_utils.faces.random_faces import random_person
from fer_utils.labels import EMOTIONS, SIZE

REGIONS_OF_SHAPES = {"brows": ("brow",), "eyes": ("eye", "lashes", "lower lashes", "lid", "lower lid"),
                     "nose": ("nostril", "wing", "nose shade", "ridge of the nose"),
                     "mouth": ("mouth", "upper lip", "lower lip", "lip line")}
# Where the units of table 3.1 of the thesis show; a clenched jaw bulges in the cheek.
REGION_OF_UNIT = {"AU1": "brows", "AU2": "brows", "AU4": "brows", "AU5": "eyes", "AU6": "eyes", "AU7": "eyes",
                  "AU43": "eyes", "AU64": "eyes", "AU9": "nose", "AU31": "elsewhere"}
ZONES = (*REGIONS_OF_SHAPES, "elsewhere")


class DrawnFace(NamedTuple):
    """A face that can be drawn again.

    Attributes:
        emotion: which expression of table 3.1 it shows.
        units: its action units, each side by itself.
        rest: identity, pose and light, as `draw_gray` takes them.
        image: uint8 (48, 48).
    """

    emotion: str
    units: dict
    rest: tuple
    image: np.ndarray

    def drawn(self, units):
        """The same person with other action units: uint8 (48, 48)."""
        return draw_gray(units, *self.rest, supersample=3)


def drawn_faces(count, seed=0, emotions=EMOTIONS):
    """`count` random drawn faces of each emotion, a list of `DrawnFace`; none has glasses, hair or beard over what
    moves."""
    faces = []
    for number in range(count):
        for emotion in emotions:
            rng = np.random.default_rng([seed, number, EMOTIONS.index(emotion)])
            units, identity, pose, light = random_person(emotion, rng, intensity=0.9)
            identity |= {"glasses": "none", "beard": "none", "hair": "short"}
            face = DrawnFace(emotion, units, (identity, pose, light), None)
            faces.append(face._replace(image=face.drawn(units)))
    return faces


def average_face(emotion):
    """A person with average features who shows an expression of table 3.1 at full strength: `DrawnFace`."""
    face = DrawnFace(emotion, EXPRESSIONS[emotion], (None, None, None), None)
    return face._replace(image=face.drawn(face.units))


def muscles(face):
    """The action units that make a face's expression, both sides as one: codes, in the order of table 3.1."""
    return list(EXPRESSIONS[face.emotion])


def at_rest(units, codes):
    """The mixture with both sides of these action units at 0."""
    names = {code + side for code in codes for side in ("", *SIDES)}
    return {name: 0.0 if name in names else value for name, value in units.items()}


def regions(face, reach=2.0):
    """Where brows, eyes, nose and mouth are: dict from region to bool (48, 48), "elsewhere" included. Every pixel is in
    one: that of the nearest outline within `reach` pixels."""
    from PIL import Image, ImageDraw
    from scipy.ndimage import distance_transform_edt

    found = {name: Image.new("1", (SIZE, SIZE)) for name in REGIONS_OF_SHAPES}
    for shape in outlines(face.units, *face.rest):
        for name, parts in REGIONS_OF_SHAPES.items():
            if shape.name.removesuffix(" L").removesuffix(" R") in parts:
                ImageDraw.Draw(found[name]).polygon(shape.points.ravel().tolist(), fill=1)
    far = np.stack([distance_transform_edt(~np.asarray(mask)) for mask in found.values()])
    nearest = np.where(far.min(axis=0) <= reach, far.argmin(axis=0), len(found))
    return {name: nearest == number for number, name in enumerate(ZONES)}


def shares(maps, faces):
    """Of what maps (n, 48, 48) hold above 0, the share in each region of each face: float (n, 5), in the order of
    `ZONES`."""
    maps = np.maximum(maps, 0)
    masks = np.array([list(regions(face).values()) for face in faces])
    return np.einsum("nij,nrij->nr", maps, masks) / np.maximum(maps.sum(axis=(1, 2)), 1e-9)[:, None]


def without_each(face):
    """The face with each of its muscles at rest, one after the other: uint8 (muscles, 48, 48)."""
    return np.array([face.drawn(at_rest(face.units, [code])) for code in muscles(face)])


def leave_one_out(net, faces):
    """What each muscle adds to the score of the expression shown, given all the others: a list of float (muscles,),
    and the faces without each, a list of uint8 (muscles, 48, 48)."""
    redrawn = [without_each(face) for face in faces]
    scores = class_scores(net, np.concatenate([[face.image, *others] for face, others in zip(faces, redrawn)]))
    effects, start = [], 0
    for face, others in zip(faces, redrawn):
        own = scores[start:start + 1 + len(others), EMOTIONS.index(face.emotion)]
        effects.append(own[0] - own[1:])
        start += len(own)
    return effects, redrawn


def shapley(net, face):
    """The mean of what each muscle adds, over all orders in which the muscles may begin to move: float (muscles,).

    Exact: the face is drawn with every selection of its muscles, 2 to the power of their number, and the network
    answers all of them at once. The values add up to the score of the face less that of the face with all at rest.
    Shapley 1953 (doi:10.1515/9781400881970-018).
    """
    codes = muscles(face)
    resting = [set(chosen) for size in range(len(codes) + 1) for chosen in combinations(range(len(codes)), size)]
    drawn = np.array([face.drawn(at_rest(face.units, [codes[one] for one in chosen])) for chosen in resting])
    score = class_scores(net, drawn)[:, EMOTIONS.index(face.emotion)]
    values = {frozenset(range(len(codes))) - chosen: value for chosen, value in zip(resting, score)}
    return np.array([sum(_weight(len(moving), len(codes)) * (values[moving | {one}] - values[moving])
                         for moving in values if one not in moving) for one in range(len(codes))])


def _weight(moving, total):
    """In what share of the orders just so many muscles move before one, and the others after it."""
    return factorial(moving) * factorial(total - moving - 1) / factorial(total)


def credit(maps, faces, redrawn):
    """What maps (n, 48, 48) say of each muscle: their mean over the pixels that the muscle changes, each pixel by how
    much it changes. A list of float (muscles,)."""
    found = []
    for one, face, others in zip(maps, faces, redrawn):
        change = np.abs(others.astype(float) - face.image)
        found.append((one * change).sum(axis=(1, 2)) / np.maximum(change.sum(axis=(1, 2)), 1e-9))
    return found


def amounts(faces, redrawn):
    """How much of the picture each muscle changes, in gray levels summed over the pixels: a list of float (muscles,).
    No network is asked: a baseline for what maps say."""
    return [np.abs(others.astype(float) - face.image).sum(axis=(1, 2)) for face, others in zip(faces, redrawn)]


def agreement(said, true):
    """Whether two lists of values of the muscles order them alike, face by face: Spearman's rank correlation,
    float (n,)."""
    from fer_utils.attribution import rank_correlation

    return np.array([rank_correlation(one[None], other[None])[0] for one, other in zip(said, true)])
