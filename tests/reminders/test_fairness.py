"""Who has many envelopes under way holds up nobody else."""

import pytest

from accounts.models import Person
from reminders.planner import plan
from tests.bot_api import Control
from tests.people import make_person
from tests.reminders.conftest import DUE, MINUTE, deliver, due_habit, linked, states

pytestmark = pytest.mark.django_db(transaction=True)

CHAT = 775


def test_one_whose_envelopes_wait_for_their_chat_leaves_the_others_room(bot_api: Control, alice: Person) -> None:
    """After an outage they may have one for every minute of the hour."""
    linked(alice, CHAT)
    for minute in range(1, 7):
        due_habit(alice, at=DUE - minute * MINUTE)
    other = due_habit(linked(make_person("P"), CHAT + 1), at=DUE)
    plan(now=DUE)
    deliver(window=4)
    told = [call.chat_id for call in bot_api.calls("sendMessage")]
    assert len(told) == 7
    # Second, or third where a busy machine lets the pause in Alice's chat go by. Not behind a window full of hers.
    assert CHAT + 1 in told[:3]
    assert states(other) == [(DUE, "sent")]
