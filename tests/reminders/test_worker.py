"""Real Celery workers: stopped, killed, and with more to send than Telegram takes at once."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections
from django.db.models.functions import Now
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Person
from reminders.models import Envelope, Reminder
from telegram.linking import link
from telegram.models import Chat
from tests.acceptance.stack import Stack, running_stack, wait_for
from tests.bot_api.fixtures import TOKEN
from tests.conftest import address_of
from tests.people import make_person
from tests.reminders.conftest import MINUTE, due_habit

pytestmark = pytest.mark.django_db(transaction=True)

CHAT = 760
PEOPLE = 40


@pytest.fixture
def overdue(settings: Settings) -> list[Person]:
    """Forty people with two habits each that were due when this minute began."""
    settings.TELEGRAM_BOT_TOKEN = TOKEN
    now = timezone.now()
    people = [make_person(f"P{number}") for number in range(PEOPLE)]
    for number, person in enumerate(people):
        link(person_id=person.pk, chat_id=CHAT + number, now=now - 2 * MINUTE)
        for _ in range(2):
            due_habit(person, at=now.replace(second=0, microsecond=0), now=now - 2 * MINUTE)
    return people


@pytest.fixture
def stack(overdue: list[Person], tmp_path: Path) -> Iterator[Stack]:
    """Beat, and a worker that may send two messages a second, on this test's own database."""
    address = address_of(str(settings.DATABASES["default"]["NAME"]))
    with running_stack(address, tmp_path, "beat", "worker", TELEGRAM_RATE="2") as stack:
        yield stack
    connections.close_all()


def sent(stack: Stack, at_least: int) -> Counter[int | None]:
    return Counter(call.chat_id for call in stack.bot_api.calls("sendMessage", at_least=at_least))


def test_a_worker_that_is_stopped_gives_back_what_it_did_not_send(stack: Stack) -> None:
    sent(stack, at_least=3)
    stack.stop("worker")
    told = sent(stack, at_least=3)
    assert max(told.values()) == 1
    assert not Envelope.objects.filter(claim_token__isnull=False).exists()
    assert Counter(Reminder.objects.values_list("state", flat=True)) == {
        "sent": 2 * len(told),
        "waiting": 2 * (PEOPLE - len(told)),
    }
    assert set(Envelope.objects.values_list("attempts", flat=True)) == {0}


def test_nothing_is_lost_with_a_killed_worker_and_repeats_are_bounded_by_what_was_in_flight(stack: Stack) -> None:
    stack.bot_api.set_latency(0.3)
    sent(stack, at_least=3)
    stack.kill("worker")
    left_lying = Envelope.objects.filter(claim_token__isnull=False)
    assert left_lying.exists()
    # What the lease would take half a minute for.
    left_lying.update(claimed_until=Now() - dt.timedelta(seconds=1))
    stack.start("worker-2")
    wait_for(lambda: not Envelope.objects.exists(), what="everything is delivered")
    told = sent(stack, at_least=PEOPLE)
    assert set(told) == set(Chat.objects.values_list("chat_id", flat=True))
    assert sum(told.values()) - PEOPLE <= 4
    assert set(Reminder.objects.values_list("state", flat=True)) == {"sent"}


def test_a_worker_that_hears_no_ticks_does_without_beat(overdue: list[Person], tmp_path: Path) -> None:
    address = address_of(str(settings.DATABASES["default"]["NAME"]))
    with running_stack(address, tmp_path, "worker") as stack:
        assert sent(stack, at_least=PEOPLE) == dict.fromkeys(Chat.objects.values_list("chat_id", flat=True), 1)
    connections.close_all()
