"""The geometry of the schematic face: from a person, action units, a pose and a light to a list of coloured outlines.

`face_shapes` is the one description that `fer_utils.faces.draw` draws, as SVG for people and as gray pixels for
networks. Chapter 02 explains the face.
"""

from fer_utils.faces.action_units import by_side
from fer_utils.faces.shapes.eyes import brow_plan, draw_brow, draw_eye, draw_forehead, eye_plan
from fer_utils.faces.shapes.hair import draw_beard, draw_glasses, draw_hair, draw_hair_behind
from fer_utils.faces.shapes.head import draw_head, draw_neck, draw_nose, jaw_drop
from fer_utils.faces.shapes.mouth import draw_cheek, draw_mouth, mouth_plan
from fer_utils.faces.shapes.scene import SIGN, Scene, Shape

__all__ = ["Shape", "face_shapes"]


def face_shapes(units, identity, pose, light, detail=True):
    """The shapes of a face, a list of `Shape`.

    Arguments: units, a mixture as in `fer_utils.faces.action_units`; identity, pose and light, dicts with every key
    of `IDENTITY`, `POSE` and `LIGHT` in `fer_utils.faces.draw`; detail, whether to draw single hairs and the like,
    which do not show at 48 pixels.
    """
    scene = Scene(identity, pose, light, detail)
    units = by_side(units)
    jaw = jaw_drop(units)
    draw_hair_behind(scene)
    draw_neck(scene, units, jaw)
    draw_head(scene, units, jaw)
    mouth = mouth_plan(scene, units, jaw)
    lids = {side: eye_plan(scene, units[side], side) for side in SIGN}
    draw_nose(scene, units)
    draw_mouth(scene, units, mouth, jaw)
    for side in SIGN:
        draw_cheek(scene, units[side], side, mouth)
    draw_beard(scene, mouth, jaw)
    for side in SIGN:
        draw_eye(scene, units[side], side, lids[side])
    brows = {side: brow_plan(scene, units[side], side, lids[side]) for side in SIGN}
    draw_forehead(scene, units, brows)
    for side in SIGN:
        draw_brow(scene, brows[side], side)
    draw_hair(scene)
    draw_glasses(scene)
    return scene.placed()
