"""What cannot be put into words fails alone, whoever else is in its batch."""

import pytest
from django.utils.translation import get_language, gettext

from accounts.models import Person
from habits.models import Habit
from reminders.channels import buttons
from reminders.planner import plan
from tests.bot_api import Control
from tests.reminders.conftest import CHAT, DUE, deliver, due_habit, linked, states

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_that_cannot_be_worded_fails_alone(
    bot_api: Control, planned: Habit, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def misspelt(text: str) -> str:
        """A catalogue with a wrong placeholder."""
        return "%(tmie)s" if get_language() == planned.owner.language else gettext(text)

    monkeypatch.setattr("reminders.channels.text._", misspelt)
    other = due_habit(linked(bob, CHAT + 1))
    plan(now=DUE)
    deliver()
    assert (states(planned), states(other)) == ([(DUE, "failed")], [(DUE, "sent")])


def test_a_message_that_cannot_be_put_together_fails_alone(
    bot_api: Control, planned: Habit, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def misspelt(text: str) -> str:
        return "✅".encode("ascii").decode() if get_language() == planned.owner.language else gettext(text)

    buttons._labels.cache_clear()
    monkeypatch.setattr("reminders.channels.buttons._", misspelt)
    other = due_habit(linked(bob, CHAT + 1))
    plan(now=DUE)
    deliver()
    assert (states(planned), states(other)) == ([(DUE, "failed")], [(DUE, "sent")])
