"""The labels of FER+ find their faces in a copy of FER-2013 in any order, and what has no clear label is left out."""

import os

import numpy as np
import pytest

from fer_utils.__main__ import main
from fer_utils.data import DataError, Faces, Split, ferplus, known
from fer_utils.data.ferplus import VOTED_FOR, read_votes, with_ferplus

HEAD = "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF"


@pytest.fixture
def faces(monkeypatch):
    """A `Faces` of six, three and three faces, recorded as FER-2013 in this order; the last two of train are alike."""
    rng = np.random.default_rng(0)
    parts = {split: Split(rng.integers(0, 256, (count, 48, 48), np.uint8), np.zeros(count, np.uint8))
             for split, count in (("train", 6), ("public", 3), ("private", 3))}
    parts["train"].images[5] = parts["train"].images[4]
    labels = {"train": [6, 3, 2, 0, 2, 0], "public": [5, 5, 5], "private": [1, 1, 1]}
    recorded = {split: known.Known(known.short_keys(part.images), np.array(labels[split]), None,
                                      np.full(len(part.labels), split != "private"))
                for split, part in parts.items()}
    monkeypatch.setattr(ferplus, "known_faces", recorded.__getitem__)
    return Faces("FER-2013", "a test", parts)


def write(path, votes, order=None):
    """The file with rows of votes for neutral, happiness and so on, in the order of HEAD; no name where no votes."""
    rows = [f"Training,{f'fer{number:07}.png' if any(row) else ''},{','.join(map(str, row))}"
            for number, row in enumerate(votes)]
    path.write_text("\n".join([HEAD, *(rows[number] for number in order or range(len(rows)))]) + "\n")
    return path


def one(column, count=10):
    return [count if number == column else 0 for number in range(10)]


VOTES = [one(0), one(1), [5, 5, *[0] * 8], one(7), one(6), one(4), *[one(2)] * 3, *[[0] * 10] * 3]


def test_labels_are_the_most_votes_and_the_rest_is_left_out(faces, tmp_path):
    found = with_ferplus(faces, write(tmp_path / "votes.csv", VOTES))
    assert found.name == "FER+" and found.train.labels.tolist() == [6, 3, 2, 0]
    np.testing.assert_array_equal(found.train.images, faces.train.images[[0, 1, 4, 5]])
    assert found.public.labels.tolist() == [5, 5, 5] and len(found.private.labels) == 0
    assert found.left_out == {"contempt": 1, "tied": 1, "without votes": 3}
    assert read_votes(tmp_path / "votes.csv")["train"][4].tolist() == one(VOTED_FOR.index("fear"))


def test_the_order_of_the_copy_does_not_matter(faces, tmp_path):
    turned = Faces("FER-2013", "", {split: Split(part.images[::-1], part.labels)
                                    for split, part in faces.parts.items()})
    found = with_ferplus(turned, write(tmp_path / "votes.csv", VOTES))
    assert found.train.labels.tolist() == [2, 0, 3, 6], "identical pictures take their votes as they come"


def test_rows_in_another_order_are_refused(faces, tmp_path):
    with pytest.raises(DataError, match="rows in another order"):
        with_ferplus(faces, write(tmp_path / "votes.csv", VOTES, [*range(1, 12), 0]))


def test_votes_that_do_not_go_with_the_labels_are_refused(faces, tmp_path):
    path = write(tmp_path / "votes.csv", VOTES)
    path.write_text(path.read_text().replace("neutral,happiness,surprise", "surprise,neutral,happiness"))
    with pytest.raises(DataError, match="does not go with FER-2013"):
        with_ferplus(faces, path)


@pytest.mark.parametrize("text, words", [
    ("", "no column image name"), ("a,b\n1,2\n", "no column image name"), (HEAD + "\n", "0 rows"),
    (HEAD + "\nTraining,fer0000001.png,1,2\n", "cannot be read"), (HEAD + "\nTraining,x" + ",x" * 10, "cannot be read"),
    (HEAD + 12 * ("\nTraining,x" + ",11" * 10), "0 to 11 votes|11 to 11 votes"), ("\x00\xff" * 100, ""),
    (HEAD + 9 * ("\nTraining,x" + ",0" * 10) + 3 * ("\nTraining," + ",0" * 10), "does not go with")])
def test_other_files_are_refused(faces, tmp_path, text, words):
    (tmp_path / "votes.csv").write_text(text, encoding="latin-1")
    with pytest.raises(DataError, match=f"votes.csv.*{words}.*Get fer2013new.csv"):
        with_ferplus(faces, tmp_path / "votes.csv")


def test_other_faces_are_refused(faces, tmp_path):
    path = write(tmp_path / "votes.csv", VOTES)
    others = Faces("FER-2013", "", {"train": Split(255 - faces.train.images, faces.train.labels)})
    with pytest.raises(DataError, match="6 of 6 faces of train are not those of FER-2013 pixel by pixel"):
        with_ferplus(others, path)
    with pytest.raises(DataError, match="not for schematic faces"):
        with_ferplus(Faces("schematic faces", "", {}), path)


def test_one_dataset_at_a_time(capsys, own_cache):
    assert main(["data", "--ferplus", "a.csv", "--faces", "b"]) == 2
    assert "give one of the two" in capsys.readouterr().err
    assert main(["data", "--ferplus", "a.csv", "--source", "b"]) == 2
    assert "run it first" in capsys.readouterr().err
    assert main(["evaluate", "squeezenet-mini", "--ferplus", "a.csv", "--recorded"]) == 2
    assert "leave out --recorded" in capsys.readouterr().err


@pytest.mark.real_data
def test_the_real_votes(capsys):
    path = os.path.join(os.environ["FER2013_SOURCE"], "..", "ferplus_votes.csv")
    if not os.path.exists(path):
        pytest.skip("the votes of FER+ are not beside the dataset")
    assert main(["data", "--ferplus", path]) == 0
    said = capsys.readouterr()
    assert said.out.startswith("FER+, from ") and "faces of the class contempt" in said.err
