"""One chat for one person: deep links, moving, unlinking, and who wins when two come at once."""

import datetime as dt
from typing import Any

import pytest

from accounts.models import Person
from contract.errors import Conflict, NotFound, Refused
from telegram.linking import LIVE_TOKENS, TOKEN_LIFE, create_link_token, link, link_by_token, unlink
from telegram.models import Chat, LinkToken
from tests.telegram.conftest import NOW, chat_of, race


def token_of(person: Person, *, now: dt.datetime = NOW) -> str:
    return create_link_token(person=person, now=now).token


def links() -> dict[int, int | None]:
    return dict(Chat.objects.values_list("chat_id", "person_id"))


def code_of(error: Refused) -> str:
    return error.errors[0].code


def test_a_token_links_the_chat(alice: Person, news: list[Any]) -> None:
    assert link_by_token(token=token_of(alice), chat_id=1, now=NOW) == alice
    assert links() == {1: alice.pk}
    assert Chat.objects.get().linked_at == NOW
    assert news == [("linked", alice.pk)]


def test_a_token_fits_into_a_deep_link_and_is_not_kept(alice: Person) -> None:
    ticket = create_link_token(person=alice, now=NOW)
    assert ticket.expires_at == NOW + dt.timedelta(minutes=10)
    assert 32 <= len(ticket.token) <= 64
    assert ticket.token.replace("-", "").replace("_", "").isalnum()
    assert ticket.token not in str(LinkToken.objects.values())


@pytest.mark.parametrize(
    ("case", "kind", "code"),
    [
        ("unknown", NotFound, "link_expired"),
        ("empty", NotFound, "link_expired"),
        ("garbage", NotFound, "link_expired"),
        ("expired", NotFound, "link_expired"),
        ("used by another chat", Conflict, "link_used"),
        ("used here, unlinked since", NotFound, "link_expired"),
        ("someone else's chat", Conflict, "chat_taken"),
        ("deactivated", NotFound, "link_expired"),
    ],
)
def test_a_token_that_does_not_link(alice: Person, bob: Person, case: str, kind: type[Refused], code: str) -> None:
    token, now = token_of(alice), NOW
    if case in {"unknown", "empty", "garbage"}:
        token = {"unknown": "x" * 43, "empty": "", "garbage": "\ud800\x00'; --"}[case]
    elif case == "expired":
        now += TOKEN_LIFE
    elif case == "used by another chat":
        link_by_token(token=token, chat_id=2, now=NOW)
    elif case == "used here, unlinked since":
        link_by_token(token=token, chat_id=1, now=NOW)
        unlink(person=alice, now=NOW)
    elif case == "someone else's chat":
        link(person_id=bob.pk, chat_id=1, now=NOW)
    elif case == "deactivated":
        Person.objects.filter(pk=alice.pk).update(is_active=False)
        kind, code = NotFound, "no_account"
    before = links()
    with pytest.raises(kind) as caught:
        link_by_token(token=token, chat_id=1, now=now)
    assert code_of(caught.value) == code
    assert links() == before


def test_the_same_chat_may_bring_its_token_again(alice: Person, news: list[Any]) -> None:
    """Telegram brings an update again that was not acknowledged."""
    token = token_of(alice)
    for _time in range(2):
        assert link_by_token(token=token, chat_id=1, now=NOW) == alice
    assert news == [("linked", alice.pk)]


def test_a_token_stays_good_where_the_chat_was_someone_elses(alice: Person, bob: Person) -> None:
    link(person_id=bob.pk, chat_id=1, now=NOW)
    token = token_of(alice)
    with pytest.raises(Conflict):
        link_by_token(token=token, chat_id=1, now=NOW)
    unlink(person=bob, now=NOW)
    link_by_token(token=token, chat_id=1, now=NOW)
    assert links() == {1: alice.pk}


def test_a_person_moves_to_another_chat(alice: Person, news: list[Any]) -> None:
    link(person_id=alice.pk, chat_id=1, now=NOW)
    link_by_token(token=token_of(alice), chat_id=2, now=NOW)
    assert links() == {1: None, 2: alice.pk}
    assert news == [("linked", alice.pk)] * 2


def test_unlinking_parts_them_and_voids_deep_links(alice: Person, news: list[Any]) -> None:
    link(person_id=alice.pk, chat_id=1, now=NOW)
    token = token_of(alice)
    assert unlink(person=alice, now=NOW) is True
    assert unlink(person=alice, now=NOW) is False
    assert links() == {1: None}
    assert news == [("linked", alice.pk), ("lost", alice.pk)]
    with pytest.raises(NotFound):
        link_by_token(token=token, chat_id=1, now=NOW)


def test_it_keeps_few_tokens(alice: Person, bob: Person) -> None:
    token_of(bob, now=NOW)
    tokens = [token_of(alice, now=NOW + dt.timedelta(seconds=second)) for second in range(LIVE_TOKENS + 3)]
    assert LinkToken.objects.filter(person=alice).count() == LIVE_TOKENS
    assert LinkToken.objects.filter(person=bob).count() == 1
    with pytest.raises(NotFound):
        link_by_token(token=tokens[2], chat_id=1, now=NOW)
    link_by_token(token=tokens[3], chat_id=1, now=NOW)


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_one_token_in_two_chats(self, alice: Person) -> None:
        token = token_of(alice)
        for chat_id in (1, 2, 3):
            chat_of(chat_id)
        found = race(*(lambda chat_id=n: link_by_token(token=token, chat_id=chat_id, now=NOW) for n in (1, 2, 3)))
        assert sorted(type(result).__name__ for result in found) == ["Conflict", "Conflict", "Person"]
        assert {code_of(result) for result in found if isinstance(result, Refused)} == {"link_used"}
        assert [person for person in links().values() if person] == [alice.pk]

    def test_one_chat_for_two_people(self, alice: Person, bob: Person) -> None:
        """The chat is new to us, too."""
        tokens = [token_of(alice), token_of(bob)]
        found = race(*(lambda token=token: link_by_token(token=token, chat_id=1, now=NOW) for token in tokens))
        assert sorted(type(result).__name__ for result in found) == ["Conflict", "Person"]
        assert {code_of(result) for result in found if isinstance(result, Refused)} == {"chat_taken"}
        winner = next(result for result in found if isinstance(result, Person))
        assert links() == {1: winner.pk}

    def test_one_person_with_two_tokens_in_two_chats(self, alice: Person) -> None:
        """Both are theirs; the later one stands."""
        tokens = [token_of(alice), token_of(alice)]
        found = race(
            lambda: link_by_token(token=tokens[0], chat_id=1, now=NOW),
            lambda: link_by_token(token=tokens[1], chat_id=2, now=NOW),
        )
        assert found == [alice, alice]
        assert sorted(links().values(), key=str) == sorted([None, alice.pk], key=str)

    def test_two_people_who_swap_their_chats(self, alice: Person, bob: Person) -> None:
        link(person_id=alice.pk, chat_id=1, now=NOW)
        link(person_id=bob.pk, chat_id=2, now=NOW)
        tokens = [token_of(alice), token_of(bob)]
        found = race(
            lambda: link_by_token(token=tokens[0], chat_id=2, now=NOW),
            lambda: link_by_token(token=tokens[1], chat_id=1, now=NOW),
        )
        assert [code_of(result) for result in found] == ["chat_taken", "chat_taken"]
        assert links() == {1: alice.pk, 2: bob.pk}

    def test_linking_against_unlinking(self, alice: Person) -> None:
        link(person_id=alice.pk, chat_id=1, now=NOW)
        token = token_of(alice)
        linked, unlinked = race(
            lambda: link_by_token(token=token, chat_id=2, now=NOW), lambda: unlink(person=alice, now=NOW)
        )
        assert unlinked is True
        if isinstance(linked, Person):
            assert [person for person in links().values() if person] == []
        else:
            assert code_of(linked) == "link_expired"
            assert [person for person in links().values() if person] == []
