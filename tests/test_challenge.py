"""The open challenge: a good submission is scored as our own runs are, a bad one is refused with its reason."""

import json
import re

import numpy as np
import pytest
import score_submission as tool

from fer_utils.data import load_schematic
from fer_utils.evaluation import challenge, evaluate, paired_comparison, rivals
from fer_utils.evaluation.challenge import (
    COLUMNS,
    SubmissionError,
    check_declaration,
    example_submission,
    face_keys,
    in_recorded_order,
    read_submission,
    score_submission,
    verdict,
    write_submission,
)
from fer_utils.evaluation.comparison import answers_together, compare
from fer_utils.evaluation.protocol import best_run
from fer_utils.evaluation.results import load_run, private_faces, private_faces_path, recorded_probabilities
from fer_utils.labels import EMOTIONS

NAME = "squeezenet-fer-modern-s0"


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    path = tmp_path_factory.mktemp("challenge") / "example.csv"
    example_submission(path, NAME)
    return path


@pytest.fixture(scope="module")
def good(example):
    return read_submission(example)


def declared(good, **changes):
    return good._replace(declaration=good.declaration | changes)


# A good submission


def test_the_example_is_scored_as_its_run(good):
    result, expected = score_submission(good), evaluate(NAME, recorded=True)
    shared = ("accuracy", "leak_free_accuracy", "leak_free_n", "macro_f1", "confusion_matrix", "per_class", "n")
    assert {key: result[key] for key in shared} == {key: expected[key] for key in shared}
    assert result["calibration_error"] == pytest.approx(expected["calibration_error"], abs=1e-4)
    assert result["division"] == "small" and json.loads(json.dumps(result)) == result


def test_it_is_compared_with_our_best_run_of_the_division(good):
    against, best = score_submission(good)["against"], best_run("small")
    assert against["run"] == best["run"] and against["run"] in against["runs"] and len(against["runs"]) == 3
    labels, answers = answers_together([NAME, *against["runs"]])
    alone = ~recorded_probabilities(NAME)["has_duplicate"]
    ours = compare(labels[alone], answers[0, alone], answers[1:, alone])
    assert {key: against[key] for key in ours} == ours | {"seeds": [1, 3]} and against["n"] == 3301
    assert against["paired"] and against["told"] == "worse"


def test_a_table_of_training_gains_nothing(good):
    """Our best run, but the faces with a copy in Training are looked up there. On all faces that is told from chance;
    judged on the others, it is what it was."""
    stored = recorded_probabilities(best_run("small")["run"])
    looked_up = stored["probabilities"].astype(float)
    looked_up[stored["has_duplicate"]] = np.eye(7)[stored["labels"][stored["has_duplicate"]]]
    cheat = good._replace(keys=[key.tobytes().hex() for key in stored["keys"]], probabilities=looked_up)
    on_all = paired_comparison(stored["labels"], looked_up, stored["probabilities"])
    assert on_all["gap"] > 0.003 and on_all["p_value"] < 0.01  # what the former test went by
    result = score_submission(cheat)
    honest = score_submission(cheat._replace(probabilities=stored["probabilities"].astype(float)))
    assert result["accuracy"] > honest["accuracy"] and result["against"] == honest["against"]
    assert result["against"]["told"] == "cannot be told" and "cannot be told" in result["verdict"]
    assert "as a table of Training would have them" in result["doubts"][0] and honest["doubts"] == []


@pytest.mark.parametrize("views", ["flip", "ten-crop"])
def test_views_are_compared_with_the_same_views(good, views):
    result = score_submission(declared(good, views=views))
    against, runs = result["against"], [load_run(name) for name in result["against"]["runs"]]
    ours = [run["scores"]["private_views"][views]["leak_free_accuracy"] for run in runs]
    assert against["second"] == pytest.approx(np.mean(ours)) and against["views"] == views and not against["paired"]
    single = score_submission(good)["against"]
    assert against["first"] == single["first"] and against["high"] - against["low"] > single["high"] - single["low"]
    assert f"views: {views}" in result["verdict"] and "taken for networks with faces of their own" in result["verdict"]


def test_views_that_we_have_not_are_compared_with_nothing(good, monkeypatch):
    bare = [run | {"scores": {key: part for key, part in run["scores"].items() if key != "private_views"}}
            for run in rivals.seeds_of("squeezenet-fer-deep", "distilled-long")]
    monkeypatch.setattr(rivals, "seeds_of", lambda *_: bare)
    monkeypatch.setattr(rivals, "breaches", lambda run: [])
    result = score_submission(declared(good, views="flip"))
    assert result["against"] is None and "nothing to compare with" in result["verdict"]


@pytest.mark.parametrize("right, parameters, doubted", [
    (1.0, 1_000_000, "every face is right, and the labels are so unsure .* most likely seen these labels"),
    (0.79, 1_000_000, r"79.\d % are right, .* on 74.0 % to 78.1 % only .* most likely seen"),
    (0.76, 1_000_000, "lies in that range: look for labels that were seen"),
    (0.70, 1, r"1 parameters are fewer than a linear model on the pixels has \(16,135\)"),
])
def test_what_cannot_well_be_is_doubted(right, parameters, doubted):
    labels = private_faces("FER-2013")["labels"].astype(int)
    answers = np.where(np.arange(len(labels)) % 100 < 100 * right, labels, (labels + 1) % 7)
    probabilities = 0.93 * np.eye(7)[answers] + 0.01
    keys = [key.tobytes().hex() for key in recorded_keys()]
    result = score_submission(challenge.Submission(
        {"name": "a", "authors": ["b"], "parameters": parameters, "views": "single", "seeds": [1, 2],
         "external_data": False, "chosen_on": "PublicTest"}, keys, probabilities))
    assert any(re.search(doubted, doubt) for doubt in result["doubts"]), result["doubts"]
    assert f"Doubtful: {result['doubts'][0]}" in tool.report(result)


def test_no_published_run_of_ours_is_doubted(good):
    assert score_submission(good)["doubts"] == []
    for division in ("small", "tiny"):
        run = best_run(division)
        assert rivals.doubts({"parameters": run["scores"]["parameters"]}, run["scores"]["private"]) == []


def test_neither_the_order_of_rows_nor_of_columns_matters(good, example, tmp_path):
    """Copies of FER-2013 hold the faces in different orders."""
    *head, names, first, second = example.read_text().splitlines()[:len(good.declaration) + 3]
    rows = np.array([line.split(",") for line in example.read_text().splitlines()[len(head):]])
    rng = np.random.default_rng(0)
    mixed = np.concatenate([rows[:1], rng.permutation(rows[1:])])[:, rng.permutation(len(COLUMNS))]
    assert names == ",".join(COLUMNS) and (mixed[1:3] != rows[1:3]).any()
    (tmp_path / "mixed.csv").write_text("\n".join(head + [",".join(row) for row in mixed]))
    result, expected = score_submission(read_submission(tmp_path / "mixed.csv")), score_submission(good)
    assert result.pop("calibration_error") == pytest.approx(expected["calibration_error"])
    assert result == {key: value for key, value in expected.items() if key != "calibration_error"}


def test_answers_to_other_faces_score_like_guesses(good):
    """The faces named in another order than they were answered in: this cannot be seen, but it does not pay."""
    shifted = good._replace(probabilities=np.roll(good.probabilities, 1, axis=0))
    assert score_submission(shifted)["accuracy"] < 0.25


def test_a_submission_survives_the_file(tmp_path, good):
    changed = declared(good, name='Žluťoučký "kůň" # 1', authors=["A, B", "C"], seeds=[3, 1], external_data=False)
    write_submission(tmp_path / "a.csv", *changed)
    again = read_submission(tmp_path / "a.csv")
    assert again.declaration == changed.declaration and again.keys == changed.keys
    np.testing.assert_allclose(again.probabilities, changed.probabilities, atol=1e-6)


def test_the_form_is_the_one_described(tmp_path):
    """The example in the module's head is a submission, but for its one face."""
    text = [line[4:] for line in challenge.__doc__.splitlines() if line.startswith("    ")]
    (tmp_path / "described.csv").write_text("\n".join(text))
    found = read_submission(tmp_path / "described.csv")
    check_declaration(found.declaration)
    assert found.probabilities.shape == (1, 7) and found.keys[0] == recorded_keys()[0].tobytes().hex()
    assert tuple(found.declaration) == challenge.DECLARED


def recorded_keys():
    with np.load(private_faces_path("FER-2013")) as file:
        return file["keys"]


def test_faces_are_named_as_the_recorded_ones_are():
    stored = recorded_probabilities("squeezenet-mini")
    assert face_keys(load_schematic(("private",)).private.images) == [key.tobytes().hex() for key in stored["keys"]]


def test_identical_faces_are_answered_once_each(good):
    order = in_recorded_order(good, recorded_keys())
    np.testing.assert_array_equal(order, good.probabilities)
    assert len(set(good.keys)) < len(good.keys)


# Bad ones


@pytest.mark.parametrize("changes, expected", [
    ({"parameters": 1_377_656}, "1,377,656 parameters are too many: .* at most 1,377,655"),
    ({"parameters": 0}, "parameters is 0; it has to be a whole number above 0"),
    ({"parameters": "1 M"}, "parameters is '1 M'"),
    ({"parameters": True}, "parameters is True"),
    ({"name": " "}, "name is ' '; it has to be a text"),
    ({"authors": "me"}, "authors is 'me'; it has to be a list of texts"),
    ({"authors": []}, "authors is"),
    ({"views": "54 views"}, "views is '54 views'; it has to be one of single, flip, ten-crop"),
    ({"views": ["flip"]}, "views is"),
    ({"seeds": 3}, "seeds is 3; it has to be a list of whole numbers"),
    ({"seeds": [0.5]}, "seeds is"),
    ({"seeds": [0, 0, 0]}, r"seeds is \[0, 0, 0\]; .* each once: seeds are distinct"),
    ({"seeds": [-1]}, r"seeds is \[-1\]; it has to be a list of whole numbers from 0"),
    ({"seeds": [10**5000]}, "seeds is a number of thousands of digits"),
    ({"seeds": list(range(101))}, "at most 100 and each once"),
    ({"name": "n" * 201}, "it has to be a text of at most 200 letters"),
    ({"authors": ["a"] * 101}, "a list of texts, at most 100"),
    ({"external_data": "no"}, "external_data is 'no'; it has to be true or false"),
    ({"external_data": True}, "external data was used. The divisions are for networks that saw no"),
    ({"chosen_on": "PrivateTest"}, "chosen_on is 'PrivateTest'; .* cannot take part"),
    ({"chosen_on": ["PublicTest"]}, "chosen_on is"),
    ({"epochs": 300, "note": ""}, "has unknown fields epochs, note. It has the fields name, authors"),
])
def test_a_declaration_outside_the_protocol_is_refused(good, changes, expected):
    with pytest.raises(SubmissionError, match=expected):
        score_submission(declared(good, **changes))


@pytest.mark.parametrize("field", challenge.DECLARED)
def test_a_missing_field_is_named(good, field):
    with pytest.raises(SubmissionError, match=f"the declaration lacks {field}. It has"):
        check_declaration({key: value for key, value in good.declaration.items() if key != field})


def with_value(probabilities, value):
    probabilities = probabilities.copy()
    probabilities[5, 2] = value
    return probabilities


@pytest.mark.parametrize("change, expected", [
    (lambda p: with_value(p, np.nan), "of face {5} holds a value that is not a finite number .*and 0 more"),
    (lambda p: with_value(p, np.inf), "not a finite number"),
    (lambda p: with_value(p, -0.1), "of face {5} holds a value below 0"),
    (lambda p: with_value(p, 0.99), "of face {5} does not sum to one"),
    (lambda p: 100 * p, "of face {0} does not sum to one .smallest .*, and 3,588 more"),
    (np.log, "below 0"),
    (lambda p: np.eye(7)[p.argmax(axis=1)], "a single 1 and six 0: these are labels"),
    (lambda p: p[:, :6], r"shape \(3589, 6\) for 3,589 faces; each face has 7"),
    (lambda p: p[:100], r"shape \(100, 7\) for 3,589 faces"),
    (lambda p: p.argmax(axis=1), r"shape \(3589,\)"),
])
def test_what_is_no_probability_is_refused(good, change, expected):
    wrong = good._replace(probabilities=change(good.probabilities))
    for row in (0, 5):
        expected = expected.replace(f"{{{row}}}", good.keys[row])
    with pytest.raises(SubmissionError, match=expected):
        score_submission(wrong)


@pytest.mark.parametrize("change, expected", [
    (lambda keys: ["0" * 32, *keys[1:]], "1 of the faces are not in PrivateTest, the first is 00000"),
    (lambda keys: [key[:8] for key in keys], "of the faces are not in PrivateTest"),
    (lambda keys: [keys[1], *keys[1:]], "3,589 rows for 3,570 different faces; PrivateTest has 3,589 faces, 3,571"),
])
def test_wrong_faces_are_refused(good, change, expected):
    with pytest.raises(SubmissionError, match=expected):
        score_submission(good._replace(keys=change(good.keys)))


@pytest.mark.parametrize("rows", [3588, 3590])
def test_a_wrong_number_of_faces_is_refused(good, rows):
    places = np.arange(rows) % 3589
    wrong = good._replace(keys=[good.keys[place] for place in places], probabilities=good.probabilities[places])
    with pytest.raises(SubmissionError, match=f"{rows:,} rows"):
        score_submission(wrong)


@pytest.mark.parametrize("old, new, expected", [
    ("# parameters = ", "# parameters: ", "the declaration in the first 7 lines is not TOML"),
    ("face,anger,disgust", "face,anger", "line 8 has to name the columns face, anger, disgust.*it says face, anger, "
                                         "fear"),
    (",".join(COLUMNS), "face,label", "it says face, label. Labels alone will not do"),
    ("face,anger", "image,anger", "line 8 has to name the columns"),
    (",0.022225", "", "line 9 has 7 columns, not 8"),
    (",0.022225", ",disgust", "line 9: 'disgust' is not a number"),
])
def test_a_file_of_another_form_is_refused(example, tmp_path, old, new, expected):
    text = example.read_text()
    assert old in text
    (tmp_path / "wrong.csv").write_text(text.replace(old, new, 1))
    with pytest.raises(SubmissionError, match=expected):
        read_submission(tmp_path / "wrong.csv")


@pytest.mark.parametrize("content, expected", [
    (b"\x93NUMPY\x01\x00\xff\xfe", "wrong.csv cannot be read .* A submission is a CSV file"),
    (b"", "line 1 has to name the columns .*it says nothing")])
def test_what_is_no_table_is_refused(tmp_path, content, expected):
    (tmp_path / "wrong.csv").write_bytes(content)
    with pytest.raises(SubmissionError, match=expected):
        read_submission(tmp_path / "wrong.csv")


# The verdict


@pytest.mark.parametrize("told, seeds, expected", [
    ("better", (7,), "the submission is better. The submission has one seed: how much its own seeds differ is not "
                     "known."),
    ("worse", (1, 2, 3), "our run is better. The submission's answers are those of the first of its 3 seeds."),
    ("cannot be told", (1, 2), "cannot be told. The submission's answers are those of the first of its 2 seeds."),
])
def test_the_verdict_says_what_the_interval_can_tell(told, seeds, expected):
    against = {"run": "ours", "runs": ["ours", "b", "c"], "first": 0.72, "second": 0.7, "difference": 0.02,
               "low": 0.01, "high": 0.03, "told": told, "luck": "faces and seeds (1 against 3)", "n": 3301,
               "views": "single", "paired": True}
    said = verdict(against, seeds)
    assert said.startswith("Judged on the 3,301 faces without a copy in Training, views: single. The submission reads "
                           "72.00 % of them, our ours 70.00 % on average of 3 seeds. The difference is +2.00 points, "
                           "95 % interval +1.00 to +3.00, for the luck of faces and seeds (1 against 3): ")
    assert said.endswith(expected)
    assert ", one seed. The difference" in verdict(against | {"runs": ["ours"]})


def test_a_division_without_a_run_of_ours(good, monkeypatch):
    monkeypatch.setattr(rivals, "best_run", lambda division: None)
    result = score_submission(declared(good, parameters=299_999))
    assert result["division"] == "tiny" and result["against"] is None and "nothing to compare with" in result["verdict"]


def test_our_own_best_run_cannot_be_told_from_itself(tmp_path):
    example_submission(tmp_path / "best.csv", best_run("small")["run"])
    against = score_submission(read_submission(tmp_path / "best.csv"))["against"]
    assert abs(against["difference"]) < 0.005 and against["told"] == "cannot be told"


# The tool


def test_the_tool_writes_an_example_and_scores_it(tmp_path, capsys):
    path = str(tmp_path / "example.csv")
    assert tool.main(["--example", path]) == 0 and path in capsys.readouterr().out
    assert tool.main([path]) == 0
    said = capsys.readouterr().out
    run = load_run("squeezenet-fer")
    assert f"example: {run['run']}, by the course" in said
    assert f"{100 * run['scores']['private']['accuracy']:.2f} %" in said
    assert all(f"{emotion} " in said for emotion in EMOTIONS) and "95 % interval" in said
    assert "calibration error" in said and "one seed" in said
    assert "No file proves that PrivateTest was read once" in said
    assert tool.main([path, "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["verdict"] in said and result["declaration"]["seeds"] == [run["seed"]]


def test_the_tool_refuses_in_one_line(tmp_path, capsys):
    (tmp_path / "labels.csv").write_text("face,label\n")
    for path, expected in (("labels.csv", "has to name the columns"), ("absent.csv", "absent.csv")):
        assert tool.main([str(tmp_path / path)]) == 2
        captured = capsys.readouterr()
        assert captured.out == "" and captured.err.startswith("score_submission: ") and expected in captured.err
        assert len(captured.err.splitlines()) == 1
