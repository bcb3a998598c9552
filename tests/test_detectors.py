"""What is found in the contact sheet, by each detector, and how BlazeFace's answers become boxes."""

import subprocess
import sys

import numpy as np
import pytest
from contact_sheet import COLLINS, cases, hopper
from PIL import Image

from fer_utils.data import detectors
from fer_utils.data.detectors import Box, best_detector, blazeface, cascade, framed, without_doubles
from fer_utils.data.photographs import cut_face, detect_faces, example_photograph, find_faces, why_no_face
from fer_utils.evaluation.results import DATASET_FOLDER
from fer_utils.files import FileError, read_json

SHEET = cases()
needs_litert = pytest.mark.skipif(best_detector() == "cascade", reason="neither LiteRT nor TensorFlow is installed")


def middle(box):
    return np.array([box.row + box.height / 2, box.column + box.width / 2])


def is_at(found, face):
    """The same middle within a quarter of the face, and a side from 0.7 to 1.4 times the face's."""
    return np.abs(middle(found) - middle(face)).max() < face.height / 4 and 0.7 < found.height / face.height < 1.4


def same_faces(found, faces):
    return len(found) == len(faces) and all(any(is_at(box, face) for box in found) for face in faces)


@needs_litert
@pytest.mark.parametrize("name", SHEET)
def test_blazeface_finds_every_face_of_the_sheet_once(name):
    case = SHEET[name]
    pairs = detect_faces(case.picture, case.smallest, "blazeface")
    assert same_faces([box for box, _ in pairs], case.faces), pairs
    assert all(0.5 <= score <= 1 for _, score in pairs)
    sizes = [box.height for box, _ in pairs]
    assert sizes == sorted(sizes, reverse=True)


UPRIGHT = [name for name, case in SHEET.items() if case.kind in ("plain", "drawn", "dark", "absent")]


@pytest.mark.parametrize("name", UPRIGHT)
def test_the_cascade_finds_what_is_upright(name):
    case = SHEET[name]
    assert same_faces(find_faces(case.picture, case.smallest, "cascade"), case.faces)


@pytest.mark.parametrize("detector", ["cascade", pytest.param("blazeface", marks=needs_litert)])
def test_no_box_has_its_middle_in_a_larger_one(detector):
    for case in SHEET.values():
        if case.kind == "absent" or case.picture.shape[0] > 1000:
            continue
        boxes = find_faces(case.picture, case.smallest, detector)
        for i, small in enumerate(boxes):
            row, column = middle(small)
            assert not any(large.row <= row <= large.row + large.height
                           and large.column <= column <= large.column + large.width for large in boxes[:i])


def test_a_double_goes_and_a_neighbour_stays():
    large, inside, beside = Box(10, 10, 100, 100), Box(40, 50, 40, 40), Box(20, 95, 60, 60)
    assert without_doubles([(inside, 30), (beside, 20), (large, 12)]) == [(large, 12), (beside, 20)]
    assert without_doubles([(large, 12), (large, 13)]) == [(large, 12)] and without_doubles([]) == []


# The sizes asked for


@needs_litert
def test_smaller_faces_are_found_when_asked_for():
    case = SHEET["three small in a large picture"]
    assert find_faces(case.picture) == []
    assert len(find_faces(case.picture, smallest=25)) == len(find_faces(case.picture, max_side=2100, smallest=30)) == 3
    assert find_faces(case.picture, smallest=60) == []
    assert len(find_faces(case.picture, max_side=2100)) == 0  # 32 pixels, and 40 are looked for


@pytest.mark.parametrize("height, width, least", [(1300, 2100, 25), (768, 1024, 40), (100, 5000, 24), (48, 48, 24)])
def test_the_squares_cover_the_picture(height, width, least):
    seen = np.zeros((height, width), int)
    looks = blazeface._looks(height, width, least)
    assert looks[0] == (0, 0, max(height, width))
    smallest = min(side for *_, side in looks)
    for top, left, side in looks:
        assert 0 <= top < height and 0 <= left < width
        seen[top:top + side, left:left + side] += side == smallest
    assert (seen > 0).all()
    assert least * blazeface.LOOK_SIDE / smallest >= blazeface.LEAST / 1.15


@pytest.mark.parametrize("detector", ["cascade", pytest.param("blazeface", marks=needs_litert)])
@pytest.mark.parametrize("max_side", [0, 79, True, "1024", float("nan"), None])
def test_a_side_that_is_none_is_refused(detector, max_side):
    with pytest.raises(ValueError, match=r"at least 80, as 1024"):
        find_faces(SHEET["portrait"].picture, detector=detector, max_side=max_side)


def test_an_unknown_detector_is_named():
    for call in (find_faces, why_no_face):
        with pytest.raises(ValueError, match="no detector 'mtcnn'; there are: blazeface, cascade"):
            call(SHEET["portrait"].picture, detector="mtcnn")


# BlazeFace's answers


@needs_litert
def test_the_first_place_is_the_top_left_corner(monkeypatch):
    """The network's numbers are distances from places four pixels apart, x before y."""
    class Silent:
        def get_input_details(self):
            return [{"index": 0}]

        def get_output_details(self):
            return [{"index": 1}, {"index": 2}]

        def set_tensor(self, index, values):
            assert values.min() >= -1 and values.max() <= 1

        def invoke(self):
            pass

        def get_tensor(self, index):
            return np.zeros((1, blazeface.ANCHORS, 16 if index == 1 else 1), np.float32)

    monkeypatch.setattr(blazeface, "_interpreter", lambda: (Silent(), blazeface.Lock()))
    numbers, scores = blazeface.raw_answers(np.zeros((192, 192, 3), np.uint8))
    assert (scores == 0.5).all() and (numbers[:, 2:4] == 0).all()
    assert numbers[0, [0, 1, 4, 5]].tolist() == [2, 2, 2, 2] and numbers[1, :2].tolist() == [6, 2]
    assert numbers[48, :2].tolist() == [2, 6] and numbers[-1, 14:].tolist() == [190, 190]


@needs_litert
def test_the_points_lie_where_the_eyes_are():
    numbers, scores = blazeface.raw_answers(np.asarray(Image.fromarray(example_photograph()).resize((192, 192))))
    points = numbers[scores.argmax(), 4:].reshape(6, 2) * 512 / 192
    assert np.abs(points[:4] - [[205, 98], [246, 98], [224, 128], [224, 146]]).max() < 10  # eyes, nose, mouth


def test_boxes_that_overlap_become_their_mean():
    boxes = np.array([[0, 0, 10, 10, 0.6], [1, 0, 10, 10, 0.9], [40, 40, 10, 10, 0.7]])
    (first, second) = blazeface.merged(boxes)
    np.testing.assert_allclose(first, [0.6, 0, 10, 10, 0.9])
    np.testing.assert_allclose(second, boxes[2])
    assert blazeface.merged(boxes[:0]).shape == (0, 5)


@needs_litert
def test_gray_pictures_work():
    gray = np.asarray(Image.fromarray(example_photograph()).convert("L"))
    assert same_faces(find_faces(gray, detector="blazeface"), [COLLINS])


@needs_litert
@pytest.mark.parametrize("content", [None, b"", b"not a network" * 100, "another"])
def test_a_network_that_is_missing_or_damaged_is_named(tmp_path, content):
    path = tmp_path / "face_detection_full_range.tflite"
    if content == "another":
        path.write_bytes(next(blazeface.MODEL.parent.glob("squeezenet-fer-tiny-int8.tflite")).read_bytes())
    elif content is not None:
        path.write_bytes(content)
    with pytest.raises(FileError, match=r"face_detection_full_range\.tflite"):
        blazeface._interpreter(path)


# The frame


def test_the_frame_is_a_square_around_the_box():
    framing = detectors.FRAMING["blazeface"]
    box = framed(Box(100, 200, 100, 100), "blazeface")
    assert box.height == box.width == round(100 * framing.side)
    np.testing.assert_allclose(middle(box), [150 + 100 * framing.down, 250], atol=1)
    assert framed(Box(-5, 0, 40, 60), "cascade").height == round(50 * detectors.FRAMING["cascade"].side)


def test_the_border_is_repeated_where_the_frame_reaches_past_it():
    picture = np.tile(np.arange(100, dtype=np.uint8), (100, 1))
    face = cut_face(picture, Box(-24, -24, 48, 48))
    assert (face[:, :24] == 0).all() and face[0].tolist() == face[40].tolist() and face[0, -1] == 23
    with pytest.raises(ValueError, match="holds nothing of a picture of 100 x 100"):
        cut_face(picture, Box(100, 0, 48, 48))


# Which detector


def test_without_litert_the_cascade_is_taken(monkeypatch):
    from fer_utils.edge import litert
    from fer_utils.kernel import SetupError

    def missing():
        raise SetupError("LiteRT is not installed")

    monkeypatch.setattr(litert, "interpreter_class", missing)
    best_detector.cache_clear()
    try:
        assert best_detector() == "cascade"
        assert find_faces(example_photograph()) == [framed(box, "cascade") for box, _ in
                                                    cascade.find(example_photograph())]
    finally:
        monkeypatch.undo()
        best_detector.cache_clear()


@needs_litert
def test_blazeface_loads_neither_scikit_image_nor_tensorflow(tmp_path):
    Image.fromarray(hopper()).save(tmp_path / "photo.png")
    code = (f"import sys; from fer_utils.data.photographs import find_faces; found = find_faces({str(tmp_path)!r} + "
            "'/photo.png', detector='blazeface'); print(len(found), [name for name in ('skimage', 'tensorflow', "
            "'keras', 'scipy') if name in sys.modules])")
    pytest.importorskip("ai_edge_litert")
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split("\n")[-2] == "1 []"


def test_the_factors_are_those_that_were_measured():
    """The table was read from the record, which says with which factors its accuracies were taken."""
    record = read_json(DATASET_FOLDER / "framing.json")
    assert record["factors"] == {name: list(framing) for name, framing in detectors.FRAMING.items()}
    for name, framing in detectors.FRAMING.items():
        measured = list(record["framing"][name].values())
        sides, downs = [row["frame_side"] for row in measured], [row["frame_down"] for row in measured]
        assert min(sides) - 0.01 <= framing.side <= max(sides) + 0.01
        assert min(downs) - 0.01 <= framing.down <= max(downs) + 0.01
        assert record["accuracy"][name]["found"] > 250
