"""Which times of day an hour and a minute could mean, by the words around them."""

import datetime as dt

from habits.understanding.day_parts import Part


def times(
    hour: int, minute: int, *, part: Part | str | None, is_exact: bool = False, is_evening: bool = False
) -> tuple[dt.time, ...]:
    """All that could be meant, the likeliest first; none where there is no such time.

    `is_exact`: written as on a 24-hour clock ("07:00"). `is_evening`: the sentence speaks of bed or supper, so that a
    bare ten is hardly ten in the morning.
    """
    if hour == 24:
        hour = 0
        is_exact = True
    if hour > 23 or minute > 59:
        return ()
    early = dt.time(hour % 12 if hour == 12 else hour, minute)
    late = dt.time(hour + 12 if hour < 12 else hour, minute)
    both, both_late = (early, late), (late, early)
    if hour > 12 or (hour == 0 and part != "pm"):
        return (dt.time(hour, minute),) if part in (None, "pm", "day", "evening", "night") or hour == 0 else ()
    match part:
        case "am":
            return (early,)
        case "pm":
            return (late,)
        case "morning":
            return (early,) if 2 <= hour <= 11 else both
        case "day":
            return (late,) if hour == 12 or hour <= 6 else both if hour <= 9 else (early,)
        case "evening":
            return (late,) if 4 <= hour <= 11 else both
        case "night":
            return (early,) if hour == 12 or hour <= 4 else (late,) if hour >= 8 else both
    if is_exact or hour == 12:
        return (dt.time(hour, minute),)
    if hour <= 5 or is_evening:
        return both_late
    return (early,)
