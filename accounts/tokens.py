"""Access and refresh tokens: both stand on a session in the database, so that signing out kills them."""

from dataclasses import dataclass

from allauth.headless.tokens.strategies.jwt import JWTTokenStrategy, internal
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.http import HttpRequest

from accounts.language import speak_to
from accounts.models import Person
from accounts.sessions import SessionStore


@dataclass(frozen=True, slots=True)
class Tokens:
    access_token: str
    refresh_token: str


class Strategy(JWTTokenStrategy):  # type: ignore[misc]  # allauth is untyped
    """allauth's tokens; refreshing writes nothing, so that two tabs refresh together and a sign-out stays one."""

    def get_session_token(self, request: HttpRequest) -> str | None:
        """Here allauth gets to know who is asking, so from here on it speaks their language."""
        token: str | None = super().get_session_token(request)
        if token is not None:
            speak_to(Person.objects.filter(sessions=token).only("language").first(), request)
        return token

    def refresh_token(self, refresh_token: str) -> tuple[str, str] | None:
        found = internal.validate_refresh_token(refresh_token)
        if found is None:
            return None
        person, session, _payload = found
        return internal.create_access_token(person, session, self.get_claims(person)), refresh_token


def sign_in(person: Person) -> Tokens:
    """A new session for a person who has proved who they are by other means than a password (a code from the bot)."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    # The refresh token is noted in the session, so it is saved once more.
    refresh = internal.create_refresh_token(person, session)
    session.save()
    return Tokens(access_token=internal.create_access_token(person, session, {}), refresh_token=refresh)
