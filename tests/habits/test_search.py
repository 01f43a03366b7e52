"""Search in the public feed: what matches, in what order, and that a search out of time leaves nothing out."""

import random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Person
from contract.pages import PAGE_SIZE, Position
from habits import search
from habits.api import public_rate
from habits.models import Habit
from habits.queries import public_habits
from habits.services import create_habit, update_habit
from tests.habits.conftest import NOW, USEFUL, Caller

BUCKET = 2**search.BUCKET_BITS


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy the machine is."""
    monkeypatch.setattr(search, "PATIENCE", 600_000)


def share(person: Person, **fields: Any) -> Habit:
    return create_habit(person=person, now=NOW, **USEFUL | {"is_public": True} | fields)


def found(term: str, at: Position = Position(), limit: int = 10) -> list[Habit]:  # noqa: B008 (frozen)
    return list(public_habits(at, limit, search=term).rows)


@pytest.mark.parametrize(
    ("term", "actions"),
    [
        ("RUN", ["run fast", "Run"]),
        ("бег", ["БЕГАТЬ"]),
        ("the wood", ["walk"]),
        ("100%", ["read 100% of it"]),
        ("a_b", ["a_b c"]),
        ("a\\b", ["a\\b c"]),
        ("???", ["read ???"]),
        ("b c", ["a\\b c", "axb c", "a_b c"]),
        ("cup of", []),
        ("lk at", []),
        ("fast the", []),
        ("' OR 1=1", []),
        ("of it of it of it of it of it of it", []),
    ],
)
def test_it_finds_parts_of_action_and_place(alice: Person, term: str, actions: list[str]) -> None:
    for action in ("Run", "БЕГАТЬ", "read 100% of it", "read 1000 of it", "a_b c", "axb c", "a\\b c", "read ???"):
        share(alice, action=action)
    share(alice, action="walk", place="The Wood")
    share(alice, action="run fast")
    create_habit(person=alice, now=NOW, **USEFUL | {"action": "run in private"})
    assert [habit.action for habit in found(term)] == actions


@pytest.mark.parametrize("length", [3, 4, 5, 10, 11, 12, 18, 19, 26, 27, 35, 56])
def test_it_finds_a_part_of_any_length_at_any_place(alice: Person, length: int) -> None:
    action = "Съешь же ещё этих мягких французских булок, да выпей чаю"
    share(alice, action=action, place="a")
    for begin in range(0, len(action) - length + 1, 5):
        assert len(found(action[begin : begin + length].swapcase())) == 1


def test_words_that_changed_are_found_and_old_ones_are_not(alice: Person) -> None:
    habit = share(alice, action="walk slowly")
    update_habit(person=alice, habit_id=habit.pk, now=NOW, action="walk fast")
    assert (found("walk fast"), found("slowly")) == ([habit], [])
    update_habit(person=alice, habit_id=habit.pk, now=NOW, is_public=False)
    assert found("walk fast") == []


def unsaved(owner: Person, number: int, *, is_public: bool, action: str = "read") -> Habit:
    told = USEFUL | {"action": action, "every_days": 1, "starts_on": "2026-01-01"}
    return Habit(**told, id=number, owner=owner, is_public=is_public, created_at=NOW, updated_at=NOW)


@pytest.fixture
def scattered(alice: Person) -> list[int]:
    """300 public habits over 12 buckets, some of them empty; a third is about running."""
    chance = random.Random(7)
    ids = sorted(
        {bucket * BUCKET + chance.randrange(BUCKET) for _ in range(300) for bucket in [chance.choice([1, 2, 3, 7, 11])]}
    )
    Habit.objects.bulk_create(
        unsaved(alice, number, is_public=number % 5 != 0, action="run" if number % 3 == 0 else "read") for number in ids
    )
    return [number for number in ids if number % 3 == 0 and number % 5 != 0]


def test_it_goes_through_the_buckets_like_one_list(scattered: list[int]) -> None:
    edges = [*scattered, *(edge + off for edge in scattered for off in (-1, 1)), 0, 1, BUCKET, 2**40]
    for edge in edges:
        older = [habit.pk for habit in found("run", Position(older_than=edge), 6)]
        assert older == sorted((number for number in scattered if number < edge), reverse=True)[:6]
        newer = [habit.pk for habit in found("run", Position(newer_than=edge), 6)]
        assert newer == sorted(number for number in scattered if number > edge)[:6][::-1]
    assert [habit.pk for habit in found("run", limit=6)] == scattered[::-1][:6]


def test_a_search_without_time_goes_on_page_by_page_and_leaves_nothing_out(
    scattered: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "PATIENCE", 0)  # one bucket a page
    monkeypatch.setattr(public_rate, "limit", 10_000)
    call = Caller(None)
    pages, address = [], "/habits/public?search=run"
    while address:
        pages.append(call.get(address).json())
        address = (pages[-1]["next"] or "").removeprefix("http://testserver/api/v1")
    assert [habit["id"] for page in pages for habit in page["results"]] == scattered[::-1]
    sizes = [len(page["results"]) for page in pages]
    assert max(sizes) == PAGE_SIZE
    assert 0 in sizes[:-1]  # buckets 4 to 6 are empty
    back, address = [], pages[-1]["previous"]
    while address:
        page = call.get(address.removeprefix("http://testserver/api/v1")).json()
        back += page["results"][::-1]
        address = page["previous"]
    last = {habit["id"] for habit in pages[-1]["results"]}
    assert [habit["id"] for habit in back] == [number for number in scattered if number not in last]


def test_a_match_that_is_withdrawn_while_it_is_read_does_not_end_the_list(
    scattered: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    matches = search.nearest_matches("run", limit=6, older_than=None, newer_than=None)
    assert matches == search.Matches(scattered[::-1][:6], scattered[-6])
    Habit.objects.filter(pk=scattered[-2]).update(is_public=False)
    monkeypatch.setattr("habits.queries.nearest_matches", lambda *_, **__: matches)
    page = Caller(None).get("/habits/public?search=run").json()
    assert [habit["id"] for habit in page["results"]] == [scattered[-1], *scattered[-6:-2][::-1]]
    assert page["next"]


@pytest.mark.parametrize("at", [Position(), Position(older_than=7 * BUCKET), Position(newer_than=2 * BUCKET)])
def test_a_search_reads_the_index_only(scattered: list[int], alice: Person, at: Position) -> None:
    # Where nearly all habits are public, the primary key finds the newest as well as the feed's own index.
    Habit.objects.bulk_create(unsaved(alice, 20 * BUCKET + number, is_public=False) for number in range(2000))
    with CaptureQueriesContext(connection) as queries:
        public_habits(at, 6, search="run")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE habits_habit")
        cursor.execute("SET LOCAL enable_seqscan = off")  # 300 rows are fewer than any index is worth
        cursor.execute(f"EXPLAIN {queries[0]['sql']}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Bitmap Index Scan on public_habits_by_words" in plan
    assert "Seq Scan" not in plan
    assert "BitmapAnd" not in plan
    assert "habits_habit_pkey" not in plan


@pytest.mark.usefixtures("db")
def test_no_search_waits_for_its_plan_to_be_compiled() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)
