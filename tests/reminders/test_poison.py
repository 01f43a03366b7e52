"""What cannot be put into words fails alone, whoever else is in its batch."""

from typing import Any

import pytest
from django.utils.translation import get_language, gettext

from accounts.models import Person
from habits.models import Habit
from reminders.channels import buttons
from reminders.planner import plan
from tests.bot_api import Control
from tests.reminders.conftest import DUE, deliver, due_habit, linked, states

pytestmark = pytest.mark.django_db(transaction=True)

CHAT = 770


@pytest.fixture
def habit(bot_api: Control, alice: Any) -> Habit:
    """Hers, due, planned, and she is reached."""
    linked(alice, CHAT)
    habit = due_habit(alice)
    plan(now=DUE)
    return habit


def test_one_that_cannot_be_worded_fails_alone(
    bot_api: Control, habit: Habit, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def misspelt(text: str) -> str:
        """A catalogue with a wrong placeholder."""
        return "%(tmie)s" if get_language() == habit.owner.language else gettext(text)

    monkeypatch.setattr("reminders.channels.text._", misspelt)
    linked(bob, CHAT + 1)
    other = due_habit(bob, at=DUE)
    plan(now=DUE)
    deliver()
    assert (states(habit), states(other)) == ([(DUE, "failed")], [(DUE, "sent")])


def test_a_message_that_cannot_be_put_together_fails_alone(
    bot_api: Control, habit: Habit, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def misspelt(text: str) -> str:
        return "✅".encode("ascii").decode() if get_language() == habit.owner.language else gettext(text)

    buttons._labels.cache_clear()
    monkeypatch.setattr("reminders.channels.buttons._", misspelt)
    linked(bob, CHAT + 1)
    other = due_habit(bob, at=DUE)
    plan(now=DUE)
    deliver()
    assert (states(habit), states(other)) == ([(DUE, "failed")], [(DUE, "sent")])
