"""The profile of the signed-in person."""

from django.http import HttpRequest
from django.utils.timezone import now
from ninja import Router

from accounts import services
from accounts.models import Person
from accounts.schemas import ProfileOut, ProfilePatch
from accounts.signed_in import person_of

router = Router(tags=["Profile"])


@router.get("/me", response=ProfileOut, summary="Show your profile", operation_id="showProfile")
def show_profile(request: HttpRequest) -> Person:
    """Who you are, your clock and your language."""
    return person_of(request)


@router.patch("/me", response=ProfileOut, summary="Change your profile", operation_id="updateProfile")
def update_profile(request: HttpRequest, data: ProfilePatch) -> Person:
    """Only the fields that are sent change. A new time zone moves all reminders to its clock at once; a pause cancels
    what would come before its end, and breaks no streak."""
    return services.update_profile(person=person_of(request), changes=data.changes(), now=now())


@router.delete("/me", response={204: None}, summary="Erase yourself", operation_id="eraseProfile")
def erase_profile(request: HttpRequest) -> None:
    """Erases you and all you own, at once and for good: habits, reminders, the linked chat. Every token dies."""
    services.erase(person=person_of(request))
