"""Faces are found where there are some, cut as FER-2013 cuts them, and named."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fer_utils.data import photographs
from fer_utils.data.detectors import cascade
from fer_utils.data.photographs import (
    Box,
    cut_face,
    detect_faces,
    example_photograph,
    find_faces,
    read_photograph,
    smallest_looked_for,
    why_no_face,
)
from fer_utils.edge.litert import LiteRTNetwork, load_litert, shipped_export
from fer_utils.evaluation import predict_probabilities, prediction
from fer_utils.evaluation.prediction import network_to_ask, predict_image
from fer_utils.evaluation.results import load_run
from fer_utils.files import FileError
from fer_utils.labels import EMOTIONS
from fer_utils.networks import DEFAULT_NETWORK
from fer_utils.networks.weights import load_network

ROOT = Path(__file__).resolve().parent.parent
PORTRAIT = example_photograph()
UPRIGHT = {1: lambda a: a, 3: lambda a: np.rot90(a, 2), 6: lambda a: np.rot90(a), 8: lambda a: np.rot90(a, -1),
           2: lambda a: a[:, ::-1]}  # EXIF orientation, and how a picture lies in a file that bears it


def is_the_portraits(box):
    return all(abs(ours - theirs) <= 10 for ours, theirs in zip(box, (60, 170, 112, 112)))


# Reading


@pytest.mark.parametrize("orientation", UPRIGHT)
def test_a_photograph_is_turned_upright(tmp_path, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    lying = np.ascontiguousarray(UPRIGHT[orientation](PORTRAIT[:300]))
    Image.fromarray(lying).save(tmp_path / "photo.png", exif=exif)
    np.testing.assert_array_equal(read_photograph(tmp_path / "photo.png"), PORTRAIT[:300])


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "1", "CMYK", "I;16"])
def test_every_kind_of_picture_becomes_rgb(tmp_path, mode):
    picture = Image.fromarray(PORTRAIT)
    if mode == "I;16":
        picture = Image.fromarray(np.asarray(picture.convert("L")).astype(np.uint16) * 257)
    else:
        picture = picture.convert(mode)
    path = tmp_path / ("photo.tif" if mode == "CMYK" else "photo.png")
    picture.save(path)
    photograph = read_photograph(path)
    assert photograph.shape == (512, 512, 3) and photograph.dtype == np.uint8
    assert np.abs(photograph.mean() - PORTRAIT.mean()) < 12  # neither black nor white


def test_a_transparent_file_shows_its_face(tmp_path):
    opaque = np.full(PORTRAIT.shape[:2], 255, np.uint8)
    Image.fromarray(np.dstack([PORTRAIT, opaque])).save(tmp_path / "photo.png")
    np.testing.assert_array_equal(read_photograph(tmp_path / "photo.png"), PORTRAIT)
    box, = find_faces(read_photograph(tmp_path / "photo.png"))
    assert is_the_portraits(box)


@pytest.mark.parametrize("content", [b"", b"not a picture", "cut short"])
def test_what_is_not_a_picture_is_named(tmp_path, content):
    path = tmp_path / "photo.jpg"
    Image.fromarray(PORTRAIT).save(path)
    path.write_bytes(path.read_bytes()[:5000] if content == "cut short" else content)
    words = "cannot be read" if content == "cut short" else "is not a picture that can be read"
    with pytest.raises(ValueError, match=rf"photo\.jpg {words}.*JPEG and PNG work"):
        read_photograph(path)


# Finding


def test_the_portrait_has_one_face():
    assert PORTRAIT.dtype == np.uint8 and PORTRAIT.shape == (512, 512, 3)
    box, = find_faces(PORTRAIT)
    assert is_the_portraits(box)


def test_a_gray_picture_works_as_well():
    box, = find_faces(np.asarray(Image.fromarray(PORTRAIT).convert("L")))
    assert is_the_portraits(box)


def test_two_faces_come_largest_first():
    small = np.asarray(Image.fromarray(PORTRAIT).resize((307, 307)))
    both = np.zeros((512, 819, 3), np.uint8)
    both[:307, :307], both[:, 307:] = small, PORTRAIT
    large, little = find_faces(both)
    assert is_the_portraits(large._replace(column=large.column - 307))
    assert little.column < 307 and 55 < little.height < 77


def test_no_face_where_there_is_none():
    from skimage import data

    assert find_faces(data.coffee()) == []
    assert find_faces(np.full((200, 200, 3), 255, np.uint8)) == []
    assert find_faces(np.zeros((200, 200), np.uint8)) == []


@pytest.mark.parametrize("shape", [(1, 1, 3), (20, 300, 3), (40, 40), (41, 41, 3)])
def test_tiny_pictures_have_no_face_and_make_no_trouble(shape):
    assert find_faces(np.full(shape, 90, np.uint8)) == []


def test_faces_smaller_than_asked_for_are_left_out():
    assert find_faces(PORTRAIT, smallest=150) == []


def test_the_smallest_face_is_counted_in_pixels_of_the_picture():
    group = np.full((1300, 2100, 3), 128, np.uint8)
    small = np.asarray(Image.fromarray(PORTRAIT).resize((160, 160), Image.Resampling.LANCZOS))  # a face of 31 pixels
    places = [(100, 100), (960, 1000), (1100, 1900)]  # one lies across the pieces that are searched
    for row, column in places:
        group[row:row + 160, column:column + 160] = small
    assert find_faces(group, detector="cascade") == []
    assert smallest_looked_for(group.shape[:2], detector="cascade") == 82
    boxes = sorted(find_faces(group, smallest=25, detector="cascade"))
    assert smallest_looked_for(group.shape[:2], 25, "cascade") == 25 and len(boxes) == 3
    for box, (row, column) in zip(boxes, places):
        middle = box.row + box.height / 2 - row, box.column + box.width / 2 - column
        assert abs(middle[0] - 36) <= 4 and abs(middle[1] - 71) <= 4 and 27 <= box.height <= 49
    assert find_faces(group, smallest=60, detector="cascade") == []


def test_a_smaller_smallest_does_not_lose_the_large_faces():
    large = np.asarray(Image.fromarray(PORTRAIT).resize((1300, 1300), Image.Resampling.BICUBIC))
    (plain, score), = detect_faces(large, detector="cascade")
    (fine, more), = detect_faces(large, smallest=45, detector="cascade")
    assert all(abs(a - b) <= 10 for a, b in zip(plain, fine)) and more >= score


def test_scores_are_the_windows_that_scikit_image_counts():
    """Its detector keeps a face as long as it asks for no more windows than the score says."""
    from skimage.data import lbp_frontal_face_cascade_filename
    from skimage.feature import Cascade

    (box, score), = cascade.find(PORTRAIT)
    for count, kept in ((score, [box]), (score + 1, [])):
        found = Cascade(lbp_frontal_face_cascade_filename()).detect_multi_scale(
            PORTRAIT, 1.1, 1, (40, 40), (512, 512), min_neighbor_number=count)
        assert [(f["r"], f["c"], f["height"], f["width"]) for f in found] == kept


@pytest.mark.parametrize("smallest", [0, 23, -5, True, "40", float("nan"), float("inf")])
def test_a_size_that_the_detector_cannot_find_is_refused(smallest):
    with pytest.raises(ValueError, match="needs 24 or more"):
        find_faces(PORTRAIT, smallest=smallest)


@pytest.mark.parametrize("detector, shape, smallest, words", [
    ("cascade", (48, 48), None, "48 x 48 pixels, and the smallest face looked for has 40.*use --whole"),
    ("cascade", (30, 30), None, "smallest face looked for has 40.*use --whole"),
    ("cascade", (3000, 4000), None, "faces of fewer than 156 pixels were not looked for, since it was shrunk to a side "
                                    "of 1,024.*use --smallest 78 or less"),
    ("cascade", (500, 500), None, "fewer than 40 pixels.*use --smallest 24 or less.*profiles and tilted heads"),
    ("cascade", (500, 500), 24, "fewer than 24 pixels were not looked for. The detector also misses profiles"),
    ("blazeface", (24, 24), None, "smallest face looked for has 24.*use --whole"),
    ("blazeface", (3000, 4000), None, "fewer than 156 pixels were not looked for, since it was shrunk to a side of"),
    ("blazeface", (400, 400), None, "fewer than 33 pixels.*use --smallest 24 or less.*profile or upside down"),
])
def test_why_no_face_was_found(detector, shape, smallest, words):
    assert re.search(words, why_no_face(np.zeros(shape, np.uint8), smallest, detector))


def test_a_sliver_makes_no_trouble():
    assert find_faces(np.zeros((60_000, 1), np.uint8)) == find_faces(np.zeros((2, 5000, 3), np.uint8)) == []


# Cutting


@pytest.mark.parametrize("photograph", [PORTRAIT, PORTRAIT[..., 0]])
def test_a_face_is_cut_as_fer2013_stores_it(photograph):
    face = cut_face(photograph, Box(65, 175, 100, 100))
    assert face.shape == (48, 48) and face.dtype == np.uint8 and face.std() > 20


def test_a_face_of_48_pixels_is_kept_pixel_by_pixel():
    gray = np.asarray(Image.fromarray(PORTRAIT).convert("L"))
    np.testing.assert_array_equal(cut_face(gray, Box(60, 170, 48, 48)), gray[60:108, 170:218])


@pytest.mark.parametrize("box", [Box(-20, 175, 100, 100), Box(460, 470, 100, 100), Box(-10, -10, 532, 532)])
def test_a_box_partly_outside_keeps_its_proportions(box):
    face = cut_face(PORTRAIT, box)
    assert face.shape == (48, 48) and face.dtype == np.uint8
    around = np.pad(PORTRAIT, ((100, 100), (100, 100), (0, 0)), mode="edge")
    np.testing.assert_array_equal(face, cut_face(around, box._replace(row=box.row + 100, column=box.column + 100)))


# Naming


class SureOfFear:
    """Stands for a network; it keeps the faces it is shown."""

    def __call__(self, images, training):
        self.images = images
        return np.eye(7, dtype=np.float32)[[2] * len(images)]


def test_a_picture_is_read():
    net = SureOfFear()
    face, = predict_image(PORTRAIT, net)
    assert set(face) == {"box", "score", "detector", "emotion", "probabilities"}
    assert face["detector"] == "blazeface" and type(face["score"]) is float and 0.9 < face["score"] <= 1
    other, = predict_image(PORTRAIT, net, detector="cascade")
    assert other["detector"] == "cascade" and type(other["score"]) is int and other["score"] >= 12
    face, = predict_image(PORTRAIT, net)
    assert is_the_portraits(face["box"]) and type(face["box"]) is list
    assert face["emotion"] == "fear"
    assert face["probabilities"] == {emotion: float(emotion == "fear") for emotion in EMOTIONS}
    np.testing.assert_array_equal(net.images, cut_face(PORTRAIT, Box(*face["box"]))[None, ..., None])


def test_what_stands_for_a_picture_is_read_like_its_pixels(tmp_path):
    Image.fromarray(PORTRAIT).save(tmp_path / "photo.png")
    opaque = np.full((*PORTRAIT.shape[:2], 1), 255, np.uint8)
    expected = predict_image(PORTRAIT, SureOfFear())
    for same in (tmp_path / "photo.png", str(tmp_path / "photo.png"), Image.fromarray(PORTRAIT),
                 np.concatenate([PORTRAIT, opaque], axis=2)):
        assert predict_image(same, SureOfFear()) == expected


@pytest.mark.parametrize("change", [lambda p: p / 255, lambda p: p / 127.5 - 1, lambda p: (p - p.mean()) / p.std(),
                                    lambda p: p.astype(np.uint16), lambda p: p * np.nan, lambda p: p[None],
                                    lambda p: p.astype(np.int64), lambda p: np.moveaxis(p, -1, 0)])
def test_other_values_are_refused_not_named(change):
    with pytest.raises(ValueError, match="expected "):
        predict_image(change(PORTRAIT), SureOfFear())


def test_a_whole_picture_is_one_face():
    net, wide = SureOfFear(), PORTRAIT[:300]
    face, = predict_image(wide, net, whole=True)
    assert face["box"] == [0, 106, 300, 300] and face["score"] is face["detector"] is None and face["emotion"] == "fear"
    np.testing.assert_array_equal(net.images[0, ..., 0], cut_face(wide, Box(0, 106, 300, 300)))
    tiny = np.arange(48 * 48, dtype=np.uint16).reshape(48, 48).astype(np.uint8)
    predict_image(tiny, net, whole=True)
    np.testing.assert_array_equal(net.images[0, ..., 0], tiny)


def test_a_network_of_drawn_faces_is_warned_of(recwarn):
    predict_image(PORTRAIT, SureOfFear())
    assert not recwarn
    drawn = SureOfFear()
    drawn.name = "squeezenet-mini"
    with pytest.warns(UserWarning, match="squeezenet-mini was trained on drawn faces"):
        predict_image(PORTRAIT, drawn)


FACES = np.stack([cut_face(PORTRAIT, Box(65, 175, 100, 100))] * 2)


@pytest.mark.parametrize("faces, words", [
    (FACES / 255, "multiply by 255"), (FACES.astype(np.float32), "round and convert"), (FACES * np.nan, "not finite"),
    (FACES.astype(np.uint16), "got uint16"), (FACES.astype(int), "got int64"), (FACES > 9, "got bool"),
    (FACES[0], r"one face.*face\[None\]"), (FACES[0, ..., None], "one face"), (FACES[:, :40], "got .2, 40, 48"),
    (np.repeat(FACES[..., None], 3, -1), "gray faces"), ([], "got float64"), (None, "got object"),
])
def test_faces_of_other_values_get_no_probabilities(faces, words):
    with pytest.raises(ValueError, match=words):
        predict_probabilities(SureOfFear(), faces)


def test_no_faces_get_no_probabilities():
    none = predict_probabilities(None, FACES[:0])
    assert none.shape == (0, 7) and none.dtype == np.float32
    assert predict_probabilities(SureOfFear(), FACES).shape == (2, 7)
    assert predict_probabilities(SureOfFear(), FACES[..., None]).shape == (2, 7)


def test_no_network_is_asked_about_a_picture_without_faces(monkeypatch):
    monkeypatch.setattr(prediction, "DEFAULT_NETWORK", "there is none")
    assert predict_image(np.zeros((100, 100, 3), np.uint8)) == []


def test_the_courses_network_sees_the_astronaut_smile():
    face, = predict_image(PORTRAIT)
    assert face["emotion"] == "happiness" and sum(face["probabilities"].values()) == pytest.approx(1, abs=1e-5)
    assert min(face["probabilities"].values()) >= 0


# Which library answers


def test_the_shipped_network_answers_like_the_keras_network():
    whole, = predict_image(PORTRAIT, load_network(DEFAULT_NETWORK))
    small, = predict_image(PORTRAIT)
    same, = predict_image(PORTRAIT, load_litert(DEFAULT_NETWORK))
    assert small == same and small["box"] == whole["box"] and small["emotion"] == whole["emotion"]
    for emotion, probability in whole["probabilities"].items():
        assert abs(small["probabilities"][emotion] - probability) < 0.08


def test_probabilities_are_what_the_network_says_divided_by_their_sum():
    face, = predict_image(PORTRAIT)
    said = load_litert(DEFAULT_NETWORK).predict(cut_face(PORTRAIT, Box(*face["box"]))[None])[0]
    assert list(face["probabilities"].values()) == pytest.approx(said / said.sum(), abs=1e-6)


def test_what_may_be_named_and_who_answers(tmp_path):
    import keras

    for name in (DEFAULT_NETWORK, f" {DEFAULT_NETWORK} ", "squeezenet-fer-tiny"):
        assert network_to_ask(name) is load_litert(name.strip())
    copy = tmp_path / "mine.tflite"
    copy.write_bytes(shipped_export("squeezenet-fer-tiny").read_bytes())
    for name in (copy, str(copy), f"'{copy}'"):
        assert isinstance(network_to_ask(name), LiteRTNetwork) and network_to_ask(name).name == "mine"
    run = load_run(DEFAULT_NETWORK)["run"]
    assert isinstance(network_to_ask(run), keras.Model)  # the run's own numbers, not their int8 form
    copy.write_bytes(copy.read_bytes()[:1000])
    with pytest.raises(FileError, match=r"mine\.tflite cannot be read.*Export the network again"):
        network_to_ask(copy)
    with pytest.raises(FileError, match=r"no file .*absent\.tflite"):
        network_to_ask(tmp_path / "absent.tflite")
    with pytest.raises(ValueError, match="no run of 'alexnet' is published"):
        network_to_ask("alexnet")


def test_without_an_int8_file_keras_answers(monkeypatch):
    import keras

    monkeypatch.setattr(prediction, "shipped_export", lambda name: (_ for _ in ()).throw(ValueError("none ships")))
    assert isinstance(network_to_ask("squeezenet-fer-tiny"), keras.Model)


def fresh(code):
    """What a Python of its own prints."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, cwd=ROOT)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    return done.stdout


def test_a_picture_is_read_without_keras_and_in_silence():
    said = fresh("import sys\n"
                 "from fer_utils import predict_image\n"
                 "from fer_utils.data.photographs import example_photograph\n"
                 "face, = predict_image(example_photograph())\n"
                 "print(face['emotion'], [name for name in ('keras', 'tensorflow', 'sklearn', 'matplotlib') "
                 "if name in sys.modules])")
    assert said == "happiness []\n"


def test_the_portrait_is_had_without_scikit_image():
    said = fresh("import sys; from fer_utils.data.photographs import example_photograph\n"
                 "print(example_photograph().shape, 'skimage' in sys.modules)")
    assert said == "(512, 512, 3) False\n"


def test_the_portrait_is_scikit_images(monkeypatch):
    from skimage import data

    np.testing.assert_array_equal(PORTRAIT, data.astronaut())
    monkeypatch.setattr(photographs, "find_spec", lambda name: None)
    np.testing.assert_array_equal(example_photograph(), PORTRAIT)
    PORTRAIT.copy()[0] = 0  # and the array may be drawn on
    assert example_photograph().flags.writeable


def test_threads_that_ask_at_once_get_right_answers():
    """One interpreter serves all of them; without a lock it mixes their faces, or crashes."""
    code = ("import numpy as np\n"
            "from concurrent.futures import ThreadPoolExecutor\n"
            "from fer_utils import predict_image\n"
            "from fer_utils.data.photographs import example_photograph\n"
            "portrait = example_photograph()\n"
            "pictures = [portrait, portrait[:, ::-1].copy(), portrait // 2, 255 - portrait] * 6\n"
            "read = lambda picture: predict_image(picture, whole=True)\n"
            "with ThreadPoolExecutor(4) as pool:\n"
            "    at_once = list(pool.map(read, pictures))\n"
            "    found = list(pool.map(predict_image, pictures[:4]))\n"
            "assert at_once == [read(picture) for picture in pictures]\n"
            "assert found == [predict_image(picture) for picture in pictures[:4]]\n"
            "print(len({str(one) for one in at_once}))")
    assert fresh(code) == "4\n"


def test_a_large_picture_is_shrunk_and_its_boxes_are_not():
    large = np.asarray(Image.fromarray(PORTRAIT).resize((2048, 2048), Image.Resampling.BICUBIC))
    (small_box,), (large_box,) = find_faces(PORTRAIT), find_faces(large)
    assert all(abs(4 * a - b) <= 40 for a, b in zip(small_box, large_box))
