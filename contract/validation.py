"""What pydantic found wrong, as field errors with codes of our own and messages in the caller's language."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contract.errors import FieldError, Text

_WHOLE = gettext_lazy("A whole number is expected.")
_BOOL = gettext_lazy("true or false is expected.")
_TEXT = gettext_lazy("Text is expected.")
_NUMBER = gettext_lazy("A number is expected.")
_LIST = gettext_lazy("A list is expected.")
_OBJECT = gettext_lazy("An object is expected.")
_MOMENT = gettext_lazy("A date and time is expected, such as 2026-01-31T07:30:00Z.")

# pydantic's error type: our code, and a message that may name the numbers of pydantic's context.
_MESSAGES: dict[str, tuple[str, Text]] = {
    "missing": ("required", gettext_lazy("This field is required.")),
    "extra_forbidden": ("unknown", gettext_lazy("There is no such field.")),
    "given_twice": ("given_twice", gettext_lazy("Given more than once.")),
    "unknown_parameter": ("unknown", gettext_lazy("There is no such parameter.")),
    "model_type": ("invalid_type", _OBJECT),
    "model_attributes_type": ("invalid_type", _OBJECT),
    "dict_type": ("invalid_type", _OBJECT),
    "list_type": ("invalid_type", _LIST),
    "tuple_type": ("invalid_type", _LIST),
    "set_type": ("invalid_type", _LIST),
    "frozen_set_type": ("invalid_type", _LIST),
    "string_type": ("invalid_type", _TEXT),
    "string_unicode": ("invalid_text", gettext_lazy("This text is not valid Unicode.")),
    "bool_type": ("invalid_type", _BOOL),
    "bool_parsing": ("invalid_type", _BOOL),
    "int_type": ("invalid_type", _WHOLE),
    "int_parsing": ("invalid_type", _WHOLE),
    "int_parsing_size": ("invalid_type", _WHOLE),
    "int_from_float": ("invalid_type", _WHOLE),
    "float_type": ("invalid_type", _NUMBER),
    "float_parsing": ("invalid_type", _NUMBER),
    "finite_number": ("invalid_type", _NUMBER),
    "datetime_type": ("invalid_datetime", _MOMENT),
    "datetime_parsing": ("invalid_datetime", _MOMENT),
    "datetime_from_date_parsing": ("invalid_datetime", _MOMENT),
    "greater_than_equal": ("too_small", gettext_lazy("Must be at least %(ge)s.")),
    "greater_than": ("too_small", gettext_lazy("Must be greater than %(gt)s.")),
    "less_than_equal": ("too_large", gettext_lazy("Must be at most %(le)s.")),
    "less_than": ("too_large", gettext_lazy("Must be less than %(lt)s.")),
    "string_too_short": ("too_short", gettext_lazy("At least %(min_length)s characters are needed.")),
    "string_too_long": ("too_long", gettext_lazy("At most %(max_length)s characters are allowed.")),
    "too_short": ("too_short", gettext_lazy("At least %(min_length)s values are needed.")),
    "too_long": ("too_long", gettext_lazy("At most %(max_length)s values are allowed.")),
    "string_pattern_mismatch": ("invalid_format", gettext_lazy("This value has the wrong form.")),
    "literal_error": ("invalid_choice", gettext_lazy("Expected one of: %(expected)s.")),
    "enum": ("invalid_choice", gettext_lazy("Expected one of: %(expected)s.")),
}
_NO_OBJECT = {"missing", "model_type", "model_attributes_type"}
_LONGEST_NAME = 100


def field_errors(errors: Iterable[Mapping[str, Any]]) -> list[FieldError]:
    """Every wrong field at once, each named by its dotted path in the body or by the parameter's name."""
    return [_field_error(error) for error in errors]


def _field_error(error: Mapping[str, Any]) -> FieldError:
    source, *path = error["loc"]
    if source == "body":
        path = path[1:]  # the name of the endpoint's argument
    # A name comes from the caller: keep it short, and fit to be written out.
    field = ".".join(str(part) for part in path).encode("utf-8", "replace").decode()[:_LONGEST_NAME] or None
    kind, context = error["type"], error.get("ctx") or {}
    if "message" in context:
        # Raised by one of our own validators (contract.schemas.wrong): it already speaks the caller's language.
        return FieldError(field, kind, context["message"])
    if field is None and kind in _NO_OBJECT:
        return FieldError(None, "required", _("A JSON object is expected in the body."))
    if kind in _MESSAGES:
        code, message = _MESSAGES[kind]
        return FieldError(field, code, str(message) % {name: _plain(name, value) for name, value in context.items()})
    return FieldError(field, "invalid", _("This value cannot be used."))


def _plain(name: str, value: object) -> object:
    return str(value).replace("' or '", "', '").replace("'", "") if name == "expected" else value
