"""Every form of FER-2013 is read alike, every damaged one is refused with one clear error, and the cache is honest."""

import gzip
import os
import subprocess
import sys
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fer_utils import data
from fer_utils.data import SPLITS, DataError, fer2013, load_faces, load_schematic, sources, without_duplicates
from fer_utils.data.fer2013 import load_fer2013
from fer_utils.data.forms import deep_lake
from fer_utils.data.forms.class_folders import KAGGLE_CLASSES
from fer_utils.files import write_text

COUNTS = {"train": 14, "public": 7, "private": 7}
USAGES = {"train": "Training", "public": "PublicTest", "private": "PrivateTest"}
REPOSITORY = Path(__file__).resolve().parent.parent

needs_deeplake = pytest.mark.skipif(find_spec("deeplake") is None, reason="deeplake is not installed")


def some_parts(seed=0):
    """Small splits of noise with every label."""
    random = np.random.default_rng(seed)
    return {split: (random.integers(0, 256, (count, 48, 48), np.uint8), (np.arange(count) % 7).astype(np.uint8))
            for split, count in COUNTS.items()}


def csv_rows(parts):
    return [[str(label), " ".join(map(str, image.ravel())), USAGES[split]]
            for split, (images, labels) in parts.items() for image, label in zip(images, labels)]


def write_csv(path, rows, header="emotion,pixels,Usage"):
    path.write_text("\n".join([header, *map(",".join, rows)]) + "\n")
    return path


def write_folders(folder, parts, name="{usage}_{number}.png"):
    for split, (images, labels) in parts.items():
        for number, (image, label) in enumerate(zip(images, labels)):
            home = folder / ("train" if split == "train" else "test") / KAGGLE_CLASSES[label]
            home.mkdir(parents=True, exist_ok=True)
            Image.fromarray(image).save(home / name.format(usage=USAGES[split], split=split, number=number))
    return folder


def write_deeplake(folder, parts, image_type="array"):
    """The splits as Deep Lake datasets of format 4."""
    deeplake = deep_lake.import_deeplake()
    folder.mkdir(exist_ok=True)
    for split, (images, labels) in parts.items():
        dataset = deeplake.create(f"file://{folder / deep_lake.DATASETS[split]}")
        array = image_type == "array"
        dataset.add_column("images", deeplake.types.Array("uint8", shape=list(images.shape[1:])) if array
                           else deeplake.types.Image("uint8", "png"))
        dataset.add_column("labels", "int32" if array else deeplake.types.ClassLabel("int32"))
        dataset.append({"images": images if array else images[..., None], "labels": labels.astype(np.int32)})
        dataset.commit()
    return folder


def assert_holds(faces, parts):
    """The same faces with the same labels, in any order."""
    assert tuple(faces.parts) == tuple(split for split in SPLITS if split in parts)
    expected = data.Faces("FER-2013", "", {name: data.Split(*part) for name, part in parts.items()})
    assert faces.content_hash == expected.content_hash
    for images, labels in faces.parts.values():
        assert images.dtype == labels.dtype == np.uint8 and images.shape[1:] == (48, 48)


def assert_refused(source, *words, splits=SPLITS):
    """Loading raises one DataError with all the words in it, and leaves nothing behind."""
    with pytest.raises(DataError) as caught:
        load_fer2013(source, splits)
    for word in words:
        assert word in str(caught.value)
    assert not list(data.cache_folder().rglob("*")), "something was cached"
    return str(caught.value)


@pytest.fixture
def parts():
    return some_parts()


@pytest.fixture
def table(small, tmp_path, parts):
    return write_csv(tmp_path / "fer2013.csv", csv_rows(parts))


class TestForms:
    def test_csv(self, table, parts):
        faces = load_fer2013(table)
        assert_holds(faces, parts)
        assert faces.is_real and faces.source == str(table)
        assert list(faces.usage) == ["train"] * 14 + ["public"] * 7 + ["private"] * 7
        assert len(faces.images) == len(faces.labels) == 28
        assert np.array_equal(faces.train.images, parts["train"][0]), "the order of the rows is kept"

    def test_icml_csv_has_other_order_and_spaces(self, small, tmp_path, parts):
        rows = [[emotion, " " + usage, " " + pixels] for emotion, pixels, usage in csv_rows(parts)]
        path = write_csv(tmp_path / "icml_face_data.csv", rows, '"emotion"," Usage"," pixels"')
        assert_holds(load_fer2013(path), parts)

    def test_csv_gz(self, table, tmp_path, parts):
        path = tmp_path / "faces.csv.gz"
        path.write_bytes(gzip.compress(table.read_bytes(), 1))
        assert_holds(load_fer2013(path), parts)

    def test_csv_zip_in_a_folder_beside_others(self, table, tmp_path, parts):
        with zipfile.ZipFile(tmp_path / "archive.zip", "w") as archive:
            archive.writestr("__MACOSX/fer2013/fer2013.csv", "x")
            archive.writestr("challenge/train.csv", "emotion,pixels\n")
            archive.write(table, "challenge/fer2013.csv")
        assert_holds(load_fer2013(tmp_path / "archive.zip"), parts)

    def test_folder_with_the_csv(self, table, tmp_path, parts):
        assert_holds(load_fer2013(tmp_path), parts)

    def test_windows_line_ends_byte_order_mark_and_blank_line(self, table, parts):
        table.write_bytes(b"\xef\xbb\xbf" + table.read_bytes().replace(b"\n", b"\r\n") + b"\r\n")
        assert_holds(load_fer2013(table), parts)

    def test_class_folders_whose_names_tell(self, small, tmp_path, parts):
        folder = write_folders(tmp_path / "kaggle", parts)
        (folder / "train" / ".DS_Store").write_text("x")
        (folder / "train" / "happy" / "Thumbs.db").write_text("x")
        assert_holds(load_fer2013(folder), parts)

    def test_class_folders_whose_names_do_not_tell(self, small, tmp_path, parts):
        folder = write_folders(tmp_path / "kaggle", parts, "{split}-{number}.png")
        for split in ("public", "private"):
            assert_refused(folder, "test/ mixes PublicTest and PrivateTest", "fer2013.csv", 'splits=("train",)',
                           splits=[split])
        assert_holds(load_fer2013(folder, ["train"]), {"train": parts["train"]})

    @needs_deeplake
    @pytest.mark.parametrize("image_type", ["array", "image"])
    def test_deeplake_format_4(self, small, tmp_path, parts, image_type):
        assert_holds(load_fer2013(write_deeplake(tmp_path / "with space", parts, image_type)), parts)

    @needs_deeplake
    def test_one_deeplake_dataset_stands_for_its_folder(self, small, tmp_path, parts):
        folder = write_deeplake(tmp_path / "lake", parts)
        assert_holds(load_fer2013(folder / "fer2013-train"), parts)

    @needs_deeplake
    def test_private_is_not_opened_unless_asked_for(self, small, tmp_path, parts):
        del parts["private"]
        folder = write_deeplake(tmp_path / "lake", parts)
        assert_refused(folder, "fer2013-private-test", "does not exist")
        assert_holds(load_fer2013(folder, ("train", "public")), parts)

    def test_splits_not_asked_for_are_not_kept(self, table, parts):
        faces = load_fer2013(table, ["public"])
        assert_holds(faces, {"public": parts["public"]})
        assert [path.name for path in data.cache_folder().glob("*/*.npz")] == ["public.npz"]
        with pytest.raises(DataError, match="'private' was not loaded"):
            faces.private

    def test_splits_come_in_the_known_order(self, table):
        assert list(load_fer2013(table, ("private", "train")).parts) == ["train", "private"]
        assert list(load_fer2013(table, "public").parts) == ["public"]
        for wrong in (["test"], "test", []):
            with pytest.raises(DataError, match="use train, public, private"):
                load_fer2013(table, wrong)


class TestNaming:
    def test_environment_variable_relative_home_and_trailing_slash(self, table, parts, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("USERPROFILE", str(tmp_path))
        for name in ("fer2013.csv", "~/fer2013.csv", f"{tmp_path}{os.sep}", "."):
            monkeypatch.setenv("FER2013_SOURCE", name)
            faces = load_faces()
            assert_holds(faces, parts)
            assert faces.source == str(table)
        assert len(list(data.cache_folder().iterdir())) == 1, "one source, one copy"

    def test_argument_wins_over_environment(self, table, parts, monkeypatch):
        monkeypatch.setenv("FER2013_SOURCE", "/nowhere")
        assert_holds(load_fer2013(table), parts)

    def test_hub_addresses(self):
        for name in ("hub", "hub://activeloop", "hub://activeloop/fer2013-train"):
            assert sources.locate(name) == ("deeplake", "hub://activeloop")
        assert sources.locate("al://me/").address == "al://me"

    @pytest.mark.parametrize("name", ["/nowhere/fer2013.csv", "nowhere"])
    def test_missing_path_is_an_error_and_never_drawings(self, small, monkeypatch, name):
        assert_refused(name, "does not exist", "fer2013.csv", "FER2013_SOURCE")
        monkeypatch.setenv("FER2013_SOURCE", name)
        with pytest.raises(DataError, match="does not exist"):
            load_faces()


class TestDamagedTables:
    """Row 1 is the header, so face 3 of the file stands in row 4."""

    @pytest.mark.parametrize("column, value, words", [
        (0, "7", ["emotion is '7'", "0 to 6"]),
        (0, "-1", ["emotion is '-1'"]),
        (0, "happy", ["emotion is 'happy'"]),
        (1, " ".join(["0"] * 2303), ["2303 pixels, not 2304"]),
        (1, " ".join(["0"] * 2303 + ["256"]), ["pixel 2303 is '256'", "0 to 255"]),
        (1, " ".join(["-1"] + ["0"] * 2303), ["pixel 0 is '-1'"]),
        (1, " ".join(["0", "x"] + ["0"] * 2302), ["pixel 1 is 'x'"]),
        (1, "", ["0 pixels"]),
        (2, "Testing", ["usage is 'Testing'", "PrivateTest"]),
        (2, "Training,9", ["4 columns, the header has 3"]),
    ])
    def test_row(self, small, tmp_path, parts, column, value, words):
        rows = csv_rows(parts)
        rows[2][column] = value
        path = write_csv(tmp_path / "fer2013.csv", rows)
        assert_refused(path, f"{path}, row 4: ", "get it again", *words)

    def test_columns_that_do_not_match_the_header(self, small, tmp_path, parts):
        path = write_csv(tmp_path / "fer2013.csv", csv_rows(parts), "pixels,emotion,Usage")
        assert_refused(path, "row 2", "columns do not match its header")

    @pytest.mark.parametrize("header", ["emotion,pixels,kind", "emotion,pixels", "a,b,c", "emotion,emotion,pixels"])
    def test_missing_column(self, small, tmp_path, parts, header):
        path = write_csv(tmp_path / "fer2013.csv", csv_rows(parts), header)
        assert_refused(path, str(path), "row 1", "Usage", "icml_face_data.csv")

    def test_cut_within_a_row(self, table):
        table.write_bytes(table.read_bytes()[:-4000])
        assert_refused(table, "row 29", "cut short")

    def test_cut_between_rows(self, small, tmp_path, parts):
        path = write_csv(tmp_path / "fer2013.csv", csv_rows(parts)[:-1])
        assert_refused(path, str(path), "private has 6 faces, FER-2013 has 7", "cut short")

    def test_too_many_rows(self, small, tmp_path, parts):
        rows = csv_rows(parts)
        assert_refused(write_csv(tmp_path / "fer2013.csv", rows + rows[:1]), "train has 15 faces, FER-2013 has 14")

    @pytest.mark.parametrize("name", ["fer2013.csv", "fer2013.csv.gz", "fer2013.zip"])
    def test_empty_file(self, small, tmp_path, name):
        (tmp_path / name).write_bytes(b"")
        assert_refused(tmp_path / name, str(tmp_path / name), "get it again")

    def test_header_alone(self, small, tmp_path):
        assert_refused(write_csv(tmp_path / "fer2013.csv", []), "train has 0 faces")

    @pytest.mark.parametrize("name", ["fer2013.csv.gz", "fer2013.zip"])
    @pytest.mark.parametrize("damage", ["cut", "changed"])
    def test_damaged_archive(self, table, tmp_path, name, damage):
        path = tmp_path / name
        if name.endswith("gz"):
            path.write_bytes(gzip.compress(table.read_bytes(), 1))
        else:
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.write(table, "fer2013.csv")
        packed = path.read_bytes()
        half = len(packed) // 2
        path.write_bytes({"cut": packed[:half], "changed": packed[:half] + bytes(50) + packed[half + 50:]}[damage])
        assert_refused(path, str(path), "get it again")

    @pytest.mark.parametrize("name", ["fer2013.csv.gz", "fer2013.zip", "fer2013", "fer2013.txt"])
    def test_a_table_is_read_whatever_its_name_ends_with(self, table, tmp_path, parts, name):
        table.rename(tmp_path / name)
        assert_holds(load_fer2013(tmp_path / name), parts)

    def test_not_text(self, small, tmp_path):
        (tmp_path / "fer2013.csv").write_bytes(b"\xff\xd8\x00\x89PNG" * 500)
        assert_refused(tmp_path / "fer2013.csv", "this is not text", "get it again")

    def test_other_archives_and_files(self, small, tmp_path):
        with zipfile.ZipFile(tmp_path / "archive.zip", "w") as archive:
            archive.writestr("train/happy/1.png", "x")
        assert_refused(tmp_path / "archive.zip", "no .csv file at all", "unpacked first")
        for name in ("fer2013.tar.gz", "fer2013.h5"):
            (tmp_path / name).write_bytes(b"x")
            assert_refused(tmp_path / name, name, "not a form of FER-2013", "fer2013.csv")

    def test_unknown_folder(self, small, tmp_path):
        (tmp_path / "holiday").mkdir()
        assert_refused(tmp_path, str(tmp_path), "it holds holiday", "fer2013.csv")


class TestDamagedFolders:
    @pytest.fixture
    def folder(self, small, tmp_path, parts):
        return write_folders(tmp_path / "kaggle", parts)

    def test_unknown_class(self, folder):
        (folder / "train" / "contempt").mkdir()
        assert_refused(folder, str(folder / "train" / "contempt"), "not a class of FER-2013", "disgust")

    def test_missing_class(self, folder):
        (folder / "test" / "sad").rename(folder / "sad")
        assert_refused(folder, str(folder / "test"), "lacks the class folders sad")

    def test_missing_part(self, folder, parts):
        (folder / "test").rename(folder / "elsewhere")
        assert_refused(folder, str(folder / "test"), "does not exist")
        assert_holds(load_fer2013(folder, ["train"]), {"train": parts["train"]})

    @pytest.mark.parametrize("damage", ["cut", "empty", "text"])
    def test_corrupt_picture(self, folder, damage):
        path = folder / "train" / "happy" / "Training_3.png"
        path.write_bytes({"cut": path.read_bytes()[:900], "empty": b"", "text": b"hello"}[damage])
        assert_refused(folder, str(path), "get the dataset again")

    def test_other_size(self, folder):
        path = folder / "train" / "happy" / "Training_3.png"
        Image.new("L", (96, 48)).save(path)
        assert_refused(folder, str(path), "96 x 48")

    def test_missing_picture(self, folder):
        (folder / "train" / "happy" / "Training_3.png").unlink()
        assert_refused(folder, "train has 13 faces, FER-2013 has 14")


class FakeDeepLake:
    """Stands in for deeplake where a test wants a certain answer from it."""

    def __init__(self, answer):
        self.answer = answer

    def query(self, text):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class TestDamagedDeepLake:
    def hub_answers(self, monkeypatch, answer):
        self.in_this_process(monkeypatch)
        monkeypatch.setattr(deep_lake, "import_deeplake", lambda: FakeDeepLake(answer))

    def in_this_process(self, monkeypatch):
        monkeypatch.setattr(deep_lake, "_in_own_process",
                            lambda addresses, folder, limit: deep_lake._read_all(addresses, folder))

    @pytest.mark.parametrize("message, remedy", [
        ("Can't fetch resource, could not resolve host: app.activeloop.ai", "no network"),
        ("GET resource: status 401 Unauthorized", "ACTIVELOOP_TOKEN"),
        ("something new", "Check the network, the address"),
    ])
    def test_hub_out_of_reach(self, small, monkeypatch, message, remedy):
        self.hub_answers(monkeypatch, RuntimeError(message))
        assert_refused(None, "hub://activeloop/fer2013-train", message, remedy, "fer2013.csv", "FER2013_SOURCE")

    @pytest.mark.parametrize("images, labels, word", [
        (np.zeros((14, 48, 48, 1), np.uint8), np.full((14, 1), 7), "face 0 of train has the label 7"),
        (np.zeros((14, 48, 48, 1), np.uint8), np.full((14, 1), 256 + 3), "has the label 259"),
        (np.zeros((14, 48, 48, 1), np.uint8), np.full(14, -1), "has the label -1"),
        (np.zeros((14, 48, 48, 1), np.uint8), np.zeros(14), "float64 labels"),
        (np.zeros((14, 48, 48, 1), np.uint8), np.zeros(13, int), "labels (13,) for 14 faces"),
        (np.zeros((14, 48, 48, 3), np.uint8), np.zeros(14, int), "(48, 48, 3)"),
        (np.zeros((14, 48, 48), np.float32), np.zeros(14, int), "float32 pictures"),
        (np.zeros((13, 48, 48), np.uint8), np.zeros(13, int), "train has 13 faces"),
    ])
    def test_wrong_content(self, small, monkeypatch, images, labels, word):
        self.hub_answers(monkeypatch, {"images": images, "labels": labels})
        assert_refused("hub", "hub://activeloop", word, "get ")

    def test_wrong_columns(self, small, monkeypatch):
        self.hub_answers(monkeypatch, {"pictures": np.zeros((14, 48, 48, 1), np.uint8)})
        assert_refused("hub", "hub://activeloop/fer2013-train", "images")

    def test_without_deeplake(self, small, tmp_path, monkeypatch):
        (tmp_path / "fer2013-train").mkdir()
        self.in_this_process(monkeypatch)
        monkeypatch.setitem(sys.modules, "deeplake", None)
        assert_refused(tmp_path, "deeplake 4", "Windows", "fer2013.csv", splits=["train"])

    def test_with_deeplake_3(self, small, tmp_path, monkeypatch):
        (tmp_path / "fer2013-train").mkdir()
        self.in_this_process(monkeypatch)
        monkeypatch.setattr(deep_lake, "import_deeplake", object)
        assert_refused(tmp_path, "this version of deeplake", "deeplake>=4.5,<5", splits=["train"])

    @needs_deeplake
    def test_damaged_local_dataset(self, small, tmp_path, parts):
        (tmp_path / "fer2013-train").mkdir()
        assert_refused(tmp_path, str(tmp_path / "fer2013-train"), "copy it again", splits=["train"])


@needs_deeplake
class TestDeepLakeInAProcessOfItsOwn:
    def run(self, tmp_path, folder, first="", last=""):
        """The words that a fresh Python prints when it loads the folder: the content hash, then those of `last`."""
        script = f"{first}\nfrom fer_utils.data import fer2013\nfer2013.FER2013_COUNTS = {COUNTS}\n" \
                 "fer2013.check_known = lambda *part: ''\n" \
                 f"print(fer2013.load_fer2013({str(folder)!r}).content_hash)\n{last}"
        settings = os.environ | {"FER_UTILS_CACHE": str(tmp_path / "other-cache"), "TF_CPP_MIN_LOG_LEVEL": "3"}
        done = subprocess.run([sys.executable, "-c", script], env=settings, cwd=REPOSITORY, capture_output=True,
                              text=True, timeout=300)
        assert done.returncode == 0, done.stderr
        return done.stdout.split()

    def test_no_telemetry(self, small, tmp_path, parts):
        """deeplake's reporter says -1 if it was never started; an ordinary import of deeplake 4.7 gives 0."""
        folder = write_deeplake(tmp_path / "lake", parts)
        expected = load_fer2013(folder).content_hash
        ask = "import ctypes\nfrom fer_utils.data.forms.deep_lake import import_deeplake\n" \
              "deeplake = import_deeplake()\nlibrary = ctypes.CDLL(deeplake._deeplake.__file__)\n" \
              "print(library.sentry_get_crashed_last_run() if hasattr(library, 'sentry_init') else -1)"
        assert self.run(tmp_path, folder, last=ask) == [expected, "-1"]

    @pytest.mark.skipif(find_spec("tensorflow") is None, reason="TensorFlow is not installed")
    def test_tensorflow_first(self, small, tmp_path, parts):
        folder = write_deeplake(tmp_path / "lake", parts)
        expected = load_fer2013(folder).content_hash
        assert self.run(tmp_path, folder, first="import tensorflow") == [expected]


class TestCache:
    def test_second_load_does_not_read_the_source(self, table, parts, monkeypatch):
        load_fer2013(table)
        monkeypatch.setattr(sources, "read", None)
        assert_holds(load_fer2013(table), parts)

    def test_newest_copy_is_found_without_a_name(self, table, parts, tmp_path):
        load_fer2013(table)
        table.unlink()
        faces = load_faces()
        assert faces.is_real and faces.source == str(table)
        assert_holds(faces, parts)

    def test_an_empty_variable_names_nothing(self, table, parts, monkeypatch):
        monkeypatch.setenv("FER2013_SOURCE", "")
        load_fer2013(table)
        assert_holds(load_faces(), parts)

    def test_parts_read_later_come_from_the_same_source(self, table, parts, tmp_path, monkeypatch):
        other = write_csv(tmp_path / "icml_face_data.csv", csv_rows(some_parts(seed=1)))
        load_fer2013(other)
        time.sleep(0.01)
        load_fer2013(table, ["train"])
        assert_holds(load_faces(), parts)

    def test_a_changed_source_is_read_anew(self, table, parts):
        load_fer2013(table, ["train"])
        changed = some_parts(seed=1)
        write_csv(table, csv_rows(changed))
        os.utime(table, ns=(1, 1))
        assert_holds(load_fer2013(table), changed)
        assert_holds(load_faces(), changed)

    def test_a_part_whose_source_is_gone(self, table):
        load_fer2013(table, ["train"])
        table.unlink()
        with pytest.raises(DataError, match="has only train, .*does not exist.*delete this copy"):
            load_faces()

    @pytest.mark.parametrize("damage", [lambda whole: whole[:3000], lambda whole: b"", lambda whole: b"x" * 3000,
                                        lambda whole: whole[:3000] + bytes(50) + whole[3050:]])
    def test_a_damaged_copy_is_replaced(self, table, parts, damage):
        load_fer2013(table)
        copy, = data.cache_folder().glob("*/train.npz")
        copy.write_bytes(damage(copy.read_bytes()))
        assert_holds(load_fer2013(table), parts)
        copy.write_bytes(damage(copy.read_bytes()))
        assert_holds(load_faces(), parts)
        table.unlink()
        copy.write_bytes(damage(copy.read_bytes()))
        with pytest.raises(DataError, match="has only public, private"):
            load_faces()

    def test_a_copy_that_does_not_say_its_source(self, table):
        load_fer2013(table)
        about, = data.cache_folder().glob("*/source.json")
        about.write_text("{")
        with pytest.raises(DataError, match="Delete this folder"):
            load_faces()

    def test_a_failed_write_leaves_nothing_half_written(self, table, parts, monkeypatch):
        def fill_the_disk(file, **arrays):
            file.write(b"half")
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(np, "savez", fill_the_disk)
        with pytest.raises(DataError, match="No space left.*FER_UTILS_CACHE"):
            load_fer2013(table)
        assert [path.name for path in data.cache_folder().glob("*/*")] == ["source.json"]
        monkeypatch.undo()

    def test_two_loads_at_once(self, table, parts):
        with ThreadPoolExecutor(8) as pool:
            for faces in pool.map(lambda _: load_fer2013(table), range(16)):
                assert_holds(faces, parts)
        assert sorted(path.name for path in data.cache_folder().glob("*/*")) == \
            ["private.npz", "public.npz", "source.json", "train.npz"]

    def test_folder_that_cannot_be_written(self, table, tmp_path, monkeypatch):
        (tmp_path / "file").write_text("")
        monkeypatch.setenv("FER_UTILS_CACHE", str(tmp_path / "file"))
        with pytest.raises(DataError, match="FER_UTILS_CACHE"):
            load_fer2013(table)

    def test_write_text(self, tmp_path):
        for text in ("one", "zwei\n"):
            write_text(tmp_path / "a.json", text)
            assert (tmp_path / "a.json").read_text() == text
        assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


class TestSchematicFaces:
    @pytest.fixture
    def bundled(self, small, tmp_path, parts, monkeypatch):
        path = tmp_path / "schematic_faces.npz"
        arrays = {f"{split}_{what}": array for split, part in parts.items()
                  for what, array in zip(("images", "labels"), part)}
        np.savez_compressed(path, **arrays)
        monkeypatch.setattr(data, "BUNDLED", path)
        return path

    def test_they_stand_in_where_nothing_is_named_or_cached(self, bundled, parts):
        faces = load_faces(("public", "train"))
        assert not faces.is_real and faces.name == "schematic faces"
        assert_holds(faces, {split: parts[split] for split in ("train", "public")})

    @pytest.mark.parametrize("damage", [lambda whole: whole[:3000], lambda whole: b"", lambda whole: b"x" * 3000])
    def test_damaged_file(self, bundled, damage):
        bundled.write_bytes(damage(bundled.read_bytes()))
        with pytest.raises(DataError, match="git checkout data/schematic_faces.npz"):
            load_schematic()

    def test_missing_file_and_unknown_split(self, bundled):
        with pytest.raises(DataError, match="unknown split 'test'"):
            load_schematic(["test"])
        bundled.unlink()
        with pytest.raises(DataError, match="git checkout"):
            load_schematic()


def test_without_twins_and_content_hash(parts):
    images, labels = parts["train"]
    assert list(without_duplicates(np.stack([images[3], 255 - images[3]]), images)) == [False, True]
    faces = [data.Faces("FER-2013", "", {"train": data.Split(*part)}).content_hash for part in
             ((images, labels), (images[::-1], labels[::-1]), (images, labels[::-1]))]
    assert faces[0] == faces[1] != faces[2]


@pytest.mark.real_data
class TestRealData:
    CLASSES = {"train": [3995, 436, 4097, 7215, 4830, 3171, 4965], "public": [467, 56, 496, 895, 653, 415, 607],
               "private": [491, 55, 528, 879, 594, 416, 626]}

    @pytest.fixture(scope="class")
    def photographs(self, tmp_path_factory):
        """FER-2013 through a cache of its own, which later tests of the class load from as well."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("FER_UTILS_CACHE", str(tmp_path_factory.mktemp("cache")))
            yield load_fer2013()

    def test_counts_of_classes(self, photographs):
        for split, counts in self.CLASSES.items():
            assert np.bincount(photographs.split(split).labels).tolist() == counts
        assert photographs.images.shape == (35887, 48, 48)

    def test_duplicates(self, photographs):
        kept = without_duplicates(photographs.private.images, photographs.train.images)
        assert kept.sum() == 3301 and len(kept) == 3589

    def test_second_load_takes_under_a_second(self, photographs):
        took = []
        for _ in range(3):
            start = time.perf_counter()
            assert len(load_faces().labels) == 35887
            took.append(time.perf_counter() - start)
        assert min(took) < 1

    def test_a_table_made_from_it_has_the_same_hash(self, photographs, tmp_path, monkeypatch):
        monkeypatch.setattr(fer2013, "FER2013_COUNTS", {"train": 0, "public": 3589, "private": 0})
        monkeypatch.setenv("FER_UTILS_CACHE", str(tmp_path / "cache"))
        path = write_csv(tmp_path / "fer2013.csv", csv_rows({"public": photographs.public}))
        assert load_fer2013(path, ["public"]).content_hash == load_fer2013(splits=["public"]).content_hash


def test_the_first_faces_are_a_part_of_training_alone():
    faces = load_schematic(("train", "public"))
    few = faces.first(30)
    np.testing.assert_array_equal(few.train.images, faces.train.images[:30])
    assert len(few.train.labels) == 30 and few.public is faces.public and few.name == faces.name
    assert few.content_hash != faces.content_hash and len(faces.train.labels) > 30
