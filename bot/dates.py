"""Which date people mean by "until Friday", «на две недели», "5 December": the first one that something is back on."""

import calendar
import datetime as dt
import re
from collections.abc import Iterator
from typing import Final

# By their first letters, whatever the ending.
MONTHS: Final = (
    ("jan", "янв"),
    ("feb", "фев"),
    ("mar", "мар"),
    ("apr", "апр"),
    ("may", "мая", "май"),
    ("jun", "июн"),
    ("jul", "июл"),
    ("aug", "авг"),
    ("sep", "сен"),
    ("oct", "окт"),
    ("nov", "ноя"),
    ("dec", "дек"),
)
WEEKDAYS: Final = (
    ("mon", "понедельник", "пн"),
    ("tue", "вторник", "вт"),
    ("wed", "сред", "ср"),
    ("thu", "четверг", "чт"),
    ("fri", "пятниц", "пт"),
    ("sat", "суббот", "сб"),
    ("sun", "воскресень", "вс"),
)
NUMBERS: Final = {
    "a": 1,
    "an": 1,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "один": 1,
    "одну": 1,
    "два": 2,
    "две": 2,
    "три": 3,
    "четыре": 4,
}
DAYS, WEEKS, MONTH_WORDS = ("day", "ден", "дня", "дне", "дн"), ("week", "недел"), ("month", "месяц")
LEADING: Final = re.compile(r"^(?:until|till|to|for|up to|on|next|до|на|по|через|в|во|следующ\w+)\s+")
DAY_AFTER_TOMORROW: Final = ("day after tomorrow", "послезавтра")
DAY_FIRST: Final = re.compile(
    r"(\d{1,3})(?:st|nd|rd|th|-?го)?(?: of)? ([a-zа-яё]+)\.?(?:,? (\d{4}))?(?: г(?:\.|ода)?)?"
)
MONTH_FIRST: Final = re.compile(r"([a-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?(?:,? (\d{4}))?")
LONGEST: Final = 40  # characters of what may name a date


def understand_date(text: str, *, today: dt.date) -> dt.date | None:
    """The date after `today` that the words name; None where they name none."""
    words = " ".join(text.casefold().split()).strip(" .!,")
    if not words or len(words) > LONGEST:
        return None
    while LEADING.match(words):
        words = LEADING.sub("", words)
    words = words.removeprefix("the ")
    try:
        found = min(meanings(words, today), default=None)
    except (ValueError, OverflowError):
        return None
    return found if found is not None and found > today else None


def meanings(words: str, today: dt.date) -> Iterator[dt.date]:
    if words in ("tomorrow", "завтра"):
        yield today + dt.timedelta(days=1)
    elif words in DAY_AFTER_TOMORROW:
        yield today + dt.timedelta(days=2)
    elif written := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", words):
        yield dt.date(*map(int, written.groups()))
    elif written := re.fullmatch(r"(\d{1,2})\.(\d{1,2})(?:\.(\d{4}))?\.?", words):
        yield dated(int(written[1]), int(written[2]), written[3], today)
    elif named := DAY_FIRST.fullmatch(words):
        if month := place_of(named[2], MONTHS):
            yield dated(int(named[1]), month, named[3], today)
        elif span := after(int(named[1]), named[2], today):
            yield span
    elif named := MONTH_FIRST.fullmatch(words):
        if month := place_of(named[1], MONTHS):
            yield dated(int(named[2]), month, named[3], today)
    elif weekday := place_of(words, WEEKDAYS):
        yield today + dt.timedelta(days=(weekday - today.isoweekday() - 1) % 7 + 1)
    else:
        count, _space, unit = words.rpartition(" ")
        if span := after(NUMBERS.get(count, 0 if count else 1), unit, today):
            yield span


def dated(day: int, month: int, year: str | None, today: dt.date) -> dt.date:
    """Without a year, the next such date."""
    if year:
        return dt.date(int(year), month, day)
    for candidate in range(today.year, today.year + 5):
        if day <= calendar.monthrange(candidate, month)[1] and (found := dt.date(candidate, month, day)) > today:
            return found
    raise ValueError(f"no such day: {day}.{month}")


def after(count: int, unit: str, today: dt.date) -> dt.date | None:
    """So many days, weeks or months from today."""
    if not 0 < count < 1000:
        return None
    if unit.startswith(MONTH_WORDS):
        months = today.month - 1 + count
        year, month = today.year + months // 12, months % 12 + 1
        return dt.date(year, month, min(today.day, calendar.monthrange(year, month)[1]))
    days = 7 if unit.startswith(WEEKS) else 1 if unit.startswith(DAYS) else 0
    return today + dt.timedelta(days=days * count) if days else None


def place_of(word: str, names: tuple[tuple[str, ...], ...]) -> int | None:
    """From 1; None where the word begins with none of the names."""
    return next((number for number, begins in enumerate(names, 1) if word.startswith(begins)), None)
