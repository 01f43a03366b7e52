"""Until when people want a rest."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dates import understand_date

TODAY = dt.date(2026, 11, 18)  # a Wednesday


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("tomorrow", "2026-11-19"),
        ("until tomorrow", "2026-11-19"),
        ("the day after tomorrow", "2026-11-20"),
        ("until Friday", "2026-11-20"),
        ("Fri", "2026-11-20"),
        ("till wednesday", "2026-11-25"),
        ("next Monday", "2026-11-23"),
        ("for a week", "2026-11-25"),
        ("one week", "2026-11-25"),
        ("2 weeks", "2026-12-02"),
        ("for 10 days", "2026-11-28"),
        ("for 1 day", "2026-11-19"),
        ("a month", "2026-12-18"),
        ("3 months", "2027-02-18"),
        ("until 5 December", "2026-12-05"),
        ("December 5", "2026-12-05"),
        ("Dec 5th, 2026", "2026-12-05"),
        ("the 5th of December", "2026-12-05"),
        ("5 Dec.", "2026-12-05"),
        ("3 May", "2027-05-03"),
        ("29 February", "2028-02-29"),
        ("2026-12-05", "2026-12-05"),
        ("05.12.2026", "2026-12-05"),
        ("5.12", "2026-12-05"),
        ("завтра", "2026-11-19"),
        ("до завтра", "2026-11-19"),
        ("послезавтра", "2026-11-20"),
        ("до пятницы", "2026-11-20"),
        ("до следующего понедельника", "2026-11-23"),
        ("пт", "2026-11-20"),
        ("на неделю", "2026-11-25"),
        ("на две недели", "2026-12-02"),
        ("2 недели", "2026-12-02"),
        ("на 10 дней", "2026-11-28"),
        ("на 1 день", "2026-11-19"),
        ("на 3 дня", "2026-11-21"),
        ("на месяц", "2026-12-18"),
        ("до 5 декабря", "2026-12-05"),
        ("5 дек", "2026-12-05"),
        ("до 5-го декабря", "2026-12-05"),
        ("5 декабря 2026 года", "2026-12-05"),
        ("до 3 мая", "2027-05-03"),
        ("До Пятницы!", "2026-11-20"),
        ("по пятницу", "2026-11-21"),
        ("through Friday", "2026-11-21"),
        ("по 5 декабря", "2026-12-06"),
        ("for today", "2026-11-19"),
        ("на сегодня", "2026-11-19"),
        ("until thurs", "2026-11-19"),
        ("до среды", "2026-11-25"),
        ("до воскресенья", "2026-11-22"),
        ("5 сент", "2027-09-05"),
        ("на 2 недели", "2026-12-02"),
        ("на 5 дней", "2026-11-23"),
    ],
)
def test_it_understands(text: str, date: str) -> None:
    assert understand_date(text, today=TODAY) == dt.date.fromisoformat(date)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "until",
        "yesterday",
        "вчера",
        "2026-11-18",
        "2026-11-17",
        "2020-01-01",
        "31 February",
        "32 December",
        "31.13",
        "0 days",
        "9999 months",
        "for 5000 days",
        "some day",
        "5",
        "forever",
        "всё",
        "все привычки",
        "чтение",
        "сразу",
        "срочно",
        "вторую привычку",
        "friends",
        "money",
        "until sunset",
        "sunbathing",
        "5 марафонов",
        "5 marathons",
        "2 decks",
        "дневник",
        "daydreaming",
        "until the weekend",
        "5 дневников",
        "x" * 10_000,
        "until " * 1000,
        "30.02.2027",
        "9999-12-31-1",
    ],
)
def test_what_it_does_not_know_is_no_date(text: str) -> None:
    assert understand_date(text, today=TODAY) is None


def test_a_month_from_its_last_day_ends_with_the_next_one() -> None:
    assert understand_date("a month", today=dt.date(2027, 1, 31)) == dt.date(2027, 2, 28)


@given(st.text(max_size=60) | st.from_regex(r"(until|до|for|на) [0-9a-zа-я .,-]{0,30}", fullmatch=True))
def test_no_text_fails(text: str) -> None:
    found = understand_date(text, today=TODAY)
    assert found is None or found > TODAY
