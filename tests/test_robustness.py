"""Changes of a face, what they do to answers, and the records of both: robustness and confident mistakes."""

import json

import numpy as np
import pytest

from fer_utils.data import load_schematic
from fer_utils.data.changes import (
    FACE_CHANGES,
    blurred,
    compressed,
    darkened,
    masked,
    mirrored,
    noisy,
    rotated,
    shifted,
    zoomed,
)
from fer_utils.evaluation import mistakes, robustness
from fer_utils.evaluation.intervals import difference_interval, paired_interval, score_interval
from fer_utils.evaluation.paired import by_class, cells, comparison, told, transitions
from fer_utils.evaluation.results import RESULTS_FOLDER, load_run, recorded_probabilities
from fer_utils.faces.draw import draw_gray, pixel_places
from fer_utils.faces.random_faces import people_of
from fer_utils.files import FileError, sha256_of
from fer_utils.labels import EMOTIONS
from fer_utils.networks import DEFAULT_NETWORK
from fer_utils.networks.weights import WEIGHTS_FOLDER


def spots(*places):
    """Black faces, each with one white pixel."""
    faces = np.zeros((len(places), 48, 48), np.uint8)
    for face, place in zip(faces, places):
        face[place] = 255
    return faces


def brightest(face):
    return tuple(map(int, np.unravel_index(face.argmax(), face.shape)))


# The changes

def test_a_shift_by_two_moves_each_pixel_by_two():
    faces = np.random.default_rng(0).integers(0, 256, (3, 48, 48), np.uint8)
    moved = shifted(faces, 2)
    assert np.array_equal(moved[:, :, 2:], faces[:, :, :-2])
    assert (moved[:, :, :2] == faces[:, :, :1]).all()  # the border is repeated
    assert np.array_equal(shifted(faces, -3)[:, :, :-3], faces[:, :, 3:])


def test_four_ways_to_move_by_two():
    found = robustness.shifted_around(spots(*[(20, 20)] * 8), 2)
    assert [brightest(face) for face in found] == [(20, 22), (20, 18), (22, 20), (18, 20)] * 2


def test_a_turn_is_clockwise_and_around_the_middle():
    row, column = brightest(rotated(spots((10, 24)), 90)[0])  # what was above is to the right now
    assert 36 <= column <= 38 and 23 <= row <= 25
    row, column = brightest(rotated(spots((10, 24)), 20)[0])
    assert 27 <= column <= 30 and row < 13


def test_zoom_keeps_the_middle():
    ring = spots((24, 34))
    assert brightest(zoomed(ring, 2)[0])[1] == pytest.approx(23.5 + 2 * 10.5, abs=1)
    assert brightest(zoomed(ring, 0.5)[0])[1] == pytest.approx(23.5 + 0.5 * 10.5, abs=1)


def test_gains_sums_and_mirrors():
    faces = np.full((2, 48, 48), 100, np.uint8)
    assert (darkened(faces, 0.25) == 25).all() and (masked(faces, 1.0).min() == 100)
    faces[:, 5, 7] = 200
    assert brightest(mirrored(faces)[0]) == (5, 40)
    soft = blurred(spots((24, 24)), 2)[0].astype(float)
    assert soft[24, 24] == pytest.approx(255 / (2 * np.pi * 4), abs=1)  # the height of a Gaussian of two pixels
    noise = noisy(np.full((40, 48, 48), 128, np.uint8), 20).astype(float)
    assert noise.mean() == pytest.approx(128, abs=0.5) and noise.std() == pytest.approx(20, abs=0.3)


def test_jpeg_loses_more_at_less_quality():
    faces = load_schematic("public").public.images[:10]
    errors = [np.abs(compressed(faces, quality).astype(int) - faces).mean()
              for quality in FACE_CHANGES["JPEG"].strengths]
    assert errors == sorted(errors) and 0 < errors[0] < 5 < errors[-1]


@pytest.mark.parametrize("name", FACE_CHANGES)
def test_a_face_is_changed_alike_whatever_follows_it(name):
    faces = load_schematic("public").public.images[:6]
    for strength in FACE_CHANGES[name].strengths:
        whole = robustness.changed(faces, name, strength)
        assert whole.dtype == np.uint8 and whole.shape == faces.shape
        assert np.array_equal(robustness.changed(faces[:2], name, strength), whole[:2])
        assert not np.array_equal(whole, faces)
    assert np.array_equal(faces, load_schematic("public").public.images[:6])  # as they were given
    assert FACE_CHANGES[name].typical in FACE_CHANGES[name].strengths


def test_covers_sit_on_the_faces_own_place():
    """A person who stands elsewhere in the picture: the lenses lie on the pupils, the mask on the mouth."""
    pose = dict(yaw=12.0, shift_x=0.08, shift_y=-0.06, zoom=1.05, roll=8.0)
    face, identity = draw_gray({}, {}, pose)[None], {"skin": 0.3}
    person = [({}, identity, pose, {})]
    pupils, mouth = pixel_places([(-0.318, -0.01), (0.318, -0.01)], {}, pose), pixel_places([(0, 0.63)], {}, pose)[0]
    lenses = robustness.changed(face, "sunglasses", 1.0, person)[0]
    assert all((lenses[round(y) - 1:round(y) + 2, round(x) - 1:round(x) + 2] < 40).all() for x, y in pupils)
    column, row = map(round, mouth)
    assert (robustness.changed(face, "mask", 0.75, person)[0][row - 1:row + 2, column - 2:column + 3] > 195).all()
    assert (robustness.changed(face, "mask", 0.25, person)[0][row - 2:row + 2] == face[0, row - 2:row + 2]).all()
    with pytest.raises(ValueError, match="one for each face"):
        masked(face, 1.0, person * 2)


def test_drawn_pixels_are_where_they_are_said_to_be():
    """The darkest pixel near an eye is its pupil."""
    for pose in ({}, dict(shift_x=0.1, yaw=-20.0)):
        face = draw_gray({}, {"iris": 0.0}, pose | {"gaze": 0.0})
        x, y = pixel_places([(0.318, -0.01)], {}, pose)[0]
        near = face[round(y) - 3:round(y) + 4, round(x) - 3:round(x) + 4]
        row, column = brightest(255 - near)
        assert abs(row - 3) <= 2 and abs(column - 3) <= 2


def test_people_are_those_of_the_bundled_set():
    person = people_of(350, 2015, 3)[2]
    from fer_utils.faces.random_faces import make_faces
    drawn = draw_gray(*person, supersample=3).astype(int)
    assert np.abs(make_faces(350, 2015, 3)[0][2] - drawn).mean() < 5  # noise and 32 levels of gray


@pytest.mark.parametrize("name, wrong", [
    ("rotation", np.nan), ("shift", 2.5), ("shift", np.inf), ("zoom in", 0), ("zoom out", -1), ("blur", -1),
    ("blur", np.inf), ("darkness", -0.1), ("darkness", 25), ("noise", -5), ("noise", np.nan), ("JPEG", 0),
    ("JPEG", "75"), ("JPEG", 200), ("mask", 1.5), ("mask", np.nan), ("sunglasses", -1), ("sunglasses", None)])
def test_a_strength_that_means_nothing_is_refused(name, wrong):
    with pytest.raises(ValueError, match="expected a.* number from"):
        robustness.changed(np.zeros((1, 48, 48), np.uint8), name, wrong)


@pytest.mark.parametrize("name", FACE_CHANGES)
def test_no_face_may_be_changed_and_floats_may_not(name):
    strength = FACE_CHANGES[name].typical
    assert robustness.changed(np.zeros((0, 48, 48), np.uint8), name, strength).shape == (0, 48, 48)
    assert robustness.changed(np.zeros((2, 48, 48, 1), np.uint8), name, strength).shape == (2, 48, 48)
    for wrong in (np.zeros((1, 48, 48)), np.zeros((48, 48), np.uint8)):
        with pytest.raises(ValueError, match="uint8|one face"):
            robustness.changed(wrong, name, strength)


# Pairs

def test_transitions_by_hand():
    found = transitions([0, 0, 0, 1], [0, 0, 2, 1], [0, 3, 0, 1])
    assert found.sum() == 4 and found[0, 0, 3] == found[0, 2, 0] == found[0, 0, 0] == found[1, 1, 1] == 1
    row = comparison(found)
    assert (row["before"], row["accuracy"], row["difference"]) == (0.75, 0.75, 0.0)
    assert by_class(found)["anger"]["accuracy"] == pytest.approx(2 / 3) and set(by_class(found)) == {"anger", "disgust"}
    with pytest.raises(ValueError, match="shapes"):
        transitions([0], [0, 1], [0])


@pytest.mark.parametrize("wrong", [[0, 7], [0, -1], [0.5, 1.7], [0, np.nan], ["0", "1"], [True, False]])
def test_pairs_are_counted_of_classes_alone(wrong):
    """A -1 would be counted as neutral, a hit as disgust."""
    for given in ((wrong, [0, 1], [0, 1]), ([0, 1], wrong, [0, 1]), ([0, 1], [0, 1], wrong)):
        with pytest.raises(ValueError, match="classes, whole numbers from 0 to 6"):
            transitions(*given)
    for read in (comparison, by_class, cells):
        with pytest.raises(ValueError, match="as `transitions` gives"):
            read(np.eye(7, dtype=int))


def test_a_paired_interval_covers_the_truth():
    """Pairs drawn many times: the interval holds the true difference about as often as it says."""
    draws, n, won, lost = np.random.default_rng(0), 400, 0.03, 0.08
    counts = draws.multinomial(n, [won, lost, 1 - won - lost], 3000)
    inside = [low <= won - lost <= high for low, high in (paired_interval(w, lo, n) for w, lo, _ in counts)]
    assert 0.94 <= np.mean(inside) <= 0.975
    inside = [low <= won - lost <= high for low, high in (paired_interval(w, lo, n, tried=50) for w, lo, _ in counts)]
    assert np.mean(inside) > 0.995
    after, before = np.repeat([1, 0, 1], [12, 32, 356]), np.repeat([0, 1, 1], [12, 32, 356])
    drawn_anew = score_interval(lambda first, second: first.mean() - second.mean(), after, before)
    assert paired_interval(12, 32, n) == pytest.approx(drawn_anew, abs=0.004)
    most_won, most_lost = np.repeat([1, 0, 1], [120, 10, 70]), np.repeat([0, 1, 1], [120, 10, 70])
    drawn_anew = score_interval(lambda first, second: first.mean() - second.mean(), most_won, most_lost)
    assert paired_interval(120, 10, 200) == pytest.approx(drawn_anew, abs=0.01)
    assert difference_interval(after, before) == (-0.05, *paired_interval(12, 32, n))
    assert difference_interval(after, before, tried=9)[1:] == paired_interval(12, 32, n, 9)
    with pytest.raises(ValueError, match="level between 0 and 1"):
        paired_interval(1, 2, 9, level=95)
    for wrong in ((-1, 0, 5), (3, 3, 5), (0, 0, 0), (1, 2, np.nan), (1.5, 0, 5), ("1", 0, 5), (1, 0, 5, 0)):
        with pytest.raises(ValueError, match="whole numbers"):
            paired_interval(*wrong)


def test_told_only_where_the_interval_excludes_zero():
    assert [told(*ends) for ends in ((0.01, 0.1), (-0.1, -0.01), (-0.01, 0.1))] == ["better", "worse", "cannot be told"]


def test_the_confusion_that_was_planted_is_found_and_no_other():
    draws = np.random.default_rng(1)
    labels = draws.integers(0, 7, 2000)
    before = np.where(draws.random(2000) < 0.7, labels, draws.integers(0, 7, 2000))
    after = before.copy()
    fear = np.flatnonzero(labels == 2)[:150]
    after[fear] = 5
    found, = cells(transitions(labels, before, after))
    assert (found["label"], found["answer"]) == ("fear", "surprise") and found["low"] > 0.3
    assert found["more"] == pytest.approx(found["after"] - found["before"])
    noise = np.where(draws.random(2000) < 0.9, before, draws.integers(0, 7, 2000))  # in no direction
    assert cells(transitions(labels, before, noise), 42 * 11) == []


def test_a_label_that_is_found_more_often_is_no_confusion():
    labels, before = np.repeat([1, 2], 200), np.repeat([3, 2], 200)
    assert cells(transitions(labels, before, labels)) == []
    assert cells(transitions(labels, labels, before))[0]["more"] == 1


# The record of changes

def test_the_record_is_of_the_weights_that_ship():
    """Measure again, `python tools/record_robustness.py`, where this fails."""
    record = robustness.recorded_robustness()
    assert DEFAULT_NETWORK in record["photographs"]["networks"]
    for kind, count in (("photographs", 3589), ("drawings", 350)):
        assert record[kind]["data"]["count"] == count
        for name, found in record[kind]["networks"].items():
            assert found["network"] == name
            assert found["sha256"] == sha256_of(WEIGHTS_FOLDER / found["file"]), f"{name}: other weights ship now"
            for change, rows in found["changes"].items():
                assert tuple(row["strength"] for row in rows["levels"]) == FACE_CHANGES[change].strengths
    assert record["drawings"]["data"]["content_hash"] == load_schematic("private").content_hash


def test_all_changes_start_from_the_same_answers():
    record = robustness.recorded_robustness()
    for kind in ("photographs", "drawings"):
        for name, found in record[kind]["networks"].items():
            starts = [np.sum(level["transitions"], axis=2).tolist()
                      for rows in found["changes"].values() for level in rows["levels"]]
            assert all(start == starts[0] for start in starts)
            assert np.sum(starts[0]) == record[kind]["data"]["count"]
            plain = robustness.plain_row(record, kind, name)
            assert plain["plain"]["accuracy"] == plain["mirrored"]["before"] == plain["shifted by 2 pixels"]["before"]
    public = load_run("squeezenet-mini")["scores"]["private"]["accuracy"]
    assert robustness.plain_row(record, "drawings", "squeezenet-mini")["plain"]["accuracy"] == pytest.approx(
        public, abs=0.006)


def test_drawings_answer_as_recorded():
    """One change, measured again; another processor may round a face or two otherwise."""
    from fer_utils.evaluation import predict_probabilities
    from fer_utils.networks.weights import load_network

    net, (images, labels) = load_network("squeezenet-mini"), load_schematic("private").private
    found = robustness.measure(lambda faces: predict_probabilities(net, faces), images, labels, names=("darkness",))
    recorded = robustness.recorded_robustness()["drawings"]["networks"]["squeezenet-mini"]["changes"]["darkness"]
    for now, then in zip(found["darkness"]["levels"], recorded["levels"]):
        assert np.abs(np.array(now["transitions"]) - then["transitions"]).sum() <= 8


@pytest.mark.real_data
def test_photographs_answer_as_recorded():
    from fer_utils.data.fer2013 import load_fer2013
    from fer_utils.edge.litert import load_litert

    record = robustness.recorded_robustness()["photographs"]
    faces = load_fer2013(splits=("public",))
    assert record["data"]["content_hash"] == faces.content_hash
    images, labels = faces.public
    found = robustness.plain_changes(load_litert("squeezenet-fer-tiny").predict, images, labels)
    then = record["networks"]["squeezenet-fer-tiny"]["shifted_by_2"]
    assert np.abs(np.array(found["transitions"]) - then["transitions"]).sum() <= 40


def test_readers_say_what_is_not_there():
    record = robustness.recorded_robustness()
    with pytest.raises(ValueError, match="recorded: squeezenet-mini"):
        robustness.curve(record, "drawings", "vgg16", "blur")
    with pytest.raises(ValueError, match="no change 'fog'"):
        robustness.curve(record, "drawings", "squeezenet-mini", "fog")
    with pytest.raises(ValueError, match="there is no change"):
        robustness.changed(np.zeros((1, 48, 48), np.uint8), "fog", 1)
    with pytest.raises(ValueError, match="there is no change"):
        robustness.measure(lambda faces: np.eye(7)[[0] * len(faces)], spots((1, 1)), [0], names=("fog",))
    with pytest.raises(ValueError, match="there is no kind 'pictures'; there are: photographs"):
        robustness.curve(record, "pictures", "squeezenet-mini", "blur")
    for read in (robustness.at, robustness.recalls, robustness.confusions):
        with pytest.raises(ValueError, match="no blur of strength 7 is recorded; recorded: 0.5, 1"):
            read(record, "drawings", "squeezenet-mini", "blur", 7)
        with pytest.raises(ValueError, match="no change 'fog'"):
            read(record, "drawings", "squeezenet-mini", "fog")


def a_level(record):
    return record["drawings"]["networks"]["squeezenet-mini"]["changes"]["blur"]["levels"][1]


@pytest.mark.parametrize("damage", [
    lambda record: record["photographs"]["networks"][DEFAULT_NETWORK]["changes"].pop("blur"),
    lambda record: record["drawings"]["networks"]["squeezenet-mini"]["changes"]["blur"]["levels"].pop(),
    lambda record: a_level(record).update(strength=7), lambda record: a_level(record)["transitions"][3].pop(),
    lambda record: a_level(record)["transitions"][3][2].append(1),
    lambda record: a_level(record)["transitions"][3][2].__setitem__(0, -1), "cut off", "empty"])
def test_a_damaged_record_is_refused(tmp_path, monkeypatch, damage):
    record, broken = robustness.recorded_robustness(), tmp_path / "robustness.json"
    if callable(damage):
        damage(record)
        broken.write_text(json.dumps(record))
    else:
        broken.write_text(json.dumps(record)[:9999 if damage == "cut off" else 0])
    monkeypatch.setattr(robustness, "ROBUSTNESS_FILE", broken)
    with pytest.raises(FileError, match="git checkout data/results/robustness.json"):
        robustness.recorded_robustness()


def test_failures_begin_with_the_largest_loss():
    record = robustness.recorded_robustness()
    rows = robustness.failures(record, "photographs", DEFAULT_NETWORK)
    assert {row["change"] for row in rows} == set(FACE_CHANGES)
    assert [row["difference"] for row in rows] == sorted(row["difference"] for row in rows)
    assert all(row["tried"] == sum(len(change.strengths) for change in FACE_CHANGES.values()) for row in rows)
    for row in robustness.confusions(record, "photographs", DEFAULT_NETWORK, "mask"):
        assert row["low"] > 0 and row["label"] in EMOTIONS and row["label"] != row["answer"]


def test_intervals_of_the_record_know_how_many_were_tried():
    """Each is held against the counts, with the number of comparisons written out here."""
    record, name, trials = robustness.recorded_robustness(), DEFAULT_NETWORK, 51
    assert sum(len(change.strengths) for change in FACE_CHANGES.values()) == trials

    def interval(counts, tried):
        won = sum(counts[c][j][c] for c in range(7) for j in range(7) if j != c)
        lost = sum(counts[c][c][j] for c in range(7) for j in range(7) if j != c)
        return paired_interval(won, lost, int(np.sum(counts)), tried)

    levels = record["photographs"]["networks"][name]["changes"]["mask"]["levels"]
    for level, row in zip(levels, robustness.curve(record, "photographs", name, "mask"), strict=True):
        assert (row["difference_low"], row["difference_high"]) == interval(level["transitions"], trials)
        assert row == robustness.at(record, "photographs", name, "mask", level["strength"])
    last = levels[-1]["transitions"]
    for number, (emotion, row) in enumerate(robustness.recalls(record, "photographs", name, "mask", 1.0).items()):
        alone = [counts if other == number else np.zeros((7, 7), int).tolist() for other, counts in enumerate(last)]
        assert EMOTIONS[number] == emotion
        assert (row["difference_low"], row["difference_high"]) == interval(alone, 7 * trials)
    for row in robustness.confusions(record, "photographs", name, "mask"):
        own, answer = np.array(last)[EMOTIONS.index(row["label"])], EMOTIONS.index(row["answer"])
        newly, gone = own[:, answer].sum() - own[answer, answer], own[answer].sum() - own[answer, answer]
        assert (row["low"], row["high"]) == paired_interval(newly, gone, own.sum(), 42 * 11)
    plain = robustness.plain_row(record, "photographs", name)
    mirror = record["photographs"]["networks"][name]["changes"]["mirrored"]["levels"][0]["transitions"]
    assert plain["mirrored"]["difference_low"] == interval(mirror, 2)[0]
    assert plain["shifted by 2 pixels"]["tried"] == 2


@pytest.mark.parametrize("given, said", [
    (["--only", "mistakes", "--votes", "nowhere.csv"], "there is no file"),
    (["--only", "drawings", "--drawings", "nothing"], "no run of 'nothing'"),
    (["--only", "mistakes"], "needs the votes")])
def test_the_recorder_names_what_is_wrong_without_a_traceback(monkeypatch, capsys, given, said):
    import record_robustness

    monkeypatch.setattr("sys.argv", ["record_robustness.py", *given])
    with pytest.raises(SystemExit):
        record_robustness.main()
    assert said in capsys.readouterr().err


# Confident mistakes

def test_sides_by_hand():
    votes = np.zeros((5, 10), np.uint8)
    for row, given in enumerate(({3: 6, 0: 4}, {0: 7, 3: 3}, {4: 9}, {3: 5, 0: 5}, {8: 6, 3: 2})):
        for choice, count in given.items():
            votes[row, choice] = count
    found = mistakes.side_of(votes, np.zeros(5, int), np.full(5, 3))
    assert [mistakes.WITH_WHOM[side] for side in found] == ["network", "label", "another", "tied", "another"]


def test_votes_that_do_not_fit_are_refused():
    votes = np.zeros((2, 10), np.uint8)
    for given in ((votes, [0, 1, 2], [1, 2, 3]), (votes.astype(float), [0, 1], [1, 2]), (votes[0], [0, 1], [1, 2])):
        with pytest.raises(ValueError, match="a label and an answer for each face"):
            mistakes.side_of(*given)
    with pytest.raises(ValueError, match="give the mistakes alone"):
        mistakes.side_of(votes, [0, 1], [0, 2])
    for most in (0, -5, 2.5, "5"):
        with pytest.raises(ValueError, match="1 or more, or None"):
            mistakes.sides(mistakes.recorded_mistakes(), most)


@pytest.mark.parametrize("damage", [
    lambda found: found["side"].pop(), lambda found: found["side"].__setitem__(0, 4),
    lambda found: found["label"].__setitem__(0, 7), lambda found: [values.clear() for values in found.values()]])
def test_a_damaged_record_of_mistakes_is_refused(tmp_path, monkeypatch, damage):
    record, broken = mistakes.recorded_mistakes(), tmp_path / "mistakes.json"
    damage(record["mistakes"])
    broken.write_text(json.dumps(record))
    monkeypatch.setattr(mistakes, "MISTAKES_FILE", broken)
    with pytest.raises(FileError, match="git checkout data/results/mistakes.json"):
        mistakes.recorded_mistakes()


def test_mistakes_are_sorted_and_right_answers_left_out():
    probabilities = np.full((4, 7), 0.01, np.float32)
    probabilities[[0, 1, 2, 3], [3, 3, 3, 3]] = 0.5, 0.9, 0.7, 0.8
    votes = np.zeros((4, 10), np.uint8)
    votes[:3, 3] = 10  # nobody looked at the last face
    found = mistakes.measure({"labels": np.array([0, 1, 3, 0], np.uint8), "probabilities": probabilities}, votes)
    assert found["mistakes"]["place"] == [1, 0] and found["judged"] == 3
    assert mistakes.sides(found, 1)["network"] == pytest.approx(
        {"hits": 1, "share": 1, "low": 0.2065, "high": 1}, abs=1e-3)


def test_the_recorded_mistakes_are_those_of_the_shipped_network():
    record, run = mistakes.recorded_mistakes(), load_run(DEFAULT_NETWORK)["run"]
    assert record["run"] == run, "measure again: tools/record_robustness.py --only mistakes"
    assert record["answers_sha256"] == sha256_of(RESULTS_FOLDER / run / "private.npz")
    stored = recorded_probabilities(run)
    answers, places = stored["probabilities"].argmax(axis=1), record["mistakes"]["place"]
    assert record["mistakes"]["answer"] == answers[places].tolist()
    assert record["mistakes"]["label"] == stored["labels"][places].tolist()
    assert (answers != stored["labels"]).sum() == len(places) + record["faces"] - record["judged"]
    confidence = record["mistakes"]["confidence"]
    assert confidence == sorted(confidence, reverse=True)
    found = mistakes.sides(record, 100)
    assert sum(found[name]["hits"] for name in mistakes.WITH_WHOM) == found["n"] == 100


def test_the_run_behind_wider_frames_began_with_what_ships_and_is_told_as_it_came_out():
    from fer_utils.course.chapter_13.failures import wider_table
    from fer_utils.evaluation.robustness import recorded_wider_framing
    from fer_utils.networks.weights import identity_of
    from fer_utils.training.recipes import RECIPES, Recipe

    record = recorded_wider_framing()
    assert Recipe(**record["recipe"]) == RECIPES["framed"] and record["epochs"] == RECIPES["framed"].epochs
    assert (record["initial_weights"], record["initial_weights_sha256"]) == identity_of(record["model"])
    for row in record["rows"]:
        assert row["difference"] == pytest.approx(row["after"] - row["before"])
        assert row["low"] <= row["difference"] <= row["high"]
    plain = record["rows"][0]
    assert plain["change"] == "as it is" and plain["after"] == pytest.approx(record["public_accuracy"], abs=1e-6)
    said = wider_table(record).splitlines()
    assert len(said) == 2 + len(record["rows"]) == 2 + record["tried"]
    assert said[2].endswith("fewer |") and "cannot be told" in said[4] and said[6].endswith("more |")
