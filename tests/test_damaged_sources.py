"""Damage to a copy of FER-2013 can neither be read in silence nor hang or end the process."""

import gzip
import io
import os
import shutil
import sys
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_data import (
    assert_holds,
    assert_refused,
    csv_rows,
    needs_deeplake,
    some_parts,
    write_csv,
    write_deeplake,
    write_folders,
)

from fer_utils import data
from fer_utils.data import DataError, fer2013, sources
from fer_utils.data.fer2013 import load_fer2013
from fer_utils.data.forms import deep_lake, table

PARTS = some_parts()
PROPERTY = settings(derandomize=True, deadline=None, max_examples=60,
                    suppress_health_check=[HealthCheck.function_scoped_fixture])


def read(path):
    """How a source that holds PARTS is read: "right", "wrong", or "refused", in one line and in time."""
    began = time.perf_counter()
    try:
        found = sources.read(sources.locate(str(path)), tuple(PARTS))
        for split, part in found.items():
            fer2013.check_part(split, *part, "copy")
    except DataError as error:
        assert len(str(error).splitlines()) == 1 and len(str(error)) < 1000
        return "refused"
    finally:
        assert time.perf_counter() - began < 5
    same = [np.array_equal(array, known) for split in PARTS for array, known in zip(found[split], PARTS[split])]
    return "right" if all(same) else "wrong"


def spoil(whole, data_of):
    """Damage bytes as disks, networks and editors do."""
    kind = data_of(st.sampled_from(["cut", "flip", "zeros", "random", "insert", "swap"]))
    place = data_of(st.integers(0, max(len(whole) - 1, 0)))
    return {"cut": lambda: whole[:place],
            "flip": lambda: whole[:place] + bytes([whole[place] ^ 1 << data_of(st.integers(0, 7))]) + whole[place + 1:],
            "zeros": lambda: whole[:place] + bytes(len(whole[place:place + 40])) + whole[place + 40:],
            "random": lambda: whole[:place] + data_of(st.binary(max_size=64)) + whole[place + 64:],
            "insert": lambda: whole[:place] + data_of(st.binary(min_size=1, max_size=8)) + whole[place:],
            "swap": lambda: whole[place:] + whole[:place]}[kind]()


def forms():
    """Each form that is one file, with its bytes."""
    text = "\n".join(["emotion,pixels,Usage", *(",".join(row) for row in csv_rows(PARTS))]).encode()
    packed, arrays = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("fer2013.csv", text)
    np.savez_compressed(arrays, **{f"{split}_{what}": array for split, part in PARTS.items()
                                   for what, array in zip(("images", "labels"), part)})
    return {"fer2013.csv": text, "fer2013.csv.gz": gzip.compress(text, 1), "fer2013.zip": packed.getvalue(),
            "fer2013.npz": arrays.getvalue()}


FORMS = forms()


@pytest.mark.parametrize("name", FORMS)
def test_undamaged_it_is_read(small, tmp_path, name):
    (tmp_path / name).write_bytes(FORMS[name])
    assert read(tmp_path / name) == "right"


@pytest.mark.parametrize("name", FORMS)
@PROPERTY
@given(chosen=st.data())
def test_damaged_it_is_refused(small, tmp_path, name, chosen):
    """Of the packed forms, checksums leave no misreading. In plain text a changed digit is another number: there the
    known faces tell (test_known_faces.py), so that here it only has to be read or refused in time."""
    (tmp_path / name).write_bytes(spoil(FORMS[name], chosen.draw))
    assert read(tmp_path / name) in ("right", "refused") or name == "fer2013.csv"


class TestBombs:
    def test_blank_lines_without_end(self, small, tmp_path):
        path = tmp_path / "fer2013.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("fer2013.csv", b"emotion,pixels,Usage\n" + b"\n" * 50_000_000)
        began = time.perf_counter()
        assert_refused(path, "empty rows")
        assert time.perf_counter() - began < 5

    def test_a_line_without_end(self, small, tmp_path):
        path = tmp_path / "fer2013.csv.gz"
        path.write_bytes(gzip.compress(b"emotion,pixels,Usage\n" + b"1" * 20_000_000, 1))
        assert_refused(path, "a line of 20,000 characters or more")

    def test_rows_without_end(self, small, tmp_path, monkeypatch):
        monkeypatch.setattr(table, "MOST_ROWS", 20)
        assert_refused(write_csv(tmp_path / "fer2013.csv", csv_rows(PARTS)), "more than 20 rows")

    def test_arrays_that_fill_the_memory(self, small, tmp_path):
        path = tmp_path / "fer2013.npz"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            with archive.open("images.npy", "w", force_zip64=True) as file:
                for _ in range(1100):
                    file.write(bytes(2**20))
        assert_refused(path, "unpacks to 1.2 GB")

    def test_pickled_objects_are_not_run(self, small, tmp_path):
        np.savez(tmp_path / "fer2013.npz", train_images=np.array([{}], object), train_labels=np.zeros(1))
        assert_refused(tmp_path / "fer2013.npz", "cannot be read", splits=["train"])


class TestPaths:
    @pytest.mark.parametrize("name", ["~nosuchuser/fer2013.csv", "a\0b", "x" * 5000])
    def test_what_cannot_be_a_path(self, small, name):
        assert_refused(name, "cannot be a path")

    def test_links_in_a_circle(self, small, tmp_path):
        (tmp_path / "a").symlink_to(tmp_path / "b")
        (tmp_path / "b").symlink_to(tmp_path / "a")
        assert_refused(tmp_path / "a", str(tmp_path / "a"))

    def test_a_pipe(self, small, tmp_path):
        os.mkfifo(tmp_path / "fer2013.csv")
        assert_refused(tmp_path / "fer2013.csv", "pipe")

    @pytest.mark.parametrize("quote", ["'", '"'])
    def test_quotes_in_the_variable(self, small, tmp_path, monkeypatch, quote):
        path = write_csv(tmp_path / "fer2013.csv", csv_rows(PARTS))
        monkeypatch.setenv("FER2013_SOURCE", f"{quote}{path}{quote}")
        assert_holds(load_fer2013(), PARTS)

    def test_a_folder_named_like_the_table_and_one_folder_down(self, small, tmp_path):
        (tmp_path / "fer2013.csv").mkdir()
        write_csv(tmp_path / "fer2013.csv" / "fer2013.csv", csv_rows(PARTS))
        assert_holds(load_fer2013(tmp_path / "fer2013.csv"), PARTS)
        assert_holds(load_fer2013(tmp_path), PARTS)
        (tmp_path / "other").mkdir()
        write_csv(tmp_path / "other" / "fer2013.csv", csv_rows(PARTS))
        with pytest.raises(DataError, match="several copies"):
            load_fer2013(tmp_path)

    def test_control_characters_in_names_are_escaped(self, small, tmp_path):
        with zipfile.ZipFile(tmp_path / "fer2013.zip", "w") as archive:
            archive.writestr("a\x1b[31m\n.csv", "x")
            archive.writestr("b.csv", "x")
        message = assert_refused(tmp_path / "fer2013.zip", "\\x1b[31m")
        assert "\x1b" not in message and "\n" not in message


class TestResaved:
    """Tables that other programs have saved, as long as nothing is lost."""

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
    @pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
    def test_separators_encodings_and_empty_rows(self, small, tmp_path, encoding, separator):
        rows = [[label, f'"{pixels}"', usage.upper()] for label, pixels, usage in csv_rows(PARTS)]
        lines = [separator.join(row) for row in [["Emotion", "pixels", "USAGE"], *rows]] + [separator * 2, "", " "]
        (tmp_path / "fer2013.csv").write_bytes("\r\n".join(lines).encode(encoding))
        assert_holds(load_fer2013(tmp_path), PARTS)

    def test_numbers_with_a_point_are_called_re_saved(self, small, tmp_path):
        rows = csv_rows(PARTS)
        rows[4][0] += ".0"
        assert_refused(write_csv(tmp_path / "fer2013.csv", rows), "row 6", "re-saved")


class TestFoldersAndArrays:
    def test_parts_under_their_names_and_classes_under_others(self, small, tmp_path):
        folder = write_folders(tmp_path / "kaggle", PARTS)
        for usage, part in (("Training", "train"), ("PublicTest", "test"), ("PrivateTest", "test")):
            for path in list((folder / part).rglob(f"{usage}_*")):
                names = {"angry": "Angry ", "disgust": "disgusted", "sad": "4"}
                home = tmp_path / "parts" / usage / names.get(path.parent.name, path.parent.name)
                home.mkdir(parents=True, exist_ok=True)
                path.rename(home / path.name.partition("_")[2])
        assert_holds(load_fer2013(tmp_path / "parts"), PARTS)

    def test_another_class_is_not_called_left_over(self, small, tmp_path):
        folder = write_folders(tmp_path / "kaggle", PARTS)
        (folder / "train" / "contempt").mkdir()
        assert "remove" not in assert_refused(folder, "contempt", "not a class of FER-2013", "Rename")

    @pytest.mark.parametrize("usage", ["numbers", "names"])
    def test_images_labels_and_usage(self, small, tmp_path, usage):
        names = ["Training", "PublicTest", "PrivateTest"]
        values = np.repeat(range(3) if usage == "numbers" else names, [len(part[1]) for part in PARTS.values()])
        images, labels = (np.concatenate([part[what] for part in PARTS.values()]) for what in (0, 1))
        np.savez(tmp_path / "any.npz", usage=values, images=images[..., None], labels=labels)
        assert_holds(load_fer2013(tmp_path / "any.npz"), PARTS)

    def test_arrays_that_do_not_fit(self, small, tmp_path):
        np.savez(tmp_path / "a.npz", usage=np.zeros(3), images=np.zeros((3, 48, 48), np.uint8), labels=np.zeros(2, int))
        assert_refused(tmp_path / "a.npz", "3 images, 2 labels and 3 usages")
        np.savez(tmp_path / "b.npz", faces=np.zeros(3))
        assert_refused(tmp_path / "b.npz", "no array train_images; it has faces")


class TestCacheAfterAKill:
    def test_what_a_killed_writer_left_is_removed(self, small, tmp_path):
        path = write_csv(tmp_path / "fer2013.csv", csv_rows(PARTS))
        load_fer2013(path, ["train"])
        entry, = data.cache_folder().iterdir()
        left = entry / "public.npz.999999999-00c0ffee.tmp"
        left.write_bytes(b"half")
        mine = entry / f"public.npz.{os.getpid()}-00c0ffee.tmp"
        mine.write_bytes(b"another thread is at it")
        load_fer2013(path)
        assert not left.exists() and mine.exists()

    def test_a_dead_newer_copy_hides_no_older_one(self, small, tmp_path):
        path = write_csv(tmp_path / "fer2013.csv", csv_rows(PARTS))
        load_fer2013(path)
        path.unlink()
        for name, about in (("dead", '{"source": "/nowhere", "checked": 2}'), ("cut", "{"), ("list", "[]")):
            (data.cache_folder() / name).mkdir()
            (data.cache_folder() / name / "source.json").write_text(about)
            os.utime(data.cache_folder() / name / "source.json", (2e9, 2e9))
        np.savez(data.cache_folder() / "dead" / "train.npz", images=PARTS["train"][0], labels=PARTS["train"][1])
        assert_holds(load_fer2013(), PARTS)

    def test_copies_of_earlier_states_make_room(self, small, tmp_path):
        path = write_csv(tmp_path / "fer2013.csv", csv_rows(PARTS))
        load_fer2013(path)
        os.utime(path, (1, 1))
        load_fer2013(path)
        assert len(list(data.cache_folder().iterdir())) == 1

    def test_copies_that_were_never_compared_are_not_trusted(self, small, tmp_path):
        path = write_csv(tmp_path / "fer2013.csv", csv_rows(PARTS))
        load_fer2013(path)
        about, = data.cache_folder().glob("*/source.json")
        about.write_text(f'{{"source": "{path}"}}')
        assert fer2013.is_at_hand(), "drawings do not take their place without a word"
        with pytest.raises(DataError, match="earlier version.*name its source again"):
            load_fer2013()
        assert_holds(load_fer2013(path), PARTS)


class TestStamp:
    def test_a_file_deep_inside_counts(self, small, tmp_path):
        folder = write_folders(tmp_path / "kaggle", PARTS)
        load_fer2013(folder)
        victim = next((folder / "train").rglob("*.png"))
        whole, state = victim.read_bytes(), victim.stat()
        victim.write_bytes(b"damaged")
        with pytest.raises(DataError, match=victim.name):
            load_fer2013(folder)
        victim.write_bytes(whole)
        os.utime(victim, ns=(state.st_atime_ns, state.st_mtime_ns))
        assert_holds(load_fer2013(folder), PARTS)


def reader_does(monkeypatch, tmp_path, script):
    """Have lines of shell run in place of the Python that reads Deep Lake; "$4" is the folder it writes to."""
    program = tmp_path / "reader"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setattr(deep_lake.sys, "executable", str(program))


@needs_deeplake
class TestDeepLake:
    def test_a_process_that_breaks_off_or_does_not_end(self, small, tmp_path, monkeypatch):
        folder = write_deeplake(tmp_path / "lake", PARTS)
        monkeypatch.setattr(deep_lake.sys, "executable", "false")
        assert_refused(folder, "the reader broke off", "copy it again")
        reader_does(monkeypatch, tmp_path, "exec sleep 60")
        with monkeypatch.context() as patched:
            patched.setattr(deep_lake, "START_LIMIT", 0.3)
            assert_refused(folder, "Deep Lake did not start within 0.3 seconds", "machine does less")
        reader_does(monkeypatch, tmp_path, 'touch "$4/begun"\nexec sleep 60')
        with monkeypatch.context() as patched:
            patched.setattr(deep_lake, "LOCAL_LIMIT", 0.3)
            assert_refused(folder, "came to a stop and was ended", "copy it again")
        if sys.platform == "linux":
            monkeypatch.setattr(deep_lake, "IDLE_LIMIT", 0.3)
            start = time.monotonic()
            assert_refused(folder, "came to a stop and was ended", "copy it again")
            assert time.monotonic() - start < deep_lake.LOCAL_LIMIT / 2
        monkeypatch.setattr(deep_lake, "_activity", lambda process: (True, 7))  # a disk that never answers
        monkeypatch.setattr(deep_lake, "START_LIMIT", 0.3)
        monkeypatch.setattr(deep_lake, "LOCAL_LIMIT", 0.3)
        assert_refused(folder, "came to a stop and was ended", "copy it again")

    def test_waiting_for_a_disk_is_no_damage(self, small, tmp_path, monkeypatch):
        folder = write_deeplake(tmp_path / "lake", PARTS)
        reader_does(monkeypatch, tmp_path, f'touch "$4/begun"\nsleep 1.5\nexec {sys.executable} "$@"')
        monkeypatch.setattr(deep_lake, "LOCAL_LIMIT", 1)
        monkeypatch.setattr(deep_lake, "IDLE_LIMIT", 1)
        assert_refused(folder, "came to a stop and was ended")
        monkeypatch.setattr(deep_lake, "_activity", lambda process: (True, 7))
        assert_holds(load_fer2013(folder), PARTS)

    def test_a_machine_that_is_slow_to_start_is_no_damage(self, small, tmp_path, monkeypatch):
        """A disk that is busy with something else once made a whole dataset "damaged"."""
        folder = write_deeplake(tmp_path / "lake", PARTS)
        reader_does(monkeypatch, tmp_path, f'sleep 1.5\nexec {sys.executable} "$@"')
        monkeypatch.setattr(deep_lake, "IDLE_LIMIT", 1)
        assert_holds(load_fer2013(folder), PARTS)

    def test_a_complaint_is_an_error(self, small, tmp_path, monkeypatch):
        folder = write_deeplake(tmp_path / "lake", PARTS)
        reader_does(monkeypatch, tmp_path, "echo 'libpng error: IDAT: CRC error' >&2")
        assert_refused(folder, "libpng error: IDAT: CRC error")


@pytest.mark.real_data
@needs_deeplake
class TestRealDeepLake:
    @pytest.fixture
    def lake(self, tmp_path, monkeypatch):
        """A copy of PublicTest that may be damaged."""
        monkeypatch.setenv("FER_UTILS_CACHE", str(tmp_path / "cache"))
        source = Path(os.environ["FER2013_SOURCE"]) / "fer2013-public-test"
        if not source.is_dir():
            pytest.skip("FER2013_SOURCE does not name Deep Lake datasets")
        shutil.copytree(source, tmp_path / "lake" / source.name, copy_function=shutil.copyfile)
        return tmp_path / "lake"

    @pytest.mark.parametrize("what", ["images", "labels"])
    @pytest.mark.parametrize("damage", ["cut", "a tenth", "flip", "missing", "empty", "zeroed", "pipe"])
    def test_a_damaged_chunk(self, lake, what, damage):
        chunk = next((lake / "fer2013-public-test" / what / "chunks").iterdir())
        whole = chunk.read_bytes()
        place = 2 * len(whole) // 3 // 4 * 4 + 1
        spoiled = {"cut": whole[:100_000 if what == "images" else 5000], "a tenth": whole[:len(whole) * 9 // 10],
                   "flip": whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1:], "empty": b"",
                   "zeroed": bytes(len(whole))}
        chunk.unlink()
        if damage == "pipe":
            os.mkfifo(chunk)
        elif damage != "missing":
            chunk.write_bytes(spoiled[damage])
        began = time.perf_counter()
        assert_refused(lake, str(lake), splits=["public"])
        assert time.perf_counter() - began < 5
        chunk.unlink(missing_ok=True)
        chunk.write_bytes(whole)
        assert len(load_fer2013(lake, ["public"]).public.labels) == 3589

