"""Mistakes that fit every exercise: `return` is forgotten, or something else than numbers is given back."""


def usual(check, solution):
    """Rows of WRONG for a check, made from its solution, a function of numbers."""
    return [
        (check, "return forgotten", lambda *given: [solution(*given)] and None),
        (check, "printed", lambda *given: print(solution(*given))),
        (check, "as text", lambda *given: str(solution(*given))),
        (check, "not a number", lambda *given: float("nan")),
    ]
