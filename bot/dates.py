"""Which date people mean by "until Friday", «на две недели», "5 December": the first one that something is back on."""

import calendar
import datetime as dt
import re
from collections.abc import Iterator
from typing import Final

# In whole words: "until sunset" is no Sunday, «чтение» no Thursday, «всё» no «вс».
MONTHS: Final = (
    "january|jan|январ[ьяе]|янв",
    "february|feb|феврал[ьяе]|фев",
    "march|mar|марта?|мар",
    "april|apr|апрел[ьяе]|апр",
    "may|ма[йя]",
    "june?|июн[ьяе]|июн",
    "july?|июл[ьяе]|июл",
    "august|aug|августа?|авг",
    "september|sept?|сентябр[ьяе]|сент?",
    "october|oct|октябр[ьяе]|окт",
    "november|nov|ноябр[ьяе]|нояб?",
    "december|dec|декабр[ьяе]|дек",
)
WEEKDAYS: Final = (
    "mon(?:days?)?|понедельник[ау]?|пн",
    "tue(?:s|sdays?)?|вторник[ау]?|вт",
    "wed(?:s|nesdays?)?|сред[аыу]|ср",
    "thu(?:rs?|rsdays?)?|четверг[ау]?|чт",
    "fri(?:days?)?|пятниц[аыу]|пт",
    "sat(?:urdays?)?|суббот[аыу]|сб",
    "sun(?:days?)?|воскресень[ея]|вс",
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
DAYS, WEEKS, MONTH_WORDS = "days?|день|дня|дней|дн", "weeks?|недел[яиюь]", "months?|месяц(?:а|ев)?"
LEADING: Final = re.compile(r"^(?:until|till|to|for|up to|on|next|до|на|через|в|во|следующ\w+)\s+")
# "Through Friday", «по пятницу»: that day still belongs to the pause.
THROUGH: Final = re.compile(r"^(?:through|thru|по)\s+")
TODAY: Final = ("today", "сегодня")
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
        found = min(meanings(THROUGH.sub("", words), today), default=None)
        if found is not None and THROUGH.match(words):
            found += dt.timedelta(days=1)
    except (ValueError, OverflowError):
        return None
    return found if found is not None and found > today else None


def meanings(words: str, today: dt.date) -> Iterator[dt.date]:
    if words in TODAY or words in ("tomorrow", "завтра"):
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
    if re.fullmatch(MONTH_WORDS, unit):
        months = today.month - 1 + count
        year, month = today.year + months // 12, months % 12 + 1
        return dt.date(year, month, min(today.day, calendar.monthrange(year, month)[1]))
    days = 7 if re.fullmatch(WEEKS, unit) else 1 if re.fullmatch(DAYS, unit) else 0
    return today + dt.timedelta(days=days * count) if days else None


def place_of(word: str, names: tuple[str, ...]) -> int | None:
    """From 1; None where the word is none of the names."""
    return next((number for number, name in enumerate(names, 1) if re.fullmatch(name, word)), None)
