"""Errors to Sentry, where SENTRY_DSN names one: what went wrong and where, and nothing of whom it happened to."""

from typing import Any, Final

import sentry_sdk
from sentry_sdk.integrations.celery import CeleryIntegration
from sentry_sdk.integrations.django import DjangoIntegration
from sentry_sdk.integrations.logging import LoggingIntegration
from sentry_sdk.types import Event, Hint
from sentry_sdk.utils import BadDsn as BadDsn
from structlog import contextvars

from contract.secrets import hide

# Of a request, what tells where it went; bodies, cookies, queries and the rest of the headers may hold secrets.
KEPT_OF_A_REQUEST: Final = {"method", "url"}
KEPT_HEADERS: Final = {"content-type", "content-length", "accept-language", "user-agent"}
# Arguments of commands and of tasks, and who it was.
LEFT_OUT: Final = ("extra", "user", "breadcrumbs", "modules", "server_name")


def begin(dsn: str) -> None:
    """Report every error that is logged, and every exception that nobody caught, from this process. Raises BadDsn."""
    sentry_sdk.init(
        dsn=dsn,
        # Only what is named here: others report the addresses of outgoing calls, and the Bot API's hold its token.
        auto_enabling_integrations=False,
        integrations=[
            DjangoIntegration(),
            CeleryIntegration(),
            LoggingIntegration(level=None),
        ],
        send_default_pii=False,
        max_request_body_size="never",
        include_local_variables=False,
        max_breadcrumbs=0,
        before_send=scrubbed,
    )


def scrubbed(event: Event, _hint: Hint) -> Event:
    """The report without anything secret or personal, and with the ids that its log lines carry."""
    report: dict[str, Any] = {**event}
    for name in LEFT_OUT:
        report.pop(name, None)
    if request := report.get("request"):
        headers = {name: told for name, told in request.get("headers", {}).items() if name.lower() in KEPT_HEADERS}
        report["request"] = {name: request[name] for name in KEPT_OF_A_REQUEST & request.keys()} | {"headers": headers}
    report.get("contexts", {}).pop("celery-job", None)
    report["tags"] = {**(report.get("tags") or {}), **contextvars.get_contextvars()}
    cleaned: Event = _cleaned(report)
    return cleaned


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return hide(value)
    if isinstance(value, dict):
        return {name: _cleaned(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(inner) for inner in value]
    return value
