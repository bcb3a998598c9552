"""The figures of chapter 16 say what the records say; its small experiments do what they are named for."""

import numpy as np
import pytest

from fer_utils.course.chapter_16 import ablation, leaderboard, pairs, teaching
from fer_utils.course.chapter_16 import figures as beyond_figures
from fer_utils.course.chapter_16.rare_classes import divide_out, fit_rare
from fer_utils.course.small_network import SmallFaces, loss_and_gradient, train_small
from fer_utils.evaluation.comparison import compare_groups, compare_pairs
from fer_utils.evaluation.intervals import seeds_difference
from fer_utils.evaluation.protocol import best_run, load_protocol
from fer_utils.evaluation.results import (
    EXPERIMENTS_FILE,
    load_run,
    names_of,
    recorded_experiment,
    recorded_probabilities,
    recorded_steps,
    results_table,
    seeds_of,
)
from fer_utils.networks import DEFAULT_NETWORK
from fer_utils.networks.weights import shipped_weights
from fer_utils.training.recipes import RECIPES, different_fields


def few(count=60):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(count, 256)).astype("float32")
    y = rng.integers(0, 7, count)
    return SmallFaces(x, y, x, y)


# Published figures

def test_every_published_figure_says_what_it_is_and_where_it_was_seen():
    rows = leaderboard.published_figures()
    assert len(rows) > 12 and [row["accuracy"] for row in rows] == sorted(row["accuracy"] for row in rows)
    for row in rows:
        assert row["kind"] in leaderboard.KIND_MARKS and row["why"].endswith(".") and row["source"]
        assert row["seen"] in ("code", "paper", "abstract", "readme", "issue", "second hand")
        assert row.get("views") in (1, 10, None) and (row.get("views") or row["kind"] == "not explained")
        low, high = leaderboard.interval_of(row)
        assert low < row["accuracy"] < high and high - low == pytest.approx(
            2 * 1.96 * np.sqrt(row["accuracy"] * (1 - row["accuracy"]) / row.get("faces", 3589)), rel=0.02)
        assert 0.5 < row["accuracy"] < 1 and row.get("parameters", 1e6) > 1e4
    table = leaderboard.leaderboard_table()
    assert all(f"{100 * row['accuracy']:.2f} %" in table and row["name"] in table for row in rows)


def test_the_single_networks_of_the_best_known_ensemble_are_listed():
    alone = {row["name"].split(", ")[1]: row["accuracy"] for row in leaderboard.published_figures()
             if row["name"].startswith("Pramerdorfer") and row["name"].endswith("alone")}
    assert alone == {"VGG alone": 0.727, "ResNet alone": 0.724, "Inception alone": 0.716}


def test_a_published_figure_is_not_beaten_by_a_point():
    rows = [row for row in leaderboard.published_figures() if row["kind"] == "clean"]
    ours = np.array([run["scores"]["private"]["accuracy"] for run in seeds_of("squeezenet-fer-deep", "distilled-long")])
    held = leaderboard.held_against(rows, ours)
    tang = held["Tang, winner of the challenge of 2013"]
    assert tang["tried"] == len(rows) and tang["difference"] == pytest.approx(ours.mean() - 0.71162)
    # unpaired: two binomial errors at least, and the seeds
    assert tang["high"] - tang["low"] > 2 * 1.96 * np.sqrt(2 * 0.71 * 0.29 / 3589) and tang["told"] == "cannot be told"
    assert held["wendongbi, MobileNet"]["told"] == "better" and "24" not in tang["luck"]  # our own seeds count once


def test_the_best_of_equals_is_lucky_and_the_best_of_one_is_not():
    shown, true = leaderboard.best_of(tries=1)
    assert abs(shown.mean() - 0.7) < 0.001 and np.all(true == 0.7)
    shown, true = leaderboard.best_of(tries=20)
    # the largest of 20 standard normal draws is 1.867 on average
    assert shown.mean() - 0.7 == pytest.approx(1.867 * np.sqrt(0.7 * 0.3 / 3589), rel=0.03)


def test_where_tries_differ_choosing_finds_the_better_one():
    near, far = leaderboard.best_of(tries=20, spread=0.005), leaderboard.best_of(tries=20, spread=0.015)
    assert far[1].mean() > near[1].mean() > 0.7
    assert far[0].mean() - far[1].mean() < near[0].mean() - near[1].mean()


# The ablation

def test_every_network_with_three_seeds_is_in_the_failure_gallery():
    runs = leaderboard.repeated_runs()
    names = [name for name, _, _ in runs]
    assert len(set(names)) == len(names) >= 8
    for name, public, private in runs:
        seeds = seeds_of(*name.split(", "))
        assert len(public) == len(seeds) >= 3
        for values, split in ((public, "public"), (private, "private")):
            assert values.tolist() == [run["scores"][split]["accuracy"] for run in seeds]
    assert leaderboard.choices_table([("a, b", 0.7, 0.69, 0.685)]).splitlines()[-1] == (
        "| a, b | 70.00 % | 69.00 % | 68.50 % |")


def test_the_climb_reads_its_figures_from_the_runs():
    stages = ablation.measured_stages()
    assert len(stages) >= 6 and all(run["complete"] for _, runs in stages for run in runs)
    table, alt = ablation.ablation_table(), ablation.ablation_figure()[1]
    for name, runs in stages:
        mean = 100 * np.mean([run["scores"]["private"]["accuracy"] for run in runs])
        assert f"| {mean:.2f} % |" in table and f"{name}, {mean:.1f} %" in alt


def test_each_step_changes_one_thing():
    for name in ablation.SINGLE_CHANGES:
        changed = set(ablation.differences(RECIPES[name]))
        # an optimizer needs a rate of its own; a penalty stands for the decay; teachers see the copies that are made
        # for them
        allowed = {"sgd": {"optimizer", "learning_rate", "weight_decay"}, "l1": {"l1", "weight_decay"},
                   "l2": {"l2", "weight_decay"}, "distilled": {"teacher_share", "augmentation"}}
        assert changed == allowed.get(name, changed) and (name in allowed or len(changed) == 1), name


def test_every_step_was_run_alike_and_keeps_to_the_protocol():
    protocol, steps = load_protocol(), recorded_steps()
    assert sorted(run["recipe"]["name"] for run in steps.values()) == sorted([*ablation.SINGLE_CHANGES, "comparison"])
    for name, run in steps.items():
        assert name == f"{ablation.STEPS_NETWORK}-{run['recipe']['name']}-s0" and run["complete"]
        assert not different_fields(run["recipe"], RECIPES[run["recipe"]["name"]].as_dict())
        assert run["epochs"] == protocol["ablation"]["epochs"]
        assert run["public"]["n"] == protocol["splits"]["public"]["faces"]
        assert run["data"]["content_hash"] == protocol["data"]["training_hash"] and "private" not in run
        # trained in one precision, recorded from weights rounded to 16 bits
        assert run["public"]["accuracy"] == pytest.approx(run["public_accuracy"], abs=0.002)


def test_the_steps_stand_in_the_order_of_their_gain():
    gains, table = ablation.steps_compared(), ablation.steps_table()
    assert set(gains) == set(ablation.SINGLE_CHANGES)
    differences = [row["difference"] for row in gains.values()]
    assert differences == sorted(differences, reverse=True)
    assert gains["weighted"]["difference"] == pytest.approx(
        ablation.step("weighted")["accuracy"] - ablation.step("comparison")["accuracy"])
    assert table.count("\n") == len(ablation.SINGLE_CHANGES) + 2 and "`sgd` | optimizer adamw to sgd" in table
    assert f"| {100 * ablation.step('sgd')['accuracy']:.2f} % | {100 * differences[0]:+.2f} (" in table
    assert "-0.0 " not in table


def test_the_steps_are_corrected_for_their_number_and_know_both_kinds_of_luck():
    for row in ablation.steps_compared().values():
        assert row["tried"] == len(ablation.SINGLE_CHANGES) == 11 and row["luck"].startswith("faces and seeds")
        assert row["p_holm"] >= row["p_value"]
        seeds, _ = ablation.luck_of_seeds()
        assert (row["high"] - row["low"]) / 2 > 2.5 * seeds  # Bonferroni of eleven, and the faces on top


def test_a_search_without_any_gain_shows_what_it_should():
    from scipy.stats import multivariate_t

    one, many = ablation.largest_by_luck(1, 10**6), ablation.largest_by_luck(11, 10**6)
    assert np.mean(one > 1.96) == pytest.approx(0.05, abs=0.006)
    assert np.mean(many > 2) == pytest.approx(0.28, abs=0.015)  # eleven against one baseline, spread known
    shape = np.full((11, 11), 0.5) + 0.5 * np.eye(11)  # differences from one run go together
    _, freedom = ablation.luck_of_seeds()
    few = ablation.largest_by_luck(11, freedom)
    limit = np.quantile(few, 0.95)
    inside = multivariate_t(shape=shape, df=freedom, seed=0).cdf(np.full(11, limit), lower_limit=np.full(11, -limit))
    assert inside == pytest.approx(0.95, abs=0.005) and np.mean(few > 2) > np.mean(many > 2)


def test_the_luck_of_seeds_is_that_of_two_runs():
    from fer_utils.course.runs import seed_spread
    from fer_utils.evaluation.results import results_table

    rows = results_table()
    spread, runs, groups = seed_spread(rows)
    assert ablation.luck_of_seeds() == (pytest.approx(np.sqrt(2) * spread), runs - groups)
    assert ablation.luck_of_seeds("accuracy")[0] == pytest.approx(np.sqrt(2) * seed_spread(rows, "accuracy")[0])


def test_four_of_five_steps_between_students_change_two_things():
    assert ablation.changing_both() == (4, 5) and len(ablation.student_steps()) == 5
    *_, (runs, before) = ablation.student_steps().values()
    assert before == ["squeezenet-fer-taught-s0"] and len(runs) == 3


# Runs held against runs

def test_pairs_are_corrected_for_their_number_and_borrow_spread():
    vgg16, deep = names_of("vgg16", "comparison"), names_of("squeezenet-fer-deep", "comparison")
    found = compare_pairs({"a": (deep, vgg16), "b": (vgg16, deep)}, pairs.with_borrowed_spread())
    alone = compare_groups(deep, vgg16)
    assert found["a"]["difference"] == alone["difference"] == pytest.approx(-found["b"]["difference"])
    assert found["a"]["tried"] == 2 and found["a"]["high"] - found["a"]["low"] > alone["high"] - alone["low"]
    assert found["a"]["luck"] == "faces and seeds (one seed each, with the spread of 24 seeds of others)"
    assert found["a"]["p_holm"] == pytest.approx(2 * found["a"]["p_value"])
    line = pairs.pairs_table(found).splitlines()[2]
    assert line.startswith("| a | 68.74 % | 70.94 % | -2.20 (") and line.endswith("| 1 and 1 |")


def test_many_runs_on_the_same_faces_are_little_more_evidence_than_one():
    rows = [row for row in results_table() if row["run"] in names_of("squeezenet", "comparison")]
    one, all_three = leaderboard.splits_apart(rows[:1]), leaderboard.splits_apart(rows)
    widths = [found["high"] - found["low"] for found in (one, all_three)]
    assert len(rows) == 3 and 0.7 * widths[0] < widths[1] < widths[0]
    accuracy = rows[0]["accuracy"]
    assert widths[0] / 2 == pytest.approx(1.96 * np.sqrt(2 * accuracy * (1 - accuracy) / 3589), rel=0.01)
    assert one["difference"] == pytest.approx(accuracy - rows[0]["public_accuracy"])


# Students and teachers

def test_the_finals_are_the_best_of_their_divisions():
    table, protocol = teaching.views_table(), load_protocol()
    for name, division in zip(teaching.FINALS, protocol["divisions"]):
        runs, best = seeds_of(name, teaching.FINAL_RECIPE), best_run(division)
        assert len(runs) >= protocol["report"]["seeds"] and best["run"] in [run["run"] for run in runs]
        shipped_weights(best["run"])
        private = [run["scores"]["private"]["accuracy"] for run in runs]
        alone = [run["scores"]["private"]["leak_free_accuracy"] for run in runs]
        mean, spread = 100 * np.mean(private), 100 * np.std(private, ddof=1)
        assert f"{mean:.2f} % ± {spread:.2f} | {100 * np.mean(alone):.2f} %" in table
    assert best_run("small")["model"] == DEFAULT_NETWORK


def test_every_view_stands_for_student_and_teacher_alike():
    table = teaching.views_table().splitlines()[2:]
    assert len(table) == 4 * 3 + 1 and "| 73.42 % ± 0.51 |" in next(
        line for line in table if line.startswith("| `vgg-teacher`") and "ten-crop" in line)
    assert sum("not recorded" in line for line in table) == 3  # two views of the ResNet, PublicTest of the four


def test_four_teachers_are_the_mean_of_their_answers():
    names = teaching.teachers()
    labels, probabilities, scores = teaching.together(names)
    stored = [recorded_probabilities(name)["probabilities"] for name in names]
    assert len(names) == 4 and np.allclose(probabilities.sum(axis=1), 1, atol=1e-2)
    np.testing.assert_allclose(probabilities, sum(stored) / 4, atol=1e-6)
    assert scores["accuracy"] == np.mean(probabilities.argmax(axis=1) == labels) == pytest.approx(0.7345, abs=5e-5)
    assert scores["accuracy"] > max(load_run(name)["scores"]["private"]["accuracy"] for name in names)
    assert scores["leak_free_n"] == 3301
    np.testing.assert_array_equal(teaching.together(names[:1])[1], stored[0])


def test_the_student_is_held_against_its_teachers_with_both_kinds_of_luck():
    held, by_view = teaching.held_against_teachers(), teaching.views_held_against_teachers()
    assert all(pair["luck"].startswith("faces and seeds") for pair in (*held.values(), *by_view.values()))
    assert {pair["tried"] for pair in held.values()} == {2} and {pair["tried"] for pair in by_view.values()} == {3}
    assert held["one VGG"]["difference"] == pytest.approx(by_view["single"]["difference"])
    four = teaching.together(teaching.teachers())[2]
    assert held[teaching.FOUR_TOGETHER]["second"] == pytest.approx(four["accuracy"])


def test_new_estimates_are_read_from_the_runs():
    rows = {row["name"]: row for row in teaching.estimated_anew()}
    steps = recorded_steps()
    for name in ("comparison", "distilled"):
        row, kept = rows[f"step `{name}`"], steps[f"squeezenet-fer-{name}-s0"]["recalibration"]
        assert (row["before"], row["after"], row["kept"]) == (
            kept["public_accuracy_before"], kept["public_accuracy_after"], int(kept["kept"]))
    assert {name: row["faces"] for name, row in rows.items() if "teacher" not in name} == {
        "step `comparison`": "changed (modern)", "step `distilled`": "plain",
        "`squeezenet-fer-deep`, student": "plain", "`squeezenet-fer-tiny`, student": "plain"}
    assert len(teaching.estimated_table().splitlines()) == 2 + len(rows)


def test_the_shift_row_is_that_of_the_record():
    table = teaching.shift_table().splitlines()[2:]
    assert len(table) == 2 and "72.08 %" in table[0] and "71.47 % (-1.5 to +0.3; cannot be told)" in table[0]


# Targets, penalties, searches

def test_targets_mix_teacher_and_label():
    _, alt = beyond_figures.targets_figure(np.array([0.5, 0, 0.3, 0.2, 0, 0, 0]), 2, temperature=1.0, share=0.5)
    assert "labelled fear" in alt and "fear 65.0 %, anger 25.0 %, happiness 10.0 %" in alt


def test_the_most_doubtful_face_is_one_that_is_read_rightly():
    answers = np.array([[0.9, 0.1], [0.6, 0.4], [0.5, 0.5]])
    assert beyond_figures.most_doubtful(answers, np.array([0, 0, 1])) == 1  # the third is read wrongly


def test_soft_targets_have_the_gradient_that_the_loss_says():
    rng, sizes = np.random.default_rng(1), [5, 4, 7]
    w, x, y = rng.normal(size=5 * 4 + 4 + 4 * 7 + 7), rng.normal(size=(6, 5)), rng.dirichlet(np.ones(7), 6)
    loss, gradient = loss_and_gradient(w, sizes, x, y, "tanh")
    for place in (0, 21, 30, 58):
        step = np.zeros_like(w)
        step[place] = 1e-6
        after = loss_and_gradient(w + step, sizes, x, y, "tanh")[0]
        before = loss_and_gradient(w - step, sizes, x, y, "tanh")[0]
        assert gradient[place] == pytest.approx((after - before) / 2e-6, rel=1e-4, abs=1e-8)
    labels = y.argmax(axis=1)
    by_label, by_row = (loss_and_gradient(w, sizes, x, each, "tanh") for each in (labels, np.eye(7)[labels]))
    assert by_label[0] == pytest.approx(by_row[0])
    np.testing.assert_allclose(by_label[1], by_row[1])


def test_penalties_shrink_weights_and_lasso_empties_them():
    data = few()
    plain, lasso, ridge = (train_small(data, epochs=40, **way)["weights"][-1]
                           for way in ({}, {"l1": 3e-3}, {"l2": 1e-2}))
    assert np.abs(lasso).sum() < np.abs(plain).sum() and np.square(ridge).sum() < np.square(plain).sum()
    assert np.mean(np.abs(lasso) < 0.01) > 2 * np.mean(np.abs(ridge) < 0.01)


def test_a_search_is_drawn_with_its_best_finished_trial():
    trials = [(0.3, False), (0.9, True), (0.5, False)]
    assert "3 trials of a search, 1 of them ended early. The best reaches 50.0 %" in beyond_figures.trials_figure(
        trials, 0.4, "search")[1]


def test_the_units_are_counted():
    run = train_small(few(), epochs=1, width=8)
    first = run["weights"][-1][:256 * 8]
    share = 100 * np.mean(np.abs(first) < 0.01)
    assert f"nothing: {share:.0f} % of the weights below 0.01" in beyond_figures.units({"nothing": run})[1]


def test_a_student_is_given_the_mixed_targets(few_faces, monkeypatch):
    from fer_utils.course.chapter_16 import distillation as distillation_lab
    from fer_utils.training import run as training
    from fer_utils.training.distillation import SoftTargets

    class Seen(Exception):
        pass

    def feed(images, targets, *rest, **options):
        raise Seen(images, targets)

    monkeypatch.setattr(training, "Feed", feed)
    answers = np.full((2, 40, 7), 1 / 7, np.float16)
    soft_targets = SoftTargets(np.stack([few_faces.train.images] * 2), answers, ("teacher",))
    with pytest.raises(Seen) as seen:
        distillation_lab.student_accuracy(few_faces, soft_targets, 0.7, epochs=1)
    images, targets = seen.value.args
    assert images is soft_targets.images
    np.testing.assert_allclose(targets[0], 0.1 + 0.3 * np.eye(7)[few_faces.train.labels], atol=1e-3)


def test_each_way_of_regularizing_is_in_the_network():
    import keras

    from fer_utils.course.chapter_16.regularization import regularized_network

    def kernels(net):
        return [np.asarray(v) for v in net.trainable_variables if v.path.endswith("kernel")]

    plain = regularized_network()
    assert not plain.losses and not [layer for layer in plain.layers if isinstance(layer, keras.layers.Dropout)]
    for name, power in (("l1", 1), ("l2", 2)):
        net = regularized_network(**{name: 0.01})
        expected = 0.01 * sum(np.sum(np.abs(kernel) ** power) for kernel in kernels(net))
        assert len(net.losses) == len(kernels(net)) and float(sum(net.losses)) == pytest.approx(expected, rel=1e-4)
    assert {layer.rate for layer in regularized_network(dropout=0.1).layers
            if isinstance(layer, keras.layers.Dropout)} == {0.1}
    assert [layer for layer in regularized_network(normalize="all").layers
            if isinstance(layer, keras.layers.BatchNormalization)]


def test_dividing_out_the_shares_names_the_rare_class_sooner():
    labels = np.array([0] * 6 + [1] * 2 + [2, 3, 4, 5, 6])
    answers = np.array([[0.6, 0.3, 0.1, 0, 0, 0, 0], [0.9, 0, 0.1, 0, 0, 0, 0]])
    adjusted = divide_out(answers, labels)
    np.testing.assert_allclose(adjusted[0, :3], np.array([0.1, 0.15, 0.1]) / 0.35)
    np.testing.assert_allclose(adjusted.sum(axis=1), 1)
    assert adjusted.argmax(axis=1).tolist() == [1, 0]
    with pytest.raises(ValueError, match="no training face of class 6"):
        divide_out(answers, labels[:-1])


def test_rare_classes_are_tried_three_ways(few_faces, fire_net):
    found = fit_rare(few_faces, epochs=1)
    assert list(found) == ["nothing", "shares divided out", "class weights"]
    assert all(0 <= result["macro_f1"] <= 1 and result["n"] == len(few_faces.public.labels)
               for result in found.values())
    again = fit_rare(few_faces, epochs=1)
    assert again == found  # the seed gives weights, order and augmentation
    assert found["nothing"]["calibration_error"] != found["class weights"]["calibration_error"]


# Recorded experiments

@pytest.mark.parametrize("name", ["distillation", "search", "regularization", "rare-classes"])
def test_the_experiments_are_recorded_on_photographs(name):
    record = recorded_experiment(name)
    assert record["data"]["name"] == "FER-2013" and record["wall_seconds"] > 60 and record["device"]
    assert len(record["seeds"]) == 3 and set(record["versions"]) >= {"keras", "numpy", "python"}
    assert EXPERIMENTS_FILE.is_file()


def test_the_sentences_hold_the_recorded_numbers():
    shares = recorded_experiment("distillation")["public_accuracy"]
    text = beyond_figures.recorded_distillation()
    assert all(f"{share}: {100 * np.mean(values):.1f} %" in text for share, values in shares.items())
    found = recorded_experiment("search")["measured"]
    text = beyond_figures.recorded_search()
    assert len(found["trials"]) == recorded_experiment("search")["trials"]
    assert all(f"{100 * np.mean(values):.1f} %" in text for values in found["again"].values())
    ways = recorded_experiment("rare-classes")["measured"]
    rows = beyond_figures.recorded_rare_classes().splitlines()[4:]
    assert len(rows) == len(ways) == 3
    for row, runs in zip(rows, ways.values()):
        assert f"| {100 * np.mean([run['accuracy'] for run in runs]):.1f} % |" in row
        assert f"| {np.mean([run['macro_f1'] for run in runs]):.3f} |" in row
    ways = recorded_experiment("regularization")["measured"]
    rows = beyond_figures.recorded_regularization().splitlines()[4:]
    assert len(rows) == len(ways)
    for row, strengths in zip(rows, ways.values()):
        best = max(strengths, key=lambda runs: np.mean([run["public_accuracy"] for run in runs]))
        assert f"| {100 * np.mean([run['public_accuracy'] for run in best]):.1f} % |" in row


def test_lessons_are_held_against_each_other_with_the_luck_of_seeds():
    gained = {(200, "labels"): [0.30, 0.32, 0.31], (200, "teacher"): [0.40, 0.41, 0.42],
              (200, "choice"): [0.30, 0.36, 0.33], (1400, "labels"): [0.5, 0.6]}
    compared = beyond_figures.lessons_compared(gained)
    assert list(compared) == [(200, "teacher", "labels"), (200, "choice", "labels"), (200, "choice", "teacher")]
    assert compared[200, "teacher", "labels"] == seeds_difference(
        gained[200, "teacher"], gained[200, "labels"], tried=3)
    teacher, choice, against = beyond_figures.describe_lessons(compared).splitlines()
    assert teacher.startswith("- 200 faces, teacher against labels: +10.0 points (") and teacher.endswith("better")
    assert choice.startswith("- 200 faces, choice against labels: +2.0 points (") and choice.endswith("cannot be told")
    assert against.startswith("- 200 faces, choice against teacher: -8.0 points (")
