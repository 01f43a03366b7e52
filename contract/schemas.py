"""The bases of everything that goes in and out of the API, and the types that its fields share.

`Input` for JSON bodies: exact types (no `"60"` for 60, no `true` for 1), unknown fields refused.
`Parameters` for query strings: the same fields, read from text. (The API object refuses unknown parameters.)
`Output` for answers: built from a model instance or a dict.

What is absent is `null`, never `""`: an empty text is refused everywhere, also where null is allowed.

    class HabitIn(Input):
        action: Annotated[str, Line(200)]
        place: Annotated[str, Line(200)] | None = None
        time: ClockTime | None = None
        duration: Annotated[int, Field(ge=1, le=120)] = 60

    class HabitPatch(Patch):
        action: Annotated[str, Line(200)] = UNSET
        place: Annotated[str, Line(200)] | None = UNSET
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated, Any

from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainSerializer,
    ValidationError,
)
from pydantic import WithJsonSchema as JsonSchema
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import (
    CoreSchema,
    ErrorDetails,
    InitErrorDetails,
    PydanticCustomError,
    PydanticKnownError,
    core_schema,
)

from contract.errors import FieldError, Refused, Text
from contract.text import LINE_PATTERN, line_problem, tidy


class Input(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


# The default of a field of a Patch, so that it may be left out without null being allowed.
UNSET: Any = None


class Patch(Input):
    """The body of a PATCH: every field may be left out; `changes()` holds what was sent."""

    def changes(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.model_fields_set}

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        document = handler.resolve_ref_schema(handler(schema))
        for field in document.get("properties", {}).values():
            field.pop("default", None)
        return document


class Parameters(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Output(Schema):
    pass


def wrong(code: str, message: Text) -> PydanticCustomError:
    """What a field's validator raises: a stable code and a message that is already in the caller's language."""
    # To pydantic the first text is a template, and messages may hold braces of their own.
    return PydanticCustomError(code, "{message}", {"message": str(message)})


def together_with(error: ValidationError, more: Iterable[FieldError]) -> ValidationError:
    """What pydantic found wrong and what breaks a rule, as one error."""
    lines = [_again(line) for line in error.errors(include_url=False)]
    lines += [
        InitErrorDetails(type=wrong(one.code, one.message), loc=(one.field,) if one.field else (), input=None)
        for one in more
    ]
    return ValidationError.from_exception_data(error.title, lines)


def _again(line: ErrorDetails) -> InitErrorDetails:
    kind: Any = line["type"]
    context = line.get("ctx", {})
    try:
        PydanticKnownError(kind, context or None)
    except KeyError:  # one of our own
        kind = PydanticCustomError(kind, "{message}", context)
    return InitErrorDetails(type=kind, loc=line["loc"], input=line["input"], ctx=context)


def kept_by(rule: Callable[[Any], Any]) -> AfterValidator:
    """A field held to a rule of the domain: `Annotated[str, kept_by(rules.time_zone)]`."""

    def keep(value: Any) -> Any:
        try:
            return rule(value)
        except Refused as error:
            raise wrong(error.errors[0].code, error.errors[0].message) from None

    return AfterValidator(keep)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text, 1 to `max_length` characters after tidying: `Annotated[str, Line(200)]`."""

    max_length: int

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.clean, core_schema.str_schema())

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return line_schema(self.max_length)

    def clean(self, value: str) -> str:
        text = tidy(value) if len(value) <= 4 * self.max_length + 100 else value
        problem = line_problem(text, max_length=self.max_length)
        if problem:
            raise wrong(problem.code, problem.message)
        return text


def line_schema(max_length: int, *, min_length: int = 1) -> dict[str, Any]:
    """How the document describes one line of text that is tidied and checked elsewhere."""
    return {"type": "string", "minLength": min_length, "maxLength": max_length, "pattern": LINE_PATTERN}


def _clock_time(value: object) -> dt.time:
    if isinstance(value, dt.time):
        return value
    if not isinstance(value, str) or not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", value):
        raise wrong("invalid_time", _("A time of day is expected, such as 07:30."))
    return dt.time.fromisoformat(value)


def _day(value: object) -> dt.date:
    if isinstance(value, dt.date):
        return value
    try:
        if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            raise ValueError
        day = dt.date.fromisoformat(value)
    except ValueError:
        raise wrong("invalid_date", _("A date is expected, such as 2026-01-31.")) from None
    if not 1900 <= day.year <= 2200:
        raise wrong("date_out_of_range", _("The year must be from 1900 to 2200."))
    return day


# `HH:MM` in and out.
ClockTime = Annotated[
    dt.time,
    BeforeValidator(_clock_time),
    PlainSerializer(lambda value: value.strftime("%H:%M"), return_type=str),
    JsonSchema({"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$", "examples": ["07:30"]}),
]

# `YYYY-MM-DD`, from 1900 to 2200, so that no date arithmetic can leave what the database and Python can hold.
Day = Annotated[
    dt.date,
    BeforeValidator(_day),
    JsonSchema({"type": "string", "format": "date", "examples": ["2026-01-31"]}),
]

# The id of a row. In a path, anything else is simply not there (404).
Id = Annotated[int, Field(ge=1, le=2**63 - 1, examples=[7])]
