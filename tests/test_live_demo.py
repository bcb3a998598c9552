"""Chapter 15 without a browser: what is said of an answer, the camera's messages, uploads, folders, the drawn film."""

import base64
import io
import subprocess
import sys
import threading
from datetime import UTC, datetime

import numpy as np
import pytest
from PIL import Image

from fer_utils.course import circumplex
from fer_utils.course.chapter_15 import budget, camera, decisions, reading, sequence, stills, thresholds
from fer_utils.data.photographs import example_photograph
from fer_utils.files import FileError
from fer_utils.labels import EMOTIONS

HAPPY, SAD = np.eye(7)[3], np.eye(7)[4]
FACE = [{"box": [10, 20, 50, 50], "probabilities": HAPPY}]


# What is said

def test_an_average_by_hand():
    assert decisions.moving_average([[0.1], [0.9]], 0.8).tolist() == [[0.1], [pytest.approx(0.26)]]
    rows = np.random.default_rng(0).dirichlet(np.ones(7), 9)
    assert np.allclose(decisions.moving_average(rows, 0), rows)
    assert np.allclose(decisions.moving_average(rows, 0.7).sum(axis=1), 1)


@pytest.mark.parametrize("threshold, word", [(0.0, "happiness"), (0.6, "happiness"), (0.61, decisions.SILENCE)])
def test_silence_begins_below_the_threshold(threshold, word):
    assert decisions.said(0.6 * HAPPY + 0.4 * SAD, threshold) == word


def test_coverage_and_accuracy_by_hand():
    probabilities = np.array([[0.9, 0.1], [0.6, 0.4], [0.3, 0.7], [0.55, 0.45]])
    assert decisions.coverage_and_accuracy(np.array([0, 1, 1, 0]), probabilities, 0.6) == (0.75, pytest.approx(2 / 3))
    coverage, accuracy = decisions.coverage_and_accuracy(np.array([0, 1, 1, 0]), probabilities, 0.95)
    assert coverage == 0 and np.isnan(accuracy)


def test_the_expected_place_lies_between_the_words():
    assert decisions.place(HAPPY).tolist() == list(circumplex.RATED["happiness"][:2])
    middle = decisions.place((HAPPY + SAD) / 2)
    assert np.allclose(middle, (circumplex.rated_places()[3] + circumplex.rated_places()[4]) / 2)
    assert decisions.place(np.stack([HAPPY, SAD])).shape == (2, 2)


@pytest.mark.parametrize("before, now, same", [
    ((0, 0, 10, 10), (0, 0, 10, 10), True), ((0, 0, 10, 10), (2, 1, 10, 10), True),
    ((0, 0, 10, 10), (0, 10, 10, 10), False), ((0, 0, 10, 10), (0, 0, 30, 30), False), (None, (0, 0, 10, 10), False)])
def test_a_face_is_known_by_its_box(before, now, same):
    assert decisions.same_face(before, now) is same


def test_switches_are_counted():
    assert decisions.switches(["a", "a", "b", "a"]) == 2 and decisions.switches(["a"]) == 0


# What is remembered between two frames

def test_the_average_begins_anew_with_another_face_or_after_a_pause():
    stream = camera.Stream()
    assert stream.answer(FACE, 0.8, 0.4, now=0.0)["fresh"]
    moved = [{"box": [12, 22, 50, 50], "probabilities": SAD}]
    answer = stream.answer(moved, 0.8, 0.4, now=0.2)
    assert not answer["fresh"] and answer["word"] == "happiness" and answer["smoothed"][4] == pytest.approx(0.2)
    assert not stream.answer([], 0.8, 0.4, now=0.4)["faces"]
    assert not stream.answer(moved, 0.8, 0.4, now=0.6)["fresh"]  # one frame without a face is forgiven
    assert stream.answer(moved, 0.8, 0.4, now=5.0)["fresh"]
    assert stream.answer([{"box": [10, 200, 50, 50], "probabilities": SAD}], 0.8, 0.4, now=5.1)["fresh"]


def test_the_learners_average_is_used():
    stream = camera.Stream(lambda answers, keep: answers[:1])
    stream.answer(FACE, 0.5, 0, now=0.0)
    assert stream.answer([FACE[0] | {"probabilities": SAD}], 0.5, 0, now=0.1)["word"] == "happiness"


# Frames

@pytest.mark.parametrize("jpeg", [
    None, 7, "", "data:image/png;base64,AAAA", camera.STARTS + "not base64!", camera.STARTS + "AAAA",
    camera.STARTS + "A" * 2_000_001])
def test_what_is_no_frame_is_refused(jpeg):
    with pytest.raises(ValueError, match="frame"):
        camera.unpacked(jpeg)


def test_a_frame_of_another_kind_or_size_is_refused():
    for kind, size in (("PNG", (20, 20)), ("JPEG", (camera.LONGEST_FRAME + 1, 20))):
        buffer = io.BytesIO()
        Image.new("RGB", size).save(buffer, kind)
        with pytest.raises(ValueError, match="frame"):
            camera.unpacked(camera.STARTS + base64.b64encode(buffer.getvalue()).decode())


def test_a_frame_comes_back_as_it_was():
    frame = camera.unpacked(camera.packed(example_photograph(), 320))
    assert frame.shape == (320, 320, 3) and frame.dtype == np.uint8


class Asked:
    """The widget, with what it sends caught."""

    def __init__(self, **options):
        self.widget, self.sent = camera.open_camera(**options), []
        self.widget.send = lambda content, buffers=None: self.sent.append(content)

    def tell(self, **message):
        self.widget._handle_custom_msg(message, [])
        return self.sent[-1] if self.sent else None


def test_a_frame_gets_one_answer():
    asked = Asked(keep=0.0, threshold=0.2)
    frame = camera.packed(example_photograph(), 320)
    answer = asked.tell(type="frame", view="a", seq=3, still=False, jpeg=frame)
    assert (answer["type"], answer["view"], answer["seq"]) == ("answer", "a", 3)
    assert answer["word"] == "happiness" and answer["sure"] and answer["fresh"] and len(answer["faces"]) == 1
    assert set(answer["times"]) == {"decode", "find", "read"} and "picture" not in answer
    assert not asked.tell(type="frame", view="a", seq=4, jpeg=frame)["fresh"]
    assert asked.tell(type="frame", view="b", seq=1, jpeg=frame)["fresh"]  # another view remembers for itself
    assert asked.tell(type="frame", view="a", seq=5, jpeg=frame, still=True)["fresh"]
    assert len(asked.sent) == 4


def test_the_portrait_needs_no_camera():
    answer = Asked().tell(type="portrait", view="a", seq=1)
    assert answer["word"] == "happiness" and camera.unpacked(answer["picture"]).shape[0] <= camera.LONGEST_FRAME


def test_what_goes_wrong_is_said_in_the_widget():
    asked = Asked()
    assert "could not be read" in asked.tell(type="frame", view="a", seq=1, jpeg="nonsense")["problem"]
    assert asked.tell(type="frame", view="a", seq=2, jpeg=camera.packed(np.zeros((60, 60, 3), np.uint8)))["faces"] == []
    count = len(asked.sent)
    asked.widget._handle_custom_msg("nonsense", [])
    asked.tell(type="other")
    assert len(asked.sent) == count


def test_frames_of_several_threads_take_turns():
    asked, frame = Asked(), camera.packed(example_photograph(), 320)
    threads = [threading.Thread(target=asked.tell, kwargs=dict(type="frame", view="a", seq=n, jpeg=frame))
               for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer["seq"] for answer in asked.sent) == list(range(6))
    assert len({tuple(answer["now"]) for answer in asked.sent}) == 1


def test_opened_again_the_old_one_is_closed():
    first, second = camera.open_camera(), camera.open_camera()
    assert first.comm is None and second.comm is not None
    with pytest.raises(ValueError, match="keep is a number"):
        camera.open_camera(keep=1.0)


def test_reading_wakes_neither_keras_nor_pyplot():
    code = ("import sys; from fer_utils.course.chapter_15 import camera; from fer_utils.data.photographs import "
            "example_photograph as p; from fer_utils.course.chapter_15.reading import read_faces; "
            "print(len(read_faces(p())[0]), [m for m in ('keras', 'tensorflow', 'matplotlib') if m in sys.modules])")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "1 []", done.stderr


# Pictures

def test_a_folder_becomes_rows(tmp_path):
    rows = reading.read_folder(stills.fill_folder(tmp_path))
    assert [(row["file"], row["face"], row["emotion"]) for row in rows] == [
        ("broken.png", None, None), ("coffee.jpg", None, None), ("portrait.png", 1, "happiness"),
        ("two portraits.jpg", 1, "happiness"), ("two portraits.jpg", 2, "happiness")]
    table = reading.folder_table(rows)
    assert "no face found" in table and "broken.png is not a picture" in table and str(tmp_path) not in table
    with pytest.raises(FileError, match="no folder"):
        reading.read_folder(tmp_path / "missing")


def test_uploads_of_both_generations_of_widgets_are_read():
    buffer = io.BytesIO()
    Image.fromarray(example_photograph()).save(buffer, "PNG")
    content = buffer.getvalue()
    old = {"a<b.png": {"content": content, "metadata": {}}}
    new = ({"name": "a<b.png", "content": memoryview(content), "size": len(content)},)
    assert stills.uploaded(old) == stills.uploaded(new) == [("a<b.png", content)]
    told = stills.told("a<b.png", content, 0.4)
    assert "happiness" in told and "a&lt;b.png" in told and 'alt="A face, read as: happiness"' in told
    assert decisions.SILENCE in stills.told("a.png", content, 1.0)
    assert "cannot be read" in stills.told("b.png", b"text", 0.4)
    assert "no face found" in stills.told("c.png", _black(), 0.4)


def test_the_upload_shows_what_was_chosen():
    box = stills.upload_pictures()
    assert "No picture" in box.result.value
    one = {"name": "c.png", "type": "image/png", "size": 1, "content": memoryview(_black()),
           "last_modified": datetime.now(UTC)}
    box.chooser.set_trait("value", {"c.png": one} if isinstance(box.chooser.value, dict) else (one,))
    assert "no face found" in box.result.value and not box.chooser.value  # read, and forgotten


def _black():
    buffer = io.BytesIO()
    Image.new("RGB", (90, 90)).save(buffer, "PNG")
    return buffer.getvalue()


def test_a_face_is_cut_again():
    face = np.tile(np.arange(48, dtype=np.uint8), (48, 1))
    assert (reading.cut_again(face, 1, 1) == face).all()
    middle = reading.cut_again(face, 0.5, 0.5)
    assert middle.shape == (48, 48) and 11 <= middle.min() and middle.max() <= 36


# Film, thresholds, costs

def test_the_film_changes_where_it_says():
    frames = sequence.film(shake=0.0, noise=0.0)
    assert frames.shape == (sequence.FRAMES, 48, 48) and frames.dtype == np.uint8
    assert (frames[0] == frames[sequence.CHANGE - 1]).all() and (frames[0] != frames[sequence.CHANGE]).any()
    assert (frames[-1] == frames[sequence.CHANGE + sequence.RAMP]).all()
    words = ["neutral"] * (sequence.CHANGE + 3) + ["happiness"]
    assert sequence.delay(words) == 0.3 and np.isnan(sequence.delay(words[:-1]))


def test_a_threshold_promises_more_than_it_keeps():
    rng = np.random.default_rng(0)
    probabilities = rng.dirichlet(np.full(7, 0.3), 600)
    labels = np.array([rng.choice(7, p=row) for row in probabilities])
    found = thresholds.chosen_on_few(decisions.coverage_and_accuracy, labels, probabilities, size=40, draws=60)
    assert found.shape == (60, 2) and found[:, 0].mean() > found[:, 1].mean()
    shares = thresholds.coverage_by_class(labels, probabilities, 0.7)
    assert shares.shape == (7,) and (0 <= shares).all() and (shares <= 1).all()


def test_each_step_of_a_frame_is_timed():
    costs = budget.frame_costs(example_photograph(), repeats=2)
    assert list(costs) == ["pack as JPEG", "unpack", "find faces and cut", "read one face", "smooth and decide"]
    assert min(costs.values()) >= 0 and budget.frame_bytes(example_photograph()) > 1000
    assert len(EMOTIONS) == 7
