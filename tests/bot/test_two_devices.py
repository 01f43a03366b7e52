"""The same person on two devices, at the same moment: each step happens once."""

import datetime as dt
import threading
from collections.abc import Callable
from typing import TypeVar

import pytest
from django.db import connections
from django.utils.timezone import now

from accounts.models import Person
from accounts.services import erase
from bot import drafts, telling
from bot.drafts import Told
from bot.models import Draft, Step
from bot.replies import Reply
from contract.errors import NotFound
from habits.models import Habit
from telegram.linking import link
from telegram.models import Chat
from tests.bot.conftest import BOB

pytestmark = pytest.mark.django_db(transaction=True)

Result = TypeVar("Result")
TOLD = Told(action="read", time=dt.time(21, 30), place="in bed", every_days=1)


def at_once(*calls: Callable[[], Result]) -> list[Result | Exception]:
    """Let them all go at the same moment, each on a connection of its own; what each returned or raised."""
    barrier = threading.Barrier(len(calls))
    ends: list[Result | Exception] = []

    def run(call: Callable[[], Result]) -> None:
        barrier.wait()
        try:
            ends.append(call())
        except Exception as error:
            ends.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(ends) == len(calls)
    return ends


def chat_of(person: Person) -> Chat:
    """As each update fetches it for itself."""
    return Chat.objects.select_related("person").get(person=person)


@pytest.fixture
def draft(bob: Person) -> Draft:
    """Of Bob's, who is asked for the prize."""
    link(person_id=bob.pk, chat_id=BOB, now=now())
    return drafts.begin(chat_of(bob), step=Step.PRIZE, told=TOLD, update=1, now=now())


def test_two_answers_make_one_habit(bob: Person, draft: Draft) -> None:
    def answering(update: int) -> Callable[[], Reply | None]:
        chat = chat_of(bob)
        return lambda: telling.hear(chat=chat, text=f"tea {update}", update=update, now=now())

    ends = at_once(answering(2), answering(3))
    assert Habit.objects.count() == 1
    # The later one finds no question open.
    assert sorted(type(end).__name__ for end in ends) == ["NoneType", "Reply"]


def test_a_tap_and_a_cancel_end_in_one_of_the_two(bob: Person, draft: Draft) -> None:
    here, there = chat_of(bob), chat_of(bob)
    ends = at_once(
        lambda: telling.hear(chat=here, text="tea", update=2, now=now()),
        lambda: telling.cancel(chat=there),
    )
    assert not any(isinstance(end, Exception) for end in ends)
    assert Habit.objects.count() <= 1
    # Cancelling what is made already forgets the draft, and leaves the habit.
    assert Draft.objects.count() == 0


def test_erasing_meets_an_answer(bob: Person, draft: Draft) -> None:
    here = chat_of(bob)
    ends = at_once(
        lambda: telling.hear(chat=here, text="tea", update=2, now=now()),
        lambda: erase(person=bob),
    )
    assert [end for end in ends if isinstance(end, Exception) and not isinstance(end, NotFound)] == []
    assert (Habit.objects.count(), Draft.objects.count(), Person.objects.count()) == (0, 0, 0)
