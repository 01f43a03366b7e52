"""/start with and without a token, the question that links by name, /stop."""

import datetime as dt

import pytest
from django.utils.timezone import now
from pytest_django import Settings

from accounts.models import Person
from telegram.linking import create_link_token, link
from telegram.models import Chat, LinkQuestion
from telegram.questions import claim_question
from tests.bot.conftest import ALICE, BOB, Conversation


def token_of(person: Person) -> str:
    return create_link_token(person=person, now=now()).token


def link_alice(alice: Person) -> None:
    link(person_id=alice.pk, chat_id=ALICE, now=now())


@pytest.mark.parametrize(
    ("language", "hello", "how"),
    [
        ("ru", "Вы здесь впервые", "Пока я не знаю, чей это чат"),
        ("en", "Are you new here", "I do not know yet whose chat"),
        (None, "Are you new here", "I do not know yet whose chat"),
    ],
)
def test_a_stranger_is_told_what_this_is_and_how_to_link(
    chat: Conversation, language: str | None, hello: str, how: str
) -> None:
    sent = chat.write(ALICE, "/start", username="Alice_In_W", language=language)[0]
    assert hello in sent.text
    assert sent.buttons == ["start:here", "start:link"]
    assert chat.write(ALICE, "hello", username="Alice_In_W", language=language)[0].text == sent.text
    kept = Chat.objects.get()
    assert (kept.chat_id, kept.username, kept.person) == (ALICE, "alice_in_w", None)
    told = press_as_alice(chat, "start:link")[-1][1]
    assert how in told
    assert "@alice_in_w" in told


def test_where_sign_up_is_closed_there_is_one_way_in(chat: Conversation, settings: Settings) -> None:
    settings.SIGNUP_OPEN = False
    sent = chat.write(ALICE, "/start")[0]
    assert "ask for the link to Telegram" in sent.text
    assert sent.buttons == []
    chat.press(ALICE, "start:here")  # an old button
    assert Person.objects.count() == 0


def test_a_token_links_and_is_answered_in_the_persons_language(chat: Conversation, alice: Person) -> None:
    answer = chat.said(ALICE, f"/start {token_of(alice)}", language="en")
    assert answer.startswith("Готово: напоминания о привычках приходят в этот чат")
    assert Chat.objects.get().person == alice


def test_one_who_never_told_a_time_zone_is_asked(chat: Conversation, charlie: Person) -> None:
    sent = chat.write(ALICE, f"/start {token_of(charlie)}")[0]
    assert "Where are you? Until you tell me" in sent.text
    assert "zone:Europe/London" in sent.buttons


def test_the_same_token_again_is_harmless(chat: Conversation, alice: Person) -> None:
    token = token_of(alice)
    first = chat.said(ALICE, f"/start {token}")
    assert chat.said(ALICE, f"/start {token}") == first


@pytest.mark.parametrize(
    ("token", "says"),
    [
        ("x" * 43, "unknown or has expired"),
        ("привет", "unknown or has expired"),
        ("a b c", "unknown or has expired"),
        ("used", "was used already"),
        ("expired", "unknown or has expired"),
    ],
)
def test_a_token_that_is_no_good_is_told_so(
    chat: Conversation, alice: Person, bob: Person, token: str, says: str
) -> None:
    if token == "used":
        token = token_of(alice)
        chat.write(BOB, f"/start {token}")
    elif token == "expired":
        token = create_link_token(person=alice, now=now() - dt.timedelta(minutes=10)).token
    assert says in chat.said(ALICE, f"/start {token}")
    assert Chat.objects.get(chat_id=ALICE).person is None


def test_a_chat_that_is_someone_elses_is_told_so(chat: Conversation, alice: Person, bob: Person) -> None:
    link_alice(alice)
    assert "связан с другой учётной записью" in chat.said(ALICE, f"/start {token_of(bob)}")
    assert Chat.objects.get().person == alice


def test_start_again_says_that_all_is_well(chat: Conversation, alice: Person) -> None:
    link_alice(alice)
    assert chat.said(ALICE, "/start").startswith("Готово")


def test_stop_unlinks_and_says_how_to_come_back(chat: Conversation, alice: Person) -> None:
    link_alice(alice)
    assert "Чтобы вернуться" in chat.said(ALICE, "/stop")
    assert Chat.objects.get().person is None
    assert "anyway" in chat.said(ALICE, "/stop")


@pytest.mark.parametrize("command", ["/STOP", "/stop@habits_test_bot", "/stop please"])
def test_stop_in_other_words(chat: Conversation, alice: Person, command: str) -> None:
    link_alice(alice)
    chat.said(ALICE, command)
    assert Chat.objects.get().person is None


@pytest.fixture
def question(chat: Conversation, alice: Person) -> LinkQuestion:
    """Asked in chat ALICE whether Alice's reminders shall come there."""
    Person.objects.filter(pk=alice.pk).update(telegram_username="alice_in_w")
    chat.write(ALICE, "hello", username="alice_in_w")
    asking = claim_question(person_id=alice.pk, now=now())
    assert asking is not None
    return LinkQuestion.objects.get(pk=asking.question_id)


def press_as_alice(chat: Conversation, data: str) -> list[tuple[str, str]]:
    """Her chat has a username, which a tap brings along."""
    Chat.objects.filter(chat_id=ALICE).update(username=None)
    query = {
        "id": "77",
        "from": {"id": ALICE, "is_bot": False, "first_name": "Alice", "username": "alice_in_w"},
        "chat_instance": "1",
        "data": data,
        "message": {"message_id": 1, "date": 1, "chat": {"id": ALICE, "type": "private"}, "text": "…"},
    }
    return [(call.method, call.text) for call in chat.update({"callback_query": query})]


def test_a_yes_links(chat: Conversation, alice: Person, question: LinkQuestion) -> None:
    methods = press_as_alice(chat, f"link:yes:{question.pk}")
    assert [method for method, _text in methods][:2] == ["answerCallbackQuery", "editMessageText"]
    assert "Готово" in methods[1][1]
    assert Chat.objects.get().person == alice


def test_a_no_stays_a_no(chat: Conversation, alice: Person, question: LinkQuestion) -> None:
    assert "nothing will come here" in press_as_alice(chat, f"link:no:{question.pk}")[1][1]
    assert "out of date" in press_as_alice(chat, f"link:yes:{question.pk}")[1][1]
    assert Chat.objects.get().person is None


@pytest.mark.parametrize(
    "data",
    [
        "link:yes:0",
        "link:yes:999999999999999999",
        "link:yes:9999999999999999999999",
        "link:maybe:{id}",
        "link:yes:{id}:more",
        "link:yes:-{id}",
        "link:yes:",
        "link:",
        "zone:Europe/Moscow",
        "zone:Mars/Olympus",
        "nonsense",
        "🏃" * 16,
    ],
)
def test_forged_buttons_are_harmless(chat: Conversation, question: LinkQuestion, data: str) -> None:
    calls = press_as_alice(chat, data.format(id=question.pk))
    assert calls[0][0] == "answerCallbackQuery"
    assert Chat.objects.get().person is None
    question.refresh_from_db()
    assert question.accepted is None


def test_someone_elses_button_is_harmless(chat: Conversation, question: LinkQuestion) -> None:
    calls = chat.press(BOB, f"link:yes:{question.pk}")
    assert "not open any more" in calls[-1].text
    assert not Chat.objects.filter(person__isnull=False).exists()


def test_a_tap_that_telegram_forgot_is_still_heard(chat: Conversation, alice: Person, question: LinkQuestion) -> None:
    chat.bot_api.refuse("answerCallbackQuery", 400, "Bad Request: query is too old")
    press_as_alice(chat, f"link:yes:{question.pk}")
    assert Chat.objects.get().person == alice
