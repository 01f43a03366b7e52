"""What the API is compared with: views as one writes them without a framework. The same queries, the same JSON.

They check who is asking as the API does (the token, its session, the person), count what is counted there, and read a
request no more strictly than they must.
"""

from typing import Any, Final
from urllib.parse import urlencode

from django.core.signing import Signer
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse

from accounts.signed_in import SignedIn
from contract.preconditions import entity_tag
from habits.api import public_rate
from habits.models import SHOWN, Habit
from habits.sentence import told

PAGE: Final = 5
READABLE: Final = {"ensure_ascii": False}
OWN: Final = (
    "id", "action", "place", "time", "duration", "every_days", "weekdays", "starts_on", "is_pleasant", "is_public",
    "hidden_at", "is_paused", "reward", "related_habit_id", "version", "created_at", "updated_at", "schedule__next_at",
)  # fmt: skip
SHARED: Final = (
    "id", "action", "place", "time", "duration", "every_days", "weekdays", "is_pleasant", "reward", "created_at",
    "owner__display_name", "related_habit_id", "related_habit__is_public", "related_habit__hidden_at",
)  # fmt: skip
signed_in = SignedIn()
signer = Signer(salt="contract.pages")


def habits(request: HttpRequest) -> HttpResponse:
    person = signed_in(request)
    if person is None:
        return unknown()
    own = Habit.objects.filter(owner=person)
    page, count = int(request.GET.get("page", 1)), own.count()
    last = max(1, -(-count // PAGE))
    if page > last:
        return JsonResponse({"status": 404}, status=404)
    here = request.build_absolute_uri(request.path)
    answer = {
        "count": count,
        "next": f"{here}?page={page + 1}" if page < last else None,
        "previous": f"{here}?page={page - 1}" if page > 1 else None,
        "results": [own_json(row) for row in rows_of(own)[(page - 1) * PAGE : page * PAGE]],
    }
    return JsonResponse(answer, json_dumps_params=READABLE)


def habit(request: HttpRequest, habit_id: int) -> HttpResponse:
    person = signed_in(request)
    if person is None:
        return unknown()
    row = rows_of(Habit.objects.filter(owner=person, pk=habit_id)).first()
    if row is None:
        return JsonResponse({"status": 404}, status=404)
    response = JsonResponse(own_json(row), json_dumps_params=READABLE)
    response["ETag"] = entity_tag(row["id"], row["version"])
    return response


def public_habits(request: HttpRequest) -> HttpResponse:
    if not public_rate.allow_request(request):
        return JsonResponse({"status": 429}, status=429)
    shown = Habit.objects.filter(SHOWN)
    cursor = request.GET.get("cursor")
    if cursor is not None:
        shown = shown.filter(pk__lt=int(signer.unsign(cursor)[1:]))
    rows = list(shown.order_by("-pk").values(*SHARED)[: PAGE + 1])
    here = request.build_absolute_uri(request.path)
    more, rows = len(rows) > PAGE, rows[:PAGE]
    older, newer = (signer.sign(f"o{rows[-1]['id']}"), signer.sign(f"n{rows[0]['id']}")) if rows else ("", "")
    answer = {
        "next": f"{here}?{urlencode({'cursor': older})}" if more else None,
        "previous": f"{here}?{urlencode({'cursor': newer})}" if cursor is not None and rows else None,
        "results": [shared_json(row) for row in rows],
    }
    return JsonResponse(answer, json_dumps_params=READABLE)


def unknown() -> HttpResponse:
    return JsonResponse({"status": 401}, status=401)


def rows_of(own: QuerySet[Habit]) -> Any:
    return own.order_by("-pk").values(*OWN)


def own_json(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "action": row["action"],
        "place": row["place"],
        "time": row["time"] and row["time"].strftime("%H:%M"),
        "duration": row["duration"],
        "every_days": row["every_days"],
        "weekdays": row["weekdays"],
        "starts_on": row["starts_on"],
        "is_pleasant": row["is_pleasant"],
        "is_public": row["is_public"],
        "is_hidden": row["hidden_at"] is not None,
        "is_paused": row["is_paused"],
        "reward": row["reward"],
        "related_habit": row["related_habit_id"],
        "sentence": told(action=row["action"], time=row["time"], place=row["place"]),
        "next_reminder_at": row["schedule__next_at"],
        "version": row["version"],
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
    }


def shared_json(row: dict[str, Any]) -> dict[str, Any]:
    prize_is_shown = row["related_habit__is_public"] and row["related_habit__hidden_at"] is None
    return {
        "id": row["id"],
        "action": row["action"],
        "place": row["place"],
        "time": row["time"] and row["time"].strftime("%H:%M"),
        "duration": row["duration"],
        "every_days": row["every_days"],
        "weekdays": row["weekdays"],
        "is_pleasant": row["is_pleasant"],
        "reward": row["reward"],
        "related_habit": row["related_habit_id"] if prize_is_shown else None,
        "sentence": told(action=row["action"], time=row["time"], place=row["place"]),
        "owner": {"display_name": row["owner__display_name"]},
        "created_at": row["created_at"],
    }
