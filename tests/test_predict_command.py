"""`python -m fer_utils predict`: pictures and folders, tables, whole faces, and one sentence for what goes wrong."""

import csv
import io
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fer_utils.__main__ import COMMANDS, main, parser
from fer_utils.data.photographs import example_photograph
from fer_utils.evaluation import prediction
from fer_utils.labels import EMOTIONS

ROOT = Path(__file__).resolve().parent.parent
PORTRAIT = Image.fromarray(example_photograph())


@pytest.fixture
def album(tmp_path, monkeypatch):
    """A folder with two portraits, a picture without a face, a damaged one, and what is no picture."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "album"
    (folder / "inside").mkdir(parents=True)
    PORTRAIT.save(folder / "b.png")
    PORTRAIT.convert("L").save(folder / "a.jpg", quality=95)
    PORTRAIT.save(folder / "inside" / "deep.png")
    Image.new("RGB", (300, 200)).save(folder / "black.bmp")
    (folder / "notes.txt").write_text("no picture")
    (folder / ".hidden.jpg").write_text("no picture")
    (folder / "broken.jpg").write_bytes((folder / "a.jpg").read_bytes()[:4000])
    return folder


def call(capsys, *arguments):
    """Exit status, standard output, lines of standard error."""
    capsys.readouterr()
    status = main(["predict", *map(str, arguments)])
    said = capsys.readouterr()
    return status, said.out, said.err.splitlines()


def test_a_folder_gives_a_list_and_names_what_it_cannot_read(capsys, album):
    status, out, err = call(capsys, "album", "--json")
    assert status == 2 and len(out.splitlines()) == 1
    result = json.loads(out)
    assert [Path(one["image"]).name for one in result] == ["a.jpg", "b.png", "black.bmp"]
    assert [len(one["faces"]) for one in result] == [1, 1, 0]
    assert all(set(one) == {"image", "network", "faces"} for one in result)
    broken, black, last = err
    assert "black.bmp: No upright frontal face found" in black or "black.bmp: No upright" in broken
    assert any("broken.jpg cannot be read" in line for line in err[:2])
    assert last == "fer_utils: 1 of 4 pictures could not be read, as said above."


def test_several_pictures_for_people(capsys, album):
    status, out, err = call(capsys, "album/b.png", "album/absent.jpg", "album/a.jpg")
    lines = out.splitlines()
    assert status == 2 and len(lines) == 18
    assert lines[0] == "album/b.png: 1 face" and lines[9] == "album/a.jpg: 1 face" and ", score 0.9" in lines[1]
    assert len(err) == 2 and "absent.jpg" in err[0]


def test_one_picture_keeps_its_shape(capsys, album):
    status, out, err = call(capsys, "album/b.png", "--json")
    result = json.loads(out)
    assert status == 0 and err == [] and result["image"] == "album/b.png"
    face, = result["faces"]
    assert set(face) == {"box", "score", "detector", "emotion", "probabilities"}
    assert face["detector"] == "blazeface" and 0.9 < face["score"] <= 1
    status, out, err = call(capsys, "album/broken.jpg", "--json")
    assert status == 2 and out == "" and len(err) == 1


def test_a_table_has_a_row_a_face(capsys, album, tmp_path):
    for path in ("album/broken.jpg", "album/inside/deep.png"):
        os.remove(path)
    status, out, err = call(capsys, "album", "--csv", "faces.csv")
    assert status == 0 and "2 faces of 3 pictures" in out and len(err) == 1 and "black.bmp" in err[0]
    with open("faces.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["image", "row", "column", "height", "width", "score", "detector", "emotion", *EMOTIONS]
    assert [Path(row["image"]).name for row in rows] == ["a.jpg", "b.png"]
    _, out, _ = call(capsys, "album/b.png", "--json")
    face, = json.loads(out)["faces"]
    assert [int(rows[1][name]) for name in ("row", "column", "height", "width")] == face["box"]
    assert float(rows[1]["score"]) == face["score"] and rows[1]["detector"] == face["detector"]
    assert rows[1]["emotion"] == face["emotion"]
    assert [float(rows[1][name]) for name in EMOTIONS] == pytest.approx(list(face["probabilities"].values()), abs=1e-5)
    assert list(tmp_path.glob("*.tmp")) == []


def test_a_table_takes_no_formulas_and_no_other_files_place(capsys, album):
    os.chdir(album)
    os.remove("broken.jpg")
    os.remove("black.bmp")
    strange = ["=cmd().png", "+1.png", "-1.png", "@x.png", "two\nlines.png", "comma,\"quote\".png", "blick\udcff.png"]
    for name in strange:
        PORTRAIT.save(name)
    status, out, err = call(capsys, ".", "--csv", "t.csv", "--whole")
    assert status == 0 and err == []
    with open("t.csv", encoding="utf-8", newline="") as file:
        names = [row["image"] for row in csv.DictReader(file)]
    assert len(names) == 2 + len(strange) and not any(name[0] in "=+-@" for name in names)
    status, _, _ = call(capsys, "--csv", "t.csv", "--whole", "--", "=cmd().png", "-1.png")
    with open("t.csv", encoding="utf-8", newline="") as file:
        assert [row["image"] for row in csv.DictReader(file)] == ["./=cmd().png", "./-1.png"]
    before = Path("a.jpg").read_bytes()
    for target, words in (("a.jpg", "does not end in .csv"), ("absent/t.csv", "no folder"), ("inside", ".csv")):
        status, out, err = call(capsys, "b.png", "--csv", target)
        assert status == 2 and out == "" and len(err) == 1 and words in err[0]
    assert Path("a.jpg").read_bytes() == before
    Path("mine.csv").write_text("my,own\n1,2\n")
    os.mkfifo("pipe.csv")
    for target, words in (("mine.csv", "no table of faces"), ("pipe.csv", "a pipe")):
        status, out, err = call(capsys, "b.png", "--csv", target)
        assert status == 2 and len(err) == 1 and words in err[0] and Path(target).exists()
    assert Path("mine.csv").read_text() == "my,own\n1,2\n"
    status, out, err = call(capsys, "two\nlines.png", "blick\udcff.png")
    assert status == 0 and "two lines.png: 1 face" in out and "blick\\udcff.png: 1 face" in out


def test_a_blank_picture_is_no_angry_face(capsys, album):
    status, out, err = call(capsys, str(album / "black.bmp"), "--whole")
    assert status == 2 and out == "" and "the picture is blank" in err[0]
    status, _, err = call(capsys, str(album), "--whole")
    assert status == 2 and sum("the picture is blank" in line for line in err) == 1


def test_whole_faces_and_small_ones(capsys, tmp_path):
    gray = np.asarray(PORTRAIT.convert("L"))[60:170, 165:275]
    Image.fromarray(gray).resize((48, 48)).save(tmp_path / "crop.png")
    status, out, _ = call(capsys, tmp_path / "crop.png")
    assert status == 0 and "48 x 48 pixels, and the smallest face looked for has 24" in out and "--whole" in out
    status, out, _ = call(capsys, tmp_path / "crop.png", "--whole", "--json")
    face, = json.loads(out)["faces"]
    assert status == 0 and face["box"] == [0, 0, 48, 48] and face["score"] is None
    group = Image.new("RGB", (1600, 900), (128, 128, 128))
    group.paste(PORTRAIT.resize((160, 160), Image.Resampling.LANCZOS), (900, 500))
    group.save(tmp_path / "group.png")
    status, out, _ = call(capsys, tmp_path / "group.png")
    assert status == 0 and "faces of fewer than 62 pixels were not looked for" in out and "--smallest 31" in out
    status, out, _ = call(capsys, tmp_path / "group.png", "--smallest", "25", "--json")
    assert len(json.loads(out)["faces"]) == 1


@pytest.mark.parametrize("options, words", [
    (["--smallest", "10"], "needs 24 or more"), (["--whole", "--smallest", "30"], "leave one of them out"),
    (["--max-side", "79"], "side of 79 pixels; name a number of at least 80"),
    (["--whole", "--max-side", "500"], "--whole looks for no faces, --max-side says how to look"),
    (["--network", "absent.tflite"], r"there is no file .*absent\.tflite. Correct the path\.$"),
    (["--network", __file__.removesuffix(".py") + ".tflite"], "there is no file"),
    (["--network", "alexnet"], "squeezenet-fer-deep, squeezenet-fer-micro, squeezenet-fer-tiny, squeezenet-mini"),
    (["--network", "vgg16"], "squeezenet-fer-deep, squeezenet-fer-micro, squeezenet-fer-tiny, squeezenet-mini"),
    (["empty"], "holds no pictures.*Folders inside"), (["~nosuchuser/x.png"], "cannot be a path"),
    (["--network", "~nosuchuser"], ""),
])
def test_slips_are_one_line(capsys, tmp_path, monkeypatch, options, words):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty" / "inside").mkdir(parents=True)
    status, out, err = call(capsys, *options)
    assert status == 2 and out == "" and len(err) == 1 and re.search(words, err[0])


def test_home_is_understood(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    PORTRAIT.save(tmp_path / "me.png")
    for name in ("~/me.png", "~"):
        status, out, _ = call(capsys, name)
        assert status == 0 and "at row" in out


def test_the_erratum_of_a_run_shows_where_it_answers(capsys, monkeypatch):
    """Run by its own name or its network's; a file and a run without one have none."""
    from fer_utils.commands import predict
    from fer_utils.evaluation.results import load_run

    for name in ("vgg8-comparison-s0", "vgg8"):
        assert predict._erratum(name) == load_run("vgg8-comparison-s0")["erratum"]
    for name in ("squeezenet-fer-deep", "mine.keras", "a/folder"):
        assert predict._erratum(name) is None
    monkeypatch.setattr(predict, "_erratum", lambda network: "drawn\namiss")
    assert call(capsys, "--json")[2] == ["fer_utils: erratum of squeezenet-fer-deep: drawn amiss"]


def test_a_network_of_drawn_faces_is_warned_of_once(capsys, album):
    _, out, err = call(capsys, "album/a.jpg", "album/b.png", "--network", "squeezenet-mini", "--json")
    assert err == ["fer_utils: squeezenet-mini was trained on drawn faces: what it says about a photograph means "
                   "nothing."]
    assert len(json.loads(out)) == 2
    (album / "run").mkdir()
    (album / "run" / "run.json").write_text('{"model": "squeezenet-mini", "data": {"name": "schematic faces"}}')
    assert prediction.drawn_alone(str(album / "run")) and not prediction.drawn_alone("squeezenet-fer-deep")
    assert not prediction.drawn_alone(str(album)) and not prediction.drawn_alone("mine.keras")


def test_no_option_that_names_something_takes_nothing(capsys):
    """`predict "$IMAGE"` where IMAGE is not set must not answer about something else."""
    tried = 0
    for command in COMMANDS:
        own = next(iter(parser()._subparsers._group_actions)).choices[command]
        for action in own._actions:
            if action.nargs == 0 or action.type in (int, float) or action.choices or action.dest == "help":
                continue
            where = [action.option_strings[0], ""] if action.option_strings else [""]
            with pytest.raises(SystemExit) as end:
                own.parse_args(where)
            assert end.value.code == 2, (command, action.dest)
            tried += 1
    assert tried >= 15 and "the name is empty" in capsys.readouterr().err


@pytest.mark.parametrize("damage", ["cut", "flipped", "noise", "postscript", "pipe", "large"])
def test_a_real_process_ends_with_one_line(tmp_path, damage):
    path, file = tmp_path / "face.jpg", io.BytesIO()
    PORTRAIT.save(file, "PNG")
    content = bytearray(file.getvalue())
    content[9000] ^= 4
    if damage == "pipe":
        os.mkfifo(path)
    else:
        path.write_bytes({"cut": content[:9000], "flipped": content, "noise": os.urandom(3000),
                          "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\nshowpage\n",
                          "large": b"P6 20000 10000 255\n"}[damage])
    done = subprocess.run([sys.executable, "-m", "fer_utils", "predict", str(path)], capture_output=True, text=True,
                          timeout=30, cwd=Path(__file__).resolve().parent.parent)
    assert done.returncode == 2 and done.stdout == "" and len(done.stderr.splitlines()) == 1, done.stderr
    assert done.stderr.startswith("fer_utils: ") and "face.jpg" in done.stderr


# From shell to answer


@pytest.mark.skipif(sys.platform != "linux", reason="how much memory a process took is read as Linux tells it")
def test_the_answer_comes_at_once_and_takes_little_memory():
    """Measured with two cores at hand: 0.4 s and 67 MB; the bounds leave room for a busy machine."""
    code = ("import sys\n"
            "from fer_utils.__main__ import main\n"
            "status = main(['predict', '--json'])\n"
            "peak, = (line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM'))\n"
            "print(status, peak, *(name for name in ('keras', 'tensorflow', 'skimage', 'scipy', 'sklearn')\n"
            "                      if name in sys.modules))")
    begin = time.monotonic()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, cwd=ROOT)
    seconds = time.monotonic() - begin
    answer, said = done.stdout.splitlines()
    status, kilobytes, *woken = said.split()
    assert done.stderr == "" and status == "0" and woken == []
    face, = json.loads(answer)["faces"]
    assert face["emotion"] == "happiness" and face["detector"] == "blazeface" and 0.9 < face["score"] <= 1
    assert seconds < 5 and 20_000 < int(kilobytes) < 200_000


def test_who_is_asked_by_name_and_by_file(capsys, tmp_path):
    from fer_utils.edge.litert import shipped_export

    (tmp_path / "mine.tflite").write_bytes(shipped_export("squeezenet-fer-tiny").read_bytes())
    said = {}
    for name in ("squeezenet-fer-deep", "squeezenet-fer-tiny", str(tmp_path / "mine.tflite")):
        status, out, err = call(capsys, "--network", name, "--json")
        result = json.loads(out)
        assert status == 0 and err == [] and result["network"] == name
        said[name], = result["faces"]
    deep, tiny, own = said.values()
    assert tiny == own != deep and deep["box"] == own["box"]
    status, out, _ = call(capsys, "--json")
    assert json.loads(out)["faces"] == [deep]


def test_a_picture_that_is_shrunk_less_shows_smaller_faces(capsys, tmp_path):
    group = Image.new("RGB", (1600, 900), (128, 128, 128))
    group.paste(PORTRAIT.resize((240, 240), Image.Resampling.LANCZOS), (900, 500))  # a face of 52 pixels
    group.save(tmp_path / "group.png")
    found = [len(json.loads(call(capsys, tmp_path / "group.png", "--json", "--max-side", side)[1])["faces"])
             for side in (800, 1600)]
    assert found == [0, 1]


def test_people_are_told_how_sure_the_detector_is(capsys, monkeypatch):
    _, out, _ = call(capsys)
    assert re.search(r"pixels, score (0\.9\d|1\.00)$", out.splitlines()[0])
    _, out, _ = call(capsys, "--whole")
    assert out.splitlines()[0].endswith("512x512 pixels")
    monkeypatch.setattr("fer_utils.data.detectors.best_detector", lambda: "cascade")
    _, out, _ = call(capsys)
    assert re.search(r"pixels, \d+ windows agree$", out.splitlines()[0])
