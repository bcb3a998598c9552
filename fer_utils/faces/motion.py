"""A facial expression in time: it grows (onset), stays (apex) and fades (offset)."""

from fer_utils.faces.action_units import scale


def expression_at(units, seconds, onset=0.4, apex=1.0, offset=0.7):
    """The mixture of action units at a moment of an expression: a dict with the keys of `units`, at rest all 0.

    Arguments:
        units: the mixture at the apex, as in `fer_utils.faces.action_units`.
        seconds: since the expression began; before and after it the face rests.
        onset, apex, offset: how long it grows, stays and fades, in seconds. That a face fades slower than it grows
            is our choice of ordinary values; `onset=0` begins at once.
    Intensities grow and fade without a jerk: speed and acceleration are 0 at both ends. All units move together.
    Raises ValueError for a negative duration.
    """
    return scale(units, strength_at(seconds, onset, apex, offset))


def strength_at(seconds, onset=0.4, apex=1.0, offset=0.7):
    """How much of an expression shows at a moment, 0 to 1; arguments as of `expression_at`."""
    if min(onset, apex, offset) < 0:
        raise ValueError(f"onset, apex and offset last {onset}, {apex} and {offset} seconds: none can be negative.")
    fading = seconds - onset - apex
    if seconds < 0 or fading >= offset:
        return 0.0
    if seconds < onset:
        return _without_a_jerk(seconds / onset)
    return _without_a_jerk(1 - fading / offset) if fading > 0 else 1.0


def _without_a_jerk(x):
    """From 0 to 1 while `x` goes from 0 to 1, with the least jerk, the change of acceleration (Flash and Hogan,
    1985, doi:10.1523/JNEUROSCI.05-07-01688.1985)."""
    return x ** 3 * (10 - 15 * x + 6 * x * x)
