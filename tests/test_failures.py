"""Chapter 13's second half: tables say what the records say; made-up faces are those that a network is sure of."""

import numpy as np

from fer_utils.course.chapter_13 import believed, failures
from fer_utils.data import load_schematic
from fer_utils.data.changes import FACE_CHANGES
from fer_utils.evaluation.groups import recorded_groups
from fer_utils.evaluation.mistakes import recorded_mistakes
from fer_utils.evaluation.robustness import curve, plain_recalls, recorded_robustness
from fer_utils.evaluation.robustness import failures as losses
from fer_utils.labels import EMOTIONS
from fer_utils.text import percent


def test_every_change_stands_in_the_table_with_its_verdict():
    record = recorded_robustness()
    lines = failures.losses_table(record, "photographs", "squeezenet-fer-deep").splitlines()[2:]
    assert len(lines) == len(FACE_CHANGES)
    for line, row in zip(lines, losses(record, "photographs", "squeezenet-fer-deep")):
        assert row["words"] in line and f"| {row['told']} |" in line
    assert "-" not in lines[0].split("|")[3]  # a minus, not a hyphen


def test_the_table_of_failures_holds_what_can_be_told_alone():
    text = failures.failing(recorded_robustness(), recorded_groups(), recorded_mistakes())
    changes = [line for line in text.splitlines() if line.startswith(("| change", "| drawn"))]
    assert len(changes) == 10 and all("| −" in line and "to −" in line for line in changes)
    recalls = plain_recalls(recorded_robustness(), "photographs", "squeezenet-fer-deep")
    rarest = sorted(recalls, key=lambda emotion: recalls[emotion]["recall"])[:3]
    assert [line.split(" | ")[1] for line in text.splitlines() if line.startswith("| class |")] == rarest


def test_a_strength_that_a_change_does_not_have_is_its_strongest():
    face, record = load_schematic("private").private.images[0], recorded_robustness()
    last = failures.change_at(record, "photographs", "squeezenet-fer-deep", "mask", 4, face)[1]
    beyond = failures.change_at(record, "photographs", "squeezenet-fer-deep", "mask", 6, face)[1]
    assert beyond.replace(" (the strongest tried)", "") == last != beyond
    assert "100 %" in last
    for step, row in enumerate(curve(record, "photographs", "squeezenet-fer-deep", "mask"), 1):
        words = failures.change_at(record, "photographs", "squeezenet-fer-deep", "mask", step, face)[1]
        assert f"from {percent(row['before'])} to {percent(row['accuracy'])};" in words


def test_the_live_picture_of_mistakes_finds_faces_in_any_order():
    record, images = recorded_mistakes(), np.arange(4, dtype=np.uint8)[:, None, None] * np.ones((1, 48, 48), np.uint8)
    keys = [bytes([number]) * 32 for number in range(4)]
    stored = np.zeros((record["faces"], 16), np.uint8) + 99
    stored[record["mistakes"]["place"][0]] = 3
    stored[record["mistakes"]["place"][5]] = 1
    shown, titles = failures.confident_mistakes(record, images, keys, stored)
    assert [face[0, 0] for face in shown] == [3, 1]
    assert titles[0].startswith(EMOTIONS[record["mistakes"]["answer"][0]])


def test_made_up_faces_are_those_that_the_network_is_sure_of():
    """A network that looks at seven places, one for each class, and is surer where that one is brighter than others."""
    places = [(8 + 5 * c, 24) for c in range(7)]
    images = load_schematic("train").train.images[:300]

    def answer(faces):
        seen = np.stack([faces[:, r, k] for r, k in places], 1).astype(float) / 12
        shares = np.exp(seen - seen.max(axis=1, keepdims=True))
        return shares / shares.sum(axis=1, keepdims=True)

    made = believed.imagined(answer, believed.PlausibleFaces(images, 20))
    average = answer(images.mean(axis=0)[None].astype(np.uint8))[0]
    own = answer(made)[np.arange(7), np.arange(7)]
    assert made.shape == (7, 48, 48) and (own > average + 0.2).mean() > 0.8
    gap = believed.brighter(made, 3)
    assert abs(gap.mean()) < 1e-6 and gap[places[3]] > 0


def test_the_surest_faces_are_averaged_by_class():
    images = np.stack([np.full((48, 48), 10 * number, np.uint8) for number in range(4)])
    probabilities = np.full((4, 7), 0.1)
    probabilities[[1, 3], 2] = 0.9, 0.8
    assert (believed.certain_means(images, probabilities, 2)[2] == 20).all()
