"""The command `benchmark`: its record, the processes that it asks, peers that fail, and the recorded figures."""

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from fer_utils.__main__ import main
from fer_utils.edge import benchmark as bench
from fer_utils.edge import peers
from fer_utils.edge.benchmark import BENCHMARK_RECORD, Form, benchmark, empty_row, measure, recorded_scores, summary
from fer_utils.edge.peers.answering import seconds_of_each
from fer_utils.edge.programs import Program, ProgramError, peak_bytes, thread_variables
from fer_utils.files import FileError
from fer_utils.labels import EMOTIONS
from fer_utils.networks.weights import shipped_weights
from fer_utils.schema import misfit

SERVED = """
import sys
sys.path.insert(0, {folder!r})
from answering import serve
import numpy as np
def start():
    print("a library chats")
    return lambda faces: np.full((len(faces), 7), 1 / 7)
serve(start, {faces!r}, classes={classes!r}, versions={{"mine": "1"}}, parameters=lambda: 12)
"""


@pytest.fixture
def faces_file(tmp_path):
    path = tmp_path / "faces.npy"
    np.save(path, np.random.default_rng(0).integers(0, 256, (70, 48, 48), np.uint8))
    return path


@pytest.fixture
def served(faces_file):
    """A command that answers every face with seven equal probabilities, its classes in the other order."""
    return [sys.executable, "-c", SERVED.format(folder=str(peers.PROGRAMS), faces=str(faces_file),
                                                classes=EMOTIONS[::-1])]


# The clock

def test_seconds_of_each_call_by_a_fake_clock():
    ticks = iter([0.0, 0.5, 2.0, 2.25, 10.0, 14.0])
    asked = []
    seconds = seconds_of_each(lambda faces: asked.append(faces.tolist()), np.arange(5), [4, 0, 2], lambda: next(ticks))
    assert seconds == [0.5, 0.25, 4.0] and asked == [[4], [0], [2]]


def test_median_and_percentile():
    found = summary([0.001 * n for n in range(1, 101)], [{"seconds": 2.0, "faces": 64}, {"seconds": 1.0, "faces": 64},
                                                         {"seconds": 4.0, "faces": 64}])
    assert found["calls"] == 100 and found["median_ms"] == pytest.approx(50.5)
    assert found["p95_ms"] == pytest.approx(95.05) and found["faces_a_second"] == 32
    assert summary([0.25])["median_ms"] == summary([0.25])["p95_ms"] == 250
    assert summary([0.25])["faces_a_second"] is None


# Programs under test

def test_a_program_answers(served, tmp_path):
    with Program(served) as program:
        assert program.ready["classes"] == list(EMOTIONS[::-1]) and program.ready["parameters"] == 12
        assert program.ready["answer"] == pytest.approx([1 / 7] * 7) and program.ready["versions"] == {"mine": "1"}
        assert 0 < program.cold_start < 60
        assert program.peak_bytes is None or 5e6 < program.peak_bytes < 1e9
        assert len(program.ask(time=[3, 4, 5])["seconds"]) == 3
        assert program.ask(batch=64)["faces"] == 64
        assert program.ask(answers=str(tmp_path / "a"))["faces"] == 70
    assert np.fromfile(tmp_path / "a", np.float32).reshape(70, 7) == pytest.approx(1 / 7)


def test_cold_start_by_a_fake_clock(served):
    ticks = iter([100.0, 103.5])
    with Program(served, clock=lambda: next(ticks)) as program:
        assert program.cold_start == 3.5


@pytest.mark.parametrize("code, says", [
    ("raise ValueError('no weights here')", "no weights here"),
    ("print('hello')", "'hello', which is no answer"),
    ("print('[1]')", "no answer"),
    ("pass", "it said nothing"),
])
def test_a_program_that_fails_says_why(code, says):
    with pytest.raises(ProgramError, match=says):
        Program([sys.executable, "-c", code])


def test_a_program_that_is_not_there():
    with pytest.raises(ProgramError, match="no-such-program cannot be started"):
        Program(["/no-such-folder/no-such-program"])


def test_a_program_that_ends_later_and_one_that_is_silent(served, monkeypatch):
    with Program(served) as program:
        with pytest.raises(ProgramError, match="IndexError|list|error|it ended"):
            program.ask(time=["none"])
    monkeypatch.setattr("fer_utils.edge.programs.START_SECONDS", 0.2)
    with pytest.raises(ProgramError, match="did not answer within"):
        Program([sys.executable, "-c", "import time; time.sleep(60)"])


def test_memory_is_of_the_process_alone():
    held = np.ones(int(3e8), np.uint8)  # what this process holds is not counted for the one that it starts
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        found = peak_bytes(process.pid)
        process.communicate(b"\n")
    assert held.all() and (found is None or found < 1e8)
    assert peak_bytes(2**22 + 1) is None


def test_threads_are_told_to_all_libraries():
    assert {"OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS"} <= set(thread_variables(3))
    assert thread_variables(3)["OMP_NUM_THREADS"] == "3"


# Measuring

def test_a_broken_form_does_not_stop_the_others(served, monkeypatch):
    monkeypatch.setattr(bench, "COLD_STARTS", 1)
    unnamed = [*served[:2], served[2].replace(EMOTIONS[0], "rage")]
    fails = [sys.executable, "-c", "raise ImportError('no such library')"]
    forms = [Form(empty_row(name, "peer", False), command)
             for name, command in (("works", served), ("broken", fails), ("other", unnamed))]
    measure(forms, 25, threads=1)
    works, broken, other = (form.row for form in forms)
    assert works["failed"] is None and works["calls"] == 25 and works["parameters"] == 12
    assert 0 < works["median_ms"] <= works["p95_ms"] and works["faces_a_second"] > 0 and works["cold_start"] > 0
    assert works["versions"] == {"mine": "1"}
    assert "no such library" in broken["failed"] and broken["median_ms"] is None and broken["cold_start"] is None
    assert "which class is which" in other["failed"]


def test_every_form_has_its_turn_in_every_round(monkeypatch):
    """In turns, so that a busy moment falls on all alike, and not always in one order."""
    asked = []

    class Fake:
        cold_start, peak_bytes, ready = 1.0, 1000, {"classes": EMOTIONS}

        def __init__(self, command, *_):
            self.name = command[0]

        def ask(self, **wanted):
            if len(wanted.get("time", [])) > 1:
                asked.append(self.name)
            return {"seconds": [0.001] * len(wanted["time"])} if "time" in wanted else {"seconds": 1.0, "faces": 64}

        def close(self):
            pass

    monkeypatch.setattr("fer_utils.edge.programs.Program", Fake)
    forms = [Form(empty_row(name, "peer", False), [name]) for name in "abc"]
    measure(forms, 100, threads=1)
    turns = ["".join(asked[start:start + 3]) for start in range(3, len(asked), 3)]  # after the warm-up
    assert len(turns) == 10 and all(sorted(turn) == list("abc") for turn in turns) and len(set(turns)) > 1
    assert all(form.row["calls"] == 100 and form.row["median_ms"] == 1 and form.row["faces_a_second"] == 64
               for form in forms)


@pytest.fixture
def quick(monkeypatch, own_cache):
    """One start, few faces, the bundled drawings."""
    monkeypatch.setattr(bench, "COLD_STARTS", 1)
    monkeypatch.setattr(bench, "BATCHES", 1)


@pytest.fixture
def no_picture(monkeypatch):
    monkeypatch.setattr(bench, "read_pictures", lambda *_: [])


def test_benchmark_of_the_mini_network(quick, no_picture, capfd):
    assert main(["benchmark", "squeezenet-mini", "--faces", "12", "--json"]) == 0
    record = json.loads(capfd.readouterr().out)
    assert misfit(record, BENCHMARK_RECORD) is None
    keras, litert, in_bytes = record["rows"]
    assert [row["form"] for row in record["rows"]] == ["keras", "litert", "litert-int8"]
    assert not any(row["failed"] for row in record["rows"]) and in_bytes["file_bytes"] < keras["file_bytes"]
    assert in_bytes["accuracy"] == recorded_scores("squeezenet-mini", exported=True)["accuracy"]
    assert record["faces"]["name"] == "schematic faces" and record["faces"]["count"] == 12 and record["threads"] == 1
    for row in (keras, litert):
        assert row["calls"] == 12 and 0 < row["median_ms"] <= row["p95_ms"] and row["cold_start"] > 0
        assert row["multiply_adds"] == 910_752 and row["trained_on"] == "schematic faces"
        assert row["accuracy"] == recorded_scores("squeezenet-mini")["accuracy"]
    assert keras["parameters"] == 24_143 > litert["parameters"] and "keras" in keras["versions"]
    assert keras["file_bytes"] == shipped_weights("squeezenet-mini-quick-s0").stat().st_size
    assert litert["median_ms"] < keras["median_ms"] and litert["cold_start"] < keras["cold_start"]
    assert "tensorflow" not in litert["versions"] and "keras" not in litert["versions"]
    from fer_utils.commands.benchmark import print_record

    keras["failed"] = "it ended (no such thing)"
    litert["micro"] = {"flash_bytes": 1024 * 430, "arena_bytes": {"total": 1024 * 195}, "faces": 200, "alike": 0.99,
                      "accuracy": 0.7}
    record["pictures"] = [{"name": "a", "failed": None, "seconds": 0.25, "peak_bytes": None, "faces": 1,
                           "emotion": "happiness"}, {"name": "b", "failed": "not here"}]
    print_record(record)
    said = capfd.readouterr().out
    # The row that failed says so in place of its costs; the others have the 0.91 million multiply-adds as "0.9".
    [failed] = [line.split() for line in said.splitlines() if "it ended (no such thing)" in line]
    [measured] = [line.split() for line in said.splitlines() if line.split()[1:2] == ["litert"]]
    assert "0.9" not in failed and "0.9" in measured and not {"910752", "910,752"} & set(measured)
    assert "430 KiB of flash, 195 KiB of RAM; of 200 faces it names 70.0% as labelled, 99.0% as LiteRT" in said
    assert "1, happiness" in said and "not here" in said and max(map(len, said.splitlines())) <= 150


def test_what_a_microcontroller_would_need(monkeypatch):
    asked = []
    module = SimpleNamespace(measure=lambda path, faces, labels: asked.append((path.name, faces, labels)) or {"x": 1})
    monkeypatch.setitem(sys.modules, "fer_utils.edge.micro", module)
    forms = [Form(empty_row("a", form, True), file=Path("a.tflite")) for form in ("keras", "litert", "litert-int8")]
    bench.add_micro(forms, "faces", "labels")
    assert asked == [("a.tflite", "faces", "labels")]
    assert [form.row["micro"] for form in forms] == [None, None, {"x": 1}]


def test_an_int8_file_of_ones_own_runs_as_on_a_microcontroller(faces_file, tmp_path, monkeypatch):
    from fer_utils.edge.litert import shipped_export

    mine = tmp_path / "mine.tflite"
    mine.write_bytes(shipped_export("squeezenet-fer-tiny").read_bytes())
    form, = bench.our_forms(str(mine), faces_file, tmp_path, 1)
    assert form.row["form"] == "litert-int8" and form.file == mine
    asked = []
    module = SimpleNamespace(measure=lambda path, faces, labels: asked.append(path) or {"x": 1})
    monkeypatch.setitem(sys.modules, "fer_utils.edge.micro", module)
    bench.add_micro([form], "faces")
    assert asked == [mine] and form.row["micro"] == {"x": 1}


def test_without_keras_what_ships_still_runs(monkeypatch, tmp_path, faces_file):
    from fer_utils.edge import litert
    from fer_utils.kernel import SetupError

    def missing():
        raise SetupError("this needs keras")

    shipped = tmp_path / "squeezenet-fer-tiny-int8.tflite"
    shipped.write_bytes(b"a network")
    monkeypatch.setattr("fer_utils.backend.start", missing)
    monkeypatch.setattr(litert, "WEIGHTS_FOLDER", tmp_path)
    keras, exported, int8 = bench.our_forms("squeezenet-fer-tiny", faces_file, tmp_path, 1)
    assert "this needs keras" in keras.row["failed"] and "this needs keras" in exported.row["failed"]
    assert int8.row["failed"] is None and int8.row["file_bytes"] == 9 and str(shipped) in int8.command


def test_a_tflite_file(tmp_path, faces_file):
    path = tmp_path / "mine.tflite"
    path.write_bytes(b"1234")
    form, = bench.our_forms(str(path), faces_file, tmp_path, 2)
    assert form.row["name"] == "mine.tflite" and form.row["file_bytes"] == 4 and form.command[-1] == "2"
    with pytest.raises(FileError, match="there is no file"):
        bench.our_forms(str(tmp_path / "other.tflite"), faces_file, tmp_path, 1)


@pytest.mark.parametrize("arguments, says", [
    (["benchmark", "squeezenet-fer-huge"], "no run of 'squeezenet-fer-huge'"),
    (["benchmark", "--accuracy"], "add --peers"),
    (["benchmark", "--threads", "100000"], "100,000 is more than 256"),
    (["benchmark", "--peers", "--accuracy"], "needs the photographs of FER-2013"),
])
def test_bad_input(own_cache, capsys, arguments, says):
    assert main(arguments) == 2
    assert says in capsys.readouterr().err


def test_a_benchmark_of_nothing_but_failures_is_an_error(own_cache, no_picture, tmp_path, capfd):
    (tmp_path / "bad.tflite").write_bytes(b"1234")
    assert main(["benchmark", str(tmp_path / "bad.tflite"), "--faces", "2"]) == 2
    out, err = capfd.readouterr()
    assert "bad.tflite" in out and "nothing could be measured" in err


# Peers

def test_what_is_said_of_peers():
    for name, peer in peers.PEERS.items():
        environment = peers.ENVIRONMENTS[peer.environment]
        assert (peers.PROGRAMS / peer.program).is_file() and peer.trained_on and peer.licence, name
        assert peer.program.endswith(".js") == (environment.kind == "node")
        assert any(peer.version in package for package in (*environment.packages, *environment.alone)), name


def test_a_peer_that_cannot_be_installed_is_a_row_that_says_why(own_cache, monkeypatch, faces_file):
    def fails(command, **_):
        return SimpleNamespace(returncode=1, stdout="", stderr="collecting\nERROR: no matching distribution\nbye")

    monkeypatch.setattr(peers.subprocess, "run", fails)
    monkeypatch.setattr(peers.shutil, "which", lambda name: None)
    forms = bench.peer_forms(faces_file, 1)
    assert [form.row["name"] for form in forms] == list(peers.PEERS)
    why = {form.row["name"]: form.row["failed"] for form in forms}
    assert "no matching distribution" in why["fer, tflite"] and "needs Node" in why["human"]
    measure(forms, 5, threads=1)  # nothing is left to start
    assert all(form.row["median_ms"] is None for form in forms)


def test_an_environment_is_installed_once(own_cache, monkeypatch):
    commands = []
    monkeypatch.setattr(peers.subprocess, "run",
                        lambda command, **_: commands.append(command) or SimpleNamespace(returncode=0))
    folder = peers.installed("fer")
    assert folder.is_relative_to(own_cache) and len(commands) == 3
    assert commands[0][1:3] == ["-m", "venv"] and "--no-deps" in commands[2] and commands[2][-1] == "fer==25.10.3"
    assert all(str(folder) in command[0] for command in commands[1:])
    assert peers.installed("fer") == folder and len(commands) == 3


def test_peers_are_asked_for_their_classes_in_our_words():
    """Each program names seven classes, ours; the order is its own."""
    for peer in peers.PEERS.values():
        text = (peers.PROGRAMS / peer.program).read_text()
        assert all(f"'{emotion}'" in text or f'"{emotion}"' in text for emotion in EMOTIONS)


# The record

def test_the_recorded_benchmark():
    if not bench.BENCHMARK_FILE.is_file():
        pytest.skip("nothing is recorded yet")
    record = bench.recorded_benchmark()
    assert record["faces"]["name"] == "FER-2013" and record["threads"] == 1
    rows = {(row["name"], row["form"]): row for row in record["rows"]}
    assert {(name, form) for name in bench.SHIPPED for form in ("keras", "litert", "litert-int8")} <= set(rows)
    assert {(name, "peer") for name in peers.PEERS} <= set(rows)
    assert not any(row["failed"] for row in record["rows"] + record["pictures"])
    for (name, form), row in rows.items():
        assert row["calls"] >= 100 and row["median_ms"] <= row["p95_ms"], name
        if form in ("keras", "litert"):
            assert row["accuracy"] == recorded_scores(name)["accuracy"]
        if form == "peer":
            assert row["accuracy"] and row["macro_f1"] and row["versions"][peers.PEERS[name].environment]


def test_a_damaged_record_is_told(tmp_path, monkeypatch):
    path = tmp_path / "benchmark.json"
    path.write_text('{"date": "2026-11-26"}')
    monkeypatch.setattr(bench, "BENCHMARK_FILE", path)
    with pytest.raises(FileError, match="machine.*missing.*git checkout data/results/benchmark.json"):
        bench.recorded_benchmark()


def test_benchmark_imports_little():
    code = "import sys, fer_utils.edge.benchmark; print({'keras', 'tensorflow', 'sklearn'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "set()\n"


def test_faces_of_the_run_are_those_asked_for(quick, no_picture, monkeypatch):
    """The same faces for all, spread over the whole split."""
    seen = {}
    monkeypatch.setattr(bench, "our_forms", lambda name, file, *_: seen.update(faces=np.load(file)) or [])
    record = benchmark(["squeezenet-mini"], faces=10)
    from fer_utils.data import load_schematic

    images = load_schematic(("public",)).public.images
    assert record["rows"] == [] and seen["faces"].shape == (64, 48, 48)  # a full batch
    assert np.array_equal(seen["faces"][[0, 9]], images[[0, -1]])
