"""Checks of the learner's answers. A check says what it expected, what it got and a hint.

Nothing a learner writes stops the notebook: a check prints what it expected, what it got and a hint, and goes on. An
untouched stub is greeted; in place of a wrong answer the chapter goes on with the course's own (`yours`), and its end
says what is still open (`open_checks`). The hints of an exercise go from a question through a pointer to a line of
code. They stand here alone: tools/build_notebooks.py folds them into the chapter, and each wrong try shows the next
one. A slip, which is code that fails or gives nothing back, uses none up.

Where the environment variable FER_UTILS_STRICT is 1, as in the tests of the notebooks with their solutions, a check
raises `NotYet` after its message.
"""

import copy
import dis
import functools
import inspect
import os
import re
import textwrap
import traceback
import weakref

import numpy as np

from fer_utils.course.progress import remember

RETURNS_NOTHING = "None: a function without `return` gives nothing back"


# What the checks that were run have said last, by exercise, and the functions and classes that they found wrong.
_STANDINGS, _WRONG = {}, weakref.WeakSet()


class NotYet(AssertionError):
    """A wrong answer: expected, got and a hint."""


def exercise(question, pointer, line):
    """Make a check of a function that compares an answer with what is right.

    Arguments: the three hints. The function decorated gets the learner's answer, and whatever else the chapter hands
    over; it raises NotYet, mostly by `expect`, or returns the sentence that is printed after "Correct.".

    The check that results prints that there is no answer yet where the stub is untouched, and adds a hint to every
    NotYet: the next one after each wrong answer, the same one after a slip, which is an exception or a function that
    gives None back. An exception of the learner's code becomes a NotYet that names the line. The check prints it;
    `check.judge` raises it, and returns the praise of a right answer.
    """
    hints = (question, pointer, line)

    def decorate(compare):
        wrong = 0  # tries since the last right answer

        def judge(answer, *context):
            nonlocal wrong
            try:
                praise = compare(answer, *context)
            except Exception as error:
                step = min(wrong, len(hints) - 1)
                wrong += isinstance(error, NotYet) and RETURNS_NOTHING not in str(error)
                problem = error if isinstance(error, NotYet) else _failed(error, answer)
                raise NotYet(f"{problem}. Hint {step + 1}: {hints[step]}") from None
            wrong = 0
            return praise

        @functools.wraps(compare)
        def check(answer, *context):
            said = _outcome(answer, lambda: judge(answer, *context))
            _STANDINGS[inspect.getdoc(compare).splitlines()[0]] = said.partition(".")[0].partition(":")[0]
            if not unanswered(answer):
                remember(re.search(r"\d*$", compare.__module__.rpartition(".")[0])[0], compare.__name__,
                         said.startswith("Correct"))
            wrong_now = said.startswith("Not yet")
            print(_wrapped(said) if wrong_now else said)
            if wrong_now and os.environ.get("FER_UTILS_STRICT") == "1":
                raise NotYet(said)

        check.hints, check.judge = hints, judge
        return check

    return decorate


def _outcome(answer, judge):
    """What a check says to an answer, and remember a wrong one. `judge()` returns the praise or raises NotYet."""
    if unanswered(answer):
        return "Not answered yet. Replace the dots, run that cell, then this one; the hints above help."
    try:
        praise = judge()
    except NotYet as refusal:
        if callable(answer):
            _WRONG.add(answer)
        return f"Not yet: {refusal}"
    _WRONG.discard(answer)
    return f"Correct. {praise}"


def open_checks():
    """Print which of the exercises whose checks were run still stand open: those without an answer, or with a wrong
    one."""
    left = [(title, said) for title, said in _STANDINGS.items() if said != "Correct"]
    if not left:
        print(f"All {len(_STANDINGS)} exercises whose checks were run are solved." if _STANDINGS else
              "No check has been run yet.")
        return
    print(f"{len(left)} of {len(_STANDINGS)} exercises stand open:")
    for title, said in left:
        print(_wrapped(f"- {title} {said}."))


def unanswered(answer):
    """True for an exercise as the learner finds it: `...`, a function with nothing in it, or a class that has one; and
    for what stands in for it (`yours`)."""
    if getattr(answer, "stands_in", False):
        return True
    if inspect.isclass(answer):
        return any(unanswered(member) for member in vars(answer).values() if inspect.isfunction(member))
    return answer is Ellipsis or inspect.isfunction(answer) and _is_stub(answer)


def answered(answer):
    """False for an exercise as the learner finds it, and for an answer that a check has found wrong. A chapter goes on
    with the learner's own function where it is True, and with the course's where it is not."""
    return not unanswered(answer) and not _found_wrong(answer)


def _found_wrong(answer):
    return callable(answer) and answer in _WRONG


def yours(answer, ours):
    """The learner's function, or the course's own while the exercise is still to be done, so that a chapter goes on.

    What stands in is no answer: a check that is run again says so, even where it bears the learner's name. Where the
    learner's was found wrong, a line says what goes on in its place.
    """
    if answered(answer):
        return answer
    if _found_wrong(answer):
        print("Your answer is not right yet, so the course's own goes on.")

    @functools.wraps(ours)
    def stand_in(*arguments, **options):
        return ours(*arguments, **options)

    stand_in.stands_in = True
    return stand_in


def yours_for(answer, ours, *arguments):
    """What the learner's function gives for some arguments, float array; what the course's gives where the exercise is
    still to be done or where the learner's fails here, gives nothing or something else, and a line says so then.

    For a cell whose claims hold for the right result alone. A result within 2 % of the largest value counts as right.
    """
    right = np.asarray(ours(*arguments), float)
    if unanswered(answer):
        return right
    try:
        given = [copy.deepcopy(one) if isinstance(one, (np.ndarray, dict, list)) else one for one in arguments]
        found = np.asarray(answer(*given))
        if _equal(right, found, 0.02 * np.abs(right).max()):
            return found.astype(float)
        wrong = "gives something else"
    except Exception as error:
        wrong = f"ends in {type(error).__name__}"
    print(f"Your function {wrong} here, so the course's own goes on. Its check tells more.")
    return right


def expect(expected, got, what, tolerance=0.0, mistakes=None):
    """Raise NotYet unless `got` equals `expected`, a number or an array of numbers, within a tolerance.

    Lists, tuples and arrays of any dtype of numbers are equal where their values are; text is never a number.
    `mistakes`: a dict from a known mistake, in words, to what it gives; the words are added where that was got.
    """
    if not _equal(expected, got, tolerance):
        known = [words for words, value in (mistakes or {}).items() if _equal(value, got, tolerance)]
        raise NotYet(f"{what}: {_difference(expected, got, tolerance)}" + "".join(f" ({words})" for words in known[:1]))


def expect_unchanged(given, now, what):
    """Raise NotYet where a function has changed an array that it was given, which its caller still needs."""
    if not _equal(given, now, 0):
        raise NotYet(f"expected {what} to stay as it was given, got it changed: compute a new array, without `-=`, "
                     "`out=` or setting its entries")


def _equal(expected, got, tolerance):
    try:
        values = np.asarray(got)
        return values.dtype.kind not in "USO" and values.shape == np.shape(expected) and np.allclose(
            values.astype(float), np.asarray(expected, dtype=float), rtol=0, atol=tolerance)
    except (TypeError, ValueError):
        return False


def shortened(value, digits=6):
    """A value as one line of text, floats with so many digits; of a long array, its ends; of None and of dots, where
    they come from."""
    if value is None:
        return RETURNS_NOTHING
    if value is Ellipsis:
        return "the dots: some are still to be replaced"
    try:
        long = np.ndim(value) > 0
    except ValueError:  # rows of different lengths
        long = False
    if long:
        text = np.array2string(np.asarray(value), precision=digits - 2, threshold=8, edgeitems=2)
    else:
        plain = value.item() if isinstance(value, (np.generic, np.ndarray)) else value  # 3, not np.int64(3)
        text = f"{plain:.{digits}g}" if isinstance(plain, float) else repr(plain)
    return textwrap.shorten(text, 120, placeholder=" ...")


def convolve_same(x, kernel, bias):
    """A convolution of odd sides with padding "same", by NumPy: what a learner's Keras layer should give.

    Arguments: x (n, height, width, channels); kernel (rows, columns, channels, filters); bias (filters,).
    """
    rows, columns = kernel.shape[:2]
    height, width = x.shape[1:3]
    padded = np.pad(x, [(0, 0), (rows // 2, rows // 2), (columns // 2, columns // 2), (0, 0)])
    return bias + sum(padded[:, i:i + height, j:j + width] @ kernel[i, j] for i in range(rows) for j in range(columns))


def _is_stub(function):
    """Whether a function does nothing but give back None or the dots it was handed out with."""
    steps = [step for step in dis.get_instructions(function) if step.opname not in ("RESUME", "NOP", "COPY_FREE_VARS")]
    returns = [step for step in steps if step.opname in ("LOAD_CONST", "RETURN_CONST")]
    return (all(step.opname in ("LOAD_CONST", "RETURN_CONST", "RETURN_VALUE") for step in steps)
            and all(step.argval is None or step.argval is Ellipsis for step in returns))


def _failed(error, answer):
    """What went wrong when the learner's code ran, or when its result was looked at, in words."""
    said = textwrap.shorten(f"{type(error).__name__}: {error}", 160, placeholder=" ...")
    code = getattr(answer, "__code__", None)
    lines = [frame.lineno - code.co_firstlineno + 1 for frame in traceback.extract_tb(error.__traceback__)
             if code and frame.filename == code.co_filename and frame.name == code.co_name]
    if lines:
        return f"expected your function to run, got {said} (its line {lines[-1]})"
    return f"expected an answer of the right kind, got one that ends in {said}"


def _difference(expected, got, tolerance):
    """Expected and got in words. Of an array too long to read, the first entry that differs, and how many do."""
    if got is None or got is Ellipsis:
        wanted = _kind(np.asarray(expected)) if np.size(expected) > 8 else shortened(expected)
        return f"expected {wanted}, got {shortened(got)}"
    try:
        a, b = np.asarray(expected, dtype=float), np.asarray(got)
        if b.dtype.kind in "USO":
            raise TypeError
        b = b.astype(float)
    except (TypeError, ValueError):
        return f"expected {shortened(expected)}, got {shortened(got)}"
    if b.ndim and not a.ndim:
        return f"expected a single number, {shortened(expected)}, got {shortened(got) if b.size <= 8 else _kind(b)}"
    if a.shape != b.shape and (a.ndim and b.ndim or max(a.size, b.size) > 8):
        return f"expected {_kind(a)}, got {_kind(b)}"
    wrong = ~np.isclose(a, b, rtol=0, atol=tolerance) if a.shape == b.shape else np.array(True)
    # right numbers, cut or rounded because they were stored as whole ones
    whole = (b.ndim and np.asarray(got).dtype.kind in "iu" and a.shape == b.shape
             and (np.abs(a - b) < 1).all() and (a != np.round(a)).any())
    note = f"; the fractions are lost, as dtype {np.asarray(got).dtype} holds whole numbers only" if whole else ""
    if a.shape != b.shape or a.size <= 8:
        if np.asarray(got).dtype == bool:
            expected = np.asarray(expected, bool)
        digits = next((digits for digits in (6, 10) if shortened(expected, digits) != shortened(got, digits)), 17)
        return f"expected {shortened(expected, digits)}, got {shortened(got, digits)}{note}"
    place = tuple(int(i) for i in np.argwhere(wrong)[0])
    digits = next((digits for digits in (6, 10) if f"{a[place]:.{digits}g}" != f"{b[place]:.{digits}g}"), 17)
    return (f"at {list(place)} expected {a[place]:.{digits}g}, got {b[place]:.{digits}g}; {wrong.sum()} of {a.size} "
            f"entries differ{note}")


def _kind(values):
    return f"an array of shape {values.shape}" if values.ndim else "a single number"


def _wrapped(text):
    return textwrap.fill(text, 88)  # a notebook breaks longer lines in the middle of words
