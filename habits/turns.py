"""Who writes about all of a person's habits takes turns with who makes one, which others cannot see yet."""

from django.db import connection


def take_turn(person_id: int) -> None:
    """Until the transaction ends, nobody else has this person's turn.

    Taken by who makes a habit useful, or new, and hears of it by `habit_saved` while it has no schedule row to be
    locked by; and ahead of the locks on all schedule rows of a person by who changes them all (zone, chat, pause). So
    that a new habit misses no change, and a change no new habit.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('schedules of person', %s))", [person_id])
