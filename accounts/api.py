"""The profile of the signed-in person."""

from django.http import HttpRequest
from ninja import Router

from accounts.models import Person
from accounts.schemas import ProfileOut
from accounts.signed_in import person_of

router = Router(tags=["Profile"])


@router.get("/me", response=ProfileOut)
def show_profile(request: HttpRequest) -> Person:
    """Your own profile."""
    return person_of(request)
