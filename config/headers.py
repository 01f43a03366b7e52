"""What every answer tells a browser: what it may run, fetch, frame and pass on. nosniff, the referrer's and the
opener's policies and X-Frame-Options are Django's own."""

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

# No page may run a script that stands in it, nor fetch anything from another host. The viewers of the API and the
# admin write their styles themselves; ReDoc searches in a worker.
PAGES: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; connect-src 'self'; worker-src blob:; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
# What is no page has nothing to load, should a browser show it as one.
DATA: Final = "default-src 'none'; frame-ancestors 'none'"
PERMISSIONS: Final = ", ".join(
    f"{name}=()" for name in ("browsing-topics", "camera", "geolocation", "microphone", "payment", "usb")
)


class SafeHeaders:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        is_page = response.get("Content-Type", "").startswith("text/html")
        # Django's page on an error, for developers alone, is made of scripts in it.
        if not (settings.DEBUG and is_page and response.status_code in {404, 500}):
            response.headers.setdefault("Content-Security-Policy", PAGES if is_page else DATA)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        return response
