"""How long HTTP requests take, by what they asked for; in the settings only where there is a METRICS_PORT."""

import time
from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponseBase

from contract.metrics import Histogram

METHODS: Final = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
REQUESTS: Final = Histogram(
    "habits_http_request_seconds",
    "How long requests took, by method, address pattern and status.",
    labels=["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


class CountRequests:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        response = self.get_response(request)
        # Patterns and known methods only: what callers make up must not grow the number of series.
        route = f"/{request.resolver_match.route}" if request.resolver_match else "none"
        method = request.method if request.method in METHODS else "other"
        REQUESTS.observe(
            time.perf_counter() - began, method=method or "other", route=route, status=str(response.status_code)
        )
        return response
