"""The folder for a class without a network. Installing from it is tried by hand: it takes gigabytes."""

import subprocess

import make_kit
import pytest


@pytest.fixture
def commands(monkeypatch):
    """Commands are noted instead of run; uv names two packages, of which macOS has no wheel of one."""
    said = []

    def run(*command, **options):
        said.append((command, options))
        if "download" in command:
            if any("macosx" in str(word) for word in command):
                raise subprocess.CalledProcessError(1, command, stderr="no matching distribution\nfor b==2")
            folder = command[command.index("--dest") + 1]
            for name in ("a-1-py3-none-any.whl", "b-2-cp312-cp312-any.whl"):
                (make_kit.Path(folder) / name).write_bytes(b"")
        return subprocess.CompletedProcess(command, 0, stdout="# by uv\na==1\nb==2\n", stderr="")

    monkeypatch.setattr(make_kit, "run", run)
    return said


def test_each_system_gets_its_wheels_or_a_reason(tmp_path, commands):
    found = make_kit.make(tmp_path / "kit")
    assert found == {"linux": 2, "windows": 2, "macos": "no matching distribution for b==2"}
    assert sorted(path.name for path in (tmp_path / "kit" / "wheels").iterdir()) == ["linux", "windows"]
    assert (tmp_path / "kit" / "wheels" / "linux" / "requirements.txt").read_text() == "a==1\nb==2\n"
    said = (tmp_path / "kit" / "READ ME FIRST.txt").read_text()
    assert "Packages here: linux, windows." in said and "{" not in said


def test_versions_are_asked_for_the_other_system_not_for_this_one(tmp_path, commands):
    make_kit.fetch("windows", "3.13", tmp_path)
    (compiled, options), (fetched, _) = commands
    assert compiled[compiled.index("--python-platform") + 1] == "x86_64-pc-windows-msvc"
    asked = options["input"].splitlines()
    assert "tensorflow>=2.20" in asked and "setuptools>=77" in asked
    assert any(line.startswith("deeplake") and "sys_platform != 'win32'" in line for line in asked)
    assert fetched[fetched.index("--platform") + 1] == "win_amd64" and "cp313" in fetched and "--no-deps" in fetched


def test_the_guides_name_one_python_and_end_their_lines_as_their_system_does(tmp_path):
    make_kit.write_guides(tmp_path, "3.12", ["linux"], site=True)
    shell, windows = ((tmp_path / name).read_bytes() for name in ("install.sh", "install.bat"))
    assert subprocess.run(["bash", "-n", tmp_path / "install.sh"]).returncode == 0
    assert b"\r" not in shell and windows.count(b"\r\n") == windows.count(b"\n") > 5
    assert b"(3, 12)" in shell and b"--no-index" in shell and b"py -3.12" in windows and b"{" not in windows
    assert "site/index.html" in (tmp_path / "READ ME FIRST.txt").read_text()


def test_a_folder_with_something_in_it_is_left_alone(tmp_path, commands):
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(OSError, match="is not empty; name another folder"):
        make_kit.make(tmp_path)
    assert commands == [] and (tmp_path / "mine.txt").read_text() == "x"
