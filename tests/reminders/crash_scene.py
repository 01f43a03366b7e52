"""The scene in which a worker dies: people for every kind of end that a round can have, and the points it must pass."""

import datetime as dt

from reminders.claims import claim
from reminders.moving import replan_everyone
from reminders.planner import plan
from tests.bot_api import Control
from tests.people import make_person
from tests.reminders.conftest import BEFORE, DAY, DUE, MINUTE, due_habit, linked

NOW = DUE + dt.timedelta(seconds=1)
HOUR = 60 * MINUTE
ALICE, BOB, CHARLIE, DORA, ERIN, FRANK, GINA, HEIDI = range(760, 768)

# What a round passes at the least, counted by hand: each statement before and after, each step of a message.
TRANSACTIONS = 2 + 4 + 1  # what ran out, in both rounds; planning; the chat that is gone
SENDS = 9 + 2  # Dora's are two; Bob's and Gina's go again
LEAST = {
    "SQL connect": 2 * 3,  # the worker, and its courier in both rounds
    "SQL begin or end": 4 * TRANSACTIONS,
    "SQL commit": 2 * TRANSACTIONS,
    "SQL WITH cut AS": 2 * 2,  # what ran out
    'SQL SELECT "habits_schedule"."next_at"': 2 * 2,  # whether anything is due
    "SQL WITH leaders": 2 * 4,  # three batches and one that finds nothing more; no look in the second round
    "SQL WITH plan AS": 2 * 3,
    "SQL INSERT INTO reminders_reminder": 2 * 1,  # missed
    "SQL WITH first AS MATERIALIZED": 2 * 6,  # claims: by hand and by the courier, in both rounds, window by window
    "SQL UPDATE reminders_envelope e SET claimed_until": 2 * 2,  # renewed
    'SQL SELECT "reminders_reminder"': 2 * 4,  # opened
    'SQL SELECT "telegram_chat"."person_id"': 2 * 4,
    "SQL WITH held AS": 2 * 6,  # settled: what ran out, what was given back by hand, and window by window
    'SQL UPDATE "telegram_chat"': 2 * 1,  # gone
    "SQL UPDATE habits_schedule": 2 * 1,
    'SQL UPDATE "reminders_reminder"': 2 * 1,  # cancelled
    "Redis connect": 2 * 2,
    "Redis send_packed_command": 2 * 8,
    "Redis read_response": 2 * 8,
    "Telegram connection_create_start": 2,
    "Telegram request_start": SENDS,
    "Telegram request_headers_sent": SENDS,
    "Telegram request_chunk_sent": SENDS,
    "Telegram request_end": SENDS,
    "Telegram read": SENDS,
}


def people_with_habits() -> None:
    """Every kind of end that a round can have, at once."""
    replan_everyone(now=BEFORE)
    cast = {
        name: linked(make_person(name), chat, now=BEFORE - 2 * DAY)
        for name, chat in zip(
            ("Alice", "Bob", "Charlie", "Dora", "Erin", "Frank", "Gina", "Heidi"), range(ALICE, HEIDI + 1), strict=True
        )
    }
    # Before the outage: one whose worker dies, and one whose occurrence of yesterday is never planned.
    due_habit(cast["Frank"], at=DUE - 5 * MINUTE)
    plan(now=DUE - 5 * MINUTE)
    assert claim(now=DUE, limit=1, lease=-HOUR)
    due_habit(cast["Erin"], now=BEFORE - DAY)
    # Joined; more than a message holds; alone, at other minutes.
    for action in ("run", "read", "write"):
        due_habit(cast["Alice"], action=action)
    for number in range(13):
        due_habit(cast["Dora"], action=f"{number:03}" + "x" * 150, reward="y" * 150)
    for name in ("Bob", "Charlie", "Gina"):
        due_habit(cast[name])
    due_habit(cast["Charlie"], at=DUE + 6 * HOUR)
    due_habit(cast["Heidi"], at=DUE - MINUTE)


def telegram_as_it_is(bot_api: Control) -> None:
    bot_api.reset()
    bot_api.block(CHARLIE)
    bot_api.fail("sendMessage", chat_id=BOB, status=502, body="Bad Gateway")
    bot_api.refuse("sendMessage", 429, "Too Many Requests", chat_id=GINA, retry_after=0.02)
