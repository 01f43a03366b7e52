"""Which request and which task a log line belongs to."""

import logging
import re
import time
import uuid
from collections.abc import Callable
from typing import Any, Final

from celery import signals
from django.core.signals import request_finished
from django.http import HttpRequest, HttpResponseBase
from structlog import contextvars

logger = logging.getLogger(__name__)

HEADER: Final = "X-Request-ID"
WELL_FORMED: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")
# Health checks ask every few seconds, and metrics count them.
SILENT: Final = ("/healthz", "/readyz")


class RequestIds:
    """The outermost middleware: every line of a request carries its id, which the caller gave or is told.

    It stays until the answer is through, as Django writes a line on it after the last middleware.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        given = request.headers.get(HEADER, "")
        request_id = given if WELL_FORMED.fullmatch(given) else uuid.uuid4().hex
        contextvars.clear_contextvars()
        contextvars.bind_contextvars(request_id=request_id)
        response = self.get_response(request)
        response[HEADER] = request_id
        if request.path_info not in SILENT:
            milliseconds = round((time.perf_counter() - began) * 1000, 1)
            # Without the query string: what stands there is the caller's own.
            logger.info(
                "%s %s",
                request.method,
                request.path,
                extra={"status": response.status_code, "milliseconds": milliseconds},
            )
        return response


def request_ends(**_: object) -> None:
    contextvars.clear_contextvars()


def task_begins(task_id: str = "", task: Any = None, **_: object) -> None:
    # A task may run within a request, or within another task, whose lines go on afterwards.
    task.request.around = dict(contextvars.get_contextvars())
    contextvars.clear_contextvars()
    contextvars.bind_contextvars(task_id=task_id, task=task.name)
    asked_by = getattr(task.request, "request_id", None) or (task.request.headers or {}).get("request_id")
    if isinstance(asked_by, str):
        contextvars.bind_contextvars(request_id=asked_by)


def task_ends(task: Any = None, **_: object) -> None:
    contextvars.clear_contextvars()
    contextvars.bind_contextvars(**getattr(task.request, "around", {}))


def task_is_sent(headers: dict[str, Any] | None = None, **_: object) -> None:
    """A task that a request sends off carries that request's id along."""
    request_id = contextvars.get_contextvars().get("request_id")
    if request_id and headers is not None:
        headers["request_id"] = request_id


request_finished.connect(request_ends)
signals.task_prerun.connect(task_begins)
signals.task_postrun.connect(task_ends)
signals.before_task_publish.connect(task_is_sent)
