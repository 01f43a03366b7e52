"""While Telegram answers nothing of use a courier tries one message at a time: few are put at risk of going twice."""

import asyncio

import pytest

from reminders.channels import current_channel
from reminders.courier import DOUBT, Courier
from reminders.models import Envelope
from reminders.planner import plan
from tests.bot_api import Control
from tests.people import make_person
from tests.reminders.conftest import DUE, deliver, due_habit, linked

pytestmark = pytest.mark.django_db(transaction=True)

WINDOW = 2 * DOUBT
PEOPLE = 2 * WINDOW


@pytest.fixture
def everybody(bot_api: Control) -> None:
    for number in range(PEOPLE):
        person = make_person(f"person{number}")
        linked(person, 1 + number)
        due_habit(person)
    plan(now=DUE)


def calls(bot_api: Control) -> int:
    return len(bot_api.calls("sendMessage"))


def test_after_many_failures_in_a_row_it_stops_all_but_one(bot_api: Control, everybody: None) -> None:
    bot_api.fail("sendMessage", times=None, status=502, body="")
    deliver(window=WINDOW)
    # What was under way by then, which is a window's more than the failures that were settled, and one that tried.
    assert DOUBT <= calls(bot_api) <= WINDOW + DOUBT
    assert Envelope.objects.filter(error=None).count() == PEOPLE - calls(bot_api)


def test_the_first_success_lets_all_go_again(bot_api: Control, everybody: None) -> None:
    bot_api.fail("sendMessage", times=WINDOW, status=502, body="")

    async def work() -> None:
        courier = Courier(current_channel(), clock=lambda: DUE, window=WINDOW)
        async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
            tasks.create_task(courier.run())
            while calls(bot_api) < PEOPLE:
                courier.wake()
                await asyncio.sleep(0.05)
            courier.stop()

    asyncio.run(work())
    assert Envelope.objects.count() == WINDOW


def test_failures_between_successes_raise_no_doubt(bot_api: Control, everybody: None) -> None:
    for person in range(0, PEOPLE, 2):
        bot_api.fail("sendMessage", chat_id=1 + person, status=502, body="")
    deliver(window=WINDOW)
    assert calls(bot_api) == PEOPLE
