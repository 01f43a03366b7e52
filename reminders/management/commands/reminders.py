"""`manage.py reminders`: how the engine stands, and another try for what failed."""

import argparse
import datetime as dt
import re
from collections.abc import Iterator
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from contract import health
from reminders.models import Reminder
from reminders.queries import Standing, Trouble, standing
from reminders.services import retry_failed

WIDTH: Final = 80  # columns
UNITS: Final = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


class Command(BaseCommand):
    help = "Shows how the reminders stand: what waits and how late it is, the last day by state, the last errors."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--retry-failed", action="store_true", help="let failed reminders wait again")
        parser.add_argument(
            "--since", metavar="WHEN", type=moment, help="of these, what failed since 90m, 2h or 2026-01-31T07:00Z"
        )
        parser.add_argument("--habit", metavar="ID", type=int, help="of these, one habit's")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            self._do(now=timezone.now(), options=options)
        except OperationalError as error:
            raise CommandError(f"The database is away or too busy: {error}") from None

    def _do(self, *, now: dt.datetime, options: dict[str, Any]) -> None:
        if options["retry_failed"]:
            done = retry_failed(now=now, since=options["since"], habit_id=options["habit"])
            self.stdout.write(
                f"{done.reopened:,} wait again. Left as failed: {done.too_late:,} that would come too late, "
                f"{done.unwanted:,} no longer wanted."
            )
        elif options["since"] is not None or options["habit"] is not None:
            raise CommandError("--since and --habit say what to retry: give --retry-failed as well.")
        else:
            for line in report(standing(now=now), missing=health.missing_parts(), now=now):
                self.stdout.write(line)


def moment(given: str) -> dt.datetime:
    """A moment as operators write it: so long ago, or a date and time (UTC where it names no offset)."""
    if ago := re.fullmatch(r"([0-9]{1,4})([dhms])", given):
        return timezone.now() - dt.timedelta(**{UNITS[ago[2]]: int(ago[1])})
    try:
        found = parse_datetime(given)
    except ValueError:
        found = None
    if found is None:
        raise argparse.ArgumentTypeError("a time ago (90m, 2h, 1d) or a moment (2026-01-31T07:00Z) is expected")
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


def report(found: Standing, *, missing: list[str], now: dt.datetime) -> Iterator[str]:
    """The tables, line by line."""
    yield f"Reminders at {clock(now)} UTC"
    yield ""
    channel = f"{found.channel or 'none yet'}, moving to {found.moving_to}" if found.moving_to else found.channel
    backlog = found.backlog
    lag = f", the oldest {spell(backlog.lag(now=now))} late" if backlog.due else ""
    next_due = found.next_due
    yield row("Missing parts", ", ".join(missing) or "none")
    yield row("Channel", channel or "none yet")
    yield row("Due and waiting", f"{backlog.due:,}{lag}")
    yield row("Claimed envelopes", f"{backlog.claimed:,}, {backlog.expired:,} of them expired")
    yield row("Next due", f"{clock(next_due)} ({coming(next_due - now)})" if next_due else "nothing")
    yield ""
    yield "Due within the last 24 hours"
    for state in Reminder.State:
        yield row(state.value, f"{found.states.get(state.value, 0):>12,}")
    yield from table("Failed, by the last error", "last seen", found.failures)
    yield from table("To be tried again, by envelopes", "next try", found.retries)


def table(title: str, when: str, troubles: list[Trouble]) -> Iterator[str]:
    yield ""
    if not troubles:
        yield f"{title}: none"
        return
    room = WIDTH - 32
    yield f"{title:<{room}} {'count':>9}  {when}"
    for error, times, at in troubles:
        text = " ".join((error or "").split())
        yield f"  {text if len(text) <= room - 2 else text[: room - 3] + '…':<{room - 2}} {times:>9,}  {clock(at)}"


def row(name: str, value: str) -> str:
    return f"  {name:<18} {value}"


def clock(at: dt.datetime) -> str:
    return f"{at.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S}"


def coming(left: dt.timedelta) -> str:
    return f"in {spell(left)}" if left > dt.timedelta(0) else f"{spell(-left)} ago"


def spell(span: dt.timedelta) -> str:
    """The two largest units: `2 h 5 min`."""
    seconds = int(span.total_seconds())
    parts = [(seconds // 86400, "d"), (seconds // 3600 % 24, "h"), (seconds // 60 % 60, "min"), (seconds % 60, "s")]
    first = next((index for index, (amount, _) in enumerate(parts) if amount), 3)
    return " ".join(f"{amount} {unit}" for amount, unit in parts[first : first + 2])
