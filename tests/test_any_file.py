"""Whatever a file holds: the right value, or one clear error within 5 seconds. Hypothesis makes the files up."""

import json
import time
from contextlib import contextmanager

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fer_utils.course import quizzes
from fer_utils.data.folders import _class_of, read_class_map
from fer_utils.evaluation import challenge
from fer_utils.evaluation.results import recorded_probabilities
from fer_utils.files import FileError, read_json, read_toml
from fer_utils.labels import EMOTIONS

often = settings(max_examples=150, deadline=None, derandomize=True, database=None,
                 suppress_health_check=[HealthCheck.function_scoped_fixture])
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4), max_leaves=8)
classes = st.dictionaries(st.sampled_from(["1", "2", "Happy", "happy ", "٣", ""]) | st.text(max_size=6),
                          st.sampled_from([*EMOTIONS, None, False, True, "joy", 3]) | values, max_size=5)


@contextmanager
def right_or_refused():
    """Nothing but a FileError may leave this, with a message of one line that can be read at a glance."""
    start = time.monotonic()
    try:
        yield
    except FileError as error:
        assert str(error).isprintable() and 20 < len(str(error)) < 700
    assert time.monotonic() - start < 5


@often
@given(data=st.binary(max_size=300) | st.text(max_size=200).map(str.encode) | values.map(
    lambda value: json.dumps(value).encode()))
def test_json_and_toml(tmp_path, data):
    for name, read in (("a.json", read_json), ("a.toml", read_toml)):
        (tmp_path / name).write_bytes(data)
        with right_or_refused():
            assert "field" in read(tmp_path / name, ["field"])
        with right_or_refused():
            read_class_map(tmp_path / name)


@often
@given(own=classes)
def test_class_maps(tmp_path, own):
    (tmp_path / "map.json").write_text(json.dumps(own))
    for given_map in (own, tmp_path / "map.json"):
        with right_or_refused():
            read, _ = read_class_map(given_map)
            assert read == {key.strip().lower(): value or None for key, value in own.items()} and any(read.values())
            assert set(read.values()) <= {*EMOTIONS, None} and len(read) == len(own)


@often
@given(value=values | st.lists(st.integers(-5, 20) | st.floats(-5, 20), max_size=2), cut=st.integers(0, 200),
       damage=st.booleans())
def test_class_numbers(tmp_path, value, cut, damage):
    path = tmp_path / "a_exp.npy"
    try:
        np.save(path, value, allow_pickle=False)
    except ValueError:  # lists of several lengths, or objects: no array
        return
    if damage:
        path.write_bytes(path.read_bytes()[:cut])
    with right_or_refused():
        number = _class_of(path)
        assert number == str(int(np.asarray(value).item())) and float(number) == float(np.asarray(value).item())


@pytest.fixture(scope="module")
def submission(tmp_path_factory):
    path = tmp_path_factory.mktemp("any") / "example.csv"
    challenge.example_submission(path)
    return path.read_bytes()


@pytest.fixture(scope="module")
def recorded():
    return recorded_probabilities("squeezenet-fer")


@often
@given(place=st.integers(0, 900), removed=st.integers(0, 200), put=st.binary(max_size=60) | st.sampled_from(
    [b"1e999", b"nan", b"\0", b'"', b"\n#", b"# a = " + b"[" * 10_000, b"9" * 5000, b",", b"\r", b"\xff\xfe", b""]))
def test_submissions(tmp_path, submission, recorded, place, removed, put):
    changed = submission[:place] + put + submission[place + removed:]
    (tmp_path / "a.csv").write_bytes(changed)
    with right_or_refused():
        found = challenge.read_submission(tmp_path / "a.csv")
        challenge.check_declaration(found.declaration)
        challenge.check_probabilities(found.keys, found.probabilities)
        found = challenge.in_recorded_order(found, recorded["keys"])
        assert np.abs(found - recorded["probabilities"]).max() < 2e-3  # what a changed digit may move in a sum of one


@often
@given(field=st.sampled_from(challenge.DECLARED), value=values | st.just(10**5000))
def test_declarations(field, value):
    declaration = {"name": "a", "authors": ["b"], "parameters": 9, "views": "single", "seeds": [1],
                   "external_data": False, "chosen_on": "PublicTest"}
    with right_or_refused():
        challenge.check_declaration(declaration | {field: value})


@often
@given(data=st.binary(max_size=100) | st.text(max_size=100).map(str.encode))
def test_quizzes(tmp_path, data):
    (tmp_path / "a.toml").write_bytes(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quizzes, "FOLDER", tmp_path)
        with right_or_refused():
            assert quizzes.questions("a") is not None
