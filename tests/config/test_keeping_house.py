"""What beat has cleaned up, and that it does nothing more."""

import datetime as dt

import pytest
from celery import current_app
from django.utils.timezone import now
from django_celery_beat.models import PeriodicTask

from accounts.models import Person, Session
from accounts.tasks import prune_sessions
from contract.pruning import prune
from telegram.models import Chat, LinkQuestion, LinkToken
from telegram.tasks import prune_links
from tests.beat import beat

HOUR = dt.timedelta(hours=1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("room", ["reminders", "accounts", "telegram", "tracking", "bot"])
def test_each_room_is_cleaned_by_a_task_that_exists_and_expires(room: str) -> None:
    current_app.loader.import_default_modules()  # as a worker does when it starts
    beat()
    entry = PeriodicTask.objects.get(name=f"{room}.prune")
    assert entry.task in current_app.tasks
    assert entry.enabled
    assert entry.expire_seconds is not None
    assert entry.interval is not None
    assert entry.expire_seconds < dt.timedelta(**{entry.interval.period: entry.interval.every}).total_seconds()


@pytest.mark.django_db
def test_sign_ins_that_have_expired_go() -> None:
    for key, age in (("old", HOUR), ("young", -HOUR)):
        Session.objects.create(session_key=key, session_data="", expire_date=now() - age)
    prune_sessions()
    assert [session.session_key for session in Session.objects.all()] == ["young"]


@pytest.mark.django_db
def test_link_tokens_go_when_they_have_expired_used_or_not(alice: Person) -> None:
    for number, age in enumerate((HOUR, HOUR, -HOUR)):
        used = {"used_at": now(), "used_by_chat_id": 7} if number == 0 else {}
        LinkToken.objects.create(digest=f"{number:064x}", person=alice, expires_at=now() - age, **used)
    prune_links()
    assert [token.digest for token in LinkToken.objects.all()] == [f"{2:064x}"]


@pytest.mark.django_db
def test_old_questions_go_but_a_no_stands_for_good(alice: Person) -> None:
    answers = {1: True, 2: False, 3: None}
    for days in (29, 31):
        for number, accepted in answers.items():
            chat = Chat.objects.create(chat_id=days * 10 + number, seen_at=now())
            answered_at = None if accepted is None else now()
            LinkQuestion.objects.create(
                person=alice,
                chat=chat,
                asked_at=now() - dt.timedelta(days=days),
                answered_at=answered_at,
                accepted=accepted,
            )
    prune_links()
    left = LinkQuestion.objects.order_by("chat_id").values_list("chat_id", flat=True)
    assert list(left) == [291, 292, 293, 312]


@pytest.mark.django_db
def test_it_deletes_in_batches_until_its_time_is_up() -> None:
    for number in range(7):
        Session.objects.create(session_key=str(number), session_data="", expire_date=now() - HOUR)
    rows = Session.objects.filter(expire_date__lt=now()).order_by("expire_date")
    assert [prune(rows, batch=3, budget=0) for _ in range(4)] == [3, 3, 1, 0]
    assert prune(rows, batch=3) == 0
