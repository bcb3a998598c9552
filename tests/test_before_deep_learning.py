"""Chapter 05: the small detector, landmarks of the drawn face, changes of light, and the record in words."""

import numpy as np
import pytest

from fer_utils.course.chapter_05 import decision, description, landmarks, own, records, viola_jones
from fer_utils.faces.draw import draw_gray

WINDOWS = np.random.default_rng(0).random((5, 24, 24))


# Find

@pytest.mark.parametrize("kind, theirs", [("two above each other", "type-2-y"), ("two side by side", "type-2-x")])
def test_a_haar_feature_of_two_is_that_of_scikit_image(kind, theirs):
    from skimage.feature import haar_like_feature
    from skimage.transform import integral_image

    place = viola_jones.Haar(kind, row=3, column=5, height=4, width=6)
    down, across = viola_jones.KINDS[kind]
    mine = viola_jones.haar_value(viola_jones.tables_of(WINDOWS), place) * place.height * place.width
    parts = [[(3 + 4 * i, 5 + 6 * j), (3 + 4 * i + 3, 5 + 6 * j + 5)] for i in range(down) for j in range(across)]
    coordinates = np.empty((1, 2), dtype=object)
    coordinates[0, 0], coordinates[0, 1] = parts
    for window, value in zip(WINDOWS, mine):
        found = haar_like_feature(integral_image(window), 0, 0, 24, 24, np.array([theirs], dtype=object), coordinates)
        assert abs(found[0]) == pytest.approx(abs(value), abs=1e-5)


def test_three_rectangles_are_balanced():
    flat, band = np.full((1, 24, 24), 0.3), np.zeros((1, 24, 24))
    band[:, 4:8] = 1
    place = viola_jones.Haar("three above each other", row=0, column=2, height=4, width=6)
    assert viola_jones.haar_value(viola_jones.tables_of(flat), place)[0] == pytest.approx(0)
    assert viola_jones.haar_value(viola_jones.tables_of(band), place)[0] == pytest.approx(1)


def test_random_features_fit_into_a_window():
    for feature in viola_jones.draw_features(200, np.random.default_rng(1)):
        down, across = viola_jones.KINDS[feature.kind]
        assert 0 <= feature.row <= 24 - down * feature.height and 0 <= feature.column <= 24 - across * feature.width


def test_boosting_takes_the_feature_that_divides_and_then_another():
    rng = np.random.default_rng(2)
    some, others = rng.normal(size=(40, 6)), rng.normal(size=(60, 6))
    some[:, 3] -= 9
    first = viola_jones.boost(some, others, 1)[0]
    assert first.feature == 3 and first.sign == -1 and -9 < first.threshold < 0
    values = rng.normal(size=(300, 3))
    two_of_three = (values > 0).sum(axis=1) >= 2  # no stump is enough, three that vote are
    some, others = values[two_of_three], values[~two_of_three]
    accuracies = []
    for rounds in (1, 9):
        stage = viola_jones.Stage(viola_jones.boost(some, others, rounds), 0.0)
        said = [viola_jones.votes(stage, values.T.__getitem__) > 0 for values in (some, others)]
        accuracies.append((np.mean(said[0]) + np.mean(~said[1])) / 2)
    assert accuracies[0] < 0.85 and accuracies[1] > 0.93


@pytest.fixture(scope="module")
def detector():
    rng = np.random.default_rng(0)
    some_faces, others = viola_jones.training_windows(rng, 1200)
    features = viola_jones.draw_features(150, rng)
    return viola_jones.train_cascade(some_faces, others, features, rounds=(1, 3, 6)), features, some_faces, others


def test_a_cascade_keeps_faces_and_saves_work(detector):
    cascade, features, some_faces, others = detector
    assert [len(stage.stumps) for stage in cascade] == [1, 3, 6]
    stages, work = viola_jones.run_cascade(cascade, features, some_faces)
    assert np.mean(stages == 3) > 0.9
    stages, work = viola_jones.run_cascade(cascade, features, others)
    assert np.mean(stages == 3) < 0.5 and work.mean() < 8
    assert set(np.unique(work)) <= {1, 4, 10} and (work[stages == 3] == 10).all() and (work[stages == 0] == 1).all()


def test_a_cascade_works_with_the_sums_that_it_is_given(detector):
    cascade, features, some_faces, _ = detector
    calls = []

    def counted(table, *place):
        calls.append(place)
        return own.rectangle_sum(table, *place)

    again = viola_jones.run_cascade(cascade, features, some_faces[:9], counted)
    assert calls and np.array_equal(again[0], viola_jones.run_cascade(cascade, features, some_faces[:9])[0])


def test_windows_and_their_places():
    picture = np.random.default_rng(3).random((60, 80))
    windows, places = viola_jones.windows_of(picture, 1, step=4)
    row, column, side = places[7].astype(int)
    assert side == 24 and np.allclose(windows[7], picture[row:row + 24, column:column + 24])
    assert len(viola_jones.windows_of(picture, 4)[0]) == 0  # too small
    assert len(viola_jones.windows_of(np.zeros((60, 80)), 1)[0]) == 0  # flat


# Describe

def test_own_patterns_and_tables():
    assert own.lbp_code(np.array([[9.0, 1, 1], [1, 5, 1], [1, 1, 1]])) == 128 and own.lbp_code(np.ones((3, 3))) == 255
    assert own.integral_image(np.full((2, 2), 255, np.uint8))[-1, -1] == 1020


def test_light_changes_as_it_says():
    faces = np.full((2, 48, 48), 100, np.uint8)
    assert np.array_equal(description.change_light(faces), faces)
    assert (description.change_light(faces, gain=0.5, offset=7) == 57).all()
    assert (description.change_light(faces, gain=9) == 255).all()
    sides = description.change_light(faces, side=1.0)
    assert (sides[..., -1] == 100).all() and (sides[..., 0] == 0).all()
    assert np.array_equal(description.change_light(faces, side=-1.0), sides[..., ::-1])


def test_what_does_not_change_moves_by_nothing():
    faces = np.random.default_rng(4).integers(0, 256, (3, 48, 48)).astype(np.uint8)
    assert description.relative_change(lambda images: images.reshape(len(images), -1) / 255, faces, faces) == 0


def test_a_gabor_wave_sums_to_nothing_and_turns():
    wave = description.gabor_wave(6, 0)
    assert wave.sum() == pytest.approx(0, abs=1e-9)
    assert np.allclose(description.gabor_wave(6, 90), wave.T, atol=1e-9)


# Landmarks

def test_the_people_are_those_of_the_bundled_drawings():
    images, labels, people = landmarks.bundled_people(3)
    for image, person in zip(images, people):
        assert np.abs(draw_gray(*person, supersample=3).astype(int) - image).mean() < 8  # noise and 32 levels


def test_landmarks_move_with_the_muscles():
    rest, smile, frown = (landmarks.landmarks(units) for units in ({}, {"AU12": 1.0}, {"AU4": 1.0}))
    assert smile["mouth corner L"][1] < rest["mouth corner L"][1]
    assert smile["mouth corner R"][0] < rest["mouth corner R"][0] < 0 < rest["mouth corner L"][0]
    assert frown["inner brow L"][0] < rest["inner brow L"][0] and frown["inner brow L"][1] > rest["inner brow L"][1]
    assert all(rest[f"upper lid {side}"][1] < rest[f"lower lid {side}"][1] for side in "LR")
    assert abs(rest["inner corner L"][0]) < abs(rest["outer corner L"][0])


def test_distances_do_not_depend_on_a_tilt_of_the_head():
    straight, tilted = (landmarks.distances(landmarks.landmarks({"AU12": 0.7}, pose={"roll": roll}))
                        for roll in (0, 20))
    assert np.allclose(straight, tilted, atol=1e-6) and len(straight) == len(landmarks.MEASURES)


def test_landmarks_lie_on_the_picture():
    pose = {"zoom": 1.05, "shift_x": 0.03, "roll": 5.0}
    picture = draw_gray({"AU27": 1.0}, pose=pose)
    points = landmarks.landmarks({"AU27": 1.0}, pose=pose)
    middle = landmarks.in_pixels((points["upper lip"] + points["lower lip"]) / 2, pose)
    assert picture[round(middle[1]), round(middle[0])] < 90  # the open mouth is dark


# Decide, and the record

def test_classifiers_are_made_anew():
    first, second = decision.classifiers(), decision.classifiers()
    assert list(first) == list(second) and all(first[name] is not second[name] for name in first)


def curves(gaps):
    """A recorded experiment "learning-curves" with these gaps by size."""
    pairs = {str(size): [{"gap": gap + luck, "error": 0.01} for luck in (-0.004, 0.004)] for size, gap in gaps.items()}
    accuracy = {name: {size: [0.4, 0.41] for size in pairs} for name in ("hog-svm", "hog-linear-svm", "net")}
    return {"ways": ["hog-svm", "hog-linear-svm", "net"],
            "measured": {"accuracy": accuracy, "pairs": {"hog-svm against net": pairs}}}


@pytest.mark.parametrize("gaps, words", [
    ({500: 0.05, 1000: 0.0, 28709: -0.05}, "holds: the hand-made"), ({500: 0.0, 28709: -0.05}, "does not hold"),
    ({500: 0.0, 1000: 0.05, 28709: 0.0}, "holds: the hand-made"), ({500: 0.05, 28709: 0.05}, "has not caught up"),
    ({500: -0.05, 28709: -0.05}, "does not hold")])
def test_the_verdict_on_few_faces(gaps, words):
    assert words in records.data_verdict(curves(gaps), "hog-svm")


def test_the_table_of_verdicts_has_margins_and_says_what_cannot_be_told():
    text = records.verdict_table(curves({500: 0.05, 1000: 0.001, 28709: -0.05}), "hog-svm")
    rows = text.splitlines()[2:]
    assert "hog-svm" in rows[0] and "cannot be told" in rows[1] and rows[2].rstrip(" |").endswith("net")
    assert "+5.0 ±" in rows[0]


def test_the_curves_are_drawn():
    assert "500 faces" in records.curves(curves({500: 0.05, 28709: -0.05}))[1]


def test_the_cheapest_answer_stands_first():
    speed = {"measured": {"dear": {"alone": 0.02, "among": 0.01, "file_bytes": 2_000_000},
                          "cheap": {"alone": 0.005, "among": 0.001, "file_bytes": 1_000_000}}}
    rows = records.cost_table(speed).splitlines()[2:]
    assert "cheap" in rows[0] and "5.0" in rows[0] and "1.00" in rows[0] and "2.0" in rows[1]
