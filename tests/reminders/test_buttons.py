"""What a tap on a button says, and which habits and dates a keyboard names."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminders.channels.buttons import VERBS, Tap, answered, choosing, pairs_of, parse, unanswered

TODAY = dt.date(2026, 1, 31)


def as_the_bot_has_them(rows: Any) -> Any:
    return [[SimpleNamespace(text=text, callback_data=data) for text, data in row] for row in rows]


@given(st.sampled_from(VERBS), st.integers(1, 2**63 - 1), st.dates(dt.date(1970, 1, 1), dt.date(2200, 12, 31)))
def test_a_tap_says_what_the_button_said(verb: str, pk: int, date: dt.date) -> None:
    data = f"{verb}:{pk}:{date:%Y%m%d}"
    assert len(data.encode()) <= 64
    assert parse(data) == Tap(verb, pk, date)


@pytest.mark.parametrize(
    "data",
    [
        None,
        "",
        "done",
        "done:7",
        "done:7:20260131:1",
        "done:7:20260231",
        "done:7:00000101",
        "done:7:99991231",
        "done:07:20260131",
        "done:0:20260131",
        "done:-7:20260131",
        "done:٧:20260131",
        f"done:{2**63}:20260131",
        "done:99999999999999999999:20260131",
        "DONE:7:20260131",
        " done:7:20260131",
        "done:7:20260131\n",
        "drop:7:20260131",
        "zone:Europe/Moscow",
    ],
)
def test_anything_else_says_nothing(data: str | None) -> None:
    assert parse(data) is None


@given(st.text(max_size=80))
def test_no_data_is_too_odd_to_be_read(data: str) -> None:
    assert parse(data) is None


def test_a_keyboard_of_other_buttons_names_nothing() -> None:
    assert pairs_of(as_the_bot_has_them([[("UTC", "zone:UTC")], [("x", None), ("✅", "done:7:20260131")]])) == [
        (7, TODAY)
    ]


def test_every_row_names_its_habit_and_date_in_their_order_and_once() -> None:
    rows = [
        unanswered(7, TODAY, number=1),
        answered(8, TODAY, number=2),
        choosing(7, TODAY - dt.timedelta(days=1), number=3, evening=True),
    ]
    assert pairs_of(as_the_bot_has_them(rows)) == [(7, TODAY), (8, TODAY), (7, TODAY - dt.timedelta(days=1))]
