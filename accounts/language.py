"""The language of an answer: what Accept-Language asks for, or else that of the profile."""

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation

from accounts.models import Person


def speak_to(person: Person | None, request: HttpRequest) -> None:
    """Answer in this person's language from here on, where the request asks for none."""
    if person is not None and not asks_for_a_language(request):
        translation.activate(person.language)


def asks_for_a_language(request: HttpRequest) -> bool:
    """Whether Accept-Language names one that we speak (anything else, `*` too, leaves it to the profile)."""
    wanted = request.headers.get("Accept-Language", "").lower()
    spoken = {code for code, _name in settings.LANGUAGES}
    return any(part.split(";")[0].strip().split("-")[0] in spoken for part in wanted.split(","))
