"""Streaks, in occurrences: how often in a row a habit was done. A skip neither breaks nor lengthens one."""

from collections.abc import Iterable, Sequence

from tracking.counted import Counted


def current_streak(counted: Sequence[Counted]) -> int:
    """Done since the last missed one. `counted` is in order; today is in it only once it is answered."""
    streak = 0
    for one in reversed(counted):
        if one.answer is None:
            break
        streak += one.answer == "done"
    return streak


def longest_streak(counted: Iterable[Counted]) -> int:
    """The most that were ever done without a missed one between them."""
    longest = streak = 0
    for one in counted:
        if one.answer == "done":
            streak += 1
            longest = max(longest, streak)
        elif one.answer is None:
            streak = 0
    return longest
