"""Answers of Telegram's, or of something that stands in its way, that could never be written down as they are."""

from typing import Any

import pytest

from habits.models import Habit
from reminders.models import Envelope, Reminder
from tests.bot_api import Control
from tests.reminders.conftest import deliver

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("number", [2**63, -(10**30), 0, True, 1.5, "7", None])
def test_a_message_without_a_usable_number_was_sent_all_the_same(bot_api: Control, planned: Habit, number: Any) -> None:
    """It cannot be sent again for that: it has arrived."""
    bot_api.fail("sendMessage", answer={"ok": True, "result": {"message_id": number}})
    deliver()
    assert list(Reminder.objects.values_list("state", "message_id")) == [("sent", None)]
    assert not Envelope.objects.exists()


@pytest.mark.parametrize("code", [400, 403])
def test_an_error_that_is_no_valid_text_is_kept_as_far_as_can_be(bot_api: Control, planned: Habit, code: int) -> None:
    bot_api.refuse("sendMessage", code, "no\ud800 \x00way")
    deliver()
    assert not Envelope.objects.exists()
    settled = Reminder.objects.get()
    assert settled.state == ("failed" if code == 400 else "cancelled")
    if code == 400:
        assert settled.error == "Rejected: 400 no? way"


def test_what_is_tried_again_after_such_an_error_is_given_back_at_once(bot_api: Control, planned: Habit) -> None:
    bot_api.refuse("sendMessage", 500, "\udfff")
    deliver()
    waiting = Envelope.objects.get()
    assert (waiting.claim_token, waiting.attempts, waiting.error) == (None, 0, "Transient: 500 ?")
