"""allauth's view that takes the code from a mail, where allauth itself can only answer 500."""

from typing import Any

from allauth.headless.account.views import VerifyEmailView
from allauth.headless.base.response import AuthenticationResponse
from django.http import HttpRequest, HttpResponse


class VerifyEmail(VerifyEmailView):  # type: ignore[misc]  # allauth is untyped
    """The right code for an address that was verified already is no error."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        was_verified = self.process.email_address.verified
        response: HttpResponse = super().post(request, *args, **kwargs)
        return AuthenticationResponse(request) if was_verified and response.status_code == 500 else response
