"""Creating a habit as one writes it without services, signals and rules of one's own: the same statements, in order."""

import datetime as dt
import json
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.timezone import now as current_time
from django.views.decorators.csrf import csrf_exempt

from accounts.limits import writes
from accounts.models import Person
from benchmarks.by_hand import READABLE, own_json, rows_of, signed_in, unknown
from contract.preconditions import entity_tag
from habits.models import Habit, Schedule
from habits.occurrences import Rule, next_occurrence
from tracking.models import Phase

TEXTS = ("action", "place", "reward")


@csrf_exempt
def create(request: HttpRequest) -> HttpResponse:
    person = signed_in(request)
    if person is None:
        return unknown()
    refused = counted(request, person)
    if refused is not None:
        return refused
    now = current_time()
    try:
        fields = read(request.body, today=now.astimezone(ZoneInfo(person.timezone)).date())
    except (KeyError, TypeError, ValueError) as error:
        return JsonResponse({"status": 422, "wrong": str(error)}, status=422)
    with transaction.atomic():
        habit = Habit.objects.create(owner=person, created_at=now, updated_at=now, **fields)
        write_rest(person.pk, habit, now)
    return created(request, person, habit.pk)


def counted(request: HttpRequest, person: Person) -> HttpResponse | None:
    request.auth = person  # type: ignore[attr-defined]  # whom the limit counts
    return None if writes.allow_request(request) else JsonResponse({"status": 429}, status=429)


def created(request: HttpRequest, person: Person, habit_id: int) -> HttpResponse:
    row = rows_of(Habit.objects.filter(owner=person, pk=habit_id))[:1][0]
    response = JsonResponse(own_json(row), status=201, json_dumps_params=READABLE)
    response["Location"] = request.build_absolute_uri(f"/api/v1/habits/{habit_id}")
    response["ETag"] = entity_tag(row["id"], row["version"])
    return response


def read(body: bytes, *, today: dt.date) -> dict[str, Any]:
    """The fields of a useful habit on weekdays with a reward. Raises ValueError, TypeError, KeyError."""
    told = json.loads(body)
    fields: dict[str, Any] = {name: told[name].strip() for name in TEXTS}
    for name in TEXTS:
        if not 1 <= len(fields[name]) <= 200:
            raise ValueError(name)
    fields["time"] = dt.time.fromisoformat(told["time"])
    fields["weekdays"] = tuple(sorted({int(day) for day in told["weekdays"]}))
    fields["starts_on"] = dt.date.fromisoformat(told["starts_on"]) if "starts_on" in told else today
    fields["is_public"] = bool(told.get("is_public", False))
    if not fields["weekdays"] or fields["weekdays"][0] < 1 or fields["weekdays"][-1] > 7:
        raise ValueError("weekdays")
    return fields


def write_rest(person: int, habit: Habit, now: dt.datetime) -> None:
    """The phase that it is counted by, and the schedule row that it is planned by."""
    Schedule.objects.filter(pk=habit.pk).exists()
    take_turn(person)
    zone = Person.objects.values_list("timezone", "paused_until").get(pk=person)[0]
    place = Window(RowNumber(), partition_by="habit", order_by=F("starts").desc())
    list(
        Phase.objects.filter(habit__in=[habit.pk])
        .alias(place=place)
        .filter(place__lte=2)
        .order_by("habit", "starts")
        .values_list()
    )
    rule = Rule(habit.time or dt.time(), None, habit.weekdays, habit.starts_on, zone)
    first = next_occurrence(rule, after=now)
    if first is None:
        raise ValueError("no date of the calendar is left")
    told = {"weekdays": habit.weekdays, "time": rule.time, "timezone": zone}
    Phase.objects.bulk_create([Phase(habit=habit, starts=first.date, counted_from=habit.starts_on, **told)])
    Schedule.objects.select_for_update().filter(pk=habit.pk).values_list().first()
    take_turn(person)
    Person.objects.values_list("timezone", "paused_until").get(pk=person)
    reached = Person.objects.filter(chat__blocked_at=None, chat__chat_id__isnull=False, pk__in=[person])
    is_reached = list(reached.values_list("pk", flat=True))
    Schedule(
        habit=habit, person_id=person, starts_on=habit.starts_on, next_at=first.at if is_reached else None, **told
    ).save(force_insert=True)


def take_turn(person: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('schedules of person', %s))", [person])
