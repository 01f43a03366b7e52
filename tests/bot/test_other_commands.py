"""/language, /login, /undo, /stats."""

import datetime as dt
import re
from collections.abc import Iterator

import pytest
import time_machine
from django.utils.timezone import now

from accounts.models import Person
from habits.models import Habit
from habits.services import create_habit
from telegram.logins import exchange
from tests.bot.conftest import ALICE, BOB, Conversation
from tracking.models import CheckIn
from tracking.rules import today
from tracking.services import check_in


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    """Nobody's day ends while a test runs."""
    with time_machine.travel(now(), tick=False):
        yield


def useful(person: Person, action: str = "run") -> Habit:
    return create_habit(person=person, now=now(), action=action, time=dt.time(7), place="in the park", reward="tea")


def answer(person: Person, habit: Habit, status: str, *, days_ago: int = 0) -> CheckIn:
    return check_in(
        person=person,
        habit_id=habit.pk,
        date=today(person, now()) - dt.timedelta(days=days_ago),
        status=status,
        source=CheckIn.Source.BOT,
        now=now(),
    )


@pytest.mark.parametrize("command", ["/habits", "/stats", "/undo", "/language", "/login", "/pause", "/resume", "/new"])
def test_strangers_are_told_where_to_begin(chat: Conversation, command: str) -> None:
    assert "/start" in chat.said(ALICE, command)
    assert "Начните с команды /start" in chat.said(BOB, command, language="ru")


def test_the_language_changes_at_once(bobs: Conversation, bob: Person) -> None:
    assert bobs.write(BOB, "/language")[0].buttons == ["language:en", "language:ru"]
    for _tap in range(2):
        assert "Теперь я пишу по-русски" in bobs.press(BOB, "language:ru")[-1].text
    bob.refresh_from_db()
    assert bob.language == "ru"
    assert "Привычек пока нет" in bobs.said(BOB, "/habits")


def test_a_language_that_nobody_speaks_is_refused(bobs: Conversation, bob: Person) -> None:
    assert "Expected one of" in bobs.press(BOB, "language:tlh")[-1].text
    bob.refresh_from_db()
    assert bob.language == "en"


def test_a_code_signs_its_person_in(bobs: Conversation, bob: Person) -> None:
    sent = bobs.write(BOB, "/login")[0]
    code, hint = sent.text.split("\n\n")
    assert re.fullmatch("[0-9A-Z]{5}-[0-9A-Z]{5}", code)
    assert "five minutes" in hint
    assert [(entity["type"], entity["offset"], entity["length"]) for entity in sent.params["entities"]] == [
        ("code", 0, len(code))
    ]
    assert exchange(code=code, now=now()) == bob


def test_codes_run_out_for_a_while(bobs: Conversation) -> None:
    for _code in range(5):
        assert "five minutes" in bobs.said(BOB, "/login")
    assert "Too many codes" in bobs.said(BOB, "/login")


def test_undo_takes_back_the_last_answer(bobs: Conversation, bob: Person) -> None:
    habit = useful(bob)
    assert "nothing to undo" in bobs.said(BOB, "/undo")
    answer(bob, habit, "skipped")
    answer(bob, habit, "done")
    assert "skipped, as before" in bobs.said(BOB, "/undo")
    assert habit.check_ins.get().status == "skipped"
    answer(bob, habit, "done", days_ago=1)
    assert "not answered any more" in bobs.said(BOB, "/undo")
    assert habit.check_ins.count() == 1


def test_stats_show_how_each_habit_grows(bobs: Conversation, bob: Person) -> None:
    assert "nothing to count" in bobs.said(BOB, "/stats")
    create_habit(person=bob, now=now(), action="have a coffee", is_pleasant=True)
    habit = useful(bob)
    assert "run\nno answers yet" in bobs.said(BOB, "/stats")
    for days_ago in range(3):
        answer(bob, habit, "done", days_ago=days_ago)
    said = bobs.said(BOB, "/stats")
    assert re.search("run\n[▓░]{10} [0-9]+%\nstreak: 3, longest: 3, in 30 days: 100%", said)
    assert "coffee" not in said


def test_stats_are_five_a_page(bobs: Conversation, bob: Person) -> None:
    for number in range(6):
        useful(bob, f"read book {number}")
    first = bobs.write(BOB, "/stats")[0]
    assert "page 1 of 2" in first.text
    assert first.buttons == ["stats:2"]
    assert "read book 0" in bobs.press(BOB, "stats:2")[-1].text
