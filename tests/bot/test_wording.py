"""Habits, days and numbers in words, in both languages."""

import datetime as dt
import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.utils.translation import override

from accounts.models import Person
from bot.wording import bar, day, frequency, length, moment, short

ROOT = Path(settings.BASE_DIR)


@pytest.mark.parametrize(
    ("every_days", "weekdays", "english", "russian"),
    [
        (1, None, "every day", "каждый день"),
        (2, None, "every other day", "через день"),
        (3, None, "every 3 days", "каждые 3 дня"),
        (5, None, "every 5 days", "каждые 5 дней"),
        (7, None, "every 7 days", "каждые 7 дней"),
        (None, (1, 2, 3, 4, 5), "Monday to Friday", "по будням"),
        (None, (6, 7), "on Saturday and Sunday", "по выходным"),
        (None, (1, 2, 3, 4, 5, 6, 7), "every day", "каждый день"),
        (None, (1,), "on Mondays", "по понедельникам"),
        (None, (7,), "on Sundays", "по воскресеньям"),
        (None, (5, 1, 3), "Mon, Wed, Fri", "пн, ср, пт"),
    ],
)
def test_how_often(every_days: int | None, weekdays: tuple[int, ...] | None, english: str, russian: str) -> None:
    for language, words in (("en", english), ("ru", russian)):
        with override(language):
            assert frequency(every_days=every_days, weekdays=weekdays) == words


@pytest.mark.parametrize(
    ("seconds", "english", "russian"),
    [
        (1, "1 second", "1 секунда"),
        (2, "2 seconds", "2 секунды"),
        (5, "5 seconds", "5 секунд"),
        (11, "11 seconds", "11 секунд"),
        (21, "21 seconds", "21 секунда"),
        (60, "1 minute", "1 минута"),
        (90, "90 seconds", "90 секунд"),
        (120, "2 minutes", "2 минуты"),
    ],
)
def test_how_long(seconds: int, english: str, russian: str) -> None:
    for language, words in (("en", english), ("ru", russian)):
        with override(language):
            assert length(seconds) == words


@pytest.mark.parametrize(
    ("at", "english", "russian"),
    [
        ("2026-12-04T18:30+00:00", "today at 21:30", "сегодня в 21:30"),
        ("2026-12-04T21:30+00:00", "tomorrow at 00:30", "завтра в 00:30"),
        ("2026-12-07T04:00+00:00", "7 December (Monday) at 07:00", "7 декабря (понедельник) в 07:00"),
    ],
)
def test_when(at: str, english: str, russian: str) -> None:
    person, now = Person(timezone="Europe/Moscow"), dt.datetime(2026, 12, 4, 9, tzinfo=dt.UTC)
    for language, words in (("en", english), ("ru", russian)):
        with override(language):
            assert moment(dt.datetime.fromisoformat(at), person=person, now=now) == words


def test_a_day_in_words() -> None:
    with override("ru"):
        assert day(dt.date(2026, 5, 9)) == "9 мая (суббота)"


@pytest.mark.parametrize(("share", "drawn"), [(0, 0), (0.04, 0), (0.06, 1), (0.5, 5), (0.999, 10), (1, 10)])
def test_a_bar(share: float, drawn: int) -> None:
    assert bar(share) == "▓" * drawn + "░" * (10 - drawn)


def test_what_is_too_long_for_a_button_is_cut() -> None:
    assert short("read") == "read"
    assert short("x" * 100) == "x" * 31 + "…"


def plurals() -> Iterator[tuple[str, str, str]]:
    for path in sorted(ROOT.glob("*/locale/ru/LC_MESSAGES/django.po")):
        for entry in polib.pofile(str(path)):
            if entry.msgid_plural:
                yield path.parts[-5], entry.msgid, entry.msgid_plural


@pytest.mark.parametrize(("room", "one", "many"), list(plurals()))
def test_russian_counts_in_three_forms(room: str, one: str, many: str) -> None:
    with (ROOT / room / "locale" / "ru" / "LC_MESSAGES" / "django.mo").open("rb") as compiled:
        catalogue = gettext.GNUTranslations(compiled)
    said = {number: catalogue.ngettext(one, many, number) for number in (1, 2, 5, 11, 21)}
    assert said[1] == said[21]
    assert said[5] == said[11]
    assert len({said[1], said[2], said[5]}) >= 2
    for text in said.values():
        assert re.search("[а-яё]", text, re.IGNORECASE)
        assert sorted(re.findall(r"%\(\w+\)[sd]", text)) == sorted(re.findall(r"%\(\w+\)[sd]", many))


def test_there_is_something_to_count() -> None:
    assert len({one for room, one, _many in plurals() if room == "bot"}) >= 4
