"""A demo person with a few habits, for `make run`: made once, where there is no person yet."""

import datetime as dt
import secrets
from pathlib import Path
from zoneinfo import ZoneInfo

import tzlocal
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils.timezone import now as current_time
from django.utils.translation import override

from accounts.models import Person
from habits.models import Schedule
from habits.sentence import sentence
from habits.services import create_habit

EMAIL = "demo@example.org"
# The planner gets to know the first habit before it is due, also where the processes start slowly.
HEAD_START = dt.timedelta(seconds=15)
SOON = dt.timedelta(seconds=90)


class Command(BaseCommand):
    help = "Make the demo person where there is no person yet, and say how to sign in and what comes next."

    def handle(self, *args: object, **options: object) -> None:
        now = current_time()
        password = settings.DATA_DIR / "demo.password"
        with transaction.atomic():
            made = None if Person.objects.exists() else make_demo(now=now, password=kept_password(password))
        person = made or Person.objects.filter(email=EMAIL, is_active=True).first()
        with override("en"):
            self.stdout.write(f"Sign in\t{how_to_sign_in(person, password)}")
            self.stdout.write(f"Next\t{what_comes_next(person, now=now)}")


def make_demo(*, now: dt.datetime, password: str) -> Person:
    """The person, an administrator here, and their habits; one of them is due within 15 to 75 seconds of `now`."""
    zone = local_zone()
    person = Person.objects.create_superuser(EMAIL, password, display_name="Demo", timezone=zone, timezone_told=True)
    EmailAddress.objects.create(user=person, email=EMAIL, verified=True, primary=True)
    due = (now + HEAD_START).replace(second=0, microsecond=0) + dt.timedelta(minutes=1)
    due_time = due.astimezone(ZoneInfo(zone)).time()
    prize = create_habit(person=person, now=now, action="listen to a favourite song", is_pleasant=True, duration=120)
    create_habit(
        person=person,
        now=now,
        action="drink a glass of water",
        time=due_time,
        place="the kitchen",
        duration=30,
        related_habit=prize.pk,
    )
    create_habit(
        person=person,
        now=now,
        action="do ten squats",
        time=dt.time(7, 30),
        place="the park",
        weekdays=[1, 3, 5],
        reward="a good breakfast",
        is_public=True,
    )
    create_habit(
        person=person,
        now=now,
        action="read one page",
        time=dt.time(22, 0),
        place="in bed",
        every_days=2,
        reward="a square of chocolate",
    )
    return person


def local_zone() -> str:
    """The zone of this machine, or DEFAULT_TIME_ZONE where it keeps UTC or none that has a name."""
    try:
        zone = tzlocal.get_localzone_name()
        ZoneInfo(zone or "")
    except (LookupError, ValueError, OSError):
        return settings.DEFAULT_TIME_ZONE
    return settings.DEFAULT_TIME_ZONE if zone in {"UTC", "Etc/UTC", "local"} else zone


def kept_password(path: Path) -> str:
    """A random one, as the demo person is an administrator. Beside the data, readable by its owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(secrets.token_urlsafe(9))
    return path.read_text()


def how_to_sign_in(person: Person | None, path: Path) -> str:
    if person is None:
        return "with an account of your own (python manage.py createsuperuser makes one for the admin)"
    kept = path.read_text() if path.exists() else ""
    return f"{EMAIL}, password {kept}" if person.check_password(kept) else f"{EMAIL}, with the password you gave it"


def what_comes_next(person: Person | None, *, now: dt.datetime) -> str:
    if settings.TELEGRAM_BOT_TOKEN:
        return "POST /api/v1/telegram/link gives the link that makes reminders come to your Telegram"
    first = Schedule.objects.filter(person=person, next_at__isnull=False).order_by("next_at").first()
    if first is None or first.next_at is None:
        return "POST /api/v1/habits makes a habit; its reminder appears below when it is due"
    if first.next_at - now < SOON:
        return f"{sentence(first.habit)}: the reminder of it appears below within about a minute"
    local = first.next_at.astimezone(ZoneInfo(first.timezone))
    return f"{sentence(first.habit)}: the reminder of it appears below on {local:%d %B at %H:%M}"
