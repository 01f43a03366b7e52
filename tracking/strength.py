"""How strong a habit has grown: an exponential average of what was done, from 0 to 1.

The formula is that of Loop Habit Tracker (https://github.com/iSoron/uhabits, `Score.compute` in uhabits-core): a habit
that shall be done f times a day gains and loses each day by

    s' = s · m + v · (1 - m),    m = 0.5 ^ (√f / 13)

where v is how much of what was due was done. So a daily habit forgets half of its past in 13 days, and a rarer one
more slowly, though not in proportion. Loop cannot know on which day of a week a weekly habit was due, so it moves a
little every day, by a rolling count. Here the dates are known, so it moves once with each occurrence, by what Loop's
days since the last one come to. With N days from one to the next, f = 1 / N, and N days multiply to

    0.5 ^ (N · √(1 / N) / 13) = 0.5 ^ (√N / 13)

which is the m used here: v is 1 for an occurrence that was done, 0 for a missed one, and a skipped one leaves s alone,
as in Loop. For a daily habit it is Loop's own score, to the digit. N is the average where weekdays are named: 7 / 3 for
three of them. What was done outside of the schedule counts as one of its occurrences.
"""

from collections.abc import Iterable
from typing import Final

from tracking.counted import Counted

HALF_LIFE: Final = 13  # days, of a daily habit


def strength(counted: Iterable[Counted]) -> float:
    """From 0 (nothing done yet) towards 1, after these occurrences in their order."""
    value = 0.0
    days, multiplier = 0.0, 1.0
    for one in counted:
        if one.days != days:
            days, multiplier = one.days, multiplier_of(one.days)
        if one.answer == "done":
            value = value * multiplier + 1 - multiplier
        elif one.answer is None:
            value *= multiplier
    return value


def multiplier_of(days: float) -> float:
    """What one occurrence leaves of the strength before it, where they are so many days apart."""
    return float(0.5 ** (days**0.5 / HALF_LIFE))
