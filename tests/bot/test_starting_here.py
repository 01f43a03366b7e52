"""Somebody who has no account: from /start to the first habit, and how that ends again."""

from django.utils.timezone import now

from accounts.models import Person
from telegram.linking import link
from telegram.models import Chat
from tests.bot.conftest import ALICE, Conversation


def test_a_stranger_has_the_first_habit_after_three_messages(chat: Conversation) -> None:
    chat.write(ALICE, "/start", language="ru")
    asked = chat.press(ALICE, "start:here")[-1]
    assert asked.text.startswith("Очень приятно!")
    assert "zone:Europe/Moscow" in asked.buttons
    assert "первую привычку одним предложением" in chat.press(ALICE, "zone:Europe/Moscow")[-1].text
    asked = chat.write(ALICE, "Я буду читать в 21:30 в кровати")[0]
    (every_day,) = [data for data in asked.buttons if data.endswith("frequency:e1")]
    chat.press(ALICE, every_day)
    made = chat.said(ALICE, "чашка кофе")
    assert "Я буду читать в 21:30 в кровати" in made
    person = Person.objects.get()
    assert (person.email, person.language, person.timezone, person.display_name) == (
        None,
        "ru",
        "Europe/Moscow",
        "User",
    )
    habit = person.habits.get()
    assert habit.schedule.next_at is not None
    assert "в 21:30.\n\nТогда я напишу сюда" in made


def test_a_second_tap_makes_no_second_account(chat: Conversation) -> None:
    chat.write(ALICE, "/start")
    first = chat.press(ALICE, "start:here")[-1].text
    assert "Where are you? Until you tell me" in first
    assert "Where are you? Until you tell me" in chat.press(ALICE, "start:here")[-1].text
    assert "comes" not in first
    assert Person.objects.count() == 1


def test_the_sentence_may_come_before_the_zone(chat: Conversation) -> None:
    chat.write(ALICE, "/start")
    chat.press(ALICE, "start:here")
    assert "How often?" in chat.said(ALICE, "I will read at 21:30 in bed every")
    assert "How often?" in chat.press(ALICE, "zone:Asia/Tokyo")[-1].text


def test_what_a_stranger_wrote_is_not_lost(chat: Conversation) -> None:
    assert "new here" in chat.said(ALICE, "I will read at 21:30 in bed every day")
    chat.press(ALICE, "start:here")
    offered = chat.press(ALICE, "zone:Asia/Tokyo")[-1]
    assert "I will read at 21:30 in bed · every day\n\nShall I make a habit of it?" in offered.text
    assert "treat yourself" in chat.press(ALICE, offered.buttons[0])[-1].text


def test_one_who_is_linked_gets_no_other_account_by_an_old_button(chat: Conversation, alice: Person) -> None:
    link(person_id=alice.pk, chat_id=ALICE, now=now())
    for data in ("start:here", "start:link"):
        assert "Готово" in chat.press(ALICE, data)[-1].text
    assert Person.objects.count() == 1


def test_who_has_no_other_way_in_is_asked_before_all_is_lost(chat: Conversation, bob: Person) -> None:
    chat.press(ALICE, "start:here")
    asked = chat.write(ALICE, "/stop")[0]
    assert "in this chat only" in asked.text
    assert asked.buttons == ["pause:month", "stop:all"]
    sure = chat.press(ALICE, "stop:all")[-1]
    assert sure.buttons == ["stop:sure", "stop:no"]
    assert "stays as it is" in chat.press(ALICE, "stop:no")[-1].text
    assert Chat.objects.get().person is not None
    for _tap in range(2):
        assert "/start" in chat.press(ALICE, "stop:sure")[-1].text
    assert list(Person.objects.all()) == [bob]


def test_who_has_an_e_mail_address_is_never_erased_by_a_button(chat: Conversation, alice: Person) -> None:
    link(person_id=alice.pk, chat_id=ALICE, now=now())
    for data in ("stop:all", "stop:sure"):
        assert "есть почта" in chat.press(ALICE, data)[-1].text
    assert Chat.objects.get().person == alice
