"""A public feed of many habits, whose words are common, rare, absent, or only in the oldest ones."""

from typing import Any, Final

import psycopg.sql

from benchmarks import crowd

PER_PERSON: Final = 10
PRIVATE: Final = 5  # of so many habits one
BEFORE_LAST: Final = 7  # the id before which there is one page
STEPS: Final = 20  # in which they are made
VERBS: Final = """
take|take|take|take|run in|walk in|read about|write about|clean|paint|think of|look after|play in|
learn about|draw|sing about
""".replace("\n", "")
THINGS: Final = """
the stairs|the park|the woods|a book|a letter|the kitchen|the garden|a language|the river|the old town|a bicycle|
the guitar|the birds|a friend|the sea|a bridge
""".replace("\n", "")
ENDINGS: Final = """
|before breakfast|after lunch|without hurry|for ten minutes|in silence|with the dog|as the sun goes down|by heart|again|
before bed|for a change|with a smile|alone|together|in the rain
""".replace("\n", "")
PLACES: Final = """
the park|at home|in bed|on the bus|the office|the kitchen|on the balcony|the library|by the window|the yard|outside|
в парке|дома|на кухне|the gym|under the bridge
""".replace("\n", "")
# What is searched for, by what is to be known of it. `RARE` stands in ten habits, `OLD` only in the oldest fiftieth,
# `OLDER` only in the oldest third.
COMMON, RARE, ABSENT, OLD, OLDER = "take", "ukulele", "xylophone", "zither", "quietly"

HABITS: Final = """
INSERT INTO habits_habit (id, owner_id, action, place, time, duration, every_days, starts_on, is_pleasant, is_public,
    is_paused, reward, version, created_at, updated_at)
SELECT id, 1 + id / %(per_person)s,
    concat_ws(' ', verbs[1 + (hash & 15)], things[1 + (hash >> 4 & 15)], nullif(endings[1 + (hash >> 8 & 15)], ''),
        CASE WHEN id %% (%(all)s / 10) = %(all)s / 20 + 1 THEN %(rare)s END,
        CASE WHEN id <= %(all)s / 50 AND id %% 100 = 1 THEN %(old)s END,
        CASE WHEN id <= %(all)s / 3 AND id %% 10 = 1 THEN %(older)s END, id),
    places[1 + (hash >> 12 & 15)], make_time(6 + (hash >> 16 & 15), 15 * (hash >> 20 & 3), 0), 60, 1,
    '2026-01-01', false, id %% %(private)s > 0, false, 'a cup of tea', 1, now(), now()
FROM (
    SELECT id, hashint8(id) AS hash, string_to_array(%(verbs)s, '|') AS verbs,
        string_to_array(%(things)s, '|') AS things, string_to_array(%(endings)s, '|') AS endings,
        string_to_array(%(places)s, '|') AS places
    FROM generate_series(%(first)s::bigint, %(last)s) AS id
) AS wanted
"""
TEXT_INDEX: Final = "SELECT indexdef FROM pg_indexes WHERE indexname = 'public_habits_by_words'"


def share(database: crowd.Database, public: int, *, told: Any) -> int:
    """So many public habits and their people's private ones. Nobody may be there before. Returns the last id.

    They are numbered from 1, ten a person.
    """
    habits = public * PRIVATE // (PRIVATE - 1)
    people = {"first": 1, "last": 1 + habits // PER_PERSON}
    database.execute(crowd.PEOPLE, people)
    words = {"verbs": VERBS, "things": THINGS, "endings": ENDINGS, "places": PLACES}
    words |= {"rare": RARE, "old": OLD, "older": OLDER}
    # An index is built in a fifth of the time that it takes to grow row by row.
    made = database.execute(TEXT_INDEX).fetchone()
    database.execute("DROP INDEX public_habits_by_words")
    step = max(1, habits // STEPS)
    for first in range(1, habits + 1, step):
        last = min(first + step - 1, habits)
        database.execute(
            HABITS, {"all": habits, "per_person": PER_PERSON, "private": PRIVATE, "first": first, "last": last, **words}
        )
        told(min(public, last))
    if made:
        database.execute(psycopg.sql.SQL(made[0]))
    for table in ("habits_habit", "accounts_person"):
        database.execute(
            psycopg.sql.SQL("SELECT setval(pg_get_serial_sequence({0}, 'id'), max(id)) FROM {1}").format(
                psycopg.sql.Literal(table), psycopg.sql.Identifier(table)
            )
        )
    crowd.tidy(database, "accounts_person", "habits_habit")
    return habits
