"""The published places of chapter 01 and the sums with them; the limbic map says what it shows."""

from itertools import combinations

import numpy as np
import pytest
from scipy.spatial.distance import pdist

from fer_utils.course.chapter_01 import affect
from fer_utils.course.chapter_01 import figures as emotion_figures
from fer_utils.course.chapter_01 import limbic_map as limbic_figures
from fer_utils.labels import EMOTIONS


def test_words_stand_in_the_published_order():
    assert list(affect.MEASURED.values()) == sorted(affect.MEASURED.values()) and len(affect.MEASURED) == 15
    assert len({*affect.MEASURED, *affect.UNREAD}) == 28  # all of Russell's words, none twice
    assert list(affect.PREDICTED.values()) == [45 * n for n in range(8)]
    assert np.allclose(affect.on_circle(90), (0, 1)) and np.allclose(affect.on_circle(180), (-1, 0))


def test_every_class_and_every_category_has_its_place():
    assert set(affect.RATED) == set(EMOTIONS) and affect.rated_places(3).shape == (7, 3)
    assert np.allclose(affect.rated_places()[EMOTIONS.index("sadness")], (-0.63, -0.27))
    assert len(set(affect.CATEGORIES)) == 27


@pytest.mark.parametrize("counts, expected", [([4, 0], 0), ([5, 5], 1), ([1] * 8, 3), ([2, 1, 1, 0], 1.5)])
def test_bits(counts, expected):
    assert affect.bits(counts) == pytest.approx(expected)


def test_spread_moves_variation_inside_and_keeps_the_classifier_above_chance():
    tight, wide = affect.simulate_bodies(0.3), affect.simulate_bodies(2.0)
    assert affect.share_inside(*tight) < 0.3 < 0.7 < affect.share_inside(*wide) < 1
    assert affect.nearest_average(*tight) > 0.95 > affect.nearest_average(*wide) > 2 / 6
    values, labels = wide
    shuffled = np.random.default_rng(1).permutation(labels)
    assert affect.nearest_average(values, shuffled) < 1.7 / 6  # without a link to the labels: chance


def test_the_picture_of_bodies_says_what_is_measured():
    simulations = {"tight": affect.simulate_bodies(0.3), "wide": affect.simulate_bodies(2.0)}
    figure, alt = emotion_figures.bodies(simulations, shown=3)
    for title, (values, labels) in simulations.items():
        assert f"{title}: {100 * affect.share_inside(values, labels):.0f} %" in alt
    values, labels = simulations["tight"]
    averages = np.array([values[labels == c].mean(axis=0) for c in range(6)])
    widest = max(pdist(averages[:, pair]).min() for pair in combinations(range(8), 2))
    drawn = np.array([line.get_xydata()[0] for line in figure.axes[0].lines if line.get_markersize() == 10])
    assert len(drawn) == 6 and pdist(drawn).min() == pytest.approx(widest)  # no two stand on one another


def test_the_tree_counts_what_bayes_rule_computes():
    _, alt = emotion_figures.tree(angry=100, scowling_angry=23, scowling_others=180)
    share = affect.after_sign(hit_rate=0.23, false_alarm=180 / 900, base_rate=0.1)
    assert f"Of the 203 who scowl {100 * share:.0f} % are angry" in alt


def test_votes_are_drawn_for_all_ten_choices():
    counts = np.array([2, 1, 0, 1, 3, 0, 2, 0, 1, 0])
    figure, alt = emotion_figures.votes({"a": counts, "b": 10 * np.eye(10, dtype=int)[0]}, {"a": 2.45, "b": 0.0})
    assert "1 unknown" in alt and "10 anger, 0.00 bits" in alt
    assert [patch.get_height() for patch in figure.axes[0].patches] == counts.tolist()


def test_the_circle_shows_directions_of_rated_words_in_its_gap():
    _, alt = emotion_figures.circumplex()
    assert "anger at 131, fear at 137, disgust at 150" in alt


def test_the_map_names_the_eight_structures_of_the_chapter():
    _, alt = limbic_figures.limbic_map()
    for name in ("hypothalamus", "hippocampus", "amygdala", "thalamus", "limbic cortex", "insula",
                 "orbitofrontal cortex",
                 "dopaminergic reward system"):
        assert name in alt
        _, chosen = limbic_figures.limbic_map(name)
        assert name in chosen and limbic_figures.STRUCTURES[name][0] in chosen and "But:" in chosen


def test_the_map_refuses_another_name():
    with pytest.raises(ValueError, match="cerebellum.*amygdala"):
        limbic_figures.limbic_map("cerebellum")


def test_a_placed_face_is_measured_against_what_was_published():
    faces = np.zeros((7, 48, 48), np.uint8)
    _, alt = emotion_figures.place(faces, "sadness", -0.63, -0.27, "the published rating")
    assert "0.00 away" in alt
    _, alt = emotion_figures.place(faces, "happiness", 0.9, -0.1, "Russell's words")
    assert "nearest of Russell's words is pleased" in alt
    _, alt = emotion_figures.place(faces, "fear", 0.9, 0.9)
    assert "rating" not in alt and "Russell" not in alt
