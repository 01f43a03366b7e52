"""Everything that a person has, as one document. It gathers from all rooms, so it stands above them."""

from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.http import FileResponse, HttpRequest
from django.utils.timezone import now
from ninja import Router

from accounts import export as accounts
from accounts.limits import ByPerson
from accounts.models import Person
from accounts.signed_in import person_of
from bot import export as bot
from contract.described import headers
from contract.errors import NotFound
from contract.exporting import schema, written
from habits import export as habits
from reminders import export as reminders
from telegram import export as telegram
from tracking import export as tracking

ROOMS: Final = (accounts, habits, tracking, reminders, telegram, bot)
SECTIONS: Final = [section for room in ROOMS for section in room.SECTIONS]
LEFT_OUT: Final = {model: why for room in ROOMS for model, why in room.LEFT_OUT.items()}
DISPOSITION: Final[dict[str, Any]] = {
    "Content-Disposition": {
        "description": "A file name.",
        "schema": {"type": "string"},
        "example": 'attachment; filename="habits-2026-01-31.json"',
    }
}

router = Router(tags=["Profile"])


@router.get(
    "/me/export",
    response=schema(SECTIONS),
    throttle=[ByPerson("exports", settings.EXPORTS_A_MINUTE)],
    operation_id="exportProfile",
    summary="Take all that is yours along",
    openapi_extra=headers(200, DISPOSITION),
)
def export(request: HttpRequest) -> FileResponse:
    """Everything that you have here, as a file: profile, habits, all answers, the reminders that are kept. No secrets.

    Rate-limited by person.
    """
    moment = now()
    with transaction.atomic():
        # Whoever changes what is theirs takes this lock first: nothing of it changes between one query and the next.
        person = Person.objects.select_for_update(no_key=True).filter(pk=person_of(request).pk).first()
        if person is None:
            raise NotFound
        document = written(SECTIONS, person_id=person.pk, now=moment)
    name = f"habits-{moment:%Y-%m-%d}.json"
    return FileResponse(document, as_attachment=True, filename=name, content_type="application/json")
