"""Every answer to a limited request tells how much is left, and every refusal when to come back."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from contract.throttle import WINDOW, tell


class RateLimits:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        tell(request, response)
        if response.status_code == 429:
            # allauth does not tell. Its windows, of those limits that answer 429, are no longer than ours.
            response.headers.setdefault("Retry-After", str(WINDOW))
        return response
