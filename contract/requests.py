"""What the API makes of a request: strict JSON, and no query parameter that an endpoint does not know."""

import json
from typing import Any, ClassVar, NoReturn

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Router
from ninja.operation import Operation
from ninja.params.models import ParamModel
from ninja.parser import Parser
from pydantic import ConfigDict, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from contract.errors import FieldError, Refused, Text


class Malformed(Refused):
    """The body is no JSON: 400."""

    status = 400


class NotJson(Refused):
    """The body says that it is something else than JSON: 415."""

    status = 415


class StrictJson(Parser):
    def parse_body(self, request: HttpRequest) -> Any:
        if request.content_type not in {"application/json", "application/merge-patch+json"}:
            raise NotJson
        try:
            text = request.body.decode("utf-8-sig")
        except UnicodeDecodeError:
            _refuse("invalid_utf8", _("The body is not valid UTF-8."))
        try:
            return json.loads(text, object_pairs_hook=_once, parse_constant=_no_number, parse_float=_number)
        except (ValueError, RecursionError):
            _refuse("invalid_json", _("The body is not valid JSON."))


def _refuse(code: str, message: Text) -> NoReturn:
    raise Malformed(FieldError(None, code, message)) from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Malformed(FieldError(None, "given_twice", _("The body holds a field twice.")))
    if any("\ud800" <= character <= "\udfff" for name in found if not name.isascii() for character in name):
        raise Malformed(FieldError(None, "invalid_utf8", _("The body is not valid UTF-8.")))
    return found


def _number(text: str) -> float:
    """To JSON 60.0 is the whole number 60, and so it is to JSON Schema."""
    value = float(text)
    return int(value) if value.is_integer() and abs(value) <= _LARGEST_EXACT else value


_LARGEST_EXACT = 2**53


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


class _NothingElse(ParamModel):
    """Refuses the query parameters that the operation's own models do not know, together with their errors."""

    model_config = ConfigDict(extra="ignore")
    __ninja_param_source__: Any = "query"
    __ninja_flatten_map_reverse__: ClassVar[dict[Any, Any]] = {}
    known: ClassVar[frozenset[str]] = frozenset()
    lists: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def get_request_data(cls, request: HttpRequest, api: Any, path_params: dict[str, Any]) -> dict[str, Any]:
        errors = []
        for name, values in request.GET.lists():
            kind = None if name in cls.known else "unknown_parameter"
            if kind is None and len(values) > 1 and name not in cls.lists:
                kind = "given_twice"
            if kind:
                errors.append(InitErrorDetails(type=PydanticCustomError(kind, kind), loc=(name,), input=None))
        if errors:
            raise ValidationError.from_exception_data("query", errors)
        return {}


def refuse_unknown_parameters(router: Router) -> None:
    """Make the router's operations refuse (422) query parameters that they do not declare, or that are repeated."""
    for view in router.path_operations.values():
        for operation in view.operations:
            operation.models = [*operation.models, _nothing_else(operation)]


def _nothing_else(operation: Operation) -> type[ParamModel]:
    queries = [model for model in operation.models if model.__ninja_param_source__ == "query"]
    return type(
        "NothingElse",
        (_NothingElse,),
        {
            "__annotations__": {},
            "known": frozenset(name for model in queries for name in model.__ninja_flatten_map__),
            "lists": frozenset(name for model in queries for name in model.__ninja_collection_fields__),
        },
    )
