"""Reporting a public habit."""

from typing import Annotated

from django.conf import settings
from django.http import HttpRequest
from django.utils.timezone import now
from ninja import Router
from pydantic import ConfigDict, Field

from accounts.limits import ByPerson
from accounts.signed_in import person_of
from contract.schemas import Id, Input, Line
from habits.models import REASON_LENGTH
from habits.moderation import report_habit

router = Router()


class ReportIn(Input):
    """Why it should not be shown."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "an advertisement"}]})

    reason: Annotated[str, Line(REASON_LENGTH), Field(description="What is wrong with it, for the operators to read.")]


@router.post(
    "/habits/public/{int:habit_id}/report",
    response={204: None},
    throttle=[ByPerson("reports", settings.REPORTS_A_MINUTE)],
    tags=["Public habits"],
    operation_id="reportPublicHabit",
    summary="Report a public habit to the operators",
)
def report_public_habit(request: HttpRequest, habit_id: Id, body: ReportIn) -> None:
    """An operator reads it, and may hide the habit from everyone but its owner.

    Once is enough: reporting a habit again changes nothing and answers the same. 422 for your own.
    """
    report_habit(person=person_of(request), habit_id=habit_id, reason=body.reason, now=now())
