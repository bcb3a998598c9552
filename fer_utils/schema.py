"""What shape the values have to have that a file of records holds, and what is wrong with one that has another."""

# The kinds of values that a file of records may hold, for `misfit`: in words, and how each is told.
TEXT = "text", lambda value: type(value) is str
WHOLE = "a whole number of 0 or more", lambda value: type(value) is int and value >= 0
NUMBER = "a number", lambda value: type(value) in (int, float)
SHARE = "a number from 0 to 1", lambda value: type(value) in (int, float) and 0 <= value <= 1
YES_OR_NO = "true or false", lambda value: type(value) is bool
TABLE = "a table", lambda value: type(value) is dict
ANYTHING = "anything", lambda value: True


def below(end):
    """The kind of a whole number from 0 to less than `end`, such as a class."""
    return f"a whole number below {end}", lambda value: type(value) is int and 0 <= value < end


def misfit(value, shape, name=""):
    """What is wrong with a value that was read from a file, in words, None where it has the shape.

    `shape` is a kind, such as `TEXT`; a dict, from each field that a table has to have to its shape; or a list of one
    shape, which all the values of a list have to have.
    """
    if isinstance(shape, tuple):
        words, fits = shape
        return None if fits(value) else f"{name or 'the whole'} is not {words}"
    if not isinstance(value, type(shape)):
        return f"{name or 'the whole'} is not {'a table' if isinstance(shape, dict) else 'a list'}"
    if isinstance(shape, list):
        parts = ((f"{name}[{number}]", part, shape[0]) for number, part in enumerate(value))
    else:
        missing = [f"{name}.{field}".lstrip(".") for field in shape if field not in value]
        if missing:
            return f"{', '.join(missing)} is missing"
        parts = ((f"{name}.{field}".lstrip("."), value[field], kind) for field, kind in shape.items())
    return next((wrong for called, part, kind in parts if (wrong := misfit(part, kind, called))), None)
