"""Other datasets: every form is read, nothing is dropped silently, and no run on them passes for FER-2013."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fer_utils.__main__ import main
from fer_utils.data import DataError, Faces, Split, folders, image_keys, load_faces, load_schematic
from fer_utils.data.folders import AFFECTNET, NAMES, RAF_DB, draw_tenths, load_folder, read_class_map, read_face
from fer_utils.evaluation import evaluate_on, faces_of_run
from fer_utils.files import FileError
from fer_utils.labels import EMOTIONS
from fer_utils.networks import DEFAULT_NETWORK
from fer_utils.networks.weights import network_for

pytestmark = pytest.mark.usefixtures("own_cache")

RAF_NAMES = dict(enumerate(("surprise", "fear", "disgust", "happiness", "sadness", "anger", "neutral"), start=1))
AFFECT_NAMES = dict(enumerate(("neutral", "happiness", "sadness", "surprise", "fear", "disgust", "anger")))


def picture(path, seed, size=(60, 60)):
    """A colour jpeg that no other seed gives."""
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(seed).integers(0, 256, (6, 6, 3), np.uint8)
    Image.fromarray(noise).resize(size).save(path, quality=95)
    return path


def class_folders(home, names, parts=None):
    """`parts` maps a part folder to the pictures a class; file names are the same in each class."""
    for number, (part, count) in enumerate((parts or {"train": 10, "test": 2}).items()):
        for label, name in enumerate(names):
            for one in range(count):
                picture(home / part / str(name) / f"{one}.jpg", 10_000 * number + 100 * label + one)
    return home


def raf_db(home, train=10, test=2):
    lines = []
    for part, count in (("train", train), ("test", test)):
        for number in range(7 * count):
            stem = f"{part}_{number:05}"
            lines.append(f"{stem}.jpg {1 + number % 7}")
            picture(home / "basic" / "Image" / "aligned" / f"{stem}_aligned.jpg", 1000 * len(part) + number, (100, 100))
    table = home / "basic" / "EmoLabel" / "list_patition_label.txt"
    table.parent.mkdir()
    table.write_text("\n".join(lines) + "\n")
    return home


def affectnet(home, train=11, val=8, repeat=4):
    """Classes 0, 1, ... as numbers, texts and fractions, since copies differ."""
    for part, classes in (("train_set", train), ("val_set", val)):
        (home / part / "annotations").mkdir(parents=True)
        for number in range(repeat * classes):
            one = number % classes
            picture(home / part / "images" / f"{number}.jpg", 1000 * len(part) + number)
            np.save(home / part / "annotations" / f"{number}_exp.npy", [one, str(one), float(one)][number % 3])
    return home


def counts(faces):
    return {split: np.bincount(part.labels, minlength=7).tolist() for split, part in faces.parts.items()}


def refused(path, *words, **options):
    with pytest.raises(FileError) as caught:
        load_folder(path, **options)
    for word in words:
        assert word in str(caught.value)


class TestForms:
    def test_raf_db_as_its_makers_give_it(self, tmp_path):
        faces = load_folder(raf_db(tmp_path / "RAF"), "raf-db")
        assert (faces.name, faces.source, faces.left_out) == ("RAF-DB", str(tmp_path / "RAF"), {})
        assert faces.is_real and network_for(faces) == DEFAULT_NETWORK
        assert counts(faces) == {"train": [9] * 7, "public": [1] * 7, "private": [2] * 7}
        assert all(part.images.dtype == part.labels.dtype == np.uint8 for part in faces.parts.values())
        for number, label in zip(range(14), faces.private.labels):
            assert EMOTIONS[label] == RAF_NAMES[1 + number % 7]
        pictures = sorted((tmp_path / "RAF/basic/Image/aligned").glob("test*"))
        assert np.array_equal(faces.private.images, [read_face(path) for path in pictures])

    @pytest.mark.parametrize("inside", ["basic", "."])
    def test_one_may_name_the_folder_around_or_within(self, tmp_path, inside):
        raf_db(tmp_path / "RAF", train=2, test=1)
        (tmp_path / "RAF" / "compound").mkdir()
        assert len(load_folder(tmp_path / "RAF" / inside, RAF_DB).images) == 21

    def test_raf_db_from_kaggle(self, tmp_path):
        home = class_folders(tmp_path / "archive" / "DATASET", RAF_NAMES)
        (tmp_path / "archive" / "train_labels.csv").write_text("image,label\n")
        (home / "train" / "1" / "Thumbs.db").write_text("x")
        (home / "__MACOSX").mkdir()
        faces = load_folder(tmp_path / "archive", "raf-db")
        assert counts(faces) == {"train": [9] * 7, "public": [1] * 7, "private": [2] * 7}
        first = read_face(home / "test" / "1" / "0.jpg")
        assert np.array_equal(faces.private.images[0], first) and EMOTIONS[faces.private.labels[0]] == "surprise"

    def test_affectnet_as_its_makers_give_it(self, tmp_path):
        faces = load_folder(affectnet(tmp_path / "AffectNet"), "AffectNet")
        assert faces.name == "AffectNet"
        assert faces.left_out == {"10": 4, "7": 8, "8": 4, "9": 4}  # contempt in both parts
        assert counts(faces) == {"train": [3] * 7, "public": [1] * 7, "private": [4] * 7}
        kept = [number for number in range(32) if number % 8 != 7]
        order = sorted(kept, key=lambda number: f"{number}.jpg")
        assert [EMOTIONS[label] for label in faces.private.labels] == [AFFECT_NAMES[number % 8] for number in order]

    def test_affectnet_class_folders_with_names_in_any_case(self, tmp_path):
        names = ["Anger", "Contempt", "disgust", "fear", "happy", "neutral", "sad", "surprise"]
        home = class_folders(tmp_path / "a", names, {"Train": 3, "Test": 1})
        faces = load_folder(home, "affectnet")
        assert counts(faces) == {"train": [2] * 7, "public": [1] * 7, "private": [1] * 7}
        assert faces.left_out == {"contempt": 4}

    def test_three_parts_are_taken_as_they_are(self, tmp_path):
        home = class_folders(tmp_path / "a", range(8), {"train": 3, "valid": 2, "test": 1})
        faces = load_folder(home, "affectnet")
        assert counts(faces) == {"train": [3] * 7, "public": [2] * 7, "private": [1] * 7}
        assert faces.left_out == {"7": 6} and "affectnet" not in faces.name

    def test_class_folders_in_one_heap_give_two_tenths(self, tmp_path):
        faces = load_folder(class_folders(tmp_path, ["happy", "surprised"], {"some faces": 20}) / "some faces")
        assert faces.name == "folder some faces"
        assert {split: sum(count) for split, count in counts(faces).items()} == {"train": 32, "public": 4, "private": 4}

    def test_only_the_held_out_part(self, tmp_path):
        home = class_folders(tmp_path / "a", range(8), {"val": 2})
        assert list(load_folder(home, "affectnet").parts) == ["private"]
        refused(home, "no faces for train", "come private", class_map="affectnet", splits=["train"])
        refused(home, "unknown split 'test'", class_map="affectnet", splits="test")

    def test_parts_not_asked_for_are_not_opened(self, tmp_path):
        home = class_folders(tmp_path / "a", RAF_NAMES)
        for file in (home / "train").glob("*/*"):
            file.write_text("no picture")
        assert list(load_folder(home, "raf-db", "private").parts) == ["private"]
        refused(home, "remove it and its label", class_map="raf-db", splits=["public"])


class TestPictures:
    def test_a_gray_face_of_the_right_size_stays_as_it_is(self, tmp_path):
        pixels = np.random.default_rng(0).integers(0, 256, (48, 48), np.uint8)
        Image.fromarray(pixels).save(tmp_path / "a.png")
        assert np.array_equal(read_face(tmp_path / "a.png"), pixels)

    def test_colour_of_any_size_and_the_middle_square(self, tmp_path):
        wide = np.zeros((100, 300, 3), np.uint8)
        wide[:, 100:200] = (0, 255, 0)  # green is 150 in gray
        for turned, name in ((wide, "wide.png"), (wide.transpose(1, 0, 2), "high.png")):
            Image.fromarray(turned).save(tmp_path / name)
            face = read_face(tmp_path / name)
            assert face.shape == (48, 48) and face.dtype == np.uint8 and set(face.ravel()) == {150}

    @pytest.mark.parametrize("damage", ["cut", "empty", "text"])
    def test_damaged(self, tmp_path, damage):
        path = class_folders(tmp_path / "a", RAF_NAMES) / "train" / "3" / "4.jpg"
        path.write_bytes({"cut": path.read_bytes()[:400], "empty": b"", "text": b"hello"}[damage])
        refused(tmp_path / "a", str(path), "remove it and its label", "remove it", class_map="raf-db")


class TestErrors:
    def test_not_a_folder(self, tmp_path):
        refused(tmp_path / "absent", "absent is not a folder", class_map="raf-db")

    def test_no_form(self, tmp_path):
        (tmp_path / "holiday").mkdir()
        (tmp_path / "work").mkdir()
        refused(tmp_path, "it holds holiday, work", "list_patition_label.txt", "annotations")

    def test_unknown_class_folder(self, tmp_path):
        class_folders(tmp_path / "a", [*RAF_NAMES, 8])
        refused(tmp_path / "a", str(tmp_path / "a" / "test" / "8"), "1, 2, 3", "None", class_map="raf-db")
        refused(tmp_path / "a", str(tmp_path / "a" / "test" / "1"), "affectnet", "anger, disgust", class_map="names")

    def test_unknown_class_number(self, tmp_path):
        affectnet(tmp_path / "a", train=12)
        refused(tmp_path / "a", "11.jpg has the class '11'", "does not know", "0, 1, 2", class_map="affectnet")
        raf_db(tmp_path / "r")
        only = {str(number): name for number, name in RAF_NAMES.items() if number != 7}
        refused(tmp_path / "r", "train_00006_aligned.jpg has the class '7'", "1, 2, 3, 4, 5, 6", class_map=only)

    def test_a_folder_or_picture_that_would_be_passed_over(self, tmp_path):
        home = class_folders(tmp_path / "a", RAF_NAMES)
        picture(home / "train" / "stray.jpg", 1)
        refused(home, "stray.jpg is outside the class folders", class_map="raf-db")
        (home / "train" / "stray.jpg").unlink()
        (home / "more").mkdir()
        refused(home, "more is no folder of train, val or test", "passed over", class_map="raf-db")
        (home / "more").rename(home / "testing")
        refused(home, "testing is a second folder", class_map="raf-db")

    def test_empty_part_and_part_of_left_out_classes_only(self, tmp_path):
        home = class_folders(tmp_path / "a", RAF_NAMES)
        (home / "val").mkdir()
        refused(home, "the part val of", "no pictures", class_map="raf-db")
        picture(home / "val" / "contempt" / "1.jpg", 1)
        refused(home, "only classes that are left out: contempt", class_map=RAF_DB | {"contempt": None})

    @pytest.mark.parametrize("line", ["train_00001.jpg", "valid_00001.jpg 3"])
    def test_raf_db_list(self, tmp_path, line):
        table = raf_db(tmp_path / "r") / "basic" / "EmoLabel" / "list_patition_label.txt"
        rows = table.read_text().splitlines()
        table.write_text("\n".join([*rows[:2], line, *rows[3:]]))
        refused(tmp_path / "r", f"{table}, row 3: '{line}'", class_map="raf-db")

    def test_raf_db_pictures_and_list_must_agree(self, tmp_path):
        aligned = raf_db(tmp_path / "r") / "basic" / "Image" / "aligned"
        picture(aligned / "train_99999_aligned.jpg", 1)
        refused(tmp_path / "r", "train_99999_aligned.jpg is there but not in list", class_map="raf-db")
        (aligned / "train_99999_aligned.jpg").unlink()
        (aligned / "train_00003_aligned.jpg").unlink()
        refused(tmp_path / "r", "train_00003_aligned.jpg is named in", "missing", class_map="raf-db")
        aligned.rename(aligned.parent / "original")
        refused(tmp_path / "r", "aligned.zip", class_map="raf-db")

    def test_affectnet_annotations_and_pictures_must_agree(self, tmp_path):
        home = affectnet(tmp_path / "a")
        annotation = home / "train_set" / "annotations" / "5_exp.npy"
        for damage, text in ((b"", "does not hold one class number"), (b"hello", "does not hold one class number")):
            annotation.write_bytes(damage)
            refused(home, str(annotation), text, "Get it again", class_map="affectnet")
        np.save(annotation, [1, 2])
        refused(home, str(annotation), "one class number", class_map="affectnet")
        annotation.unlink()
        refused(home, str(annotation), "missing (one of 1)", class_map="affectnet")
        (home / "train_set" / "images" / "5.jpg").unlink()
        load_folder(home, "affectnet")
        (home / "val_set" / "images" / "2.jpg").unlink()
        refused(home, "2_exp.npy is there but not among the pictures", class_map="affectnet")

    def test_names_of_the_course_are_taken(self, tmp_path):
        class_folders(tmp_path / "FER-2013", RAF_NAMES)
        for name in ("FER-2013", "schematic faces"):
            refused(tmp_path / "FER-2013", "is taken", class_map="raf-db", name=name)
        assert load_folder(tmp_path / "FER-2013", {**RAF_DB, "8": None}).name == "folder FER-2013"


class TestClassMaps:
    def test_ready_ones(self):
        assert {key: RAF_DB[str(key)] for key in RAF_NAMES} == RAF_NAMES
        assert {key: AFFECTNET[str(key)] for key in AFFECT_NAMES} == AFFECT_NAMES
        assert all(AFFECTNET[key] is None for key in ("7", "8", "9", "10", "contempt", "uncertain"))
        assert set(NAMES.values()) == set(EMOTIONS) and set(EMOTIONS) <= set(NAMES)
        assert read_class_map("RAF-DB") == (RAF_DB, "RAF-DB") and read_class_map(AFFECTNET) == (AFFECTNET, "AffectNet")

    @pytest.mark.parametrize("form", ["json", "toml"])
    def test_round_trip_through_a_file(self, tmp_path, form):
        own = {"1": "surprise", "joy": "happiness", "7": None}
        path = tmp_path / f"map.{form}"
        path.write_text(json.dumps(own) if form == "json" else '1 = "surprise"\nJoy = "happiness"\n7 = false\n')
        assert read_class_map(path) == read_class_map(str(path)) == (own, None)
        assert read_class_map({1: "surprise", " Joy": "happiness", 7: False}) == (own, None)

    @pytest.mark.parametrize("own, words", [
        ({"1": "joy"}, "gives 1 = 'joy'; a class is one of anger"), ({"1": ""}, "1 = ''"), ({"1": ["fear"]}, "1 = "),
        ({"1": None}, "no emotion at all"), ({}, "no emotion at all"),
        ("raf", "there is no class map 'raf'; use raf-db"), ("absent.json", "there is no file"),
        ([], "the class map is []"), (None, "the class map is None"), (7, "the class map is 7"),
    ])
    def test_wrong_ones(self, own, words):
        with pytest.raises(FileError) as caught:
            read_class_map(own)
        assert words in str(caught.value)

    @pytest.mark.parametrize("text", ["[1]", "{", "\xff"])
    def test_wrong_files(self, tmp_path, text):
        (tmp_path / "map.json").write_text(text, encoding="latin-1")
        with pytest.raises(DataError, match="map.json"):
            read_class_map(tmp_path / "map.json")


class TestDraw:
    def test_copies_never_straddle_whatever_their_labels(self, tmp_path):
        random = np.random.default_rng(3)
        images = random.integers(0, 256, (100, 48, 48), np.uint8)[random.integers(0, 100, 400)]
        labels = random.integers(0, 7, 400)
        drawn = draw_tenths(images, labels, 2)
        sides = [set(image_keys(images[drawn == number])) for number in range(3)]
        assert all(sides) and not (sides[0] & sides[1] or sides[0] & sides[2] or sides[1] & sides[2])

    def test_no_leak_from_a_folder_with_copies(self, tmp_path):
        home = class_folders(tmp_path / "a", RAF_NAMES, {"train": 20, "test": 1})
        for file in (home / "train").glob("*/*.jpg"):
            for copy in range(2):
                file.with_name(f"{copy}-{file.name}").write_bytes(file.read_bytes())
        faces = load_folder(home, "raf-db")
        assert counts(faces) == {"train": [54] * 7, "public": [6] * 7, "private": [1] * 7}
        assert not set(image_keys(faces.train.images)) & set(image_keys(faces.public.images))

    def test_the_order_of_the_files_does_not_matter(self):
        images = np.random.default_rng(0).integers(0, 256, (140, 48, 48), np.uint8)
        labels, order = np.arange(140) % 7, np.random.default_rng(1).permutation(280)
        drawn = draw_tenths(images, labels)
        assert np.bincount(labels[drawn == 1]).tolist() == [2] * 7
        twice, other = np.concatenate([images, images]), np.concatenate([labels, labels[::-1]])  # labels that disagree
        assert np.array_equal(draw_tenths(twice[order], other[order]), draw_tenths(twice, other)[order])
        assert np.array_equal(draw_tenths(images, labels, 2) == 1, drawn == 1), "with and without private"

    def test_few_faces(self):
        images = np.random.default_rng(0).integers(0, 256, (4, 48, 48), np.uint8)
        assert draw_tenths(images, np.array([0, 1, 1, 1]))[0] == 0, "the only face of a class is learned from"
        assert sorted(draw_tenths(images, np.array([0, 1, 1, 1]))) == [0, 0, 0, 1]


class TestCache:
    @pytest.fixture
    def home(self, tmp_path):
        return class_folders(tmp_path / "a", RAF_NAMES)

    @pytest.fixture
    def opened(self, monkeypatch):
        """The pictures that are opened, as they are."""
        files = []
        monkeypatch.setattr(folders, "middle_face", lambda path, real=folders.middle_face:
                            files.append(path) or real(path))
        return files

    def test_read_once_and_again_after_a_change(self, home, opened, own_cache):
        first = load_folder(home, "raf-db")
        assert len(opened) == 84
        assert load_folder(home, "raf-db").content_hash == first.content_hash and len(opened) == 84
        picture(home / "test" / "2" / "0.jpg", 77_777)
        assert load_folder(home, "raf-db").content_hash != first.content_hash and len(opened) == 84 + 14
        turned = load_folder(home, RAF_DB | {"1": "fear", "2": None}, "private")
        assert turned.left_out == {"2": 2} and len(opened) == 84 + 14 + 12
        kept = [path.name for path in own_cache.rglob("*") if path.is_file()]
        assert len(kept) == 2 and all(name.endswith(".npz") for name in kept), "one copy a part, none half-written"

    def test_what_was_left_out_is_remembered(self, tmp_path):
        home = affectnet(tmp_path / "n")
        assert load_folder(home, "affectnet").left_out == load_folder(home, "affectnet").left_out != {}

    def test_a_damaged_copy_is_read_anew(self, home, opened, own_cache):
        first = load_folder(home, "raf-db")
        for copy in own_cache.rglob("*.npz"):
            copy.write_bytes(copy.read_bytes()[:5000])
        assert load_folder(home, "raf-db").content_hash == first.content_hash and len(opened) == 2 * 84

    def test_it_never_passes_for_fer2013(self, home):
        load_folder(home, "raf-db")
        assert load_faces().name == "schematic faces"

    def test_a_cache_that_cannot_be_written(self, home, tmp_path, monkeypatch):
        (tmp_path / "file").write_text("")
        monkeypatch.setenv("FER_UTILS_CACHE", str(tmp_path / "file"))
        refused(home, "cannot be kept", "FER_UTILS_CACHE", class_map="raf-db")


class TestScores:
    """The network for drawings stands in for one of photographs: quick, and what is tested is the counting."""

    @pytest.fixture
    def drawings(self, tmp_path):
        """Drawn faces of five classes in class folders, as another dataset."""
        images, labels = load_schematic(("private",)).private
        names = {0: "anger", 2: "fear", 3: "happy", 4: "sad", 6: "neutral"}
        for number, (image, label) in enumerate(zip(images[:150], labels[:150])):
            if label in names:
                path = tmp_path / "drawn" / "test" / names[label] / f"{number}.png"
                path.parent.mkdir(parents=True, exist_ok=True)
                Image.fromarray(image).save(path)
        return tmp_path / "drawn"

    def test_absent_classes(self, drawings):
        faces = load_folder(drawings)
        result = evaluate_on("squeezenet-mini", faces)
        assert (result["trained_on"], result["data"]) == ("schematic faces", "folder drawn")
        assert result["absent"] == ["disgust", "surprise"] and result["n"] == len(faces.private.labels)
        assert result["per_class"]["disgust"] == {"precision": None, "recall": None, "f1": None, "support": 0}
        present = [row["f1"] for row in result["per_class"].values() if row["support"]]
        assert len(present) == 5 and result["macro_f1"] == pytest.approx(np.mean(present)) and result["macro_f1"] > 0.6
        assert result["leak_free_accuracy"] is None and json.loads(json.dumps(result, allow_nan=False)) == result

    def test_the_command(self, drawings, capsys):
        command = ["evaluate", "squeezenet-mini", "--faces", str(drawings)]
        assert main([*command, "--json"]) == 0
        result = json.loads(capsys.readouterr().out)
        assert result["data"] == "folder drawn"
        assert main(command) == 0
        said = capsys.readouterr().out
        assert "trained on schematic faces, scored on folder drawn" in said and "duplicates" not in said
        assert f"accuracy  {100 * result['accuracy']:.2f} %" in said and said.count("no face of this class") == 2

    def test_other_faces_of_the_same_name_are_refused(self):
        drawn = load_schematic()
        result = evaluate_on("squeezenet-mini", drawn)
        assert result["leak_free_n"] == 350 and result["absent"] == []
        fewer = Faces(drawn.name, "", drawn.parts | {"train": Split(*(array[:40] for array in drawn.train))})
        with pytest.raises(ValueError, match="was trained on schematic faces, but not on these faces"):
            evaluate_on("squeezenet-mini", fewer)


class TestCommands:
    def test_data(self, tmp_path, capsys):
        home = class_folders(tmp_path / "a", range(8))
        assert main(["data", "--faces", str(home), "--classes", "affectnet", "--json"]) == 0
        captured = capsys.readouterr()
        result = json.loads(captured.out)
        assert result["name"] == "AffectNet" and result["left_out"] == {"7": 12}
        assert result["counts"] == {"train": 63, "public": 7, "private": 14}
        assert captured.err == "left out: 12 faces of the class 7\n"
        assert main(["data", "--faces", str(home), "--classes", "affectnet"]) == 0
        assert "AffectNet, from" in (said := capsys.readouterr().out) and "drawings" not in said

    @pytest.mark.parametrize("arguments, named", [
        (["data", "--classes", "raf-db"], "name its folder with --faces"),
        (["data", "--faces", "absent", "--classes", "raf-db"], "absent is not a folder"),
        (["data", "--faces", ".", "--source", "hub"], "give one of the two"),
        (["train", "squeezenet-mini", "--faces", ".", "--classes", "raf"], "no class map 'raf'"),
        (["evaluate", "squeezenet-mini", "--faces", ".", "--recorded"], "leave out --recorded"),
    ])
    def test_errors_are_one_line(self, capsys, arguments, named):
        assert main(arguments) == 2
        captured = capsys.readouterr()
        assert named in captured.err and len(captured.err.splitlines()) == 1 and captured.out == ""

    def test_train_and_score_one_epoch(self, tmp_path, monkeypatch, capsys):
        """End to end: the run has a name and a folder of its own, is scored from it, and cannot be published."""
        home = class_folders(tmp_path / "r", RAF_NAMES, {"train": 4, "test": 1})
        monkeypatch.chdir(tmp_path)
        options = ["--faces", str(home), "--classes", "raf-db"]
        assert main(["train", "squeezenet-mini", "--epochs", "1", *options]) == 0
        said = capsys.readouterr().out
        out = Path("runs/squeezenet-mini-raf-db-quick-s0")
        assert "squeezenet-mini on RAF-DB: public part" in said and str(out) in said and "PublicTest" not in said
        record = json.loads((out / "run.json").read_text())
        assert (record["data"]["name"], record["data"]["train"], record["data"]["public"]) == ("RAF-DB", 21, 7)
        assert os.listdir("runs") == [out.name]

        assert main(["evaluate", str(out), *options, "--json"]) == 0
        result = json.loads(capsys.readouterr().out)
        assert result["trained_on"] == result["data"] == "RAF-DB" and result["n"] == result["leak_free_n"] == 7
        assert main(["evaluate", "squeezenet-mini", *options, "--split", "public"]) == 0
        assert "7 faces of public" in capsys.readouterr().out
        picture(home / "train" / "1" / "0.jpg", 99_999)
        assert main(["evaluate", str(out), *options]) == 2
        assert "has changed since" in capsys.readouterr().err

        with pytest.raises(ValueError, match="was trained on RAF-DB.*not published"):
            faces_of_run({"run": "r"} | record, ("private",))


class TestListedTwice:
    @pytest.mark.parametrize("again", ["train_00003.jpg 2", "train_00003.jpg 5", "train_00003.png 5",
                                       "train_00003.JPG\t5"])
    def test_a_picture_in_raf_db_s_list(self, tmp_path, again):
        table = raf_db(tmp_path / "r") / "basic" / "EmoLabel" / "list_patition_label.txt"
        rows = table.read_text().splitlines()
        table.write_text("\n".join([*rows[:10], again, *rows[10:]]))
        refused(tmp_path / "r", f"{table}, rows 4 and 11", "train_00003 is listed twice", class_map="raf-db")

    @pytest.mark.parametrize("label", ["05", "5.0", "٥", "1_0", "5 6", "-5", "nan"])
    def test_a_label_that_is_no_number_of_the_map(self, tmp_path, label):
        table = raf_db(tmp_path / "r") / "basic" / "EmoLabel" / "list_patition_label.txt"
        table.write_text(table.read_text(encoding="utf-8").replace("train_00004.jpg 5", f"train_00004.jpg {label}"),
                         encoding="utf-8")
        refused(tmp_path / "r", "train_00004", class_map="raf-db")

    @pytest.mark.parametrize("encoding, end", [("utf-8-sig", "\r\n"), ("utf-16", "\n"), ("utf-8", "\n\n")])
    def test_a_list_that_was_saved_again_is_the_same(self, tmp_path, encoding, end):
        table = raf_db(tmp_path / "r", 2, 1) / "basic" / "EmoLabel" / "list_patition_label.txt"
        before = load_folder(tmp_path / "r", "raf-db").content_hash
        table.write_bytes(end.join(table.read_text().splitlines()).encode(encoding))
        assert load_folder(tmp_path / "r", "raf-db").content_hash == before

    def test_two_pictures_with_one_annotation(self, tmp_path):
        home = affectnet(tmp_path / "a")
        picture(home / "train_set" / "images" / "5.png", 1)
        refused(home, "5.jpg and 5.png share the one label 5_exp.npy", class_map="affectnet")

    @pytest.mark.parametrize("name, text", [
        ("map.json", '{"1": "anger", "1": "fear"}'), ("map.json", '{"Happy": "happiness", "happy ": "fear"}'),
        ("map.toml", '1 = "anger"\n1 = "fear"'), ("map.toml", 'Happy = "happiness"\n"happy " = "fear"')])
    def test_a_class_in_a_map(self, tmp_path, name, text):
        (tmp_path / name).write_text(text)
        with pytest.raises(DataError, match=f"{name}.*(1|happy|Happy)") as caught:
            read_class_map(tmp_path / name)
        assert "twice" in str(caught.value)

    def test_a_class_in_a_dict(self):
        for own in ({"Happy": "happiness", " happy": "fear"}, {1: "fear", "1": "anger"}):
            with pytest.raises(DataError, match="names the class '(happy|1)' twice"):
                read_class_map(own)

    def test_identical_pictures_with_different_labels_are_said(self, tmp_path):
        home = class_folders(tmp_path / "a", RAF_NAMES)
        data = (home / "train" / "1" / "0.jpg").read_bytes()
        (home / "train" / "2" / "copy.jpg").write_bytes(data)
        for _ in range(2):  # read, and from the cache
            with pytest.warns(UserWarning) as said:
                assert len(load_folder(home, "raf-db").images) == 85
            line = str(said[0].message)
            assert line.startswith("the part train of") and "pictures that are there more than once" in line
            assert "1/0.jpg (surprise), like" in line and "2/copy.jpg (fear)" in line


class TestClassNumbers:
    @pytest.mark.parametrize("value", [3, 3.0, "3", [3], [[3]], np.uint8(3), np.float16(3), np.array("3")])
    def test_one_whole_number_is_taken(self, tmp_path, value):
        np.save(tmp_path / "a_exp.npy", value)
        assert folders._class_of(tmp_path / "a_exp.npy") == "3"

    @pytest.mark.parametrize("value", [1.9, True, "1_0", "٣", np.nan, np.inf, 1e300, [1, 2], [], "05", "5.0", "", " 3",
                                       b"3", 3 + 0j, np.datetime64("2020"), "x" * 500, "3" * 5000])
    def test_everything_else_is_refused(self, tmp_path, value):
        np.save(tmp_path / "a_exp.npy", value)
        with pytest.raises(DataError, match="a_exp.npy .*does not hold one class number") as caught:
            folders._class_of(tmp_path / "a_exp.npy")
        assert len(str(caught.value)) < 400

    def test_an_object_is_never_unpickled(self, tmp_path):
        class Trap:
            def __reduce__(self):
                return os.mkdir, (str(tmp_path / "sprung"),)

        np.save(tmp_path / "a_exp.npy", np.array([Trap()], object), allow_pickle=True)
        with pytest.raises(DataError, match="does not hold one class number"):
            folders._class_of(tmp_path / "a_exp.npy")
        assert not (tmp_path / "sprung").exists()


class TestOddFiles:
    @pytest.mark.filterwarnings("ignore:.*more than once")
    def test_blank_faces_are_refused(self, tmp_path):
        home = class_folders(tmp_path / "a", RAF_NAMES)
        for number, file in enumerate(sorted((home / "test").glob("*/*.jpg"))):
            if number < 8:
                Image.new("L", (60, 60), 255).save(file)
        refused(home, "8 of the 14 faces of the part test of", "are blank", class_map="raf-db")
        picture(home / "test" / "1" / "0.jpg", 5)
        assert len(load_folder(home, "raf-db").private.labels) == 14

    @pytest.mark.skipif(os.name == "nt", reason="no pipes in folders")
    def test_pipes_folders_and_circles(self, tmp_path):
        home = class_folders(tmp_path / "a", RAF_NAMES)
        odd = home / "train" / "1" / "odd.jpg"
        os.mkfifo(odd)
        refused(home, f"{odd} is a pipe or a device", class_map="raf-db")
        odd.unlink()
        odd.mkdir()
        refused(home, f"{odd} is a folder", class_map="raf-db")
        odd.rmdir()
        odd.symlink_to(odd)
        refused(home, f"{odd} cannot be read", class_map="raf-db")
        refused(odd, "cannot be a path")
        refused("~nosuchuser/faces", "cannot be a path")
        refused("a\0b", "cannot be a path")
        odd.unlink()
        os.mkfifo(tmp_path / "map.json")
        refused(home, "map.json is a pipe", class_map=str(tmp_path / "map.json"))

    @pytest.mark.skipif(os.name == "nt", reason="names are text there")
    def test_a_name_that_is_no_text(self, tmp_path, capsys):
        home = class_folders(tmp_path / "a", RAF_NAMES)
        os.rename(home / "test" / "1" / "0.jpg", os.fsencode(home / "test" / "1") + b"/\xff\n0.jpg")
        assert main(["data", "--faces", str(home), "--classes", "raf-db"]) == 0
        (home / "test" / "1" / "0.jpg").touch()
        os.rename(home / "test" / "1" / "0.jpg", os.fsencode(home / "test" / "1") + b"/\xff\n0.jpg")
        refused(home, "\\udcff 0.jpg is not a picture that can be read", class_map="raf-db")

    @pytest.mark.parametrize("name, text", [("map.json", "[" * 100_000), ("map.toml", "a = " + "[" * 100_000),
                                            ("map.json", '{"1": ' * 100_000), ("map.json", "[]" * 100_000),
                                            ("map.json", '{"1": 1e999}'), ("map.json", '{"1": ' + "9" * 5000 + "}"),
                                            ("map.toml", "1 = 2020-01-01"), ("map.json", "null"), ("map.json", "")])
    def test_odd_maps(self, tmp_path, name, text):
        (tmp_path / name).write_text(text)
        with pytest.raises(DataError, match="map") as caught:
            read_class_map(tmp_path / name)
        assert len(str(caught.value)) < 400 + len(str(tmp_path)) and "\n" not in str(caught.value)

    @pytest.mark.parametrize("key, value", [(None, "fear"), (1.0, "fear"), (True, "fear"), ((1,), "fear"), ("", "fear"),
                                            (1, True), (1, 0), (1, ["fear"]), (1, {}), (1, np.zeros(3)), (1, b"fear")])
    def test_odd_keys_and_values_of_a_dict(self, key, value):
        with pytest.raises(DataError, match="the class map"):
            read_class_map({key: value, "2": "anger"})
