"""Linking by name: whom the bot asks, how often, and what the answers do."""

import asyncio
import datetime as dt
from typing import Any

import pytest

from accounts.models import Person
from contract.errors import Conflict, NotFound
from telegram.chats import mark_chat_gone
from telegram.client import BotApi
from telegram.errors import ChatGone, Rejected, RetryAfter, TelegramError, Transient, Unreached
from telegram.linking import link
from telegram.models import Chat, LinkQuestion
from telegram.queries import link_state
from telegram.questions import Asking, answer, claim_question, send_question, withdraw_question
from telegram.tasks import ask_in_chat
from tests.bot_api import Control
from tests.telegram.conftest import NOW, chat_of, race

DAY = dt.timedelta(days=1)


def claims(person: Person, username: str | None) -> Person:
    person.telegram_username = username
    person.save(update_fields=["telegram_username"])
    return person


def ask(person: Person, *, now: dt.datetime = NOW) -> Asking | None:
    return claim_question(person_id=person.pk, now=now)


@pytest.fixture
def asking(alice: Person) -> Asking:
    """Alice claims the name of chat 1 and is asked about there."""
    claims(alice, "alice_in_w")
    chat_of(1, "alice_in_w", language="en-GB")
    found = ask(alice)
    assert found is not None
    return found


def test_it_asks_in_the_chat_of_that_name(alice: Person, asking: Asking) -> None:
    assert (asking.chat_id, asking.language, asking.name) == (1, "en", "Алиса")
    assert Chat.objects.get().asked_at == NOW
    assert Chat.objects.get().person is None
    assert link_state(person=alice).status == "asked"


@pytest.mark.parametrize("first", ["username", "chat"])
def test_it_asks_whichever_came_first(alice: Person, first: str) -> None:
    if first == "username":
        claims(alice, "alice_in_w")
    chat_of(1, "Alice_in_W")
    claims(alice, "alice_in_w")
    assert ask(alice) is not None


@pytest.mark.parametrize(
    "case",
    [
        "no such person",
        "deactivated",
        "no username",
        "nobody of that name",
        "the name moved on",
        "linked to someone else",
        "linked to them",
        "blocked",
        "asked today",
        "asked today about someone else",
        "said no",
    ],
)
def test_nobody_is_asked(alice: Person, bob: Person, case: str) -> None:
    claims(alice, "alice_in_w")
    claims(bob, "alice_in_w")
    chat_of(1, "alice_in_w")
    person_id, now = alice.pk, NOW
    if case == "no such person":
        person_id = 2**63 - 1
    elif case == "deactivated":
        Person.objects.filter(pk=alice.pk).update(is_active=False)
    elif case == "no username":
        claims(alice, None)
    elif case == "nobody of that name":
        claims(alice, "someone_else")
    elif case == "the name moved on":
        chat_of(1, "another_name")
    elif case.startswith("linked"):
        link(person_id=(alice if case == "linked to them" else bob).pk, chat_id=1, now=NOW)
    elif case == "blocked":
        mark_chat_gone(chat_id=1, now=NOW)
    elif case.startswith("asked"):
        assert ask(bob if "someone" in case else alice) is not None
        now = NOW + DAY - dt.timedelta(seconds=1)
    elif case == "said no":
        asking = ask(alice)
        assert asking is not None
        answer(question_id=asking.question_id, chat_id=1, yes=False, now=NOW)
        now = NOW + 400 * DAY
    before = list(LinkQuestion.objects.values())
    assert claim_question(person_id=person_id, now=now) is None
    assert list(LinkQuestion.objects.values()) == before


def test_it_asks_again_the_day_after(alice: Person, asking: Asking) -> None:
    again = ask(alice, now=NOW + DAY)
    assert again is not None
    assert again.question_id == asking.question_id
    assert Chat.objects.get().asked_at == NOW + DAY


def test_a_no_to_one_leaves_the_name_to_its_owner(alice: Person, bob: Person, asking: Asking) -> None:
    """Someone else claimed Bob's name first."""
    answer(question_id=asking.question_id, chat_id=1, yes=False, now=NOW)
    claims(bob, "alice_in_w")
    again = ask(bob, now=NOW + DAY)
    assert again is not None
    assert answer(question_id=again.question_id, chat_id=1, yes=True, now=NOW + DAY) == bob
    assert Chat.objects.get().person == bob
    assert link_state(person=alice).status == "none"


def test_only_a_yes_links(alice: Person, asking: Asking, news: list[Any]) -> None:
    for _tap in range(2):
        assert answer(question_id=asking.question_id, chat_id=1, yes=True, now=NOW) == alice
    assert Chat.objects.get().person == alice
    assert news == [("linked", alice.pk)]
    state = link_state(person=alice)
    assert (state.status, state.linked, state.username, state.linked_at) == ("linked", True, "alice_in_w", NOW)


def test_a_no_links_nothing(alice: Person, asking: Asking, news: list[Any]) -> None:
    for _tap in range(2):
        answer(question_id=asking.question_id, chat_id=1, yes=False, now=NOW)
    assert Chat.objects.get().person is None
    assert news == []
    assert link_state(person=alice).status == "none"


@pytest.mark.parametrize(
    ("case", "kind"),
    [
        ("a question that never was", NotFound),
        ("another chat's question", NotFound),
        ("yes after no", Conflict),
        ("another name claimed since", Conflict),
        ("the chat took another name", Conflict),
        ("the chat is someone's since", Conflict),
        ("yes repeated after unlinking", Conflict),
        ("deactivated since", NotFound),
    ],
)
def test_a_yes_that_links_nothing(alice: Person, bob: Person, asking: Asking, case: str, kind: type[Exception]) -> None:
    question_id, chat_id = asking.question_id, 1
    if case == "a question that never was":
        question_id += 1
    elif case == "another chat's question":
        chat_id = chat_of(2, "charlie").chat_id
    elif case == "yes after no":
        answer(question_id=question_id, chat_id=1, yes=False, now=NOW)
    elif case == "another name claimed since":
        claims(alice, "another_name")
    elif case == "the chat took another name":
        chat_of(1, "another_name")
    elif case == "the chat is someone's since":
        link(person_id=bob.pk, chat_id=1, now=NOW)
    elif case == "yes repeated after unlinking":
        answer(question_id=question_id, chat_id=1, yes=True, now=NOW)
        Chat.objects.update(person=None, linked_at=None)
    elif case == "deactivated since":
        Person.objects.filter(pk=alice.pk).update(is_active=False)
    with pytest.raises(kind):
        answer(question_id=question_id, chat_id=chat_id, yes=True, now=NOW)
    assert not Chat.objects.filter(person=alice).exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_follow_the_link_at_once_make_one_question(alice: Person, bob: Person) -> None:
    claims(alice, "alice_in_w")
    claims(bob, "alice_in_w")
    chat_of(1, "alice_in_w")
    found = race(*(lambda person=person: ask(person) for person in (alice, bob, alice)))
    assert sum(isinstance(result, Asking) for result in found) == 1
    assert sum(result is None for result in found) == 2


@pytest.mark.django_db(transaction=True)
def test_a_double_tap_on_yes_and_no_has_one_outcome(alice: Person, asking: Asking) -> None:
    taps = [
        lambda yes=yes: answer(question_id=asking.question_id, chat_id=1, yes=yes, now=NOW)
        for yes in (True, False, True, False)
    ]
    found = race(*taps)
    assert sorted(type(result).__name__ for result in found) == ["Conflict", "Conflict", "Person", "Person"]
    assert (Chat.objects.get().person == alice) is LinkQuestion.objects.get().accepted


def test_a_long_stop_keeps_no_worker_and_costs_no_days_question(bot_api: Control, alice: Person) -> None:
    claims(alice, "alice_in_w")
    chat_of(1, "alice_in_w")

    async def stop() -> None:
        async with BotApi() as api:
            await api.limiter.stop(600)

    asyncio.run(stop())
    with pytest.raises(RetryAfter):
        ask_in_chat(alice.pk)
    assert bot_api.calls() == []
    assert Chat.objects.get().asked_at is None
    assert not LinkQuestion.objects.exists()


def test_the_question_says_who_and_has_two_buttons(bot_api: Control, asking: Asking) -> None:
    asyncio.run(sending(asking))
    sent = bot_api.calls("sendMessage", chat_id=1)[0]
    assert sent.text.startswith("Shall reminders of <code>Алиса</code> come here?")
    assert sent.params["parse_mode"] == "HTML"
    assert sent.buttons == [f"link:yes:{asking.question_id}", f"link:no:{asking.question_id}"]


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"display_name": "<b>Eve</b> t.me/spam"}, "&lt;b&gt;Eve&lt;/b&gt; t.me/spam"),
        ({"display_name": None}, "al…@example.org"),
        ({"display_name": None, "email": None}, "#"),
    ],
)
def test_a_stranger_sees_little_of_the_person(
    bot_api: Control, alice: Person, fields: dict[str, Any], name: str
) -> None:
    Person.objects.filter(pk=alice.pk).update(telegram_username="alice_in_w", **fields)
    chat_of(1, "alice_in_w", language="ru")
    asking = ask(alice)
    assert asking is not None
    asyncio.run(sending(asking))
    sent = bot_api.calls("sendMessage", chat_id=1)[0]
    assert f"<code>{name}" in sent.text
    assert sent.text.startswith("Присылать сюда напоминания для")


async def sending(asking: Asking) -> None:
    async with BotApi() as api:
        await send_question(api, asking)


@pytest.mark.parametrize(
    ("error", "may_ask_again"),
    [
        (ChatGone("403"), False),
        (Rejected("400"), True),
        (RetryAfter(5), True),
        (Unreached("no connection"), True),
        (Transient("no answer"), False),
    ],
)
def test_a_question_that_did_not_arrive_may_be_asked_again(
    alice: Person, asking: Asking, error: TelegramError, may_ask_again: bool
) -> None:
    withdraw_question(asking, error, now=NOW)
    assert (ask(alice, now=NOW) is not None) is may_ask_again
    assert (Chat.objects.get().blocked_at is not None) is isinstance(error, ChatGone)
