"""Which zone people mean, and that the bot sets it."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.utils.timezone import now

from accounts.models import Person
from accounts.rules import time_zones
from bot.zones import CITIES, MOST, ODD_OFFSETS, OFFERED, by_city, city_name, understand
from telegram.linking import link
from tests.bot.conftest import ALICE, Conversation


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Europe/Moscow", "Europe/Moscow"),
        ("europe/moscow", "Europe/Moscow"),
        (" Europe / Moscow ", None),
        ("America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("Москва", "Europe/Moscow"),
        ("москва!", "Europe/Moscow"),
        ("мск", "Europe/Moscow"),
        ("Питер", "Europe/Moscow"),
        ("Ростов-на-Дону", "Europe/Moscow"),
        ("Екатеринбург", "Asia/Yekaterinburg"),
        ("Кишинёв", "Europe/Chisinau"),
        ("кишинев", "Europe/Chisinau"),
        ("Нью-Йорк", "America/New_York"),
        ("new york", "America/New_York"),
        ("New_York", "America/New_York"),
        ("Tokyo", "Asia/Tokyo"),
        ("San Francisco", "America/Los_Angeles"),
        ("Kiev", "Europe/Kyiv"),
        ("Kyiv", "Europe/Kyiv"),
        ("Istanbul", "Europe/Istanbul"),
        ("Buenos Aires", "America/Argentina/Buenos_Aires"),
        ("UTC", "UTC"),
        ("utc+3", "Etc/GMT-3"),
        ("GMT -5", "Etc/GMT+5"),
        ("+3", "Etc/GMT-3"),
        ("−8", "Etc/GMT+8"),
        ("+03:00", "Etc/GMT-3"),
        ("+0", "UTC"),
        ("+5:30", "Asia/Kolkata"),
        ("+0545", "Asia/Kathmandu"),
        ("-3:30", "America/St_Johns"),
        ("мск+2", "Etc/GMT-5"),
        ("МСК", "Europe/Moscow"),
        ("+15", None),
        ("-13", None),
        ("+3:17", None),
        ("3", None),
        ("", None),
        ("stop", None),
        ("hello", None),
        ("GB", None),
        ("Factory", None),
        ("localtime", None),
        ("x" * 1000, None),
    ],
)
def test_it_understands(text: str, zone: str | None) -> None:
    assert understand(text) == ([zone] if zone else [])


def test_every_zone_it_knows_of_exists() -> None:
    offered = {zone for zones in OFFERED.values() for zone in zones}
    for zone in {*CITIES, *ODD_OFFSETS.values(), *offered}:
        assert time_zones()[zone.lower()] == zone


def test_every_offset_is_what_it_says() -> None:
    for hours in range(-12, 15):
        (zone,) = understand(f"{hours:+d}")
        assert dt.datetime.now(ZoneInfo(zone)).utcoffset() == dt.timedelta(hours=hours)


def test_every_button_fits() -> None:
    """`callback_data` holds 64 bytes, and nobody looks through more than a handful of zones."""
    assert max(len(f"zone:{zone}") for zone in time_zones().values()) <= 64
    assert max(len(zones) for zones in by_city().values()) <= MOST


@pytest.mark.parametrize(
    ("zone", "language", "name"),
    [
        ("Europe/Moscow", "ru", "Москва"),
        ("Europe/Moscow", "en", "Moscow"),
        ("America/New_York", "ru", "Нью-Йорк"),
        ("America/New_York", "en", "New York"),
        ("Asia/Aqtau", "ru", "Aqtau"),
        ("Etc/GMT-3", "en", "UTC+3"),
        ("UTC", "en", "UTC"),
    ],
)
def test_it_names_a_zone(zone: str, language: str, name: str) -> None:
    assert city_name(zone, language) == name


@pytest.fixture
def untold(chat: Conversation, charlie: Person) -> Person:
    link(person_id=charlie.pk, chat_id=ALICE, now=now())
    return charlie


def zone_of(person: Person) -> tuple[str, bool]:
    person.refresh_from_db()
    return person.timezone, person.timezone_told


def test_a_button_sets_it(chat: Conversation, untold: Person) -> None:
    calls = chat.press(ALICE, "zone:Asia/Tokyo")
    assert [call.method for call in calls][:2] == ["answerCallbackQuery", "editMessageText"]
    assert zone_of(untold) == ("Asia/Tokyo", True)


@pytest.mark.parametrize("text", ["Tokyo", "/timezone Tokyo", "/timezone asia/tokyo"])
def test_a_word_sets_it(chat: Conversation, untold: Person, text: str) -> None:
    assert "clock of Tokyo" in chat.said(ALICE, text)
    assert zone_of(untold) == ("Asia/Tokyo", True)


def test_the_default_can_be_confirmed(chat: Conversation, untold: Person) -> None:
    chat.said(ALICE, "UTC")
    assert zone_of(untold) == ("UTC", True)


def test_a_forged_button_sets_nothing(chat: Conversation, untold: Person) -> None:
    assert "IANA" in chat.press(ALICE, "zone:Mars/Olympus")[-1].text
    assert zone_of(untold) == ("UTC", False)


def test_once_told_a_word_is_asked_about(chat: Conversation, alice: Person) -> None:
    link(person_id=alice.pk, chat_id=ALICE, now=now())
    sent = chat.write(ALICE, "Tokyo")[0]
    assert sent.buttons == ["zone:Asia/Tokyo"]
    assert "Сейчас часовой пояс — Москва." in sent.text
    assert zone_of(alice) == ("Europe/Moscow", True)
    chat.press(ALICE, sent.buttons[0])
    assert zone_of(alice) == ("Asia/Tokyo", True)


def test_the_command_alone_shows_and_offers(chat: Conversation, alice: Person) -> None:
    link(person_id=alice.pk, chat_id=ALICE, now=now())
    sent = chat.write(ALICE, "/timezone")[0]
    assert "Москва" in sent.text
    assert sent.buttons == [f"zone:{zone}" for zone in OFFERED["ru"]]


def test_a_place_that_nobody_knows_is_asked_for_again(chat: Conversation, untold: Person) -> None:
    assert "I do not know that place" in chat.said(ALICE, "/timezone Atlantis")
    assert zone_of(untold) == ("UTC", False)


def test_a_stranger_has_no_zone(chat: Conversation) -> None:
    assert "I do not know you yet" in chat.said(ALICE, "/timezone Tokyo")
    assert "new here" in chat.said(ALICE, "Tokyo")
