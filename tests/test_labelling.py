"""Label it yourself: dealing faces, the file that keeps the answers, the widget, and what the answers are worth."""

import base64
import io
import json
import re
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest
from test_notebooks import ROOT

from fer_utils.course.labelling import label_yourself, labelling_figure, my_results, results, sessions
from fer_utils.data import DataError, Faces, Split, load_schematic, without_duplicates
from fer_utils.data.known import known_faces, short_keys
from fer_utils.evaluation.results import dataset_facts
from fer_utils.files import FileError
from fer_utils.labels import EMOTIONS


@pytest.fixture(scope="module")
def drawings():
    return load_schematic(("public",))


class Certain:
    """A network that is always sure of the same emotion, and quick."""

    name = "certain"

    def __init__(self, emotion=3):
        self.emotion = emotion

    def __call__(self, images, training=False):
        return self.predict(images)

    def predict(self, images, batch_size=None, verbose=0):
        return np.tile(np.eye(7, dtype=np.float32)[self.emotion], (len(images), 1))


@pytest.fixture
def deal_out(drawings, tmp_path, own_cache):
    """A function that opens the widget on the drawings and gives its state."""
    def open_widget(count=5, file=tmp_path / "mine.json", **options):
        return label_yourself(drawings, count, file=file, **{"net": Certain()} | options).labelling
    return open_widget


def answer(state, *choices):
    for choice in choices:
        state.buttons[choice].click()


def kept(path):
    return json.loads(path.read_text(encoding="utf-8"))["sessions"]


def shown(state):
    """The picture in the widget as an array, None where there is none."""
    from PIL import Image

    found = re.search(r'src="data:image/png;base64,([^"]+)"', state.picture.value)
    return found and np.asarray(Image.open(io.BytesIO(base64.b64decode(found[1]))))


# Dealing

def test_blank_faces_and_copies_are_not_dealt():
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (8, 48, 48)).astype(np.uint8)
    images[1], images[4] = 7, images[2]
    train = Split(np.concatenate([images[6:7], images[:1] + 1]), np.zeros(2, np.uint8))
    faces = Faces("others", "a test", {"train": train, "public": Split(images, np.arange(8, dtype=np.uint8) % 7)})
    assert sessions.may_be_dealt(faces).tolist() == [True, False, False, True, False, True, False, True]
    assert sorted(sessions.deal(faces, 4, seed=3)) == [0, 3, 5, 7]
    assert sorted(sessions.deal(faces, 2, seed=3, leave_out=[0, 7])) == [3, 5]


def test_a_deal_is_random_without_repetition_and_by_its_seed(drawings):
    first, again, other = (sessions.deal(drawings, 30, seed) for seed in (0, 0, 1))
    assert first.tolist() == again.tolist() != other.tolist() and len(set(first.tolist())) == 30
    many = np.concatenate([sessions.deal(drawings, 100, seed) for seed in range(40)])
    shares = np.bincount(drawings.public.labels[many], minlength=7) / len(many)
    assert shares == pytest.approx(np.bincount(drawings.public.labels) / len(drawings.public.labels), abs=0.02)


@pytest.mark.parametrize("count", [0, -3, 351])
def test_a_count_that_cannot_be_dealt_is_refused(drawings, count, tmp_path):
    with pytest.raises(ValueError, match="choose a count from 1 to 350"):
        label_yourself(drawings, count, file=tmp_path / "mine.json")


@pytest.mark.parametrize(("options", "said"), [
    ({"count": 2.5}, "count"), ({"count": "3"}, "count"), ({"count": None}, "count"), ({"count": True}, "count"),
    ({"seed": -1}, "seed"), ({"seed": "a"}, "seed"), ({"seed": 1.5}, "seed"),
    ({"file": 5}, "file"), ({"file": ["mine.json"]}, "file"),
    ({"others": [np.eye(7)]}, "others"), ({"others": {"x": "abc"}}, "give counts"),
    ({"others": {"x": [[1, 2], [3]]}}, "give counts"), ({"others": {"x": -np.ones((7, 7))}}, "give counts")])
def test_what_the_widget_cannot_take_is_refused_in_words(drawings, tmp_path, monkeypatch, options, said):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match=said):
        label_yourself(drawings, **{"count": 5, "file": tmp_path / "mine.json"} | options)
    assert not list(tmp_path.iterdir())


def test_whole_numbers_of_numpy_will_do(deal_out):
    assert len(deal_out(count=np.int64(4), seed=np.uint8(3)).session.indices) == 4


def test_public_test_has_to_be_there(tmp_path):
    with pytest.raises(DataError, match="'public' was not loaded"):
        label_yourself(load_schematic(("private",)), file=tmp_path / "mine.json")


# The widget

def test_faces_come_in_the_order_of_the_deal_and_answers_are_kept_at_once(deal_out, drawings, tmp_path):
    state = deal_out(seed=4)
    dealt = sessions.deal(drawings, 5, 4)
    assert not (tmp_path / "mine.json").exists(), "nothing is written before an answer"
    for number, choice in enumerate([3, 0, 7, 6, 1]):
        assert np.array_equal(shown(state), drawings.public.images[dealt[number]])
        assert f"Face {number + 1} of 5" in state.line.value
        answer(state, choice)
        assert kept(tmp_path / "mine.json")[0]["answers"] == [3, 0, 7, 6, 1][:number + 1]
    assert shown(state) is None and "All 5 faces" in state.line.value
    assert all(button.disabled for button in state.buttons) and not state.undo.disabled
    answer(state, 2)
    assert state.session.done == 5
    row, = kept(tmp_path / "mine.json")
    assert row["indices"] == dealt.tolist() and row["labels"] == drawings.public.labels[dealt].tolist()
    assert (row["seed"], row["data"], row["network"]) == (4, "schematic faces", {"name": "certain", "answers": [3] * 5})


def test_the_buttons_are_the_seven_emotions_in_order_and_one_more(deal_out):
    state = deal_out()
    assert [button.description for button in state.buttons] == [*EMOTIONS, "cannot tell"]
    assert [button.description for button in (state.undo, state.result_button, state.again)] == [
        "Undo last", "Result", "New faces"]
    assert state.undo.disabled and state.result_button.disabled and not state.again.disabled


def test_the_alternative_text_gives_nothing_away_before_the_answer(deal_out, drawings):
    """It is the same for every face, but for its number, so nothing can be read from it."""
    texts = set()
    for seed in range(6):
        state = deal_out(seed=seed, file=None)
        alt = re.search(r'alt="([^"]+)"', state.picture.value)[1]
        texts.add(alt)
        spoken = re.sub(r'src="[^"]*"', "", state.picture.value + state.line.value + state.remark.value)
        assert not any(emotion in spoken for emotion in EMOTIONS)
    assert texts == {"Face 1 of 5, 48 by 48 pixels, to be labelled"}


def test_the_first_answer_of_a_sitting_and_a_second_look_are_not_timed(deal_out, monkeypatch):
    clock = iter([10.0, 12.0, 12.0, 13.0, 13.0, 20.0, 21.0, 21.5, 22.0])
    monkeypatch.setattr("fer_utils.course.labelling.widget.time.perf_counter", lambda: next(clock))
    state = deal_out()
    answer(state, 1, 1, 1)
    assert state.session.seconds == [None, 2.0, 1.0] and "1.5 seconds" in state.line.value
    state.undo.click()
    answer(state, 1)
    assert state.session.seconds == [None, 2.0, None]
    answer(state, 1)
    assert state.session.seconds[-1] == pytest.approx(1.0)


def test_the_last_answer_can_be_taken_back_also_after_the_last_face(deal_out, drawings, tmp_path):
    state = deal_out(count=3, seed=1)
    answer(state, 0, 1)
    state.undo.click()
    assert state.session.answers == [0] and kept(tmp_path / "mine.json")[0]["answers"] == [0]
    assert np.array_equal(shown(state), drawings.public.images[state.session.indices[1]])
    answer(state, 2, 3)
    assert "<table>" in state.result.value
    state.undo.click()
    assert state.session.answers == [0, 2] and state.result.value == "" and not state.buttons[0].disabled
    for _ in range(4):
        state.undo.click()
    assert state.session.answers == [] and state.undo.disabled


def test_one_may_stop_early_look_and_go_on(deal_out):
    state = deal_out(seed=1)
    state.result_button.click()
    assert state.result.value == "", "there is nothing to show yet"
    answer(state, 3, 3)
    state.result_button.click()
    assert "of 2<" in state.result.value and "2 faces are few" in state.result.value
    answer(state, 3)
    assert state.result.value == "" and state.session.seconds[-1] is None
    answer(state, 3, 3)
    assert "of 5<" in state.result.value


def test_new_faces_are_others_and_the_answers_before_stay(deal_out, tmp_path):
    state = deal_out(count=30, seed=0)
    answer(state, *[3] * 12)
    before = state.session.indices[:12]
    state.again.click()
    assert state.session.done == 0 and not set(before) & set(state.session.indices)
    assert "12 answers from before" in state.remark.value
    answer(state, 1)
    assert [len(row["answers"]) for row in kept(tmp_path / "mine.json")] == [12, 1]
    state.undo.click()
    state.again.click()
    assert not set(before) & set(state.session.indices)


def test_the_picture_of_the_next_face_is_quick(deal_out):
    state = deal_out(count=20)
    answer(state, 1)
    times = []
    for _ in range(18):
        start = time.perf_counter()
        answer(state, 1)
        times.append(time.perf_counter() - start)
    assert np.median(times) < 0.05


def test_drawings_are_called_so_and_the_path_is_said(deal_out, tmp_path):
    state = deal_out()
    assert "bundled drawings" in state.remark.value and str(tmp_path / "mine.json") in state.remark.value


def test_it_imports_late():
    code = ("import sys, fer_utils.course.labelling\n"
            "print([name in sys.modules for name in ('ipywidgets', 'matplotlib', 'keras', 'sklearn', 'scipy')])")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == str([False] * 5)


# The file

def test_an_unfinished_session_goes_on_where_it_was(deal_out):
    first = deal_out(seed=6)
    answer(first, 1, 2)
    again = deal_out()
    assert again.session.answers == [1, 2] and again.session.indices == first.session.indices
    assert "Face 3 of 5" in again.line.value
    answer(again, 3)
    assert again.session.seconds[2] is None, "the clock would count the time between"
    answer(again, 4, 5)
    other = deal_out()
    assert other.session.done == 0 and not set(other.session.indices) & set(first.session.indices)


@pytest.mark.parametrize("options", [{"seed": 7}, {"count": 6}])
def test_another_seed_or_count_begins_anew(deal_out, tmp_path, options):
    first = deal_out(seed=6)
    answer(first, 1, 2)
    other = deal_out(**options)
    assert other.session.done == 0
    answer(other, 1)
    assert [len(row["answers"]) for row in kept(tmp_path / "mine.json")] == [2, 1]


def test_other_faces_do_not_go_on_with_these(deal_out, drawings, tmp_path):
    answer(deal_out(seed=6), 1, 2)
    images, labels = drawings.public
    swapped = replace(drawings, parts={"public": Split(images[::-1].copy(), labels[::-1].copy())})
    state = label_yourself(swapped, 5, file=tmp_path / "mine.json").labelling
    assert state.session.done == 0 and "answers from before" not in state.remark.value


def test_two_notebooks_do_not_overwrite_each_other(deal_out, tmp_path):
    first = deal_out(seed=6)
    answer(first, 1)
    second = deal_out()
    answer(second, 2, 3)
    answer(first, 5)
    assert kept(tmp_path / "mine.json")[0]["answers"] == [1, 2, 3]
    assert "Another notebook" in first.remark.value and first.session.answers == [1, 5]
    third = deal_out(seed=8)
    answer(third, 0)
    answer(second, 4)
    assert [row["answers"] for row in kept(tmp_path / "mine.json")] == [[1, 2, 3, 4], [0]]


@pytest.mark.parametrize("damage", [
    lambda text: text[:len(text) // 2], lambda text: "",
    lambda text: text.replace('"answers": [1, 2]', '"answers": [1, 9]'),
    lambda text: text.replace('"version": 1', '"version": 0'), lambda text: text.replace('"seed"', '"sead"'),
    lambda text: text.replace('"seconds": [null', '"seconds": [null, null')])
def test_a_damaged_file_is_reported_and_put_aside(deal_out, tmp_path, damage):
    path = tmp_path / "mine.json"
    answer(deal_out(seed=6), 1, 2)
    damaged = damage(path.read_text(encoding="utf-8"))
    path.write_text(damaged, encoding="utf-8")
    state = deal_out()
    assert "was damaged; it is kept as mine.damaged-1.json" in state.remark.value and state.session.done == 0
    assert (tmp_path / "mine.damaged-1.json").read_text(encoding="utf-8") == damaged and not path.exists()
    answer(state, 4)
    assert kept(path)[0]["answers"] == [4] and "was damaged" not in state.remark.value
    path.write_text(damaged, encoding="utf-8")
    assert "mine.damaged-2.json" in deal_out().remark.value


@pytest.mark.parametrize("own", [False, True])
def test_a_file_of_a_newer_version_is_left_as_it_is(deal_out, tmp_path, own, own_cache, monkeypatch):
    path = sessions.default_file() if own else tmp_path / "mine.json"
    file = None if own else path
    answer(deal_out(seed=6, file=file), 1, 2)
    newer = path.read_text(encoding="utf-8").replace('"version": 1, ', '"version": 2, "colour": "green", ')
    path.write_text(newer, encoding="utf-8")
    with pytest.raises(FileError, match="newer version"):
        deal_out(file=file)
    assert path.read_text(encoding="utf-8") == newer and [one.name for one in path.parent.iterdir()] == [path.name]
    with pytest.raises(FileError, match="newer version"):
        my_results(file)


def test_a_file_that_becomes_newer_meanwhile_is_not_overwritten(deal_out, tmp_path):
    path, state = tmp_path / "mine.json", deal_out(seed=6)
    answer(state, 1)
    newer = path.read_text(encoding="utf-8").replace('"version": 1', '"version": 2')
    path.write_text(newer, encoding="utf-8")
    answer(state, 2)
    assert path.read_text(encoding="utf-8") == newer and "newer version" in state.remark.value
    assert state.session.answers == [1, 2]


@pytest.mark.parametrize("text", ["a letter", '{"made by": "somebody else"}', "[1, 2]"])
def test_a_file_that_is_something_else_is_left_alone(deal_out, tmp_path, text):
    path = tmp_path / "mine.json"
    path.write_text(text)
    with pytest.raises(FileError, match="another file"):
        deal_out()
    assert path.read_text() == text
    with pytest.raises(FileError, match="another file"):
        my_results(path)


def test_where_nothing_can_be_written_it_goes_on_in_memory(deal_out, tmp_path):
    (tmp_path / "file").write_text("")
    state = deal_out(file=tmp_path / "file" / "mine.json")
    answer(state, 1, 2)
    assert state.session.answers == [1, 2]
    assert "cannot be written" in state.remark.value and "memory" in state.remark.value
    assert (tmp_path / "file").read_text() == ""
    state.again.click()
    answer(state, 3, 3, 3, 3, 3)
    assert "<table>" in state.result.value


def test_a_read_only_folder_and_a_missing_home(deal_out, tmp_path, monkeypatch):
    def refuse(path, text):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(sessions, "write_text", refuse)
    state = deal_out()
    answer(state, 1)
    assert "Permission denied" in state.remark.value and list(tmp_path.glob("*.json")) == []
    monkeypatch.setattr(sessions, "default_file", lambda: (_ for _ in ()).throw(DataError("there is no home folder.")))
    state = deal_out(file=None)
    answer(state, 1, 1, 1, 1, 1)
    assert "no home folder" in state.remark.value and "<table>" in state.result.value


def test_the_default_is_in_the_cache_and_no_answer_leaves_no_file(deal_out, own_cache):
    state = deal_out(file=None)
    assert not own_cache.exists()
    answer(state, 1)
    assert [path.name for path in own_cache.iterdir()] == ["my_labels.json"]
    assert my_results().who == "you"


def test_nothing_of_a_face_is_in_the_file(deal_out, drawings, tmp_path):
    state = deal_out(count=30)
    answer(state, *[3] * 30)
    text = (tmp_path / "mine.json").read_text(encoding="utf-8")
    assert len(text) < 2500 and "png" not in text and "base64" not in text
    for index in state.session.indices:
        image = drawings.public.images[index]
        assert base64.b64encode(image.tobytes()).decode()[:40] not in text and str(image[0, :8].tolist()) not in text
    row, = kept(tmp_path / "mine.json")
    assert set(row) == {"data", "content_hash", "seed", "indices", "labels", "answers", "seconds", "network", "started"}


# Results

def test_the_matrix_counts_known_answers():
    matrix = results.counts([0, 0, 3, 6, 6], [0, 7, 3, 4, 4])
    expected = np.zeros((7, 8), int)
    expected[0, 0] = expected[0, 7] = expected[3, 3] = 1
    expected[6, 4] = 2
    assert np.array_equal(matrix, expected)


def test_the_interval_is_wilsons():
    share, low, high = results.accuracy([0] * 30, [0] * 18 + [1] * 12)
    z, n = 1.959964, 30
    middle, half = (share + z**2 / 2 / n) / (1 + z**2 / n), z * np.sqrt(
        share * (1 - share) / n + z**2 / 4 / n**2) / (1 + z**2 / n)
    assert (share, low, high) == pytest.approx((0.6, middle - half, middle + half), abs=1e-5)
    assert results.scored(np.zeros(30, int), np.array([0] * 18 + [7] * 12)) == "18 of 30, 60 % (42 to 75 %)"


def test_cannot_tell_is_never_right_beside_a_network():
    compared = results.either_right([0, 0, 1], [7, 0, 1], [0, 1, 1])
    assert (compared["only_first"], compared["only_second"], compared["n"]) == (1, 1, 3)


def test_the_result_says_what_the_answers_are(deal_out, drawings):
    state = deal_out(count=8, seed=2, others={"FER+ taggers": 9 * np.eye(7, dtype=int) + 1})
    labels = drawings.public.labels[state.session.indices]
    choices = labels.copy()
    choices[:3] = (choices[:3] + 1) % 7
    choices[3] = 7
    answer(state, *choices)
    text = re.sub(r'src="[^"]*"', "", state.result.value).replace("&nbsp;", " ")
    network = int((labels == 3).sum())
    assert f"50 %<br>{4} of 8" in text and f"{network} of 8" in text and "70 of 112" in text and "65 ± 5 %" in text
    assert results.in_words("you: 4 of 8, 50 % (22 to 78 %)", results.counts(labels, choices)) in text
    assert "you said it 1 time." in text and "8 faces are few" in text
    assert text.count("<figcaption>") == 4 and "Who is right?" in text
    assert text.count("<img alt=") == 3 + 4 and 'alt=""' not in text


def test_what_people_reach_on_photographs_is_called_so_beside_drawings(deal_out, drawings):
    state = deal_out(count=3)
    answer(state, 1, 2, 3)
    assert "people on photographs" in state.result.value.replace("&nbsp;", " ")


def test_the_luck_of_an_uneven_split_is_said_of_the_faces_it_is_about(deal_out, drawings):
    state = deal_out(count=8, seed=2)
    labels = drawings.public.labels[state.session.indices]
    answer(state, *np.where(labels == 3, 4, labels))
    assert "Of the faces on which only one of you is right" in state.result.value


def test_a_clear_difference_is_told_and_an_unclear_one_is_not(deal_out, drawings):
    state = deal_out(count=30, seed=2, net=Certain(1))
    labels = drawings.public.labels[state.session.indices]
    answer(state, *labels)
    assert "so you did better" in state.result.value and "Who is right?" not in state.result.value
    other = deal_out(count=30, seed=3, net=Certain(1), file=None)
    answer(other, *[1] * 30)
    assert "cannot tell who reads better" in other.result.value


def test_my_results_puts_all_sessions_together(deal_out, drawings, tmp_path):
    path = tmp_path / "mine.json"
    state = deal_out(count=4, seed=2)
    answer(state, 0, 1, 2, 7)
    state.again.click()
    answer(state, 6, 5)
    mine = my_results(path)
    assert mine.answers.tolist() == [0, 1, 2, 7, 6, 5] and (mine.who, mine.data) == ("you", "schematic faces")
    dealt = [index for row in kept(path) for index in row["indices"][:len(row["answers"])]]
    assert mine.labels.tolist() == drawings.public.labels[dealt].tolist()
    assert mine.network.tolist() == [3, 3, 3, 3, -1, -1] and mine.network_name == "certain"
    assert np.isnan(mine.seconds[[0, 4]]).all() and (mine.seconds[[1, 2, 3, 5]] >= 0).all()
    assert mine.matrix.sum() == 6 and mine.matrix[:, 7].sum() == 1
    alt = labelling_figure(mine)[1]
    assert re.search(r"you: \d of 6,.*certain: \d of 4,", alt) and alt.count("Confusion matrix") == 2
    with pytest.raises(ValueError, match="holds no answers for FER-2013"):
        my_results(path, "FER-2013")


def test_without_answers_there_is_the_recorded_example(own_cache, tmp_path):
    assert my_results().who == "one FER+ tagger a face" and len(my_results().labels) == 30
    with pytest.raises(FileError, match="there is no file"):
        my_results(tmp_path / "nothing.json")


def test_a_damaged_file_of_results_is_named(own_cache):
    own_cache.mkdir()
    (own_cache / "my_labels.json").write_text("{")
    with pytest.raises(FileError, match="my_labels.json cannot be read"):
        my_results()


def test_the_figure_of_the_example_says_its_numbers():
    example = results.recorded_example()
    figure, alt = labelling_figure(others={"FER+ taggers, recorded": np.full((7, 8), 30)})
    assert [axis.get_title().split("\n")[0] for axis in figure.axes] == [
        "one FER+ tagger a face", "squeezenet-fer-deep", "FER+ taggers, recorded"]
    right = int((example.labels == example.answers).sum())
    assert f"one FER+ tagger a face: {right} of 30" in alt and "anger 12 %" in alt
    for i, emotion in enumerate(EMOTIONS):
        row = example.matrix[i]
        said = re.search(rf"{emotion}: ([^;.]*)", alt[alt.index("labelled"):])[1]
        assert sum(map(int, re.findall(r"\d+", said))) == row.sum()
    assert figure.axes[0].get_ylabel() == "label" and "answer" in figure.axes[2].get_xlabel()


def test_votes_for_no_emotion_count_as_cannot_tell():
    table = np.arange(70).reshape(7, 10)
    right, n, matrix = results.share_right("FER+", table.tolist())
    assert matrix.shape == (7, 8) and matrix.sum() == table.sum() == n and matrix[2, 7] == 27 + 28 + 29
    assert right == sum(table[i, i] for i in range(7))
    assert results.share_right("seven", table[:, :7])[2][:, 7].tolist() == [0] * 7


@pytest.mark.parametrize("matrix", [np.ones((7, 6)), np.ones(7), np.zeros((7, 7))])
def test_a_matrix_of_another_shape_is_refused(matrix):
    with pytest.raises(ValueError, match="give counts"):
        labelling_figure(others={"others": matrix})
    with pytest.raises(ValueError, match="give counts"):
        label_yourself(load_schematic(("public",)), others={"others": matrix})


def test_the_example_is_of_known_faces():
    row = json.loads(results.EXAMPLE_FILE.read_text(encoding="utf-8"))
    known = known_faces("public")
    assert known.labels[row["indices"]].tolist() == row["labels"] and known.certain[row["indices"]].all()
    assert not np.isin(known.keys[row["indices"]], known_faces("train").keys).any()
    assert set(row["answers"]) <= set(range(8)) and len(row["answers"]) == len(row["network"]["answers"]) == 30
    assert sum(dataset_facts()["counts"]["public"].values()) > max(row["indices"])


# The photographs

@pytest.mark.real_data
def test_photographs_are_dealt_and_their_answers_kept(tmp_path):
    from fer_utils.data.fer2013 import load_fer2013

    faces = load_fer2013(splits=("public",))
    state = label_yourself(faces, 5, seed=0, file=tmp_path / "mine.json", net=Certain()).labelling
    assert "drawings" not in state.remark.value
    assert np.array_equal(shown(state), faces.public.images[state.session.indices[0]])
    answer(state, 1, 2, 3, 4, 5)
    assert "<table>" in state.result.value and my_results(tmp_path / "mine.json").data == "FER-2013"


@pytest.mark.real_data
def test_what_is_dealt_does_not_depend_on_whether_training_is_loaded():
    from fer_utils.data.fer2013 import load_fer2013

    faces = load_fer2013()
    part = replace(faces, parts={"public": faces.public})
    dealt = sessions.may_be_dealt(faces)
    assert np.array_equal(dealt, sessions.may_be_dealt(part))
    keys = short_keys(faces.public.images).tolist()
    alone = np.array([keys.count(key) == 1 for key in keys])
    flat = np.ptp(faces.public.images.reshape(len(keys), -1), axis=1) == 0
    assert np.array_equal(dealt, alone & ~flat & without_duplicates(faces.public.images, faces.train.images))


@pytest.mark.real_data
def test_the_example_is_what_the_tool_records():
    import os
    from pathlib import Path

    from record_labelling import example

    votes = Path(os.environ["FER2013_SOURCE"]).parent / "ferplus_votes.csv"
    if not votes.is_file():
        pytest.skip("no FER+ votes beside the photographs")
    assert json.loads(results.EXAMPLE_FILE.read_text(encoding="utf-8")) == json.loads(json.dumps(example(votes)))
