"""Faces are found where there are some, cut as FER-2013 cuts them, and named."""

import numpy as np
import pytest
from PIL import Image

from fer_utils.data.photographs import Box, cut_face, example_photograph, find_faces, read_photograph
from fer_utils.evaluation import prediction
from fer_utils.evaluation.prediction import predict_image
from fer_utils.evaluation.results import load_run, run_names
from fer_utils.labels import EMOTIONS

PORTRAIT = example_photograph()
UPRIGHT = {1: lambda a: a, 3: lambda a: np.rot90(a, 2), 6: lambda a: np.rot90(a), 8: lambda a: np.rot90(a, -1),
           2: lambda a: a[:, ::-1]}  # EXIF orientation, and how a picture lies in a file that bears it


def is_the_portraits(box):
    return all(abs(ours - theirs) <= 10 for ours, theirs in zip(box, (65, 175, 100, 100)))


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
    with pytest.raises(ValueError, match=r"photo\.jpg is not a picture that can be read.*JPEG and PNG work"):
        read_photograph(path)


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    with pytest.raises(ValueError, match="there is no file .*absent.jpg"):
        read_photograph(tmp_path / "absent.jpg")
    with pytest.raises(ValueError, match="is not a picture"):
        read_photograph(tmp_path)


def test_a_picture_too_large_to_open_safely_is_named(tmp_path, monkeypatch):
    Image.fromarray(PORTRAIT).save(tmp_path / "photo.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    with pytest.raises(ValueError, match=r"photo\.png is not a picture that can be read"):
        read_photograph(tmp_path / "photo.png")


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
    assert little.column < 307 and 50 < little.height < 70


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


# Cutting


@pytest.mark.parametrize("photograph", [PORTRAIT, PORTRAIT[..., 0]])
def test_a_face_is_cut_as_fer2013_stores_it(photograph):
    face = cut_face(photograph, Box(65, 175, 100, 100))
    assert face.shape == (48, 48) and face.dtype == np.uint8 and face.std() > 20


def test_a_face_of_48_pixels_is_kept_pixel_by_pixel():
    gray = np.asarray(Image.fromarray(PORTRAIT).convert("L"))
    np.testing.assert_array_equal(cut_face(gray, Box(60, 170, 48, 48)), gray[60:108, 170:218])


@pytest.mark.parametrize("box", [Box(-20, 175, 100, 100), Box(460, 470, 100, 100), Box(-10, -10, 532, 532)])
def test_a_box_partly_outside_is_cut_at_the_border(box):
    face = cut_face(PORTRAIT, box)
    assert face.shape == (48, 48) and face.dtype == np.uint8
    inside = Box(max(box.row, 0), max(box.column, 0),
                 min(box.row + box.height, 512) - max(box.row, 0),
                 min(box.column + box.width, 512) - max(box.column, 0))
    np.testing.assert_array_equal(face, cut_face(PORTRAIT, inside))


# Naming


class SureOfFear:
    """Stands for a network; it keeps the faces it is shown."""

    def __call__(self, images, training):
        self.images = images
        return np.eye(7, dtype=np.float32)[[2] * len(images)]


def test_a_picture_is_read():
    net = SureOfFear()
    face, = predict_image(PORTRAIT, net)
    assert set(face) == {"box", "emotion", "probabilities"}
    assert is_the_portraits(face["box"]) and type(face["box"]) is list
    assert face["emotion"] == "fear"
    assert face["probabilities"] == {emotion: float(emotion == "fear") for emotion in EMOTIONS}
    np.testing.assert_array_equal(net.images, cut_face(PORTRAIT, Box(*face["box"]))[None, ..., None])


def test_no_network_is_asked_about_a_picture_without_faces(monkeypatch):
    monkeypatch.setattr(prediction, "DEFAULT_NETWORK", "there is none")
    assert predict_image(np.zeros((100, 100, 3), np.uint8)) == []


@pytest.mark.skipif(not any(load_run(name)["model"] == prediction.DEFAULT_NETWORK for name in run_names()),
                    reason="the course's network is not published yet")
def test_the_courses_network_sees_the_astronaut_smile():
    face, = predict_image(PORTRAIT)
    assert face["emotion"] == "happiness" and sum(face["probabilities"].values()) == pytest.approx(1, abs=1e-4)


def test_a_large_picture_is_shrunk_and_its_boxes_are_not():
    large = np.asarray(Image.fromarray(PORTRAIT).resize((2048, 2048), Image.Resampling.BICUBIC))
    (small_box,), (large_box,) = find_faces(PORTRAIT), find_faces(large)
    assert all(abs(4 * a - b) <= 40 for a, b in zip(small_box, large_box))
