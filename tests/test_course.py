"""The notebooks' helpers: checks that can fail, explorers whose picture changes, figures with words.

A file in `answers/` for each chapter gives SOLUTIONS (check: right answer), RIGHT (check, in words, another right
answer), WRONG (check, in words, a wrong answer that a learner might give) and EXPLORERS (name: function without
arguments). What every check owes, whatever it asks for, is tested of all of them.
"""

import functools
import importlib
import inspect
from html import escape
from pathlib import Path

import numpy as np
import pytest

from fer_utils.course import checks

CHAPTERS = [importlib.import_module(path.stem) for path in sorted(Path(__file__).parent.glob("answers/chapter_*.py"))]
SOLUTIONS = {check: right for chapter in CHAPTERS for check, right in getattr(chapter, "SOLUTIONS", {}).items()}
RIGHT = [row for chapter in CHAPTERS for row in getattr(chapter, "RIGHT", [])]
WRONG = [row for chapter in CHAPTERS for row in getattr(chapter, "WRONG", [])]
EXPLORERS = {name: make for chapter in CHAPTERS for name, make in chapter.EXPLORERS.items()}


CHECK_MODULES = [importlib.import_module(f"fer_utils.course.{path.parent.name}.checks")
                 for path in sorted(Path(checks.__file__).parent.glob("chapter_*/checks.py"))]
CHECKS = {name: getattr(module, name) for module in CHECK_MODULES for name in dir(module) if name.startswith("check_")}


def find_check(name):
    """A check by its name, from whichever chapter has it."""
    return CHECKS[name]


def nothing(*arguments):
    ...


@pytest.mark.parametrize("check", SOLUTIONS)
def test_the_solution_passes(check, capsys):
    find_check(check)(SOLUTIONS[check])
    assert "Correct" in capsys.readouterr().out


@pytest.mark.parametrize("check, right", [(check, right) for check, _, right in RIGHT],
                         ids=[f"{check}: {name}" for check, name, _ in RIGHT])
def test_another_right_answer_passes(check, right, capsys):
    find_check(check)(right)
    assert "Correct" in capsys.readouterr().out


@pytest.mark.parametrize("check, wrong", [(check, wrong) for check, _, wrong in WRONG],
                         ids=[f"{check}: {name}" for check, name, _ in WRONG])
def test_a_wrong_answer_is_refused(check, wrong):
    with pytest.raises(checks.NotYet, match="expected .* got .* Hint") as refusal:
        find_check(check).judge(wrong)
    assert len(str(refusal.value)) < 450  # it can be read at a glance


@pytest.mark.parametrize("answer, said", [
    (lambda x, *_: x, "got the function's input unchanged"),
    (lambda x, *_: __import__("keras").Input(x.shape[1:]), "no layers lead to"),
    (lambda x, *_: x.shape, "a Keras tensor, got"),
])
@pytest.mark.parametrize("check", ["check_vgg_block", "check_fire_module"])
def test_maps_that_do_not_come_from_the_input_are_told_in_our_words(check, answer, said):
    """Keras 3.13 refuses a model whose ends are not connected, and 3.15 accepts some, each in words of its own."""
    with pytest.raises(checks.NotYet, match=f"{said}.*Hint"):
        find_check(check).judge(answer)


def test_every_check_is_tested():
    assert set(CHECKS) == set(SOLUTIONS) and set(SOLUTIONS) == {check for check, _, _ in WRONG}


@pytest.mark.parametrize("check", CHECKS)
def test_a_check_has_three_hints(check):
    hints = find_check(check).hints
    assert len(hints) == len(set(hints)) == 3 and all(hint == hint.strip() and len(hint) > 15 for hint in hints)


def passing(*arguments):
    pass


class Untouched:
    def __init__(self):
        self.rate = 2

    def call(self, x):
        ...


@pytest.mark.parametrize("check", CHECKS)
def test_an_untouched_stub_is_greeted_and_nothing_given_away(check, capsys):
    context = [None] * (len(inspect.signature(inspect.unwrap(find_check(check))).parameters) - 1)
    for stub in (..., nothing, passing, lambda *arguments: None, Untouched):
        find_check(check)(stub, *context)
        said = capsys.readouterr().out
        assert said == "Not answered yet. Replace the dots, run that cell, then this one; the hints above help.\n"


def spoiled(answer, change):
    """An answer, or a class with its methods, that does all the work and then gives back `change` of the result."""
    def without(function):
        @functools.wraps(function)
        def spoilt(*arguments, **named):
            return change(function(*arguments, **named))
        return spoilt

    if not inspect.isclass(answer):
        return without(answer)
    methods = {name: without(method) for name, method in vars(answer).items() if name in ("call", "__call__")}
    return type(answer.__name__, (answer,), methods)


@pytest.mark.parametrize("check", SOLUTIONS)
@pytest.mark.parametrize("forget", [lambda result: None, lambda result: print("the result:", type(result))],
                         ids=["return forgotten", "printed"])
def test_who_gives_nothing_back_is_told_so(check, forget, capsys):
    with pytest.raises(checks.NotYet, match="got None: a function without `return` gives nothing back") as refusal:
        find_check(check).judge(spoiled(SOLUTIONS[check], forget))
    assert "expected" in str(refusal.value) and "Correct" not in capsys.readouterr().out


@pytest.mark.parametrize("check", SOLUTIONS)
def test_the_first_result_for_every_input_is_refused(check):
    if check == "check_vgg16":
        pytest.skip("it has no input")
    first = []

    def remember(result):
        first.append(result)
        return first[0]

    with pytest.raises(checks.NotYet):
        find_check(check).judge(spoiled(SOLUTIONS[check], remember))
    assert len(first) > 1  # refused for its second result, not for its first


@pytest.mark.parametrize("check", SOLUTIONS)
def test_three_wrong_answers_of_a_check_are_known(check):
    assert sum(name == check for name, _, _ in WRONG) >= 3


def test_a_wrong_answer_is_told_and_stops_nothing(capsys, monkeypatch):
    monkeypatch.setattr(checks, "_STANDINGS", {})
    check, wrong, raising = a_check(), lambda x: 7, lambda x: 1 / 0
    for answer, said in ((wrong, "Not yet: the length of [1, 2]: expected 2, got 7. Hint 1: how many?"),
                         (raising, "ZeroDivisionError")):
        check(answer)
        assert said in capsys.readouterr().out.replace("\n", " ") and not checks.answered(answer)
        assert checks.yours(answer, len)([1]) == 1
        assert capsys.readouterr().out == "Your answer is not right yet, so the course's own goes on.\n"
    checks.open_checks()
    assert capsys.readouterr().out == "1 of 1 exercises stand open:\n- Exercise 1: a length. Not yet.\n"
    check(len)
    checks.open_checks()
    assert capsys.readouterr().out.endswith("All 1 exercises whose checks were run are solved.\n")
    assert checks.answered(len) and checks.yours(len, max) is len


def test_what_is_still_open_is_said_at_the_end(capsys, monkeypatch):
    monkeypatch.setattr(checks, "_STANDINGS", {})
    checks.open_checks()
    assert capsys.readouterr().out == "No check has been run yet.\n"
    a_check()(nothing)
    capsys.readouterr()
    checks.open_checks()
    assert "- Exercise 1: a length. Not answered yet." in capsys.readouterr().out


def test_the_tests_of_the_solutions_are_strict(monkeypatch):
    monkeypatch.setenv("FER_UTILS_STRICT", "1")
    with pytest.raises(checks.NotYet, match="expected 2, got 7"):
        a_check()(lambda x: 7)


def test_a_wrong_answer_that_was_mended_in_place_counts(monkeypatch):
    """A class that is checked, mended and checked again, as a learner does who changes an attribute."""
    check, sizes = a_check(), {"of": lambda x: 7}

    def length(x):
        return sizes["of"](x)

    check(length)
    assert not checks.answered(length)
    sizes["of"] = len
    check(length)
    assert checks.answered(length)


def test_a_long_array_is_told_by_the_first_entry_that_differs():
    expected, got = np.zeros((7, 7)), np.zeros((7, 7))
    got[3, 4], got[5, 5] = 2, 1
    said = r"^it: at \[3, 4\] expected 0, got 2; 2 of 49 entries differ$"
    with pytest.raises(checks.NotYet, match=said):
        checks.expect(expected, got, "it")
    with pytest.raises(checks.NotYet, match=r"shape \(7, 7\), got an array of shape \(7,\)"):
        checks.expect(expected, got[0], "it")
    with pytest.raises(checks.NotYet, match=r"expected \[1 2\], got \[1 3\]"):
        checks.expect([1, 2], [1, 3], "it")


def a_check():
    @checks.exercise("how many?", "count", "len(x)")
    def check_length(function):
        """Exercise 1: a length."""
        for x in ([1, 2], [3]):
            checks.expect(len(x), function(list(x)), f"the length of {x}")
        return "One for each."
    return check_length


def test_an_exercise_tells_what_is_untouched_from_what_is_wrong(capsys):
    check = a_check()
    for stub in (..., nothing, lambda x: ..., Untouched):
        check(stub)
        said = capsys.readouterr().out
        assert said.startswith("Not answered yet") and "len" not in said and "count" not in said
    check(len)
    assert capsys.readouterr().out == "Correct. One for each.\n"
    for wrong, expected in ((lambda x: print(len(x)), "got None: a function without `return`"),
                            (lambda x: [..., 1][0 * len(x)], "got the dots"), (lambda x: str(len(x)), "got '2'"),
                            (lambda x: [len(x)], "expected a single number, 2, got [2]"),
                            (lambda x: 2, "the length of [3]"),
                            (lambda x: x[5], "expected your function to run, got IndexError: list index out of range"),
                            (lambda x, y: 2, "expected an answer of the right kind, got one that ends in TypeError")):
        with pytest.raises(checks.NotYet) as refusal:
            check.judge(wrong)
        assert expected in str(refusal.value)


def test_what_stands_in_for_an_answer_is_none(capsys):
    check, mine = a_check(), lambda x: 7
    assert checks.yours(mine, len) is mine
    stands_in = checks.yours(nothing, len)
    assert stands_in([1, 2]) == 2
    check(stands_in)
    assert capsys.readouterr().out.startswith("Not answered yet")


def test_a_cell_goes_on_with_the_right_result_whatever_the_learner_wrote(capsys):
    def ours(values, factor):
        return values * factor

    def spoils(values, factor):
        values *= 9

    def stub(values, factor):
        ...

    given = np.array([1.0, -2.0])
    for right in (ours, lambda values, factor: [factor * value for value in values], stub):
        found = checks.yours_for(right, ours, given, 3)
        assert isinstance(found, np.ndarray) and found.tolist() == [3, -6] and capsys.readouterr().out == ""
    for wrong, said in ((spoils, "gives something else"), (lambda *given: 1 / 0, "ends in ZeroDivisionError"),
                        (lambda *given: print(end=""), "gives something else"),
                        (lambda values, factor: (value for value in values), "something else"),
                        (lambda values, factor: -values * factor, "something else"), (7, "ends in TypeError"),
                        (lambda values, factor: values * np.nan, "something else"),
                        (lambda values, factor: [values, 3], "ends in ValueError")):
        assert checks.yours_for(wrong, ours, given, 3).tolist() == [3, -6]
        assert said in capsys.readouterr().out and given.tolist() == [1, -2]


def test_each_wrong_try_shows_the_next_hint(capsys):
    check = a_check()
    shown = []
    for answer in (3, 3, 3, 3, None, 3):
        try:
            check.judge((lambda x: 7) if answer else len)
        except checks.NotYet as refusal:
            shown.append(str(refusal).rpartition(". ")[2])
    assert shown == ["Hint 1: how many?", "Hint 2: count", "Hint 3: len(x)", "Hint 3: len(x)", "Hint 1: how many?"]


def test_slips_do_not_use_up_hints():
    check, shown = a_check(), []
    forgotten, raising, wrong = lambda x: print(x), lambda x: x[5], lambda x: 7
    for answer in (forgotten, raising, lambda: 2, wrong, forgotten, raising, wrong):
        with pytest.raises(checks.NotYet) as refusal:
            check.judge(answer)
        shown.append(str(refusal.value).rpartition("Hint ")[2][0])
    assert shown == ["1", "1", "1", "1", "2", "2", "2"]


def test_fractions_that_a_dtype_loses_are_told():
    with pytest.raises(checks.NotYet, match="dtype uint8 holds whole numbers only"):
        checks.expect([1.5, 2.25], np.array([1, 2], np.uint8), "two means")
    checks.expect([1.0, 2.0], np.array([1, 2], np.uint8), "two means")


def test_a_known_mistake_is_named():
    def refused(got):
        with pytest.raises(checks.NotYet) as refusal:
            checks.expect(2.5, got, "it", tolerance=0.1, mistakes={"halved": 1.25, "doubled": 5})
        return str(refusal.value)

    assert refused(1.2) == "it: expected 2.5, got 1.2 (halved)" and refused(5.0).endswith("(doubled)")
    assert refused(3) == "it: expected 2.5, got 3"


@pytest.mark.parametrize("expected, got, said", [
    (0.125, 0.125001, "expected 0.125, got 0.125001"), (0.125, 0.12500001, "expected 0.125, got 0.12500001"),
    ([0.5, 0.25], [0.5, 0.25000001], "expected [0.5 0.25], got [0.5 0.25000001]"), (2.0, np.float32(3), "got 3"),
    (np.zeros(9), np.full(9, 1e-12), "expected 0, got 1e-12")])
def test_numbers_are_shown_with_as_many_digits_as_tell_them_apart(expected, got, said):
    with pytest.raises(checks.NotYet) as refusal:
        checks.expect(expected, got, "it")
    assert said in " ".join(str(refusal.value).split()).replace("[0.5 0.25 ]", "[0.5 0.25]")


def test_what_was_given_stays_as_it_was():
    given = np.arange(3.0)
    checks.expect_unchanged(np.arange(3.0), given, "x")
    given -= 1
    with pytest.raises(checks.NotYet, match="expected x to stay as it was given, got it changed"):
        checks.expect_unchanged(np.arange(3.0), given, "x")


# Explorers and figures

@pytest.mark.parametrize("name", EXPLORERS)
def test_every_control_changes_the_picture_at_both_ends(name):
    _, *controls, picture = EXPLORERS[name]().children
    assert controls
    for control in controls:
        assert control.description
        start, seen = control.value, {picture.value}
        if isinstance(control.value, bool):
            ends = (False, True)
        else:
            ends = (control.min, control.max) if hasattr(control, "min") else (control.options[0], control.options[-1])
        for end in ends:
            control.value = end
            assert 'alt="' in picture.value
            seen.add(picture.value)
        assert len(seen) == len({start, *ends}), control.description
        assert start not in ends or isinstance(start, bool), control.description
        control.value = start


def test_the_budget_counts_what_the_network_has():
    from fer_utils import build_network
    from fer_utils.course.chapter_10.figures import budget_counts, budget_work
    from fer_utils.edge.costs import layer_costs

    net = build_network("squeezenet-custom")
    assert sum(budget_counts(0.125, 0.5, 3)[1]) == net.count_params()
    by_layer = {}
    for row in layer_costs(net):
        name = row["layer"] if row["layer"].startswith("conv") else row["layer"].split("_")[0]
        by_layer[name] = by_layer.get(name, 0) + row["multiply_adds"]
    work = dict(zip(budget_counts(0.125, 0.5, 3)[0], budget_work(0.125, 0.5, 3)))
    assert work == {name: by_layer[name] for name in work} and sum(work.values()) == sum(by_layer.values())


def test_show_asks_for_words():
    from fer_utils.course.show import new_figure, show

    with pytest.raises(ValueError, match="screen reader"):
        show(new_figure()[0], "figure")


def test_noise_is_none_without_dropout_and_grows_with_depth():
    from fer_utils.course.chapter_10.dropout_noise import dropout_noise

    images = np.random.default_rng(0).integers(0, 256, (8, 48, 48))
    assert max(dropout_noise("nothing", images)) < 1e-3
    everywhere = dropout_noise("all convolutions", images)
    assert len(everywhere) == 11 and everywhere[-1] > 2 * everywhere[0]


def test_runs_in_words():
    from fer_utils.course.runs import describe_run

    def epochs(*values):
        return [{"val_accuracy": value, "accuracy": value - 0.11, "seconds": 20.0} for value in values]

    run = {"run": "x", "complete": False, "wall_seconds": 600.0, "device": "CPU", "public_accuracy": 0.5,
           "best_epoch": 8,
           "data": {"train": 28709}, "history": epochs(.25, .25, .31, .4, .42, .45, .48, .5)}
    words = describe_run(run)
    assert "10 minutes on CPU, about 1,435 faces a second" in words
    assert "cut short" in words and "50.0 %" in words and "from epoch 3 on" in words and "still rising" in words
    flat = run | {"complete": True, "history": epochs(*[0.25] * 8)}
    assert "no longer rising" in describe_run(flat) and "never passes" in describe_run(flat)
    short = run | {"history": epochs(0.25, 0.31, 0.36), "note": "Cut."}
    assert "too early to tell" in describe_run(short) and "14.0 % to 25.0 %" in describe_run(short)
    assert describe_run(short).endswith("Cut.")
    assert describe_run(short | {"erratum": "Wrong."}).endswith("Cut. Erratum: Wrong.")


def test_a_pair_in_words_says_which_luck_and_which_errata():
    from fer_utils.course.runs import describe_pair

    said = describe_pair("squeezenet-fer-deep-distilled-long-s0", "vgg16-comparison-s0")
    assert "+1.31 points, 95 % interval +0.19 to +2.43 for the luck of the faces alone, one run each." in said
    assert said.endswith("An erratum, a fault found later, belongs to `vgg16-comparison-s0`.")
    assert "erratum" not in describe_pair("squeezenet-fer-taught-s0", "hog-svm")


def test_constant_answers_are_shares_of_public_test():
    from fer_utils.course.runs import constant_answers

    history = [{"val_accuracy": value} for value in (0.24937, 0.0156, 0.2494, 0.5)]
    assert constant_answers({"history": history}) == ["happiness", "disgust", None, None]


def test_an_erratum_is_said_with_its_runs():
    from fer_utils.course.runs import errata

    said = errata(["vgg16", "squeezenet-fer-modern-s0", "vgg16-comparison-s0"])
    assert said.count("**Erratum**") == 1 and said.count("`") == 4 and "drew from one seed" in said
    assert errata([]) == ""


def test_explorers_start_where_their_fixed_picture_does():
    from fer_utils.course.chapter_10.figures import budget, explore_budget
    from fer_utils.course.chapter_12.figures import enough_faces, explore_enough_faces

    for explorer, alt in ((explore_enough_faces(), enough_faces(0.0128, 3589)[1]), (explore_budget(), budget()[1])):
        assert escape(alt) in explorer.children[-1].value
    for control in explore_budget().children[1:-1]:
        assert (control.value - control.min) / control.step == pytest.approx(round((control.value
                                                                                    - control.min) / control.step))


def test_faces_per_second_counts():
    import time

    from fer_utils.course.laboratory import faces_per_second
    assert 0 < faces_per_second(lambda: time.sleep(0.05), 50) <= 1000  # a loaded machine may sleep longer
