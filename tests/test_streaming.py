"""Faces are streamed from a Deep Lake dataset: each once an epoch, in a new order, two windows in memory."""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from fer_utils.__main__ import main
from fer_utils.data import DataError, Faces, load_schematic, streaming, without_duplicates
from fer_utils.data.streaming import StreamedSplit, streamed_faces, write_stream
from fer_utils.training import stream
from fer_utils.training.recipes import RECIPES
from fer_utils.training.run import training_feed

pytestmark = pytest.mark.skipif(not find_spec("deeplake"), reason="deeplake is not installed")  # not imported plainly
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def drawings():
    return load_schematic(("train", "public"))


@pytest.fixture(scope="module")
def folder(drawings, tmp_path_factory):
    """The bundled training faces as a Deep Lake dataset."""
    out = tmp_path_factory.mktemp("stream") / "lake"
    images, labels = drawings.train
    assert write_stream(out, ((images[a:a + 500], labels[a:a + 500]) for a in range(0, len(images), 500))) == 1400
    return out


def test_what_is_written_is_read(folder, drawings):
    train = StreamedSplit(folder)
    assert np.array_equal(train.labels, drawings.train.labels)
    assert np.array_equal(np.concatenate(list(train.read(300))), drawings.train.images)
    assert train.some(600).shape == (768, 48, 48)
    mixed = np.concatenate([drawings.train.images[5:9], drawings.public.images[:4]])
    assert train.without_copies_of(mixed).tolist() == without_duplicates(mixed, drawings.train.images).tolist()
    assert not train.without_copies_of(mixed)[:4].any()


@pytest.mark.parametrize("batch_size", [32, 7, 100])
def test_each_face_comes_once_an_epoch_with_its_label_in_a_new_order(folder, drawings, monkeypatch, batch_size):
    monkeypatch.setattr(stream, "BLOCK", 50)
    monkeypatch.setattr(stream, "MIXED", 4)
    known = {image.tobytes(): label for image, label in zip(*drawings.train)}
    many = [image.tobytes() for image in drawings.train.images]
    feed = training_feed(StreamedSplit(folder), RECIPES["thesis"], seed=3)  # weighs classes
    feed = stream.StreamFeed(feed.train, feed.by_class, batch_size, seed=3)
    orders = []
    for _ in range(2):
        batches = [feed[number] for number in range(len(feed))]
        assert [len(images) for images, _, _ in batches[:-1]] == [batch_size] * (len(feed) - 1)
        seen = [image.tobytes() for images, _, _ in batches for image in images]
        assert sorted(seen) == sorted(many) and seen != many
        for images, targets, weights in batches:
            assert images.shape[1:] == (48, 48, 1) and images.dtype == np.uint8 and targets.dtype == np.float32
            assert [known[image.tobytes()] for image in images] == targets.argmax(axis=1).tolist()
            assert np.array_equal(weights, feed.by_class[targets.argmax(axis=1)])
        orders.append(seen)
        feed.on_epoch_end()
    assert orders[0] != orders[1]
    again = stream.StreamFeed(feed.train, feed.by_class, batch_size, seed=3, epoch=1)  # as after a kill
    assert [image.tobytes() for number in range(len(again)) for image in again[number][0]] == orders[1]


def test_at_most_two_windows_are_held(folder, monkeypatch):
    monkeypatch.setattr(stream, "BLOCK", 50)
    monkeypatch.setattr(stream, "MIXED", 4)
    train = StreamedSplit(folder)
    feed, begun, taken = stream.StreamFeed(train, np.ones(7, np.float32), 50), [], []
    start = train.start

    def counted(first, last):
        begun.append(last - first)
        take = start(first, last)
        return lambda: (taken.append(last - first), take())[1]

    monkeypatch.setattr(train, "start", counted)
    for number in range(len(feed)):
        feed[number]
        assert sum(begun) - sum(taken) <= 200  # what is fetched beyond the window at work
    assert sum(begun) == sum(taken) == 1400  # nothing is read twice


def test_what_has_been_read_is_let_go(tmp_path):
    """Deep Lake keeps it until the dataset is closed: with 100 MB read, the process must not have grown by as much."""
    rng = np.random.default_rng(0)
    write_stream(tmp_path / "many", ((rng.integers(0, 256, (4096, 48, 48), np.uint8), np.zeros(4096, np.uint8))
                                     for _ in range(16)))
    code = """
import sys, psutil
from fer_utils.data import streaming
from fer_utils.data.streaming import StreamedSplit
streaming.KEEPS = 4096
train, held = StreamedSplit(sys.argv[1]), []
for block in train.read(1024):
    held.append(psutil.Process().memory_info().rss / 1e6)
print(len(held), held[len(held) // 3], max(held[len(held) // 3:]))
"""
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "many")], cwd=ROOT, text=True,
                          capture_output=True, timeout=600)
    blocks, early, most = map(float, done.stdout.split())
    assert blocks == 64 and most - early < 60  # of 100


def test_a_dataset_that_changes_meanwhile_is_told(drawings, tmp_path, monkeypatch):
    monkeypatch.setattr(streaming, "KEEPS", 500)
    images, labels = drawings.train
    write_stream(tmp_path / "lake", [(images, labels)])
    train = StreamedSplit(tmp_path / "lake")
    dataset = streaming._deeplake().open(f"file://{tmp_path}/lake")
    dataset.append({"images": images[:9], "labels": labels[:9]})
    dataset.commit()
    with pytest.raises(DataError, match="has been changed while it was streamed"):
        list(train.read(300))


def test_the_command_trains_from_a_stream_and_goes_on(folder, own_cache, tmp_path, capsys):
    """In a process of its own, as deeplake is imported after TensorFlow there."""
    command = ["train", "squeezenet-mini", "--stream", str(folder), "--out", str(tmp_path / "run"), "--epochs", "1",
               "--batch-size", "100"]
    done = subprocess.run([sys.executable, "-m", "fer_utils", *command], cwd=ROOT, text=True, capture_output=True,
                          timeout=900)
    assert done.returncode == 0, done.stderr
    record = json.loads((tmp_path / "run" / "run.json").read_text())
    assert record["finished"] and record["data"]["train"] == 1400 and record["data"]["name"].endswith(", streamed")
    assert main([*command, "--resume"]) == 0


def test_what_cannot_be_streamed_is_one_line(folder, drawings, tmp_path):
    with pytest.raises(DataError, match="does not exist. Name the folder of a Deep Lake dataset"):
        StreamedSplit(tmp_path / "none")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="empty cannot be streamed .*columns images and labels") as told:
        StreamedSplit(tmp_path / "empty")
    assert "\n" not in str(told.value)
    write_stream(tmp_path / "wrong", [(drawings.train.images[:9], np.full(9, 7))])
    with pytest.raises(DataError, match="labels to 7; to be streamed, they have to be"):
        StreamedSplit(tmp_path / "wrong")
    with pytest.raises(DataError, match="holds something already"):
        write_stream(tmp_path / "wrong", [])
    with pytest.raises(ValueError, match="cannot be learned from teachers"):
        training_feed(StreamedSplit(folder), RECIPES["quick"], soft_targets=object())


def test_another_dataset_is_another_run(folder, drawings, tmp_path):
    images, labels = drawings.train
    write_stream(tmp_path / "other", [(images, labels[::-1])])
    hashes = {streamed_faces(path, faces).content_hash for path in (folder, tmp_path / "other")
              for faces in (drawings, Faces("schematic faces", "", drawings.parts | {"public": drawings.train}))}
    assert len(hashes) == 4 and streamed_faces(folder, drawings).content_hash in hashes
