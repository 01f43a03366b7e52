"""Answers, and what they come to."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now
from ninja import Query, Router, Status

from accounts.signed_in import person_of
from contract.described import LOCATION, headers
from contract.problems import problem_responses
from contract.schemas import Day, Id
from tracking import queries, services
from tracking.models import CheckIn
from tracking.schemas import CheckInIn, CheckInOut, CheckIns, Dates, StatsOut
from tracking.stats import Stats, stats

router = Router()
TAGS = ["Check-ins"]


@router.get(
    "/habits/{int:habit_id}/check-ins",
    response=CheckIns,
    tags=TAGS,
    operation_id="listCheckIns",
    summary="List the answers for a habit",
)
def list_check_ins(request: HttpRequest, habit_id: Id, dates: Query[Dates]) -> dict[str, Any]:
    """The oldest first, the last 30 days where nothing is told. A date that is not there is unanswered."""
    found = queries.check_ins(person=person_of(request), habit_id=habit_id, from_=dates.from_, to=dates.to, now=now())
    return {"results": found}


@router.put(
    "/habits/{int:habit_id}/check-ins/{date}",
    response={200: CheckInOut, 201: CheckInOut},
    tags=TAGS,
    operation_id="checkIn",
    summary="Answer for a date",
    openapi_extra=headers(201, LOCATION),
)
def check_in(request: HttpRequest, response: HttpResponse, habit_id: Id, date: Day, body: CheckInIn) -> Status[CheckIn]:
    """Done or skipped, due or not. Any date up to a week back, none that has not come yet on the person's clock.

    201 where the date was unanswered. The habit is not reminded of again for this date.
    """
    answer = services.check_in(
        person=person_of(request),
        habit_id=habit_id,
        date=date,
        source=CheckIn.Source.API,
        now=now(),
        **body.changes(),
    )
    if answer.is_new:
        response["Location"] = request.build_absolute_uri(request.path)
    return Status(201 if answer.is_new else 200, answer)


@router.delete(
    "/habits/{int:habit_id}/check-ins/{date}",
    response={204: None},
    tags=TAGS,
    operation_id="takeBackCheckIn",
    summary="Take an answer back",
)
def take_back(request: HttpRequest, habit_id: Id, date: Day) -> None:
    """The date is unanswered again, as it may have been before. The dates are those that can be answered."""
    services.take_back(person=person_of(request), habit_id=habit_id, date=date, now=now())


@router.get(
    "/habits/{int:habit_id}/stats",
    response=StatsOut,
    tags=TAGS,
    operation_id="showStats",
    summary="Show how a habit grows",
    openapi_extra=problem_responses(409),
)
def show_stats(request: HttpRequest, habit_id: Id) -> Stats:
    """Counted to today on the person's clock; today counts once it is answered. 409 for a pleasant habit."""
    return stats(person=person_of(request), habit_id=habit_id, now=now())
