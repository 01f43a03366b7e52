"""Entity tags, and changes on the condition that nothing changed meanwhile (RFC 9110, 8.8.3 and 13.1.1).

A tag names the row and its version, `"7-3"`. Compression makes it weak on its way (`W/"7-3"`): that tells of the bytes
and not of the version, so the `W/` is passed over where tags are compared.
"""

import re
from typing import Any, Final

from django.utils.translation import gettext as _
from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from contract.schemas import wrong

_TAG: Final = r'(?:W/)?"[!#-~]*"'
_LIST: Final = rf"(?:\*|{_TAG}(?: *, *{_TAG})*)"
_LONGEST: Final = 1000
_OPAQUE: Final = re.compile(r'"([!#-~]*)"')
_VERSION: Final = re.compile(r"[1-9][0-9]{0,17}")


def entity_tag(row_id: int, version: int) -> str:
    return f'"{row_id}-{version}"'


class IfMatch(str):
    """The header `If-Match` of a request: `*`, or tags of which one has to be the row's.

    def update_habit(request: HttpRequest, habit_id: Id, if_match: Annotated[IfMatch, IF_MATCH] = ANY_VERSION)
    """

    __slots__ = ()

    def versions(self, row_id: int) -> frozenset[int] | None:
        """The versions of that row that may be changed; None: any."""
        if self == ANY_VERSION:
            return None
        tags = (tag.removeprefix(f"{row_id}-") for tag in _OPAQUE.findall(self) if tag.startswith(f"{row_id}-"))
        return frozenset(int(version) for version in tags if _VERSION.fullmatch(version))

    @classmethod
    def read(cls, value: str) -> "IfMatch":
        if len(value) > _LONGEST or not re.fullmatch(_LIST, value):
            raise wrong("invalid_entity_tag", _('An entity tag is expected, such as "7-3", several, or *.'))
        return cls(value)

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(cls.read, core_schema.str_schema())

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"type": "string", "maxLength": _LONGEST, "pattern": f"^{_LIST}$"}


ANY_VERSION: Final = IfMatch("*")
