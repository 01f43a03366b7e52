"""Who is asking: the person behind the access token of a request.

    @router.get("/me", response=ProfileOut)
    def show_profile(request: HttpRequest) -> Person:
        return person_of(request)

Every endpoint of the API demands a token unless it says `auth=None`.
"""

from typing import cast

from allauth.headless.contrib.ninja.security import JWTTokenAuth
from django.http import HttpRequest

from accounts.language import speak_to
from accounts.models import Person


class SignedIn(JWTTokenAuth):  # type: ignore[misc]  # allauth is untyped
    """A Bearer token, checked against the session: signed-out, deactivated and erased people are strangers (401)."""

    # allauth declares an "apiKey" without name and place, which is no valid OpenAPI.
    openapi_type = "http"
    openapi_scheme = "bearer"
    openapi_bearerFormat = "JWT"  # noqa: N815 (OpenAPI's own word)
    openapi_description = "The access token that sign-in or refresh gave, as `Authorization: Bearer …`."

    def __call__(self, request: HttpRequest) -> Person | None:
        if super().__call__(request) is None:
            return None
        person = cast(Person, request.user)
        speak_to(person, request)
        return person


def person_of(request: HttpRequest) -> Person:
    """The signed-in person of a request that an endpoint with the default `auth` received."""
    person = request.auth  # type: ignore[attr-defined]
    if not isinstance(person, Person):
        raise TypeError("person_of() needs an endpoint that demands sign-in")
    return person
