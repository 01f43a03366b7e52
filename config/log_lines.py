"""How a log line looks: for people at a terminal, or as a JSON object a line for machines (LOG_FORMAT)."""

import json
import logging
import re
from typing import Any, Final

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.types import EventDict, WrappedLogger

from contract.secrets import hide

# What lines of the service may carry beside their words. Libraries attach whole requests and arguments to theirs.
EXTRAS: Final = ("envelopes", "reminders", "outcomes", "status", "milliseconds")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def formatter(kind: str) -> logging.Formatter:
    """A formatter for `logging`: "text" or "json"."""
    return ProcessorFormatter(
        foreign_pre_chain=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.stdlib.ExtraAdder(allow=EXTRAS),
        ],
        processors=[
            ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            without_secrets,
            as_json if kind == "json" else as_text,
        ],
    )


def without_secrets(_logger: WrappedLogger, _name: str, line: EventDict) -> EventDict:
    return {name: hide(told) if isinstance(told, str) else told for name, told in line.items()}


def as_json(_logger: WrappedLogger, _name: str, line: EventDict) -> str:
    first: EventDict = {name: line.pop(name) for name in ("timestamp", "level", "logger", "event")}
    return json.dumps({**first, **line}, ensure_ascii=False, default=str)


def as_text(_logger: WrappedLogger, _name: str, line: EventDict) -> str:
    """The words on one line, whatever a caller put into an address; then the ids; then the traceback, if any."""
    trace = line.pop("exception", None)
    words = [str(line.pop("timestamp")), str(line.pop("level")).upper(), f"{line.pop('logger')}:"]
    words.append(_CONTROL.sub(_escaped, str(line.pop("event"))))
    words += [f"{name}={value}" for name, value in line.items()]
    return " ".join(words) + (f"\n{trace}" if trace else "")


def _escaped(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode()


class InOneLine(logging.Filter):
    """A warning in place of an error with its traceback: whoever writes a Host header can make as many as they like."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.levelno, record.levelname, record.exc_info = logging.WARNING, "WARNING", None
        return True


def settings(kind: str) -> dict[str, Any]:
    """Django's LOGGING: one way out for every line, those of Django, Celery and granian included."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": "config.log_lines.formatter", "kind": kind}},
        "filters": {"in_one_line": {"()": "config.log_lines.InOneLine"}},
        "handlers": {"terminal": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["terminal"], "level": "INFO"},
        "loggers": {
            # They bring handlers of their own.
            **{name: {"handlers": [], "propagate": True} for name in ("django", "_granian")},
            # It says what to do, which an operator needs who has forgotten ALLOWED_HOSTS.
            "django.security.DisallowedHost": {"filters": ["in_one_line"]},
            # The development server's lines have no id; config.log_context writes one with it for each request.
            "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
            # A tick a second is no news, neither in the worker's log nor in beat's.
            **{name: {"level": "WARNING"} for name in ("celery.worker.strategy", "celery.app.trace", "celery.beat")},
        },
    }
